//! Which things of an account could a class touch, and in which words? Only a "perhaps", see [`crate::digest`].

use std::sync::Arc;

use clavicle_catalog::Word;
use clavicle_engine::PolicyId;
use clavicle_snapshot::ResourceIndex;
use foldhash::{HashMap, HashMapExt, HashSet};
use rayon::prelude::*;

use crate::actor::{Actor, Target};
use crate::asked_words::{DRAWN, bit};
use crate::class::ClassId;
use crate::digest::{ActionPatterns, ResourcePatterns, StatementDigest};
use crate::kind::KindWords;
use crate::things_by_arn::ThingsByArn;
use crate::world::World;

/// What the documents of callers and things speak of, in an account.
pub(crate) struct Candidates<'w> {
    world: &'w World,
    things: usize,
    /// By document of a caller: things by place, with words.
    documents: HashMap<PolicyId, Vec<(usize, u8)>>,
    by_policy: ByResourcePolicy,
}

impl<'w> Candidates<'w> {
    pub(crate) fn new(
        world: &'w World,
        resources: &[ResourceIndex],
        by_arn: &ThingsByArn<'w>,
        classes: &[ClassId],
    ) -> Self {
        let mut kinds = WordsOfKinds::new(world, resources);
        let by_policy = kinds.by_resource_policy(resources, classes);
        let firsts = classes.iter().filter_map(|class| world.class_members(*class).first());
        let documents: HashSet<PolicyId> =
            firsts.flat_map(|first| world.bearer(*first).identity.iter().copied()).collect();
        let documents: Vec<(PolicyId, Vec<Spoken<'w>>)> =
            documents.into_iter().map(|policy| (policy, kinds.spoken(policy))).collect();
        let documents = documents
            .into_par_iter()
            .map(|(policy, spoken)| (policy, kinds.of_document(&spoken, by_arn)))
            .collect();
        Self { world, things: resources.len(), documents, by_policy }
    }

    /// The things, by place, that the members of a class could touch, with the words.
    pub(crate) fn of_class(&self, class: ClassId) -> Vec<(usize, u8)> {
        let Some(first) = self.world.class_members(class).first() else { return Vec::new() };
        let mut words = vec![0_u8; self.things];
        let identity = self.world.bearer(*first).identity.iter();
        let spoken = identity.filter_map(|policy| self.documents.get(policy)).flatten();
        let named = self.by_policy.of_class.get(&class).into_iter().flatten();
        for (at, mask) in spoken.chain(&self.by_policy.everyone).chain(named) {
            words[*at] |= mask;
        }
        (0..).zip(words).filter(|(_, mask)| *mask != 0).collect()
    }
}

/// A statement that could allow: the words that its actions could mean, kind by kind, and the things.
type Spoken<'w> = (Arc<[u8]>, &'w ResourcePatterns);

/// What actions could mean on the kinds of things of an account.
struct WordsOfKinds<'w> {
    world: &'w World,
    /// The kind of each thing, by place in `words`.
    kinds: Vec<usize>,
    words: Vec<&'w KindWords>,
    /// The words that a set of action patterns could mean, kind by kind.
    known: HashMap<(bool, Vec<&'w str>), Arc<[u8]>>,
}

/// Whom the policies of the things let in.
#[derive(Default)]
struct ByResourcePolicy {
    everyone: Vec<(usize, u8)>,
    of_class: HashMap<ClassId, Vec<(usize, u8)>>,
}

impl<'w> WordsOfKinds<'w> {
    fn new(world: &'w World, resources: &[ResourceIndex]) -> Self {
        let mut words: Vec<&KindWords> = Vec::new();
        let kinds = resources.iter().filter_map(|resource| {
            let own = world.words_on(&Target::Resource(*resource))?;
            let known = words.iter().position(|known| std::ptr::eq(*known, own));
            Some(known.unwrap_or_else(|| {
                words.push(own);
                words.len() - 1
            }))
        });
        Self { world, kinds: kinds.collect(), words, known: HashMap::new() }
    }

    /// The words that a set of actions could mean, kind by kind.
    fn masks(&mut self, actions: &'w ActionPatterns) -> Arc<[u8]> {
        let key: (bool, Vec<&str>) =
            (actions.negated, actions.patterns.iter().map(|pattern| pattern.text()).collect());
        let Self { words, known, .. } = self;
        let of_kind = |words: &&KindWords| {
            let could =
                |word: &Word| words.wanted(*word).iter().any(|it| actions.may_hold(it.action.lower()));
            DRAWN.iter().filter(|word| could(word)).fold(0, |mask, word| mask | bit(*word))
        };
        known.entry(key).or_insert_with(|| words.iter().map(of_kind).collect()).clone()
    }

    /// The statements of a document that could allow something that is drawn.
    fn spoken(&mut self, policy: PolicyId) -> Vec<Spoken<'w>> {
        let allows = self.world.documents.digest(policy).allows();
        let spoken = allows.map(|statement| (self.masks(&statement.actions), &statement.resources));
        spoken.filter(|(masks, _)| masks.iter().any(|mask| *mask != 0)).collect()
    }

    fn mask_on(&self, masks: &[u8], at: usize) -> u8 {
        self.kinds.get(at).and_then(|kind| masks.get(*kind)).copied().unwrap_or(0)
    }

    /// What a document could speak of.
    fn of_document(&self, spoken: &[Spoken<'w>], by_arn: &ThingsByArn<'w>) -> Vec<(usize, u8)> {
        let mut found = vec![0_u8; if spoken.is_empty() { 0 } else { self.kinds.len() }];
        for (masks, resources) in spoken {
            let mut add = |at: usize| found[at] |= self.mask_on(masks, at);
            match resources {
                ResourcePatterns::Any => (0..self.kinds.len()).for_each(&mut add),
                ResourcePatterns::Listed(listed) => {
                    listed.iter().for_each(|pattern| by_arn.fitting(pattern, &mut add));
                }
            }
        }
        (0..).zip(found).filter(|(_, mask)| *mask != 0).collect()
    }

    fn by_resource_policy(&mut self, resources: &[ResourceIndex], classes: &[ClassId]) -> ByResourcePolicy {
        let mut found = ByResourcePolicy::default();
        let known: HashSet<ClassId> = classes.iter().copied().collect();
        for (at, resource) in resources.iter().enumerate() {
            let Some(policy) = self.world.resource_policy(*resource) else { continue };
            for statement in self.world.documents.digest(policy).allows() {
                let masks = self.masks(&statement.actions);
                let mask = self.mask_on(&masks, at);
                if mask == 0 {
                    continue;
                }
                let same = |other: &StatementDigest| std::ptr::eq(other, statement);
                let named = self.world.named_by(policy, same);
                if named.everyone {
                    found.everyone.push((at, mask));
                }
                for actor in named.actors {
                    if let Actor::Principal(index) = actor {
                        let class = self.world.class_of(index);
                        if known.contains(&class) {
                            found.of_class.entry(class).or_default().push((at, mask));
                        }
                    }
                }
            }
        }
        found
    }
}
