//! How a text has to begin.

/// A text that others are to begin with, or to be equal to. Most of those that it is held against differ from it, and
/// the ARNs of an account differ late: so its length and its last eight bytes, which lie here, are asked first, and the
/// text, which lies elsewhere, only if they fit.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Beginning {
    text: Box<str>,
    /// Its last eight bytes; of a shorter text, nothing.
    tail: u64,
}

impl Beginning {
    pub(crate) fn new(text: &str) -> Self {
        Self { tail: last_eight(text.as_bytes()).unwrap_or(0), text: text.into() }
    }

    /// Does `text` begin with this one?
    #[inline]
    pub(crate) fn begins(&self, text: &str) -> bool {
        let Some(head) = text.as_bytes().get(..self.text.len()) else { return false };
        last_eight(head).is_none_or(|tail| tail == self.tail) && *head == *self.text.as_bytes()
    }

    /// Is `text` this one?
    #[inline]
    pub(crate) fn is(&self, text: &str) -> bool {
        text.len() == self.text.len() && self.begins(text)
    }
}

#[inline]
fn last_eight(bytes: &[u8]) -> Option<u64> {
    bytes.last_chunk().map(|chunk| u64::from_ne_bytes(*chunk))
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
        for wanted in texts {
            for text in texts {
                let beginning = Beginning::new(wanted);
                assert_eq!(beginning.begins(text), text.starts_with(wanted), "{wanted} {text}");
                assert_eq!(beginning.is(text), text == wanted, "{wanted} {text}");
            }
        }
    }
}
