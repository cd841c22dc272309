//! How long does comparing two policies take?
//!
//! The policies are those that AWS manages, from the catalogue's own copies: each against the next by ARN, and each
//! against itself with its last statement taken away, which is how versions differ. `compile` starts with an empty
//! store, so every figure is of one question asked alone. `slowest` tells the slowest and what is unknown.
#![expect(clippy::print_stdout, reason = "percentiles go to the terminal")]

use std::time::Instant;

use clavicle_engine::Principals;
use clavicle_policy::{Policy, parse};
use clavicle_prover::{Limits, Store, Verdict};
use divan::Bencher;

fn main() {
    table();
    divan::main();
}

fn managed() -> Vec<(&'static str, Policy)> {
    let all = clavicle_catalog::catalog().managed_policies();
    all.iter().filter_map(|policy| Some((policy.name(), parse(policy.document.as_bytes()).policy?))).collect()
}

/// The policy without its last statement, entry or pattern: something that a new version adds.
fn before(policy: &Policy) -> Policy {
    let mut old = policy.clone();
    if old.statements.len() > 1 {
        old.statements.pop();
    } else if let Some(actions) = old.statements.first_mut().and_then(|statement| statement.action.as_mut()) {
        actions.patterns.pop();
    }
    old
}

/// Percentiles of one question asked alone, which no bench of a mean shows.
fn table() {
    let policies = managed();
    let old: Vec<Policy> = policies.iter().map(|(_, policy)| before(policy)).collect();
    let versions =
        policies.iter().zip(&old).flat_map(|((name, new), old)| [(*name, old, new), (*name, new, old)]);
    report("versions", versions);
    let next = policies
        .iter()
        .zip(policies.iter().skip(1))
        .flat_map(|((name, a), (_, b))| [(*name, a, b), (*name, b, a)]);
    report("neighbours", next);
}

fn report<'p>(title: &str, pairs: impl Iterator<Item = (&'p str, &'p Policy, &'p Policy)>) {
    let (mut times, mut holds, mut unknown) = (Vec::new(), 0, Vec::new());
    for (name, narrow, wide) in pairs {
        let start = Instant::now();
        let mut store = Store::new();
        let [narrow, wide] = [narrow, wide].map(|policy| store.compile(policy, Principals::Ignored).access());
        let compiled = start.elapsed();
        let verdict = store.implies(&narrow, &wide, Limits::default());
        times.push((start.elapsed(), compiled, name));
        match verdict {
            Verdict::Holds => holds += 1,
            Verdict::Fails(_) => {}
            Verdict::Unknown(doubts) => unknown.push((name, doubts)),
        }
    }
    times.sort_unstable();
    let at = |part: usize| times.get(times.len() * part / 1000).map(|(all, compiled, _)| (*all, *compiled));
    println!("{title}: {} questions, {holds} hold, unknown: {unknown:?}", times.len());
    for (name, part) in [("p50", 500), ("p90", 900), ("p99", 990), ("p99.9", 999)] {
        println!("  {name} {:?} (whole, of which compiling)", at(part));
    }
    println!("  slowest {:?}", times.last());
}

/// The whole of a pair asked alone.
#[divan::bench]
fn one_pair(bencher: Bencher<'_, '_>) {
    let policies = managed();
    let find = |wanted| policies.iter().find(|(name, _)| *name == wanted).map(|(_, policy)| policy);
    let (Some(narrow), Some(wide)) = (find("AmazonS3ReadOnlyAccess"), find("AmazonS3FullAccess")) else {
        return;
    };
    bencher.bench_local(|| {
        let mut store = Store::new();
        let [narrow, wide] = [narrow, wide].map(|policy| store.compile(policy, Principals::Ignored).access());
        store.implies(&narrow, &wide, Limits::default())
    });
}

/// The same with both sides compiled and the store warm.
#[divan::bench]
fn one_pair_compiled(bencher: Bencher<'_, '_>) {
    let policies = managed();
    let find = |wanted| policies.iter().find(|(name, _)| *name == wanted).map(|(_, policy)| policy);
    let (Some(narrow), Some(wide)) = (find("AmazonS3ReadOnlyAccess"), find("AmazonS3FullAccess")) else {
        return;
    };
    let mut store = Store::new();
    let [narrow, wide] = [narrow, wide].map(|policy| store.compile(policy, Principals::Ignored).access());
    bencher.bench_local(|| store.implies(&narrow, &wide, Limits::default()));
}
