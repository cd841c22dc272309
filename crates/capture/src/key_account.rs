//! To which account does an access key belong?
//!
//! Keys that AWS has issued since about 2019 say so: behind the four letters of their kind, they are a number in base 32
//! whose high bits hold the account. AWS does not document it; `sts:GetAccessKeyInfo` answers the same, but is a call.
//! Keys of older form, and those of stand-ins for AWS, are not read.

use clavicle_policy::AccountId;

/// The account of a key; `None`: the key does not tell.
pub(crate) fn account(access_key: &str) -> Option<AccountId> {
    let number = access_key.strip_prefix("AKIA").or_else(|| access_key.strip_prefix("ASIA"))?;
    if number.len() != 16 {
        return None;
    }
    let mut bits: u128 = 0;
    for byte in number.bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return None,
        };
        bits = bits << 5 | u128::from(digit);
    }
    // Sixteen digits are ten bytes; the account is in the first six, without their first bit and their last seven.
    let first_six = (bits >> 32) as u64;
    // Keys of the older form begin with a letter before `Q`, where the newer have their first bit set.
    if first_six >> 47 == 0 {
        return None;
    }
    let account = (first_six & 0x7fff_ffff_ff80) >> 7;
    AccountId::parse(&format!("{account:012}"))
}

#[cfg(test)]
pub(crate) fn key_of(account: u64) -> String {
    let bits = (1_u128 << 47 | u128::from(account) << 7) << 32 | 0x1234_5678;
    let digit = |place: u32| b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(bits >> (5 * place) & 31) as usize];
    let digits: Vec<u8> = (0..16).rev().map(digit).collect();
    format!("AKIA{}", String::from_utf8(digits).expect("letters and digits"))
}

#[cfg(test)]
mod tests {
    use super::{account, key_of};

    #[test]
    fn newer_keys_tell_their_account() {
        // Public examples of keys and their accounts, from a note on this form of keys.
        assert_eq!(account("ASIAQNZGKIQY56JQ7WML").map(|id| id.to_string()).as_deref(), Some("029608264753"));
        assert_eq!(
            account(&key_of(123_456_789_012)).map(|id| id.to_string()).as_deref(),
            Some("123456789012")
        );
    }

    #[test]
    fn others_do_not() {
        for key in
            ["AKIAIOSFODNN7EXAMPLE", "testing", "AKIA", "", "AKIA0000000000000000", "AKIAQNZGKIQY56JQ7WM"]
        {
            assert_eq!(account(key), None, "{key}");
        }
    }
}
