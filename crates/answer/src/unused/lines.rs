//! Every user and role, a line each: what is granted to it, and how much of that was used.

use clavicle_graph::ClassId;
use clavicle_snapshot::{PrincipalIndex, PrincipalKind};
use clavicle_usage::Evidence;
use foldhash::HashMap;
use jiff::Timestamp;
use serde::Serialize;

use super::{Looked, Standing, evidence_head, notes_of};
use crate::reader::Reader;
use crate::shape::{EvidenceHead, Thing};

/// At most so many of equal ones are named.
const NAMES: usize = 40;

/// Of one user or role, or of several that are equal and used nothing: granted against used, in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UseLine {
    /// Who; of several the first.
    pub thing: Thing,
    /// What it is called, several together: `staging:role/dev-*`.
    pub label: String,
    /// How many it stands for; the other numbers are those of each.
    pub count: usize,
    /// The names of several, at most 40.
    pub members: Vec<String>,
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
        let mut looked = Looked::new(self, evidence, since);
        let mut lines: Vec<(Vec<PrincipalIndex>, UseLine)> = Vec::with_capacity(asked.len());
        let mut same: HashMap<Likeness, usize> = HashMap::default();
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
            // Who used something has a plan of its own.
            let likeness = (counts.used == 0).then(|| Likeness {
                class: self.world().class_of(*index),
                standing: word,
                because: because.clone(),
                counts: (counts.unknown, counts.unused),
            });
            if let Some(known) = likeness.as_ref().and_then(|likeness| same.get(likeness))
                && let Some((members, line)) = lines.get_mut(*known)
            {
                members.push(*index);
                line.last_used = line.last_used.take().max(last_used.map(|at| at.to_string()));
                continue;
            }
            if let Some(likeness) = likeness {
                same.insert(likeness, lines.len());
            }
            let line = UseLine {
                thing: self.thing_of_principal(*index),
                label: String::new(),
                count: 1,
                members: Vec::new(),
                standing: word,
                last_used: last_used.map(|at| at.to_string()),
                because,
                granted: counts.used + counts.unknown + counts.unused,
                used: counts.used,
                unknown: counts.unknown,
                unused: counts.unused,
                partly_seen: granted.partly_seen,
            };
            lines.push((vec![*index], line));
        }
        let mut lines: Vec<UseLine> =
            lines.into_iter().map(|(members, line)| self.together(&members, line)).collect();
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

    /// Names all whom a line stands for.
    fn together(&self, members: &[PrincipalIndex], line: UseLine) -> UseLine {
        let several = if members.len() > 1 { members } else { &[] };
        let names = several.iter().take(NAMES).map(|member| self.thing_of_principal(*member).name);
        UseLine { label: self.stem(members), count: members.len(), members: names.collect(), ..line }
    }
}

/// Those who share it have equal access, and the same was used of it: nothing.
#[derive(PartialEq, Eq, Hash)]
struct Likeness {
    class: ClassId,
    standing: &'static str,
    because: Option<String>,
    /// How many cannot be known, and were not used.
    counts: (usize, usize),
}
