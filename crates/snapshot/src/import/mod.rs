//! From files in AWS's own formats to a snapshot. What a file is, is told by its content, not by its name.

mod account_summary;
mod answers;
mod collected_call;
mod config_item;
mod config_types;
mod credential_report;
mod document;
mod folder;
mod iam;
mod known_fields;
mod last_accessed;
mod organization;
mod planned;
mod resource_list;
mod roles;
mod safe_facts;
mod text;
mod warnings;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::error::{ErrorKind, Position, SnapshotError};
use crate::model::{Snapshot, Warning};
use crate::store::{Counts, Database, Writer};
pub use known_fields::known_fields_of_config_item;
pub use planned::{Place, Side, is_planned, is_terraform};
use text::Text;
use warnings::Warnings;

/// How far is an import?
#[derive(Clone, Debug)]
pub struct Progress<'p> {
    /// The file that is being read.
    pub file: &'p Path,
    /// Bytes read of all files, packed as they are.
    pub bytes: u64,
    /// Bytes of all files.
    pub total: u64,
    /// Users, groups and roles taken so far.
    pub principals: u64,
    /// Resources taken so far.
    pub resources: u64,
}

/// Makes a snapshot from files.
///
/// ```no_run
/// # fn main() -> Result<(), clavicle_snapshot::SnapshotError> {
/// let imported = clavicle_snapshot::Import::new().source("gaad.json").source("config.json.gz").run(|_| ())?;
/// imported.database.save("today.clavicle".as_ref())?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Import {
    sources: Vec<Given>,
    place: Option<Place>,
    side: Side,
    terraform: Option<PathBuf>,
}

/// A source as it was given.
#[derive(Clone, Debug)]
enum Given {
    Path(PathBuf),
    /// A file, and what the snapshot calls it.
    Named(PathBuf, String),
    /// What a collection wrote, which has no name that anybody knows.
    Collected(PathBuf),
}

/// What an import made.
#[derive(Debug)]
pub struct Imported {
    /// The snapshot, not saved yet: it has no name, and is gone when this is dropped.
    pub database: Database,
    /// What was not understood, and so is "not seen". The snapshot holds them too.
    pub warnings: Vec<Warning>,
}

impl Import {
    /// An import of nothing yet.
    #[must_use]
    pub fn new() -> Import {
        Import::default()
    }

    /// Adds a file or a folder. Where two sources speak of one thing, the later one wins.
    #[must_use]
    pub fn source(mut self, path: impl Into<PathBuf>) -> Import {
        self.sources.push(Given::Path(path.into()));
        self
    }

    /// Adds a file that people know by another name: what came by a pipe.
    #[must_use]
    pub fn source_named(mut self, path: impl Into<PathBuf>, shown: impl Into<String>) -> Import {
        self.sources.push(Given::Named(path.into(), shown.into()));
        self
    }

    /// Adds what a collection from live accounts wrote into this folder. In the snapshot its files are named without the
    /// folder, and have no time of their own.
    #[must_use]
    pub fn collected(mut self, folder: impl Into<PathBuf>) -> Import {
        self.sources.push(Given::Collected(folder.into()));
        self
    }

    /// Where plans and templates go that name no account themselves.
    #[must_use]
    pub fn planned_in(mut self, place: Option<Place>) -> Import {
        self.place = place;
        self
    }

    /// Which state of plans is read; without this, the one after them.
    #[must_use]
    pub fn side(mut self, side: Side) -> Import {
        self.side = side;
        self
    }

    /// The folder with Terraform's own files, so that what a plan declares is cited with file and line.
    #[must_use]
    pub fn terraform(mut self, folder: Option<PathBuf>) -> Import {
        self.terraform = folder;
        self
    }

    /// Reads every source. One of them may be a saved snapshot, if the others are plans and templates: they are laid over
    /// it, whatever the order. Nothing is left behind when one of them is damaged or of a wrong kind.
    pub fn run(self, mut progress: impl FnMut(Progress<'_>)) -> Result<Imported, SnapshotError> {
        let (mut files, mut saved) = (Vec::new(), None);
        for source in &self.sources {
            files.extend(match source {
                Given::Path(path) | Given::Named(path, _) if is_snapshot(path) => match saved.replace(path) {
                    None => continue,
                    Some(_) => {
                        return Err(SnapshotError::new(ErrorKind::WrongKind, "is a second saved snapshot")
                            .in_file(path)
                            .hint("plans are laid over one"));
                    }
                },
                Given::Path(path) => folder::files(path)?,
                Given::Named(path, shown) => folder::named(path, shown)?,
                Given::Collected(folder) => folder::collected(folder)?,
            });
        }
        if let (true, Some(saved)) = (files.is_empty(), saved) {
            return Err(text::is_database().in_file(saved));
        }
        if files.is_empty() {
            return Err(SnapshotError::new(ErrorKind::WrongKind, "nothing to import").hint(answers::EXPECTED));
        }
        let total = files.iter().map(|file| file.bytes).sum();
        let database = Database::unnamed()?;
        let mut writer = Writer::new(&database)?;
        let (mut done, mut newest, mut modified) = (0, None::<String>, None::<String>);
        if let Some(saved) = saved {
            writer.take_over(saved).map_err(|error| error.in_file(saved))?;
            newest = writer.saved_id()?;
        }
        let mut planned = Vec::new();
        for file in &files {
            let mut tick = |place: &text::Place, writer: &Writer<'_>| {
                let Counts { principals, resources } = writer.counts;
                let bytes = done + place.raw();
                progress(Progress { file: &file.path, bytes, total, principals, resources });
            };
            let captured = match one(file, &mut writer, &mut tick) {
                Ok(Read::Facts(captured)) if saved.is_none() || file.place.is_some() => captured,
                Ok(Read::Facts(_)) => {
                    let path = file.known_as();
                    return Err(SnapshotError::new(ErrorKind::WrongKind, "is no plan and no template")
                        .in_file(path)
                        .hint("over a saved snapshot only those are laid; to merge files, name the files that it was made from"));
                }
                Ok(Read::Planned) => {
                    planned.push(file);
                    None
                }
                // In a folder lie other things as well; a file that was named has to be one of ours.
                Err(error) if error.kind == ErrorKind::WrongKind && !file.named => {
                    skipped(file, &error, &writer, &database)?;
                    None
                }
                Err(error) => return Err(error.in_file(file.known_as())),
            };
            newest = newest.max(captured);
            modified = modified.max(file.modified.clone());
            done += file.bytes;
            let Counts { principals, resources } = writer.counts;
            progress(Progress { file: &file.path, bytes: done, total, principals, resources });
        }
        let mut exports = planned::Exports::default();
        for file in planned.iter().filter(|_| planned.len() > 1) {
            let own = file.place.as_ref();
            planned::add_exports(&file.path, own, self.place.as_ref(), &writer, &mut exports);
        }
        let mut parts = Vec::new();
        for file in planned {
            let given = planned::Given {
                place: self.place.as_ref(),
                side: self.side,
                source: self.terraform.as_deref(),
                exports: &exports,
            };
            match self::planned(file, given, &mut writer) {
                Err(error) if error.kind == ErrorKind::WrongKind && !file.named => {
                    skipped(file, &error, &writer, &database)?;
                }
                other => parts.push(other.map_err(|error| error.in_file(file.known_as()))?),
            }
        }
        for parts in parts {
            parts.write(&mut writer)?;
        }
        // The time of the data is the newest that the data carries; files without any are as old as they are.
        let id = newest.or(modified).unwrap_or_else(|| "unknown".to_owned());
        writer.finish(&[("id", &id), ("program", concat!("clavicle ", env!("CARGO_PKG_VERSION")))])?;
        let warnings = database.warnings()?;
        Ok(Imported { database, warnings })
    }
}

/// Is this a saved snapshot?
fn is_snapshot(path: &Path) -> bool {
    let mut start = [0; 16];
    !path.is_dir()
        && std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok()
        && &start == b"SQLite format 3\0"
}

/// What was made of a file.
enum Read {
    /// Facts were taken from it. The newest time that they carry.
    Facts(Option<String>),
    /// It is a plan or template: its turn comes when everything else was read.
    Planned,
}

/// Reads a plan or template.
fn planned(
    file: &folder::File,
    given: planned::Given<'_>,
    writer: &mut Writer<'_>,
) -> Result<planned::Parts, SnapshotError> {
    let mut warnings = Warnings::default();
    let (kind, sha256, parts) =
        planned::read(&file.path, &file.shown, file.place.as_ref(), given, writer, &mut warnings)?;
    writer.source(&file.shown, kind, &sha256, file.bytes, file.modified.as_deref())?;
    warnings.write(writer.database())?;
    Ok(parts)
}

/// Reads one file.
fn one(file: &folder::File, writer: &mut Writer<'_>, tick: answers::Tick<'_>) -> Result<Read, SnapshotError> {
    let mut text = Text::open(&file.path)?;
    writer.folder = file.path.parent().map(Path::to_path_buf);
    let mut warnings = Warnings::default();
    let is_report = text.ahead(credential_report::HEAD.len()) == credential_report::HEAD.as_bytes();
    let (kind, newest, text) = if is_report {
        let mut report = String::new();
        text.read_to_string(&mut report).map_err(|error| match error.kind() {
            std::io::ErrorKind::InvalidData => SnapshotError::new(ErrorKind::Text, "is not UTF-8 text")
                .at(text.place.position())
                .hint("save it as UTF-8"),
            _ => SnapshotError::io("read the file", &error),
        })?;
        answers::report(&report, writer, |line, why| {
            warnings.add(Position { line, column: 1, offset: 0 }, "", why);
        })?;
        ("credential report".to_owned(), None, text)
    } else {
        let Some((outcome, text)) = answers::read(text, writer, &mut warnings, tick)? else {
            return Ok(Read::Planned);
        };
        let kinds: Vec<&str> = outcome.kinds.into_iter().collect();
        (kinds.join(", "), outcome.newest, text)
    };
    let sha256 = text.finish().map_err(|error| SnapshotError::io("read the file", &error))?;
    writer.source(&file.shown, &kind, &sha256, file.bytes, file.modified.as_deref())?;
    warnings.write(writer.database())?;
    Ok(Read::Facts(newest))
}

/// Keeps a file of another kind that lay in a folder as a source that gave nothing, with the reason as a warning.
fn skipped(
    file: &folder::File,
    error: &SnapshotError,
    writer: &Writer<'_>,
    database: &Database,
) -> Result<(), SnapshotError> {
    let mut warnings = Warnings::default();
    let start = Position { line: 1, column: 1, offset: 0 };
    let mut text = format!("not imported: it {}", error.problem);
    // What else could be imported is told where nothing is.
    if let Some(hint) = error.hint.as_deref().filter(|hint| *hint != answers::EXPECTED) {
        text.push_str(&format!(" ({hint})"));
    }
    warnings.add(error.position.unwrap_or(start), "", text);
    writer.source(&file.shown, "other", "", file.bytes, file.modified.as_deref())?;
    warnings.write(database)
}

/// Reads a snapshot, or imports files of AWS without saving: whatever the path is.
///
/// `progress` hears how much of how much was done, in bytes while importing and in rows while reading.
pub fn open_any(path: &Path, mut progress: impl FnMut(u64, u64)) -> Result<Snapshot, SnapshotError> {
    if is_snapshot(path) {
        return Snapshot::open(path, progress);
    }
    let imported = Import::new().source(path).run(|now| progress(now.bytes, now.total))?;
    Snapshot::read(&imported.database, progress)
}
