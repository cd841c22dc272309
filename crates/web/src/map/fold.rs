//! Keeping a map within its budget: what does not fit is put together, never refused, shrunk or scattered.
//!
//! Every atom brings keys from fine to coarse (its name's first words, its path, its kind). A column takes the finest
//! keys that leave it within its rows; what matters stays by itself as long as it can; where room is left, the smallest
//! groups are taken apart again. If even the coarsest keys are too many, the least joined go into one shape `more`.
//! Where the lines are still too many, the fullest columns get fewer rows.

use foldhash::{HashMap, HashMapExt};

use super::atom::{Atom, Facts};
use super::joins::Joins;
use super::page::Level;

/// Rows of a column.
pub(crate) const MOST_ROWS: usize = 18;
/// Lines of a map.
pub(crate) const MOST_LINES: usize = 160;
/// What is easy on the eye.
#[derive(Debug, Clone)]
pub(crate) struct Easy {
    /// For more lines, columns are cut.
    pub(crate) lines: usize,
    /// By column.
    pub(crate) rows: Vec<EasyRows>,
}

/// How far a column is cut for fewer lines.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EasyRows {
    /// One of no more shapes than this is not.
    pub(crate) few: usize,
    /// Others not below so many rows,
    pub(crate) least: usize,
    /// or, where all columns have no more than those and the lines are still too many, these.
    pub(crate) at_last: usize,
}

impl Easy {
    /// Five bands with a line or two from most shapes; or accounts, into nearly all of which the same outsiders lead: there those
    /// with the worst ways in stand by themselves, and the others together.
    pub(crate) fn of(level: Level, columns: &[super::plan::Column]) -> Self {
        let all = EasyRows { few: 11, least: 11, at_last: 11 };
        let (lines, outsiders, others) = match level {
            Level::Account => (100, all, all),
            Level::Organization | Level::Unit => {
                let outsiders = EasyRows { few: 5, least: 5, at_last: 5 };
                (40, outsiders, EasyRows { few: 12, least: 8, at_last: 4 })
            }
        };
        let rows = columns.iter().map(|column| if column.id == OUTSIDERS { outsiders } else { others });
        Self { lines, rows: rows.collect() }
    }
}

/// The column of those who come in.
const OUTSIDERS: &str = "outside";
/// Past so many facts, what a cut would spare is not tried.
const MANY_FACTS: usize = 60_000;
/// The last keys of an atom (path, kind, whatever it is) say little of it.
const BROAD_KEYS: usize = 3;
/// A group of so many parts is taken apart where there is room.
const A_FEW: usize = 4;
/// No column is cut below this.
const LEAST_ROWS: usize = 3;

/// What is drawn as one shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    /// Places in [`Facts::atoms`], rising.
    pub(crate) atoms: Vec<usize>,
    /// Is it what was left over?
    pub(crate) more: bool,
}

/// Puts the atoms that have lines (or `drawn` says so) into groups.
pub(crate) fn fold(facts: &Facts, joins: &Joins, easy: &Easy, drawn: &[bool]) -> Vec<Group> {
    let columns = easy.rows.len();
    let all: Vec<Vec<usize>> = (0..columns)
        .map(|column| {
            (0..facts.atoms.len()).filter(|at| drawn[*at] && facts.atoms[*at].column == column).collect()
        })
        .collect();
    let column = Column { all: &facts.atoms, keys: &numbered(facts), degree: &joins.degree };
    let mut folded: Vec<Vec<Group>> = all.iter().map(|atoms| column.fold(atoms, MOST_ROWS)).collect();
    let mut lines = joins.lines(&folded);
    let mut at_last = false;
    loop {
        if lines <= easy.lines {
            break;
        }
        let least = |at: usize| match easy.rows[at] {
            _ if lines > MOST_LINES => LEAST_ROWS,
            EasyRows { few, .. } if all[at].len() <= few => all[at].len(),
            EasyRows { at_last: least, .. } if at_last => least,
            EasyRows { least, .. } => least,
        };
        // A column gets fewer rows: the one where each row less spares most lines, the fuller the better, or, of too
        // many facts to try, the fullest. Each round one loses, so this ends.
        let mut fullest: Vec<usize> = (0..columns).filter(|at| folded[*at].len() > least(*at)).collect();
        fullest.sort_by_key(|at| (std::cmp::Reverse(folded[*at].len()), std::cmp::Reverse(*at)));
        if facts.facts.len() > MANY_FACTS {
            fullest.truncate(1);
        }
        let mut best: Option<Cut> = None;
        for at in fullest {
            let rows = folded[at].len();
            // Far from the budget, with facts that take long to count: in larger steps.
            let step =
                if lines > MOST_LINES && facts.facts.len() > MANY_FACTS { (rows / 6).max(1) } else { 1 };
            let cut = column.fold(&all[at], (rows - step).max(least(at)));
            let lost = (rows - cut.len()).max(1);
            let before = std::mem::replace(&mut folded[at], cut);
            let left = joins.lines(&folded);
            let gain = lines.saturating_sub(left) * rows * 1_000 / lost;
            let groups = std::mem::replace(&mut folded[at], before);
            if best.as_ref().is_none_or(|best| gain > best.gain) {
                best = Some(Cut { at, groups, left, gain });
            }
        }
        let Some(Cut { at, groups: cut, left, .. }) = best else {
            if at_last {
                break;
            }
            at_last = true;
            continue;
        };
        folded[at] = cut;
        lines = left;
    }
    folded.into_iter().flatten().collect()
}

/// A column with fewer rows.
struct Cut {
    at: usize,
    groups: Vec<Group>,
    /// So many lines are left.
    left: usize,
    gain: usize,
}

/// The keys of each atom by number: equal keys have one number, which is compared many times.
fn numbered(facts: &Facts) -> Vec<Vec<u32>> {
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut all = Vec::with_capacity(facts.atoms.len());
    for atom in &facts.atoms {
        let keys = atom.keys.iter().map(|key| {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            *numbers.entry(key.key.as_str()).or_insert(next)
        });
        all.push(keys.collect());
    }
    all
}

struct Column<'f> {
    all: &'f [Atom],
    /// By atom, see [`numbered`].
    keys: &'f [Vec<u32>],
    degree: &'f [usize],
}

impl Column<'_> {
    fn fold(&self, atoms: &[usize], limit: usize) -> Vec<Group> {
        if atoms.len() <= limit {
            return atoms.iter().map(|at| Group { atoms: vec![*at], more: false }).collect();
        }
        // What matters most stays alone, in at most half of the rows.
        let mut weighty: Vec<usize> = atoms.iter().copied().filter(|at| self.all[*at].weight > 0).collect();
        weighty.sort_by_key(|at| (std::cmp::Reverse((self.all[*at].weight, self.degree[*at])), *at));
        weighty.truncate(limit / 2);
        let rest: Vec<usize> = atoms.iter().copied().filter(|at| !weighty.contains(at)).collect();
        let room = limit - weighty.len();
        let levels = atoms.first().map_or(0, |at| self.all[*at].keys.len());
        let mut groups = self.share(&rest, levels, room);
        if groups.len() > room {
            self.sort_by_degree(&mut groups);
            let mut left: Vec<usize> =
                groups.drain(room.saturating_sub(1)..).flat_map(|group| group.atoms).collect();
            left.sort_unstable();
            groups.push(Group { atoms: left, more: true });
        } else {
            self.take_apart(&mut groups, levels, room);
        }
        groups.extend(weighty.into_iter().map(|at| Group { atoms: vec![at], more: false }));
        groups.sort_by_key(|group| (group.more, group.atoms.first().copied()));
        groups
    }

    /// The kinds of things share the rows: those of few groups take what they need, those of many take what is left,
    /// each by the finest of its keys that keeps it within its share.
    fn share(&self, atoms: &[usize], levels: usize, room: usize) -> Vec<Group> {
        let plain = |groups: Vec<Vec<usize>>| groups.into_iter().map(|atoms| Group { atoms, more: false });
        let kinds = self.by_key(atoms, levels.saturating_sub(2));
        if kinds.len() > room {
            return plain(self.by_key(atoms, levels.saturating_sub(1))).collect();
        }
        let mut kinds: Vec<Vec<usize>> = kinds;
        kinds.sort_by_key(Vec::len);
        let mut groups = Vec::new();
        let mut left = kinds.len();
        for kind in kinds {
            let share = (room - groups.len()) / left;
            left -= 1;
            groups.extend(self.within(&kind, levels, share));
        }
        groups
    }

    /// One kind of things in so many groups: by the finest key that is not too fine. Where that leaves most of the room
    /// empty, by the next finer one: its most joined groups, and the others together.
    fn within(&self, kind: &[usize], levels: usize, share: usize) -> Vec<Group> {
        let plain = |groups: Vec<Vec<usize>>| groups.into_iter().map(|atoms| Group { atoms, more: false });
        if kind.len() <= share {
            return plain(kind.iter().map(|at| vec![*at]).collect()).collect();
        }
        let ways: Vec<Vec<Vec<usize>>> = (0..levels).map(|level| self.by_key(kind, level)).collect();
        let fitting = ways.iter().enumerate().filter(|(_, groups)| groups.len() <= share);
        // Of equally many groups, those by the finer key say more.
        let fitting = fitting.min_by_key(|(level, groups)| (std::cmp::Reverse(groups.len()), *level));
        let finer = ways.iter().filter(|groups| groups.len() > share);
        let finer = finer.min_by_key(|groups| groups.len());
        // A finer key that is nearly coarse enough is better than one that says nothing but the kind.
        let says_little =
            fitting.is_none_or(|(level, groups)| level + BROAD_KEYS >= levels && groups.len() * 3 <= share);
        let peel = |finer: &[Vec<usize>]| says_little && share > 1 && finer.len() <= share * 2;
        match (fitting, finer) {
            (_, Some(finer)) if peel(finer) => {
                let mut groups: Vec<Group> = plain(finer.clone()).collect();
                self.sort_by_degree(&mut groups);
                let mut left: Vec<usize> = groups.drain(share - 1..).flat_map(|group| group.atoms).collect();
                left.sort_unstable();
                groups.push(Group { atoms: left, more: true });
                groups
            }
            (Some((_, fitting)), _) => plain(fitting.clone()).collect(),
            _ => vec![Group { atoms: kind.to_vec(), more: false }],
        }
    }

    /// Uses the room that is left: groups that fall into a few parts are taken apart, those of fewest first.
    fn take_apart(&self, groups: &mut Vec<Group>, levels: usize, room: usize) {
        for level in (0..levels).rev() {
            let mut apart: Vec<(usize, Vec<Vec<usize>>)> = Vec::new();
            for (at, group) in groups.iter().enumerate().filter(|(_, group)| !group.more) {
                let parts = self.by_key(&group.atoms, level);
                if (2..=A_FEW).contains(&parts.len()) {
                    apart.push((at, parts));
                }
            }
            apart.sort_by_key(|(at, parts)| (parts.len(), *at));
            for (at, parts) in apart {
                if groups.len() + parts.len() - 1 > room {
                    break;
                }
                let mut parts = parts.into_iter().map(|atoms| Group { atoms, more: false });
                if let Some(first) = parts.next() {
                    groups[at] = first;
                }
                groups.extend(parts);
            }
        }
    }

    fn sort_by_degree(&self, groups: &mut [Group]) {
        groups.sort_by_key(|group| {
            let joined: usize = group.atoms.iter().map(|at| self.degree[*at]).sum();
            (std::cmp::Reverse(joined), group.atoms.first().copied())
        });
    }

    /// The groups of one key, in the order of their first atoms. Kinds are never mixed before the coarsest key, which
    /// brings its own.
    fn by_key(&self, atoms: &[usize], level: usize) -> Vec<Vec<usize>> {
        let mut places: HashMap<Option<u32>, usize> = HashMap::new();
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for at in atoms {
            let key = self.keys[*at].get(level).copied();
            let place = *places.entry(key).or_insert_with(|| {
                groups.push(Vec::new());
                groups.len() - 1
            });
            groups[place].push(*at);
        }
        groups
    }
}
