//! Letters that nobody sees.

use clavicle_policy::{Span, Statement};

use crate::look::{Family, Look, action_patterns, clauses, resource_patterns};
use crate::rule::{Rule, Severity, guide, identity};

pub(super) const FAMILY: Family = Family { rules: &[&HIDDEN_LETTER], look };

static HIDDEN_LETTER: Rule = Rule {
    id: "hidden-letter",
    severity: Severity::Warning,
    title: "a letter that nobody sees",
    means: "An action, a resource, a principal, a condition key or one of its values has a character that is not shown, a space that is not the usual one, or a space at its beginning or end.",
    why: "The text is compared with every letter of it: what looks like a name is another name, which matches nothing, or a thing that somebody else may make.",
    fix: "Type the text anew.",
    aws: &[],
    source: guide!("reference_policies_elements_condition_operators"),
    bad: &[
        identity(r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::led\u200bger/*""#),
        identity(
            r#""Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-abcdefghij "}}"#,
        ),
    ],
    good: &[identity(
        r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::ledger/naïve/*", "arn:aws:s3:::ledger/My Documents/*"]"#,
    )],
};

fn look(look: &mut Look<'_>) {
    for (_, statement) in look.statements() {
        for (text, span) in texts(statement) {
            if let Some(message) = hidden(text) {
                look.report(&HIDDEN_LETTER, span, message, "type it anew".to_owned());
            }
        }
    }
}

/// What of a statement is compared letter by letter, but for its own elements and operators, which are of a list.
fn texts(statement: &Statement) -> Vec<(&str, Span)> {
    let patterns = action_patterns(statement).iter().chain(resource_patterns(statement));
    let mut texts: Vec<(&str, Span)> = patterns.map(|pattern| (&*pattern.value, pattern.span)).collect();
    if let Some(principal) = &statement.principal {
        let entries = principal.entries.iter().map(|entry| &entry.value);
        texts.extend(principal.bare.iter().chain(entries).map(|name| (&*name.value, name.span)));
    }
    for clause in clauses(statement) {
        texts.push((&clause.key.value, clause.key.span));
        texts.extend(clause.values.iter().map(|value| (value.value.text(), value.span)));
    }
    texts
}

fn hidden(text: &str) -> Option<String> {
    if let Some(letter) = text.chars().find(|letter| is_hidden(*letter)) {
        return Some(format!("U+{:04X} stands in this text and is not seen", u32::from(letter)));
    }
    let at = match (text.starts_with(' '), text.ends_with(' ')) {
        (true, _) => "begins",
        (_, true) => "ends",
        _ => return None,
    };
    (text.trim() != "").then(|| format!("this text {at} with a space"))
}

/// Unicode: categories Cc, Zl, Zp, those of Cf that are not shown, and spaces of Zs but the usual one.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || letter != ' ' && letter.is_whitespace()
        || matches!(letter,
            '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
