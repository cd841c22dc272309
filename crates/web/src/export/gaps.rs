//! What was not seen, as notes.

use clavicle_answer::counted;
use clavicle_answer::shape::NotSeen;

/// So many are told one by one; the rest is counted.
const MOST_GAPS: usize = 40;

/// `~ not seen: s3:GetBucketPolicy in prod, 3 things (AWS refused it)`; the last note counts those that are not told.
pub fn gaps(all: &[NotSeen]) -> Vec<String> {
    let mut notes: Vec<String> = all.iter().take(MOST_GAPS).map(gap).collect();
    let left = all.get(MOST_GAPS..).unwrap_or_default();
    if !left.is_empty() {
        let count: u64 = left.iter().map(|gap| gap.things).sum();
        let of_things = if count > 0 { format!(" of {}", things(count)) } else { String::new() };
        notes.push(format!(
            "~ not seen: {}{of_things}, which JSON has",
            counted(left.len(), "more call", "more calls")
        ));
    }
    notes
}

fn gap(gap: &NotSeen) -> String {
    let of_things = if gap.things > 0 { format!(", {}", things(gap.things)) } else { String::new() };
    format!("~ not seen: {} in {}{of_things} ({})", gap.call, gap.place, gap.why)
}

fn things(count: u64) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), "thing", "things")
}

#[cfg(test)]
mod tests {
    use clavicle_answer::shape::NotSeen;

    use super::{MOST_GAPS, gaps};

    #[test]
    fn what_is_not_told_is_counted() {
        let gap = |at: usize| NotSeen {
            call: format!("s3:GetBucketPolicy{at}"),
            place: "prod".to_owned(),
            things: 3,
            why: "AWS refused it".to_owned(),
        };
        let all: Vec<NotSeen> = (0..MOST_GAPS + 2).map(gap).collect();
        let told = gaps(&all);
        assert_eq!(told[0], "~ not seen: s3:GetBucketPolicy0 in prod, 3 things (AWS refused it)");
        assert_eq!(told.len(), MOST_GAPS + 1);
        assert_eq!(told[MOST_GAPS], "~ not seen: 2 more calls of 6 things, which JSON has");
        assert_eq!(gaps(&all[..MOST_GAPS]).len(), MOST_GAPS);
    }
}
