//! `prove no-more`: what one can do with a thing and another cannot, through every layer.

use clavicle_answer::shape::{MorePage, MorePart, Pin, PinState, Verdict};
use clavicle_answer::{Question, Verb};

use super::ask::{read, read_from};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ink::{Ink, Tone};
use crate::source::Planned;
use crate::text::{self, Page};
use crate::typed::{Accounts, NoMore, TextOrJson};
use crate::{machine, report, terminal};

/// Proves it, or lists what there is more.
pub(super) fn run(typed: &NoMore, accounts: &Accounts) -> Result<Exit, Failure> {
    let mut question = Question {
        verb: Verb::Can,
        by: Some(typed.who.clone()),
        action: typed.action.clone(),
        on: Some(typed.thing.clone()),
        ..Question::default()
    };
    for stated in &typed.when {
        question.state(stated)?;
    }
    let (_, reader) = read(accounts)?;
    let found = match &typed.than_in {
        None => reader.no_more(&question, &typed.than, None)?,
        Some(source) => {
            let (_, other) = read_from(std::slice::from_ref(source), &Planned::of(accounts), accounts)?;
            let name = source.display().to_string();
            reader.no_more(&question, &typed.than, Some((&other, &name)))?
        }
    };
    match typed.form {
        TextOrJson::Text => {
            let mut page = terminal::page();
            lay_out(&mut page, &found);
            terminal::print(&page.into_text())?;
        }
        TextOrJson::Json => terminal::print(&machine::object(&found)?)?,
    }
    Ok(match found.verdict {
        Verdict::Yes => Exit::Yes,
        Verdict::No => Exit::No,
        Verdict::Depends | Verdict::Unknown => Exit::Undecided,
    })
}

fn lay_out(page: &mut Page, found: &MorePage) {
    let tone = if found.verdict == Verdict::Unknown { Tone::Unseen } else { Tone::Strong };
    page.words(0, tone, &found.sentence);
    for part in &found.more {
        part_of(page, found, part);
    }
    for doubt in &found.unknown {
        page.words(2, Tone::Unseen, &format!("? there may be more: {doubt}"));
    }
    for note in &found.notes {
        page.words(2, Tone::Faint, &format!("= {note}"));
    }
}

fn part_of(page: &mut Page, found: &MorePage, part: &MorePart) {
    let mut pieces = vec![Ink::of(Tone::Depends, "+")];
    pieces.extend(report::some(&part.actions).split(' ').map(Ink::plain));
    page.flow(2, 4, 1, &pieces);
    page.words(4, Tone::Plain, &format!("for example {}", part.example.text));
    // What lets the one through, and what stops the other.
    let speaks = |wanted: &[PinState], pins: &[Pin]| -> Vec<Pin> {
        pins.iter().filter(|pin| wanted.contains(&pin.state)).cloned().collect()
    };
    let lets = speaks(&[PinState::Turns, PinState::Depends], &part.lets);
    let stops = speaks(&[PinState::Stops, PinState::Unseen], &part.stops);
    text::layers(page, 4, &found.by.name, &lets);
    let than = match &found.than_in {
        Some(place) => format!("{} of {place}", found.than.name),
        None => found.than.name.clone(),
    };
    text::layers(page, 4, &than, &stops);
}
