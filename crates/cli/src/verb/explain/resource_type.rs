//! A kind of thing, and what the words of access mean on it; an ARN, and what can be done to its thing.

use clavicle_answer::shape::{ArnMeaning, TypeMeaning};

use super::{asked, fact, facts, keys, levels};
use crate::amount::counted;
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

/// Kinds of which one ARN can be are nearly all one thing under the names of several services.
pub(super) fn lay_out_arn(page: &mut Page, meaning: &ArnMeaning) {
    for kind in &meaning.resource_types {
        let takes = format!("{} takes {}", kind.name, counted(kind.count, "action", "actions"));
        page.line(&Ink::of(Tone::Strong, &takes));
        fact(page, "arn", &kind.arn);
        levels(page, &kind.levels, true, str::to_owned);
    }
    if let Some(first) = meaning.resource_types.first() {
        page.line(&Ink::plain(&format!("next: clavicle explain {}", first.name)));
    }
}
