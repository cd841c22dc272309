//! A word of access: which actions it covers, on which kinds of things.

use clavicle_answer::shape::WordMeaning;

use super::{asked, fact, facts};
use crate::amount::counted;
use crate::ink::{Ink, Tone};
use crate::text::Page;

pub(super) fn lay_out(page: &mut Page, word: &WordMeaning) {
    page.line(&Ink::of(Tone::Strong, &format!("{}: {}", word.word, word.means)));
    for kind in &word.on {
        page.line(&Ink::plain(&format!("  {}", kind.resource_type)));
        let names: Vec<String> =
            kind.actions.iter().map(|action| asked(&action.name, &action.asked_on)).collect();
        facts(page, "", &names.iter().map(String::as_str).collect::<Vec<_>>());
    }
    facts(page, "no meaning on", &word.no_meaning_on.iter().map(String::as_str).collect::<Vec<_>>());
    if let (Some(rule), 1..) = (word.rule, word.by_rule_on) {
        let kinds = counted(word.by_rule_on, "other kind", "other kinds");
        fact(page, "elsewhere", &format!("on {kinds} of things: {rule}"));
        page.line(&Ink::plain(&format!(
            "next: clavicle explain {} s3, or any service or resource type",
            word.word
        )));
    }
}
