//! What a world makes of the facts, one rule after another, on accounts made for it.
//!
//! The rules of deciding are held by the cases in `tests/cases/evaluate`. Here it is about which documents, facts and
//! unknowns of a snapshot come to bear on a request.

#![expect(clippy::needless_pass_by_value, reason = "what `json!` makes reads best when it is handed over")]

use std::collections::BTreeMap;

use clavicle_catalog::{Word, catalog};
use clavicle_engine::{AccountId, Action, Dependency, Layer, Verdict};
use clavicle_graph::{Actor, Ruling, Stated, Target, World};
use serde_json::{Value, json};

const HERE: &str = "111122223333";
const THERE: &str = "444455556666";

fn allow(action: &str, resource: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": resource}})
}

fn trust(principal: Value) -> Value {
    trust_if(principal, json!({}))
}

fn trust_if(principal: Value, condition: Value) -> Value {
    let statement = json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition});
    json!({"Version": "2012-10-17", "Statement": statement})
}

/// A role of `HERE`, with one inline policy.
fn role(name: &str, trust: Value, inline: Value) -> Value {
    role_of(HERE, name, trust, inline)
}

fn role_of(account: &str, name: &str, trust: Value, inline: Value) -> Value {
    json!({"Path": "/", "RoleName": name, "RoleId": format!("AROA{}", name.to_uppercase()),
        "Arn": format!("arn:aws:iam::{account}:role/{name}"), "CreateDate": "2026-01-01T00:00:00+00:00",
        "AssumeRolePolicyDocument": trust, "InstanceProfileList": [], "AttachedManagedPolicies": [], "Tags": [],
        "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": inline}]})
}

fn bucket(name: &str, policy: Value) -> Value {
    json!({"arn": format!("arn:aws:s3:::{name}"), "account": HERE, "type": "s3", "policy": policy, "tags": {}, "attrs": {}})
}

/// A world of roles (each in the account of its ARN) and things of `HERE`, without an organization.
fn world_of(roles: &[Value], things: &[Value], stated: Stated) -> World {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut accounts: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for role in roles {
        let arn = role["Arn"].as_str().expect("a role has an ARN");
        accounts.entry(arn.split(':').nth(4).expect("with an account")).or_default().push(role);
    }
    for (account, roles) in accounts {
        let details =
            json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles, "Policies": []});
        std::fs::write(folder.path().join(format!("{account}.json")), details.to_string()).expect("writable");
    }
    std::fs::write(folder.path().join("things.json"), Value::from(things).to_string()).expect("writable");
    let snapshot = clavicle_snapshot::open_any(folder.path(), |_, _| ()).expect("it imports");
    World::new(snapshot, catalog(), stated, |_, _| ())
}

/// A thing as AWS Config writes it.
fn item(kind: &str, arn: &str, configuration: Value, supplement: Value) -> Value {
    json!({"resourceType": kind, "arn": arn, "awsAccountId": HERE, "awsRegion": "eu-west-1",
        "configuration": configuration, "supplementaryConfiguration": supplement})
}

fn standalone(roles: &[Value], things: &[Value]) -> World {
    world_of(roles, things, Stated { standalone: true })
}

fn actor(world: &World, name: &str) -> Actor {
    let found = world.principals().find(|index| *world.snapshot().principal(*index).name == *name);
    Actor::Principal(found.expect(name))
}

fn thing(world: &World, arn: &str) -> Target {
    Target::Resource(world.snapshot().resource_by_arn(arn).expect(arn))
}

fn ask(world: &World, who: &Actor, action: &str, target: &Target) -> Ruling {
    world.decide(who, &Action::new(action), target, None, &world.context(&BTreeMap::new()))
}

#[test]
fn an_organization_that_nobody_has_shown_leaves_every_yes_open() {
    let roles = [role("web", trust(json!({"Service": "ec2.amazonaws.com"})), allow("sqs:*", "*"))];
    let queue = json!({"arn": format!("arn:aws:sqs:eu-west-1:{HERE}:jobs"), "account": HERE, "type": "sqs",
        "policy": null, "tags": {}, "attrs": {}});
    let things = [queue];
    let arn = format!("arn:aws:sqs:eu-west-1:{HERE}:jobs");
    let unseen = world_of(&roles, &things, Stated::default());
    let ruling = ask(&unseen, &actor(&unseen, "web"), "sqs:SendMessage", &thing(&unseen, &arn));
    assert_eq!(ruling.verdict, Verdict::Depends);
    assert!(ruling.depends_on.contains(&Dependency::NotSeen(Layer::Scp)), "{ruling:?}");
    // A no stays a no: control policies give nothing.
    let no = ask(&unseen, &actor(&unseen, "web"), "s3:GetObject", &thing(&unseen, &arn));
    assert_eq!(no.verdict, Verdict::ImplicitlyDenied);
    let none = standalone(&roles, &things);
    let ruling = ask(&none, &actor(&none, "web"), "sqs:SendMessage", &thing(&none, &arn));
    assert_eq!(ruling.verdict, Verdict::Allowed);
}

#[test]
fn within_an_account_a_trust_policy_that_names_the_role_is_enough() {
    let named = trust(json!({"AWS": format!("arn:aws:iam::{HERE}:role/web")}));
    let delegated = trust(json!({"AWS": format!("arn:aws:iam::{HERE}:root")}));
    let world = standalone(
        &[
            role("web", trust(json!({"Service": "ec2.amazonaws.com"})), allow("s3:GetObject", "*")),
            role("ops", trust(json!({"Service": "ec2.amazonaws.com"})), allow("sts:AssumeRole", "*")),
            role("by-name", named, allow("s3:GetObject", "*")),
            role("by-account", delegated, allow("s3:GetObject", "*")),
        ],
        &[],
    );
    let becomes = |name: &str| {
        let mut found: Vec<String> = world
            .becomes_from(&actor(&world, name))
            .map(|known| world.snapshot().principal(known.to).name.to_string())
            .collect();
        found.sort();
        found
    };
    assert_eq!(becomes("web"), ["by-name"]);
    assert_eq!(becomes("ops"), ["by-account"]);
}

#[test]
fn across_accounts_both_sides_have_to_allow() {
    let to = |account: &str| trust(json!({"AWS": format!("arn:aws:iam::{account}:root")}));
    let asks = allow("sts:AssumeRole", &format!("arn:aws:iam::{HERE}:role/door"));
    let world = standalone(
        &[
            role("door", to(THERE), allow("s3:GetObject", "*")),
            role("closed", to(HERE), allow("s3:GetObject", "*")),
            role_of(THERE, "asks", trust(json!({"Service": "ec2.amazonaws.com"})), asks),
            role_of(
                THERE,
                "silent",
                trust(json!({"Service": "ec2.amazonaws.com"})),
                allow("s3:GetObject", "*"),
            ),
        ],
        &[],
    );
    let names: Vec<&str> = world
        .becomes()
        .iter()
        .filter_map(|known| match known.from {
            Actor::Principal(index) => Some(&*world.snapshot().principal(index).name),
            _ => None,
        })
        .collect();
    assert_eq!(names, ["asks"]);
}

#[test]
fn a_policy_that_was_not_seen_is_no_policy_of_nobody() {
    let secret = format!("arn:aws:secretsmanager:eu-west-1:{HERE}:secret:db-AbCdEf");
    let item = json!({"version": "1.3", "awsAccountId": HERE, "configurationItemStatus": "OK",
        "configurationItemCaptureTime": "2026-08-22T09:00:00.000Z",
        "resourceType": "AWS::SecretsManager::Secret", "resourceId": secret, "resourceName": "db", "ARN": secret,
        "awsRegion": "eu-west-1", "configuration": {"Name": "db"}, "supplementaryConfiguration": {}, "tags": {}});
    let details = json!({"UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": [
        role("reader", trust(json!({"Service": "ec2.amazonaws.com"})), allow("secretsmanager:GetSecretValue", "*")),
        role("other", trust(json!({"Service": "ec2.amazonaws.com"})), allow("s3:GetObject", "*"))]});
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("details.json"), details.to_string()).expect("writable");
    std::fs::write(folder.path().join("config.json"), json!([item]).to_string()).expect("writable");
    let snapshot = clavicle_snapshot::open_any(folder.path(), |_, _| ()).expect("it imports");
    let world = World::new(snapshot, catalog(), Stated { standalone: true }, |_, _| ());
    let target = thing(&world, &secret);
    assert!(world.policy_not_seen(&target));
    // Its own policy lets the reader in, and the secret's might deny it.
    let reader = ask(&world, &actor(&world, "reader"), "secretsmanager:GetSecretValue", &target);
    assert_eq!(
        reader,
        Ruling { verdict: Verdict::Depends, depends_on: vec![Dependency::NotSeen(Layer::Resource)] }
    );
    // The other is let in only if the secret's policy says so: it is asked, and the answer is open …
    let other = ask(&world, &actor(&world, "other"), "secretsmanager:GetSecretValue", &target);
    assert_eq!(other.verdict, Verdict::Depends);
    // … but a list of who can read it names those who are known to be let in by something.
    let found = world.who_can(&world.wanted(Word::Read, &target), &target, &world.context(&BTreeMap::new()));
    assert_eq!(
        found.iter().map(|access| access.actor.clone()).collect::<Vec<_>>(),
        [actor(&world, "reader")]
    );
}

#[test]
fn access_to_some_objects_is_access_to_a_part() {
    let world = standalone(
        &[
            role(
                "part",
                trust(json!({"Service": "ec2.amazonaws.com"})),
                allow("s3:GetObject", "arn:aws:s3:::b/reports/*"),
            ),
            role(
                "one",
                trust(json!({"Service": "ec2.amazonaws.com"})),
                allow("s3:GetObject", "arn:aws:s3:::b/readme.txt"),
            ),
            role(
                "whole",
                trust(json!({"Service": "ec2.amazonaws.com"})),
                allow("s3:Get*", "arn:aws:s3:::b/*"),
            ),
            role(
                "elsewhere",
                trust(json!({"Service": "ec2.amazonaws.com"})),
                allow("s3:Get*", "arn:aws:s3:::bb/*"),
            ),
        ],
        &[bucket("b", Value::Null)],
    );
    let target = thing(&world, "arn:aws:s3:::b");
    let found = world.who_can(&world.wanted(Word::Read, &target), &target, &world.context(&BTreeMap::new()));
    let names: Vec<(String, &str, bool)> = found
        .iter()
        .map(|access| match access.actor {
            Actor::Principal(index) => {
                (world.snapshot().principal(index).name.to_string(), &*access.how.arn, access.how.partial)
            }
            _ => (String::new(), "", false),
        })
        .collect();
    assert_eq!(
        names,
        [
            ("part".to_owned(), "arn:aws:s3:::b/reports/*", true),
            ("one".to_owned(), "arn:aws:s3:::b/readme.txt", true),
            ("whole".to_owned(), "arn:aws:s3:::b/*", false),
        ]
    );
}

#[test]
fn a_guard_on_the_organization_keeps_outsiders_out_and_lets_a_stranger_be_a_stranger() {
    let organization = json!({
        "Organization": {"Id": "o-ours1234567", "MasterAccountId": "999900001111",
            "Arn": "arn:aws:organizations::999900001111:organization/o-ours1234567"},
        "Roots": [{"Id": "r-aaaa", "Arn": "arn:aws:organizations::999900001111:root/o-ours1234567/r-aaaa", "Name": "Root",
            "PolicyTypes": []}],
        "OrganizationalUnits": [],
        "Accounts": [
            {"Id": "999900001111", "Name": "management", "Status": "ACTIVE", "ParentId": "r-aaaa",
             "Arn": "arn:aws:organizations::999900001111:account/o-ours1234567/999900001111"},
            {"Id": HERE, "Name": "here", "Status": "ACTIVE", "ParentId": "r-aaaa",
             "Arn": format!("arn:aws:organizations::999900001111:account/o-ours1234567/{HERE}")}],
        "Policies": []});
    let guarded =
        trust_if(json!({"AWS": "*"}), json!({"StringEquals": {"aws:PrincipalOrgID": "o-ours1234567"}}));
    let if_any = trust_if(
        json!({"AWS": "*"}),
        json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-ours1234567"}}),
    );
    let details = json!({"UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": [
        role("guarded", guarded, allow("s3:GetObject", "*")), role("leaky", if_any, allow("s3:GetObject", "*"))]});
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("organization.json"), organization.to_string()).expect("writable");
    std::fs::write(folder.path().join("details.json"), details.to_string()).expect("writable");
    let snapshot = clavicle_snapshot::open_any(folder.path(), |_, _| ()).expect("it imports");
    let world = World::new(snapshot, catalog(), Stated::default(), |_, _| ());
    let into = |name: &str| {
        let Actor::Principal(role) = actor(&world, name) else { return Vec::new() };
        world.becomes_into(role).iter().filter(|known| known.from == Actor::Everyone).collect::<Vec<_>>()
    };
    assert!(into("guarded").is_empty(), "{:?}", into("guarded"));
    // An account that is in no organization sends no such key, and `IfExists` lets it through.
    let leaky = into("leaky");
    assert_eq!(leaky.len(), 1);
    assert!(
        leaky[0].ruling.depends_on.contains(&Dependency::Key("aws:principalorgid".to_owned())),
        "{leaky:?}"
    );
}

#[test]
fn tags_of_a_role_are_certain_only_where_no_session_may_bring_its_own() {
    let open = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"]}});
    let closed = trust(json!({"Service": "ec2.amazonaws.com"}));
    let tagged = |name: &str, trust: Value| {
        let by_tag = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*",
            "Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}}});
        let mut role = role(name, trust, by_tag);
        role["Tags"] = json!([{"Key": "team", "Value": "red"}]);
        role
    };
    let queue = format!("arn:aws:sqs:eu-west-1:{HERE}:jobs");
    let item = json!({"arn": queue, "account": HERE, "type": "sqs", "policy": null, "tags": {}, "attrs": {}});
    let world = standalone(&[tagged("open", open), tagged("closed", closed)], &[item]);
    let verdict =
        |name: &str| ask(&world, &actor(&world, name), "sqs:SendMessage", &thing(&world, &queue)).verdict;
    assert_eq!((verdict("closed"), verdict("open")), (Verdict::Allowed, Verdict::Depends));
}

#[test]
fn aws_own_texts_stand_in_for_managed_policies_that_the_source_lacks() {
    let mut reader =
        role("reader", trust(json!({"Service": "ec2.amazonaws.com"})), allow("sts:GetCallerIdentity", "*"));
    reader["AttachedManagedPolicies"] = json!([{"PolicyName": "AmazonSQSReadOnlyAccess", "PolicyArn": "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"}]);
    let mut lost =
        role("lost", trust(json!({"Service": "ec2.amazonaws.com"})), allow("sts:GetCallerIdentity", "*"));
    lost["AttachedManagedPolicies"] =
        json!([{"PolicyName": "gone", "PolicyArn": format!("arn:aws:iam::{HERE}:policy/gone")}]);
    let queue = format!("arn:aws:sqs:eu-west-1:{HERE}:jobs");
    let item = json!({"arn": queue, "account": HERE, "type": "sqs", "policy": null, "tags": {}, "attrs": {}});
    let world = standalone(&[reader, lost], &[item]);
    let ruling =
        |name: &str| ask(&world, &actor(&world, name), "sqs:GetQueueAttributes", &thing(&world, &queue));
    assert_eq!(ruling("reader").verdict, Verdict::Allowed);
    // A customer's policy that nobody has shown may say anything.
    let lost = ruling("lost");
    assert_eq!(
        lost,
        Ruling { verdict: Verdict::Depends, depends_on: vec![Dependency::NotSeen(Layer::Identity)] }
    );
}

#[test]
fn grants_of_a_key_that_were_seen_let_in_only_those_whom_they_name() {
    let roles = ["named", "other"].map(|name| {
        role(name, trust(json!({"Service": "ec2.amazonaws.com"})), allow("sts:GetCallerIdentity", "*"))
    });
    let key = format!("arn:aws:kms:eu-west-1:{HERE}:key/1");
    let everyone_here = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kms:*",
        "Principal": {"AWS": format!("arn:aws:iam::{HERE}:root")}, "Resource": "*"}});
    let item = |configuration: Value| {
        json!({"resourceType": "AWS::KMS::Key", "arn": key, "awsAccountId": HERE, "awsRegion": "eu-west-1",
            "configuration": configuration, "policy": everyone_here})
    };
    let grant =
        json!({"grantee": format!("arn:aws:iam::{HERE}:role/named"), "operations": ["Decrypt", "Encrypt"]});
    let seen = standalone(&roles, &[item(json!({"grants": [grant]}))]);
    let unseen = standalone(&roles, &[item(json!({}))]);
    let verdict = |world: &World, name: &str, action: &str| {
        ask(world, &actor(world, name), action, &thing(world, &key)).verdict
    };
    assert_eq!(verdict(&unseen, "other", "kms:Decrypt"), Verdict::Depends);
    assert_eq!(verdict(&seen, "other", "kms:Decrypt"), Verdict::ImplicitlyDenied);
    // What constrains a grant is not known.
    assert_eq!(verdict(&seen, "named", "kms:Decrypt"), Verdict::Depends);
    assert_eq!(verdict(&seen, "named", "kms:GenerateDataKey"), Verdict::ImplicitlyDenied);
}

/// AWS: S3 User Guide, "Enabling ABAC in general purpose buckets": tags of a bucket take part in access once that is done;
/// Service Authorization Reference, Amazon S3: `s3:GetObject` takes `aws:ResourceTag` and `s3:BucketTag`.
#[test]
fn tags_of_buckets_count_where_the_bucket_says_so() {
    let bucket = |name: &str, abac: Value, team: &str| {
        let mut it = item(
            "AWS::S3::Bucket",
            &format!("arn:aws:s3:::{name}"),
            json!({}),
            json!({"AbacStatus": abac, "BucketPolicy": {"policyText": null},
            "BucketOwnershipControls": {"rules": [{"objectOwnership": "BucketOwnerEnforced"}]}}),
        );
        it["tags"] = json!({"team": team});
        it
    };
    let (on, off) = (json!({"status": "Enabled"}), json!({"status": "Disabled"}));
    let nobody = || trust(json!({"Service": "ec2.amazonaws.com"}));
    let if_red = |key: &str| {
        json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
            "Condition": {"StringEquals": {key: "red"}}}})
    };
    let world = standalone(
        &[
            role("by-thing", nobody(), if_red("aws:ResourceTag/team")),
            role("by-bucket", nobody(), if_red("s3:BucketTag/team")),
        ],
        &[
            bucket("red", on.clone(), "red"),
            bucket("blue", on, "blue"),
            bucket("off", off, "red"),
            bucket("unseen", Value::Null, "red"),
        ],
    );
    for who in ["by-thing", "by-bucket"] {
        let ask = |name: &str| {
            let arn = format!("arn:aws:s3:::{name}");
            let (target, when) = (thing(&world, &arn), world.context(&BTreeMap::new()));
            let (actor, action) = (actor(&world, who), Action::new("s3:GetObject"));
            world.decide(&actor, &action, &target, Some(&format!("{arn}/k")), &when).verdict
        };
        let verdicts = ["red", "blue", "off", "unseen"].map(ask);
        let (yes, no) = (Verdict::Allowed, Verdict::ImplicitlyDenied);
        assert_eq!(verdicts, [yes, no, no, Verdict::Depends], "{who}");
        // Where things are looked at together, those are not taken for alike that differ in this alone.
        let index =
            world.principals().find(|index| *world.snapshot().principal(*index).name == *who).expect(who);
        let account = AccountId::parse(HERE).expect("an account");
        let touches = world.touches_of_class(account, world.class_of(index));
        let mut reached: Vec<&str> = touches
            .iter()
            .filter(|touch| touch.allowed != 0)
            .map(|touch| &*world.snapshot().resource(touch.resource).arn)
            .collect();
        reached.sort_unstable();
        assert_eq!(reached, ["arn:aws:s3:::red"], "{who}");
    }
}

/// AWS: S3 User Guide, "Controlling ownership of objects and disabling ACLs for your bucket"; Amazon ECR User Guide, "Private
/// registry permissions in Amazon ECR"; Amazon EFS User Guide, "Using IAM to control access to file systems"; Amazon EBS User
/// Guide, "Share an Amazon EBS snapshot with other AWS accounts"; AWS RAM User Guide, "What is AWS Resource Access Manager?": these
/// let in whom no policy of the thing does.
#[test]
fn what_may_let_in_beside_policies_leaves_a_no_open() {
    let bucket_of = |name: &str, ownership: &str, policy: Option<Value>| {
        let policy = policy.map(|policy| policy.to_string());
        let supplement = json!({"BucketPolicy": {"policyText": policy},
            "BucketOwnershipControls": {"rules": [{"objectOwnership": ownership}]}});
        item("AWS::S3::Bucket", &format!("arn:aws:s3:::{name}"), json!({}), supplement)
    };
    let keeps_out = json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": "arn:aws:s3:::shut/*"}});
    let mounts = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
        "Principal": {"AWS": format!("arn:aws:iam::{HERE}:role/here")}, "Action": "elasticfilesystem:ClientMount",
        "Resource": "*"}});
    let (repository, open, shut) = (
        format!("arn:aws:ecr:eu-west-1:{HERE}:repository/web"),
        format!("arn:aws:elasticfilesystem:eu-west-1:{HERE}:file-system/fs-1"),
        format!("arn:aws:elasticfilesystem:eu-west-1:{HERE}:file-system/fs-2"),
    );
    let nobody = || trust(json!({"Service": "ec2.amazonaws.com"}));
    let everything = || allow("*", "*");
    let [disk, image, own, subnet, group] = [
        "ec2::snapshot/snap-1",
        "ec2::image/ami-1",
        "ec2::image/ami-2",
        "ec2:111122223333:subnet/subnet-1",
        "ec2:111122223333:security-group/sg-1",
    ]
    .map(|name| {
        let (service, rest) = name.split_once(':').expect("a service");
        format!("arn:aws:{service}:eu-west-1:{rest}")
    });
    let share = format!("arn:aws:ram:eu-west-1:{HERE}:resource-share/s-1");
    let world = standalone(
        &[
            role("here", nobody(), allow("sqs:*", "*")),
            role_of(THERE, "there", nobody(), everything()),
            role_of(THERE, "small", nobody(), allow("sqs:*", "*")),
        ],
        &[
            item("AWS::EC2::Snapshot", &disk, json!({"sharedWith": [THERE]}), json!({})),
            item("AWS::EC2::Image", &image, json!({"sharedWith": ["all"]}), json!({})),
            item("AWS::EC2::Image", &own, json!({"sharedWith": ["777788889999"]}), json!({})),
            item("AWS::EC2::Subnet", &subnet, json!({}), json!({})),
            item("AWS::EC2::SecurityGroup", &group, json!({}), json!({})),
            item(
                "AWS::RAM::ResourceShare",
                &share,
                json!({"sharedWith": [THERE], "shares": [subnet]}),
                json!({}),
            ),
            bucket_of("lists", "ObjectWriter", None),
            bucket_of("shut", "BucketOwnerPreferred", Some(keeps_out)),
            bucket_of("none", "BucketOwnerEnforced", None),
            item("AWS::ECR::Repository", &repository, json!({}), json!({})),
            item("AWS::EFS::FileSystem", &open, json!({}), json!({})),
            item("AWS::EFS::FileSystem", &shut, json!({"FileSystemPolicy": mounts}), json!({})),
        ],
    );
    let ask = |who: &str, action: &str, arn: &str, part: &str| {
        let target = thing(&world, arn);
        let (actor, action) = (actor(&world, who), Action::new(action));
        let (arn, when) = (format!("{arn}{part}"), world.context(&BTreeMap::new()));
        let ruling = world.decide(&actor, &action, &target, Some(&arn), &when);
        let why = world.explain(&actor, &action, &target, Some(&arn), &when).expect("it is explained");
        assert_eq!(why.explanation.decision.verdict, ruling.verdict, "{who} {arn}");
        assert_eq!(why.explanation.depends_on, ruling.depends_on, "{who} {arn}");
        match ruling.verdict {
            Verdict::Depends => {
                ruling.depends_on.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            }
            other => format!("{other:?}"),
        }
    };
    let (no, lists) = ("ImplicitlyDenied", "access control lists");
    for (who, action, arn, part, expected) in [
        ("there", "s3:GetObject", "arn:aws:s3:::lists", "/k", lists),
        ("small", "s3:GetObject", "arn:aws:s3:::lists", "/k", no),
        ("here", "s3:GetObject", "arn:aws:s3:::lists", "/k", no),
        ("there", "s3:PutBucketPolicy", "arn:aws:s3:::lists", "", no),
        ("there", "s3:GetObject", "arn:aws:s3:::shut", "/k", "ExplicitlyDenied"),
        ("there", "s3:ListBucket", "arn:aws:s3:::shut", "", lists),
        ("there", "s3:GetObject", "arn:aws:s3:::none", "/k", no),
        ("there", "ecr:ReplicateImage", &repository, "", "the policy of the registry"),
        ("here", "ecr:BatchImportUpstreamImage", &repository, "", "the policy of the registry"),
        ("here", "ecr:PutImage", &repository, "", no),
        ("there", "ecr:PutImage", &repository, "", no),
        ("small", "ecr:ReplicateImage", &repository, "", no),
        ("there", "ec2:CreateVolume", &disk, "", "sharing"),
        ("small", "ec2:CreateVolume", &disk, "", no),
        ("here", "ec2:CreateVolume", &disk, "", no),
        ("there", "ec2:RunInstances", &image, "", "sharing"),
        ("there", "ec2:RunInstances", &own, "", no),
        ("there", "ec2:RunInstances", &subnet, "", "sharing"),
        ("there", "ec2:RunInstances", &group, "", "a list of shares (not seen)"),
        ("here", "ec2:RunInstances", &group, "", no),
        ("here", "elasticfilesystem:ClientMount", &open, "", "who reaches its mount targets"),
        ("here", "elasticfilesystem:DeleteFileSystem", &open, "", no),
        ("here", "elasticfilesystem:ClientMount", &shut, "", "Allowed"),
        ("here", "elasticfilesystem:ClientWrite", &shut, "", no),
    ] {
        assert_eq!(ask(who, action, arn, part), expected, "{who} {action} {arn}");
    }
}

/// AWS: Amazon S3 User Guide, "Resource-based policies for S3 Tables": "if a table bucket policy grants a user permissions to
/// perform all actions on the tables in the bucket", and "IAM user policy, IAM role policy, table bucket policy, and table policy"
/// are all evaluated (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-tables-resource-based-policies.html>).
#[test]
fn the_policy_of_a_table_bucket_speaks_of_its_tables() {
    let nobody = || trust(json!({"Service": "ec2.amazonaws.com"}));
    let policy = |effect: &str, whom: &str| {
        json!({"Version": "2012-10-17", "Statement": {"Effect": effect, "Principal": {"AWS": whom},
            "Action": "s3tables:*", "Resource": "*"}})
    };
    let (bucket, table) = ("bucket/sales", "bucket/sales/table/0a1b");
    let arn = |name: &str| format!("arn:aws:s3tables:eu-west-1:{HERE}:{name}");
    let thing_of = |name: &str, policy: &Value| json!({"arn": arn(name), "account": HERE, "type": "s3tables", "policy": policy, "tags": {}, "attrs": {}});
    let (none, opens, shuts) = (Value::Null, policy("Allow", THERE), policy("Deny", "*"));
    let roles = [
        role("here", nobody(), allow("s3tables:*", "*")),
        role_of(THERE, "there", nobody(), allow("s3tables:*", "*")),
    ];
    for (of_bucket, of_table, here, there) in [
        (&none, &none, Verdict::Allowed, Verdict::ImplicitlyDenied),
        (&opens, &none, Verdict::Allowed, Verdict::Allowed),
        (&none, &opens, Verdict::Allowed, Verdict::Allowed),
        (&shuts, &none, Verdict::ExplicitlyDenied, Verdict::ExplicitlyDenied),
        (&none, &shuts, Verdict::ExplicitlyDenied, Verdict::ExplicitlyDenied),
        // Of two texts neither is all there is.
        (&opens, &shuts, Verdict::Depends, Verdict::Depends),
    ] {
        let world = standalone(&roles, &[thing_of(bucket, of_bucket), thing_of(table, of_table)]);
        let target = thing(&world, &arn(table));
        for (who, expected) in [("here", here), ("there", there)] {
            let ruling = ask(&world, &actor(&world, who), "s3tables:GetTableData", &target);
            assert_eq!(ruling.verdict, expected, "{who} {of_bucket} {of_table}");
        }
    }
    let alone = standalone(&roles, &[thing_of(table, &none)]);
    let ruling = ask(&alone, &actor(&alone, "there"), "s3tables:GetTableData", &thing(&alone, &arn(table)));
    assert_eq!(ruling.verdict, Verdict::Depends, "its bucket was not seen");
}

/// AWS: Amazon EventBridge User Guide, "Permissions for event buses in Amazon EventBridge": "With a resource-based policy, you can allow
/// PutEvents, PutRule, and PutTargets API calls from another account"
/// (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-perms.html>); AWS Backup Developer Guide, "Vault access
/// policies" (<https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html>): "deny access to delete
/// recovery points in a backup vault".
#[test]
fn the_policy_of_a_bus_speaks_of_its_rules_and_that_of_a_vault_of_what_is_kept_in_it() {
    let nobody = || trust(json!({"Service": "ec2.amazonaws.com"}));
    let arn = |name: &str| {
        let (service, rest) = name.split_once(':').expect("a service");
        format!("arn:aws:{service}:eu-west-1:{HERE}:{rest}")
    };
    let thing_of = |name: &str, policy: Value| {
        let service = name.split(':').next();
        json!({"arn": arn(name), "account": HERE, "type": service, "policy": policy, "tags": {}, "attrs": {}})
    };
    let rules = |effect: &str, bus: &str| {
        json!({"Version": "2012-10-17", "Statement": {"Effect": effect, "Principal": {"AWS": [HERE, THERE]},
            "Action": "events:PutTargets", "Resource": arn(&format!("events:rule/{bus}/*"))}})
    };
    let (central, shut, point) =
        ("events:rule/central/r", "events:rule/shut/r", "backup:recovery-point:1EB3");
    let all =
        || json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}});
    let world = standalone(
        &[role("here", nobody(), all()), role_of(THERE, "there", nobody(), all())],
        &[
            thing_of("events:event-bus/default", Value::Null),
            thing_of("events:event-bus/central", rules("Allow", "central")),
            thing_of("events:event-bus/shut", rules("Deny", "shut")),
            thing_of("events:rule/plain", Value::Null),
            thing_of(central, Value::Null),
            thing_of(shut, Value::Null),
            thing_of(point, Value::Null),
        ],
    );
    let (yes, no, denied, open) =
        (Verdict::Allowed, Verdict::ImplicitlyDenied, Verdict::ExplicitlyDenied, Verdict::Depends);
    for (name, action, here, there) in [
        ("events:rule/plain", "events:PutTargets", yes, no),
        (central, "events:PutTargets", yes, yes),
        (central, "events:DeleteRule", yes, no),
        (shut, "events:PutTargets", denied, denied),
        (point, "backup:DeleteRecoveryPoint", open, open),
    ] {
        let target = thing(&world, &arn(name));
        for (who, expected) in [("here", here), ("there", there)] {
            let ruling = ask(&world, &actor(&world, who), action, &target);
            assert_eq!(ruling.verdict, expected, "{who} {name} {action}");
        }
    }
}

/// AWS: Amazon EC2 User Guide, "Share an AMI with specific AWS accounts"
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-explicit.html>); AWS RAM User Guide, "Shareable AWS resources"
/// (<https://docs.aws.amazon.com/ram/latest/userguide/shareable.html>). Somebody of another account may be in a list that nobody has
/// shown; whoever AWS RAM shares with is in one of AWS RAM's lists.
#[test]
fn a_list_that_was_not_read_leaves_a_no_of_another_account_open() {
    let service = || trust(json!({"Service": "ec2.amazonaws.com"}));
    let roles = [
        role("here", service(), allow("sqs:*", "*")),
        role_of(THERE, "there", service(), allow("*", "*")),
        role_of(THERE, "small", service(), allow("sqs:*", "*")),
    ];
    let arn = |rest: &str| format!("arn:aws:{rest}").replace("HERE", HERE);
    let [image, listed, cluster, domain, queue, shares, dashboard] = [
        "ec2:eu-west-1::image/ami-1",
        "ec2:eu-west-1::image/ami-2",
        "rds:eu-west-1:HERE:cluster:books",
        "es:eu-west-1:HERE:domain/books",
        "sqs:eu-west-1:HERE:jobs",
        "ram:eu-west-1:HERE:resource-share/s-1",
        "bcm-dashboards::HERE:dashboard/costs",
    ]
    .map(arn);
    let closed = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{HERE}:root")},
        "Action": "es:*", "Resource": "*"}});
    let global = json!({"resourceType": "AWS::BCMDashboards::Dashboard", "arn": dashboard, "awsAccountId": HERE, "configuration": {}});
    let things = |of_shares: Value| {
        [
            item("AWS::EC2::Image", &image, json!({}), json!({})),
            item("AWS::EC2::Image", &listed, json!({"sharedWith": []}), json!({})),
            item("AWS::RDS::DBCluster", &cluster, json!({}), json!({})),
            item(
                "AWS::OpenSearch::Domain",
                &domain,
                json!({"AccessPolicies": closed.to_string()}),
                json!({}),
            ),
            item("AWS::SQS::Queue", &queue, json!({}), json!({})),
            item("AWS::RAM::ResourceShare", &shares, of_shares, json!({})),
            global.clone(),
        ]
    };
    let call = |name: &str, region: &str, state: &str| json!({"Call": name, "Account": HERE, "Region": region, "State": state, "Reason": ""});
    let read = json!({"CollectedAt": "2026-01-01T00:00:00Z", "CollectedCalls": [
        call("ram:GetResourceShares", "eu-west-1", "seen"), call("ram:ListPrincipals", "eu-west-1", "seen")]});
    let refused = json!({"CollectedAt": "2026-01-01T00:00:00Z", "CollectedCalls": [
        call("ram:GetResourceShares", "eu-west-1", "seen"), call("ram:ListPrincipals", "eu-west-1", "denied")]});
    let elsewhere = json!({"CollectedAt": "2026-01-01T00:00:00Z", "CollectedCalls": [
        call("ram:GetResourceShares", "us-east-1", "seen")]});
    let worlds = [None, Some(read), Some(refused), Some(elsewhere)].map(|calls| {
        let nobody = json!({"sharedWith": [], "shares": []});
        let things: Vec<Value> = things(nobody).into_iter().chain(calls).collect();
        standalone(&roles, &things)
    });
    let (no, unseen) = ("ImplicitlyDenied", "a list of shares (not seen)");
    // What is known of shares: nothing, all in Ireland, not with whom they are, and all in Virginia.
    for (who, action, on, expected) in [
        ("there", "ec2:RunInstances", &image, [unseen; 4]),
        ("here", "ec2:RunInstances", &image, [no; 4]),
        ("small", "ec2:RunInstances", &image, [no; 4]),
        ("there", "ec2:RunInstances", &listed, [no; 4]),
        ("there", "rds:RestoreDBClusterToPointInTime", &cluster, [unseen, no, unseen, unseen]),
        ("here", "rds:RestoreDBClusterToPointInTime", &cluster, [no; 4]),
        ("there", "es:ESHttpGet", &domain, [no; 4]),
        ("there", "es:CreateVpcEndpoint", &domain, [unseen; 4]),
        ("there", "sqs:SendMessage", &queue, [no; 4]),
        ("there", "bcm-dashboards:GetDashboard", &dashboard, [unseen, unseen, unseen, no]),
    ] {
        for (world, expected) in worlds.iter().zip(expected) {
            let ruling = ask(world, &actor(world, who), action, &thing(world, on));
            let shown = match ruling.verdict {
                Verdict::Depends => {
                    ruling.depends_on.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
                }
                other => format!("{other:?}"),
            };
            assert_eq!(shown, expected, "{who} {action} {on}");
        }
    }
    // Everyone may be in the list of an image, and in none of AWS RAM's.
    let world = &worlds[0];
    let of_everyone = |action, on| ask(world, &Actor::Everyone, action, &thing(world, on)).verdict;
    assert_eq!(of_everyone("ec2:RunInstances", &image), Verdict::Depends);
    assert_eq!(of_everyone("rds:RestoreDBClusterToPointInTime", &cluster), Verdict::ImplicitlyDenied);
    // What it may come to is counted, and is in no list.
    let there = actor(world, "there");
    let when = world.context(&BTreeMap::new());
    let mut may_be: Vec<String> = world
        .may_be_shared_unseen_with(&there, &when)
        .iter()
        .map(|target| world.arn_of(target).to_string())
        .collect();
    may_be.sort();
    assert_eq!(may_be, [image.clone(), cluster.clone()]);
    assert!(world.may_be_shared_unseen_with(&actor(world, "small"), &when).is_empty());
    assert!(world.what_can(&there, &when).iter().all(|reach| reach.target != thing(world, &image)));
}

/// AWS: IAM Roles Anywhere User Guide, "Attribute mapping and trust policy": a trust policy asks for what a certificate says as tags of
/// the principal. No other service has any.
#[test]
fn what_a_certificate_says_is_open_where_a_role_is_assumed_for_it() {
    let named = |service: &str| {
        trust_if(
            json!({"Service": service}),
            json!({"StringEquals": {"aws:PrincipalTag/x509Subject/CN": "web"}}),
        )
    };
    let services = ["rolesanywhere.amazonaws.com", "lambda.amazonaws.com"];
    let roles = services.map(|service| role(&service[..4], named(service), json!({"Statement": []})));
    let world = standalone(&roles, &[]);
    let verdict = |service: &str| {
        let Actor::Principal(taken) = actor(&world, &service[..4]) else { panic!("a role") };
        let target = Target::Principal(taken);
        ask(&world, &Actor::Service(service.into()), "sts:AssumeRole", &target)
    };
    let anywhere = verdict(services[0]);
    assert_eq!(anywhere.verdict, Verdict::Depends);
    assert_eq!(anywhere.depends_on, [Dependency::Key("aws:principaltag/x509subject/cn".to_owned())]);
    assert_eq!(verdict(services[1]).verdict, Verdict::ImplicitlyDenied);
}

/// AWS: IAM User Guide, "AWS global condition context keys", `aws:ResourceAccount`: of some actions it is not in the request.
#[test]
fn whose_a_thing_is_leaves_those_actions_open_that_do_not_tell_it() {
    let own = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*",
        "Condition": {"StringEquals": {"aws:ResourceAccount": HERE}}}]});
    let roles = [role("web", trust(json!({"Service": "ec2.amazonaws.com"})), own)];
    let arn = format!("arn:aws:ec2:eu-west-1:{HERE}:snapshot/snap-1");
    let things =
        [json!({"arn": arn, "account": HERE, "type": "ec2", "policy": null, "tags": {}, "attrs": {}})];
    let world = standalone(&roles, &things);
    let ask = |action: &str| ask(&world, &actor(&world, "web"), action, &thing(&world, &arn));
    assert_eq!(ask("ec2:DeleteSnapshot").verdict, Verdict::Allowed);
    let copy = ask("ec2:CopySnapshot");
    assert_eq!(copy.verdict, Verdict::Depends);
    assert_eq!(copy.depends_on, [Dependency::Key("aws:resourceaccount".to_owned())]);
}
