//! Does an ARN have the form of a resource type?
//!
//! A pattern of AWS's lists is an ARN with `${Variables}` (and here and there a `*`). A variable stands for one letter
//! or more, and nothing in the lists says which variables may hold a `/` or a `:`: the name of an S3 object may, the
//! name of a bucket may not, and both are the last word of their pattern. So matching is generous, and says whether a
//! variable had to cross a separator; whoever compares several patterns gives up those that had to, if another pattern
//! explains more of the ARN by letters of its own.

/// How an ARN fits a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fit {
    /// How many letters of the resource part are the pattern's own.
    pub(crate) letters: usize,
    /// How many variables the pattern has.
    pub(crate) variables: usize,
    /// Did a variable take in a separator?
    pub(crate) crosses: bool,
}

/// `None` if `arn` has another form than `pattern`.
pub(crate) fn fit(pattern: &str, arn: &str) -> Option<Fit> {
    let mut wanted = pattern.splitn(6, ':');
    let mut given = arn.splitn(6, ':');
    for _ in 0..5 {
        let (wanted, given) = (wanted.next()?, given.next()?);
        // A policy may say `*` where the ARN of a thing says nothing, as in `arn:aws:iam::*:role/x`.
        let variable = wanted.starts_with("${") || wanted == "*";
        let filled_in = variable && !given.is_empty();
        if !(wanted == given || given == "*" || filled_in) {
            return None;
        }
    }
    let (wanted, given) = (wanted.next()?, given.next()?);
    let crosses = resource_fits(wanted, given)?;
    let (mut letters, mut variables, mut rest) = (0, 0, wanted);
    while !rest.is_empty() {
        match split_variable(rest) {
            Some(after) => {
                variables += 1;
                rest = after;
            }
            None => {
                letters += 1;
                rest = &rest[1..];
            }
        }
    }
    Some(Fit { letters, variables, crosses })
}

/// What follows the variable that `pattern` begins with, if it begins with one.
fn split_variable(pattern: &str) -> Option<&str> {
    if let Some(rest) = pattern.strip_prefix("${") {
        return rest.split_once('}').map(|(_, after)| after);
    }
    pattern.strip_prefix('*')
}

/// Matches the resource part; says whether a variable crossed a separator. Patterns have few variables, and each tries
/// the shortest text first, so that a variable crosses no separator that the pattern can take itself.
fn resource_fits(pattern: &str, text: &str) -> Option<bool> {
    let Some(after) = split_variable(pattern) else {
        let Some(&wanted) = pattern.as_bytes().first() else { return text.is_empty().then_some(false) };
        return (wanted.is_ascii() && text.as_bytes().first() == Some(&wanted))
            .then(|| resource_fits(&pattern[1..], &text[1..]))
            .flatten();
    };
    if after.is_empty() {
        return (!text.is_empty()).then(|| text.contains(['/', ':']));
    }
    let mut crosses = false;
    for (at, letter) in text.char_indices() {
        crosses |= matches!(letter, '/' | ':');
        if let Some(later) = resource_fits(after, &text[at + letter.len_utf8()..]) {
            return Some(crosses || later);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Fit, fit};

    const OBJECT: &str = "arn:${Partition}:s3:::${BucketName}/${ObjectName}";
    const BUCKET: &str = "arn:${Partition}:s3:::${BucketName}";

    #[test]
    fn variables_stand_for_one_letter_or_more() {
        assert!(fit(BUCKET, "arn:aws:s3:::").is_none());
        assert!(fit(BUCKET, "arn:aws:s3:::b").is_some());
        assert!(fit(OBJECT, "arn:aws:s3:::b/").is_none());
        assert_eq!(fit(OBJECT, "arn:aws:s3:::b/é/k"), Some(Fit { letters: 1, variables: 2, crosses: true }));
        assert_eq!(fit(BUCKET, "arn:aws:s3:::b/k").map(|fit| fit.crosses), Some(true));
        assert_eq!(fit(OBJECT, "arn:aws:s3:::b/k").map(|fit| fit.crosses), Some(false));
    }

    #[test]
    fn the_first_five_parts_are_taken_as_they_are() {
        assert!(fit(BUCKET, "arn:aws:s3:eu-west-1::b").is_none());
        assert!(fit(BUCKET, "arn:aws:s3:*::b").is_some());
        assert!(fit("arn:${Partition}:iam::${Account}:role/${R}", "arn:aws:iam:::role/x").is_none());
        assert!(fit("arn:${Partition}:braket:*:*:device/${D}", "arn:aws:braket:::device/x").is_none());
        assert!(fit("arn:${Partition}:braket:*:*:device/${D}", "arn:aws:braket:r:1:device/x").is_some());
        assert!(fit(BUCKET, "s3").is_none());
    }

    #[test]
    fn a_variable_may_have_to_cross_to_reach_the_next_word() {
        let stream = "arn:${Partition}:logs:${Region}:${Account}:log-group:${G}:log-stream:${S}";
        assert!(fit(stream, "arn:aws:logs:r:1:log-group:/aws/x:log-stream:y").is_some_and(|fit| fit.crosses));
        assert!(fit(stream, "arn:aws:logs:r:1:log-group:/aws/x").is_none());
    }
}
