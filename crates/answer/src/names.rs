//! How things are called: `prod:role/web`, `s3://bucket`, `prod:lambda/nightly`, `acct/prod`, `scp/protect-prod`.
//!
//! A display name is short, says of what kind the thing is, and leads back to one thing of the snapshot. Names of AWS
//! are unique within an account and region only, so those that would mean two things get their region, and then their
//! ARN. The account stands before it unless the snapshot has one account, or the name is unique in all of AWS.

use clavicle_policy::AccountId;
use clavicle_snapshot::{
    OrgPolicy, OrgPolicyIndex, OrgPolicyKind, PolicyIndex, PrincipalIndex, PrincipalKind, ResourceIndex,
    ResourceRecord, Snapshot, UnitIndex, UnitKind,
};
use foldhash::{HashMap, HashMapExt};

/// A thing that has a display name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Entry {
    Principal(PrincipalIndex),
    Resource(ResourceIndex),
    Policy(PolicyIndex),
    OrgPolicy(OrgPolicyIndex),
    Unit(UnitIndex),
    /// By place in the list of accounts.
    Account(usize),
    /// By place in the list of providers.
    Provider(usize),
}

/// A display name, and where its parts begin.
#[derive(Debug, Clone)]
pub(crate) struct DisplayName {
    pub(crate) text: Box<str>,
    /// Where the name without the account begins.
    pub(crate) kind: usize,
    /// Where the bare name begins.
    pub(crate) bare: usize,
}

/// All display names of a snapshot.
#[derive(Debug)]
pub(crate) struct Names {
    /// One a thing: principals, resources, policies, policies of the organization, units, accounts, providers.
    all: Vec<DisplayName>,
    /// Where each list begins in `all`.
    starts: [usize; 7],
    accounts: HashMap<AccountId, String>,
    /// The account whose name is left out: the only one.
    only: Option<AccountId>,
}

/// IAM resource types with a short word of their own. Others are called `service-type/name`.
const WORDS: &[(&str, &str)] = &[
    ("codebuild:project", "build"),
    ("dynamodb:table", "table"),
    ("ec2:instance", "instance"),
    ("ecr:repository", "repository"),
    ("ecs:task-definition", "task"),
    ("events:event-bus", "bus"),
    ("kms:key", "key"),
    ("lambda:function", "lambda"),
    ("logs:log-group", "log-group"),
    ("rds:cluster", "db-cluster"),
    ("rds:db", "db"),
    ("secretsmanager:secret", "secret"),
    ("sns:topic", "topic"),
    ("sqs:queue", "queue"),
    ("ssm:parameter", "parameter"),
    ("states:stateMachine", "flow"),
];

impl Names {
    pub(crate) fn new(snapshot: &Snapshot) -> Self {
        let accounts = account_names(snapshot);
        let mut seen = snapshot.accounts.iter().filter(|account| account.seen);
        let only = seen.next().map(|account| account.id).filter(|_| seen.next().is_none());
        let mut names = Self { all: Vec::new(), starts: [0; 7], accounts, only };
        let mut all: Vec<DisplayName> =
            Vec::with_capacity(snapshot.principals.len() + snapshot.resources.len());
        let mut starts = [0; 7];
        all.extend(snapshot.principals.iter().map(|record| {
            let word = principal_word(record.kind);
            names.compose(Some(record.account), word, &record.name)
        }));
        starts[1] = all.len();
        names.add_resources(snapshot, &mut all);
        starts[2] = all.len();
        all.extend(
            snapshot.policies.iter().map(|policy| names.compose(policy.account, "policy", &policy.name)),
        );
        starts[3] = all.len();
        if let Some(organization) = &snapshot.organization {
            let policies = &organization.policies;
            all.extend(
                policies.iter().map(|policy| names.compose(None, org_policy_word(policy), &policy.name)),
            );
            starts[4] = all.len();
            all.extend(organization.units.iter().map(|unit| match unit.kind {
                UnitKind::Root => names.compose(None, "root", &unit.id),
                UnitKind::Unit => names.compose(None, "ou", &unit.name),
            }));
        } else {
            starts[4] = all.len();
        }
        starts[5] = all.len();
        all.extend(
            snapshot.accounts.iter().map(|account| names.compose(None, "acct", &names.account(account.id))),
        );
        starts[6] = all.len();
        all.extend(snapshot.providers.iter().map(|provider| {
            let name = provider_name(&provider.arn);
            names.compose(Some(provider.account), "provider", name)
        }));
        settle_doubles(snapshot, starts[2], &mut all);
        names.all = all;
        names.starts = starts;
        names
    }

    fn add_resources(&self, snapshot: &Snapshot, all: &mut Vec<DisplayName>) {
        let first = all.len();
        let mut count: HashMap<Box<str>, u32> = HashMap::new();
        for record in &snapshot.resources {
            let name = self.resource_name(record);
            *count.entry(name.text.clone()).or_default() += 1;
            all.push(name);
        }
        for (name, record) in all[first..].iter_mut().zip(&snapshot.resources) {
            let doubled = count.get(&name.text).is_some_and(|count| *count > 1);
            if let Some(region) = record.region.as_deref().filter(|_| doubled) {
                name.text = format!("{}@{region}", name.text).into();
            }
        }
    }

    fn resource_name(&self, record: &ResourceRecord) -> DisplayName {
        if &*record.kind == "s3:bucket" {
            return DisplayName { text: format!("s3://{}", record.name).into(), kind: 0, bare: 5 };
        }
        let alias = record.facts.aliases.first().map(|alias| alias.strip_prefix("alias/").unwrap_or(alias));
        let name = alias.filter(|_| &*record.kind == "kms:key").unwrap_or(&record.name);
        self.compose(record.account, &kind_word(&record.kind), name)
    }

    fn compose(&self, account: Option<AccountId>, word: &str, name: &str) -> DisplayName {
        let prefix = self.prefix(account);
        let kind = prefix.len();
        DisplayName { text: format!("{prefix}{word}/{name}").into(), kind, bare: kind + word.len() + 1 }
    }

    /// What stands before the names of an account: `prod:`, or nothing.
    pub(crate) fn prefix(&self, account: Option<AccountId>) -> String {
        match account {
            Some(account) if self.only != Some(account) => format!("{}:", self.account(account)),
            _ => String::new(),
        }
    }

    /// The name of an account; the id of one without name.
    pub(crate) fn account(&self, account: AccountId) -> String {
        self.accounts.get(&account).cloned().unwrap_or_else(|| account.to_string())
    }

    /// The account with this name or id, case aside. `None`: no account of the snapshot.
    pub(crate) fn account_named(&self, snapshot: &Snapshot, text: &str) -> Option<AccountId> {
        if let Some(id) = AccountId::parse(text) {
            return snapshot.account(id).map(|account| account.id);
        }
        let mut ids = snapshot.accounts.iter().map(|account| account.id);
        ids.find(|id| self.accounts.get(id).is_some_and(|name| name.eq_ignore_ascii_case(text)))
    }

    /// The display name of a thing.
    pub(crate) fn of(&self, entry: Entry) -> &str {
        self.all.get(self.place(entry)).map_or("", |name| &name.text)
    }

    /// All names, and what they name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Entry, &DisplayName)> {
        self.all.iter().enumerate().map(|(at, name)| (self.entry(at), name))
    }

    /// What is at a place of [`Names::iter`].
    pub(crate) fn entry(&self, at: usize) -> Entry {
        let list = self.starts.iter().rposition(|start| *start <= at).unwrap_or(0);
        let place = at - self.starts[list];
        match list {
            0 => Entry::Principal(PrincipalIndex::at(place)),
            1 => Entry::Resource(ResourceIndex::at(place)),
            2 => Entry::Policy(PolicyIndex::at(place)),
            3 => Entry::OrgPolicy(OrgPolicyIndex::at(place)),
            4 => Entry::Unit(UnitIndex::at(place)),
            5 => Entry::Account(place),
            _ => Entry::Provider(place),
        }
    }

    fn place(&self, entry: Entry) -> usize {
        let (list, place) = match entry {
            Entry::Principal(index) => (0, index.index()),
            Entry::Resource(index) => (1, index.index()),
            Entry::Policy(index) => (2, index.index()),
            Entry::OrgPolicy(index) => (3, index.index()),
            Entry::Unit(index) => (4, index.index()),
            Entry::Account(place) => (5, place),
            Entry::Provider(place) => (6, place),
        };
        self.starts[list] + place
    }
}

/// Names that still mean two things become ARNs.
fn settle_doubles(snapshot: &Snapshot, end: usize, all: &mut [DisplayName]) {
    let mut count: HashMap<Box<str>, u32> = HashMap::new();
    for name in &all[..end] {
        *count.entry(name.text.to_ascii_lowercase().into()).or_default() += 1;
    }
    let arns =
        snapshot.principals.iter().map(|it| &it.arn).chain(snapshot.resources.iter().map(|it| &it.arn));
    for (name, arn) in all[..end].iter_mut().zip(arns) {
        let lower: Box<str> = name.text.to_ascii_lowercase().into();
        if count.get(&lower).is_some_and(|count| *count > 1) && !arn.is_empty() {
            // IAM tells names of one kind apart without case, and S3 has lower case only; what is left are odd imports.
            *name = DisplayName { text: (&**arn).into(), kind: 0, bare: 0 };
        }
    }
}

/// The names of accounts, where they are fit to stand before a colon and mean one account.
fn account_names(snapshot: &Snapshot) -> HashMap<AccountId, String> {
    let mut count: HashMap<String, u32> = HashMap::new();
    let fit = |name: &str| {
        !name.is_empty()
            && AccountId::parse(name).is_none()
            && !name.contains(|c: char| c.is_whitespace() || c.is_control() || ":/*?@#".contains(c))
    };
    for name in snapshot.accounts.iter().filter_map(|account| account.name.as_deref()) {
        *count.entry(name.to_ascii_lowercase()).or_default() += 1;
    }
    let named = snapshot.accounts.iter().filter_map(|account| Some((account.id, account.name.as_deref()?)));
    let once = |name: &str| count.get(&name.to_ascii_lowercase()) == Some(&1);
    named.filter(|(_, name)| fit(name) && once(name)).map(|(id, name)| (id, name.to_owned())).collect()
}

/// `user`, `group` or `role`.
pub(crate) fn principal_word(kind: PrincipalKind) -> &'static str {
    match kind {
        PrincipalKind::User => "user",
        PrincipalKind::Group => "group",
        PrincipalKind::Role => "role",
    }
}

/// `scp`, `rcp`, or `org-policy`.
pub(crate) fn org_policy_word(policy: &OrgPolicy) -> &'static str {
    match policy.kind {
        OrgPolicyKind::Scp => "scp",
        OrgPolicyKind::Rcp => "rcp",
        OrgPolicyKind::Other => "org-policy",
    }
}

/// The word of a resource type: `lambda` for `lambda:function`, `glue-job` for `glue:job`.
pub(crate) fn kind_word(kind: &str) -> String {
    match WORDS.binary_search_by_key(&kind, |(known, _)| known) {
        Ok(at) => WORDS[at].1.to_owned(),
        Err(_) => kind.strip_prefix("AWS::").unwrap_or(kind).replace("::", "-").replace([':', '/', ' '], "-"),
    }
}

/// What people call a thing of a resource type: `bucket`, `function`, `key`.
pub(crate) fn noun(kind: &str) -> &str {
    match kind {
        "ecs:task-definition" => "task definition",
        "states:stateMachine" => "state machine",
        "rds:db" => "database",
        _ => kind.rsplit(':').next().unwrap_or(kind),
    }
}

/// The name within the ARN of a provider.
pub(crate) fn provider_name(arn: &str) -> &str {
    arn.split_once("-provider/").map_or(arn, |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::{WORDS, kind_word};

    #[test]
    fn the_words_are_sorted_so_that_they_can_be_searched() {
        assert!(WORDS.is_sorted_by_key(|(kind, _)| kind));
        assert_eq!(kind_word("lambda:function"), "lambda");
        assert_eq!(kind_word("glue:job"), "glue-job");
        assert_eq!(kind_word("AWS::Thing::Part"), "Thing-Part");
    }
}
