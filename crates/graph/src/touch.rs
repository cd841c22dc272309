//! Who of an account touches which thing of it: the matrix of an account, and who reaches in from outside.
//!
//! Every pair of a class and a thing could be asked of the engine, and most answers would be no: policies speak of few
//! things. So first the documents are asked what they speak of (see [`crate::digest`]): each Allow statement gives the
//! things that it could cover and the words that its actions could mean there. Of those, a caller is asked once about
//! things that are alike to it (see [`crate::alike`]).

use std::sync::{Arc, OnceLock};

use clavicle_engine::PolicyId;
use clavicle_policy::AccountId;
use clavicle_snapshot::{PrincipalIndex, ResourceIndex};
use foldhash::{HashMap, HashMapExt};
use rayon::prelude::*;

use crate::action_kinds::{DocumentMarks, Marks};
use crate::actor::{Actor, Target};
use crate::alike::{AlikeThings, Likeness};
use crate::asked_words::{AskedWords, DRAWN, bit};
use crate::candidates::Candidates;
use crate::ceiling::Ceiling;
use crate::changed::Changed;
use crate::class::ClassId;
use crate::kind::KindWords;
use crate::side::ActorSide;
use crate::things_by_arn::ThingsByArn;
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

/// Whose touches are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Of all but administrators, who touch nearly everything.
    Others,
    /// Of administrators alone: which of it they do not touch.
    Administrators,
}

impl World {
    /// Is somebody one of these?
    fn is_of(&self, whose: Whose, principal: PrincipalIndex) -> bool {
        self.is_admin(principal) == (whose == Whose::Administrators)
    }

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
            self.sort_callers();
            let when = self.context(&Default::default());
            let reached = self.resources_of(account).par_iter().with_min_len(16).flat_map_iter(|resource| {
                // Most things have no policy, and then nobody gets in from without.
                if self.resource_policy(*resource).is_none() {
                    return Vec::new();
                }
                let target = Target::Resource(*resource);
                self.reach_in(*resource, account, &AskedWords::new(self, &target, &when), |class| {
                    self.class_is_of(Whose::Others, class)
                })
            });
            Arc::new(reached.collect())
        };
        self.outside_touches[at].get_or_init(worked_out).clone()
    }

    /// The same of administrators of other accounts alone, where they or the thing are among what changed.
    pub fn outside_touches_of_administrators(
        &self,
        account: AccountId,
        changed: &Changed,
    ) -> Vec<OutsideTouch> {
        self.sort_callers();
        let when = self.context(&Default::default());
        let is_changed =
            |class: ClassId| self.class_members(class).iter().any(|it| changed.has_principal(*it));
        let others = self.snapshot().accounts.iter().filter(|other| other.id != account);
        let some_changed = others
            .flat_map(|other| self.classes_of(other.id))
            .any(|class| self.class_is_of(Whose::Administrators, class) && is_changed(class));
        let reached = self.resources_of(account).par_iter().with_min_len(16).flat_map_iter(|resource| {
            let is_other = changed.has_resource(*resource);
            if self.resource_policy(*resource).is_none() || !(is_other || some_changed) {
                return Vec::new();
            }
            let is_asked =
                |class| self.class_is_of(Whose::Administrators, class) && (is_other || is_changed(class));
            let target = Target::Resource(*resource);
            let mut found =
                self.reach_in(*resource, account, &AskedWords::new(self, &target, &when), is_asked);
            // Whom the policy names one by one stands with everybody else.
            found.retain(|touch| matches!(touch.actor, Actor::Principal(index) if self.is_admin(index)));
            found
        });
        reached.collect()
    }

    fn work_out_touches(&self, account: AccountId) -> AccountTouches {
        let outside = self.outside_touches(account).to_vec();
        let within =
            self.touches_among(account, &self.classes_of(account), self.resources_of(account), Whose::Others);
        AccountTouches { within, outside }
    }

    /// What the members of a class touch of the things of their own account.
    pub fn touches_of_class(&self, account: AccountId, class: ClassId) -> Vec<Touch> {
        self.touches_among(account, &[class], self.resources_of(account), Whose::Others)
    }

    /// What these classes of an account touch of these things of it, by thing, then class.
    pub(crate) fn touches_among(
        &self,
        account: AccountId,
        classes: &[ClassId],
        resources: &[ResourceIndex],
        whose: Whose,
    ) -> Vec<Touch> {
        self.sort_callers();
        let when = self.context(&Default::default());
        let outside = self.outside_touches(account);
        let callers = self.callers_among(account, classes, whose);
        let targets: Vec<Target> = resources.iter().map(|resource| Target::Resource(*resource)).collect();
        let of_things = resources.iter().filter_map(|resource| self.resource_policy(*resource));
        let of_callers = callers.iter().flat_map(|caller| caller.documents.iter().copied());
        let marks = DocumentMarks::new(self, of_things.chain(of_callers));
        let things: Vec<Thing<'_, '_>> = targets
            .par_iter()
            .zip(resources)
            .map(|(target, resource)| {
                let asked = AskedWords::new(self, target, &when);
                let own: Vec<PolicyId> = asked.own_policy().into_iter().collect();
                let own = asked.kind.map(|kind| marks.together(&own, kind)).unwrap_or_default();
                // What everyone can do, those within can too: that is one line, not one for each of them.
                let start = outside.partition_point(|touch| touch.resource < *resource);
                let of_thing = outside.iter().skip(start).take_while(|touch| touch.resource == *resource);
                let public = { of_thing }.find(|touch| touch.actor == Actor::Everyone);
                let public = public.map_or(0, |touch| touch.allowed);
                Thing { asked, own, public }
            })
            .collect();
        let by_arn = ThingsByArn::new(self, resources);
        let classes: Vec<ClassId> = callers.iter().map(|caller| caller.class).collect();
        let candidates = Candidates::new(self, resources, &by_arn, &classes);
        let asked: Vec<&AskedWords<'_, '_>> = things.iter().map(|thing| &thing.asked).collect();
        let documents: Vec<&[PolicyId]> = callers.iter().map(|caller| caller.documents.as_slice()).collect();
        let alike = AlikeThings::new(self, resources, &asked, &by_arn, &documents);
        let touched: Vec<Vec<Cell>> = callers
            .par_iter()
            .map(|caller| {
                let mut known: HashMap<(Likeness, u8), (u8, u8)> = HashMap::new();
                let likeness = alike.to_caller(&caller.documents);
                let touch = |(at, words): (usize, u8)| {
                    let thing = things.get(at)?;
                    let words = words & !thing.public;
                    if words == 0 {
                        return None;
                    }
                    let ask = || {
                        let of_caller = caller.marks_on(thing.asked.kind?, &marks);
                        Some(thing.asked.touch_by_marks(&caller.side, words, of_caller, &thing.own))
                    };
                    // Things that are alike to this caller are asked about once.
                    let (allowed, depends) = match likeness.of(at, caller.class) {
                        None => ask()?,
                        Some(likeness) => match known.get(&(likeness, words)) {
                            Some(known) => *known,
                            None => *known.entry((likeness, words)).or_insert(ask()?),
                        },
                    };
                    (allowed | depends != 0).then_some(Cell { thing: at, allowed, depends })
                };
                candidates.of_class(caller.class).into_iter().filter_map(touch).collect()
            })
            .collect();
        by_thing(resources, &classes, &touched)
    }

    /// Those whose touches are listed, by class.
    fn callers_among(&self, account: AccountId, classes: &[ClassId], whose: Whose) -> Vec<Caller<'_>> {
        let ladder = self.scps_of(Some(account));
        let callers = classes.iter().copied().filter_map(|class| {
            let first = *self.class_members(class).first().filter(|first| self.is_of(whose, **first))?;
            Some(Caller {
                class,
                side: self.principal_side(first, ladder.clone())?,
                documents: self.documents_bearing_on(first, account),
                marks: (0..self.kind_count()).map(|_| OnceLock::new()).collect(),
            })
        });
        callers.collect()
    }

    fn class_is_of(&self, whose: Whose, class: ClassId) -> bool {
        self.class_members(class).first().is_some_and(|first| self.is_of(whose, *first))
    }

    /// Who reaches a thing by its own policy without being of its account? Of accounts that it lets in as a whole, these
    /// classes are asked about.
    fn reach_in(
        &self,
        resource: ResourceIndex,
        account: AccountId,
        asked: &AskedWords<'_, '_>,
        is_asked: impl Fn(ClassId) -> bool,
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
            let classes = self.classes_of(other).into_iter().filter(|class| is_asked(*class));
            let firsts = classes.filter_map(|class| self.class_members(class).first());
            actors.extend(firsts.map(|first| Actor::Principal(*first)));
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
                let (more, perhaps) = asked.touch(side, words);
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

/// A thing as it is asked about.
struct Thing<'w, 'q> {
    asked: AskedWords<'w, 'q>,
    /// Which actions its own policy tells apart.
    own: Marks,
    /// Words that everyone may do.
    public: u8,
}

/// A touch of one caller: the place of the thing, and the words.
struct Cell {
    thing: usize,
    allowed: u8,
    depends: u8,
}

/// What was found by caller, in the order of the things.
fn by_thing(resources: &[ResourceIndex], classes: &[ClassId], touched: &[Vec<Cell>]) -> Vec<Touch> {
    let mut next = vec![0_usize; resources.len() + 1];
    for cell in touched.iter().flatten() {
        next[cell.thing + 1] += 1;
    }
    for at in 1..next.len() {
        next[at] += next[at - 1];
    }
    let total = next.last().copied().unwrap_or_default();
    let (Some(resource), Some(class)) = (resources.first().copied(), classes.first().copied()) else {
        return Vec::new();
    };
    let mut all = vec![Touch { class, resource, allowed: 0, depends: 0 }; total];
    for (class, cells) in classes.iter().zip(touched) {
        for Cell { thing, allowed, depends } in cells {
            let place = &mut next[*thing];
            all[*place] =
                Touch { class: *class, resource: resources[*thing], allowed: *allowed, depends: *depends };
            *place += 1;
        }
    }
    all
}

/// A class as it asks.
struct Caller<'w> {
    class: ClassId,
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
