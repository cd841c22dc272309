//! Rights held to what is needed: old policies, and requests that have to go on working, give new policies that allow
//! those and, of the old rights, nothing else that could be left out.
//!
//! Each new Allow is an old one with fewer actions and resources: its conditions stay, so that nothing new is allowed.
//! Denies stay as they are. A request goes to the first statement that lets it in; where it is not known whether one does
//! (a condition asks for what nobody has seen), to all that may.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use clavicle_catalog::ActionId;
use clavicle_engine::{
    Applicable, Documents, PolicyId, PolicyStore, Principal, Request, Tri, Verdict, decide,
};
use clavicle_policy::{Case, Effect, Glob, Policy, Statement};

use crate::by_tag::ByTag;
use crate::granted::{Grants, spoken_of};
use crate::minimize::{Refusal, Step};
use crate::need::Need;
use crate::reach::Reach;
use crate::redundant::{Denies, drop_redundant};
use crate::verify::{Verified, verify};
use crate::wildcard::shortened;
use crate::written::{actions, effect, made, policy, resources, set_actions, set_resources, settled};

/// What is asked.
pub struct Asked<'a> {
    /// Whose policies they are.
    pub caller: &'a Principal,
    /// Requests that have to go on working.
    pub needs: &'a [Need],
    /// Why it cannot be known whether an action was used: it is kept then as it was.
    pub unknowable: &'a dyn Fn(ActionId) -> Option<String>,
    /// How far a thing stands for others.
    pub reach: Reach,
    /// What goes by a tag: the new policies let those in to all things of their type that bear what the caller bears.
    pub by_tag: Option<&'a ByTag>,
}

/// What is proposed.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// The new text of each policy, in the order of the old ones. One without statements is needed no more.
    pub policies: Vec<Policy>,
    /// The actions that are kept though nobody saw them used, and why; by the place of the policy and of its statement.
    pub kept: Vec<Kept>,
    /// Requests, by their place, that no statement of the old policies lets in, or that they refuse.
    pub unmet: Vec<Unmet>,
    /// How many actions of the catalogue the old policies speak of in an Allow.
    pub granted: usize,
    /// Those among them that the new ones speak of no more.
    pub removed: BTreeSet<ActionId>,
    /// What was checked of all this.
    pub verified: Verified,
}

/// Actions of a statement that are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The place of the policy, and of the statement in it.
    pub place: (usize, usize),
    /// Which, as the catalogue spells them; those that it does not have as they stood there.
    pub actions: Vec<String>,
    /// Why.
    pub why: String,
}

/// A request that the old policies do not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unmet {
    /// Its place.
    pub need: usize,
    /// A Deny of the old policies refuses it, or would wherever an Allow lets it in.
    pub denied: bool,
}

/// Which resources.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    Listed(BTreeSet<String>),
    /// Those of the old statement.
    Whole,
}

/// A statement of the proposal.
pub(crate) struct Made {
    /// The old statement that it is made of.
    pub(crate) of: usize,
    pub(crate) statement: Statement,
    /// It stands for what cannot be known, and not for needs.
    pub(crate) kept: bool,
}

/// Holds policies to what is needed.
pub fn restrict(old: &[Policy], asked: &Asked<'_>) -> Result<Proposal, Refusal> {
    for policy in old {
        if policy.statements.iter().any(|statement| statement.faulty) {
            return Err(Refusal::Unread(None));
        }
    }
    let grants = Grants::new(old, asked.caller);
    let (assigned, unmet) = assign(&grants, asked);
    let mut kept = Vec::new();
    let mut made = Vec::new();
    for at in 0..grants.statements.len() {
        if !grants.is_allow(at) {
            let statement = grants.statements[at].statement.clone();
            made.push(Made { of: at, statement, kept: true });
            continue;
        }
        let stays = unknown(&grants, at, asked, &mut kept);
        made.extend(used(&grants, at, asked, &assigned, &stays.1));
        made.extend(stays.0);
    }
    without_needless(&mut made, asked, &assigned);
    if let Some(tagged) = asked.by_tag.filter(|tagged| !tagged.needs.is_empty())
        && let (Some(of), Some(statement)) = (made.iter().map(|made| made.of).next(), tagged.guard())
    {
        made.push(Made { of, statement, kept: true });
    }
    let (policies, made) = put_together(&grants, &made);
    let verified = verify(&grants, &policies, &made, asked, &assigned, &unmet)?;
    let (was, is) = (allowed(&grants.policies), allowed(&policies));
    Ok(Proposal {
        policies,
        kept,
        unmet,
        granted: was.len(),
        removed: was.difference(&is).copied().collect(),
        verified,
    })
}

/// The actions that Allows speak of.
fn allowed(policies: &[Policy]) -> BTreeSet<ActionId> {
    let statements = policies.iter().flat_map(|policy| &policy.statements);
    let allows = statements.filter(|statement| effect(statement) == Some(Effect::Allow));
    allows.flat_map(spoken_of).collect()
}

/// Which statements let in each need.
pub(crate) type Assigned = Vec<Vec<(usize, Tri)>>;

fn assign(grants: &Grants<'_>, asked: &Asked<'_>) -> (Assigned, Vec<Unmet>) {
    let (mut assigned, mut unmet) = (Vec::new(), Vec::new());
    let whole = LazyCell::new(|| Whole::new(&grants.policies));
    for (place, need) in asked.needs.iter().enumerate() {
        let (mut certain, mut perhaps, mut denied, mut may_be_denied) = (None, Vec::new(), false, false);
        for at in 0..grants.statements.len() {
            match (grants.matches(at, need), grants.is_allow(at)) {
                (Tri::No, _) => {}
                (Tri::Maybe, false) => may_be_denied = true,
                (Tri::Yes, false) => denied = true,
                (Tri::Yes, true) => {
                    certain.get_or_insert(at);
                }
                (Tri::Maybe, true) => perhaps.push((at, Tri::Maybe)),
            }
        }
        let to = certain.map_or(perhaps, |at| vec![(at, Tri::Yes)]);
        // Where no Allow speaks of it, that is why it is kept out.
        denied |= may_be_denied && !to.is_empty() && whole.never_let_in(need, asked.caller);
        if denied || to.is_empty() {
            unmet.push(Unmet { need: place, denied });
            assigned.push(Vec::new());
        } else {
            assigned.push(to);
        }
    }
    (assigned, unmet)
}

/// Policies as they are asked all together.
struct Whole {
    store: PolicyStore,
    identity: Vec<PolicyId>,
}

impl Whole {
    fn new(policies: &[Policy]) -> Self {
        let mut store = PolicyStore::new();
        let identity = policies.iter().map(|policy| store.add(policy)).collect();
        Self { store, identity }
    }

    /// Do they keep it out, whatever is not known of it? What an Allow gives and a Deny takes under the same condition was
    /// never let in.
    fn never_let_in(&self, need: &Need, caller: &Principal) -> bool {
        let Some(resource) = need.resource() else { return false };
        let (action, context, caller) = (need.action(), need.context(), need.caller(caller));
        let request = Request::derived(&caller, &action, &resource, &context);
        let applicable = Applicable { identity: Documents::Some(&self.identity), ..Applicable::default() };
        let verdict = decide(&self.store, &request, &applicable).verdict;
        matches!(verdict, Verdict::ImplicitlyDenied | Verdict::ExplicitlyDenied)
    }
}

/// What stays of a statement because nobody can know whether it was used, and which actions those are.
fn unknown(
    grants: &Grants<'_>,
    at: usize,
    asked: &Asked<'_>,
    kept: &mut Vec<Kept>,
) -> (Option<Made>, BTreeSet<ActionId>) {
    let catalog = clavicle_catalog::catalog();
    let granted = &grants.statements[at];
    let mut by_reason: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut stays = BTreeSet::new();
    for action in spoken_of(&granted.statement) {
        if let Some(why) = (asked.unknowable)(action) {
            by_reason.entry(why).or_default().push(catalog.name(action).to_owned());
            stays.insert(action);
        }
    }
    let listed = actions(&granted.statement).unwrap_or_default();
    let uncatalogued: Vec<String> = listed
        .into_iter()
        .filter(|entry| entry.contains(':') && catalog.expand(entry).is_empty())
        .filter(|entry| !asked.needs.iter().any(|need| need.action.eq_ignore_ascii_case(entry)))
        .collect();
    if !uncatalogued.is_empty() {
        by_reason.insert("the catalogue does not have it".to_owned(), uncatalogued.clone());
    }
    for (why, actions) in by_reason {
        kept.push(Kept { place: granted.place, actions, why });
    }
    let mut names = shortened(catalog, &stays, |pattern| speaks_of_all(&granted.statement, pattern));
    names.extend(uncatalogued);
    if names.is_empty() {
        return (None, stays);
    }
    let mut statement = granted.statement.clone();
    set_actions(&mut statement, names);
    (Some(Made { of: at, statement, kept: true }), stays)
}

/// Does the statement speak of every action that the pattern matches, also of those that AWS may add?
fn speaks_of_all(statement: &Statement, pattern: &str) -> bool {
    let Some(element) = &statement.action else { return false };
    let entries = element.patterns.iter().map(|entry| entry.value.as_str());
    if element.negated {
        // Of another service than any that is left out.
        let service = pattern.split(':').next().unwrap_or_default();
        return entries
            .map(|entry| entry.split(':').next().unwrap_or_default())
            .all(|other| !other.contains(['*', '?']) && !other.eq_ignore_ascii_case(service));
    }
    // A star of the pattern is met by a star of the entry alone.
    let covers = |entry: &str| !entry.contains('?') && Glob::new(entry, Case::Ignored).matches(pattern);
    entries.into_iter().any(covers)
}

/// The parts of a statement that needs go to.
fn used(
    grants: &Grants<'_>,
    at: usize,
    asked: &Asked<'_>,
    assigned: &Assigned,
    stays: &BTreeSet<ActionId>,
) -> Vec<Made> {
    let catalog = clavicle_catalog::catalog();
    let mut scopes: BTreeMap<(String, bool), Scope> = BTreeMap::new();
    for (place, (need, to)) in asked.needs.iter().zip(assigned).enumerate() {
        let known = catalog.action(&need.action);
        if !to.iter().any(|(of, _)| *of == at) || known.is_some_and(|action| stays.contains(&action)) {
            continue;
        }
        let name = known.map_or_else(|| need.action.clone(), |action| catalog.name(action).to_owned());
        let by_tag = asked.by_tag.is_some_and(|tagged| tagged.needs.contains(&place));
        let scope = scope(grants, at, need, asked.reach, by_tag);
        match (scopes.entry((name, by_tag)).or_insert_with(|| Scope::Listed(BTreeSet::new())), scope) {
            (Scope::Listed(all), Scope::Listed(more)) => all.extend(more),
            (whole, Scope::Whole) => *whole = Scope::Whole,
            (Scope::Whole, _) => {}
        }
    }
    let mut groups: BTreeMap<(Scope, bool), Vec<String>> = BTreeMap::new();
    for ((action, by_tag), scope) in scopes {
        groups.entry((scope, by_tag)).or_default().push(action);
    }
    let old = &grants.statements[at].statement;
    let made = groups.into_iter().map(|((scope, by_tag), actions)| {
        let mut statement = old.clone();
        set_actions(&mut statement, actions);
        if let Scope::Listed(listed) = scope {
            set_resources(&mut statement, listed.into_iter().collect());
        }
        if let Some(tagged) = asked.by_tag.filter(|_| by_tag) {
            tagged.hold(&mut statement);
        }
        Made { of: at, statement, kept: false }
    });
    made.collect()
}

/// The resources of a statement that a need is on, and what they stand for as far as the statement reaches.
fn scope(grants: &Grants<'_>, at: usize, need: &Need, reach: Reach, by_tag: bool) -> Scope {
    if let Some(fits) = need.patterns(reach, by_tag).into_iter().find(|pattern| grants.holds(at, pattern)) {
        return Scope::Listed([fits].into());
    }
    match grants.entries(at, need) {
        Some(entries) if !entries.is_empty() => Scope::Listed(entries.into_iter().collect()),
        _ => Scope::Whole,
    }
}

/// Drops entries without which every need is let in as before.
fn without_needless(made: &mut Vec<Made>, asked: &Asked<'_>, assigned: &Assigned) {
    while let Some(needless) = needless(made, asked, assigned).into_iter().next() {
        drop_entry(made, &needless);
    }
}

/// An entry of a statement of the proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EntryPlace {
    pub(crate) statement: usize,
    pub(crate) action: bool,
    pub(crate) entry: usize,
}

fn drop_entry(made: &mut Vec<Made>, at: &EntryPlace) {
    let statement = &mut made[at.statement].statement;
    let mut list = if at.action { actions(statement) } else { resources(statement) }.unwrap_or_default();
    if list.len() < 2 {
        made.remove(at.statement);
        return;
    }
    list.remove(at.entry);
    if at.action {
        set_actions(statement, list);
    } else {
        set_resources(statement, list);
    }
}

/// What carries a need: a pair of entries of a statement.
struct Carrier {
    statement: usize,
    action: usize,
    resource: usize,
    holds: Tri,
}

/// Entries of which any one could go, each by itself, without a need that is lost. Not those that stand for what cannot
/// be known.
pub(crate) fn needless(made: &[Made], asked: &Asked<'_>, assigned: &Assigned) -> Vec<EntryPlace> {
    // Whether an entry of a resource list lets a need in is asked once, of a statement with this entry alone.
    let grants = |statement: Statement| Grants::new(&[policy(vec![statement])], asked.caller);
    let alone: Vec<Vec<Grants<'_>>> = made
        .iter()
        .map(|made| match resources(&made.statement) {
            Some(list) if list.len() > 1 => list
                .into_iter()
                .map(|entry| {
                    let mut alone = made.statement.clone();
                    set_resources(&mut alone, vec![entry]);
                    grants(alone)
                })
                .collect(),
            _ => vec![grants(made.statement.clone())],
        })
        .collect();
    let mut carriers: Vec<Vec<Carrier>> = Vec::new();
    for (need, to) in asked.needs.iter().zip(assigned) {
        let mut own = Vec::new();
        for (at, made) in made.iter().enumerate().filter(|_| !to.is_empty()) {
            if effect(&made.statement) != Some(Effect::Allow) {
                continue;
            }
            let named = actions(&made.statement).unwrap_or_default();
            let action = match made.kept {
                true => Some(usize::MAX),
                false => named.iter().position(|name| name.eq_ignore_ascii_case(&need.action)),
            };
            let Some(action) = action else { continue };
            for (resource, alone) in alone[at].iter().enumerate() {
                let holds = alone.matches(0, need);
                if holds != Tri::No {
                    own.push(Carrier { statement: at, action, resource, holds });
                }
            }
        }
        carriers.push(own);
    }
    let lost = |gone: &EntryPlace| {
        let left = |carrier: &&Carrier| {
            carrier.statement != gone.statement
                || (if gone.action { carrier.action } else { carrier.resource }) != gone.entry
        };
        carriers.iter().zip(assigned).zip(asked.needs).any(|((own, to), need)| {
            to.iter().any(|(of, holds)| {
                // A need that one statement certainly lets in may be let in by any; one that several may let in by each.
                let fits = |carrier: &&Carrier| match holds {
                    Tri::Yes => carrier.holds == Tri::Yes,
                    _ => made[carrier.statement].of == *of,
                };
                let own: Vec<&Carrier> = own.iter().filter(fits).collect();
                match need.resource() {
                    Some(_) => !own.is_empty() && !own.iter().any(left),
                    // It may be on any of them.
                    None => !own.iter().all(left),
                }
            })
        })
    };
    let mut found = Vec::new();
    for (statement, made) in made.iter().enumerate().filter(|(_, made)| !made.kept) {
        for action in [true, false] {
            let list = if action { actions(&made.statement) } else { resources(&made.statement) };
            for entry in 0..list.map_or(0, |list| list.len()) {
                let place = EntryPlace { statement, action, entry };
                if !lost(&place) {
                    found.push(place);
                }
            }
        }
    }
    found
}

/// The statements in their policies, without what others of them cover.
fn put_together(grants: &Grants<'_>, made: &[Made]) -> (Vec<Policy>, Vec<Made>) {
    let mut all = policy(made.iter().map(|made| made.statement.clone()).collect());
    let mut from: Vec<usize> = (0..made.len()).collect();
    let mut steps: Vec<Step> = Vec::new();
    drop_redundant(&mut all, &mut from, clavicle_engine::Principals::Ignored, Denies::Stay, &mut steps);
    let made: Vec<Made> = from
        .into_iter()
        .zip(all.statements)
        .map(|(at, statement)| Made { of: made[at].of, statement, kept: made[at].kept })
        .collect();
    let mut policies: Vec<Policy> =
        grants.policies.iter().map(|policy| Policy { statements: Vec::new(), ..policy.clone() }).collect();
    for one in &made {
        let (at, _) = grants.statements[one.of].place;
        policies[at].statements.push(one.statement.clone());
    }
    for policy in &mut policies {
        number_sids(policy);
    }
    (policies.into_iter().map(settled).collect(), made)
}

/// A Sid that several statements have from one gets numbers: in a policy each may stand once.
fn number_sids(policy: &mut Policy) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for statement in &mut policy.statements {
        let Some(sid) = &statement.sid else { continue };
        let times = seen.entry(sid.value.clone()).or_insert(0);
        *times += 1;
        if *times > 1 {
            statement.sid = Some(made(format!("{}{times}", sid.value)));
        }
    }
}
