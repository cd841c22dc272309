//! A policy in a file of its own.

use std::io::Read as _;
use std::path::Path;

use clavicle_policy::{Policy, StatementForm, parse};
use clavicle_template::Transcript;

use crate::failure::Failure;
use crate::policy_fault;

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

impl PolicyFile {
    /// Reads a file, or stdin for `-`. Faults of the text are told on stderr.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let mut bytes = Vec::new();
        let read = if path.as_os_str() == "-" {
            std::io::stdin().lock().read_to_end(&mut bytes).map(|_| ())
        } else {
            std::fs::read(path).map(|found| bytes = found)
        };
        read.map_err(|error| Failure::io("read the policy", path, &error))?;
        Self::of(path.display().to_string(), &bytes)
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
            let problem =
                parsed.diagnostics.first().map_or("this is no policy", |fault| fault.message.as_str());
            let fault = Failure::input(format!("cannot read the policy: {problem}"));
            return Err(fault.in_file(Path::new(&name)));
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
