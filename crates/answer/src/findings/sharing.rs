//! `shared-policy`: one policy for tasks that have nothing to do with each other.

use clavicle_catalog::Word;
use clavicle_graph::{Document, StatementPlace};

use super::found::Found;
use super::{Family, Look, Rule};
use crate::count::{counted, number};
use crate::in_use::reached_words;
use crate::page::listed;
use crate::shape::{PolicyTask, Reached, Severity};

pub(super) const FAMILY: Family = Family { rules: &[SHARED_POLICY], look };

const SHARED_POLICY: Rule = Rule {
    id: "shared-policy",
    title: "a policy serves tasks that have nothing to do with each other",
    means: "A managed policy of an account is attached to bearers of two or more tasks. A tag says what somebody's task is (`task`, `service`, `app` …). Else the workloads that run as a role say it, else a group, else the name. Policies that only deny may be shared by anybody, and so may AWS's own policies and permissions boundaries. So may policies in which every Allow statement reads the tags or the name of whoever asks.",
    why: "Whoever needs one statement gets all of them. A change for one task is a change for all, so the policy only ever grows, and nobody can say what breaks when a statement goes.",
    fix: "Give each task a policy of its own with the statements that it uses, and attach it. Take the shared one off its bearers one task at a time. Delete it when the last bearer is off. Tasks and statements are listed by `clavicle what POLICY`.",
    severity: "High if it lets them control or become something. Medium if it lets them write, delete or run something, or read something that matters. Else low.",
    sources: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"],
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let reader = look.reader;
    let policies = reader.in_use();
    let shared = policies.documents().iter().filter(|document| {
        matches!(document, Document::Managed(_))
            && reader.is_ours(document)
            && policies.attachments(document).bearers.len() > 1
            && !policies.follows_its_bearer(document)
    });
    shared.filter_map(|document| found(look, document)).collect()
}

fn found(look: &Look<'_>, document: &Document) -> Option<Found> {
    let reader = look.reader;
    let tasks = reader.policy_tasks(document);
    if tasks.len() < 2 {
        return None;
    }
    let policies = reader.in_use();
    let mut given: Vec<(StatementPlace, Vec<Reached>)> = (0..policies.statement_count(document))
        .map(|statement| StatementPlace { document: document.clone(), statement })
        .filter(|at| !policies.denies(at) && policies.why_idle(reader.world(), at).is_none())
        .map(|at| {
            let reached = reader.reached(&policies.gives(reader.world(), &at));
            (at, reached)
        })
        .collect();
    // The statement that says most is cited first.
    given.sort_by_key(|(_, reached)| std::cmp::Reverse(reached.first().map(worth)));
    let worst = given.iter().filter_map(|(_, reached)| reached.first()).max_by_key(|reached| worth(reached));
    let matters: Vec<String> =
        given.iter().flat_map(|(_, reached)| reached).flat_map(|reached| reached.matter.clone()).collect();
    let severity = match worst.map(worth) {
        Some(5 | 6) => Severity::High,
        Some(2..=4) => Severity::Medium,
        _ if !matters.is_empty() => Severity::Medium,
        _ => Severity::Low,
    };
    let bearers: usize = tasks.iter().map(|task| task.bearers.len()).sum();
    let reason = match worst {
        Some(worst) => format!(
            "whatever their task, all {} get what the policy gives: {}",
            counted(bearers, "bearer", "bearers"),
            reached_words(worst)
        ),
        None => "what the policy gives fits nothing in this snapshot".to_owned(),
    };
    let name = reader.name_of_document(document);
    let thing = reader.thing_of_document(document);
    Some(Found {
        rule: SHARED_POLICY.id,
        key: vec![thing.arn?],
        severity,
        reason,
        sentence: format!("{name} serves {} unrelated tasks: {}.", number(tasks.len()), task_words(&tasks)),
        cause: reader.cause_of_document(document, None),
        reaches: merged(given.iter().flat_map(|(_, reached)| reached)),
        fix: fix(&tasks),
        because: given.iter().take(3).filter_map(|(at, _)| reader.cite_statement(at)).collect(),
        outsider: None,
    })
}

/// `deploy 2 · logs 1`
pub(crate) fn task_words(tasks: &[PolicyTask]) -> String {
    const MOST: usize = 5;
    let mut words: Vec<String> =
        tasks.iter().take(MOST).map(|task| format!("{} {}", task.name, number(task.bearers.len()))).collect();
    if tasks.len() > MOST {
        words.push(format!("{} more", number(tasks.len() - MOST)));
    }
    words.join(" · ")
}

fn fix(tasks: &[PolicyTask]) -> String {
    const MOST: usize = 4;
    let mut names: Vec<String> = tasks.iter().take(MOST).map(|task| task.name.clone()).collect();
    if tasks.len() > MOST {
        names.push(format!("{} more", number(tasks.len() - MOST)));
    }
    format!("give {} a policy each, with the statements that the task uses", listed(&names))
}

/// How much access says.
pub(super) fn worth(reached: &Reached) -> u8 {
    match Word::parse(&reached.access) {
        Some(Word::Control) => 6,
        Some(Word::Become) => 5,
        Some(Word::Delete) => 4,
        Some(Word::Write) => 3,
        Some(Word::Run) => 2,
        Some(Word::Read) => 1,
        Some(Word::List) | None => 0,
    }
}

/// What several statements reach: of each word and kind the most that one of them reaches.
pub(super) fn merged<'r>(all: impl Iterator<Item = &'r Reached>) -> Vec<Reached> {
    let mut found: Vec<Reached> = Vec::new();
    for reached in all {
        match found.iter_mut().find(|known| known.access == reached.access && known.kind == reached.kind) {
            Some(known) if known.count >= reached.count => {}
            Some(known) => known.clone_from(reached),
            None => found.push(reached.clone()),
        }
    }
    found.sort_by_key(|reached| std::cmp::Reverse((worth(reached), reached.count)));
    found
}
