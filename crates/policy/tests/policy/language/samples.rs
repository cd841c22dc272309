//! AWS's own sample policies for organizations are understood without a fault.

use std::path::{Path, PathBuf};

use clavicle_policy::{Severity, parse};
use clavicle_testkit::shared;

use super::{invariants, places};

fn json_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            json_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
}

#[test]
fn samples_for_organizations_have_no_fault() {
    let folder = match shared() {
        Ok(shared) => shared.join("oracles/org_policy_samples"),
        Err(error) => {
            eprintln!("skipped: {error}");
            return;
        }
    };
    let mut files = Vec::new();
    json_files(&folder, &mut files);
    assert!(files.len() >= 36, "{}: only {} samples", folder.display(), files.len());
    for path in files {
        let bytes = std::fs::read(&path).unwrap();
        let parsed = parse(&bytes);
        let errors: Vec<_> =
            parsed.diagnostics.iter().filter(|found| found.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", path.display());
        let policy = parsed.policy.unwrap();
        assert!(policy.statements.iter().all(|statement| !statement.faulty), "{}", path.display());
        places::are_true(&policy, std::str::from_utf8(&bytes).unwrap());
        invariants::hold(&bytes);
    }
}
