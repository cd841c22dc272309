//! What is different between two states of the same accounts: by access, and not by text.
//!
//! Three looks at it, each with what it can and cannot see. [`access`]: who can do what with the things of the
//! snapshots, from the engine's decisions on all layers. [`documents`]: what each changed text comes to for every
//! request, by the prover, so that rights on things nobody has seen are not missed. [`reached`]: chains and ways in.

mod access;
mod attachments;
mod breaks;
mod documents;
mod gate;
mod less_seen;
mod losing;
mod plan;
mod reached;
mod texts;
mod tried;

pub use gate::outcome as gate_outcome;
pub use plan::Edit;

use crate::count::counted;
use crate::page::listed;
use crate::reader::Reader;
use crate::shape::{AccessChange, ChangesPage, DocumentChange, GateOutcome};
use crate::suggest::Seen;

impl Reader {
    /// What is different now that was another way in `old`? Of access within accounts only what can differ is looked at;
    /// chains and ways in are looked for in both.
    pub fn changes_since(&self, old: &Reader) -> ChangesPage {
        self.changes_until(old, &|| false)
    }

    /// The same, given up soon after `is_stopped` says so. It must not take that back. `None`: it was given up.
    pub fn changes_since_unless(
        &self,
        old: &Reader,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Option<ChangesPage> {
        let page = self.changes_until(old, is_stopped);
        (!is_stopped()).then_some(page)
    }

    /// What is different, or, once it is stopped, a part of it.
    fn changes_until(&self, old: &Reader, is_stopped: &(dyn Fn() -> bool + Sync)) -> ChangesPage {
        let access = access::changes(old, self, is_stopped);
        let both = texts::Both::read(old, self, is_stopped);
        let documents = documents::changed(&both, is_stopped);
        let attachments = if is_stopped() { Vec::new() } else { attachments::changed(&both) };
        let reached = reached::changes(old, self, is_stopped);
        let mut page = ChangesPage {
            schema: "clavicle.changes/1",
            verdict: String::new(),
            sentence: String::new(),
            old: old.snapshot_head(),
            new: self.snapshot_head(),
            catalog: self.world().catalog().data_date().to_owned(),
            access,
            documents,
            attachments,
            opened: reached.opened,
            closed: reached.closed,
            ways_opened: reached.ways_opened,
            ways_closed: reached.ways_closed,
            breaks: None,
            notes: reached.notes,
            gate: GateOutcome { verdict: String::new(), because: Vec::new(), stated: false },
        };
        let (come, gone) = documents::come_and_gone(old, self);
        for (count, what) in [(come, "new"), (gone, "gone")] {
            if count > 0 {
                page.notes.push(format!("{what}: {}.", counted(count, "identity", "identities")));
            }
        }
        let seen_now = both.seen_now();
        if seen_now > 0 {
            page.notes.push(format!(
                "{} not seen before: what they gave then is not known.",
                counted(seen_now, "policy was", "policies were")
            ));
        }
        let less_seen = less_seen::notes(old, self);
        // In accounts of one moment, with edits made or a plan laid over them, nothing else is another.
        let is_one_moment = page.old.id == page.new.id || !self.world().snapshot().declared.is_empty();
        let neither = if is_one_moment { 0 } else { both.seen_in_neither() };
        if neither > 0 {
            page.notes.push(format!(
                "{} seen in neither state: whether they are others is not known.",
                counted(neither, "policy was", "policies were")
            ));
        }
        let open = Open {
            come: come > 0,
            seen_now: seen_now > 0,
            less_seen: !less_seen.is_empty() || reached.is_open,
        };
        page.notes.extend(less_seen);
        page.verdict = verdict(&page, open, gone > 0).to_owned();
        page.sentence = sentence(&page, neither > 0 || open.seen_now || open.less_seen);
        page.gate = gate::judged(self, &page, open, reached.beyond);
        if !page.documents.is_empty() || !page.access.is_empty() {
            page.notes.push(
                "Access is compared on the things of the snapshots; what a text allows beyond them stands with the policy."
                    .to_owned(),
            );
        }
        page
    }
}

impl Reader {
    /// The same, with what was seen in use and is lost.
    pub fn changes_with_use_since(&self, old: &Reader, seen: Seen<'_>) -> ChangesPage {
        let mut page = self.changes_since(old);
        breaks::add(old, self, seen, &mut page, &|| false);
        page
    }

    /// The same, given up soon after `is_stopped` says so. It must not take that back. `None`: it was given up.
    pub fn changes_with_use_since_unless(
        &self,
        old: &Reader,
        seen: Seen<'_>,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Option<ChangesPage> {
        let mut page = self.changes_since_unless(old, is_stopped)?;
        breaks::add(old, self, seen, &mut page, is_stopped);
        (!is_stopped()).then_some(page)
    }

    /// The rows of access by who changed alone; see [`Reader::changes_since`].
    pub fn access_changes_since(&self, old: &Reader) -> Vec<AccessChange> {
        access::changes(old, self, &|| false)
    }

    /// The rows of access by asking about everybody and everything in both states: what [`Reader::changes_since`] is held
    /// to.
    pub fn access_changes_by_asking_all(&self, old: &Reader) -> Vec<AccessChange> {
        access::changes_by_asking_all(old, self)
    }
}

fn in_use(page: &ChangesPage) -> impl Iterator<Item = &DocumentChange> {
    page.documents.iter().filter(|document| document.in_use)
}

/// What may let somebody do more, and is compared with nothing.
#[derive(Debug, Clone, Copy, Default)]
struct Open {
    /// Are there identities that were not there before?
    come: bool,
    /// Was the text of a policy not seen before, and is now? What it gives may be new.
    seen_now: bool,
    /// Was something told before that is not told now?
    less_seen: bool,
}

fn verdict(page: &ChangesPage, open: Open, gone: bool) -> &'static str {
    let says = |wanted: &[&str]| in_use(page).any(|document| wanted.contains(&document.verdict.as_str()));
    let widens = page.access.iter().any(|change| change.widens)
        || says(&["widens", "changes"])
        || !page.opened.is_empty()
        || !page.ways_opened.is_empty();
    // What comes, and what is not told any more, may give rights on things that nobody has seen.
    let may_widen = open.come
        || open.seen_now
        || open.less_seen
        || page.attachments.iter().any(|change| change.may_widen)
        || page.access.iter().any(AccessChange::is_open);
    let narrows = gone
        || page.attachments.iter().any(|change| !change.may_widen)
        || page.access.iter().any(|change| !change.widens && !change.is_open())
        || says(&["narrows", "changes"])
        || !page.closed.is_empty()
        || !page.ways_closed.is_empty();
    match (widens, narrows) {
        (true, true) => "changes",
        (true, false) => "widens",
        (false, _) if may_widen || says(&["unknown"]) => "unknown",
        (false, true) => "narrows",
        (false, false) => "same",
    }
}

/// How many somebodies rows are about.
fn identities<'p>(rows: impl Iterator<Item = &'p AccessChange>) -> usize {
    let mut names: Vec<&str> = rows.flat_map(|change| &change.who).map(|thing| thing.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.len()
}

/// `is_partial`: was not all seen of which "nothing" would speak?
fn sentence(page: &ChangesPage, is_partial: bool) -> String {
    let who =
        |wanted: fn(&AccessChange) -> bool| identities(page.access.iter().filter(|change| wanted(change)));
    let mut parts = Vec::new();
    let mut say = |count: usize, one: &str, many: &str, what: &str| {
        if count > 0 {
            parts.push(format!("{}{what}", counted(count, one, many)));
        }
    };
    say(who(|change| change.widens), "identity", "identities", " can do more");
    say(who(|change| !change.widens && !change.is_open()), "identity", "identities", " can do less");
    say(who(AccessChange::is_open), "identity", "identities", " may be able to do less");
    say(page.opened.len(), "chain", "chains", " opened");
    say(page.closed.len(), "chain", "chains", " closed");
    say(page.ways_opened.len(), "way in", "ways in", " opened");
    say(page.ways_closed.len(), "way in", "ways in", " closed");
    match (parts.is_empty(), page.documents.is_empty() && page.attachments.is_empty()) {
        (false, _) => format!("{}.", listed(&parts)),
        (true, true) if is_partial => {
            "Nothing that bears on access is different, as far as was seen.".to_owned()
        }
        (true, true) => "Nothing that bears on access is different.".to_owned(),
        (true, false) => {
            // Rows are of words, and each stands while one of its actions is left.
            "Policies are different; nobody has another word of access (read, write …) to the things that were seen."
                .to_owned()
        }
    }
}
