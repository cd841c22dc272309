//! `clavicle.summary/1`: what the home view says before anyone asks; see `docs/web-api.md`.

use serde::Serialize;

use super::{NotSeen, Severity};

/// The summary of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// `clavicle.summary/1`.
    pub schema: &'static str,
    /// How much there is.
    pub snapshot: SummarySnapshot,
    /// The date of the AWS facts.
    pub catalog: String,
    /// Is it the demo?
    pub demo: bool,
    /// The accounts.
    pub accounts: Vec<AccountSummary>,
    /// The things that matter.
    pub matters: Vec<Matter>,
    /// Who gets in from outside.
    pub outside: Vec<OutsideSummary>,
    /// Questions that work on this snapshot.
    pub questions: Vec<String>,
    /// What was not seen.
    pub not_seen: Vec<NotSeen>,
}

/// How much a snapshot holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SummarySnapshot {
    /// The time of the data.
    pub id: String,
    /// Was everything seen?
    pub complete: bool,
    /// How many accounts.
    pub accounts: usize,
    /// Of how many of these anything was seen.
    pub accounts_seen: usize,
    /// How many users and roles.
    pub identities: usize,
    /// How many resources.
    pub resources: usize,
    /// The organization's id.
    pub organization: Option<String>,
}

/// One account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountSummary {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The unit that it lies in, as a path.
    pub unit: Option<String>,
    /// How many users and roles.
    pub identities: usize,
    /// How many resources.
    pub things: usize,
}

/// A thing that matters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Matter {
    /// Its display name.
    pub name: String,
    /// Its ARN.
    pub arn: Option<String>,
    /// Why it matters.
    pub why: Option<String>,
    /// How many identities read it directly.
    pub direct: Option<usize>,
    /// The same as a sentence.
    pub sentence: String,
}

/// Somebody who gets in from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutsideSummary {
    /// The display name.
    pub name: String,
    /// Do we know them?
    pub known: bool,
    /// `account`, `provider`, `service` or `everyone`.
    pub kind: String,
    /// How many doors they have.
    pub doors: usize,
    /// How bad it is.
    pub severity: Option<Severity>,
    /// The same as a sentence.
    pub sentence: String,
}
