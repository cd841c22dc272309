//! `import`: files of AWS's tools become one saved snapshot.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clavicle_answer::shell_word;
use clavicle_snapshot::{Database, Snapshot};

use crate::amount::{self, counted};
use crate::data_folder::DataFolder;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ink::{Ink, Tone};
use crate::policy_fault;
use crate::progress::Bar;
use crate::source::{self, Part, Planned};
use crate::text::Page;
use crate::typed::{Accounts, Import};
use crate::{not_seen, terminal, warnings};

/// So many warnings of a kind are said; `snapshots --coverage` lists them all.
const MOST_WARNINGS: usize = 8;
/// So many lines about what was not seen.
const MOST_GAPS: usize = 5;

/// Reads, saves, and says what was not seen.
pub(crate) fn run(typed: &Import, accounts: &Accounts) -> Result<Exit, Failure> {
    let parts: Vec<Part> =
        typed.files.iter().chain(&accounts.sources).map(|file| Part::from_typed(file)).collect();
    if parts.is_empty() {
        return Err(Failure::usage("this does not say which file to read")
            .help("make one with `aws iam get-account-authorization-details > gaad.json`, then `clavicle import gaad.json`"));
    }
    let bar = Bar::new();
    let imported = source::import(&parts, &Planned::of(accounts), &bar)?;
    let snapshot = Snapshot::read(&imported.database, |_, _| ())?;
    drop(bar);
    warnings::say(&imported.warnings, MOST_WARNINGS);
    policy_fault::say(&snapshot, MOST_WARNINGS);
    let path = match &typed.out {
        Some(path) => {
            imported.database.save(path)?;
            path.clone()
        }
        None => {
            let folder = DataFolder::find()?;
            folder.make()?;
            keep(&folder, &snapshot, &imported.database)?
        }
    };
    let mut page = terminal::page();
    summary(&mut page, &snapshot, &path, typed.out.is_some());
    terminal::print(&page.into_text())?;
    Ok(Exit::Yes)
}

/// Saves it in the place of a snapshot that was made from the very same files, else in a free one.
fn keep(folder: &DataFolder, snapshot: &Snapshot, database: &Database) -> Result<PathBuf, Failure> {
    let made_from = |snapshot: &Snapshot| -> BTreeSet<Arc<str>> {
        snapshot.sources.iter().map(|source| source.sha256.clone()).collect()
    };
    let wanted = made_from(snapshot);
    for saved in folder.of_time(&snapshot.id)? {
        if Snapshot::open(&saved.path, |_, _| ()).is_ok_and(|known| made_from(&known) == wanted) {
            database.save(&saved.path)?;
            return Ok(saved.path);
        }
    }
    Ok(folder.save_new(&snapshot.id, |path| database.save_new(path))?)
}

pub(super) fn summary(page: &mut Page, snapshot: &Snapshot, path: &Path, own_place: bool) {
    let mut head = vec![Ink::of(Tone::Strong, &format!("saved {}", snapshot.id))];
    let mut facts = amount::of(snapshot);
    if let Ok(about) = std::fs::metadata(path) {
        facts.push(amount::bytes(about.len()));
    }
    head.push(Ink::plain(&facts.join(" · ")));
    page.flow(0, 2, 3, &head);
    page.line(&Ink::plain(&format!("  in {}", path.display())));
    let gaps = not_seen::gaps(snapshot);
    for gap in gaps.iter().take(MOST_GAPS) {
        page.words(2, Tone::Unseen, &format!("not seen: {}", gap.sentence()));
    }
    let more = gaps.len().saturating_sub(MOST_GAPS);
    if more > 0 {
        let gaps = counted(more, "more kind of facts", "more kinds of facts");
        page.words(2, Tone::Unseen, &format!("not seen: {gaps} (clavicle snapshots --coverage)"));
    }
    let source =
        if own_place { format!(" -s {}", shell_word(&path.to_string_lossy())) } else { String::new() };
    page.line(&Ink::plain(&format!("next: clavicle open{source}")));
}
