//! What can they do, and with what?

use std::sync::Arc;

use clavicle_catalog::Word;
use clavicle_engine::{Action, Context, Dependency};
use clavicle_graph::{Actor, Reach, ReachWord, Target};
use clavicle_snapshot::{PolicyState, PrincipalKind, ResourceIndex};
use foldhash::{HashMap, HashMapExt, HashSet};

use crate::condition_words::unseen;
use crate::count::{counted, number};
use crate::not_seen::RestsOn;
use crate::page::{listed, when_text};
use crate::question::{Question, QuestionError, Verb};
use crate::reader::Reader;
use crate::resolve::Subject;
use crate::shape::{Answer, AnswerPage, Asked, Verdict};
use crate::shell_word::shell_word;
use crate::standing::Standing;
use crate::stem::stem;
use crate::steps::Ask;

/// Things that can be reached in the same way.
struct ReachGroup {
    things: Vec<Target>,
    words: Vec<ReachWord>,
    standing: Standing,
}

/// What makes two things equal in what can be done with them.
#[derive(PartialEq, Eq, Hash)]
struct Signature {
    kind: String,
    account: Option<String>,
    words: Vec<(Word, &'static str)>,
    depends_on: Vec<Dependency>,
    needs_met: bool,
}

impl Reader {
    pub(crate) fn answer_what(&self, question: &Question) -> Result<AnswerPage, QuestionError> {
        let Some(by) = question.by.as_deref().or(question.on.as_deref()) else {
            return Err(QuestionError::new("the question does not say who or which policy is meant")
                .hint("ask `what WHO-OR-POLICY`"));
        };
        // Things are found by words of access: an action would be passed over, and all be told in its place.
        if let Some(action) = question.action.as_deref().filter(|action| Word::parse(action).is_none()) {
            return Err(QuestionError::new(format!("`{action}` is no word of access, and what somebody can do is told by words"))
                .hint("the words are list, read, write, delete, run, control and become; of one action ask `can WHO ACTION THING`"));
        }
        match self.resolve_subject(by)? {
            Subject::Actor(actor) => {
                Ok(self.what_of_actors(question, &self.thing_of_actor(&actor).name, &[(None, actor)]))
            }
            Subject::Workload(workload) => self.what_of_workload(question, workload),
            Subject::Group(group) => Ok(self.answer_group(question, group)),
            Subject::Policy(policy) => Ok(self.answer_policy(question, policy)),
            Subject::OrgPolicy(policy) => Ok(self.answer_org_policy(question, policy)),
        }
    }

    fn what_of_workload(
        &self,
        question: &Question,
        workload: ResourceIndex,
    ) -> Result<AnswerPage, QuestionError> {
        let record = self.world().snapshot().resource(workload);
        let name = self.thing_of_resource(workload).name;
        let mut roles: Vec<_> = record.runs_as.iter().filter_map(|runs_as| runs_as.role).collect();
        roles.sort_unstable();
        roles.dedup();
        let actors: Vec<(Option<ResourceIndex>, Actor)> =
            roles.into_iter().map(|role| (Some(workload), Actor::Principal(role))).collect();
        let mut page = self.what_of_actors(question, &name, &actors);
        if record.runs_as.iter().any(|runs_as| runs_as.role.is_none()) {
            page.notes.push(format!("A role that {name} runs as was not seen."));
            if page.verdict == Verdict::No {
                page.verdict = Verdict::Unknown;
                let can = narrowed(question).map_or("do", Word::name);
                page.sentence =
                    format!("What {name} can {can} is not known: the role that it runs as was not seen.");
            }
        }
        Ok(page)
    }

    /// What actors can do: one, or the roles of a workload.
    fn what_of_actors(
        &self,
        question: &Question,
        name: &str,
        actors: &[(Option<ResourceIndex>, Actor)],
    ) -> AnswerPage {
        let when = self.world().context(&question.when);
        let asked = self.asked_what(question, name);
        let mut answers = Vec::new();
        let mut words: Vec<(Standing, usize)> = Vec::new();
        let only = narrowed(question);
        for (workload, actor) in actors {
            for group in self.reach_groups(actor, only, &when) {
                words.push((group.standing, group.things.len()));
                answers.extend(self.reach_answer(*workload, actor, &group, &when));
            }
        }
        let unseen = self.policies_not_seen(&answers);
        let shares = self.shares_not_seen_by(actors, &answers, &when);
        let (verdict, mut sentence) = self.what_sentence(name, actors, only, &words, (unseen, shares));
        let (mut further, mut verdict, mut more) = (Vec::new(), verdict, false);
        for (workload, actor) in actors.iter().filter(|(_, actor)| !self.is_admin(actor)) {
            let found = self.comes_by(question, *workload, actor);
            further.extend(found.answers);
            verdict = verdict.or(found.verdict);
            more |= found.more;
        }
        if let Some(told) = self.further_sentence(&further) {
            sentence = format!("{sentence} {told}");
        }
        answers.extend(further);
        let mut page = self.page(asked, verdict, sentence);
        page.answers = answers;
        let accounts = actors.iter().filter_map(|(_, actor)| self.world().account_of(actor));
        page.not_seen = self.not_seen(&RestsOn {
            accounts: accounts.collect(),
            services: self.services_reached(&page.answers),
        });
        if actors.iter().any(|(_, actor)| self.world().is_outside(actor)) {
            page.notes.push(
                "Of outsiders only what policies here grant them is looked at; their own side was not seen."
                    .to_owned(),
            );
        }
        page.notes.push(if question.direct || !question.when.is_empty() {
            "Things are those of the snapshot; direct access only.".to_owned()
        } else {
            "Things are those of the snapshot. Of what chains lead to, whom one can become and what matters."
                .to_owned()
        });
        if unseen > 0 {
            page.notes.push(format!(
                "{} not seen: they may let it in.",
                counted(unseen, "policy of another thing was", "policies of other things were")
            ));
        }
        if shares > 0 {
            page.notes.push(format!(
                "With whom {} shared was not seen: they may let it in.",
                counted(shares, "thing is", "things are")
            ));
        }
        if more {
            page.notes.push("There are more whom it can become than are listed.".to_owned());
        }
        page.next = page.answers.first().and_then(|answer| {
            let thing = answer.on.first()?;
            Some(format!("clavicle who {} --do {}", shell_word(&thing.name), answer.access.first()?))
        });
        page
    }

    pub(crate) fn asked_what(&self, question: &Question, name: &str) -> Asked {
        Asked {
            verb: Verb::What.name().to_owned(),
            by: Some(name.to_owned()),
            action: question.action.clone(),
            on: None,
            when: question.when.clone(),
            text: format!(
                "what can {name} {}{}",
                question.action.as_deref().unwrap_or("do"),
                when_text(&question.when)
            ),
        }
    }

    fn services_reached(&self, answers: &[Answer]) -> Vec<String> {
        let kinds =
            answers.iter().flat_map(|answer| &answer.on).filter_map(|thing| thing.kind.split_once(':'));
        let mut services: Vec<String> = kinds.map(|(service, _)| service.to_owned()).collect();
        services.sort_unstable();
        services.dedup();
        services
    }

    /// What an actor reaches, grouped by kind of thing and equal access. Words of a thing that stand differently (some
    /// certain, some under a condition) are in groups of their own.
    fn reach_groups(&self, actor: &Actor, only: Option<Word>, when: &Context) -> Vec<ReachGroup> {
        let mut places: HashMap<Signature, usize> = HashMap::new();
        let mut groups: Vec<ReachGroup> = Vec::new();
        for Reach { target, words } in self.world().what_can(actor, when) {
            let thing = self.thing_of_target(&target);
            let mut parts: Vec<(Vec<Dependency>, bool, Vec<ReachWord>)> = Vec::new();
            for word in words.into_iter().filter(|word| only.is_none_or(|only| only == word.word)) {
                let (depends_on, needs_met) = (word.ruling.depends_on.clone(), word.needs_met());
                match parts.iter_mut().find(|(on, met, _)| (on, *met) == (&depends_on, needs_met)) {
                    Some((_, _, words)) => words.push(word),
                    None => parts.push((depends_on, needs_met, vec![word])),
                }
            }
            for (depends_on, needs_met, words) in parts {
                let signature = Signature {
                    kind: thing.kind.clone(),
                    account: thing.account.clone(),
                    words: words.iter().map(|word| (word.word, word.action)).collect(),
                    depends_on,
                    needs_met,
                };
                match places.get(&signature) {
                    Some(at) => groups[*at].things.push(target.clone()),
                    None => {
                        places.insert(signature, groups.len());
                        groups.push(ReachGroup {
                            things: vec![target.clone()],
                            standing: self.standing_of(actor, &target, &words, when),
                            words,
                        });
                    }
                }
            }
        }
        let weight = |group: &ReachGroup| {
            let strongest =
                group.words.iter().map(|word| clavicle_graph::strength(word.word)).max().unwrap_or(0);
            (group.standing, std::cmp::Reverse(strongest), std::cmp::Reverse(group.things.len()))
        };
        groups.sort_by_key(weight);
        groups
    }

    /// How certain the words of a group are, with all that they need.
    fn standing_of(&self, actor: &Actor, target: &Target, words: &[ReachWord], when: &Context) -> Standing {
        let Some(shown) = words.first() else { return Standing::No };
        let own = Standing::of(&shown.ruling);
        if shown.needs_met() {
            return own;
        }
        let needs = self.world().needs(&Action::new(shown.action), target).into_iter();
        needs.map(|need| Standing::of(&self.need_ruling(actor, &need, when))).fold(own, Standing::max)
    }

    fn reach_answer(
        &self,
        workload: Option<ResourceIndex>,
        actor: &Actor,
        group: &ReachGroup,
        when: &Context,
    ) -> Option<Answer> {
        let (first, shown) = (group.things.first()?, group.words.first()?);
        let action = Action::new(shown.action).taking_no_resource(&*shown.arn == "*");
        let ask = Ask { actor, action: &action, target: first, arn: Some(&shown.arn), when };
        let why = self.why(&ask);
        let mut step = self.step(Some(shown.word), &ask, why.as_ref());
        let mut decides = shown.ruling.depends_on.clone();
        let mut conditions = step.conditions.clone();
        let mut depends_on: Vec<String> =
            shown.ruling.depends_on.iter().map(|it| self.dependency_name(it)).collect();
        if !shown.needs_met() {
            for need in self.world().needs(&action, first) {
                let (more, _) = self.need_reasons(actor, &need, when);
                let ruling = self.need_ruling(actor, &need, when);
                decides.extend(ruling.depends_on.iter().cloned());
                let names: Vec<String> =
                    ruling.depends_on.iter().map(|it| self.dependency_name(it)).collect();
                add_new(&mut conditions, more);
                add_new(&mut depends_on, names);
            }
        }
        step.unseen = unseen(self.world().is_outside(actor), &decides);
        let whole = self.world().arn_of(first);
        let inside = shown.arn.strip_prefix(&*whole).unwrap_or("");
        if group.things.len() == 1 && !matches!(inside, "" | "/*") && &*shown.arn != "*" {
            conditions.push(format!("only {}", shown.arn));
        }
        let things: Vec<_> = group.things.iter().map(|thing| self.thing_of_target(thing)).collect();
        let names: Vec<&str> = things.iter().map(|thing| thing.name.as_str()).collect();
        let by =
            workload.map_or_else(|| self.thing_of_actor(actor), |workload| self.thing_of_resource(workload));
        let runs_as = workload.zip(match actor {
            Actor::Principal(role) => Some(*role),
            _ => None,
        });
        let mut steps: Vec<_> =
            runs_as.map(|(workload, role)| self.runs_as_step(workload, role)).into_iter().collect();
        steps.push(step);
        Some(Answer {
            label: stem(&names),
            count: things.len(),
            who: vec![by],
            access: group.words.iter().map(|word| word.word.name().to_owned()).collect(),
            actions: group.words.iter().map(|word| word.action.to_owned()).collect(),
            conditions,
            depends_on,
            admin: self.is_admin(actor),
            outside: self.world().is_outside(actor),
            severity: self.severity(actor, first),
            ring: Vec::new(),
            steps,
            way: None,
            on: things,
        })
    }

    fn what_sentence(
        &self,
        name: &str,
        actors: &[(Option<ResourceIndex>, Actor)],
        only: Option<Word>,
        groups: &[(Standing, usize)],
        (unseen, shares): (usize, usize),
    ) -> (Verdict, String) {
        if actors.is_empty() {
            return (Verdict::No, format!("{name} runs as no role that was seen."));
        }
        let count = |wanted: fn(Standing) -> bool| {
            groups.iter().filter(|(standing, _)| wanted(*standing)).map(|(_, count)| count).sum::<usize>()
        };
        let admin = actors.iter().find(|(_, actor)| self.is_admin(actor));
        if let Some((_, actor)) = admin {
            let account = self.world().account_of(actor).map(|account| self.account_name(account));
            return (
                Verdict::Yes,
                format!(
                    "{name} is an administrator: it can do nearly everything in {}.",
                    account.unwrap_or_default()
                ),
            );
        }
        let (certain, conditional, unknown) = (
            count(|it| it == Standing::Certain),
            count(|it| it == Standing::Conditional),
            count(|it| it == Standing::Unknown),
        );
        let ends = |count: usize| ends(only, count);
        let more = |before: usize, count: usize| match before {
            0 => ends(count),
            _ => format!("{} more", number(count)),
        };
        let mut parts = Vec::new();
        if certain > 0 {
            parts.push(format!("{} directly", ends(certain)));
        }
        if conditional > 0 {
            parts.push(format!("{} under conditions", more(certain, conditional)));
        }
        if unknown > 0 {
            parts.push(format!("perhaps {}", more(certain + conditional, unknown)));
        }
        let outside = actors.iter().all(|(_, actor)| self.world().is_outside(actor));
        let best = groups.iter().map(|(standing, _)| *standing).min().unwrap_or(Standing::No);
        let partly = actors.iter().any(|(_, actor)| self.not_wholly_seen(actor));
        match (best, partly) {
            (Standing::No, true) => {
                let can = only.map_or("do", Word::name);
                (Verdict::Unknown, format!("What {name} can {can} is not known: its policies were not seen."))
            }
            (Standing::No, false) if unseen > 0 => (
                Verdict::Unknown,
                format!(
                    "{name} is not known to {} of this snapshot, but the policies of {} were not seen.",
                    anything(only),
                    counted(unseen, "thing", "things")
                ),
            ),
            (Standing::No, false) if shares > 0 => (
                Verdict::Unknown,
                format!(
                    "{name} is not known to {} of this snapshot, but with whom {} shared was not seen.",
                    anything(only),
                    counted(shares, "thing is", "things are")
                ),
            ),
            (Standing::No, false) => (Verdict::No, format!("{name} can {} of this snapshot.", nothing(only))),
            (Standing::Unknown, _) if outside => (
                Verdict::Unknown,
                format!(
                    "{name} is let in to {}{}, if its own policies, which were not seen, let it.",
                    only.map(|word| format!("{word} ")).unwrap_or_default(),
                    ends(unknown)
                ),
            ),
            _ => {
                let reaches = only.map_or_else(|| "reaches".to_owned(), |word| format!("can {word}"));
                (best.verdict(), format!("{name} {reaches} {}.", listed(&parts)))
            }
        }
    }

    /// `By chains it comes to 3 other identities and to all the power over an account.`
    fn further_sentence(&self, further: &[Answer]) -> Option<String> {
        let (mut things, mut others, mut power) = (Vec::new(), 0, false);
        for end in further.iter().filter(|answer| answer.severity.is_some()).filter_map(|it| it.on.first()) {
            let actor = end.arn.as_deref().and_then(|arn| self.world().actor_of_arn(arn));
            let is_admin = actor.is_some_and(|actor| self.is_admin(&actor));
            match end.kind.as_str() {
                "administrator" => power = true,
                "user" | "role" if is_admin => power = true,
                "user" | "role" => others += 1,
                "raised" => {}
                _ if !things.contains(&&end.name) => things.push(&end.name),
                _ => {}
            }
        }
        let mut parts = Vec::new();
        if !things.is_empty() {
            parts.push(counted(things.len(), "thing that matters", "things that matter"));
        }
        if others > 0 {
            parts.push(counted(others, "other identity", "other identities"));
        }
        if power {
            parts.push("all the power over an account".to_owned());
        }
        (!parts.is_empty()).then(|| format!("By chains it comes to {}.", listed(&parts)))
    }

    /// Of how many things that are not told of was the policy not seen, which may let in anybody?
    fn policies_not_seen(&self, answers: &[Answer]) -> usize {
        let snapshot = self.world().snapshot();
        let told: HashSet<&str> =
            answers.iter().flat_map(|answer| &answer.on).filter_map(|on| on.arn.as_deref()).collect();
        let things = snapshot.resources.iter().filter(|it| it.policy == PolicyState::NotSeen);
        let roles = snapshot
            .principals
            .iter()
            .filter(|it| it.kind == PrincipalKind::Role && it.trust == PolicyState::NotSeen);
        let arns = things.map(|it| &*it.arn).chain(roles.map(|it| &*it.arn));
        arns.filter(|arn| !told.contains(arn)).count()
    }

    /// How many other things may be shared with one of the actors by lists that were not read, whose own side lets them?
    fn shares_not_seen_by(
        &self,
        actors: &[(Option<ResourceIndex>, Actor)],
        answers: &[Answer],
        when: &Context,
    ) -> usize {
        let world = self.world();
        let told: HashSet<&str> =
            answers.iter().flat_map(|answer| &answer.on).filter_map(|on| on.arn.as_deref()).collect();
        let targets = actors.iter().flat_map(|(_, actor)| world.may_be_shared_unseen_with(actor, when));
        let arns: HashSet<Arc<str>> = targets.map(|target| world.arn_of(&target)).collect();
        arns.iter().filter(|arn| !told.contains(&***arn)).count()
    }

    /// Were the policies of an actor not seen, or not all?
    pub(crate) fn not_wholly_seen(&self, actor: &Actor) -> bool {
        match actor {
            Actor::Principal(index) => !self.world().is_wholly_seen(*index),
            Actor::Unseen(_) => true,
            _ => false,
        }
    }
}

/// The one word of access that is asked about.
fn narrowed(question: &Question) -> Option<Word> {
    question.action.as_deref().and_then(Word::parse)
}

/// What they reach, counted: one becomes identities.
fn ends(only: Option<Word>, count: usize) -> String {
    match only {
        Some(Word::Become) => counted(count, "identity", "identities"),
        _ => counted(count, "thing", "things"),
    }
}

/// That they can `do nothing with the things`, `write none of the things`, `become nobody`.
fn nothing(only: Option<Word>) -> String {
    match only {
        None => "do nothing with the things".to_owned(),
        Some(Word::Become) => "become nobody".to_owned(),
        Some(word) => format!("{word} none of the things"),
    }
}

/// That it is not known whether they `do anything with the things`, `write any of the things`, `become anybody`.
fn anything(only: Option<Word>) -> String {
    match only {
        None => "do anything with the things".to_owned(),
        Some(Word::Become) => "become anybody".to_owned(),
        Some(word) => format!("{word} any of the things"),
    }
}

fn add_new(list: &mut Vec<String>, more: Vec<String>) {
    for text in more {
        if !list.contains(&text) {
            list.push(text);
        }
    }
}
