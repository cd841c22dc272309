//! IP addresses and CIDR ranges.
//!
//! AWS: IAM User Guide, "IAM JSON policy elements: Condition operators", IP address condition operators.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A range of addresses of one family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    network: IpAddr,
    prefix: u32,
}

impl Range {
    /// The range that `text` writes; without a prefix it is that one address. Host bits do not count.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let network: IpAddr = address.parse().ok()?;
        let width = if network.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => width,
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok()?,
            Some(_) => return None,
        };
        (prefix <= width).then_some(Self { network, prefix })
    }

    /// Its first and its last address.
    pub fn ends(&self) -> (IpAddr, IpAddr) {
        match self.network {
            IpAddr::V4(network) => {
                let hosts = u32::MAX.checked_shr(self.prefix).unwrap_or(0);
                let first = network.to_bits() & !hosts;
                (Ipv4Addr::from_bits(first).into(), Ipv4Addr::from_bits(first | hosts).into())
            }
            IpAddr::V6(network) => {
                let hosts = u128::MAX.checked_shr(self.prefix).unwrap_or(0);
                let first = network.to_bits() & !hosts;
                (Ipv6Addr::from_bits(first).into(), Ipv6Addr::from_bits(first | hosts).into())
            }
        }
    }

    /// Does it hold the address? A range never holds an address of the other family.
    pub fn holds(&self, address: IpAddr) -> bool {
        match (self.network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let differing = network.to_bits() ^ address.to_bits();
                differing.checked_shr(32 - self.prefix).unwrap_or(0) == 0
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let differing = network.to_bits() ^ address.to_bits();
                differing.checked_shr(128 - self.prefix).unwrap_or(0) == 0
            }
            _ => false,
        }
    }

    /// Is it wider than /8 (IPv4) or /32 (IPv6)?
    pub fn is_wide(&self) -> bool {
        self.prefix < if self.network.is_ipv4() { 8 } else { 32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(range: &str, address: &str) -> bool {
        Range::parse(range).expect("a range").holds(address.parse().expect("an address"))
    }

    #[test]
    fn addresses_are_compared_not_text() {
        assert!(holds("203.0.113.0/24", "203.0.113.77"));
        assert!(!holds("203.0.113.0/24", "203.0.114.1"));
        assert!(holds("203.0.113.9/24", "203.0.113.1"), "host bits are masked");
        assert!(holds("0.0.0.0/0", "255.255.255.255"));
        assert!(holds("2001:DB8::/32", "2001:db8:0:0::1"));
        assert!(holds("::/0", "::1"));
        assert!(!holds("0.0.0.0/0", "::1"), "the other family");
        assert!(holds("10.0.0.1", "10.0.0.1"));
        assert!(!holds("10.0.0.1", "10.0.0.2"));
    }

    #[test]
    fn what_is_no_range_is_none() {
        for text in ["", "10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "::/129", "10.0.0.0/+8", "office"] {
            assert_eq!(Range::parse(text), None, "{text}");
        }
    }
}
