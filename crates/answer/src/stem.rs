//! One label for several names: `prod:role/billing-*`.

use clavicle_snapshot::PrincipalIndex;

use crate::names::Entry;
use crate::reader::Reader;

impl Reader {
    /// One label for several names: `prod:role/billing-*`; the name itself for one.
    pub fn stem(&self, members: &[PrincipalIndex]) -> String {
        let names: Vec<&str> =
            members.iter().map(|member| self.names().of(Entry::Principal(*member))).collect();
        stem(&names)
    }
}

/// What the names have in common, cut where a word ends: `prod:role/billing-*`, `s3://logs-staging-*`.
pub(crate) fn stem(names: &[&str]) -> String {
    let Some((first, rest)) = names.split_first() else { return String::new() };
    if rest.is_empty() {
        return (*first).to_owned();
    }
    let mut common = *first;
    for name in rest {
        let shared = common.char_indices().zip(name.chars()).find(|((_, a), b)| a != b);
        let end = shared.map_or(common.len().min(name.len()), |((at, _), _)| at);
        common = common.get(..end).unwrap_or("");
    }
    let ends_a_word = |text: &str| text.ends_with(['-', '_', '.', '/', ':', '@']);
    let whole = names
        .iter()
        .all(|name| name.len() == common.len() || name[common.len()..].starts_with(['-', '_', '.', '/']));
    let cut = if ends_a_word(common) || whole {
        common.len()
    } else {
        common.rfind(['-', '_', '.', '/', ':', '@']).map_or(0, |at| at + 1)
    };
    format!("{}*", &common[..cut])
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn names_are_cut_where_a_word_ends() {
        for (names, wanted) in [
            (vec!["prod:role/billing-api"], "prod:role/billing-api"),
            (vec!["prod:role/billing-api", "prod:role/billing-archive"], "prod:role/billing-*"),
            (vec!["role/deployer", "role/deployer-blue"], "role/deployer*"),
            (vec!["role/web", "role/worker"], "role/*"),
            (vec!["s3://a", "s3://b"], "s3://*"),
            (vec!["größe-1", "größe-2"], "größe-*"),
            (vec!["a", "b"], "*"),
        ] {
            assert_eq!(stem(&names), wanted);
        }
    }
}
