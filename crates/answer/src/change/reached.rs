//! Chains and ways in that are there now and were not, and the other way round.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use clavicle_catalog::Word;
use clavicle_graph::Target;
use clavicle_graph::outside::{Opening, Outsider, Way};
use clavicle_policy::AccountId;

use super::access::may_be_there;
use crate::count::{counted, number};
use crate::outside::{is_own_directory, order};
use crate::question::{Question, Verb};
use crate::reader::Reader;
use crate::shape::{Answer, AnswerPage, Thing, Verdict};

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Reached {
    pub(super) opened: Vec<Answer>,
    pub(super) closed: Vec<Answer>,
    pub(super) ways_opened: Vec<Answer>,
    pub(super) ways_closed: Vec<Answer>,
    pub(super) notes: Vec<String>,
    pub(super) beyond: Beyond,
    /// What was there may be gone, and may not: not all that decides it was seen now.
    pub(super) is_open: bool,
}

/// What was not compared, so that there may be more.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Beyond {
    pub(super) to_admin: bool,
    pub(super) to_what_matters: bool,
}

/// Once it is stopped, what was found so far.
pub(super) fn changes(old: &Reader, new: &Reader, is_stopped: &(dyn Fn() -> bool + Sync)) -> Reached {
    let mut found = Reached::default();
    for end in ["admin", "matter"] {
        if is_stopped() {
            return found;
        }
        let (before, after) = (Chains::to(old, end), Chains::to(new, end));
        for answer in beyond(after.page.as_ref(), before.page.as_ref()) {
            let had = Beginners::of(&answer, old, end);
            found.opened.extend(had.those(&answer, |had| !matches!(had, Verdict::Yes | Verdict::Depends)));
        }
        let mut open = Vec::new();
        for answer in beyond(before.page.as_ref(), after.page.as_ref()) {
            let has = Beginners::of(&answer, new, end);
            found.closed.extend(has.those(&answer, |has| has == Verdict::No));
            open.extend(has.those(&answer, |has| has == Verdict::Unknown));
        }
        if !open.is_empty() {
            found.is_open = true;
            found.notes.push(format!(
                "{} to {end} may be gone: not all that decides it is known now.",
                counted(open.len(), "chain", "chains")
            ));
        }
        if before.are_more || after.are_more {
            found.notes.push(format!("There are more chains to {end} than were compared."));
            let cut_off =
                if end == "admin" { &mut found.beyond.to_admin } else { &mut found.beyond.to_what_matters };
            *cut_off = true;
        }
    }
    if is_stopped() {
        return found;
    }
    found.ways_opened = ways_beyond(new, old, &|_| true);
    let may_stay = |way: &Way| door_not_seen(old, new, way);
    found.ways_closed = ways_beyond(old, new, &|way| !may_stay(way));
    let open = ways_beyond(old, new, &may_stay);
    if !open.is_empty() {
        found.is_open = true;
        found.notes.push(format!(
            "{} may be closed: not all that decides it is known now.",
            counted(open.len(), "way in", "ways in")
        ));
    }
    found
}

/// Every chain to an end.
struct Chains {
    /// `None`: nothing matters, or they could not be looked for.
    page: Option<AnswerPage>,
    /// May there be more?
    are_more: bool,
}

impl Chains {
    fn to(reader: &Reader, end: &str) -> Self {
        let question = Question { verb: Verb::Path, on: Some(end.to_owned()), ..Question::default() };
        match reader.path_and_more(&question) {
            Ok((page, are_more)) => Self { page: Some(page), are_more },
            // That nothing matters, or nobody was seen, is an error too.
            Err(_) => {
                let none = match end {
                    "matter" => reader.things_that_matter().is_empty(),
                    _ => reader.world().snapshot().accounts.is_empty(),
                };
                Self { page: None, are_more: !none }
            }
        }
    }
}

fn name(thing: &Thing) -> String {
    thing.arn.clone().unwrap_or_else(|| thing.name.clone())
}

/// Where a chain ends.
fn end(answer: &Answer) -> String {
    answer.steps.last().map(|step| name(&step.to)).unwrap_or_default()
}

/// Who begins, and where it ends.
fn begins(answer: &Answer) -> impl Iterator<Item = (String, String)> {
    let end = end(answer);
    answer.who.iter().chain(&answer.ring).map(move |who| (name(who), end.clone()))
}

/// The same of everybody on the way: who stands in the middle of a chain begins none of their own.
fn on_the_way(answer: &Answer) -> impl Iterator<Item = (String, String)> {
    let end = end(answer);
    begins(answer).chain(answer.steps.iter().map(move |step| (name(&step.from), end.clone())))
}

/// Of each who begins a chain: do they get to its end in another state, be it directly or with all the power? Equal ones may
/// be so in one state only.
struct Beginners(BTreeMap<String, Verdict>);

impl Beginners {
    fn of(answer: &Answer, reader: &Reader, word: &str) -> Self {
        let last = answer.steps.last().and_then(|step| step.to.arn.clone());
        let on = last.filter(|_| word == "matter").unwrap_or_else(|| word.to_owned());
        // Those whom nothing tells apart are asked once.
        let mut known = HashMap::new();
        let verdict = |who: &Thing| {
            let index = who.arn.as_deref().and_then(|arn| reader.world().snapshot().principal_by_arn(arn));
            let ask = || gets_there(reader, who, &on);
            index.map_or_else(ask, |index| *known.entry(reader.world().class_of(index)).or_insert_with(ask))
        };
        let all: Vec<&Thing> = answer.who.iter().chain(&answer.ring).collect();
        Self(all.iter().map(|who| name(who)).zip(all.iter().copied().map(verdict)).collect())
    }

    /// The answer for those of whom that is so.
    fn those(&self, answer: &Answer, wanted: impl Fn(Verdict) -> bool) -> Option<Answer> {
        let is_one = |who: &Thing| self.0.get(&name(who)).is_some_and(|verdict| wanted(*verdict));
        answer.who.iter().any(is_one).then(|| only(answer.clone(), is_one))
    }
}

/// Does somebody get there in that state?
fn gets_there(reader: &Reader, who: &Thing, on: &str) -> Verdict {
    let question =
        Question { verb: Verb::Path, by: Some(name(who)), on: Some(on.to_owned()), ..Question::default() };
    match reader.answer(&question) {
        Ok(page) => page.verdict,
        // Who is not there, in an account that lists all, is gone; so is whoever is known to be taken away.
        Err(_) => {
            let arn = who.arn.as_deref().unwrap_or_default();
            let is_gone = |account: AccountId| reader.world().snapshot().is_certainly_gone(arn, account);
            match AccountId::of_arn(arn).is_none_or(is_gone) {
                true => Verdict::No,
                false => Verdict::Unknown,
            }
        }
    }
}

/// Was the policy of the door not seen in the new state, or is the door perhaps there and not listed?
fn door_not_seen(old: &Reader, new: &Reader, way: &Way) -> bool {
    let target = way.door.target();
    let arn = old.world().arn_of(&target);
    let snapshot = new.world().snapshot();
    let now = snapshot.resource_by_arn(&arn).map(Target::Resource);
    match now.or_else(|| snapshot.principal_by_arn(&arn).map(Target::Principal)) {
        Some(now) => new.world().policy_not_seen(&now),
        None => may_be_there(old, new, &target),
    }
}

/// Answers of chains that let somebody get to an end to which no chain of the others lets them.
fn beyond(some: Option<&AnswerPage>, others: Option<&AnswerPage>) -> Vec<Answer> {
    let answers = |page: Option<&AnswerPage>| page.map_or_else(Vec::new, |page| page.answers.clone());
    let known: BTreeSet<(String, String)> = answers(others).iter().flat_map(on_the_way).collect();
    let new = answers(some).into_iter().filter(|answer| begins(answer).any(|begin| !known.contains(&begin)));
    new.map(|answer| without(answer, &known)).collect()
}

/// The same of those only who are not among `known`: of equals, perhaps not all got there before.
fn without(answer: Answer, known: &BTreeSet<(String, String)>) -> Answer {
    let end = end(&answer);
    only(answer, |who| !known.contains(&(name(who), end.clone())))
}

/// The same of these of its beginners, or of all if none of those that it names is one.
fn only(mut answer: Answer, is_one: impl Fn(&Thing) -> bool) -> Answer {
    let all = answer.who.len();
    if answer.who.iter().any(&is_one) {
        answer.who.retain(&is_one);
    }
    answer.ring.retain(is_one);
    if answer.who.len() < all {
        answer.count = answer.who.len();
        let first = answer.who.first().map(Thing::called).unwrap_or_default();
        let more = answer.count.saturating_sub(1);
        answer.label = if more > 0 { format!("{first} and {} more", number(more)) } else { first };
    }
    answer
}

/// What tells one way from another: by whom, by which door, for what, and how far it stands open.
type WayKey<'w> = (&'w Outsider, Arc<str>, Vec<Option<Word>>, Opening, bool);

/// `None`: what is blocked is no way in, and the organization's own people are no outsiders.
fn key<'r>(reader: &'r Reader, way: &'r Way) -> Option<WayKey<'r>> {
    if way.opening() == Opening::Blocked || is_own_directory(&way.outsider.actor()) {
        return None;
    }
    let open = way.gets.iter().filter(|gets| gets.opening() != Opening::Blocked);
    let door = reader.world().arn_of(&way.door.target());
    Some((&way.outsider, door, open.map(|gets| gets.word).collect(), way.opening(), way.is_guarded()))
}

/// Ways that somebody has now, the worst first. Words are found for these alone.
fn ways_beyond(some: &Reader, others: &Reader, wanted: &dyn Fn(&Way) -> bool) -> Vec<Answer> {
    let known: BTreeSet<_> = others.ways().iter().filter_map(|way| key(others, way)).collect();
    let is_new = |way: &&Way| key(some, way).is_some_and(|key| !known.contains(&key)) && wanted(way);
    let mut new: Vec<Answer> =
        some.ways().iter().filter(is_new).filter_map(|way| some.way_answer(way, true)).collect();
    new.sort_by_cached_key(order);
    new
}
