//! Whom could a question about one thing concern? Most principals of most accounts need not be asked about: their own
//! documents do not speak of the action and the thing, or they are of another account and the thing's policy names
//! neither them nor their account. Only a "perhaps", see [`crate::digest`].
//!
//! AWS: IAM User Guide, "Cross-account policy evaluation logic": a request from another account needs to be allowed in
//! both accounts.

use std::sync::Arc;

use clavicle_catalog::ArnForm;
use clavicle_engine::PolicyId;
use clavicle_policy::{AccountId, PrincipalKind};
use clavicle_snapshot::PrincipalIndex;

use crate::access::Asked;
use crate::actor::{Actor, Target};
use crate::digest::{Digest, Principals, ResourcePatterns, StatementDigest, literal_prefix};
use crate::world::World;

/// Whom a question could concern.
pub(crate) struct Concerned<'q> {
    /// Whose principals the other side could let in; `None`: those of every account.
    accounts: Option<Vec<AccountId>>,
    /// Whose the thing is.
    owner: Option<AccountId>,
    /// Could the policy of the thing let in anyone of its account by itself?
    everyone: bool,
    /// Those whom it names one by one.
    named: Vec<PrincipalIndex>,
    /// The wanted actions, in lower case.
    actions: Vec<&'q str>,
    /// By wanted action and document, where many are asked about: could it allow it?
    speaking: Vec<Arc<[bool]>>,
    /// The thing, where the requests name it or something in it.
    arn: Option<Arc<str>>,
}

impl<'q> Concerned<'q> {
    /// Whom `asked` could concern. Linear in the documents the first time an action is asked for of all accounts.
    pub(crate) fn new(world: &World, asked: &Asked<'_, 'q>) -> Self {
        let actions: Vec<&str> = asked.wanted().iter().map(|wanted| wanted.action.lower()).collect();
        let policy = match asked.target() {
            Target::Principal(index) => world.trust_policy(*index),
            _ => asked.own_policy,
        };
        let owner = world.owner_of(asked.target());
        let speaks =
            |statement: &StatementDigest| actions.iter().any(|action| statement.actions.may_hold(action));
        let named = policy.map(|policy| world.named_by(policy, speaks)).unwrap_or_default();
        let principals = named.actors.iter().filter_map(|actor| match actor {
            Actor::Principal(index) => Some(*index),
            _ => None,
        });
        let mut indexes: Vec<PrincipalIndex> = principals.collect();
        indexes.sort_unstable();
        let accounts = match (asked.target(), owner) {
            (Target::Resource(_) | Target::Principal(_), Some(owner)) => let_in(world, policy, owner, speaks),
            _ => None,
        };
        let speaking = match accounts {
            None => actions.iter().map(|action| world.documents.speaking_of(action)).collect(),
            Some(_) => Vec::new(),
        };
        let names_it = asked.wanted().iter().all(|wanted| wanted.form != ArnForm::Anything);
        let arn = names_it.then(|| asked.arn().clone());
        Self { accounts, owner, everyone: named.everyone, named: indexes, actions, speaking, arn }
    }

    /// Could it concern somebody of this account?
    pub(crate) fn account(&self, account: AccountId) -> bool {
        self.accounts.as_ref().is_none_or(|accounts| accounts.contains(&account))
    }

    /// Could it concern this user or role of such an account?
    pub(crate) fn principal(&self, world: &World, index: PrincipalIndex) -> bool {
        let bearer = world.bearer(index);
        let is_own = || Some(world.snapshot().principal(index).account) == self.owner;
        !bearer.is_complete()
            || bearer.identity.iter().any(|policy| self.document(world, *policy))
            || (self.everyone && is_own())
            || self.named.binary_search(&index).is_ok()
    }

    /// Could this document allow a wanted action on the thing?
    fn document(&self, world: &World, policy: PolicyId) -> bool {
        let speaks = |speaking: &Arc<[bool]>| speaking.get(policy.index()).copied().unwrap_or(true);
        if !self.speaking.is_empty() && !self.speaking.iter().any(speaks) {
            return false;
        }
        let digest: &Digest = world.documents.digest(policy);
        digest.allows().any(|statement| {
            let covers = match (&statement.resources, &self.arn) {
                (ResourcePatterns::Listed(patterns), Some(arn)) => {
                    patterns.iter().any(|pattern| could_cover(pattern, arn))
                }
                _ => true,
            };
            covers && self.actions.iter().any(|action| statement.actions.may_hold(action))
        })
    }
}

/// Could the pattern cover the thing, or something in it?
fn could_cover(pattern: &str, arn: &str) -> bool {
    let prefix = literal_prefix(pattern);
    arn.starts_with(prefix) || prefix.starts_with(arn)
}

/// The accounts whose principals could get in: the owner, and those that the policy of the thing names, or somebody of
/// whom, in statements that speak of a wanted action. `None`: any, or it cannot be told. What a policy that was not seen says lets in nobody who is listed.
fn let_in(
    world: &World,
    policy: Option<PolicyId>,
    owner: AccountId,
    speaks: impl Fn(&StatementDigest) -> bool,
) -> Option<Vec<AccountId>> {
    let mut accounts = vec![owner];
    let statements = policy.map_or(&[][..], |policy| &world.documents.digest(policy).statements);
    for statement in statements.iter().filter(|statement| statement.may_allow && speaks(statement)) {
        let Some(Principals::Listed(listed)) = &statement.principals else { return None };
        for (kind, text) in listed {
            match kind {
                // Nobody of an account of ours is called so.
                PrincipalKind::Service | PrincipalKind::Federated => {}
                PrincipalKind::Aws => {
                    accounts.push(AccountId::parse(text).or_else(|| AccountId::of_arn(text))?);
                }
                // It does not tell its account.
                PrincipalKind::CanonicalUser => return None,
            }
        }
    }
    Some(accounts)
}
