//! What is gathered from generated logs is what their generator says: every action of every principal, with counts and
//! times, used and denied.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clavicle_testkit::generated_trail;
use clavicle_usage::{Evidence, EvidenceFile, Need};
use serde_json::Value;

type Truth = BTreeMap<(String, String, &'static str), (u64, String, String)>;

/// What the generator says.
fn truth(trail: &Path) -> Truth {
    let text =
        std::fs::read_to_string(trail.join("used_actions.jsonl")).expect("the truth is beside the logs");
    let mut truth = Truth::new();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).expect("a line is JSON");
        for kind in ["used", "denied"] {
            for (action, facts) in row[kind].as_object().into_iter().flatten() {
                let word = |name: &str| facts[name].as_str().unwrap_or_default().to_owned();
                let principal = row["principal"].as_str().unwrap_or_default().to_owned();
                let counted = (facts["count"].as_u64().unwrap_or_default(), word("first"), word("last"));
                truth.insert((principal, action.clone(), kind), counted);
            }
        }
    }
    truth
}

/// The same of what was gathered.
fn gathered(evidence: &Evidence) -> Truth {
    let mut truth = Truth::new();
    for known in evidence.uses.iter().filter(|known| known.need == Need::Own) {
        let tally = &known.tally;
        for (kind, count, span) in
            [("used", tally.uses(), tally.used), ("denied", tally.denied, tally.refused)]
        {
            if let Some((first, last)) = span {
                let key = (known.principal.to_string(), known.action.to_string(), kind);
                truth.insert(key, (count, first.to_string(), last.to_string()));
            }
        }
    }
    truth
}

fn read(logs: &Path) -> (EvidenceFile, clavicle_usage::LogsRead) {
    let file = EvidenceFile::unnamed().expect("a database");
    let read = file.read_logs(&[logs.to_path_buf()], &|_, _| ()).expect("the logs are readable");
    (file, read)
}

#[test]
fn used_actions_are_those_of_the_generator() {
    let Some(made) = generated_trail() else { return };
    let trail = made.folder().join("trail");
    let wanted = truth(&trail);
    assert!(wanted.len() > 50, "the logs are too few to tell anything");
    let (file, outcome) = read(&trail.join("AWSLogs"));
    let evidence = file.evidence().expect("readable");
    assert_eq!(evidence.unmapped, []);
    assert_eq!(gathered(&evidence), wanted);
    assert!(outcome.damaged.is_empty(), "{:?}", outcome.damaged);

    // The same logs again, under other names and in other forms.
    let copy = made.folder().join("copy");
    std::fs::create_dir(&copy).expect("a folder");
    let mut logs = Vec::new();
    all_files(&trail.join("AWSLogs"), &mut logs);
    for (at, log) in logs.iter().enumerate() {
        std::fs::copy(log, copy.join(format!("{at}.json"))).expect("copied");
    }
    let again = file.read_logs(&[trail.join("AWSLogs"), copy], &|_, _| ()).expect("readable");
    assert_eq!((again.counts.new, again.known_files), (0, logs.len()));
    assert_eq!(file.evidence().expect("readable"), evidence);
}

fn all_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            all_files(&path, found);
        } else {
            found.push(path);
        }
    }
}
