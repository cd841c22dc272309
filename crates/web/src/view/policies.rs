//! The policies, a row each, and one policy statement by statement.

use clavicle_answer::shape::{AnswerPage, NotSeen};
use clavicle_answer::{PolicyLine, Reader, counted, number};
use serde::Serialize;

use super::ROWS;
use super::facet::{Facet, Narrowed, Row, Wheres, plain_facets};
use crate::open::Open;
use crate::progress::Progress;
use crate::refusal::Refusal;
use crate::routes::{Asked, Bytes, json};

/// At most so many bearers, tasks and things are sent with a policy; it says how many there are.
const MOST_NAMED: usize = 40;

/// A screenful of policies.
#[derive(Debug, Serialize)]
struct PoliciesPage<'p> {
    /// `clavicle.policies/1`.
    schema: &'static str,
    snapshot: &'p clavicle_answer::shape::SnapshotHead,
    sentence: String,
    /// How many the choices leave.
    total: usize,
    /// The place of the first that is sent.
    from: usize,
    policies: Vec<&'p PolicyLine>,
    lenses: Vec<Facet>,
    kinds: Vec<Facet>,
    #[serde(flatten)]
    wheres: Wheres,
    not_seen: &'p [NotSeen],
    notes: Vec<String>,
}

/// Every policy document.
pub(crate) fn list_policies(open: &Open, progress: &Progress) -> Result<Vec<PolicyLine>, Refusal> {
    progress.report("reading policies", 0, 0);
    Ok(open.reader().policy_lines(|done, total| progress.report("comparing policies", done, total)))
}

/// The policies that the choices of the call leave.
pub(crate) fn policies(reader: &Reader, lines: &[PolicyLine], asked: &Asked) -> Result<Bytes, Refusal> {
    let narrowed = policies_choices(reader, asked)?;
    let rows = narrowed.rows(lines);
    let unseen = lines.iter().filter(|line| !line.seen).count();
    let notes = (unseen > 0).then(|| format!("The text of {} of them was not seen.", number(unseen)));
    let head = reader.summary();
    json(&PoliciesPage {
        schema: "clavicle.policies/1",
        snapshot: &reader.snapshot_head(),
        sentence: policies_sentence(lines),
        total: rows.len(),
        from: narrowed.from,
        policies: rows.into_iter().skip(narrowed.from).take(ROWS).collect(),
        lenses: plain_facets(narrowed.counts(lines, "lens")),
        kinds: plain_facets(narrowed.counts(lines, "kind")),
        wheres: Wheres::of(reader, narrowed.counts(lines, "account")),
        not_seen: &head.not_seen,
        notes: notes.into_iter().collect(),
    })
}

/// By what policies are narrowed.
pub(super) fn policies_choices(reader: &Reader, asked: &Asked) -> Result<Narrowed, Refusal> {
    Narrowed::read(reader, asked, &["lens", "kind", "account", "editable"])
}

pub(super) fn policies_sentence(lines: &[PolicyLine]) -> String {
    let count = |lens: &str| lines.iter().filter(|line| line.values("lens").contains(&lens)).count();
    let (shared, nowhere) = (count("shared by tasks"), count("not attached"));
    let documents = counted(lines.len(), "policy", "policies");
    let serve = counted(shared, "serves unrelated tasks", "serve unrelated tasks");
    let attached = counted(nowhere, "is attached to nothing", "are attached to nothing");
    format!("{documents}: {serve}, {attached}.")
}

/// One policy: where it is attached, and what each of its statements gives.
pub(crate) fn read_policy(open: &Open, name: &str, progress: &Progress) -> Result<AnswerPage, Refusal> {
    progress.report("reading the policy", 0, 0);
    Ok(open.reader().policy_by_name(name)?)
}

/// One policy, as it was read, with the first of those that it names.
pub(crate) fn policy(page: &AnswerPage) -> Result<Bytes, Refusal> {
    let mut page = page.clone();
    for answer in &mut page.answers {
        answer.who.truncate(MOST_NAMED);
        answer.on.truncate(MOST_NAMED);
    }
    if let Some(sheet) = &mut page.policy {
        sheet.tasks.truncate(MOST_NAMED);
        sheet.tasks.iter_mut().for_each(|task| task.bearers.truncate(MOST_NAMED));
    }
    json(&page)
}

impl Row for PolicyLine {
    fn values(&self, name: &str) -> Vec<&str> {
        match name {
            "lens" => {
                let lenses = [
                    (self.is_attached(), "attached"),
                    (self.tasks > 1, "shared by tasks"),
                    (self.equal > 0, "equal meaning"),
                    (self.near > 0, "nearly equal"),
                    (!self.is_attached(), "not attached"),
                    (self.kind == "AWS managed policy", "AWS managed"),
                ];
                lenses.into_iter().filter(|(has, _)| *has).map(|(_, lens)| lens).collect()
            }
            "kind" => vec![&self.kind],
            "account" => self.account.as_deref().into_iter().collect(),
            // Another text can be tried in its place only where this one was seen.
            "editable" => vec![if self.editable && self.seen { "true" } else { "false" }],
            _ => Vec::new(),
        }
    }

    fn has(&self, words: &str) -> bool {
        std::iter::once(&self.name).chain(&self.attached_to).any(|text| text.to_lowercase().contains(words))
    }
}

#[cfg(test)]
mod tests {
    use clavicle_answer::PolicyLine;

    use super::policies_sentence;

    #[test]
    fn thousands_are_set_apart() {
        let line = PolicyLine {
            name: "policy/p".to_owned(),
            kind: "customer managed policy".to_owned(),
            account: None,
            seen: true,
            editable: true,
            attached: 0,
            attached_to: Vec::new(),
            known_later: false,
            statements: 1,
            tasks: 0,
            equal: 0,
            near: 0,
        };
        let said = policies_sentence(&vec![line; 2_312]);
        assert_eq!(said, "2,312 policies: 0 serve unrelated tasks, 2,312 are attached to nothing.");
    }
}
