//! Positions of editors, which count UTF-16 units in a line, and the bytes of a text.

use std::ops::Range;

use serde_json::{Value, json};

/// The byte at which a position stands; one behind the end of its line, or of the text, is that end.
pub(super) fn byte_of(text: &str, line: u64, character: u64) -> usize {
    let mut start = 0;
    for _ in 0..line {
        match text.get(start..).and_then(|rest| rest.find('\n')) {
            Some(end) => start += end + 1,
            None => return text.len(),
        }
    }
    let rest = text.get(start..).unwrap_or_default();
    let mut units = 0;
    for (at, letter) in rest.char_indices() {
        if letter == '\n' || units >= character {
            // The line end of Windows belongs to no position.
            return start + if letter == '\n' && rest[..at].ends_with('\r') { at - 1 } else { at };
        }
        units += letter.len_utf16() as u64;
    }
    text.len()
}

/// The position of a byte.
pub(super) fn position_of(text: &str, byte: usize) -> Value {
    let mut byte = byte.min(text.len());
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    let before = text.get(..byte).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count();
    let units: usize = before.get(start..).unwrap_or_default().chars().map(char::len_utf16).sum();
    json!({"line": line, "character": units})
}

/// The range of some bytes.
pub(super) fn range_of(text: &str, bytes: &Range<usize>) -> Value {
    json!({"start": position_of(text, bytes.start), "end": position_of(text, bytes.end)})
}

/// The byte of a position in the protocol's form.
pub(super) fn byte_at(text: &str, position: &Value) -> usize {
    let number = |name: &str| position.get(name).and_then(Value::as_u64).unwrap_or_default();
    byte_of(text, number("line"), number("character"))
}

/// The text after an edit of `didChange`; without a range, or with none (`null`), its text is all of it.
pub(super) fn changed(text: &str, change: &Value) -> String {
    let new = change.get("text").and_then(Value::as_str).unwrap_or_default();
    let Some(range) = change.get("range").filter(|range| range.is_object()) else { return new.to_owned() };
    let place = |name: &str| range.get(name).map_or(0, |position| byte_at(text, position));
    let (start, end) = (place("start"), place("end"));
    let (start, end) = (start.min(end), start.max(end));
    let before = text.get(..start).unwrap_or_default();
    let after = text.get(end..).unwrap_or_default();
    format!("{before}{new}{after}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{byte_of, changed, position_of};

    #[test]
    fn positions_count_utf16_and_stay_in_their_line() {
        let text = "a😀é\r\nb";
        assert_eq!(byte_of(text, 0, 1), 1);
        assert_eq!(byte_of(text, 0, 3), 5);
        assert_eq!(byte_of(text, 0, 99), 7);
        assert_eq!(byte_of(text, 1, 1), 10);
        assert_eq!(byte_of(text, 9, 9), text.len());
        assert_eq!(position_of(text, 5), json!({"line": 0, "character": 3}));
        // The middle of a letter is its beginning.
        assert_eq!(position_of(text, 3), json!({"line": 0, "character": 1}));
        for (byte, _) in text.char_indices().filter(|(_, letter)| *letter != '\n') {
            let at = position_of(text, byte);
            assert_eq!(byte_of(text, at["line"].as_u64().unwrap(), at["character"].as_u64().unwrap()), byte);
        }
    }

    #[test]
    fn edits_that_make_no_sense_lose_nothing_else() {
        let edit = |range| json!({"range": range, "text": "x"});
        let at = |line: u64, character: u64| json!({"line": line, "character": character});
        assert_eq!(changed("a😀b\nc", &edit(json!({"start": at(0, 1), "end": at(0, 3)}))), "axb\nc");
        assert_eq!(changed("ab", &edit(json!({"start": at(0, 2), "end": at(0, 1)}))), "ax");
        assert_eq!(changed("ab", &edit(json!({"start": at(7, 2), "end": at(9, 1)}))), "abx");
        assert_eq!(changed("ab", &json!({"text": "z"})), "z");
        assert_eq!(changed("ab", &edit(json!(null))), "x");
    }
}
