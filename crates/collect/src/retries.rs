//! How a call that has no answer is sent again: `retry_mode` and `max_attempts` as the AWS CLI means them.
//!
//! Where neither is set, a collection is more patient than a command at a terminal: it is paced as in adaptive mode and
//! sent up to nine times, because a call that is given up is a gap in the snapshot.
//!
//! See AWS: AWS SDKs and Tools Reference Guide, "Retry behavior"
//! (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>), and AWS Command Line Interface User
//! Guide, "AWS CLI retries" (<https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-retries.html>).

use std::time::Duration;

use crate::error::CollectError;
use crate::profile::Settings;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// None was asked for.
    Patient,
    Legacy,
    Standard,
    Adaptive,
}

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Retries {
    mode: Mode,
    max_attempts: Option<u32>,
}

/// So often a call is sent at most where nothing else is asked for: a collection waits for an answer longer than somebody
/// at a terminal would.
const PATIENT: u32 = 9;
/// So often where it is a fault of the service or the network, and not the pace.
const PATIENT_FAULTS: u32 = 5;

impl Retries {
    /// What environment and profile say. Fails at what the AWS CLI fails at.
    pub(crate) fn of(settings: &Settings) -> Result<Retries, CollectError> {
        let mode = match settings.retry_mode().as_deref() {
            None => Mode::Patient,
            Some("legacy") => Mode::Legacy,
            Some("standard") => Mode::Standard,
            Some("adaptive") => Mode::Adaptive,
            Some(other) => {
                return Err(CollectError::new(format!("`{other}` is no mode of retries"))
                    .hint("`retry_mode` and AWS_RETRY_MODE are one of legacy, standard and adaptive"));
            }
        };
        let max_attempts = match settings.max_attempts() {
            None => None,
            Some(text) => match text.parse::<u32>() {
                Ok(attempts) if attempts > 0 => Some(attempts),
                _ => {
                    return Err(CollectError::new(format!("`{text}` is no number of attempts"))
                        .hint("`max_attempts` and AWS_MAX_ATTEMPTS are a whole number of at least 1"));
                }
            },
        };
        Ok(Retries { mode, max_attempts })
    }

    /// So often a call of this client is sent at most, the first time included.
    pub(crate) fn attempts(self, client: &str) -> u32 {
        self.max_attempts.unwrap_or(match self.mode {
            Mode::Patient => PATIENT,
            Mode::Legacy if client == "dynamodb" => 10,
            Mode::Legacy => 5,
            Mode::Standard | Mode::Adaptive => 3,
        })
    }

    /// So often at most where it is a fault of the service or the network.
    pub(crate) fn faults(self, client: &str) -> u32 {
        match self.mode {
            Mode::Patient if self.max_attempts.is_none() => PATIENT_FAULTS,
            _ => self.attempts(client),
        }
    }

    /// May the first sending of a call have to wait, so that a service is not asked too often?
    pub(crate) fn is_paced(self) -> bool {
        matches!(self.mode, Mode::Patient | Mode::Adaptive)
    }

    /// Do the faults of a service use up the tries that the calls after them have?
    pub(crate) fn has_quota(self) -> bool {
        matches!(self.mode, Mode::Standard | Mode::Adaptive)
    }

    /// How long to wait before the next try, after so many: somewhere between nothing and a bound that doubles, so that
    /// those who were refused together do not come back together.
    pub(crate) fn pause(self, tries: u32) -> Duration {
        let mut byte = [0; 1];
        let share = getrandom::fill(&mut byte).map_or(1.0, |()| f64::from(byte[0]) / 255.0);
        self.longest_pause(tries).mul_f64(share)
    }

    fn longest_pause(self, tries: u32) -> Duration {
        let first = Duration::from_millis(if self.mode == Mode::Patient { 200 } else { 1000 });
        first.saturating_mul(1 << tries.saturating_sub(1).min(16)).min(Duration::from_secs(20))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Retries;
    use crate::profile::Settings;

    fn of(environment: &[(&str, &str)], config: &str) -> Retries {
        Retries::of(&Settings::of(environment, config, "")).expect("sound settings")
    }

    #[test]
    fn each_mode_has_its_number_of_attempts() {
        for (mode, attempts, of_dynamodb, is_paced, has_quota) in
            [("legacy", 5, 10, false, false), ("standard", 3, 3, false, true), ("adaptive", 3, 3, true, true)]
        {
            let retries = of(&[("AWS_RETRY_MODE", mode)], "");
            assert_eq!((retries.attempts("s3"), retries.attempts("dynamodb")), (attempts, of_dynamodb));
            assert_eq!(retries.faults("s3"), attempts);
            assert_eq!((retries.is_paced(), retries.has_quota()), (is_paced, has_quota), "{mode}");
        }
        let patient = of(&[], "");
        assert_eq!((patient.attempts("s3"), patient.faults("s3")), (9, 5));
        assert!(patient.is_paced() && !patient.has_quota());
    }

    #[test]
    fn the_environment_goes_before_the_profile_and_both_before_the_mode() {
        let profile = "[default]\nretry_mode = standard\nmax_attempts = 7\n";
        assert_eq!(of(&[], profile).attempts("s3"), 7);
        assert!(!of(&[], profile).is_paced());
        assert_eq!(of(&[("AWS_MAX_ATTEMPTS", "2")], profile).attempts("dynamodb"), 2);
        assert!(of(&[("AWS_RETRY_MODE", "adaptive")], profile).is_paced());
        // Attempts alone leave the patience of a collection otherwise as it is.
        for (text, number) in [("2", 2), ("8", 8)] {
            let stated = of(&[("AWS_MAX_ATTEMPTS", text)], "");
            assert_eq!(
                (stated.attempts("s3"), stated.faults("s3"), stated.is_paced()),
                (number, number, true)
            );
        }
    }

    #[test]
    fn what_the_aws_cli_refuses_is_refused() {
        for (name, value) in [
            ("AWS_RETRY_MODE", "eager"),
            ("AWS_RETRY_MODE", "ADAPTIVE"),
            ("AWS_MAX_ATTEMPTS", "0"),
            ("AWS_MAX_ATTEMPTS", "many"),
        ] {
            let refused = Retries::of(&Settings::of(&[(name, value)], "", ""));
            assert!(refused.is_err_and(|error| error.problem.contains(value)), "{name}={value}");
        }
    }

    #[test]
    fn pauses_double_up_to_a_bound() {
        let standard = of(&[("AWS_RETRY_MODE", "standard")], "");
        let longest: Vec<u64> = (1..8).map(|tries| standard.longest_pause(tries).as_secs()).collect();
        assert_eq!(longest, [1, 2, 4, 8, 16, 20, 20]);
        assert!((0..40).all(|tries| standard.pause(tries) <= Duration::from_secs(20)));
        assert!((0..40).all(|tries| of(&[], "").pause(tries) <= Duration::from_secs(20)));
    }
}
