//! Granted against used: every user and role, and the plan for one.

use clavicle_answer::shape::{EvidenceHead, NotSeen, PermissionsUsed, SnapshotHead, TrimPage};
use clavicle_answer::{
    How, PolicyTexts, Reader, Seen, TrimFile, UnusedQuestion, UseLine, UseLines, counted, number,
};
use clavicle_usage::Evidence;
use jiff::Timestamp;
use serde::Serialize;

use super::ROWS;
use super::facet::{Facet, Narrowed, Row, Wheres, plain_facets};
use crate::open::Open;
use crate::progress::Progress;
use crate::refusal::Refusal;
use crate::routes::{Asked, Bytes, json};

/// Looked back so far where nobody says otherwise.
pub(super) const USUAL: &str = "90d";
/// At most so many accounts are told of with their logs; the count says how many there are.
const MOST_LOGS: usize = 12;

/// So many of those that run as somebody are named.
const MOST_WORKLOADS: usize = 3;

/// A screenful of identities.
#[derive(Debug, Serialize)]
struct UsePage<'p> {
    /// `clavicle.granted/1`.
    schema: &'static str,
    snapshot: &'p SnapshotHead,
    sentence: String,
    since: &'p str,
    evidence: EvidenceShown,
    /// How many the choices leave.
    total: usize,
    /// The place of the first that is sent.
    from: usize,
    identities: Vec<&'p UseLine>,
    standings: Vec<Facet>,
    #[serde(flatten)]
    wheres: Wheres,
    kinds: Vec<Facet>,
    not_seen: &'p [NotSeen],
    notes: &'p [String],
}

/// What it rests on, the first accounts of it.
#[derive(Debug, Clone, Serialize)]
struct EvidenceShown {
    #[serde(flatten)]
    head: EvidenceHead,
    /// Is there any of these accounts?
    any: bool,
    /// How many accounts there are, and of how many there are logs.
    accounts: usize,
    logged: usize,
}

/// One identity: what it used and what not, and the plan that would take the rest away.
#[derive(Debug, Serialize)]
pub(crate) struct PlanPage {
    /// `clavicle.plan/1`.
    schema: &'static str,
    /// Under which name it was asked for.
    who: String,
    /// The first of what runs as it, by name.
    workloads: Vec<String>,
    workload_count: usize,
    since: String,
    evidence: EvidenceShown,
    /// None where nothing is granted.
    permissions: Option<PermissionsUsed>,
    plan: Option<TrimPage>,
    /// Why there is no plan.
    refused: Option<Refused>,
    /// What would be enough, for other tools.
    enough: Option<PolicyTexts>,
    files: Vec<PlanFile>,
    notes: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Refused {
    error: String,
    hint: Option<String>,
}

#[derive(Debug, Serialize)]
struct PlanFile {
    name: String,
    text: String,
}

/// By what an answer is kept: how far it looks back.
pub(crate) fn since_text(asked: &Asked) -> Result<String, Refusal> {
    let text = asked.one("since")?.map(str::trim).filter(|text| !text.is_empty());
    Ok(text.unwrap_or(USUAL).to_owned())
}

pub(super) fn since(reader: &Reader, evidence: &Evidence, text: &str) -> Result<Timestamp, Refusal> {
    let now = reader.told_until(evidence).unwrap_or_else(Timestamp::now);
    Ok(clavicle_answer::since(text, now)?)
}

/// Every user and role.
pub(crate) fn list_use(open: &Open, since_text: &str, progress: &Progress) -> Result<UseLines, Refusal> {
    progress.report("reading the evidence", 0, 0);
    let evidence = open.evidence()?;
    let since = since(open.reader(), &evidence, since_text)?;
    progress.report("comparing what is granted with what was used", 0, 0);
    Ok(open.reader().use_lines(&evidence, since, |done, total| {
        progress.report("comparing what is granted with what was used", done, total);
    }))
}

/// The identities that the choices of the call leave.
pub(crate) fn granted(reader: &Reader, lines: &UseLines, asked: &Asked) -> Result<Bytes, Refusal> {
    let narrowed = granted_choices(reader, asked)?;
    let rows = narrowed.rows(&lines.lines);
    json(&UsePage {
        schema: "clavicle.granted/1",
        snapshot: &reader.snapshot_head(),
        sentence: granted_sentence(lines),
        since: &lines.since,
        evidence: EvidenceShown::of(&lines.evidence),
        total: rows.len(),
        from: narrowed.from,
        identities: rows.into_iter().skip(narrowed.from).take(ROWS).collect(),
        standings: plain_facets(narrowed.counts(&lines.lines, "standing")),
        wheres: Wheres::of(reader, narrowed.counts(&lines.lines, "account")),
        kinds: plain_facets(narrowed.counts(&lines.lines, "kind")),
        not_seen: &reader.summary().not_seen,
        notes: &lines.notes,
    })
}

/// By what identities are narrowed.
pub(super) fn granted_choices(reader: &Reader, asked: &Asked) -> Result<Narrowed, Refusal> {
    Narrowed::read(reader, asked, &["standing", "account", "kind"])
}

/// How many did nothing, and what became of what is granted: the numbers add up.
pub(super) fn granted_sentence(lines: &UseLines) -> String {
    let day = lines.since.get(..10).unwrap_or(&lines.since);
    let all: usize = lines.lines.iter().map(|line| line.count).sum();
    let idle = lines.lines.iter().filter(|line| line.standing == "did nothing");
    let sum = |of: fn(&UseLine) -> usize| lines.lines.iter().map(|line| line.count * of(line)).sum::<usize>();
    let unknown = match sum(|line| line.unknown) {
        0 => String::new(),
        unknown => format!(", {} cannot be known", number(unknown)),
    };
    format!(
        "{} of {} did nothing since {day}; of {} granted actions {} were used, {} were not{unknown}.",
        number(idle.map(|line| line.count).sum()),
        counted(all, "identity", "identities"),
        number(sum(|line| line.granted)),
        number(sum(|line| line.used)),
        number(sum(|line| line.unused))
    )
}

/// The plan for one.
pub(crate) fn make_plan(
    open: &Open,
    who: &str,
    since_text: &str,
    progress: &Progress,
) -> Result<PlanPage, Refusal> {
    progress.report("reading the evidence", 0, 0);
    let evidence = open.evidence()?;
    let reader = open.reader();
    let since = since(reader, &evidence, since_text)?;
    let mut workloads = reader.workloads_of(who)?;
    let workload_count = workloads.len();
    workloads.truncate(MOST_WORKLOADS);
    let mut used = reader.unused(&UnusedQuestion { who: Some(who.to_owned()), since }, &evidence)?;
    progress.report("looking for the smallest policy, and proving it", 0, 0);
    let made = reader.trim(who, Seen { evidence: &evidence, since }, &How::default());
    let (plan, enough, files, refused) = match made {
        Ok(made) => {
            let name = made.page.who.as_ref().and_then(|who| who.name.rsplit('/').next());
            let texts = made.enough.texts(&format!("{}-trimmed", name.unwrap_or("policy")));
            let file = |file: TrimFile| PlanFile { name: file.name, text: file.text };
            (Some(made.page), Some(texts), made.files.into_iter().map(file).collect(), None)
        }
        Err(error) => {
            let refused = Refused { error: error.problem, hint: error.hint };
            (None, None, Vec::new(), Some(refused))
        }
    };
    Ok(PlanPage {
        schema: "clavicle.plan/1",
        who: who.to_owned(),
        workloads,
        workload_count,
        since: used.since,
        evidence: EvidenceShown::of(&used.evidence),
        permissions: used.permissions.pop(),
        plan,
        refused,
        enough,
        files,
        notes: used.notes,
    })
}

/// The plan, as it was made.
pub(crate) fn plan(page: &PlanPage) -> Result<Bytes, Refusal> {
    json(page)
}

impl EvidenceShown {
    fn of(head: &EvidenceHead) -> Self {
        let logged = head.logs.iter().filter(|logs| logs.from.is_some()).count();
        let mut shown = head.clone();
        // Those with logs say more.
        shown.logs.sort_by_key(|logs| logs.from.is_none());
        shown.logs.truncate(MOST_LOGS);
        Self { any: logged > 0 || head.last_accessed > 0, accounts: head.logs.len(), logged, head: shown }
    }
}

impl Row for UseLine {
    fn values(&self, name: &str) -> Vec<&str> {
        match name {
            "standing" => vec![self.standing],
            "kind" => vec![&self.thing.kind],
            "account" => self.thing.account.as_deref().into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn has(&self, words: &str) -> bool {
        let names = self.members.iter().chain([&self.thing.name, &self.label]);
        names.into_iter().any(|name| name.to_lowercase().contains(words))
    }
}
