//! `snapshots`: what is saved, and what was not seen.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::SystemTime;

use clavicle_snapshot::{Amounts, CoverageState, Database, Snapshot};

use crate::amount::{self, counted};
use crate::data_folder::{DataFolder, Saved};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ink::{Ink, Tone};
use crate::progress::Bar;
use crate::source::{Planned, Source};
use crate::text::Page;
use crate::typed::{Accounts, SnapshotChange, Snapshots, TextOrJson};
use crate::{demo, machine, not_seen, terminal, warnings};

/// Lists, tells or removes.
pub(crate) fn run(typed: &Snapshots, accounts: &Accounts) -> Result<Exit, Failure> {
    match &typed.change {
        Some(SnapshotChange::Rm { names }) => remove(names),
        None if typed.coverage || !accounts.sources.is_empty() => coverage(accounts, typed.form),
        None if typed.form == TextOrJson::Json => list_for_programs(),
        None => list(),
    }
}

/// `clavicle.snapshots/1`: docs/snapshots.schema.json.
#[derive(serde::Serialize)]
struct SavedPage {
    schema: &'static str,
    snapshots: Vec<SavedRow>,
}

/// A saved snapshot, the one that was saved last first.
#[derive(serde::Serialize)]
struct SavedRow {
    name: String,
    file: String,
    bytes: u64,
    saved: Option<String>,
    accounts: Option<usize>,
    identities: Option<usize>,
    things: Option<usize>,
    problem: Option<String>,
}

fn list_for_programs() -> Result<Exit, Failure> {
    let row = |saved: Saved| {
        let found = Database::open(&saved.path).and_then(|database| database.amounts());
        let amount = |of: fn(&Amounts) -> usize| found.as_ref().ok().map(of);
        SavedRow {
            file: saved.path.display().to_string(),
            bytes: saved.bytes,
            saved: saved
                .saved
                .and_then(|time| jiff::Timestamp::try_from(time).ok())
                .map(|time| time.to_string()),
            accounts: amount(|amounts| amounts.accounts),
            identities: amount(|amounts| amounts.identities),
            things: amount(|amounts| amounts.things),
            problem: found.as_ref().err().map(|error| error.problem.clone()),
            name: saved.name,
        }
    };
    let snapshots = DataFolder::find()?.snapshots()?.into_iter().map(row).collect();
    terminal::print(&machine::object(&SavedPage { schema: "clavicle.snapshots/1", snapshots })?)?;
    Ok(Exit::Yes)
}

fn list() -> Result<Exit, Failure> {
    let folder = DataFolder::find()?;
    let snapshots = folder.snapshots()?;
    let mut page = terminal::page();
    if snapshots.is_empty() {
        page.words(0, Tone::Strong, &format!("There is no snapshot in {}.", folder.path().display()));
        page.words(0, Tone::Plain, "next: clavicle collect, clavicle import gaad.json, or clavicle demo");
    } else {
        let rows: Vec<Vec<Ink>> =
            snapshots.iter().enumerate().map(|(at, saved)| row(at == 0, saved)).collect();
        page.table(0, &rows);
        page.words(0, Tone::Plain, "* is asked where no `-s` names another");
        page.words(0, Tone::Plain, "next: clavicle snapshots --coverage");
    }
    terminal::print(&page.into_text())?;
    Ok(Exit::Yes)
}

fn row(newest: bool, saved: &Saved) -> Vec<Ink> {
    let mut row = vec![Ink::of(Tone::Strong, &format!("{} {}", if newest { "*" } else { " " }, saved.name))];
    match Database::open(&saved.path).and_then(|database| database.amounts()) {
        Ok(amounts) => row.extend(amount::in_words(amounts).iter().map(|fact| Ink::plain(fact))),
        Err(error) => row.push(Ink::of(Tone::Stops, &format!("cannot be read: {}", error.problem))),
    }
    row.push(Ink::plain(&amount::bytes(saved.bytes)));
    if let Some(time) = saved.saved.and_then(minute) {
        row.push(Ink::plain(&format!("saved {time}")));
    }
    row
}

/// `2026-08-22 09:14`
fn minute(time: SystemTime) -> Option<String> {
    let time = jiff::Timestamp::try_from(time).ok()?.to_string();
    Some(format!("{} {} UTC", time.get(..10)?, time.get(11..16)?))
}

fn remove(names: &[String]) -> Result<Exit, Failure> {
    let folder = DataFolder::find()?;
    let mut found = Vec::new();
    for name in names {
        let unknown = |folder: &DataFolder| -> Result<Failure, Failure> {
            let known = folder.snapshots()?.into_iter().map(|saved| saved.name).collect();
            Ok(Failure::usage(format!("`{name}` is not the name of a saved snapshot")).candidates(known))
        };
        match folder.exactly(name)? {
            Some(saved) => found.push(saved),
            None => return Err(unknown(&folder)?),
        }
    }
    let mut page = terminal::page();
    for saved in found {
        fs::remove_file(&saved.path)
            .map_err(|error| Failure::io("remove the snapshot", &saved.path, &error))?;
        page.line(&Ink::plain(&format!("removed {}", saved.name)));
    }
    terminal::print(&page.into_text())?;
    Ok(Exit::Yes)
}

fn coverage(accounts: &Accounts, form: TextOrJson) -> Result<Exit, Failure> {
    if form == TextOrJson::Json {
        let (_, reader) = super::ask::read(accounts)?;
        terminal::print(&machine::object(&reader.coverage())?)?;
        return Ok(Exit::Yes);
    }
    let bar = Bar::new();
    let loaded = Source::from_typed(&accounts.sources)?.load(&Planned::of(accounts), &bar)?;
    drop(bar);
    let mut page = terminal::page();
    tell(&mut page, &loaded.snapshot);
    terminal::print(&page.into_text())?;
    Ok(Exit::Yes)
}

fn tell(page: &mut Page, snapshot: &Snapshot) {
    let head = [
        Ink::of(Tone::Strong, &format!("snapshot {}", snapshot.id)),
        Ink::plain(&amount::of(snapshot).join(" · ")),
    ];
    page.flow(0, 2, 3, &head);
    let gaps = not_seen::gaps(snapshot);
    if gaps.is_empty() {
        page.line(&Ink::plain("  everything that access depends on was seen"));
    } else {
        page.line(&Ink::of(Tone::Faint, "  NOT SEEN (answers that turn on these say \"unknown\")"));
        let rows: Vec<Vec<Ink>> = gaps
            .iter()
            .map(|gap| {
                vec![
                    Ink::of(Tone::Unseen, &format!("~ {}", gap.call)),
                    Ink::plain(&not_seen::places(&gap.places)),
                    Ink::plain(&things(gap.things)),
                    Ink::plain(&gap.why),
                ]
            })
            .collect();
        page.table(4, &rows);
    }
    let rows = refused(snapshot);
    if !rows.is_empty() {
        page.line(&Ink::of(Tone::Faint, "  REFUSED OR NOT ANSWERED, BY ACCOUNT"));
        page.table(4, &rows);
    }
    let seen = snapshot.coverage.iter().filter(|coverage| coverage.state == CoverageState::Seen);
    let rows: Vec<Vec<Ink>> = seen_calls(snapshot, seen);
    if !rows.is_empty() {
        page.line(&Ink::of(Tone::Faint, "  SEEN"));
        page.table(4, &rows);
    }
    if !snapshot.sources.is_empty() {
        page.line(&Ink::of(Tone::Faint, "  READ FROM"));
        // A collection has a file for each service and region, which say nothing one by one.
        let (collected, files): (Vec<_>, Vec<_>) =
            snapshot.sources.iter().partition(|source| source.file.starts_with("collected/"));
        let mut rows: Vec<Vec<Ink>> = files
            .into_iter()
            .map(|source| {
                vec![
                    Ink::plain(&demo::shown(&source.file)),
                    Ink::plain(&source.kind),
                    Ink::plain(&amount::bytes(source.bytes)),
                ]
            })
            .collect();
        if !collected.is_empty() {
            let bytes = collected.iter().map(|source| source.bytes).sum();
            rows.push(vec![
                Ink::plain("AWS"),
                Ink::plain(&counted(collected.len(), "part", "parts")),
                Ink::plain(&amount::bytes(bytes)),
            ]);
        }
        page.table(4, &rows);
    }
    if !snapshot.warnings.is_empty() {
        page.line(&Ink::of(Tone::Faint, "  NOT UNDERSTOOD"));
        for warning in &snapshot.warnings {
            page.table(4, &[vec![Ink::plain(&warnings::place(warning)), Ink::plain(&warning.text)]]);
        }
    }
}

/// `staging   31 services seen   secretsmanager ✕ AccessDenied: secretsmanager:GetResourcePolicy`, for accounts of which AWS
/// was asked and something was not answered.
fn refused(snapshot: &Snapshot) -> Vec<Vec<Ink>> {
    let mut accounts: BTreeMap<String, (BTreeSet<&str>, BTreeMap<&str, String>)> = BTreeMap::new();
    for row in &snapshot.coverage {
        let (seen, gaps) = accounts.entry(not_seen::place(snapshot, row)).or_default();
        let service = row.call.split(':').next().unwrap_or(&row.call);
        match row.state {
            CoverageState::Seen => {
                seen.insert(service);
            }
            CoverageState::Denied | CoverageState::Failed => {
                gaps.entry(service).or_insert_with(|| format!("{service} ✕ {}: {}", row.reason, row.call));
            }
            CoverageState::Partial | CoverageState::NotTried | CoverageState::Unsupported => {}
        }
    }
    let mut rows = Vec::new();
    for (name, (seen, gaps)) in accounts.into_iter().filter(|(_, (_, gaps))| !gaps.is_empty()) {
        let whole = seen.iter().filter(|service| !gaps.contains_key(*service)).count();
        let mut head =
            [Ink::of(Tone::Strong, &name), Ink::plain(&counted(whole, "service seen", "services seen"))];
        for gap in gaps.values() {
            let [name, seen] = std::mem::take(&mut head);
            rows.push(vec![name, seen, Ink::of(Tone::Unseen, gap)]);
        }
    }
    rows
}

/// `18 things`; nothing for none, which says no more than the line does.
fn things(number: u64) -> String {
    match usize::try_from(number) {
        Ok(0) => String::new(),
        number => counted(number.unwrap_or(usize::MAX), "thing", "things"),
    }
}

/// `iam:GetAccountAuthorizationDetails   4 accounts   345 things`
fn seen_calls<'s>(
    snapshot: &Snapshot,
    seen: impl Iterator<Item = &'s clavicle_snapshot::Coverage>,
) -> Vec<Vec<Ink>> {
    let mut calls: BTreeMap<&str, (Vec<String>, u64)> = BTreeMap::new();
    for coverage in seen {
        let (places, things) = calls.entry(&coverage.call).or_default();
        let place = not_seen::place(snapshot, coverage);
        if !places.contains(&place) {
            places.push(place);
        }
        *things += coverage.things;
    }
    let row = |(call, (places, things)): (&str, (Vec<String>, u64))| {
        vec![
            Ink::plain(&format!("✓ {call}")),
            Ink::plain(&not_seen::places(&places)),
            Ink::plain(&self::things(things)),
        ]
    };
    calls.into_iter().map(row).collect()
}
