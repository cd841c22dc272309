//! How long do the questions about a whole world take?
//!
//! Over the generated accounts of [`workload`].

mod workload;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use clavicle_catalog::Word;
use clavicle_graph::{Actor, Begin, Goal, Limits, Target, World};
use clavicle_snapshot::ResourceIndex;
use divan::Bencher;

use workload::{compile, database};

fn main() {
    if workload::is_there() {
        divan::main();
    }
}

fn world() -> &'static World {
    static WORLD: LazyLock<World> = LazyLock::new(compile);
    &WORLD
}

/// The first thing of a kind that has a policy.
fn thing(kind: &str) -> Target {
    let resources = &world().snapshot().resources;
    let found =
        resources.iter().position(|resource| &*resource.kind == kind && resource.policy.document().is_some());
    Target::Resource(ResourceIndex::at(found.expect("there is one")))
}

#[divan::bench(sample_count = 5)]
fn load_and_compile(bencher: Bencher<'_, '_>) {
    database();
    bencher.bench(compile);
}

#[divan::bench(args = ["s3:bucket", "sqs:queue", "kms:key"], sample_count = 50)]
fn who_reads(bencher: Bencher<'_, '_>, kind: &str) {
    let target = thing(kind);
    let when = world().context(&BTreeMap::new());
    let wanted = world().wanted(Word::Read, &target);
    bencher.bench(|| world().who_can(&wanted, &target, &when).len());
}

#[divan::bench(sample_count = 20)]
fn what_can_a_role(bencher: Bencher<'_, '_>) {
    let principals: Vec<_> = world().principals().collect();
    let actor = Actor::Principal(principals[principals.len() / 2]);
    let when = world().context(&BTreeMap::new());
    bencher.bench(|| world().what_can(&actor, &when).len());
}

#[divan::bench(sample_count = 3)]
fn who_becomes_whom_and_who_is_equal(bencher: Bencher<'_, '_>) {
    bencher.with_inputs(compile).bench_values(|world| {
        let account = world.snapshot().accounts[0].id;
        (world.becomes().len(), world.classes_of(account).len(), world.administrators().len())
    });
}

#[divan::bench(sample_count = 3)]
fn touches_of_the_largest_account(bencher: Bencher<'_, '_>) {
    bencher.with_inputs(compile).bench_values(|world| {
        let sizes = world.snapshot().accounts.iter();
        let largest = sizes.max_by_key(|account| world.principals_of(account.id).len()).expect("an account");
        world.touches(largest.id).within.len()
    });
}

/// Every way in from outside, with nothing worked out before.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn ways_in(bencher: Bencher<'_, '_>) {
    let world = world();
    bencher.bench(|| world.ways_in().len());
}

#[divan::bench(sample_count = 3)]
fn every_step(bencher: Bencher<'_, '_>) {
    let ready = || {
        let world = compile();
        world.administrators();
        let account = world.snapshot().accounts[0].id;
        world.classes_of(account);
        world
    };
    bencher.with_inputs(ready).bench_values(|world| world.steps().len());
}

#[divan::bench(sample_count = 20)]
fn path_to_administrator(bencher: Bencher<'_, '_>) {
    // Somebody who gets there by the longest of the shortest ways.
    let goal = Goal::Administrator(None);
    let all = world().chains(&Begin::Anyone, &goal, &Limits { each: 1, ..Limits::default() });
    let longest = all.chains.iter().max_by_key(|chain| chain.moves()).and_then(|chain| chain.begin());
    let Some(clavicle_graph::Node::Actor(actor)) = longest else { return };
    let begin = Begin::With(vec![actor.clone()]);
    bencher.bench(|| world().chains(&begin, &goal, &Limits::default()).chains.len());
}
