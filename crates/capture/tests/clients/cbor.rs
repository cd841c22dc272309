//! Some services know CBOR alone, and many know it beside JSON. Is what was asked, and of what, seen all the same?
//!
//! Smithy: "Smithy RPC v2 CBOR protocol".

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use crate::{environment, record};

/// Answers every request with an empty map, or with a denial of what is called so.
fn stand_in() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("its address"));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || while answer(&stream).is_some() {});
        }
    });
    address
}

fn answer(mut stream: &TcpStream) -> Option<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).expect("a head is text").to_lowercase();
    assert!(head.starts_with("post /service/") && head.contains("smithy-protocol: rpc-v2-cbor"), "{head}");
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
    let mut body = vec![0; length.map_or(0, |length| length.parse().expect("a length"))];
    stream.read_exact(&mut body).ok()?;
    let (status, body) = match body.windows(6).any(|window| window == b"denied") {
        true => ("400 Bad Request", b"\xa2\x66__type\x77x#AccessDeniedException\x67message\x62no".as_slice()),
        false => ("200 OK", b"\xa0".as_slice()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/cbor\r\nsmithy-protocol: rpc-v2-cbor\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat()).ok()
}

#[test]
fn calls_in_cbor_are_told_with_their_things() {
    let Some(python) = clavicle_testkit::python() else { return };
    let (printed, record) = record(&python, environment(&stand_in()), "cbor.py", &[]);
    assert_eq!(printed.trim(), "");
    let line = |one: &clavicle_capture::Use| {
        let resource = one.resource.as_deref().unwrap_or("-").replace(":eu-west-1:123456789012:", ":R:A:");
        format!("{}.{} {} {resource} {}", one.service, one.operation, one.action, one.sureness)
    };
    let own = record.uses.iter().filter(|one| one.need == "own");
    let told: BTreeSet<String> = own.clone().map(line).collect();
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    assert_eq!(told, WANTED.lines().collect::<Vec<_>>(), "{told:#?}");
    assert_eq!((record.calls, record.unknown.len()), (15, 0), "{:?}", record.unknown);
    let denied: Vec<_> = own.filter(|one| one.denied > 0).collect();
    assert!(denied.len() == 1 && denied[0].resource.as_deref().is_some_and(|arn| arn.contains("denied")));
}

const WANTED: &str = "\
cloudwatch.PutMetricAlarm cloudwatch:PutMetricAlarm arn:aws:cloudwatch:R:A:alarm:late exact
codebuild.StartBuild codebuild:StartBuild arn:aws:codebuild:R:A:project/site exact
codedeploy.GetDeploymentGroup codedeploy:GetDeploymentGroup arn:aws:codedeploy:R:A:deploymentgroup:shop/blue exact
codepipeline.StartPipelineExecution codepipeline:StartPipelineExecution arn:aws:codepipeline:R:A:* pattern
comprehend.DescribeEndpoint comprehend:DescribeEndpoint arn:aws:comprehend:R:A:document-classifier-endpoint/mail exact
comprehend.DescribeEndpoint comprehend:DescribeEndpoint arn:aws:comprehend:R:A:entity-recognizer-endpoint/* pattern
datasync.StartTaskExecution datasync:StartTaskExecution arn:aws:datasync:R:A:task/task-0123456789abcdef0 exact
eventbridgev2.DescribeEventBus events:DescribeEventBus arn:aws:events:R:A:event-busv2/orders/0a1b2c exact
keyspaces.GetTable cassandra:Select arn:aws:cassandra:R:A:/keyspace/books/table/shelf exact
memorydb.DeleteCluster memorydb:DeleteCluster arn:aws:memorydb::123456789012:multiregioncluster/cache exact
memorydb.DeleteCluster memorydb:DeleteCluster arn:aws:memorydb:R:A:cluster/cache exact
network-firewall.DescribeFirewall network-firewall:DescribeFirewall arn:aws:network-firewall:R:A:firewall/* pattern
resourcegroupstaggingapi.GetResources tag:GetResources * any
transcribe.GetTranscriptionJob transcribe:GetTranscriptionJob arn:aws:transcribe:R:A:transcription-job/* pattern
translate.GetTerminology translate:GetTerminology arn:aws:translate:R:A:terminology/denied exact
translate.GetTerminology translate:GetTerminology arn:aws:translate:R:A:terminology/shop exact
workspaces.StartWorkspaces workspaces:StartWorkspaces arn:aws:workspaces:R:A:workspace/ws-0123456789 exact
";
