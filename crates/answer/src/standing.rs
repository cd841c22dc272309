//! Yes, if conditions hold, or not known: never confused.

use clavicle_engine::{Dependency, Verdict as Decided};
use clavicle_graph::{Access, Ruling};

use crate::shape::Verdict;

/// How certain it is that something is allowed, the most certain first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Standing {
    Certain,
    /// Condition keys decide that the question leaves open.
    Conditional,
    /// Something that was not seen decides.
    Unknown,
    No,
}

impl Standing {
    pub(crate) fn of(ruling: &Ruling) -> Self {
        match ruling.verdict {
            Decided::Allowed => Self::Certain,
            Decided::Depends if ruling.turns_on_unseen() => Self::Unknown,
            Decided::Depends => Self::Conditional,
            Decided::ImplicitlyDenied | Decided::ExplicitlyDenied => Self::No,
        }
    }

    /// That of an access with all that it needs: the least certain.
    pub(crate) fn of_access(access: &Access) -> Self {
        let needs = access.how.needs.iter().map(|(_, ruling)| Self::of(ruling));
        needs.chain([Self::of(&access.how.ruling)]).max().unwrap_or(Self::No)
    }

    pub(crate) fn verdict(self) -> Verdict {
        match self {
            Self::Certain => Verdict::Yes,
            Self::Conditional => Verdict::Depends,
            Self::Unknown => Verdict::Unknown,
            Self::No => Verdict::No,
        }
    }
}

impl Verdict {
    /// What two ways come to together: the better of both.
    pub(crate) fn or(self, other: Self) -> Self {
        let rank = |verdict| match verdict {
            Self::Yes => 0,
            Self::Depends => 1,
            Self::Unknown => 2,
            Self::No => 3,
        };
        if rank(other) < rank(self) { other } else { self }
    }
}

/// All that rulings depend on, each once, in order.
pub(crate) fn depends_on<'r>(rulings: impl Iterator<Item = &'r Ruling>) -> Vec<Dependency> {
    let mut all: Vec<Dependency> = rulings.flat_map(|ruling| ruling.depends_on.iter().cloned()).collect();
    all.sort();
    all.dedup();
    all
}
