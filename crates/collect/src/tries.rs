//! One request and how often it was sent: what makes it worth another try, when that is, and what it costs.

use std::time::{Duration, Instant};

use crate::http::Lost;
use crate::pace::{self, FAULT, Pace};
use crate::retries::Retries;

/// So long nobody waits for a place in the row.
const LONGEST: Duration = Duration::from_secs(60);

/// The tries of one request.
#[derive(Debug)]
pub(crate) struct Tries<'t> {
    retries: Retries,
    client: &'t str,
    pace: &'t Pace,
    made: u32,
    faults: u32,
    /// What the next one costs.
    cost: u32,
    is_free: bool,
    is_renewed: bool,
    is_clock_set: bool,
}

impl<'t> Tries<'t> {
    pub(crate) fn of(retries: Retries, client: &'t str, pace: &'t Pace) -> Tries<'t> {
        Tries {
            retries,
            client,
            pace,
            made: 0,
            faults: 0,
            cost: 0,
            is_free: false,
            is_renewed: false,
            is_clock_set: false,
        }
    }

    /// Waits until it is time for the next one; false: there is none.
    pub(crate) fn next(&mut self) -> bool {
        if !std::mem::take(&mut self.is_free) {
            if self.are_over() {
                return false;
            }
            if self.made > 0 {
                if self.retries.has_quota() && !self.pace.pays(self.cost) {
                    return false;
                }
                std::thread::sleep(self.retries.pause(self.made));
            }
            self.made += 1;
        }
        if self.retries.is_paced() {
            std::thread::sleep(self.pace.place(Instant::now()).min(LONGEST));
        }
        true
    }

    /// Were so many made that none is left?
    pub(crate) fn are_over(&self) -> bool {
        self.made >= self.retries.attempts(self.client) || self.faults >= self.retries.faults(self.client)
    }

    /// How many were made, those that count.
    pub(crate) fn made(&self) -> u32 {
        self.made
    }

    /// Nothing, or not all, came back.
    pub(crate) fn lost(&mut self, lost: &Lost) {
        (self.faults, self.cost) = (self.faults + 1, pace::cost(lost));
    }

    /// The service had a fault.
    pub(crate) fn fault(&mut self) {
        (self.faults, self.cost) = (self.faults + 1, FAULT);
    }

    /// The service said that it is asked too often, which is no fault of its.
    pub(crate) fn too_fast(&mut self) {
        self.pace.slow_down();
        self.cost = FAULT;
    }

    /// Something about the request was put right: the next one costs nothing and waits for nothing.
    pub(crate) fn mended(&mut self) {
        self.is_free = true;
    }

    /// Is it worth getting new credentials? Once it is, and then the next try is free.
    pub(crate) fn renew(&mut self) -> bool {
        let is_first = !std::mem::replace(&mut self.is_renewed, true);
        self.is_free |= is_first;
        is_first
    }

    /// The clock was put right. Once that is worth a try, and then the next one is free.
    pub(crate) fn set_clock(&mut self) -> bool {
        let is_first = !std::mem::replace(&mut self.is_clock_set, true);
        self.is_free |= is_first;
        is_first
    }

    /// There was an answer.
    pub(crate) fn answered(&self) {
        self.pace.quicken();
        self.pace.repay(self.cost);
    }
}

#[cfg(test)]
mod tests {
    use super::Tries;
    use crate::pace::Pace;
    use crate::profile::Settings;
    use crate::retries::Retries;

    fn retries(mode: &str, attempts: &str) -> Retries {
        let environment = [("AWS_RETRY_MODE", mode), ("AWS_MAX_ATTEMPTS", attempts)];
        Retries::of(&Settings::of(&environment, "", "")).expect("sound settings")
    }

    #[test]
    fn what_was_mended_takes_none_of_the_tries() {
        let pace = Pace::new();
        let mut tries = Tries::of(retries("standard", "1"), "s3", &pace);
        assert!(tries.next());
        assert!(tries.renew() && tries.next(), "with new credentials");
        assert!(!tries.renew(), "once");
        tries.mended();
        assert!(tries.next());
        assert_eq!(tries.made(), 1);
        tries.fault();
        assert!(!tries.next());
    }

    #[test]
    fn there_are_as_many_as_the_settings_say_and_the_quota_bears() {
        let pace = Pace::new();
        let made = |pace: &Pace| {
            let mut tries = Tries::of(retries("standard", "2"), "s3", pace);
            while tries.next() {
                tries.fault();
            }
            tries.made()
        };
        assert_eq!(made(&pace), 2);
        while pace.pays(1) {}
        assert_eq!(made(&pace), 1);
    }
}
