//! The policies of two states, each by what tells it in both: read once for all that is compared of them.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use clavicle_graph::Document;
use clavicle_snapshot::{Declared, ManagedPolicy, PolicyState, Snapshot};

use crate::names::{Entry, org_policy_word};
use crate::reader::Reader;

/// A text by what tells it in every snapshot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Managed(String),
    Inline(String, String),
    Trust(String),
    Resource(String),
    Organization(String),
}

/// A policy, with what bears on comparing it.
pub(super) struct Text<'r> {
    pub(super) name: String,
    /// `None`: there may be one, and it was not seen.
    pub(super) text: Option<&'r str>,
    pub(super) in_use: bool,
    pub(super) names_principals: bool,
    /// A plan or template says what becomes of it.
    pub(super) is_planned: bool,
    pub(super) declared_at: Option<(String, usize)>,
}

/// The texts of a state.
pub(super) type Texts<'r> = BTreeMap<Key, Text<'r>>;

/// The texts of both states.
pub(super) struct Both<'r> {
    pub(super) old: &'r Reader,
    pub(super) new: &'r Reader,
    pub(super) before: Texts<'r>,
    pub(super) after: Texts<'r>,
    /// See [`Both::asks_for_tag`].
    tags: OnceCell<Option<HashSet<String>>>,
}

impl<'r> Both<'r> {
    /// Linear in both. Once it is stopped, none.
    pub(super) fn read(old: &'r Reader, new: &'r Reader, is_stopped: &(dyn Fn() -> bool + Sync)) -> Self {
        let read = |reader| if is_stopped() { Texts::new() } else { texts(reader) };
        Self { old, new, before: read(old), after: read(new), tags: OnceCell::new() }
    }

    /// Each policy of either state, as it was and as it is.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&Key, Option<&Text<'r>>, Option<&Text<'r>>)> {
        let gone = self.before.iter().filter(|(key, _)| !self.after.contains_key(key));
        let now = self.after.iter().map(|(key, now)| (key, self.before.get(key), Some(now)));
        now.chain(gone.map(|(key, was)| (key, Some(was), None)))
    }

    /// Is it the policy of a thing that is in both states? Then there was none where none is told of.
    pub(super) fn is_of_thing_of_both(&self, key: &Key) -> bool {
        let Key::Resource(arn) = key else { return false };
        [self.old, self.new].iter().all(|reader| reader.world().snapshot().resource_by_arn(arn).is_some())
    }

    /// Does a policy of either state compare or name the tag of a caller with this key, in lower case? Looked up in all of them
    /// once, those that AWS publishes and no source has among them; a text that cannot be read may ask for any.
    pub(super) fn asks_for_tag(&self, key: &str) -> bool {
        let all = || {
            let texts = self.before.values().chain(self.after.values()).filter_map(|text| text.text);
            let policies = [self.old, self.new].into_iter().flat_map(|it| &it.world().snapshot().policies);
            let published = policies.filter(|policy| policy.document == PolicyState::NotSeen);
            let mut found = HashSet::new();
            for text in texts {
                found.extend(tags_asked_for(text)?);
            }
            for text in published.filter_map(published_text) {
                found.extend(tags_asked_for(text)?);
            }
            Some(found)
        };
        self.tags.get_or_init(all).as_ref().is_none_or(|all| all.contains(key))
    }

    /// How many policies were not seen in the old state, where the new one says what they are.
    pub(super) fn seen_now(&self) -> usize {
        let was_not = |was: Option<&Text<'_>>| was.is_some_and(|was| was.text.is_none());
        let is_seen = |key: &Key, now: Option<&Text<'_>>| match now {
            Some(now) => now.text.is_some(),
            None => self.is_of_thing_of_both(key),
        };
        self.pairs().filter(|(key, was, now)| was_not(*was) && is_seen(key, *now)).count()
    }

    /// How many that bear on somebody or something were seen in neither.
    pub(super) fn seen_in_neither(&self) -> usize {
        let is_unseen = |text: &Option<&Text<'_>>| text.is_some_and(|text| text.text.is_none());
        let both = self.pairs().filter(|(_, was, now)| is_unseen(was) && is_unseen(now));
        both.filter(|(_, _, now)| now.is_some_and(|now| now.in_use)).count()
    }
}

/// The keys that follow `aws:PrincipalTag/`, in lower case. `None`: the text cannot be read.
fn tags_asked_for(text: &str) -> Option<Vec<String>> {
    let mut text = Cow::Borrowed(text);
    if text.contains('\\') {
        // Any letter may be written by its number.
        text = serde_json::from_str::<serde_json::Value>(&text).ok()?.to_string().into();
    }
    let text = text.to_lowercase();
    let after = text.split("principaltag/").skip(1);
    // Where a key of conditions ends, or a variable: none of these is in the key of a tag.
    let key = |rest: &str| rest.split(['"', '}', ',']).next().unwrap_or_default().trim().to_owned();
    Some(after.map(key).collect())
}

/// Every text of a state.
fn texts(reader: &Reader) -> Texts<'_> {
    let snapshot = reader.world().snapshot();
    let mut found = BTreeMap::new();
    let mut add = |key: Key, name: String, state: PolicyState, in_use: bool, names_principals: bool| {
        let text = match state {
            PolicyState::None => return,
            PolicyState::NotSeen => None,
            PolicyState::Document(document) => Some(&*snapshot.document(document).text),
        };
        let declared = declared(snapshot, &key);
        let declared_at =
            declared.and_then(|it| Some((it.file.to_string(), usize::try_from(it.line?).ok()?)));
        let is_planned = declared.is_some();
        found.insert(key, Text { name, text, in_use, names_principals, is_planned, declared_at });
    };
    let attached: BTreeSet<_> = snapshot
        .principals
        .iter()
        .flat_map(|principal| principal.attached.iter().chain(&principal.boundary))
        .copied()
        .collect();
    for (at, policy) in snapshot.policies.iter().enumerate() {
        let index = clavicle_snapshot::PolicyIndex::at(at);
        let name = name(reader, &Document::Managed(index));
        // What AWS publishes counts, and is the same in both.
        let state = if is_unseen(policy) || policy.document != PolicyState::NotSeen {
            policy.document
        } else {
            PolicyState::None
        };
        add(Key::Managed(policy.arn.to_string()), name, state, attached.contains(&index), false);
    }
    for (at, principal) in snapshot.principals.iter().enumerate() {
        let index = clavicle_snapshot::PrincipalIndex::at(at);
        for (place, inline) in principal.inline.iter().enumerate() {
            let key = Key::Inline(principal.arn.to_string(), inline.name.to_string());
            add(key, name(reader, &Document::Inline(index, place)), inline.document, true, false);
        }
        let trust = name(reader, &Document::Trust(index));
        add(Key::Trust(principal.arn.to_string()), trust, principal.trust, true, true);
    }
    for (at, resource) in snapshot.resources.iter().enumerate() {
        let name = name(reader, &Document::Resource(clavicle_snapshot::ResourceIndex::at(at)));
        add(Key::Resource(resource.arn.to_string()), name, resource.policy, true, true);
    }
    if let Some(organization) = &snapshot.organization {
        for (at, policy) in organization.policies.iter().enumerate() {
            let index = clavicle_snapshot::OrgPolicyIndex::at(at);
            let name = name(reader, &Document::Organization(index));
            let in_use = organization.attachments.iter().any(|attachment| attachment.policy == index);
            add(Key::Organization(policy.id.to_string()), name, policy.document, in_use, false);
        }
    }
    found
}

/// Was its text not seen, and is it none that AWS publishes either?
fn is_unseen(policy: &ManagedPolicy) -> bool {
    policy.document == PolicyState::NotSeen && published_text(policy).is_none()
}

/// The text that AWS publishes of a policy of its own.
fn published_text(policy: &ManagedPolicy) -> Option<&'static str> {
    let name = policy.arn.splitn(6, ':').nth(5).filter(|_| policy.account.is_none())?;
    clavicle_catalog::catalog().managed_policy(&format!("arn:aws:iam::aws:{name}"))
}

/// Where a plan or template declares it.
fn declared<'s>(snapshot: &'s Snapshot, key: &Key) -> Option<&'s Declared> {
    match key {
        Key::Managed(arn) | Key::Trust(arn) | Key::Resource(arn) => snapshot.declared(arn, ""),
        Key::Inline(bearer, name) => snapshot.declared(bearer, name),
        Key::Organization(_) => None,
    }
}

/// What a text is called in what is told.
pub(super) fn name(reader: &Reader, document: &Document) -> String {
    let snapshot = reader.world().snapshot();
    let of = |entry| reader.names().of(entry);
    match document {
        Document::Managed(policy) => of(Entry::Policy(*policy)).to_owned(),
        Document::Inline(bearer, place) => {
            let inline = snapshot.principal(*bearer).inline.get(*place).map_or("", |inline| &inline.name);
            format!("{}#{inline}", of(Entry::Principal(*bearer)))
        }
        Document::Trust(role) => format!("{}#trust", of(Entry::Principal(*role))),
        Document::Resource(thing) => format!("{}#policy", of(Entry::Resource(*thing))),
        Document::Organization(policy) => match &snapshot.organization {
            Some(organization) => {
                let policy = organization.policy(*policy);
                format!("{}/{}", org_policy_word(policy), policy.name)
            }
            None => String::new(),
        },
        Document::PermissionSet(..) => reader.name_of_document(document),
    }
}
