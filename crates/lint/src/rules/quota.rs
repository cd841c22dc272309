//! How long a policy may be.

use clavicle_policy::Span;

use crate::kind::PolicyKind;
use crate::look::{Family, Look};
use crate::rule::{CHECKS, Example, Rule, Severity, guide, identity};

pub(super) const FAMILY: Family =
    Family { rules: &[&TOO_LONG, &TOO_LONG_FOR_IDENTITY, &TOO_LONG_FOR_RESOURCE, &TOO_LONG_FOR_TRUST], look };

static TOO_LONG: Rule = Rule {
    id: "too-long-for-organization",
    severity: Severity::Error,
    title: "an organization policy that is longer than AWS takes",
    means: "A service or resource control policy has more than 5,120 characters, white space outside of quotes left out.",
    why: "AWS Organizations refuses the policy. What is sent counts: white space too.",
    fix: "Split the policy; `clavicle check` finds statements and actions that are redundant.",
    aws: &["error-policy-size-exceeds-scp-quota", "error-policy-size-exceeds-rcp-quota"],
    source: "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html",
    bad: &[],
    good: &[Example {
        kind: PolicyKind::Scp,
        text: r#""Effect": "Deny", "Action": "s3:*", "Resource": "*""#,
    }],
};

static TOO_LONG_FOR_IDENTITY: Rule = Rule {
    id: "too-long-for-identity",
    severity: Severity::Warning,
    title: "an identity-based policy that is longer than a managed one may be",
    means: "The policy has more than 6,144 characters, white space left out; of a permission set, more than 10,240.",
    why: "AWS refuses it as a managed policy. Inline policies of a role may have 10,240 characters together, of a group 5,120, of a user 2,048.",
    fix: "Split the policy.",
    aws: &["general-warning-policy-size-exceeds-identity-policy-quota"],
    source: guide!("reference_iam-quotas"),
    bad: &[],
    good: &[identity(r#""Effect": "Allow", "Action": "s3:*", "Resource": "*""#)],
};

static TOO_LONG_FOR_RESOURCE: Rule = Rule {
    id: "too-long-for-resource",
    severity: Severity::Warning,
    title: "a policy of a resource or endpoint that is longer than most services take",
    means: "The policy has more than 20,480 characters, white space left out.",
    why: "Most services refuse it: a bucket policy may have 20 KB, a key policy 32 KB, an endpoint policy 20,480 characters.",
    fix: "Split the access, by access points or by organization-wide conditions.",
    aws: &["general-warning-policy-size-exceeds-resource-policy-quota"],
    source: CHECKS,
    bad: &[],
    good: &[Example {
        kind: PolicyKind::Resource,
        text: r#""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*""#,
    }],
};

static TOO_LONG_FOR_TRUST: Rule = Rule {
    id: "too-long-for-trust",
    severity: Severity::Warning,
    title: "a trust policy that is longer than AWS takes without asking",
    means: "The policy has more than 2,048 characters, white space left out.",
    why: "AWS refuses it unless the quota was raised, to 4,096 at most.",
    fix: "Name accounts and narrow by conditions, or have the quota raised.",
    aws: &["general-warning-policy-size-exceeds-role-trust-policy-quota"],
    source: guide!("reference_iam-quotas"),
    bad: &[],
    good: &[Example {
        kind: PolicyKind::Trust,
        text: r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole""#,
    }],
};

fn look(look: &mut Look<'_>) {
    if look.parsed.policy.is_none() {
        return;
    }
    let (most, rule): (usize, &'static Rule) = match look.kind {
        PolicyKind::Scp | PolicyKind::Rcp => (5_120, &TOO_LONG),
        PolicyKind::Identity => (6_144, &TOO_LONG_FOR_IDENTITY),
        PolicyKind::PermissionSet => (10_240, &TOO_LONG_FOR_IDENTITY),
        PolicyKind::Resource | PolicyKind::VpcEndpoint => (20_480, &TOO_LONG_FOR_RESOURCE),
        PolicyKind::Trust => (2_048, &TOO_LONG_FOR_TRUST),
    };
    let long = length(look.text);
    if long > most {
        let message = format!("{long} characters are more than the {most} of {}", look.kind.one());
        look.report(rule, Span::new(0, 1), message, None);
    }
}

/// The characters that count: white space outside of strings does not.
fn length(text: &str) -> usize {
    let (mut inside, mut escaped, mut count) = (false, false, 0);
    for character in text.chars() {
        if inside {
            count += 1;
            match character {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => inside = false,
                _ => {}
            }
        } else if !character.is_whitespace() {
            count += 1;
            inside = character == '"';
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use crate::{PolicyKind, lint};

    #[test]
    fn white_space_counts_in_strings_only() {
        assert_eq!(super::length(" {\n \"a b\": \"c\\\" d\" }\n"), 15);
    }

    #[test]
    fn each_kind_has_its_length() {
        for (kind, most, id) in [
            (PolicyKind::Scp, 5_120, "too-long-for-organization"),
            (PolicyKind::Rcp, 5_120, "too-long-for-organization"),
            (PolicyKind::Identity, 6_144, "too-long-for-identity"),
            (PolicyKind::PermissionSet, 10_240, "too-long-for-identity"),
            (PolicyKind::Resource, 20_480, "too-long-for-resource"),
            (PolicyKind::VpcEndpoint, 20_480, "too-long-for-resource"),
            (PolicyKind::Trust, 2_048, "too-long-for-trust"),
        ] {
            let (before, after) = (r#"{"Version":"2012-10-17","Id":""#, r#"","Statement":[]}"#);
            let fill = most - before.len() - after.len();
            for (extra, wanted) in [(0, 0), (1, 1)] {
                let text = format!("{before}{}{after}\n ", "x".repeat(fill + extra));
                let found = lint(&text, kind).iter().filter(|found| found.rule.id == id).count();
                assert_eq!(found, wanted, "{kind} {extra}");
            }
        }
    }
}
