//! Deflates the large texts of `data/` into the build folder, so that what is committed can be read and compared
//! line by line and what is embedded is small.
//!
//! Deflate and not zstd: zstd would save 270 kB of the binary and cost a C library; deflate is in the tree anyway.

use std::io::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    println!("cargo::rerun-if-changed=build.rs");
    for name in ["facts.txt", "managed.txt", "bindings.txt"] {
        let source = Path::new("data").join(name);
        println!("cargo::rerun-if-changed={}", source.display());
        let mut target = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        let text = fs::read(&source)?;
        target.write_all(&text)?;
        fs::write(Path::new(&out).join(name).with_extension("deflate"), target.finish()?)?;
        // The size is known here, so the reader allocates once.
        fs::write(Path::new(&out).join(name).with_extension("len"), text.len().to_string())?;
    }
    Ok(())
}
