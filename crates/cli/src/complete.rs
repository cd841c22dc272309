//! Names for the shell to complete, from the accounts that a question would be asked of.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap_complete::engine::CompletionCandidate;
use clavicle_answer::{Reader, Slot};
use clavicle_graph::Stated;

use crate::data_folder::DataFolder;
use crate::progress::Silent;
use crate::source::{self, Planned, Source};

/// Nobody waits longer for a completion than it takes to read so much.
const LARGEST: u64 = 64 << 20;

/// Who could ask?
pub(crate) fn who(typed: &OsStr) -> Vec<CompletionCandidate> {
    names(&[Slot::By], typed)
}

/// What could be done?
pub(crate) fn action(typed: &OsStr) -> Vec<CompletionCandidate> {
    names(&[Slot::Do], typed)
}

/// With what?
pub(crate) fn thing(typed: &OsStr) -> Vec<CompletionCandidate> {
    names(&[Slot::On], typed)
}

/// Who could ask, or which policy?
pub(crate) fn who_or_policy(typed: &OsStr) -> Vec<CompletionCandidate> {
    names(&[Slot::By, Slot::On], typed)
}

/// Which account?
pub(crate) fn account(typed: &OsStr) -> Vec<CompletionCandidate> {
    let is_account =
        |candidate: &CompletionCandidate| candidate.get_value().to_string_lossy().starts_with("acct/");
    names(&[Slot::By], typed).into_iter().filter(is_account).collect()
}

/// Which saved snapshot?
pub(crate) fn snapshot(typed: &OsStr) -> Vec<CompletionCandidate> {
    let saved = DataFolder::find().and_then(|folder| folder.snapshots()).unwrap_or_default();
    let typed = typed.to_string_lossy();
    saved.into_iter().filter(|saved| saved.name.starts_with(&*typed)).map(|saved| saved.name.into()).collect()
}

/// Which rule?
pub(crate) fn rule(typed: &OsStr) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy();
    let of_accounts = clavicle_answer::findings::rules().map(|rule| (rule.id, rule.title));
    let rules = of_accounts.chain(clavicle_lint::rules().map(|rule| (rule.id, rule.title)));
    let rules = rules.filter(|(id, _)| id.starts_with(&*typed));
    rules.map(|(id, title)| CompletionCandidate::new(id).help(Some(title.into()))).collect()
}

fn names(slots: &[Slot], typed: &OsStr) -> Vec<CompletionCandidate> {
    let (Some(typed), Some(reader)) = (typed.to_str(), reader()) else { return Vec::new() };
    let mut found: Vec<CompletionCandidate> = Vec::new();
    for slot in slots {
        for completion in reader.complete(*slot, typed) {
            // A name with a control character cannot be typed, and should not reach the shell.
            if clavicle_answer::visible(&completion.value) != completion.value {
                continue;
            }
            let candidate = CompletionCandidate::new(completion.value)
                .help(completion.hint.map(|hint| clavicle_answer::visible(&hint).into_owned().into()));
            if !found.iter().any(|known| known.get_value() == candidate.get_value()) {
                found.push(candidate);
            }
        }
    }
    found
}

fn reader() -> Option<Reader> {
    let source = Source::from_typed(&typed_sources()).ok()?;
    if let Source::Saved(path) | Source::File(path) = &source
        && std::fs::metadata(path).ok()?.len() > LARGEST
    {
        return None;
    }
    let loaded = source.load(&Planned::default(), &Silent).ok()?;
    Some(source::reader(loaded, Stated::default(), &Silent))
}

/// What stands after `-s` on the line that is being completed.
fn typed_sources() -> Vec<PathBuf> {
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let pairs = words.windows(2).filter(|pair| matches!(pair[0].as_str(), "-s" | "--source"));
    pairs.map(|pair| PathBuf::from(&pair[1])).filter(|path| !path.as_os_str().is_empty()).collect()
}
