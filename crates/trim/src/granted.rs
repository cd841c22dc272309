//! The statements of somebody's policies, each ready to be asked whether it lets a request in.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use clavicle_catalog::ActionId;
use clavicle_engine::{
    PolicyStore, Principal, Principals, Request, Resource, StatementRef, Tri, statement_matches,
};
use clavicle_policy::{Effect, Policy, Statement};
use clavicle_prover::{Limits, Store};

use crate::need::{Need, On};
use crate::written::{allow, effect, in_new_version, policy, resources, set_resources};

/// A statement and where it stands.
#[derive(Debug)]
pub(crate) struct Granted {
    /// The place of its policy, and its own in that.
    pub(crate) place: (usize, usize),
    pub(crate) statement: Statement,
    /// The statement by itself, and the same of any resource.
    own: StatementRef,
    anywhere: StatementRef,
}

/// Somebody's policies.
pub(crate) struct Grants<'a> {
    caller: &'a Principal,
    store: PolicyStore,
    pub(crate) policies: Vec<Policy>,
    pub(crate) statements: Vec<Granted>,
    /// Whether a pattern lies in the resources of a statement, by its place here.
    inside: RefCell<HashMap<(usize, String), bool>>,
}

impl<'a> Grants<'a> {
    pub(crate) fn new(policies: &[Policy], caller: &'a Principal) -> Self {
        let policies: Vec<Policy> = policies.iter().map(in_new_version).collect();
        let mut store = PolicyStore::new();
        let mut add = |statement: &Statement| StatementRef {
            policy: store.add(&policy(vec![statement.clone()])),
            statement: 0,
        };
        let mut statements = Vec::new();
        for (at, policy) in policies.iter().enumerate() {
            for (place, statement) in policy.statements.iter().enumerate() {
                let mut open = statement.clone();
                set_resources(&mut open, vec!["*".to_owned()]);
                let (own, anywhere) = (add(statement), add(&open));
                statements.push(Granted { place: (at, place), statement: statement.clone(), own, anywhere });
            }
        }
        Self { caller, store, policies, statements, inside: RefCell::default() }
    }

    /// Does the statement match the request, whatever its effect? What is not known of the request makes it a maybe.
    pub(crate) fn matches(&self, at: usize, need: &Need) -> Tri {
        let Some(granted) = self.statements.get(at) else { return Tri::No };
        match &need.on {
            On::Any => self.ask(granted.own, need, "*"),
            On::Thing(arn) => self.ask(granted.own, need, arn),
            On::NotKnown => {
                let here = self.ask(granted.anywhere, need, "*");
                if here == Tri::Yes && !self.holds(at, "*") { Tri::Maybe } else { here }
            }
            On::Matching(pattern) => {
                let here = self.ask(granted.anywhere, need, "*");
                match () {
                    () if here == Tri::No => Tri::No,
                    () if self.holds(at, pattern) => here,
                    () if meet(&granted.statement, pattern) => here.and(Tri::Maybe),
                    () => Tri::No,
                }
            }
        }
    }

    fn ask(&self, statement: StatementRef, need: &Need, resource: &str) -> Tri {
        let (action, resource, context) = (need.action(), Resource::new(resource, None), need.context());
        let caller = need.caller(self.caller);
        let request = Request::derived(&caller, &action, &resource, &context);
        statement_matches(&self.store, &request, statement, Principals::Ignored)
    }

    /// Does the statement speak of everything that the pattern matches? Proved, or no.
    pub(crate) fn holds(&self, at: usize, pattern: &str) -> bool {
        let key = (at, pattern.to_owned());
        if let Some(known) = self.inside.borrow().get(&key) {
            return *known;
        }
        let found = self.statements.get(at).is_some_and(|granted| holds(&granted.statement, pattern));
        self.inside.borrow_mut().insert(key, found);
        found
    }

    /// The entries of the statement's list of resources that the request may be on; `None`: it has no such list.
    pub(crate) fn entries(&self, at: usize, need: &Need) -> Option<Vec<String>> {
        let own = &self.statements.get(at)?.statement;
        let matching = |entry: &String| {
            let mut alone = own.clone();
            set_resources(&mut alone, vec![entry.clone()]);
            Self::new(&[policy(vec![alone])], self.caller).matches(0, need) != Tri::No
        };
        Some(resources(own)?.into_iter().filter(matching).collect())
    }

    pub(crate) fn is_allow(&self, at: usize) -> bool {
        self.statements.get(at).is_some_and(|granted| effect(&granted.statement) == Some(Effect::Allow))
    }
}

/// A statement that speaks of the same resources, with any action and under no condition.
fn of_resources(statement: &Statement) -> Statement {
    let mut of = allow(vec!["*".to_owned()], vec!["*".to_owned()]);
    of.resource.clone_from(&statement.resource);
    of
}

fn holds(statement: &Statement, pattern: &str) -> bool {
    let mut store = Store::new();
    let inner = allow(vec!["*".to_owned()], vec![pattern.to_owned()]);
    let inner = store.compile(&policy(vec![inner]), Principals::Ignored);
    let outer = store.compile(&policy(vec![of_resources(statement)]), Principals::Ignored);
    store.implies(&inner.allowed(), &outer.allowed(), Limits::default()).holds()
}

/// Is there anything that both speak of? Where that is not known: yes.
fn meet(statement: &Statement, pattern: &str) -> bool {
    let mut store = Store::new();
    let one = allow(vec!["*".to_owned()], vec![pattern.to_owned()]);
    let one = store.compile(&policy(vec![one]), Principals::Ignored);
    let other = store.compile(&policy(vec![of_resources(statement)]), Principals::Ignored);
    !store.disjoint(&one.allowed(), &other.allowed(), Limits::default()).holds()
}

/// The actions of the catalogue that a statement speaks of.
pub(crate) fn spoken_of(statement: &Statement) -> BTreeSet<ActionId> {
    let catalog = clavicle_catalog::catalog();
    let Some(element) = &statement.action else { return BTreeSet::new() };
    let expand = |pattern: &str| match pattern.bytes().all(|byte| byte == b'*') {
        true => catalog.actions().collect(),
        false => catalog.expand(pattern),
    };
    let listed: BTreeSet<ActionId> =
        element.patterns.iter().flat_map(|pattern| expand(&pattern.value)).collect();
    match element.negated {
        true => catalog.actions().filter(|action| !listed.contains(action)).collect(),
        false => listed,
    }
}
