//! What bears on all requests of somebody for a thing, for whoever asks about all of them at once.

use std::borrow::Cow;

use clavicle_engine::{Action, Applicable, Principal, Resource, ResourcePolicy};
use clavicle_policy::{AccountId, PrincipalKind};

use crate::actor::{Actor, Target};
use crate::becomes::ANYONE_SIGNED_IN;
use crate::named::role_name_of_session;
use crate::ruling::if_blocked;
use crate::side::{ActorSide, OF_ONE_CALLER, applicable};
use crate::world::World;

/// Both sides of a request, as the engine takes them. Policies have the numbers of [`World::store`].
#[derive(Debug, Clone, Copy)]
pub struct Bearing<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// The thing as the requests name it.
    pub resource: &'a Resource,
    /// The policies of every layer.
    pub applicable: Applicable<'a>,
}

impl World {
    /// Hands over what bears on requests of the actor for the target, which they name by `arn`: a list for each caller that
    /// the actor stands for (everyone is anonymous callers and those of any account; a role, and an account that was not seen,
    /// are also those of them whom the policy of the thing names), in which stands each way that the thing may be, where something about it was not seen.
    /// Empty for those who send no requests.
    pub fn bearings<T>(
        &self,
        actor: &Actor,
        actions: &[&Action],
        target: &Target,
        arn: Option<&str>,
        mut then: impl FnMut(&Bearing<'_>) -> T,
    ) -> Vec<(Actor, Vec<T>)> {
        let mut sought = self.target_side(target, arn);
        if actions.iter().any(|action| self.a_grant_may_let(actor, action, target)) {
            sought = sought.with_grants_not_seen();
        }
        let mut found = Vec::new();
        let named = self.named_besides(sought.policy, actor);
        let named = named.iter().filter_map(|one| Some((one, self.actor_side(one)?)));
        for (actor, side) in self.sides_of(actor).into_iter().map(|side| (actor, of_all(side))).chain(named) {
            let mut tell = |applicable| {
                then(&Bearing { principal: &side.principal, resource: &sought.resource, applicable })
            };
            let applicable = applicable(&side, &sought);
            let mut ways = vec![tell(applicable)];
            if sought.block_may_decide(self.store()) {
                ways.push(tell(if_blocked(applicable)));
            }
            found.push((actor.clone(), ways));
        }
        found
    }

    /// Those whom the actor stands for and whom the policy of a thing names one by one, in a `NotPrincipal` too: sessions of a
    /// role, and anybody in an account that was not seen.
    fn named_besides(&self, policy: ResourcePolicy, actor: &Actor) -> Vec<Actor> {
        let ResourcePolicy::Some(policy) = policy else { return Vec::new() };
        let parsed = clavicle_policy::parse(self.text(policy).as_bytes()).policy;
        let elements =
            parsed.iter().flat_map(|policy| &policy.statements).filter_map(|it| it.principal.as_ref());
        let names = elements.flat_map(|element| {
            let listed = element.entries.iter().filter(|entry| entry.kind == PrincipalKind::Aws);
            let texts = element.bare.iter().chain(listed.map(|entry| &entry.value));
            texts.map(|text| (text.value.as_str(), element.negated))
        });
        let mut found: Vec<Actor> = Vec::new();
        for (name, negated) in names {
            let whole =
                name.strip_suffix(":root").and_then(AccountId::of_arn).or_else(|| AccountId::parse(name));
            let one = match actor {
                Actor::Principal(role) => {
                    (self.role_of_session(name) == Some(*role)).then(|| name.to_owned())
                }
                Actor::Unseen(role) => is_session_of(name, role).then(|| name.to_owned()),
                Actor::OutsideAccount(id) => match whole {
                    // Of those whom an account stands for in a `NotPrincipal`, the root user alone needs no more.
                    Some(account) if account == *id && negated => {
                        let partition = name.split(':').nth(1).unwrap_or("aws");
                        Some(format!("arn:{partition}:iam::{id}:root"))
                    }
                    Some(_) => None,
                    None => (AccountId::of_arn(name) == Some(*id)).then(|| name.to_owned()),
                },
                _ => None,
            };
            let one = one.filter(|name| Principal::from_arn(name).is_ok());
            found.extend(one.map(|name| Actor::Unseen(name.into())).filter(|one| !found.contains(one)));
        }
        found
    }
}

/// Is this the ARN of a session of the role?
fn is_session_of(session: &str, role: &str) -> bool {
    let name = role_name_of_session(session);
    let of = role.split_once(":role/").and_then(|(_, path)| path.rsplit('/').next());
    name.is_some() && name == of && AccountId::of_arn(session) == AccountId::of_arn(role)
}

/// The actor's side, as that of everybody whom it stands for: of whoever signs with some account, nothing but that is known.
fn of_all(mut side: ActorSide<'_>) -> ActorSide<'_> {
    if side.principal.text() == ANYONE_SIGNED_IN {
        let mut principal = side.principal.into_owned();
        for (key, fact) in OF_ONE_CALLER {
            principal.state(key, fact);
        }
        side.principal = Cow::Owned(principal);
    }
    side
}
