//! `record`: how the program that it runs ends, and what is printed then.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

fn record(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clavicle"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.arg("record").args(arguments).current_dir(home).env_clear().env("PATH", path);
    command.env("HOME", home).env("CLAVICLE_DATA", home.join("data"));
    command
}

fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let home = tempfile::tempdir().expect("a folder");
    let Output { status, stdout, stderr } = record(home.path(), arguments).output().expect("clavicle runs");
    let text = |bytes| String::from_utf8(bytes).expect("it prints text");
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn it_ends_as_the_program_does() {
    let (code, printed, told) = run(&["--", "sh", "-c", "echo hello; exit 7"]);
    assert_eq!(code, Some(7), "{told}");
    assert_eq!(printed, "hello\n{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": []\n}\n");
    insta::assert_snapshot!(told, @r"
    recorded 0 calls
    warning: the program ended with exit status: 7; it may have needed more
    ");
    assert_eq!(run(&["--", "sh", "-c", "kill -KILL $$"]).0, Some(137));
    let (code, _, told) = run(&["--", "/no/such/program"]);
    assert_eq!(code, Some(4));
    assert!(
        told.starts_with("error: cannot run the program: no such file or directory\n --> /no/such/program\n"),
        "{told}"
    );
    assert_eq!(run(&[]).0, Some(2), "there is nothing to run");
}

#[test]
fn the_program_finds_what_it_needs_and_nothing_stays() {
    let script = r#"test -s "$AWS_CA_BUNDLE" && grep -q CERTIFICATE "$NODE_EXTRA_CA_CERTS" && echo "$AWS_CA_BUNDLE $HTTPS_PROXY""#;
    let (code, printed, told) = run(&["--policy", "/dev/null", "--", "sh", "-c", script]);
    assert_eq!(code, Some(0), "{told}");
    let (bundle, proxy) = printed.trim().split_once(' ').expect("both are set");
    assert!(proxy.starts_with("http://127.0.0.1:"), "{proxy}");
    assert!(!Path::new(bundle).exists(), "the certificates are gone with the run");
}

/// Answers every request with an empty object.
fn stand_in() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("its address"));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                while read(&mut stream).is_some() {
                    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: 2\r\n\r\n{}";
                    if stream.write_all(head.as_bytes()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    address
}

/// Reads a message with the body `{}`.
fn read(stream: &mut TcpStream) -> Option<()> {
    let mut all = Vec::new();
    let mut byte = [0];
    while !all.ends_with(b"{}") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        all.push(byte[0]);
    }
    Some(())
}

/// The program of the next test, another run of this one: three calls, and then it waits.
#[test]
#[ignore = "it is run by another test, and waits to be interrupted"]
fn waiting() {
    let Ok(address) = std::env::var("AWS_ENDPOINT_URL") else { return };
    let mut stream = TcpStream::connect(address.trim_start_matches("http://")).expect("it listens");
    for _ in 0..3 {
        call(&mut stream);
    }
    std::fs::write("called", "").expect("it may write");
    std::thread::sleep(Duration::from_secs(120));
}

/// A call, with its answer.
fn call(stream: &mut TcpStream) {
    let head = "POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: DynamoDB_20120810.ListTables\r\n\
                    Content-Type: application/x-amz-json-1.0\r\nContent-Length: 2\r\n\
                    Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0\r\n\r\n{}";
    stream.write_all(head.as_bytes()).expect("it is sent");
    read(stream).expect("it is answered");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_program_and_prints_what_it_did() {
    use std::os::unix::process::CommandExt as _;
    let home = tempfile::tempdir().expect("a folder");
    let this = std::env::current_exe().expect("this program");
    let this = this.to_string_lossy().into_owned();
    let arguments = [
        "--policy",
        "policy.json",
        "-o",
        "record.json",
        "--",
        this.as_str(),
        "--exact",
        "record::waiting",
        "--ignored",
    ];
    let mut command = record(home.path(), &arguments);
    command.env("AWS_ENDPOINT_URL", stand_in()).process_group(0).stdout(Stdio::null()).stderr(Stdio::piped());
    let running = command.spawn().expect("clavicle runs");
    let called = home.path().join("called");
    for _ in 0..1200 {
        if called.exists() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let group = i32::try_from(running.id()).ok().and_then(rustix::process::Pid::from_raw).expect("a process");
    rustix::process::kill_process_group(group, rustix::process::Signal::INT).expect("it runs");
    assert!(called.exists(), "the calls were made");
    let ended = running.wait_with_output().expect("it ends");
    let told = String::from_utf8(ended.stderr).expect("it prints text");
    assert_eq!(ended.status.code(), Some(130), "{told}");
    assert!(told.starts_with("recorded 3 calls\n"), "{told}");
    let verified = "Verified: the one request is allowed; nothing in it could go without losing one; it allows nothing but what was asked for (proved).";
    assert!(told.contains(verified), "{told}");
    let text = |name: &str| std::fs::read_to_string(home.path().join(name)).expect("it was written");
    insta::assert_snapshot!(text("policy.json"), @r#"
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Effect": "Allow",
          "Action": "dynamodb:ListTables",
          "Resource": "*"
        }
      ]
    }
    "#);
    let record: serde_json::Value = serde_json::from_str(&text("record.json")).expect("it is JSON");
    assert_eq!((&record["calls"], &record["uses"][0]["succeeded"]), (&3.into(), &3.into()), "{record:#}");
}

/// Listens, and gives what is to be done while it does: the address at which the stand-in is recorded. It is ended with
/// this signal; how it ended, what it printed behind the settings, and what it told.
#[cfg(unix)]
fn listening(
    home: &Path,
    signal: rustix::process::Signal,
    meanwhile: impl FnOnce(&str),
) -> (std::process::ExitStatus, String, String) {
    use std::io::BufRead as _;
    let mut command = record(home, &["--listen", "--port", "0", "-o", "record.json"]);
    command.env("AWS_ENDPOINT_URL", stand_in()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().expect("clavicle runs");
    let mut printed = std::io::BufReader::new(running.stdout.take().expect("a pipe"));
    let mut address = String::new();
    loop {
        let mut line = String::new();
        assert!(
            printed.read_line(&mut line).expect("it prints text") > 0,
            "the settings end with one that is taken away"
        );
        if let Some(rest) = line.strip_prefix("export AWS_ENDPOINT_URL='http://") {
            address = rest.trim_end().trim_end_matches('\'').to_owned();
        }
        if line.starts_with("unset ") {
            break;
        }
    }
    meanwhile(&address);
    wait_until_it_hears(running.id(), signal);
    let process =
        i32::try_from(running.id()).ok().and_then(rustix::process::Pid::from_raw).expect("a process");
    rustix::process::kill_process(process, signal).expect("it runs");
    let mut rest = String::new();
    printed.read_to_string(&mut rest).expect("it prints text");
    let ended = running.wait_with_output().expect("it ends");
    (ended.status, rest, String::from_utf8(ended.stderr).expect("it prints text"))
}

/// A signal that comes before the program hears of it ends it at once. Systems without `/proc` do not tell.
#[cfg(unix)]
fn wait_until_it_hears(process: u32, signal: rustix::process::Signal) {
    let caught = || {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        let set = status.lines().find_map(|line| line.strip_prefix("SigCgt:"))?;
        u64::from_str_radix(set.trim(), 16).ok()
    };
    let hears = |set: u64| set >> (signal.as_raw() - 1) & 1 == 1;
    if signal != rustix::process::Signal::KILL {
        for _ in 0..200 {
            if caught().is_none_or(hears) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

#[cfg(unix)]
fn recorded(home: &Path) -> serde_json::Value {
    let text = std::fs::read_to_string(home.join("record.json")).expect("it is there");
    serde_json::from_str(&text).expect("it is whole at every time")
}

/// Waits until so many calls stand in the file.
#[cfg(unix)]
fn wait_for(home: &Path, calls: u64) {
    for _ in 0..1200 {
        if home.join("record.json").exists() && recorded(home)["calls"] == calls {
            assert!(recorded(home)["ended"].is_null(), "it goes on");
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(recorded(home)["calls"], calls);
}

#[cfg(unix)]
#[test]
fn listening_ends_on_ctrl_c_with_all_that_came_from_whomever() {
    let home = tempfile::tempdir().expect("a folder");
    let earlier = r#"{"calls": 1000}"#;
    std::fs::write(home.path().join("record.json"), earlier).expect("it is written");
    let (ended, printed, told) = listening(home.path(), rustix::process::Signal::INT, |address| {
        let kept = std::fs::read_to_string(home.path().join("record.json")).expect("it is there");
        assert_eq!(kept, earlier, "nothing was recorded that could replace it");
        for _ in 0..2 {
            let mut stream = TcpStream::connect(address).expect("it listens");
            (0..3).for_each(|_| call(&mut stream));
        }
        wait_for(home.path(), 6);
        // And some that nobody had the time to keep.
        let mut stream = TcpStream::connect(address).expect("it listens");
        call(&mut stream);
    });
    assert_eq!(ended.code(), Some(0), "{told}");
    let policy: serde_json::Value = serde_json::from_str(&printed).expect("it prints the policy");
    assert_eq!(policy["Statement"][0]["Action"], "dynamodb:ListTables", "{policy:#}");
    assert!(told.contains("\nrecorded 7 calls\n"), "{told}");
    let recorded = recorded(home.path());
    assert_eq!(recorded["calls"], 7);
    assert!(recorded["ended"].is_string(), "{recorded:#}");
}

#[cfg(unix)]
#[test]
fn a_record_of_nothing_takes_the_place_of_no_other() {
    let home = tempfile::tempdir().expect("a folder");
    let ctrl_c = || listening(home.path(), rustix::process::Signal::INT, |_| {});
    let (ended, _, told) = ctrl_c();
    assert_eq!(ended.code(), Some(0), "{told}");
    assert_eq!(recorded(home.path())["calls"], 0, "nothing was there");
    let earlier = r#"{"calls": 1000}"#;
    std::fs::write(home.path().join("record.json"), earlier).expect("it is written");
    let (ended, _, told) = ctrl_c();
    assert_eq!(ended.code(), Some(0), "{told}");
    assert_eq!(recorded(home.path())["calls"], 1000);
    assert!(told.contains("record.json stays as it was"), "{told}");
}

#[cfg(unix)]
#[test]
fn whoever_is_killed_while_listening_has_kept_what_came() {
    let home = tempfile::tempdir().expect("a folder");
    let (ended, printed, _) = listening(home.path(), rustix::process::Signal::KILL, |address| {
        let mut stream = TcpStream::connect(address).expect("it listens");
        (0..3).for_each(|_| call(&mut stream));
        wait_for(home.path(), 3);
    });
    assert_eq!((ended.code(), printed.as_str()), (None, ""));
    assert_eq!(recorded(home.path())["uses"][0]["succeeded"], 3);
}

/// The program of the next test, another run of this one: a call.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "it is run by another test"]
fn calling() {
    let Ok(address) = std::env::var("CLAVICLE_TEST_CALLS") else { return };
    call(&mut TcpStream::connect(address).expect("it listens"));
}

#[cfg(target_os = "linux")]
#[test]
fn whoever_listens_prints_a_policy_for_each_process() {
    let home = tempfile::tempdir().expect("a folder");
    let (ended, printed, told) = listening(home.path(), rustix::process::Signal::INT, |address| {
        call(&mut TcpStream::connect(address).expect("it listens"));
        let mut other = Command::new(std::env::current_exe().expect("this program"));
        other.args(["--exact", "record::calling", "--ignored"]).env("CLAVICLE_TEST_CALLS", address);
        assert!(other.stdout(Stdio::null()).status().expect("it runs").success());
        wait_for(home.path(), 2);
    });
    assert_eq!(ended.code(), Some(0), "{told}");
    let policies: serde_json::Value = serde_json::from_str(&printed).expect("it prints the policies");
    let policies = policies.as_array().expect("several");
    let processes: Vec<u64> = policies.iter().filter_map(|one| one["process"]["id"].as_u64()).collect();
    assert!(processes.len() == 2 && processes[0] != processes[1], "{policies:#?}");
    assert!(processes.contains(&u64::from(std::process::id())), "{processes:?}");
    for one in policies {
        assert_eq!(one["access_keys"], serde_json::json!(["AKIDEXAMPLE"]));
        assert_eq!(one["policy"]["Statement"][0]["Action"], "dynamodb:ListTables", "{one:#}");
    }
    assert!(told.contains(&format!("of AKIDEXAMPLE, process {} (", std::process::id())), "{told}");
}
