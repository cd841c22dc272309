//! YAML as values with places. Tags of functions (`!Sub x`) become maps of their long form (`{"Fn::Sub": x}`).
//!
//! Text that ends in a fault is read up to there. Aliases and merge keys (`<<`) are followed, as long as what they stand for
//! is not too much; its places are those where it is written.

use std::collections::{HashMap, HashSet};
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
    anchor: usize,
}

/// The documents of a text, as far as they can be read; whether all of it could.
pub(crate) fn read(text: &str) -> (Vec<Node>, bool) {
    let mut open: Vec<Open> = Vec::new();
    let mut done = Vec::new();
    let mut values = 0;
    let mut anchors = Anchors::default();
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
            Event::Scalar(value, style, anchor, tag) => {
                let node = Node::new(scalar(text, &value, &range, style, tag.as_deref()), range.clone());
                let node = with_function(function(tag.as_deref()), node);
                anchors.keep(anchor, &node);
                node
            }
            Event::SequenceStart(_, anchor, tag) => {
                let function = function(tag.as_deref());
                open.push(Open {
                    function,
                    start: range.start,
                    value: Value::List(Vec::new()),
                    key: None,
                    anchor,
                });
                continue;
            }
            Event::MappingStart(_, anchor, tag) => {
                let function = function(tag.as_deref());
                open.push(Open {
                    function,
                    start: range.start,
                    value: Value::Map(Vec::new()),
                    key: None,
                    anchor,
                });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(closed) = open.pop() else { continue };
                let anchor = closed.anchor;
                let node = close(closed, range.end.min(text.len()));
                anchors.keep(anchor, &node);
                node
            }
            Event::Alias(anchor) => {
                let unknown = || Node::new(Value::Unknown(format!("alias {anchor}")), range.clone());
                anchors.meant(anchor, open.len()).unwrap_or_else(unknown)
            }
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

/// What aliases may add to a text: each of a few letters can stand for all before it.
const MOST_COPIED: usize = 100_000;

/// What aliases stand for, with its size and depth.
#[derive(Default)]
struct Anchors {
    kept: HashMap<usize, (Node, usize, usize)>,
    copied: usize,
}

impl Anchors {
    /// Takes note of what an anchor (0: none) stands before, unless there is too much.
    fn keep(&mut self, anchor: usize, node: &Node) {
        if anchor == 0 || self.copied > MOST_COPIED {
            return;
        }
        let size = size(node);
        self.copied += size;
        if self.copied <= MOST_COPIED {
            self.kept.insert(anchor, (node.clone(), size, depth(node)));
        }
    }

    fn meant(&mut self, anchor: usize, within: usize) -> Option<Node> {
        let (node, size, depth) = self.kept.get(&anchor)?;
        if self.copied + size > MOST_COPIED || within + depth > DEEPEST {
            return None;
        }
        self.copied += size;
        Some(written_elsewhere(node.clone()))
    }
}

/// How much a copy takes: its values, their letters and the places of those.
fn size(node: &Node) -> usize {
    let letters = |text: &Text| text.text.len() / 32 + text.segments.len();
    1 + match &node.value {
        Value::Text(text) => letters(text),
        Value::List(items) => items.iter().map(size).sum(),
        Value::Map(entries) => entries.iter().map(|entry| letters(&entry.key) + size(&entry.value)).sum(),
        _ => 0,
    }
}

fn depth(node: &Node) -> usize {
    1 + match &node.value {
        Value::List(items) => items.iter().map(depth).max().unwrap_or(0),
        Value::Map(entries) => entries.iter().map(|entry| depth(&entry.value)).max().unwrap_or(0),
        _ => 0,
    }
}

/// What an alias stands for. Its letters are others' too: they are not for changing here.
fn written_elsewhere(mut node: Node) -> Node {
    fn mark(text: &mut Text) {
        for segment in &mut text.segments {
            if segment.kind == Kind::Exact {
                segment.kind = Kind::Escape;
            }
        }
    }
    match &mut node.value {
        Value::Text(text) => mark(text),
        Value::List(items) => {
            *items = std::mem::take(items).into_iter().map(written_elsewhere).collect();
        }
        Value::Map(entries) => {
            for entry in entries {
                mark(&mut entry.key);
                let nothing = Node::new(Value::Unknown(String::new()), entry.value.span.clone());
                entry.value = written_elsewhere(std::mem::replace(&mut entry.value, nothing));
            }
        }
        Value::Plain(_) | Value::Unknown(_) => {}
    }
    node
}

/// The members of a map with those of its merge keys, which give way to its own, and of which the first one counts.
///
/// YAML: "Merge Key Language-Independent Type for YAML Version 1.1" (yaml.org/type/merge.html).
fn merged(entries: Vec<Entry>) -> Vec<Entry> {
    if !entries.iter().any(|entry| entry.key.text == "<<") {
        return entries;
    }
    let own: HashSet<String> = entries.iter().map(|entry| entry.key.text.clone()).collect();
    let mut taken = own;
    let mut made = Vec::new();
    for entry in entries {
        if entry.key.text != "<<" {
            made.push(entry);
            continue;
        }
        let span = entry.key_span.clone();
        let sources = match entry.value.value {
            Value::List(items) => items,
            other => vec![Node::new(other, entry.value.span)],
        };
        for source in sources {
            match source.value {
                Value::Map(more) if !more.iter().any(|entry| is_function(&entry.key.text)) => {
                    made.extend(more.into_iter().filter(|entry| taken.insert(entry.key.text.clone())));
                }
                // Members that are not known.
                other => {
                    let mut key = Text::default();
                    key.push_hole("<<", span.clone());
                    made.push(Entry { key, key_span: span.clone(), value: Node::new(other, source.span) });
                }
            }
        }
    }
    made
}

fn close(open: Open, end: usize) -> Node {
    let mut value = open.value;
    if let (Value::Map(entries), Some((key, key_span))) = (&mut value, open.key) {
        entries.push(Entry { key, key_span, value: Node::new(Value::Unknown(String::new()), end..end) });
    }
    if let Value::Map(entries) = &mut value {
        *entries = merged(std::mem::take(entries));
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
                    // What a function comes to.
                    _ => {
                        let mut key = Text::default();
                        key.push_hole(&format!("key {}", node.span.start), node.span.clone());
                        key
                    }
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

fn is_function(key: &str) -> bool {
    key.starts_with("Fn::") || key == "Ref"
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
    fn aliases_and_merge_keys_stand_for_what_is_written_elsewhere() {
        let file = "b: &b {x: 1, y: 2}\nc: &c {y: 3, z: 4}\nd: {<<: [*b, *c], y: 5}\ne: {<<: *b}\nf: *c\ng: {<<: !Ref x, y: 1}\nh: &h [*h]\n";
        let (documents, whole) = read(file);
        assert!(whole);
        let members = |at: &str| {
            let node = documents[0].get(at).expect("it is there");
            let one = |entry: &crate::node::Entry| match &entry.value.value {
                Value::Plain(plain) => format!("{}={plain}", entry.key.text),
                _ => "?".to_owned(),
            };
            node.entries().iter().map(one).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(members("d"), "x=1 z=4 y=5");
        assert_eq!(members("e"), "x=1 y=2");
        assert_eq!(members("f"), "y=3 z=4");
        assert_eq!(members("g"), "? y=1");
        assert!(documents[0].get("g").expect("it is there").has_holes());
        assert!(documents[0].get("h").expect("it is there").has_holes());
    }

    #[test]
    fn keys_that_are_functions_are_unknown_and_none_is_like_another() {
        let (documents, _) = read("!Sub '${X}:aud': a\n? !Sub '${X}:sub'\n: b\n");
        let [one, other] = documents[0].entries() else { panic!("two members") };
        assert!(one.key.has_holes() && other.key.has_holes() && !one.key.is_same(&other.key));
    }

    #[test]
    fn what_aliases_stand_for_is_bounded() {
        let mut file = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for at in 1..40 {
            let ten = vec![format!("*a{}", at - 1); 10].join(", ");
            file.push_str(&format!("a{at}: &a{at} [{ten}]\n"));
        }
        let (documents, whole) = read(&file);
        assert!(whole && super::size(&documents[0]) < 3 * super::MOST_COPIED);
        let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 16), vec!["*a"; 10_000].join(", "));
        assert!(super::size(&read(&long).0[0]) < 3 * super::MOST_COPIED);
    }

    #[test]
    fn text_with_a_fault_is_read_up_to_it() {
        let (documents, whole) = read("a:\n  - b\n  - \"c\nd: [");
        assert!(!whole);
        assert_eq!(documents[0].entries()[0].key.text, "a");
    }
}
