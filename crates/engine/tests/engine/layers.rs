//! What an explanation shows each layer as, and which sets of layers would have to change.

use clavicle_engine::{
    Action, Applicable, Circumstances, Context, Dependency, Documents, Explanation, Fact, Ladder, Layer,
    Match, PinState, PolicyId, PolicyStore, Principal, Reason, Request, Resource, ResourcePolicy, Verdict,
    explain,
};

const USER: &str = "arn:aws:iam::111122223333:user/dana";
const ALLOW: &str = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
const DENY: &str = r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#;
const OTHER: &str = r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#;
const OPEN: &str =
    r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"app:k": "true"}}}"#;
const OPEN_DENY: &str =
    r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"app:k": "true"}}}"#;
const NAMES_USER: &str = r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/dana"}, "Action": "*", "Resource": "*"}"#;
const NAMES_ERIN: &str = r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/erin"}, "Action": "*", "Resource": "*"}"#;
const OPEN_TO_USER: &str = r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/dana"}, "Action": "*",
    "Resource": "*", "Condition": {"Bool": {"app:k": "true"}}}"#;
const KEEPS_USER_OPEN: &str = r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*",
    "Condition": {"Bool": {"app:k": "true"}}}"#;
const KEEPS_USER: &str = r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}"#;

/// The documents of a request; none where there is no text, and not seen where it is `?`.
#[derive(Default, Clone, Copy)]
struct Layers<'t> {
    identity: &'t str,
    boundary: &'t str,
    session: &'t str,
    scp: &'t [&'t str],
    rcp: &'t str,
    resource: &'t str,
    endpoint: &'t str,
}

fn explained(layers: Layers<'_>) -> (Explanation, PolicyStore) {
    let mut store = PolicyStore::new();
    let mut add = |statements: &str| -> Vec<PolicyId> {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
        let known = !statements.is_empty() && statements != "?";
        known
            .then(|| store.add(&clavicle_policy::parse(text.as_bytes()).policy.expect("a policy")))
            .into_iter()
            .collect()
    };
    let [identity, boundary, session, rcp, resource, endpoint] =
        [layers.identity, layers.boundary, layers.session, layers.rcp, layers.resource, layers.endpoint]
            .map(&mut add);
    let scp: Vec<Vec<PolicyId>> = layers.scp.iter().map(|text| add(text)).collect();
    fn documents<'d>(text: &str, ids: &'d [PolicyId]) -> Documents<'d> {
        match text {
            "" => Documents::None,
            "?" => Documents::NotSeen,
            _ => Documents::Some(ids),
        }
    }
    let levels: Vec<&[PolicyId]> = scp.iter().map(Vec::as_slice).collect();
    let rungs = [rcp.as_slice()];
    let caller = Principal::from_arn(USER).expect("a caller");
    let (action, resource_arn) =
        (Action::new("sqs:SendMessage"), Resource::new("arn:aws:sqs:us-east-1:111122223333:jobs", None));
    let context = Context::exact().with("app:k", Fact::Unknown);
    let applicable = Applicable {
        identity: documents(layers.identity, &identity),
        boundary: documents(layers.boundary, &boundary),
        session: documents(layers.session, &session),
        scps: match layers.scp {
            [] => Ladder::None,
            ["?"] => Ladder::NotSeen,
            _ => Ladder::Levels(&levels),
        },
        rcps: match layers.rcp {
            "" => Ladder::None,
            "?" => Ladder::NotSeen,
            _ => Ladder::Levels(&rungs),
        },
        resource: match (layers.resource, resource.first()) {
            ("", _) => ResourcePolicy::None,
            (_, None) => ResourcePolicy::NotSeen,
            (_, Some(policy)) => ResourcePolicy::Some(*policy),
        },
        endpoint: documents(layers.endpoint, &endpoint),
        circumstances: Circumstances::default(),
    };
    let explanation =
        explain(&store, &Request::exact(&caller, &action, &resource_arn, &context), &applicable);
    (explanation, store)
}

/// `identity turns, scp stops`: all layers that are shown as something.
fn shown(explanation: &Explanation) -> String {
    let state = |state: PinState| match state {
        PinState::Turns => Some("turns"),
        PinState::NoSuchLayer => None,
        PinState::Stops => Some("stops"),
        PinState::NotSeen => Some("unseen"),
        PinState::Depends => Some("depends"),
    };
    let pins =
        explanation.pins.iter().filter_map(|pin| Some(format!("{:?} {}", pin.layer, state(pin.state)?)));
    pins.collect::<Vec<_>>().join(", ").to_lowercase()
}

#[test]
fn every_layer_is_shown_as_what_it_does() {
    let none = Layers::default();
    let ok = Layers { identity: ALLOW, ..none };
    for (layers, verdict, expected) in [
        // Either of two that are not there would do, so neither stops it.
        (none, Verdict::ImplicitlyDenied, ""),
        (ok, Verdict::Allowed, "identity turns"),
        (
            Layers { boundary: ALLOW, session: ALLOW, ..ok },
            Verdict::Allowed,
            "identity turns, boundary turns, session turns",
        ),
        (Layers { boundary: OTHER, ..ok }, Verdict::ImplicitlyDenied, "identity turns, boundary stops"),
        (Layers { scp: &[ALLOW, OTHER], ..ok }, Verdict::ImplicitlyDenied, "identity turns, scp stops"),
        (Layers { scp: &[ALLOW], ..ok }, Verdict::Allowed, "identity turns, scp turns"),
        (Layers { identity: DENY, ..none }, Verdict::ExplicitlyDenied, "identity stops"),
        (Layers { resource: KEEPS_USER, ..ok }, Verdict::ExplicitlyDenied, "identity turns, resource stops"),
        (Layers { rcp: KEEPS_USER, ..ok }, Verdict::ExplicitlyDenied, "identity turns, rcp stops"),
        (Layers { endpoint: NAMES_ERIN, ..ok }, Verdict::ImplicitlyDenied, "identity turns, endpoint stops"),
        (Layers { resource: NAMES_USER, ..none }, Verdict::Allowed, "resource turns"),
        (Layers { resource: NAMES_ERIN, ..ok }, Verdict::Allowed, "identity turns"),
        (Layers { identity: OPEN, ..none }, Verdict::Depends, "identity depends"),
        (Layers { resource: NAMES_USER, identity: OPEN, ..none }, Verdict::Allowed, "resource turns"),
        // What cannot turn the answer is shown as nothing.
        (Layers { resource: OPEN_TO_USER, identity: OTHER, ..none }, Verdict::Depends, "resource depends"),
        (Layers { resource: KEEPS_USER_OPEN, ..ok }, Verdict::Depends, "identity turns, resource depends"),
        (Layers { boundary: OPEN, ..ok }, Verdict::Depends, "identity turns, boundary depends"),
        (Layers { boundary: "?", ..ok }, Verdict::Depends, "identity turns, boundary unseen"),
        (Layers { scp: &["?"], ..ok }, Verdict::Depends, "identity turns, scp unseen"),
        (Layers { resource: "?", ..ok }, Verdict::Depends, "identity turns, resource unseen"),
        (Layers { identity: "?", ..none }, Verdict::Depends, "identity unseen"),
    ] {
        let (explanation, _) = explained(layers);
        assert_eq!(explanation.decision.verdict, verdict, "{expected}");
        assert_eq!(shown(&explanation), expected, "{:?}", explanation.obstacles);
        let depends = explanation.decision.verdict == Verdict::Depends;
        assert_eq!(explanation.depends_on.is_empty(), !depends, "{expected}");
    }
}

#[test]
fn a_denial_that_is_open_is_shown_as_what_it_depends_on() {
    let both = format!("{ALLOW}, {OPEN_DENY}");
    let (explanation, _) = explained(Layers { identity: &both, ..Layers::default() });
    assert_eq!(shown(&explanation), "identity depends");
    let outcomes: Vec<&Match> =
        explanation.pins[0].statements.iter().map(|statement| &statement.outcome).collect();
    assert!(matches!(outcomes[0], Match::Matched { .. }));
    assert_eq!(*outcomes[1], Match::Depends(vec![Dependency::Key("app:k".to_owned())]));
}

#[test]
fn the_levels_that_allow_nothing_are_named() {
    let scp: &[&str] = &[ALLOW, OTHER, ALLOW, OTHER];
    let (explanation, _) = explained(Layers { identity: ALLOW, scp, ..Layers::default() });
    let silent = |layer| {
        let pin = explanation.pins.iter().find(|pin| pin.layer == layer);
        pin.map_or(Vec::new(), |pin| pin.silent_levels.clone())
    };
    assert_eq!((silent(Layer::Scp), silent(Layer::Identity)), (vec![1, 3], vec![]));
}

#[test]
fn a_statement_without_resource_is_shown_as_unreadable() {
    let whole = r#"{"Effect": "Allow", "Action": "*"}"#;
    let (explanation, _) = explained(Layers { identity: whole, ..Layers::default() });
    let Match::Depends(on) = &explanation.pins[0].statements[0].outcome else {
        panic!("{:?}", explanation.pins[0]);
    };
    assert!(matches!(on.as_slice(), [Dependency::Unreadable(at)] if at.statement == 0), "{on:?}");
}

/// What a boundary keeps the account's name from granting is no reason.
#[test]
fn only_what_grants_is_a_reason() {
    let account = NAMES_USER.replace("arn:aws:iam::111122223333:user/dana", "111122223333");
    let resource = format!("{account}, {NAMES_USER}");
    let because = |boundary| {
        let layers = Layers { identity: ALLOW, boundary, resource: &resource, ..Layers::default() };
        let (explanation, _) = explained(layers);
        let cited = explanation.because.iter().map(|at| (at.policy.index(), at.statement));
        cited.collect::<Vec<_>>()
    };
    assert_eq!(because(OTHER), [(2, 1)]);
    assert_eq!(because(ALLOW), [(0, 0), (2, 0), (2, 1)]);
}

/// The smallest sets alone, and the grant of a resource's policy counts as one way among them.
#[test]
fn what_would_have_to_change_is_told_in_the_smallest_sets() {
    let sets = |layers| explained(layers).0.obstacles;
    let none = Layers::default();
    assert_eq!(sets(none), [vec![Layer::Identity], vec![Layer::Resource]]);
    assert_eq!(
        sets(Layers { identity: ALLOW, boundary: OTHER, ..none }),
        [vec![Layer::Resource], vec![Layer::Boundary]]
    );
    assert_eq!(
        sets(Layers { scp: &[OTHER], ..none }),
        [vec![Layer::Identity, Layer::Scp], vec![Layer::Resource, Layer::Scp]]
    );
    assert_eq!(sets(Layers { identity: ALLOW, ..none }), Vec::<Vec<Layer>>::new());
}

/// Of each statement it is told whether it matched, by which of its entries, or on what that depends.
#[test]
fn every_statement_is_shown_as_what_it_does() {
    let outcome = |layers: Layers<'_>, layer: Layer| {
        let (explanation, _) = explained(layers);
        let pin = explanation.pins.iter().find(|pin| pin.layer == layer).expect("each layer has one");
        pin.statements[0].outcome.clone()
    };
    let identity =
        |statement: &str| outcome(Layers { identity: statement, ..Layers::default() }, Layer::Identity);
    let unreadable = r#"{"Effect": "Deny", "Action": "sqs:*", "Resource": 7}"#;
    assert!(
        matches!(identity(unreadable), Match::Depends(on) if matches!(on[..], [Dependency::Unreadable(_)]))
    );
    let of_another = r#"{"Effect": "Deny", "Action": "s3:*", "Resource": 7}"#;
    assert_eq!(identity(of_another), Match::NotMatched(Reason::Action));
    let resource = |statement: &str, boundary: &str| {
        let layers = Layers { resource: statement, boundary, identity: ALLOW, ..Layers::default() };
        outcome(layers, Layer::Resource)
    };
    let all_but = r#"{"Effect": "Deny", "Action": "*", "Resource": "*",
        "NotPrincipal": {"AWS": ["arn:aws:iam::111122223333:user/dana", "111122223333"]}}"#;
    assert_eq!(resource(all_but, "?"), Match::Depends(vec![Dependency::NotSeen(Layer::Boundary)]));
    assert_eq!(resource(all_but, ""), Match::NotMatched(Reason::Principal));
    let matched = |principal| Match::Matched { action: Some(0), resource: Some(0), principal };
    assert_eq!(resource(all_but, ALLOW), matched(None));
    let second = r#"{"Effect": "Allow", "Action": "*", "Resource": "*",
        "Principal": {"AWS": ["arn:aws:iam::111122223333:user/erin", "111122223333", "arn:aws:iam::111122223333:user/dana"]}}"#;
    assert_eq!(resource(second, ""), matched(Some(2)));
}

/// A grant to the account is no reason where nobody in the account passes it on.
#[test]
fn a_grant_to_the_account_alone_is_no_reason_for_whom_it_names_not() {
    let account = NAMES_USER.replace("arn:aws:iam::111122223333:user/dana", "111122223333");
    let resource = format!("{account}, {NAMES_USER}");
    let (explanation, _) = explained(Layers { resource: &resource, ..Layers::default() });
    let cited: Vec<u32> = explanation.because.iter().map(|at| at.statement).collect();
    assert_eq!(cited, [1]);
}

/// A thing of another account that has no policy lets in nobody from here, whatever else is allowed.
#[test]
fn a_policy_that_is_missing_stops_what_only_it_could_let_in() {
    let mut store = PolicyStore::new();
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{ALLOW}]}}"#);
    let allow = store.add(&clavicle_policy::parse(text.as_bytes()).policy.expect("a policy"));
    let caller = Principal::from_arn(USER).expect("a caller");
    let context = Context::exact();
    let explained = |action: &str, arn: &str, identity, circumstances| {
        let (action, resource) = (Action::new(action), Resource::new(arn, None));
        let request = Request::exact(&caller, &action, &resource, &context);
        explain(&store, &request, &Applicable { identity, circumstances, ..Applicable::default() })
    };
    let allowed = [allow];
    let elsewhere = "arn:aws:sqs:us-east-1:444455556666:jobs";
    let found = explained("sqs:SendMessage", elsewhere, Documents::Some(&allowed), Circumstances::default());
    assert_eq!(shown(&found), "identity turns, resource stops");
    // That root access was not seen is no layer's fault.
    let unknown = Circumstances { root_access_not_seen: true, ..Circumstances::default() };
    let found = explained("sts:AssumeRoot", "arn:aws:iam::444455556666:root", Documents::None, unknown);
    assert!(found.obstacles.contains(&vec![Layer::Identity]), "{:?}", found.obstacles);
}
