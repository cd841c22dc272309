"""Calls of many services, each once, as a program makes them with boto3. What they are is checked by what was recorded."""

import io
import json
import zipfile

import boto3

client = boto3.client
ROLE = "arn:aws:iam::123456789012:role/service/runner"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]})

s3 = client("s3")
s3.create_bucket(Bucket="ledger", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
s3.put_object(Bucket="ledger", Key="2026/a b.csv", Body=b"{\"Bucket\": \"no\"}")
s3.get_object(Bucket="ledger", Key="2026/a b.csv")
s3.head_object(Bucket="ledger", Key="2026/a b.csv")
s3.copy_object(Bucket="ledger", Key="copy", CopySource={"Bucket": "ledger", "Key": "2026/a b.csv"})
s3.list_objects_v2(Bucket="ledger", Prefix="2026/")
s3.list_buckets()
s3.put_bucket_tagging(Bucket="ledger", Tagging={"TagSet": [{"Key": "Bucket", "Value": "x"}]})
s3.delete_objects(Bucket="ledger", Delete={"Objects": [{"Key": "copy"}, {"Key": "d<e"}]})

iam = client("iam")
iam.create_role(RoleName="runner", Path="/service/", AssumeRolePolicyDocument=TRUST)
iam.get_role(RoleName="runner")
iam.create_user(UserName="dana")
iam.put_user_policy(UserName="dana", PolicyName="p", PolicyDocument=TRUST.replace('"Principal": {"Service": "lambda.amazonaws.com"}', '"Resource": "*"'))
iam.list_roles()

client("sts").get_caller_identity()
client("sts").assume_role(RoleArn=ROLE, RoleSessionName="night")

dynamodb = client("dynamodb")
keys = {"AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}], "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}
for table in ("orders", "stock"):
    dynamodb.create_table(TableName=table, BillingMode="PAY_PER_REQUEST", **keys)
dynamodb.put_item(TableName="orders", Item={"id": {"S": "TableName"}})
dynamodb.get_item(TableName="orders", Key={"id": {"S": "1"}})
dynamodb.query(TableName="orders", KeyConditionExpression="id = :i", ExpressionAttributeValues={":i": {"S": "1"}})
dynamodb.batch_get_item(RequestItems={"orders": {"Keys": [{"id": {"S": "1"}}]}, "stock": {"Keys": [{"id": {"S": "1"}}]}})
dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": "orders", "Item": {"id": {"S": "2"}}}}, {"Delete": {"TableName": "stock", "Key": {"id": {"S": "2"}}}}])

sqs = client("sqs")
url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
sqs.send_message(QueueUrl=url, MessageBody="x")
sqs.receive_message(QueueUrl=url)

sns = client("sns")
topic = sns.create_topic(Name="news")["TopicArn"]
sns.publish(TopicArn=topic, Message="x")
sns.publish(PhoneNumber="+15550100100", Message="x")

awslambda = client("lambda")
code = io.BytesIO()
with zipfile.ZipFile(code, "w") as archive:
    archive.writestr("f.py", "def h(event, context): return 1")
awslambda.create_function(FunctionName="nightly", Runtime="python3.13", Role=ROLE, Handler="f.h", Code={"ZipFile": code.getvalue()})
awslambda.get_function(FunctionName="nightly")
awslambda.list_functions()

kms = client("kms")
key = kms.create_key()["KeyMetadata"]["KeyId"]
kms.create_alias(AliasName="alias/books", TargetKeyId=key)
secret = kms.encrypt(KeyId="alias/books", Plaintext=b"x")["CiphertextBlob"]

secrets = client("secretsmanager")
secrets.create_secret(Name="prod/db", SecretString="hunter2-the-secret")
arn = secrets.get_secret_value(SecretId="prod/db")["ARN"]
secrets.batch_get_secret_value(SecretIdList=[arn])

ssm = client("ssm")
ssm.put_parameter(Name="/app/mode", Value="x", Type="String")
ssm.get_parameter(Name="/app/mode")

logs = client("logs")
logs.create_log_group(logGroupName="/app/web")
logs.create_log_stream(logGroupName="/app/web", logStreamName="s1")
logs.put_log_events(logGroupName="/app/web", logStreamName="s1", logEvents=[{"timestamp": 1, "message": "x"}])

client("events").put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")
client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
client("ecr").create_repository(repositoryName="team/web")
client("cloudwatch").put_metric_data(Namespace="n", MetricData=[{"MetricName": "m", "Value": 1}])
client("ecs").create_cluster(clusterName="main")

ec2 = client("ec2")
ec2.describe_instances()
image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
instance = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
ec2.stop_instances(InstanceIds=[instance])

route53 = client("route53")
zone = route53.create_hosted_zone(Name="paperboat.example", CallerReference="1")["HostedZone"]["Id"]
route53.list_resource_record_sets(HostedZoneId=zone)

client("stepfunctions").create_state_machine(name="flow", definition='{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}', roleArn=ROLE)

apigateway = client("apigateway")
api = apigateway.create_rest_api(name="shop")["id"]
apigateway.get_rest_api(restApiId=api)

client("rds").describe_db_instances()
client("cloudformation").describe_stacks()
print(json.dumps({"key": key, "image": image, "instance": instance, "zone": zone.rsplit("/", 1)[-1], "api": api}))
