//! What stands in the stand-in for AWS, and how it is reached.

use std::path::Path;
use std::process::Command;

use clavicle_testkit::Moto;

/// Creates what the tests collect; `organization`: more than one account.
pub(crate) fn set_up(moto: &Moto, organization: bool) {
    let scene = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/collect/scene.py");
    let output = Command::new(&moto.python)
        .arg(scene)
        .envs(environment(&moto.address))
        .env("SCENE", if organization { "organization" } else { "account" })
        .output()
        .expect("the scene runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
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
