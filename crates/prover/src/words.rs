//! How many texts do all of these patterns admit and none of those?
//!
//! The states of all patterns are followed side by side, as in [`language`](crate::language), and the texts that lead to
//! each state are counted length by length. No class of letters is listed twice: those that no pattern mentions are one,
//! as many as the alphabet has left.

use std::collections::{HashMap, HashSet};

use num_bigint::BigUint;

use crate::pattern::{Element, Letter, Pattern, Places};
use crate::work::Work;

/// What texts are counted over: so many characters, the mentioned ones among them.
pub(crate) const ALPHABET: u32 = 256;

/// The texts of 1 to `longest` characters that match a pattern of each group and none of `not`. `None` if the patterns
/// mention more characters than the alphabet has, or the budget ran out.
pub(crate) fn words(
    groups: &[Vec<Pattern>],
    not: &[Pattern],
    longest: u32,
    alphabet: u32,
    work: &mut Work,
) -> Option<BigUint> {
    let patterns: Vec<&Pattern> = groups.iter().flatten().chain(not).collect();
    let mut mentioned = HashSet::new();
    patterns.iter().for_each(|pattern| pattern.alphabet(&mut mentioned));
    let characters: Vec<char> = mentioned
        .iter()
        .filter_map(|letter| match letter {
            Letter::Char(character) => Some(*character),
            Letter::Secret(_) => None,
        })
        .collect();
    let others = alphabet.checked_sub(u32::try_from(characters.len()).ok()?)?;
    let fresh = ('\u{e000}'..).find(|character| !characters.contains(character))?;
    let letters: Vec<(char, u32)> =
        characters.into_iter().map(|character| (character, 1)).chain([(fresh, others)]).collect();

    let mut automaton = Automaton { groups, patterns, states: Vec::new(), numbers: HashMap::new() };
    let start: Vec<Places> =
        automaton.patterns.iter().map(|pattern| Places::start(pattern.elements())).collect();
    let Some(start) = automaton.number(start) else { return Some(BigUint::ZERO) };
    let mut steps: Vec<Option<Vec<(usize, u32)>>> = Vec::new();
    let mut here: HashMap<usize, BigUint> = HashMap::from([(start, BigUint::from(1_u32))]);
    let mut total = BigUint::ZERO;
    for _ in 0..longest {
        let mut next: HashMap<usize, BigUint> = HashMap::new();
        for (state, count) in &here {
            if steps.len() <= *state {
                steps.resize(*state + 1, None);
            }
            let known = steps.get(*state).cloned().flatten();
            let to = match known {
                Some(known) => known,
                None => {
                    let found = automaton.steps(*state, &letters, work)?;
                    if let Some(place) = steps.get_mut(*state) {
                        *place = Some(found.clone());
                    }
                    found
                }
            };
            if !work.step(to.len() as u64) {
                return None;
            }
            for (target, weight) in to {
                *next.entry(target).or_default() += count * weight;
            }
        }
        for (state, count) in &next {
            if automaton.accepts(*state) {
                total += count;
            }
        }
        if next.is_empty() {
            break;
        }
        here = next;
    }
    Some(total)
}

struct Automaton<'p> {
    groups: &'p [Vec<Pattern>],
    /// Those of all groups, then those that must not match.
    patterns: Vec<&'p Pattern>,
    states: Vec<Vec<Places>>,
    numbers: HashMap<Vec<Places>, usize>,
}

impl Automaton<'_> {
    /// The number of a state from which something can still be accepted.
    fn number(&mut self, state: Vec<Places>) -> Option<usize> {
        let mut rest = state.as_slice();
        for group in self.groups {
            let (own, others) = rest.split_at_checked(group.len())?;
            if own.iter().all(Places::is_dead) {
                return None;
            }
            rest = others;
        }
        let excluded = self.patterns.iter().rev().zip(rest.iter().rev());
        let ends_in_run = |pattern: &Pattern| pattern.elements().last() == Some(&Element::Run);
        if excluded.into_iter().any(|(pattern, places)| places.is_done() && ends_in_run(pattern)) {
            return None;
        }
        if let Some(known) = self.numbers.get(&state) {
            return Some(*known);
        }
        self.states.push(state.clone());
        self.numbers.insert(state, self.states.len() - 1);
        Some(self.states.len() - 1)
    }

    /// Where the letters lead, each state once with how many lead there.
    fn steps(&mut self, state: usize, letters: &[(char, u32)], work: &mut Work) -> Option<Vec<(usize, u32)>> {
        let from = self.states.get(state)?.clone();
        let size: usize = self.patterns.iter().map(|pattern| pattern.elements().len() + 1).sum();
        let mut found: Vec<(usize, u32)> = Vec::new();
        for (letter, weight) in letters.iter().filter(|(_, weight)| *weight > 0) {
            if !work.step(1 + size as u64 / 64) {
                return None;
            }
            let mut to = from.clone();
            for (pattern, places) in self.patterns.iter().zip(&mut to) {
                places.step(pattern.elements(), Letter::Char(*letter));
            }
            let Some(number) = self.number(to) else { continue };
            match found.iter_mut().find(|(other, _)| *other == number) {
                Some((_, sum)) => *sum += weight,
                None => found.push((number, *weight)),
            }
        }
        Some(found)
    }

    fn accepts(&self, state: usize) -> bool {
        let Some(mut rest) = self.states.get(state).map(Vec::as_slice) else { return false };
        for group in self.groups {
            let Some((own, others)) = rest.split_at_checked(group.len()) else { return false };
            if !own.iter().any(Places::is_done) {
                return false;
            }
            rest = others;
        }
        !rest.iter().any(Places::is_done)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pattern::fold;
    use crate::work::Limits;

    fn glob(text: &str, folds: bool) -> Pattern {
        Pattern::new(text.chars().map(|character| match character {
            '*' => Element::Run,
            '?' => Element::One,
            '+' => Element::RunInPart,
            '-' => Element::OneInPart,
            other if folds => Element::Fold(fold(other)),
            other => Element::Char(other),
        }))
    }

    /// All texts of 1 to 4 letters out of 6: what the patterns can mention, and two more.
    fn all() -> Vec<String> {
        let mut texts = vec![String::new()];
        let mut last = texts.clone();
        for _ in 0..4 {
            last =
                last.iter().flat_map(|text| "abAB:zy".chars().map(move |c| format!("{text}{c}"))).collect();
            texts.extend(last.iter().cloned());
        }
        texts.remove(0);
        texts
    }

    proptest! {
        #[test]
        fn as_many_as_are_found_one_by_one(
            groups in prop::collection::vec(prop::collection::vec(("[ab*?+:-]{0,4}", any::<bool>()), 1..3), 0..3),
            not in prop::collection::vec(("[ab*?+:-]{0,4}", any::<bool>()), 0..3),
        ) {
            let group = |group: &Vec<(String, bool)>| group.iter().map(|(text, folds)| glob(text, *folds)).collect();
            let groups: Vec<Vec<Pattern>> = groups.iter().map(group).collect();
            let not: Vec<Pattern> = group(&not);
            let admitted = |text: &&String| {
                groups.iter().all(|group| group.iter().any(|pattern| pattern.matches(text)))
                    && !not.iter().any(|pattern| pattern.matches(text))
            };
            let expected = all().iter().filter(admitted).count();
            let found = words(&groups, &not, 4, 7, &mut Work::new(Limits::default()));
            prop_assert_eq!(found, Some(BigUint::from(expected)));
        }
    }
}
