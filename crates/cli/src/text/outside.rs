//! Ways in from outside: a row each, the worst first.

use clavicle_answer::number;
use clavicle_answer::shape::{Answer, GuardIn, Severity, WayIn};

use super::Page;
use super::answer::remark;
use crate::ink::{Ink, Tone};

/// More rows than this are put together by who comes in, and past which guards.
const MOST_ROWS: usize = 25;
/// And of those at most so many are shown.
const MOST_GROUPS: usize = 40;
/// Guards are said in so many letters at most; all of them are in the JSON.
const MOST_LETTERS: usize = 60;

/// Lays out the ways in. `all`: however many there are.
pub(super) fn ways(page: &mut Page, answers: &[Answer], all: bool) {
    let groups: Vec<Vec<&Answer>> = if all || answers.len() <= MOST_ROWS {
        answers.iter().map(|one| vec![one]).collect()
    } else {
        alike(answers)
    };
    let shown = if all { groups.len() } else { groups.len().min(MOST_GROUPS) };
    let rows: Vec<Vec<Ink>> = groups[..shown].iter().filter_map(|group| row(group)).collect();
    page.table(2, &rows);
    let left: usize = groups[shown..].iter().map(Vec::len).sum();
    if left > 0 {
        page.line(&Ink::plain(&format!("    and {} more", number(left))));
    }
    if left > 0 || groups.iter().any(|group| group.len() > 1) {
        remark(page, "Put together by who comes in and past what; --all lists every door, blocked ones too.");
    }
}

/// Ways of the same outsider past the same guards, in the order of the first of each.
fn alike(answers: &[Answer]) -> Vec<Vec<&Answer>> {
    let mut groups: Vec<Vec<&Answer>> = Vec::new();
    let kinds = |way: &WayIn| -> Vec<(String, bool)> {
        way.guards.iter().map(|guard| (guard.kind.clone(), guard.keeps_out)).collect()
    };
    let same = |one: &Answer, other: &Answer| match (&one.way, &other.way) {
        (Some(a), Some(b)) => {
            // Of what is fine, nobody wants to read each.
            let low = one.severity.is_none_or(|severity| severity <= Severity::Low);
            (&a.from, &a.standing, &a.opening, &a.door, &a.blocked_by)
                == (&b.from, &b.standing, &b.opening, &b.door, &b.blocked_by)
                && (low || a.subjects == b.subjects && kinds(a) == kinds(b))
                && a.accepted == b.accepted
                && one.access == other.access
                && one.severity == other.severity
                && one.admin == other.admin
                && a.reaches == b.reaches
        }
        _ => false,
    };
    for answer in answers {
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| same(first, answer))) {
            Some(group) => group.push(answer),
            None => groups.push(vec![answer]),
        }
    }
    groups
}

/// How bad, who, what is known of them, into what, for what, past which guard, when last, and what else.
fn row(group: &[&Answer]) -> Option<Vec<Ink>> {
    let [answer, others @ ..] = group else { return None };
    let way = answer.way.as_ref()?;
    let (tone, glyph) = glyph(answer, way);
    let mut door = Ink::plain("→ ");
    door.push(Tone::Strong, answer.on.first().map_or("", |on| on.name.as_str()));
    if !others.is_empty() {
        door.push(Tone::Plain, &format!(" and {} more", number(others.len())));
    }
    let words: Vec<&str> =
        answer.access.iter().map(String::as_str).filter(|word| *word != "become").collect();
    let mut from = Ink::of(tone, glyph);
    from.push(Tone::Plain, " ");
    from.push(Tone::Strong, &way.from);
    Some(vec![
        from,
        Ink::plain(&way.standing),
        door,
        Ink::plain(&words.join(" ")),
        guard(answer, way),
        used(way, others.is_empty()),
        rest(answer, way),
    ])
}

fn glyph(answer: &Answer, way: &WayIn) -> (Tone, &'static str) {
    let by_settings = way.known.as_ref().is_some_and(|known| known.by == "settings");
    let accepted = way.accepted.as_ref().is_some_and(|accepted| !accepted.expired);
    match answer.severity {
        _ if way.opening == "blocked" => (Tone::Faint, "✕"),
        _ if accepted => (Tone::Lets, "✓"),
        _ if way.opening == "unknown" => (Tone::Unseen, "~"),
        Some(Severity::Low) | None if by_settings => (Tone::Lets, "✓"),
        Some(Severity::Critical) => (Tone::Stops, "◆"),
        Some(Severity::High) => (Tone::Stops, "▲"),
        Some(Severity::Medium) => (Tone::Depends, "●"),
        Some(Severity::Low) | None => (Tone::Plain, "○"),
    }
}

fn guard(answer: &Answer, way: &WayIn) -> Ink {
    if let Some(blocked) = &way.blocked_by {
        return Ink::of(Tone::Faint, &format!("blocked by {blocked}"));
    }
    let mut ink = Ink::new();
    if way.outsider == "provider" {
        let telling: Vec<&GuardIn> =
            way.guards.iter().filter(|guard| matches!(&*guard.kind, "subject" | "claim")).collect();
        let by_audience: Vec<&GuardIn> =
            way.guards.iter().filter(|guard| guard.kind == "audience" && guard.keeps_out).collect();
        let values: Vec<&str> =
            telling.iter().chain(&by_audience).flat_map(|guard| &guard.values).map(String::as_str).collect();
        match (values.as_slice(), way.missing.as_slice()) {
            ([], []) => ink.push(Tone::Plain, "everybody there"),
            ([], missing) => ink.push(Tone::Depends, &format!("no {}", missing.join(", "))),
            (values, _) => ink.push(Tone::Plain, &short(&values.join(" or "))),
        }
    } else if way.guards.is_empty() && !answer.conditions.is_empty() {
        // Other statements than the one that lets them in.
        ink.push(Tone::Depends, &short(&format!("if {}", answer.conditions.join(" and "))));
    } else if way.guards.is_empty() {
        ink.push(Tone::Plain, if way.door == "trust policy" { "no condition" } else { "–" });
    } else {
        let said: Vec<String> = way.guards.iter().map(said).collect();
        ink.push(Tone::Plain, &short(&said.join(", ")));
    }
    let unseen: Vec<&str> =
        answer.depends_on.iter().filter_map(|text| text.strip_suffix(" (not seen)")).collect();
    if way.opening == "unknown" && !unseen.is_empty() {
        ink.push(Tone::Unseen, &format!(", ~ not seen: {}", unseen.join(", ")));
    }
    ink
}

/// `ExternalId`, `MFA`, `aws:SourceIp in 203.0.113.0/24`; what keeps nobody out says why.
fn said(guard: &GuardIn) -> String {
    let name = match &*guard.kind {
        "external-id" if guard.keeps_out => "ExternalId".to_owned(),
        "external-id" => format!("ExternalId {}", guard.values.join(" or ")),
        _ => guard.text.clone(),
    };
    if guard.keeps_out || guard.kind == "mfa" { name } else { format!("{name} ({})", guard.remark) }
}

/// Not longer than a row takes.
fn short(text: &str) -> String {
    if text.chars().count() <= MOST_LETTERS {
        return text.to_owned();
    }
    let start: String = text.chars().take(MOST_LETTERS - 1).collect();
    format!("{start}…")
}

/// When the role was last used.
fn used(way: &WayIn, alone: bool) -> Ink {
    match (&way.last_used, way.last_used_seen && alone) {
        (Some(at), true) => Ink::plain(&format!("used {}", at.get(..10).unwrap_or(at))),
        (None, true) => Ink::plain("no use known"),
        _ => Ink::new(),
    }
}

fn rest(answer: &Answer, way: &WayIn) -> Ink {
    match &way.accepted {
        Some(accepted) if accepted.expired => {
            let text = format!("acceptance by {} expired on {}", accepted.by, accepted.until);
            Ink::of(Tone::Depends, &text)
        }
        Some(accepted) => Ink::plain(&format!("accepted by {} until {}", accepted.by, accepted.until)),
        None if answer.admin && way.reaches.is_empty() => Ink::plain("administrator"),
        None => behind(way),
    }
}

/// `reaches s3://paperboat-invoices, 5 steps, and 2 more`
fn behind(way: &WayIn) -> Ink {
    let [first, others @ ..] = way.reaches.as_slice() else { return Ink::new() };
    let mut ink = Ink::new();
    if first.steps > 1 {
        ink.push(Tone::Plain, "reaches ");
    }
    ink.push(Tone::Strong, &first.thing);
    if first.steps > 1 {
        let maybe = if first.conditional { ", if conditions hold" } else { "" };
        ink.push(Tone::Plain, &format!(", {} steps{maybe}", first.steps));
    }
    if !others.is_empty() {
        ink.push(Tone::Plain, &format!(", and {} more", number(others.len())));
    }
    ink
}
