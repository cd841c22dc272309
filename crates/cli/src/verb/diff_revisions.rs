//! `diff` of revisions of a repository: its policies file by file, and what its plans, templates and files of accounts
//! come to.

use std::cell::LazyCell;
use std::cmp::{Ordering, Reverse};
use std::collections::BTreeSet;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use clavicle_answer::shape::{ChangesPage, GateOutcome};
use clavicle_answer::{Gate, GateAccess, Reader, gate_outcome};
use clavicle_lint::is_stack_policy;
use clavicle_policy::parse;
use clavicle_snapshot::{Side, Warning};
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::ask::{MOST_WARNINGS, again};
use super::diff;
use super::diff_configuration::ReadFiles;
use super::diff_embedded::{self, Modules};
use super::diff_policies::{self, Compared, Pair};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ink::Tone;
use crate::machine::escaped;
use crate::policy_file::PolicyFile;
use crate::progress::Bar;
use crate::report::{self, Remark, Remarks, Spot};
use crate::revision::{Repository, Revisions, Tree, is_settings};
use crate::source::{self, Planned, Source, absolute, stated};
use crate::typed::{Accounts, Changes, ChangesForm};
use crate::{settings_file, terminal, text, warnings};

/// A state of the folder.
struct State {
    /// `main (1a2b3c4d5e6f)`
    name: String,
    tree: Tree,
}

/// Compares, and says by the exit code what the gate says.
pub(super) fn run(revisions: &Revisions, typed: &Changes, accounts: &Accounts) -> Result<Exit, Failure> {
    let folder = accounts.terraform.clone().unwrap_or_else(|| PathBuf::from("."));
    let repository = Repository::of(&folder)?;
    let (old, new) = states(&repository, revisions)?;
    // What is compared says nothing of what fails: a change cannot open its own gate.
    let gate = match gate(&old, &repository)? {
        Some(gate) => gate,
        None => gate(&new, &repository)?.unwrap_or_default(),
    };
    let mut pairs = pairs(&old.tree, &new.tree)?;
    let (whole, mut unread) = compared(&repository, (&old, &new), gate, accounts, &mut pairs)?;
    unread.extend(old.tree.left_out_otherwise(&new.tree));
    unread.sort_unstable();
    unread.dedup();
    let policies = diff_policies::compare(pairs, gate);
    let told = Told { old, new, policies, accounts: whole, unread, gate };
    let text = match typed.form {
        ChangesForm::Text => told.text(&again(accounts), typed.all),
        ChangesForm::Json => escaped(&format!("{:#}", told.json()?)) + "\n",
        ChangesForm::Md => told.comment(),
        form => diff::remarks(&told.remarks(), form, || told.comment())?,
    };
    diff::write(&text, typed)?;
    Ok(diff::exit(&told.outcome(), typed))
}

fn states(repository: &Repository, revisions: &Revisions) -> Result<(State, State), Failure> {
    let (old, new) = match revisions {
        Revisions::Two(old, new) => (repository.commit(old)?, Some(repository.commit(new)?)),
        Revisions::SinceParted(old, new) => {
            let new = repository.commit(new)?;
            (repository.parting(&repository.commit(old)?, &new)?, Some(new))
        }
        Revisions::ToFolder(old) => (repository.commit(old)?, None),
    };
    let both = |wanted: &dyn Fn(&str) -> bool| -> Result<(State, State), Failure> {
        let of = |commit: &crate::revision::Commit| -> Result<State, Failure> {
            Ok(State { name: commit.shown(), tree: repository.tree(commit, wanted)? })
        };
        let new = match &new {
            Some(commit) => of(commit)?,
            None => State { name: "the folder".to_owned(), tree: repository.worktree(wanted)? },
        };
        Ok((of(&old)?, new))
    };
    let (mut old, mut new) = both(&may_be_ours)?;
    // What the configuration reads may have any name.
    let read = read_files([&old, &new]);
    if !read.names().all(may_be_ours) {
        let more = both(&|path| !may_be_ours(path) && read.is_named(path))?;
        old.tree.add(more.0.tree);
        new.tree.add(more.1.tree);
    }
    Ok((old, new))
}

/// The files that the configuration of Terraform reads, in either state.
fn read_files(states: [&State; 2]) -> ReadFiles {
    let mut read = ReadFiles::default();
    let files = states.iter().flat_map(|state| &state.tree.files);
    for (_, bytes) in files.filter(|(path, _)| diff_embedded::is_configuration(path)) {
        read.add(&String::from_utf8_lossy(bytes));
    }
    read
}

/// By name only: content decides what a file is.
fn may_be_ours(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    let endings = [".json", ".jsonl", ".ndjson", ".csv", ".yaml", ".yml", ".template"];
    let is_one = endings.iter().any(|ending| name.ends_with(ending)) || diff_embedded::is_configuration(name);
    !name.starts_with('.') && is_one
}

/// Is this one policy of IAM by itself?
fn is_policy(path: &str, bytes: &[u8]) -> bool {
    looks_like_policy(path, bytes) && !parse(bytes).policy.is_some_and(|policy| is_stack_policy(&policy))
}

fn looks_like_policy(path: &str, bytes: &[u8]) -> bool {
    type Object = std::collections::BTreeMap<String, IgnoredAny>;
    let named = path.rsplit('.').next().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    if !named {
        return false;
    }
    match serde_json::from_slice::<Object>(bytes) {
        Ok(object) => object.keys().any(|key| key.eq_ignore_ascii_case("Statement")),
        // A policy with a fault is one all the same, and must not be passed over.
        Err(_) => parse(bytes).policy.is_some_and(|policy| !policy.statements.is_empty()),
    }
}

/// Policies that are in either state and not the same byte for byte.
fn pairs(old: &Tree, new: &Tree) -> Result<Vec<Pair>, Failure> {
    let mut paths: Vec<&String> = old.files.keys().chain(new.files.keys()).collect();
    paths.sort_unstable();
    paths.dedup();
    let mut pairs = Vec::new();
    for path in paths {
        let (was, is) = (old.files.get(path), new.files.get(path));
        let any = |bytes: Option<&Vec<u8>>| bytes.is_some_and(|bytes| is_policy(path, bytes));
        if was == is || !(any(was) || any(is)) {
            continue;
        }
        let side = |bytes: Option<&Vec<u8>>| match bytes {
            Some(bytes) if any(Some(bytes)) || !looks_like_policy(path, bytes) => {
                PolicyFile::of(path.clone(), bytes)
            }
            _ => Ok(PolicyFile::absent(path.clone())),
        };
        pairs.push(Pair { old: side(was)?, new: side(is)? });
    }
    Ok(pairs)
}

/// The gate of a state: that of the nearest `clavicle.toml`. `None`: there is no such file.
fn gate(state: &State, repository: &Repository) -> Result<Option<Option<Gate>>, Failure> {
    let folder = Path::new(repository.folder());
    let paths =
        folder.ancestors().map(|above| above.join("clavicle.toml").to_string_lossy().replace('\\', "/"));
    let tree = &state.tree;
    let nearest =
        paths.into_iter().find(|path| tree.files.contains_key(path) || tree.left_out.contains_key(path));
    let Some(path) = nearest else { return Ok(None) };
    // Its gate would be passed over.
    let bytes = tree.files.get(&path).ok_or_else(|| {
        let problem = format!("the settings of {} are a link, or no file of at most 20 MB", state.name);
        Failure::input(problem).in_file(Path::new(&path))
    })?;
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Failure::input("these settings are not UTF-8 text").in_file(Path::new(&path)))?;
    Ok(Some(settings_file::parse(text, &format!("{path} of {}", state.name))?.gate))
}

/// What plans, templates and files of accounts come to; `None`: there are none, or they are the same. And which files that
/// changed could not be read. What they hold of policies besides goes into `pairs`.
fn compared(
    repository: &Repository,
    (old, new): (&State, &State),
    gate: Option<Gate>,
    accounts: &Accounts,
    pairs: &mut Vec<Pair>,
) -> Result<(Option<ChangesPage>, Vec<String>), Failure> {
    let rest = |tree: &Tree| -> Vec<(String, Vec<u8>)> {
        let files = tree.files.iter().filter(|(path, bytes)| !is_policy(path, bytes));
        files.map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
    };
    let (before, after) = (rest(&old.tree), rest(&new.tree));
    if before == after {
        return Ok((None, Vec::new()));
    }
    let mut said = Vec::new();
    let before = read(repository, &before, accounts, &mut said)?;
    let mut after = read(repository, &after, accounts, &mut said)?;
    let mut unread: BTreeSet<String> = said.iter().filter_map(not_read).collect();
    unread.retain(|path| old.tree.files.get(path) != new.tree.files.get(path));
    warnings::say(&said, MOST_WARNINGS);
    let imported = |reader: &Reader| -> BTreeSet<String> {
        // Of "other" ones nothing was taken.
        let sources = reader.world().snapshot().sources.iter().filter(|source| &*source.kind != "other");
        sources.map(|source| in_repository(&source.file)).collect()
    };
    let (was_imported, is_imported) = (imported(&before), imported(&after));
    let paths: BTreeSet<&String> = old.tree.files.keys().chain(new.tree.files.keys()).collect();
    let modules = [old, new].map(|state| Modules::of(state.tree.files.iter()));
    let any_configuration = |is_one: fn(&str, &[u8]) -> bool| {
        let mut files = [old, new].into_iter().flat_map(|state| &state.tree.files);
        files.any(|(path, bytes)| diff_embedded::is_configuration(path) && is_one(path, bytes))
    };
    // What is not known in a policy of Terraform may stand in any other file of the configuration, and whom one is for in
    // any file that it reads.
    let has_unknown_parts = LazyCell::new(|| any_configuration(diff_embedded::has_unknown_parts));
    let bears_on_access = LazyCell::new(|| any_configuration(diff_embedded::bears_on_access));
    let read_files = LazyCell::new(|| read_files([old, new]));
    for path in paths {
        let (was, is) = (old.tree.files.get(path), new.tree.files.get(path));
        let is_one = |bytes: Option<&Vec<u8>>| bytes.is_some_and(|bytes| is_policy(path, bytes));
        let is_read =
            (was.is_none() || was_imported.contains(path)) && (is.is_none() || is_imported.contains(path));
        let [then, now] = modules.each_ref().map(|modules| modules.around(path));
        // What another file of its module settles may be another.
        let is_same = was == is && then == now;
        if is_same || is_one(was) || is_one(is) || is_read || unread.contains(path) || is_settings(path) {
            continue;
        }
        let (was, is) = (was.map(Vec::as_slice), is.map(Vec::as_slice));
        let found = diff_embedded::compare(path, (was, then), (is, now));
        pairs.extend(found.pairs);
        let may_be_meant = || match diff_embedded::is_configuration(path) {
            true => *has_unknown_parts,
            false => read_files.may_have(path) && (*bears_on_access || *has_unknown_parts),
        };
        let is_open = found.is_open && was != is;
        if is_open || found.differs_beside && may_be_meant() {
            unread.insert(path.clone());
        }
    }
    let unread = unread.into_iter().collect();
    let is_empty = |reader: &Reader| {
        let snapshot = reader.world().snapshot();
        snapshot.principals.is_empty() && snapshot.resources.is_empty() && snapshot.policies.is_empty()
    };
    if is_empty(&before) && is_empty(&after) {
        return Ok((None, unread));
    }
    after.gate(gate);
    Ok((Some(after.changes_since(&before)), unread))
}

/// The file of a warning that says that it was not read, though it is ours.
fn not_read(warning: &Warning) -> Option<String> {
    let text = &*warning.text;
    // Of other things that lie in a folder the policies in them are looked for.
    let other = text.contains("nothing that belongs in a snapshot");
    (text.starts_with("not imported") && !other).then(|| in_repository(&warning.file))
}

/// A file as it is called in the repository.
fn in_repository(file: &str) -> String {
    file.strip_prefix("./").unwrap_or(file).replace('\\', "/")
}

/// The accounts that these files speak of, over those of `-s`.
fn read(
    repository: &Repository,
    files: &[(String, Vec<u8>)],
    accounts: &Accounts,
    said: &mut Vec<Warning>,
) -> Result<ManuallyDrop<Reader>, Failure> {
    let place =
        tempfile::tempdir().map_err(|error| Failure::io("make a folder", &std::env::temp_dir(), &error))?;
    let failed = |error: std::io::Error| Failure::io("write the file", place.path(), &error);
    // No settings of folders above this one.
    std::fs::write(place.path().join("clavicle.toml"), "").map_err(failed)?;
    let folder = if repository.folder().is_empty() { "." } else { repository.folder() };
    std::fs::create_dir_all(place.path().join(folder)).map_err(failed)?;
    for (path, bytes) in files {
        let file = place.path().join(path);
        file.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(failed)?;
        std::fs::write(&file, bytes).map_err(failed)?;
    }
    let mut sources: Vec<PathBuf> = accounts.sources.iter().map(|source| from_anywhere(source)).collect();
    let may_be_imported =
        |path: &str| path.ends_with(".json") || may_be_ours(path) && !diff_embedded::is_configuration(path);
    if files.iter().any(|(path, _)| may_be_imported(path)) {
        sources.push(PathBuf::from(folder));
    }
    if sources.is_empty() {
        sources.push(PathBuf::from(folder));
        // A state without any such file has no accounts.
        std::fs::write(place.path().join(folder).join("none.json"), "{}").map_err(failed)?;
    }
    let planned =
        Planned { side: Side::After, terraform: Some(PathBuf::from(folder)), ..Planned::of(accounts) };
    // Files are cited as they are called in the repository.
    let inside = Inside::of(place.path())?;
    let source = Source::from_typed(&sources)?;
    let bar = Bar::new();
    let mut loaded = source.load(&planned, &bar)?;
    drop(inside);
    source::name_accounts(&mut loaded, accounts.known.as_deref())?;
    for warning in loaded.warnings.drain(..) {
        if !said.contains(&warning) {
            said.push(warning);
        }
    }
    Ok(ManuallyDrop::new(source::reader(loaded, stated(accounts), &bar)))
}

/// A path that was typed, from another folder; names of snapshots stay.
fn from_anywhere(typed: &Path) -> PathBuf {
    if typed.as_os_str() == crate::demo::NAME || !typed.exists() {
        return typed.to_path_buf();
    }
    PathBuf::from(absolute(typed))
}

/// The program's own folder is another one for a while.
struct Inside {
    before: PathBuf,
}

impl Inside {
    fn of(folder: &Path) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::io("go to the folder", folder, &error);
        let before = std::env::current_dir().map_err(failed)?;
        std::env::set_current_dir(folder).map_err(failed)?;
        Ok(Self { before })
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        let _ = std::env::set_current_dir(&self.before);
    }
}

/// What was found.
struct Told {
    old: State,
    new: State,
    policies: Compared,
    accounts: Option<ChangesPage>,
    /// Files that changed and could not be read.
    unread: Vec<String>,
    gate: Option<Gate>,
}

impl Told {
    fn text(&self, again: &str, all: bool) -> String {
        let mut page = terminal::page();
        if let Some(accounts) = &self.accounts {
            text::changes(&mut page, accounts, again, all);
        }
        for path in &self.unread {
            page.words(0, Tone::Unseen, &format!("? {}", unknown(path)));
        }
        if self.is_more_than_accounts() {
            self.policies.lay_out(&mut page, self.unread.len(), &self.outcome());
        }
        page.words(0, Tone::Faint, &format!("{} → {}", self.old.name, self.new.name));
        page.into_text()
    }

    /// Is there anything that the page of the accounts does not tell?
    fn is_more_than_accounts(&self) -> bool {
        self.accounts.is_none() || !self.policies.is_empty() || !self.unread.is_empty()
    }

    fn comment(&self) -> String {
        let mut text = String::new();
        if let Some(accounts) = &self.accounts {
            text.push_str(&report::changes(accounts));
        }
        if self.is_more_than_accounts() {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&self.policies.comment(self.unread.len(), &self.outcome()));
        }
        if !self.unread.is_empty() {
            text.push('\n');
        }
        for path in &self.unread {
            text.push_str(&report::line(&unknown(path)));
        }
        report::cut(text)
    }

    fn remarks(&self) -> Remarks {
        let mut all = self.policies.remarks(self.unread.len());
        if let Some(accounts) = &self.accounts {
            let whole = Remarks::of_accounts(accounts);
            all.sentence = format!("{}; {}", whole.sentence, all.sentence);
            all.list.splice(0..0, whole.list);
            all.list.sort_by_key(|remark| Reverse(remark.finding.severity));
            all.notes = whole.notes;
            all.snapshot = whole.snapshot;
        }
        all.list.extend(self.unread.iter().map(|path| {
            let place = Spot { file: path.clone(), line: 1, end_line: 1 };
            Remark::in_policy(format!("{}.", unknown(path)), place, None, None)
        }));
        all
    }

    fn json(&self) -> Result<Value, Failure> {
        let accounts = serde_json::to_value(&self.accounts)
            .map_err(|error| Failure::input(format!("cannot write the answer as JSON: {error}")))?;
        let verdicts =
            [Some(self.policies.verdict()), self.accounts.as_ref().map(|page| page.verdict.as_str())];
        let any = |wanted: &[&str]| verdicts.iter().flatten().any(|verdict| wanted.contains(verdict));
        let is_open = any(&["unknown"]) || !self.unread.is_empty();
        let verdict = match (any(&["widens", "changes"]), any(&["narrows", "changes"])) {
            (true, true) => "changes",
            (true, false) => "widens",
            (false, _) if is_open => "unknown",
            (false, true) => "narrows",
            (false, false) => "same",
        };
        // Folders without files are nothing that git knows.
        let trees = [&self.old.tree, &self.new.tree];
        let left_out: BTreeSet<&String> = trees.iter().flat_map(|tree| tree.left_out()).collect();
        Ok(json!({
            "schema": "clavicle.revisions/1",
            "verdict": verdict,
            "old": self.old.name,
            "new": self.new.name,
            "left_out": left_out.len(),
            "unread": self.unread,
            "gate": self.outcome(),
            "policies": self.policies.json(),
            "accounts": accounts,
        }))
    }

    /// The worst of all.
    fn outcome(&self) -> GateOutcome {
        let mut outcome = self.policies.outcome();
        let watches = self.gate.unwrap_or_default().access != GateAccess::None;
        let unread = if watches { self.unread.as_slice() } else { &[] };
        let unread = gate_outcome(self.gate, Vec::new(), unread);
        for other in self.accounts.iter().map(|page| &page.gate).chain([&unread]) {
            let rank = |gate: &GateOutcome| {
                ["passes", "undecided", "fails"].iter().position(|it| *it == gate.verdict)
            };
            match rank(other).cmp(&rank(&outcome)) {
                Ordering::Greater => outcome = other.clone(),
                Ordering::Equal => outcome.because.extend(other.because.iter().cloned()),
                Ordering::Less => {}
            }
        }
        outcome
    }
}

fn unknown(path: &str) -> String {
    format!("{path} is different, and was not read: what it comes to is not known")
}
