//! Is this record one that was read before, but for its times and ids?
//!
//! Programs make the same call over and over, and their records differ in a dozen values that say nothing about
//! permissions: times, ids, keys, addresses, answers. So of a record that was read, everything around those values is
//! kept; a record that has the same bytes around them means the same, and only the values have to be looked at. That is
//! a few comparisons of long runs of bytes instead of a walk over some hundred strings, and it is exact: equal bytes
//! around whole values are the same structure.
//!
//! What is kept is a tree. A branch is the bytes up to a value, and behind the value the next ones begin. Records of one
//! role share its first branches, those of one call more.

use foldhash::HashMap;
use foldhash::fast::FixedState;
use std::hash::BuildHasher as _;

use super::scan::Scanner;

/// A value that may differ between records that mean the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hole {
    Time,
    Id,
    Address,
    /// The ARN of a session whose role stands elsewhere.
    Session,
    /// A text that nothing follows from.
    Text,
    /// A value that nothing follows from.
    Value,
}

/// The holes of a record, in order; ranges are within the whole text. Of texts, what is between the quotes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Holes {
    at: Vec<(Hole, usize, usize)>,
}

impl Holes {
    pub(crate) fn push(&mut self, hole: Hole, from: usize, to: usize) {
        self.at.push((hole, from, to));
    }

    pub(crate) fn len(&self) -> usize {
        self.at.len()
    }

    /// Sessions from that one on are no holes.
    pub(crate) fn fill_sessions(&mut self, from: usize) {
        let mut at = 0;
        self.at.retain(|(hole, ..)| {
            at += 1;
            at <= from || *hole != Hole::Session
        });
    }

    /// Are there none of the kinds that are looked at more than once each? A record may name a member twice.
    fn is_plain(&self) -> bool {
        let count = |wanted: Hole| self.at.iter().filter(|(hole, ..)| *hole == wanted).count();
        count(Hole::Time) == 1
            && count(Hole::Id) == 1
            && count(Hole::Address) <= 1
            && count(Hole::Session) <= 1
    }
}

/// A record that was seen before in this form.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Repeat<'b> {
    pub(crate) meaning: u32,
    /// How many bytes the record has.
    pub(crate) length: usize,
    pub(crate) time: &'b [u8],
    pub(crate) id: &'b [u8],
    pub(crate) address: &'b [u8],
    pub(crate) session: &'b [u8],
}

/// The forms of records.
///
/// What one record adds lies together in each of the lists, so that a walk over it reads memory in order.
#[derive(Debug, Default)]
pub(crate) struct Repeats {
    bytes: Vec<u8>,
    /// Where the bytes of a hash are: ends of records are much alike, and what is kept once stays near at hand.
    kept: HashMap<u64, (u32, u32)>,
    /// The first one is where records begin. A place in a record is known by the first branch that was learnt there.
    branches: Vec<Branch>,
    /// Branches of places with many, by their place and a hash of their first bytes. Those of one hash are siblings.
    index: HashMap<(u64, u32), u32>,
    /// How many branches such places have.
    counts: HashMap<u32, usize>,
    /// Where such places tell their branches apart, by number.
    forks: Vec<Fork>,
    /// Records that were found, and that were learnt, of late.
    found: u32,
    learnt: u32,
    /// So many records are neither looked for nor learnt: hardly any of late was like another.
    rest: u32,
}

#[derive(Clone, Copy, Debug)]
struct Branch {
    /// Its first bytes, and zeros where it has fewer: they mostly tell it from others, and short ones are no more than this.
    head: [u8; HEAD],
    from: u32,
    to: u32,
    then: Then,
    /// Of the first branch of a place with many: [`INDEXED`], the number of its fork, and a bit for the length of each beginning
    /// that was hashed. Else the next branch of the same place, or [`NONE`].
    sibling: u32,
}

/// Of a place with many branches: eight bytes by which most of them are told apart, and which branch has them. A look here spares
/// most times the hash of a long beginning, and the look into the index of all places.
#[derive(Debug)]
struct Fork {
    offset: u32,
    /// By a hash of these bytes; [`NONE`] where no branch has them. As many as a power of two.
    table: Box<[u32]>,
    members: Vec<u32>,
}

impl Fork {
    /// That of some branches of one place, whose bytes these are.
    fn of(members: Vec<u32>, bytes: &[&[u8]]) -> Self {
        // Where two of them begin to differ; of these places the one where most differ. Some tell it.
        let some: Vec<&[u8]> = bytes.iter().step_by(bytes.len().div_ceil(SAMPLE).max(1)).copied().collect();
        let apart =
            |one: &[u8], other: &[u8]| one.iter().zip(other).take_while(|(one, other)| one == other).count();
        let pairs = (0..).zip(&some).flat_map(|(at, one)| some.iter().take(at).map(|other| (*one, *other)));
        let different = |offset: &usize| {
            let mut windows: Vec<_> = some.iter().filter_map(|bytes| Self::window(bytes, *offset)).collect();
            windows.sort_unstable();
            windows.dedup();
            windows.len()
        };
        let offset = pairs.map(|(one, other)| apart(one, other)).max_by_key(different).unwrap_or(0);
        let mut fork = Self { offset: offset as u32, table: [].into(), members };
        fork.table = fork.table(bytes);
        fork
    }

    fn window(bytes: &[u8], offset: usize) -> Option<u64> {
        Some(u64::from_le_bytes(*bytes.get(offset..)?.first_chunk()?))
    }

    /// Where in a table of so many these bytes are looked for.
    #[inline]
    fn slot(window: u64, size: usize) -> usize {
        const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
        ((window ^ window >> 32).wrapping_mul(FACTOR) >> 32) as usize & size.wrapping_sub(1)
    }

    fn table(&self, bytes: &[&[u8]]) -> Box<[u32]> {
        let mut table = vec![NONE; (self.members.len() * 4).next_power_of_two()];
        let size = table.len();
        for (member, bytes) in self.members.iter().zip(bytes) {
            let window = Self::window(bytes, self.offset as usize);
            if let Some(place) = window.and_then(|window| table.get_mut(Self::slot(window, size))) {
                *place = *member;
            }
        }
        table.into()
    }

    /// The branch that a text may go on with.
    #[inline]
    fn guess(&self, rest: &[u8]) -> Option<u32> {
        let window = Self::window(rest, self.offset as usize)?;
        self.table.get(Self::slot(window, self.table.len())).copied()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    /// A value, how long it was when it was first seen, if not too long to say, and the place behind it.
    Hole(Hole, u8, u32),
    End(u32),
}

/// So many bytes of a branch are kept with it.
const HEAD: usize = 16;
/// So many bytes are compared at once,
const BLOCK: usize = 32;
/// and of longer branches more, which is worth a call.
const LONG: usize = 96;
/// So many branches are tried one by one.
const FEW: usize = 4;
/// A place with more is one of values that hardly recur.
const MOST: usize = 4096;
/// So much is kept before all is forgotten.
const MOST_BYTES: usize = 32 << 20;
/// After so many records it is seen whether it is worth it, and if not, it is tried again after some times as many.
const SPELL: u32 = 4096;
const REST: u32 = 8 * SPELL;
/// Of a branch as many bytes are hashed as the greatest power of two that it has, and no more than two to this.
const MOST_HASHED: u32 = 7;
/// No such branch.
const NONE: u32 = u32::MAX;
/// So many branches of a place tell where it forks.
const SAMPLE: usize = 12;
/// Branches are numbered below.
const INDEXED: u32 = 1 << 31;
/// So many bits tell the lengths of what was hashed; the number of a fork stands above them.
const LENGTHS: u32 = MOST_HASHED + 1;
/// There are no more forks than that.
const MOST_FORKS: usize = (INDEXED >> LENGTHS) as usize;

const HASH: FixedState = FixedState::with_seed(0);

impl Repeats {
    fn bytes_of(&self, branch: &Branch) -> &[u8] {
        &self.bytes[branch.from as usize..branch.to as usize]
    }

    /// Of the first branch of a place with many: how long beginnings were hashed, a bit for each power of two.
    fn hashed(first: &Branch) -> Option<u32> {
        let is_indexed = first.sibling != NONE && first.sibling & INDEXED != 0;
        is_indexed.then_some(first.sibling & ((1 << LENGTHS) - 1))
    }

    /// Of the same: its fork.
    #[inline]
    fn fork(first: &Branch) -> usize {
        ((first.sibling & !INDEXED) >> LENGTHS) as usize
    }

    /// A branch and its siblings; of a place that has no index, all that it has.
    fn siblings(&self, at: u32) -> impl Iterator<Item = (u32, &Branch)> {
        let at_place = |at: u32| Some((at, self.branches.get(at as usize)?));
        std::iter::successors(at_place(at), move |(_, branch)| at_place(branch.sibling))
    }

    /// Do these bytes begin with a branch?
    #[inline(always)]
    fn begin(&self, rest: &[u8], branch: &Branch) -> bool {
        let length = (branch.to - branch.from) as usize;
        let (Some(first), Some(text)) = (rest.first_chunk::<HEAD>(), rest.get(..length)) else {
            return rest.starts_with(self.bytes_of(branch));
        };
        let differ = u128::from_le_bytes(*first) ^ u128::from_le_bytes(branch.head);
        if length <= HEAD {
            let beyond = u128::MAX.checked_shl(length as u32 * 8).unwrap_or(0);
            return differ & !beyond == 0;
        }
        differ == 0 && same_behind(text, self.bytes_of(branch))
    }

    fn first_of(&self, at: u32, rest: &[u8]) -> Option<&Branch> {
        let mut branch = self.branches.get(at as usize)?;
        loop {
            if self.begin(rest, branch) {
                return Some(branch);
            }
            branch = self.branches.get(branch.sibling as usize)?;
        }
    }

    #[inline(always)]
    fn pick(&self, place: u32, rest: &[u8]) -> Option<&Branch> {
        let first = self.branches.get(place as usize)?;
        // Most places have one.
        if first.sibling == NONE {
            return self.begin(rest, first).then_some(first);
        }
        let fork = Self::hashed(first).and_then(|_| self.forks.get(Self::fork(first)));
        let guessed = fork.and_then(|fork| self.branches.get(fork.guess(rest)? as usize));
        match guessed.filter(|branch| self.begin(rest, branch)) {
            None => self.longest(place, rest),
            found => found,
        }
    }

    /// The same, of several that these bytes begin with the longest.
    fn longest(&self, place: u32, bytes: &[u8]) -> Option<&Branch> {
        let first = self.branches.get(place as usize)?;
        match Self::hashed(first) {
            Some(lengths) => self.look_up(place, lengths, bytes),
            None => self.first_of(place, bytes),
        }
    }

    /// The longest beginnings first.
    fn look_up(&self, place: u32, mut lengths: u32, rest: &[u8]) -> Option<&Branch> {
        while lengths != 0 {
            let power = lengths.ilog2();
            lengths ^= 1 << power;
            let found = rest
                .get(..1 << power)
                .and_then(|beginning| self.index.get(&(HASH.hash_one(beginning), place)))
                .and_then(|at| self.first_of(*at, rest));
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Where these bytes are kept.
    fn keep(&mut self, bytes: &[u8]) -> Option<(u32, u32)> {
        let hash = HASH.hash_one(bytes);
        if let Some((from, to)) = self.kept.get(&hash).copied()
            && self.bytes.get(from as usize..to as usize) == Some(bytes)
        {
            return Some((from, to));
        }
        let from = u32::try_from(self.bytes.len()).ok()?;
        self.bytes.extend_from_slice(bytes);
        let place = (from, u32::try_from(self.bytes.len()).ok()?);
        self.kept.insert(hash, place);
        Some(place)
    }

    /// How many branches a place has.
    fn count(&self, place: u32) -> usize {
        match self.counts.get(&place) {
            Some(count) => *count,
            None => self.siblings(place).count(),
        }
    }

    /// A new branch of a place, which has others unless it is the place of this one.
    fn add(&mut self, place: u32, bytes: &[u8], then: Then) -> Option<()> {
        let at = u32::try_from(self.branches.len()).ok().filter(|at| *at < INDEXED)?;
        let (from, to) = self.keep(bytes)?;
        let many = self.count(place) >= FEW;
        let sibling = match self.branches.get_mut(place as usize) {
            Some(first) if !many => std::mem::replace(&mut first.sibling, at),
            _ => NONE,
        };
        let mut head = [0; HEAD];
        bytes.iter().zip(&mut head).for_each(|(byte, place)| *place = *byte);
        self.branches.push(Branch { head, from, to, then, sibling });
        if !many {
            return Some(());
        }
        let first = self.branches.get(place as usize)?;
        if Self::hashed(first).is_some() {
            self.add_to_fork(Self::fork(first), at);
            return self.index(place, at);
        }
        let known: Vec<u32> = self.siblings(place).map(|(at, _)| at).chain([at]).collect();
        let number = u32::try_from(self.forks.len()).ok().filter(|_| self.forks.len() < MOST_FORKS)?;
        let fork = self.fork_of(known.clone());
        self.forks.push(fork);
        for at in &known {
            self.branches.get_mut(*at as usize)?.sibling =
                if *at == place { INDEXED | number << LENGTHS } else { NONE };
        }
        known.into_iter().try_for_each(|at| self.index(place, at))
    }

    fn fork_of(&self, members: Vec<u32>) -> Fork {
        let branches = members.iter().filter_map(|at| self.branches.get(*at as usize));
        let bytes: Vec<&[u8]> = branches.map(|branch| self.bytes_of(branch)).collect();
        Fork::of(members, &bytes)
    }

    /// Puts a branch where its place tells its branches apart. Makes room for it first, if there are many by now.
    fn add_to_fork(&mut self, fork: usize, at: u32) {
        let Some(known) = self.forks.get_mut(fork) else { return };
        known.members.push(at);
        let (members, offset, size) = (known.members.len(), known.offset as usize, known.table.len());
        if members * 2 > size {
            let members = std::mem::take(&mut known.members);
            let roomier = self.fork_of(members);
            if let Some(known) = self.forks.get_mut(fork) {
                *known = roomier;
            }
            return;
        }
        let window =
            self.branches.get(at as usize).and_then(|branch| Fork::window(self.bytes_of(branch), offset));
        let known = self.forks.get_mut(fork).zip(window);
        if let Some(place) = known.and_then(|(known, window)| known.table.get_mut(Fork::slot(window, size))) {
            *place = at;
        }
    }

    /// Puts a branch of a place into the index.
    fn index(&mut self, place: u32, at: u32) -> Option<()> {
        let branch = *self.branches.get(at as usize)?;
        let bytes = self.bytes_of(&branch);
        let power = bytes.len().max(1).ilog2().min(MOST_HASHED);
        let key = (HASH.hash_one(bytes.get(..1 << power)?), place);
        *self.counts.entry(place).or_default() += 1;
        self.branches.get_mut(place as usize)?.sibling |= 1 << power;
        // The first of its place is the first to come here, and has nothing behind it.
        if let Some(before) = self.index.insert(key, at) {
            self.branches.get_mut(at as usize)?.sibling = before;
        }
        Some(())
    }

    /// Looks whether a record that was learnt begins here.
    #[inline]
    pub(crate) fn find<'b>(&mut self, rest: &'b [u8]) -> Option<Repeat<'b>> {
        if self.rest > 0 {
            return None;
        }
        let found = self.look(rest);
        self.found += u32::from(found.is_some());
        found
    }

    fn look<'b>(&self, rest: &'b [u8]) -> Option<Repeat<'b>> {
        let mut repeat = Repeat::default();
        let mut place = 0;
        let mut at = 0;
        loop {
            let branch = self.pick(place, rest.get(at..)?)?;
            at += (branch.to - branch.from) as usize;
            let (hole, usual, next) = match branch.then {
                Then::End(meaning) => {
                    repeat.meaning = meaning;
                    repeat.length = at;
                    return Some(repeat);
                }
                Then::Hole(hole, usual, next) => (hole, usize::from(usual), next),
            };
            let from = at;
            at = match hole {
                Hole::Value => {
                    let mut scanner = Scanner::new(&rest[from..]);
                    scanner.raw_value().ok()?;
                    from + scanner.at()
                }
                _ if Scanner::is_text(rest, from, usual) => from + usual,
                _ => Scanner::text_end(rest, from)?,
            };
            let value = &rest[from..at];
            match hole {
                Hole::Time => repeat.time = value,
                Hole::Id => repeat.id = value,
                Hole::Address => repeat.address = value,
                Hole::Session => repeat.session = value,
                Hole::Text | Hole::Value => {}
            }
            place = next;
        }
    }

    /// Remembers the form of a record, which is the whole of `text[from..to]`, with its meaning.
    pub(crate) fn learn(&mut self, text: &[u8], from: usize, to: usize, holes: &Holes, meaning: u32) {
        if self.rest > 0 {
            self.rest -= 1;
            return;
        }
        self.learnt += 1;
        if self.found + self.learnt >= SPELL {
            // Learning costs a few times what finding saves.
            if self.found < self.learnt {
                self.rest = REST;
            }
            (self.found, self.learnt) = (0, 0);
        }
        if !holes.is_plain() {
            return;
        }
        if self.bytes.len() > MOST_BYTES {
            self.forget();
        }
        let (mut place, mut at) = (0, from);
        let ends = holes.at.iter().map(|(hole, from, to)| (Some(*hole), *from, *to)).chain([(None, to, to)]);
        let mut pieces = Vec::with_capacity(holes.at.len() + 1);
        for (hole, until, after) in ends {
            let Some(bytes) = text.get(at..until) else { return };
            pieces.push((bytes, hole.map(|hole| (hole, u8::try_from(after - until).unwrap_or(0)))));
            at = after;
        }
        let place_for = pieces.len() + self.branches.len();
        if u32::try_from(to - from + self.bytes.len()).is_err() || place_for >= INDEXED as usize {
            return;
        }
        for (bytes, hole) in pieces {
            let is_same = |branch: &&Branch| {
                self.bytes_of(branch) == bytes
                    && match (branch.then, hole) {
                        (Then::Hole(known, ..), Some((hole, _))) => known == hole,
                        (Then::End(_), None) => true,
                        _ => false,
                    }
            };
            let known = self.longest(place, bytes).filter(is_same).map(|branch| branch.then);
            let then = match (known, hole) {
                (Some(then), _) => then,
                (None, _) if self.count(place) >= MOST => return,
                (None, None) => Then::End(meaning),
                // The next branch is the first of its place.
                (None, Some((hole, usual))) => Then::Hole(hole, usual, self.branches.len() as u32 + 1),
            };
            if known.is_none() && self.add(place, bytes, then).is_none() {
                return;
            }
            match then {
                Then::Hole(_, _, next) => place = next,
                Then::End(_) => return,
            }
        }
    }

    /// Begins anew: what was learnt means nothing any more.
    pub(crate) fn forget(&mut self) {
        self.branches.clear();
        self.bytes.clear();
        self.kept.clear();
        self.forks.clear();
        self.index.clear();
        self.counts.clear();
    }
}

/// Are these the same behind their first bytes, which are? Both are as long, and longer than those.
#[inline]
fn same_behind(one: &[u8], other: &[u8]) -> bool {
    if one.len() > LONG {
        return one.get(HEAD..) == other.get(HEAD..);
    }
    let mut at = HEAD;
    while let (Some(some), Some(others)) = (
        one.get(at..).and_then(<[u8]>::first_chunk::<BLOCK>),
        other.get(at..).and_then(<[u8]>::first_chunk::<BLOCK>),
    ) {
        if some != others {
            return false;
        }
        at += BLOCK;
    }
    // The last block, with some bytes that were compared before.
    match (one.last_chunk::<BLOCK>(), other.last_chunk::<BLOCK>()) {
        (Some(one), Some(other)) => one == other,
        _ => one.last_chunk::<HEAD>() == other.last_chunk::<HEAD>(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Hole, Holes, Repeats};

    fn learn(repeats: &mut Repeats, text: &str, meaning: u32) {
        let mut holes = Holes::default();
        for (hole, name) in [(Hole::Time, "\"t\":\""), (Hole::Id, "\"i\":\"")] {
            let from = text.find(name).unwrap() + name.len();
            holes.push(hole, from, from + text[from..].find('"').unwrap());
        }
        if let Some(from) = text.find("\"v\":") {
            holes.push(Hole::Value, from + 4, text.len() - 1);
        }
        repeats.learn(text.as_bytes(), 0, text.len(), &holes, meaning);
    }

    #[test]
    fn equal_but_for_its_values_is_found() {
        let mut repeats = Repeats::default();
        for meaning in 0..40 {
            learn(&mut repeats, &format!(r#"{{"a":"{meaning}","t":"x","i":"y","v":1}}"#), meaning);
        }
        let found = repeats.find(br#"{"a":"17","t":"time","i":"i\"d","v":{"b":["}"]}},"#).unwrap();
        assert_eq!((found.meaning, found.time, found.id), (17, &b"time"[..], &br#"i\"d"#[..]));
        assert_eq!(found.length, br#"{"a":"17","t":"time","i":"i\"d","v":{"b":["}"]}}"#.len());
        for other in [
            r#"{"a":"41","t":"x","i":"y","v":1}"#,
            r#"{"a":"17","t":"x","i":"y","v":1,"w":2}"#,
            r#"{"a":"17","t":"x","j":"y","v":1}"#,
            r#"{"a":"17","t":"x","i":"y","v":1"#,
            r#"{"a":"17","t":"x"#,
            "",
        ] {
            assert_eq!(repeats.find(other.as_bytes()), None, "{other}");
        }
        repeats.forget();
        assert_eq!(repeats.find(br#"{"a":"17","t":"time","i":"id","v":1}"#), None);
    }

    /// Names that differ early, late, or in their length alone, so many that their place makes room for more of them.
    #[test]
    fn however_branches_of_a_place_differ_each_is_found() {
        let mut repeats = Repeats::default();
        let name = |at: u32| match at % 4 {
            0 => format!("{at:04}{}", "x".repeat(90)),
            1 => format!("{}{at:04}", "x".repeat(90)),
            2 => "y".repeat(at as usize),
            _ => format!("{}{at:04}{}", "z".repeat(at as usize % 40), "z".repeat(200)),
        };
        let text = |at: u32, time: &str| format!(r#"{{"a":"{}","t":"{time}","i":"y"}}"#, name(at));
        for at in 0..400 {
            learn(&mut repeats, &text(at, "x"), at);
            for known in 0..=at {
                let found = repeats.look(text(known, "at another time").as_bytes()).map(|it| it.meaning);
                assert_eq!(found, Some(known), "with {at}");
            }
        }
        assert_eq!(repeats.look(text(400, "x").as_bytes()), None);
    }

    #[test]
    fn a_member_that_is_named_twice_is_not_learnt() {
        let mut repeats = Repeats::default();
        let text = br#"{"t":"1","t":"2","i":"3"}"#;
        let mut holes = Holes::default();
        holes.push(Hole::Time, 6, 7);
        holes.push(Hole::Time, 14, 15);
        holes.push(Hole::Id, 22, 23);
        repeats.learn(text, 0, text.len(), &holes, 1);
        assert_eq!(repeats.find(text), None);
    }
}
