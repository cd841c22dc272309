//! Keys that hold the ARN of an encryption key.

use clavicle_policy::BaseOperator;

use crate::look::{Family, Look, is_placeholder};
use crate::rule::{Rule, Severity, resource};

pub(super) const FAMILY: Family = Family { rules: &[&NOT_THE_ARN_OF_A_KEY], look };

macro_rules! uploading {
    ($value:literal) => {
        resource(concat!(
            r#""Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*", "Condition": {"StringNotLikeIfExists": {"s3:x-amz-server-side-encryption-aws-kms-key-id": ""#,
            $value,
            r#""}}"#
        ))
    };
}

static NOT_THE_ARN_OF_A_KEY: Rule = Rule {
    id: "not-the-arn-of-a-key",
    severity: Severity::Warning,
    title: "an id or an alias where a request carries the ARN of a key",
    means: "A value of `s3:x-amz-server-side-encryption-aws-kms-key-id`, or of another key that holds the ARN of a key of AWS KMS, is no such ARN, and no pattern that could match one.",
    why: "No request carries it: a positive condition never holds, and a negated one always does.",
    fix: "Write the ARN: `arn:aws:kms:REGION:ACCOUNT:key/ID`.",
    aws: &["error-invalid-kms-key-value"],
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",
    bad: &[
        uploading!("1234abcd-12ab-34cd-56ef-1234567890ab"),
        uploading!("alias/uploads"),
        uploading!("arn:aws:kms:eu-west-1:111122223333:alias/uploads"),
    ],
    good: &[
        uploading!("arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
        uploading!("arn:aws:kms:*:111122223333:key/*"),
        uploading!("*"),
        uploading!("arn:aws:kms:*"),
    ],
};

fn look(look: &mut Look<'_>) {
    for (_, clause) in look.clauses() {
        let name = clause.operator.value.base.map_or("", BaseOperator::name);
        let compares = name.starts_with("String") || name.starts_with("Arn");
        if !compares || !holds_the_arn_of_a_key(&clause.key.value) {
            continue;
        }
        for value in &clause.values {
            let text = value.value.text();
            if text.contains("${") || is_placeholder(text) || may_be_a_key(text) {
                continue;
            }
            let message = format!("`{}` holds the ARN of a key", clause.key.value);
            let help = "write `arn:aws:kms:REGION:ACCOUNT:key/ID`".to_owned();
            look.report(&NOT_THE_ARN_OF_A_KEY, value.span, message, help);
        }
    }
}

/// AWS: Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys": "To specify the KMS key, you must use a key Amazon
/// Resource Name (ARN)". Of the others their name says it.
fn holds_the_arn_of_a_key(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.ends_with(":x-amz-server-side-encryption-aws-kms-key-id") || key.ends_with(":kmskeyarn")
}

/// Does the text begin as the ARN of a key, as far as it goes before its first wildcard, and end as one behind the last?
fn may_be_a_key(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let is_wild = |part: &str| part.contains(['*', '?']);
    let fits =
        |at: usize, wanted: fn(&str) -> bool| parts.get(at).is_none_or(|part| is_wild(part) || wanted(part));
    let whole = parts.len() == 6 || parts.last().is_some_and(|part| is_wild(part));
    whole
        && fits(0, |part| part == "arn")
        && fits(1, |part| part.starts_with("aws"))
        && fits(2, |part| part == "kms")
        && parts.get(5).is_none_or(|part| part.starts_with("key/") || part.starts_with(['*', '?']))
}
