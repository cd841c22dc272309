//! Users and roles that are in no list, and what lets them in all the same.
//!
//! Of an account whose users and roles were not all listed nobody can be named who gets at a thing of another account. Where
//! that thing lets the account in, it is not known whether somebody does.

use clavicle_engine::Context;
use clavicle_policy::AccountId;

use crate::access::{Asked, Wanted};
use crate::actor::{Actor, Target};
use crate::world::World;

impl World {
    /// The accounts of the snapshot of which not all users and roles are known: nobody listed them, AWS would not, or only the
    /// organization names the account.
    pub fn unlisted_accounts(&self) -> &[AccountId] {
        self.unlisted.get_or_init(|| {
            let listed = self.snapshot().accounts_listed();
            let accounts = self.snapshot().accounts.iter().map(|account| account.id);
            accounts.filter(|account| !listed.contains(account)).collect()
        })
    }

    /// Those of them that a thing of another account lets in to do any of `wanted`, if their own side does. A few decisions for
    /// each that its policy could mean.
    pub fn unlisted_let_in(&self, wanted: &[Wanted], target: &Target, when: &Context) -> Vec<AccountId> {
        let policy = match target {
            Target::Resource(index) => self.resource_policy(*index),
            Target::Principal(index) => self.trust_policy(*index),
            Target::Arn(..) | Target::Anything => None,
        };
        let (Some(policy), false) = (policy, self.unlisted_accounts().is_empty()) else { return Vec::new() };
        let named = self.named_by(policy, |_| true);
        let owner = self.owner_of(target);
        let is_meant = |account: &AccountId| {
            Some(*account) != owner && self.unlisted_accounts().binary_search(account).is_ok()
        };
        // One of them by name, or anybody of the account.
        let is_unlisted = |actor: &Actor| matches!(actor, Actor::Unseen(_) | Actor::OutsideAccount(_));
        let by_name = named.actors.into_iter().filter(is_unlisted);
        let whole: &[AccountId] = if named.everyone { self.unlisted_accounts() } else { &named.accounts };
        let actors = by_name.chain(whole.iter().map(|account| Actor::OutsideAccount(*account)));
        let asked = Asked::new(self, wanted, target, when);
        let let_in = actors.filter_map(|actor| {
            let account = self.account_of(&actor).filter(is_meant)?;
            asked.how(&self.actor_side(&actor)?).map(|_| account)
        });
        let mut accounts: Vec<AccountId> = let_in.collect();
        accounts.sort_unstable();
        accounts.dedup();
        accounts
    }
}
