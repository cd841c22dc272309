//! The bytes of a file, unpacked.

use std::io::{self, Read};
use std::path::Path;

use flate2::{Decompress, FlushDecompress, Status};

/// A file that unpacks to more is read no further: logs of AWS are a thousandth of that, and this much has to fit into
/// memory.
const MOST: u64 = 1 << 30;

/// The largest window that gzip has, as a power of two.
const WINDOW_BITS: u8 = 15;
/// Room for so much more is made at least.
const MORE: usize = 64 << 10;

/// The bytes of a file, as far as they could be read.
#[derive(Debug)]
pub struct Inflated {
    /// The file cannot be read further, for this reason.
    pub fault: Option<String>,
}

/// Reads a file and unpacks it, by its first bytes, into `text`, which is emptied first. `packed` is scratch space.
pub fn inflate(path: &Path, packed: &mut Vec<u8>, text: &mut Vec<u8>) -> io::Result<Inflated> {
    packed_file(path, packed).map_err(io::Error::other)?;
    Ok(unpack(packed, text))
}

/// Reads a file into `packed`, which is emptied first; why that could not be done.
pub(crate) fn packed_file(path: &Path, packed: &mut Vec<u8>) -> Result<(), String> {
    packed.clear();
    let mut read = || {
        let mut file = std::fs::File::open(path)?;
        let size = file.metadata()?.len().min(MOST) as usize;
        packed.reserve(size + 1);
        (&mut file).take(MOST).read_to_end(packed)
    };
    read().map(|_| ()).map_err(|error: io::Error| error.to_string())
}

/// Unpacks bytes, by the first of them, into `text`, which is emptied first. What was packed is scratch space afterwards.
pub(crate) fn unpack(packed: &mut Vec<u8>, text: &mut Vec<u8>) -> Inflated {
    text.clear();
    let read = match packed.as_slice() {
        [0x1f, 0x8b, ..] => gzip(packed, text),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => zstd(packed, text),
        _ => {
            std::mem::swap(packed, text);
            Ok(())
        }
    };
    text.truncate(MOST as usize);
    let too_much = text.len() as u64 >= MOST;
    let fault = match read {
        Ok(()) if too_much => Some(format!("holds more than {} MiB", MOST >> 20)),
        Ok(()) => None,
        Err(error) => Some(format!("cannot be unpacked to its end: {error}")),
    };
    Inflated { fault }
}

/// The parts of a gzip file, one behind the other, right into their place: through a reader, the text would be copied and
/// the place for it filled with zeros first.
fn gzip(packed: &[u8], text: &mut Vec<u8>) -> io::Result<()> {
    text.reserve(said_size(packed));
    let mut rest = packed;
    while !rest.is_empty() {
        let mut part = Decompress::new_gzip(WINDOW_BITS);
        loop {
            let before = part.total_in();
            let status = part.decompress_vec(rest, text, FlushDecompress::Finish)?;
            let read = usize::try_from(part.total_in() - before).unwrap_or(usize::MAX);
            rest = rest.get(read..).unwrap_or_default();
            match status {
                Status::StreamEnd => break,
                _ if text.len() as u64 >= MOST => return Ok(()),
                _ if text.len() < text.capacity() => return Err(io::ErrorKind::UnexpectedEof.into()),
                // It said less than it holds.
                _ => text.reserve(text.len().max(MORE)),
            }
        }
    }
    Ok(())
}

/// What a gzip file says of the size of its text: a hint, wrong for damaged files and those of several parts. No more
/// than gzip can make of so many bytes.
fn said_size(packed: &[u8]) -> usize {
    let said = packed.last_chunk::<4>().map_or(0, |size| u32::from_le_bytes(*size) as usize);
    // One more: then the reader learns of the end without asking for more space.
    said.min(packed.len().saturating_mul(1032)).min(MOST as usize) + 1
}

fn zstd(mut packed: &[u8], text: &mut Vec<u8>) -> io::Result<()> {
    while !packed.is_empty() {
        let mut decoder = ruzstd::decoding::StreamingDecoder::new(&mut packed).map_err(io::Error::other)?;
        (&mut decoder).take(MOST.saturating_sub(text.len() as u64)).read_to_end(text)?;
        if text.len() as u64 >= MOST {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::inflate;
    use std::io::Write as _;

    fn unpacked(bytes: &[u8]) -> (Vec<u8>, bool) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let (mut packed, mut text) = (Vec::new(), vec![1]);
        let read = inflate(file.path(), &mut packed, &mut text).unwrap();
        (text, read.fault.is_none())
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(text).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn packed_and_plain_come_to_the_same() {
        let text = b"{\"Records\":[]}".repeat(1000);
        assert_eq!(unpacked(&text), (text.clone(), true));
        assert_eq!(unpacked(&gzip(&text)), (text.clone(), true));
        let parts = [gzip(&text[..999]), gzip(&text[999..])].concat();
        assert_eq!(unpacked(&parts), (text.clone(), true));
        let zstd = ruzstd::encoding::compress_to_vec(&text[..], ruzstd::encoding::CompressionLevel::Fastest);
        assert_eq!(unpacked(&zstd), (text, true));
        assert_eq!(unpacked(b""), (Vec::new(), true));
    }

    #[test]
    fn a_torn_file_is_told_and_read_as_far_as_it_goes() {
        let text: Vec<u8> =
            (0..200_000u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        let packed = gzip(&text);
        let (read, whole) = unpacked(&packed[..packed.len() / 2]);
        assert!(!whole && !read.is_empty() && text.starts_with(&read));
        let mut damaged = packed;
        let at = damaged.len() - 6;
        damaged[at] ^= 1;
        assert!(!unpacked(&damaged).1, "the checksum is checked");
    }
}
