//! Lines and columns, as wide as the terminal.

use crate::ink::{Ink, Tone};

/// The text of an answer as it grows, line by line.
#[derive(Debug)]
pub(crate) struct Page {
    text: String,
    width: Option<usize>,
}

impl Page {
    /// An empty page. `width`: columns of the terminal; `None`: as wide as it takes (a file, a pipe).
    pub(crate) fn new(width: Option<usize>) -> Self {
        Self { text: String::new(), width: width.map(|width| width.max(MIN_WIDTH)) }
    }

    /// The text with the escape sequences of its tones.
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// How many columns there are.
    pub(crate) fn width(&self) -> Option<usize> {
        self.width
    }

    /// Adds everything on another page.
    pub(crate) fn append(&mut self, other: &Self) {
        self.text.push_str(&other.text);
    }

    /// Adds a line as it is.
    pub(crate) fn line(&mut self, line: &Ink) {
        self.text.push_str(line.as_line());
        self.text.push('\n');
    }

    /// Adds a sentence, broken between words where the terminal ends.
    pub(crate) fn words(&mut self, indent: usize, tone: Tone, text: &str) {
        let mut line = String::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let longer = indent + Ink::plain(&line).width() + 1 + Ink::plain(word).width();
            if !line.is_empty() && self.width.is_some_and(|width| longer > width) {
                self.indented(indent, tone, &std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        if !line.is_empty() {
            self.indented(indent, tone, &line);
        }
    }

    fn indented(&mut self, indent: usize, tone: Tone, text: &str) {
        let mut line = Ink::new();
        line.pad_to(indent);
        line.push(tone, text);
        self.line(&line);
    }

    /// Adds pieces one beside the other, `gap` columns apart, on as many lines as it takes.
    pub(crate) fn flow(&mut self, indent: usize, hang: usize, gap: usize, pieces: &[Ink]) {
        let mut line = Ink::new();
        line.pad_to(indent);
        let mut first = true;
        for piece in pieces {
            let gap = if first { 0 } else { gap };
            if !first && self.width.is_some_and(|width| line.width() + gap + piece.width() > width) {
                self.line(&line);
                line = Ink::new();
                line.pad_to(hang);
            } else {
                line.pad_to(line.width() + gap);
            }
            line.append(piece);
            first = false;
        }
        if !first {
            self.line(&line);
        }
    }

    /// Adds rows with their cells below each other, `indent` columns in. A row that is too wide goes on below itself, so
    /// nothing is cut off: a name that is cut cannot be copied.
    pub(crate) fn table(&mut self, indent: usize, rows: &[Vec<Ink>]) {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let widths = rows.iter().filter_map(|row| row.get(column)).map(Ink::width);
            // One very long name should not push everything else out of sight.
            widths.filter(|width| *width <= WIDE_CELL).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in rows {
            let mut line = Ink::new();
            let mut column = indent;
            // Once a row goes on below, its cells follow each other: there are no columns to keep to.
            let mut below = false;
            for (at, cell) in row.iter().enumerate() {
                if !cell.is_empty() {
                    let first = line.width() <= indent;
                    let next = if first { indent } else { line.width() + GAP };
                    let start = if below { next } else { next.max(column) };
                    if !first && self.width.is_some_and(|width| start + cell.width() > width) {
                        self.line(&line);
                        line = Ink::new();
                        line.pad_to(indent + HANG);
                        below = true;
                    } else {
                        line.pad_to(start);
                    }
                    line.append(cell);
                }
                if widths[at] > 0 {
                    column += widths[at] + GAP;
                }
            }
            self.line(&line);
        }
    }
}

/// Narrower is not a terminal but a mistake.
const MIN_WIDTH: usize = 40;
const WIDE_CELL: usize = 56;
const GAP: usize = 3;
const HANG: usize = 4;

#[cfg(test)]
mod tests {
    use super::Page;
    use crate::ink::{Ink, Tone};

    fn rows(cells: &[&[&str]]) -> Vec<Vec<Ink>> {
        cells.iter().map(|row| row.iter().map(|cell| Ink::plain(cell)).collect()).collect()
    }

    #[test]
    fn columns_stand_below_each_other_and_empty_ones_take_no_room() {
        let mut page = Page::new(None);
        page.table(2, &rows(&[&["a", "", "xx", "1"], &["bbb", "", "", "2"]]));
        assert_eq!(page.into_text(), "  a     xx   1\n  bbb        2\n");
    }

    #[test]
    fn a_row_that_is_too_wide_goes_on_below() {
        let mut page = Page::new(Some(40));
        page.table(0, &rows(&[&["prod:role/a-rather-long-name", "policy/p:8", "\"ReadIt\""]]));
        assert_eq!(page.into_text(), "prod:role/a-rather-long-name\n    policy/p:8   \"ReadIt\"\n");
    }

    #[test]
    fn sentences_break_between_words() {
        let mut page = Page::new(Some(40));
        page.words(2, Tone::Plain, "nine identities can read the bucket of invoices directly");
        assert_eq!(page.into_text(), "  nine identities can read the bucket of\n  invoices directly\n");
    }
}
