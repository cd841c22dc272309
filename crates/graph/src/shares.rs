//! With whom a thing is shared beside its policy: by a list of its own, as images, snapshots and documents have, or by AWS RAM.
//!
//! What such a list lets do stands in no policy: where policies let nobody in whom it means, a "no" is not known. Where AWS RAM
//! writes its share into a policy of the thing that was seen, that policy tells all of it.
//!
//! AWS: Amazon EC2 User Guide, "Share an AMI with specific AWS accounts"; Amazon EBS User Guide, "Share an Amazon EBS snapshot with
//! other AWS accounts"; Amazon RDS User Guide, "Sharing a DB snapshot for Amazon RDS"; AWS RAM User Guide, "What is AWS Resource
//! Access Manager?".

use std::sync::Arc;

use clavicle_policy::AccountId;
use clavicle_snapshot::{PolicyState, ResourceIndex, Snapshot};
use foldhash::{HashMap, HashMapExt};

use crate::actor::{Actor, Target};
use crate::world::World;

/// What is shared.
#[derive(Debug, Default)]
pub(crate) struct Shares {
    /// By the ARN of what is shared, the things whose lists say so: itself, or shares of AWS RAM.
    by: HashMap<Arc<str>, Vec<ResourceIndex>>,
}

/// A share of AWS RAM.
pub(crate) const SHARE: &str = "ram:resource-share";

impl Shares {
    fn of(snapshot: &Snapshot) -> Self {
        let mut by: HashMap<Arc<str>, Vec<ResourceIndex>> = HashMap::new();
        for (at, record) in snapshot.resources.iter().enumerate() {
            if record.facts.shared_with.is_empty() {
                continue;
            }
            let own = (&*record.kind != SHARE).then_some(&record.arn);
            for arn in record.facts.shares.iter().chain(own) {
                by.entry(arn.clone()).or_default().push(ResourceIndex::at(at));
            }
        }
        Self { by }
    }
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
        let told = match target {
            Target::Resource(index) => {
                matches!(self.snapshot().resource(*index).policy, PolicyState::Document(_))
            }
            _ => false,
        };
        let is_share = |index: ResourceIndex| &*self.snapshot().resource(index).kind == SHARE;
        lists.into_iter().flatten().copied().filter(move |index| !told || !is_share(*index))
    }

    /// Is the thing shared with anybody? Constant time.
    pub(crate) fn is_shared(&self, target: &Target) -> bool {
        self.lists_of(target).next().is_some()
    }

    /// Could the caller be one of those whom a thing is shared with? Linear in these.
    pub(crate) fn may_be_shared_with(&self, actor: &Actor, target: &Target) -> bool {
        let is_another = self.account_of(actor) != self.owner_of(target);
        let named = |index| &self.snapshot().resource(index).facts.shared_with;
        is_another
            && self.lists_of(target).any(|index| named(index).iter().any(|name| self.may_mean(name, actor)))
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
