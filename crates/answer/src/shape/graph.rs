//! The graph of steps, a row each.

use serde::Serialize;

/// A place of the graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GraphNode {
    /// `n` and a number, for the edges.
    pub id: String,
    /// The display name.
    pub label: String,
    /// `user`, `role`, `account`, `provider`, `administrator`, `raised`, or an IAM resource type.
    pub kind: String,
    /// The account, where known.
    pub account: Option<String>,
    /// How many equal ones it stands for.
    pub count: usize,
    /// Their ARNs, the first fifty.
    pub members: Vec<String>,
    /// Does it have all the power over its account?
    pub administrator: bool,
    /// Is it from outside?
    pub outside: bool,
}

/// A step from one place to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GraphEdge {
    /// From which node.
    pub from: String,
    /// To which.
    pub to: String,
    /// `becomes`, `controls`, `passes`, `runs as`, `gains` or `touches`.
    pub relation: String,
    /// The method, as `docs/steps.md` lists it; none for facts.
    pub method: Option<String>,
    /// The method in a few words.
    pub title: String,
    /// Does nothing but the asker decide whether it is taken?
    pub certain: bool,
    /// Does something that was not seen decide?
    pub unseen: bool,
    /// Conditions that decide.
    pub conditions: Vec<String>,
    /// The statements that make it so: `policy/x:16 Sid`.
    pub because: Vec<String>,
}
