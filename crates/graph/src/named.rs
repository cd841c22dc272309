//! Whom a trust policy or resource policy names, as actors of this world.

use std::sync::Arc;

use clavicle_engine::PolicyId;
use clavicle_policy::{AccountId, PrincipalKind as Listed};
use clavicle_snapshot::{PrincipalIndex, PrincipalKind, PrincipalRecord};
use foldhash::{HashSet, HashSetExt};

use crate::actor::Actor;
use crate::digest::{Principals, StatementDigest};
use crate::world::World;

/// The actors that the Allow statements of a policy name.
#[derive(Debug, Default)]
pub(crate) struct NamedActors {
    /// One by one.
    pub(crate) actors: Vec<Actor>,
    /// Accounts that were seen and are named as a whole: any of their users and roles may be meant.
    pub(crate) accounts: Vec<AccountId>,
    /// Everyone is named, or everyone but some.
    pub(crate) everyone: bool,
}

impl World {
    /// Whom do the Allow statements name that fulfil `wanted`?
    pub(crate) fn named_by(
        &self,
        policy: PolicyId,
        wanted: impl Fn(&StatementDigest) -> bool,
    ) -> NamedActors {
        let mut named = NamedActors::default();
        let mut seen = HashSet::new();
        for statement in self.documents.digest(policy).allows().filter(|statement| wanted(statement)) {
            match &statement.principals {
                None => {}
                Some(Principals::AllBut) => named.everyone = true,
                Some(Principals::Listed(listed)) => {
                    for (kind, text) in listed {
                        if seen.insert((*kind, text.as_ref())) {
                            self.add_named(*kind, text, &mut named);
                        }
                    }
                }
            }
        }
        named
    }

    fn add_named(&self, kind: Listed, text: &str, named: &mut NamedActors) {
        match kind {
            _ if text == "*" => named.everyone = true,
            Listed::Service => named.actors.push(Actor::Service(Arc::from(text))),
            Listed::Federated => named.actors.push(Actor::Provider(Arc::from(text))),
            Listed::CanonicalUser => named.actors.push(Actor::CanonicalUser(Arc::from(text))),
            Listed::Aws => {
                let whole =
                    text.strip_suffix(":root").and_then(AccountId::of_arn).or_else(|| AccountId::parse(text));
                match whole {
                    Some(account) if self.is_seen(account) => {
                        named.accounts.push(account);
                        named.actors.push(Actor::Root(account));
                    }
                    Some(account) => named.actors.push(Actor::OutsideAccount(account)),
                    None => named.actors.extend(self.actor_of_arn(text)),
                }
            }
        }
    }

    /// Could an Allow statement of this policy of a thing, or trust policy, mean the actor? A "perhaps", quickly told: a
    /// million roles are asked this for one answer.
    pub(crate) fn may_let_in(&self, policy: PolicyId, actor: &Actor) -> bool {
        let Actor::Principal(index) = actor else { return true };
        let record = self.snapshot().principal(*index);
        let means = |kind: &Listed, text: &str| {
            // Unique ids are no ARNs, and neither are account ids.
            let account = || AccountId::of_arn(text).or_else(|| AccountId::parse(text));
            text == "*" || *kind == Listed::Aws && account().is_none_or(|account| account == record.account)
        };
        self.documents.digest(policy).allows().any(|statement| match &statement.principals {
            None | Some(Principals::AllBut) => true,
            Some(Principals::Listed(listed)) => listed.iter().any(|(kind, text)| means(kind, text)),
        })
    }

    /// The actor with this ARN. `None`: the text names none, such as the unique id of a deleted user.
    pub fn actor_of_arn(&self, arn: &str) -> Option<Actor> {
        if let Some(index) = self.snapshot().principal_by_arn(arn) {
            let is_group = self.snapshot().principal(index).kind == PrincipalKind::Group;
            return (!is_group).then_some(Actor::Principal(index));
        }
        if let Some(account) = arn.strip_suffix(":root").and_then(AccountId::of_arn) {
            let seen = self.is_seen(account);
            return Some(if seen { Actor::Root(account) } else { Actor::OutsideAccount(account) });
        }
        let is_caller = AccountId::of_arn(arn).is_some() && clavicle_engine::Principal::from_arn(arn).is_ok();
        is_caller.then(|| Actor::Unseen(Arc::from(arn)))
    }

    /// The role that a session ARN belongs to, where it was seen.
    pub(crate) fn role_of_session(&self, arn: &str) -> Option<PrincipalIndex> {
        let name = role_name_of_session(arn)?;
        let is_named = |record: &PrincipalRecord| record.kind == PrincipalKind::Role && *record.name == *name;
        let mut roles = self.principals_of(AccountId::of_arn(arn)?).iter().copied();
        roles.find(|index| is_named(self.snapshot().principal(*index)))
    }
}

/// The name, without its path, of the role that a session ARN belongs to.
pub(crate) fn role_name_of_session(arn: &str) -> Option<&str> {
    arn.split_once(":assumed-role/")?.1.split('/').next()
}
