//! With whom a thing is shared beside its policy: by a list of its own, as images, snapshots and documents have, or by AWS RAM.
//!
//! What such a list lets do stands in no policy: where policies let nobody in whom it means, a "no" is not known. Where AWS RAM
//! writes its share into a policy of the thing that was seen, that policy tells all of it. Where a list was not read that the
//! thing may have, somebody else's account may be in it: then a "no" is not known either.
//!
//! AWS: Amazon EC2 User Guide, "Share an AMI with specific AWS accounts"; Amazon EBS User Guide, "Share an Amazon EBS snapshot with
//! other AWS accounts"; Amazon RDS User Guide, "Sharing a DB snapshot for Amazon RDS"; AWS RAM User Guide, "What is AWS Resource
//! Access Manager?".

use std::sync::Arc;

use clavicle_policy::AccountId;
use clavicle_snapshot::{Coverage, CoverageState, ResourceIndex, ResourceRecord, Snapshot};
use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use crate::actor::{Actor, Target};
use crate::digest::{Principals, StatementDigest};
use crate::shareable::{Sharing, sharing_of};
use crate::world::World;

/// What is shared.
#[derive(Debug, Default)]
pub(crate) struct Shares {
    /// By the ARN of what is shared, the things whose lists say so: itself, or shares of AWS RAM.
    by: HashMap<Arc<str>, Vec<ResourceIndex>>,
    /// Where all shares of AWS RAM were read: accounts and regions.
    ram_read: HashSet<(AccountId, Arc<str>)>,
}

/// The call that lists the shares of AWS RAM in a region.
const SHARES: &str = "ram:GetResourceShares";

/// Things that are in no region are shared from this one. AWS: AWS RAM User Guide, "Sharing Regional resources compared to global
/// resources" (<https://docs.aws.amazon.com/ram/latest/userguide/working-with-regional-vs-global.html>).
const HOME: &str = "us-east-1";

/// A share of AWS RAM.
pub(crate) const SHARE: &str = "ram:resource-share";

impl Shares {
    fn of(snapshot: &Snapshot) -> Self {
        let mut by: HashMap<Arc<str>, Vec<ResourceIndex>> = HashMap::new();
        for (at, record) in snapshot.resources.iter().enumerate() {
            let is_of_nobody = record.facts.shared_with.as_ref().is_none_or(Vec::is_empty);
            if is_of_nobody && !record.facts.shared_in_part {
                continue;
            }
            let own = (&*record.kind != SHARE).then_some(&record.arn);
            for arn in record.facts.shares.iter().flatten().chain(own) {
                by.entry(arn.clone()).or_default().push(ResourceIndex::at(at));
            }
        }
        Self { by, ram_read: ram_read(&snapshot.coverage) }
    }
}

/// The accounts and regions in which every call to AWS RAM was answered; a region without AWS RAM has no shares.
fn ram_read(coverage: &[Coverage]) -> HashSet<(AccountId, Arc<str>)> {
    let mut read = HashSet::new();
    let of_ram = |row: &&Coverage| row.call.starts_with("ram:");
    let place = |row: &Coverage| Some((row.account?, row.region.clone()?));
    let is_answered = |row: &Coverage| matches!(row.state, CoverageState::Seen | CoverageState::Unsupported);
    for row in coverage.iter().filter(|row| &*row.call == SHARES && is_answered(row)) {
        read.extend(place(row));
    }
    for row in coverage.iter().filter(of_ram).filter(|row| !is_answered(row)) {
        if let Some(place) = place(row) {
            read.remove(&place);
        }
    }
    read
}

impl World {
    /// Worked out on one thread when first asked for; linear in the resources.
    fn shares(&self) -> &Shares {
        self.shares.get_or_init(|| Shares::of(self.snapshot()))
    }

    /// The lists that share a thing, but for shares of AWS RAM that stand in a policy which was seen. Constant time.
    fn lists_of(&self, target: &Target) -> impl Iterator<Item = ResourceIndex> {
        let shares = self.shares();
        let lists = (!shares.by.is_empty()).then(|| shares.by.get(&*self.arn_of(target))).flatten();
        let told = matches!(target, Target::Resource(index) if self.policy_tells_shares(*index));
        let is_share = |index: ResourceIndex| &*self.snapshot().resource(index).kind == SHARE;
        lists.into_iter().flatten().copied().filter(move |index| !told || !is_share(*index))
    }

    /// Is the thing shared with anybody? Constant time.
    pub(crate) fn is_shared(&self, target: &Target) -> bool {
        self.lists_of(target).next().is_some()
    }

    /// May a thing be shared by a list that was not read, to do something that is given in lower case? `None`: with anything.
    /// Constant time.
    pub(crate) fn may_be_shared_unseen(&self, action: Option<&str>, target: &Target) -> bool {
        self.sharing_not_read(target).is_some_and(|sharing| match (sharing, action) {
            (Sharing::OwnList { only, .. }, Some(action)) => only.is_empty() || only.contains(&action),
            (Sharing::OwnList { .. }, None) | (Sharing::Ram, _) => true,
        })
    }

    /// Could the caller be in such a list? AWS RAM shares with nobody but accounts, what is in them, and services.
    pub(crate) fn may_be_in_list_not_read(&self, actor: &Actor, action: &str, target: &Target) -> bool {
        let is_another = self.account_of(actor) != self.owner_of(target);
        let is_of_ram = self.sharing_not_read(target) == Some(Sharing::Ram);
        let is_named = match actor {
            Actor::Everyone | Actor::Provider(_) | Actor::CanonicalUser(_) => !is_of_ram,
            Actor::Service(_) => is_of_ram,
            _ => true,
        };
        is_another && is_named && self.may_be_shared_unseen(Some(action), target)
    }

    /// The call that would have told with whom a thing is shared, and did not. Constant time.
    pub fn list_not_read(&self, target: &Target) -> Option<&'static str> {
        if let Target::Resource(index) = target {
            let record = self.snapshot().resource(*index);
            if &*record.kind == SHARE && (record.facts.shared_with.is_none() || record.facts.shared_in_part) {
                return Some("ram:ListPrincipals");
            }
        }
        self.sharing_not_read(target).map(|sharing| match sharing {
            Sharing::OwnList { call, .. } => call,
            Sharing::Ram => SHARES,
        })
    }

    fn sharing_not_read(&self, target: &Target) -> Option<Sharing> {
        let Target::Resource(index) = target else { return None };
        let record = self.snapshot().resource(*index);
        sharing_of(&record.kind).filter(|sharing| match sharing {
            Sharing::OwnList { .. } => record.facts.shared_with.is_none() || record.facts.shared_in_part,
            // Where its policy was seen, that tells it.
            Sharing::Ram => !self.policy_tells_shares(*index) && !self.ram_was_read(record),
        })
    }

    /// Does the policy of a thing tell whom AWS RAM shares it with? One that names nobody may be of a share that nobody has
    /// accepted yet, or of one whose principals AWS leaves out.
    ///
    /// AWS: AWS CLI Command Reference, "get-resource-policies", Examples: `"Principal":{"AWS":[]}`
    /// (<https://docs.aws.amazon.com/cli/latest/reference/ram/get-resource-policies.html>).
    pub(crate) fn policy_tells_shares(&self, index: ResourceIndex) -> bool {
        let names_somebody = |statement: &StatementDigest| !matches!(&statement.principals, Some(Principals::Listed(listed)) if listed.is_empty());
        self.resource_policy(index)
            .is_some_and(|policy| self.documents.digest(policy).statements.iter().all(names_somebody))
    }

    /// What a thing that is shared with everybody comes to, where its account and region may block that: `None`, not known.
    ///
    /// AWS: Amazon EBS User Guide, "Block public access for Amazon EBS snapshots": with `block-all-sharing` "snapshots that were
    /// already publicly shared are treated as private"
    /// (<https://docs.aws.amazon.com/ebs/latest/userguide/block-public-access-snapshots.html>). The same setting of images, and
    /// no other, keeps from new sharing alone: Amazon EC2 API Reference, "EnableImageBlockPublicAccess": "if you already have
    /// public AMIs, they will remain publicly available".
    pub(crate) fn is_open_to_everybody(&self, record: &ResourceRecord) -> Option<bool> {
        if &*record.kind != "ec2:snapshot" {
            return Some(true);
        }
        record.facts.block_public_access.as_ref().map(|state| &**state != "block-all-sharing")
    }

    fn ram_was_read(&self, record: &ResourceRecord) -> bool {
        let region = record.region.clone().unwrap_or_else(|| HOME.into());
        record.account.is_some_and(|account| self.shares().ram_read.contains(&(account, region)))
    }

    /// Could the caller be one of those whom a thing is shared with? Linear in these.
    pub(crate) fn may_be_shared_with(&self, actor: &Actor, target: &Target) -> bool {
        let is_another = self.account_of(actor) != self.owner_of(target);
        let means = |index| {
            let record = self.snapshot().resource(index);
            let is_blocked = self.is_open_to_everybody(record) == Some(false);
            let mut named = record.facts.shared_with.iter().flatten();
            // Of other lists it is asked whether they were read.
            let of_whomever = &*record.kind == SHARE
                && record.facts.shared_in_part
                && !matches!(actor, Actor::Everyone | Actor::Provider(_) | Actor::CanonicalUser(_));
            of_whomever || named.any(|name| !(is_blocked && is_everyone(name)) && self.may_mean(name, actor))
        };
        is_another && self.lists_of(target).any(means)
    }

    /// Could a name in a list be that of the caller, or of what they belong to?
    fn may_mean(&self, name: &str, actor: &Actor) -> bool {
        if let Actor::Service(service) = actor {
            return service.eq_ignore_ascii_case(name);
        }
        if is_everyone(name) {
            return true;
        }
        let Some(account) = self.account_of(actor) else { return false };
        if let Some(organization) = organization_of(name) {
            return self.is_our_organization(organization) == self.is_ours(account);
        }
        let named = AccountId::parse(name).or_else(|| AccountId::of_arn(name));
        named.is_none_or(|named| named == account)
    }
}

/// Every account: EC2, RDS and Systems Manager say `all`, endpoint services `*`.
pub(crate) fn is_everyone(named: &str) -> bool {
    matches!(named, "all" | "*")
}

/// The organization that an ARN of AWS Organizations names whole or in part:
/// `arn:aws:organizations::111122223333:organization/o-1`, `…:ou/o-1/ou-1`.
pub(crate) fn organization_of(named: &str) -> Option<&str> {
    let mut parts = named.splitn(6, ':');
    let is_of_organizations = parts.nth(2) == Some("organizations");
    parts.nth(2).filter(|_| is_of_organizations)?.split('/').nth(1)
}

#[cfg(test)]
mod tests {
    use super::organization_of;

    #[test]
    fn an_organization_and_its_units_are_told_by_their_arns() {
        assert_eq!(organization_of("arn:aws:organizations::111122223333:organization/o-1"), Some("o-1"));
        assert_eq!(organization_of("arn:aws:organizations::111122223333:ou/o-1/ou-ab12-1"), Some("o-1"));
        assert_eq!(organization_of("arn:aws:iam::111122223333:role/o-1"), None);
        assert_eq!(organization_of("111122223333"), None);
    }
}
