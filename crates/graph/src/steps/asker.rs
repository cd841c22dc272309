//! Somebody who tries methods, and how one request of theirs is ruled on.

use std::borrow::Cow;
use std::sync::Arc;

use clavicle_engine::{Action, Context, Dependency, Fact, Layer, PolicyId, Verdict};
use clavicle_policy::AccountId;
use clavicle_snapshot::{PrincipalIndex, PrincipalKind};

use super::free_name::names;
use super::grounds::Grounds;
use super::method::On;
use super::node::{Node, Raise};
use super::registry::{ActionSet, ReadyAsk};
use super::sides::{AtHand, Sides, at_hand};
use super::step::{Grade, PolicyThen, StepRequest, grade_of};
use super::subject::Subject;
use crate::actor::Target;
use crate::ruling::Ruling;
use crate::side::{ActorSide, Levels, TargetSide};
use crate::world::World;

/// A user or role, as it is or raised, that tries methods.
pub(crate) struct Asker<'a, 'w> {
    pub(crate) world: &'w World,
    pub(crate) grounds: &'a Grounds,
    sides: Option<&'a Sides<'w>>,
    pub(crate) node: Node,
    pub(crate) principal: PrincipalIndex,
    pub(crate) account: AccountId,
    pub(crate) is_user: bool,
    pub(crate) side: ActorSide<'a>,
    /// Its identity-based documents that were seen, and others whose patterns tell names apart.
    pub(crate) documents: &'a [PolicyId],
    /// The actions of methods that its documents could allow.
    pub(crate) spoken: ActionSet,
    pub(crate) when: Context,
    /// Were all its policies seen? One that was not could deny what the others allow.
    complete: bool,
    /// See [`Setting::exact`].
    exact: bool,
    pub(crate) partition: &'w str,
}

/// What askers have in common.
#[derive(Clone, Copy)]
pub(crate) struct Setting<'a, 'w> {
    pub(crate) grounds: &'a Grounds,
    /// Where things are kept that many are tried on.
    pub(crate) sides: Option<&'a Sides<'w>>,
    /// By place of the account, where they are at hand.
    pub(crate) ladders: Option<&'a [Levels<'w>]>,
    /// Are the requests wanted, and on what open rulings turn? That costs more than all the rest.
    pub(crate) exact: bool,
}

impl World {
    /// Calls `then` with a node that can try methods by itself: a user or role, as it is or raised. What nobody has
    /// shown makes no step (see [`World::may_miss_chains`]), and may unmake one.
    pub(crate) fn with_asker<'w, R>(
        &'w self,
        setting: Setting<'_, 'w>,
        node: &Node,
        then: impl FnOnce(&Asker<'_, 'w>) -> R,
    ) -> Option<R> {
        let (principal, raise) = match node {
            Node::Actor(crate::actor::Actor::Principal(index)) => (*index, None),
            Node::Raised(index, raise) => (*index, Some(*raise)),
            _ => return None,
        };
        let record = self.snapshot().principal(principal);
        let documents: Cow<'_, [PolicyId]> = match raise {
            None => Cow::Borrowed(&self.bearer(principal).identity),
            Some(raise) => Cow::Owned(self.documents_of_raised(principal, raise)),
        };
        let spoken = setting.grounds.spoken_by(&documents);
        let place = self.account_place(record.account);
        let ladder = setting.ladders.zip(place).and_then(|(ladders, place)| ladders.get(place));
        let scps = ladder.cloned().unwrap_or_else(|| self.scps_of(Some(record.account)));
        let mut side = self.principal_side(principal, scps)?.bearing(&documents);
        if raise == Some(Raise::NoBoundary) {
            side = side.without_boundary();
        }
        if raise == Some(Raise::NoScps) {
            side = side.without_scps();
        }
        let asker = Asker {
            world: self,
            grounds: setting.grounds,
            sides: setting.sides,
            node: node.clone(),
            principal,
            account: record.account,
            is_user: record.kind == PrincipalKind::User,
            side,
            documents: &documents,
            spoken,
            when: self.context(&Default::default()),
            complete: self.bearer(principal).is_complete(),
            exact: setting.exact,
            partition: record.arn.split(':').nth(1).unwrap_or("aws"),
        };
        Some(then(&asker))
    }
}

/// What was found for some requests.
#[derive(Debug, Clone)]
pub(crate) struct Granted {
    pub(crate) requests: Vec<StepRequest>,
    pub(crate) grade: Grade,
    /// What has to hold of a thing that no source lists, if it takes one.
    pub(crate) unlisted: Option<&'static str>,
}

impl<'w> Asker<'_, 'w> {
    /// How is a request of this asker ruled on? `None`: it is a no.
    pub(crate) fn ask(
        &self,
        asked: &ReadyAsk,
        target: &Target,
        side: &TargetSide<'_>,
        policy: PolicyThen,
    ) -> Option<(Option<StepRequest>, Grade)> {
        let with = self.with(asked, side);
        self.ask_with(asked.ask.action, &asked.action, target, side, policy, with)
    }

    /// The same, with the keys of the request at hand.
    pub(crate) fn ask_with(
        &self,
        name: &'static str,
        action: &Action,
        target: &Target,
        side: &TargetSide<'_>,
        policy: PolicyThen,
        with: Vec<(&'static str, Option<String>)>,
    ) -> Option<(Option<StepRequest>, Grade)> {
        let stated;
        let when = if with.is_empty() {
            &self.when
        } else {
            let mut context = self.when.clone();
            state(&mut context, &with);
            stated = context;
            &stated
        };
        if !self.exact {
            let verdict = self.world.verdict(&self.side, action, side, when);
            let ruling = self.as_far_as_seen(Ruling { verdict, depends_on: Vec::new() });
            return Some((None, grade_of(&ruling, name)?));
        }
        let ruling = self.as_far_as_seen(self.world.rule(&self.side, action, side, when));
        let grade = grade_of(&ruling, name)?;
        let request = StepRequest {
            by: self.node.clone(),
            action: name,
            target: target.clone(),
            arn: Arc::from(side.resource.text()),
            policy,
            with,
            ruling,
        };
        Some((Some(request), grade))
    }

    /// A ruling by the documents that were seen: a yes depends on those that were not.
    fn as_far_as_seen(&self, ruling: Ruling) -> Ruling {
        if self.complete || !ruling.may() {
            return ruling;
        }
        let Ruling { mut depends_on, .. } = ruling;
        depends_on.push(Dependency::NotSeen(Layer::Identity));
        Ruling { verdict: Verdict::Depends, depends_on }
    }

    fn with(&self, asked: &ReadyAsk, side: &TargetSide<'_>) -> Vec<(&'static str, Option<String>)> {
        let own = asked.ask.with.iter();
        let own =
            own.map(|(key, value)| (*key, value.map(|value| value.replace("{partition}", self.partition))));
        let mut with: Vec<(&'static str, Option<String>)> = own.collect();
        let region = side.resource.text().split(':').nth(3).unwrap_or_default();
        if !region.is_empty() && !region.contains(['*', '?']) {
            with.push(("aws:RequestedRegion", Some(region.to_owned())));
        }
        with
    }

    /// What bears on requests for a target.
    pub(crate) fn side_of(&self, target: &Target, policy: PolicyThen) -> AtHand<'_, 'w> {
        at_hand(self.world, self.sides, target, policy)
    }

    /// A request on the subject. `None`: it is a no.
    pub(crate) fn ask_subject(
        &self,
        asked: &ReadyAsk,
        subject: Subject,
    ) -> Option<(Option<StepRequest>, Grade)> {
        let target = self.world.target_of_subject(subject);
        let policy = match (asked.ask.on, &target) {
            (On::Rewritten, _) => PolicyThen::Askers,
            (_, Target::Arn(..)) => PolicyThen::Nobodys,
            _ => PolicyThen::AsSeen,
        };
        let on_itself = self.ask(asked, &target, self.side_of(&target, policy).side(), policy);
        on_itself.or_else(|| self.ask_versions(asked, &target, policy))
    }

    /// To run a function, the same request on its versions: `$LATEST`, which is the function as it stands, is one of them.
    ///
    /// AWS: Lambda developer guide, "Fine-tuning the Resources and Conditions sections of policies"
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html>).
    fn ask_versions(
        &self,
        asked: &ReadyAsk,
        target: &Target,
        policy: PolicyThen,
    ) -> Option<(Option<StepRequest>, Grade)> {
        if asked.ask.action != "lambda:InvokeFunction" {
            return None;
        }
        let arn = format!("{}:*", self.world.arn_of(target));
        self.ask(asked, target, &self.world.named_side_then(target, Some(&arn), policy), policy)
    }

    /// The requests of a way that do not depend on what the method is tried on. `None`: one of them is a no.
    pub(crate) fn ask_free(&self, asks: &[&ReadyAsk]) -> Option<Granted> {
        let mut granted = Granted::nothing();
        let mut done: Vec<On> = Vec::new();
        for asked in asks {
            let on = asked.ask.on;
            match on {
                on if on.is_of_subject() => {}
                On::Instance => granted.add_all(self.ask_instance(asked)?),
                On::Anything => {
                    let side = self.world.target_side(&Target::Anything, None);
                    granted.add(self.ask(asked, &Target::Anything, &side, PolicyThen::Nobodys)?);
                }
                On::Own => {
                    let target = Target::Principal(self.principal);
                    granted.add(self.ask(
                        asked,
                        &target,
                        self.side_of(&target, PolicyThen::AsSeen).side(),
                        PolicyThen::AsSeen,
                    )?);
                }
                On::New(kind) | On::Some(kind) => {
                    if done.contains(&on) {
                        continue;
                    }
                    done.push(on);
                    granted.add_all(self.ask_named(&self.form_of(kind)?, &same(asks, on))?);
                }
                On::OfAws(templates) => {
                    if done.contains(&on) {
                        continue;
                    }
                    done.push(on);
                    let of_aws = templates.iter().filter_map(|template| {
                        let base = template.replace("{partition}", self.partition).replace("{region}", "*");
                        self.ask_named(&base, &same(asks, on))
                    });
                    granted.add_all(best(of_aws)?);
                }
                On::Seen(kind) => {
                    if done.contains(&on) {
                        continue;
                    }
                    done.push(on);
                    granted.add_all(self.ask_seen(kind, &same(asks, on))?);
                }
                _ => {}
            }
        }
        Some(granted)
    }

    /// A request on the Kubernetes cluster that a thing is in: `nodegroup/CLUSTER/…`. `None`: it is a no, or the thing is in none.
    pub(crate) fn ask_cluster(&self, asked: &ReadyAsk, subject: Subject) -> Option<Granted> {
        let Subject::Resource(index) = subject else { return None };
        let arn = &self.world.snapshot().resource(index).arn;
        let (place, thing) = arn.rsplit_once(':')?;
        let cluster = thing.split('/').nth(1)?;
        self.ask_all_on(&format!("{place}:cluster/{cluster}").into(), &[asked])
    }

    /// The ARN of a thing of a type in the asker's account, with `*` for whatever is free.
    pub(crate) fn form_of(&self, kind: &str) -> Option<String> {
        let form = self.world.catalog().resource_type(kind)?.arn_pattern();
        let mut arn = String::with_capacity(form.len());
        let mut rest = form;
        while let Some((before, variable)) = rest.split_once("${") {
            let (name, after) = variable.split_once('}')?;
            arn.push_str(before);
            match name {
                "Partition" => arn.push_str(self.partition),
                "Account" => arn.push_str(&self.account.to_string()),
                _ => arn.push('*'),
            }
            rest = after;
        }
        arn.push_str(rest);
        Some(arn)
    }

    /// All of some requests on one thing of the form `base`, where `*` is free.
    pub(crate) fn ask_named(&self, base: &str, asks: &[&ReadyAsk]) -> Option<Granted> {
        let actions: Vec<&str> = asks.iter().map(|asked| asked.action.lower()).collect();
        let boundary = self.world.bearer(self.principal).boundary_policy();
        let documents = self.documents.iter().copied().chain(boundary);
        let names = names(self.world, base, documents, &self.side, &actions);
        let regions = self.grounds.accounts.get(&self.account).map_or(&[][..], |grounds| &grounds.regions);
        let in_regions = |name: &Arc<str>| -> Vec<Arc<str>> {
            let Some((head, tail)) =
                name.split_once(":*:").filter(|(head, _)| head.matches(':').count() == 2)
            else {
                return Vec::new();
            };
            regions.iter().map(|region| Arc::from(format!("{head}:{region}:{tail}"))).collect()
        };
        let mut found: Option<Granted> = None;
        // Names with a region of their own are tried where one without leaves something open.
        let ask = |name: &Arc<str>, found: &mut Option<Granted>| {
            let granted = self.ask_all_on(name, asks);
            if let Some(granted) = granted
                && found.as_ref().is_none_or(|best| granted.grade > best.grade)
            {
                *found = Some(granted);
            }
            found.as_ref().is_some_and(|found| found.grade == Grade::Certain)
        };
        if names.iter().any(|name| ask(name, &mut found)) {
            return found;
        }
        for name in &names {
            if in_regions(name).iter().any(|name| ask(name, &mut found)) {
                return found;
            }
        }
        found
    }

    pub(crate) fn ask_all_on(&self, name: &Arc<str>, asks: &[&ReadyAsk]) -> Option<Granted> {
        let target = Target::Arn(name.clone(), Some(self.account));
        let side = self.side_of(&target, PolicyThen::Nobodys);
        let mut granted = Granted::nothing();
        for asked in asks {
            let on_itself = self.ask(asked, &target, side.side(), PolicyThen::Nobodys);
            granted.add(on_itself.or_else(|| self.ask_versions(asked, &target, PolicyThen::Nobodys))?);
        }
        Some(granted)
    }

    /// All of some requests on one thing of a kind that was seen in the account, or, where they are a no on each, on one that
    /// no source lists.
    fn ask_seen(&self, kind: &str, asks: &[&ReadyAsk]) -> Option<Granted> {
        let things = self.grounds.accounts.get(&self.account)?.seen.get(kind);
        let found = things.into_iter().flatten().filter_map(|thing| {
            let mut granted = Granted::nothing();
            for asked in asks {
                granted.add(self.ask_subject(asked, Subject::Resource(*thing))?);
            }
            Some(granted)
        });
        best(found).or_else(|| self.ask_unlisted(kind, asks))
    }
}

/// States keys of a request.
pub(crate) fn state(context: &mut Context, with: &[(&'static str, Option<String>)]) {
    for (key, value) in with {
        context.set(key, value.as_ref().map_or(Fact::Absent, |value| Fact::One(value.clone())));
    }
}

/// Those of some requests that are on the same thing.
fn same<'a>(asks: &[&'a ReadyAsk], on: On) -> Vec<&'a ReadyAsk> {
    asks.iter().copied().filter(|other| other.ask.on == on).collect()
}

impl Granted {
    /// What takes no request.
    pub(crate) fn nothing() -> Self {
        Self { requests: Vec::new(), grade: Grade::Certain, unlisted: None }
    }

    pub(crate) fn add(&mut self, (request, grade): (Option<StepRequest>, Grade)) {
        self.requests.extend(request);
        self.grade = self.grade.min(grade);
    }

    pub(crate) fn add_all(&mut self, other: Self) {
        self.requests.extend(other.requests);
        self.grade = self.grade.min(other.grade);
        self.unlisted = self.unlisted.or(other.unlisted);
    }
}

/// The most certain of some; the first that is certain ends the search.
pub(crate) fn best(found: impl Iterator<Item = Granted>) -> Option<Granted> {
    let mut best: Option<Granted> = None;
    for granted in found {
        if granted.grade == Grade::Certain {
            return Some(granted);
        }
        if best.as_ref().is_none_or(|best| granted.grade > best.grade) {
            best = Some(granted);
        }
    }
    best
}

impl World {
    /// What bears on requests for a target, when its policy is what it will be then.
    pub(crate) fn target_side_then(&self, target: &Target, policy: PolicyThen) -> TargetSide<'_> {
        self.named_side_then(target, None, policy)
    }

    /// The same, when the request names something in the target.
    pub(crate) fn named_side_then(
        &self,
        target: &Target,
        arn: Option<&str>,
        policy: PolicyThen,
    ) -> TargetSide<'_> {
        let mut side = self.target_side(target, arn);
        match policy {
            PolicyThen::AsSeen => side = side.without_unseen(),
            PolicyThen::Nobodys => side = side.with_policy(None),
            PolicyThen::Askers => {
                let open = match target {
                    Target::Principal(_) => self.documents.open_trust(),
                    _ => self.documents.open_policy(),
                };
                side = side.with_policy(Some(open));
            }
        }
        if let Target::Principal(index) = target {
            // AWS: IAM User Guide, "Available keys for AWS IAM", `iam:PermissionsBoundary`.
            let boundary = self.snapshot().principal(*index).boundary;
            let fact = boundary
                .map_or(Fact::Absent, |policy| Fact::One(self.snapshot().policy(policy).arn.to_string()));
            side.resource.state("iam:PermissionsBoundary", fact);
        }
        side
    }
}
