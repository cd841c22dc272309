//! The questions.
//!
//! Every question is whether an [`Access`] is empty, asked class by class of actions. "No" comes with a
//! [`Witness`], "yes" means that every branch of the search ended without one, and anything else is "unknown" with the
//! reasons.

use crate::access::Access;
use crate::actions::ActionBits;
use crate::doubt::Doubt;
use crate::relation::{Outcome, budget, request_in};
use crate::search::{Class, Go, classes_of, open_items, search};
use crate::store::Store;
use crate::witness::Witness;
use crate::work::{Limits, Work};

/// The answer to a question about every request.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// It holds for every request.
    Holds,
    /// It does not hold for this one.
    Fails(Box<Witness>),
    /// Neither could be shown.
    Unknown(Vec<Doubt>),
}

impl Verdict {
    /// Was it proved?
    pub fn holds(&self) -> bool {
        matches!(self, Self::Holds)
    }

    /// The request for which it does not hold.
    pub fn witness(&self) -> Option<&Witness> {
        match self {
            Self::Fails(witness) => Some(witness),
            _ => None,
        }
    }
}

/// What a question found of one class of actions.
pub(crate) struct OfClass {
    /// `None` for names that the catalogue does not have.
    pub(crate) actions: Option<ActionBits>,
    pub(crate) verdict: Verdict,
}

impl Store {
    /// Is everything that `narrow` has in `wide` as well?
    pub fn implies(&mut self, narrow: &Access, wide: &Access, limits: Limits) -> Verdict {
        self.never(&narrow.clone().and(wide.clone().not()), limits)
    }

    /// The same of requests whose action the catalogue has: what AWS may add one day is left out.
    pub fn implies_in_catalogue(&mut self, narrow: &Access, wide: &Access, limits: Limits) -> Verdict {
        self.none_in(&narrow.clone().and(wide.clone().not()), false, limits)
    }

    /// Are they the same? The witness is of whichever has more.
    pub fn equal(&mut self, one: &Access, other: &Access, limits: Limits) -> Verdict {
        match self.implies(one, other, limits) {
            Verdict::Holds => self.implies(other, one, limits),
            Verdict::Unknown(doubts) => match self.implies(other, one, limits) {
                fails @ Verdict::Fails(_) => fails,
                Verdict::Holds => Verdict::Unknown(doubts),
                Verdict::Unknown(more) => Verdict::Unknown(doubts.into_iter().chain(more).collect()),
            },
            fails @ Verdict::Fails(_) => fails,
        }
    }

    /// Have they nothing in common?
    pub fn disjoint(&mut self, one: &Access, other: &Access, limits: Limits) -> Verdict {
        self.never(&one.clone().and(other.clone()), limits)
    }

    /// Is there no request in it?
    pub fn never(&mut self, access: &Access, limits: Limits) -> Verdict {
        self.none_in(access, true, limits)
    }

    fn none_in(&mut self, access: &Access, uncatalogued: bool, limits: Limits) -> Verdict {
        let Some(tied) = self.tied(access) else { return Verdict::Unknown(vec![Doubt::Apart]) };
        let (access, mut doubts) = (&tied.access, tied.doubts);
        let mut work = Work::new(limits);
        for class in classes_of(self, &access.0, uncatalogued) {
            match self.ask(&class, access, &mut work) {
                Verdict::Holds => {}
                Verdict::Unknown(more) => doubts.extend(more),
                fails @ Verdict::Fails(_) => return fails,
            }
        }
        conclude(doubts)
    }

    /// The question, answered for each class of actions.
    pub(crate) fn each_class(&mut self, access: &Access, work: &mut Work) -> Vec<OfClass> {
        let Some(tied) = self.tied(access) else {
            return vec![OfClass { actions: None, verdict: Verdict::Unknown(vec![Doubt::Apart]) }];
        };
        let access = &tied.access;
        let mut answers = Vec::new();
        for class in classes_of(self, &access.0, true) {
            let verdict = match self.ask(&class, access, work) {
                Verdict::Holds => conclude(tied.doubts.clone()),
                verdict => verdict,
            };
            answers.push(OfClass { actions: class.actions, verdict });
        }
        answers
    }

    /// The question, of one class. The search goes by the items of the class, and the engine is asked about all of `access`.
    pub(crate) fn ask(&mut self, class: &Class, access: &Access, work: &mut Work) -> Verdict {
        let catalog = clavicle_catalog::catalog();
        let action = class.actions.as_ref().and_then(|actions| actions.iter(catalog).next());
        let action = action.map(|action| catalog.name(action));
        let verdict = self.ask_items(&class.items, action, access, work);
        match verdict {
            // A name that was made up may be one that the catalogue has after all: then all entries count.
            Verdict::Unknown(doubts)
                if action.is_none() && doubts.iter().any(|d| matches!(d, Doubt::Bug(_))) =>
            {
                let items = open_items(self, &access.0, true);
                self.ask_items(&items, None, access, work)
            }
            verdict => verdict,
        }
    }

    fn ask_items(
        &mut self,
        items: &[crate::search::Item],
        action: Option<&str>,
        access: &Access,
        work: &mut Work,
    ) -> Verdict {
        let mut witness = None;
        let mut doubts = Vec::new();
        search(self, items, work, &mut |store, leaf, work| match request_in(
            store, leaf, action, &access.0, work,
        ) {
            Outcome::Confirmed(found) => {
                witness = Some(found);
                Go::Stop
            }
            Outcome::Refuted => Go::On,
            Outcome::Doubtful(doubt) => {
                doubts.push(doubt);
                Go::On
            }
        });
        match witness {
            Some(witness) => Verdict::Fails(witness),
            None => {
                if work.spent().is_some() {
                    doubts.push(budget(work));
                }
                conclude(doubts)
            }
        }
    }
}

fn conclude(mut doubts: Vec<Doubt>) -> Verdict {
    doubts.sort_unstable();
    doubts.dedup();
    if doubts.is_empty() { Verdict::Holds } else { Verdict::Unknown(doubts) }
}
