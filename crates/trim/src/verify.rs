//! Three checks of a proposal, from its texts alone: every need is let in as before, nothing in it is needless, and it
//! allows nothing that was not allowed.

use clavicle_engine::{Principals, Request, Resource, Tri};
use clavicle_policy::{Effect, Policy};
use clavicle_prover::{Document, Doubt, Limits, Store, Verdict};

use crate::granted::{Grants, spoken_of};
use crate::minimize::Refusal;
use crate::need::{Need, On};
use crate::restrict::{Asked, Assigned, Made, Unmet, needless};
use crate::written::{effect, joined, resources};

/// What was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The requests, asked again.
    pub replay: Replay,
    /// Entries that could go without a need that is lost: none, or the proposal is not minimal.
    pub needless: usize,
    /// Does it allow nothing that was not allowed?
    pub within: Within,
}

/// Requests that were asked again of the new policies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Replay {
    /// Allowed.
    pub allowed: usize,
    /// Allowed if what nobody has seen holds, exactly as under the old policies: the same conditions stand there.
    pub as_before: usize,
    /// Not let in by the old policies either.
    pub unmet: usize,
}

/// How far it is known that nothing new is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Within {
    /// Proved for every request.
    Proved,
    /// The prover did not settle it; so many requests, one for each action and resource of the new policies, were asked of
    /// both, and each that the new ones let in the old ones let in too.
    Asked(usize, Vec<Doubt>),
}

/// Checks it. What is lost or new is a fault of ours: there is no proposal then.
pub(crate) fn verify(
    grants: &Grants<'_>,
    new: &[Policy],
    made: &[Made],
    asked: &Asked<'_>,
    assigned: &Assigned,
    unmet: &[Unmet],
) -> Result<Verified, Refusal> {
    let mut store = Store::new();
    let before = store.compile(&joined(&grants.policies), Principals::Ignored);
    let joined_new = joined(new);
    let after = store.compile(&joined_new, Principals::Ignored);
    let mut replay = Replay { unmet: unmet.len(), ..Replay::default() };
    let new_grants = Grants::new(new, asked.caller);
    for (place, need) in asked.needs.iter().enumerate() {
        if unmet.iter().any(|unmet| unmet.need == place) {
            continue;
        }
        let ask = |document: &Document, grants: &Grants<'_>| match need.resource() {
            Some(resource) => has(&store, document, need, &resource, asked),
            None => combined(grants, need),
        };
        match (ask(&before, grants), ask(&after, &new_grants)) {
            (_, Tri::Yes) => replay.allowed += 1,
            (Tri::Maybe, Tri::Maybe) => replay.as_before += 1,
            _ => return Err(Refusal::Lost(Box::new(need.clone()))),
        }
    }
    let within = match store.implies(&after.access(), &before.access(), Limits::default()) {
        Verdict::Holds => Within::Proved,
        Verdict::Fails(witness) => return Err(Refusal::Different(witness)),
        Verdict::Unknown(doubts) => {
            Within::Asked(ask_each(&store, &before, &after, &joined_new, asked)?, doubts)
        }
    };
    Ok(Verified { replay, needless: needless(made, asked, assigned).len(), within })
}

fn has(store: &Store, document: &Document, need: &Need, resource: &Resource, asked: &Asked<'_>) -> Tri {
    let (action, context) = (need.action(), need.context());
    let caller = need.caller(asked.caller);
    let request = Request::derived(&caller, &action, resource, &context);
    store.has(&document.access(), &request)
}

/// What the statements say together of a request of which not everything is known.
fn combined(grants: &Grants<'_>, need: &Need) -> Tri {
    let all = |allow: bool| {
        let own = (0..grants.statements.len()).filter(|at| grants.is_allow(*at) == allow);
        own.fold(Tri::No, |any, at| any.or(grants.matches(at, need)))
    };
    all(true).and(all(false).not())
}

/// One request for each action and resource of the new policies.
fn ask_each(
    store: &Store,
    before: &Document,
    after: &Document,
    new: &Policy,
    asked: &Asked<'_>,
) -> Result<usize, Refusal> {
    let catalog = clavicle_catalog::catalog();
    let mut count = 0;
    for statement in new.statements.iter().filter(|statement| effect(statement) == Some(Effect::Allow)) {
        for action in spoken_of(statement) {
            for pattern in resources(statement).unwrap_or_else(|| vec!["*".to_owned()]) {
                let arn = pattern.replace(['*', '?'], "x");
                let need = Need::plain(catalog.name(action), On::Thing(arn.clone()));
                let resource = Resource::new(if pattern == "*" { "*" } else { &arn }, None);
                count += 1;
                let now = has(store, after, &need, &resource, asked);
                if now != Tri::No && has(store, before, &need, &resource, asked) == Tri::No {
                    return Err(Refusal::Widened(Box::new(need)));
                }
            }
        }
    }
    Ok(count)
}
