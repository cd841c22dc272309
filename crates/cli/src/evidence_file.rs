//! Where evidence of use is kept: beside the snapshots, unless a file was named.

use std::path::PathBuf;

use clavicle_usage::{EvidenceError, EvidenceFile};

use crate::data_folder::DataFolder;
use crate::failure::{Failure, system_words};
use crate::typed::EvidencePlace;

/// A file of evidence.
#[derive(Debug)]
pub(crate) struct Evidence {
    /// What it is called.
    pub(crate) path: PathBuf,
    /// What it holds.
    pub(crate) file: EvidenceFile,
}

/// Opens the evidence, which is made if nobody has any yet.
pub(crate) fn open_or_make(place: &EvidencePlace) -> Result<Evidence, Failure> {
    let path = match &place.evidence {
        Some(path) => path.clone(),
        None => {
            let folder = DataFolder::find()?;
            folder.make()?;
            folder.evidence()
        }
    };
    let file = EvidenceFile::open_or_make(&path).map_err(|error| failure(&error, &path))?;
    Ok(Evidence { path, file })
}

/// Opens the evidence; `None` if there is none and none was named.
pub(crate) fn open(place: &EvidencePlace) -> Result<Option<Evidence>, Failure> {
    let path = match &place.evidence {
        Some(path) if !path.exists() => {
            return Err(Failure::input("there is no such file of evidence")
                .in_file(path)
                .help("`clavicle usage LOGS` makes one"));
        }
        Some(path) => path.clone(),
        None => DataFolder::find()?.evidence(),
    };
    if !path.exists() {
        return Ok(None);
    }
    let file = EvidenceFile::open_or_make(&path).map_err(|error| failure(&error, &path))?;
    Ok(Some(Evidence { path, file }))
}

/// The evidence that is kept; none is no evidence.
pub(crate) fn kept(place: &EvidencePlace) -> Result<clavicle_usage::Evidence, Failure> {
    match open(place)? {
        Some(kept) => kept.file.evidence().map_err(|error| failure(&error, &kept.path)),
        None => Ok(clavicle_usage::Evidence::default()),
    }
}

/// What went wrong with it.
pub(crate) fn failure(error: &EvidenceError, path: &std::path::Path) -> Failure {
    let failure = match error {
        EvidenceError::Io(error) => Failure::input(format!("cannot read: {}", system_words(error))),
        error => Failure::input(error.to_string()),
    };
    let failure = failure.in_file(path);
    match error {
        EvidenceError::NotEvidence => failure.help("name another file with `--evidence`"),
        EvidenceError::Newer(_) => failure.help("use a newer clavicle, or read the logs into another file"),
        EvidenceError::Database(_) | EvidenceError::Io(_) => failure,
    }
}
