//! Does an ARN have the form of a resource type?
//!
//! A pattern of AWS's lists is an ARN with `${Variables}` (and here and there a `*`). A variable stands for one letter
//! or more, and nothing in the lists says which variables may hold a `/` or a `:`: the name of an S3 object may, the
//! name of a bucket may not, and both are the last word of their pattern. So matching is generous, and says whether a
//! variable had to cross a separator; whoever compares several patterns gives up those that had to, if another pattern
//! explains more of the ARN by letters of its own.

/// The patterns of a resource type: AWS lists several forms of ARNs for some, with a comma between them.
pub(crate) fn forms(patterns: &str) -> impl Iterator<Item = &str> + Clone {
    patterns.split(", ")
}

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
    loop {
        let (own, after) = own_letters(rest);
        letters += own.len();
        match after {
            Some(after) => rest = after,
            None => return Some(Fit { letters, variables, crosses }),
        }
        variables += 1;
    }
}

/// The letters that `pattern` begins with, and what follows the variable behind them, if there is one.
fn own_letters(pattern: &str) -> (&str, Option<&str>) {
    let Some(at) = pattern.find(['$', '*']) else { return (pattern, None) };
    let after = match pattern[at..].strip_prefix('*') {
        Some(after) => after,
        None => pattern[at..].split_once('}').map_or("", |(_, after)| after),
    };
    (&pattern[..at], Some(after))
}

/// Matches the resource part; says whether a variable crossed a separator. Each variable takes the least that lets the
/// letters behind it follow, and the last one takes the rest: if any division fits, this one does, and it takes one
/// pass whatever the text is.
fn resource_fits(pattern: &str, text: &str) -> Option<bool> {
    let (own, mut after) = own_letters(pattern);
    let mut text = text.strip_prefix(own)?;
    let mut crosses = false;
    while let Some(behind) = after {
        let (own, next) = own_letters(behind);
        let least = text.chars().next()?.len_utf8();
        let taken = match next {
            Some(_) => least + text[least..].find(own)?,
            None => text.strip_suffix(own).map(str::len).filter(|length| *length >= least)?,
        };
        crosses |= text[..taken].contains(['/', ':']);
        text = &text[taken + own.len()..];
        after = next;
    }
    text.is_empty().then_some(crosses)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Fit, fit, resource_fits};

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

    /// The meaning, spelled out; `*` is a variable.
    fn slow(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (Some(('*', rest)), Some((_, tail))) => slow(rest, tail) || slow(pattern, tail),
            (Some((wanted, rest)), Some((given, tail))) => wanted == given && slow(rest, tail),
            (None, None) => true,
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn one_pass_finds_a_fit_whenever_there_is_one(pattern in "[ab/*]{0,7}", text in "[ab/é]{0,9}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            let wanted = slow(&chars(&pattern), &chars(&text));
            prop_assert_eq!(resource_fits(&pattern, &text).is_some(), wanted);
            prop_assert_eq!(resource_fits(&pattern.replace('*', "${V}"), &text).is_some(), wanted);
        }
    }

    #[test]
    fn hostile_text_takes_one_pass() {
        let pattern = "arn:${Partition}:x:::${A}/${B}/${C}/${D}/${E}/${F}/end";
        assert!(fit(pattern, &format!("arn:aws:x:::{}", "a/".repeat(200_000))).is_none());
    }
}
