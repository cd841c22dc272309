//! Can one text fit two patterns?

/// Can a text fit both `pattern` of a policy and `form`, a form of ARNs as AWS lists them? In the pattern `*` is any run
/// and `?` any character; in the form a `${Variable}` or `*` is one character or more without `/` and `:` where it is the name of a
/// bucket or table, and in the parts before the last any run without `:`. Time and memory are the product of the lengths.
///
/// AWS: Amazon S3 User Guide, "General purpose bucket naming rules": lowercase letters, numbers, periods and hyphens.
/// Amazon DynamoDB Developer Guide, "Supported data types and naming rules in Amazon DynamoDB": `a-z`, `A-Z`, `0-9`, `_`, `-`, `.`.
pub(crate) fn fits_form(pattern: &str, form: &str) -> bool {
    fits(pattern, form, form.split(':').nth(2).unwrap_or_default())
}

/// The same of the last parts of both, and of whose ARNs they are.
pub(crate) fn fits_resource(resource: &str, form: &str, service: &str) -> bool {
    fits(resource, form, service)
}

fn fits(pattern: &str, form: &str, service: &str) -> bool {
    // A whole policy is hardly longer, and this is asked for every form there is.
    if pattern.len() > LONGEST {
        return true;
    }
    // Most forms are ruled out by what both begin with.
    let own = |text: &str, at: &[char]| text.find(at).unwrap_or(text.len());
    let (left, right) = (own(pattern, &['*', '?']), own(form, &['$', '*']));
    let least = left.min(right);
    let differ = pattern.as_bytes().get(..least) != form.as_bytes().get(..least);
    if differ || left == pattern.len() && right == form.len() && left != right {
        return false;
    }
    meet(&of_pattern(pattern), &of_form(form, service))
}

/// Of longer patterns nothing is said.
const LONGEST: usize = 4096;

/// Can a text fit both patterns of policies, case aside?
pub(crate) fn overlap(one: &str, other: &str) -> bool {
    meet(&of_pattern(&one.to_ascii_lowercase()), &of_pattern(&other.to_ascii_lowercase()))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    /// This character.
    Is(char),
    /// Any character.
    One,
    /// Any run, empty or not.
    Run,
    /// Any character but these.
    OneBut(&'static str),
    /// Any run without these characters.
    RunBut(&'static str),
}

fn of_pattern(text: &str) -> Vec<Piece> {
    text.chars()
        .map(|character| match character {
            '*' => Piece::Run,
            '?' => Piece::One,
            character => Piece::Is(character),
        })
        .collect()
}

fn of_form(text: &str, service: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let (is_arn, mut colons) = (text.starts_with("arn:"), 0);
    let mut rest = text;
    while let Some(at) = rest.find(['$', '*']) {
        let (own, variable) = rest.split_at(at);
        pieces.extend(own.chars().map(Piece::Is));
        colons += own.matches(':').count();
        let name = NAMES.iter().any(|(of, name)| *of == service && variable.starts_with(name));
        match (is_arn && colons < 5, name) {
            // Things of all regions have none.
            (true, _) => pieces.push(Piece::RunBut(":")),
            (false, true) => pieces.extend([Piece::OneBut("/:"), Piece::RunBut("/:")]),
            (false, false) => pieces.extend([Piece::One, Piece::Run]),
        }
        rest = match variable.strip_prefix('*') {
            Some(after) => after,
            None => variable.split_once('}').map_or("", |(_, after)| after),
        };
    }
    pieces.extend(rest.chars().map(Piece::Is));
    pieces
}

/// Names without `/` and `:`, by their service and variable.
const NAMES: [(&str, &str); 2] = [("s3", "${BucketName}"), ("dynamodb", "${TableName}")];

/// Row by row: `reach[j]` says whether the first pieces of `one` and the first `j` of `other` can be used up together.
fn meet(one: &[Piece], other: &[Piece]) -> bool {
    let mut reach = vec![false; other.len() + 1];
    for i in 0..=one.len() {
        let mut now = vec![false; other.len() + 1];
        for j in 0..=other.len() {
            let left = i.checked_sub(1).and_then(|i| one.get(i));
            let right = j.checked_sub(1).and_then(|j| other.get(j));
            let before = |row: &[bool], j: usize| row.get(j).copied().unwrap_or(false);
            let reached = (i == 0 && j == 0)
                // A run may be empty, or take what the other side has.
                || is_run(left) && (before(&reach, j) || j > 0 && takes(left, right) && before(&now, j - 1))
                || is_run(right) && (before(&now, j - 1) || i > 0 && takes(right, left) && before(&reach, j))
                || (i > 0 && j > 0 && before(&reach, j - 1) && same(left, right));
            if let Some(cell) = now.get_mut(j) {
                *cell = reached;
            }
        }
        reach = now;
    }
    reach.last().copied().unwrap_or(false)
}

fn is_run(piece: Option<&Piece>) -> bool {
    matches!(piece, Some(Piece::Run | Piece::RunBut(_)))
}

/// Can some text of `other` be a part of this run?
fn takes(run: Option<&Piece>, other: Option<&Piece>) -> bool {
    !matches!((run, other), (Some(Piece::RunBut(but)), Some(Piece::Is(letter))) if but.contains(*letter))
}

fn same(left: Option<&Piece>, right: Option<&Piece>) -> bool {
    let (Some(left), Some(right)) = (left, right) else { return false };
    match (left, right) {
        (Piece::Run | Piece::RunBut(_), _) | (_, Piece::Run | Piece::RunBut(_)) => false,
        (Piece::Is(left), Piece::Is(right)) => left == right,
        (Piece::Is(letter), Piece::OneBut(but)) | (Piece::OneBut(but), Piece::Is(letter)) => {
            !but.contains(*letter)
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use clavicle_policy::{Case, Glob};
    use proptest::prelude::*;

    use super::{fits_form, fits_resource, overlap};

    #[test]
    fn forms_of_arns_meet_patterns() {
        let object = "arn:${Partition}:s3:::${Bucket}/${Key}";
        assert!(fits_form("arn:aws:s3:::b/*", object));
        assert!(fits_form("arn:aws:s3:::b*", object));
        assert!(!fits_form("arn:aws:s3:::b", object));
        assert!(!fits_form("arn:aws:s3:::b/", object));
        assert!(fits_form("*", object));
        let (bucket, object) =
            ("arn:${Partition}:s3:::${BucketName}", "arn:${Partition}:s3:::${BucketName}/${ObjectName}");
        for (pattern, is_bucket, is_object) in [
            ("arn:aws:s3:::b", true, false),
            ("arn:aws:s3:::b*", true, true),
            ("arn:aws:s3:::b?", true, false),
            ("arn:aws:s3:::b/*", false, true),
            ("arn:aws:s3:::*/x", false, true),
            ("arn:aws:s3:::/*", false, false),
            ("arn:aws:s3:::*?", true, true),
            ("arn:aws:s3:::b:*", false, false),
            ("arn:aws:s3:::b/a:b", false, true),
        ] {
            assert_eq!(
                (fits_form(pattern, bucket), fits_form(pattern, object)),
                (is_bucket, is_object),
                "{pattern}"
            );
            // The last parts alone say the same.
            let last = |text: &str| text.splitn(6, ':').nth(5).unwrap_or_default().to_owned();
            let fits = |form: &str| fits_resource(&last(pattern), &last(form), "s3");
            assert_eq!((fits(bucket), fits(object)), (is_bucket, is_object), "{pattern}");
        }
        assert!(fits_resource("/x", "${BucketName}", "other"));
    }

    proptest! {
        #[test]
        fn what_both_begin_with_rules_out_only_what_does_not_fit(pattern in "[ab*?]{0,5}", form in "[ab*]{0,5}") {
            prop_assert_eq!(fits_form(&pattern, &form), super::meet(&super::of_pattern(&pattern), &super::of_form(&form, "")));
        }
    }

    /// Every short text over two letters.
    fn texts() -> impl Iterator<Item = String> {
        (0..=6u32).flat_map(|length| {
            (0..1u32 << length).map(move |bits| {
                (0..length).map(|at| if bits >> at & 1 == 1 { 'a' } else { 'b' }).collect::<String>()
            })
        })
    }

    proptest! {
        #[test]
        fn two_patterns_overlap_if_some_text_fits_both(one in "[ab*?]{0,4}", other in "[ab*?]{0,4}") {
            let globs = [&one, &other].map(|pattern| Glob::new(pattern, Case::Ignored));
            let found = texts().any(|text| globs.iter().all(|glob| glob.matches(&text)));
            prop_assert_eq!(overlap(&one, &other), found, "{} {}", one, other);
        }
    }
}
