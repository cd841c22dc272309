//! `check FILE…`: the rules for the texts of policies.

use std::fs;
use std::path::{Path, PathBuf};

use clavicle_answer::shape::{Finding, LintFinding, LintPage};
use clavicle_answer::{Lint, PolicyFile, Settings};
use clavicle_lint::PolicyKind;
use clavicle_template::Language;
use clavicle_web::export;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::ink::Tone;
use crate::text::Page;
use crate::typed::{Accounts, Check, CheckForm, PolicyType};
use crate::{machine, out_file, policy_file, report, settings_file, terminal, text, text_file};

/// Checks, fixes if asked to, reports, and says by the exit code whether something is bad enough.
pub(super) fn run(typed: &Check, accounts: &Accounts) -> Result<Exit, Failure> {
    if !accounts.sources.is_empty() {
        return Err(Failure::usage("files are checked by themselves, without `-s`")
            .help("`clavicle check -s SOURCE` checks accounts"));
    }
    let paths = expanded(&typed.files)?;
    let mut files = paths.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    let today = typed.now.clone().unwrap_or_else(|| jiff::Timestamp::now().to_string());
    let settings = settings_file::for_sources(&typed.files)?;
    let lint = Lint { kind: typed.kind.map(kind), rules: typed.rules.clone(), today: Some(today) };
    if typed.fix {
        fix(&lint, &paths, &mut files, &settings)?;
    }
    let page = lint.look(&files, &settings)?;
    let text = written(&page, &files, typed)?;
    match &typed.out {
        Some(path) => out_file::write(path, &anstream::adapter::strip_str(&text).to_string())?,
        None => terminal::print(&text)?,
    }
    // A text that is no JSON was not checked for anything else.
    let is_broken_off = |file: &PolicyFile| {
        let is_json = Language::of(&file.name).is_none_or(|language| language == Language::Json);
        is_json && policy_file::is_broken_off(file.text.as_bytes())
    };
    let keeps_zero = typed.exit_zero || typed.form == CheckForm::Sarif;
    if !keeps_zero && files.iter().any(is_broken_off) {
        return Ok(Exit::Input);
    }
    Ok(super::check::exit(page.findings.iter().map(|found| &found.finding), typed, settings.gate))
}

fn kind(typed: PolicyType) -> PolicyKind {
    match typed {
        PolicyType::Identity => PolicyKind::Identity,
        PolicyType::PermissionSet => PolicyKind::PermissionSet,
        PolicyType::Resource => PolicyKind::Resource,
        PolicyType::Trust => PolicyKind::Trust,
        PolicyType::Scp => PolicyKind::Scp,
        PolicyType::Rcp => PolicyKind::Rcp,
        PolicyType::Vpce => PolicyKind::VpcEndpoint,
    }
}

/// The files that were named, and those of the folders that were.
fn expanded(typed: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in typed {
        if path.is_dir() {
            let before = files.len();
            in_folder(path, &mut files)?;
            if files.len() == before {
                return Err(Failure::input("there is no file with a policy in this folder").in_file(path));
            }
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

/// The files of a folder that seem to hold a policy, by name: JSON, YAML and Terraform. Links are not followed, and what
/// tools put aside is left out.
fn in_folder(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::io("read the folder", folder, &error);
    let mut entries = fs::read_dir(folder).map_err(failed)?.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type().map_err(failed)?;
        let path = entry.path();
        let name = entry.file_name();
        if kind.is_dir() {
            if !matches!(name.to_str(), Some("node_modules" | ".terraform" | ".git" | ".aws-sam")) {
                in_folder(&path, files)?;
            }
        } else if kind.is_file()
            && name.to_str().is_some_and(|name| Language::of(name).is_some())
            && entry.metadata().is_ok_and(|about| about.len() <= text_file::LARGEST)
            && fs::read_to_string(&path).is_ok_and(|text| seems_to_hold_one(&path, &text))
        {
            files.push(path);
        }
    }
    Ok(())
}

fn seems_to_hold_one(path: &Path, text: &str) -> bool {
    let Some(language) = path.to_str().and_then(Language::of) else { return false };
    let mentions = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if language == Language::Json && mentions(&["\"Statement\"", "\\\"Statement\\\""]) {
        return true;
    }
    let words = ["aws_iam_policy", "PolicyDocument", "Statement"];
    if language == Language::Json && !mentions(&words) {
        return false;
    }
    let found = clavicle_template::find(text, language);
    // Behind a fault there may be one.
    let may_be_cut_off = language != Language::Json && !found.is_whole && mentions(&words);
    !found.policies.is_empty() || !found.unread.is_empty() || may_be_cut_off
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The text of a file, or of stdin for `-`.
pub(super) fn read(path: &Path) -> Result<PolicyFile, Failure> {
    let text = policy_file::text(path)?;
    let name = if is_stdin(path) { "<stdin>".to_owned() } else { path.display().to_string() };
    Ok(PolicyFile { name, text })
}

/// Writes what changed, whole or not at all, and says what it was.
fn fix(lint: &Lint, paths: &[PathBuf], files: &mut [PolicyFile], settings: &Settings) -> Result<(), Failure> {
    if paths.iter().any(|path| is_stdin(path)) {
        return Err(Failure::usage("stdin cannot be changed").help("name the file, or leave `--fix` out"));
    }
    let mut said = terminal::side_page();
    for (path, file) in paths.iter().zip(files) {
        let fixed = lint.fix(file, settings)?;
        if fixed.text != file.text {
            out_file::write(path, &fixed.text)?;
            file.text = fixed.text;
        }
        say(&mut said, "fixed", &fixed.done);
        say(&mut said, "left, since the access was not shown to stay", &fixed.refused);
    }
    terminal::say(said);
    Ok(())
}

fn say(page: &mut Page, what: &str, lines: &[String]) {
    for line in lines {
        page.words(0, Tone::Plain, &format!("{what}: {line}"));
    }
}

fn written(page: &LintPage, files: &[PolicyFile], typed: &Check) -> Result<String, Failure> {
    let unwritable =
        |error: &dyn std::fmt::Display| Failure::input(format!("cannot write the report: {error}"));
    Ok(match typed.form {
        CheckForm::Text => text::lint(page, files, typed.all, terminal::page().width()),
        CheckForm::Json => machine::json(page).map_err(|error| unwritable(&error))?,
        CheckForm::Jsonl => {
            let findings = page.findings.iter().chain(&page.accepted);
            machine::lines(findings).map_err(|error| unwritable(&error))?
        }
        CheckForm::Csv => report::csv(&page.into()).map_err(|error| unwritable(&error))?,
        CheckForm::Md => report::markdown(&page.into()),
        CheckForm::Html => {
            let row = |found: &LintFinding| {
                let mut row = found.finding.clone();
                row.cause.document = Some(found.place.file.clone());
                row.cause.line = Some(found.place.line);
                row
            };
            let rows: Vec<Finding> = page.findings.iter().chain(&page.accepted).map(row).collect();
            export::html(&export::findings(&page.sentence, None, &page.catalog, &rows, &[], &page.notes))
        }
        CheckForm::Sarif => report::sarif(&page.into()).map_err(|error| unwritable(&error))?,
        CheckForm::Junit => report::junit(&page.into()).map_err(|error| unwritable(&error))?,
        CheckForm::Github => super::check::annotated(&page.into())?,
    })
}
