//! `--out FILE`: whole or not at all.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::failure::Failure;

/// Puts a text under a name: written beside it, then renamed. What is no ordinary file (`/dev/stderr`, a pipe) is
/// written to as it is.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    stream(path, |to| to.write_all(text.as_bytes()))
}

/// The same of what is written in pieces.
pub(crate) fn stream(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), Failure> {
    let failed = |error: &std::io::Error| {
        Failure::io("write the file", path, error).help("name a file in a folder that you may write to")
    };
    match fs::metadata(path) {
        Ok(about) if about.is_dir() => {
            return Err(Failure::input("cannot write the file: this is a folder").in_file(path));
        }
        Ok(about) if !about.is_file() => {
            let written = File::options().write(true).open(path).and_then(|file| buffered(file, write));
            return written.map(drop).map_err(|error| failed(&error));
        }
        _ => {}
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut beside = tempfile::Builder::new();
    beside.prefix(".clavicle-").suffix(".part");
    // Readable as the user's other files are: the umask applies to this.
    #[cfg(unix)]
    beside.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let beside = beside.tempfile_in(folder).map_err(|error| failed(&error))?;
    let beside = buffered(beside, write).map_err(|error| failed(&error))?;
    beside.persist(path).map_err(|error| failed(&error.error))?;
    Ok(())
}

fn buffered<W: Write>(
    to: W,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> std::io::Result<W> {
    let mut to = BufWriter::new(to);
    write(&mut to)?;
    to.into_inner().map_err(std::io::IntoInnerError::into_error)
}
