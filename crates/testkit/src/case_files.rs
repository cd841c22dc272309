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

#[cfg(test)]
mod tests {
    use super::read;
    use std::{env, fs, process};

    /// Reads a file of one case with this text among its members.
    fn error_of(name: &str, member: &str) -> String {
        let folder = env::temp_dir().join(format!("clavicle-cases-{}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join(name);
        let text = format!(
            "[{{ \"about\": \"a\", \"rule\": \"1.1\", \"source\": \"s\",\n{member} \"requests\": [] }}]"
        );
        fs::write(&path, text).unwrap();
        let error =
            read(&folder, &path).map(|file| file.cases.len().to_string()).unwrap_or_else(|error| error);
        fs::remove_file(&path).unwrap();
        error
    }

    #[test]
    fn unknown_members_are_refused_with_file_and_line() {
        assert_eq!(error_of("fine.json", "\"world\": {},"), "1");
        let error = error_of("world.json", "\"world\": { \"scps\": [] },");
        assert!(error.starts_with("world.json: unknown field `scps`"), "{error}");
        assert!(error.contains("line 2"), "{error}");
        let error = error_of("case.json", "\"world\": {}, \"because\": [],");
        assert!(error.starts_with("case.json: unknown field `because`"), "{error}");
    }
}
