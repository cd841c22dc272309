//! What the map has to be told: how things are named, and what people know that no policy says.

use std::collections::HashMap;

use clavicle_answer::Reader;
use clavicle_answer::shape::{Severity, Thing};
use clavicle_graph::{Actor, Target, World};
use clavicle_policy::AccountId;
use clavicle_snapshot::ResourceIndex;

/// Names, and what is known of them.
pub trait People: Send + Sync {
    /// The facts.
    fn world(&self) -> &World;
    /// How an actor is named.
    fn actor(&self, actor: &Actor) -> Thing;
    /// How a resource is named.
    fn resource(&self, resource: ResourceIndex) -> Thing;
    /// How an account is named.
    fn account(&self, account: AccountId) -> String;
    /// The name by which somebody outside is known.
    fn known(&self, actor: &Actor) -> Option<String>;
    /// Why a resource matters, if it does: the reason may be empty.
    fn matters(&self, resource: ResourceIndex) -> Option<String>;
    /// How bad it is that somebody outside gets in.
    fn severity(&self, actor: &Actor) -> Option<Severity>;
}

/// A reader, with the judgements of its summary at hand.
#[derive(Debug)]
pub struct Told<'r> {
    reader: &'r Reader,
    severities: HashMap<&'r str, Severity>,
}

impl<'r> Told<'r> {
    /// What `reader` tells.
    pub fn new(reader: &'r Reader) -> Self {
        let outside = reader.summary().outside.iter();
        let severities = outside.filter_map(|each| Some((each.name.as_str(), each.severity?))).collect();
        Self { reader, severities }
    }
}

impl People for Told<'_> {
    fn world(&self) -> &World {
        self.reader.world()
    }

    fn actor(&self, actor: &Actor) -> Thing {
        self.reader.thing_of_actor(actor)
    }

    fn resource(&self, resource: ResourceIndex) -> Thing {
        self.reader.thing_of_target(&Target::Resource(resource))
    }

    fn account(&self, account: AccountId) -> String {
        self.reader.account_name(account)
    }

    fn known(&self, actor: &Actor) -> Option<String> {
        self.reader.known(actor).map(|known| known.name.clone())
    }

    fn matters(&self, resource: ResourceIndex) -> Option<String> {
        self.reader.matters(resource).map(|matter| matter.why.clone().unwrap_or_default())
    }

    fn severity(&self, actor: &Actor) -> Option<Severity> {
        // The summary spells accounts out.
        let spelled = match actor {
            Actor::OutsideAccount(account) => format!("account {account}"),
            _ => self.actor(actor).name,
        };
        self.severities.get(spelled.as_str()).copied()
    }
}
