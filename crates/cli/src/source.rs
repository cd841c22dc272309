//! Which accounts are asked about: what `-s` named, else the snapshot that was saved last.

use std::path::{Path, PathBuf};

use clavicle_answer::{KnownAccounts, Reader, Settings};
use clavicle_graph::{Stated, World};
use clavicle_snapshot::{Import, Imported, Place, Side, Snapshot, Warning, open_any};

use crate::data_folder::{DataFolder, Saved};
use crate::demo;
use crate::failure::Failure;
use crate::piped;
use crate::progress::Report;
use crate::settings_file;
use crate::text_file;
use crate::typed::Accounts;

/// Where the facts come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// The organization inside of the program.
    Demo,
    /// A snapshot in the data folder: the one that was saved last, unless it was named.
    Saved(PathBuf),
    /// A snapshot, or files of AWS.
    File(PathBuf),
    /// Files of AWS that make one snapshot together.
    Merged(Vec<Part>),
}

/// One of several sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// The organization inside of the program.
    Demo,
    /// A file or folder.
    File(PathBuf),
}

/// How plans and templates among the sources are read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Planned {
    /// The account and region of those that name none.
    pub(crate) place: Option<Place>,
    /// What is there before them, or afterwards.
    pub(crate) side: Side,
    /// The folder with Terraform's own files.
    pub(crate) terraform: Option<PathBuf>,
}

impl Planned {
    /// What was typed of it.
    pub(crate) fn of(accounts: &Accounts) -> Self {
        Self { place: accounts.planned_in.clone(), side: Side::After, terraform: accounts.terraform.clone() }
    }
}

/// The facts, and what goes with them.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The facts.
    pub(crate) snapshot: Snapshot,
    /// What people know beside them.
    pub(crate) settings: Settings,
    /// What was not understood just now. What a saved snapshot did not understand was told when it was saved.
    pub(crate) warnings: Vec<Warning>,
}

impl Source {
    /// What was typed after `-s`, each time; nothing: the snapshot that was saved last.
    pub(crate) fn from_typed(typed: &[PathBuf]) -> Result<Self, Failure> {
        match typed {
            [] => match Self::newest()? {
                Some(newest) => Ok(newest),
                None => Err(nothing_saved(&DataFolder::find()?)),
            },
            [only] if is_demo(only) => Ok(Self::Demo),
            [only] if !only.exists() => {
                let folder = DataFolder::find()?;
                match folder.named(&only.to_string_lossy())? {
                    Some(Saved { path, .. }) => Ok(Self::Saved(path)),
                    None => Err(no_such_source(only, &folder)?),
                }
            }
            [only] => Ok(Self::File(only.clone())),
            several => {
                let part = |typed: &PathBuf| match Part::from_typed(typed) {
                    Part::File(path) if !path.exists() => {
                        let folder = DataFolder::find()?;
                        match folder.named(&path.to_string_lossy())? {
                            Some(saved) => Ok(Part::File(saved.path)),
                            None => Err(no_such_source(&path, &folder)?),
                        }
                    }
                    part => Ok(part),
                };
                Ok(Self::Merged(several.iter().map(part).collect::<Result<_, Failure>>()?))
            }
        }
    }

    /// The snapshot that was saved last, if one is.
    pub(crate) fn newest() -> Result<Option<Self>, Failure> {
        let newest = DataFolder::find()?.snapshots()?.into_iter().next();
        Ok(newest.map(|newest| Self::Saved(newest.path)))
    }

    /// Reads the facts.
    pub(crate) fn load(&self, planned: &Planned, progress: &impl Report) -> Result<Loaded, Failure> {
        let reading = |done, total| progress.report("reading", done, total);
        match self {
            Self::Demo => {
                let folder = demo::unpack()?;
                let snapshot = open_any(folder.path(), reading)?;
                let settings =
                    settings_file::parse(&demo::settings(), "demo/clavicle.toml")?.as_of(&snapshot.id);
                Ok(Loaded { snapshot, settings: Settings { demo: true, ..settings }, warnings: Vec::new() })
            }
            Self::Saved(path) => {
                let snapshot = Snapshot::open(path, reading)?;
                Ok(Loaded { snapshot, settings: settings_today(&[])?, warnings: Vec::new() })
            }
            Self::File(path) => {
                let settings = settings_today(std::slice::from_ref(path))?;
                if is_database(path) {
                    let snapshot = Snapshot::open(path, reading)?;
                    return Ok(Loaded { snapshot, settings, warnings: Vec::new() });
                }
                let imported = import(&[Part::File(path.clone())], planned, progress)?;
                let snapshot = Snapshot::read(&imported.database, reading)?;
                Ok(Loaded { snapshot, settings, warnings: imported.warnings })
            }
            Self::Merged(parts) => {
                let settings = settings_today(&files(parts))?;
                let imported = import(parts, planned, progress)?;
                let snapshot = Snapshot::read(&imported.database, reading)?;
                Ok(Loaded { snapshot, settings, warnings: imported.warnings })
            }
        }
    }

    /// How to name it again: what to type after each `-s`.
    pub(crate) fn spelled(&self) -> Vec<String> {
        match self {
            Self::Demo => vec![demo::NAME.to_owned()],
            Self::Saved(path) | Self::File(path) => vec![absolute(path)],
            Self::Merged(parts) => parts
                .iter()
                .map(|part| match part {
                    Part::Demo => demo::NAME.to_owned(),
                    Part::File(path) => absolute(path),
                })
                .collect(),
        }
    }
}

/// The path from anywhere.
pub(crate) fn absolute(path: &Path) -> String {
    if piped::is_kept(path) {
        return piped::as_typed(path).to_string_lossy().into_owned();
    }
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()).to_string_lossy().into_owned()
}

impl Part {
    /// What was typed for it.
    pub(crate) fn from_typed(typed: &Path) -> Self {
        if is_demo(typed) { Self::Demo } else { Self::File(typed.to_path_buf()) }
    }
}

/// Reads files of AWS into one snapshot, which is not saved yet.
pub(crate) fn import(parts: &[Part], planned: &Planned, progress: &impl Report) -> Result<Imported, Failure> {
    let mut import = Import::new()
        .planned_in(planned.place.clone())
        .side(planned.side)
        .terraform(planned.terraform.clone());
    // The folder has to be there until it was read.
    let mut unpacked = Vec::new();
    for part in parts {
        import = match part {
            Part::File(path) if piped::is_kept(path) => {
                import.source_named(path, piped::as_typed(path).to_string_lossy())
            }
            Part::File(path) => import.source(path),
            Part::Demo => {
                let folder = demo::unpack()?;
                let path = folder.path().to_path_buf();
                unpacked.push(folder);
                import.source(path)
            }
        };
    }
    Ok(import.run(|now| {
        progress.report("reading files", now.bytes, now.total);
        progress.count(now.principals, now.resources);
    })?)
}

/// Compiles the facts, so that they can be asked.
pub(crate) fn reader(loaded: Loaded, stated: Stated, progress: &impl Report) -> Reader {
    let Loaded { snapshot, settings, .. } = loaded;
    progress.read(&snapshot);
    let world = World::new(snapshot, clavicle_catalog::catalog(), stated, |done, total| {
        progress.report("compiling policies", done, total);
    });
    Reader::new(world, settings)
}

/// Reads the list of `--known`, by which accounts are named.
pub(crate) fn name_accounts(loaded: &mut Loaded, known: Option<&Path>) -> Result<(), Failure> {
    let Some(file) = known else { return Ok(()) };
    let text = text_file::read("read the list of accounts", file)?;
    loaded.settings.listed = KnownAccounts::parse(&text).map_err(|error| {
        let place = error
            .line
            .map_or_else(|| file.display().to_string(), |line| format!("{}:{line}", file.display()));
        Failure::input(error.problem).at(place).help(
            "write `- name: 'Vendor'`, `source: ['https://…']` and `accounts: ['111122223333']` for each",
        )
    })?;
    Ok(())
}

/// What the person says of the accounts that no file says.
pub(crate) fn stated(accounts: &Accounts) -> Stated {
    Stated { standalone: accounts.standalone }
}

/// `./demo` is a file of that name.
pub(crate) fn is_demo(path: &Path) -> bool {
    path.as_os_str() == demo::NAME
}

/// What was known until yesterday is known no more.
fn settings_today(sources: &[PathBuf]) -> Result<Settings, Failure> {
    let today = jiff::Timestamp::now().to_string();
    Ok(settings_file::for_sources(sources)?.as_of(&today))
}

fn files(parts: &[Part]) -> Vec<PathBuf> {
    let file = |part: &Part| match part {
        Part::Demo => None,
        Part::File(path) => Some(path.clone()),
    };
    parts.iter().filter_map(file).collect()
}

/// Is this a saved snapshot, and not files of AWS?
pub(crate) fn is_database(path: &Path) -> bool {
    use std::io::Read as _;
    let mut start = [0; 6];
    std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && &start == b"SQLite"
}

fn nothing_saved(folder: &DataFolder) -> Failure {
    Failure::input(format!("there is no snapshot in {}", folder.path().display()))
        .help("try the demo organization: `clavicle demo`, or any question with `-s demo`")
        .help("read your own account: `clavicle collect`, or `clavicle import` with files of the AWS CLI")
}

fn no_such_source(typed: &Path, folder: &DataFolder) -> Result<Failure, Failure> {
    let names = folder.snapshots()?.into_iter().map(|saved| saved.name).take(5).collect::<Vec<_>>();
    let failure = Failure::input(format!("`{}` is no file, and no saved snapshot", typed.display()));
    Ok(if names.is_empty() {
        failure.help("`-s demo` is the demo organization; `clavicle import FILE…` saves a snapshot")
    } else {
        failure.help(format!("saved snapshots: {}", names.join(", ")))
    })
}
