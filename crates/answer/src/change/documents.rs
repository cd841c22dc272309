//! Which policies have another text, and what that comes to for every request.

use std::collections::BTreeSet;

use clavicle_engine::Principals;
use clavicle_policy::{Policy, parse};
use clavicle_prover::{Difference, Limits, Store};
use clavicle_snapshot::{PrincipalKind, Snapshot};

use super::texts::{Both, Key, Text};
use crate::reader::Reader;
use crate::shape::{DocumentChange, TextLine};

/// A thing without a policy.
const NOTHING: &str = r#"{"Version": "2012-10-17", "Statement": []}"#;

/// Policies that are in both states with another text, those that a thing of both has in one of them only, and those whose
/// text is not known in the new one. Once it is stopped, what was found so far.
pub(super) fn changed(both: &Both<'_>, is_stopped: &(dyn Fn() -> bool + Sync)) -> Vec<DocumentChange> {
    let mut found = Vec::new();
    for (key, was, now) in both.pairs() {
        if is_stopped() {
            break;
        }
        let Some(one) = now.or(was) else { continue };
        let (was, is) = match (was.map(|was| was.text), now.map(|now| now.text)) {
            (Some(Some(was)), Some(Some(is))) if was != is => (was, is),
            // What a plan puts in the place of a text, seen or not, or of none, or gives a new thing.
            (_, Some(None)) if one.is_planned => {
                found.push(unknown(one, "its text is known after deployment only"));
                continue;
            }
            (Some(Some(_)), Some(None)) => {
                found.push(unknown(one, "its text was not seen any more"));
                continue;
            }
            // That of a new thing, or of one that had none. Of a policy that comes to somebody their attachments tell.
            (None, Some(None)) if matches!(key, Key::Resource(_) | Key::Trust(_)) => {
                found.push(unknown(one, "its text was not seen"));
                continue;
            }
            (None, Some(Some(is))) if both.is_of_thing_of_both(key) => (NOTHING, is),
            (Some(Some(was)), None) if both.is_of_thing_of_both(key) => (was, NOTHING),
            _ => continue,
        };
        let lines = lines(was, is);
        let (Some(old_policy), Some(new_policy)) = (read(was), read(is)) else {
            found.push(DocumentChange { lines, ..unknown(one, "one of the texts cannot be read") });
            continue;
        };
        found.push(DocumentChange { lines, ..compared(one, &old_policy, &new_policy) });
    }
    found.sort_by(|a, b| a.document.cmp(&b.document));
    found
}

fn unknown(now: &Text<'_>, why: &str) -> DocumentChange {
    DocumentChange {
        document: now.name.clone(),
        verdict: "unknown".to_owned(),
        in_use: now.in_use,
        more: Vec::new(),
        less: Vec::new(),
        denies_less: Vec::new(),
        denies_more: Vec::new(),
        lines: Vec::new(),
        doubts: vec![why.to_owned()],
        declared_at: now.declared_at.clone(),
    }
}

/// Users and roles that are in the new state only, and in the old one only.
pub(super) fn come_and_gone(old: &Reader, new: &Reader) -> (usize, usize) {
    let (before, after) = (old.world().snapshot(), new.world().snapshot());
    let beyond = |some: &Snapshot, other: &Snapshot| {
        let callers = some.principals.iter().filter(|it| it.kind != PrincipalKind::Group);
        callers.filter(|it| other.principal_by_arn(&it.arn).is_none()).count()
    };
    (beyond(after, before), beyond(before, after))
}

pub(super) fn read(text: &str) -> Option<Policy> {
    parse(text.as_bytes()).policy
}

fn compared(now: &Text<'_>, old: &Policy, new: &Policy) -> DocumentChange {
    let mut store = Store::new();
    let principals = if now.names_principals { Principals::Required } else { Principals::Ignored };
    let before = store.compile(old, principals);
    let after = store.compile(new, principals);
    let more = store.difference(&after, &before.access(), Limits::default());
    let less = store.difference(&before, &after.access(), Limits::default());
    // What else allows it stands in other documents.
    let denied_less = store.denied_only_by(&before, &after, Limits::default());
    let denied_more = store.denied_only_by(&after, &before, Limits::default());
    let actions = |difference: &Difference| -> Vec<String> {
        let mut actions: BTreeSet<String> = BTreeSet::new();
        for region in &difference.regions {
            actions.extend(region.actions.iter().cloned());
            if region.uncatalogued && region.actions.is_empty() {
                actions.insert("actions not in the catalogue".to_owned());
            }
        }
        actions.into_iter().collect()
    };
    let none = |one: &Difference, other: &Difference| one.regions.is_empty() && other.regions.is_empty();
    let open = |one: &Difference, other: &Difference| !one.doubts.is_empty() || !other.doubts.is_empty();
    let verdict = match (none(&more, &denied_less), none(&less, &denied_more)) {
        (false, false) => "changes",
        (false, true) => "widens",
        (true, _) if open(&more, &denied_less) => "unknown",
        (true, false) => "narrows",
        (true, true) if open(&less, &denied_more) => "unknown",
        (true, true) => "same",
    };
    let mut doubts: Vec<String> = [&more, &denied_less, &less, &denied_more]
        .into_iter()
        .flat_map(|difference| difference.doubts.iter().map(ToString::to_string))
        .collect();
    doubts.dedup();
    DocumentChange {
        document: now.name.clone(),
        verdict: verdict.to_owned(),
        in_use: now.in_use,
        more: actions(&more),
        less: actions(&less),
        denies_less: actions(&denied_less),
        denies_more: actions(&denied_more),
        lines: Vec::new(),
        doubts,
        declared_at: now.declared_at.clone(),
    }
}

/// So many lines of each text are compared: the shortest way from one to the other takes the product of both.
const MOST_LINES: usize = 2_000;

/// The lines that only one of two texts has: those that are not in the longest sequence that both share.
fn lines(old: &str, new: &str) -> Vec<TextLine> {
    let split = |text: &'_ str| -> Vec<String> {
        // A comma is not what is different.
        let bare = |line: &str| line.trim().trim_end_matches(',').to_owned();
        text.lines().map(bare).take(MOST_LINES).collect()
    };
    let (old, new) = (split(old), split(new));
    let mut common = vec![vec![0_u16; new.len() + 1]; old.len() + 1];
    for (a, was) in old.iter().enumerate().rev() {
        for (b, is) in new.iter().enumerate().rev() {
            common[a][b] =
                if was == is { common[a + 1][b + 1] + 1 } else { common[a + 1][b].max(common[a][b + 1]) };
        }
    }
    let (mut a, mut b) = (0, 0);
    let mut found = Vec::new();
    let line = |sign, at: usize, text: &String| TextLine { sign, line: at + 1, text: text.clone() };
    // Brackets by themselves say nothing.
    let says = |text: &String| text.contains(|letter: char| letter.is_alphanumeric() || letter == '*');
    while a < old.len() || b < new.len() {
        match (old.get(a), new.get(b)) {
            (Some(was), Some(is)) if was == is => {
                a += 1;
                b += 1;
            }
            (Some(was), is) if is.is_none() || common[a + 1][b] >= common[a][b + 1] => {
                found.extend(says(was).then(|| line('-', a, was)));
                a += 1;
            }
            (_, Some(is)) => {
                found.extend(says(is).then(|| line('+', b, is)));
                b += 1;
            }
            _ => break,
        }
    }
    found
}
