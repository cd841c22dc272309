//! What is wrong, risky or useless in the text of one policy.
//!
//! ```
//! use clavicle_lint::{PolicyKind, lint};
//!
//! let text = r#"{"Version": "2012-10-17",
//!     "Statement": {"Effect": "Allow", "Action": "s3:GetObjects", "Resource": "*"}}"#;
//! let found = lint(text, PolicyKind::Identity);
//! assert_eq!(found[0].rule.id, "unknown-action");
//! assert_eq!(&text[found[0].range()], "\"s3:GetObjects\"");
//! ```
//!
//! A rule is data ([`Rule`]): its id, what it means, why it matters, what to do, and texts in which it has to report and
//! in which it must not. Rules that look at the same part of a policy are a family, in a file of its own under `rules/`.
//! `docs/lint-rules.md` and the tests of every rule are made from the same words; `docs/lint-coverage.md` says which of
//! them answers to each of AWS's own checks (IAM User Guide, "IAM policy validation check reference").
//!
//! This crate knows one text, no account and no file. What it says of access it has from the prover; where the prover
//! does not know, nothing is said.

mod coverage;
mod finding;
mod fix;
mod kind;
mod look;
mod overlap;
mod page;
mod route;
mod rule;
mod rules;
mod template;
mod variables;

pub use coverage::coverage_page;
pub use finding::{Edit, Finding};
pub use fix::{Fixed, fix};
pub use kind::{Guess, PolicyKind, is_stack_policy};
pub use page::rules_page;
pub use rule::{Example, Rule, Severity};
pub use template::{fix_template, lint_template};

/// Every rule, in the order of the page.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    rules::FAMILIES.iter().flat_map(|family| family.rules.iter().copied())
}

/// The rule with this id, case aside.
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id.eq_ignore_ascii_case(id))
}

/// What is to be said of this text as a policy of that kind, in the order of the text. Never fails: a text that is no
/// policy is a finding. Bounded by the parser's limits and the prover's.
pub fn lint(text: &str, kind: PolicyKind) -> Vec<Finding> {
    look::look(text, kind)
}
