//! Facts of AWS that the user has loaded, newer than those built in: one file in the data folder.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use clavicle_catalog::{CompiledFacts, RefusedFacts, built_in_date, put_in_use};

use crate::data_folder::DataFolder;
use crate::failure::Failure;

/// What is in the data folder.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) path: PathBuf,
    pub(crate) facts: CompiledFacts,
}

impl Loaded {
    /// The loaded facts, if there are any.
    pub(crate) fn find() -> Result<Option<Self>, Failure> {
        // Who has no home folder has loaded nothing.
        let Ok(folder) = DataFolder::find() else { return Ok(None) };
        let path = folder.aws_facts();
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(error) => return Err(Failure::io("read the loaded AWS facts", &path, &error).help(RESET)),
        };
        match CompiledFacts::unpacked(&bytes) {
            Ok(facts) => Ok(Some(Self { path, facts })),
            Err(error) => Err(damaged(&path, &error)),
        }
    }

    /// The day they are from.
    pub(crate) fn date(&self) -> String {
        self.facts.date().unwrap_or_default()
    }

    /// Are they newer than those that were built into the program? A newer program may have overtaken them.
    pub(crate) fn is_newer(&self) -> bool {
        *self.date() > *built_in_date()
    }
}

const RESET: &str = "`clavicle data reset` goes back to the facts that are built in";

fn damaged(path: &Path, error: &RefusedFacts) -> Failure {
    Failure::input(format!("the loaded AWS facts cannot be used: {error}")).in_file(path).help(RESET)
}

/// Puts loaded facts in use, if they are newer than those built in. Before the first question.
pub(crate) fn settle() -> Result<(), Failure> {
    let Some(loaded) = Loaded::find()?.filter(Loaded::is_newer) else { return Ok(()) };
    put_in_use(loaded.facts).map_err(|error| damaged(&loaded.path, &error.into()))?;
    Ok(())
}

/// Keeps facts in the data folder: whole or not at all, for the user alone (0600).
pub(crate) fn keep(facts: &CompiledFacts) -> Result<PathBuf, Failure> {
    let folder = DataFolder::find()?;
    folder.make()?;
    let path = folder.aws_facts();
    let failed = |error: &std::io::Error| Failure::io("keep the AWS facts", &path, error);
    let packed = facts.packed().map_err(|error| failed(&error))?;
    let mut beside = tempfile::Builder::new()
        .prefix(".clavicle-")
        .suffix(".part")
        .tempfile_in(folder.path())
        .map_err(|error| failed(&error))?;
    beside.write_all(&packed).and_then(|()| beside.as_file().sync_all()).map_err(|error| failed(&error))?;
    beside.persist(&path).map_err(|error| failed(&error.error))?;
    Ok(path)
}

/// Removes the loaded facts. `false`: there were none.
pub(crate) fn remove() -> Result<bool, Failure> {
    let path = DataFolder::find()?.aws_facts();
    match fs::remove_file(&path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Failure::io("remove the loaded AWS facts", &path, &error)),
    }
}
