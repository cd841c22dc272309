//! What examples print of what they measured.

use std::time::Instant;

/// Prints the time since `start`, and the most memory that this process has held so far.
#[expect(clippy::print_stdout, reason = "it prints what was measured")]
pub fn said(what: &str, start: Instant) {
    let took = start.elapsed();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("unknown").trim();
    println!("{what:7} {took:>9.3?}  peak memory so far {peak}");
}
