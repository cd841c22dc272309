//! The way from a document to a place in it.

use clavicle_policy::{Policy, Span, Spanned, Statement};

/// The way to what stands at `span`, `Statement[1].Action[0]`, and the place of its statement. Places count from 0, as
/// in JSON pointers.
pub(crate) fn route(policy: &Policy, span: Span) -> (String, Option<usize>) {
    let inside = |outer: Span| outer.start <= span.start && span.end <= outer.end;
    let found = policy.statements.iter().enumerate().find(|(_, statement)| inside(statement.span.0));
    let Some((at, statement)) = found else {
        let member = policy.version.as_ref().is_some_and(|version| inside(version.span));
        return (if member { "Version".to_owned() } else { String::new() }, None);
    };
    let element = element(statement, span).map(|element| format!(".{element}")).unwrap_or_default();
    (format!("Statement[{at}]{element}"), Some(at))
}

fn element(statement: &Statement, span: Span) -> Option<String> {
    let inside = |outer: Span| outer.start <= span.start && span.end <= outer.end;
    let listed = |name: &str, values: &[Spanned<String>], list: bool| {
        let at = values.iter().position(|value| inside(value.span))?;
        Some(if list { format!("{name}[{at}]") } else { name.to_owned() })
    };
    if statement.sid.as_ref().is_some_and(|sid| inside(sid.span)) {
        return Some("Sid".to_owned());
    }
    if statement.effect.as_ref().is_some_and(|effect| inside(effect.span)) {
        return Some("Effect".to_owned());
    }
    if let Some(principal) = &statement.principal {
        let name = if principal.negated { "NotPrincipal" } else { "Principal" };
        if inside(principal.key.span) || principal.bare.as_ref().is_some_and(|bare| inside(bare.span)) {
            return Some(name.to_owned());
        }
        if let Some(found) = principal.entries.iter().position(|entry| inside(entry.value.span)) {
            let entry = principal.entries.get(found)?;
            let before =
                principal.entries.iter().take(found).filter(|other| other.kind == entry.kind).count();
            let at = if entry.list { format!("[{before}]") } else { String::new() };
            return Some(format!("{name}.{}{at}", entry.kind.name()));
        }
    }
    if let Some(action) = &statement.action {
        let name = if action.negated { "NotAction" } else { "Action" };
        if inside(action.key.span) {
            return Some(name.to_owned());
        }
        if let Some(found) = listed(name, &action.patterns, action.list) {
            return Some(found);
        }
    }
    if let Some(resource) = &statement.resource {
        let name = if resource.negated { "NotResource" } else { "Resource" };
        if inside(resource.key.span) {
            return Some(name.to_owned());
        }
        if let Some(found) = listed(name, &resource.patterns, resource.list) {
            return Some(found);
        }
    }
    let condition = statement.condition.as_ref()?;
    if inside(condition.key.span) {
        return Some("Condition".to_owned());
    }
    for clause in &condition.clauses {
        let operator = &clause.operator.value.written;
        let name = format!("Condition.{operator}.{}", clause.key.value);
        if inside(clause.key.span) {
            return Some(name);
        }
        if let Some(at) = clause.values.iter().position(|value| inside(value.span)) {
            return Some(if clause.list { format!("{name}[{at}]") } else { name });
        }
        if inside(clause.operator.span) {
            return Some(format!("Condition.{operator}"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use clavicle_policy::{Span, parse};

    use super::route;

    #[test]
    fn every_part_of_a_statement_has_a_way_to_it() {
        let text = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "a:b"}, {"Sid": "x",
            "Effect": "Allow", "Principal": {"Service": "s.amazonaws.com", "AWS": ["111122223333", "444455556666"]},
            "NotAction": ["c:d", "e:f"], "Resource": "arn:aws:s3:::g",
            "Condition": {"StringLike": {"aws:username": ["h", "i*"]}}}]}"#;
        let policy = parse(text.as_bytes()).policy.expect("an object");
        for (part, wanted) in [
            ("2012-10-17", "Version"),
            ("a:b", "Statement[0].Action"),
            ("\"x\"", "Statement[1].Sid"),
            ("\"Allow\"", "Statement[1].Effect"),
            ("s.amazonaws.com", "Statement[1].Principal.Service"),
            ("444455556666", "Statement[1].Principal.AWS[1]"),
            ("NotAction", "Statement[1].NotAction"),
            ("e:f", "Statement[1].NotAction[1]"),
            ("arn:aws:s3:::g", "Statement[1].Resource"),
            ("StringLike", "Statement[1].Condition.StringLike"),
            ("aws:username", "Statement[1].Condition.StringLike.aws:username"),
            ("i*", "Statement[1].Condition.StringLike.aws:username[1]"),
        ] {
            let start = text.find(part).expect("it is there");
            let span = Span::new(start as u32, (start + part.len()) as u32);
            assert_eq!(route(&policy, span).0, wanted, "{part}");
        }
        assert_eq!(route(&policy, Span::new(0, 1)), (String::new(), None));
    }
}
