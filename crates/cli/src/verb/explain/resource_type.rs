//! A kind of thing, and what the words of access mean on it.

use clavicle_catalog::{Catalog, ResourceType, Word};

use super::{fact, facts, word};
use crate::ink::{Ink, Tone};
use crate::text::Page;

pub(super) fn explain(page: &mut Page, catalog: &Catalog, kind: ResourceType<'_>) {
    let name = word::full_name(kind);
    page.line(&Ink::of(Tone::Strong, &format!("{name} is a kind of thing")));
    fact(page, "arn", kind.arn_pattern());
    let keys: Vec<&str> = kind.keys().collect();
    facts(page, "keys", &keys);
    for word in Word::ALL {
        let names = word::actions(catalog, word, kind);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        facts(page, word.name(), &names);
    }
}
