//! One file as text: unpacked if it is gzip, hashed, with the place of every byte known while it is read.

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};

use crate::error::{ErrorKind, Position, SnapshotError};

/// How far a file has been read. Shared between the reader, which counts, and whoever is fed by it.
#[derive(Debug)]
pub(crate) struct Place {
    offset: Cell<u64>,
    line: Cell<u64>,
    line_start: Cell<u64>,
    raw: Cell<u64>,
}

impl Place {
    fn new() -> Place {
        Place { offset: Cell::new(0), line: Cell::new(1), line_start: Cell::new(0), raw: Cell::new(0) }
    }

    /// The place of the byte that was read last.
    pub(crate) fn position(&self) -> Position {
        let offset = self.offset.get().saturating_sub(1);
        let start = self.line_start.get();
        match start > offset {
            // The byte read last ended its line.
            true => Position { line: self.line.get() - 1, column: 1, offset },
            false => Position { line: self.line.get(), column: offset - start + 1, offset },
        }
    }

    /// Bytes of the file itself that have been read, packed as they are.
    pub(crate) fn raw(&self) -> u64 {
        self.raw.get()
    }

    fn advance(&self, byte: u8) {
        self.offset.set(self.offset.get() + 1);
        if byte == b'\n' {
            self.line.set(self.line.get() + 1);
            self.line_start.set(self.offset.get());
        }
    }
}

/// Counts and hashes the bytes of the file as they are on the disk.
struct Hashed {
    file: File,
    sha256: Rc<RefCell<Sha256>>,
    place: Rc<Place>,
}

impl Read for Hashed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(into)?;
        self.sha256.borrow_mut().update(&into[..length]);
        self.place.raw.set(self.place.raw.get() + length as u64);
        Ok(length)
    }
}

/// The text of one file, byte by byte.
pub(crate) struct Text {
    inner: Box<dyn Read>,
    buffer: Vec<u8>,
    at: usize,
    pub(crate) place: Rc<Place>,
    sha256: Rc<RefCell<Sha256>>,
}

const CHUNK: usize = 64 * 1024;

pub(crate) fn is_database() -> SnapshotError {
    SnapshotError::new(ErrorKind::WrongKind, "is a database, not one of AWS's files")
        .hint("a saved snapshot is read as it is, it need not be imported")
}

impl Text {
    pub(crate) fn open(path: &Path) -> Result<Text, SnapshotError> {
        let unreadable = |error: io::Error| SnapshotError::io("read the file", &error);
        let file = File::open(path).map_err(unreadable)?;
        let place = Rc::new(Place::new());
        let sha256 = Rc::new(RefCell::new(Sha256::new()));
        let hashed = Hashed { file, sha256: sha256.clone(), place: place.clone() };
        let mut hashed = BufReader::with_capacity(CHUNK, hashed);
        let packed = io::BufRead::fill_buf(&mut hashed).map_err(unreadable)?.starts_with(&[0x1f, 0x8b]);
        let inner: Box<dyn Read> =
            if packed { Box::new(MultiGzDecoder::new(hashed)) } else { Box::new(hashed) };
        let mut text = Text { inner, buffer: Vec::new(), at: 0, place, sha256 };
        text.fill().map_err(unreadable)?;
        text.refuse_other_encodings()?;
        if text.buffer.starts_with(b"\xef\xbb\xbf") {
            text.at = 3;
        }
        Ok(text)
    }

    fn refuse_other_encodings(&self) -> Result<(), SnapshotError> {
        let start = &self.buffer;
        if start.starts_with(b"SQLite format 3\0") {
            return Err(is_database());
        }
        if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
            let position = Position { line: 1, column: 1, offset: 0 };
            return Err(SnapshotError::new(ErrorKind::Text, "is UTF-16 text, not UTF-8")
                .at(position)
                .hint("save it as UTF-8; in PowerShell, `aws … | Out-File -Encoding utf8`"));
        }
        Ok(())
    }

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.resize(CHUNK, 0);
        self.at = 0;
        let length = loop {
            match self.inner.read(&mut self.buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.buffer.truncate(length);
        Ok(())
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        if self.at == self.buffer.len() {
            self.fill()?;
        }
        Ok(self.buffer.get(self.at).copied())
    }

    fn next(&mut self) -> io::Result<Option<u8>> {
        let byte = self.peek()?;
        if let Some(byte) = byte {
            self.at += 1;
            self.place.advance(byte);
        }
        Ok(byte)
    }

    /// Skips white space, and commas between documents; the byte that follows, if any.
    pub(crate) fn skip_to_next(&mut self) -> io::Result<Option<u8>> {
        while let Some(byte) = self.peek()? {
            if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                return Ok(Some(byte));
            }
            self.next()?;
        }
        Ok(None)
    }

    /// The text without moving: what of the next `length` bytes has been read already.
    pub(crate) fn ahead(&self, length: usize) -> &[u8] {
        let rest = &self.buffer[self.at..];
        &rest[..rest.len().min(length)]
    }

    /// Reads the rest of the file, then says the hash of all of it.
    pub(crate) fn finish(mut self) -> io::Result<String> {
        while self.peek()?.is_some() {
            self.at = self.buffer.len();
        }
        let digest = self.sha256.borrow().clone().finalize();
        Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl Read for Text {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        for (count, slot) in into.iter_mut().enumerate() {
            match self.next()? {
                Some(byte) => *slot = byte,
                None => return Ok(count),
            }
        }
        Ok(into.len())
    }
}
