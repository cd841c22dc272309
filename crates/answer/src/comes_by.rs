//! What does somebody come by through others: things that matter, power, and whom they can become?

use std::cmp::Reverse;

use clavicle_catalog::Word;
use clavicle_graph::{Actor, Begin, Chain, Goal, Limits, Target};
use clavicle_snapshot::ResourceIndex;

use crate::path::limits_of;
use crate::question::Question;
use crate::reader::Reader;
use crate::shape::{Answer, Verdict};
use crate::standing::Standing;

/// What is asked of a thing that matters: the weightiest word first.
pub(crate) const WEIGHTY: [Word; 3] = [Word::Control, Word::Write, Word::Read];

/// At most so many others are told whom somebody can become.
const MOST_ENDS: usize = 200;

/// What somebody comes by.
pub(crate) struct Further {
    pub(crate) answers: Vec<Answer>,
    pub(crate) verdict: Verdict,
    /// There is more than is told.
    pub(crate) more: bool,
}

impl Reader {
    /// The shortest chains from an actor: to things that matter, to power, and to everybody whom they can become. The
    /// worst first.
    pub(crate) fn comes_by(
        &self,
        question: &Question,
        workload: Option<ResourceIndex>,
        actor: &Actor,
    ) -> Further {
        if question.direct || !question.when.is_empty() || question.action.is_some() {
            return Further { answers: Vec::new(), verdict: Verdict::No, more: false };
        }
        let limits = Limits { each: 1, ..limits_of(question, true) };
        let mut found: Vec<(Standing, Answer)> = Vec::new();
        for thing in self.things_that_matter() {
            let target = Target::Resource(thing);
            for word in WEIGHTY {
                let wanted = self.world().wanted(word, &target);
                let goal = Goal::Do { target: target.clone(), wanted };
                let chains = self.world().chains(&Begin::With(vec![actor.clone()]), &goal, &limits);
                found.extend(self.chain_answers(&chains, word.name()));
            }
        }
        let mut others = self.world().chains_outward(actor, limits.steps, MOST_ENDS);
        // Plain assumption is told as what one reaches directly.
        let is_plain = |chain: &Chain| {
            let one =
                matches!(chain.steps.as_slice(), [step] if step.method.is_some_and(|it| it.id == "sts-001"));
            one || chain.steps.is_empty()
        };
        others.chains.retain(|chain| !is_plain(chain));
        let of_others =
            |chain: &Chain| Some((Standing::of_chain(chain), self.chain_answer(chain, Word::Become.name())?));
        found.extend(others.chains.iter().filter_map(of_others));
        if let (Some(workload), Actor::Principal(role)) = (workload, actor) {
            for (_, answer) in &mut found {
                answer.steps.insert(0, self.runs_as_step(workload, *role));
                answer.who = vec![self.thing_of_resource(workload)];
                answer.count = 1;
            }
        }
        found.sort_by_key(|(standing, answer)| {
            (*standing == Standing::Unknown, Reverse(answer.severity), answer.steps.len())
        });
        let verdict = found.iter().map(|(standing, _)| standing.verdict()).fold(Verdict::No, Verdict::or);
        let told = found.into_iter().map(|(_, mut answer)| {
            // Here it is the end that is listed.
            answer.label = answer.on.first().map(|end| end.name.clone()).unwrap_or_default();
            answer
        });
        Further { answers: told.collect(), verdict, more: others.more }
    }
}
