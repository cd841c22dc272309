//! Every call of the table against AWS's own models of its APIs.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

struct Checked {
    told: String,
    /// To every call of each kind of thing an answer.
    planted: BTreeMap<String, Vec<String>>,
}

/// What the script says, which both tests ask once. `None`: there is no Python with the models.
fn checked() -> Option<&'static Checked> {
    static CHECKED: OnceLock<Option<Checked>> = OnceLock::new();
    CHECKED.get_or_init(check).as_ref()
}

fn check() -> Option<Checked> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("planted.json");
    let mut command = Command::new(clavicle_testkit::python()?);
    command.arg(here.join("tests/collect/models.py")).arg(here.with_file_name("collect")).arg(&file);
    let output = command.output().expect("the script runs");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    let planted = std::fs::read(&file).expect("the answers");
    Some(Checked { told, planted: serde_json::from_slice(&planted).expect("the answers are JSON") })
}

/// And nothing is kept that AWS's models call sensitive.
#[test]
fn every_call_and_every_kept_field_is_in_the_models_of_aws() {
    let Some(Checked { told, .. }) = checked() else { return };
    // `1282 facts`: a script that finds nothing to check would hold too.
    let checked = told.split(' ').next().and_then(|number| number.parse::<u32>().ok());
    assert!(checked.is_some_and(|checked| checked > 1000), "{told}");
}

/// Answers with everything that AWS's models have, to every call of the table, and a secret in each field that no line of it
/// names: environment, user data, code, passwords, parameters, outputs, targets' inputs and whatever else there is.
#[test]
fn a_secret_in_any_field_that_is_not_kept_is_dropped_when_the_answer_is_parsed() {
    let Some(Checked { planted, .. }) = checked() else { return };
    let secret = "pl4nted-s3cret";
    let all = planted.values().flatten();
    assert!(all.map(|answer| answer.matches(secret).count()).sum::<usize>() > 4000);
    for (kind, calls) in clavicle_collect::kinds_and_calls() {
        let bodies: Vec<&str> = planted[kind].iter().map(String::as_str).collect();
        assert_eq!(bodies.len(), calls.len(), "{kind}");
        let items = clavicle_collect::kept(kind, &bodies);
        assert!(!items.is_empty(), "{kind} is not read from {bodies:?}");
        for item in items {
            let item = item.to_string();
            assert!(!item.contains(secret), "{kind}: {item}");
        }
    }
}
