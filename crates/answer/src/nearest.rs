//! Which of many texts are nearest to what was typed?

/// How many single letters have to be changed, added, taken away or swapped with their neighbour, up to `limit`.
///
/// Damerau and Levenshtein's distance, restricted: no letter is touched twice.
pub(crate) fn distance(a: &str, b: &str, limit: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut next = vec![i];
        for j in 1..=b.len() {
            let change = row[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = change.min(row[j] + 1).min(next[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            next.push(best);
        }
        if next.iter().min().is_none_or(|least| *least > limit) {
            return None;
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().filter(|distance| *distance <= limit)
}

/// The nearest of `all`, at most `limit`, none further than a fifth of the text's letters and one.
pub(crate) fn nearest<'a, T>(text: &str, all: impl Iterator<Item = (T, &'a str)>, limit: usize) -> Vec<T> {
    let allowed = 1 + text.chars().count().min(40) / 5;
    let letters = letters_of(text);
    // A change brings in at most one letter that the other does not have. Nearly all names fall to this.
    let may_be_near = |other: &str| {
        let others = letters_of(other);
        text.len().abs_diff(other.len()) <= 4 * allowed
            && (letters & !others).count_ones().max((others & !letters).count_ones()) as usize <= allowed
    };
    let near = all.filter(|(_, other)| may_be_near(other));
    let mut found: Vec<(usize, T)> =
        near.filter_map(|(item, other)| Some((distance(text, other, allowed)?, item))).collect();
    found.sort_by_key(|(distance, _)| *distance);
    found.truncate(limit);
    found.into_iter().map(|(_, item)| item).collect()
}

/// Which bytes a text holds, a bit for each of 64 kinds.
fn letters_of(text: &str) -> u64 {
    text.bytes().fold(0, |letters, byte| letters | 1 << (byte & 63))
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn slips_of_the_finger_are_near() {
        for (a, b, wanted) in [
            ("web", "web", Some(0)),
            ("wbe", "web", Some(1)),
            ("we", "web", Some(1)),
            ("deploier", "deployer", Some(1)),
            ("a", "zzzz", None),
        ] {
            assert_eq!(distance(a, b, 2), wanted, "{a} {b}");
        }
        let names = ["role/deployer", "role/deployer-blue", "role/web"];
        assert_eq!(nearest("role/deploiers", names.iter().map(|n| (*n, *n)), 3), ["role/deployer"]);
    }
}
