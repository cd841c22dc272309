//! The one statement that a decision names, and the entries that made statements match.

use clavicle_engine::{
    Action, Applicable, Context, Documents, Ladder, Match, PolicyId, PolicyStore, Principal, Reason, Request,
    Resource, ResourcePolicy, StatementRef, Verdict, decide, explain,
};

const USER: &str = "arn:aws:iam::111122223333:user/dana";

struct World {
    store: PolicyStore,
    identity: Vec<PolicyId>,
    boundary: Option<PolicyId>,
    scp: Option<PolicyId>,
    resource: Option<PolicyId>,
}

/// A document for each text that is not empty.
fn world(identity: &[&str], boundary: &str, scp: &str, resource: &str) -> World {
    let mut store = PolicyStore::new();
    let mut add = |statements: &str| {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
        (!statements.is_empty())
            .then(|| store.add(&clavicle_policy::parse(text.as_bytes()).policy.expect("a policy")))
    };
    let identity = identity.iter().filter_map(|text| add(text)).collect();
    let (boundary, scp, resource) = (add(boundary), add(scp), add(resource));
    World { store, identity, boundary, scp, resource }
}

/// The verdict, and the document and place of the statement.
fn because(world: &World, principal: &str, action: &str) -> (Verdict, Option<(PolicyId, u32)>) {
    let caller = Principal::from_arn(principal).expect("a caller");
    let resource = match action {
        "sts:AssumeRole" => "arn:aws:iam::111122223333:role/ci",
        _ => "arn:aws:sqs:us-east-1:111122223333:jobs",
    };
    let (action, resource) = (Action::new(action), Resource::new(resource, None));
    let context = Context::exact();
    let boundary = world.boundary.as_slice();
    let level: &[PolicyId] = world.scp.as_slice();
    let levels = [level];
    let applicable = Applicable {
        identity: Documents::Some(&world.identity),
        boundary: if boundary.is_empty() { Documents::None } else { Documents::Some(boundary) },
        scps: if level.is_empty() { Ladder::None } else { Ladder::Levels(&levels) },
        resource: world.resource.map_or(ResourcePolicy::None, ResourcePolicy::Some),
        ..Applicable::default()
    };
    let request = Request::exact(&caller, &action, &resource, &context);
    let decision = decide(&world.store, &request, &applicable);
    (decision.verdict, decision.because.map(|at| (at.policy, at.statement)))
}

const ALLOW: &str = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
const DENY: &str = r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#;
const S3: &str = r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#;

fn grant(effect: &str, principal: &str) -> String {
    format!(
        r#"{{"Effect": "{effect}", "Principal": {{"AWS": "{principal}"}}, "Action": "*", "Resource": "*"}}"#
    )
}

#[test]
fn the_identity_policy_is_named_where_it_grants() {
    let both = format!("{S3}, {ALLOW}");
    let world = world(&[S3, &both], "", "", &grant("Allow", USER));
    assert_eq!(because(&world, USER, "sqs:SendMessage"), (Verdict::Allowed, Some((world.identity[1], 1))));
}

#[test]
fn where_a_boundary_stops_the_identity_policy_the_resource_policy_is_named() {
    let statements = format!("{}, {}", grant("Allow", "111122223333"), grant("Allow", USER));
    let world = world(&[ALLOW], S3, "", &statements);
    let resource = world.resource.expect("it has one");
    assert_eq!(because(&world, USER, "sqs:SendMessage"), (Verdict::Allowed, Some((resource, 1))));
}

#[test]
fn of_several_grants_the_strongest_is_named() {
    let statements = format!(
        "{}, {}, {}",
        grant("Allow", "111122223333"),
        grant("Allow", "arn:aws:iam::111122223333:role/ci"),
        grant("Allow", "111122223333")
    );
    let world = world(&[], "", "", &statements);
    let resource = world.resource.expect("it has one");
    let session = "arn:aws:sts::111122223333:assumed-role/ci/x";
    assert_eq!(because(&world, session, "sqs:SendMessage"), (Verdict::Allowed, Some((resource, 1))));
}

#[test]
fn a_role_is_assumed_by_its_trust_policy() {
    let world = world(&[ALLOW], "", "", &grant("Allow", "111122223333"));
    assert_eq!(
        because(&world, USER, "sts:AssumeRole"),
        (Verdict::Allowed, Some((world.resource.expect("one"), 0)))
    );
}

#[test]
fn a_denial_is_named_wherever_it_stands() {
    let denials = format!("{S3}, {DENY}");
    let by_identity = world(&[ALLOW, &denials], "", "", &grant("Deny", "*"));
    let identity = by_identity.identity[1];
    assert_eq!(
        because(&by_identity, USER, "sqs:SendMessage"),
        (Verdict::ExplicitlyDenied, Some((identity, 1)))
    );
    let by_scp = world(&[ALLOW], "", &denials, "");
    let scp = by_scp.scp.expect("it has one");
    assert_eq!(because(&by_scp, USER, "sqs:SendMessage"), (Verdict::ExplicitlyDenied, Some((scp, 1))));
    let by_resource = world(&[ALLOW], "", "", &format!("{}, {}", grant("Allow", "*"), grant("Deny", USER)));
    let resource = by_resource.resource.expect("it has one");
    assert_eq!(
        because(&by_resource, USER, "sqs:SendMessage"),
        (Verdict::ExplicitlyDenied, Some((resource, 1)))
    );
}

#[test]
fn of_several_denials_the_first_is_named() {
    let by_resource = world(&[ALLOW], "", "", &format!("{}, {}", grant("Deny", "*"), grant("Deny", USER)));
    let resource = by_resource.resource.expect("it has one");
    assert_eq!(
        because(&by_resource, USER, "sqs:SendMessage"),
        (Verdict::ExplicitlyDenied, Some((resource, 0)))
    );
    let both = format!("{DENY}, {DENY}");
    let by_identity = world(&[&both, DENY], "", "", "");
    let identity = by_identity.identity[0];
    assert_eq!(
        because(&by_identity, USER, "sqs:SendMessage"),
        (Verdict::ExplicitlyDenied, Some((identity, 0)))
    );
}

#[test]
fn a_statement_tells_which_of_its_entries_matched() {
    let mut store = PolicyStore::new();
    let text = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:*", "sqs:Send*"], "Resource": ["arn:aws:sqs:*:*:x", "arn:aws:sqs:*:*:jobs", "*"]},
        {"Effect": "Allow", "NotAction": "s3:*", "NotResource": "arn:aws:s3:::*"},
        {"Effect": "Allow", "Action": ["s3:*", "ec2:*"], "Resource": "*"},
        {"Effect": "Allow", "Action": "sqs:*", "Resource": ["arn:aws:s3:::*", "arn:aws:sqs:*:*:other"]},
        {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Null": {"aws:a": "true", "aws:b": "false"}}}]}"#;
    let policy = store.add(&clavicle_policy::parse(text.as_bytes()).policy.expect("a policy"));
    let caller = Principal::from_arn(USER).expect("a caller");
    let (action, resource) =
        (Action::new("sqs:SendMessage"), Resource::new("arn:aws:sqs:us-east-1:111122223333:jobs", None));
    let context = Context::exact();
    let request = Request::exact(&caller, &action, &resource, &context);
    let applicable = Applicable { identity: Documents::Some(&[policy]), ..Applicable::default() };
    let explanation = explain(&store, &request, &applicable);
    let outcomes: Vec<Match> =
        explanation.pins[0].statements.iter().map(|statement| statement.outcome.clone()).collect();
    assert_eq!(
        outcomes,
        [
            Match::Matched { action: Some(1), resource: Some(1), principal: None },
            Match::Matched { action: None, resource: None, principal: None },
            Match::NotMatched(Reason::Action),
            Match::NotMatched(Reason::Resource),
            Match::NotMatched(Reason::Condition { clause: 1 }),
        ]
    );
}

#[test]
fn a_statement_that_may_match_tells_on_what_it_depends() {
    let mut store = PolicyStore::new();
    let text = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:a": "${aws:b}-${aws:d}"}}},
        {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:sqs:*:*:${aws:c}"},
        {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"ArnLike": {"aws:d": "${aws:e}"}}}]}"#;
    let policy = store.add(&clavicle_policy::parse(text.as_bytes()).policy.expect("a policy"));
    let caller = Principal::from_arn(USER).expect("a caller");
    let (action, resource) =
        (Action::new("sqs:SendMessage"), Resource::new("arn:aws:sqs:us-east-1:111122223333:jobs", None));
    let context = Context::open().with_value("aws:d", "arn:aws:s3:::b");
    let request = Request::exact(&caller, &action, &resource, &context);
    let applicable = Applicable { identity: Documents::Some(&[policy]), ..Applicable::default() };
    let explanation = explain(&store, &request, &applicable);
    let told = explanation.pins[0].statements.iter().map(|statement| match &statement.outcome {
        Match::Depends(on) => {
            let mut keys: Vec<String> = on.iter().map(ToString::to_string).collect();
            keys.sort();
            keys.join(" ")
        }
        other => format!("{other:?}"),
    });
    assert_eq!(told.collect::<Vec<_>>(), ["aws:a aws:b", "aws:c", "aws:e"]);
}

#[test]
fn nothing_is_named_where_no_statement_decides() {
    let nothing = world(&[S3], "", "", "");
    assert_eq!(because(&nothing, USER, "sqs:SendMessage"), (Verdict::ImplicitlyDenied, None));
    let denied = world(&[DENY], "", "", "");
    assert_eq!(because(&denied, USER, "sts:GetCallerIdentity"), (Verdict::Allowed, None));
}

/// Without a statement the others stand as they stood, under the same numbers.
#[test]
fn a_statement_that_is_left_out_decides_nothing_any_more() {
    let second = format!("{S3}, {ALLOW}");
    let full = world(&[DENY, &second], "", "", "");
    assert_eq!((full.store.len(), full.store.is_empty()), (2, false));
    assert_eq!((PolicyStore::new().len(), PolicyStore::new().is_empty()), (0, true));
    let without = |left_out: &[(usize, u32)]| {
        let left_out: Vec<StatementRef> = left_out
            .iter()
            .map(|(document, statement)| StatementRef {
                policy: full.identity[*document],
                statement: *statement,
            })
            .collect();
        let rest = World {
            store: full.store.without(&left_out),
            identity: full.identity.clone(),
            boundary: None,
            scp: None,
            resource: None,
        };
        because(&rest, USER, "sqs:SendMessage")
    };
    let (deny, all) = (full.identity[0], full.identity[1]);
    assert_eq!(without(&[]), (Verdict::ExplicitlyDenied, Some((deny, 0))));
    assert_eq!(without(&[(1, 1)]), (Verdict::ExplicitlyDenied, Some((deny, 0))));
    assert_eq!(without(&[(0, 0)]), (Verdict::Allowed, Some((all, 1))));
    assert_eq!(without(&[(0, 0), (1, 0)]), (Verdict::Allowed, Some((all, 1))));
    assert_eq!(without(&[(0, 0), (1, 1)]), (Verdict::ImplicitlyDenied, None));
}
