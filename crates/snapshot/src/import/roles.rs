//! Which roles does a workload act as? Found by the names that services give to such fields.

use serde_json::Value;

use crate::arn::Arn;
use crate::model::{AccountId, RoleAttribute};

/// Field names that hold a role or an instance profile, compared without regard to case.
pub(super) const FIELDS: &[&str] = &[
    "accessRoleArn",
    "authenticatedRoleArn",
    "automationAssumeRoleArn",
    "dataAccessRoleArn",
    "executionRole",
    "executionRoleArn",
    "iamInstanceProfile",
    "iamRole",
    "iamRoleArn",
    "instanceProfile",
    "instanceRole",
    "instanceRoleArn",
    "jobFlowRole",
    "jobRole",
    "jobRoleArn",
    "mappedRoleArn",
    "monitoringRoleArn",
    "nodeRole",
    "podExecutionRoleArn",
    "role",
    "roleArn",
    "serviceIamRole",
    "serviceRole",
    "serviceRoleArn",
    "taskRoleArn",
    "unauthenticatedRoleArn",
];

/// Types where something of the customer's own runs as the plain `role`: code, a script, a definition.
const RUNS_CODE: &[&str] = &[
    "AWS::CodeBuild::Project",
    "AWS::Glue::",
    "AWS::Lambda::Function",
    "AWS::SSM::MaintenanceWindowTask",
    "AWS::SageMaker::",
    "AWS::StepFunctions::StateMachine",
    "AWS::Synthetics::Canary",
    "AWS::Batch::JobDefinition",
    "AWS::EMRServerless::",
    "AWS::EKS::Nodegroup",
    "AWS::EKS::FargateProfile",
    "AWS::EKS::PodIdentityAssociation",
    "AWS::IoT::RoleAlias",
    "AWS::BedrockAgentCore::",
    "AWS::MWAA::Environment",
    "AWS::ElasticBeanstalk::",
    "AWS::DataPipeline::",
    "AWS::KinesisAnalytics::Application",
    "AWS::KinesisAnalyticsV2::Application",
    "AWS::Amplify::",
];

/// Fields under which names are the customer's own, so that a field called `role` means nothing.
const FREE_TEXT: &[&str] = &[
    "environment",
    "environmentVariables",
    "containerDefinitions",
    "defaultArguments",
    "nonOverridableArguments",
    "parameters",
    "runtimeEnvironmentVariables",
    "tags",
    "userData",
    "variables",
];

/// Does a field of this name hold a role or an instance profile?
pub(super) fn is_role(name: &str) -> bool {
    FIELDS.iter().any(|field| field.eq_ignore_ascii_case(name))
}

/// The roles of one item of AWS Config.
pub(super) fn of(
    config_type: &str,
    configuration: &Value,
    account: Option<AccountId>,
    arn: &str,
) -> Vec<(RoleAttribute, String)> {
    let mut found = Vec::new();
    walk(config_type, configuration, account, arn, 0, &mut found);
    found
}

fn walk(
    config_type: &str,
    value: &Value,
    account: Option<AccountId>,
    arn: &str,
    depth: u8,
    found: &mut Vec<(RoleAttribute, String)>,
) {
    match value {
        Value::Object(object) if depth < 6 => {
            for (name, value) in object {
                if FREE_TEXT.iter().any(|free| free.eq_ignore_ascii_case(name)) {
                    continue;
                }
                let role = FIELDS.iter().find(|field| field.eq_ignore_ascii_case(name));
                match role.and_then(|field| reference(config_type, field, value, account, arn)) {
                    Some(role) if !found.contains(&role) => found.push(role),
                    Some(_) => {}
                    None => walk(config_type, value, account, arn, depth + 1, found),
                }
            }
        }
        Value::Array(list) if depth < 6 => {
            for value in list {
                walk(config_type, value, account, arn, depth + 1, found);
            }
        }
        _ => {}
    }
}

fn reference(
    config_type: &str,
    field: &str,
    value: &Value,
    account: Option<AccountId>,
    arn: &str,
) -> Option<(RoleAttribute, String)> {
    let text = match value {
        Value::String(text) => text.as_str(),
        // An instance names its profile by an object.
        Value::Object(_) => super::config_item::field(value, "arn")?.as_str()?,
        _ => return None,
    };
    let full = match Arn::parse(text) {
        Some(parsed) if parsed.service == "iam" => text.to_owned(),
        Some(_) => return None,
        // Some services take the bare name.
        None if is_name(text) => match is_profile(field) {
            true => beside(text, account?, arn, "instance-profile"),
            false => role_arn(text, account?, arn),
        },
        None => return None,
    };
    let attribute = if full.contains(":instance-profile/") {
        RoleAttribute::InstanceProfile
    } else if full.contains(":role/") {
        attribute(config_type, field)
    } else {
        return None;
    };
    Some((attribute, full))
}

fn is_profile(field: &str) -> bool {
    matches!(field, "iamInstanceProfile" | "instanceProfile" | "instanceRole" | "jobFlowRole")
}

/// The characters that IAM allows in names, and the mark of names that are made later (`planned::kinds`).
fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@-_~".contains(&byte);
    !text.is_empty() && text.len() <= 128 && text.bytes().all(allowed)
}

/// The ARN of a role that is given by its name, as that of a thing beside it. The path stays unknown; names are
/// unique within an account, so that the role can be found without.
pub(super) fn role_arn(name: &str, account: AccountId, beside_arn: &str) -> String {
    if Arn::parse(name).is_some() {
        return name.to_owned();
    }
    beside(name, account, beside_arn, "role")
}

fn beside(name: &str, account: AccountId, beside_arn: &str, kind: &str) -> String {
    let partition = Arn::parse(beside_arn).map_or("aws", |arn| arn.partition);
    format!("arn:{partition}:iam::{account}:{kind}/{name}")
}

fn attribute(config_type: &str, field: &str) -> RoleAttribute {
    let runs_code = RUNS_CODE.iter().any(|prefix| config_type.starts_with(prefix));
    match field {
        "taskRoleArn" => RoleAttribute::Task,
        // AWS: AWS Batch User Guide, "AWS Batch IAM execution role": the container agent takes it, and not the container
        // (<https://docs.aws.amazon.com/batch/latest/userguide/execution-IAM-role.html>).
        "executionRole" | "executionRoleArn" if !runs_code || config_type == "AWS::Batch::JobDefinition" => {
            RoleAttribute::Execution
        }
        "instanceRoleArn"
        | "jobRole"
        | "jobRoleArn"
        | "nodeRole"
        | "podExecutionRoleArn"
        | "instanceRole"
        | "authenticatedRoleArn"
        | "unauthenticatedRoleArn" => RoleAttribute::Role,
        // A collection calls a role so that an identity pool gives to some who sign in.
        "accessRoleArn" | "mappedRoleArn" | "monitoringRoleArn" => RoleAttribute::Service,
        _ if runs_code => RoleAttribute::Role,
        _ => RoleAttribute::Service,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::of;
    use crate::model::{AccountId, RoleAttribute};

    #[test]
    fn roles_by_the_names_of_their_fields() {
        let account = AccountId::parse("111122223333");
        let role = "arn:aws:iam::111122223333:role/r";
        let arn = "arn:aws:lambda:eu-west-1:111122223333:function:f";
        for (kind, configuration, attribute, named) in [
            ("AWS::Lambda::Function", json!({"role": role}), RoleAttribute::Role, role),
            ("AWS::ECS::TaskDefinition", json!({"TaskRoleArn": role}), RoleAttribute::Task, role),
            ("AWS::ECS::TaskDefinition", json!({"ExecutionRoleArn": role}), RoleAttribute::Execution, role),
            ("AWS::Batch::JobDefinition", json!({"ExecutionRoleArn": role}), RoleAttribute::Execution, role),
            ("AWS::Batch::JobDefinition", json!({"JobRoleArn": role}), RoleAttribute::Role, role),
            ("AWS::CloudFormation::Stack", json!({"roleARN": role}), RoleAttribute::Service, role),
            ("AWS::CodeBuild::Project", json!({"serviceRole": role}), RoleAttribute::Role, role),
            ("AWS::Glue::Job", json!({"Role": "r"}), RoleAttribute::Role, role),
            ("AWS::RDS::DBInstance", json!({"monitoringRoleArn": role}), RoleAttribute::Service, role),
            (
                "AWS::AppRunner::Service",
                json!({"InstanceConfiguration": {"InstanceRoleArn": role}}),
                RoleAttribute::Role,
                role,
            ),
            (
                "AWS::EC2::Instance",
                json!({"iamInstanceProfile": {"arn": "arn:aws:iam::111122223333:instance-profile/p", "id": "AIPA"}}),
                RoleAttribute::InstanceProfile,
                "arn:aws:iam::111122223333:instance-profile/p",
            ),
        ] {
            assert_eq!(
                of(kind, &configuration, account, arn),
                [(attribute, named.to_owned())],
                "{configuration}"
            );
        }
    }

    #[test]
    fn a_variable_called_role_is_no_role() {
        let configuration = json!({"environment": {"variables": {"ROLE": "arn:aws:iam::111122223333:role/r"}},
            "role": null, "ROLEARN": "s3cr3t value"});
        assert_eq!(of("AWS::Lambda::Function", &configuration, AccountId::parse("111122223333"), "arn"), []);
    }
}
