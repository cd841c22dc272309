//! What is remembered between questions: predicates, sets of them, and which sets can hold together.
//!
//! Equal conditions of two policies are one predicate, so that a question about two versions of a policy is mostly
//! about what differs. The table that matters is [`Store::extend`]: a set of literals of one dimension and one literal
//! more give a set, or nothing at all; each set is tested once for the whole store.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use clavicle_catalog::KeyType;
use clavicle_engine::{PolicyStore, StatementRef};
use clavicle_policy::{Effect, SetPrefix};
use foldhash::fast::RandomState;

use crate::actions::ActionElements;
use crate::callers::Names;
use crate::compile::{Compiled, Document};
use crate::dimension::{Settled, Value};
use crate::doubt::Missing;
use crate::effective::Bearing;
use crate::listed::Listed;
use crate::work::Work;

/// What a request is made of, one at a time.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Dimension {
    /// The name of the action, in lower case; only for names that the catalogue does not have.
    Action,
    Resource,
    Caller,
    Key(Box<str>),
    /// Whether a statement that could not be read has this effect and matches.
    Unread(StatementRef, Effect),
    /// Whether this clause holds, of an operator that AWS does not have. The first statement that has it.
    NotUnderstood(StatementRef, Box<str>),
    /// A key whose value for a subject, by number, nobody has shown.
    Hidden(Box<str>, u32),
    /// Whether a literal holds, with a variable of which a subject has a value that nobody has shown.
    Veiled(Literal, u32),
    /// Whether a statement takes in the caller of a subject.
    Doubtful(StatementRef, u32),
    /// Something that nobody has shown of a subject.
    Unseen(Missing, u32),
}

/// A test on one dimension.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Predicate {
    /// The action or resource is listed.
    Named(ListId),
    /// The caller is one whom the principal element of this statement takes in.
    Takes(StatementRef, Arc<Names>),
    /// The caller is of an account that none of these names has.
    Stranger(Arc<Names>),
    /// The key is absent.
    Null,
    /// The value of the key is listed.
    Key {
        list: ListId,
        set: Option<SetPrefix>,
        /// The values that are *not* listed count: under a set operator, and of a key that may hold a set, where "not
        /// listed" is not the opposite of "listed", since neither holds of a set.
        complement: bool,
        /// The outcome for an absent key.
        absent: bool,
    },
    /// The statement that could not be read matches, or the clause that is not understood holds.
    Unread,
}

/// The number of a list of values in a [`Store`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ListId(u32);

/// The number of a dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct DimensionId(u32);

/// A predicate, or its opposite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Literal(u32);

impl Literal {
    pub(crate) fn not(self) -> Self {
        Self(self.0 ^ 1)
    }

    pub(crate) fn is_positive(self) -> bool {
        self.0 & 1 == 0
    }

    fn predicate(self) -> usize {
        (self.0 >> 1) as usize
    }
}

/// A set of literals of one dimension that can hold together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct StateId(u32);

/// What is known of a condition key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeyFacts {
    /// What its values are; none if the catalogue does not have it.
    pub(crate) kind: Option<KeyType>,
    /// It may hold a set: AWS lists it as multivalued, or not at all. A plain operator holds of no set, negated or not.
    pub(crate) may_be_many: bool,
}

#[derive(Debug)]
struct PredicateRow {
    predicate: Predicate,
    dimension: DimensionId,
    /// Literals of other dimensions that hold whenever this one does, not negated.
    implies: Box<[Literal]>,
    has_variables: bool,
}

#[derive(Debug)]
struct StateRow {
    dimension: DimensionId,
    literals: Arc<[Literal]>,
    settled: Option<Arc<Settled>>,
}

/// Predicates, what is known of them, and the policies they come from. Shared by the questions about one account; not
/// to be shared between threads.
#[derive(Debug, Default)]
pub struct Store {
    pub(crate) engine: PolicyStore,
    pub(crate) actions: ActionElements,
    pub(crate) statements: Vec<Compiled>,
    /// By the number that the engine's store gives to each.
    pub(crate) documents: Vec<Document>,
    pub(crate) bearings: Vec<Bearing>,
    /// The first statement with each principal element, by effect: `NotPrincipal` means another thing under each.
    pub(crate) takers: HashMap<(bool, Effect, Arc<Names>), StatementRef, RandomState>,
    /// The first statement with each clause that is not understood, by its text.
    pub(crate) puzzles: HashMap<Box<str>, StatementRef, RandomState>,
    lists: Interned<Listed>,
    dimensions: Interned<Dimension>,
    keys: HashMap<DimensionId, KeyFacts, RandomState>,
    predicates: HashMap<(DimensionId, Predicate), u32, RandomState>,
    rows: Vec<PredicateRow>,
    states: HashMap<(DimensionId, Arc<[Literal]>), StateId, RandomState>,
    state_rows: Vec<StateRow>,
    extensions: HashMap<(StateId, Literal), Option<StateId>, RandomState>,
}

/// Values that are kept once each, by number.
#[derive(Debug)]
pub(crate) struct Interned<T> {
    numbers: HashMap<Arc<T>, u32, RandomState>,
    values: Vec<Arc<T>>,
}

impl<T> Default for Interned<T> {
    fn default() -> Self {
        Self { numbers: HashMap::default(), values: Vec::new() }
    }
}

impl<T: Hash + Eq> Interned<T> {
    pub(crate) fn number(&mut self, value: T) -> u32 {
        if let Some(number) = self.numbers.get(&value) {
            return *number;
        }
        let value = Arc::new(value);
        let number = small(self.values.len());
        self.values.push(Arc::clone(&value));
        self.numbers.insert(value, number);
        number
    }

    pub(crate) fn find(&self, value: &T) -> Option<u32> {
        self.numbers.get(value).copied()
    }

    pub(crate) fn get(&self, number: u32) -> &Arc<T> {
        // Numbers are given out by this table alone.
        &self.values[number as usize]
    }
}

pub(crate) fn small(length: usize) -> u32 {
    u32::try_from(length).expect("four thousand million predicates do not fit in memory")
}

impl Store {
    /// A store that knows no policy.
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn list(&mut self, listed: Listed) -> ListId {
        ListId(self.lists.number(listed))
    }

    pub(crate) fn listed(&self, list: ListId) -> &Arc<Listed> {
        self.lists.get(list.0)
    }

    pub(crate) fn dimension(&mut self, dimension: Dimension) -> DimensionId {
        let facts = match &dimension {
            Dimension::Key(name) | Dimension::Hidden(name, _) => Some(key_facts(name)),
            _ => None,
        };
        let id = DimensionId(self.dimensions.number(dimension));
        if let Some(facts) = facts {
            self.keys.insert(id, facts);
        }
        id
    }

    /// The dimension of a key, in lower case, that some policy speaks of.
    pub(crate) fn known_key(&self, name: &str) -> Option<DimensionId> {
        self.dimensions.find(&Dimension::Key(name.into())).map(DimensionId)
    }

    /// The keys of which a subject has a value that nobody has shown.
    pub(crate) fn hidden_keys(&self, number: u32) -> impl Iterator<Item = Box<str>> {
        self.dimensions.values.iter().filter_map(move |dimension| match &**dimension {
            Dimension::Hidden(name, own) if *own == number => Some(name.clone()),
            _ => None,
        })
    }

    /// The keys that policies speak of.
    pub(crate) fn known_keys(&self) -> Vec<Box<str>> {
        let names = self.dimensions.values.iter().filter_map(|dimension| match &**dimension {
            Dimension::Key(name) => Some(name.clone()),
            _ => None,
        });
        names.collect()
    }

    pub(crate) fn dimension_of(&self, id: DimensionId) -> &Dimension {
        self.dimensions.get(id.0)
    }

    pub(crate) fn key_facts(&self, id: DimensionId) -> Option<KeyFacts> {
        self.keys.get(&id).copied()
    }

    /// The literal that says that the predicate holds.
    pub(crate) fn literal(&mut self, dimension: DimensionId, predicate: Predicate) -> Literal {
        if let Some(number) = self.predicates.get(&(dimension, predicate.clone())) {
            return Literal(number << 1);
        }
        let listed = match &predicate {
            Predicate::Named(list) | Predicate::Key { list, .. } => Some(Arc::clone(self.listed(*list))),
            _ => None,
        };
        let has_variables = listed.as_ref().is_some_and(|listed| listed.has_variables());
        let implies = listed.map(|listed| self.needed_keys(&listed, &predicate)).unwrap_or_default();
        let number = small(self.rows.len());
        self.rows.push(PredicateRow { predicate: predicate.clone(), dimension, implies, has_variables });
        self.predicates.insert((dimension, predicate), number);
        Literal(number << 1)
    }

    /// A pattern with a variable that has no value matches nothing: where it is the only one listed, its keys are there.
    fn needed_keys(&mut self, listed: &Listed, predicate: &Predicate) -> Box<[Literal]> {
        let needed = match predicate {
            Predicate::Named(_) => true,
            Predicate::Key { set: None, absent, .. } => !absent,
            _ => false,
        };
        match listed.templates() {
            [only] if needed => only
                .variables()
                .filter(|variable| variable.default.is_none() && !variable.multivalued)
                .map(|variable| {
                    let key = self.dimension(Dimension::Key(variable.key.clone()));
                    self.literal(key, Predicate::Null).not()
                })
                .collect(),
            _ => Box::default(),
        }
    }

    pub(crate) fn predicate(&self, literal: Literal) -> &Predicate {
        &self.rows[literal.predicate()].predicate
    }

    pub(crate) fn dimension_of_literal(&self, literal: Literal) -> DimensionId {
        self.rows[literal.predicate()].dimension
    }

    pub(crate) fn has_variables(&self, literal: Literal) -> bool {
        self.rows[literal.predicate()].has_variables
    }

    /// What else holds when the literal does.
    pub(crate) fn implied_by(&self, literal: Literal) -> &[Literal] {
        if literal.is_positive() { &self.rows[literal.predicate()].implies } else { &[] }
    }

    /// Can a state of the dimension become narrower by a literal that it implies? So it is where plain operators say
    /// that a key holds one value, and set operators do not.
    pub(crate) fn is_narrowed_by_implied(&self, literal: Literal) -> bool {
        self.keys.get(&self.dimension_of_literal(literal)).is_some_and(|facts| facts.may_be_many)
    }

    /// The state of a dimension of which nothing is said.
    pub(crate) fn free(&mut self, dimension: DimensionId) -> StateId {
        self.state(dimension, Arc::new([]))
    }

    fn state(&mut self, dimension: DimensionId, literals: Arc<[Literal]>) -> StateId {
        if let Some(id) = self.states.get(&(dimension, Arc::clone(&literals))) {
            return *id;
        }
        let id = StateId(small(self.state_rows.len()));
        self.state_rows.push(StateRow { dimension, literals: Arc::clone(&literals), settled: None });
        self.states.insert((dimension, literals), id);
        id
    }

    pub(crate) fn literals(&self, state: StateId) -> &Arc<[Literal]> {
        &self.state_rows[state.0 as usize].literals
    }

    /// The state in which the literal holds as well; `None` if no value is left. Where the budget ran out, it is taken to
    /// have one.
    pub(crate) fn extend(&mut self, state: StateId, literal: Literal, work: &mut Work) -> Option<StateId> {
        if let Some(known) = self.extensions.get(&(state, literal)) {
            return *known;
        }
        let row = &self.state_rows[state.0 as usize];
        let (dimension, literals) = (row.dimension, Arc::clone(&row.literals));
        let extended = if literals.contains(&literal.not()) {
            None
        } else if let Err(place) = literals.binary_search(&literal) {
            let mut longer = literals.to_vec();
            longer.insert(place, literal);
            let next = self.state(dimension, longer.into());
            match self.settled(next, work) {
                None => return Some(next),
                Some(settled) => (!matches!(*settled, Settled::Empty)).then_some(next),
            }
        } else {
            Some(state)
        };
        self.extensions.insert((state, literal), extended);
        extended
    }

    /// Does the literal hold for every value of the state?
    pub(crate) fn is_implied(&mut self, state: StateId, literal: Literal, work: &mut Work) -> bool {
        self.extend(state, literal.not(), work).is_none()
    }

    /// A value of the state, none, or that it is open; `None` if the budget ran out.
    pub(crate) fn settled(&mut self, state: StateId, work: &mut Work) -> Option<Arc<Settled>> {
        if let Some(known) = &self.state_rows[state.0 as usize].settled {
            return Some(Arc::clone(known));
        }
        let row = &self.state_rows[state.0 as usize];
        let literals = Arc::clone(&row.literals);
        let settled = Arc::new(self.settle(row.dimension, &literals, None, work)?);
        self.state_rows[state.0 as usize].settled = Some(Arc::clone(&settled));
        Some(settled)
    }

    /// A value of the state, as far as there is one.
    pub(crate) fn value(&mut self, state: StateId, work: &mut Work) -> Option<Value> {
        match &*self.settled(state, work)? {
            Settled::Value(value) => Some(value.clone()),
            _ => None,
        }
    }
}

fn key_facts(name: &str) -> KeyFacts {
    let known = clavicle_catalog::catalog().condition_key(name);
    KeyFacts {
        kind: known.as_ref().map(|key| key.kind),
        may_be_many: clavicle_engine::is_multivalued(name)
            || known.as_ref().is_none_or(|key| key.multivalued),
    }
}
