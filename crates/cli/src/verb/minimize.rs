//! `minimize`: the smallest policy with the same access.

use clavicle_trim::{Minimal, Refusal, Same, Step, Wanted, minimize};
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::ink::{Ink, Tone};
use crate::policy_file::PolicyFile;
use crate::typed::{Minimize, PolicyForm};
use crate::{machine, terminal, written};

/// So many steps are told.
const MOST_STEPS: usize = 20;

/// Finds it, and prints it with what was done.
pub(crate) fn run(typed: &Minimize) -> Result<Exit, Failure> {
    let file = PolicyFile::read(&typed.file)?;
    let wanted = Wanted { wildcards: typed.wildcards, place: written::place(typed.place) };
    let found = minimize(&file.policy, wanted).map_err(|refusal| refused(&refusal, &file, typed))?;
    let text = match written::as_files(&found.policies, &typed.written, &likely(typed), None)? {
        Some(text) => text,
        None if typed.written.form == PolicyForm::Json => machine::object(&as_json(&found, &file)?)?,
        None => as_text(&found, &file)?,
    };
    written::put(&text, &typed.written)?;
    Ok(Exit::Yes)
}

/// The name of the file, for a name.
fn likely(typed: &Minimize) -> String {
    let name = typed.file.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    if typed.file.as_os_str() == "-" { "policy".to_owned() } else { name }
}

fn refused(refusal: &Refusal, file: &PolicyFile, typed: &Minimize) -> Failure {
    let mut failure = Failure::input(refusal.to_string());
    match refusal {
        Refusal::Unread(Some(statement)) => failure = failure.at(file.place(*statement)),
        Refusal::NotProved(_) | Refusal::Different(_) | Refusal::Lost(_) | Refusal::Widened(_) => {
            failure.exit = Exit::Undecided;
            failure = failure.in_file(&typed.file);
        }
        Refusal::Unread(None) | Refusal::TooLarge(..) => failure = failure.in_file(&typed.file),
    }
    if !typed.wildcards && matches!(refusal, Refusal::TooLarge(..)) {
        failure = failure.help("`--wildcards` writes lists of actions shorter");
    }
    failure
}

fn statements(found: &Minimal) -> usize {
    found.policies.iter().map(|policy| policy.statements.len()).sum()
}

fn same(found: &Minimal) -> &'static str {
    match found.same {
        Same::Proved => "the same access (proved)",
        Same::ForCatalogue => {
            "the same access (proved for every action that the catalogue has; the wildcards also match those that AWS adds)"
        }
    }
}

fn as_text(found: &Minimal, file: &PolicyFile) -> Result<String, Failure> {
    let mut page = terminal::page();
    let (before, after) = found.size;
    let (were, are) = (file.policy.statements.len(), statements(found));
    page.words(
        0,
        Tone::Strong,
        &format!(
            "{were} statement{} of {before} characters → {are} of {after}, {}.",
            if were == 1 { "" } else { "s" },
            same(found)
        ),
    );
    for step in found.steps.iter().take(MOST_STEPS) {
        let (glyph, text) = told(step, file);
        let mut pieces = vec![Ink::plain(glyph)];
        pieces.extend(text.split(' ').map(Ink::plain));
        page.flow(2, 4, 1, &pieces);
    }
    if found.steps.len() > MOST_STEPS {
        page.line(&Ink::plain(&format!("  and {} more", found.steps.len() - MOST_STEPS)));
    }
    if are == 0 {
        page.words(2, Tone::Plain, "Nothing is left: the policy allows nothing and refuses nothing.");
    } else {
        for text in written::texts(&found.policies)? {
            page.line(&Ink::new());
            text.lines().for_each(|line| page.line(&Ink::plain(line)));
        }
    }
    Ok(page.into_text())
}

/// The sign and the words.
fn told(step: &Step, file: &PolicyFile) -> (&'static str, String) {
    match step {
        Step::Statement { from, .. } => ("−", format!("{} adds nothing", file.place(*from))),
        Step::Action { from, text } | Step::Resource { from, text } => {
            ("−", format!("{text} in {} adds nothing", file.place(*from)))
        }
        Step::Merged { into, from } => {
            ("~", format!("{} goes with {}", file.place(*from), file.place(*into)))
        }
        Step::Shortened { from, entries: (were, are) } => {
            ("~", format!("{were} actions of {} are written as {are}", file.place(*from)))
        }
        Step::Split(parts) => ("~", format!("split into {parts} policies, to be attached together")),
    }
}

fn as_json(found: &Minimal, file: &PolicyFile) -> Result<Value, Failure> {
    let policies: Result<Vec<Value>, _> =
        written::texts(&found.policies)?.iter().map(|text| serde_json::from_str(text)).collect();
    let policies =
        policies.map_err(|error| Failure::input(format!("cannot write the policy as JSON: {error}")))?;
    let steps: Vec<String> = found.steps.iter().map(|step| told(step, file).1).collect();
    Ok(json!({
        "schema": "clavicle.minimal/1",
        "policy": file.name,
        "policies": policies,
        "same": match found.same { Same::Proved => "proved", Same::ForCatalogue => "proved for the catalogue" },
        "characters": {"before": found.size.0, "after": found.size.1},
        "steps": steps,
        "facts": clavicle_catalog::catalog().data_date(),
    }))
}
