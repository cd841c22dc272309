//! The slow evaluator agrees with every case, and the suite says something about every rule.

use clavicle_testkit::{Verdict, cases, slow_decide};
use std::collections::BTreeSet;

#[test]
fn the_slow_evaluator_agrees_with_every_case() {
    let mut wrong = Vec::new();
    for file in cases().unwrap() {
        for case in &file.cases {
            for asked in &case.requests {
                let questions =
                    case.questions(asked).unwrap_or_else(|error| panic!("{}: {error}", case.about));
                let answers: Vec<_> =
                    questions.iter().map(|question| slow_decide(&question.request)).collect();
                if let Some(objection) = asked.objection(&questions, &answers) {
                    wrong.push(format!(
                        "{}: {}\n  {:?} {objection}",
                        file.path.display(),
                        case.about,
                        asked.ask
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_case_says_why() {
    for file in cases().unwrap() {
        for case in &file.cases {
            assert!(!case.requests.is_empty(), "{}: {}: asks nothing", file.path.display(), case.about);
            assert!(case.source.len() > 20, "{}: {}: names no page", file.path.display(), case.about);
            for asked in &case.requests {
                let has_reason = match asked.decision {
                    Verdict::Deny => asked.because.as_ref().is_some_and(|because| !because.is_empty()),
                    Verdict::Depends => !asked.on.is_empty(),
                    // What needs no permission has no statement that grants it.
                    Verdict::Allow => asked.because.is_some() && asked.on.is_empty(),
                    Verdict::ImplicitDeny => {
                        asked.missing.as_ref().is_some_and(|missing| !missing.is_empty())
                            && asked.on.is_empty()
                    }
                };
                assert!(has_reason, "{}: {}: {:?} has no reason", file.path.display(), case.about, asked.ask);
            }
        }
    }
}

#[test]
fn no_two_cases_have_the_same_sentence() {
    let mut seen = BTreeSet::new();
    for case in cases().unwrap().into_iter().flat_map(|file| file.cases) {
        assert!(seen.insert(case.about.clone()), "twice: {}", case.about);
    }
}

/// How many rules each chapter of the evaluation rules has.
const RULES: [usize; 12] = [5, 9, 15, 6, 9, 6, 5, 8, 3, 6, 5, 1];

#[test]
fn every_rule_has_a_case() {
    let spoken: BTreeSet<String> =
        cases().unwrap().into_iter().flat_map(|file| file.cases).map(|case| case.rule).collect();
    let all: BTreeSet<String> = RULES
        .iter()
        .enumerate()
        .flat_map(|(chapter, rules)| (1..=*rules).map(move |rule| format!("{}.{rule}", chapter + 1)))
        .collect();
    assert_eq!(spoken, all);
}
