//! How many instructions does a decision take? Counted by callgrind: the same on a busy machine.

#[expect(dead_code, reason = "the other language is for the other bench")]
mod questions;

use std::hint::black_box;

use gungraun::{library_benchmark, library_benchmark_group, main};

use questions::{Ours, QUESTIONS};

// The count of this divided by two thousand is that of one decision.
#[library_benchmark]
#[bench::all(Ours::new())]
fn two_thousand_decisions(ours: Ours) -> usize {
    let allowed = (0..QUESTIONS).filter(|number| ours.allows(black_box(*number))).count();
    // Giving the world back is no part of a decision.
    std::mem::forget(ours);
    allowed
}

library_benchmark_group!(name = decisions, benchmarks = two_thousand_decisions);

main!(library_benchmark_groups = decisions);
