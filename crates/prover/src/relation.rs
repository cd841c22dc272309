//! Values for policy variables: from a leaf to a request.
//!
//! While a search runs, a pattern with a variable is only bounded: it may match what it matches with `*` in place of the
//! variable. That errs to the side of finding something, so a search without leaves is a proof. At a leaf the keys get
//! values, the patterns become ordinary ones, and the rest is solved again. The values worth trying come from the leaf
//! itself: what the key has to be, what stands around the variable, and a text that nobody names.
//!
//! Where the values that a key can have are few and all were tried, a leaf is refuted; where a variable is all of a
//! value (`aws:ResourceAccount` is `${aws:PrincipalAccount}`), the two keys are solved as one. Otherwise a leaf that no
//! choice confirms stays open.

use std::collections::BTreeSet;

use clavicle_engine::Principal;

use crate::access::Formula;
use crate::dimension::{Open, Settled, Value, any_arn};
use crate::doubt::{Doubt, Missing};
use crate::search::{Leaf, key_name};
use crate::store::{Dimension, DimensionId, Literal, Predicate, StateId, Store};
use crate::template::Values;
use crate::witness::{Candidate, Witness};
use crate::work::Work;

/// What became of a leaf.
#[derive(Debug)]
pub(crate) enum Outcome {
    Confirmed(Box<Witness>),
    /// No request is in it after all.
    Refuted,
    Doubtful(Doubt),
}

/// How many choices of values are tried, and how many values of one key.
const MOST_CHOICES: usize = 96;
const MOST_VALUES: usize = 12;
/// A key with more listed values than that is not tried out.
const MOST_PINNED: usize = 64;

/// Looks for a request in a leaf. `action` is one of the catalogued actions that the leaf is about.
pub(crate) fn request_in(
    store: &mut Store,
    leaf: &Leaf,
    action: Option<&str>,
    formula: &Formula,
    work: &mut Work,
) -> Outcome {
    for (dimension, state) in &leaf.0 {
        match store.settled(*state, work).as_deref() {
            None => return Outcome::Doubtful(budget(work)),
            Some(Settled::Empty) => return Outcome::Refuted,
            Some(Settled::Open(open)) => return Outcome::Doubtful(doubt(store, *dimension, *open)),
            Some(Settled::Value(_)) => {}
        }
    }
    let variables = variables(store, leaf);
    if variables.is_empty() {
        return match candidate(store, leaf, action, None, work) {
            Ok(candidate) => match candidate.confirm(store, formula) {
                Ok(witness) => Outcome::Confirmed(Box::new(witness)),
                Err(refused) if refused.is_left_open(store, formula) => {
                    Outcome::Doubtful(Doubt::NotSeen(Missing::Unsettled))
                }
                Err(refused) => Outcome::Doubtful(Doubt::Bug(format!("{refused:?}"))),
            },
            Err(outcome) => outcome,
        };
    }
    let mut all_tried = true;
    let mut choices: Vec<Values> = vec![Values::new()];
    for key in &variables {
        let (values, complete) = match values_of(store, leaf, key, work) {
            Ok(found) => found,
            Err(outcome) => return outcome,
        };
        all_tried &= complete;
        let mut longer = Vec::new();
        for choice in &choices {
            for value in &values {
                let mut choice = choice.clone();
                choice.insert(key.clone(), value.clone());
                longer.push(choice);
            }
        }
        all_tried &= longer.len() <= MOST_CHOICES;
        longer.truncate(MOST_CHOICES);
        choices = longer;
    }
    for values in &choices {
        match candidate(store, leaf, action, Some(values), work) {
            Ok(candidate) => {
                if let Ok(witness) = candidate.confirm(store, formula) {
                    return Outcome::Confirmed(Box::new(witness));
                }
                all_tried = false;
            }
            Err(Outcome::Refuted) => {}
            Err(outcome) => return outcome,
        }
    }
    match variables.first() {
        Some(key) if !all_tried => Outcome::Doubtful(Doubt::Relation { key: key.to_string() }),
        _ => Outcome::Refuted,
    }
}

pub(crate) fn budget(work: &Work) -> Doubt {
    Doubt::Budget(work.spent().unwrap_or(crate::Limit::Steps))
}

fn doubt(store: &Store, dimension: DimensionId, open: Open) -> Doubt {
    match (open, store.dimension_of(dimension)) {
        (Open::Unread, Dimension::Unread(statement, _) | Dimension::NotUnderstood(statement, _)) => {
            Doubt::Unread(*statement)
        }
        (_, Dimension::Hidden(name, _)) => Doubt::NotSeen(Missing::Key(name.to_string())),
        (_, Dimension::Unseen(missing, _)) => Doubt::NotSeen(missing.clone()),
        (_, Dimension::Doubtful(statement, _)) => Doubt::NotSeen(Missing::Caller(*statement)),
        (_, Dimension::Veiled(literal, _)) => {
            let veiled = store.dimension_of(store.dimension_of_literal(*literal));
            if let Dimension::Unread(statement, _) | Dimension::NotUnderstood(statement, _) = veiled {
                return Doubt::Unread(*statement);
            }
            let key = templates_of(store, *literal)
                .iter()
                .find_map(|template| template.variables().next().map(|variable| variable.key.to_string()));
            Doubt::NotSeen(Missing::Key(key.unwrap_or_default()))
        }
        (_, Dimension::Key(name)) => Doubt::MixedTypes { key: name.to_string() },
        (_, other) => Doubt::Bug(format!("{other:?} is open")),
    }
}

/// The keys of variables in the literals of the leaf.
fn variables(store: &Store, leaf: &Leaf) -> BTreeSet<Box<str>> {
    let literals = leaf.0.iter().flat_map(|(_, state)| store.literals(*state).iter());
    literals
        .filter(|literal| store.has_variables(**literal))
        .flat_map(|literal| templates_of(store, *literal))
        .flat_map(|template| template.variables().map(|variable| variable.key.clone()).collect::<Vec<_>>())
        .collect()
}

fn templates_of(store: &Store, literal: Literal) -> Vec<crate::template::Template> {
    match store.predicate(literal) {
        Predicate::Named(list) | Predicate::Key { list, .. } => store.listed(*list).templates().to_vec(),
        _ => Vec::new(),
    }
}

fn state_of(store: &mut Store, leaf: &Leaf, key: &str) -> StateId {
    let dimension = store.dimension(Dimension::Key(key.into()));
    match leaf.0.iter().find(|(other, _)| *other == dimension) {
        Some((_, state)) => *state,
        None => store.free(dimension),
    }
}

/// Values of the key worth trying, and whether they are all that could matter.
fn values_of(
    store: &mut Store,
    leaf: &Leaf,
    key: &str,
    work: &mut Work,
) -> Result<(Vec<Option<String>>, bool), Outcome> {
    let state = state_of(store, leaf, key);
    let literals = store.literals(state).to_vec();
    let mut found: Vec<Option<String>> = Vec::new();
    let fits = |store: &Store, value: &Option<String>| {
        let value = value.as_ref().map_or(Value::Absent, |text| Value::One(text.clone()));
        literals
            .iter()
            .filter(|literal| !store.has_variables(**literal))
            .all(|literal| store.key_literal_holds(*literal, &value, &Values::new()))
    };
    // Few values, all listed: each is tried.
    let pinned = literals.iter().find_map(|literal| {
        let Predicate::Key { list, set: None, absent: false, .. } = store.predicate(*literal) else {
            return None;
        };
        let listed = store.listed(*list);
        let few =
            literal.is_positive() && listed.measure().is_none() && listed.templates().len() <= MOST_PINNED;
        let texts = || {
            let fixed = listed.templates().iter().map(|template| template.fixed());
            fixed.map(|pattern| pattern?.literal().map(str::to_owned)).collect::<Option<Vec<_>>>()
        };
        few.then(texts).flatten()
    });
    if let Some(pinned) = pinned {
        let values = pinned.into_iter().map(Some).filter(|value| fits(store, value)).collect();
        return Ok((values, true));
    }
    // A key whose whole value the variable is: the two are one.
    for (dimension, other) in &leaf.0 {
        let (Dimension::Key(_), own) = (store.dimension_of(*dimension), store.literals(*other).to_vec())
        else {
            continue;
        };
        let is_whole = own.iter().any(|literal| {
            let plain = matches!(store.predicate(*literal), Predicate::Key { set: None, absent: false, .. });
            let templates = templates_of(store, *literal);
            let whole = match templates.as_slice() {
                [only] if !only.folds() => {
                    only.whole().is_some_and(|variable| *variable.key == *key && variable.default.is_none())
                }
                _ => false,
            };
            plain && literal.is_positive() && whole
        });
        if !is_whole {
            continue;
        }
        let both: Vec<Literal> =
            own.iter().chain(&literals).copied().filter(|literal| !store.has_variables(*literal)).collect();
        match store.settle(*dimension, &both, None, work) {
            None => return Err(Outcome::Doubtful(budget(work))),
            Some(Settled::Empty) => return Err(Outcome::Refuted),
            Some(Settled::Value(Value::One(text))) => found.push(Some(text)),
            Some(_) => {}
        }
    }
    if let Some(Value::One(text)) = store.value(state, work) {
        found.push(Some(text));
    }
    // What stands where the variable does in the values that other dimensions could have.
    for (_, other) in &leaf.0 {
        let own = store.literals(*other).to_vec();
        let mut texts = Vec::new();
        match store.value(*other, work) {
            Some(Value::One(text) | Value::Text(text)) => texts.push(text),
            Some(Value::Absent | Value::Many(_) | Value::Caller(_)) | None => {}
        }
        for template in own.iter().flat_map(|literal| templates_of(store, *literal)) {
            texts.extend(template.fixed().and_then(|pattern| pattern.literal().map(str::to_owned)));
        }
        for template in own.iter().flat_map(|literal| templates_of(store, *literal)) {
            let inside = texts.iter().filter_map(|text| template.value_in(text));
            found.extend(
                inside.filter(|(variable, _)| *variable.key == *key).map(|(_, value)| Some(value.to_owned())),
            );
        }
    }
    // A value that nobody names, in two forms: one that may be a name or an account, and one letter.
    for fresh in ["unnamed", "999999999999", "u", "true", "arn:aws:iam::999999999999:role/unnamed"] {
        found.push(Some(fresh.to_owned()));
    }
    found.push(None);
    let mut seen = BTreeSet::new();
    found.retain(|value| fits(store, value) && seen.insert(value.clone()));
    found.truncate(MOST_VALUES);
    Ok((found, false))
}

/// The request of a leaf, with these values of variables.
fn candidate(
    store: &mut Store,
    leaf: &Leaf,
    action: Option<&str>,
    values: Option<&Values>,
    work: &mut Work,
) -> Result<Candidate, Outcome> {
    let mut made = Candidate {
        action: action.unwrap_or_default().to_owned(),
        resource: String::new(),
        caller: None,
        keys: Vec::new(),
    };
    let mut callers_matter = false;
    for (dimension, state) in &leaf.0 {
        let literals = store.literals(*state).to_vec();
        let bound = key_name(store, *dimension).and_then(|name| values?.get(name).cloned());
        let varies = literals.iter().any(|literal| store.has_variables(*literal));
        let value = match (bound, values) {
            (Some(text), Some(values)) => {
                let value = text.map_or(Value::Absent, Value::One);
                if !literals.iter().all(|literal| store.key_literal_holds(*literal, &value, values)) {
                    return Err(Outcome::Refuted);
                }
                value
            }
            (_, Some(values)) if varies => match store.settle(*dimension, &literals, Some(values), work) {
                None => return Err(Outcome::Doubtful(budget(work))),
                Some(Settled::Empty) => return Err(Outcome::Refuted),
                Some(Settled::Open(open)) => return Err(Outcome::Doubtful(doubt(store, *dimension, open))),
                Some(Settled::Value(value)) => value,
            },
            _ => store.value(*state, work).ok_or_else(|| Outcome::Doubtful(budget(work)))?,
        };
        match (store.dimension_of(*dimension), value) {
            (Dimension::Action, Value::Text(text)) => made.action = text,
            (Dimension::Resource, Value::Text(text)) => made.resource = text,
            (Dimension::Caller, Value::Caller(caller)) => {
                callers_matter = true;
                made.caller = Some(caller);
            }
            (Dimension::Key(name), value) => made.keys.push((name.clone(), value)),
            _ => {}
        }
    }
    for (key, value) in values.into_iter().flatten() {
        if !made.keys.iter().any(|(name, _)| name == key)
            && let Some(text) = value
        {
            made.keys.push((key.clone(), Value::One(text.clone())));
        }
    }
    made.tell_the_time_twice(store);
    if action.is_none() && made.action.is_empty() {
        "unlisted:Action".clone_into(&mut made.action);
    }
    if made.resource.is_empty() {
        made.resource = usual_resource(&made.action);
    }
    if !callers_matter {
        made.caller = None::<Principal>;
    }
    Ok(made)
}

/// A thing that the action can be asked on, where nothing is said of it.
pub(crate) fn usual_resource(action: &str) -> String {
    let catalog = clavicle_catalog::catalog();
    let Some(action) = catalog.action(action) else {
        return "arn:aws:service:us-east-1:123456789012:thing".to_owned();
    };
    if catalog.is_wildcard_only(action) {
        return "*".to_owned();
    }
    let shortest = catalog
        .resources(action)
        .map(|resource| (!resource.is_required(), resource.resource_type().arn_pattern()))
        .min_by_key(|(optional, pattern)| (*optional, pattern.len()));
    let pattern = shortest.map(|(_, pattern)| pattern);
    let filled = pattern.map(fill).filter(|arn| any_arn().matches(arn));
    filled.unwrap_or_else(|| format!("arn:aws:{}:us-east-1:123456789012:thing", catalog.prefix(action)))
}

/// An ARN pattern of the catalogue with likely values for its variables.
fn fill(pattern: &str) -> String {
    let mut filled = String::new();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((variable, after)) = after.split_once('}') else { break };
        filled.push_str(before);
        filled.push_str(match variable {
            "Partition" => "aws",
            "Region" => "us-east-1",
            "Account" => "123456789012",
            _ => "example",
        });
        rest = after;
    }
    filled.push_str(rest);
    filled.replace('*', "example")
}
