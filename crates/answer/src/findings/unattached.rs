//! `unattached-policy`: a policy that nobody bears.

use clavicle_graph::{Document, StatementPlace};

use super::found::Found;
use super::{Family, Look, Rule};
use crate::shape::Severity;

pub(super) const FAMILY: Family = Family { rules: &[UNATTACHED_POLICY], look };

const UNATTACHED_POLICY: Rule = Rule {
    id: "unattached-policy",
    title: "a policy is attached to nobody",
    means: "A managed policy is attached to no user, group, role or permission set that was seen, and is nobody's permissions boundary. Or a policy of the organization is attached to no root, unit or account.",
    why: "It does nothing now, and gives everything that it says to whoever it is attached to next. That is one call, and nobody has to write a policy for it.",
    fix: "Delete it (its text can be kept with the code), or attach it to those who need it.",
    severity: "Low: nobody has it.",
    sources: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_manage-delete.html"],
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let reader = look.reader;
    let policies = reader.in_use();
    let snapshot = reader.world().snapshot();
    let organization_seen = snapshot.organization.as_ref().is_some_and(|known| known.attachments_seen);
    let loose = policies.documents().iter().filter(|document| {
        let could_be = match document {
            Document::Managed(policy) => !snapshot.perhaps_attached.contains(&snapshot.policy(*policy).arn),
            Document::Organization(_) => organization_seen,
            _ => false,
        };
        could_be && reader.is_ours(document) && policies.attachments(document).is_empty()
    });
    let found = loose.map(|document| {
        let name = reader.name_of_document(document);
        let first = StatementPlace { document: document.clone(), statement: 0 };
        let thing = reader.thing_of_document(document);
        let changed = match document {
            Document::Managed(policy) => snapshot.policy(*policy).updated.as_deref(),
            _ => None,
        };
        let changed = changed.and_then(|time| time.get(..10));
        let changed = changed.map_or(String::new(), |day| format!(" It was last changed on {day}."));
        Found {
            rule: UNATTACHED_POLICY.id,
            key: vec![thing.arn.unwrap_or_else(|| name.clone())],
            severity: Severity::Low,
            reason: "nobody has what it gives".to_owned(),
            sentence: format!("{name} is attached to nobody.{changed}"),
            cause: reader.cause_of_document(document, None),
            reaches: Vec::new(),
            fix: "delete it, or attach it to those who need it".to_owned(),
            because: reader.cite_statement(&first).into_iter().collect(),
            outsider: None,
        }
    });
    found.collect()
}
