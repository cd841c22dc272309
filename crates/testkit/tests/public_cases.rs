//! The slow evaluator on public cases of another project, where the folder that holds them is there.

#[cfg(test)]
mod iamspy {
    use clavicle_testkit::{Decision, Request, shared, slow_decide};
    use serde::Deserialize;
    use serde_json::{Value, json};
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    /// A line of `iamspy/cases.jsonl`.
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        id: String,
        question: String,
        gaads: Vec<String>,
        #[serde(default)]
        resources: Vec<String>,
        #[serde(default)]
        scps: Vec<String>,
        principal: Option<String>,
        action: String,
        resource: String,
        #[serde(default)]
        conditions: Vec<String>,
        #[serde(default)]
        strict_conditions: bool,
        expect: Value,
    }

    #[test]
    fn agrees() {
        let folder = match shared() {
            Ok(shared) => shared.join("oracles/iamspy"),
            Err(absent) => {
                eprintln!("not run: {absent}");
                return;
            }
        };
        let read = |name: &str| -> Value {
            serde_json::from_str(&fs::read_to_string(folder.join("files").join(name)).unwrap()).unwrap()
        };
        let lines = fs::read_to_string(Path::new(&folder).join("cases.jsonl")).unwrap();
        let mut asked = 0;
        for line in lines.lines() {
            let line: Line = serde_json::from_str(line).unwrap();
            let accounts: Vec<Value> = line.gaads.iter().map(|name| read(name)).collect();
            let allowed = |principal: &str| {
                let mut request = request(&line, &accounts, principal);
                for file in &line.scps {
                    request.scps = Some(levels(&read(file), principal.split(':').nth(4).unwrap()));
                }
                for file in &line.resources {
                    for known in read(file).as_array().unwrap() {
                        if known["Resource"] == json!(line.resource) {
                            request.resource_policy = Some(known["Policy"].clone());
                            request.resource_account = known["Account"].as_str().unwrap().to_owned();
                        }
                    }
                }
                // An open condition may take any value: the question is whether some value allows.
                matches!(slow_decide(&request).decision, Decision::Allowed | Decision::Depends)
            };
            if line.question == "can_i" {
                assert_eq!(json!(allowed(line.principal.as_deref().unwrap())), line.expect, "{}", line.id);
            } else {
                let everyone =
                    accounts.iter().flat_map(identities).map(|who| who["Arn"].as_str().unwrap().to_owned());
                let can: BTreeSet<String> = everyone.filter(|who| allowed(who)).collect();
                let expected: BTreeSet<String> = serde_json::from_value(line.expect.clone()).unwrap();
                assert_eq!(can, expected, "{}", line.id);
            }
            asked += 1;
        }
        assert!(asked > 0, "there are no cases in {}", folder.display());
    }

    fn identities(account: &Value) -> Vec<&Value> {
        ["UserDetailList", "RoleDetailList"]
            .iter()
            .flat_map(|list| account[list].as_array().unwrap())
            .collect()
    }

    fn managed(account: &Value, arn: &Value) -> Value {
        let policy =
            account["Policies"].as_array().unwrap().iter().find(|policy| policy["Arn"] == *arn).unwrap();
        let versions = policy["PolicyVersionList"].as_array().unwrap();
        versions.iter().find(|version| version["IsDefaultVersion"] == true).unwrap()["Document"].clone()
    }

    fn request(line: &Line, accounts: &[Value], principal: &str) -> Request {
        let mut request = Request {
            principal: principal.to_owned(),
            action: line.action.clone(),
            resource: line.resource.clone(),
            resource_account: line.resource.split(':').nth(4).unwrap().to_owned(),
            ..Request::default()
        };
        for account in accounts {
            for who in identities(account).into_iter().filter(|who| who["Arn"] == principal) {
                let inline =
                    ["UserPolicyList", "RolePolicyList"].iter().filter_map(|list| who[list].as_array());
                request
                    .identity_policies
                    .extend(inline.flatten().map(|policy| policy["PolicyDocument"].clone()));
                let attached = who["AttachedManagedPolicies"].as_array().into_iter().flatten();
                request
                    .identity_policies
                    .extend(attached.map(|policy| managed(account, &policy["PolicyArn"])));
                if let Some(boundary) = who.get("PermissionsBoundary") {
                    request.permission_boundaries =
                        Some(vec![managed(account, &boundary["PermissionsBoundaryArn"])]);
                }
            }
        }
        for condition in &line.conditions {
            let (key, value) = condition.split_once('=').unwrap();
            request.context.insert(key.to_owned(), json!(value));
        }
        if !line.strict_conditions {
            request.unknown = open_keys(&request);
        }
        request
    }

    /// The keys that policies mention and the question does not give.
    fn open_keys(request: &Request) -> Vec<String> {
        let mut keys = BTreeSet::new();
        for (_, policy) in request.documents() {
            for statement in policy["Statement"].as_array().into_iter().flatten() {
                let operators = statement["Condition"].as_object().into_iter().flatten();
                keys.extend(operators.flat_map(|(_, keys)| keys.as_object().unwrap().keys().cloned()));
            }
        }
        keys.into_iter().filter(|key| !request.context.contains_key(key)).collect()
    }

    /// The SCPs from the root to the account, level by level.
    fn levels(unit: &Value, account: &str) -> Vec<Vec<Value>> {
        let own: Vec<Value> = unit["Policies"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|policy| policy["Content"].clone())
            .collect();
        if unit["Id"] == account {
            return vec![own];
        }
        for child in unit["Children"].as_array().into_iter().flatten() {
            let below = levels(child, account);
            if !below.is_empty() {
                return [vec![own], below].concat();
            }
        }
        Vec::new()
    }
}
