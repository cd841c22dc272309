//! What was not used, as text: the sentence, then what could go, most worth it first.

use clavicle_answer::number;
use clavicle_answer::shape::{IdleCredential, PermissionsUsed, ServiceActions, UnusedPage};
use clavicle_answer::shell_word;

use super::{Page, answer};
use crate::amount::counted;
use crate::ink::{Ink, Tone};

/// So many lines of a kind are shown unless all are asked for.
const MOST: usize = 8;
/// So many actions are named in a line.
const MOST_NAMES: usize = 6;

/// Lays out the page.
pub(crate) fn unused(page: &mut Page, found: &UnusedPage, again: &str, all: bool) {
    page.words(0, Tone::Strong, &found.sentence);
    let most = if all { usize::MAX } else { MOST };
    section(page, "did nothing", &found.principals, most, |idle| {
        (idle.thing.name.clone(), last(idle.last_used.as_deref(), &idle.because))
    });
    section(page, "cannot be known", &found.unknown, most, |idle| {
        (idle.thing.name.clone(), last(idle.last_used.as_deref(), &idle.because))
    });
    section(page, "passwords and keys that were not used", &found.credentials, most, |idle| {
        (idle.thing.name.clone(), credential(idle))
    });
    section(page, "groups that serve nobody", &found.groups, most, |idle| {
        (idle.thing.name.clone(), idle.because.clone())
    });
    section(page, "policies that serve nobody", &found.policies, most, |idle| {
        (idle.thing.name.clone(), idle.because.clone())
    });
    let idle = |used: &&PermissionsUsed| found.principals.iter().any(|idle| idle.thing == used.thing);
    if let (Some(_), [only]) = (&found.who, found.permissions.as_slice()) {
        one(page, only, all);
    } else {
        let mut active: Vec<&PermissionsUsed> =
            found.permissions.iter().filter(|used| !idle(used) && used.unused > 0).collect();
        active.sort_by(|one, other| (other.unused, &one.thing.name).cmp(&(one.unused, &other.thing.name)));
        section(page, "permissions of the others", &active, most, |used| {
            (used.thing.name.clone(), amounts(used))
        });
    }
    page.line(&Ink::plain(""));
    for logs in found.evidence.logs.iter().take(most) {
        let text = match (&logs.from, &logs.to) {
            (Some(from), Some(to)) => {
                let data: Vec<&str> = logs
                    .data_events
                    .iter()
                    .map(|source| source.strip_suffix(".amazonaws.com").unwrap_or(source))
                    .collect();
                let data = if data.is_empty() { "none".to_owned() } else { data.join(", ") };
                format!(
                    "evidence: {} logs {} to {}, {} events; data events: {data}",
                    logs.account,
                    day(from),
                    day(to),
                    logs.events
                )
            }
            _ => format!("evidence: {} no logs", logs.account),
        };
        page.words(0, Tone::Faint, &text);
    }
    if found.evidence.last_accessed > 0 {
        let of = counted(found.evidence.last_accessed, "principal", "principals");
        page.words(0, Tone::Faint, &format!("evidence: last access of {of}"));
    }
    for note in &found.notes {
        answer::remark(page, note);
    }
    match found.permissions.iter().find(|used| !idle(used) && used.unused > 0) {
        Some(used) if found.who.is_none() => {
            let who = shell_word(&used.thing.name);
            page.line(&Ink::plain(&format!("next: clavicle unused {who}{again}")));
        }
        _ => page.line(&Ink::plain("next: clavicle usage")),
    }
}

fn section<T>(page: &mut Page, head: &str, rows: &[T], most: usize, words: impl Fn(&T) -> (String, String)) {
    if rows.is_empty() {
        return;
    }
    page.line(&Ink::plain(&format!("  {head} ({})", rows.len())));
    for row in rows.iter().take(most) {
        let (name, why) = words(row);
        page.flow(4, 6, 3, &[Ink::of(Tone::Strong, &name), Ink::plain(&why)]);
    }
    if rows.len() > most {
        page.words(4, Tone::Faint, &format!("and {} more (--all)", number(rows.len() - most)));
    }
}

fn one(page: &mut Page, used: &PermissionsUsed, all: bool) {
    for action in &used.used_actions {
        let count = action.count.map_or_else(String::new, |count| format!("×{count}"));
        let by = action.needed_by.as_ref().map_or_else(String::new, |by| format!("needed by {by}"));
        let line = [
            Ink::of(Tone::Lets, "✓"),
            Ink::of(Tone::Strong, &action.action),
            Ink::plain(&format!("last {}", day(&action.last))),
            Ink::plain(&count),
            Ink::plain(&by),
        ];
        page.flow(2, 4, 1, &line);
    }
    for unknown in &used.unknown_actions {
        let words = services(&unknown.services, all);
        page.words(2, Tone::Unseen, &format!("? {words}: cannot be known ({})", unknown.because));
    }
    if !used.unused_actions.is_empty() {
        let words = services(&used.unused_actions, all);
        page.words(2, Tone::Plain, &format!("− {} not used: {words}", used.unused));
    }
    if !used.refused.is_empty() {
        page.words(2, Tone::Stops, &format!("✕ tried and denied: {}", used.refused.join(", ")));
    }
    if used.partly_seen {
        page.words(2, Tone::Unseen, "a policy was not seen, or could not be read whole: more may be granted");
    }
}

fn amounts(used: &PermissionsUsed) -> String {
    let unknown =
        if used.unknown > 0 { format!(", {} cannot be known", used.unknown) } else { String::new() };
    format!("{} granted, {} used, {} not{unknown}", used.granted, used.used, used.unused)
}

/// `dynamodb:* (73), lambda:UpdateFunctionCode, 12 more`
fn services(services: &[ServiceActions], all: bool) -> String {
    let mut words = Vec::new();
    let mut left = 0;
    for service in services {
        if service.actions.is_empty() || (service.whole && service.count > 1 && !all) {
            words.push(format!("{}:* ({})", service.service, service.count));
            continue;
        }
        let shown = if all { service.actions.len() } else { service.actions.len().min(2) };
        words
            .extend(service.actions.iter().take(shown).map(|action| format!("{}:{action}", service.service)));
        left += service.actions.len() - shown;
    }
    if !all && words.len() > MOST_NAMES {
        left += words.len() - MOST_NAMES;
        words.truncate(MOST_NAMES);
    }
    if left > 0 {
        words.push(format!("{} more (--all)", number(left)));
    }
    words.join(", ")
}

fn last(at: Option<&str>, because: &str) -> String {
    match at {
        Some(at) if !because.contains(at) => format!("last used {}; {because}", day(at)),
        _ => because.to_owned(),
    }
}

fn credential(idle: &IdleCredential) -> String {
    let made = idle.made.as_deref().map_or_else(String::new, |made| format!(" of {}", day(made)));
    let used =
        idle.last_used.as_deref().map_or("never used".to_owned(), |at| format!("last used {}", day(at)));
    format!("{}{made}: {used}", idle.kind)
}

fn day(time: &str) -> &str {
    time.get(..10).unwrap_or(time)
}
