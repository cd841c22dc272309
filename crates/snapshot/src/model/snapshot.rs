use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};

use super::{
    Account, AccountId, Coverage, CoverageState, Declared, Document, DocumentId, IdentityCenter,
    IdentityProvider, InstanceProfile, KeyAlias, LastAccessedReport, Levels, ManagedPolicy, OrgPolicyKind,
    Organization, PolicyIndex, PrincipalIndex, PrincipalRecord, ResourceIndex, ResourceRecord, Source,
    Warning,
};
use crate::error::SnapshotError;
use crate::store::Database;

/// Everything that was seen in one or many accounts, and what was not. Immutable once made.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// RFC 3339 time of the data: the newest time that its sources carry.
    pub id: String,
    /// The accounts, by id.
    pub accounts: Vec<Account>,
    /// The organization; `None`: not seen, so nothing is known of SCPs and RCPs.
    pub organization: Option<Organization>,
    /// A collection asked AWS and was told that its account is in no organization.
    pub standalone: bool,
    /// The policy texts.
    pub documents: Vec<Document>,
    /// Users, groups and roles.
    pub principals: Vec<PrincipalRecord>,
    /// Managed policies: every one that was seen or is attached.
    pub policies: Vec<ManagedPolicy>,
    /// Instance profiles.
    pub instance_profiles: Vec<InstanceProfile>,
    /// Aliases of KMS keys.
    pub key_aliases: Vec<KeyAlias>,
    /// Resources.
    pub resources: Vec<ResourceRecord>,
    /// Identity providers.
    pub providers: Vec<IdentityProvider>,
    /// IAM Identity Center, when seen.
    pub identity_center: Vec<IdentityCenter>,
    /// What was seen and what was not, by call, account and region.
    pub coverage: Vec<Coverage>,
    /// The files that it was made from.
    pub sources: Vec<Source>,
    /// What the importers did not understand.
    pub warnings: Vec<Warning>,
    /// Where plans and templates declare what they plan, by ARN and part.
    pub declared: Vec<Declared>,
    /// Of these it is known that they are not there, though not everything was listed: a plan takes them away, or an edit.
    pub gone: BTreeSet<Arc<str>>,
    /// The ARNs of things and identities that may have more tags than those that are listed.
    pub partly_tagged: BTreeSet<Arc<str>>,
    /// The ARNs of things that no source shows but a plan or template, which lists nothing besides.
    pub planned_only: BTreeSet<Arc<str>>,
    /// The ARNs of managed policies that a plan or template attaches to somebody of whom it is known later who they are.
    pub perhaps_attached: BTreeSet<Arc<str>>,
    /// AWS's reports of last use, by the ARN of the principal.
    pub last_accessed: Vec<LastAccessedReport>,
    pub(crate) by_arn: ByArn,
}

impl Snapshot {
    /// Reads a saved snapshot. `progress` hears how many rows of how many were read.
    pub fn open(path: &Path, mut progress: impl FnMut(u64, u64)) -> Result<Snapshot, SnapshotError> {
        let load = |database: Database| database.load(&mut progress);
        Database::open(path).and_then(load).map_err(|error| error.in_file(path))
    }

    /// Reads a database that was not saved, or that is open already.
    pub fn read(database: &Database, mut progress: impl FnMut(u64, u64)) -> Result<Snapshot, SnapshotError> {
        database.load(&mut progress)
    }

    /// The account with this id.
    #[must_use]
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        let position = self.accounts.binary_search_by_key(&id, |account| account.id).ok()?;
        Some(&self.accounts[position])
    }

    /// The text with this id.
    #[must_use]
    pub fn document(&self, id: DocumentId) -> &Document {
        &self.documents[id.index()]
    }

    /// The user, group or role with this id.
    #[must_use]
    pub fn principal(&self, index: PrincipalIndex) -> &PrincipalRecord {
        &self.principals[index.index()]
    }

    /// The managed policy with this id.
    #[must_use]
    pub fn policy(&self, index: PolicyIndex) -> &ManagedPolicy {
        &self.policies[index.index()]
    }

    /// The resource with this id.
    #[must_use]
    pub fn resource(&self, index: ResourceIndex) -> &ResourceRecord {
        &self.resources[index.index()]
    }

    /// Which user, group or role has this ARN?
    #[must_use]
    pub fn principal_by_arn(&self, arn: &str) -> Option<PrincipalIndex> {
        self.by_arn.principal(arn)
    }

    /// Which managed policy has this ARN?
    #[must_use]
    pub fn policy_by_arn(&self, arn: &str) -> Option<PolicyIndex> {
        self.by_arn.policy(arn)
    }

    /// Which resource has this ARN?
    #[must_use]
    pub fn resource_by_arn(&self, arn: &str) -> Option<ResourceIndex> {
        self.by_arn.resource(arn)
    }

    /// Where is this policy or thing declared? `part`: the name of an inline policy, else empty.
    #[must_use]
    pub fn declared(&self, arn: &str, part: &str) -> Option<&Declared> {
        let of = |declared: &Declared| (&*declared.arn, &*declared.part).cmp(&(arn, part));
        let at = self.declared.binary_search_by(of).ok()?;
        Some(&self.declared[at])
    }

    /// Which ceilings of this kind stand above the account? Without an organization: not seen, which is not "none".
    #[must_use]
    pub fn levels(&self, account: AccountId, kind: OrgPolicyKind) -> Levels {
        match (&self.organization, self.account(account)) {
            (Some(organization), Some(account)) => organization.levels(account, kind),
            _ => Levels::NotSeen,
        }
    }

    /// Were all users and roles of the account listed? That nobody of it is in a list is a "no" only then.
    #[must_use]
    pub fn lists_identities(&self, account: AccountId) -> bool {
        let told = self.coverage.iter().filter(|row| row.account == Some(account));
        let mut told = told.filter_map(Coverage::lists_identities).peekable();
        told.peek().is_some() && told.all(|lists_all| lists_all)
    }

    /// Is there nobody of this ARN, for certain, where nobody of it is in the list?
    #[must_use]
    pub fn is_certainly_gone(&self, arn: &str, account: AccountId) -> bool {
        self.gone.contains(arn) || self.lists_identities(account)
    }

    /// The accounts of which that is so, in one look at all that was told.
    #[must_use]
    pub fn accounts_listed(&self) -> BTreeSet<AccountId> {
        let mut told: BTreeMap<AccountId, bool> = BTreeMap::new();
        for row in &self.coverage {
            if let (Some(account), Some(lists_all)) = (row.account, row.lists_identities()) {
                *told.entry(account).or_insert(true) &= lists_all;
            }
        }
        told.into_iter().filter(|(_, lists_all)| *lists_all).map(|(account, _)| account).collect()
    }

    /// Were the users and roles of no account listed? Then of nothing that is found can it be said that nobody does it.
    #[must_use]
    pub fn lists_nobody(&self) -> bool {
        self.accounts_listed().is_empty()
    }

    /// Accounts that were to be read, or of which something was, and whose users and roles were not all listed. Those that
    /// only the organization names are none of them, unless there are no others: then nobody was read at all.
    pub fn without_identities(&self) -> impl Iterator<Item = AccountId> {
        let listed = self.accounts_listed();
        let unanswered: BTreeSet<AccountId> =
            self.not_seen().filter(|row| row.is_unanswered()).filter_map(|row| row.account).collect();
        let nobody = listed.is_empty();
        let is_meant = move |id: &AccountId, seen: bool| nobody || seen || unanswered.contains(id);
        let accounts = self.accounts.iter().filter(move |account| is_meant(&account.id, account.seen));
        accounts.map(|account| account.id).filter(move |account| !listed.contains(account))
    }

    /// What was not seen, or not wholly?
    pub fn not_seen(&self) -> impl Iterator<Item = &Coverage> {
        self.coverage.iter().filter(|coverage| coverage.state != CoverageState::Seen)
    }
}

/// Where each ARN is in its list.
#[derive(Debug, Clone)]
pub(crate) struct ByArn {
    principals: HashMap<Arc<str>, PrincipalIndex>,
    policies: HashMap<Arc<str>, PolicyIndex>,
    resources: HashMap<Arc<str>, ResourceIndex>,
}

impl ByArn {
    pub(crate) fn principal(&self, arn: &str) -> Option<PrincipalIndex> {
        self.principals.get(arn).copied()
    }

    pub(crate) fn policy(&self, arn: &str) -> Option<PolicyIndex> {
        self.policies.get(arn).copied()
    }

    pub(crate) fn resource(&self, arn: &str) -> Option<ResourceIndex> {
        self.resources.get(arn).copied()
    }

    pub(crate) fn new(
        principals: &[PrincipalRecord],
        policies: &[ManagedPolicy],
        resources: &[ResourceRecord],
    ) -> ByArn {
        ByArn {
            principals: positions(principals.iter().map(|it| &it.arn), PrincipalIndex::at),
            policies: positions(policies.iter().map(|it| &it.arn), PolicyIndex::at),
            resources: positions(resources.iter().map(|it| &it.arn), ResourceIndex::at),
        }
    }
}

fn positions<'a, Index>(
    arns: impl ExactSizeIterator<Item = &'a Arc<str>>,
    index: impl Fn(usize) -> Index,
) -> HashMap<Arc<str>, Index> {
    let mut map = HashMap::with_capacity(arns.len());
    map.extend(arns.enumerate().map(|(position, arn)| (arn.clone(), index(position))));
    map
}
