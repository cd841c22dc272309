//! A call of an SDK that needs several actions, or one of another name: `s3:CopyObject`, `s3:ListObjectsV2`.
//!
//! Somebody can make the call who is allowed all of the actions. Each is asked on the thing that was named, and the one
//! that stands worst decides.

use clavicle_catalog::{ActionId, Operation, Word};

use crate::page::listed;
use crate::question::{Question, QuestionError};
use crate::reader::Reader;
use crate::shape::{AnswerPage, NeededAction, Verdict};

impl Reader {
    /// What a call that is no action needs. `None`: it is an action, a word or a pattern, or no call that is known.
    pub(crate) fn call_of(&self, text: &str) -> Option<Operation> {
        let catalog = self.world().catalog();
        let text = text.trim();
        if Word::parse(text).is_some() || text.contains(['*', '?']) || catalog.action(text).is_some() {
            return None;
        }
        let (client, operation) = text.split_once(':')?;
        Some(catalog.operation(client, operation)).filter(|found| *found != Operation::Unknown)
    }

    /// Can they make the call?
    pub(crate) fn answer_can_call(
        &self,
        question: &Question,
        call: &str,
        needs: &Operation,
    ) -> Result<AnswerPage, QuestionError> {
        let Operation::Needs { always, sometimes } = needs else {
            return Err(QuestionError::new(format!("for the call `{call}` no permission is checked")));
        };
        if always.is_empty() {
            return Err(QuestionError::new(format!("`{call}` is a call that needs one of several actions"))
                .hint("ask about the one that is meant")
                .candidates(self.action_names(sometimes)));
        }
        let mut pages = Vec::new();
        for action in self.action_names(always) {
            let asked = Question { action: Some(action.clone()), ..question.clone() };
            let page = self.answer_can(&asked).map_err(|error| {
                let needed = format!("the call `{call}` needs {}", listed(&self.action_names(always)));
                QuestionError {
                    hint: Some(error.hint.map_or(needed.clone(), |hint| format!("{needed}; {hint}"))),
                    ..error
                }
            })?;
            pages.push((action, page));
        }
        let (decisive, mut page) = pages.swap_remove(worst(pages.iter().map(|(_, page)| page)));
        if !pages.is_empty() {
            let names = listed(&self.action_names(always));
            page.sentence.push_str(&format!(
                " The call {call} needs {names}, here all on this thing; this is of {decisive}."
            ));
        }
        let on = page.question.on.clone().unwrap_or_default();
        for (action, other) in pages {
            page.needs.push(NeededAction { action, on: on.clone(), why: format!("the call {call}") });
            for need in other.needs {
                if !page.needs.contains(&need) {
                    page.needs.push(need);
                }
            }
        }
        page.notes.extend(self.may_also_need(sometimes));
        page.question.text = page.question.text.replacen(&decisive, call, 1);
        page.question.action = Some(call.to_owned());
        Ok(page)
    }

    /// `Depending on what the call says, it also needs iam:PassRole.`
    pub(crate) fn may_also_need(&self, actions: &[ActionId]) -> Option<String> {
        let names = self.action_names(actions);
        (!names.is_empty()).then(|| {
            format!("Depending on what the call says, it also needs {}; that was not asked.", listed(&names))
        })
    }

    fn action_names(&self, actions: &[ActionId]) -> Vec<String> {
        actions.iter().map(|action| self.world().catalog().name(*action).to_owned()).collect()
    }
}

/// The place of the first of those that stand worst.
pub(crate) fn worst<'p>(pages: impl Iterator<Item = &'p AnswerPage> + Clone) -> usize {
    let worst = pages.clone().map(|page| rank(page.verdict)).max();
    pages.into_iter().position(|page| Some(rank(page.verdict)) == worst).unwrap_or(0)
}

/// The place of the first of those that stand best.
pub(crate) fn best<'p>(pages: impl Iterator<Item = &'p AnswerPage> + Clone) -> usize {
    let best = pages.clone().map(|page| rank(page.verdict)).min();
    pages.into_iter().position(|page| Some(rank(page.verdict)) == best).unwrap_or(0)
}

/// How far from a yes.
fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Yes => 0,
        Verdict::Depends => 1,
        Verdict::Unknown => 2,
        Verdict::No => 3,
    }
}
