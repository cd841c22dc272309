//! Is a new catalogue plausible, given the one before?

use std::collections::BTreeMap;

/// Actions come and seldom go: AWS lists more every week, and retires a service now and then.
const MOST_ACTIONS_LOST: f64 = 0.02;

/// Relations are crawled from pages that change their form, and may shift, but not vanish.
const MOST_OF_ANY_OTHER_LOST: f64 = 0.20;

/// Small lists may halve without anything being wrong.
const SMALL: f64 = 20.0;

/// What the counts of a new `META` lose against those of the old one, beyond what happens in the world.
pub(super) fn losses(old: &str, new: &str) -> Vec<String> {
    let new = counts(new);
    let mut losses = Vec::new();
    for (kind, before) in counts(old) {
        let after = new.get(kind).copied().unwrap_or(0.0);
        // Late and new actions are those that some source does not have yet: that they get fewer is progress.
        if ["late", "new"].contains(&kind) || before < SMALL {
            continue;
        }
        let most = if kind == "actions" { MOST_ACTIONS_LOST } else { MOST_OF_ANY_OTHER_LOST };
        if after < before * (1.0 - most) {
            losses.push(format!("{kind}: {before} before, {after} now"));
        }
    }
    losses
}

fn counts(meta: &str) -> BTreeMap<&str, f64> {
    meta.lines()
        .filter_map(|line| line.strip_prefix("count\t")?.split_once('\t'))
        .filter_map(number)
        .collect()
}

fn number<'m>((kind, count): (&'m str, &str)) -> Option<(&'m str, f64)> {
    Some((kind, count.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::losses;

    const OLD: &str = "#clavicle-meta 1\nsource\tbase\tx\ncount\tactions\t1000\ncount\tdependent_pairs\t100\ncount\tlate\t50\ncount\tfew\t3\n";

    #[test]
    fn a_relation_that_vanishes_is_a_loss() {
        let new = OLD.replace("dependent_pairs\t100", "dependent_pairs\t0");
        assert_eq!(losses(OLD, &new), ["dependent_pairs: 100 before, 0 now"]);
        assert_eq!(losses(OLD, "count\tactions\t1000\n"), ["dependent_pairs: 100 before, 0 now"]);
    }

    #[test]
    fn actions_are_watched_more_closely() {
        assert_eq!(losses(OLD, &OLD.replace("1000", "979")), ["actions: 1000 before, 979 now"]);
        assert!(losses(OLD, &OLD.replace("1000", "981")).is_empty());
    }

    #[test]
    fn what_happens_in_the_world_is_no_loss() {
        let new = OLD.replace("\t100\n", "\t85\n").replace("late\t50", "late\t0").replace("few\t3", "few\t1");
        assert!(losses(OLD, &new).is_empty());
        assert!(losses(OLD, OLD).is_empty());
    }
}
