//! How many of those who have a policy used what it gives, by whatever tells of use.

use clavicle_answer::PolicyUsed;
use serde::Serialize;

use super::trim::since;
use crate::open::Open;
use crate::progress::Progress;
use crate::refusal::Refusal;
use crate::routes::{Bytes, json};

#[derive(Debug, Serialize)]
struct PolicyUsedPage<'p> {
    /// `clavicle.policy-used/1`.
    schema: &'static str,
    #[serde(flatten)]
    used: &'p PolicyUsed,
}

/// Of one policy.
pub(crate) fn look_what_is_used(
    open: &Open,
    name: &str,
    since_text: &str,
    progress: &Progress,
) -> Result<PolicyUsed, Refusal> {
    progress.report("reading the evidence", 0, 0);
    let evidence = open.evidence()?;
    let since = since(open.reader(), &evidence, since_text)?;
    let told = |done, total| progress.report("looking who used it", done, total);
    Ok(open.reader().policy_used(name, &evidence, since, told)?)
}

/// The same, as it is sent.
pub(crate) fn policy_used(used: &PolicyUsed) -> Result<Bytes, Refusal> {
    json(&PolicyUsedPage { schema: "clavicle.policy-used/1", used })
}
