//! "Did you mean …?" for actions.

use crate::action::ActionId;
use crate::catalog::Catalog;
use crate::operation::Operation;
use crate::service::Service;

/// See [`Catalog::suggest_action`].
pub(crate) fn action(catalog: &Catalog, text: &str) -> Option<ActionId> {
    if text.len() > LONGEST {
        return None;
    }
    let (prefix, name) = text.split_once(':')?;
    if name.is_empty() {
        return None;
    }
    let Some(service) = catalog.service(prefix) else {
        return in_similar_service(catalog, prefix, name).or_else(|| in_one_other_service(catalog, name));
    };
    // The name of an operation, where the action has another: `s3:ListObjectsV2` is `s3:ListBucket`.
    if let Operation::Needs { always, .. } = catalog.operation(prefix, name)
        && let [action] = always[..]
    {
        return Some(action);
    }
    nearest(catalog, service, name).or_else(|| in_one_other_service(catalog, name))
}

/// No action has a name nearly as long.
const LONGEST: usize = 128;

fn nearest(catalog: &Catalog, service: Service<'_>, name: &str) -> Option<ActionId> {
    service
        .actions()
        .map(|id| (distance(name, catalog.short_name(id)), id))
        .filter(|(distance, id)| *distance * 3 <= catalog.short_name(*id).len())
        .min()
        .map(|(_, id)| id)
}

fn in_similar_service(catalog: &Catalog, prefix: &str, name: &str) -> Option<ActionId> {
    let mut near: Vec<(usize, Service<'_>)> = catalog
        .services()
        .map(|service| (distance(prefix, service.prefix()), service))
        .filter(|(distance, service)| *distance * 2 <= service.prefix().len().min(prefix.len()))
        .collect();
    near.sort_by_key(|(distance, service)| (*distance, service.prefix()));
    let exact = near.iter().find_map(|(_, service)| catalog.action(&format!("{}:{name}", service.prefix())));
    exact.or_else(|| near.first().and_then(|(_, service)| nearest(catalog, *service, name)))
}

/// The action of this name in another service, if only one other has it.
fn in_one_other_service(catalog: &Catalog, name: &str) -> Option<ActionId> {
    let mut same =
        catalog.services().filter_map(|service| catalog.action(&format!("{}:{name}", service.prefix())));
    let first = same.next()?;
    same.next().is_none().then_some(first)
}

/// How many letters must be put in, taken out or exchanged to make `a` of `b`, case aside.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (line, left) in a.bytes().enumerate() {
        let mut diagonal = line;
        let mut before = line + 1;
        row[0] = before;
        for (cell, right) in row[1..].iter_mut().zip(b.bytes()) {
            let here =
                (diagonal + usize::from(!left.eq_ignore_ascii_case(&right))).min(before + 1).min(*cell + 1);
            diagonal = std::mem::replace(cell, here);
            before = here;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::distance;
    use crate::catalog;

    fn suggested(text: &str) -> Option<&'static str> {
        catalog().suggest_action(text).map(|id| catalog().name(id))
    }

    #[test]
    fn slips_and_names_of_operations_are_recognised() {
        assert_eq!(suggested("s3:GetObjects"), Some("s3:GetObject"));
        assert_eq!(suggested("s3:ListObjectsV2"), Some("s3:ListBucket"));
        assert_eq!(suggested("s3:HeadBucket"), Some("s3:ListBucket"));
        assert_eq!(suggested("lambda:Invoke"), Some("lambda:InvokeFunction"));
        assert_eq!(suggested("lamda:InvokeFunction"), Some("lambda:InvokeFunction"));
        assert_eq!(suggested("iam:AssumeRole"), Some("sts:AssumeRole"));
        assert_eq!(suggested("dynamo:GetItem"), Some("dynamodb:GetItem"));
    }

    #[test]
    fn nonsense_gets_no_suggestion() {
        for text in ["", ":", "s3:", "s3", "s3:Banana", "qqqqqq:Qqqqqq"] {
            assert_eq!(suggested(text), None, "{text}");
        }
        assert_eq!(suggested(&format!("s3:{}", "x".repeat(10_000_000))), None);
        assert_eq!(suggested(&format!("{}:GetObject", "x".repeat(10_000_000))), None);
    }

    #[test]
    fn distance_counts_single_letters() {
        assert_eq!((distance("", "abc"), distance("abc", ""), distance("Kitten", "sitting")), (3, 3, 3));
    }
}
