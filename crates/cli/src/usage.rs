//! Wrong usage, in the words and the layout of every other error.

use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal;
use crate::typed::Typed;

/// Tells what the parser found: help and version go to stdout, faults become failures.
pub(crate) fn tell(error: &clap::Error) -> Result<Exit, Failure> {
    match error.kind() {
        ErrorKind::DisplayHelp => terminal::print(&error.render().ansi().to_string()).map(|()| Exit::Yes),
        ErrorKind::DisplayVersion => terminal::print(&version()).map(|()| Exit::Yes),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            terminal::say_text(&error.render().ansi().to_string());
            Ok(Exit::Usage)
        }
        ErrorKind::InvalidSubcommand => Err(unknown_verb(error)),
        _ => Err(other(error)),
    }
}

/// The program's version and the day of the facts of AWS that it knows.
pub(crate) fn version() -> String {
    let date = clavicle_catalog::catalog().data_date();
    format!("clavicle {} (AWS facts of {date})\n", env!("CARGO_PKG_VERSION"))
}

fn unknown_verb(error: &clap::Error) -> Failure {
    let typed = match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(typed)) => typed.clone(),
        _ => String::new(),
    };
    let near = match error.get(ContextKind::SuggestedSubcommand) {
        Some(ContextValue::Strings(near)) => near.clone(),
        Some(ContextValue::String(near)) => vec![near.clone()],
        _ => Vec::new(),
    };
    let usage = match error.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) => usage.to_string(),
        _ => String::new(),
    };
    let command = Typed::command();
    let verbs: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    // What follows a verb that has verbs of its own is not ours.
    if usage.contains("clavicle snapshots") || usage.contains("clavicle data") {
        return other(error);
    }
    Failure::usage(format!("`{typed}` is not a verb of clavicle"))
        .candidates(near)
        .help(format!("the verbs are: {}", verbs.join(", ")))
}

/// The parser's own words, taken apart.
fn other(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    let mut paragraphs = text.split("\n\n").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    let first = paragraphs.next().unwrap_or_default();
    let mut failure = Failure::usage(ticked(first.strip_prefix("error: ").unwrap_or(&first)));
    for paragraph in paragraphs {
        if let Some(tip) = paragraph.strip_prefix("tip: ").filter(|tip| !tip.starts_with("to pass")) {
            failure = failure.help(ticked(tip));
        } else if let Some(usage) = paragraph.strip_prefix("Usage: ") {
            failure = failure.help(format!("usage: {usage}"));
        }
    }
    failure
}

/// The user's text stands in backticks everywhere.
fn ticked(text: &str) -> String {
    text.replace('\'', "`")
}
