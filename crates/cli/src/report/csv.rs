//! Findings as a table for spreadsheets.

use clavicle_answer::shape::Finding;
use clavicle_web::export::cell;

use super::{Reported, Row};

const HEAD: [&str; 14] = [
    "id",
    "rule",
    "severity",
    "thing",
    "arn",
    "account",
    "place",
    "sid",
    "finding",
    "reason",
    "fix",
    "accepted_by",
    "accepted_until",
    "accepted_why",
];

/// One finding a row, accepted ones behind the others.
pub(crate) fn csv(page: &Reported<'_>) -> Result<String, csv::Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(HEAD)?;
    for finding in page.findings.iter().chain(&page.accepted) {
        table.write_record(row(finding).map(|text| cell(&text)))?;
    }
    let bytes = table.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn row(finding: &Row<'_>) -> [String; 14] {
    let Finding { id, rule, reason, sentence, cause, fix, accepted, .. } = &**finding;
    let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
    let accepted = |of: fn(&clavicle_answer::shape::Accepted) -> &String| {
        accepted.as_ref().map(|it| of(it).clone()).unwrap_or_default()
    };
    [
        id.clone(),
        rule.clone(),
        finding.severity_word().to_owned(),
        cause.thing.name.clone(),
        or_empty(&cause.thing.arn),
        or_empty(&cause.thing.account),
        finding.shown_place(),
        or_empty(&cause.sid),
        sentence.clone(),
        reason.clone(),
        fix.clone(),
        accepted(|it| &it.who),
        accepted(|it| &it.until),
        accepted(|it| &it.why),
    ]
}
