//! The demo organization, as `examples/paperboat/README.md` tells of it.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::path::Path;

use clavicle_snapshot::{
    AccountId, CoverageState, Import, Levels, OrgPolicyKind, PolicyState, PrincipalKind, Snapshot,
};

fn snapshot() -> Snapshot {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/paperboat");
    let imported = Import::new().source(folder).run(|_| ()).unwrap();
    assert_eq!(imported.warnings, []);
    Snapshot::read(&imported.database, |_, _| ()).unwrap()
}

fn identities(snapshot: &Snapshot, account: Option<AccountId>) -> usize {
    let ours = snapshot.principals.iter().filter(|it| account.is_none_or(|account| it.account == account));
    ours.filter(|it| it.kind != PrincipalKind::Group).count()
}

#[test]
fn the_counts_are_those_of_the_page() {
    let snapshot = snapshot();
    let page = include_str!("../../../../examples/paperboat/README.md");
    assert_eq!((snapshot.accounts.len(), identities(&snapshot, None)), (4, 345));
    for account in &snapshot.accounts {
        let things = snapshot.resources.iter().filter(|it| it.account == Some(account.id)).count();
        let name = account.name.as_deref().unwrap();
        let row = page.lines().find(|line| line.starts_with(&format!("| {name} | {} |", account.id)));
        let end = format!("| {} | {things} |", identities(&snapshot, Some(account.id)));
        assert!(row.is_some_and(|row| row.ends_with(&end)), "{name}: {end}, the page says {row:?}");
        if name == "prod" {
            assert_eq!((identities(&snapshot, Some(account.id)), things), (214, 402));
        }
    }
    assert!(snapshot.resources.iter().all(|it| it.account.is_some()));
    assert!(snapshot.principals.iter().all(|it| it.seen), "every group that is named is there");
}

#[test]
fn what_the_stories_rest_on_is_imported() {
    let snapshot = snapshot();
    let staging = AccountId::parse("444455556666").unwrap();
    let in_staging = |rest: &str| format!("arn:aws:iam::{staging}:{rest}");
    let shared = snapshot.policy_by_arn(&in_staging("policy/shared-ops")).unwrap();
    assert_eq!(snapshot.policy(shared).versions.len(), 3);
    assert_eq!(snapshot.principals.iter().filter(|it| it.attached.contains(&shared)).count(), 5);

    let report = format!("arn:aws:lambda:eu-west-1:{staging}:function:nightly-report");
    let report = snapshot.resource(snapshot.resource_by_arn(&report).unwrap());
    assert_eq!(report.runs_as[0].role, snapshot.principal_by_arn(&in_staging("role/nightly-exec")));

    let invoices = snapshot.resource(snapshot.resource_by_arn("arn:aws:s3:::paperboat-invoices").unwrap());
    let key = invoices.facts.encryption_key.as_deref().unwrap();
    let key = snapshot.resource(snapshot.resource_by_arn(key).unwrap());
    assert_eq!(key.facts.aliases, ["alias/invoices".into()]);
    let text = &snapshot.document(invoices.policy.document().unwrap()).text;
    let line = text.lines().position(|line| line.contains("StagingReleases")).unwrap() + 1;
    assert_eq!(line, 12, "the lines of the bucket policy are those that its author made");

    let Levels::Seen(levels) = snapshot.levels(staging, OrgPolicyKind::Scp) else { panic!("levels") };
    let organization = snapshot.organization.as_ref().unwrap();
    let named = |at: usize| {
        levels[at].policies.iter().map(|&policy| &*organization.policy(policy).name).collect::<Vec<_>>()
    };
    assert_eq!(levels.len(), 4, "root, workloads, staging, the account");
    assert!(named(2).contains(&"protect-prod"), "{:?}", named(2));

    let old = snapshot.principal(snapshot.principal_by_arn(&in_staging("user/service/import-2021")).unwrap());
    let keys = &old.credentials.as_ref().unwrap().keys;
    assert!(keys[0].active && keys[0].last_used.as_deref().unwrap().starts_with("2023"), "{keys:?}");
}

#[test]
fn what_was_not_seen_is_what_the_page_says() {
    let snapshot = snapshot();
    let not_seen: Vec<&str> = snapshot
        .resources
        .iter()
        .filter(|it| it.policy == PolicyState::NotSeen)
        .map(|it| &*it.kind)
        .collect();
    let secrets = not_seen.iter().filter(|kind| **kind == "secretsmanager:secret").count();
    let projects = not_seen.iter().filter(|kind| **kind == "codebuild:project").count();
    assert_eq!((secrets, projects, not_seen.len()), (11, 20, 31));
    let said = snapshot.coverage.iter().find(|it| &*it.call == "secretsmanager:GetResourcePolicy").unwrap();
    assert_eq!(said.account.unwrap().to_string(), "444455556666");
    assert_eq!((said.state, said.things), (CoverageState::Unsupported, 11));
    assert!(
        snapshot.policies.iter().all(|it| it.document != PolicyState::NotSeen),
        "also AWS's own policies are there"
    );
}

#[test]
fn the_script_still_writes_these_files() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/paperboat");
    let check = std::process::Command::new("python3")
        .args(["-B", "make_paperboat.py", "--check"])
        .current_dir(folder)
        .output();
    match check {
        Ok(check) => assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr)),
        Err(error) => eprintln!("skipped: no python3 ({error})"),
    }
}
