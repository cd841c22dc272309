//! The demo organization: its stories are told in `examples/paperboat/README.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use clavicle_catalog::{Word, catalog};
use clavicle_engine::{Action, Dependency, Layer, Verdict};
use clavicle_graph::{Access, Actor, Begin, Chain, Goal, Grade, Limits, Node, Stated, Target, World};
use clavicle_snapshot::{AccountId, PrincipalIndex, ResourceIndex};

fn world() -> &'static World {
    static WORLD: LazyLock<World> = LazyLock::new(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/paperboat");
        let snapshot = clavicle_snapshot::open_any(&folder, |_, _| ()).expect("the demo imports");
        World::new(snapshot, catalog(), Stated::default(), |_, _| ())
    });
    &WORLD
}

fn role(account: &str, name: &str) -> PrincipalIndex {
    let arn = format!("arn:aws:iam::{account}:role/{name}");
    world().snapshot().principal_by_arn(&arn).expect(&arn)
}

fn bucket(name: &str) -> Target {
    let arn = format!("arn:aws:s3:::{name}");
    Target::Resource(world().snapshot().resource_by_arn(&arn).expect("the bucket is in the demo"))
}

fn account(id: &str) -> AccountId {
    AccountId::parse(id).expect("an account id")
}

fn name(actor: &Actor) -> String {
    match actor {
        Actor::Principal(index) => world().snapshot().principal(*index).name.to_string(),
        other => format!("{other:?}"),
    }
}

fn who(word: Word, target: &Target) -> Vec<Access> {
    let when = world().context(&BTreeMap::new());
    world().who_can(&world().wanted(word, target), target, &when)
}

const PROD: &str = "111122223333";
const STAGING: &str = "444455556666";

#[test]
fn nine_identities_read_the_invoices_besides_the_administrators() {
    let found = who(Word::Read, &bucket("paperboat-invoices"));
    let certain = |access: &&Access| {
        access.how.ruling.verdict == Verdict::Allowed
            && access.how.needs.iter().all(|(_, ruling)| ruling.verdict == Verdict::Allowed)
    };
    let is_admin =
        |access: &&Access| matches!(access.actor, Actor::Principal(index) if world().is_admin(index));
    let names: BTreeSet<String> =
        found.iter().filter(certain).filter(|a| !is_admin(a)).map(|a| name(&a.actor)).collect();
    let billing = ["api", "archive", "export", "refunds", "reminders", "tax", "worker"]
        .map(|part| format!("billing-{part}"));
    let wanted: BTreeSet<String> = billing.into_iter().chain(["reporting-read".to_owned()]).collect();
    assert_eq!(names, wanted);
    assert_eq!(found.iter().filter(is_admin).count(), 2);
    let open: Vec<&Access> = found.iter().filter(|access| !certain(access)).collect();
    assert_eq!(open.iter().map(|access| name(&access.actor)).collect::<Vec<_>>(), ["dana"]);
    assert_eq!(open[0].how.ruling.depends_on, [Dependency::Key("aws:multifactorauthpresent".to_owned())]);
    assert_eq!(open[0].how.needs[0].0.action, "kms:Decrypt");
}

#[test]
fn a_stated_key_settles_what_depends_on_it() {
    let target = bucket("paperboat-invoices");
    let mfa = |value: &str| {
        let when = BTreeMap::from([("aws:MultiFactorAuthPresent".to_owned(), vec![value.to_owned()])]);
        let found = world().who_can(&world().wanted(Word::Read, &target), &target, &world().context(&when));
        found.iter().find(|access| name(&access.actor) == "dana").map(|access| access.how.ruling.verdict)
    };
    assert_eq!((mfa("true"), mfa("false")), (Some(Verdict::Allowed), None));
}

#[test]
fn a_service_control_policy_stops_the_deployer() {
    let deployer = Actor::Principal(role(STAGING, "deployer"));
    let put = Action::new("s3:PutObject");
    let object = "arn:aws:s3:::paperboat-invoices/2026/07.csv";
    let when = world().context(&BTreeMap::new());
    let why = world()
        .explain(&deployer, &put, &bucket("paperboat-invoices"), Some(object), &when)
        .expect("a role can ask");
    assert_eq!(why.explanation.decision.verdict, Verdict::ExplicitlyDenied);
    let by = why.explanation.because[0].policy;
    let text = world().text(by);
    assert!(text.contains("DenyWritesFromStaging"), "{text}");
    assert!(why.documents.iter().any(|attached| attached.policy == by));
}

#[test]
fn equal_roles_are_one_class() {
    let sizes = |account_id: &str, stem: &str| {
        let classes: BTreeSet<_> = world()
            .principals_of(account(account_id))
            .iter()
            .filter(|index| world().snapshot().principal(**index).name.starts_with(stem))
            .map(|index| world().class_of(*index))
            .collect();
        classes.into_iter().map(|class| world().class_members(class).len()).collect::<Vec<_>>()
    };
    assert_eq!(sizes(PROD, "billing-"), [7]);
    assert_eq!(sizes(STAGING, "dev-"), [41]);
    // The bucket policy names both halves, so a policy could tell them apart: they stay two.
    assert_eq!(sizes(STAGING, "deployer"), [1, 1]);
}

#[test]
fn the_unknown_vendor_becomes_the_log_shipper() {
    let into = world().becomes_into(role(STAGING, "LogShipper"));
    let outside = Actor::OutsideAccount(account("999999999999"));
    let found = into.iter().find(|known| known.from == outside).expect("the trust policy names the account");
    // Our side lets it in; whether its own policies do is not known.
    assert_eq!(found.ruling.verdict, Verdict::Depends);
    assert!(found.ruling.turns_on_unseen());
}

#[test]
fn the_chain_hops_from_staging_to_prod() {
    let from = Actor::Principal(role(STAGING, "nightly-exec"));
    let to: Vec<PrincipalIndex> = world().becomes_from(&from).map(|known| known.to).collect();
    assert_eq!(to, [role(PROD, "reporting-read")]);
    let workloads = world().runs_as(role(STAGING, "nightly-exec"));
    let names: Vec<&str> = workloads.iter().map(|index| &*world().snapshot().resource(*index).name).collect();
    assert_eq!(names, ["nightly-report"]);
}

#[test]
fn the_public_bucket_is_one_line_and_not_two_hundred() {
    let touches = world().touches(account(PROD));
    let covers =
        world().snapshot().resource_by_arn("arn:aws:s3:::paperboat-covers").expect("it is in the demo");
    let read = 1 << Word::Read as u8;
    let outside: Vec<_> = touches.outside.iter().filter(|touch| touch.resource == covers).collect();
    assert_eq!(
        outside.iter().map(|touch| (&touch.actor, touch.allowed)).collect::<Vec<_>>(),
        [(&Actor::Everyone, read)]
    );
    assert!(touches.within.iter().all(|touch| touch.resource != covers || touch.allowed & read == 0));
}

#[test]
fn what_the_matrix_says_the_engine_says_pair_by_pair() {
    let touches = world().touches(account(STAGING));
    let when = world().context(&BTreeMap::new());
    let mut checked = 0;
    for class in world().classes_of(account(STAGING)) {
        let first = world().class_members(class)[0];
        if world().is_admin(first) {
            continue;
        }
        let mut wanted = BTreeMap::new();
        for reach in world().what_can(&Actor::Principal(first), &when) {
            let Target::Resource(resource) = reach.target else { continue };
            if world().snapshot().resource(resource).account != Some(account(STAGING)) {
                continue;
            }
            let bits = |verdict| {
                let words = reach.words.iter().filter(|word| {
                    let needs_met = word.needs_met();
                    (word.ruling.verdict == Verdict::Allowed && needs_met) == (verdict == Verdict::Allowed)
                });
                words.fold(0_u8, |bits, word| bits | 1 << word.word as u8)
            };
            wanted.insert(resource, (bits(Verdict::Allowed), bits(Verdict::Depends)));
        }
        let found: BTreeMap<_, _> = touches
            .within
            .iter()
            .filter(|touch| touch.class == class)
            .map(|touch| (touch.resource, (touch.allowed, touch.depends)))
            .collect();
        assert_eq!(found, wanted, "{}", world().snapshot().principal(first).arn);
        checked += found.len();
    }
    assert!(checked > 100, "{checked}");
}

/// What `examples/paperboat/README.md` tells: a chain of five steps, and four of it for three others.
#[test]
fn the_invoices_are_reached_by_the_chain_of_the_story() {
    let target = bucket("paperboat-invoices");
    let goal = Goal::Do { wanted: world().wanted(Word::Read, &target), target };
    let found = world().chains(&Begin::Anyone, &goal, &Limits::default());
    assert!(!found.more);
    let node = |node: &Node| match node {
        Node::Actor(actor) => name(actor),
        Node::Workload(index) => world().snapshot().resource(*index).name.to_string(),
        Node::Thing(target) => world().arn_of(target).to_string(),
        other => format!("{other:?}"),
    };
    let tell = |chain: &Chain| -> Vec<String> {
        let begin = chain.begin().map(&node);
        let steps = chain.steps.iter().map(|step| format!("{:?} {}", step.relation, node(&step.to)));
        begin.into_iter().chain(steps).collect()
    };
    let rest = [
        "Controls nightly-report",
        "RunsAs nightly-exec",
        "Becomes reporting-read",
        "Touches arn:aws:s3:::paperboat-invoices",
    ];
    let told = |begin: &[&str]| -> Vec<String> {
        begin.iter().chain(&rest).map(|text| (*text).to_owned()).collect()
    };
    let outside = format!("{:?}", Actor::OutsideAccount(account("999999999999")));
    let mut wanted = vec![
        told(&["deployer"]),
        told(&["deployer-blue"]),
        told(&["support-sam"]),
        told(&[&outside, "Becomes LogShipper"]),
    ];
    let mut chains: Vec<Vec<String>> = found.chains.iter().map(tell).collect();
    chains.sort();
    wanted.sort();
    assert_eq!(chains, wanted);
    // Only the outsider's own side is not known; all else is certain, and every request has its statement.
    for step in found.chains.iter().flat_map(|chain| &chain.steps) {
        let from_outside = matches!(&step.from, Node::Actor(Actor::OutsideAccount(_)));
        assert_eq!(step.grade == Grade::Certain, !from_outside, "{step:?}");
        for request in step.requests.iter().filter(|_| !from_outside) {
            let why = world().explain_request(request).expect("a user or role can ask");
            assert_eq!(why.explanation.decision.verdict, Verdict::Allowed, "{request:?}");
            assert!(!why.explanation.because.is_empty(), "{request:?}");
        }
    }
}

#[test]
fn the_shifts_are_a_ring() {
    let rings = world().rings();
    let shifts: BTreeSet<Node> = ["shift-early", "shift-late", "shift-night"]
        .map(|shift| Node::Actor(Actor::Principal(role(STAGING, shift))))
        .into();
    assert!(rings.iter().any(|ring| ring.iter().cloned().collect::<BTreeSet<_>>() == shifts), "{rings:?}");
}

#[test]
fn one_statement_of_the_shared_policy_is_the_cheapest_cut() {
    let target = bucket("paperboat-invoices");
    let goal = Goal::Do { wanted: world().wanted(Word::Read, &target), target };
    let cut = world().cut(&Begin::Anyone, &goal, &Limits::default()).expect("there is one");
    assert_eq!((cut.statements.len(), cut.is_smallest), (1, true));
    let text = world().text(cut.statements[0].policy);
    assert!(text.contains("lambda:UpdateFunctionCode"), "{text}");
    // The search in the world without it finds nothing, and what else is gone is told.
    let rest = world().without(&cut.statements);
    assert!(rest.chains(&Begin::Anyone, &goal, &Limits::default()).chains.iter().all(|chain| {
        let begin = chain.begin();
        !matches!(begin, Some(Node::Actor(Actor::OutsideAccount(_))))
    }));
    assert!(cut.lost.iter().all(|(_, to)| matches!(to, Node::Workload(_))), "{:?}", cut.lost);
    assert!(!cut.lost.is_empty());
}

#[test]
fn who_comes_closest_to_writing_the_invoices_is_told_with_what_stops_them() {
    let target = bucket("paperboat-invoices");
    let wanted = world().wanted(Word::Write, &target);
    let goal = Goal::Do { wanted: wanted.clone(), target };
    let deployer = role(STAGING, "deployer");
    let closest = world()
        .closest(&Begin::With(vec![Actor::Principal(deployer)]), &goal)
        .expect("its policies speak of it");
    assert_eq!((closest.who, closest.layers.as_slice()), (deployer, [Layer::Scp].as_slice()));
    assert_eq!(wanted[closest.action].action.text(), "s3:PutObject");
    let by = closest.why.explanation.because[0].policy;
    assert!(world().text(by).contains("DenyWritesFromStaging"));
    assert!(world().closest(&Begin::Anyone, &Goal::Administrator(None)).is_none());
}

/// Of things of other accounts only those are looked at whose policy could mean the asker: that leaves nobody out.
#[test]
fn what_somebody_can_across_accounts_is_what_others_say_of_it() {
    let snapshot = world().snapshot();
    let when = world().context(&BTreeMap::new());
    let resources = snapshot.resources.iter().enumerate();
    // A thing without a policy lets in nobody of another account.
    let resources = resources.filter(|(_, record)| record.policy.document().is_some());
    let things = resources.map(|(at, record)| (Target::Resource(ResourceIndex::at(at)), record.account));
    let roles = world().principals();
    let roles = roles.map(|index| (Target::Principal(index), Some(snapshot.principal(index).account)));
    let targets: BTreeMap<Target, Option<AccountId>> = things.chain(roles).collect();
    let across = |index: PrincipalIndex, target: &Target| {
        targets.get(target).is_some_and(|owner| *owner != Some(snapshot.principal(index).account))
    };
    let mut said: BTreeMap<PrincipalIndex, BTreeSet<Target>> = BTreeMap::new();
    for target in targets.keys() {
        for word in Word::ALL {
            for access in who(word, target) {
                if let Actor::Principal(index) = access.actor
                    && across(index, target)
                {
                    said.entry(index).or_default().insert(target.clone());
                }
            }
        }
    }
    assert!(said.len() > 10, "{}", said.len());
    let others = world().principals().step_by(31).filter(|index| !said.contains_key(index));
    let others: Vec<PrincipalIndex> = others.collect();
    for index in said.keys().copied().chain(others) {
        let reached = world().what_can(&Actor::Principal(index), &when);
        let reached = reached.into_iter().map(|reach| reach.target).filter(|target| across(index, target));
        let told = said.get(&index).cloned().unwrap_or_default();
        assert_eq!(reached.collect::<BTreeSet<_>>(), told, "{}", snapshot.principal(index).arn);
    }
}
