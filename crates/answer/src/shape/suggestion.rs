//! `clavicle.suggestion/1`: the smallest policy for a task or for what was used; see `docs/suggestion-format.md`.

use serde::Serialize;
use serde_json::Value;

use super::Thing;

/// A suggested policy, with what it is made of and what was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SuggestionPage {
    /// `clavicle.suggestion/1`.
    pub schema: &'static str,
    /// What is suggested, in a sentence.
    pub sentence: String,
    /// Whose use it is made of; none for a task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<Thing>,
    /// The policies, to be attached together.
    pub policies: Vec<Value>,
    /// What has to be allowed, and why.
    pub needs: Vec<NeedRow>,
    /// What is kept though nobody saw it used.
    pub kept: Vec<KeptRow>,
    /// What goes.
    pub removed: Vec<RemovedRow>,
    /// What was asked for and is not allowed today, so that it is not suggested.
    pub unmet: Vec<UnmetRow>,
    /// What was checked.
    pub verified: VerifiedRow,
    /// The date of the AWS facts.
    pub catalog: String,
    /// Plain sentences.
    pub notes: Vec<String>,
}

/// An action and a thing that are needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NeedRow {
    /// `s3:GetObject`
    pub action: String,
    /// An ARN, a pattern of ARNs, `*` where the action takes none; none where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// Why, where that is not plain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// How often it was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// When it was seen last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
}

/// Actions that are kept as they were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptRow {
    /// Which.
    pub actions: Vec<String>,
    /// Why nobody can know whether they were used.
    pub why: String,
    /// The policy that they stand in.
    pub document: String,
}

/// Actions of one service that go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RemovedRow {
    /// `s3`
    pub service: String,
    /// How many actions.
    pub count: usize,
    /// Nothing of the service is left.
    pub whole: bool,
    /// Their names without the service; none where all that was granted of the service goes.
    pub actions: Vec<String>,
}

/// A request that the policies of today do not let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnmetRow {
    /// `s3:GetObject`
    pub action: String,
    /// On what, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// Why it is not: a Deny refuses it, or none of their policies allows it (a policy of the thing may).
    pub because: String,
}

/// The three checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerifiedRow {
    /// Requests that were asked again and are allowed.
    pub allowed: usize,
    /// Requests that are allowed if conditions hold of which nothing was seen, exactly as today.
    pub as_before: usize,
    /// Nothing in the proposal could go without losing a request or something kept.
    pub minimal: bool,
    /// `proved`: nothing is allowed that was not; `asked`: of so many requests none is; `task`: there is nothing to compare with.
    pub within: &'static str,
    /// How many requests were asked, where it is not proved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests: Option<usize>,
}
