//! `docs/lint-rules.md`: every rule, from the words and texts that the program itself uses.

use crate::rule::{Example, Rule, Severity};
use crate::rules;

/// The page. `docs/lint-rules.md` is this text; a test holds it to that.
pub fn rules_page() -> String {
    let mut page = "\
# Rules for policy files

What `clavicle check FILE…` looks for in the text of a policy. `clavicle explain RULE` prints the same words. The texts
under \"reports\" and \"does not\" are the tests of the rule; those that begin with an element are the only statement of a
policy of version 2012-10-17.

Made from the program by `cargo test -p clavicle-lint --test lint pages`; do not edit.

"
    .to_owned();
    for severity in Severity::ALL {
        let means = match severity {
            Severity::Error => "AWS refuses it, or it can do nothing of what it says",
            Severity::Security => "it gives more than it should",
            Severity::Warning => "it does not do what it seems to",
            Severity::Suggestion => "it says the same with less, or says it more clearly",
        };
        page.push_str(&format!("- **{severity}**: {means}\n"));
    }
    page.push_str("\n| rule | severity | what it finds |\n|---|---|---|\n");
    for rule in rules() {
        page.push_str(&format!("| [`{0}`](#{0}) | {1} | {2} |\n", rule.id, rule.severity, rule.title));
    }
    for rule in rules() {
        add(&mut page, rule);
    }
    page
}

fn add(page: &mut String, rule: &Rule) {
    page.push_str(&format!("\n## {}\n", rule.id));
    for text in [
        rule.means.to_owned(),
        format!("Why: {}", rule.why),
        format!("What to do: {}", rule.fix),
        format!("Severity: {}", rule.severity),
    ] {
        page.push_str(&format!("\n{text}\n"));
    }
    for (heading, examples) in [("Reports", rule.bad), ("Does not", rule.good)] {
        if !examples.is_empty() {
            page.push_str(&format!("\n{heading}:\n\n"));
            for Example { kind, text } in examples {
                page.push_str(&format!("```json\n// {}\n{text}\n```\n", kind.title()));
            }
        }
    }
    page.push_str(&format!("\nAWS: <{}>\n", rule.source));
}
