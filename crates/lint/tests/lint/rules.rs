//! Each rule reports in its bad texts and not in its good ones; no text makes anything panic.

use std::collections::BTreeSet;

use clavicle_lint::{PolicyKind, lint, rule, rules};

#[test]
fn every_rule_reports_where_it_says() {
    let mut faults = Vec::new();
    for rule in rules() {
        for (examples, wanted) in [(rule.bad, true), (rule.good, false)] {
            for example in examples {
                let text = example.policy();
                let found = lint(&text, example.kind);
                if found.iter().any(|found| found.rule == rule) != wanted {
                    let ids: Vec<&str> = found.iter().map(|found| found.rule.id).collect();
                    faults.push(format!(
                        "{} should{} report, found {ids:?}: {text}",
                        rule.id,
                        if wanted { "" } else { " not" }
                    ));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_rule_is_whole() {
    let ids: BTreeSet<&str> = rules().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), rules().count());
    for found in rules() {
        let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        assert!(found.id.chars().all(plain) && found.id.contains('-'), "{}", found.id);
        for text in [found.title, found.means, found.why, found.fix] {
            assert!(text.len() > 8 && !text.contains('\n'), "{}: {text}", found.id);
        }
        assert!(found.source.starts_with("https://docs.aws.amazon.com/"), "{}", found.id);
        assert_eq!(rule(&found.id.to_uppercase()).map(|rule| rule.id), Some(found.id));
        // Lengths and counts are shown by tests of their own.
        let by_length = found.id.starts_with("too-");
        assert!(by_length || !found.bad.is_empty(), "{} has no text that it reports in", found.id);
        assert!(!found.good.is_empty(), "{} has no text that it passes", found.id);
    }
}

#[test]
fn good_texts_have_no_errors_of_other_rules() {
    for rule in rules() {
        for example in rule.good {
            let errors: Vec<_> = lint(&example.policy(), example.kind)
                .into_iter()
                .filter(|found| found.severity() == clavicle_lint::Severity::Error)
                .map(|found| (found.rule.id, found.message))
                .collect();
            assert!(errors.is_empty(), "{}: {} {errors:?}", rule.id, example.text);
        }
    }
}

#[test]
fn places_lie_in_the_text() {
    for rule in rules() {
        for example in rule.bad.iter().chain(rule.good) {
            let text = example.policy();
            for found in lint(&text, example.kind) {
                assert!(text.get(found.range()).is_some(), "{} {:?} in {text}", found.rule.id, found.span);
            }
        }
    }
}

#[test]
fn many_faults_are_told_to_be_more() {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}7]}}"#, "7,".repeat(150));
    assert!(lint(&text, PolicyKind::Identity).iter().any(|found| found.rule.id == "too-many"));
}

mod hostile {
    use clavicle_lint::{PolicyKind, fix, lint, rules};
    use proptest::prelude::*;

    /// Words of policies, so that what is put together gets past the parser.
    fn word() -> impl Strategy<Value = String> {
        prop_oneof![
            Just("*".to_owned()),
            Just("s3:Get*".to_owned()),
            Just("iam:PassRole".to_owned()),
            Just("arn:aws:s3:::b/${aws:username}/*".to_owned()),
            Just("arn:aws:sts::111122223333:assumed-role/r/s".to_owned()),
            Just("${".to_owned()),
            Just("aws:SourceIp".to_owned()),
            Just("10.0.0.1/8".to_owned()),
            "[a-z:*?/${}é\u{202e}]{0,12}",
        ]
    }

    fn list() -> impl Strategy<Value = String> {
        prop::collection::vec(word(), 0..4).prop_map(|words| serde_json::to_string(&words).expect("a list"))
    }

    fn statement() -> impl Strategy<Value = String> {
        let operator = prop::sample::select(vec![
            "StringLike",
            "ForAllValues:StringEquals",
            "IpAddress",
            "Bool",
            "Null",
            "DateLessThan",
            "x",
        ]);
        let element = prop::sample::select(vec!["Action", "NotAction"]);
        let effect = prop::sample::select(vec!["Allow", "Deny", "allow"]);
        let kind = prop::sample::select(vec!["AWS", "Service", "Federated", "x"]);
        (effect, element, list(), list(), kind, list(), operator, word(), list()).prop_map(
            |(effect, element, actions, resources, kind, principals, operator, key, values)| {
                let key = serde_json::to_string(&key).expect("a string");
                format!(
                    r#"{{"Effect": "{effect}", "{element}": {actions}, "Resource": {resources}, "Principal": {{"{kind}": {principals}}},
                        "Condition": {{"{operator}": {{{key}: {values}}}}}}}"#
                )
            },
        )
    }

    fn policy() -> impl Strategy<Value = String> {
        prop::collection::vec(statement(), 0..3).prop_map(|statements| {
            format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(", "))
        })
    }

    fn all_kinds(text: &str) {
        for kind in PolicyKind::ALL {
            for found in lint(text, kind) {
                assert!(text.get(found.range()).is_some(), "{} {:?} in {text}", found.rule.id, found.span);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_policy_makes_it_panic(text in policy()) {
            all_kinds(&text);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60}") {
            all_kinds(&text);
        }

        #[test]
        fn a_fixed_text_has_nothing_to_fix(text in policy()) {
            let fixed = fix(&text, PolicyKind::Identity, &|_| true);
            let again = fix(&fixed.text, PolicyKind::Identity, &|_| true);
            prop_assert_eq!(again.done.len(), 0, "{} {}", text, fixed.text);
        }
    }

    #[test]
    fn cut_off_texts_make_nothing_panic() {
        for example in rules().flat_map(|rule| rule.bad.iter().take(1)) {
            let text = example.policy();
            for (at, _) in text.char_indices().step_by(9) {
                lint(&text[..at], example.kind);
            }
        }
    }
}

/// Each of AWS's own checks is found in the texts that are written for it.
#[test]
fn checks_of_aws_are_found_in_their_texts() {
    let mut faults = Vec::new();
    let mut shown = BTreeSet::new();
    for line in include_str!("aws-checks.tsv").lines().filter(|line| !line.starts_with('#')) {
        let mut parts = line.splitn(3, '\t');
        let (Some(anchor), Some(kind), Some(text)) = (parts.next(), parts.next(), parts.next()) else {
            panic!("three parts: {line}");
        };
        let kind = PolicyKind::parse(kind).expect("a kind");
        let text = if text.starts_with('"') {
            format!("{{\"Version\": \"2012-10-17\", \"Statement\": [{{{text}}}]}}")
        } else {
            text.to_owned()
        };
        let found = lint(&text, kind);
        shown.insert(anchor);
        if !found.iter().any(|found| found.rule.aws.contains(&anchor)) {
            let ids: Vec<&str> = found.iter().map(|found| found.rule.id).collect();
            faults.push(format!("{anchor}: {text}\n    found {ids:?}"));
        }
    }
    // Lengths are shown by tests of their own.
    let known: BTreeSet<&str> =
        rules().filter(|rule| !rule.id.starts_with("too-")).flat_map(|rule| rule.aws).copied().collect();
    faults.extend(known.difference(&shown).map(|anchor| format!("{anchor} has no text")));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
