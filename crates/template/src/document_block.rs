//! The data source `aws_iam_policy_document` of Terraform as the policy that it stands for.
//!
//! HashiCorp: AWS provider, "Data Source: aws_iam_policy_document".

use std::ops::Range;

use crate::hcl::{Attribute, Block, Body};
use crate::node::{Entry, Node, Value};
use crate::text::Text;

/// The policy that a block spells out.
pub(crate) fn policy(block: &Block) -> Node {
    let mut entries = Vec::new();
    let body = &block.body;
    match body.attribute("version") {
        Some(version) => entries.push(renamed("Version", version)),
        None => entries.push(added("Version", &text("2012-10-17", block.name_span.clone()))),
    }
    if let Some(id) = body.attribute("policy_id") {
        entries.push(renamed("Id", id));
    }
    let mut statements = Vec::new();
    // What comes from other documents is not in this text.
    for attribute in SOURCES.iter().filter_map(|name| body.attribute(name)) {
        for source in sources(&attribute.value) {
            let what = match &source.value {
                Value::Unknown(what) => what.clone(),
                _ => format!("{} {}", attribute.name, source.span.start),
            };
            statements.push(Node::new(Value::Unknown(what), source.span.clone()));
        }
    }
    for inner in &body.blocks {
        match (inner.name.as_str(), inner.labels.first().map(String::as_str)) {
            ("statement", _) => statements.push(statement(inner)),
            ("dynamic", Some("statement")) => {
                let what = format!("dynamic {}", inner.span.start);
                statements.push(Node::new(Value::Unknown(what), inner.span.clone()));
            }
            _ => {}
        }
    }
    entries.push(added("Statement", &Node::new(Value::List(statements), block.span.clone())));
    Node::new(Value::Map(entries), block.span.clone())
}

/// Each document that an attribute names, also where lists of them are put together: of one that is read, others in its
/// list are not.
fn sources(value: &Node) -> Vec<&Node> {
    match &value.value {
        Value::List(items) => items.iter().flat_map(sources).collect(),
        _ => vec![value],
    }
}

/// Attributes that name other documents, whose statements it takes over.
pub(crate) const SOURCES: [&str; 4] =
    ["source_policy_documents", "override_policy_documents", "source_json", "override_json"];

/// What stands for a part that is not known, without the place that tells it from others.
pub(crate) fn shown(what: &str) -> &str {
    let is_own = |name: &str| name == "dynamic" || SOURCES.contains(&name);
    match what.rsplit_once(' ') {
        Some((name, place)) if is_own(name) && place.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => what,
    }
}

/// What `dynamic "statement"` blocks repeat.
pub(crate) fn repeated(block: &Block) -> impl Iterator<Item = &Block> {
    blocks(&block.body, "dynamic")
        .filter(|inner| inner.labels.first().is_some_and(|label| label == "statement"))
        .flat_map(|inner| blocks(&inner.body, "content"))
}

/// A statement as a policy of its own.
pub(crate) fn lone(content: &Block) -> Node {
    let list = Node::new(Value::List(vec![statement(content)]), content.span.clone());
    let version = added("Version", &text("2012-10-17", content.name_span.clone()));
    Node::new(Value::Map(vec![version, added("Statement", &list)]), content.span.clone())
}

fn statement(block: &Block) -> Node {
    let body = &block.body;
    let mut entries = Vec::new();
    if let Some(sid) = body.attribute("sid") {
        entries.push(renamed("Sid", sid));
    }
    match body.attribute("effect") {
        Some(effect) => entries.push(renamed("Effect", effect)),
        None => entries.push(added("Effect", &text("Allow", block.name_span.clone()))),
    }
    for (name, element) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        entries.extend(principals(body, name, element));
    }
    for (name, element) in [
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ] {
        let Some(attribute) = body.attribute(name) else { continue };
        // The provider writes `[]` as if it was not there.
        if !matches!(&attribute.value.value, Value::List(items) if items.is_empty()) {
            entries.push(renamed(element, attribute));
        }
    }
    entries.extend(conditions(body));
    // What is being written in an editor.
    let written = body.attributes.iter().find(|attribute| attribute.name.contains(crate::cursor::MARK));
    if let Some(attribute) = written {
        entries.push(keyed(&attribute.name, &attribute.name_span, &attribute.value));
    }
    Node::new(Value::Map(entries), block.span.clone())
}

fn blocks<'b>(body: &'b Body, name: &'b str) -> impl Iterator<Item = &'b Block> + 'b {
    body.blocks.iter().filter(move |block| block.name == name)
}

fn dynamic<'b>(body: &'b Body, name: &str) -> Option<&'b Block> {
    body.blocks
        .iter()
        .find(|block| block.name == "dynamic" && block.labels.first().is_some_and(|label| label == name))
}

fn principals(body: &Body, name: &str, element: &str) -> Option<Entry> {
    if let Some(block) = dynamic(body, name) {
        let span = block.name_span.clone();
        return Some(keyed(
            element,
            &span,
            &Node::new(Value::Unknown(format!("dynamic {}", span.start)), span.clone()),
        ));
    }
    let first = blocks(body, name).next()?;
    let mut kinds: Vec<Entry> = Vec::new();
    for block in blocks(body, name) {
        let kind = block.body.attribute("type");
        let identifiers = block.body.attribute("identifiers");
        let Some(identifiers) = identifiers else { continue };
        let Some(Value::Text(kind)) = kind.map(|kind| &kind.value.value) else {
            let span = block.name_span.clone();
            let unknown = Node::new(Value::Unknown(format!("type {}", span.start)), span.clone());
            return Some(keyed(element, &span, &unknown));
        };
        // `*` for everybody is written without a kind.
        if kind.text == "*" {
            return Some(keyed(element, &block.name_span, &text("*", identifiers.value.span.clone())));
        }
        let key_span = block.body.attribute("type").map_or(0..0, |kind| kind.value.span.clone());
        match kinds.iter_mut().find(|entry| entry.key.is_same(kind)) {
            Some(entry) => extend(&mut entry.value, &identifiers.value),
            None => kinds.push(Entry { key: kind.clone(), key_span, value: identifiers.value.clone() }),
        }
    }
    let map = Node::new(Value::Map(kinds), first.span.clone());
    Some(keyed(element, &first.name_span, &map))
}

fn extend(into: &mut Node, more: &Node) {
    match (&mut into.value, &more.value) {
        (Value::List(items), Value::List(more)) => items.extend(more.iter().cloned()),
        (Value::List(items), _) => items.push(more.clone()),
        (_, _) => {
            let mut items = vec![into.clone()];
            match &more.value {
                Value::List(more) => items.extend(more.iter().cloned()),
                _ => items.push(more.clone()),
            }
            into.value = Value::List(items);
        }
    }
}

fn conditions(body: &Body) -> Option<Entry> {
    if let Some(block) = dynamic(body, "condition") {
        let span = block.name_span.clone();
        return Some(keyed(
            "Condition",
            &span,
            &Node::new(Value::Unknown(format!("dynamic {}", span.start)), span.clone()),
        ));
    }
    let first = blocks(body, "condition").next()?;
    let mut operators: Vec<Entry> = Vec::new();
    for block in blocks(body, "condition") {
        let attribute = |name| block.body.attribute(name).map(|attribute: &Attribute| &attribute.value);
        let (test, variable) = (attribute("test"), attribute("variable"));
        let (Some(test), Some(variable)) = (test, variable) else { continue };
        let none = Node::new(Value::List(Vec::new()), block.name_span.clone());
        let values = attribute("values").unwrap_or(&none);
        let (Value::Text(test_text), Value::Text(variable_text)) = (&test.value, &variable.value) else {
            let span = block.name_span.clone();
            let unknown = Node::new(Value::Unknown(format!("condition {}", span.start)), span.clone());
            return Some(keyed("Condition", &span, &unknown));
        };
        let key =
            Entry { key: variable_text.clone(), key_span: variable.span.clone(), value: values.clone() };
        match operators.iter_mut().find(|entry| entry.key.is_same(test_text)) {
            Some(entry) => {
                if let Value::Map(keys) = &mut entry.value.value {
                    match keys.iter_mut().find(|entry| entry.key.is_same(variable_text)) {
                        Some(same) => extend(&mut same.value, values),
                        None => keys.push(key),
                    }
                }
            }
            None => operators.push(Entry {
                key: test_text.clone(),
                key_span: test.span.clone(),
                value: Node::new(Value::Map(vec![key]), block.span.clone()),
            }),
        }
    }
    let map = Node::new(Value::Map(operators), first.span.clone());
    Some(keyed("Condition", &first.name_span, &map))
}

/// `&{…}` is how this data source writes a policy variable.
fn with_variables(node: &Node) -> Node {
    let value = match &node.value {
        Value::Text(text) => Value::Text(text.with_holes("&{", "}", |inside| Some(format!("${{{inside}}}")))),
        Value::List(items) => Value::List(items.iter().map(with_variables).collect()),
        Value::Map(entries) => Value::Map(
            entries.iter().map(|it| Entry { value: with_variables(&it.value), ..it.clone() }).collect(),
        ),
        other => other.clone(),
    };
    Node::new(value, node.span.clone())
}

fn renamed(element: &str, attribute: &Attribute) -> Entry {
    keyed(element, &attribute.name_span, &attribute.value)
}

fn keyed(element: &str, span: &Range<usize>, value: &Node) -> Entry {
    let mut key = Text::default();
    key.push(element, span.clone(), crate::text::Kind::Escape);
    Entry { key, key_span: span.clone(), value: with_variables(value) }
}

fn added(element: &str, value: &Node) -> Entry {
    let span = value.span.clone();
    keyed(element, &span, value)
}

fn text(text: &str, span: Range<usize>) -> Node {
    let mut made = Text::default();
    made.push(text, span.clone(), crate::text::Kind::Escape);
    Node::new(Value::Text(made), span)
}
