//! How far loading has come.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde::Serialize;

/// Nobody waits for what has not been asked for so long. Pages ask three times a second, and hidden ones once a second.
const LEFT_AFTER: Duration = Duration::from_secs(3);

/// How far loading has come: whoever loads reports here, and the browser reads it a few times a second.
#[derive(Debug, Default)]
pub struct Progress {
    now: Mutex<Step>,
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

impl Progress {
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

    pub(crate) fn is_stopped(&self) -> bool {
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
