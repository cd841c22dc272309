//! How a text has to begin, or to end.

/// A text that others are to begin with, to end with, or to be equal to. Most of those that it is held against differ from it,
/// and the ARNs of an account differ late: so its length, its first and its last eight bytes, which lie here, are asked first,
/// and the text, which lies elsewhere, only if they fit and there is more of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Beginning {
    text: Box<str>,
    /// Its first eight bytes; of a shorter text all of them, and zeros.
    first: u64,
    /// Its last eight bytes; of a shorter text nothing.
    last: u64,
}

/// So many bytes are looked at together.
const WORD: usize = size_of::<u64>();

impl Beginning {
    pub(crate) fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let last = bytes.last_chunk().map_or(0, |chunk| u64::from_le_bytes(*chunk));
        Self { first: filled(bytes), last, text: text.into() }
    }

    #[inline]
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Does `text` begin with this one?
    #[inline]
    pub(crate) fn begins(&self, text: &str) -> bool {
        text.as_bytes().get(..self.text.len()).is_some_and(|head| self.is_of_its_length(head))
    }

    /// Does `text` end with this one?
    #[inline]
    pub(crate) fn ends(&self, text: &str) -> bool {
        let from = text.len().checked_sub(self.text.len());
        let tail = from.and_then(|from| text.as_bytes().get(from..));
        tail.is_some_and(|tail| self.is_of_its_length(tail))
    }

    /// Is `text` this one?
    #[inline]
    pub(crate) fn is(&self, text: &str) -> bool {
        text.len() == self.text.len() && self.is_of_its_length(text.as_bytes())
    }

    /// Is this text, which has as many bytes, the same?
    #[inline]
    fn is_of_its_length(&self, bytes: &[u8]) -> bool {
        let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) else {
            return filled(bytes) == self.first;
        };
        u64::from_le_bytes(*first) == self.first
            && u64::from_le_bytes(*last) == self.last
            && (bytes.len() <= 2 * WORD || *bytes == *self.text.as_bytes())
    }
}

/// The first eight bytes, and zeros where there are fewer.
#[inline]
fn filled(bytes: &[u8]) -> u64 {
    match bytes.first_chunk() {
        Some(first) => u64::from_le_bytes(*first),
        None => bytes.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::Beginning;

    #[test]
    fn it_is_what_comparing_the_texts_would_say() {
        let texts = [
            "",
            "a",
            "b",
            "abcdefg",
            "abcdefgh",
            "abcdefgi",
            "xbcdefgh",
            "abcdefghi",
            "xabcdefgh",
            "\u{e9}bcdefgh",
        ];
        let long = ["abcdefghijklmnop", "abcdefghijklmnopq", "abcdefghXjklmnopq", "abc\0", "abc\0\0", "abc"];
        let texts: Vec<&str> = texts.into_iter().chain(long).collect();
        for wanted in &texts {
            for text in &texts {
                let beginning = Beginning::new(wanted);
                assert_eq!(beginning.begins(text), text.starts_with(wanted), "{wanted} {text}");
                assert_eq!(beginning.ends(text), text.ends_with(wanted), "{wanted} {text}");
                assert_eq!(beginning.is(text), text == wanted, "{wanted} {text}");
            }
        }
    }
}
