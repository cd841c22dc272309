//! Runs a command anew each time a file that it was given changes, until it is stopped.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use crate::exit::Exit;
use crate::failure::{Failure, lay_out_warning};
use crate::ink::{Ink, Tone};
use crate::terminal;
use crate::typed::{Accounts, Changes, Check, Diff, WhatIf};

/// The flag that asks for it.
const FLAG: &str = "--watch";

/// How often the files are looked at.
const PAUSE: Duration = Duration::from_millis(250);

/// So many files are looked at.
const MOST: usize = 20_000;

/// Folders that tools write into while others work.
const PASSED_OVER: [&str; 4] = [".git", ".terraform", "node_modules", ".aws-sam"];

/// The files of `check`.
pub(crate) fn of_check<'t>(typed: &'t Check, accounts: &'t Accounts) -> Watched<'t> {
    Watched::new(typed.files.iter(), accounts, typed.out.as_deref())
}

/// The files of `diff`.
pub(crate) fn of_diff<'t>(typed: &'t Diff, accounts: &'t Accounts) -> Watched<'t> {
    Watched::new([&typed.old].into_iter().chain(&typed.new), accounts, typed.changes.out.as_deref())
}

/// The files of `try`.
pub(crate) fn of_what_if<'t>(typed: &'t WhatIf, accounts: &'t Accounts) -> Watched<'t> {
    let Changes { out, .. } = &typed.changes;
    let texts = typed.edits.iter().filter_map(|edit| edit.rsplit_once('='));
    Watched::new(texts.map(|(_, file)| file), accounts, out.as_deref())
}

/// What is looked at.
#[derive(Debug)]
pub(crate) struct Watched<'t> {
    paths: Vec<&'t Path>,
    /// What the command writes by itself.
    written: Option<&'t Path>,
}

impl<'t> Watched<'t> {
    fn new(
        files: impl Iterator<Item = &'t (impl AsRef<Path> + ?Sized + 't)>,
        accounts: &'t Accounts,
        written: Option<&'t Path>,
    ) -> Self {
        let sources = accounts.sources.iter().chain(&accounts.terraform).chain(&accounts.known);
        let mut paths: Vec<&Path> = files.map(AsRef::as_ref).chain(sources.map(PathBuf::as_path)).collect();
        paths.push(Path::new(crate::settings_file::NAME));
        Self { paths, written }
    }

    /// Runs what was typed, and again at each change. Ends only where it was typed wrong, cannot be run, or nobody reads what
    /// it says any more.
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        if self.paths.iter().any(|path| path.as_os_str() == "-") {
            return Err(Failure::usage("stdin cannot be watched").help("name a file"));
        }
        let program = std::env::current_exe()
            .map_err(|error| Failure::io("find the program", Path::new("clavicle"), &error))?;
        if self.stamps().len() >= MOST {
            let mut said = terminal::side_page();
            lay_out_warning(
                &mut said,
                &format!("there are more than {MOST} files: changes of the others are not seen"),
                None,
            );
            terminal::say(said);
        }
        let typed: Vec<_> = std::env::args_os().skip(1).filter(|word| word != FLAG).collect();
        loop {
            let before = self.stamps();
            // A program of its own gives back what it took.
            let ended = Command::new(&program)
                .args(&typed)
                .status()
                .map_err(|error| Failure::io("run the command", &program, &error))?;
            if ended.code() == Some(2) {
                return Ok(Exit::Usage);
            }
            let changed = loop {
                std::thread::sleep(PAUSE);
                if self.written.is_none() && terminal::nobody_reads() {
                    return Ok(Exit::Yes);
                }
                if let Some(changed) = first_change(&before, &self.stamps()) {
                    break changed;
                }
            };
            let mut said = terminal::side_page();
            said.line(&Ink::of(Tone::Faint, &format!("── {} changed ──", changed.display())));
            terminal::say(said);
        }
    }

    fn stamps(&self) -> BTreeMap<PathBuf, Stamp> {
        let mut stamps = BTreeMap::new();
        for path in &self.paths {
            if let Ok(about) = fs::metadata(path) {
                self.add(path, &about, &mut stamps);
            }
        }
        stamps
    }

    fn add(&self, path: &Path, about: &Metadata, to: &mut BTreeMap<PathBuf, Stamp>) {
        if to.len() >= MOST || self.written.is_some_and(|written| is_same(written, path)) {
            return;
        }
        if !about.is_dir() {
            to.insert(path.to_path_buf(), (about.modified().ok(), about.len()));
            return;
        }
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let is_passed_over = PASSED_OVER.iter().any(|other| name == *other);
            // Links are not followed: the command does not follow them either.
            if !is_passed_over && let Ok(about) = entry.metadata() {
                self.add(&entry.path(), &about, to);
            }
        }
    }
}

/// When a file changed, and how long it is.
type Stamp = (Option<SystemTime>, u64);

fn first_change<'s>(
    before: &'s BTreeMap<PathBuf, Stamp>,
    now: &'s BTreeMap<PathBuf, Stamp>,
) -> Option<PathBuf> {
    let gone = before.keys().find(|path| !now.contains_key(*path));
    let other = now.iter().find(|(path, stamp)| before.get(*path) != Some(stamp)).map(|(path, _)| path);
    other.or(gone).cloned()
}

fn is_same(one: &Path, other: &Path) -> bool {
    std::path::absolute(one)
        .ok()
        .zip(std::path::absolute(other).ok())
        .is_some_and(|(one, other)| one == other)
}
