//! Where snapshots, and what else the program keeps, are: a folder that only the user can look into.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::failure::Failure;
use crate::snapshot_word;

/// The ending of saved snapshots.
const ENDING: &str = "clavicle";

/// The folder, which need not exist yet.
#[derive(Debug, Clone)]
pub(crate) struct DataFolder {
    path: PathBuf,
}

/// A saved snapshot.
#[derive(Debug, Clone)]
pub(crate) struct Saved {
    /// Its name, which is the time of its data as a file name can hold it: `2026-08-22T09-14-00Z`.
    pub(crate) name: String,
    /// The file.
    pub(crate) path: PathBuf,
    /// Its size.
    pub(crate) bytes: u64,
    /// When it was saved.
    pub(crate) saved: Option<SystemTime>,
}

impl DataFolder {
    /// `$CLAVICLE_DATA`, else `$XDG_DATA_HOME/clavicle`, else `~/.local/share/clavicle`.
    ///
    /// See the XDG Base Directory Specification: a relative `$XDG_DATA_HOME` is to be ignored.
    pub(crate) fn find() -> Result<Self, Failure> {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let path = set("CLAVICLE_DATA")
            .or_else(|| {
                set("XDG_DATA_HOME").filter(|path| path.is_absolute()).map(|path| path.join("clavicle"))
            })
            .or_else(|| {
                let home = std::env::home_dir().filter(|home| !home.as_os_str().is_empty());
                home.map(|home| home.join(".local/share/clavicle"))
            });
        let path = path.ok_or_else(|| {
            Failure::input("there is no home folder to keep snapshots in")
                .help("set CLAVICLE_DATA to a folder")
        })?;
        Ok(Self { path })
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the folder, for the user alone (0700), where it does not exist.
    pub(crate) fn make(&self) -> Result<(), Failure> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.path).map_err(|error| {
            Failure::io("make the folder for snapshots", &self.path, &error)
                .help("set CLAVICLE_DATA to a folder that you may write to, or save with `--out FILE`")
        })
    }

    /// The saved snapshots, the one that was saved last first.
    pub(crate) fn snapshots(&self) -> Result<Vec<Saved>, Failure> {
        let entries = match fs::read_dir(&self.path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Failure::io("read the folder of snapshots", &self.path, &error)),
        };
        let mut found = Vec::new();
        for entry in entries.flatten() {
            let path = entry.path();
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            let Some(name) = path.file_stem().map(|name| name.to_string_lossy().into_owned()) else {
                continue;
            };
            if hidden || path.extension().is_none_or(|ending| ending != ENDING) {
                continue;
            }
            let Ok(about) = entry.metadata() else { continue };
            if about.is_file() {
                found.push(Saved { name, path, bytes: about.len(), saved: about.modified().ok() });
            }
        }
        found.sort_by(|a, b| (b.saved, &b.name).cmp(&(a.saved, &a.name)));
        Ok(found)
    }

    /// The saved snapshot of exactly this time or name.
    pub(crate) fn exactly(&self, text: &str) -> Result<Option<Saved>, Failure> {
        let name = file_name(text);
        Ok(self.snapshots()?.into_iter().find(|saved| saved.name == name))
    }

    /// The saved snapshot that people mean by this: its time, its name, an unmistakable beginning of either, or a word.
    pub(crate) fn named(&self, text: &str) -> Result<Option<Saved>, Failure> {
        let name = file_name(text);
        let snapshots = self.snapshots()?;
        if let Some(exact) = snapshots.iter().find(|saved| saved.name == name) {
            return Ok(Some(exact.clone()));
        }
        if snapshot_word::words().any(|word| word == text) && !snapshots.is_empty() {
            return match snapshot_word::meant(text, &snapshots) {
                Some(meant) => Ok(Some(meant.clone())),
                None => Err(Failure::input(format!("no saved snapshot is what `{text}` means"))
                    .help("`clavicle snapshots` lists those that are saved")),
            };
        }
        let mut fitting = snapshots.iter().filter(|saved| name.len() >= 4 && saved.name.starts_with(&name));
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => Ok(Some(only.clone())),
            (Some(first), Some(second)) => {
                let mut candidates = vec![first.name.clone(), second.name.clone()];
                candidates.extend(fitting.map(|saved| saved.name.clone()));
                Err(Failure::usage(format!("`{text}` begins the name of several snapshots"))
                    .candidates(candidates))
            }
            (None, _) => Ok(None),
        }
    }

    /// The saved snapshots of this time of data.
    pub(crate) fn of_time(&self, id: &str) -> Result<Vec<Saved>, Failure> {
        let name = file_name(id);
        let is = |saved: &Saved| {
            saved.name.strip_prefix(&name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        Ok(self.snapshots()?.into_iter().filter(is).collect())
    }

    /// Saves a snapshot of this time under a name that is not taken yet, and says which. `save` says whether it was free: somebody
    /// else may save at the same moment.
    pub(crate) fn save_new<E>(
        &self,
        id: &str,
        mut save: impl FnMut(&Path) -> Result<bool, E>,
    ) -> Result<PathBuf, E> {
        let name = file_name(id);
        let mut number = 1_u32;
        loop {
            let numbered = if number == 1 { name.clone() } else { format!("{name}.{number}") };
            let path = self.path.join(format!("{numbered}.{ENDING}"));
            if !path.exists() && save(&path)? {
                return Ok(path);
            }
            number = number.saturating_add(1);
        }
    }

    /// The file of loaded facts of AWS.
    pub(crate) fn aws_facts(&self) -> PathBuf {
        self.path.join("aws-facts")
    }

    /// The file that evidence of use is kept in.
    pub(crate) fn evidence(&self) -> PathBuf {
        self.path.join("evidence.usage")
    }

    /// The file that remembers the last question.
    pub(crate) fn last_question(&self) -> PathBuf {
        self.path.join("last-question.json")
    }
}

/// A time of data as a file name: colons are no part of names everywhere, and nothing else may leave the folder.
fn file_name(id: &str) -> String {
    let sound = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.' | '+' | '_');
    let name: String = id.chars().map(|letter| if sound(letter) { letter } else { '-' }).collect();
    // AWS writes times with and without thousandths.
    name.trim_start_matches('.').replace(".000Z", "Z")
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn names_stay_in_the_folder() {
        assert_eq!(file_name("2026-08-22T09:14:00Z"), "2026-08-22T09-14-00Z");
        assert_eq!(file_name("../../x"), "-..-x");
    }
}
