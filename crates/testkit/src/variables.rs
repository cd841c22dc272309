//! Policy variables: `${key}`, `${key, 'default'}` and the escapes `${*}`, `${?}`, `${$}` (rules 4.1 to 4.6).

use crate::condition::is_multivalued;
use crate::context::{Context, Held};
use crate::glob::{Piece, wild};
use crate::truth::Truth;
use std::collections::BTreeSet;

/// A text of a policy after its variables were replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expanded {
    /// The pattern. Where a variable's key is unknown stands a run, since any value may come there.
    pub(crate) pieces: Vec<Piece>,
    /// The unknown keys that the pattern hangs on.
    pub(crate) unknown: BTreeSet<String>,
}

impl Expanded {
    /// The truth of "this text matches", given whether the pieces match: a pattern that fails even with a run in
    /// place of the unknown value fails with every value, and without one (rule 4.6).
    pub(crate) fn truth(&self, pieces_match: bool) -> Truth {
        if pieces_match && !self.unknown.is_empty() {
            Truth::Unknown(self.unknown.clone())
        } else {
            Truth::from(pieces_match)
        }
    }

    /// The text, where no wildcard is left in it.
    pub(crate) fn literal(&self) -> Option<String> {
        self.pieces.iter().map(|piece| if let Piece::Char(c) = piece { Some(*c) } else { None }).collect()
    }
}

/// How the characters outside variables are read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading<'a> {
    /// Only policies of version 2012-10-17 have variables; elsewhere `${…}` is plain text (rule 4.1).
    pub(crate) variables: Option<Context<'a>>,
    /// `*` and `?` are wildcards.
    pub(crate) wildcards: bool,
}

/// Replaces the variables of a text; `None` if one of them has no value (rule 4.6).
pub(crate) fn expand(text: &str, reading: Reading<'_>) -> Option<Expanded> {
    let mut expanded = Expanded { pieces: Vec::new(), unknown: BTreeSet::new() };
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if let Some(context) = reading.variables
            && let Some((variable, after)) = cut_variable(rest)
        {
            // A substituted value is literal: its `*` and `?` are no wildcards (rule 4.5).
            match variable {
                Variable::Escape(literal) => expanded.pieces.push(Piece::Char(literal)),
                Variable::Key { name, default } => match (value_of(context, name), default) {
                    (Held::Single(value), _) => expanded.pieces.extend(value.chars().map(Piece::Char)),
                    (Held::Unknown(key) | Held::Present(key), _) => {
                        expanded.pieces.push(Piece::Run);
                        expanded.unknown.insert(key);
                    }
                    // A multivalued key has no value here (rule 4.3).
                    (Held::Absent | Held::Many(_), Some(default)) => {
                        expanded.pieces.extend(default.chars().map(Piece::Char));
                    }
                    (Held::Absent | Held::Many(_), None) => return None,
                },
            }
            rest = after;
        } else {
            expanded.pieces.push(if reading.wildcards { wild(character) } else { Piece::Char(character) });
            rest = &rest[character.len_utf8()..];
        }
    }
    Some(expanded)
}

/// A key that can hold several values has none as a variable, though only one was sent (rule 4.3).
fn value_of(context: Context<'_>, name: &str) -> Held {
    if is_multivalued(name) { Held::Absent } else { context.held(name) }
}

enum Variable<'a> {
    Escape(char),
    Key { name: &'a str, default: Option<&'a str> },
}

/// The variable at the start of the text and what follows it.
fn cut_variable(text: &str) -> Option<(Variable<'_>, &str)> {
    let inside = text.strip_prefix("${")?;
    let end = inside.find([',', '}'])?;
    let name = &inside[..end];
    // Rule 4.4: after comma, space, quote, up to the quote before the brace; may be empty or hold commas.
    if let Some(quoted) = inside[end..].strip_prefix(", '") {
        let close = quoted.find("'}")?;
        return Some((Variable::Key { name, default: Some(&quoted[..close]) }, &quoted[close + 2..]));
    }
    let after = inside[end..].strip_prefix('}')?;
    let variable = match name {
        "*" | "?" | "$" => Variable::Escape(name.chars().next()?),
        "" => return None,
        name => Variable::Key { name, default: None },
    };
    Some((variable, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn literal(text: &str) -> Option<String> {
        let keys = json!({ "aws:username": "ann", "aws:TagKeys": ["a", "b"], "aws:PrincipalTag/star": "*" });
        let keys = keys.as_object().unwrap();
        let reading =
            Reading { variables: Some(Context { keys, unknown: &[], present: &[] }), wildcards: false };
        expand(text, reading).map(|expanded| expanded.literal().unwrap())
    }

    #[test]
    fn variables_are_replaced() {
        for (text, expected) in [
            ("home/${aws:username}/x", Some("home/ann/x")),
            ("${AWS:USERNAME}", Some("ann")),
            ("${aws:userid}", None),
            ("${aws:userid, 'no, body'}-x", Some("no, body-x")),
            ("${aws:userid, ''}", Some("")),
            ("${aws:TagKeys}", None),
            ("${aws:TagKeys, 'set'}", Some("set")),
            ("${*}${?}${$}", Some("*?$")),
            ("${aws:PrincipalTag/star}", Some("*")),
            ("${unclosed", Some("${unclosed")),
        ] {
            assert_eq!(literal(text).as_deref(), expected, "{text}");
        }
    }
}
