//! `usage`: logs become evidence of what was used.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clavicle_catalog::catalog;
use clavicle_collect::{Bucket, Object};
use clavicle_snapshot::{AccountId, Snapshot};
use clavicle_usage::{CoveredRegion, Evidence as Used, LogObject, LogsRead};
use jiff::Timestamp;

use crate::amount::counted;
use crate::evidence_file::{self, Evidence};
use crate::exit::Exit;
use crate::failure::{Failure, lay_out_warning, system_words};
use crate::ink::{Ink, Tone};
use crate::progress::{Bar, Report as _};
use crate::text::Page;
use crate::typed::Usage;
use crate::{second_factor, source, terminal};

/// So many damaged files, accounts and names of events are told of.
const MOST: usize = 5;

/// Reads logs, keeps what they tell, and says what is there. Exits with 4 if a file could not be read to its end.
pub(crate) fn run(typed: &Usage) -> Result<Exit, Failure> {
    let evidence = match typed.logs.is_empty() {
        true => evidence_file::open(&typed.evidence)?,
        false => Some(evidence_file::open_or_make(&typed.evidence)?),
    };
    let Some(evidence) = evidence else {
        return Err(Failure::usage("there is no evidence yet, and this does not say which logs to read")
            .help("`clavicle usage FOLDER` with the logs of a trail, or with what `aws cloudtrail lookup-events` printed"));
    };
    let mut page = terminal::page();
    let mut exit = Exit::Yes;
    if !typed.logs.is_empty() {
        let (snapshots, logs): (Vec<&PathBuf>, Vec<&PathBuf>) =
            typed.logs.iter().partition(|path| source::is_database(path));
        for path in snapshots {
            let words = reports_of(path, &evidence)?;
            page.flow(0, 2, 3, &words);
        }
        if !logs.is_empty() {
            let read = read(typed, &logs, &evidence)?;
            tell_damage(&read);
            what_was_read(&mut page, &read);
            if !read.damaged.is_empty() {
                exit = Exit::Input;
            }
        }
    }
    let used = evidence.file.evidence().map_err(|error| evidence_file::failure(&error, &evidence.path))?;
    what_is_there(&mut page, &used, &evidence.path);
    terminal::print(&page.into_text())?;
    Ok(exit)
}

/// Takes over AWS's reports of last use that a snapshot holds, so that they outlive it.
fn reports_of(path: &Path, evidence: &Evidence) -> Result<[Ink; 2], Failure> {
    let snapshot = Snapshot::open(path, |_, _| ())?;
    let added = evidence.file.add_reports(catalog(), &snapshot);
    let count = added.map_err(|error| evidence_file::failure(&error, &evidence.path))?;
    let reports = counted(count, "report of last access", "reports of last access");
    Ok([Ink::of(Tone::Strong, &format!("read {}", path.display())), Ink::plain(&reports)])
}

fn read(typed: &Usage, logs: &[&PathBuf], evidence: &Evidence) -> Result<LogsRead, Failure> {
    let is_address = |log: &&PathBuf| log.to_string_lossy().starts_with("s3://");
    let (addresses, files): (Vec<&PathBuf>, Vec<&PathBuf>) = logs.iter().copied().partition(is_address);
    for log in &files {
        std::fs::metadata(log).map_err(|error| {
            Failure::input(format!("cannot read the logs: {}", system_words(&error))).in_file(log)
        })?;
    }
    let bar = Bar::new();
    let failed = |error| evidence_file::failure(&error, &evidence.path);
    let mut all = LogsRead::default();
    if !files.is_empty() {
        let files: Vec<PathBuf> = files.into_iter().cloned().collect();
        let progress = |done, total| bar.report("reading logs", done, total);
        let read = evidence.file.read_logs(&files, &progress).map_err(failed)?;
        if let (true, [only]) = (is_nothing(&read), files.as_slice()) {
            tell_nothing(&only.display().to_string());
        }
        all.add(read);
    }
    for address in addresses {
        let address = address.to_string_lossy();
        let (profile, region) = (typed.profile.as_deref(), typed.region.as_deref());
        let bucket = Bucket::open(&address, profile, region, second_factor::asked_for())?;
        let mut objects = Vec::new();
        bucket.list(|object| {
            let Object { key, size, etag } = object;
            objects.push(LogObject { name: bucket.address(&key), size, version: etag });
        })?;
        let start = bucket.address("").len();
        let fetch =
            |name: &str, bytes: &mut Vec<u8>| bucket.read(name.get(start..).unwrap_or_default(), bytes);
        let progress = |done, total| bar.report("reading logs from Amazon S3", done, total);
        let read = evidence.file.read_objects(objects, &fetch, &progress).map_err(failed)?;
        if is_nothing(&read) {
            tell_nothing(&address);
        }
        all.add(read);
    }
    Ok(all)
}

/// Was there no log, neither a new one nor one that was read before?
fn is_nothing(read: &LogsRead) -> bool {
    read.files == 0 && read.known_files == 0
}

fn tell_nothing(place: &str) {
    let mut page = terminal::side_page();
    lay_out_warning(&mut page, "there is no log of CloudTrail here", Some(place));
    terminal::say(page);
}

fn tell_damage(read: &LogsRead) {
    let mut page = terminal::side_page();
    for (files, what) in
        [(&read.damaged, "could not be read to the end"), (&read.picked, "may leave out events")]
    {
        for (path, why) in files.iter().take(MOST) {
            lay_out_warning(&mut page, why, Some(&path.display().to_string()));
        }
        if let Some(more) = files.len().checked_sub(MOST + 1) {
            let more = counted(more + 1, "more file", "more files");
            lay_out_warning(&mut page, &format!("{more} {what}"), None);
        }
    }
    terminal::say(page);
}

fn what_was_read(page: &mut Page, read: &LogsRead) {
    let mut words = vec![
        Ink::of(Tone::Strong, &format!("read {}", counted(read.files, "file", "files"))),
        Ink::plain(&events(read.counts.new, "new ")),
    ];
    if read.counts.known > 0 {
        words.push(Ink::plain(&format!("{} counted before", read.counts.known)));
    }
    if read.known_files > 0 {
        let known = counted(read.known_files, "file was", "files were");
        words.push(Ink::plain(&format!("{known} read before")));
    }
    page.flow(0, 2, 3, &words);
}

fn what_is_there(page: &mut Page, used: &Used, path: &Path) {
    page.line(&Ink::plain(&format!("evidence in {}", path.display())));
    let mut accounts: BTreeMap<AccountId, Vec<&CoveredRegion>> = BTreeMap::new();
    for region in &used.covered {
        accounts.entry(region.account).or_default().push(region);
    }
    for (account, regions) in accounts.iter().take(MOST) {
        let Some((from, to)) = used.window(*account) else { continue };
        let events: u64 = regions.iter().map(|region| region.events).sum();
        let words = [
            Ink::of(Tone::Strong, &account.to_string()),
            Ink::plain(&format!("{} to {}", minute(from), minute(to))),
            Ink::plain(&counted(regions.len(), "region", "regions")),
            Ink::plain(&self::events(events, "")),
        ];
        page.flow(2, 4, 3, &words);
        let data: Vec<&str> = used
            .data_events
            .iter()
            .filter(|seen| seen.account == *account)
            .map(|seen| seen.source.strip_suffix(".amazonaws.com").unwrap_or(&seen.source))
            .collect();
        match data.as_slice() {
            [] => page.words(
                4,
                Tone::Unseen,
                "no data events: use of objects, items, messages and functions cannot be known",
            ),
            some => page.words(4, Tone::Plain, &format!("data events of {}", some.join(", "))),
        }
    }
    more(page, accounts.len(), "account", "accounts");
    if let Some(last) = used.last_accessed.iter().map(|fact| fact.reported).max() {
        let of: std::collections::BTreeSet<&str> =
            used.last_accessed.iter().map(|fact| &*fact.principal).collect();
        let of = counted(of.len(), "principal", "principals");
        page.words(2, Tone::Plain, &format!("last access of {of}, reported until {}", minute(last)));
    }
    if !used.unmapped.is_empty() {
        let events: u64 = used.unmapped.iter().map(|unmapped| unmapped.events).sum();
        let names = counted(used.unmapped.len(), "name", "names");
        page.words(
            2,
            Tone::Unseen,
            &format!("{} of {names}: the action is not known", self::events(events, "")),
        );
        for unmapped in used.unmapped.iter().take(MOST) {
            let text = format!("{} {} ×{}", unmapped.source, unmapped.name, unmapped.events);
            page.words(4, Tone::Unseen, &text);
        }
        more(page, used.unmapped.len(), "name", "names");
    }
    if !used.unread.is_empty() {
        let files = counted(used.unread.len(), "file was", "files were");
        page.words(
            2,
            Tone::Unseen,
            &format!(
                "{files} not read to the end, or may leave events out: what is not seen is not called unused"
            ),
        );
    }
    let principals = used.activity.iter().filter(|known| known.calls != clavicle_usage::Tally::NONE).count();
    let others: u64 = used.unattributed.iter().map(|others| others.events).sum();
    let others = if others > 0 {
        format!("; {} by services and callers from elsewhere", events(others, ""))
    } else {
        String::new()
    };
    page.words(2, Tone::Plain, &format!("{} acted{others}", counted(principals, "principal", "principals")));
    page.line(&Ink::plain("next: clavicle unused"));
}

fn more(page: &mut Page, all: usize, one: &str, many: &str) {
    if all > MOST {
        page.words(4, Tone::Faint, &format!("and {} more", counted(all - MOST, one, many)));
    }
}

/// `1 new event`, `2 new events`
fn events(count: u64, kind: &str) -> String {
    format!("{count} {kind}{}", if count == 1 { "event" } else { "events" })
}

/// `2026-03-01 01:20`
fn minute(time: Timestamp) -> String {
    let text = time.to_string();
    text.get(..16).unwrap_or(&text).replace('T', " ")
}
