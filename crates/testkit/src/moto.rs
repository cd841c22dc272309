//! A moto server on loopback: a stand-in for AWS whose answers have AWS's shapes, behind a guard that works out every
//! signature once more.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde::Deserialize;

use crate::python::python;

/// A running server.
#[derive(Debug)]
pub struct Moto {
    /// It ends with this value, or with the program that holds it: then nobody has its standard input open any more.
    server: Child,
    listens: Listens,
    /// The Python that has moto, boto3 and the AWS CLI.
    pub python: String,
}

#[derive(Debug, Deserialize)]
struct Listens {
    address: String,
    secure_address: String,
    certificate: String,
}

impl Moto {
    /// One of one's own. `None`: it is not installed.
    #[must_use]
    #[expect(clippy::panic, reason = "a server that does not start fails the test")]
    pub fn start() -> Option<Moto> {
        let python = python()?;
        let mut server = Command::new(&python)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("moto/server.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{python} does not run: {error}"));
        let mut line = String::new();
        let stdout = server.stdout.take().map(BufReader::new);
        let read = stdout.map(|mut stdout| stdout.read_line(&mut line));
        let listens = serde_json::from_str(&line)
            .unwrap_or_else(|error| panic!("moto did not start ({read:?}): {error}"));
        Some(Moto { server, listens, python })
    }

    /// The one that the tests of a program share, since moto takes longer to start than most of them: each in an account
    /// of its own, where others would be in its way. `None`: it is not installed.
    pub fn shared() -> Option<&'static Moto> {
        static SHARED: OnceLock<Option<Moto>> = OnceLock::new();
        SHARED.get_or_init(Moto::start).as_ref()
    }

    /// `http://127.0.0.1:PORT`
    #[must_use]
    pub fn address(&self) -> &str {
        &self.listens.address
    }

    /// The same behind TLS, as this address and AWS's own hosts: `https://127.0.0.1:PORT`.
    #[must_use]
    pub fn secure_address(&self) -> &str {
        &self.listens.secure_address
    }

    /// The certificate to trust there, in PEM.
    #[must_use]
    pub fn certificate(&self) -> &str {
        &self.listens.certificate
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
