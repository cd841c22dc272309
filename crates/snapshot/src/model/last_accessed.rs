//! What AWS reported of last use.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

/// No report is longer: some hundred services, some thousand actions.
const LONGEST: u64 = 64 << 20;

/// When somebody last used each service, and each action that AWS tracks: an answer of `GetServiceLastAccessedDetails` with
/// whom it is of. Kept packed, since that of an administrator names every service, and few questions are about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastAccessedReport {
    /// The ARN of the user or role.
    pub principal: Box<str>,
    packed: Box<[u8]>,
}

impl LastAccessedReport {
    pub(crate) fn of_packed(principal: Box<str>, packed: Box<[u8]>) -> Self {
        Self { principal, packed }
    }

    /// The report as AWS's JSON has it, with the principal as its `Arn`. `None`: it is damaged.
    #[must_use]
    pub fn json(&self) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        GzDecoder::new(&*self.packed).take(LONGEST).read_to_end(&mut text).ok()?;
        Some(text)
    }
}

/// Packs the text of a report.
pub(crate) fn pack(text: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(text)?;
    packed.finish()
}
