//! What one policy document is for, as a part of the answer to `what POLICY`.

use clavicle_graph::{Document, StatementPlace, TaskSign};
use clavicle_policy::Statement;
use clavicle_snapshot::{OrgPolicyKind, PrincipalIndex};
use foldhash::HashSet;

use crate::in_use::allows;
use crate::reader::Reader;
use crate::shape::{NearPolicy, PolicySheet, PolicySize, StatementSheet};

/// At most so many other documents are named.
const MOST_OTHERS: usize = 50;

impl Reader {
    /// What a document is for.
    pub(crate) fn policy_sheet(&self, document: &Document) -> PolicySheet {
        let policies = self.in_use();
        let snapshot = self.world().snapshot();
        let attachments = policies.attachments(document);
        let managed = match document {
            Document::Managed(policy) => Some(snapshot.policy(*policy)),
            _ => None,
        };
        let sets = attachments.permission_sets.iter().filter_map(|(center, set)| {
            let set = snapshot.identity_center.get(*center)?.permission_sets.get(*set)?;
            Some(set.name.to_string())
        });
        let size = policies.size(self.world(), document);
        let equal = policies.equal(document).into_iter().take(MOST_OTHERS);
        PolicySheet {
            kind: self.kind_of_document(document).to_owned(),
            version: managed.and_then(|policy| policy.default_version.as_deref().map(str::to_owned)),
            versions: managed.map_or(0, |policy| policy.versions.len()),
            actions: self.action_count(document),
            bearers: attachments.bearers.len(),
            bounds: attachments.bounds.len(),
            permission_sets: sets.collect(),
            tasks: self.policy_tasks(document),
            follows_bearer: self.has_an_allow(document) && policies.follows_its_bearer(document),
            size: size.map(|size| PolicySize {
                characters: size.characters,
                most: size.quota.map(|quota| quota.most),
            }),
            equal: equal.map(|other| self.name_of_document(&other)).collect(),
            near: policies
                .near(document)
                .iter()
                .take(MOST_OTHERS)
                .map(|near| self.near(document, near))
                .collect(),
            statements: (0..policies.statement_count(document))
                .map(|statement| self.statement_sheet(document, statement))
                .collect(),
        }
    }

    fn near(&self, document: &Document, near: &clavicle_graph::Near) -> NearPolicy {
        let cited = |document: &Document, statement: Option<usize>| {
            self.cite_statement(&StatementPlace { document: document.clone(), statement: statement? })
        };
        let (here, there) = (cited(document, near.here), cited(&near.document, near.there));
        NearPolicy {
            document: self.name_of_document(&near.document),
            line: here.as_ref().map(|cited| cited.line),
            sid: here.and_then(|cited| cited.sid),
            other_line: there.as_ref().map(|cited| cited.line),
            other_sid: there.and_then(|cited| cited.sid),
        }
    }

    fn statement_sheet(&self, document: &Document, statement: usize) -> StatementSheet {
        let at = StatementPlace { document: document.clone(), statement };
        let policies = self.in_use();
        let redundant = self.redundant().iter().find(|redundant| redundant.at == at);
        let idle = policies.why_idle(self.world(), &at);
        StatementSheet {
            statement: statement + 1,
            gives: self.reached(&policies.gives(self.world(), &at)),
            redundant: redundant
                .map(|redundant| self.few(redundant.covered_by.iter(), |at| self.name_of_statement(at))),
            idle: idle.map(|why| self.stopped_words(&at, &why)),
        }
    }

    pub(crate) fn kind_of_document(&self, document: &Document) -> &'static str {
        let snapshot = self.world().snapshot();
        match document {
            Document::Managed(policy) if snapshot.policy(*policy).account.is_none() => "AWS managed policy",
            Document::Managed(_) => "customer managed policy",
            Document::Inline(..) => "inline policy",
            Document::Trust(_) => "trust policy",
            Document::Resource(_) => "resource policy",
            Document::Organization(policy) => {
                match snapshot.organization.as_ref().map(|known| known.policy(*policy).kind) {
                    Some(OrgPolicyKind::Rcp) => "resource control policy",
                    _ => "service control policy",
                }
            }
            Document::PermissionSet(..) => "permission set",
        }
    }

    pub(crate) fn written_statements(&self, document: &Document) -> &[Statement] {
        let policy = self.in_use().text(document).and_then(|text| self.written(text));
        policy.map_or(&[], |policy| &policy.statements)
    }

    fn has_an_allow(&self, document: &Document) -> bool {
        self.written_statements(document).iter().any(allows)
    }

    /// How many actions of AWS's lists its Allow statements speak of; of a policy that only denies, its Deny statements.
    fn action_count(&self, document: &Document) -> usize {
        let catalog = self.world().catalog();
        let gives = self.has_an_allow(document);
        let statements = self.written_statements(document).iter();
        let elements = statements.filter(|it| allows(it) == gives).filter_map(|it| it.action.as_ref());
        let mut spoken = HashSet::default();
        for element in elements {
            let named = element.patterns.iter().flat_map(|pattern| catalog.expand(&pattern.value));
            if element.negated {
                let named: HashSet<_> = named.collect();
                spoken.extend(catalog.actions().filter(|action| !named.contains(action)));
            } else {
                spoken.extend(named);
            }
        }
        spoken.len()
    }
}

/// What told a task, in the words of the format.
pub(crate) fn sign_name(sign: &TaskSign) -> String {
    match sign {
        TaskSign::Tag(key) => format!("tag {key}"),
        TaskSign::Group => "group".to_owned(),
        TaskSign::Workload => "workload".to_owned(),
        TaskSign::Name => "name".to_owned(),
        TaskSign::Trust => "trust".to_owned(),
        TaskSign::People => "people".to_owned(),
    }
}

/// Those who bear a policy: users and roles, and groups for their members.
pub(crate) fn bearer_words(reader: &Reader, bearers: &[PrincipalIndex]) -> String {
    use crate::count::counted;
    use crate::page::listed;
    use clavicle_snapshot::PrincipalKind;
    let snapshot = reader.world().snapshot();
    let groups = bearers.iter().filter(|it| snapshot.principal(**it).kind == PrincipalKind::Group).count();
    let mut parts = Vec::new();
    if bearers.len() > groups {
        parts.push(counted(bearers.len() - groups, "identity", "identities"));
    }
    if groups > 0 {
        parts.push(counted(groups, "group", "groups"));
    }
    listed(&parts)
}
