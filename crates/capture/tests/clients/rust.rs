//! Is what the AWS SDK for Rust asks recorded as what it is?
//!
//! It asks the proxy of the environment from the behaviour of 2025-08-07 on, which is what `BehaviorVersion::latest()` of then
//! and later means, and trusts what `SSL_CERT_FILE` names; the stand-in that `AWS_ENDPOINT_URL` names it knew before.

use std::collections::BTreeSet;
use std::process::Command;

use clavicle_capture::Record;
use clavicle_testkit::{Moto, rust_sdk};

use crate::secure::proxy;
use crate::{environment, record_command};

const WANTED: &str = "\
sqs.CreateQueue sqs:CreateQueue arn:aws:sqs:eu-west-1:123456789012:harbour
sqs.GetQueueUrl sqs:GetQueueUrl arn:aws:sqs:eu-west-1:123456789012:sunk failed
sqs.ReceiveMessage sqs:ReceiveMessage arn:aws:sqs:eu-west-1:123456789012:harbour
sqs.SendMessage sqs:SendMessage arn:aws:sqs:eu-west-1:123456789012:harbour
ssm.GetParameter ssm:GetParameter arn:aws:ssm:eu-west-1:123456789012:parameter/paper/key
ssm.GetParametersByPath ssm:GetParametersByPath arn:aws:ssm:eu-west-1:123456789012:parameter/paper
ssm.PutParameter ssm:PutParameter arn:aws:ssm:eu-west-1:123456789012:parameter/paper/key
sts.AssumeRole sts:AssumeRole arn:aws:iam::123456789012:role/harbour/pilot
";

fn told(record: &Record) -> String {
    let line = |one: &clavicle_capture::Use| {
        let ended = if one.failed > 0 { " failed" } else { "" };
        let thing = one.resource.as_deref().unwrap_or("?");
        format!("{}.{} {} {thing}{ended}\n", one.service, one.operation, one.action)
    };
    let lines: BTreeSet<String> = record.uses.iter().filter(|one| one.need == "own").map(line).collect();
    lines.into_iter().collect()
}

fn is_whole(record: &Record) {
    assert_eq!(told(record), WANTED);
    assert_eq!((record.calls, record.unchecked, record.unknown.len()), (9, 1, 0), "{record:#?}");
    assert!(record.not_recorded.is_empty(), "{:?}", record.not_recorded);
    let text = record.to_json().expect("it is JSON");
    assert!(!text.contains("not-a-secret") && !text.contains("the body"), "{text}");
}

#[test]
fn calls_of_the_rust_sdk_to_hosts_of_aws_are_recorded_through_tls() {
    let Some(program) = rust_sdk() else { return };
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let certificate = folder.path().join("aws.pem");
    std::fs::write(&certificate, moto.certificate()).expect("it is written");
    let (proxy, asked) = proxy(moto.secure_address().trim_start_matches("https://").to_owned());
    let mut environment = environment("");
    environment.retain(|(name, _)| name != "AWS_ENDPOINT_URL");
    environment.push(("HTTPS_PROXY".to_owned(), proxy));
    environment.push(("SSL_CERT_FILE".to_owned(), certificate.to_string_lossy().into_owned()));
    let (_, record) = record_command(Command::new(program), environment, false);
    is_whole(&record);
    let hosts: BTreeSet<String> = asked.lock().expect("whole").iter().cloned().collect();
    assert!(hosts.contains("ssm.eu-west-1.amazonaws.com:443"), "{hosts:?}");
}

#[test]
fn calls_of_the_rust_sdk_to_a_stand_in_are_recorded() {
    let (Some(program), Some(moto)) = (rust_sdk(), Moto::start()) else { return };
    let (_, record) = record_command(Command::new(program), environment(moto.address()), false);
    is_whole(&record);
}

/// As docs/limits.md says: of this SDK `--csm` hears nothing.
#[test]
fn the_rust_sdk_has_no_client_side_monitoring() {
    let (Some(program), Some(moto)) = (rust_sdk(), Moto::start()) else { return };
    let (_, record) = record_command(Command::new(program), environment(moto.address()), true);
    assert_eq!(record.calls, 0, "{record:#?}");
}
