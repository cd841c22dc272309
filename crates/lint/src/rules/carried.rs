//! What requests carry of who sends them and how: names of services, ARNs of callers, TLS. Is it what a condition asks for?

use clavicle_policy::{BaseOperator, Clause, Scalar, Spanned, Statement};

use super::principals::is_service;
use super::values::is_region;
use crate::kind::PolicyKind;
use crate::look::{Family, Look, allows, clauses, denies, is_placeholder};
use crate::rule::{Rule, Severity, guide, identity, rcp, resource};
use crate::rules::services::{holds_without, needs_the_key};

pub(super) const FAMILY: Family = Family {
    rules: &[
        &SERVICE_IN_VALUE,
        &VIA_SERVICE_WITHOUT_REGION,
        &PRINCIPAL_ARN_OF_SESSION,
        &SECURE_TRANSPORT_REVERSED,
        &DENY_BY_MISSING_SOURCE,
        &RCP_SOURCE_NOT_ALWAYS_SENT,
    ],
    look,
};

macro_rules! passing {
    ($condition:literal) => {
        identity(concat!(
            r#""Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/web", "Condition": {"#,
            $condition,
            "}"
        ))
    };
}

macro_rules! decrypting {
    ($condition:literal) => {
        identity(concat!(
            r#""Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"#,
            $condition,
            "}"
        ))
    };
}

macro_rules! bucket {
    ($effect:literal, $condition:literal) => {
        resource(concat!(
            r#""Effect": ""#,
            $effect,
            r#"", "Principal": {"AWS": "*"}, "Action": "s3:*", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"], "Condition": {"#,
            $condition,
            "}"
        ))
    };
}

static SERVICE_IN_VALUE: Rule = Rule {
    id: "value-is-no-service",
    severity: Severity::Warning,
    title: "a service in a condition that is none",
    means: "A value without wildcards of a key that holds the names by which services act (`iam:PassedToService`, `iam:AWSServiceName`, `aws:CalledVia` and its kin, `aws:PrincipalServiceName`) has not the form of one, or is one letter beside one that is known.",
    why: "No request carries it: a positive condition never holds, and a negated one always does.",
    fix: "Write the name that the service's own documentation gives: `ec2.amazonaws.com`.",
    aws: &[],
    source: guide!("reference_policies_iam-condition-keys"),
    bad: &[
        passing!(r#""StringEquals": {"iam:PassedToService": "ec2"}"#),
        passing!(
            r#""StringEquals": {"iam:PassedToService": ["ec2.amazonaws.com", "ecs-task.amazonaws.com"]}"#
        ),
        passing!(r#""ForAnyValue:StringEquals": {"aws:CalledVia": "cloudformation.amazon.com"}"#),
    ],
    good: &[
        passing!(
            r#""StringEquals": {"iam:PassedToService": ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"]}"#
        ),
        passing!(r#""StringLike": {"iam:PassedToService": "*.amazonaws.com"}"#),
        passing!(r#""ForAnyValue:StringEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"}"#),
    ],
};

static VIA_SERVICE_WITHOUT_REGION: Rule = Rule {
    id: "via-service-without-region",
    severity: Severity::Warning,
    title: "kms:ViaService without a region",
    means: "A value of `kms:ViaService` under an operator that takes no wildcards is not a service, a region and `amazonaws.com`.",
    why: "The key holds `s3.eu-west-1.amazonaws.com`: what names no region is like none of its values.",
    fix: "Write the region, or `StringLike` with `s3.*.amazonaws.com`.",
    aws: &[],
    source: "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html",
    bad: &[
        decrypting!(r#""StringEquals": {"kms:ViaService": "s3.amazonaws.com"}"#),
        decrypting!(r#""StringEquals": {"kms:ViaService": ["s3.eu-west-1.amazonaws.com", "s3"]}"#),
    ],
    good: &[
        decrypting!(r#""StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}"#),
        decrypting!(r#""StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}"#),
    ],
};

static PRINCIPAL_ARN_OF_SESSION: Rule = Rule {
    id: "principal-arn-of-session",
    severity: Severity::Warning,
    title: "aws:PrincipalArn compared with a session of a role",
    means: "A value of `aws:PrincipalArn` begins as the ARN of an assumed role.",
    why: "For the sessions of a role the key holds the ARN of the role: what is like a session is like nobody. A Deny that is to spare the session denies it too.",
    fix: "Write the ARN of the role: `arn:aws:iam::ACCOUNT:role/NAME`; to single out a session, ask for `aws:userid`.",
    aws: &[],
    source: guide!("reference_policies_condition-keys"),
    bad: &[
        bucket!(
            "Deny",
            r#""ArnNotLike": {"aws:PrincipalArn": "arn:aws:sts::111122223333:assumed-role/admin/*"}"#
        ),
        bucket!(
            "Deny",
            r#""StringNotLike": {"aws:PrincipalArn": ["arn:aws:iam::111122223333:role/ci", "arn:aws:sts::*:assumed-role/ci/*"]}"#
        ),
    ],
    good: &[
        bucket!("Deny", r#""ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/admin"}"#),
        bucket!(
            "Deny",
            r#""ArnNotLike": {"aws:PrincipalArn": "arn:aws:sts::111122223333:federated-user/dana"}"#
        ),
    ],
};

static SECURE_TRANSPORT_REVERSED: Rule = Rule {
    id: "secure-transport-reversed",
    severity: Severity::Security,
    title: "TLS is denied, or allowed is what comes without",
    means: "A Deny asks for `aws:SecureTransport` to be true and for nothing else, or an Allow for it to be false.",
    why: "The key is true for requests by TLS: those who use it are kept out, and those who do not get in.",
    fix: "Deny where it is `false`.",
    aws: &[],
    source: guide!("reference_policies_condition-keys"),
    bad: &[
        bucket!("Deny", r#""Bool": {"aws:SecureTransport": "true"}"#),
        identity(
            r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}"#,
        ),
    ],
    good: &[
        bucket!("Deny", r#""Bool": {"aws:SecureTransport": "false"}"#),
        // Of those who use TLS it may ask for more.
        bucket!(
            "Deny",
            r#""Bool": {"aws:SecureTransport": "true"}, "NumericLessThan": {"s3:TlsVersion": "1.2"}"#
        ),
    ],
};

static DENY_BY_MISSING_SOURCE: Rule = Rule {
    id: "deny-by-missing-source",
    severity: Severity::Warning,
    title: "a Deny by a key that services alone send, for everybody",
    means: "A Deny about everybody asks that `aws:SourceArn`, `aws:SourceAccount`, `aws:SourceOrgID` or `aws:SourceOrgPaths` is none of some values, in a form that also holds where the key is missing, and no other condition of it is met by requests of services alone.",
    why: "Requests of users and roles carry no such key: the Deny is for them too, all of them.",
    fix: "Add `\"Bool\": {\"aws:PrincipalIsAWSService\": \"true\"}`, and `Null` with `false` for the key where services do not always send it.",
    aws: &["general-warning-rcp-missing-related-service-principal-condition-key"],
    source: "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html",
    bad: &[
        rcp(
            r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-abcdefghij"}}"#,
        ),
        bucket!("Deny", r#""StringNotEquals": {"aws:SourceAccount": "111122223333"}"#),
    ],
    good: &[
        rcp(
            r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-abcdefghij"}, "Null": {"aws:SourceAccount": "false"}, "Bool": {"aws:PrincipalIsAWSService": "true"}}"#,
        ),
        resource(
            r#""Effect": "Deny", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:111122223333:q", "Condition": {"StringNotEquals": {"aws:SourceAccount": "111122223333"}}"#,
        ),
    ],
};

static RCP_SOURCE_NOT_ALWAYS_SENT: Rule = Rule {
    id: "rcp-source-not-always-sent",
    severity: Severity::Warning,
    title: "a resource control policy about services, which also denies those that send no source",
    means: "A statement of a resource control policy is about services (`aws:PrincipalIsAWSService` is true), asks that `aws:SourceOrgID` or its like is none of some values, in a form that also holds where the key is missing, and does not ask that `aws:SourceAccount` or `aws:SourceArn` is there.",
    why: "Some services send none of these keys with some of their requests: all of those are denied.",
    fix: "Add `\"Null\": {\"aws:SourceAccount\": \"false\"}`.",
    aws: &["general-warning-rcp-missing-service-condition-key-null-check"],
    source: "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html",
    bad: &[rcp(
        r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-abcdefghij"}, "Bool": {"aws:PrincipalIsAWSService": "true"}}"#,
    )],
    good: &[
        rcp(
            r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-abcdefghij"}, "Null": {"aws:SourceAccount": "false"}, "Bool": {"aws:PrincipalIsAWSService": "true"}}"#,
        ),
        rcp(
            r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceOrgID": "o-abcdefghij"}, "Bool": {"aws:PrincipalIsAWSService": "true"}}"#,
        ),
    ],
};

/// Keys that services send of what they act for.
const SOURCES: [&str; 4] = ["aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"];

/// AWS: IAM User Guide, "AWS global condition context keys": these are in requests "made directly to your resource by an AWS
/// service principal on behalf of" something, and in no others.
fn without_source(look: &mut Look<'_>, statement: &Statement, clause: &Clause) {
    let of_services = |other: &Clause| {
        let key = other.key.value.to_ascii_lowercase();
        needs_the_key(other)
            && (SOURCES.contains(&key.as_str())
                || key.starts_with("aws:principalservicename")
                || key == "aws:principalisawsservice"
                    && other.values.iter().all(|value| value.value.text().eq_ignore_ascii_case("true")))
    };
    let everybody = statement.principal.as_ref().is_some_and(|principal| {
        !principal.negated
            && (principal.bare.is_some() || principal.entries.iter().any(|entry| entry.value.value == "*"))
    });
    if !denies(statement) || !everybody || !holds_without(clause) {
        return;
    }
    let is_sent = |other: &Clause| {
        SOURCES.iter().any(|source| other.key.value.eq_ignore_ascii_case(source)) && needs_the_key(other)
    };
    if clauses(statement).any(of_services) {
        // That the key is missing is asked for by itself.
        let is_null = clause.operator.value.base == Some(BaseOperator::Null);
        if look.kind == PolicyKind::Rcp && !is_null && !clauses(statement).any(is_sent) {
            let message = format!("services that send no `{}` are denied too", clause.key.value);
            let help = "add `\"Null\": {\"aws:SourceAccount\": \"false\"}`".to_owned();
            look.report(&RCP_SOURCE_NOT_ALWAYS_SENT, clause.key.span, message, help);
        }
        return;
    }
    let message =
        format!("requests of users and roles carry no `{}`: this denies all of them", clause.key.value);
    let help = "ask for `aws:PrincipalIsAWSService` to be `true` too".to_owned();
    look.report(&DENY_BY_MISSING_SOURCE, clause.key.span, message, help);
}

fn look(look: &mut Look<'_>) {
    for (statement, clause) in look.clauses() {
        let Some(base) = clause.operator.value.base else { continue };
        let text = base.name().starts_with("String");
        match clause.key.value.to_ascii_lowercase().as_str() {
            "iam:passedtoservice"
            | "iam:awsservicename"
            | "aws:calledvia"
            | "aws:calledviafirst"
            | "aws:calledvialast"
            | "aws:principalservicename"
            | "aws:principalservicenameslist"
                if text =>
            {
                services(look, clause);
            }
            "kms:viaservice"
                if text && base != BaseOperator::StringLike && base != BaseOperator::StringNotLike =>
            {
                via_service(look, clause);
            }
            "aws:principalarn" if text || base.name().starts_with("Arn") => sessions(look, clause),
            "aws:securetransport" if base == BaseOperator::Bool => transport(look, statement, clause),
            key if SOURCES.contains(&key) => without_source(look, statement, clause),
            _ => {}
        }
    }
}

/// Values that are nothing but what stands there.
fn plain(clause: &Clause) -> impl Iterator<Item = &Spanned<Scalar>> {
    clause.values.iter().filter(|value| {
        let text = value.value.text();
        !text.contains(['*', '?', '$']) && !is_placeholder(text)
    })
}

fn services(look: &mut Look<'_>, clause: &Clause) {
    for value in plain(clause) {
        let text = value.value.text();
        let meant = look.catalog.suggest_service_principal(text);
        if is_service(text) && meant.is_none() {
            continue;
        }
        let message = format!("no service is known to act as `{text}`");
        let help = meant
            .map_or("write `service.amazonaws.com`".to_owned(), |meant| format!("did you mean `{meant}`?"));
        look.report(&SERVICE_IN_VALUE, value.span, message, help);
    }
}

/// AWS: AWS KMS Developer Guide, "AWS KMS condition keys", `kms:ViaService`: the value is the name of the service, the region
/// and `amazonaws.com`.
fn via_service(look: &mut Look<'_>, clause: &Clause) {
    for value in plain(clause) {
        let text = value.value.text();
        let stem = text.strip_suffix(".cn").unwrap_or(text).strip_suffix(".amazonaws.com");
        let has_region =
            stem.and_then(|stem| stem.rsplit_once('.')).is_some_and(|(_, region)| is_region(region));
        if !has_region {
            let message = format!("`{text}` names no region, and the values of `kms:ViaService` do");
            let help =
                "write `s3.eu-west-1.amazonaws.com`, or `StringLike` with `s3.*.amazonaws.com`".to_owned();
            look.report(&VIA_SERVICE_WITHOUT_REGION, value.span, message, help);
        }
    }
}

/// AWS: IAM User Guide, "AWS global condition context keys", `aws:PrincipalArn`: "Do not specify the assumed role session ARN
/// as a value for this condition key."
fn sessions(look: &mut Look<'_>, clause: &Clause) {
    for value in &clause.values {
        let parts: Vec<&str> = value.value.text().splitn(6, ':').collect();
        let ["arn", partition, "sts", _, account, resource] = parts[..] else { continue };
        let Some(role) = resource.strip_prefix("assumed-role/").and_then(|rest| rest.split('/').next())
        else {
            continue;
        };
        let message = "of the sessions of a role this key holds the ARN of the role".to_owned();
        let help = format!("write `arn:{partition}:iam::{account}:role/{role}`");
        look.report(&PRINCIPAL_ARN_OF_SESSION, value.span, message, help);
    }
}

fn transport(look: &mut Look<'_>, statement: &Statement, clause: &Clause) {
    let asks = |wanted: &str| {
        !clause.values.is_empty()
            && clause.values.iter().all(|value| value.value.text().eq_ignore_ascii_case(wanted))
    };
    let message = if denies(statement) && asks("true") && clauses(statement).count() == 1 {
        "this denies every request by TLS"
    } else if allows(statement) && asks("false") {
        "this allows requests without TLS, and no others"
    } else {
        return;
    };
    look.report(
        &SECURE_TRANSPORT_REVERSED,
        clause.key.span,
        message.to_owned(),
        "deny where it is `false`".to_owned(),
    );
}
