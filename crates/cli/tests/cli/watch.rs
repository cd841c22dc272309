//! `--watch`: the command runs again when a file changes.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::scene::Scene;

/// No line takes nearly as long.
const PATIENCE: Duration = Duration::from_secs(60);

/// Ends the program whatever becomes of the test.
struct Watching {
    program: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn begin(scene: &Scene, line: &str) -> Self {
        let mut program = scene
            .command(line)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program runs");
        let (send, lines) = channel();
        let pipe = BufReader::new(program.stdout.take().expect("a pipe"));
        std::thread::spawn(move || pipe.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
        Self { program, lines }
    }

    fn says(&self, wanted: &str) {
        loop {
            let line = self.lines.recv_timeout(PATIENCE).expect(wanted);
            if line.contains(wanted) {
                return;
            }
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.program.kill().expect("it can be stopped");
        self.program.wait().expect("it ends");
    }
}

const GOOD: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::ledger/*"}]}"#;

#[test]
fn check_and_diff_look_again_when_a_file_changes() {
    let scene = Scene::new();
    scene.write("policy.json", GOOD);
    scene.write("old.json", GOOD);
    let check = Watching::begin(&scene, "check policy.json --watch");
    let diff = Watching::begin(&scene, "diff --watch old.json policy.json");
    check.says("Nothing");
    diff.says("same");
    scene.write("policy.json", &GOOD.replace("s3:GetObject", "s3:GetObjekt"));
    check.says("unknown-action");
    scene.write("policy.json", &GOOD.replace("s3:GetObject", "s3:*"));
    diff.says("allows more");
}

/// As `| head -1` does.
#[test]
fn it_ends_when_nobody_reads_any_more() {
    let scene = Scene::new();
    scene.write("policy.json", GOOD);
    let mut program = scene
        .command("check policy.json --watch")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs");
    let mut line = String::new();
    let mut pipe = BufReader::new(program.stdout.take().expect("a pipe"));
    pipe.read_line(&mut line).expect("a line");
    drop(pipe);
    let (send, ended) = channel();
    let id = program.id();
    std::thread::spawn(move || send.send(program.wait()));
    let Ok(ended) = ended.recv_timeout(PATIENCE) else {
        let id = rustix::process::Pid::from_raw(i32::try_from(id).expect("an id")).expect("an id");
        rustix::process::kill_process(id, rustix::process::Signal::KILL).expect("it can be stopped");
        panic!("it runs on");
    };
    assert!(ended.expect("it ends").success());
}

#[test]
fn what_is_typed_wrong_ends_it() {
    let scene = Scene::new();
    let told = scene.run("check - --watch");
    assert!(told.contains("stdin cannot be watched") && told.ends_with("[exit 2]"), "{told}");
    let told = scene.run("diff old.json --watch -o yaml");
    assert!(told.ends_with("[exit 2]"), "{told}");
}
