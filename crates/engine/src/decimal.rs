//! Numbers as numeric condition operators compare them: integers and decimals by value, of any length.

use std::borrow::Cow;
use std::cmp::Ordering;

use clavicle_policy::Scalar;

/// A number in its text, without the zeros that do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
}

impl<'a> Decimal<'a> {
    /// The number that `text` writes; `None` when it is not an integer or a decimal, `10abc` and `1e3` included.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let numeric = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !numeric(whole) || !numeric(fraction) {
            return None;
        }
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        Some(Self { negative: negative && !(whole.is_empty() && fraction.is_empty()), whole, fraction })
    }

    /// Which is larger?
    pub fn compare(self, other: Self) -> Ordering {
        match (self.negative, other.negative) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self.compare_size(other),
            (true, true) => other.compare_size(self),
        }
    }

    fn compare_size(self, other: Self) -> Ordering {
        // Without leading zeros the longer whole is the larger; fractions compare like words.
        (self.whole.len(), self.whole, self.fraction).cmp(&(other.whole.len(), other.whole, other.fraction))
    }
}

/// The number that a listed value writes, as [`Decimal::parse`] reads it: an unquoted one is one of JSON, which may have an
/// exponent. `None` when it writes none.
pub fn listed_number(value: &Scalar) -> Option<Cow<'_, str>> {
    let text = match value {
        Scalar::Number(text) => without_exponent(text),
        other => Cow::Borrowed(other.text()),
    };
    Decimal::parse(&text).is_some().then_some(text)
}

/// The number without exponent: `1.5e2` is `150`. What has none, or one of more than three digits, stays as it is.
pub(crate) fn without_exponent(number: &str) -> Cow<'_, str> {
    let Some((digits, exponent)) = number.split_once(['e', 'E']) else { return Cow::Borrowed(number) };
    let Some(exponent) = exponent.parse::<isize>().ok().filter(|exponent| exponent.abs() < 1_000) else {
        return Cow::Borrowed(number);
    };
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let zeros = "0".repeat(exponent.unsigned_abs());
    // With as many zeros at its end as the point may move, the point stands within the digits.
    let (digits, point) = if exponent < 0 {
        (format!("{zeros}{whole}{fraction}"), whole.len())
    } else {
        (format!("{whole}{fraction}{zeros}"), whole.len() + exponent.unsigned_abs())
    };
    match digits.split_at_checked(point) {
        Some((whole, "")) => Cow::Owned(format!("{sign}{whole}")),
        Some((whole, fraction)) => Cow::Owned(format!("{sign}{whole}.{fraction}")),
        None => Cow::Borrowed(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exponent_moves_the_point() {
        for (written, plain) in [
            ("1e3", "1000"),
            ("-1.5E2", "-150.0"),
            ("1.25e+1", "12.5"),
            ("25e-1", "2.5"),
            ("-2.5e-3", "-0.0025"),
            ("12e0", "12"),
            ("7", "7"),
        ] {
            let found = without_exponent(written);
            let same =
                Decimal::parse(&found).zip(Decimal::parse(plain)).map(|(left, right)| left.compare(right));
            assert_eq!(same, Some(Ordering::Equal), "{written} is {found}");
        }
        for text in ["1e9999", "1e", "ten", "1e1.5"] {
            assert_eq!(without_exponent(text), text);
        }
    }

    /// Nobody writes such numbers; a text of a few letters must not become one of gigabytes.
    #[test]
    fn exponents_of_three_digits_are_the_largest() {
        for (written, digits) in [("1e999", 1_000), ("1e-999", 1_000), ("-1e999", 1_001)] {
            let found = without_exponent(written);
            assert_eq!(found.bytes().filter(|byte| *byte != b'.').count(), digits, "{written}");
            assert!(Decimal::parse(&found).is_some(), "{written}");
        }
        for written in ["1e1000", "1e-1000", "-1e1000", "1e99999999999999999999"] {
            assert_eq!(without_exponent(written), written);
        }
    }

    fn compare(left: &str, right: &str) -> Option<Ordering> {
        Some(Decimal::parse(left)?.compare(Decimal::parse(right)?))
    }

    #[test]
    fn values_count_and_spelling_does_not() {
        assert_eq!(compare("10", "10.0"), Some(Ordering::Equal));
        assert_eq!(compare("-0", "0.00"), Some(Ordering::Equal));
        assert_eq!(compare("007", "7"), Some(Ordering::Equal));
        assert_eq!(compare("9", "10"), Some(Ordering::Less));
        assert_eq!(compare("-9", "-10"), Some(Ordering::Greater));
        assert_eq!(compare("0.1", "0.09"), Some(Ordering::Greater));
        assert_eq!(compare("-1", "1"), Some(Ordering::Less));
    }

    #[test]
    fn long_numbers_do_not_lose_digits() {
        assert_eq!(compare("99999999999999999999999999999999999999999", "1e9"), None);
        assert_eq!(
            compare("123456789012345678901234567890.1", "123456789012345678901234567890.2"),
            Some(Ordering::Less)
        );
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", "-", "10abc", "1e3", "+1", " 1", "1.", ".5", "0x10", "1.2.3"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }
}
