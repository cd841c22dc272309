//! To decide and to tell what decides go two ways; here they are held to agree whatever nobody has shown.
//!
//! Every layer in every state, with documents that ask one key for opposite things, is more than any generator would
//! come upon.

use clavicle_engine::{
    AccountId, Action, Applicable, Circumstances, Context, Dependency, Documents, Fact, Ladder, Layer,
    PolicyId, PolicyStore, Principal, Request, Resource, ResourcePolicy, Verdict, decide, depends_on,
};

fn add(store: &mut PolicyStore, statement: &str) -> PolicyId {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
    store.add(&clavicle_policy::parse(text.as_bytes()).policy.expect("a policy"))
}

const HERE: &str = r#""Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}"#;
const ELSEWHERE: &str = r#""Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}"#;

#[test]
fn what_is_open_depends_on_something() {
    let mut store = PolicyStore::new();
    let of = |effect: &str, who: &str, condition: &str| {
        let parts = [&format!(r#""Effect": "{effect}", "Action": "*", "Resource": "*""#), who, condition];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        format!("{{{}}}", parts.join(", "))
    };
    let anyone = r#""Principal": "*""#;
    let other = r#""NotPrincipal": {"AWS": ["arn:aws:iam::111122223333:user/dana", "arn:aws:iam::111122223333:root"]}"#;
    let account = r#""Principal": {"AWS": "111122223333"}"#;
    let allow = add(&mut store, &of("Allow", "", ""));
    let allow_here = add(&mut store, &of("Allow", "", HERE));
    let deny_here = add(&mut store, &of("Deny", "", HERE));
    let deny_elsewhere = add(&mut store, &of("Deny", "", ELSEWHERE));
    let grant = add(&mut store, &of("Allow", anyone, HERE));
    let grant_to_account = add(&mut store, &of("Allow", account, ""));
    let exempting = add(&mut store, &of("Deny", other, ""));
    let guard = add(&mut store, &of("Deny", anyone, ELSEWHERE));
    let unreadable = add(&mut store, r#"{"Effect": "Deny", "Action": "*", "Resource": 7}"#);

    let [seen, partly, both, faulty] =
        [[allow, deny_elsewhere], [allow_here, deny_here], [allow_here, allow_here], [allow, unreadable]];
    let documents = [
        Documents::None,
        Documents::NotSeen,
        Documents::Some(&seen),
        Documents::Some(&both),
        Documents::Partly(&partly),
        Documents::Some(&faulty),
    ];
    let levels: [&[PolicyId]; 2] = [&[allow_here], &[allow, deny_elsewhere]];
    let guards: [&[PolicyId]; 2] = [&[exempting], &[guard]];
    let scps = [Ladder::None, Ladder::NotSeen, Ladder::Levels(&levels)];
    let rcps = [Ladder::None, Ladder::NotSeen, Ladder::Levels(&guards)];
    let mut resource_policies = vec![ResourcePolicy::None, ResourcePolicy::NotSeen];
    resource_policies.extend([grant, grant_to_account, exempting].map(ResourcePolicy::Some));
    let callers = [
        "arn:aws:iam::111122223333:user/dana",
        "arn:aws:iam::111122223333:role/ci",
        "arn:aws:sts::111122223333:federated-user/f",
        "anonymous",
    ];
    let owners = [AccountId::parse("111122223333"), AccountId::parse("444455556666"), None];
    let action = Action::new("s3:GetObject");
    let context = Context::open();
    let mut verdicts = std::collections::BTreeMap::<Verdict, usize>::new();
    for caller in callers.map(|caller| Principal::from_arn(caller).expect("a caller")) {
        for resource in owners.map(|owner| Resource::new("arn:aws:s3:::b/k", owner)) {
            let request = Request::derived(&caller, &action, &resource, &context);
            for (number, identity) in documents.iter().cycle().take(36).enumerate() {
                let boundary = documents[number / documents.len()];
                for (scps, rcps) in scps.iter().flat_map(|scps| rcps.iter().map(move |rcps| (*scps, *rcps))) {
                    for resource in &resource_policies {
                        for restrict_public_buckets in [false, true] {
                            let circumstances =
                                Circumstances { restrict_public_buckets, ..Circumstances::default() };
                            let applicable = Applicable {
                                identity: *identity,
                                boundary,
                                session: documents[number % 3],
                                scps,
                                rcps,
                                resource: *resource,
                                circumstances,
                                ..Applicable::default()
                            };
                            let verdict = decide(&store, &request, &applicable).verdict;
                            let on = depends_on(&store, &request, &applicable);
                            assert_eq!(
                                verdict == Verdict::Depends,
                                !on.is_empty(),
                                "{verdict:?} {on:?}: {request:?} {applicable:?}"
                            );
                            // Nobody can depend on a boundary that was shown.
                            let shown = !matches!(boundary, Documents::NotSeen | Documents::Partly(_));
                            assert!(!shown || !on.contains(&Dependency::NotSeen(Layer::Boundary)));
                            *verdicts.entry(verdict).or_default() += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(verdicts.get(&Verdict::Depends).is_some_and(|count| *count > 10_000), "{verdicts:?}");
}

/// A bucket's ARN does not say whose it is: within an account either side grants, across accounts both have to.
#[test]
fn whose_the_resource_is_matters_only_where_it_decides() {
    let mut store = PolicyStore::new();
    let allow = add(&mut store, r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#);
    let grant = add(&mut store, r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#);
    let caller = Principal::from_arn("arn:aws:iam::111122223333:user/dana").expect("a caller");
    let (action, resource) = (Action::new("s3:GetObject"), Resource::new("arn:aws:s3:::b/k", None));
    let context = Context::exact();
    let request = Request::exact(&caller, &action, &resource, &context);
    let owner = vec![Dependency::ResourceOwner];
    for (identity, resource, verdict, on) in [
        (Documents::Some(&[allow]), ResourcePolicy::None, Verdict::Depends, owner.clone()),
        (Documents::None, ResourcePolicy::Some(grant), Verdict::Depends, owner),
        (Documents::Some(&[allow]), ResourcePolicy::Some(grant), Verdict::Allowed, vec![]),
        (Documents::None, ResourcePolicy::None, Verdict::ImplicitlyDenied, vec![]),
    ] {
        let applicable = Applicable { identity, resource, ..Applicable::default() };
        assert_eq!(decide(&store, &request, &applicable).verdict, verdict, "{identity:?} {resource:?}");
        assert_eq!(depends_on(&store, &request, &applicable), on, "{identity:?} {resource:?}");
    }
}

/// AWS: KMS Developer Guide, "Grants in AWS KMS": a grant may let in whom no policy does; it is for keys alone.
#[test]
fn grants_that_nobody_has_shown_matter_for_keys_only() {
    let store = PolicyStore::new();
    let caller = Principal::from_arn("arn:aws:iam::111122223333:user/dana").expect("a caller");
    let context = Context::exact();
    for (action, resource, verdict, on) in [
        (
            "kms:Decrypt",
            "arn:aws:kms:eu-west-1:111122223333:key/k1",
            Verdict::Depends,
            vec![Dependency::KmsGrants],
        ),
        ("kms:ListKeys", "*", Verdict::ImplicitlyDenied, vec![]),
        ("s3:GetObject", "arn:aws:s3:::b/k", Verdict::ImplicitlyDenied, vec![]),
    ] {
        let (action, resource) =
            (Action::new(action), Resource::new(resource, AccountId::parse("111122223333")));
        let request = Request::exact(&caller, &action, &resource, &context);
        let circumstances = Circumstances { kms_grants_not_seen: true, ..Circumstances::default() };
        let applicable = Applicable { circumstances, ..Applicable::default() };
        assert_eq!(decide(&store, &request, &applicable).verdict, verdict, "{action:?}");
        assert_eq!(depends_on(&store, &request, &applicable), on, "{action:?}");
    }
}

/// Whose key it is makes no difference where nothing but a grant could let anybody in.
#[test]
fn an_owner_and_grants_that_nobody_has_shown_are_two_things() {
    let store = PolicyStore::new();
    let caller = Principal::from_arn("arn:aws:iam::111122223333:user/dana").expect("a caller");
    let (action, context) = (Action::new("kms:Decrypt"), Context::exact());
    let resource = Resource::new("arn:aws:kms:eu-west-1::key/k1", None);
    let request = Request::exact(&caller, &action, &resource, &context);
    let circumstances = Circumstances { kms_grants_not_seen: true, ..Circumstances::default() };
    let applicable = Applicable { circumstances, ..Applicable::default() };
    assert_eq!(decide(&store, &request, &applicable).verdict, Verdict::Depends);
    assert_eq!(depends_on(&store, &request, &applicable), [Dependency::KmsGrants]);
}

/// AWS: STS API Reference, AssumeRoot: only the management account, or one that it delegated to, may.
#[test]
fn root_access_that_nobody_has_shown_leaves_open_what_the_callers_side_allows() {
    let mut store = PolicyStore::new();
    let allow = add(&mut store, r#"{"Effect": "Allow", "Action": "sts:AssumeRoot", "Resource": "*"}"#);
    let deny = add(&mut store, r#"{"Effect": "Deny", "Action": "sts:*", "Resource": "*"}"#);
    let context = Context::exact();
    let (action, resource) =
        (Action::new("sts:AssumeRoot"), Resource::new("arn:aws:iam::444455556666:root", None));
    let ask = |caller: &str, root_access_not_seen, policies: &[_]| {
        let caller = Principal::from_arn(caller).expect("a caller");
        let request = Request::exact(&caller, &action, &resource, &context);
        let circumstances = Circumstances { root_access_not_seen, ..Circumstances::default() };
        let identity = Documents::Some(policies);
        // What a policy says that somebody hung there by mistake does not count.
        let applicable = Applicable {
            identity,
            circumstances,
            resource: ResourcePolicy::NotSeen,
            ..Applicable::default()
        };
        let verdict = decide(&store, &request, &applicable).verdict;
        (verdict, depends_on(&store, &request, &applicable))
    };
    let (dana, root) = ("arn:aws:iam::111122223333:user/dana", "arn:aws:iam::111122223333:root");
    assert_eq!(ask(dana, true, &[allow]), (Verdict::Depends, vec![Dependency::RootAccess]));
    assert_eq!(ask(dana, false, &[allow]), (Verdict::Allowed, vec![]));
    assert_eq!(ask(dana, true, &[]), (Verdict::ImplicitlyDenied, vec![]));
    assert_eq!(ask(dana, true, &[allow, deny]), (Verdict::ExplicitlyDenied, vec![]));
    assert_eq!(ask(root, true, &[allow]), (Verdict::ImplicitlyDenied, vec![]));
}

/// What a pattern stands for may be in the caller's own partition.
#[test]
fn a_pattern_for_the_partition_is_not_another_partition() {
    let mut store = PolicyStore::new();
    let allow = add(&mut store, r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#);
    let caller = Principal::from_arn("arn:aws:iam::111122223333:user/dana").expect("a caller");
    let (action, context) = (Action::new("s3:GetObject"), Context::exact());
    for (resource, verdict) in [
        ("arn:aws:s3:::b/k", Verdict::Allowed),
        ("arn:*:s3:::b/k", Verdict::Allowed),
        ("arn:aws-cn:s3:::b/k", Verdict::ImplicitlyDenied),
    ] {
        let resource = Resource::new(resource, AccountId::parse("111122223333"));
        let request = Request::exact(&caller, &action, &resource, &context);
        let applicable = Applicable { identity: Documents::Some(&[allow]), ..Applicable::default() };
        assert_eq!(decide(&store, &request, &applicable).verdict, verdict, "{resource:?}");
    }
}

/// Whatever the key holds, one of the two statements matches, or neither does.
#[test]
fn statements_that_complete_each_other_leave_nothing_open() {
    let mut store = PolicyStore::new();
    let caller = Principal::from_arn("arn:aws:iam::111122223333:user/dana").expect("a caller");
    let (action, resource) =
        (Action::new("s3:GetObject"), Resource::new("arn:aws:s3:::b/k", caller.account()));
    let context = Context::open();
    let request = Request::exact(&caller, &action, &resource, &context);
    let mut statement = |effect: &str, condition: &str| {
        let text = format!(
            r#"{{"Effect": "{effect}", "Action": "*", "Resource": "*", "Condition": {{{condition}}}}}"#
        );
        add(&mut store, &text)
    };
    let here = statement("Allow", r#""StringEquals": {"aws:RequestedRegion": "eu-west-1"}"#);
    let elsewhere = statement("Allow", r#""StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}"#);
    let not_here = statement("Deny", r#""StringEquals": {"aws:RequestedRegion": "eu-west-1"}"#);
    let own = statement("Allow", r#""ArnLike": {"aws:SourceArn": "${aws:PrincipalTag/arn}"}"#);
    let never = r#""StringEquals": {"aws:RequestedRegion": "eu-west-1"}, "StringLike": {"aws:RequestedRegion": "us-east-1"}"#;
    let (never, never_denied) = (statement("Allow", never), statement("Deny", never));
    let not_elsewhere = statement("Deny", r#""StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}"#);
    let not_east = statement("Allow", r#""StringNotEquals": {"aws:RequestedRegion": "us-east-1"}"#);
    for (documents, verdict) in [
        // The region is not both.
        (vec![elsewhere, not_east], Verdict::Allowed),
        (vec![never], Verdict::ImplicitlyDenied),
        (vec![here, elsewhere, never_denied], Verdict::Allowed),
        (vec![here, elsewhere, not_here, not_elsewhere], Verdict::ExplicitlyDenied),
        (vec![here, elsewhere, not_here], Verdict::Depends),
        (vec![here, elsewhere], Verdict::Allowed),
        (vec![here, not_here], Verdict::ImplicitlyDenied),
        (vec![here], Verdict::Depends),
        (vec![elsewhere, not_here], Verdict::Depends),
        (vec![own], Verdict::Depends),
    ] {
        let applicable = Applicable { identity: Documents::Some(&documents), ..Applicable::default() };
        assert_eq!(decide(&store, &request, &applicable).verdict, verdict, "{documents:?}");
    }
}

/// Of two keys one decides, whichever of two statements the other singles out.
#[test]
fn a_key_that_makes_no_difference_is_not_named() {
    let mut store = PolicyStore::new();
    let caller = Principal::from_arn("arn:aws:iam::111122223333:user/dana").expect("a caller");
    let (action, resource) =
        (Action::new("s3:GetObject"), Resource::new("arn:aws:s3:::b/k", caller.account()));
    let context = Context::open();
    let request = Request::exact(&caller, &action, &resource, &context);
    let mut allow = |operator: &str| {
        let region = format!(r#""{operator}": {{"aws:RequestedRegion": "eu-west-1"}}"#);
        let condition = format!(r#"{region}, "Bool": {{"aws:SecureTransport": "true"}}"#);
        add(
            &mut store,
            &format!(
                r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {{{condition}}}}}"#
            ),
        )
    };
    let documents = [allow("StringEquals"), allow("StringNotEquals")];
    let one = [documents[0]];
    let key = |name: &str| Dependency::Key(name.to_owned());
    for (documents, expected) in [
        (&documents[..], vec![key("aws:securetransport")]),
        (&one[..], vec![key("aws:requestedregion"), key("aws:securetransport")]),
    ] {
        let applicable = Applicable { identity: Documents::Some(documents), ..Applicable::default() };
        assert_eq!(depends_on(&store, &request, &applicable), expected);
    }
}

/// A layer that nobody has shown could allow, and could deny.
#[test]
fn what_nobody_has_shown_may_turn_the_answer() {
    let mut store = PolicyStore::new();
    let allow = add(&mut store, r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#);
    let other = add(&mut store, r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}"#);
    let grant = add(&mut store, r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#);
    let (all, others) = ([allow], [other]);
    let caller = Principal::from_arn("arn:aws:iam::111122223333:user/dana").expect("a caller");
    let (action, resource) =
        (Action::new("s3:GetObject"), Resource::new("arn:aws:s3:::b/k", caller.account()));
    let context = Context::exact();
    let request = Request::exact(&caller, &action, &resource, &context);
    let allowed = Applicable { identity: Documents::Some(&all), ..Applicable::default() };
    for (applicable, layer) in [
        (Applicable { identity: Documents::NotSeen, ..Applicable::default() }, Layer::Identity),
        (Applicable { identity: Documents::Partly(&others), ..Applicable::default() }, Layer::Identity),
        // They could deny.
        (Applicable { identity: Documents::Partly(&all), ..allowed }, Layer::Identity),
        (Applicable { boundary: Documents::NotSeen, ..allowed }, Layer::Boundary),
        (Applicable { session: Documents::NotSeen, ..allowed }, Layer::Session),
        (Applicable { scps: Ladder::NotSeen, ..allowed }, Layer::Scp),
        (Applicable { rcps: Ladder::NotSeen, ..allowed }, Layer::Rcp),
        (Applicable { endpoint: Documents::NotSeen, ..allowed }, Layer::Endpoint),
        (Applicable { resource: ResourcePolicy::NotSeen, ..allowed }, Layer::Resource),
        (Applicable { resource: ResourcePolicy::NotSeen, ..Applicable::default() }, Layer::Resource),
        // It could deny what the policy of the resource grants.
        (
            Applicable {
                identity: Documents::NotSeen,
                resource: ResourcePolicy::Some(grant),
                ..Applicable::default()
            },
            Layer::Identity,
        ),
        // It could name the user, past a boundary that does not allow.
        (
            Applicable { boundary: Documents::Some(&others), resource: ResourcePolicy::NotSeen, ..allowed },
            Layer::Resource,
        ),
    ] {
        assert_eq!(decide(&store, &request, &applicable).verdict, Verdict::Depends, "{applicable:?}");
        assert_eq!(depends_on(&store, &request, &applicable), [Dependency::NotSeen(layer)], "{applicable:?}");
    }
}

/// A statement of which a resource could not be read may allow what it names, and nothing else.
#[test]
fn a_fault_in_one_element_leaves_other_actions_alone() {
    let mut store = PolicyStore::new();
    let faulty = add(&mut store, r#"{"Effect": "Allow", "Action": "s3:Get*", "Resource": [(later)]}"#);
    let no_action = add(&mut store, r#"{"Effect": "Allow", "Action": [(later)], "Resource": "*"}"#);
    let caller = Principal::from_arn("arn:aws:iam::111122223333:role/ci").expect("a caller");
    let resource = Resource::new("arn:aws:s3:::b/k", AccountId::parse("111122223333"));
    let context = Context::open();
    let verdict = |store: &PolicyStore, policy: PolicyId, action: &str| {
        let action = Action::new(action);
        let request = Request::derived(&caller, &action, &resource, &context);
        let identity = [policy];
        let applicable = Applicable { identity: Documents::Some(&identity), ..Applicable::default() };
        decide(store, &request, &applicable).verdict
    };
    assert_eq!(verdict(&store, faulty, "s3:GetObject"), Verdict::Depends);
    assert_eq!(verdict(&store, faulty, "s3:PutObject"), Verdict::ImplicitlyDenied);
    assert_eq!(verdict(&store, no_action, "s3:PutObject"), Verdict::Depends);
}

/// A layer as it is told, with documents of its own.
#[derive(Debug, Clone, PartialEq)]
enum Told {
    None,
    NotSeen,
    Some(Vec<PolicyId>),
    Partly(Vec<PolicyId>),
}

impl Told {
    fn documents(&self) -> Documents<'_> {
        match self {
            Self::None => Documents::None,
            Self::NotSeen => Documents::NotSeen,
            Self::Some(policies) => Documents::Some(policies),
            Self::Partly(policies) => Documents::Partly(policies),
        }
    }

    /// What it may really be, given the documents that a layer may have; itself where it is known. Nobody is without
    /// identity-based policies that would allow something: having none allows as little as having an empty one.
    fn really(&self, may_be: &[PolicyId], may_be_absent: bool) -> Vec<Self> {
        let with = |seen: &[PolicyId]| {
            let one = |policy: &PolicyId| Self::Some(seen.iter().copied().chain([*policy]).collect());
            may_be.iter().map(one).collect::<Vec<_>>()
        };
        match self {
            Self::None | Self::Some(_) => vec![self.clone()],
            Self::NotSeen if may_be_absent => with(&[]).into_iter().chain([Self::None]).collect(),
            Self::NotSeen => with(&[]),
            Self::Partly(seen) => with(seen).into_iter().chain([Self::Some(seen.clone())]).collect(),
        }
    }
}

/// A layer is named exactly if to show it could change the answer, for some state of the others that nobody has shown:
/// found by showing each of them in every way that makes a difference.
#[test]
fn a_layer_is_named_exactly_if_to_show_it_can_change_the_answer() {
    let mut store = PolicyStore::new();
    let mut policy = |effect: &str, who: &str, action: &str| {
        let who = if who.is_empty() { String::new() } else { format!(r#""Principal": {who}, "#) };
        let statement = format!(r#"{{"Effect": "{effect}", {who}"Action": "{action}", "Resource": "*"}}"#);
        add(&mut store, &statement)
    };
    let [allow, deny, other] = [("Allow", "s3:*"), ("Deny", "*"), ("Allow", "sqs:*")]
        .map(|(effect, action)| policy(effect, "", action));
    let named = |arn: &str| format!(r#"{{"AWS": "{arn}"}}"#);
    let to_account = policy("Allow", &named("111122223333"), "*");
    let to_everyone = policy("Allow", r#""*""#, "*");
    let deny_everyone = policy("Deny", r#""*""#, "*");
    let to_nobody_here = policy("Allow", &named("999988887777"), "*");
    // Each with what stands behind it.
    let callers = [
        ("arn:aws:iam::111122223333:user/dana", None),
        ("arn:aws:sts::111122223333:assumed-role/ci/s", Some("arn:aws:iam::111122223333:role/ci")),
        ("arn:aws:sts::111122223333:federated-user/f", None),
    ];
    let callers = callers.map(|(arn, behind)| {
        let itself = policy("Allow", &named(arn), "*");
        let behind = behind.map(|arn| policy("Allow", &named(arn), "*"));
        (Principal::from_arn(arn).expect("a caller"), itself, behind)
    });
    let exempting = add(
        &mut store,
        r#"{"Effect": "Deny", "NotPrincipal": {"AWS": ["arn:aws:iam::111122223333:user/dana", "111122223333"]},
            "Action": "*", "Resource": "*"}"#,
    );
    let layers = [Told::None, Told::NotSeen, Told::Some(vec![allow]), Told::Partly(vec![other])];
    let ceilings =
        [&layers[..], &[Told::Some(vec![other]), Told::Partly(vec![allow]), Told::Partly(vec![deny])]]
            .concat();
    // A policy of an endpoint names whom it lets through.
    let endpoints =
        vec![Told::None, Told::NotSeen, Told::Some(vec![to_everyone]), Told::Partly(vec![to_nobody_here])];
    let ladders = [Told::None, Told::NotSeen, Told::Some(vec![allow]), Told::Some(vec![other])];
    let guards = [Told::None, Told::NotSeen, Told::Some(vec![exempting]), Told::Some(vec![deny_everyone])];
    let owners = [AccountId::parse("111122223333"), AccountId::parse("444455556666")];
    let (action, context) = (Action::new("s3:GetObject"), Context::exact());

    let mut seed = 0x9e37_79b9_u64;
    let mut below = |most: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).expect("31 bits") % most
    };
    let (mut tried, mut open) = (0, 0);
    while tried < 20_000 {
        let (caller, itself, behind) = &callers[below(callers.len())];
        let told =
            [&ceilings, &ceilings, &ceilings, &endpoints].map(|states| states[below(states.len())].clone());
        let ladder = ladders[below(ladders.len())].clone();
        let guard = guards[below(guards.len())].clone();
        let policies = [Told::None, Told::NotSeen].into_iter();
        let shown = [*itself, to_account, to_everyone, to_nobody_here, exempting, deny_everyone];
        let shown = shown.into_iter().chain(*behind).map(|policy| Told::Some(vec![policy]));
        let policies: Vec<Told> = policies.chain(shown).collect();
        let policy = policies[below(policies.len())].clone();
        let all: [Told; 7] = {
            let [identity, boundary, session, endpoint] = told;
            [identity, boundary, session, endpoint, ladder, guard, policy]
        };
        let is_open = |told: &Told| matches!(told, Told::NotSeen | Told::Partly(_));
        if all.iter().filter(|told| is_open(told)).count() > 3 {
            continue;
        }
        tried += 1;
        let resource = Resource::new("arn:aws:s3:::b/k", owners[below(owners.len())]);
        let circumstances = Circumstances {
            principal_account_is_management: below(4) == 0,
            resource_account_is_management: below(4) == 0,
            restrict_public_buckets: below(2) == 0,
            ..Circumstances::default()
        };
        let request = Request::exact(caller, &action, &resource, &context);
        let ask = |all: &[Told; 7], ask: &mut dyn FnMut(&Applicable<'_>)| {
            let [identity, boundary, session, endpoint, ladder, guard, policy] = all;
            fn levels(told: &Told) -> [&[PolicyId]; 1] {
                match told {
                    Told::Some(policies) | Told::Partly(policies) => [policies],
                    Told::None | Told::NotSeen => [&[]],
                }
            }
            let (of_ladder, of_guard) = (levels(ladder), levels(guard));
            fn rungs<'l>(told: &Told, levels: &'l [&'l [PolicyId]]) -> Ladder<'l> {
                match told {
                    Told::None => Ladder::None,
                    Told::NotSeen => Ladder::NotSeen,
                    Told::Some(_) | Told::Partly(_) => Ladder::Levels(levels),
                }
            }
            ask(&Applicable {
                identity: identity.documents(),
                boundary: boundary.documents(),
                session: session.documents(),
                endpoint: endpoint.documents(),
                scps: rungs(ladder, &of_ladder),
                rcps: rungs(guard, &of_guard),
                resource: match policy {
                    Told::Some(policies) => ResourcePolicy::Some(policies[0]),
                    Told::NotSeen => ResourcePolicy::NotSeen,
                    Told::None | Told::Partly(_) => ResourcePolicy::None,
                },
                circumstances,
            });
        };
        let anything = [allow, deny, other];
        let of_things: Vec<PolicyId> =
            [*itself, to_account, to_everyone, deny_everyone].into_iter().chain(*behind).collect();
        let really: Vec<Vec<Told>> = all
            .iter()
            .enumerate()
            .map(|(place, told)| match place {
                0 => told.really(&anything, false),
                3 => told.really(&[to_everyone, deny_everyone, to_nobody_here], true),
                5 => told.really(&[deny_everyone], true),
                6 => told.really(&of_things, true),
                _ => told.really(&anything, true),
            })
            .collect();
        let total: usize = really.iter().map(Vec::len).product();
        let shown = |number: usize| -> [Told; 7] {
            let mut rest = number;
            std::array::from_fn(|place| {
                let choices = &really[place];
                let choice = choices[rest % choices.len()].clone();
                rest /= choices.len();
                choice
            })
        };
        let allowed: Vec<bool> = (0..total)
            .map(|number| {
                let mut verdict = None;
                ask(&shown(number), &mut |applicable| {
                    verdict = Some(decide(&store, &request, applicable).verdict);
                });
                assert_ne!(verdict, Some(Verdict::Depends), "{:?}", shown(number));
                verdict == Some(Verdict::Allowed)
            })
            .collect();
        let order = [
            Layer::Identity,
            Layer::Boundary,
            Layer::Session,
            Layer::Endpoint,
            Layer::Scp,
            Layer::Rcp,
            Layer::Resource,
        ];
        let mut expected: Vec<Dependency> = Vec::new();
        let mut stride = 1;
        for (choices, layer) in really.iter().zip(order) {
            let size = choices.len();
            let differs = |number: usize| {
                let first = number - number / stride % size * stride;
                allowed[number] != allowed[first]
            };
            if (0..total).any(differs) {
                expected.push(Dependency::NotSeen(layer));
            }
            stride *= size;
        }
        expected.sort();
        let mut on = Vec::new();
        ask(&all, &mut |applicable| on = depends_on(&store, &request, applicable));
        assert_eq!(on, expected, "{caller:?} {all:?} {circumstances:?} {:?}", resource.owner());
        open += usize::from(!on.is_empty());
    }
    assert!(open > 1_500, "only {open} of {tried} were open");
}

/// A condition may decide only where a layer that nobody has shown is of a kind: both are named.
///
/// AWS: IAM User Guide, "AWS JSON policy elements: NotPrincipal": with Deny it always denies whoever has a boundary; "Permissions
/// boundaries for IAM entities": a policy of the resource that names the role is limited by the boundary, one that names the
/// session is not.
#[test]
fn what_decides_only_together_with_an_unseen_layer_is_named_too() {
    let mut store = PolicyStore::new();
    let condition = r#""Condition": {"StringEquals": {"app:k": "x"}}"#;
    let allow = add(&mut store, r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#);
    let other = add(&mut store, r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}"#);
    let exempting = add(
        &mut store,
        &format!(
            r#"{{"Effect": "Deny", "NotPrincipal": {{"AWS": ["arn:aws:iam::111122223333:user/dana", "111122223333"]}},
            "Action": "*", "Resource": "*", {condition}}}"#
        ),
    );
    let ceiling =
        add(&mut store, &format!(r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", {condition}}}"#));
    let resource = Resource::new("arn:aws:s3:::b/k", AccountId::parse("111122223333"));
    let action = Action::new("s3:GetObject");
    let context = Context::exact().with("app:k", Fact::Unknown);
    let on = |caller: &str, applicable: &Applicable<'_>| {
        let caller = Principal::from_arn(caller).expect("a caller");
        depends_on(&store, &Request::exact(&caller, &action, &resource, &context), applicable)
    };
    let key = Dependency::Key("app:k".to_owned());
    let dana = Applicable {
        identity: Documents::Some(&[allow]),
        boundary: Documents::NotSeen,
        resource: ResourcePolicy::Some(exempting),
        ..Applicable::default()
    };
    assert_eq!(
        on("arn:aws:iam::111122223333:user/dana", &dana),
        [key.clone(), Dependency::NotSeen(Layer::Boundary)]
    );
    let session = Applicable {
        identity: Documents::Some(&[other]),
        boundary: Documents::Some(&[ceiling]),
        resource: ResourcePolicy::NotSeen,
        ..Applicable::default()
    };
    assert_eq!(
        on("arn:aws:sts::111122223333:assumed-role/ci/s", &session),
        [key.clone(), Dependency::NotSeen(Layer::Resource)]
    );
    // AWS: KMS Developer Guide, "Key policies in AWS KMS": policies of callers count where the key's policy lets in the account.
    let (decrypt, of_key) = (
        Action::new("kms:Decrypt"),
        Resource::new("arn:aws:kms:eu-west-1:111122223333:key/k", AccountId::parse("111122223333")),
    );
    let caller = Principal::from_arn("arn:aws:iam::111122223333:user/dana").expect("a caller");
    let conditional = Applicable {
        identity: Documents::Some(&[ceiling]),
        resource: ResourcePolicy::NotSeen,
        ..Applicable::default()
    };
    let request = Request::exact(&caller, &decrypt, &of_key, &context);
    assert_eq!(depends_on(&store, &request, &conditional), [key, Dependency::NotSeen(Layer::Resource)]);
}

/// AWS: VPC Lattice User Guide, "Control access to VPC Lattice services using auth policies": both policies have to allow.
#[test]
fn an_auth_policy_that_nobody_has_shown_leaves_open_what_the_callers_side_allows() {
    let mut store = PolicyStore::new();
    let allow = add(&mut store, r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#);
    let caller = Principal::from_arn("arn:aws:iam::111122223333:user/dana").expect("a caller");
    let action = Action::new("vpc-lattice-svcs:Invoke");
    let service = "arn:aws:vpc-lattice:us-east-1:111122223333:service/svc-0a1b/pets";
    let (resource, context) = (Resource::new(service, AccountId::parse("111122223333")), Context::exact());
    let request = Request::exact(&caller, &action, &resource, &context);
    let not_seen = vec![Dependency::NotSeen(Layer::Resource)];
    for (identity, resource, verdict, on) in [
        (Documents::Some(&[allow]), ResourcePolicy::NotSeen, Verdict::Depends, not_seen),
        (Documents::Some(&[allow]), ResourcePolicy::None, Verdict::Allowed, vec![]),
        (Documents::None, ResourcePolicy::NotSeen, Verdict::ImplicitlyDenied, vec![]),
    ] {
        let applicable = Applicable { identity, resource, ..Applicable::default() };
        assert_eq!(decide(&store, &request, &applicable).verdict, verdict, "{identity:?} {resource:?}");
        assert_eq!(depends_on(&store, &request, &applicable), on, "{identity:?} {resource:?}");
    }
}

/// AWS: IAM User Guide, "IAM identifiers", IAM ARNs: a managed policy of AWS has `aws` in the place of the account. Nobody owns it,
/// and it is looked at from the caller's account.
#[test]
fn whose_a_policy_of_aws_is_decides_nothing() {
    let mut store = PolicyStore::new();
    let allow = add(&mut store, r#"{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}"#);
    let caller = Principal::from_arn("arn:aws:iam::111122223333:user/dana").expect("a caller");
    let (action, context) = (Action::new("iam:GetPolicy"), Context::exact());
    let applicable = Applicable { identity: Documents::Some(&[allow]), ..Applicable::default() };
    let of_aws = Resource::new("arn:aws:iam::aws:policy/ReadOnlyAccess", None);
    let nobodys = Resource::new("arn:aws:iam:::policy/ReadOnlyAccess", None);
    for (thing, verdict) in [(&of_aws, Verdict::Allowed), (&nobodys, Verdict::Depends)] {
        let request = Request::exact(&caller, &action, thing, &context);
        assert_eq!(decide(&store, &request, &applicable).verdict, verdict, "{}", thing.text());
    }
}

/// What is wrong with a statement may be all that would narrow it.
#[test]
fn a_faulty_statement_about_everything_says_nothing_for_certain() {
    let mut store = PolicyStore::new();
    let faulty = add(&mut store, r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": 7}"#);
    let sound = add(&mut store, r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#);
    let caller = Principal::from_arn("arn:aws:iam::111122223333:user/dana").expect("a caller");
    let (action, thing, context) =
        (Action::new("sqs:ListQueues"), Resource::new("*", None), Context::exact());
    let request = Request::exact(&caller, &action, &thing, &context);
    for (policy, verdict) in [(faulty, Verdict::Depends), (sound, Verdict::Allowed)] {
        let identity = [policy];
        let applicable = Applicable { identity: Documents::Some(&identity), ..Applicable::default() };
        assert_eq!(decide(&store, &request, &applicable).verdict, verdict);
    }
}
