//! The rules that are looked at over accounts, and what they find.
//!
//! A rule is data: its id, what it means, why it matters and what to do. Rules that look at the same facts are a family, in
//! a file of its own; to add one is to write the file and to name it in [`FAMILIES`]. `docs/rules.md` and `clavicle
//! explain RULE` are made from the same words.

mod adds_nothing;
mod asks;
mod breadth;
mod check;
mod copies;
mod escalation;
mod found;
mod leads_to_matter;
mod lever;
mod quota;
mod rule;
mod rules_page;
mod sharing;
mod unattached;
mod unused;
mod ways_in;

pub use check::Check;
pub(crate) use check::day;
pub use found::id_of;
pub use rule::Rule;
pub use rules_page::rules_page;

use found::Found;

use crate::reader::Reader;

/// Rules that look at the same facts.
pub(crate) struct Family {
    /// The rules.
    pub(crate) rules: &'static [Rule],
    /// Looks: what these rules find, in any order.
    pub(crate) look: fn(&Look<'_>) -> Vec<Found>,
}

/// What a family looks at.
pub(crate) struct Look<'r> {
    /// The accounts.
    pub(crate) reader: &'r Reader,
    /// The day that ages are counted to; `None`: not known, so nothing is old.
    pub(crate) as_of: Option<jiff::civil::Date>,
}

/// Every family, in the order in which their rules are listed.
static FAMILIES: &[Family] = &[
    asks::FAMILY,
    ways_in::FAMILY,
    escalation::FAMILY,
    leads_to_matter::FAMILY,
    sharing::FAMILY,
    breadth::FAMILY,
    copies::FAMILY,
    unattached::FAMILY,
    adds_nothing::FAMILY,
    quota::FAMILY,
    unused::FAMILY,
];

/// Every rule.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().flat_map(|family| family.rules)
}

/// The rule with this id, case aside.
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id.eq_ignore_ascii_case(id))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn every_rule_has_an_id_of_its_own_and_says_what_it_is() {
        let ids: BTreeSet<&str> = super::rules().map(|rule| rule.id).collect();
        assert_eq!(ids.len(), super::rules().count());
        for rule in super::rules() {
            let plain =
                |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
            assert!(rule.id.chars().all(plain) && rule.id.contains('-'), "{}", rule.id);
            for text in [rule.title, rule.means, rule.why, rule.fix, rule.severity] {
                assert!(text.len() > 10 && !text.contains('\n'), "{}: {text}", rule.id);
            }
            assert!(rule.sources.iter().all(|source| source.starts_with("https://docs.aws.amazon.com/")));
            assert_eq!(super::rule(&rule.id.to_uppercase()).map(|found| found.id), Some(rule.id));
        }
    }
}
