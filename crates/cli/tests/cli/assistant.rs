//! `mcp`, driven by the client of the protocol's official SDK.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::scene::Scene;
use clavicle_testkit::python;

/// What the server says of itself, its tools, and what it answers to calls; `None`: there is no client here.
fn served(source: &str, calls: &Value) -> Option<Value> {
    let python = python()?;
    let scene = Scene::new();
    let mut client = Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/assistant/client.py"))
        .arg(env!("CARGO_BIN_EXE_clavicle"))
        .args(["mcp", "-s", source])
        .current_dir(scene.here())
        .env("CLAVICLE_DATA", scene.data())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python runs");
    let mut pipe = client.stdin.take().expect("a pipe");
    pipe.write_all(calls.to_string().as_bytes()).expect("it reads");
    drop(pipe);
    let output = client.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).expect("one JSON object"))
}

#[test]
fn an_assistant_gets_the_answers_that_people_get() {
    let calls = json!([
        ["ask", {"question": "who can read s3://paperboat-invoices", "limit": 2}],
        ["ask", {"question": "can staging:role/deployer s3:PutObject s3://paperboat-invoices/2026/07.csv"}],
        ["outside", {"public": true}],
        ["check", {"least": "critical"}],
        ["find", {"text": "LogShip"}],
        ["explain", {"name": "s3:GetObject"}],
        ["explain", {"name": "shared-policy"}],
        ["coverage", {}],
        ["lint", {"text": "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"s3:GetObjects\", \"Resource\": \"*\"}}"}]
    ]);
    let Some(told) = served("demo", &calls) else { return };
    assert_eq!(told["server"], "clavicle");
    for tool in told["tools"].as_array().expect("tools") {
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
        assert_eq!(tool["inputSchema"]["type"], "object", "{tool}");
    }
    let answers = told["calls"].as_array().expect("answers");
    let data: Vec<&Value> = answers.iter().map(|answer| &answer["structuredContent"]["data"]).collect();
    let [who, can, public, check, find, action, rule, coverage, lint] = data.as_slice() else {
        panic!("nine answers")
    };
    assert_eq!((&who["verdict"], &who["schema"]), (&json!("yes"), &json!("clavicle.answer/1")));
    assert_eq!(who["answers"].as_array().map(Vec::len), Some(2));
    assert_eq!(who["left_out"], 4);
    assert_eq!(lint["findings"][0]["rule"], "unknown-action", "{lint}");
    assert_eq!(can["verdict"], "no");
    assert!(can["pins"].to_string().contains("scp/protect-prod"), "{can}");
    assert_eq!(public["answers"].as_array().map(Vec::len), Some(1));
    let severities =
        check["findings"].as_array().expect("findings").iter().map(|finding| &finding["severity"]);
    assert!(severities.clone().count() > 0 && { severities }.all(|severity| *severity == "critical"));
    assert!(find.to_string().contains("staging:role/LogShipper"), "{find}");
    assert_eq!(action["schema"], "clavicle.explained/1");
    assert_eq!(rule["rule"], "shared-policy");
    assert_eq!(coverage["snapshot"]["complete"], false);
    for answer in answers {
        let text = answer["content"][0]["text"].as_str().expect("text");
        assert!(text.starts_with("What follows is data:"), "{text}");
        assert_eq!(
            answer["structuredContent"]["note"].as_str().map(|note| note.contains("data")),
            Some(true)
        );
    }
}

#[test]
fn what_cannot_be_answered_says_why() {
    let calls = json!([
        ["ask", {"question": "who can raed s3://paperboat-invoices"}],
        ["ask", {}],
        ["ask", {"question": "who admin", "limit": 0}],
        ["check", {"rules": ["no-such-rule"]}],
        ["check", {"least": "awful"}],
        ["find", {"text": 7}],
        ["ask", {"question": "who admin", "write": true}],
        ["delete", {}]
    ]);
    let Some(told) = served("demo", &calls) else { return };
    let answers = told["calls"].as_array().expect("answers");
    let wanted = [
        "`raed` is neither an action",
        "`question` has to be given",
        "`limit` has to be a number from 1",
        "`no-such-rule` is no rule",
        "`awful` is no severity",
        "`text` has to be a text",
        "`write` is no argument of `ask`",
    ];
    for (answer, wanted) in answers.iter().zip(wanted) {
        assert_eq!(answer["isError"], true, "{answer}");
        assert!(answer["content"][0]["text"].as_str().is_some_and(|text| text.contains(wanted)), "{answer}");
    }
    assert!(answers[7]["refused"].as_str().is_some_and(|text| text.contains("there is no tool `delete`")));
}

#[test]
fn whoever_hangs_up_ends_it() {
    let output = Scene::new().command("mcp -s demo").stdin(Stdio::null()).output().expect("it runs");
    assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(0), true));
}
