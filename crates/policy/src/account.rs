//! The twelve digits of an AWS account.

use std::fmt;
use std::str::FromStr;

/// An account id. Kept as a number, so that it is cheap to copy and compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(u64);

impl AccountId {
    /// The account that `text` names, if it is exactly twelve ASCII digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok().map(Self)).flatten()
    }

    /// Its digits as a number.
    pub fn number(self) -> u64 {
        self.0
    }

    /// The account that an ARN names in its fifth part, if it does.
    pub fn of_arn(arn: &str) -> Option<Self> {
        arn.split(':').nth(4).and_then(Self::parse)
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

/// Text that is no account id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAnAccount(String);

impl fmt::Display for NotAnAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not an account: an account id has twelve digits", self.0)
    }
}

impl std::error::Error for NotAnAccount {}

impl FromStr for AccountId {
    type Err = NotAnAccount;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text).ok_or_else(|| NotAnAccount(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::AccountId;

    #[test]
    fn an_account_id_is_twelve_digits_and_keeps_its_zeros() {
        assert_eq!(
            AccountId::parse("000123456789").map(|id| id.to_string()).as_deref(),
            Some("000123456789")
        );
        for wrong in ["", "12345678901", "1234567890123", "12345678901a", "+12345678901", "１２３４"] {
            assert!(wrong.parse::<AccountId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_arn_names_its_account_in_the_fifth_part() {
        assert_eq!(AccountId::of_arn("arn:aws:iam::111122223333:role/web"), AccountId::parse("111122223333"));
        assert_eq!(AccountId::of_arn("arn:aws:s3:::bucket"), None);
    }
}
