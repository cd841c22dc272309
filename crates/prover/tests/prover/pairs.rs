//! Proofs about one caller and about two, on generated policies: no request of many contradicts what is proved.
//!
//! `CLAVICLE_SAMPLES` sets how many pairs of each sort, `CLAVICLE_SEED` where they begin.

use clavicle_engine::{Action, Context, Fact, Instant, Layer, Request, Tri};
use clavicle_prover::{Doubt, Limits, Store, Verdict};
use clavicle_testkit::{generate, generate_pair};

use crate::layers::{
    SEED, bring_what_is_always_there, fact, follows, is_in_domain, number, subject, subject_without,
};

/// What came of some pairs.
#[derive(Default)]
struct Tally {
    proved: u64,
    tried: u64,
    allowed: u64,
}

impl Tally {
    /// Was enough proved and tried that a contradiction would have shown?
    #[expect(clippy::print_stdout, reason = "a long run tells how much it tried")]
    fn says_something(&self, samples: u64) {
        let Self { proved, tried, allowed } = self;
        println!("{proved} proved, {tried} tried, {allowed} allowed");
        assert!(proved * 3 > samples && *allowed > samples);
    }

    /// Asks what the first can do, and whether it is no more than what the other can. Where that is proved, every request is tried
    /// that one of `contexts` makes, with every action.
    fn ask(
        &mut self,
        seed: u64,
        one: &clavicle_testkit::Request,
        other: &clavicle_testkit::Request,
        actions: &[String],
        contexts: &[Context],
    ) {
        let service = one.action.split(':').next().expect("a service");
        let pattern = format!("{service}:*");
        let mut store = Store::new();
        let hide = seed.is_multiple_of(4);
        let Some((can, principal, thing, own)) = subject(&mut store, one, hide, &[&pattern]) else { return };
        let Some((may, ..)) = subject(&mut store, other, hide, &[&pattern]) else { return };
        let never = store.never(&can, Limits::default());
        let no_more = store.implies(&can, &may, Limits::default());
        for verdict in [&never, &no_more] {
            if let Verdict::Unknown(doubts) = verdict {
                let bug = doubts.iter().find(|doubt| matches!(doubt, Doubt::Bug(_)));
                assert!(bug.is_none(), "seed {seed}: {bug:?}\n{}", told(one, other));
            }
        }
        if !never.holds() && !no_more.holds() {
            return;
        }
        self.proved += 1;
        let mut brought: Vec<Context> = std::iter::once(&own).chain(contexts).map(present).collect();
        for context in &mut brought {
            bring_what_all_do(context);
            bring_what_is_always_there(&principal, context);
        }
        brought.retain(is_in_domain);
        for (action, context) in actions.iter().flat_map(|action| brought.iter().map(move |it| (action, it)))
        {
            let named = Action::new(action);
            let asked = Request::exact(&principal, &named, &thing, context);
            let (first, second) = (store.has(&can, &asked), store.has(&may, &asked));
            self.tried += 1;
            self.allowed += u64::from(first == Tri::Yes);
            let text = || format!("seed {seed}: {action} with {context:?}\n{}", told(one, other));
            assert!(!(never.holds() && first == Tri::Yes), "{}", text());
            assert!(!(no_more.holds() && first == Tri::Yes && second == Tri::No), "{}", text());
        }
    }
}

/// The keys that are there. That one is missing is not stated: each caller has its own in its place.
fn present(context: &Context) -> Context {
    let mut present = Context::exact();
    for (key, fact) in context.keys().filter(|(_, fact)| **fact != Fact::Absent) {
        present.set(key, fact.clone());
    }
    present
}

fn told(one: &clavicle_testkit::Request, other: &clavicle_testkit::Request) -> String {
    [one, other].map(|it| serde_json::to_string(it).expect("a request")).join("\n")
}

/// AWS: IAM User Guide, "AWS global condition context keys": these are "always included in the request context", and two of them
/// tell the same time.
fn bring_what_all_do(context: &mut Context) {
    for (key, value) in [
        ("aws:CurrentTime", "2024-03-01T00:00:00Z"),
        ("aws:SecureTransport", "true"),
        ("aws:ViaAWSService", "false"),
        ("aws:RequestedRegion", "us-east-1"),
    ] {
        if context.stated(key).is_none() {
            context.set(key, Fact::One(value.to_owned()));
        }
    }
    let time = match context.stated("aws:CurrentTime") {
        Some(Fact::One(text)) => Instant::parse(text),
        _ => None,
    };
    if let Some(time) = time {
        context.set("aws:EpochTime", Fact::One(time.seconds().to_string()));
    }
}

/// What other requests of the generator bring, and the actions that some of them ask for.
fn elsewhere(seed: u64, action: &str, count: u64) -> (Vec<String>, Vec<Context>) {
    let service = action.split(':').next();
    let (mut actions, mut contexts) = (vec![action.to_owned()], Vec::new());
    for more in 0..count {
        let more = generate(seed.wrapping_mul(41).wrapping_add(more));
        if more.action.split(':').next() == service && !actions.contains(&more.action) {
            actions.push(more.action.clone());
        }
        let mut context = Context::exact();
        for (key, value) in more.context.iter().filter(|(key, _)| !follows(key)) {
            context.set(key, fact(value));
        }
        contexts.push(context);
    }
    (actions, contexts)
}

/// Of all actions of a service, by one caller and by two on the same thing.
#[test]
fn a_proof_about_one_caller_or_two_is_contradicted_by_no_request() {
    let (first, samples) =
        (number("CLAVICLE_SEED").unwrap_or(SEED), number("CLAVICLE_SAMPLES").unwrap_or(600));
    let mut tally = Tally::default();
    for seed in first..first + samples {
        let one = generate(seed);
        // Somebody else with the same thing.
        let other = clavicle_testkit::Request {
            action: one.action.clone(),
            resource: one.resource.clone(),
            resource_account: one.resource_account.clone(),
            resource_policy: one.resource_policy.clone(),
            ..generate(seed ^ 0x5555_0000)
        };
        let (actions, contexts) = elsewhere(seed, &one.action, 40);
        tally.ask(seed, &one, &other, &actions, &contexts);
    }
    tally.says_something(samples);
}

/// The same of two who are alike but for conditions on one key, which one of them may always send, never send, or have otherwise:
/// both ways, and with every value of the key.
#[test]
fn a_proof_about_two_who_are_nearly_alike_is_contradicted_by_no_request() {
    let (first, samples) =
        (number("CLAVICLE_SEED").unwrap_or(SEED), number("CLAVICLE_SAMPLES").unwrap_or(2_000));
    let mut tally = Tally::default();
    for seed in first..first + samples {
        let pair = generate_pair(seed);
        let (actions, mut contexts) = elsewhere(seed, &pair.one.action, 4);
        contexts.push(Context::exact());
        if !follows(pair.key) && pair.key != "aws:userid" {
            contexts =
                contexts.iter().flat_map(|context| with_each(context, pair.key, pair.values)).collect();
        }
        tally.ask(seed, &pair.one, &pair.other, &actions, &contexts);
        tally.ask(seed, &pair.other, &pair.one, &actions, &contexts);
    }
    tally.says_something(samples);
}

/// Where nobody has seen a layer, what is proved holds whatever the layer says: what it really says contradicts nothing.
#[test]
fn a_proof_without_a_layer_is_contradicted_by_no_text_of_it() {
    let (first, samples) =
        (number("CLAVICLE_SEED").unwrap_or(SEED), number("CLAVICLE_SAMPLES").unwrap_or(1_000));
    let layers = [
        Layer::Identity,
        Layer::Boundary,
        Layer::Session,
        Layer::Scp,
        Layer::Rcp,
        Layer::Resource,
        Layer::Endpoint,
    ];
    let (mut proved, mut tried, mut allowed) = (0_u64, 0_u64, 0_u64);
    for seed in first..first + samples {
        let pair = generate_pair(seed);
        let (one, other) = (&pair.one, &pair.other);
        let service = one.action.split(':').next().expect("a service");
        let pattern = format!("{service}:*");
        let layer = layers[usize::try_from(seed % 7).expect("small")];
        let mut store = Store::new();
        let seen = subject(&mut store, one, false, &[&pattern]);
        let less = subject_without(&mut store, one, false, &[&pattern], Some(layer));
        let (Some((can, principal, thing, own)), Some((may, ..))) = (seen, less) else { continue };
        let (Some((seen, ..)), Some((unseen, ..))) = (
            subject(&mut store, other, false, &[&pattern]),
            subject_without(&mut store, other, false, &[&pattern], Some(layer)),
        ) else {
            continue;
        };
        let limits = Limits::default();
        let never = store.never(&may, limits);
        // What one can do, or may, is no more than what the other can, or may.
        let known = store.implies(&may, &seen, limits);
        let both = store.implies(&can, &unseen, limits);
        if ![&never, &known, &both].iter().any(|verdict| verdict.holds()) {
            continue;
        }
        proved += 1;
        let (actions, contexts) = elsewhere(seed, &one.action, 10);
        let mut brought: Vec<Context> = std::iter::once(&own).chain(&contexts).map(present).collect();
        for context in &mut brought {
            bring_what_all_do(context);
            bring_what_is_always_there(&principal, context);
        }
        brought.retain(is_in_domain);
        for (action, context) in actions.iter().flat_map(|action| brought.iter().map(move |it| (action, it)))
        {
            let named = Action::new(action);
            let asked = Request::exact(&principal, &named, &thing, context);
            let (first, second) = (store.has(&can, &asked), store.has(&seen, &asked));
            tried += 1;
            allowed += u64::from(first == Tri::Yes);
            let text = || format!("seed {seed}: {layer:?} {action} with {context:?}\n{}", told(one, other));
            assert!(!(never.holds() && first == Tri::Yes), "{}", text());
            assert!(!(known.holds() && first == Tri::Yes && second == Tri::No), "{}", text());
            assert!(!(both.holds() && first == Tri::Yes && second == Tri::No), "{}", text());
        }
    }
    assert!(proved * 8 > samples && allowed > 0, "{proved} proved, {tried} tried, {allowed} allowed");
    println!("{proved} proved, {tried} tried, {allowed} allowed");
}

/// The context without the key, and with each of the values.
fn with_each(context: &Context, key: &str, values: &[&str]) -> Vec<Context> {
    let fact = |value: &str| match key {
        "aws:TagKeys" => Fact::Many(vec![value.to_owned()]),
        _ => Fact::One(value.to_owned()),
    };
    let facts = values.iter().map(|value| fact(value)).chain([Fact::Absent]);
    facts
        .map(|fact| {
            let mut context = context.clone();
            match (key, fact) {
                // It is told by the other clock.
                ("aws:EpochTime", Fact::One(time)) => context.set("aws:CurrentTime", Fact::One(time)),
                (key, fact) => context.set(key, fact),
            }
            context
        })
        .collect()
}
