//! How long does one decision take in an account as they are?
//!
//! Over the generated account of the bench `world`. A question is a user or role, an action that a word of access means
//! on a thing, and the thing; every other question is about a thing that one of the asker's own statements names, so that
//! not all answers are a no for want of a statement. Both sides are at hand before the clock starts, as they are when many
//! questions are asked.

mod workload;

use std::collections::{BTreeMap, HashMap};
use std::io::Write as _;
use std::sync::LazyLock;
use std::time::Instant;

use clavicle_catalog::Word;
use clavicle_engine::{
    Action, Applicable, Context, Documents, Fact, Ladder, Layer, PolicyId, Principal, Request, Resource,
    ResourcePolicy, Verdict, decide,
};
use clavicle_graph::{Actor, Origin, Target, World};
use clavicle_snapshot::{PrincipalIndex, ResourceIndex};
use divan::Bencher;

/// So that every line also tells how much memory was taken.
#[global_allocator]
static ALLOCATOR: divan::AllocProfiler = divan::AllocProfiler::system();

fn main() {
    if workload::is_there() {
        divan::main();
        tell_each();
    }
}

/// How many questions are asked.
const QUESTIONS: usize = 20_000;

struct Asker {
    principal: Principal,
    identity: Vec<PolicyId>,
    boundary: Option<PolicyId>,
    /// One for all of an account, as in a world.
    ladder: &'static [&'static [PolicyId]],
}

struct Thing {
    resource: Resource,
    policy: Option<PolicyId>,
    /// By place in [`Questions::actions`].
    actions: Vec<usize>,
}

struct Questions {
    world: World,
    askers: Vec<Asker>,
    things: Vec<Thing>,
    /// Each once, as in a world.
    actions: Vec<Action>,
    /// By place in `askers`, in `things` and in `actions`.
    asked: Vec<(usize, usize, usize)>,
    /// What an exact request of today carries.
    exact: Context,
    /// What "who can" asks with.
    open: Context,
}

fn questions() -> &'static Questions {
    static QUESTIONS: LazyLock<Questions> = LazyLock::new(|| Questions::new(workload::compile()));
    &QUESTIONS
}

impl Questions {
    fn new(world: World) -> Self {
        let mut ladders = HashMap::new();
        let askers: Vec<Asker> =
            world.principals().filter_map(|index| asker(&world, index, &mut ladders)).collect();
        let mut actions: Vec<Action> = Vec::new();
        let things: Vec<Thing> = (0..world.snapshot().resources.len())
            .map(|at| thing(&world, ResourceIndex::at(at), &mut actions))
            .filter(|thing| !thing.actions.is_empty())
            .collect();
        let mut random = Random(17);
        let mut asked = Vec::with_capacity(QUESTIONS);
        while asked.len() < QUESTIONS {
            let who = random.below(askers.len());
            let mut what = random.below(things.len());
            if asked.len().is_multiple_of(2) {
                // Most askers have things of their own, which their names tell.
                let named = |thing: &Thing| speaks_of(&world, &askers[who], thing.resource.text());
                let own = (0..things.len()).map(|step| (what + step) % things.len()).take(200);
                what = own.into_iter().find(|at| named(&things[*at])).unwrap_or(what);
            }
            let known = &things[what].actions;
            asked.push((who, what, known[random.below(known.len())]));
        }
        let exact = Context::exact()
            .with_value("aws:RequestedRegion", "eu-west-1")
            .with_value("aws:SourceIp", "10.1.2.3")
            .with_value("aws:SecureTransport", "true")
            .with_value("aws:CurrentTime", "2026-05-17T12:00:00Z")
            .with_value("aws:MultiFactorAuthPresent", "true")
            .with_value("aws:ViaAWSService", "false");
        let open = world.context(&BTreeMap::new());
        Self { askers, things, actions, asked, exact, open, world }
    }

    /// Decides the `number`th question.
    #[inline]
    fn decide(&self, number: usize, context: &Context) -> Verdict {
        let (who, what, action) = self.asked[number % self.asked.len()];
        let (asker, thing) = (&self.askers[who], &self.things[what]);
        let applicable = Applicable {
            identity: Documents::Some(&asker.identity),
            boundary: asker
                .boundary
                .as_ref()
                .map_or(Documents::None, |policy| Documents::Some(std::slice::from_ref(policy))),
            scps: if asker.ladder.is_empty() { Ladder::None } else { Ladder::Levels(asker.ladder) },
            resource: thing.policy.map_or(ResourcePolicy::None, ResourcePolicy::Some),
            ..Applicable::default()
        };
        let request = Request::derived(&asker.principal, &self.actions[action], &thing.resource, context);
        decide(self.world.store(), &request, &applicable).verdict
    }
}

/// Those of all accounts.
type Ladders = HashMap<Vec<Vec<PolicyId>>, &'static [&'static [PolicyId]]>;

/// A user or role with what bears on it.
fn asker(world: &World, index: PrincipalIndex, ladders: &mut Ladders) -> Option<Asker> {
    let record = world.snapshot().principal(index);
    let mut principal = Principal::from_arn(&record.arn).ok()?;
    for (key, value) in record.tags.iter().flatten() {
        principal.state(&format!("aws:PrincipalTag/{key}"), Fact::One(value.to_string()));
    }
    let mut asker = Asker { principal, identity: Vec::new(), boundary: None, ladder: &[] };
    let mut levels: Vec<Vec<PolicyId>> = Vec::new();
    let mut level = None;
    for attached in world.attached(&Actor::Principal(index), &Target::Anything) {
        match (attached.layer, attached.origin) {
            (Layer::Identity, _) => asker.identity.push(attached.policy),
            (Layer::Boundary, _) => asker.boundary = Some(attached.policy),
            (Layer::Scp, Origin::Organization { target, .. }) => {
                if level.as_ref() != Some(&target) {
                    levels.push(Vec::new());
                }
                level = Some(target);
                levels.last_mut()?.push(attached.policy);
            }
            _ => {}
        }
    }
    asker.ladder = ladders.entry(levels).or_insert_with_key(|levels| {
        let rungs: Vec<&'static [PolicyId]> = levels.iter().map(|level| &*level.clone().leak()).collect();
        rungs.leak()
    });
    Some(asker)
}

/// A thing with its policy and all that people may want of it.
fn thing(world: &World, index: ResourceIndex, actions: &mut Vec<Action>) -> Thing {
    let target = Target::Resource(index);
    let record = world.snapshot().resource(index);
    let wanted = Word::ALL.into_iter().flat_map(|word| world.wanted(word, &target));
    let itself = wanted.filter(|wanted| wanted.form == clavicle_catalog::ArnForm::Itself);
    let mut place = |action: Action| {
        let known = actions.iter().position(|known| known.text() == action.text());
        known.unwrap_or_else(|| {
            actions.push(action);
            actions.len() - 1
        })
    };
    Thing {
        resource: Resource::new(&record.arn, record.account),
        policy: world.resource_policy(index),
        actions: itself.map(|wanted| place(wanted.action)).collect(),
    }
}

/// Does a document of the asker spell out the thing?
fn speaks_of(world: &World, asker: &Asker, arn: &str) -> bool {
    asker.identity.iter().any(|policy| world.text(*policy).contains(arn))
}

/// The same numbers every time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

/// The time of this divided by twenty thousand is the time of one decision.
#[divan::bench(args = ["exact", "open"])]
fn twenty_thousand_decisions(bencher: Bencher<'_, '_>, context: &str) {
    let all = questions();
    let context = if context == "exact" { &all.exact } else { &all.open };
    bencher.bench_local(|| {
        (0..QUESTIONS).filter(|number| all.decide(*number, context) == Verdict::Allowed).count()
    });
}

/// The spread of the single ones, each by the clock, whose own time is taken off.
fn tell_each() {
    let all = questions();
    let mut out = std::io::stderr();
    let timed = |work: &dyn Fn(usize)| {
        let mut times: Vec<u128> = (0..QUESTIONS * 5)
            .map(|number| {
                let start = Instant::now();
                work(number);
                start.elapsed().as_nanos()
            })
            .collect();
        times.sort_unstable();
        times
    };
    let clock = timed(&|_| ())[QUESTIONS * 5 / 2];
    for (name, context) in [("exact", &all.exact), ("open", &all.open)] {
        let times = timed(&|number| {
            divan::black_box(all.decide(number, context));
        });
        let at = |share: usize| times[(times.len() - 1) * share / 1000].saturating_sub(clock);
        let verdicts = |wanted| (0..QUESTIONS).filter(|n| all.decide(*n, context) == wanted).count();
        let _ = writeln!(
            out,
            "{name}: p50 {} ns, p90 {} ns, p99 {} ns, p99.9 {} ns (the clock's {clock} ns taken off); {} allowed, {} denied, \
             {} depend",
            at(500),
            at(900),
            at(990),
            at(999),
            verdicts(Verdict::Allowed),
            verdicts(Verdict::ImplicitlyDenied) + verdicts(Verdict::ExplicitlyDenied),
            verdicts(Verdict::Depends),
        );
    }
}
