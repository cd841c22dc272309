//! Steps of generated accounts are what the slow evaluator says of them, too. It is given the policies as the files have them,
//! put together by what stands here and not by the graph.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use clavicle_catalog::catalog;
use clavicle_engine::Verdict;
use clavicle_graph::{Actor, Node, PolicyThen, Raise, Stated, StepRequest, Target, World};
use clavicle_testkit::{Decision, Request, generated_account, slow_decide};
use serde_json::{Map, Value, json};

/// What the files say, by ARN.
struct Files {
    account: String,
    users: BTreeMap<String, Value>,
    groups: BTreeMap<String, Value>,
    roles: BTreeMap<String, Value>,
    managed: BTreeMap<String, Value>,
    things: BTreeMap<String, Value>,
    organization: Value,
    /// Every condition key that a policy speaks of.
    keys: BTreeSet<String>,
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).expect("it is there")).expect("it is JSON")
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

fn keys_of(value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                if name == "Condition" {
                    let clauses = field.as_object().into_iter().flat_map(|operators| operators.values());
                    keys.extend(clauses.filter_map(Value::as_object).flat_map(|keys| keys.keys().cloned()));
                }
                keys_of(field, keys);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| keys_of(value, keys)),
        Value::String(text) => {
            for variable in text.split("${").skip(1) {
                keys.extend(variable.split(['}', ',']).next().map(|key| key.trim().to_owned()));
            }
            // Policies of organizations stand as text in text.
            if let Ok(inner @ Value::Object(_)) = serde_json::from_str(text) {
                keys_of(&inner, keys);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

impl Files {
    fn of(folder: &Path) -> Self {
        let account = std::fs::read_dir(folder.join("accounts")).expect("accounts").next();
        let account = account.expect("one account").expect("readable").path();
        let details = read(&account.join("gaad.json"));
        let things = read(&account.join("resource_policies.json"));
        let organization = read(&folder.join("organization.json"));
        let mut keys = BTreeSet::new();
        [&details, &things, &organization].into_iter().for_each(|value| keys_of(value, &mut keys));
        let by_arn = |rows: &[Value], key: &str| {
            rows.iter().map(|row| (text(row, key).to_owned(), row.clone())).collect::<BTreeMap<_, _>>()
        };
        let managed = list(&details, "Policies").iter().map(|policy| {
            let mut versions = list(policy, "PolicyVersionList").iter();
            let current = versions.rfind(|version| version["IsDefaultVersion"] == true);
            (text(policy, "Arn").to_owned(), current.expect("a version in force")["Document"].clone())
        });
        Self {
            account: account.file_name().expect("a name").to_string_lossy().into_owned(),
            users: by_arn(list(&details, "UserDetailList"), "Arn"),
            groups: by_arn(list(&details, "GroupDetailList"), "GroupName"),
            roles: by_arn(list(&details, "RoleDetailList"), "Arn"),
            managed: managed.collect(),
            things: by_arn(things.as_array().expect("a list"), "arn"),
            organization,
            keys,
        }
    }

    fn bears(&self, bearer: &Value, inline: &str) -> Vec<Value> {
        let inline = list(bearer, inline).iter().map(|policy| policy["PolicyDocument"].clone());
        let attached = list(bearer, "AttachedManagedPolicies").iter();
        let attached = attached.filter_map(|policy| self.managed.get(text(policy, "PolicyArn")).cloned());
        inline.chain(attached).collect()
    }

    /// The documents of a user or role, its own record, and what the request says of it.
    fn caller(&self, arn: &str) -> (Vec<Value>, &Value) {
        if let Some(user) = self.users.get(arn) {
            let mut documents = self.bears(user, "UserPolicyList");
            for group in list(user, "GroupList").iter().filter_map(Value::as_str) {
                documents.extend(self.bears(&self.groups[group], "GroupPolicyList"));
            }
            return (documents, user);
        }
        let role = self.roles.get(arn).expect(arn);
        (self.bears(role, "RolePolicyList"), role)
    }

    /// Policies of a type, level by level from the root to the account. AWS's own for resources is left out, as the
    /// evaluator wants it.
    fn levels(&self, kind: &str) -> Vec<Vec<Value>> {
        let find =
            |rows: &str, id: &str| list(&self.organization, rows).iter().find(|row| text(row, "Id") == id);
        let mut path = vec![self.account.clone()];
        let mut parent = find("Accounts", &self.account).map(|row| text(row, "ParentId").to_owned());
        while let Some(id) = parent {
            parent = find("OrganizationalUnits", &id).map(|row| text(row, "ParentId").to_owned());
            path.push(id);
        }
        path.reverse();
        let of_level = |id: &String| {
            let policies = list(&self.organization, "Policies").iter().filter(|policy| {
                policy["PolicySummary"]["Type"] == kind
                    && policy["PolicySummary"]["Name"] != "RCPFullAWSAccess"
                    && list(policy, "Targets").iter().any(|target| text(target, "TargetId") == id)
            });
            policies.map(|policy| serde_json::from_str(text(policy, "Content")).expect("a policy")).collect()
        };
        path.iter().map(of_level).collect()
    }

    fn path_in_organization(&self) -> String {
        let mut path = Vec::new();
        let account = list(&self.organization, "Accounts").iter().find(|row| text(row, "Id") == self.account);
        let mut parent = account.map(|row| text(row, "ParentId").to_owned());
        while let Some(id) = parent {
            let unit =
                list(&self.organization, "OrganizationalUnits").iter().find(|row| text(row, "Id") == id);
            parent = unit.map(|row| text(row, "ParentId").to_owned());
            path.push(id);
        }
        path.push(text(&self.organization["Organization"], "Id").to_owned());
        path.reverse();
        format!("{}/", path.join("/"))
    }

    /// A request of a step, with everything that bears on it. `None`: the asker or the target is not as the files say by
    /// then, or it is of another account.
    fn request(&self, world: &World, asked: &StepRequest) -> Option<Request> {
        let mut request = Request {
            action: asked.action.to_owned(),
            resource: if asked.target == Target::Anything { "*".to_owned() } else { asked.arn.to_string() },
            resource_account: self.account.clone(),
            management_account: Some(text(&self.organization["Organization"], "MasterAccountId").to_owned()),
            rcps: Some(self.levels("RESOURCE_CONTROL_POLICY")),
            ..Request::default()
        };
        if asked.target != Target::Anything && world.owner_of(&asked.target)?.to_string() != self.account {
            return None;
        }
        let mut context = Map::new();
        let organization = text(&self.organization["Organization"], "Id");
        let mut say = |key: &str, value: Value| context.insert(key.to_owned(), value);
        // A session may bring tags of its own where the trust policy of the role lets it.
        let mut brings_tags = false;
        match &asked.by {
            by @ (Node::Actor(Actor::Principal(index)) | Node::Raised(index, _)) => {
                let arn = world.snapshot().principal(*index).arn.to_string();
                let (documents, record) = self.caller(&arn);
                request.identity_policies = documents;
                let boundary = text(&record["PermissionsBoundary"], "PermissionsBoundaryArn");
                request.permission_boundaries = self.managed.get(boundary).map(|it| vec![it.clone()]);
                request.scps = Some(self.levels("SERVICE_CONTROL_POLICY"));
                match by {
                    Node::Raised(_, Raise::Everything) => request.identity_policies = vec![everything()],
                    Node::Raised(_, Raise::NoBoundary) => request.permission_boundaries = None,
                    Node::Raised(_, Raise::NoScps) => request.scps = None,
                    Node::Raised(..) => return None,
                    _ => {}
                }
                if self.users.contains_key(&arn) {
                    say("aws:username", record["UserName"].clone());
                    say("aws:userid", record["UserId"].clone());
                    say("aws:PrincipalType", json!("User"));
                    request.principal = arn.clone();
                } else {
                    say("aws:PrincipalType", json!("AssumedRole"));
                    let name = text(record, "RoleName");
                    request.principal = format!("arn:aws:sts::{}:assumed-role/{name}/session", self.account);
                    request.role_arn = Some(arn.clone());
                }
                say("aws:PrincipalArn", json!(arn));
                say("aws:PrincipalAccount", json!(self.account));
                say("aws:PrincipalOrgID", json!(organization));
                say("aws:PrincipalOrgPaths", json!([self.path_in_organization()]));
                say("aws:PrincipalIsAWSService", json!("false"));
                let trust = record["AssumeRolePolicyDocument"].to_string();
                brings_tags = ["TagSession", "sts:*", "\"*\"", "WebIdentity", "SAML"]
                    .iter()
                    .any(|it| trust.contains(it));
                for tag in list(record, "Tags").iter().filter(|_| !brings_tags) {
                    say(&format!("aws:PrincipalTag/{}", text(tag, "Key")), tag["Value"].clone());
                }
            }
            Node::Actor(Actor::Service(service)) => {
                request.principal = service.to_string();
                say("aws:PrincipalIsAWSService", json!("true"));
            }
            Node::Actor(Actor::Provider(provider)) => request.principal = provider.to_string(),
            // The own policies of somebody outside are in no file.
            _ => return None,
        }
        match (&asked.target, asked.policy) {
            // By then the asker has written it.
            (_, PolicyThen::Askers) => {
                let asker = request.role_arn.as_ref().unwrap_or(&request.principal);
                let mut policy = everything();
                policy["Statement"]["Principal"] = json!({"AWS": asker});
                request.resource_policy = Some(policy);
            }
            (Target::Principal(role), PolicyThen::AsSeen) if asked.action.starts_with("sts:") => {
                let arn = &world.snapshot().principal(*role).arn;
                request.resource_policy = Some(self.roles.get(&**arn)?["AssumeRolePolicyDocument"].clone());
            }
            (Target::Resource(thing), PolicyThen::AsSeen) => {
                let thing = self.things.get(&*world.snapshot().resource(*thing).arn)?;
                request.resource_policy = Some(thing["policy"].clone()).filter(Value::is_object);
                for (key, value) in thing["tags"].as_object().into_iter().flatten() {
                    say(&format!("aws:ResourceTag/{key}"), value.clone());
                }
            }
            _ => {}
        }
        say("aws:ResourceAccount", json!(self.account));
        say("aws:ResourceOrgID", json!(organization));
        say("aws:ResourceOrgPaths", json!([self.path_in_organization()]));
        say("aws:SecureTransport", json!("true"));
        say("aws:ViaAWSService", json!("false"));
        for (key, value) in &asked.with {
            match value {
                Some(value) => say(key, json!(value)),
                None => say(key, Value::Null),
            };
        }
        let same = |key: &String| context.keys().any(|known| known.eq_ignore_ascii_case(key));
        request.unknown =
            self.keys.iter().filter(|key| !same(key) && !is_settled(key, brings_tags)).cloned().collect();
        request.context = context;
        Some(request)
    }
}

fn everything() -> Value {
    json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
}

/// Tags of callers and things are all in the files: one that is not there is absent.
fn is_settled(key: &str, brings_tags: bool) -> bool {
    let lower = key.to_lowercase();
    lower.starts_with("aws:principaltag/") && !brings_tags
        || lower.starts_with("aws:resourcetag/")
        || lower == "aws:username"
}

#[test]
fn every_step_of_a_generated_account_is_confirmed_by_the_slow_evaluator() {
    for (size, every) in [("small", 1), ("medium", 31)] {
        let Some(made) = generated_account(size, 7) else { return };
        let snapshot = clavicle_snapshot::open_any(made.folder(), |_, _| ()).expect("it imports");
        let world = World::new(snapshot, catalog(), Stated::default(), |_, _| ());
        let files = Files::of(made.folder());
        let steps = world.steps();
        let (mut asked, mut confirmed, mut faults) = (0, 0, Vec::new());
        for step in steps.among(0..steps.len()).into_iter().step_by(every).filter(|it| steps.is_listed(*it)) {
            for request in steps.step(&world, step).requests {
                asked += 1;
                let Some(plain) = files.request(&world, &request) else {
                    eprintln!(
                        "SKIP {:?} {} {:?} {:?}",
                        request.by, request.action, request.target, request.policy
                    );
                    continue;
                };
                confirmed += 1;
                let slow = slow_decide(&plain);
                let fits = match request.ruling.verdict {
                    Verdict::Allowed => slow.decision == Decision::Allowed,
                    Verdict::Depends => matches!(slow.decision, Decision::Depends | Decision::Allowed),
                    Verdict::ImplicitlyDenied | Verdict::ExplicitlyDenied => false,
                };
                if !fits {
                    faults.push(format!("{request:?}\n{slow:?}"));
                }
            }
        }
        assert!(
            confirmed * 20 > asked * 19,
            "{size}: only {confirmed} of {asked} requests could be confirmed"
        );
        assert!(
            faults.is_empty(),
            "{size}: {} of {confirmed}\n{}",
            faults.len(),
            faults[..faults.len().min(3)].join("\n\n")
        );
    }
}
