"""Creates the account that the tests collect, in a moto server at AWS_ENDPOINT_URL.

Whatever could hold a secret holds the word in SECRET, so that the tests can look for it.
"""

import json
import os
import urllib.request

import boto3

SECRET = "pl4nted-s3cret"
REGION = "eu-west-1"
EVERYONE_HERE = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}


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
    iam.create_user(UserName="dana", Path="/people/", PermissionsBoundary=boundary, Tags=[{"Key": "team", "Value": "pay"}])
    iam.add_user_to_group(GroupName="readers", UserName="dana")
    iam.create_access_key(UserName="dana")
    iam.create_login_profile(UserName="dana", Password=SECRET)
    iam.create_user(UserName="sam")
    trust = policy({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"})
    for name, service in [("nightly", "lambda"), ("web", "ec2"), ("task", "ecs-tasks"), ("build", "codebuild"), ("flow", "states"), ("job", "glue"), ("book", "sagemaker"), ("stack", "cloudformation"), ("node", "ec2"), ("cluster", "eks")]:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust.replace("lambda", service), Description=SECRET)
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
    headers = {"content-type": "application/xml", "x-amz-account-id": "123456789012", "Authorization": "AWS4-HMAC-SHA256 Credential=testing/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0"}
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
    return f"arn:aws:iam::123456789012:role/{name}"


def workloads():
    functions = client("lambda")
    variables = {"Environment": {"Variables": {"PASSWORD": SECRET}}}
    functions.create_function(FunctionName="nightly", Runtime="python3.13", Role=role("nightly"), Handler="x.y", Code={"ZipFile": b"x"}, Description=SECRET, Tags={"team": "pay"}, **variables)
    functions.add_permission(FunctionName="nightly", StatementId="bucket", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com", SourceAccount="123456789012")
    functions.create_function_url_config(FunctionName="nightly", AuthType="AWS_IAM")
    functions.create_function(FunctionName="plain", Runtime="python3.13", Role=role("nightly"), Handler="x.y", Code={"ZipFile": b"x"}, **variables)
    ec2 = client("ec2")
    image = ec2.describe_images()["Images"][0]["ImageId"]
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


def organization():
    orgs = client("organizations")
    orgs.create_organization(FeatureSet="ALL")
    root = orgs.list_roots()["Roots"][0]["Id"]
    unit = orgs.create_organizational_unit(ParentId=root, Name="staging")["OrganizationalUnit"]["Id"]
    nested = orgs.create_organizational_unit(ParentId=unit, Name="web")["OrganizationalUnit"]["Id"]
    made = []
    for name in ["staging", "prod"]:
        made.append(orgs.create_account(AccountName=name, Email=f"{SECRET}-{name}@example.com")["CreateAccountStatus"]["AccountId"])
    orgs.move_account(AccountId=made[0], SourceParentId=root, DestinationParentId=nested)
    orgs.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    scp = orgs.create_policy(Name="no-deletes", Description="x", Type="SERVICE_CONTROL_POLICY", Content=policy({"Sid": "No", "Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"}))
    orgs.attach_policy(PolicyId=scp["Policy"]["PolicySummary"]["Id"], TargetId=unit)
    for account in made:
        credentials = client("sts").assume_role(RoleArn=f"arn:aws:iam::{account}:role/x", RoleSessionName="scene")["Credentials"]
        there = boto3.client("iam", region_name=REGION, aws_access_key_id=credentials["AccessKeyId"], aws_secret_access_key=credentials["SecretAccessKey"], aws_session_token=credentials["SessionToken"])
        there.create_role(RoleName="clavicle-read", AssumeRolePolicyDocument=policy({**EVERYONE_HERE, "Action": "sts:AssumeRole"}))


PARTS = [identities, buckets, things, workloads]

if __name__ == "__main__":
    for part in PARTS + ([organization] if os.environ.get("SCENE") == "organization" else []):
        part()
