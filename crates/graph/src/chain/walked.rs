//! The steps that a search may take: those by what was seen, or also those through things that no source lists.

use crate::steps::{NodeId, StepId, Steps};

/// See the file.
#[derive(Clone, Copy)]
pub(crate) struct Walked<'s> {
    pub(crate) steps: &'s Steps,
    /// Also through things that no source lists?
    pub(crate) unlisted: bool,
}

impl<'s> Walked<'s> {
    /// The steps by what was seen.
    pub(crate) fn listed(steps: &'s Steps) -> Self {
        Self { steps, unlisted: false }
    }

    fn may(self, step: StepId) -> bool {
        self.unlisted || self.steps.is_listed(step)
    }

    /// The steps from a node.
    pub(crate) fn from(self, node: NodeId) -> impl Iterator<Item = StepId> + 's {
        self.steps.all_from(node).filter(move |step| self.may(*step))
    }

    /// The steps to a node.
    pub(crate) fn into(self, node: NodeId) -> impl Iterator<Item = StepId> + 's {
        self.steps.all_into(node).iter().copied().filter(move |step| self.may(*step))
    }

    /// Is there a step between two nodes?
    pub(crate) fn leads(self, from: NodeId, to: NodeId) -> bool {
        self.steps.between(from, to).is_some_and(|step| self.may(step))
    }
}
