//! What somebody accepted is told apart, until it is not accepted any more.

use clavicle_answer::findings::Check;

use super::sketch::{Sketch, allow, bears, policy};

fn loose() -> Sketch {
    Sketch::default()
        .managed("loose", &policy(&[allow("s3:GetObject", "*")]))
        .managed("other", &policy(&[allow("sqs:SendMessage", "*")]))
        .role("web", &bears(&[]))
}

fn accepted(what: &str, until: &str) -> (usize, usize, usize) {
    let settings =
        format!("[[accept]]\n{what}\nwho = \"dana\"\nwhy = \"kept for the audit\"\nuntil = \"{until}\"\n");
    let page = loose().check(&["unattached-policy"], &settings);
    assert_eq!(page.counts.accepted, page.accepted.len());
    (page.findings.len(), page.accepted.len(), page.notes.len())
}

#[test]
fn what_is_accepted_is_told_apart_until_its_day_is_over() {
    let id = loose().findings("unattached-policy").remove(0).id;
    for (what, until, wanted) in [
        (format!("finding = \"{id}\""), "2026-06-30", (1, 1, 0)),
        (format!("finding = \"{id}\""), "2026-06-29", (2, 0, 1)),
        ("rule = \"unattached-policy\"".to_owned(), "2026-12-31", (0, 2, 0)),
        ("rule = \"unattached-policy\"\nthing = \"policy/loose\"".to_owned(), "2026-12-31", (1, 1, 0)),
        (
            "rule = \"unattached-policy\"\nthing = \"arn:aws:iam::111122223333:policy/other\"".to_owned(),
            "2026-12-31",
            (1, 1, 0),
        ),
        ("rule = \"unused-role\"".to_owned(), "2026-12-31", (2, 0, 0)),
    ] {
        assert_eq!(accepted(&what, until), wanted, "{what} until {until}");
    }
}

#[test]
fn unknown_rules_and_days_are_told() {
    let reader = loose().reader("");
    let ask = |check: Check| reader.check(&check).expect_err("nobody knows it");
    let error = ask(Check { rules: vec!["unatached-policy".to_owned()], ..Check::default() });
    assert_eq!(error.candidates, ["unattached-policy"]);
    let error = ask(Check { as_of: Some("soon".to_owned()), ..Check::default() });
    assert!(error.problem.contains("`soon` is no day"));
}
