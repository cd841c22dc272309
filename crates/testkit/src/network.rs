//! Addresses and ranges of conditions (rule 3.13).

use std::net::IpAddr;

/// Does the range hold the address? A range without prefix is that one address; host bits are masked.
pub(crate) fn holds(range: &str, address: &str) -> bool {
    let Some((base, prefix)) = parse_range(range) else { return false };
    match (base, address.parse::<IpAddr>()) {
        (IpAddr::V4(base), Ok(IpAddr::V4(address))) => same_prefix(&base.octets(), &address.octets(), prefix),
        (IpAddr::V6(base), Ok(IpAddr::V6(address))) => same_prefix(&base.octets(), &address.octets(), prefix),
        // A range never holds an address of the other family.
        _ => false,
    }
}

/// The base address and the prefix length of a range.
pub(crate) fn parse_range(range: &str) -> Option<(IpAddr, usize)> {
    let (base, prefix) = range.split_once('/').map_or((range, None), |(base, prefix)| (base, Some(prefix)));
    let base: IpAddr = base.parse().ok()?;
    let longest = if base.is_ipv4() { 32 } else { 128 };
    let prefix = match prefix {
        None => longest,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok()?,
        Some(_) => return None,
    };
    (prefix <= longest).then_some((base, prefix))
}

/// Compares the first bits, one at a time.
fn same_prefix(left: &[u8], right: &[u8], bits: usize) -> bool {
    let bit = |bytes: &[u8], index: usize| bytes[index / 8] >> (7 - index % 8) & 1;
    (0..bits).all(|index| bit(left, index) == bit(right, index))
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn ranges_hold_addresses() {
        for (range, address, expected) in [
            ("203.0.113.0/24", "203.0.113.9", true),
            ("203.0.113.77/24", "203.0.113.9", true),
            ("203.0.113.9", "203.0.113.9", true),
            ("203.0.113.9", "203.0.113.10", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:DB8:0::/48", "2001:db8::1", true),
            ("203.0.113.0/33", "203.0.113.0", false),
            ("ten", "203.0.113.0", false),
        ] {
            assert_eq!(holds(range, address), expected, "{range} {address}");
        }
    }
}
