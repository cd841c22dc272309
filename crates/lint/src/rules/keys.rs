//! Condition keys: do they exist, and are they of use where they stand?

use clavicle_policy::{BaseOperator, Clause, Effect, PrincipalKind, Statement};

use crate::kind::PolicyKind;
use crate::look::{Family, Look, allows, clauses, denies, is_placeholder};
use crate::rule::{CHECKS, Rule, Severity, identity, resource};
use crate::rules::services::needs_the_key;

pub(super) const FAMILY: Family = Family {
    rules: &[
        &KEY_FORMAT,
        &UNKNOWN_GLOBAL_KEY,
        &UNKNOWN_KEY,
        &OLD_ARN_KEY,
        &MISSING_TAG_KEY,
        &LONELY_KEY,
        &KEY_OF_THE_RESOURCE,
        &KEY_OF_PRINCIPALS_FOR_SERVICE,
        &WEAK_KEY_FOR_SERVICE,
    ],
    look,
};

macro_rules! asked {
    ($condition:literal) => {
        identity(concat!(r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringEquals": {"#, $condition, "}}"))
    };
}

macro_rules! for_service {
    ($condition:literal) => {
        resource(concat!(
            r#""Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {"StringEquals": {"#,
            $condition,
            "}}"
        ))
    };
}

static KEY_FORMAT: Rule = Rule {
    id: "key-format",
    severity: Severity::Error,
    title: "a condition key without a service",
    means: "A condition key has no colon, or nothing before or behind it.",
    why: "AWS refuses the policy.",
    fix: "Write `service:key`, or `aws:key` for keys of every service.",
    aws: &["error-invalid-condition-key-format"],
    source: CHECKS,
    bad: &[asked!(r#""prefix": "a""#)],
    good: &[asked!(r#""s3:prefix": "a""#)],
};

static UNKNOWN_GLOBAL_KEY: Rule = Rule {
    id: "unknown-global-key",
    severity: Severity::Error,
    title: "a global condition key that AWS does not list",
    means: "A key begins with `aws:` and is in no list.",
    why: "No request carries it, so the condition is about nothing.",
    fix: "Write the key that is meant.",
    aws: &["error-invalid-global-condition-key"],
    source: CHECKS,
    bad: &[asked!(r#""aws:SourceAddress": "a""#)],
    good: &[asked!(r#""AWS:principalaccount": "111122223333""#)],
};

static UNKNOWN_KEY: Rule = Rule {
    id: "unknown-key",
    severity: Severity::Error,
    title: "a condition key that its service does not list",
    means: "What stands before the colon is a service, and it lists no such key; or it is no service. Keys of identity providers, which have a dot there, are not looked up.",
    why: "No request carries it, so the condition is about nothing.",
    fix: "Write the key that is meant; `clavicle explain SERVICE` lists them.",
    aws: &["error-invalid-service-condition-key"],
    source: CHECKS,
    bad: &[asked!(r#""s3:x": "a""#), asked!(r#""nothing:x": "a""#)],
    good: &[asked!(r#""s3:prefix": "a""#)],
};

static OLD_ARN_KEY: Rule = Rule {
    id: "old-arn-key",
    severity: Severity::Error,
    title: "the condition key aws:ARN",
    means: "A condition has the key `aws:ARN`.",
    why: "AWS gave it up, and says to use another.",
    fix: "Use `aws:PrincipalArn` for who asks and `aws:SourceArn` for on whose behalf.",
    aws: &["error-unsupported-global-condition-key", "general-warning-deprecated-global-condition-key"],
    source: CHECKS,
    bad: &[asked!(r#""aws:ARN": "a""#)],
    good: &[asked!(r#""aws:PrincipalArn": "arn:aws:iam::111122223333:role/r""#)],
};

static MISSING_TAG_KEY: Rule = Rule {
    id: "missing-tag-key",
    severity: Severity::Error,
    title: "a condition on a tag that names none",
    means: "A key for tags, such as `aws:ResourceTag/`, has no tag behind the slash, or no slash.",
    why: "AWS refuses the policy, or the condition is about nothing.",
    fix: "Write the tag behind the slash: `aws:ResourceTag/team`.",
    aws: &["error-missing-tag-key-in-condition"],
    source: CHECKS,
    bad: &[
        asked!(r#""aws:ResourceTag/": "red""#),
        asked!(r#""aws:PrincipalTag": "red""#),
        asked!(r#""ec2:ResourceTag": "red""#),
    ],
    good: &[asked!(r#""aws:PrincipalTag/team": "red""#), asked!(r#""ec2:ResourceTag/team": "red""#)],
};

static LONELY_KEY: Rule = Rule {
    id: "lonely-key",
    severity: Severity::Security,
    title: "a condition key that is safe only beside another",
    means: "An Allow asks for `aws:VpcSourceIp` without `aws:SourceVpc`, `aws:SourceVpce` or `aws:SourceVpcArn` beside it, or a Deny spares addresses of `aws:VpcSourceIp` by `NotIpAddress` and no Deny of the policy has one of those keys.",
    why: "Private addresses are the same in every VPC: anybody can have one that matches, in a VPC of their own.",
    fix: "Ask for the VPC or the endpoint as well.",
    aws: &["security-warning-missing-paired-condition-keys"],
    source: CHECKS,
    bad: &[
        identity(
            r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/16"}}"#,
        ),
        identity(
            r#""Effect": "Deny", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"NotIpAddress": {"aws:VpcSourceIp": "10.0.0.0/16"}}"#,
        ),
    ],
    good: &[
        identity(
            r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/16"}, "StringEquals": {"aws:SourceVpc": "vpc-12345678"}}"#,
        ),
        identity(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"NotIpAddress": {"aws:VpcSourceIp": "10.0.0.0/16"}}}, {"Effect": "Deny", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-12345678"}}}]}"#,
        ),
        identity(
            r#""Effect": "Deny", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/16"}}"#,
        ),
    ],
};

static KEY_OF_THE_RESOURCE: Rule = Rule {
    id: "key-of-the-resource",
    severity: Severity::Suggestion,
    title: "a condition on the owner of the resource, in the resource's own policy",
    means: "A policy of a resource asks for `aws:ResourceAccount`, `aws:ResourceOrgID`, `aws:ResourceOrgPaths` or `s3:ResourceAccount`.",
    why: "The policy is attached to one resource, whose owner is known: the condition says nothing.",
    fix: "Use the key in policies of identities or of the organization.",
    aws: &["suggestion-irrelevant-condition-key-in-policy"],
    source: CHECKS,
    bad: &[resource(
        r#""Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {"StringNotEquals": {"s3:ResourceAccount": "111122223333"}}"#,
    )],
    good: &[resource(
        r#""Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}"#,
    )],
};

static KEY_OF_PRINCIPALS_FOR_SERVICE: Rule = Rule {
    id: "key-of-principals-for-service",
    severity: Severity::Error,
    title: "a condition on accounts and organizations of callers, for a service",
    means: "An Allow names services only, and asks for `aws:PrincipalOrgID`, `aws:PrincipalOrgPaths`, `aws:PrincipalAccount` or `aws:PrincipalTag` in the positive form without `IfExists`.",
    why: "A service is in no organization and has no tags: the statement never applies.",
    fix: "Ask for `aws:SourceOrgID`, `aws:SourceAccount` or `aws:SourceArn`.",
    aws: &["error-unsupported-condition-key-for-service-principal"],
    source: CHECKS,
    bad: &[for_service!(r#""aws:PrincipalOrgID": "o-abcdefghij""#)],
    good: &[for_service!(r#""aws:SourceOrgID": "o-abcdefghij""#)],
};

static WEAK_KEY_FOR_SERVICE: Rule = Rule {
    id: "weak-key-for-service",
    severity: Severity::Suggestion,
    title: "an older key for on whose behalf a service acts",
    means: "An Allow for a service is tied by `aws:SourceOwner` or by `aws:Referer` and by none of `aws:SourceArn`, `aws:SourceAccount`, `aws:SourceOrgID`.",
    why: "Few services send those keys.",
    fix: "Use `aws:SourceArn` or `aws:SourceAccount`.",
    aws: &["suggestion-recommended-condition-key-for-service-principal"],
    source: CHECKS,
    bad: &[for_service!(r#""aws:SourceOwner": "111122223333""#)],
    good: &[for_service!(r#""aws:SourceAccount": "111122223333""#)],
};

fn look(look: &mut Look<'_>) {
    for (statement, clause) in look.clauses() {
        let key = &clause.key.value;
        if is_placeholder(key) {
            continue;
        }
        exists(look, clause);
        let lower = key.to_ascii_lowercase();
        let names = |wanted: &[&str]| wanted.contains(&lower.as_str());
        let others = |wanted: &[&str]| {
            clauses(statement).any(|other| wanted.iter().any(|key| other.key.value.eq_ignore_ascii_case(key)))
        };
        if lower == "aws:vpcsourceip" && is_lonely(look, statement, clause) {
            let what = if allows(statement) { "matches" } else { "spares" };
            let message = format!("`{key}` alone {what} private addresses of any VPC, anybody's");
            look.report(&LONELY_KEY, clause.key.span, message, "ask for `aws:SourceVpc` as well".to_owned());
        }
        let of_resource =
            ["aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths", "s3:resourceaccount"];
        if look.kind == PolicyKind::Resource && names(&of_resource) {
            let message = format!("`{key}` says nothing in the policy of the resource itself");
            look.report(&KEY_OF_THE_RESOURCE, clause.key.span, message, None);
        }
        for_services(
            look,
            statement,
            clause,
            &lower,
            others(&["aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID"]),
        );
    }
}

/// Does `aws:VpcSourceIp` decide without anything that says which VPC it is?
fn is_lonely(look: &Look<'_>, statement: &Statement, clause: &Clause) -> bool {
    let names_vpc = |statement: &Statement| {
        clauses(statement).any(|other| {
            ["aws:sourcevpc", "aws:sourcevpce", "aws:sourcevpcarn"]
                .contains(&other.key.value.to_ascii_lowercase().as_str())
        })
    };
    if allows(statement) {
        return !names_vpc(statement);
    }
    // Of a Deny it is what it spares; what else keeps other VPCs out stands in a Deny of its own.
    denies(statement)
        && clause.operator.value.base == Some(BaseOperator::NotIpAddress)
        && !look.statements().any(|(_, other)| denies(other) && names_vpc(other))
}

fn for_services(look: &mut Look<'_>, statement: &Statement, clause: &Clause, lower: &str, sourced: bool) {
    let key = &clause.key.value;
    let allow = statement.effect.as_ref().is_some_and(|effect| effect.value == Effect::Allow);
    if !allow || !names_services_only(statement) {
        return;
    }
    // AWS: IAM Roles Anywhere User Guide, "Trust model": what a certificate says comes as tags of the session that begins.
    let of_certificate =
        ["aws:principaltag/x509subject/", "aws:principaltag/x509issuer/", "aws:principaltag/x509san/"]
            .iter()
            .any(|start| lower.starts_with(start));
    let of_callers = ["aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount"].contains(&lower)
        || lower.starts_with("aws:principaltag/") && !of_certificate;
    if of_callers && needs_the_key(clause) {
        let message = format!("requests of services carry no `{key}`: this statement never applies");
        let help = "ask for `aws:SourceOrgID`, `aws:SourceAccount` or `aws:SourceArn`".to_owned();
        look.report(&KEY_OF_PRINCIPALS_FOR_SERVICE, clause.key.span, message, help);
    }
    if ["aws:sourceowner", "aws:referer"].contains(&lower) && !sourced {
        let message = format!("few services send `{key}`");
        look.report(
            &WEAK_KEY_FOR_SERVICE,
            clause.key.span,
            message,
            "use `aws:SourceArn` or `aws:SourceAccount`".to_owned(),
        );
    }
}

/// Is everybody whom the statement names a service?
pub(super) fn names_services_only(statement: &Statement) -> bool {
    statement.principal.as_ref().is_some_and(|principal| {
        !principal.negated
            && principal.bare.is_none()
            && !principal.entries.is_empty()
            && principal.entries.iter().all(|entry| entry.kind == PrincipalKind::Service)
    })
}

/// Keys that some services send and AWS lists on pages of their own, not with actions.
/// AWS: SNS Developer Guide, "Cross-account example: Amazon SNS to SQS", has `aws:SourceOwner`; CloudFront's and AWS
/// WAF's logs have it as well.
const ELSEWHERE: [&str; 1] = ["aws:sourceowner"];

fn exists(look: &mut Look<'_>, clause: &Clause) {
    let key = &clause.key.value;
    let span = clause.key.span;
    let lower = key.to_ascii_lowercase();
    let Some((prefix, name)) =
        lower.split_once(':').filter(|(prefix, name)| !prefix.is_empty() && !name.is_empty())
    else {
        let message = format!("`{key}` is not a condition key: keys are written `service:name`");
        look.report(&KEY_FORMAT, span, message, None);
        return;
    };
    if lower == "aws:arn" {
        let message = "`aws:ARN` is a key that AWS gave up".to_owned();
        look.report(&OLD_ARN_KEY, span, message, "use `aws:PrincipalArn` or `aws:SourceArn`".to_owned());
        return;
    }
    // Of a service, where it lists the key for any tag and none of this name.
    let lists_any = || {
        look.catalog.service(prefix).is_some_and(|service| {
            let stem = |listed: &str| listed.split_once('/').map(|(stem, _)| stem.to_ascii_lowercase());
            service.keys().any(|listed| stem(listed).as_deref() == Some(lower.as_str()))
        })
    };
    if name.ends_with("tag/")
        || prefix == "aws" && ["resourcetag", "requesttag", "principaltag"].contains(&name)
        || name.ends_with("tag") && look.catalog.condition_key(key).is_none() && lists_any()
    {
        let whole = key.trim_end_matches('/');
        let message = format!("`{key}` names no tag");
        look.report(&MISSING_TAG_KEY, span, message, format!("write `{whole}/NAME`"));
        return;
    }
    if look.catalog.condition_key(key).is_some()
        || prefix.contains('.')
        || ELSEWHERE.contains(&lower.as_str())
    {
        return;
    }
    if prefix == "aws" {
        let near = clavicle_policy::nearest(&lower, look.catalog.global_keys().map(|known| known.name));
        let help = near.map(|name| format!("did you mean `{name}`?"));
        look.report(&UNKNOWN_GLOBAL_KEY, span, format!("`{key}` is not a condition key"), help);
        return;
    }
    match look.catalog.service(prefix) {
        Some(service) => {
            // Some lists have `service:ResourceTag/tag-key` for any tag.
            let of_tags = |listed: &str| {
                let stem = listed.split_once('/').map(|(stem, _)| stem.to_ascii_lowercase());
                stem.is_some() && stem.as_deref() == lower.split_once('/').map(|(stem, _)| stem)
            };
            if service.is_late() || service.keys().any(of_tags) {
                return;
            }
            let near = clavicle_policy::nearest(&lower, service.keys());
            let help = near.map(|name| format!("did you mean `{name}`?"));
            let message = format!("`{prefix}` has no condition key `{key}`");
            look.report(&UNKNOWN_KEY, span, message, help);
        }
        None => {
            let message = format!("`{key}` is not a condition key: no service has the prefix `{prefix}`");
            look.report(&UNKNOWN_KEY, span, message, None);
        }
    }
}
