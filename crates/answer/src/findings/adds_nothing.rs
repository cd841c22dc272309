//! `redundant-statement`, `shadowed-inline` and `dead-statement`: what could go and nothing would change.

use clavicle_graph::{Document, Idle, Redundant, StatementPlace, Stopped};
use foldhash::{HashMap, HashMapExt};

use super::breadth::key_of;
use super::copies::statement_key;
use super::found::Found;
use super::{Family, Look, Rule};
use crate::count::counted;
use crate::reader::Reader;
use crate::shape::Severity;

pub(super) const FAMILY: Family =
    Family { rules: &[REDUNDANT_STATEMENT, SHADOWED_INLINE, DEAD_STATEMENT], look };

const REDUNDANT_STATEMENT: Rule = Rule {
    id: "redundant-statement",
    title: "a statement says what another one says already",
    means: "Everybody who bears the policy has another statement with the same effect. It speaks of all the actions and all the things, under no further condition. It is reported only where that is certain for every request. Of two that say the same, one is reported, and all that are reported can go together.",
    why: "Who narrows the one statement believes that access is gone, and the other still gives it. And what is not needed has to be read by everybody.",
    fix: "Remove the statement; the finding says which one gives the same.",
    severity: "Low: it changes no access.",
    sources: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html"],
};

const SHADOWED_INLINE: Rule = Rule {
    id: "shadowed-inline",
    title: "an inline policy gives only what its bearer has already",
    means: "Every statement of an inline policy is redundant: other policies of the same bearer say as much.",
    why: "An inline policy is seen only by whoever opens its bearer. When the other policy is narrowed or taken off, this one keeps the access open, and nobody knows.",
    fix: "Delete the inline policy.",
    severity: "Low: it changes no access today.",
    sources: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html"],
};

const DEAD_STATEMENT: Rule = Rule {
    id: "dead-statement",
    title: "a statement does nothing",
    means: "No action of AWS's lists is called as the statement says. Or none of its actions can be asked on a thing of such an ARN: objects on the ARN of a bucket, an action that takes no resource on one. Or all that it allows is denied without a condition, for everybody who bears it. Or it is not in their permissions boundary, or in the control policies above them. It is reported only where all of the statement does nothing.",
    why: "Somebody believes that it does something. A Deny that denies nothing leaves open what it was written to close.",
    fix: "Correct the action or the ARN, or remove the statement.",
    severity: "Medium for a Deny, because what it should close is open; else low.",
    sources: &[
        "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
    ],
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let reader = look.reader;
    let mut found = redundant(reader);
    let idle = reader.in_use().idle(reader.world());
    let ours = idle.iter().filter(|idle| reader.is_ours(&idle.at.document));
    found.extend(ours.filter_map(|idle| dead(reader, idle)));
    found
}

fn redundant(reader: &Reader) -> Vec<Found> {
    let redundant = reader.redundant();
    let mut count: HashMap<&Document, usize> = HashMap::new();
    for one in redundant {
        *count.entry(&one.at.document).or_default() += 1;
    }
    let shadowed = |document: &Document| {
        matches!(document, Document::Inline(..))
            && count.get(document) == Some(&reader.in_use().statement_count(document))
    };
    let mut found = Vec::new();
    for (at, one) in redundant.iter().enumerate() {
        let document = &one.at.document;
        if !shadowed(document) {
            found.extend(reader.is_ours(document).then(|| statement(reader, one)).flatten());
            continue;
        }
        if at == 0 || redundant[at - 1].at.document != *document {
            let all: Vec<&Redundant> =
                redundant[at..].iter().take_while(|it| it.at.document == *document).collect();
            found.extend(inline(reader, document, &all));
        }
    }
    found
}

fn statement(reader: &Reader, one: &Redundant) -> Option<Found> {
    let name = reader.name_of_statement(&one.at);
    let by = reader.few(one.covered_by.iter(), |at| reader.name_of_statement(at));
    let verb = match (reader.in_use().denies(&one.at), one.covered_by.len()) {
        (true, 1) => "denies",
        (true, _) => "deny",
        (false, 1) => "gives",
        (false, _) => "give",
    };
    Some(Found {
        rule: REDUNDANT_STATEMENT.id,
        key: statement_key(reader, &one.at)?,
        severity: Severity::Low,
        reason: "it changes no access".to_owned(),
        sentence: format!("{name} adds nothing: {by} {verb} as much."),
        cause: reader.cause_of_document(&one.at.document, Some(one.at.statement)),
        reaches: Vec::new(),
        fix: "remove the statement".to_owned(),
        because: citations(reader, &one.at, &one.covered_by),
        outsider: None,
    })
}

fn inline(reader: &Reader, document: &Document, all: &[&Redundant]) -> Option<Found> {
    let mut by: Vec<&StatementPlace> = all.iter().flat_map(|one| &one.covered_by).collect();
    by.sort_unstable();
    by.dedup();
    let mut documents: Vec<&Document> = by.iter().map(|at| &at.document).collect();
    documents.dedup();
    let names = reader.few(documents.into_iter(), |document| reader.name_of_document(document));
    let first = &all.first()?.at;
    Some(Found {
        rule: SHADOWED_INLINE.id,
        key: key_of(reader, document)?,
        severity: Severity::Low,
        reason: "it changes no access today".to_owned(),
        sentence: format!(
            "{} ({}) gives only what {names} gives.",
            reader.name_of_document(document),
            counted(all.len(), "statement", "statements")
        ),
        cause: reader.cause_of_document(document, None),
        reaches: Vec::new(),
        fix: "delete the inline policy".to_owned(),
        because: citations(reader, first, &all.first()?.covered_by),
        outsider: None,
    })
}

fn dead(reader: &Reader, idle: &Idle) -> Option<Found> {
    let name = reader.name_of_statement(&idle.at);
    let denies = reader.in_use().denies(&idle.at);
    let others: &[StatementPlace] = match &idle.why {
        Stopped::Elsewhere { denied_by, .. } => denied_by,
        Stopped::NoSuchAction | Stopped::NoSuchThing => &[],
    };
    let (severity, reason, verb) = if denies {
        (Severity::Medium, "what it was written to close is open", "denies")
    } else {
        (Severity::Low, "it changes no access", "allows")
    };
    Some(Found {
        rule: DEAD_STATEMENT.id,
        key: statement_key(reader, &idle.at)?,
        severity,
        reason: reason.to_owned(),
        sentence: format!("{name} {verb} nothing: {}.", reader.stopped_words(&idle.at, &idle.why)),
        cause: reader.cause_of_document(&idle.at.document, Some(idle.at.statement)),
        reaches: Vec::new(),
        fix: match idle.why {
            Stopped::NoSuchAction => "correct the action, or remove the statement",
            Stopped::NoSuchThing => "correct the resource, or remove the statement",
            Stopped::Elsewhere { .. } => "remove the statement, or what stops it",
        }
        .to_owned(),
        because: citations(reader, &idle.at, others),
        outsider: None,
    })
}

/// The statement, and the first few that make it so.
fn citations(reader: &Reader, at: &StatementPlace, others: &[StatementPlace]) -> Vec<crate::shape::Citation> {
    std::iter::once(at).chain(others.iter().take(3)).filter_map(|at| reader.cite_statement(at)).collect()
}
