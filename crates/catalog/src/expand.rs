//! Which actions does a pattern of a policy cover?

use std::ops::Range;

use clavicle_policy::{Case, Glob};

use crate::caseless;
use crate::facts::Facts;

/// Calls `found` with each action that `pattern` covers, in order.
///
/// The name of an action holds one colon, so a colon in the pattern can only be that one, and the two sides match apart
/// from each other: few services match the left side, and of their sorted names only those are looked at that share
/// the letters before the first wildcard of the right side.
pub(crate) fn for_each_match(facts: &Facts, pattern: &str, mut found: impl FnMut(u32)) {
    if pattern == "*" || pattern == "*:*" {
        return (0..facts.actions.len() as u32).for_each(found);
    }
    let Some((services, names)) = pattern.split_once(':') else {
        let whole = Glob::new(pattern, Case::Ignored);
        let all = 0u32..facts.actions.len() as u32;
        return all.filter(|&id| whole.matches(facts.actions[id as usize].name)).for_each(found);
    };
    let names = Names { glob: Glob::new(names, Case::Ignored), only_its_prefix: only_its_prefix(names) };
    if !services.contains(['*', '?']) {
        if let Some(at) = facts.service_at(services) {
            names.search(facts, &facts.services[at].actions, &mut found);
        }
        return;
    }
    let services = Glob::new(services, Case::Ignored);
    for service in facts.services.iter().filter(|service| services.matches(service.prefix)) {
        names.search(facts, &service.actions, &mut found);
    }
}

/// Is the pattern some letters and then `*`?
fn only_its_prefix(pattern: &str) -> bool {
    pattern.strip_suffix('*').is_some_and(|rest| !rest.contains(['*', '?']))
}

struct Names {
    glob: Glob,
    only_its_prefix: bool,
}

impl Names {
    fn search(&self, facts: &Facts, service: &Range<u32>, found: &mut impl FnMut(u32)) {
        let rows = &facts.actions[service.start as usize..service.end as usize];
        let Some(first) = rows.first() else { return };
        let skip = facts.services[usize::from(first.service)].prefix.len() + 1;
        let prefix = self.glob.literal_prefix();
        let low = rows.partition_point(|row| caseless::compare(&row.name[skip..], prefix).is_lt());
        for (id, row) in (service.start..).zip(rows).skip(low) {
            let name = &row.name[skip..];
            if !caseless::begins_with(name, prefix) {
                break;
            }
            if self.only_its_prefix || self.glob.matches(name) {
                found(id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use clavicle_policy::{Case, Glob};
    use proptest::prelude::*;

    use crate::catalog;

    fn names(pattern: &str) -> Vec<&'static str> {
        catalog().expand(pattern).into_iter().map(|id| catalog().name(id)).collect()
    }

    #[test]
    fn patterns_cover_what_their_letters_say() {
        assert_eq!(names("S3:GETOBJECT"), ["s3:GetObject"]);
        assert_eq!(names("s3:GetObject?"), Vec::<&str>::new());
        assert_eq!(names("iam:Pass*"), ["iam:PassRole"]);
        assert_eq!(names("s3:NoSuchAction"), Vec::<&str>::new());
        assert_eq!(names("nosuch:*"), Vec::<&str>::new());
        assert_eq!(names(""), Vec::<&str>::new());
        assert_eq!(names("*").len(), catalog().action_count());
        assert_eq!(names("*:*").len(), catalog().action_count());
        assert!(names("*:*Policy*").contains(&"iam:PutRolePolicy"));
        assert!(
            names("s?:List*").contains(&"s3:ListBucket") && !names("s?:List*").contains(&"sns:ListTopics")
        );
    }

    proptest! {
        #[test]
        fn the_search_agrees_with_matching_every_name(pattern in "(s3|sqs|ec?|[a-e*?]{1,2})?:?[GgLPD*?]?(et|ist|ut|elete)?[*?]?[A-Z]?[a-z*]{0,2}") {
            let glob = Glob::new(&pattern, Case::Ignored);
            let all = catalog().services().flat_map(|service| service.actions());
            let wanted: Vec<&str> = all.map(|id| catalog().name(id)).filter(|name| glob.matches(name)).collect();
            prop_assert_eq!(names(&pattern), wanted);
        }
    }
}
