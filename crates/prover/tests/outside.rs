//! Who from outside gets in.

use clavicle_engine::Principals;
use clavicle_policy::parse;
use clavicle_prover::{Limits, Store, Verdict};

fn bucket(statements: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#)
}

fn is_public(statements: &str) -> bool {
    let mut store = Store::new();
    let policy = parse(bucket(statements).as_bytes()).policy.expect("a policy");
    let document = store.compile(&policy, Principals::Required);
    let verdict = store.not_public(&document, Limits::default());
    assert!(!matches!(verdict, Verdict::Unknown(_)), "{statements}: {verdict:?}");
    !verdict.holds()
}

fn grant(principal: &str, condition: &str) -> String {
    format!(
        r#"{{"Effect": "Allow", "Principal": {principal}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*",
            "Condition": {condition}}}"#
    )
}

/// AWS: S3 User Guide, "Blocking public access to your Amazon S3 storage", The meaning of "public".
#[test]
fn public_is_what_is_tied_to_nobody() {
    for (principal, condition, public) in [
        (r#""*""#, "{}", true),
        (r#"{"AWS": "111122223333"}"#, "{}", false),
        (r#"{"Service": "sns.amazonaws.com"}"#, "{}", false),
        (r#""*""#, r#"{"StringEquals": {"aws:SourceVpc": "vpc-91237329"}}"#, false),
        (r#""*""#, r#"{"StringNotEquals": {"aws:SourceVpc": "vpc-91237329"}}"#, true),
        (r#""*""#, r#"{"StringLike": {"aws:SourceVpc": "*"}}"#, true),
        (r#""*""#, r#"{"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}"#, false),
        (r#""*""#, r#"{"StringEquals": {"s3:x-amz-acl": "private"}}"#, true),
        (r#""*""#, r#"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#, false),
        (r#""*""#, r#"{"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}}"#, true),
        (r#""*""#, r#"{"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "203.0.113.0/24"]}}"#, true),
        (r#""*""#, r#"{"Bool": {"aws:SecureTransport": "true"}}"#, true),
        (r#""*""#, r#"{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}}"#, false),
        (r#""*""#, r#"{"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:*"}}"#, false),
    ] {
        assert_eq!(is_public(&grant(principal, condition)), public, "{principal} {condition}");
    }
}

#[test]
fn a_deny_of_strangers_closes_what_an_allow_opens() {
    let open = grant(r#""*""#, "{}");
    let perimeter = r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1234567890"}}}"#;
    assert!(is_public(&open));
    assert!(!is_public(&format!("{open}, {perimeter}")));
}

#[test]
fn outside_of_a_zone_of_trust_is_what_the_zone_does_not_imply() {
    let mut store = Store::new();
    let mut compile = |statements: &str| {
        let policy = parse(bucket(statements).as_bytes()).policy.expect("a policy");
        store.compile(&policy, Principals::Required).access()
    };
    let zone = compile(
        r#"{"Effect": "Allow", "Principal": {"AWS": ["111122223333", "444455556666"]}, "Action": "*", "Resource": "*"}"#,
    );
    let inside = compile(&grant(r#"{"AWS": "arn:aws:iam::444455556666:role/r"}"#, "{}"));
    let outside = compile(&grant(r#"{"AWS": ["arn:aws:iam::444455556666:role/r", "777788889999"]}"#, "{}"));
    assert!(store.implies(&inside, &zone, Limits::default()).holds());
    let found = store.implies(&outside, &zone, Limits::default());
    let caller =
        found.witness().and_then(|witness| witness.principal.as_ref()).map(|caller| caller.text().to_owned());
    assert!(caller.as_ref().is_some_and(|text| text.contains("777788889999")), "{caller:?}");
}
