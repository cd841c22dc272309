//! Files that are not what they should be, for every verb that reads a policy: told with place and hint, never a panic.

use std::io::Read as _;
use std::process::Stdio;

use crate::scene::Scene;

const GOOD: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::ledger/*"}]}"#;

/// Every way to read a policy file.
const READERS: [&str; 9] = [
    "check odd.json",
    "check --fix odd.json",
    "minimize odd.json",
    "diff odd.json good.json",
    "diff good.json odd.json",
    "prove equal odd.json good.json",
    "prove not-public odd.json",
    "explain ./odd.json",
    "try --edit policy/shared-ops=odd.json -s demo",
];

fn scene(odd: &[u8]) -> Scene {
    let scene = Scene::new();
    scene.write("good.json", GOOD);
    std::fs::write(scene.here().join("odd.json"), odd).expect("a file");
    scene
}

fn told(scene: &Scene, line: &str) -> (String, Option<i32>) {
    let output = scene.command(line).output().expect("it runs");
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(!text.contains("panicked"), "{line}: {text}");
    (text, output.status.code())
}

#[test]
fn another_encoding_is_told_with_its_place() {
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(GOOD.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let unmarked: Vec<u8> = GOOD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin: Vec<u8> = [GOOD.as_bytes(), b"\n \xe9"].concat();
    for (odd, what, place) in [
        (&utf16, "UTF-16", "odd.json:1:1"),
        (&unmarked, "UTF-16", "odd.json:1:1"),
        (&latin, "not UTF-8", "odd.json:3:2"),
    ] {
        let scene = scene(odd);
        for line in READERS {
            let (text, code) = told(&scene, line);
            assert_eq!(code, Some(4), "{line}: {text}");
            assert!(text.contains(what) && text.contains(place) && text.contains("help:"), "{line}: {text}");
        }
        let kept = std::fs::read(scene.here().join("odd.json")).expect("the file");
        assert_eq!(&kept, odd, "`--fix` leaves what it cannot read");
    }
}

/// Editors of other systems put a mark in front. It is no letter of the policy.
#[test]
fn a_byte_order_mark_changes_nothing() {
    let marked = format!("\u{feff}{GOOD}");
    let scene = scene(marked.as_bytes());
    for line in READERS {
        let (marked, code) = told(&scene, line);
        let (plain, expected) = told(&scene, &line.replace("odd.json", "good.json"));
        assert_eq!(code, expected, "{line}: {marked}");
        assert_eq!(marked.replace("odd.json", "good.json"), plain, "{line}");
    }
    std::fs::write(scene.here().join("odd.json"), format!("\u{feff}[{GOOD}]")).expect("a file");
    assert_eq!(told(&scene, "check odd.json").1, Some(0));
    std::fs::write(
        scene.here().join("odd.json"),
        format!("\u{feff}{}", GOOD.replace("GetObject", "getobject")),
    )
    .expect("a file");
    assert_eq!(told(&scene, "check --fix odd.json").1, Some(0));
    let fixed = std::fs::read(scene.here().join("odd.json")).expect("the file");
    assert_eq!(String::from_utf8_lossy(&fixed), format!("\u{feff}{GOOD}"), "the mark stays");
}

#[test]
fn nothing_a_folder_and_what_nobody_may_read() {
    let scene = scene(b"");
    for line in READERS {
        let (text, code) = told(&scene, line);
        assert_eq!(code, Some(4), "{line}: {text}");
        assert!(text.contains("odd.json"), "{line}: {text}");
    }
    std::fs::remove_file(scene.here().join("odd.json")).expect("it goes");
    for line in READERS {
        let (text, code) = told(&scene, line);
        assert!([Some(2), Some(4)].contains(&code), "{line}: {text}");
        assert!(text.contains("error:") && text.contains("odd.json"), "{line}: {text}");
    }
}

#[test]
fn zeros_depth_and_repeated_keys() {
    let deep = format!("{}1{}", "[".repeat(200_000), "]".repeat(200_000));
    let deep_statement = GOOD.replace("\"s3:GetObject\"", &deep);
    let zeros = vec![0_u8; 4096];
    let in_string = GOOD.replace("GetObject", "Get\0Object");
    for odd in [
        deep.as_bytes(),
        deep_statement.as_bytes(),
        &zeros,
        in_string.as_bytes(),
        b"\0",
        b"{",
        b"\"",
        b"{}",
        b"null",
        b"[]",
        b"\xef\xbb\xbf",
    ] {
        let scene = scene(odd);
        for line in READERS {
            let (text, code) = told(&scene, line);
            assert!(code.is_some_and(|code| code <= 4), "{line}: {code:?}: {text}");
            assert_ne!((code, line), (Some(0), "prove equal odd.json good.json"), "{text}");
        }
    }
    let twice = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}]}"#;
    let scene = scene(twice.as_bytes());
    let (text, code) = told(&scene, "check odd.json");
    assert!(text.contains("duplicate-key") && code == Some(1), "{text}");
    assert_eq!(told(&scene, "prove equal odd.json good.json").1, Some(3));
}

/// What has no end is given up where no policy would go on.
#[cfg(target_os = "linux")]
#[test]
fn a_file_without_an_end() {
    let scene = Scene::new();
    scene.write("good.json", GOOD);
    for line in READERS {
        let line = line.replace("odd.json", "/dev/zero").replace("./", "");
        let (text, code) = told(&scene, &line);
        assert!(code == Some(4) || code == Some(2), "{line}: {text}");
    }
}

/// Where there is no room for the answer, that is told, and it is no answer.
#[cfg(target_os = "linux")]
#[test]
fn a_full_stdout_is_told() {
    let scene = Scene::new();
    scene.write("good.json", GOOD);
    scene.write("wide.json", &GOOD.replace("s3:GetObject", "s3:*"));
    scene.write("line.jsonl", "{}\n");
    for line in [
        "check good.json",
        "check good.json -o json",
        "check -s demo",
        "diff good.json wide.json",
        "minimize good.json",
        "prove equal good.json wide.json",
        "explain s3:GetObject",
        "explain good.json -o json",
        "who s3://paperboat-covers --do read -s demo",
        "what staging:role/deployer -s demo -o csv",
        "outside -s demo",
        "unused -s demo",
        "export -o dot -s demo",
        "snapshots",
        "snapshots --coverage -s demo",
        "suggest --read s3://paperboat-covers -s demo",
        "try --delete policy/shared-ops -s demo",
        "simulate line.jsonl",
        "completions bash",
        "snapshots -o json",
        "data show",
        "collect --dry-run",
        "collect --print-policy",
        "--help",
        "--version",
    ] {
        let full = std::fs::File::options().write(true).open("/dev/full").expect("it is there");
        let output = scene.command(line).stdout(Stdio::from(full)).output().expect("it runs");
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(4), "{line}: {text}");
        assert!(text.contains("no space left on device") && !text.contains("panicked"), "{line}: {text}");
        let out = format!("{line} --out /dev/full");
        if ["check", "diff", "minimize", "who", "what", "outside", "export", "suggest", "try"]
            .iter()
            .any(|verb| line.starts_with(verb))
            && !line.contains("csv")
        {
            let (text, code) = told(&scene, &out);
            assert_eq!(code, Some(4), "{out}: {text}");
            assert!(text.contains("no space left on device"), "{out}: {text}");
        }
    }
}

/// As `| head -1` does: no error, and no noise.
#[test]
fn a_stdout_that_nobody_reads_is_no_fault() {
    let scene = Scene::new();
    scene.write("good.json", GOOD);
    scene.write("many.jsonl", &"{}\n".repeat(10_000));
    for line in [
        "check -s demo --all --exit-zero",
        "who s3://paperboat-covers --do read -s demo -o json",
        "export -o graphml -s demo",
        "explain s3 -o json",
        "simulate many.jsonl",
        "completions bash",
        "--help",
    ] {
        let mut running =
            scene.command(line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
        drop(running.stdout.take());
        let mut text = String::new();
        running.stderr.take().expect("a pipe").read_to_string(&mut text).expect("text");
        let ended = running.wait().expect("it ends");
        assert!(
            ended.success() && !text.contains("panicked") && !text.contains("error:"),
            "{line}: {ended}: {text}"
        );
    }
}

/// `diff <(git show HEAD:p.json) p.json`: what a shell puts there can be read once.
#[cfg(unix)]
#[test]
fn a_pipe_is_read_once() {
    let scene = Scene::new();
    scene.write("good.json", GOOD);
    scene.write("wide.json", &GOOD.replace("s3:GetObject", "s3:*"));
    let program = env!("CARGO_BIN_EXE_clavicle");
    for (line, code) in [
        ("diff <(cat good.json) wide.json", 1),
        ("diff wide.json <(cat good.json)", 0),
        ("diff <(cat good.json) <(cat wide.json)", 1),
        ("prove equal <(cat good.json) good.json", 0),
        ("check <(cat good.json)", 0),
        ("minimize <(cat good.json)", 0),
        ("explain <(cat good.json)", 0),
    ] {
        let shell = std::process::Command::new("bash")
            .args(["-c", &format!("\"$0\" {line}"), program])
            .current_dir(scene.here())
            .env("CLAVICLE_DATA", scene.data())
            .output();
        let Ok(output) = shell else {
            eprintln!("skipped: there is no bash here");
            return;
        };
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{line}: {text}");
    }
}

#[cfg(unix)]
#[test]
fn words_that_are_no_text_are_wrong_usage() {
    use std::os::unix::ffi::OsStrExt as _;

    let scene = Scene::new();
    let odd = std::ffi::OsStr::from_bytes(b"\xff\xfe");
    for line in [
        "who",
        "can",
        "explain",
        "check",
        "check --rule",
        "diff",
        "prove equal",
        "who s3://b --when",
        "suggest --read",
        "snapshots rm",
        "init --src",
        "usage",
        "-o",
    ] {
        let output = scene.command(line).arg(odd).output().expect("it runs");
        let text = String::from_utf8_lossy(&output.stderr);
        assert!([Some(2), Some(4)].contains(&output.status.code()), "{line}: {:?}: {text}", output.status);
        assert!(text.contains("error:") && !text.contains("panicked"), "{line}: {text}");
    }
    // A file may be called so.
    std::fs::write(scene.here().join(odd), GOOD).expect("a file");
    let output = scene.command("check").arg(odd).output().expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What needs no folder of its own asks for none.
#[test]
fn without_a_home_what_needs_none_goes_on() {
    let scene = Scene::new();
    scene.write("good.json", GOOD);
    for (line, code) in [
        ("check good.json", 0),
        ("explain s3:GetObject", 0),
        ("who s3://paperboat-covers --do read -s demo", 0),
        ("prove equal good.json good.json", 0),
    ] {
        let mut command = scene.command(line);
        command.env_remove("CLAVICLE_DATA").env("HOME", "");
        let output = command.output().expect("it runs");
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{line}: {text}");
    }
}

/// Two who save at once both have their snapshot afterwards.
#[test]
fn two_who_save_at_once_lose_nothing() {
    let scene = Scene::new();
    let running: Vec<_> = (0..4)
        .map(|at| {
            // The time of the data is the same, what it was made from is not.
            let details = include_str!("../../../../tests/cases/import/ok/details.json");
            let name = format!("details-{at}.json");
            scene.write(&name, &format!("{details}{}", "\n".repeat(at)));
            let path = scene.here().join(&name);
            let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
            std::fs::File::options()
                .write(true)
                .open(&path)
                .and_then(|file| file.set_modified(time))
                .expect("a time");
            scene
                .command(&format!("import {name}"))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("it runs")
        })
        .collect();
    for mut running in running {
        assert!(running.wait().expect("it ends").success());
    }
    let saved = std::fs::read_dir(scene.data()).expect("the folder").flatten();
    let names: Vec<_> = saved
        .map(|entry| entry.file_name())
        .filter(|name| name.to_string_lossy().ends_with(".clavicle"))
        .collect();
    assert_eq!(names.len(), 4, "{names:?}");
}
