//! Logs that lie in Amazon S3: against moto, where every signature is worked out once more, and against a server that pages,
//! sends on, and fails.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::Command;
use std::sync::{Arc, Mutex};

use crate::moto::Account;
use crate::{clavicle, succeeds};

fn log(number: u32) -> String {
    let record = serde_json::json!({"eventVersion": "1.09", "eventTime": "2026-03-01T00:00:00Z",
        "eventSource": "sqs.amazonaws.com", "eventName": "CreateQueue", "awsRegion": "eu-west-1",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/dana", "accountId": "111122223333"},
        "requestParameters": {"queueName": "q"}, "eventID": format!("00000000-0000-0000-0000-{number:012}"),
        "eventType": "AwsApiCall", "managementEvent": true, "recipientAccountId": "111122223333"});
    format!("{{\"Records\":[{record}]}}")
}

const PUT: &str = r#"
import gzip, sys, boto3
s3 = boto3.client("s3", region_name="eu-west-1")
s3.create_bucket(Bucket="trail-logs", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
place = "AWSLogs/o-1/111122223333/CloudTrail/eu-west-1/2026/03/01/"
one, other = sys.argv[1:]
s3.put_object(Bucket="trail-logs", Key=place + "a b+c.json.gz", Body=gzip.compress(one.encode()))
s3.put_object(Bucket="trail-logs", Key=place + "torn.json.gz", Body=gzip.compress(other.encode())[:-9])
s3.put_object(Bucket="trail-logs", Key="AWSLogs/o-1/111122223333/CloudTrail-Digest/eu-west-1/x.json.gz", Body=b"none")
s3.put_object(Bucket="trail-logs", Key="elsewhere/y.json", Body=b"none")
"#;

#[test]
fn logs_are_read_from_a_bucket_once_and_a_torn_one_is_told() {
    let Some(account) = Account::of("123456789014") else { return };
    let mut put = Command::new(&account.moto.python);
    put.args(["-c", PUT, &log(1), &log(2)]).envs(account.environment());
    succeeds(put);
    let home = tempfile::tempdir().expect("a folder");
    let read = |address: &str| account.clavicle(home.path(), &["usage", address]).output().expect("it runs");
    let first = read("s3://trail-logs/AWSLogs/o-1");
    let (told, problems) = (String::from_utf8_lossy(&first.stdout), String::from_utf8_lossy(&first.stderr));
    assert!(told.contains("read 2 files"), "{told}{problems}");
    assert!(told.contains("1 new event") || told.contains("2 new events"), "{told}");
    assert!(problems.contains("torn.json.gz") && first.status.code() == Some(4), "{problems}");
    let again = read("s3://trail-logs/AWSLogs/o-1");
    let told = String::from_utf8_lossy(&again.stdout);
    assert!(told.contains("read 1 file ") && told.contains("1 file was read before"), "{told}");
    let empty = read("s3://trail-logs/AWSLogs/o-2/");
    let problems = String::from_utf8_lossy(&empty.stderr);
    assert!(problems.contains("no log of CloudTrail") && problems.contains("AWSLogs/o-2/"), "{problems}");
    assert!(!String::from_utf8_lossy(&again.stderr).contains("no log of CloudTrail"));
    let nameless = read("s3://");
    assert_eq!(nameless.status.code(), Some(2), "{}", String::from_utf8_lossy(&nameless.stderr));
    let nowhere = read("s3://no-such-bucket-here");
    let problems = String::from_utf8_lossy(&nowhere.stderr);
    assert!(problems.contains("NoSuchBucket"), "{problems}");
}

/// Two pages of one object each, the bucket in another region, and each object not there at first.
#[test]
fn pages_follow_each_other_a_bucket_elsewhere_is_found_and_faults_pass() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("its address"));
    let asked: Arc<Mutex<HashMap<String, u32>>> = Arc::default();
    let counts = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let counts = Arc::clone(&counts);
            std::thread::spawn(move || {
                let mut reader = BufReader::new(&stream);
                loop {
                    let mut head = Vec::new();
                    loop {
                        let mut line = String::new();
                        if reader.read_line(&mut line).unwrap_or(0) == 0 {
                            return;
                        }
                        if line == "\r\n" {
                            break;
                        }
                        head.push(line);
                    }
                    let path = head[0].split(' ').nth(1).expect("a path").to_owned();
                    let is_here = head.iter().any(|line| line.contains("/eu-central-1/s3/aws4_request"));
                    let times = {
                        let mut counts = counts.lock().expect("whole");
                        let times = counts.entry(path.clone()).or_insert(0);
                        *times += u32::from(is_here);
                        *times
                    };
                    let page = |key: &str, more: &str| {
                        format!(
                            "<ListBucketResult>{more}<Contents><Key>{key}</Key><Size>9</Size><ETag>\"{key}\"</ETag></Contents></ListBucketResult>"
                        )
                    };
                    let (status, body) = match (
                        is_here,
                        path.contains("list-type=2"),
                        path.contains("continuation-token=t%2F1"),
                    ) {
                        (false, ..) => {
                            ("301 Moved", "<Error><Code>PermanentRedirect</Code></Error>".to_owned())
                        }
                        (_, true, false) => (
                            "200 OK",
                            page(
                                "a",
                                "<IsTruncated>true</IsTruncated><NextContinuationToken>t/1</NextContinuationToken>",
                            ),
                        ),
                        (_, true, true) => ("200 OK", page("b", "<IsTruncated>false</IsTruncated>")),
                        (_, false, _) if times < 2 => {
                            ("503 Slow", "<Error><Code>SlowDown</Code></Error>".to_owned())
                        }
                        (_, false, _) => ("200 OK", log(u32::from(path.ends_with('b')))),
                    };
                    let answer = format!(
                        "HTTP/1.1 {status}\r\nx-amz-bucket-region: eu-central-1\r\ncontent-length: {}\r\n\r\n{body}",
                        body.len()
                    );
                    if (&stream).write_all(answer.as_bytes()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    let home = tempfile::tempdir().expect("a folder");
    let output = succeeds(clavicle(home.path(), &address, &["usage", "s3://logs-elsewhere"]));
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("read 2 files") && told.contains("2 new events"), "{told}");
    let asked = asked.lock().expect("whole");
    assert_eq!((asked["/logs-elsewhere/a"], asked["/logs-elsewhere/b"]), (2, 2));
}
