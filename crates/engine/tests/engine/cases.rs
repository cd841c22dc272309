//! The cases: worlds, questions, and the answers that AWS's documentation gives.

use crate::fast::{fast, would_have_to_change};
use clavicle_testkit::{Verdict, cases};

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

/// What a case says is missing is what the engine says would have to change.
#[test]
fn every_denial_is_told_by_what_is_missing() {
    /// What no policy can change.
    const RULES: [&str; 5] = ["credentials", "partition", "protected", "root", "session"];
    const GRANTS: [&str; 5] = ["identity", "trust", "resource", "boundary", "session"];
    let mut told = 0;
    let mut wrong = Vec::new();
    for case in cases().expect("the cases can be read").into_iter().flat_map(|file| file.cases) {
        for asked in case.requests.iter().filter(|asked| asked.decision == Verdict::ImplicitDeny) {
            let questions = case.questions(asked).expect("questions");
            let [question] = &questions[..] else { continue };
            let missing = asked.missing.as_deref().unwrap_or_default();
            let sets = would_have_to_change(&question.request).expect("an answer");
            told += usize::from(!sets.is_empty());
            let is_missing = |names: &[&str]| missing.iter().any(|name| names.contains(&name.as_str()));
            let levels = missing.iter().any(|name| name.starts_with("scps["));
            let every = |layers: &[&str]| {
                sets.iter().all(|set| set.iter().any(|layer| layers.contains(&layer.as_str())))
            };
            let agrees = if sets.is_empty() {
                is_missing(&RULES) || is_missing(&["grant"])
            } else {
                !is_missing(&RULES)
                    && every(&["scp"]) == levels
                    && every(&["endpoint"]) == is_missing(&["endpoint"])
                    && every(&GRANTS) == is_missing(&["grant", "public bucket"])
            };
            if !agrees {
                wrong.push(format!("{}\n  {:?}: {missing:?}, and {sets:?}", case.about, asked.ask));
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(told > 500, "only {told}");
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
