//! Places of a template or sample that are not filled in.

use clavicle_policy::{Diagnostic, Span, Variable, Version, placeholders};

use crate::look::{Family, Look, action_patterns, clauses, resource_patterns};
use crate::rule::{Rule, Severity, guide, identity, resource};

pub(super) const FAMILY: Family = Family { rules: &[&TEMPLATE_PLACEHOLDER], look };

pub(super) static TEMPLATE_PLACEHOLDER: Rule = Rule {
    id: "template-placeholder",
    severity: Severity::Warning,
    title: "a place of a template that is not filled in",
    means: "In an action, resource, principal, condition key or value stands `${Name}`, whose name without a colon is no key of requests, `${AWS::Name}`, `<name>`, `[NAME]` in upper case, `{{name}}`, or `{name}` as a whole value or before the last part of an ARN.",
    why: "As it stands it is plain text, or a variable that no request has, and matches nothing that is meant: an Allow gives nothing, and a Deny that is to spare what is meant spares nothing.",
    fix: "Fill it in, and check the text that is sent to AWS.",
    aws: &[],
    source: guide!("reference_policies_variables"),
    bad: &[
        identity(
            r#""Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:${Partition}:sqs:eu-west-1:111122223333:q""#,
        ),
        identity(r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::${BUCKET}/*""#),
        identity(
            r#""Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:<account-id>:q""#,
        ),
        identity(
            r#""Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:[REGION]:111122223333:q""#,
        ),
        resource(
            r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "{org_id}"}}"#,
        ),
    ],
    good: &[
        identity(
            r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:username}/*""#,
        ),
        // Names of objects may have any character.
        identity(r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/{year}/*""#),
        identity(
            r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b", "Condition": {"StringLike": {"s3:prefix": ["[a-z]*", "a<b>"]}}"#,
        ),
    ],
};

fn look(look: &mut Look<'_>) {
    for (_, statement) in look.statements() {
        for action in action_patterns(statement) {
            tell(look, action.span, &[open_place(&action.value, true)]);
        }
        for pattern in resource_patterns(statement) {
            let found =
                open_place(before_resource(&pattern.value), true).or(open_place(&pattern.value, false));
            tell(look, pattern.span, &[found, variable(look, &pattern.value, pattern.span)]);
        }
        for entry in statement.principal.iter().flat_map(|principal| &principal.entries) {
            tell(look, entry.value.span, &[open_place(&entry.value.value, true)]);
        }
        for clause in clauses(statement) {
            tell(look, clause.key.span, &[open_place(&clause.key.value, true)]);
            for value in &clause.values {
                let text = value.value.text();
                let found = open_place(text, false).or(open_place(text, true).filter(|found| *found == text));
                tell(look, value.span, &[found, variable(look, text, value.span)]);
            }
        }
    }
}

fn tell(look: &mut Look<'_>, span: Span, found: &[Option<&str>]) {
    let found: Vec<String> = found.iter().flatten().map(|found| format!("`{found}`")).collect();
    let message = match found.as_slice() {
        [] => return,
        [one] => format!("{one} is not filled in"),
        all => format!("{} are not filled in", all.join(" and ")),
    };
    look.report(&TEMPLATE_PLACEHOLDER, span, message, "put in what is meant".to_owned());
}

/// An ARN up to the part that names the resource, which may have any character.
fn before_resource(text: &str) -> &str {
    let fifth = text.match_indices(':').nth(4).map_or(0, |(at, _)| at);
    if text.starts_with("arn:") { text.get(..fifth).unwrap_or_default() } else { text }
}

/// The first variable that no request has. Where none is replaced at all, the parser has said so.
///
/// AWS: IAM User Guide, "IAM policy elements: Variables and tags": between the braces stands a key of the request, and keys are
/// written `service:name`.
fn variable<'t>(look: &Look<'_>, text: &'t str, span: Span) -> Option<&'t str> {
    let version = look.policy.version.as_ref().map(|version| version.value);
    let told = |fault: &Diagnostic| {
        fault.id.contains("variable") && fault.span.start < span.end && span.start < fault.span.end
    };
    if version != Some(Version::V2012) || look.parsed.diagnostics.iter().any(told) {
        return None;
    }
    placeholders(text).find_map(|found| match found.reads {
        Ok(Variable::Key { name, .. }) if !name.contains(':') || name.starts_with("AWS::") => {
            text.get(found.range)
        }
        _ => None,
    })
}

/// Is something to be filled in?
pub(crate) fn is_open(text: &str) -> bool {
    open_place(text, true).is_some()
}

/// The first place that is to be filled in; those in single braces only where `braces` are meant by nobody.
fn open_place(text: &str, braces: bool) -> Option<&str> {
    let name = |letter: char| letter.is_ascii_alphanumeric() || " _-.:/|".contains(letter);
    let capital =
        |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || " _-".contains(letter);
    for (at, letter) in text.char_indices().filter(|(_, letter)| "<[{".contains(*letter)) {
        let rest = text.get(at..)?;
        let double = rest.starts_with("{{");
        if text.get(..at).is_some_and(|before| before.ends_with('$')) || letter == '{' && !double && !braces {
            continue;
        }
        let (open, close) = match letter {
            '<' => ("<", ">"),
            '[' => ("[", "]"),
            _ if double => ("{{", "}}"),
            _ => ("{", "}"),
        };
        let Some((inside, _)) = rest.get(open.len()..).and_then(|rest| rest.split_once(close)) else {
            continue;
        };
        let is_name = if letter == '[' {
            inside.chars().all(capital) && inside.chars().filter(char::is_ascii_uppercase).count() >= 3
        } else {
            inside.chars().all(name)
        };
        let word = inside.trim();
        if is_name && word.len() >= 2 && word.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            return rest.get(..open.len() + inside.len() + close.len());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::open_place;

    #[test]
    fn what_is_to_be_filled_in_looks_so() {
        for (text, found) in [
            ("arn:aws:sqs:<region>:<account-id>:q", Some("<region>")),
            ("<my-org-id>", Some("<my-org-id>")),
            ("[ACCOUNT_ID]", Some("[ACCOUNT_ID]")),
            ("{{ account }}", Some("{{ account }}")),
            ("a${aws:username}", None),
            ("[A-Z0-9]*", None),
            ("{}", None),
            ("a < b > c", None),
            ("<dana@example.com>", None),
            ("[open", None),
            ("<é>", None),
        ] {
            assert_eq!(open_place(text, false), found, "{text}");
        }
        assert_eq!((open_place("x{region}", true), open_place("x{region}", false)), (Some("{region}"), None));
    }
}
