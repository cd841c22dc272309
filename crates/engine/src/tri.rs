//! Three truth values: a thing holds, does not hold, or the facts at hand leave it open.

/// Does it hold?
///
/// `Maybe` is an answer and stays one: no operation turns it into yes or no unless the other side settles the matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tri {
    /// It does not hold.
    No,
    /// The facts at hand leave it open.
    Maybe,
    /// It holds.
    Yes,
}

impl Tri {
    /// Both hold.
    #[inline]
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// At least one holds.
    #[inline]
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// It does not hold. Named as a word because `!` would hide that `Maybe` stays `Maybe`.
    #[inline]
    #[must_use]
    #[expect(
        clippy::should_implement_trait,
        reason = "`not` is the logician's word and `!maybe` would read as no"
    )]
    pub fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Maybe => Self::Maybe,
            Self::Yes => Self::No,
        }
    }

    /// Open at best: a yes becomes `Maybe`, a no stays.
    #[inline]
    #[must_use]
    pub fn at_most_maybe(self) -> Self {
        self.min(Self::Maybe)
    }
}

impl From<bool> for Tri {
    #[inline]
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

#[cfg(test)]
mod tests {
    use super::Tri::{self, Maybe, No, Yes};

    #[test]
    fn an_open_question_is_settled_only_by_the_other_side() {
        assert_eq!([Yes.and(Maybe), No.and(Maybe), Yes.or(Maybe), No.or(Maybe)], [Maybe, No, Yes, Maybe]);
        assert_eq!([Yes.not(), Maybe.not(), No.not()], [No, Maybe, Yes]);
    }

    #[test]
    fn negation_swaps_and_with_or() {
        let all: [Tri; 3] = [No, Maybe, Yes];
        for a in all {
            for b in all {
                assert_eq!(a.and(b).not(), a.not().or(b.not()));
            }
        }
    }
}
