//! From a fresh clone to the demo map with one command.

use anyhow::bail;

use crate::command::{self, cargo, command, root, target};
use crate::ui;

/// Builds everything in release mode and runs `clavicle demo`.
pub(crate) fn run_demo(open: bool) -> anyhow::Result<()> {
    ui::build()?;
    let mut build = command(&cargo(), &["build", "--release", "--locked", "-p", "clavicle"], &root());
    build.env("REQUIRE_UI", "1");
    command::run(build)?;
    let program = target().join("release").join("clavicle");
    let arguments: &[&str] = if open { &["demo"] } else { &["demo", "--no-open"] };
    command::run(command(&program.to_string_lossy(), arguments, &root()))
}

/// `cargo xtask demo [--no-open]`.
pub(crate) fn run_with(arguments: &[String]) -> anyhow::Result<()> {
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => run_demo(true),
        ["--no-open"] => run_demo(false),
        _ => bail!("usage: cargo xtask demo [--no-open]"),
    }
}
