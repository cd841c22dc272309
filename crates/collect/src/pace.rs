//! How fast a service of an account is asked: as fast as it lets us. Each time it says "slower" the pace halves, each
//! answer lets it grow a little, as the adaptive mode of AWS's SDKs does. See AWS: AWS SDKs and Tools Reference Guide,
//! "Retry behavior" (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>).

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::http::Lost;

/// Requests a second before anything was refused. AWS's quotas for reading are mostly 5 to 100.
const FIRST: f64 = 50.0;
const LEAST: f64 = 0.5;
const MOST: f64 = 200.0;
/// What a bucket bears. AWS: Amazon S3 User Guide, "Best practices design patterns: optimizing Amazon S3 performance": at least
/// 5,500 GET requests a second for each prefix.
const OF_A_BUCKET: f64 = 5500.0;

/// The pace of one service, in one region of one account.
#[derive(Debug)]
pub(crate) struct Pace {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    a_second: f64,
    most: f64,
    next: Option<Instant>,
    /// What is left to try again with.
    quota: u32,
}

/// The retry quota of AWS's SDKs: what is there, what a try after a fault costs, a refused or broken connection included, and
/// what one after waiting in vain.
const QUOTA: u32 = 500;
pub(crate) const FAULT: u32 = 5;
const TIMEOUT: u32 = 10;

/// What another try costs when this one gave no answer.
pub(crate) fn cost(lost: &Lost) -> u32 {
    if lost.timed_out { TIMEOUT } else { FAULT }
}

impl Pace {
    pub(crate) fn new() -> Pace {
        Pace::at(FIRST, MOST)
    }

    /// The pace of the objects of a bucket.
    pub(crate) fn of_bucket() -> Pace {
        Pace::at(OF_A_BUCKET, OF_A_BUCKET)
    }

    fn at(a_second: f64, most: f64) -> Pace {
        Pace { state: Mutex::new(State { a_second, most, next: None, quota: QUOTA }) }
    }

    /// Takes the next place in the row; the answer is how long to wait for it.
    pub(crate) fn place(&self, now: Instant) -> Duration {
        let mut state = lock(&self.state);
        let at = state.next.map_or(now, |next| next.max(now));
        state.next = Some(at + Duration::from_secs_f64(1.0 / state.a_second));
        at - now
    }

    /// The service answered.
    pub(crate) fn quicken(&self) {
        let mut state = lock(&self.state);
        state.a_second = (state.a_second + 0.5).min(state.most);
    }

    /// The service said that it is asked too often.
    pub(crate) fn slow_down(&self) {
        let mut state = lock(&self.state);
        state.a_second = (state.a_second / 2.0).max(LEAST);
    }

    /// Is there enough left for another try? Then it is paid.
    pub(crate) fn pays(&self, cost: u32) -> bool {
        let mut state = lock(&self.state);
        let left = state.quota.checked_sub(cost);
        state.quota = left.unwrap_or(state.quota);
        left.is_some()
    }

    /// There was an answer, to a try that cost so much.
    pub(crate) fn repay(&self, cost: u32) {
        let mut state = lock(&self.state);
        state.quota = (state.quota + cost.max(1)).min(QUOTA);
    }
}

/// What a lock guards here is whole at every moment, also after a panic elsewhere.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{FAULT, Pace, TIMEOUT, cost};
    use crate::http::Lost;

    #[test]
    fn those_who_come_together_go_one_by_one_and_slower_after_a_refusal() {
        let (pace, now) = (Pace::new(), Instant::now());
        assert_eq!(pace.place(now), Duration::ZERO);
        let second = pace.place(now);
        assert!(second > Duration::ZERO && second < Duration::from_millis(50));
        for _ in 0..20 {
            pace.slow_down();
        }
        pace.place(now);
        let later = pace.place(now);
        assert!(later > Duration::from_secs(1) && later < Duration::from_secs(5), "{later:?}");
    }

    #[test]
    fn faults_use_up_the_tries_and_answers_give_them_back() {
        let pace = Pace::new();
        assert!((0..50).all(|_| pace.pays(TIMEOUT)));
        assert!(!pace.pays(FAULT));
        // Each first answer gives one, the answer to a try what the try had cost.
        (0..4).for_each(|_| pace.repay(0));
        assert!(!pace.pays(FAULT));
        pace.repay(0);
        assert!(pace.pays(FAULT) && !pace.pays(FAULT));
        pace.repay(TIMEOUT);
        assert!(pace.pays(TIMEOUT) && !pace.pays(FAULT));
    }

    #[test]
    fn who_waited_in_vain_pays_more_than_who_was_refused() {
        let lost = |timed_out| Lost { why: String::new(), no_host: false, timed_out };
        assert_eq!((cost(&lost(false)), cost(&lost(true))), (FAULT, TIMEOUT));
    }

    #[test]
    fn a_bucket_is_read_as_fast_as_it_lets_us() {
        let (pace, now) = (Pace::of_bucket(), Instant::now());
        let _ = (0..100).map(|_| pace.place(now)).last();
        assert!(pace.place(now) < Duration::from_millis(50));
        (0..20).for_each(|_| pace.slow_down());
        pace.place(now);
        assert!(pace.place(now) > Duration::from_secs(1));
    }
}
