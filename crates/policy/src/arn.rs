//! The name of one thing at AWS: `arn:partition:service:region:account:resource`.

use std::fmt;
use std::str::FromStr;

use crate::AccountId;

/// An ARN, checked and cut once. Equality and order are those of its text, case included.
///
/// AWS: IAM User Guide, "Identify AWS resources with Amazon Resource Names (ARNs)". Region and account may be empty, and
/// the resource may hold more colons. A `*` is taken as a character: names of S3 objects may have one. Patterns that
/// match ARNs are texts, not ARNs.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Arn {
    text: Box<str>,
    /// INVARIANT (colons): offsets of the first five colons of `text`.
    colons: [usize; 5],
}

impl Arn {
    /// The ARN that `text` is, if it is one: six parts, of which the first is `arn` and partition, service and resource
    /// are not empty.
    pub fn parse(text: &str) -> Option<Self> {
        let mut found = text.match_indices(':').map(|(at, _)| at);
        let mut colons = [0; 5];
        for colon in &mut colons {
            *colon = found.next()?;
        }
        let arn = Self { text: text.into(), colons };
        let complete = [arn.partition(), arn.service(), arn.resource()].iter().all(|part| !part.is_empty());
        (arn.part(0) == "arn" && complete).then_some(arn)
    }

    /// One of the six parts.
    fn part(&self, index: usize) -> &str {
        let start =
            index.checked_sub(1).and_then(|before| self.colons.get(before)).map_or(0, |colon| colon + 1);
        let end = self.colons.get(index).copied().unwrap_or(self.text.len());
        self.text.get(start..end).unwrap_or_default()
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub fn partition(&self) -> &str {
        self.part(1)
    }

    /// The namespace of the service: `s3`.
    pub fn service(&self) -> &str {
        self.part(2)
    }

    /// The region, or nothing.
    pub fn region(&self) -> &str {
        self.part(3)
    }

    /// The part of the account as written: twelve digits, nothing, or `aws` for what AWS owns.
    pub fn account(&self) -> &str {
        self.part(4)
    }

    /// The account, when the ARN names one.
    pub fn account_id(&self) -> Option<AccountId> {
        AccountId::parse(self.account())
    }

    /// All that follows the fifth colon.
    pub fn resource(&self) -> &str {
        self.part(5)
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Arn({:?})", self.text)
    }
}

/// Text that is no ARN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAnArn(String);

impl fmt::Display for NotAnArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not an ARN: `arn:partition:service:region:account:resource`", self.0)
    }
}

impl std::error::Error for NotAnArn {}

impl FromStr for Arn {
    type Err = NotAnArn;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text).ok_or_else(|| NotAnArn(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::Arn;
    use crate::AccountId;

    #[test]
    fn the_parts_of_an_arn_are_told_apart() {
        let arn: Arn = "arn:aws:logs:eu-west-1:111122223333:log-group:a:*".parse().expect("it is one");
        let parts = [arn.partition(), arn.service(), arn.region(), arn.account(), arn.resource()];
        assert_eq!(parts, ["aws", "logs", "eu-west-1", "111122223333", "log-group:a:*"]);
        assert_eq!(arn.account_id(), AccountId::parse("111122223333"));
        assert_eq!(arn.to_string(), arn.text());
    }

    #[test]
    fn region_and_account_may_be_empty() {
        let arn: Arn = "arn:aws:s3:::ledger/2024.csv".parse().expect("it is one");
        assert_eq!((arn.region(), arn.account(), arn.account_id()), ("", "", None));
        let managed: Arn = "arn:aws:iam::aws:policy/ReadOnlyAccess".parse().expect("it is one");
        assert_eq!((managed.account(), managed.account_id()), ("aws", None));
    }

    #[test]
    fn what_is_no_arn_is_refused() {
        for text in [
            "",
            "*",
            "arn",
            "arn:aws:s3:::",
            "arn::s3:::b",
            "arn:aws::::b",
            "ARN:aws:s3:::b",
            "arn:aws:s3::b",
        ] {
            let error = text.parse::<Arn>().unwrap_err().to_string();
            assert!(error.contains("is not an ARN"), "{error}");
        }
    }
}
