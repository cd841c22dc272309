//! What do the statements of a file's policies say?

use std::ops::Range;

use clavicle_catalog::{Access, Catalog};
use clavicle_policy::{Clause, Effect, PrincipalElement, Span, Spanned, Statement, parse};
use clavicle_template::{Reading, Transcript};

use crate::lint::{Held, PolicyFile, held};
use crate::shape::{
    ConditionMeaning, ExplainedPage, LevelCount, Meaning, NamedMeaning, PoliciesMeaning, PolicyMeaning,
    StatementMeaning,
};

/// Says what each statement of each policy of a file says. A file that holds none has an empty list, and what of it is not
/// looked at is told beside.
pub fn explained_policies(catalog: &'static Catalog, file: &PolicyFile) -> ExplainedPage {
    let (found, notes) = held(file);
    let policies = found.iter().map(|policy| Source::new(catalog, file, policy).meaning()).collect();
    let meaning = Meaning::Policies(PoliciesMeaning { file: file.name.clone(), policies, notes });
    ExplainedPage { schema: "clavicle.explained/1", catalog: catalog.data_date().to_owned(), meaning }
}

/// A policy and where it stands. Values are told as they stand in the file where a reading of the file stands for something
/// unknown.
struct Source<'s> {
    catalog: &'static Catalog,
    file: &'s PolicyFile,
    policy: &'s Held,
    transcript: Option<Transcript>,
}

impl<'s> Source<'s> {
    fn new(catalog: &'static Catalog, file: &'s PolicyFile, policy: &'s Held) -> Self {
        let transcript = policy.template.as_ref().map(|policy| policy.json(Reading::Wide));
        Self { catalog, file, policy, transcript }
    }

    fn meaning(&self) -> PolicyMeaning {
        let (kind, because) = self.policy.kind();
        let statements = parse(self.policy.json.as_bytes()).policy.map(|policy| policy.statements);
        PolicyMeaning {
            route: self.policy.route.clone(),
            kind: kind.name(),
            kind_title: kind.title(),
            because,
            statements: statements
                .iter()
                .flatten()
                .enumerate()
                .map(|(at, statement)| self.statement(at, statement))
                .collect(),
        }
    }

    /// The bytes of the file, and whether what stands there is known.
    fn place(&self, span: Span) -> (Range<usize>, bool) {
        let json = span.start as usize..span.end as usize;
        match &self.transcript {
            Some(transcript) => {
                let place = transcript.place(json);
                (place.bytes, place.is_known)
            }
            None => (self.policy.span.start + json.start..self.policy.span.start + json.end, true),
        }
    }

    fn is_known(&self, span: Span) -> bool {
        self.place(span).1
    }

    fn shown(&self, value: &str, span: Span) -> String {
        let (bytes, is_known) = self.place(span);
        if is_known {
            return value.to_owned();
        }
        self.file.text.get(bytes).unwrap_or(value).trim().to_owned()
    }

    fn statement(&self, at: usize, statement: &Statement) -> StatementMeaning {
        let span = statement.span.0;
        let (bytes, is_known) = self.place(span);
        let line = self.file.text.get(..bytes.start).map_or(1, |before| before.matches('\n').count() + 1);
        let sid = statement.sid.as_ref().map(|sid| sid.value.clone());
        let mut meaning =
            StatementMeaning { at, sid, line, is_whole: !statement.faulty, ..Default::default() };
        if !is_known {
            let text = self.file.text.get(bytes).unwrap_or_default().lines().next().unwrap_or_default();
            meaning.comes_of = Some(text.trim().to_owned());
            return meaning;
        }
        let effect = statement.effect.as_ref().filter(|effect| self.is_known(effect.span));
        meaning.effect = effect.map(|effect| match effect.value {
            Effect::Allow => "allow",
            Effect::Deny => "deny",
        });
        if let Some(action) = &statement.action {
            meaning.actions = Some(self.named(action.negated, &action.patterns));
            let known = |pattern: &&Spanned<String>| self.is_known(pattern.span);
            let patterns: Vec<&str> =
                action.patterns.iter().filter(known).map(|pattern| pattern.value.as_str()).collect();
            if !action.negated && !patterns.is_empty() {
                meaning.levels = Some(levels(self.catalog, &patterns));
            }
        }
        let resource = statement.resource.as_ref();
        meaning.resources = resource.map(|resource| self.named(resource.negated, &resource.patterns));
        meaning.principals = statement.principal.as_ref().map(|principal| self.principals(principal));
        let clauses = statement.condition.iter().flat_map(|condition| &condition.clauses);
        meaning.conditions = clauses.map(|clause| self.condition(clause)).collect();
        meaning.may_ask_more =
            self.transcript.as_ref().is_some_and(|transcript| transcript.loose.contains(&at));
        meaning
    }

    fn named(&self, all_but: bool, values: &[Spanned<String>]) -> NamedMeaning {
        NamedMeaning { all_but, names: values.iter().map(|it| self.shown(&it.value, it.span)).collect() }
    }

    fn principals(&self, principal: &PrincipalElement) -> NamedMeaning {
        let bare = principal.bare.iter().map(|bare| self.shown(&bare.value, bare.span));
        let entries = principal.entries.iter().map(|entry| {
            format!("{} {}", entry.kind.name(), self.shown(&entry.value.value, entry.value.span))
        });
        NamedMeaning { all_but: principal.negated, names: bare.chain(entries).collect() }
    }

    fn condition(&self, clause: &Clause) -> ConditionMeaning {
        let operator = self.shown(&clause.operator.value.written, clause.operator.span);
        let key = self.shown(&clause.key.value, clause.key.span);
        if !self.is_known(clause.key.span) {
            // The map of the operator, whole.
            return ConditionMeaning { operator, key: None, values: Vec::new(), comes_of: Some(key) };
        }
        let values = clause.values.iter().map(|it| self.shown(it.value.text(), it.span)).collect();
        ConditionMeaning { operator, key: Some(key), values, comes_of: None }
    }
}

/// How many actions of each level, by the facts of AWS.
fn levels(catalog: &Catalog, patterns: &[&str]) -> Vec<LevelCount> {
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
    levels.into_iter().map(|(access, count)| LevelCount { levels: access.names().collect(), count }).collect()
}
