//! `init`: the settings of a repository, and what a build runs on every change.
//!
//! All files are written or none, and none that is there is written over unless that is asked for.

use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::ink::Tone;
use crate::terminal;
use crate::typed::{Accounts, Ci, Init};

/// A file to write.
struct Planned {
    /// From the top of the repository.
    path: &'static str,
    text: String,
    /// What to do if it is there.
    there: There,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum There {
    /// It is what was asked for: an error, or written over with `--force`.
    Refuse,
    /// It is somebody's own, and stays.
    Keep,
}

/// Writes them.
pub(crate) fn run(typed: &Init, accounts: &Accounts) -> Result<Exit, Failure> {
    let top = top()?;
    let source = source(&top, accounts.terraform.as_deref())?;
    let files = files(typed.ci, &source);
    if typed.print {
        let shown: Vec<String> = files.iter().map(|file| format!("# {}\n{}", file.path, file.text)).collect();
        terminal::print(&shown.join("\n"))?;
        return Ok(Exit::Yes);
    }
    let mut said = terminal::side_page();
    let mut wanted = Vec::new();
    for file in files {
        let path = top.join(file.path);
        let there = path.symlink_metadata().is_ok();
        match file.there {
            There::Refuse if there && !typed.force => {
                return Err(Failure::input("there is such a file, and it stays as it is")
                    .in_file(&path)
                    .help("`--print` prints what would be written, to be put into it by hand")
                    .help("`--force` writes over it"));
            }
            There::Keep if there => {
                if file.path == GITLAB_MAIN && !includes(&path) {
                    let text = format!("{} is kept; add this to it:\n{}", file.path, file.text);
                    text.lines().for_each(|line| said.words(0, Tone::Plain, line));
                }
            }
            _ => wanted.push((path, file)),
        }
    }
    write(&top, &wanted, typed.force)?;
    for (_, file) in &wanted {
        said.words(0, Tone::Plain, &format!("wrote {}", file.path));
    }
    terminal::say(said);
    Ok(Exit::Yes)
}

const GITLAB_MAIN: &str = ".gitlab-ci.yml";

fn files(ci: Option<Ci>, source: &str) -> Vec<Planned> {
    let filled = |text: &str| {
        let prefix = if source == "." { String::new() } else { format!("^{}/", source.replace('.', "\\.")) };
        text.replace("@SRC@", source)
            .replace("@FILES@", &prefix)
            .replace("@REPOSITORY@", env!("CARGO_PKG_REPOSITORY"))
    };
    let file = |path, text: &str, there| Planned { path, text: filled(text), there };
    let settings = |there| file("clavicle.toml", include_str!("../../templates/clavicle.toml"), there);
    match ci {
        None => vec![settings(There::Refuse)],
        Some(Ci::Github) => vec![
            file(".github/workflows/clavicle.yml", include_str!("../../templates/github.yml"), There::Refuse),
            settings(There::Keep),
        ],
        Some(Ci::Gitlab) => vec![
            file(".gitlab/clavicle.yml", include_str!("../../templates/gitlab.yml"), There::Refuse),
            file(GITLAB_MAIN, include_str!("../../templates/gitlab-ci.yml"), There::Keep),
            settings(There::Keep),
        ],
        Some(Ci::PreCommit) => vec![
            file(".pre-commit-config.yaml", include_str!("../../templates/pre-commit.yml"), There::Refuse),
            settings(There::Keep),
        ],
    }
}

fn includes(path: &Path) -> bool {
    std::fs::read_to_string(path).is_ok_and(|text| text.contains(".gitlab/clavicle.yml"))
}

/// The top of the repository that this folder lies in.
fn top() -> Result<PathBuf, Failure> {
    let here =
        std::env::current_dir().map_err(|error| Failure::io("find the folder", Path::new("."), &error))?;
    let top = here.ancestors().find(|folder| folder.join(".git").exists());
    top.map(Path::to_path_buf).ok_or_else(|| {
        Failure::input("this folder lies in no git repository")
            .in_file(&here)
            .help("make one first: `git init`")
    })
}

/// The folder of policies from the top, as templates name it.
fn source(top: &Path, typed: Option<&Path>) -> Result<String, Failure> {
    let folder = typed.unwrap_or(Path::new("."));
    let failed = |error: std::io::Error| Failure::io("find the folder", folder, &error);
    let (whole, top) = (folder.canonicalize().map_err(failed)?, top.canonicalize().map_err(failed)?);
    let below = whole.strip_prefix(&top).ok().filter(|_| whole.is_dir()).and_then(Path::to_str);
    let Some(below) = below else {
        return Err(Failure::usage("this is no folder of the repository").in_file(folder));
    };
    let below = below.replace('\\', "/");
    // It stands in a shell's quotes, in YAML and in a pattern.
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "._-/".contains(letter);
    if below.starts_with('-') || !below.chars().all(plain) {
        return Err(Failure::usage("a name with such letters cannot stand in a template")
            .in_file(folder)
            .help("name a folder of letters, digits, `.`, `_` and `-`"));
    }
    Ok(if below.is_empty() { ".".to_owned() } else { below })
}

/// All of them, or none.
fn write(top: &Path, files: &[(PathBuf, Planned)], force: bool) -> Result<(), Failure> {
    let mut ready: Vec<(NamedTempFile, &Path)> = Vec::new();
    for (path, file) in files {
        let failed = |error: std::io::Error| Failure::io("write the file", path, &error);
        let folder = folder_of(top, path)?;
        let mut beside = tempfile::Builder::new();
        beside.prefix(".clavicle-").suffix(".part");
        // Readable as the user's other files are: the umask applies to this.
        #[cfg(unix)]
        beside.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let beside = beside.tempfile_in(folder).map_err(failed)?;
        std::fs::write(beside.path(), &file.text).map_err(failed)?;
        ready.push((beside, path));
    }
    let mut written: Vec<&Path> = Vec::new();
    for (beside, path) in ready {
        let kept = if force { beside.persist(path) } else { beside.persist_noclobber(path) };
        match kept {
            Ok(_) => written.push(path),
            Err(error) => {
                // What was there before could not be given back.
                if !force {
                    for path in written {
                        let _ = std::fs::remove_file(path);
                    }
                }
                return Err(Failure::io("write the file", path, &error.error));
            }
        }
    }
    Ok(())
}

/// The folder of a file, made if need be. A link on the way would lead elsewhere.
fn folder_of<'p>(top: &Path, path: &'p Path) -> Result<&'p Path, Failure> {
    let folder = path.parent().unwrap_or(path);
    let below = folder.ancestors().take_while(|above| *above != top);
    for above in below {
        if above.symlink_metadata().is_ok_and(|about| about.is_symlink()) {
            return Err(Failure::input("this is a link, which leads elsewhere").in_file(above));
        }
    }
    std::fs::create_dir_all(folder).map_err(|error| Failure::io("make the folder", folder, &error))?;
    Ok(folder)
}
