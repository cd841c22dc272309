//! A condition key.

use clavicle_answer::shape::KeyMeaning;

use super::{fact, facts};
use crate::ink::{Ink, Tone};
use crate::text::Page;

/// A key that more actions take is told by their number, service by service.
const MOST: usize = 60;

/// The services with most of them are named.
const MOST_SERVICES: usize = 20;

pub(super) fn lay_out(page: &mut Page, key: &KeyMeaning) {
    page.line(&Ink::of(Tone::Strong, &format!("{} is a condition key", key.key.name)));
    let kind = match key.key.values {
        "arn" => "ARNs",
        "bool" => "true or false",
        "numeric" => "numbers",
        "date" => "points in time",
        "ip" => "addresses, or ranges of addresses",
        _ => "text",
    };
    fact(page, "values", kind);
    let several = if key.key.multivalued {
        "several in one request: use ForAnyValue or ForAllValues"
    } else {
        "one in a request"
    };
    fact(page, "how many", several);
    if let Some(global) = &key.global {
        fact(page, "about", &format!("the {}", global.about));
        if !global.present_when.is_empty() {
            fact(page, "carried", global.present_when);
        }
        if global.sensitive {
            fact(page, "mind", "it says whose something is: a wildcard in its value is never right");
        }
    }
    if key.every_action {
        fact(page, "actions", "all: it is a global key");
        return;
    }
    let count: usize = key.services.iter().map(|service| service.count).sum();
    if count > MOST {
        let mut services: Vec<_> = key.services.iter().collect();
        services.sort_by_key(|service| std::cmp::Reverse(service.count));
        let most = services.iter().take(MOST_SERVICES);
        let mut told: Vec<String> =
            most.map(|service| format!("{} ({})", service.service, service.count)).collect();
        if let Some(more) = services.len().checked_sub(MOST_SERVICES).filter(|more| *more > 0) {
            told.push(format!("and {more} services more"));
        }
        fact(page, "actions", &format!("{count} take it, of these services"));
        facts(page, "", &told.iter().map(String::as_str).collect::<Vec<_>>());
    } else {
        let names: Vec<&str> =
            key.services.iter().flat_map(|service| service.actions.iter().copied()).collect();
        facts(page, "actions", &names);
    }
    if key.resource_types.len() <= MOST {
        facts(page, "things", &key.resource_types.iter().map(String::as_str).collect::<Vec<_>>());
    } else {
        fact(page, "things", &format!("{} kinds", key.resource_types.len()));
    }
}
