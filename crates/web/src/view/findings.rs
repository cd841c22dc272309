//! What the rules found, one row per cause.

use clavicle_answer::Reader;
use clavicle_answer::findings::{Check, rule};
use clavicle_answer::shape::{CheckPage, Finding, FindingCounts, NotSeen, Severity, SnapshotHead};
use serde::Serialize;

use super::ROWS;
use super::facet::{Facet, Narrowed, Row, Wheres, plain_facets};
use crate::open::Open;
use crate::progress::Progress;
use crate::refusal::Refusal;
use crate::routes::{Asked, Bytes, json};

/// A screenful of findings.
#[derive(Debug, Serialize)]
struct FindingsPage<'p> {
    /// `clavicle.findings/1`.
    schema: &'static str,
    snapshot: &'p SnapshotHead,
    as_of: Option<&'p str>,
    sentence: &'p str,
    counts: FindingCounts,
    /// `open`, `accepted` or `gone`.
    state: &'static str,
    /// How many the choices leave.
    total: usize,
    /// The place of the first that is sent.
    from: usize,
    /// Without their statements, which are told one by one.
    findings: Vec<Finding>,
    rules: Vec<Facet>,
    #[serde(flatten)]
    wheres: Wheres,
    severities: Vec<Facet>,
    not_seen: &'p [NotSeen],
    notes: &'p [String],
}

/// One finding, whole, with the words of its rule.
#[derive(Debug, Serialize)]
struct FindingPage<'p> {
    /// `clavicle.finding/1`.
    schema: &'static str,
    finding: &'p Finding,
    rule: RuleWords,
}

#[derive(Debug, Serialize)]
struct RuleWords {
    id: &'static str,
    title: &'static str,
    means: &'static str,
    why: &'static str,
    fix: &'static str,
    severity: &'static str,
    sources: &'static [&'static str],
}

/// Every rule over every account. Acceptances have to hold today; those of the demo, on its own day.
pub(crate) fn check(open: &Open, progress: &Progress) -> Result<CheckPage, Refusal> {
    check_reader(open.reader(), progress)
}

/// The same of what somebody else reads.
pub(super) fn check_reader(reader: &Reader, progress: &Progress) -> Result<CheckPage, Refusal> {
    let today = (!reader.settings().demo).then(|| jiff::Timestamp::now().to_string());
    let asked = Check { today, ..Check::default() };
    Ok(reader.check_telling(&asked, |done, total| progress.report("asking the rules", done, total))?)
}

/// The findings that the choices of the call leave.
pub(crate) fn findings(reader: &Reader, page: &CheckPage, asked: &Asked) -> Result<Bytes, Refusal> {
    let narrowed = findings_narrowed(reader, asked)?;
    let (state, all) = findings_choices(page, asked)?;
    let rows = narrowed.rows(all);
    let light = |finding: &&Finding| Finding { because: Vec::new(), ..(*finding).clone() };
    let mut rules = plain_facets(narrowed.counts(all, "rule"));
    for facet in &mut rules {
        facet.label = rule(&facet.id).map_or(facet.id.as_str(), |rule| rule.title).to_owned();
    }
    json(&FindingsPage {
        schema: "clavicle.findings/1",
        snapshot: &page.snapshot,
        as_of: page.as_of.as_deref(),
        sentence: &page.sentence,
        counts: page.counts,
        state,
        total: rows.len(),
        from: narrowed.from,
        findings: rows.iter().skip(narrowed.from).take(ROWS).map(light).collect(),
        rules,
        wheres: Wheres::of(reader, narrowed.counts(all, "account")),
        severities: plain_facets(narrowed.counts(all, "severity")),
        not_seen: &page.not_seen,
        notes: &page.notes,
    })
}

/// By what findings are narrowed.
pub(super) fn findings_narrowed(reader: &Reader, asked: &Asked) -> Result<Narrowed, Refusal> {
    Narrowed::read(reader, asked, &["rule", "account", "severity"])
}

/// Open findings, or accepted ones; of the page of those that are no longer found, all.
pub(super) fn findings_choices<'p>(
    page: &'p CheckPage,
    asked: &Asked,
) -> Result<(&'static str, &'p [Finding]), Refusal> {
    match asked.one("state")? {
        None | Some("open") => Ok(("open", &page.findings)),
        Some("accepted") => Ok(("accepted", &page.accepted)),
        Some("gone") => Ok(("gone", &page.findings)),
        Some(other) => {
            Err(Refusal::question(format!("no finding is `{other}`"), Some("open, accepted or gone")))
        }
    }
}

/// One finding by its id.
pub(crate) fn finding(page: &CheckPage, id: &str) -> Result<Bytes, Refusal> {
    let hint = Some("its cause may be gone from this snapshot");
    let absent = || Refusal::absent(format!("no finding `{id}`"), hint);
    let mut all = page.findings.iter().chain(&page.accepted);
    let finding = all.find(|finding| finding.id == id).ok_or_else(absent)?;
    let rule = rule(&finding.rule).ok_or_else(Refusal::broken)?;
    json(&FindingPage {
        schema: "clavicle.finding/1",
        finding,
        rule: RuleWords {
            id: rule.id,
            title: rule.title,
            means: rule.means,
            why: rule.why,
            fix: rule.fix,
            severity: rule.severity,
            sources: rule.sources,
        },
    })
}

impl Row for Finding {
    fn values(&self, name: &str) -> Vec<&str> {
        match name {
            "rule" => vec![&self.rule],
            "account" => self.cause.thing.account.as_deref().into_iter().collect(),
            "severity" => vec![severity_word(self.severity)],
            _ => Vec::new(),
        }
    }

    fn has(&self, words: &str) -> bool {
        let texts = [&self.id, &self.sentence, &self.cause.thing.name];
        texts.into_iter().chain(&self.cause.document).any(|text| text.to_lowercase().contains(words))
    }
}

/// The word of a severity, as in the answers.
pub(super) fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "high",
        Severity::Medium => "medium",
        Severity::Low => "low",
    }
}
