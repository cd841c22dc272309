//! Which things of an account are alike to a caller of it, so that what is decided of one holds for the others?
//!
//! Two things are alike to a caller if no decision about them could differ: they are of one kind, in one region, with
//! the same facts, the same key and the same values of the tags that a policy reads; every `Resource` element on the
//! caller's side covers both or neither; and their own policies say the same of them, by the same elements, to whoever
//! they do not name one by one. What is not easily told makes a thing like no other.

use std::hash::BuildHasher as _;

use clavicle_catalog::ArnForm;
use clavicle_engine::{Coverage, Elements, PolicyId, ResourceElementId, Tri};
use clavicle_policy::{AccountId, PrincipalKind};
use clavicle_snapshot::{PolicyState, ResourceIndex, ResourceRecord, Tag};
use foldhash::{HashMap, HashMapExt, HashSet};
use rayon::prelude::*;

use crate::actor::Target;
use crate::asked_words::AskedWords;
use crate::class::ClassId;
use crate::digest::{Principals, ResourcePatterns, StatementDigest};
use crate::part::has_part;
use crate::policy_above::policy_in_force;
use crate::things_by_arn::ThingsByArn;
use crate::world::World;

/// What a caller cannot tell apart, by number: what things are, and what covers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Likeness(u32, u64);

/// The things of an account as its callers tell them apart.
pub(crate) struct AlikeThings<'w> {
    world: &'w World,
    /// Whom the policy of each thing names one by one.
    named: Vec<Vec<ClassId>>,
    /// By document: the things that its elements tell from others, by place, with a mark.
    marks: HashMap<PolicyId, Vec<(usize, u64)>>,
    /// By the tags that the documents of a caller read: the number of what each thing is.
    by_tags: HashMap<Vec<&'w str>, Vec<u32>>,
}

impl<'w> AlikeThings<'w> {
    /// `callers`: the documents on the side of each caller, with the control policies above it.
    pub(crate) fn new(
        world: &'w World,
        resources: &[ResourceIndex],
        asked: &[&AskedWords<'w, '_>],
        by_arn: &ThingsByArn<'w>,
        callers: &[&[PolicyId]],
    ) -> Self {
        let coverage = Coverage::new(world.store());
        let things = Things { world, resources, asked, coverage };
        let documents: HashSet<PolicyId> = callers.iter().copied().flatten().copied().collect();
        let marks = things.marks(&documents.into_iter().collect::<Vec<_>>(), by_arn);
        let (what, named): (Vec<_>, Vec<_>) =
            (0..resources.len()).into_par_iter().map(|at| things.what(at)).unzip();
        let mut by_tags: HashMap<Vec<&'w str>, Vec<u32>> = HashMap::new();
        for documents in callers {
            by_tags.entry(tags_read(world, documents)).or_default();
        }
        by_tags.par_iter_mut().for_each(|(read, numbers)| *numbers = things.numbers(&what, read));
        Self { world, named, marks, by_tags }
    }

    /// The things as one caller sees them.
    pub(crate) fn to_caller(&self, documents: &[PolicyId]) -> AlikeToCaller<'_, 'w> {
        let mut marks = vec![0; self.named.len()];
        for (at, mark) in documents.iter().filter_map(|policy| self.marks.get(policy)).flatten() {
            marks[*at] = mix(marks[*at], *mark);
        }
        let what = self.by_tags.get(&tags_read(self.world, documents)).map_or(&[][..], Vec::as_slice);
        AlikeToCaller { things: self, what, marks }
    }
}

/// The things as one caller sees them.
pub(crate) struct AlikeToCaller<'a, 'w> {
    things: &'a AlikeThings<'w>,
    what: &'a [u32],
    marks: Vec<u64>,
}

impl AlikeToCaller<'_, '_> {
    /// Things of one likeness are alike. `None`: this one is like no other to this class.
    pub(crate) fn of(&self, at: usize, class: ClassId) -> Option<Likeness> {
        let is_named = self.things.named.get(at).is_none_or(|named| named.contains(&class));
        (!is_named).then_some(Likeness(*self.what.get(at)?, *self.marks.get(at)?))
    }
}

/// The tags of things that some documents read, sorted.
fn tags_read<'w>(world: &'w World, documents: &[PolicyId]) -> Vec<&'w str> {
    let read = documents.iter().flat_map(|policy| &world.documents.digest(*policy).resource_tags);
    let mut read: Vec<&str> = read.map(|tag| &**tag).collect();
    read.sort_unstable();
    read.dedup();
    read
}

/// What a thing is to all who are not named by its policy, apart from tags and from what covers it.
#[derive(Debug, PartialEq, Eq, Hash)]
struct What<'w> {
    kind: usize,
    /// The ARN up to the name.
    head: &'w str,
    /// `key` of `key/1234`: some names are more than names.
    sort: &'w str,
    region: Option<&'w str>,
    tags_seen: bool,
    may_have_more_tags: bool,
    /// Do the tags of a bucket take part in access?
    bucket_abac: Option<&'w str>,
    aws_managed: bool,
    /// How public access is blocked, and whether that was seen.
    block: (bool, bool),
    /// With what it is encrypted.
    key: Option<Target>,
    policy: OwnPolicy,
    /// Set for what is like no other.
    alone: Option<usize>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
enum OwnPolicy {
    None,
    NotSeen,
    /// Its statements, save those that name others only: their elements, and how they cover each form of the thing.
    Says {
        public: bool,
        statements: Vec<(Elements, bool, Vec<Option<Tri>>)>,
    },
}

struct Things<'a, 'w, 'q> {
    world: &'w World,
    resources: &'a [ResourceIndex],
    asked: &'a [&'a AskedWords<'w, 'q>],
    coverage: Coverage<'w>,
}

impl<'w> Things<'_, 'w, '_> {
    fn record(&self, at: usize) -> &'w ResourceRecord {
        self.world.snapshot().resource(self.resources[at])
    }

    /// What a thing is, and whom its policy names one by one.
    fn what(&self, at: usize) -> (What<'w>, Vec<ClassId>) {
        let record = self.record(at);
        let colon = record.arn.match_indices(':').nth(4).map_or(0, |(colon, _)| colon + 1);
        let (head, name) = record.arn.split_at(colon);
        let sort = name.split_once('/').map_or("", |(sort, _)| sort);
        let mut named = Vec::new();
        let (policy, plain) = self.own_policy(at, &mut named);
        // Aliases, roles and policies have names that mean something to AWS.
        let plain = plain && !head.is_empty() && !matches!(sort, "alias" | "role" | "policy");
        let kind = self.asked[at].kind;
        let what = What {
            kind: kind.map_or(usize::MAX, crate::kind::KindWords::number),
            head,
            sort: if sort == "key" { sort } else { "" },
            region: record.region.as_deref(),
            tags_seen: record.tags.is_some(),
            may_have_more_tags: self.world.may_have_more_tags(&record.arn),
            bucket_abac: record.facts.bucket_abac.as_deref(),
            aws_managed: record.facts.aws_managed == Some(true),
            block: self.world.block_of(record),
            key: self.world.key_of(record),
            policy,
            alone: (!plain || kind.is_none()).then_some(at),
        };
        (what, named)
    }

    /// What the thing's policy says to whom it does not name; `false`: in a way that is not easily told.
    fn own_policy(&self, at: usize, named: &mut Vec<ClassId>) -> (OwnPolicy, bool) {
        let record = self.record(at);
        let policy = match policy_in_force(self.world.snapshot(), record) {
            PolicyState::None => return (OwnPolicy::None, true),
            state => self.world.documents.of(state),
        };
        let Some(policy) = policy else { return (OwnPolicy::NotSeen, true) };
        let digest = self.world.documents.digest(policy);
        let mut plain = digest.resource_tags.is_empty();
        let mut statements = Vec::new();
        for (elements, statement) in self.world.store().elements(policy).zip(&digest.statements) {
            if let ResourcePatterns::Listed(patterns) = &statement.resources {
                plain &= !patterns.iter().any(|pattern| self.has_part(pattern, at));
            }
            if !elements.faulty && self.names_others_only(statement, record.account, named) {
                continue;
            }
            let covers = elements.resource.map_or(Vec::new(), |element| self.covers(element, at));
            plain &= !covers.contains(&None);
            let of_whole = elements.resource.is_none();
            statements.push((Elements { resource: None, ..elements }, of_whole, covers));
        }
        let public = self.world.store().is_public(policy);
        (OwnPolicy::Says { public, statements }, plain)
    }

    /// Does the statement name nobody of the account but those who are added to `named`?
    fn names_others_only(
        &self,
        statement: &StatementDigest,
        own: Option<AccountId>,
        named: &mut Vec<ClassId>,
    ) -> bool {
        let Some(Principals::Listed(listed)) = &statement.principals else { return false };
        listed.iter().all(|(kind, text)| {
            if *kind != PrincipalKind::Aws {
                // Services and those whom a provider vouches for are no users and roles.
                return true;
            }
            if let Some(index) = self.world.snapshot().principal_by_arn(text) {
                named.push(self.world.class_of(index));
                return true;
            }
            let account =
                text.strip_suffix(":root").and_then(AccountId::of_arn).or_else(|| AccountId::parse(text));
            account.is_some() && account != own
        })
    }

    /// How an element covers each form of the thing. `None`: that depends on who asks.
    fn covers(&self, element: ResourceElementId, at: usize) -> Vec<Option<Tri>> {
        let forms = self.asked[at].forms().iter();
        forms.map(|(_, side)| self.coverage.of(element, &side.resource)).collect()
    }

    /// Could a pattern give access to a part of the thing only?
    fn has_part(&self, pattern: &str, at: usize) -> bool {
        self.asked[at].forms().iter().any(|(form, _)| match form {
            ArnForm::Under(ending) => has_part(pattern, &self.record(at).arn, ending),
            ArnForm::Itself | ArnForm::Above { .. } | ArnForm::Anything => false,
        })
    }

    /// By document: how its elements mark the things, where they tell them apart.
    fn marks(
        &self,
        documents: &[PolicyId],
        by_arn: &ThingsByArn<'w>,
    ) -> HashMap<PolicyId, Vec<(usize, u64)>> {
        let mut elements: HashMap<ResourceElementId, Vec<&ResourcePatterns>> = HashMap::new();
        for policy in documents {
            let statements = self.world.documents.digest(*policy).statements.iter();
            for (own, statement) in self.world.store().elements(*policy).zip(statements) {
                if let Some(element) = own.resource {
                    let known = elements.entry(element).or_default();
                    // An element of a statement that cannot be read is not cut into patterns.
                    let is_any = |patterns: &ResourcePatterns| matches!(patterns, ResourcePatterns::Any);
                    if known.is_empty()
                        || (is_any(&statement.resources) && !known.iter().any(|it| is_any(it)))
                    {
                        known.push(&statement.resources);
                    }
                }
            }
        }
        let of_element: HashMap<ResourceElementId, Vec<(usize, u64)>> = elements
            .par_iter()
            .map(|(element, patterns)| (*element, self.marks_of(*element, patterns, by_arn)))
            .collect();
        let of_document = |policy: &PolicyId| {
            let mut own: Vec<ResourceElementId> =
                self.world.store().elements(*policy).filter_map(|elements| elements.resource).collect();
            own.sort_unstable();
            own.dedup();
            let mut marks: Vec<(usize, u64)> =
                own.iter().filter_map(|element| of_element.get(element)).flatten().copied().collect();
            marks.sort_by_key(|(at, _)| *at);
            marks.dedup_by(|next, first| {
                let same = next.0 == first.0;
                if same {
                    first.1 = mix(first.1, next.1);
                }
                same
            });
            (*policy, marks)
        };
        documents.par_iter().map(of_document).collect()
    }

    fn marks_of(
        &self,
        element: ResourceElementId,
        listed: &[&ResourcePatterns],
        by_arn: &ThingsByArn<'w>,
    ) -> Vec<(usize, u64)> {
        let mut things: Vec<usize> = Vec::new();
        let mut parted: HashSet<usize> = HashSet::default();
        for patterns in listed {
            match patterns {
                ResourcePatterns::Any => things.extend(0..self.resources.len()),
                ResourcePatterns::Listed(patterns) => {
                    // What covers everything tells nothing apart.
                    for pattern in patterns.iter().filter(|pattern| !pattern.trim_matches('*').is_empty()) {
                        by_arn.fitting(pattern, |at| {
                            things.push(at);
                            if self.has_part(pattern, at) {
                                parted.insert(at);
                            }
                        });
                    }
                }
            }
        }
        things.sort_unstable();
        things.dedup();
        let mark = |at: usize| {
            let covers = self.covers(element, at);
            let told = (!parted.contains(&at)).then_some(&covers).filter(|covers| !covers.contains(&None));
            let first = mix(0, element.index() as u64);
            match told {
                Some(covers) => {
                    covers.iter().fold(first, |mark, tri| mix(mark, tri.map_or(3, |tri| tri as u64)))
                }
                // Like no other.
                None => mix(first, u64::MAX - at as u64),
            }
        };
        things.into_iter().map(|at| (at, mark(at))).collect()
    }

    /// The numbers of what things are, told apart by these tags too.
    fn numbers(&self, what: &[What<'w>], read: &[&str]) -> Vec<u32> {
        let mut known: HashMap<(&What<'w>, TagsRead<'_>), u32> = HashMap::new();
        let numbers = what.iter().enumerate().map(|(at, what)| {
            let tags = tags_of(self.record(at).tags.as_deref().unwrap_or(&[]), read);
            let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
            *known.entry((what, tags)).or_insert(next)
        });
        numbers.collect()
    }
}

/// Keys in lower case, with values.
type TagsRead<'t> = Vec<(&'t str, &'t str)>;

/// The tags among these that are read, in the order in which they are stated.
fn tags_of<'t>(tags: &'t [Tag], read: &[&'t str]) -> TagsRead<'t> {
    let read = tags.iter().filter_map(|(key, value)| {
        let place = read.binary_search(&key.to_lowercase().as_str()).ok()?;
        Some((*read.get(place)?, &**value))
    });
    read.collect()
}

/// Sixty-four bits hold apart the things of an account.
fn mix(mark: u64, more: u64) -> u64 {
    foldhash::fast::FixedState::with_seed(mark).hash_one(more)
}
