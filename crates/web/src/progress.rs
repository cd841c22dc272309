//! How far loading has come.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clavicle_policy::AccountId;
use clavicle_snapshot::{PrincipalKind, Snapshot};
use serde::Serialize;

/// So many accounts are told of while the rest is read, as home does.
const MOST_ACCOUNTS: usize = 24;

/// Nobody waits for what has not been asked for so long. Pages ask three times a second, and hidden ones once a second.
const LEFT_AFTER: Duration = Duration::from_secs(3);

/// How far loading has come: whoever loads reports here, and the browser reads it a few times a second.
#[derive(Debug, Default)]
pub struct Progress {
    now: Mutex<Step>,
    seen: Mutex<Seen>,
    heard: Mutex<Option<Instant>>,
    stopped: AtomicBool,
}

/// What is being done, and how much of how much is done.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Step {
    pub(crate) step: Option<String>,
    pub(crate) done: u64,
    pub(crate) total: u64,
}

/// What is known of a snapshot before it can be asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Seen {
    /// Users and roles; groups too until all were read.
    pub(crate) identities: u64,
    /// So far.
    pub(crate) things: u64,
    /// How many accounts there are; 0 until that is known.
    pub(crate) accounts: usize,
    /// The first of them as on home.
    pub(crate) rows: Vec<SeenAccount>,
}

/// An account whose facts were read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct SeenAccount {
    id: String,
    name: String,
    identities: usize,
    things: usize,
}

impl Progress {
    /// Says how many users, groups and roles and how many things were read so far.
    pub fn count(&self, identities: u64, things: u64) {
        let mut seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        (seen.identities, seen.things) = (identities, things);
    }

    /// Says what was read, account by account, while it is not compiled yet.
    pub fn read(&self, snapshot: &Snapshot) {
        let mut sizes: BTreeMap<AccountId, (usize, usize)> = BTreeMap::new();
        // Nobody acts as a group.
        let acting = snapshot.principals.iter().filter(|known| known.kind != PrincipalKind::Group);
        for principal in acting {
            sizes.entry(principal.account).or_default().0 += 1;
        }
        for account in snapshot.resources.iter().filter_map(|resource| resource.account) {
            sizes.entry(account).or_default().1 += 1;
        }
        let mut rows: Vec<SeenAccount> = snapshot
            .accounts
            .iter()
            .map(|account| {
                let (identities, things) = sizes.get(&account.id).copied().unwrap_or_default();
                let id = account.id.to_string();
                let name = account.name.as_deref().map_or_else(|| id.clone(), str::to_owned);
                SeenAccount { id, name, identities, things }
            })
            .collect();
        let accounts = rows.len();
        if accounts > MOST_ACCOUNTS {
            rows.sort_by_key(|row| std::cmp::Reverse(row.identities));
            rows.truncate(MOST_ACCOUNTS);
        }
        let identities = sizes.values().map(|(identities, _)| *identities as u64).sum();
        let things = snapshot.resources.len() as u64;
        *self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner) =
            Seen { identities, things, accounts, rows };
    }

    /// What is known so far; `None`: nothing yet.
    pub(crate) fn seen(&self) -> Option<Seen> {
        let seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        (*seen != Seen::default()).then(|| seen.clone())
    }

    /// Says what is being done (`reading principals`), and how much of how much is done. Cheap: call it as often as
    /// there is news.
    pub fn report(&self, step: &str, done: u64, total: u64) {
        let mut now = self.lock();
        if now.step.as_deref() != Some(step) {
            now.step = Some(step.to_owned());
        }
        (now.done, now.total) = (done, total);
    }

    pub(crate) fn now(&self) -> Step {
        self.lock().clone()
    }

    /// Somebody asked how far it is.
    pub(crate) fn hear(&self) {
        *self.heard.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(Instant::now());
    }

    /// Has nobody asked for some time?
    pub(crate) fn is_left(&self) -> bool {
        let heard = *self.heard.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        heard.is_none_or(|heard| heard.elapsed() > LEFT_AFTER)
    }

    /// Nobody wants it any more, and somebody said so.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Somebody wants it after all.
    pub(crate) fn go_on(&self) {
        self.stopped.store(false, Ordering::Relaxed);
    }

    /// Did somebody say that nobody wants it any more? To be asked before each step that takes long.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// As if it were long ago that anybody asked.
    #[cfg(test)]
    pub(crate) fn leave(&self) {
        *self.heard.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = None;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Step> {
        // A report that broke off in the middle leaves a step that is still worth showing.
        self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
