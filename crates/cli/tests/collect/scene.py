"""Creates what the tests collect in the account ACCOUNT of a moto server at AWS_ENDPOINT_URL.

    python scene.py account         identities, things and workloads
    python scene.py organization    an organization that the account manages, with one more account

Whatever could hold a secret holds the word in SECRET, so that the tests can look for it.
"""

import json
import os
import sys
import urllib.request

import boto3

SECRET = "pl4nted-s3cret"
REGION = "eu-west-1"
ACCOUNT = os.environ["ACCOUNT"]
EVERYONE_HERE = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def client(name):
    return boto3.client(name, region_name=REGION)


def identities():
    iam = client("iam")
    read = policy({"Sid": "ReadInvoices", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::scene-invoices/*"})
    arn = iam.create_policy(PolicyName="read-invoices", PolicyDocument=policy({"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}))["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=read, SetAsDefault=True)
    boundary = iam.create_policy(PolicyName="boundary", PolicyDocument=policy({"Effect": "Allow", "Action": "*", "Resource": "*"}))["Policy"]["Arn"]
    iam.create_group(GroupName="readers")
    iam.attach_group_policy(GroupName="readers", PolicyArn=arn)
    iam.put_group_policy(GroupName="readers", PolicyName="list", PolicyDocument=policy({"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}))
    iam.create_user(UserName="dana", Path="/people/", Tags=[{"Key": "team", "Value": "pay"}])
    iam.add_user_to_group(GroupName="readers", UserName="dana")
    iam.create_access_key(UserName="dana")
    iam.create_login_profile(UserName="dana", Password=SECRET)
    iam.create_user(UserName="sam")
    trust = policy({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"})
    for name, service in [("nightly", "lambda"), ("web", "ec2"), ("task", "ecs-tasks"), ("build", "codebuild"), ("flow", "states"), ("job", "glue"), ("book", "sagemaker"), ("stack", "cloudformation"), ("node", "ec2"), ("cluster", "eks"), ("pipeline", "codepipeline")]:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust.replace("lambda", service), Description=SECRET, PermissionsBoundary=boundary)
    iam.put_role_policy(RoleName="nightly", PolicyName="own", PolicyDocument=read)
    iam.create_instance_profile(InstanceProfileName="web")
    iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="web")
    iam.create_instance_profile(InstanceProfileName="empty")
    iam.create_open_id_connect_provider(Url="https://token.actions.githubusercontent.com", ClientIDList=["sts.amazonaws.com"], ThumbprintList=["a" * 40])
    iam.create_saml_provider(Name="corp", SAMLMetadataDocument=SECRET * 100)
    iam.create_account_alias(AccountAlias="scene")


def buckets():
    s3 = client("s3")
    where = {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
    s3.create_bucket(Bucket="scene-invoices", **where)
    s3.put_bucket_policy(Bucket="scene-invoices", Policy=policy({**EVERYONE_HERE, "Sid": "Here", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::scene-invoices/*"}))
    s3.put_public_access_block(Bucket="scene-invoices", PublicAccessBlockConfiguration={"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": False})
    s3.put_bucket_tagging(Bucket="scene-invoices", Tagging={"TagSet": [{"Key": "team", "Value": "pay"}]})
    s3.put_bucket_ownership_controls(Bucket="scene-invoices", OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})
    s3.put_bucket_encryption(Bucket="scene-invoices", ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/scene"}}]})
    s3.put_object(Bucket="scene-invoices", Key="2026.csv", Body=SECRET.encode())
    s3.create_bucket(Bucket="scene-public", ACL="public-read", ObjectOwnership="ObjectWriter", **where)
    account_block()


def account_block():
    """The SDK would put the account before the host's name, which is an address here."""
    switches = {"BlockPublicAcls": "true", "IgnorePublicAcls": "false", "BlockPublicPolicy": "false", "RestrictPublicBuckets": "false"}
    body = "".join(f"<{name}>{value}</{name}>" for name, value in switches.items())
    body = f"<PublicAccessBlockConfiguration>{body}</PublicAccessBlockConfiguration>"
    headers = {"content-type": "application/xml", "x-amz-account-id": ACCOUNT, "Authorization": f"AWS4-HMAC-SHA256 Credential=testing{ACCOUNT}/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0"}
    place = os.environ["AWS_ENDPOINT_URL"] + "/v20180820/configuration/publicAccessBlock"
    request = urllib.request.Request(place, data=body.encode(), headers=headers, method="PUT")
    urllib.request.urlopen(request).close()


def things():
    kms = client("kms")
    key = kms.create_key(Policy=policy({**EVERYONE_HERE, "Action": "kms:*", "Resource": "*"}), Tags=[{"TagKey": "team", "TagValue": "pay"}])["KeyMetadata"]
    kms.create_alias(AliasName="alias/scene", TargetKeyId=key["KeyId"])
    sqs = client("sqs")
    sqs.create_queue(QueueName="jobs", Attributes={"Policy": policy({**EVERYONE_HERE, "Action": "sqs:SendMessage", "Resource": "*"})}, tags={"team": "pay"})
    sqs.create_queue(QueueName="plain")
    sns = client("sns")
    topic = sns.create_topic(Name="news", Tags=[{"Key": "team", "Value": "pay"}])["TopicArn"]
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy({**EVERYONE_HERE, "Action": "sns:Publish", "Resource": topic}))
    secrets = client("secretsmanager")
    secrets.create_secret(Name="db/password", SecretString=SECRET, Description=SECRET)
    secrets.put_resource_policy(SecretId="db/password", ResourcePolicy=policy({**EVERYONE_HERE, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}))
    secrets.create_secret(Name="plain", SecretBinary=SECRET.encode())
    ecr = client("ecr")
    ecr.create_repository(repositoryName="app", tags=[{"Key": "team", "Value": "pay"}])
    ecr.set_repository_policy(repositoryName="app", policyText=policy({**EVERYONE_HERE, "Action": "ecr:BatchGetImage"}))
    ecr.create_repository(repositoryName="plain")
    client("dynamodb").create_table(TableName="orders", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}], AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST", Tags=[{"Key": "team", "Value": "pay"}])
    efs = client("efs")
    share = efs.create_file_system(CreationToken="x", Tags=[{"Key": "Name", "Value": "share"}])["FileSystemId"]
    efs.put_file_system_policy(FileSystemId=share, Policy=policy({**EVERYONE_HERE, "Action": "elasticfilesystem:ClientMount"}))
    client("ssm").put_parameter(Name="/db/password", Value=SECRET, Type="SecureString")


def role(name):
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def workloads():
    functions = client("lambda")
    variables = {"Environment": {"Variables": {"PASSWORD": SECRET}}}
    functions.create_function(FunctionName="nightly", Runtime="python3.13", Role=role("nightly"), Handler="x.y", Code={"ZipFile": b"x"}, Description=SECRET, Tags={"team": "pay"}, **variables)
    functions.add_permission(FunctionName="nightly", StatementId="bucket", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com", SourceAccount=ACCOUNT)
    functions.create_function_url_config(FunctionName="nightly", AuthType="AWS_IAM")
    functions.create_function(FunctionName="plain", Runtime="python3.13", Role=role("nightly"), Handler="x.y", Code={"ZipFile": b"x"}, **variables)
    ec2 = client("ec2")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    endpoint = {"Version": "2012-10-17", "Statement": [{"Sid": "Through", "Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}]}
    ec2.create_vpc_endpoint(VpcId=ec2.describe_vpcs()["Vpcs"][0]["VpcId"], ServiceName="com.amazonaws.eu-west-1.s3", PolicyDocument=json.dumps(endpoint))
    ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, UserData=SECRET, IamInstanceProfile={"Name": "web"}, TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "team", "Value": "pay"}]}])
    ecs = client("ecs")
    ecs.create_cluster(clusterName="main")
    container = {"name": "c", "image": "i", "memory": 128, "environment": [{"name": "PASSWORD", "value": SECRET}], "command": [SECRET]}
    ecs.register_task_definition(family="web", taskRoleArn=role("task"), executionRoleArn=role("task"), containerDefinitions=[container])
    ecs.create_service(cluster="main", serviceName="web", taskDefinition="web", desiredCount=0)
    template = json.dumps({"Parameters": {"P": {"Type": "String", "NoEcho": True}}, "Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "of-a-stack"}}}, "Outputs": {"O": {"Value": SECRET}}})
    client("cloudformation").create_stack(StackName="base", TemplateBody=template, Parameters=[{"ParameterKey": "P", "ParameterValue": SECRET}], RoleARN=role("stack"))
    client("codebuild").create_project(name="ci", source={"type": "S3", "location": "b/x", "buildspec": SECRET}, artifacts={"type": "NO_ARTIFACTS"}, environment={"type": "LINUX_CONTAINER", "image": "i", "computeType": "BUILD_GENERAL1_SMALL", "environmentVariables": [{"name": "PASSWORD", "value": SECRET}]}, serviceRole=role("build"))
    client("glue").create_job(Name="load", Role="job", Command={"Name": "glueetl", "ScriptLocation": SECRET}, DefaultArguments={"--password": SECRET})
    client("sagemaker").create_notebook_instance(NotebookInstanceName="book", InstanceType="ml.t3.medium", RoleArn=role("book"))
    definition = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": SECRET, "End": True}}}
    client("stepfunctions").create_state_machine(name="flow", definition=json.dumps(definition), roleArn=role("flow"))
    eks = client("eks")
    eks.create_cluster(name="pods", roleArn=role("cluster"), resourcesVpcConfig={"subnetIds": ["subnet-1"]})
    eks.create_nodegroup(clusterName="pods", nodegroupName="nodes", nodeRole=role("node"), subnets=["subnet-1"])
    eks.create_fargate_profile(clusterName="pods", fargateProfileName="f", podExecutionRoleArn=role("node"), selectors=[{"namespace": "x"}])
    gateway = client("apigateway")
    gateway.create_rest_api(name="api", policy=policy({"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}))
    client("events").put_permission(EventBusName="default", Action="events:PutEvents", Principal="111122223333", StatementId="other")


def more_things():
    kinesis = client("kinesis")
    kinesis.create_stream(StreamName="clicks", ShardCount=1)
    stream = f"arn:aws:kinesis:eu-west-1:{ACCOUNT}:stream/clicks"
    kinesis.put_resource_policy(ResourceARN=stream, Policy=policy({**EVERYONE_HERE, "Action": "kinesis:GetRecords", "Resource": stream}))
    client("opensearch").create_domain(DomainName="search", AccessPolicies=policy({**EVERYONE_HERE, "Action": "es:ESHttpGet", "Resource": "*"}))
    client("backup").create_backup_vault(BackupVaultName="vault")
    client("acm-pca").create_certificate_authority(CertificateAuthorityConfiguration={"KeyAlgorithm": "RSA_2048", "SigningAlgorithm": "SHA256WITHRSA", "Subject": {"CommonName": "x"}}, CertificateAuthorityType="ROOT")
    client("rds").create_db_instance(DBInstanceIdentifier="orders", DBInstanceClass="db.t3.micro", Engine="postgres", MasterUsername="x", MasterUserPassword=SECRET, AllocatedStorage=20, EnableIAMDatabaseAuthentication=True, PubliclyAccessible=True, Tags=[{"Key": "team", "Value": "pay"}])
    client("rds").create_db_cluster(DBClusterIdentifier="ledger", Engine="aurora-postgresql", MasterUsername="x", MasterUserPassword=SECRET)
    client("redshift").create_cluster(ClusterIdentifier="house", NodeType="ra3.large", MasterUsername="x", MasterUserPassword=SECRET + "A1", ClusterType="single-node", IamRoles=[role("task")])


def more_workloads():
    ec2 = client("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    image = ec2.describe_images()["Images"][0]["ImageId"]
    scaling = client("autoscaling")
    scaling.create_launch_configuration(LaunchConfigurationName="lc", ImageId=image, InstanceType="t3.micro", UserData=SECRET)
    scaling.create_auto_scaling_group(AutoScalingGroupName="web", LaunchConfigurationName="lc", MinSize=0, MaxSize=0, VPCZoneIdentifier=subnet, Tags=[{"Key": "team", "Value": "pay", "PropagateAtLaunch": True}])
    batch = client("batch")
    batch.register_job_definition(jobDefinitionName="crunch", type="container", parameters={"p": SECRET}, containerProperties={"image": "i", "vcpus": 1, "memory": 128, "jobRoleArn": role("task"), "executionRoleArn": role("task"), "environment": [{"name": "PASSWORD", "value": SECRET}], "command": [SECRET]})
    compute = batch.create_compute_environment(computeEnvironmentName="env", type="UNMANAGED", serviceRole=role("stack"))["computeEnvironmentArn"]
    batch.create_job_queue(jobQueueName="queue", state="ENABLED", priority=1, computeEnvironmentOrder=[{"order": 1, "computeEnvironment": compute}])
    stage = lambda name, action: {"name": name, "actions": [{"name": name, "actionTypeId": action, "configuration": {"OAuthToken": SECRET}}]}
    source = {"category": "Source", "owner": "AWS", "provider": "S3", "version": "1"}
    build = {"category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1"}
    client("codepipeline").create_pipeline(pipeline={"name": "release", "roleArn": role("pipeline"), "artifactStore": {"type": "S3", "location": "scene-invoices"}, "stages": [stage("a", source), stage("b", build)]})
    deploy = client("codedeploy")
    deploy.create_application(applicationName="app")
    deploy.create_deployment_group(applicationName="app", deploymentGroupName="group", serviceRoleArn=role("stack"))
    template = json.dumps({"Resources": {}, "Outputs": {"O": {"Value": SECRET}}})
    client("cloudformation").create_stack_set(StackSetName="set", TemplateBody=template, AdministrationRoleARN=role("stack"), Parameters=[])
    pools = client("cognito-identity")
    pools.create_identity_pool(IdentityPoolName="visitors", AllowUnauthenticatedIdentities=True)
    events = client("events")
    events.put_rule(Name="tick", ScheduleExpression="rate(1 day)")
    events.put_targets(Rule="tick", Targets=[{"Id": "1", "Arn": f"arn:aws:states:eu-west-1:{ACCOUNT}:stateMachine:flow", "RoleArn": role("flow"), "Input": json.dumps({"password": SECRET})}])
    client("scheduler").create_schedule(Name="nightly", ScheduleExpression="rate(1 day)", FlexibleTimeWindow={"Mode": "OFF"}, Target={"Arn": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:jobs", "RoleArn": role("flow"), "Input": SECRET})
    client("pipes").create_pipe(Name="pipe", RoleArn=role("flow"), Source=f"arn:aws:sqs:eu-west-1:{ACCOUNT}:jobs", Target=f"arn:aws:sqs:eu-west-1:{ACCOUNT}:plain")
    client("emr").run_job_flow(Name="big", ServiceRole="stack", JobFlowRole="web", Instances={"MasterInstanceType": "m5.xlarge", "InstanceCount": 1, "KeepJobFlowAliveWhenNoSteps": True}, Configurations=[{"Classification": "x", "Properties": {"password": SECRET}}])
    client("emr-serverless").create_application(name="spark", releaseLabel="emr-7.0.0", type="SPARK")
    client("kinesisanalyticsv2").create_application(ApplicationName="stream", RuntimeEnvironment="FLINK-1_18", ServiceExecutionRole=role("flow"))
    beans = client("elasticbeanstalk")
    beans.create_application(ApplicationName="app")
    beans.create_environment(ApplicationName="app", EnvironmentName="app-env", SolutionStackName="64bit Amazon Linux 2023")
    maker = client("sagemaker")
    maker.create_domain(DomainName="studio", AuthMode="IAM", DefaultUserSettings={"ExecutionRole": role("book")}, SubnetIds=[subnet], VpcId="vpc-1")
    maker.create_model(ModelName="model", ExecutionRoleArn=role("book"), PrimaryContainer={"Image": "i", "Environment": {"PASSWORD": SECRET}})
    transfer = client("transfer")
    server = transfer.create_server()["ServerId"]
    transfer.create_user(ServerId=server, UserName="partner", Role=role("task"))
    client("synthetics").create_canary(Name="canary", Code={"Handler": "x.y", "ZipFile": b"x"}, ArtifactS3Location="s3://scene-invoices/c", ExecutionRoleArn=role("nightly"), Schedule={"Expression": "rate(1 day)"}, RuntimeVersion="syn-nodejs-puppeteer-9.1", RunConfig={"EnvironmentVariables": {"PASSWORD": SECRET}})
    client("iot").create_role_alias(roleAlias="device", roleArn=role("task"))
    client("bedrock-agent").create_agent(agentName="helper", agentResourceRoleArn=role("task"), instruction=SECRET * 4, foundationModel="m")
    client("ssm").create_maintenance_window(Name="window", Schedule="rate(1 day)", Duration=2, Cutoff=1, AllowUnassociatedTargets=True)


def organization():
    orgs = client("organizations")
    orgs.create_organization(FeatureSet="ALL")
    root = orgs.list_roots()["Roots"][0]["Id"]
    unit = orgs.create_organizational_unit(ParentId=root, Name="staging")["OrganizationalUnit"]["Id"]
    nested = orgs.create_organizational_unit(ParentId=unit, Name="web")["OrganizationalUnit"]["Id"]
    staging = orgs.create_account(AccountName="staging", Email=f"{SECRET}@example.com")["CreateAccountStatus"]["AccountId"]
    orgs.move_account(AccountId=staging, SourceParentId=root, DestinationParentId=nested)
    orgs.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    scp = orgs.create_policy(Name="no-deletes", Description="x", Type="SERVICE_CONTROL_POLICY", Content=policy({"Sid": "No", "Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"}))
    orgs.attach_policy(PolicyId=scp["Policy"]["PolicySummary"]["Id"], TargetId=unit)
    credentials = client("sts").assume_role(RoleArn=f"arn:aws:iam::{staging}:role/x", RoleSessionName="scene")["Credentials"]
    there = boto3.client("iam", region_name=REGION, aws_access_key_id=credentials["AccessKeyId"], aws_secret_access_key=credentials["SecretAccessKey"], aws_session_token=credentials["SessionToken"])
    there.create_role(RoleName="clavicle-read", AssumeRolePolicyDocument=policy({**EVERYONE_HERE, "Action": "sts:AssumeRole"}))


PARTS = {"account": [identities, buckets, things, workloads, more_things, more_workloads], "organization": [organization]}

if __name__ == "__main__":
    for part in PARTS[sys.argv[1]]:
        part()
