//! `unused`: what is granted and was not used.

use clavicle_answer::{Reader, UnusedQuestion, shell_word};
use clavicle_usage::Evidence;
use jiff::Timestamp;

use super::ask;
use crate::evidence_file;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::typed::{Accounts, EvidencePlace, Unused, UnusedForm};
use crate::{demo, machine, out_file, source, terminal, text};

/// Answers. Without evidence, the last-used facts of the snapshot are all there is.
pub(crate) fn run(typed: &Unused, accounts: &Accounts) -> Result<Exit, Failure> {
    let (_, reader) = ask::read(accounts)?;
    let evidence = evidence(&typed.evidence, accounts, &reader)?;
    let since = since_of(&typed.since, &reader, &evidence)?;
    let page = reader.unused(&UnusedQuestion { who: typed.who.clone(), since }, &evidence)?;
    let written = match typed.form {
        UnusedForm::Text => {
            let mut laid_out = terminal::page();
            text::unused(&mut laid_out, &page, &again(typed, accounts), typed.all);
            laid_out.into_text()
        }
        UnusedForm::Json => machine::json(&page)
            .map_err(|error| Failure::input(format!("cannot write the answer as JSON: {error}")))?,
    };
    match &typed.out {
        Some(path) => out_file::write(path, &anstream::adapter::strip_str(&written).to_string())?,
        None => terminal::print(&written)?,
    }
    Ok(Exit::Yes)
}

/// What asks the same accounts and evidence again, as of the same day.
fn again(typed: &Unused, accounts: &Accounts) -> String {
    let mut again = ask::again(accounts);
    if let Some(evidence) = &typed.evidence.evidence {
        again.push_str(&format!(" --evidence {}", shell_word(&evidence.to_string_lossy())));
    }
    if typed.since != Unused::SINCE {
        again.push_str(&format!(" --since {}", shell_word(&typed.since)));
    }
    again
}

/// The evidence about these accounts, with the reports of last use in the snapshot. The demo brings its own.
pub(super) fn evidence(
    place: &EvidencePlace,
    accounts: &Accounts,
    reader: &Reader,
) -> Result<Evidence, Failure> {
    let mut evidence = match accounts.sources.as_slice() {
        [only] if place.evidence.is_none() && source::is_demo(only) => demo::evidence()?,
        _ => evidence_file::kept(place)?,
    };
    evidence.add_snapshot(reader.world().catalog(), reader.world().snapshot());
    Ok(evidence)
}

/// When an age began. The newest that is known counts as today: of what came after nothing can be said.
pub(super) fn since_of(text: &str, reader: &Reader, evidence: &Evidence) -> Result<Timestamp, Failure> {
    Ok(clavicle_answer::since(text, reader.told_until(evidence).unwrap_or_else(Timestamp::now))?)
}
