//! What is reported: findings over accounts, or in files.

use std::ops::Deref;

use clavicle_answer::findings::rule;
use clavicle_answer::shape::{CheckPage, Finding, LintFinding, LintPage, NotSeen};

use super::remarks::{self, Remarks};

/// A page of findings, whatever was checked.
pub(crate) struct Reported<'p> {
    /// What was done: `check` or `diff`.
    pub(crate) verb: &'static str,
    /// The outcome in one sentence.
    pub(crate) sentence: &'p str,
    /// The rules that were asked.
    pub(crate) rules: Vec<RuleWords>,
    /// The findings.
    pub(crate) findings: Vec<Row<'p>>,
    /// Those that somebody accepted.
    pub(crate) accepted: Vec<Row<'p>>,
    /// Plain sentences.
    pub(crate) notes: &'p [String],
    /// What was not seen.
    pub(crate) not_seen: &'p [NotSeen],
    /// Which snapshot was checked, if one was.
    pub(crate) snapshot: Option<&'p str>,
    /// The date of the AWS facts.
    pub(crate) catalog: &'p str,
}

/// What a rule says.
#[derive(Clone, Copy)]
pub(crate) struct RuleWords {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) means: &'static str,
    pub(crate) why: &'static str,
    pub(crate) fix: &'static str,
    /// A page about it.
    pub(crate) page: Option<&'static str>,
}

/// A finding.
#[derive(Clone, Copy)]
pub(crate) struct Row<'p> {
    finding: &'p Finding,
    /// Where it stands, if that is a file.
    pub(crate) in_file: Option<FilePlace<'p>>,
    /// How bad it is in the words of policy checks.
    pub(crate) level: Option<&'p str>,
}

/// A place in a file. Lines and columns count from 1.
#[derive(Clone, Copy)]
pub(crate) struct FilePlace<'p> {
    pub(crate) file: &'p str,
    pub(crate) line: usize,
    pub(crate) end_line: usize,
    /// The first column, and the one that follows.
    pub(crate) columns: Option<(usize, usize)>,
}

impl Row<'_> {
    /// How bad it is, in a word.
    pub(crate) fn severity_word(&self) -> &str {
        self.level.unwrap_or_else(|| super::severity_word(self.finding.severity))
    }

    /// `policy/x:8`, or the thing where the cause is no document.
    pub(crate) fn shown_place(&self) -> String {
        match self.in_file {
            Some(FilePlace { file, line, columns: Some((column, _)), .. }) => {
                format!("{file}:{line}:{column}")
            }
            Some(FilePlace { file, line, columns: None, .. }) => format!("{file}:{line}"),
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
        let row = |finding| Row { finding, in_file: None, level: None };
        let asked = page.rules.iter().filter_map(|id| rule(id));
        let words = asked.map(|rule| RuleWords {
            id: rule.id,
            title: rule.title,
            means: rule.means,
            why: rule.why,
            fix: rule.fix,
            page: rule.sources.first().copied(),
        });
        Self {
            verb: "check",
            sentence: &page.sentence,
            rules: words.collect(),
            findings: page.findings.iter().map(row).collect(),
            accepted: page.accepted.iter().map(row).collect(),
            notes: &page.notes,
            not_seen: &page.not_seen,
            snapshot: Some(&page.snapshot.id),
            catalog: &page.catalog,
        }
    }
}

impl<'p> From<&'p LintPage> for Reported<'p> {
    fn from(page: &'p LintPage) -> Self {
        let row = |found: &'p LintFinding| Row {
            finding: &found.finding,
            in_file: Some(FilePlace {
                file: &found.place.file,
                line: found.place.line,
                end_line: found.place.end_line,
                columns: Some((found.place.column, found.place.end_column)),
            }),
            level: Some(&found.level),
        };
        let asked = page.rules.iter().filter_map(|id| clavicle_lint::rule(id));
        let words = asked.map(|rule| RuleWords {
            id: rule.id,
            title: rule.title,
            means: rule.means,
            why: rule.why,
            fix: rule.fix,
            page: Some(rule.source),
        });
        Self {
            verb: "check",
            sentence: &page.sentence,
            rules: words.collect(),
            findings: page.findings.iter().map(row).collect(),
            accepted: page.accepted.iter().map(row).collect(),
            notes: &page.notes,
            not_seen: &[],
            snapshot: None,
            catalog: &page.catalog,
        }
    }
}

impl<'p> From<&'p Remarks> for Reported<'p> {
    fn from(page: &'p Remarks) -> Self {
        let row = |remark: &'p remarks::Remark| Row {
            finding: &remark.finding,
            in_file: remark.place.as_ref().map(|place| FilePlace {
                file: &place.file,
                line: place.line,
                end_line: place.end_line,
                columns: None,
            }),
            level: None,
        };
        Self {
            verb: "diff",
            sentence: &page.sentence,
            rules: remarks::RULES.to_vec(),
            findings: page.list.iter().map(row).collect(),
            accepted: Vec::new(),
            notes: &page.notes,
            not_seen: &[],
            snapshot: page.snapshot.as_deref(),
            catalog: &page.catalog,
        }
    }
}
