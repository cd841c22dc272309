//! Any bytes as a policy: the promises that the tests of `clavicle-policy` make hold.

#![no_main]

#[path = "../../crates/policy/tests/language/invariants.rs"]
mod invariants;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| invariants::hold(bytes));
