//! Embeds the built web app: the files of `ui/dist` that `cargo xtask ui` writes. Runs no commands.
//!
//! Without them the program is built all the same, with a page in their place that says how to build them; a release is
//! built with `REQUIRE_UI=1`, which makes that an error.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let here = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let dist = here.join("../../ui/dist");
    println!("cargo::rerun-if-changed={}", dist.display());
    println!("cargo::rerun-if-env-changed=REQUIRE_UI");
    let mut found = Vec::new();
    if dist.join("index.html").is_file() {
        collect(&dist, "", &mut found)?;
        found.sort();
    } else if env::var("REQUIRE_UI").is_ok_and(|value| !value.is_empty() && value != "0") {
        return Err(io::Error::other("REQUIRE_UI is set and ui/dist is not built: run `cargo xtask ui`"));
    }
    let mut table = String::from("/// Path below `/` and bytes, sorted by path.\n");
    table.push_str("pub(super) const EMBEDDED: &[(&str, &[u8])] = &[\n");
    for (name, path) in &found {
        writeln!(table, "    ({name:?}, include_bytes!({:?})),", path.display().to_string())
            .map_err(io::Error::other)?;
    }
    table.push_str("];\n");
    fs::write(Path::new(&variable("OUT_DIR")?).join("embedded.rs"), table)
}

/// Every file below `folder`, by its path with slashes.
fn collect(folder: &Path, prefix: &str, found: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_str().ok_or_else(|| io::Error::other("a file of ui/dist has no readable name"))?;
        let inside = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{inside}/"), found)?;
        } else {
            found.push((inside, fs::canonicalize(entry.path())?));
        }
    }
    Ok(())
}

fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(|_| io::Error::other(format!("cargo sets {name} for build scripts")))
}
