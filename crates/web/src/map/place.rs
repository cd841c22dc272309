//! From a plan to a page: every shape, line and label gets its place. Computed, not simulated.

use std::cmp::Reverse;

use super::badge::Taken;
use super::curve::Curve;
use super::order::order;
use super::page::{Band, Change, Level, MapPage, Relation, Ribbon, Row, Shape};
use super::plan::{Box, Column, Line, Plan};
use super::route::{Span, route};
use super::rows::rows;

/// What stands above the bands.
const HEAD: f64 = 34.0;
/// More counts than this are a heap: then only warnings and conditions have badges.
const MOST_COUNTS: usize = 24;
/// More badges than this cover what they are about; between accounts, which stand further apart, there is room for fewer.
const MOST_BADGES: [usize; 2] = [26, 16];

/// So many times as much room as between other columns is between those outside and the first accounts.
const ROOM_BEHIND_OUTSIDE: f64 = 1.7;

/// How far shapes are apart.
pub(crate) struct Measure {
    pub(crate) width: f64,
    /// From row to row.
    pub(crate) pitch: f64,
    /// So many rows at least.
    pub(crate) rows: usize,
    /// How far each column is from the one before it; none: all as far as the width allows.
    pub(crate) gaps: Vec<f64>,
}

impl Measure {
    fn of(level: Level) -> Self {
        match level {
            Level::Organization | Level::Unit => {
                Self { width: 1180.0, pitch: 76.0, rows: 6, gaps: Vec::new() }
            }
            Level::Account => Self { width: 1330.0, pitch: 34.0, rows: 14, gaps: Vec::new() },
        }
    }
}

/// Lays out a plan.
pub(crate) fn place(plan: &Plan) -> MapPage {
    place_by(plan, &Measure::of(plan.level))
}

/// Lays out a plan on a canvas of its own measure.
pub(crate) fn place_by(plan: &Plan, measure: &Measure) -> MapPage {
    let columns = order(plan);
    let (row_of, count) = rows(plan, &columns, measure.rows);
    // Many rows stand closer: eighteen have to fit a screen.
    let pitch = if plan.level != Level::Account && count > 9 { 46.0 } else { measure.pitch };
    #[expect(clippy::cast_precision_loss, reason = "rows are few")]
    let height = HEAD + count as f64 * pitch;
    let spans = spans(plan, measure);
    let shapes: Vec<Shape> = plan
        .boxes
        .iter()
        .zip(&row_of)
        .map(|(each, row)| {
            let (column, span) = (&plan.columns[each.column], spans[each.column]);
            let high = column.height.min(pitch - 8.0);
            shape_of(each, column, span, (HEAD + row * pitch + (pitch - high) / 2.0).round(), high)
        })
        .collect();
    let ribbons = ribbons(plan, &shapes, &columns, &spans, measure.width, height);
    let rows = plan.lines.iter().zip(&ribbons).map(|(line, ribbon)| row(plan, line, ribbon)).collect();
    let bands = plan.columns.iter().zip(&spans).map(|(column, span)| Band {
        id: column.id.to_owned(),
        label: column.label.to_owned(),
        x: span.left,
        width: span.right - span.left,
    });
    let bands = bands.collect();
    let mut shapes = shapes;
    shapes.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    MapPage {
        schema: "clavicle.map/1",
        level: plan.level,
        title: plan.title.clone(),
        crumbs: plan.crumbs.clone(),
        width: measure.width,
        height,
        bands,
        shapes,
        ribbons,
        tray: plan.tray.clone(),
        rows,
        change: None,
        notes: Vec::new(),
    }
}

/// Lays out the parts of a shape below a map that is there: what is on it keeps its place. `kept`: so many boxes of the plan are
/// on the map, the rest are the parts.
pub(crate) fn place_apart(plan: &Plan, base: &MapPage, kept: usize) -> MapPage {
    let spans: Vec<Span> =
        base.bands.iter().map(|band| Span { left: band.x, right: band.x + band.width }).collect();
    let mut height = base.height;
    let mut shapes: Vec<Shape> = Vec::with_capacity(plan.boxes.len());
    for (at, each) in plan.boxes.iter().enumerate() {
        let known = base.shapes.iter().find(|shape| at < kept && shape.id == each.id);
        shapes.push(known.cloned().unwrap_or_else(|| {
            let (column, span) = (&plan.columns[each.column], spans[each.column]);
            let tall = base.shapes.iter().find(|shape| shape.band == column.id).map(|shape| shape.h);
            let high = tall.unwrap_or(column.height);
            let y = height + 4.0;
            height = y + high + 4.0;
            shape_of(each, column, span, y.round(), high)
        }));
    }
    let columns: Vec<Vec<usize>> = (0..plan.columns.len())
        .map(|column| {
            let mut standing: Vec<usize> =
                (0..shapes.len()).filter(|at| plan.boxes[*at].column == column).collect();
            standing.sort_by(|a, b| shapes[*a].y.total_cmp(&shapes[*b].y));
            standing
        })
        .collect();
    let curves = route(plan, &shapes, &columns, &spans, height);
    let mut taken = Taken::by(&shapes, base.width, height);
    let known: Vec<Option<&Ribbon>> = plan
        .lines
        .iter()
        .map(|line| {
            let id = id_of(line, &shapes);
            base.ribbons.iter().find(|ribbon| line.from < kept && line.to < kept && ribbon.id == id)
        })
        .collect();
    for ribbon in known.iter().flatten() {
        taken.known(ribbon);
    }
    let mut ribbons: Vec<Ribbon> = Vec::with_capacity(plan.lines.len());
    for ((line, curve), known) in plan.lines.iter().zip(&curves).zip(known) {
        ribbons.push(match known {
            Some(known) => known.clone(),
            None => {
                let mut ribbon = ribbon_of(line, &shapes, curve);
                if line.mark.is_some() || line.condition.is_some() {
                    let text = if line.count > 1 { format!("×{}", line.count) } else { String::new() };
                    ribbon.label = taken.badge(line, text, curve);
                }
                if let Some(letters) = &line.letters {
                    ribbon.letters_at = taken.letters(letters, curve);
                }
                ribbon
            }
        });
    }
    let rows = plan.lines.iter().zip(&ribbons).map(|(line, ribbon)| row(plan, line, ribbon)).collect();
    shapes.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    MapPage { height, shapes, ribbons, rows, ..base.clone() }
}

/// A box in its place.
fn shape_of(each: &Box, column: &Column, span: Span, y: f64, high: f64) -> Shape {
    Shape {
        id: each.id.clone(),
        band: column.id.to_owned(),
        kind: each.kind,
        label: each.label.clone(),
        sub: each.sub.clone(),
        count: each.count,
        service: each.service.clone(),
        equal: each.equal,
        x: span.left,
        y,
        w: span.right - span.left,
        h: high,
        outline: each.outline,
        known: each.known,
        mark: each.mark,
        crown: each.crown,
        account: each.account.clone(),
        unit: each.unit.clone(),
        members: each.members.clone(),
        sentence: each.sentence.clone(),
        change: each.change,
    }
}

/// A line along its curve, without words.
fn ribbon_of(line: &Line, shapes: &[Shape], curve: &Curve) -> Ribbon {
    Ribbon {
        id: id_of(line, shapes),
        from: shapes[line.from].id.clone(),
        to: shapes[line.to].id.clone(),
        relation: line.relation,
        count: line.count,
        letters: line.letters.clone(),
        letters_at: None,
        width: thickness(line),
        mark: line.mark,
        condition: line.condition.clone(),
        unseen: line.unseen,
        path: curve.path(),
        label: None,
        sentence: line.sentence.clone(),
        change: line.change,
        pairs: line.pairs.clone(),
    }
}

#[expect(clippy::cast_precision_loss, reason = "columns are few")]
fn spans(plan: &Plan, measure: &Measure) -> Vec<Span> {
    let taken: f64 = plan.columns.iter().map(|column| column.width).sum();
    let gaps = plan.columns.len().saturating_sub(1).max(1) as f64;
    // Most lines of an organization lead in from outside: they have the most room.
    let first = if plan.level == Level::Account || gaps < 2.0 { 1.0 } else { ROOM_BEHIND_OUTSIDE };
    let even = ((measure.width - taken) / (gaps - 1.0 + first)).floor();
    let mut left = 0.0;
    let spans = plan.columns.iter().enumerate().map(|(at, column)| {
        let own = if at == 0 { (even * first).floor() } else { even };
        let gap = measure.gaps.get(at).copied().unwrap_or(own);
        let span = Span { left, right: left + column.width };
        left = span.right + gap;
        span
    });
    spans.collect()
}

fn ribbons(
    plan: &Plan,
    shapes: &[Shape],
    columns: &[Vec<usize>],
    spans: &[Span],
    width: f64,
    height: f64,
) -> Vec<Ribbon> {
    let curves = route(plan, shapes, columns, spans, height);
    let mut ribbons: Vec<Ribbon> =
        plan.lines.iter().zip(&curves).map(|(line, curve)| ribbon_of(line, shapes, curve)).collect();
    // What warns has its place first, then conditions, then how many; letters take what is left.
    let mut taken = Taken::by(shapes, width, height);
    let counts = plan.lines.iter().filter(|line| shows_count(line)).count() <= MOST_COUNTS;
    let mut by_weight: Vec<usize> = (0..plan.lines.len()).collect();
    by_weight.sort_by_key(|at| {
        let line = &plan.lines[*at];
        let touches = line.relation == Relation::Touches;
        let stays = line.change == Some(Change::Same);
        (stays, Reverse(line.mark), touches, line.condition.is_none(), Reverse(line.count), *at)
    });
    let mut badges = 0;
    for at in &by_weight {
        let line = &plan.lines[*at];
        if badges == MOST_BADGES[usize::from(plan.level != Level::Account)] {
            break;
        }
        let speaks = line.mark.is_some() || line.condition.is_some() || line.words.is_some();
        if speaks || (counts && shows_count(line)) {
            let counted = || if line.count > 1 { format!("×{}", line.count) } else { String::new() };
            let text = line.words.clone().unwrap_or_else(counted);
            ribbons[*at].label = taken.badge(line, text, &curves[*at]);
            badges += usize::from(ribbons[*at].label.is_some());
        }
    }
    for at in by_weight {
        if let Some(letters) = &plan.lines[at].letters {
            ribbons[at].letters_at = taken.letters(letters, &curves[at]);
        }
    }
    ribbons
}

/// Stable for the same data. Lines of the same two shapes are told apart by whether they come or go, or by their order.
fn id_of(line: &Line, shapes: &[Shape]) -> String {
    let id = format!("{}|{}|{}", line.relation.name(), shapes[line.from].id, shapes[line.to].id);
    match line.change {
        Some(Change::Gone) => format!("{id}|gone"),
        Some(Change::New) => format!("{id}|new"),
        _ if line.again > 0 => format!("{id}|{}", line.again + 1),
        _ => id,
    }
}

/// Letters say enough about touches.
fn shows_count(line: &Line) -> bool {
    line.count > 1 && line.relation != Relation::Touches
}

/// Wider for more, by the logarithm; touches are many and stay thin.
#[expect(clippy::cast_precision_loss, reason = "only the size matters")]
fn thickness(line: &Line) -> f64 {
    let size = (line.count.max(1) as f64).log2();
    let width = match line.relation {
        Relation::Touches => (1.0 + 0.15 * size).min(2.4),
        _ => (1.4 + 0.35 * size).min(4.5),
    };
    (width * 10.0).round() / 10.0
}

fn row(plan: &Plan, line: &Line, ribbon: &Ribbon) -> Row {
    let name = |at: usize| {
        let each = &plan.boxes[at];
        if each.count > 1 { format!("{} ×{}", each.label, each.count) } else { each.label.clone() }
    };
    Row {
        from: name(line.from),
        relation: line.relation,
        to: name(line.to),
        count: line.count,
        condition: line.condition.clone(),
        mark: line.mark,
        ribbon: ribbon.id.clone(),
        change: line.change,
    }
}
