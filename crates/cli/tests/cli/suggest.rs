//! The smallest policy for a task.

use insta::assert_snapshot;

use crate::scene::{Scene, demo, filtered};

#[test]
fn a_task_on_things_of_the_accounts_takes_in_their_keys() {
    filtered(|| {
        assert_snapshot!(demo("suggest --read s3://paperboat-invoices/2026/ --write queue/jobs"), @r#"
        Suggested policy: 4 actions, 3 statements, no statement on everything.
          ✓ s3:GetObject on arn:aws:s3:::paperboat-invoices/2026/* (to read)
          ✓ s3:GetObjectVersion on arn:aws:s3:::paperboat-invoices/2026/* (to read)
          ✓ kms:Decrypt on arn:aws:kms:eu-west-1:111122223333:key/516acf04-412b-e61a-453e-4588b83c08ca (default encryption of the bucket s3://paperboat-invoices)
          ✓ sqs:SendMessage on arn:aws:sqs:eu-west-1:111122223333:jobs (to write)
          Verified: each of 4 requests is allowed; nothing in it could go without losing one.

        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": "kms:Decrypt",
              "Resource": "arn:aws:kms:eu-west-1:111122223333:key/516acf04-412b-e61a-453e-4588b83c08ca"
            },
            {
              "Effect": "Allow",
              "Action": ["s3:GetObject", "s3:GetObjectVersion"],
              "Resource": "arn:aws:s3:::paperboat-invoices/2026/*"
            },
            {
              "Effect": "Allow",
              "Action": "sqs:SendMessage",
              "Resource": "arn:aws:sqs:eu-west-1:111122223333:jobs"
            }
          ]
        }
        write it: -o policy | json | tf | cfn
        [exit 0]
        "#);
    });
}

#[test]
fn a_task_on_things_by_their_whole_names_needs_no_account() {
    let table = "arn:aws:dynamodb:eu-west-1:111122223333:table/Orders";
    filtered(|| {
        assert_snapshot!(Scene::new().run(&format!("suggest --read s3://covers --do dynamodb:GetItem={table}")), @r#"
        Suggested policy: 3 actions, 2 statements, no statement on everything.
          ✓ s3:GetObject on arn:aws:s3:::covers/* (to read)
          ✓ s3:GetObjectVersion on arn:aws:s3:::covers/* (to read)
          ✓ dynamodb:GetItem on arn:aws:dynamodb:eu-west-1:111122223333:table/Orders
          Verified: each of 3 requests is allowed; nothing in it could go without losing one.
          `s3://covers` was not seen: if a key of yours encrypts it, the key has to be allowed too.

        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": "dynamodb:GetItem",
              "Resource": "arn:aws:dynamodb:eu-west-1:111122223333:table/Orders"
            },
            {
              "Effect": "Allow",
              "Action": ["s3:GetObject", "s3:GetObjectVersion"],
              "Resource": "arn:aws:s3:::covers/*"
            }
          ]
        }
        write it: -o policy | json | tf | cfn
        [exit 0]
        "#);
    });
}

#[test]
fn patterns_are_typed_as_policies_write_them() {
    let line = "suggest --do s3:GetObject=arn:aws:s3:::b/${aws:username}?.csv -o policy";
    filtered(|| {
        assert_snapshot!(Scene::new().run(line), @r#"
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": "s3:GetObject",
              "Resource": "arn:aws:s3:::b/${aws:username}?.csv"
            }
          ]
        }
        [exit 0]
        "#);
    });
}

#[test]
fn what_is_not_said_or_not_known_is_asked_for() {
    filtered(|| {
        assert_snapshot!(Scene::new().run("suggest"), @"
        [stderr]
        error: for which task?
        help: name things and what is to be done with them: `clavicle suggest --read s3://b --write queue/jobs`
        [exit 2]
        ");
        assert_snapshot!(Scene::new().run("suggest --read queue/jobs"), @"
        [stderr]
        error: there is no snapshot in [DATA]
        help: try the demo organization: `clavicle demo`, or any question with `-s demo`
        help: read your own account: `clavicle collect`, or `clavicle import` with files of the AWS CLI
        [exit 4]
        ");
        assert_snapshot!(Scene::new().run("suggest --do s3:GetObject"), @"
        [stderr]
        error: `s3:GetObject` does not say both
        help: write `--do ACTION=THING`
        [exit 2]
        ");
        assert_snapshot!(Scene::new().run("suggest --run s3://covers"), @"
        [stderr]
        error: `run` has no meaning that is known on `s3://covers`
        help: name a word (list, read, write, delete, run) or an action, and a thing by its ARN
        [exit 2]
        ");
    });
}

/// The demo with the evidence of its logs.
fn with_evidence() -> Scene {
    let scene = Scene::new();
    let trail = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/paperboat/trail");
    let read = scene.run(&format!("usage {trail}"));
    assert!(read.ends_with("[exit 0]"), "{read}");
    scene
}

#[test]
fn what_was_used_is_suggested_and_what_nobody_can_know_is_kept() {
    filtered(|| {
        assert_snapshot!(with_evidence().run("suggest staging:lambda/nightly-report --used 90d -s demo"), @"");
        assert_snapshot!(Scene::new().run("suggest staging:lambda/nightly-report --used 90d -s demo"), @"");
    });
}

#[test]
fn a_plan_takes_away_what_was_not_used_and_has_a_way_back() {
    let scene = with_evidence();
    filtered(|| {
        assert_snapshot!(scene.run("trim staging:lambda/nightly-report -s demo --out plan"), @"");
        let read =
            |name: &str| std::fs::read_to_string(scene.here().join("plan").join(name)).expect("it is there");
        assert_snapshot!(read("apply.sh"), @"");
        assert_snapshot!(read("rollback.sh"), @"");
        assert_snapshot!(scene.run("trim staging:lambda/nightly-report -s demo --out plan"), @"");
    });
}
