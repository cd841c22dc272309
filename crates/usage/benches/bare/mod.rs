//! Unpacking a file of gzip and nothing else, with the library that reads logs and in the fastest way that it has: all of it
//! at once, right into its place.

use std::io::{self, Read as _};
use std::path::Path;

use flate2::{Decompress, FlushDecompress, Status};

/// Reads a file and unpacks it into `text`, which is emptied first. `packed` is scratch space.
pub(crate) fn unpack(path: &Path, packed: &mut Vec<u8>, text: &mut Vec<u8>) -> io::Result<()> {
    packed.clear();
    text.clear();
    let mut file = std::fs::File::open(path)?;
    packed.reserve(usize::try_from(file.metadata()?.len()).unwrap_or_default() + 1);
    file.read_to_end(packed)?;
    // What the file says of its size; one more, and the end is known without more space.
    text.reserve(packed.last_chunk::<4>().map_or(0, |size| u32::from_le_bytes(*size) as usize) + 1);
    let mut part = Decompress::new_gzip(15);
    match part.decompress_vec(packed, text, FlushDecompress::None)? {
        Status::StreamEnd => Ok(()),
        _ => Err(io::Error::other("the file has several parts, or is torn")),
    }
}
