//! What the exit code says.

use std::process::ExitCode;

/// How it ended. Scripts read this instead of the text; `docs/command-line.md` lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Yes; or it was done.
    Yes,
    /// No, or nobody.
    No,
    /// Wrong usage, or a name that is not known or not clear.
    Usage,
    /// It depends on what the question leaves open, or on what was not seen.
    Undecided,
    /// A file could not be read, understood or written.
    Input,
    /// A program was run for the person who typed, and ended with this.
    Program(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Yes => 0,
            Exit::No => 1,
            Exit::Usage => 2,
            Exit::Undecided => 3,
            Exit::Input => 4,
            Exit::Program(code) => code,
        })
    }
}
