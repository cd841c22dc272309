//! Every word of access on one thing, ready to be asked of many.

use std::sync::Arc;

use clavicle_catalog::{ArnForm, Word};
use clavicle_engine::{Action, Context, PolicyId, Verdict};

use crate::access::{Asked, Forms};
use crate::actor::Target;
use crate::kind::KindWords;
use crate::side::ActorSide;
use crate::world::World;

/// The words that are drawn: all but becoming, which is a relation of its own.
pub(crate) const DRAWN: [Word; 6] =
    [Word::List, Word::Read, Word::Write, Word::Delete, Word::Run, Word::Control];

/// A word as one bit.
pub(crate) fn bit(word: Word) -> u8 {
    1 << word as u8
}

/// The drawn words of a kind of thing, their actions one after another.
pub(crate) fn actions_of(kind: &KindWords) -> impl Iterator<Item = (Word, usize, &Action, ArnForm)> {
    DRAWN.into_iter().flat_map(move |word| {
        let wanted = kind.wanted(word).iter().enumerate();
        wanted.map(move |(place, wanted)| (word, place, &wanted.action, wanted.form))
    })
}

/// Every drawn word on one thing.
pub(crate) struct AskedWords<'w, 'q> {
    pub(crate) kind: Option<&'w KindWords>,
    words: Vec<(Word, Asked<'w, 'q>)>,
    forms: Arc<Forms<'w>>,
}

impl<'w: 'q, 'q> AskedWords<'w, 'q> {
    pub(crate) fn new(world: &'w World, target: &'q Target, when: &'q Context) -> Self {
        let kind = world.words_on(target);
        let forms = kind.into_iter().flat_map(actions_of).map(|(.., form)| form);
        let forms = Arc::new(Forms::new(world, target, forms));
        let words = DRAWN.into_iter().filter_map(|word| {
            let wanted = kind?.wanted(word);
            (!wanted.is_empty()).then(|| (word, Asked::in_forms(world, wanted, target, forms.clone(), when)))
        });
        Self { kind, words: words.collect(), forms }
    }

    /// The thing as each form names it.
    pub(crate) fn forms(&self) -> &Forms<'w> {
        &self.forms
    }

    /// The policy of the thing.
    pub(crate) fn own_policy(&self) -> Option<PolicyId> {
        self.words.first().and_then(|(_, asked)| asked.own_policy)
    }

    /// Which of these words are allowed, and which depend? Every action is asked.
    pub(crate) fn touch(&self, side: &ActorSide<'_>, words: u8) -> (u8, u8) {
        let (mut allowed, mut depends) = (0, 0);
        for (word, asked) in self.words.iter().filter(|(word, _)| words & bit(*word) != 0) {
            let verdicts = (0..asked.wanted().len()).filter_map(|place| asked.verdict(place, side));
            match best(verdicts) {
                Some(Verdict::Allowed) => allowed |= bit(*word),
                Some(_) => depends |= bit(*word),
                None => {}
            }
        }
        (allowed, depends)
    }

    /// The same for a caller of the thing's own account: of the actions that neither the documents on the caller's
    /// side (`callers`, in the order of [`actions_of`]) nor the policy of the thing (`own`) tell apart, one is asked.
    pub(crate) fn touch_by_marks(
        &self,
        side: &ActorSide<'_>,
        words: u8,
        callers: &[u64],
        own: &[u64],
    ) -> (u8, u8) {
        let (mut allowed, mut depends) = (0, 0);
        let mut known: Vec<(Told<'_>, Option<Verdict>)> = Vec::new();
        for (at, (word, place, action, form)) in self.kind.into_iter().flat_map(actions_of).enumerate() {
            if words & bit(word) == 0 || allowed & bit(word) != 0 {
                continue;
            }
            let Some((_, asked)) = self.words.iter().find(|(known, _)| *known == word) else { continue };
            let told = Told {
                caller: callers.get(at).copied().unwrap_or_default(),
                thing: own.get(at).copied().unwrap_or_default(),
                form,
                service: action.service(),
                needs: asked.needs.get(place).is_some_and(|needs| !needs.is_empty()).then_some(at),
            };
            let verdict = match known.iter().find(|(other, _)| *other == told) {
                Some((_, verdict)) => *verdict,
                None => {
                    let verdict = asked.verdict(place, side);
                    known.push((told, verdict));
                    verdict
                }
            };
            match verdict {
                Some(Verdict::Allowed) => allowed |= bit(word),
                Some(_) => depends |= bit(word),
                None => {}
            }
        }
        (allowed, depends & !allowed)
    }
}

/// What tells the actions on one thing apart for one caller of its account: the statements that speak of them, the ARN
/// that they name, rules that AWS has for a service, and what else they need.
#[derive(PartialEq, Eq)]
struct Told<'a> {
    caller: u64,
    thing: u64,
    form: ArnForm,
    service: &'a str,
    /// The action itself where it needs something else.
    needs: Option<usize>,
}

fn best(verdicts: impl Iterator<Item = Verdict>) -> Option<Verdict> {
    let mut best = None;
    for verdict in verdicts {
        if verdict == Verdict::Allowed {
            return Some(verdict);
        }
        best = Some(verdict);
    }
    best
}
