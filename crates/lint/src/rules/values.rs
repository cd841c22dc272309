//! The values of conditions: can they be read, and can they match?

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clavicle_engine::{AddressRange, Decimal, Instant};
use clavicle_policy::{BaseOperator, Clause, Scalar, Span, Spanned, Variable, placeholders};

use crate::finding::Edit;
use crate::look::{Family, Look, is_placeholder};
use crate::rule::{CHECKS, Rule, Severity, guide, identity};

pub(super) const FAMILY: Family = Family {
    rules: &[
        &NOT_A_BOOLEAN,
        &NOT_A_NUMBER,
        &NOT_A_DATE,
        &DATE_AS_NUMBER,
        &EVERY_ADDRESS,
        &NOT_AN_ADDRESS,
        &NOT_BASE64,
        &UNKNOWN_REGION,
        &UNLISTED_REGION,
        &PRIVATE_SOURCE_IP,
        &SOME_PRIVATE_SOURCE_IP,
        &HOST_BITS,
        &VPC_FORMAT,
        &VPCE_FORMAT,
        &WILDCARD_IN_OWNER,
        &VARIABLE_IN_OWNER,
    ],
    look,
};

macro_rules! listing {
    ($condition:literal) => {
        identity(concat!(
            r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"#,
            $condition,
            "}"
        ))
    };
}

static NOT_A_BOOLEAN: Rule = Rule {
    id: "not-a-boolean",
    severity: Severity::Warning,
    title: "a truth value that is neither true nor false",
    means: "A value of `Bool` or `Null` is something other than `true` and `false`.",
    why: "It matches nothing.",
    fix: "Write `true` or `false`.",
    aws: &["general-warning-type-mismatch-boolean"],
    source: CHECKS,
    bad: &[listing!(r#""Bool": {"aws:SecureTransport": "yes"}"#)],
    good: &[listing!(r#""Bool": {"aws:SecureTransport": "true"}"#)],
};

static NOT_A_NUMBER: Rule = Rule {
    id: "not-a-number",
    severity: Severity::Warning,
    title: "a number that is none",
    means: "A value of a `Numeric…` operator is no number.",
    why: "It matches nothing.",
    fix: "Write a number.",
    aws: &["general-warning-type-mismatch-number"],
    source: CHECKS,
    bad: &[listing!(r#""NumericLessThan": {"s3:max-keys": "ten"}"#)],
    good: &[listing!(r#""NumericLessThan": {"s3:max-keys": "10"}"#)],
};

static NOT_A_DATE: Rule = Rule {
    id: "not-a-date",
    severity: Severity::Warning,
    title: "a date that is none",
    means: "A value of a `Date…` operator is neither a date and time of ISO 8601 nor a number of seconds.",
    why: "It matches nothing.",
    fix: "Write `2027-01-31T00:00:00Z`.",
    aws: &["general-warning-type-mismatch-date"],
    source: CHECKS,
    bad: &[listing!(r#""DateLessThan": {"aws:CurrentTime": "tomorrow"}"#)],
    good: &[listing!(r#""DateLessThan": {"aws:CurrentTime": "2027-01-31T00:00:00Z"}"#)],
};

static DATE_AS_NUMBER: Rule = Rule {
    id: "date-as-number",
    severity: Severity::Warning,
    title: "a date as a number of seconds",
    means: "A value of a `Date…` operator is a number, for a key other than `aws:EpochTime`.",
    why: "Nobody reads it, and a year alone such as `2027` is a few seconds of 1970.",
    fix: "Write `2027-01-31T00:00:00Z`.",
    aws: &["general-warning-invalid-date-value"],
    source: CHECKS,
    bad: &[listing!(r#""DateLessThan": {"aws:CurrentTime": "1801440000"}"#)],
    good: &[listing!(r#""DateLessThan": {"aws:EpochTime": "1801440000"}"#)],
};

static EVERY_ADDRESS: Rule = Rule {
    id: "every-address",
    severity: Severity::Warning,
    title: "a range of all addresses",
    means: "A value of `IpAddress` or `NotIpAddress` is `0.0.0.0/0` or `::/0`.",
    why: "It takes in every address of its version of the protocol, so that the condition tells none of them from another. Only requests without the key, such as those through VPC endpoints of `aws:SourceIp`, are treated otherwise.",
    fix: "Write the ranges that are meant, or take the condition out.",
    aws: &[],
    source: guide!("reference_policies_condition-keys"),
    bad: &[
        listing!(r#""IpAddress": {"aws:SourceIp": "0.0.0.0/0"}"#),
        listing!(r#""NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", "::/0"]}"#),
    ],
    good: &[listing!(r#""IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]}"#)],
};

static NOT_AN_ADDRESS: Rule = Rule {
    id: "not-an-address",
    severity: Severity::Warning,
    title: "an address that is none",
    means: "A value of `IpAddress` or `NotIpAddress` is neither an address nor a range in CIDR form.",
    why: "It matches nothing.",
    fix: "Write `203.0.113.0/24` or `2001:db8::/32`.",
    aws: &["general-warning-type-mismatch-ip-range"],
    source: CHECKS,
    bad: &[listing!(r#""IpAddress": {"aws:SourceIp": "203.0.113.*"}"#)],
    good: &[listing!(r#""IpAddress": {"aws:SourceIp": "203.0.113.0/24"}"#)],
};

static NOT_BASE64: Rule = Rule {
    id: "not-base64",
    severity: Severity::Warning,
    title: "bytes that are not base64",
    means: "A value of `BinaryEquals` is not base64.",
    why: "It matches nothing.",
    fix: "Encode the bytes.",
    aws: &["general-warning-type-mismatch-string"],
    source: CHECKS,
    bad: &[listing!(r#""BinaryEquals": {"s3:prefix": "no base64!"}"#)],
    good: &[listing!(r#""BinaryEquals": {"s3:prefix": "QmluYXJ5"}"#)],
};

static UNKNOWN_REGION: Rule = Rule {
    id: "unknown-region",
    severity: Severity::Error,
    title: "a region that has not the form of one",
    means: "A value of `aws:RequestedRegion` without wildcards is not of the form `eu-west-1`.",
    why: "No request is made to it.",
    fix: "Write the region.",
    aws: &["error-invalid-region"],
    source: CHECKS,
    bad: &[listing!(r#""StringEquals": {"aws:RequestedRegion": "ireland"}"#)],
    good: &[listing!(r#""StringEquals": {"aws:RequestedRegion": ["eu-west-1", "us-gov-east-1"]}"#)],
};

/// A warning, and not an error as AWS's checks are: a region may be newer than our list.
pub(super) static UNLISTED_REGION: Rule = Rule {
    id: "unlisted-region",
    severity: Severity::Warning,
    title: "a region that AWS does not list",
    means: "The region of an ARN, or a value of `aws:RequestedRegion` without wildcards, has the form of a region and is none that AWS had when this program was made.",
    why: "If there is no such region, nothing is in it and no request is made to it. It may be newer than the list: this is a warning.",
    fix: "Write the region that is meant.",
    aws: &["error-invalid-arn-region", "error-invalid-region"],
    source: "https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html",
    bad: &[
        listing!(r#""StringEquals": {"aws:RequestedRegion": "eu-west-9"}"#),
        identity(
            r#""Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-9:111122223333:q""#,
        ),
    ],
    good: &[
        listing!(r#""StringEquals": {"aws:RequestedRegion": ["eu-west-1", "us-gov-east-1"]}"#),
        identity(
            r#""Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-*:111122223333:q""#,
        ),
    ],
};

static PRIVATE_SOURCE_IP: Rule = Rule {
    id: "private-source-ip",
    severity: Severity::Error,
    title: "only private addresses for aws:SourceIp",
    means: "All values of `aws:SourceIp` are private addresses.",
    why: "AWS sees public addresses there; requests through a VPC endpoint carry `aws:VpcSourceIp` instead. The condition never matches, or, negated, always.",
    fix: "Use `aws:VpcSourceIp` with `aws:SourceVpc`, or public addresses.",
    aws: &["error-private-ip-address", "error-private-not-ip-address"],
    source: CHECKS,
    bad: &[
        listing!(r#""IpAddress": {"aws:SourceIp": "10.0.0.0/8"}"#),
        listing!(r#""NotIpAddress": {"aws:SourceIp": ["192.168.1.0/24", "172.16.0.0/12"]}"#),
    ],
    good: &[listing!(r#""IpAddress": {"aws:SourceIp": "203.0.113.0/24"}"#)],
};

static SOME_PRIVATE_SOURCE_IP: Rule = Rule {
    id: "some-private-source-ip",
    severity: Severity::Suggestion,
    title: "private addresses beside public ones for aws:SourceIp",
    means: "Some values of `aws:SourceIp` are private addresses.",
    why: "AWS sees public addresses there: those values do nothing.",
    fix: "Take them out; for private addresses use `aws:VpcSourceIp`.",
    aws: &["suggestion-private-ip-address-subset", "suggestion-private-not-ip-address-subset"],
    source: CHECKS,
    bad: &[listing!(r#""IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "203.0.113.0/24"]}"#)],
    good: &[listing!(r#""IpAddress": {"aws:SourceIp": ["198.51.100.0/24", "203.0.113.0/24"]}"#)],
};

static HOST_BITS: Rule = Rule {
    id: "host-bits",
    severity: Severity::Suggestion,
    title: "a range of addresses that begins elsewhere than written",
    means: "The address of a range in CIDR form has bits behind those that count.",
    why: "Those bits do nothing, and the range is another than it looks.",
    fix: "Write the first address of the range; `clavicle check --fix` does that.",
    aws: &["suggestion-improve-ip-range"],
    source: CHECKS,
    bad: &[listing!(r#""IpAddress": {"aws:SourceIp": "203.0.113.7/24"}"#)],
    good: &[listing!(r#""IpAddress": {"aws:SourceIp": "203.0.113.0/24"}"#)],
};

static VPC_FORMAT: Rule = Rule {
    id: "vpc-format",
    severity: Severity::Error,
    title: "a VPC that is none",
    means: "A value of `aws:SourceVpc` without wildcards is not `vpc-` and 8 or 17 letters and digits.",
    why: "No VPC has such an id.",
    fix: "Write the id of the VPC.",
    aws: &["error-invalid-vpc-format"],
    source: CHECKS,
    bad: &[listing!(r#""StringEquals": {"aws:SourceVpc": "vpce-12345678"}"#)],
    good: &[listing!(r#""StringEquals": {"aws:SourceVpc": "vpc-11223344556677889"}"#)],
};

static VPCE_FORMAT: Rule = Rule {
    id: "vpce-format",
    severity: Severity::Error,
    title: "a VPC endpoint that is none",
    means: "A value of `aws:SourceVpce` without wildcards is not `vpce-` and 8 or 17 letters and digits.",
    why: "No endpoint has such an id.",
    fix: "Write the id of the endpoint.",
    aws: &["error-invalid-vpce-format"],
    source: CHECKS,
    bad: &[listing!(r#""StringEquals": {"aws:SourceVpce": "vpc-12345678"}"#)],
    good: &[listing!(r#""StringEquals": {"aws:SourceVpce": "vpce-11223344556677889"}"#)],
};

static WILDCARD_IN_OWNER: Rule = Rule {
    id: "wildcard-in-owner",
    severity: Severity::Security,
    title: "a wildcard in an id that says whose something is",
    means: "A value of a key such as `aws:PrincipalOrgID` or `aws:SourceAccount` has a wildcard under `StringLike` or `StringNotLike`. Of `aws:userid`: a wildcard in the id ahead of the colon that is not all of it.",
    why: "Ids are random: a part of one is anybody's.",
    fix: "Write the whole id.",
    aws: &["error-wildcard-usage-too-permissive"],
    source: guide!("reference_policies_condition-keys"),
    bad: &[
        listing!(r#""StringLike": {"aws:PrincipalOrgID": "o-abc*"}"#),
        listing!(r#""StringLike": {"aws:userid": "AROA*"}"#),
        listing!(r#""StringLike": {"aws:userid": ["AROAEXAMPLEID:*", "AROAEX*:dana"]}"#),
    ],
    good: &[
        listing!(r#""StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}"#),
        listing!(r#""StringLike": {"aws:userid": ["AROAEXAMPLEID:*", "*:dana"]}"#),
    ],
};

static VARIABLE_IN_OWNER: Rule = Rule {
    id: "variable-in-owner",
    severity: Severity::Security,
    title: "a tag or a name that says whose something is",
    means: "A value of a key such as `aws:PrincipalOrgID` or `aws:SourceAccount` has a policy variable that is no account and no organization itself: `${aws:PrincipalTag/org}`, `${aws:username}`.",
    why: "Who may set the tag, or choose the name, chooses who is meant.",
    fix: "Write the id, or a variable that AWS fills with one: `${aws:ResourceAccount}`, `${aws:PrincipalOrgID}`.",
    aws: &["error-variable-usage-too-permissive"],
    source: guide!("reference_policies_condition-keys"),
    bad: &[
        listing!(r#""StringEquals": {"aws:ResourceAccount": "${aws:PrincipalTag/account}"}"#),
        listing!(r#""StringLike": {"aws:PrincipalOrgID": "o-${aws:username}"}"#),
    ],
    good: &[
        listing!(r#""StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}"#),
        listing!(r#""StringEquals": {"aws:PrincipalTag/account": "${aws:ResourceAccount}"}"#),
    ],
};

fn look(look: &mut Look<'_>) {
    for (_, clause) in look.clauses() {
        let Some(base) = clause.operator.value.base else { continue };
        for value in &clause.values {
            let text = value.value.text();
            if text.contains("${") || is_placeholder(text) {
                continue;
            }
            readable(look, clause, base, value);
        }
        let lower = clause.key.value.to_ascii_lowercase();
        match lower.as_str() {
            "aws:requestedregion" => regions(look, clause, base),
            "aws:sourcevpc" => ids(look, clause, base, "vpc-", &VPC_FORMAT),
            "aws:sourcevpce" => ids(look, clause, base, "vpce-", &VPCE_FORMAT),
            "aws:sourceip" => private(look, clause, base),
            _ => {}
        }
        let sensitive = look
            .catalog
            .condition_key(&clause.key.value)
            .and_then(|known| known.global)
            .is_some_and(|global| global.sensitive);
        if matches!(base, BaseOperator::StringLike | BaseOperator::StringNotLike) {
            for value in wild(clause) {
                if sensitive || lower == "aws:userid" && is_part_of_id(value.value.text()) {
                    let message = format!("a part of `{}` is anybody's", clause.key.value);
                    look.report(&WILDCARD_IN_OWNER, value.span, message, "write the whole id".to_owned());
                }
            }
        }
        if sensitive && base.name().starts_with("String") {
            variables(look, clause);
        }
    }
}

/// Has the id ahead of the colon a wildcard that is not all of it? AWS: IAM User Guide, "IAM policy validation check reference",
/// "Wildcard usage too permissive".
fn is_part_of_id(text: &str) -> bool {
    match text.split_once(':') {
        Some((id, _)) => id != "*" && id.contains(['*', '?']),
        None => true,
    }
}

/// AWS: the same page, "Variable usage too permissive". What AWS itself fills with an account or an organization is whose something
/// is: its own policies compare `aws:ResourceAccount` with `${aws:PrincipalAccount}`.
fn variables(look: &mut Look<'_>, clause: &Clause) {
    for value in &clause.values {
        for placeholder in placeholders(value.value.text()) {
            let Ok(Variable::Key { name, .. }) = placeholder.reads else { continue };
            let known = look.catalog.condition_key(name).and_then(|known| known.global);
            if known.is_some_and(|global| global.sensitive) {
                continue;
            }
            let message = format!("whoever chooses `{name}` chooses `{}`", clause.key.value);
            look.report(&VARIABLE_IN_OWNER, value.span, message, "write the id".to_owned());
        }
    }
}

fn wild(clause: &Clause) -> impl Iterator<Item = &Spanned<Scalar>> {
    clause.values.iter().filter(|value| {
        let text = value.value.text();
        !text.contains("${") && text.contains(['*', '?'])
    })
}

fn readable(look: &mut Look<'_>, clause: &Clause, base: BaseOperator, value: &Spanned<Scalar>) {
    let text = value.value.text();
    let name = base.name();
    let span = value.span;
    let says = |what: &str| format!("`{}` is {what}", shown(text));
    if matches!(base, BaseOperator::Bool | BaseOperator::Null) {
        if !["true", "false"].iter().any(|known| text.eq_ignore_ascii_case(known)) {
            look.report(&NOT_A_BOOLEAN, span, says("neither `true` nor `false`"), None);
        }
    } else if name.starts_with("Numeric") {
        if Decimal::parse(text).is_none() {
            look.report(&NOT_A_NUMBER, span, says("not a number"), None);
        }
    } else if name.starts_with("Date") {
        let number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if Instant::parse(text).is_none() {
            look.report(&NOT_A_DATE, span, says("not a date"), "write `2027-01-31T00:00:00Z`".to_owned());
        } else if number && !clause.key.value.eq_ignore_ascii_case("aws:EpochTime") {
            let message = says("read as seconds since 1970");
            look.report(&DATE_AS_NUMBER, span, message, "write `2027-01-31T00:00:00Z`".to_owned());
        }
    } else if matches!(base, BaseOperator::IpAddress | BaseOperator::NotIpAddress) {
        address(look, value, base);
    } else if base == BaseOperator::BinaryEquals && STANDARD.decode(text).is_err() {
        look.report(&NOT_BASE64, span, says("not base64"), None);
    }
}

fn address(look: &mut Look<'_>, value: &Spanned<Scalar>, base: BaseOperator) {
    let text = value.value.text();
    let Some(range) = AddressRange::parse(text) else {
        let message = format!("`{}` is neither an address nor a range of addresses", shown(text));
        look.report(&NOT_AN_ADDRESS, value.span, message, "write `203.0.113.0/24`".to_owned());
        return;
    };
    let Some((written, prefix)) = text.split_once('/') else { return };
    let (first, last) = range.ends();
    if first.is_unspecified() && prefix.trim_start_matches('0').is_empty() {
        let version = if last.is_ipv4() { "IPv4" } else { "IPv6" };
        let holds = if base == BaseOperator::NotIpAddress { "no" } else { "every" };
        let message =
            format!("this holds for {holds} address of {version}: `{}` is all of them", shown(text));
        look.report(&EVERY_ADDRESS, value.span, message, "write the ranges that are meant".to_owned());
    }
    if written.parse::<IpAddr>().is_ok_and(|written| written != first) {
        let better = format!("{first}/{prefix}");
        let message = format!("`{text}` is the range `{better}`");
        let edit = Edit { span: value.span, text: format!("\"{better}\"") };
        look.report_with(&HOST_BITS, value.span, message, format!("write `{better}`"), vec![edit]);
    }
}

fn shown(text: &str) -> String {
    text.chars().take(60).collect()
}

/// Has the text the form of a region: `eu-west-1`, `us-gov-east-1`?
pub(super) fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let letters = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    match parts.as_slice() {
        [area, middle @ .., number] => {
            (2..=4).contains(&area.len())
                && letters(area)
                && !middle.is_empty()
                && middle.iter().all(letters)
                && (1..=2).contains(&number.len())
                && number.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

fn plain(clause: &Clause) -> impl Iterator<Item = &Spanned<Scalar>> {
    clause.values.iter().filter(|value| {
        let text = value.value.text();
        !text.contains(['*', '?', '$']) && !is_placeholder(text)
    })
}

fn regions(look: &mut Look<'_>, clause: &Clause, base: BaseOperator) {
    if !base.name().starts_with("String") {
        return;
    }
    for value in plain(clause) {
        if is_region(value.value.text()) {
            listed_region(look, value.value.text(), value.span);
        } else {
            let message = format!("`{}` is no region", shown(value.value.text()));
            look.report(
                &UNKNOWN_REGION,
                value.span,
                message,
                "write a region such as `eu-west-1`".to_owned(),
            );
        }
    }
}

/// Reports what has the form of a region, and is none that AWS lists.
pub(super) fn listed_region(look: &mut Look<'_>, region: &str, span: Span) {
    if !clavicle_catalog::is_listed_region(region) {
        let message = format!("AWS lists no region `{}`", shown(region));
        let near = clavicle_policy::nearest(region, clavicle_catalog::regions());
        look.report(&UNLISTED_REGION, span, message, near.map(|name| format!("did you mean `{name}`?")));
    }
}

fn ids(look: &mut Look<'_>, clause: &Clause, base: BaseOperator, start: &str, rule: &'static Rule) {
    if !base.name().starts_with("String") {
        return;
    }
    let fits = |text: &str| {
        text.strip_prefix(start).is_some_and(|rest| {
            [8, 17].contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    };
    for value in plain(clause).filter(|value| !fits(value.value.text())) {
        let message =
            format!("`{}` is not `{start}` and 8 or 17 letters and digits", shown(value.value.text()));
        look.report(rule, value.span, message, None);
    }
}

/// Addresses that AWS never sees a request come from. RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291.
const PRIVATE: [&str; 8] = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "127.0.0.0/8",
    "fc00::/7",
    "fe80::/10",
];

fn private(look: &mut Look<'_>, clause: &Clause, base: BaseOperator) {
    if !matches!(base, BaseOperator::IpAddress | BaseOperator::NotIpAddress) || clause.values.is_empty() {
        return;
    }
    let is_private = |value: &&Spanned<Scalar>| {
        let Some(range) = AddressRange::parse(value.value.text()) else { return false };
        let (first, last) = range.ends();
        PRIVATE
            .iter()
            .filter_map(|text| AddressRange::parse(text))
            .any(|private| private.holds(first) && private.holds(last))
    };
    let found: Vec<_> = clause.values.iter().filter(is_private).collect();
    if found.len() == clause.values.len() {
        let what = if base == BaseOperator::IpAddress { "never" } else { "always" };
        let message = format!("`aws:SourceIp` is a public address, so this {what} holds");
        look.report(
            &PRIVATE_SOURCE_IP,
            clause.key.span,
            message,
            "use `aws:VpcSourceIp` with `aws:SourceVpc`".to_owned(),
        );
    } else {
        for value in found {
            let message =
                format!("`{}` is private, and `aws:SourceIp` is a public address", value.value.text());
            look.report(&SOME_PRIVATE_SOURCE_IP, value.span, message, "take it out".to_owned());
        }
    }
}
