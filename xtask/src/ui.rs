//! The web app: npm packages, type check, bundle.

use std::path::Path;

use anyhow::bail;

use crate::command::{command, exists, root, run};

/// Builds `ui/dist`, which `crates/web/build.rs` embeds into the program.
pub(crate) fn build() -> anyhow::Result<()> {
    let folder = root().join("ui");
    install(&folder)?;
    run(command("npm", &["run", "check"], &folder))?;
    run(command("npm", &["run", "build"], &folder))
}

/// Installs exactly the packages of `package-lock.json`, unless they already are.
pub(crate) fn install(folder: &Path) -> anyhow::Result<()> {
    if !exists("npm") {
        bail!("the web app needs Node.js with npm on the path; `cargo build` alone works without");
    }
    let lock = folder.join("package-lock.json");
    let installed = folder.join("node_modules/.package-lock.json");
    if newer(&installed, &lock) {
        return Ok(());
    }
    run(command("npm", &["ci", "--no-audit", "--no-fund"], folder))
}

fn newer(this: &Path, other: &Path) -> bool {
    let time = |path: &Path| path.metadata().and_then(|data| data.modified());
    matches!((time(this), time(other)), (Ok(this), Ok(other)) if this >= other)
}
