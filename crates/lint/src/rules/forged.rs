//! Keys that whoever asks fills in themselves.

use clavicle_policy::{BaseOperator, Clause, PrincipalKind, Statement};

use crate::look::{Family, Look};
use crate::rule::{Rule, Severity, guide, identity, resource};

pub(super) const FAMILY: Family = Family { rules: &[&KEY_CAN_BE_FORGED], look };

static KEY_CAN_BE_FORGED: Rule = Rule {
    id: "key-can-be-forged",
    severity: Severity::Security,
    title: "a condition on what callers write themselves",
    means: "A condition compares `aws:Referer` or `aws:UserAgent`. Statements that let services in alone are left out: some send whose request it is as `aws:Referer`.",
    why: "Both are headers of the request: whoever knows the value sends it.",
    fix: "Ask for who calls or from where: `aws:PrincipalOrgID`, `aws:SourceIp`, `aws:SourceVpce`.",
    aws: &["security-warning-untrustworthy-condition-key"],
    source: guide!("reference_policies_condition-keys"),
    bad: &[
        resource(
            r#""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {"StringLike": {"aws:Referer": "https://www.example.com/*"}}"#,
        ),
        identity(
            r#""Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotLike": {"aws:UserAgent": "console*"}}"#,
        ),
    ],
    good: &[
        resource(
            r#""Effect": "Allow", "Principal": {"Service": "ses.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*", "Condition": {"StringEquals": {"aws:Referer": "111122223333"}}"#,
        ),
        identity(
            r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}"#,
        ),
    ],
};

fn look(look: &mut Look<'_>) {
    for (statement, clause) in look.clauses() {
        if of_caller(clause) && !lets_services_in_alone(statement) {
            let message = format!("callers write `{}` themselves", clause.key.value);
            let help = "ask for who calls, or from where".to_owned();
            look.report(&KEY_CAN_BE_FORGED, clause.key.span, message, help);
        }
    }
}

/// AWS: IAM User Guide, "AWS global condition context keys", `aws:UserAgent`: "provided by the caller in an HTTP header, unauthorized
/// parties can use modified or custom browsers to provide any `aws:UserAgent` value that they choose"; of `aws:referer` the same.
fn of_caller(clause: &Clause) -> bool {
    let key = &clause.key.value;
    clause.operator.value.base.is_some_and(|base| base != BaseOperator::Null)
        && ["aws:Referer", "aws:UserAgent"].iter().any(|known| key.eq_ignore_ascii_case(known))
}

fn lets_services_in_alone(statement: &Statement) -> bool {
    statement.principal.as_ref().is_some_and(|principal| {
        !principal.negated
            && principal.bare.is_none()
            && !principal.entries.is_empty()
            && principal.entries.iter().all(|entry| entry.kind == PrincipalKind::Service)
    })
}
