//! All policy documents of a world, compiled once and shared by everyone to whom they are attached.
//!
//! Equal elements are kept once: a thousand roles with a copy of the same statement share one action set, one resource
//! set and one list of clauses. A statement is then a handful of numbers.

use std::collections::HashMap;
use std::hash::Hash;

use clavicle_policy::{
    ActionElement, Condition, Effect, Policy, ResourceElement, Scalar, SetPrefix, Statement,
};
use foldhash::fast::RandomState;

use crate::action_set::ActionSet;
use crate::arn_pattern::ArnPattern;
use crate::clause::Clause;
use crate::dependency::Dependency;
use crate::named::Named;
use crate::public;
use crate::request::Request;
use crate::say::StatementRef;
use crate::scope::Scope;
use crate::short_form::resources;
use crate::tri::Tri;

/// The compiled documents.
#[derive(Debug, Default, Clone)]
pub struct PolicyStore {
    policies: Vec<PolicyRow>,
    statements: Vec<StatementRow>,
    /// The actions that each of the statements could speak of, by the same number. Most are ruled out by it, so that the
    /// statement itself need not be fetched.
    scopes: Vec<Scope>,
    actions: Interned<(bool, Vec<String>), ActionSet>,
    resources: Interned<(bool, bool, Vec<String>), ResourceSet>,
    clauses: Interned<ClauseText, Clause>,
    conditions: Interned<Vec<u32>, Box<[u32]>>,
    principals: Interned<(bool, Vec<(u8, String)>), Named>,
}

/// A document of a [`PolicyStore`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PolicyId(u32);

impl PolicyId {
    /// Its place in the order of [`PolicyStore::add`], from 0.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct PolicyRow {
    start: u32,
    end: u32,
    /// The actions that any of its statements could speak of.
    scope: Scope,
    /// The same of those that are not plain Allows.
    beside_allows: Scope,
    /// The place of its first Allow, if that one matches every request of those to whom it is attached; else [`NONE`].
    open: u32,
    /// Amazon S3 would call it public if it were a bucket policy.
    pub(crate) public: bool,
}

impl PolicyRow {
    /// That of the statements from `start` on.
    fn of(statements: &[StatementRow], scopes: &[Scope], start: usize, public: bool) -> Self {
        let is_allow = |row: &StatementRow| row.effect == Some(Effect::Allow);
        let of_it = || statements.iter().zip(scopes).skip(start);
        let together = |scope: Scope, (_, other): (&StatementRow, &Scope)| scope.or(*other);
        let first = of_it().map(|(row, _)| row).position(is_allow);
        let open = first.filter(|place| statements.get(start + place).is_some_and(|row| row.always));
        Self {
            start: number(start),
            end: number(statements.len()),
            scope: of_it().fold(Scope::NONE, together),
            beside_allows: of_it().filter(|(row, _)| !is_allow(row)).fold(Scope::NONE, together),
            open: open.map_or(NONE, number),
            public,
        }
    }

    /// The place of the Allow that comes first in it, if nothing need be asked to know that it matches.
    #[inline]
    pub(crate) fn open(&self) -> Option<u32> {
        (self.open != NONE).then_some(self.open)
    }

    /// Could a statement of it that is not a plain Allow speak of such an action?
    #[inline]
    pub(crate) fn may_restrict(&self, scope: Scope) -> bool {
        self.beside_allows.may_hold(scope)
    }

    /// Could any statement of it?
    #[inline]
    pub(crate) fn may_speak_of(&self, scope: Scope) -> bool {
        self.scope.may_hold(scope)
    }
}

/// A statement: its elements by number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StatementRow {
    /// `None` when the effect could not be read.
    pub(crate) effect: Option<Effect>,
    /// Some element could not be read: whether it matches is not known.
    pub(crate) faulty: bool,
    /// It names no action, and nothing else is wrong with it.
    pub(crate) lacks_action: bool,
    /// It speaks of every action, or of every resource: the elements need not be looked at.
    pub(crate) every_action: bool,
    pub(crate) every_resource: bool,
    /// It matches every request of those to whom it is attached: no element need be looked at.
    pub(crate) always: bool,
    pub(crate) action: u32,
    pub(crate) resource: u32,
    pub(crate) principal: u32,
    pub(crate) condition: u32,
}

impl StatementRow {
    /// Has it neither `Resource` nor `NotResource`? In the policy of a resource that means the resource.
    #[inline]
    pub(crate) fn lacks_resource(&self) -> bool {
        self.resource == NONE
    }
}

/// No such element.
const NONE: u32 = u32::MAX;

/// The `Resource` or `NotResource` element, compiled.
#[derive(Debug, Clone)]
pub(crate) struct ResourceSet {
    negated: bool,
    patterns: Box<[ArnPattern]>,
}

/// What makes two clauses the same.
type ClauseText = (bool, Option<SetPrefix>, Option<clavicle_policy::BaseOperator>, bool, String, Vec<Scalar>);

/// Values that are kept once each, by number.
#[derive(Debug, Clone)]
struct Interned<K, V> {
    numbers: HashMap<K, u32, RandomState>,
    values: Vec<V>,
}

impl<K, V> Default for Interned<K, V> {
    fn default() -> Self {
        Self { numbers: HashMap::default(), values: Vec::new() }
    }
}

impl<K: Hash + Eq, V> Interned<K, V> {
    fn number(&mut self, key: K, make: impl FnOnce() -> V) -> u32 {
        let Self { numbers, values } = self;
        *numbers.entry(key).or_insert_with(|| {
            values.push(make());
            number(values.len() - 1)
        })
    }

    #[inline]
    fn get(&self, number: u32) -> Option<&V> {
        self.values.get(number as usize)
    }

    fn settle(&mut self) {
        self.numbers = HashMap::default();
        self.values.shrink_to_fit();
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).expect("a world of four thousand million statements does not fit in memory")
}

impl PolicyStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives back what only adding needs: a million roles have millions of texts, which would be held twice. What is added
    /// afterwards is compiled anew, even where the same was there.
    pub fn settle(&mut self) {
        self.policies.shrink_to_fit();
        self.statements.shrink_to_fit();
        self.scopes.shrink_to_fit();
        self.actions.settle();
        self.resources.settle();
        self.clauses.settle();
        self.conditions.settle();
        self.principals.settle();
    }

    /// How many documents does it hold?
    pub fn len(&self) -> usize {
        self.policies.len()
    }

    /// Does it hold no document?
    pub fn is_empty(&self) -> bool {
        self.policies.is_empty()
    }

    /// Compiles a document.
    pub fn add(&mut self, policy: &Policy) -> PolicyId {
        let start = self.statements.len();
        for statement in &policy.statements {
            let (row, scope) = self.compile(statement, policy.has_variables());
            self.statements.push(row);
            self.scopes.push(scope);
        }
        let public = public::is_public(policy);
        self.policies.push(PolicyRow::of(&self.statements, &self.scopes, start, public));
        PolicyId(number(self.policies.len() - 1))
    }

    /// The same documents under the same numbers, with some statements that speak of nothing any more. Linear in the
    /// store.
    #[must_use]
    pub fn without(&self, statements: &[StatementRef]) -> Self {
        let mut rest = self.clone();
        for at in statements {
            let place = rest.policy(at.policy).map(|row| row.start as usize + at.statement as usize);
            let row =
                place.and_then(|place| Some((rest.statements.get_mut(place)?, rest.scopes.get_mut(place)?)));
            if let Some((row, scope)) = row {
                (row.faulty, row.action, row.every_action, row.always) = (false, NONE, false, false);
                *scope = Scope::NONE;
            }
            if let Some(policy) = rest.policies.get_mut(at.policy.index()) {
                let end = policy.end as usize;
                let (rows, scopes) = (rest.statements.get(..end), rest.scopes.get(..end));
                let (rows, scopes) = (rows.unwrap_or(&[]), scopes.unwrap_or(&[]));
                *policy = PolicyRow::of(rows, scopes, policy.start as usize, policy.public);
            }
        }
        rest
    }

    fn compile(&mut self, statement: &Statement, variables: bool) -> (StatementRow, Scope) {
        // A statement without an action is no statement: AWS would not have taken it.
        let faulty = statement.faulty || statement.effect.is_none() || statement.action.is_none();
        let action = statement.action.as_ref().map_or(NONE, |element| self.action(element));
        // Of what a faulty statement speaks is not known, but for its actions where no fault touches them.
        let action = if faulty && !statement.action_is_certain { NONE } else { action };
        let known = self.actions.get(action);
        let scope = known.map_or(Scope::ALL, ActionSet::scope);
        let every_action = !faulty && known.is_some_and(ActionSet::is_everything);
        let resource = resources(statement).map_or(NONE, |element| self.resource(&element, variables));
        // Without a Resource element (trust policies) it is the resource that the policy is attached to.
        let every_resource = self.resources.get(resource).is_none_or(ResourceSet::is_everything);
        let principal = statement.principal.as_ref().map_or(NONE, |element| {
            let listed = element.entries.iter().map(|entry| (entry.kind as u8, entry.value.value.clone()));
            let bare = element.bare.iter().map(|text| (u8::MAX, text.value.clone()));
            self.principals.number((element.negated, bare.chain(listed).collect()), || Named::new(element))
        });
        let condition =
            statement.condition.as_ref().map_or(NONE, |element| self.condition(element, variables));
        let row = StatementRow {
            effect: statement.effect.as_ref().map(|effect| effect.value),
            faulty,
            lacks_action: statement.lacks_action,
            every_action,
            every_resource,
            always: every_action && every_resource && resource != NONE && condition == NONE,
            action,
            resource,
            principal,
            condition,
        };
        (row, scope)
    }

    fn action(&mut self, element: &ActionElement) -> u32 {
        let patterns: Vec<String> =
            element.patterns.iter().map(|pattern| pattern.value.to_lowercase()).collect();
        self.actions.number((element.negated, patterns), || ActionSet::new(element))
    }

    fn resource(&mut self, element: &ResourceElement, variables: bool) -> u32 {
        let texts: Vec<String> = element.patterns.iter().map(|pattern| pattern.value.clone()).collect();
        let variables = variables && texts.iter().any(|text| text.contains("${"));
        let patterns =
            || element.patterns.iter().map(|text| ArnPattern::of_resource(&text.value, variables)).collect();
        self.resources.number((element.negated, variables, texts), || ResourceSet {
            negated: element.negated,
            patterns: patterns(),
        })
    }

    fn condition(&mut self, condition: &Condition, variables: bool) -> u32 {
        let mut numbers = Vec::with_capacity(condition.clauses.len());
        for clause in &condition.clauses {
            let operator = &clause.operator.value;
            let values = clause.values.iter().map(|value| value.value.clone()).collect();
            let key = clause.key.value.to_lowercase();
            let text = (variables, operator.set, operator.base, operator.if_exists, key, values);
            numbers.push(self.clauses.number(text, || Clause::new(clause, variables)));
        }
        self.conditions.number(numbers.clone(), || numbers.into_boxed_slice())
    }

    #[inline]
    pub(crate) fn policy(&self, policy: PolicyId) -> Option<&PolicyRow> {
        self.policies.get(policy.index())
    }

    /// The statements of a document, in order.
    #[inline]
    pub(crate) fn statements(&self, policy: PolicyId) -> &[StatementRow] {
        self.policy(policy)
            .and_then(|row| self.statements.get(row.start as usize..row.end as usize))
            .unwrap_or(&[])
    }

    /// The statements of a document that could speak of an action, with their places in it.
    #[inline]
    pub(crate) fn speaking(
        &self,
        policy: PolicyId,
        action: &crate::Action,
    ) -> impl Iterator<Item = (u32, &StatementRow)> {
        let scope = action.scope();
        let document = self.policy(policy).filter(|row| row.may_speak_of(scope));
        document.into_iter().flat_map(move |document| self.speaking_in(document, scope))
    }

    /// The same of a document that has been looked up.
    #[inline]
    pub(crate) fn speaking_in(
        &self,
        policy: &PolicyRow,
        scope: Scope,
    ) -> impl Iterator<Item = (u32, &StatementRow)> + use<'_> {
        let range = policy.start as usize..policy.end as usize;
        let (rows, scopes) = (self.statements.get(range.clone()), self.scopes.get(range));
        let rows = rows.unwrap_or(&[]);
        (0..)
            .zip(scopes.unwrap_or(&[]))
            .filter(move |(_, may)| may.may_hold(scope))
            .filter_map(|(place, _)| Some((place, rows.get(place as usize)?)))
    }

    /// Of a faulty statement: could it speak of this action?
    pub(crate) fn may_speak_of(&self, row: &StatementRow, action: &crate::Action) -> bool {
        self.action_set(row).is_none_or(|actions| actions.holds(action))
    }

    #[inline]
    pub(crate) fn action_set(&self, row: &StatementRow) -> Option<&ActionSet> {
        self.actions.get(row.action)
    }

    pub(crate) fn resource_set_at(&self, number: u32) -> Option<&ResourceSet> {
        self.resources.get(number)
    }

    #[inline]
    pub(crate) fn resource_set(&self, row: &StatementRow) -> Option<&ResourceSet> {
        self.resources.get(row.resource)
    }

    #[inline]
    pub(crate) fn named(&self, row: &StatementRow) -> Option<&Named> {
        self.principals.get(row.principal)
    }

    pub(crate) fn named_at(&self, number: u32) -> Option<&Named> {
        self.principals.get(number)
    }

    /// The numbers of the statement's clauses, in the order of the text. Equal clauses have equal numbers.
    #[inline]
    pub(crate) fn clause_numbers(&self, row: &StatementRow) -> &[u32] {
        self.conditions.get(row.condition).map_or(&[], |numbers| numbers)
    }

    /// Has no statement match by a condition operator that AWS does not have. What could not be read otherwise stays as it is.
    pub(crate) fn fail_what_is_not_understood(&mut self) {
        self.clauses.values.iter_mut().for_each(Clause::fail_unless_understood);
    }

    #[inline]
    pub(crate) fn clause(&self, number: u32) -> Option<&Clause> {
        self.clauses.get(number)
    }
}

impl ResourceSet {
    /// Does it cover every resource, and the `*` of actions without resource types?
    fn is_everything(&self) -> bool {
        !self.negated && self.patterns.iter().any(ArnPattern::is_any)
    }

    /// Does the element cover the resource of the request?
    #[inline]
    pub(crate) fn covers(&self, request: &Request<'_>) -> Tri {
        let (text, colons) = request.target();
        let mut found = Tri::No;
        for pattern in &self.patterns {
            found = found.or(pattern.matches(text, colons, request));
            if found == Tri::Yes {
                break;
            }
        }
        if self.negated { found.not() } else { found }
    }

    /// The first entry that covers the resource; none if the element is negated.
    pub(crate) fn first_match(&self, request: &Request<'_>) -> Option<usize> {
        let (text, colons) = request.target();
        let covers = |pattern: &ArnPattern| pattern.matches(text, colons, request) == Tri::Yes;
        let entry = || self.patterns.iter().position(covers);
        (!self.negated).then(entry).flatten()
    }

    /// The variables of its patterns.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &crate::variable::Variable> {
        self.patterns.iter().flat_map(ArnPattern::variables)
    }

    /// Do its patterns have variables, so that what it covers depends on who asks?
    pub(crate) fn has_variables(&self) -> bool {
        self.variables().next().is_some()
    }

    /// The keys of variables in its patterns whose value is not known.
    pub(crate) fn unknown_keys(&self, request: &Request<'_>) -> Vec<Dependency> {
        let open = self.variables().filter(|variable| variable.is_open(request));
        open.map(|variable| Dependency::Key(variable.key.name().to_owned())).collect()
    }
}
