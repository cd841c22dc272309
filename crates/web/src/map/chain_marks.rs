//! How bad the chains are that lead to what matters.
//!
//! A line of a map is between two, and no chain. So what matters would look the same whether strangers get at it by way of
//! five others or nobody does. Each such thing costs a search or two: they are made apart from the map, for so many things,
//! and the mark is that of the answer which its question gives.

use clavicle_answer::shape::{Answer, Severity};
use clavicle_answer::{Question, Reader, Verb, counted, number};
use clavicle_graph::Target;
use clavicle_policy::AccountId;
use clavicle_snapshot::ResourceIndex;
use serde::Serialize;

use super::before_after::DrawnOfTwo;
use super::drawn::Drawn;
use super::page::MapPage;
use super::words::listed;
use crate::progress::Progress;
use crate::severity::severity_word;

/// Chains are looked for to so many things.
const MOST_THINGS: usize = 24;
/// To do what: each word is one more search for each thing.
const SEARCHED: [&str; 4] = ["read", "write", "delete", "control"];

/// `clavicle.marks/1`: what leads to the things on a map that matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MarksPage {
    /// `clavicle.marks/1`.
    pub schema: &'static str,
    /// Of each shape that stands for any of them.
    pub marks: Vec<ChainMark>,
    /// What was not looked at, in sentences.
    pub notes: Vec<String>,
}

/// `clavicle.marks-of-two/1`: the same in each of two worlds that are drawn as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MarksOfTwoPage {
    /// `clavicle.marks-of-two/1`.
    pub schema: &'static str,
    /// What leads there in the world before.
    pub before: Vec<ChainMark>,
    /// What leads there in the world after.
    pub after: Vec<ChainMark>,
    /// Of a map that shows both: the worst of the two, in words what it was and what it is.
    pub both: Vec<ChainMark>,
    /// What was not looked at in either, in sentences.
    pub notes: Vec<String>,
}

/// What leads to a shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChainMark {
    /// The shape, by its id.
    pub shape: String,
    /// The worst of those who get at it, by themselves or by way of others.
    pub mark: Option<Severity>,
    /// So many chains lead there to do what the question asks for.
    pub chains: usize,
    /// The same in words.
    pub sentence: String,
    /// The question that tells the chains.
    pub ask: String,
}

/// What leads to the things on a map that matter.
pub(crate) fn chain_marks(reader: &Reader, drawn: &Drawn, progress: &Progress) -> MarksPage {
    marks_of(reader, &drawn.matters().collect::<Vec<_>>(), progress)
}

/// What leads to the things that matter on a map of two worlds, in each of them.
pub(crate) fn chain_marks_of_two(
    readers: [&Reader; 2],
    drawn: &DrawnOfTwo,
    progress: &Progress,
) -> MarksOfTwoPage {
    let [before, after] = readers.map(|reader| marks_of(reader, &drawn.matters(reader.world()), progress));
    let mut notes = before.notes;
    notes.extend(after.notes.into_iter().filter(|note| !notes.contains(note)).collect::<Vec<_>>());
    MarksOfTwoPage {
        schema: "clavicle.marks-of-two/1",
        both: both(&before.marks, &after.marks),
        before: before.marks,
        after: after.marks,
        notes,
    }
}

/// Each shape once, as it is after where it is there.
pub(super) fn both(before: &[ChainMark], after: &[ChainMark]) -> Vec<ChainMark> {
    let of = |marks: &[ChainMark], shape: &str| marks.iter().find(|mark| mark.shape == shape).cloned();
    let only_before = before.iter().filter(|mark| of(after, &mark.shape).is_none());
    after
        .iter()
        .chain(only_before)
        .map(|one| {
            let (was, is) = (of(before, &one.shape), of(after, &one.shape));
            let said = |side: &str, mark: &Option<ChainMark>| {
                mark.as_ref().map(|mark| format!("{side}, {}", mark.sentence))
            };
            let sentence = match (&was, &is) {
                (Some(was), Some(is)) if was.sentence == is.sentence => {
                    format!("{}, before and after", one.sentence)
                }
                // On one side it may not be there.
                _ => {
                    said("before", &was).into_iter().chain(said("after", &is)).collect::<Vec<_>>().join("; ")
                }
            };
            let mark = was.and_then(|mark| mark.mark).max(is.and_then(|mark| mark.mark));
            ChainMark { mark, sentence, ..one.clone() }
        })
        .collect()
}

/// What leads to these things, each with the id of the shape that stands for it.
fn marks_of(reader: &Reader, all: &[(&str, ResourceIndex)], progress: &Progress) -> MarksPage {
    let looked = &all[..all.len().min(MOST_THINGS)];
    let mut notes = Vec::new();
    if looked.len() < all.len() {
        notes.push(format!(
            "Chains were looked for to {} of {} things that matter.",
            number(looked.len()),
            number(all.len())
        ));
    }
    let mut found: Vec<(&str, Led)> = Vec::new();
    for (done, (shape, thing)) in (0..).zip(looked) {
        progress.report("looking for chains to what matters", done, looked.len() as u64);
        for led in SEARCHED.iter().filter_map(|word| Led::to(reader, *thing, word)) {
            match found.iter_mut().find(|(known, _)| known == shape) {
                Some((_, known)) if known.is_worse_than(&led) => {}
                Some((_, known)) => *known = led,
                None => found.push((shape, led)),
            }
        }
    }
    let marks = found.into_iter().map(|(shape, led)| ChainMark {
        shape: shape.to_owned(),
        mark: led.mark,
        chains: led.chains,
        sentence: led.sentence,
        ask: led.ask,
    });
    MarksPage { schema: "clavicle.marks/1", marks: marks.collect(), notes }
}

impl MapPage {
    /// The same with these marks on it, and what was not looked at for them.
    pub(crate) fn marked(&self, marks: &[ChainMark], notes: &[String]) -> Self {
        let mut page = self.clone();
        for mark in marks {
            if let Some(shape) = page.shapes.iter_mut().find(|shape| shape.id == mark.shape) {
                shape.mark = shape.mark.max(mark.mark);
                shape.sentence = format!("{}: {}", shape.sentence, mark.sentence);
            }
        }
        page.notes.extend(notes.iter().cloned());
        page
    }
}

/// What leads to one thing.
struct Led {
    mark: Option<Severity>,
    chains: usize,
    sentence: String,
    ask: String,
}

impl Led {
    /// `None`: the word says nothing of such a thing.
    fn to(reader: &Reader, thing: ResourceIndex, word: &str) -> Option<Self> {
        let name = reader.thing_of_target(&Target::Resource(thing));
        let question = Question {
            verb: Verb::Who,
            action: Some(word.to_owned()),
            on: Some(name.arn.unwrap_or(name.name)),
            ..Question::default()
        };
        let page = reader.answer(&question).ok()?;
        let chains = page.answers.iter().filter(|answer| answer.steps.len() > 1);
        let account = reader.world().snapshot().resource(thing).account;
        let worst = chains.clone().max_by_key(|answer| (answer.severity, usize::MAX - answer.steps.len()));
        let count = chains.count();
        let sentence = match worst {
            Some(worst) => {
                let severity =
                    worst.severity.map_or_else(String::new, |it| format!(", {}", severity_word(it)));
                let worst = way(reader, worst, account);
                match count {
                    1 => format!("1 chain leads here{severity}: {worst}"),
                    many => format!("{} chains lead here, the worst{severity}: {worst}", number(many)),
                }
            }
            None if page.not_seen.is_empty() => "no chain that leads here was found".to_owned(),
            None => "no chain that leads here was found in what was seen".to_owned(),
        };
        let mark = page.answers.iter().filter_map(|answer| answer.severity).max();
        Some(Self { mark, chains: count, sentence, ask: page.question.text })
    }

    fn is_worse_than(&self, other: &Self) -> bool {
        (self.mark, self.chains) >= (other.mark, other.chains)
    }
}

/// `acct/999999999999 by way of staging, in 5 steps`: who begins, and the accounts between them and the thing.
fn way(reader: &Reader, chain: &Answer, end: Option<AccountId>) -> String {
    let own = chain.who.first().and_then(|who| who.account.as_deref()).and_then(AccountId::parse);
    let mut between: Vec<AccountId> = Vec::new();
    for account in chain.steps.iter().filter_map(|step| AccountId::parse(step.to.account.as_deref()?)) {
        if Some(account) != own && Some(account) != end && !between.contains(&account) {
            between.push(account);
        }
    }
    let names: Vec<String> = between.into_iter().map(|account| reader.account_name(account)).collect();
    let by_way = match names.as_slice() {
        [] => String::new(),
        names => format!(" by way of {}", listed(&names.iter().map(String::as_str).collect::<Vec<_>>())),
    };
    format!("{}{by_way}, in {}", chain.label, counted(chain.steps.len(), "step", "steps"))
}
