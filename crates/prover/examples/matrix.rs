//! Does each of the policies that AWS manages allow all that each other allows? All pairs, both sides compiled, in one store
//! that stays warm: how long it takes, what stays unknown, and which pair is the slowest.
//!
//! `matrix` asks all pairs, `matrix 200000` as many of them, drawn by a fixed seed.
#![expect(clippy::print_stdout, reason = "percentiles go to the terminal")]

use std::time::{Duration, Instant};

use clavicle_engine::Principals;
use clavicle_policy::parse;
use clavicle_prover::{Access, Limits, Store, Verdict};

fn main() {
    let wanted: Option<usize> = std::env::args().nth(1).and_then(|count| count.parse().ok());
    let mut store = Store::new();
    let start = Instant::now();
    let all: Vec<(&str, Access)> = clavicle_catalog::catalog()
        .managed_policies()
        .iter()
        .filter_map(|known| {
            let policy = parse(known.document.as_bytes()).policy?;
            Some((known.name(), store.compile(&policy, Principals::Ignored).access()))
        })
        .collect();
    println!("{} policies, compiled in {:?}", all.len(), start.elapsed());

    let start = Instant::now();
    let (mut times, mut holds, mut unknown) = (Vec::new(), 0_usize, Vec::new());
    for (narrow, wide) in pairs(all.len(), wanted) {
        let (Some((one, narrow)), Some((other, wide))) = (all.get(narrow), all.get(wide)) else { continue };
        let asked = Instant::now();
        let verdict = store.implies(narrow, wide, Limits::default());
        times.push((asked.elapsed(), *one, *other));
        match verdict {
            Verdict::Holds => holds += 1,
            Verdict::Fails(_) => {}
            Verdict::Unknown(doubts) => unknown.push((*one, *other, doubts)),
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
    for (time, one, other) in times.iter().rev().take(5) {
        println!("  slowest {time:?} {one} against {other}");
    }
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
