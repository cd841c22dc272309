//! A policy in a file of its own.

use std::path::Path;

use clavicle_policy::{Policy, Severity, Statement, StatementForm, parse};
use clavicle_template::Transcript;
use serde::de::IgnoredAny;

use crate::failure::Failure;
use crate::{piped, policy_fault, text_file};

/// How many faults of a text are shown.
const MOST_FAULTS: usize = 5;

/// A policy file, read.
pub(crate) struct PolicyFile {
    /// As it was typed.
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) policy: Policy,
    /// Of a policy inside a file of another language: that file's text, and the way from each letter back to it.
    within: Option<(String, Transcript)>,
}

/// The text of a file, or of stdin for `-`; a byte order mark stays.
pub(crate) fn text(path: &Path) -> Result<String, Failure> {
    text_file::utf8(text_file::bytes("read the policy", path)?, path)
}

/// Is the text no JSON, or does it end in the middle, so that nobody knows what it was to say? A fault that can be read over (a
/// comma too many) is none such.
pub(crate) fn is_broken_off(bytes: &[u8]) -> bool {
    let parsed = parse(bytes);
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let has = |id: &str| parsed.diagnostics.iter().any(|fault| fault.id == id);
    let is_json = || serde_json::from_slice::<IgnoredAny>(bytes).is_ok();
    has("cut-off") || parsed.policy.is_none() && !is_json()
}

/// The fault of a text that is broken off, with its place.
pub(crate) fn refuse_broken_off(name: &str, text: &str) -> Result<(), Failure> {
    if !is_broken_off(text.as_bytes()) {
        return Ok(());
    }
    let fault =
        parse(text.as_bytes()).diagnostics.into_iter().find(|fault| fault.severity == Severity::Error);
    let Some(fault) = fault else {
        return Err(Failure::input("cannot read the policy: the text ends before the policy does")
            .at(name.to_owned()));
    };
    let failure = Failure::input(format!("cannot read the policy: {}", fault.message))
        .at(format!("{name}:{}", policy_fault::position(text, fault.span)));
    Err(fault.help.into_iter().fold(failure, Failure::help))
}

impl PolicyFile {
    /// Reads a file, or stdin for `-`. Faults of the text are told on stderr.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = text(path)?;
        let bytes = text.as_bytes();
        let path = &piped::as_typed(path);
        let file = Self::of(path.display().to_string(), bytes)?;
        // Of what is left of it, nothing can be said.
        let is_nothing = |statement: &Statement| {
            statement.faulty && statement.effect.is_none() && statement.action.is_none()
        };
        let statements = &file.policy.statements;
        let has_none = !statements.is_empty() && statements.iter().all(is_nothing);
        if is_broken_off(bytes) {
            let problem = "cannot read the policy: the text ends before the policy does";
            return Err(Failure::input(problem).in_file(path));
        }
        if has_none {
            return Err(Failure::input("cannot read the policy: it has no statement").in_file(path));
        }
        Ok(file)
    }

    /// A policy that is not there: it allows and denies nothing.
    pub(crate) fn absent(name: String) -> Self {
        let policy = Policy { version: None, id: None, statements: Vec::new(), form: StatementForm::List };
        Self { name, text: String::new(), policy, within: None }
    }

    /// A policy that stands in a file of another language; `None`: it cannot be read. Its lines are those of that file.
    pub(crate) fn inside(name: &str, file: &str, transcript: Transcript) -> Option<Self> {
        let policy = parse(transcript.text.as_bytes()).policy?;
        let text = transcript.text.clone();
        Some(Self { name: name.to_owned(), text, policy, within: Some((file.to_owned(), transcript)) })
    }

    /// The same of bytes that were read elsewhere. `name`: what to call the file.
    pub(crate) fn of(name: String, bytes: &[u8]) -> Result<Self, Failure> {
        let parsed = parse(bytes);
        let text = String::from_utf8_lossy(bytes).into_owned();
        let Some(policy) = parsed.policy else {
            let Some(fault) = parsed.diagnostics.into_iter().next() else {
                return Err(Failure::input("this is no policy").in_file(Path::new(&name)));
            };
            let failure = Failure::input(format!("cannot read the policy: {}", fault.message))
                .at(format!("{name}:{}", policy_fault::position(&text, fault.span)));
            return Err(fault.help.into_iter().fold(failure, Failure::help));
        };
        policy_fault::say_of(&name, &text, &parsed.diagnostics, MOST_FAULTS);
        Ok(Self { name, text, policy, within: None })
    }

    /// The line of a byte, from 1.
    pub(crate) fn line(&self, byte: u32) -> usize {
        let byte = byte as usize;
        let (text, byte) = match &self.within {
            Some((file, transcript)) => (file, transcript.place(byte..byte + 1).bytes.start),
            None => (&self.text, byte),
        };
        let before = text.as_bytes().iter().take(byte);
        before.filter(|byte| **byte == b'\n').count() + 1
    }

    /// `new.json:12 "Sid"`, of a statement by its place.
    pub(crate) fn place(&self, statement: usize) -> String {
        let found = self.policy.statements.get(statement);
        let line = found.map_or(1, |found| self.line(found.span.0.start));
        let sid = found.and_then(|found| found.sid.as_ref()).map(|sid| format!(" {:?}", sid.value));
        format!("{}:{line}{}", self.name, sid.unwrap_or_default())
    }
}
