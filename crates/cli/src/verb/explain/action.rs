//! An action, or the actions of a pattern.

use clavicle_catalog::{ActionId, Catalog, RolePassing, words};

use super::{fact, facts};
use crate::amount::counted;
use crate::failure::Failure;
use crate::ink::{Ink, Tone};
use crate::text::Page;

/// A pattern covers thousands; nobody reads so many.
const MOST: usize = 200;

pub(super) fn explain(page: &mut Page, catalog: &Catalog, action: ActionId) {
    page.line(&Ink::of(Tone::Strong, catalog.name(action)));
    fact(page, "level", &level(catalog, action));
    match words().word(action) {
        Some(word) => {
            fact(page, "word", &format!("{word}, unless the kind of thing gives it another one (below)"));
        }
        None => fact(
            page,
            "word",
            "none: it counts as none of list, read, write, delete, run, control and become",
        ),
    }
    things(page, catalog, action);
    let keys: Vec<&str> = catalog.keys(action).collect();
    if keys.is_empty() {
        let text = if catalog.is_late(action) {
            "not known: the action is too new"
        } else {
            "only the global ones (aws:…)"
        };
        fact(page, "keys", text);
    } else {
        facts(page, "keys", &keys);
    }
    let dependents: Vec<&str> = catalog.dependents(action).map(|action| catalog.name(action)).collect();
    if !dependents.is_empty() {
        facts(page, "may also need", &dependents);
    } else if !catalog.dependents_known(action) {
        fact(page, "may also need", "not known: the action is too new");
    }
    match catalog.role_passing(action) {
        Some(RolePassing::Documented) => {
            fact(page, "hands over", "a role: the caller needs iam:PassRole on it");
        }
        Some(RolePassing::Observed) => fact(page, "hands over", "a role, as is known from use"),
        Some(RolePassing::RoleInInput(member)) => {
            fact(page, "hands over", &format!("likely a role, in `{member}`"));
        }
        None => {}
    }
    if catalog.is_permission_only(action) == Some(true) {
        fact(page, "no call", "there is no operation of this name: other calls ask for the permission");
    }
    page.line(&Ink::plain(&format!("next: clavicle who THING --do {}", catalog.name(action))));
}

fn things(page: &mut Page, catalog: &Catalog, action: ActionId) {
    if catalog.is_wildcard_only(action) {
        fact(page, "on", "no thing: only a statement with \"Resource\": \"*\" covers it");
        return;
    }
    page.line(&Ink::of(Tone::Faint, "  on"));
    let rows: Vec<Vec<Ink>> = catalog
        .resources(action)
        .map(|taken| {
            let kind = taken.resource_type();
            let word = words().word_of(action, kind.id());
            vec![
                Ink::plain(&format!("{}:{}", kind.service().prefix(), kind.name())),
                Ink::plain(if taken.is_required() { "required" } else { "" }),
                Ink::plain(word.map_or("", |word| word.name())),
                Ink::of(Tone::Faint, kind.arn_pattern()),
            ]
        })
        .collect();
    page.table(4, &rows);
}

pub(super) fn explain_pattern(page: &mut Page, catalog: &Catalog, pattern: &str) -> Result<(), Failure> {
    let found = catalog.expand(pattern);
    if found.is_empty() {
        return Err(Failure::usage(format!("`{pattern}` covers no action that is known here"))
            .help(format!("what AWS has added since {} is not known", catalog.data_date())));
    }
    page.line(&Ink::of(
        Tone::Strong,
        &format!("{pattern} covers {}", counted(found.len(), "action", "actions")),
    ));
    let rows: Vec<Vec<Ink>> = found
        .iter()
        .take(MOST)
        .map(|action| {
            let word = words().word(*action).map_or("", |word| word.name());
            vec![
                Ink::plain(catalog.name(*action)),
                Ink::plain(word),
                Ink::of(Tone::Faint, &level(catalog, *action)),
            ]
        })
        .collect();
    page.table(2, &rows);
    if let Some(more) = found.len().checked_sub(MOST).filter(|more| *more > 0) {
        page.line(&Ink::plain(&format!("  and {more} more")));
    }
    Ok(())
}

fn level(catalog: &Catalog, action: ActionId) -> String {
    let access = catalog.access(action);
    if access.is_unknown() {
        return "not known: the action is too new".to_owned();
    }
    access.names().collect::<Vec<_>>().join(", ")
}
