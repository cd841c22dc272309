//! What many events come to, in a bounded space.
//!
//! A principal may use an action on more things than anybody wants to keep. Past [`THINGS`] of them each ARN is cut
//! behind one of its separators, as far from its beginning as leaves no more than that many. How far is decided by the
//! set of ARNs alone: not by their order, nor by how they were split between files.

use std::sync::{Arc, LazyLock};

use foldhash::HashMap;
use jiff::Timestamp;

use crate::evidence::{ADDRESSES, KeyValues, LastAccessed, Need, SESSIONS, Span, Tally, Thing, widest};
use crate::few::Few;

/// So many things of a principal and action are kept one by one.
pub(crate) const THINGS: usize = 256;
/// So many circumstances.
pub(crate) const CONTEXTS: usize = 64;

/// Sums over events, each of which was counted once.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Gathered {
    pub(crate) uses: HashMap<UseKey, GatheredUse>,
    pub(crate) activity: HashMap<Arc<str>, (Tally, Tally)>,
    pub(crate) sign_ins: HashMap<Arc<str>, Tally>,
    /// By source and name of the event.
    pub(crate) unmapped: HashMap<(Arc<str>, Arc<str>), UnmappedSum>,
    pub(crate) unattributed: HashMap<Arc<str>, u64>,
    pub(crate) covered: HashMap<(Arc<str>, Arc<str>), Span>,
    pub(crate) data_events: HashMap<(Arc<str>, Arc<str>), (Span, u64)>,
    pub(crate) last_accessed: Vec<LastAccessed>,
}

/// How many events, and by whom.
pub(crate) type UnmappedSum = (u64, Few<Arc<str>, SESSIONS>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct UseKey {
    pub(crate) principal: Arc<str>,
    pub(crate) action: Arc<str>,
    pub(crate) need: Need,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct GatheredUse {
    pub(crate) tally: Tally,
    pub(crate) sessions: Few<Arc<str>, SESSIONS>,
    pub(crate) calls: HashMap<(Thing, Arc<KeyValues>), CallSum>,
    /// Behind so many separators ARNs are cut; `None`: they are not.
    pub(crate) depth: Option<u8>,
    /// There were too many circumstances to keep them apart: none are told.
    pub(crate) is_plain: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct CallSum {
    pub(crate) tally: Tally,
    pub(crate) addresses: Few<Arc<str>, ADDRESSES>,
}

impl CallSum {
    fn merge(&mut self, other: Self) {
        self.tally.add(&other.tally);
        self.addresses.merge(other.addresses);
    }
}

static NO_KEYS: LazyLock<Arc<KeyValues>> = LazyLock::new(Arc::default);

impl GatheredUse {
    /// Adds calls on one thing. Call [`settle`](Self::settle) before the next look.
    pub(crate) fn add(&mut self, thing: Thing, context: Arc<KeyValues>, sum: CallSum) {
        let thing = cut(thing, self.depth);
        let context = if self.is_plain { NO_KEYS.clone() } else { context };
        self.calls.entry((thing, context)).or_default().merge(sum);
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.tally.add(&other.tally);
        self.sessions.merge(other.sessions);
        if other.is_plain && !self.is_plain || self.cuts_later_than(other.depth) {
            self.is_plain |= other.is_plain;
            self.depth = if self.cuts_later_than(other.depth) { other.depth } else { self.depth };
            self.recut();
        }
        for ((thing, context), sum) in other.calls {
            self.add(thing, context, sum);
        }
    }

    fn cuts_later_than(&self, depth: Option<u8>) -> bool {
        depth.is_some_and(|depth| self.depth.is_none_or(|own| own > depth))
    }

    fn recut(&mut self) {
        for ((thing, context), sum) in std::mem::take(&mut self.calls) {
            self.add(thing, context, sum);
        }
    }

    /// Keeps to the bounds.
    pub(crate) fn settle(&mut self) {
        if self.calls.len() <= CONTEXTS.min(THINGS) {
            return;
        }
        let mut contexts: Vec<&Arc<KeyValues>> = self.calls.keys().map(|(_, context)| context).collect();
        contexts.sort_unstable();
        contexts.dedup();
        if contexts.len() > CONTEXTS {
            self.is_plain = true;
            self.recut();
        }
        if distinct(self.calls.keys().map(|(thing, _)| thing.clone())) <= THINGS {
            return;
        }
        let deepest = self.calls.keys().map(|(thing, _)| separators(thing)).max().unwrap_or_default();
        let fits = |depth: u8| {
            distinct(self.calls.keys().map(|(thing, _)| cut(thing.clone(), Some(depth)))) <= THINGS
        };
        let from = self.depth.map_or(deepest, |depth| depth.saturating_sub(1).min(deepest));
        self.depth = Some((0..=from).rev().find(|depth| fits(*depth)).unwrap_or_default());
        self.recut();
    }
}

fn distinct(things: impl Iterator<Item = Thing>) -> usize {
    let mut things: Vec<Thing> = things.collect();
    things.sort_unstable();
    things.dedup();
    things.len()
}

/// Where the part of an ARN begins that names the thing.
fn resource_part(arn: &str) -> usize {
    arn.match_indices(':').nth(4).map_or(0, |(at, _)| at + 1)
}

fn separators(thing: &Thing) -> u8 {
    match thing {
        Thing::Arn(arn) | Thing::Under(arn) => {
            let count = arn[resource_part(arn)..].matches(['/', ':']).count();
            u8::try_from(count).unwrap_or(u8::MAX)
        }
        Thing::NotKnown | Thing::Any => 0,
    }
}

/// The things that share its ARN up to its separator of that number; itself if it has fewer.
fn cut(thing: Thing, depth: Option<u8>) -> Thing {
    let (Some(depth), Thing::Arn(arn) | Thing::Under(arn)) = (depth, &thing) else { return thing };
    let from = resource_part(arn);
    let end = match depth {
        0 => Some(from),
        depth => {
            arn[from..].match_indices(['/', ':']).nth(usize::from(depth) - 1).map(|(at, _)| from + at + 1)
        }
    };
    match end {
        Some(end) => Thing::Under(arn[..end].into()),
        None => thing,
    }
}

/// Seconds as a time; out of range, the beginning of time.
pub(crate) fn time(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH)
}

impl Gathered {
    /// Sums of other events.
    pub(crate) fn merge(&mut self, other: Self) {
        for (key, more) in other.uses {
            let known = self.uses.entry(key).or_default();
            known.merge(more);
            known.settle();
        }
        for (principal, (calls, assumed)) in other.activity {
            let known = self.activity.entry(principal).or_default();
            known.0.add(&calls);
            known.1.add(&assumed);
        }
        for (principal, tally) in other.sign_ins {
            self.sign_ins.entry(principal).or_default().add(&tally);
        }
        for (name, (events, principals)) in other.unmapped {
            let known = self.unmapped.entry(name).or_default();
            known.0 += events;
            known.1.merge(principals);
        }
        for (kind, events) in other.unattributed {
            *self.unattributed.entry(kind).or_default() += events;
        }
        for (place, span) in other.covered {
            let known = self.covered.entry(place).or_default();
            *known = widest(*known, span);
        }
        self.last_accessed.extend(other.last_accessed);
        for (service, (span, events)) in other.data_events {
            let known = self.data_events.entry(service).or_default();
            *known = (widest(known.0, span), known.1 + events);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CallSum, GatheredUse, THINGS, Thing, cut, time};
    use crate::evidence::Tally;
    use crate::needs::Outcome;
    use proptest::prelude::*;

    #[test]
    fn arns_are_cut_behind_separators() {
        let arn = |text: &str| Thing::Arn(text.into());
        let under = |text: &str| Thing::Under(text.into());
        let object = "arn:aws:s3:::b/2026/07/x";
        assert_eq!(cut(arn(object), None), arn(object));
        assert_eq!(cut(arn(object), Some(4)), arn(object));
        assert_eq!(cut(arn(object), Some(2)), under("arn:aws:s3:::b/2026/"));
        assert_eq!(cut(under("arn:aws:s3:::b/2026/"), Some(1)), under("arn:aws:s3:::b/"));
        assert_eq!(cut(under("arn:aws:s3:::b/"), Some(3)), under("arn:aws:s3:::b/"));
        assert_eq!(cut(arn(object), Some(0)), under("arn:aws:s3:::"));
        assert_eq!(cut(Thing::Any, Some(0)), Thing::Any);
    }

    fn gathered(arns: &[String], chunk: usize) -> GatheredUse {
        let mut all = GatheredUse::default();
        for part in arns.chunks(chunk) {
            let mut some = GatheredUse::default();
            for arn in part {
                let tally = Tally::of(Outcome::Succeeded, 1, time(1), time(1));
                some.tally.add(&tally);
                some.add(
                    Thing::Arn(arn.as_str().into()),
                    Default::default(),
                    CallSum { tally, ..Default::default() },
                );
                some.settle();
            }
            all.merge(some);
            all.settle();
        }
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn how_the_log_was_split_changes_nothing(
            folders in 1usize..400, files in 1usize..6, chunk in 1usize..500, seed: u64,
        ) {
            let mut arns: Vec<String> = (0..folders)
                .flat_map(|folder| (0..files).map(move |file| format!("arn:aws:s3:::b{}/{folder}/{file}", folder % 3)))
                .collect();
            let whole = gathered(&arns, usize::MAX);
            prop_assert!(whole.calls.len() <= THINGS);
            prop_assert_eq!(whole.calls.values().map(|sum| sum.tally.succeeded).sum::<u64>(), arns.len() as u64);
            arns.sort_by_key(|arn| arn.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)));
            prop_assert_eq!(&whole, &gathered(&arns, chunk));
        }
    }
}
