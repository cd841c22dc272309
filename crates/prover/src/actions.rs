//! Actions are looked up, not solved: the catalogue has them all.
//!
//! Each distinct `Action` or `NotAction` element is a set of catalogued actions, and a text test besides for names
//! that the catalogue does not have. Actions that the same elements speak of are one class, and a question is asked
//! once a class, of the statements that speak of it: real policies have six classes in the median.

use std::collections::HashMap;
use std::sync::Arc;

use clavicle_catalog::{ActionId, Catalog};
use clavicle_policy::ActionElement;
use foldhash::fast::RandomState;

/// A set of catalogued actions, a bit each.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ActionBits(Box<[u64]>);

impl ActionBits {
    pub(crate) fn none(catalog: &Catalog) -> Self {
        Self(vec![0; catalog.action_count().div_ceil(64)].into())
    }

    pub(crate) fn all(catalog: &Catalog) -> Self {
        let mut bits = Self::none(catalog);
        bits.0.fill(u64::MAX);
        if let (Some(last), rest @ 1..) = (bits.0.last_mut(), catalog.action_count() % 64) {
            *last = (1 << rest) - 1;
        }
        bits
    }

    pub(crate) fn has(&self, action: ActionId) -> bool {
        self.0.get(action.index() / 64).is_some_and(|word| word >> (action.index() % 64) & 1 == 1)
    }

    pub(crate) fn insert(&mut self, action: ActionId) {
        if let Some(word) = self.0.get_mut(action.index() / 64) {
            *word |= 1 << (action.index() % 64);
        }
    }

    fn with(&self, other: &Self, combine: impl Fn(u64, u64) -> u64) -> Self {
        Self(self.0.iter().zip(&*other.0).map(|(a, b)| combine(*a, *b)).collect())
    }

    pub(crate) fn and(&self, other: &Self) -> Self {
        self.with(other, |a, b| a & b)
    }

    pub(crate) fn or(&self, other: &Self) -> Self {
        self.with(other, |a, b| a | b)
    }

    pub(crate) fn without(&self, other: &Self) -> Self {
        self.with(other, |a, b| a & !b)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(crate) fn contains(&self, other: &Self) -> bool {
        self.0.iter().zip(&*other.0).all(|(a, b)| b & !a == 0)
    }

    pub(crate) fn count(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    pub(crate) fn iter<'c>(&'c self, catalog: &'c Catalog) -> impl Iterator<Item = ActionId> + 'c {
        self.0.iter().enumerate().flat_map(move |(place, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                ActionId::from_index(place * 64 + bit, catalog)
            })
        })
    }
}

/// The number of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ElementId(u32);

/// All action elements that were seen.
#[derive(Debug, Default)]
pub(crate) struct ActionElements {
    numbers: HashMap<(bool, Arc<[String]>), ElementId, RandomState>,
    rows: Vec<ActionRow>,
}

#[derive(Debug)]
pub(crate) struct ActionRow {
    pub(crate) bits: ActionBits,
    pub(crate) negated: bool,
    /// All entries, in lower case.
    pub(crate) entries: Arc<[String]>,
    /// Those that can speak of names that the catalogue does not have.
    pub(crate) open_entries: Vec<String>,
}

impl ActionElements {
    pub(crate) fn element(&mut self, element: &ActionElement) -> ElementId {
        let mut entries: Vec<String> =
            element.patterns.iter().map(|pattern| pattern.value.to_lowercase()).collect();
        entries.sort_unstable();
        entries.dedup();
        let (negated, entries): (_, Arc<[String]>) = (element.negated, entries.into());
        let key = (negated, Arc::clone(&entries));
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let catalog = clavicle_catalog::catalog();
        let mut bits = ActionBits::none(catalog);
        let mut open_entries = Vec::new();
        for entry in &*entries {
            // Without a colon it is no action, unless it is all of them.
            let stars = !entry.is_empty() && entry.bytes().all(|byte| byte == b'*');
            if stars {
                bits = ActionBits::all(catalog);
            } else if entry.contains(['*', '?']) {
                if entry.contains(':') {
                    catalog.expand(entry).into_iter().for_each(|action| bits.insert(action));
                }
            } else if let Some(action) = catalog.action(entry) {
                bits.insert(action);
                continue;
            }
            open_entries.push(entry.clone());
        }
        if negated {
            bits = ActionBits::all(catalog).without(&bits);
        }
        let number = ElementId(crate::store::small(self.rows.len()));
        self.rows.push(ActionRow { bits, negated, entries, open_entries });
        self.numbers.insert(key, number);
        number
    }

    pub(crate) fn row(&self, element: ElementId) -> &ActionRow {
        // Numbers are given out by this table alone.
        &self.rows[element.0 as usize]
    }
}

/// Splits `actions` into classes that each of `elements` takes whole or not at all.
pub(crate) fn classes<'e>(
    actions: ActionBits,
    elements: impl Iterator<Item = &'e ActionBits>,
) -> Vec<ActionBits> {
    let mut classes = vec![actions];
    classes.retain(|class| !class.is_empty());
    for element in elements {
        let mut split = Vec::new();
        for class in &mut classes {
            let inside = class.and(element);
            if inside.is_empty() || inside == *class {
                continue;
            }
            let outside = class.without(&inside);
            *class = inside;
            split.push(outside);
        }
        classes.extend(split);
    }
    classes
}

/// Patterns that cover exactly these actions, few and short: `s3:Get*` only if every action that it covers is among them.
pub(crate) fn written(actions: &ActionBits) -> Vec<String> {
    let catalog = clavicle_catalog::catalog();
    if *actions == ActionBits::all(catalog) {
        return vec!["*".to_owned()];
    }
    let mut names: Vec<String> = Vec::new();
    let mut left = actions.clone();
    for service in catalog.services() {
        let covered = |pattern: &str| {
            let mut bits = ActionBits::none(catalog);
            catalog.expand(pattern).into_iter().for_each(|action| bits.insert(action));
            bits
        };
        let whole = format!("{}:*", service.prefix());
        let all = covered(&whole);
        let own = left.and(&all);
        if own.is_empty() {
            continue;
        }
        if own == all {
            names.push(whole);
            left = left.without(&all);
            continue;
        }
        for action in own.iter(catalog) {
            if !left.has(action) {
                continue;
            }
            // The shortest beginning of whole words whose every action is among them, if it is more than this one.
            let short = catalog.short_name(action);
            let ends = short.char_indices().skip(1).filter(|(_, letter)| letter.is_ascii_uppercase());
            let pattern = ends
                .map(|(end, _)| format!("{}:{}*", service.prefix(), &short[..end]))
                .map(|pattern| (covered(&pattern), pattern))
                .find(|(bits, _)| actions.contains(bits) && bits.count() > 1);
            match pattern {
                Some((bits, pattern)) => {
                    left = left.without(&bits);
                    names.push(pattern);
                }
                None => names.push(catalog.name(action).to_owned()),
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(patterns: &[&str]) -> ActionBits {
        let catalog = clavicle_catalog::catalog();
        let mut bits = ActionBits::none(catalog);
        for pattern in patterns {
            catalog.expand(pattern).into_iter().for_each(|action| bits.insert(action));
        }
        bits
    }

    #[test]
    fn classes_are_whole_and_apart() {
        let (all, read, object) = (bits(&["s3:*"]), bits(&["s3:Get*"]), bits(&["s3:*Object"]));
        let found = classes(all.clone(), [&read, &object].into_iter());
        assert_eq!(found.len(), 4);
        assert_eq!(found.iter().map(ActionBits::count).sum::<u32>(), all.count());
    }

    #[test]
    fn actions_are_written_shortly_and_exactly() {
        assert_eq!(written(&bits(&["sqs:*"])), ["sqs:*"]);
        assert_eq!(written(&bits(&["*"])), ["*"]);
        assert_eq!(written(&bits(&["s3:GetObject"])), ["s3:GetObject"]);
        let mixed = bits(&["s3:Get*", "s3:PutObject"]);
        let again = written(&mixed);
        assert!(again.len() < 10, "{again:?}");
        assert_eq!(bits(&again.iter().map(String::as_str).collect::<Vec<_>>()), mixed);
    }
}
