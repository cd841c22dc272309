//! How does somebody get to a thing, to a role, or to all the power over an account?

use std::cmp::Reverse;

use clavicle_graph::{Actor, Begin, Chain, Chains, Goal, Limits, Node};
use clavicle_policy::AccountId;

use crate::asked_action::AskedAction;
use crate::count::number;
use crate::cut::NO_CUT;
use crate::not_seen::RestsOn;
use crate::page::when_text;
use crate::question::{Question, QuestionError, Verb};
use crate::reader::Reader;
use crate::resolve::{Askers, Spot};
use crate::shape::{Answer, AnswerPage, Asked, Step, Verdict};
use crate::shell_word::shell_word;
use crate::standing::Standing;
use crate::stem::stem;
use crate::who::known_chains;

/// Where somebody is to get to.
#[derive(Debug)]
pub(crate) enum Destination {
    /// All the power over an account, or over any.
    Administrator(Option<AccountId>),
    /// One thing, or to act as a role or user, by the word that is asked.
    Spot(Spot, Box<AskedAction>),
}

impl Destination {
    fn goal(&self) -> Goal {
        match self {
            Self::Administrator(account) => Goal::Administrator(*account),
            Self::Spot(spot, asked) => goal_of(spot, asked),
        }
    }

    /// The word or action of the last step.
    pub(crate) fn access(&self) -> &str {
        match self {
            Self::Administrator(_) => "become",
            Self::Spot(_, asked) => &asked.name,
        }
    }
}

/// To act as a user or role is a goal of its own: there are more ways than the trust policy.
pub(crate) fn goal_of(spot: &Spot, asked: &AskedAction) -> Goal {
    match &spot.target {
        clavicle_graph::Target::Principal(index) if asked.word == Some(clavicle_catalog::Word::Become) => {
            Goal::Become(*index)
        }
        target => Goal::Do { target: target.clone(), wanted: asked.wanted.clone() },
    }
}

impl Reader {
    pub(crate) fn answer_path(&self, question: &Question) -> Result<AnswerPage, QuestionError> {
        self.path_and_more(question).map(|(page, _)| page)
    }

    /// The same, and whether there are more chains than are listed.
    pub(crate) fn path_and_more(&self, question: &Question) -> Result<(AnswerPage, bool), QuestionError> {
        let Some(to) = question.on.as_deref() else {
            return Err(QuestionError::new("the question does not say where the path ends")
                .hint("ask `path FROM TO`"));
        };
        refuse_stated(question)?;
        let from = question.by.as_deref().unwrap_or("anyone");
        let askers = self.resolve_askers(from)?;
        let destinations = self.destinations(to, question.action.as_deref())?;
        let begin = self.begin_of(&askers);
        // Who comes by all the power reaches what it reaches.
        let limits =
            Limits { administrators: true, ..limits_of(question, matches!(askers, Askers::These(_))) };
        let mut answers: Vec<(Standing, Answer)> = Vec::new();
        let (mut more, mut best) = (false, Verdict::No);
        // To each end, how many chains are known.
        let mut known = Vec::new();
        for destination in &destinations {
            if let (Destination::Spot(spot, asked), false) = (destination, matches!(askers, Askers::Anyone)) {
                answers.extend(self.direct_of(question, &askers, spot, asked));
            }
            let found = self.world().chains(&begin, &destination.goal(), &limits);
            more |= found.more;
            best = best.or(self.verdict_of_chains(&found, &begin, &destination.goal()));
            let chains = self.chain_answers(&found, destination.access());
            known.push(known_chains(&chains));
            answers.extend(chains);
        }
        answers.sort_by_key(|(standing, answer)| {
            (*standing == Standing::Unknown, answer.steps.len(), *standing, Reverse(answer.severity))
        });
        let from_name = self.askers_name(&askers, from);
        let to_name = self.destination_name(to, &destinations);
        let of_answers = answers.iter().map(|(standing, _)| standing.verdict()).fold(best, Verdict::or);
        let mut verdict = self.path_verdict(of_answers, &destinations);
        // Who has all the power can change what keeps them out, and how is not followed.
        let by_power = verdict == Verdict::No && self.comes_by_power(&begin, &destinations, &limits);
        if by_power {
            verdict = Verdict::Unknown;
        }
        let sentence = path_sentence(&from_name, &to_name, &answers, &askers, verdict, limits.steps);
        let asked = Asked {
            verb: Verb::Path.name().to_owned(),
            by: Some(from_name.clone()),
            action: question.action.clone(),
            on: Some(to_name.clone()),
            when: question.when.clone(),
            text: format!(
                "path {} {}{}{}",
                quoted(&from_name),
                quoted(&to_name),
                question.action.as_ref().map_or(String::new(), |action| format!(" --do {action}")),
                when_text(&question.when)
            ),
        };
        let mut page = self.page(asked, verdict, sentence);
        page.answers = answers.into_iter().map(|(_, answer)| answer).collect();
        let mut rests_on = self.chains_rest_on(&page.answers);
        if verdict == Verdict::Unknown {
            let goals = destinations.iter().map(Destination::goal);
            rests_on.accounts.extend(goals.flat_map(|goal| self.world().without_identities(&begin, &goal)));
        }
        page.not_seen = self.not_seen(&rests_on);
        if by_power {
            page.notes.push(
                "All the power over the account can be come by; what an administrator could change first is not followed."
                    .to_owned(),
            );
        }
        if let (Verdict::No, [destination]) = (verdict, destinations.as_slice()) {
            page.nearest_miss = self.nearest_miss(&begin, &destination.goal());
        }
        if more {
            page.notes.push("There are more chains than are listed.".to_owned());
        }
        if question.cut && !page.answers.is_empty() {
            for (destination, known) in destinations.iter().zip(known) {
                let to = self.destination_name(to, std::slice::from_ref(destination));
                page.cuts.extend(self.cut(&begin, &destination.goal(), &limits, &to, known));
            }
            if page.cuts.is_empty() {
                page.notes.push(NO_CUT.to_owned());
            }
        }
        page.next = page.answers.first().and_then(next_of);
        Ok((page, more))
    }

    /// What the end of a path means: `admin`, `prod:admin`, `matter`, or one thing.
    pub(crate) fn destinations(
        &self,
        text: &str,
        action: Option<&str>,
    ) -> Result<Vec<Destination>, QuestionError> {
        let text = text.trim();
        if let Some(account) = self.power_named(text) {
            return Ok(vec![Destination::Administrator(account)]);
        }
        if text.eq_ignore_ascii_case("matter") {
            let matters: Vec<Destination> = self
                .things_that_matter()
                .into_iter()
                .map(|index| {
                    let spot = Spot { target: clavicle_graph::Target::Resource(index), part: None };
                    let asked = self.asked_action(action, &spot)?;
                    Ok(Destination::Spot(spot, Box::new(asked)))
                })
                .collect::<Result<_, QuestionError>>()?;
            if matters.is_empty() {
                return Err(QuestionError::new("nothing is said to matter")
                    .hint("name things under `[[matter]]` in clavicle.toml"));
            }
            return Ok(matters);
        }
        let spot = self.resolve_spot(text)?;
        let asked = self.asked_action(action, &spot)?;
        Ok(vec![Destination::Spot(spot, Box::new(asked))])
    }

    /// `admin` and `prod:admin`: all the power, over any account or over this one.
    pub(crate) fn power_named(&self, text: &str) -> Option<Option<AccountId>> {
        let is_power = |word: &str| {
            ["admin", "admins", "administrator", "administrators"]
                .iter()
                .any(|it| it.eq_ignore_ascii_case(word))
        };
        if is_power(text) {
            return Some(None);
        }
        let (account, word) = text.split_once(':')?;
        let account = AccountId::parse(account)
            .or_else(|| self.names().account_named(self.world().snapshot(), account))?;
        is_power(word).then_some(Some(account))
    }

    /// Where chains begin that are asked for by these.
    pub(crate) fn begin_of(&self, askers: &Askers) -> Begin {
        match askers {
            Askers::Anyone => Begin::Anyone,
            Askers::Outside => Begin::Outside,
            Askers::Administrators => Begin::With(self.administrators()),
            Askers::Accounts(accounts) => {
                let of = |account: &AccountId| self.world().principals_of(*account).to_vec();
                Begin::With(accounts.iter().flat_map(of).map(Actor::Principal).collect())
            }
            Askers::These(actors) => Begin::With(actors.clone()),
        }
    }

    fn administrators(&self) -> Vec<Actor> {
        self.world().administrators().iter().map(|index| Actor::Principal(*index)).collect()
    }

    /// Chains as answers, each with how certain it is.
    pub(crate) fn chain_answers(&self, found: &Chains, access: &str) -> Vec<(Standing, Answer)> {
        let answer = |chain: &Chain| {
            let answer = self.chain_answer(chain, access)?;
            Some((Standing::of_chain(chain), answer))
        };
        together(found.chains.iter().filter_map(answer))
    }

    /// Those of the askers who need no chain.
    fn direct_of(
        &self,
        question: &Question,
        askers: &Askers,
        spot: &Spot,
        asked: &AskedAction,
    ) -> Vec<(Standing, Answer)> {
        let when = self.world().context(&question.when);
        let mut accesses = self.accesses(asked, spot, &when);
        accesses.retain(|access| self.is_among(&access.actor, askers));
        let groups = self.grouped(accesses);
        let answer = |group| Some((group, self.group_answer(group, asked, spot, &when)?));
        groups.iter().filter_map(answer).map(|(group, answer)| (group.standing, answer)).collect()
    }

    /// What chains that were found, or not, say. Where none was found though policies on the way were not seen, or
    /// longer chains were not looked for, nobody knows.
    pub(crate) fn verdict_of_chains(&self, found: &Chains, begin: &Begin, goal: &Goal) -> Verdict {
        let of_chain = |chain| match begin {
            Begin::Anyone => Standing::of_anybody_on(chain),
            Begin::Outside | Begin::With(_) => Standing::of_chain(chain),
        };
        match found.chains.iter().map(of_chain).min() {
            Some(best) => best.verdict(),
            None if found.more || self.world().may_miss_chains(begin, goal) => Verdict::Unknown,
            None => Verdict::No,
        }
    }

    /// Is there somebody who has, or comes by, all the power over the account of an end?
    fn comes_by_power(&self, begin: &Begin, destinations: &[Destination], limits: &Limits) -> bool {
        let owners = destinations.iter().filter_map(|destination| match destination {
            Destination::Spot(spot, _) => self.world().owner_of(&spot.target),
            Destination::Administrator(_) => None,
        });
        let has = |owner: AccountId| match begin {
            Begin::With(actors) => {
                actors.iter().any(|actor| self.world().node_of_actor(actor) == Node::Administrator(owner))
            }
            Begin::Anyone => {
                self.world().principals_of(owner).iter().any(|index| self.world().is_admin(*index))
            }
            Begin::Outside => false,
        };
        let comes_by = |owner| {
            let found = self.world().chains(begin, &Goal::Administrator(Some(owner)), limits);
            found.more || !found.chains.is_empty()
        };
        { owners }.any(|owner| has(owner) || comes_by(owner))
    }

    fn path_verdict(&self, found: Verdict, destinations: &[Destination]) -> Verdict {
        let end_not_seen = destinations.iter().any(|destination| match destination {
            Destination::Spot(spot, _) => self.own_policy_not_seen(&spot.target),
            Destination::Administrator(_) => false,
        });
        if end_not_seen { found.or(Verdict::Unknown) } else { found }
    }

    fn askers_name(&self, askers: &Askers, typed: &str) -> String {
        match askers {
            Askers::These(actors) if actors.len() == 1 => self.thing_of_actor(&actors[0]).name,
            Askers::Anyone => "anyone".to_owned(),
            _ => typed.to_owned(),
        }
    }

    fn destination_name(&self, typed: &str, destinations: &[Destination]) -> String {
        match destinations {
            [Destination::Spot(spot, _)] => self.spot_name(spot),
            [Destination::Administrator(Some(account))] => {
                self.thing_of_node(&Node::Administrator(*account)).name
            }
            [Destination::Administrator(None)] => "admin".to_owned(),
            _ => typed.to_owned(),
        }
    }

    /// The accounts and services that chains lead through.
    pub(crate) fn chains_rest_on(&self, answers: &[Answer]) -> RestsOn {
        let steps = || answers.iter().flat_map(|answer| &answer.steps);
        let things = steps().flat_map(|step| [&step.from, &step.to]);
        let mut accounts: Vec<AccountId> =
            things.filter_map(|thing| AccountId::parse(thing.account.as_deref()?)).collect();
        accounts.sort_unstable();
        accounts.dedup();
        let requests = steps().flat_map(|step| &step.requests);
        let mut services: Vec<String> =
            requests.filter_map(|ask| Some(ask.action.split_once(':')?.0.to_owned())).collect();
        services.sort_unstable();
        services.dedup();
        RestsOn { accounts, services }
    }
}

/// How far a question looks. `one`: it is about somebody in particular, and every way counts.
pub(crate) fn limits_of(question: &Question, one: bool) -> Limits {
    let limits = Limits::default();
    Limits {
        steps: question.steps.unwrap_or(limits.steps),
        each: if one { limits.each } else { MOST_WAYS_OF_EACH },
        administrators: question.admins,
        ..limits
    }
}

/// What is stated of condition keys is stated of one request, not of all those of a chain.
pub(crate) fn refuse_stated(question: &Question) -> Result<(), QuestionError> {
    if question.when.is_empty() {
        return Ok(());
    }
    Err(QuestionError::new("a chain is many requests, and `when` states something of one")
        .hint("leave out `when`; `clavicle can` asks about one step under it"))
}

/// Of many who could begin, so many chains each.
const MOST_WAYS_OF_EACH: usize = 3;

/// Chains of several who are not equal in all, and go the same way: one answer for all of them.
fn together(chains: impl Iterator<Item = (Standing, Answer)>) -> Vec<(Standing, Answer)> {
    let mut found: Vec<(Standing, Answer)> = Vec::new();
    for (standing, answer) in chains {
        let same =
            |(other, known): &&mut (Standing, Answer)| *other == standing && goes_same_way(known, &answer);
        match found.iter_mut().find(same) {
            Some((_, known)) => {
                known.who.extend(
                    answer.who.into_iter().filter(|thing| !known.who.contains(thing)).collect::<Vec<_>>(),
                );
                known.count = known.who.len();
                let names: Vec<&str> = known.who.iter().map(|thing| thing.name.as_str()).collect();
                known.label = stem(&names);
            }
            None => found.push((standing, answer)),
        }
    }
    found
}

/// Do they lead over the same steps, by the same statements, from users or roles of one account?
fn goes_same_way(one: &Answer, other: &Answer) -> bool {
    let kind = |answer: &Answer| answer.who.first().map(|thing| (thing.kind.clone(), thing.account.clone()));
    let inside = |answer: &Answer| !answer.outside && answer.ring.is_empty();
    let statement = |step: &Step| {
        let because = step.because.first();
        because.map(|because| (because.document.clone(), because.line, because.sid.clone()))
    };
    let same = |(a, b): (&Step, &Step)| {
        a.relation == b.relation && a.to == b.to && a.action == b.action && statement(a) == statement(b)
    };
    inside(one)
        && inside(other)
        && kind(one) == kind(other)
        && one.severity == other.severity
        && one.conditions == other.conditions
        && one.depends_on == other.depends_on
        && one.steps.len() == other.steps.len()
        && one.steps.iter().zip(&other.steps).all(same)
}

fn path_sentence(
    from: &str,
    to: &str,
    answers: &[(Standing, Answer)],
    askers: &Askers,
    verdict: Verdict,
    most: usize,
) -> String {
    let to = match to {
        "admin" => "all the power over an account",
        "matter" => "what matters",
        other => other,
    };
    let set = match askers {
        Askers::Anyone => "anyone".to_owned(),
        Askers::Outside => "outside".to_owned(),
        _ => from.to_owned(),
    };
    let Some((_, first)) = answers.first() else {
        return match (verdict, askers) {
            (Verdict::Unknown, _) => format!("Whether {from} can get to {to} is not known."),
            (_, Askers::These(_)) => format!("{from} cannot get to {to} in {most} steps."),
            (_, Askers::Outside) => format!("Nobody from outside gets to {to} by a chain of {most} steps."),
            _ => format!("Nobody gets to {to} by a chain of {most} steps."),
        };
    };
    let steps = match first.steps.len() {
        1 => "directly".to_owned(),
        steps => format!("in {steps} steps"),
    };
    let end = match (verdict, first.conditions.as_slice()) {
        (Verdict::Depends, [one]) => format!(", if {one}"),
        (Verdict::Depends, _) => ", if conditions hold".to_owned(),
        _ => String::new(),
    };
    // What is not known is no way, unless nothing else is there to tell.
    let known = answers.iter().filter(|(standing, _)| *standing <= Standing::Conditional).count();
    let ways = if known > 0 { known } else { answers.len() };
    let others = ways - 1;
    match (askers, verdict) {
        (_, Verdict::Unknown) => {
            format!("Whether {from} can get to {to} is not known: it would be {steps}.")
        }
        (Askers::These(_), _) => {
            let more = match others {
                0 => String::new(),
                others => format!(" There are {} more ways.", number(others)),
            };
            format!("{from} gets to {to} {steps}{end}.{more}")
        }
        _ if others == 0 => format!("1 way leads from {set} to {to}: that of {} {steps}{end}.", first.label),
        _ => format!(
            "{} ways lead from {set} to {to}, the shortest from {} {steps}{end}.",
            number(ways),
            first.label
        ),
    }
}

/// The command that looks closer at the step by which most can be stopped.
fn next_of(answer: &Answer) -> Option<String> {
    let step = answer.steps.iter().rev().find(|step| step.action.is_some())?;
    let action = step.action.as_deref()?;
    (step.from.arn.is_some() && step.from.kind != "raised" && step.to.arn.is_some()).then(|| {
        format!("clavicle can {} {action} {}", shell_word(&step.from.name), shell_word(&step.to.name))
    })
}

/// A name as one word of a question.
pub fn quoted(name: &str) -> String {
    if name.contains(char::is_whitespace) { format!("\"{name}\"") } else { name.to_owned() }
}
