#!/usr/bin/env python3
"""Paperboat Books, the demo organization: four AWS accounts in AWS's own formats.

  make_paperboat.py            write the files next to this script
  make_paperboat.py --check    write nothing; fail if a file differs from what would be written

Everything here is made up. No account, key or person behind these names exists, and no file holds a secret value or an
environment variable. The output depends on nothing but this text: identifiers and dates are derived from names by
hashing, so a change of one story leaves the rest of the files as they were. README.md tells the stories.
"""
import argparse
import base64
import csv
import datetime
import gzip
import hashlib
import io
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent

MANAGEMENT, PROD, STAGING, TOOLS = "123456789012", "111122223333", "444455556666", "777788889999"
SAILCHECK, UNKNOWN = "888877776666", "999999999999"
REGION = "eu-west-1"
ORGANIZATION, ROOT = "o-pb0a7books", "r-pb0a"
NOW = datetime.datetime(2026, 8, 22, 9, 14, 0, tzinfo=datetime.timezone.utc)  # the moment the snapshot tells of
IDENTITIES = {MANAGEMENT: 12, PROD: 214, STAGING: 88, TOOLS: 31}
THINGS_IN_PROD = 402  # key aliases are names of keys, not things of their own, and the block of public access is a setting


# ---------------------------------------------------------------- identifiers and dates, derived from names
def digest(*parts):
    return hashlib.sha256("\x1f".join(parts).encode()).digest()


def hexes(length, *parts):
    return digest(*parts).hex()[:length]


def unique_id(prefix, arn):
    """An id as IAM makes them: a prefix for the kind, then 17 characters of base 32."""
    return prefix + base64.b32encode(digest("id", arn)).decode()[:17]


def uuid(*parts):
    h = hexes(32, "uuid", *parts)
    return "-".join((h[:8], h[8:12], h[12:16], h[16:20], h[20:]))


def spread(low, high, *parts):
    return low + int.from_bytes(digest("spread", *parts)[:6], "big") % (high - low + 1)


def seconds_ago(seconds):
    return NOW - datetime.timedelta(seconds=seconds)


def iam_time(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S+00:00")


def config_time(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (moment.microsecond // 1000)


DAY = 86400


def created(name):
    return seconds_ago(spread(100 * DAY, 1900 * DAY, "created", name))


# ---------------------------------------------------------------- policy documents
def statement(effect, actions, resources=None, sid=None, principal=None, when=None):
    s = {}
    if sid:
        s["Sid"] = sid
    s["Effect"] = effect
    if principal is not None:
        s["Principal"] = principal
    s["Action"] = actions
    if resources is not None:
        s["Resource"] = resources
    if when:
        s["Condition"] = when
    return s


def allow(actions, resources=None, **rest):
    return statement("Allow", actions, resources, **rest)


def deny(actions, resources=None, **rest):
    return statement("Deny", actions, resources, **rest)


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trusts(principal, when=None, sid=None, action="sts:AssumeRole"):
    return policy(allow(action, sid=sid, principal=principal, when=when))


def trusts_service(name):
    return trusts({"Service": name + ".amazonaws.com"})


def root_of(account):
    return f"arn:aws:iam::{account}:root"


def role_arn(account, name, path="/"):
    return f"arn:aws:iam::{account}:role{path}{name}"


def bucket_and_objects(name):
    return [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]


def only_over_tls(name):
    return deny("s3:*", bucket_and_objects(name), sid="DenyInsecureTransport", principal="*", when={"Bool": {"aws:SecureTransport": "false"}})


# AWS-managed policies attached in this organization: path, current version, document in AWS's sense, in short form.
AWS_MANAGED = {
    "AdministratorAccess": ("/", 1, policy(allow("*", "*"))),
    "AWSLambdaBasicExecutionRole": ("/service-role/", 1, policy(allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], "*"))),
    "AWSLambdaVPCAccessExecutionRole": ("/service-role/", 3, policy(allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"], "*"))),
    "AmazonECSTaskExecutionRolePolicy": ("/service-role/", 1, policy(allow(["ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage", "logs:CreateLogStream", "logs:PutLogEvents"], "*"))),
    "AmazonRDSEnhancedMonitoringRole": ("/service-role/", 1, policy(allow(["logs:CreateLogGroup", "logs:PutRetentionPolicy"], "arn:aws:logs:*:*:log-group:RDS*"), allow(["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams", "logs:GetLogEvents"], "arn:aws:logs:*:*:log-group:RDS*:log-stream:*"))),
    "AmazonSSMManagedInstanceCore": ("/", 2, policy(
        allow(["ssm:DescribeAssociation", "ssm:GetDeployablePatchSnapshotForInstance", "ssm:GetDocument", "ssm:DescribeDocument", "ssm:GetManifest", "ssm:GetParameter", "ssm:GetParameters", "ssm:ListAssociations", "ssm:ListInstanceAssociations", "ssm:PutInventory", "ssm:PutComplianceItems", "ssm:PutConfigurePackageResult", "ssm:UpdateAssociationStatus", "ssm:UpdateInstanceAssociationStatus", "ssm:UpdateInstanceInformation"], "*"),
        allow(["ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"], "*"),
        allow(["ec2messages:AcknowledgeMessage", "ec2messages:DeleteMessage", "ec2messages:FailMessage", "ec2messages:GetEndpoint", "ec2messages:GetMessages", "ec2messages:SendReply"], "*"))),
    "AWSXRayDaemonWriteAccess": ("/", 2, policy(allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:GetSamplingStatisticSummaries"], "*"))),
    "AWSElasticLoadBalancingServiceRolePolicy": ("/aws-service-role/", 7, policy(allow(["ec2:DescribeAddresses", "ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups", "ec2:DescribeVpcs", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:ModifyNetworkInterfaceAttribute"], "*"))),
    "AmazonRDSServiceRolePolicy": ("/aws-service-role/", 13, policy(allow(["ec2:DescribeSubnets", "ec2:DescribeSecurityGroups", "ec2:DescribeVpcs", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "cloudwatch:PutMetricData"], "*"), allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], "arn:aws:logs:*:*:log-group:/aws/rds/*"))),
    "AWSApplicationAutoscalingECSServicePolicy": ("/aws-service-role/", 1, policy(allow(["ecs:DescribeServices", "ecs:UpdateService", "cloudwatch:PutMetricAlarm", "cloudwatch:DescribeAlarms", "cloudwatch:DeleteAlarms"], "*"))),
    "AmazonElastiCacheServiceRolePolicy": ("/aws-service-role/", 4, policy(allow(["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups", "ec2:DescribeVpcs", "cloudwatch:PutMetricData"], "*"))),
    "CloudTrailServiceRolePolicy": ("/aws-service-role/", 2, policy(allow(["cloudtrail:*"], "*", sid="CloudTrailFullAccess"), allow(["organizations:DescribeAccount", "organizations:DescribeOrganization", "organizations:ListAccounts", "organizations:ListAWSServiceAccessForOrganization"], "*", sid="AwsOrgsAccess"))),
    "AWSOrganizationsServiceTrustPolicy": ("/aws-service-role/", 2, policy(allow("iam:DeleteRole", "arn:aws:iam::*:role/aws-service-role/organizations.amazonaws.com/*", sid="AllowDeletionOfServiceLinkedRoleForOrganizations"), allow("iam:CreateServiceLinkedRole", "*", sid="AllowCreationOfServiceLinkedRoles"))),
    "AWSTrustedAdvisorServiceRolePolicy": ("/aws-service-role/", 14, policy(allow(["autoscaling:DescribeAutoScalingGroups", "cloudtrail:DescribeTrails", "ec2:DescribeInstances", "ec2:DescribeSecurityGroups", "iam:GetAccountSummary", "iam:ListUsers", "rds:DescribeDBInstances", "s3:ListAllMyBuckets"], "*"))),
    "AWSSupportServiceRolePolicy": ("/aws-service-role/", 40, policy(allow(["cloudformation:DescribeStacks", "ec2:DescribeInstances", "ecs:DescribeClusters", "lambda:ListFunctions", "rds:DescribeDBInstances", "s3:ListAllMyBuckets", "sqs:ListQueues"], "*"))),
}
SERVICE_LINKED = {  # role name: (service principal, policy)
    "AWSServiceRoleForElasticLoadBalancing": ("elasticloadbalancing.amazonaws.com", "AWSElasticLoadBalancingServiceRolePolicy"),
    "AWSServiceRoleForRDS": ("rds.amazonaws.com", "AmazonRDSServiceRolePolicy"),
    "AWSServiceRoleForApplicationAutoScaling_ECSService": ("ecs.application-autoscaling.amazonaws.com", "AWSApplicationAutoscalingECSServicePolicy"),
    "AWSServiceRoleForElastiCache": ("elasticache.amazonaws.com", "AmazonElastiCacheServiceRolePolicy"),
    "AWSServiceRoleForCloudTrail": ("cloudtrail.amazonaws.com", "CloudTrailServiceRolePolicy"),
    "AWSServiceRoleForOrganizations": ("organizations.amazonaws.com", "AWSOrganizationsServiceTrustPolicy"),
    "AWSServiceRoleForTrustedAdvisor": ("trustedadvisor.amazonaws.com", "AWSTrustedAdvisorServiceRolePolicy"),
    "AWSServiceRoleForSupport": ("support.amazonaws.com", "AWSSupportServiceRolePolicy"),
}


# ---------------------------------------------------------------- one account
class Account:
    """Collects what GetAccountAuthorizationDetails and an AWS Config snapshot say of one account."""

    def __init__(self, account, name):
        self.id, self.name = account, name
        self.users, self.groups, self.roles, self.policies, self.items = [], [], [], {}, []
        self.keys_of_users = {}

    # ---- IAM
    def managed_policy(self, name, *documents, path="/"):
        """A customer managed policy; the last document is the default version. Returns its ARN."""
        arn = f"arn:aws:iam::{self.id}:policy{path}{name}"
        born = created(arn)
        versions = []
        for number in range(len(documents), 0, -1):
            at = born + datetime.timedelta(days=30 * (number - 1))
            versions.append({"Document": documents[number - 1], "VersionId": f"v{number}", "IsDefaultVersion": number == len(documents), "CreateDate": iam_time(at)})
        self.policies[arn] = {
            "PolicyName": name, "PolicyId": unique_id("ANPA", arn), "Arn": arn, "Path": path, "DefaultVersionId": f"v{len(documents)}",
            "AttachmentCount": 0, "PermissionsBoundaryUsageCount": 0, "IsAttachable": True,
            "CreateDate": iam_time(born), "UpdateDate": versions[0]["CreateDate"], "PolicyVersionList": versions}
        return arn

    def attach(self, policies):
        attached = []
        for p in policies:
            arn = p if p.startswith("arn:") else self.aws_managed(p)
            self.policies[arn]["AttachmentCount"] += 1
            attached.append({"PolicyName": arn.rsplit("/", 1)[1], "PolicyArn": arn})
        return attached

    def aws_managed(self, name):
        path, version, document = AWS_MANAGED[name]
        arn = f"arn:aws:iam::aws:policy{path}{name}"
        self.policies.setdefault(arn, {
            "PolicyName": name, "PolicyId": unique_id("ANPA", arn), "Arn": arn, "Path": path, "DefaultVersionId": f"v{version}",
            "AttachmentCount": 0, "PermissionsBoundaryUsageCount": 0, "IsAttachable": True,
            "CreateDate": "2015-02-06T18:40:58+00:00", "UpdateDate": "2015-02-06T18:40:58+00:00" if version == 1 else "2024-05-22T17:11:08+00:00",
            "PolicyVersionList": [{"Document": document, "VersionId": f"v{version}", "IsDefaultVersion": True, "CreateDate": "2015-02-06T18:40:58+00:00" if version == 1 else "2024-05-22T17:11:08+00:00"}]})
        return arn

    def role(self, name, trust, *attached, inline=None, path="/", boundary=None, tags=None, profile=False, used=-1):
        """`used`: seconds before NOW of the last use, None for never, -1 for some time in the last ten days."""
        arn = role_arn(self.id, name, path)
        born = iam_time(created(arn))
        role_id = unique_id("AROA", arn)
        detail = {"Path": path, "RoleName": name, "RoleId": role_id, "Arn": arn, "CreateDate": born, "AssumeRolePolicyDocument": trust, "InstanceProfileList": [], "RolePolicyList": [], "AttachedManagedPolicies": self.attach(attached)}
        if profile:
            p = f"arn:aws:iam::{self.id}:instance-profile{path}{name}"
            brief = {"Path": path, "RoleName": name, "RoleId": role_id, "Arn": arn, "CreateDate": born, "AssumeRolePolicyDocument": trust}
            detail["InstanceProfileList"] = [{"Path": path, "InstanceProfileName": name, "InstanceProfileId": unique_id("AIPA", p), "Arn": p, "CreateDate": born, "Roles": [brief]}]
        detail["RolePolicyList"] = [{"PolicyName": n, "PolicyDocument": d} for n, d in (inline or {}).items()]
        if boundary:
            self.policies[boundary]["PermissionsBoundaryUsageCount"] += 1
            detail["PermissionsBoundary"] = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": boundary}
        detail["Tags"] = [{"Key": k, "Value": v} for k, v in (tags or {}).items()]
        if used == -1:
            used = spread(600, 10 * DAY, "used", arn)
        detail["RoleLastUsed"] = {} if used is None else {"LastUsedDate": iam_time(seconds_ago(used)), "Region": REGION}
        self.roles.append(detail)
        return arn

    def service_linked(self, *names):
        for n in names:
            service, p = SERVICE_LINKED[n]
            self.role(n, trusts({"Service": service}), p, path=f"/aws-service-role/{service}/")

    def sso_role(self, permission_set, document):
        """A role as IAM Identity Center makes them for a permission set."""
        provider = f"arn:aws:iam::{self.id}:saml-provider/AWSSSO_{hexes(16, 'sso', self.id)}_DO_NOT_DELETE"
        trust = trusts({"Federated": provider}, {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}, action=["sts:AssumeRoleWithSAML", "sts:TagSession"])
        name = f"AWSReservedSSO_{permission_set}_{hexes(16, 'set', self.id, permission_set)}"
        return self.role(name, trust, inline={"AwsSSOInlinePolicy": document}, path=f"/aws-reserved/sso.amazonaws.com/{REGION}/", used=spread(600, 4 * DAY, permission_set))

    def user(self, name, *attached, groups=(), inline=None, path="/", tags=None, password=False, mfa=False, key=None):
        """`key`: (days since it was made, days since it was last used or None) of an active access key."""
        arn = f"arn:aws:iam::{self.id}:user{path}{name}"
        detail = {"Path": path, "UserName": name, "UserId": unique_id("AIDA", arn), "Arn": arn, "CreateDate": iam_time(created(arn))}
        if key:
            detail["CreateDate"] = iam_time(min(created(arn), seconds_ago(key[0] * DAY + 3600)))
        if inline:
            detail["UserPolicyList"] = [{"PolicyName": n, "PolicyDocument": d} for n, d in inline.items()]
        detail["GroupList"] = list(groups)
        detail["AttachedManagedPolicies"] = self.attach(attached)
        detail["Tags"] = [{"Key": k, "Value": v} for k, v in (tags or {}).items()]
        self.users.append(detail)
        self.keys_of_users[name] = (password, mfa, key)
        return arn

    def group(self, name, *attached, inline=None):
        arn = f"arn:aws:iam::{self.id}:group/{name}"
        self.groups.append({"Path": "/", "GroupName": name, "GroupId": unique_id("AGPA", arn), "Arn": arn, "CreateDate": iam_time(created(arn)), "GroupPolicyList": [{"PolicyName": n, "PolicyDocument": d} for n, d in (inline or {}).items()], "AttachedManagedPolicies": self.attach(attached)})

    def gaad(self):
        return {"UserDetailList": self.users, "GroupDetailList": self.groups, "RoleDetailList": self.roles, "Policies": sorted(self.policies.values(), key=lambda p: p["Arn"])}

    # ---- AWS Config items
    def item(self, kind, resource_id, name, arn, configuration, supplementary=None, tags=None, related=(), zone="Not Applicable"):
        """One configuration item; field names and order as in a delivered snapshot file."""
        captured = seconds_ago(spread(60, 5 * DAY, "captured", arn))
        self.items.append({
            "relatedEvents": [],
            "relationships": [{"resourceType": t, "resourceName": n, "name": why} for t, n, why in related],
            "configuration": configuration, "supplementaryConfiguration": supplementary or {}, "tags": tags or {},
            "configurationItemVersion": "1.3", "configurationItemCaptureTime": config_time(captured), "configurationStateId": int(captured.timestamp() * 1000),
            "awsAccountId": self.id, "configurationItemStatus": "OK", "resourceType": kind, "resourceId": resource_id, "resourceName": name, "ARN": arn,
            "awsRegion": REGION, "availabilityZone": zone, "configurationStateMd5Hash": "", "resourceCreationTime": config_time(created(arn))})
        return arn

    def bucket(self, name, rules=None, key=None, public=False, tags=None):
        """`rules`: bucket policy, a document or its text; None for no policy. `key`: ARN of the default encryption key."""
        default = {"sseAlgorithm": "aws:kms", "kmsMasterKeyID": key} if key else {"sseAlgorithm": "AES256", "kmsMasterKeyID": None}
        text = rules if rules is None or isinstance(rules, str) else json.dumps(rules, separators=(",", ":"))
        block = not public
        return self.item("AWS::S3::Bucket", name, name, f"arn:aws:s3:::{name}", {"name": name, "creationDate": config_time(created("arn:aws:s3:::" + name)), "region": REGION}, {
            "BucketPolicy": {"policyText": text},
            "BucketVersioningConfiguration": {"status": "Enabled", "isMfaDeleteEnabled": None},
            "PublicAccessBlockConfiguration": {"blockPublicAcls": block, "ignorePublicAcls": block, "blockPublicPolicy": block, "restrictPublicBuckets": block},
            "ServerSideEncryptionConfiguration": {"rules": [{"applyServerSideEncryptionByDefault": default, "bucketKeyEnabled": bool(key)}]}}, tags)

    def block_of_public_access(self, on):
        """The account-wide block. AWS Config records it under the account's id."""
        arn = f"arn:aws:s3:{REGION}:{self.id}:account"
        return self.item("AWS::S3::AccountPublicAccessBlock", self.id, self.id, arn, {"blockPublicAcls": on, "ignorePublicAcls": on, "blockPublicPolicy": on, "restrictPublicBuckets": on})

    def key(self, alias, *more, tags=None):
        """A customer managed key and its alias. The key policy delegates to the account, then adds `more`."""
        key_id = uuid("key", self.id, alias)
        arn = f"arn:aws:kms:{REGION}:{self.id}:key/{key_id}"
        document = policy(allow("kms:*", "*", sid="Enable IAM User Permissions", principal={"AWS": root_of(self.id)}), *more)
        self.item("AWS::KMS::Key", key_id, key_id, arn, {"keyId": key_id, "arn": arn, "awsaccountId": self.id, "enabled": True, "description": alias, "keyUsage": "ENCRYPT_DECRYPT", "keyState": "Enabled", "origin": "AWS_KMS", "keyManager": "CUSTOMER", "customerMasterKeySpec": "SYMMETRIC_DEFAULT"},
                  {"KeyRotationStatus": True, "Policy": json.dumps(document, separators=(",", ":"))}, tags)
        self.item("AWS::KMS::Alias", f"alias/{alias}", f"alias/{alias}", f"arn:aws:kms:{REGION}:{self.id}:alias/{alias}", {"AliasName": f"alias/{alias}", "TargetKeyId": key_id})
        return arn

    def function(self, name, role, rules=None, tags=None, runtime="python3.13"):
        arn = f"arn:aws:lambda:{REGION}:{self.id}:function:{name}"
        made = created(arn)
        supplementary = {"Policy": json.dumps(rules, separators=(",", ":"))} if rules else {}
        return self.item("AWS::Lambda::Function", name, name, arn, {
            "functionName": name, "functionArn": arn, "runtime": runtime, "role": role, "handler": "app.handler", "codeSize": spread(20_000, 9_000_000, arn), "timeout": 30, "memorySize": 256,
            "lastModified": config_time(made), "version": "$LATEST", "tracingConfig": {"mode": "PassThrough"}, "packageType": "Zip", "architectures": ["arm64"]},
            supplementary, tags, [("AWS::IAM::Role", role.rsplit("/", 1)[1], "Is associated with ")])

    def may_invoke(self, function, service, source):
        arn = f"arn:aws:lambda:{REGION}:{self.id}:function:{function}"
        return policy(allow("lambda:InvokeFunction", arn, sid=service.split(".")[0] + "-invoke", principal={"Service": service}, when={"StringEquals": {"AWS:SourceAccount": self.id}, "ArnLike": {"AWS:SourceArn": source}}))

    def queue(self, name, rules=None, tags=None):
        arn = f"arn:aws:sqs:{REGION}:{self.id}:{name}"
        url = f"https://sqs.{REGION}.amazonaws.com/{self.id}/{name}"
        configuration = {"QueueName": name, "QueueArn": arn, "QueueUrl": url, "DelaySeconds": 0, "MaximumMessageSize": 262144, "MessageRetentionPeriod": 345600, "VisibilityTimeout": 30, "SqsManagedSseEnabled": True}
        if rules:
            configuration["Policy"] = json.dumps(rules, separators=(",", ":"))
        return self.item("AWS::SQS::Queue", url, name, arn, configuration, None, tags)

    def topic(self, name, *more, tags=None):
        arn = f"arn:aws:sns:{REGION}:{self.id}:{name}"
        own = allow(["sns:Publish", "sns:Subscribe", "sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic"], arn, sid="OwnAccount", principal={"AWS": root_of(self.id)})
        return self.item("AWS::SNS::Topic", arn, name, arn, {"TopicArn": arn, "Owner": self.id, "DisplayName": "", "Policy": json.dumps(policy(own, *more), separators=(",", ":"))}, None, tags)

    def secret(self, name, tags=None):
        """AWS Config records no resource policy of a secret, so what it allows stays unseen."""
        arn = f"arn:aws:secretsmanager:{REGION}:{self.id}:secret:{name}-" + "".join(c for c in base64.b64encode(digest(name)).decode() if c.isalnum())[:6]
        return self.item("AWS::SecretsManager::Secret", arn, name, arn, {"ARN": arn, "Name": name, "RotationEnabled": False, "Deleted": False}, None, tags)

    def repository(self, name, rules=None, tags=None):
        arn = f"arn:aws:ecr:{REGION}:{self.id}:repository/{name}"
        configuration = {"RepositoryName": name, "Arn": arn, "RepositoryUri": f"{self.id}.dkr.ecr.{REGION}.amazonaws.com/{name}", "ImageTagMutability": "IMMUTABLE", "ImageScanningConfiguration": {"ScanOnPush": True}}
        if rules:
            configuration["RepositoryPolicyText"] = rules
        return self.item("AWS::ECR::Repository", name, name, arn, configuration, None, tags)

    def instance(self, name, profile, tags=None):
        instance_id = "i-" + hexes(17, "instance", self.id, name)
        arn = f"arn:aws:ec2:{REGION}:{self.id}:instance/{instance_id}"
        zone = REGION + "abc"[spread(0, 2, arn)]
        return self.item("AWS::EC2::Instance", instance_id, None, arn, {
            "instanceId": instance_id, "imageId": "ami-" + hexes(17, "image"), "instanceType": "t4g.medium", "state": {"code": 16, "name": "running"}, "launchTime": config_time(created(arn)),
            "iamInstanceProfile": {"arn": f"arn:aws:iam::{self.id}:instance-profile/{profile}", "id": unique_id("AIPA", f"arn:aws:iam::{self.id}:instance-profile/{profile}")},
            "metadataOptions": {"state": "applied", "httpTokens": "required", "httpPutResponseHopLimit": 1, "httpEndpoint": "enabled"}, "privateIpAddress": "10.20.%d.%d" % (spread(0, 9, arn), spread(4, 250, arn, "host"))},
            None, {"Name": name, **(tags or {})}, zone=zone)

    def task(self, family, role, execution_role, image, tags=None):
        arn = f"arn:aws:ecs:{REGION}:{self.id}:task-definition/{family}:{spread(3, 90, family)}"
        return self.item("AWS::ECS::TaskDefinition", arn, None, arn, {
            "TaskDefinitionArn": arn, "Family": family, "TaskRoleArn": role, "ExecutionRoleArn": execution_role, "NetworkMode": "awsvpc", "RequiresCompatibilities": ["FARGATE"], "Cpu": "512", "Memory": "1024",
            "ContainerDefinitions": [{"Name": family, "Image": image, "Essential": True}]}, None, tags)

    def state_machine(self, name, role, tags=None):
        arn = f"arn:aws:states:{REGION}:{self.id}:stateMachine:{name}"
        return self.item("AWS::StepFunctions::StateMachine", arn, name, arn, {"Arn": arn, "StateMachineName": name, "StateMachineType": "STANDARD", "RoleArn": role, "TracingConfiguration": {"Enabled": False}}, None, tags)

    def build_project(self, name, role, source, tags=None):
        arn = f"arn:aws:codebuild:{REGION}:{self.id}:project/{name}"
        return self.item("AWS::CodeBuild::Project", arn, name, arn, {
            "name": name, "arn": arn, "source": {"type": "GITHUB", "location": source}, "artifacts": {"type": "NO_ARTIFACTS"},
            "environment": {"type": "ARM_CONTAINER", "image": "aws/codebuild/amazonlinux2-aarch64-standard:3.0", "computeType": "BUILD_GENERAL1_SMALL", "privilegedMode": False}, "serviceRole": role, "timeoutInMinutes": 60}, None, tags)

    def database(self, name, monitoring_role, tags=None):
        arn = f"arn:aws:rds:{REGION}:{self.id}:db:{name}"
        resource = database_resource_id(self.id, name)
        return self.item("AWS::RDS::DBInstance", resource, name, arn, {
            "dBInstanceIdentifier": name, "dBInstanceArn": arn, "dbiResourceId": resource, "dBInstanceClass": "db.t4g.medium", "engine": "postgres", "engineVersion": "17.5", "dBInstanceStatus": "available",
            "storageEncrypted": True, "publiclyAccessible": False, "iAMDatabaseAuthenticationEnabled": True, "monitoringInterval": 60, "monitoringRoleArn": monitoring_role}, None, tags, zone=REGION + "a")

    def config(self):
        items = sorted(self.items, key=lambda i: (i["resourceType"], i["ARN"]))
        return {"fileVersion": "1.0", "configSnapshotId": uuid("snapshot", self.id), "configurationItems": items}

    def credential_report(self):
        """The CSV of `aws iam get-credential-report`, decoded."""
        out = io.StringIO()
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow("user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated".split(","))
        none = ["false"] + ["N/A"] * 4
        certificates = ["false", "N/A", "false", "N/A"]
        rows.writerow(["<root_account>", root_of(self.id), iam_time(created("root" + self.id)), "not_supported", "no_information", "not_supported", "not_supported", "true"] + none + none + certificates)
        for u in self.users:
            password, mfa, key = self.keys_of_users[u["UserName"]]
            if password:
                sign_in = ["true", iam_time(seconds_ago(spread(3600, 6 * DAY, "sign-in", u["Arn"]))), u["CreateDate"], "N/A"]
            else:
                sign_in = ["false", "N/A", "N/A", "N/A"]
            first = none
            if key:
                last = ["N/A"] * 3 if key[1] is None else [iam_time(seconds_ago(key[1] * DAY + 1800)), REGION, "s3"]
                first = ["true", iam_time(seconds_ago(key[0] * DAY))] + last
            rows.writerow([u["UserName"], u["Arn"], u["CreateDate"]] + sign_in + [str(mfa).lower()] + first + none + certificates)
        return out.getvalue()


def database_resource_id(account, name):
    return "db-" + base64.b32encode(digest("db", account, name)).decode()[:26]


def database_user(account, name, user):
    return f"arn:aws:rds-db:{REGION}:{account}:dbuser:{database_resource_id(account, name)}/{user}"


def log_group(account, name):
    return f"arn:aws:logs:{REGION}:{account}:log-group:{name}:*"


def reads_configuration_only(account):
    """What `collect` needs, in short: names, policies and settings; no data and no secret values."""
    account.role("clavicle-read", trusts({"AWS": role_arn(MANAGEMENT, "Audit")}), inline={"read-settings": policy(
        allow(["iam:GetAccountAuthorizationDetails", "iam:GenerateCredentialReport", "iam:GetCredentialReport", "iam:ListOpenIDConnectProviders", "iam:ListSAMLProviders"], "*", sid="Identities"),
        allow(["s3:ListAllMyBuckets", "s3:GetBucketPolicy", "s3:GetBucketPublicAccessBlock", "s3:GetEncryptionConfiguration", "kms:ListKeys", "kms:ListAliases", "kms:GetKeyPolicy", "lambda:ListFunctions", "lambda:GetPolicy", "sqs:ListQueues", "sqs:GetQueueAttributes", "sns:ListTopics", "sns:GetTopicAttributes", "ecr:DescribeRepositories", "ecr:GetRepositoryPolicy", "ec2:DescribeInstances", "ecs:ListTaskDefinitions", "ecs:DescribeTaskDefinition", "states:ListStateMachines", "codebuild:ListProjects", "rds:DescribeDBInstances"], "*", sid="Settings"))}, used=240)


MULTI_FACTOR = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


# ---------------------------------------------------------------- management: 12 identities
def management():
    a = Account(MANAGEMENT, "management")
    a.block_of_public_access(True)
    a.service_linked("AWSServiceRoleForOrganizations", "AWSServiceRoleForSupport", "AWSServiceRoleForTrustedAdvisor", "AWSServiceRoleForCloudTrail")
    a.role("Audit", trusts({"Federated": f"arn:aws:iam::{MANAGEMENT}:saml-provider/paperboat"}, {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}, action="sts:AssumeRoleWithSAML"), inline={"audit": policy(
        allow("sts:AssumeRole", "arn:aws:iam::*:role/clavicle-read", sid="EnterAccounts"),
        allow(["organizations:Describe*", "organizations:List*", "iam:GetAccountAuthorizationDetails", "s3:ListAllMyBuckets"], "*", sid="LookAround"))}, used=300)
    a.sso_role("Billing", policy(allow(["billing:GetBillingData", "ce:GetCostAndUsage", "budgets:ViewBudget", "invoicing:ListInvoiceSummaries"], "*")))
    a.sso_role("OrganizationDesk", policy(allow(["organizations:DescribeOrganization", "organizations:ListAccounts", "organizations:ListPolicies", "organizations:CreateAccount", "organizations:TagResource"], "*")))
    a.bucket("pbk-org-trail", policy(
        only_over_tls("pbk-org-trail"),
        allow("s3:GetBucketAcl", "arn:aws:s3:::pbk-org-trail", sid="TrailAclCheck", principal={"Service": "cloudtrail.amazonaws.com"}, when={"StringEquals": {"aws:SourceArn": f"arn:aws:cloudtrail:{REGION}:{MANAGEMENT}:trail/organization"}}),
        allow("s3:PutObject", "arn:aws:s3:::pbk-org-trail/AWSLogs/*", sid="TrailWrite", principal={"Service": "cloudtrail.amazonaws.com"}, when={"StringEquals": {"aws:SourceArn": f"arn:aws:cloudtrail:{REGION}:{MANAGEMENT}:trail/organization"}})))
    a.bucket("pbk-cost-reports", policy(only_over_tls("pbk-cost-reports")))
    cost = a.role("cost-report-exec", trusts_service("lambda"), "AWSLambdaBasicExecutionRole", inline={"costs": policy(allow("ce:GetCostAndUsage", "*"), allow("s3:PutObject", "arn:aws:s3:::pbk-cost-reports/*"))})
    a.function("cost-report", cost, a.may_invoke("cost-report", "events.amazonaws.com", f"arn:aws:events:{REGION}:{MANAGEMENT}:rule/cost-report"))
    alerts = a.topic("budget-alerts", allow("sns:Publish", f"arn:aws:sns:{REGION}:{MANAGEMENT}:budget-alerts", sid="Budgets", principal={"Service": "budgets.amazonaws.com"}, when={"StringEquals": {"aws:SourceAccount": MANAGEMENT}}))
    notify = a.role("budget-notify-exec", trusts_service("lambda"), "AWSLambdaBasicExecutionRole", inline={"notify": policy(allow("sns:Publish", alerts))})
    a.function("budget-notify", notify)
    a.role("config-aggregator", trusts_service("config"), inline={"aggregate": policy(allow(["organizations:ListAccounts", "organizations:DescribeOrganization", "organizations:ListAWSServiceAccessForOrganization", "organizations:ListDelegatedAdministrators"], "*"))})
    a.role("trail-to-logs", trusts_service("cloudtrail"), inline={"deliver": policy(allow(["logs:CreateLogStream", "logs:PutLogEvents"], log_group(MANAGEMENT, "organization-trail")))})
    a.user("bookkeeping-export", inline={"reports": policy(allow("s3:GetObject", "arn:aws:s3:::pbk-cost-reports/*"))}, path="/service/", key=(80, 1))
    return a


# ---------------------------------------------------------------- prod: 214 identities, 402 things
DOMAINS = "catalog search cart checkout payments shipping returns inventory reviews warehouse authors publishers royalties recommend wishlist giftcards loyalty promotions email notify media ebooks audiobooks subscriptions translations pricing tax fraud sessions accounts".split()
RELEASED = DOMAINS[:9]  # services that tools builds and watches
BILLING = "api worker export reminders refunds tax archive".split()
PAPERBOAT_BUCKETS = "orders catalog manuscripts royalties returns emails exports search-index feeds backups".split()  # besides invoices, customers, covers, thumbs

# S3 keeps a bucket policy as the text that was put, so this one keeps its lines.
INVOICES_BUCKET_POLICY = f"""{{
  "Version": "2012-10-17",
  "Statement": [
    {{
      "Sid": "DenyInsecureTransport", "Effect": "Deny",
      "Principal": "*",
      "Action": "s3:*",
      "Resource": ["arn:aws:s3:::paperboat-invoices", "arn:aws:s3:::paperboat-invoices/*"],
      "Condition": {{"Bool": {{"aws:SecureTransport": "false"}}}}
    }},
    {{
      "Sid": "StagingReleases", "Effect": "Allow",
      "Principal": {{"AWS": ["arn:aws:iam::{STAGING}:role/deployer", "arn:aws:iam::{STAGING}:role/deployer-blue"]}},
      "Action": "s3:PutObject",
      "Resource": "arn:aws:s3:::paperboat-invoices/*"
    }}
  ]
}}"""


def prod():
    a = Account(PROD, "prod")
    invoices_key = a.key("invoices", tags={"data": "confidential"})
    customers_key = a.key("customers", tags={"data": "confidential"})
    media_key = a.key("media")
    domain_key = {d: a.key(d) for d in DOMAINS[:11]}
    execution = a.role("ecs-task-execution", trusts_service("ecs-tasks"), "AmazonECSTaskExecutionRolePolicy", used=600)
    monitoring = a.role("rds-monitoring", trusts_service("monitoring.rds"), "AmazonRDSEnhancedMonitoringRole", used=600)
    boundary = a.managed_policy("workload-boundary", policy(
        allow(["s3:*", "sqs:*", "sns:*", "logs:*", "xray:*", "rds-db:connect", "cloudwatch:PutMetricData", "kms:Decrypt", "kms:GenerateDataKey", "lambda:InvokeFunction", "ssm:GetParameter*"], "*", sid="ServicesWorkloadsUse"),
        allow(["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"], "*", sid="Network")), path="/boundaries/")
    app_read = a.managed_policy("app-read", policy(allow(["ssm:GetParameter", "ssm:GetParametersByPath"], f"arn:aws:ssm:{REGION}:{PROD}:parameter/paperboat/app/*", sid="ReadSettings")))

    a.block_of_public_access(False)  # the covers are public on purpose
    invoices_and_customers(a, invoices_key, customers_key, execution)
    covers_and_thumbs(a, media_key)
    for name in PAPERBOAT_BUCKETS:
        a.bucket("paperboat-" + name, policy(only_over_tls("paperboat-" + name)))
    services_of_prod(a, domain_key, execution, monitoring, boundary, app_read)
    visitors_of_prod(a)
    people_of_prod(a)
    return a


def invoices_and_customers(a, invoices_key, customers_key, execution):
    """The two things that matter, and all who read them directly."""
    a.bucket("paperboat-invoices", INVOICES_BUCKET_POLICY, key=invoices_key, tags={"data": "confidential"})
    bucket, objects = bucket_and_objects("paperboat-invoices")
    billing_data = a.managed_policy("billing-data", policy(
        allow(["s3:GetObject", "s3:GetObjectTagging"], objects, sid="ReadInvoices"),
        allow("s3:PutObject", objects, sid="WriteInvoices"),
        allow("s3:ListBucket", bucket, sid="ListInvoices"),
        allow(["kms:Decrypt", "kms:GenerateDataKey"], invoices_key, sid="UseInvoicesKey")))
    for part in BILLING:
        name = "billing-" + part
        role = a.role(name, trusts_service("ecs-tasks"), billing_data, tags={"service": "billing"}, used=spread(600, 2 * DAY, name))
        a.repository(name)
        a.task(name, role, execution, f"{PROD}.dkr.ecr.{REGION}.amazonaws.com/{name}:stable", {"service": "billing"})
    reporting_read = a.managed_policy("reporting-read", policy(
        allow("s3:ListBucket", bucket),
        allow(["s3:GetObject", "s3:GetObjectTagging"], objects),
        allow("kms:Decrypt", invoices_key)))
    a.role("reporting-read", trusts({"AWS": role_arn(STAGING, "nightly-exec")}, sid="NightlyReport"), reporting_read, tags={"service": "reporting"}, used=3 * DAY)
    a.managed_policy("InvoiceSupport", policy(
        allow(["s3:GetObject", "kms:Decrypt"], [objects, invoices_key], sid="ReadWithMfa", when=MULTI_FACTOR),
        allow("s3:ListBucket", bucket, sid="ListInvoices")))

    a.bucket("paperboat-customers", policy(only_over_tls("paperboat-customers")), key=customers_key, tags={"data": "confidential"})
    bucket, objects = bucket_and_objects("paperboat-customers")
    for name, actions, uses in [("crm-api", ["s3:GetObject", "s3:PutObject"], ["kms:Decrypt", "kms:GenerateDataKey"]), ("crm-sync", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], ["kms:Decrypt", "kms:GenerateDataKey"]), ("newsletter-export", ["s3:GetObject"], ["kms:Decrypt"]), ("support-desk", ["s3:GetObject"], ["kms:Decrypt"])]:
        a.role(name, trusts_service("ecs-tasks"), inline={"customers": policy(allow(actions, objects, sid="Customers"), allow("s3:ListBucket", bucket), allow(uses, customers_key))}, tags={"service": "crm"})


def covers_and_thumbs(a, media_key):
    """A bucket that is public on purpose, and the function that fills the bucket of thumbnails."""
    a.bucket("paperboat-covers", policy(allow("s3:GetObject", "arn:aws:s3:::paperboat-covers/*", sid="PublicRead", principal="*")), public=True, tags={"data": "public"})
    a.bucket("paperboat-thumbs", policy(only_over_tls("paperboat-thumbs")), key=media_key)
    role = a.role("thumb-exec", trusts_service("lambda"), "AWSLambdaBasicExecutionRole", inline={"thumb": policy(
        allow("s3:PutObject", "arn:aws:s3:::paperboat-thumbs/*", sid="WriteThumbs"),
        allow("s3:GetObject", "arn:aws:s3:::paperboat-covers/*", sid="ReadCovers"),
        allow("kms:GenerateDataKey", f"arn:aws:kms:{REGION}:{PROD}:key/*", sid="EncryptThumbs"))}, tags={"service": "media"})
    a.function("thumbnailer", role, a.may_invoke("thumbnailer", "s3.amazonaws.com", "arn:aws:s3:::paperboat-covers"), {"service": "media"})


def services_of_prod(a, domain_key, execution, monitoring, boundary, app_read):
    """The ordinary population: thirty services, each workload with a role of its own that names what it uses."""
    for n in ("alerts", "releases", "orders", "stock"):
        a.topic(n)
    a.queue("jobs")
    for i, d in enumerate(DOMAINS):
        tags = {"service": d, "team": ("shelf", "till", "press", "harbour")[i % 4]}
        bucket = f"pbk-{d}-prod"
        key = domain_key.get(d)
        a.bucket(bucket, policy(only_over_tls(bucket)), key=key, tags=tags)
        objects = f"arn:aws:s3:::{bucket}/*"
        unlock = [allow(["kms:Decrypt", "kms:GenerateDataKey"], key, sid="Key")] if key else []
        topic = a.topic(f"{d}-events", tags=tags)
        events = a.queue(f"{d}-events", policy(allow("sqs:SendMessage", f"arn:aws:sqs:{REGION}:{PROD}:{d}-events", sid="FromTopic", principal={"Service": "sns.amazonaws.com"}, when={"ArnEquals": {"aws:SourceArn": topic}})), tags)
        work = a.queue(f"{d}-work", tags=tags)
        dead = a.queue(f"{d}-dead-letters", tags=tags)
        a.repository(d, tags=tags)
        if i < 22:
            a.database(d, monitoring, tags)

        consume = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
        role = a.role(f"{d}-events-exec", trusts_service("lambda"), "AWSLambdaBasicExecutionRole", boundary=boundary if i % 2 else None, tags=tags,
                      inline={"events": policy(allow(consume, events, sid="Consume"), allow("sqs:SendMessage", [work, dead], sid="HandOver"))})
        a.function(f"{d}-events", role, tags=tags)
        role = a.role(f"{d}-tidy-exec", trusts_service("lambda"), "AWSLambdaVPCAccessExecutionRole", boundary=boundary if i % 2 else None, tags=tags,
                      inline={"tidy": policy(allow(["s3:GetObject", "s3:DeleteObject"], objects, sid="OldObjects"), allow("s3:ListBucket", f"arn:aws:s3:::{bucket}"), *unlock)})
        a.function(f"{d}-tidy", role, a.may_invoke(f"{d}-tidy", "events.amazonaws.com", f"arn:aws:events:{REGION}:{PROD}:rule/{d}-tidy"), tags)

        image = f"{PROD}.dkr.ecr.{REGION}.amazonaws.com/{d}:stable"
        uses = [allow(["s3:GetObject", "s3:PutObject"], objects, sid="Objects"), allow("sns:Publish", topic, sid="Announce"), *unlock]
        if i < 22:
            uses.append(allow("rds-db:connect", database_user(PROD, d, "api"), sid="Database"))
        role = a.role(f"{d}-api-task", trusts_service("ecs-tasks"), app_read, inline={"api": policy(*uses)}, tags=tags)
        a.task(f"{d}-api", role, execution, image, tags)
        if i < 20:
            role = a.role(f"{d}-worker-task", trusts_service("ecs-tasks"), app_read, inline={"worker": policy(allow(consume, work, sid="Consume"), allow("s3:PutObject", objects, sid="Results"), *unlock)}, tags=tags, boundary=boundary if i % 3 == 0 else None)
            a.task(f"{d}-worker", role, execution, image, tags)
        if i >= 14:
            role = f"{d}-node"
            a.role(role, trusts_service("ec2"), "AmazonSSMManagedInstanceCore", profile=True, tags=tags, inline={"node": policy(allow("s3:GetObject", objects, sid="Artifacts"), allow("cloudwatch:PutMetricData", "*"))})
            for n in range(2 if i < 18 else 1):
                a.instance(f"{d}-{n + 1}", role, tags)
        if i < 12:
            role = a.role(f"{d}-flow", trusts_service("states"), inline={"flow": policy(allow("lambda:InvokeFunction", [f"arn:aws:lambda:{REGION}:{PROD}:function:{d}-events", f"arn:aws:lambda:{REGION}:{PROD}:function:{d}-tidy"], sid="Steps"))}, tags=tags)
            a.state_machine(f"{d}-flow", role, tags)
        if i < 10:
            role = a.role(f"{d}-migrate-build", trusts_service("codebuild"), inline={"migrate": policy(allow("rds-db:connect", database_user(PROD, d, "migrate"), sid="Database"), allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], log_group(PROD, f"/aws/codebuild/{d}-migrate")))}, tags=tags)
            a.build_project(f"{d}-migrate", role, f"https://github.com/paperboat/{d}", tags)
    a.role("flow-logs", trusts_service("vpc-flow-logs"), inline={"deliver": policy(allow(["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"], log_group(PROD, "vpc-flow-logs")))})
    a.role("config-recorder", trusts_service("config"), inline={"record": policy(allow(["iam:GetAccountAuthorizationDetails", "ec2:DescribeInstances", "lambda:ListFunctions", "rds:DescribeDBInstances", "s3:ListAllMyBuckets"], "*"))})
    a.role("events-start-flows", trusts_service("events"), inline={"start": policy(allow("states:StartExecution", f"arn:aws:states:{REGION}:{PROD}:stateMachine:*-flow"))})
    a.role("api-gateway-logs", trusts_service("apigateway"), inline={"write": policy(allow(["logs:CreateLogStream", "logs:PutLogEvents"], log_group(PROD, "api-gateway")))})
    a.role("database-backup", trusts_service("backup"), inline={"backup": policy(allow(["rds:CreateDBSnapshot", "rds:DescribeDBInstances", "rds:DescribeDBSnapshots", "rds:AddTagsToResource"], f"arn:aws:rds:{REGION}:{PROD}:*"))})
    a.role("alarm-notify", trusts_service("cloudwatch"), inline={"notify": policy(allow("sns:Publish", f"arn:aws:sns:{REGION}:{PROD}:alerts"))})
    ops = a.managed_policy("ops", policy(
        allow(["ec2:DescribeInstances", "ec2:DescribeVolumes", "rds:DescribeDBInstances"], "*", sid="LookAround"),
        allow("iam:PassRole", "*", sid="PassAnything")))
    a.role("ops-legacy", trusts_service("ssm"), ops, tags={"service": "operations"}, used=250 * DAY)
    a.service_linked(*SERVICE_LINKED)


def visitors_of_prod(a):
    """Roles that other accounts may become, and the two administrators."""
    a.role("sailcheck-read", trusts({"AWS": root_of(SAILCHECK)}, {"StringEquals": {"sts:ExternalId": "paperboat-" + hexes(12, "external")}}, sid="Sailcheck"), inline={"inventory": policy(
        allow(["iam:ListRoles", "iam:ListUsers", "iam:ListPolicies", "s3:ListAllMyBuckets", "ec2:DescribeInstances", "lambda:ListFunctions", "rds:DescribeDBInstances", "sqs:ListQueues", "kms:ListKeys"], "*", sid="ListOnly"))}, tags={"vendor": "sailcheck"}, used=3 * DAY)
    a.role("catalog-read", trusts({"AWS": [role_arn(STAGING, "data-sync-exec"), role_arn(STAGING, "preview-sync-task")]}), inline={"catalog": policy(allow("s3:ListBucket", "arn:aws:s3:::paperboat-catalog"), allow("s3:GetObject", "arn:aws:s3:::paperboat-catalog/*"))}, used=2 * DAY)
    for d in RELEASED:
        a.role(f"release-check-{d}", trusts({"AWS": role_arn(TOOLS, f"build-{d}")}), inline={"check": policy(allow("ecs:DescribeServices", f"arn:aws:ecs:{REGION}:{PROD}:service/shop/{d}*"), allow("cloudwatch:DescribeAlarms", "*"))}, tags={"service": d})
    reads_configuration_only(a)
    a.role("OrganizationAccountAccessRole", trusts({"AWS": root_of(MANAGEMENT)}), "AdministratorAccess", used=None)
    a.role("break-glass", trusts({"AWS": root_of(MANAGEMENT)}, MULTI_FACTOR), "AdministratorAccess", tags={"use": "emergency"}, used=None)


def people_of_prod(a):
    me = f"arn:aws:iam::{PROD}:user/${{aws:username}}"
    a.group("people", inline={"own-password": policy(allow(["iam:ChangePassword", "iam:GetUser"], me))})
    a.group("support", inline={"look-up": policy(allow("s3:ListBucket", ["arn:aws:s3:::paperboat-orders", "arn:aws:s3:::paperboat-returns"]), allow("s3:GetObject", "arn:aws:s3:::paperboat-returns/*"))})
    a.group("editors", inline={"manuscripts": policy(allow("s3:ListBucket", "arn:aws:s3:::paperboat-manuscripts"), allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::paperboat-manuscripts/*"))})
    a.user("dana", f"arn:aws:iam::{PROD}:policy/InvoiceSupport", groups=["people", "support"], tags={"team": "support"}, password=True, mfa=True)
    for name, groups in {"amir": "support", "bea": "support", "chen": "editors", "dmitri": "editors", "elif": "editors", "femi": "support", "grace": "editors", "hana": "editors", "ivan": "support", "jun": "support"}.items():
        a.user(name, groups=["people", groups], password=True, mfa=name != "femi")
    for name, bucket, action in [("svc-sftp-publishers", "paperboat-feeds", "s3:PutObject"), ("svc-print-house", "paperboat-manuscripts", "s3:GetObject"), ("svc-mailing-house", "paperboat-emails", "s3:GetObject"), ("svc-search-vendor", "paperboat-search-index", "s3:GetObject"), ("svc-royalty-export", "paperboat-royalties", "s3:PutObject"), ("svc-feed-partner", "paperboat-feeds", "s3:GetObject"), ("svc-backup-check", "paperboat-backups", "s3:GetObject")]:
        a.user(name, inline={"one-bucket": policy(allow(action, f"arn:aws:s3:::{bucket}/*"))}, path="/service/", key=(spread(20, 85, name), spread(0, 3, name, "use")))
    look = ["ec2:DescribeInstances", "ecs:DescribeServices", "lambda:ListFunctions", "cloudwatch:DescribeAlarms", "logs:DescribeLogGroups"]
    a.sso_role("prod-viewer", policy(allow(look + ["s3:ListAllMyBuckets"], "*")))
    a.sso_role("on-call", policy(allow(look, "*"), allow("ssm:StartSession", f"arn:aws:ec2:{REGION}:{PROD}:instance/*", when={"StringEquals": {"ssm:resourceTag/team": "harbour"}})))
    a.sso_role("catalogue-editor", policy(allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::paperboat-catalog/*"), allow("s3:ListBucket", "arn:aws:s3:::paperboat-catalog")))
    a.sso_role("release-watcher", policy(allow(look, "*"), allow("ecr:DescribeImages", f"arn:aws:ecr:{REGION}:{PROD}:repository/*")))


# ---------------------------------------------------------------- staging: 88 identities
PAGES = "home book author cart checkout search account wishlist gift help press jobs".split()
LOG_BUCKETS = "access app audit build cdn database mail network search".split()
SECRETS = ["dev/catalog-db", "dev/search-token", "dev/mail-sandbox", "web/session-signing", "web/payment-sandbox", "web/oauth-client", "reports/warehouse-login", "reports/chart-token", "support/desk-token", "data-sync/feed-login", "load-test/admin-login"]
DEVELOPERS = "ada ben cora dee ezra fay gil hugo ines jack kim leo mia ned olga pia quin rafa sol tess uma vic wren xan yara zed anna bo cleo dan eva finn gus hal iris joy kai lou max nora otto".split()


def shared_ops(first_resource):
    """213 actions for four unrelated tasks. The Sids say which; nobody ever split it."""
    return policy(
        allow(["s3:AbortMultipartUpload", "s3:PutObject"], [first_resource], sid="ReleaseUploads"),
        allow(["s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket"], ["arn:aws:s3:::logs-staging-*"], sid="ReadLogBuckets"),
        allow("lambda:UpdateFunctionCode", "*", sid="LambdaDeploy"),
        allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], "*", sid="WriteLogs"),
        allow("dynamodb:*", "*", sid="ReportTables"),
        allow("support:*", "*", sid="SupportCases"),
        allow(["logs:Describe*", "logs:FilterLogEvents", "rds:Describe*", "xray:Get*"], "*", sid="LookAround"))


def staging():
    a = Account(STAGING, "staging")
    a.block_of_public_access(True)
    chain_of_staging(a)
    workloads_of_staging(a)
    people_of_staging(a)
    a.service_linked("AWSServiceRoleForElasticLoadBalancing", "AWSServiceRoleForRDS", "AWSServiceRoleForApplicationAutoScaling_ECSService", "AWSServiceRoleForTrustedAdvisor", "AWSServiceRoleForSupport")
    return a


def chain_of_staging(a):
    """The story of the organization: one shared policy lets four hands reach a function that may read prod's invoices."""
    full = shared_ops("arn:aws:s3:::paperboat-*/*")
    first = policy(full["Statement"][0], full["Statement"][2])
    second = policy(*full["Statement"][:5])
    ops = a.managed_policy("shared-ops", first, second, full)
    a.managed_policy("ops-legacy", shared_ops("arn:aws:s3:::*"))  # attached to nobody, one line apart

    a.role("LogShipper", trusts({"AWS": root_of(UNKNOWN)}, sid="LogShipping"), ops, inline={"ship": policy(allow("s3:PutObject", "arn:aws:s3:::logs-staging-*/*", sid="WriteLogBuckets"))}, tags={"task": "logs"}, used=None)
    for name in ("deployer", "deployer-blue"):  # blue and green halves of one deployment: equal in all that counts
        a.role(name, trusts_service("codedeploy"), ops, inline={"release": policy(
            allow("lambda:InvokeFunction", f"arn:aws:lambda:{REGION}:{STAGING}:function:*", sid="SmokeTest"),
            allow("s3:GetObject", "arn:aws:s3:::paperboat-covers/*", sid="SampleCovers"))}, tags={"task": "deploy"}, used=40 * DAY if name == "deployer" else 55 * DAY)
    nightly = a.role("nightly-exec", trusts_service("lambda"), ops, inline={"assume-reporting": policy(allow("sts:AssumeRole", role_arn(PROD, "reporting-read"), sid="ReadProdInvoices"))}, tags={"task": "reports"}, used=6 * 3600)
    a.user("support-sam", ops, tags={"task": "support"}, password=True, mfa=True, key=(70, 2))
    a.function("nightly-report", nightly, a.may_invoke("nightly-report", "events.amazonaws.com", f"arn:aws:events:{REGION}:{STAGING}:rule/nightly-report"), {"task": "reports"})
    for name in LOG_BUCKETS:
        a.bucket(f"logs-staging-{name}", policy(only_over_tls(f"logs-staging-{name}"), allow("s3:PutObject", f"arn:aws:s3:::logs-staging-{name}/AWSLogs/{STAGING}/*", sid="Delivery", principal={"Service": "delivery.logs.amazonaws.com"}, when={"StringEquals": {"aws:SourceAccount": STAGING}})))
    for name in SECRETS:
        a.secret(name)


def workloads_of_staging(a):
    key = a.key("staging-data")
    a.key("staging-logs")
    a.key("staging-builds")
    for name in ("paperboat-staging-uploads", "paperboat-staging-artifacts", "paperboat-staging-covers"):
        a.bucket(name, policy(only_over_tls(name)), key=key if name.endswith("uploads") else None)
    execution = a.role("ecs-task-execution", trusts_service("ecs-tasks"), "AmazonECSTaskExecutionRolePolicy", used=900)
    monitoring = a.role("rds-monitoring", trusts_service("monitoring.rds"), "AmazonRDSEnhancedMonitoringRole", used=900)
    preview = a.managed_policy("web-preview", policy(
        allow("s3:GetObject", "arn:aws:s3:::paperboat-staging-covers/*", sid="Covers"),
        allow("sqs:SendMessage", f"arn:aws:sqs:{REGION}:{STAGING}:web-orders", sid="Orders")))
    for page in PAGES:
        role = a.role(f"web-{page}-exec", trusts_service("lambda"), "AWSLambdaBasicExecutionRole", preview, tags={"task": "web"})
        a.function(f"web-{page}", role, tags={"task": "web"}, runtime="nodejs22.x")
    enter_catalog = {"enter-prod-catalog": policy(allow("sts:AssumeRole", role_arn(PROD, "catalog-read")))}
    role = a.role("data-sync-exec", trusts_service("lambda"), "AWSLambdaBasicExecutionRole", inline=enter_catalog, tags={"task": "data-sync"})
    a.function("data-sync", role, tags={"task": "data-sync"})
    for d in ("preview-sync", "preview-api", "preview-worker"):
        a.repository(d, policy(allow(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], sid="Prod", principal={"AWS": root_of(PROD)})) if d == "preview-api" else None)
    image = f"{STAGING}.dkr.ecr.{REGION}.amazonaws.com/"
    role = a.role("preview-sync-task", trusts_service("ecs-tasks"), inline=enter_catalog, tags={"task": "data-sync"})
    a.task("preview-sync", role, execution, image + "preview-sync:stable")
    role = a.role("preview-api-task", trusts_service("ecs-tasks"), inline={"api": policy(allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::paperboat-staging-uploads/*"), allow(["kms:Decrypt", "kms:GenerateDataKey"], key))})
    a.task("preview-api", role, execution, image + "preview-api:stable")
    for name in ("web-orders", "web-orders-dead-letters", "preview-jobs", "preview-jobs-dead-letters", "mail-sandbox", "sync-changes"):
        a.queue(name)
    for name in ("staging-alerts", "preview-events", "build-results"):
        a.topic(name)
    a.role("load-test", trusts_service("ec2"), "AmazonSSMManagedInstanceCore", profile=True, inline={"drive": policy(allow("lambda:InvokeFunction", f"arn:aws:lambda:{REGION}:{STAGING}:function:web-*"))})
    for n in (1, 2, 3):
        a.instance(f"load-{n}", "load-test")
    for name in ("preview", "warehouse"):
        a.database(name, monitoring)
    role = a.role("preview-flow", trusts_service("states"), inline={"flow": policy(allow("lambda:InvokeFunction", f"arn:aws:lambda:{REGION}:{STAGING}:function:web-checkout"))})
    a.state_machine("preview-flow", role)
    role = a.role("preview-build", trusts_service("codebuild"), inline={"build": policy(allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::paperboat-staging-artifacts/*"), allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], log_group(STAGING, "/aws/codebuild/preview")))})
    a.build_project("preview", role, "https://github.com/paperboat/web")
    a.role("flow-logs", trusts_service("vpc-flow-logs"), inline={"deliver": policy(allow(["logs:CreateLogStream", "logs:PutLogEvents"], log_group(STAGING, "vpc-flow-logs")))})
    a.role("config-recorder", trusts_service("config"), inline={"record": policy(allow(["ec2:DescribeInstances", "lambda:ListFunctions", "rds:DescribeDBInstances", "s3:ListAllMyBuckets"], "*"))})
    a.role("events-start-preview", trusts_service("events"), inline={"start": policy(allow("states:StartExecution", f"arn:aws:states:{REGION}:{STAGING}:stateMachine:preview-flow"))})
    a.role("web-canary", trusts_service("synthetics"), inline={"canary": policy(allow("cloudwatch:PutMetricData", "*"), allow("s3:PutObject", "arn:aws:s3:::paperboat-staging-artifacts/canary/*"))})
    reads_configuration_only(a)


def people_of_staging(a):
    """Six equal sign-in roles, forty-one equal developer roles behind them, a ring of three, and an emergency role."""
    sso = f"role/aws-reserved/sso.amazonaws.com/{REGION}/AWSReservedSSO_sso-dev-"
    for team in ("web", "search", "orders", "mobile", "data", "quality"):
        a.sso_role(f"sso-dev-{team}", policy(allow("sts:AssumeRole", f"arn:aws:iam::{STAGING}:role/dev-*", sid="BecomeDeveloper"), allow(["cloudwatch:DescribeAlarms", "lambda:ListFunctions"], "*")))
    workbench = a.managed_policy("dev-workbench", policy(
        allow(["lambda:InvokeFunction", "lambda:GetFunctionConfiguration"], f"arn:aws:lambda:{REGION}:{STAGING}:function:web-*", sid="TryPages"),
        allow(["s3:GetObject", "s3:ListBucket"], bucket_and_objects("paperboat-staging-covers"), sid="Covers"),
        allow(["sqs:SendMessage", "sqs:ReceiveMessage"], f"arn:aws:sqs:{REGION}:{STAGING}:preview-jobs", sid="Jobs"),
        allow("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{REGION}:{STAGING}:secret:dev/*", sid="SandboxSecrets"),
        allow("iam:PassRole", "*", sid="PassAnything")))
    behind_sso = trusts({"AWS": root_of(STAGING)}, {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{STAGING}:{sso}*"}})
    for name in DEVELOPERS:
        a.role(f"dev-{name}", behind_sso, workbench, tags={"task": "development"})
    ring = ("shift-early", "shift-late", "shift-night")
    for name in ring:
        a.role(name, trusts({"AWS": [role_arn(STAGING, other) for other in ring if other != name]}), inline={"hand-over": policy(
            allow("sts:AssumeRole", [role_arn(STAGING, r) for r in ring], sid="HandOver"),
            allow(["sqs:PurgeQueue", "cloudwatch:DisableAlarmActions", "cloudwatch:EnableAlarmActions"], "*", sid="Shift"))}, tags={"task": "operations"})
    a.role("break-glass", trusts({"AWS": root_of(MANAGEMENT)}, MULTI_FACTOR), inline={"stop-and-restart": policy(
        allow(["ec2:RebootInstances", "rds:RebootDBInstance", "lambda:PutFunctionConcurrency", "sqs:PurgeQueue"], "*", sid="StopTheBleeding"))}, tags={"use": "emergency"}, used=None)
    a.user("import-2021", inline={"upload": policy(allow("s3:PutObject", "arn:aws:s3:::paperboat-staging-uploads/import/*"))}, path="/service/", key=(1610, 1190))
    a.user("qa-robot", inline={"pages": policy(allow("lambda:InvokeFunction", f"arn:aws:lambda:{REGION}:{STAGING}:function:web-*"))}, path="/service/", key=(45, 0))


# ---------------------------------------------------------------- tools: 31 identities
def tools():
    a = Account(TOOLS, "tools")
    a.block_of_public_access(True)
    issuer = "token.actions.githubusercontent.com"
    trust = trusts({"Federated": f"arn:aws:iam::{TOOLS}:oidc-provider/{issuer}"}, {"StringEquals": {f"{issuer}:aud": "sts.amazonaws.com"}, "StringLike": {f"{issuer}:sub": "repo:paperboat/*:*"}}, sid="GitHubActions", action="sts:AssumeRoleWithWebIdentity")
    a.role("ci-deploy", trust, "AdministratorAccess", tags={"task": "deploy"}, used=2 * 3600)
    a.bucket("paperboat-build-artifacts", policy(only_over_tls("paperboat-build-artifacts")), key=a.key("builds"))
    for d in RELEASED:
        a.repository(f"build/{d}", policy(allow(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], sid="Prod", principal={"AWS": root_of(PROD)})))
        role = a.role(f"build-{d}", trusts_service("codebuild"), inline={"build": policy(
            allow("sts:AssumeRole", role_arn(PROD, f"release-check-{d}"), sid="WatchRelease"),
            allow(["ecr:BatchCheckLayerAvailability", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload", "ecr:PutImage"], f"arn:aws:ecr:{REGION}:{TOOLS}:repository/build/{d}", sid="Push"),
            allow("ecr:GetAuthorizationToken", "*"),
            allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], log_group(TOOLS, f"/aws/codebuild/build-{d}")))}, tags={"service": d})
        a.build_project(f"build-{d}", role, f"https://github.com/paperboat/{d}", {"service": d})
    a.role("OrganizationAccountAccessRole", trusts({"AWS": root_of(MANAGEMENT)}), "AdministratorAccess", used=None)
    for name, actions, resource in [
            ("artifact-cleanup", ["s3:DeleteObject"], "arn:aws:s3:::paperboat-build-artifacts/*"), ("image-cleanup", ["ecr:BatchDeleteImage", "ecr:ListImages"], f"arn:aws:ecr:{REGION}:{TOOLS}:repository/build/*"),
            ("build-digest", ["sns:Publish"], f"arn:aws:sns:{REGION}:{TOOLS}:build-results"), ("licence-scan", ["s3:GetObject"], "arn:aws:s3:::paperboat-build-artifacts/licences/*"), ("request-intake", ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], f"arn:aws:sqs:{REGION}:{TOOLS}:build-requests")]:
        role = a.role(name + "-exec", trusts_service("lambda"), "AWSLambdaBasicExecutionRole", inline={"work": policy(allow(actions, resource))})
        a.function(name, role, a.may_invoke(name, "events.amazonaws.com", f"arn:aws:events:{REGION}:{TOOLS}:rule/{name}"))
    a.topic("build-results")
    a.queue("build-requests")
    a.role("runner", trusts_service("ec2"), "AmazonSSMManagedInstanceCore", profile=True, inline={"fetch": policy(allow("s3:GetObject", "arn:aws:s3:::paperboat-build-artifacts/*"))})
    a.instance("runner-1", "runner")
    a.instance("runner-2", "runner")
    reads_configuration_only(a)
    a.role("flow-logs", trusts_service("vpc-flow-logs"), inline={"deliver": policy(allow(["logs:CreateLogStream", "logs:PutLogEvents"], log_group(TOOLS, "vpc-flow-logs")))})
    a.role("config-recorder", trusts_service("config"), inline={"record": policy(allow(["ec2:DescribeInstances", "lambda:ListFunctions", "s3:ListAllMyBuckets"], "*"))})
    a.role("events-start-builds", trusts_service("events"), inline={"queue": policy(allow("sqs:SendMessage", f"arn:aws:sqs:{REGION}:{TOOLS}:build-requests"))})
    a.service_linked("AWSServiceRoleForElasticLoadBalancing", "AWSServiceRoleForTrustedAdvisor", "AWSServiceRoleForSupport", "AWSServiceRoleForCloudTrail")
    a.sso_role("build-viewer", policy(allow(["codebuild:ListProjects", "codebuild:BatchGetBuilds", "ecr:DescribeRepositories"], "*")))
    a.sso_role("build-keeper", policy(allow(["codebuild:ListProjects", "codebuild:StopBuild"], "*"), allow("ecr:DescribeImages", f"arn:aws:ecr:{REGION}:{TOOLS}:repository/build/*")))
    for name, actions, resource in [("svc-renovate", ["ecr:DescribeImages"], f"arn:aws:ecr:{REGION}:{TOOLS}:repository/build/*"), ("svc-mirror", ["ecr:BatchGetImage"], f"arn:aws:ecr:{REGION}:{TOOLS}:repository/build/*"), ("svc-status-page", ["codebuild:BatchGetBuilds"], f"arn:aws:codebuild:{REGION}:{TOOLS}:project/build-*"), ("svc-badge", ["codebuild:BatchGetProjects"], f"arn:aws:codebuild:{REGION}:{TOOLS}:project/build-*")]:
        a.user(name, inline={"work": policy(allow(actions, resource))}, path="/service/", key=(spread(10, 80, name), spread(0, 4, name, "use")))
    return a


# ---------------------------------------------------------------- the organization
UNITS = [("platform", ROOT), ("workloads", ROOT), ("prod", "workloads"), ("staging", "workloads")]
PLACES = {MANAGEMENT: ROOT, PROD: "prod", STAGING: "staging", TOOLS: "platform"}
NAMES = {MANAGEMENT: "management", PROD: "prod", STAGING: "staging", TOOLS: "tools"}

# Organizations keeps the text of a policy as written, so its lines can be cited.
PROTECT_PROD = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "KeepTheTrail", "Effect": "Deny",
      "Action": ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail"],
      "Resource": "*"
    },
    {
      "Sid": "KeepTheRecorder", "Effect": "Deny",
      "Action": ["config:StopConfigurationRecorder", "config:DeleteConfigurationRecorder"],
      "Resource": "*"
    },
    {
      "Sid": "NoNewLongLivedKeys", "Effect": "Deny",
      "Action": [
        "iam:CreateAccessKey"
      ],
      "Resource": "*"
    },
    {
      "Sid": "DenyWritesFromStaging", "Effect": "Deny",
      "Action": ["s3:Put*", "s3:Delete*"],
      "Resource": "arn:aws:s3:::paperboat-*",
      "Condition": {"StringNotEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}
    }
  ]
}"""


def unit_id(name):
    return name if name == ROOT else f"ou-{ROOT[2:]}-{hexes(8, 'unit', name)}"


def organization():
    prefix = f"arn:aws:organizations::{MANAGEMENT}:"
    kinds = [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}, {"Type": "RESOURCE_CONTROL_POLICY", "Status": "ENABLED"}]

    def target(name):
        if name in NAMES:
            return {"TargetId": name, "Arn": f"{prefix}account/{ORGANIZATION}/{name}", "Name": NAMES[name], "Type": "ACCOUNT"}
        if name == ROOT:
            return {"TargetId": ROOT, "Arn": f"{prefix}root/{ORGANIZATION}/{ROOT}", "Name": "Root", "Type": "ROOT"}
        return {"TargetId": unit_id(name), "Arn": f"{prefix}ou/{ORGANIZATION}/{unit_id(name)}", "Name": name, "Type": "ORGANIZATIONAL_UNIT"}

    def attached(kind, name, description, content, targets, own=True):
        lower = kind.lower()
        policy_id = "p-" + (hexes(8, "policy", name) if own else name)
        arn = f"{prefix}policy/{ORGANIZATION}/{lower}/{policy_id}" if own else f"arn:aws:organizations::aws:policy/{lower}/{policy_id}"
        text = content if isinstance(content, str) else json.dumps(content, indent=2)
        return {"PolicySummary": {"Id": policy_id, "Arn": arn, "Name": name, "Description": description, "Type": kind, "AwsManaged": not own}, "Content": text, "Targets": [target(t) for t in targets]}

    everywhere = [ROOT] + [name for name, _ in UNITS] + list(NAMES)
    scp, rcp = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
    return {
        "Organization": {"Id": ORGANIZATION, "Arn": f"{prefix}organization/{ORGANIZATION}", "FeatureSet": "ALL", "MasterAccountArn": f"{prefix}account/{ORGANIZATION}/{MANAGEMENT}", "MasterAccountId": MANAGEMENT, "MasterAccountEmail": "aws@paperboat.example", "AvailablePolicyTypes": kinds},
        "Roots": [{"Id": ROOT, "Arn": f"{prefix}root/{ORGANIZATION}/{ROOT}", "Name": "Root", "PolicyTypes": kinds}],
        "OrganizationalUnits": [{"Id": unit_id(n), "Arn": f"{prefix}ou/{ORGANIZATION}/{unit_id(n)}", "Name": n, "ParentId": unit_id(p)} for n, p in UNITS],
        "Accounts": [{"Id": i, "Arn": f"{prefix}account/{ORGANIZATION}/{i}", "Email": f"aws+{n}@paperboat.example", "Name": n, "Status": "ACTIVE", "JoinedMethod": "INVITED" if i in (MANAGEMENT, STAGING) else "CREATED", "JoinedTimestamp": iam_time(seconds_ago(spread(1950 * DAY, 2300 * DAY, i))), "ParentId": unit_id(PLACES[i])} for i, n in NAMES.items()],
        "Policies": [
            attached(scp, "FullAWSAccess", "Allows access to every operation", policy(allow("*", "*")), everywhere, own=False),
            attached(rcp, "RCPFullAWSAccess", "Allows access to every resource", policy(allow("*", "*", principal="*")), everywhere, own=False),
            attached(scp, "stay-inside", "Accounts stay in the organization", policy(deny("organizations:LeaveOrganization", "*", sid="DenyLeaving")), [ROOT]),
            attached(scp, "protect-prod", "Staging does not write to prod", PROTECT_PROD, ["staging"]),
            attached(rcp, "require-tls", "Data only over TLS", policy(deny(["s3:*", "sqs:*"], "*", sid="DenyInsecureTransport", principal="*", when={"Bool": {"aws:SecureTransport": "false"}})), ["workloads"]),
        ]}


# ---------------------------------------------------------------- evidence of use
def last_accessed():
    """`aws iam get-service-last-accessed-details` at action level, for the role of the nightly report."""
    arn = role_arn(STAGING, "nightly-exec")

    def service(name, namespace, seconds=None, actions=()):
        entry = {"ServiceName": name, "ServiceNamespace": namespace, "TotalAuthenticatedEntities": 0 if seconds is None else 1}
        if seconds is not None:
            entry.update({"LastAuthenticated": iam_time(seconds_ago(seconds)), "LastAuthenticatedEntity": arn, "LastAuthenticatedRegion": REGION})
        tracked = []
        for action, used in actions:
            t = {"ActionName": action}
            if used is not None:
                t.update({"LastAccessedEntity": arn, "LastAccessedTime": iam_time(seconds_ago(used)), "LastAccessedRegion": REGION})
            tracked.append(t)
        if tracked:
            entry["TrackedActionsLastAccessed"] = tracked
        return entry

    today, three_days = 6 * 3600, 3 * DAY
    return {"JobStatus": "COMPLETED", "JobType": "ACTION_LEVEL", "JobCreationDate": iam_time(seconds_ago(120)), "ServicesLastAccessed": [
        service("Amazon CloudWatch Logs", "logs", today, [("CreateLogGroup", None), ("CreateLogStream", today), ("PutLogEvents", today)]),
        service("Amazon DynamoDB", "dynamodb"),
        service("Amazon RDS", "rds"),
        service("Amazon S3", "s3"),
        service("AWS Lambda", "lambda", None, [("UpdateFunctionCode", None)]),
        service("AWS Security Token Service", "sts", three_days, [("AssumeRole", three_days)]),
        service("AWS Support", "support"),
        service("AWS X-Ray", "xray"),
    ], "JobCompletionDate": iam_time(seconds_ago(110)), "IsTruncated": False, "Arn": role_arn(STAGING, "nightly-exec")}


def trail():
    """A little more than ninety days of CloudTrail management events, thinned out to those the stories need: path below AWSLogs -> records."""
    files = {}

    def record(account, moment, role, session, source, name, parameters, resources=(), identity=None, agent="aws-sdk-python"):
        arn = role_arn(account, role) if role else None
        identity = identity or {
            "type": "AssumedRole", "principalId": unique_id("AROA", arn) + ":" + session, "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}", "accountId": account, "accessKeyId": "ASIA" + unique_id("", arn + session)[:16],
            "sessionContext": {"sessionIssuer": {"type": "Role", "principalId": unique_id("AROA", arn), "arn": arn, "accountId": account, "userName": role}, "attributes": {"creationDate": moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "mfaAuthenticated": "false"}}}
        event = {
            "eventVersion": "1.11", "userIdentity": identity, "eventTime": moment.strftime("%Y-%m-%dT%H:%M:%SZ"), "eventSource": source, "eventName": name, "awsRegion": REGION, "sourceIPAddress": "198.51.100.%d" % spread(4, 250, name, str(moment)), "userAgent": agent,
            "requestParameters": parameters, "responseElements": None, "requestID": uuid("request", name, str(moment)), "eventID": uuid("event", name, str(moment)), "readOnly": False}
        if resources:
            event["resources"] = [{"accountId": r.split(":")[4], "type": t, "ARN": r} for t, r in resources]
        event.update({"eventType": "AwsApiCall", "managementEvent": True, "recipientAccountId": account, "eventCategory": "Management"})
        part = moment.replace(minute=moment.minute - moment.minute % 5)
        mark = base64.b32encode(digest("trail", account, str(part))).decode()[:16]
        path = f"{account}/CloudTrail/{REGION}/{part:%Y/%m/%d}/{account}_CloudTrail_{REGION}_{part:%Y%m%dT%H%MZ}_{mark}.json.gz"
        files.setdefault(path, []).append(event)

    midnight = NOW.replace(hour=3, minute=0)
    reporting = role_arn(PROD, "reporting-read")
    # The first night lies before the ninety days, so that the logs cover them.
    for days in (0, 3, 10, 17, 24, 45, 66, 87, 94):
        night = midnight - datetime.timedelta(days=days)
        record(STAGING, night.replace(second=4), "nightly-exec", "nightly-report", "logs.amazonaws.com", "CreateLogStream", {"logGroupName": "/aws/lambda/nightly-report", "logStreamName": f"{night:%Y/%m/%d}/[$LATEST]{hexes(32, str(night))}"})
        if days:
            record(STAGING, night.replace(second=6), "nightly-exec", "nightly-report", "sts.amazonaws.com", "AssumeRole", {"roleArn": reporting, "roleSessionName": "nightly-report"}, [("AWS::IAM::Role", reporting)])
    for days, role in ((40, "deployer"), (55, "deployer-blue"), (62, "deployer")):
        at = midnight.replace(hour=14, minute=20, second=31) - datetime.timedelta(days=days)
        target = "nightly-report" if days == 40 else "web-checkout"
        record(STAGING, at, role, "codedeploy", "lambda.amazonaws.com", "UpdateFunctionCode20150331v2", {"functionName": target, "s3Bucket": "paperboat-staging-artifacts", "s3Key": f"{target}.zip", "publish": True, "dryRun": False}, [("AWS::Lambda::Function", f"arn:aws:lambda:{REGION}:{STAGING}:function:{target}")], agent="codedeploy.amazonaws.com")
    at = midnight.replace(hour=9, minute=14) - datetime.timedelta(days=3)
    record(PROD, at, None, None, "sts.amazonaws.com", "AssumeRole", {"roleArn": role_arn(PROD, "sailcheck-read"), "roleSessionName": "sailcheck"}, [("AWS::IAM::Role", role_arn(PROD, "sailcheck-read"))],
           identity={"type": "AWSAccount", "principalId": unique_id("AROA", "sailcheck") + ":scanner", "accountId": SAILCHECK})
    at = midnight.replace(hour=7, minute=14)
    record(TOOLS, at, None, None, "sts.amazonaws.com", "AssumeRoleWithWebIdentity", {"roleArn": role_arn(TOOLS, "ci-deploy"), "roleSessionName": "GitHubActions"}, [("AWS::IAM::Role", role_arn(TOOLS, "ci-deploy"))],
           identity={"type": "WebIdentityUser", "principalId": f"arn:aws:iam::{TOOLS}:oidc-provider/token.actions.githubusercontent.com:sts.amazonaws.com:repo:paperboat/web:ref:refs/heads/redesign", "userName": "repo:paperboat/web:ref:refs/heads/redesign", "identityProvider": f"arn:aws:iam::{TOOLS}:oidc-provider/token.actions.githubusercontent.com"})
    at = midnight.replace(hour=9, minute=2) - datetime.timedelta(days=2)
    sam = f"arn:aws:iam::{STAGING}:user/support-sam"
    record(STAGING, at, None, None, "support.amazonaws.com", "DescribeCases", {"includeResolvedCases": False}, identity={"type": "IAMUser", "principalId": unique_id("AIDA", sam), "arn": sam, "accountId": STAGING, "accessKeyId": "AKIA" + unique_id("", sam)[:16], "userName": "support-sam"})
    return {p: {"Records": sorted(r, key=lambda e: e["eventTime"])} for p, r in files.items()}


# ---------------------------------------------------------------- files, and what must be true of them
def rendered(value):
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def all_accounts():
    return [management(), prod(), staging(), tools()]


def all_files(accounts):
    files = {"organization.json": rendered(organization()).encode()}
    for a in accounts:
        files[f"accounts/{a.id}/gaad.json"] = rendered(a.gaad()).encode()
        files[f"accounts/{a.id}/config.json"] = rendered(a.config()).encode()
        files[f"accounts/{a.id}/credential-report.csv"] = a.credential_report().encode()
    files[f"accounts/{STAGING}/last-accessed/nightly-exec.json"] = rendered(last_accessed()).encode()
    for path, log in trail().items():
        files[f"trail/AWSLogs/{ORGANIZATION}/{path}"] = json.dumps(log, separators=(",", ":")).encode()
    return files


def strings_of(value):
    if isinstance(value, dict):
        for v in value.values():
            yield from strings_of(v)
    elif isinstance(value, list):
        for v in value:
            yield from strings_of(v)
    elif isinstance(value, str):
        yield value


def faults(accounts, files):
    """Facts the stories rest on, checked on the data itself; returns what is wrong."""
    wrong = []

    def expect(what, got, wanted):
        if got != wanted:
            wrong.append(f"{what}: {got}, expected {wanted}")

    by_id = {a.id: a for a in accounts}
    for a in accounts:
        expect(f"identities in {a.name}", len(a.users) + len(a.roles), IDENTITIES[a.id])
        arns = [x["Arn"] for x in a.users + a.groups + a.roles] + [i["ARN"] for i in a.items]
        expect(f"doubled ARNs in {a.name}", sorted({x for x in arns if arns.count(x) > 1}), [])
        for p in a.policies.values():
            size = len(re.sub(r"\s", "", json.dumps(p["PolicyVersionList"][0]["Document"])))
            if size > 6144:
                wrong.append(f"{p['Arn']} has {size} characters, the quota is 6144")
    things = [i for i in by_id[PROD].items if i["resourceType"] not in ("AWS::KMS::Alias", "AWS::S3::AccountPublicAccessBlock")]
    expect("things in prod", len(things), THINGS_IN_PROD)
    expect("prod buckets named paperboat-*", sum(i["ARN"].startswith("arn:aws:s3:::paperboat-") for i in things), 14)
    kinds = [i["resourceType"] for i in by_id[STAGING].items]
    expect("functions in staging", kinds.count("AWS::Lambda::Function"), 14)
    expect("secrets in staging", kinds.count("AWS::SecretsManager::Secret"), 11)
    expect("secrets elsewhere", sum(i["resourceType"] == "AWS::SecretsManager::Secret" for a in accounts for i in a.items), 11)
    expect("log buckets", sum(i["ARN"].startswith("arn:aws:s3:::logs-staging-") for i in by_id[STAGING].items), 9)
    expect("dev roles", sum(r["RoleName"].startswith("dev-") for r in by_id[STAGING].roles), 41)
    expect("sso-dev roles", sum(r["RoleName"].startswith("AWSReservedSSO_sso-dev-") for r in by_id[STAGING].roles), 6)
    attachments = by_id[STAGING].policies[f"arn:aws:iam::{STAGING}:policy/shared-ops"]["AttachmentCount"]
    expect("attachments of shared-ops", attachments, 5)

    exists = {root_of(x) for x in (*by_id, SAILCHECK, UNKNOWN)}
    for a in accounts:
        exists |= {x["Arn"] for x in a.users + a.groups + a.roles} | set(a.policies) | {i["ARN"] for i in a.items}
        exists |= {p["Arn"] for r in a.roles for p in r["InstanceProfileList"]}
    ours = "|".join(by_id)
    exact = re.compile(rf"arn:aws:(?:(?:iam|lambda|sqs|sns|kms|ecs|states)[^*?$ ]*:(?:{ours}):(?!oidc|saml|service/)[^*?$ ]+|s3:::[^*?$/ ]+)$")
    for a in accounts:
        found = set(strings_of(a.gaad()))
        for i in a.items:
            found |= set(strings_of(i["configuration"])) | {s for t in strings_of(i["supplementaryConfiguration"]) if t.startswith("{") for s in strings_of(json.loads(t))}
        for s in sorted(found):
            if exact.match(s) and s not in exists:
                wrong.append(f"{a.name} refers to {s}, which does not exist")
    total = sum(map(len, files.values()))
    if total > 1_500_000:
        wrong.append(f"{total} bytes in all, the limit is 1500000")
    return wrong


def main():
    parser = argparse.ArgumentParser(description="Writes the demo organization Paperboat Books.")
    parser.add_argument("--check", action="store_true", help="only compare the files with what would be written")
    check = parser.parse_args().check
    accounts = all_accounts()
    files = all_files(accounts)
    wrong = faults(accounts, files)

    def on_disk(path):
        try:
            data = path.read_bytes()
            return gzip.decompress(data) if path.suffix == ".gz" else data
        except (OSError, EOFError):
            return None

    generated = [p for d in ("accounts", "trail") for p in (HERE / d).rglob("*") if p.is_file()]
    stale = sorted(str(p.relative_to(HERE)) for p in generated if str(p.relative_to(HERE)) not in files)
    if check:
        wrong += [f"{name} differs from what this script writes" for name, data in files.items() if on_disk(HERE / name) != data]
        wrong += [f"{name} is not written by this script" for name in stale]
    elif not wrong:
        for name in stale:
            (HERE / name).unlink()
        for name, data in files.items():
            if on_disk(HERE / name) == data:
                continue  # a gzip file with the same content may have other bytes; leave it
            (HERE / name).parent.mkdir(parents=True, exist_ok=True)
            (HERE / name).write_bytes(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)
    for w in wrong:
        print(w, file=sys.stderr)
    for a in accounts:
        print(f"{a.id}  {a.name:10}  {len(a.users) + len(a.roles):3} identities  {len(a.items):3} configuration items")
    print(f"{len(files)} files, {sum(map(len, files.values()))} bytes")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
