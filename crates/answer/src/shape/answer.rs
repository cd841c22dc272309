//! `clavicle.answer/1`, field by field; see `docs/answer-format.md`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::PolicySheet;
use crate::shape::WayIn;

/// One answer, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnswerPage {
    /// `clavicle.answer/1`.
    pub schema: &'static str,
    /// The question as it was understood.
    pub question: Asked,
    /// Yes, no, depends or unknown.
    pub verdict: Verdict,
    /// The answer in one sentence.
    pub sentence: String,
    /// Which snapshot it was answered from.
    pub snapshot: SnapshotHead,
    /// The date of the AWS facts.
    pub catalog: String,
    /// Condition keys that the question left open and that an ordinary signed request settles, with their values.
    pub assumes: BTreeMap<String, Vec<String>>,
    /// What else the request needs.
    pub needs: Vec<NeededAction>,
    /// The answers, groups of equal things with equal access.
    pub answers: Vec<Answer>,
    /// How many were left out of `answers`.
    pub not_counted: NotCounted,
    /// `can`: every layer of the one decision, in order.
    pub pins: Vec<Pin>,
    /// `can` that says no: who could instead.
    pub closest: Vec<Answer>,
    /// What was not seen and could turn this answer.
    pub not_seen: Vec<NotSeen>,
    /// Plain sentences.
    pub notes: Vec<String>,
    /// The next useful command.
    pub next: Option<String>,
    /// `what` of a policy: what it is for.
    pub policy: Option<PolicySheet>,
    /// Of chains, where it was asked for: which statements would break them all if they were narrowed.
    pub cuts: Vec<CutIn>,
    /// Where nobody can: who comes closest, and what stops them.
    pub nearest_miss: Option<NearestMiss>,
}

/// Who comes closest to something that nobody can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NearestMiss {
    /// Who.
    pub who: Thing,
    /// With which action.
    pub action: String,
    /// The statements that stop them, one for each layer that would have to change.
    pub stops: Vec<Citation>,
    /// Every layer.
    pub pins: Vec<Pin>,
    /// The miss in one sentence.
    pub sentence: String,
}

/// Statements without which no chain to one end is left: found, and verified by a search without them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CutIn {
    /// To where the chains lead.
    pub to: String,
    /// How many chains, of those that were found, it breaks.
    pub breaks: usize,
    /// Are there certainly no fewer statements that do?
    pub smallest: bool,
    /// The statements.
    pub statements: Vec<Citation>,
    /// Steps that would be gone besides those of the chains, the first of them: `from → to`.
    pub lost: Vec<String>,
    /// The cut in one sentence.
    pub sentence: String,
}

/// A question as it was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// `who`, `what`, `can` or `outside`.
    pub verb: String,
    /// Who; for `who`: `anyone`.
    pub by: Option<String>,
    /// The word or action.
    #[serde(rename = "do")]
    pub action: Option<String>,
    /// The thing.
    pub on: Option<String>,
    /// What the asker stated of condition keys.
    pub when: BTreeMap<String, Vec<String>>,
    /// The whole question in words.
    pub text: String,
}

/// The verdict of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Yes, or somebody can.
    Yes,
    /// No, or nobody can.
    No,
    /// Yes if conditions hold that the question does not settle.
    Depends,
    /// Something that was not seen decides.
    Unknown,
}

/// Which snapshot, and how much it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SnapshotHead {
    /// The time of the data.
    pub id: String,
    /// Was everything seen?
    pub complete: bool,
    /// How many accounts.
    pub accounts: usize,
    /// How many users and roles.
    pub identities: usize,
}

/// A further permission that the request needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NeededAction {
    /// `kms:Decrypt`.
    pub action: String,
    /// On what, by display name.
    pub on: String,
    /// Why.
    pub why: String,
}

/// One group of equal things with the same access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The display name of the group.
    pub label: String,
    /// How many.
    pub count: usize,
    /// Who.
    pub who: Vec<Thing>,
    /// On what.
    pub on: Vec<Thing>,
    /// The words of access.
    pub access: Vec<String>,
    /// The IAM actions behind the words.
    pub actions: Vec<String>,
    /// The conditions that decide; empty: unconditional.
    #[serde(rename = "if")]
    pub conditions: Vec<String>,
    /// Condition keys and unseen layers that decide; empty: certain.
    pub depends_on: Vec<String>,
    /// Are they administrators?
    pub admin: bool,
    /// Are they from outside?
    pub outside: bool,
    /// How bad it is, where that is judged.
    pub severity: Option<Severity>,
    /// Who could begin it as well, since each of them can get to be all the others.
    pub ring: Vec<Thing>,
    /// How: a direct answer has one step, a chain several.
    pub steps: Vec<Step>,
    /// `outside`: the way in.
    pub way: Option<WayIn>,
}

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// ○
    Low,
    /// ●
    Medium,
    /// ▲
    High,
    /// ◆
    Critical,
}

/// One hop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// `becomes`, `controls`, `passes`, `gains`, `runs as`, `member of`, `lists`, `reads`, `writes`, `deletes`, `runs` or
    /// `touches`.
    pub relation: String,
    /// From whom.
    pub from: Thing,
    /// To whom or what.
    pub to: Thing,
    /// The action that was decided; none for facts such as `runs as`.
    pub action: Option<String>,
    /// Conditions that decide.
    #[serde(rename = "if")]
    pub conditions: Vec<String>,
    /// What was not seen and decides, as in `Answer::depends_on` and without condition keys; `pins` has the same by layer.
    #[serde(skip)]
    pub unseen: Vec<String>,
    /// The hop as a sentence.
    pub sentence: String,
    /// Every layer, in order; empty for facts that nothing decides.
    pub pins: Vec<Pin>,
    /// The statements that make it so.
    pub because: Vec<Citation>,
    /// By which method, in a chain; none for plain access and for facts.
    pub method: Option<StepMethod>,
    /// All the requests of the method, the first of which is `action`.
    pub requests: Vec<StepAsk>,
}

/// A method of getting from one to the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepMethod {
    /// Its id; `docs/steps.md` lists them.
    pub id: String,
    /// What is done, in a few words.
    pub title: String,
    /// How it could be misused.
    pub misuse: String,
    /// How it is fixed.
    pub fix: String,
    /// How the fix is checked.
    pub check: String,
    /// Pages of AWS's documentation.
    pub pages: Vec<String>,
}

/// One request of a method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepAsk {
    /// Who sends it: the one who takes the step, or the service that takes a role.
    pub by: String,
    /// The action.
    pub action: String,
    /// On what, by display name; `*` in an ARN is a name that whoever asks may choose.
    pub on: String,
    /// The condition keys that it has to carry, with their values; none for those that it must not carry.
    pub with: BTreeMap<String, Option<String>>,
    /// Keys that it turns on and that whoever asks may choose.
    pub chosen: Vec<String>,
    /// The statements that make it so.
    pub because: Vec<Citation>,
}

/// Somebody or something, by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Thing {
    /// The display name.
    pub name: String,
    /// The ARN, where there is one.
    pub arn: Option<String>,
    /// `user`, `role`, … or an IAM resource type.
    pub kind: String,
    /// The account, where known.
    pub account: Option<String>,
    /// Of somebody outside: who that is, as settings or lists say.
    pub known_as: Option<String>,
}

impl Thing {
    /// The display name, with who that is.
    pub fn called(&self) -> String {
        match &self.known_as {
            Some(known) => format!("{} ({known})", self.name),
            None => self.name.clone(),
        }
    }
}

/// One policy layer of one decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pin {
    /// `identity`, `trust`, `resource`, `boundary`, `session`, `scp`, `rcp` or `endpoint`.
    pub layer: String,
    /// What it does.
    pub state: PinState,
    /// The document that decides in it.
    pub label: Option<String>,
    /// The line of the statement that decides in it.
    pub line: Option<usize>,
    /// Its statements that speak of the request, the deciding one first.
    pub citations: Vec<Citation>,
}

/// What a layer does to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PinState {
    /// ✓ lets it turn.
    Turns,
    /// – no such layer.
    None,
    /// ✕ stops it.
    Stops,
    /// ~ not seen.
    Unseen,
    /// ? depends on conditions.
    Depends,
}

/// The statement that makes a claim true.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Citation {
    /// The document by display name: `policy/billing-data`.
    pub document: String,
    /// For `/api/document?id=`.
    pub document_id: Option<u32>,
    /// The layer that it is part of.
    pub layer: String,
    /// `Allow` or `Deny`.
    pub effect: String,
    /// The Sid.
    pub sid: Option<String>,
    /// The place of the statement in the document, from 1.
    pub statement: usize,
    /// Its first line, from 1.
    pub line: usize,
    /// Its last line.
    pub end_line: usize,
    /// Its text, whole lines.
    pub text: String,
    /// How it comes to apply.
    pub attached: Option<String>,
    /// Where a plan or template declares it: `main.tf:41 as aws_iam_role_policy.thumb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<String>,
    /// The same as file and line, where both are known.
    #[serde(skip)]
    pub declared_at: Option<(String, usize)>,
    /// What in it made the difference.
    pub marks: Vec<Mark>,
    /// `allows`, `denies`, `does not match` or `depends`.
    pub outcome: String,
}

/// A stretch of one line.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Mark {
    /// The line, from 1.
    pub line: usize,
    /// First column, in characters, from 0.
    pub start: usize,
    /// Past the last column.
    pub end: usize,
    /// What to say about it.
    pub text: String,
}

/// How many were left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct NotCounted {
    /// Administrators.
    pub administrators: usize,
}

/// What was not seen.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct NotSeen {
    /// The AWS call that would have told.
    #[serde(rename = "call")]
    pub call: String,
    /// In which account.
    #[serde(rename = "where")]
    pub place: String,
    /// How many things it is about.
    pub things: u64,
    /// Why it was not seen.
    pub why: String,
}
