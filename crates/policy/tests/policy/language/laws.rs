//! The laws, over generated policies, damaged policies and soups of bytes.
//!
//! | law | what holds |
//! |---|---|
//! | invariants | see [`invariants::hold`], for any bytes |
//! | understood | a text of the grammar has no error but keys twice in one object, and is not faulty without one |
//! | places | what is understood stands where its span says |

use std::path::Path;

use clavicle_policy::{Severity, parse};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::{cases, invariants, places};

#[test]
fn what_once_broke_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/regressions/parse");
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    for file in files {
        println!("{}", file.display());
        invariants::hold(&std::fs::read(file).unwrap());
    }
}

#[test]
fn every_case_cut_off_anywhere_holds() {
    for (path, bytes) in cases::folder("ok") {
        println!("{}", path.display());
        let step = bytes.len() / 500 + 1;
        for end in (0..bytes.len()).step_by(step) {
            invariants::hold(&bytes[..end]);
        }
    }
}

/// Pieces that mean something to the parser, so that soups of them get further than the first byte.
const PIECES: [&str; 44] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u00",
    "\\ud83d",
    "\n",
    " ",
    "//",
    "/*",
    "*/",
    "é",
    "\u{feff}",
    "\"Version\":",
    "\"2012-10-17\"",
    "\"2008-10-17\"",
    "\"Statement\":",
    "\"Sid\":",
    "\"Effect\":",
    "\"Allow\"",
    "\"Principal\":",
    "\"NotPrincipal\":",
    "\"AWS\":",
    "\"*\"",
    "\"Action\":",
    "\"action\":",
    "\"NotAction\":",
    "\"Resource\":",
    "\"arn:aws:s3:::${aws:username}\"",
    "\"${k, 'x\"",
    "\"Condition\":",
    "\"StringEquals\":",
    "\"ForAnyValue:NullIfExists\":",
    "\"aws:x\":",
    "\"aws:X\":",
    "true",
    "null",
    "-1.5e3",
    "01",
    "'",
];

fn soup() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => select(&PIECES[..]).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => any::<u8>().prop_map(|byte| vec![byte]),
        1 => any::<char>().prop_map(|character| character.to_string().into_bytes()),
    ];
    vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn one_or_list(item: impl Strategy<Value = String> + Clone) -> impl Strategy<Value = String> {
    prop_oneof![item.clone(), vec(item, 0..3).prop_map(|items| format!("[{}]", items.join(", ")))]
}

fn quoted(texts: &'static [&'static str]) -> impl Strategy<Value = String> + Clone {
    select(texts).prop_map(|text| serde_json::Value::from(text).to_string())
}

/// `"key": value` joined to an object, in this order.
fn object(members: impl Strategy<Value = Vec<(String, String)>>) -> impl Strategy<Value = String> {
    members.prop_map(|members| {
        let members: Vec<String> = members.iter().map(|(key, value)| format!("{key}: {value}")).collect();
        format!("{{{}}}", members.join(",\n"))
    })
}

fn condition() -> impl Strategy<Value = String> {
    let operators = quoted(&[
        "StringEquals",
        "StringLike",
        "ForAnyValue:StringLike",
        "BoolIfExists",
        "NumericLessThan",
        "Null",
    ]);
    let value = prop_oneof![
        quoted(&["a", "*", "${aws:username}", "${k, 'd'}", "${$}", "é\u{1f600}", ""]),
        select(&["true", "false", "1", "-0.50"][..]).prop_map(str::to_owned),
    ];
    let keys = object(vec((quoted(&["aws:username", "aws:x", "s3:prefix"]), one_or_list(value)), 0..3));
    object(vec((operators, keys), 0..3))
}

fn statement() -> impl Strategy<Value = String> {
    let names = || quoted(&["111122223333", "*", "arn:aws:iam::111122223333:role/r"]);
    let principals =
        object(vec((quoted(&["AWS", "Service", "Federated", "CanonicalUser"]), one_or_list(names())), 0..3));
    let principal = prop_oneof![Just("\"*\"".to_owned()), principals];
    let resources =
        quoted(&["*", "arn:aws:s3:::b/*", "arn:aws:s3:::${aws:username}", "arn:aws:s3:::b/${", "\u{7}"]);
    (
        proptest::option::of(quoted(&["", "A", "a \"quoted\" \\ one\n"])),
        quoted(&["Allow", "Deny"]),
        proptest::option::of((quoted(&["Principal", "NotPrincipal"]), principal)),
        (quoted(&["Action", "NotAction"]), one_or_list(quoted(&["*", "s3:Get*", "IAM:PassRole"]))),
        proptest::option::of((quoted(&["Resource", "NotResource"]), one_or_list(resources))),
        proptest::option::of(condition()),
    )
        .prop_map(|(sid, effect, principal, action, resource, condition)| {
            let named = |name: &str, value: String| (format!("{name:?}"), value);
            let mut members = vec![named("Effect", effect), action];
            members.extend(sid.map(|sid| named("Sid", sid)));
            members.extend(principal);
            members.extend(resource);
            members.extend(condition.map(|condition| named("Condition", condition)));
            members
        })
        .prop_shuffle()
        .prop_map(|members| {
            let members: Vec<String> = members.iter().map(|(key, value)| format!("{key}: {value}")).collect();
            format!("{{{}}}", members.join(", "))
        })
}

fn policy() -> impl Strategy<Value = String> {
    let version = proptest::option::of(quoted(&["2012-10-17", "2008-10-17"]));
    let statements = prop_oneof![
        statement(),
        vec(statement(), 0..4).prop_map(|statements| format!("[{}]", statements.join(", ")))
    ];
    (version, proptest::option::of(quoted(&["id"])), statements).prop_map(|(version, id, statements)| {
        let version = version.map(|version| format!("\"Version\": {version}, ")).unwrap_or_default();
        let id = id.map(|id| format!("\"Id\": {id}, ")).unwrap_or_default();
        format!("{{{version}{id}\"Statement\": {statements}}}")
    })
}

/// A policy in which some bytes were replaced, taken out or put in.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let blow = (any::<proptest::sample::Index>(), 0..3_u8, select(&b"{}[],:\"\\ \n*$0\xc3\x00"[..]));
    (policy(), vec(blow, 1..4)).prop_map(|(text, blows)| {
        let mut bytes = text.into_bytes();
        for (place, how, byte) in blows {
            let at = place.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, byte),
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn soups_hold(bytes in soup()) {
        invariants::hold(&bytes);
    }

    #[test]
    fn bytes_hold(bytes in vec(any::<u8>(), 0..64)) {
        invariants::hold(&bytes);
    }

    #[test]
    fn damaged_policies_hold(bytes in damaged()) {
        invariants::hold(&bytes);
    }

    #[test]
    fn texts_of_the_grammar_are_understood(text in policy()) {
        invariants::hold(text.as_bytes());
        let parsed = parse(text.as_bytes());
        let mut errors = parsed.diagnostics.iter().filter(|found| found.severity == Severity::Error);
        prop_assert!(errors.all(|found| found.id == "duplicate-key"), "{:?}", parsed.diagnostics);
        let policy = parsed.policy.expect("it is an object");
        let twice = parsed.diagnostics.iter().any(|found| found.id == "duplicate-key");
        prop_assert!(twice || policy.statements.iter().all(|statement| !statement.faulty));
        places::are_true(&policy, &text);
    }
}
