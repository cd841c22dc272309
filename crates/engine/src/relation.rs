//! The relations that operators on numbers and dates ask for.

use std::cmp::Ordering;

/// How a request's number or date has to stand to a listed one.
///
/// AWS: IAM User Guide, "IAM JSON policy elements: Condition operators", numeric and date condition operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// It is the listed one.
    Equal,
    /// It is smaller, or earlier.
    Less,
    /// It is no greater, or no later.
    LessOrEqual,
    /// It is greater, or later.
    Greater,
    /// It is no smaller, or no earlier.
    GreaterOrEqual,
}

impl Relation {
    /// Does it hold where the request's value is ordered like this to the listed one?
    pub fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}
