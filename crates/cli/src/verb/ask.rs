//! `who`, `what` and `can`: a question of the accounts, and its answer.

use std::mem::ManuallyDrop;
use std::path::PathBuf;

use clavicle_answer::shape::{AnswerPage, Verdict};
use clavicle_answer::{Question, QuestionError, Reader, Redact, shell_word};
use clavicle_web::export;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::last_question::LastQuestion;
use crate::meaning::Asked;
use crate::progress::Bar;
use crate::source::{self, Planned, Source, absolute, stated};
use crate::typed::{Accounts, Expected, Form, Output};
use crate::{machine, out_file, piped, pseudonym_key, report, terminal, text, warnings};

/// So many warnings about files that were just read are said beside an answer.
pub(super) const MOST_WARNINGS: usize = 3;

/// The question with what was typed beside it, as the ask bar reads it.
fn again_in_words(text: &str, question: &Question) -> String {
    let mut words = text.to_owned();
    let flags = [(question.admins, "--admins"), (question.direct, "--direct")];
    for (_, flag) in flags.into_iter().filter(|(said, flag)| *said && !text.contains(flag)) {
        words.push(' ');
        words.push_str(flag);
    }
    if let Some(steps) = question.steps.filter(|_| !text.contains("--steps")) {
        words.push_str(&format!(" --steps {steps}"));
    }
    words
}

/// Answers.
pub(crate) fn run(
    asked: &Asked,
    output: &Output,
    expect: Option<Expected>,
    accounts: &Accounts,
) -> Result<Exit, Failure> {
    let answer = answered(asked, output, accounts)?;
    write(&answer, output, accounts)?;
    Ok(exit(answer.verdict, expect))
}

/// The answer, for somebody else to write; it is the last one that was asked for.
pub(super) fn answered(asked: &Asked, output: &Output, accounts: &Accounts) -> Result<AnswerPage, Failure> {
    let (source, reader) = read(accounts)?;
    let unnamed = |error| unnamed(error, output.redact);
    let question = asked.question(&reader).map_err(unnamed)?;
    let mut answer = reader.answer(&question).map_err(unnamed)?;
    LastQuestion {
        text: again_in_words(&answer.question.text, &question),
        sources: source.spelled(),
        standalone: accounts.standalone,
        planned_in: accounts.planned_in.as_ref().map(ToString::to_string),
        terraform: accounts.terraform.as_ref().map(|folder| absolute(folder)),
    }
    .remember();
    hide(&mut answer, output.redact, &reader)?;
    Ok(answer)
}

/// Reads the accounts that are asked.
pub(super) fn read(accounts: &Accounts) -> Result<(Source, ManuallyDrop<Reader>), Failure> {
    read_from(&accounts.sources, &Planned::of(accounts), accounts)
}

/// Reads the accounts of these sources instead.
pub(super) fn read_from(
    sources: &[PathBuf],
    planned: &Planned,
    accounts: &Accounts,
) -> Result<(Source, ManuallyDrop<Reader>), Failure> {
    let source = Source::from_typed(sources)?;
    let bar = Bar::new();
    let mut loaded = source.load(planned, &bar)?;
    source::name_accounts(&mut loaded, accounts.known.as_deref())?;
    let found = std::mem::take(&mut loaded.warnings);
    // The system takes the memory of a large account back faster than we could give it back.
    let reader = ManuallyDrop::new(source::reader(loaded, stated(accounts), &bar));
    drop(bar);
    warnings::say(&found, MOST_WARNINGS);
    Ok((source, reader))
}

/// Writes an answer in the form that was asked for.
pub(super) fn write(answer: &AnswerPage, output: &Output, accounts: &Accounts) -> Result<(), Failure> {
    let unwritable =
        |error: serde_json::Error| Failure::input(format!("cannot write the answer as JSON: {error}"));
    let text = match output.form {
        Form::Text => {
            let mut page = terminal::page();
            text::answer(&mut page, answer, &again_of(accounts, output.redact), output.all);
            page.into_text()
        }
        Form::Json => machine::json(answer).map_err(unwritable)?,
        Form::Jsonl => machine::json_lines(answer).map_err(unwritable)?,
        Form::Csv => report::answers_csv(answer)
            .map_err(|error| Failure::input(format!("cannot write the answer as a table: {error}")))?,
        Form::Md => export::markdown(&export::answer(answer)),
        Form::Html => export::html(&export::answer(answer)),
        Form::Svg => picture(answer)?,
        Form::Dot => report::answers_dot(answer),
    };
    match &output.out {
        Some(path) => out_file::write(path, &anstream::adapter::strip_str(&text).to_string()),
        None => terminal::print(&text),
    }
}

/// Takes the names out of what is told, where that was asked for.
pub(super) fn hide(told: &mut impl Redact, redact: bool, reader: &Reader) -> Result<(), Failure> {
    if redact {
        told.redact(&reader.pseudonyms(pseudonym_key::find()?));
    }
    Ok(())
}

/// Why there is no answer, without the names that may have been meant where names are not to be told: logs of builds hold
/// what goes to stderr. What was typed stands in it.
pub(super) fn unnamed(error: QuestionError, redact: bool) -> QuestionError {
    if !redact || error.candidates.is_empty() {
        return error;
    }
    QuestionError::new(error.problem).hint("without `--redact`, what may have been meant is listed")
}

/// The picture of an answer.
fn picture(answer: &AnswerPage) -> Result<String, Failure> {
    let nothing = || {
        Failure::usage("there is nothing to draw: this answer tells no steps that are open")
            .help("leave `-o svg` out to read it")
    };
    let map = clavicle_web::map::chains(answer).ok_or_else(nothing)?;
    Ok(clavicle_web::map::svg(&map, &answer.sentence))
}

/// The same; the paths of files are names, too.
pub(super) fn again_of(accounts: &Accounts, redact: bool) -> String {
    if redact { String::new() } else { again(accounts) }
}

/// ` -s demo`, for commands that ask the same accounts.
pub(super) fn again(accounts: &Accounts) -> String {
    let sources = accounts.sources.iter();
    let mut again: String = sources
        .map(|source| format!(" -s {}", shell_word(&piped::as_typed(source).to_string_lossy())))
        .collect();
    if accounts.standalone {
        again.push_str(" --standalone");
    }
    if let Some(place) = &accounts.planned_in {
        again.push_str(&format!(" --planned-in {place}"));
    }
    if let Some(folder) = &accounts.terraform {
        again.push_str(&format!(" --src {}", shell_word(&folder.to_string_lossy())));
    }
    if let Some(known) = &accounts.known {
        again.push_str(&format!(" --known {}", shell_word(&known.to_string_lossy())));
    }
    again
}

/// How the program ends.
pub(super) fn exit(verdict: Verdict, expect: Option<Expected>) -> Exit {
    match (verdict, expect) {
        (Verdict::Depends | Verdict::Unknown, _) => Exit::Undecided,
        (Verdict::Yes, None | Some(Expected::Yes)) | (Verdict::No, Some(Expected::No)) => Exit::Yes,
        (Verdict::No, None | Some(Expected::Yes)) | (Verdict::Yes, Some(Expected::No)) => Exit::No,
    }
}
