//! A service, or the actions of a pattern: by level.

use clavicle_answer::shape::{PatternMeaning, ServiceMeaning};

use super::{fact, facts, keys, levels};
use crate::amount::counted;
use crate::ink::{Ink, Tone};
use crate::text::Page;

/// A pattern covers thousands; nobody reads so many.
const MOST: usize = 1_000;

pub(super) fn lay_out(page: &mut Page, service: &ServiceMeaning) {
    page.line(&Ink::of(Tone::Strong, &format!("{} is a service", service.prefix)));
    fact(page, "actions", &service.count.to_string());
    let short = |name: &str| name.split_once(':').map_or(name, |(_, short)| short).to_owned();
    levels(page, &service.levels, true, short);
    let types: Vec<String> = service.resource_types.iter().map(|kind| short(&kind.name)).collect();
    facts(page, "things", &types.iter().map(String::as_str).collect::<Vec<_>>());
    keys(page, &service.keys);
    fact(
        page,
        "rcp",
        if service.resource_control_policies {
            "resource control policies bind its resources"
        } else {
            "resource control policies do not reach it"
        },
    );
    page.line(&Ink::plain(&format!("next: clavicle explain read {}", service.prefix)));
}

pub(super) fn lay_out_pattern(page: &mut Page, pattern: &PatternMeaning) {
    let covers = format!("{} covers {}", pattern.pattern, counted(pattern.count, "action", "actions"));
    page.line(&Ink::of(Tone::Strong, &covers));
    let list = pattern.count <= MOST;
    levels(page, &pattern.levels, list, str::to_owned);
    if !list {
        let text = format!("next: clavicle explain '{}' -o json, which lists them all", pattern.pattern);
        page.line(&Ink::plain(&text));
    }
}
