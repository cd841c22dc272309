//! A moto server on loopback: a stand-in for AWS whose answers have AWS's shapes, behind a guard that works out every
//! signature once more.
//!
//! `cargo xtask test` installs it beside what cargo builds, where it is found from then on; `CLAVICLE_MOTO` may name another
//! Python that has it. Without either the tests that need it say so and test nothing.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A running server; it ends with this value.
pub(crate) struct Moto {
    server: Child,
    pub(crate) address: String,
    python: String,
}

impl Moto {
    /// `None`: it is not installed.
    pub(crate) fn start() -> Option<Moto> {
        Moto::run(None)
    }

    /// The same behind TLS, with the certificate to trust written to this place.
    pub(crate) fn start_secure(certificate: &Path) -> Option<Moto> {
        Moto::run(Some(certificate))
    }

    fn run(certificate: Option<&Path>) -> Option<Moto> {
        let python = crate::python::python()?;
        let port = {
            let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
            free.local_addr().expect("its address").port()
        };
        let server = Command::new(&python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/collect/server.py"))
            .arg(port.to_string())
            .args(certificate)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("CLAVICLE_MOTO is a Python");
        let scheme = if certificate.is_some() { "https" } else { "http" };
        let moto = Moto { server, address: format!("{scheme}://127.0.0.1:{port}"), python };
        for _ in 0..600 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(moto);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("moto did not start");
    }

    /// Creates what the tests collect; `organization`: more than one account.
    pub(crate) fn set_up(&self, organization: bool) {
        let scene = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/collect/scene.py");
        let output = Command::new(&self.python)
            .arg(scene)
            .envs(environment(&self.address))
            .env("SCENE", if organization { "organization" } else { "account" })
            .output()
            .expect("the scene runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// What the AWS CLI and clavicle read from the environment to go there.
pub(crate) fn environment(address: &str) -> [(&'static str, String); 8] {
    [
        ("AWS_ENDPOINT_URL", address.to_owned()),
        ("AWS_ACCESS_KEY_ID", "testing".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "testing".to_owned()),
        ("AWS_REGION", "eu-west-1".to_owned()),
        // The first AWS CLI knows the older name only.
        ("AWS_DEFAULT_REGION", "eu-west-1".to_owned()),
        ("AWS_MAX_ATTEMPTS", "2".to_owned()),
        ("AWS_CONFIG_FILE", "/nonexistent/config".to_owned()),
        ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials".to_owned()),
    ]
}
