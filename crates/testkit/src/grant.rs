//! What a grant is made of.

use crate::statement::Found;
use crate::truth::Truth;

/// Ways to be allowed, each with the statements it rests on; one suffices.
#[derive(Default)]
pub(crate) struct Grants {
    ways: Vec<(Truth, Vec<String>)>,
}

impl Grants {
    /// A way that needs no statement.
    pub(crate) fn outright(&mut self, truth: Truth) {
        self.ways.push((truth, Vec::new()));
    }

    /// A way for each of the statements, under a common demand.
    pub(crate) fn each(&mut self, statements: &[Found<'_>], demand: &Truth) {
        for found in statements {
            self.ways.push((found.truth.clone().and(demand.clone()), vec![found.cite()]));
        }
    }

    /// A way for each pair of one statement from either side, under a common demand.
    pub(crate) fn both(&mut self, left: &[Found<'_>], right: &[Found<'_>], demand: &Truth) {
        for (left, right) in left.iter().flat_map(|left| right.iter().map(move |right| (left, right))) {
            let truth = left.truth.clone().and(right.truth.clone()).and(demand.clone());
            self.ways.push((truth, vec![left.cite(), right.cite()]));
        }
    }

    /// Is there a way?
    pub(crate) fn truth(&self) -> Truth {
        Truth::any(self.ways.iter().map(|(truth, _)| truth.clone()))
    }

    /// The statements on which the certain ways rest.
    pub(crate) fn because(&self) -> Vec<String> {
        let certain = self.ways.iter().filter(|(truth, _)| *truth == Truth::True);
        certain.flat_map(|(_, cited)| cited.clone()).collect()
    }
}
