//! Which documents speak of an action, and of which things? Only a "perhaps", see [`crate::digest`].
//!
//! A policy of a thing may let in everyone. Then the documents of all callers count, of which few speak of that thing:
//! they are found by what their patterns begin with, not one by one. Those that speak of everything are the same for each
//! thing; in them and in those who bear them nothing is looked up.

use std::hash::BuildHasher as _;

use clavicle_engine::PolicyId;
use rayon::prelude::*;

use crate::digest::{Digest, ResourcePatterns, could_cover, literal_prefix};

/// The documents that speak of one action, by the things they speak of.
#[derive(Debug)]
pub(crate) struct Speaking {
    /// Ascending; but for what is of everything.
    entries: Box<[Entry]>,
    /// Documents that speak of everything, by number.
    of_everything: Box<[u32]>,
    /// The places of those who bear one that could allow it of everything.
    let_in_everywhere: Box<[u32]>,
}

/// A pattern of a statement that speaks of the action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    /// The [`head`] of what the pattern begins with, as a number.
    head: u64,
    document: u32,
    statement: u32,
    /// Its place in the element; [`ANY`]: there is no telling what the element covers.
    pattern: u32,
    may_allow: bool,
}

const ANY: u32 = u32::MAX;

impl Speaking {
    /// Those of `digests` that speak of an action, in lower case.
    pub(crate) fn of(digests: &[Digest], bearers: &BearersByDocument, action: &str) -> Self {
        let mut entries: Vec<Entry> = digests
            .par_iter()
            .enumerate()
            .with_min_len(256)
            .flat_map_iter(|(document, digest)| entries(number(document), digest, action))
            .collect();
        entries.par_sort_unstable();
        // What begins with nothing covers everything, as far as is looked at.
        let nothing = hash("");
        let everywhere: Vec<Entry> = entries.extract_if(.., |entry| entry.head == nothing).collect();
        let allow = everywhere.iter().filter(|entry| entry.may_allow);
        let let_in = allow.flat_map(|entry| bearers.of(entry.document as usize)).copied();
        Self {
            of_everything: each_once(everywhere.iter().map(|entry| entry.document)),
            let_in_everywhere: each_once(let_in),
            entries: entries.into(),
        }
    }

    /// The documents that could speak of anything, by number.
    pub(crate) fn of_everything(&self) -> &[u32] {
        &self.of_everything
    }

    /// The places of the users and roles who bear a document that could allow it of anything.
    pub(crate) fn let_in_everywhere(&self) -> &[u32] {
        &self.let_in_everywhere
    }

    /// Tells each other document that could speak of the thing, or of something in it, and whether it could allow; a
    /// document perhaps several times. `None`: of anything.
    pub(crate) fn on(&self, digests: &[Digest], thing: Option<&str>, mut tell: impl FnMut(usize, bool)) {
        let Some(thing) = thing else {
            return self.entries.iter().for_each(|entry| tell(entry.document as usize, entry.may_allow));
        };
        // Patterns that end before the thing does begin as it does; those that go on have the head of it.
        let head = head(thing);
        let ends = (1..=head.len()).filter_map(|end| head.get(..end));
        for end in ends.map(hash) {
            let start = self.entries.partition_point(|entry| entry.head < end);
            let same = self.entries.iter().skip(start).take_while(|entry| entry.head == end);
            for entry in same.filter(|entry| entry.covers(digests, thing)) {
                tell(entry.document as usize, entry.may_allow);
            }
        }
    }
}

impl Entry {
    fn covers(self, digests: &[Digest], thing: &str) -> bool {
        let statement = digests
            .get(self.document as usize)
            .and_then(|digest| digest.statements.get(self.statement as usize));
        match statement.map(|statement| &statement.resources) {
            Some(ResourcePatterns::Listed(patterns)) if self.pattern != ANY => {
                patterns.get(self.pattern as usize).is_none_or(|pattern| could_cover(pattern, thing))
            }
            _ => true,
        }
    }
}

fn entries(document: u32, digest: &Digest, action: &str) -> Vec<Entry> {
    let mut found = Vec::new();
    for (at, statement) in digest.statements.iter().enumerate() {
        if !statement.actions.may_hold(action) {
            continue;
        }
        let entry = |head: &str, pattern| Entry {
            head: hash(head),
            document,
            statement: number(at),
            pattern,
            may_allow: statement.may_allow,
        };
        match &statement.resources {
            ResourcePatterns::Any => found.push(entry("", ANY)),
            ResourcePatterns::Listed(patterns) => found.extend(
                patterns
                    .iter()
                    .enumerate()
                    .map(|(place, pattern)| entry(head(literal_prefix(pattern)), number(place))),
            ),
        }
    }
    found
}

/// An ARN up to the first `/` or `:` of its sixth part, which is what the names of things and of what is in them share.
fn head(arn: &str) -> &str {
    let name = arn.match_indices(':').nth(4).map_or(arn.len(), |(colon, _)| colon + 1);
    let ends = arn.get(name..).and_then(|name| name.find(['/', ':']));
    ends.and_then(|end| arn.get(..name + end)).unwrap_or(arn)
}

fn each_once(numbers: impl Iterator<Item = u32>) -> Box<[u32]> {
    let mut numbers: Vec<u32> = numbers.collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into()
}

/// Two heads of one number only mean that more is looked at.
fn hash(head: &str) -> u64 {
    foldhash::fast::FixedState::with_seed(0).hash_one(head)
}

fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(ANY)
}

/// Which users and roles bear each document?
#[derive(Debug)]
pub(crate) struct BearersByDocument {
    /// By document: where its bearers begin in `bearers`.
    starts: Box<[u32]>,
    bearers: Box<[u32]>,
}

impl BearersByDocument {
    /// `borne`: the documents of each principal, by place.
    pub(crate) fn new<'d>(documents: usize, borne: impl Iterator<Item = &'d [PolicyId]> + Clone) -> Self {
        let mut starts = vec![0_u32; documents + 1];
        for policy in borne.clone().flatten() {
            starts[policy.index() + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut bearers = vec![0; starts.last().map_or(0, |total| *total as usize)];
        for (at, policies) in borne.enumerate() {
            for policy in policies {
                let place = &mut next[policy.index()];
                bearers[*place as usize] = number(at);
                *place += 1;
            }
        }
        Self { starts: starts.into(), bearers: bearers.into() }
    }

    /// The places of those who bear a document.
    pub(crate) fn of(&self, document: usize) -> &[u32] {
        let bounds = self.starts.get(document).zip(self.starts.get(document + 1));
        bounds.and_then(|(start, end)| self.bearers.get(*start as usize..*end as usize)).unwrap_or(&[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The documents that speak of the thing by the index are those that a look at each pattern finds.
    #[test]
    fn the_index_finds_what_a_look_at_every_pattern_finds() {
        let patterns = [
            "*",
            "arn:aws:s3:::*",
            "arn:aws:s3:::b",
            "arn:aws:s3:::b/*",
            "arn:aws:s3:::b/x/${aws:username}",
            "arn:aws:s3:::bb*",
            "arn:aws:s3:::b*",
            "arn:aws:s3:*",
            "arn:aws:s3:::c/*",
            "arn:aws:lambda:eu-west-1:111122223333:function:f",
            "arn:aws:lambda:eu-west-1:111122223333:function:f:*",
            "arn:aws:lambda:eu-west-1:111122223333:function:g",
            "arn:aws:lambda:*:111122223333:function:f",
            "arn:aws:kms:eu-west-1:111122223333:key/ab*",
            "arn:aws:kms:eu-west-1:111122223333:key/abc",
            "arn:aws:kms:eu-west-1:111122223333:alias/abc",
        ];
        let texts = patterns.iter().map(|pattern| {
            format!(r#"{{"Statement": {{"Effect": "Allow", "Action": "*", "Resource": "{pattern}"}}}}"#)
        });
        let read =
            |text: String| clavicle_policy::parse(text.as_bytes()).policy.map(|policy| Digest::of(&policy));
        let digests: Vec<Digest> = texts.filter_map(read).collect();
        let speaking = Speaking::of(&digests, &nobody(&digests), "any:action");
        assert_eq!(speaking.of_everything(), [0]);
        for (thing, inside) in [
            ("arn:aws:s3:::b", "arn:aws:s3:::b/*"),
            ("arn:aws:s3:::bb", "arn:aws:s3:::bb/*"),
            (
                "arn:aws:lambda:eu-west-1:111122223333:function:f",
                "arn:aws:lambda:eu-west-1:111122223333:function:f:*",
            ),
            ("arn:aws:kms:eu-west-1:111122223333:key/abc", "arn:aws:kms:eu-west-1:111122223333:key/abc"),
        ] {
            let mut found = Vec::new();
            speaking.on(&digests, Some(thing), |document, may_allow| {
                assert!(may_allow);
                found.push(document);
            });
            found.sort_unstable();
            let fits = |pattern: &str| {
                let prefix = literal_prefix(pattern);
                thing.starts_with(prefix)
                    || prefix == thing
                    || prefix.starts_with(inside.trim_end_matches('*'))
            };
            let expected: Vec<usize> = (1..patterns.len()).filter(|place| fits(patterns[*place])).collect();
            assert_eq!(found, expected, "{thing}");
        }
    }

    #[test]
    fn what_is_not_of_the_action_is_not_told() {
        let text = br#"{"Statement": [
            {"Effect": "Deny", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b"},
            {"Effect": "Deny", "Action": "s3:Put*", "NotResource": "arn:aws:s3:::b"},
            {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}"#;
        let digests: Vec<Digest> = clavicle_policy::parse(text).policy.iter().map(Digest::of).collect();
        let told = |action: &str| {
            let speaking = Speaking::of(&digests, &nobody(&digests), action);
            let mut told = Vec::new();
            speaking.on(&digests, Some("arn:aws:s3:::b"), |document, may_allow| {
                told.push((document, may_allow));
            });
            (told, speaking.of_everything().len())
        };
        assert_eq!(told("s3:getobject"), (vec![(0, false)], 0));
        assert_eq!(told("s3:putobject"), (vec![], 1));
        assert_eq!(told("sqs:sendmessage"), (vec![], 1));
        assert_eq!(told("kms:decrypt"), (vec![], 0));
    }

    fn nobody(digests: &[Digest]) -> BearersByDocument {
        BearersByDocument::new(digests.len(), std::iter::empty())
    }

    #[test]
    fn whoever_bears_a_document_that_may_allow_it_of_everything_is_let_in_everywhere() {
        let texts = [
            r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#,
            r#"{"Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}"#,
            r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b"}}"#,
            r#"{"Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}}"#,
        ];
        let mut store = clavicle_engine::PolicyStore::new();
        let policies: Vec<clavicle_policy::Policy> =
            texts.iter().filter_map(|text| clavicle_policy::parse(text.as_bytes()).policy).collect();
        let ids: Vec<PolicyId> = policies.iter().map(|policy| store.add(policy)).collect();
        let digests: Vec<Digest> = policies.iter().map(Digest::of).collect();
        let borne = [vec![ids[1], ids[2]], vec![ids[0], ids[1]], vec![ids[3]], vec![ids[0], ids[3]]];
        let bearers = BearersByDocument::new(4, borne.iter().map(Vec::as_slice));
        let speaking = Speaking::of(&digests, &bearers, "s3:getobject");
        assert_eq!((speaking.of_everything(), speaking.let_in_everywhere()), (&[0, 1][..], &[1, 3][..]));
    }

    #[test]
    fn bearers_are_found_by_document() {
        let mut store = clavicle_engine::PolicyStore::new();
        let policy = clavicle_policy::parse(b"{}").policy.expect("an object");
        let ids: Vec<PolicyId> = (0..3).map(|_| store.add(&policy)).collect();
        let borne = [vec![ids[0], ids[2]], vec![], vec![ids[2]]];
        let by_document = BearersByDocument::new(3, borne.iter().map(Vec::as_slice));
        assert_eq!([by_document.of(0), by_document.of(1), by_document.of(2)], [&[0][..], &[], &[0, 2]]);
    }
}
