//! A condition key.

use clavicle_catalog::{Catalog, ConditionKey, KeyType};

use super::{fact, facts};
use crate::ink::{Ink, Tone};
use crate::text::Page;

/// A key that hundreds of actions take is told by their number.
const MOST: usize = 60;

pub(super) fn explain(page: &mut Page, catalog: &Catalog, key: &ConditionKey) {
    page.line(&Ink::of(Tone::Strong, &format!("{} is a condition key", key.name)));
    let kind = match key.kind {
        KeyType::String => "text",
        KeyType::Arn => "ARNs",
        KeyType::Bool => "true or false",
        KeyType::Numeric => "numbers",
        KeyType::Date => "points in time",
        KeyType::IpAddress => "addresses, or ranges of addresses",
    };
    fact(page, "values", kind);
    if key.multivalued {
        fact(page, "how many", "several in one request: use ForAnyValue or ForAllValues");
    }
    if let Some(global) = key.global {
        fact(page, "about", &format!("the {}", global.group));
        if !global.present_when.is_empty() {
            fact(page, "carried", global.present_when);
        }
        if global.sensitive {
            fact(page, "mind", "it says whose something is: a wildcard in its value is never right");
        }
    }
    if key.global.is_none_or(clavicle_catalog::GlobalKey::needs_listing) {
        let taking = catalog.actions().filter(|action| catalog.takes_key(*action, key.name) == Some(true));
        let names: Vec<&str> = taking.map(|action| catalog.name(action)).collect();
        if names.len() > MOST {
            fact(page, "actions", &format!("{} take it", names.len()));
        } else {
            facts(page, "actions", &names);
        }
    } else {
        fact(page, "actions", "all: it is a global key");
    }
}
