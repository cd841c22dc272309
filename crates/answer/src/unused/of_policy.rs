//! Of those who have a policy: how many used what each of its statements gives?
//!
//! Somebody used what a statement gives who used an action that it names on a thing that it names. Whether its conditions held
//! then, or another statement would have let them in too, is not asked. On what an action was used logs tell, and reports of
//! last access do not: where only these tell of the use, it counts for statements about everything, and is unknown of others.

use std::collections::BTreeMap;

use clavicle_graph::Document;
use clavicle_policy::{Case, Glob, Statement};
use clavicle_usage::{Evidence, Thing};
use jiff::Timestamp;
use serde::Serialize;

use super::Looked;
use super::granted::{Actions, named};
use super::use_of_actions::{Use, Why};
use crate::in_use::allows;
use crate::policy_use::without_variables;
use crate::question::QuestionError;
use crate::reader::Reader;

/// So many of those who have a policy are looked at.
const MOST: usize = 1_000;
/// `arn`, partition, service, region, account, and the rest.
const ARN_PARTS: usize = 6;

/// How many of those who have a policy used what a part of it gives.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct UsedBy {
    /// So many did.
    pub used: usize,
    /// So many did not.
    pub unused: usize,
    /// Of so many that cannot be known.
    pub unknown: usize,
    /// Why not, of most of these.
    pub because: Option<String>,
}

/// What was used of a policy, and by how many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyUsed {
    /// What was last used before this time was not used.
    pub since: String,
    /// How many users and roles have it, members of groups among them.
    pub has: usize,
    /// How many of these were looked at.
    pub looked: usize,
    /// Any of it; `None`: it gives nothing, or nobody has it.
    pub whole: Option<UsedBy>,
    /// Statement by statement; `None`: that one gives nothing.
    pub statements: Vec<Option<UsedBy>>,
}

impl Reader {
    /// How many of those who have a policy used what it gives. `name`: its display name. `told` hears how many of them have
    /// been looked at, of how many. Linear in these times the actions that the policy names.
    pub fn policy_used(
        &self,
        name: &str,
        evidence: &Evidence,
        since: Timestamp,
        mut told: impl FnMut(u64, u64),
    ) -> Result<PolicyUsed, QuestionError> {
        let document = self.document_named(name)?;
        let mut looked = Looked::new(self, evidence, since);
        let has = looked.bearers(&self.in_use().attachments(document).bearers);
        let some = &has[..has.len().min(MOST)];
        let parts: Vec<Option<Part>> = match gives_to_bearers(document) {
            true => self.written_statements(document).iter().map(|it| Part::of(self, it)).collect(),
            false => Vec::new(),
        };
        let mut whole = Tally::default();
        let mut each: Vec<Tally> = parts.iter().map(|_| Tally::default()).collect();
        for (done, bearer) in some.iter().enumerate() {
            told(done as u64, some.len() as u64);
            let record = self.world().snapshot().principal(*bearer);
            let granted = looked.granted.to(self, *bearer);
            let standing = looked.standing(record, &granted);
            let mut of_any = Use::No;
            for (part, tally) in parts.iter().zip(&mut each) {
                let Some(part) = part else { continue };
                let used = match &part.actions {
                    None => Use::Unknown(Why::NotRead),
                    Some(actions) => {
                        looked.shown.use_on(record, actions, &standing, |thing| part.speaks_of(thing))
                    }
                };
                tally.add(used);
                of_any = match (of_any, used) {
                    (Use::Yes, _) | (_, Use::Yes) => Use::Yes,
                    (known @ Use::Unknown(_), _) | (_, known) => known,
                };
            }
            whole.add(of_any);
        }
        let gives = parts.iter().any(Option::is_some) && !some.is_empty();
        Ok(PolicyUsed {
            since: since.to_string(),
            has: has.len(),
            looked: some.len(),
            whole: gives.then(|| whole.told()),
            statements: parts
                .iter()
                .zip(each)
                .map(|(part, tally)| part.as_ref().map(|_| tally.told()))
                .collect(),
        })
    }
}

/// Do those whom a document is attached to get what it says? That of a thing gives to others.
fn gives_to_bearers(document: &Document) -> bool {
    matches!(document, Document::Managed(_) | Document::Inline(..))
}

/// What an Allow statement speaks of.
struct Part {
    /// `None`: it cannot be read.
    actions: Option<Actions>,
    things: Option<Things>,
}

/// The resource patterns of a statement.
struct Things {
    patterns: Vec<Pattern>,
    /// It speaks of all others.
    negated: bool,
}

struct Pattern {
    /// The parts of an ARN: a `*` stays within its own. `None`: it is `*` alone.
    parts: Option<Vec<Glob>>,
    /// What it fits it may yet not mean: it has a variable, which stands here as `*`, or too few parts.
    varies: bool,
}

impl Part {
    fn of(reader: &Reader, statement: &Statement) -> Option<Self> {
        let actions = named(reader.world().catalog(), statement).filter(|_| !statement.faulty);
        let things = statement.resource.as_ref().map(|element| Things {
            patterns: element.patterns.iter().map(|pattern| Pattern::of(&pattern.value)).collect(),
            negated: element.negated,
        });
        allows(statement).then_some(Self { actions, things })
    }

    /// Does it speak of this thing? `None`: nobody can tell.
    fn speaks_of(&self, thing: &Thing) -> Option<bool> {
        let things = self.things.as_ref()?;
        let of_everything = things.patterns.iter().any(|pattern| pattern.parts.is_none());
        let is_named = match thing {
            Thing::Any => Some(of_everything),
            Thing::NotKnown | Thing::Under(_) => of_everything.then_some(true),
            Thing::Arn(arn) => {
                let mut fitting = things.patterns.iter().filter(|pattern| pattern.fits(arn)).peekable();
                match fitting.peek() {
                    None => Some(false),
                    Some(_) => fitting.any(|pattern| !pattern.varies).then_some(true),
                }
            }
        };
        is_named.map(|is_named| is_named != things.negated)
    }
}

impl Pattern {
    fn of(text: &str) -> Self {
        let open = without_variables(text);
        let mut parts: Vec<Glob> = Vec::new();
        // A star at the end may stand for parts of which there are fewer than an ARN has; see docs/limits.md.
        let is_short = open.splitn(ARN_PARTS, ':').count() < ARN_PARTS;
        match is_short {
            true => parts.push(Glob::new(&open, Case::Sensitive)),
            false => parts.extend(open.splitn(ARN_PARTS, ':').map(|part| Glob::new(part, Case::Sensitive))),
        }
        Self { parts: (text != "*").then_some(parts), varies: text != "*" && (is_short || open != text) }
    }

    fn fits(&self, arn: &str) -> bool {
        let Some(parts) = &self.parts else { return true };
        let of_arn: Vec<&str> = arn.splitn(parts.len(), ':').collect();
        parts.len() == of_arn.len() && parts.iter().zip(of_arn).all(|(part, text)| part.matches(text))
    }
}

/// Counts, with the reasons of what cannot be known.
#[derive(Default)]
struct Tally {
    used_by: UsedBy,
    reasons: BTreeMap<Why, usize>,
}

impl Tally {
    fn add(&mut self, used: Use) {
        match used {
            Use::Yes => self.used_by.used += 1,
            Use::No => self.used_by.unused += 1,
            Use::Unknown(why) => {
                self.used_by.unknown += 1;
                *self.reasons.entry(why).or_default() += 1;
            }
        }
    }

    fn told(self) -> UsedBy {
        let most = self.reasons.iter().max_by_key(|(why, count)| (**count, std::cmp::Reverse(**why)));
        UsedBy { because: most.map(|(why, _)| why.words().to_owned()), ..self.used_by }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(resource: &str) -> Part {
        let text =
            format!(r#"{{"Statement": [{{"Effect": "Allow", "Action": "s3:GetObject", {resource}}}]}}"#);
        let policy = clavicle_policy::parse(text.as_bytes()).policy.expect("a policy");
        let element = policy.statements[0].resource.as_ref().expect("resources");
        let patterns = element.patterns.iter().map(|pattern| Pattern::of(&pattern.value)).collect();
        Part { actions: None, things: Some(Things { patterns, negated: element.negated }) }
    }

    #[test]
    fn a_statement_speaks_of_the_things_that_its_patterns_fit() {
        let arn = |text: &str| Thing::Arn(text.into());
        let (ours, other) = (arn("arn:aws:s3:::logs/a"), arn("arn:aws:s3:::invoices/a"));
        let under = Thing::Under("arn:aws:s3:::logs/".into());
        for (resource, wanted) in [
            (r#""Resource": "*""#, [Some(true), Some(true), Some(true), Some(true), Some(true)]),
            (r#""Resource": "arn:aws:s3:::logs/*""#, [Some(true), Some(false), None, None, Some(false)]),
            (r#""NotResource": "arn:aws:s3:::logs/*""#, [Some(false), Some(true), None, None, Some(true)]),
            // Whose name stands for the variable, the call does not tell.
            (r#""Resource": "arn:aws:s3:::${aws:username}/*""#, [None, None, None, None, Some(false)]),
            // Whether that star goes on behind the colon is not followed.
            (r#""Resource": "arn:aws:s3:*""#, [None, None, None, None, Some(false)]),
            (r#""Resource": "arn:aws:s3:*:*:logs/a""#, [Some(true), Some(false), None, None, Some(false)]),
        ] {
            let part = part(resource);
            let things = [&ours, &other, &under, &Thing::NotKnown, &Thing::Any];
            assert_eq!(things.map(|thing| part.speaks_of(thing)), wanted, "{resource}");
        }
    }
}
