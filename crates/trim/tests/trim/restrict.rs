//! Rights held to what is needed.

use std::collections::BTreeMap;

use clavicle_catalog::{ActionId, catalog};
use clavicle_engine::{Action, Context, Principal, Principals, Request, Resource, Tri};
use clavicle_policy::{Policy, parse};
use clavicle_prover::Store;
use clavicle_trim::{Asked, ByTag, Need, On, Proposal, Reach, Within, restrict};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::written::{Words, policy, printed, statements};

fn caller() -> Principal {
    Principal::from_arn("arn:aws:iam::111122223333:user/dana").expect("a caller")
}

fn on(action: &str, arn: &str) -> Need {
    Need::plain(action, if arn == "*" { On::Any } else { On::Thing(arn.to_owned()) })
}

fn held(old: &[Value], needs: &[Need], reach: Reach, unknowable: &[&str]) -> Proposal {
    let old: Vec<Policy> = old.iter().map(policy).collect();
    let unknowable: Vec<ActionId> = unknowable.iter().flat_map(|pattern| catalog().expand(pattern)).collect();
    let why = |action: ActionId| unknowable.contains(&action).then(|| "never logged".to_owned());
    let caller = caller();
    let asked = Asked { caller: &caller, needs, unknowable: &why, reach, by_tag: None };
    let found = restrict(&old, &asked).expect("a proposal");
    assert_eq!(found.verified.needless, 0);
    found
}

#[test]
fn what_is_not_needed_goes_and_conditions_stay() {
    let mfa = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    let bucket = "arn:aws:s3:::invoices";
    let cases = [
        (
            "actions and resources",
            json!([{"Sid": "S3", "Effect": "Allow", "Action": "s3:*", "Resource": "*"},
                   {"Sid": "Iam", "Effect": "Allow", "Action": "iam:*", "Resource": "*"}]),
            vec![
                on("s3:GetObject", "arn:aws:s3:::invoices/a"),
                on("s3:PutObject", "arn:aws:s3:::invoices/a"),
                on("s3:ListBucket", bucket),
                on("s3:ListAllMyBuckets", "*"),
            ],
            json!([{"Sid": "S3", "Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"},
                   {"Sid": "S32", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": bucket},
                   {"Sid": "S33", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::invoices/a"}]),
        ),
        (
            "the condition of the statement that lets it in",
            json!([{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*", "Condition": mfa}]),
            vec![on("s3:GetObject", "arn:aws:s3:::invoices/a")],
            json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::invoices/a", "Condition": mfa}]),
        ),
        (
            "a Deny",
            json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
                   {"Effect": "Deny", "Action": ["s3:Delete*", "s3:DeleteObject"], "Resource": "*"}]),
            vec![on("s3:GetObject", "arn:aws:s3:::invoices/a")],
            json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::invoices/a"},
                   {"Effect": "Deny", "Action": ["s3:Delete*", "s3:DeleteObject"], "Resource": "*"}]),
        ),
        (
            "a pattern with a variable stays, for what it stands for is not one thing",
            json!([{"Effect": "Allow", "Action": "s3:*",
                    "Resource": ["arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::other/*"]}]),
            vec![on("s3:GetObject", "arn:aws:s3:::home/dana/a")],
            json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::home/${aws:username}/*"}]),
        ),
        (
            "NotAction and NotResource",
            json!([{"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::secret/*"}]),
            vec![on("s3:GetObject", "arn:aws:s3:::invoices/a")],
            json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::invoices/a"}]),
        ),
        (
            "a thing that is not known",
            json!([{"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]}]),
            vec![Need::plain("s3:GetObject", On::NotKnown)],
            json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]}]),
        ),
        (
            "too many things to tell each",
            json!([{"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]}]),
            vec![Need::plain("s3:GetObject", On::under("arn:aws:s3:::a/2026/"))],
            json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/2026/*"}]),
        ),
        (
            "more than the old policy reaches",
            json!([{"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::a/x/*", "arn:aws:s3:::b/*"]}]),
            vec![Need::plain("s3:GetObject", On::under("arn:aws:s3:::a/"))],
            json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/x/*"}]),
        ),
        (
            "a name with signs that mean something",
            json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]),
            vec![on("s3:GetObject", "arn:aws:s3:::a/*?${aws:username}\"]}")],
            json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/${*}${?}${$}{aws:username}\"]}"}]),
        ),
        ("nothing", json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]), vec![], json!([])),
    ];
    for (what, old, needs, expected) in cases {
        let found = held(&[old], &needs, Reach::Exact, &[]);
        assert_eq!(printed(&found.policies[0]), expected, "{what}");
        assert_eq!(found.verified.within, Within::Proved, "{what}");
        assert_eq!(found.unmet, [], "{what}");
    }
}

#[test]
fn where_conditions_are_not_known_the_replay_says_so() {
    let old = json!([
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}},
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/t": "a"}}}]);
    let open = on("s3:GetObject", "arn:aws:s3:::a/x");
    let mut seen = open.clone();
    seen.context = BTreeMap::from([("aws:SourceIp".to_owned(), vec!["10.1.1.1".to_owned()])]);
    let found = held(std::slice::from_ref(&old), &[open], Reach::Exact, &[]);
    assert_eq!((found.verified.replay.allowed, found.verified.replay.as_before), (0, 1));
    assert_eq!(found.policies[0].statements.len(), 2, "either may be what lets it in");
    let found = held(&[old], &[seen], Reach::Exact, &[]);
    assert_eq!((found.verified.replay.allowed, found.verified.replay.as_before), (1, 0));
    assert_eq!(found.policies[0].statements.len(), 1);
}

#[test]
fn what_nobody_can_know_is_kept_where_it_was() {
    let old = json!([{"Effect": "Allow", "Action": ["s3:*Object", "s3:ListBucket", "made:Up"], "Resource": "arn:aws:s3:::a*"}]);
    let found = held(&[old], &[on("s3:ListBucket", "arn:aws:s3:::a")], Reach::Exact, &["s3:GetObject"]);
    let expected = json!([
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::a"},
        {"Effect": "Allow", "Action": ["s3:GetObject", "made:Up"], "Resource": "arn:aws:s3:::a*"}]);
    assert_eq!(printed(&found.policies[0]), expected);
    let kept: Vec<(&str, &str)> =
        found.kept.iter().map(|kept| (kept.actions[0].as_str(), kept.why.as_str())).collect();
    assert_eq!(kept, [("s3:GetObject", "never logged"), ("made:Up", "the catalogue does not have it")]);
    assert!(found.removed.contains(&catalog().action("s3:PutObject").expect("an action")));
    assert_eq!(found.granted - found.removed.len(), 2);
}

#[test]
fn what_is_kept_is_not_written_wider_than_it_was() {
    let names: Vec<&str> =
        catalog().expand("xray:GetSampling*").into_iter().map(|action| catalog().name(action)).collect();
    assert!(names.len() > 1);
    let of = |actions: Value| {
        let old = json!([{"Effect": "Allow", "Action": actions, "Resource": "*"}]);
        let found = held(&[old], &[], Reach::Exact, &["xray:GetSampling*"]);
        assert_eq!(found.verified.within, Within::Proved);
        printed(&found.policies[0])[0]["Action"].clone()
    };
    assert_eq!(of(json!(names)), json!(names));
    assert_eq!(of(json!("xray:*")), json!("xray:GetSampling*"));
    let old = json!([{"Effect": "Allow", "NotAction": ["iam:*", "s3:GetObject"], "Resource": "*"}]);
    let found = held(&[old], &[], Reach::Exact, &["xray:GetSampling*", "s3:Get*"]);
    assert_eq!(found.verified.within, Within::Proved);
}

#[test]
fn a_thing_stands_for_others_only_as_far_as_the_old_policy_reaches() {
    let old = json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::a/2026/*"}]);
    let needs = [
        on("s3:GetObject", "arn:aws:s3:::a/2026/07/x"),
        on("s3:GetObject", "arn:aws:s3:::a/2026/07/y"),
        on("s3:GetObject", "arn:aws:s3:::a/2026/z"),
    ];
    let of = |reach| {
        printed(&held(std::slice::from_ref(&old), &needs, reach, &[]).policies[0])[0]["Resource"].clone()
    };
    assert_eq!(of(Reach::Exact).as_array().map(Vec::len), Some(3));
    assert_eq!(of(Reach::Folder), json!("arn:aws:s3:::a/2026/*"));
    // All objects of all buckets are not among the old rights.
    assert_eq!(of(Reach::Type).as_array().map(Vec::len), Some(3));
}

#[test]
fn requests_that_the_old_policies_do_not_let_in_are_told() {
    let old = json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
                     {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}]);
    let needs = [
        on("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:q"),
        on("s3:DeleteObject", "arn:aws:s3:::a/x"),
    ];
    let found = held(&[old], &needs, Reach::Exact, &[]);
    let unmet: Vec<(usize, bool)> = found.unmet.iter().map(|unmet| (unmet.need, unmet.denied)).collect();
    assert_eq!(unmet, [(0, false), (1, true)]);
    assert_eq!(found.verified.replay.unmet, 2);
}

#[test]
fn what_a_deny_takes_wherever_an_allow_gives_it_was_refused() {
    let mfa = |effect: &str, action: &str, value: &str| {
        json!({"Effect": effect, "Action": action, "Resource": "*",
               "Condition": {"Bool": {"aws:MultiFactorAuthPresent": value}}})
    };
    let needs = [on("s3:GetObject", "arn:aws:s3:::a/x"), on("s3:PutObject", "arn:aws:s3:::a/x")];
    for (deny, refused) in [("true", true), ("false", false)] {
        let old = json!([mfa("Allow", "s3:*", "true"), mfa("Deny", "s3:PutObject", deny)]);
        let found = held(&[old], &needs, Reach::Exact, &[]);
        let unmet: Vec<(usize, bool)> = found.unmet.iter().map(|unmet| (unmet.need, unmet.denied)).collect();
        assert_eq!(unmet, if refused { vec![(1, true)] } else { vec![] }, "Deny if {deny}");
        let kept = if refused { json!("s3:GetObject") } else { json!(["s3:GetObject", "s3:PutObject"]) };
        assert_eq!(printed(&found.policies[0])[0]["Action"], kept, "Deny if {deny}");
        let replay = found.verified.replay;
        assert_eq!((replay.as_before, replay.unmet), if refused { (1, 1) } else { (2, 0) }, "Deny if {deny}");
    }
}

/// AWS: IAM User Guide, "How AWS enforcement code logic evaluates requests": what no Allow gives is an implicit deny.
#[test]
fn what_no_allow_gives_is_not_refused_by_a_deny_that_may_hold() {
    let old = json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
                     {"Effect": "Deny", "Action": "sqs:*", "Resource": "*",
                      "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}]);
    let found = held(&[old], &[on("sqs:SendMessage", "arn:aws:sqs:r:1:q")], Reach::Exact, &[]);
    let unmet: Vec<(usize, bool)> = found.unmet.iter().map(|unmet| (unmet.need, unmet.denied)).collect();
    assert_eq!(unmet, [(0, false)]);
}

/// AWS: IAM User Guide, "IAM tutorial: Define permissions to access AWS resources based on tags".
#[test]
fn what_goes_by_a_tag_is_let_in_by_it_and_never_more_than_was_allowed() {
    let queue = |name: &str| format!("arn:aws:sqs:eu-west-1:111122223333:{name}");
    let bears = |action: &str, arn: &str, value: &str| {
        let mut need = on(action, arn);
        need.context.insert("aws:ResourceTag/team".to_owned(), vec![value.to_owned()]);
        need.context.insert("aws:PrincipalTag/team".to_owned(), vec!["red".to_owned()]);
        need
    };
    let same = json!({"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}});
    let guard = json!({"Sid": "GuardOfTheTag", "Effect": "Deny", "Action": ["sqs:TagQueue", "iam:TagUser"], "Resource": "*",
        "Condition": {"ForAnyValue:StringEqualsIgnoreCase": {"aws:TagKeys": "team"}}});
    let allow = |resource: Value, condition: Value| json!({"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": resource, "Condition": condition});
    let plain =
        |resource: Value| json!({"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": resource});
    let cases = [
        (
            "everything was allowed",
            json!([{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]),
            json!([allow(json!(queue("*")), same.clone()), plain(json!(queue("other")))]),
        ),
        (
            "the old resources stay, where they are fewer",
            json!([{"Effect": "Allow", "Action": "sqs:*", "Resource": [queue("jobs*"), queue("other")]}]),
            json!([allow(json!(queue("jobs*")), same), plain(json!(queue("other")))]),
        ),
        (
            "a condition on the same key stays beside it",
            json!([{"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": ["red", "blue"], "aws:PrincipalTag/team": "red"}}}]),
            json!([
                allow(
                    json!(queue("*")),
                    json!({"StringEquals": {"aws:ResourceTag/team": ["red", "blue"], "aws:PrincipalTag/team": "red"},
                        "StringEqualsIfExists": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}})
                ),
                allow(
                    json!(queue("other")),
                    json!({"StringEquals": {"aws:ResourceTag/team": ["red", "blue"], "aws:PrincipalTag/team": "red"}})
                ),
            ]),
        ),
    ];
    for (what, old, wanted) in cases {
        let needs = [
            bears("sqs:SendMessage", &queue("jobs"), "red"),
            bears("sqs:SendMessage", &queue("jobs-2"), "red"),
            bears("sqs:SendMessage", &queue("other"), "blue"),
        ];
        let guarded = vec!["sqs:TagQueue".to_owned(), "iam:TagUser".to_owned()];
        let by_tag = ByTag { tag: "team".to_owned(), needs: [0, 1].into(), guarded };
        let (caller, none) = (caller(), |_: ActionId| None);
        let asked = Asked {
            caller: &caller,
            needs: &needs,
            unknowable: &none,
            reach: Reach::Exact,
            by_tag: Some(&by_tag),
        };
        let found = restrict(&[policy(&old)], &asked).expect(what);
        let mut wanted = wanted.as_array().expect("a list").clone();
        wanted.push(guard.clone());
        assert_eq!(printed(&found.policies[0]), Value::Array(wanted), "{what}");
        assert_eq!(found.verified.within, Within::Proved, "{what}");
        assert_eq!((found.verified.replay.allowed, found.verified.needless), (3, 0), "{what}");
    }
}

#[test]
fn a_policy_in_the_old_version_means_what_it_meant() {
    let text = br#"{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::a/${aws:username}/*"}]}"#;
    let old = parse(text).policy.expect("a policy");
    let caller = caller();
    let needs = [on("s3:GetObject", "arn:aws:s3:::a/${aws:username}/x")];
    let none = |_: ActionId| None;
    let asked =
        Asked { caller: &caller, needs: &needs, unknowable: &none, reach: Reach::Exact, by_tag: None };
    let found = restrict(&[old], &asked).expect("a proposal");
    assert_eq!(printed(&found.policies[0])[0]["Resource"], json!("arn:aws:s3:::a/${$}{aws:username}/x"));
    assert_eq!(found.verified.within, Within::Proved);
}

const WORDS: Words = Words {
    actions: &["s3:GetObject", "s3:Get*", "s3:PutObject", "s3:*", "sqs:SendMessage", "*"],
    resources: &["*", "arn:aws:s3:::a/*", "arn:aws:s3:::a/b*", "arn:aws:s3:::${aws:username}/*"],
    operators: &["StringEquals", "StringNotEquals"],
    keys: &["aws:PrincipalTag/t", "aws:username"],
    values: &["a", "dana"],
};

const THINGS: [&str; 4] =
    ["arn:aws:s3:::a/x", "arn:aws:s3:::a/bx", "arn:aws:s3:::dana/x", "arn:aws:s3:::c/x"];
const ACTIONS: [&str; 4] = ["s3:GetObject", "s3:GetObjectAcl", "s3:PutObject", "s3:DeleteObject"];

fn needs() -> impl Strategy<Value = Vec<Need>> {
    let one = (
        prop::sample::select(ACTIONS.to_vec()),
        prop::sample::select(THINGS.to_vec()),
        proptest::option::of(prop::sample::select(vec!["a", "b"])),
    )
        .prop_map(|(action, thing, tag)| {
            let mut need = on(action, thing);
            if let Some(tag) = tag {
                need.context.insert("aws:PrincipalTag/t".to_owned(), vec![tag.to_owned()]);
            }
            need
        });
    proptest::collection::vec(one, 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Between the needs and the old rights, by the engine on every request of a small world.
    #[test]
    fn a_proposal_lies_between_needs_and_old_rights(
        first in statements(&WORDS, 0.8, 3), second in statements(&WORDS, 0.8, 3), needs in needs(),
        reach in prop::sample::select(vec![Reach::Exact, Reach::Folder, Reach::Type]),
    ) {
        let old = [policy(&first), policy(&second)];
        let caller = caller();
        let none = |_: ActionId| None;
        let asked = Asked { caller: &caller, needs: &needs, unknowable: &none, reach, by_tag: None };
        let found = restrict(&old, &asked).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(found.verified.needless, 0);
        let mut store = Store::new();
        let access = |store: &mut Store, policies: &[Policy]| {
            let documents: Vec<_> = policies.iter().map(|policy| store.compile(policy, Principals::Ignored)).collect();
            let [one, other] = documents.as_slice() else { panic!("two policies") };
            one.allowed().or(other.allowed()).and(one.denied().or(other.denied()).not())
        };
        let (before, after) = (access(&mut store, &old), access(&mut store, &found.policies));
        for action in ACTIONS.into_iter().chain(["sqs:SendMessage", "iam:CreateUser"]) {
            for thing in THINGS.into_iter().chain(["*", "arn:aws:sqs:::q"]) {
                for tag in ["a", "b"] {
                    let (action, thing) = (Action::new(action), Resource::new(thing, None));
                    let context = Context::exact().with_value("aws:PrincipalTag/t", tag).with_value("aws:username", "dana");
                    let request = Request::exact(&caller, &action, &thing, &context);
                    let (was, is) = (store.has(&before, &request), store.has(&after, &request));
                    prop_assert!(is != Tri::Yes || was == Tri::Yes, "{} on {}", action.text(), thing.text());
                    let needed = needs.iter().any(|need| {
                        need.action == action.text() && need.on == On::Thing(thing.text().to_owned())
                            && need.context.values().flatten().all(|known| known == tag)
                    });
                    prop_assert!(!needed || was == is, "{} on {} with {tag}: {was:?}, {is:?}", action.text(), thing.text());
                }
            }
        }
    }
}
