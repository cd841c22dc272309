//! IAM Identity Center: its instances, permission sets, and who has which of them in which account.
//!
//! An instance is in one region, and only there it is listed. See AWS: IAM Identity Center API Reference.

use serde_json::{Value, json};

use crate::organization::{listing, only, text};
use crate::table::{self, Call};
use crate::thing::Thing;
use crate::walk::{Caller, parallel};

pub(crate) const INSTANCES: &str = "sso-admin:ListInstances token:NextToken~NextToken";
const SETS: &str =
    "sso-admin:ListPermissionSets InstanceArn={instance} MaxResults=#100 token:NextToken~NextToken";
const SET: &str = "sso-admin:DescribePermissionSet InstanceArn={instance} PermissionSetArn={set}";
const INLINE: &str =
    "sso-admin:GetInlinePolicyForPermissionSet InstanceArn={instance} PermissionSetArn={set}";
const MANAGED: &str = "sso-admin:ListManagedPoliciesInPermissionSet InstanceArn={instance} PermissionSetArn={set} MaxResults=#100 token:NextToken~NextToken";
const ACCOUNTS: &str = "sso-admin:ListAccountsForProvisionedPermissionSet InstanceArn={instance} PermissionSetArn={set} MaxResults=#100 token:NextToken~NextToken";
const ASSIGNMENTS: &str = "sso-admin:ListAccountAssignments InstanceArn={instance} PermissionSetArn={set} AccountId={member} MaxResults=#100 token:NextToken~NextToken";

/// The service of its units.
pub(crate) const SERVICE: &str = "sso-admin";

pub(crate) fn calls() -> impl Iterator<Item = Call> {
    [INSTANCES, SETS, SET, INLINE, MANAGED, ACCOUNTS, ASSIGNMENTS].into_iter().filter_map(table::call)
}

/// The lines of the instances of one region.
pub(crate) fn read(caller: Caller<'_>, write: &mut dyn FnMut(Value)) {
    let (instances, _) = listing(caller, INSTANCES, &Thing::default(), "Instances[]");
    let kept: Vec<Value> = instances.iter().map(|it| only(it, &["InstanceArn", "OwnerAccountId"])).collect();
    if kept.is_empty() {
        return;
    }
    write(json!({"Instances": kept}));
    for instance in instances.iter().filter_map(|it| text(it, "InstanceArn")) {
        let about = about(&[("instance", &instance)]);
        let (sets, _) = listing(caller, SETS, &about, "PermissionSets[]");
        let sets: Vec<&str> = sets.iter().filter_map(Value::as_str).collect();
        for lines in parallel(&sets, |set| permission_set(caller, &instance, set)) {
            for line in lines {
                write(line);
            }
        }
    }
}

fn permission_set(caller: Caller<'_>, instance: &str, set: &str) -> Vec<Value> {
    let of_set = about(&[("instance", instance), ("set", set)]);
    let mut lines = Vec::new();
    if let Some(described) = one(caller, SET, &of_set).and_then(|answer| answer.get("PermissionSet").cloned())
    {
        let mut line = only(&described, &["PermissionSetArn", "Name"]);
        if let Some(inline) = one(caller, INLINE, &of_set) {
            line["InlinePolicy"] = inline.get("InlinePolicy").cloned().unwrap_or_default();
        }
        let (managed, whole) = listing(caller, MANAGED, &of_set, "AttachedManagedPolicies[]");
        if whole {
            line["AttachedManagedPolicies"] = managed.iter().map(|it| only(it, &["Arn"])).collect();
        }
        lines.push(json!({"PermissionSet": line}));
    }
    let (accounts, _) = listing(caller, ACCOUNTS, &of_set, "AccountIds[]");
    for account in accounts.iter().filter_map(Value::as_str) {
        let of_account = about(&[("instance", instance), ("set", set), ("member", account)]);
        let (assignments, _) = listing(caller, ASSIGNMENTS, &of_account, "AccountAssignments[]");
        let fields = ["AccountId", "PermissionSetArn", "PrincipalType", "PrincipalId"];
        let kept: Vec<Value> = assignments.iter().map(|it| only(it, &fields)).collect();
        lines.push(json!({"AccountAssignments": kept}));
    }
    lines
}

fn one(caller: Caller<'_>, words: &'static str, about: &Thing) -> Option<Value> {
    let call = table::call(words)?;
    let mut found = None;
    caller.pages(about, &call, |page| found = Some(page.clone()), ".");
    found
}

fn about(fields: &[(&'static str, &str)]) -> Thing {
    Thing { fields: fields.iter().map(|(key, value)| (*key, (*value).into())).collect(), policy_error: None }
}
