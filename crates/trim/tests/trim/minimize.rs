//! The smallest policy with the same access.

use clavicle_engine::{Action, Context, Principal, Principals, Request, Resource};
use clavicle_policy::parse;
use clavicle_prover::Store;
use clavicle_trim::{Place, Refusal, Same, Wanted, characters, minimize};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::written::{Words, policy, printed, statements};

/// What is left of the statements.
fn left(statements: &Value, wanted: Wanted) -> Value {
    let found = minimize(&policy(statements), wanted).expect("a smaller policy");
    assert!(found.size.1 <= found.size.0);
    match found.policies.as_slice() {
        [one] => printed(one),
        several => Value::Array(several.iter().map(printed).collect()),
    }
}

#[test]
fn what_adds_nothing_goes_and_what_belongs_together_is_merged() {
    let mfa = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    let cases = [
        (
            "a statement that another covers",
            json!([{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
                   {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]),
            json!([{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]),
        ),
        (
            "an action that another entry covers",
            json!([{"Effect": "Allow", "Action": ["s3:GetObject", "s3:Get*", "S3:getobject"], "Resource": "*"}]),
            json!([{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]),
        ),
        (
            "a resource that another entry covers",
            json!([{"Effect": "Allow", "Action": "s3:GetObject",
                    "Resource": ["arn:aws:s3:::b/x/*", "arn:aws:s3:::b/*", "arn:aws:s3:::c/*"]}]),
            json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::b/*", "arn:aws:s3:::c/*"]}]),
        ),
        (
            "a resource that is denied though nothing here allows it, as another policy may",
            json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"},
                   {"Effect": "Deny", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::a/x/*", "arn:aws:s3:::b/*"]}]),
            json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"},
                   {"Effect": "Deny", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::a/x/*", "arn:aws:s3:::b/*"]}]),
        ),
        (
            "statements that differ in their resources",
            json!([{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::a/*"},
                   {"Effect": "Allow", "Action": ["s3:putobject", "s3:GetObject"], "Resource": "arn:aws:s3:::b/*"}]),
            json!([{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
                    "Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]}]),
        ),
        (
            "statements that differ in their actions, and then are like a third",
            json!([{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:*:*:a"},
                   {"Effect": "Allow", "Action": ["sqs:ReceiveMessage", "sqs:SendMessage"], "Resource": "arn:aws:sqs:*:*:b"},
                   {"Effect": "Allow", "Action": "sqs:ReceiveMessage", "Resource": "arn:aws:sqs:*:*:a"}]),
            json!([{"Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:ReceiveMessage"],
                    "Resource": ["arn:aws:sqs:*:*:a", "arn:aws:sqs:*:*:b"]}]),
        ),
        (
            "conditions that differ keep statements apart",
            json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": mfa},
                   {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}]),
            json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": mfa},
                   {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}]),
        ),
        (
            "an Allow that a Deny takes back",
            json!([{"Effect": "Allow", "Action": ["s3:GetObject", "iam:CreateUser"], "Resource": "*"},
                   {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]),
            json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
                   {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]),
        ),
        (
            "a Deny of what nothing here allows stays: a policy beside it may allow it",
            json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
                   {"Effect": "Deny", "Action": ["iam:*", "iam:CreateUser"], "Resource": "*"}]),
            json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
                   {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]),
        ),
        (
            "several statements that cover one together",
            json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
                    "Condition": {"StringEquals": {"aws:PrincipalTag/t": "a"}}},
                   {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
                    "Condition": {"StringNotEquals": {"aws:PrincipalTag/t": "a"}}},
                   {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]),
            json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
                    "Condition": {"StringEquals": {"aws:PrincipalTag/t": "a"}}},
                   {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
                    "Condition": {"StringNotEquals": {"aws:PrincipalTag/t": "a"}}}]),
        ),
        (
            "what NotAction leaves out stays left out",
            json!([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
                   {"Effect": "Allow", "Action": ["iam:GetUser", "s3:GetObject"], "Resource": "*"}]),
            json!([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
                   {"Effect": "Allow", "Action": "iam:GetUser", "Resource": "*"}]),
        ),
    ];
    for (what, statements, expected) in cases {
        assert_eq!(left(&statements, Wanted::default()), expected, "{what}");
    }
}

#[test]
fn callers_of_a_bucket_policy_are_looked_at() {
    let to = |account: &str, resource: &str| json!({"Effect": "Allow", "Principal": {"AWS": account}, "Action": "s3:GetObject", "Resource": resource});
    let statements = json!([
        to("111122223333", "arn:aws:s3:::b/*"),
        to("111122223333", "arn:aws:s3:::b/x"),
        to("444455556666", "arn:aws:s3:::b/x"),
    ]);
    let expected = json!([to("111122223333", "arn:aws:s3:::b/*"), to("444455556666", "arn:aws:s3:::b/x")]);
    assert_eq!(left(&statements, Wanted::default()), expected);
}

#[test]
fn wildcards_are_a_choice_and_match_exactly_what_was_meant() {
    let names: Vec<&str> = clavicle_catalog::catalog()
        .expand("s3:GetObject*")
        .into_iter()
        .map(|action| clavicle_catalog::catalog().name(action))
        .collect();
    assert!(names.len() > 3);
    let statements = json!([{"Effect": "Allow", "Action": names, "Resource": "*"}]);
    assert_eq!(left(&statements, Wanted::default()), statements);
    let found = minimize(&policy(&statements), Wanted { wildcards: true, ..Wanted::default() }).expect("one");
    assert_eq!(
        printed(&found.policies[0]),
        json!([{"Effect": "Allow", "Action": "s3:GetObject*", "Resource": "*"}])
    );
    assert_eq!(found.same, Same::ForCatalogue);
}

#[test]
fn what_is_too_large_is_split_into_policies_that_fit() {
    let resources: Vec<String> =
        (0..400).map(|n| format!("arn:aws:s3:::some-rather-long-name-{n}/*")).collect();
    let statements =
        json!([{"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": resources}]);
    let found = minimize(&policy(&statements), Wanted::default()).expect("it can be split");
    assert!(found.policies.len() > 1);
    let sizes = found.policies.iter().map(|policy| characters(policy).expect("it prints"));
    assert!(sizes.clone().all(|size| size <= Place::Managed.most()), "{:?}", sizes.collect::<Vec<_>>());
    assert_eq!(found.same, Same::Proved);
    // Inline policies share their quota.
    let inline = Wanted { place: Place::Role, ..Wanted::default() };
    assert!(matches!(minimize(&policy(&statements), inline), Err(Refusal::TooLarge(..))));
}

#[test]
fn what_was_not_understood_is_refused() {
    let text = br#"{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resorce": "*"}]}"#;
    let policy = parse(text).policy.expect("an object");
    assert!(matches!(minimize(&policy, Wanted::default()), Err(Refusal::Unread(Some(0)))));
}

#[test]
fn names_made_to_confuse_stay_what_they_are() {
    let statements = json!([{"Sid": "</script>\u{202e}", "Effect": "Allow", "Action": "s3:GetObject",
        "Resource": ["arn:aws:s3:::b/\"};${*}\n", "arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/${*}"]}]);
    assert_eq!(left(&statements, Wanted::default()), statements);
}

const WORDS: Words = Words {
    actions: &["s3:GetObject", "s3:Get*", "s3:PutObject", "s3:*", "sqs:SendMessage", "x:New*"],
    resources: &[
        "*",
        "arn:aws:s3:::a/*",
        "arn:aws:s3:::a/b*",
        "arn:aws:s3:::c",
        "arn:aws:s3:::${aws:username}",
    ],
    operators: &["StringEquals", "StringNotEquals", "StringLike"],
    keys: &["aws:PrincipalTag/t", "aws:PrincipalTag/u"],
    values: &["a", "b", "a*"],
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// By the engine, which the prover has no part in: the same answer to every request of a small world.
    #[test]
    fn the_smallest_policy_decides_every_request_alike(statements in statements(&WORDS, 0.7, 5), wildcards: bool) {
        let old = policy(&statements);
        let found = match minimize(&old, Wanted { wildcards, ..Wanted::default() }) {
            Ok(found) => found,
            Err(Refusal::NotProved(_)) => return Ok(()),
            Err(refusal) => return Err(TestCaseError::fail(refusal.to_string())),
        };
        let mut store = Store::new();
        let before = store.compile(&old, Principals::Ignored);
        let after = found.policies.iter().map(|policy| store.compile(policy, Principals::Ignored)).collect::<Vec<_>>();
        prop_assert_eq!(after.len(), 1);
        let who = Principal::from_arn("arn:aws:iam::111122223333:user/dana").expect("a caller");
        for action in ["s3:GetObject", "s3:GetBucketAcl", "s3:PutObject", "s3:DeleteObject", "sqs:SendMessage", "x:NewThing", "y:Z"] {
            if wildcards && clavicle_catalog::catalog().action(action).is_none() {
                continue;
            }
            for resource in ["*", "arn:aws:s3:::a/x", "arn:aws:s3:::a/bx", "arn:aws:s3:::c", "arn:aws:s3:::dana", "arn:aws:sqs:::q"] {
                for (t, u) in [("a", "a"), ("b", "ab"), ("", "c")] {
                    let (action, resource) = (Action::new(action), Resource::new(resource, None));
                    let context = Context::exact()
                        .with_value("aws:PrincipalTag/t", t)
                        .with_value("aws:PrincipalTag/u", u)
                        .with_value("aws:username", "dana");
                    let request = Request::exact(&who, &action, &resource, &context);
                    let (was, is) = (store.has(&before.access(), &request), store.has(&after[0].access(), &request));
                    prop_assert_eq!(was, is, "{} on {}", action.text(), resource.text());
                }
            }
        }
    }

    /// Minimizing what is minimal changes nothing.
    #[test]
    fn the_smallest_is_not_made_smaller(statements in statements(&WORDS, 0.7, 5)) {
        if let Ok(found) = minimize(&policy(&statements), Wanted::default())
            && let [once] = found.policies.as_slice()
            && let Ok(again) = minimize(once, Wanted::default())
        {
            prop_assert_eq!(&again.policies[0], once);
        }
    }
}
