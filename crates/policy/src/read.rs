//! The grammar of policies over JSON: what each element may be, and what to say when it is not.
//!
//! AWS: IAM User Guide, "Grammar of the IAM JSON policy language".

use crate::diagnostic::{Diagnostic, Faults};
use crate::json::{Member, Node, Value};
use crate::statement::StatementSpan;
use crate::{
    ActionElement, Clause, Condition, Effect, Operator, Policy, PrincipalElement, PrincipalEntry,
    PrincipalKind, ResourceElement, Scalar, Span, Spanned, Statement, StatementForm, Version, json,
};

/// What a text holds, and what is wrong with it.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// What was understood; `None` when the text is no JSON object at all.
    pub policy: Option<Policy>,
    /// What was not, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Far above AWS's largest policy (a 20 KB bucket policy, a 51,200-character KMS or SQS policy), far below what fills
/// a memory.
const LARGEST: usize = 20 << 20;

/// What does this policy text say?
///
/// Linear in the text. Never fails: what is not understood is in the diagnostics, and statements it belongs to are
/// marked [`Statement::faulty`].
pub fn parse(bytes: &[u8]) -> Parsed {
    let mut faults = Faults::default();
    let policy = read(bytes, &mut faults);
    Parsed { policy, diagnostics: faults.sorted() }
}

fn read(bytes: &[u8], faults: &mut Faults) -> Option<Policy> {
    if bytes.len() > LARGEST {
        let message = format!("{} MB are too much for a policy", bytes.len() >> 20);
        faults.add(Diagnostic::error("too-large", Span::new(0, 1), message, None));
        return None;
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = u32::try_from(error.valid_up_to()).unwrap_or(u32::MAX);
            let help = Some("policies are UTF-8 text".to_owned());
            faults.add(Diagnostic::error(
                "not-utf8",
                Span::new(at, at + 1),
                "bytes that are no UTF-8 text".into(),
                help,
            ));
            return None;
        }
    };
    let node = json::read(text, faults)?;
    let Value::Object(members) = &node.value else {
        let message = format!("a policy is a JSON object, not {}", node.kind());
        faults.add(Diagnostic::error("not-a-policy", node.span, message, None));
        return None;
    };
    Some(policy(members, node.span, faults))
}

fn policy(members: &[Member], span: Span, faults: &mut Faults) -> Policy {
    let mut policy = Policy { version: None, id: None, statements: Vec::new(), form: StatementForm::List };
    let mut seen = Seen::default();
    for member in members {
        if !seen.first(member, faults) {
            continue;
        }
        match element(member, &["Version", "Id", "Statement"], faults) {
            Some("Version") => policy.version = version(&member.value, faults),
            Some("Id") => policy.id = text(&member.value, "Id", faults),
            Some("Statement") => match &member.value.value {
                Value::List(items) => {
                    policy.statements = items.iter().map(|item| statement(item, faults)).collect()
                }
                Value::Object(_) => {
                    policy.form = StatementForm::One;
                    policy.statements = vec![statement(&member.value, faults)];
                }
                _ => wrong_type(&member.value, "Statement", "an object or a list of objects", faults),
            },
            _ => {}
        }
    }
    if !seen.has("Statement") {
        let help = "add `\"Statement\": [ … ]`".to_owned();
        faults.add(Diagnostic::error(
            "no-statement",
            span,
            "a policy needs a `Statement`".into(),
            Some(help),
        ));
    }
    policy
}

/// The keys of one object that were met.
#[derive(Default)]
struct Seen(Vec<String>);

impl Seen {
    /// Is this the first of its key? A second one is a fault, and the first counts.
    fn first(&mut self, member: &Member, faults: &mut Faults) -> bool {
        if self.has(&member.key.value) {
            let message = format!("`{}` stands here a second time", member.key.value);
            let help = "AWS refuses a policy with the same key twice; put both values in one list".to_owned();
            faults.add(Diagnostic::error("duplicate-key", member.key.span, message, Some(help)));
            return false;
        }
        self.0.push(member.key.value.clone());
        true
    }

    fn has(&self, key: &str) -> bool {
        self.0.iter().any(|seen| seen == key)
    }
}

/// Which of the known elements is this? A different case is a fault that leaves no doubt about what was meant.
fn element<'k>(member: &Member, known: &[&'k str], faults: &mut Faults) -> Option<&'k str> {
    let written = member.key.value.as_str();
    if let Some(name) = known.iter().find(|name| **name == written) {
        return Some(name);
    }
    let near = known.iter().find(|name| name.eq_ignore_ascii_case(written));
    let help = match near {
        Some(name) => Some(format!("write `{name}`: element names are case-sensitive")),
        None => Some(format!("the elements here are {}", known.join(", "))),
    };
    let message = format!("`{written}` is not an element of a policy");
    faults.add(Diagnostic::error("unknown-element", member.key.span, message, help));
    near.copied()
}

fn wrong_type(node: &Node, what: &str, wanted: &str, faults: &mut Faults) {
    if node.value != Value::Broken {
        let message = format!("`{what}` must be {wanted}, not {}", node.kind());
        faults.add(Diagnostic::error("wrong-type", node.span, message, None));
    }
}

fn text(node: &Node, what: &str, faults: &mut Faults) -> Option<Spanned<String>> {
    match &node.value {
        Value::String(text) => Some(Spanned::new(text.clone(), node.span)),
        _ => {
            wrong_type(node, what, "a string", faults);
            None
        }
    }
}

fn version(node: &Node, faults: &mut Faults) -> Option<Spanned<Version>> {
    let written = text(node, "Version", faults)?;
    let version = match written.value.as_str() {
        "2012-10-17" => Version::V2012,
        "2008-10-17" => Version::V2008,
        other => {
            let message = format!("there is no version `{other}` of the policy language");
            let help = Some("write `2012-10-17`".to_owned());
            faults.add(Diagnostic::error("unknown-version", node.span, message, help));
            return None;
        }
    };
    Some(Spanned::new(version, written.span))
}

const ELEMENTS: [&str; 9] = [
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

fn statement(node: &Node, faults: &mut Faults) -> Statement {
    let mut statement = Statement {
        span: StatementSpan(node.span),
        sid: None,
        effect: None,
        principal: None,
        action: None,
        resource: None,
        condition: None,
        faulty: false,
    };
    let Value::Object(members) = &node.value else {
        wrong_type(node, "Statement", "an object", faults);
        statement.faulty = true;
        return statement;
    };
    let mut seen = Seen::default();
    for member in members {
        if !seen.first(member, faults) {
            statement.faulty = true;
            continue;
        }
        read_element(&mut statement, member, faults);
    }
    for pair in [("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource")] {
        if seen.has(pair.0) && seen.has(pair.1) {
            let message = format!("a statement has `{}` or `{}`, not both", pair.0, pair.1);
            faults.add(Diagnostic::error("both-forms", node.span, message, None));
            statement.faulty = true;
        }
    }
    if !seen.has("Effect") {
        let help = "add `\"Effect\": \"Allow\"` or `\"Deny\"`".to_owned();
        faults.add(Diagnostic::error(
            "no-effect",
            node.span,
            "a statement needs an `Effect`".into(),
            Some(help),
        ));
    }
    if !seen.has("Action") && !seen.has("NotAction") {
        let message = "a statement needs an `Action` or `NotAction`".to_owned();
        faults.add(Diagnostic::error("no-action", node.span, message, None));
    }
    statement.faulty |= statement.effect.is_none() || statement.action.is_none();
    statement
}

fn read_element(statement: &mut Statement, member: &Member, faults: &mut Faults) {
    let key = Spanned::new((), member.key.span);
    let node = &member.value;
    let Some(name) = element(member, &ELEMENTS, faults) else {
        statement.faulty = true;
        return;
    };
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
            for pattern in &patterns {
                let fits = pattern.value == "*"
                    || pattern.value.split_once(':').is_some_and(|(a, b)| !a.is_empty() && !b.is_empty());
                if !fits {
                    let message = format!("`{}` is not an action", pattern.value);
                    let help = Some("actions are written `service:Name`, such as `s3:GetObject`".to_owned());
                    faults.add(Diagnostic::error("not-an-action", pattern.span, message, help));
                }
            }
            statement.action = Some(ActionElement { negated: name == "NotAction", key, patterns, list });
        }
        "Resource" | "NotResource" => {
            let (patterns, list) = strings(node, name, faults, &mut sound);
            statement.resource =
                Some(ResourceElement { negated: name == "NotResource", key, patterns, list });
        }
        "Condition" => {
            statement.condition = condition(node, key, faults, &mut sound);
            sound &= statement.condition.is_some();
        }
        _ => {}
    }
    statement.faulty |= !sound;
}

fn effect(node: &Node, faults: &mut Faults) -> Option<Spanned<Effect>> {
    let written = text(node, "Effect", faults)?;
    let effect = match written.value.as_str() {
        "Allow" => Effect::Allow,
        "Deny" => Effect::Deny,
        other => {
            let message = format!("`{other}` is not an effect");
            let help = Some("write `Allow` or `Deny`: the words are case-sensitive".to_owned());
            faults.add(Diagnostic::error("unknown-effect", node.span, message, help));
            return None;
        }
    };
    Some(Spanned::new(effect, written.span))
}

/// A string or a list of strings. What is not a string is a fault, and makes the element unsound.
fn strings(node: &Node, what: &str, faults: &mut Faults, sound: &mut bool) -> (Vec<Spanned<String>>, bool) {
    match &node.value {
        Value::String(text) => (vec![Spanned::new(text.clone(), node.span)], false),
        Value::List(items) => {
            let mut patterns = Vec::with_capacity(items.len());
            for item in items {
                match &item.value {
                    Value::String(text) => patterns.push(Spanned::new(text.clone(), item.span)),
                    _ => {
                        wrong_type(item, what, "a string or a list of strings", faults);
                        *sound = false;
                    }
                }
            }
            if items.is_empty() {
                let message = format!("an empty `{what}` matches nothing");
                faults.add(Diagnostic::warning("empty-list", node.span, message, None));
            }
            (patterns, true)
        }
        _ => {
            wrong_type(node, what, "a string or a list of strings", faults);
            *sound = false;
            (Vec::new(), false)
        }
    }
}

fn principal(
    node: &Node,
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
                let message = format!("`{text}` stands without saying what sort of principal it is");
                let help = Some(format!("write {{\"AWS\": \"{text}\"}}"));
                faults.add(Diagnostic::error("bare-principal", node.span, message, help));
            }
            element.bare = Some(Spanned::new(text.clone(), node.span));
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
        if !seen.first(member, faults) {
            *sound = false;
            continue;
        }
        let known = ["AWS", "Service", "Federated", "CanonicalUser"];
        let kind = match element_of_principal(member, &known, faults) {
            Some("AWS") => PrincipalKind::Aws,
            Some("Service") => PrincipalKind::Service,
            Some("Federated") => PrincipalKind::Federated,
            Some("CanonicalUser") => PrincipalKind::CanonicalUser,
            _ => {
                *sound = false;
                continue;
            }
        };
        let (values, _) = strings(&member.value, &member.key.value, faults, sound);
        element.entries.extend(values.into_iter().map(|value| PrincipalEntry { kind, value }));
    }
    Some(element)
}

fn element_of_principal<'k>(member: &Member, known: &[&'k str], faults: &mut Faults) -> Option<&'k str> {
    let written = member.key.value.as_str();
    if let Some(name) = known.iter().find(|name| **name == written) {
        return Some(name);
    }
    let near = known.iter().find(|name| name.eq_ignore_ascii_case(written));
    let message = format!("`{written}` is not a sort of principal");
    let help = Some(format!("the sorts are {}", known.join(", ")));
    faults.add(Diagnostic::error("unknown-principal", member.key.span, message, help));
    near.copied()
}

fn condition(node: &Node, key: Spanned<()>, faults: &mut Faults, sound: &mut bool) -> Option<Condition> {
    let Value::Object(operators) = &node.value else {
        wrong_type(node, "Condition", "an object", faults);
        return None;
    };
    let mut condition = Condition { key, clauses: Vec::new() };
    let mut seen = Seen::default();
    for member in operators {
        if !seen.first(member, faults) {
            *sound = false;
            continue;
        }
        let operator = Operator::parse(&member.key.value);
        if operator.base.is_none() {
            let message = format!("`{}` is not a condition operator", member.key.value);
            let help =
                Some("operators are StringEquals, ArnLike, IpAddress, Bool, Null and their kin".to_owned());
            faults.add(Diagnostic::error("unknown-operator", member.key.span, message, help));
        }
        let Value::Object(keys) = &member.value.value else {
            wrong_type(&member.value, &member.key.value, "an object of keys and values", faults);
            *sound = false;
            continue;
        };
        let mut seen_keys = Seen::default();
        for entry in keys {
            if !seen_keys.first(entry, faults) {
                *sound = false;
                continue;
            }
            let (values, list) = scalars(&entry.value, &entry.key.value, faults, sound);
            condition.clauses.push(Clause {
                operator: Spanned::new(operator.clone(), member.key.span),
                key: entry.key.clone(),
                values,
                list,
            });
        }
    }
    Some(condition)
}

fn scalars(node: &Node, what: &str, faults: &mut Faults, sound: &mut bool) -> (Vec<Spanned<Scalar>>, bool) {
    let mut scalar = |node: &Node| {
        let value = match &node.value {
            Value::String(text) => Scalar::String(text.clone()),
            Value::Number(text) => Scalar::Number(text.clone()),
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
        Value::List(items) => (items.iter().filter_map(&mut scalar).collect(), true),
        _ => (scalar(node).into_iter().collect(), false),
    }
}
