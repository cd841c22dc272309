//! Every JSON output keeps to its schema in `docs/`, and has no field that is not told there.

use serde_json::Value;

use crate::revisions::{READ, SAME, commit, repository};
use crate::scene::Scene;

/// A schema that is as strict as this version of the program: no field but those that are told.
fn strict(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            object.values_mut().for_each(strict);
            if object.contains_key("properties")
                && !object.contains_key("additionalProperties")
                && !object.contains_key("allOf")
                // Policies are AWS's.
                && !object.get("required").is_some_and(|it| it.to_string().contains("\"Version\""))
            {
                object.insert("additionalProperties".to_owned(), false.into());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(strict),
        _ => {}
    }
}

fn schema(name: &str) -> Value {
    let path = format!("{}/../../docs/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
    let text =
        std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}")).expect("it can be read");
    let mut schema: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(schema["title"], format!("clavicle.{name}/1"));
    strict(&mut schema);
    schema
}

pub(crate) fn keeps(name: &str, page: &Value) {
    let validator = jsonschema::validator_for(&schema(name)).expect("a sound schema");
    let faults: Vec<String> =
        validator.iter_errors(page).map(|fault| format!("{fault} at {}", fault.instance_path)).collect();
    assert!(faults.is_empty(), "{name}: {:#?}", faults.iter().take(5).collect::<Vec<_>>());
    // A schema that takes anything would say nothing.
    let mut other = page.clone();
    other["verdict_of_nobody"] = 1.into();
    assert!(!validator.is_valid(&other), "{name} takes a field that it does not tell");
}

fn printed(scene: &Scene, line: &str) -> Value {
    let output = scene.command(line).output().expect("it runs");
    serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("{line}: {error}: {}", String::from_utf8_lossy(&output.stderr)))
        .expect("JSON")
}

const WIDER: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObjekt", "s3:PutObject"], "Resource": "*"},
  {"Effect": "Perhaps", "Action": "s3:*", "Resource": "*"}]}"#;

#[test]
fn outputs_keep_to_their_schemas() {
    let scene = repository(&[("policies/read.json", READ), ("policies/same.json", READ)]);
    commit(&scene, &[("policies/read.json", WIDER), ("policies/same.json", SAME)], "two");
    scene.write("wider.json", WIDER);
    scene.write("read.json", READ);
    scene.write("plain.json", &READ.replace("s3:GetObject", "s3:*"));
    assert!(scene.run("import demo").contains("saved"));
    std::fs::write(scene.data().join("other.clavicle"), "no snapshot").expect("a file");
    for (name, line) in [
        ("changes", "try --delete policy/shared-ops --used 90d -s demo"),
        ("changes", "try --delete scp/protect-prod -s demo"),
        ("changes", "try --edit policy/shared-ops=read.json -s demo"),
        ("diff", "diff read.json wider.json"),
        ("diff", "diff wider.json read.json"),
        ("revisions", "diff HEAD~1..HEAD --src policies"),
        ("lint", "check wider.json read.json"),
        ("minimal", "minimize read.json"),
        ("proof", "prove no-new-access read.json plain.json"),
        ("proof", "prove equal read.json read.json"),
        (
            "more",
            "prove no-more prod:role/reporting-read staging:role/deployer s3://paperboat-invoices -s demo",
        ),
        ("findings", "prove findings wider.json"),
        ("findings", "prove findings read.json --trust read.json"),
        ("suggestion", "suggest --read s3://paperboat-covers -s demo"),
        ("unused", "unused -s demo"),
        ("explained", "explain s3:GetObject"),
        ("explained", "explain s3:Get*"),
        ("explained", "explain s3"),
        ("explained", "explain read"),
        ("explained", "explain aws:SourceIp"),
        ("explained", "explain s3:bucket"),
        ("explained", "explain arn:aws:s3:::ledger/2026.csv"),
        ("coverage", "snapshots --coverage -s demo"),
        ("snapshots", "snapshots"),
        ("explained", "explain shared-policy"),
        ("explained", "explain unknown-action"),
    ] {
        let page = printed(&scene, &format!("{line} -o json"));
        keeps(name, &page);
    }
}
