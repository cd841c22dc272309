//! The smallest shapes that could be drawn, and what relates them: the facts of a map before it is folded into its
//! budget.

use clavicle_answer::shape::Severity;
use clavicle_graph::{Actor, World};
use clavicle_policy::AccountId;
use clavicle_snapshot::{PrincipalIndex, ResourceIndex};

use super::page::{Crown, Relation, ShapeKind};

/// Equal things: nobody could tell them apart on this map.
#[derive(Debug, Clone)]
pub(crate) struct Atom {
    pub(crate) column: usize,
    pub(crate) kind: ShapeKind,
    pub(crate) members: Vec<Member>,
    /// What it is called; `None`: made from its members.
    pub(crate) label: Option<String>,
    pub(crate) sub: Option<String>,
    /// `role`, `bucket`: what one of these is.
    pub(crate) noun: String,
    /// By which it may be put together with others, from fine to coarse. All atoms of a column have equally many.
    pub(crate) keys: Vec<Key>,
    /// Stays by itself as long as it can: the greater the longer.
    pub(crate) weight: u32,
    pub(crate) known: Option<bool>,
    pub(crate) mark: Option<Severity>,
    pub(crate) crown: Option<Crown>,
    /// The account that it opens.
    pub(crate) account: Option<AccountId>,
    /// The unit that it opens, by id.
    pub(crate) unit: Option<String>,
    pub(crate) outside: bool,
    pub(crate) unseen: bool,
}

/// By what atoms may be put together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) key: String,
    /// What those have in common who share it, in words; empty: nothing that says something.
    pub(crate) common: String,
}

impl Key {
    pub(crate) fn new(key: String) -> Self {
        Self { key, common: String::new() }
    }
}

/// How many keys an atom has.
pub(crate) const KEYS: usize = 8;

/// One of what a shape stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Member {
    Actor(Actor),
    Resource(ResourceIndex),
    Account(AccountId),
    /// One that is only in the world before, where two are drawn as one.
    Before(std::boxed::Box<Member>),
}

/// One thing that is so, between two atoms.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fact {
    pub(crate) from: u32,
    pub(crate) to: u32,
    pub(crate) relation: Relation,
    pub(crate) source: Source,
    /// Words that are certain, a bit each.
    pub(crate) allowed: u8,
    /// Words that depend.
    pub(crate) depends: u8,
}

impl Fact {
    /// Words that hold on conditions only.
    pub(crate) fn open(&self) -> u8 {
        self.depends & !self.allowed
    }

    /// Does it turn on the same as another, by where both are from and which words of them are open?
    pub(crate) fn turns_as(&self, other: &Self) -> bool {
        self.source == other.source && self.open() == other.open()
    }
}

/// What a fact was read from: whose pairs it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Source {
    /// By place in `World::becomes`.
    Becomes(u32),
    RunsAs(ResourceIndex, PrincipalIndex),
    /// By account and place in `AccountTouches::within`: every member of the class.
    Within(AccountPlace, u32),
    /// By account and place in `World::outside_touches`.
    Outside(AccountPlace, u32),
}

/// An account by its place among the accounts of a snapshot: a map has a million facts, and this is half as long as its
/// id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct AccountPlace(u32);

impl AccountPlace {
    /// `None`: there is no such account.
    pub(crate) fn of(world: &World, account: AccountId) -> Option<Self> {
        let place = world.snapshot().accounts.binary_search_by_key(&account, |known| known.id).ok()?;
        u32::try_from(place).ok().map(Self)
    }

    /// Which account it is.
    pub(crate) fn id(self, world: &World) -> Option<AccountId> {
        world.snapshot().accounts.get(self.0 as usize).map(|account| account.id)
    }

    /// Its place.
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Everything that could be on one map.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    pub(crate) atoms: Vec<Atom>,
    pub(crate) facts: Vec<Fact>,
}

impl Facts {
    /// Adds an atom and gives its place.
    pub(crate) fn add(&mut self, atom: Atom) -> u32 {
        self.atoms.push(atom);
        u32::try_from(self.atoms.len() - 1).unwrap_or(u32::MAX)
    }
}
