//! A moto server on loopback.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A running server; it ends with this value.
pub(crate) struct Moto {
    server: Child,
    pub(crate) address: String,
    pub(crate) python: String,
}

impl Moto {
    /// `None`, and a word about it: it is not installed.
    pub(crate) fn start() -> Option<Moto> {
        Moto::run(None)
    }

    /// The same behind TLS, as AWS's own hosts, with the certificate to trust written to this place.
    pub(crate) fn start_secure(certificate: &Path) -> Option<Moto> {
        Moto::run(Some(certificate))
    }

    fn run(certificate: Option<&Path>) -> Option<Moto> {
        let installed = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("moto").join("bin/python");
        let installed = installed.is_file().then(|| installed.to_string_lossy().into_owned());
        let Some(python) = std::env::var("CLAVICLE_MOTO").ok().or(installed) else {
            eprintln!("NOT TESTED: there is no moto; `cargo xtask test` installs it");
            return None;
        };
        let port = {
            let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
            free.local_addr().expect("its address").port()
        };
        let server = Command::new(&python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../cli/tests/collect/server.py"))
            .arg(port.to_string())
            .args(certificate)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("CLAVICLE_MOTO is a Python");
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
