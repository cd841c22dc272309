//! Condition operators: `ForAnyValue:StringLikeIfExists` and its kin, taken apart.

/// A condition operator, as written and as understood.
///
/// AWS: IAM User Guide, "IAM JSON policy elements: Condition operators".
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Operator {
    /// The text of the policy, for printing and diagnostics.
    pub written: String,
    /// `ForAllValues:` or `ForAnyValue:`.
    pub set: Option<SetPrefix>,
    /// What it compares; `None` when AWS has no operator of this name.
    pub base: Option<BaseOperator>,
    /// Ends in `IfExists`.
    pub if_exists: bool,
}

/// How an operator treats the several values of a multivalued key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SetPrefix {
    /// Every request value satisfies the operator.
    ForAllValues,
    /// At least one request value satisfies the operator.
    ForAnyValue,
}

/// The operators of AWS without prefix and suffix. Names are compared without regard to case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are AWS's own")]
pub enum BaseOperator {
    StringEquals,
    StringNotEquals,
    StringEqualsIgnoreCase,
    StringNotEqualsIgnoreCase,
    StringLike,
    StringNotLike,
    NumericEquals,
    NumericNotEquals,
    NumericLessThan,
    NumericLessThanEquals,
    NumericGreaterThan,
    NumericGreaterThanEquals,
    DateEquals,
    DateNotEquals,
    DateLessThan,
    DateLessThanEquals,
    DateGreaterThan,
    DateGreaterThanEquals,
    Bool,
    BinaryEquals,
    IpAddress,
    NotIpAddress,
    ArnEquals,
    ArnNotEquals,
    ArnLike,
    ArnNotLike,
    Null,
}
