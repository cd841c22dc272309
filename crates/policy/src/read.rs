//! The grammar of policies over JSON: what each element may be, and what to say when it is not.
//!
//! AWS: IAM User Guide, "Grammar of the IAM JSON policy language". The page writes element names as literal strings
//! and says nothing about their case; another case is a fault here, and is read as the element that was meant.
//!
//! What could not be read is never taken for something that is not there. A statement with such a place is
//! [`Statement::faulty`]; where statements themselves could not be read, an empty faulty statement stands for them.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Faults};
use crate::json::{self, Member, Node, Value, shortened};
use crate::nearest::nearest;
use crate::statement::StatementSpan;
use crate::{
    ActionElement, Clause, Condition, Effect, Instant, Operator, Policy, PrincipalElement, PrincipalEntry,
    PrincipalKind, ResourceElement, Scalar, Span, Spanned, Statement, StatementForm, Version, doubtful,
};

/// What a text holds, and what is wrong with it.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// What was understood; `None` when the text is no JSON object at all.
    pub policy: Option<Policy>,
    /// What was not, and what does not mean what it seems to, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// What does this policy text say?
///
/// Linear in the text, and bounded in memory whatever the text is. Never fails: what is not understood is in the
/// diagnostics, and statements it belongs to are marked [`Statement::faulty`].
pub fn parse(bytes: &[u8]) -> Parsed {
    let mut faults = Faults::default();
    let policy = read(bytes, &mut faults);
    if let Some(policy) = &policy {
        doubtful::review(policy, bytes, &mut faults);
    }
    Parsed { policy, diagnostics: faults.sorted() }
}

fn read(bytes: &[u8], faults: &mut Faults) -> Option<Policy> {
    if bytes.len() > json::LARGEST {
        let message = format!("{} MB are too much for a policy", bytes.len() >> 20);
        let help =
            Some("AWS's largest policies have some 50,000 characters; is this another file?".to_owned());
        faults.add(Diagnostic::error("too-large", Span::new(0, 0), message, help));
        return None;
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = u32::try_from(error.valid_up_to()).unwrap_or(u32::MAX);
            let message = "these bytes are not UTF-8 text".to_owned();
            let help = Some("save the policy as UTF-8".to_owned());
            faults.add(Diagnostic::error("not-utf8", Span::new(at, at + 1), message, help));
            return None;
        }
    };
    let node = json::read(text, faults)?;
    let Value::Object(members) = &node.value else {
        let message = format!("a policy is a JSON object, not {}", node.kind());
        faults.add(Diagnostic::error("not-a-policy", node.span, message, None));
        return None;
    };
    Some(policy(members, &node, faults))
}

fn policy(members: &[Member<'_>], node: &Node<'_>, faults: &mut Faults) -> Policy {
    let mut policy = Policy { version: None, id: None, statements: Vec::new(), form: StatementForm::List };
    // Something in doubt between the statements, such as a text that ends there, may hide a statement.
    let mut hidden = node.may_hide_values();
    let mut all_in_doubt = false;
    let mut seen = Seen::default();
    for member in members {
        let name = element(member, &["Version", "Id", "Statement"], "a policy", faults);
        if !seen.first(name.unwrap_or(&member.key), member, faults) {
            hidden |= name == Some("Statement");
            all_in_doubt |= name == Some("Version");
            continue;
        }
        match name {
            Some("Version") => {
                policy.version = version(&member.value, faults);
                all_in_doubt |= policy.version.is_none() || !member.value.is_sound();
            }
            Some("Id") => policy.id = text(&member.value, "Id", faults),
            Some("Statement") => hidden |= !statements(&member.value, &mut policy, faults),
            _ => {}
        }
    }
    if !seen.has("Statement") {
        let help = "add `\"Statement\": [ … ]`".to_owned();
        faults.add(Diagnostic::error(
            "no-statement",
            node.span,
            "a policy needs a `Statement`".into(),
            Some(help),
        ));
        hidden = true;
    }
    if hidden {
        policy.statements.push(Statement { faulty: true, ..nothing(node.span) });
    }
    if all_in_doubt {
        for statement in &mut policy.statements {
            (statement.faulty, statement.action_is_certain, statement.lacks_action) = (true, false, false);
        }
    }
    policy
}

/// Reads the value of `Statement`; false when it may hold statements that were not read.
fn statements(node: &Node<'_>, policy: &mut Policy, faults: &mut Faults) -> bool {
    match &node.value {
        Value::List(items) => {
            policy.statements = items.iter().map(|item| statement(item, faults)).collect();
            !node.may_hide_values()
        }
        Value::Object(_) => {
            policy.form = StatementForm::One;
            policy.statements = vec![statement(node, faults)];
            true
        }
        _ => {
            wrong_type(node, "Statement", "an object or a list of objects", faults);
            false
        }
    }
}

/// The keys of one object that were met. Objects of policies have few; hostile ones get a set.
#[derive(Default)]
struct Seen<'k> {
    few: Vec<&'k str>,
    many: HashSet<&'k str>,
}

const FEW: usize = 16;

impl<'k> Seen<'k> {
    /// Is this the first of its name? A second one is a fault, and the first counts.
    fn first(&mut self, name: &'k str, member: &Member<'_>, faults: &mut Faults) -> bool {
        if !self.add(name) {
            let message = format!("`{}` stands here a second time", shortened(&member.key));
            let help =
                "AWS refuses a policy with the same key twice; put the values into one list".to_owned();
            faults.add(Diagnostic::error("duplicate-key", member.key_span, message, Some(help)));
            return false;
        }
        true
    }

    fn add(&mut self, name: &'k str) -> bool {
        if self.few.len() < FEW {
            let new = !self.few.contains(&name);
            if new {
                self.few.push(name);
            }
            return new;
        }
        !self.few.contains(&name) && self.many.insert(name)
    }

    fn has(&self, name: &str) -> bool {
        self.few.contains(&name) || self.many.contains(name)
    }
}

/// Which of the known elements is this? A different case is a fault that leaves no doubt about what was meant.
fn element<'k>(member: &Member<'_>, known: &[&'k str], what: &str, faults: &mut Faults) -> Option<&'k str> {
    let written = &*member.key;
    if let Some(name) = known.iter().find(|name| **name == written) {
        return Some(name);
    }
    let same = known.iter().find(|name| name.eq_ignore_ascii_case(written)).copied();
    let help = match (same, nearest(written, known.iter().copied())) {
        (Some(name), _) => format!("write `{name}`"),
        (None, Some(name)) => format!("did you mean `{name}`?"),
        (None, None) => format!("the elements here are {}", known.join(", ")),
    };
    let message = format!("`{}` is not an element of {what}", shortened(written));
    faults.add(Diagnostic::error("unknown-element", member.key_span, message, Some(help)));
    same
}

fn wrong_type(node: &Node<'_>, what: &str, wanted: &str, faults: &mut Faults) {
    // Unreadable text has its own fault already.
    if !matches!(node.value, Value::Broken) {
        let message = format!("`{}` must be {wanted}, not {}", shortened(what), node.kind());
        faults.add(Diagnostic::error("wrong-type", node.span, message, None));
    }
}

fn text(node: &Node<'_>, what: &str, faults: &mut Faults) -> Option<Spanned<String>> {
    match &node.value {
        Value::String(text) => Some(owned(text, node.span)),
        _ => {
            wrong_type(node, what, "a string", faults);
            None
        }
    }
}

fn owned(text: &str, span: Span) -> Spanned<String> {
    Spanned::new(text.to_owned(), span)
}

fn version(node: &Node<'_>, faults: &mut Faults) -> Option<Spanned<Version>> {
    let written = text(node, "Version", faults)?;
    let version = match written.value.as_str() {
        "2012-10-17" => Version::V2012,
        "2008-10-17" => Version::V2008,
        other => {
            let message = format!("`{}` is not a version of the policy language", shortened(other));
            let help = Some("write `2012-10-17`".to_owned());
            faults.add(Diagnostic::error("unknown-version", node.span, message, help));
            return None;
        }
    };
    Some(Spanned::new(version, written.span))
}

/// The names that a statement may have, in the order in which they are usually written.
///
/// AWS: IAM User Guide, "Grammar of the IAM JSON policy language".
pub const STATEMENT_ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// A statement of which nothing was read.
fn nothing(span: Span) -> Statement {
    Statement {
        span: StatementSpan(span),
        sid: None,
        effect: None,
        principal: None,
        action: None,
        resource: None,
        condition: None,
        faulty: false,
        action_is_certain: false,
        lacks_action: false,
    }
}

fn statement(node: &Node<'_>, faults: &mut Faults) -> Statement {
    let mut statement = Statement { faulty: !node.is_sound(), ..nothing(node.span) };
    // A fault that belongs to no value of an element may hide an element.
    let mut action_is_certain = !node.may_hide_values();
    let Value::Object(members) = &node.value else {
        wrong_type(node, "Statement", "an object or a list of objects", faults);
        statement.faulty = true;
        return statement;
    };
    let mut seen = Seen::default();
    for member in members {
        let name = element(member, &STATEMENT_ELEMENTS, "a statement", faults);
        let first = seen.first(name.unwrap_or(&member.key), member, faults);
        let sound = match name {
            Some(name) if first => read_element(&mut statement, name, member, faults),
            // A second `Sid` does not change what the statement matches, anything else that is left out might.
            Some("Sid") => true,
            Some("Effect") => {
                statement.effect = None;
                false
            }
            _ => false,
        };
        // AWS: "Grammar of the IAM JSON policy language": the names are literal. What another case does is not said.
        let literal = name == Some(&member.key);
        statement.faulty |= !sound || !literal;
        let is_sound = sound && member.value.is_sound();
        action_is_certain &= match name {
            Some("Effect") => is_sound && first,
            Some("Action" | "NotAction") => is_sound && first && literal,
            // A second action or effect that the fault of another element swallowed would be one too many.
            Some(_) => first,
            None => false,
        };
    }
    for (plain, negated) in
        [("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource")]
    {
        if seen.has(plain) && seen.has(negated) {
            let message = format!("a statement has either `{plain}` or `{negated}`, not both");
            let help = Some("make two statements of it".to_owned());
            faults.add(Diagnostic::error("both-forms", head(node), message, help));
            statement.faulty = true;
            action_is_certain &= plain != "Action";
        }
    }
    if !seen.has("Effect") {
        let help = "add `\"Effect\": \"Allow\"` or `\"Effect\": \"Deny\"`".to_owned();
        faults.add(Diagnostic::error(
            "no-effect",
            head(node),
            "a statement needs an `Effect`".into(),
            Some(help),
        ));
    }
    if !seen.has("Action") && !seen.has("NotAction") {
        let message = "a statement needs an `Action` or a `NotAction`".to_owned();
        faults.add(Diagnostic::error("no-action", head(node), message, None));
        statement.lacks_action = !statement.faulty && statement.effect.is_some();
    }
    statement.faulty |= statement.effect.is_none() || statement.action.is_none();
    statement.action_is_certain =
        action_is_certain && statement.effect.is_some() && statement.action.is_some();
    statement
}

/// The opening brace: where to point when something is missing.
fn head(node: &Node<'_>) -> Span {
    Span::new(node.span.start, node.span.start + 1)
}

/// Reads one element into the statement; false when what it matches is not known.
fn read_element(statement: &mut Statement, name: &str, member: &Member<'_>, faults: &mut Faults) -> bool {
    let key = Spanned::new((), member.key_span);
    let node = &member.value;
    let mut sound = true;
    match name {
        "Sid" => statement.sid = text(node, "Sid", faults),
        "Effect" => {
            statement.effect = effect(node, faults);
            sound = statement.effect.is_some();
        }
        "Principal" | "NotPrincipal" => {
            statement.principal = principal(node, name, key, faults, &mut sound);
            sound &= statement.principal.is_some();
        }
        "Action" | "NotAction" => {
            let (patterns, list) = strings(node, name, faults, &mut sound);
            patterns.iter().for_each(|pattern| action_pattern(pattern, faults));
            statement.action = Some(ActionElement { negated: name == "NotAction", key, patterns, list });
        }
        "Resource" | "NotResource" => {
            let (patterns, list) = strings(node, name, faults, &mut sound);
            statement.resource =
                Some(ResourceElement { negated: name == "NotResource", key, patterns, list });
        }
        _ => {
            statement.condition = condition(node, key, faults, &mut sound);
            sound &= statement.condition.is_some();
        }
    }
    sound
}

/// AWS: "IAM JSON policy elements: Action": "You specify a value using a service namespace as an action prefix …
/// followed by the name of the action". IAM refuses others: "Actions/Conditions must be prefaced by a vendor" and
/// "Actions/Condition can contain only one colon".
fn action_pattern(pattern: &Spanned<String>, faults: &mut Faults) {
    let fits = pattern.value == "*"
        || pattern
            .value
            .split_once(':')
            .is_some_and(|(prefix, name)| !prefix.is_empty() && !name.is_empty() && !name.contains(':'));
    if !fits {
        let message = format!("`{}` is not an action", shortened(&pattern.value));
        let help = Some("actions are written `service:Name`, such as `s3:GetObject`".to_owned());
        faults.add(Diagnostic::error("not-an-action", pattern.span, message, help));
    }
}

fn effect(node: &Node<'_>, faults: &mut Faults) -> Option<Spanned<Effect>> {
    let written = text(node, "Effect", faults)?;
    let effect = match written.value.as_str() {
        "Allow" => Effect::Allow,
        "Deny" => Effect::Deny,
        other => {
            // AWS: IAM User Guide, "IAM JSON policy elements: Effect": the value is case sensitive.
            let message = format!("`{}` is not an effect", shortened(other));
            let help = Some("write `Allow` or `Deny`; case counts".to_owned());
            faults.add(Diagnostic::error("unknown-effect", node.span, message, help));
            return None;
        }
    };
    Some(Spanned::new(effect, written.span))
}

/// A string or a list of strings. What is not a string is a fault, and makes the element unsound.
fn strings(
    node: &Node<'_>,
    what: &str,
    faults: &mut Faults,
    sound: &mut bool,
) -> (Vec<Spanned<String>>, bool) {
    match &node.value {
        Value::String(text) => (vec![owned(text, node.span)], false),
        Value::List(items) => {
            let mut patterns = Vec::with_capacity(items.len());
            for item in items {
                match &item.value {
                    Value::String(text) => patterns.push(owned(text, item.span)),
                    _ => {
                        wrong_type(item, what, "a string or a list of strings", faults);
                        *sound = false;
                    }
                }
            }
            empty_list(node, items, what, faults);
            (patterns, true)
        }
        _ => {
            wrong_type(node, what, "a string or a list of strings", faults);
            *sound = false;
            (Vec::new(), false)
        }
    }
}

/// AWS takes empty lists: IAM User Guide, "IAM policy validation check reference", "Suggestion – Empty array action".
fn empty_list(node: &Node<'_>, items: &[Node<'_>], what: &str, faults: &mut Faults) {
    if items.is_empty() && node.is_sound() {
        let message = format!("the list of `{}` is empty", shortened(what));
        let help = match what {
            "NotAction" | "NotResource" | "NotPrincipal" => "it excludes nothing, so everything matches",
            _ => "nothing matches it",
        };
        faults.add(Diagnostic::warning("empty-list", node.span, message, Some(help.to_owned())));
    }
}

fn principal(
    node: &Node<'_>,
    name: &str,
    key: Spanned<()>,
    faults: &mut Faults,
    sound: &mut bool,
) -> Option<PrincipalElement> {
    let mut element =
        PrincipalElement { negated: name == "NotPrincipal", key, bare: None, entries: Vec::new() };
    let members = match &node.value {
        Value::String(text) => {
            if text != "*" {
                let short = shortened(text);
                let message = format!("`{short}` stands without saying what sort of principal it is");
                let help = Some(format!("write `{{\"AWS\": \"{short}\"}}`"));
                faults.add(Diagnostic::error("bare-principal", node.span, message, help));
            }
            element.bare = Some(owned(text, node.span));
            return Some(element);
        }
        Value::Object(members) => members,
        _ => {
            wrong_type(node, name, "`*` or an object", faults);
            return None;
        }
    };
    let mut seen = Seen::default();
    for member in members {
        let kind = principal_kind(member, faults);
        match kind {
            Some(kind) if seen.first(kind.name(), member, faults) => {
                // The grammar has the names literally, as those of elements.
                *sound &= kind.name() == &*member.key;
                let (values, list) = strings(&member.value, kind.name(), faults, sound);
                element.entries.extend(values.into_iter().map(|value| PrincipalEntry { kind, value, list }));
            }
            _ => *sound = false,
        }
    }
    Some(element)
}

fn principal_kind(member: &Member<'_>, faults: &mut Faults) -> Option<PrincipalKind> {
    let written = &*member.key;
    if let Some(kind) = PrincipalKind::ALL.into_iter().find(|kind| kind.name() == written) {
        return Some(kind);
    }
    let same = PrincipalKind::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(written));
    let help = match same {
        Some(kind) => format!("write `{}`", kind.name()),
        None => format!("the sorts are {}", PrincipalKind::ALL.map(PrincipalKind::name).join(", ")),
    };
    let message = format!("`{}` is not a sort of principal", shortened(written));
    faults.add(Diagnostic::error("unknown-principal", member.key_span, message, Some(help)));
    same
}

fn condition(node: &Node<'_>, key: Spanned<()>, faults: &mut Faults, sound: &mut bool) -> Option<Condition> {
    let Value::Object(operators) = &node.value else {
        wrong_type(node, "Condition", "an object", faults);
        return None;
    };
    let mut condition = Condition { key, clauses: Vec::new() };
    let mut seen = Seen::default();
    for member in operators {
        if !seen.first(&member.key, member, faults) {
            *sound = false;
            continue;
        }
        let operator = Operator::parse(&member.key);
        if operator.base.is_none() {
            unknown_operator(&operator, member, faults);
        }
        let Value::Object(keys) = &member.value.value else {
            wrong_type(&member.value, &member.key, "an object of keys and values", faults);
            *sound = false;
            continue;
        };
        let mut seen_keys = Seen::default();
        let mut in_lower_case = HashSet::new();
        for entry in keys {
            if !seen_keys.first(&entry.key, entry, faults) {
                *sound = false;
                continue;
            }
            if keys.len() > 1 && !in_lower_case.insert(entry.key.to_ascii_lowercase()) {
                // AWS: "IAM policy validation check reference", "Error – Duplicate keys with different case".
                let message =
                    format!("`{}` stands here a second time, in another case", shortened(&entry.key));
                let help = "case does not count in keys; put the values into one list".to_owned();
                faults.add(Diagnostic::error("duplicate-condition-key", entry.key_span, message, Some(help)));
            }
            let (values, list) = scalars(&entry.value, &entry.key, faults, sound);
            if operator.base.is_some_and(|base| base.name().starts_with("Date")) {
                *sound &= !unclear_dates(&values, faults);
            }
            condition.clauses.push(Clause {
                operator: Spanned::new(operator.clone(), member.key_span),
                key: owned(&entry.key, entry.key_span),
                values,
                list,
            });
        }
    }
    Some(condition)
}

/// Is one of the values a date that only AWS knows the meaning of? AWS: see [`Instant::is_unclear`].
fn unclear_dates(values: &[Spanned<Scalar>], faults: &mut Faults) -> bool {
    let mut found = false;
    for value in values.iter().filter(|value| Instant::is_unclear(value.value.text())) {
        found = true;
        let message = format!(
            "`{}` is no date as AWS documents them, and what it makes of it is not known",
            shortened(value.value.text())
        );
        let help = Some("write `2027-01-31T00:00:00Z`".to_owned());
        faults.add(Diagnostic::error("unclear-date", value.span, message, help));
    }
    found
}

fn unknown_operator(operator: &Operator, member: &Member<'_>, faults: &mut Faults) {
    let message = format!("`{}` is not a condition operator", shortened(&operator.written));
    let help = match operator.suggestion() {
        Some(name) => format!("did you mean `{name}`?"),
        None => {
            "operators are `StringEquals`, `ArnLike`, `IpAddress`, `Bool`, `Null` and their kin".to_owned()
        }
    };
    faults.add(Diagnostic::error("unknown-operator", member.key_span, message, Some(help)));
}

fn scalars(
    node: &Node<'_>,
    what: &str,
    faults: &mut Faults,
    sound: &mut bool,
) -> (Vec<Spanned<Scalar>>, bool) {
    let mut scalar = |node: &Node<'_>, faults: &mut Faults| {
        let value = match &node.value {
            Value::String(text) => Scalar::String(text.to_string()),
            Value::Number(text) => Scalar::Number((*text).to_owned()),
            Value::Bool(value) => Scalar::Bool(*value),
            _ => {
                wrong_type(node, what, "a string, number or boolean, or a list of them", faults);
                *sound = false;
                return None;
            }
        };
        Some(Spanned::new(value, node.span))
    };
    match &node.value {
        Value::List(items) => {
            let values = items.iter().filter_map(|item| scalar(item, faults)).collect();
            empty_list(node, items, what, faults);
            (values, true)
        }
        _ => (scalar(node, faults).into_iter().collect(), false),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::Policy;

    fn read(text: &str) -> (Policy, Vec<&'static str>) {
        let parsed = parse(text.as_bytes());
        (parsed.policy.expect("it is an object"), parsed.diagnostics.iter().map(|fault| fault.id).collect())
    }

    /// Statements in order: `true` is faulty.
    fn faulty(text: &str) -> Vec<bool> {
        read(text).0.statements.iter().map(|statement| statement.faulty).collect()
    }

    const SOUND: &str = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#;

    #[test]
    fn of_what_actions_a_faulty_statement_speaks_may_be_certain() {
        for (members, certain) in [
            (r#""Effect": "Allow", "Action": "s3:Get*", "Resource": (later)"#, true),
            (r#""Effect": "Allow", "Action": "s3:Get*", "Resource": ["a", (later)]"#, true),
            (
                r#""Effect": "Allow", "Action": "s3:Get*", "Resource": "*", "Condition": {"Bool": {"a:b": (later)}}"#,
                true,
            ),
            (r#""Effect": "Deny", "NotAction": "s3:Get*", "Principal": {"AWS": (later)}"#, true),
            (r#""Effect": "Allow", "Action": ["s3:Get*", (later)], "Resource": "*""#, false),
            (r#""Effect": (later), "Action": "s3:Get*", "Resource": "*""#, false),
            (r#""Effect": "Allow", "Resource": (later)"#, false),
            (r#""Effect": "Allow", "Action": "s3:Get*", "Resource": "a", "Resource": "b""#, false),
            (r#""Effect": "Allow", "Action": "s3:Get*", "NotAction": "s3:Put*", "Resource": "b""#, false),
            (r#""Effect": "Allow", "Action": "s3:Get*", "Resource": "a", "Other": 1"#, false),
            (r#""Effect": "Allow", "Action": "s3:Get*", "Resource": "a""#, true),
        ] {
            let policy = read(&format!(r#"{{"Version": "2012-10-17", "Statement": {{{members}}}}}"#)).0;
            assert_eq!(policy.statements[0].action_is_certain, certain, "{members}");
        }
        let policy =
            read(r#"{"Version": 7, "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#).0;
        assert!(!policy.statements[0].action_is_certain, "which version it is in bears on all of it");
    }

    #[test]
    fn what_may_hide_a_statement_leaves_a_faulty_one() {
        for text in [
            "{}".to_owned(),
            r#"{"Statement": 7}"#.to_owned(),
            r#"{"Statements": []}"#.to_owned(),
            format!(r#"{{"Statement": [{SOUND}], "Statement": []}}"#),
            format!(r#"{{"Statement": [{SOUND}], "Stat"#),
            format!(r#"{{"Statement": [{SOUND}, "#),
            format!(r#"{{"Statement": [{SOUND}, 7]}}"#),
        ] {
            assert_eq!(faulty(&text).last(), Some(&true), "{text}");
        }
        assert_eq!(faulty(&format!(r#"{{"Statement": [{SOUND},]}}"#)), [false]);
    }

    #[test]
    fn a_fault_spoils_its_own_statement_only() {
        let text = format!(r#"{{"Statement": [{SOUND}, {{"Effect": "Allow", "Action": "s3\x"}}, {SOUND}]}}"#);
        assert_eq!(faulty(&text), [false, true, false]);
    }

    #[test]
    fn a_version_in_doubt_spoils_every_statement() {
        for version in [
            r#""Version": "2012-10-18""#,
            r#""Version": 7"#,
            r#""Version": "2012-10-17", "Version": "2008-10-17""#,
        ] {
            assert_eq!(faulty(&format!(r#"{{{version}, "Statement": {SOUND}}}"#)), [true], "{version}");
        }
    }

    #[test]
    fn an_element_in_another_case_is_reported_and_read_and_leaves_the_statement_in_doubt() {
        let (policy, faults) = read(r#"{"statement": {"effect": "Deny", "ACTION": ["*"], "Resource": "*"}}"#);
        assert_eq!(faults, ["unknown-element"; 3]);
        assert!(policy.statements[0].faulty);
        assert_eq!(policy.statements[0].action.as_ref().map(|action| action.patterns.len()), Some(1));
        let (policy, _) = read(r#"{"Statement": {"effect": "Deny", "Action": ["*"], "Resource": "*"}}"#);
        assert!(policy.statements[0].faulty && policy.statements[0].action_is_certain);
    }

    #[test]
    fn the_same_element_in_two_cases_is_there_twice() {
        let (policy, faults) = read(r#"{"Statement": {"Effect": "Deny", "Action": "*", "action": "s3:*"}}"#);
        assert_eq!(faults, ["unknown-element", "duplicate-key"]);
        assert!(policy.statements[0].faulty);
    }

    #[test]
    fn of_two_effects_neither_counts() {
        let (policy, faults) =
            read(r#"{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Effect": "Allow"}}"#);
        assert_eq!(faults, ["duplicate-key"]);
        assert_eq!(policy.statements[0].effect, None);
        assert!(policy.statements[0].faulty);
    }

    #[test]
    fn condition_values_may_be_bare_numbers_and_booleans() {
        let condition = r#"{"Bool": {"a:b": true}, "NumericEquals": {"a:c": [1.50, "2"]}}"#;
        let (policy, faults) = read(&format!(
            r#"{{"Statement": {{"Effect": "Allow", "Action": "*", "Condition": {condition}}}}}"#
        ));
        assert!(faults.is_empty(), "{faults:?}");
        let clauses = &policy.statements[0].condition.as_ref().expect("it was written").clauses;
        let values: Vec<Vec<&str>> = clauses
            .iter()
            .map(|clause| clause.values.iter().map(|value| value.value.text()).collect())
            .collect();
        assert_eq!(values, [vec!["true"], vec!["1.50", "2"]]);
    }

    #[test]
    fn keys_that_differ_in_case_are_two_clauses() {
        let condition = r#"{"StringEquals": {"aws:UserId": "a", "aws:userid": "b"}}"#;
        let (policy, faults) = read(&format!(
            r#"{{"Statement": {{"Effect": "Allow", "Action": "*", "Condition": {condition}}}}}"#
        ));
        assert_eq!(faults, ["duplicate-condition-key"]);
        assert_eq!(policy.statements[0].condition.as_ref().map(|condition| condition.clauses.len()), Some(2));
    }
}
