//! The smallest policy for a task.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::scene::{Scene, demo, filtered};

#[test]
fn forms_go_by_their_whole_names_too() {
    for (short, whole) in [("tf", "terraform"), ("cfn", "cloudformation")] {
        let written = |form: &str| demo(&format!("suggest --read queue/jobs -o {form}"));
        assert!(written(short).ends_with("[exit 0]"), "{}", written(short));
        assert_eq!(written(whole), written(short));
    }
}

#[test]
fn a_task_on_things_of_the_accounts_takes_in_their_keys() {
    filtered(|| {
        assert_snapshot!(demo("suggest --read s3://paperboat-invoices/2026/ --write queue/jobs"), @r#"
        Suggested policy: 4 actions, 3 statements, no statement on everything.
          ✓ s3:GetObject on arn:aws:s3:::paperboat-invoices/2026/* (to read)
          ✓ s3:GetObjectVersion on arn:aws:s3:::paperboat-invoices/2026/* (to read)
          ✓ kms:Decrypt on arn:aws:kms:eu-west-1:111122223333:key/516acf04-412b-e61a-453e-4588b83c08ca (default encryption of the bucket s3://paperboat-invoices)
          ✓ sqs:SendMessage on arn:aws:sqs:eu-west-1:111122223333:jobs (to write)
          Verified: each of 4 requests is allowed; nothing in it could go without losing one; it allows nothing but what was asked for (proved).

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
          Verified: each of 3 requests is allowed; nothing in it could go without losing one; it allows nothing but what was asked for (proved).
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
        error: for what is the policy to be?
        help: for what somebody was seen to do: `clavicle suggest role/web --used 90d`
        help: for a task: `clavicle suggest --read s3://b --write queue/jobs`
        help: for a recording: `clavicle suggest --from record.json`
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

#[test]
fn a_tag_lets_in_what_bears_it_and_those_who_may_set_it_are_told() {
    filtered(|| {
        assert_snapshot!(demo("suggest --write queue/wishlist-work --write queue/reviews-work --run lambda/wishlist-events --read s3://pbk-wishlist-prod --abac service"), @r#"
        3 requests go by the tag service=wishlist. Suggested policy: 5 actions, 4 statements, no statement on everything, and 1 Deny.
          ✓ s3:GetObject on arn:aws:s3:::pbk-wishlist-prod/* (to read)
          ✓ s3:GetObjectVersion on arn:aws:s3:::pbk-wishlist-prod/* (to read)
          ✓ sqs:SendMessage on arn:aws:sqs:eu-west-1:111122223333:wishlist-work (to write)
          ✓ sqs:SendMessage on arn:aws:sqs:eu-west-1:111122223333:reviews-work (to write)
          ✓ lambda:InvokeFunction on arn:aws:lambda:eu-west-1:111122223333:function:wishlist-events (to run)
          ✓ lambda:InvokeAsync on arn:aws:lambda:eu-west-1:111122223333:function:wishlist-events (to run)
          = s3:GetObject on arn:aws:s3:::pbk-wishlist-prod/* stays by ARN: it is not one thing
          = s3:GetObjectVersion on arn:aws:s3:::pbk-wishlist-prod/* stays by ARN: it is not one thing
          = sqs:SendMessage on arn:aws:sqs:eu-west-1:111122223333:reviews-work stays by ARN: it bears `reviews`
          ! service of prod:lambda/wishlist-events, prod:queue/wishlist-work can be set today (lambda:TagResource, lambda:UntagResource, sqs:TagQueue, sqs:UntagQueue) by 2: prod:role/OrganizationAccountAccessRole, prod:role/break-glass
          Whoever may set the tag decides who gets in, root users among them. The Deny keeps only the bearers of this policy from it.
          Verified: each of 6 requests is allowed; nothing in it could go without losing one; it allows nothing but what was asked for (proved).
          Left out, though they are ways to run too: lambda:InvokeFunctionUrl.
          Whoever is to have it needs the tag `service` with the value `wishlist`.
          The tags are those of the snapshot. A session can bring tags of its own, which stand before those of its role.

        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Action": ["lambda:InvokeAsync", "lambda:InvokeFunction"],
              "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:*",
              "Condition": {
                "StringEquals": {"aws:ResourceTag/service": "${aws:PrincipalTag/service}"}
              }
            },
            {
              "Effect": "Allow",
              "Action": ["s3:GetObject", "s3:GetObjectVersion"],
              "Resource": "arn:aws:s3:::pbk-wishlist-prod/*"
            },
            {
              "Effect": "Allow",
              "Action": "sqs:SendMessage",
              "Resource": "arn:aws:sqs:eu-west-1:111122223333:*",
              "Condition": {
                "StringEquals": {"aws:ResourceTag/service": "${aws:PrincipalTag/service}"}
              }
            },
            {
              "Effect": "Allow",
              "Action": "sqs:SendMessage",
              "Resource": "arn:aws:sqs:eu-west-1:111122223333:reviews-work"
            },
            {
              "Sid": "GuardOfTheTag",
              "Effect": "Deny",
              "Action": [
                "iam:TagRole",
                "iam:TagUser",
                "iam:UntagRole",
                "iam:UntagUser",
                "lambda:TagResource",
                "lambda:UntagResource",
                "sqs:TagQueue",
                "sqs:UntagQueue",
                "sts:TagSession"
              ],
              "Resource": "*",
              "Condition": {
                "ForAnyValue:StringEqualsIgnoreCase": {"aws:TagKeys": "service"}
              }
            }
          ]
        }
        write it: -o policy | json | tf | cfn
        [exit 0]
        "#);
        assert_snapshot!(demo("suggest --write queue/jobs --abac aws:x"), @"
        [stderr]
        error: `aws:x` is no key of a tag that users and roles can bear
        help: letters, numbers, spaces and `_.:/=+-@`, up to 128, not beginning with `aws:`
        [exit 2]
        ");
    });
    // By a tag it is the policy that names ARNs, but for one condition and the guard of the tag.
    let scene = with_evidence();
    let suggested = |how: &str| -> Vec<Value> {
        let line =
            format!("suggest staging:lambda/nightly-report {how} --evidence trail.usage -s demo -o policy");
        let output = scene.command(&line).output().expect("it runs");
        let policy: Value = serde_json::from_slice(&output.stdout).expect("a policy");
        policy["Statement"].as_array().cloned().unwrap_or_default()
    };
    let (named, mut by_tag) = (suggested("--used 90d"), suggested("--abac service"));
    let guard = by_tag.remove(3);
    let condition = by_tag[3].as_object_mut().and_then(|statement| statement.remove("Condition"));
    assert_eq!(by_tag, named);
    assert_eq!(
        condition,
        Some(json!({"StringEquals": {"aws:ResourceTag/service": "${aws:PrincipalTag/service}"}}))
    );
    assert_eq!(
        guard,
        json!({"Sid": "GuardOfTheTag", "Effect": "Deny", "Resource": "*",
            "Action": ["iam:TagRole", "iam:TagUser", "iam:UntagRole", "iam:UntagUser", "sts:TagSession"],
            "Condition": {"ForAnyValue:StringEqualsIgnoreCase": {"aws:TagKeys": "service"}}})
    );
}

#[test]
fn a_recording_is_verified_three_ways_by_itself_and_of_what_somebody_has() {
    let used = |action: &str, resource: &str| {
        json!({"principal": null, "access_key": "AKIAIOSFODNN7EXAMPLE", "action": action, "need": "own",
            "because_of": null, "resource": resource, "sureness": "exact", "succeeded": 2, "failed": 0,
            "denied": 0, "last": "2026-08-22T09:00:00Z"})
    };
    let object = "arn:aws:s3:::paperboat-releases/2026/x.zip";
    let queue = "arn:aws:sqs:eu-west-1:111122223333:jobs";
    let scene = Scene::new();
    let recording = json!({"clavicle_record": 1, "ended": "2026-08-22T09:00:01Z",
        "uses": [used("s3:PutObject", object), used("sqs:SendMessage", queue)]});
    scene.write("record.json", &recording.to_string());
    let page = |line: &str| -> Value {
        let printed = scene.run(line);
        let json = printed.strip_suffix("[exit 0]").unwrap_or_else(|| panic!("{line}: {printed}"));
        serde_json::from_str(json).expect("it is JSON")
    };
    let alone = page("suggest --from record.json -o json");
    assert_eq!(alone["verified"], json!({"allowed": 2, "as_before": 0, "minimal": true, "within": "task"}));
    let of = page("suggest staging:lambda/nightly-report --from record.json -o json -s demo");
    assert_eq!(of["verified"], json!({"allowed": 1, "as_before": 0, "minimal": true, "within": "proved"}));
    let statements = &of["policies"][0]["Statement"];
    assert_eq!(
        (&statements[0]["Action"], &statements[0]["Resource"]),
        (&json!("s3:PutObject"), &json!(object))
    );
    assert_eq!(statements.as_array().map(Vec::len), Some(1));
    assert_eq!(of["unmet"][0]["action"], json!("sqs:SendMessage"));
    let both = scene.run("suggest role/web --from record.json --used 90d -s demo");
    assert!(both.contains("cannot be used with"), "{both}");
}

/// The demo with the evidence of its logs.
fn with_evidence() -> Scene {
    let scene = Scene::new();
    let trail = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/paperboat/trail");
    let read = scene.run(&format!("usage {trail} --evidence trail.usage"));
    assert!(read.ends_with("[exit 0]"), "{read}");
    scene
}

#[test]
fn what_was_used_is_suggested_and_what_nobody_can_know_is_kept() {
    filtered(|| {
        assert_snapshot!(with_evidence().run("suggest staging:lambda/nightly-report --used 90d --evidence trail.usage -s demo"), @r#"
        214 actions granted, 2 seen in use, 66 cannot be known. Suggested policy: 34 actions, 4 statements, 1 statement on everything.
          ✓ logs:CreateLogStream on what is not known ×9, last 2026-08-22
          ✓ sts:AssumeRole on arn:aws:iam::111122223333:role/reporting-read ×8, last 2026-08-19
          ? s3:AbortMultipartUpload, s3:PutObject of staging:policy/shared-ops: kept, data events of the service are not in the logs
          ? s3:GetObject, s3:ListBucket of staging:policy/shared-ops: kept, data events of the service are not in the logs
          ? logs:PutLogEvents of staging:policy/shared-ops: kept, no event bears its name
          ? dynamodb:BatchGetItem, dynamodb:BatchWriteItem, dynamodb:ConditionCheckItem, dynamodb:DeleteItem, dynamodb:GetItem, dynamodb:GetRecords and 9 more of staging:policy/shared-ops: kept, data events of the service are not in the logs
          ? dynamodb:CreateGlobalTableWitness, dynamodb:CreateTableReplica, dynamodb:DeleteGlobalTableWitness, dynamodb:DeleteTableReplica, dynamodb:DescribeReservedCapacity, dynamodb:DescribeReservedCapacityOfferings and 6 more of staging:policy/shared-ops: kept, no event bears its name
          ? dynamodb:AssociateTableReplica, dynamodb:InjectError, dynamodb:ReadDataForReplication, dynamodb:ReplicateSettings, dynamodb:SearchVectors, dynamodb:WriteDataForReplication of staging:policy/shared-ops: kept, whether it is logged is not known yet
          ? support:AddRelatedItemToCase, support:DescribeRelatedItems, support:DisconnectLiveContactForCase, support:DownloadAttachment, support:UploadAttachment of staging:policy/shared-ops: kept, whether it is logged is not known yet
          ? xray:GetDistinctTraceGraphs, xray:GetEncryptionConfig, xray:GetGroup, xray:GetGroups, xray:GetIndexingRules, xray:GetInsight and 12 more of staging:policy/shared-ops: kept, data events of the service are not in the logs
          ? rds:DescribeRecommendationGroups, rds:DescribeRecommendations of staging:policy/shared-ops: kept, no event bears its name
          ? logs:DescribeImportTaskBatches, logs:DescribeImportTasks, logs:DescribeLookupTables of staging:policy/shared-ops: kept, whether it is logged is not known yet
          − dynamodb:CreateBackup, dynamodb:CreateGlobalTable, dynamodb:CreateTable, dynamodb:DeleteBackup, dynamodb:DeleteResourcePolicy, dynamodb:DeleteTable and 40 more
          − rds:DescribeAccountAttributes, rds:DescribeBlueGreenDeployments, rds:DescribeCertificates, rds:DescribeDBClusterAutomatedBackups, rds:DescribeDBClusterBacktracks, rds:DescribeDBClusterEndpoints and 40 more
          − support:AddAttachmentsToSet, support:AddCommunicationToCase, support:CreateCase, support:DescribeAttachment, support:DescribeCaseAttributes, support:DescribeCaseOptions and 28 more
          − logs:CreateLogGroup, logs:DescribeAccountPolicies, logs:DescribeConfigurationTemplates, logs:DescribeDeliveries, logs:DescribeDeliveryDestinations, logs:DescribeDeliverySources and 12 more
          − lambda:* (1)
          − s3:GetBucketLocation
          Verified: each of 17 requests is allowed; nothing in it could go without losing one; it allows nothing that was not allowed (proved).
          Evidence: logs from 2026-05-20 to 2026-08-22.

        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "ReleaseUploads",
              "Effect": "Allow",
              "Action": ["s3:AbortMultipartUpload", "s3:PutObject"],
              "Resource": "arn:aws:s3:::paperboat-*/*"
            },
            {
              "Sid": "ReadLogBuckets",
              "Effect": "Allow",
              "Action": ["s3:GetObject", "s3:ListBucket"],
              "Resource": "arn:aws:s3:::logs-staging-*"
            },
            {
              "Sid": "WriteLogs",
              "Effect": "Allow",
              "Action": [
                "logs:CreateLogStream",
                "logs:PutLogEvents",
                "dynamodb:*Item",
                "dynamodb:*Offerings",
                "dynamodb:*Replica",
                "dynamodb:*Replication",
                "dynamodb:*Status",
                "dynamodb:*Witness",
                "dynamodb:DescribeReservedCapacity",
                "dynamodb:GetRecords",
                "dynamodb:GetShardIterator",
                "dynamodb:InjectError",
                "dynamodb:Parti*",
                "dynamodb:Query",
                "dynamodb:ReplicateSettings",
                "dynamodb:RestoreTableFromAwsBackup",
                "dynamodb:Scan",
                "dynamodb:SearchVectors",
                "dynamodb:StartAwsBackupJob",
                "dynamodb:UpdateGlobalTableVersion",
                "support:AddRelatedItemToCase",
                "support:DescribeRelatedItems",
                "support:DisconnectLiveContactForCase",
                "support:DownloadAttachment",
                "support:UploadAttachment",
                "logs:DescribeImport*",
                "logs:DescribeLookupTables",
                "rds:DescribeRecommendation*",
                "xray:Get*"
              ],
              "Resource": "*"
            },
            {
              "Sid": "ReadProdInvoices",
              "Effect": "Allow",
              "Action": "sts:AssumeRole",
              "Resource": "arn:aws:iam::111122223333:role/reporting-read"
            }
          ]
        }
        write it: -o policy | json | tf | cfn
        [exit 0]
        "#);
        assert_snapshot!(Scene::new().run("suggest management:role/Audit --used 90d -s demo"), @"
        [stderr]
        error: there is no evidence of what `management:role/Audit` used
        help: read the logs of its account: `clavicle usage LOGS`
        [exit 2]
        ");
    });
}

#[test]
fn a_plan_takes_away_what_was_not_used_and_has_a_way_back() {
    let scene = with_evidence();
    filtered(|| {
        assert_snapshot!(scene.run("trim staging:lambda/nightly-report --evidence trail.usage -s demo --out plan"), @r#"
        214 actions granted, 2 seen in use, 66 cannot be known. 2 changes to make.
          ✓ logs:CreateLogStream on what is not known ×9, last 2026-08-22
          ✓ sts:AssumeRole on arn:aws:iam::111122223333:role/reporting-read ×8, last 2026-08-19
          ? s3:AbortMultipartUpload, s3:PutObject of staging:policy/shared-ops: kept, data events of the service are not in the logs
          ? s3:GetObject, s3:ListBucket of staging:policy/shared-ops: kept, data events of the service are not in the logs
          ? logs:PutLogEvents of staging:policy/shared-ops: kept, no event bears its name
          ? dynamodb:BatchGetItem, dynamodb:BatchWriteItem, dynamodb:ConditionCheckItem, dynamodb:DeleteItem, dynamodb:GetItem, dynamodb:GetRecords and 9 more of staging:policy/shared-ops: kept, data events of the service are not in the logs
          ? dynamodb:CreateGlobalTableWitness, dynamodb:CreateTableReplica, dynamodb:DeleteGlobalTableWitness, dynamodb:DeleteTableReplica, dynamodb:DescribeReservedCapacity, dynamodb:DescribeReservedCapacityOfferings and 6 more of staging:policy/shared-ops: kept, no event bears its name
          ? dynamodb:AssociateTableReplica, dynamodb:InjectError, dynamodb:ReadDataForReplication, dynamodb:ReplicateSettings, dynamodb:SearchVectors, dynamodb:WriteDataForReplication of staging:policy/shared-ops: kept, whether it is logged is not known yet
          ? support:AddRelatedItemToCase, support:DescribeRelatedItems, support:DisconnectLiveContactForCase, support:DownloadAttachment, support:UploadAttachment of staging:policy/shared-ops: kept, whether it is logged is not known yet
          ? xray:GetDistinctTraceGraphs, xray:GetEncryptionConfig, xray:GetGroup, xray:GetGroups, xray:GetIndexingRules, xray:GetInsight and 12 more of staging:policy/shared-ops: kept, data events of the service are not in the logs
          ? rds:DescribeRecommendationGroups, rds:DescribeRecommendations of staging:policy/shared-ops: kept, no event bears its name
          ? logs:DescribeImportTaskBatches, logs:DescribeImportTasks, logs:DescribeLookupTables of staging:policy/shared-ops: kept, whether it is logged is not known yet
          − dynamodb:CreateBackup, dynamodb:CreateGlobalTable, dynamodb:CreateTable, dynamodb:DeleteBackup, dynamodb:DeleteResourcePolicy, dynamodb:DeleteTable and 40 more
          − rds:DescribeAccountAttributes, rds:DescribeBlueGreenDeployments, rds:DescribeCertificates, rds:DescribeDBClusterAutomatedBackups, rds:DescribeDBClusterBacktracks, rds:DescribeDBClusterEndpoints and 40 more
          − support:AddAttachmentsToSet, support:AddCommunicationToCase, support:CreateCase, support:DescribeAttachment, support:DescribeCaseAttributes, support:DescribeCaseOptions and 28 more
          − logs:CreateLogGroup, logs:DescribeAccountPolicies, logs:DescribeConfigurationTemplates, logs:DescribeDeliveries, logs:DescribeDeliveryDestinations, logs:DescribeDeliverySources and 12 more
          − lambda:* (1)
          − s3:GetBucketLocation
          ~ staging:policy/shared-ops is detached: 4 others have it too; what is needed of it goes into a policy of its own
          = staging:role/nightly-exec#assume-reporting stays: all of it is needed, or cannot be known
          + policy/nightly-exec-trimmed-1 is new, and attached: what is needed of the policies that are detached
              + {
              +   "Version": "2012-10-17",
              +   "Statement": [
              +     {
              +       "Sid": "ReleaseUploads",
              +       "Effect": "Allow",
              +       "Action": ["s3:AbortMultipartUpload", "s3:PutObject"],
              +       "Resource": "arn:aws:s3:::paperboat-*/*"
              +     },
              +     {
              +       "Sid": "ReadLogBuckets",
              +       "Effect": "Allow",
              +       "Action": ["s3:GetObject", "s3:ListBucket"],
              +       "Resource": "arn:aws:s3:::logs-staging-*"
              +     },
              +     {
              +       "Sid": "WriteLogs",
              +       "Effect": "Allow",
              +       "Action": [
              +         "logs:CreateLogStream",
              +         "logs:PutLogEvents",
              +         "dynamodb:*Item",
              +         "dynamodb:*Offerings",
              +         "dynamodb:*Replica",
              +         "dynamodb:*Replication",
              +         "dynamodb:*Status",
              +         "dynamodb:*Witness",
              +         "dynamodb:DescribeReservedCapacity",
              +         "dynamodb:GetRecords",
              +         "dynamodb:GetShardIterator",
              +         "dynamodb:InjectError",
              +         "dynamodb:Parti*",
              +         "dynamodb:Query",
              +         "dynamodb:ReplicateSettings",
              +         "dynamodb:RestoreTableFromAwsBackup",
              +         "dynamodb:Scan",
              +         "dynamodb:SearchVectors",
              +         "dynamodb:StartAwsBackupJob",
              +         "dynamodb:UpdateGlobalTableVersion",
              +         "support:AddRelatedItemToCase",
              +         "support:DescribeRelatedItems",
              +         "support:DisconnectLiveContactForCase",
              +         "support:DownloadAttachment",
              +         "support:UploadAttachment",
              +         "logs:DescribeImport*",
              +         "logs:DescribeLookupTables",
              +         "rds:DescribeRecommendation*",
              +         "xray:Get*"
              +       ],
              +       "Resource": "*"
              +     }
              +   ]
              + }
          Verified: each of 17 requests is allowed; nothing in it could go without losing one; it allows nothing that was not allowed (proved). Others lose nothing.
          Evidence: logs from 2026-05-20 to 2026-08-22.
        written to plan: apply.sh, rollback.sh, the texts old and new, the same for Terraform and CloudFormation where there is such a form. Nothing was run.
        [exit 0]
        "#);
        let read =
            |name: &str| std::fs::read_to_string(scene.here().join("plan").join(name)).expect("it is there");
        assert_snapshot!(read("apply.sh"), @r#"
        #!/bin/sh
        # Takes away what was not used.
        # Read it before you run it. clavicle runs nothing.
        set -eu
        cd "$(dirname "$0")"
        made=$(aws iam create-policy --policy-name 'nightly-exec-trimmed-1' --policy-document file://new/02.json --query Policy.Arn --output text)
        echo "$made" >>new/02.made
        aws iam attach-role-policy --role-name 'nightly-exec' --policy-arn 'arn:aws:iam::444455556666:policy/nightly-exec-trimmed-1'
        aws iam detach-role-policy --role-name 'nightly-exec' --policy-arn 'arn:aws:iam::444455556666:policy/shared-ops'
        "#);
        assert_snapshot!(read("rollback.sh"), @r#"
        #!/bin/sh
        # Puts everything back as it was.
        # Read it before you run it. clavicle runs nothing.
        set -eu
        cd "$(dirname "$0")"
        aws iam attach-role-policy --role-name 'nightly-exec' --policy-arn 'arn:aws:iam::444455556666:policy/shared-ops'
        if [ -s new/02.made ]; then
          for made in $(cat new/02.made); do
            aws iam detach-role-policy --role-name 'nightly-exec' --policy-arn "$made" || true
            aws iam delete-policy --policy-arn "$made"
          done
          rm new/02.made
        else
          echo 'apply.sh left no new/02.made: no policy is detached and deleted' >&2
        fi
        "#);
        assert_snapshot!(scene.run("trim staging:lambda/nightly-report --evidence trail.usage -s demo --out plan"), @"
        [stderr]
        error: there is something in this folder already
         --> plan
        help: name a folder that is not there yet: the old texts in it are what a rollback needs
        [exit 4]
        ");
    });
}

/// An account with the role `app` in the team red: an instance of its team, a policy that it shares with another role, and
/// names that a plan must not take.
fn team_red() -> Scene {
    let scene = Scene::new();
    let arn = |rest: &str| format!("arn:aws:iam::123456789012:{rest}");
    let allow = |actions: &[&str]| json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]});
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
    let role = |name: &str| {
        json!({"RoleName": name, "Path": "/", "RoleId": format!("AROA{name}"), "Arn": arn(&format!("role/{name}")),
            "CreateDate": "2020-01-01T00:00:00Z", "AssumeRolePolicyDocument": trust, "InstanceProfileList": [],
            "RolePolicyList": [{"PolicyName": "own", "PolicyDocument":
                allow(&["ec2:StopInstances", "ec2:StartInstances", "ec2:CreateTags"])}],
            "AttachedManagedPolicies": [{"PolicyName": "shared", "PolicyArn": arn("policy/shared")}],
            "Tags": [{"Key": "team", "Value": "red"}],
            "RoleLastUsed": {"LastUsedDate": "2026-06-01T00:00:00Z", "Region": "us-east-1"}})
    };
    let policy = |path: &str, name: &str| {
        json!({"PolicyName": name, "PolicyId": format!("ANPA{name}"), "Arn": arn(&format!("policy{path}{name}")), "Path": path,
            "DefaultVersionId": "v1", "AttachmentCount": 1, "IsAttachable": true, "CreateDate": "2020-01-01T00:00:00Z",
            "UpdateDate": "2020-01-01T00:00:00Z", "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true,
                "CreateDate": "2020-01-01T00:00:00Z", "Document": allow(&["sqs:CreateQueue", "sqs:DeleteQueue"])}]})
    };
    let account = json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [role("app"), role("other")],
        "Policies": [policy("/", "shared"), policy("/team/", "App-Trimmed-1"), policy("/", "app-trimmed-3")]});
    let instance = "arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0";
    let seen = json!({"configurationItems": [{"version": "1.3", "accountId": "123456789012", "awsRegion": "us-east-1",
        "configurationItemStatus": "OK", "resourceType": "AWS::EC2::Instance", "resourceId": "i-0123456789abcdef0",
        "ARN": instance, "configurationItemCaptureTime": "2026-06-01T00:00:00Z", "tags": {"team": "red"},
        "configuration": {"instanceId": "i-0123456789abcdef0"}}]});
    let event = |id: usize, day: &str, service: &str, name: &str, parameters: Value| {
        json!({"eventVersion": "1.11", "userIdentity": {"type": "AssumedRole", "accountId": "123456789012",
                "arn": "arn:aws:sts::123456789012:assumed-role/app/i", "sessionContext": {
                    "sessionIssuer": {"type": "Role", "arn": arn("role/app")}}},
            "eventTime": format!("{day}T00:00:00Z"), "eventSource": format!("{service}.amazonaws.com"), "eventName": name,
            "awsRegion": "us-east-1", "sourceIPAddress": "192.0.2.7", "requestParameters": parameters,
            "eventID": id.to_string(), "eventType": "AwsApiCall", "managementEvent": true,
            "recipientAccountId": "123456789012"})
    };
    let stop = json!({"instancesSet": {"items": [{"instanceId": "i-0123456789abcdef0"}]}});
    let log = json!({"Records": [event(1, "2026-03-01", "ec2", "StopInstances", stop),
        event(2, "2026-06-01", "sqs", "CreateQueue", json!({"queueName": "jobs"}))]});
    std::fs::create_dir(scene.here().join("account")).expect("a folder");
    scene.write("account/gaad.json", &account.to_string());
    scene.write("account/config.json", &seen.to_string());
    scene.write("log.json", &log.to_string());
    scene.run("usage log.json --evidence e");
    scene
}

/// AWS: IAM User Guide, "IAM and AWS STS quotas", IAM name requirements: names of policies are unique within an account,
/// whatever their path, and without regard to case.
#[test]
fn a_new_policy_has_a_name_that_nobody_has_and_only_what_was_made_is_undone() {
    let scene = team_red();
    let told = scene.run("trim role/app -s account --used 2026-03-02 --evidence e --out plan");
    assert!(told.contains("+ policy/app-trimmed-2 is new, and attached"), "{told}");
    // The form of the scripts is shown above; here it is what they do, and in which order.
    let calls = |name: &str| -> Vec<String> {
        let text = std::fs::read_to_string(scene.here().join("plan").join(name)).expect("it is there");
        let lines =
            text.lines().filter_map(|line| line.split_once("aws iam ").map(|(_, call)| call.to_owned()));
        lines.collect()
    };
    let shared = "--role-name 'app' --policy-arn 'arn:aws:iam::123456789012:policy/shared'";
    assert_eq!(
        calls("apply.sh"),
        [
            "create-policy --policy-name 'app-trimmed-2' --policy-document file://new/03.json --query Policy.Arn --output text)",
            "attach-role-policy --role-name 'app' --policy-arn 'arn:aws:iam::123456789012:policy/app-trimmed-2'",
            &format!("detach-role-policy {shared}"),
            "delete-role-policy --role-name 'app' --policy-name 'own'",
        ]
    );
    assert_eq!(
        calls("rollback.sh"),
        [
            "put-role-policy --role-name 'app' --policy-name 'own' --policy-document file://old/02.json",
            &format!("attach-role-policy {shared}"),
            "detach-role-policy --role-name 'app' --policy-arn \"$made\" || true",
            "delete-policy --policy-arn \"$made\"",
        ]
    );
}

/// A Deny on what may be in use would take it away.
#[test]
fn the_guard_of_a_tag_leaves_alone_what_may_be_in_use() {
    let scene = team_red();
    for (since, is_guarded) in [("2026-03-01", true), ("2026-01-01", false)] {
        let line = format!("suggest role/app -s account --used {since} --evidence e --abac team -o json");
        let output = scene.command(&line).output().expect("it runs");
        let page: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let (guarded, unguarded) = (&page["by_tag"]["guarded"], &page["by_tag"]["unguarded"]);
        assert!(guarded.to_string().contains("iam:TagRole"), "{page:#}");
        assert_eq!(guarded.to_string().contains("ec2:CreateTags"), is_guarded, "{page:#}");
        let told = unguarded.to_string().contains("ec2:CreateTags: it may be in use, the logs begin later");
        assert_eq!(told, !is_guarded, "{page:#}");
        let denies = page["policies"].as_array().into_iter().flatten();
        let denies = denies.flat_map(|policy| policy["Statement"].as_array().into_iter().flatten());
        let mut denies = denies.filter(|statement| statement["Effect"] == "Deny");
        assert_eq!(denies.any(|deny| deny["Action"].to_string().contains("ec2:CreateTags")), is_guarded);
    }
}
