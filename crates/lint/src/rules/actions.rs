//! Actions: do they exist, and do patterns mean what they seem to?

use clavicle_catalog::Access;
use clavicle_policy::{ActionName, Spanned};

use crate::finding::Edit;
use crate::look::{Family, Look, allows, denies, is_placeholder, some_of};
use crate::rule::{CHECKS, Rule, Severity, guide, identity};

pub(super) const FAMILY: Family = Family {
    rules: &[
        &UNKNOWN_ACTION,
        &UNKNOWN_DENIED_ACTION,
        &UNKNOWN_SERVICE,
        &PATTERN_WITHOUT_ACTION,
        &WILDCARD_IN_SERVICE,
        &WILDCARD_REACHES_FURTHER,
        &ACTION_SPELLING,
    ],
    look,
};

static UNKNOWN_ACTION: Rule = Rule {
    id: "unknown-action",
    severity: Severity::Error,
    title: "an action that AWS does not list",
    means: "An action without wildcards is not in AWS's lists, while its service is, in a statement that does not deny. The date of the lists is part of every report.",
    why: "It allows and denies nothing. Most are slips, or names of API calls whose action has another name.",
    fix: "Write the action that is meant; `clavicle explain SERVICE` lists them.",
    aws: &["error-invalid-action"],
    source: CHECKS,
    bad: &[
        identity(r#""Effect": "Allow", "Action": "s3:GetObjects", "Resource": "*""#),
        identity(r#""Effect": "Allow", "Action": "s3:ListObjectsV2", "Resource": "*""#),
    ],
    good: &[identity(r#""Effect": "Allow", "Action": "S3:getobject", "Resource": "*""#)],
};

static UNKNOWN_DENIED_ACTION: Rule = Rule {
    id: "unknown-denied-action",
    // AWS's check is an error. Its own samples of organization policies deny actions that are gone.
    severity: Severity::Warning,
    title: "a denied action that AWS does not list",
    means: "As unknown-action and unknown-service, in a statement that denies.",
    why: "What was meant is not denied by it. Where the action is gone from AWS, the name does no harm.",
    fix: "Write the action that is meant, or take it out.",
    aws: &["error-invalid-action", "error-invalid-service-in-action"],
    source: CHECKS,
    bad: &[identity(r#""Effect": "Deny", "Action": "s3:PutObjects", "Resource": "*""#)],
    good: &[identity(r#""Effect": "Deny", "Action": "s3:PutObject", "Resource": "*""#)],
};

static UNKNOWN_SERVICE: Rule = Rule {
    id: "unknown-service",
    severity: Severity::Error,
    title: "an action of a service that AWS does not list",
    means: "What stands before the colon of an action is no prefix of a service.",
    why: "It allows and denies nothing.",
    fix: "Write the prefix that the service's own page of the Service Authorization Reference gives.",
    aws: &["error-invalid-service-in-action"],
    source: CHECKS,
    bad: &[
        identity(r#""Effect": "Allow", "Action": "simplestorage:GetObject", "Resource": "*""#),
        identity(r#""Effect": "Allow", "Action": "s4:*", "Resource": "*""#),
    ],
    good: &[identity(r#""Effect": "Allow", "Action": "s3:*", "Resource": "*""#)],
};

static PATTERN_WITHOUT_ACTION: Rule = Rule {
    id: "pattern-without-action",
    severity: Severity::Warning,
    title: "a pattern that no action matches",
    means: "An action with wildcards matches none of the actions that AWS lists.",
    why: "It does nothing today. An action that AWS adds one day may match it, without anybody deciding that.",
    fix: "Write what was meant, or take it out.",
    aws: &["error-invalid-action"],
    source: CHECKS,
    bad: &[identity(r#""Effect": "Allow", "Action": "s3:Gett*", "Resource": "*""#)],
    good: &[identity(r#""Effect": "Allow", "Action": "s3:GetObject*", "Resource": "*""#)],
};

static WILDCARD_IN_SERVICE: Rule = Rule {
    id: "wildcard-in-service",
    severity: Severity::Suggestion,
    title: "a wildcard in the prefix of a service",
    means: "There is a `*` or `?` before the colon of an action.",
    why: "It takes in every service whose prefix happens to match, those of tomorrow included.",
    fix: "Name the services.",
    aws: &["suggestion-wildcard-in-service-name"],
    source: CHECKS,
    bad: &[identity(r#""Effect": "Allow", "Action": "s3*:GetObject", "Resource": "*""#)],
    good: &[identity(r#""Effect": "Allow", "Action": "s3:GetObject*", "Resource": "*""#)],
};

static WILDCARD_REACHES_FURTHER: Rule = Rule {
    id: "wildcard-reaches-further",
    severity: Severity::Security,
    title: "a wildcard that allows more than its letters suggest",
    means: "An allowed pattern other than `*` and `service:*` begins with a word of reading and matches actions that change something, or matches actions that change permissions beside others that do not.",
    why: "Who reads the pattern does not see what it gives.",
    fix: "List the actions, or deny those that are not meant.",
    aws: &[],
    source: guide!("reference_policies_elements_action"),
    bad: &[
        identity(r#""Effect": "Allow", "Action": "s3:PutBucket*", "Resource": "arn:aws:s3:::b""#),
        identity(r#""Effect": "Allow", "Action": "s3:*BucketAcl", "Resource": "arn:aws:s3:::b""#),
    ],
    good: &[
        identity(r#""Effect": "Allow", "Action": "s3:GetObject*", "Resource": "arn:aws:s3:::b/*""#),
        identity(r#""Effect": "Deny", "Action": "s3:PutBucket*", "Resource": "arn:aws:s3:::b""#),
    ],
};

static ACTION_SPELLING: Rule = Rule {
    id: "action-spelling",
    severity: Severity::Suggestion,
    title: "an action in another case than AWS writes it",
    means: "What stands behind the colon of an action without wildcards differs from AWS's name in case only. The prefix of a service is written in either case by AWS itself (`SNS:Publish`).",
    why: "Case does not count, but searching for the name does not find it.",
    fix: "Write it as AWS does; `clavicle check --fix` does that.",
    aws: &[],
    source: guide!("reference_policies_elements_action"),
    bad: &[identity(r#""Effect": "Allow", "Action": "s3:getobject", "Resource": "*""#)],
    good: &[
        identity(r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "*""#),
        // AWS: Amazon SNS Developer Guide, "Example cases for Amazon SNS access control", writes `SNS:Publish`.
        identity(
            r#""Effect": "Allow", "Action": "SNS:Publish", "Resource": "arn:aws:sns:eu-west-1:111122223333:t""#,
        ),
    ],
};

/// Verbs of actions that do not change anything, by AWS's habit.
const READING: [&str; 12] = [
    "get", "list", "describe", "read", "view", "search", "lookup", "check", "query", "scan", "batchget",
    "select",
];

fn look(look: &mut Look<'_>) {
    for (_, statement) in look.statements() {
        let Some(element) = &statement.action else { continue };
        for pattern in &element.patterns {
            let text = &pattern.value;
            if text == "*" || is_placeholder(text) || text.contains("${") {
                continue;
            }
            let Some((prefix, name)) = text.split_once(':') else { continue };
            if prefix.is_empty() || name.is_empty() || name.contains(':') {
                continue;
            }
            let wild = |part: &str| part.contains(['*', '?']);
            if wild(prefix) {
                let services = services(look, prefix);
                let message = match services.as_slice() {
                    [] => format!("`{prefix}` matches the prefix of no service"),
                    services => format!("`{prefix}` matches {}", some_of(services)),
                };
                look.report(&WILDCARD_IN_SERVICE, pattern.span, message, "name the services".to_owned());
            } else if look.catalog.service(prefix).is_none() {
                unknown_service(look, pattern, prefix, denies(statement));
                continue;
            }
            if wild(text) {
                let matched = look.catalog.expand(text);
                if matched.is_empty() && look.catalog.service(prefix).is_none_or(|service| !service.is_late())
                {
                    let message = format!("`{text}` matches no action");
                    let help = suggested(look, text).map(|name| format!("did you mean `{name}`?"));
                    look.report(&PATTERN_WITHOUT_ACTION, pattern.span, message, help);
                } else if !element.negated && allows(statement) {
                    reaches_further(look, pattern, name, &matched);
                }
            } else {
                literal(look, pattern, prefix, denies(statement));
            }
        }
    }
}

fn literal(look: &mut Look<'_>, pattern: &Spanned<String>, prefix: &str, denied: bool) {
    let text = &pattern.value;
    match look.catalog.action(text) {
        None => {
            let help = suggested(look, text).map(|name| format!("did you mean `{name}`?"));
            let message = format!("`{text}` is not an action of `{prefix}`");
            let rule = if denied { &UNKNOWN_DENIED_ACTION } else { &UNKNOWN_ACTION };
            look.report(rule, pattern.span, message, help);
        }
        Some(action) => {
            let name = look.catalog.name(action);
            if text.split_once(':').is_none_or(|(_, written)| written != look.catalog.short_name(action)) {
                let edit = Edit { span: pattern.span, text: format!("\"{name}\"") };
                let message = format!("AWS writes `{text}` as `{name}`");
                look.report_with(&ACTION_SPELLING, pattern.span, message, None, vec![edit]);
            }
        }
    }
}

fn unknown_service(look: &mut Look<'_>, pattern: &Spanned<String>, prefix: &str, denied: bool) {
    let near = suggested(look, &pattern.value);
    let help = near.map(|name| format!("did you mean `{name}`?"));
    let message = format!("no service has the prefix `{prefix}`");
    let rule = if denied { &UNKNOWN_DENIED_ACTION } else { &UNKNOWN_SERVICE };
    look.report(rule, pattern.span, message, help);
}

fn suggested(look: &Look<'_>, text: &str) -> Option<&'static str> {
    let plain = text.replace(['*', '?'], "");
    ActionName::parse(&plain)?;
    look.catalog.suggest_action(&plain).map(|action| look.catalog.name(action))
}

fn services(look: &Look<'_>, prefix: &str) -> Vec<&'static str> {
    let glob = clavicle_policy::Glob::new(prefix, clavicle_policy::Case::Ignored);
    look.catalog.services().map(|service| service.prefix()).filter(|prefix| glob.matches(prefix)).collect()
}

fn reaches_further(
    look: &mut Look<'_>,
    pattern: &Spanned<String>,
    name: &str,
    matched: &[clavicle_catalog::ActionId],
) {
    if name == "*" {
        return;
    }
    let catalog = look.catalog;
    let with = |level: Access| -> Vec<&'static str> {
        let has = |id: &&clavicle_catalog::ActionId| catalog.access(**id).intersects(level);
        matched.iter().filter(has).map(|id| catalog.name(*id)).collect()
    };
    let verb = name.split(['*', '?']).next().unwrap_or_default().to_ascii_lowercase();
    let permissions = with(Access::PERMISSIONS);
    let changing = with(Access::WRITE | Access::PERMISSIONS);
    let text = &pattern.value;
    if READING.contains(&verb.as_str()) && !changing.is_empty() {
        let message = format!("`{text}` reads like reading, and also matches {}", some_of(&changing));
        look.report(&WILDCARD_REACHES_FURTHER, pattern.span, message, None);
    } else if !permissions.is_empty() && permissions.len() < matched.len() {
        let message = format!("`{text}` also matches what changes permissions: {}", some_of(&permissions));
        look.report(&WILDCARD_REACHES_FURTHER, pattern.span, message, None);
    }
}
