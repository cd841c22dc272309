//! The statements of a request, layer by layer.

use crate::caller::Caller;
use crate::principals::{AccountMeans, Form, allowed_forms, denies};
use crate::request::{EndpointType, Request, Slot};
use crate::statement::{Effect, Found, statements};
use crate::truth::Truth;
use serde_json::Value;

/// A request, read for one caller.
pub(crate) struct Layers<'a> {
    pub(crate) request: &'a Request,
    pub(crate) caller: &'a Caller,
}

impl<'a> Layers<'a> {
    /// Statements of policies without Principal.
    fn of(&self, slots: impl Fn(Slot) -> bool, effect: Effect) -> Vec<Found<'a>> {
        let documents = self.request.documents().into_iter().filter(|(slot, _)| slots(*slot));
        documents.flat_map(|(slot, policy)| statements(self.request, slot, policy, effect)).collect()
    }

    /// Rule 6.6: root has no identity policies, boundary or session policy; nor has a caller without AWS identity.
    pub(crate) fn has_identity_side(&self) -> bool {
        !matches!(
            self.caller,
            Caller::Root { .. }
                | Caller::Anonymous
                | Caller::Service(_)
                | Caller::Federated(_)
                | Caller::Stranger(_)
        )
    }

    /// The Allows of the identity policies.
    pub(crate) fn identity(&self) -> Vec<Found<'a>> {
        if !self.has_identity_side() {
            return Vec::new();
        }
        self.of(|slot| matches!(slot, Slot::Identity(_)), Effect::Allow)
    }

    /// B: there is no boundary or it allows (rule 6.1).
    pub(crate) fn boundary_allows(&self) -> Truth {
        if self.request.permission_boundaries.is_none() || !self.has_identity_side() {
            return Truth::True;
        }
        any(&self.of(|slot| matches!(slot, Slot::Boundary(_)), Effect::Allow))
    }

    /// S: no session policy was passed or one allows; several OR (rule 6.1). A federated-user session has no more
    /// than its session policy and what names it [Permissions for GetFederationToken] (rule 6.2).
    pub(crate) fn session_allows(&self) -> Truth {
        if !self.has_identity_side() {
            return Truth::True;
        }
        if self.request.session_policies.is_none() {
            return Truth::from(!matches!(self.caller, Caller::FederatedUser { .. }));
        }
        any(&self.of(|slot| matches!(slot, Slot::Session(_)), Effect::Allow))
    }

    /// The Denies of identity policies, boundary and session policies (rule 1.1).
    pub(crate) fn identity_denies(&self) -> Vec<Found<'a>> {
        if !self.has_identity_side() {
            return Vec::new();
        }
        let slots = |slot| matches!(slot, Slot::Identity(_) | Slot::Boundary(_) | Slot::Session(_));
        self.of(slots, Effect::Deny)
    }

    pub(crate) fn scp_level(&self, level: usize, effect: Effect) -> Vec<Found<'a>> {
        self.of(|slot| matches!(slot, Slot::Scp(found, _) if found == level), effect)
    }

    pub(crate) fn rcp_denies(&self) -> Vec<Found<'a>> {
        let denies = self.of(|slot| matches!(slot, Slot::Rcp(..)), Effect::Deny);
        denies.into_iter().filter(|found| self.deny_speaks_to_caller(found, AccountMeans::Everyone)).collect()
    }

    pub(crate) fn endpoint(&self, effect: Effect) -> Vec<Found<'a>> {
        let means = self.endpoint_account_means();
        let found = self.of(|slot| matches!(slot, Slot::Endpoint(_)), effect);
        let speaks = |found: &Found<'_>| match effect {
            Effect::Allow => {
                found.unreadable || !allowed_forms(found.statement, self.caller, means).is_empty()
            }
            Effect::Deny => self.deny_speaks_to_caller(found, means),
        };
        found.into_iter().filter(speaks).collect()
    }

    /// Rule 8.6: S3 and DynamoDB are reached through gateway endpoints unless the request says otherwise.
    fn endpoint_account_means(&self) -> AccountMeans {
        let service = self.request.action.split(':').next().unwrap_or_default().to_lowercase();
        let gateway = self
            .request
            .vpc_endpoint_type
            .map_or(matches!(service.as_str(), "s3" | "dynamodb"), |given| given == EndpointType::Gateway);
        if gateway { AccountMeans::RootUser } else { AccountMeans::Everyone }
    }

    /// The Denies of a resource policy that speak to the caller.
    pub(crate) fn resource_denies(&self, policy: &'a Value) -> Vec<Found<'a>> {
        let denies = statements(self.request, Slot::Resource, policy, Effect::Deny);
        denies.into_iter().filter(|found| self.deny_speaks_to_caller(found, AccountMeans::Everyone)).collect()
    }

    /// The Allows of a resource policy, once for each form in which they name the caller.
    pub(crate) fn resource_allows(&self, policy: &'a Value) -> Vec<(Form, Found<'a>)> {
        let allows = statements(self.request, Slot::Resource, policy, Effect::Allow);
        let forms = |found: Found<'a>| {
            let forms = match found.unreadable {
                true => vec![Form::Everyone],
                false => allowed_forms(found.statement, self.caller, AccountMeans::Everyone),
            };
            forms.into_iter().map(move |form| (form, found.clone()))
        };
        allows.into_iter().flat_map(forms).collect()
    }

    fn deny_speaks_to_caller(&self, found: &Found<'_>, means: AccountMeans) -> bool {
        let has_boundary = self.request.permission_boundaries.is_some() && self.has_identity_side();
        found.unreadable || denies(found.statement, self.caller, has_boundary, means)
    }
}

/// Does one of the statements match?
pub(crate) fn any(found: &[Found<'_>]) -> Truth {
    Truth::any(found.iter().map(|found| found.truth.clone()))
}
