//! `leads-to-matter`: chains to things that matter.

use std::collections::BTreeMap;

use clavicle_catalog::Word;
use clavicle_graph::{Begin, Chain, Goal, Limits, Method, Node, StatementPlace, Target};

use super::found::Found;
use super::lever::{Lever, is_plain};
use super::sharing::merged;
use super::{Family, Look, Rule};
use crate::comes_by::WEIGHTY;
use crate::count::counted;
use crate::page::listed;
use crate::reader::Reader;
use crate::shape::{Answer, Reached};
use crate::standing::Standing;

pub(super) const FAMILY: Family = Family { rules: &[LEADS_TO_MATTER], look };

const LEADS_TO_MATTER: Rule = Rule {
    id: "leads-to-matter",
    title: "chains lead to something that matters",
    means: "Somebody who may not read, write or control a thing that clavicle.toml says matters gets to do so by two steps or more. Chains that only assume one role after the other, each as it is meant, count only from outside. One finding is the Allow statements of the step that was least meant. That is the first of a chain that controls, passes or takes over something, else the last by which a role is assumed. Chains through all the power over an account are findings of privilege-escalation.",
    why: "The policy of the thing, and whoever reads it, says that they do not get in.",
    fix: "Narrow the statement that is named, then look with `clavicle path WHO THING`. With `--cut` it names the fewest statements that break all ways.",
    severity: "That of the worst chain: critical or high from outside, by the door that they come in by; medium from inside.",
    sources: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"],
};

/// What a lever lets somebody do.
struct Led {
    /// The method of the step that it gives.
    method: Option<&'static Method>,
    chains: Vec<(Word, Answer)>,
}

fn look(look: &Look<'_>) -> Vec<Found> {
    let reader = look.reader;
    let limits = Limits { unlisted: false, each: 3, ..Limits::default() };
    let mut by_lever: BTreeMap<Vec<StatementPlace>, Led> = BTreeMap::new();
    for thing in reader.things_that_matter() {
        let target = Target::Resource(thing);
        for word in WEIGHTY {
            let goal = Goal::Do { target: target.clone(), wanted: reader.world().wanted(word, &target) };
            for begin in [Begin::Outside, Begin::Anyone] {
                let found = reader.world().chains(&begin, &goal, &limits);
                for chain in found.chains.iter().filter(|chain| is_told(reader, chain)) {
                    let (Some((lever, method)), Some(answer)) =
                        (lever(reader, chain), reader.chain_answer(chain, word.name()))
                    else {
                        continue;
                    };
                    let none = || Led { method, chains: Vec::new() };
                    let led = by_lever.entry(lever.statements).or_insert_with(none);
                    // The weightiest word comes first; that one may read what one controls goes without saying.
                    let same = |(_, known): &(Word, Answer)| known.who == answer.who && known.on == answer.on;
                    if !led.chains.iter().any(same) {
                        led.chains.push((word, answer));
                    }
                }
            }
        }
    }
    let found = by_lever.into_iter();
    found.filter_map(|(statements, led)| finding(reader, &Lever { statements }, &led)).collect()
}

/// Is it a chain, known to lead on, that nobody meant?
fn is_told(reader: &Reader, chain: &Chain) -> bool {
    let outside = chain.begin().is_some_and(|begin| match begin {
        Node::Actor(actor) => reader.world().is_outside(actor),
        _ => false,
    });
    chain.moves() > 1
        && Standing::of_chain(chain) <= Standing::Conditional
        && (outside || chain.steps.iter().any(|step| !is_plain(step)))
}

/// The step that was least meant.
fn lever(reader: &Reader, chain: &Chain) -> Option<(Lever, Option<&'static Method>)> {
    let unmeant = chain.steps.iter().filter(|step| !is_plain(step));
    let assumed = chain.steps.iter().rev().filter(|step| step.is_move() && is_plain(step)).skip(1);
    // A chain that leads on is told, whichever of its steps rests on a statement.
    unmeant.chain(assumed).chain(&chain.steps).find_map(|step| Some((reader.lever(step)?, step.method)))
}

fn finding(reader: &Reader, lever: &Lever, led: &Led) -> Option<Found> {
    let severity = led.chains.iter().filter_map(|(_, answer)| answer.severity).max()?;
    let mut who: Vec<String> = Vec::new();
    let mut things: Vec<String> = Vec::new();
    let mut reaches: Vec<Reached> = Vec::new();
    for (word, answer) in &led.chains {
        if !who.contains(&answer.label) {
            who.push(answer.label.clone());
        }
        let Some(on) = answer.on.first() else { continue };
        if !things.contains(&on.name) {
            things.push(on.name.clone());
        }
        match reaches.iter_mut().find(|known| known.access == word.name() && known.kind == on.kind) {
            Some(known) if known.matter.contains(&on.name) => {}
            Some(known) => {
                known.count += 1;
                known.matter.push(on.name.clone());
            }
            None => reaches.push(Reached {
                access: word.name().to_owned(),
                kind: on.kind.clone(),
                count: 1,
                matter: vec![on.name.clone()],
            }),
        }
    }
    let outside = led.chains.iter().filter(|(_, answer)| answer.outside).count();
    let chains = counted(led.chains.len(), "chain", "chains");
    let from_outside = match outside {
        0 => String::new(),
        1 if led.chains.len() == 1 => " from outside".to_owned(),
        some if some == led.chains.len() => ", all of them from outside".to_owned(),
        some => format!(", {some} of them from outside"),
    };
    let things = reader.few(things.iter(), Clone::clone);
    Some(Found {
        rule: LEADS_TO_MATTER.id,
        key: lever.key(reader)?,
        severity,
        reason: format!("{chains}{from_outside}; what is reached matters"),
        sentence: format!(
            "{} lets {} get to {things} by way of others.",
            lever.name(reader),
            match who.len() {
                0..=3 => listed(&who),
                _ => reader.few(who.iter(), Clone::clone),
            }
        ),
        cause: lever.cause(reader)?,
        reaches: merged(reaches.iter()),
        fix: led.method.map_or(LEADS_TO_MATTER.fix, |method| method.fix).to_owned(),
        because: lever.citations(reader),
        outsider: None,
    })
}
