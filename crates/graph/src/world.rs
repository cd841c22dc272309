//! A snapshot with its policies compiled.

use std::sync::{Arc, OnceLock};

use clavicle_catalog::Catalog;
use clavicle_engine::{Fact, PolicyId, PolicyStore, Principal, StatementRef};
use clavicle_policy::AccountId;
use clavicle_snapshot::{
    PolicyIndex, PrincipalIndex, PrincipalKind, PrincipalRecord, ResourceIndex, Snapshot,
};
use rayon::prelude::*;

use crate::bearer::Bearer;
use crate::becomes::Assumptions;
use crate::ceiling::AccountCeilings;
use crate::class::Classes;
use crate::documents::Documents;
use crate::kind::Kinds;
use crate::once::Once;
use crate::shares::Shares;
use crate::side::Levels;
use crate::speaking::BearersByDocument;
use crate::steps::Steps;
use crate::touch::{AccountTouches, OutsideTouch};

/// A snapshot with its policies compiled. Immutable; what is costly is worked out when first asked for, once.
#[derive(Debug)]
pub struct World {
    snapshot: Arc<Snapshot>,
    catalog: &'static Catalog,
    stated: Stated,
    pub(crate) documents: Arc<Documents>,
    /// In place of the store of `documents`: the same without some statements.
    narrowed: Option<Arc<PolicyStore>>,
    bearers: Arc<[Bearer]>,
    /// The users and roles as callers, by [`PrincipalIndex`]; `None` for groups.
    pub(crate) callers: Arc<[Option<Principal>]>,
    /// By account id.
    ceilings: Arc<[AccountCeilings]>,
    /// The contents of each account, in the order of `ceilings`.
    contents: Arc<[Contents]>,
    pub(crate) kinds: Arc<Kinds>,
    running_as: Arc<[Vec<ResourceIndex>]>,
    members: Arc<[Vec<PrincipalIndex>]>,
    pub(crate) classes: Once<Classes>,
    pub(crate) assumptions: Once<Assumptions>,
    pub(crate) administrators: Once<Vec<PrincipalIndex>>,
    pub(crate) touches: Vec<Once<Arc<AccountTouches>>>,
    pub(crate) outside_touches: Vec<Once<Arc<Vec<OutsideTouch>>>>,
    pub(crate) steps: Once<Steps>,
    /// Worked out on one thread, which needs no others: whoever waits for these wakes.
    bearers_by_document: OnceLock<BearersByDocument>,
    incomplete: OnceLock<Vec<PrincipalIndex>>,
    pub(crate) unlisted: OnceLock<Vec<AccountId>>,
    pub(crate) shares: OnceLock<Shares>,
}

/// What an account holds, in the order of the snapshot.
#[derive(Debug, Default)]
struct Contents {
    /// Users and roles.
    principals: Vec<PrincipalIndex>,
    resources: Vec<ResourceIndex>,
}

/// What the asker says of the world that no source does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stated {
    /// Accounts without an organization in the snapshot are in none: no SCP and no RCP binds.
    pub standalone: bool,
}

impl World {
    /// Compiles the policies of a snapshot. `progress` hears how much of how much is done. Linear in the texts.
    pub fn new(
        snapshot: Snapshot,
        catalog: &'static Catalog,
        stated: Stated,
        progress: impl FnMut(u64, u64),
    ) -> Self {
        // What AWS told a collection need not be said again.
        let stated = Stated { standalone: stated.standalone || snapshot.standalone };
        let documents = Documents::compile(&snapshot, catalog, progress);
        let bearers: Vec<Bearer> = snapshot
            .principals
            .par_iter()
            .map(|principal| Bearer::of(&snapshot, &documents, principal))
            .collect();
        let ceilings = snapshot
            .accounts
            .iter()
            .map(|account| AccountCeilings::of(&snapshot, &documents, account, stated.standalone))
            .collect();
        let mut world = Self {
            contents: contents(&snapshot).into(),
            kinds: Arc::new(Kinds::new(&snapshot, catalog)),
            running_as: running_as(&snapshot).into(),
            members: members(&snapshot).into(),
            touches: nothing_yet(&snapshot),
            outside_touches: nothing_yet(&snapshot),
            snapshot: Arc::new(snapshot),
            catalog,
            stated,
            documents: Arc::new(documents),
            narrowed: None,
            bearers: bearers.into(),
            callers: Arc::new([]),
            ceilings,
            classes: Once::default(),
            assumptions: Once::default(),
            administrators: Once::default(),
            steps: Once::default(),
            bearers_by_document: OnceLock::new(),
            incomplete: OnceLock::new(),
            unlisted: OnceLock::new(),
            shares: OnceLock::new(),
        };
        let callers: Vec<Option<Principal>> =
            world.snapshot.principals.par_iter().map(|record| world.caller(record)).collect();
        world.callers = callers.into();
        world
    }

    /// The same world without some statements, to see what rests on them. Shares everything but the compiled policies.
    #[must_use]
    pub fn without(&self, statements: &[StatementRef]) -> Self {
        Self {
            snapshot: self.snapshot.clone(),
            catalog: self.catalog,
            stated: self.stated,
            documents: self.documents.clone(),
            narrowed: Some(Arc::new(self.store().without(statements))),
            bearers: self.bearers.clone(),
            callers: self.callers.clone(),
            ceilings: self.ceilings.clone(),
            contents: self.contents.clone(),
            kinds: self.kinds.clone(),
            running_as: self.running_as.clone(),
            members: self.members.clone(),
            classes: Once::default(),
            assumptions: Once::default(),
            administrators: Once::default(),
            touches: nothing_yet(&self.snapshot),
            outside_touches: nothing_yet(&self.snapshot),
            steps: Once::default(),
            bearers_by_document: OnceLock::new(),
            incomplete: OnceLock::new(),
            unlisted: OnceLock::new(),
            shares: OnceLock::new(),
        }
    }

    /// The facts.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The catalogue of AWS's facts.
    pub fn catalog(&self) -> &'static Catalog {
        self.catalog
    }

    /// Did the asker, or AWS, say that these accounts are in no organization, of which no file says otherwise?
    pub fn is_standalone(&self) -> bool {
        self.stated.standalone && self.snapshot.organization.is_none()
    }

    /// The compiled policies.
    pub fn store(&self) -> &PolicyStore {
        self.narrowed.as_deref().unwrap_or(&self.documents.store)
    }

    /// The text of a compiled policy.
    pub fn text(&self, policy: PolicyId) -> &Arc<str> {
        self.documents.text(policy)
    }

    /// How many compiled policies there are: [`PolicyId::index`] is below this.
    pub fn policy_count(&self) -> usize {
        self.documents.texts.len()
    }

    /// The compiled text in force of a managed policy; `None`: not seen.
    pub fn managed(&self, policy: PolicyIndex) -> Option<PolicyId> {
        self.documents.managed(policy)
    }

    /// The compiled policy that decides about a resource; `None`: there is none, or it was not seen.
    pub fn resource_policy(&self, resource: ResourceIndex) -> Option<PolicyId> {
        self.documents.of(self.policy_in_force(resource))
    }

    /// The compiled policy that is the resource's own.
    pub(crate) fn own_policy(&self, resource: ResourceIndex) -> Option<PolicyId> {
        self.documents.of(self.snapshot.resource(resource).policy)
    }

    /// The compiled trust policy of a role; `None`: not seen, or no role.
    pub fn trust_policy(&self, role: PrincipalIndex) -> Option<PolicyId> {
        self.documents.of(self.snapshot.principal(role).trust)
    }

    /// The workloads that run as this role.
    pub fn runs_as(&self, role: PrincipalIndex) -> &[ResourceIndex] {
        &self.running_as[role.index()]
    }

    /// The members of a group.
    pub fn members(&self, group: PrincipalIndex) -> &[PrincipalIndex] {
        &self.members[group.index()]
    }

    /// The users and roles of an account, in the order of the snapshot.
    pub fn principals_of(&self, account: AccountId) -> &[PrincipalIndex] {
        self.account_place(account).map_or(&[], |at| &self.contents[at].principals)
    }

    /// The resources of an account, in the order of the snapshot.
    pub fn resources_of(&self, account: AccountId) -> &[ResourceIndex] {
        self.account_place(account).map_or(&[], |at| &self.contents[at].resources)
    }

    /// Every user and role.
    pub fn principals(&self) -> impl Iterator<Item = PrincipalIndex> + '_ {
        (0..self.callers.len()).filter(|at| self.callers[*at].is_some()).map(PrincipalIndex::at)
    }

    /// Was anything inside the account seen?
    pub fn is_seen(&self, account: AccountId) -> bool {
        self.snapshot.account(account).is_some_and(|account| account.seen)
    }

    /// Where an account is in the list of accounts.
    pub(crate) fn account_place(&self, account: AccountId) -> Option<usize> {
        self.ceilings.binary_search_by_key(&account, |ceilings| ceilings.account).ok()
    }

    pub(crate) fn ceilings_of(&self, account: AccountId) -> Option<&AccountCeilings> {
        self.ceilings.get(self.account_place(account)?)
    }

    pub(crate) fn bearer(&self, principal: PrincipalIndex) -> &Bearer {
        &self.bearers[principal.index()]
    }

    pub(crate) fn bearers_by_document(&self) -> &BearersByDocument {
        self.bearers_by_document.get_or_init(|| {
            let borne = self.bearers.iter().map(|bearer| &*bearer.identity);
            BearersByDocument::new(self.policy_count(), borne)
        })
    }

    /// Was every identity-based policy of a user or role seen, those of its groups too?
    pub fn is_wholly_seen(&self, principal: PrincipalIndex) -> bool {
        self.bearer(principal).is_complete()
    }

    /// Those of whom not every identity-based document was seen.
    pub(crate) fn incomplete(&self) -> &[PrincipalIndex] {
        self.incomplete.get_or_init(|| {
            let incomplete = self.principals().filter(|index| !self.bearer(*index).is_complete());
            incomplete.collect()
        })
    }

    pub(crate) fn is_management(&self, account: Option<AccountId>) -> bool {
        account.and_then(|account| self.ceilings_of(account)).is_some_and(|known| known.is_management)
    }

    /// Is the account certainly in no organization that was seen?
    pub(crate) fn is_elsewhere(&self, account: Option<AccountId>) -> bool {
        let in_ours = |account| self.ceilings_of(account).is_some_and(|known| known.place.is_some());
        self.snapshot.organization.is_some() && account.is_some_and(|account| !in_ours(account))
    }

    /// The SCPs above a caller's account. An account that was not seen is under nobody knows what.
    pub(crate) fn scps_of(&self, account: Option<AccountId>) -> Levels<'_> {
        match account.map(|account| self.ceilings_of(account)) {
            None => Levels::None,
            Some(None) => Levels::NotSeen,
            Some(Some(ceilings)) => Levels::of(&ceilings.scps),
        }
    }

    /// The RCPs above a resource's account.
    pub(crate) fn rcps_of(&self, account: Option<AccountId>) -> Levels<'_> {
        match account.and_then(|account| self.ceilings_of(account)) {
            None => Levels::NotSeen,
            Some(ceilings) => Levels::of(&ceilings.rcps),
        }
    }

    /// A user or role as a caller, with all that is known of it.
    fn caller(&self, record: &PrincipalRecord) -> Option<Principal> {
        if record.kind == PrincipalKind::Group {
            return None;
        }
        let mut principal = Principal::from_arn(&record.arn).ok()?;
        self.place_principal(&mut principal, record.account);
        if let (PrincipalKind::User, Some(id)) = (record.kind, &record.id) {
            principal.state("aws:userid", Fact::One(id.to_string()));
        }
        if let Some(tags) = record.tags.as_ref().filter(|_| !self.takes_session_tags(record)) {
            for (key, value) in tags {
                principal.state(&format!("aws:PrincipalTag/{key}"), Fact::One(value.to_string()));
            }
            if !self.may_have_more_tags(&record.arn) {
                principal.all_tags_given();
            }
        }
        Some(principal)
    }

    /// May somebody or something have tags that no source lists?
    pub(crate) fn may_have_more_tags(&self, arn: &str) -> bool {
        self.snapshot().partly_tagged.contains(arn)
    }

    /// Could whoever begins a session of the role give it tags, which then stand beside or over those of the role?
    ///
    /// AWS: IAM User Guide, "Pass session tags in AWS STS": the trust policy has to allow `sts:TagSession`.
    fn takes_session_tags(&self, record: &PrincipalRecord) -> bool {
        if record.kind != PrincipalKind::Role {
            return false;
        }
        let Some(trust) = self.documents.of(record.trust) else { return true };
        self.documents.digest(trust).may_allow_action("sts:tagsession")
    }

    /// Works out who is alike and who is an administrator, which many parallel parts ask of everybody; see [`Once`].
    pub(crate) fn sort_callers(&self) {
        self.classes();
        self.administrators();
    }
}

fn nothing_yet<T>(snapshot: &Snapshot) -> Vec<Once<T>> {
    snapshot.accounts.iter().map(|_| Once::default()).collect()
}

fn contents(snapshot: &Snapshot) -> Vec<Contents> {
    let mut contents: Vec<Contents> = snapshot.accounts.iter().map(|_| Contents::default()).collect();
    let place = |account| snapshot.accounts.binary_search_by_key(&account, |known| known.id).ok();
    for (at, principal) in snapshot.principals.iter().enumerate() {
        if principal.kind != PrincipalKind::Group
            && let Some(account) = place(principal.account)
        {
            contents[account].principals.push(PrincipalIndex::at(at));
        }
    }
    for (at, resource) in snapshot.resources.iter().enumerate() {
        if let Some(account) = resource.account.and_then(place) {
            contents[account].resources.push(ResourceIndex::at(at));
        }
    }
    contents
}

fn running_as(snapshot: &Snapshot) -> Vec<Vec<ResourceIndex>> {
    let mut running = vec![Vec::new(); snapshot.principals.len()];
    for (at, resource) in snapshot.resources.iter().enumerate() {
        for role in resource.runs_as.iter().filter_map(|runs_as| runs_as.role) {
            let workloads: &mut Vec<ResourceIndex> = &mut running[role.index()];
            if workloads.last() != Some(&ResourceIndex::at(at)) {
                workloads.push(ResourceIndex::at(at));
            }
        }
    }
    running
}

fn members(snapshot: &Snapshot) -> Vec<Vec<PrincipalIndex>> {
    let mut members = vec![Vec::new(); snapshot.principals.len()];
    for (at, principal) in snapshot.principals.iter().enumerate() {
        for group in &principal.groups {
            members[group.index()].push(PrincipalIndex::at(at));
        }
    }
    members
}
