//! Opening and saving: a snapshot file is whole or absent.

use std::fs::{self, File};
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::error::{ErrorKind, SnapshotError};

/// "CLVC" in the header of every snapshot file, so that `file` and other programs can tell.
const APPLICATION_ID: i32 = 0x434C_5643;

/// Raised with every change of the schema that an older program would misread.
const VERSION: i32 = 1;

const SCHEMA: &str = include_str!("schema.sql");

/// A snapshot as a database: a saved file, or one that is being made and belongs to this process alone.
#[derive(Debug)]
pub struct Database {
    pub(crate) connection: Connection,
}

impl Database {
    /// A new database without a name: SQLite puts it into its temporary folder and removes the name at once, so
    /// nothing is left when the process ends, however it ends.
    pub(crate) fn unnamed() -> Result<Database, SnapshotError> {
        let connection = Connection::open("")?;
        connection.execute_batch(&format!(
            "PRAGMA journal_mode = OFF;
             PRAGMA synchronous = OFF;
             PRAGMA cache_size = -65536;
             PRAGMA application_id = {APPLICATION_ID};
             PRAGMA user_version = {VERSION};"
        ))?;
        connection.execute_batch(SCHEMA)?;
        Ok(Database { connection })
    }

    /// Opens a saved snapshot for reading. Says clearly when the file is something else, or is from a newer program.
    pub fn open(path: &Path) -> Result<Database, SnapshotError> {
        open(path).map_err(|error| error.in_file(path))
    }

    /// Saves under this name: written beside it, flushed to the disk, then renamed, so that under the name there is
    /// the old file or the whole new one at every moment. Only the user may read it (0600).
    pub fn save(&self, path: &Path) -> Result<(), SnapshotError> {
        self.write(path, false).map(drop).map_err(|error| error.in_file(path))
    }

    /// The same where there is nothing of this name yet; `false`: there is, and it stays as it is. Of two who save at once
    /// under one name one comes first.
    pub fn save_new(&self, path: &Path) -> Result<bool, SnapshotError> {
        self.write(path, true).map_err(|error| error.in_file(path))
    }

    fn write(&self, path: &Path, must_be_new: bool) -> Result<bool, SnapshotError> {
        // A link stays one: what it names is written.
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let path = place.as_path();
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let unwritable = |error: std::io::Error| {
            SnapshotError::io("save the snapshot", &error)
                .hint(format!("is `{}` a folder that you may write to?", folder.display()))
        };
        if path.is_dir() {
            return Err(SnapshotError::new(ErrorKind::Io, "cannot save the snapshot: this is a folder")
                .hint("name a file, for example `snapshot.clavicle`"));
        }
        // Renamed over a device or a pipe, the snapshot would take its place.
        if fs::metadata(path).is_ok_and(|about| !about.is_file()) {
            return Err(SnapshotError::new(
                ErrorKind::Io,
                "cannot save the snapshot: this is no ordinary file",
            )
            .hint("name a file, for example `snapshot.clavicle`"));
        }
        let beside = tempfile::Builder::new()
            .prefix(".clavicle-")
            .suffix(".part")
            .tempfile_in(folder)
            .map_err(unwritable)?;
        // INTO takes a file that exists and is empty; ours exists with mode 0600 from its first moment.
        let name = beside.path().to_string_lossy();
        self.connection.execute("VACUUM INTO ?1", [name.as_ref()]).map_err(|error| {
            match error.sqlite_error_code() {
                Some(rusqlite::ErrorCode::SystemIoFailure) => {
                    SnapshotError::new(ErrorKind::Io, "cannot write the snapshot: the disk refused it")
                        .hint("is the disk sound, and is there a limit on the size of files?")
                }
                _ => error.into(),
            }
        })?;
        beside.as_file().sync_all().map_err(unwritable)?;
        if must_be_new {
            match beside.persist_noclobber(path) {
                Ok(_) => {}
                Err(taken) if taken.error.kind() == std::io::ErrorKind::AlreadyExists => return Ok(false),
                Err(failed) => return Err(unwritable(failed.error)),
            }
        } else {
            beside.persist(path).map_err(|failed| unwritable(failed.error))?;
        }
        // The rename itself is on the disk only once the folder is.
        if let Ok(folder) = File::open(folder) {
            let _ = folder.sync_all();
        }
        Ok(true)
    }
}

fn open(path: &Path) -> Result<Database, SnapshotError> {
    let about = fs::metadata(path).map_err(|error| SnapshotError::io("read the snapshot", &error))?;
    if about.is_dir() {
        return Err(SnapshotError::new(ErrorKind::NotASnapshot, "is a folder, not a snapshot")
            .hint("a folder of AWS's files is imported first: `clavicle import`"));
    }
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let (application, version) = (pragma("application_id")?, pragma("user_version")?);
    if application != APPLICATION_ID {
        let problem =
            if about.len() == 0 { "is empty" } else { "is a database of another program, not a snapshot" };
        return Err(SnapshotError::new(ErrorKind::NotASnapshot, problem)
            .hint("a snapshot is made from AWS's files by `clavicle import`"));
    }
    if version > VERSION {
        let problem =
            format!("is a snapshot of version {version}; this program reads up to version {VERSION}");
        return Err(SnapshotError::new(ErrorKind::NewerVersion, problem)
            .hint("use a newer clavicle, or import the sources again"));
    }
    Ok(Database { connection })
}
