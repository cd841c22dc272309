//! What a caller can do through every layer, against the engine's decision on generated requests.
//!
//! Three things have to agree: the engine's decision, the formula of the layers evaluated for the request, and the
//! search, which is asked whether any request is this very one and allowed. `CLAVICLE_SAMPLES` sets how many
//! requests, `CLAVICLE_SEED` where they begin.

use clavicle_engine::{
    Action, Applicable, Circumstances, Context, Documents, Fact, Ladder, Layer, PolicyId, Principal,
    Principals, Request, Resource, ResourcePolicy, Tri,
};
use clavicle_policy::AccountId;
use clavicle_prover::{Access, Doubt, Limits, Store, Subject, Verdict};
use clavicle_testkit::{EndpointType, generate};
use serde_json::{Value, json};

pub(crate) const SEED: u64 = 0x5eed_8888;

fn compile(store: &mut Store, document: &Value, principals: Principals) -> PolicyId {
    let parsed = clavicle_policy::parse(document.to_string().as_bytes());
    store.compile(&parsed.policy.expect("a policy"), principals).policy()
}

fn account(text: &str) -> Option<AccountId> {
    AccountId::parse(text)
}

pub(crate) fn fact(value: &Value) -> Fact {
    match value {
        Value::Null => Fact::Absent,
        Value::Array(values) => Fact::Many(values.iter().map(text).collect()),
        other => Fact::One(text(other)),
    }
}

/// A text, or a number or truth as it is written.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A request of the generator, made ready.
struct Scene {
    store: Store,
    principal: Principal,
    action: Action,
    thing: Resource,
    /// What the request brings.
    brought: Context,
    access: Access,
}

fn principal(request: &clavicle_testkit::Request) -> Option<Principal> {
    let text = request.principal.as_str();
    if !text.starts_with("arn:") && request.action.starts_with("sts:AssumeRoleWith") {
        return Some(Principal::federated(text));
    }
    match (&request.role_arn, &request.federating_user) {
        (Some(role), _) if text.contains(":assumed-role/") => Principal::session(text, role).ok(),
        (_, Some(user)) if text.contains(":federated-user/") => Principal::federated_user(text, user).ok(),
        _ => Principal::from_arn(text).ok(),
    }
}

pub(crate) fn follows(key: &str) -> bool {
    let key = key.to_lowercase();
    key.starts_with("aws:principal") || key.starts_with("aws:resource") || key == "aws:username"
}

/// `hide`: of keys that follow from the caller or the thing, those that are not in the context were not seen.
fn scene(request: &clavicle_testkit::Request, hide: bool) -> Option<Scene> {
    let mut store = Store::new();
    let (access, principal, thing, brought) = subject(&mut store, request, hide, &[&request.action])?;
    let action = Action::new(&request.action);
    Some(Scene { store, principal, action, thing, brought, access })
}

/// What the caller of the request can do of some actions with its thing, who and what that is, and what the request brings.
pub(crate) fn subject(
    store: &mut Store,
    request: &clavicle_testkit::Request,
    hide: bool,
    actions: &[&str],
) -> Option<(Access, Principal, Resource, Context)> {
    subject_without(store, request, hide, actions, None)
}

/// The same where nobody has seen one of the layers.
pub(crate) fn subject_without(
    store: &mut Store,
    request: &clavicle_testkit::Request,
    hide: bool,
    actions: &[&str],
    unseen: Option<Layer>,
) -> Option<(Access, Principal, Resource, Context)> {
    let all = |store: &mut Store, documents: &[Value], principals| -> Vec<PolicyId> {
        documents.iter().map(|document| compile(store, document, principals)).collect()
    };
    let (plain, named) = (Principals::Ignored, Principals::Required);
    let identity = all(store, &request.identity_policies, plain);
    let boundary = request.permission_boundaries.as_ref().map(|docs| all(store, docs, plain));
    let session = request.session_policies.as_ref().map(|docs| all(store, docs, plain));
    let endpoint = request.vpc_endpoint_policies.as_ref().map(|docs| all(store, docs, named));
    let scps: Vec<Vec<PolicyId>> =
        request.scps.iter().flatten().map(|level| all(store, level, plain)).collect();
    let rcps: Vec<Vec<PolicyId>> =
        request.rcps.iter().flatten().map(|level| all(store, level, named)).collect();
    let resource = request.resource_policy.as_ref().map(|document| compile(store, document, named));
    let principal = principal(request)?;
    let thing = Resource::new(&request.resource, account(&request.resource_account));
    let (mut known, mut brought) = (Context::exact(), Context::exact());
    for (key, value) in &request.context {
        let into = if follows(key) { &mut known } else { &mut brought };
        into.set(key, fact(value));
    }
    bring_what_is_always_there(&principal, &mut brought);
    if !hide {
        for key in ["aws:PrincipalTag/team", "aws:ResourceTag/team"] {
            if known.stated(key).is_none() {
                known.set(key, Fact::Absent);
            }
        }
    }
    let management = request.management_account.as_deref().and_then(account);
    let manages = |id: Option<AccountId>| management.is_some() && id == management;
    let (scp_rungs, rcp_rungs): (Vec<&[PolicyId]>, Vec<&[PolicyId]>) =
        (scps.iter().map(Vec::as_slice).collect(), rcps.iter().map(Vec::as_slice).collect());
    let ladder = |rungs| -> Ladder<'_> {
        let rungs: &[&[PolicyId]] = rungs;
        if rungs.is_empty() { Ladder::None } else { Ladder::Levels(rungs) }
    };
    let usual = request.action.starts_with("s3:") || request.action.starts_with("dynamodb:");
    let documents =
        |policies: &Option<Vec<PolicyId>>| policies.is_some().then(|| policies.clone().unwrap_or_default());
    let (boundary, session, endpoint) = (documents(&boundary), documents(&session), documents(&endpoint));
    let applicable = Applicable {
        identity: Documents::Some(&identity),
        boundary: boundary.as_deref().map_or(Documents::None, Documents::Some),
        session: session.as_deref().map_or(Documents::None, Documents::Some),
        scps: ladder(&scp_rungs),
        rcps: ladder(&rcp_rungs),
        resource: resource.map_or(ResourcePolicy::None, ResourcePolicy::Some),
        endpoint: endpoint.as_deref().map_or(Documents::None, Documents::Some),
        circumstances: Circumstances {
            principal_account_is_management: manages(principal.account()),
            resource_account_is_management: manages(thing.owner()),
            restrict_public_buckets: request.options.s3_restrict_public_buckets,
            gateway_endpoint: request.vpc_endpoint_type.map_or(usual, |kind| kind == EndpointType::Gateway),
            ..Circumstances::default()
        },
    };
    let not_seen = Documents::NotSeen;
    let applicable = match unseen {
        None => applicable,
        Some(Layer::Identity) => Applicable { identity: not_seen, ..applicable },
        Some(Layer::Boundary) => Applicable { boundary: not_seen, ..applicable },
        Some(Layer::Session) => Applicable { session: not_seen, ..applicable },
        Some(Layer::Endpoint) => Applicable { endpoint: not_seen, ..applicable },
        Some(Layer::Scp) => Applicable { scps: Ladder::NotSeen, ..applicable },
        Some(Layer::Rcp) => Applicable { rcps: Ladder::NotSeen, ..applicable },
        Some(Layer::Resource | Layer::Trust) => {
            Applicable { resource: ResourcePolicy::NotSeen, ..applicable }
        }
    };
    let subject = Subject { caller: &principal, thing: &thing, within: &[], applicable, context: &known };
    let access = store.effective_for(&subject, actions);
    Some((access, principal, thing, brought))
}

/// AWS: IAM User Guide, "AWS global condition context keys", `aws:TokenIssueTime`: it is there "when a principal uses temporary
/// credentials".
pub(crate) fn bring_what_is_always_there(principal: &Principal, brought: &mut Context) {
    let key = "aws:TokenIssueTime";
    let is_there = matches!(brought.stated(key), Some(Fact::One(_)));
    if principal.fact(key) == Some(Fact::Present) && !is_there {
        brought.set(key, Fact::One("2024-03-01T00:00:00Z".to_owned()));
    }
}

/// Does every key hold what the prover takes such a key to hold? It takes keys that AWS lists as single-valued for such, and
/// those of type ARN, number or Bool for ARNs, numbers, `true` and `false`; and every request carries what AWS always sends.
pub(crate) fn is_in_domain(brought: &Context) -> bool {
    let always = ["aws:CurrentTime", "aws:SecureTransport"];
    let carries = |key: &&str| matches!(brought.stated(key), Some(Fact::One(_)));
    always.iter().all(carries)
        && brought.keys().all(|(key, fact)| match (key, fact) {
            (_, Fact::Absent) => true,
            ("aws:tagkeys", Fact::Many(values)) => {
                !values.is_empty() && values.iter().all(|value| !value.is_empty())
            }
            ("aws:sourcearn", Fact::One(text)) => text != "no-arn",
            ("s3:max-keys", Fact::One(text)) => text != "10abc",
            // AWS sends these in lower case; a text operator would tell them apart.
            ("aws:securetransport" | "aws:multifactorauthpresent", Fact::One(text)) => {
                text == "true" || text == "false"
            }
            (_, Fact::One(_)) => key != "aws:tagkeys",
            _ => false,
        })
}

/// A policy that allows this very request.
fn this_one(scene: &Scene) -> Value {
    let mut conditions = serde_json::Map::new();
    let mut add = |operator: &str, key: &str, value: Value| {
        let clauses = conditions.entry(operator).or_insert_with(|| json!({}));
        clauses[key] = value;
    };
    const KEYS: [&str; 8] = [
        "aws:SourceIp",
        "aws:CurrentTime",
        "s3:max-keys",
        "aws:SecureTransport",
        "aws:MultiFactorAuthPresent",
        "aws:SourceArn",
        "aws:RequestTag/blob",
        "aws:TokenIssueTime",
    ];
    for key in KEYS {
        match scene.brought.stated(key) {
            None | Some(Fact::Absent | Fact::Unknown | Fact::Present) => add("Null", key, json!("true")),
            Some(Fact::One(text)) => match key {
                "aws:SourceIp" => add("IpAddress", key, json!(text)),
                "aws:CurrentTime" | "aws:TokenIssueTime" => add("DateEquals", key, json!(text)),
                "aws:SecureTransport" | "aws:MultiFactorAuthPresent" => add("Bool", key, json!(text)),
                "s3:max-keys" => add("NumericEquals", key, json!(text)),
                _ => add("StringEquals", key, json!(text)),
            },
            Some(Fact::Many(_)) => {}
        }
    }
    match scene.brought.stated("aws:TagKeys") {
        Some(Fact::Many(values)) if !values.is_empty() => {
            add("ForAllValues:StringEquals", "aws:TagKeys", json!(values));
            // The whole set is not spelled out: two of three values would do as well.
        }
        _ => add("Null", "aws:TagKeys", json!("true")),
    }
    json!({ "Version": "2008-10-17", "Statement": [
        { "Effect": "Allow", "Action": scene.action.text(), "Resource": "*", "Condition": conditions } ] })
}

#[test]
fn the_formula_of_layers_is_what_the_engine_decides() {
    let (seed, samples) =
        (number("CLAVICLE_SEED").unwrap_or(SEED), number("CLAVICLE_SAMPLES").unwrap_or(1_000));
    let (mut allowed, mut denied, mut open, mut proved, mut found, mut unknown) = (0, 0, 0, 0, 0, 0);
    for seed in seed..seed + samples {
        let request = generate(seed);
        let Some(mut scene) = scene(&request, seed % 4 == 0) else { continue };
        let asked = Request::exact(&scene.principal, &scene.action, &scene.thing, &scene.brought);
        let decided = scene.store.has(&scene.access, &asked);
        let formula = scene.store.has(&scene.access.clone().without_decision(), &asked);
        // Three-valued logic leaves open what the engine settles by trying every case.
        assert!(
            formula == decided || formula == Tri::Maybe,
            "seed {seed}: the engine decides {decided:?}, the formula {formula:?}\n{}",
            serde_json::to_string(&request).expect("a request"),
        );
        match decided {
            Tri::Yes => allowed += 1,
            Tri::No => denied += 1,
            Tri::Maybe => open += 1,
        }
        // Any request of this subject, and this one.
        let document = this_one(&scene);
        let parsed = clavicle_policy::parse(document.to_string().as_bytes()).policy.expect("a policy");
        let in_domain = is_in_domain(&scene.brought);
        let this = scene.store.compile(&parsed, Principals::Ignored).access();
        let any = scene.store.never(&scene.access.clone(), Limits::default());
        let one = scene.store.never(&scene.access.clone().and(this), Limits::default());
        for (verdict, what) in [(&any, "any"), (&one, "this")] {
            let text = || serde_json::to_string(&request).expect("a request");
            match verdict {
                Verdict::Holds => {
                    proved += 1;
                    if in_domain {
                        assert_ne!(
                            decided,
                            Tri::Yes,
                            "seed {seed}: {what} request is proved away\n{}",
                            text()
                        );
                    }
                }
                Verdict::Fails(witness) => {
                    found += 1;
                    // A set is told by its bounds, a key outside of the domain not at all.
                    let exact = in_domain && scene.brought.stated("aws:TagKeys").is_none();
                    if what == "this" && exact {
                        assert_ne!(decided, Tri::No, "seed {seed}: {witness}\n{document}\n{}", text());
                    }
                    let action = Action::new(&witness.action);
                    let thing = Resource::new(&witness.resource, None);
                    let mut context = Context::exact();
                    for (key, fact) in &witness.keys {
                        context.set(key, fact.clone());
                    }
                    let again = Request::exact(&scene.principal, &action, &thing, &context);
                    assert_eq!(scene.store.has(&scene.access, &again), Tri::Yes, "seed {seed}: {witness}");
                }
                Verdict::Unknown(doubts) => {
                    unknown += 1;
                    let bug = doubts.iter().find(|doubt| matches!(doubt, clavicle_prover::Doubt::Bug(_)));
                    assert!(bug.is_none(), "seed {seed}: {bug:?}\n{}", text());
                }
            }
        }
    }
    // A generator that stopped meeting its policies would prove nothing.
    assert!(
        allowed * 20 > samples && denied * 4 > samples,
        "{allowed} allowed, {denied} denied, {open} open"
    );
    assert!(unknown * 5 < samples * 2, "{proved} proved, {found} found, {unknown} unknown");
    println!(
        "{allowed} allowed, {denied} denied, {open} open; {proved} proved, {found} found, {unknown} unknown"
    );
}

/// What one caller can do with one bucket by these statements of its own policy.
fn never_by(statements: &Value, stated: &Context) -> Verdict {
    let dana = Principal::from_arn("arn:aws:iam::111122223333:user/dana").expect("an ARN");
    never_of(&dana, statements, stated)
}

/// The same of this caller.
fn never_of(caller: &Principal, statements: &Value, stated: &Context) -> Verdict {
    let mut store = Store::new();
    let policy =
        compile(&mut store, &json!({"Version": "2012-10-17", "Statement": statements}), Principals::Ignored);
    let thing = Resource::new("arn:aws:s3:::ledger", account("111122223333"));
    let identity = [policy];
    let applicable = Applicable {
        identity: Documents::Some(&identity),
        boundary: Documents::None,
        session: Documents::None,
        scps: Ladder::None,
        rcps: Ladder::None,
        resource: ResourcePolicy::None,
        endpoint: Documents::None,
        circumstances: Circumstances::default(),
    };
    let subject = Subject { caller, thing: &thing, within: &[], applicable, context: stated };
    let access = store.effective_for(&subject, &["s3:ListBucket"]);
    store.never(&access, Limits::default())
}

fn statement(effect: &str, condition: &Value) -> Value {
    json!({"Effect": effect, "Action": "s3:ListBucket", "Resource": "*", "Condition": condition})
}

/// AWS: IAM User Guide, "AWS global condition context keys" (`reference_policies_condition-keys`): these keys are "always
/// included in the request context", and `aws:CurrentTime` and `aws:EpochTime` both are the date and time of the request.
#[test]
fn a_request_carries_what_aws_always_sends_and_one_time() {
    let holds = |statements: Value| {
        let verdict = never_by(&statements, &Context::exact());
        assert!(matches!(verdict, Verdict::Holds), "{statements}: {verdict:?}");
    };
    for key in ["aws:CurrentTime", "aws:EpochTime", "aws:SecureTransport", "aws:RequestedRegion"] {
        holds(json!([statement("Allow", &json!({"Null": {key: "true"}}))]));
    }
    let before = |key: &str| json!({"DateLessThan": {key: "2024-01-01T00:00:00Z"}});
    let (late, early) = ("1735689600", "1577836800");
    holds(json!([
        statement("Allow", &before("aws:CurrentTime")),
        statement("Deny", &json!({"NumericLessThan": {"aws:EpochTime": late}})),
    ]));
    holds(json!([
        statement("Allow", &before("aws:EpochTime")),
        statement("Deny", &json!({"DateLessThan": {"aws:CurrentTime": "2025-01-01T00:00:00Z"}})),
    ]));
    holds(json!([statement(
        "Allow",
        &json!({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}, "NumericGreaterThan": {"aws:EpochTime": late}}),
    )]));
    // A statement that not all requests meet, met by one that is possible.
    let both = json!([
        statement("Allow", &before("aws:CurrentTime")),
        statement("Deny", &json!({"NumericLessThan": {"aws:EpochTime": early}})),
    ]);
    let verdict = never_by(&both, &Context::exact());
    let witness = verdict.witness().expect("a request between the two");
    let time = |key: &str| {
        let found = witness.keys.iter().find(|(name, _)| name == key);
        match found {
            Some((_, Fact::One(text))) => clavicle_engine::Instant::parse(text).expect("a time").seconds(),
            _ => panic!("{key} in {witness}"),
        }
    };
    assert_eq!(time("aws:CurrentTime"), time("aws:EpochTime"), "{witness}");
    assert!((1_577_836_800..1_704_067_200).contains(&time("aws:CurrentTime")), "{witness}");
    // A key that only a way out of a Deny needs is there with a value.
    let unless = json!([
        statement("Allow", &json!({})),
        statement("Deny", &json!({"Bool": {"aws:SecureTransport": "false"}})),
    ]);
    let verdict = never_by(&unless, &Context::exact());
    let witness = verdict.witness().expect("a request over TLS");
    assert!(
        witness.keys.contains(&("aws:SecureTransport".to_owned(), Fact::One("true".to_owned()))),
        "{witness}"
    );
    // What the question states is as it states.
    let stated = Context::exact().with_value("aws:SecureTransport", "false");
    assert!(matches!(never_by(&unless, &stated), Verdict::Holds));
}

/// AWS: IAM User Guide, "AWS global condition context keys": `aws:TokenIssueTime` is there "only when the principal uses temporary
/// credentials", as a role does and a user may; `aws:SourceAccount` only where a service calls for itself.
#[test]
fn a_request_carries_what_follows_from_its_caller() {
    let [user, role] = ["user/dana", "role/app"]
        .map(|name| Principal::from_arn(&format!("arn:aws:iam::111122223333:{name}")).expect("an ARN"));
    // Of whom it is known that they sign, and no more.
    let mut somebody = user.clone();
    for key in ["aws:SourceIdentity", "aws:AssumedRoot"] {
        somebody.state(key, Fact::Unknown);
    }
    for (caller, condition, can) in [
        (&role, json!({"Null": {"aws:TokenIssueTime": "true"}}), false),
        (&role, json!({"DateLessThan": {"aws:TokenIssueTime": "2024-01-01"}}), true),
        (&user, json!({"Null": {"aws:TokenIssueTime": "true"}}), true),
        (&user, json!({"DateLessThan": {"aws:TokenIssueTime": "2024-01-01"}}), true),
        (&user, json!({"StringEquals": {"aws:SourceAccount": "111122223333"}}), false),
        (&role, json!({"Null": {"aws:SourceArn": "false"}}), false),
        (&user, json!({"StringEquals": {"aws:SourceIdentity": "x"}}), false),
        (&somebody, json!({"StringEquals": {"aws:SourceIdentity": "x"}}), true),
        (&somebody, json!({"StringNotEquals": {"aws:SourceIdentity": "x"}}), true),
        (&somebody, json!({"Bool": {"aws:AssumedRoot": "true"}}), true),
    ] {
        let statements = json!([statement("Allow", &condition)]);
        let verdict = never_of(caller, &statements, &Context::exact());
        match (&verdict, can) {
            (Verdict::Fails(_), true) | (Verdict::Holds, false) => {}
            _ => panic!("{}: {statements}: {verdict:?}", caller.text()),
        }
    }
}

/// Of two callers one may send what the other never does: a service calls for a thing, a user does not. AWS: IAM User Guide, "AWS
/// global condition context keys", `aws:SourceArn`: "This key is included in the request context in most cases for calls made
/// directly to your resource by an AWS service principal".
#[test]
fn what_one_of_two_callers_never_sends_is_missing_for_that_one() {
    let mut store = Store::new();
    let user = Principal::from_arn("arn:aws:iam::111122223333:user/dana").expect("an ARN");
    let service = Principal::service("sns.amazonaws.com");
    let without = json!({"Null": {"aws:SourceArn": "true"}});
    let document = |statement: Value| json!({"Version": "2012-10-17", "Statement": [statement]});
    let mut grant = statement("Allow", &without);
    grant["Principal"] = json!({"Service": "sns.amazonaws.com"});
    let own = compile(&mut store, &document(statement("Allow", &without)), Principals::Ignored);
    let of_thing = compile(&mut store, &document(grant), Principals::Required);
    let thing = Resource::new("arn:aws:s3:::ledger", account("111122223333"));
    let (nothing, identity) = (Context::exact(), [own]);
    let [by_user, by_service] =
        [(&user, Documents::Some(&identity)), (&service, Documents::None)].map(|(caller, identity)| {
            let applicable = Applicable {
                identity,
                boundary: Documents::None,
                session: Documents::None,
                scps: Ladder::None,
                rcps: Ladder::None,
                resource: ResourcePolicy::Some(of_thing),
                endpoint: Documents::None,
                circumstances: Circumstances::default(),
            };
            let subject = Subject { caller, thing: &thing, within: &[], applicable, context: &nothing };
            store.effective_for(&subject, &["s3:ListBucket"])
        });
    // What the service sends keeps it out, and the user sends none.
    let more = store.implies(&by_user, &by_service, Limits::default());
    assert!(
        more.witness()
            .is_some_and(|it| it.keys.iter().any(|(key, _)| key.eq_ignore_ascii_case("aws:SourceArn"))),
        "{more:?}"
    );
    assert!(store.implies(&by_service, &by_user, Limits::default()).holds());
}

/// Sessions of roles always tell when their credentials were given out, and those of users may not: what a user can do with
/// long-lived keys alone is no less for that.
#[test]
fn what_one_of_two_callers_always_sends_the_other_may_lack() {
    let [user, role] = ["user/dana", "role/app"]
        .map(|name| Principal::from_arn(&format!("arn:aws:iam::111122223333:{name}")).expect("an ARN"));
    let lacking = statement("Allow", &json!({"Null": {"aws:TokenIssueTime": "true"}}));
    let having = statement("Allow", &json!({"Null": {"aws:TokenIssueTime": "false"}}));
    let all = statement("Allow", &json!({}));
    let recent = statement("Allow", &json!({"DateGreaterThan": {"aws:TokenIssueTime": "2024-01-01"}}));
    let implies = |one: (&Principal, &[&Value]), other: (&Principal, &[&Value])| {
        let mut store = Store::new();
        let thing = Resource::new("arn:aws:s3:::ledger", account("111122223333"));
        let nothing = Context::exact();
        let compiled = [one.1, other.1].map(|statements| {
            compile(
                &mut store,
                &json!({"Version": "2012-10-17", "Statement": statements}),
                Principals::Ignored,
            )
        });
        let [one, other] = [(one.0, compiled[0]), (other.0, compiled[1])].map(|(caller, policy)| {
            let identity = [policy];
            let applicable = Applicable {
                identity: Documents::Some(&identity),
                boundary: Documents::None,
                session: Documents::None,
                scps: Ladder::None,
                rcps: Ladder::None,
                resource: ResourcePolicy::None,
                endpoint: Documents::None,
                circumstances: Circumstances::default(),
            };
            let subject = Subject { caller, thing: &thing, within: &[], applicable, context: &nothing };
            store.effective_for(&subject, &["s3:ListBucket"])
        });
        store.implies(&one, &other, Limits::default())
    };
    let deny = statement("Deny", &json!({}));
    for (found, (one, other)) in [
        ("more", ((&user, &[&lacking][..]), (&role, &[&deny][..]))),
        ("more", ((&user, &[&all]), (&role, &[&lacking]))),
        ("no more", ((&user, &[&lacking]), (&role, &[&all]))),
        ("no more", ((&role, &[&all]), (&user, &[&having]))),
        ("no more", ((&role, &[&lacking]), (&user, &[&deny]))),
        ("no more", ((&role, &[&recent]), (&role, &[&having]))),
        ("more", ((&user, &[&lacking]), (&role, &[&lacking]))),
        // What the role can do with a request that lacks it, which is none of its own, nobody can say.
        ("unknown", ((&user, &[&lacking]), (&role, &[&recent]))),
    ] {
        let verdict = implies(one, other);
        let told = match &verdict {
            Verdict::Fails(_) => "more",
            Verdict::Holds => "no more",
            Verdict::Unknown(_) => "unknown",
        };
        assert_eq!(told, found, "{one:?}\n{other:?}\n{verdict:?}");
    }
}

/// AWS: KMS Developer Guide, "Key policies in AWS KMS": there a statement without `Resource` has no effect. Organizations does
/// not take an RCP with one, so what that would deny is not known.
#[test]
fn a_statement_without_resource_has_no_effect_in_a_key_policy_and_may_have_any_in_an_rcp() {
    let ann = Principal::from_arn("arn:aws:iam::111122223333:user/ann").expect("a caller");
    let key = Resource::new("arn:aws:kms:eu-west-1:111122223333:key/k1", None);
    let silent = |effect: &str| json!({"Effect": effect, "Principal": "*", "Action": "kms:Decrypt"});
    let mut speaking = silent("Allow");
    speaking["Resource"] = "*".into();
    // Is what it can do under the one pair of policies what it can do under the other at most?
    let at_most = |one: [&[&Value]; 2], other: [&[&Value]; 2]| {
        let (mut store, nothing) = (Store::new(), Context::exact());
        let [one, other] = [one, other].map(|documents| {
            let [policy, rcp] = documents.map(|statements| {
                let document = json!({"Version": "2012-10-17", "Statement": statements});
                compile(&mut store, &document, Principals::Required)
            });
            let level = [rcp];
            let levels = [&level[..]];
            let applicable = Applicable {
                rcps: Ladder::Levels(&levels),
                resource: ResourcePolicy::Some(policy),
                ..Applicable::default()
            };
            let subject = Subject { caller: &ann, thing: &key, within: &[], applicable, context: &nothing };
            store.effective_for(&subject, &["kms:Decrypt"])
        });
        match store.implies(&one, &other, Limits::default()) {
            Verdict::Fails(_) => "no",
            Verdict::Holds => "yes",
            Verdict::Unknown(doubts) if doubts.iter().all(|doubt| matches!(doubt, Doubt::NotSeen(_))) => {
                "open"
            }
            Verdict::Unknown(doubts) => panic!("{doubts:?}"),
        }
    };
    let (allow, deny) = (silent("Allow"), silent("Deny"));
    let (all, none): ([&[&Value]; 2], [&[&Value]; 2]) = ([&[&speaking], &[]], [&[], &[]]);
    assert_eq!(at_most(all, none), "no");
    assert_eq!(at_most([&[&allow], &[]], none), "yes");
    assert_eq!(at_most(all, [&[&speaking, &deny], &[]]), "yes");
    assert_eq!(at_most(all, [&[&speaking], &[&deny]]), "open");
    assert_eq!(at_most([&[&speaking], &[&deny]], none), "open");
}

/// AWS: IAM User Guide, "AWS global condition context keys", `aws:ResourceAccount`: some "actions don't support this key".
#[test]
fn whose_a_thing_is_not_every_request_tells() {
    let ann = Principal::from_arn("arn:aws:iam::111122223333:user/ann").expect("a caller");
    let snapshot = Resource::new("arn:aws:ec2:eu-west-1:111122223333:snapshot/snap-1", None);
    let statement = |effect: &str, operator: &str| {
        json!({"Effect": effect, "Action": "ec2:*", "Resource": "*",
            "Condition": {operator: {"aws:ResourceAccount": "111122223333"}}})
    };
    let allow = json!({"Effect": "Allow", "Action": "ec2:*", "Resource": "*"});
    let never = |actions: &[&str], statements: &[&Value], stated: &Context| {
        let mut store = Store::new();
        let document = json!({"Version": "2012-10-17", "Statement": statements});
        let identity = [compile(&mut store, &document, Principals::Ignored)];
        let applicable = Applicable { identity: Documents::Some(&identity), ..Applicable::default() };
        let subject = Subject { caller: &ann, thing: &snapshot, within: &[], applicable, context: stated };
        let access = store.effective_for(&subject, actions);
        match store.never(&access, Limits::default()) {
            Verdict::Fails(witness) => witness.action.clone(),
            Verdict::Holds => "none".to_owned(),
            Verdict::Unknown(doubts) if doubts.iter().all(|doubt| matches!(doubt, Doubt::NotSeen(_))) => {
                "open".to_owned()
            }
            Verdict::Unknown(doubts) => panic!("{doubts:?}"),
        }
    };
    let (own, deny_own) = (statement("Allow", "StringEquals"), statement("Deny", "StringEquals"));
    let (others, deny_others) = (statement("Allow", "StringNotEquals"), statement("Deny", "StringNotEquals"));
    let (open, copy, delete) = (Context::exact(), ["ec2:CopySnapshot"], ["ec2:DeleteSnapshot"]);
    for (statements, of_copy, of_delete) in [
        (&[&allow][..], "ec2:CopySnapshot", "ec2:DeleteSnapshot"),
        (&[&own], "open", "ec2:DeleteSnapshot"),
        (&[&others], "open", "none"),
        (&[&allow, &deny_others], "open", "ec2:DeleteSnapshot"),
        (&[&allow, &deny_own], "open", "none"),
        (&[&own, &others], "open", "ec2:DeleteSnapshot"),
    ] {
        assert_eq!(never(&copy, statements, &open), of_copy, "{statements:?}");
        assert_eq!(never(&delete, statements, &open), of_delete, "{statements:?}");
    }
    assert_eq!(never(&["ec2:CopySnapshot", "ec2:DeleteSnapshot"], &[&own], &open), "ec2:DeleteSnapshot");
    assert_eq!(never(&["ec2:CopySnapshot", "ec2:DeleteSnapshot"], &[&others], &open), "open");
    let stated = Context::exact().with_value("aws:ResourceAccount", "111122223333");
    assert_eq!(never(&copy, &[&own], &stated), "ec2:CopySnapshot");
}

/// A key that is known to hold several values meets no operator that takes one, negated or not, and one that holds none is
/// not there. AWS: IAM User Guide, "Single-valued vs. multivalued context keys": those with several values "require a condition
/// set operator".
#[test]
fn a_key_that_is_known_to_be_a_set_is_read_as_the_engine_reads_it() {
    let set = |values: &[&str]| {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        let mut context = Context::exact();
        context.set("aws:PrincipalTag/team", Fact::Many(values));
        context
    };
    for (operator, value, held, can) in [
        ("StringEquals", "ops", &["ops"][..], false),
        ("StringNotEquals", "pay", &["ops"], false),
        ("StringNotLike", "${aws:username}", &["ops", "dev"], false),
        ("StringNotEqualsIfExists", "pay", &["ops"], false),
        ("ArnNotLike", "arn:aws:iam::*:role/x", &["ops"], false),
        ("NumericNotEquals", "7", &["8"], false),
        ("ForAnyValue:StringEquals", "ops", &["ops", "dev"], true),
        ("ForAllValues:StringNotEquals", "pay", &["ops", "dev"], true),
        ("ForAllValues:StringNotEquals", "dev", &["ops", "dev"], false),
        ("Null", "false", &["ops"], true),
        ("Null", "true", &["ops"], false),
        ("Null", "true", &[], true),
        ("Null", "false", &[], false),
        ("Null", "true", &[""], true),
        ("Null", "false", &[""], false),
        ("StringNotEquals", "pay", &[], false),
    ] {
        let condition = json!({operator: {"aws:PrincipalTag/team": value}});
        let allowed = json!([statement("Allow", &condition)]);
        let denied = json!([statement("Allow", &json!({})), statement("Deny", &condition)]);
        for (statements, can) in [(allowed, can), (denied, !can)] {
            let verdict = never_by(&statements, &set(held));
            match (&verdict, can) {
                (Verdict::Fails(_), true) | (Verdict::Holds, false) => {}
                _ => panic!("{statements} with {held:?}: {verdict:?}"),
            }
        }
    }
}

/// The number that this variable of the environment holds.
pub(crate) fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}
