//! `clavicle.coverage/1`: what was seen, how old it is, and what is missing.

use serde::Serialize;

use super::SnapshotHead;

/// What was seen, how old it is, and what is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CoveragePage {
    /// `clavicle.coverage/1`.
    pub schema: &'static str,
    /// Which snapshot.
    pub snapshot: SnapshotHead,
    /// The date of the AWS facts.
    pub catalog: String,
    /// The outcome in one sentence.
    pub sentence: String,
    /// How many regions were seen.
    pub regions: usize,
    /// The services of the cells, in order.
    pub services: Vec<String>,
    /// Accounts, in order of their names; the organization as a whole first.
    pub accounts: Vec<AccountCoverage>,
    /// What is missing, what most things are about first.
    pub gaps: Vec<Gap>,
    /// What it was read from.
    pub sources: Vec<SourceFile>,
    /// What in the sources was not understood.
    pub warnings: Vec<NotUnderstood>,
}

/// What was seen of one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountCoverage {
    /// `None`: the organization as a whole.
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// For each service `seen`, `partial`, `denied`, `failed`, `not tried`, `unsupported`, or `none`: not asked about. The
    /// worst of its calls; some seen and some not is `partial`.
    pub cells: Vec<&'static str>,
}

/// One call whose answer is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// The AWS call: `secretsmanager:GetResourcePolicy`.
    pub call: String,
    /// As of a cell.
    pub state: &'static str,
    /// Why, in plain words.
    pub why: String,
    /// In which accounts, by name.
    pub places: Vec<String>,
    /// In how many.
    pub place_count: usize,
    /// The ids of the accounts.
    pub accounts: Vec<String>,
    /// How many things it is about.
    pub things: u64,
    /// Things whose policy was not seen for want of it, the first of them: answers about these may be "unknown".
    pub unseen: Vec<String>,
    /// How many of them there are.
    pub unseen_count: usize,
}

/// One file, or all that was collected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceFile {
    /// Its path as given; `AWS`: what was collected.
    pub file: String,
    /// What it was recognized as.
    pub kind: String,
    /// Its length.
    pub bytes: u64,
    /// When it was last changed.
    pub modified: Option<String>,
}

/// Something that was not understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotUnderstood {
    /// Where: `gaad.json:17:4`.
    pub place: String,
    /// What.
    pub text: String,
}
