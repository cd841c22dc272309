//! The language of AWS IAM policies: from text to values that know where they stand, and back to text.
//!
//! ```
//! let parsed = clavicle_policy::parse(br#"{"Version": "2012-10-17", "Statement": []}"#);
//! assert!(parsed.diagnostics.is_empty());
//! ```
//!
//! This crate knows the grammar and nothing else: not which actions exist, not who asks, not which account the text
//! came from. Parsing never stops at the first fault: [`parse`] returns everything that it understood and a
//! [`Diagnostic`] with a byte range for everything that it did not.
//! See AWS: IAM User Guide, "Grammar of the IAM JSON policy language".

mod account;
mod action_name;
mod arn;
mod diagnostic;
mod documents;
mod doubtful;
mod glob;
mod instant;
mod json;
mod layout;
mod nearest;
mod operator;
mod print;
mod read;
mod span;
mod statement;
mod variable;

pub use account::{AccountId, NotAnAccount};
pub use action_name::{ActionName, NotAnAction};
pub use arn::{Arn, NotAnArn};
pub use diagnostic::{Diagnostic, Severity};
pub use documents::{Embedded, documents};
pub use glob::{Case, Glob};
pub use instant::Instant;
pub use layout::layout;
pub use nearest::nearest;
pub use operator::{BaseOperator, Operator, SetPrefix};
pub use read::{Parsed, STATEMENT_ELEMENTS, parse};
pub use span::{Span, Spanned};
pub use statement::{
    ActionElement, Clause, Condition, Effect, Policy, PrincipalElement, PrincipalEntry, PrincipalKind,
    ResourceElement, Scalar, Statement, StatementForm, StatementSpan, Version,
};
pub use variable::{Placeholder, Placeholders, Variable, VariableFault, placeholders};
