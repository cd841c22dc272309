//! What must hold of every request, whatever its policies say. Nothing here knows what the right answer is.
//!
//! Set `CLAVICLE_LAWS` to the number of requests; the seed is fixed.

use crate::fast::fast;
use crate::generator::Generator;
use clavicle_testkit::{Answer, Decision, Request, Slot, settle, values_worth_trying};
use serde_json::{Map, Value, json};

fn requests() -> impl Iterator<Item = Request> {
    let wanted = std::env::var("CLAVICLE_LAWS").ok().and_then(|text| text.parse().ok()).unwrap_or(300);
    let mut generator = Generator::new(0x1a75);
    (0..wanted).map(move |_| serde_json::from_value(generator.request()).expect("a request"))
}

fn answer(request: &Request) -> Answer {
    fast(request).expect("an answer")
}

fn is_denied(answer: &Answer) -> bool {
    matches!(answer.decision, Decision::ImplicitlyDenied | Decision::ExplicitlyDenied)
}

/// Asserts that the change leaves the verdict, and what it depends on, as they were.
fn changes_nothing(change: impl Fn(&mut Request)) {
    for request in requests() {
        let mut changed = request.clone();
        change(&mut changed);
        let (before, after) = (answer(&request), answer(&changed));
        // A statement that cannot be read is named by its place, which may be another now.
        let name = |on: &String| if on.contains('#') { "a statement".to_owned() } else { on.to_lowercase() };
        let lower = |on: &[String]| on.iter().map(name).collect::<std::collections::BTreeSet<_>>();
        let same = before.decision == after.decision && lower(&before.depends_on) == lower(&after.depends_on);
        assert!(same, "{before:?} became {after:?}\n{}\n{}", line(&request), line(&changed));
    }
}

fn line(request: &Request) -> String {
    serde_json::to_string(request).expect("a request")
}

fn statements(policy: &mut Value) -> &mut Vec<Value> {
    policy["Statement"].as_array_mut().expect("generated policies have lists of statements")
}

fn each_statement(request: &mut Request, change: impl Fn(&mut Map<String, Value>)) {
    for (_, policy) in request.documents_mut() {
        statements(policy).iter_mut().filter_map(Value::as_object_mut).for_each(&change);
    }
}

/// Puts a statement that matches everything into each policy in turn.
fn with_statement(request: &Request, effect: &str) -> Vec<(Slot, Request)> {
    let slots: Vec<Slot> = request.documents().iter().map(|(slot, _)| *slot).collect();
    let everything = json!({ "Effect": effect, "Principal": "*", "Action": "*", "Resource": "*" });
    slots
        .into_iter()
        .map(|slot| {
            let mut changed = request.clone();
            for (_, policy) in changed.documents_mut().into_iter().filter(|(other, _)| *other == slot) {
                statements(policy).push(everything.clone());
            }
            (slot, changed)
        })
        .collect()
}

#[test]
fn adding_a_deny_never_grants() {
    for request in requests() {
        let before = answer(&request);
        for (slot, changed) in with_statement(&request, "Deny") {
            let after = answer(&changed);
            let sound = match before.decision {
                Decision::Allowed => true,
                Decision::Depends => after.decision != Decision::Allowed,
                Decision::ImplicitlyDenied => is_denied(&after),
                Decision::ExplicitlyDenied => after.decision == Decision::ExplicitlyDenied,
            };
            assert!(sound, "{slot}: {before:?} became {after:?}\n{}", line(&changed));
        }
    }
}

/// Save in a bucket policy: it may become public, and `RestrictPublicBuckets` then keeps callers out.
#[test]
fn adding_an_allow_never_denies() {
    for request in requests() {
        let before = answer(&request);
        for (slot, changed) in with_statement(&request, "Allow") {
            if slot == Slot::Resource && request.options.s3_restrict_public_buckets {
                continue;
            }
            let after = answer(&changed);
            let sound = match before.decision {
                Decision::Allowed => after.decision == Decision::Allowed,
                Decision::Depends => !is_denied(&after),
                Decision::ImplicitlyDenied => after.decision != Decision::ExplicitlyDenied,
                Decision::ExplicitlyDenied => after.decision == Decision::ExplicitlyDenied,
            };
            assert!(sound, "{slot}: {before:?} became {after:?}\n{}", line(&changed));
        }
    }
}

#[test]
fn the_order_of_statements_and_policies_does_not_matter() {
    changes_nothing(|request| {
        for (_, policy) in request.documents_mut() {
            statements(policy).reverse();
        }
        request.identity_policies.reverse();
        request.session_policies.iter_mut().for_each(|policies| policies.reverse());
        request.scps.iter_mut().for_each(|levels| levels.reverse());
        request.rcps.iter_mut().for_each(|levels| levels.reverse());
    });
}

#[test]
fn saying_a_statement_twice_does_not_matter() {
    changes_nothing(|request| {
        for (_, policy) in request.documents_mut() {
            let twice = statements(policy).clone();
            statements(policy).extend(twice);
        }
    });
}

#[test]
fn the_case_of_actions_and_of_key_names_does_not_matter() {
    changes_nothing(|request| {
        request.action = request.action.to_uppercase();
        request.context =
            request.context.iter().map(|(key, value)| (key.to_uppercase(), value.clone())).collect();
        each_statement(request, |statement| {
            for element in ["Action", "NotAction"] {
                if let Some(actions) = statement.get_mut(element) {
                    *actions = upper(actions);
                }
            }
        });
    });
}

fn upper(value: &Value) -> Value {
    match value {
        Value::String(text) => text.to_uppercase().into(),
        Value::Array(list) => list.iter().map(upper).collect(),
        other => other.clone(),
    }
}

#[test]
fn a_list_of_one_is_that_one() {
    changes_nothing(|request| {
        each_statement(request, |statement| {
            for element in ["Action", "NotAction", "Resource", "NotResource"] {
                if let Some(Value::String(text)) = statement.get(element).cloned() {
                    statement.insert(element.to_owned(), json!([text]));
                }
            }
            for keys in statement.get_mut("Condition").and_then(Value::as_object_mut).into_iter().flatten() {
                for (_, values) in keys.1.as_object_mut().into_iter().flatten() {
                    if values.is_string() {
                        *values = json!([values]);
                    }
                }
            }
        });
    });
}

/// Several entries of `Action` or `Resource` are as many statements.
#[test]
fn an_entry_more_is_a_statement_more() {
    changes_nothing(|request| {
        for (_, policy) in request.documents_mut() {
            for element in ["Action", "Resource"] {
                let apart = statements(policy).iter().flat_map(|statement| match &statement[element] {
                    Value::Array(entries) => {
                        let alone = |entry: &Value| {
                            let mut alone = statement.clone();
                            alone[element] = entry.clone();
                            alone
                        };
                        entries.iter().map(alone).collect()
                    }
                    _ => vec![statement.clone()],
                });
                *statements(policy) = apart.collect();
            }
        }
    });
}

/// A bucket's policy is public by any one of its statements, so splitting leaves that too.
#[test]
fn policies_of_a_kind_are_one() {
    changes_nothing(|request| {
        let mut apart = Vec::new();
        for policy in &mut request.identity_policies {
            for statement in std::mem::take(statements(policy)) {
                let mut alone = policy.clone();
                alone["Statement"] = json!([statement]);
                apart.push(alone);
            }
        }
        request.identity_policies = apart;
    });
}

#[test]
fn lifting_a_ceiling_never_denies() {
    for request in requests() {
        let before = answer(&request);
        for changed in [
            Request { scps: None, ..request.clone() },
            Request { rcps: None, ..request.clone() },
            Request { vpc_endpoint_policies: None, ..request.clone() },
            Request { permission_boundaries: None, ..request.clone() },
        ] {
            let after = answer(&changed);
            let sound = match before.decision {
                Decision::Allowed => after.decision == Decision::Allowed,
                Decision::Depends => !is_denied(&after),
                Decision::ImplicitlyDenied | Decision::ExplicitlyDenied => true,
            };
            assert!(sound, "{before:?} became {after:?}\n{}\n{}", line(&request), line(&changed));
        }
    }
}

#[test]
fn a_key_that_no_policy_mentions_does_not_matter() {
    changes_nothing(|request| {
        request.context.insert("clavicle:Unmentioned".to_owned(), json!("x"));
        request.unknown.push("clavicle:Unknown".to_owned());
    });
}

/// Requests with these keys settled in as many ways, drawn from the values that could make a difference: sets for keys
/// that hold sets, truth values for those that hold such, and single values for the others.
fn settled(request: &Request, keys: &[String], ways: usize, draw: &mut Generator) -> Vec<Request> {
    let fitting = |key: &String| {
        let set = ["aws:tagkeys", "aws:principalorgpaths"].contains(&key.to_lowercase().as_str());
        let mut values = values_worth_trying(request, key);
        let truth = key.eq_ignore_ascii_case("aws:MultiFactorAuthPresent");
        values.retain(|value| {
            value.as_ref().is_none_or(|value| {
                value.is_array() == set && (!truth || value == "true" || value == "false")
            })
        });
        if set {
            values.extend([Some(json!([])), Some(json!(["team", "zz"]))]);
        }
        let is_no_value = |value: &Option<Value>| {
            value.as_ref().is_none_or(|value| *value == json!([]) || *value == json!([""]))
        };
        if request.present.iter().any(|present| present.eq_ignore_ascii_case(key)) {
            values.retain(|value| !is_no_value(value));
        }
        values
    };
    let worth: Vec<_> = keys.iter().map(|key| (key, fitting(key))).collect();
    let mut one = || {
        worth.iter().fold(request.clone(), |request, (key, values)| {
            settle(&request, key, values[draw.below(values.len())].as_ref())
        })
    };
    (0..ways).map(|_| one()).collect()
}

/// Whatever the unknown keys hold: what was settled stays, and what depends is settled by the keys that are named.
#[test]
fn unknown_keys_decide_what_depends_and_nothing_else() {
    let mut draw = Generator::new(7);
    let (mut open, mut both_ways) = (0, 0);
    for request in requests().chain(open_requests()) {
        let open_keys = [&request.unknown[..], &request.present].concat();
        if open_keys.is_empty() {
            continue;
        }
        let before = answer(&request);
        // A statement that cannot be read (a date in a spelling that nobody documents) is settled by no key.
        if before.depends_on.iter().any(|on| on.contains('#')) {
            continue;
        }
        if before.decision == Decision::Depends {
            open += 1;
            let (mut allowed, mut denied) = (false, false);
            for settled in settled(&request, &before.depends_on, 60, &mut draw) {
                let after = answer(&settled);
                assert!(
                    after.decision != Decision::Depends,
                    "{before:?} became {after:?}\n{}",
                    line(&settled)
                );
                allowed |= after.decision == Decision::Allowed;
                denied |= is_denied(&after);
            }
            both_ways += usize::from(allowed && denied);
            continue;
        }
        for settled in settled(&request, &open_keys, 20, &mut draw) {
            let after = answer(&settled);
            let stands = match before.decision {
                Decision::ImplicitlyDenied => is_denied(&after),
                other => after.decision == other,
            };
            assert!(stands, "{before:?} became {after:?}\n{}\n{}", line(&request), line(&settled));
        }
    }
    // What the draw has not met may still be there, but mostly it is met.
    assert!(open > 30 && both_ways * 10 > open * 8, "{both_ways} of {open} open requests were met both ways");
}

/// The keys of [`plain_request`], with what each may be: absent, or one of two values, or another.
const PLAIN_KEYS: [&str; 4] = ["app:a", "app:b", "app:c", "app:d"];
const PLAIN_VALUES: [Option<&str>; 4] = [None, Some("x"), Some("y"), Some("z")];

/// A request whose policies, in several layers, ask whether unknown keys are `x` or `y`, or there.
fn plain_request(draw: &mut Generator) -> Value {
    const ASKED: [(&str, &[&str]); 5] = [
        ("StringEquals", &["x", "y"]),
        ("StringNotEquals", &["x", "y"]),
        ("StringEqualsIfExists", &["x", "y"]),
        ("Null", &["true", "false"]),
        ("StringNotEqualsIfExists", &["x"]),
    ];
    let statement = |draw: &mut Generator, effect: &str| {
        let mut condition = json!({});
        for _ in 0..draw.below(4) {
            let (operator, values) = draw.pick(&ASKED);
            condition[operator][draw.pick(&PLAIN_KEYS)] = (*draw.pick(values)).into();
        }
        json!({ "Effect": effect, "Action": "*", "Resource": "*", "Condition": condition })
    };
    let policy = |draw: &mut Generator, principal: bool| {
        let mut statements: Vec<Value> = (0..1 + draw.below(3)).map(|_| statement(draw, "Allow")).collect();
        statements.extend((0..draw.below(2)).map(|_| statement(draw, "Deny")));
        if principal {
            for statement in &mut statements {
                statement["Principal"] =
                    json!({ "AWS": *draw.pick(&["arn:aws:iam::111122223333:user/dana", "111122223333"]) });
            }
        }
        json!({ "Version": "2012-10-17", "Statement": statements })
    };
    let mut request = json!({
        "principal": "arn:aws:iam::111122223333:user/dana",
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::ledger/2024.csv",
        "resource_account": "111122223333",
        "context_unknown": PLAIN_KEYS,
        "identity_policies": [policy(draw, false)],
    });
    let mut sometimes = |layer: &str, value: &dyn Fn(&mut Generator) -> Value| {
        if draw.once_in(2) {
            request[layer] = value(draw);
        }
    };
    sometimes("permission_boundaries", &|draw| json!([policy(draw, false)]));
    sometimes("scps", &|draw| json!([[policy(draw, false)], [policy(draw, false)]]));
    sometimes("resource_policy", &|draw| policy(draw, true));
    sometimes("vpc_endpoint_policies", &|draw| json!([policy(draw, false)]));
    request
}

/// What it depends on are the keys of which each, by itself, can change the answer for some values of the others: found
/// here by asking with every combination of values.
#[test]
fn a_key_is_named_exactly_if_it_can_change_the_answer() {
    let mut draw = Generator::new(0xe4ac7);
    let wanted = std::env::var("CLAVICLE_LAWS").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    let sizes = PLAIN_VALUES.len();
    let total = sizes.pow(u32::try_from(PLAIN_KEYS.len()).expect("four"));
    let mut open = 0;
    for _ in 0..wanted {
        let request: Request = serde_json::from_value(plain_request(&mut draw)).expect("a request");
        let allowed: Vec<bool> = (0..total)
            .map(|number| {
                let settled = (0..).zip(PLAIN_KEYS).fold(request.clone(), |request, (place, key)| {
                    let value = PLAIN_VALUES[number / sizes.pow(place) % sizes];
                    settle(&request, key, value.map(Value::from).as_ref())
                });
                answer(&settled).decision == Decision::Allowed
            })
            .collect();
        let matters = |place: u32| {
            let stride = sizes.pow(place);
            (0..total).any(|number| {
                number / stride % sizes + 1 < sizes && allowed[number] != allowed[number + stride]
            })
        };
        let expected: Vec<&str> =
            (0..).zip(PLAIN_KEYS).filter(|(place, _)| matters(*place)).map(|(_, key)| key).collect();
        let before = answer(&request);
        assert_eq!(before.depends_on, expected, "{before:?}\n{}", line(&request));
        let is_open = before.decision == Decision::Depends;
        assert_eq!(is_open, !expected.is_empty(), "{before:?}\n{}", line(&request));
        open += usize::from(!expected.is_empty());
    }
    assert!(open * 4 > wanted, "only {open} of {wanted} requests were open");
}

fn dana_reads(identity: &Value) -> Request {
    serde_json::from_value(json!({
        "principal": "arn:aws:iam::111122223333:user/dana",
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::ledger/2024.csv",
        "resource_account": "111122223333",
        "context_unknown": (0..20).map(|number| format!("app:k{number}")).collect::<Vec<_>>(),
        "identity_policies": [{ "Version": "2012-10-17", "Statement": identity }],
    }))
    .expect("a request")
}

/// Twenty conditions that only tell together are one unknown, and what stands beside them is still settled.
#[test]
fn many_conditions_of_one_statement_do_not_hide_what_is_settled() {
    let all: Map<String, Value> = (1..20).map(|number| (format!("app:k{number}"), "x".into())).collect();
    let request = dana_reads(&json!([
        { "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": { "StringEquals": all } },
        { "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": { "StringEquals": { "app:k0": "x" } } },
        { "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": { "StringNotEquals": { "app:k0": "x" } } },
    ]));
    assert_eq!(answer(&request).decision, Decision::Allowed);
}

/// Of statements that say nothing new the keys are not asked for, however many there are.
#[test]
fn many_statements_that_tell_nothing_do_not_hide_the_one_that_does() {
    let statement = |effect: &str, number: Option<usize>| {
        let mut statement = json!({ "Effect": effect, "Action": "*", "Resource": "*" });
        if let Some(number) = number {
            statement["Condition"] = json!({ "StringEquals": { (format!("app:k{number}")): "x" } });
        }
        statement
    };
    let mut statements: Vec<Value> = (1..20).map(|number| statement("Allow", Some(number))).collect();
    statements.push(statement("Allow", None));
    let superfluous = json!({ "Version": "2012-10-17", "Statement": &statements });
    let mut for_everyone = superfluous.clone();
    for statement in self::statements(&mut for_everyone) {
        statement["Principal"] = "*".into();
    }
    let plain = json!([statement("Allow", None), statement("Deny", Some(0))]);
    for (layer, policies) in [
        ("permission_boundaries", json!([superfluous])),
        ("session_policies", json!([superfluous])),
        ("scps", json!([[superfluous], [superfluous]])),
        ("rcps", json!([[for_everyone]])),
        ("vpc_endpoint_policies", json!([for_everyone])),
        ("resource_policy", for_everyone.clone()),
    ] {
        let mut request = serde_json::to_value(dana_reads(&plain)).expect("a request");
        request[layer] = policies;
        let request: Request = serde_json::from_value(request).expect("a request");
        assert_eq!(answer(&request).depends_on, ["app:k0"], "{layer}");
    }
    statements.push(statement("Deny", Some(0)));
    assert_eq!(answer(&dana_reads(&statements.into())).depends_on, ["app:k0"]);
}

/// Past what can be tried every open key is named; the answer is still a "depends".
#[test]
fn of_more_than_can_be_tried_every_key_is_named() {
    let statement = |effect: &str, numbers: [usize; 2]| {
        let keys = numbers.map(|number| (format!("app:k{number}"), Value::from("x")));
        let keys: Map<String, Value> = keys.into_iter().collect();
        json!({ "Effect": effect, "Action": "*", "Resource": "*", "Condition": { "StringEquals": keys } })
    };
    // Each key with its neighbours, so that none goes together with another.
    let statements: Vec<Value> =
        (0..19).map(|number| statement(["Allow", "Deny"][number % 2], [number, number + 1])).collect();
    let found = answer(&dana_reads(&statements.into()));
    assert_eq!((found.decision, found.depends_on.len()), (Decision::Depends, 20));
}

/// Requests that hang on little else than one key, asked for in several ways by several statements.
fn open_requests() -> impl Iterator<Item = Request> {
    let wanted = std::env::var("CLAVICLE_LAWS").ok().and_then(|text| text.parse().ok()).unwrap_or(300);
    let mut generator = Generator::new(0x0be4);
    (0..wanted).map(move |_| serde_json::from_value(open_request(&mut generator)).expect("a request"))
}

/// A request whose statements all speak of it, and ask for few unknown keys in many ways.
fn open_request(draw: &mut Generator) -> Value {
    const ASKED: [(&str, &str, &[&str]); 22] = [
        ("StringEquals", "aws:username", &["dana", "erin"]),
        ("StringNotEquals", "aws:username", &["dana", "erin"]),
        ("StringLike", "aws:username", &["d*", "*"]),
        ("StringEqualsIfExists", "aws:username", &["dana", "erin"]),
        ("StringNotLikeIfExists", "aws:username", &["*", "d*"]),
        ("StringEqualsIgnoreCase", "aws:username", &["DANA"]),
        ("StringEquals", "aws:username", &["${aws:PrincipalTag/team}"]),
        ("Null", "aws:username", &["true", "false"]),
        ("Bool", "aws:MultiFactorAuthPresent", &["true", "false"]),
        ("BoolIfExists", "aws:MultiFactorAuthPresent", &["true", "false"]),
        ("Null", "aws:MultiFactorAuthPresent", &["true", "false"]),
        ("StringNotEquals", "aws:MultiFactorAuthPresent", &["true", "x"]),
        ("NumericLessThan", "s3:max-keys", &["10", "ten"]),
        ("NumericNotEquals", "s3:max-keys", &["10", "ten"]),
        ("NumericGreaterThanEqualsIfExists", "s3:max-keys", &["10", "9", "ten"]),
        ("DateLessThan", "aws:CurrentTime", &["2024-01-01", "soon"]),
        ("IpAddress", "aws:SourceIp", &["10.0.0.0/8", "office"]),
        ("NotIpAddress", "aws:SourceIp", &["10.0.0.0/8", "office"]),
        ("ForAllValues:StringEquals", "aws:TagKeys", &["team", "cost"]),
        ("ForAnyValue:StringLike", "aws:TagKeys", &["te*", "*"]),
        ("StringEquals", "aws:TagKeys", &["team"]),
        ("ArnLike", "aws:PrincipalArn", &["arn:aws:iam::*:user/*", "${app:place}"]),
    ];
    let mut statement = |effect: &str| {
        let mut condition = json!({});
        for _ in 0..1 + draw.below(4) / 3 {
            let (operator, key, values) = draw.pick(&ASKED);
            condition[operator][key] = draw.pick(values).into();
        }
        json!({ "Effect": effect, "Action": "*", "Resource": "*", "Condition": condition })
    };
    let allows: Vec<Value> = (0..3).map(|_| statement("Allow")).collect();
    let mut denies = vec![json!({ "Effect": "Allow", "Action": "*", "Resource": "*" })];
    denies.extend((0..2).map(|_| statement("Deny")));
    let policy = |statements: Vec<Value>| json!({ "Version": "2012-10-17", "Statement": statements });
    let keys =
        ["aws:username", "aws:MultiFactorAuthPresent", "s3:max-keys", "aws:CurrentTime", "aws:SourceIp"];
    let mut unknown: Vec<&str> = keys.into_iter().filter(|_| !draw.once_in(3)).collect();
    unknown.extend(["aws:TagKeys", "aws:PrincipalTag/team", "app:place", "aws:PrincipalArn"]);
    json!({
        "principal": "arn:aws:iam::111122223333:user/dana",
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::ledger/2024.csv",
        "resource_account": "111122223333",
        "context": { "s3:max-keys": "9" },
        "context_unknown": unknown,
        "identity_policies": [policy(allows)],
        "scps": [[policy(denies)]],
    })
}
