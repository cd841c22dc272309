//! `lsp`, driven by the client library of pygls.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::scene::Scene;
use clavicle_testkit::python;

/// What comes back for each step; `None`: there is no client here.
fn edited(source: &[&str], steps: &Value) -> Option<Vec<Value>> {
    let python = python()?;
    let has_client = Command::new(&python).args(["-c", "import pygls"]).output().ok()?.status.success();
    if !has_client {
        let _ = writeln!(std::io::stderr(), "NOT TESTED: there is no pygls; `cargo xtask test` installs it");
        return None;
    }
    let scene = Scene::new();
    let mut client = Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/editor/client.py"))
        .arg(env!("CARGO_BIN_EXE_clavicle"))
        .arg("lsp")
        .args(source)
        .current_dir(scene.here())
        .env("CLAVICLE_DATA", scene.data())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python runs");
    let mut pipe = client.stdin.take().expect("a pipe");
    pipe.write_all(json!({"steps": steps}).to_string().as_bytes()).expect("it reads");
    drop(pipe);
    let output = client.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).expect("one JSON list"))
}

/// Line and UTF-16 column of the first place after `text`.
fn after(file: &str, text: &str) -> Value {
    let byte = file.find(text).expect("it is there") + text.len();
    let before = &file[..byte];
    let line = before.matches('\n').count();
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    json!([line, before[start..].encode_utf16().count()])
}

fn labels(answer: &Value) -> Vec<&str> {
    answer["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| item["label"].as_str().expect("text"))
        .collect()
}

#[test]
fn a_policy_in_json_is_underlined_explained_completed_and_mended() {
    let file = "{\"Version\": \"2012-10-17\", \"Statement\": [{\n  \"Sid\": \"😀\", \"Effect\": \"Allow\", \"Action\": [\"s3:getobject\", \"s3:Lst\"],\n  \"Resource\": \"arn:aws:s3:::paperboat-invoices/*\",\n  \"Condition\": {\"StringEquals\": {\"s3:p\": \"x\"}}\n}]}\n";
    let uri = "file:///policies/p.json";
    let steps = json!([
        ["open", {"uri": uri, "language": "json", "text": file}],
        ["hover", {"uri": uri, "at": after(file, "s3:get")}],
        ["hover", {"uri": uri, "at": after(file, "StringEq")}],
        ["complete", {"uri": uri, "at": after(file, "s3:L")}],
        ["complete", {"uri": uri, "at": after(file, "s3:p")}],
        ["complete", {"uri": uri, "at": after(file, "arn:aws:s3:::paper")}],
        ["mend", {"uri": uri, "at": after(file, "s3:get")}],
        ["change", {"uri": uri, "from": after(file, "s3:L"), "to": after(file, "s3:Lst"), "text": "istBucket"}],
        ["change", {"uri": uri, "from": after(file, "s3:L"), "to": after(file, "}]}\n"), "text": ""}],
        ["complete", {"uri": uri, "at": after(file, "s3:L")}]
    ]);
    let Some(told) = edited(&["-s", "demo"], &steps) else { return };
    let [hello, opened, action, operator, actions, keys, arns, mended, changed, cut, half] = told.as_slice()
    else {
        panic!("eleven answers, not {}", told.len())
    };
    assert_eq!(hello["serverInfo"]["name"], "clavicle");
    let said = |published: &Value, code: &str| -> Option<Value> {
        published["diagnostics"].as_array()?.iter().find(|it| it["code"] == code).cloned()
    };
    let unknown = said(opened, "unknown-action").expect("it is said");
    let [line, end] = [after(file, "\"s3:Lst\"")[0].clone(), after(file, "\"s3:Lst\"")[1].clone()];
    assert_eq!(unknown["range"]["end"], json!({"line": line, "character": end}));
    assert_eq!(unknown["severity"], 1);
    let text = action["contents"]["value"].as_str().expect("Markdown");
    assert!(text.contains("s3:GetObject") && text.contains("s3:object"), "{text}");
    assert!(operator["contents"]["value"].as_str().expect("Markdown").contains("whole texts"));
    assert!(labels(actions).contains(&"s3:ListBucket"), "{:?}", labels(actions));
    assert!(labels(keys).iter().all(|label| label.starts_with("s3:p")), "{:?}", labels(keys));
    assert!(labels(arns).contains(&"arn:aws:s3:::paperboat-invoices"), "{:?}", labels(arns));
    let edits = &mended[0]["edit"]["changes"][uri];
    assert_eq!(edits[0]["newText"], "GetO", "{mended}");
    assert!(said(changed, "unknown-action").is_none(), "{changed}");
    assert!(said(cut, "json-syntax").is_some(), "{cut}");
    assert!(labels(half).contains(&"s3:ListBucket"));
}

#[test]
fn policies_in_terraform_and_cloudformation_are_edited_too() {
    let terraform = "data \"aws_iam_policy_document\" \"d\" {\n  statement {\n    actions   = [\"s3:GetObjects\"]\n    resources = [\"${aws_s3_bucket.b.arn}/*\"]\n    \n  }\n}\n";
    let yaml = "Resources:\n  Role:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n          - Effect: Allow\n            Action: sts:AssumeRole\n            Principal: {Service: lambda.amazonaws.com}\n            Condition: {StringEquals: {aws:SourceAccount: !Ref A}}\n";
    let (main, template) = ("file:///policies/main.tf", "file:///policies/t.yaml");
    let steps = json!([
        ["open", {"uri": main, "language": "terraform", "text": terraform}],
        ["complete", {"uri": main, "at": after(terraform, "\"s3:GetObj")}],
        ["complete", {"uri": main, "at": after(terraform, "/*\"]\n    ")}],
        ["open", {"uri": template, "language": "yaml", "text": yaml}],
        ["complete", {"uri": template, "at": after(yaml, "Service: lam")}],
        ["hover", {"uri": template, "at": after(yaml, "aws:SourceA")}]
    ]);
    let Some(told) = edited(&[], &steps) else { return };
    let [_, opened, actions, elements, other, services, key] = told.as_slice() else {
        panic!("seven answers")
    };
    let codes = |published: &Value| -> Vec<String> {
        let all = published["diagnostics"].as_array().expect("a list").iter();
        all.map(|it| format!("{} {}", it["code"].as_str().unwrap_or_default(), it["range"]["start"]["line"]))
            .collect()
    };
    assert_eq!(codes(opened), ["unknown-action 2"]);
    assert!(labels(actions).contains(&"s3:GetObjectTagging"));
    assert!(labels(elements).contains(&"condition") && !labels(elements).contains(&"actions"));
    assert_eq!(codes(other), [""; 0]);
    assert!(labels(services).contains(&"lambda.amazonaws.com"));
    assert!(key["contents"]["value"].as_str().expect("Markdown").contains("aws:SourceAccount"));
}
