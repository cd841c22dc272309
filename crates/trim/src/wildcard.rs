//! Actions written shortly: a wildcard only where it matches exactly the catalogue's actions that are meant.

use std::collections::BTreeSet;

use clavicle_catalog::{ActionId, Catalog};

/// Patterns that match exactly these actions of the catalogue: whole services, beginnings and ends of whole words. A
/// pattern is taken where it covers several, and where `may` lets it be. Greedy: the pattern that covers most goes first.
pub(crate) fn shortened(
    catalog: &Catalog,
    wanted: &BTreeSet<ActionId>,
    may: impl Fn(&str) -> bool,
) -> Vec<String> {
    let mut left = wanted.clone();
    let mut found = Vec::new();
    let prefixes: BTreeSet<&str> = wanted.iter().map(|action| catalog.prefix(*action)).collect();
    for prefix in prefixes {
        let own: Vec<ActionId> = left.iter().copied().filter(|id| catalog.prefix(*id) == prefix).collect();
        let mut patterns: BTreeSet<String> = BTreeSet::new();
        patterns.insert(format!("{prefix}:*"));
        for action in &own {
            let name = catalog.short_name(*action);
            for (at, _) in name.char_indices().skip(1).filter(|(_, letter)| letter.is_ascii_uppercase()) {
                patterns.insert(format!("{prefix}:{}*", &name[..at]));
                patterns.insert(format!("{prefix}:*{}", &name[at..]));
            }
        }
        let mut exact: Vec<(String, Vec<ActionId>)> = patterns
            .into_iter()
            .filter(|pattern| may(pattern))
            .map(|pattern| (catalog.expand(&pattern), pattern))
            .filter(|(actions, _)| actions.len() > 1 && actions.iter().all(|id| wanted.contains(id)))
            .map(|(actions, pattern)| (pattern, actions))
            .collect();
        while let Some(at) = best(&exact, &left) {
            let (pattern, actions) = exact.swap_remove(at);
            if actions.iter().filter(|id| left.contains(id)).count() < 2 {
                break;
            }
            actions.iter().for_each(|id| {
                left.remove(id);
            });
            found.push(pattern);
        }
    }
    found.extend(left.iter().map(|id| catalog.name(*id).to_owned()));
    found.sort_unstable();
    found
}

/// The pattern that covers most of what is left; of several the shortest.
fn best(patterns: &[(String, Vec<ActionId>)], left: &BTreeSet<ActionId>) -> Option<usize> {
    let covers = |actions: &[ActionId]| actions.iter().filter(|id| left.contains(id)).count();
    let rank = |(pattern, actions): &(String, Vec<ActionId>)| {
        (covers(actions), std::cmp::Reverse(pattern.len()), std::cmp::Reverse(pattern.clone()))
    };
    let all = patterns.iter().enumerate().map(|(at, row)| (rank(row), at));
    all.max().map(|(_, at)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actions(patterns: &[&str]) -> BTreeSet<ActionId> {
        patterns.iter().flat_map(|pattern| clavicle_catalog::catalog().expand(pattern)).collect()
    }

    #[test]
    fn wildcards_match_exactly_what_is_meant() {
        let catalog = clavicle_catalog::catalog();
        for wanted in [
            &["sqs:*"][..],
            &["s3:GetObject"],
            &["s3:Get*", "s3:PutObject"],
            &["s3:*Object", "sqs:SendMessage"],
            &["ec2:Describe*", "ec2:*Instances"],
        ] {
            let wanted = actions(wanted);
            let short = shortened(catalog, &wanted, |_| true);
            assert_eq!(actions(&short.iter().map(String::as_str).collect::<Vec<_>>()), wanted, "{short:?}");
            assert!(short.len() <= wanted.len());
        }
        assert_eq!(shortened(catalog, &actions(&["sqs:*"]), |_| true), ["sqs:*"]);
        assert_eq!(shortened(catalog, &actions(&["s3:GetObject"]), |_| true), ["s3:GetObject"]);
    }
}
