//! Principals: can they be anybody, and are they who they seem to be?

use clavicle_policy::{AccountId, Policy, PrincipalEntry, PrincipalKind, Statement};

use crate::kind::PolicyKind;
use crate::look::{Family, Look, allows, clauses, denies, is_placeholder};
use crate::rule::{CHECKS, Rule, Severity, guide, resource, trust};
use crate::rules::keys::names_services_only;

pub(super) const FAMILY: Family = Family {
    rules: &[
        &PRINCIPAL_FORMAT,
        &WILDCARD_IN_PRINCIPAL,
        &SERVICE_PRINCIPAL_FORMAT,
        &FEDERATED_NOT_SUPPORTED,
        &ROLE_BY_ID,
        &USER_BY_ID,
        &CONFUSED_DEPUTY,
        &PUBLIC_POLICY,
    ],
    look,
};

macro_rules! bucket {
    ($principal:literal) => {
        resource(concat!(
            r#""Effect": "Allow", "Principal": "#,
            $principal,
            r#", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#
        ))
    };
    ($principal:literal, $condition:literal) => {
        resource(concat!(
            r#""Effect": "Allow", "Principal": "#,
            $principal,
            r#", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {"#,
            $condition,
            "}"
        ))
    };
}

static PRINCIPAL_FORMAT: Rule = Rule {
    id: "principal-format",
    severity: Severity::Error,
    title: "a principal that can be nobody",
    means: "A value under `AWS` is neither `*`, an account, an ARN of IAM or STS, nor the id of a user or role.",
    why: "AWS refuses the policy.",
    fix: "Write the account or the whole ARN.",
    aws: &["error-invalid-principal-format"],
    source: guide!("reference_policies_elements_principal"),
    bad: &[bucket!(r#"{"AWS": "dana"}"#), bucket!(r#"{"AWS": "arn:aws:s3:::b"}"#)],
    good: &[
        bucket!(r#"{"AWS": "111122223333"}"#),
        bucket!(r#"{"AWS": "arn:aws:sts::111122223333:assumed-role/r/s"}"#),
        bucket!(r#"{"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}"#),
    ],
};

static WILDCARD_IN_PRINCIPAL: Rule = Rule {
    id: "wildcard-in-principal",
    severity: Severity::Error,
    title: "a wildcard in a part of a principal",
    means: "A principal other than `*` alone has a wildcard, or a service or identity provider is `*`.",
    why: "AWS matches no part of a name or ARN there: it refuses the policy.",
    fix: "Name the account, and narrow by a condition on `aws:PrincipalArn`.",
    aws: &["error-unsupported-wildcard-in-principal"],
    source: guide!("reference_policies_elements_principal"),
    bad: &[bucket!(r#"{"AWS": "arn:aws:iam::111122223333:role/*"}"#), bucket!(r#"{"Service": "*"}"#)],
    good: &[bucket!(
        r#"{"AWS": "111122223333"}"#,
        r#""ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}"#
    )],
};

static SERVICE_PRINCIPAL_FORMAT: Rule = Rule {
    id: "service-principal-format",
    severity: Severity::Error,
    title: "a service principal that can be none",
    means: "A value under `Service` does not end in `.amazonaws.com`, `.amazonaws.com.cn`, `.aws.internal` or the like, or has other characters than letters, digits, dots and hyphens.",
    why: "No service acts under it.",
    fix: "Write `service.amazonaws.com`.",
    aws: &["error-invalid-service-principal-format"],
    source: guide!("reference_policies_elements_principal"),
    bad: &[bucket!(
        r#"{"Service": "cloudfront"}"#,
        r#""StringEquals": {"aws:SourceAccount": "111122223333"}"#
    )],
    good: &[bucket!(
        r#"{"Service": "cloudfront.amazonaws.com"}"#,
        r#""StringEquals": {"aws:SourceAccount": "111122223333"}"#
    )],
};

static FEDERATED_NOT_SUPPORTED: Rule = Rule {
    id: "federated-not-supported",
    severity: Severity::Warning,
    title: "an identity provider outside of a trust policy",
    means: "A policy that is not a role trust policy names a principal under `Federated`.",
    why: "Those who come through a provider act as a role, and most services refuse the provider as a principal.",
    fix: "Name the role.",
    aws: &["error-federated-principal-not-supported"],
    source: CHECKS,
    bad: &[bucket!(r#"{"Federated": "cognito-identity.amazonaws.com"}"#)],
    good: &[trust(
        r#""Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:1"}}"#,
    )],
};

static ROLE_BY_ID: Rule = Rule {
    id: "role-by-id",
    severity: Severity::Warning,
    title: "a role by its unique id",
    means: "A principal begins with `AROA`.",
    why: "AWS puts the id there when the role that was named is gone: a new role of that name has another, and is not meant.",
    fix: "Write the ARN of the role, or take it out.",
    aws: &["general-warning-invalid-role-reference"],
    source: CHECKS,
    bad: &[bucket!(r#"{"AWS": "AROA1234567890EXAMPLE"}"#)],
    good: &[bucket!(r#"{"AWS": "arn:aws:iam::111122223333:role/r"}"#)],
};

static USER_BY_ID: Rule = Rule {
    id: "user-by-id",
    severity: Severity::Warning,
    title: "a user by its unique id",
    means: "A principal begins with `AIDA`.",
    why: "AWS puts the id there when the user that was named is gone: a new user of that name has another, and is not meant.",
    fix: "Write the ARN of the user, or take it out.",
    aws: &["general-warning-invalid-user-reference"],
    source: CHECKS,
    bad: &[bucket!(r#"{"AWS": "AIDA1234567890EXAMPLE"}"#)],
    good: &[bucket!(r#"{"AWS": "arn:aws:iam::111122223333:user/dana"}"#)],
};

static CONFUSED_DEPUTY: Rule = Rule {
    id: "service-without-source",
    severity: Severity::Security,
    title: "a service, whoever makes it act",
    means: "An Allow in a policy of a resource names a service, and the prover has a request that it allows, the Deny statements beside it told, in which no value of `aws:SourceArn`, `aws:SourceAccount`, `aws:SourceOrgID` or `aws:SourceOrgPaths` is one that names an owner: `arn:aws:sns:*:*:*` names none. Where an older key of that sort is asked for, and where these keys may be missing (`IfExists`), nothing is said. Trust policies are left out: most services take roles of their own account only.",
    why: "Somebody of another account can have the service act for them: it is trusted, and they are not.",
    fix: "Add a condition on `aws:SourceArn` or `aws:SourceAccount`.",
    aws: &["security-warning-restrict-access-to-service-principal"],
    source: guide!("service-without-source"),
    bad: &[
        bucket!(r#"{"Service": "cloudtrail.amazonaws.com"}"#),
        bucket!(
            r#"{"Service": "cloudtrail.amazonaws.com"}"#,
            r#""StringNotEquals": {"aws:SourceAccount": "111122223333"}"#
        ),
        bucket!(
            r#"{"Service": "cloudtrail.amazonaws.com"}"#,
            r#""StringEquals": {"aws:PrincipalServiceName": "cloudtrail.amazonaws.com"}"#
        ),
        bucket!(
            r#"{"Service": "cloudtrail.amazonaws.com"}"#,
            r#""IpAddress": {"aws:SourceIp": "203.0.113.0/24"}"#
        ),
        bucket!(
            r#"{"Service": "cloudtrail.amazonaws.com"}"#,
            r#""StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}"#
        ),
        bucket!(
            r#"{"Service": "cloudtrail.amazonaws.com"}"#,
            r#""StringLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:111122223333:*"}"#
        ),
    ],
    good: &[
        bucket!(
            r#"{"Service": "cloudtrail.amazonaws.com"}"#,
            r#""StringEquals": {"aws:SourceAccount": "111122223333"}"#
        ),
        bucket!(
            r#"{"Service": "cloudtrail.amazonaws.com"}"#,
            r#""ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:111122223333:*"}"#
        ),
        resource(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"}, {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceOrgID": "o-abcdefghij"}}}]}"#,
        ),
    ],
};

static PUBLIC_POLICY: Rule = Rule {
    id: "public-policy",
    severity: Severity::Security,
    title: "everybody gets in",
    means: "The prover has a request of a caller whom the policy does not name, tied to no account, organization, network or other fixed value, that the policy allows; Deny statements count.",
    why: "Anybody with an AWS account, or anybody at all, can do what the message says.",
    fix: "Name principals, or tie the statement by a condition such as `aws:PrincipalOrgID`.",
    aws: &[],
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    bad: &[
        bucket!(r#""*""#),
        trust(r#""Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole""#),
    ],
    good: &[
        bucket!(r#""*""#, r#""StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}"#),
        resource(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}, {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}}]}"#,
        ),
    ],
};

fn look(look: &mut Look<'_>) {
    if !look.kind.has_principals() {
        return;
    }
    for (_, statement) in look.statements() {
        let Some(principal) = &statement.principal else { continue };
        for entry in &principal.entries {
            let text = &entry.value.value;
            if !is_placeholder(text) && !text.contains("${") {
                one(look, entry);
            }
        }
        let federated = |entry: &&PrincipalEntry| {
            entry.kind == PrincipalKind::Federated && look.kind != PolicyKind::Trust
        };
        let outside: Vec<_> = principal.entries.iter().filter(federated).collect();
        for entry in outside {
            let message = format!("a {} takes no identity provider as a principal", look.kind.title());
            look.report(&FEDERATED_NOT_SUPPORTED, entry.value.span, message, "name the role".to_owned());
        }
        deputy(look, statement);
    }
    public(look);
}

fn one(look: &mut Look<'_>, entry: &PrincipalEntry) {
    let text = &entry.value.value;
    let span = entry.value.span;
    let wild = text.contains(['*', '?']);
    match entry.kind {
        PrincipalKind::Aws if text == "*" => {}
        PrincipalKind::Aws if text.starts_with("AROA") => {
            let message = format!("`{text}` is the id of a role that is gone");
            look.report(&ROLE_BY_ID, span, message, "write the ARN of the role, or take it out".to_owned());
        }
        PrincipalKind::Aws if text.starts_with("AIDA") => {
            let message = format!("`{text}` is the id of a user that is gone");
            look.report(&USER_BY_ID, span, message, "write the ARN of the user, or take it out".to_owned());
        }
        _ if wild => {
            let message = match entry.kind {
                PrincipalKind::Aws => "no part of a principal is matched by wildcards".to_owned(),
                kind => format!("`{}` takes no wildcard", kind.name()),
            };
            let help = "name the account, and narrow by a condition on `aws:PrincipalArn`".to_owned();
            look.report(
                &WILDCARD_IN_PRINCIPAL,
                span,
                message,
                (entry.kind == PrincipalKind::Aws).then_some(help),
            );
        }
        PrincipalKind::Aws => {
            let parts: Vec<&str> = text.splitn(6, ':').collect();
            let arn = matches!(parts[..], ["arn", _, "iam" | "sts", "", account, _] if !account.is_empty());
            if AccountId::parse(text).is_none() && !arn {
                let message = format!("`{text}` is neither an account nor an ARN of a principal");
                look.report(&PRINCIPAL_FORMAT, span, message, None);
            }
        }
        PrincipalKind::Service if !is_service(text) => {
            let message = format!("`{text}` has not the form of a service principal");
            look.report(&SERVICE_PRINCIPAL_FORMAT, span, message, "write `service.amazonaws.com`".to_owned());
        }
        _ => {}
    }
}

fn is_service(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-' || byte == b'_';
    let ends =
        [".amazonaws.com", ".amazonaws.com.cn", ".amazon.com", ".aws.internal", ".aws.com", ".api.aws"];
    text.bytes().all(plain)
        && ends
            .iter()
            .any(|end| text.strip_suffix(end).is_some_and(|name| !name.is_empty() && !name.starts_with('.')))
}

/// Older keys and those of one service that say on whose behalf it acts, or that it acts for one thing only.
const SOURCES: [&str; 6] = [
    "aws:referer",
    "aws:sourceowner",
    "kms:calleraccount",
    "kms:viaservice",
    "lambda:eventsourcetoken",
    "sts:externalid",
];

/// Keys that say the same, and that services send where they know.
const SENT: [&str; 4] = ["aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"];

fn deputy(look: &mut Look<'_>, statement: &Statement) {
    if look.kind != PolicyKind::Resource || !allows(statement) || !names_services_only(statement) {
        return;
    }
    let is_sourced = clauses(statement).any(|clause| {
        let key = clause.key.value.to_ascii_lowercase();
        SOURCES.contains(&key.as_str())
            || key.starts_with("kms:encryptioncontext")
            || SENT.contains(&key.as_str()) && clause.operator.value.if_exists
    });
    if is_sourced || is_tied(look, statement) {
        return;
    }
    let Some(entry) = statement.principal.iter().flat_map(|principal| &principal.entries).next() else {
        return;
    };
    let message = format!("`{}` is let in whoever makes it act", entry.value.value);
    let help = "add a condition on `aws:SourceArn` or `aws:SourceAccount`".to_owned();
    look.report(&CONFUSED_DEPUTY, entry.value.span, message, help);
}

/// Does the statement, with what denies beside it, let services act for those only whom it names? So it is too where the prover
/// cannot tell.
fn is_tied(look: &Look<'_>, statement: &Statement) -> bool {
    let beside = look.statements().map(|(_, other)| other).filter(|other| denies(other));
    let statements = std::iter::once(statement).chain(beside).cloned().collect();
    let policy = Policy { statements, ..look.policy.clone() };
    let mut store = clavicle_prover::Store::new();
    let document = store.compile(&policy, clavicle_engine::Principals::Required);
    store.is_tied(&document, crate::rules::meaning::limits()).witness().is_none()
}

fn public(look: &mut Look<'_>) {
    if !matches!(look.kind, PolicyKind::Resource | PolicyKind::Trust) {
        return;
    }
    let names_everybody = |statement: &Statement| {
        allows(statement)
            && statement.principal.as_ref().is_some_and(|principal| {
                principal.negated
                    || principal.bare.is_some()
                    || principal.entries.iter().any(|entry| entry.value.value == "*")
            })
    };
    if !look.statements().any(|(_, statement)| names_everybody(statement)) {
        return;
    }
    let mut store = clavicle_prover::Store::new();
    let document = store.compile(look.policy, clavicle_engine::Principals::Required);
    let verdict = store.not_public(&document, crate::rules::meaning::limits());
    let Some(witness) = verdict.witness() else { return };
    let policy = look.policy;
    let mut matching = witness.matching.iter().filter_map(|at| policy.statements.get(at.statement as usize));
    let Some(statement) = matching.find(|statement| allows(statement)) else { return };
    let Some(principal) = &statement.principal else { return };
    let message = format!("anybody may do `{}` on `{}`", witness.action, witness.resource);
    let help = "name principals, or add a condition such as `aws:PrincipalOrgID`".to_owned();
    look.report(&PUBLIC_POLICY, principal.key.span, message, help);
}
