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

/// What is packed in some bytes, by the first of them: a piece after the other, so that each is read while it is still near
/// the processor.
#[derive(Debug)]
pub(crate) struct Unpacking<'p> {
    rest: &'p [u8],
    is_zstd: bool,
    /// The part of a gzip file that is being unpacked.
    part: Option<Decompress>,
    total: u64,
    /// Nothing more will come, for this reason or because that is all.
    end: Option<Result<(), String>>,
}

/// The text of a file.
pub(crate) enum Packed<'p> {
    /// It is packed.
    InPieces(Unpacking<'p>),
    /// It is as it stands in the file.
    Plain(&'p [u8], Option<String>),
}

pub(crate) fn packed(bytes: &[u8]) -> Packed<'_> {
    match bytes {
        [0x1f, 0x8b, ..] | [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            let is_zstd = bytes.first() == Some(&0x28);
            Packed::InPieces(Unpacking { rest: bytes, is_zstd, part: None, total: 0, end: None })
        }
        _ => {
            let is_all = (bytes.len() as u64) < MOST;
            Packed::Plain(&bytes[..bytes.len().min(MOST as usize)], (!is_all).then(too_much))
        }
    }
}

fn too_much() -> String {
    format!("holds more than {} MiB", MOST >> 20)
}

impl Unpacking<'_> {
    /// Was all of it handed over, or as much as can be?
    pub(crate) fn has_ended(&self) -> bool {
        self.end.is_some()
    }

    /// Why it cannot be read to its end.
    pub(crate) fn fault(self) -> Option<String> {
        self.end?.err()
    }

    /// Puts more behind a text: as much as there is room for without moving it, or until the end. What zstd packed comes at once.
    pub(crate) fn more(&mut self, text: &mut Vec<u8>) {
        let before = text.len();
        let read = if self.is_zstd { self.zstd(text).map(|()| true) } else { self.gzip(text) };
        let room = MOST.saturating_sub(self.total);
        self.total += (text.len() - before) as u64;
        if self.total >= MOST {
            text.truncate(before + room as usize);
        }
        self.end = match read {
            _ if self.total >= MOST => Some(Err(too_much())),
            Ok(true) => Some(Ok(())),
            Ok(false) => None,
            Err(error) => Some(Err(format!("cannot be unpacked to its end: {error}"))),
        };
    }

    /// The parts of a gzip file, one behind the other, right into their place: through a reader, the text would be copied and
    /// the place for it filled with zeros first. Was that the end?
    fn gzip(&mut self, text: &mut Vec<u8>) -> io::Result<bool> {
        loop {
            let part = match &mut self.part {
                Some(part) => part,
                None if self.rest.is_empty() => return Ok(true),
                None => self.part.insert(Decompress::new_gzip(WINDOW_BITS)),
            };
            let before = part.total_in();
            let status = part.decompress_vec(self.rest, text, FlushDecompress::None)?;
            let read = usize::try_from(part.total_in() - before).unwrap_or(usize::MAX);
            self.rest = self.rest.get(read..).unwrap_or_default();
            match status {
                Status::StreamEnd => self.part = None,
                _ if text.len() < text.capacity() => return Err(io::ErrorKind::UnexpectedEof.into()),
                _ => return Ok(false),
            }
        }
    }

    fn zstd(&mut self, text: &mut Vec<u8>) -> io::Result<()> {
        let room = usize::try_from(MOST).unwrap_or(usize::MAX);
        while !self.rest.is_empty() {
            let mut decoder =
                ruzstd::decoding::StreamingDecoder::new(&mut self.rest).map_err(io::Error::other)?;
            (&mut decoder).take(room.saturating_sub(text.len()) as u64).read_to_end(text)?;
            if text.len() >= room {
                break;
            }
        }
        Ok(())
    }
}

/// Unpacks all of it into `text`, which is emptied first.
fn unpack(bytes: &[u8], text: &mut Vec<u8>) -> Inflated {
    text.clear();
    let mut unpacking = match packed(bytes) {
        Packed::InPieces(unpacking) => unpacking,
        Packed::Plain(plain, fault) => {
            text.extend_from_slice(plain);
            return Inflated { fault };
        }
    };
    text.reserve(said_size(bytes));
    loop {
        unpacking.more(text);
        if unpacking.has_ended() {
            return Inflated { fault: unpacking.fault() };
        }
        // It said less than it holds.
        text.reserve(text.len().max(MORE));
    }
}

/// What a gzip file says of the size of its text: a hint, wrong for damaged files and those of several parts. No more
/// than gzip can make of so many bytes.
fn said_size(packed: &[u8]) -> usize {
    let said = packed.last_chunk::<4>().map_or(0, |size| u32::from_le_bytes(*size) as usize);
    // One more: then the end is known without more space.
    said.min(packed.len().saturating_mul(1032)).min(MOST as usize) + 1
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
