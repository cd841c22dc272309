//! The layers of one decision, like the pins of a lock: all must line up for the key to turn.

use clavicle_answer::shape::{Pin, PinState};

use super::Page;
use super::answer::LIST_WIDTH;
use crate::ink::{Ink, Tone};

/// `pins   identity ✓ allows policy/shared-ops:9   boundary – none …`
pub(super) fn pins(page: &mut Page, pins: &[Pin]) {
    layers(page, 2, "pins", pins);
}

/// The same under another name than `pins`.
pub(crate) fn layers(page: &mut Page, indent: usize, name: &str, pins: &[Pin]) {
    if pins.is_empty() {
        return;
    }
    let mut pieces = vec![Ink::of(Tone::Strong, name)];
    pieces.extend(pins.iter().map(piece));
    let mut narrow = Page::new(Some(page.width().unwrap_or(LIST_WIDTH)));
    narrow.flow(indent, indent + 7, 3, &pieces);
    page.append(&narrow);
}

/// The tone that goes with a state.
pub(super) fn tone(state: PinState) -> Tone {
    match state {
        PinState::Turns => Tone::Lets,
        PinState::None => Tone::Faint,
        PinState::Stops => Tone::Stops,
        PinState::Unseen => Tone::Unseen,
        PinState::Depends => Tone::Depends,
    }
}

fn piece(pin: &Pin) -> Ink {
    let mut piece = Ink::new();
    let tone = tone(pin.state);
    let (glyph, word) = match pin.state {
        PinState::Turns => ("✓", "lets"),
        PinState::None => ("–", "none"),
        PinState::Stops => ("✕", "stops"),
        PinState::Unseen => ("~", "not seen"),
        PinState::Depends => ("?", "depends"),
    };
    let quiet = if pin.state == PinState::None { Tone::Faint } else { Tone::Plain };
    piece.push(quiet, &format!("{} ", pin.layer));
    piece.push(tone, &format!("{glyph} {word}"));
    if let Some(label) = &pin.label {
        let place = pin.line.map_or_else(|| label.clone(), |line| format!("{label}:{line}"));
        piece.push(quiet, &format!(" {place}"));
    }
    piece
}
