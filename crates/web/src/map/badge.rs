//! Where words stand beside a line, so that no two cover each other and none covers a shape.

use super::curve::Curve;
use super::page::{Label, Point, Ribbon, Shape};
use super::plan::Line;

/// How wide a character of 12 pixels is taken to be, with room for letters that grow on small screens.
const CHARACTER: f64 = 7.4;
/// Past this the app shortens a condition.
const MOST_CONDITION: usize = 26;
/// Along the line, best place first.
const STOPS: [f64; 11] = [0.5, 0.44, 0.56, 0.38, 0.62, 0.3, 0.7, 0.24, 0.76, 0.16, 0.84];
/// Between letters of two lines that stand side by side, so that they are not read as one word.
const BETWEEN_LETTERS: f64 = 4.0;
/// Letters stand this far before the end of their line, best place first.
const BEFORE_END: [f64; 7] = [6.0, 14.0, 22.0, 32.0, 44.0, 58.0, 74.0];

/// A box that is taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Room {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Room {
    pub(crate) fn of_shape(shape: &Shape) -> Self {
        Self { left: shape.x, top: shape.y, right: shape.x + shape.w, bottom: shape.y + shape.h }
    }

    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }
}

/// What is taken so far, and the canvas.
pub(crate) struct Taken {
    taken: Vec<Room>,
    width: f64,
    height: f64,
}

impl Taken {
    pub(crate) fn by(shapes: &[Shape], width: f64, height: f64) -> Self {
        Self { taken: shapes.iter().map(Room::of_shape).collect(), width, height }
    }

    /// What a line has that was placed before.
    pub(crate) fn known(&mut self, ribbon: &Ribbon) {
        if let Some(label) = &ribbon.label {
            let (width, height) = size(ribbon.mark.is_some(), ribbon.condition.as_deref(), &label.text);
            self.taken.push(Room {
                left: label.x - width / 2.0,
                top: label.y - height / 2.0,
                right: label.x + width / 2.0,
                bottom: label.y + height / 2.0,
            });
        }
        if let (Some(letters), Some(place)) = (&ribbon.letters, ribbon.letters_at) {
            self.taken.push(letters_room(letters, place));
        }
    }

    fn take(&mut self, room: Room) -> bool {
        let inside =
            room.left >= 0.0 && room.top >= 0.0 && room.right <= self.width && room.bottom <= self.height;
        let free = inside && !self.taken.iter().any(|taken| taken.meets(&room));
        if free {
            self.taken.push(room);
        }
        free
    }

    /// The badge of a line with its text, where there is room.
    pub(crate) fn badge(&mut self, line: &Line, text: String, curve: &Curve) -> Option<Label> {
        let (width, height) = badge_size(line, &text);
        let place = STOPS.iter().map(|stop| curve.at(*stop)).find(|middle| {
            self.take(Room {
                left: middle.x - width / 2.0,
                top: middle.y - height / 2.0,
                right: middle.x + width / 2.0,
                bottom: middle.y + height / 2.0,
            })
        })?;
        Some(Label { x: short(place.x), y: short(place.y), text })
    }

    /// Where the letters at the end of a line stand: their right end, on the base line.
    pub(crate) fn letters(&mut self, letters: &str, curve: &Curve) -> Option<Point> {
        let end = curve.end();
        // A line that comes from the right has them on its right.
        let from_right = curve.at(0.98).x > end.x;
        let place = BEFORE_END.iter().find_map(|before| {
            let on_line = back_from_end(curve, *before)?;
            let x = if from_right { end.x + before + letters_width(letters) } else { end.x - before };
            let place = Point { x, y: on_line.y - 3.5 };
            self.take(letters_room(letters, place)).then_some(place)
        })?;
        Some(Point { x: short(place.x), y: short(place.y) })
    }
}

/// The room of letters that end at `place`, with what keeps those before them apart.
pub(crate) fn letters_room(letters: &str, place: Point) -> Room {
    Room {
        left: place.x - letters_width(letters) - BETWEEN_LETTERS,
        top: place.y - 10.5,
        right: place.x + 1.0,
        bottom: place.y + 2.0,
    }
}

fn letters_width(letters: &str) -> f64 {
    count(letters) * 8.2
}

/// How much room a badge takes, as the app draws it.
pub(crate) fn badge_size(line: &Line, text: &str) -> (f64, f64) {
    size(line.mark.is_some(), line.condition.as_deref(), text)
}

fn size(marked: bool, condition: Option<&str>, text: &str) -> (f64, f64) {
    let mut width = 9.0;
    if marked {
        width += 17.0;
    }
    if !text.is_empty() {
        width += count(text) * CHARACTER + 5.0;
    }
    if let Some(condition) = condition {
        let shown = count(condition).min(count_of(MOST_CONDITION));
        width += 15.0 + shown * CHARACTER * 0.9 + 5.0;
    }
    (width, 20.0)
}

/// The point of the curve that lies `before` its end, from the left or the right.
fn back_from_end(curve: &Curve, before: f64) -> Option<Point> {
    let end = curve.end();
    (0..=60)
        .map(|step| curve.at(1.0 - f64::from(step) / 120.0))
        .find(|point| (point.x - end.x).abs() >= before)
}

fn count(text: &str) -> f64 {
    count_of(unicode_width::UnicodeWidthStr::width(text))
}

#[expect(clippy::cast_precision_loss, reason = "texts are short")]
fn count_of(characters: usize) -> f64 {
    characters as f64
}

fn short(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_two_lines_are_not_read_as_one_word() {
        let first = letters_room("LRW", Point { x: 100.0, y: 50.0 });
        let begins = 100.0 - letters_width("LRW");
        let ending_at = |x| letters_room("LR", Point { x, y: 50.0 });
        assert!(ending_at(begins - 2.0).meets(&first));
        assert!(!ending_at(begins - 6.0).meets(&first));
    }
}
