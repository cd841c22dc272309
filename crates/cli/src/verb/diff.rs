//! `diff`: two policy files, or two states of accounts.

use std::path::{Path, PathBuf};

use clavicle_answer::shape::{ChangesPage, GateOutcome};
use serde::de::IgnoredAny;

use clavicle_snapshot::{Side, is_planned, is_terraform};

use super::ask::{again, read_from};
use super::diff_policies::{self, Pair};
use super::diff_revisions;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::policy_file::PolicyFile;
use crate::report::Remarks;
use crate::revision::{Repository, Revisions};
use crate::settings_file;
use crate::source::{Planned, Source};
use crate::typed::{Accounts, Changes, ChangesForm, Diff};
use crate::{machine, out_file, report, terminal, text};

/// Compares, and says by the exit code whether somebody can do more.
pub(crate) fn run(typed: &Diff, accounts: &Accounts) -> Result<Exit, Failure> {
    let planned = Planned::of(accounts);
    if let Some(revisions) = revisions(typed, accounts)? {
        return diff_revisions::run(&revisions, &typed.changes, accounts);
    }
    match (kind(&typed.old), typed.new.as_deref().map(kind)) {
        // What is there before a plan, and what is there after it.
        (Kind::Planned, None) if is_terraform(&typed.old) => {
            let with: Vec<PathBuf> = accounts.sources.iter().chain([&typed.old]).cloned().collect();
            let before = Planned { side: Side::Before, ..planned.clone() };
            compare((&with, &before), (&with, &planned), typed, accounts)
        }
        // What there is, and what a template makes of it.
        (Kind::Planned, None) => {
            let old = match accounts.sources.as_slice() {
                [] => Source::from_typed(&[])?.spelled().into_iter().map(PathBuf::from).collect(),
                named => named.to_vec(),
            };
            let new: Vec<PathBuf> = old.iter().chain([&typed.old]).cloned().collect();
            compare((&old, &planned), (&new, &planned), typed, accounts)
        }
        // Two plans, by themselves or over what `-s` names.
        (Kind::Planned, Some(Kind::Planned)) => {
            let with = |plan: &PathBuf| accounts.sources.iter().chain([plan]).cloned().collect::<Vec<_>>();
            let (old, new) = (with(&typed.old), with(typed.new.as_ref().unwrap_or(&typed.old)));
            compare((&old, &planned), (&new, &planned), typed, accounts)
        }
        // The plan is laid over the old state.
        (Kind::Accounts | Kind::Unclear, Some(Kind::Planned)) => {
            let old = vec![typed.old.clone()];
            let new: Vec<PathBuf> = old.iter().chain(&typed.new).cloned().collect();
            compare((&old, &planned), (&new, &planned), typed, accounts)
        }
        (Kind::Policy, Some(Kind::Policy | Kind::Unclear)) | (Kind::Unclear, Some(Kind::Policy)) => {
            let Some(new) = &typed.new else { return Err(Failure::usage("with what is it to be compared?")) };
            let pair = Pair { old: PolicyFile::read(&typed.old)?, new: PolicyFile::read(new)? };
            let near = [new.clone(), typed.old.clone()];
            diff_policies::run(pair, settings_file::for_sources(&near)?.gate, &typed.changes)
        }
        (Kind::Accounts | Kind::Planned, Some(Kind::Policy))
        | (Kind::Policy, Some(Kind::Accounts | Kind::Planned)) => {
            Err(Failure::usage("a policy cannot be compared with accounts")
                .help("name two policy files, or two snapshots or folders of AWS's files"))
        }
        (Kind::Policy, None) => Err(Failure::usage("with what is the policy to be compared?")
            .help("name the new text too: `clavicle diff OLD NEW`")),
        (Kind::Accounts | Kind::Planned | Kind::Unclear, _) => {
            let newest: Vec<PathBuf> = typed.new.iter().cloned().collect();
            compare((std::slice::from_ref(&typed.old), &planned), (&newest, &planned), typed, accounts)
        }
    }
}

/// `main..HEAD`; with `--src`, one revision too, or two of them apart. A file of that name has to be spelled `./main..HEAD`.
fn revisions(typed: &Diff, accounts: &Accounts) -> Result<Option<Revisions>, Failure> {
    let Some(old) = typed.old.to_str() else { return Ok(None) };
    if let Some(new) = &typed.new {
        return Ok(new.to_str().and_then(|new| apart(old, new, accounts)));
    }
    if let Some(range) = Revisions::range(old) {
        return Ok(Some(range));
    }
    let is_path = typed.old.exists() || old == crate::demo::NAME || old.contains(['\\', ':']);
    match &accounts.terraform {
        Some(folder) if typed.old.is_file() && !old.contains('/') && !is_planned(&typed.old) => {
            // Somebody may have put a file of this name there.
            let repository = Repository::of(folder);
            match repository.and_then(|repository| repository.commit(old)) {
                Ok(_) => Err(Failure::usage(format!("`{old}` is a revision and a file"))
                    .help(format!("write `./{old}` for the file, or `refs/heads/{old}` for the branch"))),
                Err(_) => Ok(None),
            }
        }
        Some(_) if !is_path => Ok(Some(Revisions::ToFolder(old.to_owned()))),
        _ => Ok(None),
    }
}

/// Two revisions, where the folder's repository has both and neither is anything else.
fn apart(old: &str, new: &str, accounts: &Accounts) -> Option<Revisions> {
    let is_else = |name: &str| Path::new(name).exists() || name == crate::demo::NAME;
    if is_else(old) || is_else(new) {
        return None;
    }
    let repository = Repository::of(accounts.terraform.as_ref()?).ok()?;
    let are_there = [old, new].iter().all(|name| repository.commit(name).is_ok());
    are_there.then(|| Revisions::Two(old.to_owned(), new.to_owned()))
}

/// Two states, each with how plans in it are read.
fn compare(
    (old, before): (&[PathBuf], &Planned),
    (new, after): (&[PathBuf], &Planned),
    typed: &Diff,
    accounts: &Accounts,
) -> Result<Exit, Failure> {
    let (_, old) = read_from(old, before, accounts)?;
    // What is asked next is asked of the new state.
    let of_new = Accounts { sources: new.to_vec(), ..accounts.clone() };
    let (_, new) = read_from(new, after, accounts)?;
    tell(&new.changes_since(&old), &typed.changes, &of_new)
}

/// What a path seems to hold.
enum Kind {
    /// One policy, perhaps with faults.
    Policy,
    /// What accounts are read from.
    Accounts,
    /// A plan, a template, or the output of `cdk synth`.
    Planned,
    /// It is not there (a saved snapshot may be meant), or it is neither.
    Unclear,
}

fn kind(path: &Path) -> Kind {
    if is_planned(path) {
        return Kind::Planned;
    }
    if path.is_dir() || path.as_os_str() == crate::demo::NAME {
        return Kind::Accounts;
    }
    // What is read once only, as what a shell puts in place of `<(…)`, is left to those who read it: policies come so.
    match std::fs::metadata(path) {
        Ok(about) if about.is_file() => {}
        Ok(_) => return Kind::Policy,
        Err(_) => return Kind::Unclear,
    }
    let Ok(bytes) = std::fs::read(path) else { return Kind::Unclear };
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    if bytes.starts_with(b"SQLite") || bytes.starts_with(&[0x1f, 0x8b]) {
        return Kind::Accounts;
    }
    type Object = std::collections::BTreeMap<String, IgnoredAny>;
    if let Ok(object) = serde_json::from_slice::<Object>(bytes) {
        let is_policy = object.keys().any(|key| key.eq_ignore_ascii_case("Statement"));
        return if is_policy { Kind::Policy } else { Kind::Accounts };
    }
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        // Lists of objects, and objects one after the other, are what AWS Config writes.
        Some(b'[') if serde_json::from_slice::<Vec<Object>>(bytes).is_ok() => Kind::Accounts,
        Some(b'{') => {
            let mut objects = serde_json::Deserializer::from_slice(bytes).into_iter::<Object>();
            let first = objects.next().and_then(Result::ok);
            let is_policy = first.is_none_or(|first| first.contains_key("Statement"));
            if is_policy { Kind::Policy } else { Kind::Accounts }
        }
        _ => Kind::Unclear,
    }
}

/// Prints what is different.
pub(super) fn tell(page: &ChangesPage, typed: &Changes, accounts: &Accounts) -> Result<Exit, Failure> {
    let text = match typed.form {
        ChangesForm::Text => {
            let mut laid_out = terminal::page();
            text::changes(&mut laid_out, page, &again(accounts), typed.all);
            laid_out.into_text()
        }
        ChangesForm::Json => machine::object(page)?,
        ChangesForm::Md => report::changes(page),
        form => remarks(&Remarks::of_accounts(page), form, || report::changes(page))?,
    };
    write(&text, typed)?;
    Ok(exit(&page.gate, typed))
}

/// How a build ends. A report in SARIF is read by a machine that judges by itself.
pub(super) fn exit(gate: &GateOutcome, typed: &Changes) -> Exit {
    match gate.verdict.as_str() {
        _ if typed.exit_zero || typed.form == ChangesForm::Sarif => Exit::Yes,
        "fails" => Exit::No,
        "undecided" => Exit::Undecided,
        _ => Exit::Yes,
    }
}

/// What is reported to other tools. `comment`: the whole for people to read.
pub(super) fn remarks(
    found: &Remarks,
    form: ChangesForm,
    comment: impl FnOnce() -> String,
) -> Result<String, Failure> {
    let unwritable =
        |error: &dyn std::fmt::Display| Failure::input(format!("cannot write the report: {error}"));
    match form {
        ChangesForm::Sarif => report::sarif(&found.into()).map_err(|error| unwritable(&error)),
        ChangesForm::Junit => report::junit(&found.into()).map_err(|error| unwritable(&error)),
        ChangesForm::Github => {
            report::summarize(&comment())?;
            Ok(report::github(&found.into()))
        }
        ChangesForm::Text | ChangesForm::Json | ChangesForm::Md => Ok(comment()),
    }
}

/// Puts it where it is wanted.
pub(super) fn write(text: &str, typed: &Changes) -> Result<(), Failure> {
    match &typed.out {
        Some(path) => out_file::write(path, &anstream::adapter::strip_str(text).to_string()),
        None => terminal::print(text),
    }
}
