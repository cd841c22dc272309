// Calls as a program makes them with the AWS SDK for JavaScript. What they are is checked by what was recorded.

const { DynamoDB } = require("@aws-sdk/client-dynamodb");
const { S3 } = require("@aws-sdk/client-s3");
const { SQS } = require("@aws-sdk/client-sqs");

async function main() {
  const s3 = new S3({});
  await s3.createBucket({ Bucket: "paper", CreateBucketConfiguration: { LocationConstraint: "eu-west-1" } });
  await s3.putObject({ Bucket: "paper", Key: "2026/a b.csv", Body: "the body" });
  const object = await s3.getObject({ Bucket: "paper", Key: "2026/a b.csv" });
  await object.Body.transformToString();
  await s3.listObjectsV2({ Bucket: "paper", Prefix: "2026/" });
  await s3.deleteObjects({ Bucket: "paper", Delete: { Objects: [{ Key: "2026/a b.csv" }] } });

  const dynamodb = new DynamoDB({});
  await dynamodb.createTable({
    TableName: "boats",
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  });
  await dynamodb.putItem({ TableName: "boats", Item: { id: { S: "1" } } });
  await dynamodb.getItem({ TableName: "boats", Key: { id: { S: "1" } } });
  await dynamodb.getItem({ TableName: "none", Key: { id: { S: "1" } } }).catch(() => {});

  const sqs = new SQS({});
  const { QueueUrl } = await sqs.createQueue({ QueueName: "harbour" });
  await Promise.all([1, 2, 3].map((n) => sqs.sendMessage({ QueueUrl, MessageBody: String(n) })));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
