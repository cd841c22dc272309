//! Nobody can: who comes closest, and what stops them?

use clavicle_graph::{Actor, Begin, Goal};

use crate::citation::layer_name;
use crate::pins::stopped_by;
use crate::reader::Reader;

impl Reader {
    /// `Closest: staging:role/deployer with s3:PutObject, stopped by scp/protect-prod:22.` Said only where a statement
    /// that was seen stops them, and not of those from outside, of whose own policies nothing was seen.
    pub(crate) fn nearest_miss(&self, begin: &Begin, goal: &Goal) -> Option<String> {
        if matches!(begin, Begin::Outside) {
            return None;
        }
        let Goal::Do { wanted, .. } = goal else { return None };
        let closest = self.world().closest(begin, goal)?;
        let who = self.thing_of_actor(&Actor::Principal(closest.who)).name;
        let action = wanted.get(closest.action)?.action.text();
        let pins = self.pins(&closest.why, &who);
        let counts = |layer: &str| closest.layers.iter().any(|it| layer_name(*it) == layer);
        let stops: Vec<String> =
            pins.iter().filter(|pin| counts(&pin.layer)).filter_map(stopped_by).collect();
        (!stops.is_empty())
            .then(|| format!("Closest: {who} with {action}, stopped by {}.", stops.join(" and ")))
    }
}
