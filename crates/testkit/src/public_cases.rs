//! Questions that another project asks of account details, with the answers that it expects.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::details::{AccountDetails, open_keys};
use crate::request::Request;
use crate::shared::{NoShared, shared};

/// A question of another project.
#[derive(Clone, Debug)]
pub struct PublicCase {
    /// What it is called there.
    pub id: String,
    /// The requests that it comes to, and whether each may be allowed: keys that are open may take any value.
    pub asked: Vec<(Request, bool)>,
}

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

/// The public questions of who can do what, with boundaries, SCPs, resource policies and open conditions.
///
/// # Panics
///
/// Where the folder is there and is not as its notice says.
#[expect(clippy::panic, reason = "cases that do not read fail the test")]
pub fn public_cases() -> Result<Vec<PublicCase>, NoShared> {
    let folder = shared()?.join("oracles/iamspy");
    let path = folder.join("cases.jsonl");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let read = |line: &str| {
        let line: Line = serde_json::from_str(line).map_err(|error| error.to_string())?;
        line.case(&folder.join("files"))
    };
    let cases: Result<Vec<PublicCase>, String> = text.lines().map(read).collect();
    Ok(cases.unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

impl Line {
    fn case(&self, files: &Path) -> Result<PublicCase, String> {
        let accounts: Result<Vec<AccountDetails>, String> =
            self.gaads.iter().map(|name| AccountDetails::read(&files.join(name))).collect();
        let accounts = accounts?;
        let read = |name: &String| -> Result<Value, String> {
            let text = fs::read(files.join(name)).map_err(|error| format!("{name}: {error}"))?;
            serde_json::from_slice(&text).map_err(|error| format!("{name}: {error}"))
        };
        let scps: Vec<Value> = self.scps.iter().map(read).collect::<Result<_, _>>()?;
        let resources: Vec<Value> = self.resources.iter().map(read).collect::<Result<_, _>>()?;
        let callers: Vec<&str> = match &self.principal {
            Some(one) => vec![one],
            None => accounts.iter().flat_map(AccountDetails::callers).collect(),
        };
        let listed: Option<BTreeSet<String>> = serde_json::from_value(self.expect.clone()).ok();
        let expected = |caller: &str| match (self.question.as_str(), &listed) {
            ("who_can", Some(listed)) => Ok(listed.contains(caller)),
            ("can_i", _) => self.expect.as_bool().ok_or_else(|| format!("{}: {}", self.id, self.expect)),
            _ => Err(format!("{}: {}", self.id, self.question)),
        };
        let asked: Result<Vec<(Request, bool)>, String> = callers
            .into_iter()
            .map(|caller| Ok((self.request(&accounts, &scps, &resources, caller), expected(caller)?)))
            .collect();
        Ok(PublicCase { id: self.id.clone(), asked: asked? })
    }

    fn request(
        &self,
        accounts: &[AccountDetails],
        scps: &[Value],
        resources: &[Value],
        caller: &str,
    ) -> Request {
        let found = accounts.iter().find_map(|account| account.request(caller, &self.action, &self.resource));
        // Somebody of whom no details tell has no policies.
        let mut request = found.unwrap_or_else(|| Request {
            principal: caller.to_owned(),
            action: self.action.clone(),
            resource: self.resource.clone(),
            resource_account: self.resource.split(':').nth(4).unwrap_or_default().to_owned(),
            ..Request::default()
        });
        for tree in scps {
            request.scps = Some(levels(tree, caller.split(':').nth(4).unwrap_or_default()));
        }
        for known in resources.iter().filter_map(Value::as_array).flatten() {
            if known["Resource"] == json!(self.resource) {
                request.resource_policy = Some(known["Policy"].clone());
                known["Account"].as_str().unwrap_or_default().clone_into(&mut request.resource_account);
            }
        }
        for (key, value) in self.conditions.iter().filter_map(|condition| condition.split_once('=')) {
            request.context.insert(key.to_owned(), json!(value));
        }
        if !self.strict_conditions {
            request.unknown = open_keys(&request);
        }
        request
    }
}

/// The SCPs from the root to the account, level by level.
fn levels(unit: &Value, account: &str) -> Vec<Vec<Value>> {
    let own = || {
        let policies = unit["Policies"].as_array().into_iter().flatten();
        policies.map(|policy| policy["Content"].clone()).collect()
    };
    if unit["Id"] == account {
        return vec![own()];
    }
    for child in unit["Children"].as_array().into_iter().flatten() {
        let below = levels(child, account);
        if !below.is_empty() {
            return [vec![own()], below].concat();
        }
    }
    Vec::new()
}
