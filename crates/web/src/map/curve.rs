//! A line as a chain of Bézier curves.

use std::fmt::Write as _;

use super::page::Point;

/// From a start through cubic curves.
#[derive(Debug, Clone)]
pub(crate) struct Curve {
    start: Point,
    /// Two control points and an end, each.
    parts: Vec<[Point; 3]>,
}

impl Curve {
    pub(crate) fn new(start: Point) -> Self {
        Self { start, parts: Vec::new() }
    }

    pub(crate) fn end(&self) -> Point {
        self.parts.last().map_or(self.start, |part| part[2])
    }

    /// Goes on to `end`, leaving and arriving level; `out` and `into` are how far the control points stand off.
    pub(crate) fn to(&mut self, end: Point, out: f64, into: f64) {
        let from = self.end();
        let part = [Point { x: from.x + out, y: from.y }, Point { x: end.x - into, y: end.y }, end];
        self.parts.push(part);
    }

    /// Goes `out` and comes back to `end`, which is beside where it begins, in a loop that is open to look at.
    pub(crate) fn back(&mut self, end: Point, out: f64, spread: f64) {
        let from = self.end();
        let away = if from.y <= end.y { -spread } else { spread };
        let [above, below] =
            [(from, away), (end, -away)].map(|(point, by)| Point { x: point.x + out, y: point.y + by });
        self.parts.push([above, below, end]);
    }

    /// As an SVG path.
    pub(crate) fn path(&self) -> String {
        let mut text = format!("M {} {}", short(self.start.x), short(self.start.y));
        for part in &self.parts {
            let straight = part.iter().all(|point| (point.y - part[2].y).abs() < 0.05);
            // Writing into a String cannot fail.
            if straight && (self.before(part).y - part[2].y).abs() < 0.05 {
                let _ = write!(text, " L {} {}", short(part[2].x), short(part[2].y));
            } else {
                let _ = write!(text, " C");
                for point in part {
                    let _ = write!(text, " {} {}", short(point.x), short(point.y));
                }
            }
        }
        text
    }

    fn before(&self, part: &[Point; 3]) -> Point {
        let at = self.parts.iter().position(|known| std::ptr::eq(known, part)).unwrap_or(0);
        if at == 0 { self.start } else { self.parts[at - 1][2] }
    }

    /// The point at `share` of the way, each part counted as equally long.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "lines have few parts, and the share is between 0 and 1"
    )]
    pub(crate) fn at(&self, share: f64) -> Point {
        if self.parts.is_empty() {
            return self.start;
        }
        let way = share.clamp(0.0, 1.0) * self.parts.len() as f64;
        let part = (way as usize).min(self.parts.len() - 1);
        let start = if part == 0 { self.start } else { self.parts[part - 1][2] };
        let [a, b, end] = self.parts[part];
        let t = way - part as f64;
        let u = 1.0 - t;
        let mix = |p: f64, q: f64, r: f64, s: f64| {
            u * u * u * p + 3.0 * u * u * t * q + 3.0 * u * t * t * r + t * t * t * s
        };
        Point { x: mix(start.x, a.x, b.x, end.x), y: mix(start.y, a.y, b.y, end.y) }
    }
}

/// One digit behind the point is finer than a screen.
fn short(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::Curve;
    use crate::map::page::Point;

    #[test]
    fn a_line_that_comes_back_is_a_loop_however_near_its_ends_are() {
        let [above, below] = [Point { x: 100.0, y: 50.0 }, Point { x: 100.0, y: 52.0 }];
        for (start, end) in [(above, below), (below, above)] {
            let mut curve = Curve::new(start);
            curve.back(end, 30.0, 14.0);
            assert_eq!(curve.end(), end);
            let heights = (0..=100).map(|at| curve.at(f64::from(at) / 100.0).y);
            let (low, high) = (heights.clone().fold(f64::MAX, f64::min), heights.fold(f64::MIN, f64::max));
            assert!(high - low > 9.0, "from {start:?} it is {} high", high - low);
            assert!(curve.at(0.5).x > 120.0);
        }
    }

    #[test]
    fn a_line_is_written_and_walked() {
        let mut curve = Curve::new(Point { x: 0.0, y: 0.0 });
        curve.to(Point { x: 10.0, y: 20.0 }, 5.0, 5.0);
        curve.to(Point { x: 30.0, y: 20.0 }, 8.0, 8.0);
        assert_eq!(curve.path(), "M 0 0 C 5 0 5 20 10 20 L 30 20");
        assert_eq!(curve.at(0.25), Point { x: 5.0, y: 10.0 });
        assert_eq!(curve.at(1.0), curve.end());
    }
}
