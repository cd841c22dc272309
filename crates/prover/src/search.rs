//! Does a formula hold for some request? A search as for SAT, whose variables are the dimensions of a request.
//!
//! A state keeps for each dimension the literals that hold so far. What is pending are choices: one box of several, or
//! one dimension in which to leave a box. A choice with one way left is taken at once; most questions about real
//! policies are settled by that alone. Boxes are never subtracted from each other: n boxes of d dimensions would leave
//! d to the power of n.

use std::sync::Arc;

use crate::access::Formula;
use crate::actions::{ActionBits, classes};
use crate::compile::{OpenAction, StatementId};
use crate::store::{Dimension, DimensionId, Literal, Predicate, StateId, Store};
use crate::work::Work;

/// One way to go: all literals hold, and then all items.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Way {
    literals: Arc<[Literal]>,
    items: Arc<[Item]>,
}

/// Several ways, of which one has to be gone.
pub(crate) type Item = Arc<[Way]>;

/// The part of a question that is about actions of one kind.
#[derive(Debug, Clone)]
pub(crate) struct Class {
    /// These actions; `None` for the names that the catalogue does not have.
    pub(crate) actions: Option<ActionBits>,
    pub(crate) items: Vec<Item>,
}

impl Class {
    /// The part in which all these literals hold, and of each of the others not all.
    pub(crate) fn within(&self, literals: &[Literal], outside: &[Vec<Literal>]) -> Self {
        let one = |literal: Literal| Way { literals: Arc::new([literal]), items: Arc::new([]) };
        let mut narrower = self.clone();
        narrower.items.extend(literals.iter().map(|literal| Item::from([one(*literal)])));
        let leave = |all: &Vec<Literal>| -> Item { all.iter().map(|literal| one(literal.not())).collect() };
        narrower.items.extend(outside.iter().map(leave));
        narrower
    }
}

/// A part of the answer: whatever meets all literals of all states is in it.
#[derive(Debug, Clone)]
pub(crate) struct Leaf(pub(crate) Vec<(DimensionId, StateId)>);

/// Deeper than this, the stack of a thread might not do.
const DEEPEST: u32 = 800;

/// The classes of actions of a question, those with the same rest of it put together.
pub(crate) fn classes_of(store: &mut Store, formula: &Formula, uncatalogued: bool) -> Vec<Class> {
    let mut statements = Vec::new();
    formula.statements(&mut statements);
    let mut elements: Vec<_> =
        statements.iter().filter_map(|statement| store.compiled(*statement).actions).collect();
    elements.sort_unstable();
    elements.dedup();
    let mut named = Vec::new();
    formula.named_actions(&mut named);
    let bits = elements.iter().map(|element| &store.actions.row(*element).bits);
    let found = classes(formula.actions(store), bits.chain(named.iter().map(|named| &**named)));
    let mut all: Vec<Class> = Vec::new();
    for actions in found {
        let mut items = Vec::new();
        let some = actions.iter(clavicle_catalog::catalog()).next();
        let covers = |store: &Store, statement: StatementId| {
            let element = store.compiled(statement).actions;
            element
                .is_none_or(|element| some.is_some_and(|action| store.actions.row(element).bits.has(action)))
        };
        let boxed = |store: &mut Store, statement: StatementId| {
            covers(store, statement).then(|| Arc::clone(&store.compiled(statement).literals))
        };
        let named = |bits: &ActionBits| some.is_some_and(|action| bits.has(action));
        unfold(store, formula, true, &boxed, &named, &mut items);
        match all.iter_mut().find(|class| class.items == items) {
            Some(Class { actions: Some(known), .. }) => *known = known.or(&actions),
            _ => all.push(Class { actions: Some(actions), items }),
        }
    }
    if uncatalogued {
        all.push(Class { actions: None, items: open_items(store, formula, false) });
    }
    all
}

/// The question for names that the catalogue does not have. `whole`: entries that name a catalogued action count too.
pub(crate) fn open_items(store: &mut Store, formula: &Formula, whole: bool) -> Vec<Item> {
    let mut items = Vec::new();
    let boxed = |store: &mut Store, statement: StatementId| {
        let compiled = store.compiled(statement);
        let (literals, open, element) =
            (Arc::clone(&compiled.literals), compiled.open_action, compiled.actions);
        let open = match (whole, element) {
            (true, Some(element)) => OpenAction::Some(store.whole_action(element)),
            _ => open,
        };
        match open {
            OpenAction::None => None,
            OpenAction::All => Some(literals),
            OpenAction::Some(literal) => Some(literals.iter().copied().chain([literal]).collect()),
        }
    };
    unfold(store, formula, true, &boxed, &|_| false, &mut items);
    items
}

/// The items that say that the formula holds, or does not. `boxed` gives the literals of a statement, if it speaks of the
/// actions asked about, and `named` says whether a set of actions has them.
fn unfold(
    store: &mut Store,
    formula: &Formula,
    holds: bool,
    boxed: &impl Fn(&mut Store, StatementId) -> Option<Arc<[Literal]>>,
    named: &impl Fn(&ActionBits) -> bool,
    into: &mut Vec<Item>,
) {
    let one = |literals: Arc<[Literal]>| Way { literals, items: Arc::new([]) };
    let not = |literals: &[Literal]| -> Item {
        literals.iter().map(|literal| one(Arc::new([literal.not()]))).collect()
    };
    match (formula, holds) {
        (Formula::Any(statements), true) => {
            let mut ways: Vec<Way> = statements.iter().filter_map(|id| boxed(store, *id)).map(one).collect();
            let mut seen = std::collections::HashSet::new();
            ways.retain(|way| seen.insert(Arc::clone(&way.literals)));
            if !ways.iter().any(|way| way.literals.is_empty()) {
                into.push(ways.into());
            }
        }
        (Formula::Any(statements), false) => {
            let items: Vec<Item> =
                statements.iter().filter_map(|id| boxed(store, *id)).map(|literals| not(&literals)).collect();
            into.extend(items);
        }
        (Formula::Not(part), holds) => unfold(store, part, !holds, boxed, named, into),
        (Formula::All(parts), true) | (Formula::Either(parts), false) => {
            parts.iter().for_each(|part| unfold(store, part, holds, boxed, named, into));
        }
        (Formula::Either(parts), true) | (Formula::All(parts), false) => {
            let mut ways = Vec::new();
            for part in parts.iter() {
                let mut items = Vec::new();
                unfold(store, part, holds, boxed, named, &mut items);
                if items.is_empty() {
                    return;
                }
                // A choice without a way: this part cannot be.
                if items.iter().any(|item| item.is_empty()) {
                    continue;
                }
                ways.push(Way { literals: Arc::new([]), items: items.into() });
            }
            into.push(ways.into());
        }
        (Formula::Holds(literals), true) => {
            into.extend(literals.iter().map(|l| Item::from([one(Arc::new([*l]))])));
        }
        (Formula::Holds(literals), false) => into.push(not(literals)),
        (Formula::Actions(bits), holds) => {
            if named(bits) != holds {
                into.push(Arc::from([]));
            }
        }
        (Formula::Unseen(missing, number), holds) => {
            let dimension = store.dimension(Dimension::Unseen(missing.clone(), *number));
            let literal = store.literal(dimension, Predicate::Unread);
            let literal = if holds { literal } else { literal.not() };
            into.push(Item::from([one(Arc::new([literal]))]));
        }
        (Formula::Effective(part, _), holds) => unfold(store, part, holds, boxed, named, into),
    }
}

/// The states of the dimensions that something is said of.
#[derive(Debug, Clone, Default)]
struct States(Vec<(DimensionId, StateId)>);

impl States {
    fn of(&self, store: &mut Store, dimension: DimensionId) -> StateId {
        match self.0.iter().find(|(other, _)| *other == dimension) {
            Some((_, state)) => *state,
            None => store.free(dimension),
        }
    }

    fn set(&mut self, dimension: DimensionId, state: StateId) {
        match self.0.iter_mut().find(|(other, _)| *other == dimension) {
            Some((_, old)) => *old = state,
            None => self.0.push((dimension, state)),
        }
    }

    /// Lets the literal hold, and what follows from it; `false` if it cannot.
    fn assert(&mut self, store: &mut Store, literal: Literal, work: &mut Work) -> bool {
        let dimension = store.dimension_of_literal(literal);
        let state = self.of(store, dimension);
        let Some(next) = store.extend(state, literal, work) else { return false };
        if next == state {
            return true;
        }
        self.set(dimension, next);
        let implied = store.implied_by(literal).to_vec();
        implied.into_iter().all(|literal| self.assert(store, literal, work))
    }
}

/// What to do after a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Go {
    On,
    Stop,
}

/// Visits the leaves of a class: parts that make up all of the answer, or more where variables are involved. They have
/// nothing in common where the ways of each choice have not, if they hold choices themselves.
/// Where the budget runs out, some are not visited; ask [`Work::spent`].
pub(crate) fn search(
    store: &mut Store,
    items: &[Item],
    work: &mut Work,
    visit: &mut dyn FnMut(&mut Store, &Leaf, &mut Work) -> Go,
) -> Go {
    Search { store, work, visit }.solve(States::default(), items.to_vec(), 0)
}

struct Search<'s> {
    store: &'s mut Store,
    work: &'s mut Work,
    visit: &'s mut dyn FnMut(&mut Store, &Leaf, &mut Work) -> Go,
}

impl Search<'_> {
    fn solve(&mut self, mut states: States, mut pending: Vec<Item>, depth: u32) -> Go {
        if !self.work.node(depth, DEEPEST) {
            return Go::Stop;
        }
        if !self.propagate(&mut states, &mut pending) {
            return if self.work.spent().is_some() { Go::Stop } else { Go::On };
        }
        // The fewest ways first; of these, those that ask least.
        let next = (0..pending.len()).min_by_key(|place| {
            pending
                .get(*place)
                .map(|item| (item.len(), item.iter().map(|way| way.literals.len()).sum::<usize>()))
        });
        let Some(next) = next else { return (self.visit)(self.store, &Leaf(states.0), self.work) };
        let item = pending.swap_remove(next);
        let mut rest = pending;
        for way in item.iter() {
            let mut own = states.clone();
            if way.literals.iter().all(|literal| own.assert(self.store, *literal, self.work)) {
                let mut items = rest.clone();
                items.extend(way.items.iter().cloned());
                if self.solve(own, items, depth + 1) == Go::Stop {
                    return Go::Stop;
                }
            }
            // What follows is outside of this way, so that leaves have nothing in common.
            if way.items.is_empty() {
                match &*way.literals {
                    [] => return Go::On,
                    [only] => {
                        if !states.assert(self.store, only.not(), self.work) {
                            return if self.work.spent().is_some() { Go::Stop } else { Go::On };
                        }
                    }
                    several => rest.push(
                        several
                            .iter()
                            .map(|literal| Way { literals: Arc::new([literal.not()]), items: Arc::new([]) })
                            .collect(),
                    ),
                }
            }
        }
        Go::On
    }

    /// Takes every choice that has one way left; `false` if one has none.
    fn propagate(&mut self, states: &mut States, pending: &mut Vec<Item>) -> bool {
        loop {
            let mut changed = false;
            let mut place = 0;
            while let Some(item) = pending.get(place) {
                if !self.work.step(1) {
                    return false;
                }
                match self.look(states, &Arc::clone(item)) {
                    Look::Same => place += 1,
                    Look::Holds => {
                        pending.swap_remove(place);
                    }
                    Look::Narrower(ways) => match ways.as_slice() {
                        [] => return false,
                        [only] => {
                            pending.swap_remove(place);
                            changed = true;
                            if !only
                                .literals
                                .iter()
                                .all(|literal| states.assert(self.store, *literal, self.work))
                            {
                                return false;
                            }
                            pending.extend(only.items.iter().cloned());
                        }
                        _ => {
                            if let Some(item) = pending.get_mut(place) {
                                *item = ways.into();
                            }
                            place += 1;
                        }
                    },
                }
            }
            if !changed {
                return true;
            }
        }
    }

    fn look(&mut self, states: &mut States, item: &Item) -> Look {
        let mut narrower: Option<Vec<Way>> = (item.len() < 2).then(Vec::new);
        for (place, way) in item.iter().enumerate() {
            let mut possible = true;
            let mut open = 0;
            let mut implied: Vec<Literal> = Vec::new();
            for literal in way.literals.iter() {
                let dimension = self.store.dimension_of_literal(*literal);
                let state = states.of(self.store, dimension);
                if self.store.extend(state, *literal, self.work).is_none() {
                    possible = false;
                    break;
                }
                if self.store.is_implied(state, *literal, self.work) {
                    implied.push(*literal);
                } else {
                    open += 1;
                }
            }
            if possible && open == 0 && way.items.is_empty() {
                let narrows = implied.iter().filter(|literal| self.store.is_narrowed_by_implied(**literal));
                for literal in narrows.copied().collect::<Vec<_>>() {
                    // It holds for every value that the state keeps by this.
                    states.assert(self.store, literal, self.work);
                }
                return Look::Holds;
            }
            match (&mut narrower, possible) {
                (None, false) => narrower = Some(item.iter().take(place).cloned().collect()),
                (Some(ways), true) => ways.push(way.clone()),
                (None, true) | (Some(_), false) => {}
            }
        }
        narrower.map_or(Look::Same, Look::Narrower)
    }
}

/// What became of an item.
enum Look {
    /// All its ways are open.
    Same,
    /// One of its ways is gone already.
    Holds,
    /// These ways are left.
    Narrower(Vec<Way>),
}

/// The dimension of keys with variables in a leaf, by name.
pub(crate) fn key_name(store: &Store, dimension: DimensionId) -> Option<&str> {
    match store.dimension_of(dimension) {
        Dimension::Key(name) => Some(name),
        _ => None,
    }
}
