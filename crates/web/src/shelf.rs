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
    pub(crate) async fn find(
        &self,
        key: String,
        open: Arc<Open>,
        work: impl FnOnce(&Open, &Progress) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<Found<T>, Refusal> {
        let slot = self.slot(key.clone());
        if !slot.begun.swap(true, Ordering::Relaxed) {
            let own = slot.clone();
            let made = tokio::task::spawn_blocking(move || {
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
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.get(key).is_none_or(|slot| slot.made.get().is_some()) {
            return false;
        }
        slots.remove(key).inspect(|slot| slot.progress.stop()).is_some()
    }

    /// Stops everything whose key ends so.
    pub(crate) fn stop_all(&self, end: &str) -> bool {
        let keys: Vec<String> = {
            let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            slots.keys().filter(|key| key.ends_with(end)).cloned().collect()
        };
        keys.iter().filter(|key| self.stop(key)).count() > 0
    }

    /// Takes away this slot, unless another is in its place already.
    fn forget(&self, key: &str, slot: &Arc<Slot<T>>) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.get(key).is_some_and(|kept| Arc::ptr_eq(kept, slot)) {
            slots.remove(key);
        }
    }

    fn slot(&self, key: String) -> Arc<Slot<T>> {
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
        let new = || {
            Arc::new(Slot {
                begun: AtomicBool::new(false),
                progress: Progress::default(),
                made: OnceLock::new(),
            })
        };
        let slot = slots.entry(key).or_insert_with(new).clone();
        slot.progress.hear();
        slot
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
        let first = shelf.slot("x".to_owned());
        refuse(&first);
        assert!(Arc::ptr_eq(&first, &shelf.slot("x".to_owned())), "whoever asked still waits for it");
        first.progress.leave();
        let second = shelf.slot("x".to_owned());
        assert!(!Arc::ptr_eq(&first, &second), "nobody came for it");
        shelf.forget("x", &first);
        assert!(Arc::ptr_eq(&second, &shelf.slot("x".to_owned())), "another is in its place");
        shelf.forget("x", &second);
        assert!(!Arc::ptr_eq(&second, &shelf.slot("x".to_owned())), "it was told");
        // What went well stays, however long nobody asks.
        let made = shelf.slot("y".to_owned());
        made.made.get_or_init(|| Ok(Arc::new(())));
        made.progress.leave();
        assert!(Arc::ptr_eq(&made, &shelf.slot("y".to_owned())));
    }
}
