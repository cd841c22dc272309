//! The condition context of a request: which keys it carries, and with which values.
//!
//! A key that is *absent* and a key that is *unknown* are two different facts. Absent means that AWS sends the request
//! without the key, and operators have their own rule for that; unknown means that nobody has told us, and the answer
//! may come to depend on it. Between the two is *present*: AWS sends the key with every such request, and nobody has told
//! us its value.

use crate::key::Key;

/// What is known of one condition key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Fact {
    /// The request does not carry the key.
    Absent,
    /// The request may or may not carry the key, with any value.
    Unknown,
    /// The request carries the key, with some value; what follows about it from principal and resource counts.
    Present,
    /// A single-valued key.
    One(String),
    /// A multivalued key; may be empty.
    Many(Vec<String>),
}

/// What holds of the keys that a [`Context`] does not list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Rest {
    /// They are absent: the question is exact.
    #[default]
    Absent,
    /// They may have any value or none: the question is "who can", "could it".
    Unknown,
}

/// Keys and their facts. Names ignore case.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// INVARIANT (sorted): ascending by hash of the key, one entry a key.
    entries: Vec<(Key, Fact)>,
    /// A bit for each entry, by its hash: most keys that are asked for are not here, and this tells so at once.
    held: u64,
    /// Lower-case prefixes of which every key not listed is absent, e.g. `aws:principaltag/`.
    closed: Vec<Box<str>>,
    rest: Rest,
}

impl Context {
    /// A context in which every key not listed is absent.
    pub fn exact() -> Self {
        Self::default()
    }

    /// A context in which every key not listed is unknown.
    pub fn open() -> Self {
        Self { rest: Rest::Unknown, ..Self::default() }
    }

    /// What holds of keys that are not listed?
    pub fn rest(&self) -> Rest {
        self.rest
    }

    /// States a fact; a later one about the same key replaces the earlier one.
    pub fn set(&mut self, key: &str, fact: Fact) {
        let key = Key::new(key);
        // Upholds INVARIANT (sorted). Two keys of one hash stand side by side.
        let start = self.entries.partition_point(|(other, _)| other.hash() < key.hash());
        let mut at = start;
        while let Some((other, old)) = self.entries.get_mut(at) {
            if other.hash() != key.hash() {
                break;
            }
            if *other == key {
                *old = fact;
                return;
            }
            at += 1;
        }
        self.held |= bit(&key);
        self.entries.insert(at, (key, fact));
    }

    /// [`Self::set`], for building in one expression.
    #[must_use]
    pub fn with(mut self, key: &str, fact: Fact) -> Self {
        self.set(key, fact);
        self
    }

    /// [`Self::with`] for one text.
    #[must_use]
    pub fn with_value(self, key: &str, value: &str) -> Self {
        self.with(key, Fact::One(value.to_owned()))
    }

    /// States that all keys beginning with `prefix` that are not listed are absent: all tags are known, say.
    pub fn close(&mut self, prefix: &str) {
        self.closed.push(prefix.to_lowercase().into());
    }

    /// The fact stated about `key`, if one was.
    pub fn stated(&self, key: &str) -> Option<&Fact> {
        self.find(&Key::new(key))
    }

    /// Every key that has a fact, in no particular order.
    pub fn keys(&self) -> impl Iterator<Item = (&str, &Fact)> {
        self.entries.iter().map(|(key, fact)| (key.name(), fact))
    }

    #[inline]
    pub(crate) fn find(&self, key: &Key) -> Option<&Fact> {
        if self.held & bit(key) == 0 {
            return None;
        }
        let at = self.entries.partition_point(|(other, _)| other.hash() < key.hash());
        self.entries
            .get(at..)?
            .iter()
            .take_while(|(other, _)| other.hash() == key.hash())
            .find(|(other, _)| other == key)
            .map(|(_, fact)| fact)
    }

    pub(crate) fn closes(&self, key: &Key) -> bool {
        self.closed.iter().any(|prefix| key.name().starts_with(&**prefix))
    }
}

#[inline]
fn bit(key: &Key) -> u64 {
    1 << (key.hash() & 63)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_ignore_case_and_the_last_fact_wins() {
        let context =
            Context::exact().with_value("aws:SourceIp", "10.0.0.1").with_value("AWS:sourceip", "10.0.0.2");
        assert_eq!(context.stated("aws:SOURCEIP"), Some(&Fact::One("10.0.0.2".to_owned())));
        assert_eq!(context.keys().count(), 1);
    }

    #[test]
    fn many_keys_are_all_found_again() {
        let mut context = Context::exact();
        for number in 0..500 {
            context.set(&format!("aws:PrincipalTag/t{number}"), Fact::One(number.to_string()));
        }
        for number in 0..500 {
            let found = context.stated(&format!("aws:principaltag/T{number}"));
            assert_eq!(found, Some(&Fact::One(number.to_string())));
        }
        assert_eq!(context.stated("aws:principaltag/t500"), None);
    }
}
