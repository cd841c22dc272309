//! A place to run the program in: folders of its own, an environment without surprises, and output without times and
//! paths.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Folders for one test.
pub(crate) struct Scene {
    folder: TempDir,
    variables: Vec<(&'static str, String)>,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        for name in ["here", "home", "tmp"] {
            std::fs::create_dir(folder.path().join(name)).expect("a folder in it");
        }
        Self { folder, variables: Vec::new() }
    }

    /// The same with a variable of the environment.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    /// The folder that the program runs in.
    pub(crate) fn here(&self) -> PathBuf {
        self.folder.path().join("here")
    }

    /// The folder for data.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Puts a file into the folder that the program runs in.
    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.here().join(name), text).expect("a file in the test's folder");
    }

    /// The program with these words, which are split at spaces.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clavicle"));
        command
            .args(line.split_whitespace())
            .current_dir(self.here())
            .env_clear()
            .env("HOME", self.folder.path().join("home"))
            .env("TMPDIR", self.folder.path().join("tmp"))
            .env("CLAVICLE_DATA", self.data())
            .stdin(Stdio::null());
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        command
    }

    /// What it prints, then what it says beside that, then how it ends.
    pub(crate) fn run(&self, line: &str) -> String {
        let output = self.command(line).output().expect("the program runs");
        self.shown(&output)
    }

    /// The same with something on stdin.
    pub(crate) fn run_with(&self, line: &str, stdin: &[u8]) -> String {
        let mut command = self.command(line);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut pipe = child.stdin.take().expect("a pipe");
        let output = std::thread::scope(|scope| {
            // Beside the reading, so that neither side waits for the other for ever.
            scope.spawn(move || pipe.write_all(stdin).expect("the program reads"));
            child.wait_with_output().expect("the program ends")
        });
        self.shown(&output)
    }

    fn shown(&self, output: &std::process::Output) -> String {
        let mut shown = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.stderr.is_empty() {
            shown.push_str("[stderr]\n");
            shown.push_str(&String::from_utf8_lossy(&output.stderr));
        }
        shown.push_str(&match output.status.code() {
            Some(code) => format!("[exit {code}]"),
            None => "[killed]".to_owned(),
        });
        self.without_places(&shown)
    }

    fn without_places(&self, text: &str) -> String {
        let cases = cases();
        let places = [(self.data(), "[DATA]"), (self.here(), "[HERE]"), (cases, "[CASES]")];
        let mut text = text.to_owned();
        for (path, name) in places {
            text = text.replace(&path.display().to_string(), name);
        }
        text
    }
}

/// The import cases of the repository.
pub(crate) fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/import")
}

/// Asks the demo.
pub(crate) fn demo(line: &str) -> String {
    Scene::new().run(&format!("{line} -s demo"))
}

/// Snapshots without times, sizes and dates of data, which change with every build or run.
pub(crate) fn filtered(check: impl FnOnce()) {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"saved \d{4}-\d\d-\d\d \d\d:\d\d UTC", "saved [TIME]");
    settings.add_filter(r"saved \d{4}-\d\d-\d\dT\S+", "saved [ID]");
    settings.add_filter(r"snapshot \d{4}-\d\d-\d\dT\S+", "snapshot [ID]");
    settings.add_filter(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ", "[ID]");
    settings.add_filter(r"\d+\.\d kB", "[SIZE]");
    settings.add_filter(
        r"clavicle \d+\.\d+\.\d+ \(AWS facts of \d{4}-\d\d-\d\d\)",
        "clavicle [VERSION] (AWS facts of [DATE])",
    );
    settings.add_filter(r"added since \d{4}-\d\d-\d\d is", "added since [DATE] is");
    settings.bind(check);
}
