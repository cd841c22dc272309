//! Every method on an account small enough to read, and on twins of it one permission, trust or thing short.
//!
//! A case in `tests/cases/families/*.json`:
//!
//! ```text
//! method     the id of the method
//! asker      who asks: { kind: user (else role), account, allow, boundary, name, path, trust }
//! roles      others, by name, in the same form; users by `kind`
//! things     resources, as in a list of resources
//! files      what else there is, in AWS's own form
//! reaches    role/NAME, user/NAME, admin/ACCOUNT, raised, services user/NAME, git user/NAME, a workload or thing by ARN
//! does       for a thing: the word (read where it is left out)
//! if         what the step turns on, where it is not certain
//! spare      permissions of the asker that the method does not need
//! twins      [{ short, set }]: merged into the case, after which the method leads there no more
//! ```
//!
//! `allow` lists actions, on `*` or (`ACTION on ARN`) on one thing. Of every case there is a twin for each permission of
//! the asker that is not spare, by itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clavicle_catalog::{ArnForm, Word, catalog};
use clavicle_engine::Action;
use clavicle_graph::{Actor, Begin, Goal, Limits, Node, Raise, Stated, Step, Target, Wanted, World, method};
use clavicle_snapshot::{AccountId, PrincipalIndex};
use serde_json::{Value, json};

const HERE: &str = "111122223333";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/families")
}

/// All cases, with the file that each is in.
fn cases() -> Vec<(String, Value)> {
    let mut cases = Vec::new();
    for file in std::fs::read_dir(folder()).expect("the folder of cases is there") {
        let path = file.expect("it can be listed").path();
        let text = std::fs::read_to_string(&path).expect("it can be read");
        let list: Vec<Value> = serde_json::from_str(&text).expect("a list of cases");
        let name = path.file_stem().and_then(|stem| stem.to_str()).expect("it has a name").to_owned();
        cases.extend(list.into_iter().map(|case| (name.clone(), case)));
    }
    cases
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().map_or_else(Vec::new, |list| {
        list.iter().map(|text| text.as_str().expect("a list of texts")).collect()
    })
}

fn text<'v>(value: &'v Value, key: &str, otherwise: &'v str) -> &'v str {
    value.get(key).map_or(otherwise, |text| text.as_str().expect(key))
}

fn allowing(value: &Value) -> Value {
    let statements = texts(value).into_iter().map(|text| {
        let (action, thing) = text.split_once(" on ").unwrap_or((text, "*"));
        json!({"Effect": "Allow", "Action": action, "Resource": thing})
    });
    json!({"Version": "2012-10-17", "Statement": statements.collect::<Vec<_>>()})
}

/// A trust policy: a service, an account, an ARN, a provider of AWS's own, or a whole policy.
fn trust(value: &Value) -> Value {
    let principal = match value {
        Value::Null => json!({"Service": "nobody.amazonaws.com"}),
        Value::String(text) if text == "cognito-identity.amazonaws.com" => {
            return json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Federated": text},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:11111111-2222-3333-4444-555555555555"}}}});
        }
        Value::String(text) if text.ends_with(".amazonaws.com") => json!({"Service": text}),
        Value::String(text) => json!({"AWS": text}),
        whole => return whole.clone(),
    };
    json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}})
}

/// One user or role as `GetAccountAuthorizationDetails` tells of it, with its ARN.
fn principal(name: &str, value: &Value) -> (bool, String, Value) {
    let account = text(value, "account", HERE);
    let is_user = text(value, "kind", "role") == "user";
    let (path, kind) = (text(value, "path", "/"), if is_user { "user" } else { "role" });
    let arn = format!("arn:aws:iam::{account}:{kind}{path}{name}");
    let own = json!([{"PolicyName": "own", "PolicyDocument": allowing(&value["allow"])}]);
    let mut told = json!({"Path": path, "Arn": arn, "CreateDate": "2026-01-01T00:00:00+00:00",
        "AttachedManagedPolicies": [], "Tags": []});
    if is_user {
        told["UserName"] = name.into();
        told["UserId"] = format!("AIDA{}", name.to_uppercase()).into();
        told["UserPolicyList"] = own;
        told["GroupList"] = json!([]);
    } else {
        told["RoleName"] = name.into();
        told["RoleId"] = format!("AROA{}", name.to_uppercase()).into();
        told["RolePolicyList"] = own;
        told["AssumeRolePolicyDocument"] = trust(&value["trust"]);
        told["InstanceProfileList"] = json!([]);
        if value["profile"] == json!(true) {
            told["InstanceProfileList"] = json!([{"InstanceProfileName": name, "InstanceProfileId": "AIPA", "Path": "/",
                "CreateDate": "2026-01-01T00:00:00+00:00", "Roles": [],
                "Arn": format!("arn:aws:iam::{account}:instance-profile/{name}")}]);
        }
    }
    if value.get("boundary").is_some() {
        told["PermissionsBoundary"] = json!({"PermissionsBoundaryType": "Policy",
            "PermissionsBoundaryArn": format!("arn:aws:iam::{account}:policy/boundary-of-{name}")});
    }
    (is_user, account.to_owned(), told)
}

fn boundary(name: &str, value: &Value) -> Option<Value> {
    let allowed = value.get("boundary")?;
    let account = text(value, "account", HERE);
    Some(
        json!({"PolicyName": format!("boundary-of-{name}"), "PolicyId": "ANPA", "Path": "/", "DefaultVersionId": "v1",
        "Arn": format!("arn:aws:iam::{account}:policy/boundary-of-{name}"), "AttachmentCount": 0, "IsAttachable": true,
        "CreateDate": "2026-01-01T00:00:00+00:00", "UpdateDate": "2026-01-01T00:00:00+00:00",
        "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "Document": allowing(allowed),
            "CreateDate": "2026-01-01T00:00:00+00:00"}]}),
    )
}

fn asker_name(case: &Value) -> &str {
    text(&case["asker"], "name", "asker")
}

fn world(case: &Value) -> World {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut accounts: BTreeMap<String, [Vec<Value>; 3]> = BTreeMap::new();
    let others = case["roles"].as_object().into_iter().flatten();
    let all = std::iter::once((asker_name(case), &case["asker"]));
    for (name, value) in all.chain(others.map(|(name, value)| (name.as_str(), value))) {
        let (is_user, account, told) = principal(name, value);
        let [users, roles, policies] = accounts.entry(account).or_default();
        if is_user {
            users.push(told);
        } else {
            roles.push(told);
        }
        policies.extend(boundary(name, value));
    }
    for (account, [users, roles, policies]) in accounts {
        let details = json!({"UserDetailList": users, "GroupDetailList": [], "RoleDetailList": roles, "Policies": policies});
        std::fs::write(folder.path().join(format!("{account}.json")), details.to_string()).expect("writable");
    }
    let mut things = case["things"].as_array().cloned().unwrap_or_default();
    for thing in &mut things {
        thing["account"] = text(thing, "account", HERE).into();
        thing["tags"] = json!({});
        if thing.get("attrs").is_none() {
            thing["attrs"] = json!({});
        }
    }
    if !things.is_empty() {
        std::fs::write(folder.path().join("things.json"), Value::from(things).to_string()).expect("writable");
    }
    for (name, content) in case["files"].as_object().into_iter().flatten() {
        std::fs::write(folder.path().join(name), content.to_string()).expect("writable");
    }
    let snapshot = clavicle_snapshot::open_any(folder.path(), |_, _| ()).expect("it imports");
    assert!(snapshot.warnings.is_empty(), "{:?}", snapshot.warnings);
    let standalone = case["files"].get("organization.json").is_none();
    World::new(snapshot, catalog(), Stated { standalone }, |_, _| ())
}

fn named(world: &World, name: &str) -> Option<PrincipalIndex> {
    world.principals().find(|index| *world.snapshot().principal(*index).name == *name)
}

/// The steps of the method from the asker to where the case says.
fn found(case: &Value) -> Vec<Step> {
    let world = world(case);
    let id = text(case, "method", "");
    let asker = named(&world, asker_name(case)).expect("the asker is in the account");
    let from = world.node_of(asker);
    let reaches = text(case, "reaches", "");
    let to = match reaches.split_once('/') {
        Some(("role" | "user", name)) => named(&world, name).map(|index| world.node_of(index)),
        Some(("admin", account)) => AccountId::parse(account).map(Node::Administrator),
        _ => None,
    };
    let between = |to: &Node| world.steps().all_between(&world, &from, to);
    let mut steps = if reaches == "raised" {
        let own = |raise| Node::Raised(asker, raise);
        [
            own(Raise::Everything),
            own(Raise::NoBoundary),
            Node::Administrator(world.snapshot().principal(asker).account),
        ]
        .iter()
        .flat_map(between)
        .collect()
    } else if let Some(("role", name)) = reaches.split_once("unbound ").map(|(_, name)| ("role", name)) {
        named(&world, name).map_or_else(Vec::new, |index| between(&Node::Raised(index, Raise::NoScps)))
    } else if let Some((how, name)) = reaches.split_once(" user/") {
        let raise = if how == "git" { Raise::GitOnly } else { Raise::ServicesOnly };
        named(&world, name).map_or_else(Vec::new, |index| between(&Node::Raised(index, raise)))
    } else if let Some(to) = to {
        between(&to)
    } else if let Some(index) = world.snapshot().resource_by_arn(reaches) {
        let word = if text(case, "does", "read") == "write" { Word::Write } else { Word::Read };
        let target = Target::Resource(index);
        let mut all = between(&Node::Workload(index));
        let opened = world.openings(&world.wanted(word, &target), &target);
        all.extend(opened.into_iter().filter(|step| step.from == from));
        all
    } else {
        Vec::new()
    };
    steps.retain(|step| step.method.is_some_and(|method| method.id == id));
    // What the graph keeps has to agree with what it says when asked for every method.
    for step in steps.iter().filter(|step| !matches!(step.to, Node::Thing(_))) {
        let kept = world.steps();
        let ends = kept.find(&step.from).zip(kept.find(&step.to));
        assert!(ends.and_then(|(from, to)| kept.between(from, to)).is_some(), "{id} is in no list of steps");
    }
    steps
}

/// JSON merge patch, RFC 7386.
fn merge(into: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *into = patch.clone();
        return;
    };
    if !into.is_object() {
        *into = json!({});
    }
    let into = into.as_object_mut().expect("made so");
    for (key, value) in patch {
        if value.is_null() {
            into.remove(key);
        } else {
            merge(into.entry(key).or_insert(Value::Null), value);
        }
    }
}

#[test]
fn every_method_is_found_where_it_is() {
    let mut wrong: Vec<String> = Vec::new();
    for (file, case) in cases() {
        let id = text(&case, "method", "");
        assert!(method(id).is_some(), "{file}: no method `{id}`");
        let steps = found(&case);
        let Some(step) = steps.first() else {
            wrong.push(format!("{file}: {id} is not found: {case}"));
            continue;
        };
        assert!(!step.requests.is_empty(), "{file}: {id} rests on nothing");
        let provided = step.provided.join("; ");
        let conditions: Vec<&str> = step.requests.iter().flat_map(|request| request.conditions()).collect();
        let turns_on = if provided.is_empty() { conditions.join(", ") } else { provided };
        if turns_on != text(&case, "if", "") {
            wrong.push(format!("{file}: {id} turns on `{turns_on}`"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn without_one_permission_it_is_not_there() {
    let mut wrong: Vec<String> = Vec::new();
    for (file, case) in cases() {
        let spare = texts(&case["spare"]);
        let allow = texts(&case["asker"]["allow"]);
        for without in allow.iter().filter(|permission| !spare.contains(permission)) {
            let mut twin = case.clone();
            twin["asker"]["allow"] =
                allow.iter().filter(|permission| permission != &without).copied().collect();
            if !found(&twin).is_empty() {
                wrong.push(format!("{file}: {} without {without}: {case}", case["method"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn without_one_trust_or_thing_it_is_not_there() {
    let mut wrong: Vec<String> = Vec::new();
    for (file, case) in cases() {
        for short in case["twins"].as_array().into_iter().flatten() {
            let mut twin = case.clone();
            merge(&mut twin, &short["set"]);
            if !found(&twin).is_empty() {
                wrong.push(format!("{file}: {}, {}: {case}", case["method"], short["short"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn credentials_for_one_service_reach_its_things_and_lead_no_further() {
    let repository = "arn:aws:codecommit:eu-west-1:111122223333:code";
    let case = json!({
        "asker": {"kind": "user", "allow": ["iam:UploadSSHPublicKey"]},
        "roles": {
            "coder": {"kind": "user", "allow": ["codecommit:*", "sts:AssumeRole"]},
            "strong": {"trust": "arn:aws:iam::111122223333:root", "allow": ["s3:*"]}
        },
        "things": [{"arn": repository, "policy": null}]
    });
    let world = world(&case);
    let begin = Begin::With(vec![Actor::Principal(named(&world, "asker").expect("the asker"))]);
    let become_strong = Goal::Become(named(&world, "strong").expect("the role"));
    assert!(world.chains(&begin, &become_strong, &Limits::default()).chains.is_empty());
    let target = Target::Resource(world.snapshot().resource_by_arn(repository).expect("the repository"));
    let does = |action: &str| {
        let wanted = vec![Wanted { action: Action::new(action), form: ArnForm::Itself }];
        let goal = Goal::Do { target: target.clone(), wanted };
        world.chains(&begin, &goal, &Limits::default()).chains.len()
    };
    assert_eq!((does("codecommit:GitPush"), does("codecommit:DeleteRepository")), (1, 0));
}
