//! Generated accounts, with what is true of them.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::shared::shared;

/// A generated account in a folder of its own, which goes with it.
#[derive(Debug)]
pub struct Workload {
    folder: TempDir,
}

/// Makes an account of a size (`small`, `medium`, `large`) from a seed: the same every time. `None`, said aloud, where the
/// generators are not.
///
/// # Panics
///
/// Where the generator is there and fails.
pub fn generated_account(size: &str, seed: u64) -> Option<Workload> {
    let seed = seed.to_string();
    made(&[("make_account.py", &["--size", size, "--seed", &seed, "--out", "."])])
}

/// Makes a small account in `account`, and four megabytes of its logs in `trail`, with the truth of what was used in
/// `trail/used_actions.jsonl`. `None`, said aloud, where the generators are not.
///
/// # Panics
///
/// Where a generator is there and fails.
pub fn generated_trail() -> Option<Workload> {
    made(&[
        ("make_account.py", &["--size", "small", "--out", "account"]),
        ("make_cloudtrail.py", &["--data", "account", "--gb", "0.004", "--out", "trail"]),
    ])
}

#[expect(clippy::panic, reason = "a generator that fails fails the test")]
fn made(runs: &[(&str, &[&str])]) -> Option<Workload> {
    let shared = match shared() {
        Ok(shared) => shared,
        Err(absent) => {
            let _ = writeln!(std::io::stderr(), "not tested: {absent}");
            return None;
        }
    };
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("no temporary folder: {error}"));
    for (script, arguments) in runs {
        let made = Command::new("python3")
            .arg("-B")
            .arg(shared.join("workloads").join(script))
            .args(*arguments)
            .current_dir(folder.path())
            .output()
            .unwrap_or_else(|error| panic!("python3 does not run: {error}"));
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
    Some(Workload { folder })
}

impl Workload {
    /// Where it is.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What was planted in it.
    ///
    /// # Panics
    ///
    /// Where the generator wrote none.
    #[expect(clippy::panic, reason = "a generator that tells no truth fails the test")]
    pub fn truth(&self) -> Value {
        let text = std::fs::read(self.folder().join("truth.json"));
        text.ok()
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_else(|| panic!("the generator tells no truth"))
    }
}
