//! The slow evaluator on public cases of another project, where the folder that holds them is there.

use clavicle_testkit::{Decision, public_cases, slow_decide};

#[test]
fn the_slow_evaluator_answers_as_another_project_expects() {
    let cases = match public_cases() {
        Ok(cases) => cases,
        Err(absent) => {
            eprintln!("not run: {absent}");
            return;
        }
    };
    for case in &cases {
        for (request, expected) in &case.asked {
            let may = matches!(slow_decide(request).decision, Decision::Allowed | Decision::Depends);
            assert_eq!(may, *expected, "{}: {}", case.id, request.principal);
        }
    }
    assert!(cases.len() >= 10, "{} cases were read", cases.len());
}
