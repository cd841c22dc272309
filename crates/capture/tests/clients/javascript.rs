//! Is what the AWS SDK for JavaScript asks recorded as what it is?
//!
//! It has no proxy of its own: Node asks one from version 24 on, before that it is met at the stand-in that
//! `AWS_ENDPOINT_URL` names.

use std::collections::BTreeSet;

use crate::{environment, record};
use clavicle_testkit::{Moto, javascript};

const WANTED: &str = "\
dynamodb.CreateTable dynamodb:CreateTable arn:aws:dynamodb:eu-west-1:123456789012:table/boats
dynamodb.GetItem dynamodb:GetItem arn:aws:dynamodb:eu-west-1:123456789012:table/boats
dynamodb.GetItem dynamodb:GetItem arn:aws:dynamodb:eu-west-1:123456789012:table/none failed
dynamodb.PutItem dynamodb:PutItem arn:aws:dynamodb:eu-west-1:123456789012:table/boats
s3.CreateBucket s3:CreateBucket arn:aws:s3:::paper
s3.DeleteObjects s3:DeleteObject arn:aws:s3:::paper/2026/a b.csv
s3.GetObject s3:GetObject arn:aws:s3:::paper/2026/a b.csv
s3.ListObjectsV2 s3:ListBucket arn:aws:s3:::paper
s3.PutObject s3:PutObject arn:aws:s3:::paper/2026/a b.csv
sqs.CreateQueue sqs:CreateQueue arn:aws:sqs:eu-west-1:123456789012:harbour
sqs.SendMessage sqs:SendMessage arn:aws:sqs:eu-west-1:123456789012:harbour
";

#[test]
fn calls_of_the_javascript_sdk_are_recorded_with_their_things() {
    let (Some(moto), Some(packages)) = (Moto::shared(), javascript()) else { return };
    let mut environment = environment(moto.address());
    environment.push(("NODE_PATH".to_owned(), packages));
    // It has a word to say of the age of Node.
    environment.push(("AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED".to_owned(), "true".to_owned()));
    let (_, record) = record("node", environment, "calls.js", &[]);
    let line = |one: &clavicle_capture::Use| {
        let ended = if one.failed > 0 { " failed" } else { "" };
        let thing = one.resource.as_deref().unwrap_or("?");
        format!("{}.{} {} {thing}{ended}\n", one.service, one.operation, one.action)
    };
    let certain = record.uses.iter().filter(|one| one.need != "perhaps");
    let told: BTreeSet<String> = certain.map(line).collect();
    assert_eq!(told.into_iter().collect::<String>(), WANTED);
    assert_eq!((record.calls, record.unchecked, record.unknown.len()), (13, 0, 0), "{record:#?}");
    let text = record.to_json().expect("it is JSON");
    assert!(!text.contains("not-a-secret") && !text.contains("the body"), "{text}");
}
