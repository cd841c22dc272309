//! `clavicle.more/1`, field by field; see `docs/more.schema.json`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Pin, SnapshotHead, Thing, Verdict};

/// What one can do with a thing and another cannot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MorePage {
    /// `clavicle.more/1`.
    pub schema: &'static str,
    /// Yes: it is proved that there is nothing. No: there is. Unknown: nothing was found, and there may be.
    pub verdict: Verdict,
    /// The answer in one sentence.
    pub sentence: String,
    /// Who.
    pub by: Thing,
    /// Beside whom.
    pub than: Thing,
    /// Where the other stands, if not in the same accounts.
    pub than_in: Option<String>,
    /// With what.
    pub on: Thing,
    /// What, put together where the same statements decide.
    pub more: Vec<MorePart>,
    /// Why there may be more.
    pub unknown: Vec<String>,
    /// Plain sentences.
    pub notes: Vec<String>,
    /// Which snapshot it was answered from.
    pub snapshot: SnapshotHead,
    /// The date of the AWS facts.
    pub facts: String,
}

/// What the same statements decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MorePart {
    /// Patterns of actions.
    pub actions: Vec<String>,
    /// A request that shows it.
    pub example: MoreRequest,
    /// Every layer of it, sent by the one.
    pub lets: Vec<Pin>,
    /// Every layer of it, sent by the other.
    pub stops: Vec<Pin>,
}

/// A request, whoever sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MoreRequest {
    /// The action.
    pub action: String,
    /// The ARN.
    pub resource: String,
    /// The keys that it carries.
    pub context: BTreeMap<String, Vec<String>>,
    /// The whole in words.
    pub text: String,
}
