//! Plans and templates as sources, by small files of our own in `tests/cases/sources`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clavicle_snapshot::{Import, Imported, Place, PolicyState, Side, Snapshot};

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/sources").join(name)
}

fn import(names: &[&str]) -> Import {
    let place = Place::parse("111122223333/eu-west-1");
    names.iter().fold(Import::new().planned_in(place), |import, name| import.source(case(name)))
}

fn run(import: Import) -> Imported {
    import.run(|_| ()).unwrap_or_else(|error| panic!("{error}: {:?}", error.hint))
}

fn read(names: &[&str]) -> Snapshot {
    Snapshot::read(&run(import(names)).database, |_, _| ()).unwrap()
}

/// All that access depends on, in words.
fn words(snapshot: &Snapshot) -> String {
    let mut out = String::new();
    let policy = |state: PolicyState| match state {
        PolicyState::None => "none".to_owned(),
        PolicyState::NotSeen => "not seen".to_owned(),
        PolicyState::Document(id) => {
            let text = &snapshot.document(id).text;
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        }
    };
    for it in &snapshot.principals {
        writeln!(out, "{}{}", it.arn, if it.seen { "" } else { " (named only)" }).unwrap();
        if it.trust != PolicyState::None {
            writeln!(out, "  trust {}", policy(it.trust)).unwrap();
        }
        for attached in &it.attached {
            writeln!(out, "  attached {}", snapshot.policy(*attached).arn).unwrap();
        }
        for inline in &it.inline {
            writeln!(out, "  inline {}: {}", inline.name, policy(inline.document)).unwrap();
        }
        for group in &it.groups {
            writeln!(out, "  in {}", snapshot.principal(*group).name).unwrap();
        }
        if let Some(boundary) = it.boundary {
            writeln!(out, "  boundary {}", snapshot.policy(boundary).arn).unwrap();
        }
        for (key, value) in it.tags.iter().flatten() {
            writeln!(out, "  tag {key}={value}").unwrap();
        }
    }
    for it in &snapshot.policies {
        writeln!(out, "{}: {}", it.arn, policy(it.document)).unwrap();
    }
    for it in &snapshot.instance_profiles {
        writeln!(out, "{} holds {:?}", it.arn, it.role.as_deref()).unwrap();
    }
    for it in &snapshot.resources {
        writeln!(out, "{} {} {} {:?}", it.arn, it.kind, it.name, it.region.as_deref()).unwrap();
        writeln!(out, "  policy {}", policy(it.policy)).unwrap();
        for role in &it.runs_as {
            writeln!(out, "  runs as {} ({:?}) {}", role.named, role.attribute, role.role.is_some()).unwrap();
        }
        if let Some(facts) = &it.facts.json {
            writeln!(out, "  facts {facts}").unwrap();
        }
        for (key, value) in it.tags.iter().flatten() {
            writeln!(out, "  tag {key}={value}").unwrap();
        }
    }
    for it in &snapshot.declared {
        let file = it.file.rsplit('/').next().unwrap();
        writeln!(out, "declared {} {:?} by {} at {file}:{:?}", it.arn, it.part, it.address, it.line).unwrap();
    }
    for it in &snapshot.warnings {
        writeln!(out, "warning {}: {}", it.line, it.text).unwrap();
    }
    out
}

/// Compares with the text beside the case, or writes it when asked to: then the difference is what is reviewed.
fn same(name: &str, found: &str) {
    let expected = case(name);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&expected, found).unwrap();
    }
    let expected = std::fs::read_to_string(expected).unwrap_or_default();
    for (line, (expected, found)) in expected.lines().zip(found.lines()).enumerate() {
        assert_eq!(expected, found, "{name}:{}", line + 1);
    }
    assert_eq!(expected.lines().count(), found.lines().count(), "{name}");
}

#[test]
fn every_source_says_what_its_text_says() {
    for (source, expected) in [
        ("plan.json", "plan.txt"),
        ("state.json", "state.txt"),
        ("template.yaml", "template.txt"),
        ("sam.yaml", "sam.txt"),
        ("cdk.out", "cdk.txt"),
    ] {
        let snapshot = read(&[source]);
        assert!(!format!("{snapshot:?}").contains("s3cr3t"), "{source}");
        same(expected, &words(&snapshot));
    }
    let before = run(import(&["plan.json"]).side(Side::Before));
    same("plan-before.txt", &words(&Snapshot::read(&before.database, |_, _| ()).unwrap()));
}
