//! Trials and comparisons, one at a time: each costs a second world. The newest of these is kept for those who ask for its
//! map, until the next one begins.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use clavicle_answer::Reader;

use crate::map::ReachOut;
use crate::progress::Progress;
use crate::refusal::Refusal;

/// Whose turn it is, and how many wait for theirs.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    kept: Mutex<Option<Arc<Second>>>,
    waiting: AtomicUsize,
}

/// The turn of one, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn<'t> {
    turns: &'t Turns,
    kept: MutexGuard<'t, Option<Arc<Second>>>,
}

/// A second world: a copy with a change, or another snapshot.
#[derive(Debug)]
pub(crate) struct Second {
    key: String,
    pub(crate) reader: Reader,
    reach_out: OnceLock<ReachOut>,
}

impl Second {
    /// Who touches what across accounts, worked out when the first map of it is drawn.
    pub(crate) fn reach_out(&self, progress: &Progress) -> &ReachOut {
        self.reach_out.get_or_init(|| {
            let looking = |done, total| progress.report("looking who touches what", done, total);
            ReachOut::new(self.reader.world(), looking)
        })
    }
}

impl Turns {
    /// Waits until nobody else is at it.
    pub(crate) fn take(&self) -> Turn<'_> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        Turn { turns: self, kept }
    }

    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::SeqCst)
    }
}

impl Turn<'_> {
    /// Ends what is stopped, and what nobody asks for any more where another waits, as it does for every draft but the last
    /// while somebody writes. To be asked before each step that takes long.
    pub(crate) fn give_way(&self, progress: &Progress) -> Result<(), Refusal> {
        if progress.is_stopped() {
            return Err(Refusal::stopped());
        }
        if progress.is_left() && self.turns.waiting() > 0 { Err(Refusal::given_way()) } else { Ok(()) }
    }

    /// The second world of this key: the one that is kept, else a new one in its place.
    pub(crate) fn second(
        &mut self,
        key: &str,
        make: impl FnOnce() -> Result<Reader, Refusal>,
    ) -> Result<Arc<Second>, Refusal> {
        if let Some(kept) = self.kept.as_ref().filter(|kept| kept.key == key) {
            return Ok(kept.clone());
        }
        // Taking a world apart takes as long as the answer may wait.
        let old = self.kept.take();
        std::thread::spawn(move || drop(old));
        let second = Second { key: key.to_owned(), reader: make()?, reach_out: OnceLock::new() };
        Ok(self.kept.insert(Arc::new(second)).clone())
    }
}
