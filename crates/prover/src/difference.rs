//! What one document allows and another does not, as a short list.
//!
//! One line a statement that gives more, with the actions in short patterns and one request that shows it. The lines
//! together are complete: what no line covers is no difference.

use crate::access::Access;
use crate::actions::{ActionBits, written};
use crate::compile::Document;
use crate::doubt::Doubt;
use crate::questions::Verdict;
use crate::store::Store;
use crate::witness::Witness;
use crate::work::{Limits, Work};

/// What is allowed more.
#[derive(Debug, Clone)]
pub struct Difference {
    /// The statements that give more, in the order of the document.
    pub regions: Vec<Region>,
    /// Why there may be more than that.
    pub doubts: Vec<Doubt>,
}

/// What one statement gives more.
#[derive(Debug, Clone)]
pub struct Region {
    /// Its place in the document, from 0.
    pub statement: u32,
    /// The catalogued actions for which it gives more, as patterns that cover them and no others.
    pub actions: Vec<String>,
    /// It also gives more for names that the catalogue does not have.
    pub uncatalogued: bool,
    /// A request that shows it.
    pub witness: Witness,
}

/// Requests that are alike to who asked.
#[derive(Debug, Clone)]
pub struct Part<K> {
    /// In what they are alike.
    pub alike: K,
    /// The catalogued actions of which some request was found, as patterns that cover them and no others.
    pub actions: Vec<String>,
    /// Some was found for names that the catalogue does not have, too.
    pub uncatalogued: bool,
    /// One of them.
    pub witness: Witness,
}

impl Difference {
    /// Is it proved that there is none?
    pub fn is_none(&self) -> bool {
        self.regions.is_empty() && self.doubts.is_empty()
    }
}

impl Store {
    /// What `new` allows and `old` does not.
    pub fn difference(&mut self, new: &Document, old: &Access, limits: Limits) -> Difference {
        let more = new.access().and(old.clone().not());
        self.by_statement(new.each_allowed(self), &more, limits)
    }

    /// What `one` denies and `other` neither denies nor allows: whatever else allows it, beside `other` it is allowed.
    /// What `other` allows is a [`difference`](Store::difference) already.
    pub fn denied_only_by(&mut self, one: &Document, other: &Document, limits: Limits) -> Difference {
        let more = one.denied().and(other.denied().not()).and(other.allowed().not());
        self.by_statement(one.each_denied(self), &more, limits)
    }

    /// What is in it: of each class of actions one request is found, and those that are alike are put together. No action
    /// has a request in it that is in no part, unless there are doubts.
    pub fn parts<K: PartialEq>(
        &mut self,
        access: &Access,
        limits: Limits,
        mut alike: impl FnMut(&Witness) -> K,
    ) -> (Vec<Part<K>>, Vec<Doubt>) {
        let mut work = Work::new(limits);
        let (mut found, mut doubts) = (Vec::<(Part<K>, ActionBits)>::new(), Vec::new());
        for answer in self.each_class(access, &mut work) {
            match answer.verdict {
                Verdict::Holds => {}
                Verdict::Unknown(more) => doubts.extend(more),
                Verdict::Fails(witness) => {
                    let (key, uncatalogued) = (alike(&witness), answer.actions.is_none());
                    let none = || ActionBits::none(clavicle_catalog::catalog());
                    let own = answer.actions.unwrap_or_else(none);
                    match found.iter_mut().find(|(part, _)| part.alike == key) {
                        Some((part, actions)) => {
                            part.uncatalogued |= uncatalogued;
                            *actions = actions.or(&own);
                        }
                        None => {
                            let part =
                                Part { alike: key, actions: Vec::new(), uncatalogued, witness: *witness };
                            found.push((part, own));
                        }
                    }
                }
            }
        }
        let parts = found.into_iter().map(|(part, actions)| Part { actions: written(&actions), ..part });
        doubts.sort_unstable();
        doubts.dedup();
        (parts.collect(), doubts)
    }

    /// The part that each statement has in it.
    fn by_statement(&mut self, each: Vec<(u32, Access)>, more: &Access, limits: Limits) -> Difference {
        let mut work = Work::new(limits);
        let (mut regions, mut doubts) = (Vec::new(), Vec::new());
        let catalog = clavicle_catalog::catalog();
        for (statement, own) in each {
            let mut actions = ActionBits::none(catalog);
            let (mut uncatalogued, mut witness) = (false, None);
            for answer in self.each_class(&own.and(more.clone()), &mut work) {
                match answer.verdict {
                    Verdict::Holds => {}
                    Verdict::Unknown(more) => doubts.extend(more),
                    Verdict::Fails(found) => {
                        match answer.actions {
                            Some(found) => actions = actions.or(&found),
                            None => uncatalogued = true,
                        }
                        witness.get_or_insert(*found);
                    }
                }
            }
            if let Some(witness) = witness {
                regions.push(Region { statement, actions: written(&actions), uncatalogued, witness });
            }
        }
        doubts.sort_unstable();
        doubts.dedup();
        Difference { regions, doubts }
    }
}
