//! What a permission set and its assignments give the roles that IAM Identity Center makes of them.
//!
//! AWS: IAM Identity Center User Guide, "Referencing permission sets in resource policies, Amazon EKS Cluster config maps, and AWS KMS
//! key policies" (<https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html>).

use clavicle_snapshot::{Import, Place, PolicyState, Snapshot};
use serde_json::{Value, json};

use super::taken_away::{SET, gone, left};
use super::{change, run};

const BILLING: &str = "arn:aws:iam::aws:policy/job-function/Billing";
const DEV: &str = "AWSReservedSSO_Dev_0123456789abcdef";

/// The role, its boundary and its policies, in short; of several roles each on a line.
fn roles(snapshot: &Snapshot) -> Vec<String> {
    let of_sets = snapshot.principals.iter().filter(|it| it.name.starts_with("AWSReservedSSO_") && it.seen);
    let role = of_sets.map(|it| {
        let attached: Vec<_> = it.attached.iter().map(|at| &*snapshot.policy(*at).arn).collect();
        let inline: Vec<_> = it
            .inline
            .iter()
            .map(|it| match it.document {
                PolicyState::Document(_) => it.name.to_string(),
                _ => format!("{} (not seen)", it.name),
            })
            .collect();
        let boundary = it.boundary.map(|at| &*snapshot.policy(at).arn);
        format!("{} {} {} {}", it.arn, attached.join(" "), inline.join(", "), boundary.unwrap_or("unbound"))
    });
    role.collect()
}

/// What a source says by itself, as seen from 111122223333.
fn alone(name: &str, text: &str) -> Snapshot {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, text).unwrap();
    let imported = run(Import::new().planned_in(Place::parse("111122223333/eu-west-1")).source(file));
    Snapshot::read(&imported.database, |_, _| ()).unwrap()
}

const ALLOW: &str =
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}"#;

#[test]
fn a_set_that_is_assigned_is_a_role_in_the_account() {
    let set = "arn:aws:sso:::permissionSet/~/audit~";
    let new = |kind: &str, after: Value| {
        let mut change = change(&format!("{kind}.audit"), &["create"], &Value::Null, &after);
        (change["mode"], change["type"], change["name"]) = ("managed".into(), kind.into(), "audit".into());
        change
    };
    let reference = json!([{"name": "ledger", "path": "/team/"}]);
    let plan = json!({"format_version": "1.2", "resource_changes": [
        new("aws_ssoadmin_permission_set", json!({"name": "audit", "arn": set})),
        new("aws_ssoadmin_permission_set_inline_policy", json!({"permission_set_arn": set, "inline_policy": ALLOW})),
        new("aws_ssoadmin_managed_policy_attachment", json!({"permission_set_arn": set, "managed_policy_arn": BILLING})),
        new("aws_ssoadmin_customer_managed_policy_attachment",
            json!({"permission_set_arn": set, "customer_managed_policy_reference": reference})),
        new("aws_ssoadmin_permissions_boundary_attachment", json!({"permission_set_arn": set,
            "permissions_boundary": [{"managed_policy_arn": null, "customer_managed_policy_reference": [{"name": "limit", "path": "/"}]}]})),
        new("aws_ssoadmin_account_assignment", json!({"permission_set_arn": set, "target_id": "444455556666",
            "principal_id": "g-1", "principal_type": "GROUP"})),
    ]});
    let template = format!(
        "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Set:\n    Type: AWS::SSO::PermissionSet\n    Properties:\n      \
         Name: audit\n      InlinePolicy: {ALLOW}\n      ManagedPolicies: [{BILLING}]\n      CustomerManagedPolicyReferences:\n        \
         - {{Name: ledger, Path: /team/}}\n      PermissionsBoundary: {{CustomerManagedPolicyReference: {{Name: limit}}}}\n  Given:\n    \
         Type: AWS::SSO::Assignment\n    Properties:\n      PermissionSetArn: !GetAtt Set.PermissionSetArn\n      TargetId: '444455556666'\n      \
         TargetType: AWS_ACCOUNT\n      PrincipalId: g-1\n      PrincipalType: GROUP\n"
    );
    let wanted = "arn:aws:iam::444455556666:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_audit_~~~~~~~~~~~~~~~~ \
                  arn:aws:iam::aws:policy/job-function/Billing arn:aws:iam::444455556666:policy/team/ledger AwsSSOInlinePolicy \
                  arn:aws:iam::444455556666:policy/limit";
    for (name, text) in [("plan.json", plan.to_string()), ("t.yaml", template)] {
        let snapshot = alone(name, &text);
        assert_eq!(roles(&snapshot), [wanted], "{name}: {:?}", snapshot.warnings);
        let role = snapshot.principals.iter().find(|it| it.name.starts_with("AWSReservedSSO_")).unwrap();
        // So it is where it is known later who has the set.
        let later = alone(name, &text.replace("PrincipalId: g-1", "PrincipalId: !Ref Who"));
        assert_eq!(roles(&later), [wanted], "{name}");
        let PolicyState::Document(trust) = role.trust else { panic!("{name}: who is let in is not known") };
        let trust = &snapshot.document(trust).text;
        assert!(
            trust.contains(":444455556666:saml-provider/AWSSSO_") && !trust.contains("known-after"),
            "{trust}"
        );
    }
}

/// A plan that assigns a set which it only looks up.
#[test]
fn a_set_that_is_looked_up_has_a_role_of_which_the_name_is_known() {
    let given = assignment("444455556666", "g-1");
    let plan = |data: Value| {
        let mut change = change("aws_ssoadmin_account_assignment.a", &["create"], &Value::Null, &given);
        (change["mode"], change["type"], change["name"]) =
            ("managed".into(), "aws_ssoadmin_account_assignment".into(), "a".into());
        let plan = json!({"format_version": "1.2", "resource_changes": [change],
            "prior_state": {"values": {"root_module": {"resources": [data]}}}});
        roles(&alone("plan.json", &plan.to_string()))
    };
    let found = plan(json!({"address": "data.aws_ssoadmin_permission_set.s", "mode": "data", "name": "s",
        "type": "aws_ssoadmin_permission_set", "values": {"arn": SET, "name": "Ops"}}));
    assert!(
        matches!(&found[..], [role] if role.contains("AWSReservedSSO_Ops_~") && role.contains("(not seen)")),
        "{found:?}"
    );
}

fn assignment(account: &str, who: &str) -> Value {
    let kind = if who.starts_with('g') { "GROUP" } else { "USER" };
    json!({"permission_set_arn": SET, "target_id": account, "principal_id": who, "principal_type": kind})
}

#[test]
fn a_set_that_is_there_gives_a_role_of_which_not_all_is_known() {
    let new = |account: &str| {
        let after = assignment(account, "g-1");
        roles(&left(&[change("aws_ssoadmin_account_assignment.a", &["create"], &Value::Null, &after)]).1)
    };
    let before = new("111122223333");
    assert_eq!(before.len(), 2, "its role is there: {before:?}");
    let found = new("444455556666");
    let role = found.iter().find(|role| role.contains(":444455556666:")).expect("a role");
    assert!(role.contains("AWSReservedSSO_Dev_~~~") && role.contains("(not seen)"), "{role}");
    assert!(!role.contains("unbound"), "{role}");
}

#[test]
fn the_role_goes_with_the_last_who_has_the_set() {
    let has_role = |changes: &[Value]| roles(&left(changes).1).iter().any(|role| role.contains(DEV));
    let less = |who: &str| gone("aws_ssoadmin_account_assignment.a", &assignment("111122223333", who));
    assert!(has_role(&[less("u-1")]) && has_role(&[less("u-1"), less("u-2")]));
    assert!(!has_role(&[less("u-1"), less("g-1")]));
    assert!(!has_role(&[gone("aws_ssoadmin_permission_set.a", &json!({"arn": SET, "name": "Dev"}))]));
}

#[test]
fn policies_and_boundaries_of_the_account_reach_the_roles_that_are_there() {
    let role = |changes: &[Value]| {
        let found = roles(&left(changes).1);
        found.into_iter().find(|role| role.contains(DEV)).expect("the role")
    };
    let policy = json!({"permission_set_arn": SET, "customer_managed_policy_reference": [{"name": "ledger", "path": "/"}]});
    let bound = |arn: Value| json!({"permission_set_arn": SET, "permissions_boundary": [{"managed_policy_arn": arn}]});
    let new = |kind: &str, after: &Value| change(&format!("{kind}.a"), &["create"], &Value::Null, after);
    let found = role(&[
        new("aws_ssoadmin_customer_managed_policy_attachment", &policy),
        new("aws_ssoadmin_permissions_boundary_attachment", &bound(BILLING.into())),
    ]);
    assert!(
        found.contains(" arn:aws:iam::111122223333:policy/ledger ") && found.ends_with(BILLING),
        "{found}"
    );
    let mut later = new("aws_ssoadmin_permissions_boundary_attachment", &bound(Value::Null));
    later["change"]["after_unknown"] = json!({"permissions_boundary": [{"managed_policy_arn": true}]});
    let found = role(&[later]);
    assert!(found.ends_with(&format!("{DEV}~")), "a boundary that is known later: {found}");
}
