//! What `aws iam get-account-authorization-details` answered, read straight from the JSON.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::request::Request;
use crate::shared::{NoShared, shared};

/// The details of an account.
#[derive(Clone, Debug)]
pub struct AccountDetails {
    path: PathBuf,
    json: Value,
}

impl AccountDetails {
    /// Those of a file.
    pub fn read(path: &Path) -> Result<AccountDetails, String> {
        let error = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let text = fs::read(path).map_err(|found| error(&found))?;
        let json = serde_json::from_slice(&text).map_err(|found| error(&found))?;
        Ok(AccountDetails { path: path.to_owned(), json })
    }

    /// Where they stand.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The ARNs of a list: `UserDetailList`, `GroupDetailList`, `RoleDetailList` or `Policies`.
    pub fn arns(&self, list: &str) -> Vec<&str> {
        members(&self.json, list).filter_map(|item| item["Arn"].as_str()).collect()
    }

    /// Its users and roles.
    pub fn callers(&self) -> Vec<&str> {
        [self.arns("UserDetailList"), self.arns("RoleDetailList")].concat()
    }

    /// The trust policy of a role.
    pub fn trust(&self, role: &str) -> Option<&Value> {
        let mut roles = members(&self.json, "RoleDetailList");
        roles.find(|item| item["Arn"] == role).map(|item| &item["AssumeRolePolicyDocument"])
    }

    /// Every policy that is written in the details, trust policies aside, with what it is called.
    pub fn policies(&self) -> Vec<(String, &Value)> {
        let managed = members(&self.json, "Policies")
            .filter_map(|policy| Some((policy["Arn"].as_str()?.to_owned(), self.managed(&policy["Arn"])?)));
        let holders = ["UserDetailList", "GroupDetailList", "RoleDetailList"]
            .into_iter()
            .flat_map(|list| members(&self.json, list));
        let inline = holders.flat_map(|holder| {
            let name = |policy: &Value| format!("{} of {}", policy["PolicyName"], holder["Arn"]);
            inline_of(holder).map(move |policy| (name(policy), &policy["PolicyDocument"]))
        });
        managed.chain(inline).collect()
    }

    /// A request of one of its users or roles, with its own policies, those of its groups and its boundary; `None` where
    /// there is no such caller, or the text of a policy is missing.
    pub fn request(&self, caller: &str, action: &str, resource: &str) -> Option<Request> {
        let mut callers =
            ["UserDetailList", "RoleDetailList"].into_iter().flat_map(|list| members(&self.json, list));
        let caller = callers.find(|item| item["Arn"] == caller)?;
        let groups: Vec<&Value> = members(&self.json, "GroupDetailList")
            .filter(|group| members(caller, "GroupList").any(|name| *name == group["GroupName"]))
            .collect();
        let mut identity_policies = Vec::new();
        for holder in [vec![caller], groups].concat() {
            identity_policies.extend(inline_of(holder).map(|policy| policy["PolicyDocument"].clone()));
            for attached in members(holder, "AttachedManagedPolicies") {
                identity_policies.push(self.managed(&attached["PolicyArn"])?.clone());
            }
        }
        let boundary = caller.get("PermissionsBoundary").map(|boundary| &boundary["PermissionsBoundaryArn"]);
        let permission_boundaries = match boundary {
            Some(arn) => Some(vec![self.managed(arn)?.clone()]),
            None => None,
        };
        let owner = |arn: &str| arn.split(':').nth(4).unwrap_or_default().to_owned();
        let caller = caller["Arn"].as_str()?;
        let is_account = |text: &String| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        let resource_account = Some(owner(resource)).filter(is_account);
        Some(Request {
            principal: caller.to_owned(),
            action: action.to_owned(),
            resource: resource.to_owned(),
            resource_account: resource_account.unwrap_or_else(|| owner(caller)),
            identity_policies,
            permission_boundaries,
            ..Request::default()
        })
    }

    /// The default version of a managed policy.
    fn managed(&self, arn: &Value) -> Option<&Value> {
        let policy = members(&self.json, "Policies").find(|policy| policy["Arn"] == *arn)?;
        let default = |version: &&Value| version["IsDefaultVersion"] == true;
        members(policy, "PolicyVersionList").find(default).map(|version| &version["Document"])
    }
}

/// The account details that another project publishes; files in order.
pub fn account_details() -> Result<Vec<AccountDetails>, NoShared> {
    let folder = shared()?.join("oracles/account_details");
    let files = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    let mut files: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect();
    files.sort();
    Ok(files.iter().filter_map(|path| AccountDetails::read(path).ok()).collect())
}

/// The keys that the policies of a request ask for and its context does not hold.
pub fn open_keys(request: &Request) -> Vec<String> {
    let mut keys = BTreeSet::new();
    for (_, policy) in request.documents() {
        let single = std::slice::from_ref(&policy["Statement"]);
        for statement in policy["Statement"].as_array().map_or(single, Vec::as_slice) {
            let operators = statement["Condition"].as_object().into_iter().flat_map(Map::values);
            keys.extend(operators.filter_map(Value::as_object).flat_map(|keys| keys.keys().cloned()));
        }
    }
    keys.into_iter().filter(|key| !request.context.contains_key(key)).collect()
}

fn members<'v>(value: &'v Value, list: &str) -> impl Iterator<Item = &'v Value> {
    value[list].as_array().into_iter().flatten()
}

fn inline_of(holder: &Value) -> impl Iterator<Item = &Value> {
    ["UserPolicyList", "RolePolicyList", "GroupPolicyList"].into_iter().flat_map(|list| members(holder, list))
}
