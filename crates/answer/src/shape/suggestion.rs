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
    /// What goes by a tag, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_tag: Option<TagPage>,
    /// What was checked.
    pub verified: VerifiedRow,
    /// The date of the AWS facts.
    pub catalog: String,
    /// Plain sentences.
    pub notes: Vec<String>,
}

/// What goes by a tag: caller and thing bear the same value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TagPage {
    /// Its key.
    pub tag: String,
    /// The value that the caller bears, or has to; none where no thing bears the tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// How many requests go by it.
    pub needs: usize,
    /// What stays by ARN.
    pub by_arn: Vec<ByArnRow>,
    /// Who may set or remove the tag today.
    pub setters: Vec<SetterRow>,
    /// The actions that the Deny of the policy refuses for this tag.
    pub guarded: Vec<String>,
    /// Actions that set tags and are not refused, and why.
    pub unguarded: Vec<String>,
}

/// A need that stays by ARN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ByArnRow {
    /// `s3:GetObject`
    pub action: String,
    /// On what, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// Why.
    pub why: String,
}

/// Who may set or remove a tag of things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SetterRow {
    /// Of which.
    pub things: Vec<Thing>,
    /// By which actions.
    pub actions: Vec<String>,
    /// Who may for certain, with one of the actions at least.
    pub who: Vec<Thing>,
    /// Who may if conditions hold, or as far as was seen.
    pub perhaps: Vec<Thing>,
    /// The policy of a thing was not seen: it may let in others.
    pub policy_not_seen: bool,
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
    /// `proved`: nothing is allowed that was not; `asked`: of so many requests none is. Of a task or a recording, where nothing
    /// was allowed before: `task`: nothing is allowed but what was asked for (proved); `not-settled`: that could not be proved.
    pub within: &'static str,
    /// How many requests were asked, where it is not proved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests: Option<usize>,
}
