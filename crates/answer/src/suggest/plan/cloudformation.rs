//! A plan as templates of CloudFormation: what is there is imported into a stack as it is, then the stack is updated to the
//! new texts, and, to undo it, to the old ones.
//!
//! AWS: CloudFormation User Guide, "Import AWS resources into a CloudFormation stack" (each resource needs a
//! `DeletionPolicy`) and "Resource type support"; Template Reference, `AWS::IAM::RolePolicy` and its siblings,
//! `AWS::IAM::ManagedPolicy`, `AWS::IAM::Role` and its siblings. What a template leaves out both before and after, an update
//! leaves as it is. `AWS::SSO::PermissionSet` is not used: whether its update leaves alone what the template does not name is
//! not documented.

use clavicle_trim::refuse_what_would_be_read;
use serde_json::{Map, Value, json};

use super::change::{Bearer, Before, Change, Kind};

/// The files of the plan, by name in its folder.
pub(super) struct Templates {
    /// As it is: to import.
    pub(super) import: String,
    /// What the import names.
    pub(super) to_import: String,
    /// As it is to be.
    pub(super) trimmed: String,
    /// As it was.
    pub(super) rollback: String,
}

/// The templates, or why there are none.
pub(super) fn cloudformation(
    bearer: &Bearer,
    before: &Before,
    changes: &[Change],
) -> Result<Templates, String> {
    let Bearer::Iam(kind, name) = bearer else {
        return Err(
            "whether an update of a permission set leaves the rest of it alone is not documented".to_owned()
        );
    };
    let mut stack = Stack::default();
    for (place, change) in changes.iter().enumerate() {
        stack.add(*kind, name, place + 1, change)?;
    }
    stack.bearer(*kind, name, before, changes)?;
    let template = |resources: Map<String, Value>| {
        let text = json!({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}).to_string();
        clavicle_policy::layout(&text)
    };
    Ok(Templates {
        import: template(stack.before.clone()),
        to_import: clavicle_policy::layout(&Value::Array(stack.to_import).to_string()),
        trimmed: template(stack.after),
        rollback: template(stack.undone),
    })
}

/// How to use them, for the AWS CLI.
pub(super) fn commands(apply: bool) -> &'static str {
    match apply {
        true => {
            "#!/bin/sh\n\
             # Imports what is there into a stack, then takes away what was not used.\n\
             # Read it before you run it. clavicle runs nothing.\n\
             set -eu\n\
             cd \"$(dirname \"$0\")\"\n\
             stack=${1:-clavicle-trim}\n\
             aws cloudformation create-change-set --stack-name \"$stack\" --change-set-name import --change-set-type IMPORT \\\n  \
               --resources-to-import file://to-import.json --template-body file://import.json --capabilities CAPABILITY_NAMED_IAM\n\
             aws cloudformation wait change-set-create-complete --stack-name \"$stack\" --change-set-name import\n\
             aws cloudformation execute-change-set --stack-name \"$stack\" --change-set-name import\n\
             aws cloudformation wait stack-import-complete --stack-name \"$stack\"\n\
             aws cloudformation update-stack --stack-name \"$stack\" --template-body file://trimmed.json --capabilities CAPABILITY_NAMED_IAM\n\
             aws cloudformation wait stack-update-complete --stack-name \"$stack\"\n"
        }
        false => {
            "#!/bin/sh\n\
             # Puts everything back as it was.\n\
             # Read it before you run it. clavicle runs nothing.\n\
             set -eu\n\
             cd \"$(dirname \"$0\")\"\n\
             stack=${1:-clavicle-trim}\n\
             aws cloudformation update-stack --stack-name \"$stack\" --template-body file://rollback.json --capabilities CAPABILITY_NAMED_IAM\n\
             aws cloudformation wait stack-update-complete --stack-name \"$stack\"\n"
        }
    }
}

#[derive(Default)]
struct Stack {
    before: Map<String, Value>,
    after: Map<String, Value>,
    undone: Map<String, Value>,
    to_import: Vec<Value>,
}

impl Stack {
    fn import(&mut self, id: &str, kind: &str, identifier: &Value) {
        self.to_import
            .push(json!({"ResourceType": kind, "LogicalResourceId": id, "ResourceIdentifier": identifier}));
    }

    fn add(&mut self, kind: Kind, bearer: &str, place: usize, change: &Change) -> Result<(), String> {
        let title = kind.title();
        match change {
            Change::Inline { name, old, new } => {
                let id = format!("Inline{place}");
                let whom = format!("{title}Name");
                let of = |policy: &str, kept: &str| -> Result<Value, String> {
                    Ok(resource(
                        &format!("AWS::IAM::{title}Policy"),
                        kept,
                        &json!({"PolicyName": name, whom.as_str(): bearer, "PolicyDocument": document(policy)?}),
                    ))
                };
                let goes = if new.is_some() { "Retain" } else { "Delete" };
                self.import(
                    &id,
                    &format!("AWS::IAM::{title}Policy"),
                    &json!({"PolicyName": name, whom.as_str(): bearer}),
                );
                self.before.insert(id.clone(), of(&old.text, goes)?);
                self.undone.insert(id.clone(), of(&old.text, "Retain")?);
                if let Some(new) = new {
                    self.after.insert(id, of(&new.text, "Retain")?);
                }
            }
            Change::Version { arn, old, new, .. } => {
                let id = format!("Managed{place}");
                let inner = arn.split_once(":policy/").map_or(arn.as_str(), |(_, inner)| inner);
                let (path, name) = match inner.rsplit_once('/') {
                    Some((path, name)) => (format!("/{path}/"), name),
                    None => ("/".to_owned(), inner),
                };
                let of = |text: &str| -> Result<Value, String> {
                    let properties =
                        json!({"ManagedPolicyName": name, "Path": path, "PolicyDocument": document(text)?});
                    Ok(resource("AWS::IAM::ManagedPolicy", "Retain", &properties))
                };
                self.import(&id, "AWS::IAM::ManagedPolicy", &json!({"PolicyArn": arn}));
                self.before.insert(id.clone(), of(&old.text)?);
                self.undone.insert(id.clone(), of(&old.text)?);
                self.after.insert(id, of(&new.text)?);
            }
            Change::Own { name, new, .. } => {
                let properties = json!({"ManagedPolicyName": name, format!("{title}s"): [bearer],
                    "PolicyDocument": document(&new.text)?});
                self.after.insert(
                    format!("Own{place}"),
                    json!({"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}),
                );
            }
            Change::Detach { .. } | Change::SetInline { .. } => {}
        }
        Ok(())
    }

    /// The bearer itself, where something is detached from it: after what is new was attached.
    fn bearer(&mut self, kind: Kind, name: &str, before: &Before, changes: &[Change]) -> Result<(), String> {
        if !changes.iter().any(|change| matches!(change, Change::Detach { .. })) {
            return Ok(());
        }
        let (title, id) = (kind.title(), "Bearer");
        let mut properties = json!({format!("{title}Name"): name, "Path": before.path});
        if kind == Kind::Role {
            let Some(trust) = &before.trust else {
                return Err("the trust policy of the role was not seen".to_owned());
            };
            properties["AssumeRolePolicyDocument"] = document(trust)?;
        }
        let with = |arns: Vec<&str>, after: Vec<String>| {
            let mut properties = properties.clone();
            properties["ManagedPolicyArns"] = json!(arns);
            let mut resource = resource(&format!("AWS::IAM::{title}"), "Retain", &properties);
            if !after.is_empty() {
                resource["DependsOn"] = json!(after);
            }
            resource
        };
        let own: Vec<String> = self.after.keys().filter(|id| id.starts_with("Own")).cloned().collect();
        let all = || before.attached.iter().map(String::as_str).collect::<Vec<_>>();
        self.import(id, &format!("AWS::IAM::{title}"), &json!({format!("{title}Name"): name}));
        self.before.insert(id.to_owned(), with(all(), Vec::new()));
        self.undone.insert(id.to_owned(), with(all(), Vec::new()));
        self.after.insert(id.to_owned(), with(before.attached_after(changes), own));
        Ok(())
    }
}

fn resource(kind: &str, kept: &str, properties: &Value) -> Value {
    json!({"Type": kind, "DeletionPolicy": kept, "UpdateReplacePolicy": kept, "Properties": properties})
}

fn document(text: &str) -> Result<Value, String> {
    refuse_what_would_be_read(text).map_err(|error| error.to_string())?;
    serde_json::from_str(text).map_err(|_| "a text is no JSON".to_owned())
}
