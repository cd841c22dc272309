//! Who and what is another in one of two worlds, so that what cannot differ need not be asked twice.
//!
//! A decision about somebody and a thing of their own account rests on the documents that bear on them, on what is known of both, on
//! the key of the thing, on the control policies above the accounts, and on which organization and accounts there are.
//! Where all of that is the same in two worlds, the answer is.

use clavicle_policy::AccountId;
use clavicle_snapshot::{
    CoverageState, InlinePolicy, PolicyIndex, PolicyState, PrincipalIndex, PrincipalRecord, ResourceIndex,
    ResourceRecord, Snapshot,
};
use foldhash::{HashSet, HashSetExt};

use crate::actor::Target;
use crate::ceiling::Ceiling;
use crate::class::ClassId;
use crate::policy_above::policy_in_force;
use crate::touch::{Touch, Whose};
use crate::world::World;

/// What is another in one of two worlds, or only there.
#[derive(Debug, Clone, Default)]
pub struct Changed {
    principals: HashSet<PrincipalIndex>,
    resources: HashSet<ResourceIndex>,
}

impl Changed {
    /// In `one`, compared with `other`. Linear in both.
    pub fn between(one: &World, other: &World) -> Self {
        let accounts = changed_accounts(one, other);
        let (here, there) = (one.snapshot(), other.snapshot());
        let principals = here.principals.iter().enumerate().filter(|(_, record)| {
            accounts.contains(&record.account)
                || there
                    .principal_by_arn(&record.arn)
                    .is_none_or(|index| !same_principal(one, record, other, there.principal(index)))
        });
        let resources = here.resources.iter().enumerate().filter(|(_, record)| {
            record.account.is_none_or(|account| accounts.contains(&account))
                || there.resource_by_arn(&record.arn).is_none_or(|index| {
                    let found = there.resource(index);
                    !same_resource(here, record, there, found)
                        || !same_key(one, record, other, found, &accounts)
                })
        });
        Self {
            principals: principals.map(|(at, _)| PrincipalIndex::at(at)).collect(),
            resources: resources.map(|(at, _)| ResourceIndex::at(at)).collect(),
        }
    }

    /// Everybody and everything of a world.
    pub fn everything(world: &World) -> Self {
        let snapshot = world.snapshot();
        Self {
            principals: (0..snapshot.principals.len()).map(PrincipalIndex::at).collect(),
            resources: (0..snapshot.resources.len()).map(ResourceIndex::at).collect(),
        }
    }

    /// Is this user, group or role another?
    pub fn has_principal(&self, index: PrincipalIndex) -> bool {
        self.principals.contains(&index)
    }

    /// Is this thing another?
    pub fn has_resource(&self, index: ResourceIndex) -> bool {
        self.resources.contains(&index)
    }
}

impl World {
    /// The part of [`World::touches`]`.within`, or of what it leaves out of administrators, that is about somebody or something that changed, in no order. Costs a
    /// decision for each of those and everything that they speak of, or who speaks of them.
    pub fn touches_of_changed(&self, account: AccountId, changed: &Changed, whose: Whose) -> Vec<Touch> {
        let classes = self.classes_of(account);
        let is_changed =
            |class: &ClassId| self.class_members(*class).iter().any(|member| changed.has_principal(*member));
        let (some, others): (Vec<ClassId>, Vec<ClassId>) = classes.into_iter().partition(is_changed);
        let all = self.resources_of(account);
        let things: Vec<ResourceIndex> =
            all.iter().copied().filter(|resource| changed.has_resource(*resource)).collect();
        let mut found = Vec::new();
        if !some.is_empty() {
            found.extend(self.touches_among(account, &some, all, whose));
        }
        if !things.is_empty() {
            found.extend(self.touches_among(account, &others, &things, whose));
        }
        found
    }
}

/// Accounts in which everything may be another. All of them, where what there is as a whole is another.
fn changed_accounts(one: &World, other: &World) -> HashSet<AccountId> {
    let (here, there) = (one.snapshot(), other.snapshot());
    let organization = |world: &World| {
        world.snapshot().organization.as_ref().map(|known| (known.id.clone(), known.management))
    };
    let in_it = |world: &World| -> Vec<(AccountId, bool)> {
        let accounts = world.snapshot().accounts.iter();
        let placed = |account| world.ceilings_of(account).is_some_and(|known| known.place.is_some());
        accounts.map(|account| (account.id, placed(account.id))).collect()
    };
    let whole = organization(one) == organization(other)
        && one.is_standalone() == other.is_standalone()
        && in_it(one) == in_it(other)
        && seen(here, None) == seen(there, None);
    let mut changed = HashSet::new();
    for account in &here.accounts {
        if !(whole && same_account(one, other, account.id)) {
            changed.insert(account.id);
        }
    }
    changed
}

/// What was seen of an account, by call and region.
fn seen(snapshot: &Snapshot, account: Option<AccountId>) -> Vec<(&str, Option<&str>, CoverageState)> {
    let rows = snapshot.coverage.iter().filter(|row| row.account == account);
    let mut rows: Vec<_> = rows.map(|row| (&*row.call, row.region.as_deref(), row.state)).collect();
    rows.sort_unstable();
    rows
}

fn same_account(one: &World, other: &World, id: AccountId) -> bool {
    let (here, there) = (one.snapshot(), other.snapshot());
    let (Some(a), Some(b)) = (here.account(id), there.account(id)) else { return false };
    let (Some(above), Some(there_above)) = (one.ceilings_of(id), other.ceilings_of(id)) else { return false };
    let place = |known: &crate::ceiling::AccountCeilings| {
        known.place.as_ref().map(|place| (place.organization.clone(), place.path.clone()))
    };
    a.status == b.status
        && a.seen == b.seen
        && a.public_access_block == b.public_access_block
        && above.is_management == there_above.is_management
        && place(above) == place(there_above)
        && same_ceiling(one, &above.scps, other, &there_above.scps)
        && same_ceiling(one, &above.rcps, other, &there_above.rcps)
        && seen(here, Some(id)) == seen(there, Some(id))
}

fn same_ceiling(one: &World, a: &Ceiling, other: &World, b: &Ceiling) -> bool {
    match (a, b) {
        (Ceiling::None, Ceiling::None) | (Ceiling::NotSeen, Ceiling::NotSeen) => true,
        (Ceiling::Levels(a), Ceiling::Levels(b)) => {
            a.len() == b.len()
                && a.iter().zip(b).all(|(a, b)| {
                    a.policies.len() == b.policies.len()
                        && a.policies.iter().zip(&b.policies).all(|(a, b)| one.text(*a) == other.text(*b))
                })
        }
        _ => false,
    }
}

/// Do the same documents bear on both, and is the same known of them?
fn same_principal(one: &World, a: &PrincipalRecord, other: &World, b: &PrincipalRecord) -> bool {
    let (here, there) = (one.snapshot(), other.snapshot());
    // When somebody was made and last used, and with which credentials, decides nothing.
    let PrincipalRecord {
        kind,
        arn,
        account,
        name,
        path,
        id,
        seen,
        tags,
        created: _,
        last_used: _,
        boundary,
        attached: _,
        inline: _,
        trust,
        groups,
        instance_profiles: _,
        credentials: _,
    } = a;
    let text =
        |world: &World, policy: PolicyIndex| world.managed(policy).map(|text| world.text(text).clone());
    let same_boundary = match (boundary, b.boundary) {
        (None, None) => true,
        (Some(a), Some(b)) => here.policy(*a).arn == there.policy(b).arn && text(one, *a) == text(other, b),
        _ => false,
    };
    (kind, arn, account, name, path) == (&b.kind, &b.arn, &b.account, &b.name, &b.path)
        && (id, seen, tags) == (&b.id, &b.seen, &b.tags)
        && here.partly_tagged.contains(arn) == there.partly_tagged.contains(arn)
        && same_boundary
        && same_state(here, *trust, there, b.trust)
        && same_documents(one, a, other, b)
        && groups.len() == b.groups.len()
        && groups.iter().zip(&b.groups).all(|(x, y)| {
            let (x, y) = (here.principal(*x), there.principal(*y));
            x.arn == y.arn && x.seen == y.seen && same_documents(one, x, other, y)
        })
}

/// Attached and inline, in the order of the snapshots.
fn same_documents(one: &World, a: &PrincipalRecord, other: &World, b: &PrincipalRecord) -> bool {
    let (here, there) = (one.snapshot(), other.snapshot());
    let managed =
        |world: &World, policy: PolicyIndex| world.managed(policy).map(|text| world.text(text).clone());
    let inline = |a: &InlinePolicy, b: &InlinePolicy| same_state(here, a.document, there, b.document);
    a.attached.len() == b.attached.len()
        && a.attached.iter().zip(&b.attached).all(|(x, y)| {
            here.policy(*x).arn == there.policy(*y).arn && managed(one, *x) == managed(other, *y)
        })
        && a.inline.len() == b.inline.len()
        && a.inline.iter().zip(&b.inline).all(|(a, b)| inline(a, b))
}

fn same_state(here: &Snapshot, a: PolicyState, there: &Snapshot, b: PolicyState) -> bool {
    match (a, b) {
        (PolicyState::None, PolicyState::None) | (PolicyState::NotSeen, PolicyState::NotSeen) => true,
        (PolicyState::Document(a), PolicyState::Document(b)) => {
            here.document(a).sha256 == there.document(b).sha256
        }
        _ => false,
    }
}

fn same_resource(here: &Snapshot, a: &ResourceRecord, there: &Snapshot, b: &ResourceRecord) -> bool {
    // What runs as which role is a step, and no access to the thing; and what counts of policies is the one that decides.
    let ResourceRecord { arn, kind, account, region, name, policy: _, tags, runs_as: _, facts } = a;
    (arn, kind, account, region, name) == (&b.arn, &b.kind, &b.account, &b.region, &b.name)
        && (tags, facts) == (&b.tags, &b.facts)
        && here.partly_tagged.contains(arn) == there.partly_tagged.contains(arn)
        && same_state(here, policy_in_force(here, a), there, policy_in_force(there, b))
}

/// Is the key of the thing the same, and as it was?
fn same_key(
    one: &World,
    a: &ResourceRecord,
    other: &World,
    b: &ResourceRecord,
    accounts: &HashSet<AccountId>,
) -> bool {
    let (here, there) = (one.snapshot(), other.snapshot());
    match (one.key_of(a), other.key_of(b)) {
        (None, None) => true,
        (Some(Target::Resource(x)), Some(Target::Resource(y))) => {
            let (x, y) = (here.resource(x), there.resource(y));
            x.account.is_some_and(|account| !accounts.contains(&account)) && same_resource(here, x, there, y)
        }
        (Some(Target::Arn(x, of_x)), Some(Target::Arn(y, of_y))) => {
            x == y && of_x == of_y && of_x.is_none_or(|account| !accounts.contains(&account))
        }
        _ => false,
    }
}
