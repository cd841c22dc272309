//! Instants of conditions: ISO 8601 in the W3C profile, or epoch seconds (rule 3.10).

use std::cmp::Ordering;

/// How two instants compare, whichever form either has; `None` if one of them is no date.
pub(crate) fn compare(left: &str, right: &str) -> Option<Ordering> {
    Some(parse(left)?.cmp(&parse(right)?))
}

/// Digits and what stands between them in other spellings of ISO 8601 than those of the profile, which AWS names alone:
/// that it may be read, and as what, is said nowhere.
pub(crate) fn is_unclear(text: &str) -> bool {
    let signs = text.chars().skip_while(|letter| matches!(letter, '+' | '-' | ' '));
    let begins = signs.clone().next().is_some_and(|first| first.is_ascii_digit());
    let between =
        |letter: char| letter.is_ascii_digit() || "+-:., TZWE".contains(letter.to_ascii_uppercase());
    begins && text.chars().all(between) && parse(text).is_none()
}

/// Seconds since the epoch, and the digits of the fraction without trailing zeros, which compare like text.
type Instant = (i64, String);

fn parse(text: &str) -> Option<Instant> {
    // Epoch seconds may lie before 1970.
    let (before, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    if number(digits).is_some() && (before || digits.len() != 4) {
        return Some((text.parse().ok()?, String::new()));
    }
    let (date, time) = text.split_once('T').map_or((text, None), |(date, time)| (date, Some(time)));
    let fields: Vec<&str> = date.split('-').collect();
    let (year, month, day) = match (fields.as_slice(), time) {
        ([year], None) => (*year, "01", "01"),
        ([year, month], None) => (*year, *month, "01"),
        ([year, month, day], _) => (*year, *month, *day),
        _ => return None,
    };
    let (year, month, day) = (fixed(year, 4)?, fixed(month, 2)?, fixed(day, 2)?);
    if !(1..=12).contains(&month) || day < 1 || day > days_of_month(year, month) {
        return None;
    }
    let midnight = days_before(year, month, day) * 86_400;
    let Some(time) = time else { return Some((midnight, String::new())) };
    let (clock, offset) = cut_zone(time)?;
    let clock_text = clock;
    let (clock, fraction) = clock.split_once('.').map_or((clock, "0"), |halves| halves);
    number(fraction)?;
    let (hour, minute, second) = match clock.split(':').collect::<Vec<_>>().as_slice() {
        // A fraction is one of a second.
        [hour, minute] if !clock_text.contains('.') => (fixed(hour, 2)?, fixed(minute, 2)?, 0),
        [hour, minute, second] => (fixed(hour, 2)?, fixed(minute, 2)?, fixed(second, 2)?),
        _ => return None,
    };
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = midnight + hour * 3600 + minute * 60 + second - offset;
    Some((seconds, fraction.trim_end_matches('0').to_owned()))
}

/// The clock and the offset of its zone in seconds; no zone is UTC (rule 3.10, the documentation is silent).
fn cut_zone(time: &str) -> Option<(&str, i64)> {
    if let Some(clock) = time.strip_suffix('Z') {
        return Some((clock, 0));
    }
    let Some(sign) = time.find(['+', '-']) else { return Some((time, 0)) };
    let (hours, minutes) = time[sign + 1..].split_once(':')?;
    let (hours, minutes) = (fixed(hours, 2)?, fixed(minutes, 2)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let offset = hours * 3600 + minutes * 60;
    Some((&time[..sign], if time[sign..].starts_with('-') { -offset } else { offset }))
}

fn number(text: &str) -> Option<&str> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

fn fixed(text: &str, digits: usize) -> Option<i64> {
    number(text).filter(|text| text.len() == digits)?.parse().ok()
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to this day, counted the naive way.
fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let year_days = |year| if is_leap(year) { 366 } else { 365 };
    let years: i64 = if year >= 1970 {
        (1970..year).map(year_days).sum()
    } else {
        -(year..1970).map(year_days).sum::<i64>()
    };
    years + (1..month).map(|month| days_of_month(year, month)).sum::<i64>() + day - 1
}

#[cfg(test)]
mod tests {
    use super::compare;
    use std::cmp::Ordering::{Equal, Greater, Less};

    #[test]
    fn instants_compare_whichever_form_they_have() {
        for (left, right, expected) in [
            ("2024-03-01T00:00:00Z", "1709251200", Some(Equal)),
            ("2024-03-01", "2024-03-01T00:00Z", Some(Equal)),
            ("2024", "2024-01-01T00:00:00.000Z", Some(Equal)),
            ("2024-03-01T01:00:00+01:00", "2024-03-01T00:00:00Z", Some(Equal)),
            ("2024-03-01T00:00:00.45Z", "2024-03-01T00:00:00.5Z", Some(Less)),
            ("2024-02-29", "2023-02-28", Some(Greater)),
            ("2023-02-29", "2023-02-28", None),
            ("1969-12-31T23:59:59Z", "0", Some(Less)),
            ("1969-12-31T23:59:59Z", "-1", Some(Equal)),
            ("-100", "-100.0", None),
            ("-100", "-99", Some(Less)),
            ("2024-03-01T00:00.0Z", "2024", None),
            ("yesterday", "2024", None),
            ("2024-03-01T25:00Z", "2024", None),
        ] {
            assert_eq!(compare(left, right), expected, "{left} {right}");
        }
    }
}
