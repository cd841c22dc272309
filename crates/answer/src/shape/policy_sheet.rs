//! What a policy is for, as a part of the answer to `what POLICY`.

use serde::Serialize;

use super::Reached;

/// What one policy document is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicySheet {
    /// `customer managed policy`, `AWS managed policy`, `service control policy` …
    pub kind: String,
    /// The version in force, `v3`.
    pub version: Option<String>,
    /// How many versions were seen.
    pub versions: usize,
    /// How many actions of AWS's lists its Allow statements speak of (of a policy that only denies: its Deny statements).
    pub actions: usize,
    /// How many users, groups and roles bear it.
    pub bearers: usize,
    /// How many have it as their permissions boundary.
    pub bounds: usize,
    /// Permission sets that hold it, by name.
    pub permission_sets: Vec<String>,
    /// The tasks of its bearers, the largest first.
    pub tasks: Vec<PolicyTask>,
    /// Each bearer gets things of its own by name or tags, so that many tasks may share it.
    pub follows_bearer: bool,
    /// Its size.
    pub size: Option<PolicySize>,
    /// Other documents that mean the same, by display name.
    pub equal: Vec<String>,
    /// Documents that are one statement apart.
    pub near: Vec<NearPolicy>,
    /// Statement by statement.
    pub statements: Vec<StatementSheet>,
}

/// One task that a policy serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyTask {
    /// What it is called.
    pub name: String,
    /// What told: `tag task`, `group`, `workload`, `name`, `trust`, `people`.
    pub by: String,
    /// Who does it, by display name.
    pub bearers: Vec<String>,
}

/// How large a document is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicySize {
    /// Characters without white space.
    pub characters: usize,
    /// What AWS allows, where that is known.
    pub most: Option<usize>,
}

/// A document that is one statement apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NearPolicy {
    /// Its display name.
    pub document: String,
    /// The line of the statement that only this document has.
    pub line: Option<usize>,
    /// Its Sid.
    pub sid: Option<String>,
    /// The line of the statement that only the other one has, there.
    pub other_line: Option<usize>,
    /// Its Sid.
    pub other_sid: Option<String>,
}

/// What one statement does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementSheet {
    /// Its place, from 1.
    pub statement: usize,
    /// What it gives or takes by itself, strongest first.
    pub gives: Vec<Reached>,
    /// Why it adds nothing: which statement says as much.
    pub redundant: Option<String>,
    /// Why it does nothing.
    pub idle: Option<String>,
}
