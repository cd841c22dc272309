//! Walks over JSON text and looks only at what is asked for.
//!
//! A log record has some hundred strings, of which a dozen matter. A parser that makes a value of each, or checks each
//! for validity, takes longer than inflating the file does. This one finds where values end, many bytes at a time
//! inside of strings, and leaves the rest alone. It keeps no stack: hostile nesting costs nothing.

use std::borrow::Cow;

/// The text is no JSON, from about this byte on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    pub(crate) at: usize,
}

/// The inside of a string, as written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text<'b> {
    pub(crate) raw: &'b [u8],
    escaped: bool,
}

impl<'b> Text<'b> {
    /// The text that is meant; `None` if it is no text.
    pub(crate) fn read(self) -> Option<Cow<'b, str>> {
        let plain = std::str::from_utf8(self.raw).ok()?;
        if !self.escaped {
            return Some(Cow::Borrowed(plain));
        }
        serde_json::from_str::<String>(&format!("\"{plain}\"")).ok().map(Cow::Owned)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.raw.is_empty()
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Scanner<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Scanner<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(crate) fn fault(&self) -> Malformed {
        Malformed { at: self.at }
    }

    /// The next byte that is no white space.
    #[inline]
    pub(crate) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    /// Goes behind this byte, if it is the next.
    pub(crate) fn takes(&mut self, wanted: u8) -> bool {
        self.take(wanted).is_ok()
    }

    #[inline]
    fn take(&mut self, wanted: u8) -> Result<(), Malformed> {
        if self.peek() == Some(wanted) {
            self.at += 1;
            return Ok(());
        }
        Err(self.fault())
    }

    /// A string; the scanner stands on its first quote.
    #[inline]
    fn string(&mut self) -> Result<Text<'b>, Malformed> {
        self.take(b'"')?;
        let from = self.at;
        let mut escaped = false;
        loop {
            let end = special(self.bytes, self.at).ok_or(Malformed { at: from })?;
            if self.bytes[end] == b'"' {
                self.at = end + 1;
                return Ok(Text { raw: &self.bytes[from..end], escaped });
            }
            escaped = true;
            self.at = end + 2;
        }
    }

    /// Where the text ends that begins here, behind its first quote.
    #[inline]
    pub(crate) fn text_end(bytes: &[u8], from: usize) -> Option<usize> {
        let mut at = from;
        loop {
            let end = special(bytes, at)?;
            if bytes[end] == b'"' {
                return Some(end);
            }
            at = end + 2;
        }
    }

    /// Does a text of this length, behind its first quote, end here? "No" may be wrong of short ones.
    #[inline]
    pub(crate) fn is_text(bytes: &[u8], from: usize, length: usize) -> bool {
        let Some(text) = bytes.get(from..from + length) else { return false };
        let Some(last) = text.last_chunk::<16>() else { return false };
        bytes.get(from + length) == Some(&b'"')
            && text.as_chunks::<16>().0.iter().all(is_plain)
            && is_plain(last)
    }

    /// Where the scanner is.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// The whole text.
    pub(crate) fn bytes(&self) -> &'b [u8] {
        self.bytes
    }

    /// Goes on.
    pub(crate) fn advance(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// A string, or `None` for any other value.
    #[inline]
    pub(crate) fn text(&mut self) -> Result<Option<Text<'b>>, Malformed> {
        match self.peek() {
            Some(b'"') => self.string().map(Some),
            _ => self.skip().map(|()| None),
        }
    }

    /// `true` or `false`, also as a string; `None` for any other value.
    pub(crate) fn truth(&mut self) -> Result<Option<bool>, Malformed> {
        let value = self.raw_value()?;
        Ok(match value {
            b"true" | b"\"true\"" => Some(true),
            b"false" | b"\"false\"" => Some(false),
            _ => None,
        })
    }

    /// Any value, as written.
    #[inline]
    pub(crate) fn raw_value(&mut self) -> Result<&'b [u8], Malformed> {
        self.peek();
        let from = self.at;
        self.skip()?;
        Ok(&self.bytes[from..self.at])
    }

    /// Goes behind the next value.
    #[inline]
    pub(crate) fn skip(&mut self) -> Result<(), Malformed> {
        match self.peek() {
            Some(b'"') => self.string().map(|_| ()),
            Some(b'{' | b'[') => self.skip_container(),
            Some(byte) if !matches!(byte, b',' | b'}' | b']' | b':') => {
                while self
                    .bytes
                    .get(self.at)
                    .is_some_and(|byte| !matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t'))
                {
                    self.at += 1;
                }
                Ok(())
            }
            _ => Err(self.fault()),
        }
    }

    fn skip_container(&mut self) -> Result<(), Malformed> {
        let mut depth = 0_usize;
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.string()?;
                    continue;
                }
                Some(b'{' | b'[') => depth += 1,
                Some(b'}' | b']') => {
                    depth -= 1;
                    if depth == 0 {
                        self.at += 1;
                        return Ok(());
                    }
                }
                Some(_) => {}
                None => return Err(self.fault()),
            }
            self.at += 1;
        }
    }

    /// Goes through an object; `each` is given the name of a member, as written, and must go behind its value. `false`
    /// if the value is no object; it is skipped then.
    #[inline]
    pub(crate) fn object(
        &mut self,
        mut each: impl FnMut(&mut Self, &'b [u8]) -> Result<(), Malformed>,
    ) -> Result<bool, Malformed> {
        if self.peek() != Some(b'{') {
            self.skip()?;
            return Ok(false);
        }
        self.at += 1;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(true);
        }
        self.member(&mut each)?;
        self.members_behind(each).map(|()| true)
    }

    #[inline]
    fn member(
        &mut self,
        each: &mut impl FnMut(&mut Self, &'b [u8]) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        let name = self.string()?;
        self.take(b':')?;
        each(self, name.raw)
    }

    /// Goes through the rest of an object; the scanner stands behind the value of a member.
    #[inline]
    pub(crate) fn members_behind(
        &mut self,
        mut each: impl FnMut(&mut Self, &'b [u8]) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        loop {
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(self.fault()),
            }
            self.peek();
            self.member(&mut each)?;
        }
    }

    /// Goes through a list, as [`object`](Self::object) does through an object.
    #[inline]
    pub(crate) fn list(
        &mut self,
        mut each: impl FnMut(&mut Self) -> Result<(), Malformed>,
    ) -> Result<bool, Malformed> {
        if self.peek() != Some(b'[') {
            self.skip()?;
            return Ok(false);
        }
        self.at += 1;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(true);
        }
        loop {
            each(self)?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(true);
                }
                _ => return Err(self.fault()),
            }
        }
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Texts of up to so many words are looked through here: times, keys and addresses are, and to call for them takes longer.
const WORDS: usize = 3;

/// Is there neither a quote nor a backslash?
#[inline]
fn is_plain(bytes: &[u8; 16]) -> bool {
    bytes.iter().fold(true, |plain, byte| plain & (*byte != b'"') & (*byte != b'\\'))
}

/// Where is the next quote or backslash?
#[inline]
fn special(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    for _ in 0..WORDS {
        let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) else { break };
        let word = u64::from_le_bytes(*chunk);
        // The lowest byte that is marked is zero; those above it may be marked falsely.
        let zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
        let found = zero(word ^ (ONES * b'"' as u64)) | zero(word ^ (ONES * b'\\' as u64));
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    memchr::memchr2(b'"', b'\\', bytes.get(at..)?).map(|place| at + place)
}

#[cfg(test)]
mod tests {
    use super::{Scanner, special};
    use proptest::prelude::*;

    #[test]
    fn members_and_elements_are_found() {
        let json = br#" {"a" : [1, {"x":"}]"}, "q\"\\"], "b":{"c":null},"d":tru } , 7"#;
        let mut scanner = Scanner::new(json);
        let mut seen = Vec::new();
        let object = scanner.object(|scanner, name| {
            seen.push((String::from_utf8_lossy(name).into_owned(), scanner.raw_value()?.len()));
            Ok(())
        });
        assert_eq!(object, Ok(true));
        assert_eq!(seen, [("a".to_owned(), 24), ("b".to_owned(), 10), ("d".to_owned(), 3)]);
        assert_eq!(scanner.peek(), Some(b','));
    }

    #[test]
    fn what_ends_early_is_malformed() {
        let whole = br#"{"Records":[{"a":"b\"c","d":{"e":[1,2]}}]}"#;
        for end in 0..whole.len() {
            assert!(Scanner::new(&whole[..end]).skip().is_err(), "{end}");
        }
        assert!(Scanner::new(whole).skip().is_ok());
        assert!(Scanner::new(&b"[".repeat(1_000_000)).skip().is_err());
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i32>().prop_map(Into::into),
            "[a-z\"\\\\{}\\[\\]:, é\n]{0,12}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                prop::collection::btree_map("[a-c\"\\\\]{0,3}", inner, 0..4)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_value_ends_where_it_ends(value in any_json(), pretty: bool) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
            let text = text.unwrap();
            let both = format!("{text} , {text}");
            let mut scanner = Scanner::new(both.as_bytes());
            prop_assert_eq!(scanner.raw_value().unwrap(), text.as_bytes());
            prop_assert_eq!(scanner.peek(), Some(b','));
        }

        #[test]
        fn strings_come_back_as_they_were(value in "\\PC{0,20}|[a\"\\\\\n]{0,20}") {
            let text = serde_json::to_string(&value).unwrap();
            let read = Scanner::new(text.as_bytes()).text().unwrap().and_then(super::Text::read);
            prop_assert_eq!(read.as_deref(), Some(value.as_str()));
        }

        #[test]
        fn the_next_special_byte_is_the_next(bytes in prop::collection::vec(prop_oneof![any::<u8>(), Just(b'"'), Just(b'\\'), Just(b'a'), Just(0x21), Just(0x23)], 0..40), from in 0usize..40) {
            let slow = (from..bytes.len()).find(|at| matches!(bytes[*at], b'"' | b'\\'));
            prop_assert_eq!(special(&bytes, from), slow);
        }

        #[test]
        fn any_bytes_end(bytes in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b"{}[]\",:\\ a1".to_vec())], 0..60)) {
            let _ = Scanner::new(&bytes).skip();
            let _ = Scanner::new(&bytes).object(|scanner, _| scanner.skip());
            let _ = Scanner::new(&bytes).list(|scanner| scanner.truth().map(|_| ()));
        }
    }
}
