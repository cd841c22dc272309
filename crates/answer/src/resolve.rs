//! From what was typed to the thing that was meant. Never guesses: what is unclear or unknown lists what may be meant.

use std::borrow::Cow;
use std::sync::Arc;

use clavicle_catalog::{Partition, partitions};
use clavicle_graph::{Actor, Target};
use clavicle_policy::{AccountId, Case, Glob};
use clavicle_snapshot::{
    OrgPolicyIndex, PolicyIndex, PrincipalIndex, PrincipalKind, ResourceIndex, RoleAttribute, Tag, UnitIndex,
};

use crate::count::number;
use crate::names::Entry;
use crate::nearest::nearest;
use crate::question::QuestionError;
use crate::reader::Reader;

/// At most this many things may have been meant.
const CANDIDATES: usize = 12;

/// Where nothing is near, so many of those that are of its kind are told.
const FIRST_OF_ITS_KIND: usize = 3;

/// The thing of a question, or something in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) target: Target,
    /// The ARN of something in the target, where not the whole is meant: an object of a bucket.
    pub(crate) part: Option<String>,
}

/// What a question with `what` is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    Actor(Actor),
    Workload(ResourceIndex),
    Group(PrincipalIndex),
    Policy(PolicyIndex),
    OrgPolicy(OrgPolicyIndex),
}

/// Who is looked at by a question with `who`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Askers {
    Anyone,
    Outside,
    Administrators,
    /// The users and roles of these accounts.
    Accounts(Vec<AccountId>),
    These(Vec<Actor>),
}

/// Other words for a kind of thing.
const SPELLINGS: &[(&str, &str)] = &[
    ("account", "acct"),
    ("alias", "key"),
    ("dynamodb", "table"),
    ("ecr", "repository"),
    ("function", "lambda"),
    ("kms", "key"),
    ("repo", "repository"),
    ("secretsmanager", "secret"),
    ("sns", "topic"),
    ("sqs", "queue"),
    ("unit", "ou"),
];

impl Reader {
    /// Who a name, ARN or other spelling means.
    pub(crate) fn resolve_actor(&self, text: &str) -> Result<Actor, QuestionError> {
        let text = trimmed(text, "who is asked about")?;
        match text.to_ascii_lowercase().as_str() {
            "anyone" | "everyone" | "public" | "*" => return Ok(Actor::Everyone),
            "me" => return Err(self.nobody_is_me()),
            "admin" | "outside" | "matter" => return Err(self.is_a_set(text)),
            _ => {}
        }
        if let Some(actor) = self.unseen_actor(text) {
            return Ok(actor);
        }
        if let Some(arn) = as_arn(text) {
            return self.actor_of_arn(arn);
        }
        let entry = self.find(text, "user or role", |entry| match entry {
            Entry::Principal(_) | Entry::Account(_) | Entry::Provider(_) => true,
            Entry::Resource(index) => !self.world().snapshot().resource(index).runs_as.is_empty(),
            _ => false,
        })?;
        match entry {
            Entry::Principal(index) => self.caller(index, text),
            Entry::Account(place) => Ok(self.actor_of_account(self.world().snapshot().accounts[place].id)),
            Entry::Provider(place) => {
                Ok(Actor::Provider(self.world().snapshot().providers[place].arn.clone()))
            }
            Entry::Resource(index) => self.role_of(index),
            Entry::Policy(_) | Entry::OrgPolicy(_) | Entry::Unit(_) => Err(unknown(text, "user or role")),
        }
    }

    /// The thing, or part of it, that a name, ARN or other spelling means.
    pub(crate) fn resolve_spot(&self, text: &str) -> Result<Spot, QuestionError> {
        let text = trimmed(text, "what is asked about")?;
        let whole = |target| Ok(Spot { target, part: None });
        match text.to_ascii_lowercase().as_str() {
            "*" | "-" => return whole(Target::Anything),
            "matter" | "admin" | "outside" | "public" | "anyone" | "everyone" => {
                return Err(self.is_a_set(text));
            }
            "me" => return Err(self.nobody_is_me()),
            _ => {}
        }
        if let Some(arn) = as_arn(text) {
            return self.spot_of_arn(arn);
        }
        if let Some(rest) = strip_start(text, "s3://") {
            return self.spot_of_bucket(text, rest);
        }
        // Roles and their policies often share a name; a policy as a thing is asked about less.
        let is_first = |entry: &Entry| matches!(entry, Entry::Principal(_) | Entry::Resource(_));
        let prefers = self.exact(text).iter().any(is_first);
        let entry = self.find(text, "thing", |entry| {
            is_first(&entry) || (!prefers && matches!(entry, Entry::Policy(_) | Entry::Provider(_)))
        })?;
        let snapshot = self.world().snapshot();
        whole(match entry {
            Entry::Principal(index) => Target::Principal(index),
            Entry::Resource(index) => Target::Resource(index),
            Entry::Policy(index) => {
                let policy = snapshot.policy(index);
                Target::Arn(policy.arn.clone(), policy.account)
            }
            Entry::Provider(place) => {
                let provider = &snapshot.providers[place];
                Target::Arn(provider.arn.clone(), Some(provider.account))
            }
            Entry::Account(_) | Entry::OrgPolicy(_) | Entry::Unit(_) => return Err(unknown(text, "thing")),
        })
    }

    /// What a question with `what` is about.
    pub(crate) fn resolve_subject(&self, text: &str) -> Result<Subject, QuestionError> {
        let text = trimmed(text, "who or which policy is asked about")?;
        let snapshot = self.world().snapshot();
        if let Some(policy) = as_arn(text).and_then(|arn| snapshot.policy_by_arn(arn)) {
            return Ok(Subject::Policy(policy));
        }
        if let Some(resource) = as_arn(text).and_then(|arn| self.workload_of_arn(arn)) {
            return self.workload(resource);
        }
        if let Some(group) = as_arn(text).and_then(|arn| snapshot.principal_by_arn(arn))
            && snapshot.principal(group).kind == PrincipalKind::Group
        {
            return Ok(Subject::Group(group));
        }
        if as_arn(text).is_some() || self.unseen_actor(text).is_some() || is_word(text) {
            return self.resolve_actor(text).map(Subject::Actor);
        }
        let entry = self.find(text, "user, role, workload or policy", |entry| match entry {
            Entry::Resource(index) => !snapshot.resource(index).runs_as.is_empty(),
            Entry::Unit(_) => false,
            _ => true,
        });
        let entry = entry.map_err(|error| match self.exact(text).first() {
            Some(Entry::Resource(_)) => QuestionError::new(format!("`{text}` does nothing by itself"))
                .hint(format!("no role is known that it runs as; ask `who {text}`")),
            _ => error,
        })?;
        match entry {
            Entry::Policy(index) => Ok(Subject::Policy(index)),
            Entry::OrgPolicy(index) => Ok(Subject::OrgPolicy(index)),
            Entry::Resource(index) => self.workload(index),
            Entry::Principal(index) if snapshot.principal(index).kind == PrincipalKind::Group => {
                Ok(Subject::Group(index))
            }
            Entry::Principal(index) => Ok(Subject::Actor(Actor::Principal(index))),
            Entry::Account(place) => Ok(Subject::Actor(self.actor_of_account(snapshot.accounts[place].id))),
            Entry::Provider(place) => {
                Ok(Subject::Actor(Actor::Provider(snapshot.providers[place].arn.clone())))
            }
            Entry::Unit(_) => Err(unknown(text, "user, role or policy")),
        }
    }

    /// Who is looked at.
    pub(crate) fn resolve_askers(&self, text: &str) -> Result<Askers, QuestionError> {
        let text = trimmed(text, "who is looked at")?;
        let snapshot = self.world().snapshot();
        match text.to_ascii_lowercase().as_str() {
            "anyone" | "*" => return Ok(Askers::Anyone),
            "everyone" | "public" => return Ok(Askers::These(vec![Actor::Everyone])),
            "outside" => return Ok(Askers::Outside),
            "admin" | "admins" => return Ok(Askers::Administrators),
            _ => {}
        }
        if is_several(text) && as_arn(text).is_none() {
            self.sees_tags(text)?;
            let among = |entry: &Entry| matches!(entry, Entry::Principal(index) if self.is_caller(*index));
            let found = self.fitting(text).into_iter().filter(among).filter_map(|entry| match entry {
                Entry::Principal(index) => Some(Actor::Principal(index)),
                _ => None,
            });
            let found: Vec<Actor> = found.collect();
            return if found.is_empty() {
                Err(unknown(text, "user or role"))
            } else {
                Ok(Askers::These(found))
            };
        }
        for entry in self.exact(text) {
            match entry {
                Entry::Account(place) if snapshot.accounts[place].seen => {
                    return Ok(Askers::Accounts(vec![snapshot.accounts[place].id]));
                }
                Entry::Unit(unit) => return Ok(Askers::Accounts(self.accounts_below(unit))),
                Entry::Principal(group) if snapshot.principal(group).kind == PrincipalKind::Group => {
                    let members = self.world().members(group).iter();
                    return Ok(Askers::These(members.map(|member| Actor::Principal(*member)).collect()));
                }
                _ => {}
            }
        }
        if let Some(account) = AccountId::parse(text).filter(|account| self.world().is_seen(*account)) {
            return Ok(Askers::Accounts(vec![account]));
        }
        self.resolve_actor(text).map(|actor| Askers::These(vec![actor]))
    }

    fn workload(&self, resource: ResourceIndex) -> Result<Subject, QuestionError> {
        if self.world().snapshot().resource(resource).runs_as.is_empty() {
            let name = self.names().of(Entry::Resource(resource));
            return Err(QuestionError::new(format!("`{name}` does nothing by itself"))
                .hint(format!("no role is known that it runs as; ask `who {name}`")));
        }
        Ok(Subject::Workload(resource))
    }

    /// The role that a workload runs as, if it is one.
    fn role_of(&self, resource: ResourceIndex) -> Result<Actor, QuestionError> {
        let record = self.world().snapshot().resource(resource);
        let name = self.names().of(Entry::Resource(resource));
        let mut roles: Vec<PrincipalIndex> =
            record.runs_as.iter().filter_map(|runs_as| runs_as.role).collect();
        roles.sort_unstable();
        roles.dedup();
        let is_open =
            record.runs_as.iter().any(|it| it.is_known_later() && it.attribute != RoleAttribute::Execution);
        match roles[..] {
            [role] if !is_open => Ok(Actor::Principal(role)),
            [] | [_] => {
                let named = record.runs_as.iter().filter(|it| !it.is_known_later());
                let named: Vec<String> = named.map(|it| it.named.to_string()).collect();
                Err(QuestionError::new(format!("the role that `{name}` runs as was not seen"))
                    .hint("ask about the role by its ARN")
                    .candidates(named))
            }
            _ => Err(QuestionError::new(format!("`{name}` runs as several roles")).candidates(
                roles.iter().map(|role| self.names().of(Entry::Principal(*role)).to_owned()).collect(),
            )),
        }
    }

    fn accounts_below(&self, unit: UnitIndex) -> Vec<AccountId> {
        let snapshot = self.world().snapshot();
        let Some(organization) = &snapshot.organization else { return Vec::new() };
        let below = |mut at: Option<UnitIndex>| {
            // A file may claim a cycle of units.
            for _ in 0..=organization.units.len() {
                match at {
                    Some(here) if here == unit => return true,
                    Some(here) => at = organization.unit(here).parent,
                    None => return false,
                }
            }
            false
        };
        snapshot.accounts.iter().filter(|account| below(account.parent)).map(|account| account.id).collect()
    }

    fn is_caller(&self, index: PrincipalIndex) -> bool {
        self.world().snapshot().principal(index).kind != PrincipalKind::Group
    }

    fn caller(&self, index: PrincipalIndex, text: &str) -> Result<Actor, QuestionError> {
        if self.is_caller(index) {
            return Ok(Actor::Principal(index));
        }
        let members = self.world().members(index).iter().take(CANDIDATES);
        Err(QuestionError::new(format!("`{text}` is a group, and a group sends no request"))
            .hint("ask about one of its members")
            .candidates(
                members.map(|member| self.names().of(Entry::Principal(*member)).to_owned()).collect(),
            ))
    }

    pub(crate) fn actor_of_account(&self, account: AccountId) -> Actor {
        if self.world().is_seen(account) { Actor::Root(account) } else { Actor::OutsideAccount(account) }
    }

    /// Somebody who need not be in the snapshot: an account by its number, a service, a built-in provider.
    fn unseen_actor(&self, text: &str) -> Option<Actor> {
        let bare =
            strip_start(text, "acct/").or(strip_start(text, "account ")).or(strip_start(text, "account/"));
        if let Some(account) = AccountId::parse(bare.unwrap_or(text).trim()) {
            return Some(self.actor_of_account(account));
        }
        if let Some(name) = bare
            && let Some(account) = self.names().account_named(self.world().snapshot(), name)
        {
            return Some(self.actor_of_account(account));
        }
        if let Some((account, "root")) = text.rsplit_once(':')
            && let Some(account) = self.names().account_named(self.world().snapshot(), account)
        {
            return Some(self.actor_of_account(account));
        }
        if let Some((account, rest)) = text.split_once(':')
            && let Some(actor) = self.unseen_in_account(account, rest)
        {
            return Some(actor);
        }
        let host = strip_start(text, "service/").unwrap_or(text);
        if host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn") {
            return Some(Actor::Service(Arc::from(host)));
        }
        let id = strip_start(text, "canonical/")?;
        Some(Actor::CanonicalUser(Arc::from(id)))
    }

    /// Who has a display name because policies name them, and is in no source: `tools:provider/gitlab.com`,
    /// `999999999999:role/web`.
    fn unseen_in_account(&self, account: &str, rest: &str) -> Option<Actor> {
        let snapshot = self.world().snapshot();
        let known = self.names().account_named(snapshot, account);
        let id = known.or_else(|| AccountId::parse(account))?;
        let arn = if let Some(name) = strip_start(rest, "provider/") {
            let kind = if name.contains('.') { "oidc" } else { "saml" };
            format!("arn:{}:iam::{id}:{kind}-provider/{name}", self.partition())
        } else if known.is_none_or(|account| !self.world().is_seen(account))
            && (rest.starts_with("role/") || rest.starts_with("user/"))
        {
            format!("arn:{}:iam::{id}:{rest}", self.partition())
        } else {
            return None;
        };
        let is_there = snapshot.providers.iter().any(|provider| *provider.arn == *arn);
        if arn.contains("-provider/") && !is_there {
            return Some(Actor::Provider(Arc::from(arn)));
        }
        if is_there { None } else { self.world().actor_of_arn(&arn) }
    }

    fn actor_of_arn(&self, arn: &str) -> Result<Actor, QuestionError> {
        let snapshot = self.world().snapshot();
        if let Some(index) = snapshot.principal_by_arn(arn) {
            return self.caller(index, arn);
        }
        if arn.contains(":saml-provider/") || arn.contains(":oidc-provider/") {
            return Ok(Actor::Provider(Arc::from(arn)));
        }
        if let Some(resource) = self.workload_of_arn(arn)
            && !snapshot.resource(resource).runs_as.is_empty()
        {
            return self.role_of(resource);
        }
        self.world().actor_of_arn(arn).ok_or_else(|| {
            QuestionError::new(format!("`{arn}` is not the ARN of somebody who sends requests"))
                .hint("users, roles, sessions, accounts and identity providers do, and whatever runs as a role does as that role: name the role")
        })
    }

    /// The thing of this ARN that was seen, or of which it names a run, a version or an alias.
    fn workload_of_arn(&self, arn: &str) -> Option<ResourceIndex> {
        let snapshot = self.world().snapshot();
        snapshot.resource_by_arn(arn).or_else(|| snapshot.resource_by_arn(&whole_of(arn)?))
    }

    fn spot_of_arn(&self, arn: &str) -> Result<Spot, QuestionError> {
        let arn = without_qualifier(arn);
        let snapshot = self.world().snapshot();
        let seen = |arn: &str| {
            let principal = snapshot.principal_by_arn(arn).map(Target::Principal);
            principal.or_else(|| snapshot.resource_by_arn(arn).map(Target::Resource))
        };
        if let Some(target) = seen(arn) {
            return Ok(Spot { target, part: None });
        }
        // Something in a thing: `arn:aws:s3:::bucket/2026/07.csv`. Its own ARN begins with that of the thing. A parameter
        // below the name of another is in no other.
        let mut end = arn.len();
        while let Some(cut) = arn[..end].rfind(['/', ':']).filter(|cut| *cut > 0) {
            let holds = |index: &ResourceIndex| &*snapshot.resource(*index).kind != "ssm:parameter";
            if let Some(target) = snapshot.resource_by_arn(&arn[..cut]).filter(holds).map(Target::Resource) {
                return Ok(Spot { target, part: Some(arn.to_owned()) });
            }
            end = cut;
        }
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let well_formed = parts.len() == 6
            && parts[0] == "arn"
            && !parts[1].is_empty()
            && !parts[2].is_empty()
            && !parts[5].is_empty();
        if !well_formed {
            return Err(QuestionError::new(format!("`{arn}` is not an ARN"))
                .hint("an ARN is `arn:partition:service:region:account:name`"));
        }
        Ok(Spot { target: Target::Arn(Arc::from(arn), AccountId::of_arn(arn)), part: None })
    }

    fn spot_of_bucket(&self, text: &str, rest: &str) -> Result<Spot, QuestionError> {
        let snapshot = self.world().snapshot();
        let (bucket, key) = rest.split_once('/').map_or((rest, None), |(bucket, key)| (bucket, Some(key)));
        let key = key.filter(|key| !key.is_empty());
        let in_partition = |partition: Partition| format!("arn:{}:s3:::{bucket}", partition.name);
        for arn in partitions().map(in_partition) {
            if let Some(index) = snapshot.resource_by_arn(&arn) {
                // `s3://b/2026/` is everything below, `s3://b/2026/07.csv` one object.
                let part = key.map(|key| format!("{arn}/{key}{}", if key.ends_with('/') { "*" } else { "" }));
                return Ok(Spot { target: Target::Resource(index), part });
            }
        }
        let is_bucket = |entry: Entry| match entry {
            Entry::Resource(index) => &*snapshot.resource(index).kind == "s3:bucket",
            _ => false,
        };
        let bucket = format!("s3://{bucket}");
        match self.find(&bucket, "bucket", is_bucket) {
            Ok(Entry::Resource(index)) => {
                let arn = &snapshot.resource(index).arn;
                let part = key.map(|key| format!("{arn}/{key}{}", if key.ends_with('/') { "*" } else { "" }));
                Ok(Spot { target: Target::Resource(index), part })
            }
            Ok(_) => Err(unknown(text, "bucket")),
            Err(error) if error.candidates.is_empty() => {
                let arn = bucket.replacen("s3://", "arn:aws:s3:::", 1);
                Err(error.hint(format!("to ask about a bucket that was not seen, write `{arn}`")))
            }
            Err(error) => Err(error),
        }
    }

    fn nobody_is_me(&self) -> QuestionError {
        QuestionError::new("`me` is not known here")
            .hint("a snapshot does not say who reads it: name the user or role, or what `aws sts get-caller-identity --query Arn --output text` prints")
    }

    fn is_a_set(&self, text: &str) -> QuestionError {
        let candidates: Vec<String> = match text.to_ascii_lowercase().as_str() {
            "admin" => {
                let all = self.world().administrators().iter().take(CANDIDATES);
                all.map(|index| self.names().of(Entry::Principal(*index)).to_owned()).collect()
            }
            "matter" => {
                self.settings().matters.iter().take(CANDIDATES).map(|matter| matter.thing.clone()).collect()
            }
            _ => Vec::new(),
        };
        QuestionError::new(format!("`{text}` is many, and this question is about one"))
            .hint("name one of them")
            .candidates(candidates)
    }

    /// The things that the text names as a whole, in any of the spellings.
    pub(crate) fn exact(&self, text: &str) -> Vec<Entry> {
        let text = self.spelled(text);
        let found = self.search().exactly(self.names(), &text);
        let same = |entry: &&Entry| self.names().of(**entry) == text;
        match found.iter().find(same) {
            Some(entry) if found.len() > 1 => vec![*entry],
            _ => found,
        }
    }

    /// The one thing among those `wanted` that the text names.
    pub(crate) fn find(
        &self,
        text: &str,
        noun: &str,
        wanted: impl Fn(Entry) -> bool,
    ) -> Result<Entry, QuestionError> {
        let exact: Vec<Entry> = self.exact(text).into_iter().filter(|entry| wanted(*entry)).collect();
        match exact[..] {
            [one] => return Ok(one),
            [] => {}
            _ => return Err(self.unclear(text, &exact)),
        }
        if is_several(text) {
            let fitting: Vec<Entry> = self.fitting(text).into_iter().filter(|entry| wanted(*entry)).collect();
            return match fitting[..] {
                [one] => Ok(one),
                [] => Err(unknown(text, noun)),
                _ => Err(self.unclear(text, &fitting)),
            };
        }
        let spelled = self.spelled(text);
        let mut found = self.search().like(self.names(), &spelled, CANDIDATES, &wanted);
        if found.is_empty() {
            let lower = spelled.to_ascii_lowercase();
            let whole = self.search().lower(self.names()).filter(|(entry, _)| wanted(*entry));
            let without_account = whole.map(|(entry, name)| {
                let bare = if lower.contains(':') {
                    name
                } else {
                    name.split_once(':').map_or(name, |(_, rest)| rest)
                };
                (entry, if lower.contains("//") { name } else { bare })
            });
            found = nearest(&lower, without_account, CANDIDATES);
            if found.is_empty() {
                return Err(self.of_its_kind(unknown(text, noun), &lower, wanted));
            }
        }
        Err(unknown(text, noun).candidates(self.names_of(&found)))
    }

    /// Nothing is called nearly so: the first that begin as the text does, up to the name itself (`staging:secret/`).
    fn of_its_kind(
        &self,
        error: QuestionError,
        lower: &str,
        wanted: impl Fn(Entry) -> bool,
    ) -> QuestionError {
        // Buckets have no kind in their names, and none that begins as another is any nearer to it.
        let Some((kind, _)) =
            lower.split_once('/').filter(|(kind, _)| !kind.is_empty() && !kind.ends_with(':'))
        else {
            return error;
        };
        let kind = &lower[..=kind.len()];
        let begins = |name: &str| {
            name.starts_with(kind) || name.split_once(':').is_some_and(|(_, rest)| rest.starts_with(kind))
        };
        let alike = self.search().lower(self.names()).filter(|(entry, name)| wanted(*entry) && begins(name));
        let mut alike: Vec<Entry> = alike.map(|(entry, _)| entry).collect();
        if alike.is_empty() {
            return error.hint(format!("no name begins with `{kind}`"));
        }
        let count = alike.len();
        alike.sort_by(|a, b| self.names().of(*a).cmp(self.names().of(*b)));
        alike.truncate(FIRST_OF_ITS_KIND);
        error
            .hint(format!("{} begin with `{kind}`; these are the first", number(count)))
            .candidates(self.names_of(&alike))
    }

    /// Whoever has a tag that nobody saw has it all the same.
    fn sees_tags(&self, text: &str) -> Result<(), QuestionError> {
        let principals = &self.world().snapshot().principals;
        let callers = principals.iter().filter(|principal| principal.kind != PrincipalKind::Group);
        match callers.filter(|caller| caller.tags.is_none()).count() {
            unseen if unseen > 0 && tag(text).is_some() => Err(QuestionError::new(format!(
                "who bears `{text}` is not known: the tags of {} users and roles were not seen",
                number(unseen)
            ))
            .hint("name those who are asked about")),
            _ => Ok(()),
        }
    }

    /// What bears a tag: `tag:team=pay`, or `tag:team` with any value.
    fn bearing(&self, key: &str, value: Option<&str>) -> Vec<Entry> {
        let snapshot = self.world().snapshot();
        let bears = |tags: &Option<Vec<Tag>>| {
            tags.iter()
                .flatten()
                .any(|(name, text)| **name == *key && value.is_none_or(|value| **text == *value))
        };
        let is_borne = |entry: &Entry| match entry {
            Entry::Principal(index) => bears(&snapshot.principal(*index).tags),
            Entry::Resource(index) => bears(&snapshot.resource(*index).tags),
            _ => false,
        };
        self.names().iter().map(|(entry, _)| entry).filter(is_borne).collect()
    }

    /// The things that bear a tag, or whose name fits a pattern.
    fn fitting(&self, text: &str) -> Vec<Entry> {
        if let Some((key, value)) = tag(text) {
            return self.bearing(key, value);
        }
        let glob = Glob::new(&self.spelled(text), Case::Ignored);
        let fits = |name: &str| {
            let without = name.split_once(':').filter(|_| !name.starts_with("s3://")).map(|(_, rest)| rest);
            glob.matches(name) || without.is_some_and(|rest| glob.matches(rest))
        };
        self.names().iter().filter(|(_, name)| fits(&name.text)).map(|(entry, _)| entry).collect()
    }

    fn unclear(&self, text: &str, meant: &[Entry]) -> QuestionError {
        let count = meant.len();
        QuestionError::new(format!("`{text}` can mean {} things", number(count)))
            .of_name(text)
            .hint("name one of them")
            .candidates(self.names_of(&meant[..count.min(CANDIDATES)]))
    }

    fn names_of(&self, entries: &[Entry]) -> Vec<String> {
        entries.iter().map(|entry| self.names().of(*entry).to_owned()).collect()
    }

    /// The text with the account and the kind spelled as display names spell them.
    fn spelled<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if text.contains("://") {
            return Cow::Borrowed(text);
        }
        let (account, rest) = match text.split_once(':') {
            Some((account, rest)) if !account.contains('/') => (Some(account), rest),
            _ => (None, text),
        };
        let known = account.map(|account| self.names().account_named(self.world().snapshot(), account));
        let prefix = match (account, known) {
            (_, Some(Some(account))) => self.names().prefix(Some(account)),
            (Some(account), _) => format!("{account}:"),
            (None, _) => String::new(),
        };
        let (kind, name) = rest.split_once('/').unwrap_or(("", rest));
        let lower = kind.to_ascii_lowercase();
        let name = if lower == "kms" { name.strip_prefix("alias/").unwrap_or(name) } else { name };
        Cow::Owned(match SPELLINGS.iter().find(|(other, _)| *other == lower) {
            _ if lower == "bucket" || lower == "s3" => format!("s3://{name}"),
            Some((_, word)) => format!("{prefix}{word}/{name}"),
            None => format!("{prefix}{rest}"),
        })
    }
}

/// The ARN of a state machine without the version or alias behind it.
///
/// AWS: Step Functions developer guide, "Authorization for versions and aliases in Step Functions workflows": "Step Functions
/// uses the state machine's ARN instead of using the version ARN or alias ARN"
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html>).
fn without_qualifier(arn: &str) -> &str {
    let machine =
        arn.split_once(":stateMachine:").filter(|(head, _)| head.split(':').nth(2) == Some("states"));
    let qualifier = machine.and_then(|(_, name)| name.split_once(':')).map(|(_, qualifier)| qualifier);
    let end = qualifier.map_or(arn.len(), |qualifier| arn.len() - qualifier.len() - 1);
    arn.get(..end).unwrap_or(arn)
}

/// The ARN of what an ARN names a run, a version or an alias of: an execution of a state machine, a version of a function.
///
/// AWS: Service Authorization Reference, "Resource types defined by AWS Step Functions"
/// (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html>), "… by AWS Lambda"
/// (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html>).
fn whole_of(arn: &str) -> Option<String> {
    let parts: Vec<&str> = arn.split(':').collect();
    let [_, _, service, _, _, kind, name, _, ..] = parts[..] else { return None };
    let kind = match (service, kind) {
        ("states", "stateMachine" | "execution" | "express") => "stateMachine",
        ("lambda", "function") => kind,
        _ => return None,
    };
    Some(format!("{}:{kind}:{name}", parts.get(..5)?.join(":")))
}

fn unknown(text: &str, noun: &str) -> QuestionError {
    let article = if noun.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    QuestionError::new(format!("`{text}` is not {article} {noun} in this snapshot")).of_name(text)
}

fn trimmed<'t>(text: &'t str, what: &str) -> Result<&'t str, QuestionError> {
    let text = text.trim();
    if text.is_empty() {
        Err(QuestionError::new(format!("the question does not say {what}")))
    } else {
        Ok(text)
    }
}

fn as_arn(text: &str) -> Option<&str> {
    text.starts_with("arn:").then_some(text)
}

fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// `tag:team=pay`: the key, and the value if one is named.
fn tag(text: &str) -> Option<(&str, Option<&str>)> {
    let tag = strip_start(text, "tag:").filter(|tag| !tag.is_empty())?;
    Some(tag.split_once('=').map_or((tag, None), |(key, value)| (key, Some(value))))
}

/// May it name more than one?
fn is_several(text: &str) -> bool {
    has_wildcard(text) || tag(text).is_some()
}

fn is_word(text: &str) -> bool {
    ["anyone", "everyone", "public", "me", "admin", "outside", "matter", "*"]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(text))
}

fn strip_start<'t>(text: &'t str, start: &str) -> Option<&'t str> {
    let head = text.get(..start.len())?;
    head.eq_ignore_ascii_case(start).then(|| &text[start.len()..])
}
