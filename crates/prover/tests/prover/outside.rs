//! Who from outside gets in.

use clavicle_engine::Principals;
use clavicle_policy::parse;
use clavicle_prover::{Label, Labelled, Limits, Store, Verdict};

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

const GITHUB: &str =
    r#"{"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}"#;

/// AWS: S3 User Guide, "Blocking public access to your Amazon S3 storage", The meaning of "public".
#[test]
fn public_is_what_is_tied_to_nobody() {
    for (principal, condition, public) in [
        (r#""*""#, "{}", true),
        (r#"{"AWS": "111122223333"}"#, "{}", false),
        (r#"{"Service": "sns.amazonaws.com"}"#, "{}", false),
        // The first of the page's examples of public policies; then what keeps others out.
        (r#"{"Federated": "graph.facebook.com"}"#, "{}", true),
        (
            r#"{"Federated": "graph.facebook.com"}"#,
            r#"{"StringEquals": {"graph.facebook.com:aud": "1234"}}"#,
            false,
        ),
        (
            r#"{"Federated": "graph.facebook.com"}"#,
            r#"{"StringLike": {"graph.facebook.com:aud": "*"}}"#,
            true,
        ),
        (
            r#"{"Federated": "cognito-identity.amazonaws.com"}"#,
            r#"{"ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}}"#,
            true,
        ),
        (GITHUB, "{}", true),
        (
            GITHUB,
            r#"{"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}"#,
            true,
        ),
        (GITHUB, r#"{"StringLike": {"token.actions.githubusercontent.com:sub": "repo:paperboat/*"}}"#, false),
        (GITHUB, r#"{"StringLike": {"token.actions.githubusercontent.com:sub": "repo:*"}}"#, true),
        (GITHUB, r#"{"StringEquals": {"token.actions.githubusercontent.com:ref": "refs/heads/main"}}"#, true),
        (
            GITHUB,
            r#"{"StringEquals": {"token.actions.githubusercontent.com:repository_owner": "paperboat"}}"#,
            false,
        ),
        (
            r#"{"Federated": "accounts.google.com"}"#,
            r#"{"StringLike": {"accounts.google.com:sub": "1*"}}"#,
            true,
        ),
        (
            r#"{"Federated": "accounts.google.com"}"#,
            r#"{"StringEquals": {"accounts.google.com:sub": "1234"}}"#,
            false,
        ),
        (
            GITHUB,
            r#"{"StringLike": {"token.actions.githubusercontent.com:sub": "repo:paper*/site:*"}}"#,
            true,
        ),
        (r#"{"Federated": "arn:aws:iam::111122223333:saml-provider/staff"}"#, "{}", false),
        (
            r#"{"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AB12"}"#,
            "{}",
            false,
        ),
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
        // Of anybody: AWS gives these to whoever asks.
        (r#""*""#, r#"{"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:topic"}}"#, true),
        (r#""*""#, r#"{"ArnLike": {"aws:SourceArn": "arn:aws:s3:::logs-*"}}"#, true),
        (r#""*""#, r#"{"ArnLike": {"aws:SourceArn": "arn:aws:s3:::logs"}}"#, false),
        (r#""*""#, r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deploy"}}"#, true),
        (r#""*""#, r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::1111*:role/deploy"}}"#, true),
        (r#""*""#, r#"{"StringLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}"#, false),
        (r#""*""#, r#"{"StringLike": {"aws:PrincipalArn": "arn:aws:*"}}"#, true),
        // AWS: IAM User Guide, "IAM JSON policy elements: Condition operators": of an ARN each of the six parts is matched by
        // itself, and `*` of `StringLike` takes colons: what looks like the account may be the name of a topic.
        (r#""*""#, r#"{"StringLike": {"aws:SourceArn": "arn:aws:lambda:*:111122223333:*"}}"#, true),
        (r#""*""#, r#"{"StringLike": {"aws:SourceArn": "arn:aws:lambda:?:111122223333:*"}}"#, true),
        (r#""*""#, r#"{"StringLike": {"aws:SourceArn": "*:lambda:eu-west-1:111122223333:*"}}"#, true),
        (r#""*""#, r#"{"StringLike": {"aws:PrincipalArn": "arn:*:iam::111122223333:role/deploy"}}"#, true),
        (r#""*""#, r#"{"ArnEquals": {"aws:SourceArn": "arn:aws:lambda:*:111122223333:*"}}"#, false),
        (r#""*""#, r#"{"ArnLike": {"aws:SourceArn": "arn:*:lambda:eu-west-?:111122223333:*"}}"#, false),
        (r#""*""#, r#"{"StringLike": {"aws:SourceArn": "arn:aws:lambda:eu-west-1:111122223333:*"}}"#, false),
        (r#""*""#, r#"{"ForAnyValue:StringLike": {"aws:SourceOrgPaths": "o-a1b2c3d4e5/*"}}"#, false),
        (r#""*""#, r#"{"StringLike": {"aws:SourceVpce": "vpce-*"}}"#, true),
        (r#""*""#, r#"{"StringLike": {"aws:PrincipalAccount": "1111*"}}"#, true),
        (r#""*""#, r#"{"StringLike": {"aws:PrincipalOrgID": "o-*"}}"#, true),
        (r#""*""#, r#"{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-*/r-ab12/*"}}"#, true),
        (r#""*""#, r#"{"StringLike": {"aws:userid": "AROAEXAMPLEID:*"}}"#, false),
        (r#""*""#, r#"{"StringLike": {"aws:userid": "AROA*"}}"#, true),
        // Whose the resource is ties, whose the caller is does not.
        (r#""*""#, r#"{"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}"#, false),
        (r#""*""#, r#"{"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}"#, false),
        (r#""*""#, r#"{"StringEquals": {"aws:SourceAccount": "${aws:PrincipalAccount}"}}"#, true),
        // What keys of AWS KMS have by default, and access points of one account by any name.
        (
            r#""*""#,
            r#"{"StringEquals": {"kms:CallerAccount": "111122223333", "kms:ViaService": "s3.eu-west-1.amazonaws.com"}}"#,
            false,
        ),
        (r#""*""#, r#"{"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}"#, true),
        (
            r#""*""#,
            r#"{"StringLike": {"s3:DataAccessPointArn": "arn:aws:s3:eu-west-1:111122223333:accesspoint/*"}}"#,
            false,
        ),
        (r#""*""#, r#"{"StringEquals": {"aws:VpceOrgID": "o-1234567890"}}"#, false),
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

/// AWS: IAM User Guide, "The confused deputy problem", Cross-service confused deputy prevention.
#[test]
fn a_service_acts_for_anybody_unless_it_is_tied() {
    let service = r#"{"Service": "sns.amazonaws.com"}"#;
    for (condition, deny, tied) in [
        ("{}", "{}", false),
        (r#"{"StringEquals": {"aws:SourceAccount": "111122223333"}}"#, "{}", true),
        (r#"{"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}}"#, "{}", false),
        (r#"{"StringNotEquals": {"aws:SourceAccount": "111122223333"}}"#, "{}", false),
        (r#"{"ArnEquals": {"aws:SourceArn": "arn:aws:sns:*:*:*"}}"#, "{}", false),
        (r#"{"ArnEquals": {"aws:SourceArn": "arn:aws:sns:*:111122223333:*"}}"#, "{}", true),
        // Who the service is and where its calls come from are the same for whoever has it act.
        (r#"{"StringEquals": {"aws:PrincipalServiceName": "sns.amazonaws.com"}}"#, "{}", false),
        (r#"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#, "{}", false),
        (r#"{"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}}"#, "{}", false),
        (r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-1234567890"}}"#, "{}", false),
        (r#"{"StringLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:*"}}"#, "{}", false),
        (r#"{"ForAnyValue:StringLike": {"aws:SourceOrgPaths": "o-a1b2c3d4e5/*"}}"#, "{}", true),
        (r#"{"StringEquals": {"aws:SourceOwner": "111122223333"}}"#, "{}", true),
        ("{}", r#"{"StringNotEquals": {"aws:SourceOrgID": "o-1234567890"}}"#, true),
        ("{}", r#"{"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-1234567890"}}"#, true),
        // What does not say where it comes from is not denied.
        (
            "{}",
            r#"{"StringNotEquals": {"aws:SourceOrgID": "o-1234567890"}, "Null": {"aws:SourceOrgID": "false"}}"#,
            false,
        ),
    ] {
        let mut store = Store::new();
        let deny = if deny == "{}" {
            String::new()
        } else {
            format!(
                r#", {{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {deny}}}"#
            )
        };
        let policy =
            parse(bucket(&format!("{}{deny}", grant(service, condition))).as_bytes()).policy.expect("one");
        let document = store.compile(&policy, Principals::Required);
        assert_eq!(store.is_tied(&document, Limits::default()).holds(), tied, "{condition} {deny}");
    }
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

/// The findings in one line each, without actions.
fn told(statements: &str, zone: Option<&str>) -> Vec<String> {
    let mut store = Store::new();
    let policy = parse(bucket(statements).as_bytes()).policy.expect("a policy");
    let document = store.compile(&policy, Principals::Required);
    let zone = zone.map(|zone| {
        let zone = parse(bucket(zone).as_bytes()).policy.expect("a policy");
        store.compile(&zone, Principals::Required).access()
    });
    let found = store.findings(&document, &policy, zone.as_ref(), Limits::default());
    assert!(found.doubts.is_empty(), "{:?}", found.doubts);
    let label = |label: &Label| {
        let of = match &label.of {
            Labelled::Principal => "principal",
            Labelled::Resource => "resource",
            Labelled::Key(key) => key,
        };
        format!("{of} {} {}", label.test, label.values.join(","))
    };
    found.list.iter().map(|finding| finding.labels.iter().map(label).collect::<Vec<_>>().join("; ")).collect()
}

/// Worked by hand from the rule: the widest cell with a request that no narrower label has.
#[test]
fn findings_are_the_widest_labels_that_a_request_needs() {
    let open = grant(r#""*""#, "{}");
    let organization = r#"{"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}"#;
    let b = "resource StringLike arn:aws:s3:::b/*";
    assert_eq!(told(&open, None), [b]);
    assert_eq!(
        told(&grant(r#""*""#, organization), None),
        [format!("{b}; aws:PrincipalOrgID StringEquals o-1234567890")]
    );
    // Two grants that overlap are two findings, and neither is their product.
    let one = |vpc: &str, tag: &str| {
        grant(
            r#""*""#,
            &format!(r#"{{"StringEquals": {{"aws:SourceVpc": "{vpc}", "aws:PrincipalTag/t": "{tag}"}}}}"#),
        )
    };
    assert_eq!(
        told(&format!("{}, {}", one("vpc-a", "x"), one("vpc-b", "y")), None),
        [
            format!("{b}; aws:PrincipalTag/t StringEquals x; aws:SourceVpc StringEquals vpc-a"),
            format!("{b}; aws:PrincipalTag/t StringEquals y; aws:SourceVpc StringEquals vpc-b"),
        ]
    );
    // A narrower grant says nothing beside a wider one.
    assert_eq!(told(&format!("{open}, {}", one("vpc-a", "x")), None), [b]);
    // A Deny of all but a network leaves that network.
    let but_network = r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*",
        "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}"#;
    assert_eq!(
        told(&format!("{open}, {but_network}"), None),
        [format!("{b}; aws:SourceIp IpAddress 203.0.113.0/24")]
    );
    // A Deny of one account leaves everyone.
    let but_account =
        r#"{"Effect": "Deny", "Principal": {"AWS": "111122223333"}, "Action": "*", "Resource": "*"}"#;
    assert_eq!(told(&format!("{open}, {but_account}"), None), [b]);
}

#[test]
fn a_zone_of_trust_takes_findings_away() {
    let zone = r#"{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "*", "Resource": "*"}"#;
    let grants = grant(r#"{"AWS": ["arn:aws:iam::111122223333:role/r", "777788889999"]}"#, "{}");
    assert_eq!(
        told(&grants, None),
        [
            "principal AWS arn:aws:iam::111122223333:role/r; resource StringLike arn:aws:s3:::b/*",
            "principal AWS 777788889999; resource StringLike arn:aws:s3:::b/*"
        ]
    );
    assert_eq!(
        told(&grants, Some(zone)),
        ["principal AWS 777788889999; resource StringLike arn:aws:s3:::b/*"]
    );
}
