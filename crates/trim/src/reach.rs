//! The pattern of a policy that stands for a thing, and for how much more than it.

use clavicle_catalog::{Catalog, ResourceType};
use clavicle_policy::Arn;

/// How far a thing that was seen stands for others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// For itself alone.
    #[default]
    Exact,
    /// For what lies beside it: the objects under the same prefix, the streams of one log group.
    Folder,
    /// For all things of its type in its account and region.
    Type,
}

/// The pattern for a thing; its own name where there is nothing to generalize.
pub(crate) fn pattern(catalog: &Catalog, action: &str, arn: &str, reach: Reach) -> String {
    if reach == Reach::Exact {
        return literal(arn);
    }
    let Some(parts) = Arn::parse(arn) else { return literal(arn) };
    let takes = |kind: &ResourceType<'_>| {
        let known = catalog.action(action);
        known.is_some_and(|id| kind.actions().any(|own| own == id))
    };
    let kinds = catalog.resource_types_of(arn);
    let Some(kind) = kinds.iter().find(|kind| takes(kind)).or(kinds.first()) else { return literal(arn) };
    let mut forms = kind.arn_patterns().filter_map(|form| form.splitn(6, ':').nth(5));
    let Some(mut pieces) = forms.find_map(|form| taken_apart(form, parts.resource())) else {
        return literal(arn);
    };
    let names = pieces.iter().filter(|piece| piece.name).count();
    match reach {
        Reach::Type => {
            pieces.iter_mut().filter(|piece| piece.name).for_each(|piece| "*".clone_into(&mut piece.text));
        }
        Reach::Folder | Reach::Exact => {
            let Some(last) = pieces.iter_mut().rfind(|piece| piece.name) else { return literal(arn) };
            match last.text.rfind('/') {
                Some(at) => last.text = format!("{}*", literal(&last.text[..=at])),
                None if names > 1 => last.text = "*".to_owned(),
                None => return literal(arn),
            }
            let last = pieces.iter().rposition(|piece| piece.name);
            for (at, piece) in pieces.iter_mut().enumerate() {
                if piece.name && Some(at) != last {
                    piece.text = literal(&piece.text);
                }
            }
        }
    }
    let resource: String = pieces.into_iter().map(|piece| piece.text).collect();
    let head = &arn[..arn.len() - parts.resource().len()];
    format!("{}{resource}", literal(head))
}

/// The pattern that matches this text and no other.
///
/// AWS: IAM User Guide, "IAM policy elements: Variables and tags", Special characters.
pub(crate) fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '*' => out.push_str("${*}"),
            '?' => out.push_str("${?}"),
            '$' if letters.peek() == Some(&'{') => out.push_str("${$}"),
            other => out.push(other),
        }
    }
    out
}

/// A stretch of an ARN: a name in it, or what stands between names.
struct Piece {
    text: String,
    name: bool,
}

/// The text by a form with `${Names}`: a name takes as little as it can, the last one all that is left.
fn taken_apart(form: &str, text: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let (mut form, mut text) = (form, text);
    while let Some(start) = form.find("${") {
        let (between, rest) = form.split_at(start);
        text = text.strip_prefix(between)?;
        pieces.push(Piece { text: between.to_owned(), name: false });
        let rest = rest.split_once('}')?.1;
        let next = rest.split("${").next().unwrap_or_default();
        let end = match next.is_empty() {
            // Two names side by side, or the last one.
            true => text.len(),
            false if rest.len() == next.len() => text.len().checked_sub(next.len())?,
            false => text.find(next)?,
        };
        let (name, left) = text.split_at_checked(end)?;
        if name.is_empty() {
            return None;
        }
        pieces.push(Piece { text: name.to_owned(), name: true });
        (form, text) = (rest, left);
    }
    pieces.push(Piece { text: form.to_owned(), name: false });
    (text == form).then_some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_stand_for_as_much_as_was_asked() {
        let catalog = clavicle_catalog::catalog();
        for (action, arn, folder, kind) in [
            ("s3:GetObject", "arn:aws:s3:::b/2026/07/a.csv", "arn:aws:s3:::b/2026/07/*", "arn:aws:s3:::*/*"),
            ("s3:GetObject", "arn:aws:s3:::b/a.csv", "arn:aws:s3:::b/*", "arn:aws:s3:::*/*"),
            ("s3:ListBucket", "arn:aws:s3:::b", "arn:aws:s3:::b", "arn:aws:s3:::*"),
            (
                "sqs:SendMessage",
                "arn:aws:sqs:eu-west-1:111122223333:jobs",
                "arn:aws:sqs:eu-west-1:111122223333:jobs",
                "arn:aws:sqs:eu-west-1:111122223333:*",
            ),
            (
                "logs:PutLogEvents",
                "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/f:log-stream:2026/07/x",
                "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/f:log-stream:2026/07/*",
                "arn:aws:logs:eu-west-1:111122223333:log-group:*:log-stream:*",
            ),
            (
                "iam:GetRole",
                "arn:aws:iam::111122223333:role/app/web",
                "arn:aws:iam::111122223333:role/app/*",
                "arn:aws:iam::111122223333:role/*",
            ),
            ("none:None", "arn:aws:nothing:::x/y", "arn:aws:nothing:::x/y", "arn:aws:nothing:::x/y"),
            (
                "s3:GetObject",
                "arn:aws:s3:::b/${x}*?/k",
                "arn:aws:s3:::b/${$}{x}${*}${?}/*",
                "arn:aws:s3:::*/*",
            ),
        ] {
            assert_eq!(pattern(catalog, action, arn, Reach::Exact), literal(arn), "{arn}");
            assert_eq!(pattern(catalog, action, arn, Reach::Folder), folder, "{arn}");
            assert_eq!(pattern(catalog, action, arn, Reach::Type), kind, "{arn}");
        }
    }
}
