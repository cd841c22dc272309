//! The kinds of things that plans and templates declare, and the ARN that each will have.
//!
//! A name that AWS makes up on deployment stands as the name in the file with a `~`, which no name of AWS holds: such a
//! thing is never taken for another one.
//!
//! AWS: Service Authorization Reference, "Resource types defined by …"; CloudFormation Template Reference, "Return values".

use super::Place;
use super::value::Value;

/// One kind of thing.
#[derive(Debug)]
pub(super) struct Kind {
    /// The type in CloudFormation.
    pub(super) cloudformation: &'static str,
    /// The property of its name; empty: it never has one of the customer's choice.
    pub(super) name: &'static str,
    /// What follows the partition in its ARN. `{r}`: region, `{a}`: account, `{p}`: path, `{n}`: name, `{w}`: see
    /// [`Kind::within`].
    arn: &'static str,
    /// Does `Ref` give the ARN? Else the name.
    by_arn: bool,
    /// The property that holds its own policy; empty: none does.
    pub(super) policy: &'static str,
}

const fn kind(
    cloudformation: &'static str,
    name: &'static str,
    arn: &'static str,
    by_arn: bool,
    policy: &'static str,
) -> Kind {
    Kind { cloudformation, name, arn, by_arn, policy }
}

/// Sorted by type.
#[rustfmt::skip]
const KINDS: &[Kind] = &[
    kind("AWS::ApiGateway::RestApi", "", "apigateway:{r}::/restapis/{n}", false, "Policy"),
    kind("AWS::AppRunner::Service", "ServiceName", "apprunner:{r}:{a}:service/{n}/~", true, ""),
    kind("AWS::Backup::BackupVault", "BackupVaultName", "backup:{r}:{a}:backup-vault:{n}", false, "AccessPolicy"),
    kind("AWS::Batch::ComputeEnvironment", "ComputeEnvironmentName", "batch:{r}:{a}:compute-environment/{n}", true, ""),
    kind("AWS::Batch::JobDefinition", "JobDefinitionName", "batch:{r}:{a}:job-definition/{n}:~", true, ""),
    kind("AWS::CloudFormation::Stack", "", "cloudformation:{r}:{a}:stack/{n}/~", true, ""),
    kind("AWS::CloudFormation::StackSet", "StackSetName", "cloudformation:{r}:{a}:stackset/{n}:~", false, ""),
    kind("AWS::CodeBuild::Project", "Name", "codebuild:{r}:{a}:project/{n}", false, ""),
    kind("AWS::CodeDeploy::DeploymentGroup", "DeploymentGroupName", "codedeploy:{r}:{a}:deploymentgroup:{w}{n}", false, ""),
    kind("AWS::CodePipeline::Pipeline", "Name", "codepipeline:{r}:{a}:{n}", false, ""),
    kind("AWS::Cognito::IdentityPool", "", "cognito-identity:{r}:{a}:identitypool/{n}", false, ""),
    kind("AWS::Cognito::UserPool", "", "cognito-idp:{r}:{a}:userpool/{n}", false, ""),
    kind("AWS::DynamoDB::Table", "TableName", "dynamodb:{r}:{a}:table/{n}", false, "ResourcePolicy"),
    kind("AWS::EC2::Image", "", "ec2:{r}::image/{n}", false, ""),
    kind("AWS::EC2::Instance", "", "ec2:{r}:{a}:instance/{n}", false, ""),
    kind("AWS::EC2::Snapshot", "", "ec2:{r}::snapshot/{n}", false, ""),
    kind("AWS::EC2::VPCEndpoint", "", "ec2:{r}:{a}:vpc-endpoint/{n}", false, ""),
    kind("AWS::EC2::VPCEndpointService", "", "ec2:{r}:{a}:vpc-endpoint-service/{n}", false, ""),
    kind("AWS::ECR::Repository", "RepositoryName", "ecr:{r}:{a}:repository/{n}", false, "RepositoryPolicyText"),
    kind("AWS::ECS::Cluster", "ClusterName", "ecs:{r}:{a}:cluster/{n}", false, ""),
    kind("AWS::ECS::Service", "ServiceName", "ecs:{r}:{a}:service/{w}{n}", true, ""),
    kind("AWS::ECS::TaskDefinition", "Family", "ecs:{r}:{a}:task-definition/{n}:~", true, ""),
    kind("AWS::EFS::FileSystem", "", "elasticfilesystem:{r}:{a}:file-system/{n}", false, "FileSystemPolicy"),
    kind("AWS::EKS::Cluster", "Name", "eks:{r}:{a}:cluster/{n}", false, ""),
    kind("AWS::EKS::Nodegroup", "NodegroupName", "eks:{r}:{a}:nodegroup/{w}{n}/~", false, ""),
    kind("AWS::EKS::PodIdentityAssociation", "", "eks:{r}:{a}:podidentityassociation/~/{n}", false, ""),
    kind("AWS::EMR::Cluster", "", "elasticmapreduce:{r}:{a}:cluster/{n}", false, ""),
    kind("AWS::Events::EventBus", "Name", "events:{r}:{a}:event-bus/{n}", false, "Policy"),
    kind("AWS::Events::Rule", "Name", "events:{r}:{a}:rule/{w}{n}", false, ""),
    kind("AWS::Glue::Crawler", "Name", "glue:{r}:{a}:crawler/{n}", false, ""),
    kind("AWS::Glue::DevEndpoint", "EndpointName", "glue:{r}:{a}:devEndpoint/{n}", false, ""),
    kind("AWS::Glue::Job", "Name", "glue:{r}:{a}:job/{n}", false, ""),
    kind("AWS::IAM::Group", "GroupName", "iam::{a}:group{p}{n}", false, ""),
    kind("AWS::IAM::InstanceProfile", "InstanceProfileName", "iam::{a}:instance-profile{p}{n}", false, ""),
    kind("AWS::IAM::ManagedPolicy", "ManagedPolicyName", "iam::{a}:policy{p}{n}", true, ""),
    kind("AWS::IAM::OIDCProvider", "Url", "iam::{a}:oidc-provider/{n}", true, ""),
    kind("AWS::IAM::Role", "RoleName", "iam::{a}:role{p}{n}", false, ""),
    kind("AWS::IAM::SAMLProvider", "Name", "iam::{a}:saml-provider/{n}", true, ""),
    kind("AWS::IAM::User", "UserName", "iam::{a}:user{p}{n}", false, ""),
    kind("AWS::IoT::RoleAlias", "RoleAlias", "iot:{r}:{a}:rolealias/{n}", false, ""),
    kind("AWS::KMS::Key", "", "kms:{r}:{a}:key/{n}", false, "KeyPolicy"),
    kind("AWS::KMS::ReplicaKey", "", "kms:{r}:{a}:key/{n}", false, "KeyPolicy"),
    kind("AWS::Kinesis::Stream", "Name", "kinesis:{r}:{a}:stream/{n}", false, ""),
    kind("AWS::Lambda::Alias", "Name", "lambda:{r}:{a}:function:{w}{n}", true, ""),
    kind("AWS::Lambda::Function", "FunctionName", "lambda:{r}:{a}:function:{n}", false, ""),
    kind("AWS::Lambda::Version", "", "lambda:{r}:{a}:function:{w}{n}", true, ""),
    kind("AWS::Logs::LogGroup", "LogGroupName", "logs:{r}:{a}:log-group:{n}", false, ""),
    kind("AWS::OpenSearchService::Domain", "DomainName", "es:{r}:{a}:domain/{n}", false, "AccessPolicies"),
    kind("AWS::Organizations::Policy", "", "organizations::{a}:policy/{n}", false, ""),
    kind("AWS::Pipes::Pipe", "Name", "pipes:{r}:{a}:pipe/{n}", false, ""),
    kind("AWS::RAM::ResourceShare", "", "ram:{r}:{a}:resource-share/{n}", true, ""),
    kind("AWS::RDS::DBClusterSnapshot", "DBClusterSnapshotIdentifier", "rds:{r}:{a}:cluster-snapshot:{n}", false, ""),
    kind("AWS::RDS::DBInstance", "DBInstanceIdentifier", "rds:{r}:{a}:db:{n}", false, ""),
    kind("AWS::RDS::DBSnapshot", "DBSnapshotIdentifier", "rds:{r}:{a}:snapshot:{n}", false, ""),
    kind("AWS::Redshift::Cluster", "ClusterIdentifier", "redshift:{r}:{a}:cluster:{n}", false, ""),
    kind("AWS::S3::AccessPoint", "Name", "s3:{r}:{a}:accesspoint/{n}", false, "Policy"),
    kind("AWS::S3::Bucket", "BucketName", "s3:::{n}", false, ""),
    kind("AWS::SNS::Topic", "TopicName", "sns:{r}:{a}:{n}", true, ""),
    kind("AWS::SQS::Queue", "QueueName", "sqs:{r}:{a}:{n}", false, ""),
    kind("AWS::SSM::Document", "Name", "ssm:{r}:{a}:document/{n}", false, ""),
    kind("AWS::SSM::Parameter", "Name", "ssm:{r}:{a}:parameter/{n}", false, ""),
    kind("AWS::SSO::PermissionSet", "Name", "sso:::permissionSet/~/{n}", true, ""),
    kind("AWS::SageMaker::Model", "ModelName", "sagemaker:{r}:{a}:model/{n}", true, ""),
    kind("AWS::SageMaker::NotebookInstance", "NotebookInstanceName", "sagemaker:{r}:{a}:notebook-instance/{n}", true, ""),
    kind("AWS::Scheduler::Schedule", "Name", "scheduler:{r}:{a}:schedule/{w}{n}", false, ""),
    kind("AWS::SecretsManager::Secret", "Name", "secretsmanager:{r}:{a}:secret:{n}-~~~~~~", true, ""),
    kind("AWS::ServiceCatalog::Portfolio", "", "catalog:{r}:{a}:portfolio/{n}", false, ""),
    kind("AWS::Signer::SigningProfile", "ProfileName", "signer:{r}:{a}:/signing-profiles/{n}", true, ""),
    kind("AWS::StepFunctions::StateMachine", "StateMachineName", "states:{r}:{a}:stateMachine:{n}", true, ""),
    // Those that Terraform alone has.
    kind("DataShare", "", "redshift:{r}:{a}:datashare:~/{n}", true, ""),
    kind("Directory", "", "ds:{r}:{a}:directory/{n}", false, ""),
];

/// The kind of this CloudFormation type.
pub(super) fn of(cloudformation: &str) -> Option<&'static Kind> {
    let at = KINDS.binary_search_by_key(&cloudformation, |kind| kind.cloudformation).ok()?;
    Some(&KINDS[at])
}

impl Kind {
    /// Its name: what the properties say, else the name in the file with a mark.
    pub(super) fn name_of(&self, properties: &Value, stand_in: &str) -> String {
        let named =
            Some(self.name).filter(|name| !name.is_empty()).and_then(|name| properties.get(name).text());
        match named {
            Some(url) if self.name == "Url" => url.trim_start_matches("https://").to_owned(),
            Some(name) if self.cloudformation == "AWS::SSM::Parameter" => {
                name.trim_start_matches('/').to_owned()
            }
            // AWS: Amazon RDS API Reference, `CreateDBInstance`, `DBInstanceIdentifier`: "stored as a lowercase string".
            Some(name) if self.cloudformation == "AWS::RDS::DBInstance" => name.to_ascii_lowercase(),
            Some(name) => name.to_owned(),
            None => format!("{stand_in}~"),
        }
    }

    /// The ARN that it will have.
    pub(super) fn arn(&self, properties: &Value, stand_in: &str, place: &Place) -> String {
        let path = properties.get("Path").text().filter(|path| path.starts_with('/') && path.ends_with('/'));
        let name = self.name_of(properties, stand_in);
        self.arn_named(&name, path.unwrap_or("/"), properties, place)
    }

    /// What its ARN names before it, where `properties` say in what it stands: a rule in a bus that is not the default one, a
    /// service in its cluster, an alias or version of a function, a schedule in its group.
    ///
    /// AWS: Service Authorization Reference, Amazon EventBridge, `rule-on-custom-event-bus`; CloudFormation Template Reference,
    /// `AWS::ECS::Service`, `Cluster`: "If you do not specify a cluster, the default cluster is assumed".
    fn within(&self, properties: &Value) -> String {
        let (property, word, left_out, end) = match self.cloudformation {
            "AWS::CodeDeploy::DeploymentGroup" => ("ApplicationName", "application:", "~/", '/'),
            "AWS::EKS::Nodegroup" => ("ClusterName", "cluster/", "~/", '/'),
            "AWS::Events::Rule" => ("EventBusName", "event-bus/", "", '/'),
            "AWS::Scheduler::Schedule" => ("GroupName", "schedule-group/", "default/", '/'),
            "AWS::ECS::Service" => ("Cluster", "cluster/", "default/", '/'),
            "AWS::Lambda::Alias" | "AWS::Lambda::Version" => ("FunctionName", "function:", "~:", ':'),
            _ => return String::new(),
        };
        match properties.get(property) {
            Value::Null => left_out.to_owned(),
            Value::Text(text) => {
                let is_arn = text.starts_with("arn:");
                let name = text.split_once(word).filter(|_| is_arn).map_or(&**text, |(_, name)| name);
                if left_out.is_empty() && name == "default" { String::new() } else { format!("{name}{end}") }
            }
            _ => format!("~{end}"),
        }
    }

    /// The ARN of the thing of this name, where `properties` say in what it stands.
    pub(super) fn arn_named(&self, name: &str, path: &str, properties: &Value, place: &Place) -> String {
        let mut arn = format!("arn:{}:", place.partition());
        let mut rest = self.arn;
        while let Some(start) = rest.find('{') {
            arn.push_str(&rest[..start]);
            match rest.as_bytes().get(start + 1) {
                Some(b'r') => arn.push_str(place.region()),
                Some(b'a') => arn.push_str(&place.account.to_string()),
                Some(b'p') => arn.push_str(path),
                Some(b'w') => arn.push_str(&self.within(properties)),
                _ => arn.push_str(name),
            }
            rest = rest.get(start + 3..).unwrap_or_default();
        }
        arn.push_str(rest);
        arn
    }

    /// What `Ref` gives: the name or the ARN.
    pub(super) fn reference(&self, properties: &Value, stand_in: &str, place: &Place) -> String {
        match self.by_arn {
            true => self.arn(properties, stand_in, place),
            false => self.name_of(properties, stand_in),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{KINDS, Place, Value, of};

    #[test]
    fn the_table_is_sorted_so_that_it_can_be_searched() {
        assert!(KINDS.is_sorted_by_key(|kind| kind.cloudformation));
        assert!(KINDS.iter().all(|kind| of(kind.cloudformation).is_some()));
    }

    /// AWS: Service Authorization Reference, "Resource types defined by …".
    #[test]
    fn every_arn_has_a_form_that_aws_lists() {
        let place = Place::parse("111122223333/eu-west-1").unwrap();
        // The policies of an organization are known by their ids alone.
        for kind in KINDS.iter().filter(|kind| kind.cloudformation != "AWS::Organizations::Policy") {
            let arn = kind.arn(&Value::Null, "Name", &place);
            let types = clavicle_catalog::catalog().resource_types_of(&arn);
            // Portfolios have ARNs of another service than their actions.
            let service = match kind.arn.split(':').next().unwrap() {
                "catalog" => "servicecatalog",
                service => service,
            };
            assert!(types.iter().any(|one| one.service().prefix() == service), "{arn} is of {types:?}");
        }
    }

    #[test]
    fn arns_are_those_of_aws_and_made_names_are_marked() {
        let place = Place::parse("111122223333/eu-west-1").unwrap();
        let named = |name: &str, value: &str| {
            Value::Map(vec![
                (name.to_owned(), Value::Text(value.to_owned())),
                ("Path".to_owned(), Value::Text("/team/".to_owned())),
            ])
        };
        for (kind, properties, arn) in [
            ("AWS::IAM::Role", named("RoleName", "web"), "arn:aws:iam::111122223333:role/team/web"),
            ("AWS::IAM::Role", Value::Null, "arn:aws:iam::111122223333:role/Web~"),
            ("AWS::S3::Bucket", named("BucketName", "covers"), "arn:aws:s3:::covers"),
            ("AWS::SQS::Queue", named("QueueName", "jobs"), "arn:aws:sqs:eu-west-1:111122223333:jobs"),
            ("AWS::KMS::Key", Value::Null, "arn:aws:kms:eu-west-1:111122223333:key/Web~"),
        ] {
            assert_eq!(of(kind).unwrap().arn(&properties, "Web", &place), arn);
        }
        let within = |name: &str, property: &str, value: Value| {
            let name = (name.to_owned(), Value::Text("one".to_owned()));
            Value::Map(vec![name, (property.to_owned(), value)])
        };
        let text = |text: &str| Value::Text(text.to_owned());
        for (kind, properties, arn) in [
            (
                "AWS::Events::Rule",
                within("Name", "EventBusName", Value::Null),
                "events:eu-west-1:111122223333:rule/one",
            ),
            (
                "AWS::Events::Rule",
                within("Name", "EventBusName", text("default")),
                "events:eu-west-1:111122223333:rule/one",
            ),
            (
                "AWS::Events::Rule",
                within("Name", "EventBusName", text("bus")),
                "events:eu-west-1:111122223333:rule/bus/one",
            ),
            (
                "AWS::Events::Rule",
                within(
                    "Name",
                    "EventBusName",
                    text("arn:aws:events:eu-west-1:111122223333:event-bus/aws.partner/x/y"),
                ),
                "events:eu-west-1:111122223333:rule/aws.partner/x/y/one",
            ),
            (
                "AWS::Events::Rule",
                within("Name", "EventBusName", Value::Unknown),
                "events:eu-west-1:111122223333:rule/~/one",
            ),
            (
                "AWS::ECS::Service",
                within("ServiceName", "Cluster", Value::Null),
                "ecs:eu-west-1:111122223333:service/default/one",
            ),
            (
                "AWS::ECS::Service",
                within("ServiceName", "Cluster", text("prod")),
                "ecs:eu-west-1:111122223333:service/prod/one",
            ),
            (
                "AWS::ECS::Service",
                within("ServiceName", "Cluster", text("arn:aws:ecs:eu-west-1:111122223333:cluster/prod")),
                "ecs:eu-west-1:111122223333:service/prod/one",
            ),
            (
                "AWS::ECS::Service",
                within("ServiceName", "Cluster", Value::Unknown),
                "ecs:eu-west-1:111122223333:service/~/one",
            ),
            (
                "AWS::Lambda::Alias",
                within("Name", "FunctionName", text("arn:aws:lambda:eu-west-1:111122223333:function:f")),
                "lambda:eu-west-1:111122223333:function:f:one",
            ),
            (
                "AWS::Lambda::Alias",
                within("Name", "FunctionName", text("f")),
                "lambda:eu-west-1:111122223333:function:f:one",
            ),
            (
                "AWS::Scheduler::Schedule",
                within("Name", "GroupName", Value::Null),
                "scheduler:eu-west-1:111122223333:schedule/default/one",
            ),
            (
                "AWS::EKS::Nodegroup",
                within("NodegroupName", "ClusterName", text("prod")),
                "eks:eu-west-1:111122223333:nodegroup/prod/one/~",
            ),
            (
                "AWS::RDS::DBInstance",
                named("DBInstanceIdentifier", "Main"),
                "rds:eu-west-1:111122223333:db:main",
            ),
        ] {
            assert_eq!(of(kind).unwrap().arn(&properties, "Web", &place), format!("arn:aws:{arn}"));
        }
        for (region, partition) in [
            ("cn-north-1", "aws-cn"),
            ("us-gov-west-1", "aws-us-gov"),
            ("eusc-de-east-1", "aws-eusc"),
            ("us-iso-east-1", "aws-iso"),
            ("us-isof-south-1", "aws-iso-f"),
        ] {
            let place = Place::parse(&format!("111122223333/{region}")).unwrap();
            let arn = of("AWS::S3::Bucket").unwrap().arn(&Value::Null, "B", &place);
            assert_eq!(arn, format!("arn:{partition}:s3:::B~"));
        }
    }
}
