//! The pins of a lock: one mark a policy layer, all of them shown, in a fixed order.

use clavicle_engine::{
    Match, Pin as Decided, PinState as Did, Reason, StatementOutcome, StatementRef, Verdict,
};
use clavicle_graph::{Attached, Why};
use clavicle_policy::Effect;

use crate::reader::Reader;
use crate::shape::{Citation, Pin, PinState};

/// At most this many statements that only come near are cited in a layer.
const NEAR: usize = 6;

impl Reader {
    /// One pin a layer.
    pub(crate) fn pins(&self, why: &Why, thing: &str) -> Vec<Pin> {
        why.explanation.pins.iter().map(|pin| self.pin(why, pin, thing)).collect()
    }

    fn pin(&self, why: &Why, pin: &Decided, thing: &str) -> Pin {
        let mut speaking: Vec<(u8, &StatementOutcome)> = pin
            .statements
            .iter()
            .filter(|statement| statement.outcome != Match::NotMatched(Reason::Action))
            .map(|statement| (weight(pin.state, statement), statement))
            .collect();
        speaking.sort_by_key(|(weight, _)| *weight);
        let near = |weight: u8| weight == LAST;
        let decisive = speaking.iter().take_while(|(weight, _)| !near(*weight)).count();
        speaking.truncate(decisive + NEAR);
        let mut cited: Vec<(u8, &Attached, Citation)> = Vec::new();
        for (weight, statement) in speaking {
            let Some(attached) = attached(why, pin, statement) else { continue };
            let Some(citation) = self.citation(attached, statement, thing) else { continue };
            // A text that stands at several levels is cited once.
            if cited.iter().all(|(_, _, known)| *known != citation) {
                cited.push((weight, attached, citation));
            }
        }
        let decides = cited.first().filter(|(weight, ..)| *weight == FIRST);
        let label = decides.map(|(_, attached, _)| self.pin_label(&attached.origin));
        let line = decides.map(|(_, _, citation)| citation.line);
        Pin {
            layer: pin.layer.word().to_owned(),
            state: match pin.state {
                Did::Turns => PinState::Turns,
                Did::NoSuchLayer => PinState::None,
                Did::Stops => PinState::Stops,
                Did::NotSeen => PinState::Unseen,
                Did::Depends => PinState::Depends,
            },
            label,
            line,
            citations: cited.into_iter().map(|(_, _, citation)| citation).collect(),
        }
    }

    /// The statements that decide; of an open decision, those that it turns on and those that allow besides.
    pub(crate) fn because(&self, why: &Why, thing: &str) -> Vec<Citation> {
        let explanation = &why.explanation;
        let is_decisive = |statement: &StatementOutcome| match explanation.decision.verdict {
            Verdict::Depends => match &statement.outcome {
                Match::Depends(_) => true,
                Match::Matched { .. } => statement.effect == Some(Effect::Allow),
                Match::NotMatched(_) => false,
            },
            _ => explanation.because.contains(&reference(statement)),
        };
        let mut found: Vec<Citation> = Vec::new();
        for pin in &explanation.pins {
            let ceiling = !matches!(pin.layer.word(), "identity" | "trust" | "resource");
            for statement in pin.statements.iter().filter(|statement| is_decisive(statement)) {
                // An allow of a ceiling gives nothing, it only does not take.
                if ceiling
                    && matches!(statement.outcome, Match::Matched { .. })
                    && statement.effect == Some(Effect::Allow)
                {
                    continue;
                }
                let citation =
                    attached(why, pin, statement).and_then(|it| self.citation(it, statement, thing));
                found.extend(citation.filter(|citation| !found.contains(citation)));
            }
        }
        found
    }
}

const FIRST: u8 = 0;
const LAST: u8 = 3;

/// How much a statement has to do with what its layer does.
fn weight(state: Did, statement: &StatementOutcome) -> u8 {
    let matched = matches!(statement.outcome, Match::Matched { .. });
    let denies = statement.effect == Some(Effect::Deny);
    match (&statement.outcome, state) {
        (Match::NotMatched(_), _) => LAST,
        (_, Did::Stops) if matched && denies => FIRST,
        (_, Did::Turns) if matched && !denies => FIRST,
        (Match::Depends(_), Did::Depends) => FIRST,
        _ if matched => 1,
        _ => 2,
    }
}

fn reference(statement: &StatementOutcome) -> StatementRef {
    StatementRef {
        policy: statement.policy,
        statement: u32::try_from(statement.statement).unwrap_or(u32::MAX),
    }
}

/// How the document of a statement comes to be part of a layer.
fn attached<'w>(why: &'w Why, pin: &Decided, statement: &StatementOutcome) -> Option<&'w Attached> {
    let of_policy = |known: &&Attached| known.policy == statement.policy;
    let of_layer = why.documents.iter().filter(of_policy).find(|known| known.layer == pin.layer);
    of_layer.or_else(|| why.documents.iter().find(of_policy))
}

/// Of a layer that stops: the first statement that denies.
pub(crate) fn stopping(pin: &Pin) -> Option<&Citation> {
    let denies = pin.citations.iter().find(|citation| citation.outcome == "denies")?;
    (pin.state == PinState::Stops).then_some(denies)
}
