//! The packages of `javascript/package-lock.json`, for tests that record the AWS SDK for JavaScript.

use std::io::Write as _;

/// Where they are, for `NODE_PATH`: installed by `cargo xtask test` beside what cargo builds. `None`, and a word about it:
/// they are not, and the tests that need them test nothing.
#[must_use]
pub fn javascript() -> Option<String> {
    let test = std::env::current_exe().unwrap_or_default();
    let mut places = test.ancestors().map(|folder| folder.join("javascript/node_modules"));
    // This file is written last.
    let found = places.find(|place| place.join(".package-lock.json").is_file());
    if found.is_none() {
        let word = "NOT TESTED: there is no AWS SDK for JavaScript; `cargo xtask test` installs it where there is npm";
        let _ = writeln!(std::io::stderr(), "{word}");
    }
    found.map(|place| place.to_string_lossy().into_owned())
}
