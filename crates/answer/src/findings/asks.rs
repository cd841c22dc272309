//! `unexpected-answer` and `undecided-answer`: what has to hold, as clavicle.toml says, and does not, or is not known to.

use super::found::Found;
use super::{Family, Look, Rule};
use crate::question::QuestionError;
use crate::reader::Reader;
use crate::settings::AskSetting;
use crate::shape::{AnswerPage, Cause, Citation, Severity, Thing, Verdict};

pub(super) const FAMILY: Family = Family { rules: &[UNEXPECTED_ANSWER, UNDECIDED_ANSWER], look };

const UNEXPECTED_ANSWER: Rule = Rule {
    id: "unexpected-answer",
    title: "a question has not the answer that it has to have",
    means: "A question under `[[ask]]` in clavicle.toml is answered with yes where no is expected, or the other way round. Yes under conditions counts as yes where no is expected.",
    why: "Somebody wrote down that this has to stay so.",
    fix: "Look at the answer with `clavicle` and the question, and change the policies that are cited; or change what is expected.",
    severity: "High: somebody relies on it.",
    sources: &[],
};

const UNDECIDED_ANSWER: Rule = Rule {
    id: "undecided-answer",
    title: "whether a question has the answer that it has to have is not known",
    means: "A question under `[[ask]]` in clavicle.toml cannot be decided, because something was not seen. Or a yes is expected and conditions decide, or it cannot be asked of these accounts.",
    why: "What is not known does not hold until somebody has seen that it does.",
    fix: "See what the answer turns on with `clavicle` and the question, and collect it; state conditions with `when`; or mend the question.",
    severity: "Medium: it may well hold.",
    sources: &[],
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let asks = look.reader.settings().asks.iter();
    asks.filter_map(|ask| found(look.reader, ask)).collect()
}

fn found(reader: &Reader, ask: &AskSetting) -> Option<Found> {
    let expected = if ask.yes { "yes" } else { "no" };
    let answer = match ask.question.strip_prefix("never ") {
        Some(words) => reader.never_in_words(words),
        None => reader.parse(&ask.question).and_then(|question| reader.answer(&question)),
    };
    let (rule, sentence, because) = match &answer {
        Err(QuestionError { problem, .. }) => {
            (&UNDECIDED_ANSWER, format!("`{}` cannot be asked: {problem}.", ask.question), Vec::new())
        }
        Ok(page) => {
            let rule = match (page.verdict, ask.yes) {
                (Verdict::Yes, true) | (Verdict::No, false) => return None,
                (Verdict::Yes | Verdict::Depends, false) | (Verdict::No, true) => &UNEXPECTED_ANSWER,
                (Verdict::Unknown, _) | (Verdict::Depends, true) => &UNDECIDED_ANSWER,
            };
            (rule, format!("{}: {}", ask.question, page.sentence), because(page))
        }
    };
    let why = ask.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    Some(Found {
        rule: rule.id,
        key: vec![ask.question.clone(), expected.to_owned()],
        severity: if rule.id == UNEXPECTED_ANSWER.id { Severity::High } else { Severity::Medium },
        reason: format!("`{}` has to be {expected}{why}", ask.question),
        sentence,
        cause: Cause {
            thing: Thing {
                name: ask.question.clone(),
                arn: None,
                kind: "question".to_owned(),
                account: None,
                known_as: None,
            },
            document: Some("clavicle.toml".to_owned()),
            statement: None,
            sid: None,
            line: Some(ask.line),
        },
        reaches: Vec::new(),
        fix: rule.fix.to_owned(),
        because,
        outsider: None,
    })
}

/// The statements that make the answer so, a few of them.
fn because(page: &AnswerPage) -> Vec<Citation> {
    const FEW: usize = 3;
    let of_steps = page.answers.iter().flat_map(|answer| &answer.steps).flat_map(|step| &step.because);
    let of_pins = page.pins.iter().flat_map(|pin| &pin.citations);
    let mut found: Vec<Citation> = Vec::new();
    for cited in of_steps.chain(of_pins) {
        if found.len() < FEW && !found.contains(cited) {
            found.push(cited.clone());
        }
    }
    found
}
