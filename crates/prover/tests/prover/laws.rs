//! The laws of comparing, on small policies with few names, so that things collide; and random requests, which must
//! contradict nothing.

use crate::small::{SmallRequest, policy_text, related_texts, request};
use clavicle_engine::{Action, Principals, Request, Resource, Tri};
use clavicle_policy::{Policy, parse};
use clavicle_prover::{Access, Doubt, Limits, Store, Verdict};
use proptest::prelude::*;

fn policy(text: &str) -> Policy {
    let parsed = parse(text.as_bytes());
    assert!(
        parsed.policy.as_ref().is_some_and(|policy| policy.statements.iter().all(|s| !s.faulty)),
        "{text}"
    );
    parsed.policy.expect("a policy")
}

fn principals(names: bool) -> Principals {
    if names { Principals::Required } else { Principals::Ignored }
}

/// Is the request in the access?
fn has(store: &Store, access: &Access, asked: &SmallRequest) -> bool {
    let (action, resource) = (Action::new(&asked.action), Resource::new(&asked.resource, None));
    let request = Request::exact(&asked.principal, &action, &resource, &asked.context);
    store.has(access, &request) == Tri::Yes
}

fn is_sound(verdict: &Verdict) -> Result<(), TestCaseError> {
    if let Verdict::Unknown(doubts) = verdict {
        let only_relations =
            doubts.iter().all(|doubt| matches!(doubt, Doubt::Relation { .. } | Doubt::MixedTypes { .. }));
        prop_assert!(only_relations, "{doubts:?}");
    }
    Ok(())
}

/// An unquoted number is one of JSON, which may have an exponent: the engine reads it so.
#[test]
fn a_number_with_an_exponent_is_that_number() {
    let below = |number: &str| {
        let condition = format!(r#"{{"NumericLessThan": {{"s3:max-keys": {number}}}}}"#);
        format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {condition}}}}}"#
        )
    };
    let mut store = Store::new();
    let [written, plain, less] =
        ["1e2", "100", "99"].map(|it| store.compile(&policy(&below(it)), principals(false)).access());
    assert!(store.equal(&written, &plain, Limits::default()).holds());
    assert!(store.implies(&written, &less, Limits::default()).witness().is_some());
}

/// AWS: IAM User Guide, "Single-valued vs. multivalued context keys": a plain operator says nothing of a set. Denied are all
/// values, listed or not, and an absent key; a set is neither.
#[test]
fn a_set_meets_no_plain_operator() {
    let with = |key: &str| {
        let deny = |condition: String| {
            format!(r#"{{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {{{condition}}}}}"#)
        };
        let listed = deny(format!(r#""StringLike": {{"{key}": "t*"}}"#));
        let other = deny(format!(r#""StringNotLike": {{"{key}": "t*"}}"#));
        let absent = deny(format!(r#""Null": {{"{key}": "true"}}"#));
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "*", "Resource": "*"}}, {listed}, {other}, {absent}]}}"#
        )
    };
    let mut store = Store::new();
    let [set, unlisted, single] = ["aws:TagKeys", "my:Key", "aws:UserAgent"]
        .map(|key| store.compile(&policy(&with(key)), principals(false)).access());
    assert!(store.never(&set, Limits::default()).witness().is_some());
    // Nobody knows what a key holds that AWS does not list.
    assert!(store.never(&unlisted, Limits::default()).witness().is_some());
    assert!(store.never(&single, Limits::default()).holds());
}

/// Where many things would do, the example is of one that the action is asked on.
#[test]
fn an_example_is_of_a_thing_that_there_could_be() {
    let mut store = Store::new();
    for (resource, example) in [
        (r#""NotResource": "arn:aws:s3:::b""#, "arn:aws:sqs:us-east-1:123456789012:example"),
        (
            r#""NotResource": "arn:aws:sqs:us-east-1:123456789012:example""#,
            "arn:aws:sqs:us-east-1:123456789012:example2",
        ),
    ] {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "sqs:SendMessage", {resource}}}}}"#
        );
        let access = store.compile(&policy(&text), principals(false)).access();
        let verdict = store.never(&access, Limits::default());
        assert_eq!(verdict.witness().map(|it| it.resource.as_str()), Some(example));
    }
}

/// A set of one empty text is none, and a single empty text is one: a variable stands for it, and `ForAllValues` holds of it.
#[test]
fn a_key_that_nobody_lists_may_be_an_empty_text() {
    let allowing = |resource: &str, condition: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "*", "Resource": "{resource}", "Condition": {condition}}}}}"#
        )
    };
    let empty = r#"{"ForAllValues:StringEquals": {"k": [""]}}"#;
    let both = r#"{"ForAllValues:StringEquals": {"k": [""]}, "Null": {"k": "false"}}"#;
    let of_tags = r#"{"ForAllValues:StringEquals": {"aws:TagKeys": [""]}, "Null": {"aws:TagKeys": "false"}}"#;
    let mut store = Store::new();
    for (text, can) in [
        (allowing("arn:aws:s3:::a/${k}b", empty), true),
        (allowing("*", both), true),
        // AWS lists it as a set.
        (allowing("*", of_tags), false),
    ] {
        let access = store.compile(&policy(&text), principals(false)).access();
        let verdict = store.never(&access, Limits::default());
        assert_eq!((verdict.witness().is_some(), verdict.holds()), (can, !can), "{text}: {verdict:?}");
    }
}

proptest! {
    #[test]
    fn requests_contradict_nothing(
        (names, (a, b)) in any::<bool>().prop_flat_map(|names| (Just(names), related_texts(names))),
        requests in prop::collection::vec(request(), 120),
    ) {
        let mut store = Store::new();
        let [one, other] = [&a, &b].map(|text| store.compile(&policy(text), principals(names)));
        let (one, other) = (one.access(), other.access());
        let limits = Limits::default();
        let implies = store.implies(&one, &other, limits);
        let disjoint = store.disjoint(&one, &other, limits);
        let never = store.never(&one, limits);
        for verdict in [&implies, &disjoint, &never] {
            is_sound(verdict)?;
        }
        for asked in &requests {
            let (in_one, in_other) = (has(&store, &one, asked), has(&store, &other, asked));
            prop_assert!(!(implies.holds() && in_one && !in_other), "{a}\n{b}\n{asked:?}");
            prop_assert!(!(disjoint.holds() && in_one && in_other), "{a}\n{b}\n{asked:?}");
            prop_assert!(!(never.holds() && in_one), "{a}\n{asked:?}");
        }
    }

    #[test]
    fn comparing_is_an_order(
        (names, a, b, c) in any::<bool>()
            .prop_flat_map(|names| (Just(names), policy_text(names), policy_text(names), policy_text(names))),
    ) {
        let mut store = Store::new();
        let [one, two, three] = [&a, &b, &c].map(|text| store.compile(&policy(text), principals(names)).access());
        let limits = Limits::default();
        prop_assert!(store.implies(&one, &one, limits).holds(), "{a}");
        let (both, either) = (one.clone().and(two.clone()), one.clone().or(two.clone()));
        prop_assert!(store.implies(&both, &one, limits).holds(), "{a}\n{b}");
        prop_assert!(store.implies(&one, &either, limits).holds(), "{a}\n{b}");
        prop_assert!(store.disjoint(&one, &one.clone().not(), limits).holds(), "{a}");
        let [ab, ba, bc, ac] = [(&one, &two), (&two, &one), (&two, &three), (&one, &three)]
            .map(|(narrow, wide)| store.implies(narrow, wide, limits));
        prop_assert!(!(ab.holds() && bc.holds() && ac.witness().is_some()), "{a}\n{b}\n{c}");
        let equal = store.equal(&one, &two, limits);
        prop_assert_eq!(equal.holds(), ab.holds() && ba.holds());
        prop_assert_eq!(equal.witness().is_some(), ab.witness().is_some() || ba.witness().is_some());
    }

    #[test]
    fn a_difference_is_what_is_not_implied(
        (names, a, b) in any::<bool>().prop_flat_map(|names| (Just(names), policy_text(names), policy_text(names))),
        requests in prop::collection::vec(request(), 60),
    ) {
        let mut store = Store::new();
        let [new, old] = [&a, &b].map(|text| store.compile(&policy(text), principals(names)));
        let limits = Limits::default();
        let implies = store.implies(&new.access(), &old.access(), limits);
        let difference = store.difference(&new, &old.access(), limits);
        prop_assert_eq!(difference.is_none(), implies.holds(), "{}\n{}", a, b);
        prop_assert_eq!(!difference.regions.is_empty(), implies.witness().is_some(), "{}\n{}", a, b);
        let more = new.access().and(old.access().not());
        let own = new.each_allowed(&store);
        let (parts, doubts) = store.parts(&more, limits, |witness| witness.keys.len());
        prop_assert_eq!(parts.is_empty() && doubts.is_empty(), implies.holds(), "{}\n{}", a, b);
        for asked in requests.iter().filter(|asked| has(&store, &more, asked)) {
            let told = parts.iter().any(|part| speaks_of(&part.actions, part.uncatalogued, &asked.action));
            prop_assert!(told || !doubts.is_empty(), "{a}\n{b}\n{asked:?}\n{parts:?}");
        }
        for asked in requests.iter().filter(|asked| has(&store, &more, asked)) {
            // A request that is new is of a statement that is listed, and its action too, unless something is in doubt.
            let listed = own.iter().filter(|(_, own)| has(&store, own, asked)).any(|(place, _)| {
                difference.regions.iter().any(|region| region.statement == *place && covers(region, &asked.action))
            });
            prop_assert!(listed || !difference.doubts.is_empty(), "{a}\n{b}\n{asked:?}\n{difference:?}");
        }
    }

    #[test]
    fn a_deny_less_or_an_allow_more_never_narrows(
        (names, a, b) in any::<bool>().prop_flat_map(|names| (Just(names), policy_text(names), policy_text(names))),
    ) {
        let (one, other) = (policy(&a), policy(&b));
        let mut fewer = one.clone();
        fewer.statements.retain(|s| s.effect.as_ref().is_some_and(|e| e.value == clavicle_policy::Effect::Allow));
        let mut more = one.clone();
        if one.version == other.version {
            let allows = |s: &&clavicle_policy::Statement| {
                s.effect.as_ref().is_some_and(|e| e.value == clavicle_policy::Effect::Allow)
            };
            more.statements.extend(other.statements.iter().filter(allows).cloned());
        }
        let mut store = Store::new();
        let [one, fewer, more] = [one, fewer, more].map(|p| store.compile(&p, principals(names)).access());
        prop_assert!(store.implies(&one, &fewer, Limits::default()).holds(), "{a}");
        prop_assert!(store.implies(&one, &more, Limits::default()).holds(), "{a}\n{b}");
    }
}

proptest! {
    // These ask many questions of one policy.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_counted_adds_up((a, b) in related_texts(false)) {
        let mut store = Store::new();
        let [one, two] = [&a, &b].map(|text| store.compile(&policy(text), principals(false)).access());
        let (both, less) = (one.clone().and(two.clone()), one.clone().and(two.clone().not()));
        let mut count = |it| store.count(it, &[&one, &two], 60, Limits::default());
        if let (Ok(all), Ok(both), Ok(less)) = (count(&one), count(&both), count(&less)) {
            prop_assert_eq!(all, both.plus(&less), "{}\n{}", a, b);
        }
    }

    #[test]
    fn every_request_that_is_allowed_is_in_a_finding(
        (names, (a, zone)) in any::<bool>().prop_flat_map(|names| (Just(names), related_texts(names))),
        trusts in any::<bool>(),
        requests in prop::collection::vec(request(), 120),
    ) {
        let mut store = Store::new();
        let text = policy(&a);
        let [document, zone] = [&text, &policy(&zone)].map(|text| store.compile(text, principals(names)));
        let zone = trusts.then(|| zone.access());
        let asked_about = match &zone {
            Some(zone) => document.access().and(zone.clone().not()),
            None => document.access(),
        };
        let limits = Limits { nodes: 1_000_000, steps: 50_000_000, deadline: None };
        let never = store.never(&asked_about, limits);
        let findings = store.findings(&document, &text, zone.as_ref(), limits);
        prop_assert_eq!(findings.list.is_empty() && findings.doubts.is_empty(), never.holds(), "{}", a);
        for finding in &findings.list {
            let of_caller = finding.witness.principal.clone().unwrap_or_else(clavicle_engine::Principal::anonymous);
            let mut context = clavicle_engine::Context::exact();
            finding.witness.keys.iter().for_each(|(key, fact)| context.set(key, fact.clone()));
            let (action, resource) = (finding.witness.action.clone(), finding.witness.resource.clone());
            let own = SmallRequest { action, resource, principal: of_caller, context };
            prop_assert!(has(&store, &asked_about, &own) && has(&store, finding.requests(), &own), "{a}\n{finding:?}");
            prop_assert!(speaks_of(&finding.actions, finding.uncatalogued, &own.action), "{a}\n{finding:?}");
        }
        for asked in requests.iter().filter(|asked| has(&store, &asked_about, asked)) {
            let told = findings.list.iter().any(|finding| {
                speaks_of(&finding.actions, finding.uncatalogued, &asked.action) && has(&store, finding.requests(), asked)
            });
            prop_assert!(told || !findings.doubts.is_empty(), "{a}\n{asked:?}\n{findings:?}");
        }
    }
}

fn covers(region: &clavicle_prover::Region, action: &str) -> bool {
    speaks_of(&region.actions, region.uncatalogued, action)
}

fn speaks_of(patterns: &[String], uncatalogued: bool, action: &str) -> bool {
    use clavicle_policy::{Case, Glob};
    let known = clavicle_catalog::catalog().action(action).is_some();
    let listed = patterns.iter().any(|pattern| Glob::new(pattern, Case::Ignored).matches(action));
    if known { listed } else { uncatalogued }
}
