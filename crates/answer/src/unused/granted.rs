//! Which actions do identity policies grant, whatever denies and ceilings leave of them?

use clavicle_catalog::{ActionId, Catalog};
use clavicle_engine::PolicyId;
use clavicle_graph::Document;
use clavicle_policy::{Effect, Policy, Statement};
use clavicle_snapshot::PrincipalIndex;
use foldhash::HashMap;

use crate::reader::Reader;

/// A set of actions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Actions {
    bits: Vec<u64>,
    /// Something was not seen or could not be read.
    pub(crate) partly_seen: bool,
}

impl Actions {
    pub(crate) fn insert(&mut self, action: ActionId) {
        let at = action.index();
        if self.bits.len() <= at / 64 {
            self.bits.resize(at / 64 + 1, 0);
        }
        self.bits[at / 64] |= 1 << (at % 64);
    }

    pub(crate) fn contains(&self, action: ActionId) -> bool {
        let at = action.index();
        self.bits.get(at / 64).is_some_and(|bits| bits >> (at % 64) & 1 == 1)
    }

    pub(crate) fn add(&mut self, other: &Self) {
        if self.bits.len() < other.bits.len() {
            self.bits.resize(other.bits.len(), 0);
        }
        self.bits.iter_mut().zip(&other.bits).for_each(|(own, more)| *own |= more);
        self.partly_seen |= other.partly_seen;
    }

    /// In the order of the catalogue.
    pub(crate) fn iter<'a>(&'a self, catalog: &'a Catalog) -> impl Iterator<Item = ActionId> + 'a {
        let words = self.bits.iter().enumerate();
        let all = words.flat_map(|(word, bits)| {
            (0..64).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| word * 64 + bit)
        });
        all.filter_map(|at| ActionId::from_index(at, catalog))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bits.iter().all(|bits| *bits == 0)
    }
}

/// What documents grant, each read once.
#[derive(Debug, Default)]
pub(crate) struct Granted {
    of_text: HashMap<PolicyId, Actions>,
}

impl Granted {
    /// By the policies of a user, group or role, and of the groups that a user is in.
    pub(crate) fn to(&mut self, reader: &Reader, principal: PrincipalIndex) -> Actions {
        let mut documents = documents(reader, principal);
        // What it has perhaps is not granted yet.
        documents.retain(|document| !reader.world().is_perhaps(document));
        self.by_all(reader, &documents)
    }

    /// By several documents.
    pub(crate) fn by_all(&mut self, reader: &Reader, documents: &[Document]) -> Actions {
        let mut actions = Actions::default();
        for document in documents {
            match reader.world().text_of_document(document) {
                Some(text) => actions.add(self.by(reader, text)),
                None => actions.partly_seen = true,
            }
        }
        actions
    }

    /// By one document.
    pub(crate) fn by(&mut self, reader: &Reader, text: PolicyId) -> &Actions {
        self.of_text.entry(text).or_insert_with(|| match reader.written(text) {
            Some(policy) => granted(reader.world().catalog(), policy),
            None => Actions { partly_seen: true, ..Actions::default() },
        })
    }
}

/// The identity policies that apply to somebody.
pub(crate) fn documents(reader: &Reader, principal: PrincipalIndex) -> Vec<Document> {
    let snapshot = reader.world().snapshot();
    let record = snapshot.principal(principal);
    let own = |index: PrincipalIndex| {
        let record = snapshot.principal(index);
        let managed = record.attached.iter().map(|policy| Document::Managed(*policy));
        managed.chain((0..record.inline.len()).map(move |place| Document::Inline(index, place)))
    };
    own(principal).chain(record.groups.iter().flat_map(|group| own(*group))).collect()
}

fn granted(catalog: &Catalog, policy: &Policy) -> Actions {
    let mut actions = Actions::default();
    for statement in &policy.statements {
        let is_allow = statement.effect.as_ref().is_some_and(|effect| effect.value == Effect::Allow);
        actions.partly_seen |= statement.faulty;
        if let Some(named) = named(catalog, statement).filter(|_| is_allow) {
            actions.add(&named);
        }
    }
    actions
}

/// The actions that a statement speaks of, whatever it says of them; `None`: that cannot be read.
pub(crate) fn named(catalog: &Catalog, statement: &Statement) -> Option<Actions> {
    let element = statement.action.as_ref()?;
    let mut named = Actions::default();
    for pattern in &element.patterns {
        catalog.expand(&pattern.value).into_iter().for_each(|action| named.insert(action));
    }
    if !element.negated {
        return Some(named);
    }
    let mut others = Actions::default();
    catalog.actions().filter(|action| !named.contains(*action)).for_each(|action| others.insert(action));
    Some(others)
}
