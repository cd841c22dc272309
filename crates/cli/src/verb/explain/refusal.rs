//! A call that AWS refused.

use clavicle_answer::shape::Refusal;

use super::fact;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ink::{Ink, Tone};
use crate::text::Page;
use crate::typed::{Accounts, Can, Output, Slots};
use crate::{meaning, verb};

pub(super) fn lay_out(page: &mut Page, refusal: &Refusal) {
    page.words(0, Tone::Strong, &sentence(refusal));
    if let Some(who) = &refusal.who {
        fact(page, "who", who);
    }
    if let Some(on) = &refusal.on {
        fact(page, "on", on);
    }
    if let Some(policy) = &refusal.policy {
        fact(page, "by", policy);
    }
    fact(page, "what to do", &refusal.what_to_do);
    if refusal.layer.is_some() {
        fact(page, "but", "AWS names one kind of policy; others may refuse it as well");
    }
    page.line(&Ink::plain(&format!("next: {}", question(refusal))));
}

fn sentence(refusal: &Refusal) -> String {
    let Refusal { action, layer, explicit, .. } = refusal;
    let because = match (*explicit, layer.map(named)) {
        (Some(true), Some(layer)) => format!("a Deny in {} stops it.", layer.1),
        (Some(true), None) => "a Deny stops it.".to_owned(),
        (Some(false), Some(layer)) => format!("no {} allows it.", layer.0),
        _ => "the message does not say by which policy.".to_owned(),
    };
    format!("AWS refused {action}: {because}")
}

/// As AWS calls them, and one of them.
fn named(layer: &str) -> (&str, &str) {
    match layer {
        "identity" => ("identity-based policy", "an identity-based policy"),
        "trust" => ("trust policy", "the trust policy of the role"),
        "resource" => ("resource-based policy", "the policy of the thing"),
        "boundary" => ("permissions boundary", "a permissions boundary"),
        "session" => ("session policy", "a session policy"),
        "scp" => ("service control policy", "a service control policy"),
        "rcp" => ("resource control policy", "a resource control policy"),
        "endpoint" => ("policy of a VPC endpoint", "the policy of a VPC endpoint"),
        other => (other, other),
    }
}

/// What to ask to see every layer.
fn question(refusal: &Refusal) -> String {
    let part = |text: &Option<String>, blank: &str| match text {
        Some(text) if clavicle_answer::visible(text) == text.as_str() => {
            clavicle_answer::shell_word(text).into_owned()
        }
        _ => blank.to_owned(),
    };
    let (who, on) = (part(&refusal.who, "WHO"), part(&refusal.on, "THING"));
    format!("clavicle can {who} {} {on}", refusal.action)
}

/// Asks the accounts that were named, layer by layer.
pub(super) fn ask(refusal: &Refusal, accounts: &Accounts) -> Result<Exit, Failure> {
    let typed = typed(refusal)?;
    verb::ask::run(&meaning::can(&typed)?, &typed.output, None, accounts)
}

/// Asks them, and puts what they say beside the message.
pub(super) fn answer(refusal: &mut Refusal, accounts: &Accounts) -> Result<Exit, Failure> {
    let typed = typed(refusal)?;
    let answer = verb::ask::answered(&meaning::can(&typed)?, &typed.output, accounts)?;
    let exit = verb::ask::exit(answer.verdict, None);
    refusal.answer = Some(Box::new(answer));
    Ok(exit)
}

/// The request that was refused, as a question.
fn typed(refusal: &Refusal) -> Result<Can, Failure> {
    let Some(who) = &refusal.who else {
        return Err(Failure::usage("the message does not say who was refused")
            .help(format!("ask it: `{}`", question(refusal))));
    };
    Ok(Can {
        who: Some(who.clone()),
        what: Some(refusal.action.clone()),
        thing: refusal.on.clone().filter(|on| on != "*"),
        expect: None,
        slots: Slots::default(),
        output: Output::default(),
    })
}
