//! Drawing by itself, without a server: for measuring, and for whoever wants the picture only.

use clavicle_answer::Reader;
use clavicle_graph::World;
use clavicle_policy::AccountId;

use super::page::MapPage;
use super::people::Told;
use super::reach_out::ReachOut;
use super::scope::{Scope, draw_map};

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

    /// The map of everything, which is always there.
    pub fn organization(&self, reader: &Reader) -> Option<MapPage> {
        self.page(reader, &Scope::Organization)
    }

    /// The map of a unit, by its id; `None`: there is no such unit.
    pub fn unit(&self, reader: &Reader, unit: &str) -> Option<MapPage> {
        self.page(reader, &Scope::Unit(unit.to_owned()))
    }

    /// The map of one account; `None`: there is no such account.
    pub fn account(&self, reader: &Reader, account: AccountId) -> Option<MapPage> {
        self.page(reader, &Scope::Account(account))
    }

    fn page(&self, reader: &Reader, scope: &Scope) -> Option<MapPage> {
        draw_map(&Told::new(reader), &self.reach_out, scope, None).map(|drawn| drawn.page)
    }
}
