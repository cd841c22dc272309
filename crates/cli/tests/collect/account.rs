//! One account: what was created is what is seen.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use clavicle_snapshot::{
    CoverageState, PolicyState, PrincipalKind, PrincipalRecord, ResourceRecord, RoleAttribute, Snapshot,
};

use crate::moto::Account;
use crate::{facts, snapshot, succeeds};

/// The word that stands wherever the scene could hold a secret.
const SECRET: &str = "pl4nted-s3cret";

fn text<'s>(snapshot: &'s Snapshot, state: &PolicyState) -> &'s str {
    match state {
        PolicyState::Document(id) => &snapshot.document(*id).text,
        other => panic!("no document: {other:?}"),
    }
}

fn named<'s>(snapshot: &'s Snapshot, kind: &str, name: &str) -> &'s ResourceRecord {
    let found = snapshot.resources.iter().find(|thing| &*thing.kind == kind && &*thing.name == name);
    found.unwrap_or_else(|| {
        let known: Vec<_> = snapshot.resources.iter().map(|thing| (&*thing.kind, &*thing.name)).collect();
        panic!("no {kind} {name} among {known:?}")
    })
}

fn who<'s>(snapshot: &'s Snapshot, kind: PrincipalKind, name: &str) -> &'s PrincipalRecord {
    let found = snapshot.principals.iter().find(|it| it.kind == kind && &*it.name == name);
    found.unwrap_or_else(|| panic!("no {kind:?} {name}"))
}

#[test]
fn what_was_created_is_what_is_seen() {
    let Some(account) = Account::of("123456789012") else { return };
    account.python("scene.py", &["account"]);
    let home = tempfile::tempdir().expect("a folder");
    let collect = |out: &str| {
        let arguments = ["collect", "-o", out, "--regions", "eu-west-1"];
        account.clavicle(home.path(), &arguments)
    };
    let output = succeeds(collect("acct.clav"));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("in 123456789012 · read-only"), "{told}");
    let snapshot = snapshot(&home.path().join("acct.clav"));
    identities(&snapshot);
    things(&snapshot);
    workloads(&snapshot);
    coverage(&snapshot);
    no_secret_is_kept(home.path(), &output.stderr);

    // The same account a second time, behind TLS and a proxy, is the same snapshot.
    let (proxy, connected) = crate::network::proxy();
    let mut again = collect("again.clav");
    again.env("AWS_ENDPOINT_URL", account.moto.secure_address()).env("HTTPS_PROXY", proxy);
    again.env("AWS_CA_BUNDLE", account.certificate(home.path()));
    succeeds(again);
    assert!(connected.load(std::sync::atomic::Ordering::Relaxed) > 0);
    let again = crate::snapshot(&home.path().join("again.clav"));
    assert_eq!(facts(&snapshot), facts(&again));

    answers(home.path(), &account);
    killed_and_resumed(home.path(), &account, &snapshot);
}

fn identities(snapshot: &Snapshot) {
    let dana = who(snapshot, PrincipalKind::User, "dana");
    assert_eq!(&*dana.path, "/people/");
    assert_eq!(&*dana.tags.as_ref().expect("tags")[0].1, "pay");
    let readers = snapshot.principal(dana.groups[0]);
    assert_eq!((&*readers.name, readers.attached.len(), readers.inline.len()), ("readers", 1, 1));
    let policy = snapshot.policy(readers.attached[0]);
    assert_eq!(policy.versions.len(), 2);
    assert!(text(snapshot, &policy.document).contains("ReadInvoices"));
    let keys = &dana.credentials.as_ref().expect("a credential report").keys;
    assert!(keys.len() == 1 && keys[0].active);
    let nightly = who(snapshot, PrincipalKind::Role, "nightly");
    assert!(text(snapshot, &nightly.trust).contains("lambda.amazonaws.com"));
    let boundary = snapshot.policy(nightly.boundary.expect("a boundary"));
    assert_eq!(&*boundary.name, "boundary");
    let profiles: BTreeMap<&str, bool> = snapshot
        .instance_profiles
        .iter()
        .map(|profile| (profile.arn.rsplit('/').next().expect("a name"), profile.role.is_some()))
        .collect();
    assert_eq!(profiles, BTreeMap::from([("empty", false), ("web", true)]));
    let github = snapshot.providers.iter().find(|it| it.url.is_some()).expect("a provider");
    assert_eq!(github.url.as_deref(), Some("token.actions.githubusercontent.com"));
    assert_eq!(&*github.client_ids[0], "sts.amazonaws.com");
    assert_eq!(snapshot.providers.len(), 2);
    assert_eq!(snapshot.accounts[0].name.as_deref(), Some("scene"));
    let summary = snapshot.accounts[0].summary.as_deref().expect("a summary");
    let summary: serde_json::Value = serde_json::from_str(summary).expect("JSON");
    let users = snapshot.principals.iter().filter(|it| it.kind == PrincipalKind::User).count();
    assert_eq!(summary["alias"], "scene", "{summary}");
    assert_eq!(summary["users"].as_u64(), u64::try_from(users).ok(), "{summary}");
    // Nobody has to say what AWS said.
    assert!(snapshot.standalone && snapshot.organization.is_none());
}

fn things(snapshot: &Snapshot) {
    for (kind, name, statement) in [
        ("s3:bucket", "scene-invoices", "\"Here\""),
        ("sqs:queue", "jobs", "sqs:SendMessage"),
        ("sns:topic", "news", "sns:Publish"),
        ("secretsmanager:secret", "db/password", "secretsmanager:GetSecretValue"),
        ("ecr:repository", "app", "ecr:BatchGetImage"),
        ("lambda:function", "nightly", "lambda:InvokeFunction"),
        ("apigateway:RestApi", "api", "execute-api:Invoke"),
        ("events:event-bus", "default", "events:PutEvents"),
        ("elasticfilesystem:file-system", "share", "elasticfilesystem:ClientMount"),
        ("kinesis:stream", "clicks", "kinesis:GetRecords"),
        ("es:domain", "search", "es:ESHttpGet"),
    ] {
        assert!(text(snapshot, &named(snapshot, kind, name).policy).contains(statement), "{name}");
    }
    for (kind, name) in [
        ("s3:bucket", "scene-public"),
        ("sqs:queue", "plain"),
        ("secretsmanager:secret", "plain"),
        ("ecr:repository", "plain"),
        ("lambda:function", "plain"),
        ("dynamodb:table", "orders"),
    ] {
        let state = &named(snapshot, kind, name).policy;
        assert!(matches!(state, PolicyState::None), "{name}: {state:?}");
    }
    for (kind, name) in [
        ("s3:bucket", "scene-invoices"),
        ("sqs:queue", "jobs"),
        ("sns:topic", "news"),
        ("ecr:repository", "app"),
        ("dynamodb:table", "orders"),
        ("lambda:function", "nightly"),
    ] {
        let tags = named(snapshot, kind, name).tags.as_ref().expect("tags");
        assert!(tags.iter().any(|tag| &*tag.0 == "team" && &*tag.1 == "pay"), "{name}");
    }
    let invoices = named(snapshot, "s3:bucket", "scene-invoices");
    assert_eq!(invoices.region.as_deref(), Some("eu-west-1"));
    let block = invoices.facts.public_access_block.expect("a block");
    assert!(block.block_public_policy && !block.restrict_public_buckets);
    assert_eq!(invoices.facts.object_ownership.as_deref(), Some("BucketOwnerEnforced"));
    assert_eq!(invoices.facts.bucket_abac.as_deref(), Some("Disabled"));
    assert_eq!(invoices.facts.encryption_key.as_deref(), Some("alias/scene"));
    let public = named(snapshot, "s3:bucket", "scene-public");
    let grants = public.facts.acl.as_ref().expect("an ACL");
    assert!(grants.iter().any(|it| it.grantee.ends_with("/AllUsers") && &*it.permission == "READ"));
    let of_account = snapshot.accounts[0].public_access_block.expect("a block of the account");
    assert!(of_account.block_public_acls && !of_account.ignore_public_acls);
    let key = snapshot.resources.iter().find(|thing| &*thing.kind == "kms:key").expect("a key");
    assert!(key.facts.aliases.iter().any(|alias| &**alias == "alias/scene"), "{:?}", key.facts.aliases);
    assert!(text(snapshot, &key.policy).contains("kms:*"));
}

fn workloads(snapshot: &Snapshot) {
    // What an endpoint lets through is a fact of it, and no right on it.
    let endpoint =
        snapshot.resources.iter().find(|thing| &*thing.kind == "ec2:vpc-endpoint").expect("an endpoint");
    let facts = endpoint.facts.json.as_deref().expect("facts");
    assert!(facts.contains("Through") && endpoint.policy == PolicyState::None, "{facts}");
    let facts = named(snapshot, "lambda:function", "nightly").facts.json.as_deref().expect("facts");
    assert!(facts.contains(r#""function_url":"AWS_IAM""#), "{facts}");
    use RoleAttribute::{Execution, InstanceProfile, Role, Service, Task};
    for (kind, attribute, role) in [
        ("lambda:function", Role, "nightly"),
        ("ec2:instance", InstanceProfile, "web"),
        ("ecs:task-definition", Task, "task"),
        ("ecs:task-definition", Execution, "task"),
        ("cloudformation:stack", Service, "stack"),
        ("codebuild:project", Role, "build"),
        ("glue:job", Role, "job"),
        ("sagemaker:notebook-instance", Role, "book"),
        ("states:stateMachine", Role, "flow"),
        ("eks:cluster", Service, "cluster"),
        ("eks:nodegroup", Role, "node"),
        ("eks:fargateprofile", Role, "node"),
        ("batch:job-definition", Role, "task"),
        ("batch:compute-environment", Service, "stack"),
        ("bedrock:agent", Service, "task"),
        ("cloudformation:stackset", Service, "stack"),
        ("codedeploy:deploymentgroup", Service, "stack"),
        ("codepipeline:pipeline", Service, "pipeline"),
        ("elasticmapreduce:cluster", InstanceProfile, "web"),
        ("elasticmapreduce:cluster", Service, "stack"),
        ("events:rule", Service, "flow"),
        ("iot:rolealias", Role, "task"),
        ("kinesisanalytics:application", Role, "flow"),
        ("pipes:pipe", Service, "flow"),
        ("redshift:cluster", Service, "task"),
        ("sagemaker:domain", Role, "book"),
        ("sagemaker:model", Role, "book"),
        ("scheduler:schedule", Service, "flow"),
        ("synthetics:canary", Role, "nightly"),
    ] {
        let mut roles =
            snapshot.resources.iter().filter(|thing| &*thing.kind == kind).flat_map(|it| &it.runs_as);
        let arn = format!("arn:aws:iam::123456789012:role/{role}");
        let found = roles.any(|it| it.attribute == attribute && it.role_arn.as_deref() == Some(&arn));
        assert!(found, "no {kind} runs as {role}");
    }
    for (kind, name) in [
        ("acm-pca:certificate-authority", None),
        ("autoscaling:autoScalingGroup", Some("web")),
        ("backup:backup-vault", Some("vault")),
        ("batch:job-queue", Some("queue")),
        ("cognito-identity:identitypool", Some("visitors")),
        ("ecs:cluster", Some("main")),
        ("ecs:service", None),
        ("elasticbeanstalk:environment", Some("app-env")),
        ("emr-serverless:application", Some("spark")),
        ("rds:cluster", Some("ledger")),
        ("rds:db", Some("orders")),
        ("ssm:parameter", Some("/db/password")),
    ] {
        let mut of_kind = snapshot.resources.iter().filter(|thing| &*thing.kind == kind);
        assert!(of_kind.any(|thing| name.is_none_or(|name| &*thing.name == name)), "no {kind} {name:?}");
    }
}

fn coverage(snapshot: &Snapshot) {
    let state = |call: &str| {
        let rows = snapshot.coverage.iter().filter(|row| &*row.call == call);
        rows.map(|row| row.state).collect::<Vec<_>>()
    };
    for seen in [
        "iam:GetAccountAuthorizationDetails",
        "s3:GetBucketPolicy",
        "kms:GetKeyPolicy",
        "lambda:ListFunctions",
    ] {
        assert_eq!(state(seen), [CoverageState::Seen], "{seen}");
    }
    let unsound = snapshot.coverage.iter().find(|row| row.reason.contains("Signature"));
    assert!(unsound.is_none(), "botocore signs otherwise: {unsound:?}");
    // It was asked for, and others than the one that was asked about were left out.
    assert_eq!(state("ec2:DescribeRegions"), [CoverageState::Seen, CoverageState::NotTried]);
    // moto knows nothing of App Runner: that is told, and passes for "there is none" nowhere.
    assert_eq!(state("apprunner:ListServices"), [CoverageState::Failed]);
}

fn no_secret_is_kept(home: &Path, stderr: &[u8]) {
    let holds = |bytes: &[u8]| bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes());
    assert!(
        !holds(&std::fs::read(home.join("acct.clav")).expect("the snapshot")),
        "the snapshot holds a secret"
    );
    assert!(!holds(stderr));
    assert!(!home.join("acct.clav.collecting").exists(), "what was kept on the way is gone");
}

fn answers(home: &Path, account: &Account) {
    let ask = |arguments: &[&str]| account.clavicle(home, arguments).output().expect("clavicle runs");
    let can = ask(&["can", "role/nightly", "s3:ListBucket", "s3://scene-invoices", "-s", "acct.clav"]);
    assert_eq!(can.status.code(), Some(1), "{}", String::from_utf8_lossy(&can.stdout));
    let who = ask(&["who", "s3://scene-public", "--do", "read", "-s", "acct.clav"]);
    assert!(String::from_utf8_lossy(&who.stdout).contains("read s3://scene-public"));
}

/// What is kept on the way can be asked, and nothing that it has not read passes for "there is none".
fn unfinished_says_what_it_has_not_read(home: &Path, account: &Account) {
    let folder = home.join("killed.clav.collecting");
    let _ = std::fs::remove_file(folder.join("accounts/123456789012/iam.jsonl"));
    let ask = |arguments: &[&str]| {
        let all = [arguments, &["-s", "killed.clav.collecting"]].concat();
        account.clavicle(home, &all).output().expect("clavicle runs")
    };
    for question in [&["who", "admin"][..], &["outside"]] {
        let output = ask(question);
        let told = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(3), "{question:?}: {told}");
        assert!(told.contains("GetAccountAuthorizationDetails") && told.contains("stopped before"), "{told}");
    }
}

/// Killed before the first part of an account was written, all that is there is what the organization is.
fn barely_begun_says_that_nothing_was_read(home: &Path, account: &Account) {
    let early = home.join("early.clav.collecting");
    std::fs::create_dir(&early).expect("a folder");
    let begun = home.join("killed.clav.collecting/organization.json");
    std::fs::copy(begun, early.join("organization.json")).expect("it is copied");
    for question in [&["who", "admin"][..], &["outside"]] {
        let all = [question, &["-s", "early.clav.collecting"]].concat();
        let output = account.clavicle(home, &all).output().expect("clavicle runs");
        let told = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(3), "{question:?}: {told}");
        assert!(told.contains("GetAccountAuthorizationDetails") && told.contains("stopped before"), "{told}");
    }
}

/// A collection that is killed leaves what `--resume` completes to the very same snapshot.
fn killed_and_resumed(home: &Path, account: &Account, whole: &Snapshot) {
    let arguments = ["collect", "-o", "killed.clav", "--regions", "eu-west-1"];
    let mut running = account
        .clavicle(home, &arguments)
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .expect("it runs");
    let units = || {
        let account = home.join("killed.clav.collecting/accounts/123456789012");
        let files = std::fs::read_dir(account).into_iter().flatten().flatten();
        files.filter(|file| file.path().extension().is_some_and(|ending| ending == "jsonl")).count()
    };
    while units() < 3 {
        assert!(running.try_wait().expect("its state").is_none(), "it ended before it could be killed");
        std::thread::sleep(Duration::from_millis(2));
    }
    running.kill().expect("it is killed");
    running.wait().expect("it ends");
    assert!(!home.join("killed.clav").exists());
    assert!(units() >= 3);
    // What is kept on the way holds no more than the snapshot does.
    let mut look = vec![home.join("killed.clav.collecting")];
    while let Some(path) = look.pop() {
        if path.is_dir() {
            look.extend(std::fs::read_dir(&path).expect("a folder").flatten().map(|entry| entry.path()));
        } else {
            let text = std::fs::read(&path).expect("a file");
            assert!(!String::from_utf8_lossy(&text).contains(SECRET), "{}", path.display());
        }
    }
    unfinished_says_what_it_has_not_read(home, account);
    barely_begun_says_that_nothing_was_read(home, account);
    let arguments = ["collect", "-o", "killed.clav", "--regions", "eu-west-1", "--resume"];
    succeeds(account.clavicle(home, &arguments));
    assert_eq!(facts(whole), facts(&snapshot(&home.join("killed.clav"))));
    let nothing_left = account.clavicle(home, &arguments).output().expect("it runs");
    assert_eq!(nothing_left.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&nothing_left.stderr).contains("no unfinished collection"));
}
