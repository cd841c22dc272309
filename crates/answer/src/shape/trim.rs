//! `clavicle.trim/1`: a plan that takes from somebody what was not used; see `docs/suggestion-format.md`.

use serde::Serialize;

use super::{KeptRow, NeedRow, RemovedRow, Thing, UnmetRow, VerifiedRow};

/// The plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrimPage {
    /// `clavicle.trim/1`.
    pub schema: &'static str,
    /// The plan in a sentence.
    pub sentence: String,
    /// Of whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<Thing>,
    /// What happens to each policy.
    pub steps: Vec<TrimStep>,
    /// The commands of the AWS CLI, as a script; empty where there is nothing to do.
    pub apply: String,
    /// The commands that undo it.
    pub rollback: String,
    /// The same as configuration of Terraform; empty where there is nothing to do or no such form.
    pub terraform: String,
    /// The configuration that undoes it.
    pub terraform_rollback: String,
    /// The same as a template of CloudFormation, for a stack that what is there was imported into; empty where there is
    /// nothing to do or no such form.
    pub cloudformation: String,
    /// The template that undoes it.
    pub cloudformation_rollback: String,
    /// What was seen in use.
    pub needs: Vec<NeedRow>,
    /// What is kept though nobody saw it used.
    pub kept: Vec<KeptRow>,
    /// What goes.
    pub removed: Vec<RemovedRow>,
    /// What was seen and is not allowed by their policies.
    pub unmet: Vec<UnmetRow>,
    /// What was checked.
    pub verified: VerifiedRow,
    /// The date of the AWS facts.
    pub catalog: String,
    /// Plain sentences.
    pub notes: Vec<String>,
}

/// What happens to one policy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TrimStep {
    /// The policy.
    pub document: String,
    /// `stays`, `new text`, `new version`, `goes`, `is detached`, `is new`, `is new, and attached`.
    pub change: String,
    /// Why so.
    pub why: String,
    /// Its lines: `- ` goes, `+ ` comes, two spaces stay. Empty where the text does not change.
    pub diff: Vec<String>,
}

impl TrimStep {
    /// A step with this policy, of which nothing is said yet.
    pub(crate) fn of(document: &str) -> Self {
        Self { document: document.to_owned(), ..Self::default() }
    }
}
