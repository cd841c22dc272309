//! `--out FILE`: whole or not at all.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use crate::failure::Failure;

/// Puts a text under a name: written beside it, then renamed. What is no ordinary file (`/dev/stderr`, a pipe) is
/// written to as it is.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: &std::io::Error| {
        Failure::io("write the file", path, error).help("name a file in a folder that you may write to")
    };
    match fs::metadata(path) {
        Ok(about) if about.is_dir() => {
            return Err(Failure::input("cannot write the file: this is a folder").in_file(path));
        }
        Ok(about) if !about.is_file() => {
            let written =
                File::options().write(true).open(path).and_then(|mut file| file.write_all(text.as_bytes()));
            return written.map_err(|error| failed(&error));
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
    let mut beside = beside.tempfile_in(folder).map_err(|error| failed(&error))?;
    beside.write_all(text.as_bytes()).map_err(|error| failed(&error))?;
    beside.persist(path).map_err(|error| failed(&error.error))?;
    Ok(())
}
