//! How many, as every text writes it: the one place where a count becomes letters.

/// `7`, `1,204`: with commas between thousands.
pub fn number(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 identity`, `2,312 identities`.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// `policies`, `keys`, `buses`, `roles`.
pub fn plural(noun: &str) -> String {
    if let Some(stem) = noun.strip_suffix('y')
        && !stem.ends_with(['a', 'e', 'i', 'o', 'u'])
    {
        return format!("{stem}ies");
    }
    let hisses = noun.ends_with(['s', 'x']) || noun.ends_with("ch");
    format!("{noun}{}", if hisses { "es" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::{counted, number, plural};

    #[test]
    fn thousands_are_set_apart() {
        let shown = [0, 1, 999, 1_000, 12_345, 999_999, 1_000_000, 1_234_567_890].map(number);
        assert_eq!(shown, ["0", "1", "999", "1,000", "12,345", "999,999", "1,000,000", "1,234,567,890"]);
        assert_eq!(["policy", "key", "bus", "role"].map(plural), ["policies", "keys", "buses", "roles"]);
        assert_eq!(counted(1, "finding", "findings"), "1 finding");
        assert_eq!(counted(2_312, "finding", "findings"), "2,312 findings");
    }
}
