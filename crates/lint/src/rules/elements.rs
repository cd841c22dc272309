//! Which elements a kind of policy has, and which not; Sids and the version.

use std::collections::HashMap;

use clavicle_policy::{Span, Statement};

use crate::kind::PolicyKind;
use crate::look::{Family, Look, head};
use crate::rule::{CHECKS, Rule, Severity, guide, identity, resource, scp, trust};

pub(super) const FAMILY: Family = Family {
    rules: &[
        &NO_RESOURCE,
        &NO_PRINCIPAL,
        &PRINCIPAL_NOT_ALLOWED,
        &TRUST_WITH_RESOURCE,
        &TRUST_WITH_NOT_PRINCIPAL,
        &SID_CHARACTERS,
        &SID_REPEATED,
        &SID_NOT_UNIQUE,
        &EMPTY_SID,
        &NO_VERSION,
    ],
    look,
};

static NO_RESOURCE: Rule = Rule {
    id: "no-resource",
    severity: Severity::Error,
    title: "a statement names no resource",
    means: "A statement of an identity-based, organization or endpoint policy has neither `Resource` nor `NotResource`; or one of a policy of a resource, all of whose actions are of services that ask for it: Amazon S3, SNS and SQS, AWS KMS, Lambda and Secrets Manager. Others, as Amazon ECR, take such policies without.",
    why: "AWS refuses the policy, or, if it is that of a KMS key, takes it and the statement has no effect.",
    fix: "Add `Resource`.",
    aws: &["error-missing-resource"],
    source: guide!("reference_policies_elements_resource"),
    bad: &[
        identity(r#""Effect": "Allow", "Action": "s3:GetObject""#),
        resource(r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject""#),
        resource(
            r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": ["kms:Decrypt", "kms:DescribeKey"]"#,
        ),
    ],
    good: &[
        identity(r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "*""#),
        // AWS: Amazon ECR User Guide, "Private repository policy examples": none has a `Resource`.
        resource(
            r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]"#,
        ),
        trust(r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole""#),
    ],
};

static NO_PRINCIPAL: Rule = Rule {
    id: "no-principal",
    severity: Severity::Error,
    title: "a statement names no principal",
    means: "A statement of a policy of a resource, role, endpoint or of a resource control policy has neither `Principal` nor `NotPrincipal`.",
    why: "AWS refuses the policy: it would not say whom it speaks of.",
    fix: "Add `Principal`.",
    aws: &["error-missing-principal"],
    source: guide!("reference_policies_elements_principal"),
    bad: &[resource(r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#)],
    good: &[resource(
        r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#,
    )],
};

static PRINCIPAL_NOT_ALLOWED: Rule = Rule {
    id: "principal-not-allowed",
    severity: Severity::Error,
    title: "a principal where the policy is attached to one",
    means: "A statement of an identity-based policy, of a permission set or of a service control policy has `Principal` or `NotPrincipal`.",
    why: "AWS refuses the policy: whom it speaks of is whom it is attached to.",
    fix: "Take the element out, or name the right kind of policy.",
    aws: &["error-unsupported-principal", "error-scp-syntax-error-principal"],
    source: guide!("reference_policies_elements_principal"),
    bad: &[
        identity(r#""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*""#),
        scp(r#""Effect": "Deny", "Principal": "*", "Action": "s3:PutBucketAcl", "Resource": "*""#),
    ],
    good: &[identity(r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "*""#)],
};

static TRUST_WITH_RESOURCE: Rule = Rule {
    id: "trust-with-resource",
    severity: Severity::Error,
    title: "a resource in a trust policy",
    means: "A statement of a role trust policy has `Resource` or `NotResource`.",
    why: "AWS refuses the policy: the resource is the role.",
    fix: "Take the element out.",
    aws: &["error-role-trust-policy-syntax-error-resource"],
    source: CHECKS,
    bad: &[trust(
        r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole", "Resource": "*""#,
    )],
    good: &[trust(r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole""#)],
};

static TRUST_WITH_NOT_PRINCIPAL: Rule = Rule {
    id: "trust-with-not-principal",
    severity: Severity::Error,
    title: "NotPrincipal in a trust policy",
    means: "A statement of a role trust policy has `NotPrincipal`.",
    why: "AWS refuses the policy.",
    fix: "Name those who may in `Principal`; deny others by a condition on `aws:PrincipalArn`.",
    aws: &["error-role-trust-policy-syntax-error-notprincipal"],
    source: CHECKS,
    bad: &[trust(r#""Effect": "Deny", "NotPrincipal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole""#)],
    good: &[trust(r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole""#)],
};

static SID_CHARACTERS: Rule = Rule {
    id: "sid-characters",
    severity: Severity::Error,
    title: "a Sid with characters that IAM does not take",
    means: "A `Sid` of a policy of an identity or role has something other than ASCII letters and digits. Services that hold policies of resources may take more.",
    why: "AWS refuses the policy.",
    fix: "Use letters and digits.",
    aws: &["error-unsupported-sid"],
    source: guide!("reference_policies_elements_sid"),
    bad: &[identity(r#""Sid": "read it", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*""#)],
    good: &[
        identity(r#""Sid": "ReadIt", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*""#),
        resource(
            r#""Sid": "read it", "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#,
        ),
    ],
};

static SID_REPEATED: Rule = Rule {
    id: "sid-repeated",
    severity: Severity::Error,
    title: "two statements with the same Sid",
    means: "Two statements of an identity-based policy, of a permission set or of a role trust policy have the same `Sid`.",
    why: "AWS refuses the policy: in IAM a Sid is unique within a policy.",
    fix: "Rename one.",
    aws: &["error-unique-sids-required"],
    source: guide!("reference_policies_elements_sid"),
    bad: &[identity(
        r#"{"Version": "2012-10-17", "Statement": [{"Sid": "A", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}, {"Sid": "A", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}]}"#,
    )],
    good: &[identity(
        r#"{"Version": "2012-10-17", "Statement": [{"Sid": "A", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}, {"Sid": "B", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}]}"#,
    )],
};

static SID_NOT_UNIQUE: Rule = Rule {
    id: "sid-not-unique",
    severity: Severity::Warning,
    title: "two statements with the same Sid, which this service may take",
    means: "Two statements of a policy of a resource, endpoint or organization have the same `Sid`.",
    why: "Whoever reads an explanation or changes a statement by its Sid cannot tell them apart.",
    fix: "Rename one.",
    aws: &["general-warning-unique-sids-recommended"],
    source: guide!("reference_policies_elements_sid"),
    bad: &[resource(
        r#"{"Version": "2012-10-17", "Statement": [{"Sid": "A", "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/x/*"}, {"Sid": "A", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"}]}"#,
    )],
    good: &[resource(
        r#""Sid": "A", "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#,
    )],
};

static EMPTY_SID: Rule = Rule {
    id: "empty-sid",
    severity: Severity::Suggestion,
    title: "an empty Sid",
    means: "A `Sid` is the empty string.",
    why: "It names nothing.",
    fix: "Give it a name, or take it out.",
    aws: &["suggestion-empty-sid-value"],
    source: CHECKS,
    bad: &[identity(r#""Sid": "", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*""#)],
    good: &[identity(r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "*""#)],
};

static NO_VERSION: Rule = Rule {
    id: "no-version",
    severity: Severity::Warning,
    title: "the policy has no version",
    means: "There is no element `Version`.",
    why: "The policy then has the version of 2008, in which variables are plain text and newer features are missing.",
    fix: "Add `\"Version\": \"2012-10-17\"`.",
    aws: &["general-warning-missing-version"],
    source: guide!("reference_policies_elements_version"),
    bad: &[identity(r#"{"Statement": []}"#)],
    good: &[identity(r#"{"Version": "2008-10-17", "Statement": []}"#)],
};

fn look(look: &mut Look<'_>) {
    if look.parsed.policy.is_none() {
        return;
    }
    let kind = look.kind;
    if look.policy.version.is_none()
        && !look.parsed.diagnostics.iter().any(|fault| fault.id == "unknown-version")
    {
        let help = "add `\"Version\": \"2012-10-17\"`".to_owned();
        look.report(
            &NO_VERSION,
            Span::new(0, 1),
            "the policy has no `Version`, which means the old one".to_owned(),
            help,
        );
    }
    for (_, statement) in look.statements() {
        let at = head(statement);
        let needs_resource = match kind {
            PolicyKind::Trust => false,
            PolicyKind::Resource => is_of_services_with_resource(look, statement),
            _ => true,
        };
        if statement.resource.is_none() && needs_resource {
            let message = format!("a statement of {} needs a `Resource`", kind.one());
            look.report(&NO_RESOURCE, at, message, "add `Resource`".to_owned());
        }
        match &statement.principal {
            None if kind.has_principals() => {
                let message = format!("a statement of {} needs a `Principal`", kind.one());
                look.report(
                    &NO_PRINCIPAL,
                    at,
                    message,
                    "add `Principal`, or say by `--type` what kind it is".to_owned(),
                );
            }
            Some(principal) if !kind.has_principals() => {
                let name = if principal.negated { "NotPrincipal" } else { "Principal" };
                let message = format!("{} takes no `{name}`", kind.one());
                look.report(&PRINCIPAL_NOT_ALLOWED, principal.key.span, message, "take it out".to_owned());
            }
            Some(principal) if principal.negated && kind == PolicyKind::Trust => {
                let message = "a role trust policy takes no `NotPrincipal`".to_owned();
                look.report(&TRUST_WITH_NOT_PRINCIPAL, principal.key.span, message, None);
            }
            _ => {}
        }
        if kind == PolicyKind::Trust
            && let Some(resource) = &statement.resource
        {
            let message = "a role trust policy takes no resource: it speaks of its role".to_owned();
            look.report(&TRUST_WITH_RESOURCE, resource.key.span, message, "take it out".to_owned());
        }
    }
    sids(look);
}

/// Are all its actions of services that ask for a `Resource` in the policies of their resources?
///
/// AWS: IAM User Guide, "IAM JSON policy elements: Resource": "Statements must include either a Resource or a NotResource
/// element". AWS KMS Developer Guide, "Key policies in AWS KMS", and the examples of the other services have it in each.
fn is_of_services_with_resource(look: &Look<'_>, statement: &Statement) -> bool {
    const ASKING: [&str; 6] = ["kms", "lambda", "s3", "secretsmanager", "sns", "sqs"];
    let actions = look.actions(statement);
    !actions.is_empty() && actions.iter().all(|action| ASKING.contains(&look.catalog.prefix(*action)))
}

fn sids(look: &mut Look<'_>) {
    let of_iam = look.kind.is_of_identity() || look.kind == PolicyKind::Trust;
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (at, statement) in look.policy.statements.iter().enumerate() {
        let Some(sid) = &statement.sid else { continue };
        if sid.value.is_empty() {
            look.report(
                &EMPTY_SID,
                sid.span,
                "this `Sid` is empty".to_owned(),
                "name it, or take it out".to_owned(),
            );
            continue;
        }
        if of_iam && !sid.value.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            let message = "this `Sid` has something other than letters and digits".to_owned();
            look.report(&SID_CHARACTERS, sid.span, message, None);
        }
        if let Some(first) = seen.insert(&sid.value, at) {
            let rule = if of_iam { &SID_REPEATED } else { &SID_NOT_UNIQUE };
            let message = format!("statement {} has the same `Sid`", first + 1);
            look.report(rule, sid.span, message, "rename one of them".to_owned());
        }
    }
}
