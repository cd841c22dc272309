//! Every kind of door, open, guarded and blocked: `tests/cases/outside`.
//!
//! A case is one door of the account 111122223333 in an organization of its own, and the ways in that it opens, a line
//! each: who, how open, the words, each guard with what it does, and of identity providers whom the subjects mean.

use std::path::Path;

use clavicle_catalog::catalog;
use clavicle_graph::outside::{Door, Opening, Outsider, Stopped, Way};
use clavicle_graph::{Stated, Target, World};
use clavicle_snapshot::ResourceIndex;
use serde_json::{Value, json};

const HERE: &str = "111122223333";
const MANAGEMENT: &str = "123456789012";

fn policy(statements: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn organization(rcp: &Value, scp: &Value) -> Value {
    let of = |kind: &str, name: &str, id: &str, content: Value| {
        json!({"PolicySummary": {"Id": id, "Arn": format!("arn:aws:organizations::aws:policy/x/{id}"), "Name": name,
            "Type": kind, "AwsManaged": rcp.is_null()}, "Content": content.to_string(),
            "Targets": [{"TargetId": "r-ours", "Type": "ROOT"}]})
    };
    let everything = policy(&json!([{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]));
    let own = policy(&json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]));
    let mut policies = vec![
        of("SERVICE_CONTROL_POLICY", "FullAWSAccess", "p-FullAWSAccess", own),
        of("RESOURCE_CONTROL_POLICY", "RCPFullAWSAccess", "p-RCPFullAWSAccess", everything),
    ];
    if !rcp.is_null() {
        policies.push(of("RESOURCE_CONTROL_POLICY", "perimeter", "p-perimeter", policy(rcp)));
    }
    if !scp.is_null() {
        policies.push(of("SERVICE_CONTROL_POLICY", "fence", "p-fence", policy(scp)));
    }
    let kinds = json!([{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"},
        {"Type": "RESOURCE_CONTROL_POLICY", "Status": "ENABLED"}]);
    let account = |id: &str| {
        json!({"Id": id, "Arn": format!("arn:aws:organizations::{MANAGEMENT}:account/o-ours/{id}"),
            "Name": format!("n{id}"), "Status": "ACTIVE", "ParentId": "r-ours"})
    };
    json!({
        "Organization": {"Id": "o-ours", "Arn": format!("arn:aws:organizations::{MANAGEMENT}:organization/o-ours"),
            "MasterAccountId": MANAGEMENT, "FeatureSet": "ALL"},
        "Roots": [{"Id": "r-ours", "Arn": "arn:aws:organizations::1:root/o-ours/r-ours", "Name": "Root", "PolicyTypes": kinds}],
        "OrganizationalUnits": [],
        "Accounts": [account(MANAGEMENT), account(HERE)],
        "Policies": policies,
    })
}

fn gaad(trust: &Value) -> Value {
    let role = json!({"Path": "/", "RoleName": "door", "RoleId": "AROADOOR", "Arn": format!("arn:aws:iam::{HERE}:role/door"),
        "CreateDate": "2026-01-01T00:00:00+00:00", "AssumeRolePolicyDocument": policy(trust), "InstanceProfileList": [],
        "AttachedManagedPolicies": [], "Tags": [], "RolePolicyList": []});
    let roles = if trust.is_null() { json!([]) } else { json!([role]) };
    json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles, "Policies": []})
}

/// A bucket as AWS Config records it.
fn bucket(case: &Value) -> Value {
    let switches = |on: &Value| json!({"blockPublicAcls": on, "ignorePublicAcls": on, "blockPublicPolicy": on, "restrictPublicBuckets": on});
    let item = |kind: &str, id: &str, arn: &str, configuration: Value, supplementary: Value| {
        json!({"configurationItemVersion": "1.3", "configurationItemCaptureTime": "2026-08-22T08:00:00.000Z",
            "configurationItemStatus": "OK", "resourceType": kind, "resourceId": id, "resourceName": id, "ARN": arn,
            "awsRegion": "eu-west-1", "awsAccountId": HERE, "configuration": configuration,
            "supplementaryConfiguration": supplementary, "tags": {}, "relationships": []})
    };
    let bucket = &case["bucket"];
    let mut facts = json!({});
    if bucket["policy"].is_array() {
        facts["BucketPolicy"] = json!({"policyText": policy(&bucket["policy"]).to_string()});
    } else {
        facts["BucketPolicy"] = json!({"policyText": null});
    }
    if bucket["block"].is_boolean() {
        facts["PublicAccessBlockConfiguration"] = switches(&bucket["block"]);
    }
    if bucket["key"].is_string() {
        let default = json!({"sseAlgorithm": "aws:kms", "kmsMasterKeyID": bucket["key"]});
        facts["ServerSideEncryptionConfiguration"] =
            json!({"rules": [{"applyServerSideEncryptionByDefault": default}]});
    }
    if bucket["ownership"].is_string() {
        facts["BucketOwnershipControls"] = json!({"rules": [{"objectOwnership": bucket["ownership"]}]});
    }
    if bucket["acl"].is_array() {
        facts["AccessControlList"] = json!(json!({"grantSet": null, "grantList": bucket["acl"]}).to_string());
    }
    let mut items =
        vec![item("AWS::S3::Bucket", "door", "arn:aws:s3:::door", json!({"name": "door"}), facts)];
    if bucket["account_block"].is_boolean() {
        let arn = format!("arn:aws:s3:eu-west-1:{HERE}:account");
        let block = switches(&bucket["account_block"]);
        items.push(item("AWS::S3::AccountPublicAccessBlock", HERE, &arn, block, json!({})));
    }
    json!({"fileVersion": "1.0", "configSnapshotId": "1", "configurationItems": items})
}

/// Things as a collection lays them down: type, ARN and configuration.
fn items(things: &Value) -> Value {
    let item = |thing: &Value| {
        json!({"configurationItemStatus": "OK", "resourceType": thing["type"], "arn": thing["arn"], "awsRegion": "eu-west-1",
            "awsAccountId": HERE, "configuration": thing["configuration"], "supplementaryConfiguration": thing["supplement"]})
    };
    let item = |thing: &Value| {
        let mut item = item(thing);
        if !thing["policy"].is_null() {
            item["policy"] = thing["policy"].clone();
        }
        item
    };
    let all: Vec<Value> = things.as_array().into_iter().flatten().map(item).collect();
    json!({"fileVersion": "1.0", "configSnapshotId": "2", "configurationItems": all})
}

fn world(case: &Value) -> World {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, value: Value| {
        std::fs::write(folder.path().join(name), value.to_string()).expect("the folder is writable");
    };
    if case["organization"].is_null() {
        write("organization.json", organization(&case["rcp"], &case["scp"]));
    }
    write("gaad.json", gaad(&case["trust"]));
    if case["bucket"].is_object() {
        write("config.json", bucket(case));
    }
    if case["items"].is_array() {
        write("items.json", items(&case["items"]));
    }
    if let Some(arn) = case["thing"].as_str() {
        let thing = json!({"arn": arn, "account": HERE, "type": "x", "policy": policy(&case["policy"]), "tags": {}, "attrs": {}});
        write("things.json", json!([thing]));
    }
    if let Some(calls) = case["calls"].as_object() {
        let row = |(call, state): (&String, &Value)| json!({"Call": call, "Account": HERE, "Region": "eu-west-1", "State": state, "Reason": ""});
        let calls: Vec<Value> = calls.iter().map(row).collect();
        write("calls.json", json!({"CollectedAt": "2026-01-01T00:00:00Z", "CollectedCalls": calls}));
    }
    let snapshot = clavicle_snapshot::open_any(folder.path(), |_, _| ()).expect("it imports");
    World::new(snapshot, catalog(), Stated { standalone: case["organization"] == json!("none") }, |_, _| ())
}

/// The things with whom they are shared nobody knows, each with the call that would have told.
fn lists_not_read(world: &World) -> Vec<String> {
    let things = 0..world.snapshot().resources.len();
    let targets = things.map(|at| Target::Resource(ResourceIndex::at(at)));
    let line = |target: Target| Some(format!("{}: {}", world.arn_of(&target), world.list_not_read(&target)?));
    targets.filter_map(line).collect()
}

fn shown(way: &Way) -> String {
    let who = match &way.outsider {
        Outsider::Everyone => "everyone".to_owned(),
        Outsider::AnyAccount => "any account".to_owned(),
        Outsider::Organization(id) => format!("organization {id}"),
        Outsider::Account(account) => account.to_string(),
        Outsider::Principal(arn) => arn.to_string(),
        Outsider::Provider(_) => way.outsider.provider().unwrap_or_default().to_owned(),
        Outsider::CanonicalUser(id) => format!("canonical {id}"),
        Outsider::Service(name) => format!("anyone through {name}"),
        Outsider::ThroughService { service, account } => format!("{account} through {service}"),
    };
    let words: Vec<&str> =
        way.gets.iter().map(|gets| gets.word.map_or(&*gets.action, |word| word.name())).collect();
    let mut shown = format!("{who}: {} {}", way.opening().name(), words.join(" "));
    if way.is_public() {
        shown.push_str("; public");
    }
    for guard in &way.guards {
        shown.push_str(&format!("; {}: {}", guard.kind.name(), guard.strength));
    }
    if let Some(subjects) = &way.subjects {
        shown.push_str(&format!("; {:?}: {}", subjects.breadth, subjects.words));
    }
    if way.lets_guests_in() {
        shown.push_str("; guests");
    }
    match way.stopped {
        Some(Stopped::OwnershipControls) => shown.push_str("; no lists"),
        Some(Stopped::IgnorePublicAcls) => shown.push_str("; lists ignored"),
        Some(Stopped::BlockPublicAccess) => shown.push_str("; sharing with everybody is blocked"),
        None => {}
    }
    match way.door {
        Door::Acl(_) => shown.push_str("; list"),
        Door::Share(_) => shown.push_str("; share"),
        Door::Trust(_) | Door::Policy(_) => {}
    }
    shown
}

#[test]
fn every_door_opens_as_its_case_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/outside");
    let mut files: Vec<_> =
        std::fs::read_dir(&folder).expect("the cases").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    let mut wrong = Vec::new();
    let mut count = 0;
    for file in &files {
        let text = std::fs::read_to_string(file).expect("a file of cases");
        let cases: Vec<Value> =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        for case in &cases {
            count += 1;
            assert!(case["page"].is_string(), "{case}: every case names its page");
            let world = world(case);
            if case["lists_not_read"].is_array() {
                assert_eq!(json!(lists_not_read(&world)), case["lists_not_read"], "{}", case["about"]);
            }
            let mut found: Vec<String> = world.ways_in().iter().map(shown).collect();
            found.sort();
            let mut wanted: Vec<String> = serde_json::from_value(case["ways"].clone()).expect("lines");
            wanted.sort();
            if found != wanted {
                wrong.push(format!("{}\n  found  {found:#?}\n  wanted {wanted:#?}", case["about"]));
            }
        }
    }
    assert!(count > 60, "only {count} cases");
    assert!(wrong.is_empty(), "{} of {count} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_says_who_somebody_is_is_no_guard_against_them() {
    let (account, everyone) = (json!({"AWS": "arn:aws:iam::999999999999:root"}), json!({"AWS": "*"}));
    for (principal, condition, guarded) in [
        (&account, json!({}), false),
        (&account, json!({"StringEquals": {"sts:ExternalId": "a"}}), true),
        (&account, json!({"StringLike": {"sts:ExternalId": "*"}}), false),
        (&account, json!({"StringEquals": {"aws:PrincipalAccount": "999999999999"}}), false),
        (&account, json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}), false),
        (&everyone, json!({"StringEquals": {"aws:PrincipalAccount": "999999999999"}}), false),
        (&everyone, json!({"StringEquals": {"aws:PrincipalOrgID": "o-theirs"}}), false),
        (&everyone, json!({"StringEquals": {"aws:PrincipalOrgID": "o-theirs", "sts:ExternalId": "a"}}), true),
        (&everyone, json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}), true),
    ] {
        let statement = json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition});
        let world = world(&json!({"trust": [statement]}));
        let ways = world.ways_in();
        let guards: Vec<bool> = ways.iter().map(Way::is_guarded).collect();
        assert_eq!(guards, [guarded], "{principal} {condition}");
    }
}

#[test]
fn a_resource_control_policy_that_denies_everything_blocks_every_way() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/outside");
    let mut count = 0;
    for file in ["trust.json", "provider.json", "bucket.json"] {
        let text = std::fs::read_to_string(folder.join(file)).expect("a file of cases");
        let cases: Vec<Value> = serde_json::from_str(&text).expect("cases");
        let ours = |case: &&Value| case["organization"].is_null() && case["rcp"].is_null();
        for case in cases.iter().filter(ours) {
            let mut case = case.clone();
            case["rcp"] = json!([{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]);
            for way in world(&case).ways_in() {
                count += 1;
                assert_eq!(way.opening(), Opening::Blocked, "{}: {}", case["about"], shown(&way));
            }
        }
    }
    assert!(count > 50, "only {count} ways");
}
