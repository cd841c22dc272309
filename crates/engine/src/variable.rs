//! Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, and the escapes `${*}` `${?}` `${$}`.
//!
//! AWS: IAM User Guide, "IAM policy elements: Variables and tags".

use crate::key::Key;
use crate::multivalued;
use crate::pattern::Escape;

/// A variable of a pattern.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Variable {
    pub(crate) key: Key,
    /// AWS's lists say that the key has several values; such a key has no value as a variable.
    pub(crate) multivalued: bool,
    pub(crate) default: Option<Box<str>>,
}

/// What stands at the beginning of `text`, which begins with `${`, and how many bytes it takes; `None` when it is
/// plain text after all.
pub(crate) fn variable(text: &str) -> Option<(Escape, usize)> {
    let inner = text.strip_prefix("${")?;
    for character in ['*', '?', '$'] {
        if inner.strip_prefix(character).is_some_and(|rest| rest.starts_with('}')) {
            return Some((Escape::Character(character), 4));
        }
    }
    let end = inner.find(['}', ',', '{'])?;
    // AWS: "you cannot include a space in the variable name": with one it is the name of no key, and has no value.
    let name = inner.get(..end)?;
    let rest = inner.get(end..)?;
    if name.is_empty() || rest.starts_with('{') {
        return None;
    }
    // The default may be empty and may hold commas, quotes and braces: it ends at the first quote before a brace.
    let (default, after) = match rest.strip_prefix(',') {
        None => (None, rest.strip_prefix('}')?),
        Some(rest) => {
            // AWS: "separate the variable text and the default value with a comma and space". Anything else is no default.
            let quoted = rest.strip_prefix(" '")?;
            let close = quoted.find("'}")?;
            (Some(quoted.get(..close)?.into()), quoted.get(close + 2..)?)
        }
    };
    let key = Key::new(name);
    let multivalued = multivalued::is_multivalued(key.name());
    Some((Escape::Variable(Variable { key, multivalued, default }), text.len() - after.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, Option<String>, usize)> {
        match variable(text)? {
            (Escape::Variable(variable), length) => {
                Some((variable.key.name().to_owned(), variable.default.map(String::from), length))
            }
            (Escape::Character(character), length) => Some((character.to_string(), None, length)),
        }
    }

    #[test]
    fn defaults_may_be_empty_and_hold_commas() {
        assert_eq!(
            read("${aws:PrincipalTag/team, 'a, b'}x"),
            Some(("aws:principaltag/team".into(), Some("a, b".into()), 32))
        );
        assert_eq!(read("${k, ''}"), Some(("k".into(), Some(String::new()), 8)));
    }

    #[test]
    fn what_is_never_closed_is_text() {
        for text in ["${aws:username", "${}", "${k, x}", "${k, 'x}", "${k,'x'}", "${k,  'x'}", "${a${b}"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
