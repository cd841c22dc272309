//! Who gets in from outside, a row per way.

use std::collections::BTreeMap;

use clavicle_answer::shape::{Answer, AnswerPage, NotSeen, SnapshotHead, Verdict};
use clavicle_answer::{OutsideQuestion, Reader};
use clavicle_policy::AccountId;
use serde::Serialize;

use super::ROWS;
use super::alike::{Alike, Line, lines};
use super::arranged::{Arranged, Group};
use super::facet::{Facet, Narrowed, Row, Wheres, plain_facets};
use super::findings::severity_word;
use crate::open::Open;
use crate::progress::Progress;
use crate::refusal::Refusal;
use crate::routes::{Asked, Bytes, json};

/// A screenful of ways in.
#[derive(Debug, Serialize)]
struct BorderPage<'p> {
    /// `clavicle.border/1`.
    schema: &'static str,
    snapshot: &'p SnapshotHead,
    verdict: Verdict,
    sentence: &'p str,
    counts: Outsiders,
    /// How many the choices leave.
    total: usize,
    /// How many rows they are: those that are alike are one.
    lines: usize,
    /// The place of the first row that is sent.
    from: usize,
    ways: Vec<WayRow>,
    /// What the rows that are sent are put together by; none: they are not.
    groups: Vec<Group>,
    standings: Vec<Facet>,
    #[serde(flatten)]
    wheres: Wheres,
    severities: Vec<Facet>,
    openings: Vec<Facet>,
    not_seen: &'p [NotSeen],
    notes: &'p [String],
}

/// Who gets in, whatever the choices leave.
#[derive(Debug, Serialize)]
struct Outsiders {
    /// How many come by ways that nothing stops.
    outside: usize,
    /// How many of these nobody named. That an account is on a list of whose it is says not that it is meant to get in.
    not_known: usize,
}

impl Outsiders {
    fn of(page: &AnswerPage) -> Self {
        let open = page
            .answers
            .iter()
            .filter(|answer| answer.way.as_ref().is_some_and(|way| way.opening != "blocked"));
        let mut known: BTreeMap<&str, bool> = BTreeMap::new();
        for answer in open {
            let from = answer.way.as_ref().map_or("", |way| way.from.as_str());
            // One user or role of an account outside stands for the account, as on the home view.
            let account = from.split_once(':').map(|(account, _)| account);
            let from = account.filter(|account| AccountId::parse(account).is_some()).unwrap_or(from);
            *known.entry(from).or_default() |= matches!(standing(answer), "not known" | "named on a list");
        }
        Self { outside: known.len(), not_known: known.values().filter(|stranger| **stranger).count() }
    }
}

/// One way in, without its steps, which are told one by one.
#[derive(Debug, Serialize)]
struct WayRow {
    /// Who comes in, and by which door.
    key: String,
    /// The row stands for several, of which this is the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    alike: Option<Alike>,
    /// Of one of those that are opened: the id of their row.
    #[serde(skip_serializing_if = "Option::is_none")]
    within: Option<String>,
    #[serde(flatten)]
    answer: Answer,
}

impl WayRow {
    fn of(line: Line<'_>) -> Self {
        let (answer, alike, within) = match line {
            Line::Folded(answer, alike) => (answer, Some(alike), None),
            Line::One(answer, within) => (answer, None, within),
        };
        Self { key: key(answer), alike, within, answer: Answer { steps: Vec::new(), ..answer.clone() } }
    }
}

/// One way in, whole.
#[derive(Debug, Serialize)]
struct WayPage<'p> {
    /// `clavicle.way/1`.
    schema: &'static str,
    key: String,
    way: &'p Answer,
}

/// By what an answer about the border is kept.
pub(crate) fn border_key(asked: &Asked) -> Result<&'static str, Refusal> {
    match asked.one("public")? {
        None | Some("" | "false") => Ok("all"),
        Some("true") => Ok("public"),
        Some(other) => Err(Refusal::question(format!("`{other}` is not true or false"), None)),
    }
}

/// Every way in, those that are blocked too, with what lies behind.
pub(crate) fn look_outside(open: &Open, key: &str, progress: &Progress) -> Result<AnswerPage, Refusal> {
    progress.report("looking for doors", 0, 0);
    let question = OutsideQuestion { public: key == "public", blocked: true, ..OutsideQuestion::default() };
    let told = |done, total| progress.report("looking behind the doors", done, total);
    Ok(open.reader().outside_telling(&question, told)?)
}

/// The ways in that the choices of the call leave.
pub(crate) fn border(reader: &Reader, page: &AnswerPage, asked: &Asked) -> Result<Bytes, Refusal> {
    let narrowed = border_choices(reader, asked)?;
    let (rows, mut groups) = Arranged::read(asked)?.of(reader, narrowed.rows(&page.answers));
    let open = asked.one("open")?.filter(|open| !open.is_empty());
    let lines = lines(&rows, &mut groups, open);
    groups.retain(|group| group.is_among(narrowed.from..narrowed.from.saturating_add(ROWS)));
    json(&BorderPage {
        schema: "clavicle.border/1",
        snapshot: &page.snapshot,
        verdict: page.verdict,
        sentence: &page.sentence,
        counts: Outsiders::of(page),
        total: rows.len(),
        lines: lines.len(),
        from: narrowed.from,
        ways: lines.into_iter().skip(narrowed.from).take(ROWS).map(WayRow::of).collect(),
        groups,
        standings: plain_facets(narrowed.counts(&page.answers, "standing")),
        wheres: Wheres::of(reader, narrowed.counts(&page.answers, "account")),
        severities: plain_facets(narrowed.counts(&page.answers, "severity")),
        openings: plain_facets(narrowed.counts(&page.answers, "opening")),
        not_seen: &page.not_seen,
        notes: &page.notes,
    })
}

/// By what ways in are narrowed.
pub(super) fn border_choices(reader: &Reader, asked: &Asked) -> Result<Narrowed, Refusal> {
    Narrowed::read(reader, asked, &["standing", "account", "severity", "opening"])
}

/// One way in by its key.
pub(crate) fn way(page: &AnswerPage, wanted: &str) -> Result<Bytes, Refusal> {
    let hint = Some("the snapshot may have changed: go back to the border");
    let found = page.answers.iter().find(|answer| key(answer) == wanted);
    let way = found.ok_or_else(|| Refusal::absent(format!("no way in `{wanted}`"), hint))?;
    json(&WayPage { schema: "clavicle.way/1", key: key(way), way })
}

/// `acct/999999999999 → staging:role/LogShipper`
pub(super) fn key(answer: &Answer) -> String {
    let name = |things: &[clavicle_answer::shape::Thing]| {
        things.first().map(|thing| thing.name.clone()).unwrap_or_default()
    };
    format!("{} → {}", name(&answer.who), name(&answer.on))
}

/// How people know somebody outside, in one word.
pub(super) fn standing(answer: &Answer) -> &'static str {
    let Some(way) = &answer.way else { return "not known" };
    if way.accepted.as_ref().is_some_and(|accepted| !accepted.expired) {
        return "accepted";
    }
    match (&way.known, way.outsider.as_str()) {
        (Some(known), _) if known.by == "settings" => "known",
        (Some(_), _) => "named on a list",
        (None, "everyone" | "any account") => "everyone",
        (None, "provider") => "identity provider",
        (None, "service") => "AWS service",
        (None, _) => "not known",
    }
}

impl Row for Answer {
    fn values(&self, name: &str) -> Vec<&str> {
        let value = match name {
            "standing" => Some(standing(self)),
            "account" => self.on.first().and_then(|on| on.account.as_deref()),
            "severity" => self.severity.map(severity_word),
            "opening" => self.way.as_ref().map(|way| way.opening.as_str()),
            _ => None,
        };
        value.into_iter().collect()
    }

    fn has(&self, words: &str) -> bool {
        let names = self.who.iter().chain(&self.on).map(|thing| &thing.name);
        let known = self.way.iter().flat_map(|way| [&way.from, &way.standing]);
        names.chain(known).any(|text| text.to_lowercase().contains(words))
    }
}
