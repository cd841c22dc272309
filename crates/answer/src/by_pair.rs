//! Two of a table: does the one get to the other by way of others, and is what is granted denied by name?
//!
//! A table asks this of each of its cells, so both are told in a few words; the whole of it is told by `path` and `can`.

use clavicle_catalog::{ArnForm, Word};
use clavicle_engine::{Layer, Match, Verdict as Decided};
use clavicle_graph::{Actor, Begin, Chain, Goal, Limits, Node, Target};
use clavicle_policy::Effect;

use crate::reader::Reader;
use crate::shape::Verdict;
use crate::standing::Standing;

/// So many chains of each are weighed: the shortest may turn on what was not seen where a longer one is certain.
const EACH: usize = 4;

/// Somebody who gets to a thing by way of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByOthers {
    /// Who begins: equal ones are one.
    pub begin: Node,
    /// In so many steps.
    pub steps: usize,
    /// How certain that is; never [`Verdict::No`].
    pub verdict: Verdict,
}

/// Those who get to a thing by way of others, and whether these are all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllByOthers {
    /// Whom a chain was found of.
    pub found: Vec<ByOthers>,
    /// The search ended at its limits: there may be more.
    pub more: bool,
    /// Policies, users or roles that were not seen may make more: that somebody is not among them is no "no".
    pub may_miss: bool,
}

impl Reader {
    /// Which of these get to do this with a thing by way of others: of each the most certain chain, and of those the
    /// shortest. Empty where the word says nothing of such a thing.
    pub fn by_others(&self, begins: &[Actor], word: Word, target: &Target) -> AllByOthers {
        let wanted = self.world().wanted(word, target);
        if wanted.is_empty() {
            return AllByOthers::default();
        }
        let goal = Goal::Do { target: target.clone(), wanted };
        let limits = Limits { each: EACH, begins: usize::MAX, ..Limits::default() };
        let begin = Begin::With(begins.to_vec());
        let found = self.world().chains(&begin, &goal, &limits);
        let mut chains: Vec<&Chain> = found.chains.iter().filter(|chain| chain.steps.len() > 1).collect();
        chains.sort_by_key(|chain| (chain.begin().cloned(), Standing::of_chain(chain), chain.steps.len()));
        chains.dedup_by_key(|chain| chain.begin());
        let told = |chain: &Chain| {
            Some(ByOthers {
                begin: chain.begin()?.clone(),
                steps: chain.steps.len(),
                verdict: Standing::of_chain(chain).verdict(),
            })
        };
        AllByOthers {
            found: chains.into_iter().filter_map(told).collect(),
            more: found.more,
            may_miss: self.world().may_miss_chains(&begin, &goal),
        }
    }

    /// The first action of this word that a policy of theirs, or of the thing, allows them and a Deny takes. `None`: there
    /// is none, or the word says nothing of such a thing.
    pub fn denied_by_name(&self, actor: &Actor, word: Word, target: &Target) -> Option<String> {
        let world = self.world();
        let when = world.context(&Default::default());
        let own = world.arn_of(target);
        let denied = world.wanted(word, target).into_iter().find(|wanted| {
            let arn = (wanted.form != ArnForm::Itself).then(|| wanted.form.of(&own));
            let decided = world.decide(actor, &wanted.action, target, arn.as_deref(), &when);
            if decided.verdict != Decided::ExplicitlyDenied {
                return false;
            }
            let why = world.explain(actor, &wanted.action, target, arn.as_deref(), &when);
            why.is_some_and(|why| {
                let gives = |layer| matches!(layer, Layer::Identity | Layer::Resource);
                let pins = why.explanation.pins.iter().filter(|pin| gives(pin.layer));
                pins.flat_map(|pin| &pin.statements).any(|statement| {
                    statement.effect == Some(Effect::Allow)
                        && matches!(statement.outcome, Match::Matched { .. })
                })
            })
        })?;
        Some(self.action_name(&denied.action))
    }
}
