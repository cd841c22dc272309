//! Negated elements, and actions that hand on rights of others: what gives more than it seems to.

use clavicle_policy::{BaseOperator, Case, Clause, Effect, Glob, Statement};

use crate::kind::PolicyKind;
use crate::look::{
    Family, Look, action_patterns, allows, clauses, denies, is_placeholder, resource_patterns, some_of,
    speaks_of,
};
use crate::rule::{CHECKS, Rule, Severity, guide, identity, resource, scp};

pub(super) const FAMILY: Family = Family {
    rules: &[
        &ALLOW_WITH_NOT_PRINCIPAL,
        &DENY_WITH_NOT_PRINCIPAL,
        &ALLOW_WITH_NOT_ACTION,
        &ALLOW_WITH_NOT_RESOURCE,
        &PASS_ANY_ROLE,
        &CREATE_ANY_SERVICE_LINKED_ROLE,
        &REGION_DENY_OF_GLOBAL,
    ],
    look,
};

static ALLOW_WITH_NOT_PRINCIPAL: Rule = Rule {
    id: "allow-with-not-principal",
    severity: Severity::Security,
    title: "everybody but some is allowed",
    means: "A statement has `NotPrincipal` and the effect `Allow`.",
    why: "It allows everybody else, those of other accounts and those without credentials included.",
    fix: "Name those who may in `Principal`.",
    aws: &["security-warning-allow-with-not-principal"],
    source: CHECKS,
    bad: &[resource(
        r#""Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#,
    )],
    good: &[resource(
        r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#,
    )],
};

static DENY_WITH_NOT_PRINCIPAL: Rule = Rule {
    id: "deny-with-not-principal",
    severity: Severity::Warning,
    title: "everybody but some is denied, by NotPrincipal",
    means: "A statement has `NotPrincipal` and the effect `Deny`.",
    why: "Roles with a permissions boundary are always denied by it, and a role has to be named together with its account and its session. It seldom does what is meant.",
    fix: "Write `\"Principal\": \"*\"` with a condition `ArnNotEquals` or `StringNotEquals` on `aws:PrincipalArn`.",
    aws: &[],
    source: guide!("reference_policies_elements_notprincipal"),
    bad: &[resource(
        r#""Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:role/r"}, "Action": "s3:*", "Resource": "arn:aws:s3:::b/*""#,
    )],
    good: &[resource(
        r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*", "Condition": {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/r"}}"#,
    )],
};

static ALLOW_WITH_NOT_ACTION: Rule = Rule {
    id: "allow-with-not-action",
    severity: Severity::Security,
    title: "every action but some is allowed",
    means: "A statement of a policy that gives access has `NotAction` and the effect `Allow`.",
    why: "It allows the actions of every other service, those of tomorrow included.",
    fix: "List the actions, or allow all and deny some.",
    aws: &[],
    source: guide!("reference_policies_elements_notaction"),
    bad: &[identity(r#""Effect": "Allow", "NotAction": "iam:*", "Resource": "*""#)],
    good: &[identity(r#""Effect": "Deny", "NotAction": "iam:*", "Resource": "*""#)],
};

static ALLOW_WITH_NOT_RESOURCE: Rule = Rule {
    id: "allow-with-not-resource",
    severity: Severity::Security,
    title: "every resource but some is allowed",
    means: "A statement of a policy that gives access has `NotResource` and the effect `Allow`.",
    why: "It allows the actions on every other resource, of every service that they match.",
    fix: "List the resources.",
    aws: &[],
    source: guide!("reference_policies_elements_notresource"),
    bad: &[identity(r#""Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::b/*""#)],
    good: &[identity(r#""Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::b/*""#)],
};

static PASS_ANY_ROLE: Rule = Rule {
    id: "pass-any-role",
    severity: Severity::Security,
    title: "any role may be handed to a service",
    means: "An Allow covers `iam:PassRole`, spelled out, by a wildcard or by `NotAction`, on `*`, on every role or by `NotResource`, and no condition asks for `iam:PassedToService` or `iam:AssociatedResourceArn`; where an operator takes wildcards, the value `*` asks for nothing.",
    why: "Whoever can start something with a role has the rights of any role that can be passed to it, an administrator's included.",
    fix: "Name the roles, and add `iam:PassedToService`.",
    aws: &[
        "security-warning-pass-role-with-star-in-resource",
        "security-warning-pass-role-with-star-in-action-and-resource",
        "security-warning-pass-role-with-star-in-resource-and-not-action",
        "security-warning-pass-role-with-not-resource",
        "security-warning-pass-role-with-star-in-action-and-not-resource",
        "security-warning-pass-role-with-not-action-and-not-resource",
    ],
    source: guide!("id_roles_use_passrole"),
    bad: &[
        identity(r#""Effect": "Allow", "Action": "iam:PassRole", "Resource": "*""#),
        identity(r#""Effect": "Allow", "Action": "iam:*", "Resource": "*""#),
        identity(r#""Effect": "Allow", "NotAction": "s3:*", "Resource": "*""#),
        identity(
            r#""Effect": "Allow", "Action": "iam:PassRole", "NotResource": "arn:aws:iam::111122223333:role/admin""#,
        ),
        identity(
            r#""Effect": "Allow", "Action": "iam:Pass*", "NotResource": "arn:aws:iam::111122223333:role/admin""#,
        ),
        identity(
            r#""Effect": "Allow", "NotAction": "s3:*", "NotResource": "arn:aws:iam::111122223333:role/admin""#,
        ),
        identity(r#""Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/*""#),
        identity(
            r#""Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringLike": {"iam:PassedToService": "*"}}"#,
        ),
        identity(
            r#""Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"ArnEquals": {"iam:AssociatedResourceArn": ["arn:aws:ec2:*:*:instance/*", "*"]}}"#,
        ),
        identity(
            r#""Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringNotEquals": {"iam:PassedToService": "*"}}"#,
        ),
    ],
    good: &[
        identity(
            r#""Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/ci-*""#,
        ),
        identity(
            r#""Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}"#,
        ),
        // Nothing is called `*`, and nothing is not like it: these allow nothing that has the key.
        identity(
            r#""Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "*"}}"#,
        ),
        identity(
            r#""Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringNotLike": {"iam:PassedToService": "*"}}"#,
        ),
        identity(r#""Effect": "Allow", "NotAction": "iam:*", "Resource": "*""#),
    ],
};

static CREATE_ANY_SERVICE_LINKED_ROLE: Rule = Rule {
    id: "create-any-service-linked-role",
    severity: Severity::Warning,
    title: "service-linked roles of any service may be made",
    means: "An Allow covers `iam:CreateServiceLinkedRole`, spelled out, by a wildcard or by `NotAction`, on `*`, on every role, on every one of theirs (`role/aws-service-role/*`) or by `NotResource`, and no condition asks for `iam:AWSServiceName`; where an operator takes wildcards, the value `*` asks for nothing.",
    why: "A service-linked role gives its service rights in the account that somebody may not have meant to give.",
    fix: "Name the role, or add `iam:AWSServiceName`.",
    aws: &[
        "general-warning-create-slr-with-star-in-resource",
        "general-warning-create-slr-with-star-in-action-and-resource",
        "general-warning-create-slr-with-star-in-resource-and-not-action",
        "general-warning-create-slr-with-not-resource",
        "general-warning-create-slr-with-star-in-action-and-not-resource",
        "general-warning-create-slr-with-not-action-and-not-resource",
    ],
    source: guide!("id_roles_create-service-linked-role"),
    bad: &[
        identity(r#""Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "*""#),
        identity(r#""Effect": "Allow", "Action": "iam:Create*", "Resource": "*""#),
        identity(
            r#""Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "arn:aws:iam::*:role/aws-service-role/*""#,
        ),
        identity(r#""Effect": "Allow", "NotAction": "s3:*", "Resource": "*""#),
        identity(
            r#""Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "NotResource": "arn:aws:iam::111122223333:role/a""#,
        ),
        identity(
            r#""Effect": "Allow", "Action": "iam:Create*", "NotResource": "arn:aws:iam::111122223333:role/a""#,
        ),
        identity(
            r#""Effect": "Allow", "NotAction": "s3:*", "NotResource": "arn:aws:iam::111122223333:role/a""#,
        ),
    ],
    good: &[
        identity(
            r#""Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "*", "Condition": {"StringEquals": {"iam:AWSServiceName": "ecs.amazonaws.com"}}"#,
        ),
        identity(
            r#""Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "arn:aws:iam::*:role/aws-service-role/ecs.amazonaws.com/*""#,
        ),
    ],
};

static REGION_DENY_OF_GLOBAL: Rule = Rule {
    id: "region-deny-of-global-service",
    severity: Severity::Warning,
    title: "a Deny by region that stops services without regions",
    means: "A Deny on `*` of a policy of an identity or organization asks that `aws:RequestedRegion` is none of some regions, `us-east-1` is not among them, and it is about actions of AWS Identity and Access Management, AWS Organizations, Amazon CloudFront, Amazon Route 53 or AWS Support. Where `NotAction` spares some actions, only IAM is asked about. Regions of other partitions are left out.",
    why: "These services have one endpoint, and every request to them is one to `us-east-1`, whatever region somebody works in: all of them are denied.",
    fix: "Spare the global services by `NotAction`, as AWS's own example does.",
    aws: &[],
    source: guide!("reference_policies_examples_aws_deny-requested-region"),
    bad: &[
        scp(
            r#""Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]}}"#,
        ),
        identity(
            r#""Effect": "Deny", "NotAction": ["s3:*", "ec2:*"], "Resource": "*", "Condition": {"StringNotLike": {"aws:RequestedRegion": "eu-*"}}"#,
        ),
        scp(
            r#""Effect": "Deny", "Action": ["cloudfront:*", "ec2:*"], "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}, "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}"#,
        ),
    ],
    good: &[
        // AWS: IAM User Guide, "AWS: Denies access to AWS based on the requested Region".
        identity(
            r#""Effect": "Deny", "NotAction": ["cloudfront:*", "iam:*", "organizations:*", "route53:*", "support:*"], "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3"]}}"#,
        ),
        scp(
            r#""Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}}"#,
        ),
        scp(
            r#""Effect": "Deny", "Action": ["ec2:*", "rds:*"], "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}"#,
        ),
        scp(
            r#""Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}"#,
        ),
    ],
};

fn look(look: &mut Look<'_>) {
    for (_, statement) in look.statements() {
        negations(look, statement);
        region_deny(look, statement);
        if !look.kind.is_of_identity() || !allows(statement) {
            continue;
        }
        let tied = |keys: &[&str]| {
            clauses(statement).any(|clause| {
                keys.iter().any(|key| clause.key.value.eq_ignore_ascii_case(key)) && !takes_any(clause)
            })
        };
        if speaks_of(statement, "iam:passrole")
            && is_on_every_role(statement)
            && !tied(&["iam:PassedToService", "iam:AssociatedResourceArn"])
        {
            let message = "this lets any role be handed to a service".to_owned();
            let at = where_of(statement, "iam:passrole");
            look.report(
                &PASS_ANY_ROLE,
                at,
                message,
                "name the roles, and add `iam:PassedToService`".to_owned(),
            );
        }
        if speaks_of(statement, "iam:createservicelinkedrole")
            && is_on_every_service_linked_role(statement)
            && !tied(&["iam:AWSServiceName"])
        {
            let message = "this lets service-linked roles of any service be made".to_owned();
            let at = where_of(statement, "iam:createservicelinkedrole");
            look.report(
                &CREATE_ANY_SERVICE_LINKED_ROLE,
                at,
                message,
                "name the role, or add `iam:AWSServiceName`".to_owned(),
            );
        }
    }
}

/// Is every value of its key right to it? `*` is any where the operator takes wildcards; where it does not, nothing but a
/// star is one, and everything else is none.
///
/// AWS: IAM User Guide, "IAM JSON policy elements: Condition operators": of `StringLike`, `ArnEquals` and `ArnLike` the values
/// can include wildcards; `StringEquals` is "exact matching", and a negated operator holds where none of its values matches.
fn takes_any(clause: &Clause) -> bool {
    use BaseOperator as B;
    let mut stars = clause.values.iter().map(|value| {
        let text = value.value.text();
        !text.is_empty() && text.bytes().all(|byte| byte == b'*')
    });
    match clause.operator.value.base {
        Some(B::StringLike | B::ArnEquals | B::ArnLike) => stars.any(|star| star),
        Some(B::StringNotEquals | B::StringNotEqualsIgnoreCase) => stars.all(|star| star),
        _ => false,
    }
}

/// Services whose requests all go to `us-east-1`, and an action of each.
///
/// AWS: IAM User Guide, "AWS: Denies access to AWS based on the requested Region": the services that the example spares are
/// "AWS global services with a single endpoint that is physically located in the us-east-1 Region".
const GLOBAL: [(&str, &str); 5] = [
    ("iam", "iam:getuser"),
    ("organizations", "organizations:describeorganization"),
    ("cloudfront", "cloudfront:listdistributions"),
    ("route53", "route53:listhostedzones"),
    ("support", "support:describecases"),
];
const THEIR_REGION: &str = "us-east-1";

fn region_deny(look: &mut Look<'_>, statement: &Statement) {
    let of_kind = look.kind.is_of_identity() || look.kind == PolicyKind::Scp;
    let anywhere = statement.resource.as_ref().is_some_and(|resource| {
        resource.negated || resource.patterns.iter().any(|pattern| pattern.value == "*")
    });
    if !of_kind || !denies(statement) || !anywhere {
        return;
    }
    let Some(clause) = clauses(statement).find(|clause| spares_other_regions(clause)) else { return };
    let sparing = statement.action.as_ref().is_some_and(|action| action.negated);
    let stopped: Vec<&str> = GLOBAL
        .iter()
        .filter(|(_, action)| speaks_of(statement, action))
        .map(|(service, _)| *service)
        .collect();
    if stopped.is_empty() || sparing && !stopped.contains(&"iam") {
        return;
    }
    let message =
        format!("every request to {} is one to `{THEIR_REGION}`, and this denies it", some_of(&stopped));
    look.report(&REGION_DENY_OF_GLOBAL, clause.key.span, message, "spare them by `NotAction`".to_owned());
}

/// Does it hold for requests to the region of the global services, because they are to none of those that it names?
fn spares_other_regions(clause: &Clause) -> bool {
    use BaseOperator as B;
    let like = clause.operator.value.base == Some(B::StringNotLike);
    let negated =
        like || matches!(clause.operator.value.base, Some(B::StringNotEquals | B::StringNotEqualsIgnoreCase));
    let mut values = clause.values.iter().map(|value| value.value.text());
    // Of partitions other than AWS's first the region of these services is another.
    let elsewhere = |text: &str| {
        ["cn-", "us-gov-", "us-iso", "eu-iso", "eusc-"].iter().any(|start| text.starts_with(start))
            || text.contains("${")
            || is_placeholder(text)
    };
    let names_it = |text: &str| {
        text.eq_ignore_ascii_case(THEIR_REGION)
            || like && Glob::new(text, Case::Sensitive).matches(THEIR_REGION)
    };
    clause.key.value.eq_ignore_ascii_case("aws:RequestedRegion")
        && negated
        && clause.operator.value.set.is_none()
        && !clause.values.is_empty()
        && !values.any(|text| elsewhere(text) || names_it(text))
}

fn negations(look: &mut Look<'_>, statement: &Statement) {
    let Some(effect) = statement.effect.as_ref().map(|effect| effect.value) else { return };
    let negated = statement.principal.as_ref().filter(|principal| principal.negated);
    if let Some(principal) = negated.filter(|_| look.kind != PolicyKind::Trust) {
        let span = principal.key.span;
        if effect == Effect::Allow {
            let message = "this allows everybody else in the world".to_owned();
            look.report(
                &ALLOW_WITH_NOT_PRINCIPAL,
                span,
                message,
                "name those who may in `Principal`".to_owned(),
            );
        } else if look.kind != PolicyKind::Rcp {
            let message = "`NotPrincipal` seldom spares those it names".to_owned();
            let help = "write `\"Principal\": \"*\"` and a condition on `aws:PrincipalArn`".to_owned();
            look.report(&DENY_WITH_NOT_PRINCIPAL, span, message, help);
        }
    }
    if effect == Effect::Deny || !look.kind.grants() {
        return;
    }
    if let Some(action) = statement.action.as_ref().filter(|action| action.negated) {
        let message = "this allows every action that is not named, of every service".to_owned();
        look.report(&ALLOW_WITH_NOT_ACTION, action.key.span, message, "list the actions".to_owned());
    }
    if let Some(resource) = statement.resource.as_ref().filter(|resource| resource.negated) {
        let message = "this allows every resource that is not named".to_owned();
        look.report(&ALLOW_WITH_NOT_RESOURCE, resource.key.span, message, "list the resources".to_owned());
    }
}

/// The action that covers another by its pattern, or the element.
fn where_of(statement: &Statement, action: &str) -> clavicle_policy::Span {
    let covers = |pattern: &&clavicle_policy::Spanned<String>| {
        clavicle_policy::Glob::new(&pattern.value, clavicle_policy::Case::Ignored).matches(action)
    };
    let negated = statement.action.as_ref().filter(|element| element.negated).map(|element| element.key.span);
    negated
        .or_else(|| action_patterns(statement).iter().find(covers).map(|pattern| pattern.span))
        .unwrap_or(statement.span.0)
}

/// Is it about every role that services may be linked with? All of them have one path.
/// AWS: IAM User Guide, "Create a service-linked role", the ARNs of its policies.
fn is_on_every_service_linked_role(statement: &Statement) -> bool {
    is_on_every(statement, "aws-service-role/\u{1}/\u{2}")
}

/// Is it about every role of an account: `*`, `arn:aws:iam::*:role/*` and wider, or all but some?
fn is_on_every_role(statement: &Statement) -> bool {
    // A name that nobody would have picked out.
    is_on_every(statement, "\u{1}\u{2}")
}

fn is_on_every(statement: &Statement, name: &str) -> bool {
    let Some(resource) = &statement.resource else { return false };
    if resource.negated {
        return true;
    }
    resource_patterns(statement).iter().any(|pattern| {
        let glob = clavicle_policy::Glob::new(&pattern.value, clavicle_policy::Case::Sensitive);
        let any = |account: &str| glob.matches(&format!("arn:aws:iam::{account}:role/{name}"));
        let account = pattern.value.split(':').nth(4).unwrap_or_default();
        any("111122223333") || any(account)
    })
}
