//! Of which actions may somebody be refused now what was let in before? By the statements that came and went, on every
//! layer: what the identity has, its boundary, the policies of organization and things, trust policies.
//!
//! This is for uses that cannot be asked again, since nobody knows on what they were. Texts of which it was proved that they
//! let through no less are passed over.

use std::collections::BTreeSet;

use clavicle_graph::{Changed, Document};
use clavicle_policy::{Effect, Policy, Statement};
use clavicle_snapshot::{OrgPolicyKind, PolicyState, PrincipalIndex, ResourceIndex, Snapshot};

use super::texts::name;
use crate::reader::Reader;
use crate::shape::ChangesPage;
use crate::unused::granted::{Actions, documents, named};

/// A set of actions.
#[derive(Default)]
pub(super) struct Losing {
    /// Something else than statements changed, or some cannot be read: every action.
    all: bool,
    actions: Actions,
    /// Did any Allow go, or Deny come?
    differs: bool,
}

impl Losing {
    /// May requests of this action be refused now?
    pub(super) fn has(&self, reader: &Reader, action: &str) -> bool {
        let id = reader.world().catalog().action(action);
        // A name that the catalogue does not have may be meant by anything.
        self.all || id.map_or(self.differs, |id| self.actions.contains(id))
    }

    /// Is nothing lost?
    pub(super) fn is_none(&self) -> bool {
        !self.all && !self.differs
    }

    fn add(&mut self, other: &Self) {
        self.all |= other.all;
        self.differs |= other.differs;
        self.actions.add(&other.actions);
    }

    /// An Allow that went, or a Deny that came. `kept`: the texts that are passed over where they stay in their place.
    fn compare(&mut self, reader: &Reader, before: &Layer<'_>, after: &Layer<'_>, kept: &BTreeSet<&str>) {
        let catalog = reader.world().catalog();
        self.all |= before.unread != after.unread;
        let (before, after) = (before.beside(after, kept), after.beside(before, kept));
        let mut lose = |these: &[Placed<'_>], others: &[Placed<'_>], harmless: Effect| {
            let mut left: Vec<_> = others.iter().collect();
            for one in these {
                if let Some(at) = left.iter().position(|it| *it == one) {
                    left.swap_remove(at);
                    continue;
                }
                let effect = one.1.effect.as_ref().map(|it| it.value);
                if effect != Some(harmless) {
                    self.differs = true;
                    match named(catalog, one.1) {
                        Some(actions) => self.actions.add(&actions),
                        None => self.all = true,
                    }
                }
            }
        };
        lose(&before, &after, Effect::Deny);
        lose(&after, &before, Effect::Allow);
    }
}

/// A statement, with where it holds.
type Placed<'r> = (&'r str, &'r Statement);

/// The policies of a layer, each with where it holds and its name.
#[derive(Default)]
struct Layer<'r> {
    policies: Vec<(String, String, &'r Policy)>,
    /// How many of its policies cannot be read or were not seen.
    unread: usize,
}

impl<'r> Layer<'r> {
    fn add(&mut self, at: &str, reader: &'r Reader, document: &Document) {
        let text = reader.world().text_of_document(document);
        match text.and_then(|text| reader.written(text)) {
            Some(policy) => {
                self.policies.push((at.to_owned(), name(reader, document), policy));
            }
            None => self.unread += 1,
        }
    }

    /// The statements, but for those of kept texts that are in the same place of the other layer.
    fn beside<'l>(&'l self, other: &Layer<'_>, kept: &BTreeSet<&str>) -> Vec<Placed<'l>> {
        let stays = |at: &str, name: &str| other.policies.iter().any(|it| (&*it.0, &*it.1) == (at, name));
        let policies =
            self.policies.iter().filter(|(at, name, _)| !(kept.contains(&**name) && stays(at, name)));
        policies.flat_map(|(at, _, policy)| policy.statements.iter().map(|it| (&**at, it))).collect()
    }
}

/// What two states differ in as a whole.
pub(super) struct Difference<'r> {
    old: &'r Reader,
    new: &'r Reader,
    changed: Changed,
    /// Texts that are in both states and let through no less, proved.
    kept: BTreeSet<&'r str>,
    of_organization: Losing,
    of_things: Losing,
}

impl<'r> Difference<'r> {
    /// Linear in both, but quadratic in the statements of what differs. `page`: what is known to be different.
    pub(super) fn between(old: &'r Reader, new: &'r Reader, page: &'r ChangesPage) -> Self {
        let is_kept =
            |verdict: &str, doubts: &[String]| matches!(verdict, "widens" | "same") && doubts.is_empty();
        let documents = || page.documents.iter();
        let less = documents().filter(|it| !is_kept(&it.verdict, &it.doubts)).map(|it| it.document.as_str());
        let less: BTreeSet<&str> = less.collect();
        let kept = documents().map(|it| it.document.as_str()).filter(|name| !less.contains(name)).collect();
        let mut of_organization = Losing::default();
        of_organization.compare(old, &organization(old), &organization(new), &kept);
        of_organization.all |= tree(old.world().snapshot()) != tree(new.world().snapshot());
        let mut of_things = Losing::default();
        of_things.compare(old, &things(old, new), &things(new, old), &kept);
        of_things.all |= told_otherwise(old, new);
        let changed = Changed::between(old.world(), new.world());
        Self { old, new, changed, kept, of_organization, of_things }
    }

    /// Has somebody changed, or what bears on them?
    pub(super) fn has_principal(&self, index: PrincipalIndex) -> bool {
        self.changed.has_principal(index)
    }

    /// What somebody may have lost by it.
    pub(super) fn losing(&self, index: PrincipalIndex, now: PrincipalIndex) -> Losing {
        let mut all = Losing::default();
        if self.changed.has_principal(index) {
            all.compare(self.old, &own(self.old, index), &own(self.new, now), &self.kept);
            let (was, is) =
                (self.old.world().snapshot().principal(index), self.new.world().snapshot().principal(now));
            // A ceiling that was not there, or tags that conditions compare.
            all.all |= was.boundary.is_some() != is.boundary.is_some() || was.tags != is.tags;
        }
        all.add(&self.of_organization);
        all.add(&self.of_things);
        all
    }
}

/// The policies of somebody and their groups, and the boundary.
fn own<'r>(reader: &'r Reader, index: PrincipalIndex) -> Layer<'r> {
    let mut layer = Layer::default();
    for document in documents(reader, index) {
        layer.add("identity", reader, &document);
    }
    if let Some(boundary) = reader.world().snapshot().principal(index).boundary {
        layer.add("boundary", reader, &Document::Managed(boundary));
    }
    layer
}

/// SCPs and RCPs, by where they are attached.
fn organization<'r>(reader: &'r Reader) -> Layer<'r> {
    let mut layer = Layer::default();
    let Some(organization) = &reader.world().snapshot().organization else { return layer };
    for attachment in &organization.attachments {
        let kind = organization.policy(attachment.policy).kind;
        if kind != OrgPolicyKind::Other {
            let at = format!("{kind:?} {}", attachment.target);
            layer.add(&at, reader, &Document::Organization(attachment.policy));
        }
    }
    layer
}

/// Which units there are, which accounts lie in them, and whether that binds.
fn tree(snapshot: &Snapshot) -> impl PartialEq {
    let organization = snapshot.organization.as_ref();
    let organization = organization.map(|it| (it.units.clone(), it.attachments_seen, it.management));
    let accounts: Vec<_> = snapshot.accounts.iter().map(|account| (account.id, account.parent)).collect();
    (organization, accounts)
}

/// The policies of things, and trust policies, that are not the same in the other state.
fn things<'r>(reader: &'r Reader, other: &Reader) -> Layer<'r> {
    let mut layer = Layer::default();
    let (here, there) = (reader.world().snapshot(), other.world().snapshot());
    let text = |snapshot: &Snapshot, state: PolicyState| {
        state.document().map(|document| snapshot.document(document).sha256)
    };
    for (at, record) in here.resources.iter().enumerate() {
        let found = there.resource_by_arn(&record.arn).map(|index| there.resource(index).policy);
        if record.policy != PolicyState::None
            && found.is_none_or(|found| text(here, record.policy) != text(there, found))
        {
            layer.add(&record.arn, reader, &Document::Resource(ResourceIndex::at(at)));
        }
    }
    for (at, record) in here.principals.iter().enumerate() {
        let found = there.principal_by_arn(&record.arn).map(|index| there.principal(index).trust);
        if record.trust != PolicyState::None
            && found.is_none_or(|found| text(here, record.trust) != text(there, found))
        {
            layer.add(&record.arn, reader, &Document::Trust(PrincipalIndex::at(at)));
        }
    }
    layer
}

/// Is something else of a thing different that decisions rest on: its tags, its facts, the blocks of its account?
fn told_otherwise(old: &Reader, new: &Reader) -> bool {
    let (here, there) = (old.world().snapshot(), new.world().snapshot());
    let blocks = |snapshot: &Snapshot| -> Vec<_> {
        snapshot.accounts.iter().map(|account| (account.id, account.public_access_block)).collect()
    };
    blocks(here) != blocks(there)
        || here.resources.iter().any(|record| {
            let found = there.resource_by_arn(&record.arn).map(|index| there.resource(index));
            found.is_some_and(|found| (&record.tags, &record.facts) != (&found.tags, &found.facts))
        })
}
