"""The account whose plans the test carries out, in the account ACCOUNT of a moto server at
AWS_ENDPOINT_URL.

    python trim_scene.py make FOLDER    makes it, and writes down what was used in `log.json`, and in `set` its permission
                                        set and the role of that, as sources of clavicle
    python trim_scene.py details FOLDER writes down its identities as a source of clavicle
    python trim_scene.py again          gives the role `web` more
    python trim_scene.py version        puts another version of the policy `web` in force
    python trim_scene.py state          prints all of it that a plan can change
"""

import json
import os
import sys
from datetime import datetime, timezone

import boto3

REGION = "eu-west-1"
ACCOUNT = os.environ["ACCOUNT"]
ROLE = "AWSReservedSSO_Dev_0123456789abcdef"
SSO_PATH = "/aws-reserved/sso.amazonaws.com/"


iam = boto3.client("iam", region_name=REGION)
sso = boto3.client("sso-admin", region_name=REGION)
INSTANCE = sso.list_instances()["Instances"][0]["InstanceArn"]


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions, resource="*"):
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def event(arn, issuer, source, name, parameters, number):
    session = {"sessionContext": {"sessionIssuer": {"type": "Role", "arn": issuer}}} if issuer else {}
    kind = "AssumedRole" if issuer else "IAMUser"
    return {
        "eventVersion": "1.09", "userIdentity": {"type": kind, "arn": arn, "accountId": ACCOUNT, **session},
        "eventTime": f"2026-06-{number + 1:02}T10:00:00Z", "eventSource": f"{source}.amazonaws.com", "eventName": name,
        "awsRegion": REGION, "sourceIPAddress": "198.51.100.7", "requestParameters": parameters,
        "eventID": f"00000000-0000-0000-0000-{number:012}", "eventType": "AwsApiCall", "managementEvent": True,
        "recipientAccountId": ACCOUNT, "eventCategory": "Management",
    }


def again():
    extra = iam.create_policy(PolicyName="extra", PolicyDocument=policy(allow(["iam:ListRoles", "iam:ListUsers"])))["Policy"]["Arn"]
    for role in ["web", "other"]:
        iam.attach_role_policy(RoleName=role, PolicyArn=extra)


def version():
    arn = f"arn:aws:iam::{ACCOUNT}:policy/team/web"
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(allow("sns:Publish")), SetAsDefault=True)


def details(folder):
    os.makedirs(folder, exist_ok=True)
    found = {}
    # Those of AWS are in the catalogue; moto has them all, and takes seconds to say so.
    for page in iam.get_paginator("get_account_authorization_details").paginate(Filter=["User", "Group", "Role", "LocalManagedPolicy"]):
        for name in ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"]:
            found.setdefault(name, []).extend(page[name])
    open(f"{folder}/gaad.json", "w").write(json.dumps(found, default=str))


def make(folder):
    shared = iam.create_policy(PolicyName="shared", PolicyDocument=policy(allow(["sqs:*", "sns:CreateTopic"])))["Policy"]["Arn"]
    own = iam.create_policy(PolicyName="web", Path="/team/", PolicyDocument=policy(allow(["sns:GetTopicAttributes", "sns:Subscribe"])))["Policy"]["Arn"]
    trust = policy({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
    iam.create_role(RoleName="web", AssumeRolePolicyDocument=trust)
    iam.create_role(RoleName="other", AssumeRolePolicyDocument=trust)
    for role in ["web", "other"]:
        iam.attach_role_policy(RoleName=role, PolicyArn=shared)
    iam.attach_role_policy(RoleName="web", PolicyArn=own)
    iam.put_role_policy(RoleName="web", PolicyName="used", PolicyDocument=policy(allow(["sns:ListTopics", "sns:ListSubscriptions"])))
    iam.put_role_policy(RoleName="web", PolicyName="unused", PolicyDocument=policy(allow("ec2:RunInstances")))
    iam.create_group(GroupName="devs")
    iam.put_group_policy(GroupName="devs", PolicyName="queues", PolicyDocument=policy(allow(["sqs:CreateQueue", "sqs:DeleteQueue", "sqs:PurgeQueue"])))
    iam.attach_group_policy(GroupName="devs", PolicyArn=shared)
    for user in ["dana", "sam"]:
        iam.create_user(UserName=user)
        iam.add_user_to_group(GroupName="devs", UserName=user)
    sso_role = f"arn:aws:iam::{ACCOUNT}:role{SSO_PATH}{ROLE}"
    inline = policy(allow(["sns:CreateTopic", "sns:DeleteTopic"]))
    managed = "arn:aws:iam::aws:policy/AmazonSQSFullAccess"
    iam.create_role(RoleName=ROLE, Path=SSO_PATH, AssumeRolePolicyDocument=trust)
    iam.put_role_policy(RoleName=ROLE, PolicyName="AwsSSOInlinePolicy", PolicyDocument=inline)
    set_arn = sso.create_permission_set(Name="Dev", InstanceArn=INSTANCE)["PermissionSet"]["PermissionSetArn"]
    where = {"InstanceArn": INSTANCE, "PermissionSetArn": set_arn}
    sso.put_inline_policy_to_permission_set(**where, InlinePolicy=inline)
    sso.attach_managed_policy_to_permission_set(**where, ManagedPolicyArn=managed)
    sso.create_account_assignment(**where, TargetId=ACCOUNT, TargetType="AWS_ACCOUNT", PrincipalType="USER", PrincipalId="dana")

    details(f"{folder}/set")
    write = lambda name, value: open(f"{folder}/set/{name}", "w").write(json.dumps(value, default=str))
    write("instances.json", {"Instances": [{"InstanceArn": INSTANCE, "OwnerAccountId": ACCOUNT}]})
    write("set.json", {"PermissionSet": {"PermissionSetArn": set_arn, "Name": "Dev", "InlinePolicy": inline, "AttachedManagedPolicies": [{"Arn": managed}]}})
    write("assignments.json", {"AccountAssignments": [{"AccountId": ACCOUNT, "PermissionSetArn": set_arn, "PrincipalType": "USER", "PrincipalId": "dana"}]})
    web = (f"arn:aws:sts::{ACCOUNT}:assumed-role/web/i-1", f"arn:aws:iam::{ACCOUNT}:role/web")
    dana = (f"arn:aws:iam::{ACCOUNT}:user/dana", None)
    sam = (f"arn:aws:iam::{ACCOUNT}:user/sam", None)
    dev = (f"arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE}/dana", sso_role)
    calls = [
        (*web, "sqs", "CreateQueue", {"queueName": "jobs"}),
        (*web, "sns", "CreateTopic", {"name": "news"}),
        (*web, "sns", "ListTopics", None),
        (*web, "sns", "GetTopicAttributes", {"topicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:news"}),
        (*web, "iam", "ListRoles", None),
        (*dana, "sqs", "CreateQueue", {"queueName": "dana"}),
        (*sam, "sqs", "PurgeQueue", {"queueUrl": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/sam"}),
        (*dev, "sns", "CreateTopic", {"name": "dev"}),
        (*dev, "sqs", "CreateQueue", {"queueName": "dev"}),
    ]
    # From before the first of them until now, so that what is not here was not done.
    calls = [(*web, "sqs", "CreateQueue", {"queueName": "jobs"})] + calls
    events = [event(*call, number) for number, call in enumerate(calls)]
    events[0]["eventTime"] = "2026-01-01T00:00:00Z"
    events[-1]["eventTime"] = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    open(f"{folder}/log.json", "w").write(json.dumps({"Records": events}))


def state():
    """Names, texts in force, attachments, boundaries and groups; of managed policies their versions too."""
    found = {}
    for page in iam.get_paginator("get_account_authorization_details").paginate(Filter=["User", "Group", "Role", "LocalManagedPolicy"]):
        for kind in ["User", "Group", "Role"]:
            for it in page[f"{kind}DetailList"]:
                inline = {p["PolicyName"]: p["PolicyDocument"] for p in it.get(f"{kind}PolicyList", [])}
                found[it["Arn"]] = [inline, sorted(p["PolicyArn"] for p in it["AttachedManagedPolicies"]), it.get("AssumeRolePolicyDocument"), it.get("PermissionsBoundary"), it.get("GroupList")]
        for it in page["Policies"]:
            found[it["Arn"]] = [it["DefaultVersionId"], {v["VersionId"]: v["Document"] for v in it["PolicyVersionList"]}]
    for arn in sso.list_permission_sets(InstanceArn=INSTANCE)["PermissionSets"]:
        where = {"InstanceArn": INSTANCE, "PermissionSetArn": arn}
        inline = sso.get_inline_policy_for_permission_set(**where)["InlinePolicy"]
        managed = sso.list_managed_policies_in_permission_set(**where)["AttachedManagedPolicies"]
        found[arn] = [inline and json.loads(inline), sorted(it["Arn"] for it in managed)]
    print(json.dumps(found, sort_keys=True))


if __name__ == "__main__":
    {"make": make, "details": details, "again": again, "version": version, "state": state}[sys.argv[1]](*sys.argv[2:])
