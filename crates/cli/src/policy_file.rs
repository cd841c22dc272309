//! A policy in a file of its own.

use std::io::Read as _;
use std::path::Path;

use clavicle_policy::{Policy, StatementForm, parse};

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
        Self { name, text: String::new(), policy }
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
        Ok(Self { name, text, policy })
    }

    /// The line of a byte, from 1.
    pub(crate) fn line(&self, byte: u32) -> usize {
        let before = self.text.as_bytes().iter().take(byte as usize);
        before.filter(|byte| **byte == b'\n').count() + 1
    }

    /// `new.json:12 "Sid"`, of a statement by its place.
    pub(crate) fn place(&self, statement: usize) -> String {
        let found = self.policy.statements.get(statement);
        let line = found.map_or(1, |found| found.span.0.line(&self.text));
        let sid = found.and_then(|found| found.sid.as_ref()).map(|sid| format!(" {:?}", sid.value));
        format!("{}:{line}{}", self.name, sid.unwrap_or_default())
    }
}
