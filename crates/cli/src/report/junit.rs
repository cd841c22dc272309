//! Findings as the report of a test run: a rule is a suite, a finding a test that failed, an accepted one a test that was
//! left out, and a rule that found nothing a test that passed.

use clavicle_answer::visible;
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
    let (sentence, reason, fix) =
        (visible(&finding.sentence), visible(&finding.reason), visible(&finding.fix));
    // What is printed in a job of GitHub is read for commands, each of which begins a line: no name begins one.
    let description = format!("{sentence}\nWhy: {reason}\nFix: {fix}");
    status.set_type(finding.severity_word()).set_message(sentence).set_description(description);
    case(finding, status)
}

fn left_out(finding: &Row<'_>) -> TestCase {
    let mut status = TestCaseStatus::skipped();
    if let Some(accepted) = &finding.accepted {
        let text = format!("accepted by {} until {}: {}", accepted.who, accepted.until, accepted.why);
        status.set_message(visible(&text));
    }
    case(finding, status)
}

fn case(finding: &Row<'_>, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(finding.id.as_str(), status);
    case.set_classname(visible(&finding.shown_place()));
    case
}
