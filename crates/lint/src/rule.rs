//! One rule, in words and with examples.

use std::fmt;

use crate::kind::PolicyKind;

/// One rule: plain sentences without markup, and texts to show it by.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// `unknown-action`: lower case, with a hyphen, so that no action, word or service is called so. Never changed:
    /// acceptances name it.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is the matter, in a few words.
    pub title: &'static str,
    /// When exactly it is reported, and when not.
    pub means: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do.
    pub fix: &'static str,
    /// AWS's own checks that it answers to, by their anchors; see [`crate::coverage_page`].
    pub aws: &'static [&'static str],
    /// The page of AWS that it rests on.
    pub source: &'static str,
    /// Texts in which it reports.
    pub bad: &'static [Example],
    /// Near misses: texts in which it does not.
    pub good: &'static [Example],
}

/// How bad a finding is, as IAM Access Analyzer sorts its own; the least bad first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// It says the same with less, or says it more clearly.
    Suggestion,
    /// It does not do what it seems to.
    Warning,
    /// It gives more than it should.
    Security,
    /// AWS refuses it, or it can do nothing of what it says.
    Error,
}

impl Severity {
    /// All of them, worst first.
    pub const ALL: [Self; 4] = [Self::Error, Self::Security, Self::Warning, Self::Suggestion];

    /// How it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Suggestion => "suggestion",
            Self::Warning => "warning",
            Self::Security => "security",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text to show a rule by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// What kind of policy it is.
    pub kind: PolicyKind,
    /// A whole policy, or the members of its only statement.
    pub text: &'static str,
}

impl Example {
    /// The whole policy.
    pub fn policy(&self) -> String {
        if self.text.starts_with('"') {
            format!("{{\"Version\": \"2012-10-17\", \"Statement\": [{{{}}}]}}", self.text)
        } else {
            self.text.to_owned()
        }
    }
}

/// Of an identity.
pub(crate) const fn identity(text: &'static str) -> Example {
    Example { kind: PolicyKind::Identity, text }
}

/// Of a resource.
pub(crate) const fn resource(text: &'static str) -> Example {
    Example { kind: PolicyKind::Resource, text }
}

/// Of a role: who may assume it.
pub(crate) const fn trust(text: &'static str) -> Example {
    Example { kind: PolicyKind::Trust, text }
}

/// A service control policy.
pub(crate) const fn scp(text: &'static str) -> Example {
    Example { kind: PolicyKind::Scp, text }
}

/// A resource control policy.
pub(crate) const fn rcp(text: &'static str) -> Example {
    Example { kind: PolicyKind::Rcp, text }
}

/// The page of AWS's own checks.
pub(crate) const CHECKS: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html";

/// A page of the IAM User Guide.
macro_rules! guide {
    ($page:literal) => {
        concat!("https://docs.aws.amazon.com/IAM/latest/UserGuide/", $page, ".html")
    };
}

pub(crate) use guide;
