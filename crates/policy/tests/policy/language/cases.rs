//! `tests/cases/policy`: texts without a fault, and texts with every sort of fault.
//!
//! Beside each file of `err` stands what is to be found in it, `NAME.txt`: one line for each diagnostic, in order, with
//! severity and id, line and column (counted from one, in characters), and the text that it points at. After a change
//! that is meant, `UPDATE_CASES=1` writes these files anew, to be read as a diff.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clavicle_policy::{Diagnostic, parse};

use super::{invariants, places};

pub(crate) fn folder(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/policy").join(name);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();
    files.sort();
    assert!(files.len() > 10, "{}: only {} cases", folder.display(), files.len());
    files
}

#[test]
fn texts_without_a_fault_raise_nothing_and_keep_their_meaning() {
    for (path, bytes) in folder("ok") {
        let parsed = parse(&bytes);
        assert_eq!(parsed.diagnostics, [], "{}", path.display());
        let policy = parsed.policy.unwrap();
        assert!(policy.statements.iter().all(|statement| !statement.faulty), "{}", path.display());
        places::are_true(&policy, std::str::from_utf8(&bytes).unwrap());
        invariants::hold(&bytes);
    }
}

#[test]
fn every_fault_is_found_where_it_stands() {
    let mut wrong = Vec::new();
    for (path, bytes) in folder("err") {
        invariants::hold(&bytes);
        let found = parse(&bytes).diagnostics;
        assert!(!found.is_empty(), "{} raises nothing", path.display());
        let found: String = found.iter().map(|found| line(found, &bytes)).collect();
        let expected = path.with_extension("txt");
        if std::env::var_os("UPDATE_CASES").is_some() {
            std::fs::write(&expected, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&expected).unwrap_or_default();
        if found != expected {
            wrong.push(format!("{}\nexpected:\n{expected}found:\n{found}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn line(found: &Diagnostic, bytes: &[u8]) -> String {
    let (start, end) = (found.span.start as usize, found.span.end as usize);
    let before = String::from_utf8_lossy(&bytes[..start]).into_owned();
    let column = before.chars().rev().take_while(|character| *character != '\n').count() + 1;
    let text = String::from_utf8_lossy(&bytes[start..end]).into_owned();
    let short: String = text.chars().take(50).collect();
    let head = found.to_string();
    let head = head.split(": ").next().unwrap();
    let mut line = String::new();
    let more = if short == text { "" } else { "…" };
    writeln!(line, "{head} {}:{column} {short:?}{more}", before.matches('\n').count() + 1).unwrap();
    line
}

/// The ids that the cases show. A new sort of fault needs a case.
#[test]
fn every_sort_of_fault_has_a_case() {
    let shown: BTreeSet<&str> =
        folder("err").iter().flat_map(|(_, bytes)| parse(bytes).diagnostics).map(|found| found.id).collect();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut raised = BTreeSet::new();
    for entry in std::fs::read_dir(sources).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        for call in ["fault(", "doubt(", "give_up(", "warn(", "Diagnostic::error(", "Diagnostic::warning("] {
            raised.extend(
                code.split(call)
                    .skip(1)
                    .filter_map(|rest| rest.trim_start().strip_prefix('"'))
                    .filter_map(|rest| rest.split('"').next().map(str::to_owned)),
            );
        }
    }
    assert!(raised.len() > 30, "{raised:?}");
    let missing: Vec<_> = raised.iter().filter(|id| !shown.contains(id.as_str())).collect();
    assert_eq!(missing, ["too-large"], "the only fault whose text would be too large for a file");
}
