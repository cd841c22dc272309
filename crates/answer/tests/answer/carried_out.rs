//! The scripts of a plan, carried out on what `aws iam get-account-authorization-details` prints: what is allowed then is
//! read from it without anything of the program. That the AWS CLI does the same is tested where it runs.

use std::collections::BTreeMap;

use clavicle_answer::TrimFile;
use serde_json::{Value, json};

/// An account that scripts change.
pub(crate) struct Account {
    pub(crate) details: Value,
    /// The files in which scripts write down what they made.
    made: BTreeMap<String, String>,
}

/// The lists of those who bear policies, the name of each, of their inline policies.
const BEARERS: [(&str, [&str; 3]); 3] = [
    ("user", ["UserDetailList", "UserName", "UserPolicyList"]),
    ("group", ["GroupDetailList", "GroupName", "GroupPolicyList"]),
    ("role", ["RoleDetailList", "RoleName", "RolePolicyList"]),
];

const ATTACHED: &str = "AttachedManagedPolicies";

/// AWS promises no order.
fn in_order(policies: &mut [Value], key: &str) {
    policies.sort_by_key(|policy| policy[key].to_string());
}

impl Account {
    pub(crate) fn new(mut details: Value) -> Self {
        for (_, [list, _, inline]) in BEARERS {
            for bearer in details[list].as_array_mut().expect("a list") {
                for (list, key) in [(inline, "PolicyName"), (ATTACHED, "PolicyArn")] {
                    // Of a user without inline policies AWS tells no list.
                    if let Some(policies) = bearer.get_mut(list).and_then(Value::as_array_mut) {
                        in_order(policies, key);
                    }
                }
            }
        }
        Self { details, made: BTreeMap::new() }
    }

    /// Runs a script beside the files of its plan. What would fail in AWS, or is no command of a plan, panics.
    pub(crate) fn run(&mut self, script: &str, files: &[TrimFile]) {
        let mut made = String::new();
        for line in script.lines().map(str::trim) {
            if let Some((_, file)) = line.split_once("$(cat ") {
                made = self.made[file.split_once(')').expect("a command").0].clone();
            } else if let Some((_, file)) = line.split_once("echo \"$made\" >>") {
                self.made.insert(file.to_owned(), made.clone());
            } else if let Some(file) = line.strip_prefix("rm ") {
                self.made.remove(file);
            } else if let Some((_, command)) = line.split_once("aws iam ") {
                let words: Vec<&str> =
                    command.split_whitespace().map(|word| word.trim_matches(['\'', '"', ')'])).collect();
                let options = words.windows(2).filter_map(|two| Some((two[0].strip_prefix("--")?, two[1])));
                let mut options: BTreeMap<&str, &str> = options.collect();
                options.values_mut().filter(|value| **value == "$made").for_each(|value| *value = &made);
                let document = options.get("policy-document").map(|place| {
                    let file = files.iter().find(|file| place.strip_prefix("file://") == Some(&file.name));
                    serde_json::from_str(&file.expect("a file of the plan").text).expect("JSON")
                });
                if let Some(new) = self.command(words[0], &options, &document.unwrap_or_default()) {
                    made = new;
                }
            }
        }
    }

    /// Carries a command out; what it prints.
    fn command(&mut self, verb: &str, options: &BTreeMap<&str, &str>, document: &Value) -> Option<String> {
        let arn = || options["policy-arn"];
        match verb {
            "create-policy" => {
                let name = options["policy-name"];
                let bearer = self.details["RoleDetailList"][0]["Arn"].as_str().expect("an ARN");
                let arn = bearer.split(":role/").next().expect("a text").to_owned() + ":policy/" + name;
                let policies = self.details["Policies"].as_array_mut().expect("a list");
                assert!(policies.iter().all(|policy| policy["PolicyName"] != name), "{name} is there");
                policies.push(
                    json!({"PolicyName": name, "Arn": arn, "DefaultVersionId": "v1", "PolicyVersionList":
                    [{"VersionId": "v1", "IsDefaultVersion": true, "Document": document}]}),
                );
                return Some(arn);
            }
            "delete-policy" => {
                let attached = format!("\"PolicyArn\":\"{}\"", arn());
                assert!(!self.details.to_string().contains(&attached), "{attached}");
                self.details["Policies"]
                    .as_array_mut()
                    .expect("a list")
                    .retain(|policy| policy["Arn"] != arn());
            }
            "create-policy-version" => {
                let versions = self.versions(arn());
                assert!(versions.len() < 5, "{}", arn());
                let number = |version: &Value| version["VersionId"].as_str()?[1..].parse::<usize>().ok();
                let next = versions.iter().filter_map(number).max().expect("a version") + 1;
                versions.push(json!({"VersionId": format!("v{next}"), "Document": document}));
                self.put_in_force(arn(), &format!("v{next}"));
                return Some(format!("v{next}"));
            }
            "set-default-policy-version" => self.put_in_force(arn(), options["version-id"]),
            "delete-policy-version" => {
                let is_it = |version: &Value| version["VersionId"] == options["version-id"];
                assert!(
                    self.versions(arn()).iter().any(|it| is_it(it) && it["IsDefaultVersion"] == false),
                    "{}",
                    arn()
                );
                self.versions(arn()).retain(|version| !is_it(version));
            }
            _ => self.of_bearer(verb, options, document),
        }
        None
    }

    /// `put-`, `delete-`, `attach-` and `detach-user-policy` and so on.
    fn of_bearer(&mut self, verb: &str, options: &BTreeMap<&str, &str>, document: &Value) {
        let (act, word) =
            verb.strip_suffix("-policy").and_then(|it| it.split_once('-')).expect("a known verb");
        let (_, [list, name, inline]) = BEARERS.into_iter().find(|it| it.0 == word).expect("a known verb");
        let bearers = self.details[list].as_array_mut().expect("a list");
        let whom = options[format!("{word}-name").as_str()];
        let bearer = bearers.iter_mut().find(|bearer| bearer[name] == whom).expect("it is there");
        let (list, key, value) = match options.get("policy-arn") {
            Some(arn) => (ATTACHED, "PolicyArn", *arn),
            None => (inline, "PolicyName", options["policy-name"]),
        };
        let policies = bearer[list].as_array_mut().expect("a list");
        let before = policies.len();
        policies.retain(|policy| policy[key] != value);
        let was_there = policies.len() < before;
        match act {
            "put" => policies.push(json!({"PolicyName": value, "PolicyDocument": document})),
            "attach" => {
                let name = value.rsplit('/').next();
                policies.push(json!({"PolicyName": name, "PolicyArn": value}));
            }
            _ => assert!(was_there && ["delete", "detach"].contains(&act), "{verb} {value}"),
        }
        in_order(policies, key);
    }

    fn policy(&mut self, arn: &str) -> &mut Value {
        let policies = self.details["Policies"].as_array_mut().expect("a list");
        policies.iter_mut().find(|policy| policy["Arn"] == arn).expect("it is there")
    }

    fn versions(&mut self, arn: &str) -> &mut Vec<Value> {
        self.policy(arn)["PolicyVersionList"].as_array_mut().expect("a list")
    }

    fn put_in_force(&mut self, arn: &str, version: &str) {
        for known in self.versions(arn) {
            known["IsDefaultVersion"] = (known["VersionId"] == version).into();
        }
        self.policy(arn)["DefaultVersionId"] = version.into();
    }
}
