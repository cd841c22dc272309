//! What stands in the stand-in for AWS, and how it is reached.

use std::path::{Path, PathBuf};
use std::process::Command;

use clavicle_testkit::Moto;

/// An account in the stand-in that the tests share. None sees what another has.
pub(crate) struct Account {
    pub(crate) moto: &'static Moto,
    pub(crate) number: &'static str,
}

impl Account {
    /// `None`: there is no stand-in.
    pub(crate) fn of(number: &'static str) -> Option<Account> {
        Some(Account { moto: Moto::shared()?, number })
    }

    /// Runs a script of this folder there.
    pub(crate) fn python(&self, script: &str, arguments: &[&str]) -> String {
        let mut command = Command::new(&self.moto.python);
        command.arg(of_these_tests(script)).args(arguments).envs(self.environment());
        let output = command.env("ACCOUNT", self.number).output().expect("python runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// `clavicle` with these arguments, its data in `home`.
    pub(crate) fn clavicle(&self, home: &Path, arguments: &[&str]) -> Command {
        let mut command = crate::clavicle(home, self.moto.address(), arguments);
        command.envs(self.environment());
        command
    }

    /// The certificate to trust behind TLS, written to this folder.
    pub(crate) fn certificate(&self, home: &Path) -> PathBuf {
        let place = home.join("ca.pem");
        std::fs::write(&place, self.moto.certificate()).expect("it is written");
        place
    }

    /// What the AWS CLI and clavicle read from the environment to go there.
    pub(crate) fn environment(&self) -> [(&'static str, String); 8] {
        environment(self.moto.address(), &format!("testing{}", self.number))
    }
}

pub(crate) fn of_these_tests(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/collect").join(name)
}

pub(crate) fn environment(address: &str, key: &str) -> [(&'static str, String); 8] {
    [
        ("AWS_ENDPOINT_URL", address.to_owned()),
        ("AWS_ACCESS_KEY_ID", key.to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "testing".to_owned()),
        ("AWS_REGION", "eu-west-1".to_owned()),
        // The first AWS CLI knows the older name only.
        ("AWS_DEFAULT_REGION", "eu-west-1".to_owned()),
        ("AWS_MAX_ATTEMPTS", "2".to_owned()),
        ("AWS_CONFIG_FILE", "/nonexistent/config".to_owned()),
        ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials".to_owned()),
    ]
}
