//! `docs/lint-coverage.md`: which rule answers to each of AWS's own checks.

use crate::{Rule, rules};

/// Checks that no rule answers to, with the reason.
const NOT_COVERED: &[(&str, &str)] = &[
    ("error-scp-syntax-error-action-wildcard", SCP),
    ("error-scp-syntax-error-allow-condition", SCP),
    ("error-scp-syntax-error-allow-notaction", SCP),
    ("error-scp-syntax-error-allow-resource", SCP),
    ("error-scp-syntax-error-notresource", SCP),
];

const SCP: &str = "no fault any more: service control policies take the whole language, with both effects \
    ([SCP syntax](https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html))";

/// The page, for AWS's checks by level, anchor and name. `docs/lint-coverage.md` is this text; a test holds it to that.
/// A check that neither a rule nor a reason answers to is an error, by its anchor.
pub fn coverage_page<'c>(
    checks: impl Iterator<Item = (&'c str, &'c str, &'c str)>,
) -> Result<String, Vec<String>> {
    let mut page = "\
# AWS's own checks

Which rule answers to each check of IAM Access Analyzer, by the list of the IAM User Guide, [IAM policy validation check
reference](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html), as it stood in May 2023
and then what has been added to it since. Where a rule has another severity than AWS's check, that is on purpose:
[rules](lint-rules.md) say why each matters.

Made from the program by `cargo test -p clavicle-lint --test lint pages`; do not edit.

| level | check | rule |
|---|---|---|
"
    .to_owned();
    let mut open = Vec::new();
    let (mut covered, mut reasons) = (0, 0);
    for (level, anchor, name) in checks {
        let answers: Vec<String> =
            answering(anchor).map(|rule| format!("[`{0}`](lint-rules.md#{0})", rule.id)).collect();
        let reason = NOT_COVERED.iter().find(|(known, _)| *known == anchor).map(|(_, reason)| *reason);
        let answer = match (answers.as_slice(), reason) {
            ([], None) => {
                open.push(anchor.to_owned());
                continue;
            }
            ([], Some(reason)) => {
                reasons += 1;
                reason.to_owned()
            }
            (answers, _) => {
                covered += 1;
                answers.join(", ")
            }
        };
        let level = level.to_ascii_lowercase().replace('_', " ");
        page.push_str(&format!("| {level} | {name} | {answer} |\n"));
    }
    page.push_str(&format!("\n{covered} checks are answered by a rule, {reasons} by a reason.\n"));
    let own: Vec<String> = rules()
        .filter(|rule| rule.aws.is_empty())
        .map(|rule| format!("[`{0}`](lint-rules.md#{0})", rule.id))
        .collect();
    page.push_str(&format!("\nRules that answer to no check of that list: {}.\n", own.join(", ")));
    if open.is_empty() { Ok(page) } else { Err(open) }
}

fn answering(anchor: &str) -> impl Iterator<Item = &'static Rule> {
    rules().filter(move |rule| rule.aws.contains(&anchor))
}
