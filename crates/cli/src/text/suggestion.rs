//! A suggested policy, as text: what it allows and why, what goes, what was checked, and the policy itself.

use clavicle_answer::number;
use clavicle_answer::shape::{
    KeptRow, NeedRow, RemovedRow, SuggestionPage, TagPage, Thing, UnmetRow, VerifiedRow,
};

use super::Page;
use crate::ink::{Ink, Tone};

/// So many needs, services and the like are told, unless all are asked for.
const MOST: usize = 12;
/// So many names stand in a row.
const MOST_NAMES: usize = 6;

/// Lays out the suggestion. `texts`: its policies.
pub(crate) fn suggestion(page: &mut Page, found: &SuggestionPage, texts: &[String], all: bool) {
    page.words(0, Tone::Strong, &found.sentence);
    rows(page, &found.needs, &found.kept, &found.removed, &found.unmet, all);
    if let Some(tag) = &found.by_tag {
        by_tag(page, tag, all);
    }
    page.words(2, Tone::Plain, &verified(&found.verified));
    for note in &found.notes {
        page.words(2, Tone::Faint, note);
    }
    for text in texts {
        page.line(&Ink::new());
        text.lines().for_each(|line| page.line(&Ink::plain(line)));
    }
    if !texts.is_empty() {
        page.line(&Ink::plain("write it: -o policy | json | tf | cfn"));
    }
}

/// What is needed, what is kept, what goes, and what is left out.
pub(super) fn rows(
    page: &mut Page,
    needs: &[NeedRow],
    kept: &[KeptRow],
    removed: &[RemovedRow],
    unmet: &[UnmetRow],
    all: bool,
) {
    let shown = |rows: usize| if all { rows } else { rows.min(MOST) };
    let more = |page: &mut Page, rows: usize, what: &str| {
        if rows > shown(rows) {
            page.words(
                4,
                Tone::Faint,
                &format!("and {} more {what} (--all lists them)", number(rows - shown(rows))),
            );
        }
    };
    for need in needs.iter().take(shown(needs.len())) {
        line(page, Tone::Lets, "✓", &needed(need));
    }
    more(page, needs.len(), "that are needed");
    for kept in kept.iter().take(shown(kept.len())) {
        let names = names(&kept.actions, all);
        line(page, Tone::Unseen, "?", &format!("{names} of {}: kept, {}", kept.document, kept.why));
    }
    more(page, kept.len(), "that are kept");
    for removed in removed.iter().take(shown(removed.len())) {
        let text = match removed.whole {
            true => format!("{}:* ({})", removed.service, removed.count),
            false => {
                let names: Vec<String> =
                    removed.actions.iter().map(|name| format!("{}:{name}", removed.service)).collect();
                self::names(&names, all)
            }
        };
        line(page, Tone::Faint, "−", &text);
    }
    more(page, removed.len(), "services");
    for unmet in unmet.iter().take(shown(unmet.len())) {
        let on = unmet.on.as_ref().map(|on| format!(" on {on}")).unwrap_or_default();
        line(page, Tone::Depends, "!", &format!("{}{on} is left out: {}", unmet.action, unmet.because));
    }
    more(page, unmet.len(), "that are left out");
}

/// What stays by ARN, and who may set the tag.
fn by_tag(page: &mut Page, tag: &TagPage, all: bool) {
    let shown = |rows: usize| if all { rows } else { rows.min(MOST) };
    for row in tag.by_arn.iter().take(shown(tag.by_arn.len())) {
        let on = row.on.as_ref().map(|on| format!(" on {on}")).unwrap_or_default();
        line(page, Tone::Plain, "=", &format!("{}{on} stays by ARN: {}", row.action, row.why));
    }
    if tag.by_arn.len() > shown(tag.by_arn.len()) {
        let left = tag.by_arn.len() - shown(tag.by_arn.len());
        page.words(4, Tone::Faint, &format!("and {} more that stay by ARN (--all lists them)", number(left)));
    }
    for row in tag.setters.iter().take(shown(tag.setters.len())) {
        let called = |things: &[Thing]| names(&things.iter().map(Thing::called).collect::<Vec<_>>(), all);
        let mut who = match row.who.len() {
            0 => "nobody for certain".to_owned(),
            count => format!("{count}: {}", called(&row.who)),
        };
        if !row.perhaps.is_empty() {
            who.push_str(&format!(
                "; perhaps by {} more: {}",
                number(row.perhaps.len()),
                called(&row.perhaps)
            ));
        }
        if row.policy_not_seen {
            who.push_str("; a policy was not seen that may let in others");
        }
        let text = format!(
            "{} of {} can be set today ({}) by {who}",
            tag.tag,
            called(&row.things),
            names(&row.actions, all)
        );
        line(page, Tone::Depends, "!", &text);
    }
    if tag.setters.len() > shown(tag.setters.len()) {
        let left = tag.setters.len() - shown(tag.setters.len());
        page.words(4, Tone::Faint, &format!("and {} more groups of things (--all lists them)", number(left)));
    }
    for row in &tag.unguarded {
        line(page, Tone::Depends, "!", &format!("the Deny does not refuse {row}"));
    }
    if !tag.guarded.is_empty() {
        page.words(
            2,
            Tone::Plain,
            "Whoever may set the tag decides who gets in, root users among them. The Deny keeps only the bearers of this policy from it.",
        );
    }
}

pub(super) fn line(page: &mut Page, tone: Tone, glyph: &str, text: &str) {
    let mut pieces = vec![Ink::of(tone, glyph)];
    pieces.extend(text.split(' ').map(Ink::plain));
    page.flow(2, 4, 1, &pieces);
}

/// `s3:GetObject on arn:… (to read) ×12, last 2026-08-20`
fn needed(need: &NeedRow) -> String {
    let mut text = need.action.clone();
    match need.on.as_deref() {
        Some("*") => {}
        Some(on) => text.push_str(&format!(" on {on}")),
        None => text.push_str(" on what is not known"),
    }
    if let Some(why) = &need.why {
        text.push_str(&format!(" ({why})"));
    }
    if let Some(count) = need.count {
        text.push_str(&format!(" ×{count}"));
    }
    if let Some(last) = &need.last {
        text.push_str(&format!(", last {}", last.get(..10).unwrap_or(last)));
    }
    text
}

fn names(names: &[String], all: bool) -> String {
    let shown = if all { names.len() } else { names.len().min(MOST_NAMES) };
    let mut text = names[..shown].join(", ");
    if shown < names.len() {
        text.push_str(&format!(" and {} more", number(names.len() - shown)));
    }
    text
}

/// The three results, in a sentence each.
pub(crate) fn verified(verified: &VerifiedRow) -> String {
    let mut parts = vec![match (verified.allowed, verified.as_before) {
        (1, 0) => "the one request is allowed".to_owned(),
        (0, 0) => "there is no request to ask again".to_owned(),
        (allowed, 0) => format!("each of {allowed} requests is allowed"),
        (0, open) => {
            format!("{open} requests are allowed where conditions hold of which nothing was seen, as today")
        }
        (allowed, open) => format!(
            "{allowed} requests are allowed, {open} more where conditions hold of which nothing was seen, as today"
        ),
    }];
    if verified.minimal {
        parts.push("nothing in it could go without losing one".to_owned());
    }
    match (verified.within, verified.requests) {
        ("proved", _) => parts.push("it allows nothing that was not allowed (proved)".to_owned()),
        ("asked", Some(requests)) => parts.push(format!(
            "of {requests} requests, one for each action and resource, it allows none that was not allowed (not proved)"
        )),
        ("task", _) => parts.push("it allows nothing but what was asked for (proved)".to_owned()),
        _ => parts.push("that it allows nothing but what was asked for could not be proved".to_owned()),
    }
    format!("Verified: {}.", parts.join("; "))
}
