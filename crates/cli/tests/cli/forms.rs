//! Answers for programs, and what a shell and a pipe need.

use std::io::Read as _;
use std::process::Stdio;

use insta::assert_snapshot;
use serde_json::Value;

use crate::scene::{Scene, cases, demo, filtered};

const QUESTIONS: [&str; 7] = [
    "who s3://paperboat-invoices --do read",
    "who staging:role/LogShipper --do become",
    "what staging:lambda/nightly-report",
    "what staging:policy/shared-ops",
    "can staging:role/deployer s3:PutObject s3://paperboat-invoices/2026/07.csv",
    "can prod:user/dana s3:GetObject s3://paperboat-invoices/2026/07.csv",
    "outside",
];

/// stdout of a question of the demo, as JSON.
fn json(line: &str) -> Value {
    let output = Scene::new().command(&format!("{line} -s demo -o json")).output().expect("the program runs");
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

#[test]
fn the_version_tells_the_date_of_the_facts() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("--version"), @r#"
clavicle [VERSION] (AWS facts of [DATE])
[exit 0]
"#);
    });
}

#[test]
fn json_is_as_the_schema_says() {
    let schema =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/answer.schema.json"));
    let schema = serde_json::from_str(&schema.expect("docs/answer.schema.json")).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("a sound schema");
    for question in QUESTIONS {
        let answer = json(question);
        let faults: Vec<String> = validator.iter_errors(&answer).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{question}: {faults:?}");
    }
}

#[test]
fn tables_comments_and_drawings_tell_the_same() {
    filtered(|| {
        let ask = |form: &str| demo(&format!("who s3://paperboat-invoices --do write -o {form}"));
        assert_snapshot!(ask("csv"), @"
        who,who_arn,who_account,access,actions,thing,thing_arn,if,depends_on,severity,outside,steps,way,because,state
        prod:role/billing-api,arn:aws:iam::111122223333:role/billing-api,111122223333,write,s3:PutObject,s3://paperboat-invoices,arn:aws:s3:::paperboat-invoices,,,,false,1,prod:role/billing-api writes s3://paperboat-invoices,policy/billing-data:10 policy/billing-data:22 prod:key/invoices#policy:4,
        prod:role/billing-worker,arn:aws:iam::111122223333:role/billing-worker,111122223333,write,s3:PutObject,s3://paperboat-invoices,arn:aws:s3:::paperboat-invoices,,,,false,1,prod:role/billing-worker writes s3://paperboat-invoices,policy/billing-data:10 policy/billing-data:22 prod:key/invoices#policy:4,
        prod:role/billing-export,arn:aws:iam::111122223333:role/billing-export,111122223333,write,s3:PutObject,s3://paperboat-invoices,arn:aws:s3:::paperboat-invoices,,,,false,1,prod:role/billing-export writes s3://paperboat-invoices,policy/billing-data:10 policy/billing-data:22 prod:key/invoices#policy:4,
        prod:role/billing-reminders,arn:aws:iam::111122223333:role/billing-reminders,111122223333,write,s3:PutObject,s3://paperboat-invoices,arn:aws:s3:::paperboat-invoices,,,,false,1,prod:role/billing-reminders writes s3://paperboat-invoices,policy/billing-data:10 policy/billing-data:22 prod:key/invoices#policy:4,
        prod:role/billing-refunds,arn:aws:iam::111122223333:role/billing-refunds,111122223333,write,s3:PutObject,s3://paperboat-invoices,arn:aws:s3:::paperboat-invoices,,,,false,1,prod:role/billing-refunds writes s3://paperboat-invoices,policy/billing-data:10 policy/billing-data:22 prod:key/invoices#policy:4,
        prod:role/billing-tax,arn:aws:iam::111122223333:role/billing-tax,111122223333,write,s3:PutObject,s3://paperboat-invoices,arn:aws:s3:::paperboat-invoices,,,,false,1,prod:role/billing-tax writes s3://paperboat-invoices,policy/billing-data:10 policy/billing-data:22 prod:key/invoices#policy:4,
        prod:role/billing-archive,arn:aws:iam::111122223333:role/billing-archive,111122223333,write,s3:PutObject,s3://paperboat-invoices,arn:aws:s3:::paperboat-invoices,,,,false,1,prod:role/billing-archive writes s3://paperboat-invoices,policy/billing-data:10 policy/billing-data:22 prod:key/invoices#policy:4,
        [exit 0]
        ");
        assert_snapshot!(ask("md").replace('\u{2060}', ""), @r"
        ### clavicle: who can write s3://paperboat-invoices

        **yes.** 7 identities can write s3://paperboat-invoices directly.

        | severity | who | access | on | if | how | because |
        |---|---|---|---|---|---|---|
        |  | prod:role/billing-\* ×7: prod:role/billing-api, prod:role/billing-worker, prod:role/billing-export, prod:role/billing-reminders, prod:role/billing-refunds, prod:role/billing-tax, prod:role/billing-archive | write | s3://paperboat-invoices |  | directly | policy/billing-data:10, policy/billing-data:22, prod:key/invoices#policy:4 |

        also needs kms:GenerateDataKey on prod:key/invoices (default encryption of the bucket)

        Taken for granted of the request: aws:SecureTransport is true, aws:ViaAWSService is false.

        Not counted: 2 administrators.
        [exit 0]
        ");
        assert_snapshot!(demo("path acct/999999999999 s3://paperboat-invoices -o dot"), @r#"
        digraph clavicle {
          rankdir=LR;
          node [shape=box, style=rounded, fontname="sans-serif"];
          n0 [label="acct/999999999999"];
          n1 [label="staging:role/LogShipper"];
          n2 [label="staging:lambda/nightly-report"];
          n3 [label="staging:role/nightly-exec"];
          n4 [label="prod:role/reporting-read"];
          n5 [label="s3://paperboat-invoices"];
          n0 -> n1 [label="becomes", style=dashed, tooltip="staging:role/LogShipper#trust:4"];
          n1 -> n2 [label="controls", style=solid, tooltip="policy/shared-ops:16"];
          n2 -> n3 [label="runs as", style=solid, tooltip=""];
          n3 -> n4 [label="becomes", style=solid, tooltip="staging:role/nightly-exec#assume-reporting:4, prod:role/reporting-read#trust:4"];
          n4 -> n5 [label="reads", style=solid, tooltip="policy/reporting-read:5, policy/reporting-read:10, prod:key/invoices#policy:4"];
        }
        [exit 3]
        "#);
    });
}

#[test]
fn a_table_has_a_row_for_each_of_those_who_are_equal() {
    for question in QUESTIONS {
        let table =
            Scene::new().command(&format!("{question} -s demo -o csv")).output().expect("it runs").stdout;
        let mut table = csv::Reader::from_reader(table.as_slice());
        let answers = json(question);
        let answers = answers["answers"].as_array().expect("a list");
        let rows: usize = answers
            .iter()
            .map(|answer| {
                let count = |key: &str| answer[key].as_array().map_or(0, Vec::len);
                count("who") * count("on").max(1)
            })
            .sum();
        assert_eq!(table.records().filter(Result::is_ok).count(), rows, "{question}");
    }
}

#[test]
fn json_has_the_exit_code_of_text() {
    for question in QUESTIONS {
        let code = |form: &str| {
            let scene = Scene::new();
            scene.command(&format!("{question} -s demo -o {form}")).status().expect("the program runs").code()
        };
        assert_eq!(code("json"), code("text"), "{question}");
    }
}

#[test]
fn json_lines_are_the_answers_one_by_one() {
    let answers = json(QUESTIONS[0])["answers"].as_array().expect("a list").clone();
    let output =
        Scene::new().command(&format!("{} -s demo -o jsonl", QUESTIONS[0])).output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("text");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines, answers);
}

#[test]
fn the_expected_answer_ends_with_zero() {
    let code =
        |line: &str| Scene::new().command(&format!("{line} -s demo")).status().expect("it runs").code();
    let (no, depends) = (QUESTIONS[4], QUESTIONS[5]);
    for (line, wanted) in [
        (no.to_owned(), 1),
        (format!("{no} --expect no"), 0),
        (format!("{no} --expect yes"), 1),
        (depends.to_owned(), 3),
        (format!("{depends} --expect yes"), 3),
        (format!("{depends} --expect yes --when mfa"), 0),
        (format!("{depends} --expect no --when mfa"), 1),
    ] {
        assert_eq!(code(&line), Some(wanted), "{line}");
    }
}

#[test]
fn an_answer_goes_to_a_file_whole_and_without_colour() {
    let scene = Scene::new();
    let shown = scene.run("who s3://paperboat-invoices --do read -s demo --color always --out answer.txt");
    assert_eq!(shown, "[exit 0]");
    let text = std::fs::read_to_string(scene.here().join("answer.txt")).expect("the file");
    assert!(text.starts_with("9 identities") && !text.contains('\u{1b}'), "{text}");
    let others = std::fs::read_dir(scene.here()).expect("a folder").count();
    assert_eq!(others, 1, "nothing is left beside it");
}

#[test]
fn colour_is_only_where_it_is_wanted() {
    let question = "who s3://paperboat-invoices --do read -s demo";
    for (name, value, coloured) in [
        ("LANG", "C", false),
        ("CLICOLOR_FORCE", "1", true),
        ("NO_COLOR", "1", false),
        ("TERM", "dumb", false),
    ] {
        let shown = Scene::new().with(name, value).run(question);
        assert_eq!(shown.contains('\u{1b}'), coloured, "{name}={value}");
    }
}

#[test]
fn hostile_text_acts_on_no_terminal() {
    let scene = Scene::new();
    let file = cases().join("ok/hostile.json");
    for line in
        ["snapshots --coverage", "what user/dana", "who role/x", "can role/\u{1b}[31mx\u{202e} read s3://b"]
    {
        for form in ["", " -o json"] {
            let form = if line.starts_with("snapshots") { "" } else { form };
            let shown = scene.run(&format!("{line} -s {}{form}", file.display()));
            let acts = |letter: char| (letter.is_control() && letter != '\n') || letter == '\u{202e}';
            assert!(!shown.contains(acts), "{line}: {shown:?}");
        }
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let scene = Scene::new();
    let mut child = scene
        .command("explain *:*")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("text");
    assert_eq!((child.wait().expect("it ends").code(), said.as_str()), (Some(0), ""));
}

#[test]
fn every_shell_gets_a_script() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = Scene::new().run(&format!("completions {shell}"));
        assert!(script.contains("CLAVICLE_COMPLETE") && script.ends_with("[exit 0]"), "{script}");
    }
}

#[test]
fn names_are_completed_from_the_accounts() {
    let complete = |line: &str| {
        let scene = Scene::new();
        let mut command = scene.command("--");
        let output =
            command.args(line.split(' ')).env("CLAVICLE_COMPLETE", "fish").output().expect("it runs");
        String::from_utf8(output.stdout).expect("text")
    };
    assert!(complete("clavicle who -s demo s3://paperboat-inv").starts_with("s3://paperboat-invoices\t"));
    assert!(complete("clavicle can -s demo staging:role/deployer-").contains("staging:role/deployer-blue"));
    assert!(complete("clavicle who -s demo --do s3:GetObj").contains("s3:GetObject"));
    assert!(complete("clavicle expl").contains("explain"));
}

#[test]
fn the_question_in_words_is_the_one_in_slots() {
    let words = demo("who can read s3://paperboat-invoices");
    assert_eq!(words, demo("who s3://paperboat-invoices --do read"));
}

/// The server tells its address, and the last question travels in the fragment.
#[test]
fn the_web_app_opens_the_last_question() {
    let scene = Scene::new();
    scene.run("who s3://paperboat-invoices --do read -s demo");
    let mut child = scene
        .command("open --last --no-open")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs");
    let mut address = [0; 128];
    let read = child.stdout.as_mut().expect("a pipe").read(&mut address).expect("an address");
    child.kill().expect("it runs until it is stopped");
    child.wait().expect("it ends");
    let address = String::from_utf8_lossy(&address[..read]).into_owned();
    assert!(address.starts_with("http://127.0.0.1:"), "{address}");
    assert!(address.contains("#/ask?q=who%20can%20read%20s3%3A%2F%2Fpaperboat-invoices"), "{address}");
}

/// A command that is printed to be copied holds names, and names are hostile text.
#[test]
fn a_command_to_copy_runs_nothing_of_a_name() {
    let scene = Scene::new();
    let policy = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:ListUsers", "Resource": "*"}]}"#;
    let details = serde_json::json!({"RoleDetailList": [{
        "Path": "/", "RoleName": "web$(touch${IFS}x)", "RoleId": "AROAEXAMPLEEXAMPLE01",
        "Arn": "arn:aws:iam::111122223333:role/web$(touch${IFS}x)",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
        "RolePolicyList": [{"PolicyName": "read", "PolicyDocument": serde_json::from_str::<serde_json::Value>(policy).expect("JSON")}],
        "AttachedManagedPolicies": []}], "UserDetailList": [], "GroupDetailList": [], "Policies": []});
    scene.write("details.json", &details.to_string());
    let told = scene.run("can role/web$(touch${IFS}x) iam:ListUsers -s details.json --standalone");
    let next = told.lines().find(|line| line.starts_with("next: ")).expect("a command");
    assert!(next.starts_with("next: clavicle what 'role/web$(touch${IFS}x)' -s details.json"), "{told}");
}

/// What is written over keeps who may read it, and a link stays a link.
#[cfg(unix)]
#[test]
fn a_file_that_is_there_stays_what_it_was() {
    use std::os::unix::fs::PermissionsExt as _;

    let scene = Scene::new();
    let at = |name: &str| scene.here().join(name);
    scene.write("report.json", "old");
    std::fs::set_permissions(at("report.json"), std::fs::Permissions::from_mode(0o600))
        .expect("a private file");
    std::os::unix::fs::symlink("report.json", at("link.json")).expect("a link");
    for name in ["report.json", "link.json"] {
        std::fs::write(at("report.json"), "old").expect("a file");
        let told = scene.run(&format!("what prod:user/dana -s demo -o json --out {name}"));
        assert_eq!(told, "[exit 0]");
        assert!(std::fs::read_to_string(at("report.json")).expect("a file").starts_with('{'), "{name}");
        let mode = std::fs::metadata(at("report.json")).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert!(at("link.json").is_symlink());
}
