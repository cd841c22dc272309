//! Lines that nobody means to write: each member left out, of another type, or said twice; and odd texts. They are told, or
//! decided as documented, and never guessed.

use serde_json::Value;

use super::{Options, run_line};

const USER: &str = "arn:aws:iam::111122223333:user/u";
const ALL: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
const THING: &str = "arn:aws:s3:::b/k";

/// The error, or else the decision.
fn told(line: &str) -> String {
    let result: Value = serde_json::from_str(&run_line(line, &Options::default())).expect("a line of JSON");
    let told = if result["error"].is_null() { &result["decision"] } else { &result["error"] };
    told.as_str().unwrap_or_default().to_owned()
}

fn ask(principal: &str, resource: &str, rest: &str) -> String {
    told(&format!(r#"{{"principal":"{principal}","action":"s3:GetObject","resource":"{resource}"{rest}}}"#))
}

/// The same with a policy of the caller that allows everything, in the account of the thing.
fn ask_with(rest: &str) -> String {
    ask(USER, THING, &format!("{}{rest}", own()))
}

fn own() -> String {
    format!(r#","resource_account":"111122223333","identity_policies":[{ALL}]"#)
}

/// A policy as a text in which it stands.
fn quoted() -> String {
    serde_json::to_string(ALL).expect("a text")
}

#[test]
fn who_what_and_on_what_are_enough() {
    assert_eq!(ask(USER, THING, ""), "ImplicitlyDenied");
    assert_eq!(ask("anonymous", THING, ""), "ImplicitlyDenied");
    assert_eq!(ask("arn:aws:iam::111122223333:root", "arn:aws:sqs:r:111122223333:q", ""), "Allowed");
    let open =
        r#","resource_policy":{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}"#;
    assert!(ask(USER, THING, open).starts_with("`resource_account` is missing"));
    assert_eq!(ask("anonymous", THING, open), "Allowed", "whoever owns it");
    for missing in ["principal", "action", "resource"] {
        let line = r#"{"principal":"anonymous","action":"s3:A","resource":"*"}"#;
        let without = line.replace(&format!("\"{missing}\":"), "\"other\":");
        let expected = format!("not a request: missing field `{missing}`");
        assert!(told(&without).starts_with(&expected), "{without}");
        assert!(
            told(&line.replace(&format!("\"{missing}\":\""), &format!("\"{missing}\":null,\"x\":\"")))
                .starts_with("not a request: "),
            "{missing}"
        );
    }
}

#[test]
fn a_member_that_is_null_is_as_good_as_absent_and_none_is_said_twice() {
    for member in [
        "context",
        "permission_boundaries",
        "session_policies",
        "scps",
        "rcps",
        "resource_policy",
        "vpc_endpoint_policies",
        "options",
        "context_unknown",
        "context_present",
        "role_arn",
        "federating_user",
        "management_account",
        "vpc_endpoint_type",
        "id",
    ] {
        assert_eq!(ask_with(&format!(r#","{member}":null"#)), "Allowed", "{member}");
        let twice = ask_with(&format!(r#","{member}":null,"{member}":null"#));
        assert!(twice.starts_with("not a request: duplicate field"), "{member}: {twice}");
        let other = ask_with(&format!(r#","{}":5"#, member.to_uppercase()));
        assert_eq!(other, "Allowed", "{member}: members in another case are other members");
    }
    let queue = "arn:aws:sqs:r:111122223333:q";
    assert_eq!(
        ask(USER, queue, &format!(r#","identity_policies":[{ALL}],"resource_account":null"#)),
        "Allowed"
    );
    assert_eq!(ask(USER, queue, r#","identity_policies":null"#), "ImplicitlyDenied");
}

#[test]
fn policies_are_objects_in_lists() {
    for member in ["permission_boundaries", "session_policies", "vpc_endpoint_policies"] {
        for value in [ALL, &quoted(), "7", "true", r#""""#] {
            let told = ask_with(&format!(r#","{member}":{value}"#));
            assert!(told.starts_with("not a request: "), "{member} {value}: {told}");
        }
        for value in [&quoted(), "null", "7", "[]", &format!("[{ALL}]")] {
            let told = ask_with(&format!(r#","{member}":[{value}]"#));
            assert!(told.starts_with(&format!("`{member}[0]` is not a policy")), "{member} {value}: {told}");
        }
        assert_eq!(ask_with(&format!(r#","{member}":[]"#)), "ImplicitlyDenied", "{member}");
    }
    for member in ["permission_boundaries", "session_policies"] {
        assert_eq!(ask_with(&format!(r#","{member}":[{ALL}]"#)), "Allowed", "{member}");
    }
    let named = ALL.replace("\"Allow\"", "\"Allow\",\"Principal\":\"*\"");
    assert_eq!(ask_with(&format!(r#","vpc_endpoint_policies":[{named}]"#)), "Allowed");
    assert_eq!(
        ask_with(&format!(r#","vpc_endpoint_policies":[{ALL}]"#)),
        "ImplicitlyDenied",
        "it names nobody"
    );
    for (value, expected) in [
        ("[[]]", "ImplicitlyDenied"),
        ("[]", "Allowed"),
        ("{}", "not a request: "),
        ("[{}]", "not a request: "),
        ("[null]", "not a request: "),
        ("[[null]]", "`scps[0][0]` is not a policy"),
        (r#"[["{}"]]"#, "`scps[0][0]` is not a policy"),
        ("[[{}]]", "`scps[0][0]#1` cannot be read, and it decides"),
        (r#"[[{"Statement":[]}]]"#, "ImplicitlyDenied"),
    ] {
        let told = ask_with(&format!(r#","scps":{value}"#));
        assert!(told.starts_with(expected), "{value}: {told}");
    }
    for value in [&quoted(), "[]", "7", "false"] {
        let told = ask_with(&format!(r#","resource_policy":{value}"#));
        assert!(told.starts_with("`resource_policy` is not a policy"), "{value}: {told}");
    }
}

#[test]
fn options_are_an_object_of_truths() {
    for value in [
        "[true,false]",
        "[]",
        "true",
        "5",
        r#"{"wildcard_only":"true"}"#,
        r#"{"s3_restrict_public_buckets":1}"#,
    ] {
        let told = ask_with(&format!(r#","options":{value}"#));
        assert_eq!(told, "`options` is not an object of truths", "{value}");
    }
    assert_eq!(ask_with(r#","options":{"wildcard_only":null,"other":[1]}"#), "Allowed");
    assert_eq!(ask_with(r#", "options" : { "wildcard_only" : false } "#), "Allowed");
}

#[test]
fn callers_and_accounts_are_whole() {
    for principal in [
        "arn:aws:iam::1:user/u",
        "arn:aws:iam:::user/u",
        "arn:aws:iam::*:root",
        "arn:aws:iam::111122223333:group/g",
        "arn:aws:iam::111122223333:root/",
        "user/u",
        "111122223333",
        " ",
        "",
    ] {
        assert!(ask(principal, THING, &own()).contains("names no caller"), "{principal}");
    }
    for account in ["1", "1111-2222-3333", "111122223333 ", "aws"] {
        let rest = format!(r#","resource_account":"{account}","identity_policies":[{ALL}]"#);
        assert!(ask(USER, THING, &rest).ends_with("twelve digits"), "{account}");
        assert!(ask_with(&format!(r#","management_account":"{account}""#)).ends_with("twelve digits"));
    }
    assert!(ask(USER, THING, r#","resource_account":111122223333"#).starts_with("not a request: "));
    let federated = "arn:aws:sts::111122223333:federated-user/f";
    for user in ["u", "arn:aws:iam::444455556666:user/u", federated, ""] {
        let told = ask(federated, THING, &format!(r#"{},"federating_user":"{user}""#, own()));
        assert!(told.starts_with("`federating_user` is not a user of the account"), "{user}: {told}");
    }
}

/// AWS: IAM User Guide, "IAM identifiers", IAM ARNs: an account is one of a partition.
#[test]
fn partitions_need_not_be_known() {
    for partition in ["aws", "aws-cn", "aws-eusc", "aws-iso-f", "x"] {
        let thing = format!("arn:{partition}:s3:::b/k");
        let expected = if partition == "aws" { "Allowed" } else { "ImplicitlyDenied" };
        assert_eq!(ask(USER, &thing, &own()), expected, "{partition}");
        let caller = format!("arn:{partition}:iam::111122223333:user/u");
        assert_eq!(ask(&caller, &thing, &own()), "Allowed", "{partition}");
    }
}

#[test]
fn values_of_keys_are_texts_numbers_truths_or_lists_of_these() {
    let ask = |operator: &str, wanted: &str, given: &str| {
        told(&format!(
            r#"{{"principal":"{USER}","action":"s3:GetObject","resource":"{THING}","resource_account":"111122223333",
            "context":{{"app:k":{given}}},"identity_policies":[{{"Version":"2012-10-17","Statement":{{"Effect":"Allow",
            "Action":"*","Resource":"*","Condition":{{"{operator}":{{"app:k":{wanted}}}}}}}}}]}}"#
        ))
    };
    let (yes, no) = ("Allowed", "ImplicitlyDenied");
    for (operator, wanted, given, expected) in [
        ("Bool", r#""true""#, "true", yes),
        ("Bool", "true", r#""TRUE""#, yes),
        ("Bool", "true", "1", no),
        ("StringEquals", r#""true""#, "true", yes),
        ("NumericEquals", "10", "10.0", yes),
        ("NumericEquals", r#""100""#, "1E+2", yes),
        ("NumericEquals", "0", "-0", yes),
        ("NumericEquals", "1", "1e99999", no),
        ("NumericLessThan", "1", "1e-999", yes),
        ("StringEquals", r#""\ud83d\ude00""#, "\"\u{1f600}\"", yes),
        ("StringEquals", r#""a\u0000b""#, r#""a\u0000b""#, yes),
        ("Null", "true", "null", yes),
        ("Null", "false", r#""""#, yes),
        ("Null", "true", "[]", yes),
        ("ForAnyValue:StringEquals", r#""7""#, "[true, 7]", yes),
        ("StringEquals", r#""7""#, "[7]", no),
    ] {
        assert_eq!(ask(operator, wanted, given), expected, "{operator} {wanted} {given}");
    }
    for given in ["{}", r#"[["a"]]"#, "[null]", "[{}]", r#"["a", ["b"]]"#] {
        let told = ask("Null", "false", given);
        assert!(told.starts_with("the value of `app:k` is neither"), "{given}: {told}");
    }
    for given in [r#""\ud800""#, r#"["\udfff"]"#, "01", "+1", "NaN", "tru", "\"\u{1}\""] {
        let told = ask("Null", "false", given);
        assert!(told != yes && told != no, "{given}: {told}");
    }
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    for told in [ask("Null", "false", &deep), ask("StringEquals", &deep, "1")] {
        assert!(told != yes && !told.is_empty(), "{told}");
    }
}

/// AWS: KMS API Reference, PutKeyPolicy: a statement without `Resource` has no effect. What one with a misspelled element would
/// say, without it too, is not known.
#[test]
fn a_misspelled_element_in_the_policy_of_a_key_is_not_a_missing_one() {
    let ask = |resource: &str| {
        told(&format!(
            r#"{{"principal":"{USER}","action":"kms:Decrypt","resource":"arn:aws:kms:r:111122223333:key/k","resource_policy":
            {{"Statement":{{"Effect":"Allow","Principal":"*","Action":"kms:*"{resource}}}}}}}"#
        ))
    };
    assert_eq!(ask(r#","Resource":"*""#), "Allowed");
    assert_eq!(ask(""), "ImplicitlyDenied");
    for odd in [r#","resource":"*""#, r#","Resorce":"*""#, r#","condition":{}"#] {
        assert_eq!(ask(odd), "`resource_policy#1` cannot be read, and it decides", "{odd}");
    }
}
