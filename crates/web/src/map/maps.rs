//! Drawing by itself, without a server: for measuring, and for whoever wants the picture only.

use clavicle_answer::Reader;
use clavicle_graph::World;
use clavicle_policy::AccountId;

use super::account::draw_account;
use super::organization::draw_organization;
use super::page::MapPage;
use super::people::Told;
use super::reach_out::ReachOut;

/// What all maps of a world share.
#[derive(Debug)]
pub struct Maps {
    reach_out: ReachOut,
}

impl Maps {
    /// Looks who touches what across accounts. `progress` hears how many accounts of how many were looked at.
    pub fn new(world: &World, progress: impl FnMut(u64, u64)) -> Self {
        Self { reach_out: ReachOut::new(world, progress) }
    }

    /// The map of everything.
    pub fn organization(&self, reader: &Reader) -> MapPage {
        draw_organization(&Told::new(reader), &self.reach_out).page
    }

    /// The map of one account; `None`: there is no such account.
    pub fn account(&self, reader: &Reader, account: AccountId) -> Option<MapPage> {
        draw_account(&Told::new(reader), &self.reach_out, account).map(|drawn| drawn.page)
    }
}
