//! One stable layout for policy text, so that "line 12" means the same line for everyone.
//!
//! Policies often come without lines of their own: minified, or cut out of a larger file. Laid out, an object or list
//! that fits on a line and holds no object stands on one line, everything else takes a line for each element.

use crate::diagnostic::Faults;
use crate::json::{self, Node, Value, write_string};

/// What fits on a line.
const WIDTH: usize = 100;

/// The same JSON, laid out over lines with an indent of two. Keys keep their order, duplicates stay, numbers keep
/// their text. Text that is no sound JSON, or too large for a policy, comes back unchanged. Laying out twice changes nothing.
pub fn layout(text: &str) -> String {
    if text.len() > json::LARGEST {
        return text.to_owned();
    }
    let mut faults = Faults::default();
    let Some(node) = json::read(text, &mut faults) else { return text.to_owned() };
    if !faults.sorted().is_empty() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    write(&node, 0, 0, &mut out);
    out.push('\n');
    out
}

fn write(node: &Node<'_>, indent: usize, used: usize, out: &mut String) {
    let nested = match &node.value {
        Value::List(items) => items.iter().any(|item| matches!(item.value, Value::Object(_))),
        Value::Object(members) => members.iter().any(|member| !is_scalar(&member.value)),
        _ => false,
    };
    if !nested && indent > 0 {
        let mut line = String::new();
        write_flat(node, &mut line);
        if used + line.chars().count() <= WIDTH || is_scalar(node) {
            out.push_str(&line);
            return;
        }
    }
    match &node.value {
        Value::List(items) if !items.is_empty() => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                line_break(place, indent + 2, out);
                write(item, indent + 2, indent + 3, out);
            }
            close(']', indent, out);
        }
        Value::Object(members) if !members.is_empty() => {
            out.push('{');
            for (place, member) in members.iter().enumerate() {
                line_break(place, indent + 2, out);
                let start = out.len();
                write_string(&member.key, out);
                out.push_str(": ");
                let used = indent + 3 + out[start..].chars().count();
                write(&member.value, indent + 2, used, out);
            }
            close('}', indent, out);
        }
        _ => write_flat(node, out),
    }
}

fn line_break(place: usize, indent: usize, out: &mut String) {
    out.push_str(if place == 0 { "\n" } else { ",\n" });
    out.extend(std::iter::repeat_n(' ', indent));
}

fn close(bracket: char, indent: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
    out.push(bracket);
}

fn is_scalar(node: &Node<'_>) -> bool {
    !matches!(node.value, Value::List(_) | Value::Object(_))
}

fn write_flat(node: &Node<'_>, out: &mut String) {
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(text) => out.push_str(text),
        Value::String(text) => write_string(text, out),
        Value::List(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                out.push_str(if place == 0 { "" } else { ", " });
                write_flat(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (place, member) in members.iter().enumerate() {
                out.push_str(if place == 0 { "" } else { ", " });
                write_string(&member.key, out);
                out.push_str(": ");
                write_flat(&member.value, out);
            }
            out.push('}');
        }
        Value::Broken => {}
    }
}

#[cfg(test)]
mod tests {
    use super::layout;
    use proptest::prelude::*;

    #[test]
    fn a_minified_policy_gets_its_lines() {
        let minified = r#"{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}]}"#;
        let expected = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "A",
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:PutObject"],
      "Resource": "*",
      "Condition": {
        "Bool": {"aws:SecureTransport": "true"}
      }
    }
  ]
}
"#;
        assert_eq!(layout(minified), expected);
    }

    #[test]
    fn what_is_not_sound_stays_as_it_is() {
        for text in ["", "{", "{\"a\": 1,}", "not json"] {
            assert_eq!(layout(text), text);
        }
    }

    #[test]
    fn duplicates_order_and_numbers_stay() {
        let laid = layout(r#"{"b":1.50,"a":{"x":1,"x":2},"b":1e9}"#);
        assert_eq!(laid, "{\n  \"b\": 1.50,\n  \"a\": {\"x\": 1, \"x\": 2},\n  \"b\": 1e9\n}\n");
    }

    proptest! {
        #[test]
        fn laying_out_twice_changes_nothing(text in r#"\{"a":(\[("[a-z\\\\n]{0,60}",?){0,4}\]|\{"k":"v"\}|[0-9]{1,3})\}"#) {
            let once = layout(&text);
            prop_assert_eq!(layout(&once), once);
        }
    }
}
