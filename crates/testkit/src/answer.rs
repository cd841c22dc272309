//! What came out, and because of what.

use serde::{Deserialize, Serialize};

/// Is the request allowed? (rules 1.1, 12.1)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Decision {
    /// Something allows it and nothing stands in the way.
    Allowed,
    /// Nothing allows it, whatever the unknown keys hold; some of their values may deny it explicitly besides.
    ImplicitlyDenied,
    /// A Deny statement matches, whatever the unknown keys hold.
    ExplicitlyDenied,
    /// Some values of the unknown keys may allow it, and others not.
    Depends,
}

/// What was decided, on what does it depend, and which statements decided it?
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The verdict.
    pub decision: Decision,
    /// The unknown keys that matter, as they were spelled, sorted; empty unless the decision is `Depends`.
    pub depends_on: Vec<String>,
    /// Explicitly denied: every Deny statement that matches for certain. Allowed: every Allow statement that grants
    /// (identity and resource policies; ceilings only stand aside). Each as `identity_policies[0]#1`: the place of
    /// the policy in the request, and the number of the statement, counted from one. Sorted.
    pub because: Vec<String>,
    /// Implicitly denied: the layers that had to allow and did not, sorted: `grant`, `scps[1]`, `endpoint`,
    /// `public bucket`, `protected`, `partition`, `root`.
    pub missing: Vec<String>,
}
