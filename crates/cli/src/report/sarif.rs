//! Findings as SARIF 2.1.0: one run, one result per cause.
//!
//! OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0". An id that stays the same from run to run is
//! a partial fingerprint there (section 3.27.17), and what somebody accepted is a suppression (3.27.23).

use clavicle_answer::shape::Severity;
use clavicle_answer::visible;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::{FilePlace, Reported, Row};
use crate::machine;

/// The log as text.
pub(crate) fn sarif(page: &Reported<'_>) -> serde_json::Result<String> {
    let rules: Vec<RuleOf> = page
        .rules
        .iter()
        .map(|rule| RuleOf {
            id: rule.id,
            short_description: Text::of(rule.title),
            full_description: Text::of(rule.means),
            help: Text::of(&format!("{} {}", rule.why, rule.fix)),
            help_uri: rule.page,
        })
        .collect();
    let result = |finding: &Row<'_>| ResultOf {
        rule_index: rules.iter().position(|rule| rule.id == finding.rule),
        ..ResultOf::of(finding)
    };
    let results = page.findings.iter().chain(&page.accepted).map(result).collect();
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            results,
            tool: Tool {
                driver: Driver { name: "clavicle", semantic_version: env!("CARGO_PKG_VERSION"), rules },
            },
            properties: RunProperties {
                snapshot: page.snapshot.map(str::to_owned),
                catalog: page.catalog.to_owned(),
            },
        }],
    };
    machine::json(&log)
}

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
struct Run {
    tool: Tool,
    results: Vec<ResultOf>,
    properties: RunProperties,
}

#[derive(Serialize)]
struct RunProperties {
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot: Option<String>,
    catalog: String,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<RuleOf>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RuleOf {
    id: &'static str,
    short_description: Text,
    full_description: Text,
    help: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<&'static str>,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

impl Text {
    fn of(text: &str) -> Self {
        Self { text: text.to_owned() }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultOf {
    rule_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
    partial_fingerprints: Fingerprints,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression>,
    properties: ResultProperties,
}

#[derive(Serialize)]
struct Fingerprints {
    #[serde(rename = "clavicle/v1")]
    id: String,
}

#[derive(Serialize)]
struct ResultProperties {
    severity: String,
    reason: String,
    fix: String,
}

#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
    justification: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<LogicalLocation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
}

impl Region {
    fn lines(start_line: usize, end_line: Option<usize>) -> Self {
        Self { start_line, start_column: None, end_line, end_column: None }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation {
    fully_qualified_name: String,
    kind: String,
}

impl ResultOf {
    fn of(finding: &Row<'_>) -> Self {
        let cause = &finding.cause;
        let cited = finding.because.iter().map(|because| Location {
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation { uri: uri(&because.document) },
                region: Region::lines(because.line, Some(because.end_line)),
            },
            logical_locations: Vec::new(),
            message: Some(Text { text: lines(&because.text) }),
        });
        let region = match finding.in_file {
            Some(FilePlace { line, end_line, columns, .. }) => Region {
                start_line: line,
                start_column: columns.map(|(first, _)| first),
                end_line: Some(end_line),
                end_column: columns.map(|(_, past)| past),
            },
            None => Region::lines(cause.line.unwrap_or(1), None),
        };
        let accepted = finding.accepted.iter().map(|accepted| Suppression {
            kind: "external",
            status: "accepted",
            justification: format!("{}, until {}: {}", accepted.who, accepted.until, accepted.why),
        });
        Self {
            rule_id: finding.rule.clone(),
            rule_index: None,
            level: match finding.severity {
                Severity::Critical | Severity::High => "error",
                Severity::Medium => "warning",
                Severity::Low => "note",
            },
            message: Text {
                text: lines(&format!("{} Why: {}.", visible(&finding.sentence), finding.reason)),
            },
            locations: [Location {
                physical_location: PhysicalLocation {
                    artifact_location: ArtifactLocation {
                        uri: uri(match finding.in_file {
                            Some(place) => place.file,
                            None => cause.document.as_ref().unwrap_or(&cause.thing.name),
                        }),
                    },
                    region,
                },
                logical_locations: vec![LogicalLocation {
                    fully_qualified_name: cause.thing.arn.clone().unwrap_or_else(|| cause.thing.name.clone()),
                    kind: cause.thing.kind.clone(),
                }],
                message: None,
            }],
            partial_fingerprints: Fingerprints { id: finding.id.clone() },
            related_locations: cited.collect(),
            suppressions: accepted.collect(),
            properties: ResultProperties {
                severity: finding.severity_word().to_owned(),
                reason: finding.reason.clone(),
                fix: finding.fix.clone(),
            },
        }
    }
}

/// A message, whose own line breaks stay. What acts is spelled out, and nothing is a link: SARIF 2.1.0, 3.11.6, "Messages with
/// embedded links", reads `[text](address)` as one, and a backslash ahead of a bracket as the bracket itself.
fn lines(text: &str) -> String {
    let shown: Vec<_> = text.split('\n').map(visible).collect();
    let shown = shown.join("\n");
    if shown.contains("](") { shown.replace('[', "\\[").replace(']', "\\]") } else { shown }
}

/// A name as a relative address: `staging:policy/x` has a colon, which would be read as a scheme.
fn uri(name: &str) -> String {
    const KEPT: &AsciiSet =
        &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'/').remove(b'~');
    utf8_percent_encode(name, KEPT).to_string().trim_start_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_no_links_and_nothing_in_them_acts() {
        assert_eq!(super::lines("b[1] allows\nmore\u{202e}"), "b[1] allows\nmore\\u{202e}");
        assert_eq!(super::lines("[here](https://example.com)"), "\\[here\\](https://example.com)");
    }

    #[test]
    fn names_are_relative_addresses() {
        assert_eq!(super::uri("staging:policy/a b"), "staging%3Apolicy/a%20b");
        assert_eq!(super::uri("s3://bucket#policy"), "s3%3A//bucket%23policy");
    }
}
