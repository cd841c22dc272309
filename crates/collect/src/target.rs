//! One account that is read: whose credentials sign for it, its regions, and the parts in which it is read.

use std::collections::{BTreeMap, BTreeSet};

use clavicle_snapshot::STOPPED;
use serde_json::{Value, json};

use crate::aws::{Unanswered, Why};
use crate::collection::{Collection, WholeOrganization};
use crate::endpoint;
use crate::organization::Member;
use crate::plan::{ALIASES, REGIONS};
use crate::run::Run;
use crate::seen::{Seen, action};
use crate::signers::{Role, Session};
use crate::table::{self, Kind, kinds};
use crate::thing::{Thing, elements};
use crate::walk::Caller;
use crate::{iam, identity_center};

/// The service whose unit has the identities of an account.
pub(crate) const IDENTITIES: &str = "iam";

/// One account, its signer and what is to be read of it.
pub(crate) struct Target {
    pub(crate) account: String,
    pub(crate) is_own: bool,
    pub(crate) session: Option<Session>,
    pub(crate) regions: Vec<String>,
    /// The regions that are enabled, where only some are read, and the account told.
    pub(crate) enabled: Option<Vec<String>>,
}

/// A service's kinds in one region of one account: the smallest part that is done or not.
pub(crate) struct Unit<'t> {
    pub(crate) target: &'t Target,
    pub(crate) service: &'static str,
    pub(crate) kinds: Vec<&'static Kind>,
    /// `None`: read once for the account.
    pub(crate) region: Option<&'t str>,
}

impl Unit<'_> {
    pub(crate) fn file(&self) -> String {
        self.target.file(self.region, self.service)
    }

    /// What is not seen should the collection be stopped before this was read: the calls that list things.
    fn unread(&self) -> Vec<Value> {
        let beside = match self.service {
            IDENTITIES => table::call(iam::DETAILS),
            identity_center::SERVICE => table::call(identity_center::INSTANCES),
            _ => None,
        };
        let of_kinds =
            self.kinds.iter().filter_map(|kind| kind.steps.first()).map(|step| action(step.call()));
        let calls: BTreeSet<String> = of_kinds.chain(beside.as_ref().map(action)).collect();
        let file = self.file();
        let file = file.rsplit('/').next();
        let row = |call| {
            json!({"Call": call, "Account": self.target.account, "Region": self.region, "State": "not_tried",
                "Reason": STOPPED, "Until": file})
        };
        calls.into_iter().map(row).collect()
    }
}

impl Target {
    /// The account with its signer and regions; what could not be found out is written down.
    pub(crate) fn of(collection: &Collection, run: &Run, member: &Member) -> Target {
        let account = member.id.clone();
        let is_own = account == run.identity.account;
        let session = match &collection.organization {
            Some(organization) if !is_own => {
                run.session.assuming(role_in(&account, organization, run), &account)
            }
            _ => run.session.of_account(&account),
        };
        let (seen, place) = (Seen::default(), run.place(&account, &run.home));
        let caller = Caller { aws: &run.aws, signer: &session, place: &place, seen: &seen };
        let is_entered = enter(caller);
        let enabled = if is_entered { enabled(caller) } else { None };
        let regions = match is_entered {
            true => regions_read(&collection.regions, enabled.as_deref(), &run.home),
            false => Vec::new(),
        };
        if is_entered && !collection.regions.is_empty() {
            left_out(caller, &collection.regions, enabled.as_deref());
        }
        let enabled = enabled.filter(|_| !collection.regions.is_empty());
        let alias = if is_entered { alias(caller) } else { None };
        let file = format!("accounts/{account}/account.jsonl");
        let target = Target { account, is_own, session: is_entered.then_some(session), regions, enabled };
        let (account, units) = (&target.account, target.units());
        run.write(&file, |write| {
            if let Some(alias) = alias {
                if member.name.is_empty() {
                    write(&json!({"Accounts": [{"Id": account, "Name": alias}]}));
                }
                write(&json!({"AccountSummaries": [{"Account": account, "Alias": alias}]}));
            }
            write(&seen.line(Some(account), None, &run.purpose.at));
            write(&json!({"CollectedCalls": units.iter().flat_map(Unit::unread).collect::<Vec<_>>()}));
        });
        target
    }

    /// Where what a service told is written.
    pub(crate) fn file(&self, region: Option<&str>, service: &str) -> String {
        let region = region.map(|region| format!("{region}.")).unwrap_or_default();
        format!("accounts/{}/{region}{service}.jsonl", self.account)
    }

    /// Every unit of an account: those that are read once, then those of each region.
    pub(crate) fn units(&self) -> Vec<Unit<'_>> {
        if self.session.is_none() {
            return Vec::new();
        }
        let group = |is_global: bool| {
            let mut services: BTreeMap<&'static str, Vec<&'static Kind>> = BTreeMap::new();
            for kind in kinds().iter().filter(|kind| kind.is_global == is_global) {
                services.entry(kind.client()).or_default().push(kind);
            }
            services
        };
        let unit = |(service, kinds), region| Unit { target: self, service, kinds, region };
        let mut units: Vec<Unit<'_>> = group(true).into_iter().map(|service| unit(service, None)).collect();
        for region in &self.regions {
            // Only the account that collects may be one that Identity Center is managed from.
            if self.is_own {
                units.push(unit((identity_center::SERVICE, Vec::new()), Some(region.as_str())));
            }
            units.extend(group(false).into_iter().map(|service| unit(service, Some(region.as_str()))));
        }
        units
    }
}

fn role_in(account: &str, organization: &WholeOrganization, run: &Run) -> Role {
    let partition = clavicle_catalog::partition_of(&run.home).name;
    Role {
        arn: format!("arn:{partition}:iam::{account}:role/{}", organization.role_name),
        session: "clavicle".to_owned(),
        external_id: organization.external_id.clone(),
        seconds: None,
        second_factor: None,
    }
}

/// Are there credentials for the account?
fn enter(caller: Caller<'_>) -> bool {
    let Err(error) = caller.signer.credentials(caller.aws, false) else { return true };
    if let Some(assume) = table::call("sts:AssumeRole") {
        let words = error.problem.rsplit(": ").next().unwrap_or_default().to_owned();
        let why = if words.starts_with("AccessDenied") { Why::Denied } else { Why::Failed };
        caller.seen.unanswered(&assume, &Unanswered { why, words }, false, 0);
    }
    false
}

/// The regions that are read: those that were asked for, if there are any, and no others than those that are enabled, where that is known.
fn regions_read(asked: &[String], enabled: Option<&[String]>, home: &str) -> Vec<String> {
    match (asked, enabled) {
        ([], None) => vec![home.to_owned()],
        ([], Some(enabled)) => enabled.to_vec(),
        (asked, None) => asked.to_vec(),
        (asked, Some(enabled)) => asked.iter().filter(|region| enabled.contains(region)).cloned().collect(),
    }
}

/// Writes down that regions were left out, unless it is known that those that were asked for are all that are enabled.
///
/// AWS: AWS Account Management Reference, "DisableRegion": "The act of disabling a Region will remove all IAM access to any resources
/// that reside in that Region" (<https://docs.aws.amazon.com/accounts/latest/reference/API_DisableRegion.html>).
fn left_out(caller: Caller<'_>, asked: &[String], enabled: Option<&[String]>) {
    let Some(call) = table::call(REGIONS) else { return };
    if enabled.is_none_or(|enabled| enabled.iter().any(|region| !asked.contains(region))) {
        caller.seen.not_tried(&call, format!("only {} was read, as asked", asked.join(", ")), 0);
    }
}

/// The regions that are enabled for the account, sorted; `None`: it did not tell.
fn enabled(caller: Caller<'_>) -> Option<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    let take = |page: &Value| found.extend(named(page));
    let call = table::call(REGIONS)?;
    if caller.pages(&Thing::default(), &call, take, "regionInfo[]") && found.is_empty() {
        caller.seen.not_tried(&call, "it names no region".to_owned(), 0);
    }
    found.sort_unstable();
    Some(found).filter(|names| !names.is_empty())
}

/// The regions that an answer names.
fn named(answer: &Value) -> Vec<String> {
    let name = |region: &Value| region.get("regionName")?.as_str().map(str::to_owned);
    let named = elements(answer, "regionInfo[]").into_iter().filter_map(name);
    named.filter(|region| endpoint::is_region(region)).collect()
}

/// What the account calls itself.
fn alias(caller: Caller<'_>) -> Option<String> {
    let call = table::call(ALIASES)?;
    let mut alias = None;
    let take = |page: &Value| {
        alias = elements(page, "AccountAliases[]").first().and_then(|it| it.as_str().map(str::to_owned));
    };
    caller.pages(&Thing::default(), &call, take, "AccountAliases[]");
    alias
}

#[cfg(test)]
mod tests {
    use super::regions_read;

    #[test]
    fn a_region_that_the_account_has_not_enabled_is_not_asked() {
        let all = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>();
        let (home, enabled) = ("eu-west-1", all(&["eu-west-1", "us-east-1"]));
        let read = |asked: &[&str], enabled: Option<&[String]>| regions_read(&all(asked), enabled, home);
        assert_eq!(read(&[], Some(&enabled)), enabled);
        assert_eq!(read(&[], None), [home]);
        assert_eq!(read(&["us-east-1", "ap-east-1"], Some(&enabled)), ["us-east-1"]);
        assert_eq!(read(&["us-east-1", "ap-east-1"], None), ["us-east-1", "ap-east-1"]);
    }
}
