//! What a statement means, apart from how it is written.
//!
//! Two statements with one meaning decide every request alike: case of actions and keys, the order of lists, what is said
//! twice, patterns that another pattern of the list covers, and the Sid make no difference. Two statements may decide
//! alike and have two meanings here: that costs a remark, never a wrong one.

use clavicle_engine::PolicyId;
use clavicle_policy::{Clause, Effect, Operator, Policy, PrincipalElement, Statement};
use foldhash::{HashMap, HashMapExt};
use rayon::prelude::*;

use super::covers::{action_covers, arn_covers};
use crate::world::World;

/// Which meaning? Statements with equal meaning have one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct MeaningId(u32);

/// A statement, normalized.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Meaning {
    pub(super) effect: Side,
    pub(super) principals: Option<Listed<(u8, Box<str>)>>,
    /// In lower case.
    pub(super) actions: Listed<Box<str>>,
    /// `None`: the statement has no such element, as in trust policies.
    pub(super) resources: Option<Listed<Box<str>>>,
    pub(super) clauses: Box<[ClauseMeaning]>,
    pub(super) language: Language,
    /// Set for a statement that could not be read whole: it is equal to none other.
    pub(super) unreadable: Option<(u32, u32)>,
}

/// Allow or deny.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Side {
    Allow,
    Deny,
}

/// How `${…}` is to be read: as a value in policies of version 2012-10-17, as itself in older ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Language {
    /// There is none in the statement.
    Either,
    Old,
    New,
}

/// An element with its negation: `Action` or `NotAction`. Sorted, nothing twice.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Listed<T> {
    pub(super) negated: bool,
    pub(super) entries: Box<[T]>,
}

/// One clause of a condition.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ClauseMeaning {
    operator: Box<str>,
    /// In lower case.
    pub(super) key: Box<str>,
    values: Box<[Box<str>]>,
}

/// The meanings of all statements of a world.
#[derive(Debug, Default)]
pub(super) struct Meanings {
    all: Vec<Meaning>,
    /// By text: the statements in order; empty also for what cannot be read.
    of_text: Vec<Box<[MeaningId]>>,
}

impl Meanings {
    pub(super) fn of(world: &World, texts: impl Iterator<Item = PolicyId>) -> Self {
        let mut wanted: Vec<PolicyId> = texts.collect();
        wanted.sort_unstable();
        wanted.dedup();
        let read: Vec<(PolicyId, Vec<Meaning>)> =
            wanted.into_par_iter().map(|text| (text, meanings_of(world, text))).collect();
        let mut meanings = Self { all: Vec::new(), of_text: vec![Box::default(); world.policy_count()] };
        let mut numbers: HashMap<Meaning, MeaningId> = HashMap::new();
        for (text, statements) in read {
            let statements = statements.into_iter().map(|meaning| {
                *numbers.entry(meaning).or_insert_with_key(|meaning| {
                    meanings.all.push(meaning.clone());
                    MeaningId(u32::try_from(meanings.all.len() - 1).expect("statements fit in memory"))
                })
            });
            let statements = statements.collect();
            if let Some(slot) = meanings.of_text.get_mut(text.index()) {
                *slot = statements;
            }
        }
        meanings
    }

    /// The statements of a text, in order.
    pub(super) fn statements(&self, text: PolicyId) -> &[MeaningId] {
        self.of_text.get(text.index()).map_or(&[], |statements| statements)
    }

    pub(super) fn get(&self, id: MeaningId) -> &Meaning {
        &self.all[id.0 as usize]
    }
}

fn meanings_of(world: &World, text: PolicyId) -> Vec<Meaning> {
    let Some(policy) = clavicle_policy::parse(world.text(text).as_bytes()).policy else { return Vec::new() };
    let number = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
    let statements = policy.statements.iter().enumerate();
    statements
        .map(|(place, statement)| {
            let mut meaning = meaning(&policy, statement);
            if meaning.unreadable.is_some() {
                meaning.unreadable = Some((number(text.index()), number(place)));
            }
            meaning
        })
        .collect()
}

pub(super) fn meaning(policy: &Policy, statement: &Statement) -> Meaning {
    let actions = statement.action.as_ref().map(|element| {
        let patterns = element.patterns.iter().map(|pattern| plain_action(&pattern.value)).collect();
        Listed { negated: element.negated, entries: without_covered(patterns, action_covers) }
    });
    let resources = statement.resource.as_ref().map(|element| {
        let patterns = element.patterns.iter().map(|pattern| plain_resource(&pattern.value)).collect();
        Listed { negated: element.negated, entries: without_covered(patterns, arn_covers) }
    });
    let clauses = statement.condition.iter().flat_map(|condition| &condition.clauses).map(clause);
    let mut clauses: Vec<ClauseMeaning> = clauses.collect();
    clauses.sort_unstable();
    clauses.dedup();
    let readable = !statement.faulty && statement.effect.is_some() && actions.is_some();
    let mut texts = resources
        .iter()
        .flat_map(|resources| &resources.entries)
        .chain(clauses.iter().flat_map(|clause| &clause.values));
    let language = match (texts.any(|text| text.contains("${")), policy.has_variables()) {
        (false, _) => Language::Either,
        (true, false) => Language::Old,
        (true, true) => Language::New,
    };
    Meaning {
        effect: match statement.effect.as_ref().map(|effect| effect.value) {
            Some(Effect::Allow) => Side::Allow,
            Some(Effect::Deny) | None => Side::Deny,
        },
        principals: statement.principal.as_ref().map(principals),
        actions: actions.unwrap_or(Listed { negated: false, entries: Box::default() }),
        resources,
        clauses: clauses.into(),
        language,
        unreadable: (!readable).then_some((0, 0)),
    }
}

fn plain_action(pattern: &str) -> Box<str> {
    let lower = pattern.to_lowercase();
    let everything = !lower.is_empty() && lower.bytes().all(|byte| byte == b'*') || lower == "*:*";
    if everything { "*".into() } else { lower.into() }
}

fn plain_resource(pattern: &str) -> Box<str> {
    if !pattern.is_empty() && pattern.bytes().all(|byte| byte == b'*') { "*".into() } else { pattern.into() }
}

/// Sorted, and without what another entry covers.
fn without_covered(mut patterns: Vec<Box<str>>, covers: fn(&str, &str) -> bool) -> Box<[Box<str>]> {
    patterns.sort_unstable();
    patterns.dedup();
    if patterns.len() > 1 && patterns.iter().any(|pattern| pattern.contains(['*', '?'])) {
        let wide: Vec<Box<str>> =
            patterns.iter().filter(|pattern| pattern.contains(['*', '?'])).cloned().collect();
        // Of two that cover each other (`a*?`, `a?*`) the first stays.
        let is_covered = |pattern: &str| {
            wide.iter().any(|other| {
                **other != *pattern
                    && covers(other, pattern)
                    && !(covers(pattern, other) && *pattern < **other)
            })
        };
        patterns.retain(|pattern| !is_covered(pattern));
    }
    patterns.into()
}

/// AWS: IAM User Guide, "AWS JSON policy elements: Principal": `"*"` and `{"AWS": "*"}` are equivalent, and so are the id
/// of an account and the ARN of its root user.
fn principals(element: &PrincipalElement) -> Listed<(u8, Box<str>)> {
    let aws = clavicle_policy::PrincipalKind::Aws as u8;
    let bare = element.bare.iter().map(|text| (if text.value == "*" { aws } else { u8::MAX }, &text.value));
    let listed = element.entries.iter().map(|entry| (entry.kind as u8, &entry.value.value));
    let mut entries: Vec<(u8, Box<str>)> = bare
        .chain(listed)
        .map(|(kind, text)| {
            let mut parts = text.splitn(6, ':');
            let account = (parts.nth(2) == Some("iam")).then(|| parts.nth(1)).flatten();
            match (account, parts.next()) {
                (Some(account), Some("root")) if kind == aws => (kind, account.into()),
                _ => (kind, text.as_str().into()),
            }
        })
        .collect();
    entries.sort_unstable();
    entries.dedup();
    Listed { negated: element.negated, entries: entries.into() }
}

fn clause(clause: &Clause) -> ClauseMeaning {
    let Operator { written, set, base, if_exists } = &clause.operator.value;
    let operator = match base {
        None => written.clone(),
        Some(base) => format!(
            "{}{}{}",
            set.map_or("", |set| set.name()),
            base.name(),
            if *if_exists { "IfExists" } else { "" }
        ),
    };
    let mut values: Vec<Box<str>> = clause.values.iter().map(|value| value.value.text().into()).collect();
    values.sort_unstable();
    values.dedup();
    ClauseMeaning {
        operator: operator.into(),
        key: clause.key.value.to_lowercase().into(),
        values: values.into(),
    }
}

impl ClauseMeaning {
    pub(super) fn values(&self) -> &[Box<str>] {
        &self.values
    }
}

impl Meaning {
    /// Could it not be read whole? Then nothing is said about it.
    pub(super) fn is_unreadable(&self) -> bool {
        self.unreadable.is_some()
    }

    /// A text for the meaning, the same in every snapshot and every run: what makes a finding about a statement the same
    /// finding when its place, its Sid or its layout changes.
    pub(super) fn stable_text(&self) -> String {
        let mut text = String::new();
        let mut add = |part: &str| {
            // The length keeps parts apart, whatever they hold.
            text.push_str(&format!("{}:{part};", part.len()));
        };
        add(match self.effect {
            Side::Allow => "allow",
            Side::Deny => "deny",
        });
        if let Some(listed) = &self.principals {
            add(if listed.negated { "not-principal" } else { "principal" });
            listed.entries.iter().for_each(|(kind, who)| add(&format!("{kind} {who}")));
        }
        add(if self.actions.negated { "not-action" } else { "action" });
        self.actions.entries.iter().for_each(|action| add(action));
        if let Some(listed) = &self.resources {
            add(if listed.negated { "not-resource" } else { "resource" });
            listed.entries.iter().for_each(|resource| add(resource));
        }
        for clause in &self.clauses {
            add(&format!("if {} {}", clause.operator, clause.key));
            clause.values.iter().for_each(|value| add(value));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::{Meaning, meaning};

    fn read(text: &str) -> Meaning {
        let policy = clavicle_policy::parse(text.as_bytes()).policy.expect("a policy");
        meaning(&policy, &policy.statements[0])
    }

    fn statement(inside: &str) -> Meaning {
        read(&format!(r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", {inside}}}}}"#))
    }

    #[test]
    fn what_is_written_otherwise_means_the_same() {
        for (one, other) in [
            (
                r#""Action": "s3:GetObject", "Resource": "*""#,
                r#""Sid": "x", "Resource": ["*"], "Action": ["S3:getobject"]"#,
            ),
            (
                r#""Action": ["s3:Get*", "s3:GetObject"], "Resource": "*""#,
                r#""Action": "s3:Get*", "Resource": "**""#,
            ),
            (r#""Action": "*:*", "Resource": "*""#, r#""Action": "*", "Resource": ["*", "arn:aws:s3:::b"]"#),
            (
                r#""Action": "a:b", "Resource": ["arn:aws:s3:::b/*", "arn:aws:s3:::b/c"]"#,
                r#""Action": "a:b", "Resource": "arn:aws:s3:::b/*""#,
            ),
            (r#""Action": "a:b", "Principal": "*""#, r#""Action": "a:b", "Principal": {"AWS": "*"}"#),
            (
                r#""Action": "a:b", "Principal": {"AWS": "111122223333"}"#,
                r#""Action": "a:b", "Principal": {"AWS": ["arn:aws:iam::111122223333:root"]}"#,
            ),
            (
                r#""Action": "a:b", "Condition": {"Bool": {"A:b": "true"}, "StringLike": {"c:d": ["y", "x"]}}"#,
                r#""Action": "a:b", "Condition": {"StringLike": {"C:d": ["x", "y", "x"]}, "Bool": {"a:B": true}}"#,
            ),
        ] {
            assert_eq!(statement(one), statement(other), "{one}\n{other}");
            assert_eq!(statement(one).stable_text(), statement(other).stable_text());
        }
    }

    #[test]
    fn what_means_something_else_is_something_else() {
        let base = r#""Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:username}""#;
        for other in [
            r#""NotAction": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:username}""#,
            r#""Action": "s3:GetObject", "NotResource": "arn:aws:s3:::b/${aws:username}""#,
            r#""Action": "s3:GetObject", "Resource": "arn:aws:s3:::B/${aws:username}""#,
            r#""Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:username}", "Condition": {"Bool": {"a:b": true}}"#,
        ] {
            assert_ne!(statement(base), statement(other), "{other}");
        }
        // In the old version `${…}` stands for itself.
        let old =
            read(&format!(r#"{{"Version": "2008-10-17", "Statement": {{"Effect": "Allow", {base}}}}}"#));
        assert_ne!(statement(base), old);
        let set = |operator| {
            statement(&format!(r#""Action": "a:b", "Condition": {{"{operator}": {{"a:b": "x"}}}}"#))
        };
        assert_ne!(set("ForAllValues:StringLike"), set("StringLike"));
        assert_ne!(set("StringLikeIfExists"), set("StringLike"));
    }

    #[test]
    fn what_cannot_be_read_is_equal_to_nothing() {
        assert!(statement(r#""Action": "a:b", "Resorce": "*""#).is_unreadable());
        assert!(!statement(r#""Action": "a:b""#).is_unreadable());
    }
}
