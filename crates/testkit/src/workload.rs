//! Generated accounts, with what is true of them.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

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

/// Makes an organization of so many accounts, users and roles, and things from a seed: the same every time. `None`, said
/// aloud, where the generators are not.
///
/// # Panics
///
/// Where the generator is there and fails.
pub fn generated_organization([accounts, principals, resources]: [usize; 3], seed: u64) -> Option<Workload> {
    let [accounts, principals, resources] = [accounts, principals, resources].map(|count| count.to_string());
    let seed = seed.to_string();
    let counts = ["--accounts", &accounts, "--principals", &principals, "--resources", &resources];
    let arguments: Vec<&str> = counts.into_iter().chain(["--seed", &seed, "--out", "."]).collect();
    made(&[("make_account.py", &arguments)])
}

/// Makes a few accounts of an organization of a size, as large as they are in the whole one: those at these places among its
/// accounts, the largest first. The organization has all of them. `None`, said aloud, where the generators are not.
///
/// # Panics
///
/// Where the generator is there and fails.
pub fn generated_sample(size: &str, seed: u64, places: &[usize]) -> Option<Workload> {
    let seed = seed.to_string();
    let places: Vec<String> = places.iter().map(ToString::to_string).collect();
    let arguments: Vec<&str> = [size, &seed].into_iter().chain(places.iter().map(String::as_str)).collect();
    run(|shared, folder| {
        let mut python = Command::new("python3");
        python.args(["-B", "-c", SAMPLE]).arg(shared.join("workloads")).args(&arguments).current_dir(folder);
        vec![python]
    })
}

/// What `make_account.py` does of all accounts, of some.
const SAMPLE: &str = r#"
import os, sys
sys.path.insert(0, sys.argv[1])
import make_account as make
size, seed, places = sys.argv[2], int(sys.argv[3]), [int(place) for place in sys.argv[4:]]
accounts, principals, resources = make.SIZES[size]
organization = make.Org(seed, accounts)
rng = make.sub_rng(seed, "spread", accounts, principals, resources)
sizes = make.spread(principals, accounts, rng, min(45, principals // accounts), 5000)
make.write_json(os.path.join(".", "organization.json"), organization.doc(), 0)
largest = sorted(range(accounts), key=lambda at: (-sizes[at], at))
for at in (largest[place] for place in places):
    things = max(20, round(resources * sizes[at] / principals))
    make.one((seed, accounts, at, sizes[at], things, ".", 0))
"#;

/// Makes a small account in `account`, and four megabytes of its logs in `trail`, with the truth of what was used in
/// `trail/used_actions.jsonl`. `None`, said aloud, where the generators are not.
///
/// # Panics
///
/// Where a generator is there and fails.
pub fn generated_trail() -> Option<Workload> {
    let made = made(&[
        ("make_account.py", &["--size", "small", "--out", "account"]),
        ("make_cloudtrail.py", &["--data", "account", "--gb", "0.004", "--out", "trail"]),
    ])?;
    // Of the day of its logs, not of the day that it was made: minutes of 2026-03-01.
    made.seen_at(Duration::from_secs(1_772_344_800));
    Some(made)
}

fn made(runs: &[(&str, &[&str])]) -> Option<Workload> {
    run(|shared, folder| {
        let python = |(script, arguments): &(&str, &[&str])| {
            let mut python = Command::new("python3");
            python.arg("-B").arg(shared.join("workloads").join(script)).args(*arguments).current_dir(folder);
            python
        };
        runs.iter().map(python).collect()
    })
}

/// Runs what makes a workload from where the generators are, in a folder of its own.
#[expect(clippy::panic, reason = "a generator that fails fails the test")]
fn run(commands: impl FnOnce(&Path, &Path) -> Vec<Command>) -> Option<Workload> {
    let shared = match shared() {
        Ok(shared) => shared,
        Err(absent) => {
            let _ = writeln!(std::io::stderr(), "not tested: {absent}");
            return None;
        }
    };
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("no temporary folder: {error}"));
    for mut command in commands(&shared, folder.path()) {
        let made = command.output().unwrap_or_else(|error| panic!("python3 does not run: {error}"));
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
    Some(Workload { folder })
}

impl Workload {
    /// Lets the files of `account` be of a moment since 1970: they say themselves of none.
    ///
    /// # Panics
    ///
    /// Where the files cannot be written to.
    pub fn seen_at(&self, moment: Duration) {
        let mut folders = vec![self.folder().join("account")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let file = File::options().write(true).open(&path).expect("it may be written to");
                file.set_modified(SystemTime::UNIX_EPOCH + moment).expect("it may be dated");
            }
        }
    }

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
