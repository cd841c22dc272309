//! An index of names in which case does not count, and looking up allocates nothing.

use std::cmp::Ordering;

/// An open-addressing table from names to positions in some list of the caller's, who also keeps the names: the table
/// is four bytes a slot. The first of equal names wins.
#[derive(Debug)]
pub(crate) struct Caseless {
    /// `EMPTY`, or a position. INVARIANT (room): at least half of the slots are empty, so every search ends.
    slots: Box<[u32]>,
}

const EMPTY: u32 = u32::MAX;

impl Caseless {
    /// Indexes `names` by their order.
    pub(crate) fn new<'n>(names: impl ExactSizeIterator<Item = &'n str> + Clone) -> Self {
        let mut table = Self { slots: vec![EMPTY; (names.len() * 2).next_power_of_two().max(2)].into() };
        let stored: Vec<&str> = names.collect();
        for (position, name) in (0u32..).zip(&stored) {
            let mut slot = table.first_slot(name);
            while table.slots[slot] != EMPTY && !name.eq_ignore_ascii_case(stored[table.slots[slot] as usize])
            {
                slot = table.after(slot);
            }
            if table.slots[slot] == EMPTY {
                table.slots[slot] = position;
            }
        }
        table
    }

    /// The position of `name`; `name_at` says which name is at a position.
    pub(crate) fn get<'n>(&self, name: &str, name_at: impl Fn(u32) -> &'n str) -> Option<u32> {
        let mut slot = self.first_slot(name);
        loop {
            let position = self.slots[slot];
            if position == EMPTY {
                return None;
            }
            if name_at(position).eq_ignore_ascii_case(name) {
                return Some(position);
            }
            slot = self.after(slot);
        }
    }

    fn first_slot(&self, name: &str) -> usize {
        // FNV-1a over lower-cased bytes; the names are ours and not an attacker's, and a search is bounded by `room`.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in name.bytes() {
            hash = (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3);
        }
        (hash ^ (hash >> 32)) as usize & (self.slots.len() - 1)
    }

    fn after(&self, slot: usize) -> usize {
        (slot + 1) & (self.slots.len() - 1)
    }
}

/// Orders names as the facts are sorted: by their lower-case bytes.
pub(crate) fn compare(a: &str, b: &str) -> Ordering {
    for (left, right) in a.bytes().zip(b.bytes()) {
        let (left, right) = (left.to_ascii_lowercase(), right.to_ascii_lowercase());
        if left != right {
            return left.cmp(&right);
        }
    }
    a.len().cmp(&b.len())
}

/// Does `text` begin with `prefix`, case aside?
pub(crate) fn begins_with(text: &str, prefix: &str) -> bool {
    text.len() >= prefix.len() && text.as_bytes()[..prefix.len()].eq_ignore_ascii_case(prefix.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::{Caseless, compare};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_what_a_search_from_the_start_finds(names in proptest::collection::vec("[abAB]{0,3}", 0..20), asked in "[abAB]{0,3}") {
            let index = Caseless::new(names.iter().map(String::as_str));
            let found = index.get(&asked, |at| &names[at as usize]);
            let wanted = names.iter().position(|name| name.eq_ignore_ascii_case(&asked)).map(|at| at as u32);
            prop_assert_eq!(found, wanted);
        }
    }

    #[test]
    fn order_is_that_of_lower_case() {
        assert_eq!(compare("GetB", "geta"), std::cmp::Ordering::Greater);
        assert_eq!(compare("Get", "getA"), std::cmp::Ordering::Less);
    }
}
