//! The smallest policy for a task, or for what somebody was seen to do. It is verified before it is told.

mod holder;
mod plan;
mod recorded;
mod tagged;
mod task;
mod texts;
mod told;
mod used;

use clavicle_policy::Policy;
use clavicle_trim::{Reach, Wanted};

use crate::shape::SuggestionPage;

pub use plan::{Trim, TrimFile};
pub use recorded::{suggest_recorded, verify_recorded};
pub use task::{Task, task_without_accounts};

pub use texts::PolicyTexts;

/// How a policy is to be made.
#[derive(Debug, Clone, Copy, Default)]
pub struct How {
    /// How far a thing stands for others.
    pub reach: Reach,
    /// How short, and where it is to go.
    pub wanted: Wanted,
}

/// What is looked at, from when on.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'e> {
    /// What was used.
    pub evidence: &'e clavicle_usage::Evidence,
    /// What was last used before counts as not used.
    pub since: jiff::Timestamp,
}

/// A suggestion.
#[derive(Debug, Clone)]
pub struct Suggestion {
    /// What is told.
    pub page: SuggestionPage,
    /// The policies of the page, for the files of other tools.
    pub policies: Vec<Policy>,
}
