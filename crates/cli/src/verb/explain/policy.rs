//! What the statements of policies say, in plain words.

use clavicle_answer::PolicyFile;
use clavicle_answer::shape::{ConditionMeaning, LevelCount, NamedMeaning, PoliciesMeaning, StatementMeaning};

use super::fact;
use crate::ink::{Ink, Tone};
use crate::text::Page;

/// A statement as a policy of its own, so that it can be read.
pub(super) fn typed(text: &str) -> PolicyFile {
    let is_policy = text.contains("\"Statement\"");
    let text = if is_policy {
        text.to_owned()
    } else {
        format!("{{\"Version\": \"2012-10-17\", \"Statement\": [{text}]}}")
    };
    PolicyFile { name: "<text>".to_owned(), text }
}

/// Lays out every policy of a file.
pub(super) fn lay_out(page: &mut Page, meaning: &PoliciesMeaning) {
    for policy in &meaning.policies {
        let route = if policy.route.is_empty() { String::new() } else { format!(" {}", policy.route) };
        page.words(0, Tone::Strong, &format!("{}{route}: {}", meaning.file, policy.kind_title));
        page.words(2, Tone::Faint, &format!("taken for one because {}", policy.because));
        for told in &policy.statements {
            statement(page, told);
        }
        if policy.statements.is_empty() {
            page.words(2, Tone::Plain, "it says nothing: there is no statement in it");
        }
    }
    for note in &meaning.notes {
        page.words(0, Tone::Faint, note);
    }
}

fn statement(page: &mut Page, told: &StatementMeaning) {
    let sid = told.sid.as_ref().map(|sid| format!(" \"{sid}\"")).unwrap_or_default();
    let head = format!("  statement {}{sid}, line {}", told.at + 1, told.line);
    page.line(&Ink::of(Tone::Strong, &head));
    if let Some(text) = &told.comes_of {
        fact(page, "unknown", &format!("it is what this comes to: {text}"));
        return;
    }
    if !told.is_whole {
        fact(page, "cannot be", "read whole; `clavicle check` says why. What was read:");
    }
    let verb = match told.effect {
        Some("allow") => "allows",
        Some(_) => "denies",
        None => "does",
    };
    if let Some(actions) = &told.actions {
        fact(page, verb, &listed(actions, "everything"));
    }
    if let Some(levels) = &told.levels {
        fact(page, "", &counted(levels));
    }
    if let Some(resources) = &told.resources {
        fact(page, "on", &listed(resources, "everything"));
    }
    if let Some(principals) = &told.principals {
        let everybody =
            !principals.all_but && principals.names.iter().any(|name| name == "*" || name == "AWS *");
        let who = if everybody { "anybody".to_owned() } else { listed(principals, "everybody") };
        fact(page, "to", &who);
    }
    for (at, told) in told.conditions.iter().enumerate() {
        fact(page, if at == 0 { "if" } else { "and" }, &condition(told));
    }
    if told.may_ask_more {
        fact(page, "unknown", "a part of it stands elsewhere; there may be more conditions than these");
    }
}

fn listed(named: &NamedMeaning, all: &str) -> String {
    let but = if named.all_but { format!("{all} but ") } else { String::new() };
    format!("{but}{}", named.names.join(", "))
}

fn condition(told: &ConditionMeaning) -> String {
    let ConditionMeaning { operator, key, values, comes_of } = told;
    match (key, comes_of) {
        (Some(key), _) => format!("{key} {operator} {}", values.join(" or ")),
        (None, text) => {
            format!("{operator} holds of what this comes to: {}", text.as_deref().unwrap_or_default())
        }
    }
}

/// `3 actions: 2 read, 1 write/tagging`
fn counted(levels: &[LevelCount]) -> String {
    let by_level: Vec<String> = levels
        .iter()
        .map(|level| {
            let name =
                if level.levels.is_empty() { "level not known".to_owned() } else { level.levels.join("/") };
            format!("{} {name}", level.count)
        })
        .collect();
    match levels.iter().map(|level| level.count).sum::<usize>() {
        0 => "no action that is known here".to_owned(),
        1 => format!("1 action: {}", by_level.join(", ")),
        count => format!("{count} actions: {}", by_level.join(", ")),
    }
}
