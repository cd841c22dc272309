//! Trials and comparisons, one at a time: each costs a second world.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::progress::Progress;
use crate::refusal::Refusal;

/// Whose turn it is, and how many wait for theirs.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    taken: Mutex<()>,
    waiting: AtomicUsize,
}

/// The turn of one, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn<'t> {
    turns: &'t Turns,
    _taken: MutexGuard<'t, ()>,
}

impl Turns {
    /// Waits until nobody else is at it.
    pub(crate) fn take(&self) -> Turn<'_> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        Turn { turns: self, _taken: taken }
    }

    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::SeqCst)
    }
}

impl Turn<'_> {
    /// Ends what nobody asks for any more where another waits, as it does for every draft but the last while somebody
    /// writes. To be asked before each step that takes long.
    pub(crate) fn give_way(&self, progress: &Progress) -> Result<(), Refusal> {
        if progress.is_left() && self.turns.waiting() > 0 { Err(Refusal::given_way()) } else { Ok(()) }
    }
}
