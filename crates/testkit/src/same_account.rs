//! Caller and resource in one account (rules 6.1 to 6.6).

use crate::caller::Caller;
use crate::grant::Grants;
use crate::layers::Layers;
use crate::principals::Form;
use crate::truth::Truth;
use serde_json::Value;

/// The identity path: I and B and S (rule 6.2); root may do everything in its account (rule 6.6).
pub(crate) fn identity_path(layers: &Layers<'_>, grants: &mut Grants) {
    if matches!(layers.caller, Caller::Root { .. }) {
        grants.outright(Truth::True);
    }
    grants.each(&layers.identity(), &layers.boundary_allows().and(layers.session_allows()));
}

/// The resource path: what an Allow of the resource policy needs besides, by the form in which it names the caller
/// (rule 6.3).
pub(crate) fn resource_path(layers: &Layers<'_>, policy: &Value, grants: &mut Grants) {
    let boundary_and_session = layers.boundary_allows().and(layers.session_allows());
    for (form, found) in layers.resource_allows(policy) {
        match form {
            Form::User | Form::Session | Form::Everyone | Form::Service | Form::Provider => {
                grants.each(&[found], &Truth::True);
            }
            Form::Role | Form::FederatingUser => grants.each(&[found], &boundary_and_session),
            // Rule 5.2: an account delegates; of itself it grants to root alone.
            Form::Account if matches!(layers.caller, Caller::Root { .. }) => {
                grants.each(&[found], &Truth::True);
            }
            Form::Account => grants.both(&layers.identity(), &[found], &boundary_and_session),
        }
    }
}
