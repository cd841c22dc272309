//! Which way each line takes: level out of one shape, level into the next, and between the shapes of the columns that
//! it has to pass.

use super::curve::Curve;
use super::page::{Point, Shape};
use super::plan::Plan;

/// Lines that pass through the same gap keep this far apart, and this far from the shapes.
const APART: f64 = 4.0;
/// Ends of lines keep this far from the corners of a shape.
const CORNER: f64 = 5.0;
/// A line that comes back to its own shape goes so far out of it,
const OWN_BEND: f64 = 30.0;
/// and so far up and down: its ends stand next to each other.
const OWN_SPREAD: f64 = 14.0;

/// Where a column is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) left: f64,
    pub(crate) right: f64,
}

/// The curve of every line. `shapes` have their places; `columns` lists them from top to bottom.
pub(crate) fn route(
    plan: &Plan,
    shapes: &[Shape],
    columns: &[Vec<usize>],
    spans: &[Span],
    height: f64,
) -> Vec<Curve> {
    let ends = ends(plan, shapes);
    let ways = ways(plan, shapes, columns, &ends, height);
    let gap = |column: usize| match (spans.get(column), spans.get(column + 1)) {
        (Some(this), Some(next)) => next.left - this.right,
        _ => 60.0,
    };
    plan.lines
        .iter()
        .enumerate()
        .map(|(at, line)| {
            let (from, to) = plan.columns_of(line);
            let (start, end) = ends[at];
            let mut curve = Curve::new(start);
            if line.from == line.to {
                curve.back(end, OWN_BEND.min(gap(from) * 0.8), OWN_SPREAD);
                return curve;
            }
            if from == to {
                let far = (end.y - start.y).abs();
                let bend = (16.0 + far * 0.22).min(gap(from) * 0.8);
                curve.to(end, bend, -bend);
                return curve;
            }
            let rightward = from < to;
            for (column, y) in &ways[at] {
                let span = spans[*column];
                let (near, away) = if rightward { (span.left, span.right) } else { (span.right, span.left) };
                let half = (near - curve.end().x) / 2.0;
                curve.to(Point { x: near, y: *y }, half, half);
                let inside = (away - near) / 2.0;
                curve.to(Point { x: away, y: *y }, inside, inside);
            }
            let half = (end.x - curve.end().x) / 2.0;
            curve.to(end, half, half);
            curve
        })
        .collect()
}

/// Where each line leaves its shape and where it arrives: spread over the side of the shape in the order of the other
/// ends.
#[expect(clippy::cast_precision_loss, reason = "shapes have few lines")]
fn ends(plan: &Plan, shapes: &[Shape]) -> Vec<(Point, Point)> {
    let middle = |shape: usize| shapes[shape].y + shapes[shape].h / 2.0;
    // By shape and side (right: true): the line, is it the start, and where its other end is.
    let mut sides: Vec<[Vec<(usize, bool, f64)>; 2]> = vec![[Vec::new(), Vec::new()]; shapes.len()];
    for (at, line) in plan.lines.iter().enumerate() {
        let (from, to) = plan.columns_of(line);
        let (start_right, end_right) = (from <= to, from >= to);
        let (start, end) = (middle(line.from), middle(line.to));
        let own = line.from == line.to;
        sides[line.from][usize::from(start_right)].push((at, true, if own { end - 1.0 } else { end }));
        sides[line.to][usize::from(end_right)].push((at, false, if own { start + 1.0 } else { start }));
    }
    let mut ends = vec![(Point { x: 0.0, y: 0.0 }, Point { x: 0.0, y: 0.0 }); plan.lines.len()];
    for (shape, both) in shapes.iter().zip(&mut sides) {
        for (side, lines) in both.iter_mut().enumerate() {
            lines.sort_by(|a, b| a.2.total_cmp(&b.2).then(a.0.cmp(&b.0)).then(b.1.cmp(&a.1)));
            let room = shape.h - 2.0 * CORNER;
            let step = (room / lines.len() as f64).min(12.0);
            let top = shape.y + shape.h / 2.0 - step * (lines.len() as f64 - 1.0) / 2.0;
            for (place, (line, is_start, _)) in lines.iter().enumerate() {
                let point = Point {
                    x: if side == 1 { shape.x + shape.w } else { shape.x },
                    y: top + step * place as f64,
                };
                if *is_start {
                    ends[*line].0 = point;
                } else {
                    ends[*line].1 = point;
                }
            }
        }
    }
    ends
}

/// For each line, the columns that it passes in the order of its way, with the height at which it passes.
#[expect(clippy::cast_precision_loss, reason = "columns are few")]
fn ways(
    plan: &Plan,
    shapes: &[Shape],
    columns: &[Vec<usize>],
    ends: &[(Point, Point)],
    height: f64,
) -> Vec<Vec<(usize, f64)>> {
    let mut ways: Vec<Vec<(usize, f64)>> = vec![Vec::new(); plan.lines.len()];
    for (column, standing) in columns.iter().enumerate() {
        let mut gaps = Gap::between(standing, shapes, height);
        let mut passing: Vec<(usize, f64)> = Vec::new();
        for (at, line) in plan.lines.iter().enumerate() {
            let (from, to) = plan.columns_of(line);
            let passes = from.min(to) < column && column < from.max(to);
            if !passes {
                continue;
            }
            let (start, end) = ends[at];
            let share = from.abs_diff(column) as f64 / from.abs_diff(to) as f64;
            // The straight way, from where it comes out of the column before.
            let before = ways[at].last().filter(|_| from < to).map(|way| way.1);
            let ideal = start.y + share * (end.y - start.y);
            passing.push((at, before.map_or(ideal, |before| (before + ideal) / 2.0)));
        }
        passing.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        for (at, ideal) in passing {
            match Gap::choose(&mut gaps, ideal) {
                Some(gap) => gap.lines.push((at, ideal)),
                // No gap near has room: behind the shapes, straight.
                None => ways[at].push((column, ideal)),
            }
        }
        for gap in &mut gaps {
            for (at, y) in gap.spread() {
                ways[at].push((column, y));
            }
        }
    }
    for (way, line) in ways.iter_mut().zip(&plan.lines) {
        let (from, to) = plan.columns_of(line);
        if from > to {
            way.reverse();
        }
    }
    ways
}

/// Room between two shapes of a column, or above the first or below the last.
struct Gap {
    top: f64,
    bottom: f64,
    lines: Vec<(usize, f64)>,
}

impl Gap {
    fn between(standing: &[usize], shapes: &[Shape], height: f64) -> Vec<Self> {
        let mut gaps = Vec::new();
        let mut top = 30.0;
        for each in standing {
            let shape = &shapes[*each];
            gaps.push(Self { top, bottom: shape.y - APART, lines: Vec::new() });
            top = shape.y + shape.h + APART;
        }
        gaps.push(Self { top, bottom: height, lines: Vec::new() });
        gaps.retain(|gap| gap.bottom >= gap.top);
        gaps
    }

    /// The nearest gap with room for one more; `None` if it is far off.
    fn choose(gaps: &mut [Self], ideal: f64) -> Option<&mut Self> {
        let detour = |gap: &Self| (ideal.clamp(gap.top, gap.bottom) - ideal).abs();
        gaps.iter_mut()
            .filter(|gap| gap.has_room() && detour(gap) < 60.0)
            .min_by(|a, b| detour(a).total_cmp(&detour(b)))
    }

    #[expect(clippy::cast_precision_loss, reason = "few lines pass")]
    fn has_room(&self) -> bool {
        self.lines.len() as f64 * APART <= self.bottom - self.top
    }

    /// The lines with their heights: as near as can be to what each wants, and apart.
    fn spread(&self) -> Vec<(usize, f64)> {
        let mut spread: Vec<(usize, f64)> = self.lines.clone();
        spread.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        let mut least = self.top;
        for (_, y) in &mut spread {
            *y = y.max(least);
            least = *y + APART;
        }
        let mut most = self.bottom;
        for (_, y) in spread.iter_mut().rev() {
            *y = y.min(most);
            most = *y - APART;
        }
        spread
    }
}
