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
use crate::digest::{Digest, Principals, ResourcePatterns, StatementDigest, could_cover};
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
    /// The thing, where the requests name it or something in it.
    arn: Option<Arc<str>>,
}

/// Whom a question could concern, of all accounts.
pub(crate) struct Spoken {
    pub(crate) callers: Vec<PrincipalIndex>,
    /// By document: could it speak of what is asked, or of what that needs?
    pub(crate) speaks: Vec<bool>,
}

impl<'q> Concerned<'q> {
    /// Whom `asked` could concern.
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
        let names_it = asked.wanted().iter().all(|wanted| wanted.form != ArnForm::Anything);
        let arn = names_it.then(|| asked.arn().clone());
        Self { accounts, owner, everyone: named.everyone, named: indexes, actions, arn }
    }

    /// The same, not knowing whom the policy of the thing lets in.
    #[cfg(test)]
    pub(crate) fn let_in_anybody(&mut self) {
        self.accounts = None;
    }

    /// Could it concern somebody of this account?
    pub(crate) fn account(&self, account: AccountId) -> bool {
        self.accounts.as_ref().is_none_or(|accounts| accounts.contains(&account))
    }

    /// Those whom it could concern where that may be anybody; `None`: it concerns only some accounts.
    pub(crate) fn of_any_account(&self, asked: &Asked<'_, 'q>) -> Option<Spoken> {
        if self.accounts.is_some() {
            return None;
        }
        let world = asked.world();
        let digests = &world.documents.digests;
        let mut speaks = vec![false; digests.len()];
        let mut concerned = vec![false; world.snapshot().principals.len()];
        let by_document = world.bearers_by_document();
        let wanted = self.actions.iter().map(|action| (*action, self.arn.as_deref(), true));
        let needs = asked.needs.iter().flatten();
        let needs = needs.map(|need| (need.action().lower(), Some(need.side().resource.text()), false));
        for (action, thing, is_wanted) in wanted.chain(needs) {
            let speaking = world.documents.speaking_of(action, by_document);
            for document in speaking.of_everything() {
                speaks[*document as usize] = true;
            }
            for bearer in speaking.let_in_everywhere().iter().filter(|_| is_wanted) {
                concerned[*bearer as usize] = true;
            }
            speaking.on(digests, thing, |document, may_allow| {
                speaks[document] = true;
                if is_wanted && may_allow {
                    for bearer in by_document.of(document) {
                        concerned[*bearer as usize] = true;
                    }
                }
            });
        }
        for index in world.incomplete().iter().chain(&self.named) {
            concerned[index.index()] = true;
        }
        if let Some(owner) = self.owner.filter(|_| self.everyone) {
            for index in world.principals_of(owner) {
                concerned[index.index()] = true;
            }
        }
        let callers = (0..).zip(concerned).filter(|(_, concerned)| *concerned);
        Some(Spoken { callers: callers.map(|(at, _)| PrincipalIndex::at(at)).collect(), speaks })
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
