//! What follows from caller, action and resource alone, before any policy is read: whose account, which rules of the
//! service, who cannot be bound.

use crate::applicable::{Applicable, Layer};
use crate::principal::Kind;
use crate::request::Request;
use crate::tri::Tri;

/// Which set of combination rules decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rules {
    /// Identity and resource path side by side.
    General,
    /// A KMS key: nothing works without its key policy.
    KmsKey,
    /// A role to be assumed: nothing works without its trust policy.
    Trust,
}

/// The situation of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Situation {
    /// Which rules decide.
    pub rules: Rules,
    /// What sort of caller asks.
    pub kind: Kind,
    /// Do caller and resource belong to one account?
    pub same_account: Tri,
    /// Caller and resource are in different partitions, which have no access to each other.
    pub other_partition: bool,
    /// Do SCPs bind the caller?
    pub under_scps: bool,
    /// Do RCPs bind the resource?
    pub under_rcps: bool,
    /// `RestrictPublicBuckets` is on.
    pub restrict_public: bool,
    /// Does a grant of the key allow it?
    pub granted: Tri,
    /// May the caller's account become root users of this organization at all? Only [`ASSUME_ROOT`] asks.
    pub root_access: Tri,
    /// Can the action reach a resource of another account at all?
    pub effective_across_accounts: bool,
    /// The rule by which AWS decides the action, if it has one of its own.
    pub rule_of_its_own: Option<OwnRule>,
}

/// To become the root user of a member account. AWS: STS API Reference, AssumeRoot: with credentials "from an AWS
/// Organizations management account or a delegated administrator account for IAM", and not those of a root user. A root
/// user has no policy that could let anybody in, so the caller's side decides, from whichever account.
pub(crate) const ASSUME_ROOT: &str = "sts:assumeroot";

/// Actions that AWS decides by a rule of their own.
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

impl Situation {
    /// That of a request on which these policies bear.
    pub fn of(request: &Request<'_>, applicable: &Applicable<'_>) -> Self {
        let principal = request.principal;
        let rules = rules(request);
        let service_linked = applicable.circumstances.service_linked_role || principal.is_service_linked();
        let circumstances = &applicable.circumstances;
        let (kind, same_account) = (principal.kind(), same_account(request));
        Self {
            rules,
            kind,
            same_account,
            other_partition: principal.is_in_another_partition(request.resource),
            // AWS: Organizations User Guide, "Service control policies (SCPs)", "Tasks and entities not restricted by SCPs":
            // Amazon Mechanical Turk is among them.
            under_scps: principal.has_account()
                && !circumstances.principal_account_is_management
                && !service_linked
                && request.action.service() != "mechanicalturk",
            under_rcps: request.action.supports_rcps()
                && !circumstances.resource_account_is_management
                && !service_linked
                && !circumstances.aws_managed_key
                && !request.resource.name().starts_with("alias/aws/")
                // AWS: Organizations User Guide, "Resource control policies (RCPs)": the trust policy of a
                // service-linked role is not impacted either.
                && !request.resource.name().starts_with("role/aws-service-role/")
                && request.action.lower() != "kms:retiregrant",
            restrict_public: circumstances.restrict_public_buckets && request.action.service() == "s3",
            granted: Tri::from(circumstances.kms_grants_not_seen && rules == Rules::KmsKey).at_most_maybe(),
            root_access: if circumstances.root_access_not_seen && request.action.lower() == ASSUME_ROOT {
                Tri::Maybe
            } else {
                Tri::Yes
            },
            // Nobody asks within an account.
            effective_across_accounts: (same_account == Tri::Yes && kind != Kind::Anonymous)
                || works_across_accounts(request),
            rule_of_its_own: own_rule(request),
        }
    }

    /// The layer that the policy of the resource is shown as.
    pub(crate) fn resource_layer(&self) -> Layer {
        if self.rules == Rules::Trust { Layer::Trust } else { Layer::Resource }
    }
}

fn rules(request: &Request<'_>) -> Rules {
    let resource = request.resource;
    match request.action.service() {
        "kms" if resource.service() == "kms" && resource.name().starts_with("key/") => Rules::KmsKey,
        "sts" if resource.service() == "iam" && resource.name().starts_with("role/") => Rules::Trust,
        _ => Rules::General,
    }
}

fn same_account(request: &Request<'_>) -> Tri {
    let Some(own) = request.principal.account() else { return Tri::No };
    // What has no owner (`*`, and what AWS itself provides) is looked at from the caller's account, and so are root users.
    if request.action.lower() == ASSUME_ROOT {
        return Tri::Yes;
    }
    if request.is_without_resource() || request.resource.part(4) == Some("aws") {
        return Tri::Yes;
    }
    match request.resource.owner() {
        Some(owner) => (owner == own).into(),
        None => Tri::Maybe,
    }
}

/// Is the action effective across accounts, given that both sides allow it?
fn works_across_accounts(request: &Request<'_>) -> bool {
    // AWS: KMS Developer Guide, "Allowing users in other accounts to use a KMS key": of all operations, these only.
    const OF_KEYS: [&str; 20] = [
        "creategrant",
        "decrypt",
        "derivesharedsecret",
        "describekey",
        "encrypt",
        "generatedatakey",
        "generatedatakeypair",
        "generatedatakeypairwithoutplaintext",
        "generatedatakeywithoutplaintext",
        "generatemac",
        "getkeyrotationstatus",
        "getpublickey",
        "listgrants",
        "reencryptfrom",
        "reencryptto",
        "retiregrant",
        "revokegrant",
        "sign",
        "verify",
        "verifymac",
    ];
    // AWS: SQS Developer Guide, "Limitations of Amazon SQS custom policies", Cross-account access. The page names the
    // operation `ListMessageMoveTask`; the action has an `s`.
    const NOT_OF_QUEUES: [&str; 12] = [
        "addpermission",
        "cancelmessagemovetask",
        "createqueue",
        "deletequeue",
        "listmessagemovetasks",
        "listqueues",
        "listqueuetags",
        "removepermission",
        "setqueueattributes",
        "startmessagemovetask",
        "tagqueue",
        "untagqueue",
    ];
    // AWS: Secrets Manager User Guide, "Access AWS Secrets Manager secrets from a different account": "effective only for
    // the following operations"; "Permissions for cross-account replication": who associates a replica needs
    // AcceptCrossAccountReplication on it.
    const OF_SECRETS: [&str; 21] = [
        "acceptcrossaccountreplication",
        "cancelrotatesecret",
        "deleteresourcepolicy",
        "deletesecret",
        "describesecret",
        "getrandompassword",
        "getresourcepolicy",
        "getsecretvalue",
        "listsecretversionids",
        "putresourcepolicy",
        "putsecretvalue",
        "removeregionsfromreplication",
        "replicatesecrettoregions",
        "restoresecret",
        "rotatesecret",
        "stopreplicationtoreplica",
        "tagresource",
        "untagresource",
        "updatesecret",
        "updatesecretversionstage",
        "validateresourcepolicy",
    ];
    // AWS: DynamoDB Developer Guide, "DynamoDB API operations supported by resource-based policies": those without cross-account
    // support. Statements of PartiQL are allowed by four actions of their own.
    const NOT_OF_TABLES: [&str; 43] = [
        "createbackup",
        "createglobaltable",
        "createtable",
        "deletebackup",
        "deleteresourcepolicy",
        "describebackup",
        "describecontinuousbackups",
        "describecontributorinsights",
        "describeendpoints",
        "describeexport",
        "describeglobaltable",
        "describeglobaltablesettings",
        "describeimport",
        "describekinesisstreamingdestination",
        "describelimits",
        "describetablereplicaautoscaling",
        "describetimetolive",
        "disablekinesisstreamingdestination",
        "enablekinesisstreamingdestination",
        "exporttabletopointintime",
        "getresourcepolicy",
        "importtable",
        "listbackups",
        "listcontributorinsights",
        "listexports",
        "listglobaltables",
        "listimports",
        "liststreams",
        "listtables",
        "partiqldelete",
        "partiqlinsert",
        "partiqlselect",
        "partiqlupdate",
        "putresourcepolicy",
        "restoretablefrombackup",
        "restoretabletopointintime",
        "updatecontinuousbackups",
        "updatecontributorinsights",
        "updateglobaltable",
        "updateglobaltablesettings",
        "updatekinesisstreamingdestination",
        "updatetablereplicaautoscaling",
        "updatetimetolive",
    ];
    let name = request.action.name();
    match request.action.service() {
        // AWS: AWS Backup Developer Guide, "Vault access policies": "Regardless of the AWS Backup vault's access policy,
        // cross-account access for any action other than backup:CopyIntoBackupVault will be rejected".
        "backup" => name == "copyintobackupvault" || !request.resource.name().starts_with("backup-vault:"),
        "secretsmanager" => OF_SECRETS.binary_search(&name).is_ok(),
        "kms" => OF_KEYS.binary_search(&name).is_ok(),
        "sqs" => NOT_OF_QUEUES.binary_search(&name).is_err(),
        "dynamodb" => NOT_OF_TABLES.binary_search(&name).is_err(),
        // AWS: S3 API Reference, GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy: "the calling identity must both
        // have the permissions … and belong to the bucket owner's account"; so for directory buckets and Amazon S3 on Outposts.
        "s3" | "s3express" | "s3-outposts" => !is_about_bucket_policy(name),
        // AWS: Kinesis API Reference, PutResourcePolicy: the calling identity has to "belong to the owner's account".
        "kinesis" => name != "putresourcepolicy",
        _ => true,
    }
}

fn is_about_bucket_policy(name: &str) -> bool {
    matches!(name, "deletebucketpolicy" | "getbucketpolicy" | "putbucketpolicy")
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

#[inline]
fn own_rule(request: &Request<'_>) -> Option<OwnRule> {
    let service = request.action.service();
    // Most services have no such rule, but for root users.
    let may_have_one = service.len() == 3 || request.principal.kind() == Kind::Root;
    if may_have_one { own_rule_of(service, request) } else { None }
}

fn own_rule_of(service: &str, request: &Request<'_>) -> Option<OwnRule> {
    let (resource, name) = (request.resource, request.action.name());
    match service {
        // AWS: KMS Developer Guide, "KMS key access and permissions": "you must have credentials that AWS can use to authenticate your
        // requests". IAM User Guide, "Compare AWS STS credentials", who can call: without credentials, these two alone.
        "kms" if request.principal.is_unsigned() => Some(OwnRule::NeedsCredentials),
        "sts"
            if request.principal.is_unsigned()
                && !matches!(name, "assumerolewithsaml" | "assumerolewithwebidentity") =>
        {
            Some(OwnRule::NeedsCredentials)
        }
        "sts" if name == "getcalleridentity" => Some(OwnRule::NeedsNoPermission),
        "sts" => sts_rule(name, request.principal.kind()),
        "iam" if changes_unchangeable(name, resource.name(), resource.part(4)) => {
            Some(OwnRule::CannotBeChanged)
        }
        "kms"
            if matches!(name, "createalias" | "updatealias" | "deletealias")
                && resource.name().starts_with("alias/aws/") =>
        {
            Some(OwnRule::CannotBeChanged)
        }
        _ if request.principal.kind() == Kind::Root
            && lifts_a_policy(service, name)
            && resource.owner().is_some()
            && resource.owner() == request.principal.account() =>
        {
            Some(OwnRule::OwnersRoot)
        }
        _ => None,
    }
}

/// AWS: IAM User Guide, "Permissions for GetSessionToken": policies cannot control authentication operations; "Compare
/// AWS STS credentials": who can call, and what the credentials cannot call. STS API Reference, AssumeRole and
/// AssumeRoot: not with the credentials of a root user.
fn sts_rule(name: &str, kind: Kind) -> Option<OwnRule> {
    match (kind, name) {
        (Kind::User | Kind::Root, "getsessiontoken") => Some(OwnRule::NeedsNoPermission),
        (Kind::Root, "assumerole" | "assumeroot") => Some(OwnRule::RootCannotAssumeRoles),
        (Kind::Role | Kind::Session, "getsessiontoken" | "getfederationtoken") | (Kind::FederatedUser, _) => {
            Some(OwnRule::NeedsLongTermCredentials)
        }
        _ => None,
    }
}

/// Does an `iam:` action change what only AWS can change?
fn changes_unchangeable(action: &str, resource: &str, account: Option<&str>) -> bool {
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
    const RESERVED_ROLE_CHANGES: [&str; 4] = ["tagrole", "untagrole", "updaterole", "updateroledescription"];
    // AWS: IAM API Reference, "TagPolicy", "UntagPolicy": of "an IAM customer managed policy".
    const POLICY_CHANGES: [&str; 6] = [
        "createpolicyversion",
        "deletepolicy",
        "deletepolicyversion",
        "setdefaultpolicyversion",
        "tagpolicy",
        "untagpolicy",
    ];
    let reserved = resource.starts_with("role/aws-reserved/");
    let of_aws = reserved || resource.starts_with("role/aws-service-role/");
    (of_aws && ROLE_CHANGES.binary_search(&action).is_ok())
        || (reserved && RESERVED_ROLE_CHANGES.contains(&action))
        || (account == Some("aws")
            && resource.starts_with("policy/")
            && POLICY_CHANGES.binary_search(&action).is_ok())
}
