//! What is reported: findings over accounts, or in files.

use std::ops::Deref;

use clavicle_answer::shape::{CheckPage, Finding, LintFinding, LintPage, LintPlace};

/// A page of findings, whatever was checked.
pub(crate) struct Reported<'p> {
    /// The outcome in one sentence.
    pub(crate) sentence: &'p str,
    /// The rules that were asked, by id.
    pub(crate) rules: &'p [String],
    /// The findings.
    pub(crate) findings: Vec<Row<'p>>,
    /// Those that somebody accepted.
    pub(crate) accepted: Vec<Row<'p>>,
    /// Plain sentences.
    pub(crate) notes: &'p [String],
    /// Which snapshot was checked, if one was.
    pub(crate) snapshot: Option<&'p str>,
    /// The date of the AWS facts.
    pub(crate) catalog: &'p str,
}

/// A finding.
#[derive(Clone, Copy)]
pub(crate) struct Row<'p> {
    finding: &'p Finding,
    /// Of a file: where it stands, and how bad it is in the words of policy checks.
    pub(crate) in_file: Option<(&'p LintPlace, &'p str)>,
}

impl Row<'_> {
    /// How bad it is, in a word.
    pub(crate) fn severity_word(&self) -> &str {
        self.in_file.map_or_else(|| super::severity_word(self.finding.severity), |(_, level)| level)
    }

    /// `policy/x:8`, or the thing where the cause is no document.
    pub(crate) fn shown_place(&self) -> String {
        match self.in_file {
            Some((place, _)) => format!("{}:{}:{}", place.file, place.line, place.column),
            None => super::place(&self.finding.cause),
        }
    }
}

impl Deref for Row<'_> {
    type Target = Finding;

    fn deref(&self) -> &Finding {
        self.finding
    }
}

impl<'p> From<&'p CheckPage> for Reported<'p> {
    fn from(page: &'p CheckPage) -> Self {
        let rows =
            |findings: &'p [Finding]| findings.iter().map(|finding| Row { finding, in_file: None }).collect();
        Self {
            sentence: &page.sentence,
            rules: &page.rules,
            findings: rows(&page.findings),
            accepted: rows(&page.accepted),
            notes: &page.notes,
            snapshot: Some(&page.snapshot.id),
            catalog: &page.catalog,
        }
    }
}

impl<'p> From<&'p LintPage> for Reported<'p> {
    fn from(page: &'p LintPage) -> Self {
        let row = |found: &'p LintFinding| Row {
            finding: &found.finding,
            in_file: Some((&found.place, &found.level)),
        };
        Self {
            sentence: &page.sentence,
            rules: &page.rules,
            findings: page.findings.iter().map(row).collect(),
            accepted: page.accepted.iter().map(row).collect(),
            notes: &page.notes,
            snapshot: None,
            catalog: &page.catalog,
        }
    }
}
