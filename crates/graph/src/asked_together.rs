//! Many callers asked one question: those whom nothing that bears on it can tell apart are decided once.
//!
//! Two callers come out alike if of their documents the same ones speak of the actions and things that the question is
//! about, if boundary and control policies are the same, and if they give the same answers to what all of these and the
//! policies of the things ask of a caller; see [`AskedOfCaller`].

use std::collections::hash_map::Entry;

use clavicle_engine::{Action, AskedOfCaller, CallersAnswers, Kind, PolicyId, Request};
use clavicle_policy::AccountId;
use clavicle_snapshot::PrincipalIndex;
use foldhash::HashMap;
use rayon::prelude::*;

use crate::access::{Access, Asked};
use crate::actor::Actor;
use crate::need::AskedNeed;
use crate::side::{Levels, TargetSide};

/// What decides about a caller, but for its answers.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Standing<'w> {
    kind: Kind,
    service_linked: bool,
    partition: Option<&'w str>,
    account: AccountStanding,
    complete: bool,
    boundary: u64,
    /// Its documents that speak of what is asked.
    documents: Vec<PolicyId>,
}

/// What decides about the principals of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct AccountStanding {
    owns_it: bool,
    manages: bool,
    /// Control policies, by number.
    ladder: usize,
    /// Where the request carries it.
    account: Option<AccountId>,
}

/// Callers of one standing, by what they answer to what is asked of them.
struct Group {
    asked: AskedOfCaller,
    callers: HashMap<CallersAnswers, Vec<PrincipalIndex>>,
}

/// An account whose principals are asked about.
struct AccountAsked<'w> {
    standing: AccountStanding,
    levels: Levels<'w>,
}

impl<'w> Asked<'w, '_> {
    /// What each of `callers` can do of it, of those who can. `speaks`: by document, could it speak of what is asked?
    ///
    /// The same as [`Asked::access`] of each; one decision for all who are alike.
    pub(crate) fn together(&self, callers: &[PrincipalIndex], speaks: &[bool]) -> Vec<Access> {
        let accounts = self.accounts();
        let of_things = self.asked_by_things();
        let share = callers.len().div_ceil(rayon::current_num_threads().max(1)).max(256);
        let grouped = |callers: &[PrincipalIndex]| {
            let mut groups: HashMap<Standing<'w>, Group> = HashMap::default();
            for caller in callers {
                self.add_to_group(*caller, speaks, &accounts, &of_things, &mut groups);
            }
            groups
        };
        let groups = callers.par_chunks(share).map(grouped).reduce(HashMap::default, together);
        let alike: Vec<&Vec<PrincipalIndex>> =
            groups.values().flat_map(|group| group.callers.values()).collect();
        let accesses = alike.into_par_iter().flat_map_iter(|alike| {
            let first = alike.first().and_then(|first| self.access_of(*first, &accounts));
            let access =
                |caller: &PrincipalIndex| Some(Access { actor: Actor::Principal(*caller), ..first.clone()? });
            alike.iter().filter_map(access).collect::<Vec<Access>>()
        });
        accesses.collect()
    }

    fn access_of(&self, caller: PrincipalIndex, accounts: &[AccountAsked<'w>]) -> Option<Access> {
        let account = self.world().account_place(self.world().snapshot().principal(caller).account)?;
        let side = self.world().principal_side(caller, accounts.get(account)?.levels.clone())?;
        self.access(&Actor::Principal(caller), &side)
    }

    /// Adds a user or role to those who are like it.
    fn add_to_group(
        &self,
        caller: PrincipalIndex,
        speaks: &[bool],
        accounts: &[AccountAsked<'w>],
        of_things: &AskedOfCaller,
        groups: &mut HashMap<Standing<'w>, Group>,
    ) {
        let world = self.world();
        let Some(principal) = world.callers.get(caller.index()).and_then(Option::as_ref) else { return };
        let account = principal.account().and_then(|account| world.account_place(account));
        let Some(account) = account.and_then(|account| accounts.get(account)) else { return };
        let bearer = world.bearer(caller);
        let (identity, complete, boundary) = bearer.signature();
        let spoken = |policy: &&PolicyId| speaks.get(policy.index()).copied().unwrap_or(true);
        let standing = Standing {
            kind: principal.kind(),
            service_linked: principal.is_service_linked(),
            partition: principal.partition(),
            account: account.standing,
            complete,
            boundary,
            documents: identity.iter().filter(spoken).copied().collect(),
        };
        let group = match groups.entry(standing) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let documents = new.key().documents.iter().copied().chain(bearer.boundary_policy());
                let documents = documents.chain(account.levels.documents());
                let asked = world.store().asked_of_caller(documents, &self.actions(), false);
                new.insert(Group { asked: asked.and(of_things), callers: HashMap::default() })
            }
        };
        // Of the request only the caller and the context are looked at.
        let first = self.wanted().first().zip(self.forms().next());
        let answers = first.filter(|_| !group.asked.is_empty()).map(|(wanted, (_, side))| {
            let request = Request::derived(principal, &wanted.action, &side.resource, self.when());
            group.asked.answers(world.store(), &request)
        });
        group.callers.entry(answers.unwrap_or_default()).or_default().push(caller);
    }

    /// How each account stands to the question, by place.
    fn accounts(&self) -> Vec<AccountAsked<'w>> {
        let world = self.world();
        let owner = world.owner_of(self.target());
        // A service that asks for its caller tells of which account the caller is.
        let tells_account = self.needs.iter().any(|needs| !needs.is_empty());
        let mut ladders: HashMap<Levels<'w>, usize> = HashMap::default();
        let account = |account: AccountId| {
            let levels = world.scps_of(Some(account));
            let next = ladders.len();
            let ladder = *ladders.entry(levels.clone()).or_insert(next);
            let standing = AccountStanding {
                owns_it: owner == Some(account),
                manages: world.is_management(Some(account)),
                ladder,
                account: tells_account.then_some(account),
            };
            AccountAsked { standing, levels }
        };
        world.snapshot().accounts.iter().map(|known| known.id).map(account).collect()
    }

    /// What the policies of the things that the question is about ask of a caller.
    fn asked_by_things(&self) -> AskedOfCaller {
        let sides = self.forms().map(|(_, side)| side);
        let needs = self.needs.iter().flatten().map(AskedNeed::side);
        let documents: Vec<PolicyId> = sides.chain(needs).flat_map(TargetSide::documents).collect();
        self.world().store().asked_of_caller(documents, &self.actions(), true)
    }

    fn actions(&self) -> Vec<&Action> {
        let needs = self.needs.iter().flatten().map(AskedNeed::action);
        self.wanted().iter().map(|wanted| &wanted.action).chain(needs).collect()
    }
}

/// The groups of both.
fn together<'w>(
    mut all: HashMap<Standing<'w>, Group>,
    mut more: HashMap<Standing<'w>, Group>,
) -> HashMap<Standing<'w>, Group> {
    if all.len() < more.len() {
        std::mem::swap(&mut all, &mut more);
    }
    for (standing, group) in more {
        match all.entry(standing) {
            Entry::Vacant(new) => {
                new.insert(group);
            }
            Entry::Occupied(known) => {
                let known = known.into_mut();
                for (answers, callers) in group.callers {
                    known.callers.entry(answers).or_default().extend(callers);
                }
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use clavicle_catalog::{Word, catalog};
    use clavicle_snapshot::{Import, ResourceIndex, Snapshot};

    use super::*;
    use crate::actor::Target;
    use crate::concerned::Concerned;
    use crate::world::{Stated, World};

    fn world(folder: &Path) -> World {
        let parts = ["organization.json", "accounts"].map(|part| folder.join(part));
        let import = parts.into_iter().fold(Import::new(), Import::source).run(|_| ()).expect("it is read");
        let snapshot = Snapshot::read(&import.database, |_, _| ()).expect("it is a snapshot");
        World::new(snapshot, catalog(), Stated::default(), |_, _| ())
    }

    /// Asks both ways; how many accesses were found.
    fn compare(
        world: &World,
        targets: impl Iterator<Item = Target>,
        when: &BTreeMap<String, Vec<String>>,
    ) -> usize {
        let when = world.context(when);
        let mut found = 0;
        for target in targets {
            for word in Word::ALL {
                let wanted = world.wanted(word, &target);
                if wanted.is_empty() {
                    continue;
                }
                let asked = Asked::new(world, &wanted, &target, &when);
                let mut concerned = Concerned::new(world, &asked);
                concerned.let_in_anybody();
                let spoken = concerned.of_any_account(&asked).expect("anybody may be concerned");
                let mut together = asked.together(&spoken.callers, &spoken.speaks);
                let mut one_by_one = asked.one_by_one(&concerned);
                together.sort_by(|a, b| a.actor.cmp(&b.actor));
                one_by_one.sort_by(|a, b| a.actor.cmp(&b.actor));
                let arn = world.arn_of(&target);
                assert_eq!(format!("{together:#?}"), format!("{one_by_one:#?}"), "who may {word} {arn}");
                found += together.len();
            }
        }
        found
    }

    #[test]
    fn callers_asked_together_fare_as_they_do_one_by_one() {
        let world = world(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/paperboat"));
        let things = (0..world.snapshot().resources.len()).map(ResourceIndex::at).map(Target::Resource);
        let roles = world.principals().map(Target::Principal).step_by(11);
        assert!(compare(&world, things.step_by(7).chain(roles), &BTreeMap::new()) > 500);
        let when = BTreeMap::from([("aws:PrincipalOrgID".to_owned(), vec!["o-other".to_owned()])]);
        let things = (0..world.snapshot().resources.len()).map(ResourceIndex::at).map(Target::Resource);
        assert!(compare(&world, things.step_by(23), &when) > 100);
    }
}
