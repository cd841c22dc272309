//! What a build reads of a difference: comments, annotations, reports of other tools, and how it ends.

use insta::assert_snapshot;
use serde_json::Value;

use crate::scene::{Scene, filtered};

const OLD: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::invoices/*"},
  {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}]}"#;

const NEW: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
   "Resource": "arn:aws:s3:::invoices/*"}]}"#;

fn policies() -> Scene {
    let scene = Scene::new();
    scene.write("old.json", OLD);
    scene.write("50%,a:b.json", NEW);
    scene
}

fn stdout(scene: &Scene, line: &str) -> String {
    String::from_utf8(scene.command(line).output().expect("it runs").stdout).expect("UTF-8")
}

fn sound_sarif(text: &str) -> Value {
    let schema = crate::scene::cases().join("../sarif/sarif-schema-2.1.0.json");
    let schema =
        serde_json::from_str(&std::fs::read_to_string(schema).expect("OASIS's schema")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a sound schema");
    let log: Value = serde_json::from_str(text).expect("JSON");
    let faults: Vec<String> =
        validator.iter_errors(&log).map(|fault| format!("{fault} at {}", fault.instance_path)).collect();
    assert!(faults.is_empty(), "{faults:?}");
    log
}

#[test]
fn annotations_of_policies_name_file_and_line() {
    filtered(|| {
        assert_snapshot!(policies().run("diff old.json 50%,a:b.json -o github"), @"
        ::warning file=50%25%2Ca%3Ab.json,line=2,endLine=3,title=clavicle medium%3A wider-policy::50%25,a:b.json allows more: s3:PutObject. For example s3:PutObject on arn:aws:s3:::invoices/x: no Allow of old.json matches it.
        ::warning file=50%25%2Ca%3Ab.json,line=1,endLine=1,title=clavicle medium%3A wider-policy::50%25,a:b.json denies less: s3:DeleteObject. For example s3:DeleteObject on arn:aws:s3:::example/example: no Deny of 50%25,a:b.json matches it, so what else allows it holds.
        [exit 1]
        ");
    });
}

#[test]
fn a_policy_as_a_comment() {
    let printed = policies().run("diff old.json 50%,a:b.json -o md");
    let seen: String = printed.chars().filter(|letter| *letter != '\u{2060}').collect();
    assert_snapshot!(seen, @"
    ### clavicle: 1 widens

    | | what | where |
    |---|---|---|
    | ➕ | 50%,a:b.json allows more: s3:PutObject. For example s3:PutObject on arn:aws:s3:::invoices/x: no Allow of old.json matches it. | 50%,a:b.json:2 |
    | ➕ | 50%,a:b.json denies less: s3:DeleteObject. For example s3:DeleteObject on arn:aws:s3:::example/example: no Deny of 50%,a:b.json matches it, so what else allows it holds. | 50%,a:b.json:1 |
    [exit 1]
    ");
}

#[test]
fn a_policy_as_a_test_run() {
    assert_snapshot!(policies().run("diff old.json 50%,a:b.json -o junit"), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="clavicle diff" tests="7" skipped="0" failures="2" errors="0">
        <testsuite name="all-power" tests="1" skipped="0" errors="0" failures="0">
            <testcase name="nothing found"/>
        </testsuite>
        <testsuite name="new-chain" tests="1" skipped="0" errors="0" failures="0">
            <testcase name="nothing found"/>
        </testsuite>
        <testsuite name="new-way-in" tests="1" skipped="0" errors="0" failures="0">
            <testcase name="nothing found"/>
        </testsuite>
        <testsuite name="wider-access" tests="1" skipped="0" errors="0" failures="0">
            <testcase name="nothing found"/>
        </testsuite>
        <testsuite name="wider-policy" tests="2" skipped="0" errors="0" failures="2">
            <testcase name="wider-policy-3650e7ace17c" classname="50%,a:b.json:2">
                <failure message="50%,a:b.json allows more: s3:PutObject. For example s3:PutObject on arn:aws:s3:::invoices/x: no Allow of old.json matches it." type="medium">50%,a:b.json allows more: s3:PutObject. For example s3:PutObject on arn:aws:s3:::invoices/x: no Allow of old.json matches it.
    Why: the new text allows it, and the old one does not
    Fix: Narrow the statement, or let somebody approve the change.</failure>
            </testcase>
            <testcase name="wider-policy-36d490990dba" classname="50%,a:b.json:1">
                <failure message="50%,a:b.json denies less: s3:DeleteObject. For example s3:DeleteObject on arn:aws:s3:::example/example: no Deny of 50%,a:b.json matches it, so what else allows it holds." type="medium">50%,a:b.json denies less: s3:DeleteObject. For example s3:DeleteObject on arn:aws:s3:::example/example: no Deny of 50%,a:b.json matches it, so what else allows it holds.
    Why: the old text denied it
    Fix: Narrow the statement, or let somebody approve the change.</failure>
            </testcase>
        </testsuite>
        <testsuite name="unknown-change" tests="1" skipped="0" errors="0" failures="0">
            <testcase name="nothing found"/>
        </testsuite>
    </testsuites>
    [exit 1]
    "#);
}

#[test]
fn sarif_is_sound_by_the_schema_of_oasis() {
    let scene = policies();
    let log = sound_sarif(&stdout(&scene, "diff old.json 50%,a:b.json -o sarif"));
    let results = log["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), 2);
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "50%25%2Ca%3Ab.json");
    assert_eq!((&place["region"]["startLine"], &place["region"]["endLine"]), (&2.into(), &3.into()));
    // A machine that reads SARIF judges by itself.
    let ends = scene.command("diff old.json 50%,a:b.json -o sarif").output().expect("it runs").status;
    assert_eq!(ends.code(), Some(0));
    for line in
        ["try --delete policy/shared-ops -s demo", "try --delete scp/protect-prod -s demo", "check -s demo"]
    {
        sound_sarif(&stdout(&scene, &format!("{line} -o sarif")));
    }
    sound_sarif(&stdout(&scene, "check old.json -o sarif"));
}

#[test]
fn a_summary_of_the_job_has_the_whole_and_keeps_what_is_there() {
    let summary = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(summary.path(), "before\n").expect("it is written");
    let scene = Scene::new().with("GITHUB_STEP_SUMMARY", &summary.path().to_string_lossy());
    let printed = stdout(&scene, "try --delete scp/protect-prod -s demo -o github");
    assert_snapshot!(printed, @"::error title=clavicle high%3A wider-access::staging:role/deployer* ×2 gain write on s3://paperboat-invoices, under a condition.%0Apolicy/shared-ops:4, s3://paperboat-invoices#policy:11");
    let added = std::fs::read_to_string(summary.path()).expect("it is there");
    assert!(added.starts_with("before\n### clavicle: 2 identities can do more."), "{added}");
    // Of more than ten the worst stand as annotations, and a notice says how many there are beside them.
    let printed = stdout(&scene, "check -s demo -o github");
    assert_eq!(printed.lines().count(), 10, "{printed}");
    assert!(printed.lines().all(|line| line.starts_with("::")), "{printed}");
    assert!(
        printed.lines().last().is_some_and(|line| line.contains("more; the summary of the job has them"))
    );
}

/// A policy for a bucket that matters, one more way in, and chains: each part of a gate by itself.
#[test]
fn a_gate_says_what_fails() {
    let billing = "try --attach prod:policy/billing-data=prod:role/reporting-read -s accounts";
    let covers = "try --edit s3://paperboat-covers#policy=open.json -s accounts";
    let scene = Scene::new();
    copied(&demo_folder(), &scene.here().join("accounts"));
    scene.write(
        "open.json",
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "888877776666"},
            "Action": "s3:PutObject", "Resource": "arn:aws:s3:::paperboat-covers/*"}]}"#,
    );
    let settings = std::fs::read_to_string(demo_folder().join("clavicle.toml")).expect("the settings");
    for (gate, line, wanted) in [
        ("", billing, 1),
        ("[gate]\naccess = \"matter\"", billing, 1),
        ("[gate]\naccess = \"none\"", billing, 0),
        ("[gate]\naccess = \"none\"\nunknown = \"fail\"", billing, 0),
        // The bucket of covers is not what matters, and there is a way in that was not there.
        ("[gate]\naccess = \"matter\"", covers, 1),
        ("[gate]\naccess = \"matter\"\noutside = \"unknown\"", covers, 0),
        ("[gate]\naccess = \"matter\"\noutside = \"none\"", covers, 0),
        ("[gate]\naccess = \"any\"\noutside = \"none\"", covers, 1),
    ] {
        std::fs::write(scene.here().join("accounts/clavicle.toml"), format!("{settings}\n{gate}\n"))
            .expect("it is written");
        let output = scene.command(line).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(wanted), "{gate}\n{line}\n{said}");
        // What a gate says stands in the answer.
        assert_eq!(said.contains("gate: "), !gate.is_empty(), "{said}");
        assert_eq!(said.contains("gate: fails"), !gate.is_empty() && wanted == 1, "{said}");
    }
}

#[test]
fn what_is_not_known_is_treated_as_the_gate_says() {
    let scene = Scene::new();
    scene.write("old.json", OLD);
    scene.write("new.json", &NEW.replace("\"Effect\": \"Allow\"", "\"Effect\": \"Perhaps\""));
    for (gate, wanted) in [
        ("", 3),
        ("[gate]\nunknown = \"undecided\"", 3),
        ("[gate]\nunknown = \"fail\"", 1),
        ("[gate]\nunknown = \"pass\"", 0),
        ("[gate]\naccess = \"none\"\nunknown = \"fail\"", 0),
    ] {
        scene.write("clavicle.toml", gate);
        let output = scene.command("diff old.json new.json").output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(wanted), "{gate}\n{said}");
    }
    // Of policies by themselves nobody knows what matters.
    scene.write("clavicle.toml", "[gate]\naccess = \"matter\"");
    scene.write("new.json", NEW);
    assert!(scene.run("diff old.json new.json").ends_with("[exit 3]"));
}

#[test]
fn the_gate_of_check_is_its_severity_and_what_was_typed_goes_before_it() {
    let scene = Scene::new();
    scene.write("new.json", &NEW.replace("s3:PutObject", "s3:PutObjekt"));
    for (gate, line, wanted) in [
        ("", "check new.json", 1),
        ("[gate]\nfail-on = \"critical\"", "check new.json", 0),
        ("[gate]\nfail-on = \"never\"", "check new.json", 0),
        ("[gate]\nfail-on = \"never\"", "check new.json --fail-on high", 1),
    ] {
        scene.write("clavicle.toml", gate);
        let code = scene.command(line).output().expect("it runs").status.code();
        assert_eq!(code, Some(wanted), "{gate} {line}");
    }
}

#[test]
fn a_gate_with_a_slip_of_the_pen_is_an_error_with_its_line() {
    let scene = Scene::new();
    scene.write("old.json", OLD);
    for (gate, says) in [
        ("\n[gate]\nacess = \"any\"", "clavicle.toml:3"),
        ("[gate]\naccess = \"matters\"", "`matters` is nothing that `access` of `[gate]` may be"),
        ("[gate]\nunknown = true", "clavicle.toml:2"),
        ("[gate]\nfail-on = \"high\"\nfail-on = \"low\"", "clavicle.toml:3"),
        ("[[gate]]\naccess = \"any\"", "clavicle.toml:1"),
        ("gate = \"open\"", "clavicle.toml:1"),
        ("[gate]\nchains = \"\u{1b}[2J\"", "clavicle.toml:2"),
        ("[gate]\nchains = \"\\u001b[2J\"", "`\\u{1b}[2J` is nothing that `chains`"),
        ("[gate", "clavicle.toml:1"),
    ] {
        scene.write("clavicle.toml", gate);
        let said = scene.run("diff old.json old.json");
        assert!(said.contains(says) && said.ends_with("[exit 4]"), "{gate}\n{said}");
        assert!(!said.contains('\u{1b}'), "{said:?}");
    }
}

pub(crate) fn demo_folder() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/paperboat")
}

pub(crate) fn copied(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let (path, there) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copied(&path, &there);
        } else {
            std::fs::copy(&path, &there).expect("a copy");
        }
    }
}
