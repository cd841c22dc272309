//! Who by what: the shapes and lines of a map as rows, columns and cells, in an order that puts alike beside alike.
//!
//! A row is a shape that lines leave, a column one that they reach, and a cell holds the lines between the two: the same
//! shapes and lines as the drawing has, no more and no fewer.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::page::{Band, MapPage, Outline, Relation, Ribbon};

/// With more than so many shapes, and lines between one in [`DENSE_SHARE`] of the pairs that there could be, a matrix is read
/// first.
const MOST_DENSE: usize = 25;
const DENSE_SHARE: usize = 5;
/// More columns than this are put together by service.
const MOST_COLUMNS: usize = 12;

/// The map as a matrix.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Matrix {
    /// Who: shapes that lines leave.
    pub rows: Vec<Lane>,
    /// By what: shapes that lines reach.
    pub columns: Vec<Lane>,
    /// Where a row and a column meet and a line runs, by row, then column.
    pub cells: Vec<Cell>,
    /// Is the drawing so dense that the matrix is read more easily?
    pub dense: bool,
}

/// A row or a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lane {
    /// The shape, by its id.
    pub shape: String,
    /// The band that it stands in: lanes of one band stand together.
    pub band: String,
    /// Of many columns, the service whose things it stands for: those of one service stand together.
    pub service: Option<String>,
    /// Not all of it was seen: an empty cell is "not seen", not "no".
    pub unseen: bool,
}

/// The lines from one shape to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// The place in [`Matrix::rows`].
    pub row: usize,
    /// The place in [`Matrix::columns`].
    pub column: usize,
    /// The lines, by relation.
    pub lines: Vec<CellLine>,
}

/// One line in a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CellLine {
    /// The ribbon, by its id.
    pub ribbon: String,
    /// In which relation.
    pub relation: Relation,
    /// What stands in the cell: letters of touches, else nothing.
    pub letters: String,
    /// No pair of it is without a condition.
    pub conditional: bool,
    /// Nobody knows whether it is there.
    pub unseen: bool,
    /// How many pairs it stands for.
    pub count: u64,
}

/// The matrix of a map. Quadratic in its shapes, of which there are no more than the budget.
pub(crate) fn matrix(page: &MapPage) -> Matrix {
    let mut between: BTreeMap<(&str, &str), Vec<&Ribbon>> = BTreeMap::new();
    for ribbon in &page.ribbons {
        between.entry((&ribbon.from, &ribbon.to)).or_default().push(ribbon);
    }
    let reached: BTreeSet<&str> = between.keys().map(|(_, to)| *to).collect();
    let by_service = reached.len() > MOST_COLUMNS;
    let rows = ordered(page, &between.keys().map(|(from, to)| (*from, *to)).collect::<Vec<_>>(), Side::Rows);
    let columns = ordered(
        page,
        &between.keys().map(|(from, to)| (*to, *from)).collect::<Vec<_>>(),
        Side::Columns { by_service },
    );
    let place = |lanes: &[Lane]| -> BTreeMap<String, usize> {
        lanes.iter().enumerate().map(|(at, lane)| (lane.shape.clone(), at)).collect()
    };
    let (row_of, column_of) = (place(&rows), place(&columns));
    let mut cells: Vec<Cell> = between
        .into_iter()
        .filter_map(|((from, to), ribbons)| {
            let mut lines: Vec<CellLine> = ribbons.into_iter().map(line).collect();
            lines.sort_by(|a, b| (a.relation, &a.ribbon).cmp(&(b.relation, &b.ribbon)));
            Some(Cell { row: *row_of.get(from)?, column: *column_of.get(to)?, lines })
        })
        .collect();
    cells.sort_by_key(|cell| (cell.row, cell.column));
    let joined: BTreeSet<&str> = rows.iter().chain(&columns).map(|lane| lane.shape.as_str()).collect();
    let dense = joined.len() > MOST_DENSE && cells.len() * DENSE_SHARE >= rows.len() * columns.len();
    Matrix { rows, columns, cells, dense }
}

fn line(ribbon: &Ribbon) -> CellLine {
    CellLine {
        ribbon: ribbon.id.clone(),
        relation: ribbon.relation,
        letters: ribbon.letters.clone().unwrap_or_default(),
        conditional: ribbon.condition.is_some(),
        unseen: ribbon.unseen,
        count: ribbon.count,
    }
}

/// Which side of a matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Rows,
    /// Things first: they are what most ask about, and each row has something there. `by_service`: those of one service
    /// together.
    Columns {
        by_service: bool,
    },
}

/// The lanes of one side, given the pairs of a shape of this side and one of the other: by band, and in each band alike
/// beside alike.
fn ordered(page: &MapPage, pairs: &[(&str, &str)], side: Side) -> Vec<Lane> {
    let by_service = side == Side::Columns { by_service: true };
    let mut met: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (own, other) in pairs {
        met.entry(own).or_default().insert(other);
    }
    let mut lanes = Vec::new();
    let mut bands: Vec<&Band> = page.bands.iter().collect();
    if side != Side::Rows {
        bands.reverse();
    }
    for band in bands {
        // A band without a word of its own goes on with that of the one before it.
        let before = page.bands.iter().take_while(|known| known.id != band.id);
        let worded = before.chain([band]).filter(|known| !known.label.is_empty()).last();
        let shapes = page.shapes.iter().filter(|shape| shape.band == band.id);
        let here: Vec<_> = shapes.filter_map(|shape| Some((shape, met.get(shape.id.as_str())?))).collect();
        let sets: Vec<&BTreeSet<&str>> = here.iter().map(|(_, set)| *set).collect();
        let mut own: Vec<Lane> = alike_together(&sets)
            .into_iter()
            .filter_map(|at| here.get(at))
            .map(|(shape, _)| Lane {
                shape: shape.id.clone(),
                band: worded.map(|known| known.label.clone()).unwrap_or_default(),
                service: shape.service.clone().filter(|_| by_service),
                unseen: shape.outline == Outline::Wavy,
            })
            .collect();
        // Services in the order of the first of their things.
        let first: Vec<Option<String>> = own.iter().map(|lane| lane.service.clone()).collect();
        own.sort_by_key(|lane| first.iter().position(|service| *service == lane.service));
        lanes.extend(own);
    }
    lanes
}

/// An order of sets in which neighbours share as much as a greedy walk finds, and never less than the order that was
/// given. The fullest comes first; what is equally good stays in the order given, so that the same data gives the same
/// order.
fn alike_together(sets: &[&BTreeSet<&str>]) -> Vec<usize> {
    let given: Vec<usize> = (0..sets.len()).collect();
    let mut left = given.clone();
    left.sort_by_key(|at| (Reverse(sets[*at].len()), *at));
    let mut walked: Vec<usize> = Vec::with_capacity(sets.len());
    while !left.is_empty() {
        let next = match walked.last() {
            None => 0,
            Some(last) => {
                let best = left.iter().enumerate().max_by(|(a_at, a), (b_at, b)| {
                    let (one, other) = (likeness(sets[*last], sets[**a]), likeness(sets[*last], sets[**b]));
                    one.cmp(&other).then(b_at.cmp(a_at))
                });
                best.map_or(0, |(at, _)| at)
            }
        };
        walked.push(left.remove(next));
    }
    if total(sets, &walked) >= total(sets, &given) { walked } else { given }
}

/// How much neighbours share.
fn total(sets: &[&BTreeSet<&str>], order: &[usize]) -> u64 {
    order.windows(2).map(|pair| likeness(sets[pair[0]], sets[pair[1]])).sum()
}

/// What two have in common of what either has, in millionths.
fn likeness(one: &BTreeSet<&str>, other: &BTreeSet<&str>) -> u64 {
    let both = one.intersection(other).count() as u64;
    let either = one.union(other).count() as u64;
    (both * 1_000_000).checked_div(either).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{alike_together, total};

    fn sets(texts: &[&'static str]) -> Vec<BTreeSet<&'static str>> {
        texts.iter().map(|text| text.split_whitespace().collect()).collect()
    }

    fn order(texts: &[&'static str]) -> Vec<usize> {
        let sets = sets(texts);
        alike_together(&sets.iter().collect::<Vec<_>>())
    }

    #[test]
    fn equal_ones_end_up_beside_each_other() {
        assert_eq!(order(&["a b", "x y", "a b", "x y", "a b"]), [0, 2, 4, 1, 3]);
    }

    #[test]
    fn the_fullest_comes_first_and_then_what_shares_most_with_the_one_before() {
        assert_eq!(order(&["c", "a b c", "d", "a b"]), [1, 3, 0, 2]);
    }

    #[test]
    fn what_is_equally_good_stays_in_its_order() {
        assert_eq!(order(&["a", "b", "c"]), [0, 1, 2]);
        assert_eq!(order(&[]), Vec::<usize>::new());
    }

    /// Every small case: nothing is lost, and neighbours never share less than before.
    #[test]
    fn every_order_is_whole_and_no_worse_than_the_one_given() {
        let words = ["", "a", "b", "c", "a b", "b c", "a c", "a b c"];
        for code in 0..words.len().pow(4) {
            let texts: Vec<&'static str> =
                (0..4_u32).map(|place| words[code / words.len().pow(place) % words.len()]).collect();
            let sets = sets(&texts);
            let sets: Vec<_> = sets.iter().collect();
            let found = alike_together(&sets);
            let mut sorted = found.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, [0, 1, 2, 3], "{texts:?}");
            assert!(total(&sets, &found) >= total(&sets, &[0, 1, 2, 3]), "{texts:?}");
        }
    }
}
