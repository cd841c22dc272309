//! The smallest policy with the same access: what adds nothing is dropped, statements that differ in one list are
//! merged, and what is too large for AWS is split. Nothing is returned that is not proved equal.

use std::collections::BTreeSet;
use std::fmt;

use clavicle_engine::Principals;
use clavicle_policy::{Policy, Statement};
use clavicle_prover::{Doubt, Limits, Store, Verdict, Witness};

use crate::need::Need;
use crate::redundant::{Denies, drop_redundant};
use crate::size::{Place, characters};
use crate::split::split;
use crate::wildcard::shortened;
use crate::written::{actions, effect, joined, resources, set_actions, set_resources, settled};

/// How small, and for where.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Write several actions as one with a wildcard where it matches exactly those of the catalogue. It will also match
    /// actions that AWS adds later.
    pub wildcards: bool,
    /// Where the policy is to go.
    pub place: Place,
}

/// The smallest policy that was found.
#[derive(Debug, Clone)]
pub struct Minimal {
    /// One policy, or several that are to be attached together.
    pub policies: Vec<Policy>,
    /// What was done, in order. Statements are told by their place in the text, from 0.
    pub steps: Vec<Step>,
    /// How it is the same.
    pub same: Same,
    /// Characters before and after, as AWS counts them.
    pub size: (usize, usize),
}

/// How far is the access proved to be the same?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Same {
    /// For every request.
    Proved,
    /// For every request with an action of the catalogue; wildcards say more of actions that it does not have.
    ForCatalogue,
}

/// One thing that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A statement went that added nothing.
    Statement {
        /// Its place.
        from: usize,
        /// Its Sid.
        sid: Option<String>,
    },
    /// An action went that added nothing.
    Action {
        /// The place of its statement.
        from: usize,
        /// The entry.
        text: String,
    },
    /// A resource went that added nothing.
    Resource {
        /// The place of its statement.
        from: usize,
        /// The entry.
        text: String,
    },
    /// A statement was merged into another that differs in one list.
    Merged {
        /// The place of the one that stays.
        into: usize,
        /// The place of the one that went.
        from: usize,
    },
    /// A list of actions was written with wildcards.
    Shortened {
        /// The place of its statement.
        from: usize,
        /// How many entries there were, and are.
        entries: (usize, usize),
    },
    /// It was split, to fit.
    Split(usize),
}

/// Why there is no smaller policy to show.
#[derive(Debug, Clone)]
pub enum Refusal {
    /// A statement could not be read: what it means is not known. Its place, if it is one that stands there.
    Unread(Option<usize>),
    /// It does not fit, and cannot be split so that it does: characters, and how many there may be.
    TooLarge(usize, Place),
    /// Whether the smaller one is the same could not be shown.
    NotProved(Vec<Doubt>),
    /// It is not the same. This is a fault of ours.
    Different(Box<Witness>),
    /// A request that has to go on working would not. This is a fault of ours.
    Lost(Box<Need>),
    /// A request is let in that was not. This is a fault of ours.
    Widened(Box<Need>),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unread(Some(place)) => {
                write!(f, "statement {} could not be read, so what it means is not known", place + 1)
            }
            Self::Unread(None) => f.write_str("it has no text that means what was read"),
            Self::TooLarge(size, place) => write!(
                f,
                "{size} characters do not fit into {} polic{} of {}",
                place.policies(),
                if place.policies() == 1 { "y" } else { "ies" },
                place.most()
            ),
            Self::NotProved(doubts) => {
                f.write_str("that the smaller policy is the same could not be proved")?;
                doubts.iter().try_for_each(|doubt| write!(f, "; {doubt}"))
            }
            Self::Lost(need) => write!(f, "{} on {:?} would be lost", need.action, need.on),
            Self::Widened(need) => write!(f, "{} on {:?} would be new", need.action, need.on),
            Self::Different(witness) => write!(f, "the smaller policy is not the same: {witness}"),
        }
    }
}

impl std::error::Error for Refusal {}

/// The smallest policy that is the same as this one. Asks the prover about each entry that another could cover: seconds
/// for policies of a thousand entries.
pub fn minimize(policy: &Policy, wanted: Wanted) -> Result<Minimal, Refusal> {
    if let Some(place) = policy.statements.iter().position(|statement| statement.faulty) {
        return Err(Refusal::Unread(Some(place)));
    }
    let names = policy.statements.iter().any(|statement| statement.principal.is_some());
    let principals = if names { Principals::Required } else { Principals::Ignored };
    let mut small = settled(policy.clone());
    let mut from: Vec<usize> = (0..small.statements.len()).collect();
    let mut steps = Vec::new();
    drop_redundant(&mut small, &mut from, principals, Denies::Go, &mut steps);
    let dropped = steps.len();
    merge(&mut small, &mut from, &mut steps);
    if wanted.wildcards {
        shorten(&mut small, &from, &mut steps);
    }
    if steps.len() > dropped {
        // What became one list may hold entries that cover each other. Else each was asked about just now.
        drop_redundant(&mut small, &mut from, principals, Denies::Go, &mut steps);
    }
    let before = characters(&settled(policy.clone())).ok_or(Refusal::Unread(None))?;
    let after = characters(&small).ok_or(Refusal::Unread(None))?;
    let policies = split(&small, wanted.place.most()).filter(|parts| parts.len() <= wanted.place.policies());
    let policies = policies.ok_or(Refusal::TooLarge(after, wanted.place))?;
    if policies.len() > 1 {
        steps.push(Step::Split(policies.len()));
    }
    let same = prove(policy, &policies, principals)?;
    Ok(Minimal { policies, steps, same, size: (before, after) })
}

/// The smallest policy, or policies, with the same access as all of these together.
pub fn together(policies: &[Policy], wanted: Wanted) -> Result<Minimal, Refusal> {
    minimize(&joined(policies), wanted)
}

/// Do both allow the same, and refuse the same of what others allow? Proved for every request, or no.
pub fn is_same(one: &Policy, other: &Policy) -> bool {
    matches!(prove(one, std::slice::from_ref(other), Principals::Ignored), Ok(Same::Proved))
}

/// Do they say the same: allow the same, and refuse the same of what others allow?
fn prove(old: &Policy, new: &[Policy], principals: Principals) -> Result<Same, Refusal> {
    let mut store = Store::new();
    let joined = joined(new);
    if !store.let_in_alike(old, &joined, principals, Limits::default()) {
        return Err(Refusal::NotProved(vec![Doubt::ByName]));
    }
    let old = store.compile(old, principals);
    let new = store.compile(&joined, principals);
    let refuses = store.equal(&old.denied(), &new.denied(), Limits::default());
    let allows = store.equal(&old.access(), &new.access(), Limits::default());
    let mut same = Same::Proved;
    for (verdict, is_access) in [(refuses, false), (allows, true)] {
        match verdict {
            Verdict::Holds => {}
            Verdict::Unknown(doubts) => return Err(Refusal::NotProved(doubts)),
            Verdict::Fails(witness) if !witness.uncatalogued => return Err(Refusal::Different(witness)),
            Verdict::Fails(_) => {
                let (one, other) = match is_access {
                    true => (old.access(), new.access()),
                    false => (old.denied(), new.denied()),
                };
                for (narrow, wide) in [(&one, &other), (&other, &one)] {
                    match store.implies_in_catalogue(narrow, wide, Limits::default()) {
                        Verdict::Holds => {}
                        Verdict::Unknown(doubts) => return Err(Refusal::NotProved(doubts)),
                        Verdict::Fails(witness) => return Err(Refusal::Different(witness)),
                    }
                }
                same = Same::ForCatalogue;
            }
        }
    }
    Ok(same)
}

/// Merges statements that differ in their actions or in their resources alone.
pub(crate) fn merge(policy: &mut Policy, from: &mut Vec<usize>, steps: &mut Vec<Step>) {
    let mut at = 0;
    while at < policy.statements.len() {
        let mut changed = false;
        let mut other = at + 1;
        while other < policy.statements.len() {
            match merged(&policy.statements[at], &policy.statements[other]) {
                Some(both) => {
                    policy.statements[at] = both;
                    policy.statements.remove(other);
                    steps.push(Step::Merged { into: from[at], from: from.remove(other) });
                    changed = true;
                }
                None => other += 1,
            }
        }
        // What has grown may go together with one that was passed over.
        at = if changed { 0 } else { at + 1 };
    }
}

fn merged(one: &Statement, other: &Statement) -> Option<Statement> {
    if effect(one)? != effect(other)? || one.principal != other.principal || !same_condition(one, other) {
        return None;
    }
    let (actions_are, resources_are) = (same_actions(one, other), same_resources(one, other));
    let mut both = one.clone();
    if resources_are {
        let mut all = actions(one)?;
        all.extend(actions(other)?.into_iter().filter(|entry| !all.contains(entry)).collect::<Vec<_>>());
        set_actions(&mut both, all);
    } else if actions_are {
        let mut all = resources(one)?;
        all.extend(resources(other)?.into_iter().filter(|entry| !all.contains(entry)).collect::<Vec<_>>());
        set_resources(&mut both, all);
    } else {
        return None;
    }
    Some(both)
}

fn same_actions(one: &Statement, other: &Statement) -> bool {
    let set = |statement: &Statement| {
        let element = statement.action.as_ref()?;
        let names: BTreeSet<String> = element.patterns.iter().map(|it| it.value.to_lowercase()).collect();
        Some((element.negated, names))
    };
    set(one) == set(other)
}

fn same_resources(one: &Statement, other: &Statement) -> bool {
    let set = |statement: &Statement| {
        let element = statement.resource.as_ref()?;
        let texts: BTreeSet<String> = element.patterns.iter().map(|it| it.value.clone()).collect();
        Some((element.negated, texts))
    };
    set(one) == set(other)
}

/// Do both ask the same of the context, whatever the order?
fn same_condition(one: &Statement, other: &Statement) -> bool {
    let clauses = |statement: &Statement| {
        let all = statement.condition.iter().flat_map(|condition| &condition.clauses);
        let mut all: Vec<(String, String, BTreeSet<String>)> = all
            .map(|clause| {
                let values = clause.values.iter().map(|value| value.value.text().to_owned()).collect();
                (clause.operator.value.written.to_lowercase(), clause.key.value.to_lowercase(), values)
            })
            .collect();
        all.sort_unstable();
        all
    };
    clauses(one) == clauses(other)
}

fn shorten(policy: &mut Policy, from: &[usize], steps: &mut Vec<Step>) {
    let catalog = clavicle_catalog::catalog();
    for (statement, from) in policy.statements.iter_mut().zip(from) {
        let Some(entries) = actions(statement) else { continue };
        // What has a wildcard or is not in the catalogue says more than the catalogue can: it stays as it is.
        let (names, mut short): (Vec<String>, Vec<String>) =
            entries.iter().cloned().partition(|entry| catalog.action(entry).is_some());
        let own = names.iter().filter_map(|name| catalog.action(name));
        short.extend(shortened(catalog, &own.collect(), |_| true));
        if short.len() < entries.len() {
            steps.push(Step::Shortened { from: *from, entries: (entries.len(), short.len()) });
            set_actions(statement, short);
        }
    }
}
