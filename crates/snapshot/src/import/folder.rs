//! Which files does a source stand for? A file for itself; a folder for the files in it that may be ours.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{ErrorKind, SnapshotError};

/// A file to read.
#[derive(Debug)]
pub(super) struct File {
    pub(super) path: PathBuf,
    /// What the snapshot calls it.
    pub(super) shown: String,
    pub(super) bytes: u64,
    /// RFC 3339.
    pub(super) modified: Option<String>,
    /// Was it named, rather than found in a folder?
    pub(super) named: bool,
}

/// The files of one source, in an order that does not depend on the file system.
pub(super) fn files(source: &Path) -> Result<Vec<File>, SnapshotError> {
    let about = fs::metadata(source).map_err(|error| SnapshotError::io("read it", &error).in_file(source))?;
    if !about.is_dir() {
        return Ok(vec![file(source.to_path_buf(), &about, true)]);
    }
    let mut found = Vec::new();
    let (organization, accounts) = (source.join("organization.json"), source.join("accounts"));
    if accounts.is_dir() {
        // The layout of an organization: one document, and one folder for each account.
        if let Ok(about) = fs::metadata(&organization) {
            found.push(file(organization, &about, true));
        }
        for account in sorted(&accounts)? {
            if account.is_dir() {
                collect(&account, 0, &mut found)?;
            } else if may_be_ours(&account) {
                push(account, &mut found);
            }
        }
    } else {
        // Deep enough for `AWSLogs` of an organization with its accounts, regions and dates, below a prefix.
        collect(source, 16, &mut found)?;
    }
    if found.is_empty() {
        return Err(SnapshotError::new(
            ErrorKind::WrongKind,
            "holds no `.json`, `.json.gz`, `.jsonl` or `.csv` file",
        )
        .in_file(source)
        .hint(super::answers::EXPECTED));
    }
    Ok(found)
}

/// The files of a collection.
pub(super) fn collected(folder: &Path) -> Result<Vec<File>, SnapshotError> {
    let mut found = files(folder)?;
    for file in &mut found {
        let below = file.path.strip_prefix(folder).unwrap_or(&file.path);
        file.shown = format!("collected/{}", below.to_string_lossy());
        file.modified = None;
    }
    Ok(found)
}

fn collect(folder: &Path, depth: u8, found: &mut Vec<File>) -> Result<(), SnapshotError> {
    for path in sorted(folder)? {
        if path.is_dir() {
            if depth > 0 {
                collect(&path, depth - 1, found)?;
            }
        } else if may_be_ours(&path) {
            push(path, found);
        }
    }
    Ok(())
}

fn push(path: PathBuf, found: &mut Vec<File>) {
    if let Ok(about) = fs::metadata(&path) {
        found.push(file(path, &about, false));
    }
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>, SnapshotError> {
    let unreadable = |error: std::io::Error| SnapshotError::io("read the folder", &error).in_file(folder);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        paths.push(entry.map_err(unreadable)?.path());
    }
    paths.sort();
    Ok(paths)
}

/// By name only here, and only to leave out what certainly is not: content decides what a file is.
fn may_be_ours(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    !name.starts_with('.')
        && [".json", ".jsonl", ".ndjson", ".csv"].iter().any(|ending| name.ends_with(ending))
}

fn file(path: PathBuf, about: &fs::Metadata, named: bool) -> File {
    let modified = about.modified().ok().and_then(|time| jiff::Timestamp::try_from(time).ok());
    // Whole seconds, as AWS's own times.
    let modified = modified.and_then(|time| jiff::Timestamp::from_second(time.as_second()).ok());
    let shown = path.to_string_lossy().into_owned();
    File { path, shown, bytes: about.len(), modified: modified.map(|time| time.to_string()), named }
}
