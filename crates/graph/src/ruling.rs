//! One decision in this world, and why.

use std::collections::BTreeMap;

use clavicle_catalog::GrantKind;
use clavicle_engine::{
    Action, Applicable, Circumstances, Context, Decision, Dependency, Explanation, Fact, Instant, Layer,
    Request, Verdict, decide, depends_on, explain,
};

use crate::actor::{Actor, Target};
use crate::beside_policies::RuledOn;
use crate::origin::Attached;
use crate::side::{ActorSide, TargetSide, applicable};
use crate::world::World;

/// How the engine rules, and on what an open ruling turns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// How AWS would decide.
    pub verdict: Verdict,
    /// For [`Verdict::Depends`]: the smallest set of unknowns that settles it; else empty.
    pub depends_on: Vec<Dependency>,
}

/// One decision of this world with its explanation.
#[derive(Debug, Clone)]
pub struct Why {
    /// Layer by layer, statement by statement.
    pub explanation: Explanation,
    /// The documents that bear on it. A text that comes by two ways is listed twice.
    pub documents: Vec<Attached>,
}

impl Ruling {
    /// Is it allowed, perhaps under conditions?
    pub fn may(&self) -> bool {
        matches!(self.verdict, Verdict::Allowed | Verdict::Depends)
    }

    /// Does something that was not seen decide, and not only condition keys?
    pub fn turns_on_unseen(&self) -> bool {
        self.depends_on.iter().any(|dependency| !matches!(dependency, Dependency::Key(_)))
    }

    pub(crate) fn no(verdict: Verdict) -> Self {
        Self { verdict, depends_on: Vec::new() }
    }

    /// What a request comes to that may be ruled on in either of two ways, when `which` decides between them.
    pub(crate) fn either(self, other: Self, which: Dependency) -> Self {
        if self == other {
            return self;
        }
        if !self.may() && !other.may() {
            return Self::no(Verdict::ImplicitlyDenied);
        }
        let mut depends_on: Vec<Dependency> =
            self.depends_on.into_iter().chain(other.depends_on).chain([which]).collect();
        depends_on.sort();
        depends_on.dedup();
        Self { verdict: Verdict::Depends, depends_on }
    }
}

/// What an ordinary signed request of today carries, where the question says nothing else: it comes over TLS, from the
/// caller and not through a service.
///
/// AWS: IAM User Guide, "AWS global condition context keys".
pub(crate) const ORDINARY: [(&str, &str); 2] =
    [("aws:SecureTransport", "true"), ("aws:ViaAWSService", "false")];

/// Keys that such a request does not carry.
pub(crate) const ORDINARY_ABSENT: [&str; 3] = ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"];

/// The two keys that tell when a request is made, so that who states one of them states the other.
///
/// AWS: IAM User Guide, "AWS global condition context keys".
pub const TIMES: [&str; 2] = ["aws:CurrentTime", "aws:EpochTime"];

fn tell_the_time_twice(context: &mut Context) {
    let [clock, epoch] = TIMES;
    for (key, other) in [(clock, epoch), (epoch, clock)] {
        if let (Some(Fact::One(time)), None | Some(Fact::Present)) =
            (context.stated(key), context.stated(other))
            && let Some(instant) = Instant::parse(time).filter(|instant| instant.nanos() == 0)
        {
            // Date operators read seconds as well.
            let seconds = instant.seconds().to_string();
            context.set(other, Fact::One(seconds));
        }
    }
}

/// An id that no organization has, for callers of whom only that is known that theirs is not ours.
pub(crate) const ANOTHER_ORGANIZATION: &str = "o-of-somebody-else";

impl World {
    /// The context of a question: what the asker states, and what an ordinary signed request of today carries; of what
    /// AWS sends with every request, that it is there. Every other key is unknown.
    pub fn context(&self, when: &BTreeMap<String, Vec<String>>) -> Context {
        let mut context = Context::open();
        for (key, value) in ORDINARY {
            context.set(key, Fact::One(value.to_owned()));
        }
        for key in ORDINARY_ABSENT {
            context.set(key, Fact::Absent);
        }
        for key in self.sent_with_every_request() {
            if context.stated(key).is_none() {
                context.set(key, Fact::Present);
            }
        }
        for (key, values) in when {
            let fact = match values.as_slice() {
                [] => Fact::Absent,
                [one] if !self.is_multivalued(key) => Fact::One(one.clone()),
                many => Fact::Many(many.to_vec()),
            };
            context.set(key, fact);
        }
        tell_the_time_twice(&mut context);
        context
    }

    /// What every request carries, whoever asks: what tells of the caller follows from the caller.
    fn sent_with_every_request(&self) -> impl Iterator<Item = &'static str> {
        let always = self.catalog().global_keys().filter(|key| key.is_in_every_request());
        always.filter(|key| key.group == "request").map(|key| key.name)
    }

    /// What [`World::context`] states of its own, for the answer to say so.
    pub fn assumed(&self, when: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, Vec<String>> {
        let stated = |key: &str| when.keys().any(|other| other.eq_ignore_ascii_case(key));
        let ordinary = ORDINARY.into_iter().filter(|(key, _)| !stated(key));
        ordinary.map(|(key, value)| (key.to_owned(), vec![value.to_owned()])).collect()
    }

    fn is_multivalued(&self, key: &str) -> bool {
        let known = self.catalog().condition_key(key);
        known.and_then(|known| known.global).is_some_and(|global| global.multivalued)
    }

    /// Decides one request. `arn`: what the request names, where that is not the target itself (an object of a bucket).
    pub fn decide(
        &self,
        actor: &Actor,
        action: &Action,
        target: &Target,
        arn: Option<&str>,
        when: &Context,
    ) -> Ruling {
        let Some(side) = self.actor_side(actor) else { return Ruling::no(Verdict::ImplicitlyDenied) };
        let sought = self.sought(actor, action, target, arn);
        let ruling = self.rule(&side, action, &sought, when);
        self.with_other_ways(ruling, &RuledOn { actor, side: &side, action, target, sought: &sought, when })
    }

    /// Decides one request and says why.
    pub fn explain(
        &self,
        actor: &Actor,
        action: &Action,
        target: &Target,
        arn: Option<&str>,
        when: &Context,
    ) -> Option<Why> {
        let side = self.actor_side(actor)?;
        let sought = self.sought(actor, action, target, arn);
        let mut why = self.explain_sides(&side, action, &sought, when, self.attached(actor, target));
        let verdict = why.explanation.decision.verdict;
        let ruling = Ruling { verdict, depends_on: why.explanation.depends_on.clone() };
        let on = RuledOn { actor, side: &side, action, target, sought: &sought, when };
        let ruling = self.with_other_ways(ruling, &on);
        if ruling.verdict != verdict {
            why.explanation.decision = Decision { verdict: ruling.verdict, because: None };
            why.explanation.depends_on = ruling.depends_on;
            why.explanation.obstacles.clear();
            why.explanation.because.clear();
        }
        Some(why)
    }

    /// What bears on a request of this actor for a thing.
    fn sought(&self, actor: &Actor, action: &Action, target: &Target, arn: Option<&str>) -> TargetSide<'_> {
        let mut sought = self.target_side(target, arn);
        if self.a_grant_may_let(actor, action, target) {
            sought = sought.with_grants_not_seen();
        }
        // To other accounts a thing may be shared in other ways than by a policy.
        let is_own = self.owner_of(target).is_some() && self.owner_of(target) == self.account_of(actor);
        match target {
            Target::Arn(arn, _) if is_own && self.has_no_policy(arn) => sought.without_unseen(),
            _ => sought,
        }
    }

    /// Is it of a kind whose things have no policies of their own, in a service of which it is known what has?
    ///
    /// AWS: Service Authorization Reference: the resource types of the actions that write such policies.
    /// Amazon ECS developer guide, "How Amazon Elastic Container Service works with IAM": it has no resource-based policies
    /// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security_iam_service-with-iam.html>).
    pub(crate) fn has_no_policy(&self, arn: &str) -> bool {
        let catalog = self.catalog();
        let kinds: Vec<String> = catalog.resource_types_of(arn).iter().map(ToString::to_string).collect();
        let Some((service, _)) = kinds.first().and_then(|kind| kind.split_once(':')) else { return false };
        if service == "ecs" {
            return true;
        }
        let mut writers = catalog
            .resource_policy_kinds()
            .filter(|known| known.prefix == service)
            .filter(|known| {
                matches!(known.kind, GrantKind::Policy | GrantKind::SharedPolicy | GrantKind::Trust)
            })
            .flat_map(|known| known.write_actions())
            .peekable();
        let writes_none = |name: &str| {
            let Some(action) = catalog.action(name) else { return false };
            let mut written =
                catalog.resources(action).map(|taken| taken.resource_type().to_string()).peekable();
            written.peek().is_some() && written.all(|kind| !kinds.contains(&kind))
        };
        writers.peek().is_some() && writers.all(writes_none)
    }

    /// The same, both sides at hand.
    pub(crate) fn explain_sides(
        &self,
        side: &ActorSide<'_>,
        action: &Action,
        sought: &TargetSide<'_>,
        when: &Context,
        documents: Vec<Attached>,
    ) -> Why {
        let request = Request::derived(&side.principal, action, &sought.resource, when);
        let mut explanation = explain(self.store(), &request, &applicable(side, sought));
        // What is ruled on in more than one way is explained in the way of the request, with the verdict of all.
        let ruling = self.rule(side, action, sought, when);
        if ruling.verdict != explanation.decision.verdict {
            explanation.decision = Decision { verdict: ruling.verdict, because: None };
        }
        explanation.depends_on = ruling.depends_on;
        Why { explanation, documents }
    }

    /// Decides one request, both sides at hand.
    pub(crate) fn rule(
        &self,
        actor: &ActorSide<'_>,
        action: &Action,
        target: &TargetSide<'_>,
        when: &Context,
    ) -> Ruling {
        if actor.elsewhere {
            let key = Dependency::Key("aws:principalorgid".to_owned());
            let elsewhere =
                self.rule(&actor.in_organization(Some(ANOTHER_ORGANIZATION)), action, target, when);
            let nowhere = self.rule(&actor.in_organization(None), action, target, when);
            return elsewhere.either(nowhere, key);
        }
        let request = Request::derived(&actor.principal, action, &target.resource, when);
        let applicable = applicable(actor, target);
        let ruling = self.rule_once(&request, &applicable);
        // Only a public policy is stopped by the block, so only a yes can turn.
        if ruling.may() && target.block_may_decide(self.store()) {
            let blocked = self.rule_once(&request, &if_blocked(applicable));
            return ruling.either(blocked, Dependency::NotSeen(Layer::Resource));
        }
        if ruling.may() && target.is_access_point && self.is_done_to_buckets(action) {
            let Ruling { mut depends_on, .. } = ruling;
            depends_on.push(Dependency::BucketBehind);
            return Ruling { verdict: Verdict::Depends, depends_on };
        }
        ruling
    }

    /// Is it done to buckets or objects, so that through an access point both it and the bucket behind it are asked? Which
    /// bucket that is stands in no source.
    ///
    /// AWS: S3 User Guide, "Configuring IAM policies for using access points": "both the access point and the underlying
    /// bucket or Amazon FSx file system must permit the request"
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html>).
    fn is_done_to_buckets(&self, action: &Action) -> bool {
        let of_bucket = |id| {
            let mut kinds = self.catalog().resources(id).map(|taken| taken.resource_type());
            // The tags of an access point are its own.
            !["TagResource", "UntagResource", "ListTagsForResource"].contains(&self.catalog().short_name(id))
                && kinds.any(|kind| match kind.service().prefix() {
                    "s3" => matches!(kind.name(), "bucket" | "object"),
                    // AWS: S3 User Guide, "Managing access to shared datasets in directory buckets with access points"
                    // (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-directory-buckets-policies.html>).
                    "s3express" => kind.name() == "bucket",
                    _ => false,
                })
        };
        self.catalog().action(action.text()).is_some_and(of_bucket)
    }

    fn rule_once(&self, request: &Request<'_>, applicable: &Applicable<'_>) -> Ruling {
        let decision = decide(self.store(), request, applicable);
        let depends_on = match decision.verdict {
            Verdict::Depends => depends_on(self.store(), request, applicable),
            _ => Vec::new(),
        };
        Ruling { verdict: decision.verdict, depends_on }
    }

    /// Only whether it is allowed: for the millions.
    pub(crate) fn verdict(
        &self,
        actor: &ActorSide<'_>,
        action: &Action,
        target: &TargetSide<'_>,
        when: &Context,
    ) -> Verdict {
        if actor.elsewhere {
            return self.rule(actor, action, target, when).verdict;
        }
        let request = Request::derived(&actor.principal, action, &target.resource, when);
        let applicable = applicable(actor, target);
        let verdict = decide(self.store(), &request, &applicable).verdict;
        if matches!(verdict, Verdict::Allowed | Verdict::Depends) && target.block_may_decide(self.store()) {
            let blocked = decide(self.store(), &request, &if_blocked(applicable)).verdict;
            return if blocked == verdict { verdict } else { Verdict::Depends };
        }
        if verdict == Verdict::Allowed && target.is_access_point && self.is_done_to_buckets(action) {
            return Verdict::Depends;
        }
        verdict
    }
}

/// The same, if S3's block of public access were on.
pub(crate) fn if_blocked(applicable: Applicable<'_>) -> Applicable<'_> {
    let circumstances = Circumstances { restrict_public_buckets: true, ..applicable.circumstances };
    Applicable { circumstances, ..applicable }
}
