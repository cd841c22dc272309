//! How long do the questions about a whole world take?
//!
//! Over generated accounts: `CLAVICLE_WORKLOAD` names a folder that a generator wrote (`medium` has one account with
//! 2,000 principals, `large` two hundred with 50,000); without it a `medium` one is made, which needs the folder of
//! generators beside the checkout.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use clavicle_catalog::{Word, catalog};
use clavicle_graph::{Actor, Begin, Goal, Limits, Stated, Target, World};
use clavicle_snapshot::{Database, Import, ResourceIndex, Snapshot};
use divan::Bencher;

fn main() {
    match folder() {
        Some(_) => divan::main(),
        None => {
            let _ =
                writeln!(std::io::stderr(), "nothing to measure: no generators, and no CLAVICLE_WORKLOAD");
        }
    }
}

fn folder() -> Option<&'static Path> {
    static FOLDER: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
        if let Some(named) = std::env::var_os("CLAVICLE_WORKLOAD") {
            return Some(named.into());
        }
        let made = std::env::temp_dir().join("clavicle-bench-medium");
        let shared = clavicle_testkit::shared().ok()?;
        let status = Command::new("python3")
            .arg(shared.join("workloads/make_account.py"))
            .args(["--size", "medium", "--out"])
            .arg(&made)
            .stdout(std::process::Stdio::null())
            .status();
        status.is_ok_and(|status| status.success()).then_some(made)
    });
    FOLDER.as_deref()
}

fn database() -> &'static std::sync::Mutex<Database> {
    static DATABASE: LazyLock<std::sync::Mutex<Database>> = LazyLock::new(|| {
        let folder = folder().expect("main looked");
        let parts = ["organization.json", "accounts"].map(|part| folder.join(part));
        let import = parts.into_iter().fold(Import::new(), Import::source);
        std::sync::Mutex::new(import.run(|_| ()).expect("generated accounts import").database)
    });
    &DATABASE
}

fn snapshot() -> Snapshot {
    Snapshot::read(&database().lock().expect("nobody panicked"), |_, _| ()).expect("it loads")
}

fn compile() -> World {
    World::new(snapshot(), catalog(), Stated::default(), |_, _| ())
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
