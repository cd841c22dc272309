//! The documents of a world and what they are for, read when first asked about.

use std::sync::OnceLock;

use clavicle_engine::Layer;
use clavicle_graph::{
    Attached, Document, Given, PoliciesInUse, Redundant, StatementPlace, Stopped, Target, Task,
};
use clavicle_policy::{Effect, Statement};
use clavicle_snapshot::OrgPolicyKind;

use crate::count::{counted, number, plural};
use crate::names::{Entry, noun};
use crate::reader::Reader;
use crate::shape::{Cause, Citation, PolicyTask, Reached, Thing};

/// What was worked out of the documents.
#[derive(Debug)]
pub(crate) struct InUse {
    pub(crate) policies: PoliciesInUse,
    redundant: OnceLock<Vec<Redundant>>,
}

impl Reader {
    /// The documents of the world.
    pub(crate) fn in_use(&self) -> &PoliciesInUse {
        &self.in_use_cell().policies
    }

    /// The statements that add nothing, in the order of the documents.
    pub(crate) fn redundant(&self) -> &[Redundant] {
        let cell = self.in_use_cell();
        cell.redundant.get_or_init(|| cell.policies.redundant(self.world()))
    }

    fn in_use_cell(&self) -> &InUse {
        self.in_use
            .get_or_init(|| InUse { policies: PoliciesInUse::of(self.world()), redundant: OnceLock::new() })
    }

    /// A document with one way in which it comes to apply; `None`: its text was not seen, or it is that of a permission
    /// set, which applies as the inline policy of a role.
    pub(crate) fn attached_document(&self, document: &Document) -> Option<Attached> {
        use clavicle_graph::Origin;
        let attachments = self.in_use().attachments(document);
        let snapshot = self.world().snapshot();
        let (layer, origin) = match document {
            Document::Managed(policy) => match (attachments.bearers.first(), attachments.bounds.first()) {
                (Some(bearer), _) => (Layer::Identity, Origin::Managed { policy: *policy, bearer: *bearer }),
                (None, Some(bearer)) => {
                    (Layer::Boundary, Origin::Boundary { policy: *policy, bearer: *bearer })
                }
                (None, None) => (Layer::Identity, Origin::Unattached(*policy)),
            },
            Document::Inline(bearer, place) => {
                let name = snapshot.principal(*bearer).inline.get(*place)?.name.clone();
                (Layer::Identity, Origin::Inline { bearer: *bearer, name })
            }
            Document::Trust(role) => (Layer::Trust, Origin::Trust(*role)),
            Document::Resource(resource) => (Layer::Resource, Origin::Resource(*resource)),
            Document::Organization(policy) => {
                let rcp = snapshot.organization.as_ref()?.policy(*policy).kind == OrgPolicyKind::Rcp;
                let target = attachments.targets.first().cloned().unwrap_or_else(|| "".into());
                let layer = if rcp { Layer::Rcp } else { Layer::Scp };
                (layer, Origin::Organization { policy: *policy, target })
            }
            Document::PermissionSet(..) => return None,
        };
        Some(Attached { policy: self.in_use().text(document)?, layer, origin })
    }

    /// Is a document reported on: can its owner edit it, and can its statements be cited? Those of permission sets cannot.
    pub(crate) fn is_ours(&self, document: &Document) -> bool {
        self.world().is_editable(document) && !matches!(document, Document::PermissionSet(..))
    }

    /// The statement as it was written.
    pub(crate) fn statement(&self, at: &StatementPlace) -> Option<&Statement> {
        self.written(self.in_use().text(&at.document)?)?.statements.get(at.statement)
    }

    /// The citation of a statement, with no request in mind.
    pub(crate) fn cite_statement(&self, at: &StatementPlace) -> Option<Citation> {
        self.plain_citation(&self.attached_document(&at.document)?, at.statement)
    }

    /// What one calls a document, account and all.
    pub(crate) fn name_of_document(&self, document: &Document) -> String {
        match document {
            Document::Managed(policy) => self.names().of(Entry::Policy(*policy)).to_owned(),
            Document::Organization(policy) => self.names().of(Entry::OrgPolicy(*policy)).to_owned(),
            Document::PermissionSet(center, set) => {
                let centers = &self.world().snapshot().identity_center;
                let set = centers.get(*center).and_then(|center| center.permission_sets.get(*set));
                set.map(|set| format!("permission-set/{}", set.name)).unwrap_or_default()
            }
            _ => self
                .attached_document(document)
                .map(|attached| self.document_name(&attached.origin))
                .unwrap_or_default(),
        }
    }

    /// `policy/x:8 "Sid"`
    pub(crate) fn name_of_statement(&self, at: &StatementPlace) -> String {
        let name = self.name_of_document(&at.document);
        match self.cite_statement(at) {
            Some(Citation { line, sid: Some(sid), .. }) => format!("{name}:{line} \"{sid}\""),
            Some(Citation { line, sid: None, .. }) => format!("{name}:{line}"),
            None => name,
        }
    }

    /// The thing that one would open to edit a document: the policy, or whatever it is part of.
    pub(crate) fn thing_of_document(&self, document: &Document) -> Thing {
        let snapshot = self.world().snapshot();
        let named = |arn: Option<&str>, account: Option<String>| Thing {
            known_as: None,
            name: self.name_of_document(document),
            arn: arn.map(str::to_owned),
            kind: "policy".to_owned(),
            account,
        };
        match document {
            Document::Managed(policy) => {
                let record = snapshot.policy(*policy);
                named(Some(&record.arn), record.account.map(|account| account.to_string()))
            }
            Document::Inline(principal, _) | Document::Trust(principal) => {
                self.thing_of_principal(*principal)
            }
            Document::Resource(resource) => self.thing_of_resource(*resource),
            Document::Organization(policy) => {
                let policy = snapshot.organization.as_ref().map(|known| known.policy(*policy));
                named(policy.and_then(|policy| policy.arn.as_deref()), None)
            }
            Document::PermissionSet(center, set) => {
                let centers = &snapshot.identity_center;
                let set = centers.get(*center).and_then(|center| center.permission_sets.get(*set));
                named(set.map(|set| &*set.arn), None)
            }
        }
    }

    /// A document, or a statement of it, as the cause of something.
    pub(crate) fn cause_of_document(&self, document: &Document, statement: Option<usize>) -> Cause {
        let cited = statement.and_then(|statement| {
            self.cite_statement(&StatementPlace { document: document.clone(), statement })
        });
        Cause {
            thing: self.thing_of_document(document),
            document: Some(self.name_of_document(document)),
            statement: statement.map(|place| place + 1),
            sid: cited.as_ref().and_then(|cited| cited.sid.clone()),
            line: cited.as_ref().map(|cited| cited.line),
        }
    }

    /// What a statement gives, counted.
    pub(crate) fn reached(&self, given: &[Given]) -> Vec<Reached> {
        given
            .iter()
            .map(|given| {
                let matters = given.things.iter().filter_map(|thing| match thing {
                    Target::Resource(index) => {
                        self.matters(*index).map(|_| self.thing_of_resource(*index).name)
                    }
                    _ => None,
                });
                Reached {
                    access: given.word.name().to_owned(),
                    kind: given.kind.to_string(),
                    count: given.things.len(),
                    matter: matters.collect(),
                }
            })
            .collect()
    }

    /// The tasks of the bearers of a document, by name.
    pub(crate) fn policy_tasks(&self, document: &Document) -> Vec<PolicyTask> {
        let tasks = self.in_use().tasks(self.world(), document).into_iter();
        tasks
            .map(|Task { name, sign, bearers }| PolicyTask {
                name,
                by: crate::policy_sheet::sign_name(&sign),
                bearers: bearers.iter().map(|bearer| self.thing_of_principal(*bearer).name).collect(),
            })
            .collect()
    }

    /// Why a statement does nothing, as the end of a sentence.
    pub(crate) fn stopped_words(&self, at: &StatementPlace, why: &Stopped) -> String {
        let date = self.world().catalog().data_date();
        let denies = self.in_use().denies(at);
        match why {
            Stopped::NoSuchAction => format!("AWS lists no action of this name (as of {date})"),
            Stopped::NoSuchThing => {
                format!("none of its actions can be asked on a thing of such an ARN (AWS's lists of {date})")
            }
            Stopped::Elsewhere { .. } if denies => "it is denied elsewhere".to_owned(),
            Stopped::Elsewhere { denied_by, not_in } => {
                let mut parts = Vec::new();
                if !denied_by.is_empty() {
                    parts.push(format!(
                        "denied by {}",
                        self.few(denied_by.iter(), |at| self.name_of_statement(at))
                    ));
                }
                if !not_in.is_empty() {
                    parts.push(format!(
                        "not allowed at the level of {}",
                        self.few(not_in.iter(), |document| self.name_of_document(document))
                    ));
                }
                parts.join(", and ")
            }
        }
    }

    /// The first few by name, as many as leave a sentence short, and how many more.
    pub(crate) fn few<'a, T: 'a>(
        &self,
        all: impl ExactSizeIterator<Item = &'a T>,
        name: impl Fn(&T) -> String,
    ) -> String {
        const FEW: usize = 3;
        const LETTERS: usize = 32;
        let count = all.len();
        let mut left = LETTERS;
        let mut names: Vec<String> = Vec::new();
        for next in all.take(FEW).map(name) {
            let letters = next.chars().count();
            if !names.is_empty() && letters > left {
                break;
            }
            left = left.saturating_sub(letters);
            names.push(next);
        }
        match count - names.len() {
            0 => crate::page::listed(&names),
            more => format!("{} and {} more", names.join(", "), number(more)),
        }
    }
}

/// `14 functions`
pub(crate) fn things_of_kind(count: usize, kind: &str) -> String {
    let one = noun(kind);
    counted(count, one, &plural(one))
}

/// `control 14 functions`
pub fn reached_words(reached: &Reached) -> String {
    let matter = match reached.matter.len() {
        0 => String::new(),
        _ => format!(" (with {})", crate::page::listed(&reached.matter)),
    };
    format!("{} {}{matter}", reached.access, things_of_kind(reached.count, &reached.kind))
}

/// Does it allow?
pub(crate) fn allows(statement: &Statement) -> bool {
    statement.effect.as_ref().is_some_and(|effect| effect.value == Effect::Allow)
}
