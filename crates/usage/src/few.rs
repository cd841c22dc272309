//! A set that stays small: its least members, and whether there were more.

use std::collections::BTreeSet;

/// The least `LIMIT` members of a set, and whether others were left out.
///
/// Putting the same members in again, in any order, changes nothing: that is what makes reading a log twice harmless.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Few<T, const LIMIT: usize> {
    kept: BTreeSet<T>,
    more: bool,
}

impl<T: Ord, const LIMIT: usize> Default for Few<T, LIMIT> {
    fn default() -> Self {
        Self { kept: BTreeSet::new(), more: false }
    }
}

impl<T: Ord, const LIMIT: usize> Few<T, LIMIT> {
    /// What was kept, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &T> {
        self.kept.iter()
    }

    /// Were there others?
    pub fn has_more(&self) -> bool {
        self.more
    }

    /// How many were kept.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Was there none?
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Puts one in.
    pub fn insert(&mut self, member: T) {
        if self.kept.len() == LIMIT && self.kept.last().is_some_and(|last| member > *last) {
            self.more = true;
            return;
        }
        self.kept.insert(member);
        if self.kept.len() > LIMIT {
            self.kept.pop_last();
            self.more = true;
        }
    }

    /// Puts one in that is made only if it is kept.
    pub(crate) fn insert_with<Q: Ord + ?Sized>(&mut self, member: &Q, make: impl FnOnce() -> T)
    where
        T: std::borrow::Borrow<Q>,
    {
        if self.kept.len() == LIMIT && self.kept.last().is_some_and(|last| member > last.borrow()) {
            self.more = true;
        } else if !self.kept.contains(member) {
            self.insert(make());
        }
    }

    /// From what was stored.
    pub(crate) fn stored(kept: impl IntoIterator<Item = T>, more: bool) -> Self {
        Self { kept: kept.into_iter().collect(), more }
    }

    /// Puts in all of another.
    pub fn merge(&mut self, other: Self) {
        self.more |= other.more;
        other.kept.into_iter().for_each(|member| self.insert(member));
    }
}

impl<T: Ord, const LIMIT: usize> FromIterator<T> for Few<T, LIMIT> {
    fn from_iter<I: IntoIterator<Item = T>>(members: I) -> Self {
        let mut few = Self::default();
        members.into_iter().for_each(|member| few.insert(member));
        few
    }
}

#[cfg(test)]
mod tests {
    use super::Few;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn order_and_repetition_change_nothing(mut members in prop::collection::vec(0u8..20, 0..30), again in prop::collection::vec(any::<prop::sample::Index>(), 0..30)) {
            let once: Few<u8, 4> = members.iter().copied().collect();
            let more: Vec<u8> = again.iter().filter(|_| !members.is_empty()).map(|at| *at.get(&members)).collect();
            members.extend(more);
            members.reverse();
            let mut twice = Few::<u8, 4>::default();
            members.iter().for_each(|member| twice.insert_with(member, || *member));
            prop_assert_eq!(&once, &twice);
            let (left, right) = members.split_at(members.len() / 2);
            let mut merged: Few<u8, 4> = left.iter().copied().collect();
            merged.merge(right.iter().copied().collect());
            prop_assert_eq!(once, merged);
        }
    }
}
