//! Many names in one cell.

/// So many names stand in one cell; the rest is counted.
const MOST_NAMES: usize = 12;

/// The first of several names, and how many there are more.
pub(crate) fn names(all: impl Iterator<Item = String>) -> String {
    let all: Vec<String> = all.collect();
    some(&all, all.len())
}

/// The first of `count` names, of which these are known.
pub(crate) fn some(named: &[String], count: usize) -> String {
    let shown = named.iter().take(MOST_NAMES).cloned().collect::<Vec<_>>();
    let more = count.saturating_sub(shown.len());
    let shown = shown.join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}
