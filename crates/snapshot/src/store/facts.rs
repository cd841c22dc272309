//! What an importer says about one thing, whatever format it came from. A field that is `None` means that the source
//! does not carry it: what an earlier source said stands.

use crate::model::{AccountId, CoverageState, OrgPolicyKind, PrincipalKind, RoleAttribute};

/// A policy text as it will be stored, or the fact that it could not be read.
#[derive(Clone, Debug)]
pub(crate) enum DocumentText {
    Seen(String),
    NotSeen,
}

#[derive(Debug)]
pub(crate) struct PrincipalFacts {
    pub(crate) kind: PrincipalKind,
    pub(crate) arn: String,
    pub(crate) account: AccountId,
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) unique_id: Option<String>,
    pub(crate) created: Option<String>,
    pub(crate) tags: Option<Vec<(String, String)>>,
    /// Time and region of the last use; `Some((None, _))`: the source knows of no use.
    pub(crate) last_used: Option<(Option<String>, Option<String>)>,
    /// `Some(None)`: the source says that there is no boundary.
    pub(crate) boundary: Option<Option<String>>,
    /// ARNs of managed policies.
    pub(crate) attached: Option<Vec<String>>,
    pub(crate) inline: Option<Vec<InlineFacts>>,
    /// Of roles only.
    pub(crate) trust: Option<DocumentText>,
    /// Names of groups, without their paths.
    pub(crate) groups: Option<Vec<String>>,
    /// Of roles: the instance profiles that hold them.
    pub(crate) profiles: Option<Vec<ProfileFacts>>,
    pub(crate) seen_at: Option<String>,
}

#[derive(Debug)]
pub(crate) struct InlineFacts {
    pub(crate) name: String,
    pub(crate) document: DocumentText,
}

#[derive(Debug)]
pub(crate) struct ProfileFacts {
    pub(crate) arn: String,
    pub(crate) account: AccountId,
    pub(crate) role: Option<String>,
}

#[derive(Debug)]
pub(crate) struct ManagedPolicyFacts {
    pub(crate) arn: String,
    pub(crate) default_version: Option<String>,
    pub(crate) versions: Vec<VersionFacts>,
    pub(crate) created: Option<String>,
    pub(crate) updated: Option<String>,
    pub(crate) seen_at: Option<String>,
}

#[derive(Debug)]
pub(crate) struct VersionFacts {
    pub(crate) id: String,
    pub(crate) is_default: bool,
    pub(crate) document: DocumentText,
    pub(crate) created: Option<String>,
}

/// The policy of a resource as one source tells it.
#[derive(Clone, Debug)]
pub(crate) enum ResourcePolicy {
    None,
    /// It is of a kind that has none of its own, so that the source says nothing of one.
    NoPlace,
    Seen(String),
    /// And why.
    NotSeen(String),
}

#[derive(Debug)]
pub(crate) struct ResourceFacts {
    pub(crate) arn: String,
    pub(crate) kind: String,
    pub(crate) account: Option<AccountId>,
    pub(crate) region: Option<String>,
    pub(crate) name: String,
    pub(crate) policy: ResourcePolicy,
    pub(crate) tags: Option<Vec<(String, String)>>,
    pub(crate) runs_as: Option<Vec<(RoleAttribute, String)>>,
    /// Allow-listed facts; merged by name over what an earlier source said.
    pub(crate) facts: serde_json::Map<String, serde_json::Value>,
    pub(crate) seen_at: Option<String>,
}

#[derive(Debug)]
pub(crate) struct AccountFacts {
    pub(crate) id: AccountId,
    pub(crate) name: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) parent: Option<String>,
}

/// What became of one call of a collection.
#[derive(Debug)]
pub(crate) struct CallFacts {
    pub(crate) call: String,
    pub(crate) account: Option<AccountId>,
    pub(crate) region: Option<String>,
    pub(crate) state: CoverageState,
    pub(crate) reason: String,
    pub(crate) things: u64,
    /// It counts only as long as there is no file of this name beside the one that says it: `eu-west-1.sqs.jsonl`.
    pub(crate) until: Option<String>,
}

#[derive(Debug)]
pub(crate) struct UnitFacts {
    pub(crate) id: String,
    pub(crate) arn: Option<String>,
    pub(crate) name: String,
    pub(crate) root: bool,
    pub(crate) parent: Option<String>,
    pub(crate) enabled: Option<Vec<OrgPolicyKind>>,
}

#[derive(Debug)]
pub(crate) struct OrgPolicyFacts {
    pub(crate) id: String,
    pub(crate) arn: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) kind: OrgPolicyKind,
    pub(crate) aws_managed: bool,
    pub(crate) document: Option<DocumentText>,
    /// `None`: the source does not carry targets.
    pub(crate) targets: Option<Vec<String>>,
}

/// A report of last use.
#[derive(Debug)]
pub(crate) struct SummaryFacts {
    pub(crate) account: AccountId,
    /// A part of it, as JSON.
    pub(crate) json: String,
}

#[derive(Debug)]
pub(crate) struct LastAccessedFacts {
    /// The ARN of the user or role.
    pub(crate) principal: String,
    /// RFC 3339: when it was made.
    pub(crate) reported: String,
    pub(crate) json: String,
}
