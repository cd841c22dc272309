//! Who of an account touches things of other accounts, by what those accounts say of theirs.

use std::collections::BTreeMap;

use clavicle_graph::{Actor, World};
use clavicle_policy::AccountId;

/// Past so many resources the touches of every account take longer than people wait, so each account is looked at when
/// it is drawn, and lines from its identities to things of other accounts are left to the maps of those.
const MOST_RESOURCES: usize = 30_000;

/// Touches that cross accounts, by the account of who touches.
#[derive(Debug, Default)]
pub(crate) struct ReachOut {
    from: BTreeMap<AccountId, Vec<(AccountId, u32)>>,
    complete: bool,
}

impl ReachOut {
    /// Looks at every account. `progress` hears how many of how many were.
    pub(crate) fn new(world: &World, mut progress: impl FnMut(u64, u64)) -> Self {
        let snapshot = world.snapshot();
        if snapshot.resources.len() > MOST_RESOURCES {
            return Self::default();
        }
        let mut found = Self { complete: true, ..Self::default() };
        let total = snapshot.accounts.len() as u64;
        for (done, account) in (0..).zip(&snapshot.accounts) {
            progress(done, total);
            for (at, touch) in (0..).zip(world.outside_touches(account.id).iter()) {
                if let Actor::Principal(index) = &touch.actor {
                    let from = snapshot.principal(*index).account;
                    found.from.entry(from).or_default().push((account.id, at));
                }
            }
        }
        progress(total, total);
        found
    }

    /// The touches of an account's identities on things of others: the other account, and the place in its list.
    pub(crate) fn from(&self, account: AccountId) -> &[(AccountId, u32)] {
        self.from.get(&account).map_or(&[], Vec::as_slice)
    }

    /// What a map has to say of the lines that were not looked for.
    pub(crate) fn notes(&self) -> Vec<String> {
        if self.complete {
            return Vec::new();
        }
        let note = "There are more than 30,000 things: lines to things of other accounts were not looked for. The map of the \
                    account whose things they are has them.";
        vec![note.to_owned()]
    }

    /// Was every account looked at?
    pub(crate) fn is_complete(&self) -> bool {
        self.complete
    }
}
