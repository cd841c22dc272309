//! Was this event counted before?
//!
//! The same event can stand in two files: a log that is read again under another name, two trails, an export that
//! overlaps with a trail. Events bear an id that AWS makes; of every event that was counted a hash of it is kept, by
//! account, region and hour, so that only the hours that a file speaks of have to be looked at. See
//! docs/decisions/0009-an-event-counts-once.md.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::{HashMap, HashSet};

/// Where and when: account and region, hours since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Slot {
    pub(crate) place: PlaceId,
    pub(crate) hour: i64,
}

/// The number of a place, see [`Seen::place`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct PlaceId(u32);

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) account: Arc<str>,
    pub(crate) region: Arc<str>,
}

/// The ids of one slot.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    /// Sorted; stored before.
    pub(crate) before: Vec<u64>,
    pub(crate) new: HashSet<u64>,
}

/// Workers rarely meet in one of so many.
const SHARDS: usize = 64;

type Shard = HashMap<Slot, Ids>;

/// Loads the ids of a slot that were stored before, sorted.
pub(crate) type Load<'l> = &'l (dyn Fn(&Place, i64) -> Vec<u64> + Sync);

/// The ids of all events that were counted, as far as the hours at hand go.
pub(crate) struct Seen<'l> {
    shards: Vec<Mutex<Shard>>,
    places: Mutex<Vec<Arc<Place>>>,
    load: Load<'l>,
}

impl<'l> Seen<'l> {
    pub(crate) fn new(load: Load<'l>) -> Self {
        Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect(), places: Mutex::default(), load }
    }

    /// The number of a place.
    pub(crate) fn place(&self, account: &str, region: &str) -> (PlaceId, Arc<Place>) {
        let mut places = lock(&self.places);
        let known = places.iter().position(|place| &*place.account == account && &*place.region == region);
        let at = known.unwrap_or_else(|| {
            places.push(Arc::new(Place { account: account.into(), region: region.into() }));
            places.len() - 1
        });
        (PlaceId(u32::try_from(at).unwrap_or(u32::MAX)), places[at].clone())
    }

    /// Which of these ids are new? From now on none is.
    pub(crate) fn claim(&self, slot: Slot, ids: impl ExactSizeIterator<Item = u64>, is_new: &mut Vec<bool>) {
        let shard = slot.hour.unsigned_abs() as usize ^ slot.place.0 as usize;
        let mut shard = lock(&self.shards[shard % SHARDS]);
        let known = match shard.get_mut(&slot) {
            Some(known) => known,
            None => shard.entry(slot).or_insert_with(|| {
                let place = lock(&self.places).get(slot.place.0 as usize).cloned();
                let before = place.map(|place| (self.load)(&place, slot.hour)).unwrap_or_default();
                Ids { before, new: HashSet::default() }
            }),
        };
        // What is stored comes again mostly as a whole: then there is nothing to make room for.
        if known.before.is_empty() {
            known.new.reserve(ids.len());
        }
        let is_stored = |id: &u64| !known.before.is_empty() && known.before.binary_search(id).is_ok();
        is_new.extend(ids.map(|id| !is_stored(&id) && known.new.insert(id)));
    }

    /// All that came in, in order. The next claims load anew.
    pub(crate) fn take(&self) -> Vec<(Arc<Place>, i64, Ids)> {
        let places = lock(&self.places);
        let mut all = Vec::new();
        for shard in &self.shards {
            let slots = std::mem::take(&mut *lock(shard)).into_iter();
            all.extend(slots.filter_map(|(slot, ids)| {
                Some((places.get(slot.place.0 as usize)?.clone(), slot.hour, ids))
            }));
        }
        all.sort_by(|(place, hour, _), (other, other_hour, _)| (place, hour).cmp(&(other, other_hour)));
        all
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A hash of an id that stays the same in all versions of the program, since it is stored.
pub(crate) fn id(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| {
        let product = u128::from(hash ^ word) * u128::from(FACTOR);
        (product as u64) ^ ((product >> 64) as u64)
    };
    let mut chunks = bytes.chunks_exact(8);
    let mut hash = 0x2545_f491_4f6c_dd1d ^ bytes.len() as u64;
    for chunk in &mut chunks {
        hash = mix(hash, chunk.first_chunk::<8>().map_or(0, |word| u64::from_le_bytes(*word)));
    }
    let mut last = [0; 8];
    chunks.remainder().iter().zip(&mut last).for_each(|(byte, place)| *place = *byte);
    mix(mix(hash, u64::from_le_bytes(last)), FACTOR)
}

#[cfg(test)]
mod tests {
    use super::{Place, Seen, Slot, id};

    #[test]
    fn an_event_is_new_once() {
        let load = |place: &Place, hour: i64| {
            if &*place.region == "r" && hour == 7 { vec![1, 5] } else { Vec::new() }
        };
        let seen = Seen::new(&load);
        let claim = |region: &str, hour, ids: &[u64]| {
            let mut is_new = Vec::new();
            let slot = Slot { place: seen.place("1", region).0, hour };
            seen.claim(slot, ids.iter().copied(), &mut is_new);
            is_new
        };
        assert_eq!(claim("r", 7, &[5, 6, 6]), [false, true, false], "the first was stored");
        assert_eq!(claim("r", 7, &[6]), [false]);
        assert_eq!(claim("s", 7, &[5]), [true]);
        assert_eq!(claim("r", 8, &[5]), [true]);
        assert_eq!(seen.take().len(), 3);
        assert_eq!(claim("r", 8, &[5]), [true], "what was not stored is forgotten");
    }

    #[test]
    fn hashes_are_what_they_were_and_differ() {
        assert_eq!(id(b"14b8a52e-a400-43ac-5ac5-8bb5bf5565bc"), 10_849_669_200_959_657_409);
        let ids: std::collections::BTreeSet<u64> =
            (0..100_000).map(|n| id(format!("{n:036}").as_bytes())).collect();
        assert_eq!(ids.len(), 100_000);
    }
}
