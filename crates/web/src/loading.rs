//! Reading what is shown: begun with the program, stopped by whoever looks at it and gone on with.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clavicle_answer::Reader;

use crate::open::Open;
use crate::progress::Progress;

/// Reads what is shown, and says how far it has come.
pub(crate) type Source = dyn Fn(&Progress) -> Result<Reader, NotRead> + Send + Sync;

/// Why there is no snapshot to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotRead {
    /// [`Progress::is_stopped`] said so.
    Stopped,
    /// It cannot be read, in the words for the person who wants to see it.
    Failed(String),
    /// Nothing was named, and nothing is saved: whoever looks may choose.
    Nothing,
}

/// What became of reading.
#[derive(Debug, Clone)]
pub(crate) enum Loaded {
    NotYet,
    Stopped,
    Failed(Arc<str>),
    Nothing,
    Ready(Arc<Open>),
}

/// How far reading is, and what became of it.
#[derive(Debug)]
pub(crate) struct Loading {
    pub(crate) progress: Progress,
    state: Mutex<Loaded>,
}

impl Default for Loading {
    fn default() -> Self {
        Self { progress: Progress::default(), state: Mutex::new(Loaded::NotYet) }
    }
}

impl Loading {
    /// What became of it so far; what is asked to stop counts as stopped while it is still at its last step.
    pub(crate) fn now(&self) -> Loaded {
        match &*self.lock() {
            Loaded::NotYet if self.progress.is_stopped() => Loaded::Stopped,
            known => known.clone(),
        }
    }

    /// Reads, until that has an end; where somebody stopped it and then wanted it after all, from the beginning.
    pub(crate) fn run(&self, read: impl Fn(&Progress) -> Result<Open, NotRead>) -> Option<Arc<Open>> {
        loop {
            // If it breaks, the browser says so and does not wait for ever.
            let read = std::panic::AssertUnwindSafe(|| read(&self.progress));
            let outcome = std::panic::catch_unwind(read).unwrap_or_else(|_| {
                Err(NotRead::Failed("the program failed while it read the snapshot".to_owned()))
            });
            let mut state = self.lock();
            match outcome {
                // What was there before it could stop is shown.
                Ok(open) => {
                    let open = Arc::new(open);
                    *state = Loaded::Ready(open.clone());
                    return Some(open);
                }
                Err(NotRead::Failed(error)) => *state = Loaded::Failed(error.into()),
                Err(NotRead::Nothing) => *state = Loaded::Nothing,
                Err(NotRead::Stopped) if self.progress.is_stopped() => *state = Loaded::Stopped,
                Err(NotRead::Stopped) => continue,
            }
            return None;
        }
    }

    /// Stops it before its next step.
    pub(crate) fn stop(&self) {
        // What stops another time has to be begun another time: nobody may look at one and change the other meanwhile.
        let state = self.lock();
        if matches!(*state, Loaded::NotYet) {
            self.progress.stop();
        }
    }

    /// Goes on with it; does somebody have to begin it anew for that?
    pub(crate) fn go_on(&self) -> bool {
        let mut state = self.lock();
        self.progress.go_on();
        let is_over = matches!(*state, Loaded::Stopped);
        if is_over {
            *state = Loaded::NotYet;
        }
        is_over
    }

    /// Has it read what somebody `choose`s, unless something is shown or on its way; does it have to be begun for that? Nobody
    /// else may look at the state and change it meanwhile.
    pub(crate) fn begin_with(&self, choose: impl FnOnce() -> Result<(), String>) -> Result<bool, String> {
        let mut state = self.lock();
        if matches!(*state, Loaded::NotYet | Loaded::Ready(_)) {
            return Ok(false);
        }
        choose()?;
        self.progress.go_on();
        *state = Loaded::NotYet;
        Ok(true)
    }

    fn lock(&self) -> MutexGuard<'_, Loaded> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(loading: &Loading) -> &'static str {
        match loading.now() {
            Loaded::NotYet => "loading",
            Loaded::Stopped => "stopped",
            Loaded::Failed(_) => "failed",
            Loaded::Nothing => "nothing",
            Loaded::Ready(_) => "ready",
        }
    }

    #[test]
    fn where_there_is_nothing_somebody_chooses_and_only_there() {
        let loading = Loading::default();
        assert_eq!(loading.begin_with(|| panic!("it is being read")), Ok(false));
        assert!(loading.run(|_| Err(NotRead::Nothing)).is_none());
        assert_eq!(state(&loading), "nothing");
        assert_eq!(loading.begin_with(|| Err("no such file".to_owned())), Err("no such file".to_owned()));
        assert_eq!(state(&loading), "nothing");
        assert_eq!(loading.begin_with(|| Ok(())), Ok(true));
        assert_eq!(state(&loading), "loading");
        // What turned out to be no snapshot leaves the choice.
        assert!(loading.run(|_| Err(NotRead::Failed("no snapshot".to_owned()))).is_none());
        assert_eq!(loading.begin_with(|| Ok(())), Ok(true));
    }

    #[test]
    fn what_was_stopped_is_begun_anew_only_when_it_came_to_its_end() {
        let loading = Loading::default();
        loading.stop();
        assert_eq!(state(&loading), "stopped");
        assert!(!loading.go_on(), "it has not come to its next step yet");
        assert_eq!(state(&loading), "loading");
        loading.stop();
        assert!(loading.run(|_| Err(NotRead::Stopped)).is_none());
        assert_eq!(state(&loading), "stopped");
        assert!(loading.go_on());
        assert_eq!(state(&loading), "loading");
    }

    #[test]
    fn a_wish_that_comes_while_it_ends_is_not_lost() {
        let loading = Loading::default();
        let begun = std::cell::Cell::new(0);
        let read = loading.run(|_| {
            begun.set(begun.get() + 1);
            if begun.get() > 1 {
                return Err(NotRead::Failed("the second time".to_owned()));
            }
            // Stopped, and wanted again before anybody wrote down that it stopped.
            loading.stop();
            assert!(!loading.go_on());
            Err(NotRead::Stopped)
        });
        assert!(read.is_none());
        assert_eq!((begun.get(), state(&loading)), (2, "failed"));
    }

    #[test]
    fn what_breaks_is_told() {
        let loading = Loading::default();
        assert!(loading.run(|_| panic!("of a test")).is_none());
        assert_eq!(state(&loading), "failed");
    }
}
