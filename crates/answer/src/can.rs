//! Can they do this to that thing, and why?

use clavicle_engine::{Action, Context, Layer, OwnRule, Verdict as Decided};
use clavicle_graph::{Actor, Need, Ruling, Target, Why};
use clavicle_policy::AccountId;

use crate::asked_action::AskedAction;
use crate::condition_words::unseen;
use crate::names::noun;
use crate::not_seen::RestsOn;
use crate::page::{listed, when_text};
use crate::question::{Question, QuestionError, Verb};
use crate::reader::Reader;
use crate::resolve::Spot;
use crate::shape::{Answer, AnswerPage, Asked, NeededAction, Verdict};
use crate::shell_word::shell_word;
use crate::standing::{Standing, depends_on};
use crate::steps::Ask;

/// At most this many groups who could instead.
const CLOSEST: usize = 5;

/// The request that stands for the question.
struct Chosen {
    action: Action,
    arn: String,
    ruling: Ruling,
    needs: Vec<(Need, Ruling)>,
    partial: bool,
}

impl Chosen {
    fn standing(&self) -> Standing {
        let needs = self.needs.iter().map(|(_, ruling)| Standing::of(ruling));
        needs.chain([Standing::of(&self.ruling)]).max().unwrap_or(Standing::No)
    }
}

impl Reader {
    pub(crate) fn answer_can(&self, question: &Question) -> Result<AnswerPage, QuestionError> {
        let missing = |what: &str| {
            QuestionError::new(format!("the question does not say {what}")).hint("ask `can WHO ACTION THING`")
        };
        let actor = self.resolve_actor(question.by.as_deref().ok_or_else(|| missing("who is meant"))?)?;
        let text = question.action.as_deref().ok_or_else(|| missing("which action is meant"))?;
        if let Some(needs) = self.call_of(text) {
            return self.answer_can_call(question, text.trim(), &needs);
        }
        let spot = match question.on.as_deref() {
            Some(on) => self.resolve_spot(on)?,
            None => match self.done_to_several(text) {
                Some(done) => return self.answer_can_to_all(question, &actor, &done),
                None => Spot { target: Target::Anything, part: None },
            },
        };
        self.answer_can_on(question, &actor, text, &spot)
    }

    /// Can they do it to this thing?
    pub(crate) fn answer_can_on(
        &self,
        question: &Question,
        actor: &Actor,
        text: &str,
        spot: &Spot,
    ) -> Result<AnswerPage, QuestionError> {
        let asked = self.asked_action(Some(text), spot)?;
        let when = self.world().context(&question.when);
        let Some(chosen) = self.choose(actor, &asked, spot, &when) else {
            return Err(QuestionError::new(format!("`{text}` asks for nothing that is known")));
        };

        let who = self.thing_of_actor(actor);
        let thing = self.spot_name(spot);
        let standing = chosen.standing();
        let asked_text = Asked {
            verb: Verb::Can.name().to_owned(),
            by: Some(who.name.clone()),
            action: Some(asked.name.clone()),
            on: Some(thing.clone()),
            when: question.when.clone(),
            text: format!("can {} {} {thing}{}", who.name, asked.name, when_text(&question.when)),
        };
        let ask =
            Ask { actor, action: &chosen.action, target: &spot.target, arn: Some(&chosen.arn), when: &when };
        let why = self.why(&ask);
        // A need that is not met decides instead of what was asked.
        let failed = chosen
            .needs
            .iter()
            .find(|(_, ruling)| Standing::of(ruling) == standing && standing > Standing::of(&chosen.ruling));
        let need_action = failed.map(|(need, _)| Action::new(need.action));
        let need_context = failed.map(|(need, _)| self.need_context(actor, need, &when));
        let decisive = match (failed, &need_action, &need_context) {
            (Some((need, _)), Some(action), Some(context)) => {
                Ask { actor, action, target: &need.target, arn: None, when: context }
            }
            _ => ask,
        };
        let decisive_why = if failed.is_some() { self.why(&decisive) } else { why.clone() };
        let reason =
            decisive_why.as_ref().map(|why| self.reason(&decisive, why, standing)).unwrap_or_default();
        let mut sentence = match failed {
            Some((need, _)) if standing == Standing::No => format!(
                "{}It may {}, but not {} on {}, which it needs for the {}: {reason}",
                opening(standing),
                self.action_name(&chosen.action),
                need.action,
                self.thing_of_target(&need.target).name,
                need.why
            ),
            _ => format!("{}{reason}", opening(standing)),
        };
        if chosen.partial && standing != Standing::No {
            sentence.push_str(&format!(" Only {}.", chosen.arn));
        }

        let mut page = self.page(asked_text, standing.verdict(), sentence);
        page.needs = chosen
            .needs
            .iter()
            .map(|(need, _)| NeededAction {
                action: need.action.to_owned(),
                on: self.thing_of_target(&need.target).name,
                why: need.why.to_owned(),
            })
            .collect();
        page.pins = decisive_why
            .as_ref()
            .map(|why| self.pins(why, &self.what_is_asked(&decisive)))
            .unwrap_or_default();
        page.answers = vec![self.can_answer(&ask, why.as_ref(), &asked, &chosen, standing)];
        if standing == Standing::No {
            page.answers.clear();
            page.closest = self.closest(actor, &asked, spot, &when);
        }
        page.not_seen = self.not_seen(&self.can_rests_on(actor, spot, &page.needs));
        page.notes = decisive_why.as_ref().map(|why| self.can_notes(why, actor)).unwrap_or_default();
        if let Some(key) = self.world().key_not_asked(&spot.target).filter(|_| standing != Standing::No) {
            let key = self.thing_of_target(&key).name;
            page.notes.push(format!(
                "It is encrypted with {key}: whether the call needs that key is not looked at."
            ));
        }
        if asked.word.is_none() && standing != Standing::No {
            let catalog = self.world().catalog();
            let dependents =
                catalog.action(&asked.name).map(|action| catalog.dependents(action).collect::<Vec<_>>());
            page.notes.extend(self.may_also_need(&dependents.unwrap_or_default()));
        }
        page.next = match standing {
            Standing::No | Standing::Unknown => question
                .on
                .as_ref()
                .map(|_| format!("clavicle who {} --do {}", shell_word(&thing), shell_word(&asked.name))),
            Standing::Conditional => page.answers.first().and_then(|answer| {
                let mfa = answer.depends_on.iter().any(|key| key == "aws:MultiFactorAuthPresent");
                mfa.then(|| {
                    format!(
                        "clavicle can {} {} {} --when mfa",
                        shell_word(&who.name),
                        shell_word(&asked.name),
                        shell_word(&thing)
                    )
                })
            }),
            Standing::Certain => Some(format!("clavicle what {}", shell_word(&who.name))),
        };
        Ok(page)
    }

    /// Of the asked actions the one that is most certain; of those that are equal, the first.
    fn choose(&self, actor: &Actor, asked: &AskedAction, spot: &Spot, when: &Context) -> Option<Chosen> {
        let mut best: Option<Chosen> = None;
        for wanted in &asked.wanted {
            let arn = self.arn_named(wanted, spot);
            let chosen =
                self.rule(actor, &wanted.action, spot, arn, when, wanted.is_of_a_part(&asked.wanted));
            if best.as_ref().is_none_or(|best| chosen.standing() < best.standing()) {
                best = Some(chosen);
            }
            if best.as_ref().is_some_and(|best| best.standing() == Standing::Certain) {
                break;
            }
        }
        let no = best.as_ref().is_none_or(|best| best.standing() == Standing::No);
        if !no || spot.part.is_some() {
            return best;
        }
        // Perhaps a part of the thing.
        let accesses = self.accesses(asked, spot, when);
        let part = accesses.into_iter().find(|access| access.actor == *actor && access.how.partial);
        let part = part.and_then(|access| {
            let wanted = asked.wanted.get(access.how.action)?;
            Some(self.rule(actor, &wanted.action, spot, access.how.arn.to_string(), when, true))
        });
        part.or(best)
    }

    fn rule(
        &self,
        actor: &Actor,
        action: &Action,
        spot: &Spot,
        arn: String,
        when: &Context,
        partial: bool,
    ) -> Chosen {
        let signed = Ask { actor, action, target: &spot.target, arn: Some(&arn), when };
        let ruling = self.ruling(&signed);
        let needs = if Standing::of(&ruling) == Standing::No {
            Vec::new()
        } else {
            let needs = self.world().needs(action, &spot.target).into_iter();
            let ruled = needs.map(|need| {
                let ruling = self.need_ruling(actor, &need, when);
                (need, ruling)
            });
            ruled.collect()
        };
        Chosen { action: action.clone(), arn, ruling, needs, partial }
    }

    fn can_answer(
        &self,
        ask: &Ask<'_>,
        why: Option<&Why>,
        asked: &AskedAction,
        chosen: &Chosen,
        standing: Standing,
    ) -> Answer {
        let mut step = self.step(asked.word, ask, why);
        for (need, _) in &chosen.needs {
            let (conditions, because) = self.need_reasons(ask.actor, need, ask.when);
            step.conditions.extend(
                conditions.into_iter().filter(|it| !step.conditions.contains(it)).collect::<Vec<_>>(),
            );
            step.because
                .extend(because.into_iter().filter(|it| !step.because.contains(it)).collect::<Vec<_>>());
        }
        let rulings = chosen.needs.iter().map(|(_, ruling)| ruling).chain([&chosen.ruling]);
        let depends_on = if standing == Standing::Certain { Vec::new() } else { depends_on(rulings) };
        step.unseen = unseen(self.world().is_outside(ask.actor), &depends_on);
        let who = self.thing_of_actor(ask.actor);
        Answer {
            label: who.name.clone(),
            count: 1,
            who: vec![who],
            on: vec![self.thing_of_target(ask.target)],
            access: vec![asked.name.clone()],
            actions: vec![self.action_name(ask.action)],
            conditions: step.conditions.clone(),
            depends_on: depends_on.iter().map(|it| self.dependency_name(it)).collect(),
            admin: self.is_admin(ask.actor),
            outside: self.world().is_outside(ask.actor),
            severity: self.severity(ask.actor, ask.target),
            ring: Vec::new(),
            steps: vec![step],
            way: None,
        }
    }

    /// Who could instead, administrators aside.
    fn closest(&self, actor: &Actor, asked: &AskedAction, spot: &Spot, when: &Context) -> Vec<Answer> {
        if spot.target == Target::Anything {
            return Vec::new();
        }
        let mut accesses = self.accesses(asked, spot, when);
        accesses.retain(|access| access.actor != *actor && !self.is_admin(&access.actor));
        let mut groups = self.grouped(accesses);
        groups.retain(|group| group.standing <= Standing::Conditional);
        groups.truncate(CLOSEST);
        groups.iter().filter_map(|group| self.group_answer(group, asked, spot, when)).collect()
    }

    /// Why, in one sentence.
    fn reason(&self, ask: &Ask<'_>, why: &Why, standing: Standing) -> String {
        let explanation = &why.explanation;
        match standing {
            Standing::Certain if explanation.own_rule == Some(OwnRule::NeedsNoPermission) => {
                "It needs no permission.".to_owned()
            }
            Standing::Certain => {
                let because = self.because(why, "it");
                match because.first() {
                    Some(citation) if citation.layer == "resource" => {
                        format!("{} allows it.", self.layer_text(Layer::Resource, ask, true))
                    }
                    Some(citation) if citation.layer == "trust" => "The trust policy allows it.".to_owned(),
                    Some(citation) => format!("{} allows it.", citation.document),
                    None if matches!(ask.actor, Actor::Root(_)) => {
                        "The root user may do in its account what no organization policy denies.".to_owned()
                    }
                    None => "AWS allows it whatever policies say.".to_owned(),
                }
            }
            Standing::Conditional => format!("if {}.", self.conditions(why).join(" and ")),
            Standing::Unknown => {
                let unseen = explanation
                    .depends_on
                    .iter()
                    .filter(|it| !matches!(it, clavicle_engine::Dependency::Key(_)));
                let mut unseen: Vec<String> = unseen.map(|it| self.unseen_text(it, ask)).collect();
                // Of several statements that cannot be read it is said once.
                let mut said = std::collections::BTreeSet::new();
                unseen.retain(|text| said.insert(text.clone()));
                format!("It depends on {}.", listed(&unseen))
            }
            Standing::No => self.refusal(ask, why),
        }
    }

    fn refusal(&self, ask: &Ask<'_>, why: &Why) -> String {
        let explanation = &why.explanation;
        if explanation.other_partition {
            return "The two are in different partitions of AWS, which have no access to each other."
                .to_owned();
        }
        match explanation.own_rule {
            Some(OwnRule::CannotBeChanged) => {
                return "AWS lets no customer change it, whatever policies say.".to_owned();
            }
            Some(OwnRule::RootCannotAssumeRoles) => {
                return "A root user cannot assume roles, whatever policies say.".to_owned();
            }
            // That credentials are needed is no such rule here: everyone has some, see `Actor::Everyone`.
            _ => {}
        }
        if explanation.decision.verdict == Decided::ExplicitlyDenied {
            let denies = |layer: Layer| {
                let pin = explanation.pins.iter().find(|pin| pin.layer == layer)?;
                let cited = |statement: &clavicle_engine::StatementOutcome| {
                    explanation.because.iter().any(|at| {
                        at.policy == statement.policy && at.statement as usize == statement.statement
                    })
                };
                pin.statements.iter().any(cited).then_some(layer)
            };
            let layer = explanation.pins.iter().find_map(|pin| denies(pin.layer));
            return format!(
                "{} denies it.",
                layer.map_or("A policy".to_owned(), |layer| self.layer_text(layer, ask, true))
            );
        }
        let Some(set) = explanation.obstacles.first() else {
            return "No change of policies would allow it.".to_owned();
        };
        let who = self.thing_of_actor(ask.actor).name;
        let missing: Vec<String> = set
            .iter()
            .map(|layer| match layer {
                Layer::Identity => format!("no policy of {who}"),
                Layer::Scp => "no service control policy at some level".to_owned(),
                Layer::Rcp => "no resource control policy at some level".to_owned(),
                other => format!("not {}", self.layer_text(*other, ask, false)),
            })
            .collect();
        match missing.as_slice() {
            [one] if one.starts_with("not ") => {
                let layer = self.layer_text(set[0], ask, true);
                format!("{layer} does not allow it.")
            }
            [one] => format!("N{} allows it.", &one[1..]),
            several => format!(
                "What would have to allow it and does not: {}.",
                listed(
                    &several
                        .iter()
                        .map(|it| it.trim_start_matches("not ").replacen("no ", "a ", 1))
                        .collect::<Vec<_>>()
                )
            ),
        }
    }

    /// A layer in a sentence.
    fn layer_text(&self, layer: Layer, ask: &Ask<'_>, capital: bool) -> String {
        let text = match layer {
            Layer::Identity => "an identity policy".to_owned(),
            Layer::Trust => "the trust policy".to_owned(),
            Layer::Resource => match ask.target {
                Target::Resource(index) => {
                    format!("the {} policy", noun(&self.world().snapshot().resource(*index).kind))
                }
                _ => "the policy of the thing".to_owned(),
            },
            Layer::Boundary => "the permissions boundary".to_owned(),
            Layer::Session => "the session policy".to_owned(),
            Layer::Scp => "a service control policy".to_owned(),
            Layer::Rcp => "a resource control policy".to_owned(),
            Layer::Endpoint => "the endpoint policy".to_owned(),
        };
        match text.split_once(' ') {
            Some(("a", rest)) if capital => format!("A {rest}"),
            Some(("an", rest)) if capital => format!("An {rest}"),
            Some(("the", rest)) if capital => format!("The {rest}"),
            _ => text,
        }
    }

    fn unseen_text(&self, dependency: &clavicle_engine::Dependency, ask: &Ask<'_>) -> String {
        use clavicle_engine::Dependency;
        match dependency {
            Dependency::NotSeen(layer) => {
                let layer = match layer {
                    Layer::Identity => format!("the policies of {}", self.thing_of_actor(ask.actor).name),
                    Layer::Scp => "the service control policies".to_owned(),
                    Layer::Rcp => "the resource control policies".to_owned(),
                    other => self.layer_text(*other, ask, false),
                };
                format!(
                    "{layer}, which {} not seen",
                    if layer.ends_with("ies") || layer.starts_with("the policies") { "were" } else { "was" }
                )
            }
            Dependency::KmsGrants => "grants of the key, which no source tells in full".to_owned(),
            Dependency::Acl => "the access control lists of the bucket and its objects, of which no source tells whom they name".to_owned(),
            Dependency::RegistryPolicy => "the policy of the registry, which is in no source".to_owned(),
            Dependency::Mounting => {
                "who reaches its mount targets: a file system without a policy is open to them".to_owned()
            }
            Dependency::Share => {
                "what it is shared for: it is shared with the caller, and what that lets do stands in no source".to_owned()
            }
            Dependency::ShareList => {
                let call = self.world().list_not_read(ask.target).unwrap_or_default();
                format!("with whom it is shared, which was not seen ({call} tells it)")
            }
            Dependency::RootAccess => {
                "whether root access of member accounts is centralized, and managed from there".to_owned()
            }
            Dependency::BucketBehind => {
                "whether the bucket behind the access point lets it too: which bucket that is stands in no source".to_owned()
            }
            Dependency::ResourceOwner => "which account owns it, which was not seen".to_owned(),
            Dependency::Unreadable(_) | Dependency::Key(_) => self.dependency_name(dependency),
        }
    }

    fn can_rests_on(&self, actor: &Actor, spot: &Spot, needs: &[NeededAction]) -> RestsOn {
        let both = [self.world().account_of(actor), self.world().owner_of(&spot.target)];
        let accounts: Vec<AccountId> = both.into_iter().flatten().collect();
        RestsOn { accounts, services: self.services_of(spot, needs) }
    }

    fn can_notes(&self, why: &Why, actor: &Actor) -> Vec<String> {
        let mut notes = Vec::new();
        let denied = why.explanation.decision.verdict == Decided::ExplicitlyDenied
            && !why.explanation.because.is_empty();
        if denied {
            notes.push("A deny always wins: adding an allow elsewhere will not help.".to_owned());
        }
        match actor {
            Actor::OutsideAccount(_) => notes.push("Asked of somebody in an account that was not seen: what its own policies let them do is not known.".to_owned()),
            Actor::Root(_) => notes.push("Asked of the root user of the account.".to_owned()),
            _ => {}
        }
        notes
    }
}

/// The first word of the answer.
fn opening(standing: Standing) -> &'static str {
    match standing {
        Standing::Certain => "YES. ",
        Standing::Conditional => "YES, ",
        Standing::Unknown => "UNKNOWN. ",
        Standing::No => "NO. ",
    }
}

impl Verdict {
    /// How it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Depends => "depends",
            Self::Unknown => "unknown",
        }
    }
}
