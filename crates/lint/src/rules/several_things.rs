//! Actions each request of which names several things, under a condition on one of them.

use clavicle_catalog::{ActionId, ActionResource};
use clavicle_policy::{Clause, Statement};

use crate::look::{
    Family, Look, action_patterns, allows, clauses, denies, resource_patterns, some_of, speaks_of,
};
use crate::overlap::fits_form;
use crate::rule::{Rule, Severity, identity, scp};
use crate::rules::services::{holds_without, needs_the_key};
use crate::variables::masked;

pub(super) const FAMILY: Family = Family { rules: &[&KEY_OF_ANOTHER_THING], look };

static KEY_OF_ANOTHER_THING: Rule = Rule {
    id: "key-of-another-thing",
    severity: Severity::Warning,
    title: "a condition on one of the things that an action needs, for all of them",
    means: "A statement has an action that is spelled out, each request of which names several things, and a condition on a key that requests carry for some of these. In an Allow it is of the positive form without `IfExists`, and no Allow of the policy has the action on the others without it; in a Deny it holds where the key is missing.",
    why: "AWS decides on each of the things, and for the others the key is missing: the call is never allowed, or always denied.",
    fix: "Keep the condition on the things that have the key: name them in `Resource`. Allow the action on the others in a statement without it.",
    aws: &[],
    source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html",
    bad: &[
        identity(
            r#""Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*", "Condition": {"StringEquals": {"ec2:InstanceType": "t3.micro"}}"#,
        ),
        scp(
            r#""Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "*", "Condition": {"StringNotEquals": {"ec2:InstanceType": "t3.micro"}}"#,
        ),
    ],
    good: &[
        // AWS: AWS Organizations User Guide, "Example SCPs for Amazon EC2".
        scp(
            r#""Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "arn:aws:ec2:*:*:instance/*", "Condition": {"StringNotEquals": {"ec2:InstanceType": "t3.micro"}}"#,
        ),
        identity(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "arn:aws:ec2:*:*:instance/*", "Condition": {"StringEquals": {"ec2:InstanceType": "t3.micro"}}}, {"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": ["arn:aws:ec2:*::image/*", "arn:aws:ec2:*:*:subnet/*", "arn:aws:ec2:*:*:network-interface/*", "arn:aws:ec2:*:*:security-group/*", "arn:aws:ec2:*:*:volume/*"]}]}"#,
        ),
        identity(
            r#""Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*", "Condition": {"StringEqualsIfExists": {"ec2:InstanceType": "t3.micro"}}"#,
        ),
        identity(
            r#""Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "*", "Condition": {"StringEquals": {"ec2:InstanceType": "t3.micro"}}"#,
        ),
    ],
};

fn look(look: &mut Look<'_>) {
    for (_, statement) in look.statements() {
        if statement.action.as_ref().is_none_or(|action| action.negated) {
            continue;
        }
        let decides = |clause: &&Clause| {
            allows(statement) && needs_the_key(clause) || denies(statement) && holds_without(clause)
        };
        for pattern in action_patterns(statement) {
            let Some(action) = look.catalog.action(&pattern.value).filter(|it| !look.catalog.is_late(*it))
            else {
                continue;
            };
            for clause in clauses(statement).filter(decides) {
                one(look, statement, action, clause);
            }
        }
    }
}

fn one(look: &mut Look<'_>, statement: &Statement, action: ActionId, clause: &Clause) {
    let catalog = look.catalog;
    let key = clause.key.value.to_ascii_lowercase();
    // Tags have rules of their own.
    if key.starts_with("aws:") || catalog.keys_of_action(action).any(|own| own.eq_ignore_ascii_case(&key)) {
        return;
    }
    let needed: Vec<ActionResource<'_>> =
        catalog.resources(action).filter(|taken| taken.is_required()).collect();
    let has_it = |taken: &ActionResource<'_>| {
        let mut keys = taken.keys().chain(taken.resource_type().keys());
        keys.any(|own| own.eq_ignore_ascii_case(&key))
    };
    if !needed.iter().any(has_it) {
        return;
    }
    // Where the statement speaks of none of the others, it does not mean them.
    // A Deny that names things of a type is about these; a wildcard before the type may be meant to reach no further.
    let means = |taken: &&ActionResource<'_>| {
        !has_it(taken)
            && if denies(statement) { is_about_all(statement) } else { speaks_of_thing(statement, taken) }
    };
    let without: Vec<&ActionResource<'_>> = needed.iter().filter(means).collect();
    let is_allowed_elsewhere = |taken: &&&ActionResource<'_>| {
        let name = catalog.name(action).to_ascii_lowercase();
        look.statements().any(|(_, other)| {
            let asks_for_it = clauses(other)
                .any(|other| needs_the_key(other) && other.key.value.eq_ignore_ascii_case(&key));
            allows(other) && !asks_for_it && speaks_of(other, &name) && speaks_of_thing(other, taken)
        })
    };
    let names: Vec<String> = without
        .iter()
        .filter(|taken| denies(statement) || !is_allowed_elsewhere(taken))
        .map(|taken| taken.resource_type().to_string())
        .collect();
    if !names.is_empty() {
        let (what, help) = if denies(statement) {
            ("always denied", "name the things that have the key in `Resource`")
        } else {
            ("never allowed", "allow it on these in a statement without the condition")
        };
        let message = format!(
            "`{}` is asked on {} too, and requests carry no `{}` for these: it is {what}",
            catalog.name(action),
            some_of(&names),
            clause.key.value
        );
        let help = help.to_owned();
        look.report(&KEY_OF_ANOTHER_THING, clause.key.span, message, help);
    }
}

/// Is it about things of every type of a service?
fn is_about_all(statement: &Statement) -> bool {
    statement.resource.as_ref().is_some_and(|resource| !resource.negated)
        && resource_patterns(statement).iter().any(|pattern| {
            pattern.value.starts_with('*')
                || pattern.value.splitn(6, ':').nth(5).is_some_and(|name| name.starts_with('*'))
        })
}

/// May one of its resources be a thing of this type?
fn speaks_of_thing(statement: &Statement, taken: &ActionResource<'_>) -> bool {
    let named = resource_patterns(statement).iter().any(|pattern| {
        let arn = masked(&pattern.value);
        arn.starts_with('*') || taken.resource_type().arn_patterns().any(|form| fits_form(&arn, form))
    });
    // Of what is left out, something may stay.
    statement.resource.as_ref().is_none_or(|resource| resource.negated || named)
}
