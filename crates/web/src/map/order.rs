//! In which order the shapes of a column stand, so that few lines cross.
//!
//! The usual way for drawings in layers: every shape moves to the middle of those it is joined to, column by column, to
//! and fro; the best of all rounds is kept; then neighbours change places while that helps. Nothing is random, and
//! shapes that are alike keep the order of the plan, so the same data gives the same order.

use super::plan::Plan;

/// Rounds to and fro. More hardly ever helps.
const SWEEPS: usize = 8;
/// Rounds of changing places.
const SWAPS: usize = 6;

/// The boxes of each column from top to bottom.
pub(crate) fn order(plan: &Plan) -> Vec<Vec<usize>> {
    let mut columns: Vec<Vec<usize>> = vec![Vec::new(); plan.columns.len()];
    for (at, each) in plan.boxes.iter().enumerate() {
        if let Some(column) = columns.get_mut(each.column) {
            column.push(at);
        }
    }
    let joined = Joined::new(plan);
    let mut heights = heights(&columns, plan.boxes.len());
    let mut best = (joined.crossings(&heights), columns.clone());
    for sweep in 0..SWEEPS {
        let forward = sweep % 2 == 0;
        for step in 0..columns.len() {
            let at = if forward { step } else { columns.len() - 1 - step };
            let Some(column) = columns.get_mut(at) else { continue };
            // A stable sort: those who pull nowhere, or equally, stay in order.
            let wanted: Vec<f64> =
                column.iter().map(|each| joined.middle(*each, &heights, forward)).collect();
            let mut places: Vec<usize> = (0..column.len()).collect();
            places.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
            *column = places.into_iter().map(|place| column[place]).collect();
            spread(column, &mut heights);
        }
        let crossings = joined.crossings(&heights);
        if crossings < best.0 {
            best = (crossings, columns.clone());
        }
    }
    let (mut crossings, mut columns) = best;
    for column in &columns {
        spread(column, &mut heights);
    }
    for _ in 0..SWAPS {
        let before = crossings;
        for column in &mut columns {
            for upper in 1..column.len() {
                let (a, b) = (column[upper - 1], column[upper]);
                let now = joined.crossings_of(&[a, b], &heights);
                heights.swap(a, b);
                let then = joined.crossings_of(&[a, b], &heights);
                if then < now {
                    column.swap(upper - 1, upper);
                    crossings = crossings.saturating_sub(now - then);
                } else {
                    heights.swap(a, b);
                }
            }
        }
        if crossings == before {
            break;
        }
    }
    columns
}

/// The height of each box, in rows from the middle of its column.
fn heights(columns: &[Vec<usize>], boxes: usize) -> Vec<f64> {
    let mut heights = vec![0.0; boxes];
    for column in columns {
        spread(column, &mut heights);
    }
    heights
}

#[expect(clippy::cast_precision_loss, reason = "columns are short")]
fn spread(column: &[usize], heights: &mut [f64]) {
    let middle = (column.len() as f64 - 1.0) / 2.0;
    for (row, each) in column.iter().enumerate() {
        heights[*each] = row as f64 - middle;
    }
}

/// The lines between different columns, left end first.
struct Joined {
    lines: Vec<Edge>,
    /// By box: the lines at it.
    of: Vec<Vec<usize>>,
}

#[derive(Clone, Copy)]
struct Edge {
    left: usize,
    right: usize,
    /// Columns.
    span: (usize, usize),
}

impl Joined {
    fn new(plan: &Plan) -> Self {
        let mut lines = Vec::new();
        let mut of = vec![Vec::new(); plan.boxes.len()];
        for line in &plan.lines {
            let (from, to) = plan.columns_of(line);
            if from == to {
                continue;
            }
            let edge = if from < to {
                Edge { left: line.from, right: line.to, span: (from, to) }
            } else {
                Edge { left: line.to, right: line.from, span: (to, from) }
            };
            of[edge.left].push(lines.len());
            of[edge.right].push(lines.len());
            lines.push(edge);
        }
        Self { lines, of }
    }

    /// Where a box is pulled: to the mean of those on the side that was just put in order, else of all.
    #[expect(clippy::cast_precision_loss, reason = "columns are few")]
    fn middle(&self, each: usize, heights: &[f64], forward: bool) -> f64 {
        let mean = |lines: &mut dyn Iterator<Item = Edge>| {
            let (mut sum, mut weight) = (0.0, 0.0);
            for edge in lines {
                let other = if edge.left == each { edge.right } else { edge.left };
                let pull = 1.0 / (edge.span.1 - edge.span.0) as f64;
                sum += pull * heights[other];
                weight += pull;
            }
            (weight > 0.0).then(|| sum / weight)
        };
        let lines = || self.of[each].iter().map(|at| self.lines[*at]);
        let one_side = mean(&mut lines().filter(|edge| (edge.right == each) == forward));
        one_side.or_else(|| mean(&mut lines())).unwrap_or(heights[each])
    }

    fn crossings(&self, heights: &[f64]) -> usize {
        let pairs = self.lines.iter().enumerate();
        pairs
            .map(|(at, edge)| {
                self.lines[at + 1..].iter().filter(|other| crosses(*edge, **other, heights)).count()
            })
            .sum()
    }

    /// The crossings in which the lines of these boxes take part.
    fn crossings_of(&self, boxes: &[usize], heights: &[f64]) -> usize {
        let mut own: Vec<usize> = boxes.iter().flat_map(|each| self.of[*each].iter().copied()).collect();
        own.sort_unstable();
        own.dedup();
        let with_others = own.iter().map(|at| {
            let crossed = self.lines.iter().filter(|other| crosses(self.lines[*at], **other, heights));
            crossed.count()
        });
        with_others.sum()
    }
}

/// Do two straight lines cross between the columns that they share?
#[expect(clippy::cast_precision_loss, reason = "columns are few")]
fn crosses(one: Edge, other: Edge, heights: &[f64]) -> bool {
    let start = one.span.0.max(other.span.0);
    let end = one.span.1.min(other.span.1);
    if start >= end {
        return false;
    }
    let at = |edge: Edge, column: usize| {
        let share = (column - edge.span.0) as f64 / (edge.span.1 - edge.span.0) as f64;
        heights[edge.left] + share * (heights[edge.right] - heights[edge.left])
    };
    (at(one, start) - at(other, start)) * (at(one, end) - at(other, end)) < 0.0
}
