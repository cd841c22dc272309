//! `--out FOLDER`: all of its files or none.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::failure::Failure;

/// A folder that is being written, out of sight until all of it is there.
pub(crate) struct OutFolder {
    /// Where it is to be.
    place: PathBuf,
    /// Where it is written; gone with this, unless it gets its name.
    hidden: TempDir,
    /// There is a folder of this name already, which stays: it may be mounted, or be the one that somebody is in.
    is_there: bool,
}

impl OutFolder {
    /// Makes the hidden folder: beside the place, or inside of what is there.
    pub(crate) fn begin(place: &Path) -> Result<Self, Failure> {
        let is_there = place.exists();
        let around = match place.parent() {
            _ if is_there => place,
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let mut hidden = tempfile::Builder::new();
        hidden.prefix(".clavicle-").suffix(".part");
        // Others may look into it as into the user's other folders: the umask applies to this.
        #[cfg(unix)]
        hidden.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
        let made = fs::create_dir_all(around).and_then(|()| hidden.tempdir_in(around));
        let hidden = made.map_err(|error| Failure::io("make the folder", place, &error))?;
        Ok(Self { place: place.to_path_buf(), hidden, is_there })
    }

    /// Where its files are written until it has its name.
    pub(crate) fn path(&self) -> &Path {
        self.hidden.path()
    }

    /// Gives it its name, which is one step. What is there already takes the entries one by one, the last of `last` at the end.
    pub(crate) fn finish(self, last: &[&str]) -> Result<(), Failure> {
        let failed = |error: &std::io::Error| Failure::io("write the folder", &self.place, error);
        if !self.is_there {
            let hidden = self.hidden.keep();
            return fs::rename(&hidden, &self.place).map_err(|error| {
                // What cannot get its name is not left lying about; that it could not be is told.
                let _ = fs::remove_dir_all(&hidden);
                failed(&error)
            });
        }
        let listed: std::io::Result<Vec<_>> = fs::read_dir(self.hidden.path()).and_then(Iterator::collect);
        let mut names: Vec<_> =
            listed.map_err(|error| failed(&error))?.iter().map(fs::DirEntry::file_name).collect();
        names.sort_by_key(|name| last.iter().position(|other| name == other));
        for name in names {
            let moved = fs::rename(self.hidden.path().join(&name), self.place.join(&name));
            moved.map_err(|error| failed(&error))?;
        }
        self.hidden.close().map_err(|error| Failure::io("write the folder", &self.place, &error))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::OutFolder;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_folder_is_there_once_it_is_whole() {
        let around = tempfile::tempdir().expect("a folder");
        let place = around.path().join("a/plan");
        let out = OutFolder::begin(&place).expect("begun");
        fs::write(out.path().join("one"), "1").expect("written");
        assert!(!place.exists());
        out.finish(&[]).expect("whole");
        assert_eq!(
            (names(&place), names(&around.path().join("a"))),
            (vec!["one".to_owned()], vec!["plan".to_owned()])
        );
    }

    #[test]
    fn what_is_given_up_leaves_nothing() {
        let around = tempfile::tempdir().expect("a folder");
        let empty = around.path().join("empty");
        fs::create_dir(&empty).expect("a folder");
        for place in [around.path().join("plan"), empty.clone()] {
            let out = OutFolder::begin(&place).expect("begun");
            fs::write(out.path().join("one"), "1").expect("written");
            drop(out);
        }
        assert_eq!((names(around.path()), names(&empty)), (vec!["empty".to_owned()], Vec::new()));
    }

    #[test]
    fn what_is_there_stays_and_takes_the_files() {
        let around = tempfile::tempdir().expect("a folder");
        fs::write(around.path().join("one"), "old").expect("written");
        fs::write(around.path().join("other"), "mine").expect("written");
        let out = OutFolder::begin(around.path()).expect("begun");
        fs::write(out.path().join("one"), "new").expect("written");
        fs::create_dir(out.path().join("two")).expect("a folder");
        out.finish(&["one"]).expect("whole");
        assert_eq!(names(around.path()), ["one", "other", "two"]);
        assert_eq!(fs::read_to_string(around.path().join("one")).expect("a file"), "new");
    }
}
