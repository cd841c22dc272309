//! `clavicle.changes/1`: what is different between two states of the same accounts; see `docs/changes-format.md`.

use serde::Serialize;

use super::{Answer, Citation, SnapshotHead, Thing};

/// What is different, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangesPage {
    /// `clavicle.changes/1`.
    pub schema: &'static str,
    /// `widens`, `narrows`, `changes`, `same` or `unknown`.
    pub verdict: String,
    /// The difference in one sentence.
    pub sentence: String,
    /// What it was.
    pub old: SnapshotHead,
    /// What it is.
    pub new: SnapshotHead,
    /// The date of the AWS facts.
    pub catalog: String,
    /// Who can do more and less with which things of the snapshots: what widens first.
    pub access: Vec<AccessChange>,
    /// Policies with another text, and what that comes to for every request.
    pub documents: Vec<DocumentChange>,
    /// Policies attached or detached.
    pub attachments: Vec<AttachmentChange>,
    /// Chains to what matters and to all the power that are there now.
    pub opened: Vec<Answer>,
    /// Chains that are gone.
    pub closed: Vec<Answer>,
    /// Ways in from outside that are there now.
    pub ways_opened: Vec<Answer>,
    /// Ways in that are gone.
    pub ways_closed: Vec<Answer>,
    /// What was seen in use and is lost; `None`: nobody asked.
    pub breaks: Option<Vec<BreakChange>>,
    /// Plain sentences.
    pub notes: Vec<String>,
    /// Does it pass `[gate]` of `clavicle.toml`, or what a gate is if nobody says anything?
    pub gate: GateOutcome,
}

/// Something that somebody was seen to use, and could use no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BreakChange {
    /// Who.
    pub who: Thing,
    /// The action.
    pub action: String,
    /// On what; `None`: the evidence does not say.
    pub on: Option<String>,
    /// How often, where logs tell.
    pub uses: Option<u64>,
    /// The last time, RFC 3339, where logs tell.
    pub last_used: Option<String>,
    /// Would it be refused for certain? Else it turns on conditions or on what was not seen.
    pub certain: bool,
}

/// What a gate says of a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GateOutcome {
    /// `passes`, `fails` or `undecided`.
    pub verdict: String,
    /// What fails, or what is not known.
    pub because: Vec<String>,
    /// Does `clavicle.toml` say what the gate is?
    pub stated: bool,
}

/// Equal ones can do more or less with some things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessChange {
    /// `gains`, `gains if`, `needs no condition now`, `loses`, `loses if`, `needs a condition now` or `may lose` (not all that
    /// decides it is known now); of all the power over an account `gains all`, `loses all`, `may lose all`.
    pub change: String,
    /// Does it let somebody do more?
    pub widens: bool,
    /// The display name of who.
    pub label: String,
    /// Who, all of them.
    pub who: Vec<Thing>,
    /// The words of access.
    pub access: Vec<String>,
    /// With what, the first of them.
    pub on: Vec<Thing>,
    /// With how many.
    pub count: usize,
    /// With how many things of that kind they could do it before.
    pub had: usize,
    /// Does any of the things matter?
    pub matters: bool,
    /// The change in one sentence.
    pub sentence: String,
    /// The statements that make it so: of what widens those that allow it now, of what narrows those that allowed it and
    /// those that deny it now.
    pub because: Vec<Citation>,
}

impl AccessChange {
    /// Is it not known whether it changes anything?
    pub fn is_open(&self) -> bool {
        matches!(self.change.as_str(), "may lose" | "may lose all")
    }
}

/// A policy with another text, or whose text is not known in the new state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DocumentChange {
    /// Its display name.
    pub document: String,
    /// `widens`, `narrows`, `changes`, `same` or `unknown`: what the new text comes to by itself, for every request.
    pub verdict: String,
    /// Does it bear on anybody or anything?
    pub in_use: bool,
    /// Actions that the new text allows more, as patterns.
    pub more: Vec<String>,
    /// Actions that it allows less.
    pub less: Vec<String>,
    /// Actions that it denies no more, and does not allow: what else allows them holds.
    pub denies_less: Vec<String>,
    /// Actions that it denies more, beside those that the old text allowed.
    pub denies_more: Vec<String>,
    /// Lines of the text that are there now and were not, and the other way round, in order; without those that are the
    /// same.
    pub lines: Vec<TextLine>,
    /// Why it is not known.
    pub doubts: Vec<String>,
    /// The file and line that declare it, where a plan or template does.
    #[serde(skip)]
    pub declared_at: Option<(String, usize)>,
}

/// A line that is in one of two texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TextLine {
    /// `+` in the new one, `-` in the old one.
    pub sign: char,
    /// Its place in its text, from 1.
    pub line: usize,
    /// The line, without the white space around it.
    pub text: String,
}

/// A policy was attached or detached, or something else bears on somebody that did not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttachmentChange {
    /// The policy, group or unit, or the key of a tag.
    pub policy: String,
    /// Whose it is, or where in the organization.
    pub bearer: String,
    /// `attached`, `detached`, `boundary` or `no boundary`; of a user in a group and an account in a unit `member` or `no member`;
    /// of what runs as a role `runs as` or `runs as no more`; of a tag of somebody that a policy asks for `tag`.
    pub change: String,
    /// Could somebody do more by it, with things that nobody has seen?
    pub may_widen: bool,
}
