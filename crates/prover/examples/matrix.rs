//! Does each of the policies that AWS manages allow all that each other allows? All pairs, both sides compiled, in one store
//! that stays warm: how long it takes, what stays unknown, and which pair is the slowest.
//!
//! `matrix` asks all pairs, `matrix 200000` as many of them, drawn by a fixed seed. Those that took longest are asked once more, by
//! themselves and with compiling: the best of three says what is the pair's and not that of others on the machine.
#![expect(clippy::print_stdout, reason = "percentiles go to the terminal")]

use std::time::{Duration, Instant};

use clavicle_engine::Principals;
use clavicle_policy::{Policy, parse};
use clavicle_prover::{Access, Limits, Store, Verdict};

fn main() {
    let wanted: Option<usize> = std::env::args().nth(1).and_then(|count| count.parse().ok());
    let mut store = Store::new();
    let start = Instant::now();
    let all: Vec<(&str, Policy, Access)> = clavicle_catalog::catalog()
        .managed_policies()
        .iter()
        .filter_map(|known| {
            let policy = parse(known.document.as_bytes()).policy?;
            let access = store.compile(&policy, Principals::Ignored).access();
            Some((known.name(), policy, access))
        })
        .collect();
    println!("{} policies, compiled in {:?}", all.len(), start.elapsed());

    let start = Instant::now();
    let (mut times, mut holds, mut unknown) = (Vec::new(), 0_usize, Vec::new());
    for (narrow, wide) in pairs(all.len(), wanted) {
        let (Some(one), Some(other)) = (all.get(narrow), all.get(wide)) else { continue };
        let asked = Instant::now();
        let verdict = store.implies(&one.2, &other.2, Limits::default());
        times.push((asked.elapsed(), narrow, wide));
        match verdict {
            Verdict::Holds => holds += 1,
            Verdict::Fails(_) => {}
            Verdict::Unknown(doubts) => unknown.push((one.0, other.0, doubts)),
        }
    }
    println!(
        "{} pairs in {:?}: {holds} hold, {} unknown {unknown:?}",
        times.len(),
        start.elapsed(),
        unknown.len()
    );
    times.sort_unstable();
    let at = |part: usize| times.get(times.len() * part / 10_000).map_or(Duration::ZERO, |(time, ..)| *time);
    for (name, part) in [("p50", 5_000), ("p90", 9_000), ("p99", 9_900), ("p99.9", 9_990), ("p99.99", 9_999)]
    {
        println!("  {name} {:?}", at(part));
    }
    let longest = times.iter().rev().take(ASKED_AGAIN).filter_map(|(_, narrow, wide)| {
        let (one, other) = (all.get(*narrow)?, all.get(*wide)?);
        let best = (0..3).map(|_| alone(&one.1, &other.1)).min()?;
        Some((best, one.0, other.0))
    });
    let mut longest: Vec<_> = longest.collect();
    longest.sort_unstable();
    for (time, one, other) in longest.iter().rev().take(5) {
        println!("  slowest by itself {time:?} {one} against {other}");
    }
}

/// So many that took longest are asked again.
const ASKED_AGAIN: usize = 300;

/// How long the question takes with compiling, in an empty store.
fn alone(narrow: &Policy, wide: &Policy) -> Duration {
    let start = Instant::now();
    let mut store = Store::new();
    let [narrow, wide] = [narrow, wide].map(|policy| store.compile(policy, Principals::Ignored).access());
    let verdict = store.implies(&narrow, &wide, Limits::default());
    let took = start.elapsed();
    drop(verdict);
    took
}

/// All pairs of so many, or so many of them.
fn pairs(count: usize, wanted: Option<usize>) -> Box<dyn Iterator<Item = (usize, usize)>> {
    let Some(wanted) = wanted else {
        return Box::new((0..count).flat_map(move |one| (0..count).map(move |other| (one, other))));
    };
    let mut seed = 1_u64;
    let mut next = move || {
        // A generator of Knuth's, of which the upper half is used.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap_or_default() % count
    };
    Box::new((0..wanted).map(move |_| (next(), next())))
}
