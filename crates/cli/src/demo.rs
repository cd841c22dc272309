//! Paperboat Books, the organization to try things on, carried inside of the program.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use clavicle_usage::{Evidence, EvidenceFile};
use tempfile::TempDir;

use crate::failure::Failure;

/// Packed by `build.rs`.
static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/demo.deflate"));

/// What stands for the demo where a source is named.
pub(crate) const NAME: &str = "demo";

/// Unpacks the demo's accounts into a folder for this process alone, which goes when the value does.
pub(crate) fn unpack() -> Result<TempDir, Failure> {
    unpack_those(|name| !is_evidence(name))
}

/// What the demo's logs and reports of last access tell of use.
pub(crate) fn evidence() -> Result<Evidence, Failure> {
    let folder = unpack_those(is_evidence)?;
    let read = EvidenceFile::unnamed().and_then(|file| {
        file.read_logs(&[folder.path().to_path_buf()], &|_, _| ())?;
        file.evidence()
    });
    read.map_err(|error| Failure::input(format!("cannot read the logs of the demo: {error}")))
}

/// Logs, and reports of last access.
fn is_evidence(name: &str) -> bool {
    name.starts_with("trail/") || name.contains("/last-accessed/")
}

fn unpack_those(wanted: impl Fn(&str) -> bool) -> Result<TempDir, Failure> {
    let folder = tempfile::Builder::new().prefix("clavicle-demo-").tempdir();
    let unpacked = folder.and_then(|folder| {
        for (name, bytes) in files()?.into_iter().filter(|(name, _)| wanted(name)) {
            let path = folder.path().join(name);
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::write(path, bytes)?;
        }
        Ok(folder)
    });
    unpacked.map_err(|error| {
        Failure::io("unpack the demo", &std::env::temp_dir(), &error)
            .help("set TMPDIR to a folder that you may write to")
    })
}

/// The demo's `clavicle.toml`.
pub(crate) fn settings() -> String {
    let name = Path::new("clavicle.toml");
    let found = files().ok().and_then(|files| files.into_iter().find(|(file, _)| Path::new(file) == name));
    found.map(|(_, bytes)| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

/// The path of a file of the demo as a person should see it: the folder that it was unpacked into is gone.
pub(crate) fn shown(path: &str) -> String {
    let inside = path.split_once("clavicle-demo-").and_then(|(_, rest)| rest.split_once(['/', '\\']));
    inside.map_or_else(|| path.to_owned(), |(_, file)| format!("{NAME}/{file}"))
}

/// Every file by name.
fn files() -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut text = Vec::new();
    flate2::read::DeflateDecoder::new(PACKED).read_to_end(&mut text)?;
    let mut rest = text.as_slice();
    let mut files = Vec::new();
    while !rest.is_empty() {
        let (name, after) = entry(rest).ok_or(io::ErrorKind::InvalidData)?;
        let (name, length) = name;
        let bytes = after.get(..length).ok_or(io::ErrorKind::InvalidData)?;
        files.push((name, bytes.to_vec()));
        rest = &after[length..];
    }
    Ok(files)
}

/// `name length\n`, and what follows.
fn entry(text: &[u8]) -> Option<((String, usize), &[u8])> {
    let end = text.iter().position(|byte| *byte == b'\n')?;
    let head = std::str::from_utf8(text.get(..end)?).ok()?;
    let (name, length) = head.rsplit_once(' ')?;
    Some(((name.to_owned(), length.parse().ok()?), text.get(end + 1..)?))
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_was_packed_comes_out() {
        let names: Vec<String> = super::files().expect("sound").into_iter().map(|(name, _)| name).collect();
        assert!(names.iter().any(|name| name == "organization.json"), "{names:?}");
        assert_eq!(names.iter().filter(|name| name.ends_with("/gaad.json")).count(), 4);
        assert!(super::settings().contains("Sailcheck"));
        assert!(!super::unpack().expect("sound").path().join("trail").exists());
    }

    #[test]
    fn its_logs_tell_what_its_nightly_report_used() {
        let evidence = super::evidence().expect("sound");
        let arn = "arn:aws:iam::444455556666:role/nightly-exec";
        let used: Vec<&str> = evidence.of(arn).iter().map(|used| &*used.action).collect();
        assert!(used.contains(&"logs:CreateLogStream") && used.contains(&"sts:AssumeRole"), "{used:?}");
        assert!(!evidence.last_accessed.is_empty());
    }
}
