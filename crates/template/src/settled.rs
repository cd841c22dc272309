//! What references of Terraform come to that the files of a module settle themselves: locals, and names that resources are given.
//!
//! Variables, what other modules give, and what AWS makes up are settled elsewhere, and stay unknown.
//!
//! HashiCorp: Terraform language, "Local values"; "References to named values"; AWS provider, `aws_s3_bucket`, attributes `arn`,
//! `bucket` and `id`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::Policy;
use crate::hcl::{self, Block, Body};
use crate::node::{Entry, Node, Value};
use crate::text::{Kind, Text};

/// What files speak of whose ARNs begin with another partition than `aws`.
const OTHER_PARTITIONS: [&str; 4] = ["aws-cn", "aws-us-gov", "\"cn-", "\"us-gov-"];

/// What a reference leads to may refer to more; longer ways are not followed.
const LONGEST_WAY: u8 = 12;

/// More values than any policy has, however often one local stands in another.
const MOST_VALUES: usize = 100_000;

/// The arguments that a resource has as attributes, whatever AWS makes of it, with all that they are called by.
const NAMES: [(&str, &str, &[&str]); 8] = [
    ("aws_dynamodb_table", "name", &["id", "name"]),
    ("aws_iam_group", "name", &["id", "name"]),
    ("aws_iam_role", "name", &["id", "name"]),
    ("aws_iam_user", "name", &["id", "name"]),
    ("aws_lambda_function", "function_name", &["function_name", "id"]),
    ("aws_s3_bucket", "bucket", &["bucket", "id"]),
    ("aws_sns_topic", "name", &["name"]),
    ("aws_sqs_queue", "name", &["name"]),
];

/// What is settled in one module of one state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settled {
    values: BTreeMap<String, Node>,
}

impl Settled {
    /// By the texts of all files in HCL of a module. Where one of them cannot be read, nothing is.
    pub fn of<'t>(files: impl IntoIterator<Item = &'t str>) -> Self {
        let mut values = BTreeMap::new();
        let mut twice = BTreeSet::new();
        let mut is_elsewhere = false;
        for text in files {
            let (body, is_whole) = hcl::read(text);
            if !is_whole {
                return Self::default();
            }
            is_elsewhere |= OTHER_PARTITIONS.iter().any(|word| text.contains(word));
            for (name, value) in settled_in(&body) {
                if values.insert(name.clone(), value).is_some() {
                    twice.insert(name);
                }
            }
        }
        // ARNs there begin otherwise.
        let is_open = |name: &String| twice.contains(name) || is_elsewhere && name.ends_with(".arn");
        values.retain(|name, _| !is_open(name));
        Self { values }
    }

    /// The value with what is settled in it put where it stands.
    fn node(&self, node: &Node, at: Option<&Range<usize>>, way: u8, left: &mut usize) -> Node {
        let span = at.unwrap_or(&node.span).clone();
        let unknown = |what: &str| Node::new(Value::Unknown(what.to_owned()), span.clone());
        let Some(less) = left.checked_sub(1) else { return unknown("too much") };
        *left = less;
        let value = match &node.value {
            Value::Unknown(what) => match self.values.get(reference(what)).filter(|_| way < LONGEST_WAY) {
                Some(found) => return self.node(found, Some(&span), way + 1, left),
                None => Value::Unknown(what.clone()),
            },
            Value::Text(text) => Value::Text(self.text(text, at, way, left)),
            Value::Plain(text) => Value::Plain(text.clone()),
            Value::List(items) => {
                Value::List(items.iter().map(|item| self.node(item, at, way, left)).collect())
            }
            Value::Map(entries) => {
                let entry = |entry: &Entry| Entry {
                    key: self.text(&entry.key, at, way, left),
                    key_span: at.unwrap_or(&entry.key_span).clone(),
                    value: self.node(&entry.value, at, way, left),
                };
                Value::Map(entries.iter().map(entry).collect())
            }
        };
        Node::new(value, span)
    }

    /// The text with what is settled in it. `at`: where all of it stands, being put there.
    fn text(&self, text: &Text, at: Option<&Range<usize>>, way: u8, left: &mut usize) -> Text {
        if at.is_none() && !text.has_holes() {
            return text.clone();
        }
        let mut made = Text::default();
        for segment in &text.segments {
            let file = at.unwrap_or(&segment.file).clone();
            let letters = text.text.get(segment.at..segment.at + segment.length).unwrap_or_default();
            match &segment.kind {
                Kind::Hole(what) => {
                    let found = self.values.get(reference(what)).filter(|_| way < LONGEST_WAY);
                    let found = found.map(|found| self.node(found, Some(&file), way + 1, left).value);
                    match found {
                        Some(Value::Text(found)) if found.text.len() + made.text.len() < 1 << 16 => {
                            made.append(&found);
                        }
                        Some(Value::Plain(found)) if found != "null" => made.push(&found, file, Kind::Escape),
                        _ => made.push_hole(what, file),
                    }
                }
                _ if at.is_some() => made.push(letters, file, Kind::Escape),
                kind => made.push(letters, file, kind.clone()),
            }
        }
        made
    }
}

impl Policy {
    /// The policy with what its module settles.
    #[must_use]
    pub fn settled(&self, by: &Settled) -> Self {
        if by.values.is_empty() || !self.has_unknown_parts() {
            return self.clone();
        }
        let mut left = MOST_VALUES;
        Self { node: by.node(&self.node, None, 0, &mut left), ..self.clone() }
    }
}

/// `local.x` of `${local.x}`.
fn reference(what: &str) -> &str {
    let what = what.trim();
    what.strip_prefix("${").and_then(|inner| inner.strip_suffix('}')).unwrap_or(what).trim()
}

fn settled_in(body: &Body) -> Vec<(String, Node)> {
    let mut found = Vec::new();
    for block in &body.blocks {
        match (block.name.as_str(), &block.labels[..]) {
            ("locals", []) => {
                let named = |it: &hcl::Attribute| (format!("local.{}", it.name), it.value.clone());
                found.extend(block.body.attributes.iter().map(named));
            }
            ("resource", [kind, name]) => found.extend(names_of(block, kind, name)),
            _ => {}
        }
    }
    found
}

/// What a resource that is made once is called.
fn names_of(block: &Block, kind: &str, name: &str) -> Vec<(String, Node)> {
    let is_repeated = ["count", "for_each"].iter().any(|it| block.body.attribute(it).is_some());
    let known = NAMES.iter().find(|(of, ..)| *of == kind && !is_repeated);
    let named = known.and_then(|(_, argument, all)| Some((block.body.attribute(argument)?, all)));
    let Some((argument, all)) = named else { return Vec::new() };
    let all = all.iter().map(|attribute| (format!("{kind}.{name}.{attribute}"), argument.value.clone()));
    let mut found: Vec<(String, Node)> = all.collect();
    let span = &argument.value.span;
    let mut arn = Text::default();
    arn.push("arn:aws:s3:::", span.clone(), Kind::Escape);
    let is_named = match &argument.value.value {
        Value::Text(bucket) => {
            arn.append(bucket);
            true
        }
        Value::Unknown(what) => {
            arn.push_hole(what, span.clone());
            true
        }
        _ => false,
    };
    if kind == "aws_s3_bucket" && is_named {
        found.push((format!("{kind}.{name}.arn"), Node::new(Value::Text(arn), span.clone())));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::Settled;
    use crate::{Language, Reading, find};

    const NAMES: &str = r#"
locals {
  prefix = "paper"
  bucket = "${local.prefix}-ledger"
  reads  = ["s3:GetObject", "s3:GetObjectVersion"]
  loop   = local.loop
  other  = var.other
}
resource "aws_s3_bucket" "ledger" { bucket = local.bucket }
resource "aws_s3_bucket" "plain" { bucket = "covers" }
resource "aws_s3_bucket" "many" {
  count  = 2
  bucket = "many"
}
"#;

    fn settled(resource: &str) -> (String, bool) {
        let text = format!(
            "data \"aws_iam_policy_document\" \"d\" {{\n  statement {{\n    actions   = local.reads\n    resources = {resource}\n  }}\n}}\n"
        );
        let by = Settled::of([NAMES, &text]);
        let policy = find(&text, Language::Terraform).policies[0].settled(&by);
        let json = policy.json(Reading::Wide);
        for (start, letter) in json.text.char_indices() {
            assert!(text.get(json.place(start..start + letter.len_utf8()).bytes).is_some(), "{}", json.text);
        }
        (json.text, policy.has_unknown_parts())
    }

    #[test]
    fn what_the_module_settles_is_known_and_nothing_else_is() {
        for (resource, wanted) in [
            (r#"["arn:aws:s3:::${local.bucket}/*"]"#, r#""Resource":["arn:aws:s3:::paper-ledger/*"]"#),
            (
                r#"["${aws_s3_bucket.plain.arn}/*", "arn:aws:s3:::${aws_s3_bucket.ledger.id}"]"#,
                r#""Resource":["arn:aws:s3:::covers/*","arn:aws:s3:::paper-ledger"]"#,
            ),
            ("[aws_s3_bucket.ledger.arn]", r#""Resource":["arn:aws:s3:::paper-ledger"]"#),
            ("[aws_s3_bucket.plain.arn]", r#""Resource":["arn:aws:s3:::covers"]"#),
        ] {
            let (json, is_open) = settled(resource);
            assert!(json.contains(wanted) && !is_open, "{resource}: {json}");
            assert!(json.contains(r#""Action":["s3:GetObject","s3:GetObjectVersion"]"#), "{json}");
        }
        for open in [
            "[local.loop]",
            "[local.other]",
            "[local.nobodys]",
            "[var.bucket]",
            "[aws_s3_bucket.many.arn]",
            "[aws_s3_bucket.many[0].arn]",
            "[aws_sqs_queue.q.arn]",
            "[module.x.arn]",
        ] {
            assert!(settled(open).1, "{open}");
        }
    }

    #[test]
    fn what_cannot_be_read_or_stands_twice_settles_nothing() {
        let twice = Settled::of(["locals { a = 1 }", "locals { a = 2 }"]);
        assert_eq!(twice, Settled::default());
        assert_eq!(Settled::of(["locals { a = 1 }", "resource \"x"]), Settled::default());
        let bucket = r#"resource "aws_s3_bucket" "b" { bucket = "b" }"#;
        let has_arn =
            |files: &[&str]| Settled::of(files.iter().copied()).values.contains_key("aws_s3_bucket.b.arn");
        assert!(has_arn(&[bucket]) && !has_arn(&[bucket, r#"provider "aws" { region = "cn-north-1" }"#]));
    }
}
