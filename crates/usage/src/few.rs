//! A set that stays small: its least members, and whether there were more.

use std::collections::BTreeSet;
use std::sync::Arc;

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

/// [`Few`] texts, most of which change nothing and are seen to at a glance: it was the same the last time, or is greater
/// than all that are kept.
#[derive(Debug)]
pub(crate) struct Names<const LIMIT: usize> {
    /// In order.
    kept: Vec<Name>,
    more: bool,
    /// What begins with more than that changes nothing any more.
    bound: u64,
    latest: Latest,
}

/// What was put in last. Up to [`SHORT`] bytes it is here as a whole, so that memory is looked at in one place.
#[derive(Clone, Copy, Debug, Default)]
struct Latest {
    beginning: u128,
    end: u64,
    length: usize,
}

const SHORT: usize = 24;

impl Latest {
    #[inline]
    fn of(beginning: u128, name: &[u8]) -> Self {
        let end = name.last_chunk().map_or(0, |end| u64::from_be_bytes(*end));
        Self { beginning, end, length: name.len() }
    }

    #[inline]
    fn is(&self, other: &Self) -> bool {
        self.beginning == other.beginning
            && self.end == other.end
            && self.length == other.length
            && self.length <= SHORT
    }
}

#[derive(Debug)]
struct Name {
    beginning: u128,
    whole: Arc<str>,
}

impl Name {
    #[inline]
    fn is(&self, beginning: u128, whole: &[u8]) -> bool {
        self.beginning == beginning
            && self.whole.len() == whole.len()
            && (whole.len() <= size_of::<u128>() || self.whole.as_bytes() == whole)
    }
}

impl<const LIMIT: usize> Default for Names<LIMIT> {
    fn default() -> Self {
        Self { kept: Vec::new(), more: false, bound: u64::MAX, latest: Latest::default() }
    }
}

impl<const LIMIT: usize> Names<LIMIT> {
    /// Puts one in, unless it is empty or no text.
    #[inline]
    pub(crate) fn insert(&mut self, name: &[u8]) {
        if name.is_empty() {
            return;
        }
        let beginning = beginning(name);
        let latest = Latest::of(beginning, name);
        if (beginning >> 64) as u64 > self.bound || self.latest.is(&latest) {
            return;
        }
        let mut at = self.kept.iter().filter(|known| known.beginning < beginning).count();
        while let Some(known) = self.kept.get(at).filter(|known| known.beginning == beginning) {
            if known.is(beginning, name) {
                self.latest = latest;
                return;
            }
            if known.whole.as_bytes() > name {
                break;
            }
            at += 1;
        }
        let Ok(name) = std::str::from_utf8(name) else { return };
        self.more |= self.kept.len() == LIMIT;
        if at < LIMIT {
            self.kept.truncate(LIMIT - 1);
            self.kept.insert(at, Name { beginning, whole: name.into() });
            self.latest = latest;
        }
        if let Some(last) = self.kept.last().filter(|_| self.more) {
            self.bound = (last.beginning >> 64) as u64;
        }
    }

    pub(crate) fn into_few(self) -> Few<Arc<str>, LIMIT> {
        Few::stored(self.kept.into_iter().map(|name| name.whole), self.more)
    }
}

/// The first bytes of a text, in the order of texts as far as they go.
#[inline]
fn beginning(text: &[u8]) -> u128 {
    if let Some(first) = text.first_chunk() {
        return u128::from_be_bytes(*first);
    }
    let mut first = [0; 16];
    text.iter().zip(&mut first).for_each(|(byte, place)| *place = *byte);
    u128::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::{Few, Names};
    use proptest::prelude::*;
    use std::sync::Arc;

    proptest! {
        #[test]
        fn order_and_repetition_change_nothing(mut members in prop::collection::vec(0u8..20, 0..30), again in prop::collection::vec(any::<prop::sample::Index>(), 0..30)) {
            let once: Few<u8, 4> = members.iter().copied().collect();
            let more: Vec<u8> = again.iter().filter(|_| !members.is_empty()).map(|at| *at.get(&members)).collect();
            members.extend(more);
            members.reverse();
            let mut twice = Few::<u8, 4>::default();
            members.iter().for_each(|member| twice.insert(*member));
            prop_assert_eq!(&once, &twice);
            let (left, right) = members.split_at(members.len() / 2);
            let mut merged: Few<u8, 4> = left.iter().copied().collect();
            merged.merge(right.iter().copied().collect());
            prop_assert_eq!(once, merged);
        }

        #[test]
        fn names_are_the_same_few(members in prop::collection::vec(prop_oneof!["[ab\0]{0,3}", "session-[ab]{0,3}", "session-of-sixteen[ab\0]{0,3}", "\\PC{0,9}"], 0..30)) {
            let wanted: Few<Arc<str>, 4> =
                members.iter().filter(|name| !name.is_empty()).map(|name| name.as_str().into()).collect();
            let mut names = Names::<4>::default();
            members.iter().for_each(|name| names.insert(name.as_bytes()));
            names.insert(b"\xff");
            prop_assert_eq!(names.into_few(), wanted);
        }
    }
}
