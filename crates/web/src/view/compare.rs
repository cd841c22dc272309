//! What is different between the accounts that are open and another snapshot of them.

use clavicle_answer::shape::ChangesPage;
use serde::Serialize;

use crate::beside::SavedSnapshot;
use crate::open::Open;
use crate::progress::Progress;
use crate::refusal::Refusal;
use crate::routes::{Bytes, json};

/// The snapshots that there are.
#[derive(Debug, Serialize)]
struct SnapshotsPage {
    /// `clavicle.snapshots/1`.
    schema: &'static str,
    snapshots: Vec<SavedSnapshot>,
}

/// The saved snapshots, the newest first.
pub(crate) fn snapshots(open: &Open) -> Result<Bytes, Refusal> {
    let snapshots = open.beside().snapshots().map_err(|error| Refusal::question(error, None))?;
    json(&SnapshotsPage { schema: "clavicle.snapshots/1", snapshots })
}

/// Compares with the snapshot of this name; the one whose data is older counts as before. One at a time: each costs a
/// second world.
pub(crate) fn compare(open: &Open, with: &str, progress: &Progress) -> Result<ChangesPage, Refusal> {
    progress.report("waiting for another comparison", 0, 0);
    let turn = open.turns.take();
    turn.give_way(progress)?;
    let other = open.beside().read(with, progress).map_err(|error| Refusal::absent(error, None))?;
    turn.give_way(progress)?;
    progress.report("comparing", 0, 0);
    let here = open.reader();
    let is_older = other.snapshot_head().id <= here.snapshot_head().id;
    let page = if is_older { here.changes_since(&other) } else { other.changes_since(here) };
    std::thread::spawn(move || drop(other));
    Ok(page)
}
