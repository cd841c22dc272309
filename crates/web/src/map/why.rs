//! Why a ribbon is there: the pairs that it stands for, and the steps of one of them.

use clavicle_answer::Reader;
use clavicle_answer::shape::{Step, Thing};
use clavicle_graph::{Actor, Target};
use clavicle_snapshot::{PrincipalIndex, ResourceIndex};

use super::atom::{Fact, Source};
use super::drawn::{Drawn, equals_of, turns_on};
use super::page::{PairRow, Relation, WhyPage};
use super::touched::{outside_touch_of, touch_of};
use super::words::{access, condition};

/// So many pairs are listed.
pub(super) const MOST_PAIRS: usize = 200;

/// The pairs of a ribbon, and the steps of the pair with this number. `None`: no such ribbon or pair.
pub(crate) fn why(reader: &Reader, drawn: &Drawn, ribbon: &str, pair: Option<usize>) -> Option<WhyPage> {
    let at = drawn.page.ribbons.iter().position(|known| known.id == ribbon)?;
    let ribbon = drawn.page.ribbons.get(at)?;
    let pairs = || drawn.sources(at).into_iter().flatten().flat_map(|fact| pairs_of(reader, fact));
    // Pairs of one source turn on the same.
    let mut known: Option<(&Fact, Vec<String>)> = None;
    let mut rows = Vec::new();
    for pair in pairs().take(MOST_PAIRS) {
        let same = known.take().filter(|(other, _)| other.turns_as(pair.fact));
        let (_, words) = known.insert(same.unwrap_or_else(|| (pair.fact, conditions_of(reader, pair.fact))));
        rows.push(PairRow {
            from: pair.from.thing(reader),
            to: pair.to.thing(reader),
            conditions: words.clone(),
            access: access_of(pair.fact),
            only_if: open_access_of(pair.fact),
        });
    }
    let steps = match pair {
        None => Vec::new(),
        Some(number) => pairs().nth(number)?.steps(reader),
    };
    Some(WhyPage {
        schema: "clavicle.why/1",
        ribbon: ribbon.id.clone(),
        sentence: ribbon.sentence.clone(),
        total: ribbon.count,
        pairs: rows,
        pair,
        steps,
    })
}

/// The words of access of a fact.
pub(super) fn access_of(fact: &Fact) -> Vec<String> {
    match fact.relation {
        Relation::Controls | Relation::Touches => access(fact.allowed | fact.depends),
        Relation::Becomes | Relation::RunsAs => Vec::new(),
    }
}

/// Those of the words of a fact that hold on its conditions only.
pub(super) fn open_access_of(fact: &Fact) -> Vec<String> {
    match fact.relation {
        Relation::Controls | Relation::Touches => access(fact.open()),
        Relation::Becomes | Relation::RunsAs => Vec::new(),
    }
}

/// One pair of a ribbon.
pub(super) struct Pair<'f> {
    pub(super) fact: &'f Fact,
    pub(super) from: End,
    pub(super) to: End,
}

pub(super) enum End {
    Actor(Actor),
    Resource(ResourceIndex),
}

impl End {
    pub(super) fn principal(index: PrincipalIndex) -> Self {
        Self::Actor(Actor::Principal(index))
    }

    pub(super) fn thing(&self, reader: &Reader) -> Thing {
        match self {
            Self::Actor(actor) => reader.thing_of_actor(actor),
            Self::Resource(index) => reader.thing_of_target(&Target::Resource(*index)),
        }
    }
}

impl Pair<'_> {
    pub(super) fn steps(&self, reader: &Reader) -> Vec<Step> {
        match (&self.from, &self.to) {
            (End::Actor(from), End::Actor(Actor::Principal(role))) => vec![reader.becomes_step(from, *role)],
            (End::Resource(workload), End::Actor(Actor::Principal(role))) => {
                vec![reader.runs_as_step(*workload, *role)]
            }
            (End::Actor(from), End::Resource(resource)) => {
                let words = self.fact.allowed | self.fact.depends;
                reader.touch_steps(from, &Target::Resource(*resource), words)
            }
            _ => Vec::new(),
        }
    }
}

/// The pairs of one fact, in order.
fn pairs_of<'f>(reader: &Reader, fact: &'f Fact) -> Vec<Pair<'f>> {
    let world = reader.world();
    let pair = |from, to| Pair { fact, from, to };
    match fact.source {
        Source::Becomes(at) => {
            let known = world.becomes().get(at as usize);
            known
                .map(|known| pair(End::Actor(known.from.clone()), End::principal(known.to)))
                .into_iter()
                .collect()
        }
        Source::RunsAs(workload, role) => vec![pair(End::Resource(workload), End::principal(role))],
        Source::Within(..) => match touch_of(world, fact.source) {
            Some(touch) => {
                let members = world.class_members(touch.class).iter();
                members.map(|member| pair(End::principal(*member), End::Resource(touch.resource))).collect()
            }
            None => Vec::new(),
        },
        Source::Outside(..) => match outside_touch_of(world, fact.source) {
            Some(touch) => match equals_of(world, &touch.actor) {
                [] => vec![pair(End::Actor(touch.actor.clone()), End::Resource(touch.resource))],
                equals => equals
                    .iter()
                    .map(|member| pair(End::principal(*member), End::Resource(touch.resource)))
                    .collect(),
            },
            None => Vec::new(),
        },
    }
}

/// On what the open words of a fact turn, in words. Empty: on nothing.
pub(super) fn conditions_of(reader: &Reader, fact: &Fact) -> Vec<String> {
    let certain = match fact.source {
        Source::Becomes(_) => false,
        Source::RunsAs(..) => true,
        Source::Within(..) | Source::Outside(..) => fact.open() == 0,
    };
    if certain {
        return Vec::new();
    }
    let depends_on = turns_on(reader.world(), fact);
    let words = depends_on.iter().filter_map(|on| condition(std::slice::from_ref(on)));
    let words: Vec<String> = words.collect();
    let is_touch = matches!(fact.source, Source::Within(..) | Source::Outside(..));
    if words.is_empty() && is_touch { vec!["conditions hold".to_owned()] } else { words }
}
