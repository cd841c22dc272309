//! Actions that AWS decides by a rule of their own, whatever policies say.

use crate::across_accounts::is_about_bucket_policy;
use crate::principal::Kind;
use crate::request::Request;
use crate::sort::Sort;

/// A rule by which AWS decides an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OwnRule {
    /// `sts:GetCallerIdentity`, and for users and root `sts:GetSessionToken`, need no permission and cannot be denied.
    NeedsNoPermission,
    /// Customers cannot change service-linked roles, reserved roles, AWS managed policies and AWS's own key aliases,
    /// whatever policies say.
    CannotBeChanged,
    /// The root user cannot call `sts:AssumeRole` and `sts:AssumeRoot`, whatever policies say.
    RootCannotAssumeRoles,
    /// Sessions cannot call `sts:GetSessionToken` and `sts:GetFederationToken`, and those of federated users nothing of
    /// `sts` but `GetCallerIdentity`, whatever policies say.
    NeedsLongTermCredentials,
    /// The root user of the owner's account can always lift the policy of a bucket, a table or a queue, whatever it says.
    OwnersRoot,
    /// Nobody can do it without credentials, whatever policies say.
    NeedsCredentials,
}

/// What may bring a request under such a rule, by its action. Told once, when the action is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Special {
    /// No rule.
    Nothing,
    /// Something of STS.
    Sts(Sts),
    /// Something with keys.
    OfKeys,
    /// It changes an alias of a key.
    ChangesAlias,
    /// It changes what a role may do or whom it trusts, or removes it.
    ChangesRole,
    /// It changes what is written on a role: of a service-linked one that is the customer's.
    ChangesDescription,
    /// It changes a managed policy.
    ChangesPolicy,
    /// It reads or lifts a policy that may have locked everyone out.
    LiftsPolicy,
    /// It calls a service of VPC Lattice.
    CallsLattice,
}

/// The operations of STS that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sts {
    AssumeRole,
    AssumeRoot,
    /// `AssumeRoleWithSAML`, `AssumeRoleWithWebIdentity`: who calls brings a token instead of credentials.
    AssumeRoleByToken,
    GetCallerIdentity,
    GetFederationToken,
    GetSessionToken,
    Other,
}

impl Special {
    /// Of `service:name`, both in lower case.
    pub(crate) fn of(service: &str, name: &str) -> Self {
        match service {
            "sts" => Self::Sts(Sts::of(name)),
            "kms" if matches!(name, "createalias" | "updatealias" | "deletealias") => Self::ChangesAlias,
            "kms" => Self::OfKeys,
            "iam" => of_iam(name),
            "vpc-lattice-svcs" => Self::CallsLattice,
            _ if lifts_a_policy(service, name) => Self::LiftsPolicy,
            _ => Self::Nothing,
        }
    }
}

impl Sts {
    fn of(name: &str) -> Self {
        match name {
            "assumerole" => Self::AssumeRole,
            // AWS: STS API Reference, AssumeRoot: with credentials "from an AWS Organizations management account or a
            // delegated administrator account for IAM", and not those of a root user. A root user has no policy that
            // could let anybody in, so the caller's side decides, from whichever account.
            "assumeroot" => Self::AssumeRoot,
            "assumerolewithsaml" | "assumerolewithwebidentity" => Self::AssumeRoleByToken,
            "getcalleridentity" => Self::GetCallerIdentity,
            "getfederationtoken" => Self::GetFederationToken,
            "getsessiontoken" => Self::GetSessionToken,
            _ => Self::Other,
        }
    }
}

fn of_iam(name: &str) -> Special {
    const ROLE_CHANGES: [&str; 8] = [
        "attachrolepolicy",
        "deleterole",
        "deleterolepermissionsboundary",
        "deleterolepolicy",
        "detachrolepolicy",
        "putrolepermissionsboundary",
        "putrolepolicy",
        "updateassumerolepolicy",
    ];
    // AWS: IAM User Guide, "Update a service-linked role": its description is the customer's to change; IAM API Reference,
    // "TagRole": its tags too.
    const DESCRIPTION_CHANGES: [&str; 4] = ["tagrole", "untagrole", "updaterole", "updateroledescription"];
    // AWS: IAM API Reference, "TagPolicy", "UntagPolicy": of "an IAM customer managed policy".
    const POLICY_CHANGES: [&str; 6] = [
        "createpolicyversion",
        "deletepolicy",
        "deletepolicyversion",
        "setdefaultpolicyversion",
        "tagpolicy",
        "untagpolicy",
    ];
    if ROLE_CHANGES.contains(&name) {
        Special::ChangesRole
    } else if DESCRIPTION_CHANGES.contains(&name) {
        Special::ChangesDescription
    } else if POLICY_CHANGES.contains(&name) {
        Special::ChangesPolicy
    } else {
        Special::Nothing
    }
}

/// Can the root user of the owner's account always do it, to open what a policy has locked?
fn lifts_a_policy(service: &str, name: &str) -> bool {
    match service {
        // AWS: S3 API Reference, GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy: "can perform … even if their bucket policy
        // explicitly denies the root principal's access"; so for directory buckets and Amazon S3 on Outposts.
        "s3" | "s3express" | "s3-outposts" => is_about_bucket_policy(name),
        // AWS: DynamoDB API Reference, DeleteResourcePolicy: "even if your resource-based policy explicitly denies the root
        // principal's access".
        "dynamodb" => name == "deleteresourcepolicy",
        // AWS: IAM User Guide, "AWS account root user", tasks that require it: "Edit or delete an Amazon SQS resource-based
        // policy that denies all principals".
        "sqs" => name == "setqueueattributes",
        _ => false,
    }
}

impl OwnRule {
    /// The rule by which AWS decides the request, if it has one of its own.
    #[inline]
    pub(crate) fn of(request: &Request<'_>) -> Option<Self> {
        let (principal, sort) = (request.principal, request.resource.sort());
        match request.action.special() {
            Special::Nothing | Special::CallsLattice => None,
            Special::Sts(operation) => of_sts(operation, principal.kind(), principal.is_unsigned()),
            // AWS: KMS Developer Guide, "KMS key access and permissions": "you must have credentials that AWS can use to
            // authenticate your requests".
            Special::OfKeys | Special::ChangesAlias if principal.is_unsigned() => {
                Some(Self::NeedsCredentials)
            }
            Special::ChangesAlias if sort == Sort::AliasOfAws => Some(Self::CannotBeChanged),
            Special::ChangesRole if matches!(sort, Sort::ServiceLinkedRole | Sort::ReservedRole) => {
                Some(Self::CannotBeChanged)
            }
            Special::ChangesDescription if sort == Sort::ReservedRole => Some(Self::CannotBeChanged),
            Special::ChangesPolicy if sort == Sort::PolicyOfAws => Some(Self::CannotBeChanged),
            Special::LiftsPolicy if is_owners_root(request) => Some(Self::OwnersRoot),
            _ => None,
        }
    }
}

fn is_owners_root(request: &Request<'_>) -> bool {
    let owner = request.resource.owner();
    request.principal.kind() == Kind::Root && owner.is_some() && owner == request.principal.account()
}

/// AWS: IAM User Guide, "Permissions for GetSessionToken": policies cannot control authentication operations; "Compare
/// AWS STS credentials": who can call, without credentials two operations alone, and what the credentials cannot call.
/// STS API Reference, AssumeRole and AssumeRoot: not with the credentials of a root user.
fn of_sts(operation: Sts, kind: Kind, unsigned: bool) -> Option<OwnRule> {
    match (operation, kind) {
        (Sts::AssumeRoleByToken, _) if unsigned => None,
        _ if unsigned => Some(OwnRule::NeedsCredentials),
        (Sts::GetCallerIdentity, _) | (Sts::GetSessionToken, Kind::User | Kind::Root) => {
            Some(OwnRule::NeedsNoPermission)
        }
        (Sts::AssumeRole | Sts::AssumeRoot, Kind::Root) => Some(OwnRule::RootCannotAssumeRoles),
        (Sts::GetSessionToken | Sts::GetFederationToken, Kind::Role | Kind::Session)
        | (_, Kind::FederatedUser) => Some(OwnRule::NeedsLongTermCredentials),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::OwnRule;
    use crate::{Action, Context, Principal, Request, Resource};

    #[test]
    fn each_action_is_under_the_rule_that_is_its_own_and_no_other() {
        use OwnRule::{
            CannotBeChanged, NeedsCredentials, NeedsLongTermCredentials, NeedsNoPermission, OwnersRoot,
            RootCannotAssumeRoles,
        };
        const ANN: &str = "arn:aws:iam::111122223333:user/ann";
        const CI: &str = "arn:aws:sts::111122223333:assumed-role/ci/x";
        const SUSAN: &str = "arn:aws:sts::111122223333:federated-user/susan";
        const ROOT: &str = "arn:aws:iam::111122223333:root";
        const ROLE: &str = "arn:aws:iam::111122223333:role/r";
        const LINKED: &str =
            "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX";
        const RESERVED: &str = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/r";
        const OF_AWS: &str = "arn:aws:kms:eu-west-1:111122223333:alias/aws/s3";
        const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/k1";
        const QUEUE: &str = "arn:aws:sqs:eu-west-1:111122223333:jobs";
        for (caller, action, thing, rule) in [
            (ANN, "kms:UpdateAlias", OF_AWS, Some(CannotBeChanged)),
            (ANN, "kms:CreateAlias", OF_AWS, Some(CannotBeChanged)),
            (ANN, "kms:DeleteAlias", OF_AWS, Some(CannotBeChanged)),
            (ANN, "kms:DescribeKey", OF_AWS, None),
            (ANN, "kms:DeleteAlias", "arn:aws:kms:eu-west-1:111122223333:alias/own", None),
            ("anonymous", "kms:DeleteAlias", KEY, Some(NeedsCredentials)),
            ("anonymous", "kms:Decrypt", KEY, Some(NeedsCredentials)),
            (ANN, "kms:Decrypt", KEY, None),
            ("anonymous", "sts:AssumeRole", ROLE, Some(NeedsCredentials)),
            ("anonymous", "sts:AssumeRoleWithWebIdentity", ROLE, None),
            ("anonymous", "sts:AssumeRoleWithSAML", ROLE, None),
            (SUSAN, "sts:AssumeRoleWithWebIdentity", ROLE, Some(NeedsLongTermCredentials)),
            (SUSAN, "sts:AssumeRole", ROLE, Some(NeedsLongTermCredentials)),
            (SUSAN, "sts:GetCallerIdentity", "*", Some(NeedsNoPermission)),
            (CI, "sts:GetSessionToken", "*", Some(NeedsLongTermCredentials)),
            (CI, "sts:GetFederationToken", "*", Some(NeedsLongTermCredentials)),
            (CI, "sts:AssumeRole", ROLE, None),
            (ANN, "sts:GetSessionToken", "*", Some(NeedsNoPermission)),
            (ANN, "sts:GetFederationToken", "*", None),
            (ROOT, "sts:GetFederationToken", "*", None),
            (ROOT, "sts:AssumeRole", ROLE, Some(RootCannotAssumeRoles)),
            (ROOT, "sts:AssumeRoot", "*", Some(RootCannotAssumeRoles)),
            (ROOT, "sts:DecodeAuthorizationMessage", "*", None),
            (ANN, "iam:DeleteRole", LINKED, Some(CannotBeChanged)),
            (ANN, "iam:TagRole", LINKED, None),
            (ANN, "iam:TagRole", RESERVED, Some(CannotBeChanged)),
            (ANN, "iam:DeleteRole", ROLE, None),
            (ANN, "iam:GetRole", RESERVED, None),
            (ANN, "iam:DeletePolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess", Some(CannotBeChanged)),
            (ANN, "iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess", None),
            (ROOT, "sqs:SetQueueAttributes", QUEUE, Some(OwnersRoot)),
            (ROOT, "sqs:DeleteQueue", QUEUE, None),
            (ANN, "sqs:SetQueueAttributes", QUEUE, None),
            ("arn:aws:iam::444455556666:root", "sqs:SetQueueAttributes", QUEUE, None),
            (ROOT, "s3:GetBucketPolicy", "arn:aws:s3:::nobodys", None),
            (ANN, "vpc-lattice-svcs:Invoke", "*", None),
        ] {
            let caller = Principal::from_arn(caller).expect("a caller");
            let (action, thing, context) =
                (Action::new(action), Resource::new(thing, None), Context::exact());
            let request = Request::exact(&caller, &action, &thing, &context);
            assert_eq!(OwnRule::of(&request), rule, "{} {action:?} {}", caller.text(), thing.text());
        }
    }
}
