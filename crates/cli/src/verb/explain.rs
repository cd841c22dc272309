//! `explain`: what a name of AWS means, in plain words, from the catalogue. Needs no account.

mod action;
mod key;
mod policy;
mod refusal;
mod resource_type;
mod rule;
mod service;
mod word;

use clavicle_answer::shape::{ExplainedPage, KeyLine, LevelGroup, Meaning};
use clavicle_answer::{PolicyFile, explained, explained_policies};
use clavicle_catalog::catalog;
use clavicle_template::Language;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::ink::{Ink, Tone};
use crate::text::Page;
use crate::typed::{Accounts, Explain, TextOrJson};
use crate::{machine, policy_file, terminal};

/// Explains what was named, whatever it is.
pub(crate) fn run(typed: &Explain, accounts: &Accounts) -> Result<Exit, Failure> {
    let what = typed.what.trim();
    let mut explained = match policy_text(typed)? {
        // What is pasted may be a message of AWS.
        Some(file) if what == "-" && is_message(&file.text) => explained(catalog(), &file.text, None)?,
        Some(file) => explained_policies(catalog(), &file),
        None => explained(catalog(), what, typed.on.as_deref())?,
    };
    let mut exit = Exit::Yes;
    match (&mut explained.meaning, typed.form) {
        // The message tells one layer; accounts that were named tell all of them.
        (Meaning::Refusal(refused), TextOrJson::Json) if !accounts.sources.is_empty() => {
            exit = refusal::answer(refused, accounts)?;
        }
        (Meaning::Policies(told), _) if told.policies.is_empty() => exit = Exit::Input,
        _ => {}
    }
    let text = match typed.form {
        TextOrJson::Text => laid_out(&explained),
        TextOrJson::Json => machine::object(&explained)?,
    };
    terminal::print(&text)?;
    match &explained.meaning {
        Meaning::Refusal(refused) if !accounts.sources.is_empty() && typed.form == TextOrJson::Text => {
            refusal::ask(refused, accounts)
        }
        _ => Ok(exit),
    }
}

/// No policy, and no statement of one, is written so.
fn is_message(text: &str) -> bool {
    clavicle_answer::is_refusal(text) && !text.contains("\"Effect\"")
}

/// The file that was named, or the statement that was typed.
fn policy_text(typed: &Explain) -> Result<Option<PolicyFile>, Failure> {
    let what = typed.what.trim();
    if what.starts_with('{') && !is_message(what) {
        return Ok(Some(policy::typed(what)));
    }
    let path = std::path::Path::new(what);
    // No name of AWS has a dot with an ending behind it; a file without one is named with its folder.
    // What a shell puts in place of `<(…)` is no ordinary file.
    let is_there = path.exists() && !path.is_dir();
    let is_file = what == "-" || is_there && (path.extension().is_some() || what.contains('/'));
    if !is_file || typed.on.is_some() {
        return Ok(None);
    }
    let file = super::check_files::read(path)?;
    if file.language() == Language::Json && !is_message(&file.text) {
        // What the rest of a cut-off text would say is not known.
        policy_file::refuse_broken_off(&file.name, &file.text)?;
    }
    Ok(Some(file))
}

/// What it means, over lines.
pub(crate) fn laid_out(explained: &ExplainedPage) -> String {
    let mut page = terminal::page();
    match &explained.meaning {
        Meaning::Action(meaning) => action::lay_out(&mut page, meaning),
        Meaning::Pattern(meaning) => service::lay_out_pattern(&mut page, meaning),
        Meaning::Service(meaning) => service::lay_out(&mut page, meaning),
        Meaning::Word(meaning) => word::lay_out(&mut page, meaning),
        Meaning::ResourceType(meaning) => resource_type::lay_out(&mut page, meaning),
        Meaning::Arn(meaning) => resource_type::lay_out_arn(&mut page, meaning),
        Meaning::ConditionKey(meaning) => key::lay_out(&mut page, meaning),
        Meaning::Rule(meaning) => rule::lay_out(&mut page, meaning),
        Meaning::Refusal(meaning) => refusal::lay_out(&mut page, meaning),
        Meaning::Policies(meaning) => policy::lay_out(&mut page, meaning),
    }
    page.into_text()
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

/// Condition keys, with what their values are.
fn keys(page: &mut Page, keys: &[KeyLine]) {
    if keys.is_empty() {
        return;
    }
    page.line(&Ink::of(Tone::Faint, "  keys"));
    let rows: Vec<Vec<Ink>> = keys
        .iter()
        .map(|key| {
            let several = if key.multivalued { ", several" } else { "" };
            vec![Ink::plain(&key.name), Ink::of(Tone::Faint, &format!("{}{several}", key.values))]
        })
        .collect();
    page.table(4, &rows);
}

/// How many actions of each level, and which.
fn levels(page: &mut Page, groups: &[LevelGroup], list: bool, shown: impl Fn(&str) -> String) {
    for group in groups {
        let name =
            if group.levels.is_empty() { "level not known".to_owned() } else { group.levels.join(", ") };
        let mut line = Ink::of(Tone::Faint, &format!("  {name}  "));
        line.push(Tone::Plain, &group.count.to_string());
        page.line(&line);
        if list {
            let names: Vec<String> = group.actions.iter().map(|action| shown(&action.name)).collect();
            facts(page, "", &names.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }
}

/// `s3:GetObject (on /*)`
fn asked(name: &str, asked_on: &str) -> String {
    if asked_on.is_empty() { name.to_owned() } else { format!("{name} (on {asked_on})") }
}
