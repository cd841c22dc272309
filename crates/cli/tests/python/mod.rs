//! The Python of the tests, with the packages of `tests/collect/requirements.txt`.

use std::io::Write as _;
use std::path::Path;

/// Where it is; `None`, and a word about it, if it is not installed.
pub(crate) fn python() -> Option<String> {
    let installed = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("moto").join("bin/python");
    let installed = installed.is_file().then(|| installed.to_string_lossy().into_owned());
    let python = std::env::var("CLAVICLE_MOTO").ok().or(installed);
    if python.is_none() {
        let _ = writeln!(
            std::io::stderr(),
            "NOT TESTED: there is no Python with moto; `cargo xtask test` installs it"
        );
    }
    python
}
