//! What would a change come to? Nothing is changed anywhere: a copy is.

use std::sync::Arc;

use clavicle_answer::shape::{AccessChange, ChangesPage};
use clavicle_answer::{DraftFault, Edit, Pseudonyms, Reader, Seen};
use clavicle_policy::{Severity, parse};
use clavicle_usage::Evidence;
use serde::{Deserialize, Serialize};

use super::before_after::{self, LineAsked, MapOfTwo};
use super::trim::USUAL;
use crate::map::{MarksOfTwoPage, Scope};
use crate::open::Open;
use crate::progress::Progress;
use crate::refusal::Refusal;
use crate::routes::{Bytes, json};
use crate::turns::{Second, Turn};

/// At most so many rows of each kind are sent; the counts say how many there are.
const MOST_ROWS: usize = 60;
/// At most so many names are sent with a row.
const MOST_NAMED: usize = 40;
/// At most so many edits are tried at once.
const MOST_EDITS: usize = 50;

/// What is to be tried.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    edits: Vec<AskedEdit>,
}

/// One edit: a policy, and what becomes of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedEdit {
    /// Of everything but `unbound`.
    policy: Option<String>,
    text: Option<String>,
    #[serde(default)]
    delete: bool,
    attach: Option<String>,
    detach: Option<String>,
    /// Whose permissions boundary the policy becomes.
    bound: Option<String>,
    /// Who has no permissions boundary any more.
    unbound: Option<String>,
}

impl AskedEdit {
    /// The one thing that it says. `None`: it says none, or several.
    fn one(self) -> Option<Edit> {
        let Self { policy, text, delete, attach, detach, bound, unbound } = self;
        match (policy, text, delete, attach, detach, bound, unbound) {
            (Some(policy), Some(text), false, None, None, None, None) => Some(Edit::Write { policy, text }),
            (Some(policy), None, true, None, None, None, None) => Some(Edit::Delete(policy)),
            (Some(policy), None, false, Some(to), None, None, None) => Some(Edit::Attach { policy, to }),
            (Some(policy), None, false, None, Some(from), None, None) => Some(Edit::Detach { policy, from }),
            (Some(policy), None, false, None, None, Some(of), None) => Some(Edit::Bound { policy, of }),
            (None, None, false, None, None, None, Some(of)) => Some(Edit::Unbound(of)),
            _ => None,
        }
    }
}

/// What a change would come to, the first rows of each kind.
#[derive(Debug, Serialize)]
struct TryPage {
    #[serde(flatten)]
    page: ChangesPage,
    counts: Counts,
}

#[derive(Debug, Serialize)]
struct Counts {
    access: usize,
    attachments: usize,
    opened: usize,
    closed: usize,
    ways_opened: usize,
    ways_closed: usize,
    /// What was in use and is lost, or may be.
    breaks: usize,
}

/// The faults of a policy text.
#[derive(Debug, Serialize)]
struct LintPage {
    /// `clavicle.lint/1`.
    schema: &'static str,
    faults: Vec<Fault>,
}

#[derive(Debug, Serialize)]
struct Fault {
    #[serde(flatten)]
    fault: DraftFault,
    /// Where it starts and ends, in UTF-16 units from the beginning, as browsers count.
    from: usize,
    to: usize,
}

/// The edits of a body.
pub(crate) fn edits(body: &[u8]) -> Result<Vec<Edit>, Refusal> {
    let hint = Some(
        r#"send {"edits": [{"policy": "…", "text": "…"}]}, or `delete`, `attach`, `detach` or `bound` for `text`"#,
    );
    let asked: Asked = serde_json::from_slice(body)
        .map_err(|error| Refusal::question(format!("cannot read what is to be tried: {error}"), hint))?;
    if asked.edits.is_empty() || asked.edits.len() > MOST_EDITS {
        return Err(Refusal::question(format!("one edit to {MOST_EDITS} can be tried at once"), hint));
    }
    let edit = |edit: AskedEdit| {
        let edit = edit.one().ok_or_else(|| Refusal::question("an edit says one thing", hint))?;
        if let Edit::Write { text, .. } = &edit {
            let parsed = parse(text.as_bytes());
            let error = parsed.diagnostics.iter().find(|fault| fault.severity == Severity::Error);
            if error.is_some() || parsed.policy.is_none() {
                let problem = error.map_or("this is no policy", |fault| fault.message.as_str());
                return Err(Refusal::question(format!("AWS would not take this policy: {problem}"), None));
            }
        }
        Ok(edit)
    };
    asked.edits.into_iter().map(edit).collect()
}

/// Makes the edits on a copy and compares. One at a time: each costs a second world. `key` names the edits.
pub(crate) fn try_edits(
    open: &Open,
    key: &str,
    edits: &[Edit],
    progress: &Progress,
) -> Result<ChangesPage, Refusal> {
    progress.report("waiting for another change", 0, 0);
    let mut turn = open.turns.take();
    turn.give_way(progress)?;
    let copy = copy(&mut turn, open, key, edits, progress)?;
    turn.give_way(progress)?;
    progress.report("comparing", 0, 0);
    let is_stopped = || progress.is_stopped();
    let evidence = open.evidence();
    let known = evidence.as_ref().ok().filter(|evidence| is_any(open.reader(), evidence));
    let page = match known {
        None => copy.reader.changes_since_unless(open.reader(), &is_stopped),
        Some(evidence) => {
            let seen = Seen { evidence, since: super::trim::since(open.reader(), evidence, USUAL)? };
            copy.reader.changes_with_use_since_unless(open.reader(), seen, &is_stopped)
        }
    };
    let mut page = page.ok_or_else(Refusal::stopped)?;
    // That nothing is told of what was in use does not mean that nothing was.
    if let Err(refusal) = &evidence {
        page.notes.push(format!(
            "What was used could not be read ({}): whether something in use would be denied is not known.",
            refusal.error()
        ));
    }
    Ok(page)
}

/// Does the evidence tell of any of these accounts?
fn is_any(reader: &Reader, evidence: &Evidence) -> bool {
    let accounts = &reader.world().snapshot().accounts;
    !evidence.last_accessed.is_empty() || accounts.iter().any(|account| evidence.window(account.id).is_some())
}

/// The map of an account, of a unit, or of everything, before the edits and after.
pub(crate) fn try_on_map(
    open: &Open,
    key: &str,
    edits: &[Edit],
    scope: &Scope,
    progress: &Progress,
) -> Result<MapOfTwo, Refusal> {
    progress.report("waiting for another change", 0, 0);
    let mut turn = open.turns.take();
    turn.give_way(progress)?;
    let copy = copy(&mut turn, open, key, edits, progress)?;
    turn.give_way(progress)?;
    before_after::draw(open, &copy, false, scope, progress)
}

/// What makes a line of that map before the edits and after.
pub(crate) fn try_why(
    open: &Open,
    key: &str,
    edits: &[Edit],
    map: &MapOfTwo,
    asked: &LineAsked,
    progress: &Progress,
) -> Result<Bytes, Refusal> {
    progress.report("waiting for another change", 0, 0);
    let mut turn = open.turns.take();
    turn.give_way(progress)?;
    let copy = copy(&mut turn, open, key, edits, progress)?;
    before_after::why(open, &copy, false, map, asked)
}

/// What leads to what matters on that map, before the edits and after.
pub(crate) fn try_marks(
    open: &Open,
    key: &str,
    edits: &[Edit],
    map: &MapOfTwo,
    progress: &Progress,
) -> Result<MarksOfTwoPage, Refusal> {
    progress.report("waiting for another change", 0, 0);
    let mut turn = open.turns.take();
    turn.give_way(progress)?;
    let copy = copy(&mut turn, open, key, edits, progress)?;
    Ok(before_after::marks(open, &copy, false, map, progress))
}

/// Names of both, to be left out of a file of that map.
pub(crate) fn names_of_tried(
    open: &Open,
    key: &str,
    edits: &[Edit],
    names: &Pseudonyms,
) -> Result<Pseudonyms, Refusal> {
    let mut turn = open.turns.take();
    let copy = copy(&mut turn, open, key, edits, &Progress::default())?;
    Ok(names.and_of(&copy.reader))
}

fn copy(
    turn: &mut Turn<'_>,
    open: &Open,
    key: &str,
    edits: &[Edit],
    progress: &Progress,
) -> Result<Arc<Second>, Refusal> {
    turn.second(&format!("try {key}"), || {
        let told = |done, total| progress.report("compiling policies of the copy", done, total);
        Ok(open.reader().tried(edits, told)?)
    })
}

/// What is to be stopped: edits that are tried, or a comparison.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stopped {
    what: String,
}

/// Stops what is worked out for these edits, a trial of which was sent as `what`, or for the comparison with that snapshot.
pub(crate) fn stop(open: &Open, body: &[u8]) -> Result<Bytes, Refusal> {
    #[derive(Serialize)]
    struct Page {
        stopped: bool,
    }
    let Stopped { what } = serde_json::from_slice(body).map_err(|error| {
        let hint = Some(r#"send {"what": "…"}: the body of the trial, or the name of the other snapshot"#);
        Refusal::question(format!("cannot read what is to be stopped: {error}"), hint)
    })?;
    let stopped = [open.tried.stop(&what), open.compared.stop(&what), open.stop_maps_of_two(&what)];
    json(&Page { stopped: stopped.contains(&true) })
}

/// What a change comes to, the first rows of each kind.
pub(crate) fn tried(page: &ChangesPage) -> Result<Bytes, Refusal> {
    told("clavicle.try/1", page)
}

/// What two snapshots differ in, the first rows of each kind.
pub(crate) fn compared(page: &ChangesPage) -> Result<Bytes, Refusal> {
    told("clavicle.compared/1", page)
}

fn told(schema: &'static str, page: &ChangesPage) -> Result<Bytes, Refusal> {
    let counts = Counts {
        access: page.access.len(),
        attachments: page.attachments.len(),
        opened: page.opened.len(),
        closed: page.closed.len(),
        ways_opened: page.ways_opened.len(),
        ways_closed: page.ways_closed.len(),
        breaks: page.breaks.as_ref().map_or(0, Vec::len),
    };
    let page = ChangesPage {
        schema,
        access: first(&page.access).into_iter().map(few_named).collect(),
        documents: first(&page.documents),
        attachments: first(&page.attachments),
        opened: first(&page.opened),
        closed: first(&page.closed),
        ways_opened: first(&page.ways_opened),
        ways_closed: first(&page.ways_closed),
        verdict: page.verdict.clone(),
        sentence: page.sentence.clone(),
        old: page.old.clone(),
        new: page.new.clone(),
        catalog: page.catalog.clone(),
        breaks: page.breaks.as_ref().map(|rows| first(rows)),
        notes: page.notes.clone(),
        gate: page.gate.clone(),
    };
    json(&TryPage { page, counts })
}

/// A row that names the first only.
fn few_named(mut change: AccessChange) -> AccessChange {
    change.who.truncate(MOST_NAMED);
    change.on.truncate(MOST_NAMED);
    change
}

fn first<T: Clone>(rows: &[T]) -> Vec<T> {
    rows.iter().take(MOST_ROWS).cloned().collect()
}

/// The faults of the text of a body, `{"text": "…", "policy": "…"}`: what the parser says, and the rules for policies.
pub(crate) fn lint(reader: &Reader, body: &[u8]) -> Result<Bytes, Refusal> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Text {
        text: String,
        policy: Option<String>,
    }
    let Text { text, policy } = serde_json::from_slice(body).map_err(|error| {
        Refusal::question(format!("cannot read the text: {error}"), Some(r#"send {"text": "…"}"#))
    })?;
    let units = |byte: usize| {
        let before = text.char_indices().take_while(|(at, _)| *at < byte);
        before.map(|(_, letter)| letter.len_utf16()).sum::<usize>()
    };
    let faults = reader.draft_faults(&text, policy.as_deref());
    let fault = |fault: &DraftFault| Fault {
        from: units(fault.span.start),
        to: units(fault.span.end),
        fault: fault.clone(),
    };
    json(&LintPage { schema: "clavicle.lint/1", faults: faults.iter().map(fault).collect() })
}
