//! The functions of CloudFormation, as far as they are text: `Fn::Sub` and `Fn::Join`. What the others come to is unknown.
//!
//! AWS: CloudFormation User Guide, "Intrinsic function reference"; "Use dynamic references".

use crate::node::{Entry, Node, Value};
use crate::text::{Kind, Text};

/// A value with its functions worked out as far as they are text.
pub(crate) fn resolved(node: &Node, all_holes: bool) -> Node {
    let value = match &node.value {
        Value::Text(text) if all_holes => Value::Text(text.with_holes("${", "}", |_| None)),
        Value::Text(text) => Value::Text(text.with_holes("{{resolve:", "}}", |_| None)),
        Value::List(items) => Value::List(items.iter().map(|item| resolved(item, all_holes)).collect()),
        Value::Map(entries) => match function(node) {
            Some(("Fn::Sub", argument)) => substituted(argument, all_holes),
            Some(("Fn::Join", argument)) => joined(argument, all_holes),
            Some(("Ref", argument)) => Value::Unknown(argument.as_str().unwrap_or_default().to_owned()),
            Some((name, argument)) => Value::Unknown(format!("{name} {}", spelled(argument))),
            None => Value::Map(
                entries
                    .iter()
                    .map(|entry| Entry { value: resolved(&entry.value, all_holes), ..entry.clone() })
                    .collect(),
            ),
        },
        other => other.clone(),
    };
    Node::new(value, node.span.clone())
}

/// The function that a value is a call of.
pub(crate) fn function(node: &Node) -> Option<(&str, &Node)> {
    match node.entries() {
        [only] if only.key.text.starts_with("Fn::") || only.key.text == "Ref" => {
            Some((&only.key.text, &only.value))
        }
        _ => None,
    }
}

fn spelled(node: &Node) -> String {
    match &node.value {
        Value::Text(text) => text.text.clone(),
        Value::List(items) => items.iter().map(spelled).collect::<Vec<_>>().join("."),
        Value::Map(entries) => {
            let one = |entry: &Entry| format!("{} {}", entry.key.text, spelled(&entry.value));
            entries.iter().map(one).collect::<Vec<_>>().join(" ")
        }
        Value::Plain(plain) => plain.clone(),
        Value::Unknown(what) => what.clone(),
    }
}

/// What `Fn::Sub` comes to: its own parameters are put in where they are texts, and named by what they are where not.
pub(crate) fn substituted(argument: &Node, all_holes: bool) -> Value {
    let unknown = || Value::Unknown(format!("Fn::Sub {}", spelled(argument)));
    let (text, own) = match &argument.value {
        Value::Text(text) => (text, None),
        Value::List(items) => match items.split_first() {
            Some((Node { value: Value::Text(text), .. }, rest)) => (text, rest.first()),
            _ => return unknown(),
        },
        _ => return unknown(),
    };
    let text = text.with_holes("${", "}", |inside| Some(format!("${{{}}}", inside.strip_prefix('!')?)));
    let Some(own) = own else { return Value::Text(text) };
    let mut made = Text::default();
    for (at, segment) in text.segments.iter().enumerate() {
        let Kind::Hole(name) = &segment.kind else {
            made.append(&text.slice(segment.at..segment.at + segment.length));
            continue;
        };
        match own.get(name).map(|value| resolved(value, all_holes).value) {
            // The letters of a parameter stand elsewhere.
            Some(Value::Text(value)) if !value.has_holes() => {
                made.push(&value.text, segment.file.clone(), Kind::Escape);
            }
            Some(Value::Plain(plain)) => made.push(&plain, segment.file.clone(), Kind::Escape),
            Some(Value::Unknown(what)) => made.push_hole(&what, segment.file.clone()),
            // Text with unknown parts, or none: it is like no other.
            Some(_) => {
                made.push_hole(&format!("{name} {at} of {}", argument.span.start), segment.file.clone());
            }
            None => made.push_hole(name, segment.file.clone()),
        }
    }
    Value::Text(made)
}

fn joined(argument: &Node, all_holes: bool) -> Value {
    let unknown = || Value::Unknown(format!("Fn::Join {}", spelled(argument)));
    let Value::List(arguments) = &argument.value else { return unknown() };
    let [between, parts] = arguments.as_slice() else { return unknown() };
    let (Value::Text(between), Value::List(parts)) = (&between.value, &parts.value) else { return unknown() };
    let mut made = Text::default();
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            made.append(between);
        }
        match resolved(part, all_holes).value {
            Value::Text(text) => made.append(&text),
            Value::Plain(plain) => made.push(&plain, part.span.clone(), Kind::Escape),
            Value::Unknown(what) => made.push_hole(&what, part.span.clone()),
            _ => return unknown(),
        }
    }
    Value::Text(made)
}
