//! Which calls are made, and the policy that allows exactly these: both from the table.

use std::collections::BTreeSet;

use clavicle_catalog::{ActionId, Operation, catalog};
use serde_json::{Value, json};

use crate::table::{self, Call, kinds};
use crate::{config_aggregator, iam, identity_center, last_accessed, organization};

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

/// The permissions that a call needs; none if AWS checks none.
pub(crate) fn actions(call: &Call) -> Vec<String> {
    let Operation::Needs { always, sometimes } = catalog().operation(call.client.name, call.operation) else {
        return Vec::new();
    };
    // Of several that would do, the one of the service that is called here.
    let ours = |action: &ActionId| catalog().prefix(*action) == call.client.signing_name;
    let needed = if always.is_empty() { sometimes.into_iter().filter(ours).collect() } else { always };
    needed.into_iter().map(|action| catalog().name(action).to_owned()).collect()
}

/// The policy that allows what a collection calls, and nothing else, for a role to have inline. `role`: also to assume the role of this name, as
/// whoever reads an organization has to. `aggregator`: of a collection from AWS Config instead.
#[must_use]
pub fn policy(role: Option<&str>, aggregator: bool) -> Value {
    let calls = if aggregator { calls_of_an_aggregator() } else { calls() };
    let actions = |of_organization: bool| -> BTreeSet<String> {
        let of = |planned: &&Planned| (planned.scope == Scope::Organization) == of_organization;
        calls.iter().filter(of).flat_map(|planned| planned.actions.clone()).collect()
    };
    let statement = |sid: &str, action: Value, resource: &str| json!({"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource});
    let (mut of_account, of_organization) = (actions(false), actions(true));
    // GET on everything would also be what other paths of API Gateway answer.
    let lists_apis = of_account.remove("apigateway:GET");
    let list = |actions: BTreeSet<String>| actions.into_iter().collect::<Value>();
    let mut statements = Vec::new();
    if !of_account.is_empty() {
        statements.push(statement("ReadAccount", list(of_account), "*"));
    }
    if lists_apis {
        let lists = ["restapis", "domainnames"].map(|list| format!("arn:*:apigateway:*::/{list}"));
        statements.push(
            json!({"Sid": "ReadRestApis", "Effect": "Allow", "Action": "apigateway:GET", "Resource": lists}),
        );
    }
    // For whoever collects; the roles in the other accounts do without.
    statements.push(statement("ReadOrganization", list(of_organization), "*"));
    if let Some(role) = role {
        let roles = format!("arn:*:iam::*:role/{role}");
        statements.push(statement("EnterAccounts", "sts:AssumeRole".into(), &roles));
    }
    json!({"Version": "2012-10-17", "Statement": statements})
}

#[cfg(test)]
mod tests {
    use clavicle_catalog::{Access, catalog};

    use super::{Scope, calls, calls_of_an_aggregator, policy};

    /// Does AWS list this action as one that only lists or reads?
    fn only_reads(action: &str) -> bool {
        let Some(id) = catalog().action(action) else { return false };
        let access = catalog().access(id);
        !access.is_unknown() && !access.intersects(Access::WRITE | Access::TAGGING | Access::PERMISSIONS)
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

    /// The document itself, whatever made it: sound, of a size that IAM takes, and of actions that only read.
    #[test]
    fn the_policy_is_sound_and_only_reads() {
        let policy = policy(None, false);
        let text = policy.to_string();
        let parsed = clavicle_policy::parse(text.as_bytes());
        assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
        // AWS: IAM User Guide, "IAM and AWS STS quotas": a managed policy has at most 6,144 characters but white space, the
        // policies in a role together 10,240.
        let length = text.chars().filter(|letter| !letter.is_whitespace()).count();
        assert!(length <= 10_240, "{length}");
        let mut seen = 0;
        for statement in policy["Statement"].as_array().expect("a list") {
            let actions = &statement["Action"];
            let one = [actions.clone()];
            for action in actions.as_array().map_or(&one[..], Vec::as_slice) {
                let action = action.as_str().expect("a name");
                assert!(!action.contains(['*', '?']) && only_reads(action), "{action}");
                seen += 1;
            }
        }
        assert!(seen > 100);
        assert!(calls().iter().any(|planned| planned.scope == Scope::Region));
    }

    #[test]
    fn who_reads_an_organization_may_enter_its_accounts_by_one_role_only() {
        let with = policy(Some("clavicle-read"), false);
        let (with, without) =
            (with["Statement"].as_array(), policy(None, false)["Statement"].as_array().cloned());
        let (with, without) = (with.expect("a list"), without.expect("a list"));
        assert_eq!(with[..without.len()], without[..]);
        let [added] = &with[without.len()..] else { panic!("one statement more") };
        assert_eq!(added["Resource"], "arn:*:iam::*:role/clavicle-read");
    }
}
