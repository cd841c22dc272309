use std::fmt;
use std::sync::Arc;

use super::{Credentials, PublicAccessBlock, UnitIndex};

/// Which account? Twelve decimal digits, kept as a number so that it is cheap to copy and compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(u64);

impl AccountId {
    /// Is this text an account id? Exactly twelve ASCII digits are.
    #[must_use]
    pub fn parse(text: &str) -> Option<AccountId> {
        let digits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok().map(AccountId)).flatten()
    }

    /// Which account does this ARN name? Its fifth field, when that is an account id.
    #[must_use]
    pub fn of_arn(arn: &str) -> Option<AccountId> {
        arn.split(':').nth(4).and_then(AccountId::parse)
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

/// What is known of one account as a whole?
#[derive(Clone, Debug)]
pub struct Account {
    /// The account.
    pub id: AccountId,
    /// Its name in the organization, else its IAM alias, when either was seen.
    pub name: Option<Arc<str>>,
    /// `ACTIVE`, `SUSPENDED` … as the organization says.
    pub status: Option<Arc<str>>,
    /// The unit or root that it lies in, when the organization was seen.
    pub parent: Option<UnitIndex>,
    /// Is anything inside the account known? False: only the organization's list names it.
    pub seen: bool,
    /// The account-wide S3 block of public access; `None`: not seen.
    pub public_access_block: Option<PublicAccessBlock>,
    /// Password and keys of the root user, from a credential report; `None`: not seen.
    pub root: Option<Credentials>,
}

#[cfg(test)]
mod tests {
    use super::AccountId;

    #[test]
    fn an_account_id_is_twelve_digits_and_keeps_its_zeros() {
        assert_eq!(AccountId::parse("000123456789").unwrap().to_string(), "000123456789");
        for wrong in ["", "12345678901", "1234567890123", "12345678901a", "+12345678901", "１２３４"] {
            assert_eq!(AccountId::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_arn_names_its_account_in_the_fifth_field() {
        let account = AccountId::of_arn("arn:aws:iam::111122223333:role/web");
        assert_eq!(account, AccountId::parse("111122223333"));
        assert_eq!(AccountId::of_arn("arn:aws:s3:::bucket"), None);
        assert_eq!(AccountId::of_arn("arn:aws:iam::aws:policy/ReadOnlyAccess"), None);
    }
}
