//! Does a large body go by as it comes, and is nothing of it kept?

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use clavicle_capture::{Options, Recorder};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};

use crate::{KEY, environment};

const PIECE: usize = 1 << 20;
const PIECES: usize = 256;

/// Takes in one upload in pieces, and says how many bytes it had.
fn stand_in() -> Option<(String, std::thread::JoinHandle<(usize, String)>)> {
    // The loopback of IPv6, where there is one.
    let listener = TcpListener::bind("[::1]:0").ok()?;
    let address = format!("http://{}", listener.local_addr().ok()?);
    let taken = std::thread::spawn(move || {
        let (stream, _) = listener.accept().expect("it is called");
        let mut reader = BufReader::new(stream.try_clone().expect("a socket"));
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(reader.read_line(&mut head).expect("a head is text") > 0, "{head}");
        }
        let (mut total, mut piece) = (0, vec![0; PIECE]);
        loop {
            let mut size = String::new();
            reader.read_line(&mut size).expect("a size is text");
            let size = usize::from_str_radix(size.trim(), 16).expect("a size");
            let mut left = size + 2;
            while left > 0 {
                let some = left.min(PIECE);
                reader.read_exact(&mut piece[..some]).expect("it comes");
                left -= some;
            }
            total += size;
            if size == 0 {
                break;
            }
        }
        (&stream).write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").expect("it is answered");
        (total, head)
    });
    Some((address, taken))
}

/// The most memory that this process had, in kB.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// AWS: S3 API Reference, "Signature calculations … transferring payload in multiple chunks" (`aws-chunked`); RFC 9110,
/// "Expect": a client waits until it is told to go on.
#[test]
fn a_large_upload_in_pieces_goes_by_as_it_comes() {
    let Some((address, taken)) = stand_in() else { return };
    let recorder = Recorder::start(&Options { environment: environment(&address), ..Options::default() })
        .expect("it listens");
    let endpoint = recorder.settings().iter().find(|(name, _)| name == "AWS_ENDPOINT_URL");
    let endpoint = endpoint.and_then(|(_, value)| value.clone()).expect("the endpoint is stood in for");
    let stream = TcpStream::connect(endpoint.trim_start_matches("http://")).expect("it listens");
    let before = peak();
    let head = format!(
        "PUT /ledger/2026/all.bin HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\
         Content-Encoding: aws-chunked\r\nX-Amz-Content-Sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential={KEY}/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0\r\n\r\n"
    );
    (&stream).write_all(head.as_bytes()).expect("it is sent");
    let mut answers = BufReader::new(stream.try_clone().expect("a socket"));
    let mut line = || {
        let mut line = String::new();
        answers.read_line(&mut line).expect("an answer is text");
        line
    };
    assert_eq!(line(), "HTTP/1.1 100 Continue\r\n");
    assert_eq!(line(), "\r\n");
    let piece = b"pl4nted-s3cret; ".repeat(PIECE / 16);
    for _ in 0..PIECES {
        (&stream).write_all(format!("{PIECE:x}\r\n").as_bytes()).expect("it is sent");
        (&stream).write_all(&piece).expect("it is sent");
        (&stream).write_all(b"\r\n").expect("it is sent");
    }
    (&stream).write_all(b"0\r\n\r\n").expect("it is sent");
    assert!(line().starts_with("HTTP/1.1 200"));
    let (total, head) = taken.join().expect("it was taken in");
    assert_eq!(total, PIECE * PIECES);
    let head = head.to_lowercase();
    assert!(head.contains("content-encoding: aws-chunked") && !head.contains("expect:"), "{head}");
    if let (Some(before), Some(after)) = (before, peak()) {
        // Other tests run beside this one.
        assert!(after - before < 100 << 10, "{before} kB, then {after} kB");
    }
    let record = recorder.finish();
    let told: Vec<_> = record.uses.iter().map(|one| (one.action.as_str(), one.resource.as_deref())).collect();
    assert_eq!(told, [("s3:PutObject", Some("arn:aws:s3:::ledger/2026/all.bin"))]);
    assert_eq!((record.calls, record.uses[0].succeeded), (1, 1));
    assert!(!record.to_json().expect("it is JSON").contains("s3cret"));
}

/// A client that would speak HTTP/2 is answered in HTTP/1.1, which all clients of AWS know.
#[test]
fn a_client_that_offers_two_protocols_gets_the_one_that_is_spoken() {
    let mut environment = environment("");
    environment.retain(|(name, _)| name != "AWS_ENDPOINT_URL");
    let recorder = Recorder::start(&Options { environment, ..Options::default() }).expect("it listens");
    let set = |wanted: &str| {
        let found = recorder.settings().iter().find(|(name, _)| name == wanted);
        found.and_then(|(_, value)| value.clone()).expect(wanted)
    };
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(set("AWS_CA_BUNDLE")).expect("it is there").flatten() {
        let _ = roots.add(certificate);
    }
    let spoken = |offered: &[&[u8]]| {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider);
        let config = config.with_safe_default_protocol_versions().expect("it knows TLS");
        let mut config = config.with_root_certificates(roots.clone()).with_no_client_auth();
        config.alpn_protocols = offered.iter().map(|name| name.to_vec()).collect();
        let mut stream =
            TcpStream::connect(set("HTTPS_PROXY").trim_start_matches("http://")).expect("it listens");
        let host = "ledger.s3.eu-west-1.amazonaws.com";
        stream
            .write_all(format!("CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n").as_bytes())
            .ok()?;
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte).ok()?;
            head.push(byte[0]);
        }
        let name = ServerName::try_from(host).expect("a name");
        let mut tls = rustls::ClientConnection::new(Arc::new(config), name).expect("it is sound");
        while tls.is_handshaking() {
            tls.complete_io(&mut stream).ok()?;
        }
        Some(tls.alpn_protocol().map(<[u8]>::to_vec))
    };
    assert_eq!(spoken(&[b"h2", b"http/1.1"]), Some(Some(b"http/1.1".to_vec())));
    assert_eq!(spoken(&[]), Some(None));
    assert_eq!(spoken(&[b"h2"]), None, "it is refused, and not taken for something else");
}
