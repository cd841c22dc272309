//! A policy in a file of its own.

use std::io::Read as _;
use std::path::Path;

use clavicle_policy::{Policy, parse};

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
        let parsed = parse(&bytes);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let name = path.display().to_string();
        let Some(policy) = parsed.policy else {
            let problem =
                parsed.diagnostics.first().map_or("this is no policy", |fault| fault.message.as_str());
            return Err(Failure::input(format!("cannot read the policy: {problem}")).in_file(path));
        };
        policy_fault::say_of(&name, &text, &parsed.diagnostics, MOST_FAULTS);
        Ok(Self { name, text, policy })
    }

    /// `new.json:12 "Sid"`, of a statement by its place.
    pub(crate) fn place(&self, statement: usize) -> String {
        let found = self.policy.statements.get(statement);
        let line = found.map_or(1, |found| found.span.0.line(&self.text));
        let sid = found.and_then(|found| found.sid.as_ref()).map(|sid| format!(" {:?}", sid.value));
        format!("{}:{line}{}", self.name, sid.unwrap_or_default())
    }
}
