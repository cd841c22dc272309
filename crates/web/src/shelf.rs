//! Answers that take their time: each is worked out once, away from the calls that ask for it. A refusal is told and
//! forgotten, so that whoever asks again after the cause is mended gets an answer.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use crate::open::Open;
use crate::progress::{Progress, Step};
use crate::refusal::Refusal;

/// How long a call waits before it says that the answer is under way.
const PATIENCE: Duration = Duration::from_millis(250);

/// Answers of one sort, by what they answer.
#[derive(Debug)]
pub(crate) struct Shelf<T> {
    most: usize,
    slots: Mutex<HashMap<String, Arc<Slot<T>>>>,
}

/// One answer, there or under way.
#[derive(Debug)]
struct Slot<T> {
    begun: AtomicBool,
    progress: Progress,
    made: OnceLock<Result<Arc<T>, Refusal>>,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self { begun: AtomicBool::new(false), progress: Progress::default(), made: OnceLock::new() }
    }
}

/// Does somebody ask again who was told that the answer is under way? That begins nothing: a call that was on its way while
/// somebody stopped the work would begin it anew for nobody.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Again(pub(crate) bool);

/// What became of an answer so far.
#[derive(Debug)]
pub(crate) enum Found<T> {
    Made(Arc<T>),
    Working(Step),
}

impl<T: Send + Sync + 'static> Shelf<T> {
    /// A shelf that keeps `most` answers.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, slots: Mutex::default() }
    }

    /// The answer for `key`; the first who asks has it worked out, and whoever asks before it is there hears how far it is.
    /// `again`: whoever asks was told that it is under way.
    pub(crate) async fn find(
        &self,
        key: String,
        again: Again,
        open: Arc<Open>,
        work: impl FnOnce(&Open, &Progress) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<Found<T>, Refusal> {
        let slot = self.slot(key.clone(), again).ok_or_else(Refusal::stopped)?;
        if !slot.begun.swap(true, Ordering::Relaxed) {
            let own = slot.clone();
            let made = tokio::task::spawn_blocking(move || {
                let _asking = open.asking();
                let work = std::panic::AssertUnwindSafe(|| work(&open, &own.progress));
                let made = std::panic::catch_unwind(work).unwrap_or_else(|_| Err(Refusal::broken()));
                own.made.get_or_init(|| made.map(Arc::new));
            });
            // Whether it ended or goes on, the slot tells.
            let _ = tokio::time::timeout(PATIENCE, made).await;
        }
        match slot.made.get() {
            Some(Ok(made)) => Ok(Found::Made(made.clone())),
            Some(Err(refusal)) => {
                self.forget(&key, &slot);
                Err(refusal.clone())
            }
            None => Ok(Found::Working(slot.progress.now())),
        }
    }

    /// Stops what is worked out for `key`, if it is. Whoever asks for it from now on has it begun anew.
    pub(crate) fn stop(&self, key: &str) -> bool {
        self.stop_all(|known| known == key)
    }

    /// Stops everything that is worked out for such keys.
    pub(crate) fn stop_all(&self, is_meant: impl Fn(&str) -> bool) -> bool {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let under_way = slots.extract_if(|key, slot| is_meant(key) && slot.made.get().is_none());
        under_way.inspect(|(_, slot)| slot.progress.stop()).count() > 0
    }

    /// Takes away this slot, unless another is in its place already.
    fn forget(&self, key: &str, slot: &Arc<Slot<T>>) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.get(key).is_some_and(|kept| Arc::ptr_eq(kept, slot)) {
            slots.remove(key);
        }
    }

    /// The slot of a key, a new one where there is none. `None`: it was stopped, or is not kept any more.
    fn slot(&self, key: String, again: Again) -> Option<Arc<Slot<T>>> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= self.most && !slots.contains_key(&key) {
            // Whatever is dropped is worked out again the same; what is under way is still waited for.
            slots.retain(|_, slot| slot.made.get().is_none());
        }
        // A refusal that nobody came for may be of what is mended by now, or of what nobody wanted then.
        let is_stale =
            |slot: &Arc<Slot<T>>| slot.progress.is_left() && matches!(slot.made.get(), Some(Err(_)));
        if slots.get(&key).is_some_and(is_stale) {
            slots.remove(&key);
        }
        let slot = match again {
            Again(true) => slots.get(&key)?.clone(),
            Again(false) => slots.entry(key).or_default().clone(),
        };
        slot.progress.hear();
        Some(slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_kept_until_it_is_told_or_left() {
        let shelf: Shelf<()> = Shelf::new(4);
        let refuse = |slot: &Slot<()>| {
            slot.begun.store(true, Ordering::Relaxed);
            slot.made.get_or_init(|| Err(Refusal::broken()));
        };
        let slot = |key: &str| shelf.slot(key.to_owned(), Again(false)).expect("it is made");
        let first = slot("x");
        refuse(&first);
        assert!(Arc::ptr_eq(&first, &slot("x")), "whoever asked still waits for it");
        first.progress.leave();
        let second = slot("x");
        assert!(!Arc::ptr_eq(&first, &second), "nobody came for it");
        shelf.forget("x", &first);
        assert!(Arc::ptr_eq(&second, &slot("x")), "another is in its place");
        shelf.forget("x", &second);
        assert!(!Arc::ptr_eq(&second, &slot("x")), "it was told");
        // What went well stays, however long nobody asks.
        let made = slot("y");
        made.made.get_or_init(|| Ok(Arc::new(())));
        made.progress.leave();
        assert!(Arc::ptr_eq(&made, &slot("y")));
    }

    #[test]
    fn who_asks_again_begins_nothing() {
        let shelf: Shelf<()> = Shelf::new(4);
        let key = || "x".to_owned();
        assert!(shelf.slot(key(), Again(true)).is_none(), "nobody asked before");
        let first = shelf.slot(key(), Again(false)).expect("it is made");
        assert!(shelf.slot(key(), Again(true)).is_some_and(|same| Arc::ptr_eq(&same, &first)));
        assert!(shelf.stop("x"));
        assert!(shelf.slot(key(), Again(true)).is_none(), "it was stopped, and is not wanted any more");
        let second = shelf.slot(key(), Again(false)).expect("it is wanted anew");
        assert!(first.progress.is_stopped() && !second.progress.is_stopped());
    }

    #[test]
    fn what_is_stopped_is_what_was_meant() {
        let shelf: Shelf<()> = Shelf::new(8);
        let keys =
            ["organization before", "111122223333 before", "organization not-before", "organization x"];
        let slots = keys.map(|key| shelf.slot(key.to_owned(), Again(false)).expect("it is made"));
        let done = shelf.slot("444455556666 before".to_owned(), Again(false)).expect("it is made");
        done.made.get_or_init(|| Ok(Arc::new(())));
        let of = |key: &str| key.split_once(' ').is_some_and(|(_, what)| what == "before");
        assert!(shelf.stop_all(of));
        assert_eq!(slots.map(|slot| slot.progress.is_stopped()), [true, true, false, false]);
        assert!(!done.progress.is_stopped() && !shelf.stop_all(of), "what is done is kept");
    }
}
