//! The action of a request, resolved once.

use crate::across_accounts::AcrossAccounts;
use crate::listed::Listed;
use crate::own_rule::{Special, Sts};
use crate::owner_told;
use crate::scope::Scope;

/// What a request wants to do: `s3:GetObject`. Names ignore case; a name that AWS's lists do not have works as text.
#[derive(Debug, Clone)]
pub struct Action {
    written: Box<str>,
    lower: Box<str>,
    /// Where the service prefix ends in `lower`.
    colon: usize,
    takes_no_resource: bool,
    // Looked up here, once, so that deciding need not.
    under_scps: bool,
    supports_rcps: bool,
    across_accounts: AcrossAccounts,
    special: Special,
    owner_told: bool,
    scope: Scope,
    listed: Listed,
}

impl Action {
    /// The action called `written`.
    pub fn new(written: &str) -> Self {
        let lower = written.to_lowercase().into_boxed_str();
        let colon = lower.find(':').unwrap_or(lower.len());
        let service = lower.get(..colon).unwrap_or("");
        let name = lower.get(colon + 1..).unwrap_or("");
        Self {
            // AWS: Organizations User Guide, "Service control policies (SCPs)", "Tasks and entities not restricted by SCPs":
            // Amazon Mechanical Turk is among them.
            under_scps: service != "mechanicalturk",
            // AWS: Organizations User Guide, "Resource control policies (RCPs)", "Resources and entities not restricted by
            // RCPs": `kms:RetireGrant` is among them.
            supports_rcps: clavicle_catalog::catalog().rcp_supported(service) && &*lower != "kms:retiregrant",
            across_accounts: AcrossAccounts::of(service, name),
            special: Special::of(service, name),
            owner_told: owner_told::is_sure(service, name),
            scope: Scope::of_action(service, name),
            listed: Listed::of(clavicle_catalog::catalog(), &lower),
            takes_no_resource: false,
            written: written.into(),
            colon,
            lower,
        }
    }

    /// The same action, when the caller knows better than AWS's lists whether it takes a resource.
    #[must_use]
    pub fn taking_no_resource(mut self, takes_no_resource: bool) -> Self {
        self.takes_no_resource = takes_no_resource;
        self
    }

    /// Is it decided against `*`, because it acts on no resource of its own?
    #[inline]
    pub fn takes_no_resource(&self) -> bool {
        self.takes_no_resource
    }

    /// Do resource control policies reach it? The list of services grows, so it is the catalogue's.
    #[inline]
    pub(crate) fn supports_rcps(&self) -> bool {
        self.supports_rcps
    }

    /// Is it sure that requests for it tell whose the thing is ([`OWNER_KEYS`](crate::OWNER_KEYS))?
    #[inline]
    pub fn tells_owner(&self) -> bool {
        self.owner_told
    }

    /// Do service control policies reach it?
    #[inline]
    pub(crate) fn is_under_scps(&self) -> bool {
        self.under_scps
    }

    #[inline]
    pub(crate) fn across_accounts(&self) -> AcrossAccounts {
        self.across_accounts
    }

    #[inline]
    pub(crate) fn special(&self) -> Special {
        self.special
    }

    /// Is it `sts:AssumeRoot`?
    #[inline]
    pub(crate) fn assumes_root(&self) -> bool {
        self.special == Special::Sts(Sts::AssumeRoot)
    }

    #[inline]
    pub(crate) fn scope(&self) -> Scope {
        self.scope
    }

    /// Its place in AWS's lists, if it has one.
    #[inline]
    pub(crate) fn listed(&self) -> Listed {
        self.listed
    }

    /// The name as it was given.
    pub fn text(&self) -> &str {
        &self.written
    }

    /// The name in lower case.
    #[inline]
    pub fn lower(&self) -> &str {
        &self.lower
    }

    /// The service prefix, in lower case.
    #[inline]
    pub fn service(&self) -> &str {
        self.lower.get(..self.colon).unwrap_or("")
    }

    /// The name after the prefix, in lower case.
    #[inline]
    pub fn name(&self) -> &str {
        self.lower.get(self.colon + 1..).unwrap_or("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefix_and_name_are_told_apart_in_lower_case() {
        let action = Action::new("S3:GetObject");
        assert_eq!((action.text(), action.service(), action.name()), ("S3:GetObject", "s3", "getobject"));
    }

    /// AWS: Organizations User Guide, "Resource control policies (RCPs)", the list of services.
    #[test]
    fn the_catalogue_tells_which_services_are_under_rcps() {
        for (action, expected) in
            [("S3:GetObject", true), ("logs:PutLogEvents", true), ("iam:GetUser", false), ("nonsense", false)]
        {
            assert_eq!(Action::new(action).supports_rcps(), expected, "{action}");
        }
    }

    #[test]
    fn a_name_without_colon_has_no_name_part() {
        let action = Action::new("nonsense");
        assert_eq!((action.service(), action.name()), ("nonsense", ""));
    }
}
