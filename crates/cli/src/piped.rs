//! What comes by a pipe: `-s -`, `-s <(terraform show -json tfplan)`.
//!
//! It can be read once, and sources are read more than once, first to see what they are: so it is kept in a file of this user's
//! alone while the command runs.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tempfile::TempDir;

use crate::failure::Failure;

/// The files that are kept.
struct Kept {
    folder: TempDir,
    /// What was typed, and the file that has what came.
    files: Vec<(PathBuf, PathBuf)>,
}

/// Removed with [`clear`]: what is static is never dropped.
static KEPT: Mutex<Option<Kept>> = Mutex::new(None);

/// Puts in the place of each path by which something comes once a file with it.
pub(crate) fn keep<'p>(paths: impl IntoIterator<Item = &'p mut PathBuf>) -> Result<(), Failure> {
    for path in paths {
        if comes_once(path) {
            *path = kept(path).map_err(|error| Failure::io("keep what came by the pipe", path, &error))?;
        }
    }
    Ok(())
}

/// The path that a person typed, where something is kept for it.
pub(crate) fn as_typed(path: &Path) -> PathBuf {
    let Ok(all) = KEPT.lock() else { return path.to_path_buf() };
    let files = all.iter().flat_map(|kept| &kept.files);
    let typed = files.filter(|(_, file)| file == path).map(|(typed, _)| typed.clone()).next();
    typed.unwrap_or_else(|| path.to_path_buf())
}

/// Is it a file that is gone when the command ends?
pub(crate) fn is_kept(path: &Path) -> bool {
    as_typed(path) != path
}

/// Removes what was kept.
pub(crate) fn clear() {
    if let Ok(mut all) = KEPT.lock() {
        *all = None;
    }
}

fn kept(typed: &Path) -> io::Result<PathBuf> {
    let mut all = KEPT.lock().map_err(|_| io::Error::other("another part of the program failed"))?;
    let folder = || tempfile::Builder::new().prefix("clavicle-").tempdir();
    let Kept { folder, files } = match &mut *all {
        Some(kept) => kept,
        none => none.insert(Kept { folder: folder()?, files: Vec::new() }),
    };
    // The folder is this user's alone (0700).
    let path = folder.path().join(files.len().to_string());
    let mut file = File::create_new(&path)?;
    if typed.as_os_str() == "-" {
        io::copy(&mut io::stdin().lock(), &mut file)?;
    } else {
        io::copy(&mut File::open(typed)?, &mut file)?;
    }
    files.push((typed.to_path_buf(), path.clone()));
    Ok(path)
}

/// Can it be read once only?
fn comes_once(path: &Path) -> bool {
    path.as_os_str() == "-" || is_pipe(path)
}

#[cfg(unix)]
fn is_pipe(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    std::fs::metadata(path).is_ok_and(|about| about.file_type().is_fifo() || about.file_type().is_socket())
}

#[cfg(not(unix))]
fn is_pipe(_: &Path) -> bool {
    false
}
