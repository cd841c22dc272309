//! JSON with positions, read with tolerance: a fault is noted and reading goes on.
//!
//! Duplicate keys are kept, because AWS refuses them and a reader must be able to say where they stand. Numbers keep
//! their text. Nesting is bounded, so hostile input cannot exhaust the stack, and reading stops after a bounded number
//! of faults, so junk cannot fill the memory with complaints.

use crate::diagnostic::{Diagnostic, Faults};
use crate::{Span, Spanned};

/// A JSON value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) span: Span,
}

/// What a JSON text holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// The number's text.
    Number(String),
    String(String),
    List(Vec<Node>),
    Object(Vec<Member>),
    /// Something that could not be read.
    Broken,
}

/// One `"key": value` of an object.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Member {
    pub(crate) key: Spanned<String>,
    pub(crate) value: Node,
}

impl Node {
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

/// Deeper nesting than any policy has; AWS's grammar needs six.
const DEEPEST: usize = 64;

/// Reads one value that takes up the whole text.
pub(crate) fn read(text: &str, faults: &mut Faults) -> Option<Node> {
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, faults };
    reader.space();
    if reader.at == reader.bytes.len() {
        reader.fault("empty", 0, "there is no policy in an empty text", None);
        return None;
    }
    let node = reader.value(0)?;
    reader.space();
    if reader.at < reader.bytes.len() {
        reader.fault("trailing-text", reader.at, "there is text after the end of the policy", None);
    }
    Some(node)
}

struct Reader<'t, 'f> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    faults: &'f mut Faults,
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Reader<'_, '_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn span(&self, start: usize) -> Span {
        Span::new(offset(start), offset(self.at))
    }

    fn fault(&mut self, id: &'static str, start: usize, message: &str, help: Option<&str>) {
        let end = self.at.max(start + 1).min(self.bytes.len().max(start));
        let span = Span::new(offset(start), offset(end));
        self.faults.add(Diagnostic::error(id, span, message.to_owned(), help.map(str::to_owned)));
    }

    /// Skips white space, and comments with a complaint.
    fn space(&mut self) {
        loop {
            while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
                self.at += 1;
            }
            let start = self.at;
            match (self.peek(), self.bytes.get(self.at + 1)) {
                (Some(b'/'), Some(b'/')) => {
                    while self.peek().is_some_and(|byte| byte != b'\n') {
                        self.at += 1;
                    }
                }
                (Some(b'/'), Some(b'*')) => {
                    self.at =
                        self.text[start + 2..].find("*/").map_or(self.bytes.len(), |end| start + 2 + end + 2);
                }
                (Some(0xEF), Some(0xBB)) if start == 0 && self.text.starts_with('\u{feff}') => {
                    self.at += 3;
                    continue;
                }
                _ => return,
            }
            self.fault("comment", start, "JSON has no comments", None);
        }
    }

    fn value(&mut self, depth: usize) -> Option<Node> {
        let start = self.at;
        if depth >= DEEPEST {
            self.fault("too-deep", start, &format!("nesting deeper than {DEEPEST} levels"), None);
            self.faults.stop();
            return None;
        }
        let value = match self.peek()? {
            b'{' => self.object(depth)?,
            b'[' => self.list(depth)?,
            b'"' => Value::String(self.string()),
            b'-' | b'0'..=b'9' => self.number(),
            b't' | b'f' | b'n' => self.word(),
            _ => {
                while self.peek().is_some_and(|byte| !matches!(byte, b',' | b'}' | b']' | b'\n')) {
                    self.at += 1;
                }
                let quoted = self.text.get(start..self.at).is_some_and(|text| text.starts_with('\''));
                let help = quoted.then_some("JSON strings stand in double quotes");
                self.fault("no-value", start, "expected a JSON value here", help);
                Value::Broken
            }
        };
        Some(Node { value, span: self.span(start) })
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        let open = self.at;
        self.at += 1;
        let mut members = Vec::new();
        loop {
            self.space();
            match self.peek() {
                Some(b'}') => {
                    self.at += 1;
                    return Some(Value::Object(members));
                }
                Some(b'"') => {}
                Some(b',') => {
                    self.fault("extra-comma", self.at, "a comma without a value before it", None);
                    self.at += 1;
                    continue;
                }
                None => return self.cut_off(open, "object", Value::Object(members)),
                Some(_) => {
                    let start = self.at;
                    while self.peek().is_some_and(|byte| !matches!(byte, b',' | b'}' | b'"' | b'\n')) {
                        self.at += 1;
                    }
                    self.fault("no-key", start, "expected a key in double quotes", None);
                    if self.at == start {
                        self.at += 1;
                    }
                    if self.faults.is_full() {
                        return None;
                    }
                    continue;
                }
            }
            let start = self.at;
            let key = Spanned::new(self.string(), self.span(start));
            self.space();
            if self.peek() == Some(b':') {
                self.at += 1;
            } else if self.peek().is_none() {
                return self.cut_off(open, "object", Value::Object(members));
            } else {
                self.fault("no-colon", self.at, "expected `:` after the key", None);
            }
            self.space();
            if self.peek().is_none() {
                return self.cut_off(open, "object", Value::Object(members));
            }
            let value = self.value(depth + 1)?;
            members.push(Member { key, value });
            if !self.separated(b'}', "object", open)? {
                return Some(Value::Object(members));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Option<Value> {
        let open = self.at;
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.space();
            match self.peek() {
                Some(b']') => {
                    self.at += 1;
                    return Some(Value::List(items));
                }
                Some(b',') => {
                    self.fault("extra-comma", self.at, "a comma without a value before it", None);
                    self.at += 1;
                    continue;
                }
                None => return self.cut_off(open, "list", Value::List(items)),
                Some(b'}') => {
                    self.fault("no-bracket", self.at, "the list is not closed: expected `]`", None);
                    return Some(Value::List(items));
                }
                Some(_) => {}
            }
            let before = self.at;
            items.push(self.value(depth + 1)?);
            if self.at == before {
                self.at += 1;
            }
            if !self.separated(b']', "list", open)? {
                return Some(Value::List(items));
            }
        }
    }

    /// After an element: takes the comma. `Some(false)`: the text ended.
    fn separated(&mut self, close: u8, what: &str, open: usize) -> Option<bool> {
        if self.faults.is_full() {
            return None;
        }
        self.space();
        match self.peek() {
            Some(b',') => {
                let comma = self.at;
                self.at += 1;
                self.space();
                if self.peek() == Some(close) {
                    self.fault("trailing-comma", comma, "JSON allows no comma after the last value", None);
                }
            }
            Some(byte) if byte == close => {}
            None => {
                self.cut_off(open, what, Value::Null);
                return Some(false);
            }
            Some(b'}' | b']') => {}
            Some(_) => self.fault("no-comma", self.at, "expected `,` between two values", None),
        }
        Some(true)
    }

    fn cut_off(&mut self, open: usize, what: &str, value: Value) -> Option<Value> {
        if !self.faults.has("cut-off") {
            let message = format!("the text ends inside the {what} that starts here");
            self.faults.add(Diagnostic::error(
                "cut-off",
                Span::new(offset(open), offset(open + 1)),
                message,
                Some("is the file complete?".to_owned()),
            ));
        }
        Some(value)
    }

    fn number(&mut self) -> Value {
        let start = self.at;
        while matches!(self.peek(), Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
            self.at += 1;
        }
        let text = &self.text[start..self.at];
        if !is_number(text) {
            let message = format!("`{text}` is not a number");
            self.fault("bad-number", start, &message, None);
        }
        Value::Number(self.text[start..self.at].to_owned())
    }

    fn word(&mut self) -> Value {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphabetic()) {
            self.at += 1;
        }
        match &self.text[start..self.at] {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            other => {
                let message = format!("expected a JSON value, found `{}`", shortened(other));
                self.fault("no-value", start, &message, Some("strings stand in double quotes"));
                Value::Broken
            }
        }
    }

    /// Reads a string; the cursor is on the opening quote.
    fn string(&mut self) -> String {
        let open = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let start = self.at;
            while self.peek().is_some_and(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1f)) {
                self.at += 1;
            }
            text.push_str(&self.text[start..self.at]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return text;
                }
                Some(b'\\') => self.escape(&mut text),
                Some(b'\n') => {
                    self.fault(
                        "open-string",
                        open,
                        "this string is not closed on its line",
                        Some("close it with `\"`"),
                    );
                    return text;
                }
                Some(control) => {
                    self.fault(
                        "control-character",
                        self.at,
                        "a control character must be written as an escape",
                        None,
                    );
                    text.push(char::from(control));
                    self.at += 1;
                }
                None => {
                    self.cut_off(open, "string", Value::Null);
                    return text;
                }
            }
        }
    }

    fn escape(&mut self, text: &mut String) {
        let start = self.at;
        self.at += 1;
        let Some(letter) = self.text[self.at..].chars().next() else { return };
        self.at += letter.len_utf8();
        let plain = match letter {
            '"' | '\\' | '/' => letter,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => match self.code_unit() {
                Some(unit) => self.unicode(unit, start),
                None => {
                    self.fault("bad-escape", start, "`\\u` needs four hexadecimal digits", None);
                    char::REPLACEMENT_CHARACTER
                }
            },
            other => {
                let message = format!("`\\{other}` is not a JSON escape");
                self.fault("bad-escape", start, &message, Some("write a backslash as `\\\\`"));
                other
            }
        };
        text.push(plain);
    }

    fn code_unit(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }

    fn unicode(&mut self, unit: u32, start: usize) -> char {
        if (0xD800..0xDC00).contains(&unit) && self.text[self.at..].starts_with("\\u") {
            let back = self.at;
            self.at += 2;
            if let Some(low @ 0xDC00..=0xDFFF) = self.code_unit() {
                let code = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                return char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            }
            self.at = back;
        }
        char::from_u32(unit).unwrap_or_else(|| {
            self.fault("bad-escape", start, "half of a surrogate pair is no character", None);
            char::REPLACEMENT_CHARACTER
        })
    }
}

/// The grammar of JSON numbers (RFC 8259, section 6).
fn is_number(text: &str) -> bool {
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

fn shortened(text: &str) -> String {
    if text.chars().count() <= 40 { text.to_owned() } else { text.chars().take(40).chain(['…']).collect() }
}
