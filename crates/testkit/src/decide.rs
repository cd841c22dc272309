//! The decision itself (rules 1.1 to 1.5).

use crate::answer::{Answer, Decision};
use crate::caller::{Caller, caller};
use crate::grant::Grants;
use crate::layers::{Layers, any};
use crate::request::Request;
use crate::truth::Truth;
use crate::{arn, ceilings, cross_account, kms, protected, public_bucket, same_account, trust};
use serde_json::Value;

/// Is this request allowed? Slow and plain: every statement of every policy is looked at, in the order of the rules.
///
/// Unknown keys are carried through in three-valued logic (see `truth`): sound, and exact unless two statements hang
/// on one key in ways that exclude or complete each other, where `Depends` may be said of a settled question.
pub fn slow_decide(request: &Request) -> Answer {
    // Rule 1.5.
    let caller = caller(request);
    if request.action.eq_ignore_ascii_case("sts:GetCallerIdentity") && !matches!(caller, Caller::Anonymous) {
        return Answer { decision: Decision::Allowed, depends_on: vec![], because: vec![], missing: vec![] };
    }
    // Rule 1.5 again: no policy controls authentication [Permissions for GetSessionToken].
    if matches!(caller, Caller::User { .. } | Caller::Root { .. })
        && request.action.eq_ignore_ascii_case("sts:GetSessionToken")
    {
        return Answer { decision: Decision::Allowed, depends_on: vec![], because: vec![], missing: vec![] };
    }
    let layers = Layers { request, caller: &caller };
    let policy = governing_policy(request);

    // Rule 1.2: first all Denies of all policies ...
    let mut denies = layers.identity_denies();
    denies.extend(ceilings::denies(&layers));
    if !is_owner_rescuing(request, &caller) {
        denies.extend(policy.into_iter().flat_map(|policy| layers.resource_denies(policy)));
    }
    // ... then each ceiling, then a grant.
    let grants = grants(&layers, policy);
    let mut demands = ceilings::ceilings(&layers);
    demands.push(("grant".to_owned(), grants.truth()));
    let obstacles = [
        ("public bucket", public_bucket::keeps_out(request, &caller, policy)),
        ("protected", protected::is_protected(request)),
        ("partition", in_another_partition(request, &caller)),
        ("root", is_root_assuming(request, &caller)),
        ("session", is_barred_from_tokens(request, &caller)),
        ("credentials", lacks_credentials(request, &caller)),
    ];
    demands.extend(obstacles.map(|(name, stands)| (name.to_owned(), Truth::from(!stands))));

    let denied = any(&denies);
    let allowed = Truth::all(demands.iter().map(|(_, truth)| truth.clone()));
    match (denied.clone(), denied.not().and(allowed)) {
        (Truth::True, _) => {
            let certain = denies.iter().filter(|found| found.truth == Truth::True);
            answer(Decision::ExplicitlyDenied, certain.map(crate::statement::Found::cite).collect())
        }
        (_, Truth::True) => answer(Decision::Allowed, grants.because()),
        (_, Truth::False) => {
            let missing =
                demands.into_iter().filter(|(_, truth)| *truth == Truth::False).map(|(name, _)| name);
            Answer { missing: sorted(missing.collect()), ..answer(Decision::ImplicitlyDenied, vec![]) }
        }
        (_, Truth::Unknown(keys)) => {
            Answer { depends_on: keys.into_iter().collect(), ..answer(Decision::Depends, vec![]) }
        }
    }
}

fn answer(decision: Decision, because: Vec<String>) -> Answer {
    Answer { decision, depends_on: vec![], because: sorted(because), missing: vec![] }
}

fn sorted(mut list: Vec<String>) -> Vec<String> {
    list.sort();
    list.dedup();
    list
}

/// The resource policy, where it is one that governs the action: the trust policy of a role speaks of STS alone, and
/// an action without resource and a root user have none.
fn governing_policy(request: &Request) -> Option<&Value> {
    let trust_of_other_service = trust::is_about_role(request) && !trust::is_about_assuming(request);
    request
        .resource_policy
        .as_ref()
        .filter(|_| has_resource(request) && !is_assuming_root(request) && !trust_of_other_service)
}

fn grants(layers: &Layers<'_>, policy: Option<&Value>) -> Grants {
    let request = layers.request;
    let mut grants = Grants::default();
    match layers.caller {
        Caller::Anonymous if !cross_account::is_possible(request) => {}
        Caller::Anonymous | Caller::Service(_) | Caller::Federated(_) | Caller::Stranger(_)
            if cross_account::is_for_identities_alone(request) => {}
        // Rules 10.3, 11.4 and 11.5: without an AWS identity the resource policy alone decides.
        Caller::Anonymous | Caller::Service(_) | Caller::Federated(_) | Caller::Stranger(_) => {
            for (_, found) in policy.into_iter().flat_map(|policy| layers.resource_allows(policy)) {
                grants.each(&[found], &Truth::True);
            }
        }
        caller if is_home(request, caller) && cross_account::is_for_both_sides(request, policy) => {
            cross_account::both_sides(layers, policy, &mut grants);
        }
        caller if is_home(request, caller) => {
            // Rule 6.4: keys and roles must allow by their own policy.
            if trust::is_about_assuming(request) {
                if let Some(policy) = policy {
                    trust::same_account(layers, policy, &mut grants);
                }
            } else {
                if !kms::is_about_key(request) {
                    same_account::identity_path(layers, &mut grants);
                }
                if let Some(policy) = policy.filter(|_| !cross_account::is_for_identities_alone(request)) {
                    same_account::resource_path(layers, policy, &mut grants);
                }
            }
        }
        _ => {
            if cross_account::is_possible(request) {
                cross_account::both_sides(layers, policy, &mut grants);
            }
        }
    }
    grants
}

/// Does the caller act within its own account? What is no resource, and what belongs to AWS, is looked at from there.
fn is_home(request: &Request, caller: &Caller) -> bool {
    !has_resource(request)
        || is_assuming_root(request)
        || arn::account(&request.resource) == Some("aws")
        || caller.account() == Some(request.resource_account.as_str())
}

fn has_resource(request: &Request) -> bool {
    request.options.wildcard_only != Some(true) && request.resource != "*"
}

/// Rule 6.6: root can always get at the policy that locks a bucket of the account [S3 API: PutBucketPolicy; S3 Control API:
/// PutBucketPolicy], a table [DynamoDB API: DeleteResourcePolicy] or a queue [IAM: Tasks that require root user credentials].
fn is_owner_rescuing(request: &Request, caller: &Caller) -> bool {
    let action = request.action.to_lowercase();
    let of_a_bucket = action.split_once(':').is_some_and(|(service, operation)| {
        ["s3", "s3express", "s3-outposts"].contains(&service)
            && ["getbucketpolicy", "putbucketpolicy", "deletebucketpolicy"].contains(&operation)
    });
    let rescues =
        of_a_bucket || ["dynamodb:deleteresourcepolicy", "sqs:setqueueattributes"].contains(&&*action);
    matches!(caller, Caller::Root { .. })
        && caller.account() == Some(request.resource_account.as_str())
        && rescues
}

/// KMS wants "credentials that AWS can use to authenticate your requests" [KMS: Access and permissions], and so does STS but
/// for the two calls that bring an assertion or a token [Compare AWS STS credentials].
fn lacks_credentials(request: &Request, caller: &Caller) -> bool {
    let action = request.action.to_lowercase();
    let with_token = ["sts:assumerolewithsaml", "sts:assumerolewithwebidentity"];
    matches!(caller, Caller::Anonymous)
        && (action.starts_with("kms:") || (action.starts_with("sts:") && !with_token.contains(&&*action)))
}

/// Rule 7.4: accounts of different partitions have no access to each other.
fn in_another_partition(request: &Request, caller: &Caller) -> bool {
    match (caller.partition(), arn::parts(&request.resource)) {
        (Some(partition), Some(parts)) => partition != parts[1],
        _ => false,
    }
}

/// Root users cannot assume roles or become other root users [STS API Reference, AssumeRole, AssumeRoot; IAM User Guide,
/// Comparing STS API operations].
fn is_root_assuming(request: &Request, caller: &Caller) -> bool {
    matches!(caller, Caller::Root { .. })
        && (request.action.eq_ignore_ascii_case("sts:AssumeRole") || is_assuming_root(request))
}

/// The management account, or one it delegated to, becomes the root user of a member account: a root user has no policy
/// of its own, and the caller's side decides [STS API Reference, AssumeRoot].
fn is_assuming_root(request: &Request) -> bool {
    request.action.eq_ignore_ascii_case("sts:AssumeRoot")
}

/// What temporary credentials cannot call [Compare AWS STS credentials].
fn is_barred_from_tokens(request: &Request, caller: &Caller) -> bool {
    let action = request.action.to_lowercase();
    match caller {
        Caller::Role { .. } | Caller::RoleSession { .. } => {
            ["sts:getsessiontoken", "sts:getfederationtoken"].contains(&action.as_str())
        }
        Caller::FederatedUser { .. } => action.starts_with("sts:"),
        _ => false,
    }
}
