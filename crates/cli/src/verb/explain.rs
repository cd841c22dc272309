//! `explain`: what a name of AWS means, in plain words, from the catalogue. Needs no account.

mod action;
mod key;
mod resource_type;
mod rule;
mod word;

use clavicle_catalog::{Catalog, Service, Word, catalog};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::ink::{Ink, Tone};
use crate::terminal;
use crate::text::Page;
use crate::typed::Explain;

/// Explains what was named, whatever it is.
pub(crate) fn run(typed: &Explain) -> Result<Exit, Failure> {
    let catalog = catalog();
    let mut page = terminal::page();
    let what = typed.what.trim();
    if let Some(word) = Word::parse(what) {
        word::explain(&mut page, catalog, word, typed.on.as_deref())?;
    } else if let Some(found) = clavicle_answer::findings::rule(what) {
        rule::explain(&mut page, found);
    } else if let Some(on) = &typed.on {
        return Err(Failure::usage(format!("`{on}` narrows a word of access, and `{what}` is none"))
            .help("the words are: list, read, write, delete, run, control, become"));
    } else if let Some(found) = catalog.action(what) {
        action::explain(&mut page, catalog, found);
    } else if what == "*" || what.contains(':') && what.contains(['*', '?']) {
        action::explain_pattern(&mut page, catalog, what)?;
    } else if let Some(found) = catalog.resource_type(what) {
        resource_type::explain(&mut page, catalog, found);
    } else if let Some(found) = catalog.condition_key(what) {
        key::explain(&mut page, catalog, &found);
    } else if let Some(found) = catalog.service(what) {
        service(&mut page, catalog, found);
    } else {
        return Err(unknown(catalog, what));
    }
    terminal::print(&page.into_text())?;
    Ok(Exit::Yes)
}

/// A fact with its name in front.
fn fact(page: &mut Page, name: &str, text: &str) {
    let mut pieces = vec![Ink::of(Tone::Faint, &format!("{name:<13}"))];
    pieces.extend(text.split(' ').map(Ink::plain));
    page.flow(2, 16, 1, &pieces);
}

/// A fact that is a list.
fn facts(page: &mut Page, name: &str, texts: &[&str]) {
    if texts.is_empty() {
        return;
    }
    let mut pieces = vec![Ink::of(Tone::Faint, &format!("{name:<13}"))];
    let last = texts.len() - 1;
    pieces.extend(
        texts
            .iter()
            .enumerate()
            .map(|(at, text)| Ink::plain(&format!("{text}{}", if at < last { "," } else { "" }))),
    );
    // A list of names is not read as one line, however wide the file.
    let mut narrow = Page::new(Some(page.width().unwrap_or(100)));
    narrow.flow(2, 16, 1, &pieces);
    page.append(&narrow);
}

fn service(page: &mut Page, catalog: &Catalog, service: Service<'_>) {
    page.line(&Ink::of(Tone::Strong, &format!("{} is a service", service.prefix())));
    fact(page, "actions", &service.actions().len().to_string());
    let mut levels: Vec<(String, Vec<&str>)> = Vec::new();
    for action in service.actions() {
        let level = catalog.access(action).to_string();
        let name = catalog.short_name(action);
        match levels.iter_mut().find(|(known, _)| *known == level) {
            Some((_, names)) => names.push(name),
            None => levels.push((level, vec![name])),
        }
    }
    for (level, names) in &levels {
        page.line(&Ink::of(Tone::Faint, &format!("  {level}")));
        facts(page, "", names);
    }
    let types: Vec<&str> = service.resource_types().map(|kind| kind.name()).collect();
    facts(page, "things", &types);
    fact(
        page,
        "rcp",
        if service.rcp_supported() {
            "resource control policies bind its resources"
        } else {
            "resource control policies do not reach it"
        },
    );
    let prefix = service.prefix();
    page.line(&Ink::plain(&format!("next: clavicle explain read {prefix}")));
}

fn unknown(catalog: &Catalog, what: &str) -> Failure {
    let failure = Failure::usage(format!(
        "`{what}` is no action, word, resource type, condition key, service or rule that is known here"
    ))
    .help(format!("what AWS has added since {} is not known", catalog.data_date()));
    match catalog.suggest_action(what) {
        Some(near) => failure.candidates(vec![catalog.name(near).to_owned()]),
        None => failure.help("for example `clavicle explain s3:GetObject`, `clavicle explain read`, `clavicle explain aws:SourceIp`"),
    }
}
