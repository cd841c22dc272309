//! Every document that bears on a request, with the place in which it stands.

use crate::applicable::{Applicable, Documents, Ladder, ResourcePolicy};
use crate::combine::has_identity_side;
use crate::matching::PrincipalRule;
use crate::named::Form;
use crate::request::Request;
use crate::situation::Situation;
use crate::store::PolicyId;

/// Where a statement stands, as far as it tells for the combination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Identity,
    Boundary,
    Session,
    Scp(usize),
    Rcp,
    Resource(Form),
    Endpoint,
}

/// Visits every document that has been shown and that counts. The policy of the resource is visited in the place of
/// its strongest form; each statement of it tells its own.
pub(crate) fn each_document(
    request: &Request<'_>,
    applicable: &Applicable<'_>,
    situation: &Situation,
    mut visit: impl FnMut(Place, PolicyId, PrincipalRule),
) {
    let mut all = |place: Place, policies: &[PolicyId], rule: PrincipalRule| {
        policies.iter().for_each(|policy| visit(place, *policy, rule));
    };
    if has_identity_side(situation.kind) {
        all(Place::Identity, shown(applicable.identity), PrincipalRule::Ignored);
        all(Place::Boundary, shown(applicable.boundary), PrincipalRule::Ignored);
        all(Place::Session, shown(applicable.session), PrincipalRule::Ignored);
    }
    let of_endpoint = PrincipalRule::of_endpoint(applicable, situation.kind);
    all(Place::Endpoint, shown(applicable.endpoint), of_endpoint);
    if let (true, Ladder::Levels(levels)) = (situation.under_scps, applicable.scps) {
        for (level, policies) in levels.iter().enumerate() {
            all(Place::Scp(level), policies, PrincipalRule::Ignored);
        }
    }
    let of_resource = PrincipalRule::of_resource(applicable, situation.kind);
    if let (true, Ladder::Levels(levels)) = (situation.under_rcps, applicable.rcps) {
        let of_rcp = PrincipalRule::of_rcp(applicable, situation.kind);
        levels.iter().for_each(|policies| all(Place::Rcp, policies, of_rcp));
    }
    if let ResourcePolicy::Some(policy) = applicable.resource_policy(request) {
        all(Place::Resource(Form::Itself), &[policy], of_resource);
    }
}

fn shown(documents: Documents<'_>) -> &[PolicyId] {
    match documents {
        Documents::None | Documents::NotSeen => &[],
        Documents::Some(policies) | Documents::Partly(policies) => policies,
    }
}
