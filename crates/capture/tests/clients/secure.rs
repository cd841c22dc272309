//! TLS to AWS's own hosts is looked into, and no other.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use crate::{environment, record};
use clavicle_testkit::Moto;

/// A proxy that leads every tunnel to one place, and remembers what each was asked for.
pub(crate) fn proxy(place: String) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("its address"));
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let remembered = asked.clone();
    std::thread::spawn(move || {
        for inside in listener.incoming().flatten() {
            let (place, remembered) = (place.clone(), remembered.clone());
            std::thread::spawn(move || tunnel(inside, &place, &remembered));
        }
    });
    (address, asked)
}

fn tunnel(mut inside: TcpStream, place: &str, asked: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if inside.read(&mut byte).unwrap_or(0) == 0 {
            return;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let host = head.split(' ').nth(1).unwrap_or_default().to_owned();
    asked.lock().unwrap_or_else(PoisonError::into_inner).push(host);
    let outside = TcpStream::connect(place).expect("the stand-in listens");
    inside.write_all(b"HTTP/1.1 200 OK\r\n\r\n").expect("the client listens");
    let (mut from, mut to) = (inside.try_clone().expect("a socket"), outside.try_clone().expect("a socket"));
    std::thread::spawn(move || std::io::copy(&mut from, &mut to));
    let (mut from, mut to) = (outside, inside);
    let _ = std::io::copy(&mut from, &mut to);
}

#[test]
fn calls_to_hosts_of_aws_are_recorded_through_tls_and_another_proxy() {
    let Some(moto) = Moto::shared() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let certificate = folder.path().join("aws.pem");
    std::fs::write(&certificate, moto.certificate()).expect("it is written");
    let (proxy, asked) = proxy(moto.secure_address().trim_start_matches("https://").to_owned());
    let mut environment = environment("");
    environment.retain(|(name, _)| name != "AWS_ENDPOINT_URL");
    environment.push(("HTTPS_PROXY".to_owned(), proxy));
    environment.push(("AWS_CA_BUNDLE".to_owned(), certificate.to_string_lossy().into_owned()));
    let (_, record) = record(&moto.python, environment, "secure.py", &[]);

    let mut used: Vec<String> = record
        .uses
        .iter()
        .filter(|one| one.need == "own")
        .map(|one| format!("{} {} {}", one.action, one.resource.as_deref().unwrap_or("?"), one.region))
        .collect();
    used.sort();
    used.dedup();
    assert_eq!(
        used,
        [
            "dynamodb:ListTables * eu-west-1",
            "s3:CreateBucket arn:aws:s3:::ledger-secure eu-west-1",
            "s3:GetObject arn:aws:s3:::ledger-secure/k eu-west-1",
            "s3:PutObject arn:aws:s3:::ledger-secure/k eu-west-1",
        ]
    );
    assert_eq!((record.calls, record.unchecked), (5, 1), "{record:#?}");
    assert!(record.not_recorded.is_empty(), "{:?}", record.not_recorded);
    let text = record.to_json().expect("it is JSON");
    assert!(!text.contains("not-a-secret") && !text.contains("the body"), "{text}");
    assert!(
        record
            .uses
            .iter()
            .all(|one| one.process.as_ref().is_some_and(|process| process.name.starts_with("python")))
    );
    let asked = asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert!(
        asked.iter().all(|host| host.ends_with("amazonaws.com:443") || host == "untouched.example:443"),
        "{asked:?}"
    );
    assert!(asked.iter().any(|host| host == "untouched.example:443"), "{asked:?}");
}
