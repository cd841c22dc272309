//! How large is a document, against AWS's quotas?
//!
//! AWS: IAM User Guide, "IAM and AWS STS quotas" (6,144 characters in a managed policy; in all inline policies together
//! 2,048 of a user, 10,240 of a role, 5,120 of a group; 2,048 in a trust policy, which can be raised to 4,096; "IAM doesn't
//! count white space"); Organizations User Guide, "Quotas and service limits for AWS Organizations" (5,120 in an SCP or
//! RCP); S3, "Special information for Amazon S3 policies" (20 KB); SQS Developer Guide, "Amazon SQS policy quotas" (8,192
//! bytes). Of other resource policies no quota is known here.

use clavicle_snapshot::{OrgPolicyKind, PrincipalKind};

use super::{Document, PoliciesInUse};
use crate::world::World;

/// The size of a document and what is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Characters without white space (of policies of things: bytes); of an inline policy, those of all inline policies of
    /// its bearer, which share one quota.
    pub characters: usize,
    /// What is allowed, where that is known.
    pub quota: Option<Quota>,
}

/// A quota of AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// How many characters (or bytes).
    pub most: usize,
    /// How many AWS allows on request, where it does.
    pub raised: Option<usize>,
    /// The page that says so.
    pub source: &'static str,
}

const IAM: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html";
const ORGANIZATIONS: &str =
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html";
const S3: &str = "https://docs.aws.amazon.com/AmazonS3/latest/dev/AccessPolicyLanguage_SpecialInfo.html";
const SQS: &str =
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html";

impl PoliciesInUse {
    /// The size of a document; `None`: its text was not seen, or (inline) that of one beside it.
    pub fn size(&self, world: &World, document: &Document) -> Option<Size> {
        let snapshot = world.snapshot();
        let own = || Some(characters(world.text(self.text(document)?)));
        let plain = |most, source| Some(Quota { most, raised: None, source });
        let (characters, quota) = match document {
            Document::Managed(_) => (own()?, plain(6_144, IAM)),
            Document::Inline(bearer, _) => {
                let record = snapshot.principal(*bearer);
                let all = (0..record.inline.len()).map(|place| Document::Inline(*bearer, place));
                // What it has perhaps may never come to it.
                let all = all.filter(|document| !world.is_perhaps(document));
                let sizes = all.map(|document| Some(characters(world.text(self.text(&document)?))));
                let most = match record.kind {
                    PrincipalKind::User => 2_048,
                    PrincipalKind::Role => 10_240,
                    PrincipalKind::Group => 5_120,
                };
                (sizes.sum::<Option<usize>>()?, plain(most, IAM))
            }
            Document::Trust(_) => (own()?, Some(Quota { most: 2_048, raised: Some(4_096), source: IAM })),
            Document::Organization(policy) => {
                let kind = snapshot.organization.as_ref().map(|known| known.policy(*policy).kind);
                let deciding = kind.is_some_and(|kind| kind != OrgPolicyKind::Other);
                (own()?, deciding.then_some(()).and_then(|()| plain(5_120, ORGANIZATIONS)))
            }
            Document::Resource(resource) => match &*snapshot.resource(*resource).kind {
                "s3:bucket" => (bytes(world.text(self.text(document)?)), plain(20_480, S3)),
                "sqs:queue" => (bytes(world.text(self.text(document)?)), plain(8_192, SQS)),
                _ => (own()?, None),
            },
            Document::PermissionSet(..) => (own()?, None),
        };
        Some(Size { characters, quota })
    }
}

fn characters(text: &str) -> usize {
    text.chars().filter(|letter| !letter.is_whitespace()).count()
}

/// The least that the text takes: how it was laid out where it lies was not seen.
fn bytes(text: &str) -> usize {
    text.chars().filter(|letter| !letter.is_whitespace()).map(char::len_utf8).sum()
}
