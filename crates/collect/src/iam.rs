//! The identities of an account: GetAccountAuthorizationDetails page by page, the credential report, and how many IAM counts.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::aws::Why;
use crate::table::{self, Call};
use crate::thing::{Thing, at, elements};
use crate::walk::Caller;

/// What is kept of a value: fields that are not named here are dropped.
enum Shape {
    Text,
    Switch,
    List(&'static Shape),
    Object(&'static [(&'static str, Shape)]),
}

use Shape::{List, Object, Switch, Text};

const INLINE: Shape = Object(&[("PolicyName", Text), ("PolicyDocument", Text)]);
const ATTACHED: Shape = Object(&[("PolicyArn", Text)]);
const BOUNDARY: Shape = Object(&[("PermissionsBoundaryArn", Text)]);
const TAG: Shape = Object(&[("Key", Text), ("Value", Text)]);
const PROFILE: Shape = Object(&[("Arn", Text), ("Roles", List(&Object(&[("Arn", Text)])))]);
const VERSION: Shape =
    Object(&[("VersionId", Text), ("IsDefaultVersion", Switch), ("Document", Text), ("CreateDate", Text)]);

const USER: Shape = Object(&[
    ("Arn", Text),
    ("UserId", Text),
    ("CreateDate", Text),
    ("UserPolicyList", List(&INLINE)),
    ("GroupList", List(&Text)),
    ("AttachedManagedPolicies", List(&ATTACHED)),
    ("PermissionsBoundary", BOUNDARY),
    ("Tags", List(&TAG)),
]);
const GROUP: Shape = Object(&[
    ("Arn", Text),
    ("GroupId", Text),
    ("CreateDate", Text),
    ("GroupPolicyList", List(&INLINE)),
    ("AttachedManagedPolicies", List(&ATTACHED)),
]);
const ROLE: Shape = Object(&[
    ("Arn", Text),
    ("RoleId", Text),
    ("CreateDate", Text),
    ("AssumeRolePolicyDocument", Text),
    ("InstanceProfileList", List(&PROFILE)),
    ("RolePolicyList", List(&INLINE)),
    ("AttachedManagedPolicies", List(&ATTACHED)),
    ("PermissionsBoundary", BOUNDARY),
    ("Tags", List(&TAG)),
    ("RoleLastUsed", Object(&[("LastUsedDate", Text), ("Region", Text)])),
]);
const POLICY: Shape = Object(&[
    ("Arn", Text),
    ("DefaultVersionId", Text),
    ("CreateDate", Text),
    ("UpdateDate", Text),
    ("PolicyVersionList", List(&VERSION)),
]);

const LISTS: &[(&str, &Shape)] = &[
    ("UserDetailList", &USER),
    ("GroupDetailList", &GROUP),
    ("RoleDetailList", &ROLE),
    ("Policies", &POLICY),
];

fn kept(value: &Value, shape: &Shape) -> Option<Value> {
    match shape {
        Text => value.as_str().map(Value::from),
        Switch => value.as_str().map(|text| Value::Bool(text == "true")),
        List(shape) => {
            let holder = json!({"list": value});
            Some(elements(&holder, "list[]").into_iter().filter_map(|element| kept(element, shape)).collect())
        }
        Object(fields) => {
            let object = value.as_object()?;
            let pair = |(name, shape): &(&'static str, Shape)| {
                Some(((*name).to_owned(), kept(object.get(*name)?, shape)?))
            };
            Some(Value::Object(fields.iter().filter_map(pair).collect::<Map<_, _>>()))
        }
    }
}

pub(crate) fn calls() -> impl Iterator<Item = Call> {
    [DETAILS, GENERATE, REPORT, SUMMARY].into_iter().filter_map(table::call)
}

pub(crate) const DETAILS: &str = "iam:GetAccountAuthorizationDetails MaxItems=1000 token:Marker~Marker";
const GENERATE: &str = "iam:GenerateCredentialReport";
const REPORT: &str = "iam:GetCredentialReport";
const SUMMARY: &str = "iam:GetAccountSummary";

/// What is kept of the summary of an account: how many there are, and whether its root user has what it should or should
/// not. The rest is quotas. See AWS: IAM API Reference, `GetAccountSummary`
/// (<https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html>).
const COUNTED: &[&str] = &[
    "Users",
    "Groups",
    "Roles",
    "Policies",
    "InstanceProfiles",
    "Providers",
    "MFADevices",
    "MFADevicesInUse",
    "AccountMFAEnabled",
    "AccountAccessKeysPresent",
    "AccountPasswordPresent",
    "AccountSigningCertificatesPresent",
];

/// The lines of the identities; `write` takes them as they come, so that one page is in memory.
pub(crate) fn read(caller: Caller<'_>, write: &mut dyn FnMut(Value)) {
    if let Some(call) = table::call(DETAILS) {
        let take = |page: &Value| write(details(page));
        let whole = caller.pages(&Thing::default(), &call, take, "RoleDetailList[]");
        write(json!({"IsTruncated": !whole}));
    }
    report(caller, write);
    summary(caller, write);
}

fn details(page: &Value) -> Value {
    let list = |(name, shape): &(&str, &Shape)| {
        let holder = json!({"list": page.get(*name)});
        let list = elements(&holder, "list[]").into_iter().filter_map(|element| kept(element, shape));
        ((*name).to_owned(), list.collect())
    };
    Value::Object(LISTS.iter().map(list).collect::<Map<_, _>>())
}

fn summary(caller: Caller<'_>, write: &mut dyn FnMut(Value)) {
    let Some(call) = table::call(SUMMARY) else { return };
    match caller.answer(&call, &[]) {
        Ok(answer) => {
            caller.seen.answered(&call, 1);
            write(summary_line(&caller.place.account, &answer));
        }
        Err(unanswered) => caller.seen.unanswered(&call, &unanswered, false, 0),
    }
}

fn summary_line(account: &str, answer: &Value) -> Value {
    let number = |name: &&str| {
        let text = at(answer, "SummaryMap")?.get(*name)?.as_str()?;
        Some(((*name).to_owned(), text.parse::<u64>().ok()?.into()))
    };
    let mut line: Map<String, Value> = COUNTED.iter().filter_map(number).collect();
    line.insert("Account".to_owned(), account.into());
    json!({"AccountSummaries": [line]})
}

/// So often it is asked whether the report is made; AWS needs some seconds.
const PATIENCE: u32 = 40;

fn report(caller: Caller<'_>, write: &mut dyn FnMut(Value)) {
    let (Some(generate), Some(get)) = (table::call(GENERATE), table::call(REPORT)) else { return };
    for _ in 0..PATIENCE {
        match caller.answer(&generate, &[]) {
            Ok(answer) if at(&answer, "State").and_then(Value::as_str) == Some("COMPLETE") => break,
            Ok(_) => std::thread::sleep(Duration::from_millis(500)),
            // A report of the last hours may be there all the same.
            Err(_) => break,
        }
    }
    match caller.answer(&get, &[]) {
        Ok(answer) => {
            caller.seen.answered(&get, 1);
            write(json!({"Content": answer.get("Content"), "ReportFormat": answer.get("ReportFormat")}));
        }
        Err(unanswered) if unanswered.why != Why::None => caller.seen.unanswered(&get, &unanswered, false, 0),
        Err(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{details, summary_line};

    #[test]
    fn of_a_summary_the_named_numbers_are_kept() {
        let answer = json!({"SummaryMap": {"Users": "12", "UsersQuota": "5000", "AccountMFAEnabled": "1", "Roles": "many"}});
        let expected =
            json!({"AccountSummaries": [{"Account": "111122223333", "Users": 12, "AccountMFAEnabled": 1}]});
        assert_eq!(summary_line("111122223333", &answer), expected);
    }

    #[test]
    fn only_named_fields_are_kept_and_lists_are_lists() {
        let page = json!({"UserDetailList": [{"Arn": "a", "Tags": "", "Secret": "s3cr3t", "GroupList": ["g"],
            "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": "%7B%7D", "Extra": "s3cr3t"}]}],
            "Policies": [{"Arn": "p", "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": "true"}]}],
            "RoleDetailList": "", "Marker": "s3cr3t"});
        let expected = json!({
            "UserDetailList": [{"Arn": "a", "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": "%7B%7D"}],
                "GroupList": ["g"], "Tags": []}],
            "GroupDetailList": [], "RoleDetailList": [],
            "Policies": [{"Arn": "p", "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true}]}]});
        assert_eq!(details(&page), expected);
    }
}
