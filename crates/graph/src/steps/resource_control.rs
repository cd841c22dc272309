//! Data, secrets and doors: somebody who writes the policy of a thing decides who gets at it, and can let themselves in,
//! or somebody from outside.
//!
//! Which actions write a policy is what the catalogue says of each type with one; no row is written here twice.
//!
//! AWS: IAM User Guide, "Policy evaluation for requests within a single account": a resource-based policy alone can
//! allow; denies of every other layer still count, and are asked for.

use std::sync::LazyLock;

use clavicle_catalog::{GrantKind, ResourcePolicyKind, catalog};

use super::method::{Ask, Gives, Method, MethodKind, On, Tried, Way, ask, way};

const CHECK: &str = "Simulate the action for the principal on the thing: it should be denied.";
const FIX: &str = "Let only those who administer the thing write its policy; whoever works with its content does not \
    need to.";
const EVALUATION: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html";

/// Methods whose actions are written here, since they need keys of their own or are no policies.
static METHODS: &[Method] = &[
    Method {
        id: "x-s3-policy",
        title: "Rewrite the policy of a bucket",
        kind: MethodKind::Data,
        ways: &[
            way(Tried::Things("s3:bucket"), Gives::Opened, &[ask("s3:PutBucketPolicy", On::Subject)]),
            // With the policy gone, what it denied is no longer denied.
            way(Tried::Things("s3:bucket"), Gives::Opened, &[ask("s3:DeleteBucketPolicy", On::Subject)]),
        ],
        misuse: "The policy of a bucket alone can let somebody of its account read and write its objects, and somebody of \
            another account too.",
        fix: FIX,
        check: CHECK,
        pages: &["https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html", EVALUATION],
    },
    Method {
        id: "x-kms",
        title: "Rewrite the policy of a key, or grant oneself its use",
        kind: MethodKind::Data,
        ways: &[
            way(Tried::Things("kms:key"), Gives::Opened, &[ask("kms:PutKeyPolicy", On::Subject)]),
            way(
                Tried::Things("kms:key"),
                Gives::Opened,
                &[ask("kms:CreateGrant", On::Subject)
                    .with(&[("kms:GrantIsForAWSResource", Some("false")), ("kms:ViaService", None)])],
            ),
        ],
        misuse: "Whoever decides who uses a key decides who reads what is encrypted with it.",
        fix: "Keep kms:PutKeyPolicy with the key's administrators. Allow kms:CreateGrant for AWS services only, by \
            kms:GrantIsForAWSResource.",
        check: CHECK,
        pages: &[
            "https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html",
            "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html",
            "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html",
        ],
    },
    Method {
        id: "x-secrets",
        title: "Rewrite the policy of a secret",
        kind: MethodKind::Data,
        ways: &[way(
            Tried::Things("secretsmanager:Secret"),
            Gives::Opened,
            &[ask("secretsmanager:PutResourcePolicy", On::Subject)],
        )],
        misuse: "The policy of a secret alone can let somebody read its value.",
        fix: FIX,
        check: CHECK,
        pages: &[
            "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html",
            EVALUATION,
        ],
    },
    Method {
        id: "x-ec2-share",
        title: "Share a snapshot or an image with another account",
        kind: MethodKind::Door,
        ways: &[
            shares("ec2:snapshot", &[ask("ec2:ModifySnapshotAttribute", On::Subject)]),
            shares("ec2:image", &[ask("ec2:ModifyImageAttribute", On::Subject)]),
            shares("rds:snapshot", &[ask("rds:ModifyDBSnapshotAttribute", On::Subject)]),
            shares("rds:cluster-snapshot", &[ask("rds:ModifyDBClusterSnapshotAttribute", On::Subject)]),
        ],
        misuse: "The other account makes a disk or a database of it, and reads everything in it.",
        fix: "Narrow the action to those who publish images, and block public sharing of snapshots in the account.",
        check: CHECK,
        pages: &[
            "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html",
            "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-explicit.html",
            "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html",
        ],
    },
];

const fn shares(kind: &'static str, asks: &'static [Ask]) -> Way {
    way(Tried::Things(kind), Gives::Shared, asks)
}

/// The types that have a method of their own.
const OF_THEIR_OWN: [&str; 3] = ["s3:bucket", "kms:key", "secretsmanager:Secret"];

/// All methods of this family.
pub(super) fn methods() -> impl Iterator<Item = &'static Method> {
    METHODS.iter().chain(std::iter::once(&*WRITES_POLICY))
}

static WRITES_POLICY: LazyLock<Method> = LazyLock::new(|| Method {
    id: "x-rpolicy",
    title: "Rewrite the policy of a thing",
    kind: MethodKind::Data,
    ways: ways().leak(),
    misuse: "The policy of a thing alone can let somebody of its account in, and somebody of another account too.",
    fix: FIX,
    check: CHECK,
    pages: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html",
        EVALUATION,
    ],
});

/// A way for each action that writes the policy of a type.
fn ways() -> Vec<Way> {
    let mut ways = Vec::new();
    for kind in catalog().resource_policy_kinds() {
        let Some(name) = name_of(&kind) else { continue };
        let lets_in = matches!(kind.kind, GrantKind::Policy | GrantKind::SharedPolicy);
        if !lets_in || OF_THEIR_OWN.contains(&&*name) {
            continue;
        }
        // Made once: a name of the registry lives as long as the program.
        let on = Tried::Things(name.leak());
        if kind.prefix == "apigateway" && kind.resource_type == Some("RestApi") {
            // AWS: API Gateway Developer Guide, "IAM policy examples for managing resource policies": both are needed.
            let both =
                [ask("apigateway:UpdateRestApiPolicy", On::Subject), ask("apigateway:PATCH", On::Subject)];
            ways.push(way(on, Gives::Opened, Vec::from(both).leak()));
            continue;
        }
        for action in kind.write_actions().filter(|action| lets_somebody_in(action)) {
            let Some(on_what) = subject_or_nothing(action, &kind) else { continue };
            ways.push(way(on, Gives::Opened, vec![ask(action, on_what)].leak()));
        }
    }
    ways
}

fn name_of(kind: &ResourcePolicyKind) -> Option<String> {
    Some(format!("{}:{}", kind.prefix, kind.resource_type?))
}

/// Does it write what a thing has already, and add to it? Making, removing and locking do not.
fn lets_somebody_in(action: &str) -> bool {
    let name = action.split_once(':').map_or(action, |(_, name)| name);
    let makes_policy = name.starts_with("Create") && name.ends_with("Policy");
    let narrows = ["Delete", "Remove", "InitiateVaultLock", "CompleteVaultLock"];
    let shares = action.starts_with("ram:");
    !shares
        && (makes_policy || !name.starts_with("Create"))
        && !narrows.iter().any(|narrows| name.starts_with(narrows))
}

/// On what is such an action asked? `None`: on things of another type.
fn subject_or_nothing(action: &str, kind: &ResourcePolicyKind) -> Option<On> {
    let id = catalog().action(action)?;
    let mut types = catalog().resources(id).map(|resource| resource.resource_type().name());
    if types.len() == 0 {
        return Some(On::Anything);
    }
    types.any(|name| Some(name) == kind.resource_type).then_some(On::Subject)
}

#[cfg(test)]
mod tests {
    use super::{lets_somebody_in, ways};

    #[test]
    fn what_makes_removes_or_locks_lets_nobody_in() {
        for (action, lets) in [
            ("sqs:SetQueueAttributes", true),
            ("sqs:AddPermission", true),
            ("sqs:CreateQueue", false),
            ("lambda:RemovePermission", false),
            ("ses:CreateEmailIdentityPolicy", true),
            ("glacier:InitiateVaultLock", false),
            ("ram:CreateResourceShare", false),
        ] {
            assert_eq!(lets_somebody_in(action), lets, "{action}");
        }
    }

    #[test]
    fn the_catalogue_gives_a_way_for_each_type_with_a_policy() {
        let known = ways();
        let has = |action: &str| known.iter().any(|way| way.asks.iter().any(|ask| ask.action == action));
        for action in ["dynamodb:PutResourcePolicy", "ecr:SetRepositoryPolicy", "sns:SetTopicAttributes"] {
            assert!(has(action), "{action}");
        }
        assert!(!has("s3:PutBucketPolicy"), "it is a method of its own");
        assert!(!has("s3:PutBucketAcl"), "lists are not policies");
    }
}
