//! The cases: worlds, questions, and the answers that AWS's documentation gives.

use crate::fast::fast;
use clavicle_testkit::cases;

#[test]
fn every_case_is_answered_as_documented() {
    let files = cases().expect("the cases can be read");
    let mut asked_in_all = 0;
    let mut wrong = Vec::new();
    for file in &files {
        for case in &file.cases {
            for asked in &case.requests {
                asked_in_all += 1;
                let place = || format!("{}: {} ({})", file.path.display(), case.about, case.source);
                let questions = match case.questions(asked) {
                    Ok(questions) => questions,
                    Err(error) => {
                        wrong.push(format!("{}: {error}", place()));
                        continue;
                    }
                };
                let answers: Result<Vec<_>, _> =
                    questions.iter().map(|question| fast(&question.request)).collect();
                match answers {
                    Err(error) => wrong.push(format!("{}: {error}\n  {:?}", place(), asked.ask)),
                    Ok(answers) => wrong.extend(
                        asked
                            .objection(&questions, &answers)
                            .map(|objection| format!("{}\n  {:?}: {objection}", place(), asked.ask)),
                    ),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {asked_in_all}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked_in_all > 100, "only {asked_in_all} questions");
}
