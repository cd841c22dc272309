//! Three-valued truth (Kleene) that remembers which unknown keys it hangs on.
//!
//! A definite operand absorbs an unknown one (`false and ?` is `false`), and the keys of the absorbed operand are
//! forgotten with it: so the keys that survive to the end are the ones that matter (rule 12.1).

use std::collections::BTreeSet;

/// Does something hold, given what is known about the request?
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    /// Whatever the unknown keys hold.
    True,
    /// Whatever the unknown keys hold.
    False,
    /// It depends on these keys.
    Unknown(BTreeSet<String>),
}

impl Truth {
    pub(crate) fn unknown(key: &str) -> Truth {
        Truth::Unknown(BTreeSet::from([key.to_owned()]))
    }

    pub(crate) fn and(self, other: Truth) -> Truth {
        match (self, other) {
            (Truth::False, _) | (_, Truth::False) => Truth::False,
            (Truth::True, truth) | (truth, Truth::True) => truth,
            (Truth::Unknown(left), Truth::Unknown(right)) => Truth::Unknown(&left | &right),
        }
    }

    pub(crate) fn or(self, other: Truth) -> Truth {
        self.not().and(other.not()).not()
    }

    pub(crate) fn not(self) -> Truth {
        match self {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            unknown => unknown,
        }
    }

    pub(crate) fn all(truths: impl IntoIterator<Item = Truth>) -> Truth {
        truths.into_iter().fold(Truth::True, Truth::and)
    }

    pub(crate) fn any(truths: impl IntoIterator<Item = Truth>) -> Truth {
        truths.into_iter().fold(Truth::False, Truth::or)
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Truth {
        if holds { Truth::True } else { Truth::False }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth;

    #[test]
    fn a_definite_operand_absorbs_the_keys_of_the_other() {
        assert_eq!(Truth::unknown("k").and(Truth::False), Truth::False);
        assert_eq!(Truth::unknown("k").or(Truth::True), Truth::True);
        assert_eq!(Truth::unknown("k").and(Truth::True), Truth::unknown("k"));
    }

    #[test]
    fn two_unknowns_hang_on_both_keys() {
        let both = Truth::Unknown(["a".to_owned(), "b".to_owned()].into());
        assert_eq!(Truth::unknown("a").or(Truth::unknown("b")), both);
        assert_eq!(Truth::unknown("a").and(Truth::unknown("b").not()), both);
    }
}
