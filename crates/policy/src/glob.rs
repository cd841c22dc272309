//! Patterns with `*` (any run of characters) and `?` (any one character).

/// Does case count?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Case {
    /// `a` is not `A`.
    Sensitive,
    /// `a` is `A`, for ASCII letters: the names of actions and keys hold no others.
    Ignored,
}

/// A pattern, compiled for repeated matching. Characters are Unicode scalar values: `?` takes one, newline included.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Glob {
    text: Box<str>,
    case: Case,
    form: Form,
}

/// The forms that most patterns have can be decided without a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Form {
    /// No wildcard.
    Literal,
    /// `*` alone.
    Everything,
    /// One `*`, at the end.
    Prefix,
    /// Anything else.
    General,
}

impl Glob {
    /// Compiles a pattern. Every text is one.
    pub fn new(text: &str, case: Case) -> Self {
        let text: Box<str> = match case {
            Case::Sensitive => text.into(),
            Case::Ignored => text.to_ascii_lowercase().into(),
        };
        let form = match text.find(['*', '?']) {
            None => Form::Literal,
            Some(0) if &*text == "*" => Form::Everything,
            Some(at) if at + 1 == text.len() && text.ends_with('*') => Form::Prefix,
            Some(_) => Form::General,
        };
        Self { text, case, form }
    }

    /// Does the whole of `text` match? Allocates nothing; linear for all patterns but those with several `*`, and then
    /// at most the product of the lengths.
    pub fn matches(&self, text: &str) -> bool {
        let pattern = self.text.as_bytes();
        let text = text.as_bytes();
        match self.form {
            Form::Everything => true,
            Form::Literal => self.same(pattern, text),
            Form::Prefix => {
                let prefix = &pattern[..pattern.len() - 1];
                text.len() >= prefix.len() && self.same(prefix, &text[..prefix.len()])
            }
            Form::General => self.search(pattern, text),
        }
    }

    /// The pattern as it was written (in lower case where case does not count).
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Does it match one text only?
    pub fn is_literal(&self) -> bool {
        self.form == Form::Literal
    }

    /// What every match begins with.
    pub fn literal_prefix(&self) -> &str {
        self.text.split(['*', '?']).next().unwrap_or_default()
    }

    #[inline]
    fn same(&self, pattern: &[u8], text: &[u8]) -> bool {
        match self.case {
            Case::Sensitive => pattern == text,
            Case::Ignored => pattern.eq_ignore_ascii_case(text),
        }
    }

    #[inline]
    fn same_byte(&self, pattern: u8, byte: u8) -> bool {
        match self.case {
            Case::Sensitive => pattern == byte,
            Case::Ignored => pattern == byte.to_ascii_lowercase(),
        }
    }

    /// Greedy matching with return to the last `*` only: an earlier one never needs to take more, because whatever
    /// follows it could be taken by the later one as well.
    fn search(&self, pattern: &[u8], text: &[u8]) -> bool {
        let (mut p, mut t) = (0, 0);
        let mut back: Option<(usize, usize)> = None;
        loop {
            match pattern.get(p) {
                Some(b'*') => {
                    p += 1;
                    back = Some((p, t));
                    continue;
                }
                Some(b'?') if t < text.len() => {
                    p += 1;
                    t += width(text[t]);
                    continue;
                }
                Some(&wanted) if text.get(t).is_some_and(|byte| self.same_byte(wanted, *byte)) => {
                    p += 1;
                    t += 1;
                    continue;
                }
                None if t == text.len() => return true,
                _ => {}
            }
            let Some((star, taken)) = back else { return false };
            if taken >= text.len() {
                return false;
            }
            let next = taken + width(text[taken]);
            back = Some((star, next));
            (p, t) = (star, next);
        }
    }
}

/// Bytes of the UTF-8 character that starts with `first`.
fn width(first: u8) -> usize {
    match first {
        0..=0x7f => 1,
        0x80..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xff => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::{Case, Glob};
    use proptest::prelude::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Glob::new(pattern, Case::Sensitive).matches(text)
    }

    #[test]
    fn wildcards_match_what_they_should() {
        for (pattern, text) in [
            ("*", ""),
            ("a*", "a"),
            ("*a", "ba"),
            ("a*b*c", "aXbYbc"),
            ("?", "é"),
            ("a?c", "a\nc"),
            ("*a*", "xax"),
            ("", ""),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in
            [("?", ""), ("a*b", "a"), ("a", "A"), ("a*", "b"), ("", "x"), ("?", "ab"), ("*ab", "aab b")]
        {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
        assert!(Glob::new("S3:Get*", Case::Ignored).matches("s3:GETobject"));
    }

    /// The meaning, spelled out.
    fn slow(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some(('*', rest)), _) => {
                slow(rest, text) || text.split_first().is_some_and(|(_, tail)| slow(pattern, tail))
            }
            (Some(('?', rest)), Some((_, tail))) => slow(rest, tail),
            (Some((wanted, rest)), Some((found, tail))) => wanted == found && slow(rest, tail),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn the_fast_matcher_agrees_with_the_meaning(pattern in "[ab*?é]{0,8}", text in "[abé]{0,10}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(matches(&pattern, &text), slow(&chars(&pattern), &chars(&text)));
        }

        #[test]
        fn a_literal_prefix_begins_every_match(pattern in "[ab*?]{0,6}", text in "[ab]{0,8}") {
            let glob = Glob::new(&pattern, Case::Sensitive);
            if glob.matches(&text) {
                prop_assert!(text.starts_with(glob.literal_prefix()));
            }
        }
    }
}
