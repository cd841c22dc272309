//! The ARNs of `Resource` and `NotResource`, part by part.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use clavicle_engine::in_any_api;
use clavicle_policy::{AccountId, Spanned};

use crate::look::{Family, Look, action_patterns, is_placeholder, resource_patterns};
use crate::overlap::{fits_resource, overlap};
use crate::rule::{CHECKS, Rule, Severity, guide, identity};
use crate::rules::values::{is_region, listed_region};
use crate::variables::masked;

pub(super) const FAMILY: Family = Family {
    rules: &[
        &ARN_PREFIX,
        &ARN_PARTS,
        &ARN_PARTITION,
        &ARN_SERVICE,
        &ARN_SERVICE_CASE,
        &ARN_REGION,
        &ARN_REGION_NOT_ALLOWED,
        &ARN_REGION_MISSING,
        &ARN_ACCOUNT,
        &ARN_ACCOUNT_NOT_ALLOWED,
        &ARN_ACCOUNT_MISSING,
        &ARN_RESOURCE,
        &ARN_CROSSES_PARTS,
        &SECRET_WITHOUT_ENDING,
    ],
    look,
};

macro_rules! allowed {
    ($resource:literal) => {
        identity(concat!(r#""Effect": "Allow", "Action": "*", "Resource": ""#, $resource, "\""))
    };
}

static ARN_PREFIX: Rule = Rule {
    id: "arn-prefix",
    severity: Severity::Error,
    title: "a resource that is no ARN",
    means: "A resource is neither `*` nor begins with `arn:`.",
    why: "AWS refuses the policy.",
    fix: "Write the ARN of the resource.",
    aws: &["error-invalid-arn-prefix"],
    source: CHECKS,
    bad: &[allowed!("s3"), allowed!("s3:::bucket")],
    good: &[allowed!("*"), allowed!("arn:aws:s3:::bucket")],
};

static ARN_PARTS: Rule = Rule {
    id: "arn-parts",
    severity: Severity::Error,
    title: "an ARN with too few parts",
    means: "An ARN has fewer than five colons, and no wildcard at its end that could take in the rest.",
    why: "AWS refuses the policy.",
    fix: "Write `arn:partition:service:region:account:resource`; region and account may be empty, their colons stay.",
    aws: &["error-missing-arn-field"],
    source: CHECKS,
    bad: &[allowed!("arn:aws:s3:bucket")],
    good: &[allowed!("arn:aws:s3:::bucket")],
};

static ARN_PARTITION: Rule = Rule {
    id: "arn-partition",
    severity: Severity::Error,
    title: "a partition that AWS does not have",
    means: "The second part of an ARN matches none of AWS's partitions.",
    why: "No resource has such an ARN.",
    fix: "Write `aws`, `aws-cn`, `aws-us-gov` or another partition.",
    aws: &["error-invalid-partition"],
    source: CHECKS,
    bad: &[allowed!("arn:amazon:s3:::bucket")],
    good: &[allowed!("arn:aws-us-gov:s3:::bucket"), allowed!("arn:*:s3:::bucket")],
};

static ARN_SERVICE: Rule = Rule {
    id: "arn-service",
    severity: Severity::Error,
    title: "an ARN of a service that AWS does not list",
    means: "The third part of an ARN is no service that AWS lists resources or actions of.",
    why: "No resource has such an ARN.",
    fix: "Write the service as its ARNs do.",
    aws: &["error-invalid-service"],
    source: CHECKS,
    bad: &[allowed!("arn:aws:simplestorage:::bucket")],
    good: &[allowed!("arn:aws:s3:::bucket")],
};

static ARN_SERVICE_CASE: Rule = Rule {
    id: "arn-service-case",
    severity: Severity::Error,
    title: "the service of an ARN in upper case",
    means: "The third part of an ARN has upper case letters.",
    why: "Case counts in ARNs: no resource has such an ARN.",
    fix: "Write it in lower case.",
    aws: &["error-invalid-arn-service-case"],
    source: CHECKS,
    bad: &[allowed!("arn:aws:S3:::bucket")],
    good: &[allowed!("arn:aws:s3:::Bucket")],
};

static ARN_REGION: Rule = Rule {
    id: "arn-region",
    severity: Severity::Error,
    title: "a region that has not the form of one",
    means: "The fourth part of an ARN is not empty, has no wildcard and is not of the form `eu-west-1`, or it is a region of another partition: `cn-` regions are in `aws-cn`, `us-gov-` regions in `aws-us-gov`.",
    why: "No resource has such an ARN. Often two parts changed places.",
    fix: "Write the region, or `*`.",
    aws: &["error-invalid-arn-region"],
    source: CHECKS,
    bad: &[
        allowed!("arn:aws:sqs:europe:111122223333:q"),
        allowed!("arn:aws:sqs:cn-north-1:111122223333:q"),
        allowed!("arn:aws-cn:sqs:us-east-1:111122223333:q"),
    ],
    good: &[
        allowed!("arn:aws:sqs:eu-west-1:111122223333:q"),
        allowed!("arn:aws-us-gov:sqs:us-gov-west-1:111122223333:q"),
    ],
};

static ARN_REGION_NOT_ALLOWED: Rule = Rule {
    id: "arn-region-not-allowed",
    severity: Severity::Error,
    title: "a region where ARNs of the service have none",
    means: "An ARN names a region, and no resource of that form has one.",
    why: "No resource has such an ARN.",
    fix: "Leave the part empty.",
    aws: &["error-arn-region-not-allowed"],
    source: CHECKS,
    bad: &[allowed!("arn:aws:iam:eu-west-1:111122223333:user/dana")],
    good: &[allowed!("arn:aws:iam::111122223333:user/dana")],
};

static ARN_REGION_MISSING: Rule = Rule {
    id: "arn-region-missing",
    severity: Severity::Error,
    title: "an empty region where ARNs of the service have one",
    means: "The region of an ARN is empty, and every resource of that form has one.",
    why: "No resource has such an ARN.",
    fix: "Write the region, or `*`.",
    aws: &["error-missing-arn-region"],
    source: CHECKS,
    bad: &[allowed!("arn:aws:sqs::111122223333:q")],
    good: &[allowed!("arn:aws:sqs:*:111122223333:q")],
};

static ARN_ACCOUNT: Rule = Rule {
    id: "arn-account",
    severity: Severity::Error,
    title: "an account that is none",
    means: "The fifth part of an ARN is not empty, has no wildcard, and is neither twelve digits nor a word such as `aws` that AWS uses there.",
    why: "No resource has such an ARN.",
    fix: "Write the twelve digits of the account.",
    aws: &["error-invalid-arn-account"],
    source: CHECKS,
    bad: &[allowed!("arn:aws:sqs:eu-west-1:12345:q")],
    good: &[allowed!("arn:aws:sqs:eu-west-1:111122223333:q")],
};

static ARN_ACCOUNT_NOT_ALLOWED: Rule = Rule {
    id: "arn-account-not-allowed",
    severity: Severity::Error,
    title: "an account where ARNs of the service have none",
    means: "An ARN names an account, and no resource of that form has one.",
    why: "No resource has such an ARN.",
    fix: "Leave the part empty; to ask for the owner, use `aws:ResourceAccount`.",
    aws: &["error-arn-account-not-allowed"],
    source: CHECKS,
    bad: &[allowed!("arn:aws:s3::111122223333:bucket")],
    good: &[allowed!("arn:aws:s3:::bucket")],
};

static ARN_ACCOUNT_MISSING: Rule = Rule {
    id: "arn-account-missing",
    severity: Severity::Warning,
    title: "an empty account where ARNs of the service have one",
    means: "The account of an ARN is empty, and every resource of that form has one. What AWS gives to everybody, such as documents of AWS Systems Manager, has none.",
    why: "No resource has such an ARN.",
    fix: "Write the account, or `*`.",
    aws: &["error-missing-arn-account"],
    source: guide!("reference-arns"),
    bad: &[allowed!("arn:aws:sqs:eu-west-1::q"), allowed!("arn:aws:ssm:eu-west-1::parameter/shop/key")],
    good: &[
        allowed!("arn:aws:sqs:eu-west-1:*:q"),
        allowed!("arn:aws:ssm:eu-west-1::document/AWS-RunShellScript"),
        allowed!("arn:aws:ssm:*::parameter/aws/service/*"),
        allowed!("arn:aws:securityhub:eu-west-1::product/aws/securityhub"),
    ],
};

static ARN_RESOURCE: Rule = Rule {
    id: "arn-resource",
    // AWS's check is an error; its lists of resources have gaps, so what is not listed may be there.
    severity: Severity::Warning,
    title: "an ARN of a form that the service does not have",
    means: "The service lists resources, and none has ARNs that could match the last part.",
    why: "The statement matches nothing of what AWS lists. Its lists have gaps, so this is a warning here.",
    fix: "Write the ARN as the service does; `clavicle explain SERVICE:TYPE` shows it.",
    aws: &["error-invalid-arn-resource"],
    source: CHECKS,
    bad: &[
        allowed!("arn:aws:iam::111122223333:dana"),
        // Buckets and tables have no `/` and no `:` in their names.
        allowed!("arn:aws:s3:::/reports/*"),
        allowed!("arn:aws:s3:::reports:*"),
        allowed!("arn:aws:dynamodb:eu-west-1:111122223333:table/orders/2026"),
    ],
    good: &[allowed!("arn:aws:iam::111122223333:user/dana"), allowed!("arn:aws:iam::111122223333:*")],
};

static ARN_CROSSES_PARTS: Rule = Rule {
    id: "arn-crosses-parts",
    severity: Severity::Warning,
    title: "an ARN whose wildcard takes in several parts",
    means: "An ARN has fewer than five colons and ends in a wildcard.",
    why: "The wildcard takes in region, account and resource together, and other services whose names go on: `arn:aws:s3*` is also `s3express` and `s3-outposts`.",
    fix: "Write all six parts, with a `*` where any will do.",
    aws: &[],
    source: guide!("reference_policies_elements_resource"),
    bad: &[allowed!("arn:aws:s3*")],
    good: &[allowed!("arn:aws:s3:::*")],
};

static SECRET_WITHOUT_ENDING: Rule = Rule {
    id: "secret-without-ending",
    severity: Severity::Warning,
    title: "a secret without the end of its ARN",
    means: "An ARN of a secret has no wildcard, and does not end in a dash and six letters or digits. Statements about `secretsmanager:CreateSecret` are left out.",
    why: "Secrets Manager puts a dash and six random characters behind the name: no secret has this ARN.",
    fix: "Write the ARN whole, or `-??????` behind the name.",
    aws: &[],
    source: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html",
    bad: &[
        identity(
            r#""Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-password""#,
        ),
        identity(
            r#""Effect": "Allow", "Action": "secretsmanager:*Value", "Resource": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db""#,
        ),
    ],
    good: &[
        identity(
            r#""Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-a1B2c3", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-??????", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db*"]"#,
        ),
        identity(
            r#""Effect": "Allow", "Action": "secretsmanager:CreateSecret", "Resource": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db""#,
        ),
    ],
};

/// AWS: General Reference, "AWS Identity and Access Management endpoints"; Whitepaper "AWS Fault Isolation Boundaries",
/// "Partitions".
const PARTITIONS: [&str; 8] =
    ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"];

/// Words in the place of the account: what AWS owns.
const OWNERS: [&str; 5] = ["aws", "aws-managed", "amazon", "third-party", "cloudfront"];

/// The forms of ARNs by the service that they say. Services that list none are there, too: their things stand in
/// no list.
fn services() -> &'static HashMap<&'static str, Vec<&'static str>> {
    static SERVICES: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
        let catalog = clavicle_catalog::catalog();
        let mut services: HashMap<_, Vec<_>> = HashMap::new();
        for service in catalog.services() {
            services.entry(service.prefix()).or_default();
        }
        for form in catalog.resource_types().flat_map(clavicle_catalog::ResourceType::arn_patterns) {
            if let Some(service) = form.split(':').nth(2) {
                services.entry(service).or_default().push(form);
            }
        }
        services
    });
    &SERVICES
}

/// What is in no account, by service and last part, though AWS lists such ARNs with an account.
///
/// AWS: AWS Systems Manager User Guide, "How AWS Systems Manager works with IAM", Resources: documents, runbooks and public
/// parameters of Amazon, as `arn:aws:ssm:us-east-2::parameter/aws/service/…`; AWS Security Hub User Guide, "Using the
/// BatchImportFindings operation": `arn:aws:securityhub:us-west-1::product/aws/securityhub`; AWS CloudFormation User Guide: types
/// that AWS publishes; Amazon GameLift API Reference, `FleetArn`: `arn:aws:gamelift:us-west-2::fleet/…`.
const OF_NOBODY: [(&str, &str); 6] = [
    ("cloudformation", "type/*"),
    ("gamelift", "*"),
    ("securityhub", "product/*"),
    ("ssm", "automation-definition/AWS*"),
    ("ssm", "document/A*"),
    ("ssm", "parameter/aws/*"),
];

fn look(look: &mut Look<'_>) {
    for (_, statement) in look.statements() {
        for pattern in resource_patterns(statement) {
            if !pattern.value.is_empty() && pattern.value.bytes().all(|byte| byte == b'*') {
                continue;
            }
            if !is_placeholder(&pattern.value) {
                arn(look, pattern);
                let makes_it = |action: &Spanned<String>| {
                    action.value.eq_ignore_ascii_case("secretsmanager:CreateSecret")
                };
                if !action_patterns(statement).iter().any(makes_it) {
                    secret(look, pattern);
                }
            }
        }
    }
}

fn arn(look: &mut Look<'_>, pattern: &Spanned<String>) {
    // The policy of an API may name it in short, and is of no other thing then.
    if look.kind.has_principals() && matches!(in_any_api(&pattern.value), Cow::Owned(_)) {
        return;
    }
    let text = masked(&pattern.value);
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let span = pattern.span;
    if parts.first() != Some(&"arn") {
        // A variable may hold a whole ARN.
        if !pattern.value.starts_with("${") {
            let message = "a resource is `*` or an ARN, which begins with `arn:`".to_owned();
            look.report(&ARN_PREFIX, span, message, None);
        }
        return;
    }
    let [_, partition, service, region, account, resource] = parts[..] else {
        if text.ends_with('*') {
            let message = format!("the `*` at the end takes in {} parts of the ARN", 7 - parts.len());
            look.report(&ARN_CROSSES_PARTS, span, message, "write all six parts".to_owned());
        } else {
            let message = format!("an ARN has six parts, and this has {}", parts.len());
            let help =
                "arn:partition:service:region:account:resource; region and account may be empty".to_owned();
            look.report(&ARN_PARTS, span, message, help);
        }
        return;
    };
    if !PARTITIONS.iter().any(|known| overlap(partition, known)) {
        let message = format!("`{partition}` is no partition");
        look.report(&ARN_PARTITION, span, message, "write `aws`, `aws-cn` or `aws-us-gov`".to_owned());
    }
    let wild = |part: &str| part.contains(['*', '?']);
    if wild(service) {
        return;
    }
    if service.bytes().any(|byte| byte.is_ascii_uppercase()) {
        let message = format!("the service of an ARN is in lower case, not `{service}`");
        look.report(&ARN_SERVICE_CASE, span, message, format!("write `{}`", service.to_ascii_lowercase()));
        return;
    }
    if !services().contains_key(service) {
        let message = format!("no service has ARNs with `{service}`");
        look.report(&ARN_SERVICE, span, message, None);
        return;
    }
    if !region.is_empty() && !wild(region) && !is_region(region) {
        let message = format!("`{region}` is no region");
        look.report(&ARN_REGION, span, message, "write a region such as `eu-west-1`, or `*`".to_owned());
        return;
    }
    if !region.is_empty()
        && !wild(region)
        && !wild(partition)
        && partition_of(region).is_some_and(|own| own != partition)
    {
        let message = format!("`{region}` is no region of the partition `{partition}`");
        look.report(&ARN_REGION, span, message, None);
        return;
    }
    if !region.is_empty() && !wild(region) {
        listed_region(look, region, span);
    }
    let is_account = AccountId::parse(account).is_some() || OWNERS.contains(&account);
    if !account.is_empty() && !wild(account) && !is_account {
        let message = format!("`{account}` is no account");
        look.report(&ARN_ACCOUNT, span, message, "an account has twelve digits".to_owned());
        return;
    }
    of_types(look, pattern, [service, region, account, resource]);
}

fn secret(look: &mut Look<'_>, pattern: &Spanned<String>) {
    let text = masked(&pattern.value);
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [_, _, "secretsmanager", _, _, resource] = parts[..] else { return };
    let Some(name) = resource.strip_prefix("secret:") else { return };
    let has_ending = name.rsplit_once('-').is_some_and(|(name, ending)| {
        !name.is_empty() && ending.len() == 6 && ending.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    if !name.is_empty() && !name.contains(['*', '?']) && !has_ending {
        let message = "no secret has this ARN: a dash and six characters follow the name".to_owned();
        look.report(
            &SECRET_WITHOUT_ENDING,
            pattern.span,
            message,
            format!("write `{}-??????`", pattern.value),
        );
    }
}

/// The partition of a region of AWS's three public partitions. Others (`aws-iso`, the European sovereign cloud) have forms of
/// their own.
/// AWS: IAM User Guide, "Identify AWS resources with Amazon Resource Names (ARNs)", the partitions.
fn partition_of(region: &str) -> Option<&'static str> {
    let area = region.split('-').next().unwrap_or_default();
    match area {
        "cn" => Some("aws-cn"),
        _ if region.starts_with("us-gov-") => Some("aws-us-gov"),
        _ if region.contains("-iso") => None,
        "af" | "ap" | "ca" | "eu" | "il" | "me" | "mx" | "sa" | "us" => Some("aws"),
        _ => None,
    }
}

/// What the forms of the service's own ARNs say.
fn of_types(look: &mut Look<'_>, pattern: &Spanned<String>, [service, region, account, resource]: [&str; 4]) {
    let Some(listed) = services().get(service).filter(|listed| !listed.is_empty()) else { return };
    let part = |form: &'static str, at: usize| form.splitn(6, ':').nth(at).unwrap_or_default();
    let forms = listed.iter().copied();
    let fitting: Vec<&'static str> =
        forms.filter(|form| fits_resource(resource, part(form, 5), service)).collect();
    let span = pattern.span;
    if fitting.is_empty() {
        let message = format!("`{service}` has no resource whose ARN ends in `{resource}`");
        let forms: Vec<&str> = listed.iter().map(|form| part(form, 5)).take(3).collect();
        let help = format!(
            "its ARNs end in {}{}",
            crate::look::some_of(&forms),
            if listed.len() > 3 { " and others" } else { "" }
        );
        look.report(&ARN_RESOURCE, span, message, help);
        return;
    }
    let all_empty = |at: usize| fitting.iter().all(|form| part(form, at).is_empty());
    let none_empty =
        |at: usize| fitting.iter().all(|form| !part(form, at).is_empty() && part(form, at) != "*");
    let names = |text: &str| !text.is_empty() && text.bytes().any(|byte| byte != b'*');
    let example = fitting.first().copied().unwrap_or_default();
    let help = format!("its ARNs look like `{example}`");
    if names(region) && all_empty(3) {
        let message = format!("ARNs of `{service}` name no region");
        look.report(&ARN_REGION_NOT_ALLOWED, span, message, help.clone());
    }
    if region.is_empty() && none_empty(3) {
        let message = format!("ARNs of `{service}` name a region");
        look.report(&ARN_REGION_MISSING, span, message, help.clone());
    }
    if names(account) && all_empty(4) {
        let message = format!("ARNs of `{service}` name no account");
        look.report(&ARN_ACCOUNT_NOT_ALLOWED, span, message, help.clone());
    }
    let of_nobody = OF_NOBODY.iter().any(|(owner, form)| *owner == service && overlap(resource, form));
    if account.is_empty() && none_empty(4) && !of_nobody {
        let message = format!("ARNs of `{service}` name an account");
        look.report(&ARN_ACCOUNT_MISSING, span, message, help);
    }
}
