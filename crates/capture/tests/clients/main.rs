//! Real clients of AWS, recorded while they speak to a stand-in for AWS on loopback.
//!
//! `CLAVICLE_MOTO` names a Python that has moto and boto3; `cargo xtask test` installs one. Without it these tests say so
//! and test nothing. What the AWS SDK for JavaScript needs it installs beside it, if there is npm. `cargo xtask rust-sdk-test`
//! builds what the AWS SDK for Rust needs, which takes longer than the rest together.

mod cbor;
mod javascript;
mod lossless;
mod recorded;
mod rust;
mod secure;
mod streaming;

use std::path::Path;
use std::process::Command;

use clavicle_capture::{Options, Record, Recorder};

/// A key of the account of moto, made as AWS makes its own.
const KEY: &str = "AKIARZPUZDIKAAJDIVTY";

/// The environment of a program that uses AWS at this address.
fn environment(address: &str) -> Vec<(String, String)> {
    let set = [
        ("AWS_ENDPOINT_URL", address),
        ("AWS_ACCESS_KEY_ID", KEY),
        ("AWS_SECRET_ACCESS_KEY", "not-a-secret"),
        ("AWS_DEFAULT_REGION", "eu-west-1"),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_MAX_ATTEMPTS", "1"),
        ("AWS_CONFIG_FILE", "/nonexistent/config"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ];
    set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Runs a script of this folder to its end, recorded; what it printed, and the record.
fn record(
    program: &str,
    environment: Vec<(String, String)>,
    script: &str,
    arguments: &[&str],
) -> (String, Record) {
    let mut command = Command::new(program);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(script)).args(arguments);
    record_command(command, environment, false)
}

/// Runs a program to its end, recorded, with no other environment; what it printed, and the record.
fn record_command(mut command: Command, environment: Vec<(String, String)>, csm: bool) -> (String, Record) {
    let options = Options { environment: environment.clone(), csm, ..Options::default() };
    let recorder = Recorder::start(&options).expect("it listens");
    let printed = tempfile::NamedTempFile::new().expect("a file");
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(environment)
        .stdout(printed.reopen().expect("the file is there"));
    let ended = recorder.run(command).expect("it runs");
    let record = recorder.finish();
    assert!(ended.success(), "it ended with {ended}");
    (std::fs::read_to_string(printed.path()).expect("it is text"), record)
}
