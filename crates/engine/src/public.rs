//! Would Amazon S3 call a bucket policy public?
//!
//! AWS: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage", The meaning of "public": a policy is
//! public unless every grant is tied to fixed values of a principal or of one of the listed keys; an address range
//! wider than /8 (IPv4) or /32 (IPv6) ties to nothing.

use clavicle_policy::{BaseOperator, Clause, Effect, Policy, PrincipalElement, PrincipalKind, Statement};

use crate::address::Range;

/// Is some Allow of the policy open to anyone?
pub(crate) fn is_public(policy: &Policy) -> bool {
    policy.statements.iter().any(is_open_to_anyone)
}

/// Would AWS call this statement public: does it allow, and tie the grant to no fixed value?
pub fn is_open_to_anyone(statement: &Statement) -> bool {
    statement.effect.as_ref().is_some_and(|effect| effect.value == Effect::Allow)
        && statement.principal.as_ref().is_some_and(is_everyone)
        && !is_tied(statement)
}

/// Is it a range of addresses that S3 takes for a restriction: no wider than /8 (IPv4) or /32 (IPv6)?
pub fn is_narrow_range(text: &str) -> bool {
    Range::parse(text).is_some_and(|range| !range.is_wide())
}

/// Does it name more than fixed principals? Whoever signs in with an identity provider is none, as the first example of
/// public policies on that page shows.
fn is_everyone(principal: &PrincipalElement) -> bool {
    principal.negated
        || principal.bare.iter().any(|text| !is_fixed(&text.value))
        || principal
            .entries
            .iter()
            .any(|entry| entry.kind == PrincipalKind::Federated || !is_fixed(&entry.value.value))
}

fn is_tied(statement: &Statement) -> bool {
    statement.condition.iter().flat_map(|condition| &condition.clauses).any(ties)
}

/// Does the clause bind a grant to fixed values?
fn ties(clause: &Clause) -> bool {
    let operator = &clause.operator.value;
    let key = clause.key.value.to_lowercase();
    // `ForAllValues` and `IfExists` hold for requests that do not carry the key at all.
    if operator.if_exists
        || operator.set == Some(clavicle_policy::SetPrefix::ForAllValues)
        || clause.values.is_empty()
    {
        return false;
    }
    let mut texts = clause.values.iter().map(|value| value.value.text());
    match operator.base {
        Some(BaseOperator::IpAddress) => key == "aws:sourceip" && texts.all(is_narrow_range),
        Some(
            BaseOperator::StringEquals
            | BaseOperator::StringEqualsIgnoreCase
            | BaseOperator::StringLike
            | BaseOperator::ArnEquals
            | BaseOperator::ArnLike,
        ) => match key.as_str() {
            // An access point may be named with a wildcard if its account is fixed.
            "s3:dataaccesspointarn" => texts.all(|text| {
                let mut parts = text.splitn(6, ':');
                parts.nth(4).is_some_and(|account| !account.is_empty() && is_fixed(account))
            }),
            key => FIXING.contains(&key) && texts.all(is_fixed),
        },
        _ => false,
    }
}

fn is_fixed(text: &str) -> bool {
    !text.contains(['*', '?']) && !text.contains("${")
}

/// The keys whose fixed values keep a grant from being public: those that the page lists, and those of the principal, for
/// which it names `aws:PrincipalOrgID` as an example. Other keys of the source are not listed.
const FIXING: [&str; 12] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "s3:dataaccesspointaccount",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
];
