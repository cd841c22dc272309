//! Condition operators: `ForAnyValue:StringLikeIfExists` and its kin, taken apart.

use std::fmt;

use crate::nearest::nearest;

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

impl BaseOperator {
    /// Every operator with AWS's spelling.
    const NAMES: [(&'static str, Self); 27] = [
        ("StringEquals", Self::StringEquals),
        ("StringNotEquals", Self::StringNotEquals),
        ("StringEqualsIgnoreCase", Self::StringEqualsIgnoreCase),
        ("StringNotEqualsIgnoreCase", Self::StringNotEqualsIgnoreCase),
        ("StringLike", Self::StringLike),
        ("StringNotLike", Self::StringNotLike),
        ("NumericEquals", Self::NumericEquals),
        ("NumericNotEquals", Self::NumericNotEquals),
        ("NumericLessThan", Self::NumericLessThan),
        ("NumericLessThanEquals", Self::NumericLessThanEquals),
        ("NumericGreaterThan", Self::NumericGreaterThan),
        ("NumericGreaterThanEquals", Self::NumericGreaterThanEquals),
        ("DateEquals", Self::DateEquals),
        ("DateNotEquals", Self::DateNotEquals),
        ("DateLessThan", Self::DateLessThan),
        ("DateLessThanEquals", Self::DateLessThanEquals),
        ("DateGreaterThan", Self::DateGreaterThan),
        ("DateGreaterThanEquals", Self::DateGreaterThanEquals),
        ("Bool", Self::Bool),
        ("BinaryEquals", Self::BinaryEquals),
        ("IpAddress", Self::IpAddress),
        ("NotIpAddress", Self::NotIpAddress),
        ("ArnEquals", Self::ArnEquals),
        ("ArnNotEquals", Self::ArnNotEquals),
        ("ArnLike", Self::ArnLike),
        ("ArnNotLike", Self::ArnNotLike),
        ("Null", Self::Null),
    ];

    /// AWS's name for it.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, base)| *base == self).map_or("", |(name, _)| name)
    }
}

impl fmt::Display for BaseOperator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl SetPrefix {
    /// AWS's name for it, without the colon.
    pub fn name(self) -> &'static str {
        match self {
            Self::ForAllValues => "ForAllValues",
            Self::ForAnyValue => "ForAnyValue",
        }
    }
}

impl Operator {
    /// Takes a name apart. A name that AWS does not have keeps its text and has no base.
    ///
    /// AWS: `IfExists` goes at the end of any operator "except the `Null` condition" (IAM JSON policy elements:
    /// Condition operators).
    pub fn parse(written: &str) -> Self {
        let parts = Parts::of(written);
        let base = BaseOperator::NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(parts.name));
        let base =
            base.map(|(_, base)| *base).filter(|base| !(parts.if_exists && *base == BaseOperator::Null));
        Self { written: written.to_owned(), set: parts.set, base, if_exists: parts.if_exists }
    }

    /// What a name that AWS does not have was probably meant to be.
    pub(crate) fn suggestion(&self) -> Option<String> {
        let Parts { set, name, if_exists } = Parts::of(&self.written);
        let name = nearest(name, BaseOperator::NAMES.map(|(name, _)| name))?;
        let prefix = set.map(|set| format!("{}:", set.name())).unwrap_or_default();
        let suffix = if if_exists && name != BaseOperator::Null.name() { "IfExists" } else { "" };
        Some(format!("{prefix}{name}{suffix}"))
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

struct Parts<'t> {
    set: Option<SetPrefix>,
    name: &'t str,
    if_exists: bool,
}

impl<'t> Parts<'t> {
    fn of(written: &'t str) -> Self {
        let (set, rest) = match written.split_once(':') {
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAllValues") => {
                (Some(SetPrefix::ForAllValues), rest)
            }
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAnyValue") => {
                (Some(SetPrefix::ForAnyValue), rest)
            }
            _ => (None, written),
        };
        match rest.split_at_checked(rest.len().saturating_sub("IfExists".len())) {
            Some((name, suffix)) if suffix.eq_ignore_ascii_case("IfExists") => {
                Self { set, name, if_exists: true }
            }
            _ => Self { set, name: rest, if_exists: false },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BaseOperator, Operator, SetPrefix};

    #[test]
    fn prefix_and_suffix_are_taken_off_in_any_case() {
        let operator = Operator::parse("foranyvalue:stringLIKEifexists");
        assert_eq!(operator.set, Some(SetPrefix::ForAnyValue));
        assert_eq!(operator.base, Some(BaseOperator::StringLike));
        assert!(operator.if_exists);
    }

    #[test]
    fn every_name_reads_as_itself() {
        for (name, base) in BaseOperator::NAMES {
            let operator = Operator::parse(name);
            assert_eq!(operator.base, Some(base));
            assert_eq!((base.name(), operator.to_string().as_str()), (name, name));
        }
    }

    #[test]
    fn what_aws_does_not_have_has_no_base() {
        for name in ["StringMatches", "NullIfExists", "", "ForSomeValues:StringEquals", "IfExists"] {
            assert_eq!(Operator::parse(name).base, None, "{name}");
        }
    }

    #[test]
    fn a_slip_in_an_operator_gets_a_suggestion() {
        let suggestion = |name| Operator::parse(name).suggestion();
        assert_eq!(
            suggestion("ForAnyValue:StringsEqualIfExists").as_deref(),
            Some("ForAnyValue:StringEqualsIfExists")
        );
        assert_eq!(suggestion("NullIfExists").as_deref(), Some("Null"));
        assert_eq!(suggestion("Banana"), None);
    }
}
