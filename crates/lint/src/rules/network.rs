//! Denies by the network that a request comes from: do they stop services too?

use clavicle_policy::{Clause, Statement};

use crate::kind::PolicyKind;
use crate::look::{Family, Look, clauses, denies};
use crate::rule::{Rule, Severity, identity, rcp, scp};
use crate::rules::services::holds_without;

pub(super) const FAMILY: Family = Family { rules: &[&NETWORK_DENY_STOPS_SERVICES], look };

static NETWORK_DENY_STOPS_SERVICES: Rule = Rule {
    id: "network-deny-stops-services",
    severity: Severity::Warning,
    title: "a Deny by network that stops services",
    means: "A Deny of an identity-based policy or of a policy of the organization asks that the VPC or the endpoint of a request (`aws:SourceVpc`, `aws:SourceVpce` and their kin) is none of some values, in a form that also holds where the key is missing, and no condition of it is about what services do for the caller (`aws:ViaAWSService`, `aws:CalledVia`). In resource control policies `aws:SourceIp` counts as well, and a condition about services themselves (`aws:PrincipalIsAWSService`, `aws:PrincipalServiceName`, `aws:SourceAccount` and the like) is needed too. Policies of single resources are left out.",
    why: "What services do for somebody, such as Amazon S3 that asks AWS KMS for a key or Amazon Athena that reads a bucket, comes from networks of AWS: it is denied too.",
    fix: "Add `\"BoolIfExists\": {\"aws:ViaAWSService\": \"false\"}`; in resource control policies `\"aws:PrincipalIsAWSService\": \"false\"` as well.",
    aws: &[],
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html",
    bad: &[
        scp(
            r#""Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:SourceVpc": "vpc-11111111"}, "NotIpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"}}"#,
        ),
        rcp(
            r#""Effect": "Deny", "Principal": "*", "Action": ["s3:*", "kms:*"], "Resource": "*", "Condition": {"NotIpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"}, "BoolIfExists": {"aws:ViaAWSService": "false"}}"#,
        ),
    ],
    good: &[
        scp(
            r#""Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:SourceVpc": "vpc-11111111"}, "NotIpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"}, "BoolIfExists": {"aws:ViaAWSService": "false"}}"#,
        ),
        // AWS: IAM User Guide, "AWS: Denies access to AWS based on the source IP": services hand the address of the caller on.
        identity(
            r#""Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24", "203.0.113.0/24"]}}"#,
        ),
        rcp(
            r#""Effect": "Deny", "Principal": "*", "Action": ["s3:*", "kms:*"], "Resource": "*", "Condition": {"NotIpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"}, "BoolIfExists": {"aws:ViaAWSService": "false", "aws:PrincipalIsAWSService": "false"}}"#,
        ),
    ],
};

/// What a request carries that comes through a VPC endpoint.
const OF_ENDPOINTS: [&str; 7] = [
    "aws:sourcevpc",
    "aws:sourcevpcarn",
    "aws:sourcevpce",
    "aws:vpcsourceip",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
];

fn look(look: &mut Look<'_>) {
    let of_organization = look.kind == PolicyKind::Rcp;
    if !(look.kind.is_of_identity() || look.kind == PolicyKind::Scp || of_organization) {
        return;
    }
    for (_, statement) in look.statements().filter(|(_, statement)| denies(statement)) {
        let of_network = |clause: &&Clause| {
            let key = clause.key.value.to_ascii_lowercase();
            let counts = OF_ENDPOINTS.contains(&key.as_str()) || of_organization && key == "aws:sourceip";
            counts && holds_without(clause)
        };
        let Some(clause) = clauses(statement).find(of_network) else { continue };
        let for_callers = asks(statement, &["aws:viaawsservice", "aws:calledvia"]);
        let by_themselves = asks(
            statement,
            &[
                "aws:principalisawsservice",
                "aws:principalservicename",
                "aws:sourceaccount",
                "aws:sourceorg",
                "aws:sourcearn",
            ],
        );
        let (what, key) = match (for_callers, by_themselves || !of_organization) {
            (true, true) => continue,
            (false, _) => ("what services do for the caller comes from no such network", "aws:ViaAWSService"),
            (true, false) => ("requests of services come from no such network", "aws:PrincipalIsAWSService"),
        };
        let message = format!("{what}, and this denies it");
        let help = format!("add `\"BoolIfExists\": {{\"{key}\": \"false\"}}`");
        look.report(&NETWORK_DENY_STOPS_SERVICES, clause.key.span, message, help);
    }
}

/// Is a condition about a key that begins like one of these?
fn asks(statement: &Statement, keys: &[&str]) -> bool {
    clauses(statement).any(|clause| {
        let key = clause.key.value.to_ascii_lowercase();
        keys.iter().any(|start| key.starts_with(start))
    })
}
