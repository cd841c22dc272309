//! Is a new catalogue plausible, given the one before? A source once lost a whole relation from one release to the next
//! and said nothing.

use std::collections::BTreeMap;

/// Actions come and seldom go: AWS lists more every week, and retires a service now and then.
const MOST_ACTIONS_LOST: f64 = 0.02;

/// Relations are crawled from pages that change their form, and may shift, but not vanish.
const MOST_OF_ANY_OTHER_LOST: f64 = 0.20;

/// Small lists may halve without anything being wrong.
const SMALL: usize = 20;

/// What the counts of new facts, by kind, lose against those of old ones, beyond what happens in the world.
pub fn losses<'k>(
    old: impl IntoIterator<Item = (&'k str, usize)>,
    new: &BTreeMap<&str, usize>,
) -> Vec<String> {
    let mut losses = Vec::new();
    for (kind, before) in old {
        let after = new.get(kind).copied().unwrap_or(0);
        // Late and new actions are those that some source does not have yet: that they get fewer is progress.
        if ["late", "new"].contains(&kind) || before < SMALL {
            continue;
        }
        let most = if kind == "actions" { MOST_ACTIONS_LOST } else { MOST_OF_ANY_OTHER_LOST };
        if (after as f64) < before as f64 * (1.0 - most) {
            losses.push(format!("{kind}: {before} before, {after} now"));
        }
    }
    losses
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::losses;

    const OLD: [(&str, usize); 4] = [("actions", 1000), ("dependent_pairs", 100), ("late", 50), ("few", 3)];

    fn lost(changes: &[(&'static str, usize)]) -> Vec<String> {
        let mut new: BTreeMap<&str, usize> = OLD.into_iter().collect();
        new.extend(changes.iter().copied());
        losses(OLD, &new)
    }

    #[test]
    fn a_relation_that_vanishes_is_a_loss() {
        assert_eq!(lost(&[("dependent_pairs", 0)]), ["dependent_pairs: 100 before, 0 now"]);
        let without: BTreeMap<&str, usize> = [("actions", 1000)].into_iter().collect();
        assert_eq!(losses(OLD, &without), ["dependent_pairs: 100 before, 0 now"]);
    }

    #[test]
    fn actions_are_watched_more_closely() {
        assert_eq!(lost(&[("actions", 979)]), ["actions: 1000 before, 979 now"]);
        assert!(lost(&[("actions", 981)]).is_empty());
    }

    #[test]
    fn what_happens_in_the_world_is_no_loss() {
        assert!(lost(&[("dependent_pairs", 85), ("late", 0), ("few", 1)]).is_empty());
        assert!(lost(&[]).is_empty());
    }
}
