//! `clavicle collect` as a person meets it, against a stand-in for AWS on loopback.

#![expect(clippy::panic, reason = "what the tests share fails and speaks as tests do")]

mod account;
mod fake_aws;
mod logs_in_s3;
mod models;
mod moto;
mod network;
mod organization;
mod print_policy;
mod record;
mod recorded;
#[cfg(unix)]
mod trim;
mod who;

use std::path::Path;
use std::process::{Command, Output};

use clavicle_snapshot::Snapshot;

/// `clavicle` with these arguments, its data in `home`, and AWS at `address`.
fn clavicle(home: &Path, address: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clavicle"));
    let kept = std::env::vars_os().filter(|(name, _)| name == "PATH");
    let kept: Vec<_> = kept.collect();
    command.args(arguments).current_dir(home).env_clear().envs(kept);
    command
        .env("HOME", home)
        .env("CLAVICLE_DATA", home.join("data"))
        .envs(moto::environment(address, "testing"));
    command
}

/// Runs it to its end, which has to be a good one.
fn succeeds(mut command: Command) -> Output {
    let output = command.output().expect("clavicle runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{told}\n{}", String::from_utf8_lossy(&output.stdout));
    output
}

fn snapshot(path: &Path) -> Snapshot {
    Snapshot::open(path, |_, _| ()).expect("a snapshot")
}

/// Everything that a snapshot says, apart from when it was said.
fn facts(snapshot: &Snapshot) -> String {
    let accounts = &snapshot.accounts;
    let principals = &snapshot.principals;
    let resources = &snapshot.resources;
    let documents = &snapshot.documents;
    let coverage = &snapshot.coverage;
    let policies = &snapshot.policies;
    let organization = &snapshot.organization;
    format!(
        "{accounts:#?}\n{principals:#?}\n{policies:#?}\n{resources:#?}\n{organization:#?}\n{coverage:#?}\n{documents:#?}"
    )
}
