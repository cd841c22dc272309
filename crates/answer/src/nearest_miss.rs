//! Nobody can: who comes closest, and what stops them?

use clavicle_graph::{Actor, Begin, Goal};

use crate::page::listed;
use crate::pins::stopping;
use crate::reader::Reader;
use crate::shape::{Citation, NearestMiss};

impl Reader {
    /// `Closest: staging:role/deployer with s3:PutObject, stopped by scp/protect-prod:22.` Said only where a statement
    /// that was seen stops them, and not of those from outside, of whose own policies nothing was seen.
    pub(crate) fn nearest_miss(&self, begin: &Begin, goal: &Goal) -> Option<NearestMiss> {
        if matches!(begin, Begin::Outside) {
            return None;
        }
        let Goal::Do { wanted, .. } = goal else { return None };
        let closest = self.world().closest(begin, goal)?;
        let who = self.thing_of_actor(&Actor::Principal(closest.who));
        let action = self.action_name(&wanted.get(closest.action)?.action);
        let pins = self.pins(&closest.why, &who.name);
        let counts = |layer: &str| closest.layers.iter().any(|it| it.word() == layer);
        let stops: Vec<Citation> =
            pins.iter().filter(|pin| counts(&pin.layer)).filter_map(stopping).cloned().collect();
        if stops.is_empty() {
            return None;
        }
        let places: Vec<String> =
            stops.iter().map(|cited| format!("{}:{}", cited.document, cited.line)).collect();
        let sentence = format!("Closest: {} with {action}, stopped by {}.", who.name, listed(&places));
        Some(NearestMiss { who, action, stops, pins, sentence })
    }
}
