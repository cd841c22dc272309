//! Revisions of a git repository: which files lie in a folder of one, read by the `git` program.
//!
//! The repository is somebody's: names of revisions, files and settings in it are hostile text. Five commands of git are
//! run, none of which runs hooks, filters, textconv or a pager (`rev-parse`, `merge-base`, `ls-tree`, `cat-file` and
//! `hash-object` without their options for those). No name reaches git as an option, and nothing is fetched: what a partial clone lacks
//! is an error.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Failure;

/// Folders of what others wrote, and links to them, looked at neither in a commit nor in the folder.
const PASSED_OVER: [&str; 3] = [".git", ".terraform", "node_modules"];

/// No file of policies or templates has nearly as much.
const LARGEST: u64 = 20 << 20;
/// All files of one revision together.
const LARGEST_TREE: u64 = 512 << 20;
/// So many files of a folder are looked at.
const MOST_FILES: usize = 50_000;

/// What was typed: `main..HEAD`, `main...HEAD`, or one revision, which is compared with the files as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Revisions {
    /// From one to the other.
    Two(String, String),
    /// From where the two parted to the second.
    SinceParted(String, String),
    /// From one to the folder.
    ToFolder(String),
}

impl Revisions {
    /// Two revisions; `None`: this names no two. A path never does: its `..` stands beside a `/`.
    pub(crate) fn range(text: &str) -> Option<Self> {
        let (old, dots) = text.split_once("..")?;
        let (new, parted) = match dots.strip_prefix('.') {
            Some(new) => (new, true),
            None => (dots, false),
        };
        let is_name =
            |name: &str| !name.is_empty() && !name.starts_with(['/', '\\', '.']) && !name.ends_with('/');
        if !is_name(old) || !(new.is_empty() || is_name(new)) || new.contains("..") {
            return None;
        }
        // As git reads it.
        let new = if new.is_empty() { "HEAD" } else { new };
        let pair = (old.to_owned(), new.to_owned());
        Some(if parted { Self::SinceParted(pair.0, pair.1) } else { Self::Two(pair.0, pair.1) })
    }
}

/// A repository, and a folder in it.
#[derive(Debug)]
pub(crate) struct Repository {
    top: PathBuf,
    /// The folder from the top, with `/` between; empty for the top itself.
    folder: String,
}

/// A commit, by its whole id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Commit {
    /// As it was typed.
    pub(crate) name: String,
    id: String,
}

impl Commit {
    /// `main (1a2b3c4d5e6f)`
    pub(crate) fn shown(&self) -> String {
        let id = self.id.get(..12).unwrap_or(&self.id);
        if self.id.starts_with(&self.name) { id.to_owned() } else { format!("{} ({id})", self.name) }
    }
}

/// The files of a state, by path from the top of the repository, with `/` between.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// Links, submodules, and what has more than 20 MB, each with what tells it from another: the kind and the id of the
    /// object.
    pub(crate) left_out: BTreeMap<String, String>,
}

/// What a folder without files is called among what was left out: git knows no such folder, so it is where a submodule
/// was not checked out, or nothing.
const EMPTY: &str = "nothing";
const SUBMODULE: &str = "submodule";

impl Tree {
    /// What was read of the same state besides.
    pub(crate) fn add(&mut self, other: Self) {
        self.files.extend(other.files);
        self.left_out.extend(other.left_out);
    }

    /// The paths of what was not read.
    pub(crate) fn left_out(&self) -> impl Iterator<Item = &String> {
        self.left_out.iter().filter(|(_, what)| *what != EMPTY).map(|(path, _)| path)
    }

    /// Paths that were not read on a side and are not known to be the same on both.
    pub(crate) fn left_out_otherwise(&self, other: &Self) -> Vec<String> {
        let is_none = |side: Option<&String>| side.is_none_or(|what| what == EMPTY);
        let is_module = |side: Option<&String>| side.is_some_and(|what| what.starts_with(SUBMODULE));
        let mut paths: Vec<&String> = self.left_out.keys().chain(other.left_out.keys()).collect();
        paths.sort_unstable();
        paths.dedup();
        let differs = |path: &&String| {
            let (one, another) = (self.left_out.get(*path), other.left_out.get(*path));
            let is_read = self.files.contains_key(*path) || other.files.contains_key(*path);
            let not_checked_out =
                |one, other: Option<&String>| is_module(one) && other.is_some_and(|it| it == EMPTY);
            let is_same = one == another
                || is_none(one) && is_none(another)
                || not_checked_out(one, another)
                || not_checked_out(another, one);
            is_read || !is_same
        };
        paths.into_iter().filter(differs).cloned().collect()
    }
}

impl Repository {
    /// The repository that a folder lies in.
    pub(crate) fn of(folder: &Path) -> Result<Self, Failure> {
        if !folder.is_dir() {
            return Err(Failure::input("there is no such folder").in_file(folder));
        }
        let said = |what: &str| -> Result<String, Failure> {
            let bytes = git(folder, &["rev-parse", what])?;
            let text = String::from_utf8(bytes)
                .map_err(|_| Failure::input("the path of the repository is not UTF-8").in_file(folder))?;
            Ok(text.strip_suffix('\n').unwrap_or(&text).to_owned())
        };
        let top = said("--show-toplevel")?;
        let prefix = said("--show-prefix")?;
        Ok(Self { top: PathBuf::from(top), folder: prefix.trim_end_matches('/').to_owned() })
    }

    /// The folder from the top.
    pub(crate) fn folder(&self) -> &str {
        &self.folder
    }

    /// The commit that a name means.
    pub(crate) fn commit(&self, name: &str) -> Result<Commit, Failure> {
        let unknown = || {
            Failure::input(format!("`{name}` is no revision of this repository"))
                .in_file(&self.top)
                .help("in CI the whole history has to be there: `fetch-depth: 0`, or `git fetch origin main`")
        };
        // A hyphen would make it an option; a colon would name a file, and `^{` something that is no commit.
        let plain =
            |letter: char| !letter.is_control() && !letter.is_whitespace() && !":\\?*[".contains(letter);
        if name.is_empty() || name.starts_with('-') || !name.chars().all(plain) || name.contains("..") {
            return Err(Failure::usage(format!("`{name}` cannot be the name of a revision")));
        }
        let asked = format!("{name}^{{commit}}");
        let found = git(&self.top, &["rev-parse", "--verify", "--quiet", &asked]).map_err(|_| unknown())?;
        let id = String::from_utf8_lossy(&found).trim().to_owned();
        let is_id = matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_id { Ok(Commit { name: name.to_owned(), id }) } else { Err(unknown()) }
    }

    /// Where two commits parted.
    pub(crate) fn parting(&self, one: &Commit, other: &Commit) -> Result<Commit, Failure> {
        let found = git(&self.top, &["merge-base", &one.id, &other.id]).map_err(|_| {
            Failure::input(format!("{} and {} have no commit in common", one.shown(), other.shown()))
                .in_file(&self.top)
                .help("in CI the whole history has to be there: `fetch-depth: 0`")
        })?;
        self.commit(String::from_utf8_lossy(&found).trim())
    }

    /// The files of the folder in a commit that `wanted` asks for by path, and `clavicle.toml` of the folders above.
    pub(crate) fn tree(&self, commit: &Commit, wanted: impl Fn(&str) -> bool) -> Result<Tree, Failure> {
        let mut arguments = vec!["ls-tree", "-r", "-z", "--full-tree", "--long", &commit.id, "--"];
        let settings = self.settings_above();
        if !self.folder.is_empty() {
            arguments.extend(settings.iter().map(String::as_str));
            arguments.push(&self.folder);
        }
        let listed = git(&self.top, &arguments)?;
        let (mut tree, mut asked) = (Tree::default(), Vec::new());
        for entry in listed.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()) {
            let is_text = std::str::from_utf8(entry).is_ok();
            let entry = String::from_utf8_lossy(entry);
            let Some((about, path)) = entry.split_once('\t') else { continue };
            let mut about = about.split_ascii_whitespace();
            let (mode, id) = (about.next(), about.nth(1).unwrap_or_default());
            let size = about.next().and_then(|size| size.parse::<u64>().ok());
            let kind = match mode {
                Some("100644" | "100755") => FILE,
                Some("120000") => LINK,
                _ => SUBMODULE,
            };
            let may_hold_some = kind == SUBMODULE || kind == LINK && may_be_folder(path);
            if self.passes_over(path) || !is_settings(path) && !wanted(path) && !may_hold_some {
                continue;
            }
            match size.filter(|size| kind == FILE && is_text && *size <= LARGEST && is_inside(path)) {
                Some(size) => asked.push((path.to_owned(), id.to_owned(), size)),
                None => {
                    tree.left_out.insert(path.to_owned(), format!("{kind} {id}"));
                }
            }
        }
        enough(asked.len(), asked.iter().map(|(.., size)| size).sum(), &self.top)?;
        self.read(&asked, &mut tree)?;
        Ok(tree)
    }

    /// Reads objects as they are stored.
    fn read(&self, asked: &[(String, String, u64)], tree: &mut Tree) -> Result<(), Failure> {
        let failed = |error: &std::io::Error| Failure::io("read from git", &self.top, error);
        let mut child = command(&self.top)
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| not_started(&error))?;
        let (Some(mut to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Failure::input("git has no streams"));
        };
        let mut from = BufReader::new(from);
        let read = std::thread::scope(|scope| {
            // Beside the reading: of many objects, git's answers fill the pipe before it has read all names.
            scope.spawn(move || {
                for (_, id, _) in asked {
                    if to.write_all(format!("{id}\n").as_bytes()).is_err() {
                        break;
                    }
                }
            });
            asked.iter().try_for_each(|(path, id, _)| -> Result<(), Failure> {
                let mut head = String::new();
                from.read_line(&mut head).map_err(|error| failed(&error))?;
                let missing = || {
                    Failure::input(format!("`{path}` is not in this clone (object {id})"))
                        .in_file(&self.top)
                        .help("a partial clone has to be filled up first: `git fetch --refetch`")
                };
                let mut words = head.split_ascii_whitespace();
                let size = match (words.next(), words.next(), words.next()) {
                    (Some(_), Some("blob"), Some(size)) => size.parse::<u64>().ok(),
                    _ => None,
                };
                let size = size.filter(|size| *size <= LARGEST).ok_or_else(missing)?;
                let mut bytes = Vec::new();
                (&mut from).take(size).read_to_end(&mut bytes).map_err(|error| failed(&error))?;
                from.read_exact(&mut [0]).map_err(|error| failed(&error))?;
                tree.files.insert(path.clone(), bytes);
                Ok(())
            })
        });
        if read.is_err() {
            let _ = child.kill();
        }
        let _ = child.wait();
        read
    }

    /// The same of the folder as it is. Links are not followed.
    pub(crate) fn worktree(&self, wanted: impl Fn(&str) -> bool) -> Result<Tree, Failure> {
        let mut tree = Tree::default();
        let mut total = 0;
        let mut folders = vec![self.folder.clone()];
        let read = |path: &str, tree: &mut Tree, total: &mut u64| -> Result<(), Failure> {
            let file = self.top.join(path);
            let failed = |error: std::io::Error| Failure::io("read the file", &file, &error);
            let about = std::fs::symlink_metadata(&file).map_err(failed)?;
            if !about.is_file() || about.len() > LARGEST {
                tree.left_out.insert(path.to_owned(), self.object(&file, &about)?);
                return Ok(());
            }
            *total += about.len();
            enough(tree.files.len() + 1, *total, &self.top)?;
            tree.files.insert(path.to_owned(), std::fs::read(&file).map_err(failed)?);
            Ok(())
        };
        if !self.folder.is_empty() {
            for path in self.settings_above() {
                if self.top.join(&path).is_file() {
                    read(&path, &mut tree, &mut total)?;
                }
            }
        }
        while let Some(folder) = folders.pop() {
            let at = self.top.join(&folder);
            let failed = |error: std::io::Error| Failure::io("read the folder", &at, &error);
            let mut is_empty = true;
            for entry in std::fs::read_dir(&at).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                is_empty = false;
                let name = entry.file_name().to_string_lossy().into_owned();
                let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
                if self.passes_over(&path) {
                    continue;
                }
                let kind = entry.file_type().map_err(failed)?;
                let may_hold_some = kind.is_symlink() && may_be_folder(&path);
                if entry.file_name().to_str().is_none() {
                    if wanted(&path) || kind.is_dir() || may_hold_some {
                        let about = entry.metadata().map_err(failed)?;
                        tree.left_out.insert(path, self.object(&entry.path(), &about)?);
                    }
                } else if kind.is_dir() && entry.path().join(".git").exists() {
                    let head = git(&entry.path(), &["rev-parse", "--verify", "--quiet", "HEAD"]);
                    let head = head.map(|id| String::from_utf8_lossy(&id).trim().to_owned());
                    tree.left_out.insert(path, format!("{SUBMODULE} {}", head.unwrap_or_default()));
                } else if kind.is_dir() {
                    folders.push(path);
                } else if is_settings(&path) || wanted(&path) || may_hold_some {
                    read(&path, &mut tree, &mut total)?;
                }
            }
            if is_empty && folder != self.folder {
                tree.left_out.insert(folder, EMPTY.to_owned());
            }
        }
        Ok(tree)
    }

    /// What something that is not read is told by: as git would store it, so that it can be compared with a revision.
    fn object(&self, file: &Path, about: &std::fs::Metadata) -> Result<String, Failure> {
        let hashed = |arguments: &[&OsStr], from: Stdio, fed: &[u8]| -> Result<String, Failure> {
            let mut asked = command(&self.top);
            asked.args(["hash-object", "--no-filters"]).args(arguments);
            let mut child = asked
                .stdin(from)
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .map_err(|error| not_started(&error))?;
            // A target of a link is shorter than a pipe.
            let written = child.stdin.take().map_or(Ok(()), |mut to| to.write_all(fed));
            let failed = |error: std::io::Error| Failure::io("have git read it", file, &error);
            let output = child.wait_with_output().map_err(failed)?;
            written.map_err(failed)?;
            Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        };
        Ok(if about.is_symlink() {
            let target =
                std::fs::read_link(file).map_err(|error| Failure::io("read the link", file, &error))?;
            let id = hashed(&[OsStr::new("--stdin")], Stdio::piped(), target.as_os_str().as_encoded_bytes())?;
            format!("{LINK} {id}")
        } else if about.is_file() {
            let id = hashed(&[OsStr::new("--"), file.as_os_str()], Stdio::null(), &[])?;
            format!("{FILE} {id}")
        } else {
            "something else".to_owned()
        })
    }

    /// Is it what others wrote, in the folder? A folder that was named is looked at, wherever it lies.
    fn passes_over(&self, path: &str) -> bool {
        let below = match self.folder.as_str() {
            "" => Some(path),
            folder => path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')),
        };
        below.is_some_and(|below| below.split('/').any(|part| PASSED_OVER.contains(&part)))
    }

    /// Where `clavicle.toml` may lie above the folder.
    fn settings_above(&self) -> Vec<String> {
        let folder = Path::new(&self.folder);
        let above = folder.ancestors().skip(1).map(|above| above.join(SETTINGS));
        above.map(|path| path.to_string_lossy().replace('\\', "/")).collect()
    }
}

const FILE: &str = "file";
const LINK: &str = "link";

/// May a link of this name lead to a folder? Its last part has no ending.
fn may_be_folder(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    !name.trim_start_matches('.').contains('.')
}

/// The name of the settings.
const SETTINGS: &str = "clavicle.toml";

pub(crate) fn is_settings(path: &str) -> bool {
    path.rsplit('/').next() == Some(SETTINGS)
}

/// Can it be written below a folder and stay there?
fn is_inside(path: &str) -> bool {
    let mut parts = Path::new(path).components();
    !path.is_empty() && parts.all(|part| matches!(part, Component::Normal(_))) && !path.contains('\\')
}

fn enough(files: usize, bytes: u64, top: &Path) -> Result<(), Failure> {
    if files <= MOST_FILES && bytes <= LARGEST_TREE {
        return Ok(());
    }
    Err(Failure::input("there are more than 50,000 files, or more than 512 MB, in this folder")
        .in_file(top)
        .help("name the folder of the policies with `--src`"))
}

/// What git prints.
fn git(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, Failure> {
    let output = command(folder).args(arguments).output().map_err(|error| not_started(&error))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let first = said.lines().next().unwrap_or("it says nothing").to_owned();
    Err(Failure::input(format!("git: {first}")).in_file(folder))
}

/// git with nothing in its surroundings that would have it start other programs or go to other machines.
fn command(folder: &Path) -> Command {
    let mut command = Command::new(OsStr::new("git"));
    command
        .args(["--no-pager", "--no-replace-objects", "--literal-pathspecs"])
        .args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0");
    // Hooks set these, and they would name another repository than the folder's.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_EXTERNAL_DIFF"] {
        command.env_remove(name);
    }
    command
}

fn not_started(error: &std::io::Error) -> Failure {
    Failure::input(format!("cannot run git: {error}"))
        .help("revisions are read by the `git` program; without it, name two folders or files")
}

#[cfg(test)]
mod tests {
    use super::{Revisions, is_inside};

    #[test]
    fn two_revisions_are_told_from_paths() {
        let two = |old: &str, new: &str| Some(Revisions::Two(old.to_owned(), new.to_owned()));
        for (text, wanted) in [
            ("main..HEAD", two("main", "HEAD")),
            ("main..", two("main", "HEAD")),
            ("v1.0..v1.1", two("v1.0", "v1.1")),
            ("HEAD~2..feature/x", two("HEAD~2", "feature/x")),
            ("main...HEAD", Some(Revisions::SinceParted("main".to_owned(), "HEAD".to_owned()))),
            ("../old.json", None),
            ("a/../b", None),
            ("..", None),
            ("...", None),
            ("main", None),
            ("a....b", None),
            ("a..b..c", None),
        ] {
            assert_eq!(Revisions::range(text), wanted, "{text}");
        }
    }

    #[test]
    fn no_path_leaves_its_folder() {
        for path in ["a", "a/b.json", "a..b/c"] {
            assert!(is_inside(path), "{path}");
        }
        for path in ["", "/a", "../a", "a/../../b", "a\\b"] {
            assert!(!is_inside(path), "{path}");
        }
    }
}
