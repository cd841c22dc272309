//! From the text of a policy to boxes: each statement is a set of literals, one set of admitted values a dimension.
//!
//! A negated operator is the opposite literal of its positive one. That gives "none of the listed values" and "true for
//! an absent key" by itself. Under a set operator the negation goes to the elements instead.
//!
//! AWS: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Conditions with multiple context keys or
//! values".

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clavicle_engine::{
    AddressRange, Instant, Layer, PolicyId, Principals, Relation, StatementRef, is_open_to_anyone,
    listed_number, resources,
};
use clavicle_policy::{BaseOperator, Clause, Effect, Policy, ResourceElement, SetPrefix, Statement};

use crate::access::Access;
use crate::actions::ElementId;
use crate::callers::names;
use crate::listed::Listed;
use crate::store::{Dimension, Literal, Predicate, Store, small};
use crate::template::{Reading, Template};

/// The number of a statement in a [`Store`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct StatementId(u32);

impl StatementId {
    pub(crate) fn new(place: usize) -> Self {
        Self(small(place))
    }
}

/// A statement that can match something.
#[derive(Debug, Clone)]
pub(crate) struct Compiled {
    pub(crate) at: StatementRef,
    pub(crate) principals: Principals,
    /// The subject that it was made for, and the layer in which it stands there.
    pub(crate) bound: Option<(usize, Layer)>,
    /// It has neither `Resource` nor `NotResource`.
    pub(crate) lacks_resource: bool,
    /// None for a statement that could not be read: any action may be meant.
    pub(crate) actions: Option<ElementId>,
    /// What has to hold besides the action.
    pub(crate) literals: Arc<[Literal]>,
    /// What has to hold of an action that the catalogue does not have.
    pub(crate) open_action: OpenAction,
}

/// Which of the actions that the catalogue does not have a statement speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OpenAction {
    All,
    None,
    /// Those for which the literal holds.
    Some(Literal),
}

/// One policy document of a [`Store`].
#[derive(Debug, Clone)]
pub struct Document {
    pub(crate) policy: PolicyId,
    pub(crate) allows: Arc<[StatementId]>,
    pub(crate) denies: Arc<[StatementId]>,
    /// Amazon S3 would call it public.
    pub(crate) public: bool,
}

impl Document {
    /// Its number in the engine's store.
    pub fn policy(&self) -> PolicyId {
        self.policy
    }

    /// What it allows: an Allow matches and no Deny does.
    pub fn access(&self) -> Access {
        self.allowed().and(self.denied().not())
    }

    /// What an Allow of it matches, whatever else is denied.
    pub fn allowed(&self) -> Access {
        Access::any(&self.allows)
    }

    /// What a Deny of it matches.
    pub fn denied(&self) -> Access {
        Access::any(&self.denies)
    }

    /// The places of its Allow statements that can match something, with what each matches by itself.
    pub fn each_allowed(&self, store: &Store) -> Vec<(u32, Access)> {
        each(&self.allows, store)
    }

    /// The places of its Deny statements that can match something, with what each matches by itself.
    pub fn each_denied(&self, store: &Store) -> Vec<(u32, Access)> {
        each(&self.denies, store)
    }
}

fn each(statements: &[StatementId], store: &Store) -> Vec<(u32, Access)> {
    let place = |id: &StatementId| (store.compiled(*id).at.statement, Access::any(&Arc::from([*id])));
    statements.iter().map(place).collect()
}

impl Store {
    pub(crate) fn compiled(&self, id: StatementId) -> &Compiled {
        // Numbers are given out by this table alone.
        &self.statements[id.0 as usize]
    }

    /// Compiles a document that reads principals as said.
    pub fn compile(&mut self, policy: &Policy, principals: Principals) -> Document {
        let id = self.engine.add(policy);
        let (mut allows, mut denies) = (Vec::new(), Vec::new());
        for (place, statement) in policy.statements.iter().enumerate() {
            let at = StatementRef { policy: id, statement: small(place) };
            let effect = statement.effect.as_ref().map(|effect| effect.value);
            for (effect, numbers) in [(Effect::Allow, &mut allows), (Effect::Deny, &mut denies)]
                .into_iter()
                // One whose effect could not be read may be either, but is not both.
                .filter(|(own, _)| effect.is_none_or(|effect| effect == *own))
            {
                let compiled =
                    self.compile_statement(statement, at, effect, policy.has_variables(), principals);
                if let Some(compiled) = compiled {
                    numbers.push(StatementId(small(self.statements.len())));
                    self.statements.push(compiled);
                }
            }
        }
        let public = policy.statements.iter().any(is_open_to_anyone);
        let document = Document { policy: id, allows: allows.into(), denies: denies.into(), public };
        self.documents.push(document.clone());
        document
    }

    /// `None` if nothing can match it.
    fn compile_statement(
        &mut self,
        statement: &Statement,
        at: StatementRef,
        effect: Effect,
        variables: bool,
        principals: Principals,
    ) -> Option<Compiled> {
        let Some(actions) =
            statement.action.as_ref().filter(|_| !statement.faulty && statement.effect.is_some())
        else {
            let dimension = self.dimension(Dimension::Unread(at, effect));
            let literals = Arc::new([self.literal(dimension, Predicate::Unread)]);
            return Some(Compiled {
                at,
                principals,
                bound: None,
                lacks_resource: false,
                actions: None,
                literals,
                open_action: OpenAction::All,
            });
        };
        let actions = self.actions.element(actions);
        let mut literals = Vec::new();
        match resources(statement) {
            Some(resource) => literals.extend(self.resource(&resource, variables)?),
            None if principals == Principals::Required => literals.push(self.no_key()),
            None => {}
        }
        if principals == Principals::Required {
            let element = statement.principal.as_ref()?;
            let dimension = self.dimension(Dimension::Caller);
            let names = Arc::new(names(element));
            // Equal elements are one predicate, of the first statement that has it.
            let key = (element.negated, effect, Arc::clone(&names));
            let first = *self.takers.entry(key).or_insert(at);
            literals.push(self.literal(dimension, Predicate::Takes(first, names)));
        }
        for clause in statement.condition.iter().flat_map(|condition| &condition.clauses) {
            literals.extend(self.clause(clause, variables, at)?);
        }
        literals.sort_unstable();
        literals.dedup();
        let open_action = self.open_action(actions);
        Some(Compiled {
            at,
            principals,
            bound: None,
            lacks_resource: statement.resource.is_none(),
            actions: Some(actions),
            literals: literals.into(),
            open_action,
        })
    }

    fn open_action(&mut self, element: ElementId) -> OpenAction {
        let row = self.actions.row(element);
        let negated = row.negated;
        let templates: Vec<Template> =
            row.open_entries.iter().filter_map(|entry| Template::of_action(entry)).collect();
        let all = templates.iter().any(Template::is_any);
        match (all, templates.is_empty(), negated) {
            (true, _, false) | (_, true, true) => OpenAction::All,
            (true, _, true) | (_, true, false) => OpenAction::None,
            (false, false, _) => OpenAction::Some(self.action_literal(templates, negated)),
        }
    }

    fn action_literal(&mut self, templates: Vec<Template>, negated: bool) -> Literal {
        let list = self.list(Listed::Texts(templates.into()));
        let dimension = self.dimension(Dimension::Action);
        let literal = self.literal(dimension, Predicate::Named(list));
        if negated { literal.not() } else { literal }
    }

    /// The literal that says what all entries of the element say of a name in lower case.
    pub(crate) fn whole_action(&mut self, element: ElementId) -> Literal {
        let row = self.actions.row(element);
        let negated = row.negated;
        let templates = row.entries.iter().filter_map(|entry| Template::of_action(entry)).collect();
        self.action_literal(templates, negated)
    }

    /// That the resource is no key: in the policy of a key a statement without `Resource` has no effect.
    fn no_key(&mut self) -> Literal {
        let list = self
            .list(Listed::Texts(Template::of_resource("arn:*:kms:*:*:key/*", false).into_iter().collect()));
        let dimension = self.dimension(Dimension::Resource);
        self.literal(dimension, Predicate::Named(list)).not()
    }

    /// No literal where every resource will do; `None` where none will.
    pub(crate) fn resource(&mut self, element: &ResourceElement, variables: bool) -> Option<Option<Literal>> {
        let texts = element.patterns.iter().map(|pattern| pattern.value.as_str());
        let mut templates: Vec<Template> =
            texts.filter_map(|text| Template::of_resource(text, variables)).collect();
        let all = templates.iter().any(Template::is_any);
        if all || templates.is_empty() {
            return (all != element.negated).then_some(None);
        }
        sort(&mut templates);
        let list = self.list(Listed::Texts(templates.into()));
        let dimension = self.dimension(Dimension::Resource);
        let literal = self.literal(dimension, Predicate::Named(list));
        Some(Some(if element.negated { literal.not() } else { literal }))
    }

    /// No literal where the clause always holds; `None` where it never does. `at`: where it stands.
    fn clause(&mut self, clause: &Clause, variables: bool, at: StatementRef) -> Option<Option<Literal>> {
        match clause.operator.value.base {
            Some(base) => self.understood(clause, base, variables),
            None => Some(Some(self.not_understood(clause, variables, at))),
        }
    }

    /// The same of a clause with an operator that AWS has.
    pub(crate) fn understood(
        &mut self,
        clause: &Clause,
        base: BaseOperator,
        variables: bool,
    ) -> Option<Option<Literal>> {
        let operator = &clause.operator.value;
        let name: Box<str> = clause.key.value.to_lowercase().into();
        let dimension = self.dimension(Dimension::Key(name));
        let null = |store: &mut Self| store.literal(dimension, Predicate::Null);
        if base == BaseOperator::Null {
            if operator.if_exists {
                return None;
            }
            // With a set operator it always holds, or never.
            if let Some(set) = operator.set {
                return (set == SetPrefix::ForAllValues).then_some(None);
            }
            let accepts = |wanted: &str| {
                clause.values.iter().any(|value| value.value.text().eq_ignore_ascii_case(wanted))
            };
            return match (accepts("true"), accepts("false")) {
                (true, true) => Some(None),
                (false, false) => None,
                (true, false) => Some(Some(null(self))),
                (false, true) => Some(Some(null(self).not())),
            };
        }
        let (listed, negated) = listed(base, clause, variables);
        let list = self.list(listed);
        let many = self.key_facts(dimension).is_some_and(|facts| facts.may_be_many);
        let apart = negated && operator.set.is_none() && many;
        let predicate = match operator.set {
            None if apart => Predicate::Key { list, set: None, complement: true, absent: true },
            // Negated, it holds for an absent key anyway.
            None => {
                Predicate::Key { list, set: None, complement: false, absent: operator.if_exists && !negated }
            }
            set => Predicate::Key {
                list,
                set,
                complement: negated,
                absent: set == Some(clavicle_policy::SetPrefix::ForAllValues) || operator.if_exists,
            },
        };
        let literal = self.literal(dimension, predicate);
        Some(Some(if negated && operator.set.is_none() && !apart { literal.not() } else { literal }))
    }
}

impl Store {
    /// Whether a clause holds whose operator AWS does not have. Of equal clauses that is one fact; `at`: where it stands.
    fn not_understood(&mut self, clause: &Clause, variables: bool, at: StatementRef) -> Literal {
        let values: Vec<_> = clause.values.iter().map(|value| &value.value).collect();
        let text = format!("{:?}", (&clause.operator.value.written, &clause.key.value, values, variables));
        let text: Box<str> = text.into();
        let first = *self.puzzles.entry(text.clone()).or_insert(at);
        let dimension = self.dimension(Dimension::NotUnderstood(first, text));
        self.literal(dimension, Predicate::Unread)
    }
}

/// The order of listed values means nothing.
fn sort(templates: &mut Vec<Template>) {
    templates.sort_unstable();
    templates.dedup();
}

/// What the clause lists, and whether its operator is the opposite of a positive one.
fn listed(base: BaseOperator, clause: &Clause, variables: bool) -> (Listed, bool) {
    use BaseOperator as Base;
    let values = || clause.values.iter().map(|value| value.value.text());
    let texts = |wildcards, fold| {
        let reading = Reading { wildcards, variables, fold };
        let mut templates: Vec<Template> = values().map(|text| Template::of_text(text, reading)).collect();
        sort(&mut templates);
        Listed::Texts(templates.into())
    };
    let numbers = |relation| {
        let listed: Vec<_> = clause.values.iter().filter_map(|value| listed_number(&value.value)).collect();
        Listed::Numbers(relation, sorted(listed.iter().map(AsRef::as_ref)))
    };
    let dates =
        |relation| Listed::Dates(relation, sorted(values().filter(|text| Instant::parse(text).is_some())));
    let addresses = || Listed::Addresses(sorted(values().filter(|text| AddressRange::parse(text).is_some())));
    let arns = || {
        let mut templates: Vec<Template> =
            values().filter_map(|text| Template::of_arn(text, variables)).collect();
        sort(&mut templates);
        Listed::Texts(templates.into())
    };
    let bytes = || {
        // Every value has one base64 form that the operator takes.
        let texts = values().filter(|text| STANDARD.decode(text).is_ok());
        let reading = Reading { wildcards: false, variables: false, fold: false };
        let mut templates: Vec<Template> = texts.map(|text| Template::of_text(text, reading)).collect();
        sort(&mut templates);
        Listed::Texts(templates.into())
    };
    match base {
        Base::StringEquals => (texts(false, false), false),
        Base::StringNotEquals => (texts(false, false), true),
        Base::StringEqualsIgnoreCase => (texts(false, true), false),
        Base::StringNotEqualsIgnoreCase => (texts(false, true), true),
        Base::StringLike => (texts(true, false), false),
        Base::StringNotLike => (texts(true, false), true),
        Base::NumericEquals => (numbers(Relation::Equal), false),
        Base::NumericNotEquals => (numbers(Relation::Equal), true),
        Base::NumericLessThan => (numbers(Relation::Less), false),
        Base::NumericLessThanEquals => (numbers(Relation::LessOrEqual), false),
        Base::NumericGreaterThan => (numbers(Relation::Greater), false),
        Base::NumericGreaterThanEquals => (numbers(Relation::GreaterOrEqual), false),
        Base::DateEquals => (dates(Relation::Equal), false),
        Base::DateNotEquals => (dates(Relation::Equal), true),
        Base::DateLessThan => (dates(Relation::Less), false),
        Base::DateLessThanEquals => (dates(Relation::LessOrEqual), false),
        Base::DateGreaterThan => (dates(Relation::Greater), false),
        Base::DateGreaterThanEquals => (dates(Relation::GreaterOrEqual), false),
        Base::Bool => (truths(clause, variables), false),
        Base::BinaryEquals => (bytes(), false),
        Base::IpAddress => (addresses(), false),
        Base::NotIpAddress => (addresses(), true),
        Base::ArnEquals | Base::ArnLike => (arns(), false),
        Base::ArnNotEquals | Base::ArnNotLike => (arns(), true),
        // Handled before: it lists no values of the key.
        Base::Null => (Listed::Texts([].into()), false),
    }
}

/// Truth values are two texts, whose case does not count.
fn truths(clause: &Clause, variables: bool) -> Listed {
    let reading = Reading { wildcards: false, variables, fold: true };
    let is_truth = |text: &str| text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false");
    let values = clause.values.iter().map(|value| value.value.text());
    let mut templates: Vec<Template> = values
        .map(|text| (text, Template::of_text(text, reading)))
        .filter(|(text, template)| is_truth(text) || template.variables().next().is_some())
        .map(|(_, template)| template)
        .collect();
    sort(&mut templates);
    Listed::Texts(templates.into())
}

fn sorted<'t>(texts: impl Iterator<Item = &'t str>) -> Box<[Box<str>]> {
    let mut texts: Vec<Box<str>> = texts.map(Into::into).collect();
    texts.sort_unstable();
    texts.dedup();
    texts.into()
}
