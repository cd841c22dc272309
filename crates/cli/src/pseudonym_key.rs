//! What makes pseudonyms: 32 random bytes in the data folder, made when they are first needed and readable by the user alone,
//! so that a name has the same pseudonym tomorrow and nobody who lacks them can try names.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use clavicle_answer::PseudonymKey;

use crate::data_folder::DataFolder;
use crate::failure::Failure;

const FILE: &str = "pseudonyms.key";

/// The key of this computer's user.
pub(crate) fn find() -> Result<PseudonymKey, Failure> {
    let folder = DataFolder::find()?;
    let path = folder.path().join(FILE);
    if let Some(key) = read(&path)? {
        return Ok(key);
    }
    folder.make()?;
    let mut key = PseudonymKey::default();
    getrandom::fill(&mut key)
        .map_err(|error| Failure::input(format!("the system gives no random numbers: {error}")))?;
    let failed = |error: &std::io::Error| Failure::io("keep the key of pseudonyms", &path, error);
    // A temporary file is the user's alone (0600); whoever is first has made the key.
    let mut beside = tempfile::Builder::new()
        .prefix(".clavicle-")
        .suffix(".part")
        .tempfile_in(folder.path())
        .map_err(|error| failed(&error))?;
    beside.write_all(&key).map_err(|error| failed(&error))?;
    match beside.persist_noclobber(&path) {
        Ok(_) => Ok(key),
        Err(error) => read(&path)?.ok_or_else(|| failed(&error.error)),
    }
}

fn read(path: &Path) -> Result<Option<PseudonymKey>, Failure> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::io("read the key of pseudonyms", path, &error)),
    };
    let damaged = || {
        Failure::input("the key of pseudonyms is damaged")
            .in_file(path)
            .help("delete it: pseudonyms will be others from then on")
    };
    bytes.try_into().map(Some).map_err(|_| damaged())
}
