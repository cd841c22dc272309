//! A file in which the AWS CLI keeps what it signed in with, which is renewed now and then: the next is put where the last one
//! was, since what renews it may be good once.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard};

use serde_json::Value;

use crate::pace::lock;
use crate::private_file;

/// What could not be written where the last one was, by that place. It goes before the file: what renews that is used up.
static UNWRITTEN: Mutex<BTreeMap<PathBuf, Value>> = Mutex::new(BTreeMap::new());

/// The file, held: what is in it is renewed once, however many accounts wait for it.
pub(crate) struct TokenFile {
    path: PathBuf,
    unwritten: MutexGuard<'static, BTreeMap<PathBuf, Value>>,
}

impl TokenFile {
    pub(crate) fn hold(path: PathBuf) -> TokenFile {
        TokenFile { path, unwritten: lock(&UNWRITTEN) }
    }

    /// What is kept; `None`: nothing, or nothing that can be read.
    pub(crate) fn read(&self) -> Option<Value> {
        let read = || serde_json::from_str(&std::fs::read_to_string(&self.path).ok()?).ok();
        self.unwritten.get(&self.path).cloned().or_else(read)
    }

    /// Keeps the next one: in the file, or as long as this program runs.
    pub(crate) fn keep(mut self, next: Value) {
        match private_file::replace(&self.path, &next.to_string()) {
            Ok(()) => self.unwritten.remove(&self.path),
            Err(_) => self.unwritten.insert(self.path, next),
        };
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::TokenFile;

    #[test]
    fn what_cannot_be_written_is_kept_as_long_as_the_program_runs() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("token.json");
        let file = || TokenFile::hold(path.clone());
        assert_eq!(file().read(), None);
        file().keep(json!({"at": 1}));
        assert_eq!(std::fs::read_to_string(&path).expect("the file"), r#"{"at":1}"#);
        std::fs::create_dir(path.with_extension("clavicle")).expect("a folder in the way");
        file().keep(json!({"at": 2}));
        assert_eq!(file().read(), Some(json!({"at": 2})));
        assert_eq!(std::fs::read_to_string(&path).expect("the file"), r#"{"at":1}"#);
        std::fs::remove_dir(path.with_extension("clavicle")).expect("it goes");
        file().keep(json!({"at": 3}));
        assert_eq!(file().read(), Some(json!({"at": 3})));
        assert_eq!(std::fs::read_to_string(&path).expect("the file"), r#"{"at":3}"#);
    }
}
