//! Every policy document, a line each: what it is, where it is attached, what it is like.

use clavicle_engine::Layer;
use clavicle_graph::Document;
use serde::Serialize;

use crate::count::counted;
use crate::names::Entry;
use crate::question::{Question, QuestionError, Verb};
use crate::reader::Reader;
use crate::shape::{AnswerPage, Thing};

/// At most so many of those whom a document is attached to are named.
const NAMES: usize = 3;

/// One policy document of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyLine {
    /// Its display name.
    pub name: String,
    /// `customer managed policy`, `AWS managed policy`, `trust policy` …
    pub kind: String,
    /// The account that owns it, by id; `None`: AWS or the organization does.
    pub account: Option<String>,
    /// Was its text seen?
    pub seen: bool,
    /// May its owner edit it?
    pub editable: bool,
    /// How many identities, things, units, accounts and permission sets it is attached to, as a boundary too.
    pub attached: usize,
    /// The first of them, by display name.
    pub attached_to: Vec<String>,
    /// Is it attached to somebody, perhaps to others, of whom it is known after deployment only who they are?
    pub known_later: bool,
    /// How many statements it has.
    pub statements: usize,
    /// How many unrelated tasks it serves, where nothing keeps them apart; 0 and 1: none or one.
    pub tasks: usize,
    /// How many other documents mean the same.
    pub equal: usize,
    /// How many are one statement apart.
    pub near: usize,
}

impl PolicyLine {
    /// Is it attached to anything, or will be?
    pub fn is_attached(&self) -> bool {
        self.attached > 0 || self.known_later
    }
}

impl Reader {
    /// Every document: those that serve most tasks first, then those with most bearers. `told` hears how many have been
    /// looked at, of how many. Linear in documents and attachments.
    pub fn policy_lines(&self, mut told: impl FnMut(u64, u64)) -> Vec<PolicyLine> {
        let documents = self.in_use().documents();
        let mut lines = Vec::with_capacity(documents.len());
        for (done, document) in documents.iter().enumerate() {
            told(done as u64, documents.len() as u64);
            // What many have perhaps is one policy.
            if self.in_use().may_have(document).is_some_and(<[_]>::is_empty) {
                continue;
            }
            lines.push(self.policy_line(document));
        }
        lines.sort_by_cached_key(|line| {
            let tasks = if line.tasks > 1 { line.tasks } else { 0 };
            (std::cmp::Reverse(tasks), std::cmp::Reverse(line.attached), line.name.clone())
        });
        lines
    }

    fn policy_line(&self, document: &Document) -> PolicyLine {
        let policies = self.in_use();
        let attachments = policies.attachments(document);
        let may_have = policies.may_have(document);
        let bearers = if may_have.is_some() { &[][..] } else { &attachments.bearers };
        let known_later = match document {
            Document::Managed(policy) => {
                let snapshot = self.world().snapshot();
                snapshot.perhaps_attached.contains(&snapshot.policy(*policy).arn)
            }
            _ => may_have.is_some(),
        };
        let identities = bearers.iter().chain(&attachments.bounds);
        let things =
            attachments.resource.iter().map(|thing| self.names().of(Entry::Resource(*thing)).to_owned());
        let names =
            identities.map(|bearer| self.names().of(Entry::Principal(*bearer)).to_owned()).chain(things);
        let names = names.chain(attachments.targets.iter().map(|target| self.organization_place(target)));
        let may_be_shared = matches!(document, Document::Managed(_))
            && attachments.bearers.len() > 1
            && self.world().is_editable(document)
            && !policies.follows_its_bearer(document);
        PolicyLine {
            name: self.name_of_document(document),
            kind: self.kind_of_document(document).to_owned(),
            account: self.world().owner_of_document(document).map(|account| account.to_string()),
            seen: policies.text(document).is_some(),
            editable: self.world().is_editable(document),
            attached: bearers.len()
                + attachments.bounds.len()
                + usize::from(attachments.resource.is_some())
                + attachments.targets.len()
                + attachments.permission_sets.len(),
            attached_to: names.take(NAMES).collect(),
            known_later,
            statements: policies.statement_count(document),
            tasks: if may_be_shared { policies.tasks(self.world(), document).len() } else { 0 },
            equal: policies.equal(document).len(),
            near: policies.near(document).len(),
        }
    }

    /// Where the document with this display name is attached, and what each of its statements gives.
    pub fn policy_by_name(&self, name: &str) -> Result<AnswerPage, QuestionError> {
        let document = self.document_named(name)?;
        let question = Question { verb: Verb::What, by: Some(name.to_owned()), ..Question::default() };
        Ok(match document {
            Document::Managed(policy) => self.answer_policy(&question, *policy),
            Document::Organization(policy) => self.answer_org_policy(&question, *policy),
            _ => self.answer_part(&question, document),
        })
    }

    /// The document with this display name.
    pub(crate) fn document_named(&self, name: &str) -> Result<&Document, QuestionError> {
        let mut documents = self.in_use().documents().iter();
        documents
            .find(|document| self.name_of_document(document) == name)
            .ok_or_else(|| QuestionError::new(format!("`{name}` is no policy of this snapshot")))
    }

    /// A document that is a part of an identity or of a thing.
    fn answer_part(&self, question: &Question, document: &Document) -> AnswerPage {
        let attachments = self.in_use().attachments(document);
        let thing = Thing { name: self.name_of_document(document), ..self.thing_of_document(document) };
        let identities = attachments.bearers.iter().map(|bearer| self.thing_of_principal(*bearer));
        let things = attachments.resource.iter().map(|thing| self.thing_of_resource(*thing));
        let bearers: Vec<Thing> = identities.chain(things).collect();
        let sentence = match bearers.as_slice() {
            [bearer] => {
                format!("{} is the {} of {}.", thing.name, self.kind_of_document(document), bearer.name)
            }
            _ => format!(
                "{} is the policy of {}.",
                thing.name,
                counted(attachments.permission_sets.len(), "permission set", "permission sets")
            ),
        };
        let text = self.attached_document(document);
        let statements: Vec<_> =
            text.map(|text| (text.policy, text.origin, text.layer)).into_iter().collect();
        let lets_others_in =
            statements.iter().any(|(_, _, layer)| matches!(layer, Layer::Trust | Layer::Resource));
        let mut page = self.policy_page(question, &thing, &bearers, sentence, statements);
        let sheet = self.policy_sheet(document);
        if lets_others_in {
            // Whom such a document lets in, its text says; what the bearer is given is not its to say.
            page.policy = Some(sheet);
        } else {
            self.add_sheet(&mut page, document, sheet);
        }
        page
    }
}
