//! Many names in one cell.

use clavicle_answer::number;

/// So many names stand in one cell; the rest is counted.
const MOST_NAMES: usize = 12;

/// The first of several names, and how many there are more.
pub(crate) fn names(all: impl Iterator<Item = String>) -> String {
    let all: Vec<String> = all.collect();
    let count = all.len();
    some(all.into_iter(), count)
}

/// The first of `count` names, of which these are known.
pub(crate) fn some(named: impl Iterator<Item = String>, count: usize) -> String {
    let shown = named.take(MOST_NAMES).collect::<Vec<_>>();
    let more = count.saturating_sub(shown.len());
    let shown = shown.join(", ");
    if more > 0 { format!("{shown} and {} more", number(more)) } else { shown }
}
