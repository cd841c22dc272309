//! Terraform's configuration in JSON, as the blocks that it would be in its own language.
//!
//! What a resource takes is not known here: maps, and lists of them, are taken for blocks. Of an expression in a string
//! the text is all that is known.
//!
//! HashiCorp: Terraform, "JSON Configuration Syntax".

use crate::hcl::{Attribute, Block, Body, template};
use crate::node::{Entry, Node, Value};

/// The blocks of a configuration; `None`: it is none, or has nothing of AWS.
pub(crate) fn body(root: &Node) -> Option<Body> {
    let is_own = |entry: &Entry| matches!(entry.key.text.as_str(), "resource" | "data");
    let has_aws = members(root).filter(|entry| is_own(entry)).any(|entry| {
        members(&entry.value)
            .any(|kind| kind.key.text.starts_with("aws_") && !kind.value.entries().is_empty())
    });
    if !has_aws {
        return None;
    }
    let mut body = Body::default();
    for entry in members(root) {
        let labels = match entry.key.text.as_str() {
            "resource" | "data" => 2,
            "module" | "variable" | "output" | "provider" | "check" => 1,
            "locals" | "terraform" => 0,
            "//" => continue,
            // No block that is known here: whatever it is, it may hold a policy.
            _ => {
                body.attributes.push(attribute(entry));
                continue;
            }
        };
        blocks(entry, &entry.value, labels, &mut Vec::new(), &mut body.blocks);
    }
    Some(body)
}

/// A map, or the maps of a list.
fn maps(node: &Node) -> &[Node] {
    match &node.value {
        Value::Map(_) => std::slice::from_ref(node),
        Value::List(items) => items,
        _ => &[],
    }
}

fn members(node: &Node) -> impl Iterator<Item = &Entry> {
    maps(node).iter().flat_map(Node::entries)
}

/// The blocks under a name, whose labels are the keys of as many maps around them.
fn blocks(named: &Entry, node: &Node, labels: usize, above: &mut Vec<String>, into: &mut Vec<Block>) {
    if labels > 0 {
        for entry in members(node) {
            above.push(entry.key.text.clone());
            blocks(named, &entry.value, labels - 1, above, into);
            above.pop();
        }
        return;
    }
    for map in maps(node).iter().filter(|map| matches!(map.value, Value::Map(_))) {
        into.push(Block {
            name: named.key.text.clone(),
            name_span: named.key_span.clone(),
            labels: above.clone(),
            body: content(map),
            span: map.span.clone(),
        });
    }
}

fn content(map: &Node) -> Body {
    let mut body = Body::default();
    for entry in map.entries() {
        let value = &entry.value;
        let all = maps(value);
        let is_policy = all.iter().any(|map| map.get("Statement").is_some());
        let is_block =
            !all.is_empty() && !is_policy && all.iter().all(|it| matches!(it.value, Value::Map(_)));
        match entry.key.text.as_str() {
            "//" => {}
            "dynamic" if is_block => blocks(entry, value, 1, &mut Vec::new(), &mut body.blocks),
            _ if is_block => blocks(entry, value, 0, &mut Vec::new(), &mut body.blocks),
            _ => body.attributes.push(attribute(entry)),
        }
    }
    body
}

fn attribute(entry: &Entry) -> Attribute {
    Attribute {
        name: entry.key.text.clone(),
        name_span: entry.key_span.clone(),
        value: with_expressions(&entry.value),
    }
}

fn with_expressions(node: &Node) -> Node {
    let value = match &node.value {
        Value::Text(text) => template(text),
        Value::List(items) => Value::List(items.iter().map(with_expressions).collect()),
        Value::Map(entries) => Value::Map(
            entries.iter().map(|it| Entry { value: with_expressions(&it.value), ..it.clone() }).collect(),
        ),
        other => other.clone(),
    };
    Node::new(value, node.span.clone())
}
