//! The Python of the tests, with the packages of `moto/requirements.txt`.

use std::io::Write as _;

/// Where it is: what `CLAVICLE_MOTO` names, or what `cargo xtask test` installed beside what cargo builds. `None`, and a word
/// about it: there is none, and the tests that need it test nothing.
#[must_use]
pub fn python() -> Option<String> {
    let test = std::env::current_exe().unwrap_or_default();
    let installed = || test.ancestors().map(|folder| folder.join("moto/bin/python")).find(|it| it.is_file());
    let found = std::env::var("CLAVICLE_MOTO")
        .ok()
        .or_else(|| installed().map(|path| path.to_string_lossy().into_owned()));
    if found.is_none() {
        let word = "NOT TESTED: there is no Python with moto; `cargo xtask test` installs it";
        let _ = writeln!(std::io::stderr(), "{word}");
    }
    found
}
