//! One run of a collection: part after part is read and written down, and everything that was written becomes a snapshot.

use std::sync::Mutex;

use clavicle_snapshot::{Import, STOPPED};
use serde_json::{Value, json};

use crate::aws::Aws;
use crate::collection::{Collected, Event, Identity};
use crate::endpoint;
use crate::error::CollectError;
use crate::organization::{self, Found, Member};
use crate::pace::lock;
use crate::seen::{Seen, action};
use crate::signers::Session;
use crate::state::{Purpose, State};
use crate::target::{IDENTITIES, Target, Unit};
use crate::thing::Place;
use crate::walk::Caller;
use crate::{config_aggregator, iam, identity_center, last_accessed, table};

/// The caller's side of a collection.
pub(crate) struct Run {
    pub(crate) aws: Aws,
    pub(crate) session: Session,
    pub(crate) home: String,
    pub(crate) identity: Identity,
    pub(crate) state: State,
    pub(crate) purpose: Purpose,
    pub(crate) failure: Mutex<Option<CollectError>>,
}

impl Run {
    /// Everything that was written, as a snapshot.
    pub(crate) fn imported(self) -> Result<Collected, CollectError> {
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
    pub(crate) fn aggregated(&self, aggregator: &str, hear: &(dyn Fn(Event) + Sync)) {
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
            let (gap, requests) = (seen.first_gap(), self.aws.sent_for(&account));
            hear(Event::Unit { account: account.clone(), service: service.to_owned(), gap, requests });
        }
    }

    pub(crate) fn place(&self, account: &str, region: &str) -> Place {
        Place {
            account: account.to_owned(),
            region: region.to_owned(),
            partition: clavicle_catalog::partition_of(region).name,
        }
    }

    /// What cannot be written ends the collection.
    pub(crate) fn write(&self, name: &str, fill: impl FnOnce(&mut dyn FnMut(&Value))) {
        let written = self.state.write(name, |write| {
            fill(write);
            self.aws.ended().is_none()
        });
        let mended = "when that is mended, `clavicle collect --resume` goes on";
        if let Some(error) = written.map_err(|error| error.hint(mended)).err().or_else(|| self.aws.ended()) {
            lock(&self.failure).get_or_insert(error);
        }
    }

    /// What has ended the collection, if something has.
    pub(crate) fn checked(&self) -> Result<(), CollectError> {
        lock(&self.failure).take().map_or(Ok(()), Err)
    }

    /// Has something ended the collection?
    pub(crate) fn is_failed(&self) -> bool {
        lock(&self.failure).is_some()
    }

    /// When the identities of an account last used what; after these were read.
    pub(crate) fn last_accessed(&self, target: &Target, hear: &(dyn Fn(Event) + Sync)) {
        let Some(signer) = &target.session else { return };
        let (seen, place) =
            (Seen::default(), self.place(&target.account, endpoint::global_region(&self.home)));
        let caller = Caller { aws: &self.aws, signer, place: &place, seen: &seen };
        let gap = last_accessed::read(self, target, caller, &target.file(None, IDENTITIES));
        let (account, service) = (target.account.clone(), last_accessed::NAME.to_owned());
        let requests = self.aws.sent_for(&account);
        hear(Event::Unit { account, service, gap, requests });
    }

    pub(crate) fn organization(&self) -> Found {
        let (seen, place) = (Seen::default(), self.place(&self.identity.account, &self.home));
        let caller = Caller { aws: &self.aws, signer: &self.session, place: &place, seen: &seen };
        let mut found = Found::default();
        self.write("organization.json", |write| {
            found = organization::read(caller, &mut |line| write(&line));
            write(&seen.line(None, None, &self.purpose.at));
            write(&self.not_begun(&found));
        });
        found
    }

    /// The accounts to read.
    pub(crate) fn members(&self, found: &Found) -> Vec<Member> {
        let own = &self.identity.account;
        let name = found.members.iter().find(|member| member.id == *own).map(|member| member.name.clone());
        let mut members = vec![Member { id: own.clone(), name: name.unwrap_or_default(), is_active: true }];
        if self.purpose.role.is_some() {
            members
                .extend(found.members.iter().filter(|member| member.id != *own && member.is_active).cloned());
        }
        members
    }

    /// What is not seen should the collection be stopped before the first part of an account was read.
    fn not_begun(&self, found: &Found) -> Value {
        let first = if self.purpose.aggregator.is_some() { "config" } else { "account" };
        let call = table::call(iam::DETAILS).as_ref().map(action);
        let row = |member: &Member| {
            json!({"Call": call.as_ref()?, "Account": member.id, "Region": null, "State": "not_tried",
                "Reason": STOPPED, "Until": format!("accounts/{}/{first}.jsonl", member.id)})
            .into()
        };
        json!({"CollectedCalls": self.members(found).iter().filter_map(row).collect::<Vec<Value>>()})
    }

    pub(crate) fn unit(&self, unit: &Unit<'_>, hear: &(dyn Fn(Event) + Sync)) {
        let Some(signer) = &unit.target.session else { return };
        let file = unit.file();
        let mut gap = None;
        if !self.state.has(&file) && !self.is_failed() {
            let region = unit.region.unwrap_or_else(|| endpoint::global_region(&self.home));
            let (seen, place) = (Seen::default(), self.place(&unit.target.account, region));
            let caller = Caller { aws: &self.aws, signer, place: &place, seen: &seen };
            self.write(&file, |write| {
                match unit.service {
                    IDENTITIES => iam::read(caller, &mut |line| write(&line)),
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
        let requests = self.aws.sent_for(&account);
        hear(Event::Unit { account, service, gap, requests });
    }
}
