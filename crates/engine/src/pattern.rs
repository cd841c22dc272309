//! Texts with wildcards and policy variables, compiled.
//!
//! A pattern is a list of pieces: literal text, `?`, `*`, and variables, whose value comes with the request. Most
//! patterns are a literal, or a literal followed by one `*`; those take a short way.
//!
//! Matching is the classic one for globs: go forward, and on a mismatch let the last `*` take one character more. One
//! `*` back is enough, because an earlier `*` that took more could only leave less for the rest.

use crate::beginning::Beginning;
use crate::request::{Request, Seen};
use crate::tri::Tri;
use crate::variable::{Variable, variable};

/// Offsets of the first five colons of an ARN, which no wildcard may take.
type Cuts<'a> = Option<&'a [u32; 5]>;

/// How a pattern is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    /// `*` and `?` are wildcards.
    pub(crate) wildcards: bool,
    /// `${…}` is a variable: only in policies of version 2012-10-17.
    pub(crate) variables: bool,
    /// Case does not count.
    pub(crate) fold: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pattern {
    shape: Shape,
    fold: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Any,
    Literal(Beginning),
    Prefix(Beginning),
    /// One `*` with text behind it, and perhaps before it. Case counts.
    Between(Box<Beginning>, Beginning),
    Pieces(Box<[Piece]>),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Piece {
    Text(Box<str>),
    /// `?`
    One,
    /// `*`
    Run,
    Variable(Variable),
}

impl Pattern {
    pub(crate) fn new(text: &str, reading: Reading) -> Self {
        let is_special = |byte: u8| match byte {
            b'*' | b'?' => reading.wildcards,
            byte => byte == b'$' && reading.variables,
        };
        if !text.bytes().any(is_special) {
            return Self { shape: Shape::Literal(Beginning::new(text)), fold: reading.fold };
        }
        let pieces = pieces(text, reading);
        let shape = match pieces.as_slice() {
            [] => Shape::Literal(Beginning::new("")),
            [Piece::Run] => Shape::Any,
            [Piece::Text(text)] => Shape::Literal(Beginning::new(text)),
            [Piece::Text(text), Piece::Run] => Shape::Prefix(Beginning::new(text)),
            [Piece::Run, Piece::Text(tail)] if !reading.fold => {
                Shape::Between(Box::new(Beginning::new("")), Beginning::new(tail))
            }
            [Piece::Text(head), Piece::Run, Piece::Text(tail)] if !reading.fold => {
                Shape::Between(Box::new(Beginning::new(head)), Beginning::new(tail))
            }
            _ => Shape::Pieces(pieces.into_boxed_slice()),
        };
        Self { shape, fold: reading.fold }
    }

    pub(crate) fn is_any(&self) -> bool {
        matches!(self.shape, Shape::Any)
    }

    /// The text, when only that text matches.
    pub(crate) fn literal(&self) -> Option<&str> {
        match &self.shape {
            Shape::Literal(text) => Some(text.text()),
            _ => None,
        }
    }

    /// The text, when only that very text matches, case included.
    pub(crate) fn exact_literal(&self) -> Option<&str> {
        self.literal().filter(|_| !self.fold)
    }

    /// The text that all matches begin with, case included, when all texts that begin with it match.
    pub(crate) fn exact_prefix(&self) -> Option<&str> {
        self.prefix().filter(|_| !self.fold || self.is_any())
    }

    /// The text that all matches begin with, when all texts that begin with it match.
    pub(crate) fn prefix(&self) -> Option<&str> {
        match &self.shape {
            Shape::Any => Some(""),
            Shape::Prefix(text) => Some(text.text()),
            _ => None,
        }
    }

    /// The text that all matches begin with, case included: perhaps not all that there is.
    pub(crate) fn lead(&self) -> &str {
        match &self.shape {
            _ if self.fold => "",
            Shape::Any => "",
            Shape::Literal(text) | Shape::Prefix(text) => text.text(),
            Shape::Between(head, _) => head.text(),
            Shape::Pieces(pieces) => match pieces.first() {
                Some(Piece::Text(text)) => text,
                _ => "",
            },
        }
    }

    pub(crate) fn variables(&self) -> impl Iterator<Item = &Variable> {
        let pieces: &[Piece] = match &self.shape {
            Shape::Pieces(pieces) => pieces,
            _ => &[],
        };
        pieces.iter().filter_map(|piece| match piece {
            Piece::Variable(variable) => Some(variable),
            _ => None,
        })
    }

    #[inline]
    pub(crate) fn matches(&self, text: &str, request: &Request<'_>) -> Tri {
        match &self.shape {
            Shape::Any => Tri::Yes,
            Shape::Literal(literal) if self.fold => {
                folded_prefix(text, literal.text()).is_some_and(|end| end == text.len()).into()
            }
            Shape::Literal(literal) => literal.is(text).into(),
            Shape::Prefix(prefix) if self.fold => folded_prefix(text, prefix.text()).is_some().into(),
            Shape::Prefix(prefix) => prefix.begins(text).into(),
            Shape::Between(head, tail) => is_between(text, head, tail).into(),
            Shape::Pieces(pieces) => self.matches_pieces(pieces, text, None, request),
        }
    }

    /// Does the ARN `text`, cut at `colons`, match part by part? The pattern is cut where *its* first five colons stand
    /// once variables have their values, and the values may bring colons along.
    ///
    /// That is the whole text against the whole pattern, if wildcards cannot take the cuts: then the colons of the
    /// pattern meet those of the text one by one.
    pub(crate) fn matches_arn(&self, text: &str, colons: &[u32; 5], request: &Request<'_>) -> Tri {
        // What has variables has pieces; what has none is cut beforehand.
        let Shape::Pieces(pieces) = &self.shape else { return Tri::No };
        self.matches_pieces(pieces, text, Some(colons), request)
    }

    /// Could some value of the variables make `text` match? Says yes where it cannot tell.
    pub(crate) fn may_match(&self, text: &str) -> bool {
        match &self.shape {
            Shape::Any => true,
            Shape::Literal(literal) if self.fold => {
                folded_prefix(text, literal.text()).is_some_and(|end| end == text.len())
            }
            Shape::Literal(literal) => literal.is(text),
            Shape::Prefix(prefix) if self.fold => folded_prefix(text, prefix.text()).is_some(),
            Shape::Prefix(prefix) => prefix.begins(text),
            Shape::Between(head, tail) => is_between(text, head, tail),
            Shape::Pieces(pieces) => self.run(pieces, text, None, |_| Value::Anything),
        }
    }

    #[cold]
    fn no_value(&self) -> Tri {
        Tri::No
    }

    fn matches_pieces(&self, pieces: &[Piece], text: &str, cuts: Cuts<'_>, request: &Request<'_>) -> Tri {
        let mut open = false;
        for variable in self.variables() {
            match variable.value(request) {
                // AWS: "Policy variables with no value": the pattern matches nothing.
                Value::Nothing => return self.no_value(),
                Value::Anything => open = true,
                Value::Text(_) => {}
            }
        }
        // An unknown value may bring any number of colons, so that where the pattern is cut cannot be told.
        let cuts = cuts.filter(|_| !open);
        let found: Tri = self.run(pieces, text, cuts, |variable| variable.value(request)).into();
        if open { found.at_most_maybe() } else { found }
    }

    fn run<'v>(
        &self,
        pieces: &'v [Piece],
        text: &str,
        cuts: Cuts<'_>,
        value: impl Fn(&'v Variable) -> Value<'v>,
    ) -> bool {
        // Nearly all texts that do not match are told by how they end or begin.
        if !self.fold {
            let tail = match pieces.last() {
                Some(Piece::Text(literal)) => literal,
                _ => "",
            };
            if !text.ends_with(tail) || !text.starts_with(self.lead()) {
                return false;
            }
        }
        let crosses = |from: usize, to: usize| {
            cuts.is_some_and(|cuts| cuts.iter().any(|cut| (from..to).contains(&(*cut as usize))))
        };
        let mut at = 0;
        let mut next = 0;
        // The piece after the last `*`, and where in the text it was last tried.
        let mut retry: Option<(usize, usize)> = None;
        loop {
            let rest = text.get(at..).unwrap_or("");
            let step = match pieces.get(next) {
                None if rest.is_empty() => return true,
                None => None,
                Some(Piece::Run) => {
                    next += 1;
                    if next == pieces.len() {
                        return cuts.and_then(|cuts| cuts.last()).is_none_or(|last| (*last as usize) < at);
                    }
                    retry = Some((next, at));
                    continue;
                }
                Some(Piece::One) if crosses(at, at + 1) => None,
                Some(Piece::One) => rest.chars().next().map(char::len_utf8),
                Some(Piece::Text(literal)) => self.starts_with(rest, literal),
                Some(Piece::Variable(variable)) => match value(variable) {
                    Value::Text(literal) => self.starts_with(rest, literal),
                    Value::Nothing => return false,
                    Value::Anything => {
                        next += 1;
                        retry = Some((next, at));
                        continue;
                    }
                },
            };
            match step {
                Some(length) => {
                    at += length;
                    next += 1;
                }
                None => {
                    let Some((piece, start)) = retry else { return false };
                    let Some(skipped) = text.get(start..).and_then(|rest| rest.chars().next()) else {
                        return false;
                    };
                    at = start + skipped.len_utf8();
                    if let (Some(Piece::Text(literal)), false) = (pieces.get(piece), self.fold) {
                        // It can only go on where the literal begins. A first byte stands at a character's beginning.
                        let rest = text.as_bytes().get(at..).unwrap_or(&[]);
                        let first = literal.as_bytes().first();
                        let Some(ahead) = rest.iter().position(|byte| Some(byte) == first) else {
                            return false;
                        };
                        at += ahead;
                    }
                    if crosses(start, at) {
                        return false;
                    }
                    next = piece;
                    retry = Some((piece, at));
                }
            }
        }
    }

    #[inline]
    fn starts_with(&self, text: &str, literal: &str) -> Option<usize> {
        if self.fold {
            folded_prefix(text, literal)
        } else {
            text.starts_with(literal).then_some(literal.len())
        }
    }
}

/// Has `text` this beginning and this end, with nothing of both at once?
#[inline]
fn is_between(text: &str, head: &Beginning, tail: &Beginning) -> bool {
    tail.ends(text) && head.begins(text) && text.len() >= head.text().len() + tail.text().len()
}

/// How many bytes of `text` equal `literal` when case does not count; `None` when it does not begin so.
fn folded_prefix(text: &str, literal: &str) -> Option<usize> {
    let mut rest = text.chars();
    for expected in literal.chars() {
        let found = rest.next()?;
        if found != expected && !found.to_lowercase().eq(expected.to_lowercase()) {
            return None;
        }
    }
    Some(text.len() - rest.as_str().len())
}

/// What a variable stands for in a request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'a> {
    Text(&'a str),
    /// It has no value.
    Nothing,
    /// Its value is unknown, and it may have none.
    Anything,
}

impl Variable {
    pub(crate) fn value<'a>(&'a self, request: &Request<'a>) -> Value<'a> {
        let fallback = || self.default.as_deref().map_or(Value::Nothing, Value::Text);
        // A variable can only be a single-valued key.
        if self.multivalued {
            return fallback();
        }
        match request.fact(&self.key) {
            Seen::One(text) => Value::Text(text),
            Seen::Unknown | Seen::Present => Value::Anything,
            Seen::Absent | Seen::Many(_) => fallback(),
        }
    }

    /// Is its value not known?
    pub(crate) fn is_open(&self, request: &Request<'_>) -> bool {
        matches!(self.value(request), Value::Anything)
    }
}

/// Takes a text apart. Neighbouring literals are joined, and so are neighbouring `*`.
pub(crate) fn pieces(text: &str, reading: Reading) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let mut piece = None;
        let mut taken = first.len_utf8();
        match first {
            '*' if reading.wildcards => piece = Some(Piece::Run),
            '?' if reading.wildcards => piece = Some(Piece::One),
            '$' if reading.variables && rest.starts_with("${") => match variable(rest) {
                Some((Escape::Character(character), length)) => {
                    literal.push(character);
                    taken = length;
                }
                Some((Escape::Variable(variable), length)) => {
                    piece = Some(Piece::Variable(variable));
                    taken = length;
                }
                None => literal.push(first),
            },
            _ => literal.push(first),
        }
        rest = rest.get(taken..).unwrap_or("");
        let Some(piece) = piece else { continue };
        if !literal.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut literal).into()));
        }
        if !matches!((pieces.last(), &piece), (Some(Piece::Run), Piece::Run)) {
            pieces.push(piece);
        }
    }
    if !literal.is_empty() {
        pieces.push(Piece::Text(literal.into()));
    }
    pieces
}

/// What `${…}` stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Escape {
    /// `${*}`, `${?}`, `${$}`: the character itself.
    Character(char),
    /// A key, or a default.
    Variable(Variable),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Action, Context, Principal, Resource};

    const GLOB: Reading = Reading { wildcards: true, variables: true, fold: false };

    fn matches_in(pattern: &str, text: &str, reading: Reading, context: &Context) -> Tri {
        let principal = Principal::anonymous();
        let (action, resource) = (Action::new("s3:GetObject"), Resource::new("*", None));
        Pattern::new(pattern, reading).matches(text, &Request::exact(&principal, &action, &resource, context))
    }

    fn matches(pattern: &str, text: &str) -> bool {
        matches_in(pattern, text, GLOB, &Context::exact()) == Tri::Yes
    }

    #[test]
    fn stars_take_what_the_rest_leaves() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*", "a", true),
            ("a*b", "ab", true),
            ("a*b", "aXbXb", true),
            ("a*b", "aXbX", false),
            ("*a*b*", "xaybz", true),
            ("*ab*ba*", "aba", false),
            ("a**b", "ab", true),
            ("?", "", false),
            ("?", "é", true),
            ("??", "é", false),
            ("a?c*", "abcd", true),
            ("*?", "", false),
            ("*?", "x", true),
            ("", "", true),
            ("", "x", false),
            ("a*", "a\nb", true),
            ("*.txt", "a.txt.txt", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} on {text}");
        }
    }

    /// The definition, as slow as it is plain.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|skip| naive(rest, &text[skip..])),
            Some((first, rest)) => text
                .split_first()
                .is_some_and(|(head, tail)| (*first == '?' || first == head) && naive(rest, tail)),
        }
    }

    #[test]
    fn every_short_pattern_agrees_with_the_definition() {
        let letters = ['a', 'b', '*', '?'];
        let words = |alphabet: &[char], longest: u32| -> Vec<Vec<char>> {
            let mut words = vec![vec![]];
            for length in 1..=longest {
                for number in 0..alphabet.len().pow(length) {
                    words.push(
                        (0..length)
                            .map(|place| alphabet[number / alphabet.len().pow(place) % alphabet.len()])
                            .collect(),
                    );
                }
            }
            words
        };
        for pattern in words(&letters, 4) {
            for text in words(&['a', 'b'], 4) {
                let written: (String, String) = (pattern.iter().collect(), text.iter().collect());
                assert_eq!(matches(&written.0, &written.1), naive(&pattern, &text), "{written:?}");
            }
        }
    }

    #[test]
    fn a_value_is_literal_and_no_value_matches_nothing() {
        let context = Context::exact().with_value("aws:username", "d*");
        assert_eq!(matches_in("home/${aws:UserName}/*", "home/d*/x", GLOB, &context), Tri::Yes);
        assert_eq!(matches_in("home/${aws:username}/*", "home/dana/x", GLOB, &context), Tri::No);
        assert_eq!(matches_in("home/${aws:userid}*", "home/", GLOB, &context), Tri::No);
    }

    #[test]
    fn an_unknown_value_leaves_open_only_what_it_could_make_match() {
        let context = Context::open();
        assert_eq!(matches_in("home/${aws:username}/*", "home/dana/x", GLOB, &context), Tri::Maybe);
        assert_eq!(matches_in("home/${aws:username}/*", "away/dana/x", GLOB, &context), Tri::No);
        assert_eq!(matches_in("${aws:username}", "x", GLOB, &context), Tri::Maybe);
    }

    #[test]
    fn escapes_are_the_characters_themselves() {
        assert!(matches("a${*}b${?}${$}", "a*b?$"));
        assert!(!matches("a${*}b", "aXb"));
    }

    #[test]
    fn an_old_version_has_plain_text() {
        let plain = Reading { variables: false, ..GLOB };
        let context = Context::exact().with_value("aws:username", "dana");
        assert_eq!(matches_in("${aws:username}", "${aws:username}", plain, &context), Tri::Yes);
        assert_eq!(matches_in("${aws:username}", "dana", plain, &context), Tri::No);
    }

    #[test]
    fn without_wildcards_stars_are_stars() {
        let exact = Reading { wildcards: false, ..GLOB };
        assert_eq!(matches_in("a*", "a*", exact, &Context::exact()), Tri::Yes);
        assert_eq!(matches_in("a*", "ab", exact, &Context::exact()), Tri::No);
    }

    #[test]
    fn folding_goes_with_wildcards_and_without() {
        let fold = Reading { fold: true, ..GLOB };
        for (pattern, text, expected) in [
            ("Ab*", "aBc", true),
            ("Ab*", "ac", false),
            ("Ab", "aB", true),
            ("Ab", "aBc", false),
            ("A?c*", "aBCd", true),
        ] {
            assert_eq!(
                matches_in(pattern, text, fold, &Context::exact()),
                Tri::from(expected),
                "{pattern} {text}"
            );
            assert_eq!(Pattern::new(pattern, fold).may_match(text), expected, "{pattern} {text}");
            let strict = pattern.replace(['A', 'b'], "a");
            assert!(!Pattern::new(&strict, GLOB).may_match(&text.to_uppercase()), "{strict} {text}");
        }
    }

    #[test]
    fn folding_ignores_case_of_every_alphabet() {
        let fold = Reading { fold: true, wildcards: false, variables: true };
        let context = Context::exact().with_value("aws:username", "ÉA");
        assert_eq!(matches_in("x-${aws:username}", "X-éa", fold, &context), Tri::Yes);
        assert_eq!(matches_in("straße", "STRASSE", fold, &context), Tri::No);
    }
}
