//! A small account, made for a test.

use clavicle_answer::findings::Check;
use clavicle_answer::shape::{CheckPage, Finding};
use clavicle_answer::{Reader, Settings};
use clavicle_catalog::catalog;
use clavicle_graph::{Stated, World};
use serde_json::{Value, json};

pub(crate) const HERE: &str = "111122223333";

/// The day that everything is looked at.
pub(crate) const TODAY: &str = "2026-06-30";

/// The details of one account, as IAM gives them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sketch {
    users: Vec<Value>,
    groups: Vec<Value>,
    roles: Vec<Value>,
    policies: Vec<Value>,
    things: Vec<Value>,
    report: Vec<String>,
    settings: String,
}

/// What somebody bears.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bears {
    pub(crate) attached: Vec<&'static str>,
    pub(crate) inline: Vec<(&'static str, Value)>,
    pub(crate) tags: Vec<(&'static str, &'static str)>,
    pub(crate) boundary: Option<&'static str>,
    pub(crate) groups: Vec<&'static str>,
    /// Of a role: when it was last used (`Some(None)`: never); `None`: yesterday.
    pub(crate) last_used: Option<Option<&'static str>>,
    /// Of a role: the service that may assume it.
    pub(crate) service: Option<&'static str>,
    /// Of a role: the statement of its trust policy; `None`: the account, or the service.
    pub(crate) trust: Option<Value>,
}

pub(crate) fn bears(attached: &[&'static str]) -> Bears {
    Bears { attached: attached.to_vec(), ..Bears::default() }
}

impl Bears {
    pub(crate) fn task(mut self, value: &'static str) -> Self {
        self.tags.push(("task", value));
        self
    }

    pub(crate) fn inline(mut self, name: &'static str, document: Value) -> Self {
        self.inline.push((name, document));
        self
    }

    pub(crate) fn trusting(mut self, statement: Value) -> Self {
        self.trust = Some(statement);
        self
    }

    pub(crate) fn bound_by(mut self, policy: &'static str) -> Self {
        self.boundary = Some(policy);
        self
    }

    pub(crate) fn in_group(mut self, group: &'static str) -> Self {
        self.groups.push(group);
        self
    }
}

pub(crate) fn policy(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

pub(crate) fn allow(action: impl Into<Value>, resource: impl Into<Value>) -> Value {
    json!({"Effect": "Allow", "Action": action.into(), "Resource": resource.into()})
}

pub(crate) fn deny(action: impl Into<Value>, resource: impl Into<Value>) -> Value {
    json!({"Effect": "Deny", "Action": action.into(), "Resource": resource.into()})
}

pub(crate) fn only_if(mut statement: Value, condition: Value) -> Value {
    statement["Condition"] = condition;
    statement
}

fn arn(name: &str) -> String {
    // AWS's own policies are named with their path: `aws/ReadOnlyAccess`.
    match name.strip_prefix("aws/") {
        Some(name) => format!("arn:aws:iam::aws:policy/{name}"),
        None => format!("arn:aws:iam::{HERE}:policy/{name}"),
    }
}

fn attached(names: &[&str]) -> Vec<Value> {
    let policy = |name: &&str| json!({"PolicyName": name.trim_start_matches("aws/"), "PolicyArn": arn(name)});
    names.iter().map(policy).collect()
}

fn tags(tags: &[(&str, &str)]) -> Vec<Value> {
    tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect()
}

impl Sketch {
    pub(crate) fn managed(mut self, name: &str, document: &Value) -> Self {
        self.policies.push(json!({"PolicyName": name.trim_start_matches("aws/"), "Arn": arn(name), "Path": "/",
            "PolicyId": format!("ANPA{name}"), "DefaultVersionId": "v1", "AttachmentCount": 0,
            "PermissionsBoundaryUsageCount": 0, "IsAttachable": true, "CreateDate": "2024-01-01T00:00:00+00:00",
            "UpdateDate": "2024-01-01T00:00:00+00:00",
            "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "Document": document,
                "CreateDate": "2024-01-01T00:00:00+00:00"}]}));
        self
    }

    pub(crate) fn role(mut self, name: &str, bears: &Bears) -> Self {
        let trust = match bears.service {
            Some(service) => json!({"Service": service}),
            None => json!({"AWS": format!("arn:aws:iam::{HERE}:root")}),
        };
        let plain = json!({"Effect": "Allow", "Principal": trust, "Action": "sts:AssumeRole"});
        let trust = policy(&[bears.trust.clone().unwrap_or(plain)]);
        let inline = bears.inline.iter();
        let inline = inline.map(|(name, document)| json!({"PolicyName": name, "PolicyDocument": document}));
        let mut role = json!({"Path": "/", "RoleName": name, "RoleId": format!("AROA{name}"),
            "Arn": format!("arn:aws:iam::{HERE}:role/{name}"), "CreateDate": "2024-01-01T00:00:00+00:00",
            "AssumeRolePolicyDocument": trust, "InstanceProfileList": [], "Tags": tags(&bears.tags),
            "AttachedManagedPolicies": attached(&bears.attached), "RolePolicyList": inline.collect::<Vec<_>>()});
        let used = bears.last_used.unwrap_or(Some("2026-06-29T09:00:00+00:00"));
        role["RoleLastUsed"] =
            used.map_or(json!({}), |at| json!({"LastUsedDate": at, "Region": "eu-west-1"}));
        if let Some(boundary) = bears.boundary {
            role["PermissionsBoundary"] =
                json!({"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn(boundary)});
        }
        self.roles.push(role);
        self
    }

    pub(crate) fn user(mut self, name: &str, bears: &Bears) -> Self {
        let inline = bears.inline.iter();
        let inline = inline.map(|(name, document)| json!({"PolicyName": name, "PolicyDocument": document}));
        self.users.push(json!({"Path": "/", "UserName": name, "UserId": format!("AIDA{name}"),
            "Arn": format!("arn:aws:iam::{HERE}:user/{name}"), "CreateDate": "2024-01-01T00:00:00+00:00",
            "GroupList": bears.groups, "Tags": tags(&bears.tags), "UserPolicyList": inline.collect::<Vec<_>>(),
            "AttachedManagedPolicies": attached(&bears.attached)}));
        self
    }

    pub(crate) fn group(mut self, name: &str, bears: &Bears) -> Self {
        self.groups.push(json!({"Path": "/", "GroupName": name, "GroupId": format!("AGPA{name}"),
            "Arn": format!("arn:aws:iam::{HERE}:group/{name}"), "CreateDate": "2024-01-01T00:00:00+00:00",
            "GroupPolicyList": [], "AttachedManagedPolicies": attached(&bears.attached)}));
        self
    }

    /// A line of the credential report: when the password was last used (`None`: there is none), whether there is a second
    /// factor, and of one key when it was made and last used.
    pub(crate) fn credentials(
        mut self,
        user: &str,
        password: Option<&str>,
        mfa: bool,
        key: Option<(&str, &str)>,
    ) -> Self {
        let enabled = password.is_some();
        let (active, made, used) = key.map_or((false, "N/A", "N/A"), |(made, used)| (true, made, used));
        let password = password.unwrap_or("N/A");
        self.report.push(format!(
            "{user},arn:aws:iam::{HERE}:user/{user},2024-01-01T00:00:00+00:00,{enabled},{password},N/A,N/A,{mfa},\
             {active},{made},{used},N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"
        ));
        self
    }

    pub(crate) fn bucket(mut self, name: &str, policy: &Value) -> Self {
        self.things.push(json!({"arn": format!("arn:aws:s3:::{name}"), "account": HERE, "type": "s3",
            "policy": policy, "tags": {}, "attrs": {}}));
        self
    }

    /// What people know.
    pub(crate) fn knowing(mut self, settings: &str) -> Self {
        self.settings.push_str(settings);
        self
    }

    /// The same with everything in the other order.
    pub(crate) fn reversed(mut self) -> Self {
        self.users.reverse();
        self.groups.reverse();
        self.roles.reverse();
        self.policies.reverse();
        self.report.reverse();
        self
    }

    /// Beside whom and what there are others, too: nobody of them bears what these bear.
    pub(crate) fn beside_others(self) -> Self {
        let mut all = Self::default()
            .managed("aaa-other", &policy(&[allow("sqs:SendMessage", "*")]))
            .role("aaa-other", &bears(&["aaa-other"]))
            .user("aaa-other", &bears(&[]));
        all.users.extend(self.users);
        all.groups.extend(self.groups);
        all.roles.extend(self.roles);
        all.policies.extend(self.policies);
        all.things.extend(self.things);
        all.report.extend(self.report);
        all.settings.push_str(&self.settings);
        all
    }

    /// Asked as an account that is in no organization.
    pub(crate) fn reader(&self, settings: &str) -> Reader {
        self.reader_where(settings, Stated { standalone: true })
    }

    pub(crate) fn reader_where(&self, settings: &str, stated: Stated) -> Reader {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let write =
            |name: &str, text: String| std::fs::write(folder.path().join(name), text).expect("writable");
        let details = json!({"UserDetailList": self.users, "GroupDetailList": self.groups,
            "RoleDetailList": self.roles, "Policies": self.policies});
        write("gaad.json", details.to_string());
        if !self.things.is_empty() {
            write("things.json", Value::from(self.things.clone()).to_string());
        }
        if !self.report.is_empty() {
            let head = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
                password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,\
                access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,\
                access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,\
                access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,\
                cert_2_active,cert_2_last_rotated";
            write("report.csv", format!("{head}\n{}\n", self.report.join("\n")));
        }
        let snapshot = clavicle_snapshot::open_any(folder.path(), |_, _| ()).expect("it imports");
        let world = World::new(snapshot, catalog(), stated, |_, _| ());
        Reader::new(world, Settings::parse(&format!("{}{settings}", self.settings)).expect("settings"))
    }

    pub(crate) fn check(&self, rules: &[&str], settings: &str) -> CheckPage {
        let rules = rules.iter().map(|rule| (*rule).to_owned()).collect();
        let check = Check { rules, as_of: Some(TODAY.to_owned()), today: None };
        self.reader(settings).check(&check).expect("known rules")
    }

    pub(crate) fn findings(&self, rule: &str) -> Vec<Finding> {
        self.check(&[rule], "").findings
    }
}
