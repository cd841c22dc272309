//! The whole of it: who asks, which accounts and regions, every unit of reading, one snapshot.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use clavicle_snapshot::{Database, Import, Warning};
use serde_json::Value;

use crate::aws::{Aws, Signer, Unanswered, Why};
use crate::endpoint;
use crate::error::CollectError;
use crate::organization::{self, Found, Member};
use crate::pace::lock;
use crate::plan::{ALIASES, REGIONS, WHO_AM_I};
use crate::profile::Settings;
use crate::seen::Seen;
use crate::signers::{self, Role, Session};
use crate::state::{Purpose, State};
use crate::table::{self, Kind, kinds};
use crate::thing::{Place, Thing, elements};
use crate::walk::{Caller, parallel_by};
use crate::{config_aggregator, iam, identity_center};

/// So many units of reading are under way at once.
const WIDTH: usize = 32;

/// What is collected, and how.
#[derive(Clone, Debug, Default)]
pub struct Collection {
    /// The profile, as `--profile` of the AWS CLI.
    pub profile: Option<String>,
    /// The region to begin from, as `--region` of the AWS CLI.
    pub region: Option<String>,
    /// Only these regions, and not all that are enabled.
    pub regions: Vec<String>,
    /// Every account of the organization, and not only the caller's.
    pub organization: Option<WholeOrganization>,
    /// Not from the services, but from the aggregator of AWS Config of this name.
    pub aggregator: Option<String>,
    /// Where it is kept until it is done.
    pub state: PathBuf,
    /// Go on with what is kept there.
    pub resume: bool,
    /// RFC 3339: the time of the data, which is when it begins.
    pub at: String,
}

/// How the accounts of an organization are read.
#[derive(Clone, Debug)]
pub struct WholeOrganization {
    /// The name of the role that is assumed in each account but the caller's own.
    pub role_name: String,
    /// What its trust policy asks for as external id.
    pub external_id: Option<String>,
}

/// Who collects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The ARN of the caller.
    pub arn: String,
    /// Their account.
    pub account: String,
}

/// What is heard while it goes on, from several threads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// This is who collects.
    Begun(Identity),
    /// What an unfinished collection had was thrown away.
    Discarded {
        /// When that one began.
        at: String,
    },
    /// These accounts are read: id and name.
    Accounts(Vec<(String, String)>),
    /// An account has so many units to read in so many regions.
    Account {
        /// Its id.
        account: String,
        /// Its units.
        units: usize,
        /// Its regions.
        regions: usize,
    },
    /// A unit is done.
    Unit {
        /// The account.
        account: String,
        /// The service, by its client's name.
        service: String,
        /// The first call that was not answered, and why.
        gap: Option<(String, String)>,
    },
}

/// What was made.
#[derive(Debug)]
pub struct Collected {
    /// The snapshot, not saved yet.
    pub database: Database,
    /// What was not understood.
    pub warnings: Vec<Warning>,
    /// How many requests were sent.
    pub requests: u64,
    state: State,
}

impl Collected {
    /// Saves the snapshot, and then removes what an unfinished collection goes on from.
    pub fn save(self, path: &Path) -> Result<(), CollectError> {
        self.database.save(path)?;
        self.state.remove()
    }
}

/// One account, its signer and what is to be read of it.
struct Target {
    account: String,
    is_own: bool,
    session: Option<Session>,
    regions: Vec<String>,
}

/// A service's kinds in one region of one account: the smallest part that is done or not.
struct Unit<'t> {
    target: &'t Target,
    service: &'static str,
    kinds: Vec<&'static Kind>,
    /// `None`: read once for the account.
    region: Option<&'t str>,
}

impl Unit<'_> {
    fn file(&self) -> String {
        let region = self.region.map(|region| format!("{region}.")).unwrap_or_default();
        format!("accounts/{}/{region}{}.jsonl", self.target.account, self.service)
    }
}

/// The caller's side of a collection.
struct Run {
    aws: Aws,
    session: Session,
    home: String,
    identity: Identity,
    state: State,
    purpose: Purpose,
    failure: Mutex<Option<CollectError>>,
}

impl Collection {
    /// Who would collect? One call, which needs no permission.
    pub fn identity(&self) -> Result<Identity, CollectError> {
        let (aws, session, home) = self.open()?;
        identity(&aws, &session, &home)
    }

    fn open(&self) -> Result<(Aws, Session, String), CollectError> {
        let settings = Settings::read(self.profile.as_deref(), self.region.as_deref())?;
        let home = settings.region().unwrap_or_else(|| "us-east-1".to_owned());
        let source = signers::source(&settings)?;
        let session = Session::new(source, "", &home);
        Ok((Aws::new(settings)?, session, home))
    }

    /// Collects. `hear` is told how it goes on.
    pub fn run(&self, hear: &(dyn Fn(Event) + Sync)) -> Result<Collected, CollectError> {
        let (aws, session, home) = self.open()?;
        let identity = identity(&aws, &session, &home)?;
        hear(Event::Begun(identity.clone()));
        let state = State::open(&self.state)?;
        if let Some(old) = state.purpose().filter(|_| !self.resume) {
            hear(Event::Discarded { at: old.at });
        }
        let purpose = self.purpose(&state, &identity)?;
        let session = session.of_account(&identity.account);
        let run = Run { aws, session, home, identity, state, purpose, failure: Mutex::new(None) };
        let found = run.organization();
        run.checked()?;
        if let Some(aggregator) = &self.aggregator {
            run.aggregated(aggregator, hear);
            return run.imported();
        }
        let members = self.members(&run, &found);
        hear(Event::Accounts(
            members.iter().map(|member| (member.id.clone(), member.name.clone())).collect(),
        ));
        let targets = parallel_by(WIDTH, &members, |member| self.target(&run, member));
        run.checked()?;
        let units: Vec<Vec<Unit<'_>>> = targets.iter().map(units).collect();
        for (target, units) in targets.iter().zip(&units) {
            let (account, regions) = (target.account.clone(), target.regions.len());
            hear(Event::Account { account, units: units.len(), regions });
        }
        // By turns, so that no account is asked by everybody at once while others wait.
        let longest = units.iter().map(Vec::len).max().unwrap_or_default();
        let in_turn: Vec<&Unit<'_>> = (0..longest)
            .flat_map(|position| units.iter().filter_map(move |units| units.get(position)))
            .collect();
        parallel_by(WIDTH, &in_turn, |unit| run.unit(unit, hear));
        run.imported()
    }

    fn purpose(&self, state: &State, identity: &Identity) -> Result<Purpose, CollectError> {
        let role = self.organization.as_ref().map(|organization| organization.role_name.clone());
        let aggregator = self.aggregator.clone();
        let new = Purpose { at: self.at.clone(), account: identity.account.clone(), role, aggregator };
        if !self.resume {
            state.begin(&new)?;
            return Ok(new);
        }
        let Some(kept) = state.purpose() else {
            return Err(CollectError::new("there is no unfinished collection to go on with")
                .hint("collect without `--resume`"));
        };
        let same = |purpose: &Purpose| Purpose { at: String::new(), ..purpose.clone() };
        if same(&kept) != same(&new) {
            let of = |purpose: &Purpose| match (&purpose.role, &purpose.aggregator) {
                (_, Some(name)) => format!("of the aggregator `{name}` in {}", purpose.account),
                (Some(role), None) => {
                    format!("of the organization from {} with the role `{role}`", purpose.account)
                }
                (None, None) => format!("of the account {}", purpose.account),
            };
            return Err(CollectError::new(format!(
                "the unfinished collection is one {}, this is one {}",
                of(&kept),
                of(&new)
            ))
            .hint("use the same profile and options, or collect without `--resume`"));
        }
        Ok(kept)
    }

    fn members(&self, run: &Run, found: &Found) -> Vec<Member> {
        let own = &run.identity.account;
        let name = found.members.iter().find(|member| member.id == *own).map(|member| member.name.clone());
        let mut members = vec![Member { id: own.clone(), name: name.unwrap_or_default(), is_active: true }];
        if self.organization.is_some() {
            members
                .extend(found.members.iter().filter(|member| member.id != *own && member.is_active).cloned());
        }
        members
    }

    /// The account's signer and regions; a line tells what could not be found out.
    fn target(&self, run: &Run, member: &Member) -> Target {
        let account = member.id.clone();
        let partition = endpoint::partition_of(&run.home);
        let session = match &self.organization {
            Some(organization) if account != run.identity.account => {
                let role = Role {
                    arn: format!("arn:{partition}:iam::{account}:role/{}", organization.role_name),
                    session: "clavicle".to_owned(),
                    external_id: organization.external_id.clone(),
                    seconds: None,
                };
                run.session.assuming(role, &account)
            }
            _ => run.session.of_account(&account),
        };
        let (seen, place) = (Seen::default(), run.place(&account, &run.home));
        let mut regions = self.regions.clone();
        let mut session = Some(session);
        let file = format!("accounts/{account}/account.jsonl");
        if let (Some(signer), Some(call)) = (&session, table::call(REGIONS)) {
            let caller = Caller { aws: &run.aws, signer, place: &place, seen: &seen };
            let entered = Signer::credentials(signer, &run.aws, false);
            match (entered, table::call("sts:AssumeRole")) {
                (Err(error), Some(assume)) => {
                    let words = error.problem.rsplit(": ").next().unwrap_or_default().to_owned();
                    let why = if words.starts_with("AccessDenied") { Why::Denied } else { Why::Failed };
                    seen.unanswered(&assume, &Unanswered { why, words }, false, 0);
                    session = None;
                }
                _ if regions.is_empty() => {
                    let mut found = Vec::new();
                    let take = |page: &Value| {
                        let names = elements(page, "regionInfo[]")
                            .into_iter()
                            .filter_map(|region| region.get("regionName")?.as_str().map(str::to_owned));
                        found.extend(names);
                    };
                    caller.pages(&Thing::default(), &call, take, "regionInfo[]");
                    regions = if found.is_empty() { vec![run.home.clone()] } else { found };
                    regions.sort_unstable();
                }
                // What lies elsewhere nobody looked at.
                _ => seen.not_tried(&call, format!("only {} was read, as asked", regions.join(", "))),
            }
        }
        let alias = match (&session, table::call(ALIASES)) {
            (Some(signer), Some(call)) if member.name.is_empty() => {
                let caller = Caller { aws: &run.aws, signer, place: &place, seen: &seen };
                let mut alias = None;
                let take = |page: &Value| {
                    alias = elements(page, "AccountAliases[]")
                        .first()
                        .and_then(|it| it.as_str().map(str::to_owned));
                };
                caller.pages(&Thing::default(), &call, take, "AccountAliases[]");
                alias
            }
            _ => None,
        };
        run.write(&file, |write| {
            if let Some(alias) = alias {
                write(&serde_json::json!({"Accounts": [{"Id": account, "Name": alias}]}));
            }
            write(&seen.line(Some(&account), None, &run.purpose.at));
        });
        Target { is_own: account == run.identity.account, account, session, regions }
    }
}

fn identity(aws: &Aws, session: &Session, home: &str) -> Result<Identity, CollectError> {
    let call =
        table::call(WHO_AM_I).ok_or_else(|| CollectError::new("the table has no call to begin with"))?;
    // Asked for by itself, so that what is wrong with them is told in full.
    Signer::credentials(session, aws, false)?;
    let answer = aws.call(session, home, &call, call.path, &[]).map_err(|unanswered| {
        CollectError::new(format!("cannot find out who this is: {}", unanswered.words))
            .hint("`aws sts get-caller-identity` with the same profile should answer")
    })?;
    let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(Identity { arn: text("Arn"), account: text("Account") })
}

/// Every unit of an account: those that are read once, then those of each region.
fn units(target: &Target) -> Vec<Unit<'_>> {
    if target.session.is_none() {
        return Vec::new();
    }
    let group = |is_global: bool| {
        let mut services: BTreeMap<&'static str, Vec<&'static Kind>> = BTreeMap::new();
        for kind in kinds().iter().filter(|kind| kind.is_global == is_global) {
            services.entry(kind.client()).or_default().push(kind);
        }
        services
    };
    let unit = |(service, kinds), region| Unit { target, service, kinds, region };
    let mut units: Vec<Unit<'_>> = group(true).into_iter().map(|service| unit(service, None)).collect();
    for region in &target.regions {
        // Only the account that collects may be one that Identity Center is managed from.
        if target.is_own {
            units.push(unit((identity_center::SERVICE, Vec::new()), Some(region.as_str())));
        }
        units.extend(group(false).into_iter().map(|service| unit(service, Some(region.as_str()))));
    }
    units
}

impl Run {
    /// Everything that was written, as a snapshot.
    fn imported(self) -> Result<Collected, CollectError> {
        self.checked()?;
        let imported = Import::new().collected(self.state.folder()).run(|_| ())?;
        Ok(Collected {
            database: imported.database,
            warnings: imported.warnings,
            requests: self.aws.sent(),
            state: self.state,
        })
    }

    /// What AWS Config has recorded, and Identity Center, of which it records nothing.
    fn aggregated(&self, aggregator: &str, hear: &(dyn Fn(Event) + Sync)) {
        let account = self.identity.account.clone();
        hear(Event::Accounts(vec![(account.clone(), format!("AWS Config, {aggregator}"))]));
        hear(Event::Account { account: account.clone(), units: 2, regions: 1 });
        let place = self.place(&account, &self.home);
        type Read<'r> = &'r dyn Fn(Caller<'_>, &mut dyn FnMut(Value));
        let from_config: Read<'_> = &|caller, write| config_aggregator::read(caller, aggregator, write);
        for (service, read) in [("config", from_config), (identity_center::SERVICE, &identity_center::read)] {
            let file = format!("accounts/{account}/{service}.jsonl");
            let seen = Seen::default();
            if !self.state.has(&file) {
                let caller = Caller { aws: &self.aws, signer: &self.session, place: &place, seen: &seen };
                self.write(&file, |write| {
                    read(caller, &mut |line| write(&line));
                    write(&seen.line(None, None, &self.purpose.at));
                });
            }
            let gap = seen.first_gap();
            hear(Event::Unit { account: account.clone(), service: service.to_owned(), gap });
        }
    }

    fn place(&self, account: &str, region: &str) -> Place {
        Place {
            account: account.to_owned(),
            region: region.to_owned(),
            partition: endpoint::partition_of(region),
        }
    }

    /// What cannot be written ends the collection.
    fn write(&self, name: &str, fill: impl FnOnce(&mut dyn FnMut(&Value))) {
        let written = self.state.write(name, |write| {
            fill(write);
            self.aws.ended().is_none()
        });
        if let Some(error) = written.err().or_else(|| self.aws.ended()) {
            lock(&self.failure).get_or_insert(error);
        }
    }

    /// What has ended the collection, if something has.
    fn checked(&self) -> Result<(), CollectError> {
        lock(&self.failure).take().map_or(Ok(()), Err)
    }

    fn organization(&self) -> Found {
        let (seen, place) = (Seen::default(), self.place(&self.identity.account, &self.home));
        let caller = Caller { aws: &self.aws, signer: &self.session, place: &place, seen: &seen };
        let mut found = Found::default();
        self.write("organization.json", |write| {
            found = organization::read(caller, &mut |line| write(&line));
            write(&seen.line(None, None, &self.purpose.at));
        });
        found
    }

    fn unit(&self, unit: &Unit<'_>, hear: &(dyn Fn(Event) + Sync)) {
        let Some(signer) = &unit.target.session else { return };
        let file = unit.file();
        let mut gap = None;
        if !self.state.has(&file) && lock(&self.failure).is_none() {
            let region = unit.region.unwrap_or_else(|| endpoint::global_region(&self.home));
            let (seen, place) = (Seen::default(), self.place(&unit.target.account, region));
            let caller = Caller { aws: &self.aws, signer, place: &place, seen: &seen };
            self.write(&file, |write| {
                match unit.service {
                    "iam" => iam::read(caller, &mut |line| write(&line)),
                    identity_center::SERVICE => identity_center::read(caller, &mut |line| write(&line)),
                    _ => {}
                }
                for kind in &unit.kinds {
                    for thing in caller.things(kind) {
                        match thing.item(kind, &place, &self.purpose.at) {
                            Some(item) => write(&item),
                            None => seen.nameless(kind),
                        }
                    }
                }
                write(&seen.line(Some(&unit.target.account), unit.region, &self.purpose.at));
            });
            gap = seen.first_gap();
        }
        let (account, service) = (unit.target.account.clone(), unit.service.to_owned());
        hear(Event::Unit { account, service, gap });
    }
}
