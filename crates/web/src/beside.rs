//! What lies beside the accounts that are open: evidence of use, and other snapshots.

use clavicle_answer::Reader;
use clavicle_usage::Evidence;
use serde::Serialize;

use crate::begin::{Chosen, Offer};
use crate::progress::Progress;

/// Whoever starts the server knows where the rest is.
pub trait Beside: std::fmt::Debug + Send + Sync + 'static {
    /// What was used, as far as anybody kept it; without any the empty value. Asked when it is first needed, and
    /// again for as long as it is an error, which is one for people.
    fn evidence(&self) -> Result<Evidence, String>;

    /// The saved snapshots, the newest first.
    fn snapshots(&self) -> Result<Vec<SavedSnapshot>, String>;

    /// Reads one of them by its name.
    fn read(&self, name: &str, progress: &Progress) -> Result<Reader, String>;

    /// What may be chosen where nothing was named that could be shown. `None`: something was.
    fn offer(&self) -> Option<Offer> {
        None
    }

    /// From now on this is what is read. Asked only while nothing is shown; the error is one for people.
    fn choose(&self, _: Chosen) -> Result<(), String> {
        Err("what is shown was named already".to_owned())
    }

    /// Keeps a file, for this run alone, that may be chosen then; `more`: beside those that were handed over before. Its name
    /// is hostile text.
    fn hand_over(&self, _name: &str, _bytes: &[u8], _more: bool) -> Result<(), String> {
        Err("what is shown was named already".to_owned())
    }
}

/// A snapshot that could be compared with the one that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SavedSnapshot {
    /// What it is called.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// It is the one that is open.
    pub open: bool,
}

/// Nothing lies beside.
impl Beside for () {
    fn evidence(&self) -> Result<Evidence, String> {
        Ok(Evidence::default())
    }

    fn snapshots(&self) -> Result<Vec<SavedSnapshot>, String> {
        Ok(Vec::new())
    }

    fn read(&self, name: &str, _: &Progress) -> Result<Reader, String> {
        Err(format!("there is no snapshot `{name}`"))
    }
}
