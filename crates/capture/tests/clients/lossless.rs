//! Is every call counted, however the program ends?

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;

use clavicle_capture::{Options, Record, Recorder};

use crate::{KEY, environment};

/// Answers every request with an empty object, or with a denial of tables that are called so.
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

/// The body of a message; `None`: the connection has ended.
fn message(mut stream: &TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).expect("a head is text").to_lowercase();
    let length = head
        .split("content-length: ")
        .nth(1)
        .and_then(|rest| rest.split("\r\n").next())
        .map_or(0, |length| length.parse().expect("a length"));
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some(String::from_utf8(body).expect("a body is text"))
}

fn answer(mut stream: &TcpStream) -> Option<()> {
    let body = message(stream)?;
    let (status, body) = match body.contains("denied") {
        true => (
            "400 Bad Request",
            r#"{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"no"}"#,
        ),
        false => ("200 OK", "{}"),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).ok()
}

/// Asks for an item of a table, and waits for the answer if it is wanted.
fn call(mut stream: &TcpStream, table: &str, waits: bool) {
    let body = format!(r#"{{"TableName":"{table}","Key":{{"id":{{"S":"1"}}}}}}"#);
    let head = format!(
        "POST / HTTP/1.1\r\nHost: dynamodb.eu-west-1.amazonaws.com\r\nX-Amz-Target: DynamoDB_20120810.GetItem\r\n\
         Content-Type: application/x-amz-json-1.0\r\nContent-Length: {}\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential={KEY}/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).expect("it is sent");
    if waits {
        message(stream).expect("it is answered");
    }
}

/// How often each table was asked, and how often in vain.
fn tables(record: &Record) -> BTreeMap<String, (u64, u64)> {
    let of = |arn: &str| arn.rsplit('/').next().unwrap_or_default().to_owned();
    let mut all: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for one in &record.uses {
        let sum = all.entry(of(one.resource.as_deref().expect("the table is known"))).or_default();
        *sum = (sum.0 + one.succeeded, sum.1 + one.denied);
    }
    all
}

fn endpoint(recorder: &Recorder) -> String {
    let set = recorder.settings().iter().find(|(name, _)| name == "AWS_ENDPOINT_URL");
    set.and_then(|(_, value)| value.clone())
        .expect("the endpoint is stood in for")
        .trim_start_matches("http://")
        .to_owned()
}

#[test]
fn ten_thousand_calls_are_ten_thousand() {
    let recorder = Recorder::start(&Options { environment: environment(&stand_in()), ..Options::default() })
        .expect("it listens");
    let address = endpoint(&recorder);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let address = &address;
            scope.spawn(move || {
                let mut stream = TcpStream::connect(address).expect("it listens");
                for number in 0..1250 {
                    let table = if number % 5 == 0 { "denied".to_owned() } else { format!("t{thread}") };
                    call(&stream, &table, true);
                    if number % 100 == 0 {
                        stream = TcpStream::connect(address).expect("it listens");
                    }
                }
            });
        }
    });
    let record = recorder.finish();
    assert_eq!(record.calls, 10_000);
    let tables = tables(&record);
    assert_eq!(tables["denied"], (0, 2_000));
    assert!((0..8).all(|thread| tables[&format!("t{thread}")] == (1_000, 0)), "{tables:?}");
}

/// The program of the next test: another run of this one.
#[test]
#[ignore = "it is run by another test, and ends badly"]
fn crashing() {
    let Ok(address) = std::env::var("AWS_ENDPOINT_URL") else { return };
    let streams: Vec<TcpStream> = (0..4)
        .map(|_| TcpStream::connect(address.trim_start_matches("http://")).expect("it listens"))
        .collect();
    for number in 0..100 {
        call(&streams[number % 4], "before", true);
    }
    // The last ones are on their way when the program is no more.
    for stream in &streams {
        call(stream, "last", false);
    }
    std::process::abort();
}

#[test]
fn a_crash_of_the_program_loses_nothing() {
    let environment = environment(&stand_in());
    let recorder = Recorder::start(&Options { environment: environment.clone(), ..Options::default() })
        .expect("it listens");
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "lossless::crashing", "--ignored", "--nocapture"]);
    command.envs(environment).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let ended = recorder.run(command).expect("it runs");
    assert!(!ended.success() && ended.code().is_none(), "{ended}");
    let record = recorder.finish();
    assert_eq!(record.calls, 104);
    let tables = tables(&record);
    assert_eq!(tables["before"], (100, 0));
    assert!(tables.contains_key("last"), "{tables:?}");
}
