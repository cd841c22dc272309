//! `duplicate-policy` and `near-duplicate`: what was copied and may have drifted apart.

use std::collections::BTreeMap;

use clavicle_graph::{Document, DocumentFamily, Near, StatementPlace};
use clavicle_snapshot::AccountId;

use super::breadth::key_of;
use super::found::Found;
use super::{Family, Look, Rule};
use crate::count::{counted, number};
use crate::reader::Reader;
use crate::shape::Severity;

pub(super) const FAMILY: Family = Family { rules: &[DUPLICATE_POLICY, NEAR_DUPLICATE], look };

const DUPLICATE_POLICY: Rule = Rule {
    id: "duplicate-policy",
    title: "several policies of an account mean the same",
    means: "Two or more policies of an account have the same statements: order, case of actions, lists and Sids aside. They are managed policies, a managed and an inline one, or a copy of one of AWS's own. Or they are the inline policies of three or more bearers of one task. Trust policies and policies of things are not looked at: those of equal things are meant to be equal.",
    why: "A change has to be made in all of them, and sooner or later one is forgotten.",
    fix: "If their bearers do one task, keep one managed policy, attach it to all of them, and delete the others. A copy of one of AWS's policies is not updated with it: attach AWS's, or narrow the copy to what is needed.",
    severity: "Low: the access is as it was meant, today.",
    sources: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html"],
};

const NEAR_DUPLICATE: Rule = Rule {
    id: "near-duplicate",
    title: "policies of an account are one statement apart",
    means: "Managed policies of an account share all statements but one, and at least two. Policies that are each one statement apart from a next one are one finding.",
    why: "One is usually an old or a tried copy of the other. A fix was made in one of them, or a right was added, and nobody remembers in which.",
    fix: "Compare the statements that differ, keep one policy, or make what they share a policy of its own.",
    severity: "Low: the access is as it is written.",
    sources: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html"],
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let mut found = duplicates(look.reader);
    found.extend(near(look.reader));
    found
}

fn duplicates(reader: &Reader) -> Vec<Found> {
    let mut found = Vec::new();
    for group in reader.in_use().equal_groups(DocumentFamily::Identity) {
        let aws = group.iter().find(|document| is_managed(document) && !reader.is_ours(document));
        let mut accounts: BTreeMap<AccountId, Vec<&Document>> = BTreeMap::new();
        for document in group.iter().filter(|document| reader.is_ours(document)) {
            if let Some(account) = reader.world().owner_of_document(document) {
                accounts.entry(account).or_default().push(document);
            }
        }
        for (account, documents) in accounts {
            let managed = documents.iter().filter(|document| is_managed(document)).count();
            let copies = documents.len() + usize::from(aws.is_some());
            if (managed > 0 || aws.is_some()) && copies > 1 {
                found.extend(duplicate(reader, account, &documents, aws.copied()));
            } else if documents.len() > 2 {
                let of_one_task = of_one_task(reader, &documents);
                found.extend(of_one_task.and_then(|documents| duplicate(reader, account, &documents, None)));
            }
        }
    }
    found
}

/// The inline policies of the task that most of their bearers do, if three or more do one: equal policies of unrelated tasks
/// are meant to be changed apart.
fn of_one_task<'d>(reader: &Reader, documents: &[&'d Document]) -> Option<Vec<&'d Document>> {
    let bearer = |document: &Document| match document {
        Document::Inline(bearer, _) => Some(*bearer),
        _ => None,
    };
    let mut bearers: Vec<_> = documents.iter().filter_map(|document| bearer(document)).collect();
    bearers.dedup();
    let task = reader.world().tasks_of(&bearers).into_iter().next()?;
    let does_it =
        |document: &&&Document| bearer(document).is_some_and(|it| task.bearers.binary_search(&it).is_ok());
    let documents: Vec<&Document> = documents.iter().filter(does_it).copied().collect();
    (documents.len() > 2).then_some(documents)
}

fn duplicate(
    reader: &Reader,
    account: AccountId,
    documents: &[&Document],
    aws: Option<&Document>,
) -> Option<Found> {
    let first = *documents.first()?;
    let mut meaning: Vec<String> = (0..reader.in_use().statement_count(first))
        .filter_map(|statement| reader.in_use().stable_text(&place(first, statement)))
        .collect();
    meaning.sort_unstable();
    meaning.dedup();
    let mut key = vec![account.to_string()];
    key.extend(meaning);
    let names = reader.few(documents.iter().copied(), |document| reader.name_of_document(document));
    let sentence = match aws {
        Some(aws) if documents.len() == 1 => {
            format!("{names} is a copy of AWS's {}.", reader.name_of_document(aws))
        }
        Some(aws) => format!("{names} are copies of AWS's {}.", reader.name_of_document(aws)),
        None => format!("{} mean the same: {names}.", counted(documents.len(), "policy", "policies")),
    };
    Some(Found {
        rule: DUPLICATE_POLICY.id,
        key,
        severity: Severity::Low,
        reason: "the access is as it was meant, until one of them is changed".to_owned(),
        sentence,
        cause: reader.cause_of_document(first, None),
        reaches: Vec::new(),
        fix: match aws {
            Some(_) => "attach AWS's policy, or narrow the copy to what is needed".to_owned(),
            None => "keep one managed policy for each task".to_owned(),
        },
        because: documents
            .iter()
            .take(2)
            .filter_map(|document| reader.cite_statement(&place(document, 0)))
            .collect(),
        outsider: None,
    })
}

fn near(reader: &Reader) -> Vec<Found> {
    let policies = reader.in_use();
    let managed: Vec<&Document> = policies
        .documents()
        .iter()
        .filter(|document| is_managed(document) && reader.is_ours(document))
        .collect();
    let places: BTreeMap<&Document, usize> = managed.iter().enumerate().map(|(at, it)| (*it, at)).collect();
    // The family of each: whom it was found near to, up to one that stands for all.
    let mut parents: Vec<usize> = (0..managed.len()).collect();
    let mut pairs: BTreeMap<usize, (Document, Near)> = BTreeMap::new();
    for (at, document) in managed.iter().enumerate() {
        for near in policies.near(document) {
            let same_account = reader.world().owner_of_document(document)
                == reader.world().owner_of_document(&near.document);
            let Some(other) = places.get(&near.document).copied().filter(|_| same_account) else { continue };
            let (one, other) = (head(&mut parents, at), head(&mut parents, other));
            parents[one.max(other)] = one.min(other);
            pairs.entry(at).or_insert_with(|| ((*document).clone(), near));
        }
    }
    let mut members: BTreeMap<usize, Vec<&Document>> = BTreeMap::new();
    for (at, document) in managed.iter().enumerate() {
        let head = head(&mut parents, at);
        members.entry(head).or_default().push(document);
    }
    let families = members.into_values().filter(|members| members.len() > 1);
    families
        .filter_map(|members| {
            let (document, near) = pairs.get(places.get(members.first()?)?)?;
            let mut arns: Vec<String> =
                members.iter().filter_map(|it| reader.thing_of_document(it).arn).collect();
            arns.sort_unstable();
            let (one, other) = (reader.name_of_document(document), reader.name_of_document(&near.document));
            let here = near.here.map(|statement| place(document, statement));
            let there = near.there.map(|statement| place(&near.document, statement));
            // Where both have a statement that the other has not, its name tells the policy too.
            let apart = match (&here, &there) {
                (Some(here), Some(there)) => {
                    format!(": {} and {}", reader.name_of_statement(here), reader.name_of_statement(there))
                }
                (Some(only), None) | (None, Some(only)) => {
                    format!(", {one} and {other}: only {}", reader.name_of_statement(only))
                }
                (None, None) => return None,
            };
            let sentence = match members.len() {
                2 => format!("Two policies are one statement apart{apart}."),
                count => format!("{} policies are one statement apart; two of them{apart}.", number(count)),
            };
            Some(Found {
                rule: NEAR_DUPLICATE.id,
                key: arns.into_iter().take(1).collect(),
                severity: Severity::Low,
                reason: "the access is as it is written".to_owned(),
                sentence,
                cause: reader.cause_of_document(document, near.here),
                reaches: Vec::new(),
                fix: "compare the statements that differ, and keep one policy".to_owned(),
                because: [here, there].iter().flatten().filter_map(|at| reader.cite_statement(at)).collect(),
                outsider: None,
            })
        })
        .collect()
}

/// Who stands for the family of a member. Ways are made shorter as they are gone.
fn head(parents: &mut [usize], mut at: usize) -> usize {
    while parents[at] != at {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    at
}

fn is_managed(document: &Document) -> bool {
    matches!(document, Document::Managed(_))
}

fn place(document: &Document, statement: usize) -> StatementPlace {
    StatementPlace { document: document.clone(), statement }
}

/// For rules about statements.
pub(super) fn statement_key(reader: &Reader, at: &StatementPlace) -> Option<Vec<String>> {
    let mut key = key_of(reader, &at.document)?;
    key.push(reader.in_use().stable_text(at)?);
    Some(key)
}
