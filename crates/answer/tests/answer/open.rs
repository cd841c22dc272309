//! Where something that nobody has shown may let somebody in, no answer is a no, and nothing is proved.

use std::collections::BTreeMap;

use clavicle_answer::shape::{AnswerPage, Verdict};
use clavicle_answer::{OutsideQuestion, Question, Reader, Settings, Verb};
use clavicle_catalog::catalog;
use clavicle_graph::{Stated, World};
use serde_json::{Value, json};

const HERE: &str = "111122223333";
const THERE: &str = "444455556666";

fn document(statements: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn allow(action: &str) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": "*"})
}

/// A user of `HERE` with one statement.
fn user(name: &str, statement: &Value) -> Value {
    json!({"Arn": format!("arn:aws:iam::{HERE}:user/{name}"), "UserName": name, "UserId": format!("AIDA{name}"),
        "Path": "/", "GroupList": [], "AttachedManagedPolicies": [],
        "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": document(statement)}]})
}

/// A role of `HERE` with a trust policy that lets this principal assume it.
fn role(name: &str, whom: &Value, statement: &Value) -> Value {
    let trust = json!({"Effect": "Allow", "Principal": whom, "Action": "sts:AssumeRole"});
    json!({"Arn": format!("arn:aws:iam::{HERE}:role/{name}"), "RoleName": name, "RoleId": format!("AROA{name}"),
        "Path": "/", "AssumeRolePolicyDocument": document(&trust), "InstanceProfileList": [],
        "AttachedManagedPolicies": [], "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": document(statement)}]})
}

/// What AWS Config says of a thing.
fn item(kind: &str, arn: &str, account: &str, policy: &Value, supplement: &Value) -> Value {
    json!({"resourceType": kind, "arn": arn, "awsAccountId": account, "awsRegion": "eu-west-1", "policy": policy,
        "resourceName": arn.rsplit([':', '/']).next(), "configuration": {}, "supplementaryConfiguration": supplement})
}

fn bucket(name: &str, account: &str, policy: &Value, ownership: &str) -> Value {
    let policy = if policy.is_null() { Value::Null } else { policy.to_string().into() };
    let supplement = json!({"BucketPolicy": {"policyText": policy},
        "BucketOwnershipControls": {"rules": [{"objectOwnership": ownership}]}});
    item("AWS::S3::Bucket", &format!("arn:aws:s3:::{name}"), account, &policy, &supplement)
}

/// `HERE` with these users and roles, things of any account, and what became of calls: account, call, state.
fn reader(users: &[Value], roles: &[Value], things: &[Value], calls: &[(&str, &str, &str)]) -> Reader {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, value: Value| {
        std::fs::write(folder.path().join(name), value.to_string()).expect("a file");
    };
    write(
        "details.json",
        json!({"UserDetailList": users, "RoleDetailList": roles, "GroupDetailList": [], "Policies": []}),
    );
    write("things.json", json!({"configurationItems": things}));
    let rows = calls.iter().map(|(account, call, state)| {
        json!({"Call": call, "Account": account, "Region": "eu-west-1", "State": state, "Reason": "why"})
    });
    write("told.json", json!({"CollectedCalls": rows.collect::<Vec<_>>()}));
    let snapshot = clavicle_snapshot::open_any(folder.path(), |_, _| ()).expect("a snapshot");
    let world = World::new(snapshot, catalog(), Stated { standalone: true }, |_, _| ());
    Reader::new(world, Settings::default())
}

fn question(who: &str, action: &str, on: &str) -> Question {
    Question {
        verb: Verb::Can,
        by: Some(who.to_owned()),
        action: Some(action.to_owned()),
        on: Some(on.to_owned()),
        ..Question::default()
    }
}

fn ask(reader: &Reader, text: &str) -> AnswerPage {
    reader.parse(text).and_then(|question| reader.answer(&question)).expect(text)
}

/// A proof is about every request, and so is what stands beside it: over plain HTTP, and through a service, lists let in whom
/// their own side lets ask in that way alone.
#[test]
fn what_lets_in_beside_policies_is_looked_at_for_every_request() {
    let on = "s3://theirs";
    for (condition, own) in [
        (json!({"Bool": {"aws:SecureTransport": "false"}}), ("aws:SecureTransport", "false")),
        (
            json!({"StringEquals": {"aws:CalledViaFirst": "athena.amazonaws.com"}}),
            ("aws:CalledViaFirst", "athena.amazonaws.com"),
        ),
    ] {
        let mut statement = allow("s3:GetObject");
        statement["Condition"] = condition.clone();
        let users = [user("dana", &statement), user("erin", &allow("sqs:SendMessage"))];
        let reader =
            |ownership| reader(&users, &[], &[bucket("theirs", THERE, &Value::Null, ownership)], &[]);
        let lists = reader("ObjectWriter");
        let never = |reader: &Reader, who: &str, when: &[(&str, &str)]| {
            let when = when.iter().map(|(key, value)| ((*key).to_owned(), vec![(*value).to_owned()]));
            let asked = Question { when: when.collect(), ..question(who, "s3:GetObject", on) };
            reader.never(&asked).expect("an answer").verdict
        };
        let more = |reader: &Reader, who: &str, than: &str| {
            let page = reader.no_more(&question(who, "s3:GetObject", on), than, None).expect("an answer");
            (page.verdict, page.unknown)
        };
        assert_eq!(never(&lists, "dana", &[]), Verdict::Unknown, "{condition}");
        assert_eq!(never(&lists, "dana", &[own]), Verdict::Unknown, "{condition}");
        // What is stated of the request is all that is asked about.
        assert_eq!(never(&lists, "dana", &[(own.0, "other")]), Verdict::Yes, "{condition}");
        assert_eq!(never(&lists, "erin", &[]), Verdict::Yes, "{condition}");
        let lets_in = vec!["access control lists".to_owned()];
        assert_eq!(more(&lists, "dana", "erin"), (Verdict::Unknown, lets_in), "{condition}");
        assert_eq!(more(&lists, "erin", "dana"), (Verdict::Yes, Vec::new()), "{condition}");
        // Where lists are off, nothing stands beside policies.
        let none = reader("BucketOwnerEnforced");
        assert_eq!(never(&none, "dana", &[]), Verdict::Yes, "{condition}");
        assert_eq!(more(&none, "dana", "erin"), (Verdict::Yes, Vec::new()), "{condition}");
    }
}

/// Lists of a bucket, the policy of a registry and mount targets let in whom no source names: what `can` does not know,
/// neither `what` nor `who` denies.
#[test]
fn what_can_does_not_know_no_list_denies() {
    let file_system = format!("arn:aws:elasticfilesystem:eu-west-1:{HERE}:file-system/fs-1");
    let repository = format!("arn:aws:ecr:eu-west-1:{THERE}:repository/images");
    let things = [
        bucket("theirs", THERE, &Value::Null, "ObjectWriter"),
        bucket("shut", THERE, &Value::Null, "BucketOwnerEnforced"),
        item("AWS::EFS::FileSystem", &file_system, HERE, &Value::Null, &json!({})),
        item("AWS::ECR::Repository", &repository, THERE, &Value::Null, &json!({})),
    ];
    let users = [
        user("dana", &allow("s3:GetObject")),
        user("erin", &allow("ecr:ReplicateImage")),
        user("fay", &allow("sqs:SendMessage")),
    ];
    let listed = [HERE, THERE].map(|account| (account, "iam:GetAccountAuthorizationDetails", "seen"));
    let reader = reader(&users, &[], &things, &listed);
    for (who, action, on, wanted) in [
        ("dana", "s3:GetObject", "arn:aws:s3:::theirs", Verdict::Unknown),
        ("dana", "s3:GetObject", "arn:aws:s3:::shut", Verdict::No),
        ("fay", "s3:GetObject", "arn:aws:s3:::theirs", Verdict::No),
        ("erin", "ecr:ReplicateImage", &*repository, Verdict::Unknown),
        ("fay", "ecr:ReplicateImage", &*repository, Verdict::No),
        ("fay", "elasticfilesystem:ClientMount", &*file_system, Verdict::Unknown),
    ] {
        let can = ask(&reader, &format!("can {who} {action} {on}"));
        assert_eq!(can.verdict, wanted, "{who} {action} {on}: {}", can.sentence);
        let what = ask(&reader, &format!("what {who}"));
        let told = what.answers.iter().flat_map(|answer| &answer.on).any(|it| it.arn.as_deref() == Some(on));
        // What is done to repositories through the registry has no word in lists.
        if !action.starts_with("ecr:") {
            assert_eq!(told, wanted == Verdict::Unknown, "what {who}, {on}: {:?}", what.sentence);
        }
        let who_can = ask(&reader, &format!("who {on} --do {action} --by {who}"));
        assert_eq!(who_can.verdict, wanted, "who {on} --by {who}: {}", who_can.sentence);
    }
    for (on, action, wanted) in [
        ("arn:aws:s3:::theirs", "s3:GetObject", "turns on access control lists"),
        ("arn:aws:s3:::shut", "s3:GetObject", "Nobody can"),
        (&*repository, "ecr:ReplicateImage", "turns on the policy of the registry"),
        (&*file_system, "elasticfilesystem:ClientMount", "turns on who reaches its mount targets"),
    ] {
        let page = ask(&reader, &format!("who {on} --do {action}"));
        assert!(page.sentence.contains(wanted), "{on}: {}", page.sentence);
        assert_eq!(page.verdict == Verdict::No, wanted == "Nobody can", "{on}");
    }
}

/// Of an account whose users and roles AWS would not list nobody can be named. What lets it in may let in somebody.
#[test]
fn an_account_that_was_not_listed_is_not_nobody() {
    let queue_there = item(
        "AWS::SQS::Queue",
        &format!("arn:aws:sqs:eu-west-1:{THERE}:jobs"),
        THERE,
        &Value::Null,
        &json!({}),
    );
    let lets_in = |principal: Value, condition: Value| {
        document(&json!({"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::ledger/*", "Condition": condition}))
    };
    let there = || json!({"AWS": format!("arn:aws:iam::{THERE}:root")});
    let one_of_them = || json!({"AWS": format!("arn:aws:iam::{THERE}:role/job")});
    let account = |id: &str| json!({"StringEquals": {"aws:PrincipalAccount": id}});
    for (policy, is_let_in) in [
        (lets_in(there(), json!({})), true),
        (lets_in(one_of_them(), json!({})), true),
        (lets_in(json!("*"), account(THERE)), true),
        (lets_in(json!("*"), account("777788889999")), false),
        (lets_in(json!({"AWS": format!("arn:aws:iam::{HERE}:root")}), json!({})), false),
    ] {
        for (state, is_listed) in [("denied", false), ("seen", true)] {
            let things = [bucket("ledger", HERE, &policy, "BucketOwnerEnforced"), queue_there.clone()];
            let calls = [
                (HERE, "iam:GetAccountAuthorizationDetails", "seen"),
                (THERE, "iam:GetAccountAuthorizationDetails", state),
            ];
            let reader = reader(&[user("fay", &allow("sqs:SendMessage"))], &[], &things, &calls);
            for text in ["who s3://ledger --do s3:GetObject", "path anyone s3://ledger --do s3:GetObject"] {
                let page = ask(&reader, text);
                // The root user of the account is known, and so is somebody by name.
                let wanted = match (text.starts_with("who"), policy.to_string()) {
                    (true, policy) if policy.contains(&format!("{THERE}:root")) => Verdict::Yes,
                    (true, policy) if policy.contains("role/job") => Verdict::Unknown,
                    _ if is_let_in && !is_listed => Verdict::Unknown,
                    _ => Verdict::No,
                };
                assert_eq!(page.verdict, wanted, "{policy} {state} {text}: {}", page.sentence);
                let told = page.not_seen.iter().any(|row| row.call == "iam:GetAccountAuthorizationDetails");
                assert_eq!(told, is_let_in && !is_listed, "{policy} {state} {text}: {:?}", page.not_seen);
            }
        }
    }
}

#[test]
fn a_role_that_lets_in_an_account_that_was_not_listed_may_be_on_a_way() {
    let queue_there = item(
        "AWS::SQS::Queue",
        &format!("arn:aws:sqs:eu-west-1:{THERE}:jobs"),
        THERE,
        &Value::Null,
        &json!({}),
    );
    let things = [bucket("ledger", HERE, &Value::Null, "BucketOwnerEnforced"), queue_there];
    let there = json!({"AWS": format!("arn:aws:iam::{THERE}:root")});
    let ec2 = json!({"Service": "ec2.amazonaws.com"});
    for (whom, state, wanted) in
        [(&there, "denied", Verdict::Unknown), (&there, "seen", Verdict::No), (&ec2, "denied", Verdict::No)]
    {
        let calls = [
            (HERE, "iam:GetAccountAuthorizationDetails", "seen"),
            (THERE, "iam:GetAccountAuthorizationDetails", state),
        ];
        let roles = [role("reads", whom, &allow("s3:GetObject"))];
        let reader = reader(&[user("fay", &allow("sqs:SendMessage"))], &roles, &things, &calls);
        let page = ask(&reader, "path user/fay s3://ledger --do s3:GetObject");
        assert_eq!(page.verdict, wanted, "{whom} {state}: {}", page.sentence);
    }
}

/// What AWS would not list may be a door, whether or not the policy of some door was not seen.
#[test]
fn listings_that_were_refused_are_told_with_who_gets_in() {
    let things = [bucket("ledger", HERE, &Value::Null, "BucketOwnerEnforced")];
    for (call, state, is_told) in [
        ("sqs:ListQueues", "denied", true),
        ("sqs:ListQueues", "failed", true),
        ("sqs:ListQueues", "seen", false),
        ("sqs:ListQueues", "unsupported", false),
        // Who signs in where tells of no door.
        ("iam:GetCredentialReport", "denied", false),
    ] {
        let calls = [(HERE, "iam:GetAccountAuthorizationDetails", "seen"), (HERE, call, state)];
        let reader = reader(&[], &[], &things, &calls);
        let page = reader.outside(&OutsideQuestion::default()).expect("an answer");
        assert_eq!(page.verdict == Verdict::Unknown, is_told, "{call} {state}: {}", page.sentence);
        let note = format!("What {call} in ");
        assert_eq!(
            page.notes.iter().any(|it| it.starts_with(&note)),
            is_told,
            "{call} {state}: {:?}",
            page.notes
        );
        assert_eq!(
            page.not_seen.iter().any(|row| row.call == call),
            is_told,
            "{call} {state}: {:?}",
            page.not_seen
        );
    }
}

/// Everyone is whoever has an account, too: a key and a role that let everyone in are open, though neither is to be had without
/// credentials. AWS: KMS Developer Guide, "KMS key access and permissions"
/// (<https://docs.aws.amazon.com/kms/latest/developerguide/control-access.html>).
#[test]
fn a_key_and_a_role_that_let_everyone_in_are_open_to_everyone() {
    let key = format!("arn:aws:kms:eu-west-1:{HERE}:key/11111111-2222-3333-4444-555555555555");
    let open =
        document(&json!({"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}));
    let item = item("AWS::KMS::Key", &key, HERE, &open, &json!({"Policy": open.to_string()}));
    let roles = [role("open", &json!("*"), &allow("s3:GetObject"))];
    let reader = reader(&[], &roles, &[item], &[]);
    let page = ask(&reader, &format!("can everyone kms:Decrypt {key}"));
    assert_eq!(page.verdict, Verdict::Yes, "{}", page.sentence);
    assert_eq!(
        reader.never(&question("everyone", "kms:Decrypt", &key)).expect("an answer").verdict,
        Verdict::No
    );
    // Whoever assumes a role from another account needs to be let by their own side.
    let page = ask(&reader, "can everyone sts:AssumeRole role/open");
    assert_eq!(page.verdict, Verdict::Unknown, "{}", page.sentence);
    for (action, on) in [("kms:Decrypt", &*key), ("sts:AssumeRole", "role/open")] {
        let page = ask(&reader, &format!("who {on} --do {action}"));
        let kinds: Vec<&str> =
            page.answers.iter().flat_map(|it| &it.who).map(|who| who.kind.as_str()).collect();
        assert!(kinds.contains(&"everyone"), "{on}: {kinds:?}");
    }
    let outside =
        reader.outside(&OutsideQuestion { direct: true, ..OutsideQuestion::default() }).expect("an answer");
    let by_door: BTreeMap<&str, &str> = outside
        .answers
        .iter()
        .filter_map(|answer| Some((answer.on.first()?.name.as_str(), answer.way.as_ref()?.from.as_str())))
        .collect();
    let key = format!("key/{}", key.rsplit('/').next().unwrap_or_default());
    assert_eq!(by_door, BTreeMap::from([(&*key, "everyone"), ("role/open", "any account")]));
}

/// Where nobody has shown with whom things are shared, no verb says that somebody of another account is not among them; within
/// the account, and where the lists were read, a no is a no.
#[test]
fn with_whom_things_are_shared_may_be_unknown() {
    let cluster = format!("arn:aws:rds:eu-west-1:{THERE}:cluster:books");
    let image = "arn:aws:ec2:eu-west-1::image/ami-1";
    let mut listed = item("AWS::EC2::Image", image, THERE, &Value::Null, &json!({}));
    listed["configuration"] = json!({"sharedWith": []});
    let things =
        |image: Value| [item("AWS::RDS::DBCluster", &cluster, THERE, &Value::Null, &json!({})), image];
    let users =
        [user("dana", &allow("rds:RestoreDBClusterToPointInTime")), user("erin", &allow("sqs:SendMessage"))];
    let unlisted = item("AWS::EC2::Image", image, THERE, &Value::Null, &json!({}));
    let identities = (THERE, "iam:GetAccountAuthorizationDetails", "seen");
    let unread = reader(&users, &[], &things(unlisted), &[identities]);
    let read = reader(&users, &[], &things(listed), &[identities, (THERE, "ram:GetResourceShares", "seen")]);
    for (question, verdict) in [
        (format!("can user/dana rds:RestoreDBClusterToPointInTime {cluster}"), Verdict::Unknown),
        (format!("can user/erin rds:RestoreDBClusterToPointInTime {cluster}"), Verdict::No),
        (format!("can acct/999999999999 ec2:RunInstances {image}"), Verdict::Unknown),
        (format!("who {cluster} --do rds:RestoreDBClusterToPointInTime"), Verdict::Unknown),
        ("what user/dana".to_owned(), Verdict::Unknown),
        ("what user/erin".to_owned(), Verdict::No),
    ] {
        assert_eq!(ask(&unread, &question).verdict, verdict, "{question}");
        assert_eq!(ask(&read, &question).verdict, Verdict::No, "{question}");
    }
    let said = ask(&unread, &format!("can user/dana rds:RestoreDBClusterToPointInTime {cluster}")).sentence;
    assert!(
        said.contains("with whom it is shared, which was not seen (ram:GetResourceShares tells it)"),
        "{said}"
    );
    let said = ask(&unread, "what user/dana").notes.join(" ");
    assert!(said.contains("With whom 1 thing is shared was not seen"), "{said}");
    let outside = |reader: &Reader| reader.outside(&OutsideQuestion::default()).expect("an answer");
    let page = outside(&unread);
    assert_eq!(
        (page.verdict, &*page.sentence),
        (Verdict::Unknown, "Nobody gets in from outside, as far as was seen.")
    );
    let note = "With whom 2 things are shared was not seen (ec2:DescribeImageAttribute and ram:GetResourceShares): that may let in others.";
    assert!(page.notes.iter().any(|told| told == note), "{:?}", page.notes);
    let page = outside(&read);
    assert_eq!(page.verdict, Verdict::No, "{:?}", page.notes);
}

/// Where nobody can read whom a policy names, as in a template that leaves it to a parameter, nobody is said not to get in.
#[test]
fn whom_a_policy_lets_in_may_be_unknown() {
    let reader_of = |principal: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let details = json!({"UserDetailList": [user("erin", &allow("s3:GetObject"))], "RoleDetailList": [],
            "GroupDetailList": [], "Policies": []});
        std::fs::write(folder.path().join("details.json"), details.to_string()).expect("a file");
        let template = format!(
            "Parameters: {{Who: {{Type: String}}}}\nResources:\n  Door:\n    Type: AWS::IAM::Role\n    Properties:\n      \
             RoleName: door\n      AssumeRolePolicyDocument:\n        Statement: {{Effect: Allow, Principal: {principal}, \
             Action: 'sts:AssumeRole'}}\n"
        );
        std::fs::write(folder.path().join("t.yaml"), template).expect("a file");
        let snapshot = clavicle_snapshot::open_any(folder.path(), |_, _| ()).expect("a snapshot");
        let world = World::new(snapshot, catalog(), Stated { standalone: true }, |_, _| ());
        Reader::new(world, Settings::default())
    };
    for (principal, verdict) in [
        ("{AWS: !Ref Who}", Verdict::Unknown),
        ("{AWS: ['arn:aws:iam::111122223333:root', !Ref Who]}", Verdict::Unknown),
        ("{AWS: 'arn:aws:iam::111122223333:root'}", Verdict::No),
    ] {
        let reader = reader_of(principal);
        let page = reader.outside(&OutsideQuestion::default()).expect("an answer");
        assert_eq!(page.verdict, verdict, "{principal}: {}", page.sentence);
        let note = "Whom 1 policy lets in cannot be read: that may be others.";
        assert_eq!(
            page.notes.iter().any(|told| told == note),
            verdict == Verdict::Unknown,
            "{:?}",
            page.notes
        );
        for question in ["who role/door --do become --by outside", "path outside role/door"] {
            assert_eq!(ask(&reader, question).verdict, verdict, "{principal} {question}");
        }
    }
}
