//! Any bytes as answers of AWS: the promises that the tests of `clavicle-collect` make hold.

#![no_main]

#[path = "../../crates/collect/tests/any_bytes/mod.rs"]
mod any_bytes;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| any_bytes::hold(bytes));
