//! Every check and test, with one line at the end that counts them.

use std::path::{Path, PathBuf};

use anyhow::bail;

use crate::command::{cargo, command, exists, keep, root, run, target};
use crate::programs::{self, Program};
use crate::ui;

/// How many tests a step ran, and how they ended.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// What the tests need beside what cargo builds.
struct Tools {
    /// A Python that has moto.
    moto: PathBuf,
    /// Where the browser is, if its tests are to run.
    chromium: Option<PathBuf>,
}

/// `cargo xtask test [--rust]`.
pub(crate) fn run_all(with_browser: bool) -> anyhow::Result<()> {
    let root = root();
    if with_browser {
        ui::build()?;
    }
    // Installing waits for the network, and the compiler for nothing.
    let tools = std::thread::spawn({
        let root = root.clone();
        move || tools(&root, with_browser)
    });
    run(command(&cargo(), &["fmt", "--all", "--check"], &root))?;
    // With the tests, the program that the browser is driven against: a build of it alone would have other features.
    let programs = programs::build(&root)?;
    let Tools { moto, chromium } =
        tools.join().map_err(|_| anyhow::anyhow!("what the tests need could not be installed"))??;
    // Many tests wait for a server or a browser more than they work: both kinds go on side by side.
    let web = chromium.map(|chromium| {
        let root = root.clone();
        std::thread::spawn(move || web_tests(&root, chromium))
    });
    let rust = rust_tests(&root, &programs, &moto);
    // Waited for before anything that went wrong ends this: what they started would outlive it, and what they found be lost.
    let web = web.map(|web| match web.join() {
        Ok(told) => told.inspect(|(_, printed)| println!("{printed}")),
        Err(_) => Err(anyhow::anyhow!("the tests of the web app broke off")),
    });
    let tally = both(rust, web)?;
    println!();
    println!("{} passed, {} failed", tally.passed, tally.failed);
    if tally.failed > 0 || tally.passed == 0 {
        bail!("some tests failed");
    }
    Ok(())
}

/// The tests of both kinds; what keeps either from running is told, of both where it is both.
fn both(rust: anyhow::Result<Tally>, web: Option<anyhow::Result<(Tally, String)>>) -> anyhow::Result<Tally> {
    let web = web.map_or_else(|| Ok(Tally::default()), |web| web.map(|(told, _)| told));
    match (rust, web) {
        (Ok(mut tally), Ok(web)) => {
            tally.add(&web);
            Ok(tally)
        }
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
        (Err(rust), Err(web)) => bail!("{rust:#}; {web:#}"),
    }
}

/// `cargo xtask test [--rust]`.
pub(crate) fn run_with(arguments: &[String]) -> anyhow::Result<()> {
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => run_all(true),
        ["--rust"] => run_all(false),
        _ => bail!("usage: cargo xtask test [--rust]"),
    }
}

/// Installs what is not there yet.
fn tools(root: &Path, with_browser: bool) -> anyhow::Result<Tools> {
    javascript(root)?;
    Ok(Tools { moto: moto(root)?, chromium: if with_browser { Some(chromium()?) } else { None } })
}

fn rust_tests(root: &Path, programs: &[Program], moto: &Path) -> anyhow::Result<Tally> {
    let examples = std::thread::spawn({
        let root = root.to_path_buf();
        move || keep(programs::examples(&root))
    });
    let (ended_well, mut printed) = programs::run(programs, &[("CLAVICLE_MOTO", moto)])?;
    let (read_well, of_examples) =
        examples.join().map_err(|_| anyhow::anyhow!("the examples of the documentation broke off"))??;
    println!("{of_examples}");
    let examples = cargo_tally(&of_examples);
    if examples.passed + examples.failed == 0 {
        bail!("no example of the documentation was run");
    }
    printed.push_str(&of_examples);
    let tally = cargo_tally(&printed);
    if !(ended_well && read_well) && tally.failed == 0 {
        bail!("some Rust tests did not build or did not run");
    }
    Ok(tally)
}

/// The Python that has moto, the stand-in for AWS that `collect` is tested against; installed where there is none.
fn moto(root: &Path) -> anyhow::Result<PathBuf> {
    if let Some(python) = std::env::var_os("CLAVICLE_MOTO") {
        return Ok(python.into());
    }
    let pinned = root.join("crates/testkit/moto/requirements.txt");
    let wanted = std::fs::read_to_string(&pinned)?;
    let place = target().join("moto");
    let (python, installed) = (place.join("bin/python"), place.join("installed.txt"));
    if std::fs::read_to_string(&installed).is_ok_and(|known| known == wanted) {
        return Ok(python);
    }
    let (place, pinned) = (place.to_string_lossy(), pinned.to_string_lossy());
    run(command("python3", &["-m", "venv", &*place], root))?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", &*pinned];
    run(command(&python.to_string_lossy(), &install, root))?;
    std::fs::write(installed, wanted)?;
    Ok(python)
}

/// The packages that tests of `capture` record, beside what cargo builds; without npm there are none.
fn javascript(root: &Path) -> anyhow::Result<()> {
    if !exists("npm") {
        return Ok(());
    }
    let place = target().join("javascript");
    std::fs::create_dir_all(&place)?;
    for name in ["package.json", "package-lock.json", ".npmrc"] {
        let from = root.join("crates/testkit/javascript").join(name);
        let wanted = std::fs::read(&from)?;
        // What is as it was keeps its time, by which the installed packages are known to be those.
        if std::fs::read(place.join(name)).is_ok_and(|known| known == wanted) {
            continue;
        }
        std::fs::write(place.join(name), wanted)?;
    }
    ui::install(&place)
}

/// `cargo xtask rust-sdk-test`: the AWS SDK for Rust, recorded. Apart from the others, since it takes longer to build than they do.
pub(crate) fn rust_sdk() -> anyhow::Result<()> {
    let root = root();
    let place = target().join("rust-sdk");
    let manifest = root.join("crates/testkit/rust/Cargo.toml");
    let (place, manifest) = (place.to_string_lossy(), manifest.to_string_lossy());
    let build = ["build", "--locked", "--manifest-path", &*manifest, "--target-dir", &*place];
    run(command(&cargo(), &build, &root))?;
    let arguments = ["test", "--locked", "-p", "clavicle-capture", "--test", "clients", "rust_sdk"];
    let mut tests = command(&cargo(), &arguments, &root);
    tests.env("CLAVICLE_MOTO", moto(&root)?);
    let (ended_well, printed) = keep(tests)?;
    println!("{printed}");
    if !ended_well || !has_tested(&printed) {
        bail!("the AWS SDK for Rust is not recorded as it should be");
    }
    Ok(())
}

/// Did tests run, and each of them test something? Where what they need is not there they say so, and pass.
fn has_tested(printed: &str) -> bool {
    cargo_tally(printed).passed > 0 && !printed.contains("NOT TESTED")
}

/// Adds up the lines `test result: ok. 12 passed; 0 failed; …`.
fn cargo_tally(printed: &str) -> Tally {
    let mut tally = Tally::default();
    for line in printed.lines().filter(|line| line.starts_with("test result: ")) {
        tally.passed += number_before(line, " passed");
        tally.failed += number_before(line, " failed");
    }
    tally
}

/// The number that stands just before `word`; 0 where there is none.
fn number_before(line: &str, word: &str) -> usize {
    let Some(end) = line.find(word) else { return 0 };
    let before = &line[..end];
    let start = before.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    before[start..].parse().unwrap_or(0)
}

/// The unit tests of the web app, and the tests that drive the real program in a real browser: how they ended, and what
/// they printed.
fn web_tests(root: &Path, chromium: PathBuf) -> anyhow::Result<(Tally, String)> {
    let folder = root.join("ui");
    let program = target().join("debug").join("clavicle");
    let environment = [("CLAVICLE_BIN", program), ("CHROMIUM", chromium)];
    let (mut tally, mut printed) = npm_tests("test:unit", &folder, &[])?;
    let (driven, more) = npm_tests("test:browser", &folder, &environment)?;
    tally.add(&driven);
    printed.push_str(&more);
    Ok((tally, printed))
}

fn npm_tests(
    script: &str,
    folder: &Path,
    environment: &[(&str, PathBuf)],
) -> anyhow::Result<(Tally, String)> {
    let mut npm = command("npm", &["run", "--silent", script], folder);
    npm.env("NO_COLOR", "1").envs(environment.iter().map(|(key, value)| (key, value)));
    let (ended_well, printed) = keep(npm)?;
    let mut tally = npm_tally(&printed);
    if !ended_well && tally.failed == 0 {
        tally.failed = 1;
    }
    if tally.passed + tally.failed == 0 {
        bail!("`npm run {script}` ran no test:\n{printed}");
    }
    Ok((tally, printed))
}

/// Reads the closing line of Vitest (`Tests  1 failed | 40 passed (41)`) or a plain `40 passed, 1 failed`.
fn npm_tally(printed: &str) -> Tally {
    let closing = printed.lines().rev().find(|line| {
        let line = line.trim();
        line.starts_with("Tests ") || (line.ends_with(" failed") && line.contains(" passed, "))
    });
    closing.map_or_else(Tally::default, |line| Tally {
        passed: number_before(line, " passed"),
        failed: number_before(line, " failed"),
    })
}

/// Finds a Chromium; on Debian as root, installs one where there is none.
pub(crate) fn chromium() -> anyhow::Result<PathBuf> {
    if let Some(path) = std::env::var_os("CHROMIUM") {
        return Ok(path.into());
    }
    let known = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    let find = || known.iter().map(PathBuf::from).find(|path| path.is_file());
    if let Some(path) = find() {
        return Ok(path);
    }
    if exists("apt-get") {
        let folder = root();
        run(command("apt-get", &["update", "-qq"], &folder))?;
        let mut install = command("apt-get", &["install", "-y", "-qq", "chromium"], &folder);
        install.env("DEBIAN_FRONTEND", "noninteractive");
        run(install)?;
    }
    match find() {
        Some(path) => Ok(path),
        None => bail!("the browser tests need Chromium: install it, or name one in `CHROMIUM`"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Tally, both, cargo_tally, has_tested, npm_tally};

    #[test]
    fn what_keeps_one_kind_from_running_hides_nothing_of_the_other() {
        let tally = |passed| Tally { passed, failed: 0 };
        let web = |passed| Some(Ok((tally(passed), String::new())));
        assert_eq!(both(Ok(tally(2)), web(3)).map(|it| it.passed).ok(), Some(5));
        assert_eq!(both(Ok(tally(2)), None).map(|it| it.passed).ok(), Some(2));
        let broken = |what: &'static str| anyhow::anyhow!(what);
        let told = both(Err(broken("rust")), Some(Err(broken("web")))).err().map(|it| it.to_string());
        assert_eq!(told.as_deref(), Some("rust; web"));
        assert!(
            both(Err(broken("rust")), web(3)).is_err()
                && both(Ok(tally(2)), Some(Err(broken("web")))).is_err()
        );
    }

    #[test]
    fn tests_that_say_that_they_tested_nothing_have_not() {
        let ran = "test result: ok. 3 passed; 0 failed; 0 ignored";
        assert!(has_tested(ran));
        assert!(!has_tested(&format!("{ran}\nNOT TESTED: there is no client")));
        assert!(!has_tested("test result: ok. 0 passed; 0 failed"));
    }

    #[test]
    fn the_closing_lines_of_each_runner_are_counted() {
        let cargo =
            "test result: ok. 12 passed; 0 failed; 1 ignored\ntest result: FAILED. 3 passed; 2 failed;";
        assert_eq!((cargo_tally(cargo).passed, cargo_tally(cargo).failed), (15, 2));
        let vitest = " Test Files  3 passed (3)\n      Tests  1 failed | 40 passed (41)\n   Duration 2 s";
        assert_eq!((npm_tally(vitest).passed, npm_tally(vitest).failed), (40, 1));
        assert_eq!(npm_tally("17 passed, 0 failed").passed, 17);
    }
}
