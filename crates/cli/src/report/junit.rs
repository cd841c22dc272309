//! Findings as the report of a test run: a rule is a suite, a finding a test that failed, an accepted one a test that was
//! left out, and a rule that found nothing a test that passed.

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::{Reported, Row};

/// JUnit's XML. Characters that XML cannot hold are left out by the library; what acts on a terminal is spelled out.
pub(crate) fn junit(page: &Reported<'_>) -> Result<String, SerializeError> {
    let mut report = Report::new(format!("clavicle {}", page.verb));
    for rule in &page.rules {
        let mut suite = TestSuite::new(rule.id);
        let of_rule = |finding: &&Row<'_>| finding.rule == rule.id;
        suite.add_test_cases(page.findings.iter().filter(of_rule).map(failed));
        suite.add_test_cases(page.accepted.iter().filter(of_rule).map(left_out));
        if suite.test_cases.is_empty() {
            suite.add_test_case(TestCase::new("nothing found", TestCaseStatus::success()));
        }
        report.add_test_suite(suite);
    }
    report.to_string()
}

fn failed(finding: &Row<'_>) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type(finding.severity_word()).set_message(shown(&finding.sentence)).set_description(shown(
        &format!("{}\nWhy: {}\nFix: {}", finding.sentence, finding.reason, finding.fix),
    ));
    case(finding, status)
}

fn left_out(finding: &Row<'_>) -> TestCase {
    let mut status = TestCaseStatus::skipped();
    if let Some(accepted) = &finding.accepted {
        let text = format!("accepted by {} until {}: {}", accepted.who, accepted.until, accepted.why);
        status.set_message(shown(&text));
    }
    case(finding, status)
}

fn case(finding: &Row<'_>, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(finding.id.as_str(), status);
    case.set_classname(shown(&finding.shown_place()));
    case
}

/// Line breaks of our own stay.
fn shown(text: &str) -> String {
    text.split('\n').map(clavicle_answer::visible).collect::<Vec<_>>().join("\n")
}
