//! The smallest policy for what was recorded: the actions that were used, on the things that they were used on.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::record::Record;

/// What one caller needs.
#[derive(Debug, Clone, PartialEq)]
pub struct CallerPolicy {
    /// The id of the access key.
    pub access_key: String,
    /// The ARN of the caller, if it is known.
    pub principal: Option<String>,
    /// The policy.
    pub policy: Value,
    /// What has to be known before it is used, in words.
    pub notes: Vec<String>,
}

/// One for each caller, by access key. What was denied stands in statements of its own: it was wanted, and may not have
/// been wanted by whoever granted the rest.
pub fn policies(record: &Record) -> Vec<CallerPolicy> {
    let keys: BTreeSet<&str> = record.uses.iter().map(|one| one.access_key.as_str()).collect();
    keys.into_iter().map(|key| of_caller(record, key)).collect()
}

type Grants<'r> = BTreeMap<&'r str, BTreeSet<&'r str>>;

fn of_caller(record: &Record, access_key: &str) -> CallerPolicy {
    let own = || record.uses.iter().filter(|one| one.access_key == access_key);
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
        access_key: access_key.to_owned(),
        principal: own().find_map(|one| one.principal.clone()),
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
