//! Changes that are tried on the demo, and two states of it.

use insta::assert_snapshot;

use crate::scene::{Scene, filtered};

const NARROWER: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "LambdaDeploy", "Effect": "Allow", "Action": "lambda:UpdateFunctionCode",
   "Resource": "arn:aws:lambda:eu-west-1:444455556666:function:web-*"}]}"#;

#[test]
fn what_a_narrower_policy_takes_and_breaks() {
    let scene = Scene::new();
    scene.write("narrower.json", NARROWER);
    filtered(|| {
        assert_snapshot!(scene.run("try --edit policy/shared-ops=narrower.json -s demo"), @r#"
        5 identities can do less and 3 chains closed.
        − staging:* ×5 lose list and read on 9 buckets
            s3://logs-staging-access, s3://logs-staging-app, s3://logs-staging-audit, and 6 more
              policy/shared-ops:10  "ReadLogBuckets"
        − staging:* ×5 lose list on 2 databases
            staging:db/preview, staging:db/warehouse
              policy/shared-ops:30  "LookAround"
        − staging:* ×5 lose write on 2 buckets
            s3://paperboat-staging-artifacts, s3://paperboat-staging-covers
              policy/shared-ops:4  "ReleaseUploads"
        − staging:* ×5 lose control on 2 functions
            staging:lambda/data-sync, staging:lambda/nightly-report
              policy/shared-ops:16  "LambdaDeploy"
        − staging:* ×5 lose write on s3://paperboat-staging-uploads, which turned on a condition
              policy/shared-ops:4  "ReleaseUploads"
        − the text of staging:policy/shared-ops allows less: dynamodb:*, lambda:UpdateFunctionCode, logs:CreateLogGroup, logs:CreateLogStream, logs:Describe*, logs:FilterLogEvents and 9 more
              − "Version": "2012-10-17"
              − "Statement": [
              − "Sid": "ReleaseUploads"
              − "Effect": "Allow"
              − "Action": ["s3:AbortMultipartUpload", "s3:PutObject"]
              − "Resource": ["arn:aws:s3:::paperboat-*/*"]
              and 21 more lines
          CHAINS THAT ARE GONE
            ● staging:user/support-sam   4 steps
              ─controls→ staging:lambda/nightly-report ─runs as→ staging:role/nightly-exec ─becomes→ prod:role/reporting-read ─reads→ s3://paperboat-invoices
            ● staging:role/deployer*  ×2   4 steps   as above from "controls"
            ◆ acct/999999999999   5 steps   outside   if their own policies let them
              ─becomes→ staging:role/LogShipper as above from "controls"
        6 narrows
          = Access is compared on the things of the snapshots; what a text allows beyond them stands with the policy.
        [exit 0]
        "#);
    });
}

#[test]
fn what_an_attachment_gives() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("try --attach prod:policy/billing-data=prod:role/reporting-read -s demo"), @r#"
        1 identity can do more.
        + ▲ prod:role/reporting-read gains write on s3://paperboat-invoices, which matters
              policy/billing-data:10  "WriteInvoices"
        + prod:role/reporting-read gains write on prod:key/invoices
              policy/billing-data:22  "UseInvoicesKey"
              prod:key/invoices#policy:4  "Enable IAM User Permissions"
        + policy/billing-data is attached to prod:role/reporting-read
        2 widens
          = Access is compared on the things of the snapshots; what a text allows beyond them stands with the policy.
        next: clavicle who s3://paperboat-invoices --do write --by prod:role/reporting-read -s demo
        [exit 1]
        "#);
    });
}

#[test]
fn a_comment_for_a_pull_request() {
    let printed = Scene::new().run("try --delete scp/protect-prod -s demo -o md --exit-zero");
    // Links are broken by a character that nobody sees.
    let seen: String = printed.chars().filter(|letter| *letter != '\u{2060}').collect();
    for line in [
        "### clavicle: 2 identities can do more. (widens)",
        "| ➕ | staging:role/deployer\\* ×2 gain write on s3://paperboat-invoices, under a condition | policy/shared-ops:4<br>s3://paperboat-invoices#policy:11 |",
        "- scp/protect-prod: detached ou/staging",
        "[exit 0]",
    ] {
        assert!(seen.lines().any(|other| other == line), "{line}\n{seen}");
    }
}

#[test]
fn a_comment_says_on_what_a_chain_turns() {
    let scene = Scene::new();
    scene.write("narrower.json", NARROWER);
    let printed = scene.run("try --edit policy/shared-ops=narrower.json -s demo -o md --exit-zero");
    let of_chain = |line: &&str| line.starts_with("- acct/999999999999: becomes staging:role/LogShipper → ");
    let line = printed.lines().find(of_chain).unwrap_or_else(|| panic!("{printed}"));
    assert!(line.ends_with(" (if their own policies let them)"), "{line}");
}

#[test]
fn the_same_state_twice() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("diff demo demo"), @"
        Nothing that bears on access is different.
        [exit 0]
        ");
    });
}

#[test]
fn who_goes_and_what_bounds_somebody() {
    let scene = Scene::new();
    let boundary = "--boundary policy/workload-boundary=prod:role/reporting-read";
    let said = scene.run(&format!("try --delete staging:role/nightly-exec {boundary} -s demo"));
    for line in [
        "policy/workload-boundary is the boundary of prod:role/reporting-read",
        "staging:role/nightly-exec",
        "gone: 1 identity.",
    ] {
        assert!(said.contains(line), "`{line}` is not in {said}");
    }
    assert!(said.ends_with("[exit 0]") && !said.contains("gains"), "{said}");
    let refused = scene.run("try --no-boundary prod:role/reporting-read -s demo");
    assert!(refused.contains("has no permissions boundary as things are"), "{refused}");
}

#[test]
fn what_cannot_be_tried() {
    let scene = Scene::new();
    scene.write("broken.json", r#"{"Version": "2012-10-17", "Statement": ["#);
    filtered(|| {
        assert_snapshot!(scene.run("try -s demo"), @"
        [stderr]
        error: what is to be tried?
        help: name a change: `--edit POLICY=FILE`, `--delete POLICY-OR-WHO`, `--attach POLICY=WHO`, `--detach POLICY=WHO`, `--boundary POLICY=WHO`, `--no-boundary WHO`
        [exit 2]
        ");
        assert_snapshot!(scene.run("try --edit policy/shared-ops -s demo"), @"
        [stderr]
        error: `policy/shared-ops` does not say both
        help: write `--edit POLICY=FILE`
        [exit 2]
        ");
        assert_snapshot!(scene.run("try --edit policy/shared-ops=broken.json -s demo"), @r#"
        [stderr]
        warning: the text ends inside the list that starts here
         --> broken.json:1:40
        1 | {"Version": "2012-10-17", "Statement": [
          |                                        ^
        help: is the text complete?
        error: AWS would not take this policy: the text ends inside the list that starts here
         --> broken.json:1:40
        [exit 4]
        "#);
        assert_snapshot!(scene.run("try --delete staging:role/nightly-exec#nothing -s demo"), @"
        [stderr]
        error: `staging:role/nightly-exec` has no inline policy `nothing`
        help: did you mean `staging:role/nightly-exec#assume-reporting`?
        [exit 2]
        ");
        assert_snapshot!(scene.run("try --attach policy/shared-ops=staging:role/deployer -s demo"), @"
        [stderr]
        error: `policy/shared-ops` is attached to `staging:role/deployer` as things are
        [exit 2]
        ");
        assert_snapshot!(scene.run("diff broken.json demo"), @"
        [stderr]
        error: a policy cannot be compared with accounts
        help: name two policy files, or two snapshots or folders of AWS's files
        [exit 2]
        ");
    });
}

#[test]
fn for_programs() {
    let printed =
        Scene::new().command("try --delete scp/protect-prod -s demo -o json").output().expect("it runs");
    let page: serde_json::Value = serde_json::from_slice(&printed.stdout).expect("one object");
    assert_eq!(printed.status.code(), Some(1));
    assert_eq!(
        (page["schema"].as_str(), page["verdict"].as_str()),
        (Some("clavicle.changes/1"), Some("widens"))
    );
    let change = &page["access"][0];
    assert_eq!(change["change"], "gains if");
    assert_eq!(change["access"], serde_json::json!(["write"]));
    assert!(change["because"].as_array().is_some_and(|because| !because.is_empty()), "{change}");
    assert_eq!(page["attachments"][0]["change"], "detached");
}

#[test]
fn what_was_used_and_would_be_lost_is_told() {
    let scene = Scene::new();
    // The demo brings the logs of its trail.
    let said = scene.run("try --delete policy/shared-ops --used 90d -s demo");
    assert_snapshot!(said, @r#"
    5 identities can do less and 3 chains closed.
    − staging:* ×5 lose control on 14 functions
        staging:lambda/data-sync, staging:lambda/nightly-report, staging:lambda/web-account, and 11 more
          policy/shared-ops:16  "LambdaDeploy"
    − staging:* ×5 lose list and read on 9 buckets
        s3://logs-staging-access, s3://logs-staging-app, s3://logs-staging-audit, and 6 more
          policy/shared-ops:10  "ReadLogBuckets"
    − staging:* ×5 lose list on 2 databases
        staging:db/preview, staging:db/warehouse
          policy/shared-ops:30  "LookAround"
    − staging:* ×5 lose write on 2 buckets
        s3://paperboat-staging-artifacts, s3://paperboat-staging-covers
          policy/shared-ops:4  "ReleaseUploads"
    − staging:* ×5 lose write on s3://paperboat-staging-uploads, which turned on a condition
          policy/shared-ops:4  "ReleaseUploads"
    − policy/shared-ops is not attached to staging:user/support-sam any more
    − policy/shared-ops is not attached to staging:role/LogShipper any more
    − policy/shared-ops is not attached to staging:role/deployer any more
    − policy/shared-ops is not attached to staging:role/deployer-blue any more
    − policy/shared-ops is not attached to staging:role/nightly-exec any more
      CHAINS THAT ARE GONE
        ● staging:user/support-sam   4 steps
          ─controls→ staging:lambda/nightly-report ─runs as→ staging:role/nightly-exec ─becomes→ prod:role/reporting-read ─reads→ s3://paperboat-invoices
        ● staging:role/deployer*  ×2   4 steps   as above from "controls"
        ◆ acct/999999999999   5 steps   outside   if their own policies let them
          ─becomes→ staging:role/LogShipper as above from "controls"
      USED, AND LOST
        ✕ staging:role/deployer lambda:UpdateFunctionCode on staging:lambda/nightly-report once, last on 2026-07-13
        ✕ staging:role/deployer lambda:UpdateFunctionCode on staging:lambda/web-checkout once, last on 2026-06-21
        ✕ staging:role/deployer-blue lambda:UpdateFunctionCode on staging:lambda/web-checkout once, last on 2026-06-28
        ✕ staging:user/support-sam support:DescribeCases once, last on 2026-08-20
      USED, AND PERHAPS LOST
        ? staging:role/nightly-exec logs:CreateLogStream 9 times, last on 2026-08-22, it turns on conditions, or on what nobody knows
        ? staging:role/nightly-exec logs:PutLogEvents it turns on conditions, or on what nobody knows
    5 narrows
      = Access is compared on the things of the snapshots; what a text allows beyond them stands with the policy.
      = 3 identities lose 4 permissions that they used.
      = 1 identity may lose 2 permissions that it used.
    [exit 0]
    "#);
    // What is not lost breaks nothing, and without a time nobody asked.
    let said = scene.run("try --attach prod:policy/billing-data=prod:role/reporting-read --used 90d -s demo");
    assert!(said.contains("Nothing that was seen in use is lost."), "{said}");
    assert!(!scene.run("try --delete policy/shared-ops -s demo").contains("in use"));
    // Without evidence it is not known what was used.
    let files = scene.here().join("files");
    crate::gate::copied(&crate::gate::demo_folder(), &files);
    std::fs::remove_dir_all(files.join("accounts/444455556666/last-accessed")).expect("it goes");
    let none = scene.run("try --delete policy/shared-ops --used 90d -s files");
    assert!(none.contains("used is not known: there is no evidence of them."), "{none}");
    assert!(!none.contains("Nothing that was seen in use is lost"), "{none}");
    assert!(scene.run("try --delete policy/shared-ops --evidence x -s demo").ends_with("[exit 2]"));
}
