//! One condition clause, `operator: { key: [values] }`, compiled and asked.
//!
//! A negated operator is the opposite of its positive one asked of the same values: that gives "none of the listed
//! values" (NOR) by itself. What an absent key means is a rule of its own for each form and is decided first.
//! AWS: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Conditions with multiple context keys or
//! values".

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clavicle_policy::{BaseOperator, Instant, SetPrefix};

use crate::address::Range;
use crate::arn_pattern::ArnPattern;
use crate::decimal::{Decimal, listed_number};
use crate::key::Key;
use crate::multivalued;
use crate::pattern::{Pattern, Reading};
use crate::relation::Relation;
use crate::request::{Request, Seen};
use crate::tri::Tri;
use crate::variable::Variable;

mod choices;

pub(crate) use choices::{MOST_CLAUSES, each_choice};

#[derive(Debug, Clone)]
pub(crate) struct Clause {
    key: Key,
    /// AWS's lists say that the key holds a set.
    multivalued: bool,
    set: Option<SetPrefix>,
    if_exists: bool,
    negated: bool,
    test: Test,
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    /// An operator that AWS does not have. It refuses the policy, so what it would come to is said nowhere.
    NotUnderstood,
    /// `Null`: which of the two states it accepts.
    Null {
        absent: bool,
        present: bool,
    },
    Text(Box<[Pattern]>),
    Number(Relation, Box<[Box<str>]>),
    Date(Relation, Box<[Instant]>),
    Bool {
        accepts_true: bool,
        accepts_false: bool,
        variables: Box<[Pattern]>,
    },
    Binary(Box<[Box<[u8]>]>),
    Ip(Box<[Range]>),
    Arn(Box<[ArnPattern]>),
}

impl Clause {
    /// Compiles a clause of a policy in which variables count or not.
    pub(crate) fn new(clause: &clavicle_policy::Clause, variables: bool) -> Self {
        use BaseOperator as Base;
        let operator = &clause.operator.value;
        let texts = || clause.values.iter().map(|value| value.value.text());
        let text = |wildcards, fold| {
            Test::Text(
                texts().map(|text| Pattern::new(text, Reading { wildcards, variables, fold })).collect(),
            )
        };
        let numbers = clause.values.iter().filter_map(|value| listed_number(&value.value));
        let number = |relation| Test::Number(relation, numbers.map(|text| text.as_ref().into()).collect());
        let date = |relation| Test::Date(relation, texts().filter_map(Instant::parse).collect());
        let key = Key::new(&clause.key.value);
        let (test, negated) = match operator.base {
            None => (Test::NotUnderstood, false),
            Some(Base::StringEquals) => (text(false, false), false),
            Some(Base::StringNotEquals) => (text(false, false), true),
            Some(Base::StringEqualsIgnoreCase) => (text(false, true), false),
            Some(Base::StringNotEqualsIgnoreCase) => (text(false, true), true),
            Some(Base::StringLike) => (text(true, false), false),
            Some(Base::StringNotLike) => (text(true, false), true),
            Some(Base::NumericEquals) => (number(Relation::Equal), false),
            Some(Base::NumericNotEquals) => (number(Relation::Equal), true),
            Some(Base::NumericLessThan) => (number(Relation::Less), false),
            Some(Base::NumericLessThanEquals) => (number(Relation::LessOrEqual), false),
            Some(Base::NumericGreaterThan) => (number(Relation::Greater), false),
            Some(Base::NumericGreaterThanEquals) => (number(Relation::GreaterOrEqual), false),
            Some(Base::DateEquals) => (date(Relation::Equal), false),
            Some(Base::DateNotEquals) => (date(Relation::Equal), true),
            Some(Base::DateLessThan) => (date(Relation::Less), false),
            Some(Base::DateLessThanEquals) => (date(Relation::LessOrEqual), false),
            Some(Base::DateGreaterThan) => (date(Relation::Greater), false),
            Some(Base::DateGreaterThanEquals) => (date(Relation::GreaterOrEqual), false),
            Some(Base::Bool) => {
                let reading = Reading { wildcards: false, variables, fold: true };
                let is_variable = |text: &&str| variables && text.contains("${");
                let test = Test::Bool {
                    accepts_true: texts().any(|text| truth(text) == Some(true)),
                    accepts_false: texts().any(|text| truth(text) == Some(false)),
                    variables: texts().filter(is_variable).map(|text| Pattern::new(text, reading)).collect(),
                };
                (test, false)
            }
            Some(Base::BinaryEquals) => (
                Test::Binary(texts().filter_map(|text| STANDARD.decode(text).ok()).map(Into::into).collect()),
                false,
            ),
            Some(Base::IpAddress) => (Test::Ip(texts().filter_map(Range::parse).collect()), false),
            Some(Base::NotIpAddress) => (Test::Ip(texts().filter_map(Range::parse).collect()), true),
            Some(Base::ArnEquals | Base::ArnLike) => {
                (Test::Arn(texts().map(|text| ArnPattern::of_condition(text, variables)).collect()), false)
            }
            Some(Base::ArnNotEquals | Base::ArnNotLike) => {
                (Test::Arn(texts().map(|text| ArnPattern::of_condition(text, variables)).collect()), true)
            }
            // `Null` knows no `IfExists`: asking whether a key exists if it exists is no operator.
            Some(Base::Null) if operator.if_exists => (Test::NotUnderstood, false),
            // AWS: "Access Analyzer policy check reference", Suggestion - Null with qualifier: these "always return a true
            // or false respectively".
            Some(Base::Null) if operator.set.is_some() => {
                let always = operator.set == Some(SetPrefix::ForAllValues);
                (Test::Null { absent: always, present: always }, false)
            }
            Some(Base::Null) => {
                let accepts = |wanted| texts().any(|text| truth(text) == Some(wanted));
                (Test::Null { absent: accepts(true), present: accepts(false) }, false)
            }
        };
        let multivalued = multivalued::is_multivalued(key.name());
        Self { key, multivalued, set: operator.set, if_exists: operator.if_exists, negated, test }
    }

    /// Does the request satisfy the clause?
    pub(crate) fn holds(&self, request: &Request<'_>) -> Tri {
        self.holds_for(request.fact(&self.key), request)
    }

    /// Does the clause hold if the key is as `seen`? Variables still take their values from the request.
    pub(crate) fn holds_for(&self, seen: Seen<'_>, request: &Request<'_>) -> Tri {
        match self.test {
            Test::NotUnderstood => return Tri::Maybe,
            Test::Null { absent, present } => {
                return match seen {
                    Seen::Absent => absent.into(),
                    Seen::Many(values) if is_no_value(values) => absent.into(),
                    Seen::One(_) | Seen::Many(_) | Seen::Present => present.into(),
                    Seen::Unknown if absent == present => absent.into(),
                    Seen::Unknown => Tri::Maybe,
                };
            }
            _ => {}
        }
        match (self.set, seen) {
            (Some(SetPrefix::ForAllValues), Seen::Absent) => Tri::Yes,
            (Some(SetPrefix::ForAnyValue), Seen::Absent) => self.if_exists.into(),
            (None, Seen::Absent) => (self.if_exists || self.negated).into(),
            (_, Seen::Unknown) => self.holds_for_any_fact(),
            (_, Seen::Present) => self.holds_for_any_value(),
            // A set has no meaning without a set operator: no match, negated or not. Whether it is one is told by the
            // request. AWS: "depends on the number of values in the request context".
            (None, Seen::Many(_)) => Tri::No,
            (Some(set), Seen::One("")) => (set == SetPrefix::ForAllValues).into(),
            (Some(set), Seen::Many(values)) if is_no_value(values) => (set == SetPrefix::ForAllValues).into(),
            (_, Seen::One(value)) => self.accepts(value, request),
            (Some(SetPrefix::ForAllValues), Seen::Many(values)) => {
                values.iter().fold(Tri::Yes, |all, value| all.and(self.accepts(value, request)))
            }
            (Some(SetPrefix::ForAnyValue), Seen::Many(values)) => {
                values.iter().fold(Tri::No, |any, value| any.or(self.accepts(value, request)))
            }
        }
    }

    /// What holds of every value and of none at once? Mostly nothing.
    fn holds_for_any_fact(&self) -> Tri {
        let (matches_all, matches_none) = (self.matches_all(), self.matches_none());
        match self.set {
            // Every value fails, or passes where that is the point; then absence has to agree.
            None if matches_none && !self.multivalued && self.negated => Tri::Yes,
            None if matches_none && !self.negated && !self.if_exists => Tri::No,
            Some(SetPrefix::ForAnyValue) if matches_none && !self.negated && !self.if_exists => Tri::No,
            Some(SetPrefix::ForAllValues) if matches_none && self.negated => Tri::Yes,
            // Present it would match and absent it matches too.
            None if self.if_exists && matches_all && !self.negated && !self.multivalued => Tri::Yes,
            Some(SetPrefix::ForAllValues) if matches_all && !self.negated => Tri::Yes,
            _ => Tri::Maybe,
        }
    }

    /// What holds of every value, and of every set that holds one? Hardly more.
    fn holds_for_any_value(&self) -> Tri {
        let (always, never) = match self.negated {
            false => (self.matches_all(), self.matches_none()),
            true => (self.matches_none(), self.matches_all()),
        };
        match self.set {
            // No set satisfies it either way.
            None if never => Tri::No,
            None if always && !self.multivalued => Tri::Yes,
            // An empty text counts as no value, which ForAllValues takes and ForAnyValue does not.
            Some(SetPrefix::ForAllValues) if always => Tri::Yes,
            Some(SetPrefix::ForAnyValue) if never => Tri::No,
            _ => Tri::Maybe,
        }
    }

    /// Do the listed values take in every value?
    fn matches_all(&self) -> bool {
        matches!(&self.test, Test::Text(patterns) if patterns.iter().any(Pattern::is_any))
    }

    /// Can no value fit a listed one?
    fn matches_none(&self) -> bool {
        match &self.test {
            Test::Number(_, listed) => listed.is_empty(),
            Test::Date(_, listed) => listed.is_empty(),
            Test::Ip(listed) => listed.is_empty(),
            Test::Binary(listed) => listed.is_empty(),
            _ => false,
        }
    }

    /// Does one value of the key satisfy the operator against the listed values?
    fn accepts(&self, value: &str, request: &Request<'_>) -> Tri {
        let equal = match &self.test {
            Test::NotUnderstood => return Tri::Maybe,
            Test::Null { .. } => Tri::No,
            Test::Text(patterns) => any(patterns, |pattern| pattern.matches(value, request)),
            Test::Number(relation, listed) => match Decimal::parse(value) {
                None => Tri::No,
                Some(number) => any(listed, |listed| {
                    Decimal::parse(listed).is_some_and(|listed| relation.holds(number.compare(listed))).into()
                }),
            },
            Test::Date(relation, listed) => match Instant::parse(value) {
                None => Tri::No,
                Some(instant) => any(listed, |listed| relation.holds(instant.cmp(listed)).into()),
            },
            Test::Bool { accepts_true, accepts_false, variables } => {
                let plain = match truth(value) {
                    Some(true) => *accepts_true,
                    Some(false) => *accepts_false,
                    None => return Tri::No,
                };
                Tri::from(plain).or(any(variables, |pattern| pattern.matches(value, request)))
            }
            Test::Binary(listed) => any(listed, |listed| is_encoding_of(value, listed).into()),
            Test::Ip(ranges) => match value.parse::<IpAddr>() {
                Err(_) => Tri::No,
                Ok(address) => any(ranges, |range| range.holds(address).into()),
            },
            Test::Arn(patterns) => any(patterns, |pattern| pattern.matches_value(value, request)),
        };
        if self.negated { equal.not() } else { equal }
    }

    /// The same as a clause on the time of the request, if it is one on `aws:CurrentTime` or `aws:EpochTime` that compares
    /// times. AWS: IAM User Guide, "AWS global condition context keys", `aws:EpochTime`: it has date and numeric operators.
    pub(crate) fn on_the_time(&self) -> Option<Self> {
        let test = match &self.test {
            Test::Number(relation, listed) if self.key.name() == EPOCH => {
                let seconds = listed.iter().map(|text| text.parse().ok().map(Instant::of_seconds));
                Test::Date(*relation, seconds.collect::<Option<_>>()?)
            }
            test @ (Test::Date(..) | Test::Null { .. }) if tells_the_time(&self.key) => test.clone(),
            _ => return None,
        };
        Some(Self { test, ..self.clone() })
    }

    /// Has it never hold, if its operator is one that AWS does not have.
    pub(crate) fn fail_unless_understood(&mut self) {
        if !self.is_understood() {
            self.test = Test::Text([].into());
            (self.set, self.if_exists, self.negated) = (Some(SetPrefix::ForAnyValue), false, false);
        }
    }

    /// Does AWS have its operator?
    pub(crate) fn is_understood(&self) -> bool {
        !matches!(self.test, Test::NotUnderstood)
    }

    pub(crate) fn key(&self) -> &Key {
        &self.key
    }

    /// The keys of the variables in the listed values whose value is not known.
    pub(crate) fn unknown_variables(&self, request: &Request<'_>) -> Vec<String> {
        let open = self.variables().into_iter().filter(|variable| variable.is_open(request));
        open.map(|variable| variable.key.name().to_owned()).collect()
    }

    /// Does it compare with a variable whose value is not known?
    pub(crate) fn has_unknown_variables(&self, request: &Request<'_>) -> bool {
        let open = |pattern: &Pattern| pattern.variables().any(|variable| variable.is_open(request));
        match &self.test {
            Test::Text(patterns) | Test::Bool { variables: patterns, .. } => patterns.iter().any(open),
            Test::Arn(patterns) => {
                patterns.iter().flat_map(ArnPattern::variables).any(|variable| variable.is_open(request))
            }
            _ => false,
        }
    }

    /// Is it open by itself, and not as its key is?
    pub(crate) fn stands_alone(&self, request: &Request<'_>) -> bool {
        !self.is_understood() || self.has_unknown_variables(request)
    }

    /// The keys that leave it open.
    pub(crate) fn unknown_keys(&self, request: &Request<'_>) -> Vec<String> {
        let mut keys = self.unknown_variables(request);
        if request.fact(&self.key).is_open() {
            keys.push(self.key.name().to_owned());
        }
        keys
    }

    /// Does it ask for one value, or for none, of a single-valued key?
    fn is_plain(&self) -> bool {
        self.set.is_none() && !self.multivalued
    }

    /// Does a plain clause hold when the key is present and its test comes out as `passes`?
    fn holds_present(&self, passes: bool) -> bool {
        match self.test {
            Test::Null { present, .. } => present,
            _ => passes != self.negated,
        }
    }

    /// The variables in the listed values.
    pub(crate) fn variables(&self) -> Vec<&Variable> {
        match &self.test {
            Test::Text(patterns) | Test::Bool { variables: patterns, .. } => {
                patterns.iter().flat_map(Pattern::variables).collect()
            }
            Test::Arn(patterns) => patterns.iter().flat_map(ArnPattern::variables).collect(),
            _ => Vec::new(),
        }
    }
}

/// AWS: "Single-valued vs. multivalued context keys": a set that "resolves to a null dataset, such as an empty string" is taken
/// as no value by both set operators, and `Null` is there "to check if the context key exists and its value is not null".
fn is_no_value(values: &[String]) -> bool {
    matches!(values, []) || matches!(values, [only] if only.is_empty())
}

/// The two keys that tell when a request is made, in lower case.
pub(crate) const CLOCK: &str = "aws:currenttime";
pub(crate) const EPOCH: &str = "aws:epochtime";

/// Is it one of them?
pub(crate) fn tells_the_time(key: &Key) -> bool {
    matches!(key.name(), CLOCK | EPOCH)
}

#[inline]
fn any<T>(listed: &[T], test: impl Fn(&T) -> Tri) -> Tri {
    let mut found = Tri::No;
    for item in listed {
        found = found.or(test(item));
        if found == Tri::Yes {
            break;
        }
    }
    found
}

fn truth(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// Is `text` base64 of `bytes`? Decodes into the stack, piece by piece, so that asking takes no memory.
fn is_encoding_of(text: &str, bytes: &[u8]) -> bool {
    let mut rest = bytes;
    for (index, quad) in text.as_bytes().chunks(4).enumerate() {
        let mut buffer = [0; 3];
        let Ok(length) = STANDARD.decode_slice(quad, &mut buffer) else { return false };
        let last = (index + 1) * 4 >= text.len();
        // Padding may only end the text.
        if length < 3 && !last {
            return false;
        }
        let Some(remaining) = buffer.get(..length).and_then(|decoded| rest.strip_prefix(decoded)) else {
            return false;
        };
        rest = remaining;
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use clavicle_policy::{Operator, Scalar, Span, Spanned};

    use super::*;
    use crate::{Action, Context, Fact, Principal, Resource};

    fn spanned<T>(value: T) -> Spanned<T> {
        Spanned::new(value, Span::default())
    }

    fn clause(
        set: Option<SetPrefix>,
        base: BaseOperator,
        if_exists: bool,
        key: &str,
        values: &[&str],
    ) -> Clause {
        let operator = Operator { written: String::new(), set, base: Some(base), if_exists };
        let values = values.iter().map(|value| spanned(Scalar::String((*value).to_owned()))).collect();
        let clause = clavicle_policy::Clause {
            operator: spanned(operator),
            key: spanned(key.to_owned()),
            values,
            list: true,
        };
        Clause::new(&clause, true)
    }

    fn holds(clause: &Clause, fact: Fact) -> Tri {
        let principal = Principal::anonymous();
        let (action, resource) = (Action::new("s3:GetObject"), Resource::new("*", None));
        let context = Context::exact().with("k", fact);
        clause.holds(&Request::exact(&principal, &action, &resource, &context))
    }

    fn one(base: BaseOperator, listed: &[&str], value: &str) -> bool {
        holds(&clause(None, base, false, "K", listed), Fact::One(value.to_owned())) == Tri::Yes
    }

    fn many(values: &[&str]) -> Fact {
        Fact::Many(values.iter().map(|value| (*value).to_owned()).collect())
    }

    #[test]
    fn an_absent_key_fails_positive_operators_and_passes_the_others() {
        for (base, if_exists, expected) in [
            (BaseOperator::StringEquals, false, Tri::No),
            (BaseOperator::StringNotEquals, false, Tri::Yes),
            (BaseOperator::StringEquals, true, Tri::Yes),
            (BaseOperator::StringNotLike, true, Tri::Yes),
            (BaseOperator::Bool, false, Tri::No),
            (BaseOperator::NotIpAddress, false, Tri::Yes),
            (BaseOperator::ArnNotLike, false, Tri::Yes),
            (BaseOperator::NumericNotEquals, false, Tri::Yes),
            (BaseOperator::NumericLessThan, false, Tri::No),
        ] {
            assert_eq!(
                holds(&clause(None, base, if_exists, "k", &["a"]), Fact::Absent),
                expected,
                "{base:?}"
            );
        }
    }

    #[test]
    fn negated_operators_ask_for_none_of_the_values() {
        assert!(!one(BaseOperator::StringNotEquals, &["a", "b"], "b"));
        assert!(one(BaseOperator::StringNotEquals, &["a", "b"], "c"));
        assert!(one(BaseOperator::NotIpAddress, &["10.0.0.0/8"], "::1"));
        assert!(one(BaseOperator::ArnNotLike, &["arn:aws:iam::*:role/*"], "no arn"));
    }

    #[test]
    fn values_compare_as_their_operator_says() {
        use BaseOperator as Base;
        for (base, listed, value, expected) in [
            (Base::StringEquals, "a*", "ab", false),
            (Base::StringLike, "a*", "a\nb", true),
            (Base::StringEqualsIgnoreCase, "Ab", "aB", true),
            (Base::NumericEquals, "10", "10.0", true),
            (Base::NumericEquals, "10", "10abc", false),
            (Base::NumericLessThanEquals, "10", "9", true),
            (Base::NumericGreaterThan, "10", "9", false),
            (Base::DateEquals, "2024-01-01T00:00:00Z", "1704067200", true),
            (Base::DateLessThan, "1704067200", "2023-12-31T23:59:59Z", true),
            (Base::Bool, "TRUE", "true", true),
            (Base::Bool, "true", "1", false),
            (Base::BinaryEquals, "QmluYXJ5", "QmluYXJ5", true),
            (Base::BinaryEquals, "QmluYXJ5", "QmluYXJ6", false),
            (Base::IpAddress, "10.0.0.0/8", "10.255.0.1", true),
            (Base::ArnEquals, "arn:aws:iam::*:role/*", "arn:aws:iam::1:role/r", true),
            (Base::ArnLike, "*", "arn:aws:iam::1:role/r", false),
        ] {
            assert_eq!(one(base, &[listed], value), expected, "{base:?} {listed} on {value}");
        }
    }

    #[test]
    fn null_asks_for_presence() {
        let absent = clause(None, BaseOperator::Null, false, "k", &["true"]);
        assert_eq!(holds(&absent, Fact::Absent), Tri::Yes);
        assert_eq!(holds(&absent, many(&[])), Tri::Yes);
        assert_eq!(holds(&absent, many(&[""])), Tri::Yes);
        assert_eq!(holds(&absent, many(&["", ""])), Tri::No);
        assert_eq!(holds(&absent, Fact::Present), Tri::No);
        assert_eq!(holds(&absent, Fact::One(String::new())), Tri::No);
        assert_eq!(holds(&absent, Fact::Unknown), Tri::Maybe);
        let either = clause(None, BaseOperator::Null, false, "k", &["true", "false"]);
        assert_eq!(holds(&either, Fact::Unknown), Tri::Yes);
    }

    /// AWS: "IAM policy validation check reference", Error - Null with if exists, Error - Invalid condition operator.
    #[test]
    fn what_an_operator_that_aws_does_not_have_says_is_open_whatever_the_key_holds() {
        let null_if_exists = clause(None, BaseOperator::Null, true, "k", &["true"]);
        for fact in [Fact::Absent, Fact::One("true".into()), many(&[]), many(&["a"]), Fact::Unknown] {
            assert_eq!(holds(&null_if_exists, fact.clone()), Tri::Maybe, "{fact:?}");
        }
        assert!(!null_if_exists.is_understood());
        assert!(clause(None, BaseOperator::Null, false, "k", &["true"]).is_understood());
    }

    #[test]
    fn set_operators_follow_their_own_rules_for_nothing() {
        let all = clause(Some(SetPrefix::ForAllValues), BaseOperator::StringEquals, false, "k", &["a", "b"]);
        let any = clause(Some(SetPrefix::ForAnyValue), BaseOperator::StringNotEquals, false, "k", &["a"]);
        for (fact, for_all, for_any) in [
            (Fact::Absent, Tri::Yes, Tri::No),
            (many(&[]), Tri::Yes, Tri::No),
            (many(&[""]), Tri::Yes, Tri::No),
            (many(&["a"]), Tri::Yes, Tri::No),
            (many(&["a", "c"]), Tri::No, Tri::Yes),
            (many(&["", ""]), Tri::No, Tri::Yes),
            (Fact::One("a".into()), Tri::Yes, Tri::No),
            (Fact::One(String::new()), Tri::Yes, Tri::No),
        ] {
            assert_eq!(
                (holds(&all, fact.clone()), holds(&any, fact.clone())),
                (for_all, for_any),
                "{fact:?}"
            );
        }
        let if_exists = clause(Some(SetPrefix::ForAnyValue), BaseOperator::StringEquals, true, "k", &["a"]);
        assert_eq!((holds(&if_exists, Fact::Absent), holds(&if_exists, many(&[]))), (Tri::Yes, Tri::No));
    }

    /// AWS: "Single-valued vs. multivalued context keys": such keys require a set operator.
    #[test]
    fn a_set_without_set_operator_never_matches() {
        for base in [BaseOperator::StringEquals, BaseOperator::StringNotEquals] {
            assert_eq!(holds(&clause(None, base, false, "k", &["a"]), many(&["a"])), Tri::No);
        }
    }

    /// AWS: "Single-valued vs. multivalued context keys": the difference "depends on the number of values in the request
    /// context".
    #[test]
    fn one_text_is_no_set_whatever_the_key_may_hold() {
        let principal = Principal::anonymous();
        let (action, resource) = (Action::new("s3:GetObject"), Resource::new("*", None));
        let ask = |base, if_exists, fact: Fact| {
            let context = Context::exact().with("aws:TagKeys", fact);
            let clause = clause(None, base, if_exists, "aws:TagKeys", &["a"]);
            clause.holds(&Request::exact(&principal, &action, &resource, &context))
        };
        use BaseOperator::{StringEquals, StringNotEquals};
        assert_eq!(ask(StringEquals, false, Fact::One("a".into())), Tri::Yes);
        assert_eq!(ask(StringNotEquals, false, Fact::One("b".into())), Tri::Yes);
        assert_eq!(ask(StringNotEquals, false, Fact::One("a".into())), Tri::No);
        // Unknown, it may be one text, a set, or absent.
        for (base, if_exists) in [(StringEquals, false), (StringEquals, true), (StringNotEquals, false)] {
            assert_eq!(ask(base, if_exists, Fact::Unknown), Tri::Maybe);
        }
    }

    #[test]
    fn a_variable_without_value_fails_positive_operators_only() {
        let context = Context::exact().with_value("k", "x");
        let principal = Principal::anonymous();
        let (action, resource) = (Action::new("s3:GetObject"), Resource::new("*", None));
        let request = Request::exact(&principal, &action, &resource, &context);
        let ask = |base| clause(None, base, false, "k", &["${aws:username}"]).holds(&request);
        assert_eq!(ask(BaseOperator::StringEquals), Tri::No);
        assert_eq!(ask(BaseOperator::StringNotEquals), Tri::Yes);
    }

    #[test]
    fn an_unknown_key_leaves_open_what_absence_and_every_value_do_not_agree_on() {
        let ask = |set, base, if_exists, listed| {
            holds(&clause(set, base, if_exists, "k", &[listed]), Fact::Unknown)
        };
        assert_eq!(ask(None, BaseOperator::StringLike, false, "*"), Tri::Maybe);
        assert_eq!(ask(None, BaseOperator::StringLike, true, "*"), Tri::Yes);
        assert_eq!(ask(Some(SetPrefix::ForAllValues), BaseOperator::StringLike, false, "*"), Tri::Yes);
        assert_eq!(ask(None, BaseOperator::StringNotEquals, false, "a"), Tri::Maybe);
    }

    /// Absence and every value have to agree for that.
    #[test]
    fn an_unknown_key_settles_a_clause_that_every_fact_answers_alike() {
        use BaseOperator as Base;
        use SetPrefix::{ForAllValues, ForAnyValue};
        use Tri::{Maybe, No, Yes};
        let principal = Principal::anonymous();
        let (action, resource) = (Action::new("s3:GetObject"), Resource::new("*", None));
        let open = Context::open();
        let request = Request::exact(&principal, &action, &resource, &open);
        const TAGS: &str = "aws:TagKeys";
        for (key, set, base, if_exists, listed, expected) in [
            ("k", None, Base::NumericEquals, false, "ten", No),
            ("k", None, Base::NumericEquals, true, "ten", Maybe),
            ("k", None, Base::NumericEquals, false, "10", Maybe),
            ("k", None, Base::NumericNotEquals, false, "ten", Yes),
            ("k", None, Base::NumericNotEquals, true, "ten", Yes),
            ("k", None, Base::NumericNotEquals, false, "10", Maybe),
            ("k", None, Base::DateEquals, false, "soon", No),
            ("k", None, Base::DateNotEquals, false, "soon", Yes),
            ("k", None, Base::DateNotEquals, false, "2024", Maybe),
            ("k", None, Base::IpAddress, false, "office", No),
            ("k", None, Base::NotIpAddress, false, "office", Yes),
            ("k", None, Base::NotIpAddress, false, "10.0.0.1", Maybe),
            ("k", None, Base::BinaryEquals, false, "no base64", No),
            ("k", None, Base::BinaryEquals, false, "QQ==", Maybe),
            ("k", Some(ForAnyValue), Base::NumericEquals, false, "ten", No),
            ("k", Some(ForAnyValue), Base::NumericEquals, true, "ten", Maybe),
            ("k", Some(ForAnyValue), Base::NumericEquals, false, "10", Maybe),
            ("k", Some(ForAnyValue), Base::NumericNotEquals, false, "ten", Maybe),
            ("k", Some(ForAllValues), Base::NumericNotEquals, false, "ten", Yes),
            ("k", Some(ForAllValues), Base::NumericNotEquals, false, "10", Maybe),
            ("k", Some(ForAllValues), Base::NumericEquals, false, "ten", Maybe),
            ("k", None, Base::StringLike, false, "*", Maybe),
            ("k", None, Base::StringLike, true, "*", Yes),
            ("k", None, Base::StringLike, true, "a*", Maybe),
            ("k", None, Base::StringNotLike, true, "*", Maybe),
            ("k", Some(ForAllValues), Base::StringLike, false, "*", Yes),
            ("k", Some(ForAllValues), Base::StringLike, false, "a*", Maybe),
            ("k", Some(ForAllValues), Base::StringNotLike, false, "*", Maybe),
            ("k", Some(ForAnyValue), Base::StringLike, false, "*", Maybe),
            (TAGS, None, Base::StringEquals, false, "a", Maybe),
            (TAGS, None, Base::NumericEquals, false, "ten", No),
            (TAGS, None, Base::StringEquals, true, "a", Maybe),
            (TAGS, None, Base::StringNotEquals, false, "a", Maybe),
            (TAGS, None, Base::NumericNotEquals, false, "ten", Maybe),
            (TAGS, None, Base::StringLike, true, "*", Maybe),
        ] {
            let found = clause(set, base, if_exists, key, &[listed]).holds(&request);
            assert_eq!(found, expected, "{key} {set:?} {base:?} {if_exists} {listed}");
        }
    }

    /// AWS: IAM User Guide, "AWS global condition context keys": some are "always included in the request context".
    #[test]
    fn a_key_that_is_there_settles_a_clause_that_every_value_answers_alike() {
        use BaseOperator as Base;
        use SetPrefix::{ForAllValues, ForAnyValue};
        use Tri::{Maybe, No, Yes};
        const TAGS: &str = "aws:TagKeys";
        let principal = Principal::anonymous();
        let (action, resource) = (Action::new("s3:GetObject"), Resource::new("*", None));
        let there = Context::exact().with("k", Fact::Present).with(TAGS, Fact::Present);
        let request = Request::exact(&principal, &action, &resource, &there);
        for (key, set, base, if_exists, listed, expected) in [
            ("k", None, Base::Null, false, "true", No),
            ("k", None, Base::Null, false, "false", Yes),
            ("k", None, Base::StringEquals, false, "a", Maybe),
            ("k", None, Base::StringEquals, true, "a", Maybe),
            ("k", None, Base::StringNotEquals, false, "a", Maybe),
            ("k", None, Base::StringLike, false, "*", Yes),
            ("k", None, Base::StringNotLike, false, "*", No),
            ("k", None, Base::StringNotLike, true, "*", No),
            ("k", None, Base::NumericEquals, true, "ten", No),
            ("k", None, Base::NumericNotEquals, false, "ten", Yes),
            ("k", Some(ForAllValues), Base::StringLike, false, "*", Yes),
            ("k", Some(ForAllValues), Base::StringEquals, false, "a", Maybe),
            // One text may be empty, which counts as no value.
            ("k", Some(ForAnyValue), Base::StringLike, false, "*", Maybe),
            ("k", Some(ForAnyValue), Base::NumericEquals, true, "ten", No),
            (TAGS, None, Base::StringLike, false, "*", Maybe),
            (TAGS, None, Base::StringNotLike, false, "*", No),
            (TAGS, None, Base::NumericNotEquals, false, "ten", Maybe),
        ] {
            let found = clause(set, base, if_exists, key, &[listed]).holds(&request);
            assert_eq!(found, expected, "{key} {set:?} {base:?} {if_exists} {listed}");
        }
    }

    #[test]
    fn clauses_of_one_key_are_answered_together() {
        use BaseOperator as Base;
        let principal = Principal::anonymous();
        let (action, resource) = (Action::new("s3:GetObject"), Resource::new("*", None));
        let open = Context::open();
        let request = Request::exact(&principal, &action, &resource, &open);
        let choices = |clauses: &[Clause]| {
            let mut found = std::collections::BTreeSet::new();
            each_choice(&clauses.iter().collect::<Vec<_>>(), &request, |choice| _ = found.insert(choice));
            found.into_iter().collect::<Vec<u32>>()
        };
        let plain = |base, listed: &[&str]| clause(None, base, false, "k", listed);
        let set = |set, key: &str| clause(set, Base::StringEquals, false, key, &["a"]);
        let long = "x".repeat(150);
        for (clauses, expected) in [
            (vec![plain(Base::StringEquals, &["a"])], &[0b0, 0b1][..]),
            (vec![plain(Base::StringEquals, &["a"]), plain(Base::StringNotEquals, &["a"])], &[0b01, 0b10]),
            (vec![plain(Base::StringEquals, &["a"]), plain(Base::StringEquals, &["b"])], &[0b00, 0b01, 0b10]),
            (vec![plain(Base::StringEquals, &[""]), plain(Base::StringEquals, &["x"])], &[0b00, 0b01, 0b10]),
            (
                vec![plain(Base::StringEquals, &[&long]), plain(Base::StringNotEquals, &[&long])],
                &[0b01, 0b10],
            ),
            (vec![plain(Base::Bool, &["true"]), plain(Base::Bool, &["false"])], &[0b00, 0b01, 0b10]),
            (
                vec![plain(Base::Bool, &["${aws:x}"]), plain(Base::Bool, &["false"])],
                &[0b00, 0b01, 0b10, 0b11],
            ),
            (
                vec![plain(Base::Bool, &["true"]), plain(Base::StringEquals, &["true"])],
                &[0b00, 0b01, 0b10, 0b11],
            ),
            (vec![plain(Base::Null, &["true"]), plain(Base::Null, &["false"])], &[0b01, 0b10]),
            (vec![plain(Base::Null, &["true"]), plain(Base::StringEquals, &["a"])], &[0b00, 0b01, 0b10]),
            (vec![plain(Base::Null, &["false"]), plain(Base::StringLike, &["a*"])], &[0b00, 0b01, 0b11]),
            (vec![plain(Base::StringLike, &["a*"]), plain(Base::StringNotLike, &["a*"])], &[0b01, 0b10]),
            (
                vec![plain(Base::StringLike, &["a*"]), plain(Base::StringLike, &["*a"])],
                &[0b00, 0b01, 0b10, 0b11],
            ),
            (vec![set(Some(SetPrefix::ForAllValues), "k"), set(None, "k")], &[0b00, 0b01, 0b11]),
            (vec![set(None, "aws:TagKeys"), set(None, "aws:TagKeys")], &[0b00, 0b11]),
            // Neither of those listed: the one that stands for all others must be neither.
            (
                vec![
                    clause(None, Base::StringEquals, true, "k", &["x", "xx"]),
                    plain(Base::StringEquals, &["x", "xx"]),
                ],
                &[0b00, 0b01, 0b11],
            ),
            (
                vec![
                    plain(Base::StringEquals, &["a"]),
                    plain(Base::StringEquals, &["a", "b"]),
                    plain(Base::StringNotEquals, &["b"]),
                ],
                &[0b010, 0b100, 0b111],
            ),
            (
                vec![
                    plain(Base::StringLike, &["a*"]),
                    plain(Base::StringNotLike, &["a*"]),
                    plain(Base::StringLike, &["b*"]),
                ],
                &[0b001, 0b010, 0b110],
            ),
            // A text that is listed begins as no other does; of the rest only what ends as the pattern says is open.
            (
                vec![plain(Base::StringEquals, &["a", "b"]), plain(Base::StringLike, &["c*"])],
                &[0b00, 0b01, 0b10],
            ),
            (vec![plain(Base::StringEquals, &["a"]), plain(Base::StringLike, &["*c"])], &[0b00, 0b01, 0b10]),
            (vec![plain(Base::StringLike, &["ab*"]), plain(Base::StringLike, &["a*"])], &[0b00, 0b10, 0b11]),
            (vec![plain(Base::StringLike, &["*"]), plain(Base::Null, &["true"])], &[0b01, 0b10]),
            (vec![plain(Base::StringLike, &["*"]), plain(Base::StringLike, &["*c"])], &[0b00, 0b01, 0b11]),
            // Case does not count in one of them.
            (
                vec![plain(Base::StringEqualsIgnoreCase, &["a"]), plain(Base::StringEquals, &["a"])],
                &[0b00, 0b01, 0b11],
            ),
            (
                vec![plain(Base::NumericLessThan, &["5"]), plain(Base::NumericGreaterThan, &["10"])],
                &[0b00, 0b01, 0b10],
            ),
            (
                vec![plain(Base::NumericLessThan, &["5.1"]), plain(Base::NumericGreaterThan, &["5.0"])],
                &[0b00, 0b01, 0b10, 0b11],
            ),
            (
                vec![plain(Base::NumericLessThanEquals, &["5"]), plain(Base::NumericNotEquals, &["5.0"])],
                &[0b01, 0b10, 0b11],
            ),
            (
                vec![
                    plain(Base::NumericLessThanEquals, &["5"]),
                    plain(Base::NumericGreaterThanEquals, &["5"]),
                ],
                &[0b00, 0b01, 0b10, 0b11],
            ),
            (
                vec![plain(Base::DateLessThan, &["2020"]), plain(Base::DateGreaterThanEquals, &["2020"])],
                &[0b00, 0b01, 0b10],
            ),
            (
                vec![plain(Base::IpAddress, &["10.0.0.0/8"]), plain(Base::NotIpAddress, &["0.0.0.0/1"])],
                &[0b00, 0b01, 0b10],
            ),
            (
                vec![
                    plain(Base::IpAddress, &["10.0.0.0/8"]),
                    plain(Base::IpAddress, &["10.1.0.0/16", "::/0"]),
                ],
                &[0b00, 0b01, 0b10, 0b11],
            ),
            // Both begin with one address, and only what comes after the last of the narrower is in the wider alone.
            (
                vec![plain(Base::IpAddress, &["10.0.0.0/8"]), plain(Base::IpAddress, &["10.0.0.0/16"])],
                &[0b00, 0b01, 0b11],
            ),
            (
                vec![plain(Base::IpAddress, &["2001:db8::/32"]), plain(Base::IpAddress, &["2001:db8::/48"])],
                &[0b00, 0b01, 0b11],
            ),
            (vec![plain(Base::Null, &["true"]), set(Some(SetPrefix::ForAnyValue), "k")], &[0b00, 0b01, 0b10]),
            (
                vec![
                    set(Some(SetPrefix::ForAllValues), "k"),
                    clause(Some(SetPrefix::ForAnyValue), Base::StringNotEquals, false, "k", &["a"]),
                ],
                &[0b01, 0b10],
            ),
            (
                vec![set(Some(SetPrefix::ForAllValues), "k"), set(Some(SetPrefix::ForAnyValue), "k")],
                &[0b00, 0b01, 0b10, 0b11],
            ),
        ] {
            assert_eq!(choices(&clauses), expected, "{clauses:?}");
        }
    }

    /// Equal values would tell at most one of them true; past the most that are told apart, all count as possible.
    #[test]
    fn of_more_clauses_than_are_told_apart_every_combination_is_told() {
        let principal = Principal::anonymous();
        let (action, resource) = (Action::new("s3:GetObject"), Resource::new("*", None));
        let open = Context::open();
        let request = Request::exact(&principal, &action, &resource, &open);
        let equal = |set: Option<SetPrefix>, base, value: usize| {
            clause(set, base, false, "k", &[value.to_string().as_str()])
        };
        let told_of = |clauses: &[Clause]| {
            let mut found = std::collections::BTreeSet::new();
            each_choice(&clauses.iter().collect::<Vec<_>>(), &request, |choice| _ = found.insert(choice));
            found.len()
        };
        let told = |set: Option<SetPrefix>, count: usize| {
            let clauses = (0..count).map(|value| equal(set, BaseOperator::StringEquals, value));
            told_of(&clauses.collect::<Vec<Clause>>())
        };
        assert_eq!(told(None, MOST_CLAUSES), MOST_CLAUSES + 1);
        assert_eq!(told(None, MOST_CLAUSES + 1), 1 << MOST_CLAUSES);
        // A set may hold any of the values; that none is the first is the opposite of one being it, where that is told.
        for count in 5..=9 {
            assert_eq!(told(Some(SetPrefix::ForAnyValue), count), 1 << count, "{count}");
            let any = (0..count)
                .map(|value| equal(Some(SetPrefix::ForAnyValue), BaseOperator::StringEquals, value));
            let none = equal(Some(SetPrefix::ForAllValues), BaseOperator::StringNotEquals, 0);
            let free = if count > 6 { count + 1 } else { count };
            assert_eq!(told_of(&any.chain([none]).collect::<Vec<Clause>>()), 1 << free, "{count}");
        }
    }

    #[test]
    fn binary_values_are_compared_decoded() {
        assert!(is_encoding_of("", b""));
        assert!(is_encoding_of("YQ==", b"a"));
        assert!(is_encoding_of("YWJjYWJjYQ==", b"abcabca"));
        assert!(!is_encoding_of("YQ==YQ==", b"aa"));
        assert!(!is_encoding_of("YWI", b"ab"));
    }
}
