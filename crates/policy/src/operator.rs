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
}

impl Operator {
    /// Takes a name apart. A name that AWS does not have keeps its text and has no base.
    ///
    /// `Null` takes no `IfExists`: "except the Null condition" (IAM JSON policy elements: Condition operators).
    pub fn parse(written: &str) -> Self {
        let (set, rest) = match written.split_once(':') {
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAllValues") => {
                (Some(SetPrefix::ForAllValues), rest)
            }
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAnyValue") => {
                (Some(SetPrefix::ForAnyValue), rest)
            }
            _ => (None, written),
        };
        let cut = rest.len().saturating_sub("IfExists".len());
        let suffix = rest.get(cut..).filter(|suffix| suffix.eq_ignore_ascii_case("IfExists"));
        let (name, if_exists) = match suffix {
            Some(_) => (rest.get(..cut).unwrap_or(rest), true),
            None => (rest, false),
        };
        let base = BaseOperator::NAMES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, base)| *base);
        let base = base.filter(|base| !(if_exists && *base == BaseOperator::Null));
        Self { written: written.to_owned(), set, base, if_exists }
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
            assert_eq!(Operator::parse(name).base, Some(base));
        }
    }

    #[test]
    fn what_aws_does_not_have_has_no_base() {
        for name in ["StringMatches", "NullIfExists", "", "ForSomeValues:StringEquals", "IfExists"] {
            assert_eq!(Operator::parse(name).base, None, "{name}");
        }
    }
}
