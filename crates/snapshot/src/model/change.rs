//! What would the facts be if somebody changed a policy, or who there is? For trying a change before AWS is told of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use clavicle_policy::parse;
use sha2::{Digest as _, Sha256};

use super::{
    Attachment, ByArn, Document, DocumentId, InlinePolicy, OrgPolicyIndex, PolicyIndex, PolicyState,
    PrincipalIndex, ResourceIndex, Snapshot,
};

/// A policy text by its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyPlace {
    /// The version in force of a managed policy.
    Managed(PolicyIndex),
    /// An inline policy of a user, group or role, by name.
    Inline(PrincipalIndex, Arc<str>),
    /// The trust policy of a role.
    Trust(PrincipalIndex),
    /// The policy of a thing.
    Resource(ResourceIndex),
    /// A policy of the organization.
    Organization(OrgPolicyIndex),
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The text becomes this one; an inline policy or a policy of a thing that is not there yet is made.
    Write(PolicyPlace, String),
    /// The policy goes, with all its attachments.
    Delete(PolicyPlace),
    /// A managed policy is attached to a user, group or role.
    Attach(PolicyIndex, PrincipalIndex),
    /// It is attached no more.
    Detach(PolicyIndex, PrincipalIndex),
    /// A policy of the organization is attached to a root, unit or account (`r-…`, `ou-…`, an account id).
    AttachAbove(OrgPolicyIndex, Arc<str>),
    /// It is attached there no more.
    DetachAbove(OrgPolicyIndex, Arc<str>),
    /// A managed policy becomes the permissions boundary of a user or role; `None`: there is none any more.
    Bound(PrincipalIndex, Option<PolicyIndex>),
    /// A user, group or role goes, with all that is its own.
    Remove(PrincipalIndex),
}

impl Snapshot {
    /// Makes changes in memory, where AWS would: what was not seen stays not seen. Linear in the facts where somebody goes.
    pub fn change(&mut self, changes: impl IntoIterator<Item = Change>) {
        // Their numbers hold until all else is done.
        let mut gone = BTreeSet::new();
        for change in changes {
            match change {
                Change::Remove(principal) => {
                    gone.insert(principal);
                }
                other => self.make(other),
            }
        }
        if !gone.is_empty() {
            self.remove(&gone);
        }
    }

    fn make(&mut self, change: Change) {
        match change {
            Change::Write(place, text) => {
                let document = self.add_document(text);
                self.put(place, PolicyState::Document(document));
            }
            Change::Delete(place) => self.delete(place),
            Change::Attach(policy, to) => {
                let attached = &mut self.principals[to.index()].attached;
                if !attached.contains(&policy) {
                    attached.push(policy);
                }
            }
            Change::Detach(policy, from) => {
                self.principals[from.index()].attached.retain(|other| *other != policy);
            }
            Change::AttachAbove(policy, target) => {
                if let Some(organization) = &mut self.organization {
                    let attachment = Attachment { policy, target };
                    if !organization.attachments.contains(&attachment) {
                        organization.attachments.push(attachment);
                    }
                }
            }
            Change::Bound(principal, policy) => self.principals[principal.index()].boundary = policy,
            Change::Remove(principal) => self.remove(&BTreeSet::from([principal])),
            Change::DetachAbove(policy, target) => {
                if let Some(organization) = &mut self.organization {
                    organization.attachments.retain(|other| other.policy != policy || other.target != target);
                }
            }
        }
    }

    fn add_document(&mut self, text: String) -> DocumentId {
        let sha256: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        if let Some(known) = self.documents.iter().position(|document| document.sha256 == sha256) {
            return DocumentId::at(known);
        }
        self.documents.push(Document { text: text.into(), sha256 });
        DocumentId::at(self.documents.len() - 1)
    }

    fn put(&mut self, place: PolicyPlace, document: PolicyState) {
        match place {
            PolicyPlace::Managed(policy) => self.policies[policy.index()].document = document,
            PolicyPlace::Inline(bearer, name) => {
                let inline = &mut self.principals[bearer.index()].inline;
                match inline.iter_mut().find(|policy| policy.name == name) {
                    Some(policy) => policy.document = document,
                    None => inline.push(InlinePolicy { name, document }),
                }
            }
            PolicyPlace::Trust(role) => self.principals[role.index()].trust = document,
            PolicyPlace::Resource(resource) => self.resources[resource.index()].policy = document,
            PolicyPlace::Organization(policy) => {
                if let Some(organization) = &mut self.organization {
                    organization.policies[policy.index()].document = document;
                }
            }
        }
    }

    fn delete(&mut self, place: PolicyPlace) {
        match place {
            PolicyPlace::Managed(policy) => {
                for principal in &mut self.principals {
                    principal.attached.retain(|other| *other != policy);
                }
                for set in self.identity_center.iter_mut().flat_map(|center| &mut center.permission_sets) {
                    if let Some(attached) = &mut set.attached {
                        attached.retain(|other| *other != policy);
                    }
                }
            }
            PolicyPlace::Inline(bearer, name) => {
                self.principals[bearer.index()].inline.retain(|policy| policy.name != name);
            }
            PolicyPlace::Organization(policy) => {
                if let Some(organization) = &mut self.organization {
                    organization.attachments.retain(|attachment| attachment.policy != policy);
                }
            }
            PolicyPlace::Trust(_) | PolicyPlace::Resource(_) => self.put(place, PolicyState::None),
        }
    }

    fn remove(&mut self, gone: &BTreeSet<PrincipalIndex>) {
        self.forget_names(gone);
        let mut left = 0;
        let places: Vec<Option<PrincipalIndex>> = (0..self.principals.len())
            .map(|at| {
                let stays = !gone.contains(&PrincipalIndex::at(at));
                let place = stays.then(|| PrincipalIndex::at(left));
                left += usize::from(stays);
                place
            })
            .collect();
        let arns: BTreeSet<Arc<str>> =
            gone.iter().map(|index| self.principals[index.index()].arn.clone()).collect();
        self.principals.retain(|record| !arns.contains(&record.arn));
        self.gone.extend(arns.iter().cloned());
        for record in &mut self.principals {
            record.groups = record.groups.iter().filter_map(|group| places[group.index()]).collect();
        }
        for resource in &mut self.resources {
            // What ran as it runs as nobody.
            resource.runs_as.retain(|runs| runs.role.is_none_or(|role| places[role.index()].is_some()));
            for runs in &mut resource.runs_as {
                runs.role = runs.role.and_then(|role| places[role.index()]);
            }
        }
        for profile in &mut self.instance_profiles {
            profile.role = profile.role.take().filter(|role| !arns.contains(role));
        }
        self.last_accessed.retain(|report| !arns.contains(&*report.principal));
        self.by_arn = ByArn::new(&self.principals, &self.policies, &self.resources);
    }

    /// In trust policies and policies of things, whoever goes leaves their unique id, which is nobody's.
    ///
    /// AWS: IAM User Guide, "AWS JSON policy elements: Principal": when a policy is saved, the ARN of a user or role becomes
    /// its unique id; "if you delete the role, then you break the relationship", also for one of the same name.
    fn forget_names(&mut self, gone: &BTreeSet<PrincipalIndex>) {
        let ids: BTreeMap<Arc<str>, Arc<str>> = gone
            .iter()
            .map(|index| &self.principals[index.index()])
            .map(|record| (record.arn.clone(), record.id.clone().unwrap_or_else(|| "AIDADELETED".into())))
            .collect();
        let trusts = self.principals.iter().map(|record| record.trust);
        let states = trusts.chain(self.resources.iter().map(|record| record.policy));
        let used: BTreeSet<DocumentId> = states.filter_map(PolicyState::document).collect();
        let mut others = BTreeMap::new();
        for document in used {
            if let Some(text) = without_names(&self.document(document).text, &ids) {
                others.insert(document, self.add_document(text));
            }
        }
        let states = self.principals.iter_mut().map(|record| &mut record.trust);
        for state in states.chain(self.resources.iter_mut().map(|record| &mut record.policy)) {
            if let Some(other) = state.document().and_then(|document| others.get(&document)) {
                *state = PolicyState::Document(*other);
            }
        }
    }
}

/// The text with ids for these ARNs where it names principals; `None`: it names none of them.
fn without_names(text: &str, ids: &BTreeMap<Arc<str>, Arc<str>>) -> Option<String> {
    if !ids.keys().any(|arn| text.contains(&**arn)) {
        return None;
    }
    let policy = parse(text.as_bytes()).policy?;
    let elements = policy.statements.iter().filter_map(|statement| statement.principal.as_ref());
    let mut spans: Vec<_> = elements
        .flat_map(|element| &element.entries)
        .filter_map(|entry| Some((entry.value.span, ids.get(&*entry.value.value)?)))
        .collect();
    spans.sort_unstable_by_key(|(span, _)| std::cmp::Reverse(span.start));
    let mut text = (!spans.is_empty()).then(|| text.to_owned())?;
    for (span, id) in spans {
        let range = span.start as usize..span.end as usize;
        if text.get(range.clone()).is_some() {
            text.replace_range(range, &format!("\"{id}\""));
        }
    }
    Some(text)
}
