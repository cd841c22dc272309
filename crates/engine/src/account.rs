//! The twelve digits of an AWS account.

use std::fmt;

/// An account id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(u64);

impl AccountId {
    /// The account that `text` names, if it is twelve digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok().map(Self)).flatten()
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:012}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leading_zeros_stay() {
        assert_eq!(
            AccountId::parse("000000000042").map(|id| id.to_string()).as_deref(),
            Some("000000000042")
        );
    }

    #[test]
    fn other_text_is_no_account() {
        for text in ["", "42", "aws", "+00000000042", "0000000000421"] {
            assert_eq!(AccountId::parse(text), None, "{text}");
        }
    }
}
