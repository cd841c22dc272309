//! Patterns as rows of symbols, so that one pattern can be compared with another.
//!
//! A variable is one symbol, whatever stands for it in a request: equal variables have equal values in one request, and
//! nothing else is known of them.

/// One symbol of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Symbol<'p> {
    /// `*`
    Run,
    /// `?`
    One,
    /// A character that stands for itself.
    Letter(char),
    /// `${…}`, as written.
    Variable(&'p str),
}

/// The symbols of a pattern; neighbouring `*` are one.
pub(super) fn symbols(pattern: &str) -> Vec<Symbol<'_>> {
    let mut found = Vec::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        let mut taken = first.len_utf8();
        let symbol = match first {
            '*' => Symbol::Run,
            '?' => Symbol::One,
            '$' if rest.starts_with("${") => {
                taken = rest.find('}').map_or(rest.len(), |end| end + 1);
                Symbol::Variable(&rest[..taken])
            }
            letter => Symbol::Letter(letter),
        };
        rest = &rest[taken..];
        if !(symbol == Symbol::Run && found.last() == Some(&Symbol::Run)) {
            found.push(symbol);
        }
    }
    found
}

/// Does `wide` match every text that `narrow` matches, in every request? A yes is certain; a no may be one that could
/// not be proved (`a?*` covers `a*b`, which is not seen).
///
/// The tempting way, to match `wide` against the text of `narrow`, is wrong where `?` of the one meets `*` of the other.
/// So it is done symbol by symbol: only `*` takes in a `*` or a variable. Linear but for several `*`, and then at most
/// the product of the lengths.
pub(super) fn covers(wide: &str, narrow: &str) -> bool {
    if wide == narrow || wide == "*" {
        return true;
    }
    if !wide.contains(['*', '?']) {
        return false;
    }
    let (wide, narrow) = (symbols(wide), symbols(narrow));
    let takes = |wide: Symbol<'_>, narrow: Symbol<'_>| match wide {
        Symbol::Run => true,
        Symbol::One => matches!(narrow, Symbol::One | Symbol::Letter(_)),
        Symbol::Letter(_) | Symbol::Variable(_) => wide == narrow,
    };
    let (mut w, mut n) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    loop {
        match (wide.get(w), narrow.get(n)) {
            (Some(Symbol::Run), _) => {
                w += 1;
                back = Some((w, n));
            }
            (Some(wanted), Some(given)) if takes(*wanted, *given) => (w, n) = (w + 1, n + 1),
            (None, None) => return true,
            _ => match back {
                Some((star, taken)) if taken < narrow.len() => {
                    back = Some((star, taken + 1));
                    (w, n) = (star, taken + 1);
                }
                _ => return false,
            },
        }
    }
}

/// Could some text match both patterns? A no is certain: a variable can be anything.
///
/// Takes the product of the lengths.
pub(super) fn overlap(one: &str, other: &str) -> bool {
    if one == other || one == "*" || other == "*" {
        return true;
    }
    let (one, other) = (symbols(one), symbols(other));
    let runs = |symbol: &Symbol<'_>| matches!(symbol, Symbol::Run | Symbol::Variable(_));
    // Row by row: could what is left of both from here on match one text?
    let mut below = vec![false; other.len() + 1];
    for i in (0..=one.len()).rev() {
        let mut row = vec![false; other.len() + 1];
        for j in (0..=other.len()).rev() {
            row[j] = match (one.get(i), other.get(j)) {
                (None, None) => true,
                (Some(a), None) => runs(a) && below[j],
                (None, Some(b)) => runs(b) && row[j + 1],
                (Some(a), Some(b)) if runs(a) || runs(b) => below[j] || row[j + 1],
                (Some(a), Some(b)) => (a == b || *a == Symbol::One || *b == Symbol::One) && below[j + 1],
            };
        }
        below = row;
    }
    below[0]
}

#[cfg(test)]
mod tests {
    use clavicle_policy::{Case, Glob};
    use proptest::prelude::*;

    use super::{covers, overlap};

    #[test]
    fn wide_patterns_cover_narrow_ones() {
        for (wide, narrow, wanted) in [
            ("*", "a*b", true),
            ("a*", "a*b", true),
            ("a*", "a", true),
            ("a?", "a*", false),
            ("a?c", "abc", true),
            ("a*c", "a?b*c", true),
            ("*a", "*", false),
            ("a*", "a${aws:username}/x", true),
            ("a?", "a${aws:username}", false),
            ("a/${aws:username}/*", "a/${aws:username}/b", true),
            ("a/${aws:username}/*", "a/${aws:userid}/b", false),
            ("a/${aws:username}", "a/*", false),
            ("größe-?", "größe-ü", true),
        ] {
            assert_eq!(covers(wide, narrow), wanted, "{wide} over {narrow}");
        }
    }

    #[test]
    fn patterns_overlap_where_one_text_matches_both() {
        for (one, other, wanted) in [
            ("a*", "*b", true),
            ("a*", "b*", false),
            ("a?", "a", false),
            ("*a*", "b", false),
            ("x/*", "x", false),
            ("x/?*", "x/", false),
            ("a${aws:username}c", "abc", true),
            ("a${aws:username}c", "b*", false),
        ] {
            assert_eq!(overlap(one, other), wanted, "{one} and {other}");
            assert_eq!(overlap(other, one), wanted, "{other} and {one}");
        }
    }

    fn matches(pattern: &str, text: &str) -> bool {
        Glob::new(pattern, Case::Sensitive).matches(text)
    }

    proptest! {
        #[test]
        fn what_is_covered_is_matched(wide in "[ab*?]{0,5}", narrow in "[ab*?]{0,5}", text in "[ab]{0,6}") {
            if covers(&wide, &narrow) && matches(&narrow, &text) {
                prop_assert!(matches(&wide, &text));
            }
        }

        #[test]
        fn a_common_text_is_an_overlap(one in "[ab*?]{0,5}", other in "[ab*?]{0,5}", text in "[ab]{0,6}") {
            if matches(&one, &text) && matches(&other, &text) {
                prop_assert!(overlap(&one, &other));
            }
        }

        #[test]
        fn an_overlap_has_a_text(one in "[ab*?]{0,3}", other in "[ab*?]{0,3}") {
            // Whatever matches both matches both when no longer than both patterns together.
            let mut words = vec![String::new()];
            let mut all = words.clone();
            for _ in 0..6 {
                words = words.iter().flat_map(|word| ["a", "b", "c"].map(|letter| format!("{word}{letter}"))).collect();
                all.extend(words.iter().cloned());
            }
            prop_assert_eq!(overlap(&one, &other), all.iter().any(|text| matches(&one, text) && matches(&other, text)));
        }
    }
}
