//! The program of `rust/`, for tests that record the AWS SDK for Rust.

use std::io::Write as _;

/// Where it is: built by `cargo xtask rust-sdk-test` beside what cargo builds. `None`, and a word about it: it is not, and the
/// tests that need it test nothing.
#[must_use]
pub fn rust_sdk() -> Option<String> {
    let test = std::env::current_exe().unwrap_or_default();
    let mut places = test.ancestors().map(|folder| folder.join("rust-sdk/debug/rust-sdk-calls"));
    let found = places.find(|place| place.is_file());
    if found.is_none() {
        let word =
            "NOT TESTED: there is no client of the AWS SDK for Rust; `cargo xtask rust-sdk-test` builds it";
        let _ = writeln!(std::io::stderr(), "{word}");
    }
    found.map(|place| place.to_string_lossy().into_owned())
}
