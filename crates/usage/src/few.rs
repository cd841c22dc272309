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
