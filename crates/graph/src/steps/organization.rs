//! AWS Organizations: from the management account into the members.

use std::sync::Arc;

use clavicle_policy::AccountId;

use super::gate::is_bound_by_scps;
use super::method::{Gives, Method, MethodKind, On, Tried, ask, way};
use crate::ceiling::Ceiling;
use crate::world::World;

pub(super) static METHODS: &[Method] = &[Method {
    id: "x-org",
    title: "Take the service control policies off a member account, and assume a role in it",
    kind: MethodKind::Organization,
    ways: &[
        way(
            Tried::RolesOfMembers,
            Gives::NoScpsOfSubject,
            &[ask("sts:AssumeRole", On::Subject), ask("organizations:UpdatePolicy", On::ScpsOfSubject)],
        )
        .if_(is_bound_by_scps),
        way(
            Tried::RolesOfMembers,
            Gives::NoScpsOfSubject,
            &[ask("sts:AssumeRole", On::Subject), ask("organizations:DetachPolicy", On::ScpsOfSubject)],
        )
        .if_(is_bound_by_scps),
    ],
    misuse: "Service control policies do not bind the management account. Whoever may change them there decides what \
        they hold back in every other account.",
    fix: "Let few principals of the management account change policies of the organization, and keep work out of it.",
    check: "Simulate organizations:UpdatePolicy and organizations:DetachPolicy for the principal: both should be denied.",
    pages: &[
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html",
        "https://docs.aws.amazon.com/organizations/latest/APIReference/API_UpdatePolicy.html",
        "https://docs.aws.amazon.com/organizations/latest/APIReference/API_DetachPolicy.html",
    ],
}];

impl World {
    /// The ARNs of the service control policies above an account that are the organization's own. Those of AWS hold
    /// nothing back.
    pub(crate) fn scps_above(&self, account: AccountId) -> Vec<Arc<str>> {
        let (Some(Ceiling::Levels(levels)), Some(organization)) =
            (self.ceilings_of(account).map(|ceilings| &ceilings.scps), &self.snapshot().organization)
        else {
            return Vec::new();
        };
        let attached = levels.iter().flat_map(|level| &level.attached);
        let mut own: Vec<Arc<str>> = attached
            .map(|policy| organization.policy(*policy))
            .filter(|policy| !policy.aws_managed)
            .filter_map(|policy| {
                let management = organization.management?;
                let made = || {
                    let organization = &organization.id;
                    let id = &policy.id;
                    format!(
                        "arn:aws:organizations::{management}:policy/{organization}/service_control_policy/{id}"
                    )
                };
                Some(policy.arn.clone().unwrap_or_else(|| made().into()))
            })
            .collect();
        own.sort_unstable();
        own.dedup();
        own
    }
}
