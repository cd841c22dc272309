//! How much may be spent on one question.
//!
//! No budget is silent: whoever runs out says so, and the answer is "unknown", never "no difference".

use std::time::Instant;

/// What one question may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Branches of the search.
    pub nodes: u32,
    /// Steps of the tests on texts; a million take about a second.
    pub steps: u64,
    /// When to stop at the latest.
    pub deadline: Option<Instant>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { nodes: 50_000, steps: 2_000_000, deadline: None }
    }
}

/// Which limit was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Limit {
    /// [`Limits::nodes`].
    Nodes,
    /// [`Limits::steps`].
    Steps,
    /// [`Limits::deadline`].
    Deadline,
    /// The search went deeper than its stack allows.
    Depth,
}

/// What is left.
#[derive(Debug)]
pub(crate) struct Work {
    nodes: u32,
    steps: u64,
    deadline: Option<Instant>,
    /// Steps until the clock is looked at again: that costs more than a step.
    until_clock: u64,
    spent: Option<Limit>,
}

const STEPS_PER_LOOK_AT_THE_CLOCK: u64 = 1024;

impl Work {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            nodes: limits.nodes,
            steps: limits.steps,
            deadline: limits.deadline,
            until_clock: 0,
            spent: None,
        }
    }

    /// The limit that was reached.
    pub(crate) fn spent(&self) -> Option<Limit> {
        self.spent
    }

    /// Takes `steps`; `false` when there are none left.
    pub(crate) fn step(&mut self, steps: u64) -> bool {
        if self.spent.is_some() {
            return false;
        }
        match self.steps.checked_sub(steps) {
            Some(left) => self.steps = left,
            None => {
                self.spent = Some(Limit::Steps);
                return false;
            }
        }
        match (self.until_clock.checked_sub(steps), self.deadline) {
            (Some(left), _) => self.until_clock = left,
            (None, None) => {}
            (None, Some(deadline)) => {
                self.until_clock = STEPS_PER_LOOK_AT_THE_CLOCK;
                if Instant::now() >= deadline {
                    self.spent = Some(Limit::Deadline);
                    return false;
                }
            }
        }
        true
    }

    /// Takes one node.
    pub(crate) fn node(&mut self, depth: u32, deepest: u32) -> bool {
        if depth > deepest {
            self.spent.get_or_insert(Limit::Depth);
        }
        if self.spent.is_some() || !self.step(1) {
            return false;
        }
        match self.nodes.checked_sub(1) {
            Some(left) => self.nodes = left,
            None => self.spent = Some(Limit::Nodes),
        }
        self.spent.is_none()
    }
}
