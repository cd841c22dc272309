//! Reading the cases of `tests/cases/evaluate`.

use crate::case::Case;
use crate::shared::checkout;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// A file of cases.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseFile {
    /// Below the folder of cases.
    pub path: PathBuf,
    /// In the order of the file.
    pub cases: Vec<Case>,
}

/// Which cases are there? Every `.json` file of the folder, sorted by path; a file that does not read is an error that
/// names the file, the line and the column.
pub fn cases() -> Result<Vec<CaseFile>, String> {
    let folder = checkout().join("tests/cases/evaluate");
    let mut paths = Vec::new();
    walk(&folder, &mut paths).map_err(|error| format!("cannot read `{}`: {error}", folder.display()))?;
    paths.sort();
    paths.into_iter().map(|path| read(&folder, &path)).collect()
}

fn read(folder: &Path, path: &Path) -> Result<CaseFile, String> {
    let shown = path.strip_prefix(folder).unwrap_or(path).to_owned();
    let text =
        fs::read_to_string(path).map_err(|error| format!("cannot read `{}`: {error}", shown.display()))?;
    let cases = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", shown.display()))?;
    Ok(CaseFile { path: shown, cases })
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, paths)?;
        } else if path.extension().is_some_and(|extension| extension == "json") {
            paths.push(path);
        }
    }
    Ok(())
}
