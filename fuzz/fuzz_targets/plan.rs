//! Any bytes as a plan or template: the promises that the tests of `clavicle-snapshot` make hold.

#![no_main]

#[path = "../../crates/snapshot/tests/planned/any_bytes.rs"]
mod any_bytes;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| any_bytes::hold(bytes));
