//! Is anybody waiting for an answer, and since when has nobody been?
//!
//! What is worked out ahead takes every core: it stands back for those who ask, and for a moment after them, since whoever has
//! looked at one thing asks for the next.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// After an answer, so long passes before what nobody asked for goes on.
const MOMENT: Duration = Duration::from_millis(400);

/// Those who ask, and when the last of them got an answer.
#[derive(Debug)]
pub(crate) struct Askers {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    count: usize,
    last: Instant,
}

/// Somebody who asks, until it is dropped.
#[derive(Debug)]
pub(crate) struct Asking<'a>(&'a Askers);

impl Default for Askers {
    /// Whoever opens something asks in the next moment.
    fn default() -> Self {
        Self { state: Mutex::new(State { count: 0, last: Instant::now() }), changed: Condvar::new() }
    }
}

impl Askers {
    /// Counts somebody, until what this gives is dropped.
    pub(crate) fn asking(&self) -> Asking<'_> {
        self.lock().count += 1;
        Asking(self)
    }

    /// Waits until nobody asks and nobody has for a moment.
    pub(crate) fn let_go_first(&self) {
        let mut state = self.lock();
        loop {
            let left = MOMENT.saturating_sub(state.last.elapsed());
            state = if state.count > 0 {
                self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
            } else if left.is_zero() {
                return;
            } else {
                self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
            };
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.count -= 1;
        state.last = Instant::now();
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_asks_goes_first_and_for_a_moment_after_it_and_no_longer() {
        let askers = Askers::default();
        let (first, second) = (askers.asking(), askers.asking());
        std::thread::scope(|scope| {
            let ahead = scope.spawn(|| {
                askers.let_go_first();
                Instant::now()
            });
            drop(first);
            std::thread::sleep(MOMENT + Duration::from_millis(50));
            assert!(!ahead.is_finished());
            let answered = Instant::now();
            drop(second);
            assert!(ahead.join().expect("it goes on").duration_since(answered) >= MOMENT);
        });
        // Nobody has asked for long: it goes on at once.
        let begun = Instant::now();
        askers.let_go_first();
        assert!(begun.elapsed() < MOMENT);
    }
}
