"""Calls of services that know CBOR, in CBOR. boto3 speaks it where a service knows nothing else (EventBridge's second API),
and JSON before it; other SDKs take CBOR first, which botocore is told here to do as well."""

import sys

import boto3
import botocore.exceptions
import botocore.model

botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = ("smithy-rpc-v2-cbor", "json", "query")

AT = "eu-west-1:123456789012"
# With what each call does, by the services' own words.
CALLS = [
    ("cloudwatch", "put_metric_alarm", {"AlarmName": "late", "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold"}),
    ("codebuild", "start_build", {"projectName": "site"}),
    ("codedeploy", "get_deployment_group", {"applicationName": "shop", "deploymentGroupName": "blue"}),
    ("codepipeline", "start_pipeline_execution", {"name": "release"}),
    ("comprehend", "describe_endpoint", {"EndpointArn": f"arn:aws:comprehend:{AT}:document-classifier-endpoint/mail"}),
    ("datasync", "start_task_execution", {"TaskArn": f"arn:aws:datasync:{AT}:task/task-0123456789abcdef0"}),
    ("eventbridgev2", "describe_event_bus", {"EventBusArn": f"arn:aws:events:{AT}:event-busv2/orders/0a1b2c"}),
    ("keyspaces", "get_table", {"keyspaceName": "books", "tableName": "shelf"}),
    ("memorydb", "delete_cluster", {"ClusterName": "cache"}),
    ("network-firewall", "describe_firewall", {"FirewallName": "gate"}),
    ("resourcegroupstaggingapi", "get_resources", {}),
    ("transcribe", "get_transcription_job", {"TranscriptionJobName": "call"}),
    ("translate", "get_terminology", {"Name": "shop"}),
    # Which the stand-in denies.
    ("translate", "get_terminology", {"Name": "denied"}),
    ("workspaces", "start_workspaces", {"StartWorkspaceRequests": [{"WorkspaceId": "ws-0123456789"}]}),
]

told = []
for service, operation, parameters in CALLS:
    client = boto3.client(service)
    protocol = client.meta.service_model.resolved_protocol
    if protocol != "smithy-rpc-v2-cbor":
        told.append(f"{service} speaks {protocol}")
    try:
        getattr(client, operation)(**parameters)
    except botocore.exceptions.ClientError as error:
        if parameters.get("Name") != "denied":
            told.append(f"{service}: {error}")
print("\n".join(told))
sys.exit(bool(told))
