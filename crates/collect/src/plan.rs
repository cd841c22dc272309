//! Which calls are made, and the policy that allows exactly these: both from the table.

use std::collections::BTreeSet;

use clavicle_catalog::{ActionId, Operation, catalog};
use serde_json::{Value, json};

use crate::table::{self, Call, kinds};
use crate::{config_aggregator, iam, identity_center, identity_pool, last_accessed, organization};

/// The calls that find out who asks, and where.
pub(crate) const WHO_AM_I: &str = "sts:GetCallerIdentity";
pub(crate) const REGIONS: &str = "ec2:DescribeRegions";
/// What an account without an organization is called.
pub(crate) const ALIASES: &str = "iam:ListAccountAliases token:Marker~Marker";

/// A call as people read it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Planned {
    /// `kms:GetKeyPolicy`, by the names of the SDKs.
    pub call: String,
    /// The permissions that it needs.
    pub actions: Vec<String>,
    /// What it is made for: once an account, in every region, once for the organization.
    pub scope: Scope,
}

/// How often a call is made, apart from pages and things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// For the organization.
    Organization,
    /// For each account.
    Account,
    /// In each region of each account.
    Region,
}

/// Every call that a collection can make, with `organization` also those that go through one.
#[must_use]
pub fn calls() -> Vec<Planned> {
    let mut planned = BTreeSet::new();
    let mut add = |call: &Call, scope| planned.insert(self::planned(call, scope));
    for call in organization::calls() {
        add(&call, Scope::Organization);
    }
    for call in [WHO_AM_I, REGIONS, ALIASES]
        .into_iter()
        .filter_map(table::call)
        .chain(iam::calls())
        .chain(last_accessed::calls())
    {
        add(&call, Scope::Account);
    }
    for call in identity_center::calls() {
        add(&call, Scope::Organization);
    }
    for kind in kinds() {
        let scope = if kind.is_global { Scope::Account } else { Scope::Region };
        for step in &kind.steps {
            add(step.call(), scope);
        }
        if kind.config_type == identity_pool::KIND {
            for call in identity_pool::calls() {
                add(&call, scope);
            }
        }
    }
    planned.into_iter().collect()
}

/// Every call of a collection from an aggregator of AWS Config.
#[must_use]
pub fn calls_of_an_aggregator() -> Vec<Planned> {
    let of_organization = organization::calls().chain(identity_center::calls());
    let calls = of_organization.chain(table::call(WHO_AM_I)).chain(config_aggregator::calls());
    let planned: BTreeSet<Planned> = calls.map(|call| planned(&call, Scope::Organization)).collect();
    planned.into_iter().collect()
}

fn planned(call: &Call, scope: Scope) -> Planned {
    Planned { call: format!("{}:{}", call.client.name, call.operation), actions: actions(call), scope }
}

/// Is it an operation of S3 Control, whose paths begin with the version of its API?
pub(crate) fn is_of_s3_control(call: &Call) -> bool {
    call.path.starts_with("/v20180820/")
}

/// The permissions that a call needs; none if AWS checks none.
pub(crate) fn actions(call: &Call) -> Vec<String> {
    // Directory buckets have the operations of Amazon S3, and actions of the same names.
    let is_directory = call.client.name == "s3express";
    let client = match is_directory {
        true if is_of_s3_control(call) => "s3control",
        true => "s3",
        false => call.client.name,
    };
    let Operation::Needs { always, sometimes } = catalog().operation(client, call.operation) else {
        return Vec::new();
    };
    if is_directory {
        let named =
            |action: ActionId| catalog().action(&format!("s3express:{}", catalog().short_name(action)));
        let needed: BTreeSet<ActionId> = always.into_iter().chain(sometimes).filter_map(named).collect();
        return needed.into_iter().map(|action| catalog().name(action).to_owned()).collect();
    }
    // Calls of API Gateway need a verb on a path, but for those that have an action of their name.
    let own = format!("{}:{}", call.client.signing_name, call.operation);
    if call.client.signing_name == "apigateway" && catalog().action(&own).is_some() {
        return vec![own];
    }
    // Of several that would do, the one of the service that is called here.
    let ours = |action: &ActionId| catalog().prefix(*action) == call.client.signing_name;
    let needed = if always.is_empty() { sometimes.into_iter().filter(ours).collect() } else { always };
    needed.into_iter().map(|action| catalog().name(action).to_owned()).collect()
}

/// The most characters of a managed policy, white space left out. See AWS: IAM User Guide, "IAM and AWS STS quotas"
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>).
const MOST_CHARACTERS: usize = 6144;

/// A policy that allows a part of what a collection calls, small enough for a managed policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowing {
    /// Who needs it.
    pub whom: Whom,
    /// The policy.
    pub document: Value,
}

/// Who needs a part of what a collection calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// The caller, and where an organization is read the role in each of its accounts.
    EachAccount,
    /// The caller alone.
    Caller,
}

/// The policies that together allow what a collection calls, and nothing else. `role`: also to assume the role of this name,
/// as whoever reads an organization has to. `aggregator`: of a collection from AWS Config instead.
#[must_use]
pub fn policies(role: Option<&str>, aggregator: bool) -> Vec<Allowing> {
    let calls = if aggregator { calls_of_an_aggregator() } else { calls() };
    let actions = |of_organization: bool| -> BTreeSet<String> {
        let of = |planned: &&Planned| (planned.scope == Scope::Organization) == of_organization;
        calls.iter().filter(of).flat_map(|planned| planned.actions.clone()).collect()
    };
    let (mut of_account, of_organization) = (actions(false), actions(true));
    // GET on everything would also be what other paths of API Gateway answer.
    let apis = of_account.remove("apigateway:GET").then(|| {
        let lists = ["restapis", "domainnames"].map(|list| format!("arn:*:apigateway:*::/{list}"));
        statement("ReadRestApis", &["apigateway:GET"], &lists.map(Value::from))
    });
    let mut policies = Vec::new();
    let parts = if of_account.is_empty() { Vec::new() } else { in_parts(&of_account, apis.as_ref()) };
    for (number, part) in (1..).zip(&parts) {
        let sid = if parts.len() == 1 { "ReadAccount".to_owned() } else { format!("ReadAccount{number}") };
        let mut statements = vec![statement(&sid, part, &["*".into()])];
        statements.extend(apis.clone().filter(|_| number == parts.len()));
        policies.push(Allowing { whom: Whom::EachAccount, document: document(&statements) });
    }
    let of_organization: Vec<&str> = of_organization.iter().map(String::as_str).collect();
    let mut statements = vec![statement("ReadOrganization", &of_organization, &["*".into()])];
    if let Some(role) = role {
        let roles = format!("arn:*:iam::*:role/{role}");
        statements.push(statement("EnterAccounts", &["sts:AssumeRole"], &[roles.into()]));
    }
    policies.push(Allowing { whom: Whom::Caller, document: document(&statements) });
    policies
}

fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// One of a list stands alone.
fn statement(sid: &str, actions: &[&str], resources: &[Value]) -> Value {
    let action = if let [action] = actions { json!(action) } else { json!(actions) };
    let resource = if let [resource] = resources { resource.clone() } else { json!(resources) };
    json!({"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource})
}

/// The actions in parts for which a policy each has room, `beside` another statement; those of a service stay together.
fn in_parts<'a>(actions: &'a BTreeSet<String>, beside: Option<&Value>) -> Vec<Vec<&'a str>> {
    let mut empty = vec![statement("ReadAccount99", &[], &["*".into()])];
    empty.extend(beside.cloned());
    let room = MOST_CHARACTERS.saturating_sub(document(&empty).to_string().len());
    let prefix = |action: &str| action.split(':').next().unwrap_or_default().to_owned();
    // With its quotation marks and the comma.
    let length = |actions: &[&str]| -> usize { actions.iter().map(|action| action.len() + 3).sum() };
    let all: Vec<&str> = actions.iter().map(String::as_str).collect();
    let mut parts: Vec<Vec<&str>> = vec![Vec::new()];
    for of_service in all.chunk_by(|one, other| prefix(one) == prefix(other)) {
        match parts.last_mut() {
            Some(part) if part.is_empty() || length(part) + length(of_service) <= room => {
                part.extend(of_service);
            }
            _ => parts.push(of_service.to_vec()),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clavicle_catalog::{Access, GrantKind, catalog};

    use super::{Scope, Whom, calls, calls_of_an_aggregator, policies};
    use crate::table::kinds;

    /// Does AWS list this action as one that only lists or reads?
    fn only_reads(action: &str) -> bool {
        let Some(id) = catalog().action(action) else { return false };
        let access = catalog().access(id);
        !access.is_unknown() && !access.intersects(Access::WRITE | Access::TAGGING | Access::PERMISSIONS)
    }

    /// The paths that `apigateway:GET` is allowed on are those of the calls that need it.
    #[test]
    fn what_is_read_by_path_is_allowed_on_that_path() {
        let by_path =
            calls().into_iter().filter(|planned| planned.actions.contains(&"apigateway:GET".to_owned()));
        let calls: Vec<String> = by_path.map(|planned| planned.call).collect();
        assert!(!calls.is_empty());
        for call in calls {
            assert!(call.contains("RestApi") || call.contains("DomainName"), "{call} reads another path");
        }
    }

    #[test]
    fn every_call_needs_known_permissions_that_only_read() {
        for planned in calls().into_iter().chain(calls_of_an_aggregator()) {
            let unchecked = planned.call == "sts:GetCallerIdentity";
            assert!(unchecked || !planned.actions.is_empty(), "nobody knows what `{}` needs", planned.call);
            for action in &planned.actions {
                assert!(
                    only_reads(action) || unchecked,
                    "`{action}` of `{}` does more than read",
                    planned.call
                );
            }
        }
    }

    /// AWS: Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3 Express"
    /// (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3express.html>).
    #[test]
    fn directory_buckets_have_actions_of_their_own() {
        let of = |call: &str| {
            let planned = calls().into_iter().find(|planned| planned.call == format!("s3express:{call}"));
            planned.map(|planned| planned.actions).unwrap_or_default()
        };
        assert_eq!(of("ListDirectoryBuckets"), ["s3express:ListAllMyDirectoryBuckets"]);
        assert_eq!(of("GetBucketPolicy"), ["s3express:GetBucketPolicy"]);
        assert_eq!(of("GetBucketEncryption"), ["s3express:GetEncryptionConfiguration"]);
        assert_eq!(
            of("ListAccessPointsForDirectoryBuckets"),
            ["s3express:ListAccessPointsForDirectoryBuckets"]
        );
        assert_eq!(of("GetAccessPointPolicy"), ["s3express:GetAccessPointPolicy"]);
    }

    /// What gives content away, rather than facts about things, is no part of it.
    #[test]
    fn no_call_reads_content() {
        for planned in calls() {
            for action in &planned.actions {
                let content = [
                    "s3:GetObject",
                    "secretsmanager:GetSecretValue",
                    "ssm:GetParameter",
                    "lambda:GetFunction",
                    "kms:Decrypt",
                    "dynamodb:GetItem",
                    "dynamodb:Scan",
                    "ec2:DescribeInstanceAttribute",
                    "cloudformation:GetTemplate",
                    "ecr:GetAuthorizationToken",
                ];
                assert!(!content.contains(&action.as_str()), "{action}");
            }
        }
    }

    /// Calls whose answers are content are named so that it can be told what was not seen, and are made by nobody.
    #[test]
    fn what_would_read_content_is_no_call() {
        let never: Vec<String> = kinds()
            .iter()
            .flat_map(|kind| &kind.never)
            .map(|call| super::planned(call, Scope::Region).call)
            .collect();
        assert_eq!(never, ["ssm:GetDocument"]);
        assert!(calls().iter().all(|planned| !never.contains(&planned.call)));
        let allowed = policies(None, false).iter().map(|it| it.document.to_string()).collect::<String>();
        assert!(never.iter().all(|call| !allowed.contains(&format!("\"{call}\""))));
    }

    /// The documents themselves, whatever made them: sound, of a size that IAM takes, and together of the actions of the
    /// calls, by name and no others.
    #[test]
    fn the_policies_are_sound_and_allow_the_calls_and_nothing_else() {
        for aggregator in [false, true] {
            let mut named = Vec::new();
            for allowing in policies(None, aggregator) {
                let text = allowing.document.to_string();
                let parsed = clavicle_policy::parse(text.as_bytes());
                assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
                // AWS: IAM User Guide, "IAM and AWS STS quotas": white space does not count.
                let length = text.chars().filter(|letter| !letter.is_whitespace()).count();
                assert!(length <= 6144, "{length}");
                for statement in allowing.document["Statement"].as_array().expect("a list") {
                    let actions = &statement["Action"];
                    let one = [actions.clone()];
                    let actions = actions.as_array().map_or(&one[..], Vec::as_slice);
                    named.extend(actions.iter().map(|action| action.as_str().expect("a name").to_owned()));
                }
            }
            let calls = if aggregator { calls_of_an_aggregator() } else { calls() };
            let needed: BTreeSet<String> = calls.into_iter().flat_map(|planned| planned.actions).collect();
            assert_eq!(named.iter().cloned().collect::<BTreeSet<_>>(), needed);
            assert_eq!(named.len(), needed.len(), "an action is named twice");
            for action in &named {
                assert!(!action.contains(['*', '?']) && only_reads(action), "{action}");
            }
        }
        // AWS: the same page: a role has at most 10 managed policies unless more are asked for.
        assert!((2..=10).contains(&policies(None, false).len()));
        assert!(calls().iter().any(|planned| planned.scope == Scope::Region));
    }

    #[test]
    fn who_reads_an_organization_may_enter_its_accounts_by_one_role_only() {
        let (with, without) = (policies(Some("clavicle-read"), false), policies(None, false));
        let (with_last, without_last) = (with.last().expect("one"), without.last().expect("one"));
        assert_eq!(with[..with.len() - 1], without[..without.len() - 1]);
        assert!(with[..with.len() - 1].iter().all(|allowing| allowing.whom == Whom::EachAccount));
        assert_eq!(with_last.whom, Whom::Caller);
        let statements =
            |document: &serde_json::Value| document["Statement"].as_array().cloned().expect("a list");
        let (with, without) = (statements(&with_last.document), statements(&without_last.document));
        assert_eq!(with[..without.len()], without[..]);
        let [added] = &with[without.len()..] else { panic!("one statement more") };
        assert_eq!(added["Action"], "sts:AssumeRole");
        assert_eq!(added["Resource"], "arn:*:iam::*:role/clavicle-read");
    }

    /// Nobody else has a call that puts it, as `models.py` looks up, and `ram:GetResourcePolicies` tells it.
    const RAM_ALONE: &str = "AWS RAM writes it and tells it";

    /// Policies and grants that AWS has a call to read and that are read by no call, each with why: a row that is read after all
    /// has to go from here.
    const NOT_READ: &[(&str, &str)] = &[
        ("apigateway:GetDomainName", "`GetDomainNames` tells as much"),
        ("apigateway:GetRestApi", "`GetRestApis` tells as much"),
        ("bcm-dashboards:GetResourcePolicy", RAM_ALONE),
        ("billing:GetResourcePolicy", "AWS does not list the call as reading"),
        ("ec2:DescribeNetworkInterfacePermissions", "no policy"),
        ("ec2:GetVerifiedAccessEndpointPolicy", "Cedar"),
        ("ec2:GetVerifiedAccessGroupPolicy", "Cedar"),
        ("eventbridgev2:GetResourcePolicy", "speaks CBOR only"),
        ("events:DescribeEventBus", "`ListEventBuses` tells as much"),
        ("glue:GetResourcePolicy", "`GetResourcePolicies` tells as much"),
        ("iam:GetRole", "`GetAccountAuthorizationDetails` tells as much"),
        ("iot:GetPolicy", "limits sessions"),
        ("lakeformation:ListPermissions", "a language of its own"),
        ("lambda:GetResourcePolicy", "`GetPolicy` tells as much"),
        ("marketplace-catalog:GetResourcePolicy", "entities of AWS Marketplace"),
        ("mediastore:GetContainerPolicy", "retired"),
        ("mpa:GetResourcePolicy", RAM_ALONE),
        ("opensearchserverless:GetAccessPolicy", "a language of its own"),
        ("redshift:DescribeDataShares", "`DescribeDataSharesForProducer` tells as much"),
        ("route53-recovery-control-config:GetResourcePolicy", RAM_ALONE),
        ("s3:GetObjectAcl", "lists of objects"),
        ("s3control:GetBucketPolicy", "S3 on Outposts"),
        ("ssm-sap:GetResourcePermission", "AWS does not list the call as reading"),
        ("transfer:DescribeUser", "limits sessions"),
        ("waf-regional:GetPermissionPolicy", "retired"),
        ("waf:GetPermissionPolicy", "retired"),
    ];

    #[test]
    fn every_policy_that_can_be_read_is_read_or_it_is_said_why_not() {
        let read: BTreeSet<String> = calls().into_iter().map(|planned| planned.call).collect();
        let known: BTreeSet<&str> =
            catalog().resource_policy_kinds().filter_map(|kind| kind.read_operation).collect();
        assert!(known.len() > 100);
        assert!(NOT_READ.is_sorted_by_key(|(call, _)| call));
        let not_read: Vec<&str> = known.into_iter().filter(|call| !read.contains(*call)).collect();
        assert_eq!(not_read, NOT_READ.iter().map(|(call, _)| *call).collect::<Vec<_>>());
        for kind in catalog().resource_policy_kinds() {
            let why =
                NOT_READ.iter().find(|(call, _)| Some(*call) == kind.read_operation).map(|(_, why)| *why);
            let is_shared = kind.kind == GrantKind::SharedPolicy;
            assert!(why != Some(RAM_ALONE) || is_shared, "{kind:?}");
        }
    }
}
