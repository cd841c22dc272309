//! Is there a text that all of these patterns admit and none of those?
//!
//! The states of all patterns are followed side by side, breadth first, so the word found is a shortest one. Most
//! questions never get there: two literals that clash, a wildcard filled with a letter that nobody mentions, or a prefix
//! that holds another settle them. There is no list of classes of texts: with 60,000 of them in one real policy, the
//! product that one question visits has fewer than 200 states.
//!
//! Deciding whether k patterns have a common word is PSPACE-complete in k, so there is a budget.

use std::collections::HashSet;

use foldhash::fast::RandomState;

use crate::pattern::{Element, Letter, Pattern};
use crate::work::Work;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Word {
    /// This text. Stand-ins of variables in it are left out.
    Found(String),
    /// There is none.
    None,
    /// The budget ran out.
    Unknown,
}

/// A text that all `positives` admit and none of `negatives`.
pub(crate) fn word(positives: &[&Pattern], negatives: &[&Pattern], work: &mut Work) -> Word {
    if !work.step(1 + negatives.len() as u64 / 64) {
        return Word::Unknown;
    }
    let any = Pattern::any();
    let everything = [&any];
    let positives = if positives.is_empty() { &everything[..] } else { positives };
    let admits = |text: &str| {
        positives.iter().all(|pattern| pattern.matches(text))
            && !negatives.iter().any(|pattern| pattern.matches(text))
    };
    if let Some(literal) = positives.iter().find_map(|pattern| pattern.literal()) {
        return if admits(literal) { Word::Found(literal.to_owned()) } else { Word::None };
    }
    for (place, pattern) in positives.iter().enumerate() {
        if positives.iter().skip(place + 1).any(|other| pattern.plainly_excludes(other)) {
            return Word::None;
        }
    }
    if negatives.iter().any(|negative| positives.iter().any(|pattern| negative.plainly_contains(pattern))) {
        return Word::None;
    }
    let mut alphabet = HashSet::new();
    positives.iter().chain(negatives).for_each(|pattern| pattern.alphabet(&mut alphabet));
    let fresh = fresh_letter(&alphabet);
    let secret = |pattern: &Pattern| pattern.elements().iter().any(|e| matches!(e, Element::Secret(_)));
    let secrets = positives.iter().chain(negatives).any(|pattern| secret(pattern));
    let most = positives.iter().max_by_key(|pattern| pattern.spelled_out()).filter(|_| !secrets);
    if let Some(most) = most {
        let with_letter = most.filled(fresh.encode_utf8(&mut [0; 4]), fresh);
        if admits(&with_letter) {
            return Word::Found(with_letter);
        }
        let bare = most.filled("", fresh);
        if admits(&bare) {
            return Word::Found(bare);
        }
    }
    let negatives: Vec<&Pattern> = negatives
        .iter()
        .copied()
        .filter(|negative| !positives.iter().any(|pattern| pattern.plainly_excludes(negative)))
        .collect();
    let mut letters: Vec<Letter> =
        alphabet.into_iter().filter(|letter| *letter != Letter::Char(fresh)).collect();
    letters.sort_unstable();
    letters.insert(0, Letter::Char(fresh));
    Product::new(positives, &negatives, letters).shortest(work)
}

/// A character that no pattern mentions: it stands for all such.
fn fresh_letter(alphabet: &HashSet<Letter>) -> char {
    let usual = "xyzwvutsrqponmlkjihgfedcba0123456789".chars();
    let others = (0xA1_u32..0x11_0000).filter_map(char::from_u32);
    // An alphabet of all of Unicode does not fit in a policy.
    usual.chain(others).find(|letter| !alphabet.contains(&Letter::Char(*letter))).unwrap_or('x')
}

/// The patterns side by side. A state is one bit a position, each pattern beginning a new word of bits.
struct Product {
    letters: Vec<Letter>,
    /// By letter: the positions whose element takes it and moves on, and those of runs, which stay.
    moves: Vec<Box<[u64]>>,
    stays: Vec<Box<[u64]>>,
    /// By letter: the positions of positive patterns that spell it out. None: it is always tried.
    spelled: Vec<Option<Box<[u64]>>>,
    runs: Box<[u64]>,
    start: Box<[u64]>,
    parts: Vec<Part>,
}

/// Where one pattern lies in a state.
struct Part {
    words: std::ops::Range<usize>,
    /// The bit of "all was matched".
    end: usize,
    positive: bool,
    /// The bit of a `*` that ends the pattern: once there, everything matches.
    forever: Option<usize>,
}

fn bit(state: &[u64], place: usize) -> bool {
    state.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
}

fn set_bit(state: &mut [u64], place: usize) {
    if let Some(word) = state.get_mut(place / 64) {
        *word |= 1 << (place % 64);
    }
}

impl Product {
    fn new(positives: &[&Pattern], negatives: &[&Pattern], letters: Vec<Letter>) -> Self {
        let all = || positives.iter().map(|p| (p, true)).chain(negatives.iter().map(|p| (p, false)));
        let mut words = 0;
        let mut parts = Vec::new();
        for (pattern, positive) in all() {
            let length = pattern.elements().len();
            let first = words;
            words += length / 64 + 1;
            let forever = (pattern.elements().last() == Some(&Element::Run)).then(|| first * 64 + length - 1);
            parts.push(Part { words: first..words, end: first * 64 + length, positive, forever });
        }
        let empty = || vec![0_u64; words].into_boxed_slice();
        let (mut runs, mut start) = (empty(), empty());
        let mut moves: Vec<Box<[u64]>> = letters.iter().map(|_| empty()).collect();
        let mut stays = moves.clone();
        // Where no positive pattern is about to spell a letter out, the one that nobody mentions does as well: wildcards
        // of positive patterns take both, and negative patterns come less far with it. Not so for `:`, which wildcards
        // within a part do not take, nor where letters stand for variables.
        let all_tried = letters.iter().any(|letter| !matches!(letter, Letter::Char(_)));
        let mut spelled: Vec<Option<Box<[u64]>>> = letters
            .iter()
            .enumerate()
            .map(|(place, letter)| (place > 0 && !all_tried && *letter != Letter::Char(':')).then(empty))
            .collect();
        for ((pattern, positive), part) in all().zip(&parts) {
            let first = part.words.start * 64;
            set_bit(&mut start, first);
            for (place, element) in pattern.elements().iter().enumerate() {
                if element.is_run() {
                    set_bit(&mut runs, first + place);
                }
                for (letter, (moving, staying)) in letters.iter().zip(moves.iter_mut().zip(&mut stays)) {
                    if element.takes(*letter) {
                        set_bit(if element.is_run() { staying } else { moving }, first + place);
                    }
                }
                if positive && matches!(element, Element::Char(_) | Element::Fold(_)) {
                    for (letter, spelled) in letters.iter().zip(&mut spelled) {
                        if let Some(spelled) = spelled.as_mut().filter(|_| element.takes(*letter)) {
                            set_bit(spelled, first + place);
                        }
                    }
                }
            }
        }
        let mut product = Self { letters, moves, stays, spelled, runs, start, parts };
        let mut start = std::mem::take(&mut product.start);
        product.skip_runs(&mut start);
        product.start = start;
        product
    }

    /// A run may take nothing. Runs never stand side by side, so one pass is all.
    fn skip_runs(&self, state: &mut [u64]) {
        for part in &self.parts {
            let mut carry = 0;
            for place in part.words.clone() {
                if let (Some(word), Some(runs)) = (state.get_mut(place), self.runs.get(place)) {
                    let passing = *word & runs;
                    *word |= passing << 1 | carry;
                    carry = passing >> 63;
                }
            }
        }
    }

    fn step(&self, state: &[u64], letter: usize) -> Box<[u64]> {
        let mut next = vec![0_u64; state.len()].into_boxed_slice();
        let (Some(moves), Some(stays)) = (self.moves.get(letter), self.stays.get(letter)) else {
            return next;
        };
        for part in &self.parts {
            let mut carry = 0;
            for place in part.words.clone() {
                if let (Some(to), Some(from), Some(moves), Some(stays)) =
                    (next.get_mut(place), state.get(place), moves.get(place), stays.get(place))
                {
                    let moving = from & moves;
                    *to = moving << 1 | carry | (from & stays);
                    carry = moving >> 63;
                }
            }
        }
        self.skip_runs(&mut next);
        next
    }

    /// Could the letter do what the one that nobody mentions does not?
    fn is_worth_trying(&self, state: &[u64], letter: usize) -> bool {
        match self.spelled.get(letter) {
            Some(Some(spelled)) => spelled.iter().zip(state).any(|(spelled, state)| spelled & state != 0),
            _ => true,
        }
    }

    /// Can no word that goes on from here be one?
    fn is_dead(&self, state: &[u64]) -> bool {
        self.parts.iter().any(|part| {
            if part.positive {
                part.words.clone().all(|place| state.get(place) == Some(&0))
            } else {
                part.forever.is_some_and(|place| bit(state, place))
            }
        })
    }

    fn accepts(&self, state: &[u64]) -> bool {
        self.parts.iter().all(|part| bit(state, part.end) == part.positive)
    }

    fn shortest(&self, work: &mut Work) -> Word {
        if self.is_dead(&self.start) {
            return Word::None;
        }
        // Each state with the one it came from and the letter between.
        let mut trail: Vec<(usize, usize)> = vec![(0, 0)];
        let mut states = vec![self.start.clone()];
        let mut seen: HashSet<Box<[u64]>, RandomState> = HashSet::default();
        seen.insert(self.start.clone());
        let mut at = 0;
        while let Some(state) = states.get(at).cloned() {
            if self.accepts(&state) {
                return Word::Found(self.spell(&trail, at));
            }
            if !work.step(1 + (self.letters.len() * state.len()) as u64 / 64) {
                return Word::Unknown;
            }
            for letter in (0..self.letters.len()).filter(|letter| self.is_worth_trying(&state, *letter)) {
                let next = self.step(&state, letter);
                if !self.is_dead(&next) && seen.insert(next.clone()) {
                    states.push(next);
                    trail.push((at, letter));
                }
            }
            at += 1;
        }
        Word::None
    }

    fn spell(&self, trail: &[(usize, usize)], end: usize) -> String {
        let mut letters = Vec::new();
        let mut at = end;
        while at != 0 {
            let Some((before, letter)) = trail.get(at) else { break };
            if let Some(Letter::Char(character)) = self.letters.get(*letter) {
                letters.push(*character);
            }
            at = *before;
        }
        letters.iter().rev().collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::work::Limits;

    fn glob(text: &str) -> Pattern {
        Pattern::new(text.chars().map(|character| match character {
            '*' => Element::Run,
            '?' => Element::One,
            '+' => Element::RunInPart,
            '-' => Element::OneInPart,
            other => Element::Char(other),
        }))
    }

    fn ask(positives: &[&str], negatives: &[&str]) -> Word {
        let globs = |texts: &[&str]| texts.iter().map(|text| glob(text)).collect::<Vec<_>>();
        let (positives, negatives) = (globs(positives), globs(negatives));
        let mut work = Work::new(Limits::default());
        word(&positives.iter().collect::<Vec<_>>(), &negatives.iter().collect::<Vec<_>>(), &mut work)
    }

    #[test]
    fn words_are_found_or_known_to_be_none() {
        assert_eq!(ask(&["a*", "*b"], &[]), Word::Found("ab".into()));
        assert_eq!(ask(&["a*", "b*"], &[]), Word::None);
        assert_eq!(ask(&["a*"], &["a?*", "a"]), Word::None);
        assert_eq!(ask(&["*"], &["?*"]), Word::Found(String::new()));
        assert_eq!(ask(&["*a*", "*b*"], &["*a*b*"]), Word::Found("ba".into()));
        assert_eq!(ask(&["*a*b*"], &["*b*", "x"]), Word::None);
    }

    #[test]
    fn a_budget_that_ran_out_is_told() {
        let fragments: Vec<String> = ('a'..='q').map(|c| format!("*{c}1{c}2{c}3*")).collect();
        let patterns: Vec<Pattern> = fragments.iter().map(|text| glob(text)).collect();
        let mut work = Work::new(Limits { steps: 1000, ..Limits::default() });
        assert_eq!(word(&patterns.iter().collect::<Vec<_>>(), &[], &mut work), Word::Unknown);
        assert_eq!(work.spent(), Some(crate::Limit::Steps));
    }

    /// All words over the two letters, a colon and a letter that no pattern mentions, up to a length.
    fn words(length: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        let mut last = all.clone();
        for _ in 0..length {
            last = last
                .iter()
                .flat_map(|word| ['a', 'b', ':', 'x'].map(|letter| format!("{word}{letter}")))
                .collect();
            all.extend(last.iter().cloned());
        }
        all
    }

    proptest! {
        #[test]
        fn it_agrees_with_trying_every_word(
            positives in prop::collection::vec("[ab:*?+-]{0,4}", 0..3),
            negatives in prop::collection::vec("[ab:*?+-]{0,4}", 0..3),
        ) {
            let positives: Vec<&str> = positives.iter().map(String::as_str).collect();
            let negatives: Vec<&str> = negatives.iter().map(String::as_str).collect();
            let (yes, no): (Vec<_>, Vec<_>) =
                (positives.iter().map(|t| glob(t)).collect(), negatives.iter().map(|t| glob(t)).collect());
            let admits = |text: &str| yes.iter().all(|p| p.matches(text)) && !no.iter().any(|p| p.matches(text));
            match ask(&positives, &negatives) {
                Word::Found(text) => prop_assert!(admits(&text), "{text}"),
                Word::None => {
                    for text in words(6) {
                        prop_assert!(!admits(&text), "{text}");
                    }
                }
                Word::Unknown => prop_assert!(false, "small questions fit in the budget"),
            }
        }
    }
}
