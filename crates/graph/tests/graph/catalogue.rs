//! Is every way of the public catalogue of such ways either a method, or said not to be one, with the reason?

use std::collections::BTreeSet;

use clavicle_graph::{NOT_CLAIMED, methods};
use clavicle_testkit::shared;

/// `iam-002 / 003`, `x-sts-saml / webid`, `braket-001 / omics-001`: the ids of one row. What lacks a beginning has that of
/// the id before it.
fn ids(cell: &str) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for part in cell.split('/').map(str::trim) {
        let beginning = ids.last().and_then(|before| before.rsplit_once('-')).map(|(beginning, _)| beginning);
        match beginning {
            Some(beginning) if !part.contains('-') => ids.push(format!("{beginning}-{part}")),
            _ => ids.push(part.to_owned()),
        }
    }
    ids
}

#[test]
fn ids_of_a_row() {
    assert_eq!(ids("iam-005 / 007 / 011"), ["iam-005", "iam-007", "iam-011"]);
    assert_eq!(ids("x-sts-saml / webid"), ["x-sts-saml", "x-sts-webid"]);
    assert_eq!(ids("emr-001 / emrserverless-001"), ["emr-001", "emrserverless-001"]);
}

#[test]
fn every_row_is_a_method_or_is_said_not_to_be() {
    let file = match shared() {
        Ok(shared) => shared.join("data/escalation-methods.md"),
        Err(absent) => {
            eprintln!("not run: {absent}");
            return;
        }
    };
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let cells = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let wanted: BTreeSet<String> =
        cells.filter(|cell| cell.contains('-') && !cell.starts_with("--")).flat_map(ids).collect();
    assert!(wanted.len() > 150, "{} ids were read", wanted.len());
    let known: BTreeSet<&str> =
        methods().map(|method| method.id).chain(NOT_CLAIMED.iter().map(|(id, _)| *id)).collect();
    let missing: Vec<&String> = wanted.iter().filter(|id| !known.contains(id.as_str())).collect();
    assert!(missing.is_empty(), "neither a method nor said not to be one: {missing:?}");
}
