//! Finding names by their beginning or a part of them, among hundreds of thousands.
//!
//! Every name can be found by three beginnings: that of the whole (`prod:role/web`), of what follows the account
//! (`role/web`) and of the bare name (`web`). The places of all beginnings are kept in the order of the text that
//! begins there, so that a search is a binary search. What no beginning gives is looked for within the names.

use crate::names::{Entry, Names};

/// The beginnings of all names, in order.
#[derive(Debug)]
pub(crate) struct Search {
    /// The names in lower case, one after another.
    text: String,
    /// Where each name ends in `text`.
    ends: Vec<u32>,
    /// Name and offset in it, in the order of the text that begins there.
    begins: Vec<(u32, u16)>,
}

impl Search {
    pub(crate) fn new(names: &Names) -> Self {
        let mut search = Self { text: String::new(), ends: Vec::new(), begins: Vec::new() };
        for (at, (_, name)) in (0u32..).zip(names.iter()) {
            search.text.push_str(&name.text.to_ascii_lowercase());
            search.ends.push(u32::try_from(search.text.len()).unwrap_or(u32::MAX));
            let mut offsets = [0, name.kind, name.bare];
            offsets.sort_unstable();
            let mut last = None;
            for offset in offsets {
                if last != Some(offset) {
                    search.begins.push((at, u16::try_from(offset).unwrap_or(0)));
                }
                last = Some(offset);
            }
        }
        let mut begins = std::mem::take(&mut search.begins);
        begins.sort_unstable_by(|a, b| search.from(*a).cmp(search.from(*b)).then(a.cmp(b)));
        search.begins = begins;
        search
    }

    /// The names that are the text as a whole, without their account, or bare. Case does not count.
    pub(crate) fn exactly(&self, names: &Names, text: &str) -> Vec<Entry> {
        let lower = text.to_ascii_lowercase();
        let start = self.begins.partition_point(|place| self.from(*place) < lower.as_str());
        let equal = self.begins[start..].iter().take_while(|place| self.from(**place) == lower);
        let mut found: Vec<Entry> = equal.map(|(at, _)| names.entry(*at as usize)).collect();
        found.dedup();
        found
    }

    /// Names that begin with the text, then names that hold it, at most `limit` of those that are `wanted`.
    pub(crate) fn like(
        &self,
        names: &Names,
        text: &str,
        limit: usize,
        wanted: impl Fn(Entry) -> bool,
    ) -> Vec<Entry> {
        let lower = text.to_ascii_lowercase();
        let mut found: Vec<Entry> = Vec::new();
        let start = self.begins.partition_point(|place| self.from(*place) < lower.as_str());
        for place in self.begins[start..].iter().take_while(|place| self.from(**place).starts_with(&lower)) {
            let entry = names.entry(place.0 as usize);
            if wanted(entry) && !found.contains(&entry) {
                found.push(entry);
                if found.len() == limit {
                    return found;
                }
            }
        }
        if lower.len() < 2 {
            return found;
        }
        for at in 0..self.ends.len() {
            if self.name(at).contains(&lower) {
                let entry = names.entry(at);
                if wanted(entry) && !found.contains(&entry) {
                    found.push(entry);
                    if found.len() == limit {
                        break;
                    }
                }
            }
        }
        found
    }

    /// Every name with its entry, in lower case.
    pub(crate) fn lower<'s>(&'s self, names: &'s Names) -> impl Iterator<Item = (Entry, &'s str)> {
        (0..self.ends.len()).map(|at| (names.entry(at), self.name(at)))
    }

    fn name(&self, at: usize) -> &str {
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(at).copied().unwrap_or(start);
        self.text.get(start as usize..end as usize).unwrap_or("")
    }

    fn from(&self, (at, offset): (u32, u16)) -> &str {
        self.name(at as usize).get(usize::from(offset)..).unwrap_or("")
    }
}
