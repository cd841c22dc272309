//! How much is allowed, as a number of requests.
//!
//! Counted are requests with an action that the catalogue has, a resource of at most so many characters (`*`, or an ARN
//! with partition, service and name), and for each key that is mentioned no value or one: a text of at most as many
//! characters, `true` or `false`, an address, a whole number of 64 bits, or a second before the year 10,000, as the key has
//! them. Texts are over 256 characters, those that the policies mention among them. Keys that nobody mentions are left
//! out, and so are sets of values, so the number says nothing by itself: it is for comparing, and then exact.
//!
//! The leaves of a search have nothing in common and make up the answer, so the number is a sum of products, one
//! factor a dimension. Where variables or callers decide, or something could not be read, there is none.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use clavicle_catalog::KeyType;
use clavicle_engine::{AddressRange, Instant};
use num_bigint::{BigInt, BigUint};

use crate::access::{Access, Formula};
use crate::dimension::{Value, any_arn};
use crate::doubt::Doubt;
use crate::listed::{Listed, Measure};
use crate::pattern::Pattern;
use crate::relation::budget;
use crate::search::{Go, classes_of, search};
use crate::store::{Dimension, DimensionId, Literal, Predicate, StateId, Store};
use crate::template::{Template, Values};
use crate::words::{ALPHABET, words};
use crate::work::{Limits, Work};

/// How many characters a text has at most where nobody says otherwise.
pub const LONGEST: u32 = 100;

/// A number of requests.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Magnitude(BigUint);

impl Magnitude {
    /// Its logarithm to base 2, which is how such numbers can be read; `None` of no request.
    pub fn log2(&self) -> Option<f64> {
        let bits = self.0.bits();
        let shift = bits.saturating_sub(60);
        let head = (&self.0 >> shift).to_u64_digits().first().copied()?;
        #[expect(clippy::cast_precision_loss, reason = "a logarithm to a few digits")]
        Some((head as f64).log2() + shift as f64)
    }

    /// Both together.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self(&self.0 + &other.0)
    }
}

/// All digits.
impl fmt::Display for Magnitude {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What the values of a dimension are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Domain {
    Resources,
    Texts,
    Arns,
    Truths,
    Measured(Measure),
}

const FIRST_WHOLE: i128 = -(1 << 63);
const AFTER_WHOLE: i128 = 1 << 63;
/// The first second of the year 10,000.
const AFTER_SECONDS: i128 = 253_402_300_800;

impl Store {
    /// How many requests are in it? Numbers are of one measure only if `beside` was the same: the keys that any of these
    /// mentions count. `longest`: how many characters texts have at most.
    pub fn count(
        &mut self,
        access: &Access,
        beside: &[&Access],
        longest: u32,
        limits: Limits,
    ) -> Result<Magnitude, Vec<Doubt>> {
        let mut work = Work::new(limits);
        if !self.bearings.is_empty() {
            return Err(vec![Doubt::Uncounted("requests of one caller")]);
        }
        let dimensions = self.dimensions_of(beside.iter().copied().chain([access]))?;
        let mut known: HashMap<StateId, BigUint> = HashMap::new();
        let mut whole: Vec<(DimensionId, BigUint)> = Vec::new();
        for (dimension, domain) in &dimensions {
            let free = self.free(*dimension);
            whole.push((*dimension, self.values(free, *domain, longest, &mut known, &mut work)?));
        }
        let mut total = BigUint::ZERO;
        let mut doubts = Vec::new();
        for class in classes_of(self, &apart(&access.0, true), false) {
            let actions = class.actions.as_ref().map_or(0, crate::actions::ActionBits::count);
            search(self, &class.items, &mut work, &mut |store, leaf, work| {
                let mut product = BigUint::from(actions);
                for ((dimension, domain), (_, free)) in dimensions.iter().zip(&whole) {
                    let state = leaf.0.iter().find(|(other, _)| other == dimension);
                    match state.map(|(_, state)| store.values(*state, *domain, longest, &mut known, work)) {
                        None => product *= free,
                        Some(Ok(count)) => product *= count,
                        Some(Err(more)) => {
                            doubts.extend(more);
                            return Go::Stop;
                        }
                    }
                }
                total += product;
                Go::On
            });
            if work.spent().is_some() {
                doubts.push(budget(&work));
            }
        }
        doubts.sort_unstable();
        doubts.dedup();
        if doubts.is_empty() { Ok(Magnitude(total)) } else { Err(doubts) }
    }

    /// The dimensions that are mentioned, with what they range over. The resource is always one.
    fn dimensions_of<'a>(
        &mut self,
        all: impl Iterator<Item = &'a Access>,
    ) -> Result<Vec<(DimensionId, Domain)>, Vec<Doubt>> {
        let (mut statements, mut literals) = (Vec::new(), Vec::new());
        for access in all {
            access.0.statements(&mut statements);
            access.0.own_literals(&mut literals);
        }
        for id in statements {
            literals.extend_from_slice(&self.compiled(id).literals);
        }
        let resource = self.dimension(Dimension::Resource);
        let mut dimensions: BTreeSet<DimensionId> =
            literals.iter().map(|literal| self.dimension_of_literal(*literal)).collect();
        dimensions.insert(resource);
        let mut found = Vec::new();
        for dimension in dimensions {
            let domain = match self.dimension_of(dimension) {
                Dimension::Resource => Domain::Resources,
                Dimension::Key(name) => {
                    let kind = self.key_facts(dimension).and_then(|facts| facts.kind);
                    let own = literals.iter().filter(|own| self.dimension_of_literal(**own) == dimension);
                    let lists = own.filter_map(|literal| self.list_of(*literal));
                    let mut measures: Vec<Option<Measure>> = lists.map(|list| list.measure()).collect();
                    measures.dedup();
                    let domain = match (kind, measures.as_slice()) {
                        (Some(KeyType::Arn), _) => Domain::Arns,
                        (Some(KeyType::Bool), _) => Domain::Truths,
                        (Some(KeyType::Numeric), _) => Domain::Measured(Measure::Number),
                        (Some(KeyType::Date), _) => Domain::Measured(Measure::Date),
                        (Some(KeyType::IpAddress), _) => Domain::Measured(Measure::Address),
                        (_, [Some(measure)]) => Domain::Measured(*measure),
                        _ => Domain::Texts,
                    };
                    let own = match domain {
                        Domain::Measured(measure) => Some(measure),
                        _ => None,
                    };
                    if measures.iter().any(|measure| *measure != own) {
                        return Err(vec![Doubt::MixedTypes { key: name.to_string() }]);
                    }
                    domain
                }
                Dimension::Caller => return Err(vec![Doubt::Uncounted("callers")]),
                Dimension::Unread(at, _) => return Err(vec![Doubt::Unread(*at)]),
                _ => return Err(vec![Doubt::Uncounted("requests of one caller")]),
            };
            found.push((dimension, domain));
        }
        if let Some(literal) = literals.iter().find(|literal| self.has_variables(**literal)) {
            let list = self.list_of(*literal);
            let templates = list.as_ref().map_or(&[][..], |list| list.templates());
            let key = templates.iter().flat_map(Template::variables).next();
            let key = key.map_or_else(String::new, |variable| variable.key.to_string());
            return Err(vec![Doubt::Relation { key }]);
        }
        Ok(found)
    }

    fn list_of(&self, literal: Literal) -> Option<std::sync::Arc<Listed>> {
        match self.predicate(literal) {
            Predicate::Named(list) | Predicate::Key { list, .. } => {
                Some(std::sync::Arc::clone(self.listed(*list)))
            }
            _ => None,
        }
    }

    /// How many values the state has.
    fn values(
        &mut self,
        state: StateId,
        domain: Domain,
        longest: u32,
        known: &mut HashMap<StateId, BigUint>,
        work: &mut Work,
    ) -> Result<BigUint, Vec<Doubt>> {
        if let Some(count) = known.get(&state) {
            return Ok(count.clone());
        }
        let literals = self.literals(state).to_vec();
        let count = match domain {
            Domain::Resources => {
                let star = literals.iter().all(|literal| self.admits_star(*literal));
                self.texts(&literals, vec![vec![any_arn()]], longest, work)? + u32::from(star)
            }
            Domain::Measured(measure) => self.measured(&literals, measure),
            Domain::Texts => self.texts(&literals, Vec::new(), longest, work)?,
            Domain::Arns => self.texts(&literals, vec![vec![any_arn()]], longest, work)?,
            Domain::Truths => {
                let both = ["true", "false"].map(|text| Value::One(text.to_owned()));
                BigUint::from(both.iter().filter(|value| self.all_hold(&literals, value)).count())
            }
        };
        let count = match domain {
            Domain::Resources => count,
            // An absent key, and an empty text, which is a rule of its own.
            _ => {
                let empty = domain == Domain::Texts && self.all_hold(&literals, &Value::One(String::new()));
                count + u32::from(empty) + u32::from(self.all_hold(&literals, &Value::Absent))
            }
        };
        known.insert(state, count.clone());
        Ok(count)
    }

    fn all_hold(&self, literals: &[Literal], value: &Value) -> bool {
        literals.iter().all(|literal| self.key_literal_holds(*literal, value, &Values::new()))
    }

    /// The texts, but the empty one.
    fn texts(
        &self,
        literals: &[Literal],
        mut groups: Vec<Vec<Pattern>>,
        longest: u32,
        work: &mut Work,
    ) -> Result<BigUint, Vec<Doubt>> {
        let mut not = Vec::new();
        for literal in literals {
            let listed = match self.predicate(*literal) {
                Predicate::Key { complement, .. } => literal.is_positive() != *complement,
                // What is absent has no text, and what is not has one.
                Predicate::Null if literal.is_positive() => return Ok(BigUint::ZERO),
                Predicate::Null => continue,
                _ => literal.is_positive(),
            };
            let Some(list) = self.list_of(*literal) else { continue };
            let patterns = list.templates().iter().filter_map(Template::fixed);
            if listed { groups.push(patterns.collect()) } else { not.extend(patterns) }
        }
        words(&groups, &not, longest, ALPHABET, work).ok_or_else(|| {
            let spent = work.spent().is_some();
            vec![if spent { budget(work) } else { Doubt::Uncounted("texts of more than 256 characters") }]
        })
    }

    /// Between two points that are listed all values give the same answers: one of each stretch is asked.
    fn measured(&self, literals: &[Literal], measure: Measure) -> BigUint {
        let lists: Vec<_> = literals.iter().filter_map(|literal| self.list_of(*literal)).collect();
        let stretches: Vec<(String, BigUint)> = match measure {
            Measure::Number => {
                let points = lists.iter().flat_map(|list| match &**list {
                    Listed::Numbers(_, texts) => texts.iter().filter_map(|text| whole(text)).collect(),
                    _ => Vec::new(),
                });
                let points: Vec<(i128, bool)> = points.collect();
                stretches(FIRST_WHOLE, AFTER_WHOLE, &points, |number| number.to_string())
            }
            Measure::Date => {
                let points = lists.iter().flat_map(|list| match &**list {
                    Listed::Dates(_, texts) => texts
                        .iter()
                        .filter_map(|text| Instant::parse(text))
                        .map(|instant| (i128::from(instant.seconds()), instant.nanos() == 0))
                        .collect(),
                    _ => Vec::new(),
                });
                let points: Vec<(i128, bool)> = points.collect();
                stretches(0, AFTER_SECONDS, &points, |second| second.to_string())
            }
            Measure::Address => addresses(&lists),
        };
        let counted =
            stretches.into_iter().filter(|(text, _)| self.all_hold(literals, &Value::One(text.clone())));
        counted.map(|(_, size)| size).sum()
    }
}

/// The same requests, where no two parts of an "either" have one in common: a search takes such parts one by one, and
/// what is in two would count twice.
fn apart(formula: &Formula, holds: bool) -> Formula {
    match (formula, holds) {
        (Formula::Not(part) | Formula::Effective(part, _), _) => {
            apart(part, holds != matches!(formula, Formula::Not(_)))
        }
        (Formula::All(parts), true) | (Formula::Either(parts), false) => {
            Formula::All(parts.iter().map(|part| apart(part, holds)).collect())
        }
        (Formula::Either(parts), true) | (Formula::All(parts), false) => {
            let each = (0..parts.len()).filter_map(|place| {
                let (before, own) = (parts.get(..place)?, parts.get(place)?);
                let outside = before.iter().map(|part| apart(part, !holds));
                Some(Formula::All(outside.chain([apart(own, holds)]).collect()))
            });
            Formula::Either(each.collect())
        }
        (leaf, true) => leaf.clone(),
        (leaf, false) => Formula::Not(std::sync::Arc::new(leaf.clone())),
    }
}

/// The whole part of a decimal, rounded down, and whether that is all of it. `None` of what is too long to lie in the range.
fn whole(text: &str) -> Option<(i128, bool)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let number: i128 = whole.parse().ok()?;
    let exact = fraction.bytes().all(|digit| digit == b'0');
    let down = if exact || !text.starts_with('-') { number } else { number.checked_sub(1)? };
    Some((down, exact))
}

/// The stretches between the points, each with its first number and its size.
fn stretches(
    first: i128,
    after: i128,
    points: &[(i128, bool)],
    text: impl Fn(i128) -> String,
) -> Vec<(String, BigUint)> {
    let mut starts = BTreeSet::from([first]);
    for (point, exact) in points {
        starts.extend(exact.then_some(*point));
        starts.extend(point.checked_add(1));
    }
    let starts: Vec<i128> = starts.into_iter().filter(|start| (first..after).contains(start)).collect();
    let ends = starts.iter().skip(1).copied().chain([after]);
    let size =
        |start: i128, end: i128| (BigInt::from(end) - BigInt::from(start)).to_biguint().unwrap_or_default();
    starts.iter().zip(ends).map(|(start, end)| (text(*start), size(*start, end))).collect()
}

fn addresses(lists: &[std::sync::Arc<Listed>]) -> Vec<(String, BigUint)> {
    let (mut four, mut six) = (BTreeSet::from([0_u32]), BTreeSet::from([0_u128]));
    let ranges = lists.iter().flat_map(|list| match &**list {
        Listed::Addresses(ranges) => ranges.iter().filter_map(|text| AddressRange::parse(text)).collect(),
        _ => Vec::new(),
    });
    for range in ranges {
        match range.ends() {
            (IpAddr::V4(first), IpAddr::V4(last)) => {
                four.insert(first.to_bits());
                four.extend(last.to_bits().checked_add(1));
            }
            (IpAddr::V6(first), IpAddr::V6(last)) => {
                six.insert(first.to_bits());
                six.extend(last.to_bits().checked_add(1));
            }
            _ => {}
        }
    }
    let four: Vec<BigUint> = four.into_iter().map(BigUint::from).collect();
    let six: Vec<BigUint> = six.into_iter().map(BigUint::from).collect();
    let mut found = Vec::new();
    for (starts, bits) in [(four, 32_u32), (six, 128)] {
        let after = BigUint::from(1_u32) << bits;
        let ends = starts.iter().skip(1).cloned().chain([after]);
        for (start, end) in starts.iter().zip(ends) {
            let address: IpAddr = match (bits, u128::try_from(start), u32::try_from(start)) {
                (32, _, Ok(start)) => Ipv4Addr::from_bits(start).into(),
                (_, Ok(start), _) => Ipv6Addr::from_bits(start).into(),
                _ => continue,
            };
            found.push((address.to_string(), end - start));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use clavicle_engine::Principals;

    use super::*;

    fn number(statement: &str) -> String {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
        let policy = clavicle_policy::parse(text.as_bytes()).policy.expect("a policy");
        let mut store = Store::new();
        let access = store.compile(&policy, Principals::Ignored).access();
        let found = store.count(&access, &[], LONGEST, Limits::default());
        found.map_or_else(|doubts| format!("{doubts:?}"), |found| found.to_string())
    }

    fn allow(rest: &str) -> String {
        format!(r#"{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/??"{rest}}}"#)
    }

    #[test]
    fn numbers_that_can_be_worked_out_by_hand() {
        let with = |condition: &str| number(&allow(&format!(r#", "Condition": {condition}"#)));
        assert_eq!(number(&allow("")), "65536");
        // Present with one value, or absent.
        assert_eq!(with(r#"{"Bool": {"aws:SecureTransport": "true"}}"#), "65536");
        assert_eq!(with(r#"{"BoolIfExists": {"aws:SecureTransport": "true"}}"#), "131072");
        assert_eq!(with(r#"{"StringEquals": {"aws:UserAgent": ["a", "b", "a"]}}"#), "131072");
        assert_eq!(with(r#"{"StringLike": {"aws:UserAgent": ["a?", "?a"]}}"#), (65_536 * 511).to_string());
        assert_eq!(
            with(r#"{"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "10.1.0.0/16"]}}"#),
            (1_u64 << 40).to_string()
        );
        assert_eq!(
            with(
                r#"{"NumericLessThan": {"s3:max-keys": "2.5"}, "NumericGreaterThanEquals": {"s3:max-keys": "-1.5"}}"#
            ),
            (65_536 * 4).to_string()
        );
        assert_eq!(
            with(r#"{"DateGreaterThan": {"aws:CurrentTime": "9999-12-31T23:59:57Z"}}"#),
            (65_536 * 2).to_string()
        );
        let deny = r#"{"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::b/a*"}"#;
        assert_eq!(number(&format!("{}, {deny}", allow(""))), (65_536 - 256).to_string());
        assert_eq!(
            with(r#"{"StringEquals": {"aws:UserAgent": "${aws:username}"}}"#),
            r#"[Relation { key: "aws:username" }]"#
        );
    }

    #[test]
    fn a_number_is_told_by_its_logarithm() {
        assert_eq!(Magnitude(BigUint::from(1_u32) << 800_u32).log2(), Some(800.0));
        assert_eq!(Magnitude(BigUint::from(12_u32)).log2().map(|it| (it * 1000.0).round()), Some(3585.0));
        assert_eq!(Magnitude(BigUint::ZERO).log2(), None);
    }
}
