//! By what, besides its documents, could a policy tell one principal from another?

use clavicle_policy::{Case, Glob, Policy};
use foldhash::{HashMap, HashSet};

use crate::digest::{Digest, Principals, literal_prefix, variables};

/// What policies compare their callers with.
#[derive(Debug, Default)]
pub(crate) struct ToldApart {
    /// Tag keys that conditions or variables read, in lower case.
    pub(crate) tags: Vec<Box<str>>,
    /// ARNs and unique ids that principal elements and conditions list.
    pub(crate) listed: HashSet<Box<str>>,
    /// Patterns that conditions compare the caller's ARN, name or id with.
    pub(crate) patterns: Patterns,
}

/// Patterns, found by what they begin with. Each account has some that begin with its own number: to try all of them on everybody
/// takes as long as there are accounts times principals.
#[derive(Debug, Default)]
pub(crate) struct Patterns {
    /// In the order of their texts, each once.
    all: Vec<Glob>,
    /// Places in it, by the text up to the first wildcard.
    by_beginning: HashMap<Box<str>, Vec<usize>>,
    /// How long those texts are, each length once.
    lengths: Vec<usize>,
}

impl ToldApart {
    pub(crate) fn learn(&mut self, policy: &Policy, digest: &Digest) {
        for statement in &digest.statements {
            if let Some(Principals::Listed(listed)) = &statement.principals {
                self.listed.extend(listed.iter().map(|(_, text)| text.clone()));
            }
        }
        for statement in &policy.statements {
            for clause in statement.condition.iter().flat_map(|condition| &condition.clauses) {
                let key = clause.key.value.to_lowercase();
                self.tag(&key);
                let texts = clause.values.iter().map(|value| value.value.text());
                if matches!(&*key, "aws:principalarn" | "aws:userid" | "aws:username") {
                    for text in texts {
                        if text.contains(['*', '?']) {
                            self.patterns.all.push(Glob::new(text, Case::Sensitive));
                        } else {
                            self.listed.insert(text.into());
                        }
                    }
                } else {
                    texts.for_each(|text| self.variables(text));
                }
            }
            for pattern in statement.resource.iter().flat_map(|resource| &resource.patterns) {
                self.variables(&pattern.value);
            }
        }
    }

    fn variables(&mut self, text: &str) {
        for key in variables(text) {
            self.tag(&key.to_lowercase());
        }
    }

    fn tag(&mut self, key: &str) {
        if let Some(tag) = key.strip_prefix("aws:principaltag/") {
            self.tags.push(tag.into());
        }
    }

    /// To be called once everything was learnt, and before anybody is told apart.
    pub(crate) fn finish(&mut self) {
        self.tags.sort_unstable();
        self.tags.dedup();
        self.patterns.finish();
    }
}

impl Patterns {
    fn finish(&mut self) {
        self.all.sort_unstable_by(|a, b| a.text().cmp(b.text()));
        self.all.dedup_by(|a, b| a.text() == b.text());
        for (place, pattern) in self.all.iter().enumerate() {
            self.by_beginning.entry(literal_prefix(pattern.text()).into()).or_default().push(place);
        }
        self.lengths = self.by_beginning.keys().map(|beginning| beginning.len()).collect();
        self.lengths.sort_unstable();
        self.lengths.dedup();
    }

    /// The places of those that fit one of these texts, in ascending order.
    pub(crate) fn fitting(&self, texts: &[&str]) -> Box<[usize]> {
        let mut found: Vec<usize> = Vec::new();
        for text in texts {
            // Where a length cuts a letter in two, nothing can begin so.
            let beginnings = self.lengths.iter().map_while(|length| {
                (*length <= text.len()).then(|| text.get(..*length).and_then(|it| self.by_beginning.get(it)))
            });
            let places = beginnings.flatten().flatten();
            found.extend(places.filter(|place| self.all[**place].matches(text)));
        }
        found.sort_unstable();
        found.dedup();
        found.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_that_are_found_by_their_beginning_are_those_that_fit() {
        let texts = [
            "*",
            "?",
            "arn:aws:iam::*:role/web",
            "arn:aws:iam::111122223333:role/*",
            "arn:aws:iam::111122223333:role/web-?",
            "arn:aws:iam::111122223333:role/${aws:username}-*",
            "arn:aws:iam::111122223333:role/é*",
            "AROA*:*",
            "*-web",
            "web*",
        ];
        let mut patterns = Patterns {
            all: texts.map(|text| Glob::new(text, Case::Sensitive)).into(),
            ..Patterns::default()
        };
        patterns.all.push(Glob::new("web*", Case::Sensitive));
        patterns.finish();
        assert_eq!(patterns.all.len(), texts.len(), "each once");
        let named = [
            "",
            "x",
            "é",
            "web",
            "web-1",
            "AROA123:",
            "AROA123:web",
            "arn:aws:iam::111122223333:role/",
            "arn:aws:iam::111122223333:role/web",
            "arn:aws:iam::111122223333:role/web-1",
            "arn:aws:iam::111122223333:role/èmile",
            "arn:aws:iam::111122223333:role/émile",
            "arn:aws:iam::111122223333:role/${aws:username}-1",
            "arn:aws:iam::444455556666:role/web",
        ];
        for one in named {
            for other in named {
                let tried = patterns.all.iter().enumerate();
                let fits = tried.filter(|(_, pattern)| pattern.matches(one) || pattern.matches(other));
                let fits: Vec<usize> = fits.map(|(place, _)| place).collect();
                assert_eq!(*patterns.fitting(&[one, other]), *fits, "{one}, {other}");
            }
        }
    }
}
