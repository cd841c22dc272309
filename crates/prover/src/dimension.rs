//! Is there a value of one dimension for which all these literals hold, and which?
//!
//! Dimensions are independent, so a set of literals can hold together exactly if each dimension has a value by itself.
//! A condition key is absent, or has one value, or a set of values. For sets nothing is enumerated: one element that
//! meets all upper bounds is found for each bound from below, and together they are the set.
//!
//! Which of these a key can be is part of what is asked: a key that AWS lists as single-valued has one value; one that is
//! listed as multivalued, or not listed, holds a set, or one value where a plain operator asks for it, of which alone such
//! an operator can hold. Sets hold no empty text beside
//! other elements. Keys of type ARN hold ARNs, and those of type Bool, number, date and address hold those.

use std::sync::Arc;

use clavicle_catalog::KeyType;
use clavicle_engine::{Principal, Tri, takes_in};
use clavicle_policy::SetPrefix;

use crate::callers::{callers, is_stranger};
use crate::language::{Word, word};
use crate::listed::{Listed, Measure, samples, usual};
use crate::pattern::{Element, Pattern};
use crate::store::{Dimension, DimensionId, KeyFacts, ListId, Literal, Predicate, Store};
use crate::template::{Template, Values, Variable};
use crate::work::Work;

/// What was found out of a set of literals.
#[derive(Debug, Clone)]
pub(crate) enum Settled {
    /// No value meets them all.
    Empty,
    /// This one does. Where variables have no value yet, it may not.
    Value(Value),
    /// Nothing exact is known.
    Open(Open),
}

/// Why nothing exact is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Open {
    /// A statement could not be read.
    Unread,
    /// It was not seen.
    NotSeen,
    /// A key is compared both as a text and as a number, date or address.
    MixedTypes,
}

/// A value of a dimension.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// An action or a resource.
    Text(String),
    Caller(Principal),
    /// A key that is not there.
    Absent,
    One(String),
    Many(Vec<String>),
}

/// What an element of a key has to be: listed, or not.
#[derive(Debug, Clone, Copy)]
struct Need {
    list: ListId,
    listed: bool,
}

/// What was found out of one element.
enum Found {
    Text(String),
    None,
    Open,
}

/// What every resource is, `*` aside: an ARN with partition, service and name.
pub(crate) fn any_arn() -> Pattern {
    let some = [Element::OneInPart, Element::RunInPart];
    let part = [Element::Char(':'), Element::RunInPart];
    let arn = "arn:".chars().map(Element::Char);
    let named = [Element::Char(':'), Element::One, Element::Run];
    let parts = arn.chain(some).chain([Element::Char(':')]).chain(some).chain(part).chain(part).chain(named);
    Pattern::new(parts)
}

/// What every action is.
pub(crate) fn any_action() -> Pattern {
    let some = [Element::OneInPart, Element::RunInPart];
    Pattern::new(some.into_iter().chain([Element::Char(':')]).chain(some))
}

fn not_empty() -> Pattern {
    Pattern::new([Element::One, Element::Run])
}

impl Store {
    /// Looks for a value for which all literals hold. Without `values` of variables the answer errs on the side of
    /// "there is one". `None` if the budget ran out.
    pub(crate) fn settle(
        &self,
        dimension: DimensionId,
        literals: &[Literal],
        values: Option<&Values>,
        work: &mut Work,
    ) -> Option<Settled> {
        match self.dimension_of(dimension) {
            Dimension::Action => self.text(literals, &any_action(), values, work),
            Dimension::Resource => match self.text(literals, &any_arn(), values, work)? {
                // The `*` of actions without resource types.
                Settled::Empty if literals.iter().all(|literal| self.admits_star(*literal)) => {
                    Some(Settled::Value(Value::Text("*".to_owned())))
                }
                settled => Some(settled),
            },
            Dimension::Caller => Some(self.caller(literals)),
            Dimension::Unread(..) | Dimension::NotUnderstood(..) => Some(match literals {
                [] => Settled::Value(Value::Absent),
                _ => Settled::Open(Open::Unread),
            }),
            Dimension::Key(_) => self.key(self.key_facts(dimension)?, literals, values, work),
            // Which value it is nobody has shown, but some it is.
            Dimension::Hidden(..) => match self.key(self.key_facts(dimension)?, literals, values, work)? {
                Settled::Value(_) if !literals.is_empty() => Some(Settled::Open(Open::NotSeen)),
                settled => Some(settled),
            },
            Dimension::Veiled(..) | Dimension::Doubtful(..) | Dimension::Unseen(..) => Some(match literals {
                [] => Settled::Value(Value::Absent),
                _ => Settled::Open(Open::NotSeen),
            }),
        }
    }

    fn text(
        &self,
        literals: &[Literal],
        domain: &Pattern,
        values: Option<&Values>,
        work: &mut Work,
    ) -> Option<Settled> {
        let needs: Vec<Need> = literals
            .iter()
            .filter_map(|literal| match self.predicate(*literal) {
                Predicate::Named(list) => Some(Need { list: *list, listed: literal.is_positive() }),
                _ => None,
            })
            .collect();
        Some(match self.element(&needs, &[domain], None, values, work)? {
            Found::Text(text) => Settled::Value(Value::Text(text)),
            Found::None => Settled::Empty,
            Found::Open => Settled::Open(Open::MixedTypes),
        })
    }

    /// Does it hold for `*`, the resource of actions that have none?
    pub(crate) fn admits_star(&self, literal: Literal) -> bool {
        match self.predicate(literal) {
            Predicate::Named(list) => {
                let any = |template: &Template| {
                    template.fixed().is_some_and(|pattern| pattern.is_any() || pattern.literal() == Some("*"))
                };
                self.listed(*list).templates().iter().any(any) == literal.is_positive()
            }
            _ => true,
        }
    }

    fn caller(&self, literals: &[Literal]) -> Settled {
        let names = literals.iter().filter_map(|literal| match self.predicate(*literal) {
            Predicate::Takes(_, names) | Predicate::Stranger(names) => Some(Arc::clone(names)),
            _ => None,
        });
        let names: Vec<_> = names.flat_map(|names| names.as_ref().clone()).collect();
        let fits =
            |caller: &Principal| literals.iter().all(|literal| self.caller_literal_holds(*literal, caller));
        match callers(&names).into_iter().find(fits) {
            Some(caller) => Settled::Value(Value::Caller(caller)),
            None => Settled::Empty,
        }
    }

    /// Does the literal about the caller hold for this one?
    pub(crate) fn caller_literal_holds(&self, literal: Literal, caller: &Principal) -> bool {
        let holds = match self.predicate(literal) {
            Predicate::Takes(statement, _) => takes_in(&self.engine, caller, *statement) == Tri::Yes,
            Predicate::Stranger(names) => is_stranger(caller, names.iter()),
            _ => true,
        };
        holds == literal.is_positive()
    }

    /// Does the literal about a key hold for this value of the key?
    pub(crate) fn key_literal_holds(&self, literal: Literal, value: &Value, values: &Values) -> bool {
        let holds = match self.predicate(literal) {
            // A set of nothing is none, and so is one of an empty text, as the engine has it.
            Predicate::Null => match value {
                Value::Many(values) => values.iter().all(String::is_empty) && values.len() < 2,
                value => matches!(value, Value::Absent),
            },
            Predicate::Key { list, set, complement, absent } => {
                let listed = self.listed(*list);
                let accepts = |text: &String| listed.accepts(text, values) != *complement;
                match (value, set) {
                    (Value::Absent, _) => *absent,
                    (Value::One(text), None) => accepts(text),
                    (Value::One(text), Some(set)) if text.is_empty() => *set == SetPrefix::ForAllValues,
                    (Value::One(text), Some(_)) => accepts(text),
                    (Value::Many(_), None) => false,
                    (Value::Many(texts), Some(set)) => match (texts.as_slice(), set) {
                        ([only], set) if only.is_empty() => *set == SetPrefix::ForAllValues,
                        (all, SetPrefix::ForAllValues) => all.iter().all(accepts),
                        (all, SetPrefix::ForAnyValue) => all.iter().any(accepts),
                    },
                    _ => false,
                }
            }
            _ => true,
        };
        holds == literal.is_positive()
    }

    fn key(
        &self,
        facts: KeyFacts,
        literals: &[Literal],
        values: Option<&Values>,
        work: &mut Work,
    ) -> Option<Settled> {
        let none = Values::new();
        let absent = literals
            .iter()
            .all(|literal| self.key_literal_holds(*literal, &Value::Absent, values.unwrap_or(&none)));
        if absent {
            return Some(Settled::Value(Value::Absent));
        }
        let is_null = |literal: &&Literal| matches!(self.predicate(**literal), Predicate::Null);
        if literals.iter().filter(is_null).any(|literal| literal.is_positive()) {
            return Some(Settled::Empty);
        }
        let plain = |literal: &Literal| matches!(self.predicate(*literal), Predicate::Key { set: None, .. });
        if facts.may_be_many && !literals.iter().any(plain) {
            return Some(match self.many(facts, literals, values, work)? {
                // A key that nobody lists may have one value, which is there even where it is an empty text: a variable takes it.
                Settled::Empty if facts.kind.is_none() => {
                    self.empty_text(Value::One(String::new()), literals)
                }
                many => many,
            });
        }
        match self.one(facts, literals, values, work)? {
            one @ (Settled::Empty | Settled::Open(_)) if facts.may_be_many => {
                match self.many(facts, literals, values, work)? {
                    Settled::Empty => Some(one),
                    many => Some(many),
                }
            }
            one => Some(one),
        }
    }

    fn one(
        &self,
        facts: KeyFacts,
        literals: &[Literal],
        values: Option<&Values>,
        work: &mut Work,
    ) -> Option<Settled> {
        let mut needs = Vec::new();
        let mut in_set = false;
        for literal in literals {
            if let Predicate::Key { list, set, complement, .. } = self.predicate(*literal) {
                needs.push(Need { list: *list, listed: literal.is_positive() != *complement });
                in_set |= set.is_some();
            }
        }
        let some = not_empty();
        let domain = if in_set { std::slice::from_ref(&some) } else { &[] };
        let domain: Vec<&Pattern> = domain.iter().collect();
        Some(match self.element(&needs, &domain, facts.kind, values, work)? {
            Found::Text(text) => Settled::Value(Value::One(text)),
            Found::Open => Settled::Open(Open::MixedTypes),
            // AWS takes an empty text for an empty set, which is a rule of its own.
            Found::None if in_set => self.empty_text(Value::One(String::new()), literals),
            Found::None => Settled::Empty,
        })
    }

    fn many(
        &self,
        facts: KeyFacts,
        literals: &[Literal],
        values: Option<&Values>,
        work: &mut Work,
    ) -> Option<Settled> {
        let (mut bounds, mut hits) = (Vec::new(), Vec::new());
        for literal in literals {
            let Predicate::Key { list, set, complement, .. } = self.predicate(*literal) else { continue };
            match (set, literal.is_positive()) {
                (Some(SetPrefix::ForAllValues), true) => {
                    bounds.push(Need { list: *list, listed: !complement });
                }
                (Some(SetPrefix::ForAllValues), false) => {
                    hits.push(Need { list: *list, listed: *complement });
                }
                (Some(SetPrefix::ForAnyValue), true) => hits.push(Need { list: *list, listed: !complement }),
                (Some(SetPrefix::ForAnyValue), false) => {
                    bounds.push(Need { list: *list, listed: *complement });
                }
                // No plain operator holds of a set.
                (None, true) => return Some(Settled::Empty),
                (None, false) => {}
            }
        }
        let some = not_empty();
        let mut elements: Vec<String> = Vec::new();
        let rounds = hits.iter().map(Some).chain(hits.is_empty().then_some(None));
        for hit in rounds {
            let needs: Vec<Need> = bounds.iter().chain(hit).copied().collect();
            match self.element(&needs, &[&some], facts.kind, values, work)? {
                Found::Text(text) if elements.contains(&text) => {}
                Found::Text(text) => elements.push(text),
                Found::Open => return Some(Settled::Open(Open::MixedTypes)),
                Found::None => return Some(self.empty_text(Value::Many(vec![String::new()]), literals)),
            }
        }
        Some(Settled::Value(Value::Many(elements)))
    }

    fn empty_text(&self, value: Value, literals: &[Literal]) -> Settled {
        let none = Values::new();
        let holds = literals.iter().all(|literal| self.key_literal_holds(*literal, &value, &none));
        if holds { Settled::Value(value) } else { Settled::Empty }
    }

    /// One text that is as needed, within all patterns of `domain` and what keys of the kind hold.
    fn element(
        &self,
        needs: &[Need],
        domain: &[&Pattern],
        kind: Option<KeyType>,
        values: Option<&Values>,
        work: &mut Work,
    ) -> Option<Found> {
        let lists: Vec<(Arc<Listed>, bool)> =
            needs.iter().map(|need| (Arc::clone(self.listed(need.list)), need.listed)).collect();
        let mut measures: Vec<Measure> = lists.iter().filter_map(|(list, _)| list.measure()).collect();
        measures.dedup();
        let own_measure = match kind {
            Some(KeyType::Numeric) => Some(Measure::Number),
            Some(KeyType::Date) => Some(Measure::Date),
            Some(KeyType::IpAddress) => Some(Measure::Address),
            _ => None,
        };
        let mut texts = Texts::of(&lists, values);
        texts.groups.extend(domain.iter().map(|pattern| vec![(*pattern).clone()]));
        match kind {
            Some(KeyType::Arn) => texts.groups.push(vec![any_arn()]),
            Some(KeyType::Bool) => {
                texts.groups.push(vec![Pattern::of_text("true"), Pattern::of_text("false")]);
            }
            _ => {}
        }
        let Some(measure) = measures.first().copied() else {
            // A value of the key's own kind if one will do, else any text.
            if let Some(measure) = own_measure {
                let likely = usual(measure);
                if texts.admit(likely) {
                    return Some(Found::Text(likely.to_owned()));
                }
            }
            return texts.word(work);
        };
        let mut tried = samples(measure, lists.iter().map(|(list, _)| &**list));
        let complete = tried.is_some() && measures.iter().all(|other| *other == measure);
        for other in &measures {
            if let (Some(tried), true) = (&mut tried, *other != measure) {
                tried.extend(samples(*other, lists.iter().map(|(list, _)| &**list)).unwrap_or_default());
            }
        }
        let mut tried = tried.unwrap_or_default();
        if own_measure.is_none() {
            // A text that is no number, date or address.
            if let Found::Text(text) = texts.word(work)? {
                tried.push(text);
            }
        }
        let only_measures = lists.iter().all(|(list, _)| list.measure().is_some());
        // Texts of which there are few are tried one by one.
        let few = texts.groups.iter().find(|group| group.iter().all(|pattern| pattern.literal().is_some()));
        if let Some(few) = few {
            tried = few.iter().filter_map(|pattern| pattern.literal().map(str::to_owned)).collect();
        }
        let accepted = |text: &String| {
            texts.admit(text)
                && lists
                    .iter()
                    .filter(|(list, _)| list.measure().is_some())
                    .all(|(list, listed)| list.accepts(text, &Values::new()) == *listed)
        };
        Some(match tried.into_iter().find(accepted) {
            Some(text) => Found::Text(text),
            None if few.is_some() || (complete && only_measures) => Found::None,
            None => Found::Open,
        })
    }
}

/// The patterns that a text has to match one of, group by group, and those that it must not match.
struct Texts {
    groups: Vec<Vec<Pattern>>,
    not: Vec<Pattern>,
    /// The same with a letter for each variable, where variables stand on both sides.
    secret: Option<Secret>,
}

struct Secret {
    groups: Vec<Vec<Pattern>>,
    not: Vec<Pattern>,
}

impl Texts {
    fn of(lists: &[(Arc<Listed>, bool)], values: Option<&Values>) -> Self {
        let (mut groups, mut not) = (Vec::new(), Vec::new());
        for (list, listed) in lists {
            let templates = list.templates();
            if list.measure().is_some() {
                continue;
            }
            match (values, listed) {
                (Some(values), _) => {
                    let patterns = templates.iter().filter_map(|template| template.with_values(values));
                    if *listed { groups.push(patterns.collect()) } else { not.extend(patterns) }
                }
                (None, true) => groups.push(templates.iter().map(Template::upper).collect()),
                (None, false) => not.extend(templates.iter().filter_map(Template::fixed)),
            }
        }
        let varies =
            |wanted: bool| lists.iter().any(|(list, listed)| *listed == wanted && list.has_variables());
        let secret = (values.is_none() && varies(true) && varies(false)).then(|| Secret::of(lists));
        Self { groups, not, secret }
    }

    fn admit(&self, text: &str) -> bool {
        self.groups.iter().all(|group| group.iter().any(|pattern| pattern.matches(text)))
            && !self.not.iter().any(|pattern| pattern.matches(text))
    }

    fn word(&self, work: &mut Work) -> Option<Found> {
        let not: Vec<&Pattern> = self.not.iter().collect();
        if let Some(secret) = &self.secret
            && secret.has_empty_group(work)?
        {
            return Some(Found::None);
        }
        let mut groups: Vec<&[Pattern]> = self.groups.iter().map(Vec::as_slice).collect();
        groups.sort_by_key(|group| group.len());
        let mut chosen = Vec::new();
        pick(&groups, &mut chosen, &not, work)
    }
}

/// Picks one pattern of each group, such that together they have a word.
fn pick<'p>(
    groups: &[&'p [Pattern]],
    chosen: &mut Vec<&'p Pattern>,
    not: &[&Pattern],
    work: &mut Work,
) -> Option<Found> {
    let Some((first, rest)) = groups.split_first() else {
        return match word(chosen, not, work) {
            Word::Found(text) => Some(Found::Text(text)),
            Word::None => Some(Found::None),
            Word::Unknown => None,
        };
    };
    if let Some(any) = first.iter().find(|pattern| pattern.is_any()) {
        chosen.push(any);
        let found = pick(rest, chosen, not, work);
        chosen.pop();
        return found;
    }
    for pattern in *first {
        if !work.step(1) {
            return None;
        }
        if chosen.iter().any(|other| other.plainly_excludes(pattern)) {
            continue;
        }
        chosen.push(pattern);
        let found = pick(rest, chosen, not, work);
        chosen.pop();
        match found {
            Some(Found::None) => {}
            found => return found,
        }
    }
    Some(Found::None)
}

impl Secret {
    fn of(lists: &[(Arc<Listed>, bool)]) -> Self {
        let mut variables: Vec<(Variable, bool)> = Vec::new();
        let (mut groups, mut not) = (Vec::new(), Vec::new());
        for (list, listed) in lists {
            let patterns = list.templates().iter().filter_map(|template| {
                template.secret(|variable, folds| {
                    let known = variables
                        .iter()
                        .position(|(other, other_folds)| other == variable && *other_folds == folds);
                    let place = known.unwrap_or_else(|| {
                        variables.push((variable.clone(), folds));
                        variables.len() - 1
                    });
                    crate::store::small(place)
                })
            });
            if *listed { groups.push(patterns.collect()) } else { not.extend(patterns) }
        }
        Self { groups, not }
    }

    /// Is there a group of which every word is excluded, whatever the variables stand for?
    fn has_empty_group(&self, work: &mut Work) -> Option<bool> {
        let not: Vec<&Pattern> = self.not.iter().collect();
        for group in &self.groups {
            let mut empty = true;
            for pattern in group {
                match word(&[pattern], &not, work) {
                    Word::Found(_) => empty = false,
                    Word::None => {}
                    Word::Unknown => return None,
                }
                if !empty {
                    break;
                }
            }
            if empty {
                return Some(true);
            }
        }
        Some(false)
    }
}
