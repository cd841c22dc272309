//! Somebody gives a role every right, and hands it to a service in something new, or enters what runs as it already.
//!
//! Each launcher is a method that hands roles over (`pass_role.rs`), each entry one of `workload.rs`; no request of theirs
//! is written here twice.
//!
//! AWS: IAM User Guide, "Grant a user permissions to pass a role to an AWS service": what the role may do counts when the
//! service takes it, not when it is handed over.

use std::sync::LazyLock;

use super::iam_own_rights::ADMINISTRATOR;
use super::method::{Ask, Gives, Method, MethodKind, On, Tried, Way, ask};
use super::{pass_role, workload};

/// The methods by which an empowered role is handed over.
const LAUNCHERS: [&str; 10] = [
    "lambda-001",
    "lambda-002",
    "lambda-006",
    "ec2-001",
    "ssm-003",
    "ecs-004",
    "cloudformation-001",
    "codebuild-001",
    "glue-003",
    "sagemaker-001",
];

/// How a role is given every right.
const EMPOWERS: [Ask; 3] = [
    ask("iam:AttachRolePolicy", On::Subject).with(ADMINISTRATOR),
    ask("iam:PutRolePolicy", On::Subject),
    ask("iam:CreatePolicyVersion", On::PolicyOfSubject),
];

/// The methods by which what runs as an empowered role is entered.
const ENTRIES: [&str; 8] = [
    "lambda-003",
    "x-lambda-config",
    "ec2-002",
    "ssm-001",
    "ssm-002",
    "cloudformation-002",
    "codebuild-002",
    "sagemaker-004",
];

/// How the role of a workload is given every right.
const EMPOWERS_ROLE: [Ask; 2] = [
    ask("iam:AttachRolePolicy", On::RoleOfSubject).with(ADMINISTRATOR),
    ask("iam:PutRolePolicy", On::RoleOfSubject),
];

/// The methods of this family.
pub(super) fn methods() -> impl Iterator<Item = &'static Method> {
    [&*EMPOWERED, &*ENTERED].into_iter()
}

static ENTERED: LazyLock<Method> = LazyLock::new(|| Method {
    id: "x-iam-entermodify",
    title: "Give the role of a workload every right, and enter the workload",
    kind: MethodKind::EntersWorkload,
    ways: entered().leak(),
    misuse: "The role need not be strong: whatever it is given, the workload has at once.",
    fix: "Let nobody both change what a role may do and enter what runs as it.",
    check: "Simulate the actions for this principal on the role and the workload: one of them should be denied.",
    pages: &[
        "https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html",
        "https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html",
    ],
});

fn entered() -> Vec<Way> {
    let entries = workload::METHODS.iter().filter(|method| ENTRIES.contains(&method.id));
    let ways = entries.flat_map(|method| method.ways).filter(|way| matches!(way.on, Tried::Workloads(_)));
    let entered = ways.flat_map(|way| {
        EMPOWERS_ROLE.iter().map(move |empowers| {
            let asks: Vec<Ask> = std::iter::once(empowers).chain(way.asks).copied().collect();
            Way { asks: asks.leak(), gives: Gives::EverythingOfRole, ..*way }
        })
    });
    entered.collect()
}

static EMPOWERED: LazyLock<Method> = LazyLock::new(|| Method {
    id: "x-iam-passmodify",
    title: "Give a role every right, and hand it over in something new",
    kind: MethodKind::PassesRole,
    ways: ways().leak(),
    misuse: "The role need not be strong: it is given every right before it is handed over, or after.",
    fix: "Let nobody both change what a role may do and hand it over.",
    check: "Simulate the actions for this principal on the role: one of them should be denied.",
    pages: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
        "https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html",
        "https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html",
        "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html",
    ],
});

fn ways() -> Vec<Way> {
    let launchers = pass_role::METHODS.iter().filter(|method| LAUNCHERS.contains(&method.id));
    let empowered = launchers.flat_map(|method| method.ways).flat_map(|way| {
        EMPOWERS.iter().map(move |empowers| {
            let asks: Vec<Ask> = std::iter::once(empowers).chain(way.asks).copied().collect();
            Way { asks: asks.leak(), gives: Gives::EverythingOfSubject, ..*way }
        })
    });
    empowered.collect()
}

#[cfg(test)]
mod tests {
    use super::{EMPOWERS, EMPOWERS_ROLE, ENTRIES, LAUNCHERS, entered, ways};
    use crate::steps::{Gives, Tried, method};

    #[test]
    fn every_launcher_hands_roles_over_and_each_of_its_ways_is_taken() {
        let launched: usize =
            LAUNCHERS.iter().filter_map(|id| method(id)).map(|method| method.ways.len()).sum();
        assert!(launched >= LAUNCHERS.len());
        assert_eq!(ways().len(), launched * EMPOWERS.len());
        for way in ways() {
            assert!(matches!(way.on, Tried::Passed(_)) && way.gives == Gives::EverythingOfSubject, "{way:?}");
        }
    }

    #[test]
    fn every_entry_is_taken() {
        for id in ENTRIES {
            let of_entry = method(id).into_iter().flat_map(|method| method.ways);
            let of_entry = of_entry.filter(|way| matches!(way.on, Tried::Workloads(_)));
            let last = of_entry.map(|way| way.asks).next_back().unwrap_or_default();
            let taken = entered().iter().filter(|way| way.asks.ends_with(last)).count();
            assert!(!last.is_empty() && taken >= EMPOWERS_ROLE.len(), "{id}");
        }
    }
}
