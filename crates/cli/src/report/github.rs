//! Findings as workflow commands of GitHub Actions, which stand as annotations beside the lines of a pull request.
//!
//! GitHub, "Workflow commands for GitHub Actions": a command is a line that begins with `::`. What would end a value is
//! escaped as the toolkit of GitHub's own actions does it (`@actions/core`, command.ts): `%`, CR and LF everywhere, `:`
//! and `,` in properties.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use clavicle_answer::shape::Severity;

use super::{FilePlace, Reported, Row};
use crate::failure::Failure;

/// GitHub shows ten annotations of a kind of each step; the rest is for the summary.
const MOST: usize = 10;

/// The worst findings, one a line, and a notice that says how many there are more.
pub(crate) fn github(page: &Reported<'_>) -> String {
    let mut worst: Vec<&Row<'_>> = page.findings.iter().collect();
    worst.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let most = if worst.len() > MOST { MOST - 1 } else { MOST };
    let mut text: String = worst.iter().take(most).map(|finding| annotation(finding)).collect();
    if worst.len() > most {
        let more = format!("and {} more; the summary of the job has them", worst.len() - most);
        text.push_str(&line("notice", &[("title", "clavicle")], &[more]));
    }
    text
}

/// The whole report for the summary of the job, added to the file that GitHub names for it.
pub(crate) fn summarize(text: &str) -> Result<(), Failure> {
    let Some(file) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|file| !file.is_empty()) else {
        return Ok(());
    };
    let opened = File::options().append(true).create(true).open(&file);
    let written = opened.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| Failure::io("write the summary", Path::new(&file), &error))
}

fn annotation(finding: &Row<'_>) -> String {
    let command = match finding.severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "notice",
    };
    let title = format!("clavicle {}: {}", finding.severity_word(), finding.rule);
    let mut properties: Vec<(&str, String)> = Vec::new();
    if let Some(FilePlace { file, line, end_line, columns }) = finding.in_file {
        properties.extend([("file", file.to_owned()), ("line", line.to_string())]);
        properties.push(("endLine", end_line.to_string()));
        // Columns are read of one line only.
        if let Some((first, past)) = columns.filter(|_| line == end_line) {
            properties.extend([("col", first.to_string()), ("endColumn", past.to_string())]);
        }
    }
    properties.push(("title", title));
    let mut lines = vec![finding.sentence.clone()];
    if finding.in_file.is_none() || !finding.because.is_empty() {
        let mut places: Vec<String> = Vec::new();
        for cited in &finding.because {
            let place = format!("{}:{}", cited.document, cited.line);
            if places.len() < 3 && !places.contains(&place) {
                places.push(place);
            }
        }
        if places.is_empty() {
            places.push(finding.shown_place());
        }
        lines.push(places.join(", "));
    }
    let properties: Vec<(&str, &str)> =
        properties.iter().map(|(name, value)| (*name, value.as_str())).collect();
    line(command, &properties, &lines)
}

/// A command with a message of these lines.
fn line(command: &str, properties: &[(&str, &str)], message: &[String]) -> String {
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    let message: Vec<String> = message.iter().map(|line| data(line)).collect();
    format!("::{command} {}::{}\n", properties.join(","), message.join("%0A"))
}

/// One line: what acts in names is spelled out, their line breaks among it.
fn data(text: &str) -> String {
    clavicle_answer::visible(text).replace('%', "%25")
}

/// A file has to be named as it is, or GitHub does not find it.
fn property(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A").replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn nothing_in_a_name_ends_a_value_or_a_line() {
        assert_eq!(
            line(
                "error",
                &[("file", "a,b:c%\n::error::x")],
                &["50% of\r\n::set-output name=x::y\u{1b}[1m".to_owned(), "a:7".to_owned()]
            ),
            "::error file=a%2Cb%3Ac%25%0A%3A%3Aerror%3A%3Ax::50%25 of\\r\\n::set-output name=x::y\\u{1b}[1m%0Aa:7\n"
        );
    }
}
