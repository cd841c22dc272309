//! The generated account that the benches ask about.
//!
//! `CLAVICLE_WORKLOAD` names a folder that a generator wrote (`medium` has one account with 2,000 principals, `large` two
//! hundred with 50,000); without it a `medium` one is made, which needs the folder of generators beside the checkout.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex};

use clavicle_catalog::catalog;
use clavicle_graph::{Stated, World};
use clavicle_snapshot::{Database, Import, Snapshot};

/// Is there an account to ask about? Says so if not.
pub(crate) fn is_there() -> bool {
    let there = folder().is_some();
    if !there {
        let _ = writeln!(std::io::stderr(), "nothing to measure: no generators, and no CLAVICLE_WORKLOAD");
    }
    there
}

fn folder() -> Option<&'static Path> {
    static FOLDER: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
        if let Some(named) = std::env::var_os("CLAVICLE_WORKLOAD") {
            return Some(named.into());
        }
        let made = std::env::temp_dir().join("clavicle-bench-medium");
        let shared = clavicle_testkit::shared().ok()?;
        let status = Command::new("python3")
            .arg(shared.join("workloads/make_account.py"))
            .args(["--size", "medium", "--out"])
            .arg(&made)
            .stdout(std::process::Stdio::null())
            .status();
        status.is_ok_and(|status| status.success()).then_some(made)
    });
    FOLDER.as_deref()
}

/// The imported files.
pub(crate) fn database() -> &'static Mutex<Database> {
    static DATABASE: LazyLock<Mutex<Database>> = LazyLock::new(|| {
        let folder = folder().expect("main looked");
        let parts = ["organization.json", "accounts"].map(|part| folder.join(part));
        let import = parts.into_iter().fold(Import::new(), Import::source);
        Mutex::new(import.run(|_| ()).expect("generated accounts import").database)
    });
    &DATABASE
}

fn snapshot() -> Snapshot {
    Snapshot::read(&database().lock().expect("nobody panicked"), |_, _| ()).expect("it loads")
}

/// A world, loaded and compiled anew.
pub(crate) fn compile() -> World {
    World::new(snapshot(), catalog(), Stated::default(), |_, _| ())
}
