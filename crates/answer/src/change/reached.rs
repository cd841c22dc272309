//! Chains and ways in that are there now and were not, and the other way round.

use std::collections::BTreeSet;

use crate::outside::OutsideQuestion;
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
}

pub(super) fn changes(old: &Reader, new: &Reader) -> Reached {
    let mut found = Reached::default();
    for end in ["admin", "matter"] {
        let (before, after) = (chains(old, end), chains(new, end));
        let opened = beyond(after.as_ref(), before.as_ref()).into_iter();
        found.opened.extend(opened.filter(|answer| !gets_there(old, answer, end)));
        let closed = beyond(before.as_ref(), after.as_ref()).into_iter();
        found.closed.extend(closed.filter(|answer| !gets_there(new, answer, end)));
        let cut_off = |page: &Option<AnswerPage>| {
            page.as_ref().is_some_and(|page| page.notes.iter().any(|note| note.starts_with("There are more")))
        };
        if cut_off(&before) || cut_off(&after) {
            found.notes.push(format!("There are more chains to {end} than were compared."));
        }
    }
    let (before, after) = (ways(old), ways(new));
    found.ways_opened = ways_beyond(after.as_ref(), before.as_ref());
    found.ways_closed = ways_beyond(before.as_ref(), after.as_ref());
    found
}

/// Every chain to an end. `None`: nothing matters.
fn chains(reader: &Reader, end: &str) -> Option<AnswerPage> {
    let question = Question { verb: Verb::Path, on: Some(end.to_owned()), ..Question::default() };
    reader.answer(&question).ok()
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

/// Do all who begin the chain get to its end in that state, be it directly or with all the power?
fn gets_there(reader: &Reader, answer: &Answer, word: &str) -> bool {
    let last = answer.steps.last().and_then(|step| step.to.arn.clone());
    let on = last.filter(|_| word == "matter").unwrap_or_else(|| word.to_owned());
    answer.who.iter().all(|who| {
        let by = Some(who.arn.clone().unwrap_or_else(|| who.name.clone()));
        let question = Question { verb: Verb::Path, by, on: Some(on.clone()), ..Question::default() };
        reader.answer(&question).is_ok_and(|page| matches!(page.verdict, Verdict::Yes | Verdict::Depends))
    })
}

/// Answers of chains that let somebody get to an end to which no chain of the others lets them.
fn beyond(some: Option<&AnswerPage>, others: Option<&AnswerPage>) -> Vec<Answer> {
    let answers = |page: Option<&AnswerPage>| page.map_or_else(Vec::new, |page| page.answers.clone());
    let known: BTreeSet<(String, String)> = answers(others).iter().flat_map(on_the_way).collect();
    let new = answers(some).into_iter().filter(|answer| begins(answer).any(|begin| !known.contains(&begin)));
    new.map(|answer| without(answer, &known)).collect()
}

/// The same of those only who are not among `known`: of equals, perhaps not all got there before.
fn without(mut answer: Answer, known: &BTreeSet<(String, String)>) -> Answer {
    let (end, all) = (end(&answer), answer.who.len());
    let is_new = |who: &Thing| !known.contains(&(name(who), end.clone()));
    if answer.who.iter().any(is_new) {
        answer.who.retain(is_new);
    }
    answer.ring.retain(is_new);
    if answer.who.len() < all {
        answer.count = answer.who.len();
        let first = answer.who.first().map(Thing::called).unwrap_or_default();
        let more = answer.count.saturating_sub(1);
        answer.label = if more > 0 { format!("{first} and {more} more") } else { first };
    }
    answer
}

fn ways(reader: &Reader) -> Vec<Answer> {
    reader.outside(&OutsideQuestion::default()).map(|page| page.answers).unwrap_or_default()
}

/// Ways that somebody has now: by who, by which door, for what, and how far it stands open.
fn ways_beyond(some: &[Answer], others: &[Answer]) -> Vec<Answer> {
    let key = |answer: &Answer| {
        let way = answer.way.as_ref()?;
        // What is blocked is no way in.
        (way.opening != "blocked").then(|| {
            let door = answer.on.first().map(|on| on.arn.clone().unwrap_or_else(|| on.name.clone()));
            (way.from.clone(), door, answer.access.clone(), way.opening.clone(), way.guarded)
        })
    };
    let known: BTreeSet<_> = others.iter().filter_map(key).collect();
    some.iter().filter(|answer| key(answer).is_some_and(|key| !known.contains(&key))).cloned().collect()
}
