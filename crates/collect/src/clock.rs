//! What time is it to AWS? A request is signed with the time, and AWS takes none that is some minutes off. Where it refuses one
//! and says a time that is far from the one that was signed, the clock of this machine is wrong: requests are signed with AWS's time
//! from then on, as the SDKs of AWS do it that correct the clock.
//!
//! See AWS: IAM User Guide, "Troubleshoot signed requests for AWS APIs", a request has to reach AWS within five minutes of its
//! time stamp (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html>); AWS Developer Tools Blog,
//! "Clock-skew correction" (<https://aws.amazon.com/blogs/developer/clock-skew-correction/>).

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// So far off a time may be before it is the clock that is wrong.
const CLOSE: SignedDuration = SignedDuration::from_mins(4);

/// The clock of this machine, put right by what AWS says.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    /// So many seconds it is ahead of AWS's.
    ahead: AtomicI64,
}

impl Clock {
    pub(crate) fn now(&self) -> Timestamp {
        self.right(Timestamp::now())
    }

    /// A time that the clock of this machine told.
    pub(crate) fn right(&self, told: Timestamp) -> Timestamp {
        told.checked_sub(self.ahead()).unwrap_or(told)
    }

    /// How far it is ahead of AWS's; nothing unless AWS refused a request because of it.
    pub(crate) fn ahead(&self) -> SignedDuration {
        SignedDuration::from_secs(self.ahead.load(Ordering::Relaxed))
    }

    /// AWS refused a request with an error of this code and said what time it is. Was the time of the request, `signed`, far from that? Then the
    /// clock is right from now on.
    pub(crate) fn is_put_right(&self, code: &str, said: Option<Timestamp>, signed: Timestamp) -> bool {
        let Some(said) = said.filter(|_| is_about_time(code)) else { return false };
        if signed.duration_since(said).abs() < CLOSE {
            return false;
        }
        let ahead = Timestamp::now().duration_since(said);
        self.ahead.store(ahead.as_secs(), Ordering::Relaxed);
        true
    }
}

/// The codes with which services refuse a request because of its time, and those that say no more than that its signature is
/// not the right one.
///
/// AWS: Amazon S3 API Reference, "Error responses", `RequestTimeTooSkewed`; "Common error types" of each service, `RequestExpired`:
/// "more than 15 minutes after the date stamp on the request".
fn is_about_time(code: &str) -> bool {
    matches!(
        code,
        "RequestExpired"
            | "RequestInTheFuture"
            | "RequestTimeTooSkewed"
            | "SignatureDoesNotMatch"
            | "InvalidSignatureException"
            | "AuthFailure"
    )
}

/// The time of an answer, from its `Date`.
pub(crate) fn date_of(headers: &ureq::http::HeaderMap) -> Option<Timestamp> {
    let text = headers.get("date")?.to_str().ok()?;
    Some(jiff::fmt::rfc2822::parse(text).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{Clock, date_of};

    #[test]
    fn the_clock_is_put_right_where_the_time_is_far_off_and_nowhere_else() {
        let now = Timestamp::now();
        let minutes = |minutes| now + SignedDuration::from_mins(minutes);
        for (code, said, is_wrong) in [
            ("RequestExpired", Some(90), true),
            ("RequestTimeTooSkewed", Some(-20), true),
            ("SignatureDoesNotMatch", Some(5), true),
            // That is what Amazon EC2 says of credentials that have expired.
            ("RequestExpired", Some(0), false),
            ("SignatureDoesNotMatch", Some(3), false),
            ("AccessDenied", Some(90), false),
            ("RequestExpired", None, false),
        ] {
            let clock = Clock::default();
            assert_eq!(clock.is_put_right(code, said.map(minutes), now), is_wrong, "{code} {said:?}");
            let off = said.filter(|_| is_wrong).unwrap_or_default();
            assert!((clock.now().duration_since(minutes(off))).abs() < SignedDuration::from_secs(60));
        }
        let clock = Clock::default();
        assert!(clock.is_put_right("RequestExpired", Some(minutes(90)), now));
        // What was signed before is refused too, and what is signed now is near.
        assert!(clock.is_put_right("RequestExpired", Some(minutes(90)), now));
        assert!(!clock.is_put_right("RequestExpired", Some(minutes(90)), clock.now()));
    }

    #[test]
    fn the_date_of_an_answer() {
        let mut headers = ureq::http::HeaderMap::new();
        assert_eq!(date_of(&headers), None);
        for (text, time) in [("Thu, 01 Jan 2026 00:00:01 GMT", Some("2026-01-01T00:00:01Z")), ("soon", None)]
        {
            headers.insert("date", text.parse().expect("a value"));
            assert_eq!(date_of(&headers).map(|time| time.to_string()).as_deref(), time);
        }
    }
}
