//! Snapshots: made, listed, told apart and removed.

use insta::assert_snapshot;

use crate::scene::{Scene, cases, filtered};

#[test]
fn import_list_ask_and_remove() {
    let scene = Scene::new();
    filtered(|| {
        assert_snapshot!(scene.run("import demo"), @r#"
saved [ID]   4 accounts · 345 identities · 497 things · [SIZE]
  in [DATA]/[ID].clavicle
  not seen: codebuild:GetResourcePolicy in prod, staging, tools, 20 things: AWS Config does not record it
  not seen: secretsmanager:GetResourcePolicy in staging, 11 things: AWS Config does not record it
  not seen: codebuild:ListProjects in management: AWS Config lists none, and does not say whether it records them
  not seen: dynamodb:ListTables in prod, management, staging, tools: AWS Config lists none, and does not say whether it records them
  not seen: ec2:DescribeInstances in management: AWS Config lists none, and does not say whether it records them
  not seen: 6 more kinds of facts (clavicle snapshots --coverage)
next: clavicle open
[exit 0]
"#);
        assert_snapshot!(scene.run("snapshots"), @r#"
* [ID]   4 accounts   345 identities   497 things   [SIZE]   saved [TIME]
* is asked where no `-s` names another
next: clavicle snapshots --coverage
[exit 0]
"#);
        assert_snapshot!(scene.run("who s3://paperboat-customers --do read"), @r#"
        4 identities can read s3://paperboat-customers directly.
          also needs kms:Decrypt on prod:key/customers (default encryption of the bucket)
          DIRECT
            prod:role/*          ×2 equal   prod:role/newsletter-export#customers:4   "Customers"
            prod:role/crm-api               prod:role/crm-api#customers:4             "Customers"
            prod:role/crm-sync              prod:role/crm-sync#customers:4            "Customers"
          not counted: 2 administrators (--admins)
        next: clavicle can prod:role/newsletter-export read s3://paperboat-customers    see it: clavicle open --last
        [exit 0]
        "#);
        assert_snapshot!(scene.run("snapshots rm 2026"), @r#"
[stderr]
error: `2026` is not the name of a saved snapshot
help: did you mean `[ID]`?
[exit 2]
"#);
        assert_snapshot!(scene.run("snapshots rm 2026-08-22T08:39:14.000Z"), @r#"
removed [ID]
[exit 0]
"#);
        assert_snapshot!(scene.run("snapshots"), @r#"
There is no snapshot in [DATA].
next: clavicle collect, clavicle import gaad.json, or clavicle demo
[exit 0]
"#);
    });
}

#[test]
fn the_same_files_make_one_snapshot() {
    let scene = Scene::new();
    scene.run("import demo");
    scene.run("import demo");
    filtered(|| {
        assert_snapshot!(scene.run("snapshots"), @r#"
* [ID]   4 accounts   345 identities   497 things   [SIZE]   saved [TIME]
* is asked where no `-s` names another
next: clavicle snapshots --coverage
[exit 0]
"#);
    });
}

#[test]
fn what_was_not_seen() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("snapshots --coverage -s demo"), @r#"
snapshot [ID]   4 accounts · 345 identities · 497 things
  NOT SEEN (answers that turn on these say "unknown")
    ~ codebuild:GetResourcePolicy        prod, staging, tools               20 things   AWS Config does not record it
    ~ secretsmanager:GetResourcePolicy   staging                            11 things   AWS Config does not record it
    ~ codebuild:ListProjects             management                                     AWS Config lists none, and does not say whether it records them
    ~ dynamodb:ListTables                prod, management, staging, tools               AWS Config lists none, and does not say whether it records them
    ~ ec2:DescribeInstances              management                                     AWS Config lists none, and does not say whether it records them
    ~ ecr:DescribeRepositories           management                                     AWS Config lists none, and does not say whether it records them
    ~ ecs:ListTaskDefinitions            management, tools                              AWS Config lists none, and does not say whether it records them
    ~ kms:ListKeys                       management                                     AWS Config lists none, and does not say whether it records them
    ~ secretsmanager:ListSecrets         prod, management, tools                        AWS Config lists none, and does not say whether it records them
    ~ sqs:ListQueues                     management                                     AWS Config lists none, and does not say whether it records them
    ~ states:ListStateMachines           management, tools                              AWS Config lists none, and does not say whether it records them
  SEEN
    ✓ codebuild:ListProjects               prod, staging, tools               20 things
    ✓ ec2:DescribeInstances                prod, staging, tools               25 things
    ✓ ecr:DescribeRepositories             prod, staging, tools               49 things
    ✓ ecr:GetRepositoryPolicy              prod, staging, tools               49 things
    ✓ ecs:ListTaskDefinitions              prod, staging                      59 things
    ✓ iam:GetAccountAuthorizationDetails   prod, management, staging, tools   348 things
    ✓ iam:GetCredentialReport              prod, management, staging, tools   26 things
    ✓ kms:GetKeyPolicy                     prod, staging, tools               18 things
    ✓ kms:ListKeys                         prod, staging, tools               18 things
    ✓ lambda:GetPolicy                     prod, management, staging, tools   82 things
    ✓ lambda:ListFunctions                 prod, management, staging, tools   82 things
    ✓ organizations:DescribeOrganization   the organization                   5 things
    ✓ organizations:DescribePolicy         the organization                   5 things
    ✓ organizations:ListTargetsForPolicy   the organization                   21 things
    ✓ s3:GetAccountPublicAccessBlock       prod, management, staging, tools   4 things
    ✓ s3:GetBucketPolicy                   prod, management, staging, tools   59 things
    ✓ s3:ListAllMyBuckets                  prod, management, staging, tools   59 things
    ✓ secretsmanager:ListSecrets           staging                            11 things
    ✓ sns:GetTopicAttributes               prod, management, staging, tools   39 things
    ✓ sns:ListTopics                       prod, management, staging, tools   39 things
    ✓ sqs:GetQueueAttributes               prod, staging, tools               98 things
    ✓ sqs:ListQueues                       prod, staging, tools               98 things
    ✓ states:ListStateMachines             prod, staging                      13 things
  READ FROM
    demo/organization.json                             organization            [SIZE]
    demo/accounts/111122223333/config.json             AWS Config              [SIZE]
    demo/accounts/111122223333/credential-report.csv   credential report       [SIZE]
    demo/accounts/111122223333/gaad.json               authorization details   [SIZE]
    demo/accounts/123456789012/config.json             AWS Config              [SIZE]
    demo/accounts/123456789012/credential-report.csv   credential report       895 bytes
    demo/accounts/123456789012/gaad.json               authorization details   [SIZE]
    demo/accounts/444455556666/config.json             AWS Config              [SIZE]
    demo/accounts/444455556666/credential-report.csv   credential report       [SIZE]
    demo/accounts/444455556666/gaad.json               authorization details   [SIZE]
    demo/accounts/777788889999/config.json             AWS Config              [SIZE]
    demo/accounts/777788889999/credential-report.csv   credential report       [SIZE]
    demo/accounts/777788889999/gaad.json               authorization details   [SIZE]
[exit 0]
"#);
    });
}

#[test]
fn one_account_without_its_organization() {
    let scene = Scene::new();
    let file = cases().join("ok/details-pages.json");
    filtered(|| {
        assert_snapshot!(scene.run(&format!("import {}", file.display())), @r#"
saved [ID]   1 account · 4 identities · 0 things · [SIZE]
  in [DATA]/[ID].clavicle
  not seen: iam:GetCredentialReport in 111122223333, 2 things: no source carries it
  not seen: iam:GetAccountAuthorizationDetails in 111122223333, 1 thing: named by another fact, but not in any source
  not seen: iam:GetPolicyVersion in the organization, 1 thing: attached policies of AWS whose text no source carries
  not seen: iam:GetPolicyVersion in 111122223333, 1 thing: attached, but no source carries the text
  not seen: codebuild:ListProjects in 111122223333: no source carries it
  not seen: 15 more kinds of facts (clavicle snapshots --coverage)
next: clavicle open
[exit 0]
"#);
        assert_snapshot!(scene.run("what user/dana"), @"
        user/dana reaches perhaps 5 things.
          DIRECT
            group/*           ×2   list read write delete control          ~ not seen: identity policy, permissions boundary, service control policy
            role/*            ×2   list read write delete control          ~ not seen: identity policy, permissions boundary, service control policy
            user/svc-export        list read write delete control become   ~ not seen: identity policy, permissions boundary, service control policy
          = Things are those of the snapshot. Of what chains lead to, whom one can become and what matters.
          not seen: organizations:DescribeOrganization in the organization (no source carries it)
          not seen: organizations:ListPolicies in the organization (no source carries it)
          not seen: organizations:ListTargetsForPolicy in the organization (no source carries it)
          not seen: iam:GetAccountAuthorizationDetails in 111122223333, 1 thing (named by another fact, but not in any source)
          not seen: iam:GetPolicyVersion in the organization, 1 thing (attached policies of AWS whose text no source carries)
          not seen: iam:GetPolicyVersion in 111122223333, 1 thing (attached, but no source carries the text)
          = If the account is in no organization, say so with --standalone.
        next: clavicle who group/readers --do list    see it: clavicle open --last
        [exit 3]
        ");
        assert_snapshot!(scene.run("what user/dana --standalone"), @"
        user/dana reaches perhaps 5 things.
          DIRECT
            group/*           ×2   list read write delete control          ~ not seen: identity policy, permissions boundary
            role/*            ×2   list read write delete control          ~ not seen: identity policy, permissions boundary
            user/svc-export        list read write delete control become   ~ not seen: identity policy, permissions boundary
          = Things are those of the snapshot. Of what chains lead to, whom one can become and what matters.
          not seen: iam:GetAccountAuthorizationDetails in 111122223333, 1 thing (named by another fact, but not in any source)
          not seen: iam:GetPolicyVersion in the organization, 1 thing (attached policies of AWS whose text no source carries)
          not seen: iam:GetPolicyVersion in 111122223333, 1 thing (attached, but no source carries the text)
        next: clavicle who group/readers --do list --standalone    see it: clavicle open --last
        [exit 3]
        ");
    });
}

#[cfg(unix)]
#[test]
fn only_the_user_can_look_into_the_data() {
    use std::os::unix::fs::PermissionsExt as _;
    let scene = Scene::new();
    scene.run("import demo");
    scene.run("who s3://paperboat-covers --do read");
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&scene.data()), 0o700);
    let mut files = 0;
    for file in std::fs::read_dir(scene.data()).expect("a folder") {
        assert_eq!(mode(&file.expect("a file").path()), 0o600);
        files += 1;
    }
    assert_eq!(files, 2, "the snapshot and the last question");
}

#[test]
fn settings_are_found_beside_the_source_and_above_the_folder() {
    let toml = "[[known]]\naccount = \"999999999999\"\nname = \"LogCo\"\n";
    let scene = Scene::new();
    scene.run("import demo");
    let unknown = scene.run("who staging:role/LogShipper --do become");
    scene.write("clavicle.toml", toml);
    let known = scene.run("who staging:role/LogShipper --do become");
    assert!(unknown.contains("critical"), "{unknown}");
    assert!(known.contains("medium") && known.contains("(LogCo)"), "{known}");
}

#[test]
fn a_snapshot_is_named_by_a_word_of_time() {
    let scene = Scene::new();
    scene.run("import demo");
    let of = |day: &str| scene.data().join(format!("2026-08-{day}.clavicle"));
    let older = of("15T08-00-00Z");
    std::fs::copy(of("22T08-39-14Z"), &older).expect("a copy");
    let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1);
    let file = std::fs::File::options().write(true).open(&older).expect("it opens");
    file.set_modified(long_ago).expect("its time can be set");
    for question in ["diff last-week latest", "diff previous", "diff yesterday -s latest"] {
        let told = scene.run(question);
        assert!(told.contains("Nothing that bears on access is different."), "{question}: {told}");
    }
    std::fs::remove_file(older).expect("it goes");
    filtered(|| {
        assert_snapshot!(scene.run("diff last-week latest"), @r#"
[stderr]
error: no saved snapshot is what `last-week` means
help: `clavicle snapshots` lists those that are saved
[exit 4]
"#);
    });
}
