//! Principals: can they be anybody, and are they who they seem to be?

use std::collections::BTreeSet;

use clavicle_catalog::GrantKind;
use clavicle_policy::{AccountId, Policy, PrincipalEntry, PrincipalKind, Statement};

use crate::kind::PolicyKind;
use crate::look::{Family, Look, allows, clauses, denies, is_placeholder, resource_patterns, some_of};
use crate::rule::{CHECKS, Rule, Severity, guide, resource, trust};
use crate::rules::keys::names_services_only;

pub(super) const FAMILY: Family = Family {
    rules: &[
        &PRINCIPAL_FORMAT,
        &WILDCARD_IN_PRINCIPAL,
        &SERVICE_PRINCIPAL_FORMAT,
        &UNKNOWN_SERVICE_PRINCIPAL,
        &NO_POLICY_OF_RESOURCES,
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
    means: "A value under `AWS` is neither `*`, an account, an ARN of IAM or STS, nor the id of a user or role; or it is the ARN of what nobody can act as: a group, a policy, an instance profile, an identity provider, a session without its name, or a session of IAM or a role of STS.",
    why: "AWS refuses the policy. A group is a list of users that have the same policies, and nobody signs a request as one.",
    fix: "Write the account or the whole ARN; of a group its users, or a role that they may assume.",
    aws: &["error-invalid-principal-format"],
    source: guide!("reference_policies_elements_principal"),
    bad: &[
        bucket!(r#"{"AWS": "dana"}"#),
        bucket!(r#"{"AWS": "arn:aws:s3:::b"}"#),
        bucket!(r#"{"AWS": "arn:aws:iam::111122223333:group/analysts"}"#),
        bucket!(r#"{"AWS": "arn:aws:iam::111122223333:instance-profile/web"}"#),
        bucket!(r#"{"AWS": "arn:aws:sts::111122223333:assumed-role/web"}"#),
        bucket!(r#"{"AWS": "arn:aws:iam::111122223333:assumed-role/web/i-1"}"#),
        trust(
            r#""Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:oidc-provider/oidc.example.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"oidc.example.com:sub": "s"}}"#,
        ),
    ],
    good: &[
        bucket!(r#"{"AWS": "arn:aws:iam::111122223333:user/group/dana"}"#),
        bucket!(r#"{"AWS": "arn:aws:sts::111122223333:federated-user/dana"}"#),
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
    means: "A value under `Service` does not end in `.amazonaws.com`, `.amazonaws.com.cn`, `.aws.internal` or the like, or has other characters than letters, digits, dots and hyphens. Of names that end in `.amazon.com` there are two, both of Alexa.",
    why: "No service acts under it.",
    fix: "Write `service.amazonaws.com`.",
    aws: &["error-invalid-service-principal-format"],
    source: guide!("reference_policies_elements_principal"),
    bad: &[
        bucket!(r#"{"Service": "cloudfront"}"#, r#""StringEquals": {"aws:SourceAccount": "111122223333"}"#),
        trust(r#""Effect": "Allow", "Principal": {"Service": "ec2.amazon.com"}, "Action": "sts:AssumeRole""#),
    ],
    good: &[
        bucket!(
            r#"{"Service": "cloudfront.amazonaws.com"}"#,
            r#""StringEquals": {"aws:SourceAccount": "111122223333"}"#
        ),
        resource(
            r#""Effect": "Allow", "Principal": {"Service": "alexa-appkit.amazon.com"}, "Action": "lambda:InvokeFunction", "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:skill", "Condition": {"StringEquals": {"lambda:EventSourceToken": "amzn1.ask.skill.1"}}"#,
        ),
    ],
};

static UNKNOWN_SERVICE_PRINCIPAL: Rule = Rule {
    id: "unknown-service-principal",
    severity: Severity::Warning,
    title: "a service principal that is one letter beside a known one",
    means: "No service is known to act under this name, and one part of it differs in a letter from that of a service that is. AWS publishes no list of service principals: a name that is only unknown is not reported.",
    why: "AWS refuses a name that is none, or no service ever acts under it.",
    fix: "Write the name that the service's own documentation gives.",
    aws: &[],
    source: guide!("reference_policies_elements_principal"),
    bad: &[
        trust(
            r#""Effect": "Allow", "Principal": {"Service": "lamda.amazonaws.com"}, "Action": "sts:AssumeRole""#,
        ),
        trust(
            r#""Effect": "Allow", "Principal": {"Service": "ecs-task.amazonaws.com"}, "Action": "sts:AssumeRole""#,
        ),
    ],
    good: &[
        trust(
            r#""Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole""#,
        ),
        trust(
            r#""Effect": "Allow", "Principal": {"Service": "logs.eu-central-1.amazonaws.com"}, "Action": "sts:AssumeRole""#,
        ),
        trust(
            r#""Effect": "Allow", "Principal": {"Service": "new-service.amazonaws.com"}, "Action": "sts:AssumeRole""#,
        ),
    ],
};

static NO_POLICY_OF_RESOURCES: Rule = Rule {
    id: "no-policy-of-resources",
    severity: Severity::Warning,
    title: "a principal, and a service whose resources have no policies",
    means: "A statement names principals other than `*`, and no service of its actions is known to have a policy of a resource.",
    why: "There is nothing that the policy could be attached to: a policy of a user, group or role takes no `Principal`, and AWS refuses it there.",
    fix: "Take `Principal` out; of a VPC endpoint say `--type vpce`.",
    aws: &[],
    source: guide!("reference_aws-services-that-work-with-iam"),
    bad: &[resource(
        r#""Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/dana"}, "Action": ["ec2:StartInstances", "ec2:StopInstances"], "Resource": "*""#,
    )],
    good: &[
        resource(
            r#""Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/dana"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#,
        ),
        resource(r#""Effect": "Allow", "Principal": "*", "Action": "ec2:*", "Resource": "*""#),
        resource(
            r#""Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/r"}, "Action": "execute-api:Invoke", "Resource": "arn:aws:execute-api:us-east-1:111122223333:abcdef1234/*""#,
        ),
    ],
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
    means: "An Allow in a policy of a resource names a service, and the prover has a request that it allows, the Deny statements beside it told, in which no value of `aws:SourceArn`, `aws:SourceAccount`, `aws:SourceOrgID` or `aws:SourceOrgPaths` is one that names an owner: `arn:aws:sns:*:*:*` names none. Where an older key of that sort is asked for, and where these keys may be missing (`IfExists`), nothing is said. Nor is it of the logs of load balancers, which are written under `AWSLogs/` and the account whose they are, where the resources name that. Trust policies are left out: most services take roles of their own account only.",
    why: "Somebody of another account can have the service act for them: it is trusted, and they are not.",
    fix: "Add a condition on `aws:SourceArn` or `aws:SourceAccount`.",
    aws: &["security-warning-restrict-access-to-service-principal"],
    source: guide!("confused-deputy"),
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
        bucket!(r#"{"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}"#),
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
            r#""Effect": "Allow", "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/prefix/AWSLogs/111122223333/*""#,
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
        of_no_resource(look, statement);
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
            if let Some((message, help)) = nobody(text) {
                look.report(&PRINCIPAL_FORMAT, span, message, help);
            }
        }
        PrincipalKind::Service => {
            let meant = look.catalog.suggest_service_principal(text);
            let help = meant.map_or("write `service.amazonaws.com`".to_owned(), |meant| {
                format!("did you mean `{meant}`?")
            });
            if !is_service(text) {
                let message = format!("`{text}` has not the form of a service principal");
                look.report(&SERVICE_PRINCIPAL_FORMAT, span, message, help);
            } else if meant.is_some() {
                let message = format!("no service is known to act as `{text}`");
                look.report(&UNKNOWN_SERVICE_PRINCIPAL, span, message, help);
            }
        }
        _ => {}
    }
}

pub(super) fn is_service(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-' || byte == b'_';
    // AWS: Alexa Skills Kit, "Host a custom skill as an AWS Lambda function", and of smart homes.
    let of_alexa = ["alexa-appkit.amazon.com", "alexa-connectedhome.amazon.com"];
    let ends = [".amazonaws.com", ".amazonaws.com.cn", ".aws.internal", ".aws.com", ".api.aws"];
    of_alexa.contains(&text)
        || text.bytes().all(plain)
            && ends.iter().any(|end| {
                text.strip_suffix(end).is_some_and(|name| !name.is_empty() && !name.starts_with('.'))
            })
}

/// Why no caller can be the one that is named under `AWS`, and what may have been meant.
///
/// AWS: IAM User Guide, "AWS JSON policy elements: Principal", has the forms; of groups it says that they "relate to
/// permissions, not authentication, and principals are authenticated IAM entities".
fn nobody(text: &str) -> Option<(String, Option<String>)> {
    if AccountId::parse(text).is_some() {
        return None;
    }
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let (["arn", partition, service @ ("iam" | "sts"), "", account, resource], false) =
        (&parts[..], parts.get(4).is_none_or(|account| account.is_empty()))
    else {
        return Some((format!("`{text}` is neither an account nor an ARN of a principal"), None));
    };
    let (kind, name) = resource.split_once('/').unwrap_or((resource, ""));
    let arn = |service: &str| format!("write `arn:{partition}:{service}::{account}:{resource}`");
    let (what, help) = match (*service, kind) {
        ("iam", "group") => {
            ("a group cannot be a principal", "name its users, or a role that they may assume")
        }
        ("iam", "policy") => ("a policy cannot be a principal", "name who has the policy"),
        ("iam", "instance-profile") => ("an instance profile cannot be a principal", "name its role"),
        ("iam", "saml-provider" | "oidc-provider") => {
            ("an identity provider is no principal of this sort", "write it under `Federated`")
        }
        ("iam", "assumed-role" | "federated-user") => {
            return Some(("sessions are of AWS STS, not of IAM".to_owned(), Some(arn("sts"))));
        }
        ("sts", "user" | "role" | "root") => {
            return Some((
                "users, roles and accounts are of IAM, not of AWS STS".to_owned(),
                Some(arn("iam")),
            ));
        }
        ("sts", "assumed-role") if name.split_once('/').is_none_or(|(_, session)| session.is_empty()) => {
            ("this names no session, and principals name one", "name the role, which means all its sessions")
        }
        _ => return None,
    };
    Some((what.to_owned(), Some(help.to_owned())))
}

/// Does a rule of its own say of everybody whom the statement names that they can be nobody?
pub(super) fn names_nobody(statement: &Statement) -> bool {
    statement.principal.as_ref().is_some_and(|principal| {
        !principal.negated
            && principal.bare.is_none()
            && !principal.entries.is_empty()
            && principal.entries.iter().all(|entry| match entry.kind {
                PrincipalKind::Aws => entry.value.value != "*" && nobody(&entry.value.value).is_some(),
                PrincipalKind::Service => !is_service(&entry.value.value),
                _ => false,
            })
    })
}

/// Actions that stand in policies of resources of another service, by their prefix and that service. AWS: Amazon API Gateway
/// Developer Guide, "API Gateway resource policy examples"; Amazon VPC Lattice User Guide, "Control access to VPC Lattice services
/// using auth policies"; AWS CloudTrail User Guide, "Resource-based policy examples"; Amazon MSK Developer Guide, multi-VPC
/// private connectivity; Amazon S3 User Guide, "Configuring IAM policies for Object Lambda Access Points".
const OF_WHOSE_POLICIES: [(&str, &str); 5] = [
    ("cloudtrail-data", "cloudtrail"),
    ("execute-api", "apigateway"),
    ("kafka-cluster", "kafka"),
    ("s3-object-lambda", "s3"),
    ("vpc-lattice-svcs", "vpc-lattice"),
];

/// A statement that names principals, in a policy that could be attached to nothing. What is about everybody may be of an
/// endpoint, and what trust policies say is another family's.
fn of_no_resource(look: &mut Look<'_>, statement: &Statement) {
    let Some(principal) = statement.principal.as_ref().filter(|_| look.kind == PolicyKind::Resource) else {
        return;
    };
    let named = !principal.negated
        && principal.bare.is_none()
        && principal.entries.iter().all(|entry| entry.value.value != "*");
    let Some(action) = statement.action.as_ref().filter(|action| named && !action.negated) else { return };
    if action.patterns.iter().any(|pattern| look.catalog.expand(&pattern.value).is_empty()) {
        return;
    }
    let services: BTreeSet<&str> =
        look.actions(statement).iter().map(|id| look.catalog.prefix(*id)).collect();
    let has_policies = |service: &str| {
        let service = OF_WHOSE_POLICIES
            .iter()
            .find(|(prefix, _)| *prefix == service)
            .map_or(service, |(_, service)| *service);
        let with_principals = [GrantKind::Policy, GrantKind::SharedPolicy, GrantKind::OwnLanguage];
        // What Amazon EC2 shares through AWS RAM has policies that nobody writes.
        service == "sts"
            || service != "ec2"
                && look
                    .catalog
                    .resource_policy_kinds()
                    .any(|kind| kind.prefix == service && with_principals.contains(&kind.kind))
    };
    if services.is_empty() || services.iter().any(|service| has_policies(service)) {
        return;
    }
    let names: Vec<&str> = services.into_iter().collect();
    let message = format!("nothing of {} has a policy with principals", some_of(&names));
    let help = "take `Principal` out if this is of a user, group or role; of an endpoint, say `--type vpce`";
    look.report(&NO_POLICY_OF_RESOURCES, principal.key.span, message, help.to_owned());
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
    if is_sourced || is_tied_by_path(statement) || is_tied(look, statement) {
        return;
    }
    let Some(entry) = statement.principal.iter().flat_map(|principal| &principal.entries).next() else {
        return;
    };
    let message = format!("`{}` is let in whoever makes it act", entry.value.value);
    let help = "add a condition on `aws:SourceArn` or `aws:SourceAccount`".to_owned();
    look.report(&CONFUSED_DEPUTY, entry.value.span, message, help);
}

/// Does the thing that is written to say for whom a service acts? Load balancers write their logs under the account whose they
/// are, and AWS's policies for them have no other condition.
///
/// AWS: Elastic Load Balancing User Guide, "Enable access logs for your Application Load Balancer", step 2: the service
/// principals, and the `Resource` with `AWSLogs/` and the account.
fn is_tied_by_path(statement: &Statement) -> bool {
    const WRITE_BY_ACCOUNT: [&str; 2] =
        ["logdelivery.elasticloadbalancing.amazonaws.com", "logdelivery.elb.amazonaws.com"];
    let names_account = |arn: &str| {
        let rest = arn.split_once("AWSLogs/").map_or("", |(_, rest)| rest);
        rest.split_once('/').is_some_and(|(account, _)| {
            AccountId::parse(account).is_some() || account.contains("${") || is_placeholder(account)
        })
    };
    let resources = resource_patterns(statement);
    let mut entries = statement.principal.iter().flat_map(|principal| &principal.entries);
    entries.all(|entry| WRITE_BY_ACCOUNT.contains(&entry.value.value.as_str()))
        && !statement.resource.as_ref().is_none_or(|element| element.negated)
        && !resources.is_empty()
        && resources.iter().all(|pattern| names_account(&pattern.value))
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
