//! What generated requests are about: few accounts, few callers, few resources, so that things collide.

use crate::random::Random;

pub(crate) const HOME: &str = "111122223333";
pub(crate) const AWAY: &str = "444455556666";

/// A resource with the actions that fit it.
#[derive(Clone, Debug)]
pub(crate) struct Thing {
    pub(crate) resource: String,
    pub(crate) owner: String,
    pub(crate) actions: &'static [&'static str],
    /// The kind of resource policy it may have, if any.
    pub(crate) has_policy: bool,
}

const OBJECT: &[&str] = &["s3:GetObject", "s3:PutObject", "s3:DeleteObject"];
const BUCKET: &[&str] =
    &["s3:ListBucket", "s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"];
const QUEUE: &[&str] = &["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:PurgeQueue"];
const KEY: &[&str] =
    &["kms:Decrypt", "kms:Encrypt", "kms:ScheduleKeyDeletion", "kms:RetireGrant", "kms:CreateGrant"];
/// Given by policies of the thing to everybody, to the own account, and not at all.
const TABLE: &[&str] = &["dynamodb:GetItem", "dynamodb:CreateBackup", "dynamodb:CreateTable"];
const DIRECTORY_BUCKET: &[&str] = &["s3express:CreateSession", "s3express:DeleteBucket"];
/// Called in one account too only if both sides allow, and in no other account at all.
const LATTICE: &[&str] = &["vpc-lattice-svcs:Invoke", "vpc-lattice:GetService"];
const CLUSTER: &[&str] = &["dsql:DbConnect", "dsql:GetCluster"];
const ASSUMING: &[&str] =
    &["sts:AssumeRole", "sts:AssumeRole", "sts:TagSession", "sts:AssumeRoleWithWebIdentity"];
const ROLE: &[&str] = &["iam:PassRole", "iam:GetRole", "iam:AttachRolePolicy"];
const NOTHING: &[&str] = &[
    "s3:ListAllMyBuckets",
    "ec2:DescribeInstances",
    "kms:ListKeys",
    "iam:ListUsers",
    "sts:GetCallerIdentity",
];

/// Something to ask about.
pub(crate) fn thing(random: &mut Random) -> Thing {
    let owner = if random.percent(75) { HOME } else { AWAY };
    let fitting = |resource: String, actions, has_policy| Thing {
        resource,
        owner: owner.to_owned(),
        actions,
        has_policy,
    };
    match random.below(20) {
        0..=4 => {
            let path = random.text(&["data", "data/a/b", "home/ann/x", "home/*/x", "home/${aws:username}/x"]);
            fitting(format!("arn:aws:s3:::ledger/{path}"), OBJECT, true)
        }
        5..=6 => fitting("arn:aws:s3:::ledger".to_owned(), BUCKET, true),
        7..=9 => {
            let name = random.text(&["jobs", "ann-queue", "jobs-2"]);
            fitting(format!("arn:aws:sqs:us-east-1:{owner}:{name}"), QUEUE, true)
        }
        10 => match random.below(6) {
            0 => fitting(format!("arn:aws:dynamodb:us-east-1:{owner}:table/orders"), TABLE, true),
            1 => fitting(
                format!("arn:aws:s3express:us-east-1:{owner}:bucket/ledger--use1-az4--x-s3"),
                DIRECTORY_BUCKET,
                true,
            ),
            2 => {
                fitting(format!("arn:aws:vpc-lattice:us-east-1:{owner}:service/svc-0a1b/pets"), LATTICE, true)
            }
            3 => fitting(format!("arn:aws:dsql:us-east-1:{owner}:cluster/ledger"), CLUSTER, true),
            _ => fitting(
                format!("arn:aws:sns:us-east-1:{owner}:topic"),
                &["sns:Publish", "sns:Subscribe"],
                true,
            ),
        },
        11 => fitting(
            format!("arn:aws:lambda:us-east-1:{owner}:function:pay:prod"),
            &["lambda:InvokeFunction"],
            true,
        ),
        12..=14 => fitting(format!("arn:aws:kms:us-east-1:{owner}:key/k1"), KEY, true),
        15 => {
            let name = random.text(&["pay", "aws/s3"]);
            fitting(
                format!("arn:aws:kms:us-east-1:{owner}:alias/{name}"),
                &["kms:CreateAlias", "kms:DeleteAlias"],
                false,
            )
        }
        16..=17 => {
            let name = random.text(&["ci", "team/ops"]);
            fitting(format!("arn:aws:iam::{owner}:role/{name}"), ASSUMING, true)
        }
        18 => {
            let name = random.text(&[
                "ci",
                "team/ops",
                SERVICE_LINKED,
                "aws-reserved/sso.amazonaws.com/AWSReservedSSO_x",
            ]);
            fitting(format!("arn:aws:iam::{owner}:role/{name}"), ROLE, false)
        }
        _ => fitting("*".to_owned(), NOTHING, false),
    }
}

pub(crate) const SERVICE_LINKED: &str =
    "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";

/// Someone who asks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Person {
    pub(crate) principal: String,
    pub(crate) account: String,
    pub(crate) role_arn: Option<String>,
    pub(crate) federating_user: Option<String>,
    pub(crate) is_session: bool,
    pub(crate) user_name: Option<&'static str>,
}

/// Someone who asks for this action.
pub(crate) fn person(random: &mut Random, action: &str) -> Person {
    let account = if random.percent(70) { HOME } else { AWAY }.to_owned();
    if action == "sts:AssumeRoleWithWebIdentity" {
        let host = random.text(&["token.actions.githubusercontent.com", "other"]);
        let principal = format!("arn:aws:iam::{account}:oidc-provider/{host}");
        return Person { principal, ..Person::default() };
    }
    let iam = |name: &str| format!("arn:aws:iam::{account}:{name}");
    let sts = |name: &str| format!("arn:aws:sts::{account}:{name}");
    let plain = |principal: String| Person { principal, account: account.clone(), ..Person::default() };
    let session = |role: &str, name: &str| Person {
        principal: sts(&format!("assumed-role/{}/{name}", role.rsplit('/').next().unwrap_or(role))),
        account: account.clone(),
        role_arn: Some(iam(&format!("role/{role}"))),
        is_session: true,
        ..Person::default()
    };
    match random.below(20) {
        0..=4 => Person { user_name: Some("ann"), ..plain(iam("user/ann")) },
        5 => Person { user_name: Some("bob"), ..plain(iam("user/team/bob")) },
        6..=8 => session("ci", "build"),
        9..=10 => session("team/ops", "x"),
        11..=12 => Person { is_session: true, ..plain(iam(&random.text(&["role/ci", "role/team/ops"]))) },
        13..=14 => Person {
            federating_user: Some(iam("user/ann")),
            is_session: true,
            ..plain(sts("federated-user/v"))
        },
        15 => plain(iam("root")),
        16 => session(SERVICE_LINKED, "AutoScaling"),
        17..=18 => {
            Person { principal: random.text(&["sns.amazonaws.com", "s3.amazonaws.com"]), ..Person::default() }
        }
        _ => Person { principal: "anonymous".to_owned(), ..Person::default() },
    }
}
