use std::fmt;
use std::path::{Path, PathBuf};

/// Where in a file: counted on its uncompressed text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// From 1.
    pub line: u64,
    /// In bytes, from 1.
    pub column: u64,
    /// In bytes, from 0.
    pub offset: u64,
}

/// Why could a snapshot not be made, saved or read? Cause, position and help are separate fields, to be laid out by
/// whoever shows them.
#[derive(Debug, thiserror::Error)]
pub struct SnapshotError {
    /// What went wrong, for code that has to tell.
    pub kind: ErrorKind,
    /// The file that it is about.
    pub file: Option<PathBuf>,
    /// The place in the file, for faults in its text.
    pub position: Option<Position>,
    /// The cause, in plain words.
    pub problem: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// What went wrong?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The file could not be read or written.
    Io,
    /// There is no room left to write.
    Full,
    /// The text is damaged: truncated, not JSON, not UTF-8, empty.
    Text,
    /// The file is fine but of another kind.
    WrongKind,
    /// A database, but not a snapshot.
    NotASnapshot,
    /// A snapshot of a newer version of the program.
    NewerVersion,
    /// The database is damaged or refused.
    Database,
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{}", file.display())?;
            if let Some(position) = self.position {
                write!(f, ":{}:{}", position.line, position.column)?;
            }
            write!(f, ": ")?;
        }
        f.write_str(&self.problem)
    }
}

impl SnapshotError {
    pub(crate) fn new(kind: ErrorKind, problem: impl Into<String>) -> SnapshotError {
        SnapshotError { kind, file: None, position: None, problem: problem.into(), hint: None }
    }

    pub(crate) fn in_file(mut self, file: &Path) -> SnapshotError {
        self.file.get_or_insert_with(|| file.to_path_buf());
        self
    }

    pub(crate) fn at(mut self, position: Position) -> SnapshotError {
        self.position.get_or_insert(position);
        self
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> SnapshotError {
        self.hint.get_or_insert_with(|| hint.into());
        self
    }

    pub(crate) fn io(doing: &str, error: &std::io::Error) -> SnapshotError {
        let full =
            matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded);
        let kind = if full { ErrorKind::Full } else { ErrorKind::Io };
        SnapshotError::new(kind, format!("cannot {doing}: {}", words(error)))
    }
}

/// The operating system's words without its error number.
fn words(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

impl From<rusqlite::Error> for SnapshotError {
    fn from(error: rusqlite::Error) -> SnapshotError {
        use rusqlite::ErrorCode::{DiskFull, NotADatabase};
        match error.sqlite_error_code() {
            Some(DiskFull) => {
                SnapshotError::new(ErrorKind::Full, "no room left on the disk for the snapshot")
                    .hint("free some room, or point TMPDIR and the output at another disk")
            }
            Some(NotADatabase) => SnapshotError::new(ErrorKind::NotASnapshot, "is not a snapshot")
                .hint("a snapshot is made from AWS's files by `clavicle import`"),
            _ => SnapshotError::new(ErrorKind::Database, format!("the database says: {error}")),
        }
    }
}
