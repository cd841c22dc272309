//! What a policy allows, as a short list that can be read: who, on what, under which conditions.
//!
//! The values that a policy names are *labels*: of the caller, of the resource and of each condition key; beside them each
//! has `*`, which is everything. Labels are ordered by inclusion. A choice of one label a dimension is a *cell*, and the
//! widest cell is a finding if some allowed request is in it that no narrower label of any dimension has, and no finding
//! yet; else the cells below are looked at. So a policy that lets in one organization and denies one network is not
//! "everyone", and neither is it a list of boxes that nobody can read. Every allowed request is in some finding; a finding
//! says that *some* request of it is allowed, not that all are, and has one as witness.
//!
//! Access Analyzer of AWS lists findings by this abstraction (Backes and others, "Stratified Abstraction of Access Control
//! Policies", CAV 2020). Here actions are not labels but sets: each finding has all actions for which it was found. And
//! what others tell is not told again, so the list may be shorter than that of AWS.

use std::collections::{HashSet, VecDeque};

use clavicle_engine::Principals;
use clavicle_policy::{
    BaseOperator, Clause, Effect, Policy, PrincipalElement, PrincipalEntry, PrincipalKind, ResourceElement,
    SetPrefix, Spanned, Statement, StatementForm,
};

use crate::access::Access;
use crate::actions::{ActionBits, written};
use crate::compile::Document;
use crate::doubt::Doubt;
use crate::questions::Verdict;
use crate::search::{Class, classes_of};
use crate::store::{DimensionId, Literal, Predicate, Store};
use crate::witness::Witness;
use crate::work::{Limit, Limits, Work};

/// The findings of a policy.
#[derive(Debug, Clone)]
pub struct Findings {
    /// Every request that is asked about is in one of them, unless there are doubts.
    pub list: Vec<Finding>,
    /// Why there may be more.
    pub doubts: Vec<Doubt>,
}

/// Some request that meets all these labels is allowed.
#[derive(Debug, Clone)]
pub struct Finding {
    /// At most one of each dimension, sorted; where there is none, anything.
    pub labels: Vec<Label>,
    /// The catalogued actions for which it was found, as patterns that cover them and no others.
    pub actions: Vec<String>,
    /// It was found for names that the catalogue does not have, too.
    pub uncatalogued: bool,
    /// A request in it.
    pub witness: Witness,
    requests: Access,
}

impl Finding {
    /// All requests that meet the labels, allowed or not, whatever their action.
    pub fn requests(&self) -> &Access {
        &self.requests
    }
}

/// A value that the policy names, or several that only hold together.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Label {
    /// Of what.
    pub of: Labelled,
    /// How it is compared: a word of AWS for a kind of principals, or an operator.
    pub test: String,
    /// The value; several under `ForAllValues`.
    pub values: Vec<String>,
}

/// What a label is of.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Labelled {
    /// Who asks.
    Principal,
    /// What it is done to.
    Resource,
    /// A condition key, as the policy writes it.
    Key(String),
}

/// More cells than that are not looked at, of one class of actions.
const MOST_CELLS: usize = 100_000;

/// The labels of one dimension.
struct Axis {
    labels: Vec<Stage>,
    /// The widest.
    top: Vec<usize>,
}

struct Stage {
    label: Label,
    literal: Literal,
    /// The widest of those inside it.
    children: Vec<usize>,
    /// Whether each of the axis holds all of this.
    inside: Vec<bool>,
}

/// A label of each axis, or none.
type Cell = Vec<Option<usize>>;

impl Store {
    /// What the policy allows, label by label; `trusted`: what of that nobody has to be told. `policy` is the text of
    /// `document`.
    pub fn findings(
        &mut self,
        document: &Document,
        policy: &Policy,
        trusted: Option<&Access>,
        limits: Limits,
    ) -> Findings {
        let mut work = Work::new(limits);
        let access = match trusted {
            Some(trusted) => document.access().and(trusted.clone().not()),
            None => document.access(),
        };
        let labels = self.labels(policy);
        let axes = self.axes(labels, &mut work);
        let mut all: Vec<(Cell, ActionBits, bool, Witness)> = Vec::new();
        let mut doubts = Vec::new();
        for class in classes_of(self, &access.0, true) {
            let catalog = clavicle_catalog::catalog();
            let own = class.actions.clone().unwrap_or_else(|| ActionBits::none(catalog));
            for (cell, witness) in self.cells(&class, &access, &axes, &mut doubts, &mut work) {
                match all.iter_mut().find(|(other, ..)| *other == cell) {
                    Some((_, actions, open, _)) => {
                        *actions = actions.or(&own);
                        *open |= class.actions.is_none();
                    }
                    None => all.push((cell, own.clone(), class.actions.is_none(), witness)),
                }
            }
        }
        all.sort_by(|(a, ..), (b, ..)| a.cmp(b));
        let list = all.into_iter().map(|(cell, actions, uncatalogued, witness)| {
            let labels = chosen(&axes, &cell).map(|stage| stage.label.clone()).collect();
            let requests = Access::holds(chosen(&axes, &cell).map(|stage| stage.literal).collect());
            Finding { labels, actions: written(&actions), uncatalogued, witness, requests }
        });
        let list = list.collect();
        doubts.sort_unstable();
        doubts.dedup();
        Findings { list, doubts }
    }

    /// The findings of one class of actions.
    fn cells(
        &mut self,
        class: &Class,
        access: &Access,
        axes: &[Axis],
        doubts: &mut Vec<Doubt>,
        work: &mut Work,
    ) -> Vec<(Cell, Witness)> {
        let mut found: Vec<(Cell, Witness)> = Vec::new();
        let widest: Cell = vec![None; axes.len()];
        let mut seen = HashSet::from([widest.clone()]);
        let mut queue = VecDeque::from([widest]);
        while let Some(cell) = queue.pop_front() {
            if found.iter().any(|(other, _)| is_inside(axes, &cell, other)) {
                continue;
            }
            let labels = literals(axes, &cell);
            // What is told already need not be told again: below it there would be cells without end.
            let told: Vec<Vec<Literal>> = found.iter().map(|(other, _)| literals(axes, other)).collect();
            let witness = match self.ask_within(class, access, &labels, &told, work) {
                Verdict::Fails(witness) => witness,
                Verdict::Holds => continue,
                Verdict::Unknown(more) => {
                    doubts.extend(more);
                    continue;
                }
            };
            let below = children(axes, &cell);
            // Nothing is narrower: what was asked is what would be asked.
            if below.is_empty() {
                found.push((cell, *witness));
                continue;
            }
            let mut own = labels.clone();
            own.extend(below.iter().map(|(axis, child)| stage(axes, *axis, *child).literal.not()));
            match self.ask_within(class, access, &own, &told, work) {
                Verdict::Fails(witness) => {
                    found.push((cell, *witness));
                    continue;
                }
                Verdict::Holds => {}
                Verdict::Unknown(more) => doubts.extend(more),
            }
            for (axis, child) in below {
                let mut narrower = cell.clone();
                if let Some(place) = narrower.get_mut(axis) {
                    *place = Some(child);
                }
                if seen.len() >= MOST_CELLS {
                    doubts.push(Doubt::Budget(Limit::Nodes));
                    break;
                }
                if seen.insert(narrower.clone()) {
                    queue.push_back(narrower);
                }
            }
        }
        self.without_covered(class, access, axes, found, work)
    }

    /// Those of which some request is in no other, the narrow ones dropped first.
    fn without_covered(
        &mut self,
        class: &Class,
        access: &Access,
        axes: &[Axis],
        mut found: Vec<(Cell, Witness)>,
        work: &mut Work,
    ) -> Vec<(Cell, Witness)> {
        let mut place = found.len();
        while place > 0 && found.len() > 1 {
            place -= 1;
            let Some((cell, _)) = found.get(place) else { continue };
            let labels = literals(axes, cell);
            let others: Vec<Vec<Literal>> = found
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != place)
                .map(|(_, (cell, _))| literals(axes, cell))
                .collect();
            if self.ask_within(class, access, &labels, &others, work).holds() {
                found.remove(place);
            }
        }
        found
    }

    fn ask_within(
        &mut self,
        class: &Class,
        access: &Access,
        labels: &[Literal],
        outside: &[Vec<Literal>],
        work: &mut Work,
    ) -> Verdict {
        let mut access = access.clone().and(Access::holds(labels.to_vec()));
        for other in outside {
            access = access.and(Access::holds(other.clone()).not());
        }
        self.ask(&class.within(labels, outside), &access, work)
    }

    /// The values that the policy names, with what says that a request has them.
    fn labels(&mut self, policy: &Policy) -> Vec<(Label, Literal)> {
        let variables = policy.has_variables();
        let mut labels = self.principals(policy);
        for statement in policy.statements.iter().filter(|statement| !statement.faulty) {
            for pattern in statement.resource.iter().flat_map(|resource| &resource.patterns) {
                let Some(element) = &statement.resource else { continue };
                let one = ResourceElement {
                    negated: false,
                    key: element.key,
                    patterns: vec![pattern.clone()],
                    list: false,
                };
                if let Some(Some(literal)) = self.resource(&one, variables) {
                    let values = vec![pattern.value.clone()];
                    labels.push((
                        Label { of: Labelled::Resource, test: "StringLike".to_owned(), values },
                        literal,
                    ));
                }
            }
            let clauses = statement.condition.iter().flat_map(|condition| &condition.clauses);
            for clause in clauses.flat_map(single) {
                let base = clause.operator.value.base;
                if let Some(Some(literal)) = base.and_then(|base| self.understood(&clause, base, variables)) {
                    let test = match (clause.operator.value.set, clause.operator.value.base) {
                        (Some(set), Some(base)) => format!("{}:{base}", set.name()),
                        (None, Some(base)) => base.name().to_owned(),
                        (_, None) => continue,
                    };
                    let values = clause.values.iter().map(|value| value.value.text().to_owned()).collect();
                    let of = Labelled::Key(clause.key.value.clone());
                    labels.push((Label { of, test, values }, literal));
                }
            }
        }
        labels
    }

    /// Each caller that the policy names, as a statement of its own would.
    fn principals(&mut self, policy: &Policy) -> Vec<(Label, Literal)> {
        let mut named: Vec<PrincipalEntry> = Vec::new();
        let mut statements = Vec::new();
        for statement in policy.statements.iter().filter(|statement| !statement.faulty) {
            let Some(element) = &statement.principal else { continue };
            let bare = element.bare.iter().map(|value| PrincipalEntry {
                kind: PrincipalKind::Aws,
                value: value.clone(),
                list: false,
            });
            for entry in bare.chain(element.entries.iter().cloned()) {
                if named
                    .iter()
                    .any(|other| other.kind == entry.kind && other.value.value == entry.value.value)
                {
                    continue;
                }
                statements.push(only(statement, element, &entry));
                named.push(entry);
            }
        }
        if named.is_empty() {
            return Vec::new();
        }
        let policy = Policy { version: None, id: None, statements, form: StatementForm::List };
        let document = self.compile(&policy, Principals::Required);
        let mut labels = Vec::new();
        for id in document.allows.iter() {
            let compiled = self.compiled(*id);
            let takes = compiled
                .literals
                .iter()
                .find(|literal| matches!(self.predicate(**literal), Predicate::Takes(..)));
            if let (Some(literal), Some(entry)) = (takes, named.get(compiled.at.statement as usize)) {
                let (test, values) = (entry.kind.name().to_owned(), vec![entry.value.value.clone()]);
                labels.push((Label { of: Labelled::Principal, test, values }, *literal));
            }
        }
        labels
    }

    /// The labels by dimension, with their order. What holds everything or nothing is no label.
    fn axes(&mut self, labels: Vec<(Label, Literal)>, work: &mut Work) -> Vec<Axis> {
        let mut by_dimension: Vec<(DimensionId, Vec<(Label, Literal)>)> = Vec::new();
        for (label, literal) in labels {
            let dimension = self.dimension_of_literal(literal);
            let free = self.free(dimension);
            if self.extend(free, literal, work).is_none() || self.is_implied(free, literal, work) {
                continue;
            }
            match by_dimension.iter_mut().find(|(other, _)| *other == dimension) {
                Some((_, own)) => own.push((label, literal)),
                None => by_dimension.push((dimension, vec![(label, literal)])),
            }
        }
        // Callers and resources first, then keys by name.
        by_dimension.sort_by(|(_, a), (_, b)| {
            a.first().map(|(label, _)| &label.of).cmp(&b.first().map(|(label, _)| &label.of))
        });
        by_dimension.into_iter().map(|(_, own)| self.axis(own, work)).collect()
    }

    fn axis(&mut self, labels: Vec<(Label, Literal)>, work: &mut Work) -> Axis {
        let mut kept: Vec<(Label, Literal)> = Vec::new();
        for (label, literal) in labels {
            let is_new = !kept
                .iter()
                .any(|(_, other)| self.is_part(literal, *other, work) && self.is_part(*other, literal, work));
            if is_new {
                kept.push((label, literal));
            }
        }
        let literals: Vec<Literal> = kept.iter().map(|(_, literal)| *literal).collect();
        let mut stages: Vec<Stage> = Vec::new();
        for (label, literal) in kept {
            let inside = literals.iter().map(|other| self.is_part(literal, *other, work)).collect();
            stages.push(Stage { label, literal, children: Vec::new(), inside });
        }
        let within = |a: usize, b: usize| {
            a != b && stages.get(a).and_then(|stage| stage.inside.get(b)).is_some_and(|inside| *inside)
        };
        let count = stages.len();
        let next_to = |parent: Option<usize>| -> Vec<usize> {
            let below = |place: usize| parent.is_none_or(|parent| within(place, parent));
            let candidates: Vec<usize> = (0..count).filter(|place| below(*place)).collect();
            let widest =
                candidates.iter().filter(|place| !candidates.iter().any(|other| within(**place, *other)));
            widest.copied().collect()
        };
        let top = next_to(None);
        let all: Vec<Vec<usize>> = (0..count).map(|place| next_to(Some(place))).collect();
        for (stage, children) in stages.iter_mut().zip(all) {
            stage.children = children;
        }
        Axis { labels: stages, top }
    }

    /// Has `whole` every value that `part` has?
    fn is_part(&mut self, part: Literal, whole: Literal, work: &mut Work) -> bool {
        if part == whole {
            return true;
        }
        let free = self.free(self.dimension_of_literal(part));
        let Some(state) = self.extend(free, part, work) else { return true };
        self.is_implied(state, whole, work)
    }
}

fn stage(axes: &[Axis], axis: usize, label: usize) -> &Stage {
    // Places are given out by these axes alone.
    &axes[axis].labels[label]
}

fn chosen<'a>(axes: &'a [Axis], cell: &'a Cell) -> impl Iterator<Item = &'a Stage> {
    cell.iter().enumerate().filter_map(|(axis, label)| label.map(|label| stage(axes, axis, label)))
}

fn literals(axes: &[Axis], cell: &Cell) -> Vec<Literal> {
    chosen(axes, cell).map(|stage| stage.literal).collect()
}

/// The labels next below the cell, with their axis.
fn children(axes: &[Axis], cell: &Cell) -> Vec<(usize, usize)> {
    let below = |(axis, label): (usize, &Option<usize>)| {
        let own = match label {
            Some(label) => &stage(axes, axis, *label).children,
            None => &axes[axis].top,
        };
        own.iter().map(move |child| (axis, *child)).collect::<Vec<_>>()
    };
    cell.iter().enumerate().flat_map(below).collect()
}

fn is_inside(axes: &[Axis], cell: &Cell, other: &Cell) -> bool {
    cell.iter().zip(other).enumerate().all(|(axis, pair)| match pair {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(own), Some(other)) => stage(axes, axis, *own).inside.get(*other).is_some_and(|inside| *inside),
    })
}

/// The statement, with nothing in it but this caller.
fn only(statement: &Statement, element: &PrincipalElement, entry: &PrincipalEntry) -> Statement {
    let mut only = statement.clone();
    only.effect = statement.effect.as_ref().map(|effect| Spanned { value: Effect::Allow, ..*effect });
    only.principal =
        Some(PrincipalElement { negated: false, key: element.key, bare: None, entries: vec![entry.clone()] });
    (only.resource, only.condition) = (None, None);
    only
}

/// The clause, value by value, in the positive form of its operator: what is not to be equal to a value is told by that value.
fn single(clause: &Clause) -> Vec<Clause> {
    let operator = &clause.operator.value;
    let Some(base) = operator.base else { return Vec::new() };
    let (positive, negated) = positive(base);
    let set = match (operator.set, negated) {
        (Some(SetPrefix::ForAllValues), true) => Some(SetPrefix::ForAnyValue),
        (Some(SetPrefix::ForAnyValue), true) => Some(SetPrefix::ForAllValues),
        (set, _) => set,
    };
    let mut plain = clause.clone();
    plain.operator.value.base = Some(positive);
    plain.operator.value.set = set;
    plain.operator.value.if_exists = false;
    // "All of these" is not "all of the one, or all of the other".
    let mut all: Vec<Clause> = if set == Some(SetPrefix::ForAllValues) {
        vec![plain]
    } else {
        plain
            .values
            .iter()
            .map(|value| Clause { values: vec![value.clone()], list: false, ..plain.clone() })
            .collect()
    };
    if operator.if_exists && !negated && base != BaseOperator::Null {
        let mut absent = clause.clone();
        absent.operator.value.base = Some(BaseOperator::Null);
        (absent.operator.value.set, absent.operator.value.if_exists) = (None, false);
        absent.values.truncate(1);
        for value in &mut absent.values {
            value.value = clavicle_policy::Scalar::Bool(true);
        }
        all.push(absent);
    }
    all
}

/// The operator that says the opposite of a negated one.
fn positive(base: BaseOperator) -> (BaseOperator, bool) {
    use BaseOperator as Base;
    match base {
        Base::StringNotEquals => (Base::StringEquals, true),
        Base::StringNotEqualsIgnoreCase => (Base::StringEqualsIgnoreCase, true),
        Base::StringNotLike => (Base::StringLike, true),
        Base::NumericNotEquals => (Base::NumericEquals, true),
        Base::DateNotEquals => (Base::DateEquals, true),
        Base::NotIpAddress => (Base::IpAddress, true),
        Base::ArnNotEquals => (Base::ArnEquals, true),
        Base::ArnNotLike => (Base::ArnLike, true),
        positive => (positive, false),
    }
}
