//! HCL, the language of Terraform, as far as policies need it: blocks, attributes, and expressions that are values.
//! Every other expression is unknown, with its text.
//!
//! Read with tolerance: a fault takes its line, and reading goes on. Every step takes a letter, and nesting is bounded.
//!
//! HashiCorp: "HCL Native Syntax Specification" (hashicorp/hcl, hclsyntax/spec.md).

use std::ops::Range;

use crate::node::{DEEPEST, Entry, Node, Value};
use crate::text::{Kind, Segment, Text};

/// The content of a file or block.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Body {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) blocks: Vec<Block>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) name_span: Range<usize>,
    pub(crate) value: Node,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) name: String,
    pub(crate) name_span: Range<usize>,
    pub(crate) labels: Vec<String>,
    pub(crate) body: Body,
    pub(crate) span: Range<usize>,
}

impl Body {
    pub(crate) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

/// What a file holds, as far as it can be read; whether all of it could.
pub(crate) fn read(text: &str) -> (Body, bool) {
    let mut reader = Reader { text, at: 0, sound: true, looks_ahead: true };
    if text.starts_with('\u{feff}') {
        reader.at = '\u{feff}'.len_utf8();
    }
    let body = reader.body(0);
    (body, reader.sound)
}

/// A template that stands in a string of another language: its interpolations are unknown.
pub(crate) fn template(text: &Text) -> Value {
    let mut reader = Reader { text: &text.text, at: 0, sound: true, looks_ahead: true };
    let mut made = Text::default();
    let mut from = 0;
    while let Some(found) = reader.rest().find(['$', '%']) {
        let start = reader.at + found;
        reader.at = start;
        let mut marked = Text::default();
        reader.marked(reader.rest(), 0, &mut marked);
        let file = text.file_range(start..reader.at);
        let Some(segment) = marked.segments.first().filter(|segment| segment.kind != Kind::Exact) else {
            continue;
        };
        made.append(&text.slice(from..start));
        match &segment.kind {
            Kind::Hole(what) => made.push_hole(what, file),
            _ => made.push(&marked.text, file, Kind::Escape),
        }
        from = reader.at;
    }
    made.append(&text.slice(from..text.text.len()));
    // An empty text keeps its place.
    if made.segments.is_empty() {
        return Value::Text(text.clone());
    }
    unwrapped(made)
}

/// A template that is nothing but one interpolation is what that is.
fn unwrapped(text: Text) -> Value {
    match text.segments.as_slice() {
        [Segment { kind: Kind::Hole(what), .. }] => Value::Unknown(what.clone()),
        _ => Value::Text(text),
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    sound: bool,
    /// Has every interpolation been closed that went on over its line? Another one is not worth a look at all the rest.
    looks_ahead: bool,
}

fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '-'
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn step(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    fn slice(&self, range: Range<usize>) -> &'t str {
        self.text.get(range).unwrap_or_default()
    }

    /// White space and comments; line ends only if `lines`.
    fn space(&mut self, lines: bool) {
        loop {
            let rest = self.rest();
            let blanks: &[char] = if lines { &[' ', '\t', '\r', '\n'] } else { &[' ', '\t', '\r'] };
            self.at += rest.len() - rest.trim_start_matches(blanks).len();
            let rest = self.rest();
            if rest.starts_with('#') || rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
                if !lines {
                    return;
                }
            } else if rest.starts_with("/*") {
                self.at += rest.find("*/").map_or(rest.len(), |end| end + 2);
            } else {
                return;
            }
        }
    }

    fn name(&mut self) -> &'t str {
        let rest = self.rest();
        let length = rest.find(|letter| !is_name(letter)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn skip_line(&mut self) {
        let rest = self.rest();
        self.at += rest.find('\n').unwrap_or(rest.len());
    }

    /// Up to the `}` that ends it, or the end of the file.
    fn body(&mut self, depth: usize) -> Body {
        let mut body = Body::default();
        loop {
            self.space(true);
            match self.peek() {
                None => {
                    self.sound &= depth == 0;
                    return body;
                }
                Some('}') => {
                    self.step();
                    if depth > 0 {
                        return body;
                    }
                    self.sound = false;
                }
                Some(letter) if is_name(letter) => self.item(depth, &mut body),
                Some(_) => {
                    self.sound = false;
                    self.step();
                }
            }
        }
    }

    /// An attribute or a block.
    fn item(&mut self, depth: usize, body: &mut Body) {
        let start = self.at;
        let name = self.name().to_owned();
        let name_span = start..self.at;
        self.space(false);
        let rest = self.rest();
        if rest.starts_with('=') && !rest.starts_with("==") {
            self.step();
            self.space(false);
            let value = self.expression(depth + 1, false);
            body.attributes.push(Attribute { name, name_span, value });
            return;
        }
        let mut labels = Vec::new();
        loop {
            self.space(false);
            match self.peek() {
                Some('"') => {
                    let label = self.quoted(depth + 1);
                    labels.push(label.text);
                }
                Some('{') => {
                    self.step();
                    if depth >= DEEPEST {
                        self.sound = false;
                        self.at = self.text.len();
                        return;
                    }
                    let inner = self.body(depth + 1);
                    body.blocks.push(Block { name, name_span, labels, body: inner, span: start..self.at });
                    return;
                }
                Some(letter) if is_name(letter) => labels.push(self.name().to_owned()),
                _ => {
                    self.sound = false;
                    self.skip_line();
                    return;
                }
            }
        }
    }

    /// An expression. Inside of brackets it goes on over line ends.
    fn expression(&mut self, depth: usize, bracketed: bool) -> Node {
        let start = self.at;
        let value = self.term(depth);
        let end = self.at;
        // What follows a value, and makes another of it: an operator, an index, an attribute.
        self.space(bracketed);
        let rest = self.rest();
        let goes_on = !rest.is_empty()
            && !rest.starts_with([',', '}', ']', ')', '\n', '#'])
            && !rest.starts_with("//")
            && !rest.starts_with("/*")
            && (!rest.starts_with('=') || rest.starts_with("=="))
            && !rest.starts_with(':');
        match value {
            Some(value) if !goes_on => {
                if !bracketed {
                    self.at = end;
                }
                Node::new(value, start..end)
            }
            _ => {
                self.skip_expression(bracketed);
                let text = self.slice(start..self.at).trim_end();
                // A value that is yet to be written.
                self.sound &= !text.is_empty();
                let end = start + text.len();
                Node::new(Value::Unknown(text.to_owned()), start..end)
            }
        }
    }

    /// To the end of an expression: over what is in brackets and quotes.
    fn skip_expression(&mut self, bracketed: bool) {
        let mut open = 0_usize;
        while let Some(letter) = self.peek() {
            match letter {
                '"' => {
                    self.quoted(DEEPEST - 2);
                    continue;
                }
                '<' if self.rest().starts_with("<<") && self.heredoc(DEEPEST - 2).is_some() => continue,
                '(' | '[' | '{' => open += 1,
                ')' | ']' | '}' if open == 0 => return,
                ')' | ']' | '}' => open -= 1,
                ',' if open == 0 => return,
                '\n' if open == 0 && !bracketed => return,
                '#' => {
                    self.skip_line();
                    continue;
                }
                _ => {}
            }
            self.step();
        }
        self.sound &= open == 0;
    }

    /// A value that is spelled out, or a call of a function that stands for one.
    fn term(&mut self, depth: usize) -> Option<Value> {
        if depth >= DEEPEST {
            return None;
        }
        match self.peek()? {
            '"' => Some(unwrapped(self.quoted(depth + 1))),
            '<' if self.rest().starts_with("<<") => self.heredoc(depth + 1).map(Value::Text),
            '[' => self.list(depth + 1),
            '{' => self.object(depth + 1),
            letter if letter.is_ascii_digit() => {
                let start = self.at;
                while self.peek().is_some_and(|letter| letter.is_ascii_digit() || letter == '.') {
                    self.step();
                }
                Some(Value::Plain(self.slice(start..self.at).to_owned()))
            }
            letter if is_name(letter) => {
                let name = self.name();
                match name {
                    "true" | "false" | "null" => return Some(Value::Plain(name.to_owned())),
                    _ => {}
                }
                if self.peek() != Some('(') {
                    return None;
                }
                self.call(name, depth + 1)
            }
            _ => None,
        }
    }

    /// A function that gives what it is given, perhaps as text. Of others nothing is known.
    fn call(&mut self, name: &str, depth: usize) -> Option<Value> {
        let start = self.at;
        self.step();
        let mut arguments = Vec::new();
        loop {
            self.space(true);
            match self.peek() {
                Some(')') => {
                    self.step();
                    break;
                }
                Some(',') => self.step(),
                None | Some(']' | '}') => {
                    self.sound = false;
                    break;
                }
                Some(_) => {
                    let before = self.at;
                    arguments.push(self.expression(depth, true));
                    if self.at == before {
                        self.step();
                    }
                }
            }
        }
        let whole = start..self.at;
        match name {
            "jsonencode" | "tolist" | "toset" | "sensitive" | "nonsensitive" | "trimspace" | "chomp"
            | "distinct" | "compact" | "flatten"
                if arguments.len() == 1 =>
            {
                Some(arguments.remove(0).value)
            }
            "concat" => {
                let mut items = Vec::new();
                for argument in arguments {
                    match argument.value {
                        Value::List(inner) => items.extend(inner),
                        _ => items.push(Node::new(
                            Value::Unknown(self.slice(argument.span.clone()).to_owned()),
                            argument.span,
                        )),
                    }
                }
                Some(Value::List(items))
            }
            _ => Some(Value::Unknown(format!("{name}{}", self.slice(whole)))),
        }
    }

    fn list(&mut self, depth: usize) -> Option<Value> {
        self.step();
        if self.is_for() {
            self.skip_bracket(']');
            return None;
        }
        let mut items = Vec::new();
        loop {
            self.space(true);
            match self.peek() {
                Some(']') => {
                    self.step();
                    break;
                }
                Some(',') => self.step(),
                None | Some('}' | ')') => {
                    self.sound = false;
                    break;
                }
                Some(_) => {
                    let before = self.at;
                    items.push(self.expression(depth, true));
                    if self.at == before {
                        self.step();
                    }
                }
            }
        }
        Some(Value::List(items))
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        self.step();
        if self.is_for() {
            self.skip_bracket('}');
            return None;
        }
        let mut entries = Vec::new();
        loop {
            self.space(true);
            let start = self.at;
            let key = match self.peek() {
                Some('}') => {
                    self.step();
                    break;
                }
                None | Some(']' | ')') => {
                    self.sound = false;
                    break;
                }
                Some('"') => self.quoted(depth + 1),
                Some('(') => {
                    self.step();
                    let inner = self.at;
                    self.skip_expression(true);
                    let mut key = Text::default();
                    key.push_hole(self.slice(inner..self.at), inner..self.at);
                    if self.peek() == Some(')') {
                        self.step();
                    }
                    key
                }
                Some(letter) if is_name(letter) => {
                    let name = self.name();
                    Text::exact(name, start)
                }
                Some(letter) => {
                    self.sound &= letter == ',';
                    self.step();
                    continue;
                }
            };
            let key_span = start..self.at;
            self.space(false);
            let value = if matches!(self.peek(), Some('=' | ':')) {
                self.step();
                self.space(false);
                if self.peek().is_none_or(|letter| matches!(letter, '\n' | ',' | '}')) {
                    Node::new(Value::Unknown(String::new()), self.at..self.at)
                } else {
                    // Items end with their line.
                    self.expression(depth, false)
                }
            } else {
                Node::new(Value::Unknown(String::new()), self.at..self.at)
            };
            entries.push(Entry { key, key_span, value });
        }
        Some(Value::Map(entries))
    }

    fn is_for(&mut self) -> bool {
        self.space(true);
        let rest = self.rest();
        rest.strip_prefix("for").is_some_and(|rest| rest.starts_with([' ', '\t', '\n']))
    }

    fn skip_bracket(&mut self, close: char) {
        loop {
            self.skip_expression(true);
            match self.peek() {
                None => {
                    self.sound = false;
                    return;
                }
                Some(letter) => {
                    self.step();
                    if letter == close {
                        return;
                    }
                }
            }
        }
    }

    /// A template in quotes. One that is not closed ends with its line.
    fn quoted(&mut self, depth: usize) -> Text {
        let mut made = Text::default();
        self.step();
        let from = self.at;
        loop {
            let start = self.at;
            let rest = self.rest();
            match self.peek() {
                None | Some('\n') => {
                    self.sound = false;
                    break;
                }
                Some('"') => {
                    self.step();
                    break;
                }
                Some('\\') => {
                    self.step();
                    let decoded = self.escape();
                    made.push(decoded.encode_utf8(&mut [0; 4]), start..self.at, Kind::Escape);
                }
                Some('$' | '%') => self.marked(rest, depth, &mut made),
                Some(letter) => {
                    self.step();
                    made.push(letter.encode_utf8(&mut [0; 4]), start..self.at, Kind::Exact);
                }
            }
        }
        if made.segments.is_empty() {
            made.segments.push(Segment { at: 0, length: 0, file: from..from, kind: Kind::Exact });
        }
        made
    }

    fn escape(&mut self) -> char {
        let letter = self.peek().unwrap_or('\\');
        self.step();
        let digits = match letter {
            'n' => return '\n',
            'r' => return '\r',
            't' => return '\t',
            'u' => 4,
            'U' => 8,
            other => return other,
        };
        let Some(hex) = self.rest().get(..digits) else { return '\u{fffd}' };
        let decoded = u32::from_str_radix(hex, 16).ok().and_then(char::from_u32);
        if decoded.is_some() {
            self.at += digits;
        }
        decoded.unwrap_or('\u{fffd}')
    }

    /// `${…}` and `%{…}`, or a sign that stands for itself.
    fn marked(&mut self, rest: &str, depth: usize, made: &mut Text) {
        let start = self.at;
        if rest.starts_with("$${") || rest.starts_with("%%{") {
            self.at += 3;
            let text = rest.get(1..3).unwrap_or_default();
            made.push(text, start..self.at, Kind::Escape);
        } else if rest.starts_with("${") || rest.starts_with("%{") {
            self.at += 2;
            if depth >= DEEPEST {
                self.sound = false;
                self.skip_line();
            } else {
                self.interpolation();
            }
            let inside = self.slice(start + 2..self.at);
            let inside = inside.strip_suffix('}').unwrap_or(inside);
            made.push_hole(inside.trim().trim_matches('~').trim(), start..self.at);
        } else {
            self.step();
            made.push(self.slice(start..self.at), start..self.at, Kind::Exact);
        }
    }

    /// Over the rest of an interpolation and its `}`; of one that is not closed, to the end of its line.
    fn interpolation(&mut self) {
        let start = self.at;
        if self.skip_interpolation(false) {
            return;
        }
        if self.looks_ahead {
            self.at = start;
            if self.skip_interpolation(true) {
                return;
            }
            self.looks_ahead = false;
        }
        self.sound = false;
        self.at = start;
        self.skip_line();
    }

    /// `true`: it is closed, on its line unless it may go over `lines`.
    fn skip_interpolation(&mut self, lines: bool) -> bool {
        let mut open = 0_usize;
        // Quotes in it may hold interpolations: a stack without recursion.
        let mut quotes: Vec<usize> = Vec::new();
        while let Some(letter) = self.peek() {
            let in_quotes = quotes.last() == Some(&open);
            match letter {
                '\n' if !lines => return false,
                '\\' if in_quotes => self.step(),
                '"' if in_quotes => {
                    quotes.pop();
                }
                '"' => quotes.push(open),
                '$' | '%' if in_quotes && self.rest().get(1..2) == Some("{") => {
                    self.step();
                    open += 1;
                }
                '{' if !in_quotes => open += 1,
                '}' if !in_quotes && open == 0 => {
                    self.step();
                    return true;
                }
                '}' if !in_quotes => open -= 1,
                _ => {}
            }
            self.step();
        }
        false
    }

    /// `<<EOF` up to the line that holds `EOF` alone; `<<-EOF` without the indent that its lines share. `None`: it is none.
    fn heredoc(&mut self, depth: usize) -> Option<Text> {
        let rest = self.rest();
        let flush = rest.starts_with("<<-");
        let after = rest.get(if flush { 3 } else { 2 }..)?;
        let length = after.find(|letter| !is_name(letter)).unwrap_or(after.len());
        let end_mark = after.get(..length)?;
        if end_mark.is_empty() {
            return None;
        }
        self.skip_line();
        self.step();
        let first = self.at;
        let mut lines = Vec::new();
        loop {
            let rest = self.rest();
            if rest.is_empty() {
                self.sound = false;
                break;
            }
            let length = rest.find('\n').map_or(rest.len(), |line| line + 1);
            let line = rest.get(..length).unwrap_or_default();
            if line.trim() == end_mark {
                // The line end stays: it ends the attribute.
                self.at += line.trim_end().len();
                break;
            }
            lines.push(self.at..self.at + length);
            self.at += length;
        }
        let blank = |range: &Range<usize>| {
            let line = self.slice(range.clone());
            line.len() - line.trim_start_matches([' ', '\t']).len()
        };
        let shared =
            lines.iter().filter(|range| !self.slice((*range).clone()).trim().is_empty()).map(blank).min();
        let indent = if flush { shared.unwrap_or(0) } else { 0 };
        let mut made = Text::default();
        let end = lines.last().map_or(first, |line| line.end);
        let text = self.text.get(..end).unwrap_or_default();
        let mut inner = Reader { text, at: first, sound: true, looks_ahead: true };
        for line in lines {
            let cut = indent.min(line.len().saturating_sub(1));
            // An interpolation may go on over lines.
            inner.at = inner.at.max(line.start + cut);
            while let Some(letter) = inner.peek() {
                let start = inner.at;
                if start >= line.end {
                    break;
                }
                if letter == '$' || letter == '%' {
                    inner.marked(inner.rest(), depth, &mut made);
                } else {
                    inner.step();
                    made.push(letter.encode_utf8(&mut [0; 4]), start..inner.at, Kind::Exact);
                }
            }
        }
        self.sound &= inner.sound;
        if made.segments.is_empty() {
            made.segments.push(Segment { at: 0, length: 0, file: first..first, kind: Kind::Exact });
        }
        Some(made)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::read;
    use crate::node::Value;

    #[test]
    fn values_are_read_and_the_rest_is_unknown() {
        let file = "resource \"aws_iam_policy\" \"p\" {\n  name = \"x-${var.a[\"b\"]}\" # c\n  policy = jsonencode({\n    Version = \"2012-10-17\"\n    Statement = [for s in var.s : s]\n    \"A\" : [1, true, local.z, \"y\",]\n    B = var.x ? \"a\" : \"b\"\n    C = \"$${aws:username}\"\n  })\n  doc = <<-EOF\n    {\"a\":\n      ${jsonencode(x)}}\n    EOF\n  last = file(\"p.json\")\n}\n";
        let (body, sound) = read(file);
        assert!(sound);
        let block = &body.blocks[0];
        assert_eq!(block.labels, ["aws_iam_policy", "p"]);
        let names: Vec<_> = block.body.attributes.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["name", "policy", "doc", "last"]);
        let policy = &block.body.attributes[1].value;
        let keys: Vec<_> = policy.entries().iter().map(|it| it.key.text.as_str()).collect();
        assert_eq!(keys, ["Version", "Statement", "A", "B", "C"]);
        assert!(matches!(policy.entries()[1].value.value, Value::Unknown(_)));
        assert_eq!(policy.entries()[3].value.value, Value::Unknown("var.x ? \"a\" : \"b\"".to_owned()));
        assert_eq!(policy.entries()[4].value.as_str(), Some("${aws:username}"));
        let Value::Text(doc) = &block.body.attributes[2].value.value else { panic!("a text") };
        assert_eq!(doc.text, "{\"a\":\n  \u{fffc}}\n");
        assert_eq!(block.body.attributes[3].value.value, Value::Unknown("file(\"p.json\")".to_owned()));
    }

    #[test]
    fn faults_are_noticed_and_nothing_else_is() {
        for (file, wanted) in [
            ("a {\n  b = 1\n}\n", true),
            ("a {\n  b = 1\n\nc \"d\" {\n}\n", false),
            ("a {\n}\n}\n", false),
            ("v {\n  d = \"a\n}\n", false),
            ("l { s = <<E\n EX\n}\nd {\n}\n", false),
            ("l {\n  s = <<E\n x\nE\n}\n", true),
            ("l {\n  s = f([1, 2)\n}\n", false),
            ("l {\n  s = \"${a\"\n}\n", false),
            (
                "l {\n  s = \"${f(\n  1\n)}\"\n  t = !v.x || -1 > 2 ? [for a in b : a...] : {for k, v in m : k => v if v}\n}\n",
                true,
            ),
            (
                "l {\n  s = a.b[*].c\n  t = {\n    (x) = 1, \"y\": 2 # c\n    z = f(a...)\n    w = x == 1 ? \"a\" : \"b\"\n  }\n}\n",
                true,
            ),
            (
                "terraform {\n  required_providers {\n    aws = { source = \"a/b\", version = \"~> 5\" }\n  }\n}\n/* c */\n// d\nx {}\n",
                true,
            ),
            (
                "l {\n  s = f(<<-E\n    x ${a} %{ if b }y%{ endif }\n    E\n  , 2)\n  t = (\n    a\n    && b\n  )\n}\n",
                true,
            ),
            ("l {\n  s =\n}\n", false),
        ] {
            assert_eq!(read(file).1, wanted, "{file}");
        }
    }

    #[test]
    fn interpolations_go_on_over_lines() {
        let file = "a {\n  d = <<E\n{\"x\": ${f([\n  \"}\"\n])}}\nlast\nE\n  e = 1\n}\n";
        let (body, sound) = read(file);
        assert!(sound);
        let Value::Text(doc) = &body.blocks[0].body.attributes[0].value.value else { panic!("a text") };
        assert_eq!(doc.text, "{\"x\": \u{fffc}}\nlast\n");
        assert_eq!(body.blocks[0].body.attributes[1].name, "e");
    }

    proptest! {
        #[test]
        fn nothing_stops_the_reader(text in "[a{}\\[\\]\"$%<=\n E,#:()/*-]{0,80}") {
            read(&text);
        }
    }
}
