//! What is different between the accounts that are open and another snapshot of them.

use std::sync::Arc;

use clavicle_answer::Pseudonyms;
use clavicle_answer::shape::ChangesPage;
use serde::Serialize;

use super::before_after::{self, LineAsked, MapOfTwo};
use crate::beside::SavedSnapshot;
use crate::map::{MarksOfTwoPage, Scope};
use crate::open::Open;
use crate::progress::Progress;
use crate::refusal::Refusal;
use crate::routes::{Bytes, json};
use crate::turns::{Second, Turn};

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
    let mut turn = open.turns.take();
    turn.give_way(progress)?;
    let other = other(&mut turn, open, with, progress)?;
    turn.give_way(progress)?;
    progress.report("comparing", 0, 0);
    let (here, there) = (open.reader(), &other.reader);
    let (before, after) = if is_older(open, &other) { (there, here) } else { (here, there) };
    let page = after.changes_since_unless(before, &|| progress.is_stopped());
    page.ok_or_else(Refusal::stopped)
}

/// Both on the map of an account, of a unit, or of everything.
pub(crate) fn compare_on_map(
    open: &Open,
    with: &str,
    scope: &Scope,
    progress: &Progress,
) -> Result<MapOfTwo, Refusal> {
    progress.report("waiting for another comparison", 0, 0);
    let mut turn = open.turns.take();
    turn.give_way(progress)?;
    let other = other(&mut turn, open, with, progress)?;
    turn.give_way(progress)?;
    before_after::draw(open, &other, is_older(open, &other), scope, progress)
}

/// What makes a line of that map in the one and in the other.
pub(crate) fn compare_why(
    open: &Open,
    with: &str,
    map: &MapOfTwo,
    asked: &LineAsked,
    progress: &Progress,
) -> Result<Bytes, Refusal> {
    progress.report("waiting for another comparison", 0, 0);
    let mut turn = open.turns.take();
    turn.give_way(progress)?;
    let other = other(&mut turn, open, with, progress)?;
    before_after::why(open, &other, is_older(open, &other), map, asked)
}

/// What leads to what matters on that map, in the one and in the other.
pub(crate) fn compare_marks(
    open: &Open,
    with: &str,
    map: &MapOfTwo,
    progress: &Progress,
) -> Result<MarksOfTwoPage, Refusal> {
    progress.report("waiting for another comparison", 0, 0);
    let mut turn = open.turns.take();
    turn.give_way(progress)?;
    let other = other(&mut turn, open, with, progress)?;
    Ok(before_after::marks(open, &other, is_older(open, &other), map, progress))
}

/// Names of both, to be left out of a file of that map.
pub(crate) fn names_of_compared(open: &Open, with: &str, names: &Pseudonyms) -> Result<Pseudonyms, Refusal> {
    let mut turn = open.turns.take();
    let other = other(&mut turn, open, with, &Progress::default())?;
    Ok(names.and_of(&other.reader))
}

/// The snapshot of this name, read once for all that is asked of it in a row.
pub(super) fn other(
    turn: &mut Turn<'_>,
    open: &Open,
    with: &str,
    progress: &Progress,
) -> Result<Arc<Second>, Refusal> {
    turn.second(&format!("with {with}"), || {
        open.beside().read(with, progress).map_err(|error| Refusal::absent(error, None))
    })
}

fn is_older(open: &Open, other: &Second) -> bool {
    other.reader.snapshot_head().id <= open.reader().snapshot_head().id
}
