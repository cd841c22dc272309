//! A concrete request, confirmed by the engine.
//!
//! A [`Witness`] is made in one place, which asks the engine about the request first. Then it is made plainer: keys
//! are dropped and names made lifelike while the engine still says the same.

use std::fmt;

use clavicle_engine::{Action, Context, Fact, Instant, Principal, Request, Resource, StatementRef, Tri};

use crate::access::Formula;
use crate::dimension::Value;
use crate::effective::{CLOCK, EPOCH};
use crate::relation::usual_resource;
use crate::store::Store;

/// A request that was found, and that the engine confirms.
#[derive(Debug, Clone)]
pub struct Witness {
    /// The action, as AWS writes it.
    pub action: String,
    /// The ARN, or `*`.
    pub resource: String,
    /// The caller, where the policies name callers.
    pub principal: Option<Principal>,
    /// The keys that the request carries, sorted by name; all others are absent.
    pub keys: Vec<(String, Fact)>,
    /// The catalogue does not have the action: it would have to come into being, or be internal to AWS.
    pub uncatalogued: bool,
    /// The statements of all documents in question that match the request.
    pub matching: Vec<StatementRef>,
}

/// A request that may become a witness.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) action: String,
    pub(crate) resource: String,
    pub(crate) caller: Option<Principal>,
    pub(crate) keys: Vec<(Box<str>, Value)>,
}

impl Candidate {
    /// The witness, if the engine confirms that the formula holds for it; the request back, if not.
    pub(crate) fn confirm(mut self, store: &Store, formula: &Formula) -> Result<Witness, Box<Self>> {
        self.keys.retain(|(_, value)| !matches!(value, Value::Absent));
        if !self.holds(store, formula) {
            return Err(Box::new(self));
        }
        self.make_plain(store, formula);
        let catalog = clavicle_catalog::catalog();
        let known = catalog.action(&self.action);
        let mut statements = Vec::new();
        formula.statements(&mut statements);
        statements.sort_unstable();
        statements.dedup();
        let mut matching: Vec<StatementRef> = statements
            .into_iter()
            .filter(|id| self.matches(store, &Formula::Any([*id].into())) == Tri::Yes)
            .map(|id| store.compiled(id).at)
            .collect();
        matching.sort_unstable();
        let mut keys: Vec<(String, Fact)> = self
            .keys
            .into_iter()
            .map(|(name, value)| {
                let known = catalog.condition_key(&name).filter(|key| !key.is_template());
                (known.map_or_else(|| name.to_string(), |key| key.name.to_owned()), fact(&value))
            })
            .collect();
        keys.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(Witness {
            action: known.map_or(self.action, |action| catalog.name(action).to_owned()),
            resource: self.resource,
            principal: self.caller,
            keys,
            uncatalogued: known.is_none(),
            matching,
        })
    }

    /// Where a policy speaks of `aws:EpochTime`, it says the same time as `aws:CurrentTime`.
    pub(crate) fn tell_the_time_twice(&mut self, store: &Store) {
        let has = |name: &str| self.keys.iter().any(|(key, _)| &**key == name);
        let clock = self.keys.iter().find(|(key, _)| &**key == CLOCK);
        if let Some((_, Value::One(time))) = clock
            && !store.bearings.is_empty()
            && store.known_key(EPOCH).is_some()
            && !has(EPOCH)
            && let Some(instant) = Instant::parse(time).filter(|instant| instant.nanos() == 0)
        {
            self.keys.push((EPOCH.into(), Value::One(instant.seconds().to_string())));
        }
    }

    /// Does the engine neither confirm nor refuse it, for want of what nobody has shown of a subject?
    pub(crate) fn is_left_open(&self, store: &Store, formula: &Formula) -> bool {
        !store.bearings.is_empty() && self.matches(store, formula) == Tri::Maybe
    }

    fn holds(&self, store: &Store, formula: &Formula) -> bool {
        self.matches(store, formula) == Tri::Yes
    }

    /// What the engine says of the request.
    fn matches(&self, store: &Store, formula: &Formula) -> Tri {
        let anybody = Principal::anonymous();
        let principal = self.caller.as_ref().unwrap_or(&anybody);
        let (action, resource) = (Action::new(&self.action), Resource::new(&self.resource, None));
        let mut context = Context::exact();
        for (name, value) in &self.keys {
            context.set(name, fact(value));
        }
        let request = Request::exact(principal, &action, &resource, &context);
        store.evaluate(formula, &request)
    }

    /// Drops what is not needed, and puts likely names for made-up ones.
    fn make_plain(&mut self, store: &Store, formula: &Formula) {
        for place in (0..self.keys.len()).rev() {
            // Who tells one of the two tells both.
            if self.keys[place].0.as_ref() == EPOCH && self.keys.iter().any(|(key, _)| &**key == CLOCK) {
                continue;
            }
            let mut fewer = self.clone();
            fewer.keys.remove(place);
            if fewer.holds(store, formula) {
                *self = fewer;
            }
        }
        // A region that looks like one.
        if let Some(place) = self.keys.iter().position(|(key, _)| &**key == "aws:requestedregion") {
            let mut other = self.clone();
            other.keys[place].1 = Value::One("us-east-1".to_owned());
            if other.holds(store, formula) {
                *self = other;
            }
        }
        let catalog = clavicle_catalog::catalog();
        let known = catalog.action(&self.action);
        let resources = known.map(|action| catalog.is_wildcard_only(action));
        let likely = match resources {
            Some(true) => vec!["*".to_owned()],
            // What the action is asked on, where one of two such things will do; else this ARN with parts that look like some.
            Some(false) => {
                let usual = usual_resource(&self.action);
                let another = format!("{usual}2");
                [usual, another].into_iter().chain(likely_arns(&self.resource)).collect()
            }
            None => likely_arns(&self.resource),
        };
        for resource in likely {
            if resource == self.resource {
                break;
            }
            let other = Self { resource, ..self.clone() };
            if other.holds(store, formula) {
                *self = other;
                break;
            }
        }
        // Of the catalogued actions of a class one is as good as another; nothing to choose there.
    }
}

/// The ARN with a region and an account that look like ones, for single letters.
fn likely_arns(arn: &str) -> Vec<String> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [head, partition, service, region, account, name] = parts.as_slice() else { return Vec::new() };
    let made_up = |text: &str| text.chars().count() == 1;
    let pick = |text: &str, likely: &str| if made_up(text) { likely.to_owned() } else { text.to_owned() };
    let with = |region: &str, account: &str| {
        format!("{head}:{}:{service}:{region}:{account}:{name}", pick(partition, "aws"))
    };
    let (likely_region, likely_account) = (pick(region, "us-east-1"), pick(account, "123456789012"));
    vec![
        with(&likely_region, &likely_account),
        with(&likely_region, account),
        with(region, &likely_account),
        with(region, account),
    ]
}

fn fact(value: &Value) -> Fact {
    match value {
        Value::One(text) | Value::Text(text) => Fact::One(text.clone()),
        Value::Many(texts) => Fact::Many(texts.clone()),
        Value::Absent | Value::Caller(_) => Fact::Absent,
    }
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.action, self.resource)?;
        if let Some(principal) = &self.principal {
            let text = principal.text();
            write!(f, " by {}", if text.is_empty() { "anonymous" } else { text })?;
        }
        for (place, (name, fact)) in self.keys.iter().enumerate() {
            f.write_str(if place == 0 { " with " } else { ", " })?;
            match fact {
                Fact::One(value) => write!(f, "{name} = {value:?}")?,
                Fact::Many(values) => write!(f, "{name} = {values:?}")?,
                Fact::Absent | Fact::Unknown | Fact::Present => write!(f, "{name}")?,
            }
        }
        Ok(())
    }
}
