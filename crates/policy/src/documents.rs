//! The policies that a file holds: one, a list of them, or some inside of what AWS's tools print.

use crate::Span;
use crate::diagnostic::Faults;
use crate::json::{self, Node, Value};

/// A policy in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Embedded {
    /// The bytes that it takes.
    pub span: Span,
    /// The way to it: `PolicyVersion.Document`, `[2]`; empty if the file is the policy.
    pub route: String,
    /// The member that holds it, `AssumeRolePolicyDocument`, if one does.
    pub member: Option<String>,
}

/// The policies in a text: the outermost objects that have a `Statement`. A text that has none is one document by
/// itself, and parsing says what is wrong with it. Policies that stand in strings are not looked for.
pub fn documents(text: &str) -> Vec<Embedded> {
    let whole = || Embedded {
        span: Span::new(0, u32::try_from(text.len()).unwrap_or(u32::MAX)),
        route: String::new(),
        member: None,
    };
    if text.len() > json::LARGEST {
        return vec![whole()];
    }
    let mut faults = Faults::default();
    let Some(node) = json::read(text, &mut faults) else { return vec![whole()] };
    let mut found = Vec::new();
    collect(&node, "", None, &mut found);
    // The file may have faults around its only policy: then it is the whole text that is read.
    match found.as_slice() {
        [] => vec![whole()],
        [only] if only.route.is_empty() => vec![whole()],
        _ => found,
    }
}

fn collect(node: &Node<'_>, route: &str, member: Option<&str>, found: &mut Vec<Embedded>) {
    match &node.value {
        Value::Object(members) => {
            if members.iter().any(|member| member.key.eq_ignore_ascii_case("Statement")) {
                let member = member.map(str::to_owned);
                found.push(Embedded { span: node.span, route: route.to_owned(), member });
                return;
            }
            for inner in members {
                let dot = if route.is_empty() { "" } else { "." };
                collect(&inner.value, &format!("{route}{dot}{}", inner.key), Some(&inner.key), found);
            }
        }
        Value::List(items) => {
            for (at, item) in items.iter().enumerate() {
                collect(item, &format!("{route}[{at}]"), member, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::documents;

    fn found(text: &str) -> Vec<(String, String)> {
        let slice = |span: crate::Span| text[span.start as usize..span.end as usize].to_owned();
        documents(text).into_iter().map(|found| (found.route, slice(found.span))).collect()
    }

    #[test]
    fn policies_are_found_wherever_they_stand() {
        let policy = r#"{"Statement": []}"#;
        let whole = |text: &str| vec![(String::new(), text.to_owned())];
        assert_eq!(found(policy), whole(policy));
        assert_eq!(found("not json"), whole("not json"));
        assert_eq!(found(r#"{"a": 1}"#), whole(r#"{"a": 1}"#));
        assert_eq!(
            found(&format!(r#"[{policy}, {{"PolicyVersion": {{"Document": {policy}}}}}]"#)),
            [
                ("[0]".to_owned(), policy.to_owned()),
                ("[1].PolicyVersion.Document".to_owned(), policy.to_owned())
            ]
        );
        let role = format!(r#"{{"Role": {{"AssumeRolePolicyDocument": {policy}}}}}"#);
        assert_eq!(documents(&role)[0].member.as_deref(), Some("AssumeRolePolicyDocument"));
    }
}
