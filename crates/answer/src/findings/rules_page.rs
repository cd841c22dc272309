//! `docs/rules.md`: every rule, from the words that the program itself uses.

use super::{Rule, rules};

/// The page. `docs/rules.md` is this text; a test holds it to that.
pub fn rules_page() -> String {
    let mut page = "\
# Rules

What `clavicle check` looks for. One finding is one cause, however much it reaches; its id is made of the rule and the
cause, so it is the same in every snapshot until the cause goes. `clavicle explain RULE` prints the same words.

Made from the program by `cargo test -p clavicle-answer --test answer rules_page`; do not edit.

| rule | what it finds |
|---|---|
"
    .to_owned();
    for rule in rules() {
        page.push_str(&format!("| [`{0}`](#{0}) | {1} |\n", rule.id, rule.title));
    }
    for Rule { id, means, why, fix, severity, sources, .. } in rules() {
        page.push_str(&format!("\n## {id}\n"));
        for text in [
            (*means).to_owned(),
            format!("Why: {why}"),
            format!("What to do: {fix}"),
            format!("Severity: {severity}"),
        ] {
            page.push_str(&format!("\n{}\n", wrapped(&text)));
        }
        let sources: Vec<String> = sources.iter().map(|source| format!("<{source}>")).collect();
        if !sources.is_empty() {
            page.push_str(&format!("\nAWS: {}\n", sources.join(", ")));
        }
    }
    page
}

/// Lines of at most 120 characters.
fn wrapped(text: &str) -> String {
    const WIDTH: usize = 120;
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let Some(last) = lines.last_mut() else { continue };
        if !last.is_empty() && last.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(word.to_owned());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines.join("\n")
}
