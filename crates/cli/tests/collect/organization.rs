//! An organization: in moto with policies, and simulated with faults.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::{Duration, Instant};

use clavicle_snapshot::{CoverageState, Levels, OrgPolicyKind, PolicyState};

use serde_json::json;

use crate::fake_aws::FakeAws;
use crate::moto::Account;
use crate::{clavicle, facts, snapshot, succeeds};

#[test]
fn the_tree_its_policies_and_every_account() {
    let Some(account) = Account::of("123456789013") else { return };
    account.python("scene.py", &["organization"]);
    let home = tempfile::tempdir().expect("a folder");
    let arguments =
        ["collect", "--org", "--role-name", "clavicle-read", "-o", "org.clav", "--regions", "eu-west-1"];
    let output = succeeds(account.clavicle(home.path(), &arguments));
    let snapshot = snapshot(&home.path().join("org.clav"));
    assert!(snapshot.warnings.is_empty(), "{:?}", snapshot.warnings);
    let organization = snapshot.organization.as_ref().expect("an organization");
    assert!(organization.attachments_seen);
    let staging =
        snapshot.accounts.iter().find(|it| it.name.as_deref() == Some("staging")).expect("an account");
    assert!(staging.seen && snapshot.accounts.iter().filter(|account| account.seen).count() == 2);
    let Levels::Seen(levels) = snapshot.levels(staging.id, OrgPolicyKind::Scp) else { panic!("levels") };
    // The root, the unit, the unit in it, the account.
    assert_eq!(levels.len(), 4);
    let names = |at: usize| {
        levels[at]
            .policies
            .iter()
            .map(|&it| organization.policy(it).name.to_string())
            .collect::<BTreeSet<_>>()
    };
    assert!(names(1).contains("no-deletes") && !names(0).contains("no-deletes"));
    // E-mail addresses of accounts are no facts about access.
    let bytes = std::fs::read(home.path().join("org.clav")).expect("the snapshot");
    assert!(!bytes.windows(11).any(|part| part == b"example.com"));
    assert!(String::from_utf8_lossy(&output.stderr).contains("staging"));
}

/// Throttles, resets and a closed account: everything else is seen, and of what is not it is said.
#[test]
fn an_organization_behind_a_faulty_network_is_collected_but_for_the_denied_account() {
    let fake = FakeAws::start(12, 3);
    let text = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Delegates","Effect":"Allow","Principal":{"AWS":"100000000001"},
        "Action":"organizations:DescribeOrganization","Resource":"*"}]}"#;
    let arn = "arn:aws:organizations::100000000000:resourcepolicy/o-1/rp-1";
    let delegation =
        json!({"ResourcePolicy": {"ResourcePolicySummary": {"Id": "rp-1", "Arn": arn}, "Content": text}});
    fake.answer("AWSOrganizationsV20161128.DescribeResourcePolicy", delegation.to_string());
    let home = tempfile::tempdir().expect("a folder");
    let collect = |out: &str| {
        let arguments = ["collect", "--org", "--role-name", "clavicle-read", "-o", out];
        let mut command = clavicle(home.path(), &fake.address, &arguments);
        command.env_remove("AWS_MAX_ATTEMPTS");
        succeeds(command)
    };
    let output = collect("org.clav");
    let snapshot = snapshot(&home.path().join("org.clav"));
    assert!(fake.faults() > 20, "only {} faults", fake.faults());
    let gaps: Vec<_> = snapshot.not_seen().collect();
    let denied = |row: &&clavicle_snapshot::Coverage| {
        row.account.is_some_and(|account| account.to_string() == FakeAws::DENIED)
    };
    assert!(gaps.iter().all(denied), "{gaps:#?}");
    let told: BTreeSet<_> = gaps.iter().map(|row| (&*row.call, row.state)).collect();
    let expected = [
        ("iam:GetAccountAuthorizationDetails", CoverageState::NotTried),
        ("sts:AssumeRole", CoverageState::Denied),
    ];
    assert_eq!(told, BTreeSet::from(expected));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("sts:AssumeRole was refused"), "{told}");
    let delegated = snapshot.resources.iter().find(|thing| &*thing.arn == arn).expect("what is delegated");
    assert!(matches!(delegated.policy, PolicyState::Document(_)));
    let seen = snapshot.accounts.iter().filter(|account| account.seen).count();
    assert_eq!(seen, 11);
    // Two pages of roles and a queue in every region, in every account but the denied one.
    assert_eq!(snapshot.principals.len(), 11 * 4);
    assert_eq!(snapshot.resources.iter().filter(|thing| &*thing.kind == "sqs:queue").count(), 11 * 3);
    collect("again.clav");
    assert_eq!(facts(&snapshot), facts(&crate::snapshot(&home.path().join("again.clav"))));
}

/// `cargo test --release -p clavicle --test collect -- --ignored --nocapture`
#[test]
#[ignore = "a measurement, for benches/RESULTS.md"]
fn fifty_accounts_in_ten_regions() {
    let fake = FakeAws::start(50, 10);
    let home = tempfile::tempdir().expect("a folder");
    let arguments = ["collect", "--org", "--role-name", "clavicle-read", "-o", "org.clav"];
    let mut command = clavicle(home.path(), &fake.address, &arguments);
    command.env_remove("AWS_MAX_ATTEMPTS").stdout(Stdio::null()).stderr(Stdio::null());
    let started = Instant::now();
    let mut running = command.spawn().expect("it runs");
    let mut memory = 0;
    while running.try_wait().expect("its state").is_none() {
        let status = std::fs::read_to_string(format!("/proc/{}/status", running.id())).unwrap_or_default();
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok());
        memory = peak.unwrap_or(memory);
        std::thread::sleep(Duration::from_millis(50));
    }
    let seconds = started.elapsed().as_secs_f64();
    let (requests, faults) = (fake.requests(), fake.faults());
    println!(
        "{requests} requests, {faults} faults, {seconds:.1} s, {:.0} a second, {memory} kB",
        requests as f64 / seconds
    );
    let snapshot = snapshot(&home.path().join("org.clav"));
    let denied = |account: clavicle_snapshot::AccountId| account.to_string() == FakeAws::DENIED;
    assert!(snapshot.not_seen().all(|row| row.account.is_some_and(denied)));
}

#[test]
fn a_denied_call_is_unknown_and_not_none() {
    let fake = FakeAws::start(1, 1);
    fake.deny("AmazonSQS.GetQueueAttributes");
    fake.deny("TrentService.ListKeys");
    let home = tempfile::tempdir().expect("a folder");
    let strict = ["collect", "-o", "acct.clav", "--strict"];
    let output = clavicle(home.path(), &fake.address, &strict).output().expect("it runs");
    assert_eq!(output.status.code(), Some(4), "{}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("sqs ✕ AccessDenied: sqs:GetQueueAttributes"), "{told}");
    let snapshot = snapshot(&home.path().join("acct.clav"));
    let denied: BTreeSet<&str> = snapshot.not_seen().map(|row| &*row.call).collect();
    assert_eq!(denied, BTreeSet::from(["kms:ListKeys", "sqs:GetQueueAttributes"]));
    assert!(snapshot.not_seen().all(|row| row.state == CoverageState::Denied));
    // The queue is there, and what its policy says is not known.
    let coverage = ["snapshots", "--coverage", "-s", "acct.clav"];
    let told = succeeds(clavicle(home.path(), &fake.address, &coverage)).stdout;
    let told = String::from_utf8_lossy(&told);
    assert!(told.contains("services seen") && told.contains("kms ✕ AccessDenied: kms:ListKeys"), "{told}");
    let queue = snapshot.resources.iter().find(|thing| &*thing.name == "jobs").expect("the queue");
    assert!(matches!(queue.policy, PolicyState::NotSeen));
}

/// Credentials that expire, and a network that goes away: nothing is concluded from that, and what was seen is kept.
#[test]
fn what_ends_a_collection_in_the_middle_leaves_what_resume_completes() {
    let fake = FakeAws::start(1, 4);
    let home = tempfile::tempdir().expect("a folder");
    let collect =
        |arguments: &[&str]| clavicle(home.path(), &fake.address, arguments).output().expect("it runs");
    assert_eq!(collect(&["collect", "-o", "whole.clav"]).status.code(), Some(0));
    fake.expire_after(120);
    let stopped = collect(&["collect", "-o", "acct.clav"]);
    let told = String::from_utf8_lossy(&stopped.stderr);
    assert_eq!(stopped.status.code(), Some(4), "{told}");
    assert!(told.contains("the credentials have expired") && told.contains("--resume"), "{told}");
    assert!(!home.path().join("acct.clav").exists());
    fake.expire_after(0);
    let before = fake.requests();
    let resumed = collect(&["collect", "-o", "acct.clav", "--resume"]);
    assert_eq!(resumed.status.code(), Some(0), "{}", String::from_utf8_lossy(&resumed.stderr));
    assert!(fake.requests() > before);
    let [whole, resumed] = ["whole.clav", "acct.clav"].map(|name| facts(&snapshot(&home.path().join(name))));
    assert_eq!(whole, resumed);

    // Nobody listens there.
    let mut nowhere = clavicle(home.path(), "http://127.0.0.1:9", &["collect", "-o", "nowhere.clav"]);
    let output = nowhere.output().expect("it runs");
    assert_eq!(output.status.code(), Some(4));
    assert!(!home.path().join("nowhere.clav").exists());
}
