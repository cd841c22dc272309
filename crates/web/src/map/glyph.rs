//! The marks of the map as SVG paths, 16 by 16: the same as the app draws (`ui/src/mark/`).

use clavicle_answer::shape::Severity;

use super::page::{Outline, ShapeKind};

/// A path, and how it looks.
pub(crate) struct Glyph {
    pub(crate) path: String,
    pub(crate) looks: &'static str,
}

const BODY: &str = "fill=\"#fff\" stroke=\"#1b2027\" stroke-width=\"1.4\" stroke-linejoin=\"round\"";
const BODY_DASHED: &str = "fill=\"#fff\" stroke=\"#1b2027\" stroke-width=\"1.4\" stroke-dasharray=\"2.6 2\"";
const BODY_FULL: &str = "fill=\"#1b2027\" stroke=\"#1b2027\" stroke-width=\"1.4\"";
const OPEN: &str = "fill=\"none\" stroke=\"#1b2027\" stroke-width=\"1.8\" stroke-linecap=\"round\"";
const INSIDE: &str = "fill=\"none\" stroke=\"#1b2027\" stroke-width=\"1.3\" stroke-linecap=\"round\"";
const FULL: &str = "fill=\"#1b2027\"";
const SECOND: &str = "fill=\"none\" stroke=\"#1b2027\"";

fn circle(radius: f64) -> String {
    let left = 8.0 - radius;
    let right = 8.0 + radius;
    format!("M{left} 8A{radius} {radius} 0 1 1 {right} 8A{radius} {radius} 0 1 1 {left} 8Z")
}

/// What leads out of this map: an arrow that ends at its border. Who comes from elsewhere has one that turns back.
pub(crate) fn leaving() -> [Glyph; 2] {
    [("M2.6 8H10.8M13.6 3.8V12.2", OPEN), ("M7.8 5 10.8 8 7.8 11", INSIDE)]
        .map(|(path, looks)| Glyph { path: path.to_owned(), looks })
}

/// The mark of a kind.
pub(crate) fn kind(kind: ShapeKind, outline: Outline, known: Option<bool>) -> Vec<Glyph> {
    let is_outsider = matches!(kind, ShapeKind::Outside | ShapeKind::Provider | ShapeKind::Everyone);
    let body_looks = match kind {
        ShapeKind::Stub | ShapeKind::More => OPEN,
        _ if is_outsider || outline == Outline::Dashed => BODY_DASHED,
        ShapeKind::Workload => BODY_FULL,
        _ => BODY,
    };
    let mut glyphs = Vec::new();
    let mut add = |path: String, looks| glyphs.push(Glyph { path, looks });
    if outline == Outline::Double
        && let Some(second) = second(kind)
    {
        add(second, SECOND);
    }
    add(body(kind), body_looks);
    if let Some((inside, looks)) = inside(kind, known) {
        add(inside, looks);
    }
    glyphs
}

fn body(kind: ShapeKind) -> String {
    match kind {
        ShapeKind::User | ShapeKind::Role | ShapeKind::Group => return circle(5.5),
        ShapeKind::Outside | ShapeKind::Provider | ShapeKind::Everyone => return circle(6.5),
        ShapeKind::Workload => "M3 3H13V13H3Z",
        ShapeKind::Data => "M3 4.4C3 1.9 13 1.9 13 4.4V11.8C13 14.3 3 14.3 3 11.8Z",
        ShapeKind::Secret => "M8 1.8 14.2 8 8 14.2 1.8 8Z",
        ShapeKind::Account | ShapeKind::Unit => {
            "M4.5 3H11.5A2.5 2.5 0 0 1 14 5.5V10.5A2.5 2.5 0 0 1 11.5 13H4.5A2.5 2.5 0 0 1 2 10.5V5.5A2.5 2.5 0 0 1 4.5 3Z"
        }
        ShapeKind::Service => "M4.9 2.6H11.1L14.2 8 11.1 13.4H4.9L1.8 8Z",
        ShapeKind::Stub => "M13 4.4V7.8A2.4 2.4 0 0 1 10.6 10.2H3.4",
        ShapeKind::More => "M3 8H3.2M8 8H8.2M13 8H13.2",
    }
    .to_owned()
}

fn second(kind: ShapeKind) -> Option<String> {
    Some(match kind {
        ShapeKind::User | ShapeKind::Role | ShapeKind::Group => circle(8.0),
        ShapeKind::Workload => "M0.6 0.6H15.4V15.4H0.6Z".to_owned(),
        ShapeKind::Data => {
            "M0.6 3.6C0.6 -0.9 15.4 -0.9 15.4 3.6V12.6C15.4 17.1 0.6 17.1 0.6 12.6Z".to_owned()
        }
        ShapeKind::Secret => "M8 -1.2 17.2 8 8 17.2 -1.2 8Z".to_owned(),
        _ => return None,
    })
}

/// What stands inside: of outsiders a question mark (unknown), a tick (known), a ring (provider) or a star (everyone).
fn inside(kind: ShapeKind, known: Option<bool>) -> Option<(String, &'static str)> {
    Some(match kind {
        ShapeKind::Role => (circle(2.2), FULL),
        ShapeKind::Group => (
            "M5 9.8A3.4 3.4 0 0 1 11 9.8M6.6 6.2A1.5 1.5 0 1 1 9.4 6.2A1.5 1.5 0 1 1 6.6 6.2".to_owned(),
            INSIDE,
        ),
        ShapeKind::Data => ("M3 4.6C3 7 13 7 13 4.6M3 8.4C3 10.8 13 10.8 13 8.4".to_owned(), INSIDE),
        ShapeKind::Everyone => ("M8 4.8V11.2M5.2 6.4 10.8 9.6M10.8 6.4 5.2 9.6".to_owned(), INSIDE),
        ShapeKind::Provider => (circle(2.4), INSIDE),
        ShapeKind::Outside if known == Some(true) => ("M5.2 8.3 7.2 10.3 10.9 5.9".to_owned(), INSIDE),
        ShapeKind::Outside => ("M6.1 6.4A1.95 1.95 0 1 1 8.5 8.4Q8 8.6 8 9.3M8 11.3V11.5".to_owned(), INSIDE),
        ShapeKind::Stub => ("M6.4 7.2 3.4 10.2 6.4 13.2".to_owned(), INSIDE),
        _ => return None,
    })
}

/// The mark of a severity, 12 by 12.
pub(crate) fn risk(mark: Severity) -> Glyph {
    let (path, looks) = match mark {
        Severity::Critical => ("M6 0.6 11.4 6 6 11.4 0.6 6Z", "fill=\"#7a0a2c\""),
        Severity::High => ("M6 0.9 11.5 10.9H0.5Z", "fill=\"#c4460f\""),
        Severity::Medium => {
            ("M6 1A5 5 0 1 1 6 11A5 5 0 1 1 6 1Z", "fill=\"#f2c037\" stroke=\"#6b5200\" stroke-width=\"1.2\"")
        }
        Severity::Low => (
            "M6 1.6A4.4 4.4 0 1 1 6 10.4A4.4 4.4 0 1 1 6 1.6Z",
            "fill=\"none\" stroke=\"#66707d\" stroke-width=\"1.6\"",
        ),
    };
    Glyph { path: path.to_owned(), looks }
}

/// A crown on a plate, so that no outline runs through it.
pub(crate) fn crown() -> [Glyph; 2] {
    [
        Glyph { path: "M-4 -2H20V13H-4Z".to_owned(), looks: "fill=\"#fff\"" },
        Glyph { path: "M1 10.5V2.5L5 6 8 1.5 11 6 15 2.5V10.5Z".to_owned(), looks: "fill=\"#1b2027\"" },
    ]
}

/// A rectangle with a wavy edge: the outline of what was not seen.
pub(crate) fn wavy(width: f64, height: f64) -> String {
    let mut path = "M0 0".to_owned();
    let mut edge = |length: f64, dx: f64, dy: f64, bulge_x: f64, bulge_y: f64| {
        let waves = (length / 7.0).round().max(2.0);
        let (dx, dy) = (dx / waves, dy / waves);
        let mut sign = 1.0;
        let mut left = waves;
        while left > 0.0 {
            path.push_str(&format!(
                "q{:.1} {:.1} {dx:.2} {dy:.2}",
                dx / 2.0 + bulge_x * sign,
                dy / 2.0 + bulge_y * sign
            ));
            sign = -sign;
            left -= 1.0;
        }
    };
    edge(width, width, 0.0, 0.0, -2.4);
    edge(height, 0.0, height, 2.4, 0.0);
    edge(width, -width, 0.0, 0.0, 2.4);
    edge(height, 0.0, -height, -2.4, 0.0);
    path.push('Z');
    path
}
