//! Patterns in which policy variables stand: `arn:aws:s3:::home/${aws:username}/*`.
//!
//! What a variable stands for comes with the request, so such a pattern has no language of its own. It has an upper
//! bound, with `*` for each variable, a pattern in which each variable is a letter of its own (see
//! [`Element::Secret`]): what holds of all words with that letter holds whatever the value; and, once the values of
//! the keys are known, an ordinary pattern.
//!
//! AWS: IAM User Guide, "IAM policy elements: Variables and tags".

use std::collections::HashMap;

use clavicle_policy::{Variable as Written, placeholders};

use crate::pattern::{Element, Pattern, fold};

/// A policy variable.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Variable {
    /// The key, in lower case.
    pub(crate) key: Box<str>,
    pub(crate) default: Option<Box<str>>,
    /// A key with several values has no value as a variable.
    pub(crate) multivalued: bool,
}

/// One element of a template. There is one for every letter of a policy, so the rare variable lies elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Piece {
    Element(Element),
    /// `in_part`: it stands in one of the first five parts of an ARN, which hold no colon.
    Variable {
        variable: Box<Variable>,
        in_part: bool,
    },
}

/// How a text is to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    pub(crate) wildcards: bool,
    /// Only policies of version 2012-10-17 have variables.
    pub(crate) variables: bool,
    pub(crate) fold: bool,
}

/// A pattern with variables, or without.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Template {
    pieces: Box<[Piece]>,
    /// Case does not count.
    fold: bool,
}

/// The values of keys: a text, or none for a key that is absent.
pub(crate) type Values = HashMap<Box<str>, Option<String>>;

/// What is known of a variable.
pub(crate) enum Bind {
    Value(String),
    /// It has no value.
    Nothing,
    /// It comes with the request.
    Still,
}

impl Template {
    /// A value of a string operator.
    pub(crate) fn of_text(text: &str, reading: Reading) -> Self {
        let mut pieces = Vec::with_capacity(text.len());
        read(text, reading, false, &mut pieces);
        Self { pieces: pieces.into(), fold: reading.fold }
    }

    fn cased(pieces: impl Into<Box<[Piece]>>) -> Self {
        Self { pieces: pieces.into(), fold: false }
    }

    /// An entry of `Resource` or `NotResource`. `None` if nothing matches it.
    ///
    /// AWS: IAM User Guide, "IAM JSON policy elements: Resource". An ARN of fewer parts is read as "and whatever follows"
    /// if it ends in `*`, on which AWS is silent.
    pub(crate) fn of_resource(text: &str, variables: bool) -> Option<Self> {
        if !text.is_empty() && text.bytes().all(|byte| byte == b'*') {
            return Some(Self::cased([Piece::Element(Element::Run)]));
        }
        let mut parts = parts(text);
        if parts.len() < 6 {
            if !text.ends_with('*') {
                return None;
            }
            parts.resize(6, "*");
        }
        Self::of_parts(&parts, |place| variables && place == 5)
    }

    /// A value of an ARN operator. `None` if nothing matches it.
    pub(crate) fn of_arn(text: &str, variables: bool) -> Option<Self> {
        let parts = parts(text);
        if parts.len() < 6 {
            return None;
        }
        Self::of_parts(&parts, |_| variables)
    }

    fn of_parts(parts: &[&str], variables: impl Fn(usize) -> bool) -> Option<Self> {
        let length = parts.iter().map(|part| part.len() + 1).sum();
        let mut pieces = Vec::with_capacity(length);
        for (place, part) in parts.iter().enumerate() {
            let start = pieces.len();
            if place > 0 {
                pieces.push(Piece::Element(Element::Char(':')));
            }
            let begin = pieces.len();
            let reading = Reading { wildcards: true, variables: variables(place), fold: false };
            read(part, reading, place < 5, &mut pieces);
            // A part that holds a colon, which an unreadable `${` can do, is no part of any ARN.
            if place < 5
                && pieces.iter().skip(begin).any(|piece| *piece == Piece::Element(Element::Char(':')))
            {
                return None;
            }
            // Every ARN begins with `arn`.
            let is_fixed = || pieces.iter().all(|piece| matches!(piece, Piece::Element(_)));
            if place == 0 && *part != "arn" && is_fixed() {
                if !pattern(&pieces, |_, _| None)?.matches("arn") {
                    return None;
                }
                pieces.truncate(start);
                pieces.extend("arn".chars().map(|letter| Piece::Element(Element::Char(letter))));
            }
        }
        Some(Self::cased(pieces))
    }

    /// An entry of `Action` or `NotAction`, in lower case. `None` if nothing matches it.
    pub(crate) fn of_action(text: &str) -> Option<Self> {
        if !text.is_empty() && text.bytes().all(|byte| byte == b'*') {
            return Some(Self::cased([Piece::Element(Element::Run)]));
        }
        let (service, name) = text.split_once(':')?;
        let reading = Reading { wildcards: true, variables: false, fold: false };
        let mut pieces = Vec::with_capacity(text.len());
        read(service, reading, true, &mut pieces);
        pieces.push(Piece::Element(Element::Char(':')));
        read(name, reading, true, &mut pieces);
        Some(Self::cased(pieces))
    }

    /// Does every text match?
    pub(crate) fn is_any(&self) -> bool {
        let run = |piece: &Piece| matches!(piece, Piece::Element(element) if element.is_run());
        self.pieces.iter().all(run) && self.pieces.contains(&Piece::Element(Element::Run))
    }

    /// The pattern, if no variable stands in it.
    pub(crate) fn fixed(&self) -> Option<Pattern> {
        pattern(&self.pieces, |_, _| None)
    }

    /// The key, in lower case, whose value this is and nothing else.
    pub(crate) fn value_of(&self) -> Option<&str> {
        match &*self.pieces {
            [Piece::Variable { variable, .. }] if variable.default.is_none() => Some(&variable.key),
            _ => None,
        }
    }

    /// A pattern that admits whatever this can match.
    pub(crate) fn upper(&self) -> Pattern {
        let any = |_: &Variable, in_part| Some(vec![if in_part { Element::RunInPart } else { Element::Run }]);
        // With something for each variable there is always a pattern.
        pattern(&self.pieces, any).unwrap_or_else(Pattern::any)
    }

    /// The pattern with a letter of its own for each variable. Where case does not count it is another letter.
    pub(crate) fn secret(&self, mut number: impl FnMut(&Variable, bool) -> u32) -> Option<Pattern> {
        pattern(&self.pieces, |variable, _| Some(vec![Element::Secret(number(variable, self.fold))]))
    }

    /// The pattern for these values; `None` if it matches nothing, as with a variable that has no value.
    pub(crate) fn with_values(&self, values: &Values) -> Option<Pattern> {
        pattern(&self.pieces, |variable, in_part| {
            let own = if variable.multivalued { None } else { values.get(&variable.key).cloned().flatten() };
            let value = own.or_else(|| variable.default.as_deref().map(str::to_owned))?;
            if in_part && value.contains(':') {
                return None;
            }
            let letter =
                |character| if self.fold { Element::Fold(fold(character)) } else { Element::Char(character) };
            Some(value.chars().map(letter).collect())
        })
    }

    /// The template with known values in the place of variables; `None` if it matches nothing.
    pub(crate) fn bind(&self, mut known: impl FnMut(&Variable) -> Bind) -> Option<Self> {
        let mut pieces = Vec::new();
        for piece in &self.pieces {
            let Piece::Variable { variable, in_part } = piece else {
                pieces.push(piece.clone());
                continue;
            };
            let own = match known(variable) {
                Bind::Still if variable.multivalued => None,
                Bind::Still => {
                    pieces.push(piece.clone());
                    continue;
                }
                Bind::Value(text) if !variable.multivalued => Some(text),
                Bind::Value(_) | Bind::Nothing => None,
            };
            let value = own.or_else(|| variable.default.as_deref().map(str::to_owned))?;
            if *in_part && value.contains(':') {
                return None;
            }
            pieces.extend(value.chars().map(|character| {
                Piece::Element(if self.fold {
                    Element::Fold(fold(character))
                } else {
                    Element::Char(character)
                })
            }));
        }
        Some(Self { pieces: pieces.into(), fold: self.fold })
    }

    /// Does case not count?
    pub(crate) fn folds(&self) -> bool {
        self.fold
    }

    pub(crate) fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Variable { variable, .. } => Some(&**variable),
            Piece::Element(_) => None,
        })
    }

    /// The variable, if that is all.
    pub(crate) fn whole(&self) -> Option<&Variable> {
        match &*self.pieces {
            [Piece::Variable { variable, in_part: false }] => Some(variable),
            _ => None,
        }
    }

    /// What the one variable of the template stands for in `text`, if letters stand around it on one side at least.
    pub(crate) fn value_in<'t>(&self, text: &'t str) -> Option<(&Variable, &'t str)> {
        let letters = |pieces: &[Piece]| -> Option<String> {
            let letter = |piece: &Piece| match piece {
                Piece::Element(Element::Char(letter)) => Some(*letter),
                _ => None,
            };
            pieces.iter().map(letter).collect()
        };
        let at = self.pieces.iter().position(|piece| matches!(piece, Piece::Variable { .. }))?;
        let (before, rest) = self.pieces.split_at(at);
        let Some((Piece::Variable { variable, .. }, after)) = rest.split_first() else { return None };
        let rest = text.strip_prefix(letters(before)?.as_str())?;
        let value = match letters(after) {
            Some(after) => rest.strip_suffix(after.as_str())?,
            None => {
                // Up to the next letters, as far as they reach.
                let run: Vec<Piece> = after
                    .iter()
                    .take_while(|piece| matches!(piece, Piece::Element(Element::Char(_))))
                    .cloned()
                    .collect();
                let next = letters(&run)?;
                rest.get(..rest.find(next.as_str())?)?
            }
        };
        Some((variable, value))
    }
}

/// Takes a text apart.
fn read(text: &str, reading: Reading, in_part: bool, into: &mut Vec<Piece>) {
    let plain = |text: &str, into: &mut Vec<Piece>| {
        into.extend(text.chars().map(|character| {
            Piece::Element(match character {
                '*' if reading.wildcards && in_part => Element::RunInPart,
                '*' if reading.wildcards => Element::Run,
                '?' if reading.wildcards && in_part => Element::OneInPart,
                '?' if reading.wildcards => Element::One,
                other => letter(other, reading),
            })
        }));
    };
    let mut at = 0;
    if reading.variables {
        for placeholder in placeholders(text) {
            let Ok(written) = placeholder.reads else { continue };
            plain(text.get(at..placeholder.range.start).unwrap_or(""), into);
            at = placeholder.range.end;
            into.push(match written {
                Written::Character(character) => Piece::Element(letter(character, reading)),
                Written::Key { name, default } => {
                    let key: Box<str> = name.to_lowercase().into();
                    let multivalued = clavicle_engine::is_multivalued(&key);
                    Piece::Variable {
                        variable: Box::new(Variable { key, default: default.map(Into::into), multivalued }),
                        in_part,
                    }
                }
            });
        }
    }
    plain(text.get(at..).unwrap_or(""), into);
}

fn letter(character: char, reading: Reading) -> Element {
    if reading.fold { Element::Fold(fold(character)) } else { Element::Char(character) }
}

fn pattern(
    pieces: &[Piece],
    mut value: impl FnMut(&Variable, bool) -> Option<Vec<Element>>,
) -> Option<Pattern> {
    let mut elements = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match piece {
            Piece::Element(element) => elements.push(*element),
            Piece::Variable { variable, in_part } => elements.extend(value(variable, *in_part)?),
        }
    }
    Some(Pattern::new(elements))
}

/// Cuts at the first five colons that are not inside `${…}`.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::with_capacity(6);
    let (mut start, mut inside, mut before) = (0, false, None);
    for (offset, character) in text.char_indices() {
        match character {
            '{' if before == Some('$') => inside = true,
            '}' => inside = false,
            ':' if !inside && parts.len() < 5 => {
                parts.push(text.get(start..offset).unwrap_or(""));
                start = offset + 1;
            }
            _ => {}
        }
        before = Some(character);
    }
    parts.push(text.get(start..).unwrap_or(""));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> Values {
        pairs.iter().map(|(key, value)| ((*key).into(), Some((*value).to_owned()))).collect()
    }

    #[test]
    fn a_variable_takes_its_value_as_letters() {
        let home = Template::of_resource("arn:aws:s3:::home/${aws:username}/*", true).expect("a pattern");
        assert!(home.fixed().is_none());
        assert!(home.upper().matches("arn:aws:s3:::home/a/b/c"));
        let own = home.with_values(&values(&[("aws:username", "d*")])).expect("a value");
        assert!(own.matches("arn:aws:s3:::home/d*/x") && !own.matches("arn:aws:s3:::home/da/x"));
        assert!(home.with_values(&Values::new()).is_none());
        let found = home.value_in("arn:aws:s3:::home/dana/x").map(|(_, value)| value);
        assert_eq!(found, Some("dana"));
    }

    #[test]
    fn parts_are_cut_before_values_come() {
        let queue =
            Template::of_resource("arn:aws:sqs:us-east-2:*:${aws:username}-q", true).expect("a pattern");
        assert!(queue.upper().matches("arn:aws:sqs:us-east-2:1:x-q"));
        assert!(!queue.upper().matches("arn:aws:sqs:us-east-2:1:2:x-r"));
        let stacks = Template::of_resource("arn:aws:cloudformation:*:stack/x", true);
        assert_eq!(stacks, None, "five parts, and no `*` at the end");
        let key = Template::of_arn("arn:aws:iam::${aws:PrincipalAccount}:role/*", true).expect("a pattern");
        assert!(key.with_values(&values(&[("aws:principalaccount", "1:2")])).is_none());
    }

    #[test]
    fn the_first_part_is_arn() {
        let any = Template::of_arn("*:aws:iam::1:role/r", false).and_then(|t| t.fixed()).expect("a pattern");
        assert!(any.matches("arn:aws:iam::1:role/r") && !any.matches("x:aws:iam::1:role/r"));
        assert_eq!(Template::of_arn("x:aws:iam::1:role/r", false), None);
    }
}
