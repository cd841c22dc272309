//! `clavicle.unused/1`, field by field; see `docs/answer-format.md`.

use serde::Serialize;

use super::{SnapshotHead, Thing};

/// What was not used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnusedPage {
    /// `clavicle.unused/1`.
    pub schema: &'static str,
    /// Who was asked about, as typed; `None`: everybody.
    pub who: Option<String>,
    /// What was used before this time counts as not used.
    pub since: String,
    /// Which snapshot.
    pub snapshot: SnapshotHead,
    /// The date of the AWS facts.
    pub catalog: String,
    /// What the answer rests on.
    pub evidence: EvidenceHead,
    /// The outcome in one sentence.
    pub sentence: String,
    /// Users and roles that did nothing.
    pub principals: Vec<IdlePrincipal>,
    /// Users and roles of which that cannot be known.
    pub unknown: Vec<IdlePrincipal>,
    /// Passwords and keys.
    pub credentials: Vec<IdleCredential>,
    /// Groups.
    pub groups: Vec<IdleThing>,
    /// Managed policies of the accounts' own.
    pub policies: Vec<IdleThing>,
    /// Of every user and role with permissions: which of them it used.
    pub permissions: Vec<PermissionsUsed>,
    /// Plain sentences.
    pub notes: Vec<String>,
}

/// What the answer rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EvidenceHead {
    /// By account, what its logs hold.
    pub logs: Vec<LogsOf>,
    /// Of how many principals AWS's own reports of last access are at hand.
    pub last_accessed: usize,
    /// Events whose actions are not known.
    pub unmapped_events: u64,
}

/// What the logs hold of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogsOf {
    /// Its id.
    pub account: String,
    /// The first and the last event; `None`: there are no logs of it.
    pub from: Option<String>,
    /// The last event.
    pub to: Option<String>,
    /// Do they reach back to `since`?
    pub reach_back: bool,
    /// How many events.
    pub events: u64,
    /// Of which services there are data events.
    pub data_events: Vec<String>,
}

/// A user or role that did nothing, or of which that cannot be known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IdlePrincipal {
    /// Who.
    pub thing: Thing,
    /// When it was last used, as far as anything tells.
    pub last_used: Option<String>,
    /// Why that is so.
    pub because: String,
}

/// A password or key that was not used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IdleCredential {
    /// Whose.
    pub thing: Thing,
    /// `password` or `access key`.
    pub kind: &'static str,
    /// When it was made; keys are told apart by that.
    pub made: Option<String>,
    /// When it was last used; `None`: never, as far as AWS looks back.
    pub last_used: Option<String>,
}

/// Something that serves nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IdleThing {
    /// What.
    pub thing: Thing,
    /// Why that is so.
    pub because: String,
}

/// Which of its permissions a user or role used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PermissionsUsed {
    /// Who.
    pub thing: Thing,
    /// How many actions Allow statements of its identity policies name, those of its groups among them.
    pub granted: usize,
    /// How many of these it used.
    pub used: usize,
    /// Of how many that cannot be known.
    pub unknown: usize,
    /// How many it did not use.
    pub unused: usize,
    /// A policy of it was not seen, or a statement could not be read: more may be granted.
    pub partly_seen: bool,
    /// What it used.
    pub used_actions: Vec<UsedAction>,
    /// What it did not use, by service.
    pub unused_actions: Vec<ServiceActions>,
    /// What cannot be known, by reason and service.
    pub unknown_actions: Vec<UnknownActions>,
    /// What it was denied, though it tried, by name; `a:One or b:One` where the log does not tell which of these it was.
    pub refused: Vec<String>,
}

/// An action that was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UsedAction {
    /// `s3:GetObject`
    pub action: String,
    /// The last time.
    pub last: String,
    /// How often the logs have it; `None`: AWS's report says that it was used, and not how often.
    pub count: Option<u64>,
    /// The action whose calls needed it.
    pub needed_by: Option<String>,
    /// The things that the logs have it used on, by name; none: they are many, or not told.
    pub on: Vec<String>,
}

/// Actions of one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServiceActions {
    /// Its prefix.
    pub service: String,
    /// How many.
    pub count: usize,
    /// Are these all that are granted of the service?
    pub whole: bool,
    /// Their names, without the prefix; empty if these are all that the service has.
    pub actions: Vec<String>,
}

/// Actions of which nobody can know whether they were used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnknownActions {
    /// Why.
    pub because: String,
    /// Which.
    pub services: Vec<ServiceActions>,
}
