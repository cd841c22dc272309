//! Which statements, if they were narrowed, would break every chain?

use clavicle_engine::Layer;
use clavicle_graph::{Attached, Begin, Goal, Limits, Origin};

use crate::count::counted;
use crate::reader::Reader;
use crate::shape::{Citation, CutIn};

/// So many steps that are lost with the cut are named.
const MOST_LOST: usize = 20;

/// Said where there is no cut.
pub(crate) const NO_CUT: &str = "No few statements would break the chains.";

impl Reader {
    /// The smallest cut of the chains to one goal. `None`: there is none, or none of few statements. The search runs again
    /// for each try. `known`: so many chains to it are told, and known to lead there.
    pub(crate) fn cut(
        &self,
        begin: &Begin,
        goal: &Goal,
        limits: &Limits,
        to: &str,
        known: usize,
    ) -> Option<CutIn> {
        let cut = self.world().cut(begin, goal, limits)?;
        let statements: Vec<Citation> = cut
            .statements
            .iter()
            .filter_map(|at| {
                let origin = self.world().origins(at.policy, 1).into_iter().next()?;
                let attached = Attached { policy: at.policy, layer: layer_of(&origin), origin };
                self.plain_citation(&attached, at.statement as usize)
            })
            .collect();
        let named = |node| self.thing_of_node(node).name;
        let mut lost: Vec<String> =
            cut.lost.iter().map(|(from, to)| format!("{} → {}", named(from), named(to))).collect();
        let count = lost.len();
        lost.truncate(MOST_LOST);
        let places: Vec<String> =
            statements.iter().map(|cited| format!("{}:{}", cited.document, cited.line)).collect();
        let verb = if places.len() == 1 { "breaks" } else { "together break" };
        let which = if cut.is_smallest { "Cheapest cut" } else { "A cut" };
        let chains = counted(known, "chain", "chains");
        let mut sentence = format!("{which}: {} {verb} {chains} to {to}", places.join(" and "));
        if count > 0 {
            sentence
                .push_str(&format!("; {} would be gone too", counted(count, "other step", "other steps")));
        }
        sentence.push('.');
        Some(CutIn {
            to: to.to_owned(),
            breaks: known,
            smallest: cut.is_smallest,
            statements,
            lost,
            sentence,
        })
    }
}

fn layer_of(origin: &Origin) -> Layer {
    match origin {
        Origin::Inline { .. } | Origin::Managed { .. } | Origin::Unattached(_) => Layer::Identity,
        Origin::Boundary { .. } => Layer::Boundary,
        Origin::Trust(_) => Layer::Trust,
        Origin::Resource(_) => Layer::Resource,
        Origin::Organization { .. } => Layer::Scp,
    }
}
