//! What lies elsewhere in the organization, as one shape for each account or unit that it lies in.

use super::atom::{Atom, Key, Member};
use super::page::ShapeKind;
use super::words::{counted, plural};

/// A shape for an account or unit elsewhere, without members, name and the like.
pub(crate) fn stub(column: usize, noun: &str, keys: Vec<Key>) -> Atom {
    Atom {
        column,
        kind: ShapeKind::Stub,
        members: Vec::new(),
        label: None,
        sub: None,
        noun: noun.to_owned(),
        keys,
        weight: 0,
        known: None,
        mark: None,
        crown: None,
        account: None,
        unit: None,
        outside: false,
        unseen: false,
    }
}

/// What of it is meant: `role`, `3 roles, 1 thing`. `noun`: what those are who are no things.
pub(crate) fn meant(members: &[Member], noun: &str) -> String {
    let things = members.iter().filter(|it| matches!(it, Member::Resource(_))).count();
    match (members.len() - things, things) {
        (1, 0) => format!("1 {noun}"),
        (0, 1) => "1 thing".to_owned(),
        (_, 0) => plural(noun),
        (0, _) => "things".to_owned(),
        (others, _) => format!("{}, {}", counted(others, noun), counted(things, "thing")),
    }
}

/// Several of these as one shape: in how many units or accounts it lies, and how much it is.
pub(crate) fn together(atoms: &[&Atom]) -> (String, String) {
    let units = atoms.iter().filter(|atom| atom.unit.is_some()).count();
    let places = match units {
        0 => counted(atoms.len(), "account"),
        all if all == atoms.len() => counted(all, "unit"),
        _ => counted(atoms.len(), "place"),
    };
    let members: Vec<&Member> = atoms.iter().flat_map(|atom| &atom.members).collect();
    let things = members.iter().filter(|it| matches!(it, Member::Resource(_))).count();
    let much = match (members.len() - things, things) {
        (others, 0) => counted(others, "identity"),
        (0, things) => counted(things, "thing"),
        (others, things) => format!("{}, {}", counted(others, "identity"), counted(things, "thing")),
    };
    (places, much)
}
