//! ARNs compared as texts, where a wildcard takes colons.

use clavicle_catalog::KeyType;
use clavicle_policy::{BaseOperator, Scalar, Spanned, Statement};

use crate::look::{Family, Look, allows, is_placeholder};
use crate::rule::{Rule, Severity, guide, identity, resource, scp};

pub(super) const FAMILY: Family = Family { rules: &[&ACCOUNT_NOT_TIED, &ARN_AS_TEXT], look };

/// AWS: IAM User Guide, "IAM policy validation check reference", "String like operator with ARN condition keys".
const CHECK: &str = "security-warning-string-like-operator-with-arn-condition-keys";

macro_rules! invoking {
    ($condition:literal) => {
        resource(concat!(
            r#""Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:111122223333:q", "Condition": {"#,
            $condition,
            "}"
        ))
    };
}

static ACCOUNT_NOT_TIED: Rule = Rule {
    id: "account-not-tied",
    severity: Severity::Security,
    title: "an account in an ARN that any ARN can hold elsewhere",
    means: "A value of a key that holds ARNs has a wildcard ahead of the account that it spells, under `StringLike` in an Allow or under `StringNotLike` in a Deny.",
    why: "There a wildcard takes colons too: the account may stand in the name of a thing that is somebody else's.",
    fix: "Use `ArnLike` or `ArnNotLike`, whose wildcards stay within a part.",
    aws: &[CHECK],
    source: guide!("reference_policies_elements_condition_operators"),
    bad: &[
        invoking!(r#""StringLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:*"}"#),
        scp(
            r#""Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotLike": {"aws:PrincipalArn": "arn:*:iam::111122223333:role/admin"}}"#,
        ),
    ],
    good: &[
        invoking!(r#""ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:*"}"#),
        // What stands ahead of the account is spelled.
        invoking!(r#""StringLike": {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:*"}"#),
        // It denies more than it says, and not less.
        scp(
            r#""Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalArn": "arn:*:iam::111122223333:role/ci"}}"#,
        ),
    ],
};

static ARN_AS_TEXT: Rule = Rule {
    id: "arn-as-text",
    severity: Severity::Suggestion,
    title: "a pattern of ARNs, compared as text",
    means: "A value of a key that holds ARNs has a wildcard ahead of its last part under `StringLike` or `StringNotLike`, and no account behind it.",
    why: "There a wildcard takes colons too, and the pattern takes in more ARNs than it seems to.",
    fix: "Use `ArnLike` or `ArnNotLike`.",
    aws: &[CHECK],
    source: guide!("reference_policies_elements_condition_operators"),
    bad: &[identity(
        r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ci"}}"#,
    )],
    good: &[
        identity(
            r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ci"}}"#,
        ),
        identity(
            r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/ci-*"}}"#,
        ),
        // Of keys that hold other texts nothing is said.
        identity(
            r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": "arn:*:x:y:z:w"}}"#,
        ),
    ],
};

fn look(look: &mut Look<'_>) {
    for (statement, clause) in look.clauses() {
        let Some(base @ (BaseOperator::StringLike | BaseOperator::StringNotLike)) =
            clause.operator.value.base
        else {
            continue;
        };
        let known = look.catalog.condition_key(&clause.key.value);
        if known.is_none_or(|known| known.kind != KeyType::Arn) {
            continue;
        }
        let operator = if base == BaseOperator::StringLike { "ArnLike" } else { "ArnNotLike" };
        let help = format!("use `{operator}`");
        for value in &clause.values {
            pattern(look, statement, base, value, &help);
        }
    }
}

fn pattern(
    look: &mut Look<'_>,
    statement: &Statement,
    base: BaseOperator,
    value: &Spanned<Scalar>,
    help: &str,
) {
    let text = value.value.text();
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [ahead @ .., account, _] = parts.as_slice() else { return };
    if parts.len() != 6 || text.contains("${") || is_placeholder(text) {
        return;
    }
    let is_wild = |part: &&str| part.contains(['*', '?']);
    if !ahead.iter().any(is_wild) && !is_wild(account) {
        return;
    }
    let is_spelled = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let lets_in = allows(statement) == (base == BaseOperator::StringLike);
    if is_spelled && lets_in {
        let message = format!("this wildcard takes colons too: `{account}` need not be the account");
        look.report(&ACCOUNT_NOT_TIED, value.span, message, help.to_owned());
    } else {
        let message = "wildcards of this operator take colons too".to_owned();
        look.report(&ARN_AS_TEXT, value.span, message, help.to_owned());
    }
}
