//! The folder of public cases, fact tables and workload generators that lies beside a checkout.

use std::fmt;
use std::path::{Path, PathBuf};

/// The folder is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoShared {
    looked: PathBuf,
    named: bool,
}

impl fmt::Display for NoShared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let looked = self.looked.display();
        if self.named {
            write!(f, "`CLAVICLE_SHARED` is `{looked}`, which is not a folder")
        } else {
            write!(f, "no shared folder: `{looked}` is not there; set `CLAVICLE_SHARED` to where it is")
        }
    }
}

impl std::error::Error for NoShared {}

/// Where is the shared folder: what `CLAVICLE_SHARED` says, or `shared` beside the checkout?
pub fn shared() -> Result<PathBuf, NoShared> {
    find(std::env::var_os("CLAVICLE_SHARED").map(PathBuf::from), &checkout())
}

fn find(named: Option<PathBuf>, checkout: &Path) -> Result<PathBuf, NoShared> {
    let is_named = named.is_some();
    let looked = named.unwrap_or_else(|| checkout.parent().unwrap_or(checkout).join("shared"));
    if looked.is_dir() { Ok(looked) } else { Err(NoShared { looked, named: is_named }) }
}

/// Where is this checkout?
pub(crate) fn checkout() -> PathBuf {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR"));
    crates.join("../..").canonicalize().unwrap_or_else(|_| crates.to_owned())
}

#[cfg(test)]
mod tests {
    use super::find;
    use std::path::{Path, PathBuf};

    #[test]
    fn absence_is_told_clearly() {
        let nowhere = Path::new("/nowhere/checkout");
        let error = find(None, nowhere).unwrap_err().to_string();
        assert_eq!(
            error,
            "no shared folder: `/nowhere/shared` is not there; set `CLAVICLE_SHARED` to where it is"
        );
        let error = find(Some(PathBuf::from("/nowhere")), nowhere).unwrap_err().to_string();
        assert_eq!(error, "`CLAVICLE_SHARED` is `/nowhere`, which is not a folder");
        let here = find(Some(PathBuf::from(env!("CARGO_MANIFEST_DIR"))), nowhere);
        assert_eq!(here.unwrap(), Path::new(env!("CARGO_MANIFEST_DIR")));
    }
}
