//! Terraform's resources in CloudFormation's words: which type each is, and which attribute is which property.
//!
//! What a row does not name keeps its name: roles and safe facts are found by the names of AWS, which Terraform writes with
//! underscores. From the documentation of the AWS provider.

use serde_json::Value as Json;

use super::value::Value;
use crate::import::roles;

/// Attributes, each with its property.
pub(super) type Names = &'static [(&'static str, &'static str)];

/// Terraform's type, CloudFormation's type (or one of ours where there is none), attributes and properties.
#[rustfmt::skip]
const TYPES: &[(&str, &str, Names)] = &[
    ("aws_acmpca_policy", "ThingPolicy", &[("resource_arn", "Thing"), ("policy", "PolicyDocument")]),
    ("aws_ami", "AWS::EC2::Image", &[("tags", "Tags")]),
    ("aws_ami_copy", "AWS::EC2::Image", &[("tags", "Tags")]),
    ("aws_ami_from_instance", "AWS::EC2::Image", &[("tags", "Tags")]),
    ("aws_ami_launch_permission", "ImagePermission", &[("image_id", "Thing")]),
    ("aws_api_gateway_rest_api", "AWS::ApiGateway::RestApi", &[("policy", "Policy")]),
    ("aws_api_gateway_rest_api_policy", "ApiPolicy", &[("rest_api_id", "Thing"), ("policy", "PolicyDocument")]),
    ("aws_apprunner_service", "AWS::AppRunner::Service", &[("service_name", "ServiceName")]),
    ("aws_backup_vault", "AWS::Backup::BackupVault", &[("name", "BackupVaultName")]),
    ("aws_backup_vault_policy", "VaultPolicy", &[("backup_vault_name", "Thing"), ("policy", "PolicyDocument")]),
    ("aws_batch_compute_environment", "AWS::Batch::ComputeEnvironment", &[("compute_environment_name", "ComputeEnvironmentName")]),
    ("aws_batch_job_definition", "AWS::Batch::JobDefinition", &[("name", "JobDefinitionName"), ("container_properties", "ContainerRoles"), ("ecs_properties", "TaskRoles"), ("node_properties", "NodeRoles")]),
    ("aws_cloudformation_stack", "AWS::CloudFormation::Stack", &[("iam_role_arn", "RoleARN")]),
    ("aws_cloudformation_stack_set", "AWS::CloudFormation::StackSet", &[("name", "StackSetName"), ("administration_role_arn", "RoleARN")]),
    ("aws_cloudwatch_event_bus", "AWS::Events::EventBus", &[("name", "Name")]),
    ("aws_cloudwatch_event_bus_policy", "BusPolicy", &[("event_bus_name", "Thing"), ("policy", "PolicyDocument")]),
    ("aws_cloudwatch_event_permission", "AWS::Events::EventBusPolicy", &[("event_bus_name", "EventBusName"), ("statement_id", "StatementId"), ("principal", "Principal"), ("action", "Action"), ("condition", "Condition")]),
    ("aws_cloudwatch_event_rule", "AWS::Events::Rule", &[("name", "Name"), ("event_bus_name", "EventBusName")]),
    ("aws_cloudwatch_event_target", "AWS::Events::Target", &[("rule", "Rule"), ("event_bus_name", "EventBusName")]),
    ("aws_cloudwatch_log_group", "AWS::Logs::LogGroup", &[("name", "LogGroupName")]),
    ("aws_codebuild_project", "AWS::CodeBuild::Project", &[("name", "Name")]),
    ("aws_codebuild_resource_policy", "ThingPolicy", &[("resource_arn", "Thing"), ("policy", "PolicyDocument")]),
    ("aws_codedeploy_deployment_group", "AWS::CodeDeploy::DeploymentGroup", &[("deployment_group_name", "DeploymentGroupName"), ("app_name", "ApplicationName"), ("service_role_arn", "ServiceRoleArn")]),
    ("aws_codepipeline", "AWS::CodePipeline::Pipeline", &[("name", "Name")]),
    ("aws_cognito_identity_pool", "AWS::Cognito::IdentityPool", &[("tags", "Tags")]),
    ("aws_cognito_identity_pool_roles_attachment", "AWS::Cognito::IdentityPoolRoleAttachment", &[("identity_pool_id", "IdentityPoolId"), ("roles", "Roles"), ("role_mapping", "RoleMappings")]),
    ("aws_db_cluster_snapshot", "AWS::RDS::DBClusterSnapshot", &[("db_cluster_snapshot_identifier", "DBClusterSnapshotIdentifier"), ("db_cluster_snapshot_arn", "arn"), ("tags", "Tags")]),
    ("aws_db_instance", "AWS::RDS::DBInstance", &[("identifier", "DBInstanceIdentifier")]),
    ("aws_db_snapshot", "AWS::RDS::DBSnapshot", &[("db_snapshot_identifier", "DBSnapshotIdentifier"), ("db_snapshot_arn", "arn"), ("tags", "Tags")]),
    ("aws_db_snapshot_copy", "AWS::RDS::DBSnapshot", &[("target_db_snapshot_identifier", "DBSnapshotIdentifier"), ("db_snapshot_arn", "arn"), ("tags", "Tags")]),
    ("aws_directory_service_directory", "Directory", &[("tags", "Tags")]),
    ("aws_directory_service_shared_directory", "DirectoryShare", &[("directory_id", "Thing")]),
    ("aws_dynamodb_resource_policy", "ThingPolicy", &[("resource_arn", "Thing"), ("policy", "PolicyDocument")]),
    ("aws_dynamodb_table", "AWS::DynamoDB::Table", &[("name", "TableName")]),
    ("aws_ebs_snapshot", "AWS::EC2::Snapshot", &[("tags", "Tags")]),
    ("aws_ebs_snapshot_copy", "AWS::EC2::Snapshot", &[("tags", "Tags")]),
    ("aws_ebs_snapshot_import", "AWS::EC2::Snapshot", &[("tags", "Tags")]),
    ("aws_ecr_repository", "AWS::ECR::Repository", &[("name", "RepositoryName")]),
    ("aws_ecr_repository_policy", "AWS::ECR::RepositoryPolicy", &[("repository", "RepositoryName"), ("policy", "PolicyDocument")]),
    ("aws_ecs_cluster", "AWS::ECS::Cluster", &[("name", "ClusterName"), ("tags", "Tags")]),
    ("aws_ecs_service", "AWS::ECS::Service", &[("name", "ServiceName"), ("cluster", "Cluster")]),
    ("aws_ecs_task_definition", "AWS::ECS::TaskDefinition", &[("family", "Family")]),
    ("aws_efs_file_system", "AWS::EFS::FileSystem", &[]),
    ("aws_efs_file_system_policy", "FileSystemPolicy", &[("file_system_id", "Thing"), ("policy", "PolicyDocument")]),
    ("aws_eks_cluster", "AWS::EKS::Cluster", &[("name", "Name")]),
    ("aws_eks_node_group", "AWS::EKS::Nodegroup", &[("node_group_name", "NodegroupName"), ("cluster_name", "ClusterName"), ("node_role_arn", "NodeRole"), ("tags", "Tags")]),
    ("aws_eks_pod_identity_association", "AWS::EKS::PodIdentityAssociation", &[("association_arn", "arn"), ("tags", "Tags")]),
    ("aws_elasticsearch_domain", "AWS::OpenSearchService::Domain", &[("domain_name", "DomainName"), ("access_policies", "AccessPolicies")]),
    ("aws_elasticsearch_domain_policy", "DomainPolicy", &[("domain_name", "Thing"), ("access_policies", "PolicyDocument")]),
    ("aws_emr_cluster", "AWS::EMR::Cluster", &[("tags", "Tags")]),
    ("aws_glue_crawler", "AWS::Glue::Crawler", &[("name", "Name"), ("tags", "Tags")]),
    ("aws_glue_dev_endpoint", "AWS::Glue::DevEndpoint", &[("name", "EndpointName"), ("tags", "Tags")]),
    ("aws_glue_job", "AWS::Glue::Job", &[("name", "Name")]),
    ("aws_iam_group", "AWS::IAM::Group", &[("name", "GroupName"), ("path", "Path")]),
    ("aws_iam_group_membership", "AWS::IAM::UserToGroupAddition", &[("group", "GroupName"), ("users", "Users")]),
    ("aws_iam_group_policies_exclusive", "ExclusivePolicies", &[("group_name", "GroupName"), ("policy_names", "PolicyNames")]),
    ("aws_iam_group_policy", "AWS::IAM::GroupPolicy", &[("group", "GroupName"), ("name", "PolicyName"), ("policy", "PolicyDocument")]),
    ("aws_iam_group_policy_attachment", "PolicyAttachment", &[("group", "GroupName"), ("policy_arn", "PolicyArn")]),
    ("aws_iam_group_policy_attachments_exclusive", "ExclusivePolicies", &[("group_name", "GroupName"), ("policy_arns", "PolicyArns")]),
    ("aws_iam_instance_profile", "AWS::IAM::InstanceProfile", &[("name", "InstanceProfileName"), ("path", "Path"), ("role", "Roles")]),
    ("aws_iam_openid_connect_provider", "AWS::IAM::OIDCProvider", &[("url", "Url"), ("client_id_list", "ClientIdList")]),
    ("aws_iam_policy", "AWS::IAM::ManagedPolicy", &[("name", "ManagedPolicyName"), ("path", "Path"), ("policy", "PolicyDocument")]),
    ("aws_iam_policy_attachment", "PolicyAttachment", &[("users", "Users"), ("groups", "Groups"), ("roles", "Roles"), ("policy_arn", "PolicyArn")]),
    ("aws_iam_role", "AWS::IAM::Role", &[("name", "RoleName"), ("path", "Path"), ("assume_role_policy", "AssumeRolePolicyDocument"), ("permissions_boundary", "PermissionsBoundary"), ("managed_policy_arns", "ManagedPolicyArns"), ("inline_policy", "Policies"), ("tags", "Tags")]),
    ("aws_iam_role_policies_exclusive", "ExclusivePolicies", &[("role_name", "RoleName"), ("policy_names", "PolicyNames")]),
    ("aws_iam_role_policy", "AWS::IAM::RolePolicy", &[("role", "RoleName"), ("name", "PolicyName"), ("policy", "PolicyDocument")]),
    ("aws_iam_role_policy_attachment", "PolicyAttachment", &[("role", "RoleName"), ("policy_arn", "PolicyArn")]),
    ("aws_iam_role_policy_attachments_exclusive", "ExclusivePolicies", &[("role_name", "RoleName"), ("policy_arns", "PolicyArns")]),
    ("aws_iam_saml_provider", "AWS::IAM::SAMLProvider", &[("name", "Name")]),
    ("aws_iam_user", "AWS::IAM::User", &[("name", "UserName"), ("path", "Path"), ("permissions_boundary", "PermissionsBoundary"), ("tags", "Tags")]),
    ("aws_iam_user_group_membership", "AWS::IAM::UserToGroupAddition", &[("groups", "GroupName"), ("user", "Users")]),
    ("aws_iam_user_policies_exclusive", "ExclusivePolicies", &[("user_name", "UserName"), ("policy_names", "PolicyNames")]),
    ("aws_iam_user_policy", "AWS::IAM::UserPolicy", &[("user", "UserName"), ("name", "PolicyName"), ("policy", "PolicyDocument")]),
    ("aws_iam_user_policy_attachment", "PolicyAttachment", &[("user", "UserName"), ("policy_arn", "PolicyArn")]),
    ("aws_iam_user_policy_attachments_exclusive", "ExclusivePolicies", &[("user_name", "UserName"), ("policy_arns", "PolicyArns")]),
    ("aws_instance", "AWS::EC2::Instance", &[("tags", "Tags")]),
    ("aws_iot_role_alias", "AWS::IoT::RoleAlias", &[("alias", "RoleAlias")]),
    ("aws_kinesis_resource_policy", "ThingPolicy", &[("resource_arn", "Thing"), ("policy", "PolicyDocument")]),
    ("aws_kinesis_stream", "AWS::Kinesis::Stream", &[("name", "Name")]),
    ("aws_kms_alias", "AWS::KMS::Alias", &[("name", "AliasName"), ("target_key_id", "TargetKeyId")]),
    ("aws_kms_external_key", "AWS::KMS::Key", &[("policy", "KeyPolicy"), ("tags", "Tags")]),
    ("aws_kms_grant", "AWS::KMS::Grant", &[("key_id", "KeyId"), ("grantee_principal", "GranteePrincipal"), ("operations", "Operations")]),
    ("aws_kms_key", "AWS::KMS::Key", &[("policy", "KeyPolicy"), ("tags", "Tags")]),
    ("aws_kms_key_policy", "AWS::KMS::KeyPolicy", &[("key_id", "KeyId"), ("policy", "PolicyDocument")]),
    ("aws_kms_replica_key", "AWS::KMS::ReplicaKey", &[("policy", "KeyPolicy"), ("tags", "Tags")]),
    ("aws_lambda_alias", "AWS::Lambda::Alias", &[("name", "Name"), ("function_name", "FunctionName")]),
    ("aws_lambda_function", "AWS::Lambda::Function", &[("function_name", "FunctionName"), ("tags", "Tags")]),
    ("aws_lambda_function_url", "AWS::Lambda::Url", &[("function_name", "TargetFunctionArn"), ("authorization_type", "AuthType")]),
    ("aws_lambda_permission", "AWS::Lambda::Permission", &[("statement_id", "StatementId"), ("function_name", "FunctionName"), ("qualifier", "Qualifier"), ("action", "Action"), ("principal", "Principal"), ("source_arn", "SourceArn"), ("source_account", "SourceAccount"), ("principal_org_id", "PrincipalOrgID"), ("event_source_token", "EventSourceToken"), ("function_url_auth_type", "FunctionUrlAuthType"), ("invoked_via_function_url", "InvokedViaFunctionUrl")]),
    ("aws_msk_cluster_policy", "ThingPolicy", &[("cluster_arn", "Thing"), ("policy", "PolicyDocument")]),
    ("aws_networkfirewall_resource_policy", "ThingPolicy", &[("resource_arn", "Thing"), ("policy", "PolicyDocument")]),
    ("aws_oam_sink_policy", "ThingPolicy", &[("sink_identifier", "Thing"), ("policy", "PolicyDocument")]),
    ("aws_opensearch_authorize_vpc_endpoint_access", "DomainEndpointAccess", &[("domain_name", "Thing")]),
    ("aws_opensearch_domain", "AWS::OpenSearchService::Domain", &[("domain_name", "DomainName"), ("access_policies", "AccessPolicies")]),
    ("aws_opensearch_domain_policy", "DomainPolicy", &[("domain_name", "Thing"), ("access_policies", "PolicyDocument")]),
    ("aws_organizations_policy", "AWS::Organizations::Policy", &[("name", "Name"), ("type", "Type"), ("content", "Content")]),
    ("aws_organizations_policy_attachment", "AWS::Organizations::PolicyAttachment", &[("policy_id", "PolicyId"), ("target_id", "TargetId")]),
    ("aws_pipes_pipe", "AWS::Pipes::Pipe", &[("name", "Name"), ("tags", "Tags")]),
    ("aws_ram_principal_association", "ShareWithPrincipal", &[("resource_share_arn", "Thing")]),
    ("aws_ram_resource_association", "ShareOfResource", &[("resource_share_arn", "Thing")]),
    ("aws_ram_resource_share", "AWS::RAM::ResourceShare", &[("tags", "Tags")]),
    ("aws_redshift_cluster", "AWS::Redshift::Cluster", &[("cluster_identifier", "ClusterIdentifier"), ("tags", "Tags")]),
    ("aws_redshift_data_share_authorization", "DataShareAuthorization", &[("data_share_arn", "Thing")]),
    ("aws_redshift_endpoint_authorization", "AWS::Redshift::EndpointAuthorization", &[("cluster_identifier", "ClusterIdentifier"), ("account", "Account")]),
    ("aws_redshift_resource_policy", "ThingPolicy", &[("resource_arn", "Thing"), ("policy", "PolicyDocument")]),
    ("aws_s3_access_point", "AWS::S3::AccessPoint", &[("name", "Name"), ("policy", "Policy")]),
    ("aws_s3_account_public_access_block", "AWS::S3::AccountPublicAccessBlock", &[("account_id", "AccountId")]),
    ("aws_s3_bucket", "AWS::S3::Bucket", &[("bucket", "BucketName"), ("policy", "OwnPolicy"), ("tags", "Tags")]),
    ("aws_s3_bucket_acl", "BucketAcl", &[("bucket", "Bucket")]),
    ("aws_s3_bucket_ownership_controls", "AWS::S3::BucketOwnership", &[("bucket", "Bucket"), ("rule", "Rule")]),
    ("aws_s3_bucket_policy", "AWS::S3::BucketPolicy", &[("bucket", "Bucket"), ("policy", "PolicyDocument")]),
    ("aws_s3_bucket_public_access_block", "AWS::S3::BucketPublicAccessBlock", &[("bucket", "Bucket")]),
    ("aws_s3_bucket_server_side_encryption_configuration", "AWS::S3::BucketEncryption", &[("bucket", "Bucket"), ("rule", "Rule")]),
    ("aws_s3control_access_point_policy", "ThingPolicy", &[("access_point_arn", "Thing"), ("policy", "PolicyDocument")]),
    ("aws_s3tables_table_bucket_policy", "ThingPolicy", &[("table_bucket_arn", "Thing"), ("resource_policy", "PolicyDocument")]),
    ("aws_sagemaker_model", "AWS::SageMaker::Model", &[("name", "ModelName"), ("tags", "Tags")]),
    ("aws_sagemaker_notebook_instance", "AWS::SageMaker::NotebookInstance", &[("name", "NotebookInstanceName")]),
    ("aws_scheduler_schedule", "AWS::Scheduler::Schedule", &[("name", "Name"), ("group_name", "GroupName")]),
    ("aws_secretsmanager_secret", "AWS::SecretsManager::Secret", &[("name", "Name"), ("policy", "OwnPolicy"), ("tags", "Tags")]),
    ("aws_secretsmanager_secret_policy", "AWS::SecretsManager::ResourcePolicy", &[("secret_arn", "SecretId"), ("policy", "ResourcePolicy")]),
    ("aws_servicecatalog_portfolio", "AWS::ServiceCatalog::Portfolio", &[("tags", "Tags")]),
    ("aws_servicecatalog_portfolio_share", "PortfolioShare", &[("portfolio_id", "Thing")]),
    ("aws_sfn_state_machine", "AWS::StepFunctions::StateMachine", &[("name", "StateMachineName"), ("tags", "Tags")]),
    ("aws_signer_signing_profile", "AWS::Signer::SigningProfile", &[("name", "ProfileName"), ("tags", "Tags")]),
    ("aws_signer_signing_profile_permission", "AWS::Signer::ProfilePermission", &[("profile_name", "ProfileName"), ("principal", "Principal")]),
    ("aws_snapshot_create_volume_permission", "SnapshotPermission", &[("snapshot_id", "Thing")]),
    ("aws_sns_topic", "AWS::SNS::Topic", &[("name", "TopicName"), ("policy", "OwnPolicy"), ("tags", "Tags")]),
    ("aws_sns_topic_policy", "AWS::SNS::TopicPolicy", &[("arn", "Topics"), ("policy", "PolicyDocument")]),
    ("aws_sqs_queue", "AWS::SQS::Queue", &[("name", "QueueName"), ("policy", "OwnPolicy"), ("tags", "Tags")]),
    ("aws_sqs_queue_policy", "AWS::SQS::QueuePolicy", &[("queue_url", "Queues"), ("policy", "PolicyDocument")]),
    ("aws_ssm_document", "AWS::SSM::Document", &[("name", "Name"), ("tags", "Tags")]),
    ("aws_ssm_parameter", "AWS::SSM::Parameter", &[("name", "Name"), ("key_id", "KmsKeyId")]),
    ("aws_ssoadmin_account_assignment", "AWS::SSO::Assignment", &[("permission_set_arn", "PermissionSetArn"), ("target_id", "TargetId"), ("principal_id", "PrincipalId"), ("principal_type", "PrincipalType")]),
    ("aws_ssoadmin_customer_managed_policy_attachment", "AWS::SSO::PermissionSetOfAccounts", &[("permission_set_arn", "PermissionSetArn"), ("customer_managed_policy_reference", "Reference")]),
    ("aws_ssoadmin_managed_policy_attachment", "AWS::SSO::PermissionSetPolicy", &[("permission_set_arn", "PermissionSetArn"), ("managed_policy_arn", "PolicyArn")]),
    ("aws_ssoadmin_permission_set", "AWS::SSO::PermissionSet", &[("name", "Name")]),
    ("aws_ssoadmin_permission_set_inline_policy", "AWS::SSO::PermissionSetInline", &[("permission_set_arn", "PermissionSetArn"), ("inline_policy", "InlinePolicy")]),
    ("aws_ssoadmin_permissions_boundary_attachment", "AWS::SSO::PermissionSetBoundary", &[("permission_set_arn", "PermissionSetArn"), ("permissions_boundary", "PermissionsBoundary")]),
    ("aws_vpc_endpoint", "AWS::EC2::VPCEndpoint", &[("policy", "PolicyDocument"), ("tags", "Tags")]),
    ("aws_vpc_endpoint_policy", "EndpointPolicy", &[("vpc_endpoint_id", "VpcEndpointId"), ("policy", "PolicyDocument")]),
    ("aws_vpc_endpoint_service", "AWS::EC2::VPCEndpointService", &[("tags", "Tags")]),
    ("aws_vpc_endpoint_service_allowed_principal", "EndpointServicePermission", &[("vpc_endpoint_service_id", "Thing")]),
    ("aws_vpclattice_auth_policy", "ThingPolicy", &[("resource_identifier", "Thing"), ("policy", "PolicyDocument")]),
];

/// CloudFormation's type, and the attributes with their properties. `None`: nothing is known about the type.
pub(super) fn of(terraform: &str) -> Option<(&'static str, Names)> {
    let at = TYPES.binary_search_by_key(&terraform, |(name, ..)| name).ok()?;
    Some((TYPES[at].1, TYPES[at].2))
}

/// The attributes as properties. Attributes that carry secrets, variables or code are dropped here.
pub(super) fn properties(attributes: &Value, names: &[(&str, &str)]) -> Value {
    let kept = attributes.fields().iter().filter(|(name, _)| !SECRET.contains(&&**name));
    let fields = kept.map(|(name, value)| {
        let property = names.iter().find(|(attribute, _)| attribute == name);
        let value = match property {
            Some((_, "Policies")) => inline_policies(value),
            Some((_, "ContainerRoles" | "NodeRoles" | "TaskRoles")) => roles_in_text(value),
            _ => value.clone(),
        };
        (property.map_or_else(|| name.clone(), |(_, property)| (*property).to_owned()), value)
    });
    Value::Map(fields.collect())
}

/// `inline_policy` blocks: `name` and `policy`. An empty one says that there is none.
fn inline_policies(blocks: &Value) -> Value {
    if matches!(blocks, Value::Unknown) {
        return Value::Unknown;
    }
    let block = |block: &Value| {
        Value::Map(vec![
            ("PolicyName".to_owned(), block.get("name").clone()),
            ("PolicyDocument".to_owned(), block.get("policy").clone()),
        ])
    };
    let is_there =
        |block: &&Value| !block.get("policy").is_null() && *block.get("policy") != Value::Text(String::new());
    Value::List(blocks.items().iter().filter(is_there).map(block).collect())
}

/// The roles in an argument that is JSON in a text, and nothing else of it. Of one that is known later it is not known which they are.
///
/// Terraform: AWS provider, `aws_batch_job_definition`, `container_properties`.
fn roles_in_text(value: &Value) -> Value {
    let text = match value {
        Value::Null => return Value::Null,
        Value::Text(text) => serde_json::from_str(text).ok(),
        _ => None,
    };
    let later = || Value::Map(vec![("jobRoleArn".to_owned(), Value::Unknown)]);
    text.as_ref().map_or_else(later, |json| only_roles(json, 0))
}

fn only_roles(json: &Json, depth: u8) -> Value {
    match json {
        Json::Object(fields) if depth < 6 => {
            let kept = fields.iter().filter_map(|(name, value)| match value {
                Json::String(role) if roles::is_role(name) => Some((name.clone(), Value::Text(role.clone()))),
                Json::Object(_) | Json::Array(_) => Some((name.clone(), only_roles(value, depth + 1))),
                _ => None,
            });
            Value::Map(kept.collect())
        }
        Json::Array(list) if depth < 6 => {
            Value::List(list.iter().map(|value| only_roles(value, depth + 1)).collect())
        }
        _ => Value::Null,
    }
}

const SECRET: &[&str] = &[
    "container_definitions",
    "default_arguments",
    "environment",
    "master_password",
    "master_password_wo",
    "password",
    "password_wo",
    "secret_string",
    "secret_string_wo",
    "user_data",
    "user_data_base64",
    "value",
    "value_wo",
];

#[cfg(test)]
mod tests {
    use super::super::kinds;
    use super::{TYPES, of};

    #[test]
    fn the_table_is_sorted_and_names_properties_that_exist() {
        assert!(TYPES.is_sorted_by_key(|(name, ..)| name));
        for (terraform, cloudformation, names) in TYPES {
            assert!(of(terraform).is_some());
            if let Some(kind) = kinds::of(cloudformation) {
                let has_name = names.iter().any(|(_, property)| *property == kind.name);
                assert!(kind.name.is_empty() || has_name, "{terraform}: no attribute is its name");
            }
        }
    }
}
