//! Which policies have another text, and what that comes to for every request.

use std::collections::{BTreeMap, BTreeSet};

use clavicle_engine::Principals;
use clavicle_graph::Document;
use clavicle_policy::{Effect, Policy, parse};
use clavicle_prover::{Difference, Limits, Store};
use clavicle_snapshot::{Declared, ManagedPolicy, PolicyState, PrincipalKind, PrincipalRecord, Snapshot};

use crate::names::{Entry, org_policy_word};
use crate::reader::Reader;
use crate::shape::{AttachmentChange, DocumentChange, TextLine};

/// A text by what tells it in every snapshot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Managed(String),
    Inline(String, String),
    Trust(String),
    Resource(String),
    Organization(String),
}

struct Text<'r> {
    name: String,
    /// `None`: there may be one, and it was not seen.
    text: Option<&'r str>,
    in_use: bool,
    names_principals: bool,
    /// A plan or template says what becomes of it.
    is_planned: bool,
    declared_at: Option<(String, usize)>,
}

/// Policies that are in both states with another text, and those whose text is not known in the new one.
pub(super) fn changed(old: &Reader, new: &Reader) -> Vec<DocumentChange> {
    let (before, after) = (texts(old), texts(new));
    let mut found = Vec::new();
    for (key, now) in &after {
        let was = before.get(key);
        let (was, is) = match (was.map(|was| was.text), now.text) {
            (Some(Some(was)), Some(is)) if was != is => (was, is),
            // What a plan puts in the place of a text, or of none, or gives a new thing.
            (None | Some(Some(_)), None) if now.is_planned => {
                found.push(unknown(now, "its text is known after deployment only"));
                continue;
            }
            (Some(Some(_)), None) => {
                found.push(unknown(now, "its text was not seen any more"));
                continue;
            }
            _ => continue,
        };
        let lines = lines(was, is);
        let (Some(old_policy), Some(new_policy)) = (read(was), read(is)) else {
            found.push(DocumentChange { lines, ..unknown(now, "one of the texts cannot be read") });
            continue;
        };
        found.push(DocumentChange { lines, ..compared(now, &old_policy, &new_policy) });
    }
    found.sort_by(|a, b| a.document.cmp(&b.document));
    found
}

/// How many policies were not seen in the old state and are in the new one.
pub(super) fn seen_now(old: &Reader, new: &Reader) -> usize {
    let before = texts(old);
    let was_not = |key: &Key| before.get(key).is_some_and(|was| was.text.is_none());
    texts(new).iter().filter(|(key, now)| now.text.is_some() && was_not(key)).count()
}

fn unknown(now: &Text<'_>, why: &str) -> DocumentChange {
    DocumentChange {
        document: now.name.clone(),
        verdict: "unknown".to_owned(),
        in_use: now.in_use,
        more: Vec::new(),
        less: Vec::new(),
        denies_less: Vec::new(),
        denies_more: Vec::new(),
        lines: Vec::new(),
        doubts: vec![why.to_owned()],
        declared_at: now.declared_at.clone(),
    }
}

/// Has the text a statement with this effect, or one that cannot be read?
fn says(text: &str, effect: Effect) -> bool {
    let says = |policy: Policy| {
        let effects = policy.statements.iter().map(|statement| statement.effect.as_ref().map(|it| it.value));
        effects.into_iter().any(|it| it.is_none_or(|it| it == effect))
    };
    read(text).is_none_or(says)
}

/// Users and roles that are in the new state only, and in the old one only.
pub(super) fn come_and_gone(old: &Reader, new: &Reader) -> (usize, usize) {
    let (before, after) = (old.world().snapshot(), new.world().snapshot());
    let beyond = |some: &Snapshot, other: &Snapshot| {
        let callers = some.principals.iter().filter(|it| it.kind != PrincipalKind::Group);
        callers.filter(|it| other.principal_by_arn(&it.arn).is_none()).count()
    };
    (beyond(after, before), beyond(before, after))
}

fn read(text: &str) -> Option<Policy> {
    parse(text.as_bytes()).policy
}

fn compared(now: &Text<'_>, old: &Policy, new: &Policy) -> DocumentChange {
    let mut store = Store::new();
    let principals = if now.names_principals { Principals::Required } else { Principals::Ignored };
    let before = store.compile(old, principals);
    let after = store.compile(new, principals);
    let more = store.difference(&after, &before.access(), Limits::default());
    let less = store.difference(&before, &after.access(), Limits::default());
    // What else allows it stands in other documents.
    let denied_less = store.denied_only_by(&before, &after, Limits::default());
    let denied_more = store.denied_only_by(&after, &before, Limits::default());
    let actions = |difference: &Difference| -> Vec<String> {
        let mut actions: BTreeSet<String> = BTreeSet::new();
        for region in &difference.regions {
            actions.extend(region.actions.iter().cloned());
            if region.uncatalogued && region.actions.is_empty() {
                actions.insert("actions not in the catalogue".to_owned());
            }
        }
        actions.into_iter().collect()
    };
    let none = |one: &Difference, other: &Difference| one.regions.is_empty() && other.regions.is_empty();
    let open = |one: &Difference, other: &Difference| !one.doubts.is_empty() || !other.doubts.is_empty();
    let verdict = match (none(&more, &denied_less), none(&less, &denied_more)) {
        (false, false) => "changes",
        (false, true) => "widens",
        (true, _) if open(&more, &denied_less) => "unknown",
        (true, false) => "narrows",
        (true, true) if open(&less, &denied_more) => "unknown",
        (true, true) => "same",
    };
    let mut doubts: Vec<String> = [&more, &denied_less, &less, &denied_more]
        .into_iter()
        .flat_map(|difference| difference.doubts.iter().map(ToString::to_string))
        .collect();
    doubts.dedup();
    DocumentChange {
        document: now.name.clone(),
        verdict: verdict.to_owned(),
        in_use: now.in_use,
        more: actions(&more),
        less: actions(&less),
        denies_less: actions(&denied_less),
        denies_more: actions(&denied_more),
        lines: Vec::new(),
        doubts,
        declared_at: now.declared_at.clone(),
    }
}

/// So many lines of each text are compared: the shortest way from one to the other takes the product of both.
const MOST_LINES: usize = 2_000;

/// The lines that only one of two texts has: those that are not in the longest sequence that both share.
fn lines(old: &str, new: &str) -> Vec<TextLine> {
    let split = |text: &'_ str| -> Vec<String> {
        // A comma is not what is different.
        let bare = |line: &str| line.trim().trim_end_matches(',').to_owned();
        text.lines().map(bare).take(MOST_LINES).collect()
    };
    let (old, new) = (split(old), split(new));
    let mut common = vec![vec![0_u16; new.len() + 1]; old.len() + 1];
    for (a, was) in old.iter().enumerate().rev() {
        for (b, is) in new.iter().enumerate().rev() {
            common[a][b] =
                if was == is { common[a + 1][b + 1] + 1 } else { common[a + 1][b].max(common[a][b + 1]) };
        }
    }
    let (mut a, mut b) = (0, 0);
    let mut found = Vec::new();
    let line = |sign, at: usize, text: &String| TextLine { sign, line: at + 1, text: text.clone() };
    // Brackets by themselves say nothing.
    let says = |text: &String| text.contains(|letter: char| letter.is_alphanumeric() || letter == '*');
    while a < old.len() || b < new.len() {
        match (old.get(a), new.get(b)) {
            (Some(was), Some(is)) if was == is => {
                a += 1;
                b += 1;
            }
            (Some(was), is) if is.is_none() || common[a + 1][b] >= common[a][b + 1] => {
                found.extend(says(was).then(|| line('-', a, was)));
                a += 1;
            }
            (_, Some(is)) => {
                found.extend(says(is).then(|| line('+', b, is)));
                b += 1;
            }
            _ => break,
        }
    }
    found
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

/// Every text of a state.
fn texts(reader: &Reader) -> BTreeMap<Key, Text<'_>> {
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
pub(super) fn is_unseen(policy: &ManagedPolicy) -> bool {
    let published = || {
        let name = policy.arn.splitn(6, ':').nth(5)?;
        clavicle_catalog::catalog().managed_policy(&format!("arn:aws:iam::aws:{name}"))
    };
    policy.document == PolicyState::NotSeen && (policy.account.is_some() || published().is_none())
}

/// Where a plan or template declares it.
fn declared<'s>(snapshot: &'s Snapshot, key: &Key) -> Option<&'s Declared> {
    match key {
        Key::Managed(arn) | Key::Trust(arn) | Key::Resource(arn) => snapshot.declared(arn, ""),
        Key::Inline(bearer, name) => snapshot.declared(bearer, name),
        Key::Organization(_) => None,
    }
}

/// What is attached now and was not, and the other way round.
pub(super) fn attachments(old: &Reader, new: &Reader) -> Vec<AttachmentChange> {
    let mut found = Vec::new();
    let (was, is) = (texts(old), texts(new));
    // An Allow that comes may give more, and so may a Deny that goes.
    let may_widen = |key: &Key, change: &str| match change {
        "attached" => is.get(key).and_then(|it| it.text).is_none_or(|text| says(text, Effect::Allow)),
        _ => was.get(key).and_then(|it| it.text).is_none_or(|text| says(text, Effect::Deny)),
    };
    let (before, after) = (old.world().snapshot(), new.world().snapshot());
    for (at, principal) in after.principals.iter().enumerate() {
        let Some(was) = before.principal_by_arn(&principal.arn).map(|index| before.principal(index)) else {
            continue;
        };
        let name = new.names().of(Entry::Principal(clavicle_snapshot::PrincipalIndex::at(at)));
        let mut say = |policy: &str, change: &str, may_widen: bool| {
            found.push(AttachmentChange {
                policy: policy_name(policy),
                bearer: name.to_owned(),
                change: change.to_owned(),
                may_widen,
            });
        };
        let (had, has) = (attached(before, was), attached(after, principal));
        for (policies, change) in [(has.difference(&had), "attached"), (had.difference(&has), "detached")] {
            policies.for_each(|policy| say(policy, change, may_widen(&Key::Managed(policy.clone()), change)));
        }
        let bound = |snapshot: &Snapshot, principal: &PrincipalRecord| {
            principal.boundary.map(|policy| snapshot.policy(policy).arn.to_string())
        };
        match (bound(before, was), bound(after, principal)) {
            // AWS: IAM User Guide, "Permissions boundaries for IAM entities": the first one can only take away.
            (was, Some(is)) if was.as_deref() != Some(&*is) => say(&is, "boundary", was.is_some()),
            (Some(was), None) => say(&was, "no boundary", true),
            _ => {}
        }
        let inline = |principal: &PrincipalRecord| -> BTreeSet<String> {
            principal.inline.iter().map(|policy| policy.name.to_string()).collect()
        };
        let (had, has) = (inline(was), inline(principal));
        let mut say = |policy: &String, change: &str| {
            found.push(AttachmentChange {
                policy: format!("{name}#{policy}"),
                bearer: name.to_owned(),
                change: change.to_owned(),
                may_widen: may_widen(&Key::Inline(principal.arn.to_string(), policy.clone()), change),
            });
        };
        has.difference(&had).for_each(|policy| say(policy, "attached"));
        had.difference(&has).for_each(|policy| say(policy, "detached"));
    }
    let (had, has) = (attached_above(before), attached_above(after));
    let change = |(id, policy, bearer): &(String, String, String), change: &str| AttachmentChange {
        policy: policy.clone(),
        bearer: bearer.clone(),
        change: change.to_owned(),
        may_widen: may_widen(&Key::Organization(id.clone()), change),
    };
    found.extend(has.difference(&had).map(|one| change(one, "attached")));
    found.extend(had.difference(&has).map(|one| change(one, "detached")));
    found
}

/// `policy/NAME` of an ARN.
fn policy_name(text: &str) -> String {
    match text.rsplit_once(":policy/") {
        Some((_, name)) => format!("policy/{}", name.rsplit('/').next().unwrap_or(name)),
        None => text.to_owned(),
    }
}

fn attached(snapshot: &Snapshot, principal: &PrincipalRecord) -> BTreeSet<String> {
    principal.attached.iter().map(|policy| snapshot.policy(*policy).arn.to_string()).collect()
}

/// By id of the policy, its name, and where.
fn attached_above(snapshot: &Snapshot) -> BTreeSet<(String, String, String)> {
    let Some(organization) = &snapshot.organization else { return BTreeSet::new() };
    let attachments = organization.attachments.iter().map(|attachment| {
        let policy = organization.policy(attachment.policy);
        let name = format!("{}/{}", org_policy_word(policy), policy.name);
        (policy.id.to_string(), name, attachment.target.to_string())
    });
    attachments.collect()
}
