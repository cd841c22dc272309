//! How long do an import, a save and a load take?
//!
//! Over generated accounts: `small` has 67 identities and 120 things in 0.4 MB, `medium` 2,007 and 3,000 in 11 MB.
//! They are made once, by the generator in the shared folder, which needs Python. Without it only the demo
//! organization is measured, and that is said. For a large organization, and for memory, see `examples/measure.rs`.

#![expect(clippy::print_stderr, reason = "it says what it cannot measure")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use clavicle_snapshot::{Database, Import, Snapshot};
use divan::Bencher;
use divan::counter::BytesCount;

fn main() {
    for name in NAMES {
        if let Err(why) = world(name) {
            eprintln!("`{name}` is not measured: {why}");
        }
    }
    divan::main();
    // A static is never dropped.
    let _ = std::fs::remove_dir_all(FOLDER.path());
}

const NAMES: [&str; 3] = ["paperboat", "small", "medium"];

/// The folder of the generated accounts.
static FOLDER: LazyLock<tempfile::TempDir> =
    LazyLock::new(|| tempfile::tempdir().expect("a temporary folder"));

fn world(name: &str) -> Result<PathBuf, String> {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    if name == "paperboat" {
        return Ok(checkout.join("examples/paperboat"));
    }
    let folder = FOLDER.path().join(name);
    if folder.join("organization.json").exists() {
        return Ok(folder);
    }
    let shared = clavicle_testkit::shared().map_err(|error| error.to_string())?;
    let made = Command::new("python3")
        .arg("-B")
        .arg(shared.join("workloads/make_account.py"))
        .args(["--size", name, "--out"])
        .arg(&folder)
        .output()
        .map_err(|error| format!("cannot run python3: {error}"))?;
    match made.status.success() {
        true => Ok(folder),
        false => Err(format!("the generator failed: {}", String::from_utf8_lossy(&made.stderr))),
    }
}

/// The bytes that an import of this folder reads.
fn bytes(folder: &Path) -> u64 {
    let mut total = 0;
    let run = Import::new().source(folder).run(|now| total = now.total);
    run.expect("the generator writes sound files");
    total
}

fn imported(folder: &Path) -> Database {
    Import::new().source(folder).run(|_| ()).expect("the generator writes sound files").database
}

#[divan::bench(args = NAMES, sample_count = 20)]
fn import(bencher: Bencher<'_, '_>, name: &str) {
    let Ok(folder) = world(name) else { return };
    bencher.counter(BytesCount::new(bytes(&folder))).bench(|| imported(&folder));
}

#[divan::bench(args = NAMES, sample_count = 20)]
fn save(bencher: Bencher<'_, '_>, name: &str) {
    let Ok(folder) = world(name) else { return };
    let file = FOLDER.path().join("saved.clavicle");
    bencher
        .with_inputs(|| imported(&folder))
        .bench_refs(|database| database.save(&file).expect("there is room"));
}

#[divan::bench(args = NAMES, sample_count = 20)]
fn load(bencher: Bencher<'_, '_>, name: &str) {
    let Ok(folder) = world(name) else { return };
    let file = FOLDER.path().join(format!("{name}.clavicle"));
    imported(&folder).save(&file).expect("there is room");
    let length = std::fs::metadata(&file).expect("it was saved").len();
    bencher
        .counter(BytesCount::new(length))
        .bench(|| Snapshot::open(&file, |_, _| ()).expect("it was saved"));
}
