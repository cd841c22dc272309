//! The policies that `collect --print-policy` prints, as a person takes them on.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{clavicle, succeeds};

/// `check` has neither an error nor a warning of them, and together they are the permissions that `--dry-run` lists.
#[test]
fn they_pass_check_without_a_warning_and_allow_the_listed_calls_and_nothing_else() {
    let home = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[&str]| {
        let output = succeeds(clavicle(home.path(), "http://127.0.0.1:9", arguments));
        String::from_utf8(output.stdout).expect("text")
    };
    for options in
        [&[][..], &["--org", "--role-name", "clavicle-read"], &["--config-aggregator", "everything"]]
    {
        let of = |last: &'static str| [&["collect"][..], options, &[last]].concat();
        let printed = run(&of("--print-policy"));
        std::fs::write(home.path().join("policies.json"), &printed).expect("it is written");
        let page = run(&["check", "policies.json", "--type", "identity", "-o", "json"]);
        let page: Value = serde_json::from_str(&page).expect("JSON");
        let findings = page["findings"].as_array().expect("a list");
        let worst: BTreeSet<&str> = findings.iter().filter_map(|finding| finding["level"].as_str()).collect();
        assert!(worst.is_subset(&BTreeSet::from(["suggestion"])), "{findings:#?}");
        let printed: Value = serde_json::from_str(&printed).expect("JSON");
        let documents = printed.as_array().cloned().unwrap_or_else(|| vec![printed.clone()]);
        let named: BTreeSet<String> = documents
            .iter()
            .flat_map(|document| document["Statement"].as_array().expect("a list"))
            .flat_map(|statement| match &statement["Action"] {
                Value::Array(list) => list.clone(),
                one => vec![one.clone()],
            })
            .map(|action| action.as_str().expect("a name").to_owned())
            .collect();
        let listed = run(&of("--dry-run"));
        for action in &named {
            assert!(listed.contains(action.as_str()), "{action} is called by nothing that --dry-run lists");
        }
        assert!(named.iter().all(|action| !action.contains('*')), "{named:?}");
    }
    // Each in a file of its own, as IAM takes them.
    run(&["collect", "--print-policy", "-o", "policies"]);
    let files = std::fs::read_dir(home.path().join("policies")).expect("a folder").flatten();
    let mut names: Vec<String> = files.map(|file| file.file_name().to_string_lossy().into_owned()).collect();
    names.sort_unstable();
    assert!(
        names.len() >= 3 && names[0] == "clavicle-collect.json" && names[1] == "clavicle-read-1.json",
        "{names:?}"
    );
    let told = run(&["check", "policies", "--type", "identity"]);
    assert!(!told.contains("warning[") && !told.contains("error["), "{told}");
}
