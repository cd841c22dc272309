//! The answers that one key can give together to the clauses that ask for it.
//!
//! A key whose value is not known may have any, or none where not every such request carries it. What its clauses answer then hangs together: no value equals both `a`
//! and `b`, none is below 5 and above 10, and one that begins with `a` is no `b`. Values are told apart only as far as the
//! clauses tell them apart: a few *samples* stand for all. Where that is not easily told (globs with something behind their
//! `*`, several operators on one key), each test may come out either way: more combinations than there are, never fewer.

use std::cmp::Ordering;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use clavicle_policy::{Instant, SetPrefix};

use super::{Clause, Test, tells_the_time};
use crate::decimal::Decimal;
use crate::pattern::Pattern;
use crate::request::{Request, Seen};
use crate::tri::Tri;

/// How many clauses of one key are told apart.
pub(crate) const MOST_CLAUSES: usize = 14;

/// How many different tests of sets are told apart: each has three outcomes.
const MOST_TESTS_OF_SETS: u32 = 6;

/// Tells the combinations of answers (bits, by place) that one key can give to the clauses that ask for it; the same
/// one perhaps several times. Variables in the clauses must have known values.
///
/// Where the combinations cannot be told, more than those are.
pub(crate) fn each_choice(clauses: &[&Clause], request: &Request<'_>, mut visit: impl FnMut(u32)) {
    let count = clauses.len().min(MOST_CLAUSES);
    if count < 2 || count < clauses.len() {
        (0..1_u32 << count).for_each(visit);
        return;
    }
    let is_there = clauses.iter().all(|clause| matches!(request.fact(&clause.key), Seen::Present));
    let key = Asked { clauses, request, is_there };
    if !is_there {
        visit(key.answers(Seen::Absent));
    }
    if clauses.iter().all(|clause| clause.is_plain()) {
        key.each_value(&mut visit);
    } else {
        key.each_set(&mut visit);
    }
}

/// The clauses that ask for one key.
struct Asked<'c, 'r, 'q> {
    clauses: &'c [&'c Clause],
    request: &'r Request<'q>,
    /// Every such request carries the key.
    is_there: bool,
}

/// A value that stands for all to which the clauses answer alike.
#[derive(Clone, Copy)]
enum Sample<'a> {
    /// Nothing that is listed, and nothing that a number, date or address is compared with.
    Other,
    /// A text that begins like this and goes on as no listed one does.
    Beyond(&'a str),
    BelowAll,
    Number(Decimal<'a>),
    /// A number that is hardly greater.
    AboveNumber(Decimal<'a>),
    Date(Instant),
    AfterDate(Instant),
    Address(IpAddr),
}

impl Asked<'_, '_, '_> {
    fn answers(&self, seen: Seen<'_>) -> u32 {
        self.bits(|clause| clause.holds_for(seen, self.request) == Tri::Yes)
    }

    fn answers_to(&self, sample: Sample<'_>) -> u32 {
        self.bits(|clause| clause.holds_present(clause.test.passes(sample)))
    }

    fn bits(&self, mut holds: impl FnMut(&Clause) -> bool) -> u32 {
        let each = self.clauses.iter().enumerate();
        each.fold(0, |bits, (place, clause)| bits | u32::from(holds(clause)) << place)
    }

    /// What compares a value with something.
    fn tests(&self) -> impl Iterator<Item = &Test> {
        let tests = self.clauses.iter().map(|clause| &clause.test);
        tests.filter(|test| !matches!(test, Test::Null { .. }))
    }

    /// The answers to each value. All clauses are plain.
    fn each_value(&self, visit: &mut impl FnMut(u32)) {
        let Some(first) = self.tests().next() else {
            visit(self.answers_to(Sample::Other));
            return;
        };
        let kind = std::mem::discriminant(first);
        if !self.tests().all(|test| std::mem::discriminant(test) == kind) {
            self.each_outcome(|_| None, visit);
            return;
        }
        match first {
            Test::Text(_) => self.each_text(visit),
            Test::Number(..) => {
                let listed = self.tests().flat_map(Test::numbers);
                self.each_cut(
                    listed.map(|number| [Sample::Number(number), Sample::AboveNumber(number)]),
                    visit,
                );
            }
            Test::Date(..) => {
                let listed = self.tests().flat_map(Test::dates);
                self.each_cut(
                    listed.map(|instant| [Sample::Date(*instant), Sample::AfterDate(*instant)]),
                    visit,
                );
            }
            Test::Ip(_) => {
                visit(self.answers_to(Sample::Other));
                visit(self.answers_to(Sample::Address(Ipv4Addr::from_bits(0).into())));
                visit(self.answers_to(Sample::Address(Ipv6Addr::from_bits(0).into())));
                for test in self.tests() {
                    let Test::Ip(ranges) = test else { continue };
                    for (first, last) in ranges.iter().map(|range| range.ends()) {
                        visit(self.answers_to(Sample::Address(first)));
                        if let Some(after) = following(last) {
                            visit(self.answers_to(Sample::Address(after)));
                        }
                    }
                }
            }
            Test::Bool { .. } if self.tests().all(Test::is_plain_flag) => {
                visit(self.answers(Seen::One("true")));
                visit(self.answers(Seen::One("false")));
            }
            _ => self.each_outcome(|_| None, visit),
        }
    }

    /// The answers to what is ordered: between two values that are listed all answer alike.
    fn each_cut<'s>(&self, cuts: impl Iterator<Item = [Sample<'s>; 2]>, visit: &mut impl FnMut(u32)) {
        // The time of a request is one.
        let is_one = self.is_there && self.clauses.iter().all(|clause| tells_the_time(&clause.key));
        let other = (!is_one).then_some(Sample::Other);
        other
            .into_iter()
            .chain([Sample::BelowAll])
            .chain(cuts.flatten())
            .for_each(|sample| visit(self.answers_to(sample)));
    }

    /// The answers to each text.
    fn each_text(&self, visit: &mut impl FnMut(u32)) {
        let patterns = || {
            self.tests().flat_map(|test| match test {
                Test::Text(patterns) => patterns.iter(),
                _ => [].iter(),
            })
        };
        patterns().filter_map(Pattern::exact_literal).for_each(|text| visit(self.answers(Seen::One(text))));
        // Every other text goes on behind the longest prefix that it begins with.
        if patterns().all(|pattern| pattern.exact_literal().is_some() || pattern.exact_prefix().is_some()) {
            visit(self.answers_to(Sample::Beyond("")));
            patterns()
                .filter_map(Pattern::exact_prefix)
                .for_each(|prefix| visit(self.answers_to(Sample::Beyond(prefix))));
            return;
        }
        self.each_outcome(Test::of_unlisted_texts, visit);
    }

    /// The answers if each different test may come out either way, but for those of which it is `known` how; clauses of one
    /// test go together. All clauses are plain.
    fn each_outcome(&self, known: impl Fn(&Test) -> Option<bool>, visit: &mut impl FnMut(u32)) {
        let (test_of, tests) = self.different_tests();
        for outcome in 0..1_u32 << tests {
            visit(self.clauses.iter().zip(&test_of).enumerate().fold(0, |bits, (place, (clause, test))| {
                let passes = known(&clause.test).unwrap_or(outcome >> test & 1 == 1);
                bits | u32::from(clause.holds_present(passes)) << place
            }));
        }
    }

    /// The number of the test of each clause, and how many different ones there are.
    fn different_tests(&self) -> ([u32; MOST_CLAUSES], u32) {
        let mut test_of = [0; MOST_CLAUSES];
        let mut tests = 0;
        for (place, clause) in self.clauses.iter().enumerate() {
            let same = self.clauses.iter().take(place).position(|other| other.test == clause.test);
            let test = same.and_then(|same| test_of.get(same).copied()).unwrap_or_else(|| {
                tests += 1;
                tests - 1
            });
            test_of.iter_mut().skip(place).take(1).for_each(|slot| *slot = test);
        }
        (test_of, tests)
    }

    /// The answers to each set, and to each single value: the key may hold either.
    fn each_set(&self, visit: &mut impl FnMut(u32)) {
        // An empty text counts as an empty set, and alone it is there.
        visit(self.answers(Seen::One("")));
        if !self.is_there {
            visit(self.answers(Seen::Many(&[])));
            visit(self.answers(Seen::Many(&[String::new()])));
        }
        let (test_of, tests) = self.different_tests();
        if tests > MOST_TESTS_OF_SETS {
            (0..1_u32 << self.clauses.len()).for_each(visit);
            return;
        }
        // Of each test: some value passes (2), some fails (1), or both (3).
        for mut number in 0..3_u32.pow(tests) {
            let mut outcomes = [0; MOST_TESTS_OF_SETS as usize];
            for slot in outcomes.iter_mut().take(tests as usize) {
                *slot = number % 3 + 1;
                number /= 3;
            }
            let outcome_of = |test: u32, clause: &Clause| {
                let any =
                    matches!(&clause.test, Test::Text(patterns) if patterns.iter().any(Pattern::is_any));
                if any { 2 } else { outcomes.get(test as usize).copied().unwrap_or(3) }
            };
            let answers = |single: bool| {
                self.clauses.iter().zip(test_of).enumerate().fold(0_u32, |bits, (place, (clause, test))| {
                    let outcome = outcome_of(test, clause);
                    bits | u32::from(clause.holds_of_several(outcome, single)) << place
                })
            };
            visit(answers(false));
            if !outcomes.contains(&3) {
                visit(answers(true));
            }
        }
    }
}

impl Clause {
    /// Does it hold of values of which some pass its test (2), some fail it (1), or both (3)? They are a set, or a single one.
    fn holds_of_several(&self, outcome: u32, single: bool) -> bool {
        if matches!(self.test, Test::Null { .. }) {
            return self.holds_present(false);
        }
        let holds = if self.negated { 1 } else { 2 };
        match self.set {
            Some(SetPrefix::ForAnyValue) => outcome & holds != 0,
            Some(SetPrefix::ForAllValues) => outcome == holds,
            None => single && outcome == holds,
        }
    }
}

impl Test {
    /// Does a value like the sample pass? Of texts that are not [`Sample::Beyond`] others know.
    fn passes(&self, sample: Sample<'_>) -> bool {
        match (self, sample) {
            (Self::Text(patterns), Sample::Beyond(text)) => patterns
                .iter()
                .any(|pattern| pattern.exact_prefix().is_some_and(|prefix| text.starts_with(prefix))),
            (Self::Number(relation, _), _) => self
                .numbers()
                .filter_map(|listed| sample.to_number(listed))
                .any(|order| relation.holds(order)),
            (Self::Date(relation, _), _) => {
                self.dates().filter_map(|listed| sample.to_date(*listed)).any(|order| relation.holds(order))
            }
            (Self::Ip(ranges), Sample::Address(address)) => ranges.iter().any(|range| range.holds(address)),
            _ => false,
        }
    }

    /// What it says of every text that is none of the literals.
    fn of_unlisted_texts(&self) -> Option<bool> {
        let Self::Text(patterns) = self else { return None };
        if patterns.iter().any(Pattern::is_any) {
            return Some(true);
        }
        patterns.iter().all(|pattern| pattern.exact_literal().is_some()).then_some(false)
    }

    fn numbers(&self) -> impl Iterator<Item = Decimal<'_>> {
        let listed: &[Box<str>] = if let Self::Number(_, listed) = self { listed } else { &[] };
        listed.iter().filter_map(|text| Decimal::parse(text))
    }

    fn dates(&self) -> impl Iterator<Item = &Instant> {
        let listed: &[Instant] = if let Self::Date(_, listed) = self { listed } else { &[] };
        listed.iter()
    }

    fn is_plain_flag(&self) -> bool {
        matches!(self, Self::Bool { variables, .. } if variables.is_empty())
    }
}

impl Sample<'_> {
    /// How it is ordered to a listed number, if it is one.
    fn to_number(self, listed: Decimal<'_>) -> Option<Ordering> {
        match self {
            Self::BelowAll => Some(Ordering::Less),
            Self::Number(number) => Some(number.compare(listed)),
            Self::AboveNumber(number) => Some(number.compare(listed).then(Ordering::Greater)),
            _ => None,
        }
    }

    /// How it is ordered to a listed date, if it is one.
    fn to_date(self, listed: Instant) -> Option<Ordering> {
        match self {
            Self::BelowAll => Some(Ordering::Less),
            Self::Date(instant) => Some(instant.cmp(&listed)),
            Self::AfterDate(instant) => Some(instant.cmp(&listed).then(Ordering::Greater)),
            _ => None,
        }
    }
}

/// The address after this one.
fn following(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(address) => address.to_bits().checked_add(1).map(|bits| Ipv4Addr::from_bits(bits).into()),
        IpAddr::V6(address) => address.to_bits().checked_add(1).map(|bits| Ipv6Addr::from_bits(bits).into()),
    }
}

#[cfg(test)]
mod tests {
    use clavicle_policy::{BaseOperator as Base, Operator, Scalar, Span, Spanned};

    use super::*;
    use crate::{Action, Context, Fact, Principal, Resource};

    /// Operators that compare alike, what they compare with, and what a request could bring.
    const FAMILIES: [(&[Base], &[&str], &[&str]); 6] = [
        (
            &[Base::StringEquals, Base::StringNotEquals, Base::StringLike, Base::StringNotLike],
            &["a", "ab", "b", "a*", "ab*", "*", "*b", "a?", ""],
            &["", "a", "ab", "abc", "b", "bb", "c", "aa", "A", "acb"],
        ),
        (
            &[
                Base::StringEquals,
                Base::StringEqualsIgnoreCase,
                Base::StringNotEqualsIgnoreCase,
                Base::StringLike,
            ],
            &["a", "A", "ab", "a*", "A*"],
            &["", "a", "A", "ab", "aB", "AB", "c"],
        ),
        (
            &[
                Base::NumericEquals,
                Base::NumericNotEquals,
                Base::NumericLessThan,
                Base::NumericGreaterThanEquals,
            ],
            &["5", "5.0", "10", "-1", "ten"],
            &["4.9", "5", "5.00", "7", "10", "11", "-1", "-2", "ten", ""],
        ),
        (
            &[Base::DateEquals, Base::DateNotEquals, Base::DateLessThanEquals, Base::DateGreaterThan],
            &["2020-01-01T00:00:00Z", "1577836800", "2021-01-01T00:00:00Z"],
            &[
                "2019-06-01T00:00:00Z",
                "2020-01-01T00:00:00Z",
                "2020-06-01T00:00:00Z",
                "2021-01-01T00:00:01Z",
                "soon",
            ],
        ),
        (
            &[Base::IpAddress, Base::NotIpAddress],
            &["10.0.0.0/8", "10.1.0.0/16", "0.0.0.0/1", "::/0", "255.255.255.255", "2001:db8::/32"],
            &[
                "10.0.0.1",
                "10.1.2.3",
                "9.9.9.9",
                "11.0.0.0",
                "200.0.0.1",
                "255.255.255.255",
                "::1",
                "2001:db8::1",
                "x",
            ],
        ),
        (
            &[Base::Bool, Base::StringEquals, Base::ArnLike, Base::NumericEquals],
            &["true", "false", "5", "arn:aws:iam::1:role/*"],
            &["true", "false", "5", "arn:aws:iam::1:role/r"],
        ),
    ];

    /// A row of numbers that look random: the same each time.
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, bound: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as usize % bound
        }

        fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
            list.get(self.below(list.len())).copied().unwrap_or("")
        }
    }

    fn clause(numbers: &mut Numbers, operators: &[Base], listed: &[&str], key: &str, sets: bool) -> Clause {
        let spanned = |text: &str| Spanned::new(Scalar::String(text.to_owned()), Span::default());
        let (base, values) = match numbers.below(6) {
            0 => (Base::Null, vec![spanned(numbers.of(&["true", "false"]))]),
            _ => {
                let count = 1 + numbers.below(2);
                let values = (0..count).map(|_| spanned(numbers.of(listed))).collect();
                (operators[numbers.below(operators.len())], values)
            }
        };
        let set = match numbers.below(3) {
            0 if sets && base != Base::Null => Some(SetPrefix::ForAllValues),
            1 if sets && base != Base::Null => Some(SetPrefix::ForAnyValue),
            _ => None,
        };
        let if_exists = base != Base::Null && numbers.below(4) == 0;
        let operator = Operator { written: String::new(), set, base: Some(base), if_exists };
        let clause = clavicle_policy::Clause {
            operator: Spanned::new(operator, Span::default()),
            key: Spanned::new(key.to_owned(), Span::default()),
            values,
            list: true,
        };
        Clause::new(&clause, true)
    }

    /// Whatever the key holds, the answers are among those that are told.
    #[test]
    fn no_answers_of_any_value_are_missing() {
        let principal = Principal::anonymous();
        let (action, resource) = (Action::new("s3:GetObject"), Resource::new("*", None));
        let open = Context::open();
        let there = Context::open().with("k", Fact::Present).with("aws:TagKeys", Fact::Present);
        let mut numbers = Numbers(20_261_126);
        for round in 0..20_000 {
            let (operators, listed, values) = FAMILIES[numbers.below(FAMILIES.len())];
            let sets = round % 2 == 1;
            let is_there = round % 4 < 2;
            let context = if is_there { &there } else { &open };
            let request = Request::exact(&principal, &action, &resource, context);
            let key = if sets { "aws:TagKeys" } else { "k" };
            let clauses: Vec<Clause> = (0..2 + numbers.below(3))
                .map(|_| clause(&mut numbers, operators, listed, key, sets))
                .collect();
            let asked: Vec<&Clause> = clauses.iter().collect();
            let mut told = std::collections::BTreeSet::new();
            each_choice(&asked, &request, |choice| _ = told.insert(choice));
            let key = Asked { clauses: &asked, request: &request, is_there };
            let mut seen = Vec::new();
            if !is_there {
                seen.push(key.answers(Seen::Absent));
            }
            // A key that is a flag, or a number, holds nothing else beside what those operators take.
            let flags = operators.contains(&Base::Bool);
            for value in values.iter().filter(|value| !flags || truth_like(value, &clauses)) {
                seen.push(key.answers(Seen::One(value)));
            }
            if sets {
                if !is_there {
                    seen.push(key.answers(Seen::Many(&[])));
                    seen.push(key.answers(Seen::Many(&[String::new()])));
                }
                for _ in 0..8 {
                    let count = 1 + numbers.below(3);
                    let set: Vec<String> = (0..count).map(|_| numbers.of(values).to_owned()).collect();
                    if !is_there || set != [String::new()] {
                        seen.push(key.answers(Seen::Many(&set)));
                    }
                }
            }
            for answers in seen {
                assert!(told.contains(&answers), "{answers:b} is not in {told:?} of {clauses:#?}");
            }
        }
    }

    /// Where all clauses ask for a truth value, the key has one.
    fn truth_like(value: &str, clauses: &[Clause]) -> bool {
        let only_flags =
            clauses.iter().all(|clause| matches!(clause.test, Test::Bool { .. } | Test::Null { .. }));
        !only_flags || matches!(value, "true" | "false")
    }
}
