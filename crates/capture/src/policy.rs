//! The smallest policy for what was recorded: the actions that were used, on the things that they were used on.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::record::{Process, Record, Use};

/// What is one policy for?
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Per {
    /// Each caller, whichever processes it has.
    #[default]
    Caller,
    /// Each process of each caller.
    Process,
}

/// What one caller needs, or one process of it.
#[derive(Debug, Clone, PartialEq)]
pub struct CallerPolicy {
    /// The ids of the access keys that it signed with.
    pub access_keys: Vec<String>,
    /// The ARN of the caller, if it is known.
    pub principal: Option<String>,
    /// The process, where there is one policy for each and the system tells which it is.
    pub process: Option<Process>,
    /// Those of the record that it is made of.
    pub uses: Vec<Use>,
    /// The policy.
    pub policy: Value,
    /// What has to be known before it is used, in words.
    pub notes: Vec<String>,
}

/// One for each caller, or for each process of each. What was denied stands in statements of its own: it was wanted, and may
/// not have been wanted by whoever granted the rest.
pub fn policies(record: &Record, per: Per) -> Vec<CallerPolicy> {
    let mut groups: BTreeMap<(&str, Option<&Process>), Vec<&Use>> = BTreeMap::new();
    for one in &record.uses {
        let process = one.process.as_ref().filter(|_| per == Per::Process);
        groups.entry((caller(one), process)).or_default().push(one);
    }
    groups.into_iter().map(|((_, process), uses)| of_caller(&uses, process)).collect()
}

/// Who it is, whatever key it signs with: sessions of a role get new ones all the time, and its policies are for all of them.
///
/// AWS: IAM User Guide, "IAM identifiers": `arn:aws:sts::111122223333:assumed-role/role/session`.
fn caller(one: &Use) -> &str {
    let Some(arn) = one.principal.as_deref() else { return &one.access_key };
    match arn.split_once(":assumed-role/").and_then(|(_, rest)| rest.rsplit_once('/')) {
        Some((_, session)) => arn.strip_suffix(session).unwrap_or(arn),
        None => arn,
    }
}

type Grants<'r> = BTreeMap<&'r str, BTreeSet<&'r str>>;

fn of_caller(uses: &[&Use], process: Option<&Process>) -> CallerPolicy {
    let own = || uses.iter().copied();
    let mut granted = Grants::new();
    let mut denied = Grants::new();
    let mut notes = BTreeSet::new();
    let is_certain = |need: &str| need != "perhaps";
    for one in own().filter(|one| is_certain(one.need)) {
        let resource = one.resource.as_deref().unwrap_or("*");
        let grants = if one.succeeded + one.failed > 0 { &mut granted } else { &mut denied };
        grants.entry(&one.action).or_default().insert(resource);
        match one.sureness {
            "unknown" => {
                notes.insert(format!(
                    "{}: its calls do not tell on what, so that `*` stands there",
                    one.action
                ));
            }
            "pattern" if !one.resource.as_deref().is_some_and(|arn| arn.contains(":secret:")) => {
                notes.insert(format!(
                    "{}: `{resource}` stands for things whose names the calls do not tell",
                    one.action
                ));
            }
            "assumed" => {
                notes.insert(format!(
                    "{}: the path of `{resource}` was not told, and is taken to be `/`",
                    one.action
                ));
            }
            _ => {}
        }
        if one.account.is_none() && resource.split(':').nth(4) == Some("*") {
            notes.insert("the account is not known; name it with `--account`".to_owned());
        }
    }
    // What was let in once needs no second statement.
    for (action, resources) in &mut denied {
        if let Some(known) = granted.get(action) {
            resources.retain(|resource| !known.contains(resource));
        }
    }
    denied.retain(|_, resources| !resources.is_empty());
    for one in own().filter(|one| !is_certain(one.need)) {
        if !granted.contains_key(one.action.as_str()) && !denied.contains_key(one.action.as_str()) {
            notes.insert(format!(
                "{} may be needed too by calls of {}",
                one.action,
                one.because_of.as_deref().unwrap_or("others")
            ));
        }
    }
    let mut statements = statements(&granted, None);
    statements.extend(self::statements(&denied, Some("WasDenied")));
    CallerPolicy {
        access_keys: own().map(|one| one.access_key.clone()).collect::<BTreeSet<_>>().into_iter().collect(),
        principal: own().find_map(|one| one.principal.clone()),
        process: process.cloned(),
        uses: own().cloned().collect(),
        policy: json!({ "Version": "2012-10-17", "Statement": statements }),
        notes: notes.into_iter().collect(),
    }
}

/// Actions of one service on the same things stand together.
fn statements(grants: &Grants<'_>, sid: Option<&str>) -> Vec<Value> {
    let mut by_things: BTreeMap<(&str, Vec<&str>), Vec<&str>> = BTreeMap::new();
    for (action, resources) in grants {
        let service = action.split(':').next().unwrap_or_default();
        // `*` is every other thing as well.
        let resources = if resources.contains("*") { vec!["*"] } else { resources.iter().copied().collect() };
        by_things.entry((service, resources)).or_default().push(action);
    }
    let mut number = 0;
    by_things
        .into_iter()
        .map(|((_, resources), actions)| {
            number += 1;
            let mut statement = serde_json::Map::new();
            if let Some(sid) = sid {
                statement.insert("Sid".to_owned(), json!(format!("{sid}{number}")));
            }
            statement.insert("Effect".to_owned(), json!("Allow"));
            statement.insert("Action".to_owned(), one_or_list(&actions));
            statement.insert("Resource".to_owned(), one_or_list(&resources));
            Value::Object(statement)
        })
        .collect()
}

fn one_or_list(texts: &[&str]) -> Value {
    match texts {
        [one] => json!(one),
        several => json!(several),
    }
}

#[cfg(test)]
mod tests {
    use super::{Per, Process, Record, Use, policies};

    fn used(key: &str, principal: Option<&str>, process: Option<u32>, action: &str) -> Use {
        Use {
            access_key: key.to_owned(),
            principal: principal.map(str::to_owned),
            account: None,
            process: process.map(|id| Process { id, name: "python".to_owned() }),
            service: "sqs".to_owned(),
            operation: "x".to_owned(),
            region: "eu-west-1".to_owned(),
            action: action.to_owned(),
            need: "own",
            because_of: None,
            resource: Some("arn:aws:sqs:eu-west-1:111122223333:jobs".to_owned()),
            sureness: "exact",
            succeeded: 1,
            failed: 0,
            denied: 0,
            first: String::new(),
            last: String::new(),
        }
    }

    #[test]
    fn there_is_one_for_each_caller_and_one_for_each_process_of_each() {
        let role = |session: &str| format!("arn:aws:sts::111122223333:assumed-role/web/{session}");
        let (one, two) = (role("one"), role("two"));
        let uses = vec![
            // A role goes on with another key, and under another name.
            used("ASIAONE", Some(&one), Some(1), "sqs:SendMessage"),
            used("ASIATWO", Some(&two), Some(1), "sqs:ReceiveMessage"),
            used("ASIATWO", Some(&two), Some(2), "sqs:DeleteMessage"),
            // And another role, whose name begins alike.
            used(
                "ASIAWEB",
                Some("arn:aws:sts::111122223333:assumed-role/webs/one"),
                Some(2),
                "sqs:PurgeQueue",
            ),
            // Of keys of which nothing is told each is somebody.
            used("AKIAONE", None, None, "sqs:SendMessage"),
            used("AKIATWO", None, None, "sqs:SendMessage"),
        ];
        let record = Record {
            clavicle_record: 1,
            started: String::new(),
            ended: None,
            source: "proxy",
            data_date: String::new(),
            calls: 6,
            unchecked: 0,
            uses,
            unknown: Vec::new(),
            not_recorded: Vec::new(),
        };
        let told = |per| {
            let all = policies(&record, per).into_iter().map(|one| {
                let process = one.process.map_or("-".to_owned(), |process| process.id.to_string());
                let actions = one.policy["Statement"].as_array().into_iter().flatten();
                let actions: Vec<String> = actions
                    .map(|statement| statement["Action"].to_string().replace(['"', '[', ']'], ""))
                    .collect();
                format!("{} {process} {} {}", one.access_keys.join("+"), actions.join(" "), one.uses.len())
            });
            all.collect::<Vec<_>>()
        };
        assert_eq!(
            told(Per::Caller),
            [
                "AKIAONE - sqs:SendMessage 1",
                "AKIATWO - sqs:SendMessage 1",
                "ASIAONE+ASIATWO - sqs:DeleteMessage,sqs:ReceiveMessage,sqs:SendMessage 3",
                "ASIAWEB - sqs:PurgeQueue 1",
            ]
        );
        assert_eq!(
            told(Per::Process),
            [
                "AKIAONE - sqs:SendMessage 1",
                "AKIATWO - sqs:SendMessage 1",
                "ASIAONE+ASIATWO 1 sqs:ReceiveMessage,sqs:SendMessage 2",
                "ASIATWO 2 sqs:DeleteMessage 1",
                "ASIAWEB 2 sqs:PurgeQueue 1",
            ]
        );
    }
}
