//! The names by which AWS services act: `lambda.amazonaws.com`.

use crate::table::{Row, rows};

/// A name that stands for an AWS service in a policy's `Principal`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServicePrincipal {
    /// The name.
    pub name: &'static str,
    /// The prefix of the actions of the same service, where one could be told.
    pub prefix: Option<&'static str>,
}

const PRINCIPALS: &str = include_str!("../data/service_principals.tsv");

/// All known ones. The list cannot be complete: AWS publishes none.
pub(crate) fn service_principals() -> impl Iterator<Item = ServicePrincipal> {
    rows(PRINCIPALS).map(principal)
}

/// The one with this name, in any of the forms that partitions and Regions use.
pub(crate) fn service_principal(name: &str) -> Option<ServicePrincipal> {
    let name = name.strip_suffix(".cn").filter(|rest| rest.ends_with(".amazonaws.com")).unwrap_or(name);
    let exact = |wanted: &str| service_principals().find(|known| known.name.eq_ignore_ascii_case(wanted));
    exact(name).or_else(|| {
        // Opt-in Regions have names of their own: `logs.me-south-1.amazonaws.com`.
        let (service, region) = name.strip_suffix(".amazonaws.com")?.rsplit_once('.')?;
        let looks_like_a_region =
            region.ends_with(|c: char| c.is_ascii_digit()) && region.matches('-').count() >= 2;
        looks_like_a_region.then(|| exact(&format!("{service}.amazonaws.com"))).flatten()
    })
}

fn principal(row: Row<'static>) -> ServicePrincipal {
    ServicePrincipal { name: row.text(0), prefix: Some(row.text(1)).filter(|prefix| !prefix.is_empty()) }
}

#[cfg(test)]
mod tests {
    use super::service_principal;

    #[test]
    fn partitions_and_regions_are_understood() {
        for name in ["lambda.amazonaws.com", "lambda.amazonaws.com.cn", "Lambda.me-south-1.amazonaws.com"] {
            assert_eq!(
                service_principal(name).map(|p| (p.name, p.prefix)),
                Some(("lambda.amazonaws.com", Some("lambda")))
            );
        }
        assert_eq!(service_principal("lambda.example.com"), None);
        assert_eq!(service_principal("nothing.amazonaws.com"), None);
        assert_eq!(service_principal("lambda.thing.amazonaws.com"), None);
    }
}
