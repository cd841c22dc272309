//! What AWS Organizations takes in its policies, and what it does not.
//!
//! Service control policies take the whole language of IAM but principals (User Guide, "SCP syntax", elements summary:
//! `Condition`, `NotAction`, `Resource` and `NotResource` with both effects, wildcards anywhere). AWS's older checks that
//! speak against those are answered by none here; `docs/lint-coverage.md` says so.

use clavicle_policy::{Case, Glob, Statement};

use crate::kind::PolicyKind;
use crate::look::{Family, Look, allows, clauses, denies};
use crate::rule::{Rule, Severity, rcp};
use crate::rules::services::holds_without;

pub(super) const FAMILY: Family = Family {
    rules: &[
        &RCP_PRINCIPAL,
        &RCP_ALLOW,
        &RCP_NOT_ACTION,
        &RCP_EVERY_ACTION,
        &RCP_SERVICE,
        &RCP_STOPS_SERVICES,
    ],
    look,
};

const RCP_SYNTAX: &str =
    "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html";

static RCP_PRINCIPAL: Rule = Rule {
    id: "rcp-principal",
    severity: Severity::Error,
    title: "a resource control policy about some principals",
    means: "`Principal` of a resource control policy is something other than `*`, or there is a `NotPrincipal`.",
    why: "AWS Organizations refuses the policy.",
    fix: "Write `\"Principal\": \"*\"`, and tell principals apart by conditions.",
    aws: &["error-rcp-syntax-error-principal"],
    source: RCP_SYNTAX,
    bad: &[rcp(
        r#""Effect": "Deny", "Principal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": "*""#,
    )],
    good: &[rcp(
        r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}"#,
    )],
};

static RCP_ALLOW: Rule = Rule {
    id: "rcp-allow",
    severity: Severity::Error,
    title: "a resource control policy that allows",
    means: "A statement of a resource control policy has the effect `Allow`.",
    why: "Only AWS's own `RCPFullAWSAccess` allows; AWS Organizations refuses others.",
    fix: "Deny what is not meant to be.",
    aws: &["error-rcp-syntax-error-allow"],
    source: RCP_SYNTAX,
    bad: &[rcp(r#""Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*""#)],
    good: &[rcp(r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*""#)],
};

static RCP_NOT_ACTION: Rule = Rule {
    id: "rcp-not-action",
    severity: Severity::Error,
    title: "NotAction in a resource control policy",
    means: "A statement of a resource control policy has `NotAction`.",
    why: "AWS Organizations refuses the policy.",
    fix: "List the actions.",
    aws: &["error-rcp-syntax-error-notaction"],
    source: RCP_SYNTAX,
    bad: &[rcp(r#""Effect": "Deny", "Principal": "*", "NotAction": "s3:GetObject", "Resource": "*""#)],
    good: &[rcp(r#""Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "*""#)],
};

static RCP_EVERY_ACTION: Rule = Rule {
    id: "rcp-every-action",
    severity: Severity::Error,
    title: "every action in a resource control policy",
    means: "A resource control policy that you write has the action `*`.",
    why: "AWS Organizations refuses the policy: it has to name services.",
    fix: "Name the services: `s3:*`, `sts:*`.",
    aws: &["error-rcp-syntax-error-action"],
    source: RCP_SYNTAX,
    bad: &[rcp(r#""Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*""#)],
    good: &[rcp(r#""Effect": "Deny", "Principal": "*", "Action": ["s3:*", "sts:*"], "Resource": "*""#)],
};

static RCP_STOPS_SERVICES: Rule = Rule {
    id: "rcp-stops-services",
    severity: Severity::Warning,
    title: "a resource control policy by whose callers are, which stops services",
    means: "A statement of a resource control policy asks that `aws:PrincipalOrgID`, `aws:PrincipalOrgPaths` or `aws:PrincipalAccount` is none of some values, in a form that also holds where the key is missing, and no condition of it is about services (`aws:PrincipalIsAWSService`, `aws:PrincipalServiceName`, `aws:SourceOrgID` and the like).",
    why: "Services are in no organization and no account: their logs, notifications and keys are denied to them.",
    fix: "Add `\"BoolIfExists\": {\"aws:PrincipalIsAWSService\": \"false\"}`.",
    aws: &["general-warning-rcp-missing-related-principal-condition-key"],
    source: "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html",
    bad: &[rcp(
        r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abcdefghij"}}"#,
    )],
    good: &[
        rcp(
            r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abcdefghij"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}"#,
        ),
        rcp(
            r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}"#,
        ),
    ],
};

static RCP_SERVICE: Rule = Rule {
    id: "rcp-service",
    severity: Severity::Warning,
    title: "an action of a service that resource control policies do not bind",
    means: "An action of a resource control policy is of no service that AWS lists as supporting them.",
    why: "The statement does nothing for it.",
    fix: "Take it out; deny it to principals by a service control policy.",
    aws: &["error-rcp-syntax-error-action"],
    source: "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html",
    bad: &[rcp(r#""Effect": "Deny", "Principal": "*", "Action": ["s3:*", "ec2:*"], "Resource": "*""#)],
    good: &[rcp(r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*""#)],
};

fn look(look: &mut Look<'_>) {
    if look.kind != PolicyKind::Rcp {
        return;
    }
    for (_, statement) in look.statements() {
        if let Some(principal) = &statement.principal {
            let everybody = principal.bare.as_ref().is_some_and(|bare| bare.value == "*");
            if principal.negated || !everybody {
                let message = "a resource control policy speaks of every principal".to_owned();
                look.report(
                    &RCP_PRINCIPAL,
                    principal.key.span,
                    message,
                    "write `\"Principal\": \"*\"`".to_owned(),
                );
            }
        }
        if allows(statement)
            && let Some(effect) = &statement.effect
        {
            let message = "a resource control policy only denies".to_owned();
            look.report(&RCP_ALLOW, effect.span, message, None);
        }
        stops_services(look, statement);
        let Some(action) = &statement.action else { continue };
        if action.negated {
            let message = "a resource control policy takes no `NotAction`".to_owned();
            look.report(&RCP_NOT_ACTION, action.key.span, message, "list the actions".to_owned());
        }
        for pattern in &action.patterns {
            if pattern.value == "*" {
                let message = "a resource control policy has to name services".to_owned();
                look.report(&RCP_EVERY_ACTION, pattern.span, message, "write `s3:*` and the like".to_owned());
                continue;
            }
            let Some((prefix, _)) = pattern.value.split_once(':') else { continue };
            let glob = Glob::new(prefix, Case::Ignored);
            let mut services =
                look.catalog.services().filter(|service| glob.matches(service.prefix())).peekable();
            if services.peek().is_some() && !services.any(|service| service.rcp_supported()) {
                let message = format!("resource control policies do not bind `{prefix}`");
                look.report(&RCP_SERVICE, pattern.span, message, None);
            }
        }
    }
}

/// AWS: AWS Organizations User Guide, "Resource control policy examples", "Restrict access to only principals in your
/// organization": `aws:PrincipalIsAWSService` stands beside, so that services go on.
fn stops_services(look: &mut Look<'_>, statement: &Statement) {
    let key = |clause: &clavicle_policy::Clause| clause.key.value.to_ascii_lowercase();
    let of_services = clauses(statement).any(|clause| {
        let key = key(clause);
        key.starts_with("aws:principalis")
            || key.starts_with("aws:principalservicename")
            || key.starts_with("aws:source")
    });
    if !denies(statement) || of_services {
        return;
    }
    let of_callers = ["aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount"];
    let found =
        clauses(statement).find(|clause| of_callers.contains(&key(clause).as_str()) && holds_without(clause));
    if let Some(clause) = found {
        let message = format!("services have no `{}`: this denies them too", clause.key.value);
        let help = "add `\"BoolIfExists\": {\"aws:PrincipalIsAWSService\": \"false\"}`".to_owned();
        look.report(&RCP_STOPS_SERVICES, clause.key.span, message, help);
    }
}
