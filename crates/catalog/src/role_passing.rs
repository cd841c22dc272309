//! Which actions hand a role to a service?
//!
//! Whoever may pass a role and may start something that runs as it can act as that role. AWS documents the need for
//! `iam:PassRole` for about half of the actions that take a role; the others are found by their input.

use std::collections::HashMap;

use crate::access::Access;
use crate::action::ActionId;
use crate::catalog::Catalog;
use crate::edition::role_inputs_text;
use crate::operation::Operation;
use crate::table::rows;

/// How it is known that an action hands over a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RolePassing {
    /// `iam:PassRole` is among its documented dependents.
    Documented,
    /// It is known from use: the role is named by name, through an instance profile, or in free text.
    Observed,
    /// The input of its SDK operation can hold the ARN of a role, in this member. Likely, not certain: a role may be
    /// named in a filter.
    RoleInInput(&'static str),
}

const OBSERVED: &str = include_str!("../data/role_passing.tsv");

/// The member that holds a role, for each action that writes and whose operation has one.
pub(crate) fn members(catalog: &Catalog) -> HashMap<ActionId, &'static str> {
    let mut members = HashMap::new();
    for row in rows(role_inputs_text()) {
        let Operation::Needs { always, .. } = catalog.operation(row.text(0), row.text(1)) else { continue };
        // Where an operation needs several actions, one of them is PassRole itself, and another is the operation's.
        let own = always.into_iter().filter(|action| catalog.name(*action) != "iam:PassRole");
        for action in
            own.filter(|action| catalog.access(*action).intersects(Access::WRITE | Access::PERMISSIONS))
        {
            members.entry(action).or_insert_with(|| row.text(2));
        }
    }
    members
}

/// See [`Catalog::role_passing`].
pub(crate) fn role_passing(
    catalog: &Catalog,
    members: &HashMap<ActionId, &'static str>,
    action: ActionId,
) -> Option<RolePassing> {
    if catalog.dependents(action).any(|needed| catalog.name(needed) == "iam:PassRole") {
        return Some(RolePassing::Documented);
    }
    if rows(OBSERVED).any(|row| row.text(0) == catalog.name(action)) {
        return Some(RolePassing::Observed);
    }
    members.get(&action).copied().map(RolePassing::RoleInInput)
}

#[cfg(test)]
mod tests {
    use super::{OBSERVED, RolePassing};
    use crate::catalog;
    use crate::table::rows;

    #[test]
    fn roles_are_handed_over_by_documented_and_by_likely_actions() {
        let passing = |name: &str| catalog().role_passing(catalog().action(name).expect("a listed action"));
        assert_eq!(passing("lambda:CreateFunction"), Some(RolePassing::Documented));
        assert_eq!(passing("ec2:RunInstances"), Some(RolePassing::Documented));
        assert_eq!(passing("glue:CreateDevEndpoint"), Some(RolePassing::RoleInInput("RoleArn")));
        for known in [
            "cloudformation:CreateStack",
            "codebuild:CreateProject",
            "datapipeline:PutPipelineDefinition",
            "ec2:AssociateIamInstanceProfile",
            "ecs:RunTask",
            "ecs:RegisterTaskDefinition",
            "glue:CreateJob",
            "lambda:UpdateFunctionConfiguration",
            "sagemaker:CreateNotebookInstance",
            "states:CreateStateMachine",
            "cloudformation:CreateChangeSet",
            "cloudformation:UpdateStack",
            "iam:AddRoleToInstanceProfile",
        ] {
            assert!(passing(known).is_some(), "{known}");
        }
        assert_eq!(
            passing("transcribe:StartMedicalScribeJob"),
            Some(RolePassing::RoleInInput("DataAccessRoleArn"))
        );
        assert_eq!(passing("sts:AssumeRole"), None, "assuming is not passing");
        assert_eq!(passing("s3:GetObject"), None);
        assert_eq!(passing("iam:PassRole"), None);
    }

    #[test]
    fn as_many_are_known_as_before() {
        for row in rows(OBSERVED) {
            assert!(catalog().action(row.text(0)).is_some(), "{}", row.text(0));
        }
        let grades = catalog().actions().filter_map(|action| catalog().role_passing(action));
        let (documented, likely): (Vec<_>, Vec<_>) =
            grades.partition(|grade| *grade == RolePassing::Documented);
        assert_eq!(documented.len(), 254);
        assert!((300..1_000).contains(&likely.len()), "{}", likely.len());
    }
}
