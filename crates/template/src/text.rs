//! Text as a reader of its language understands it, with the way back to the letters that stand in the file.

use std::ops::Range;

/// A piece of text that was written otherwise than it is meant, or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The letters stand in the file as they are.
    Exact,
    /// An escape: several letters of the file for these.
    Escape,
    /// Something that only a later step knows: the expression, as written. Its text here is one stand-in letter.
    Hole(String),
}

/// What stands for a hole in [`Text::text`]. A file may hold the letter itself: only the segments tell.
pub(crate) const STAND_IN: char = '\u{fffc}';

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    /// Where it begins in the text.
    pub(crate) at: usize,
    pub(crate) length: usize,
    /// The bytes of the file.
    pub(crate) file: Range<usize>,
    pub(crate) kind: Kind,
}

/// A text and where its letters stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) text: String,
    /// In order, without gaps.
    pub(crate) segments: Vec<Segment>,
}

impl Text {
    /// Text that stands in the file at `start` as it is.
    pub(crate) fn exact(text: &str, start: usize) -> Self {
        let mut made = Self::default();
        made.push(text, start..start + text.len(), Kind::Exact);
        made
    }

    /// Appends.
    pub(crate) fn push(&mut self, text: &str, file: Range<usize>, kind: Kind) {
        if text.is_empty() {
            return;
        }
        let at = self.text.len();
        self.text.push_str(text);
        if let Some(last) = self.segments.last_mut()
            && last.kind == Kind::Exact
            && kind == Kind::Exact
            && last.file.end == file.start
        {
            last.length += text.len();
            last.file.end = file.end;
            return;
        }
        self.segments.push(Segment { at, length: text.len(), file, kind });
    }

    /// Appends something that is not known.
    pub(crate) fn push_hole(&mut self, what: &str, file: Range<usize>) {
        self.push(STAND_IN.encode_utf8(&mut [0; 4]), file, Kind::Hole(what.to_owned()));
    }

    /// The segment that the byte `at` of the text belongs to.
    pub(crate) fn segment(&self, at: usize) -> Option<&Segment> {
        let next = self.segments.partition_point(|segment| segment.at <= at);
        let segment = self.segments.get(next.checked_sub(1)?)?;
        (at < segment.at + segment.length).then_some(segment)
    }

    /// The byte of the file at which the byte `at` of the text begins.
    pub(crate) fn start_of(&self, at: usize) -> usize {
        match self.segment(at) {
            Some(segment) if segment.kind == Kind::Exact => segment.file.start + (at - segment.at),
            Some(segment) => segment.file.start,
            None => self.segments.last().map_or(0, |last| last.file.end),
        }
    }

    /// The byte of the file at which what ends before the byte `at` of the text ends.
    pub(crate) fn end_of(&self, at: usize) -> usize {
        let Some(before) = at.checked_sub(1) else { return self.start_of(0) };
        match self.segment(before) {
            Some(segment) if segment.kind == Kind::Exact => segment.file.start + (at - segment.at),
            Some(segment) => segment.file.end,
            None => self.segments.last().map_or(0, |last| last.file.end),
        }
    }

    /// The bytes of the file for a range of the text.
    pub(crate) fn file_range(&self, range: Range<usize>) -> Range<usize> {
        let start = self.start_of(range.start);
        start..self.end_of(range.end).max(start)
    }

    /// Is there something in it that is not known?
    pub(crate) fn has_holes(&self) -> bool {
        self.segments.iter().any(|segment| matches!(segment.kind, Kind::Hole(_)))
    }

    /// The same letters and the same unknown parts?
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let holes = |text: &Self| -> Vec<String> {
            let hole = |segment: &Segment| match &segment.kind {
                Kind::Hole(what) => Some(what.clone()),
                _ => None,
            };
            text.segments.iter().filter_map(hole).collect()
        };
        self.text == other.text && holes(self) == holes(other)
    }

    /// A piece of it.
    pub(crate) fn slice(&self, range: Range<usize>) -> Self {
        let mut made = Self::default();
        let first = self.segments.partition_point(|segment| segment.at + segment.length <= range.start);
        for segment in self.segments.iter().skip(first).take_while(|segment| segment.at < range.end) {
            let start = segment.at.max(range.start);
            let end = (segment.at + segment.length).min(range.end);
            if start >= end {
                continue;
            }
            let Some(text) = self.text.get(start..end) else { continue };
            let file = match segment.kind {
                Kind::Exact => segment.file.start + start - segment.at..segment.file.start + end - segment.at,
                _ => segment.file.clone(),
            };
            made.push(text, file, segment.kind.clone());
        }
        made
    }

    /// Appends another.
    pub(crate) fn append(&mut self, other: &Self) {
        for segment in &other.segments {
            let text = other.text.get(segment.at..segment.at + segment.length).unwrap_or_default();
            self.push(text, segment.file.clone(), segment.kind.clone());
        }
    }

    /// The text with `open …  close` taken as holes; `keep` may say what one stands for instead.
    pub(crate) fn with_holes(&self, open: &str, close: &str, keep: impl Fn(&str) -> Option<String>) -> Self {
        let mut made = Self::default();
        let mut from = 0;
        while let Some(found) = self.text.get(from..).and_then(|rest| rest.find(open)) {
            let start = from + found;
            let Some(end) = self.text.get(start..).and_then(|rest| closed(rest, open, close)) else { break };
            let end = start + end;
            made.append(&self.slice(from..start));
            let inside = self.text.get(start + open.len()..end - close.len()).unwrap_or_default();
            let file = self.file_range(start..end);
            match keep(inside) {
                Some(text) => made.push(&text, file, Kind::Escape),
                None => made.push_hole(inside.trim(), file),
            }
            from = end;
        }
        made.append(&self.slice(from..self.text.len()));
        made
    }
}

/// Holes nest no further than this; the work for each is bounded by it.
const LONGEST_NEST: usize = 2_000;

/// Where the hole ends with which a text begins: behind its own `close`, if those within it are in pairs, else behind
/// the first.
fn closed(rest: &str, open: &str, close: &str) -> Option<usize> {
    let first = rest.find(close)? + close.len();
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len().min(LONGEST_NEST) {
        let here = rest.get(at..).unwrap_or_default();
        if here.starts_with(open) {
            depth += 1;
            at += open.len();
        } else if here.starts_with(close) {
            depth -= 1;
            at += close.len();
            if depth == 0 {
                return Some(at);
            }
        } else {
            at += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    Some(first)
}

#[cfg(test)]
mod tests {
    use super::{Kind, Text};

    #[test]
    fn holes_nest() {
        let text = Text::exact("${self:custom.${opt:stage}.actions}x${a${b}", 0);
        let made = text.with_holes("${", "}", |_| None);
        assert_eq!(made.text, "\u{fffc}x\u{fffc}");
        assert_eq!(made.segments[0].kind, Kind::Hole("self:custom.${opt:stage}.actions".to_owned()));
    }

    #[test]
    fn letters_find_back_to_the_file() {
        let mut text = Text::exact("ab", 10);
        text.push("\n", 12..14, Kind::Escape);
        text.push("c", 14..15, Kind::Exact);
        text.push_hole("x", 15..19);
        assert_eq!(text.file_range(1..4), 11..15);
        assert_eq!(text.file_range(2..3), 12..14);
        assert_eq!(text.file_range(4..text.text.len()), 15..19);
        assert_eq!(text.slice(1..4).file_range(0..1), 11..12);
        assert!(text.has_holes() && !text.slice(0..4).has_holes());
    }

    #[test]
    fn parameters_are_holes_and_literals_are_not() {
        let text = Text::exact("a${X}b${!Y}${open", 0);
        let made = text.with_holes("${", "}", |inside| Some(format!("${{{}}}", inside.strip_prefix('!')?)));
        assert_eq!(made.text, "a\u{fffc}b${Y}${open");
        assert_eq!(made.segments[1].kind, Kind::Hole("X".to_owned()));
        assert_eq!(made.file_range(1..4), 1..5);
    }
}
