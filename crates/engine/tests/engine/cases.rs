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

/// The names of these hold spaces, which the words of a case do not.
/// AWS: CloudFront Developer Guide, "Use an origin access identity": a bucket's policy names it as a principal of AWS.
#[test]
fn an_origin_access_identity_is_let_in_by_name_alone() {
    const OWN: &str = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity EH1HDMB1FH2TC";
    const OTHER: &str = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2QWRUHAPOMQZL";
    let ask = |caller: &str, named: serde_json::Value| {
        let request: clavicle_testkit::Request = serde_json::from_value(serde_json::json!({
            "principal": caller, "action": "s3:GetObject", "resource": "arn:aws:s3:::site/x",
            "resource_account": "111122223333",
            "resource_policy": { "Version": "2012-10-17", "Statement": [
                { "Effect": "Allow", "Principal": named, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::site/*" }] },
        }))
        .expect("a request");
        let (fast, slow) = (fast(&request).expect("an answer"), clavicle_testkit::slow_decide(&request));
        assert_eq!(fast.decision, slow.decision, "{caller}");
        fast.decision
    };
    use clavicle_testkit::Decision::{Allowed, ImplicitlyDenied};
    let aws = |named: &str| serde_json::json!({ "AWS": named });
    assert_eq!(ask(OWN, aws(OWN)), Allowed);
    assert_eq!(ask(OWN, serde_json::json!("*")), Allowed);
    assert_eq!(ask(OTHER, aws(OWN)), ImplicitlyDenied);
    assert_eq!(ask(OWN, aws("111122223333")), ImplicitlyDenied);
    assert_eq!(ask("arn:aws:iam::111122223333:user/dana", aws(OWN)), ImplicitlyDenied);
}
