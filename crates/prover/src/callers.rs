//! Who could ask: the callers that the principal elements of policies tell apart.
//!
//! AWS lets no wildcard but a bare `*` stand in a principal, so a policy tells apart those it names, the others of the
//! accounts it names, and everybody else. One caller of each sort stands for all of that sort.
//!
//! AWS: IAM User Guide, "IAM JSON policy elements: Principal" and "NotPrincipal".

use std::collections::BTreeSet;

use clavicle_catalog::identity_provider::{is_shared, issuer};
use clavicle_engine::{AccountId, Kind, Principal};
use clavicle_policy::{PrincipalElement, PrincipalKind};

/// The names in a principal element, as written.
pub(crate) type Names = Vec<(PrincipalKind, Box<str>)>;

/// The names in the element.
pub(crate) fn names(element: &PrincipalElement) -> Names {
    let bare = element.bare.iter().map(|text| (PrincipalKind::Aws, text.value.as_str().into()));
    bare.chain(element.entries.iter().map(|entry| (entry.kind, entry.value.value.as_str().into()))).collect()
}

/// One caller of each sort that elements with these names can tell apart, plain ones first.
pub(crate) fn callers(names: &[(PrincipalKind, Box<str>)]) -> Vec<Principal> {
    let mut found = Vec::new();
    let mut accounts: BTreeSet<(String, String)> = BTreeSet::new();
    let mut arns = Vec::new();
    for (kind, text) in names {
        match kind {
            PrincipalKind::Service => found.push(Principal::service(text)),
            PrincipalKind::Federated => found.push(Principal::federated(text)),
            PrincipalKind::CanonicalUser => found.push(Principal::canonical_user(text)),
            PrincipalKind::Aws => {
                let partition = text.split(':').nth(1).unwrap_or("aws");
                if AccountId::parse(text).is_some() {
                    accounts.insert(("aws".to_owned(), text.to_string()));
                } else {
                    let account = text.split(':').nth(4).filter(|id| AccountId::parse(id).is_some());
                    accounts.extend(account.map(|account| (partition.to_owned(), account.to_owned())));
                    arns.push(text.as_ref());
                }
            }
        }
    }
    for arn in &arns {
        found.extend(Principal::from_arn(arn).ok());
        let role = arn.split_once(":role/");
        if let Some((_, path)) = role {
            let name = path.rsplit('/').next().unwrap_or(path);
            let account = arn.split(':').nth(4).unwrap_or("");
            let partition = arn.split(':').nth(1).unwrap_or("aws");
            let session = format!("arn:{partition}:sts::{account}:assumed-role/{name}/session");
            found.extend(Principal::session(&session, arn).ok());
            // A session that is named, with the role that it is of: `NotPrincipal` has to list both.
            let named = arns.iter().filter(|other| other.contains(":assumed-role/"));
            found.extend(named.filter_map(|session| Principal::session(session, arn).ok()));
        }
        if arn.contains(":user/") {
            let head = arn.split(":iam:").next().unwrap_or("arn:aws");
            let account = arn.split(':').nth(4).unwrap_or("");
            let federated = format!("{head}:sts::{account}:federated-user/session");
            found.extend(Principal::federated_user(&federated, arn).ok());
        }
    }
    let fresh = (0..).map(|number: u64| format!("{:012}", 123_456_789_012 + number));
    let fresh = fresh.into_iter().find(|id| !accounts.iter().any(|(_, account)| account == id));
    // Accounts come in finite numbers, so there is one that is not named.
    let fresh = fresh.unwrap_or_default();
    accounts.insert(("aws".to_owned(), fresh.clone()));
    let mut ordered: Vec<&(String, String)> =
        accounts.iter().filter(|(_, account)| *account != fresh).collect();
    ordered.extend(accounts.iter().filter(|(_, account)| *account == fresh));
    for (partition, account) in ordered {
        for text in [
            format!("arn:{partition}:iam::{account}:user/someone"),
            format!("arn:{partition}:iam::{account}:role/some-role"),
            format!("arn:{partition}:sts::{account}:assumed-role/some-role/session"),
            format!("arn:{partition}:iam::{account}:root"),
            format!("arn:{partition}:sts::{account}:federated-user/session"),
        ] {
            if !names.iter().any(|(_, name)| **name == *text) {
                found.extend(Principal::from_arn(&text).ok());
            }
        }
    }
    found.push(Principal::anonymous());
    let taken = |text: &str| names.iter().any(|(_, name)| **name == *text);
    let free = |make: fn(u32) -> String| (0..).map(make).find(|text| !taken(text)).unwrap_or_default();
    found.push(Principal::service(&free(|n| format!("service-{n}.amazonaws.com"))));
    found.push(Principal::federated(&free(|n| format!("provider-{n}.example.com"))));
    found.push(Principal::canonical_user(&free(|n| format!("{n:064x}"))));
    found
}

/// Is the caller of an account that none of the names has, or of none at all, or one of the many whom an identity provider
/// vouches for that vouches for everybody? AWS: S3 User Guide, "Blocking public access to your Amazon S3 storage", the first of
/// the policies that are public lets in `graph.facebook.com`.
pub(crate) fn is_stranger<'n>(
    caller: &Principal,
    mut names: impl Iterator<Item = &'n (PrincipalKind, Box<str>)>,
) -> bool {
    match caller.account() {
        Some(account) => {
            let account = account.to_string();
            !names.any(|(_, name)| **name == *account || name.split(':').nth(4) == Some(account.as_str()))
        }
        None if caller.kind() == Kind::Federated => is_shared(issuer(caller.text())),
        None => caller.text() == Principal::anonymous().text(),
    }
}
