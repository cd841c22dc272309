//! A policy with the name that it is to have, and to whom it is to be attached.

use std::fmt;

/// Whose policies: a user, a role or a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are AWS's own")]
pub enum Bearer {
    User,
    Role,
    Group,
}

impl Bearer {
    /// `user`, `role`, `group`.
    pub fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Role => "role",
            Self::Group => "group",
        }
    }
}

/// A policy, ready to be written into the files of another tool.
#[derive(Debug, Clone)]
pub struct NamedPolicy {
    /// INVARIANT (name): letters, digits and `+=,.@_-`, at most 128, as AWS takes them.
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) bearer: Option<(Bearer, String)>,
}

/// A name that AWS would not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadName(String);

impl fmt::Display for BadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no name that AWS takes: letters, digits and `+=,.@_-`, at most 128", self.0)
    }
}

impl std::error::Error for BadName {}

impl NamedPolicy {
    /// A policy whose text is JSON, in which nothing acts on a terminal. AWS: IAM API Reference, CreatePolicy.
    pub fn new(name: &str, text: &str, bearer: Option<(Bearer, &str)>) -> Result<Self, BadName> {
        let good = |name: &str| {
            let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte);
            !name.is_empty() && name.len() <= 128 && name.bytes().all(letter)
        };
        for name in [name].into_iter().chain(bearer.map(|(_, name)| name)) {
            if !good(name) {
                return Err(BadName(name.to_owned()));
            }
        }
        let bearer = bearer.map(|(kind, name)| (kind, name.to_owned()));
        Ok(Self { name: name.to_owned(), text: text.to_owned(), bearer })
    }
}

/// The name with letters and digits alone, everything else as `other`; a letter in front.
pub(crate) fn identifier(name: &str, other: char) -> String {
    let mut out: String =
        name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { other }).collect();
    if !out.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
        out.insert_str(0, "policy");
    }
    out
}
