//! What could be written at a place.

use std::collections::BTreeSet;

use clavicle_answer::{Reader, visible};
use clavicle_catalog::{Access, ActionId, KeyType, catalog};
use clavicle_policy::{BaseOperator, STATEMENT_ELEMENTS};
use clavicle_template::cursor::{Cursor, Part};

/// One thing that could be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    /// What is written.
    pub(super) text: String,
    /// A word beside it.
    pub(super) hint: String,
    /// The number of the protocol for its kind.
    pub(super) kind: u8,
}

/// An editor asks again when there are more.
pub(super) const MOST: usize = 200;

const FUNCTION: u8 = 3;
const PROPERTY: u8 = 10;
const VALUE: u8 = 12;
const OPERATOR: u8 = 24;
const REFERENCE: u8 = 18;

/// What could stand there, in order; cut off at [`MOST`] + 1.
pub(super) fn choices(cursor: &Cursor, terraform_block: bool, reader: Option<&Reader>) -> Vec<Choice> {
    let mut found = match &cursor.part {
        Part::PolicyElement => elements(&["Version", "Id", "Statement"], cursor),
        Part::StatementElement if terraform_block => attributes(cursor),
        Part::StatementElement => elements(&STATEMENT_ELEMENTS, cursor),
        Part::Version => values(&["2012-10-17", "2008-10-17"], "version of the language"),
        Part::Effect => values(&["Allow", "Deny"], "effect"),
        Part::Action => actions(&cursor.before),
        Part::Operator => operators(),
        Part::Key => keys(&cursor.actions),
        Part::Value(key) => of_key(key),
        Part::PrincipalKind => {
            values(&["AWS", "Service", "Federated", "CanonicalUser"], "kind of principals")
        }
        Part::Principal(kind) if kind == "Service" => services(),
        Part::Resource | Part::Principal(_) => arns(cursor, reader),
        Part::Other => Vec::new(),
    };
    let before = cursor.before.to_ascii_lowercase();
    found.retain(|choice| choice.text.to_ascii_lowercase().starts_with(&before));
    found.truncate(MOST + 1);
    found
}

/// What a `statement` block has for each element. Its effect is `Allow` where none is written.
const BLOCK_ATTRIBUTES: &[(&str, &str)] = &[
    ("sid", "Sid"),
    ("effect", ""),
    ("principals", "Principal"),
    ("not_principals", "NotPrincipal"),
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
    ("condition", ""),
];

/// What AWS refuses beside it.
fn partner(name: &str) -> Option<String> {
    match name.strip_prefix("Not") {
        Some(rest) => Some(rest.to_owned()),
        None => Some(format!("Not{name}")),
    }
}

fn elements(names: &[&str], cursor: &Cursor) -> Vec<Choice> {
    let has = |name: &str| cursor.elements.iter().any(|other| other == name);
    let open = names.iter().filter(|name| !has(name) && partner(name).is_none_or(|other| !has(&other)));
    open.map(|name| Choice { text: (*name).to_owned(), hint: "element".to_owned(), kind: PROPERTY }).collect()
}

fn attributes(cursor: &Cursor) -> Vec<Choice> {
    let elements: Vec<&str> = BLOCK_ATTRIBUTES.iter().map(|(_, element)| *element).collect();
    let open = self::elements(&elements, cursor);
    let is_open = |element: &str| open.iter().any(|choice| choice.text == element);
    let names = BLOCK_ATTRIBUTES.iter().filter(|(_, element)| is_open(element));
    let names = names.map(|(name, _)| Choice {
        text: (*name).to_owned(),
        hint: "of a statement".to_owned(),
        kind: PROPERTY,
    });
    names.collect()
}

fn values(texts: &[&str], hint: &str) -> Vec<Choice> {
    texts.iter().map(|text| Choice { text: (*text).to_owned(), hint: hint.to_owned(), kind: VALUE }).collect()
}

fn level(access: Access) -> String {
    access.names().collect::<Vec<_>>().join(", ")
}

/// Services without a colon; actions with one, and the pattern of everything that begins like it.
fn actions(before: &str) -> Vec<Choice> {
    let catalog = catalog();
    let Some((prefix, rest)) = before.split_once(':') else {
        let services = catalog.services().map(|service| Choice {
            text: format!("{}:", service.prefix()),
            hint: format!("{} actions", service.actions().len()),
            kind: FUNCTION,
        });
        return services.collect();
    };
    let mut found = Vec::new();
    if !rest.contains(['*', '?']) {
        let pattern = format!("{prefix}:{rest}*");
        let count = catalog.expand(&pattern).len();
        if count > 1 {
            found.push(Choice { text: pattern, hint: format!("{count} actions"), kind: FUNCTION });
        }
    }
    let Some(service) = catalog.service(prefix) else { return found };
    found.extend(service.actions().map(|action| Choice {
        text: catalog.name(action).to_owned(),
        hint: level(catalog.access(action)),
        kind: FUNCTION,
    }));
    found
}

/// AWS: IAM User Guide, "IAM JSON policy elements: Condition operators"; those asked for most come first.
const OPERATORS: [BaseOperator; 27] = [
    BaseOperator::StringEquals,
    BaseOperator::StringLike,
    BaseOperator::StringNotEquals,
    BaseOperator::StringNotLike,
    BaseOperator::StringEqualsIgnoreCase,
    BaseOperator::StringNotEqualsIgnoreCase,
    BaseOperator::ArnLike,
    BaseOperator::ArnNotLike,
    BaseOperator::ArnEquals,
    BaseOperator::ArnNotEquals,
    BaseOperator::Bool,
    BaseOperator::Null,
    BaseOperator::IpAddress,
    BaseOperator::NotIpAddress,
    BaseOperator::NumericEquals,
    BaseOperator::NumericNotEquals,
    BaseOperator::NumericLessThan,
    BaseOperator::NumericLessThanEquals,
    BaseOperator::NumericGreaterThan,
    BaseOperator::NumericGreaterThanEquals,
    BaseOperator::DateEquals,
    BaseOperator::DateNotEquals,
    BaseOperator::DateLessThan,
    BaseOperator::DateLessThanEquals,
    BaseOperator::DateGreaterThan,
    BaseOperator::DateGreaterThanEquals,
    BaseOperator::BinaryEquals,
];

fn operators() -> Vec<Choice> {
    let mut names: Vec<String> = Vec::new();
    for base in OPERATORS.map(BaseOperator::name) {
        names.push(base.to_owned());
        if base != "Null" {
            names.push(format!("{base}IfExists"));
        }
    }
    for set in ["ForAnyValue:", "ForAllValues:"] {
        names.extend(OPERATORS.map(|base| format!("{set}{}", base.name())));
    }
    names
        .into_iter()
        .map(|text| Choice { text, hint: "condition operator".to_owned(), kind: OPERATOR })
        .collect()
}

/// The keys that an action of the statement takes, then those of every request.
fn keys(actions: &[String]) -> Vec<Choice> {
    let catalog = catalog();
    let mut taken: BTreeSet<&'static str> = BTreeSet::new();
    let mut seen: BTreeSet<ActionId> = BTreeSet::new();
    // A pattern of thousands of actions takes nearly every key.
    for action in actions.iter().flat_map(|pattern| catalog.expand(pattern)).take(2_000) {
        if seen.insert(action) {
            taken.extend(catalog.keys(action));
        }
    }
    let mut names: Vec<&str> = taken.iter().copied().collect();
    let global = catalog.global_keys().filter(|key| !key.needs_listing()).map(|key| key.name);
    names.extend(global.filter(|name| !taken.contains(name)));
    let choice = |name: &str| {
        let key = catalog.condition_key(name)?;
        let several = if key.multivalued { ", several values" } else { "" };
        // Of `aws:PrincipalTag/${TagKey}` the name of the tag is left to write.
        let text = name.split("${").next().unwrap_or(name).to_owned();
        Some(Choice { text, hint: format!("{}{several}", type_name(key.kind)), kind: PROPERTY })
    };
    names.into_iter().filter_map(choice).collect()
}

fn type_name(kind: KeyType) -> &'static str {
    match kind {
        KeyType::String => "string",
        KeyType::Arn => "ARN",
        KeyType::Bool => "true or false",
        KeyType::Numeric => "number",
        KeyType::Date => "date",
        KeyType::IpAddress => "address",
    }
}

fn of_key(key: &str) -> Vec<Choice> {
    match catalog().condition_key(key).map(|key| key.kind) {
        Some(KeyType::Bool) => values(&["true", "false"], "truth value"),
        _ => Vec::new(),
    }
}

fn services() -> Vec<Choice> {
    let names = catalog().service_principals();
    names.map(|one| Choice { text: one.name.to_owned(), hint: "service".to_owned(), kind: VALUE }).collect()
}

/// ARNs of the snapshot, then the forms that the actions of the statement take.
fn arns(cursor: &Cursor, reader: Option<&Reader>) -> Vec<Choice> {
    let mut found = Vec::new();
    if let Some(reader) = reader {
        let wanted = matches!(cursor.part, Part::Principal(_));
        for (arn, hint) in reader.arns_like(&cursor.before, wanted, MOST) {
            // A name that would act on a terminal or hide in an editor is not offered.
            if visible(&arn) == arn {
                found.push(Choice { text: arn, hint, kind: REFERENCE });
            }
        }
    }
    if cursor.part == Part::Resource {
        let catalog = catalog();
        let mut forms = BTreeSet::new();
        for action in cursor.actions.iter().flat_map(|pattern| catalog.expand(pattern)).take(2_000) {
            for resource in catalog.resources(action) {
                let kind = resource.resource_type();
                forms.extend(kind.arn_patterns().map(|form| (starred(form), kind.to_string())));
            }
        }
        found.extend(forms.into_iter().map(|(text, hint)| Choice { text, hint, kind: VALUE }));
        found.push(Choice { text: "*".to_owned(), hint: "everything".to_owned(), kind: VALUE });
    }
    found
}

/// `arn:${Partition}:s3:::${BucketName}` with what is known filled in and the rest as `*`.
fn starred(form: &str) -> String {
    let mut text = form.replace("${Partition}", "aws");
    while let Some(start) = text.find("${") {
        let Some(end) = text.get(start..).and_then(|rest| rest.find('}')) else { break };
        text.replace_range(start..=start + end, "*");
    }
    text
}

#[cfg(test)]
mod tests {
    use clavicle_template::cursor::{Cursor, Part};

    use super::choices;

    fn texts(part: Part, before: &str, actions: &[&str]) -> Vec<String> {
        let cursor = Cursor {
            part,
            text: before.to_owned(),
            before: before.to_owned(),
            span: 0..0,
            is_bare: false,
            actions: actions.iter().map(|action| (*action).to_owned()).collect(),
            elements: vec!["Effect".to_owned(), "Action".to_owned()],
            policy: 0,
        };
        choices(&cursor, false, None).into_iter().map(|choice| choice.text).collect()
    }

    #[test]
    fn what_fits_is_offered_and_nothing_else() {
        let actions = texts(Part::Action, "s3:getobjectt", &[]);
        assert!(
            actions.iter().all(|action| action.to_lowercase().starts_with("s3:getobjectt")),
            "{actions:?}"
        );
        assert!(actions.contains(&"s3:GetObjectTagging".to_owned()));
        assert!(texts(Part::Action, "s3", &[]).contains(&"s3:".to_owned()));
        let keys = texts(Part::Key, "s3:", &["s3:ListBucket"]);
        assert!(keys.contains(&"s3:prefix".to_owned()), "{keys:?}");
        assert!(!texts(Part::Key, "s3:", &["s3:GetObject"]).contains(&"s3:prefix".to_owned()));
        assert!(texts(Part::Key, "aws:Sou", &[]).contains(&"aws:SourceIp".to_owned()));
        let elements = texts(Part::StatementElement, "", &[]);
        assert!(elements.contains(&"Resource".to_owned()) && !elements.contains(&"NotAction".to_owned()));
        let forms = texts(Part::Resource, "arn:aws:s3", &["s3:GetObject"]);
        assert!(forms.contains(&"arn:aws:s3:::*/*".to_owned()), "{forms:?}");
        assert_eq!(texts(Part::Value("aws:SecureTransport".to_owned()), "", &[]), ["true", "false"]);
    }
}
