//! Who of an account touches which thing of it: the matrix of an account, and who reaches in from outside.
//!
//! Every pair of a class and a thing could be asked of the engine, and most answers would be no: policies speak of few
//! things. So first the documents are asked what they speak of (see [`crate::digest`]): each Allow statement gives the
//! things that it could cover and the words that its actions could mean there. Only those are decided.

use std::sync::{Arc, OnceLock};

use clavicle_catalog::Word;
use clavicle_engine::{Context, PolicyId};
use clavicle_policy::AccountId;
use clavicle_snapshot::{PrincipalIndex, ResourceIndex};
use foldhash::{HashMap, HashMapExt};
use rayon::prelude::*;

use crate::action_kinds::{DocumentMarks, Marks};
use crate::actor::{Actor, Target};
use crate::asked_words::{AskedWords, DRAWN, bit};
use crate::ceiling::Ceiling;
use crate::class::ClassId;
use crate::digest::{ActionPatterns, ResourcePatterns, StatementDigest, literal_prefix};
use crate::kind::KindWords;
use crate::side::ActorSide;
use crate::world::World;

/// What the members of a class can do with a thing of an account: one cell of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touch {
    /// Who: any member of this class.
    pub class: ClassId,
    /// With what.
    pub resource: ResourceIndex,
    /// Words that are allowed, a bit each by place in [`Word::ALL`].
    pub allowed: u8,
    /// Words that depend on conditions or on what was not seen.
    pub depends: u8,
}

/// What somebody who is not of the account can do with a thing of it, by the thing's own policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideTouch {
    /// Who.
    pub actor: Actor,
    /// With what.
    pub resource: ResourceIndex,
    /// Words that are allowed, a bit each by place in [`Word::ALL`].
    pub allowed: u8,
    /// Words that depend on conditions or on what was not seen.
    pub depends: u8,
}

/// The touches of one account.
#[derive(Debug, Default)]
pub struct AccountTouches {
    /// From within, by resource, then class. Administrators are left out, who touch everything, and so are words that
    /// everyone may do to a thing.
    pub within: Vec<Touch>,
    /// From without, by resource, then actor. AWS services are left out.
    pub outside: Vec<OutsideTouch>,
}

impl World {
    /// Who touches which thing of this account? Worked out when first asked for, once an account: a decision for every
    /// class, thing and word that a policy speaks of.
    pub fn touches(&self, account: AccountId) -> Arc<AccountTouches> {
        let Some(at) = self.account_place(account) else { return Arc::default() };
        self.touches[at].get_or_init(|| Arc::new(self.work_out_touches(account))).clone()
    }

    /// Who reaches things of this account from without, by the things' own policies: by resource, then actor. A small
    /// part of [`World::touches`], and worked out without the rest: once an account, a few decisions for everybody whom
    /// a policy of a thing names.
    pub fn outside_touches(&self, account: AccountId) -> Arc<Vec<OutsideTouch>> {
        let Some(at) = self.account_place(account) else { return Arc::default() };
        let worked_out = || {
            let when = self.context(&Default::default());
            let reached = self.resources_of(account).par_iter().with_min_len(16).flat_map_iter(|resource| {
                // Most things have no policy, and then nobody gets in from without.
                if self.resource_policy(*resource).is_none() {
                    return Vec::new();
                }
                let target = Target::Resource(*resource);
                self.reach_in(*resource, account, &AskedWords::new(self, &target), &when)
            });
            Arc::new(reached.collect())
        };
        self.outside_touches[at].get_or_init(worked_out).clone()
    }

    fn work_out_touches(&self, account: AccountId) -> AccountTouches {
        let when = self.context(&Default::default());
        let outside = self.outside_touches(account);
        let classes: Vec<ClassId> = self
            .classes_of(account)
            .into_iter()
            .filter(|class| !self.class_members(*class).first().is_some_and(|first| self.is_admin(*first)))
            .collect();
        let ladder = self.scps_of(Some(account));
        let callers: Vec<Option<Caller<'_>>> = classes
            .iter()
            .map(|class| {
                let first = *self.class_members(*class).first()?;
                Some(Caller {
                    side: self.principal_side(first, ladder.clone())?,
                    documents: self.documents_bearing_on(first, account),
                    marks: (0..self.kind_count()).map(|_| OnceLock::new()).collect(),
                })
            })
            .collect();
        let resources = self.resources_of(account);
        let candidates = Candidates::new(self, resources).of(&classes);
        let of_things = resources.iter().filter_map(|resource| self.resource_policy(*resource));
        let of_callers = callers.iter().flatten().flat_map(|caller| caller.documents.iter().copied());
        let marks = DocumentMarks::new(self, of_things.chain(of_callers));
        let found: Vec<Vec<Touch>> = resources
            .par_iter()
            .zip(candidates)
            .map(|(resource, candidates)| {
                let target = Target::Resource(*resource);
                let asked = AskedWords::new(self, &target);
                let own: Vec<PolicyId> = asked.own_policy().into_iter().collect();
                let own = asked.kind.map(|kind| marks.together(&own, kind)).unwrap_or_default();
                // What everyone can do, those within can too: that is one line, not one for each of them.
                let start = outside.partition_point(|touch| touch.resource < *resource);
                let of_thing = outside.iter().skip(start).take_while(|touch| touch.resource == *resource);
                let public = { of_thing }.find(|touch| touch.actor == Actor::Everyone);
                let public = public.map_or(0, |touch| touch.allowed);
                let within = candidates.into_iter().filter_map(|(place, words)| {
                    let caller = callers.get(place)?.as_ref()?;
                    let of_caller = caller.marks_on(asked.kind?, &marks);
                    let words = words & !public;
                    let (allowed, depends) =
                        asked.touch_by_marks(&caller.side, words, of_caller, &own, &when);
                    let class = *classes.get(place)?;
                    (allowed | depends != 0).then_some(Touch { class, resource: *resource, allowed, depends })
                });
                within.collect()
            })
            .collect();
        AccountTouches { within: found.into_iter().flatten().collect(), outside: outside.to_vec() }
    }

    /// Who reaches a thing by its own policy without being of its account?
    fn reach_in(
        &self,
        resource: ResourceIndex,
        account: AccountId,
        asked: &AskedWords<'_, '_>,
        when: &Context,
    ) -> Vec<OutsideTouch> {
        let Some(policy) = self.resource_policy(resource) else { return Vec::new() };
        let named = self.named_by(policy, |_| true);
        let mut actors: Vec<Actor> = Vec::new();
        for actor in named.actors {
            match actor {
                Actor::Service(_) | Actor::Root(_) => {}
                other => actors.push(other),
            }
        }
        for other in named.accounts {
            let firsts =
                self.classes_of(other).into_iter().filter_map(|class| self.class_members(class).first());
            actors
                .extend(firsts.filter(|first| !self.is_admin(**first)).map(|first| Actor::Principal(*first)));
        }
        if named.everyone {
            actors.push(Actor::Everyone);
        }
        actors.retain(|actor| self.account_of(actor) != Some(account));
        actors.sort();
        actors.dedup();
        let found = actors.into_iter().filter_map(|actor| {
            let words = DRAWN.into_iter().fold(0, |words, word| words | bit(word));
            let sides = self.sides_of(&actor);
            let (mut allowed, mut depends) = (0, 0);
            for side in &sides {
                let (more, perhaps) = asked.touch(side, words, when);
                allowed |= more;
                depends |= perhaps;
            }
            depends &= !allowed;
            (allowed | depends != 0).then_some(OutsideTouch { actor, resource, allowed, depends })
        });
        found.collect()
    }

    /// Every document that says which actions a principal may do to things of its own account: its own, its boundary,
    /// and the control policies above the account.
    fn documents_bearing_on(&self, principal: PrincipalIndex, account: AccountId) -> Vec<PolicyId> {
        let bearer = self.bearer(principal);
        let mut documents = bearer.identity.to_vec();
        documents.extend(bearer.boundary_policy());
        if let Some(ceilings) = self.ceilings_of(account) {
            for ceiling in [&ceilings.scps, &ceilings.rcps] {
                if let Ceiling::Levels(levels) = ceiling {
                    documents.extend(levels.iter().flat_map(|level| level.policies.iter().copied()));
                }
            }
        }
        documents
    }

    /// The sides that stand for an actor: everyone is whoever sends no signature, and whoever signs with an account
    /// that nobody has heard of.
    pub(crate) fn sides_of(&self, actor: &Actor) -> Vec<ActorSide<'_>> {
        let stranger = match actor {
            Actor::Everyone => self.actor_side(&Actor::Unseen(crate::becomes::ANYONE_SIGNED_IN.into())),
            _ => None,
        };
        self.actor_side(actor).into_iter().chain(stranger).collect()
    }
}

/// A class as it asks.
struct Caller<'w> {
    side: ActorSide<'w>,
    documents: Vec<PolicyId>,
    /// By kind of thing.
    marks: Box<[OnceLock<Marks>]>,
}

impl Caller<'_> {
    fn marks_on(&self, kind: &KindWords, marks: &DocumentMarks<'_>) -> &[u64] {
        let slot = self.marks.get(kind.number());
        slot.map_or(&[], |slot| slot.get_or_init(|| marks.together(&self.documents, kind)))
    }
}

/// Which things of an account a document could speak of, and in which words.
struct Candidates<'w> {
    world: &'w World,
    /// The things by ARN: the place in the list of the account.
    by_arn: Vec<(&'w str, usize)>,
    /// The kind of each thing, by place; the kinds with a thing of each.
    kinds: Vec<usize>,
    kind_words: Vec<&'w KindWords>,
    resources: &'w [ResourceIndex],
}

impl<'w> Candidates<'w> {
    fn new(world: &'w World, resources: &'w [ResourceIndex]) -> Self {
        let mut by_arn: Vec<(&str, usize)> = resources
            .iter()
            .enumerate()
            .map(|(at, resource)| (&*world.snapshot().resource(*resource).arn, at))
            .collect();
        by_arn.sort_unstable();
        let mut kind_words: Vec<&KindWords> = Vec::new();
        let kinds = resources.iter().filter_map(|resource| {
            let words = world.words_on(&Target::Resource(*resource))?;
            let known = kind_words.iter().position(|known| std::ptr::eq(*known, words));
            Some(known.unwrap_or_else(|| {
                kind_words.push(words);
                kind_words.len() - 1
            }))
        });
        Self { world, by_arn, kinds: kinds.collect(), kind_words, resources }
    }

    /// For every thing, the classes (by place) that could touch it, with the words.
    fn of(&self, classes: &[ClassId]) -> Vec<Vec<(usize, u8)>> {
        let mut patterns = HashMap::new();
        let mut documents: HashMap<PolicyId, Vec<(usize, u8)>> = HashMap::new();
        let mut found: Vec<Vec<(usize, u8)>> = vec![Vec::new(); self.resources.len()];
        let mut words = vec![0_u8; self.resources.len()];
        let by_policy = self.by_resource_policy(classes, &mut patterns);
        for (place, class) in classes.iter().enumerate() {
            let Some(first) = self.world.class_members(*class).first() else { continue };
            let mut touched: Vec<usize> = Vec::new();
            let mut add = |(at, mask): (usize, u8)| {
                if let Some(slot) = words.get_mut(at) {
                    if *slot == 0 {
                        touched.push(at);
                    }
                    *slot |= mask;
                }
            };
            for policy in &self.world.bearer(*first).identity {
                let spoken =
                    documents.entry(*policy).or_insert_with(|| self.of_document(*policy, &mut patterns));
                spoken.iter().copied().for_each(&mut add);
            }
            by_policy.everyone.iter().copied().for_each(&mut add);
            by_policy.of_class.get(class).into_iter().flatten().copied().for_each(&mut add);
            for at in touched {
                let mask = std::mem::take(&mut words[at]);
                if mask != 0 {
                    found[at].push((place, mask));
                }
            }
        }
        found
    }

    /// What a document of a caller could speak of.
    fn of_document(&self, policy: PolicyId, patterns: &mut PatternWords<'w>) -> Vec<(usize, u8)> {
        let mut found: HashMap<usize, u8> = HashMap::new();
        for statement in self.world.documents.digest(policy).allows() {
            let masks = self.masks(&statement.actions, patterns);
            if masks.iter().all(|mask| *mask == 0) {
                continue;
            }
            let mut add = |at: usize| {
                let mask = self.kinds.get(at).and_then(|kind| masks.get(*kind)).copied().unwrap_or(0);
                if mask != 0 {
                    *found.entry(at).or_default() |= mask;
                }
            };
            match &statement.resources {
                ResourcePatterns::Any => (0..self.resources.len()).for_each(&mut add),
                ResourcePatterns::Listed(listed) => {
                    listed.iter().for_each(|pattern| self.fitting(pattern, &mut add));
                }
            }
        }
        let mut found: Vec<(usize, u8)> = found.into_iter().collect();
        found.sort_unstable();
        found
    }

    /// The things that a resource pattern could cover, or something in them.
    fn fitting(&self, pattern: &str, add: &mut impl FnMut(usize)) {
        let prefix = literal_prefix(pattern);
        let start = self.by_arn.partition_point(|(arn, _)| *arn < prefix);
        let within = self.by_arn.get(start..).unwrap_or_default();
        within.iter().take_while(|(arn, _)| arn.starts_with(prefix)).for_each(|(_, at)| add(*at));
        // `arn:aws:s3:::bucket/reports/*` speaks of something in `arn:aws:s3:::bucket`.
        for (end, _) in prefix.match_indices(['/', ':']) {
            let above = prefix.get(..end).unwrap_or_default();
            let found = self.by_arn.binary_search_by(|(arn, _)| (*arn).cmp(above));
            if let Some((_, at)) = found.ok().and_then(|place| self.by_arn.get(place)) {
                add(*at);
            }
        }
    }

    /// The words that a set of actions could mean, kind by kind.
    fn masks(&self, actions: &'w Arc<ActionPatterns>, patterns: &mut PatternWords<'w>) -> Arc<[u8]> {
        let key: (bool, Vec<&str>) =
            (actions.negated, actions.patterns.iter().map(|pattern| pattern.text()).collect());
        patterns
            .entry(key)
            .or_insert_with(|| {
                let of_kind = |words: &&KindWords| {
                    let could = |word: &Word| {
                        words.wanted(*word).iter().any(|wanted| actions.may_hold(wanted.action.lower()))
                    };
                    DRAWN.iter().filter(|word| could(word)).fold(0, |mask, word| mask | bit(*word))
                };
                self.kind_words.iter().map(of_kind).collect()
            })
            .clone()
    }

    /// Whom the policies of the things let in.
    fn by_resource_policy(&self, classes: &[ClassId], patterns: &mut PatternWords<'w>) -> ByResourcePolicy {
        let mut found = ByResourcePolicy::default();
        let known: foldhash::HashSet<ClassId> = classes.iter().copied().collect();
        for (at, resource) in self.resources.iter().enumerate() {
            let Some(policy) = self.world.resource_policy(*resource) else { continue };
            for statement in self.world.documents.digest(policy).allows() {
                let masks = self.masks(&statement.actions, patterns);
                let mask = self.kinds.get(at).and_then(|kind| masks.get(*kind)).copied().unwrap_or(0);
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

/// Which words a set of action patterns could mean, kind by kind.
type PatternWords<'w> = HashMap<(bool, Vec<&'w str>), Arc<[u8]>>;

#[derive(Default)]
struct ByResourcePolicy {
    everyone: Vec<(usize, u8)>,
    of_class: HashMap<ClassId, Vec<(usize, u8)>>,
}
