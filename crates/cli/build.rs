//! Packs the demo organization of `examples/paperboat` into one deflated file, so that `clavicle demo` works anywhere.
//!
//! Packed as one entry after another: `name length\n` and so many bytes. What an import reads is taken, and the evidence of
//! use; the script that writes the files stays behind.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

const DEMO: &str = "../../examples/paperboat";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={DEMO}");
    let demo = Path::new(DEMO);
    let mut files = vec![PathBuf::from("organization.json"), PathBuf::from("clavicle.toml")];
    for folder in ["accounts", "trail"] {
        let mut found = Vec::new();
        below(&demo.join(folder), &mut found)?;
        for file in found {
            files.push(file.strip_prefix(demo).map_err(io::Error::other)?.to_path_buf());
        }
    }
    let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    for file in &files {
        let bytes = fs::read(demo.join(file))
            .map_err(|error| io::Error::new(error.kind(), format!("{DEMO}/{}: {error}", file.display())))?;
        let name = file.to_string_lossy().replace('\\', "/");
        writeln!(packed, "{name} {}", bytes.len())?;
        packed.write_all(&bytes)?;
    }
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    fs::write(Path::new(&out).join("demo.deflate"), packed.finish()?)
}

/// Every file below a folder.
fn below(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for path in sorted(folder)? {
        if path.is_dir() { below(&path, found)? } else { found.push(path) }
    }
    Ok(())
}

/// What lies in a folder, in an order that does not depend on the file system: the same binary from the same files.
fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", folder.display())))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
