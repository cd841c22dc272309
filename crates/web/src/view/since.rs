//! What the rules find now and did not a week ago, and the other way around.

use std::collections::BTreeSet;

use clavicle_answer::shape::{CheckPage, Finding, Severity};
use clavicle_answer::{Reader, counted};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::compare;
use super::findings::check_reader;
use crate::beside::SavedSnapshot;
use crate::open::Open;
use crate::progress::Progress;
use crate::refusal::Refusal;
use crate::routes::{Bytes, json};

/// What is different from a snapshot that was saved about a week before the one that is open.
#[derive(Debug, Serialize)]
pub(crate) struct SincePage {
    /// `clavicle.since/1`.
    schema: &'static str,
    /// The other snapshot; `None`: none is saved that is older and of these accounts.
    with: Option<String>,
    /// Of when its data is.
    id: Option<String>,
    /// Findings of now that were none then.
    new: Counts,
    /// Findings of then that are none now. What is not seen any more is among them.
    gone: Counts,
    /// These, in the place of what is found now; `None`: there is no other snapshot.
    #[serde(skip)]
    gone_page: Option<CheckPage>,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Counts {
    critical: usize,
    high: usize,
    medium: usize,
    low: usize,
}

impl Counts {
    fn of<'f>(findings: impl Iterator<Item = &'f Finding>) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            *match finding.severity {
                Severity::Critical => &mut counts.critical,
                Severity::High => &mut counts.high,
                Severity::Medium => &mut counts.medium,
                Severity::Low => &mut counts.low,
            } += 1;
        }
        counts
    }
}

/// Asks the rules of the snapshot of a week ago what they find. `now`: what they find in the one that is open. One at a
/// time: it costs a second world.
pub(crate) fn since_last_week(
    open: &Open,
    now: &CheckPage,
    progress: &Progress,
) -> Result<SincePage, Refusal> {
    let nothing = || SincePage {
        schema: "clavicle.since/1",
        with: None,
        id: None,
        new: Counts::default(),
        gone: Counts::default(),
        gone_page: None,
    };
    let saved = open.beside().snapshots().map_err(|error| Refusal::question(error, None))?;
    let Some(name) = a_week_before(&saved, &open.reader().snapshot_head().id) else { return Ok(nothing()) };
    let (reader, then) = {
        progress.report("waiting for another comparison", 0, 0);
        let mut turn = open.turns.take();
        turn.give_way(progress)?;
        let other = compare::other(&mut turn, open, name, progress)?;
        if !is_of_the_same(open.reader(), &other.reader) {
            return Ok(nothing());
        }
        let then = check_reader(&other.reader, progress)?;
        (other, then)
    };
    let ids = |page: &CheckPage| -> BTreeSet<String> {
        page.findings.iter().map(|finding| finding.id.clone()).collect()
    };
    let (had, has) = (ids(&then), ids(now));
    let id = reader.reader.snapshot_head().id;
    let gone: Vec<Finding> =
        then.findings.into_iter().filter(|finding| !has.contains(&finding.id)).map(without_texts).collect();
    Ok(SincePage {
        with: Some(name.to_owned()),
        new: Counts::of(now.findings.iter().filter(|finding| !had.contains(&finding.id))),
        gone: Counts::of(gone.iter()),
        gone_page: Some(gone_page(now, &id, gone)),
        id: Some(id),
        ..nothing()
    })
}

/// Documents of the other snapshot have other numbers here: their texts cannot be asked for.
fn without_texts(mut finding: Finding) -> Finding {
    finding.because.iter_mut().for_each(|citation| citation.document_id = None);
    finding
}

/// What was found then and is not found now, told as what is found now is.
fn gone_page(now: &CheckPage, id: &str, gone: Vec<Finding>) -> CheckPage {
    let day = id.get(..10).unwrap_or(id);
    let findings = counted(gone.len(), "finding is", "findings are");
    let note = "What is not seen any more, or is accepted by now, is no longer found either: that alone mends nothing.";
    CheckPage {
        sentence: format!("{findings} no longer found since {day}."),
        findings: gone,
        accepted: Vec::new(),
        notes: vec![note.to_owned()],
        ..now.clone()
    }
}

impl SincePage {
    /// What is no longer found, in the place of what is.
    pub(crate) fn gone(&self) -> Result<&CheckPage, Refusal> {
        let hint = Some("`clavicle collect` and `clavicle import` save one each time");
        let absent = || Refusal::absent("no older snapshot of these accounts is saved to compare with", hint);
        self.gone_page.as_ref().ok_or_else(absent)
    }
}

pub(crate) fn since_page(page: &SincePage) -> Result<Bytes, Refusal> {
    json(page)
}

/// Does the other hold all accounts of this one? One folder may hold the snapshots of several organizations, and of a part of
/// one: what is found where nobody had looked is not new.
fn is_of_the_same(one: &Reader, other: &Reader) -> bool {
    let (one, other) = (one.world().snapshot(), other.world().snapshot());
    let holds = |id| other.account(id).is_some_and(|account| account.seen);
    let mut accounts = one.accounts.iter().filter(|account| account.seen).peekable();
    accounts.peek().is_some() && accounts.all(|account| holds(account.id))
}

/// Of the snapshots that are older than this one, the one that is nearest to a week older. Those that are not called by
/// their time are of an unknown one.
fn a_week_before<'s>(saved: &'s [SavedSnapshot], id: &str) -> Option<&'s str> {
    let now: Timestamp = id.parse().ok()?;
    let wanted = now - SignedDuration::from_hours(7 * 24);
    let times = saved.iter().filter(|each| !each.open).filter_map(|each| Some((time_of(&each.name)?, each)));
    let older = times.filter(|(time, _)| *time < now);
    older.min_by_key(|(time, _)| time.duration_since(wanted).abs()).map(|(_, each)| each.name.as_str())
}

/// `2026-08-22T09-14-00Z`
fn time_of(name: &str) -> Option<Timestamp> {
    let (day, time) = name.split_once('T')?;
    format!("{day}T{}", time.replace('-', ":")).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_snapshot_nearest_to_a_week_ago_is_the_other() {
        let saved = |names: &[&str]| -> Vec<SavedSnapshot> {
            let one = |name: &&str| SavedSnapshot { name: (*name).to_owned(), bytes: 1, open: false };
            names.iter().map(one).collect()
        };
        let now = "2026-08-22T09:14:00Z";
        let days =
            ["2026-08-22T09-14-00Z", "2026-08-21T09-14-00Z", "2026-08-14T09-14-00Z", "2026-07-01T09-14-00Z"];
        assert_eq!(a_week_before(&saved(&days), now), Some("2026-08-14T09-14-00Z"));
        assert_eq!(a_week_before(&saved(&days[..2]), now), Some("2026-08-21T09-14-00Z"));
        // Itself, one that is newer, one of no known time, none.
        for none in [&days[..1], &["2026-08-23T09-14-00Z"], &["before"], &["T", "2026-99-99T00-00-00Z"], &[]]
        {
            assert_eq!(a_week_before(&saved(none), now), None, "{none:?}");
        }
        let open = SavedSnapshot { open: true, ..saved(&days[2..3]).remove(0) };
        assert_eq!(a_week_before(&[open], now), None);
    }

    /// Of these accounts: what was seen in each is a role.
    fn reader(accounts: &[&str]) -> Reader {
        let folder = tempfile::tempdir().expect("a folder");
        for account in accounts {
            let role = serde_json::json!({"Arn": format!("arn:aws:iam::{account}:role/r"), "RoleName": "r",
                "Path": "/", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}});
            let details = serde_json::json!({"RoleDetailList": [role], "UserDetailList": [], "GroupDetailList": [],
                "Policies": []});
            std::fs::write(folder.path().join(format!("{account}.json")), details.to_string())
                .expect("a file");
        }
        let snapshot = clavicle_snapshot::open_any(folder.path(), |_, _| ()).expect("a snapshot");
        let stated = clavicle_graph::Stated { standalone: true };
        let world = clavicle_graph::World::new(snapshot, clavicle_catalog::catalog(), stated, |_, _| ());
        Reader::new(world, clavicle_answer::Settings::default())
    }

    #[test]
    fn only_a_snapshot_of_the_same_accounts_tells_what_is_new() {
        let (one, other) = ("111122223333", "444455556666");
        let (small, large) = (reader(&[one]), reader(&[one, other]));
        assert!(is_of_the_same(&small, &small) && is_of_the_same(&small, &large));
        // What is found where nobody had looked is not new.
        assert!(!is_of_the_same(&large, &small));
        assert!(!is_of_the_same(&small, &reader(&[other])));
    }
}
