//! What the web app shows where nothing was named and nothing is saved: the person who looks at it chooses.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use clavicle_web::{Chosen, Offer};
use tempfile::TempDir;

use crate::failure::Failure;
use crate::source::Source;

/// So many files are kept at once: a collection is a folder, and is better named on the command line.
const MOST_FILES: usize = 200;
/// So much of a name is kept.
const MOST_LETTERS: usize = 80;

/// What is shown, and what may be in its place.
#[derive(Debug)]
pub(crate) struct Choice {
    /// Was nothing named, so that there is a choice at all?
    is_open: bool,
    source: Mutex<Option<Source>>,
    files: Mutex<Option<HandedOver>>,
}

/// Files of the person, for this run alone: the folder goes when the value does.
#[derive(Debug)]
struct HandedOver {
    folder: TempDir,
    paths: Vec<PathBuf>,
}

impl Choice {
    /// `source`: what was named, or was saved last.
    pub(crate) fn new(source: Option<Source>) -> Self {
        Self { is_open: source.is_none(), source: Mutex::new(source), files: Mutex::default() }
    }

    /// What is shown now, if anything is.
    pub(crate) fn source(&self) -> Option<Source> {
        lock(&self.source).clone()
    }

    /// What may be chosen.
    pub(crate) fn offer(&self) -> Option<Offer> {
        let names = || clavicle_collect::calls().into_iter().map(|planned| planned.call);
        self.is_open.then(|| Offer { calls: names().collect::<BTreeSet<_>>().into_iter().collect() })
    }

    /// From now on this is shown.
    pub(crate) fn choose(&self, chosen: Chosen) -> Result<(), Failure> {
        self.has_to_be_open()?;
        let source = match chosen {
            Chosen::Demo => Source::Demo,
            Chosen::Saved => Source::newest()?.ok_or_else(|| {
                Failure::input("no snapshot is saved yet")
                    .help("`clavicle collect` saves one, and so does `clavicle import`")
            })?,
            Chosen::Files => match &*lock(&self.files) {
                // One file may be a snapshot, several make one together.
                Some(HandedOver { paths, .. }) if paths.len() == 1 => Source::File(paths[0].clone()),
                Some(HandedOver { folder, .. }) => Source::File(folder.path().to_path_buf()),
                None => return Err(Failure::usage("no file was handed over")),
            },
        };
        *lock(&self.source) = Some(source);
        Ok(())
    }

    /// Keeps a file of the person, in a folder that only the user can look into.
    pub(crate) fn hand_over(&self, name: &str, bytes: &[u8], more: bool) -> Result<(), Failure> {
        self.has_to_be_open()?;
        let mut files = lock(&self.files);
        let place = std::env::temp_dir();
        let failed = |error: &std::io::Error| {
            Failure::io("keep the file", &place, error).help(
                "set TMPDIR to a folder that you may write to, or name the file: `clavicle open -s FILE`",
            )
        };
        let kept = match files.take().filter(|_| more) {
            Some(kept) => kept,
            None => {
                let folder = tempfile::Builder::new().prefix("clavicle-files-").tempdir();
                HandedOver { folder: folder.map_err(|error| failed(&error))?, paths: Vec::new() }
            }
        };
        let kept = files.insert(kept);
        if kept.paths.len() >= MOST_FILES {
            return Err(Failure::input(format!("more than {MOST_FILES} files"))
                .help("`clavicle open -s FOLDER` reads any number"));
        }
        let path = kept.folder.path().join(file_name(kept.paths.len(), name));
        fs::write(&path, bytes).map_err(|error| failed(&error))?;
        kept.paths.push(path);
        Ok(())
    }

    fn has_to_be_open(&self) -> Result<(), Failure> {
        if self.is_open { Ok(()) } else { Err(Failure::usage("what is shown was named already")) }
    }
}

/// A name for a file of this folder that still reads like the one it had: that one may be anything, and two may be the same.
fn file_name(at: usize, name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let letters =
        last.chars().map(|letter| if plain(letter) { letter } else { '_' }).rev().take(MOST_LETTERS);
    let tail: Vec<char> = letters.collect();
    format!("{}-{}", at + 1, tail.into_iter().rev().collect::<String>())
}

fn lock<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_stay_within_the_folder_and_apart() {
        let names = ["details.json", "../../etc/passwd", "C:\\here\\a b.json.gz", "\u{202e}x\0.json", ""];
        let kept: Vec<String> = (0..).zip(names).map(|(at, name)| file_name(at, name)).collect();
        assert_eq!(kept, ["1-details.json", "2-passwd", "3-a_b.json.gz", "4-_x_.json", "5-"]);
        let long = file_name(0, &format!("{}.json", "n".repeat(5_000)));
        assert!(long.len() < 100 && long.ends_with(".json"), "{long}");
        assert_ne!(file_name(0, "x"), file_name(1, "x"));
    }

    #[test]
    fn one_file_is_itself_and_several_are_their_folder() {
        let choice = Choice::new(None);
        assert!(
            choice.offer().is_some_and(|offer| offer.calls.iter().any(|call| call == "kms:GetKeyPolicy"))
        );
        assert!(choice.choose(Chosen::Files).is_err() && choice.source().is_none());
        choice.hand_over("one.json", b"{}", false).expect("kept");
        choice.choose(Chosen::Files).expect("a choice");
        let Some(Source::File(one)) = choice.source() else { panic!("a file") };
        assert_eq!(fs::read(&one).expect("it is there"), b"{}");
        choice.hand_over("two.json", b"[]", true).expect("kept");
        choice.choose(Chosen::Files).expect("a choice");
        let Some(Source::File(both)) = choice.source() else { panic!("a folder") };
        assert_eq!(both, one.parent().expect("a folder"));
        // Others in their place: what was there is gone.
        choice.hand_over("three.json", b"[]", false).expect("kept");
        assert!(!one.exists() && !both.exists());
    }

    #[test]
    fn what_was_named_is_no_choice() {
        let choice = Choice::new(Some(Source::Demo));
        assert_eq!(choice.offer(), None);
        assert!(choice.choose(Chosen::Demo).is_err() && choice.hand_over("x", b"", false).is_err());
    }
}
