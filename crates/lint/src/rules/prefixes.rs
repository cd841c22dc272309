//! Listing the objects of a bucket under a prefix: is it really kept to, or out of, what the prefix says?

use clavicle_policy::{BaseOperator, Clause, Statement};

use crate::look::{Family, Look, allows, denies, is_placeholder};
use crate::rule::{Rule, Severity, identity};

pub(super) const FAMILY: Family = Family { rules: &[&PREFIX_LEFT_OUT], look };

macro_rules! listing {
    ($effect:literal, $condition:literal) => {
        identity(concat!(
            r#""Effect": ""#,
            $effect,
            r#"", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b", "Condition": {"#,
            $condition,
            "}"
        ))
    };
}

static PREFIX_LEFT_OUT: Rule = Rule {
    id: "prefix-left-out",
    severity: Severity::Security,
    title: "a prefix that is kept out, and can be listed by a shorter one",
    means: "A Deny asks for `s3:prefix` to be some text, or an Allow for it to be none of some. The empty prefix alone is left out.",
    why: "Whoever lists by a shorter prefix, or by none, sees the same objects: `priv` lists what lies under `private/`.",
    fix: "Allow the prefixes that are meant by `StringLike`, or deny the others by `StringNotLike`.",
    aws: &["security-warning-s3-prefix-in-negative-context"],
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html",
    bad: &[
        listing!("Deny", r#""StringLike": {"s3:prefix": "private/*"}"#),
        listing!("Allow", r#""StringNotLike": {"s3:prefix": ["private/*", "private"]}"#),
    ],
    good: &[
        listing!("Allow", r#""StringLike": {"s3:prefix": "public/*"}"#),
        listing!("Deny", r#""StringNotLike": {"s3:prefix": "public/*"}"#),
        listing!("Deny", r#""StringEquals": {"s3:prefix": ""}"#),
    ],
};

fn look(look: &mut Look<'_>) {
    for (statement, clause) in look.clauses() {
        if clause.key.value.eq_ignore_ascii_case("s3:prefix") && leaves_out(statement, clause) {
            let message = "a shorter prefix, or none, lists the same objects".to_owned();
            let help = "allow the prefixes that are meant, or deny the others".to_owned();
            look.report(&PREFIX_LEFT_OUT, clause.operator.span, message, help);
        }
    }
}

fn leaves_out(statement: &Statement, clause: &Clause) -> bool {
    use BaseOperator as B;
    let negated = match clause.operator.value.base {
        Some(B::StringEquals | B::StringEqualsIgnoreCase | B::StringLike) => false,
        Some(B::StringNotEquals | B::StringNotEqualsIgnoreCase | B::StringNotLike) => true,
        _ => return false,
    };
    let has_shorter = clause.values.iter().any(|value| {
        let text = value.value.text();
        !text.is_empty() && !text.starts_with('*') && !is_placeholder(text)
    });
    has_shorter && (denies(statement) && !negated || allows(statement) && negated)
}
