//! How actors and targets are shown.

use clavicle_graph::{Actor, Target};
use clavicle_policy::AccountId;
use clavicle_snapshot::{PrincipalIndex, ResourceIndex};

use crate::names::{Entry, principal_word, provider_name};
use crate::reader::Reader;
use crate::shape::Thing;

impl Reader {
    /// How an actor is named.
    pub fn thing_of_actor(&self, actor: &Actor) -> Thing {
        Thing { known_as: self.acquaintance(actor).map(|it| it.name), ..self.plain_thing_of_actor(actor) }
    }

    fn plain_thing_of_actor(&self, actor: &Actor) -> Thing {
        match actor {
            Actor::Principal(index) => self.thing_of_principal(*index),
            Actor::Root(account) => Thing {
                name: format!("{}root", self.names().prefix(Some(*account))),
                arn: Some(format!("arn:{}:iam::{account}:root", self.partition())),
                kind: "root".to_owned(),
                account: Some(account.to_string()),
                known_as: None,
            },
            Actor::OutsideAccount(account) => Thing {
                name: format!("acct/{account}"),
                arn: Some(format!("arn:{}:iam::{account}:root", self.partition())),
                kind: "outside".to_owned(),
                account: Some(account.to_string()),
                known_as: None,
            },
            Actor::Unseen(arn) => self.thing_of_unseen(arn),
            Actor::Service(name) => plain(name, "service"),
            Actor::Provider(arn) => self.thing_of_provider(arn),
            Actor::CanonicalUser(id) => plain(&format!("canonical/{id}"), "outside"),
            Actor::Everyone => plain("everyone", "everyone"),
        }
    }

    /// How a target is named.
    pub fn thing_of_target(&self, target: &Target) -> Thing {
        match target {
            Target::Resource(index) => self.thing_of_resource(*index),
            Target::Principal(index) => self.thing_of_principal(*index),
            Target::Arn(arn, account) => self.thing_of_arn(arn, *account),
            Target::Anything => plain("*", "anything"),
        }
    }

    pub(crate) fn thing_of_principal(&self, index: PrincipalIndex) -> Thing {
        let record = self.world().snapshot().principal(index);
        Thing {
            name: self.names().of(Entry::Principal(index)).to_owned(),
            arn: Some(record.arn.to_string()),
            kind: principal_word(record.kind).to_owned(),
            account: Some(record.account.to_string()),
            known_as: None,
        }
    }

    pub(crate) fn thing_of_resource(&self, index: ResourceIndex) -> Thing {
        let record = self.world().snapshot().resource(index);
        Thing {
            name: self.names().of(Entry::Resource(index)).to_owned(),
            arn: Some(record.arn.to_string()),
            kind: record.kind.to_string(),
            account: record.account.map(|account| account.to_string()),
            known_as: None,
        }
    }

    fn thing_of_provider(&self, arn: &str) -> Thing {
        let mut providers = self.world().snapshot().providers.iter();
        let place = providers.position(|provider| &*provider.arn == arn);
        let account = AccountId::of_arn(arn);
        let name = match place {
            Some(place) => self.names().of(Entry::Provider(place)).to_owned(),
            None => format!("{}provider/{}", self.names().prefix(account), provider_name(arn)),
        };
        Thing {
            name,
            arn: arn.starts_with("arn:").then(|| arn.to_owned()),
            kind: "provider".to_owned(),
            account: account.map(|account| account.to_string()),
            known_as: None,
        }
    }

    /// A user, role or session that is in no source, by what its ARN says.
    fn thing_of_unseen(&self, arn: &str) -> Thing {
        let account = AccountId::of_arn(arn);
        let last = arn.splitn(6, ':').nth(5).unwrap_or(arn);
        let (kind, name) = match last.split_once('/') {
            Some((kind @ ("user" | "role"), path)) => (kind, path.rsplit('/').next().unwrap_or(path)),
            Some((kind, name)) => (kind, name),
            None => ("outside", last),
        };
        let ours = account.is_some_and(|account| self.world().is_seen(account));
        Thing {
            name: format!("{}{kind}/{name}", self.names().prefix(account)),
            arn: Some(arn.to_owned()),
            kind: if ours && matches!(kind, "user" | "role") { kind } else { "outside" }.to_owned(),
            account: account.map(|account| account.to_string()),
            known_as: None,
        }
    }

    fn thing_of_arn(&self, arn: &str, account: Option<AccountId>) -> Thing {
        let snapshot = self.world().snapshot();
        if let Some(policy) = snapshot.policy_by_arn(arn) {
            return Thing {
                name: self.names().of(Entry::Policy(policy)).to_owned(),
                arn: Some(arn.to_owned()),
                kind: "policy".to_owned(),
                account: account.map(|account| account.to_string()),
                known_as: None,
            };
        }
        if arn.contains("-provider/") {
            return self.thing_of_provider(arn);
        }
        let types = self.world().catalog().resource_types_of(arn);
        Thing {
            name: arn.to_owned(),
            arn: Some(arn.to_owned()),
            kind: types.first().map_or_else(|| "unknown".to_owned(), ToString::to_string),
            account: account.map(|account| account.to_string()),
            known_as: None,
        }
    }

    /// The partition of the snapshot's accounts.
    pub(crate) fn partition(&self) -> &str {
        let snapshot = self.world().snapshot();
        let arn =
            snapshot.principals.first().map(|it| &it.arn).or(snapshot.resources.first().map(|it| &it.arn));
        arn.and_then(|arn| arn.split(':').nth(1)).unwrap_or("aws")
    }
}

fn plain(name: &str, kind: &str) -> Thing {
    Thing { name: name.to_owned(), arn: None, kind: kind.to_owned(), account: None, known_as: None }
}
