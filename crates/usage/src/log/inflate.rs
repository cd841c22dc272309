//! The bytes of a file, unpacked.

use std::io::{self, Read};
use std::path::Path;

use flate2::{Decompress, FlushDecompress, Status};
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

/// A file that unpacks to more is read no further: logs of AWS are a thousandth of that, and this much has to fit into
/// memory.
const MOST: u64 = 1 << 30;

/// The largest window that gzip has, as a power of two.
const WINDOW_BITS: u8 = 15;

/// Reads a file into `packed`, which is emptied first; why that could not be done.
pub(crate) fn packed_file(path: &Path, packed: &mut Vec<u8>) -> Result<(), String> {
    packed.clear();
    let mut read = || {
        let mut file = std::fs::File::open(path)?;
        let size = file.metadata()?.len().min(MOST) as usize;
        packed.reserve(size + 1);
        (&mut file).take(MOST).read_to_end(packed)
    };
    read().map(|_| ()).map_err(|error: io::Error| {
        let words = error.to_string();
        format!("cannot be read: {}", words.split(" (os error").next().unwrap_or(&words).to_lowercase())
    })
}

/// What is packed in some bytes, by the first of them: a piece after the other, so that each is read while it is still near
/// the processor.
pub(crate) struct Unpacking<'p> {
    rest: &'p [u8],
    is_zstd: bool,
    /// The part of a gzip file that is being unpacked.
    part: Option<Decompress>,
    /// The part of a file of zstd.
    frame: Option<Frame<'p>>,
    total: u64,
    /// Nothing more will come, for this reason or because that is all.
    end: Option<Result<(), String>>,
}

type Frame<'p> = Box<StreamingDecoder<&'p [u8], FrameDecoder>>;

/// The text of a file.
pub(crate) enum Packed<'p> {
    /// It is packed.
    InPieces(Unpacking<'p>),
    /// It is as it stands in the file.
    Plain(&'p [u8], Option<String>),
}

pub(crate) fn packed(bytes: &[u8]) -> Packed<'_> {
    let is_gzip = bytes.starts_with(&[0x1f, 0x8b]);
    // RFC 8878, section 3.1: a frame of text, or one to be skipped, as `pzstd` begins with.
    let is_zstd = matches!(bytes, [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]);
    if is_gzip || is_zstd {
        let unpacking = Unpacking { rest: bytes, is_zstd, part: None, frame: None, total: 0, end: None };
        return Packed::InPieces(unpacking);
    }
    let is_all = (bytes.len() as u64) < MOST;
    Packed::Plain(&bytes[..bytes.len().min(MOST as usize)], (!is_all).then(too_much))
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

    /// Puts more behind a text: as much as there is room for without moving it, or until the end.
    pub(crate) fn more(&mut self, text: &mut Vec<u8>) {
        let before = text.len();
        let read = if self.is_zstd { self.zstd(text) } else { self.gzip(text) };
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

    /// The same of zstd, whose parts are called frames.
    ///
    /// RFC 8878, section 3: frames stand one behind the other; those to be skipped hold no text, and the checksum is of the text.
    fn zstd(&mut self, text: &mut Vec<u8>) -> io::Result<bool> {
        loop {
            let mut frame = match self.frame.take() {
                Some(frame) => frame,
                None if self.rest.is_empty() => return Ok(true),
                None => match StreamingDecoder::new(self.rest) {
                    Ok(frame) => Box::new(frame),
                    Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                        length,
                        ..
                    })) => {
                        let after =
                            self.rest.get(SKIPPED_HEADER..).and_then(|rest| rest.get(length as usize..));
                        self.rest = after.ok_or(io::ErrorKind::UnexpectedEof)?;
                        continue;
                    }
                    Err(error) => return Err(io::Error::other(error)),
                },
            };
            let room = text.capacity() - text.len();
            (&mut frame).take(room as u64).read_to_end(text)?;
            if text.len() == text.capacity() {
                self.frame = Some(frame);
                return Ok(false);
            }
            let (rest, decoder) = frame.into_parts();
            self.rest = rest;
            if let Some(said) = decoder.get_checksum_from_data()
                && decoder.get_calculated_checksum() != Some(said)
            {
                return Err(io::Error::other("its checksum is another"));
            }
        }
    }
}

/// What says that a frame is to be skipped, and how long it is.
const SKIPPED_HEADER: usize = 8;
