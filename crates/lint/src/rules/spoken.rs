//! Which actions of AWS a statement speaks of, fast to compare.

use clavicle_policy::Statement;

use crate::look::Look;

/// The actions that a statement speaks of, as far as the catalogue has them: what is not within another by these cannot
/// be within it, and need not be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    fn none() -> Self {
        Self(vec![0; clavicle_catalog::catalog().action_count().div_ceil(64)])
    }

    pub(super) fn of(look: &Look<'_>, statement: &Statement) -> Self {
        let mut bits = Self::none();
        let Some(element) = &statement.action else { return bits };
        for pattern in &element.patterns {
            for action in look.catalog.expand(&pattern.value) {
                if let Some(word) = bits.0.get_mut(action.index() / 64) {
                    *word |= 1 << (action.index() % 64);
                }
            }
        }
        if element.negated {
            let count = look.catalog.action_count();
            for (at, word) in bits.0.iter_mut().enumerate() {
                let last = count - (at * 64).min(count);
                let mask = if last >= 64 { u64::MAX } else { (1 << last) - 1 };
                *word = !*word & mask;
            }
        }
        bits
    }

    /// Those of several statements together.
    pub(super) fn all(places: impl Iterator<Item = u32>, each: &[Self]) -> Self {
        places.filter_map(|at| each.get(at as usize)).fold(Self::none(), |mut all, one| {
            all.0.iter_mut().zip(&one.0).for_each(|(all, one)| *all |= one);
            all
        })
    }

    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(one, other)| one & !other == 0)
    }

    pub(super) fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }
}
