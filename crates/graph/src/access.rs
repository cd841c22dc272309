//! Who can do this? What can they do?

use std::sync::Arc;

use clavicle_catalog::{ArnForm, Word};
use clavicle_engine::{Action, Context, Dependency, PolicyId, Verdict};
use clavicle_snapshot::{PolicyState, PrincipalIndex, ResourceIndex};
use rayon::prelude::*;

use crate::actor::{Actor, Target};
use crate::beside_policies::RuledOn;
use crate::concerned::Concerned;
use crate::need::{AskedNeed, Need};
use crate::part::parts;
use crate::ruling::Ruling;
use crate::side::{ActorSide, Levels, TargetSide};
use crate::world::World;

/// An action that is asked for, and on which ARN.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The action.
    pub action: Action,
    /// The ARN that a request about a thing names.
    pub form: ArnForm,
}

impl Wanted {
    /// Does the question ask the action on the thing itself too, so that this is of what is in the thing: of the versions and
    /// aliases of a function, of the indexes of a table?
    pub fn is_of_a_part(&self, wanted: &[Self]) -> bool {
        let on_itself =
            |other: &Self| other.form == ArnForm::Itself && other.action.lower() == self.action.lower();
        matches!(self.form, ArnForm::Under(_)) && wanted.iter().any(on_itself)
    }
}

/// Who can do something with a thing.
#[derive(Debug, Clone)]
pub struct Access {
    /// Who.
    pub actor: Actor,
    /// How; the same value for all whom nothing tells apart, of whom there may be thousands.
    pub how: Arc<How>,
}

/// One way in which somebody can do something with a thing.
#[derive(Debug)]
pub struct How {
    /// Which of the wanted actions, by place: the first that is allowed, else the first that depends.
    pub action: usize,
    /// All wanted actions that are allowed or depend, by place.
    pub actions: Vec<usize>,
    /// The ARN that the request named: the thing's, or something in it when access is to a part only.
    pub arn: Arc<str>,
    /// Does it reach only a part of the thing (some objects of a bucket)?
    pub partial: bool,
    /// How the engine rules.
    pub ruling: Ruling,
    /// What else the request needs, and how the engine rules on that: `kms:Decrypt` on the key of an encrypted bucket.
    /// Where a need is certainly not met, there is no access.
    pub needs: Vec<(Need, Ruling)>,
}

/// What somebody can do with one thing.
#[derive(Debug, Clone)]
pub struct Reach {
    /// With what.
    pub target: Target,
    /// Word by word, in the order of [`Word::ALL`].
    pub words: Vec<ReachWord>,
}

/// One word of a [`Reach`].
#[derive(Debug, Clone)]
pub struct ReachWord {
    /// The word.
    pub word: Word,
    /// The action that shows it: the first allowed one, else the first that depends.
    pub action: &'static str,
    /// The ARN that the request named.
    pub arn: Arc<str>,
    /// How the engine rules on it.
    pub ruling: Ruling,
    /// Is it certain that what else the request needs is granted?
    needs_met: bool,
}

impl ReachWord {
    /// Is it certain that what else the request needs (the key of an encrypted bucket) is granted? It is at least
    /// possible, or the word would not be here.
    pub fn needs_met(&self) -> bool {
        self.needs_met
    }
}

impl World {
    /// Who can do any of `wanted` with the target, directly? Administrators are among them, the root users of the
    /// target's own account are not: they can do everything that no organization policy denies them.
    ///
    /// Where the policy of the target was not seen, those are listed whom other policies let in; whoever else it lets
    /// in is not known, see [`World::policy_not_seen`]. One decision a user or role, or for all whom nothing tells
    /// apart where the policy of the target may let in anybody; on every core.
    pub fn who_can(&self, wanted: &[Wanted], target: &Target, when: &Context) -> Vec<Access> {
        let asked = Asked::new(self, wanted, target, when);
        let concerned = Concerned::new(self, &asked);
        let mut found = match concerned.of_any_account(&asked) {
            Some(spoken) => asked.together(&spoken.callers, &spoken.speaks),
            None => asked.one_by_one(&concerned),
        };
        for actor in self.outsiders_named(target) {
            let sides = self.sides_of(&actor);
            found.extend(
                sides
                    .iter()
                    .find_map(|side| Some(Access { actor: actor.clone(), how: asked.how(side)?.into() })),
            );
        }
        found.sort_unstable_by(|a, b| a.actor.cmp(&b.actor));
        found
    }

    /// Was the policy of the target not seen, so that it may let in others than those known?
    pub fn policy_not_seen(&self, target: &Target) -> bool {
        match target {
            Target::Resource(index) => self.policy_in_force(*index) == PolicyState::NotSeen,
            Target::Principal(index) => self.snapshot().principal(*index).trust == PolicyState::NotSeen,
            Target::Arn(..) => true,
            Target::Anything => false,
        }
    }

    /// The ladders of service control policies, by account.
    pub(crate) fn ladders(&self) -> Vec<Levels<'_>> {
        self.snapshot().accounts.iter().map(|account| self.scps_of(Some(account.id))).collect()
    }

    /// Those named by the policy of a thing who are no users or roles of the snapshot.
    fn outsiders_named(&self, target: &Target) -> Vec<Actor> {
        let policy = match target {
            Target::Resource(index) => self.resource_policy(*index),
            Target::Principal(index) => self.trust_policy(*index),
            Target::Arn(..) | Target::Anything => None,
        };
        let Some(policy) = policy else { return Vec::new() };
        let owner = self.owner_of(target);
        let named = self.named_by(policy, |_| true);
        let everyone = named.everyone.then_some(Actor::Everyone);
        let mut actors: Vec<Actor> = named
            .actors
            .into_iter()
            .filter(|actor| match actor {
                Actor::Principal(_) => false,
                Actor::Root(account) => Some(*account) != owner,
                _ => true,
            })
            .chain(everyone)
            .collect();
        actors.sort();
        actors.dedup();
        actors
    }

    /// What can somebody do, directly, with each thing of the snapshot that they can do anything with? Roles among
    /// things: who can be become or controlled. One decision for every thing and action that a policy speaks of.
    pub fn what_can(&self, actor: &Actor, when: &Context) -> Vec<Reach> {
        let Some(side) = self.actor_side(actor) else { return Vec::new() };
        let resources = (0..self.snapshot().resources.len()).into_par_iter().map(ResourceIndex::at);
        let principals = (0..self.snapshot().principals.len()).into_par_iter().map(PrincipalIndex::at);
        let mut found: Vec<Reach> = resources
            .map(Target::Resource)
            .filter_map(|target| self.reach(&side, actor, target, when))
            .collect();
        let own = match actor {
            Actor::Principal(index) => Some(*index),
            _ => None,
        };
        found.par_extend(
            principals
                .filter(|index| Some(*index) != own)
                .map(Target::Principal)
                .filter_map(|target| self.reach(&side, actor, target, when)),
        );
        found
    }

    /// The things that may be shared with somebody by lists that were not read, where their own side lets them do something
    /// with such a thing. Those whose policies were not seen are left out. A few decisions for each such thing.
    pub fn may_be_shared_unseen_with(&self, actor: &Actor, when: &Context) -> Vec<Target> {
        let Some(side) = self.actor_side(actor) else { return Vec::new() };
        let resources = (0..self.snapshot().resources.len()).into_par_iter().map(ResourceIndex::at);
        let may_be = |target: &Target| {
            let known = (self.list_not_read(target).is_some() && !self.policy_not_seen(target))
                .then(|| self.words_on(target))
                .flatten();
            let may_do = |wanted: &[Wanted]| {
                let by = |it: &Wanted| self.beside_policies(actor, &it.action, target);
                wanted.iter().any(|it| by(it) == Some(Dependency::ShareList))
                    && Asked::new(self, wanted, target, when).beside_policies(&side, actor).is_some()
            };
            known.is_some_and(|known| Word::ALL.into_iter().any(|word| may_do(known.wanted(word))))
        };
        resources.map(Target::Resource).filter(may_be).collect()
    }

    /// What can somebody do with one thing?
    fn reach(&self, side: &ActorSide<'_>, actor: &Actor, target: Target, when: &Context) -> Option<Reach> {
        // Anything in another account needs the thing's own consent, by its policy or beside it; most things of most
        // accounts give none.
        let foreign = self.owner_of(&target) != self.account_of(actor);
        let consents = |policy: Option<PolicyId>| policy.is_some_and(|policy| self.may_let_in(policy, actor));
        let consents = !foreign
            || match &target {
                Target::Resource(index) => consents(self.resource_policy(*index)),
                Target::Principal(index) => consents(self.trust_policy(*index)),
                _ => true,
            };
        let has_other_ways = self.may_have_other_ways(&target);
        if !consents && !has_other_ways {
            return None;
        }
        let known = self.words_on(&target)?;
        let mut reached = Vec::new();
        for word in Word::ALL {
            let wanted = known.wanted(word);
            let beside = has_other_ways
                && wanted.iter().any(|it| self.beside_policies(actor, &it.action, &target).is_some());
            if !consents && !beside {
                continue;
            }
            let asked = Asked::new(self, wanted, &target, when);
            let how = consents.then(|| asked.first_how(side)).flatten();
            if let Some(how) = how.or_else(|| asked.beside_policies(side, actor).filter(|_| beside)) {
                let action = &wanted.get(how.action)?.action;
                let action = self.catalog().action(action.text()).map_or("", |id| self.catalog().name(id));
                let needs_met = how.needs.iter().all(|(_, ruling)| ruling.verdict == Verdict::Allowed);
                reached.push(ReachWord { word, action, arn: how.arn, ruling: how.ruling, needs_met });
            }
        }
        (!reached.is_empty()).then_some(Reach { target, words: reached })
    }
}

/// One question about one thing, made ready to be asked of many.
pub(crate) struct Asked<'w, 'q> {
    world: &'w World,
    wanted: &'q [Wanted],
    target: &'q Target,
    when: &'q Context,
    arn: Arc<str>,
    sides: Arc<Forms<'w>>,
    pub(crate) needs: Vec<Vec<AskedNeed<'w>>>,
    /// The policy of the thing, whose patterns too tell parts apart.
    pub(crate) own_policy: Option<PolicyId>,
}

/// A thing as each form names it.
#[derive(Debug)]
pub(crate) struct Forms<'w>(Vec<Named<'w>>);

/// A thing as one form names it.
#[derive(Debug)]
struct Named<'w> {
    form: ArnForm,
    arn: Arc<str>,
    side: TargetSide<'w>,
}

impl<'w> Forms<'w> {
    pub(crate) fn new(world: &'w World, target: &Target, forms: impl Iterator<Item = ArnForm>) -> Self {
        let arn = world.arn_of(target);
        let mut sides: Vec<Named<'w>> = Vec::new();
        for form in forms {
            if sides.iter().all(|known| known.form != form) {
                let arn: Arc<str> = form.of(&arn).into();
                sides.push(Named { form, side: world.target_side(target, Some(&arn)), arn });
            }
        }
        Self(sides)
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (ArnForm, &TargetSide<'w>)> {
        self.0.iter().map(|named| (named.form, &named.side))
    }

    fn side(&self, wanted: ArnForm) -> Option<&TargetSide<'w>> {
        self.named(wanted).map(|named| &named.side)
    }

    fn named(&self, wanted: ArnForm) -> Option<&Named<'w>> {
        self.0.iter().find(|named| named.form == wanted)
    }
}

impl<'w, 'q> Asked<'w, 'q> {
    pub(crate) fn new(world: &'w World, wanted: &'q [Wanted], target: &'q Target, when: &'q Context) -> Self {
        let forms = Forms::new(world, target, wanted.iter().map(|wanted| wanted.form));
        Self::in_forms(world, wanted, target, Arc::new(forms), when)
    }

    /// When the forms are at hand already.
    pub(crate) fn in_forms(
        world: &'w World,
        wanted: &'q [Wanted],
        target: &'q Target,
        sides: Arc<Forms<'w>>,
        when: &'q Context,
    ) -> Self {
        let needs = |wanted: &Wanted| {
            let needs = world.needs(&wanted.action, target).into_iter();
            needs.map(|need| AskedNeed::new(world, need, when)).collect()
        };
        Self {
            world,
            wanted,
            target,
            when,
            sides,
            needs: wanted.iter().map(needs).collect(),
            own_policy: match target {
                Target::Resource(index) => world.resource_policy(*index),
                _ => None,
            },
            arn: world.arn_of(target),
        }
    }

    /// What each principal that the question concerns can do of it, of those who can.
    pub(crate) fn one_by_one(&self, concerned: &Concerned<'_>) -> Vec<Access> {
        let world = self.world;
        let accounts = world.snapshot().accounts.iter().map(|account| account.id);
        // Slices of ladders are put together once an account, not once a principal.
        let accounts: Vec<(Levels<'_>, &[PrincipalIndex])> = accounts
            .filter(|account| concerned.account(*account))
            .map(|account| (world.scps_of(Some(account)), world.principals_of(account)))
            .collect();
        let in_accounts = accounts.par_iter().flat_map(|(ladder, principals)| {
            principals.par_iter().with_min_len(64).filter_map(|index| {
                if !concerned.principal(world, *index) {
                    return None;
                }
                let side = world.principal_side(*index, ladder.clone())?;
                let how = self.how(&side)?.into();
                Some(Access { actor: Actor::Principal(*index), how })
            })
        });
        in_accounts.collect()
    }

    /// How somebody can do it, at best: what is certain goes before what depends, the whole before a part.
    pub(crate) fn how(&self, side: &ActorSide<'_>) -> Option<How> {
        let mut best: Option<How> = None;
        let mut actions = Vec::new();
        for place in 0..self.wanted.len() {
            let Some(found) = self.one(place, side) else { continue };
            actions.push(place);
            if best.as_ref().is_none_or(|best| rank(&found) > rank(best)) {
                best = Some(found);
            }
        }
        best.map(|best| How { actions, ..best })
    }

    /// The actions that are wanted.
    pub(crate) fn wanted(&self) -> &'q [Wanted] {
        self.wanted
    }

    /// The thing.
    pub(crate) fn target(&self) -> &'q Target {
        self.target
    }

    /// The thing as each wanted form names it.
    pub(crate) fn forms(&self) -> impl Iterator<Item = (ArnForm, &TargetSide<'w>)> {
        self.sides.iter()
    }

    pub(crate) fn world(&self) -> &'w World {
        self.world
    }

    pub(crate) fn when(&self) -> &'q Context {
        self.when
    }

    /// The ARN of the thing.
    pub(crate) fn arn(&self) -> &Arc<str> {
        &self.arn
    }

    /// Only whether one wanted action is: allowed, depends, or neither. For the millions.
    pub(crate) fn verdict(&self, place: usize, side: &ActorSide<'_>) -> Option<Verdict> {
        let wanted = self.wanted.get(place)?;
        let target = self.sides.side(wanted.form)?;
        let whole = self.world.verdict(side, &wanted.action, target, self.when);
        let may = match whole {
            Verdict::Allowed => true,
            Verdict::Depends => !self.only_unseen_lets_in(side, wanted, target),
            Verdict::ImplicitlyDenied | Verdict::ExplicitlyDenied => false,
        };
        let mut verdict = if may { whole } else { self.part(wanted, side)?.1.verdict };
        for need in self.needs.get(place)? {
            match self.world.need_verdict(need, side) {
                Verdict::Allowed => {}
                Verdict::Depends => verdict = Verdict::Depends,
                Verdict::ImplicitlyDenied | Verdict::ExplicitlyDenied => return None,
            }
        }
        Some(verdict)
    }

    /// Could only a policy of the thing that nobody has shown let them in?
    fn only_unseen_lets_in(&self, side: &ActorSide<'_>, wanted: &Wanted, target: &TargetSide<'_>) -> bool {
        let without = target.without_unseen_policy();
        without.is_some_and(|without| {
            let verdict = self.world.verdict(side, &wanted.action, &without, self.when);
            !matches!(verdict, Verdict::Allowed | Verdict::Depends)
        })
    }

    /// The same, content with the first action that is certain.
    pub(crate) fn first_how(&self, side: &ActorSide<'_>) -> Option<How> {
        let mut best: Option<How> = None;
        for place in 0..self.wanted.len() {
            let Some(found) = self.one(place, side) else { continue };
            if rank(&found) == BEST {
                return Some(found);
            }
            if best.as_ref().is_none_or(|best| rank(&found) > rank(best)) {
                best = Some(found);
            }
        }
        best
    }

    fn one(&self, place: usize, side: &ActorSide<'_>) -> Option<How> {
        let wanted = self.wanted.get(place)?;
        let named = self.sides.named(wanted.form)?;
        let (arn, ruling, partial) = match self.may(side, wanted, &named.side) {
            Some(ruling) => (named.arn.clone(), ruling, wanted.is_of_a_part(self.wanted)),
            None => self.part(wanted, side)?,
        };
        Some(How { action: place, actions: Vec::new(), arn, partial, ruling, needs: self.met(place, side)? })
    }

    /// What else the action needs; `None`: that is certainly not met.
    fn met(&self, place: usize, side: &ActorSide<'_>) -> Option<Vec<(Need, Ruling)>> {
        let needs = self.needs.get(place)?.iter();
        let needs: Vec<(Need, Ruling)> =
            needs.map(|asked| (asked.need.clone(), self.world.rule_need(asked, side))).collect();
        needs.iter().all(|(_, ruling)| ruling.may()).then_some(needs)
    }

    /// How what may let somebody in beside policies may let them do it, where policies do not.
    fn beside_policies(&self, side: &ActorSide<'_>, actor: &Actor) -> Option<How> {
        let one = |place: usize| {
            let Wanted { action, form } = self.wanted.get(place)?;
            let Named { arn, side: sought, .. } = self.sides.named(*form)?;
            let ruling = self.world.rule(side, action, sought, self.when);
            let on = RuledOn { actor, side, action, target: self.target, sought, when: self.when };
            let ruling = self.world.with_other_ways(ruling, &on);
            let arn = arn.clone();
            let needs = self.met(place, side).filter(|_| ruling.may())?;
            Some(How { action: place, actions: Vec::new(), arn, partial: false, ruling, needs })
        };
        (0..self.wanted.len()).find_map(one)
    }

    /// How the engine rules, if it is a yes or depends.
    fn may(&self, side: &ActorSide<'_>, wanted: &Wanted, target: &TargetSide<'_>) -> Option<Ruling> {
        let ruling = self.world.rule(side, &wanted.action, target, self.when);
        // Where only a policy that nobody has shown could let them in, they are not known to get in.
        (ruling.may() && !self.only_unseen_lets_in(side, wanted, target)).then_some(ruling)
    }

    /// Access to a part of the thing.
    fn part(&self, wanted: &Wanted, side: &ActorSide<'_>) -> Option<(Arc<str>, Ruling, bool)> {
        let ArnForm::Under(ending) = wanted.form else { return None };
        let identity = side.identity_policies().iter().copied();
        let documents = identity.chain(self.own_policy);
        let parts = parts(self.world, &self.arn, ending, documents, side, wanted.action.lower());
        let asked = parts.iter().skip(1).filter_map(|arn| {
            let target = self.world.target_side(self.target, Some(arn));
            Some((arn.clone(), self.may(side, wanted, &target)?, true))
        });
        asked.max_by_key(|(_, ruling, _)| ruling.verdict == Verdict::Allowed)
    }
}

/// The best rank.
const BEST: (bool, bool, bool) = (true, true, true);

/// How good an access is, to choose which of several to show.
fn rank(how: &How) -> (bool, bool, bool) {
    let certain = how.ruling.verdict == Verdict::Allowed
        && how.needs.iter().all(|(_, ruling)| ruling.verdict == Verdict::Allowed);
    (certain, !how.ruling.turns_on_unseen(), !how.partial)
}
