//! Who can become whom: role assumption, where the trust policy and the other side both allow it.
//!
//! AWS: IAM User Guide, "Methods to assume a role"; STS API Reference, `AssumeRole`, `AssumeRoleWithSAML`,
//! `AssumeRoleWithWebIdentity`.

use clavicle_engine::Action;
use clavicle_snapshot::{PrincipalIndex, PrincipalKind};
use foldhash::{HashMap, HashMapExt};
use rayon::prelude::*;

use crate::actor::{Actor, Target};
use crate::ruling::Ruling;
use crate::side::{Levels, TargetSide};
use crate::world::World;

/// Somebody can become a role.
#[derive(Debug, Clone)]
pub struct Becomes {
    /// Who.
    pub from: Actor,
    /// The role.
    pub to: PrincipalIndex,
    /// `sts:AssumeRole`, `sts:AssumeRoleWithSAML` or `sts:AssumeRoleWithWebIdentity`.
    pub action: &'static str,
    /// How the engine rules: allowed or depends. Of somebody in an account that was not seen, whose own policies are
    /// unknown, it depends at best.
    pub ruling: Ruling,
}

/// All of them, by role and by actor.
#[derive(Debug)]
pub(crate) struct Assumptions {
    /// Sorted by role, then actor.
    all: Vec<Becomes>,
    by_actor: HashMap<Actor, Vec<u32>>,
}

const ASSUME_ROLE: &str = "sts:AssumeRole";
const WITH_SAML: &str = "sts:AssumeRoleWithSAML";
const WITH_WEB_IDENTITY: &str = "sts:AssumeRoleWithWebIdentity";

impl World {
    /// Everybody who can become a role, sorted by role. Worked out once: for every role a decision for each actor that
    /// its trust policy could mean.
    pub fn becomes(&self) -> &[Becomes] {
        &self.assumptions().all
    }

    /// Who can become this role?
    pub fn becomes_into(&self, role: PrincipalIndex) -> &[Becomes] {
        let all = &self.assumptions().all;
        let start = all.partition_point(|known| known.to < role);
        let end = all.partition_point(|known| known.to <= role);
        all.get(start..end).unwrap_or(&[])
    }

    /// Which roles can this actor become?
    pub fn becomes_from(&self, actor: &Actor) -> impl Iterator<Item = &Becomes> {
        let known = self.assumptions();
        let places = known.by_actor.get(actor).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(|at| known.all.get(*at as usize))
    }

    fn assumptions(&self) -> &Assumptions {
        self.assumptions.get_or_init(|| {
            let all = self.work_out_assumptions();
            let mut by_actor: HashMap<Actor, Vec<u32>> = HashMap::new();
            for (at, known) in (0..).zip(&all) {
                by_actor.entry(known.from.clone()).or_default().push(at);
            }
            Assumptions { all, by_actor }
        })
    }

    fn work_out_assumptions(&self) -> Vec<Becomes> {
        let when = self.context(&Default::default());
        let assume = Action::new(ASSUME_ROLE);
        let ladders = self.ladders();
        // Those whose own policies could allow assuming something.
        let asking: Vec<bool> = (0..self.callers.len())
            .into_par_iter()
            .map(|at| self.bearer(PrincipalIndex::at(at)).may_allow_action(&self.documents, assume.lower()))
            .collect();
        let everywhere: Vec<PrincipalIndex> =
            self.principals().filter(|index| asking[index.index()]).collect();
        let roles: Vec<PrincipalIndex> = self
            .principals()
            .filter(|index| self.snapshot().principal(*index).kind == PrincipalKind::Role)
            .collect();
        let found: Vec<Vec<Becomes>> = roles
            .par_iter()
            .map(|role| {
                let Some(policy) = self.trust_policy(*role) else { return Vec::new() };
                let named = self.named_by(policy, |_| true);
                let target = self.target_side(&Target::Principal(*role), None);
                let own_account = self.snapshot().principal(*role).account;
                let mut candidates: Vec<PrincipalIndex> = Vec::new();
                if named.everyone {
                    candidates.extend(&everywhere);
                    // In its own account the trust policy alone is enough.
                    candidates.extend(self.principals_of(own_account));
                }
                for account in &named.accounts {
                    candidates
                        .extend(self.principals_of(*account).iter().filter(|index| asking[index.index()]));
                }
                candidates.extend(named.actors.iter().filter_map(|actor| match actor {
                    Actor::Principal(index) => Some(*index),
                    _ => None,
                }));
                candidates.sort_unstable();
                candidates.dedup();
                let mut into = Vec::new();
                for index in candidates.into_iter().filter(|index| index != role) {
                    let account = self.snapshot().principal(index).account;
                    let ladder = self.account_place(account).and_then(|at| ladders.get(at));
                    let ladder = ladder.cloned().unwrap_or(Levels::NotSeen);
                    let Some(side) = self.principal_side(index, ladder) else { continue };
                    let verdict = self.verdict(&side, &assume, &target, &when);
                    if matches!(
                        verdict,
                        clavicle_engine::Verdict::Allowed | clavicle_engine::Verdict::Depends
                    ) {
                        let ruling = self.rule(&side, &assume, &target, &when);
                        into.push(Becomes {
                            from: Actor::Principal(index),
                            to: *role,
                            action: ASSUME_ROLE,
                            ruling,
                        });
                    }
                }
                let everyone = named.everyone.then_some(Actor::Everyone);
                let mut others: Vec<Actor> = named
                    .actors
                    .into_iter()
                    // A root user cannot assume roles; the account it stands for was looked at above.
                    .filter(|actor| !matches!(actor, Actor::Principal(_) | Actor::Root(_)))
                    .chain(everyone)
                    .collect();
                others.sort();
                others.dedup();
                into.extend(others.iter().filter_map(|actor| self.enters(actor, *role, &target)));
                into
            })
            .collect();
        found.into_iter().flatten().collect()
    }

    /// Can somebody who is no user or role of the snapshot become the role?
    pub(crate) fn enters(
        &self,
        actor: &Actor,
        role: PrincipalIndex,
        target: &TargetSide<'_>,
    ) -> Option<Becomes> {
        let when = self.context(&Default::default());
        let side = match actor {
            // `*` in a trust policy is every account of AWS: the call has to be signed.
            Actor::Everyone => self.actor_side(&Actor::Unseen(ANYONE_SIGNED_IN.into()))?,
            _ => self.actor_side(actor)?,
        };
        let actions: &[&'static str] = match actor {
            Actor::Provider(name) if name.contains(":saml-provider/") => &[WITH_SAML],
            Actor::Provider(_) => &[WITH_WEB_IDENTITY, WITH_SAML],
            _ => &[ASSUME_ROLE],
        };
        actions.iter().find_map(|action| {
            let ruling = self.rule(&side, &Action::new(action), target, &when);
            ruling.may().then(|| Becomes { from: actor.clone(), to: role, action, ruling })
        })
    }
}

/// Somebody with credentials of an account that nobody has heard of.
pub(crate) const ANYONE_SIGNED_IN: &str = "arn:aws:iam::000000000000:user/anyone";
