//! The programs that cargo makes of the tests, run several at a time.
//!
//! Cargo itself runs them one after the other; those that wait for servers and for other programs, as the tests of the
//! commands and of collecting do, would keep the rest waiting with them.

use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use anyhow::{Context as _, bail};
use cargo_metadata::Message;

use crate::command::{cargo, command, keep};

/// How many run side by side. Two of them are mostly waiting.
const AT_ONCE: usize = 3;

/// Those that take longest begin first.
const SLOWEST: [&str; 2] = ["cli", "collect"];

/// A program of tests.
pub(crate) struct Program {
    /// The program of a folder under `tests`, or the crate's name for its unit tests.
    name: String,
    path: PathBuf,
    /// The folder of its package, where cargo would run it.
    folder: PathBuf,
}

/// Builds the tests of the workspace: their programs, the slowest first. What clippy has to say ends it.
pub(crate) fn build(root: &Path) -> anyhow::Result<Vec<Program>> {
    let arguments = [
        "test",
        "--workspace",
        "--all-targets",
        "--locked",
        "--no-run",
        "--quiet",
        "--message-format=json-render-diagnostics",
    ];
    println!("$ cargo {}", arguments.join(" "));
    let mut build = linted(&arguments, root);
    let mut child = build.stdout(Stdio::piped()).spawn().context("cannot start cargo")?;
    let mut programs = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        for message in Message::parse_stream(BufReader::new(stdout)) {
            programs.extend(program(message.context("reading what cargo says of the tests")?));
        }
    }
    if !child.wait().context("waiting for cargo")?.success() {
        bail!("the tests did not build");
    }
    programs.sort_by_key(|program| {
        SLOWEST.iter().position(|name| *name == program.name).unwrap_or(SLOWEST.len())
    });
    Ok(programs)
}

/// What runs the examples of the documentation. With `--doc` alone cargo would build everything below them once more, for
/// another kind of linking: so it runs them among all tests, by what only their names have.
pub(crate) fn examples(root: &Path) -> Command {
    linted(&["test", "--workspace", "--locked", "--no-fail-fast", "--", " (line "], root)
}

/// Cargo, with clippy as the compiler of the workspace: it does what the compiler does, and lints on the way. Linting
/// apart reads everything once more, which takes a third as long as to build it.
fn linted(arguments: &[&str], root: &Path) -> Command {
    let mut cargo = command(&cargo(), arguments, root);
    cargo.env("RUSTC_WORKSPACE_WRAPPER", clippy());
    // As `cargo clippy -- -D warnings` hands it on.
    cargo.env("CLIPPY_ARGS", "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__");
    cargo
}

/// Clippy stands beside cargo, or is on the path.
fn clippy() -> PathBuf {
    let beside = Path::new(&cargo()).with_file_name("clippy-driver");
    if beside.is_file() { beside } else { "clippy-driver".into() }
}

fn program(message: Message) -> Option<Program> {
    let Message::CompilerArtifact(artifact) = message else { return None };
    // Benches are built, and linted, and not run.
    let tests = artifact.profile.test && !artifact.target.is_bench();
    let path = artifact.executable.filter(|_| tests)?;
    Some(Program {
        name: artifact.target.name,
        path: path.into_std_path_buf(),
        folder: artifact.manifest_path.parent()?.to_path_buf().into_std_path_buf(),
    })
}

/// Runs them all, each with this in its environment: what they printed, and whether all of them ended well. What one
/// prints is told when it has ended, so that it stands together.
pub(crate) fn run(programs: &[Program], environment: &[(&str, &Path)]) -> anyhow::Result<(bool, String)> {
    let waiting = Mutex::new(programs.iter());
    let ended = Mutex::new((true, String::new()));
    let work = || -> anyhow::Result<()> {
        loop {
            let next = waiting.lock().map_err(|_| anyhow::anyhow!("a runner of tests broke off"))?.next();
            let Some(program) = next else { return Ok(()) };
            let mut tests = command(&program.path.to_string_lossy(), &[] as &[&str], &program.folder);
            tests.env("CARGO_MANIFEST_DIR", &program.folder);
            tests.envs(environment.iter().copied());
            let (well, printed) = keep(tests)?;
            let mut ended = ended.lock().map_err(|_| anyhow::anyhow!("a runner of tests broke off"))?;
            println!("{}: {}\n{printed}", program.folder.display(), program.name);
            ended.0 &= well;
            ended.1.push_str(&printed);
        }
    };
    std::thread::scope(|scope| {
        let runners: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        runners.into_iter().try_for_each(|runner| {
            runner.join().map_err(|_| anyhow::anyhow!("a runner of tests broke off"))?
        })
    })?;
    ended.into_inner().map_err(|_| anyhow::anyhow!("a runner of tests broke off"))
}
