//! The policies that AWS manages, by ARN.

use std::sync::LazyLock;

use crate::edition::managed_text;
use crate::table::{Row, rows};

/// A policy that AWS writes and every account can attach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ManagedPolicy {
    /// Its ARN in the commercial partition: `arn:aws:iam::aws:policy/ReadOnlyAccess`.
    pub arn: &'static str,
    /// The version that was the default: `v12`.
    pub version: &'static str,
    /// The day that version was made.
    pub updated: &'static str,
    /// The document, as JSON.
    pub document: &'static str,
}

impl ManagedPolicy {
    /// Its name: what follows the last `/` of the ARN.
    pub fn name(&self) -> &'static str {
        self.arn.rsplit('/').next().unwrap_or(self.arn)
    }
}

/// All of them, sorted by ARN.
pub(crate) fn managed_policies() -> &'static [ManagedPolicy] {
    static POLICIES: LazyLock<Vec<ManagedPolicy>> =
        LazyLock::new(|| rows(managed_text()).map(policy).collect());
    &POLICIES
}

/// The one with this ARN. Names of AWS's own policies are case-sensitive, as all names in ARNs.
pub(crate) fn managed_policy(arn: &str) -> Option<&'static ManagedPolicy> {
    let all = managed_policies();
    all.binary_search_by(|policy| policy.arn.cmp(arn)).ok().map(|at| &all[at])
}

/// The first line, from 1, that holds no policy.
pub(crate) fn first_damaged(text: &str) -> Option<usize> {
    let sound =
        |row: Row<'_>| row.text(0).starts_with("arn:aws:iam::aws:policy/") && row.text(3).starts_with('{');
    // The line before the first holds the name of the format.
    rows(text).position(|row| !sound(row)).map(|at| at + 2)
}

fn policy(row: Row<'static>) -> ManagedPolicy {
    ManagedPolicy { arn: row.text(0), version: row.text(1), updated: row.text(2), document: row.text(3) }
}

#[cfg(test)]
mod tests {
    use super::{managed_policies, managed_policy};

    #[test]
    fn each_is_found_by_its_arn() {
        assert!(managed_policies().len() > 1500);
        for policy in managed_policies() {
            assert_eq!(managed_policy(policy.arn), Some(policy));
            assert!(policy.document.starts_with('{') && policy.document.ends_with('}'), "{}", policy.arn);
        }
        assert_eq!(managed_policy("arn:aws:iam::aws:policy/NoSuchPolicy"), None);
        assert_eq!(
            managed_policy("arn:aws:iam::aws:policy/job-function/Billing").map(|p| p.name()),
            Some("Billing")
        );
    }
}
