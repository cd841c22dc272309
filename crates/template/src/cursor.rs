//! What stands, or could stand, at a place of a policy: for editors.

use std::ops::Range;

use crate::node::{Entry, Node, Value};
use crate::text::Text;
use crate::{Found, Language, find};

/// A part of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The name of an element of a policy.
    PolicyElement,
    /// The name of an element of a statement.
    StatementElement,
    /// The value of `Version`.
    Version,
    /// The value of `Effect`.
    Effect,
    /// An action.
    Action,
    /// A resource.
    Resource,
    /// A kind of principals: `AWS`, `Service`.
    PrincipalKind,
    /// A principal of this kind; empty where none is named.
    Principal(String),
    /// A condition operator.
    Operator,
    /// A condition key.
    Key,
    /// A value of this key.
    Value(String),
    /// Another text.
    Other,
}

/// A place in a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// What stands there.
    pub part: Part,
    /// Its text, as it is meant; unknown parts are one stand-in letter each.
    pub text: String,
    /// Of a text that is being written: what of it stands before the place.
    pub before: String,
    /// The bytes of the file that it takes, quotes included.
    pub span: Range<usize>,
    /// Has it no quotes, in a language where a text needs them?
    pub is_bare: bool,
    /// The actions of its statement.
    pub actions: Vec<String>,
    /// The elements that its statement, or the policy, has.
    pub elements: Vec<String>,
    /// The place of its policy among those of the file.
    pub policy: usize,
}

/// What is put where something is being written. Nobody writes it.
pub(crate) const MARK: &str = "clavicleWritesHere";

/// What stands at this byte of a file whose policies were found.
pub fn at(found: &Found, byte: usize) -> Option<Cursor> {
    let inside = |span: &Range<usize>, _: &str| span.start <= byte && byte <= span.end && !span.is_empty();
    looked_for(found, &inside)
}

/// What could be written at this byte, instead of the word that is there, and the bytes of the word. Something is put in
/// for it, so that a text that is not finished can be read. Reads the text twice at most.
pub fn written_at(text: &str, language: Language, byte: usize) -> Option<(Cursor, Range<usize>)> {
    let word = word_around(text, byte)?;
    let typed = text.get(word.start..byte)?;
    let (before, after) = (text.get(..word.start)?, text.get(word.end..)?);
    let rest_is_empty = after.lines().next().unwrap_or_default().trim().is_empty();
    let marked = |_: &Range<usize>, text: &str| text.contains(MARK);
    // A key needs a value behind it before it is one.
    let tries: &[&str] = match (language, rest_is_empty) {
        (Language::Yaml, true) => &["", ": x"],
        (Language::Terraform, true) => &["", " = 1"],
        _ => &[""],
    };
    for behind in tries {
        let whole = format!("{before}{MARK}{behind}{after}");
        let found = find(&whole, language);
        if let Some(mut cursor) = looked_for(&found, &marked) {
            let start = cursor.text.find(MARK).unwrap_or_default();
            cursor.before = format!("{}{typed}", cursor.text.get(..start).unwrap_or_default());
            return Some((cursor, word));
        }
    }
    None
}

/// Letters of actions, keys, operators and ARNs.
fn word_around(text: &str, byte: usize) -> Option<Range<usize>> {
    let letter = |letter: char| {
        letter.is_ascii_alphanumeric() || matches!(letter, ':' | '*' | '?' | '_' | '-' | '.' | '/')
    };
    let before = text.get(..byte)?;
    let after = text.get(byte..)?;
    let start = before.len() - before.chars().rev().take_while(|it| letter(*it)).count();
    let end = byte + after.chars().take_while(|it| letter(*it)).count();
    Some(start..end)
}

type Wanted<'w> = dyn Fn(&Range<usize>, &str) -> bool + 'w;

fn looked_for(found: &Found, wanted: &Wanted<'_>) -> Option<Cursor> {
    for (at, policy) in found.policies.iter().enumerate() {
        for entry in policy.node.entries() {
            if is_key(entry, wanted) {
                let names = names(&policy.node);
                return Some(Cursor { elements: names, policy: at, ..key(entry, Part::PolicyElement) });
            }
            let part = match entry.key.text.as_str() {
                "Version" => Part::Version,
                "Statement" => {
                    let one = std::slice::from_ref(&entry.value);
                    let statements = if let Value::List(items) = &entry.value.value { items } else { one };
                    let found = statements.iter().find_map(|statement| in_statement(statement, wanted));
                    if let Some(cursor) = found {
                        return Some(Cursor { policy: at, ..cursor });
                    }
                    continue;
                }
                _ => Part::Other,
            };
            if let Some(cursor) = in_values(&entry.value, &part, wanted) {
                return Some(Cursor { policy: at, ..cursor });
            }
        }
    }
    None
}

fn in_statement(statement: &Node, wanted: &Wanted<'_>) -> Option<Cursor> {
    let mut actions = Vec::new();
    for name in ["Action", "NotAction"] {
        if let Some(node) = statement.get(name) {
            texts(node, &mut actions);
        }
    }
    actions.retain(|action| !action.contains(MARK));
    let found = statement.entries().iter().find_map(|entry| {
        if is_key(entry, wanted) {
            return Some(key(entry, Part::StatementElement));
        }
        match entry.key.text.as_str() {
            "Effect" => in_values(&entry.value, &Part::Effect, wanted),
            "Action" | "NotAction" => in_values(&entry.value, &Part::Action, wanted),
            "Resource" | "NotResource" => in_values(&entry.value, &Part::Resource, wanted),
            "Principal" | "NotPrincipal" => in_principal(&entry.value, wanted),
            "Condition" => in_condition(&entry.value, wanted),
            _ => in_values(&entry.value, &Part::Other, wanted),
        }
    });
    // A text alone where a statement should be: the first element of one.
    let found = found.or_else(|| in_values(statement, &Part::StatementElement, wanted));
    found.map(|cursor| Cursor { actions, elements: names(statement), ..cursor })
}

fn in_principal(node: &Node, wanted: &Wanted<'_>) -> Option<Cursor> {
    node.entries()
        .iter()
        .find_map(|entry| {
            if is_key(entry, wanted) {
                return Some(key(entry, Part::PrincipalKind));
            }
            in_values(&entry.value, &Part::Principal(entry.key.text.clone()), wanted)
        })
        .or_else(|| in_values(node, &Part::Principal(String::new()), wanted))
}

fn in_condition(node: &Node, wanted: &Wanted<'_>) -> Option<Cursor> {
    let inside = node.entries().iter().find_map(|operator| {
        if is_key(operator, wanted) {
            return Some(key(operator, Part::Operator));
        }
        let inside = operator.value.entries().iter().find_map(|entry| {
            if is_key(entry, wanted) {
                return Some(key(entry, Part::Key));
            }
            in_values(&entry.value, &Part::Value(entry.key.text.clone()), wanted)
        });
        inside.or_else(|| in_values(&operator.value, &Part::Key, wanted))
    });
    inside.or_else(|| in_values(node, &Part::Operator, wanted))
}

fn is_key(entry: &Entry, wanted: &Wanted<'_>) -> bool {
    wanted(&entry.key_span, &entry.key.text)
}

fn key(entry: &Entry, part: Part) -> Cursor {
    cursor(part, &entry.key.text, &entry.key_span, false)
}

fn in_values(node: &Node, part: &Part, wanted: &Wanted<'_>) -> Option<Cursor> {
    match &node.value {
        Value::Text(Text { text, .. }) if wanted(&node.span, text) => {
            Some(cursor(part.clone(), text, &node.span, false))
        }
        Value::Unknown(text) if wanted(&node.span, text) => {
            Some(cursor(part.clone(), text, &node.span, true))
        }
        Value::List(items) => items.iter().find_map(|item| in_values(item, part, wanted)),
        _ => None,
    }
}

fn cursor(part: Part, text: &str, span: &Range<usize>, is_bare: bool) -> Cursor {
    Cursor {
        part,
        text: text.to_owned(),
        before: String::new(),
        span: span.clone(),
        is_bare,
        actions: Vec::new(),
        elements: Vec::new(),
        policy: 0,
    }
}

fn names(node: &Node) -> Vec<String> {
    let names = node.entries().iter().map(|entry| entry.key.text.clone());
    names.filter(|name| !name.contains(MARK)).collect()
}

fn texts(node: &Node, found: &mut Vec<String>) {
    match &node.value {
        Value::Text(text) if !text.has_holes() => found.push(text.text.clone()),
        Value::List(items) => items.iter().for_each(|item| texts(item, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, at, written_at};
    use crate::{Language, find};

    /// The place is `|`.
    fn written(text: &str, language: Language) -> Option<(Part, String, bool)> {
        let byte = text.find('|').expect("a place");
        let text = text.replacen('|', "", 1);
        written_at(&text, language, byte).map(|(cursor, _)| (cursor.part, cursor.before, cursor.is_bare))
    }

    #[test]
    fn half_written_policies_know_what_comes_next() {
        let json = |rest: &str| {
            written(&format!("{{\"Version\": \"2012-10-17\", \"Statement\": [{{{rest}"), Language::Json)
        };
        let yaml = |rest: &str| {
            written(
                &format!(
                    "PolicyDocument:\n  Version: '2012-10-17'\n  Statement:\n    - Effect: Allow\n{rest}"
                ),
                Language::Yaml,
            )
        };
        let data = |rest: &str| {
            written(
                &format!("data \"aws_iam_policy_document\" \"d\" {{\n  statement {{\n{rest}\n"),
                Language::Terraform,
            )
        };
        let is = |part: Part, before: &str, bare: bool| Some((part, before.to_owned(), bare));
        assert_eq!(json("\"Action\": \"s3:Get|"), is(Part::Action, "s3:Get", false));
        assert_eq!(json("\"Action\": [\"a:b\", \"s3:|\"]}]}"), is(Part::Action, "s3:", false));
        assert_eq!(json("\"Action\": |}]}"), is(Part::Action, "", true));
        assert_eq!(json("\"|\"}]}"), is(Part::StatementElement, "", false));
        assert_eq!(json("\"Condition\": {\"String|\": {}}}]}"), is(Part::Operator, "String", false));
        assert_eq!(json("\"Condition\": {\"StringEquals\": {\"aws:|"), is(Part::Key, "aws:", false));
        assert_eq!(
            json("\"Condition\": {\"Bool\": {\"aws:SecureTransport\": \"|\"}}}]}"),
            is(Part::Value("aws:SecureTransport".to_owned()), "", false)
        );
        assert_eq!(
            json("\"Principal\": {\"Service\": \"la|"),
            is(Part::Principal("Service".into()), "la", false)
        );
        assert_eq!(yaml("      Action: s3:|\n"), is(Part::Action, "s3:", false));
        assert_eq!(yaml("      Action:\n        - s3:G|\n"), is(Part::Action, "s3:G", false));
        assert_eq!(yaml("      Act|\n"), is(Part::StatementElement, "Act", false));
        assert_eq!(yaml("      Resource: arn:aws:s|\n"), is(Part::Resource, "arn:aws:s", false));
        assert_eq!(data("    actions = [\"s3:|\"]"), is(Part::Action, "s3:", false));
        assert_eq!(data("    actions = [|]"), is(Part::Action, "", true));
        assert_eq!(data("    reso|"), is(Part::StatementElement, "reso", false));
        assert_eq!(
            data(
                "    condition {\n      test = \"StringEquals\"\n      variable = \"aws:|\"\n      values = [\"x\"]\n }"
            ),
            is(Part::Key, "aws:", false)
        );
        assert_eq!(written("{\"a\": \"|\"}", Language::Json), None);
    }

    #[test]
    fn what_stands_there_knows_its_statement() {
        let text =
            r#"{"Version": "2012-10-17", "Statement": [{"Action": ["s3:GetObject"], "Resource": "*"}]}"#;
        let found = find(text, Language::Json);
        let cursor = at(&found, text.find("GetObject").expect("there")).expect("an action");
        assert_eq!((cursor.part, cursor.text.as_str()), (Part::Action, "s3:GetObject"));
        assert_eq!(cursor.elements, ["Action", "Resource"]);
        assert_eq!(
            at(&found, text.find("Resource").expect("there")).map(|it| it.part),
            Some(Part::StatementElement)
        );
    }
}
