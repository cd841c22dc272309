//! Caller and resource in two accounts (rules 7.1 to 7.5).

use crate::caller::Caller;
use crate::grant::Grants;
use crate::layers::Layers;
use crate::truth::Truth;
use serde_json::Value;

/// Both sides must allow; the resource side in any form (rules 7.1, 7.2), and without a policy not at all (rule 7.3).
pub(crate) fn both_sides(layers: &Layers<'_>, policy: Option<&Value>, grants: &mut Grants) {
    let resource_side: Vec<_> = policy
        .into_iter()
        .flat_map(|policy| layers.resource_allows(policy))
        .map(|(_, found)| found)
        .collect();
    if matches!(layers.caller, Caller::Root { .. }) {
        grants.each(&resource_side, &Truth::True);
    } else {
        let ceilings_of_identity = layers.boundary_allows().and(layers.session_allows());
        grants.both(&layers.identity(), &resource_side, &ceilings_of_identity);
    }
}
