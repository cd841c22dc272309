//! What adds nothing: statements, actions and resources that the rest of the policy covers.
//!
//! An Allow adds nothing if all that it lets in is let in by the other Allows or refused by a Deny. A Deny adds nothing
//! only if other Denies refuse all of it: what it refuses may be allowed by a policy beside this one.

use std::collections::HashMap;

use clavicle_catalog::ActionId;
use clavicle_engine::Principals;
use clavicle_policy::{Case, Effect, Glob, Policy, Statement};
use clavicle_prover::{Limits, Store};

use crate::minimize::Step;
use crate::written::{actions, effect, resources, set_actions, set_resources};

/// Drops what adds nothing, the later of equals first, until nothing can go. What the prover cannot settle stays.
/// `from`: where each statement stood in the text it comes from.
pub(crate) fn drop_redundant(
    policy: &mut Policy,
    from: &mut Vec<usize>,
    principals: Principals,
    denies: Denies,
    steps: &mut Vec<Step>,
) {
    without_doubles(policy, from, steps);
    let stays = |statement: &Statement| denies == Denies::Stay && effect(statement) == Some(Effect::Deny);
    for at in (0..policy.statements.len()).rev() {
        if stays(&policy.statements[at]) {
            continue;
        }
        let piece = policy.statements[at].clone();
        let rest = without(policy, at);
        if adds_nothing(&piece, &rest, principals) {
            policy.statements.remove(at);
            steps.push(Step::Statement { from: from.remove(at), sid: sid(&piece) });
        }
    }
    for (at, from) in from.iter().enumerate() {
        if stays(&policy.statements[at]) {
            continue;
        }
        entries(policy, at, *from, principals, steps, Element::Actions);
        entries(policy, at, *from, principals, steps, Element::Resources);
    }
}

/// May a Deny go that others cover?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denies {
    Go,
    Stay,
}

/// Which list of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Actions,
    Resources,
}

impl Element {
    fn list(self, statement: &Statement) -> Option<Vec<String>> {
        match self {
            Self::Actions => actions(statement),
            Self::Resources => resources(statement),
        }
    }

    fn set(self, statement: &mut Statement, list: Vec<String>) {
        match self {
            Self::Actions => set_actions(statement, list),
            Self::Resources => set_resources(statement, list),
        }
    }

    fn same(self, one: &str, other: &str) -> bool {
        match self {
            Self::Actions => one.eq_ignore_ascii_case(other),
            Self::Resources => one == other,
        }
    }

    fn step(self, from: usize, text: String) -> Step {
        match self {
            Self::Actions => Step::Action { from, text },
            Self::Resources => Step::Resource { from, text },
        }
    }
}

/// Entries that are written twice in one list.
fn without_doubles(policy: &mut Policy, from: &[usize], steps: &mut Vec<Step>) {
    for (statement, from) in policy.statements.iter_mut().zip(from) {
        for element in [Element::Actions, Element::Resources] {
            let Some(list) = element.list(statement) else { continue };
            let mut kept: Vec<String> = Vec::new();
            for entry in list.iter().cloned() {
                if kept.iter().any(|known| element.same(known, &entry)) {
                    steps.push(element.step(*from, entry));
                } else {
                    kept.push(entry);
                }
            }
            if kept.len() < list.len() {
                element.set(statement, kept);
            }
        }
    }
}

fn entries(
    policy: &mut Policy,
    at: usize,
    from: usize,
    principals: Principals,
    steps: &mut Vec<Step>,
    element: Element,
) {
    let Some(mut list) = element.list(&policy.statements[at]) else { return };
    let overlaps = (element == Element::Actions).then(|| Overlaps::new(policy)).flatten();
    let things = (element == Element::Resources).then(|| Things::new(policy)).flatten();
    let mut place = list.len();
    while place > 0 {
        place -= 1;
        if list.len() < 2 {
            return;
        }
        if overlaps.as_ref().is_some_and(|overlaps| overlaps.alone(&list[place])) {
            continue;
        }
        if things.as_ref().is_some_and(|things| things.alone(&list[place])) {
            continue;
        }
        let mut piece = policy.statements[at].clone();
        element.set(&mut piece, vec![list[place].clone()]);
        let mut rest = policy.clone();
        let mut fewer = list.clone();
        fewer.remove(place);
        element.set(&mut rest.statements[at], fewer.clone());
        if adds_nothing(&piece, &rest, principals) {
            steps.push(element.step(from, list.remove(place)));
            element.set(&mut policy.statements[at], fewer);
        }
    }
}

/// Which actions of the catalogue do several entries speak of? An entry with an action that no other speaks of cannot
/// be redundant, and need not be tried.
struct Overlaps {
    speak: HashMap<ActionId, u32>,
}

impl Overlaps {
    /// `None` where a list says what it does not speak of.
    fn new(policy: &Policy) -> Option<Self> {
        let mut speak = HashMap::new();
        for statement in &policy.statements {
            for entry in actions(statement)? {
                for action in clavicle_catalog::catalog().expand(&entry) {
                    *speak.entry(action).or_insert(0) += 1;
                }
            }
        }
        Some(Self { speak })
    }

    fn alone(&self, entry: &str) -> bool {
        let known = clavicle_catalog::catalog().expand(entry);
        known.iter().any(|action| self.speak.get(action).is_none_or(|speak| *speak < 2))
    }
}

/// The resources that a policy speaks of. An entry that takes in an ARN that no other takes in is not redundant, and need not be
/// tried: of a policy of a thousand ARNs that is nearly all of them.
struct Things {
    globs: Vec<Glob>,
}

impl Things {
    /// `None` where a list says what it does not speak of.
    fn new(policy: &Policy) -> Option<Self> {
        let mut globs = Vec::new();
        for statement in &policy.statements {
            globs.extend(resources(statement)?.iter().map(|entry| {
                // A variable may hold anything; and one pattern over all parts takes in what a pattern for each does.
                let wide = if entry.contains("${") { "*" } else { entry };
                Glob::new(wide, Case::Ignored)
            }));
        }
        Some(Self { globs })
    }

    fn alone(&self, entry: &str) -> bool {
        // One ARN that it takes in, with a name that nobody would have picked out.
        let sample = entry.replace(['*', '?'], "q");
        let is_arn = entry.starts_with("arn:") && entry.matches(':').count() >= 5 && !entry.contains("${");
        is_arn && self.globs.iter().filter(|glob| glob.matches(&sample)).nth(1).is_none()
    }
}

fn without(policy: &Policy, at: usize) -> Policy {
    let mut rest = policy.clone();
    rest.statements.remove(at);
    rest
}

/// Is all that the statement says said by the rest? Proved, or no.
fn adds_nothing(piece: &Statement, rest: &Policy, principals: Principals) -> bool {
    let alone = Policy { statements: vec![piece.clone()], ..rest.clone() };
    let mut store = Store::new();
    // Who is named is not covered by their account.
    if effect(piece) == Some(Effect::Allow)
        && !store.lets_in_by_itself(&alone, rest, principals, Limits::default())
    {
        return false;
    }
    let alone = store.compile(&alone, principals);
    let rest = store.compile(rest, principals);
    let more = match effect(piece) {
        Some(Effect::Allow) => alone.allowed().and(rest.denied().not()).and(rest.allowed().not()),
        Some(Effect::Deny) => alone.denied().and(rest.denied().not()),
        None => return false,
    };
    store.never(&more, Limits::default()).holds()
}

fn sid(statement: &Statement) -> Option<String> {
    statement.sid.as_ref().map(|sid| sid.value.clone())
}
