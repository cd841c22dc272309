//! JSON with positions, read with tolerance: a fault is noted and reading goes on.
//!
//! Duplicate keys are kept, because AWS refuses them and a reader must be able to say where they stand. Numbers keep
//! their text. Nobody's text can hurt the reader: nesting is bounded, so it cannot exhaust the stack; the values are
//! counted, so they cannot fill the memory; and reading stops after a bounded number of faults.
//!
//! Some faults leave no doubt about what was meant (a comment, a comma too many). The others leave the value, and all
//! that it is part of, unsound: see [`Node::is_sound`].

use std::borrow::Cow;

use crate::Span;
use crate::diagnostic::{Diagnostic, Faults};

/// A JSON value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Node<'t> {
    pub(crate) value: Value<'t>,
    pub(crate) span: Span,
    /// How many faults in it, those of its parts included, leave in doubt what it says.
    doubts: u32,
}

/// What a JSON text holds.
#[derive(Debug, Clone)]
pub(crate) enum Value<'t> {
    Null,
    Bool(bool),
    /// The number's text.
    Number(&'t str),
    /// Unescaped.
    String(Cow<'t, str>),
    List(Vec<Node<'t>>),
    Object(Vec<Member<'t>>),
    /// Something that could not be read.
    Broken,
}

/// One `"key": value` of an object.
#[derive(Debug, Clone)]
pub(crate) struct Member<'t> {
    pub(crate) key: Cow<'t, str>,
    pub(crate) key_span: Span,
    pub(crate) value: Node<'t>,
}

impl Node<'_> {
    /// Is there no doubt about what it says?
    pub(crate) fn is_sound(&self) -> bool {
        self.doubts == 0
    }

    /// Is there a doubt that belongs to none of its values, such as a text that ends before the next one?
    pub(crate) fn may_hide_values(&self) -> bool {
        let inside: u32 = match &self.value {
            Value::List(items) => items.iter().map(|item| item.doubts).sum(),
            Value::Object(members) => members.iter().map(|member| member.value.doubts).sum(),
            _ => 0,
        };
        self.doubts > inside
    }

    /// What it is, for a message.
    pub(crate) fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::List(_) => "a list",
            Value::Object(_) => "an object",
            Value::Broken => "unreadable text",
        }
    }
}

/// Far above AWS's largest policy (a 20 KB bucket policy, a KMS key policy of 32 KB), far below what fills a memory.
pub(crate) const LARGEST: usize = 20 << 20;

/// Deeper nesting than any policy has; AWS's grammar needs six.
const DEEPEST: usize = 64;

/// More values than a policy of AWS's largest size could hold if it held nothing else, four times over. It bounds the
/// memory that 20 MB of `[],[],[],` would take.
const MOST_VALUES: usize = 100_000;

/// Reads one value that takes up the whole text. `None` when there is none.
pub(crate) fn read<'t>(text: &'t str, faults: &mut Faults) -> Option<Node<'t>> {
    let mut reader =
        Reader { text, bytes: text.as_bytes(), at: 0, values: 0, objects: 0, lists: 0, doubts: 0, faults };
    if text.starts_with('\u{feff}') {
        reader.at = '\u{feff}'.len_utf8();
    }
    reader.space();
    if reader.at == reader.bytes.len() {
        reader.doubt("empty", reader.at, "there is no policy in an empty text", None);
        return None;
    }
    let node = reader.value(0);
    reader.space();
    if reader.at < reader.bytes.len() && !reader.faults.is_full() {
        let start = reader.at;
        reader.at = reader.bytes.len();
        reader.doubt("trailing-text", start, "there is text after the end of the policy", None);
    }
    Some(node)
}

struct Reader<'t, 'f> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    /// Values read so far.
    values: usize,
    /// Objects and lists that are open, to tell whether a bracket closes one of them.
    objects: usize,
    lists: usize,
    /// Faults so far that leave something in doubt.
    doubts: u32,
    faults: &'f mut Faults,
}

/// INVARIANT (offsets): texts are at most [`LARGEST`] bytes, so offsets fit 32 bits; [`crate::parse`] and
/// [`crate::layout()`] refuse longer ones.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl<'t> Reader<'t, '_> {
    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn span(&self, start: usize) -> Span {
        Span::new(offset(start), offset(self.at))
    }

    /// A fault that leaves no doubt about what was meant, from `start` to the cursor, one character at least.
    fn fault(&mut self, id: &'static str, start: usize, message: impl Into<String>, help: Option<&str>) {
        let one = self.text.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let span = Span::new(offset(start), offset(self.at.max(start + one)));
        self.faults.add(Diagnostic::error(id, span, message.into(), help.map(str::to_owned)));
    }

    /// A fault that leaves something in doubt.
    fn doubt(&mut self, id: &'static str, start: usize, message: impl Into<String>, help: Option<&str>) {
        self.doubts += 1;
        self.fault(id, start, message, help);
    }

    /// A fault after which reading on is of no use.
    fn give_up(&mut self, id: &'static str, start: usize, message: String) {
        self.doubt(id, start, message, None);
        self.faults.stop();
    }

    /// Is there nothing more to read, or no use in it?
    fn is_over(&self) -> bool {
        self.at >= self.bytes.len() || self.faults.is_full()
    }

    /// Skips white space, and comments with a complaint.
    fn space(&mut self) {
        loop {
            while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
                self.at += 1;
            }
            if self.peek() != Some(b'/') {
                return;
            }
            let start = self.at;
            match self.bytes.get(self.at + 1) {
                Some(b'/') => {
                    self.skip_until(|byte| byte == b'\n');
                }
                Some(b'*') => {
                    let inside = self.text.get(start + 2..).unwrap_or("");
                    let closed = inside.find("*/");
                    self.at = closed.map_or(self.bytes.len(), |end| start + 2 + end + 2);
                    if closed.is_none() {
                        self.doubt("cut-off", start, "this comment is never closed", None);
                        return;
                    }
                }
                _ => return,
            }
            self.fault(
                "comment",
                start,
                "JSON has no comments",
                Some("put the remark into `Sid` or beside the file"),
            );
        }
    }

    fn skip_until(&mut self, wanted: impl Fn(u8) -> bool) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += rest.iter().position(|byte| wanted(*byte)).unwrap_or(rest.len());
    }

    /// The value at the cursor. It always takes at least one byte, or the text is over.
    fn value(&mut self, depth: usize) -> Node<'t> {
        let start = self.at;
        let doubts = self.doubts;
        self.values += 1;
        let value = if depth >= DEEPEST {
            self.give_up("too-deep", start, format!("nesting deeper than {DEEPEST} levels"));
            Value::Broken
        } else if self.values > MOST_VALUES {
            self.give_up(
                "too-large",
                start,
                format!("more than {MOST_VALUES} values are too much for a policy"),
            );
            Value::Broken
        } else {
            match self.peek() {
                Some(b'"') => Value::String(self.string()),
                Some(b'{') => self.object(depth),
                Some(b'[') => self.list(depth),
                Some(b'-' | b'0'..=b'9') => self.number(),
                Some(b't' | b'f' | b'n') => self.word(),
                _ => self.junk(),
            }
        };
        Node { value, span: self.span(start), doubts: self.doubts - doubts }
    }

    fn object(&mut self, depth: usize) -> Value<'t> {
        let open = self.at;
        self.at += 1;
        self.objects += 1;
        let mut members = Vec::new();
        loop {
            self.space();
            if self.is_over() {
                self.cut_off(open, "object");
                break;
            }
            match self.peek() {
                Some(b'}') => {
                    self.at += 1;
                    break;
                }
                Some(b']') if self.lists > 0 => {
                    self.doubt(
                        "not-closed",
                        open,
                        "the object that starts here is not closed",
                        Some("add `}`"),
                    );
                    break;
                }
                Some(b',') => self.extra_comma(),
                Some(b'"') => match self.member(depth) {
                    Some(member) => {
                        members.push(member);
                        self.comma(b'}');
                    }
                    None => {
                        self.cut_off(open, "object");
                        break;
                    }
                },
                _ => {
                    let start = self.at;
                    self.at += 1;
                    self.skip_until(|byte| matches!(byte, b',' | b'}' | b']' | b'"' | b'\n'));
                    self.doubt("no-key", start, "expected a key in double quotes", None);
                }
            }
        }
        self.objects -= 1;
        Value::Object(members)
    }

    /// A key, a colon and a value; `None` when the text ends before the value.
    fn member(&mut self, depth: usize) -> Option<Member<'t>> {
        let start = self.at;
        let key = self.string();
        let key_span = self.span(start);
        self.space();
        if self.is_over() {
            return None;
        }
        if self.peek() == Some(b':') {
            self.at += 1;
            self.space();
        } else {
            self.doubt("no-colon", self.at, "expected `:` after the key", None);
        }
        if self.is_over() {
            return None;
        }
        Some(Member { key, key_span, value: self.value(depth + 1) })
    }

    fn list(&mut self, depth: usize) -> Value<'t> {
        let open = self.at;
        self.at += 1;
        self.lists += 1;
        let mut items = Vec::new();
        loop {
            self.space();
            if self.is_over() {
                self.cut_off(open, "list");
                break;
            }
            match self.peek() {
                Some(b']') => {
                    self.at += 1;
                    break;
                }
                Some(b'}') if self.objects > 0 => {
                    self.doubt(
                        "not-closed",
                        open,
                        "the list that starts here is not closed",
                        Some("add `]`"),
                    );
                    break;
                }
                Some(b',') => self.extra_comma(),
                _ => {
                    items.push(self.value(depth + 1));
                    self.comma(b']');
                }
            }
        }
        self.lists -= 1;
        Value::List(items)
    }

    fn extra_comma(&mut self) {
        let start = self.at;
        self.at += 1;
        self.fault("extra-comma", start, "there is no value before this comma", Some("take it out"));
    }

    /// Takes the comma after an element, and complains when there should be one, or should be none.
    fn comma(&mut self, close: u8) {
        self.space();
        match self.peek() {
            Some(b',') => {
                let comma = self.at;
                self.at += 1;
                let after = self.at;
                self.space();
                if self.peek() == Some(close) {
                    let here = std::mem::replace(&mut self.at, after);
                    self.fault(
                        "trailing-comma",
                        comma,
                        "JSON has no comma after the last value",
                        Some("take it out"),
                    );
                    self.at = here;
                }
            }
            Some(b'}' | b']') | None => {}
            Some(_) if self.faults.is_full() => {}
            Some(_) => self.doubt("no-comma", self.at, "expected `,` before the next value", None),
        }
    }

    /// The text ended too early. Said once, of the innermost thing that is open.
    fn cut_off(&mut self, open: usize, what: &str) {
        self.doubts += 1;
        if self.at >= self.bytes.len() && !self.faults.has("cut-off") {
            let span = Span::new(offset(open), offset(open + 1));
            let message = format!("the text ends inside the {what} that starts here");
            let help = Some("is the text complete?".to_owned());
            self.faults.add(Diagnostic::error("cut-off", span, message, help));
        }
    }

    /// Something that begins no value.
    fn junk(&mut self) -> Value<'t> {
        let start = self.at;
        let quoted = self.peek() == Some(b'\'');
        self.at += usize::from(!self.is_over());
        self.skip_until(|byte| matches!(byte, b',' | b'}' | b']' | b'\n'));
        let help = quoted.then_some("JSON strings stand in double quotes");
        self.doubt("no-value", start, "expected a JSON value here", help);
        Value::Broken
    }

    fn number(&mut self) -> Value<'t> {
        let start = self.at;
        self.skip_until(|byte| !matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9'));
        let text = self.since(start);
        if is_number(text) {
            return Value::Number(text);
        }
        self.doubt("bad-number", start, format!("`{}` is not a number", shortened(text)), None);
        Value::Broken
    }

    fn word(&mut self) -> Value<'t> {
        let start = self.at;
        self.skip_until(|byte| !byte.is_ascii_alphanumeric());
        match self.since(start) {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            other => {
                let message = format!("expected a JSON value, found `{}`", shortened(other));
                self.doubt("no-value", start, message, Some("JSON strings stand in double quotes"));
                Value::Broken
            }
        }
    }

    fn since(&self, start: usize) -> &'t str {
        self.text.get(start..self.at).unwrap_or("")
    }

    /// Reads a string; the cursor is on the opening quote. Borrows when there is nothing to unescape.
    fn string(&mut self) -> Cow<'t, str> {
        let open = self.at;
        self.at += 1;
        let start = self.at;
        self.skip_plain();
        if self.peek() == Some(b'"') {
            let text = self.since(start);
            self.at += 1;
            return Cow::Borrowed(text);
        }
        let mut text = self.since(start).to_owned();
        loop {
            let start = self.at;
            self.skip_plain();
            text.push_str(self.since(start));
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Cow::Owned(text);
                }
                Some(b'\\') => self.escape(&mut text),
                Some(b'\n' | b'\r') => {
                    self.doubt(
                        "open-string",
                        open,
                        "this string is not closed on its line",
                        Some("close it with `\"`"),
                    );
                    return Cow::Owned(text);
                }
                Some(control) => {
                    let start = self.at;
                    self.at += 1;
                    let message = "a control character must be written as an escape";
                    self.fault("control-character", start, message, None);
                    text.push(char::from(control));
                }
                None => {
                    self.cut_off(open, "string");
                    return Cow::Owned(text);
                }
            }
        }
    }

    /// To the next quote, backslash or control character.
    #[inline]
    fn skip_plain(&mut self) {
        self.skip_until(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
    }

    fn escape(&mut self, text: &mut String) {
        let start = self.at;
        self.at += 1;
        let Some(letter) = self.text.get(self.at..).and_then(|rest| rest.chars().next()) else { return };
        if letter < ' ' {
            // The string's own loop says what is wrong with a bare control character.
            self.doubt(
                "bad-escape",
                start,
                "there is nothing after this backslash",
                Some("write a backslash as `\\\\`"),
            );
            return;
        }
        self.at += letter.len_utf8();
        let plain = match letter {
            '"' | '\\' | '/' => letter,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => self.unicode(start),
            other => {
                let message = format!("`\\{other}` is not a JSON escape");
                self.doubt("bad-escape", start, message, Some("write a backslash as `\\\\`"));
                other
            }
        };
        text.push(plain);
    }

    /// The character of `\uXXXX`, or of two of them; the cursor is after the `u`.
    fn unicode(&mut self, start: usize) -> char {
        let Some(unit) = self.code_unit() else {
            self.doubt("bad-escape", start, "`\\u` needs four hexadecimal digits", None);
            return char::REPLACEMENT_CHARACTER;
        };
        if (0xD800..0xDC00).contains(&unit)
            && self.text.get(self.at..).is_some_and(|rest| rest.starts_with("\\u"))
        {
            let back = self.at;
            self.at += 2;
            if let Some(low @ 0xDC00..=0xDFFF) = self.code_unit() {
                let code = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                return char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            }
            self.at = back;
        }
        char::from_u32(unit).unwrap_or_else(|| {
            self.doubt("bad-escape", start, "half of a surrogate pair is no character", None);
            char::REPLACEMENT_CHARACTER
        })
    }

    fn code_unit(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}

/// Is this a JSON number (RFC 8259, section 6)?
pub(crate) fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
}

/// Somebody's text, short enough for a message and without what would move a terminal's cursor.
pub(crate) fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    let plain = |character: char| if character.is_control() { '\u{fffd}' } else { character };
    let mut short: String = text.chars().take(MOST).map(plain).collect();
    if text.chars().nth(MOST).is_some() {
        short.push('…');
    }
    short
}

/// Writes a JSON string: only what must be escaped is.
pub(crate) fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => {
                out.push_str("\\u00");
                let hex = |digit: u32| char::from_digit(digit, 16).unwrap_or('0');
                out.push(hex(u32::from(control) >> 4));
                out.push(hex(u32::from(control) & 15));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn faults_of(text: &str) -> Vec<String> {
        let mut faults = Faults::default();
        read(text, &mut faults);
        faults.sorted().into_iter().map(|fault| format!("{}@{}", fault.id, fault.span.start)).collect()
    }

    #[test]
    fn each_fault_is_found_where_it_stands() {
        for (text, expected) in [
            ("", "empty@0"),
            (" \n", "empty@2"),
            ("[1] x", "trailing-text@4"),
            ("// hi\n[1]", "comment@0"),
            ("[1 /* hi */]", "comment@3"),
            ("[1 /* hi", "cut-off@3"),
            ("[1,]", "trailing-comma@2"),
            ("[,1]", "extra-comma@1"),
            ("[1 2]", "no-comma@3"),
            ("{\"a\" 1}", "no-colon@5"),
            ("{a: 1}", "no-key@1"),
            ("{\"a\": }", "no-value@6"),
            ("['x']", "no-value@1"),
            ("[True]", "no-value@1"),
            ("[nul]", "no-value@1"),
            ("[01]", "bad-number@1"),
            ("[1.]", "bad-number@1"),
            ("[\"a", "cut-off@1"),
            ("[\"a\nb\"]", "open-string@1"),
            ("[\"a\tb\"]", "control-character@3"),
            (r#"["\x"]"#, "bad-escape@2"),
            (r#"["\u12"]"#, "bad-escape@2"),
            (r#"["\ud800"]"#, "bad-escape@2"),
            ("{\"a\": [1, 2}", "not-closed@6"),
            ("[{\"a\": 1]", "not-closed@1"),
            ("{\"a\": {", "cut-off@6"),
            ("[\"a\", ", "cut-off@0"),
        ] {
            let found = faults_of(text);
            assert!(found.iter().any(|found| found == expected), "{text}: {found:?} lacks {expected}");
        }
    }

    #[test]
    fn sound_text_has_no_fault() {
        for text in [
            "0",
            "-0.5e+10",
            "\"\"",
            "[]",
            "{}",
            "null",
            "[true,false]",
            r#""\ud83d\ude00\u00e9\/\b\f""#,
            "\u{feff}[1]",
            "{\"a\":{\"a\":1,\"a\":2}}",
            "\"\u{7f}é\u{2028}\"",
        ] {
            assert_eq!(faults_of(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_fault_spoils_what_holds_it_and_nothing_else() {
        let mut faults = Faults::default();
        let node = read(r#"[[1], [2 3], {"a": "\x"}, [4,], "b"]"#, &mut faults).expect("there is a value");
        let Value::List(items) = node.value else { panic!("a list was written") };
        assert_eq!(items.iter().map(Node::is_sound).collect::<Vec<_>>(), [true, false, false, true, true]);
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert_eq!(faults_of(&deep(64)), Vec::<String>::new());
        assert_eq!(faults_of(&deep(65)), ["too-deep@64"]);
    }

    proptest! {
        #[test]
        fn strings_survive_writing_and_reading(text in any::<String>()) {
            let mut written = String::new();
            write_string(&text, &mut written);
            let mut faults = Faults::default();
            match read(&written, &mut faults) {
                Some(Node { value: Value::String(read), doubts: 0, .. }) => prop_assert_eq!(read, text),
                other => prop_assert!(false, "{:?}", other),
            }
            prop_assert!(faults.sorted().is_empty());
        }
    }
}
