//! Is it certain that somebody can never do something with a thing, whatever a request carries?
//!
//! `can` asks about one request. This asks about all of them at once, over every layer, and the answer is a proof, or a
//! request that the engine lets through, or unknown with what it turns on.

use std::collections::{BTreeMap, BTreeSet};

use clavicle_catalog::ArnForm;
use clavicle_engine::{
    Action, Applicable, Context, Documents, Fact, Ladder, PolicyId, Principals, ResourcePolicy,
    Verdict as Decided,
};
use clavicle_graph::{Actor, Bearing, TIMES};
use clavicle_prover::{Access, Doubt, Limits, Store, Subject, Verdict as Proof, Witness};
use foldhash::{HashMap, HashMapExt as _};

use crate::asked_action::AskedAction;
use crate::page::when_text;
use crate::question::{Question, QuestionError};
use crate::reader::Reader;
use crate::resolve::Spot;
use crate::shape::{AnswerPage, Asked, Verdict};
use crate::steps::Ask;

/// The numbers that policies of the accounts have in the prover's store, as those that name callers and as those that do not.
pub(crate) type Copies = HashMap<(PolicyId, bool), PolicyId>;

impl Reader {
    /// Can `by` never do `action` with `on`? Yes is a proof over every request.
    pub fn never(&self, question: &Question) -> Result<AnswerPage, QuestionError> {
        let missing = |what: &str| {
            QuestionError::new(format!("the question does not say {what}"))
                .hint("ask `never WHO ACTION THING`")
        };
        let actor = self.resolve_actor(question.by.as_deref().ok_or_else(|| missing("who is meant"))?)?;
        let text = question.action.as_deref().ok_or_else(|| missing("which action is meant"))?;
        let spot = self.resolve_spot(question.on.as_deref().ok_or_else(|| missing("what it is done to"))?)?;
        let asked = self.asked_action(Some(text), &spot)?;
        let stated = stated(&self.world().context(&question.when), &question.when);
        let who = self.thing_of_actor(&actor);
        let thing = self.spot_name(&spot);

        let mut store = Store::new();
        let mut compiled = HashMap::new();
        let mut forms: Vec<(ArnForm, String, Vec<&Action>)> = Vec::new();
        for wanted in &asked.wanted {
            match forms.iter_mut().find(|(form, ..)| *form == wanted.form) {
                Some((_, _, actions)) => actions.push(&wanted.action),
                None => forms.push((wanted.form, self.arn_named(wanted, &spot), vec![&wanted.action])),
            }
        }
        let (mut doubts, mut found): (Vec<Doubt>, Option<(Actor, Box<Witness>)>) = (Vec::new(), None);
        for (_, arn, actions) in &forms {
            let names: Vec<&str> = actions.iter().map(|action| action.text()).collect();
            let callers = self.world().bearings(&actor, actions, &spot.target, Some(arn), |bearing| {
                let access = self.effective(&mut store, &mut compiled, bearing, arn, &names, &stated);
                store.never(&access, Limits::default())
            });
            for (caller, ways) in callers {
                let shown = ways.iter().filter(|way| way.witness().is_some()).count();
                let every = shown == ways.len();
                for way in ways {
                    match way {
                        Proof::Holds => {}
                        // What can be done in each way that the thing may be, can be done.
                        Proof::Fails(witness) if every => {
                            found = found.or_else(|| Some((caller.clone(), witness)));
                        }
                        Proof::Fails(_) => {
                            doubts.push(Doubt::NotSeen(clavicle_prover::Missing::Circumstances));
                        }
                        Proof::Unknown(more) => doubts.extend(more),
                    }
                }
            }
        }
        doubts.sort_unstable();
        doubts.dedup();
        // The proof is about policies; what lets in beside them it does not see.
        let mut told: Vec<String> = doubts.iter().map(ToString::to_string).collect();
        told.extend(self.beside_policies(&actor, &asked, &spot, &stated));

        let asked_text = Asked {
            verb: "never".to_owned(),
            by: Some(who.name.clone()),
            action: Some(asked.name.clone()),
            on: Some(thing.clone()),
            when: question.when.clone(),
            text: format!("never {} {} {thing}{}", who.name, asked.name, when_text(&question.when)),
        };
        let verb = asked.verb();
        let mut page = match (&found, told.as_slice()) {
            (Some((caller, witness)), _) => {
                let keys = carried(witness);
                let action = Action::new(&witness.action);
                let mut when = Context::exact();
                for (key, fact) in stated.keys() {
                    when.set(key, fact.clone());
                }
                for (key, fact) in &witness.keys {
                    when.set(key, fact.clone());
                }
                let ask = Ask {
                    actor: caller,
                    action: &action,
                    target: &spot.target,
                    arn: Some(&witness.resource),
                    when: &when,
                };
                // The accounts' own policies are asked once more, apart from the prover's copies.
                let ruling = self.ruling(&ask).verdict;
                if ruling == Decided::ImplicitlyDenied || ruling == Decided::ExplicitlyDenied {
                    let sentence = format!("UNKNOWN. {}.", Doubt::Bug(witness.to_string()));
                    return Ok(self.page(asked_text, Verdict::Unknown, sentence));
                }
                let sentence = format!(
                    "NO. {} can {verb} {thing}: {} on {}{keys} is allowed.",
                    self.thing_of_actor(caller).name,
                    witness.action,
                    witness.resource
                );
                let mut page = self.page(asked_text, Verdict::No, sentence);
                if let Some(why) = self.why(&ask) {
                    page.pins = self.pins(&why, &self.what_is_asked(&ask));
                }
                page
            }
            (None, []) => {
                let sentence = format!(
                    "PROVED. No request of {} to {verb} {thing}{} is allowed, {}.",
                    who.name,
                    when_text(&question.when),
                    whatever(question)
                );
                self.page(asked_text, Verdict::Yes, sentence)
            }
            (None, told) => {
                let sentence = format!(
                    "UNKNOWN. Whether {} can {verb} {thing} turns on what is not known: {}.",
                    who.name,
                    told.join("; ")
                );
                self.page(asked_text, Verdict::Unknown, sentence)
            }
        };
        let names: Vec<&str> = forms.iter().map(|(_, arn, _)| arn.as_str()).collect();
        page.notes
            .push(format!("It is asked of requests that name {}, and no other ARN.", names.join(" or ")));
        // Nothing is assumed of requests here but what the asker stated.
        page.assumes = BTreeMap::new();
        page.notes.push(
            "It is asked of each request by itself: steps by way of others are what `path` tells.".to_owned(),
        );
        Ok(page)
    }

    /// What may let somebody in beside policies, where their own side leaves that open for a request of which `stated` holds
    /// and nothing else is known: a proof is about every request, so what one of them may carry opens it.
    pub(crate) fn beside_policies(
        &self,
        actor: &Actor,
        asked: &AskedAction,
        spot: &Spot,
        stated: &Context,
    ) -> BTreeSet<String> {
        let lets_in = asked.wanted.iter().filter_map(|wanted| {
            let by = self.world().beside_policies(actor, &wanted.action, &spot.target)?;
            let arn = self.arn_named(wanted, spot);
            let (action, target) = (&wanted.action, &spot.target);
            let ask = Ask { actor, action, target, arn: Some(&arn), when: stated };
            self.ruling(&ask).may().then(|| by.to_string())
        });
        lets_in.collect()
    }

    /// What bears on the requests as a formula. The texts are read once each.
    pub(crate) fn effective(
        &self,
        store: &mut Store,
        compiled: &mut Copies,
        bearing: &Bearing<'_>,
        arn: &str,
        actions: &[&str],
        stated: &Context,
    ) -> Access {
        let mut own = |policy: PolicyId, named: bool| -> Option<PolicyId> {
            if let Some(known) = compiled.get(&(policy, named)) {
                return Some(*known);
            }
            let parsed = clavicle_policy::parse(self.world().text(policy).as_bytes()).policy?;
            let principals = if named { Principals::Required } else { Principals::Ignored };
            let id = store.compile(&parsed, principals).policy();
            compiled.insert((policy, named), id);
            Some(id)
        };
        let mut all = |policies: &[PolicyId], named| -> Option<Vec<PolicyId>> {
            policies.iter().map(|policy| own(*policy, named)).collect()
        };
        let from = bearing.applicable;
        let mut layer = |documents: Documents<'_>| match documents {
            Documents::None => (Some(Vec::new()), Sort::None),
            Documents::NotSeen => (Some(Vec::new()), Sort::NotSeen),
            Documents::Some(policies) => (all(policies, false), Sort::All),
            Documents::Partly(policies) => (all(policies, false), Sort::Partly),
        };
        let layers = [from.identity, from.boundary, from.session].map(&mut layer);
        let mut rungs = |ladder: Ladder<'_>, named| -> Option<Vec<Vec<PolicyId>>> {
            match ladder {
                Ladder::None => Some(Vec::new()),
                Ladder::NotSeen => None,
                Ladder::Levels(levels) => levels.iter().map(|level| all(level, named)).collect(),
            }
        };
        let (scps, rcps) = (rungs(from.scps, false), rungs(from.rcps, true));
        let resource = match from.resource {
            ResourcePolicy::Some(policy) => {
                own(policy, true).map_or(ResourcePolicy::NotSeen, ResourcePolicy::Some)
            }
            other => other,
        };
        let [identity, boundary, session] = &layers;
        let [scp_rungs, rcp_rungs] = [&scps, &rcps]
            .map(|levels| -> Vec<&[PolicyId]> { levels.iter().flatten().map(Vec::as_slice).collect() });
        let ladder = |was: Ladder<'_>, seen: bool, rungs| match was {
            Ladder::None => Ladder::None,
            _ if !seen => Ladder::NotSeen,
            _ => Ladder::Levels(rungs),
        };
        let applicable = Applicable {
            identity: lent(identity),
            boundary: lent(boundary),
            session: lent(session),
            scps: ladder(from.scps, scps.is_some(), &scp_rungs),
            rcps: ladder(from.rcps, rcps.is_some(), &rcp_rungs),
            resource,
            // No source tells which requests come through an endpoint.
            endpoint: Documents::None,
            circumstances: from.circumstances,
        };
        let within = if arn.contains('*') { vec![arn.to_owned()] } else { Vec::new() };
        let subject = Subject {
            caller: bearing.principal,
            thing: bearing.resource,
            within: &within,
            applicable,
            context: stated,
        };
        store.effective_for(&subject, actions)
    }

    /// Asks `never WHO ACTION THING`, as a line of `clavicle.toml` has it.
    pub(crate) fn never_in_words(&self, words: &str) -> Result<AnswerPage, QuestionError> {
        let mut words = words.split_whitespace().map(str::to_owned);
        let question =
            Question { by: words.next(), action: words.next(), on: words.next(), ..Question::default() };
        if let Some(more) = words.next() {
            return Err(QuestionError::new(format!("`{more}` is one word too many"))
                .hint("ask `never WHO ACTION THING`"));
        }
        self.never(&question)
    }
}

/// Of which requests a proof speaks: of all, or of those that carry what was stated.
pub(crate) fn whatever(question: &Question) -> &'static str {
    if question.when.is_empty() { "whatever it carries" } else { "whatever else it carries" }
}

/// How much of a layer was seen.
enum Sort {
    None,
    NotSeen,
    All,
    Partly,
}

fn lent((policies, sort): &(Option<Vec<PolicyId>>, Sort)) -> Documents<'_> {
    match (policies, sort) {
        (_, Sort::None) => Documents::None,
        // A text that cannot be read at all was not seen.
        (None, _) | (_, Sort::NotSeen) => Documents::NotSeen,
        (Some(policies), Sort::All) => Documents::Some(policies),
        (Some(policies), Sort::Partly) => Documents::Partly(policies),
    }
}

/// Only what the asker stated: a proof is about every request, not only ordinary ones.
pub(crate) fn stated(context: &Context, when: &BTreeMap<String, Vec<String>>) -> Context {
    let mut stated = Context::open();
    // Who tells the time by one of its keys tells it by the other.
    let is_told = when.keys().any(|key| TIMES.iter().any(|time| key.eq_ignore_ascii_case(time)));
    let told = TIMES.into_iter().filter(|_| is_told);
    for key in when.keys().map(String::as_str).chain(told) {
        if let Some(fact) = context.stated(key) {
            stated.set(key, fact.clone());
        }
    }
    stated
}

/// ` with aws:SourceIp=10.0.0.1`, or nothing.
pub(crate) fn carried(witness: &Witness) -> String {
    let keys: Vec<String> = witness
        .keys
        .iter()
        .map(|(key, fact)| match fact {
            Fact::One(value) => format!("{key}={value}"),
            Fact::Many(values) => format!("{key}=[{}]", values.join(", ")),
            Fact::Absent | Fact::Unknown | Fact::Present => key.clone(),
        })
        .collect();
    if keys.is_empty() { String::new() } else { format!(" with {}", keys.join(" and ")) }
}
