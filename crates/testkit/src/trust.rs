//! Role trust policies (rules 10.1 to 10.4).

use crate::arn;
use crate::caller::Caller;
use crate::grant::Grants;
use crate::layers::Layers;
use crate::principals::Form;
use crate::request::Request;
use crate::truth::Truth;
use serde_json::Value;

/// Is the resource a role?
pub(crate) fn is_about_role(request: &Request) -> bool {
    matches!(arn::parts(&request.resource), Some([_, _, "iam", _, _, name]) if name.starts_with("role/"))
}

/// Is the request governed by the role's trust policy: an STS action on a role?
pub(crate) fn is_about_assuming(request: &Request) -> bool {
    is_about_role(request) && request.action.to_lowercase().starts_with("sts:")
}

/// In one account the trust policy must allow, and what else is needed hangs on how it names the caller (rule 10.1).
pub(crate) fn same_account(layers: &Layers<'_>, policy: &Value, grants: &mut Grants) {
    let boundary_and_session = layers.boundary_allows().and(layers.session_allows());
    for (form, found) in layers.resource_allows(policy) {
        match form {
            // A user's boundary must allow sts:AssumeRole, though the trust policy names the user
            // [Update a role trust policy].
            _ if matches!(layers.caller, Caller::User { .. }) && form != Form::Account => {
                grants.each(&[found], &layers.boundary_allows());
            }
            Form::User | Form::Session | Form::Everyone | Form::Service | Form::Provider => {
                grants.each(&[found], &Truth::True);
            }
            Form::Role | Form::FederatingUser => grants.each(&[found], &boundary_and_session),
            // Rules 5.2 and 6.6: naming the account is enough for its root user.
            Form::Account if matches!(layers.caller, Caller::Root { .. }) => {
                grants.each(&[found], &Truth::True);
            }
            Form::Account => grants.both(&layers.identity(), &[found], &boundary_and_session),
        }
    }
}
