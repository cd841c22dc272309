//! `over-quota` and `near-quota`: documents as large as AWS lets them be.

use clavicle_graph::{Document, Quota, Size, StatementPlace};

use super::breadth::key_of;
use super::found::Found;
use super::{Family, Look, Rule};
use crate::reader::Reader;
use crate::shape::Severity;

pub(super) const FAMILY: Family = Family { rules: &[OVER_QUOTA, NEAR_QUOTA], look };

const PAGES: &[&str] = &[
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html",
    "https://docs.aws.amazon.com/AmazonS3/latest/dev/AccessPolicyLanguage_SpecialInfo.html",
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html",
];

const OVER_QUOTA: Rule = Rule {
    id: "over-quota",
    title: "a document is larger than AWS's quota",
    means: "A document has more characters than AWS's default quota, white space aside. That is 6,144 in a managed policy, 2,048 in a trust policy and 5,120 in a control policy. In all inline policies together it is 2,048 of a user, 10,240 of a role and 5,120 of a group. The policy of a bucket may have 20 KB, that of a queue 8,192 bytes.",
    why: "AWS takes no change of it that does not make it smaller, so an urgent narrowing may fail. That the quota was raised is not in the files.",
    fix: "Put what one task needs into a policy of its own; write actions with a wildcard only where all of them are meant.",
    severity: "Low: access is as it is written.",
    sources: PAGES,
};

const NEAR_QUOTA: Rule = Rule {
    id: "near-quota",
    title: "a document is nearly as large as AWS's quota",
    means: "A document has nine tenths of the characters of its quota, or more; see over-quota for the quotas.",
    why: "The next change may not fit, and is then made in a hurry somewhere else, or with a wildcard.",
    fix: "Put what one task needs into a policy of its own before it is needed.",
    severity: "Low: access is as it is written.",
    sources: PAGES,
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let reader = look.reader;
    let documents = reader.in_use().documents().iter();
    // The inline policies of a bearer share one quota: the first stands for all.
    let alone = documents.filter(|document| !matches!(document, Document::Inline(_, place) if *place > 0));
    let ours = alone.filter(|document| reader.is_ours(document));
    ours.filter_map(|document| found(reader, document)).collect()
}

fn found(reader: &Reader, document: &Document) -> Option<Found> {
    let Size { characters, quota: Some(Quota { most, raised, source }) } =
        reader.in_use().size(reader.world(), document)?
    else {
        return None;
    };
    let rule = match characters {
        _ if characters > most => OVER_QUOTA.id,
        _ if characters * 10 >= most * 9 => NEAR_QUOTA.id,
        _ => return None,
    };
    let mut key = key_of(reader, document)?;
    let subject = match document {
        Document::Inline(bearer, _) => {
            key.truncate(1);
            format!("The inline policies of {}", reader.thing_of_principal(*bearer).name)
        }
        _ => reader.name_of_document(document),
    };
    let have = if matches!(document, Document::Inline(..)) { "have" } else { "has" };
    let reason = match raised {
        Some(raised) => format!("access is as it is written; AWS raises this quota to {raised} on request"),
        None => "access is as it is written".to_owned(),
    };
    let first = StatementPlace { document: document.clone(), statement: 0 };
    Some(Found {
        rule,
        key,
        severity: Severity::Low,
        reason,
        sentence: format!("{subject} {have} {characters} of {most} characters ({source})."),
        cause: reader.cause_of_document(document, None),
        reaches: Vec::new(),
        fix: "put what one task needs into a policy of its own".to_owned(),
        because: reader.cite_statement(&first).into_iter().collect(),
        outsider: None,
    })
}
