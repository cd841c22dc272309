//! What holds for any bytes at all as a plan or template. Also the body of the fuzz target `fuzz/fuzz_targets/plan.rs`.

use clavicle_snapshot::{Import, Place, Snapshot};

/// Panics when reading `bytes` breaks a promise.
pub(crate) fn hold(bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    // Without an ending: what it is, the bytes tell.
    let file = folder.path().join("x");
    std::fs::write(&file, bytes).expect("it is written");
    let import = Import::new().planned_in(Place::parse("111122223333")).source(&file);
    match import.terraform(Some(folder.path().to_path_buf())).run(|_| ()) {
        Ok(imported) => {
            let snapshot = Snapshot::read(&imported.database, |_, _| ()).expect("what was made can be read");
            let lines = 1 + bytes.iter().filter(|byte| **byte == b'\n').count();
            for declared in &snapshot.declared {
                let line = declared.line.map_or(1, |line| usize::try_from(line).expect("a line"));
                assert!((1..=lines).contains(&line), "{declared:?} leaves the text");
            }
            for warning in &snapshot.warnings {
                let line = usize::try_from(warning.line).expect("a line");
                assert!(line <= lines, "{warning:?} leaves the text");
            }
        }
        Err(error) => assert!(!error.to_string().is_empty(), "no word why"),
    }
}
