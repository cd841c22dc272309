//! The statement that makes a claim true: its document, its lines, its text, and what in it made the difference.

use clavicle_engine::{Dependency, Match, Reason, StatementOutcome};
use clavicle_graph::{Attached, Origin};
use clavicle_policy::{Clause, Effect, Span, Statement};
use clavicle_snapshot::{Declared, PrincipalKind};

use crate::condition_words::clause_words;
use crate::names::Entry;
use crate::reader::Reader;
use crate::shape::{Citation, Mark};

impl Reader {
    /// The citation of one statement as it bears on a request for `thing` (`the object`, `the role`). `None`: the text
    /// cannot be read.
    pub(crate) fn citation(
        &self,
        attached: &Attached,
        outcome: &StatementOutcome,
        thing: &str,
    ) -> Option<Citation> {
        let statement = self.written(attached.policy)?.statements.get(outcome.statement)?;
        let lines = Lines::new(self.world().text(attached.policy));
        let marks = marks(statement, &outcome.outcome, thing);
        let marks = marks.into_iter().filter_map(|(span, text)| lines.mark(span, text)).collect();
        let said = match (&outcome.outcome, outcome.effect) {
            (Match::NotMatched(_), _) => "does not match",
            (Match::Depends(_), _) | (Match::Matched { .. }, None) => "depends",
            (Match::Matched { .. }, Some(Effect::Allow)) => "allows",
            (Match::Matched { .. }, Some(Effect::Deny)) => "denies",
        };
        Some(self.cite(attached, outcome.statement, statement, &lines, marks, said))
    }

    /// The citation of a statement by itself, with no request in mind.
    pub(crate) fn plain_citation(&self, attached: &Attached, place: usize) -> Option<Citation> {
        let statement = self.written(attached.policy)?.statements.get(place)?;
        let lines = Lines::new(self.world().text(attached.policy));
        let said = match statement.effect.as_ref().map(|effect| effect.value) {
            Some(Effect::Allow) => "allows",
            Some(Effect::Deny) => "denies",
            None => "depends",
        };
        Some(self.cite(attached, place, statement, &lines, Vec::new(), said))
    }

    fn cite(
        &self,
        attached: &Attached,
        place: usize,
        statement: &Statement,
        lines: &Lines<'_>,
        marks: Vec<Mark>,
        outcome: &str,
    ) -> Citation {
        let Span { start, end } = statement.span.0;
        let (first, last) = (lines.line(start), lines.line(end.saturating_sub(1).max(start)));
        let effect = match statement.effect.as_ref().map(|effect| effect.value) {
            Some(Effect::Allow) => "Allow",
            Some(Effect::Deny) => "Deny",
            None => "unreadable",
        };
        let declared = self.declared(&attached.origin);
        Citation {
            document: self.document_name(&attached.origin),
            document_id: u32::try_from(attached.policy.index()).ok(),
            layer: attached.layer.word().to_owned(),
            effect: effect.to_owned(),
            sid: statement.sid.as_ref().map(|sid| sid.value.clone()),
            statement: place + 1,
            line: first + 1,
            end_line: last + 1,
            text: lines.text(first, last),
            attached: Some(self.how_attached(&attached.origin)),
            declared: declared.map(told),
            declared_at: declared.and_then(|at| {
                Some((at.file.to_string(), at.line.and_then(|line| usize::try_from(line).ok())?))
            }),
            marks,
            outcome: outcome.to_owned(),
        }
    }

    /// How a document comes to apply.
    pub(crate) fn how_attached(&self, origin: &Origin) -> String {
        let bearer = self.bearer_of(origin);
        let is_group = |bearer| self.world().snapshot().principal(bearer).kind == PrincipalKind::Group;
        match origin {
            Origin::Inline { bearer: index, .. } if is_group(*index) => {
                format!("part of {bearer}, for its members")
            }
            Origin::Managed { bearer: index, .. } if is_group(*index) => {
                format!("attached to {bearer}, for its members")
            }
            Origin::Inline { .. } => format!("part of {bearer}"),
            Origin::Managed { .. } | Origin::Organization { .. } => format!("attached to {bearer}"),
            Origin::Boundary { .. } => format!("permissions boundary of {bearer}"),
            Origin::Trust(_) => format!("trust policy of {bearer}"),
            Origin::Resource(_) => format!("policy of {bearer}"),
            Origin::Unattached(_) => "attached to nobody".to_owned(),
        }
    }

    /// Where a plan or template declares it.
    fn declared(&self, origin: &Origin) -> Option<&Declared> {
        let snapshot = self.world().snapshot();
        match origin {
            Origin::Inline { bearer, name } => snapshot.declared(&snapshot.principal(*bearer).arn, name),
            Origin::Managed { policy, .. } | Origin::Boundary { policy, .. } | Origin::Unattached(policy) => {
                snapshot.declared(&snapshot.policy(*policy).arn, "")
            }
            Origin::Trust(role) => snapshot.declared(&snapshot.principal(*role).arn, ""),
            Origin::Resource(resource) => snapshot.declared(&snapshot.resource(*resource).arn, ""),
            Origin::Organization { .. } => None,
        }
    }

    /// The document as a pin is labelled: `policy/billing-data`, `bucket policy`, `trust policy`.
    pub(crate) fn pin_label(&self, origin: &Origin) -> String {
        let snapshot = self.world().snapshot();
        match origin {
            Origin::Resource(resource) => {
                format!("{} policy", crate::names::noun(&snapshot.resource(*resource).kind))
            }
            Origin::Trust(_) => "trust policy".to_owned(),
            Origin::Inline { bearer, name } => {
                let whole = self.names().of(Entry::Principal(*bearer));
                let bare = whole.split_once(':').map_or(whole, |(_, bare)| bare);
                format!("{bare}#{name}")
            }
            _ => self.document_name(origin),
        }
    }
}

/// The places that made the difference, and what to say about each.
fn marks(statement: &Statement, outcome: &Match, thing: &str) -> Vec<(Span, String)> {
    let mut found = Vec::new();
    let clauses = || statement.condition.iter().flat_map(|condition| &condition.clauses);
    match outcome {
        Match::Matched { action, resource, principal } => {
            if let Some(entry) = principal {
                found.extend(
                    principal_span(statement, *entry).map(|span| (span, "names the caller".to_owned())),
                );
            }
            let pattern = action.and_then(|at| statement.action.as_ref()?.patterns.get(at));
            found.extend(pattern.map(|pattern| (pattern.span, "matches the action".to_owned())));
            let pattern = resource.and_then(|at| statement.resource.as_ref()?.patterns.get(at));
            found.extend(pattern.map(|pattern| (pattern.span, format!("matches {thing}"))));
            found.extend(
                clauses()
                    .map(|clause| (clause_span(clause), format!("holds: {}", clause_words(clause, false)))),
            );
        }
        Match::NotMatched(Reason::Condition { clause }) => {
            let clause = clauses().nth(*clause);
            found.extend(clause.map(|clause| {
                (clause_span(clause), format!("does not hold: {}", clause_words(clause, false)))
            }));
        }
        Match::NotMatched(Reason::Resource) => {
            let key = statement.resource.as_ref().map(|element| element.key.span);
            found.extend(key.map(|span| (span, format!("does not match {thing}"))));
        }
        Match::NotMatched(Reason::Principal) => {
            let key = statement.principal.as_ref().map(|element| element.key.span);
            found.extend(key.map(|span| (span, "does not name the caller".to_owned())));
        }
        Match::NotMatched(Reason::Action) => {}
        Match::Depends(on) => {
            let open = |clause: &&Clause| {
                let key = &clause.key.value;
                on.iter().any(|on| matches!(on, Dependency::Key(open) if open.eq_ignore_ascii_case(key)))
            };
            let open = clauses().filter(open);
            found.extend(
                open.map(|clause| (clause_span(clause), format!("decides: {}", clause_words(clause, false)))),
            );
        }
    }
    found
}

fn principal_span(statement: &Statement, entry: usize) -> Option<Span> {
    let element = statement.principal.as_ref()?;
    match &element.bare {
        Some(bare) if entry == 0 => Some(bare.span),
        _ => element.entries.get(entry).map(|entry| entry.value.span),
    }
}

/// From the key of a clause to its last value.
fn clause_span(clause: &Clause) -> Span {
    let end = clause.values.last().map_or(clause.key.span.end, |value| value.span.end);
    Span::new(clause.key.span.start, end.max(clause.key.span.end))
}

/// A text and where its lines begin.
struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// The line that an offset is on, from 0.
    fn line(&self, offset: u32) -> usize {
        self.starts.partition_point(|start| *start <= offset as usize).saturating_sub(1)
    }

    /// Whole lines, without the last line break.
    fn text(&self, first: usize, last: usize) -> String {
        let start = self.starts.get(first).copied().unwrap_or(0);
        let end = self.starts.get(last + 1).map_or(self.text.len(), |next| next - 1);
        self.text.get(start..end).unwrap_or("").trim_end_matches('\r').to_owned()
    }

    /// A mark on the first line of a place.
    fn mark(&self, span: Span, text: String) -> Option<Mark> {
        let line = self.line(span.start);
        let from = self.starts.get(line).copied()?;
        let line_end = self.starts.get(line + 1).map_or(self.text.len(), |next| next - 1);
        let columns = |end: usize| Some(self.text.get(from..end)?.chars().count());
        let end = (span.end as usize).min(line_end);
        Some(Mark { line: line + 1, start: columns(span.start as usize)?, end: columns(end)?, text })
    }
}

/// `main.tf:41 as aws_iam_role_policy.thumb`
fn told(Declared { file, line, address, .. }: &Declared) -> String {
    match line {
        Some(line) => format!("{file}:{line} as {address}"),
        None => format!("{file} as {address}"),
    }
}
