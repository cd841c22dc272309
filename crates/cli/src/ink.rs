//! Text with a tone, in which nothing hostile can slip through: whatever is put in is made visible first, so the only
//! escape sequences in it are our own.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr as _;

/// What a stretch of text means. Colour repeats what a glyph or a word says already; it never says it alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As the terminal has it.
    Plain,
    /// The answer, headings.
    Strong,
    /// What is beside the point: line numbers, silent layers.
    Faint,
    /// Lets a request through.
    Lets,
    /// Stops a request; errors.
    Stops,
    /// Depends on conditions; warnings.
    Depends,
    /// Was not seen.
    Unseen,
}

impl Tone {
    fn style(self) -> Style {
        let colour = |colour: AnsiColor| Style::new().fg_color(Some(colour.into()));
        match self {
            Self::Plain => Style::new(),
            Self::Strong => Style::new().bold(),
            Self::Faint => Style::new().dimmed(),
            Self::Lets => colour(AnsiColor::Cyan),
            Self::Stops => colour(AnsiColor::Red).bold(),
            Self::Depends => colour(AnsiColor::Yellow),
            Self::Unseen => colour(AnsiColor::Magenta),
        }
    }
}

/// A stretch of styled text, and how many columns it takes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ink {
    text: String,
    width: usize,
}

impl Ink {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// One stretch.
    pub(crate) fn of(tone: Tone, text: &str) -> Self {
        let mut ink = Self::new();
        ink.push(tone, text);
        ink
    }

    /// A plain stretch.
    pub(crate) fn plain(text: &str) -> Self {
        Self::of(Tone::Plain, text)
    }

    /// Adds a stretch.
    pub(crate) fn push(&mut self, tone: Tone, text: &str) {
        let text = visible(text);
        if text.is_empty() {
            return;
        }
        self.width += text.width();
        if tone == Tone::Plain {
            self.text.push_str(&text);
        } else {
            let style = tone.style();
            self.text.push_str(&format!("{style}{text}{style:#}"));
        }
    }

    /// Adds another piece as it is.
    pub(crate) fn append(&mut self, other: &Self) {
        self.text.push_str(&other.text);
        self.width += other.width;
    }

    /// Adds spaces up to a column.
    pub(crate) fn pad_to(&mut self, column: usize) {
        let missing = column.saturating_sub(self.width);
        self.text.extend(std::iter::repeat_n(' ', missing));
        self.width += missing;
    }

    /// How many columns it takes.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Is there nothing in it?
    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The text with the escape sequences of its tones. Spaces at the end help nobody.
    pub(crate) fn as_line(&self) -> &str {
        self.text.trim_end_matches(' ')
    }
}

/// The text with everything that acts instead of showing itself spelled out. A tab, which is common in policies, is
/// four spaces.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if text.contains('\t') {
        return Cow::Owned(clavicle_answer::visible(&text.replace('\t', "    ")).into_owned());
    }
    clavicle_answer::visible(text)
}

#[cfg(test)]
mod tests {
    use super::{Ink, Tone};

    #[test]
    fn only_our_own_escapes_are_in_it() {
        let ink = Ink::of(Tone::Strong, "a\u{1b}[31m\u{202e}b\n");
        assert_eq!(ink.as_line(), "\u{1b}[1ma\\u{1b}[31m\\u{202e}b\\n\u{1b}[0m");
        assert_eq!(ink.width(), 22);
    }
}
