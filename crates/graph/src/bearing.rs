//! What bears on all requests of somebody for a thing, for whoever asks about all of them at once.

use clavicle_engine::{Action, Applicable, Principal, Resource, ResourcePolicy};

use crate::actor::{Actor, Target};
use crate::ruling::if_blocked;
use crate::side::applicable;
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
    /// the actor stands for (everyone is anonymous callers and those of any account, a role each of its sessions that the
    /// policy of the thing names), in which stands each way that the thing may be, where something about it was not seen.
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
        let sessions = self.sessions_named_by(sought.policy, actor);
        let sessions = sessions.iter().filter_map(|session| Some((session, self.actor_side(session)?)));
        for (actor, side) in self.sides_of(actor).into_iter().map(|side| (actor, side)).chain(sessions) {
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

    /// The sessions of a role whom the policy of a thing names one by one.
    fn sessions_named_by(&self, policy: ResourcePolicy, actor: &Actor) -> Vec<Actor> {
        let (ResourcePolicy::Some(policy), Actor::Principal(role)) = (policy, actor) else {
            return Vec::new();
        };
        let is_its = |named: &Actor| match named {
            Actor::Unseen(arn) => self.role_of_session(arn) == Some(*role),
            _ => false,
        };
        self.named_by(policy, |_| true).actors.into_iter().filter(is_its).collect()
    }
}
