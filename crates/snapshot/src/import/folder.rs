//! Which files does a source stand for? A file for itself; a folder for the files in it that may be ours.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::planned::{self, Place};
use crate::error::{ErrorKind, SnapshotError};

/// A file to read.
#[derive(Debug)]
pub(super) struct File {
    /// Do people know it by what the snapshot calls it alone?
    renamed: bool,
    pub(super) path: PathBuf,
    /// What the snapshot calls it.
    pub(super) shown: String,
    pub(super) bytes: u64,
    /// RFC 3339.
    pub(super) modified: Option<String>,
    /// Was it named, rather than found in a folder?
    pub(super) named: bool,
    /// Of a template: where the file that names it says that it goes.
    pub(super) place: Option<Place>,
}

impl File {
    /// The name that a person would look for.
    pub(super) fn known_as(&self) -> &Path {
        if self.renamed { Path::new(&self.shown) } else { &self.path }
    }
}

/// One file, by another name.
pub(super) fn named(path: &Path, shown: &str) -> Result<Vec<File>, SnapshotError> {
    let about =
        fs::metadata(path).map_err(|error| SnapshotError::io("read it", &error).in_file(Path::new(shown)))?;
    let file = file(path.to_path_buf(), &about, true);
    Ok(vec![File { renamed: true, shown: shown.to_owned(), ..file }])
}

/// The files of one source, in an order that does not depend on the file system.
pub(super) fn files(source: &Path) -> Result<Vec<File>, SnapshotError> {
    let about = fs::metadata(source).map_err(|error| SnapshotError::io("read it", &error).in_file(source))?;
    if !about.is_dir() {
        return Ok(vec![file(source.to_path_buf(), &about, true)]);
    }
    if is_synthesized(source) {
        return synthesized(source, 0);
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

/// Did `cdk synth` write this folder?
pub(super) fn is_synthesized(folder: &Path) -> bool {
    folder.join("cdk.out").is_file() && folder.join("manifest.json").is_file()
}

/// The templates of what `cdk synth` wrote, with the account and region of each where the stack names them.
///
/// AWS: CDK, "Cloud assembly schema": `manifest.json` names the artifacts of a folder.
fn synthesized(folder: &Path, depth: u8) -> Result<Vec<File>, SnapshotError> {
    let manifest = folder.join("manifest.json");
    let text = fs::read_to_string(&manifest)
        .map_err(|error| SnapshotError::io("read it", &error).in_file(&manifest))?;
    let parsed: Value = serde_json::from_str(&text).map_err(|error| {
        SnapshotError::new(ErrorKind::Text, format!("is not sound JSON: {error}")).in_file(&manifest)
    })?;
    let mut found = Vec::new();
    for artifact in
        parsed.get("artifacts").and_then(Value::as_object).into_iter().flat_map(|all| all.values())
    {
        let text = |path: &str| artifact.pointer(path).and_then(Value::as_str);
        // Names in the folder, and nothing beside it.
        let beside = |name: &str| (!name.contains(['/', '\\']) && name != "..").then(|| folder.join(name));
        match text("/type") {
            Some("aws:cloudformation:stack") => {
                let Some(path) = text("/properties/templateFile").and_then(beside) else { continue };
                let Ok(about) = fs::metadata(&path) else { continue };
                let place = text("/environment").and_then(|place| place.strip_prefix("aws://"));
                let (account, region) = place.and_then(|place| place.split_once('/')).unwrap_or_default();
                let place = Place::parse(&format!("{account}/{region}")).or_else(|| Place::parse(account));
                found.push(File { place, ..file(path, &about, true) });
            }
            Some("cdk:cloud-assembly") if depth < 8 => {
                if let Some(path) =
                    text("/properties/directoryName").and_then(beside).filter(|path| path.is_dir())
                {
                    found.extend(synthesized(&path, depth + 1)?);
                }
            }
            _ => {}
        }
    }
    if found.is_empty() && depth == 0 {
        return Err(SnapshotError::new(ErrorKind::WrongKind, "names no stack").in_file(&manifest));
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
    if name.starts_with('.') {
        return false;
    }
    if [".yaml", ".yml", ".template"].iter().any(|ending| name.ends_with(ending)) {
        // Many other things are written in YAML.
        let small = |path: &Path| fs::metadata(path).is_ok_and(|about| about.len() <= 2 << 20);
        return small(path) && fs::read(path).is_ok_and(|bytes| planned::may_be_yaml(&bytes));
    }
    [".json", ".jsonl", ".ndjson", ".csv"].iter().any(|ending| name.ends_with(ending))
}

fn file(path: PathBuf, about: &fs::Metadata, named: bool) -> File {
    let modified = about.modified().ok().and_then(|time| jiff::Timestamp::try_from(time).ok());
    // Whole seconds, as AWS's own times.
    let modified = modified.and_then(|time| jiff::Timestamp::from_second(time.as_second()).ok());
    let shown = path.to_string_lossy().into_owned();
    File {
        renamed: false,
        path,
        shown,
        bytes: about.len(),
        modified: modified.map(|time| time.to_string()),
        named,
        place: None,
    }
}
