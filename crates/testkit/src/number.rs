//! Numbers of conditions: integers and decimals, compared by value (rule 3.9).

use std::cmp::Ordering;

/// How two numbers compare; `None` if one of them is no number.
pub(crate) fn compare(left: &str, right: &str) -> Option<Ordering> {
    let (left, right) = (parse(left)?, parse(right)?);
    Some(match (left.negative, right.negative) {
        (false, false) => left.size(&right),
        (true, true) => right.size(&left),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
    })
}

struct Number<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
}

impl Number<'_> {
    /// Compares without the sign: longer whole parts are larger, and digits compare like text.
    fn size(&self, other: &Number<'_>) -> Ordering {
        (self.whole.len(), self.whole, self.fraction).cmp(&(other.whole.len(), other.whole, other.fraction))
    }
}

fn parse(text: &str) -> Option<Number<'_>> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let (whole, fraction) = match digits.split_once('.') {
        Some((_, "")) => return None,
        Some(halves) => halves,
        None => (digits, ""),
    };
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    let zero = whole.is_empty() && fraction.is_empty();
    Some(Number { negative: negative && !zero, whole, fraction })
}

#[cfg(test)]
mod tests {
    use super::compare;
    use std::cmp::Ordering::{Equal, Greater, Less};

    #[test]
    fn numbers_compare_by_value() {
        for (left, right, expected) in [
            ("10", "10.0", Some(Equal)),
            ("010", "10", Some(Equal)),
            ("9", "10", Some(Less)),
            ("-9", "-10", Some(Greater)),
            ("-0", "0", Some(Equal)),
            ("0.45", "0.5", Some(Less)),
            ("18446744073709551616", "18446744073709551617", Some(Less)),
            ("10abc", "10", None),
            ("", "0", None),
            ("1e3", "1000", None),
        ] {
            assert_eq!(compare(left, right), expected, "{left} {right}");
        }
    }
}
