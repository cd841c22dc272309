//! Addresses of networks in a text, and what stands for them: an address again, so that a condition still reads as one.
//!
//! An IPv4 address becomes one of 240.0.0.0/4, which is nobody's (RFC 1112, section 4, "reserved for future use"): the ranges
//! for documentation hold 768 addresses, too few to tell a list of them apart. An IPv6 address becomes one of
//! 2001:db8::/32, the range for documentation (RFC 3849). The length of a range is kept; which addresses lie in it is not.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use super::{Pseudonyms, in_word};

/// An address as it stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Address<'t> {
    V4(Ipv4Addr),
    V6(Ipv6Addr),
    /// What is written like one and is none: a range by a wildcard, `203.0.113.*`, `2001:db8:*`, or a host's name,
    /// `ip-10-0-0-1`. The numbers of it.
    Part(&'t str),
}

/// The first address of a text without spaces, with where it stands. Linear but for runs of hexadecimal digits and colons,
/// which are tried from each colon.
pub(super) fn first(text: &str) -> Option<(Range<usize>, Address<'_>)> {
    let mut before = None;
    for (at, letter) in text.char_indices() {
        let begins =
            before.is_none_or(|before| !in_word(before)) && (letter.is_ascii_hexdigit() || letter == ':');
        if begins && let Some((len, address)) = at_start(&text[at..]) {
            return Some((at..at + len, address));
        }
        before = Some(letter);
    }
    None
}

fn at_start(text: &str) -> Option<(usize, Address<'_>)> {
    v6(text).or_else(|| v4(text, '.')).or_else(|| v4(text, '-'))
}

/// How much of the text is of these letters.
fn run(text: &str, of: impl Fn(char) -> bool) -> &str {
    &text[..text.find(|letter| !of(letter)).unwrap_or(text.len())]
}

fn v6(text: &str) -> Option<(usize, Address<'_>)> {
    let run = run(text, |letter| letter.is_ascii_hexdigit() || ":.".contains(letter));
    // Longer is nothing, and keeps hostile text from costing its square.
    if run.len() > 64 || run.bytes().filter(|byte| *byte == b':').count() < 2 {
        return None;
    }
    let behind = text[run.len()..].chars().next();
    if behind == Some('*') {
        let numbers = run.trim_end_matches([':', '.']);
        let groups = numbers.split(':').filter(|group| !group.is_empty());
        let is_part = groups.clone().count() >= 2
            && groups.clone().all(|group| group.len() <= 4 && !group.contains('.'))
            && numbers.starts_with(|letter: char| letter.is_ascii_hexdigit());
        return is_part.then_some((numbers.len(), Address::Part(numbers)));
    }
    // A word that only begins with such letters is not cut.
    if behind.is_some_and(in_word) {
        return None;
    }
    let mut ends = run;
    while ends.len() >= 2 {
        if let Ok(address) = ends.parse::<Ipv6Addr>()
            && (ends.bytes().any(|byte| byte != b':') || text[ends.len()..].starts_with("/0"))
        {
            return Some((ends.len(), Address::V6(address)));
        }
        ends = ends.strip_suffix([':', '.'])?;
    }
    None
}

/// Four numbers, or three and a wildcard.
fn v4(text: &str, between: char) -> Option<(usize, Address<'_>)> {
    let run = run(text, |letter| letter.is_ascii_digit() || letter == between || letter == '*');
    let behind = text[run.len()..].chars().next();
    if behind.is_some_and(in_word) {
        return None;
    }
    let run = run.trim_end_matches(between);
    let is_number =
        |group: &str| (1..=3).contains(&group.len()) && group.parse::<u16>().is_ok_and(|number| number < 256);
    let groups = run.split(between).count();
    let numbers = run.trim_end_matches(['*', between]);
    let wild = numbers.len() < run.len() && run.contains('*');
    let written = numbers.split(between).all(is_number);
    let is_address =
        written && if wild { (2..=4).contains(&groups) && numbers.contains(between) } else { groups == 4 };
    if !is_address {
        return None;
    }
    match run.parse() {
        Ok(address) => Some((run.len(), Address::V4(address))),
        Err(_) => Some((numbers.len(), Address::Part(numbers))),
    }
}

/// Everywhere: the range of all addresses, which names nobody.
pub(super) fn is_everywhere(address: Address<'_>, behind: &str) -> bool {
    let all = match address {
        Address::V4(address) => address.is_unspecified(),
        Address::V6(address) => address.is_unspecified(),
        Address::Part(_) => false,
    };
    all && behind.strip_prefix("/0").is_some_and(|rest| !rest.starts_with(in_word))
}

impl Pseudonyms {
    /// What stands for an address: the same for the same address, however it is written.
    pub(super) fn address(&self, address: Address<'_>) -> String {
        match address {
            Address::V4(address) => {
                let [a, b, c, d, ..] = self.hash(&address.to_string());
                Ipv4Addr::new(240 + a % 15, b, c, d).to_string()
            }
            Address::V6(address) => {
                let hash = self.hash(&address.to_string());
                let mut octets = [0; 16];
                octets[..4].copy_from_slice(&[0x20, 0x01, 0x0d, 0xb8]);
                octets[8..].copy_from_slice(&hash[..8]);
                Ipv6Addr::from(octets).to_string()
            }
            Address::Part(text) => self.of(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, first};

    #[test]
    fn addresses_are_told_from_what_looks_like_them() {
        for (text, wanted) in [
            ("198.51.100.23/32", "198.51.100.23"),
            ("http://10.0.0.1:8080/x", "10.0.0.1"),
            ("someone@10.0.0.1.", "10.0.0.1"),
            ("2001:db8:12:34::1/64", "2001:db8:12:34::1"),
            ("x:2001:db8::1", "2001:db8::1"),
            ("::ffff:10.0.0.1", "::ffff:10.0.0.1"),
            ("010.000.000.001", "010.000.000.001"),
            ("203.0.113.*", "203.0.113"),
            ("2001:db8:*", "2001:db8"),
            ("ip-10-0-0-1", "10-0-0-1"),
        ] {
            let (range, _) = first(text).expect(text);
            assert_eq!(&text[range], wanted, "{text}");
        }
        assert!(matches!(first("1.2.3.4"), Some((_, Address::V4(_)))));
        for text in [
            "arn:aws:s3:::x",
            "arn:aws:iam::111122223333:role/add",
            "2026-08-22T08:39:14.000Z",
            "08:39:14",
            "us-east-1",
            "1.2.3",
            "s3:*",
            "2012-10-17",
            "::",
            "a::bz",
            "lambda:Get*",
        ] {
            assert_eq!(first(text), None, "{text}");
        }
    }
}
