//! The text of a template, JSON or YAML, as values. The short forms of intrinsic functions (`!Ref x`) become the long
//! ones (`{"Ref": x}`).
//!
//! Nobody's text can hurt the reader: it builds without recursion, nesting and the number of values are bounded, and what
//! an anchor stands for is counted each time that it is named.
//!
//! AWS: CloudFormation User Guide, "Intrinsic function reference"; "CloudFormation template formats".

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, Tag};

use super::value::Value;

/// A template of the largest size that AWS takes (1 MB) has fewer.
const MOST_VALUES: usize = 1_000_000;
const DEEPEST: usize = 100;

/// The values, and the lines on which the fields of the fields of the whole start.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) value: Value,
    /// By the name of the section and the name in it, from 1.
    pub(super) lines: HashMap<(String, String), u64>,
}

/// Why a text cannot be read, and on which line and column.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) why: String,
    pub(super) line: u64,
    pub(super) column: u64,
}

/// A list or map that is not at its end.
struct Open {
    function: Option<String>,
    anchor: usize,
    kind: Kind,
}

enum Kind {
    List(Vec<Value>),
    Map(Vec<(String, Value)>, Option<String>),
}

/// Reads the first document of a text.
pub(super) fn read(text: &str) -> Result<Read, Fault> {
    let mut open: Vec<Open> = Vec::new();
    let mut anchors: HashMap<usize, (Value, usize)> = HashMap::new();
    let mut lines = HashMap::new();
    let mut values = 0_usize;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let at = error.marker();
            Fault { why: error.info(), line: at.line() as u64, column: at.col() as u64 + 1 }
        })?;
        let (line, column) = (span.start.line() as u64, span.start.col() as u64 + 1);
        let fault = |why: &str| Fault { why: why.to_owned(), line, column };
        values += 1;
        let mut done = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let scalar = scalar(&text, style, tag.as_deref());
                let value = with_function(function(tag.as_deref()), scalar);
                if anchor != 0 {
                    anchors.insert(anchor, (value.clone(), 1));
                }
                value
            }
            Event::SequenceStart(_, anchor, tag) => {
                open.push(Open { function: function(tag.as_deref()), anchor, kind: Kind::List(Vec::new()) });
                if open.len() > DEEPEST {
                    return Err(fault("this is nested deeper than any template"));
                }
                continue;
            }
            Event::MappingStart(_, anchor, tag) => {
                let kind = Kind::Map(Vec::new(), None);
                open.push(Open { function: function(tag.as_deref()), anchor, kind });
                if open.len() > DEEPEST {
                    return Err(fault("this is nested deeper than any template"));
                }
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { function, anchor, kind }) = open.pop() else { continue };
                let value = match kind {
                    Kind::List(list) => Value::List(list),
                    Kind::Map(fields, _) => Value::Map(fields),
                };
                let value = with_function(function, value);
                if anchor != 0 {
                    let size = size(&value);
                    anchors.insert(anchor, (value.clone(), size));
                }
                value
            }
            Event::Alias(anchor) => {
                let Some((value, size)) = anchors.get(&anchor) else {
                    return Err(fault("this stands for something that it is part of"));
                };
                values = values.saturating_add(*size);
                if values > MOST_VALUES {
                    return Err(fault("this holds more values than any template"));
                }
                value.clone()
            }
            Event::DocumentEnd => break,
            _ => continue,
        };
        if values > MOST_VALUES {
            return Err(fault("this holds more values than any template"));
        }
        let within = match open.as_slice() {
            [Open { kind: Kind::Map(_, Some(section)), .. }, Open { kind: Kind::Map(_, None), .. }] => {
                Some(section.clone())
            }
            _ => None,
        };
        match open.last_mut().map(|open| &mut open.kind) {
            None => return Ok(Read { value: done, lines }),
            Some(Kind::List(list)) => list.push(done),
            Some(Kind::Map(fields, key)) => match key.take() {
                Some(key) => fields.push((key, done)),
                None => {
                    let name = match &mut done {
                        Value::Text(text) | Value::Number(text) => std::mem::take(text),
                        Value::Bool(truth) => truth.to_string(),
                        _ => return Err(fault("the name of a field is no text")),
                    };
                    if let Some(section) = within {
                        lines.entry((section, name.clone())).or_insert(line);
                    }
                    *key = Some(name);
                }
            },
        }
    }
    Err(Fault { why: "there is nothing in it".to_owned(), line: 1, column: 1 })
}

fn size(value: &Value) -> usize {
    1 + match value {
        Value::List(list) => list.iter().map(size).sum(),
        Value::Map(fields) => fields.iter().map(|(_, value)| size(value)).sum(),
        _ => 0,
    }
}

/// The long name of a short form.
fn function(tag: Option<&Tag>) -> Option<String> {
    let tag = tag.filter(|tag| tag.handle() == "!")?;
    Some(match tag.suffix() {
        name @ ("Ref" | "Condition") => name.to_owned(),
        name => format!("Fn::{name}"),
    })
}

fn with_function(function: Option<String>, value: Value) -> Value {
    let Some(function) = function else { return value };
    let value = match (&*function, value) {
        // `!GetAtt Thing.Arn`
        ("Fn::GetAtt", Value::Text(text)) => {
            let (thing, attribute) = text.split_once('.').unwrap_or((&text, ""));
            Value::List(vec![Value::Text(thing.to_owned()), Value::Text(attribute.to_owned())])
        }
        (_, value) => value,
    };
    Value::Map(vec![(function, value)])
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let is_text =
        style != ScalarStyle::Plain || tag.is_some_and(|tag| tag.suffix() == "str" || tag.handle() == "!");
    if is_text {
        return Value::Text(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        // Account ids that somebody left without quotes are longer than numbers in policies.
        _ if text.len() < 12 && serde_json::from_str::<serde_json::Number>(text).is_ok() => {
            Value::Number(text.to_owned())
        }
        _ => Value::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Value, read};

    fn json(text: &str) -> String {
        read(text).map_or_else(|fault| fault.why, |read| read.value.to_json().to_string())
    }

    #[test]
    fn short_forms_are_the_long_ones() {
        for (short, long) in [
            ("!Ref Bucket", r#"{"Ref":"Bucket"}"#),
            ("!GetAtt Role.Arn", r#"{"Fn::GetAtt":["Role","Arn"]}"#),
            ("!Sub 'arn:${AWS::Partition}'", r#"{"Fn::Sub":"arn:${AWS::Partition}"}"#),
            ("!Join ['', [a, !Ref B]]", r#"{"Fn::Join":["",["a",{"Ref":"B"}]]}"#),
            ("!If [IsProd, a, !Ref 'AWS::NoValue']", r#"{"Fn::If":["IsProd","a",{"Ref":"AWS::NoValue"}]}"#),
            ("!Equals\n  - a\n  - 'true'", r#"{"Fn::Equals":["a","true"]}"#),
            ("Version: 2012-10-17", r#"{"Version":"2012-10-17"}"#),
            ("a: &x [1, true]\nb: *x", r#"{"a":[1,true],"b":[1,true]}"#),
            ("Id: 012345678901", r#"{"Id":"012345678901"}"#),
        ] {
            assert_eq!(json(short), long, "{short}");
        }
    }

    #[test]
    fn lines_are_those_of_the_things_in_a_section() {
        let read = read("Description: x\nResources:\n  A:\n    Type: T\n\n  B: {Type: T}\n").unwrap();
        let line = |name: &str| read.lines.get(&("Resources".to_owned(), name.to_owned())).copied();
        assert_eq!((line("A"), line("B"), line("Type")), (Some(3), Some(6), None));
    }

    #[test]
    fn what_would_fill_the_memory_is_refused() {
        let mut bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
        for (from, to) in ["a", "b", "c", "d", "e", "f", "g"].iter().zip(["b", "c", "d", "e", "f", "g", "h"])
        {
            bomb.push_str(&format!("{to}: &{to} [{}]\n", format!("*{from},").repeat(10)));
        }
        assert!(read(&bomb).unwrap_err().why.contains("more values"));
        assert!(read(&"[".repeat(200)).is_err());
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        assert!(read(&deep).unwrap_err().why.contains("nested"));
        assert!(matches!(read("a: 1").unwrap().value, Value::Map(_)));
    }
}
