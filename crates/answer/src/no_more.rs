//! Can one do something with a thing that another cannot, whatever a request carries?
//!
//! Both are taken through every layer: a request is found that is let through if the one sends it, and not if the other
//! sends the same, or it is proved that there is none. What follows from who sends it is that of each.

use std::collections::BTreeSet;

use clavicle_catalog::ArnForm;
use clavicle_engine::{Action, Context, Fact, Verdict as Decided};
use clavicle_graph::{Actor, Ruling};
use clavicle_prover::{Access, Doubt, Limits, Missing, Store, Verdict as Proof, Witness};
use foldhash::HashMapExt as _;

use crate::never::{Copies, carried, stated, whatever};
use crate::page::when_text;
use crate::question::{Question, QuestionError};
use crate::reader::Reader;
use crate::resolve::Spot;
use crate::shape::{MorePage, MorePart, MoreRequest, Pin, Verdict};
use crate::steps::Ask;

/// What one caller can do, for each way that the thing may be where something about it was not seen.
type Ways = Vec<(Actor, Vec<Access>)>;

impl Reader {
    /// Can the one who asks do nothing that `than` cannot, as they are in `elsewhere` (other accounts, or these at another
    /// time, with what to call them) or here? Yes is a proof over every request. Without an action all that are done to such things.
    pub fn no_more(
        &self,
        question: &Question,
        than: &str,
        elsewhere: Option<(&Self, &str)>,
    ) -> Result<MorePage, QuestionError> {
        let missing = |what: &str| {
            QuestionError::new(format!("the question does not say {what}"))
                .hint("ask `prove no-more WHO THAN THING`")
        };
        let one = self.resolve_actor(question.by.as_deref().ok_or_else(|| missing("who is meant"))?)?;
        let beside = elsewhere.map_or(self, |(reader, _)| reader);
        let other = beside.resolve_actor(than)?;
        let thing = question.on.as_deref().ok_or_else(|| missing("what it is done to"))?;
        let (spot, their_spot) = (self.resolve_spot(thing)?, beside.resolve_spot(thing)?);
        let (arn, their_arn) = (self.world().arn_of(&spot.target), beside.world().arn_of(&their_spot.target));
        if arn != their_arn {
            return Err(QuestionError::new(format!(
                "`{thing}` is {arn} in one state and {their_arn} in the other"
            ))
            .hint("name the ARN"));
        }
        let asked = self.asked_action(Some(question.action.as_deref().unwrap_or("*")), &spot)?;
        let stated = stated(&self.world().context(&question.when), &question.when);

        let mut forms: Vec<(ArnForm, String, Vec<&Action>)> = Vec::new();
        for wanted in &asked.wanted {
            let arn = self.arn_named(wanted, &spot);
            match forms.iter_mut().find(|(form, ..)| *form == wanted.form) {
                Some((_, _, actions)) => actions.push(&wanted.action),
                // What is done to no thing is done to all alike.
                None if arn == "*" && question.action.is_none() => {}
                None => forms.push((wanted.form, arn, vec![&wanted.action])),
            }
        }
        if forms.is_empty() {
            return Err(QuestionError::new(format!("nothing is known that is done to {thing} by its name"))
                .hint("name an action with `--do`"));
        }
        let mut found = Found::default();
        // What one can do, they can do: whatever policies say that nobody understands, they say it of the same request.
        let is_same = elsewhere.is_none() && one == other;
        for (_, arn, actions) in forms.iter().filter(|_| !is_same) {
            let mut store = Store::new();
            let names: Vec<&str> = actions.iter().map(|action| action.text()).collect();
            let mut ways = |reader: &Self, actor: &Actor, target| -> Ways {
                let mut copies = Copies::new();
                reader.world().bearings(actor, actions, target, Some(arn), |bearing| {
                    reader.effective(&mut store, &mut copies, bearing, arn, &names, &stated)
                })
            };
            let ours = ways(self, &one, &spot.target);
            let theirs = ways(beside, &other, &their_spot.target);
            let sides = Sides {
                spot: &spot,
                reader: beside,
                actor: &other,
                theirs: &theirs,
                their_spot: &their_spot,
                stated: &stated,
            };
            for (actor, own) in &ours {
                self.compare(&mut store, actor, own, &sides, &mut found);
            }
        }
        if !is_same {
            found.beside.extend(self.beside_policies(&one, &asked, &spot, &stated));
        }
        found.doubts.sort_unstable();
        found.doubts.dedup();

        let (by, than) = (self.thing_of_actor(&one), beside.thing_of_actor(&other));
        let second = match elsewhere {
            Some((_, name)) => format!("{} of {name}", than.name),
            None => than.name.clone(),
        };
        let on = self.thing_of_target(&spot.target);
        let thing = self.spot_name(&spot);
        let verb = if question.action.is_some() { asked.verb() } else { "do anything with".to_owned() };
        let unknown: Vec<String> = found.doubts.iter().map(ToString::to_string).chain(found.beside).collect();
        let (verdict, sentence) = match (found.parts.as_slice(), unknown.as_slice()) {
            ([], []) => (
                Verdict::Yes,
                format!(
                    "PROVED. No request to {verb} {thing}{} is let through from {} and not from {}, {}.",
                    when_text(&question.when),
                    by.name,
                    second,
                    whatever(question)
                ),
            ),
            ([], _) => (
                Verdict::Unknown,
                format!(
                    "UNKNOWN. Whether {} can {verb} {thing} where {} cannot turns on what is not known.",
                    by.name, second
                ),
            ),
            _ => (Verdict::No, format!("NO. {} can do with {thing} what {} cannot.", by.name, second)),
        };
        let arns: Vec<&str> = forms.iter().map(|(_, arn, _)| arn.as_str()).collect();
        let notes = vec![
            format!("It is asked of requests that name {}, and no other ARN.", arns.join(" or ")),
            "It is asked of each request by itself: steps by way of others are what `path` tells.".to_owned(),
        ];
        Ok(MorePage {
            schema: "clavicle.more/1",
            verdict,
            sentence,
            by,
            than,
            than_in: elsewhere.map(|(_, name)| name.to_owned()),
            on,
            more: found.parts,
            unknown,
            notes,
            snapshot: self.snapshot_head(),
            facts: self.world().catalog().data_date().to_owned(),
        })
    }

    /// What one caller can do in every way that the thing may be, and the other in none of them.
    fn compare(
        &self,
        store: &mut Store,
        actor: &Actor,
        own: &[Access],
        beside: &Sides<'_>,
        found: &mut Found,
    ) {
        let nothing = || Access::everything().not();
        let any_of = |each: fn(&[Access]) -> Access| {
            beside.theirs.iter().map(|(_, ways)| each(ways)).reduce(Access::or).unwrap_or_else(nothing)
        };
        let certain = all_ways(own).and(any_of(any_way).not());
        let (parts, doubts) = store.parts(&certain, Limits::default(), |witness| {
            let when = context(beside.stated, witness);
            let keys = witness.keys.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>();
            let lets = self.layers(actor, witness, beside.spot, &when);
            (lets, beside.reader.layers(beside.actor, witness, beside.their_spot, &when), keys)
        });
        found.doubts.extend(doubts);
        for part in parts {
            let ((lets, first), (stops, second), _) = part.alike;
            // The accounts' own policies are asked once more, apart from the prover's copies.
            if !first.may() || second.verdict == Decided::Allowed {
                found.doubts.push(Doubt::Bug(part.witness.to_string()));
                continue;
            }
            // What may let the other in beside policies the prover does not see.
            if second.may() {
                found.beside.extend(second.depends_on.iter().map(ToString::to_string));
                continue;
            }
            let context = part.witness.keys.iter().filter_map(|(key, fact)| match fact {
                Fact::One(value) => Some((key.clone(), vec![value.clone()])),
                Fact::Many(values) => Some((key.clone(), values.clone())),
                Fact::Absent | Fact::Unknown | Fact::Present => None,
            });
            let (action, resource) = (part.witness.action.clone(), part.witness.resource.clone());
            let text = format!("{action} on {resource}{}", carried(&part.witness));
            let example = MoreRequest { action, resource, context: context.collect(), text };
            let same = found.parts.iter_mut().find(|known| {
                known.lets == lets && known.stops == stops && known.example.context == example.context
            });
            match same {
                Some(known) => {
                    let new = part.actions.into_iter().filter(|action| !known.actions.contains(action));
                    let new: Vec<String> = new.collect();
                    known.actions.extend(new);
                }
                None => found.parts.push(MorePart { actions: part.actions, example, lets, stops }),
            }
        }
        // Where something about the thing was not seen, there may be more in one of its ways.
        let is_sure = own.len() == 1 && beside.theirs.iter().all(|(_, ways)| ways.len() == 1);
        if !is_sure && !own.is_empty() {
            let possible = any_way(own).and(any_of(all_ways).not());
            match store.never(&possible.and(certain.not()), Limits::default()) {
                Proof::Holds => {}
                Proof::Fails(_) => found.doubts.push(Doubt::NotSeen(Missing::Circumstances)),
                Proof::Unknown(doubts) => found.doubts.extend(doubts),
            }
        }
    }

    /// Every layer of the request, if this one sends it, and the verdict.
    fn layers(&self, actor: &Actor, witness: &Witness, spot: &Spot, when: &Context) -> (Vec<Pin>, Ruling) {
        let action = Action::new(&witness.action);
        let ask = Ask { actor, action: &action, target: &spot.target, arn: Some(&witness.resource), when };
        let pins = self.why(&ask).map(|why| self.pins(&why, &self.what_is_asked(&ask))).unwrap_or_default();
        (pins, self.ruling(&ask))
    }
}

/// A comparison: the thing, and the other side.
struct Sides<'a> {
    spot: &'a Spot,
    reader: &'a Reader,
    actor: &'a Actor,
    theirs: &'a Ways,
    their_spot: &'a Spot,
    stated: &'a Context,
}

#[derive(Default)]
struct Found {
    parts: Vec<MorePart>,
    doubts: Vec<Doubt>,
    /// What may let in beside policies.
    beside: BTreeSet<String>,
}

/// What is let through however the thing is. Nobody sends requests where there is no way.
fn all_ways(ways: &[Access]) -> Access {
    ways.iter().cloned().reduce(Access::and).unwrap_or_else(|| Access::everything().not())
}

/// What is let through in one way at least.
fn any_way(ways: &[Access]) -> Access {
    ways.iter().cloned().reduce(Access::or).unwrap_or_else(|| Access::everything().not())
}

/// What the request carries, and nothing else.
fn context(stated: &Context, witness: &Witness) -> Context {
    let mut context = Context::exact();
    for (key, fact) in stated.keys() {
        context.set(key, fact.clone());
    }
    for (key, fact) in &witness.keys {
        context.set(key, fact.clone());
    }
    context
}
