//! Policy variables as written: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, and the escapes `${*}` `${?}`
//! `${$}`.
//!
//! AWS: IAM User Guide, "IAM policy elements: Variables and tags". What an unreadable `${` does is not documented;
//! "IAM policy validation check reference" lists the ways to get it wrong, and each is a [`VariableFault`] here.

use std::ops::Range;

/// A `${` of a pattern or value, and what was made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placeholder<'t> {
    /// The bytes it takes, `${` and `}` included; of an unreadable one, what was looked at.
    pub range: Range<usize>,
    /// What it stands for.
    pub reads: Result<Variable<'t>, VariableFault>,
}

/// What stands between `${` and `}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variable<'t> {
    /// The value of a key of the request.
    Key {
        /// The key as written (case does not count when comparing).
        name: &'t str,
        /// The text to take when the request has no such key. May be empty.
        default: Option<&'t str>,
    },
    /// `${*}`, `${?}` or `${$}`: that character, not what it does.
    Character(char),
}

/// Why a `${` is no variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VariableFault {
    /// AWS: "Missing brace in variable".
    NotClosed,
    /// AWS: "Empty variable".
    Empty,
    /// AWS: "Missing quote in variable": "The policy variable default value must begin and end with a single quote".
    BadDefault,
}

/// Every `${` of `text`, in order. Whether `${` means anything where `text` stands is not looked at: see
/// [`Policy::has_variables`](crate::Policy::has_variables).
pub fn placeholders(text: &str) -> Placeholders<'_> {
    Placeholders { text, at: 0, may_close_default: true }
}

/// The iterator that [`placeholders`] makes.
#[derive(Debug, Clone)]
pub struct Placeholders<'t> {
    text: &'t str,
    at: usize,
    /// False once `'}` was looked for in vain: it cannot come later either. Keeps a text full of `${k, '` linear.
    may_close_default: bool,
}

impl<'t> Iterator for Placeholders<'t> {
    type Item = Placeholder<'t>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at + self.text.get(self.at..)?.find("${")?;
        let (length, reads) = self.read(self.text.get(start + 2..)?);
        let end = start + 2 + length;
        // Inside what is no variable there may be one.
        self.at = if reads.is_ok() { end } else { start + 2 };
        Some(Placeholder { range: start..end, reads })
    }
}

impl<'t> Placeholders<'t> {
    /// Reads what follows `${`; how many bytes it takes, and what it is.
    fn read(&mut self, inner: &'t str) -> (usize, Result<Variable<'t>, VariableFault>) {
        for character in ['*', '?', '$'] {
            if inner.strip_prefix(character).is_some_and(|rest| rest.starts_with('}')) {
                return (2, Ok(Variable::Character(character)));
            }
        }
        let end = inner.find(['}', ',', '{']).unwrap_or(inner.len());
        let (name, rest) = inner.split_at(end);
        let name = name.trim();
        match rest.bytes().next() {
            Some(b'}') if name.is_empty() => (end + 1, Err(VariableFault::Empty)),
            Some(b'}') => (end + 1, Ok(Variable::Key { name, default: None })),
            Some(b',') if name.is_empty() => (end + 1, Err(VariableFault::Empty)),
            Some(b',') => match self.default(rest) {
                Some((default, length)) => (end + length, Ok(Variable::Key { name, default: Some(default) })),
                None => {
                    let stop = rest
                        .find(['}', '{'])
                        .map_or(rest.len(), |stop| stop + usize::from(rest[stop..].starts_with('}')));
                    (end + stop, Err(VariableFault::BadDefault))
                }
            },
            _ => (end, Err(VariableFault::NotClosed)),
        }
    }

    /// The default value that `rest`, which begins with the comma, holds, and how many bytes it all takes. It may be
    /// empty and may hold commas, quotes and braces: it ends at the first quote before a brace.
    ///
    /// AWS: "IAM policy elements: Variables and tags": "separate the variable text and the default value with a comma and
    /// space".
    fn default(&mut self, rest: &'t str) -> Option<(&'t str, usize)> {
        let quoted = rest.strip_prefix(", '")?;
        if !self.may_close_default {
            return None;
        }
        let close = quoted.find("'}");
        self.may_close_default = close.is_some();
        let default = quoted.get(..close?)?;
        Some((default, rest.len() - quoted.len() + default.len() + 2))
    }
}

#[cfg(test)]
mod tests {
    use super::{Variable, VariableFault, placeholders};

    fn read(text: &str) -> Vec<(&str, Result<Variable<'_>, VariableFault>)> {
        placeholders(text).map(|found| (&text[found.range], found.reads)).collect()
    }

    fn key<'t>(name: &'t str, default: Option<&'t str>) -> Result<Variable<'t>, VariableFault> {
        Ok(Variable::Key { name, default })
    }

    #[test]
    fn names_and_defaults_are_told_apart() {
        assert_eq!(read("home/${aws:username}/*"), [("${aws:username}", key("aws:username", None))]);
        assert_eq!(
            read("${aws:PrincipalTag/team, 'company-wide'}"),
            [(
                "${aws:PrincipalTag/team, 'company-wide'}",
                key("aws:PrincipalTag/team", Some("company-wide"))
            )]
        );
        assert_eq!(read("${k, ''}"), [("${k, ''}", key("k", Some("")))]);
        assert_eq!(read("${k,'d'}"), [("${k,'d'}", Err(VariableFault::BadDefault))]);
        assert_eq!(read("${k, 'it's {a}, b'}x"), [("${k, 'it's {a}, b'}", key("k", Some("it's {a}, b")))]);
        assert_eq!(read("${a}${ é }"), [("${a}", key("a", None)), ("${ é }", key("é", None))]);
    }

    #[test]
    fn escapes_stand_for_their_character() {
        let characters = ['*', '?', '$'].map(|character| Ok(Variable::Character(character)));
        let found: Vec<_> = read("${*}a${?}${$}").into_iter().map(|(_, reads)| reads).collect();
        assert_eq!(found, characters);
    }

    #[test]
    fn what_is_no_variable_says_why() {
        use VariableFault::{BadDefault, Empty, NotClosed};
        for (text, looked_at, fault) in [
            ("a${aws:username", "${aws:username", NotClosed),
            ("${aws:username{", "${aws:username", NotClosed),
            ("${", "${", NotClosed),
            ("${}", "${}", Empty),
            ("${ }", "${ }", Empty),
            ("${, 'x'}", "${,", Empty),
            ("${k, x}y", "${k, x}", BadDefault),
            ("${k, 'x}y", "${k, 'x}", BadDefault),
            ("${k, 'x", "${k, 'x", BadDefault),
            ("${k, \"x\"}", "${k, \"x\"}", BadDefault),
        ] {
            assert_eq!(read(text), [(looked_at, Err(fault))], "{text}");
        }
        let nested = read("${aws:${aws:username}");
        assert_eq!(nested, [("${aws:$", Err(NotClosed)), ("${aws:username}", key("aws:username", None))]);
    }

    #[test]
    fn a_text_of_openings_only_ends() {
        assert_eq!(placeholders(&"${k, '".repeat(100_000)).count(), 100_000);
    }
}
