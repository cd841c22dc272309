//! Does the state of a thing leave room for a method? What was not seen leaves an "if".

use clavicle_engine::{Action, Verdict};
use clavicle_snapshot::{Credentials, PrincipalRecord, RoleAttribute};

use super::step::PolicyThen;
use super::subject::{Fit, Subject};
use crate::actor::{Actor, Target};
use crate::world::World;

fn record(world: &World, subject: Subject) -> Option<&PrincipalRecord> {
    match subject {
        Subject::Principal(index) => Some(world.snapshot().principal(index)),
        _ => None,
    }
}

fn credentials(world: &World, subject: Subject) -> Option<&Credentials> {
    record(world, subject)?.credentials.as_ref()
}

fn known(fact: Option<bool>, otherwise: &'static str) -> Fit {
    match fact {
        Some(true) => Fit::Yes,
        Some(false) => Fit::No,
        None => Fit::If(otherwise),
    }
}

/// AWS: IAM User Guide, "IAM and AWS STS quotas": two access keys a user.
const MOST_KEYS: usize = 2;

/// Is there room for another access key?
pub(crate) fn has_room_for_key(world: &World, user: Subject) -> Fit {
    // Nearly every user has room, so that not to know it is no condition.
    match credentials(world, user) {
        Some(known) if known.keys.len() >= MOST_KEYS => Fit::No,
        _ => Fit::Yes,
    }
}

/// Has it as many access keys as it can have?
pub(crate) fn has_all_keys(world: &World, user: Subject) -> Fit {
    match credentials(world, user) {
        Some(known) if known.keys.len() >= MOST_KEYS => Fit::Yes,
        _ => Fit::No,
    }
}

/// Has it a key that is switched off?
pub(crate) fn has_inactive_key(world: &World, user: Subject) -> Fit {
    match credentials(world, user) {
        Some(known) if known.keys.iter().any(|key| !key.active) => {
            Fit::If("somebody kept the secret of the key that is switched off")
        }
        _ => Fit::No,
    }
}

/// Has it no console password, and no second factor that would be asked for?
pub(crate) fn has_no_password(world: &World, user: Subject) -> Fit {
    match credentials(world, user).map(|known| (known.password, known.mfa)) {
        Some((Some(true), _) | (_, Some(true))) => Fit::No,
        // Where no source tells of passwords, most users that are worth it have none.
        _ => Fit::Yes,
    }
}

/// Has it a console password, and no second factor?
pub(crate) fn has_password(world: &World, user: Subject) -> Fit {
    match credentials(world, user).map(|known| (known.password, known.mfa)) {
        Some((Some(false), _) | (_, Some(true))) => Fit::No,
        Some((Some(true), _)) => Fit::Yes,
        _ => Fit::If("the user has a console password"),
    }
}

/// Has it a console password and a second factor?
pub(crate) fn has_password_and_mfa(world: &World, user: Subject) -> Fit {
    let fact = credentials(world, user).map(|known| known.password != Some(false) && known.mfa == Some(true));
    known(Some(fact.unwrap_or(false)), "")
}

/// Has it a boundary?
pub(crate) fn has_boundary(world: &World, principal: Subject) -> Fit {
    known(Some(record(world, principal).is_some_and(|record| record.boundary.is_some())), "")
}

/// Has the user credentials for a single service already? No source tells.
pub(crate) fn has_such_credentials(_: &World, _: Subject) -> Fit {
    Fit::If("the user has credentials for a single service")
}

/// Has it inline policies that deny something?
pub(crate) fn has_inline_denies(world: &World, bearer: Subject) -> Fit {
    let inline = record(world, bearer).into_iter().flat_map(|record| &record.inline);
    let mut texts = inline.filter_map(|inline| world.documents.of(inline.document));
    known(Some(texts.any(|text| world.denies_something(text))), "")
}

/// Is the role in an instance profile?
pub(crate) fn is_in_profile(world: &World, role: Subject) -> Fit {
    known(Some(record(world, role).is_some_and(|record| !record.instance_profiles.is_empty())), "")
}

/// Is the workload's own role, and not only one that starts it, there and seen?
pub(crate) fn runs_as_seen_role(world: &World, workload: Subject) -> Fit {
    let Subject::Resource(index) = workload else { return Fit::No };
    known(Some(!super::runs_as::roles_of(world, index).is_empty()), "")
}

/// Has the interactive session a role, and is it not over? One that has ended takes no statement and does not begin again.
///
/// AWS: AWS Glue Web API Reference, "Session", `Status`
/// (<https://docs.aws.amazon.com/glue/latest/webapi/API_Session.html>).
pub(crate) fn is_open_session(world: &World, session: Subject) -> Fit {
    let Subject::Resource(index) = session else { return Fit::No };
    let state = world.snapshot().resource(index).facts.state.as_deref();
    let is_over = matches!(state, Some("FAILED" | "TIMEOUT" | "STOPPING" | "STOPPED"));
    if is_over { Fit::No } else { runs_as_seen_role(world, session) }
}

/// Is the instance managed by Systems Manager?
///
/// AWS: Systems Manager User Guide, "Configure instance permissions required for Systems Manager": the role of the
/// instance has to allow it, or Default Host Management does.
pub(crate) fn is_managed_by_ssm(world: &World, instance: Subject) -> Fit {
    let Subject::Resource(index) = instance else { return Fit::No };
    let record = world.snapshot().resource(index);
    let Some(account) = record.account else { return Fit::No };
    let when = world.context(&Default::default());
    let action = Action::new("ssm:UpdateInstanceInformation");
    let target = world.target_side_then(&Target::Arn(record.arn.clone(), Some(account)), PolicyThen::Nobodys);
    let roles = record.runs_as.iter().filter(|runs| runs.attribute == RoleAttribute::InstanceProfile);
    let sides = roles.filter_map(|runs| world.actor_side(&Actor::Principal(runs.role?)));
    let mut registers = sides.map(|side| world.verdict(&side, &action, &target, &when));
    if registers.any(|verdict| matches!(verdict, Verdict::Allowed | Verdict::Depends)) {
        Fit::Yes
    } else {
        Fit::If("Default Host Management of Systems Manager is on")
    }
}

/// The same, for what Systems Manager starts by itself, as a role that the account may lack.
///
/// AWS: Systems Manager API Reference, `RegisterTaskWithMaintenanceWindow`, `ServiceRoleArn`: "If you do not specify a service role
/// ARN, Systems Manager uses a service-linked role in your account"
/// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterTaskWithMaintenanceWindow.html>).
pub(crate) fn is_managed_by_ssm_itself(world: &World, instance: Subject) -> Fit {
    let Subject::Resource(index) = instance else { return Fit::No };
    let Some(account) = world.snapshot().resource(index).account else { return Fit::No };
    let mut all = world.principals_of(account).iter().map(|other| world.snapshot().principal(*other));
    let has_role = all.any(|record| &*record.name == "AWSServiceRoleForAmazonSSM");
    is_managed_by_ssm(world, instance)
        .and(known(has_role.then_some(true), "the service-linked role of Systems Manager is there"))
}

/// A gate for workloads with a role, passed only if something holds that no source tells.
fn runs_if(world: &World, workload: Subject, otherwise: &'static str) -> Fit {
    match runs_as_seen_role(world, workload) {
        Fit::Yes => Fit::If(otherwise),
        other => other,
    }
}

/// Can the instance be reached for SSH?
pub(crate) fn if_reachable(world: &World, instance: Subject) -> Fit {
    runs_if(world, instance, "the instance can be reached over SSH")
}

/// Is access to serial consoles on in the account?
pub(crate) fn if_serial_console(world: &World, instance: Subject) -> Fit {
    runs_if(world, instance, "access to serial consoles is on in the account")
}

/// Does a task of this definition run with ECS Exec on?
pub(crate) fn if_exec_is_on(world: &World, definition: Subject) -> Fit {
    runs_if(world, definition, "a task of this definition runs with ECS Exec on")
}

/// Are instances started from the default version of the launch template? Which version a group takes is in no source.
pub(crate) fn if_template_is_used(world: &World, template: Subject) -> Fit {
    runs_if(world, template, "instances are started from the default version of the template")
}

/// Does somebody, or an association, run the document?
pub(crate) fn if_document_is_run(world: &World, document: Subject) -> Fit {
    runs_if(world, document, "somebody, or an association, runs the default version of the document")
}

/// May the role read a source that sets a function off? The function is only set off by what its role may read.
///
/// AWS: Lambda Developer Guide, the execution role permissions of each kind of event source.
pub(crate) fn may_read_a_source(world: &World, role: Subject) -> Fit {
    const READS: [&str; 7] = [
        "dynamodb:getrecords",
        "kinesis:getrecords",
        "sqs:receivemessage",
        "kafka:describeclusterv2",
        "mq:describebroker",
        "rds:describedbclusters",
        "secretsmanager:getsecretvalue",
    ];
    let Subject::Principal(index) = role else { return Fit::No };
    let bearer = world.bearer(index);
    known(Some(READS.iter().any(|action| bearer.may_allow_action(&world.documents, action))), "")
}

/// Has the account of a role an instance profile? Those are known by the roles in them.
pub(crate) fn has_some_profile(world: &World, role: Subject) -> Fit {
    let account = record(world, role).map(|record| record.account);
    let mut all = account.into_iter().flat_map(|account| world.principals_of(account));
    known(Some(all.any(|other| !world.snapshot().principal(*other).instance_profiles.is_empty())), "")
}

/// The same, for a profile that an instance has already.
pub(crate) fn if_profile_is_of_instance(world: &World, role: Subject) -> Fit {
    has_some_profile(world, role).and(Fit::If("the instance has the instance profile that is changed"))
}

/// Do service control policies of the organization's own bind the role?
pub(crate) fn is_bound_by_scps(world: &World, role: Subject) -> Fit {
    let bound = record(world, role).is_some_and(|record| !world.scps_above(record.account).is_empty());
    known(Some(bound), "")
}

/// May the asker sign in to an identity pool of the account?
pub(crate) fn lets_the_asker_sign_in(_: &World, _: Subject) -> Fit {
    Fit::If("an identity pool of the account admits the asker, or guests")
}

/// Does the cluster take access entries? Which way of signing in it has is in no source.
pub(crate) fn if_entries_are_taken(world: &World, of_cluster: Subject) -> Fit {
    runs_if(world, of_cluster, "the cluster takes access entries, and the asker can reach it")
}

/// Has an image of the asker's the key characteristics of the instance's own?
pub(crate) fn if_image_fits(world: &World, instance: Subject) -> Fit {
    runs_if(world, instance, "there is an image of the same architecture, billing and product codes")
}

/// Has a group of the directory the permission set of the role, in its account? And can groups be changed there?
pub(crate) fn if_group_has_set(world: &World, role: Subject) -> Fit {
    let Subject::Principal(index) = role else { return Fit::No };
    match world.groups_with_set_of(index) {
        Some(groups) if groups.is_empty() => Fit::No,
        Some(_) => Fit::If("groups are kept in IAM Identity Center, and not in Active Directory"),
        None => Fit::If("a group that is kept in IAM Identity Center has the permission set"),
    }
}

/// May the asker start pods in a cluster?
pub(crate) fn starts_pods(_: &World, _: Subject) -> Fit {
    Fit::If("the asker may start pods in the cluster")
}

/// Is the instance in a deployment group? Which instances one takes in is in no source that is read.
pub(crate) fn is_deployed_to(world: &World, instance: Subject) -> Fit {
    runs_as_seen_role(world, instance)
        .and(Fit::If("the instance is in the deployment group, and runs the agent of CodeDeploy"))
}
