//! Giving rights to users and roles: does a boundary keep them from being more than the giver has?

use clavicle_policy::{Clause, Statement};

use super::risks::escalates;
use crate::look::{Family, Look, action_patterns, allows, clauses, denies, resource_patterns, speaks_of};
use crate::rule::{Rule, Severity, guide, identity};

pub(super) const FAMILY: Family = Family { rules: &[&RIGHTS_WITHOUT_BOUNDARY], look };

static RIGHTS_WITHOUT_BOUNDARY: Rule = Rule {
    id: "rights-without-boundary",
    severity: Severity::Suggestion,
    title: "rights are given to users or roles, and no boundary is asked for",
    means: "An Allow has `iam:PutUserPolicy`, `iam:PutRolePolicy`, `iam:AttachUserPolicy` or `iam:AttachRolePolicy` on users or roles by a wildcard, and neither it nor a Deny of the policy has a condition on `iam:PermissionsBoundary`; to attach is left out where `iam:PolicyARN` says what. Said of no policy that policy-allows-escalation is said of, or that allows all of IAM.",
    why: "However the names are limited, such a user or role may be given any right, more than those who give it have.",
    fix: "Ask for `\"StringEquals\": {\"iam:PermissionsBoundary\": \"arn:aws:iam::ACCOUNT:policy/BOUNDARY\"}`, and deny that boundaries are deleted or rewritten.",
    aws: &[],
    source: guide!("access_policies_boundaries"),
    bad: &[identity(
        r#""Effect": "Allow", "Action": ["iam:CreateRole", "iam:AttachRolePolicy"], "Resource": "arn:aws:iam::111122223333:role/app-*""#,
    )],
    good: &[
        identity(
            r#""Effect": "Allow", "Action": ["iam:CreateRole", "iam:AttachRolePolicy"], "Resource": "arn:aws:iam::111122223333:role/app-*", "Condition": {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/app"}}"#,
        ),
        identity(
            r#""Effect": "Allow", "Action": "iam:AttachRolePolicy", "Resource": "arn:aws:iam::111122223333:role/app-*", "Condition": {"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::111122223333:policy/app"}}"#,
        ),
        identity(
            r#""Effect": "Allow", "Action": ["iam:CreateRole", "iam:GetRole"], "Resource": "arn:aws:iam::111122223333:role/app-*""#,
        ),
        identity(
            r#""Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "arn:aws:iam::111122223333:role/app""#,
        ),
    ],
};

/// What gives rights to a user or role; those that attach take what may be attached as a condition.
const GIVING: [(&str, bool); 4] = [
    ("iam:putuserpolicy", false),
    ("iam:putrolepolicy", false),
    ("iam:attachuserpolicy", true),
    ("iam:attachrolepolicy", true),
];

fn look(look: &mut Look<'_>) {
    let asks = |statement: &Statement, wanted: &str| {
        clauses(statement).any(|clause: &Clause| clause.key.value.eq_ignore_ascii_case(wanted))
    };
    let boundary = "iam:PermissionsBoundary";
    let denied = look.statements().any(|(_, statement)| denies(statement) && asks(statement, boundary));
    if !look.kind.is_of_identity() || denied || escalates(look) {
        return;
    }
    for (_, statement) in look.statements() {
        let negated = statement.action.as_ref().is_none_or(|element| element.negated);
        // No action of IAM has this name: `iam:*` and wider are more than a slip.
        let is_all_of_iam = speaks_of(statement, "iam:anything");
        if !allows(statement) || negated || is_all_of_iam || asks(statement, boundary) {
            continue;
        }
        let many = resource_patterns(statement).iter().any(|pattern| pattern.value.contains(['*', '?']));
        let limited = asks(statement, "iam:PolicyARN");
        let gives = |pattern: &&clavicle_policy::Spanned<String>| {
            let glob = clavicle_policy::Glob::new(&pattern.value, clavicle_policy::Case::Ignored);
            GIVING.iter().any(|(action, attaches)| glob.matches(action) && !(*attaches && limited))
        };
        let Some(pattern) = action_patterns(statement).iter().find(gives).filter(|_| many) else { continue };
        let message = "this gives users or roles any right, whatever those who give it have".to_owned();
        let help = "ask for `iam:PermissionsBoundary`".to_owned();
        look.report(&RIGHTS_WITHOUT_BOUNDARY, pattern.span, message, help);
    }
}
