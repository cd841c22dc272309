//! What is each policy document for? Where it is attached, what it means, whose tasks it serves, how large it is, and
//! which of its statements add nothing.
//!
//! A document is asked about as it is written; what it comes to for somebody, with every other layer, is
//! [`World::who_can`](crate::World::who_can)'s to say. What is said here of a statement is said only where it is certain:
//! see [`redundant`](PoliciesInUse::redundant) and [`idle`](PoliciesInUse::idle).

mod attachment;
mod covers;
mod document;
mod gives;
mod idle;
mod likeness;
mod meaning;
mod redundant;
mod size;
mod symbol;
mod task;

use clavicle_engine::PolicyId;
use clavicle_snapshot::{AccountId, PrincipalIndex};
use foldhash::HashMap;

pub use attachment::Attachments;
pub use document::{Document, DocumentFamily};
pub use gives::{Given, strength};
pub use idle::{Idle, Stopped};
pub use likeness::Near;
pub use redundant::{Redundant, StatementPlace};
pub use size::{Quota, Size};
pub use task::{Task, TaskSign};

use crate::world::World;
use meaning::{MeaningId, Meanings};

/// Every policy document of a world, with what can be said of it without asking about one request.
#[derive(Debug)]
pub struct PoliciesInUse {
    /// In the order of [`Document`].
    documents: Vec<Document>,
    /// The text of each; `None`: not seen.
    texts: Vec<Option<PolicyId>>,
    attachments: Vec<Attachments>,
    places: HashMap<Document, usize>,
    meanings: Meanings,
    likeness: likeness::Likeness,
    perhaps: HashMap<Document, Vec<PrincipalIndex>>,
}

impl PoliciesInUse {
    /// Reads every document of a world. Linear in the texts; uses every core.
    pub fn of(world: &World) -> Self {
        let documents = document::all(world);
        let texts: Vec<Option<PolicyId>> =
            documents.iter().map(|document| world.text_of_document(document)).collect();
        let places: HashMap<Document, usize> =
            documents.iter().enumerate().map(|(place, document)| (document.clone(), place)).collect();
        let attachments = attachment::all(world, &documents, &places);
        let meanings = Meanings::of(world, texts.iter().copied().flatten());
        let likeness = likeness::Likeness::of(world, &documents, &texts, &meanings);
        let perhaps = perhaps(world, &documents, &texts);
        Self { documents, texts, attachments, places, meanings, likeness, perhaps }
    }

    /// Of a document that its bearer has perhaps: who may have it, at its first bearer in the account, and nobody at the others.
    /// `None`: whoever bears it has it.
    pub fn may_have(&self, document: &Document) -> Option<&[PrincipalIndex]> {
        self.perhaps.get(document).map(Vec::as_slice)
    }

    /// The documents: managed policies by number, then inline policies by bearer, trust policies, policies of resources,
    /// of the organization, of permission sets.
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// The text of a document; `None`: it was not seen.
    pub fn text(&self, document: &Document) -> Option<PolicyId> {
        self.places.get(document).and_then(|place| self.texts[*place])
    }

    /// Where a document is attached.
    pub fn attachments(&self, document: &Document) -> &Attachments {
        static NOWHERE: Attachments = Attachments::NOWHERE;
        self.places.get(document).map_or(&NOWHERE, |place| &self.attachments[*place])
    }

    /// Does a statement deny? What cannot be read does not.
    pub fn denies(&self, at: &StatementPlace) -> bool {
        let id = self.statements(&at.document).get(at.statement);
        let meaning = id.map(|id| self.meanings.get(*id));
        meaning.is_some_and(|meaning| meaning.effect == meaning::Side::Deny && !meaning.is_unreadable())
    }

    /// How many statements it has.
    pub fn statement_count(&self, document: &Document) -> usize {
        self.statements(document).len()
    }

    fn statements(&self, document: &Document) -> &[MeaningId] {
        self.text(document).map_or(&[], |text| self.meanings.statements(text))
    }

    /// A text for what a statement means, the same in every snapshot: its place, its Sid and its layout make no difference.
    pub fn stable_text(&self, at: &StatementPlace) -> Option<String> {
        let id = self.statements(&at.document).get(at.statement)?;
        Some(self.meanings.get(*id).stable_text())
    }

    fn place(&self, document: &Document) -> Option<usize> {
        self.places.get(document).copied()
    }
}

/// The documents that somebody has perhaps. Those of one name and text in an account are copies of one.
fn perhaps(
    world: &World,
    documents: &[Document],
    texts: &[Option<PolicyId>],
) -> HashMap<Document, Vec<PrincipalIndex>> {
    let mut first: HashMap<(AccountId, &str, Option<PolicyId>), &Document> = HashMap::default();
    let mut found: HashMap<Document, Vec<PrincipalIndex>> = HashMap::default();
    for (document, text) in documents.iter().zip(texts).filter(|(document, _)| world.is_perhaps(document)) {
        let Document::Inline(bearer, place) = document else { continue };
        let record = world.snapshot().principal(*bearer);
        let name = record.inline.get(*place).map_or("", |inline| &*inline.name);
        found.entry(document.clone()).or_default();
        let head = *first.entry((record.account, name, *text)).or_insert(document);
        found.entry(head.clone()).or_default().push(*bearer);
    }
    found
}
