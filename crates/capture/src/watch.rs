//! What all connections share.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ledger::Ledger;

/// The ledger, and how much is under way.
#[derive(Debug)]
pub(crate) struct Watch {
    ledger: Mutex<Ledger>,
    under_way: AtomicUsize,
    pub(crate) connections: AtomicUsize,
    /// Clients that did not trust the authority.
    pub(crate) mistrusted: AtomicUsize,
    /// Signed requests to hosts that are not AWS's.
    pub(crate) elsewhere: AtomicUsize,
}

impl Watch {
    pub(crate) fn new(ledger: Ledger) -> Self {
        Self {
            ledger: Mutex::new(ledger),
            under_way: AtomicUsize::new(0),
            connections: AtomicUsize::new(0),
            mistrusted: AtomicUsize::new(0),
            elsewhere: AtomicUsize::new(0),
        }
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn begin(&self) {
        self.under_way.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn end(&self) {
        self.under_way.fetch_sub(1, Ordering::SeqCst);
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.under_way.load(Ordering::SeqCst) == 0
    }

    /// Is nobody connected any more?
    pub(crate) fn is_alone(&self) -> bool {
        self.connections.load(Ordering::SeqCst) == 0
    }
}
