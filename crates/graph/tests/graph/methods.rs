//! Every method has an account in `tests/cases/accounts` where it is found, and twins, one thing short, where it is not.

#![expect(clippy::needless_pass_by_value, reason = "what `json!` makes reads best when it is handed over")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clavicle_catalog::catalog;
use clavicle_graph::{Actor, Begin, Goal, Limits, Node, On, Stated, Step, Tried, World, methods};
use serde_json::{Value, json};

const ACCOUNT: &str = "111122223333";

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases").join(name)
}

/// All cases of a folder, with the name of their file.
fn cases(folder_name: &str) -> Vec<(String, Value)> {
    let files = std::fs::read_dir(folder(folder_name)).expect("the folder of cases is there");
    let mut paths: Vec<PathBuf> = files.map(|file| file.expect("it can be listed").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    paths.sort();
    let of_file = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("it can be read").replace("{account}", ACCOUNT);
        let name = path.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
        let cases: Vec<Value> = serde_json::from_str(&text).expect(&name);
        cases.into_iter().enumerate().map(move |(place, case)| (format!("{name}[{place}]"), case))
    };
    paths.into_iter().flat_map(of_file).collect()
}

fn list<'v>(case: &'v Value, key: &str) -> Vec<&'v Value> {
    case.get(key).and_then(Value::as_array).map(|list| list.iter().collect()).unwrap_or_default()
}

fn texts(case: &Value, key: &str) -> Vec<String> {
    list(case, key).into_iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn text<'v>(case: &'v Value, key: &str) -> Option<&'v str> {
    case.get(key).and_then(Value::as_str)
}

fn is(case: &Value, key: &str) -> bool {
    case.get(key).and_then(Value::as_bool).unwrap_or(false)
}

fn policy(statements: Vec<Value>) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// `ACTION` or `ACTION on RESOURCE`, each a statement.
fn allow(may: &[String], condition: Option<&Value>) -> Value {
    let statement = |one: &String| {
        let (action, resource) = one.split_once(" on ").unwrap_or((one, "*"));
        let mut statement = json!({"Effect": "Allow", "Action": action, "Resource": resource});
        if let Some(condition) = condition {
            statement["Condition"] = condition.clone();
        }
        statement
    };
    policy(may.iter().map(statement).collect())
}

fn deny(actions: &[String]) -> Value {
    policy(vec![json!({"Effect": "Deny", "Action": actions, "Resource": "*"})])
}

fn arn(kind_and_name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:{kind_and_name}")
}

/// What `aws iam get-account-authorization-details` would print.
#[derive(Default)]
struct Details {
    users: Vec<Value>,
    groups: Vec<Value>,
    roles: Vec<Value>,
    policies: Vec<Value>,
    profiles: BTreeSet<String>,
}

impl Details {
    /// A managed policy: the versions are lists of actions, the last is in force.
    fn managed(&mut self, name: &str, versions: &[Value]) -> Value {
        let arn = arn(&format!("policy/{name}"));
        let version = |(place, document): (usize, &Value)| {
            json!({"VersionId": format!("v{}", place + 1), "Document": document,
                "IsDefaultVersion": place + 1 == versions.len(), "CreateDate": "2026-01-01T00:00:00+00:00"})
        };
        let versions_listed: Vec<Value> = versions.iter().enumerate().map(version).collect();
        self.policies.push(json!({"PolicyName": name, "PolicyId": format!("ANPA{}", name.to_uppercase()), "Arn": arn,
            "Path": "/", "DefaultVersionId": format!("v{}", versions.len()), "AttachmentCount": 1,
            "IsAttachable": true, "CreateDate": "2026-01-01T00:00:00+00:00", "PolicyVersionList": versions_listed}));
        json!({"PolicyName": name, "PolicyArn": arn})
    }

    /// Boundary and managed policies of somebody.
    fn bears(&mut self, name: &str, entry: &Value) -> (Value, Value) {
        let boundary = match entry.get("boundary") {
            Some(_) => {
                let policy =
                    self.managed(&format!("boundary-of-{name}"), &[allow(&texts(entry, "boundary"), None)]);
                json!({"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": policy["PolicyArn"]})
            }
            None => Value::Null,
        };
        let attached = text(entry, "policy")
            .map(|policy| self.managed(policy, &[allow(&["s3:ListAllMyBuckets".to_owned()], None)]));
        (boundary, Value::from(attached.into_iter().collect::<Vec<_>>()))
    }

    fn user(
        &mut self,
        name: &str,
        entry: &Value,
        inline: Vec<Value>,
        attached_too: Vec<Value>,
        groups: &[&str],
    ) {
        let (boundary, mut attached) = self.bears(name, entry);
        attached.as_array_mut().expect("a list").extend(attached_too);
        let mut user = json!({"Path": "/", "UserName": name, "UserId": format!("AIDA{}", name.to_uppercase()),
            "Arn": arn(&format!("user/{name}")), "CreateDate": "2026-01-01T00:00:00+00:00", "GroupList": groups,
            "AttachedManagedPolicies": attached, "Tags": [], "UserPolicyList": inline});
        if !boundary.is_null() {
            user["PermissionsBoundary"] = boundary;
        }
        self.users.push(user);
    }

    fn role(&mut self, name: &str, entry: &Value, inline: Vec<Value>, attached_too: Vec<Value>, me: &str) {
        let (boundary, mut attached) = self.bears(name, entry);
        attached.as_array_mut().expect("a list").extend(attached_too);
        let trusted = text(entry, "trusts").unwrap_or("nobody.amazonaws.com");
        let (principal, action) = match trusted {
            "me" => (json!({"AWS": arn(&format!("{me}/me"))}), "sts:AssumeRole"),
            "account" => (json!({"AWS": arn("root")}), "sts:AssumeRole"),
            "saml" => (json!({"Federated": arn("saml-provider/idp")}), "sts:AssumeRoleWithSAML"),
            service => (json!({"Service": service}), "sts:AssumeRole"),
        };
        let trust = policy(vec![json!({"Effect": "Allow", "Principal": principal, "Action": action})]);
        let profile = json!({"Path": "/", "InstanceProfileName": name, "InstanceProfileId": format!("AIPA{}", name.to_uppercase()),
            "Arn": arn(&format!("instance-profile/{name}")), "CreateDate": "2026-01-01T00:00:00+00:00", "Roles": []});
        let has_profile = is(entry, "profile");
        if has_profile {
            self.profiles.insert(name.to_owned());
        }
        let mut role = json!({"Path": "/", "RoleName": name, "RoleId": format!("AROA{}", name.to_uppercase()),
            "Arn": arn(&format!("role/{name}")), "CreateDate": "2026-01-01T00:00:00+00:00",
            "AssumeRolePolicyDocument": trust, "InstanceProfileList": if has_profile { json!([profile]) } else { json!([]) },
            "AttachedManagedPolicies": attached, "Tags": [], "RolePolicyList": inline});
        if !boundary.is_null() {
            role["PermissionsBoundary"] = boundary;
        }
        self.roles.push(role);
    }
}

fn inline(may: &[String], condition: Option<&Value>) -> Vec<Value> {
    if may.is_empty() {
        return Vec::new();
    }
    vec![json!({"PolicyName": "own", "PolicyDocument": allow(may, condition)})]
}

/// One line of a credential report.
fn credentials(name: &str, entry: &Value) -> String {
    let keys = entry.get("keys").and_then(Value::as_u64).unwrap_or(0);
    let key = |place: u64| match (place <= keys, is(entry, "inactive")) {
        (true, false) => "true,2026-01-01T00:00:00+00:00,N/A,N/A,N/A",
        (true, true) => "false,2026-01-01T00:00:00+00:00,N/A,N/A,N/A",
        _ => "false,N/A,N/A,N/A,N/A",
    };
    format!(
        "{name},{},2026-01-01T00:00:00+00:00,{},N/A,N/A,N/A,{},{},{},false,N/A,false,N/A\n",
        arn(&format!("user/{name}")),
        is(entry, "password"),
        is(entry, "mfa"),
        key(1),
        key(2)
    )
}

const REPORT: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
    password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,\
    access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
    access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,\
    cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n";

/// An organization of one member account, with one SCP beside AWS's own.
fn organization(denied: &[String]) -> Value {
    let full = policy(vec![json!({"Effect": "Allow", "Action": "*", "Resource": "*"})]);
    let scp = |id: &str, name: &str, aws: bool, content: Value| {
        json!({"PolicySummary": {"Id": id, "Arn": format!("arn:aws:organizations::123456789012:policy/o-aa/service_control_policy/{id}"),
            "Name": name, "Type": "SERVICE_CONTROL_POLICY", "AwsManaged": aws}, "Content": content.to_string(),
            "Targets": [{"TargetId": "r-aaaa", "Type": "ROOT"}, {"TargetId": ACCOUNT, "Type": "ACCOUNT"}]})
    };
    json!({"Organization": {"Id": "o-aaaaaaaaaa", "Arn": "arn:aws:organizations::123456789012:organization/o-aaaaaaaaaa",
            "FeatureSet": "ALL", "MasterAccountId": "123456789012", "MasterAccountArn": "arn:aws:organizations::123456789012:account/o-aaaaaaaaaa/123456789012"},
        "Roots": [{"Id": "r-aaaa", "Arn": "arn:aws:organizations::123456789012:root/o-aaaaaaaaaa/r-aaaa", "Name": "Root",
            "PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]}],
        "OrganizationalUnits": [],
        "Accounts": [{"Id": ACCOUNT, "Arn": format!("arn:aws:organizations::123456789012:account/o-aaaaaaaaaa/{ACCOUNT}"),
            "Name": "one", "Status": "ACTIVE", "ParentId": "r-aaaa"}],
        "Policies": [scp("p-FullAWSAccess", "FullAWSAccess", true, full), scp("p-guard000", "guard", false, deny(denied))]})
}

fn world(case: &Value) -> World {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text).expect("writable");
    let me = text(case, "me").unwrap_or("user");
    let mut details = Details::default();
    let mut own = inline(&texts(case, "may"), case.get("if"));
    if case.get("deny").is_some() {
        own.push(json!({"PolicyName": "denies", "PolicyDocument": deny(&texts(case, "deny"))}));
    }
    let mut attached = Vec::new();
    let mut groups = Vec::new();
    let mut things: Vec<Value> = Vec::new();
    let mut report = String::new();
    for entry in list(case, "with") {
        if let Some(name) =
            text(entry, "policy").filter(|_| entry.get("role").is_none() && entry.get("user").is_none())
        {
            let older = list(entry, "versions").into_iter().map(|actions| {
                let actions: Vec<String> = actions
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect();
                allow(&actions, None)
            });
            let in_force = match entry.get("denies") {
                Some(_) => deny(&texts(entry, "denies")),
                None => allow(&["s3:ListAllMyBuckets".to_owned()], None),
            };
            let versions: Vec<Value> = older.chain([in_force]).collect();
            let policy = details.managed(name, &versions);
            attached.push(policy);
        } else if let Some(name) = text(entry, "group") {
            let mut of_group = inline(&texts(entry, "may"), None);
            if entry.get("denies").is_some() {
                of_group
                    .push(json!({"PolicyName": "denies", "PolicyDocument": deny(&texts(entry, "denies"))}));
            }
            details.groups.push(
                json!({"Path": "/", "GroupName": name, "GroupId": format!("AGPA{}", name.to_uppercase()),
                "Arn": arn(&format!("group/{name}")), "CreateDate": "2026-01-01T00:00:00+00:00",
                "GroupPolicyList": of_group, "AttachedManagedPolicies": []}),
            );
            if !is(entry, "other") {
                groups.push(name);
            }
        } else if let Some(thing) = text(entry, "thing") {
            let mut attributes = json!({});
            if let Some(role) = text(entry, "role") {
                attributes["role"] = arn(&format!("role/{role}")).into();
                if thing.contains(":instance/") {
                    attributes["instance_profile"] = arn(&format!("instance-profile/{role}")).into();
                }
            }
            things.push(
                json!({"arn": thing, "account": ACCOUNT, "policy": null, "tags": {}, "attrs": attributes}),
            );
        } else if let Some(name) = text(entry, "user") {
            details.user(name, entry, inline(&texts(entry, "may"), None), Vec::new(), &[]);
            if ["password", "mfa", "keys"].iter().any(|key| entry.get(key).is_some()) {
                report.push_str(&credentials(name, entry));
            }
        } else if let Some(name) = text(entry, "role") {
            details.role(name, entry, inline(&texts(entry, "may"), None), Vec::new(), me);
        } else if let Some(name) = text(entry, "saml") {
            let providers = json!({"SAMLProviderList": [{"Arn": arn(&format!("saml-provider/{name}")),
                "ValidUntil": "2030-01-01T00:00:00+00:00", "CreateDate": "2026-01-01T00:00:00+00:00"}]});
            write("saml.json", providers.to_string());
        }
    }
    let bounds = json!({"boundary": case.get("boundary")});
    let entry = if case.get("boundary").is_some() { &bounds } else { &Value::Null };
    if me == "role" {
        details.role("me", entry, own, attached, me);
    } else {
        details.user("me", entry, own, attached, &groups);
    }
    let all = json!({"UserDetailList": details.users, "GroupDetailList": details.groups, "RoleDetailList": details.roles,
        "Policies": details.policies});
    write("details.json", all.to_string());
    if !things.is_empty() {
        write("things.json", Value::from(things).to_string());
    }
    if !report.is_empty() {
        write("credential-report.csv", format!("{REPORT}{report}"));
    }
    let scp = texts(case, "scp");
    if !scp.is_empty() {
        write("organization.json", organization(&scp).to_string());
    }
    let snapshot = clavicle_snapshot::open_any(folder.path(), |_, _| ()).expect("it imports");
    assert!(snapshot.warnings.is_empty(), "{case}: {:?}", snapshot.warnings);
    World::new(snapshot, catalog(), Stated { standalone: scp.is_empty() }, |_, _| ())
}

/// The steps of `me` by the method of a case.
fn steps(world: &World, case: &Value) -> Vec<Step> {
    let me = arn(&format!("{}/me", text(case, "me").unwrap_or("user")));
    let me = world.snapshot().principal_by_arn(&me).expect("me");
    let node = world.node_of(me);
    let all = world.steps();
    let Some(id) = all.find(&node) else { return Vec::new() };
    let ends: Vec<Node> = all.from(id).map(|step| all.node(all.end(step)).clone()).collect();
    let found = ends.iter().flat_map(|end| all.all_between(world, &node, end));
    found.filter(|step| step.method.is_some_and(|method| Some(method.id) == text(case, "method"))).collect()
}

fn leads_to_the_goal(world: &World, case: &Value) -> bool {
    let to = text(case, "to").expect("a goal");
    let me = arn(&format!("{}/me", text(case, "me").unwrap_or("user")));
    let begin = Begin::With(vec![Actor::Principal(world.snapshot().principal_by_arn(&me).expect("me"))]);
    let goal = match to {
        "administrator" => Goal::Administrator(None),
        name => match world.snapshot().principal_by_arn(&arn(name)) {
            Some(index) => Goal::Become(index),
            None => return false,
        },
    };
    !world.chains(&begin, &goal, &Limits::default()).chains.is_empty()
}

/// The case with one thing less, for each thing that it needs.
fn twins(case: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let without = |key: &str, place: usize| {
        let mut twin = case.clone();
        twin[key].as_array_mut().expect("a list").remove(place);
        twin
    };
    for (place, may) in texts(case, "may").iter().enumerate() {
        found.push((format!("may not {may}"), without("may", place)));
    }
    for (place, left) in
        texts(case, "boundary").iter().enumerate().filter(|(_, left)| left.starts_with("iam:"))
    {
        found.push((format!("with a boundary without {left}"), without("boundary", place)));
    }
    for (place, entry) in list(case, "with").into_iter().enumerate() {
        let is_role = entry.get("role").is_some() && entry.get("thing").is_none();
        if !is_role {
            found.push((format!("without {entry}"), without("with", place)));
        }
        for key in ["trusts", "profile", "policy"].iter().filter(|key| is_role && entry.get(**key).is_some())
        {
            if *key == "trusts" && is(case, "trust_free") || *key == "profile" && is(case, "trust_free") {
                continue;
            }
            let mut twin = case.clone();
            twin["with"][place].as_object_mut().expect("an object").remove(*key);
            found.push((format!("with {key} less"), twin));
        }
    }
    found
}

/// Is this case found where it should be, and is none of its twins?
fn faults_of((name, case): &(String, Value)) -> Vec<String> {
    let mut faults = Vec::new();
    let world_of_case = world(case);
    let found = steps(&world_of_case, case);
    let wanted = case.get("found").and_then(Value::as_bool).unwrap_or(true);
    let is_found = !found.is_empty() && (wanted || leads_to_the_goal(&world_of_case, case));
    if is_found != wanted {
        faults.push(format!("{name} {}: found {found:#?}", case["method"]));
    }
    if wanted {
        if !leads_to_the_goal(&world_of_case, case) {
            faults.push(format!("{name} {}: does not lead to {}", case["method"], case["to"]));
        }
        for (short, twin) in twins(case) {
            if !steps(&world(&twin), &twin).is_empty() {
                faults.push(format!("{name} {} {short}: found", case["method"]));
            }
        }
    }
    faults
}

#[test]
fn every_case_is_found_and_none_of_its_twins() {
    let cases = cases("accounts");
    // Threads of its own, not those of rayon: each case works out a world, and a world takes the threads of rayon.
    let (first, second) = cases.split_at(cases.len() / 2);
    let faults: Vec<String> = std::thread::scope(|scope| {
        let halves = [first, second].map(|half| scope.spawn(|| half.iter().flat_map(faults_of).collect()));
        halves.into_iter().flat_map(|half| -> Vec<String> { half.join().expect("no panic") }).collect()
    });
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_method_has_a_case() {
    // The cases of the second folder are held by `families.rs`.
    let all: Vec<_> = cases("accounts").into_iter().chain(cases("families")).collect();
    let with_case: BTreeSet<&str> = all.iter().filter_map(|(_, case)| text(case, "method")).collect();
    // What outsiders do takes no permission of anybody in the account; `demo.rs` and `truth.rs` hold it.
    let without: Vec<&str> = methods()
        .filter(|method| !method.ways.is_empty())
        .map(|method| method.id)
        .filter(|id| !with_case.contains(id))
        .collect();
    assert_eq!(without, [""; 0]);
    let known: BTreeSet<&str> = methods().map(|method| method.id).collect();
    let unknown: Vec<&&str> = with_case.iter().filter(|id| !known.contains(*id)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

/// Where an account shows other things that run as roles, a kind that no collection reads would count as not there.
#[test]
fn everything_that_has_to_be_there_for_a_step_is_collected() {
    // `AWS::Glue::Job` and `glue:job` are one kind.
    let plain = |kind: &str| kind.to_lowercase().replace(['-', ':'], "");
    let renamed =
        [("elasticmapreduce:", "EMR:"), ("states:", "StepFunctions:"), ("cognito-identity:", "Cognito:")];
    let table = include_str!("../../../collect/data/reading.txt");
    let kinds = table.lines().filter_map(|line| line.strip_prefix("thing ")?.split(' ').next());
    let collected: BTreeSet<String> = kinds.map(|kind| plain(kind.trim_start_matches("AWS::"))).collect();
    let mut tried = BTreeSet::new();
    for way in methods().flat_map(|method| method.ways) {
        if let Tried::Workloads(kind) = way.on {
            tried.insert(kind);
        }
        tried.extend(way.asks.iter().filter_map(|ask| match ask.on {
            On::Seen(kind) => Some(kind),
            _ => None,
        }));
    }
    assert!(tried.len() > 25, "{tried:?}");
    let missing = tried.into_iter().filter(|kind| {
        let own = renamed.iter().find_map(|(arn, own)| Some(format!("{own}{}", kind.strip_prefix(arn)?)));
        let own = own.unwrap_or_else(|| kind.trim_start_matches("AWS::").to_owned());
        !collected.contains(&plain(&own))
    });
    assert_eq!(missing.collect::<Vec<_>>(), [""; 0]);
}

/// AWS: AWS Glue Web API Reference, "Session", `Status` (<https://docs.aws.amazon.com/glue/latest/webapi/API_Session.html>).
#[test]
fn a_session_that_is_over_takes_no_statement() {
    for (state, leads) in [
        (Some("READY"), true),
        (Some("PROVISIONING"), true),
        (None, true),
        (Some("STOPPED"), false),
        (Some("TIMEOUT"), false),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let policy = |action: &str| json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]});
        let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
        let details = json!({
            "UserDetailList": [{"Arn": arn("user/me"), "UserName": "me", "Path": "/", "GroupList": [], "AttachedManagedPolicies": [],
                "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": policy("glue:RunStatement")}]}],
            "RoleDetailList": [{"Arn": arn("role/run"), "RoleName": "run", "Path": "/", "AssumeRolePolicyDocument": trust,
                "AttachedManagedPolicies": [], "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": policy("*")}]}],
            "GroupDetailList": [], "Policies": []});
        let mut configuration = json!({"role": arn("role/run")});
        if let Some(state) = state {
            configuration["state"] = json!({"name": state});
        }
        let session = format!("arn:aws:glue:eu-west-1:{ACCOUNT}:session/s-1");
        let items = json!({"configurationItems": [{"resourceType": "AWS::Glue::Session", "ARN": session, "awsRegion": "eu-west-1",
            "awsAccountId": ACCOUNT, "resourceId": "s-1", "resourceName": "s-1", "configuration": configuration, "supplementaryConfiguration": {}}]});
        std::fs::write(folder.path().join("details.json"), details.to_string()).expect("it is written");
        std::fs::write(folder.path().join("items.json"), items.to_string()).expect("it is written");
        let snapshot = clavicle_snapshot::open_any(folder.path(), |_, _| ()).expect("it imports");
        let world = World::new(snapshot, catalog(), Stated { standalone: true }, |_, _| ());
        let case = json!({"to": "administrator"});
        assert_eq!(leads_to_the_goal(&world, &case), leads, "{state:?}");
    }
}
