//! A word of access: which actions it covers, on which kinds of things.

use clavicle_catalog::{ArnForm, Catalog, ResourceType, Word, words};

use super::{fact, facts};
use crate::amount::counted;
use crate::failure::Failure;
use crate::ink::{Ink, Tone};
use crate::text::Page;

pub(super) fn explain(
    page: &mut Page,
    catalog: &Catalog,
    word: Word,
    on: Option<&str>,
) -> Result<(), Failure> {
    page.line(&Ink::of(Tone::Strong, &format!("{word}: {}", meaning(word))));
    let Some(on) = on else {
        everywhere(page, catalog, word);
        return Ok(());
    };
    let kinds: Vec<ResourceType<'_>> = match (catalog.resource_type(on), catalog.service(on)) {
        (Some(kind), _) => vec![kind],
        (None, Some(service)) => service.resource_types().collect(),
        (None, None) => {
            return Err(Failure::usage(format!(
                "`{on}` is no service and no resource type that is known here"
            ))
            .help(format!(
                "for example `clavicle explain {word} s3`, or `clavicle explain {word} s3:bucket`"
            )));
        }
    };
    let mut without = Vec::new();
    for kind in kinds {
        if !lines(page, catalog, word, kind) {
            without.push(full_name(kind));
        }
    }
    let without: Vec<&str> = without.iter().map(String::as_str).collect();
    facts(page, "no meaning on", &without);
    Ok(())
}

/// The kinds that people ask about most; for the others the rule.
fn everywhere(page: &mut Page, catalog: &Catalog, word: Word) {
    let meant = |kind: &ResourceType<'_>| !words().actions(word, kind.id()).is_empty();
    let (written, by_rule): (Vec<_>, Vec<_>) =
        catalog.resource_types().filter(meant).partition(|kind| words().is_written(word, kind.id()));
    for kind in written {
        lines(page, catalog, word, kind);
    }
    if let Some(rule) = rule(word) {
        let kinds = counted(by_rule.len(), "other kind", "other kinds");
        fact(page, "elsewhere", &format!("on {kinds} of things: {rule}"));
        page.line(&Ink::plain(&format!("next: clavicle explain {word} s3, or any service or resource type")));
    }
}

/// The actions on one kind; false if there is none.
fn lines(page: &mut Page, catalog: &Catalog, word: Word, kind: ResourceType<'_>) -> bool {
    let names = actions(catalog, word, kind);
    if names.is_empty() {
        return false;
    }
    page.line(&Ink::plain(&format!("  {}", full_name(kind))));
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    facts(page, "", &names);
    true
}

/// The actions of a word on a kind of thing, with what they are asked on where that is not the thing itself.
pub(super) fn actions(catalog: &Catalog, word: Word, kind: ResourceType<'_>) -> Vec<String> {
    let asked = words().asked(word, kind.id());
    let named = asked.map(|asked| {
        let name = catalog.name(asked.action);
        match asked.form {
            ArnForm::Itself => name.to_owned(),
            ArnForm::Under(ending) => format!("{name} (on {ending})"),
            ArnForm::Anything => format!("{name} (on *)"),
        }
    });
    named.collect()
}

/// `s3:bucket`
pub(super) fn full_name(kind: ResourceType<'_>) -> String {
    format!("{}:{}", kind.service().prefix(), kind.name())
}

fn meaning(word: Word) -> &'static str {
    match word {
        Word::List => "see what is in it",
        Word::Read => "get what is in it",
        Word::Write => "put something in it, or change it",
        Word::Delete => "delete it, or something in it",
        Word::Run => "make it do its work",
        Word::Control => "change who may use it, or what it does",
        Word::Become => "act as it",
    }
}

/// See [`Word::by_rule`].
fn rule(word: Word) -> Option<&'static str> {
    match word {
        Word::List => Some("the actions of AWS's level List"),
        Word::Read => Some("the actions of AWS's level Read, but for Invoke…"),
        Word::Write => Some("the actions of AWS's level Write that neither delete nor run"),
        Word::Delete => {
            Some("the actions of AWS's level Write that begin with Delete, Remove, Terminate or Purge")
        }
        Word::Run => Some("the actions that begin with Invoke, Start, Run or Execute"),
        Word::Control => {
            Some("the actions of AWS's level Permissions management, and those that rewrite its policy")
        }
        Word::Become => None,
    }
}
