//! Policies made to be hard. They end, within their budget, with an answer or with the limit that was reached.

use clavicle_engine::Principals;
use clavicle_policy::parse;
use clavicle_prover::{Access, Doubt, Limit, Limits, Store, Verdict};
use serde_json::{Value, json};

fn access(store: &mut Store, statements: &Value) -> Access {
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    store.compile(&parse(text.as_bytes()).policy.expect("a policy"), Principals::Ignored).access()
}

fn allow(resources: &[String]) -> Value {
    json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": resources}])
}

fn budget(verdict: &Verdict) -> bool {
    match verdict {
        Verdict::Unknown(doubts) => doubts.iter().any(|doubt| matches!(doubt, Doubt::Budget(_))),
        _ => false,
    }
}

/// A number that looks random, the same every time.
fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

/// 3-SAT as policies: each clause is a Deny of the one combination that it forbids.
fn clauses(keys: u64, count: usize) -> Value {
    let mut seed = 7;
    let mut statements = vec![json!({"Effect": "Allow", "Action": "*", "Resource": "*"})];
    for _ in 0..count {
        let mut equal = serde_json::Map::new();
        while equal.len() < 3 {
            let key = format!("aws:PrincipalTag/k{}", next(&mut seed) % keys);
            equal.insert(key, json!(if next(&mut seed) & 1 == 1 { "1" } else { "0" }));
        }
        statements.push(
            json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringEquals": equal}}),
        );
    }
    for key in 0..keys {
        let (name, both) = (format!("aws:PrincipalTag/k{key}"), ["0", "1"]);
        let not = json!({"StringNotEquals": {name: both}});
        statements.push(json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": not}));
    }
    Value::Array(statements)
}

#[test]
fn hard_logic_is_decided() {
    for (keys, count) in [(20, 85), (20, 120)] {
        let mut store = Store::new();
        let hard = access(&mut store, &clauses(keys, count));
        let verdict = store.never(&hard, Limits::default());
        assert!(verdict.holds() || verdict.witness().is_some(), "{keys} keys, {count} clauses: {verdict:?}");
    }
}

#[test]
fn a_small_budget_is_never_silent() {
    let mut store = Store::new();
    let hard = access(&mut store, &clauses(20, 120));
    assert!(budget(&store.never(&hard, Limits { nodes: 2, ..Limits::default() })));
    let mut store = Store::new();
    let hard = access(&mut store, &clauses(20, 120));
    let past = std::time::Instant::now();
    let verdict = store.never(&hard, Limits { deadline: Some(past), ..Limits::default() });
    assert!(
        matches!(&verdict, Verdict::Unknown(doubts) if doubts.contains(&Doubt::Budget(Limit::Deadline))),
        "{verdict:?}"
    );
}

#[test]
fn many_patterns_against_many() {
    let mut store = Store::new();
    let narrow: Vec<String> = (0..2000).map(|n| format!("arn:aws:s3:::bucket-{n}/deep/*")).collect();
    let wide: Vec<String> = (0..2000).rev().map(|n| format!("arn:aws:s3:::bucket-{n}/*")).collect();
    let [narrow, wide] = [narrow, wide].map(|resources| access(&mut store, &allow(&resources)));
    assert!(store.implies(&narrow, &wide, Limits::default()).holds());
    assert!(store.implies(&wide, &narrow, Limits::default()).witness().is_some());
}

/// That k infix patterns have a word in common takes a product that grows with 2 to the k.
#[test]
fn patterns_that_must_all_match_end() {
    for count in [4, 30] {
        let mut store = Store::new();
        let mut all = Access::everything();
        for n in 0..count {
            let resource = format!("arn:aws:s3:::b/*{n}a{n}b{n}*");
            all = all.and(access(&mut store, &allow(&[resource])));
        }
        let verdict = store.never(&all, Limits { steps: 100_000, ..Limits::default() });
        assert!(
            if count == 4 { verdict.witness().is_some() } else { budget(&verdict) },
            "{count}: {verdict:?}"
        );
    }
}

#[test]
fn a_long_row_of_choices_ends() {
    let mut statements = vec![json!({"Effect": "Allow", "Action": "*", "Resource": "*"})];
    for n in 0..3000 {
        let condition = json!({"StringEquals": {format!("aws:PrincipalTag/a{n}"): "x", format!("aws:PrincipalTag/b{n}"): "y"}});
        statements.push(json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}));
    }
    let mut store = Store::new();
    let hard = access(&mut store, &Value::Array(statements));
    let verdict = store.never(&hard, Limits::default());
    assert!(verdict.witness().is_some() || budget(&verdict), "{verdict:?}");
}

/// Cells of labels are as many as the product of all labels; those that tell nothing new are not looked at.
#[test]
fn findings_of_many_statements_over_many_keys_are_few_and_complete() {
    let keys = [
        "aws:SourceVpc",
        "aws:SourceIp",
        "aws:PrincipalOrgID",
        "aws:UserAgent",
        "aws:PrincipalTag/t",
        "aws:Referer",
    ];
    let statement = |number: usize| {
        let (mut texts, mut addresses) = (json!({}), json!({}));
        let chosen = keys.iter().enumerate().filter(|(place, _)| (number + place).is_multiple_of(2));
        for (place, key) in chosen {
            if *key == "aws:SourceIp" {
                addresses[*key] = json!([format!("10.{number}.0.0/16"), format!("10.{number}.{place}.0/24")]);
            } else {
                texts[*key] = json!([format!("v{}*", number % 5), format!("v{}{place}*", number % 5)]);
            }
        }
        json!({"Effect": if number.is_multiple_of(5) { "Deny" } else { "Allow" }, "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::b/*", "Condition": {"StringLike": texts, "IpAddress": addresses}})
    };
    let statements: Vec<Value> = (0..15).map(statement).collect();
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let policy = parse(text.as_bytes()).policy.expect("a policy");
    assert!(policy.statements.iter().all(|statement| !statement.faulty));
    let mut store = Store::new();
    let document = store.compile(&policy, Principals::Ignored);
    let limits = Limits { nodes: 2_000_000, steps: 100_000_000, deadline: None };
    let findings = store.findings(&document, &policy, None, limits);
    assert!(findings.doubts.is_empty(), "{:?}", findings.doubts);
    assert!((5..=20).contains(&findings.list.len()), "{}", findings.list.len());
}
