//! The name of one action: `s3:GetObject`.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// An action's name, checked once. Whether AWS has such an action is not looked at.
///
/// AWS: IAM User Guide, "IAM JSON policy elements: Action": "The prefix and the action name are case insensitive."
/// Equality and hashing follow that; printing gives what was written.
#[derive(Debug, Clone)]
pub struct ActionName {
    text: Box<str>,
    /// INVARIANT (colon): offset of the only colon of `text`, which is ASCII.
    colon: usize,
}

impl ActionName {
    /// The name that `text` is, if it is one: a prefix and a name of letters, digits and hyphens, and a colon between.
    /// A pattern with wildcards names no action.
    pub fn parse(text: &str) -> Option<Self> {
        let (prefix, name) = text.split_once(':')?;
        let is_word = |text: &str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        (is_word(prefix) && is_word(name)).then(|| Self { text: text.into(), colon: prefix.len() })
    }

    /// The whole name as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The service prefix as written.
    pub fn prefix(&self) -> &str {
        self.text.get(..self.colon).unwrap_or_default()
    }

    /// What follows the colon, as written.
    pub fn name(&self) -> &str {
        self.text.get(self.colon + 1..).unwrap_or_default()
    }
}

impl PartialEq for ActionName {
    fn eq(&self, other: &Self) -> bool {
        self.text.eq_ignore_ascii_case(&other.text)
    }
}

impl Eq for ActionName {}

impl Hash for ActionName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for byte in self.text.bytes() {
            state.write_u8(byte.to_ascii_lowercase());
        }
    }
}

impl fmt::Display for ActionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Text that names no action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAnAction(String);

impl fmt::Display for NotAnAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not an action: write `service:Name`, `s3:GetObject`", self.0)
    }
}

impl std::error::Error for NotAnAction {}

impl FromStr for ActionName {
    type Err = NotAnAction;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text).ok_or_else(|| NotAnAction(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::ActionName;

    #[test]
    fn case_does_not_count_and_is_kept() {
        let names =
            ["s3:GetObject", "S3:GETOBJECT"].map(|text| text.parse::<ActionName>().expect("it is one"));
        assert_eq!(names[0], names[1]);
        assert_eq!(
            (names[1].prefix(), names[1].name(), names[1].to_string().as_str()),
            ("S3", "GETOBJECT", "S3:GETOBJECT")
        );
        assert_eq!(names.into_iter().collect::<HashSet<_>>().len(), 1);
    }

    #[test]
    fn what_names_no_action_is_refused() {
        for text in
            ["", "s3", ":", "s3:", ":GetObject", "s3:Get*", "*", "s3:Get:Object", "s3: GetObject", "s3:Gét"]
        {
            assert!(text.parse::<ActionName>().is_err(), "{text}");
        }
        assert!(ActionName::parse("vpc-lattice:AssociateViaAWSService-EventsAndStates").is_some());
    }
}
