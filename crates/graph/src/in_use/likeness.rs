//! Which documents mean the same, and which nearly?

use foldhash::{HashMap, HashMapExt};

use clavicle_engine::PolicyId;

use super::meaning::{MeaningId, Meanings};
use super::{Document, DocumentFamily, PoliciesInUse};
use crate::world::World;

/// A document that is one statement apart from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// The other document.
    pub document: Document,
    /// The statement that only the asked document has, by place from 0.
    pub here: Option<usize>,
    /// The statement that only the other one has.
    pub there: Option<usize>,
}

/// So many statements have to be the same: two short documents are near each other by chance.
const SHARED: usize = 2;

/// Documents by what they mean.
#[derive(Debug, Default)]
pub(super) struct Likeness {
    /// The group of each document; `None`: it cannot be compared.
    group_of: Vec<Option<usize>>,
    groups: Vec<Group>,
    /// Groups that have all these statements but one of their own, or no more: by family and statements.
    by_rest: HashMap<(DocumentFamily, Box<[MeaningId]>), Vec<usize>>,
}

/// Documents of one family that mean the same.
#[derive(Debug)]
struct Group {
    family: DocumentFamily,
    /// Sorted, nothing twice.
    statements: Box<[MeaningId]>,
    /// By place in the list of documents.
    documents: Vec<usize>,
}

impl Likeness {
    /// Linear in the statements, but for documents of very many statements: those are compared as wholes only.
    pub(super) fn of(
        world: &World,
        documents: &[Document],
        texts: &[Option<PolicyId>],
        meanings: &Meanings,
    ) -> Self {
        let mut likeness = Self { group_of: vec![None; documents.len()], ..Self::default() };
        let mut known: HashMap<(DocumentFamily, Box<[MeaningId]>), usize> = HashMap::new();
        for (place, document) in documents.iter().enumerate() {
            let (Some(text), Some(family)) = (texts[place], world.family_of_document(document)) else {
                continue;
            };
            // A copy that somebody has perhaps was not written by anybody.
            if world.is_perhaps(document) {
                continue;
            }
            let mut statements = meanings.statements(text).to_vec();
            let unreadable = statements.iter().any(|id| meanings.get(*id).is_unreadable());
            if statements.is_empty() || unreadable {
                continue;
            }
            statements.sort_unstable();
            statements.dedup();
            let statements: Box<[MeaningId]> = statements.into();
            let group = *known.entry((family, statements.clone())).or_insert_with(|| {
                likeness.groups.push(Group { family, statements, documents: Vec::new() });
                likeness.groups.len() - 1
            });
            likeness.groups[group].documents.push(place);
            likeness.group_of[place] = Some(group);
        }
        for (at, group) in likeness.groups.iter().enumerate() {
            for rest in rests(&group.statements) {
                likeness.by_rest.entry((group.family, rest)).or_default().push(at);
            }
        }
        likeness.by_rest.retain(|_, groups| groups.len() > 1);
        likeness
    }
}

/// More statements than this in one document, and the many ways to leave one out take too much room.
const MOST_STATEMENTS: usize = 64;

/// All the statements, and all but each one of them, where enough are left.
fn rests(statements: &[MeaningId]) -> Vec<Box<[MeaningId]>> {
    if statements.len() > MOST_STATEMENTS {
        return Vec::new();
    }
    let mut found = Vec::new();
    if statements.len() >= SHARED {
        found.push(statements.into());
    }
    if statements.len() > SHARED {
        let without = |left_out: usize| {
            let kept = statements.iter().enumerate().filter(|(at, _)| *at != left_out);
            kept.map(|(_, id)| *id).collect()
        };
        found.extend((0..statements.len()).map(without));
    }
    found
}

impl PoliciesInUse {
    /// The other documents that mean the same, whatever they are attached to, in order. Trust policies are compared with
    /// trust policies, identity policies with identity policies, and so on.
    pub fn equal(&self, document: &Document) -> Vec<Document> {
        let Some(group) = self.group(document) else { return Vec::new() };
        let others = group.documents.iter().map(|place| &self.documents[*place]);
        others.filter(|other| *other != document).cloned().collect()
    }

    /// The documents that are one statement apart (one more, one less, or one that is another), and share at least two.
    /// Of documents that mean the same, the first stands for all.
    pub fn near(&self, document: &Document) -> Vec<Near> {
        let Some(at) = self.place(document).and_then(|place| self.likeness.group_of[place]) else {
            return Vec::new();
        };
        let group = &self.likeness.groups[at];
        let mut others: Vec<usize> = rests(&group.statements)
            .into_iter()
            .filter_map(|rest| self.likeness.by_rest.get(&(group.family, rest)))
            .flatten()
            .copied()
            .filter(|other| *other != at)
            .collect();
        others.sort_unstable();
        others.dedup();
        let near = others.into_iter().filter_map(|other| {
            let other = &self.likeness.groups[other];
            let first = &self.documents[*other.documents.first()?];
            Some(Near {
                here: self.only_in(document, &other.statements),
                there: self.only_in(first, &group.statements),
                document: first.clone(),
            })
        });
        near.collect()
    }

    /// Groups of two or more documents of a family that mean the same.
    pub fn equal_groups(&self, family: DocumentFamily) -> impl Iterator<Item = Vec<&Document>> {
        let groups = self.likeness.groups.iter();
        let groups = groups.filter(move |group| group.family == family && group.documents.len() > 1);
        groups.map(|group| group.documents.iter().map(|place| &self.documents[*place]).collect())
    }

    fn group(&self, document: &Document) -> Option<&Group> {
        let group = self.likeness.group_of[self.place(document)?]?;
        self.likeness.groups.get(group)
    }

    fn only_in(&self, document: &Document, others: &[MeaningId]) -> Option<usize> {
        self.statements(document).iter().position(|id| others.binary_search(id).is_err())
    }
}
