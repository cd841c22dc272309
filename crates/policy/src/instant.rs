//! Points in time as date condition operators compare them: ISO 8601 in the W3C profile, or seconds since 1970.
//!
//! AWS: IAM User Guide, "IAM JSON policy elements: Condition operators", Date condition operators: "one of the W3C
//! implementations of the ISO 8601 date formats or in epoch (UNIX) time". W3C: "Date and Time Formats" (NOTE-datetime) knows
//! `T`, `Z` and `+hh:mm` and no other spelling. Text without a zone is read as UTC. What AWS makes of other spellings is
//! documented nowhere.

/// A point in time: seconds since 1970, and nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant {
    seconds: i64,
    nanos: u32,
}

impl Instant {
    /// The instant that `text` writes: `2024`, `2024-05`, `2024-05-17`, `2024-05-17T12:30Z`, `…:30.25+02:00`, or
    /// `1715949000`. Four digits are a year.
    pub fn parse(text: &str) -> Option<Self> {
        let (early, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
        let year = !early && digits.len() == 4;
        let epoch = !year && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if epoch {
            return text.parse().ok().map(|seconds| Self { seconds, nanos: 0 });
        }
        let (date, time) = match text.split_once('T') {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let days = days(date)?;
        let Some(time) = time else { return Some(Self { seconds: days * 86_400, nanos: 0 }) };
        // A time of day belongs to a whole date.
        if date.len() != 10 {
            return None;
        }
        let (clock, offset) = zone(time)?;
        let (seconds, nanos) = clock_time(clock)?;
        Some(Self { seconds: days * 86_400 + seconds - offset, nanos })
    }

    /// May `text` write a point in time in a way that AWS documents nothing of? Small letters, spaces, `+0200`, days that
    /// a month does not have, fractions of seconds since 1970 and the like: AWS may read it, and nobody knows as what.
    pub fn is_unclear(text: &str) -> bool {
        let digits = text.trim_start_matches(['+', '-', ' ']);
        digits.starts_with(|letter: char| letter.is_ascii_digit())
            && text.chars().all(|letter| letter.is_ascii_digit() || "+-:.,TtZzWwEe ".contains(letter))
            && Self::parse(text).is_none()
    }

    /// So many seconds since 1970.
    pub fn of_seconds(seconds: i64) -> Self {
        Self { seconds, nanos: 0 }
    }

    /// Whole seconds since 1970, rounded down.
    pub fn seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds after [`seconds`](Self::seconds).
    pub fn nanos(self) -> u32 {
        self.nanos
    }
}

/// Days from 1970-01-01 to the (first day of the) date.
fn days(date: &str) -> Option<i64> {
    let mut parts = date.split('-');
    let year = number(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |text| number(text, 2))?;
    let day = parts.next().map_or(Some(1), |text| number(text, 2))?;
    if parts.next().is_some() || !(1..=12).contains(&month) || !(1..=month_length(year, month)).contains(&day)
    {
        return None;
    }
    // Count years from March, so that the leap day is the last of its year.
    let (shifted_year, shifted_month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = shifted_year.div_euclid(4) - shifted_year.div_euclid(100) + shifted_year.div_euclid(400);
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    const EPOCH: i64 = 719_468;
    Some(shifted_year * 365 + leap_days + day_of_year - EPOCH)
}

fn month_length(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// The clock part, and the zone's seconds east of UTC.
fn zone(time: &str) -> Option<(&str, i64)> {
    if let Some(clock) = time.strip_suffix('Z') {
        return Some((clock, 0));
    }
    let Some(at) = time.find(['+', '-']) else { return Some((time, 0)) };
    let (clock, offset) = time.split_at(at);
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let digits = offset.get(1..)?;
    let (hours, minutes) = digits.split_once(':')?;
    let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
    (hours < 24 && minutes < 60).then_some((clock, sign * (hours * 3_600 + minutes * 60)))
}

fn clock_time(clock: &str) -> Option<(i64, u32)> {
    let mut parts = clock.split(':');
    let hours = number(parts.next()?, 2)?;
    let minutes = number(parts.next()?, 2)?;
    let (seconds, nanos) = match parts.next() {
        None => (0, 0),
        Some(text) => {
            let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
            if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            let nine = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
            let nanos = nine.fold(0, |nanos, digit| nanos * 10 + u32::from(digit - b'0'));
            (number(whole, 2)?, nanos)
        }
    };
    let sound = parts.next().is_none() && hours < 24 && minutes < 60 && seconds < 60;
    sound.then_some((hours * 3_600 + minutes * 60 + seconds, nanos))
}

fn number(text: &str, length: usize) -> Option<i64> {
    let sound = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    sound.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<(i64, u32)> {
        Instant::parse(text).map(|instant| (instant.seconds, instant.nanos))
    }

    #[test]
    fn every_form_of_the_profile_is_read() {
        assert_eq!(at("1970-01-01T00:00:00Z"), Some((0, 0)));
        assert_eq!(at("2024"), Some((1_704_067_200, 0)));
        assert_eq!(at("2024-02"), Some((1_706_745_600, 0)));
        assert_eq!(at("2024-02-29"), Some((1_709_164_800, 0)));
        assert_eq!(at("2024-02-29T12:30Z"), Some((1_709_209_800, 0)));
        assert_eq!(at("2024-02-29T12:30:15.25+02:00"), Some((1_709_202_615, 250_000_000)));
        assert_eq!(at("1709209800"), Some((1_709_209_800, 0)));
        assert_eq!(at("1969-12-31T23:59:59Z"), at("-1"));
        assert_eq!(at("-999"), Some((-999, 0)));
        assert_eq!(at("2000-03-01"), Some((951_868_800, 0)));
        assert_eq!(at("2000-02-29"), Some((951_782_400, 0)));
        assert_eq!(at("2024-01-31T00:00:00-23:59"), Some((1_706_659_200 + 86_340, 0)));
        assert_eq!(at("1900-03-01"), Some((-2_203_891_200, 0)));
    }

    #[test]
    fn an_instant_tells_its_seconds_and_what_is_left() {
        let instant = Instant::parse("2024-02-29T12:30:15.25Z").expect("a date");
        assert_eq!((instant.seconds(), instant.nanos()), (1_709_209_815, 250_000_000));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in ["", "today", "Z", "-", "2024-01-01T00:00:00Z and later", "5 days"] {
            assert!(at(text).is_none() && !Instant::is_unclear(text), "{text}");
        }
        for text in ["2024", "2024-02-29T12:30:15.25+02:00", "1709209800", "-1"] {
            assert!(!Instant::is_unclear(text), "{text}");
        }
    }

    #[test]
    fn other_spellings_and_days_that_are_none_are_unclear() {
        for text in [
            "2024-01-01t00:00:00z",
            "2024-01-01 00:00:00Z",
            "20240101T000000Z",
            "2024-01-01T00:00:00+0200",
            "2024-W05",
            "2024-01-01T00:00:00,5Z",
            "1709209800.5",
            "1.7e9",
            " 2024",
            "2023-02-29",
            "1900-02-29",
            "2024-01-01T00:60Z",
            "2024-01-01T00:00:60Z",
            "2024-01-01T10:00:15.Z",
            "2024-01-01T10:00:15.2:5Z",
            "2100-02-29",
            "2024-04-31",
            "2024-06-31",
            "2024-09-31",
            "2024-11-31",
            "2024-01-32",
            "2024-01-01T00:00:00+24:00",
            "2024-01-01T00:00:00+01:60",
            "2024-01-01T00:00:00+1:00",
            "2024-13",
            "2024-1-1",
            "2024-01-01T24:00Z",
            "2024-01T10:00Z",
            "2024-01-01T10",
        ] {
            assert!(at(text).is_none() && Instant::is_unclear(text), "{text}");
        }
    }
}
