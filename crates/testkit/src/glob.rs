//! Patterns of `*` (any run) and `?` (one character), matched character by character.

/// One piece of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// This very character.
    Char(char),
    /// Any run of characters, the empty one and newlines included (rule 3.8).
    Run,
    /// Exactly one code point (rule 3.8).
    One,
}

/// The pieces of a text in which `*` and `?` are wildcards.
pub(crate) fn pattern(text: &str) -> Vec<Piece> {
    text.chars().map(wild).collect()
}

/// The piece a character stands for where wildcards count.
pub(crate) fn wild(character: char) -> Piece {
    match character {
        '*' => Piece::Run,
        '?' => Piece::One,
        other => Piece::Char(other),
    }
}

/// Does the whole text match the whole pattern? Case counts.
pub(crate) fn matches(pattern: &[Piece], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    // reachable[i]: the pieces so far can match the first i characters.
    let mut reachable = vec![false; text.len() + 1];
    reachable[0] = true;
    for piece in pattern {
        let mut next = vec![false; text.len() + 1];
        for i in 0..=text.len() {
            next[i] = match piece {
                Piece::Run => reachable[i] || (i > 0 && next[i - 1]),
                Piece::One => i > 0 && reachable[i - 1],
                Piece::Char(wanted) => i > 0 && reachable[i - 1] && text[i - 1] == *wanted,
            };
        }
        reachable = next;
    }
    reachable[text.len()]
}

#[cfg(test)]
mod tests {
    use super::{matches, pattern};

    #[test]
    fn wildcards_match_whole_texts() {
        for (text_pattern, text, expected) in [
            ("", "", true),
            ("*", "", true),
            ("?", "", false),
            ("a*c", "abbbc", true),
            ("a*c", "abbbcd", false),
            ("*a*b*", "xxaxxbxx", true),
            ("a?c", "aéc", true),
            ("a?c", "a\nc", true),
            ("a*", "A", false),
        ] {
            assert_eq!(matches(&pattern(text_pattern), text), expected, "{text_pattern} on {text:?}");
        }
    }
}
