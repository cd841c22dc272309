//! What the name under the pointer means.

use clavicle_answer::{Reader, explained, visible};
use clavicle_catalog::catalog;
use clavicle_policy::Operator;
use clavicle_template::cursor::{Cursor, Part};

use crate::verb::explain;

/// In Markdown; `None`: nothing is known of it.
pub(super) fn meaning(cursor: &Cursor, reader: Option<&Reader>) -> Option<String> {
    match &cursor.part {
        Part::Action => explanation(&cursor.text),
        Part::Key => explanation(&cursor.text),
        Part::Operator => operator(&cursor.text),
        Part::Resource | Part::Principal(_) => arn(&cursor.text, reader),
        Part::Value(key) if cursor.text.starts_with("arn:") => {
            arn(&cursor.text, reader).or_else(|| explanation(key))
        }
        Part::Value(key) => explanation(key),
        Part::StatementElement => element(&cursor.text).map(str::to_owned),
        Part::PolicyElement | Part::Version | Part::Effect | Part::PrincipalKind | Part::Other => None,
    }
}

/// What `explain` says, as it says it.
fn explanation(name: &str) -> Option<String> {
    let page = explained(catalog(), name, None).ok()?;
    let text = anstream::adapter::strip_str(&explain::laid_out(&page)).to_string();
    Some(fenced(&text))
}

/// Text that Markdown leaves alone.
fn fenced(text: &str) -> String {
    format!("```text\n{}\n```", visible_lines(text).replace("```", "'''").trim_end())
}

fn visible_lines(text: &str) -> String {
    text.lines().map(visible).collect::<Vec<_>>().join("\n")
}

/// AWS: IAM User Guide, "IAM JSON policy elements: Condition operators".
fn operator(text: &str) -> Option<String> {
    let operator = Operator::parse(text);
    let base = operator.base?;
    let name = base.name();
    let what = if name.starts_with("String") {
        if name.ends_with("Like") {
            "compares texts; `*` and `?` in the policy stand for any letters and any letter"
        } else if name.ends_with("IgnoreCase") {
            "compares whole texts, case aside"
        } else {
            "compares whole texts, with their case; `*` is only a star"
        }
    } else if name.starts_with("Arn") {
        "compares ARNs part by part; `*` and `?` stand for letters, as in `ArnLike`"
    } else if name.starts_with("Numeric") {
        "compares numbers"
    } else if name.starts_with("Date") {
        "compares points in time, as ISO 8601 or seconds since 1970"
    } else if name.contains("IpAddress") {
        "compares an address with ranges such as `203.0.113.0/24`"
    } else if name == "Null" {
        "asks whether the request has the key: `\"true\"` if it must not, `\"false\"` if it must"
    } else if name == "Bool" {
        "compares `true` and `false`"
    } else {
        "compares bytes, written in Base64"
    };
    let mut said = format!("`{name}` {what}.");
    if name.contains("Not") {
        said.push_str(" It holds for none of the values listed, and also where the request has no such key.");
    }
    if operator.if_exists {
        said.push_str(" `IfExists`: it holds, too, where the request has no such key.");
    }
    match operator.set {
        Some(clavicle_policy::SetPrefix::ForAllValues) => said.push_str(
            " `ForAllValues:` every value of the request has to match; it holds where there is none.",
        ),
        Some(clavicle_policy::SetPrefix::ForAnyValue) => {
            said.push_str(" `ForAnyValue:` one value of the request has to match.");
        }
        None => {}
    }
    Some(said)
}

fn arn(text: &str, reader: Option<&Reader>) -> Option<String> {
    let mut said = Vec::new();
    if let Some(reader) = reader
        && !text.contains(['*', '?'])
    {
        match reader.seen_as(text) {
            Some(hint) => said.push(format!("in the snapshot: {hint}")),
            None if text.starts_with("arn:") => said.push("not by itself in the snapshot".to_owned()),
            None => {}
        }
    }
    let types = catalog().resource_types_of(text);
    let names: Vec<String> = types
        .iter()
        .take(6)
        .flat_map(|kind| kind.arn_patterns().map(move |form| format!("{kind}  {form}")))
        .collect();
    if !names.is_empty() && text != "*" {
        said.push("has the form of:".to_owned());
        said.extend(names.into_iter().map(|name| format!("  {name}")));
    }
    (!said.is_empty()).then(|| fenced(&said.join("\n")))
}

/// AWS: IAM User Guide, "IAM JSON policy element reference".
fn element(name: &str) -> Option<&'static str> {
    Some(match name {
        "Sid" => "A name for the statement; it changes nothing.",
        "Effect" => {
            "`Allow` or `Deny`. What no statement allows is denied, and a `Deny` wins over every `Allow`."
        }
        "Principal" => "Whom the statement speaks of. Only in policies of things, trust policies and RCPs.",
        "NotPrincipal" => "Everybody but these. With `Allow` that is nearly everybody.",
        "Action" => "The actions that the statement speaks of; `*` and `?` stand for letters.",
        "NotAction" => "Every action but these, also those that AWS adds later.",
        "Resource" => "The things that the statement speaks of, as ARNs; `*` and `?` stand for letters.",
        "NotResource" => "Every thing but these.",
        "Condition" => "All operators have to hold, all keys of an operator, and one value of each key.",
        _ => return None,
    })
}
