//! "Did you mean …?" for actions and service principals.

use crate::action::ActionId;
use crate::catalog::Catalog;
use crate::operation::Operation;
use crate::service::Service;
use crate::service_principal::service_principals;

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

/// See [`Catalog::suggest_service_principal`].
///
/// The list of principals has gaps, and some short names differ in a letter only (`sms`, `ses`): a slip is one letter in one
/// part of a name, of four letters or more, and a name that a service's own prefix makes is none.
pub(crate) fn service_principal(catalog: &Catalog, text: &str) -> Option<&'static str> {
    const END: &str = ".amazonaws.com";
    if text.len() > LONGEST || catalog.service_principal(text).is_some() {
        return None;
    }
    let text = text.to_ascii_lowercase();
    // The domain of the web site is the commonest slip of all.
    if let Some(stem) = text.strip_suffix(".amazon.com").or_else(|| text.strip_suffix(".aws.com")) {
        return catalog.service_principal(&format!("{stem}{END}")).map(|known| known.name);
    }
    if !text.contains('.') {
        return catalog.service_principal(&format!("{text}{END}")).map(|known| known.name);
    }
    let stem = text.strip_suffix(END)?;
    if catalog.service(stem.rsplit('.').next()?).is_some() {
        return None;
    }
    let parts: Vec<&str> = stem.split('.').collect();
    let is_near = |known: &str| {
        let known: Vec<&str> = known.trim_end_matches(END).split('.').collect();
        let unlike: Vec<_> = parts.iter().zip(&known).filter(|(one, other)| one != other).collect();
        parts.len() == known.len()
            && matches!(unlike[..], [(slip, right)] if right.len() > 3 && distance(slip, right) == 1)
    };
    let mut near = service_principals().filter(|known| is_near(known.name));
    let first = near.next()?;
    near.next().is_none().then_some(first.name)
}

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
    fn slips_in_service_principals_are_recognised() {
        for (text, meant) in [
            ("ec2.amazon.com", Some("ec2.amazonaws.com")),
            ("lambda.aws.com", Some("lambda.amazonaws.com")),
            ("cloudfront", Some("cloudfront.amazonaws.com")),
            ("lamda.amazonaws.com", Some("lambda.amazonaws.com")),
            ("ecs-task.amazonaws.com", Some("ecs-tasks.amazonaws.com")),
            ("delivery.log.amazonaws.com", Some("delivery.logs.amazonaws.com")),
            // Known ones, those of a service's own prefix, and names that nothing is like.
            ("ecs-tasks.amazonaws.com", None),
            ("sqs.amazonaws.com", None),
            ("logs.eu-central-1.amazonaws.com", None),
            ("nothing-known.amazonaws.com", None),
            ("", None),
        ] {
            assert_eq!(catalog().suggest_service_principal(text), meant, "{text}");
        }
        assert_eq!(catalog().suggest_service_principal(&"x".repeat(10_000_000)), None);
    }

    #[test]
    fn distance_counts_single_letters() {
        assert_eq!((distance("", "abc"), distance("abc", ""), distance("Kitten", "sitting")), (3, 3, 3));
    }
}
