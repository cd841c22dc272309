//! `check`: the rules over all accounts.

use std::mem::ManuallyDrop;

use clavicle_answer::findings::Check as Asked;
use clavicle_answer::shape::{CheckPage, Finding, Severity};
use clavicle_answer::{Gate, Least};
use clavicle_web::export;

use super::ask::{MOST_WARNINGS, again_of, hide};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress::Bar;
use crate::report::Reported;
use crate::source::{self, Planned, Source, stated};
use crate::typed::{Accounts, Check, CheckForm, FailOn};
use crate::{machine, out_file, report, terminal, text, warnings};

/// Checks, reports, and says by the exit code whether something is bad enough.
pub(crate) fn run(typed: &Check, accounts: &Accounts) -> Result<Exit, Failure> {
    if !typed.files.is_empty() {
        return super::check_files::run(typed, accounts);
    }
    if typed.fix || typed.kind.is_some() {
        let option = if typed.fix { "--fix" } else { "--type" };
        return Err(Failure::usage(format!("{option} is for policy files"))
            .help("name the files: `clavicle check policy.json`"));
    }
    let source = Source::from_typed(&accounts.sources)?;
    let bar = Bar::new();
    let mut loaded = source.load(&Planned::of(accounts), &bar)?;
    let found = std::mem::take(&mut loaded.warnings);
    let reader = ManuallyDrop::new(source::reader(loaded, stated(accounts), &bar));
    // The demo is always of its own day.
    let clock = (source != Source::Demo).then(|| jiff::Timestamp::now().to_string());
    let asked =
        Asked { rules: typed.rules.clone(), as_of: typed.now.clone(), today: typed.now.clone().or(clock) };
    let page = reader.check(&asked);
    drop(bar);
    warnings::say(&found, MOST_WARNINGS);
    let mut page = page?;
    hide(&mut page, typed.redact, &reader)?;
    let text = written(&page, typed, accounts)?;
    match &typed.out {
        Some(path) => out_file::write(path, &anstream::adapter::strip_str(&text).to_string())?,
        None => terminal::print(&text)?,
    }
    Ok(exit(&page.findings, typed, reader.settings().gate))
}

fn written(page: &CheckPage, typed: &Check, accounts: &Accounts) -> Result<String, Failure> {
    let unwritable =
        |error: &dyn std::fmt::Display| Failure::input(format!("cannot write the report: {error}"));
    Ok(match typed.form {
        CheckForm::Text => {
            let mut laid_out = terminal::page();
            text::check(&mut laid_out, page, &again_of(accounts, typed.redact), typed.all);
            laid_out.into_text()
        }
        CheckForm::Json => machine::json(page).map_err(|error| unwritable(&error))?,
        CheckForm::Jsonl => {
            let findings = page.findings.iter().chain(&page.accepted);
            machine::lines(findings).map_err(|error| unwritable(&error))?
        }
        CheckForm::Csv => report::csv(&page.into()).map_err(|error| unwritable(&error))?,
        CheckForm::Md => report::markdown(&page.into()),
        CheckForm::Html => {
            let not_seen = &page.not_seen;
            let rows: Vec<Finding> = page.findings.iter().chain(&page.accepted).cloned().collect();
            export::html(&export::findings(
                &page.sentence,
                Some(&page.snapshot),
                &page.catalog,
                &rows,
                not_seen,
                &page.notes,
            ))
        }
        CheckForm::Sarif => report::sarif(&page.into()).map_err(|error| unwritable(&error))?,
        CheckForm::Junit => report::junit(&page.into()).map_err(|error| unwritable(&error))?,
        CheckForm::Github => annotated(&page.into())?,
    })
}

/// Annotations; the whole report is for the summary of the job.
pub(super) fn annotated(page: &Reported<'_>) -> Result<String, Failure> {
    report::summarize(&report::markdown(page))?;
    Ok(report::github(page))
}

/// A report in SARIF is read by a machine that judges by itself. What was typed goes before what `[gate]` says.
pub(super) fn exit<'f>(
    findings: impl IntoIterator<Item = &'f Finding>,
    typed: &Check,
    gate: Option<Gate>,
) -> Exit {
    let least = match typed.fail_on {
        Some(FailOn::Low) => Severity::Low,
        Some(FailOn::Medium) => Severity::Medium,
        Some(FailOn::High) => Severity::High,
        Some(FailOn::Critical) => Severity::Critical,
        None => match gate.and_then(|gate| gate.fail_on) {
            Some(Least::Severity(least)) => least,
            Some(Least::Never) => return Exit::Yes,
            None => Severity::High,
        },
    };
    let fails = findings.into_iter().any(|finding| finding.severity >= least);
    if fails && !typed.exit_zero && typed.form != CheckForm::Sarif { Exit::No } else { Exit::Yes }
}
