//! What the actions of a statement take: resources and condition keys.

use std::collections::{BTreeMap, BTreeSet};

use clavicle_catalog::{Access, ActionId, Catalog};
use clavicle_engine::in_any_api;
use clavicle_policy::{BaseOperator, Clause, Spanned, Statement};

use crate::kind::PolicyKind;
use crate::look::{Family, Look, allows, clauses, denies, is_placeholder, some_of, speaks_of};
use crate::overlap::fits_form;
use crate::rule::{CHECKS, Rule, Severity, guide, identity, resource, trust};
use crate::variables::masked;

pub(super) const FAMILY: Family = Family {
    rules: &[
        &ACTION_TAKES_NO_RESOURCE,
        &ACTION_WITHOUT_ITS_RESOURCE,
        &RESOURCE_WITHOUT_ACTION,
        &ACTION_OF_ANOTHER_RESOURCE,
        &RESOURCE_OF_ANOTHER_SERVICE,
        &KEY_NOT_TAKEN,
        &KEY_WITHOUT_ACTION,
        &DENY_BY_MISSING_TAG,
        &DENY_NOT_ACTION_BY_TAG,
        &ALLOW_BY_MISSING_TAG,
        &ALLOW_NOT_ACTION_BY_TAG,
    ],
    look,
};

static ACTION_TAKES_NO_RESOURCE: Rule = Rule {
    id: "action-takes-no-resource",
    severity: Severity::Warning,
    title: "an action that works on `*` only, in a statement that names resources",
    means: "An action that is spelled out takes no resource type, and the statement has no resource that is `*`. Policies of resources are left out where the action lists things: AWS RAM writes them so, and what is shared is listed.",
    why: "A request for it is made on `*`, which no ARN matches: the statement does nothing for this action.",
    fix: "Move the action to a statement with `\"Resource\": \"*\"`.",
    aws: &[],
    source: guide!("reference_policies_actions-resources-contextkeys"),
    bad: &[identity(
        r#""Effect": "Allow", "Action": ["s3:GetObject", "s3:ListAllMyBuckets"], "Resource": "arn:aws:s3:::b/*""#,
    )],
    good: &[
        identity(r#""Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*""#),
        resource(
            r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": ["imagebuilder:GetImage", "imagebuilder:ListImages"], "Resource": "arn:aws:imagebuilder:us-west-2:444455556666:image/i/2019.12.02/1""#,
        ),
    ],
};

static ACTION_WITHOUT_ITS_RESOURCE: Rule = Rule {
    id: "action-without-its-resource",
    severity: Severity::Warning,
    title: "an action, and no resource that it works on",
    means: "An action that is spelled out takes resource types, and none of the statement's resources can be of one of them.",
    why: "The statement does nothing for this action. Often it is asked on another thing: `s3:GetObject` on an object, not on its bucket.",
    fix: "Add a resource of the type that the message names, or take the action out.",
    aws: &[],
    source: guide!("reference_policies_actions-resources-contextkeys"),
    bad: &[
        identity(r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b""#),
        identity(
            r#""Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "arn:aws:s3:::b/*""#,
        ),
        identity(
            r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:sqs:eu-west-1:111122223333:q""#,
        ),
    ],
    good: &[identity(
        r#""Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]"#,
    )],
};

static RESOURCE_WITHOUT_ACTION: Rule = Rule {
    id: "resource-without-action",
    severity: Severity::Warning,
    title: "a resource that none of the actions works on",
    means: "An ARN of a statement can be of no resource type that any of its actions takes.",
    why: "The ARN does nothing in this statement.",
    fix: "Take it out, or add the action that was meant.",
    aws: &[],
    source: guide!("reference_policies_actions-resources-contextkeys"),
    bad: &[identity(
        r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::b/*", "arn:aws:s3:::b"]"#,
    )],
    good: &[identity(
        r#""Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": ["arn:aws:s3:::b/*", "arn:aws:s3:::b"]"#,
    )],
};

static ACTION_OF_ANOTHER_RESOURCE: Rule = Rule {
    id: "action-of-another-resource",
    severity: Severity::Error,
    title: "an action that the resource of this policy does not have",
    means: "A policy of a resource has ARNs of one service, and an action that is spelled out takes no resource of that service.",
    why: "AWS refuses such a policy: a bucket policy speaks of what is done with buckets.",
    fix: "Take the action out.",
    aws: &["error-unsupported-action-in-policy"],
    source: CHECKS,
    bad: &[resource(
        r#""Effect": "Deny", "Principal": "*", "Action": ["s3:GetObject", "sqs:SendMessage"], "Resource": "arn:aws:s3:::b/*""#,
    )],
    good: &[resource(
        r#""Effect": "Deny", "Principal": "*", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::b/*""#,
    )],
};

static RESOURCE_OF_ANOTHER_SERVICE: Rule = Rule {
    id: "resource-of-another-service",
    severity: Severity::Error,
    title: "ARNs of several services in the policy of one resource",
    means: "A policy of a resource has ARNs of more than one service.",
    why: "AWS refuses such a policy: it is attached to one resource.",
    fix: "Take the others out.",
    aws: &["error-unsupported-resource-arn-in-policy"],
    source: CHECKS,
    bad: &[resource(
        r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::b", "arn:aws:kms:eu-west-1:111122223333:key/1"]"#,
    )],
    good: &[resource(
        r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]"#,
    )],
};

static KEY_NOT_TAKEN: Rule = Rule {
    id: "key-not-taken",
    severity: Severity::Warning,
    title: "a condition key that an action's requests never carry",
    means: "A condition of the positive form, without `IfExists`, has a key of a service that an action that is spelled out, or no action of a pattern of one service, takes. Tags have rules of their own.",
    why: "A key that is missing meets no such condition: the statement never applies to this action.",
    fix: "Move the action to a statement without the key.",
    aws: &["error-unsupported-action-for-condition-key"],
    source: CHECKS,
    bad: &[identity(
        r#""Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": "*", "Condition": {"StringEquals": {"s3:prefix": "a"}}"#,
    )],
    good: &[identity(
        r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringEquals": {"s3:prefix": "a"}}"#,
    )],
};

static KEY_WITHOUT_ACTION: Rule = Rule {
    id: "key-without-action",
    severity: Severity::Warning,
    title: "a condition key that no action of the statement takes",
    means: "None of the actions of a statement, patterns expanded, takes the key; or an Allow lets a role be assumed with tags or a source identity that a condition asks for, and no Allow of the policy has `sts:TagSession` or `sts:SetSourceIdentity`. `Null` is left out.",
    why: "The key is always missing: a positive condition never holds, and a negated one or one with `IfExists` always does. Often another action has to stand beside: `iam:PassRole` for `iam:PassedToService`; whoever assumes a role with tags needs `sts:TagSession` too.",
    fix: "Add the action that takes the key, or take the key out.",
    aws: &["error-missing-action-for-condition-key"],
    source: CHECKS,
    bad: &[
        identity(
            r#""Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}"#,
        ),
        trust(
            r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole", "Condition": {"StringLike": {"sts:SourceIdentity": "dana"}}"#,
        ),
        trust(
            r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:RequestTag/team": "red"}}"#,
        ),
    ],
    good: &[
        identity(
            r#""Effect": "Allow", "Action": ["ec2:RunInstances", "iam:PassRole"], "Resource": "*", "Condition": {"StringEqualsIfExists": {"iam:PassedToService": "ec2.amazonaws.com"}}"#,
        ),
        trust(
            r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"], "Condition": {"StringLike": {"sts:SourceIdentity": "dana"}}"#,
        ),
        trust(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:RequestTag/team": "red"}}}, {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:TagSession"}]}"#,
        ),
        trust(
            r#""Effect": "Deny", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:RequestTag/team": "red"}}"#,
        ),
    ],
};

static DENY_BY_MISSING_TAG: Rule = Rule {
    id: "deny-by-missing-tag",
    severity: Severity::Security,
    title: "a Deny by a tag that some actions' requests never carry",
    means: "A Deny asks for `aws:ResourceTag`, `aws:RequestTag` or `aws:TagKeys` in the positive form without `IfExists`, and actions that are spelled out, or all that a pattern of one service takes in, do not take the key.",
    why: "Those actions are not denied, whatever the tags are.",
    fix: "Deny those actions by another statement, by resource.",
    aws: &["security-warning-deny-with-unsupported-tag-condition-key-for-service"],
    source: CHECKS,
    bad: &[identity(
        r#""Effect": "Deny", "Action": ["ec2:TerminateInstances", "iam:GetAccountSummary"], "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "red"}}"#,
    )],
    good: &[identity(
        r#""Effect": "Deny", "Action": "ec2:TerminateInstances", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "red"}}"#,
    )],
};

static DENY_NOT_ACTION_BY_TAG: Rule = Rule {
    id: "deny-not-action-by-tag",
    severity: Severity::Security,
    title: "a Deny of all but some actions, by a tag",
    means: "A Deny with `NotAction` asks for a tag in the positive form without `IfExists`.",
    why: "Actions that do not take the key are not denied, and there are many.",
    fix: "List the actions.",
    aws: &["security-warning-deny-notaction-with-unsupported-tag-condition-key-for-service"],
    source: CHECKS,
    bad: &[identity(
        r#""Effect": "Deny", "NotAction": "ec2:*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "red"}}"#,
    )],
    good: &[identity(
        r#""Effect": "Deny", "NotAction": "ec2:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}"#,
    )],
};

static ALLOW_BY_MISSING_TAG: Rule = Rule {
    id: "allow-by-missing-tag",
    severity: Severity::Suggestion,
    title: "an Allow by a tag that some actions' requests never carry",
    means: "An Allow asks for `aws:ResourceTag`, `aws:RequestTag` or `aws:TagKeys` in the positive form without `IfExists`, and actions that are spelled out, or all that a pattern of one service takes in, do not take the key.",
    why: "Those actions are not allowed by this statement.",
    fix: "Move them to a statement without the key.",
    aws: &["suggestion-allow-with-unsupported-tag-condition-key-for-service"],
    source: CHECKS,
    bad: &[identity(
        r#""Effect": "Allow", "Action": ["ec2:TerminateInstances", "iam:GetAccountSummary"], "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "red"}}"#,
    )],
    good: &[identity(
        r#""Effect": "Allow", "Action": "ec2:TerminateInstances", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "red"}}"#,
    )],
};

static ALLOW_NOT_ACTION_BY_TAG: Rule = Rule {
    id: "allow-not-action-by-tag",
    severity: Severity::Suggestion,
    title: "an Allow of all but some actions, by a tag",
    means: "An Allow with `NotAction` asks for a tag in the positive form without `IfExists`.",
    why: "It allows only the actions that take the key; which these are changes with every service.",
    fix: "List the actions.",
    aws: &["suggestion-allow-notaction-with-unsupported-tag-condition-key-for-service"],
    source: CHECKS,
    bad: &[identity(
        r#""Effect": "Allow", "NotAction": "iam:*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "red"}}"#,
    )],
    good: &[identity(
        r#""Effect": "Allow", "Action": "ec2:TerminateInstances", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "red"}}"#,
    )],
};

fn look(look: &mut Look<'_>) {
    for (_, statement) in look.statements() {
        let Some(action) = &statement.action else { continue };
        if let Some(element) = statement.resource.as_ref().filter(|it| !it.negated && !action.negated) {
            let resources: Vec<(&Spanned<String>, String)> = element
                .patterns
                .iter()
                .map(|pattern| (pattern, masked(&in_any_api(&pattern.value))))
                .collect();
            let all = resources.iter().any(|(_, text)| is_any(text));
            if !all
                && !resources.is_empty()
                && !resources.iter().any(|(pattern, _)| is_placeholder(&pattern.value))
            {
                actions_and_resources(look, &action.patterns, &resources);
            }
        }
        if look.kind == PolicyKind::Resource {
            of_the_resource(look, statement);
        }
        keys(look, statement);
        of_sessions(look, statement);
    }
}

/// What a session is given when it begins needs an action of its own, beside the one that assumes the role.
///
/// AWS: IAM User Guide, "Pass session tags in AWS STS", "Permissions required to add session tags" (`id_session-tags`), and
/// "Monitor and control actions taken with assumed roles", "Permissions required to set a source identity"
/// (`id_credentials_temp_control-access_monitor`): in the trust policy and in the policy of whoever assumes.
fn of_sessions(look: &mut Look<'_>, statement: &Statement) {
    let assumes = ["sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity"];
    let negated = statement.action.as_ref().is_some_and(|action| action.negated);
    if negated || !allows(statement) || !assumes.iter().any(|action| speaks_of(statement, action)) {
        return;
    }
    for clause in clauses(statement) {
        let key = &clause.key.value;
        let lower = key.to_ascii_lowercase();
        let needed = match lower.as_str() {
            "sts:sourceidentity" => "sts:SetSourceIdentity",
            "sts:transitivetagkeys" | "aws:tagkeys" => "sts:TagSession",
            _ if lower.starts_with("aws:requesttag/") => "sts:TagSession",
            _ => continue,
        };
        let named = look
            .statements()
            .any(|(_, other)| allows(other) && speaks_of(other, &needed.to_ascii_lowercase()));
        if !named && clause.operator.value.base != Some(BaseOperator::Null) {
            let message =
                format!("nobody brings `{key}` without `{needed}`, which this policy does not allow");
            look.report(&KEY_WITHOUT_ACTION, clause.key.span, message, format!("add `{needed}`"));
        }
    }
}

/// Any text at all: a variable may hold anything.
fn is_any(text: &str) -> bool {
    text.starts_with('*')
}

fn literals<'s>(
    catalog: &'static Catalog,
    patterns: &'s [Spanned<String>],
) -> Vec<(&'s Spanned<String>, ActionId)> {
    let known = |pattern: &'s Spanned<String>| Some((pattern, catalog.action(&pattern.value)?));
    patterns.iter().filter_map(known).collect()
}

/// Can the ARN be of a type that the action takes?
fn fits(catalog: &'static Catalog, action: ActionId, arn: &str) -> bool {
    catalog
        .resources(action)
        .flat_map(|taken| taken.resource_type().arn_patterns())
        .any(|form| fits_form(arn, form))
}

fn actions_and_resources(
    look: &mut Look<'_>,
    patterns: &[Spanned<String>],
    resources: &[(&Spanned<String>, String)],
) {
    let catalog = look.catalog;
    for (pattern, action) in literals(catalog, patterns) {
        if catalog.is_late(action) {
            continue;
        }
        let name = catalog.name(action);
        if catalog.is_wildcard_only(action) {
            // AWS: EC2 Image Builder User Guide, "Share Image Builder resources with AWS RAM": `imagebuilder:ListImages` on an image.
            if look.kind == PolicyKind::Resource && catalog.access(action).contains(Access::LIST) {
                continue;
            }
            let message = format!("`{name}` is asked on `*` only, and this statement names resources");
            look.report(
                &ACTION_TAKES_NO_RESOURCE,
                pattern.span,
                message,
                "move it to a statement on `*`".to_owned(),
            );
        } else if !resources.iter().any(|(_, arn)| fits(catalog, action, arn)) {
            let types: Vec<String> = catalog
                .resources(action)
                .flat_map(|taken| taken.resource_type().arn_patterns())
                .map(str::to_owned)
                .collect();
            let message = format!("none of the resources is one that `{name}` works on");
            look.report(
                &ACTION_WITHOUT_ITS_RESOURCE,
                pattern.span,
                message,
                format!("it works on {}", some_of(&types)),
            );
        }
    }
    // Of patterns of actions it is the ARNs that are looked at.
    let actions: BTreeSet<ActionId> =
        patterns.iter().flat_map(|pattern| catalog.expand(&pattern.value)).collect();
    if actions.is_empty()
        || actions.iter().any(|action| catalog.is_late(*action))
        || actions.len() > MOST_ACTIONS
    {
        return;
    }
    let types: BTreeSet<_> = actions
        .iter()
        .flat_map(|action| catalog.resources(*action).map(|taken| taken.resource_type().id()))
        .collect();
    if types.is_empty() {
        return;
    }
    for (pattern, arn) in resources {
        if arn.starts_with("arn:")
            && arn.matches(':').count() >= 5
            && !types
                .iter()
                .flat_map(|id| catalog.resource_type_at(*id).arn_patterns())
                .any(|form| fits_form(arn, form))
        {
            let message = "none of the actions works on this resource".to_owned();
            look.report(&RESOURCE_WITHOUT_ACTION, pattern.span, message, None);
        }
    }
}

/// More actions than any one service has: `*` works on everything.
const MOST_ACTIONS: usize = 2000;

/// The policy of a resource speaks of that resource.
fn of_the_resource(look: &mut Look<'_>, statement: &Statement) {
    let Some(element) = &statement.resource else { return };
    let service = |text: &str| {
        let text = masked(&in_any_api(text));
        let part = text.starts_with("arn:").then(|| text.split(':').nth(2).unwrap_or_default().to_owned())?;
        (!part.contains(['*', '?']) && !part.is_empty()).then_some(part)
    };
    let Some(first) = element.patterns.iter().find_map(|pattern| service(&pattern.value)) else { return };
    for pattern in &element.patterns {
        if let Some(other) = service(&pattern.value).filter(|other| *other != first) {
            let message = format!("the policy of a resource of `{first}` takes no ARN of `{other}`");
            look.report(&RESOURCE_OF_ANOTHER_SERVICE, pattern.span, message, None);
        }
    }
    let Some(action) = statement.action.as_ref().filter(|action| !action.negated) else { return };
    for (pattern, id) in literals(look.catalog, &action.patterns) {
        let of_service = |arn: &str| arn.split(':').nth(2) == Some(first.as_str());
        let takes = look.catalog.resources(id).any(|taken| of_service(taken.resource_type().arn_pattern()));
        if !takes && look.catalog.prefix(id) != first && !look.catalog.is_late(id) {
            let message = format!("`{}` is not asked on resources of `{first}`", look.catalog.name(id));
            look.report(&ACTION_OF_ANOTHER_RESOURCE, pattern.span, message, "take it out".to_owned());
        }
    }
}

/// Does it hold where the values are other than those that it lists?
fn is_negated(base: BaseOperator) -> bool {
    matches!(
        base,
        BaseOperator::StringNotEquals
            | BaseOperator::StringNotEqualsIgnoreCase
            | BaseOperator::StringNotLike
            | BaseOperator::NumericNotEquals
            | BaseOperator::DateNotEquals
            | BaseOperator::NotIpAddress
            | BaseOperator::ArnNotEquals
            | BaseOperator::ArnNotLike
    )
}

/// Does a request without the key fail to meet it?
pub(super) fn needs_the_key(clause: &Clause) -> bool {
    let operator = &clause.operator.value;
    let Some(base) = operator.base else { return false };
    match (base, operator.set) {
        (BaseOperator::Null, _) => clause.values.iter().all(|value| value.value.text() == "false"),
        (_, Some(clavicle_policy::SetPrefix::ForAllValues)) => false,
        (_, Some(clavicle_policy::SetPrefix::ForAnyValue)) => !operator.if_exists,
        _ => !is_negated(base) && !operator.if_exists,
    }
}

/// Does a request without the key meet it, because it asks that a value is none of some, or that there is none?
pub(super) fn holds_without(clause: &Clause) -> bool {
    let operator = &clause.operator.value;
    let is_true = |clause: &Clause| clause.values.iter().all(|value| value.value.text() == "true");
    match operator.base {
        Some(BaseOperator::Null) => is_true(clause),
        Some(base) => operator.set.is_none() && is_negated(base),
        None => false,
    }
}

fn keys(look: &mut Look<'_>, statement: &Statement) {
    let Some(action) = &statement.action else { return };
    let catalog = look.catalog;
    for clause in clauses(statement) {
        let null = clause.operator.value.base == Some(BaseOperator::Null);
        let needed = needs_the_key(clause);
        let key = &clause.key.value;
        let Some(known) = catalog.condition_key(key) else { continue };
        let tag = known.global.is_some_and(|global| global.needs_listing());
        if known.global.is_some() && !tag {
            continue;
        }
        if action.negated {
            if tag && needed {
                let (rule, what) = if denies(statement) {
                    (&DENY_NOT_ACTION_BY_TAG, "are not denied")
                } else {
                    (&ALLOW_NOT_ACTION_BY_TAG, "are not allowed")
                };
                let message = format!("actions whose requests carry no `{key}` {what} by this statement");
                look.report(rule, clause.key.span, message, "list the actions".to_owned());
            }
            continue;
        }
        let lacking = |id: &ActionId| catalog.takes_key(*id, key) == Some(false);
        let named: Vec<String> = without_key(catalog, &action.patterns, lacking);
        // Keys of sessions and of other services' requests are in no list of an action.
        let foreign = !tag && !is_of_an_action(look, statement, key);
        let all = look.actions(statement);
        let none = !all.is_empty() && all.iter().all(lacking);
        if none && !foreign && (needed || !null) {
            let what = if needed { "never holds" } else { "always holds" };
            let message = format!("no action of this statement takes `{key}`: this {what}");
            let takers = takers(catalog, key);
            let help = (!takers.is_empty()).then(|| format!("it is taken by {}", some_of(&takers)));
            look.report(&KEY_WITHOUT_ACTION, clause.key.span, message, help);
        } else if needed && !named.is_empty() && !foreign {
            let names = some_of(&named);
            let rule = match (tag, allows(statement)) {
                (true, true) => &ALLOW_BY_MISSING_TAG,
                (true, false) => &DENY_BY_MISSING_TAG,
                (false, _) => &KEY_NOT_TAKEN,
            };
            let what = if allows(statement) { "allowed" } else { "denied" };
            let message =
                format!("requests for {names} carry no `{key}`: they are never {what} by this statement");
            look.report(
                rule,
                clause.key.span,
                message,
                "move them to a statement without the key".to_owned(),
            );
        }
    }
}

/// Those of the actions that no request brings the key to: spelled out, or by a pattern of one service that no action of
/// which takes it.
fn without_key(
    catalog: &'static Catalog,
    patterns: &[Spanned<String>],
    lacking: impl Fn(&ActionId) -> bool,
) -> Vec<String> {
    let lacks = |pattern: &&Spanned<String>| {
        let text = &pattern.value;
        if text.split(':').next().is_none_or(|service| service.contains(['*', '?'])) {
            return false;
        }
        let actions = catalog.expand(text);
        !actions.is_empty() && actions.iter().all(&lacking)
    };
    let name = |pattern: &Spanned<String>| match catalog.action(&pattern.value) {
        Some(action) => catalog.name(action).to_owned(),
        None => pattern.value.clone(),
    };
    patterns.iter().filter(lacks).map(name).collect()
}

/// Is the key one that services list with their actions, so that not being listed means something?
fn is_of_an_action(look: &Look<'_>, statement: &Statement, key: &str) -> bool {
    let prefix = key.split(':').next().unwrap_or_default();
    let of = |action: &ActionId| look.catalog.prefix(*action).eq_ignore_ascii_case(prefix);
    // What a trust policy asks of a token is in the provider's list.
    if look.kind == PolicyKind::Trust || prefix.contains('.') {
        return false;
    }
    look.actions(statement).iter().any(of) || !takers(look.catalog, key).is_empty()
}

/// The actions that take the key, by name.
fn takers(catalog: &'static Catalog, key: &str) -> Vec<&'static str> {
    let Some(known) = catalog.condition_key(key) else { return Vec::new() };
    let prefix = key.split(':').next().unwrap_or_default();
    let Some(service) = catalog.service(prefix) else { return Vec::new() };
    let mut by_name: BTreeMap<&str, ()> = BTreeMap::new();
    for action in service.actions() {
        if catalog.keys(action).any(|listed| listed.eq_ignore_ascii_case(known.name)) {
            by_name.insert(catalog.name(action), ());
        }
    }
    by_name.into_keys().collect()
}
