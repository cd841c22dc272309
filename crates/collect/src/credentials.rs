use std::fmt;

use jiff::{SignedDuration, Timestamp};

/// What signs requests. Never printed, never kept: it lives in memory and goes nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) access_key: String,
    pub(crate) secret: String,
    /// Of temporary credentials.
    pub(crate) token: Option<String>,
    /// `None`: they do not expire.
    pub(crate) expires: Option<Timestamp>,
}

impl Credentials {
    /// Will they be worth nothing five minutes from now?
    pub(crate) fn are_stale(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|expires| expires.duration_since(now) < SignedDuration::from_mins(5))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("expires", &self.expires).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::Credentials;

    #[test]
    fn debug_output_shows_no_key() {
        let secret = Credentials {
            access_key: "AKIAEXAMPLE".to_owned(),
            secret: "wJalrXUtnFEMI".to_owned(),
            token: Some("IQoJb3JpZ2lu".to_owned()),
            expires: None,
        };
        let shown = format!("{secret:?}");
        for part in ["AKIA", "wJal", "IQoJ"] {
            assert!(!shown.contains(part), "{shown}");
        }
    }

    #[test]
    fn credentials_are_renewed_before_they_expire() {
        let now = Timestamp::UNIX_EPOCH;
        let at = |seconds| Credentials {
            access_key: String::new(),
            secret: String::new(),
            token: None,
            expires: Some(now + SignedDuration::from_secs(seconds)),
        };
        assert!(at(299).are_stale(now) && at(-1).are_stale(now) && !at(301).are_stale(now));
    }
}
