//! A moto server on loopback: a stand-in for AWS whose answers have AWS's shapes, behind a guard that works out every
//! signature once more.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::python::python;

/// A running server; it ends with this value.
#[derive(Debug)]
pub struct Moto {
    server: Child,
    /// `http://127.0.0.1:PORT`
    pub address: String,
    /// The Python that has moto, boto3 and the AWS CLI.
    pub python: String,
}

impl Moto {
    /// `None`: it is not installed.
    #[must_use]
    pub fn start() -> Option<Moto> {
        Moto::run(None)
    }

    /// The same behind TLS, as this address and AWS's own hosts, with the certificate to trust written to this place.
    #[must_use]
    pub fn start_secure(certificate: &Path) -> Option<Moto> {
        Moto::run(Some(certificate))
    }

    #[expect(clippy::panic, reason = "a server that does not start fails the test")]
    fn run(certificate: Option<&Path>) -> Option<Moto> {
        let python = python()?;
        let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
        let port = free.unwrap_or_else(|error| panic!("no free port: {error}")).port();
        let server = Command::new(&python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("moto/server.py"))
            .arg(port.to_string())
            .args(certificate)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{python} does not run: {error}"));
        let scheme = if certificate.is_some() { "https" } else { "http" };
        let moto = Moto { server, address: format!("{scheme}://127.0.0.1:{port}"), python };
        for _ in 0..1200 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(moto);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("moto did not start");
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
