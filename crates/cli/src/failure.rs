//! Why a question could not be answered, and how that is laid out: the one place for it.
//!
//! ```text
//! error: the file ends in the middle
//!  --> gaad.json:17:4
//! help: it was truncated; get it again
//! ```

use std::path::Path;

use clavicle_answer::QuestionError;
use clavicle_snapshot::SnapshotError;

use crate::exit::Exit;
use crate::ink::{Ink, Tone};
use crate::text::Page;

/// Why it could not be done.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What to tell scripts.
    pub(crate) exit: Exit,
    /// The cause: lower case, no period, the user's text in backticks.
    problem: String,
    /// `file`, `file:line` or `file:line:column`.
    place: Option<String>,
    /// What may have been meant.
    candidates: Vec<String>,
    /// What to do.
    help: Vec<String>,
}

impl Failure {
    /// Wrong usage, or a wrong name.
    pub(crate) fn usage(problem: impl Into<String>) -> Self {
        Self::new(Exit::Usage, problem)
    }

    /// A file could not be read, understood or written.
    pub(crate) fn input(problem: impl Into<String>) -> Self {
        Self::new(Exit::Input, problem)
    }

    fn new(exit: Exit, problem: impl Into<String>) -> Self {
        Self { exit, problem: problem.into(), place: None, candidates: Vec::new(), help: Vec::new() }
    }

    /// An error of the operating system about a file: its words, without its number.
    pub(crate) fn io(doing: &str, file: &Path, error: &std::io::Error) -> Self {
        Self::input(format!("cannot {doing}: {}", system_words(error))).in_file(file)
    }

    /// The same about a file.
    pub(crate) fn in_file(self, file: &Path) -> Self {
        Self { place: Some(file.display().to_string()), ..self }
    }

    /// The same at a place: `file:line:column`.
    pub(crate) fn at(self, place: String) -> Self {
        Self { place: Some(place), ..self }
    }

    /// The same with something to do.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// The same with what may have been meant.
    pub(crate) fn candidates(self, candidates: Vec<String>) -> Self {
        Self { candidates, ..self }
    }

    /// The cause and the help in one line, for the browser.
    pub(crate) fn in_one_line(&self) -> String {
        let mut line = self.problem.clone();
        if let Some(place) = &self.place {
            line = format!("{place}: {line}");
        }
        for help in &self.help {
            line.push_str("; ");
            line.push_str(help);
        }
        line
    }

    /// Laid out over lines.
    pub(crate) fn lay_out(&self, page: &mut Page) {
        headed(page, "error", Tone::Stops, &self.problem, self.place.as_deref());
        match self.candidates.as_slice() {
            [] => {}
            [only] => labelled(page, "help", &format!("did you mean `{only}`?")),
            several => {
                labelled(page, "help", "did you mean one of these?");
                for candidate in several {
                    page.line(&Ink::plain(&format!("        {candidate}")));
                }
            }
        }
        for help in &self.help {
            labelled(page, "help", help);
        }
    }
}

/// `warning: text` and its place.
pub(crate) fn lay_out_warning(page: &mut Page, text: &str, place: Option<&str>) {
    headed(page, "warning", Tone::Depends, text, place);
}

fn headed(page: &mut Page, word: &str, tone: Tone, text: &str, place: Option<&str>) {
    let mut pieces = vec![Ink::of(tone, &format!("{word}:"))];
    pieces.extend(text.split(' ').map(|part| Ink::of(Tone::Strong, part)));
    page.flow(0, 2, 1, &pieces);
    if let Some(place) = place {
        page.line(&Ink::of(Tone::Faint, &format!(" --> {place}")));
    }
}

fn labelled(page: &mut Page, word: &str, text: &str) {
    let mut pieces = vec![Ink::of(Tone::Lets, &format!("{word}:"))];
    pieces.extend(text.split(' ').map(Ink::plain));
    page.flow(0, 6, 1, &pieces);
}

/// `permission denied`
pub(crate) fn system_words(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

impl From<SnapshotError> for Failure {
    fn from(error: SnapshotError) -> Self {
        let mut failure = Self::input(error.problem);
        if let Some(file) = error.file {
            // `is empty` is said of the file.
            if ["is ", "holds ", "starts "].iter().any(|verb| failure.problem.starts_with(verb)) {
                let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
                failure.problem = format!("`{name}` {}", failure.problem);
            }
            failure.place = Some(match error.position {
                Some(at) => format!("{}:{}:{}", file.display(), at.line, at.column),
                None => file.display().to_string(),
            });
        }
        failure.help.extend(error.hint);
        failure
    }
}

impl From<clavicle_collect::CollectError> for Failure {
    fn from(error: clavicle_collect::CollectError) -> Self {
        let failure = if error.is_usage { Self::usage } else { Self::input };
        error.hint.into_iter().fold(failure(error.problem), Self::help)
    }
}

impl From<QuestionError> for Failure {
    fn from(error: QuestionError) -> Self {
        let mut failure = Self::usage(error.problem).candidates(error.candidates);
        failure.help.extend(error.hint);
        failure
    }
}
