//! `clavicle.toml`: what people know that no policy says.

use std::path::{Path, PathBuf};

use clavicle_answer::Settings;

use crate::failure::Failure;
use crate::text_file;

/// What it is called.
pub(crate) const NAME: &str = "clavicle.toml";

/// The settings that hold for these sources: those that lie beside a source, else those of the current folder or of one
/// above it, as with other tools that work on a repository.
pub(crate) fn for_sources(sources: &[PathBuf]) -> Result<Settings, Failure> {
    let beside = sources.iter().find_map(|source| beside(source));
    let Some(file) = beside.or_else(above) else { return Ok(Settings::default()) };
    let text = text_file::read("read the settings", &file)?;
    parse(&text, &file.display().to_string())
}

/// Reads the text of `clavicle.toml`; faults are told with their place in `file`.
pub(crate) fn parse(text: &str, file: &str) -> Result<Settings, Failure> {
    Settings::parse(text).map_err(|error| {
        let failure = Failure::input(error.problem).at(format!("{file}:{}", error.line));
        match error.hint {
            Some(hint) => failure.help(hint),
            None => failure,
        }
    })
}

/// In the folder that is the source, or that the source lies in.
fn beside(source: &Path) -> Option<PathBuf> {
    let folder = if source.is_dir() { source } else { source.parent()? };
    Some(folder.join(NAME)).filter(|file| file.is_file())
}

fn above() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors().map(|folder| folder.join(NAME)).find(|file| file.is_file())
}
