//! What the statements of a policy say, in plain words.

use std::ops::Range;

use clavicle_answer::{Held, PolicyFile, held};
use clavicle_catalog::{Access, catalog};
use clavicle_policy::{Effect, Spanned, Statement, parse};
use clavicle_template::Reading;

use super::fact;
use crate::ink::{Ink, Tone};
use crate::text::Page;

/// Explains every policy of a file; `false`: there is none.
pub(super) fn explain(page: &mut Page, file: &PolicyFile) -> bool {
    let (found, notes) = held(file);
    for policy in &found {
        one(page, file, policy);
    }
    for note in notes {
        page.words(0, Tone::Faint, &note);
    }
    !found.is_empty()
}

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

/// Shows values as they stand in the file, where a reading of the file stands for something unknown.
struct Source<'s> {
    file: &'s PolicyFile,
    policy: &'s Held,
    transcript: Option<clavicle_template::Transcript>,
}

impl Source<'_> {
    fn place(&self, json: Range<usize>) -> (Range<usize>, bool) {
        match &self.transcript {
            Some(transcript) => {
                let place = transcript.place(json);
                (place.bytes, place.is_known)
            }
            None => (self.policy.span.start + json.start..self.policy.span.start + json.end, true),
        }
    }

    fn shown(&self, value: &str, span: clavicle_policy::Span) -> String {
        let (bytes, is_known) = self.place(span.start as usize..span.end as usize);
        if is_known {
            return value.to_owned();
        }
        self.file.text.get(bytes).unwrap_or(value).trim().to_owned()
    }

    fn list(&self, values: &[Spanned<String>]) -> String {
        values.iter().map(|it| self.shown(&it.value, it.span)).collect::<Vec<_>>().join(", ")
    }

    fn line(&self, statement: &Statement) -> usize {
        let span = statement.span.0;
        let (bytes, _) = self.place(span.start as usize..span.end as usize);
        self.file.text.get(..bytes.start).map_or(1, |before| before.matches('\n').count() + 1)
    }
}

fn one(page: &mut Page, file: &PolicyFile, policy: &Held) {
    let (kind, because) = policy.kind();
    let route = if policy.route.is_empty() { String::new() } else { format!(" {}", policy.route) };
    page.words(0, Tone::Strong, &format!("{}{route}: {}", file.name, kind.title()));
    page.words(2, Tone::Faint, &format!("taken for one because {because}"));
    let transcript = policy.template.as_ref().map(|policy| policy.json(Reading::Wide));
    let source = Source { file, policy, transcript };
    let parsed = parse(policy.json.as_bytes());
    let statements = parsed.policy.map(|policy| policy.statements).unwrap_or_default();
    for (at, statement) in statements.iter().enumerate() {
        let sid = statement.sid.as_ref().map(|sid| format!(" \"{}\"", sid.value)).unwrap_or_default();
        let head = format!("  statement {}{sid}, line {}", at + 1, source.line(statement));
        page.line(&Ink::of(Tone::Strong, &head));
        let span = statement.span.0;
        let (bytes, is_known) = source.place(span.start as usize..span.end as usize);
        if !is_known {
            let text = file.text.get(bytes).unwrap_or_default().lines().next().unwrap_or_default();
            fact(page, "unknown", &format!("it is what this comes to: {}", text.trim()));
            continue;
        }
        explain_statement(page, &source, statement);
        if source.transcript.as_ref().is_some_and(|transcript| transcript.loose.contains(&at)) {
            fact(page, "unknown", "a part of it stands elsewhere; there may be more conditions than these");
        }
    }
    if statements.is_empty() {
        page.words(2, Tone::Plain, "it says nothing: there is no statement in it");
    }
}

fn explain_statement(page: &mut Page, source: &Source<'_>, statement: &Statement) {
    if statement.faulty {
        fact(page, "cannot be", "read whole; `clavicle check` says why. What was read:");
    }
    let effect = statement
        .effect
        .as_ref()
        .filter(|effect| source.place(effect.span.start as usize..effect.span.end as usize).1);
    let verb = match effect.map(|effect| effect.value) {
        Some(Effect::Allow) => "allows",
        Some(Effect::Deny) => "denies",
        None => "does",
    };
    if let Some(action) = &statement.action {
        let but = if action.negated { "everything but " } else { "" };
        fact(page, verb, &format!("{but}{}", source.list(&action.patterns)));
        let known = |it: &&Spanned<String>| source.place(it.span.start as usize..it.span.end as usize).1;
        let patterns: Vec<&str> = action.patterns.iter().filter(known).map(|it| it.value.as_str()).collect();
        if !action.negated && !patterns.is_empty() {
            fact(page, "", &counted(&patterns));
        }
    }
    if let Some(resource) = &statement.resource {
        let but = if resource.negated { "everything but " } else { "" };
        fact(page, "on", &format!("{but}{}", source.list(&resource.patterns)));
    }
    if let Some(principal) = &statement.principal {
        let but = if principal.negated { "everybody but " } else { "" };
        let mut named: Vec<String> =
            principal.bare.iter().map(|bare| source.shown(&bare.value, bare.span)).collect();
        named.extend(principal.entries.iter().map(|entry| {
            format!("{} {}", entry.kind.name(), source.shown(&entry.value.value, entry.value.span))
        }));
        let everybody = !principal.negated && named.iter().any(|name| name == "*" || name == "AWS *");
        let who = if everybody { "anybody".to_owned() } else { named.join(", ") };
        fact(page, "to", &format!("{but}{who}"));
    }
    let clauses = statement.condition.iter().flat_map(|condition| &condition.clauses);
    for (at, clause) in clauses.enumerate() {
        let word = if at == 0 { "if" } else { "and" };
        let operator = source.shown(&clause.operator.value.written, clause.operator.span);
        let key_span = clause.key.span.start as usize..clause.key.span.end as usize;
        if !source.place(key_span).1 {
            // The map of the operator, whole.
            let map = source.shown(&clause.key.value, clause.key.span);
            fact(page, word, &format!("{operator} holds of what this comes to: {map}"));
            continue;
        }
        let key = &clause.key.value;
        let values: Vec<String> =
            clause.values.iter().map(|it| source.shown(it.value.text(), it.span)).collect();
        fact(page, word, &format!("{key} {operator} {}", values.join(" or ")));
    }
}

/// How many actions of each level, by the facts of AWS.
fn counted(patterns: &[&str]) -> String {
    let catalog = catalog();
    let mut actions: Vec<_> = patterns.iter().flat_map(|pattern| catalog.expand(pattern)).collect();
    actions.sort_unstable();
    actions.dedup();
    let mut levels: Vec<(Access, usize)> = Vec::new();
    for action in &actions {
        let access = catalog.access(*action);
        match levels.iter_mut().find(|(level, _)| *level == access) {
            Some((_, count)) => *count += 1,
            None => levels.push((access, 1)),
        }
    }
    let by_level: Vec<String> = levels
        .iter()
        .map(|(access, count)| {
            let names: Vec<&str> = access.names().collect();
            let name = if names.is_empty() { "level not known".to_owned() } else { names.join("/") };
            format!("{count} {name}")
        })
        .collect();
    match actions.len() {
        0 => "no action that is known here".to_owned(),
        1 => format!("1 action: {}", by_level.join(", ")),
        count => format!("{count} actions: {}", by_level.join(", ")),
    }
}
