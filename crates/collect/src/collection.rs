//! The whole of it: who asks, which accounts and regions, every unit of reading, one snapshot.

use std::path::PathBuf;
use std::sync::Mutex;

use clavicle_snapshot::{AccountId, Database, Warning};
use serde_json::Value;

use crate::aws::{Aws, Signer, Why};
use crate::endpoint;
use crate::error::CollectError;
use crate::plan::WHO_AM_I;
use crate::profile::Settings;
use crate::run::Run;
use crate::signers::{self, Session};
use crate::state::{Purpose, State};
use crate::target::{Target, Unit};
use crate::walk::parallel_by;
use crate::{instance, table};

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
    /// Asks for the code of a second factor, of which the id is given; `None`: there is nobody to ask.
    pub ask_code: Option<fn(&str) -> Option<String>>,
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
    /// The clock of this machine is so far ahead of AWS's, whose time is taken.
    Clock(jiff::SignedDuration),
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
        /// How many requests were sent about the account until now.
        requests: u64,
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
    pub(crate) state: State,
}

impl Collected {
    /// Removes what an unfinished collection goes on from: the database is saved.
    pub fn is_saved(self) -> Result<(), CollectError> {
        self.state.remove()
    }
}

impl Collection {
    fn open(&self) -> Result<(Aws, Session, String), CollectError> {
        let settings = Settings::read(self.profile.as_deref(), self.region.as_deref())?;
        let source = signers::source(&settings)?;
        let aws = Aws::new(settings)?;
        let home = instance::region(&aws.http, &aws.settings);
        if let Some(wrong) = self.regions.iter().chain([&home]).find(|region| !endpoint::is_region(region)) {
            return Err(CollectError::usage(format!("`{wrong}` is not the name of a region")));
        }
        let source = signers::with_codes(&aws, source, &home, self.ask_code)?;
        Ok((aws, Session::new(source, "", &home), home))
    }

    /// Collects. `hear` is told how it goes on.
    pub fn run(&self, hear: &(dyn Fn(Event) + Sync)) -> Result<Collected, CollectError> {
        let (aws, session, home) = self.open()?;
        let identity = identity(&aws, &session, &home)?;
        hear(Event::Begun(identity.clone()));
        if !aws.clock.ahead().is_zero() {
            hear(Event::Clock(aws.clock.ahead()));
        }
        let state = State::open(&self.state)?;
        if let Some(old) = state.purpose().filter(|_| !self.resume) {
            hear(Event::Discarded { at: old.at });
        }
        let at = self.at.parse().map_or_else(|_| self.at.clone(), |at| seconds(aws.clock.right(at)));
        let purpose = self.purpose(&state, &identity, at)?;
        let session = session.of_account(&identity.account);
        let run = Run { aws, session, home, identity, state, purpose, failure: Mutex::new(None) };
        let found = run.organization();
        run.checked()?;
        if let Some(aggregator) = &self.aggregator {
            run.aggregated(aggregator, hear);
            return run.imported();
        }
        if self.organization.is_some() && found.members.is_empty() {
            return Err(match found.is_none {
                true => CollectError::new(format!("the account {} is in no organization", run.identity.account))
                    .hint("without `--org`, `clavicle collect` reads one account"),
                false => CollectError::new("the accounts of the organization could not be listed").hint(
                    "only its management account and delegated administrators may; without `--org`, `clavicle collect` reads one account",
                ),
            });
        }
        let members = run.members(&found);
        hear(Event::Accounts(
            members.iter().map(|member| (member.id.clone(), member.name.clone())).collect(),
        ));
        let targets = parallel_by(WIDTH, &members, |member| Target::of(self, &run, member));
        run.checked()?;
        if let Some(wrong) = self.regions.iter().find(|region| is_nowhere(&targets, region)) {
            let mut enabled: Vec<&str> = targets
                .iter()
                .filter_map(|target| target.enabled.as_deref())
                .flatten()
                .map(String::as_str)
                .collect();
            enabled.sort_unstable();
            enabled.dedup();
            return Err(CollectError::usage(format!("`{wrong}` is no region that is enabled"))
                .hint(format!("enabled are {}", enabled.join(", "))));
        }
        let units: Vec<Vec<Unit<'_>>> = targets.iter().map(Target::units).collect();
        for (target, units) in targets.iter().zip(&units) {
            let (account, regions) = (target.account.clone(), target.regions.len());
            // One more for the reports of last access.
            let units = if units.is_empty() { 0 } else { units.len() + 1 };
            hear(Event::Account { account, units, regions });
        }
        // By turns, so that no account is asked by everybody at once while others wait.
        let longest = units.iter().map(Vec::len).max().unwrap_or_default();
        let in_turn: Vec<&Unit<'_>> = (0..longest)
            .flat_map(|position| units.iter().filter_map(move |units| units.get(position)))
            .collect();
        parallel_by(WIDTH, &in_turn, |unit| run.unit(unit, hear));
        parallel_by(WIDTH, &targets, |target| run.last_accessed(target, hear));
        run.imported()
    }

    /// What is collected; `at` is when it begins.
    fn purpose(&self, state: &State, identity: &Identity, at: String) -> Result<Purpose, CollectError> {
        let role = self.organization.as_ref().map(|organization| organization.role_name.clone());
        let aggregator = self.aggregator.clone();
        let new = Purpose { at, account: identity.account.clone(), role, aggregator };
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
}

fn seconds(time: jiff::Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Do all accounts that are read say that this region is none of theirs?
fn is_nowhere(targets: &[Target], region: &String) -> bool {
    let mut entered = targets.iter().filter(|target| target.session.is_some()).peekable();
    let has_not = |target: &Target| target.enabled.as_ref().is_some_and(|enabled| !enabled.contains(region));
    entered.peek().is_some() && entered.all(has_not)
}

fn identity(aws: &Aws, session: &Session, home: &str) -> Result<Identity, CollectError> {
    let call =
        table::call(WHO_AM_I).ok_or_else(|| CollectError::new("the table has no call to begin with"))?;
    // Asked for by itself, so that what is wrong with them is told in full.
    Signer::credentials(session, aws, false)?;
    let origin = endpoint::of(call.client, home, session.account(), &aws.settings).origin;
    if !["http://", "https://"].iter().any(|scheme| origin.starts_with(scheme)) {
        return Err(CollectError::new(format!("`{origin}` is no address of an endpoint"))
            .hint("AWS_ENDPOINT_URL and `endpoint_url` begin with http:// or https://"));
    }
    let answer = aws.call(session, home, &call, call.path, &[]).map_err(|unanswered| {
        let by_proxy = if aws.http.is_proxied(&origin) { ", by the proxy of the environment" } else { "" };
        let place = match unanswered.why {
            Why::Failed => format!(" ({origin}{by_proxy})"),
            _ => String::new(),
        };
        CollectError::new(format!("cannot find out who this is: {}{place}", unanswered.words))
            .hint("`aws sts get-caller-identity` with the same profile should answer")
    })?;
    let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let account = text("Account");
    if AccountId::parse(&account).is_none() {
        return Err(CollectError::new("AWS STS did not say which account this is"));
    }
    Ok(Identity { arn: text("Arn"), account })
}
