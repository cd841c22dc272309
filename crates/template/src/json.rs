//! JSON, read with tolerance, out of a file or out of a text that stands in one.
//!
//! Nobody's text can hurt the reader: nesting and the number of values are bounded, and each step takes a letter.

use crate::node::{DEEPEST, Entry, MOST_VALUES, Node, Value};
use crate::text::{Kind, Text};

/// The value that a text holds, as far as it can be read; whether all of it could.
pub(crate) fn read(text: &Text) -> (Option<Node>, bool) {
    let mut reader = Reader { text, at: 0, values: 0, sound: true };
    if text.text.starts_with('\u{feff}') {
        reader.at = '\u{feff}'.len_utf8();
    }
    reader.space();
    let node = reader.value(0);
    reader.space();
    let whole = reader.sound && reader.at == text.text.len();
    (node, whole)
}

struct Reader<'t> {
    text: &'t Text,
    at: usize,
    values: usize,
    sound: bool,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn hole(&self) -> Option<&str> {
        match &self.text.segment(self.at)?.kind {
            Kind::Hole(what) => Some(what),
            _ => None,
        }
    }

    fn step(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    /// White space and comments.
    fn space(&mut self) {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
            self.at += blank;
            let rest = self.rest();
            if rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                self.at += rest.find("*/").map_or(rest.len(), |end| end + 2);
            } else {
                return;
            }
            self.sound = false;
        }
    }

    fn value(&mut self, depth: usize) -> Option<Node> {
        let start = self.at;
        self.values += 1;
        if depth > DEEPEST || self.values > MOST_VALUES {
            self.sound = false;
            self.at = self.text.text.len();
            return None;
        }
        if let Some(what) = self.hole().map(str::to_owned) {
            // `${a}${b}`, `${a} - 1`: all up to the end of the value is not known.
            while self.peek().is_some_and(|letter| !",]}\n".contains(letter)) {
                self.step();
            }
            return Some(self.node(Value::Unknown(what), start));
        }
        let value = match self.peek()? {
            '"' => Value::Text(self.string()),
            '{' => self.object(depth),
            '[' => self.list(depth),
            ',' | '}' | ']' | ':' => return None,
            _ => {
                while self.hole().is_none()
                    && self.peek().is_some_and(|letter| !",]}:\"[{ \t\r\n".contains(letter))
                {
                    self.step();
                }
                let word = self.text.text.get(start..self.at).unwrap_or_default();
                let plain = matches!(word, "true" | "false" | "null")
                    || word.starts_with(|letter: char| letter == '-' || letter.is_ascii_digit())
                        && word.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
                if plain {
                    Value::Plain(word.to_owned())
                } else {
                    self.sound = false;
                    Value::Unknown(word.to_owned())
                }
            }
        };
        Some(self.node(value, start))
    }

    fn node(&self, value: Value, start: usize) -> Node {
        Node::new(value, self.text.file_range(start..self.at))
    }

    /// A string from its quote on. One that is not closed ends with its line.
    fn string(&mut self) -> Text {
        let mut made = Text::default();
        self.at += 1;
        loop {
            let start = self.at;
            if let Some(what) = self.hole().map(str::to_owned) {
                self.step();
                made.push_hole(&what, self.text.file_range(start..self.at));
                continue;
            }
            match self.peek() {
                None | Some('\n') => {
                    self.sound = false;
                    break;
                }
                Some('"') => {
                    self.at += 1;
                    break;
                }
                Some('\\') => {
                    let decoded = self.escape();
                    let file = self.text.file_range(start..self.at);
                    made.push(decoded.encode_utf8(&mut [0; 4]), file, Kind::Escape);
                }
                Some(letter) => {
                    self.step();
                    let exact = self.text.segment(start).is_some_and(|segment| segment.kind == Kind::Exact);
                    let kind = if exact { Kind::Exact } else { Kind::Escape };
                    made.push(letter.encode_utf8(&mut [0; 4]), self.text.file_range(start..self.at), kind);
                }
            }
        }
        // An empty text has no letter that tells where it stands.
        if made.segments.is_empty() {
            let place = self.text.start_of(self.at.saturating_sub(1));
            made.segments.push(crate::text::Segment {
                at: 0,
                length: 0,
                file: place..place,
                kind: Kind::Exact,
            });
        }
        made
    }

    fn escape(&mut self) -> char {
        self.at += 1;
        let letter = self.peek().unwrap_or('\\');
        self.step();
        match letter {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => {
                let high = self.hex().unwrap_or(0xfffd);
                if (0xd800..0xdc00).contains(&high) && self.rest().starts_with("\\u") {
                    self.at += 2;
                    let low = self.hex().unwrap_or(0);
                    if (0xdc00..0xe000).contains(&low) {
                        let both = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                        return char::from_u32(both).unwrap_or('\u{fffd}');
                    }
                }
                char::from_u32(high).unwrap_or('\u{fffd}')
            }
            other => other,
        }
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4).filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        let value = u32::from_str_radix(digits, 16).ok()?;
        self.at += 4;
        Some(value)
    }

    fn object(&mut self, depth: usize) -> Value {
        self.at += 1;
        let mut entries = Vec::new();
        loop {
            self.space();
            // What is not known may be members.
            if let Some(what) = self.hole().map(str::to_owned) {
                let start = self.at;
                self.step();
                let key_span = self.text.file_range(start..self.at);
                let mut key = Text::default();
                key.push_hole(&what, key_span.clone());
                let value = Node::new(Value::Unknown(what), key_span.clone());
                entries.push(Entry { key, key_span, value });
                continue;
            }
            match self.peek() {
                None => {
                    self.sound = false;
                    break;
                }
                Some('}') => {
                    self.at += 1;
                    break;
                }
                // A list around it ends: it was not closed.
                Some(']') => {
                    self.sound = false;
                    break;
                }
                Some('"') => {
                    let start = self.at;
                    let key = self.string();
                    let key_span = self.text.file_range(start..self.at);
                    self.space();
                    if self.peek() == Some(':') {
                        self.at += 1;
                        self.space();
                    } else {
                        self.sound = false;
                    }
                    // A key whose value is yet to be written.
                    let unwritten = {
                        let here = self.text.end_of(self.at);
                        let value = Node::new(Value::Unknown(String::new()), here..here);
                        Entry { key: key.clone(), key_span: key_span.clone(), value }
                    };
                    let before = self.at;
                    let mut value = self.value(depth + 1);
                    self.space();
                    if self.peek() == Some(':') {
                        // What looked like the value is the next key.
                        value = None;
                        self.at = self.at.min(before);
                        self.sound = false;
                        if self.peek() == Some(':') {
                            self.at += 1;
                        }
                    }
                    match value {
                        Some(value) => entries.push(Entry { key, key_span, value }),
                        None => {
                            self.sound = false;
                            entries.push(unwritten);
                        }
                    }
                }
                Some(',') => self.at += 1,
                Some(_) => {
                    self.sound = false;
                    self.step();
                }
            }
        }
        Value::Map(entries)
    }

    fn list(&mut self, depth: usize) -> Value {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.space();
            match self.peek() {
                None => {
                    self.sound = false;
                    break;
                }
                Some(']') => {
                    self.at += 1;
                    break;
                }
                Some('}') => {
                    self.sound = false;
                    break;
                }
                Some(',') => self.at += 1,
                Some(_) => match self.value(depth + 1) {
                    Some(item) => items.push(item),
                    None => {
                        self.sound = false;
                        self.step();
                    }
                },
            }
        }
        Value::List(items)
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::node::Value;
    use crate::text::Text;

    #[test]
    fn half_written_text_keeps_what_is_there() {
        let text = "{\"a\": [\"s3:Get\n  ], \"b\": \n \"c\": {\"d\"";
        let (node, whole) = read(&Text::exact(text, 0));
        let node = node.expect("a map");
        assert!(!whole);
        let keys: Vec<_> = node.entries().iter().map(|entry| entry.key.text.as_str()).collect();
        assert_eq!(keys, ["a", "b", "c"]);
        let Value::List(items) = &node.entries()[0].value.value else { panic!("a list") };
        assert_eq!(items[0].as_str(), Some("s3:Get"));
    }

    #[test]
    fn json_in_a_string_of_json_keeps_its_places() {
        let file = r#"{"policy": "{\"Statement\": [{\"Action\": \"s3:G\\u0065t\"}]}"}"#;
        let (outer, whole) = read(&Text::exact(file, 0));
        assert!(whole);
        let outer = outer.expect("a map");
        let Value::Text(text) = &outer.entries()[0].value.value else { panic!("a text") };
        let (inner, whole) = read(text);
        assert!(whole);
        let inner = inner.expect("a map");
        let Value::List(statements) = &inner.entries()[0].value.value else { panic!("a list") };
        let action = statements[0].get("Action").expect("it is there");
        assert_eq!(action.as_str(), Some("s3:Get"));
        assert_eq!(&file[action.span.clone()], r#"\"s3:G\\u0065t\""#);
    }
}
