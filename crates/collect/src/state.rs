//! What an unfinished collection has so far: a folder with a file for each unit of reading, whole or absent, so that a
//! collection that was stopped in any way goes on where it was. Only its user can look into it, and it holds what a
//! snapshot holds.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use clavicle_snapshot::NAMELESS;
use serde_json::{Value, json};

use crate::aws::DENIED_BY_ORGANIZATION;
use crate::error::CollectError;
use crate::private_file;

#[derive(Debug)]
pub(crate) struct State {
    folder: PathBuf,
    /// Held as long as this lives, so that two collections do not write into one folder.
    _lock: File,
}

/// What is asked of a collection that goes on: that it is the same one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Purpose {
    /// RFC 3339: when it began.
    pub(crate) at: String,
    /// The account of whoever collects.
    pub(crate) account: String,
    /// The role that is assumed in the accounts of the organization; `None`: one account is read.
    pub(crate) role: Option<String>,
    /// The aggregator of AWS Config that is read instead.
    pub(crate) aggregator: Option<String>,
}

const PURPOSE: &str = "collection";
const VERSION: u64 = 1;

impl State {
    /// Opens the folder, making it where it is not there.
    pub(crate) fn open(folder: &Path) -> Result<State, CollectError> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(|error| CollectError::io("make the folder", folder, &error))?;
        let path = folder.join("lock");
        let lock = private_file::create(&path).map_err(|error| CollectError::io("write", &path, &error))?;
        lock.try_lock().map_err(|_| {
            CollectError::new("another collection is writing there")
                .hint(format!("is `{}` in use?", folder.display()))
        })?;
        Ok(State { folder: folder.to_path_buf(), _lock: lock })
    }

    /// The purpose of what is there; `None`: nothing is, or nothing that this program understands.
    pub(crate) fn purpose(&self) -> Option<Purpose> {
        let text = fs::read_to_string(self.folder.join(PURPOSE)).ok()?;
        let value: Value = serde_json::from_str(&text).ok()?;
        let text = |name: &str| value.get(name)?.as_str().map(str::to_owned);
        (value.get("version")?.as_u64() == Some(VERSION)).then_some(())?;
        Some(Purpose {
            at: text("at")?,
            account: text("account")?,
            role: text("role"),
            aggregator: text("aggregator"),
        })
    }

    /// Removes what is there and begins anew.
    pub(crate) fn begin(&self, purpose: &Purpose) -> Result<(), CollectError> {
        self.clear()?;
        let text = json!({"version": VERSION, "at": purpose.at, "account": purpose.account, "role": purpose.role, "aggregator": purpose.aggregator});
        self.write(PURPOSE, |write| {
            write(&text);
            true
        })
    }

    fn clear(&self) -> Result<(), CollectError> {
        for path in
            [self.folder.join("accounts"), self.folder.join(PURPOSE), self.folder.join("organization.json")]
        {
            let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            match removed {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(CollectError::io("remove", &path, &error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Removes the folder, once everything in it is in a snapshot.
    pub(crate) fn remove(self) -> Result<(), CollectError> {
        self.clear()?;
        let _ = fs::remove_file(self.folder.join("lock"));
        let _ = fs::remove_dir(&self.folder);
        Ok(())
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Is this unit done? One in which a call was not answered is worth another try, and so is one in which the caller was
    /// refused what they may be allowed by now, or got a part of the pages. A refusal by the organization stands for whole regions, a service that is
    /// not there will not be there in an hour, and a thing of which AWS does not say what it is called will have no name then: these
    /// are not asked again.
    pub(crate) fn has(&self, name: &str) -> bool {
        let Ok(file) = File::open(self.folder.join(name)) else { return false };
        !BufReader::new(file).lines().any(|line| line.is_ok_and(|line| is_worth_another_try(&line)))
    }

    /// Hears each line of a unit that is done. One line is in memory.
    pub(crate) fn lines(&self, name: &str, mut hear: impl FnMut(&Value)) {
        let Ok(file) = File::open(self.folder.join(name)) else { return };
        let lines = BufReader::new(file).lines().map_while(Result::ok);
        lines.filter_map(|line| serde_json::from_str(&line).ok()).for_each(|line| hear(&line));
    }

    /// Writes a unit, a line a value. It has its name only when all of it is there: `fill` says whether it is.
    pub(crate) fn write(
        &self,
        name: &str,
        fill: impl FnOnce(&mut dyn FnMut(&Value)) -> bool,
    ) -> Result<(), CollectError> {
        let path = self.folder.join(name);
        let unfinished = self.folder.join(format!("{name}.part"));
        let unwritable = |error: std::io::Error| CollectError::io("write", &unfinished, &error);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(unwritable)?;
        }
        let file = private_file::create(&unfinished).map_err(unwritable)?;
        let mut file = BufWriter::new(file);
        let mut written = Ok(());
        let whole = fill(&mut |line: &Value| {
            if written.is_ok() {
                written = writeln!(file, "{line}");
            }
        });
        written.map_err(unwritable)?;
        if !whole {
            return Ok(());
        }
        file.flush().map_err(unwritable)?;
        fs::rename(&unfinished, &path).map_err(unwritable)
    }
}

/// Does a line of a unit tell of a call that may be answered another time?
fn is_worth_another_try(line: &str) -> bool {
    // The lines of things are long; and between quotation marks that no text within a text has unescaped.
    if !line.contains(r#""CollectedCalls":["#) {
        return false;
    }
    let line: Value = serde_json::from_str(line).unwrap_or_default();
    let rows = line.get("CollectedCalls").and_then(Value::as_array);
    rows.into_iter().flatten().any(|row| {
        let is = |name: &str, value: &str| row.get(name).and_then(Value::as_str) == Some(value);
        is("State", "failed")
            || (is("State", "denied") || is("State", "partial"))
                && !is("Reason", DENIED_BY_ORGANIZATION)
                && !is("Reason", NAMELESS)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Purpose, State};

    #[test]
    fn a_unit_is_whole_or_absent_and_a_folder_belongs_to_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("state");
        let state = State::open(&place).expect("a state");
        assert!(State::open(&place).is_err_and(|error| error.problem.contains("another collection")));
        assert_eq!(state.purpose(), None);
        let purpose = Purpose {
            at: "2026-01-01T00:00:00Z".to_owned(),
            account: "111122223333".to_owned(),
            role: None,
            aggregator: None,
        };
        state.begin(&purpose).expect("it begins");
        assert_eq!(state.purpose(), Some(purpose.clone()));
        assert!(!state.has("accounts/1/iam.jsonl"));
        let one = |line: serde_json::Value, whole: bool| {
            state.write("accounts/1/iam.jsonl", |write| {
                write(&line);
                whole
            })
        };
        one(json!({"a": 0}), false).expect("it writes");
        assert!(!state.has("accounts/1/iam.jsonl"));
        one(json!({"CollectedCalls": [{"State": "failed"}]}), true).expect("it writes");
        assert!(!state.has("accounts/1/iam.jsonl"), "worth another try");
        let row = |state: &str, why: &str| json!({"CollectedCalls": [{"State": "seen"}, {"State": state, "Reason": why}]});
        let refused = |why: &str| row("denied", why);
        one(refused("AccessDenied"), true).expect("it writes");
        assert!(!state.has("accounts/1/iam.jsonl"), "somebody may have allowed it since");
        one(refused("SomethingNew"), true).expect("it writes");
        assert!(!state.has("accounts/1/iam.jsonl"), "in whatever words");
        one(row("partial", "Throttling"), true).expect("it writes");
        assert!(!state.has("accounts/1/iam.jsonl"), "pages are missing");
        one(row("partial", clavicle_snapshot::NAMELESS), true).expect("it writes");
        assert!(state.has("accounts/1/iam.jsonl"), "AWS would say no more the next time");
        for state_of in ["denied", "partial"] {
            one(row(state_of, "AccessDenied by a policy of the organization"), true).expect("it writes");
            assert!(state.has("accounts/1/iam.jsonl"), "{state_of}");
        }
        one(row("unsupported", "AccessDenied"), true).expect("it writes");
        assert!(state.has("accounts/1/iam.jsonl"));
        one(json!({"policy": refused("AccessDenied").to_string(), "CollectedCalls": []}), true)
            .expect("it writes");
        assert!(state.has("accounts/1/iam.jsonl"), "what a text says is no state");
        one(json!({"CollectedCalls": [{"State": "unsupported", "Reason": "OptInRequired"}]}), true)
            .expect("it writes");
        assert!(state.has("accounts/1/iam.jsonl"), "there is nothing to ask");
        one(json!({"a": 1}), true).expect("it writes");
        assert!(state.has("accounts/1/iam.jsonl"));
        let text = std::fs::read_to_string(place.join("accounts/1/iam.jsonl")).expect("the file");
        assert_eq!(text, "{\"a\":1}\n");
        state.begin(&purpose).expect("it begins anew");
        assert!(!state.has("accounts/1/iam.jsonl"));
        state.remove().expect("it goes");
        assert!(!place.exists());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("state");
        let state = State::open(&place).expect("a state");
        state
            .write("x", |write| {
                write(&json!({}));
                true
            })
            .expect("it writes");
        let mode = |path: &std::path::Path| {
            std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777
        };
        assert_eq!((mode(&place), mode(&place.join("x"))), (0o700, 0o600));
    }
}
