//! Which texts does one entry of a policy admit?
//!
//! A pattern is a row of elements over letters. It is its own automaton: a state is a position in the row, so nothing
//! is built before a question is asked. A letter is a character of Unicode, or the stand-in of a policy variable (see
//! [`Template`](crate::template::Template)), which equals itself alone.

use std::collections::HashSet;

/// One element of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Element {
    /// That character.
    Char(char),
    /// That character, whatever its case. Holds what [`fold`] gives.
    Fold(char),
    /// The stand-in of the policy variable with this number.
    Secret(u32),
    /// `?`
    One,
    /// `?` in one of the first five parts of an ARN: any character but a colon.
    OneInPart,
    /// `*`
    Run,
    /// `*` in one of the first five parts of an ARN.
    RunInPart,
}

impl Element {
    pub(crate) fn is_run(self) -> bool {
        matches!(self, Self::Run | Self::RunInPart)
    }

    pub(crate) fn is_letter(self) -> bool {
        matches!(self, Self::Char(_) | Self::Fold(_) | Self::Secret(_))
    }

    /// Is it this character and no other? One that has no case.
    pub(crate) fn is(self, character: char) -> bool {
        matches!(self, Self::Char(own) | Self::Fold(own) if own == character)
    }

    /// As a policy writes it; a stand-in as something that nobody wrote.
    pub(crate) fn written(self) -> char {
        match self {
            Self::Char(own) | Self::Fold(own) => own,
            Self::Secret(_) => char::REPLACEMENT_CHARACTER,
            Self::One | Self::OneInPart => '?',
            Self::Run | Self::RunInPart => '*',
        }
    }

    /// Does it take the letter? A stand-in may be any text, so only itself and `*` are sure to take it.
    pub(crate) fn takes(self, letter: Letter) -> bool {
        match (self, letter) {
            (Self::Run, _) => true,
            (Self::Char(own), Letter::Char(other)) => own == other,
            (Self::Fold(own), Letter::Char(other)) => own == fold(other),
            (Self::One, Letter::Char(_)) => true,
            (Self::OneInPart | Self::RunInPart, Letter::Char(other)) => other != ':',
            (Self::Secret(own), Letter::Secret(other)) => own == other,
            _ => false,
        }
    }

    /// Can no letter be taken by both?
    fn excludes(self, other: Self) -> bool {
        match (self, other) {
            (Self::Char(a), Self::Char(b)) | (Self::Fold(a), Self::Fold(b)) => a != b,
            (Self::Char(a), Self::Fold(b)) | (Self::Fold(b), Self::Char(a)) => fold(a) != b,
            (Self::Secret(a), Self::Secret(b)) => a != b,
            (Self::Secret(_), _) | (_, Self::Secret(_)) => true,
            _ => false,
        }
    }
}

/// What a word is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Letter {
    Char(char),
    Secret(u32),
}

/// The same for all cases of a character. Characters whose lower case is several stand for themselves.
pub(crate) fn fold(character: char) -> char {
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => character,
    }
}

/// A pattern. Two with the same elements are equal.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    elements: Box<[Element]>,
    /// The one text that matches, if case counts in it.
    literal: Option<Box<str>>,
    /// How many elements stand before the first, and after the last, wildcard. Equal to the length if there is none.
    head: usize,
    tail: usize,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.elements == other.elements
    }
}

impl Eq for Pattern {}

impl std::hash::Hash for Pattern {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.elements.hash(state);
    }
}

impl Pattern {
    /// Neighbouring runs are joined: `**` says what `*` says.
    pub(crate) fn new(elements: impl IntoIterator<Item = Element>) -> Self {
        let mut row: Vec<Element> = Vec::new();
        for element in elements {
            match (row.last_mut(), element) {
                (Some(last @ (Element::Run | Element::RunInPart)), Element::Run) => *last = Element::Run,
                (Some(Element::Run | Element::RunInPart), Element::RunInPart) => {}
                _ => row.push(element),
            }
        }
        let literal: Option<String> = row
            .iter()
            .map(|element| match element {
                Element::Char(character) => Some(*character),
                _ => None,
            })
            .collect();
        let head = row.iter().take_while(|element| element.is_letter()).count();
        let tail = row.iter().rev().take_while(|element| element.is_letter()).count();
        Self { elements: row.into(), literal: literal.map(Into::into), head, tail }
    }

    /// The pattern that only `text` matches.
    pub(crate) fn of_text(text: &str) -> Self {
        Self::new(text.chars().map(Element::Char))
    }

    /// `*`
    pub(crate) fn any() -> Self {
        Self::new([Element::Run])
    }

    pub(crate) fn elements(&self) -> &[Element] {
        &self.elements
    }

    pub(crate) fn is_any(&self) -> bool {
        matches!(*self.elements, [Element::Run])
    }

    /// The only text that matches.
    pub(crate) fn literal(&self) -> Option<&str> {
        self.literal.as_deref()
    }

    /// Is there no wildcard in it? Then words of one length match, and few of them.
    pub(crate) fn is_fixed(&self) -> bool {
        self.head == self.elements.len()
    }

    /// How much it spells out.
    pub(crate) fn spelled_out(&self) -> usize {
        self.elements.iter().filter(|element| element.is_letter()).count()
    }

    /// Do all texts match that begin with its head?
    fn is_prefix(&self) -> bool {
        self.head + 1 == self.elements.len() && self.elements.last() == Some(&Element::Run)
    }

    /// Is every word of `other` plainly one of this? `false` where it takes more than a look.
    pub(crate) fn plainly_contains(&self, other: &Self) -> bool {
        self == other
            || (self.is_prefix()
                && other.head >= self.head
                && self.elements.iter().zip(&*other.elements).take(self.head).all(|(own, other)| {
                    own == other
                        || matches!((own, other), (Element::Fold(a), Element::Char(b)) if *a == fold(*b))
                }))
    }

    /// Is there plainly no word that both admit? `false` where it takes more than a look.
    pub(crate) fn plainly_excludes(&self, other: &Self) -> bool {
        if let (Some(own), Some(other)) = (&self.literal, &other.literal) {
            return own != other;
        }
        let excludes = |(own, other): (&Element, &Element)| own.excludes(*other);
        let heads = self.head.min(other.head);
        let tails = self.tail.min(other.tail);
        self.elements.iter().zip(&*other.elements).take(heads).any(excludes)
            || self.elements.iter().rev().zip(other.elements.iter().rev()).take(tails).any(excludes)
            || (self.is_fixed() && other.head > self.head)
            || (other.is_fixed() && self.head > other.head)
    }

    /// Does the whole of `text` match?
    pub(crate) fn matches(&self, text: &str) -> bool {
        if let Some(literal) = &self.literal {
            return **literal == *text;
        }
        if self.is_any() {
            return true;
        }
        let mut letters = text.chars();
        for element in self.elements.iter().take(self.head) {
            match letters.next() {
                Some(letter) if element.takes(Letter::Char(letter)) => {}
                _ => return false,
            }
        }
        if self.is_prefix() {
            return true;
        }
        let row = self.elements.get(self.head..).unwrap_or_default();
        let mut places = Places::start(row);
        for letter in letters {
            places.step(row, Letter::Char(letter));
        }
        places.is_done()
    }

    /// The characters that it tells apart from others.
    pub(crate) fn alphabet(&self, into: &mut HashSet<Letter>) {
        for element in &self.elements {
            match *element {
                Element::Char(character) => {
                    into.insert(Letter::Char(character));
                }
                Element::Fold(character) => {
                    into.insert(Letter::Char(character));
                    let mut upper = character.to_uppercase();
                    if let (Some(one), None) = (upper.next(), upper.next()) {
                        into.insert(Letter::Char(one));
                    }
                }
                Element::Secret(number) => {
                    into.insert(Letter::Secret(number));
                }
                Element::OneInPart | Element::RunInPart => {
                    into.insert(Letter::Char(':'));
                }
                Element::One | Element::Run => {}
            }
        }
    }

    /// A text made by putting `run` for each run and `one` for each `?`. It matches, unless it breaks the rules of a part.
    pub(crate) fn filled(&self, run: &str, one: char) -> String {
        let mut text = String::new();
        for element in &self.elements {
            match element {
                Element::Char(character) | Element::Fold(character) => text.push(*character),
                Element::One | Element::OneInPart => text.push(one),
                Element::Run | Element::RunInPart => text.push_str(run),
                Element::Secret(_) => {}
            }
        }
        text
    }
}

/// The positions that a pattern can be in, one flag each; the last is "all was matched".
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Places(Vec<bool>);

impl Places {
    pub(crate) fn start(row: &[Element]) -> Self {
        let mut places = Self(vec![false; row.len() + 1]);
        if let Some(first) = places.0.first_mut() {
            *first = true;
        }
        places.skip_runs(row);
        places
    }

    /// A run may take nothing.
    fn skip_runs(&mut self, row: &[Element]) {
        for (place, element) in row.iter().enumerate() {
            if element.is_run() && self.0.get(place) == Some(&true) {
                self.0.iter_mut().skip(place + 1).take(1).for_each(|next| *next = true);
            }
        }
    }

    /// Was all of the pattern matched?
    pub(crate) fn is_done(&self) -> bool {
        self.0.last() == Some(&true)
    }

    /// Can nothing that follows match any more?
    pub(crate) fn is_dead(&self) -> bool {
        !self.0.contains(&true)
    }

    pub(crate) fn step(&mut self, row: &[Element], letter: Letter) {
        // From the back, so that each place is moved once.
        let mut next = vec![false; self.0.len()];
        for ((place, element), here) in row.iter().enumerate().zip(&self.0) {
            if *here && element.takes(letter) {
                let to = if element.is_run() { place } else { place + 1 };
                next.iter_mut().skip(to).take(1).for_each(|flag| *flag = true);
            }
        }
        self.0 = next;
        self.skip_runs(row);
    }
}

#[cfg(test)]
mod tests {
    use clavicle_policy::{Case, Glob};
    use proptest::prelude::*;

    use super::*;

    fn glob(text: &str) -> Pattern {
        Pattern::new(text.chars().map(|character| match character {
            '*' => Element::Run,
            '?' => Element::One,
            other => Element::Char(other),
        }))
    }

    proptest! {
        #[test]
        fn it_matches_as_a_glob_does(pattern in "[ab*?é]{0,8}", text in "[abé]{0,10}") {
            prop_assert_eq!(glob(&pattern).matches(&text), Glob::new(&pattern, Case::Sensitive).matches(&text));
        }

        #[test]
        fn what_is_plain_is_true(a in "[ab*?]{0,5}", b in "[ab*?]{0,5}", text in "[ab]{0,7}") {
            let (a, b) = (glob(&a), glob(&b));
            let (in_a, in_b) = (a.matches(&text), b.matches(&text));
            prop_assert!(!(a.plainly_excludes(&b) && in_a && in_b));
            prop_assert!(!(a.plainly_contains(&b) && in_b && !in_a));
        }
    }

    #[test]
    fn wildcards_of_a_part_stop_at_colons() {
        let part = Pattern::new([Element::RunInPart, Element::Char(':'), Element::Run]);
        assert!(part.matches("a:b:c"));
        assert!(!Pattern::new([Element::RunInPart]).matches("a:b"));
        assert!(!Pattern::new([Element::OneInPart]).matches(":"));
    }

    #[test]
    fn case_is_folded_where_it_does_not_count() {
        let folded = Pattern::new("aÉ".chars().map(|letter| Element::Fold(fold(letter))));
        assert!(folded.matches("Aé") && folded.matches("aÉ") && !folded.matches("ae"));
    }
}
