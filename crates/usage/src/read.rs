//! Logs into evidence: folders of files, in batches, on every core.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::UNIX_EPOCH;

use rayon::prelude::*;

use crate::gather::{Counts, Gatherer};
use crate::gathered::Gathered;
use crate::log::{self, packed_file};
use crate::seen::{Place, Seen};
use crate::store::{EvidenceError, EvidenceFile, ReadFile};

/// So many bytes of files are read between two writes: enough to make the writes cheap, few enough that little is lost
/// when a run is stopped, and that the ids of their events fit into memory.
const BATCH_BYTES: u64 = 512 << 20;
/// After so many meanings of events the sums are written, however few bytes they came from.
const BATCH_SUMS: usize = 1 << 20;

/// Hears how far it has come: bytes of files done, and of all files.
pub type Progress<'p> = &'p (dyn Fn(u64, u64) + Sync);

/// Puts the bytes of a file, as they are there, into a buffer; or says why not.
type Bytes<'f> = &'f (dyn Fn(&Found, &mut Vec<u8>) -> Result<(), String> + Sync);

/// What is told of a file of which all was read, and which may not hold all that happened.
const PICKED: &str = "may leave out events: a rule or filter may have picked those that it holds";

/// What became of the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogsRead {
    /// Files that were read now, damaged ones included.
    pub files: usize,
    /// Files that had been read before and are as they were.
    pub known_files: usize,
    /// Files of which not all could be read, each with the reason. What was read counts.
    pub damaged: Vec<(PathBuf, String)>,
    /// Files that were read, and from which a rule or filter may have kept events, each with that in words.
    pub picked: Vec<(PathBuf, String)>,
    /// Their events.
    pub counts: Counts,
}

/// An object that holds a log, in a store that somebody else reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogObject {
    /// Its whole name, `s3://bucket/key`.
    pub name: String,
    /// Its bytes.
    pub size: u64,
    /// What changes with its content.
    pub version: String,
}

/// Puts the bytes of the object with this name, as they are there, into a buffer that is empty; or says why not.
pub type FetchObject<'f> = &'f (dyn Fn(&str, &mut Vec<u8>) -> Result<(), String> + Sync);

/// So many objects are fetched at once: one that waits for the network keeps no core busy.
const FETCHED_AT_ONCE: usize = 16;

/// A file or an object that is to be read.
struct Found {
    path: PathBuf,
    read: ReadFile,
}

impl EvidenceFile {
    /// Reads logs: files, and folders with all that is in them. What was read before changes nothing. A file that cannot
    /// be read is told of, and the others go on. `progress` is called from several threads.
    pub fn read_logs(&self, logs: &[PathBuf], progress: Progress<'_>) -> Result<LogsRead, EvidenceError> {
        let mut found = Vec::new();
        for log in logs {
            find(log, &mut found)?;
        }
        self.read_found(found, &|file, packed| packed_file(&file.path, packed), progress)
    }

    /// The same of objects that `fetch` gets. Read before is what has the name, size and version of something that was.
    pub fn read_objects(
        &self,
        objects: Vec<LogObject>,
        fetch: FetchObject<'_>,
        progress: Progress<'_>,
    ) -> Result<LogsRead, EvidenceError> {
        let is_log =
            |object: &LogObject| object.size > 0 && !is_digest(&object.name) && !object.name.ends_with('/');
        let found = objects.into_iter().filter(is_log).map(|object| {
            let read = ReadFile {
                path: object.name.clone(),
                size: i64::try_from(object.size).unwrap_or(i64::MAX),
                modified: number_of(&object.version),
                fault: None,
            };
            Found { path: PathBuf::from(object.name), read }
        });
        let found: Vec<Found> = found.collect();
        let bytes = |file: &Found, packed: &mut Vec<u8>| {
            packed.clear();
            fetch(&file.read.path, packed)
        };
        let threads = FETCHED_AT_ONCE.max(rayon::current_num_threads());
        match rayon::ThreadPoolBuilder::new().num_threads(threads).build() {
            Ok(pool) => pool.install(|| self.read_found(found, &bytes, progress)),
            Err(_) => self.read_found(found, &bytes, progress),
        }
    }

    fn read_found(
        &self,
        mut found: Vec<Found>,
        bytes: Bytes<'_>,
        progress: Progress<'_>,
    ) -> Result<LogsRead, EvidenceError> {
        let mut outcome = LogsRead::default();
        found.sort_unstable_by(|one, other| one.path.as_os_str().cmp(other.path.as_os_str()));
        found.dedup_by(|one, other| one.path.as_os_str() == other.path.as_os_str());
        let mut new = Vec::with_capacity(found.len());
        for file in found {
            if self.has_read(&file.read)? {
                outcome.known_files += 1;
            } else {
                new.push(file);
            }
        }
        let size = |file: &Found| u64::try_from(file.read.size).unwrap_or_default();
        let total: u64 = new.iter().map(size).sum();
        let done = AtomicU64::new(0);
        let broken: Mutex<Option<EvidenceError>> = Mutex::default();
        // An id that could not be looked up must not pass for new: the batch is given up.
        let load = |place: &Place, hour: i64| {
            self.ids(place, hour).unwrap_or_else(|error| {
                *lock(&broken) = Some(error);
                Vec::new()
            })
        };
        let seen = Seen::new(&load);
        let idle: Mutex<Vec<Worker<'_>>> = Mutex::default();
        while !new.is_empty() {
            let mut sum = 0;
            let fits = |file: &&Found| {
                sum += size(file);
                sum <= BATCH_BYTES
            };
            let count = new.iter().take_while(fits).count().max(1);
            let rest = new.split_off(count);
            let weight = AtomicUsize::new(0);
            let read: Vec<Result<ReadFile, Found>> = std::mem::take(&mut new)
                .into_par_iter()
                .map(|file| {
                    if weight.load(Ordering::Relaxed) > BATCH_SUMS {
                        return Err(file);
                    }
                    let mut worker = lock(&idle).pop().unwrap_or_else(|| Worker::new(&seen));
                    let before = worker.gatherer.weight;
                    let fault = worker.read(&file, bytes);
                    weight.fetch_add(worker.gatherer.weight - before, Ordering::Relaxed);
                    lock(&idle).push(worker);
                    progress(done.fetch_add(size(&file), Ordering::Relaxed) + size(&file), total);
                    Ok(ReadFile { fault, ..file.read })
                })
                .collect();
            let mut gathered = Gathered::default();
            for worker in lock(&idle).iter_mut() {
                let (sums, counts) = worker.gatherer.finish();
                // Most often there is one worker for each core, and of one alone nothing is copied.
                if gathered == Gathered::default() {
                    gathered = sums;
                } else {
                    gathered.merge(sums);
                }
                outcome.counts.add(counts);
            }
            let mut files = Vec::with_capacity(read.len());
            for file in read {
                match file {
                    Ok(file) => files.push(file),
                    Err(left) => new.push(left),
                }
            }
            new.extend(rest);
            if let Some(error) = lock(&broken).take() {
                return Err(error);
            }
            outcome.files += files.len();
            for file in &files {
                let Some(fault) = &file.fault else { continue };
                let told = if fault == PICKED { &mut outcome.picked } else { &mut outcome.damaged };
                told.push((file.path.clone().into(), fault.clone()));
            }
            self.add(gathered, seen.take(), &files)?;
        }
        Ok(outcome)
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl LogsRead {
    /// Adds what became of more files.
    pub fn add(&mut self, more: Self) {
        self.files += more.files;
        self.known_files += more.known_files;
        self.damaged.extend(more.damaged);
        self.picked.extend(more.picked);
        self.counts.add(more.counts);
    }
}

struct Worker<'s> {
    gatherer: Gatherer<'s>,
    packed: Vec<u8>,
    text: Vec<u8>,
}

impl<'s> Worker<'s> {
    fn new(seen: &'s Seen<'s>) -> Self {
        Self {
            gatherer: Gatherer::new(clavicle_catalog::catalog(), seen),
            packed: Vec::new(),
            text: Vec::new(),
        }
    }

    /// Reads one file; why not all that it is of is known.
    fn read(&mut self, file: &Found, bytes: Bytes<'_>) -> Option<String> {
        if let Err(why) = bytes(file, &mut self.packed) {
            return Some(why);
        }
        let fault = log::read(&self.packed, &mut self.text, &mut self.gatherer);
        let unread = std::mem::take(&mut self.gatherer.unread);
        let is_picked = std::mem::take(&mut self.gatherer.is_picked);
        let of_unread =
            || format!("holds {unread} entries that are no events of CloudTrail, or tell no time");
        fault.or_else(|| (unread > 0).then(of_unread)).or_else(|| is_picked.then(|| PICKED.to_owned()))
    }
}

/// All files at and under a path. Digests, which vouch for logs, are none.
fn find(path: &Path, found: &mut Vec<Found>) -> Result<(), EvidenceError> {
    let about = fs::metadata(path)?;
    if about.is_dir() {
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            let is_link = entry.file_type()?.is_symlink();
            let name = entry.file_name();
            let name = name.to_string_lossy();
            // A link could lead in circles; hidden files are no logs.
            if !is_link && !is_digest(&name) && !name.starts_with('.') {
                find(&entry.path(), found)?;
            }
        }
        return Ok(());
    }
    let modified = about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let absolute = std::path::absolute(path)?;
    let read = ReadFile {
        path: absolute.to_string_lossy().into_owned(),
        size: i64::try_from(about.len()).unwrap_or(i64::MAX),
        modified: modified.and_then(|time| i64::try_from(time.as_nanos()).ok()).unwrap_or_default(),
        fault: None,
    };
    found.push(Found { path: absolute, read });
    Ok(())
}

/// AWS: CloudTrail User Guide, "CloudTrail digest file structure": `…/CloudTrail-Digest/…` and `…_CloudTrail-Digest_…`.
fn is_digest(name: &str) -> bool {
    name.starts_with("CloudTrail-Digest")
        || name.contains("/CloudTrail-Digest/")
        || name.contains("_CloudTrail-Digest_")
}

/// A number for a version of an object: FNV-1a, the same on every machine and for ever.
fn number_of(version: &str) -> i64 {
    let hash = version.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    i64::from_ne_bytes(hash.to_ne_bytes())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::EvidenceFile;

    /// Nothing that such a file is of may be called unused.
    #[test]
    fn a_file_that_may_not_hold_all_is_unread() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("111122223333_CloudTrail_eu-west-1_20260301T0000Z_x.json");
        let record = |time: &str| {
            format!(
                r#"{{"eventTime":{time},"eventSource":"ec2.amazonaws.com","eventName":"StopInstances","eventID":"1",
                "recipientAccountId":"111122223333","awsRegion":"r","userIdentity":{{"type":"Root","arn":"arn:aws:iam::111122223333:root"}}}}"#
            )
        };
        let good = record("\"2026-03-01T00:00:00Z\"");
        for (text, is_unread) in [
            (format!(r#"{{"Records":[{good}]}}"#), false),
            (format!(r#"{{"Records":[{good},{}]}}"#, record("\"01.03.2026\"")), true),
            (format!(r#"{{"Records":[{good},{}]}}"#, record("null")), true),
            (format!(r#"{{"Records":[{good},7]}}"#), true),
            (r#"{"AccountAliases":[]}"#.to_owned(), true),
            (format!(r#"{{"detail-type":"AWS API Call via CloudTrail","detail":{good}}}"#), true),
        ] {
            fs::write(&log, &text).unwrap();
            let file = EvidenceFile::unnamed().unwrap();
            let read = file.read_logs(std::slice::from_ref(&log), &|_, _| ()).unwrap();
            let evidence = file.evidence().unwrap();
            // Which is no fault of a file that was read.
            let is_picked = text.contains("detail");
            assert_eq!(read.picked.len(), usize::from(is_picked), "{text}");
            assert_eq!(read.damaged.len(), usize::from(is_unread && !is_picked), "{text}");
            let account = clavicle_snapshot::AccountId::parse("111122223333").unwrap();
            assert_eq!(evidence.has_unread(account), is_unread, "{text}");
            assert_eq!(read.counts.new, u64::from(text.contains("eventTime")), "what can be read counts");
        }
    }
}
