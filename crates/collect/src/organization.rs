//! The organization: its tree, its accounts, its service and resource control policies and where they are attached.
//!
//! Only the management account and delegated administrators may read most of it. See AWS: AWS Organizations API Reference.

use clavicle_snapshot::AccountId;
use serde_json::{Value, json};

use crate::aws::Why;
use crate::table::{self, Call};
use crate::thing::{Thing, elements};
use crate::walk::{Caller, parallel};

const DESCRIBE: &str = "organizations:DescribeOrganization none:AWSOrganizationsNotInUseException";
const ROOTS: &str = "organizations:ListRoots token:NextToken~NextToken";
const UNITS: &str = "organizations:ListOrganizationalUnitsForParent ParentId={id} token:NextToken~NextToken";
const ACCOUNTS: &str = "organizations:ListAccountsForParent ParentId={id} token:NextToken~NextToken";
const POLICIES: &str = "organizations:ListPolicies Filter={id} token:NextToken~NextToken";
const POLICY: &str = "organizations:DescribePolicy PolicyId={id}";
/// What the organization delegates, and to whom.
const DELEGATION: &str = "organizations:DescribeResourcePolicy none:ResourcePolicyNotFoundException";
const TARGETS: &str = "organizations:ListTargetsForPolicy PolicyId={id} token:NextToken~NextToken";

pub(crate) fn calls() -> impl Iterator<Item = Call> {
    [DESCRIBE, ROOTS, UNITS, ACCOUNTS, POLICIES, POLICY, TARGETS, DELEGATION]
        .into_iter()
        .filter_map(table::call)
}

/// A member account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) is_active: bool,
}

/// What was found, beside the lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) members: Vec<Member>,
    /// AWS said that there is no organization.
    pub(crate) is_none: bool,
}

/// The lines of the organization.
pub(crate) fn read(caller: Caller<'_>, write: &mut dyn FnMut(Value)) -> Found {
    let mut found = Found::default();
    let Some(describe) = table::call(DESCRIBE) else { return found };
    match caller.answer(&describe, &[]) {
        Ok(answer) => {
            caller.seen.answered(&describe, 1);
            let organization = answer.get("Organization").unwrap_or(&Value::Null);
            write(json!({"Organization": only(organization, &["Id", "Arn", "MasterAccountId"])}));
        }
        Err(unanswered) => {
            caller.seen.unanswered(&describe, &unanswered, false, 0);
            if unanswered.why == Why::None {
                write(json!({"Organization": null}));
                found.is_none = true;
                return found;
            }
        }
    }
    let roots = listed(caller, ROOTS, "", "Roots[]");
    let kept: Vec<Value> =
        roots.iter().map(|root| only(root, &["Id", "Arn", "Name", "PolicyTypes"])).collect();
    if kept.is_empty() {
        return found;
    }
    write(json!({"Roots": kept}));
    let mut parents: Vec<String> = roots.iter().filter_map(|root| text(root, "Id")).collect();
    // A level at a time; AWS allows five below the root.
    while !parents.is_empty() {
        let below = parallel(&parents, |parent| {
            (
                listed(caller, UNITS, parent, "OrganizationalUnits[]"),
                listed(caller, ACCOUNTS, parent, "Accounts[]"),
            )
        });
        let mut next = Vec::new();
        for (parent, (units, accounts)) in parents.iter().zip(below) {
            let mut kept = Vec::new();
            for unit in &units {
                next.extend(text(unit, "Id"));
                kept.push(with(only(unit, &["Id", "Arn", "Name"]), "ParentId", parent.as_str().into()));
            }
            write(json!({"OrganizationalUnits": kept}));
            let mut kept = Vec::new();
            for account in &accounts {
                // The id becomes the name of a folder.
                if let Some(id) = text(account, "Id").filter(|id| AccountId::parse(id).is_some()) {
                    let name = text(account, "Name").unwrap_or_default();
                    // `State` is the newer field, `Status` the one that it replaces.
                    let state = text(account, "State").or_else(|| text(account, "Status"));
                    found.members.push(Member { id, name, is_active: state.as_deref() == Some("ACTIVE") });
                }
                let state = if account.get("State").is_some() { "State" } else { "Status" };
                let account = only(account, &["Id", "Arn", "Name", state]);
                kept.push(with(account, "ParentId", parent.as_str().into()));
            }
            write(json!({"Accounts": kept}));
        }
        parents = next;
    }
    policies(caller, write);
    delegation(caller, write);
    found
}

fn delegation(caller: Caller<'_>, write: &mut dyn FnMut(Value)) {
    let Some(call) = table::call(DELEGATION) else { return };
    match caller.answer(&call, &[]) {
        Ok(answer) => {
            caller.seen.answered(&call, 1);
            let policy = answer.get("ResourcePolicy").unwrap_or(&Value::Null);
            let arn = policy.get("ResourcePolicySummary").and_then(|summary| text(summary, "Arn"));
            let Some(arn) = arn else { return };
            let account = arn.split(':').nth(4);
            write(json!({"configurationItems": [{
                "resourceType": "AWS::Organizations::ResourcePolicy", "arn": arn, "awsAccountId": account,
                "policy": policy.get("Content"), "configuration": {},
            }]}));
        }
        Err(unanswered) => caller.seen.unanswered(&call, &unanswered, false, 0),
    }
}

fn policies(caller: Caller<'_>, write: &mut dyn FnMut(Value)) {
    let (mut summaries, mut all_seen) = (Vec::new(), true);
    for kind in ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"] {
        let (found, whole) = listing(caller, POLICIES, &about(kind), "Policies[]");
        summaries.extend(found);
        all_seen &= whole;
    }
    let mut lines = parallel(&summaries, |summary| {
        let id = text(summary, "Id")?;
        let content =
            one(caller, POLICY, &id).and_then(|answer| answer.get("Policy")?.get("Content").cloned());
        let (targets, whole) = listing(caller, TARGETS, &about(&id), "Targets[]");
        let mut line = json!({"PolicySummary": only(summary, &["Id", "Arn", "Name", "Type", "AwsManaged"])});
        if let Some(content) = content {
            line["Content"] = content;
        }
        if whole {
            line["Targets"] = targets.iter().map(|target| only(target, &["TargetId"])).collect();
        }
        Some(line)
    });
    // That nothing else is attached somewhere is known only if every policy and all its targets were seen.
    all_seen &= lines.iter().flatten().all(|line| line.get("Targets").is_some());
    for line in lines.iter_mut().flatten().filter(|_| !all_seen) {
        if let Some(line) = line.as_object_mut() {
            line.remove("Targets");
        }
    }
    write(json!({"Policies": lines.into_iter().flatten().collect::<Vec<_>>()}));
}

fn listed(caller: Caller<'_>, words: &'static str, id: &str, list: &str) -> Vec<Value> {
    listing(caller, words, &about(id), list).0
}

/// The elements of a list, and whether that is all of them.
pub(crate) fn listing(
    caller: Caller<'_>,
    words: &'static str,
    about: &Thing,
    list: &str,
) -> (Vec<Value>, bool) {
    let Some(call) = table::call(words) else { return (Vec::new(), false) };
    let mut found = Vec::new();
    let take = |page: &Value| found.extend(elements(page, list).into_iter().cloned());
    let whole = caller.pages(about, &call, take, list);
    (found, whole)
}

fn one(caller: Caller<'_>, words: &'static str, id: &str) -> Option<Value> {
    let call = table::call(words)?;
    let answer = caller.answer(&call, &[("PolicyId", id)]);
    match &answer {
        Ok(_) => caller.seen.answered(&call, 1),
        Err(unanswered) => caller.seen.unanswered(&call, unanswered, false, 1),
    }
    answer.ok()
}

fn about(id: &str) -> Thing {
    Thing { fields: vec![("id", id.into())], policy_error: None }
}

pub(crate) fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.as_str().map(str::to_owned)
}

/// The named fields of an object.
pub(crate) fn only(value: &Value, names: &[&str]) -> Value {
    let pair = |name: &&str| Some(((*name).to_owned(), value.get(*name)?.clone()));
    Value::Object(names.iter().filter_map(pair).collect())
}

fn with(mut value: Value, name: &str, field: Value) -> Value {
    value[name] = field;
    value
}
