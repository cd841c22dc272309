use std::fmt;

/// Why could nothing be collected? Cause and help are separate, to be laid out by whoever shows them. What single calls
/// could not see is no error: it is in the snapshot.
#[derive(Clone, Debug, thiserror::Error)]
pub struct CollectError {
    /// The cause, in plain words.
    pub problem: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Is something asked for in a way, or by a name, that cannot be meant?
    pub is_usage: bool,
}

impl CollectError {
    pub(crate) fn new(problem: impl Into<String>) -> CollectError {
        CollectError { problem: problem.into(), hint: None, is_usage: false }
    }

    /// Wrong usage, or a wrong name.
    pub(crate) fn usage(problem: impl Into<String>) -> CollectError {
        CollectError { is_usage: true, ..CollectError::new(problem) }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> CollectError {
        self.hint.get_or_insert_with(|| hint.into());
        self
    }

    pub(crate) fn io(doing: &str, path: &std::path::Path, error: &std::io::Error) -> CollectError {
        CollectError::new(format!("cannot {doing} `{}`: {error}", path.display()))
    }
}

impl fmt::Display for CollectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem)
    }
}

impl From<clavicle_snapshot::SnapshotError> for CollectError {
    fn from(error: clavicle_snapshot::SnapshotError) -> CollectError {
        CollectError { problem: error.to_string(), hint: error.hint, is_usage: false }
    }
}
