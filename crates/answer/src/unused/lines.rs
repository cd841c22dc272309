//! Every user and role, a line each: what is granted to it, and how much of that was used.

use clavicle_snapshot::PrincipalKind;
use clavicle_usage::Evidence;
use jiff::Timestamp;
use serde::Serialize;

use super::granted::Granted;
use super::use_of_actions::Shown;
use super::{Looked, Standing, evidence_head, notes_of};
use crate::reader::Reader;
use crate::shape::{EvidenceHead, Thing};

/// Of one user or role: granted against used, in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UseLine {
    /// Who.
    pub thing: Thing,
    /// `in use`, `did nothing`, `cannot be known`.
    pub standing: &'static str,
    /// When it was last used, as far as anything tells.
    pub last_used: Option<String>,
    /// Why it counts as idle, or why that cannot be known; none where it is in use.
    pub because: Option<String>,
    /// How many actions Allow statements of its identity policies name, those of its groups among them.
    pub granted: usize,
    /// How many of these it used.
    pub used: usize,
    /// Of how many that cannot be known.
    pub unknown: usize,
    /// How many it did not use.
    pub unused: usize,
    /// A policy of it was not seen, or a statement could not be read: more may be granted.
    pub partly_seen: bool,
}

/// All lines, and what they rest on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UseLines {
    /// What was last used before this time counts as not used.
    pub since: String,
    /// What the answer rests on.
    pub evidence: EvidenceHead,
    /// Those with most that was not used first.
    pub lines: Vec<UseLine>,
    /// Plain sentences.
    pub notes: Vec<String>,
}

impl Reader {
    /// Granted against used, of every user and role. `told` hears how many have been looked at, of how many. Linear in
    /// identities times the actions that are granted to each.
    pub fn use_lines(
        &self,
        evidence: &Evidence,
        since: Timestamp,
        mut told: impl FnMut(u64, u64),
    ) -> UseLines {
        let snapshot = self.world().snapshot();
        let is_asked =
            |record: &clavicle_snapshot::PrincipalRecord| record.seen && record.kind != PrincipalKind::Group;
        let asked: Vec<_> =
            self.world().principals().filter(|index| is_asked(snapshot.principal(*index))).collect();
        let mut looked = Looked {
            reader: self,
            evidence,
            since,
            granted: Granted::default(),
            shown: Shown::new(self, evidence, since),
        };
        let mut lines = Vec::with_capacity(asked.len());
        for (done, index) in asked.iter().enumerate() {
            told(done as u64, asked.len() as u64);
            let record = snapshot.principal(*index);
            let granted = looked.granted.to(self, *index);
            let standing = looked.standing(record, &granted);
            let counts = looked.shown.counts(record, &granted, &standing);
            let (word, last_used, because) = match standing {
                Standing::InUse(last) => ("in use", last, None),
                Standing::Idle { last_used, because } => ("did nothing", last_used, Some(because)),
                Standing::Unknown { last_used, because } => ("cannot be known", last_used, Some(because)),
            };
            lines.push(UseLine {
                thing: self.thing_of_principal(*index),
                standing: word,
                last_used: last_used.map(|at| at.to_string()),
                because,
                granted: counts.used + counts.unknown + counts.unused,
                used: counts.used,
                unknown: counts.unknown,
                unused: counts.unused,
                partly_seen: granted.partly_seen,
            });
        }
        lines.sort_by(|one, other| {
            (other.unused, other.unknown, &one.thing.name).cmp(&(one.unused, one.unknown, &other.thing.name))
        });
        let evidence_head = evidence_head(self, evidence, since, &asked);
        UseLines {
            since: since.to_string(),
            notes: notes_of(self, &evidence_head, evidence),
            evidence: evidence_head,
            lines,
        }
    }
}
