//! How long do an import, a save and a load take, and how much memory?
//!
//! `cargo run --profile bench -p clavicle-snapshot --example load_snapshot -- FOLDER-OR-FILE...`

#![expect(clippy::print_stdout, reason = "it prints what it measured")]

use std::time::Instant;

use clavicle_snapshot::{Import, Snapshot, SnapshotError};
use clavicle_testkit::said;

fn main() -> Result<(), SnapshotError> {
    let sources: Vec<String> = std::env::args().skip(1).collect();
    let folder = std::env::temp_dir();
    let file = folder.join(format!("measure-{}.clavicle", std::process::id()));
    let start = Instant::now();
    let imported = sources.iter().fold(Import::new(), |import, source| import.source(source)).run(|_| ())?;
    said("import", start);
    let start = Instant::now();
    imported.database.save(&file)?;
    said("save", start);
    println!("warnings {}", imported.warnings.len());
    for warning in imported.warnings.iter().take(5) {
        println!(
            "  {}:{}:{} {}{}",
            warning.file, warning.line, warning.column, warning.pointer, warning.text
        );
    }
    drop(imported);
    let start = Instant::now();
    let snapshot = Snapshot::open(&file, |_, _| ())?;
    said("load", start);
    let bytes = std::fs::metadata(&file).map_or(0, |about| about.len());
    println!(
        "{} accounts, {} identities, {} things, {} texts, {bytes} bytes",
        snapshot.accounts.len(),
        snapshot.principals.len(),
        snapshot.resources.len(),
        snapshot.documents.len()
    );
    let _ = std::fs::remove_file(&file);
    Ok(())
}
