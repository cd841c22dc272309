//! The kept pictures of the demo, with which a browser test compares every view: taken anew.

use anyhow::bail;

use crate::command::{self, cargo, command, root, target};
use crate::{test, ui};

/// `cargo xtask pictures`: into `ui/test/pictures`.
pub(crate) fn run_with(arguments: &[String]) -> anyhow::Result<()> {
    if !arguments.is_empty() {
        bail!("usage: cargo xtask pictures");
    }
    ui::build()?;
    let mut build = command(&cargo(), &["build", "--locked", "-p", "clavicle"], &root());
    build.env("REQUIRE_UI", "1");
    command::run(build)?;
    let mut pictures = command("npm", &["run", "--silent", "pictures"], &root().join("ui"));
    pictures.env("CLAVICLE_BIN", target().join("debug").join("clavicle")).env("CHROMIUM", test::chromium()?);
    command::run(pictures)
}
