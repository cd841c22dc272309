//! Pictures of the running app beside the wireframes that it follows, for people to compare.

use anyhow::bail;

use crate::command::{self, cargo, command, root, target};
use crate::ui;

/// `cargo xtask shots`: into `artifacts/shots/index.html`.
pub(crate) fn run_with(arguments: &[String]) -> anyhow::Result<()> {
    if !arguments.is_empty() {
        bail!("usage: cargo xtask shots");
    }
    ui::build()?;
    let mut build = command(&cargo(), &["build", "--locked", "-p", "clavicle"], &root());
    build.env("REQUIRE_UI", "1");
    command::run(build)?;
    let folder = root().join("artifacts/shots");
    let folder_text = folder.to_string_lossy();
    let mut shots = command("node", &["test/shots/shots.mjs", &folder_text], &root().join("ui"));
    shots.env("CLAVICLE_BIN", target().join("debug").join("clavicle"));
    command::run(shots)?;
    println!("open {}", folder.join("index.html").display());
    Ok(())
}
