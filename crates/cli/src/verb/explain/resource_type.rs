//! A kind of thing, and what the words of access mean on it.

use clavicle_answer::shape::TypeMeaning;

use super::{asked, fact, facts, keys};
use crate::ink::{Ink, Tone};
use crate::text::Page;

pub(super) fn lay_out(page: &mut Page, kind: &TypeMeaning) {
    page.line(&Ink::of(Tone::Strong, &format!("{} is a kind of thing", kind.name)));
    fact(page, "arn", &kind.arn);
    keys(page, &kind.keys);
    for word in &kind.words {
        let names: Vec<String> =
            word.actions.iter().map(|action| asked(&action.name, &action.asked_on)).collect();
        facts(page, word.word, &names.iter().map(String::as_str).collect::<Vec<_>>());
    }
}
