//! Calls that moto does not have, against answers in the shapes of AWS's API models.

use clavicle_snapshot::{PolicyState, RoleAttribute, SsoPrincipalKind};
use serde_json::{Value, json};

use crate::fake_aws::FakeAws;
use crate::{clavicle, snapshot, succeeds};

#[test]
fn answers_of_recorded_shape_become_things_and_hold_no_secret() {
    let recorded: Value = serde_json::from_str(include_str!("recorded.json")).expect("the cases are JSON");
    let fake = FakeAws::start(1, 1);
    for (call, answer) in recorded["answers"].as_object().expect("answers") {
        fake.answer(call, answer.to_string());
    }
    let home = tempfile::tempdir().expect("a folder");
    let output = succeeds(clavicle(home.path(), &fake.address, &["collect", "-o", "acct.clav"]));
    let path = home.path().join("acct.clav");
    let snapshot = snapshot(&path);
    for case in recorded["runs_as"].as_array().expect("cases") {
        let [kind, name, attribute, role] = [0, 1, 2, 3].map(|at| case[at].as_str().expect("a word"));
        let things = snapshot.resources.iter().filter(|thing| &*thing.kind == kind && &*thing.name == name);
        let attribute = match attribute {
            "role" => RoleAttribute::Role,
            "execution" => RoleAttribute::Execution,
            "service" => RoleAttribute::Service,
            "instance_profile" => RoleAttribute::InstanceProfile,
            other => panic!("no attribute: {other}"),
        };
        let found = things
            .flat_map(|thing| &thing.runs_as)
            .any(|it| it.attribute == attribute && it.named.ends_with(&format!("/{role}")));
        let of_kind: Vec<_> =
            snapshot.resources.iter().filter(|thing| thing.kind.starts_with(kind)).collect();
        assert!(found, "{case}: {of_kind:?}");
    }
    for case in recorded["policies"].as_array().expect("cases") {
        let [kind, sid] = [0, 1].map(|at| case[at].as_str().expect("a word"));
        let thing = snapshot.resources.iter().find(|thing| &*thing.kind == kind).expect(kind);
        let PolicyState::Document(id) = thing.policy else { panic!("{kind}: {:?}", thing.policy) };
        assert!(snapshot.document(id).text.contains(&format!("\"{sid}\"")), "{kind}");
    }
    let key = snapshot.resources.iter().find(|thing| &*thing.kind == "kms:key").expect("a key");
    let grants = key.facts.grants.as_ref().expect("its grants");
    assert!(
        grants.len() == 1 && grants[0].grantee.ends_with("role/a") && &*grants[0].operations[0] == "Decrypt"
    );
    let entry =
        snapshot.resources.iter().find(|thing| &*thing.kind == "eks:access-entry").expect("an access entry");
    let facts = entry.facts.json.as_deref().expect("its facts");
    assert!(facts.contains(":role/a\"") && facts.contains("AmazonEKSClusterAdminPolicy"), "{facts}");
    let center = &snapshot.identity_center[0];
    assert_eq!((&*center.permission_sets[0].name, center.assignments.len()), ("Audit", 1));
    assert_eq!(center.assignments[0].principal_kind, SsoPrincipalKind::Group);
    assert_eq!(center.permission_sets[0].attached.as_ref().map(Vec::len), Some(1));
    assert!(matches!(center.permission_sets[0].inline, PolicyState::Document(_)));
    let secret = recorded["secret"].as_str().expect("a word").as_bytes();
    let holds = |bytes: &[u8]| bytes.windows(secret.len()).any(|part| part == secret);
    assert!(!holds(&std::fs::read(&path).expect("the snapshot")) && !holds(&output.stderr));
    assert!(snapshot.warnings.is_empty(), "{:?}", snapshot.warnings);
    // The text of a policy of AWS's own that only a permission set names.
    let gaps: Vec<_> = snapshot.not_seen().map(|row| &*row.call).collect();
    assert_eq!(gaps, ["iam:GetPolicyVersion"]);
}

#[test]
fn an_aggregator_of_aws_config_is_read_and_what_it_holds_of_secrets_is_dropped() {
    let fake = FakeAws::start(2, 1);
    let role = json!({"resourceType": "AWS::IAM::Role", "arn": "arn:aws:iam::100000000001:role/web",
        "accountId": "100000000001", "awsRegion": "global", "configurationItemCaptureTime": "2026-01-01T00:00:00Z",
        "configuration": {"arn": "arn:aws:iam::100000000001:role/web", "path": "/", "description": "pl4nted-s3cret",
            "assumeRolePolicyDocument": "%7B%22Statement%22%3A%5B%5D%7D", "attachedManagedPolicies": [],
            "rolePolicyList": [], "instanceProfileList": []}});
    let function = json!({"resourceType": "AWS::Lambda::Function", "accountId": "100000000001",
        "arn": "arn:aws:lambda:eu-west-1:100000000001:function:f", "awsRegion": "eu-west-1", "resourceName": "f",
        "configurationItemCaptureTime": "2026-01-01T00:00:00Z", "tags": [{"key": "team", "value": "pay"}],
        "configuration": {"role": "arn:aws:iam::100000000001:role/web",
            "environment": {"variables": {"PASSWORD": "pl4nted-s3cret"}}},
        "supplementaryConfiguration": {"Policy": "{\"Statement\":[{\"Sid\":\"Invoke\"}]}"}});
    let results = json!({"Results": [role.to_string(), function.to_string()]});
    fake.answer("StarlingDoveService.SelectAggregateResourceConfig", results.to_string());
    let home = tempfile::tempdir().expect("a folder");
    let arguments = ["collect", "--config-aggregator", "everything", "-o", "org.clav"];
    succeeds(clavicle(home.path(), &fake.address, &arguments));
    let path = home.path().join("org.clav");
    let snapshot = snapshot(&path);
    assert!(snapshot.warnings.is_empty(), "{:?}", snapshot.warnings);
    // The organization is read too; of the account only what AWS Config knows.
    assert_eq!(snapshot.organization.as_ref().map(|it| &*it.id), Some("o-1"));
    let thing = &snapshot.resources[0];
    assert!(matches!(thing.policy, PolicyState::Document(_)));
    assert_eq!(thing.runs_as[0].role.map(|index| &*snapshot.principal(index).name), Some("web"));
    let bytes = std::fs::read(&path).expect("the snapshot");
    assert!(!bytes.windows(14).any(|part| part == b"pl4nted-s3cret"));
    let row = snapshot.coverage.iter().find(|row| &*row.call == "config:SelectAggregateResourceConfig");
    assert_eq!(row.map(|row| row.things), Some(2));
}
