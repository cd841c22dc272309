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
    let failed = |error: &std::io::Error| failed(path, error);
    if is_special(path)? {
        let written = File::options().write(true).open(path).and_then(|file| buffered(file, write));
        return written.map(drop).map_err(|error| failed(&error));
    }
    // A link stays one: what it names is written.
    let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let beside = buffered(beside(&place)?, write).map_err(|error| failed(&error))?;
    // What nobody else may read stays so.
    if let Ok(about) = fs::metadata(&place) {
        beside.as_file().set_permissions(about.permissions()).map_err(|error| failed(&error))?;
    }
    beside.persist(&place).map_err(|error| failed(&error.error))?;
    Ok(())
}

/// Could a text be put under this name? What is there stays as it is. Of what is no ordinary file it is not tried: who reads
/// from a pipe would take it for the end.
pub(crate) fn can_write(path: &Path) -> Result<(), Failure> {
    if is_special(path)? { Ok(()) } else { beside(path).map(drop) }
}

fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure::io("write the file", path, error).help("name a file in a folder that you may write to")
}

/// Is there something that is no ordinary file, and can be written to as it is?
fn is_special(path: &Path) -> Result<bool, Failure> {
    match fs::metadata(path) {
        Ok(about) if about.is_dir() => {
            Err(Failure::input("cannot write the file: this is a folder").in_file(path))
        }
        Ok(about) => Ok(!about.is_file()),
        Err(_) => Ok(false),
    }
}

/// A file in the same folder, gone unless it is renamed.
fn beside(path: &Path) -> Result<tempfile::NamedTempFile, Failure> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut beside = tempfile::Builder::new();
    beside.prefix(".clavicle-").suffix(".part");
    // Readable as the user's other files are: the umask applies to this.
    #[cfg(unix)]
    beside.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    beside.tempfile_in(folder).map_err(|error| failed(path, &error))
}

fn buffered<W: Write>(
    to: W,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> std::io::Result<W> {
    let mut to = BufWriter::new(to);
    write(&mut to)?;
    to.into_inner().map_err(std::io::IntoInnerError::into_error)
}
