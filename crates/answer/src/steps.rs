//! One hop, with the statements that make it so.

use clavicle_catalog::{ArnForm, Word};
use clavicle_engine::{Action, Context, Dependency, Verdict};
use clavicle_graph::{Actor, Ruling, Target, Wanted, Why};
use clavicle_snapshot::{PrincipalIndex, ResourceIndex};

use crate::condition_words::unseen;
use crate::reader::Reader;
use crate::shape::{Step, Thing};

/// One request of a question.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(crate) actor: &'a Actor,
    pub(crate) action: &'a Action,
    pub(crate) target: &'a Target,
    /// What the request names, where that is not the target itself.
    pub(crate) arn: Option<&'a str>,
    pub(crate) when: &'a Context,
}

/// Whoever has credentials of some account: whom `*` in a trust policy lets in. Becoming a role takes a signed request.
const ANYONE_SIGNED_IN: &str = "arn:aws:iam::000000000000:user/anyone";

impl Reader {
    /// The step in which an actor becomes a role.
    pub fn becomes_step(&self, from: &Actor, role: PrincipalIndex) -> Step {
        let known = self.world().becomes_into(role).iter().find(|known| known.from == *from);
        let action = Action::new(known.map_or("sts:AssumeRole", |known| known.action));
        let when = self.world().context(&Default::default());
        let target = Target::Principal(role);
        let ask = Ask { actor: from, action: &action, target: &target, arn: None, when: &when };
        self.step(Some(Word::Become), &ask, self.why(&ask).as_ref())
    }

    /// The step in which a workload runs as a role.
    pub fn runs_as_step(&self, workload: ResourceIndex, role: PrincipalIndex) -> Step {
        let (from, to) = (self.thing_of_resource(workload), self.thing_of_principal(role));
        Step {
            relation: "runs as".to_owned(),
            action: None,
            conditions: Vec::new(),
            unseen: Vec::new(),
            sentence: format!("{} runs as {}", from.name, to.name),
            from,
            to,
            pins: Vec::new(),
            because: Vec::new(),
            method: None,
            requests: Vec::new(),
        }
    }

    /// The steps in which an actor does something (any of these words, bits by place in `Word::ALL`) with a thing, one
    /// a word.
    pub fn touch_steps(&self, actor: &Actor, target: &Target, words: u8) -> Vec<Step> {
        let when = self.world().context(&Default::default());
        let asked = Word::ALL.into_iter().filter(|word| words & (1 << *word as u8) != 0);
        asked
            .filter_map(|word| {
                let wanted = self.world().wanted(word, target);
                let (place, arn) = self.best_of(actor, &wanted, target, &when)?;
                let action = &wanted.get(place)?.action;
                let ask = Ask { actor, action, target, arn: Some(&arn), when: &when };
                Some(self.step(Some(word), &ask, self.why(&ask).as_ref()))
            })
            .collect()
    }

    /// Which of the actions the actor can do, and on which ARN: one that is certain before one that depends.
    fn best_of(
        &self,
        actor: &Actor,
        wanted: &[Wanted],
        target: &Target,
        when: &Context,
    ) -> Option<(usize, String)> {
        let whole = self.world().arn_of(target);
        let mut open = None;
        for (place, Wanted { action, form }) in wanted.iter().enumerate() {
            let arn = form.of(&whole);
            let ruling = self.ruling(&Ask { actor, action, target, arn: Some(&arn), when });
            match ruling.verdict {
                Verdict::Allowed => return Some((place, arn)),
                Verdict::Depends if open.is_none() => open = Some((place, arn)),
                _ => {}
            }
        }
        if open.is_some() || wanted.iter().all(|wanted| !matches!(wanted.form, ArnForm::Under(_))) {
            return open;
        }
        // Perhaps to a part only.
        let found = self.world().who_can(wanted, target, when);
        found
            .into_iter()
            .find(|access| access.actor == *actor)
            .map(|access| (access.how.action, access.how.arn.to_string()))
    }

    /// Why a request is decided as it is.
    pub(crate) fn why(&self, ask: &Ask<'_>) -> Option<Why> {
        let signed = self.signed(ask.actor, ask.action);
        let actor = signed.as_ref().unwrap_or(ask.actor);
        self.world().explain(actor, ask.action, ask.target, ask.arn, ask.when)
    }

    /// How a request is decided. Grants of keys are in no source, and can only add: what is allowed under a condition
    /// is so whatever they say.
    pub(crate) fn ruling(&self, ask: &Ask<'_>) -> Ruling {
        let signed = self.signed(ask.actor, ask.action);
        let actor = signed.as_ref().unwrap_or(ask.actor);
        let mut ruling = self.world().decide(actor, ask.action, ask.target, ask.arn, ask.when);
        if ruling.depends_on.iter().any(|it| matches!(it, Dependency::Key(_))) {
            ruling.depends_on.retain(|it| *it != Dependency::KmsGrants);
        }
        ruling
    }

    /// Who sends the request in the name of everyone, where it has to be signed.
    fn signed(&self, actor: &Actor, action: &Action) -> Option<Actor> {
        (*actor == Actor::Everyone && action.service() == "sts")
            .then(|| Actor::Unseen(ANYONE_SIGNED_IN.into()))
    }

    /// One hop of a decision. `word`: in which word it is asked.
    pub(crate) fn step(&self, word: Option<Word>, ask: &Ask<'_>, why: Option<&Why>) -> Step {
        let (from, to) = (self.thing_of_actor(ask.actor), self.thing_of_target(ask.target));
        let thing = self.what_is_asked(ask);
        let word = word.or_else(|| self.word_of(ask.action, ask.target));
        let conditions = why.map(|why| self.conditions(why)).unwrap_or_default();
        let on = why.map_or(&[][..], |why| &why.explanation.depends_on);
        Step {
            relation: relation(word).to_owned(),
            unseen: unseen(self.world().is_outside(ask.actor), on),
            action: Some(self.action_name(ask.action)),
            sentence: self.hop(word, ask, &from, &to, &conditions),
            from,
            to,
            conditions,
            pins: why.map(|why| self.pins(why, &thing)).unwrap_or_default(),
            because: why.map(|why| self.because(why, &thing)).unwrap_or_default(),
            method: None,
            requests: Vec::new(),
        }
    }

    fn hop(
        &self,
        word: Option<Word>,
        ask: &Ask<'_>,
        from: &Thing,
        to: &Thing,
        conditions: &[String],
    ) -> String {
        let condition =
            if conditions.is_empty() { String::new() } else { format!(", if {}", conditions.join(" and ")) };
        match word {
            Some(_) => format!("{} {} {}{condition}", from.name, relation(word), to.name),
            None => format!("{} may {} on {}{condition}", from.name, self.action_name(ask.action), to.name),
        }
    }

    /// The word for doing an action to a target.
    fn word_of(&self, action: &Action, target: &Target) -> Option<Word> {
        let covers = |word: &Word| {
            let wanted = self.world().wanted(*word, target);
            wanted.iter().any(|wanted| wanted.action.lower() == action.lower())
        };
        Word::ALL.into_iter().find(covers)
    }

    /// The name of an action as AWS writes it.
    pub(crate) fn action_name(&self, action: &Action) -> String {
        let catalog = self.world().catalog();
        catalog
            .action(action.text())
            .map_or_else(|| action.text().to_owned(), |id| catalog.name(id).to_owned())
    }

    /// What a statement matches that matches the request: `the object`, `the role`.
    pub(crate) fn what_is_asked(&self, ask: &Ask<'_>) -> String {
        self.what_is_acted_on(ask.target, ask.arn.unwrap_or("*"))
    }

    /// The same of a request for `arn`, which is the target's own, that of something in it, or `*`.
    pub(crate) fn what_is_acted_on(&self, target: &Target, arn: &str) -> String {
        let snapshot = self.world().snapshot();
        match target {
            Target::Resource(index) => {
                let record = snapshot.resource(*index);
                let inside = *arn != *record.arn && arn != "*";
                match (&*record.kind, inside) {
                    ("s3:bucket", true) => "the object".to_owned(),
                    (kind, _) => format!("the {}", crate::names::noun(kind)),
                }
            }
            Target::Principal(index) => {
                format!("the {}", crate::names::principal_word(snapshot.principal(*index).kind))
            }
            Target::Arn(..) => "the thing".to_owned(),
            Target::Anything => "everything".to_owned(),
        }
    }
}

/// The word as a relation.
pub(crate) fn relation(word: Option<Word>) -> &'static str {
    match word {
        Some(Word::List) => "lists",
        Some(Word::Read) => "reads",
        Some(Word::Write) => "writes",
        Some(Word::Delete) => "deletes",
        Some(Word::Run) => "runs",
        Some(Word::Control) => "controls",
        Some(Word::Become) => "becomes",
        None => "touches",
    }
}
