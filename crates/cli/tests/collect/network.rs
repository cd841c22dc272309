//! The way to AWS: TLS with a certificate that is trusted or not, and proxies.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::moto::Account;

/// A proxy that only connects, and counts.
pub(crate) fn proxy() -> (String, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("its address"));
    let connected = Arc::new(AtomicU64::new(0));
    let counted = connected.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let counted = counted.clone();
            std::thread::spawn(move || connect(stream, &counted));
        }
    });
    (address, connected)
}

/// Serves `CONNECT host:port HTTP/1.1`.
fn connect(mut client: TcpStream, counted: &AtomicU64) -> Option<()> {
    let mut reader = BufReader::new(client.try_clone().ok()?);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let target = first.strip_prefix("CONNECT ")?.split(' ').next()?.to_owned();
    let mut line = String::new();
    while reader.read_line(&mut line).ok()? > 2 {
        line.clear();
    }
    let mut server = TcpStream::connect(target).ok()?;
    counted.fetch_add(1, Ordering::Relaxed);
    client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").ok()?;
    let (mut back, mut to_client) = (server.try_clone().ok()?, client.try_clone().ok()?);
    std::thread::spawn(move || std::io::copy(&mut back, &mut to_client));
    std::io::copy(&mut client, &mut server).ok().map(|_| ())
}

/// What is asked behind TLS takes a proxy where one is named and the place is not spared, and ends where nobody vouches for the
/// certificate. A whole collection goes that way in `account`.
#[test]
fn tls_with_a_trusted_certificate_and_a_proxy_that_is_taken_or_spared() {
    let Some(account) = Account::of("123456789016") else { return };
    let home = tempfile::tempdir().expect("a folder");
    let command = |arguments: &[&str]| {
        let mut command = account.clavicle(home.path(), arguments);
        command.env("AWS_ENDPOINT_URL", account.moto.secure_address());
        command
    };
    let output = command(&["collect", "-o", "acct.clav"]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(4), "nobody vouches for the certificate");
    let told = String::from_utf8_lossy(&output.stderr).to_lowercase();
    assert!(told.contains("certificate"), "{told}");

    let (proxy, connected) = proxy();
    let certificate = account.certificate(home.path());
    for (spared, is_taken) in [("", true), ("127.0.0.1", false)] {
        let before = connected.load(Ordering::Relaxed);
        let mut asking = command(&["usage", "s3://no-such-bucket-here"]);
        asking.env("AWS_CA_BUNDLE", &certificate).env("HTTPS_PROXY", &proxy).env("NO_PROXY", spared);
        let output = asking.output().expect("it runs");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.contains("NoSuchBucket"), "{told}");
        assert_eq!(connected.load(Ordering::Relaxed) > before, is_taken, "{spared}");
    }
}
