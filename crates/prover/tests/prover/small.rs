//! Small policies and requests near them.

use clavicle_engine::{Context, Fact, Principal};
use proptest::prelude::*;
use proptest::sample::select;

const ACTIONS: [&str; 9] = [
    "s3:GetObject",
    "s3:Get*",
    "s3:PutObject",
    "s3:*",
    "*",
    "sqs:SendMessage",
    "foo:Bar",
    "s3:GetObjec?",
    "fo*:*",
];
const RESOURCES: [&str; 11] = [
    "*",
    "arn:aws:s3:::a/*",
    "arn:aws:s3:::a/b",
    "arn:aws:s3:::*/b",
    "arn:aws:s3:::?/*",
    "arn:aws:s3:::a/${aws:username}/*",
    "arn:aws:s3:::a/${aws:username}",
    "arn:aws:sqs:*:111122223333:q*",
    "arn:aws:sqs:us-east-1:*:*",
    "arn:aws:s3:*",
    "arn:aws:*:*:*:a/b",
];
const PRINCIPALS: [&str; 10] = [
    r#""*""#,
    r#"{"AWS": "*"}"#,
    r#"{"AWS": "111122223333"}"#,
    r#"{"AWS": "arn:aws:iam::111122223333:user/dana"}"#,
    r#"{"AWS": ["arn:aws:iam::111122223333:role/r", "444455556666"]}"#,
    r#"{"AWS": ["arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:user/dana"]}"#,
    r#"{"AWS": ["arn:aws:sts::111122223333:assumed-role/r/s", "arn:aws:iam::111122223333:role/r", "111122223333"]}"#,
    r#"{"Service": "sns.amazonaws.com"}"#,
    r#"{"Federated": "accounts.google.com"}"#,
    r#"{"Service": ["sns.amazonaws.com", "sqs.amazonaws.com"], "AWS": "444455556666"}"#,
];
const CALLERS: [&str; 10] = [
    "arn:aws:iam::111122223333:user/dana",
    "arn:aws:iam::111122223333:user/erik",
    "arn:aws:iam::111122223333:role/r",
    "arn:aws:sts::111122223333:assumed-role/r/s",
    "arn:aws:iam::444455556666:root",
    "arn:aws:iam::999999999999:user/dana",
    "arn:aws:sts::111122223333:federated-user/f",
    "sns.amazonaws.com",
    "sqs.amazonaws.com",
    "anonymous",
];

/// Operators with a key and the values that suit them.
const TESTS: [(&[&str], &[&str], &[&str]); 8] = [
    (
        &["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase"],
        &["aws:username", "aws:PrincipalTag/team", "k"],
        &[
            "a",
            "A",
            "a*",
            "*",
            "b",
            "?",
            "",
            "${aws:username}",
            "${aws:PrincipalTag/team}",
            "a${k}",
            "${k, 'b'}",
        ],
    ),
    (
        &[
            "NumericLessThan",
            "NumericEquals",
            "NumericNotEquals",
            "NumericGreaterThanEquals",
            "NumericLessThanEquals",
        ],
        &["s3:max-keys", "n"],
        &["1", "1.5", "2", "10", "x"],
    ),
    (
        &["DateLessThan", "DateGreaterThan", "DateEquals", "DateNotEquals"],
        &["aws:CurrentTime"],
        &["2024-01-01T00:00:00Z", "2024-01-02", "1704067200"],
    ),
    (
        &["IpAddress", "NotIpAddress"],
        &["aws:SourceIp"],
        &["10.0.0.0/8", "10.1.0.0/16", "::/0", "0.0.0.0/0", "10.0.0.1"],
    ),
    (&["Bool"], &["aws:SecureTransport", "aws:MultiFactorAuthPresent"], &["true", "false"]),
    (&["Null"], &["aws:username", "aws:TagKeys", "k", "aws:SourceIp"], &["true", "false"]),
    (
        &["ArnLike", "ArnNotEquals"],
        &["aws:SourceArn", "aws:PrincipalArn"],
        &[
            "arn:aws:iam::*:role/*",
            "arn:aws:iam::111122223333:role/r",
            "arn:*:*:*:*:*",
            "arn:aws:sns:*:*:${aws:username}",
        ],
    ),
    (
        &[
            "ForAllValues:StringEquals",
            "ForAnyValue:StringEquals",
            "ForAllValues:StringNotLike",
            "ForAnyValue:StringNotEquals",
            "ForAnyValue:StringLike",
            "ForAllValues:StringLike",
            "StringEquals",
            "StringNotLike",
        ],
        &["aws:TagKeys", "m", "aws:username"],
        &["a", "b", "a*", "*", ""],
    ),
];

fn clause() -> impl Strategy<Value = (String, String, Vec<String>)> {
    select(TESTS.to_vec()).prop_flat_map(|(operators, keys, values)| {
        let operator = (select(operators.to_vec()), any::<bool>()).prop_map(|(operator, if_exists)| {
            let suffix = if if_exists && operator != "Null" { "IfExists" } else { "" };
            format!("{operator}{suffix}")
        });
        let values = prop::collection::vec(select(values.to_vec()), 1..3);
        (operator, select(keys.to_vec()), values).prop_map(|(operator, key, values)| {
            (operator, key.to_owned(), values.into_iter().map(str::to_owned).collect())
        })
    })
}

fn statement(names: bool) -> impl Strategy<Value = String> {
    (
        prop::bool::weighted(0.65),
        prop::bool::weighted(0.15),
        prop::collection::vec(select(ACTIONS.to_vec()), 1..3),
        prop::bool::weighted(0.15),
        prop::collection::vec(select(RESOURCES.to_vec()), 1..3),
        prop::bool::weighted(0.2),
        select(PRINCIPALS.to_vec()),
        prop::collection::vec(clause(), 0..3),
    )
        .prop_map(move |(allow, not_action, actions, not_resource, resources, not_principal, principal, clauses)| {
            let not = |negated: bool| if negated { "Not" } else { "" };
            let who = if names { format!(r#""{}Principal": {principal}, "#, not(not_principal)) } else { String::new() };
            let conditions: Vec<String> = clauses
                .iter()
                .map(|(operator, key, values)| format!(r#""{operator}": {{"{key}": {values:?}}}"#))
                .collect();
            let mut seen = std::collections::HashSet::new();
            let conditions: Vec<String> = conditions
                .into_iter()
                .filter(|text| seen.insert(text.split(':').next().map(str::to_owned)))
                .collect();
            let condition = if conditions.is_empty() {
                String::new()
            } else {
                format!(r#", "Condition": {{{}}}"#, conditions.join(", "))
            };
            format!(
                r#"{{"Effect": "{}", {who}"{}Action": {actions:?}, "{}Resource": {resources:?}{condition}}}"#,
                if allow { "Allow" } else { "Deny" },
                not(not_action),
                not(not_resource),
            )
        })
}

/// A policy with one to three statements.
pub(crate) fn policy_text(names: bool) -> impl Strategy<Value = String> {
    (prop::bool::weighted(0.8), prop::collection::vec(statement(names), 1..4)).prop_map(
        |(new, statements)| {
            let version = if new { "2012-10-17" } else { "2008-10-17" };
            format!(r#"{{"Version": "{version}", "Statement": [{}]}}"#, statements.join(", "))
        },
    )
}

/// Two policies with statements in common, so that one often implies the other.
pub(crate) fn related_texts(names: bool) -> impl Strategy<Value = (String, String)> {
    let kept = || prop::collection::vec(prop::bool::weighted(0.7), 5);
    (prop::collection::vec(statement(names), 2..6), kept(), kept()).prop_map(|(statements, first, second)| {
        let text = |kept: &[bool]| {
            let chosen = statements.iter().zip(kept).filter(|(_, kept)| **kept).map(|(text, _)| text.clone());
            let chosen: Vec<String> = chosen.collect();
            format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, chosen.join(", "))
        };
        (text(&first), text(&second))
    })
}

/// A request near such policies.
#[derive(Debug, Clone)]
pub(crate) struct SmallRequest {
    pub(crate) action: String,
    pub(crate) resource: String,
    pub(crate) principal: Principal,
    pub(crate) context: Context,
}

/// Any of those requests.
pub(crate) fn request() -> impl Strategy<Value = SmallRequest> {
    let actions = [
        "s3:GetObject",
        "s3:GetBucketPolicy",
        "s3:PutObject",
        "sqs:SendMessage",
        "foo:Bar",
        "fox:x",
        "s3:GetObjecx",
    ];
    let resources = [
        "*",
        "arn:aws:s3:::a/b",
        "arn:aws:s3:::a/a/x",
        "arn:aws:s3:::a/a",
        "arn:aws:s3:::x/b",
        "arn:aws:sqs:us-east-1:111122223333:q1",
        "arn:aws:sqs:eu-west-1:444455556666:q1",
        "arn:aws:x:::a/b",
    ];
    let one = |key: &'static str, values: &'static [&'static str]| {
        prop::option::weighted(0.6, select(values.to_vec())).prop_map(move |value| (key, value))
    };
    let many = |key: &'static str| {
        prop::option::weighted(0.6, prop::collection::btree_set(select(vec!["a", "b", "ab", "c"]), 1..3))
            .prop_map(move |values| (key, values))
    };
    let keys = (
        one("aws:username", &["a", "A", "ab", "b", "x", "dana"]),
        one("aws:PrincipalTag/team", &["a", "A", "ab", "b", ""]),
        one("k", &["a", "b", "ab", "aa", ""]),
        one("s3:max-keys", &["0", "1", "1.2", "1.5", "2", "11"]),
        one("n", &["1", "1.7", "10", "x"]),
        one(
            "aws:CurrentTime",
            &["2023-12-31T00:00:00Z", "2024-01-01T00:00:00Z", "2024-01-01T12:00:00Z", "2025-01-01"],
        ),
        one("aws:SourceIp", &["10.0.0.1", "10.1.2.3", "192.0.2.1", "::1"]),
        one("aws:SecureTransport", &["true", "false"]),
        one("aws:MultiFactorAuthPresent", &["true", "false"]),
        (
            one(
                "aws:SourceArn",
                &["arn:aws:iam::111122223333:role/r", "arn:aws:sns:us-east-1:1:a", "arn:aws:s3:::b"],
            ),
            one("aws:PrincipalArn", &["arn:aws:iam::111122223333:role/r", "arn:aws:iam::1:role/q"]),
        ),
        many("aws:TagKeys"),
        many("m"),
    );
    (select(actions.to_vec()), select(resources.to_vec()), select(CALLERS.to_vec()), keys).prop_map(
        |(action, resource, caller, (a, b, c, d, e, f, g, h, i, (j, k), l, m))| {
            let mut context = Context::exact();
            for (key, value) in [a, b, c, d, e, f, g, h, i, j, k] {
                if let Some(value) = value {
                    context.set(key, Fact::One(value.to_owned()));
                }
            }
            for (key, values) in [l, m] {
                if let Some(values) = values {
                    context.set(key, Fact::Many(values.into_iter().map(str::to_owned).collect()));
                }
            }
            SmallRequest {
                action: action.to_owned(),
                resource: resource.to_owned(),
                principal: Principal::from_arn(caller).expect("a caller"),
                context,
            }
        },
    )
}
