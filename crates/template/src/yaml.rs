//! YAML as values with places. Tags of functions (`!Sub x`) become maps of their long form (`{"Fn::Sub": x}`).
//!
//! Text that ends in a fault is read up to there. Aliases are not followed: what they stand for is read where it stands.

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, Tag};

use crate::node::{DEEPEST, Entry, MOST_VALUES, Node, Value};
use crate::text::{Kind, Text};

/// A list or map that is not at its end.
struct Open {
    function: Option<String>,
    start: usize,
    value: Value,
    /// The key that waits for its value.
    key: Option<(Text, Range<usize>)>,
}

/// The documents of a text, as far as they can be read; whether all of it could.
pub(crate) fn read(text: &str) -> (Vec<Node>, bool) {
    let mut open: Vec<Open> = Vec::new();
    let mut done = Vec::new();
    let mut values = 0;
    let mut end = 0;
    let mut whole = true;
    for event in Parser::new_from_str(text) {
        let Ok((event, span)) = event else {
            whole = false;
            break;
        };
        let range = span.byte_range().unwrap_or(end..end);
        end = range.end.min(text.len()).max(end);
        values += 1;
        if values > MOST_VALUES || open.len() > DEEPEST {
            whole = false;
            break;
        }
        let node = match event {
            Event::Scalar(value, style, _, tag) => {
                let node = Node::new(scalar(text, &value, &range, style, tag.as_deref()), range.clone());
                with_function(function(tag.as_deref()), node)
            }
            Event::SequenceStart(_, _, tag) => {
                let function = function(tag.as_deref());
                open.push(Open { function, start: range.start, value: Value::List(Vec::new()), key: None });
                continue;
            }
            Event::MappingStart(_, _, tag) => {
                let function = function(tag.as_deref());
                open.push(Open { function, start: range.start, value: Value::Map(Vec::new()), key: None });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(closed) = open.pop() else { continue };
                close(closed, range.end.min(text.len()))
            }
            Event::Alias(_) => Node::new(Value::Unknown("an alias".to_owned()), range.clone()),
            _ => continue,
        };
        place(&mut open, &mut done, node);
    }
    while let Some(closed) = open.pop() {
        let node = close(closed, end);
        place(&mut open, &mut done, node);
    }
    (done, whole)
}

fn close(open: Open, end: usize) -> Node {
    let mut value = open.value;
    if let (Value::Map(entries), Some((key, key_span))) = (&mut value, open.key) {
        entries.push(Entry { key, key_span, value: Node::new(Value::Unknown(String::new()), end..end) });
    }
    // A block ends where its last part does, not where the next token begins.
    let last = match &value {
        Value::List(items) => items.last().map(|item| item.span.end),
        Value::Map(entries) => entries.last().map(|entry| entry.value.span.end),
        _ => None,
    };
    let end = last.map_or(end, |last| end.max(last));
    with_function(open.function, Node::new(value, open.start..end.max(open.start)))
}

fn place(open: &mut [Open], done: &mut Vec<Node>, node: Node) {
    let Some(within) = open.last_mut() else {
        done.push(node);
        return;
    };
    match &mut within.value {
        Value::List(items) => items.push(node),
        Value::Map(entries) => match within.key.take() {
            Some((key, key_span)) => entries.push(Entry { key, key_span, value: node }),
            None => {
                let key = match node.value {
                    Value::Text(text) => text,
                    Value::Plain(plain) => Text::exact(&plain, node.span.start),
                    _ => Text::default(),
                };
                within.key = Some((key, node.span));
            }
        },
        _ => {}
    }
}

/// The long name of a short form.
///
/// AWS: CloudFormation User Guide, "Intrinsic function reference".
fn function(tag: Option<&Tag>) -> Option<String> {
    let tag = tag?;
    if tag.handle() != "!" || tag.suffix().is_empty() {
        return None;
    }
    Some(match tag.suffix() {
        "Ref" | "Condition" => tag.suffix().to_owned(),
        other => format!("Fn::{other}"),
    })
}

fn with_function(function: Option<String>, node: Node) -> Node {
    let Some(name) = function else { return node };
    let span = node.span.clone();
    let key = Text::exact(&name, span.start);
    let entry = Entry { key, key_span: span.start..span.start, value: node };
    Node::new(Value::Map(vec![entry]), span)
}

fn scalar(file: &str, value: &str, range: &Range<usize>, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let plain = style == ScalarStyle::Plain && tag.is_none();
    if plain && matches!(value, "true" | "True" | "TRUE") {
        return Value::Plain("true".to_owned());
    }
    if plain && matches!(value, "false" | "False" | "FALSE") {
        return Value::Plain("false".to_owned());
    }
    if plain && matches!(value, "" | "~" | "null" | "Null" | "NULL") {
        return Value::Plain("null".to_owned());
    }
    if plain && !value.is_empty() && value.len() < 19 && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // An account with zeros in front is one for the tools that read templates of policies.
        if value.len() == 12 || value.starts_with('0') && value.len() > 1 {
            return Value::Text(Text::exact(value, range.start));
        }
        return Value::Plain(value.to_owned());
    }
    Value::Text(aligned(file, value, range, style))
}

/// The letters of a scalar with the places that they come from.
fn aligned(file: &str, value: &str, range: &Range<usize>, style: ScalarStyle) -> Text {
    let mut made = Text::default();
    let end = range.end.min(file.len());
    let mut at = range.start.min(end);
    match style {
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => at += 1,
        // The line of the indicator belongs to no letter.
        ScalarStyle::Literal | ScalarStyle::Folded
            if file.get(at..end).is_some_and(|raw| raw.starts_with(['|', '>'])) =>
        {
            at += file.get(at..end).and_then(|raw| raw.find('\n')).map_or(0, |line| line + 1);
        }
        _ => {}
    }
    let double = style == ScalarStyle::DoubleQuoted;
    for letter in value.chars() {
        let mut bytes = [0; 4];
        let encoded = &*letter.encode_utf8(&mut bytes);
        let raw = file.get(at..end).unwrap_or_default();
        let next = raw.chars().next();
        let length = match next {
            Some('\\') if double => escape_length(raw),
            Some('\'') if style == ScalarStyle::SingleQuoted => 2,
            Some(same) if same == letter => {
                made.push(encoded, at..at + encoded.len(), Kind::Exact);
                at += encoded.len();
                continue;
            }
            _ => {
                // Indents, and line ends that were folded.
                let blank = raw.len() - raw.trim_start_matches([' ', '\t', '\r', '\n']).len();
                let after = raw.get(blank..).unwrap_or_default();
                if !letter.is_whitespace() && after.starts_with(letter) {
                    made.push(encoded, at + blank..at + blank + encoded.len(), Kind::Exact);
                    at += blank + encoded.len();
                    continue;
                }
                if double && !letter.is_whitespace() && after.starts_with('\\') {
                    at += blank;
                    escape_length(after)
                } else if letter.is_whitespace() {
                    blank
                } else {
                    0
                }
            }
        };
        let stop = (at + length).min(end);
        made.push(encoded, at..stop, Kind::Escape);
        at = stop;
    }
    if made.segments.is_empty() {
        made.segments.push(crate::text::Segment { at: 0, length: 0, file: at..at, kind: Kind::Exact });
    }
    made
}

/// How many bytes an escape of a double-quoted scalar takes.
///
/// YAML 1.2.2, section 5.7.
fn escape_length(raw: &str) -> usize {
    let wanted = match raw.chars().nth(1) {
        Some('x') => 4,
        Some('u') => 6,
        Some('U') => 10,
        Some(other) => 1 + other.len_utf8(),
        None => 1,
    };
    let mut length = wanted.min(raw.len());
    while !raw.is_char_boundary(length) {
        length -= 1;
    }
    length
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::node::{Node, Value};

    fn texts<'n>(node: &'n Node, found: &mut Vec<&'n Node>) {
        match &node.value {
            Value::Text(_) => found.push(node),
            Value::List(items) => items.iter().for_each(|item| texts(item, found)),
            Value::Map(entries) => entries.iter().for_each(|entry| texts(&entry.value, found)),
            _ => {}
        }
    }

    #[test]
    fn every_style_finds_its_letters() {
        let file = "é: 1\na: plain x\nb: 'it''s x'\nc: \"q\\\"\\u0078 x\"\nd: |\n  one x\n  two x\ne: >\n  one\n  two x\nf: !Sub \"s x\"\n";
        let (documents, whole) = read(file);
        assert!(whole);
        let mut found = Vec::new();
        texts(&documents[0], &mut found);
        assert_eq!(found.len(), 6);
        for node in found {
            let Value::Text(text) = &node.value else { continue };
            let at = text.text.rfind('x').expect("an x");
            let place = text.file_range(at..at + 1);
            assert_eq!(&file[place], "x", "{text:?}");
        }
        assert_eq!(documents[0].entries()[6].value.entries()[0].key.text, "Fn::Sub");
    }

    #[test]
    fn text_with_a_fault_is_read_up_to_it() {
        let (documents, whole) = read("a:\n  - b\n  - \"c\nd: [");
        assert!(!whole);
        assert_eq!(documents[0].entries()[0].key.text, "a");
    }
}
