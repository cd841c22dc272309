//! The matrix of an account says of every cell what the question about that cell says.
//!
//! [`World::touches`] asks once about things that are alike to a caller; [`World::who_can`] asks about every caller and
//! thing by themselves. They have to agree, on accounts that people wrote and on accounts made so that things collide.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use clavicle_catalog::{Word, catalog};
use clavicle_engine::Verdict;
use clavicle_graph::{Access, Actor, ClassId, Stated, Target, World};
use clavicle_snapshot::{AccountId, ResourceIndex};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

/// What is drawn: all words but `become`, which the map shows in its own way.
const WORDS: [Word; 6] = [Word::List, Word::Read, Word::Write, Word::Delete, Word::Run, Word::Control];

type Cells = BTreeMap<(ResourceIndex, ClassId), (u8, u8)>;

fn bit(word: Word) -> u8 {
    Word::ALL.iter().position(|known| *known == word).map_or(0, |place| 1 << place)
}

fn is_certain(access: &Access) -> bool {
    access.how.ruling.verdict == Verdict::Allowed
        && access.how.needs.iter().all(|(_, ruling)| ruling.verdict == Verdict::Allowed)
}

/// Every cell of some things of an account, from a question about each thing and word.
fn asked_one_by_one(world: &World, account: AccountId, things: &[ResourceIndex]) -> Cells {
    let when = world.context(&BTreeMap::new());
    let admins: BTreeSet<_> = world.administrators().iter().copied().collect();
    let mut cells = Cells::new();
    for thing in things {
        let target = Target::Resource(*thing);
        for word in WORDS {
            let accesses = world.who_can(&world.wanted(word, &target), &target, &when);
            let public = accesses.iter().any(|access| access.actor == Actor::Everyone && is_certain(access));
            if public {
                continue;
            }
            for access in accesses {
                let Actor::Principal(index) = access.actor else { continue };
                if world.snapshot().principal(index).account != account || admins.contains(&index) {
                    continue;
                }
                let (allowed, depends) = cells.entry((*thing, world.class_of(index))).or_default();
                *(if is_certain(&access) { allowed } else { depends }) |= bit(word);
            }
        }
    }
    for (allowed, depends) in cells.values_mut() {
        *depends &= !*allowed;
    }
    cells
}

/// Where the matrix and the questions differ, in words.
fn differences(world: &World, every: usize) -> Vec<String> {
    let mut wrong = Vec::new();
    for account in world.snapshot().accounts.iter().map(|account| account.id) {
        let things: Vec<ResourceIndex> = world.resources_of(account).iter().copied().step_by(every).collect();
        let expected = asked_one_by_one(world, account, &things);
        let sampled: BTreeSet<ResourceIndex> = things.into_iter().collect();
        let touches = world.touches(account);
        let within = touches.within.iter().filter(|touch| sampled.contains(&touch.resource));
        let found: Cells =
            within.map(|touch| ((touch.resource, touch.class), (touch.allowed, touch.depends))).collect();
        let keys: BTreeSet<_> = expected.keys().chain(found.keys()).copied().collect();
        for key in keys {
            let (own, other) = (found.get(&key), expected.get(&key));
            if own != other {
                let thing = &world.snapshot().resource(key.0).arn;
                let who = world
                    .class_members(key.1)
                    .first()
                    .map(|first| world.snapshot().principal(*first).arn.clone());
                wrong.push(format!("{who:?} on {thing}: the matrix {own:?}, the question {other:?}"));
            }
        }
        let ordered = |pair: &[clavicle_graph::Touch]| {
            (pair[0].resource, pair[0].class) < (pair[1].resource, pair[1].class)
        };
        assert!(touches.within.windows(2).all(ordered), "by resource, then class, each once");
    }
    wrong
}

fn opened(folder: &Path, standalone: bool) -> World {
    let snapshot = clavicle_snapshot::open_any(folder, |_, _| ()).expect("it imports");
    World::new(snapshot, catalog(), Stated { standalone }, |_, _| ())
}

fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} cells differ:\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
}

#[test]
fn the_matrix_of_the_demo_is_what_questions_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/paperboat");
    none(&differences(&opened(&folder, false), 1));
}

#[test]
fn the_matrix_of_a_generated_account_is_what_questions_say() {
    let Some(made) = clavicle_testkit::generated_account("small", 11) else { return };
    let imported = clavicle_snapshot::Import::new().source(made.folder()).run(|_| ());
    let imported = imported.expect("what the generator writes imports");
    let snapshot = clavicle_snapshot::Snapshot::read(&imported.database, |_, _| ()).expect("it loads");
    none(&differences(&World::new(snapshot, catalog(), Stated::default(), |_, _| ()), 3));
}

const HERE: &str = "111122223333";
/// Another account of the snapshot, where the last name lives.
const OTHER: &str = "999988887777";
const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555";

/// Few words, so that things collide.
const ACTIONS: [&str; 13] = [
    "*",
    "s3:*",
    "s3:Get*",
    "s3:GetObject",
    "s3:PutObject",
    "s3:ListBucket",
    "sqs:*",
    "sqs:SendMessage",
    "sqs:ReceiveMessage",
    "kms:*",
    "kms:Decrypt",
    "s3:DeleteBucket",
    "s3:PutBucketPolicy",
];
const PATTERNS: [&str; 20] = [
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::a*",
    "arn:aws:s3:::aa",
    "arn:aws:s3:::aa/*",
    "arn:aws:s3:::a?/*",
    "arn:aws:s3:::aa/in/*",
    "arn:aws:s3:::a*/in/*",
    "arn:aws:s3:::*/out",
    "arn:aws:s3:::?b/in/*",
    "arn:aws:s3:::${aws:username}",
    "arn:aws:s3:::${aws:username}/*",
    "arn:aws:s3:::aa/${aws:username}/*",
    "arn:aws:s3:::${aws:PrincipalTag/team}*",
    "arn:aws:sqs:*:*:*",
    "arn:aws:sqs:eu-west-1:111122223333:a",
    "arn:aws:sqs:eu-*:*:a*",
    "arn:aws:sqs:*:*:?b",
    "arn:aws:kms:*:*:key/*",
    KEY,
];
const NAMES: [&str; 4] = ["aa", "ab", "b", "bb"];

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop::sample::select(texts).prop_map(Value::from)
}

fn condition() -> impl Strategy<Value = Option<Value>> {
    let conditions = vec![
        None,
        None,
        None,
        None,
        Some(json!({"StringEquals": {"aws:ResourceTag/team": "a"}})),
        Some(json!({"StringEquals": {"aws:ResourceTag/Team": "${aws:PrincipalTag/team}"}})),
        Some(json!({"StringNotEquals": {"aws:ResourceTag/cost": "1"}})),
        Some(json!({"Null": {"aws:ResourceTag/team": "true"}})),
        Some(json!({"StringLike": {"aws:PrincipalArn": "*a*"}})),
        Some(json!({"StringEquals": {"aws:PrincipalTag/team": "a"}})),
        Some(json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}})),
        Some(json!({"StringEquals": {"aws:ResourceAccount": HERE}})),
        Some(json!({"StringLike": {"s3:prefix": "in/*"}})),
        Some(json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::aa"}})),
    ];
    prop::sample::select(conditions)
}

fn statement(principal: bool) -> impl Strategy<Value = Value> {
    let whom = vec![
        json!("*"),
        json!({"AWS": HERE}),
        json!({"AWS": format!("arn:aws:iam::{HERE}:role/aa")}),
        json!({"AWS": format!("arn:aws:iam::{HERE}:user/ab")}),
        json!({"AWS": [format!("arn:aws:iam::{HERE}:role/b"), "999988887777"]}),
        json!({"AWS": format!("arn:aws:iam::{OTHER}:root")}),
        json!({"AWS": format!("arn:aws:iam::{OTHER}:role/bb")}),
        json!({"AWS": format!("arn:aws:sts::{OTHER}:assumed-role/bb/night")}),
        json!({"AWS": "AROABB"}),
        json!({"Service": "sns.amazonaws.com"}),
    ];
    (
        prop::bool::weighted(0.3),
        prop::bool::weighted(0.1),
        prop::collection::vec(one_of(&ACTIONS), 1..3),
        prop::bool::weighted(0.15),
        prop::collection::vec(one_of(&PATTERNS), 1..4),
        prop::sample::select(whom),
        prop::bool::weighted(0.1),
        condition(),
    )
        .prop_map(
            move |(deny, not_action, actions, not_resource, patterns, whom, not_whom, condition)| {
                let mut statement = json!({"Effect": if deny { "Deny" } else { "Allow" }});
                statement[if not_action { "NotAction" } else { "Action" }] = actions.into();
                statement[if not_resource { "NotResource" } else { "Resource" }] = patterns.into();
                if principal {
                    // AWS refuses an Allow with NotPrincipal of some kinds, and few write one.
                    let not_whom = not_whom && deny;
                    statement[if not_whom { "NotPrincipal" } else { "Principal" }] = whom;
                }
                if let Some(condition) = condition {
                    statement["Condition"] = condition;
                }
                statement
            },
        )
}

fn policy(principal: bool) -> impl Strategy<Value = Value> {
    (prop::bool::weighted(0.9), prop::collection::vec(statement(principal), 1..4)).prop_map(
        |(new, statements)| {
            let version = if new { "2012-10-17" } else { "2008-10-17" };
            json!({"Version": version, "Statement": statements})
        },
    )
}

fn tags() -> impl Strategy<Value = Value> {
    let tags = vec![
        json!({}),
        json!({"team": "a"}),
        json!({"team": "b"}),
        json!({"team": "a", "cost": "1"}),
        Value::Null,
    ];
    prop::sample::select(tags)
}

/// A small account as files: principals, things, and a boundary for some; and another account with a principal.
fn accounts() -> impl Strategy<Value = (BTreeMap<&'static str, Value>, Value)> {
    let principal = (
        policy(false),
        prop::option::weighted(0.2, policy(false)),
        prop::bool::ANY,
        prop::bool::ANY,
        statement(true),
    );
    let principals = prop::collection::vec(principal, NAMES.len());
    // None, two that several things have word for word, or not seen.
    let policies = (policy(true), statement(true), statement(true));
    let thing = (prop::sample::select(vec![0, 0, 1, 1, 1, 2, 2, 2, 3]), tags(), prop::bool::weighted(0.3));
    let things = prop::collection::vec(thing, 2 * NAMES.len());
    (principals, things, policies, policy(true)).prop_map(|(principals, things, (one, more, instead), of_key)| {
        let with = |statement: Value| {
            let mut policy = one.clone();
            policy["Statement"].as_array_mut().expect("a list").push(statement);
            Some(policy)
        };
        let of_things = [Some(Value::Null), with(more), with(instead), None];
        let empty = json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []});
        let mut accounts = BTreeMap::from([(HERE, empty.clone()), (OTHER, empty)]);
        for (name, (own, boundary, is_user, tagged, mut trust)) in NAMES.iter().zip(principals) {
            let account = if *name == NAMES[3] { OTHER } else { HERE };
            let mut add = |list: &str, told: Value| {
                let lists = accounts.get_mut(account).expect("it is there");
                lists[list].as_array_mut().expect("a list").push(told);
            };
            let kind = if is_user { "user" } else { "role" };
            let tags = if tagged { json!([{"Key": "team", "Value": "a"}]) } else { json!([]) };
            let mut told = json!({"Path": "/", "Arn": format!("arn:aws:iam::{account}:{kind}/{name}"),
                "CreateDate": "2026-01-01T00:00:00+00:00", "AttachedManagedPolicies": [], "Tags": tags});
            if let Some(boundary) = boundary {
                let arn = format!("arn:aws:iam::{account}:policy/of-{name}");
                told["PermissionsBoundary"] =
                    json!({"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn});
                let policy = json!({"PolicyName": format!("of-{name}"), "PolicyId": "ANPA", "Path": "/", "Arn": arn,
                    "DefaultVersionId": "v1", "AttachmentCount": 0, "IsAttachable": true,
                    "CreateDate": "2026-01-01T00:00:00+00:00", "UpdateDate": "2026-01-01T00:00:00+00:00",
                    "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "Document": boundary,
                        "CreateDate": "2026-01-01T00:00:00+00:00"}]});
                add("Policies", policy);
            }
            let own = json!([{"PolicyName": "own", "PolicyDocument": own}]);
            if is_user {
                told["UserName"] = (*name).into();
                told["UserId"] = format!("AIDA{}", name.to_uppercase()).into();
                told["UserPolicyList"] = own;
                told["GroupList"] = json!([]);
                add("UserDetailList", told);
            } else {
                told["RoleName"] = (*name).into();
                told["RoleId"] = format!("AROA{}", name.to_uppercase()).into();
                told["RolePolicyList"] = own;
                let trust = trust.as_object_mut().expect("an object");
                trust.retain(|key, _| ["Effect", "Principal", "NotPrincipal", "Condition"].contains(&key.as_str()));
                trust.insert("Action".to_owned(), "sts:AssumeRole".into());
                told["AssumeRolePolicyDocument"] = json!({"Version": "2012-10-17", "Statement": trust});
                told["InstanceProfileList"] = json!([]);
                add("RoleDetailList", told);
            }
        }
        let arns = NAMES.iter().map(|name| format!("arn:aws:s3:::{name}"));
        let queues = NAMES.iter().map(|name| format!("arn:aws:sqs:eu-west-1:{HERE}:{name}"));
        let mut listed: Vec<Value> = Vec::new();
        for (arn, (policy, tags, encrypted)) in arns.chain(queues).zip(things) {
            let attrs = if encrypted { json!({"encryption_key": KEY}) } else { json!({}) };
            let mut thing = json!({"arn": arn, "account": HERE, "attrs": attrs});
            if !tags.is_null() {
                thing["tags"] = tags;
            }
            if let Some(policy) = &of_things[policy] {
                thing["policy"] = policy.clone();
            }
            listed.push(thing);
        }
        listed.push(json!({"arn": KEY, "account": HERE, "attrs": {}, "tags": {}, "policy": of_key}));
        (accounts, Value::from(listed))
    })
}

#[test]
fn the_matrix_of_any_account_is_what_questions_say() {
    let config = Config { cases: 384, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[23; 32]));
    let run = runner.run(&accounts(), |(accounts, things)| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (account, details) in accounts {
            std::fs::write(folder.path().join(format!("{account}.json")), details.to_string())
                .expect("writable");
        }
        std::fs::write(folder.path().join("things.json"), things.to_string()).expect("writable");
        let world = opened(folder.path(), true);
        let wrong = differences(&world, 1);
        prop_assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        let wrong = disagreements(&world);
        prop_assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        Ok(())
    });
    if let Err(error) = run {
        panic!("{error}");
    }
}

/// Where what somebody can do and who can do it differ. The one is asked of everybody, the other of those only whom a
/// look at the documents lets it ask.
fn disagreements(world: &World) -> Vec<String> {
    let when = world.context(&BTreeMap::new());
    let mut outward: BTreeSet<(Target, String, usize)> = BTreeSet::new();
    for index in world.principals() {
        for reach in world.what_can(&Actor::Principal(index), &when) {
            outward.extend(
                reach.words.iter().map(|word| (reach.target.clone(), word.word.to_string(), index.index())),
            );
        }
    }
    let things = (0..world.snapshot().resources.len()).map(|at| Target::Resource(ResourceIndex::at(at)));
    let mut inward = BTreeSet::new();
    for target in things.chain(world.principals().map(Target::Principal)) {
        for word in Word::ALL {
            for access in world.who_can(&world.wanted(word, &target), &target, &when) {
                if let Actor::Principal(index) = access.actor
                    && target != Target::Principal(index)
                {
                    inward.insert((target.clone(), word.to_string(), index.index()));
                }
            }
        }
    }
    let differ = outward.symmetric_difference(&inward);
    differ
        .map(|each| format!("{each:?}: outward {}, inward {}", outward.contains(each), inward.contains(each)))
        .collect()
}
