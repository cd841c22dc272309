//! A request that has to go on working.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use clavicle_engine::{Action, Context, Fact, Principal, Resource};

use crate::reach::{Reach, literal, pattern};

/// One request, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The action, `s3:GetObject`.
    pub action: String,
    /// On what.
    pub on: On,
    /// The condition keys of which something is known, with their values; none: the request does not carry the key. Of
    /// all others nothing is known.
    pub context: BTreeMap<String, Vec<String>>,
    /// Who makes the request, by ARN; none: whoever all is asked for.
    pub caller: Option<Arc<str>>,
    /// Why it is needed, where that is not plain: `default encryption of the bucket`.
    pub why: Option<String>,
}

/// On what something is done.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum On {
    /// The action takes no resource: policies can name `*` alone.
    Any,
    /// The thing with this ARN. It is a name and no pattern: `*` in it is a letter.
    Thing(String),
    /// Any of the things that this pattern of a policy matches; all of them have to go on working.
    Matching(String),
    /// That is not known.
    NotKnown,
}

impl On {
    /// Things whose ARNs begin so.
    pub fn under(beginning: &str) -> Self {
        Self::Matching(format!("{}*", literal(beginning)))
    }
}

impl Need {
    /// A request of which nothing is known but the action and the thing.
    pub fn plain(action: &str, on: On) -> Self {
        Self { action: action.to_owned(), on, context: BTreeMap::new(), caller: None, why: None }
    }

    /// The action as the engine wants it: of actions that take no resource the resource is not looked at.
    pub(crate) fn action(&self) -> Action {
        let catalog = clavicle_catalog::catalog();
        let known = catalog.action(&self.action);
        Action::new(&self.action).taking_no_resource(known.is_some_and(|id| catalog.is_wildcard_only(id)))
    }

    /// Who makes it, where all is asked for `caller`.
    pub(crate) fn caller<'c>(&self, caller: &'c Principal) -> Cow<'c, Principal> {
        let own = self.caller.as_deref().and_then(|arn| Principal::from_arn(arn).ok());
        own.map_or(Cow::Borrowed(caller), Cow::Owned)
    }

    /// A thing to ask about; `None` where it is not known.
    pub(crate) fn resource(&self) -> Option<Resource> {
        match &self.on {
            On::Any => Some(Resource::new("*", None)),
            On::Thing(arn) => Some(Resource::new(arn, None)),
            On::Matching(_) | On::NotKnown => None,
        }
    }

    /// What a statement has to name for it, the widest first: what the thing stands for, and the thing itself. None where
    /// that is not known. Where a tag says which things are meant, all of the type are.
    pub(crate) fn patterns(&self, reach: Reach, by_tag: bool) -> Vec<String> {
        let catalog = clavicle_catalog::catalog();
        let takes_none = catalog.action(&self.action).is_some_and(|action| catalog.is_wildcard_only(action));
        match &self.on {
            _ if takes_none => vec!["*".to_owned()],
            On::Any => vec!["*".to_owned()],
            On::Thing(arn) if by_tag => vec![pattern(catalog, &self.action, arn, Reach::Type)],
            On::Thing(arn) => vec![pattern(catalog, &self.action, arn, reach), literal(arn)],
            On::Matching(pattern) => vec![pattern.clone()],
            On::NotKnown => Vec::new(),
        }
    }

    /// What is known of the context; the rest is open.
    pub(crate) fn context(&self) -> Context {
        let mut context = Context::open();
        for (key, values) in &self.context {
            let fact = match values.as_slice() {
                [] => Fact::Absent,
                [one] if !clavicle_engine::is_multivalued(&key.to_lowercase()) => Fact::One(one.clone()),
                several => Fact::Many(several.to_vec()),
            };
            context.set(key, fact);
        }
        context
    }
}
