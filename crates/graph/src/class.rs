//! Equal principals: those whom no question about access can tell apart by more than their name.
//!
//! Two principals are equal if they are of one kind in one account, bear the same documents (by text), have the same
//! boundary and the same trust policy, the same values of the tags that any policy reads, the same path, and are not
//! told apart by name: no policy lists one of them, and every pattern that a condition compares callers with fits both
//! or neither. What a variable such as `${aws:username}` gives each of them is theirs in the same way.

use clavicle_policy::AccountId;
use clavicle_snapshot::{PrincipalIndex, PrincipalKind};
use foldhash::{HashMap, HashMapExt};
use rayon::prelude::*;

use crate::world::World;

/// A set of principals with the same access. Dense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClassId(pub u32);

impl ClassId {
    fn at(place: usize) -> Self {
        Self(u32::try_from(place).expect("a snapshot has fewer than 2^32 principals"))
    }
}

/// Who is equal to whom.
#[derive(Debug)]
pub(crate) struct Classes {
    of: Vec<ClassId>,
    members: Vec<Vec<PrincipalIndex>>,
}

/// What makes two principals equal; the documents are compared by number.
#[derive(PartialEq, Eq, Hash)]
struct Signature {
    account: AccountId,
    kind: PrincipalKind,
    path: std::sync::Arc<str>,
    identity: Box<[usize]>,
    complete: bool,
    boundary: u64,
    trust: Option<usize>,
    /// `None`: the tags were not seen.
    tags: Option<Tags>,
    may_have_more_tags: bool,
    fits: Box<[usize]>,
    /// Set for those whom a policy lists.
    alone: Option<PrincipalIndex>,
}

/// Tags that some policy reads: the place of the key, and the value.
type Tags = Box<[(usize, std::sync::Arc<str>)]>;

impl World {
    pub(crate) fn classes(&self) -> &Classes {
        self.classes.get_or_init(|| {
            let signatures: Vec<Signature> = (0..self.callers.len())
                .into_par_iter()
                .map(|at| self.signature(PrincipalIndex::at(at)))
                .collect();
            let mut known: HashMap<Signature, ClassId> = HashMap::new();
            let mut classes = Classes { of: Vec::with_capacity(signatures.len()), members: Vec::new() };
            for (at, signature) in signatures.into_iter().enumerate() {
                let next = ClassId::at(classes.members.len());
                let class = *known.entry(signature).or_insert(next);
                if class == next {
                    classes.members.push(Vec::new());
                }
                classes.members[class.0 as usize].push(PrincipalIndex::at(at));
                classes.of.push(class);
            }
            classes
        })
    }

    fn signature(&self, index: PrincipalIndex) -> Signature {
        let record = self.snapshot().principal(index);
        let told_apart = &self.documents.told_apart;
        let (identity, complete, boundary) = self.bearer(index).signature();
        let listed = |text: &str| told_apart.listed.contains(text);
        let is_listed = record.kind == PrincipalKind::Group
            || listed(&record.arn)
            || record.id.as_ref().is_some_and(|id| listed(id))
            || (record.kind == PrincipalKind::User && listed(&record.name));
        // `aws:userid` of a session is the id with a name of anybody's choice behind it.
        let session = record.id.as_ref().map(|id| format!("{id}:"));
        let of_id = record.id.as_deref().into_iter().chain(session.as_deref());
        let called: Vec<&str> = [&*record.arn, &*record.name].into_iter().chain(of_id).collect();
        let tags = record.tags.as_ref().map(|tags| {
            let read = tags.iter().filter_map(|(key, value)| {
                let key = key.to_lowercase();
                let place = told_apart.tags.binary_search_by(|known| (**known).cmp(&*key)).ok()?;
                Some((place, value.clone()))
            });
            let mut read: Vec<_> = read.collect();
            read.sort();
            read.into()
        });
        Signature {
            account: record.account,
            kind: record.kind,
            path: record.path.clone(),
            identity: identity.iter().map(|policy| policy.index()).collect(),
            complete,
            boundary,
            trust: self.trust_policy(index).map(|policy| policy.index()),
            tags,
            may_have_more_tags: self.may_have_more_tags(&record.arn),
            fits: told_apart.patterns.fitting(&called),
            alone: is_listed.then_some(index),
        }
    }

    /// The class of a user, role or group. Groups are each of their own class.
    pub fn class_of(&self, principal: PrincipalIndex) -> ClassId {
        self.classes().of[principal.index()]
    }

    /// Its members, in the order of the snapshot.
    pub fn class_members(&self, class: ClassId) -> &[PrincipalIndex] {
        self.classes().members.get(class.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// The classes of users and roles of an account, in the order of their first members.
    pub fn classes_of(&self, account: AccountId) -> Vec<ClassId> {
        let mut found: Vec<ClassId> =
            self.principals_of(account).iter().map(|principal| self.class_of(*principal)).collect();
        let mut seen = vec![false; self.classes().members.len()];
        found.retain(|class| !std::mem::replace(&mut seen[class.0 as usize], true));
        found
    }
}
