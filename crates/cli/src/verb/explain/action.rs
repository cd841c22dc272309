//! An action.

use clavicle_answer::shape::ActionMeaning;

use super::{fact, facts, keys};
use crate::ink::{Ink, Tone};
use crate::text::Page;

const TOO_NEW: &str = "not known: the action is too new";

pub(super) fn lay_out(page: &mut Page, action: &ActionMeaning) {
    page.line(&Ink::of(Tone::Strong, &action.name));
    fact(page, "level", &action.levels.as_ref().map_or(TOO_NEW.to_owned(), |levels| levels.join(", ")));
    words(page, action);
    things(page, action);
    match &action.keys {
        None => fact(page, "keys", TOO_NEW),
        Some(none) if none.is_empty() => fact(page, "keys", "only the global ones (aws:…)"),
        Some(some) => keys(page, some),
    }
    match &action.dependent_actions {
        None => fact(page, "may also need", TOO_NEW),
        Some(names) => {
            facts(page, "may also need", &names.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }
    match action.hands_over_role.as_ref().map(|role| (role.known, role.member)) {
        Some(("documented", _)) => {
            fact(page, "hands over", "a role: the caller needs iam:PassRole on it");
        }
        Some((_, Some(member))) => fact(page, "hands over", &format!("likely a role, in `{member}`")),
        Some((_, None)) => fact(page, "hands over", "a role, as is known from use"),
        None => {}
    }
    if action.permission_only == Some(true) {
        fact(page, "no call", "there is no operation of this name: other calls ask for the permission");
    }
    page.line(&Ink::plain(&format!("next: clavicle who THING --do {}", action.name)));
}

/// The words that cover it, each with the kinds of things on which it does.
fn words(page: &mut Page, action: &ActionMeaning) {
    let mut told: Vec<(&str, Vec<String>)> = Vec::new();
    for covering in &action.covered_by {
        let on = match covering.asked_on.as_str() {
            "" => covering.resource_type.clone(),
            ending => format!("{} as {ending}", covering.resource_type),
        };
        match told.last_mut().filter(|(word, _)| *word == covering.word) {
            Some((_, kinds)) => kinds.push(on),
            None => told.push((covering.word, vec![on])),
        }
    }
    let lines: Vec<String> =
        told.iter().map(|(word, kinds)| format!("{word} on {}", kinds.join(", "))).collect();
    match (lines.as_slice(), action.word) {
        ([], Some(word)) => fact(page, "word", word),
        ([], None) => {
            fact(
                page,
                "word",
                "none: it counts as none of list, read, write, delete, run, control and become",
            );
        }
        (lines, _) => {
            for (at, line) in lines.iter().enumerate() {
                fact(page, if at == 0 { "word" } else { "" }, line);
            }
        }
    }
}

fn things(page: &mut Page, action: &ActionMeaning) {
    if action.without_resource {
        fact(page, "on", "no thing: only a statement with \"Resource\": \"*\" covers it");
        return;
    }
    page.line(&Ink::of(Tone::Faint, "  on"));
    let rows: Vec<Vec<Ink>> = action
        .resource_types
        .iter()
        .map(|kind| {
            vec![
                Ink::plain(&kind.name),
                Ink::plain(if kind.required { "required" } else { "" }),
                Ink::plain(kind.word.unwrap_or("")),
                Ink::of(Tone::Faint, &kind.arn),
            ]
        })
        .collect();
    page.table(4, &rows);
}
