//! Were all users and roles of an account listed? That nobody of it is in a list is a "no" only then.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::path::Path;

use clavicle_snapshot::{AccountId, Import, Place, Snapshot};
use serde_json::{Value, json};

const ACCOUNT: &str = "111122223333";

/// A user, group, role or policy each, as AWS Config records them.
fn recorded(types: &[&str]) -> Value {
    let item = |kind: &&str| {
        let arn = format!("arn:aws:iam::{ACCOUNT}:{}/{kind}", kind.to_lowercase());
        let text = r#"{"Version":"2012-10-17","Statement":[]}"#;
        json!({"resourceType": format!("AWS::IAM::{kind}"), "ARN": arn, "resourceName": kind, "awsAccountId": ACCOUNT,
            "configurationItemStatus": "OK", "configuration": {"arn": arn, "assumeRolePolicyDocument": text,
                "policyVersionList": [{"versionId": "v1", "isDefaultVersion": true, "document": text}]}})
    };
    json!({"configurationItems": types.iter().map(item).collect::<Vec<_>>()})
}

fn details() -> Value {
    json!({"UserDetailList": [{"Arn": format!("arn:aws:iam::{ACCOUNT}:user/dana")}], "GroupDetailList": [],
        "RoleDetailList": [], "Policies": []})
}

/// What became of a call of a collection.
fn told(call: &str, account: Option<&str>, state: &str) -> Value {
    json!({"CollectedAt": "2026-01-01T00:00:00Z", "CollectedCalls": [{"Call": call, "Account": account, "Region": null, "State": state, "Reason": "x"}]})
}

/// Does the snapshot of these files list everybody of the account?
fn lists_all(files: &[Value], plan: bool) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let mut import = Import::new().planned_in(Place::parse("111122223333/eu-west-1"));
    for (at, text) in files.iter().enumerate() {
        let path = folder.path().join(format!("{at}.json"));
        std::fs::write(&path, text.to_string()).unwrap();
        import = import.source(path);
    }
    if plan {
        let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/sources");
        import = import.source(cases.join("plan.json"));
    }
    let snapshot = Snapshot::read(&import.run(|_| ()).unwrap().database, |_, _| ()).unwrap();
    let account = AccountId::parse(ACCOUNT).unwrap();
    let lists_all = snapshot.lists_identities(account);
    assert_eq!(snapshot.without_identities().any(|id| id == account), !lists_all);
    lists_all
}

const ALL: [&str; 4] = ["User", "Group", "Role", "Policy"];

/// A plan lists what it manages; whether everybody is listed, what is beside it says.
#[test]
fn a_plan_adds_to_what_is_beside_it() {
    assert!(!lists_all(&[], true));
    assert!(!lists_all(&[recorded(&["User"])], true));
    assert!(lists_all(&[recorded(&ALL)], true));
    assert!(lists_all(&[details()], true));
}

#[test]
fn a_source_that_was_read_in_part_lists_a_part() {
    const CONFIG: &str = "config:SelectAggregateResourceConfig";
    const DETAILS: &str = "iam:GetAccountAuthorizationDetails";
    assert!(lists_all(&[recorded(&ALL)], false) && !lists_all(&[recorded(&["User"])], false));
    for (state, lists) in [("seen", true), ("partial", false), ("failed", false), ("denied", false)] {
        assert_eq!(lists_all(&[recorded(&ALL), told(CONFIG, None, state)], false), lists, "{state}");
        assert_eq!(lists_all(&[details(), told(DETAILS, Some(ACCOUNT), state)], false), lists, "{state}");
    }
}
