//! As which roles does whoever controls a workload act?

use clavicle_snapshot::{PrincipalIndex, ResourceIndex, ResourceRecord, RoleAttribute, RunsAs};

use super::subject::Subject;
use crate::world::World;

/// Kinds for which the service itself acts as the role, and does what the workload's definition says.
const DOES_AS_TOLD: [&str; 8] = [
    "cloudformation:stack",
    "cloudformation:stackset",
    "codepipeline:pipeline",
    "scheduler:schedule",
    "events:rule",
    "states:stateMachine",
    "ssm:document",
    "AWS::SSM::Document",
];

/// The roles whose rights come with control of a workload. The role that only starts it (an execution role of a task) is
/// not among them.
pub(crate) fn roles_of(world: &World, workload: ResourceIndex) -> Vec<PrincipalIndex> {
    let mut roles: Vec<PrincipalIndex> =
        lent_by(world.snapshot().resource(workload)).filter_map(|runs| runs.role).collect();
    roles.sort_unstable();
    roles.dedup();
    roles
}

/// Is such a role known only once a plan is carried out?
pub(crate) fn is_role_known_later(workload: &ResourceRecord) -> bool {
    lent_by(workload).any(RunsAs::is_known_later)
}

/// The roles that an identity pool gives to some who sign in to it, by what their provider says of them.
pub(crate) fn given_by_rule(world: &World, pool: ResourceIndex) -> Vec<PrincipalIndex> {
    let record = world.snapshot().resource(pool);
    let is_pool = &*record.kind == "cognito-identity:identitypool";
    let by_rule = record.runs_as.iter().filter(|runs| is_pool && runs.attribute == RoleAttribute::Service);
    by_rule.filter_map(|runs| runs.role).collect()
}

fn lent_by(record: &ResourceRecord) -> impl Iterator<Item = &RunsAs> {
    let as_told = DOES_AS_TOLD.contains(&&*record.kind);
    record.runs_as.iter().filter(move |runs| match runs.attribute {
        RoleAttribute::Role | RoleAttribute::Task | RoleAttribute::InstanceProfile => true,
        RoleAttribute::Service => as_told,
        RoleAttribute::Execution => false,
    })
}

impl World {
    /// The one role that a workload runs as, or the role itself that one which no source lists could run as. `None`: it
    /// has none, or several.
    pub(crate) fn role_of_subject(&self, workload: Subject) -> Option<PrincipalIndex> {
        match workload {
            Subject::Principal(role) => Some(role),
            Subject::Resource(index) => match roles_of(self, index).as_slice() {
                [role] => Some(*role),
                _ => None,
            },
            _ => None,
        }
    }
}
