//! Principal and NotPrincipal (rules 5.1 to 5.8).

use crate::arn;
use crate::caller::Caller;
use crate::context::texts;
use serde_json::{Map, Value};

/// In which form a Principal element names the caller; what a grant needs besides hangs on it (rule 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Everyone,
    User,
    Session,
    Role,
    FederatingUser,
    Account,
    Service,
    Provider,
}

/// How the forms of account principals are read (rule 8.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccountMeans {
    /// All principals of the account.
    Everyone,
    /// Its root user alone, as in policies of gateway endpoints.
    RootUser,
}

/// In which forms does a Principal element name the caller? Empty if it does not.
fn forms(element: &Value, caller: &Caller, account_means: AccountMeans) -> Vec<Form> {
    match element {
        Value::String(star) if star == "*" => vec![Form::Everyone],
        // Rule 5.8: a bare string is read as `AWS`.
        Value::String(_) | Value::Array(_) => {
            texts(element).iter().filter_map(|named| aws_form(named, caller, account_means)).collect()
        }
        Value::Object(kinds) => kinds
            .iter()
            .flat_map(|(kind, named)| texts(named).into_iter().map(move |named| (kind.as_str(), named)))
            .filter_map(|(kind, named)| match (kind, caller) {
                ("AWS", _) => aws_form(&named, caller, account_means),
                // Rule 5.5: each of these matches its own kind only, and none has wildcards (rule 5.1).
                ("Service", Caller::Service(service)) if *service == named => Some(Form::Service),
                ("Federated", Caller::Federated(provider)) if *provider == named => Some(Form::Provider),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn aws_form(named: &str, caller: &Caller, account_means: AccountMeans) -> Option<Form> {
    // Rule 5.1.
    if named == "*" {
        return Some(Form::Everyone);
    }
    // Rule 5.2.
    if let Some(account) = named_account(named) {
        let meant = account_means == AccountMeans::Everyone || matches!(caller, Caller::Root { .. });
        let partition_fits = arn::parts(named).is_none_or(|parts| Some(parts[1]) == caller.partition());
        return (meant && partition_fits && caller.account() == Some(account)).then_some(Form::Account);
    }
    // Rules 5.3 to 5.5; a unique ID (`AIDA…`) equals no ARN and so names nobody.
    match caller {
        Caller::User { arn } => (arn == named).then_some(Form::User),
        Caller::Stranger(name) => (name == named).then_some(Form::Service),
        Caller::Role { .. } => caller.has_role(named).then_some(Form::Role),
        Caller::RoleSession { arn, .. } if arn == named => Some(Form::Session),
        Caller::RoleSession { .. } => caller.has_role(named).then_some(Form::Role),
        Caller::FederatedUser { arn, .. } if arn == named => Some(Form::Session),
        Caller::FederatedUser { user, .. } => {
            (user.as_deref() == Some(named)).then_some(Form::FederatingUser)
        }
        _ => None,
    }
}

/// The account that `123456789012` or `arn:aws:iam::123456789012:root` names.
fn named_account(named: &str) -> Option<&str> {
    match arn::parts(named) {
        Some([_, _, "iam", "", account, "root"]) => Some(account),
        Some(_) => None,
        None => (named.len() == 12 && named.bytes().all(|byte| byte.is_ascii_digit())).then_some(named),
    }
}

/// In which forms does an Allow statement of a resource-based policy speak to the caller? Empty if it does not.
pub(crate) fn allowed_forms(
    statement: &Map<String, Value>,
    caller: &Caller,
    account_means: AccountMeans,
) -> Vec<Form> {
    match (statement.get("Principal"), statement.get("NotPrincipal")) {
        (Some(element), None) => forms(element, caller, account_means),
        // Rule 5.7: with Allow it allows everyone else.
        (None, Some(element)) if forms(element, caller, account_means).is_empty() => vec![Form::Everyone],
        // Rule 5.8: without either it speaks to nobody.
        _ => Vec::new(),
    }
}

/// Does a Deny statement of a resource-based policy speak to the caller? Each form covers all it matches (rule 5.6).
pub(crate) fn denies(
    statement: &Map<String, Value>,
    caller: &Caller,
    has_boundary: bool,
    account_means: AccountMeans,
) -> bool {
    match (statement.get("Principal"), statement.get("NotPrincipal")) {
        (Some(element), None) => !forms(element, caller, account_means).is_empty(),
        // Rule 5.7: it always denies a principal that has a permissions boundary.
        (None, Some(element)) => {
            has_boundary || !exempt(&forms(element, caller, AccountMeans::Everyone), caller)
        }
        _ => false,
    }
}

/// Rule 5.7: account, role and session may be checked in turn, so all of them must be listed.
fn exempt(listed: &[Form], caller: &Caller) -> bool {
    let needed: &[Form] = match caller {
        Caller::User { .. } => &[Form::User, Form::Account],
        Caller::RoleSession { .. } => &[Form::Session, Form::Role, Form::Account],
        // A session of unknown name cannot be listed, so its exemption cannot be seen (rule 6.5).
        Caller::Role { .. } => &[Form::Session],
        // The user who federated stands behind the session as a role does.
        Caller::FederatedUser { user: Some(_), .. } => &[Form::Session, Form::FederatingUser, Form::Account],
        Caller::FederatedUser { user: None, .. } => &[Form::Session, Form::Account],
        Caller::Root { .. } => &[Form::Account],
        Caller::Service(_) | Caller::Stranger(_) => &[Form::Service],
        Caller::Federated(_) => &[Form::Provider],
        Caller::Anonymous => &[Form::Everyone],
    };
    listed.contains(&Form::Everyone) || needed.iter().all(|form| listed.contains(form))
}
