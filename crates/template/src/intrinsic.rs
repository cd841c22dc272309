//! The functions of CloudFormation, as far as they are text: `Fn::Sub` and `Fn::Join`. What the others come to is unknown.
//!
//! AWS: CloudFormation User Guide, "Intrinsic function reference"; "Use dynamic references".

use crate::node::{Entry, Node, Value};
use crate::text::Text;

/// A value with its functions worked out as far as they are text.
pub(crate) fn resolved(node: &Node, all_holes: bool) -> Node {
    let value = match &node.value {
        Value::Text(text) if all_holes => Value::Text(text.with_holes("${", "}", |_| None)),
        Value::Text(text) => Value::Text(text.with_holes("{{resolve:", "}}", |_| None)),
        Value::List(items) => Value::List(items.iter().map(|item| resolved(item, all_holes)).collect()),
        Value::Map(entries) => match function(node) {
            Some(("Fn::Sub", argument)) => substituted(argument),
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
            entries.iter().map(|entry| spelled(&entry.value)).collect::<Vec<_>>().join(" ")
        }
        Value::Plain(plain) => plain.clone(),
        Value::Unknown(what) => what.clone(),
    }
}

fn substituted(argument: &Node) -> Value {
    let text = match &argument.value {
        Value::Text(text) => text,
        Value::List(items) => match items.first().map(|first| &first.value) {
            Some(Value::Text(text)) => text,
            _ => return Value::Unknown("Fn::Sub".to_owned()),
        },
        _ => return Value::Unknown("Fn::Sub".to_owned()),
    };
    Value::Text(text.with_holes("${", "}", |inside| Some(format!("${{{}}}", inside.strip_prefix('!')?))))
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
            Value::Plain(plain) => made.push(&plain, part.span.clone(), crate::text::Kind::Escape),
            Value::Unknown(what) => made.push_hole(&what, part.span.clone()),
            _ => return unknown(),
        }
    }
    Value::Text(made)
}
