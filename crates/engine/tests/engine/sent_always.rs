//! Keys that AWS sends with every request: there, with values that nobody has told. Two of them tell one time.
//!
//! AWS: IAM User Guide, "AWS global condition context keys": of `aws:CurrentTime`, `aws:EpochTime`, `aws:RequestedRegion` and
//! `aws:SecureTransport` it says "always included in the request context"; `aws:EpochTime` has date and numeric operators.

use crate::fast::fast;
use clavicle_testkit::{Decision, Request};
use serde_json::{Value, json};

const TIMES: [&str; 2] = ["aws:CurrentTime", "aws:EpochTime"];

/// What is decided of a user with these statements, and on what it depends; these keys are there, and these may be.
fn ask(statements: &Value, present: &[&str], unknown: &[&str]) -> (Decision, Vec<String>) {
    let request: Request = serde_json::from_value(json!({
        "principal": "arn:aws:iam::111122223333:user/dana",
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::ledger/2024.csv",
        "resource_account": "111122223333",
        "context_present": present,
        "context_unknown": unknown,
        "identity_policies": [{ "Version": "2012-10-17", "Statement": statements }],
    }))
    .expect("a request");
    let answer = fast(&request).expect("an answer");
    (answer.decision, answer.depends_on)
}

fn statement(effect: &str, condition: Value) -> Value {
    let mut statement = json!({ "Effect": effect, "Action": "*", "Resource": "*" });
    statement["Condition"] = condition;
    statement
}

fn allow(condition: Value) -> Value {
    statement("Allow", condition)
}

#[test]
fn a_request_tells_one_time() {
    use Decision::{Allowed, Depends, ImplicitlyDenied};
    let (early, late) = ("2020-01-01T00:00:00Z", "1735689600");
    let before = |operator: &str, key: &str, time: &str| allow(json!({ operator: { key: time } }));
    for (statements, expected, on) in [
        // Before 2020 and after 2025.
        (
            json!([allow(
                json!({ "DateLessThan": { TIMES[0]: early }, "DateGreaterThan": { TIMES[1]: late } })
            )]),
            ImplicitlyDenied,
            &[][..],
        ),
        (
            json!([allow(
                json!({ "DateLessThan": { TIMES[0]: early }, "NumericGreaterThan": { TIMES[1]: late } })
            )]),
            ImplicitlyDenied,
            &[],
        ),
        // After 2020 and before 2025.
        (
            json!([allow(
                json!({ "DateGreaterThan": { TIMES[0]: early }, "NumericLessThan": { TIMES[1]: late } })
            )]),
            Depends,
            &TIMES,
        ),
        // Before it or not.
        (
            json!([
                before("DateLessThan", TIMES[0], early),
                before("NumericGreaterThanEquals", TIMES[1], "1577836800")
            ]),
            Allowed,
            &[],
        ),
        (
            json!([
                before("DateLessThan", TIMES[0], early),
                before("DateGreaterThanEquals", TIMES[0], early)
            ]),
            Allowed,
            &[],
        ),
        // A Deny of the one takes all that an Allow of the other gives.
        (
            json!([
                before("DateLessThan", TIMES[0], early),
                statement("Deny", json!({ "NumericLessThan": { TIMES[1]: late } })),
            ]),
            ImplicitlyDenied,
            &[],
        ),
        // What compares no times is not read as if it did.
        (
            json!([allow(
                json!({ "StringLike": { TIMES[0]: "2019-*" }, "NumericGreaterThan": { TIMES[1]: late } })
            )]),
            Depends,
            &TIMES,
        ),
        // Four digits are a number of seconds for a numeric operator, and a year for those of dates.
        (
            json!([allow(
                json!({ "NumericLessThan": { TIMES[1]: "2020" }, "DateGreaterThan": { TIMES[0]: "1971" } })
            )]),
            ImplicitlyDenied,
            &[],
        ),
        (
            json!([allow(
                json!({ "DateLessThan": { TIMES[1]: "2020" }, "DateGreaterThan": { TIMES[0]: "1971" } })
            )]),
            Depends,
            &TIMES,
        ),
    ] {
        let (decision, depends_on) = ask(&statements, &TIMES, &[]);
        assert_eq!(
            (decision, depends_on),
            (expected, on.iter().map(ToString::to_string).collect()),
            "{statements}"
        );
    }
}

/// A request may lack a key of which nothing is said: then the two do not go together.
#[test]
fn times_of_which_nothing_is_known_may_be_missing() {
    let never = json!([allow(json!({
        "DateLessThanIfExists": { TIMES[0]: "2020-01-01" }, "DateGreaterThanIfExists": { TIMES[1]: "2025-01-01" },
    }))]);
    assert_eq!(ask(&never, &[], &TIMES).0, Decision::Depends);
    assert_eq!(ask(&never, &TIMES, &[]).0, Decision::ImplicitlyDenied);
    // Where one of them may be missing, what one of them says tells nothing of the other.
    let both = json!([allow(json!({
        "DateLessThan": { TIMES[0]: "2020-01-01" }, "DateGreaterThan": { TIMES[1]: "2025-01-01" },
    }))]);
    let [clock, epoch] = TIMES;
    for (present, unknown) in [(&[][..], &TIMES[..]), (&[clock], &[epoch]), (&[epoch], &[clock])] {
        assert_eq!(ask(&both, present, unknown).0, Decision::Depends, "{present:?}");
    }
    assert_eq!(ask(&both, &TIMES, &[]).0, Decision::ImplicitlyDenied);
}

/// What a number of seconds, or a date of another key, is compared with is no time of the request.
#[test]
fn only_the_two_keys_tell_the_time() {
    use Decision::{Depends, ImplicitlyDenied};
    const NEW_YEAR: &str = "1577836800";
    for (key, before, expected) in [
        (TIMES[1], "NumericLessThan", ImplicitlyDenied),
        (TIMES[1], "DateLessThan", ImplicitlyDenied),
        ("s3:max-keys", "NumericLessThan", Depends),
        ("aws:TokenIssueTime", "DateLessThan", Depends),
    ] {
        let both =
            allow(json!({ before: { key: NEW_YEAR }, "DateGreaterThanEquals": { TIMES[0]: NEW_YEAR } }));
        let (decision, on) = ask(&json!([both]), &[TIMES[0], TIMES[1], key], &[]);
        let mut named = if expected == Depends { vec![TIMES[0], key] } else { Vec::new() };
        named.sort_unstable();
        assert_eq!((decision, on.iter().map(String::as_str).collect()), (expected, named), "{key}");
    }
    // Where AWS need not have sent it, it may be a number that is no time.
    let statements = json!([
        allow(json!({ "NumericGreaterThan": { TIMES[1]: NEW_YEAR } })),
        statement("Deny", json!({ "DateGreaterThan": { TIMES[1]: NEW_YEAR } })),
    ]);
    assert_eq!(ask(&statements, &[], &[TIMES[1]]).0, Depends);
    assert_eq!(ask(&statements, &TIMES, &[]).0, ImplicitlyDenied);
}

#[test]
fn what_holds_with_and_without_a_value_is_settled_by_its_being_there() {
    use Decision::{Allowed, Depends, ImplicitlyDenied};
    const KEYS: [&str; 3] = ["aws:SecureTransport", "aws:RequestedRegion", "aws:TagKeys"];
    for (condition, if_there, if_unknown) in [
        (json!({ "Null": { KEYS[0]: "true" } }), ImplicitlyDenied, Depends),
        (json!({ "Null": { KEYS[0]: "false" } }), Allowed, Depends),
        (json!({ "StringLike": { KEYS[1]: "*" } }), Allowed, Depends),
        (json!({ "StringNotLike": { KEYS[1]: "*" } }), ImplicitlyDenied, Depends),
        (json!({ "BoolIfExists": { KEYS[0]: "true" } }), Depends, Depends),
        (
            json!({ "ForAllValues:StringEquals": { KEYS[2]: "a" }, "Null": { KEYS[2]: "true" } }),
            ImplicitlyDenied,
            Depends,
        ),
    ] {
        let statements = json!([allow(condition)]);
        assert_eq!(ask(&statements, &KEYS, &[]).0, if_there, "{statements}");
        assert_eq!(ask(&statements, &[], &KEYS).0, if_unknown, "{statements}");
    }
    // One of two values, and no third.
    let either = json!([
        allow(json!({ "Bool": { KEYS[0]: "true" } })),
        allow(json!({ "Bool": { KEYS[0]: "false" } }))
    ]);
    assert_eq!(ask(&either, &KEYS, &[]).0, Allowed);
    assert_eq!(ask(&either, &[], &KEYS).0, Depends);
}
