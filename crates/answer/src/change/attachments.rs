//! What bears on somebody now and did not, and the other way round: policies, groups, units, and the tags that policies ask
//! for. What it comes to on the things that were seen is told with access; this is for all that nobody has seen.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use clavicle_policy::{Effect, PrincipalElement, PrincipalKind as Named};
use clavicle_snapshot::{
    OrgPolicyKind, PrincipalIndex, PrincipalRecord, ResourceIndex, ResourceRecord, Snapshot, Unit, UnitIndex,
    UnitKind, is_perhaps,
};

use super::documents::read;
use super::texts::{Both, Key};
use crate::names::{Entry, org_policy_word};
use crate::reader::Reader;
use crate::shape::AttachmentChange;

/// What bears on what now and did not, and the other way round.
pub(super) fn changed(both: &Both<'_>) -> Vec<AttachmentChange> {
    let mut found = Vec::new();
    let (before, after) = (both.old.world().snapshot(), both.new.world().snapshot());
    for (at, principal) in after.principals.iter().enumerate() {
        let Some(was) = before.principal_by_arn(&principal.arn).map(|index| before.principal(index)) else {
            continue;
        };
        let bearer = both.new.names().of(Entry::Principal(PrincipalIndex::at(at)));
        attached_to(both, (was, principal), bearer, &mut found);
        groups(both, (was, principal), bearer, &mut found);
        tags(both, (was, principal), bearer, &mut found);
    }
    put_together(&mut found);
    let (had, has) = (attached_above(before), attached_above(after));
    let change =
        |reader: &Reader, (id, policy, target): &(String, String, String), change: &str| AttachmentChange {
            policy: policy.clone(),
            bearer: above_named(reader, target),
            change: change.to_owned(),
            may_widen: both.may_widen(&Key::Organization(id.clone()), change),
        };
    found.extend(has.difference(&had).map(|one| change(both.new, one, "attached")));
    found.extend(had.difference(&has).map(|one| change(both.old, one, "detached")));
    moved(both, &mut found);
    organization(both, &mut found);
    blocks(both, &mut found);
    running(both, &mut found);
    new_things(both, &mut found);
    found
}

/// What a plan or template gives somebody of whom it is known later who it is, many have perhaps: that is one line.
fn put_together(found: &mut Vec<AttachmentChange>) {
    let key = |change: &AttachmentChange| {
        let (_, policy) = change.policy.rsplit_once('#').filter(|(_, name)| is_perhaps(name))?;
        Some((policy.to_owned(), change.change.clone(), change.may_widen))
    };
    let mut counts = BTreeMap::new();
    for change in found.iter() {
        if let Some(key) = key(change) {
            *counts.entry(key).or_insert(0_usize) += 1;
        }
    }
    found.retain_mut(|change| match key(change).map(|key| (counts.remove(&key), key)) {
        None | Some((Some(1), _)) => true,
        Some((Some(count), (policy, ..))) => {
            change.bearer = format!("{} and {} more", change.bearer, count - 1);
            change.policy = policy;
            true
        }
        // Told with the first.
        Some((None, _)) => false,
    });
}

impl Both<'_> {
    /// An Allow that comes may give more, and so may a Deny that goes.
    fn may_widen(&self, key: &Key, change: &str) -> bool {
        let (texts, effect) = match change {
            "attached" | "member" => (&self.after, Effect::Allow),
            _ => (&self.before, Effect::Deny),
        };
        texts.get(key).and_then(|it| it.text).is_none_or(|text| says(text, effect))
    }
}

/// Managed and inline policies, and the boundary.
fn attached_to(
    both: &Both<'_>,
    (was, is): (&PrincipalRecord, &PrincipalRecord),
    bearer: &str,
    found: &mut Vec<AttachmentChange>,
) {
    let (before, after) = (both.old.world().snapshot(), both.new.world().snapshot());
    let mut say = |policy: &str, change: &str, may_widen: bool| {
        found.push(AttachmentChange {
            policy: policy.to_owned(),
            bearer: bearer.to_owned(),
            change: change.to_owned(),
            may_widen,
        });
    };
    let (had, has) = (attached(before, was), attached(after, is));
    for (policies, change) in [(has.difference(&had), "attached"), (had.difference(&has), "detached")] {
        for policy in policies {
            say(&policy_name(policy), change, both.may_widen(&Key::Managed(policy.clone()), change));
        }
    }
    let bound = |snapshot: &Snapshot, principal: &PrincipalRecord| {
        principal.boundary.map(|policy| snapshot.policy(policy).arn.to_string())
    };
    match (bound(before, was), bound(after, is)) {
        // AWS: IAM User Guide, "Permissions boundaries for IAM entities": the first one can only take away.
        (was, Some(is)) if was.as_deref() != Some(&*is) => {
            say(&policy_name(&is), "boundary", was.is_some());
        }
        (Some(was), None) => say(&policy_name(&was), "no boundary", true),
        _ => {}
    }
    let inline = |principal: &PrincipalRecord| -> BTreeSet<String> {
        principal.inline.iter().map(|policy| policy.name.to_string()).collect()
    };
    let (had, has) = (inline(was), inline(is));
    for (policies, change) in [(has.difference(&had), "attached"), (had.difference(&has), "detached")] {
        for policy in policies {
            let key = Key::Inline(is.arn.to_string(), policy.clone());
            say(&format!("{bearer}#{policy}"), change, both.may_widen(&key, change));
        }
    }
}

/// The groups of a user: their policies bear on it.
fn groups(
    both: &Both<'_>,
    (was, is): (&PrincipalRecord, &PrincipalRecord),
    bearer: &str,
    found: &mut Vec<AttachmentChange>,
) {
    let mut say = |reader: &Reader, theirs: &PrincipalRecord, others: &[Arc<str>], change: &str| {
        let snapshot = reader.world().snapshot();
        for group in &theirs.groups {
            let record = snapshot.principal(*group);
            if others.contains(&record.arn) {
                continue;
            }
            let managed = attached(snapshot, record).into_iter().map(Key::Managed);
            let own = record.inline.iter();
            let own = own.map(|inline| Key::Inline(record.arn.to_string(), inline.name.to_string()));
            found.push(AttachmentChange {
                policy: reader.names().of(Entry::Principal(*group)).to_owned(),
                bearer: bearer.to_owned(),
                change: change.to_owned(),
                may_widen: !record.seen || managed.chain(own).any(|key| both.may_widen(&key, change)),
            });
        }
    };
    let arns = |reader: &Reader, principal: &PrincipalRecord| -> Vec<Arc<str>> {
        let snapshot = reader.world().snapshot();
        principal.groups.iter().map(|group| snapshot.principal(*group).arn.clone()).collect()
    };
    say(both.new, is, &arns(both.old, was), "member");
    say(both.old, was, &arns(both.new, is), "no member");
}

/// Tags of somebody that a policy asks for: its conditions may hold now.
fn tags(
    both: &Both<'_>,
    (was, is): (&PrincipalRecord, &PrincipalRecord),
    bearer: &str,
    found: &mut Vec<AttachmentChange>,
) {
    if was.tags == is.tags {
        return;
    }
    let all = |principal: &PrincipalRecord| -> BTreeSet<(String, String)> {
        let tags = principal.tags.iter().flatten();
        tags.map(|(key, value)| (key.to_lowercase(), value.to_string())).collect()
    };
    let (had, has) = (all(was), all(is));
    let are_seen = was.tags.is_some() && is.tags.is_some();
    let others = if are_seen { had.symmetric_difference(&has).collect() } else { had.union(&has).collect() };
    let others: Vec<&(String, String)> = others;
    let mut keys: Vec<&str> = others.iter().map(|(key, _)| key.as_str()).collect();
    keys.sort_unstable();
    keys.dedup();
    found.extend(keys.into_iter().filter(|key| both.asks_for_tag(key)).map(|key| AttachmentChange {
        policy: format!("aws:PrincipalTag/{key}"),
        bearer: bearer.to_owned(),
        change: "tag".to_owned(),
        may_widen: true,
    }));
}

/// Accounts that stand under other units: what is attached there bears on them, and what asks for the way to them.
fn moved(both: &Both<'_>, found: &mut Vec<AttachmentChange>) {
    for account in &both.new.world().snapshot().accounts {
        let above = |reader: &Reader| -> Option<Vec<(Arc<str>, Arc<str>)>> {
            let snapshot = reader.world().snapshot();
            let organization = snapshot.organization.as_ref()?;
            let mut way = Vec::new();
            let mut next = snapshot.account(account.id)?.parent;
            // A tree that goes round has no more units than there are.
            while let Some(unit) = next.filter(|_| way.len() < organization.units.len()) {
                let unit = organization.unit(unit);
                way.push((unit.id.clone(), unit.name.clone()));
                next = unit.parent;
            }
            Some(way)
        };
        let (Some(was), Some(is)) = (above(both.old), above(both.new)) else { continue };
        let mut say = |some: &[(Arc<str>, Arc<str>)], others: &[(Arc<str>, Arc<str>)], change: &str| {
            let new = some.iter().filter(|(id, _)| others.iter().all(|(other, _)| other != id));
            found.extend(new.map(|(id, name)| AttachmentChange {
                policy: format!("{name} ({id})"),
                bearer: both.new.account_name(account.id),
                change: change.to_owned(),
                may_widen: true,
            }));
        };
        say(&is, &was, "member");
        say(&was, &is, "no member");
    }
}

/// Which kinds of policies the roots have switched on, and which account none of them binds. Where an organization is not seen
/// any more, [`less_seen`](super::less_seen) tells.
fn organization(both: &Both<'_>, found: &mut Vec<AttachmentChange>) {
    let of = |reader: &Reader| reader.world().snapshot().organization.clone();
    let (Some(was), Some(is)) = (of(both.old), of(both.new)) else { return };
    let mut say = |policy: &str, bearer: &str, change: &str| {
        found.push(AttachmentChange {
            policy: policy.to_owned(),
            bearer: bearer.to_owned(),
            change: change.to_owned(),
            may_widen: change != "attached",
        });
    };
    for root in is.units.iter().filter(|unit| unit.kind == UnitKind::Root) {
        let Some(before) = was.units.iter().find(|unit| unit.id == root.id) else { continue };
        for (kind, name) in [
            (OrgPolicyKind::Scp, "service control policies"),
            (OrgPolicyKind::Rcp, "resource control policies"),
        ] {
            let on = |unit: &Unit| unit.enabled.as_ref().map(|kinds| kinds.contains(&kind));
            match (on(before), on(root)) {
                (was, is) if was == is => {}
                (Some(false), Some(true)) => say(name, &root.name, "attached"),
                _ => say(name, &root.name, "detached"),
            }
        }
    }
    if let (Some(was), Some(is)) = (was.management, is.management)
        && was != is
    {
        let name = |account| both.new.account_name(account);
        say("management of the organization", &name(was), "no member");
        say("management of the organization", &name(is), "member");
    }
}

/// S3's block of public access of whole accounts, which holds for buckets that nobody has seen.
fn blocks(both: &Both<'_>, found: &mut Vec<AttachmentChange>) {
    let before = both.old.world().snapshot();
    for account in &both.new.world().snapshot().accounts {
        let Some(was) = before.account(account.id) else { continue };
        if was.public_access_block != account.public_access_block {
            let is_on = account.public_access_block.is_some_and(|block| {
                was.public_access_block.is_none_or(|was| {
                    (!was.restrict_public_buckets || block.restrict_public_buckets)
                        && (!was.block_public_policy || block.block_public_policy)
                        && (!was.ignore_public_acls || block.ignore_public_acls)
                        && (!was.block_public_acls || block.block_public_acls)
                })
            });
            found.push(AttachmentChange {
                policy: "block of public access".to_owned(),
                bearer: both.new.account_name(account.id),
                change: if is_on { "attached" } else { "detached" }.to_owned(),
                may_widen: !is_on,
            });
        }
    }
}

/// What runs as another role: its code comes to what the role may do.
fn running(both: &Both<'_>, found: &mut Vec<AttachmentChange>) {
    let (before, after) = (both.old.world().snapshot(), both.new.world().snapshot());
    let roles = |snapshot: &Snapshot, thing: &ResourceRecord| -> BTreeSet<Arc<str>> {
        let roles = thing.runs_as.iter().filter_map(|runs| runs.role);
        roles.map(|role| snapshot.principal(role).arn.clone()).collect()
    };
    for (at, thing) in after.resources.iter().enumerate() {
        let Some(was) = before.resource_by_arn(&thing.arn) else { continue };
        let (had, has) = (roles(before, before.resource(was)), roles(after, thing));
        let bearer = both.new.names().of(Entry::Resource(ResourceIndex::at(at)));
        let mut say = |reader: &Reader, role: &Arc<str>, change: &str| {
            let named = reader.world().snapshot().principal_by_arn(role);
            found.push(AttachmentChange {
                policy: named
                    .map_or(role.to_string(), |it| reader.names().of(Entry::Principal(it)).to_owned()),
                bearer: bearer.to_owned(),
                change: change.to_owned(),
                may_widen: change == "runs as",
            });
        };
        has.difference(&had).for_each(|role| say(both.new, role, "runs as"));
        had.difference(&has).for_each(|role| say(both.old, role, "runs as no more"));
    }
}

/// Policies of things that are in the new state only, where they let in services: whom else they do is told with access.
fn new_things(both: &Both<'_>, found: &mut Vec<AttachmentChange>) {
    let before = both.old.world().snapshot();
    for (key, text) in &both.after {
        let Key::Resource(arn) = key else { continue };
        if before.resource_by_arn(arn).is_none() && text.text.is_some_and(may_let_in_a_service) {
            found.push(AttachmentChange {
                policy: text.name.clone(),
                bearer: text.name.trim_end_matches("#policy").to_owned(),
                change: "attached".to_owned(),
                may_widen: both.may_widen(key, "attached"),
            });
        }
    }
}

/// Does it name a service, or everybody but some? A text that cannot be read may.
fn may_let_in_a_service(text: &str) -> bool {
    let names_one = |principal: &PrincipalElement| {
        principal.negated || principal.entries.iter().any(|entry| entry.kind == Named::Service)
    };
    read(text).is_none_or(|policy| {
        policy.statements.iter().any(|it| it.faulty || it.principal.as_ref().is_some_and(names_one))
    })
}

/// `policy/NAME` of an ARN.
fn policy_name(text: &str) -> String {
    match text.rsplit_once(":policy/") {
        Some((_, name)) => format!("policy/{}", name.rsplit('/').next().unwrap_or(name)),
        None => text.to_owned(),
    }
}

fn attached(snapshot: &Snapshot, principal: &PrincipalRecord) -> BTreeSet<String> {
    principal.attached.iter().map(|policy| snapshot.policy(*policy).arn.to_string()).collect()
}

/// By id of the policy, its name, and where.
fn attached_above(snapshot: &Snapshot) -> BTreeSet<(String, String, String)> {
    let Some(organization) = &snapshot.organization else { return BTreeSet::new() };
    let attachments = organization.attachments.iter().map(|attachment| {
        let policy = organization.policy(attachment.policy);
        let name = format!("{}/{}", org_policy_word(policy), policy.name);
        (policy.id.to_string(), name, attachment.target.to_string())
    });
    attachments.collect()
}

/// What a policy of the organization hangs on, by the name that it has elsewhere: `ou/staging`, `acct/prod`.
fn above_named(reader: &Reader, id: &str) -> String {
    let snapshot = reader.world().snapshot();
    let units = snapshot.organization.iter().flat_map(|organization| &organization.units);
    let unit = units.enumerate().find(|(_, unit)| &*unit.id == id);
    let entry = match unit {
        Some((at, _)) => Some(Entry::Unit(UnitIndex::at(at))),
        None => snapshot.accounts.iter().position(|account| account.id.to_string() == id).map(Entry::Account),
    };
    entry.map_or_else(|| id.to_owned(), |entry| reader.names().of(entry).to_owned())
}

/// Has the text a statement with this effect, or one that cannot be read?
fn says(text: &str, effect: Effect) -> bool {
    let says = |policy: clavicle_policy::Policy| {
        let effects = policy.statements.iter().map(|statement| statement.effect.as_ref().map(|it| it.value));
        effects.into_iter().any(|it| it.is_none_or(|it| it == effect))
    };
    read(text).is_none_or(says)
}
