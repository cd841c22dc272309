//! Which atoms are joined, packed for counting: a map has a million facts and is folded many times before it fits.

use super::atom::Facts;
use super::fold::Group;
use super::page::Relation;

/// How many relations there are.
const RELATIONS: usize = 4;

/// The two ends of every fact, by one end and relation.
#[derive(Debug)]
pub(crate) struct Joins {
    /// Facts at each atom.
    pub(crate) degree: Vec<usize>,
    /// By place `from * RELATIONS + relation`: where its ends start in `to`.
    starts: Vec<u32>,
    to: Vec<u32>,
}

impl Joins {
    /// Linear in the facts.
    pub(crate) fn new(facts: &Facts) -> Self {
        let mut degree = vec![0_usize; facts.atoms.len()];
        let mut starts = vec![0_u32; facts.atoms.len() * RELATIONS + 1];
        let row = |from: u32, relation: Relation| from as usize * RELATIONS + relation as usize;
        for fact in &facts.facts {
            degree[fact.from as usize] += 1;
            degree[fact.to as usize] += 1;
            starts[row(fact.from, fact.relation) + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut to = vec![0_u32; facts.facts.len()];
        for fact in &facts.facts {
            let place = &mut next[row(fact.from, fact.relation)];
            to[*place as usize] = fact.to;
            *place += 1;
        }
        Self { degree, starts, to }
    }

    /// How many lines these groups have between them: pairs of groups with a fact of a relation from one to the other.
    pub(crate) fn lines(&self, folded: &[Vec<Group>]) -> usize {
        let groups: usize = folded.iter().map(Vec::len).sum();
        let mut group_of = vec![groups; self.degree.len()];
        for (at, group) in folded.iter().flatten().enumerate() {
            group.atoms.iter().for_each(|atom| group_of[*atom] = at);
        }
        // What is in no group has a place of its own, so that nothing has to be asked of each fact.
        let width = groups + 1;
        let mut seen = vec![false; groups * RELATIONS * width];
        for (row, ends) in self.starts.windows(2).enumerate() {
            let from = group_of[row / RELATIONS];
            if ends[0] == ends[1] || from == groups {
                continue;
            }
            let slot = (from * RELATIONS + row % RELATIONS) * width;
            let seen = &mut seen[slot..slot + width];
            self.to[ends[0] as usize..ends[1] as usize]
                .iter()
                .for_each(|to| seen[group_of[*to as usize]] = true);
        }
        seen.chunks(width).map(|row| row[..groups].iter().filter(|seen| **seen).count()).sum()
    }
}

/// The facts of a map by the line that they are drawn in: from group, to group, relation; and places in
/// [`Facts::facts`], rising. In the order of the keys.
pub(crate) struct Lines(pub(crate) Vec<((usize, usize, Relation), Vec<u32>)>);

impl Lines {
    /// Linear in the facts.
    pub(crate) fn new(facts: &Facts, groups: &[Group]) -> Self {
        let none = u32::MAX;
        let mut group_of = vec![none; facts.atoms.len()];
        for (at, group) in (0..).zip(groups) {
            group.atoms.iter().for_each(|atom| group_of[*atom] = at);
        }
        let width = groups.len();
        let mut places = vec![none; width * width * RELATIONS];
        let mut lines: Vec<((usize, usize, Relation), Vec<u32>)> = Vec::new();
        for (at, fact) in (0..).zip(&facts.facts) {
            let (from, to) = (group_of[fact.from as usize], group_of[fact.to as usize]);
            if from == none || to == none {
                continue;
            }
            let (from, to) = (from as usize, to as usize);
            let place = &mut places[(from * width + to) * RELATIONS + fact.relation as usize];
            if *place == none {
                *place = u32::try_from(lines.len()).unwrap_or(none);
                lines.push(((from, to, fact.relation), Vec::new()));
            }
            lines[*place as usize].1.push(at);
        }
        lines.sort_by_key(|(key, _)| *key);
        Self(lines)
    }
}
