//! What goes by a tag of the thing, beside the right to set that tag.

use std::collections::BTreeSet;

use clavicle_catalog::{Access, ActionId};
use clavicle_policy::Statement;

use crate::kind::PolicyKind;
use crate::look::{Family, Look, action_patterns, allows, is_unconditional, resource_patterns, speaks_of};
use crate::overlap::{fits_form, fits_resource, overlap};
use crate::rule::{Rule, Severity, identity};
use crate::rules::services::needs_the_key;
use crate::variables::masked;

pub(super) const FAMILY: Family = Family { rules: &[&TAG_CAN_BE_SET], look };

static TAG_CAN_BE_SET: Rule = Rule {
    id: "tag-can-be-set",
    severity: Severity::Security,
    title: "a limit by tag, and the right to set that tag",
    means: "An Allow asks for a tag of the thing (`aws:ResourceTag/…` and its kin), and another one of the same policy, without any condition, has an action that tags the same things. Where a Deny speaks of that action, nothing is said.",
    why: "Whoever has the policy puts the tag on any of these things and then does what the first statement allows.",
    fix: "Tie the tagging by `aws:TagKeys`, `aws:RequestTag` or the tag itself, or deny to set that tag.",
    aws: &[],
    source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/control-access-with-tags.html",
    bad: &[identity(
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:TerminateInstances", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "red"}}}, {"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*"}]}"#,
    )],
    good: &[
        identity(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:TerminateInstances", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "red"}}}, {"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*", "Condition": {"StringEquals": {"ec2:CreateAction": "RunInstances"}}}]}"#,
        ),
        identity(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:TerminateInstances", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "red"}}}, {"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "arn:aws:ec2:*:*:volume/*"}]}"#,
        ),
        identity(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:TerminateInstances", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "red"}}}, {"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*"}, {"Effect": "Deny", "Action": "ec2:CreateTags", "Resource": "*", "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": "team"}}}]}"#,
        ),
    ],
};

fn look(look: &mut Look<'_>) {
    if !matches!(look.kind, PolicyKind::Identity | PolicyKind::PermissionSet) {
        return;
    }
    let by_tag: Vec<(&Statement, String)> = look
        .clauses()
        .filter(|(statement, clause)| {
            let negated = statement.action.as_ref().is_none_or(|action| action.negated);
            allows(statement) && !negated && needs_the_key(clause)
        })
        .filter_map(|(statement, clause)| Some((statement, tag_of(&clause.key.value)?)))
        .collect();
    for (_, setter) in look.statements() {
        let negated = setter.action.as_ref().is_none_or(|action| action.negated);
        if !allows(setter) || negated || !is_unconditional(setter) {
            continue;
        }
        for pattern in action_patterns(setter) {
            let tagging: BTreeSet<ActionId> =
                look.catalog.expand(&pattern.value).into_iter().filter(|it| tags(look, *it)).collect();
            let Some((limited, tag, action)) = by_tag.iter().find_map(|(limited, tag)| {
                // What is allowed without the tag as well is not limited by it.
                let limited_actions = look.actions(limited);
                let is_limited = !limited_actions.is_subset(&look.actions(setter));
                let action =
                    tagging.iter().find(|it| can_tag(look, **it, setter, limited, &limited_actions))?;
                is_limited.then_some((limited, tag, *action))
            }) else {
                continue;
            };
            let place = look.statements().position(|(_, other)| std::ptr::eq(other, *limited)).unwrap_or(0);
            let message = format!(
                "`{}` sets the tag `{tag}`, by which statement {} is limited, on any of its things",
                look.catalog.name(action),
                place + 1
            );
            let help = format!("tie it by `aws:TagKeys`, or deny to set `{tag}`");
            look.report(&TAG_CAN_BE_SET, pattern.span, message, help);
        }
    }
}

/// `team` of `aws:ResourceTag/team`, `ec2:ResourceTag/team` or `iam:ResourceTag/team`.
fn tag_of(key: &str) -> Option<String> {
    let (before, tag) = key.split_once('/')?;
    let (_, name) = before.split_once(':')?;
    (name.eq_ignore_ascii_case("ResourceTag") && !tag.is_empty()).then(|| tag.to_owned())
}

fn tags(look: &Look<'_>, action: ActionId) -> bool {
    let name = look.catalog.name(action);
    let adds = name.split_once(':').is_some_and(|(_, name)| {
        !name.starts_with("Un") && !name.starts_with("Delete") && !name.starts_with("Remove")
    });
    look.catalog.access(action).contains(Access::TAGGING) && adds
}

/// Does the one set tags on things of a type, and under ARNs, that the other acts on?
fn can_tag(
    look: &Look<'_>,
    tagging: ActionId,
    setter: &Statement,
    limited: &Statement,
    limited_actions: &BTreeSet<ActionId>,
) -> bool {
    let name = look.catalog.name(tagging).to_ascii_lowercase();
    let is_denied = look.statements().any(|(_, other)| !allows(other) && speaks_of(other, &name));
    let types = |action: ActionId| look.catalog.resources(action).map(|taken| taken.resource_type());
    let limited_types: BTreeSet<_> =
        limited_actions.iter().flat_map(|action| types(*action)).map(|kind| kind.id()).collect();
    let texts = |statement: &Statement| -> Vec<String> {
        resource_patterns(statement).iter().map(|pattern| masked(&pattern.value)).collect()
    };
    let (set, wanted) = (texts(setter), texts(limited));
    // Part by part: a `*` for the region is not meant to reach into the name.
    let fits = |arn: &String, form: &str| match (arn.splitn(6, ':').nth(5), form.splitn(6, ':').nth(5)) {
        (Some(own), Some(other)) => fits_resource(own, other, form.split(':').nth(2).unwrap_or_default()),
        _ => arn.starts_with('*') || fits_form(arn, form),
    };
    let meets = |form: &str| {
        let of_form = |arn: &&String| fits(arn, form);
        set.iter().filter(of_form).any(|one| wanted.iter().filter(of_form).any(|other| overlap(one, other)))
    };
    let negated = |statement: &Statement| statement.resource.as_ref().is_none_or(|resource| resource.negated);
    !is_denied
        && !negated(setter)
        && !negated(limited)
        && types(tagging)
            .filter(|kind| limited_types.contains(&kind.id()))
            .any(|kind| kind.arn_patterns().any(meets))
}
