//! Many callers asked one question: those whom nothing that bears on it can tell apart are decided once.
//!
//! Two callers come out alike if of their documents the same ones speak of the actions and things that the question is
//! about, if boundary and control policies are the same, and if they give the same answers to what all of these and the
//! policies of the things ask of a caller; see [`AskedOfCaller`].

use std::collections::hash_map::Entry;
use std::sync::{Arc, OnceLock};

use clavicle_engine::{Action, AskedOfCaller, CallersAnswers, Kind, PolicyId, Request};
use clavicle_policy::AccountId;
use clavicle_snapshot::PrincipalIndex;
use foldhash::HashMap;
use rayon::prelude::*;
use smallvec::{SmallVec, smallvec};

use crate::access::{Access, Asked, How};
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
    documents: SmallVec<[PolicyId; 8]>,
}

/// What decides about the principals of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct AccountStanding {
    /// Of the thing and of what the question needs besides: a bit for each that is the account's own.
    owns: u64,
    manages: bool,
    /// Control policies, by number.
    ladder: usize,
}

/// Callers who are alike.
type Alike = SmallVec<[PrincipalIndex; 4]>;

/// Callers by their standing, and by what they answer to what is asked of those of that standing. Most are like few others:
/// one table of all takes less memory than one for each standing.
#[derive(Default)]
struct Groups<'w> {
    standings: HashMap<Standing<'w>, Group>,
    /// By number of the standing, and by answers.
    alike: HashMap<(usize, CallersAnswers), Alike>,
}

/// A standing that somebody has.
struct Group {
    number: usize,
    asked: Arc<AskedOfCaller>,
}

/// What is asked of the callers of accounts, once somebody of them is asked about.
type AskedOnce = Arc<OnceLock<Arc<AskedOfCaller>>>;

/// An account whose principals are asked about.
struct AccountAsked<'w> {
    standing: AccountStanding,
    levels: Levels<'w>,
    /// By these levels and the policies of the things; one for all accounts of one ladder.
    asked: AskedOnce,
}

impl<'w> Asked<'w, '_> {
    /// What each of `callers` can do of it, of those who can. `speaks`: by document, could it speak of what is asked?
    ///
    /// The same as [`Asked::how`] of each; one decision for all who are alike.
    pub(crate) fn together(&self, callers: &[PrincipalIndex], speaks: &[bool]) -> Vec<Access> {
        let accounts = self.accounts();
        let of_things = self.asked_by_things();
        let share = callers.len().div_ceil(rayon::current_num_threads().max(1)).max(256);
        let grouped = |callers: &[PrincipalIndex]| {
            let (mut groups, mut answers) = (Groups::default(), (0, CallersAnswers::default()));
            for caller in callers {
                self.add_to_group(*caller, speaks, &accounts, &of_things, &mut answers, &mut groups);
            }
            groups
        };
        let groups = callers.par_chunks(share).map(grouped).reduce(Groups::default, together);
        let alike = groups.alike();
        let accesses = alike.into_par_iter().flat_map_iter(|(standing, alike)| {
            let first = alike.first().and_then(|first| self.how_of(*first, standing, &accounts));
            first.into_iter().flat_map(move |how| {
                let access = move |caller: &PrincipalIndex| Access {
                    actor: Actor::Principal(*caller),
                    how: how.clone(),
                };
                alike.iter().map(access)
            })
        });
        accesses.collect()
    }

    fn how_of(
        &self,
        caller: PrincipalIndex,
        standing: &Standing<'w>,
        accounts: &[AccountAsked<'w>],
    ) -> Option<Arc<How>> {
        let account = self.world().account_place(self.world().snapshot().principal(caller).account)?;
        let side = self.world().principal_side(caller, accounts.get(account)?.levels.clone())?;
        Some(self.how(&side.of_which_speak(&standing.documents))?.into())
    }

    /// Adds a user or role to those who are like it. `answers`: where the number of its standing and its answers are written,
    /// over those of others.
    fn add_to_group(
        &self,
        caller: PrincipalIndex,
        speaks: &[bool],
        accounts: &[AccountAsked<'w>],
        of_things: &AskedOfCaller,
        answers: &mut (usize, CallersAnswers),
        groups: &mut Groups<'w>,
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
        let next = groups.standings.len();
        let group = match groups.standings.entry(standing) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let asked_by = |documents: &mut dyn Iterator<Item = PolicyId>| {
                    world.store().asked_of_caller(documents, &self.actions(), false)
                };
                let above = account
                    .asked
                    .get_or_init(|| asked_by(&mut account.levels.documents()).and(of_things).into());
                let documents = new.key().documents.iter().copied();
                let own = asked_by(&mut documents.chain(bearer.boundary_policy()));
                let asked = if own.is_empty() { above.clone() } else { own.and(above).into() };
                new.insert(Group { number: next, asked })
            }
        };
        answers.0 = group.number;
        // Of the request only the caller and the context are looked at.
        match self.wanted().first().zip(self.forms().next()) {
            Some((wanted, (_, side))) => {
                let request = Request::derived(principal, &wanted.action, &side.resource, self.when());
                group.asked.answer(world.store(), &request, &mut answers.1);
            }
            None => answers.1 = CallersAnswers::default(),
        }
        match groups.alike.get_mut(answers) {
            Some(alike) => alike.push(caller),
            None => {
                groups.alike.insert(answers.clone(), smallvec![caller]);
            }
        }
    }

    /// How each account stands to the question, by place.
    fn accounts(&self) -> Vec<AccountAsked<'w>> {
        let world = self.world();
        let needs = self.needs.iter().flatten().map(|need| need.side().resource.owner());
        let owners: Vec<Option<AccountId>> =
            std::iter::once(world.owner_of(self.target())).chain(needs).collect();
        // Bits for sixty-four of them; what is beyond tells all accounts apart.
        let owns = |account: AccountId, at: usize| {
            let own =
                |(place, owner): (usize, &Option<AccountId>)| u64::from(*owner == Some(account)) << place;
            if owners.len() > 64 { at as u64 } else { owners.iter().enumerate().map(own).sum() }
        };
        let mut ladders: HashMap<Levels<'w>, (usize, AskedOnce)> = HashMap::default();
        let account = |(at, account): (usize, AccountId)| {
            let levels = world.scps_of(Some(account));
            let next = ladders.len();
            let known = ladders.entry(levels.clone()).or_insert_with(|| (next, Arc::default()));
            let (ladder, asked) = (known.0, known.1.clone());
            let standing = AccountStanding {
                owns: owns(account, at),
                manages: world.is_management(Some(account)),
                ladder,
            };
            AccountAsked { standing, levels, asked }
        };
        world.snapshot().accounts.iter().map(|known| known.id).enumerate().map(account).collect()
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

impl<'w> Groups<'w> {
    /// Those who are alike, with their standing.
    fn alike(&self) -> Vec<(&Standing<'w>, &Alike)> {
        let mut standings: Vec<(usize, &Standing<'w>)> =
            self.standings.iter().map(|(standing, group)| (group.number, standing)).collect();
        standings.sort_unstable_by_key(|(number, _)| *number);
        let alike = self.alike.iter();
        alike.filter_map(|((number, _), alike)| Some((standings.get(*number)?.1, alike))).collect()
    }
}

/// The groups of both.
fn together<'w>(mut all: Groups<'w>, mut more: Groups<'w>) -> Groups<'w> {
    if all.alike.len() < more.alike.len() {
        std::mem::swap(&mut all, &mut more);
    }
    // What number the standings of one have among those of the other.
    let mut numbers = vec![0; more.standings.len()];
    for (standing, Group { number, asked }) in more.standings {
        let next = all.standings.len();
        let known = all.standings.entry(standing).or_insert(Group { number: next, asked });
        if let Some(slot) = numbers.get_mut(number) {
            *slot = known.number;
        }
    }
    for ((number, answers), callers) in more.alike {
        if let Some(number) = numbers.get(number) {
            all.alike.entry((*number, answers)).or_default().extend(callers);
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
    use serde_json::{Value, json};

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

    const ACCOUNTS: [&str; 3] = ["111122223333", "444455556666", "777788889999"];

    /// Three accounts, the last of which an organization keeps from sending; in each the same roles, of which one has a
    /// boundary; and a queue of the first account that lets in everyone of the organization.
    fn collisions(folder: &Path) -> World {
        let policy = |statement: &str| format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
        let allow = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
        let no_sending = r#"{"Effect": "Deny", "Action": "sqs:Send*", "Resource": "*"}"#;
        let control = |id: &str, content: &str, target: &str| {
            json!({"PolicySummary": {"Id": id, "Arn": format!("arn:aws:organizations::1:policy/o-a/service_control_policy/{id}"),
                "Name": id, "Type": "SERVICE_CONTROL_POLICY", "AwsManaged": false}, "Content": content,
                "Targets": [{"TargetId": target, "Name": target, "Type": "ACCOUNT"}]})
        };
        let accounts = ACCOUNTS.map(|id| {
            json!({"Id": id, "Name": id, "Status": "ACTIVE", "ParentId": "r-a",
            "Arn": format!("arn:aws:organizations::1:account/o-a/{id}")})
        });
        let everywhere = ["r-a"].into_iter().chain(ACCOUNTS);
        let mut policies: Vec<Value> =
            everywhere.map(|target| control(&format!("p-{target}"), &policy(allow), target)).collect();
        policies.push(control("p-no", &policy(no_sending), ACCOUNTS[2]));
        let organization = json!({
            "Organization": {"Id": "o-a", "Arn": "arn:aws:organizations::1:organization/o-a", "FeatureSet": "ALL",
                "MasterAccountId": "123456789012", "AvailablePolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]},
            "Roots": [{"Id": "r-a", "Name": "Root", "PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]}],
            "OrganizationalUnits": [], "Accounts": accounts, "Policies": policies});
        let write = |name: String, value: &Value| {
            std::fs::write(folder.join(name), value.to_string()).expect("a file is written");
        };
        write("organization.json".to_owned(), &organization);
        let own = r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}"#;
        let of_team = r#"{"Effect": "Allow", "Action": "sqs:*", "Resource": "*",
            "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a"}}}"#;
        let trust = r#"{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}"#;
        for account in ACCOUNTS {
            let role = |name: &str, own: &str, team: &str, bound: bool| {
                let arn = format!("arn:aws:iam::{account}:policy/bound");
                let mut role = json!({"Path": "/", "RoleName": name, "RoleId": format!("AROA{name}{account}"),
                    "Arn": format!("arn:aws:iam::{account}:role/{name}"), "CreateDate": "2026-01-01T00:00:00+00:00",
                    "AssumeRolePolicyDocument": policy(trust), "InstanceProfileList": [],
                    "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": policy(own)}],
                    "AttachedManagedPolicies": [], "Tags": [{"Key": "team", "Value": team}]});
                if bound {
                    role["PermissionsBoundary"] =
                        json!({"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn});
                }
                role
            };
            let roles = json!([
                role("all", own, "b", false),
                role("bound", own, "b", true),
                role("red", of_team, "a", false),
                role("blue", of_team, "b", false)
            ]);
            let bound = json!({"PolicyName": "bound", "PolicyId": "ANPA", "Path": "/",
                "Arn": format!("arn:aws:iam::{account}:policy/bound"), "DefaultVersionId": "v1",
                "AttachmentCount": 0, "IsAttachable": true, "CreateDate": "2026-01-01T00:00:00+00:00",
                "UpdateDate": "2026-01-01T00:00:00+00:00", "PolicyVersionList": [{"VersionId": "v1",
                    "IsDefaultVersion": true, "Document": policy(r#"{"Effect": "Allow", "Action": "sqs:Receive*", "Resource": "*"}"#),
                    "CreateDate": "2026-01-01T00:00:00+00:00"}]});
            write(
                format!("{account}.json"),
                &json!({"UserDetailList": [], "GroupDetailList": [],
                "RoleDetailList": roles, "Policies": [bound]}),
            );
        }
        let of_queue = r#"{"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a"}}}"#;
        write(
            "things.json".to_owned(),
            &json!([{"arn": QUEUE, "account": ACCOUNTS[0], "attrs": {}, "tags": {},
            "policy": serde_json::from_str::<Value>(&policy(of_queue)).expect("JSON")}]),
        );
        let database = Import::new().source(folder).run(|_| ()).expect("it is read").database;
        let snapshot = Snapshot::read(&database, |_, _| ()).expect("it is a snapshot");
        World::new(snapshot, catalog(), Stated::default(), |_, _| ())
    }

    const QUEUE: &str = "arn:aws:sqs:eu-west-1:111122223333:jobs";

    #[test]
    fn account_boundary_control_policies_and_tags_tell_callers_apart() {
        let folder = tempfile::tempdir().expect("a folder");
        let world = collisions(folder.path());
        let queue = world.snapshot().resource_by_arn(QUEUE).expect("it is listed");
        let target = Target::Resource(queue);
        assert!(compare(&world, std::iter::once(target.clone()), &BTreeMap::new()) > 0);
        let mut wanted = world.wanted(Word::Write, &target);
        wanted.retain(|wanted| wanted.action.lower() == "sqs:sendmessage");
        let found = world.who_can(&wanted, &target, &world.context(&BTreeMap::new()));
        let names: Vec<String> = found
            .iter()
            .filter_map(|access| match &access.actor {
                Actor::Principal(index) => {
                    let record = world.snapshot().principal(*index);
                    Some(format!("{} {}", record.account, record.name))
                }
                _ => None,
            })
            .collect();
        let expected = [
            "111122223333 all",
            "111122223333 blue",
            "111122223333 bound",
            "111122223333 red",
            "444455556666 all",
            "444455556666 red",
        ];
        let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, expected);
    }

    /// A queue that lets in everyone of the account, encrypted with a key of team `blue`; who is not of the team of a key
    /// must not use it.
    fn teams(folder: &Path) -> World {
        let policy = |statements: Value| json!({"Version": "2012-10-17", "Statement": statements});
        let trust = policy(
            json!([{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]),
        );
        let own = policy(json!([
            {"Effect": "Allow", "Action": ["sqs:*", "kms:*"], "Resource": "*"},
            {"Effect": "Deny", "Action": "kms:*", "Resource": "*",
             "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "${aws:ResourceTag/team}"}}}]));
        let role = |team: &str| {
            json!({"Path": "/", "RoleName": team, "RoleId": format!("AROA{team}"), "Arn": format!("arn:aws:iam::{}:role/{team}", ACCOUNTS[0]),
                "CreateDate": "2026-01-01T00:00:00+00:00", "AssumeRolePolicyDocument": trust, "InstanceProfileList": [],
                "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": own}], "AttachedManagedPolicies": [],
                "Tags": [{"Key": "team", "Value": team}]})
        };
        let roles: Vec<Value> = ["aqua", "blue", "green"].map(role).into();
        let details =
            json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles, "Policies": []});
        let key = format!("arn:aws:kms:eu-west-1:{}:key/11111111-2222-3333-4444-555555555555", ACCOUNTS[0]);
        let everyone =
            policy(json!([{"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*",
            "Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNTS[0]}}}]));
        let delegated = policy(
            json!([{"Effect": "Allow", "Principal": {"AWS": ACCOUNTS[0]}, "Action": "kms:*", "Resource": "*"}]),
        );
        let things = json!([
            {"arn": QUEUE, "account": ACCOUNTS[0], "attrs": {"encryption_key": key}, "tags": {"team": "red"}, "policy": everyone},
            {"arn": key, "account": ACCOUNTS[0], "attrs": {}, "tags": {"team": "blue"}, "policy": delegated}]);
        for (name, value) in [("details.json", details), ("things.json", things)] {
            std::fs::write(folder.join(name), value.to_string()).expect("a file is written");
        }
        let database = Import::new().source(folder).run(|_| ()).expect("it is read").database;
        let snapshot = Snapshot::read(&database, |_, _| ()).expect("it is a snapshot");
        World::new(snapshot, catalog(), Stated { standalone: true }, |_, _| ())
    }

    /// A tag of the caller is compared with that of the queue and with that of its key: one outcome does not tell both.
    #[test]
    fn tags_that_are_compared_with_those_of_several_things_tell_callers_apart() {
        let folder = tempfile::tempdir().expect("a folder");
        let world = teams(folder.path());
        let target = Target::Resource(world.snapshot().resource_by_arn(QUEUE).expect("it is listed"));
        assert!(compare(&world, std::iter::once(target.clone()), &BTreeMap::new()) > 0);
        let mut wanted = world.wanted(Word::Write, &target);
        wanted.retain(|wanted| wanted.action.lower() == "sqs:sendmessage");
        let found = world.who_can(&wanted, &target, &world.context(&BTreeMap::new()));
        let names = found.iter().filter_map(|access| match &access.actor {
            Actor::Principal(index) => Some(&*world.snapshot().principal(*index).name),
            _ => None,
        });
        assert_eq!(names.collect::<Vec<_>>(), ["blue"]);
    }
}
