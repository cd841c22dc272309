//! A chain as an answer: who could begin it, and step by step how.

use std::collections::BTreeMap;

use clavicle_catalog::Word;
use clavicle_engine::{Action, Dependency, Layer, Verdict as Decided};
use clavicle_graph::{
    Actor, Chain, Grade, Node, Raise, Relation, Step as Taken, StepRequest, Subject, Target,
};
use clavicle_snapshot::{PrincipalIndex, PrincipalKind};

use crate::condition_words::unseen;
use crate::reader::Reader;
use crate::shape::{Answer, Citation, Severity, Step, StepAsk, StepMethod, Thing};
use crate::standing::{Standing, depends_on};
use crate::steps::Ask;

impl Standing {
    /// How certain a chain is. What the asker chooses does not stop the asker, and the own policies of somebody outside
    /// are a condition that somebody there can meet.
    pub(crate) fn of_chain(chain: &Chain) -> Self {
        let of_step = |step: &Taken| match step.grade {
            Grade::Certain | Grade::Chosen => Self::Certain,
            Grade::Conditional => Self::Conditional,
            Grade::Unseen if is_up_to_outsider(step) => Self::Conditional,
            Grade::Unseen => Self::Unknown,
        };
        chain.steps.iter().map(of_step).max().unwrap_or(Self::Certain)
    }

    /// How certain it is that anybody on the chain gets to its end: whoever is further on need not take the steps
    /// before.
    pub(crate) fn of_anybody_on(chain: &Chain) -> Self {
        let is_somebody = |at: &usize| matches!(chain.steps[*at].from, Node::Actor(Actor::Principal(_)));
        let rests = (1..chain.steps.len()).filter(is_somebody);
        let of_rest =
            |at: usize| Self::of_chain(&Chain { steps: chain.steps[at..].to_vec(), ring: Vec::new() });
        rests.map(of_rest).fold(Self::of_chain(chain), Self::min)
    }
}

/// Does nothing but the own side of somebody outside, which was not seen, decide whether they take the step?
fn is_up_to_outsider(step: &Taken) -> bool {
    let outside = matches!(&step.from, Node::Actor(Actor::OutsideAccount(_) | Actor::Unseen(_)));
    let own_side = |layer| matches!(layer, Layer::Identity | Layer::Boundary | Layer::Session | Layer::Scp);
    let on = || step.requests.iter().flat_map(|request| &request.ruling.depends_on);
    let is_own = |on: &Dependency| match on {
        Dependency::Key(_) => true,
        Dependency::NotSeen(layer) => own_side(*layer),
        _ => false,
    };
    outside && on().all(is_own) && step.provided.is_empty()
}

/// Said of somebody outside, where only their own policies are not seen.
const THEIR_OWN: &str = "their own policies let them";

impl Reader {
    /// A chain as an answer. `access`: the word or action that its last step was asked for.
    pub(crate) fn chain_answer(&self, chain: &Chain, access: &str) -> Option<Answer> {
        let begin = chain.begin()?;
        let who = self.members_of_node(begin);
        let mut steps: Vec<Step> = chain.steps.iter().map(|step| self.taken_step(step, access)).collect();
        // A node stands for equal ones; the chain goes on from the one that the step before it led to.
        for at in 1..steps.len() {
            let before = steps[at - 1].to.clone();
            let step = &mut steps[at];
            if matches!(chain.steps[at].from, Node::Administrator(_)) {
                // Whoever has all the power over an account can act as anybody of it.
                if step.from != before {
                    step.sentence = format!(
                        "{}, with all the power over the account, acts as {}",
                        before.name, step.sentence
                    );
                }
                continue;
            }
            step.sentence = step.sentence.replacen(&step.from.name, &before.name, 1);
            step.from = before;
        }
        let mut conditions: Vec<String> = Vec::new();
        let of_steps = steps.iter().flat_map(|step| step.conditions.iter().cloned());
        add_new(&mut conditions, of_steps, |one, other| one == other);
        let end = steps.last().map(|step| step.to.clone())?;
        let label = match begin {
            Node::Administrator(_) if who.len() > 1 => self.thing_of_node(begin).name,
            _ => self.group_label(&who),
        };
        Some(Answer {
            label,
            count: who.len(),
            who: who.iter().map(|actor| self.thing_of_actor(actor)).collect(),
            on: vec![end],
            access: vec![access.to_owned()],
            actions: Vec::new(),
            conditions,
            depends_on: self.chain_depends_on(chain),
            admin: matches!(begin, Node::Administrator(_)),
            outside: who.first().is_some_and(|actor| self.world().is_outside(actor)),
            severity: self.chain_severity(chain),
            way: None,
            ring: chain.ring.iter().map(|node| self.thing_of_node(node)).collect(),
            steps,
        })
    }

    fn chain_depends_on(&self, chain: &Chain) -> Vec<String> {
        let requests = chain.steps.iter().flat_map(|step| &step.requests);
        let mut found: Vec<String> = Vec::new();
        for request in requests {
            let unseen = request.ruling.depends_on.iter().filter(|on| !matches!(on, Dependency::Key(_)));
            let keys = request.conditions().map(|key| self.key_name(key));
            found.extend(keys.chain(unseen.map(|on| self.dependency_name(on))));
        }
        found.sort();
        found.dedup();
        found
    }

    /// How bad it is that this can be done: worst for those from outside whom nobody knows, on the way to what matters.
    fn chain_severity(&self, chain: &Chain) -> Option<Severity> {
        let outsider = match chain.begin()? {
            Node::Actor(begin) => Some(begin).filter(|begin| self.world().is_outside(begin)),
            Node::Administrator(_) => None,
            _ => return None,
        };
        let end = &chain.steps.last()?.to;
        let to_power = matches!(end, Node::Administrator(_) | Node::Raised(_, Raise::Everything));
        let matters = match end {
            Node::Thing(Target::Resource(index)) => self.matters(*index).is_some(),
            _ => false,
        };
        let weighty = to_power || matters;
        let severity = if let Some(begin) = outsider {
            // As bad as the door is by which they come in, and worse where it leads to what matters.
            let door = chain.steps.first().and_then(|step| match step.subject {
                Some(Subject::Principal(role)) => self.severity(begin, &Target::Principal(role)),
                _ => None,
            });
            match (door.unwrap_or(Severity::High), weighty) {
                _ if self.is_of_organization(begin) => Severity::Low,
                (Severity::Low, _) => Severity::Low,
                // Then it is the door itself.
                (door, _) if chain.steps.len() == 1 => door,
                (door, false) => door.min(Severity::High),
                (Severity::Medium, true) => Severity::High,
                (_, true) => Severity::Critical,
            }
        } else {
            match (to_power, matters) {
                (true, _) => Severity::High,
                (_, true) => Severity::Medium,
                _ => Severity::Low,
            }
        };
        // Where something that was not seen decides, nobody knows that it can be done at all.
        (Standing::of_chain(chain) <= Standing::Conditional).then_some(severity)
    }

    /// Is it an account of the organization that was not looked into?
    fn is_of_organization(&self, actor: &Actor) -> bool {
        matches!(actor, Actor::OutsideAccount(account) if self.world().snapshot().account(*account).is_some())
    }

    /// One step of a chain, with every request that it rests on.
    pub(crate) fn taken_step(&self, taken: &Taken, access: &str) -> Step {
        let unseen = self.unseen_of_step(taken);
        if let Some(step) = self.plain_access(taken, access) {
            return Step { unseen, ..step };
        }
        let from = match (&taken.from, taken.requests.first().map(|request| &request.by)) {
            (Node::Administrator(_), Some(by @ Node::Actor(_))) => self.thing_of_node(by),
            (from, _) => self.thing_of_node(from),
        };
        let to = self.end_of_step(taken);
        let mut conditions: Vec<String> = Vec::new();
        let mut because: Vec<Citation> = Vec::new();
        let mut pins = Vec::new();
        let mut requests = Vec::new();
        for (at, request) in taken.requests.iter().enumerate() {
            let ask = self.step_ask(request, &mut conditions, if at == 0 { Some(&mut pins) } else { None });
            add_new(&mut because, ask.because.iter().cloned(), same_statement);
            requests.push(ask);
        }
        conditions.extend(taken.provided.iter().map(|text| (*text).to_owned()));
        if taken.grade == Grade::Unseen && is_up_to_outsider(taken) {
            conditions.push(THEIR_OWN.to_owned());
        }
        let relation = match taken.relation {
            Relation::Becomes => "becomes".to_owned(),
            Relation::Controls => "controls".to_owned(),
            Relation::Passes => "passes".to_owned(),
            Relation::RunsAs => "runs as".to_owned(),
            Relation::Gains => "gains".to_owned(),
            Relation::Touches => as_relation(access),
        };
        let action = taken.requests.first().map(|request| request.action.to_owned());
        Step {
            sentence: sentence(taken, &from, &to, &relation, &conditions),
            relation,
            from,
            to,
            action,
            conditions,
            unseen,
            pins,
            because,
            method: taken.method.map(|method| StepMethod {
                id: method.id.to_owned(),
                title: method.title.to_owned(),
                misuse: method.misuse.to_owned(),
                fix: method.fix.to_owned(),
                check: method.check.to_owned(),
                pages: method.pages.iter().map(|page| (*page).to_owned()).collect(),
            }),
            requests,
        }
    }

    /// What was not seen and decides whether a step can be taken; what is only up to somebody outside is told as a condition.
    fn unseen_of_step(&self, taken: &Taken) -> Vec<String> {
        if taken.grade == Grade::Unseen && is_up_to_outsider(taken) {
            return Vec::new();
        }
        let on = depends_on(taken.requests.iter().map(|request| &request.ruling));
        let outside = matches!(&taken.from, Node::Actor(actor) if self.world().is_outside(actor));
        unseen(outside, &on)
    }

    /// The last step of a chain to a thing: access as anybody has it who needs no chain.
    fn plain_access(&self, taken: &Taken, access: &str) -> Option<Step> {
        let request = taken.requests.first()?;
        let (Relation::Touches, Node::Actor(actor)) = (taken.relation, &request.by) else { return None };
        let (action, when) = (Action::new(request.action), self.world().context(&Default::default()));
        let ask =
            Ask { actor, action: &action, target: &request.target, arn: Some(&request.arn), when: &when };
        let mut step = self.step(Word::parse(access), &ask, self.why(&ask).as_ref());
        let own = StepAsk {
            by: step.from.name.clone(),
            action: request.action.to_owned(),
            on: request.arn.to_string(),
            with: BTreeMap::new(),
            chosen: Vec::new(),
            because: step.because.clone(),
        };
        step.requests.push(own);
        for need in self.world().needs(&action, &request.target) {
            let (conditions, because) = self.need_reasons(actor, &need, &when);
            step.requests.push(StepAsk {
                by: step.from.name.clone(),
                action: need.action.to_owned(),
                on: self.thing_of_target(&need.target).name,
                with: BTreeMap::new(),
                chosen: Vec::new(),
                because: because.clone(),
            });
            add_new(&mut step.conditions, conditions, |one, other| one == other);
            add_new(&mut step.because, because, same_statement);
        }
        Some(step)
    }

    fn step_ask(
        &self,
        request: &StepRequest,
        conditions: &mut Vec<String>,
        pins: Option<&mut Vec<crate::shape::Pin>>,
    ) -> StepAsk {
        let why = self.world().explain_request(request);
        let thing = self.what_is_acted_on(&request.target, &request.arn);
        let is_open = request.ruling.verdict == Decided::Depends;
        if let Some(why) = why.as_ref().filter(|_| is_open && request.conditions().next().is_some()) {
            add_new(conditions, self.conditions(why), |one, other| one == other);
        }
        if let (Some(pins), Some(why)) = (pins, &why) {
            *pins = self.pins(why, &thing);
        }
        let on = match &request.target {
            Target::Arn(..) | Target::Anything => request.arn.to_string(),
            target => self.thing_of_target(target).name,
        };
        StepAsk {
            by: self.thing_of_node(&request.by).name,
            action: request.action.to_owned(),
            on,
            with: request
                .with
                .iter()
                .map(|(key, value)| ((*key).to_owned(), value.clone()))
                .collect::<BTreeMap<_, _>>(),
            chosen: request.choices().map(|key| self.key_name(key)).collect(),
            because: why.as_ref().map(|why| self.because(why, &thing)).unwrap_or_default(),
        }
    }

    /// Where a step ends: the very principal, of those that its end stands for.
    fn end_of_step(&self, taken: &Taken) -> Thing {
        match (&taken.to, taken.subject, taken.relation) {
            (
                Node::Actor(_) | Node::Administrator(_),
                Some(Subject::Principal(index)),
                Relation::Becomes | Relation::Passes,
            ) if self.world().snapshot().principal(index).kind != PrincipalKind::Group => {
                self.thing_of_principal(index)
            }
            (node, ..) => self.thing_of_node(node),
        }
    }

    /// How a node is named.
    pub(crate) fn thing_of_node(&self, node: &Node) -> Thing {
        match node {
            Node::Actor(actor) => self.thing_of_actor(actor),
            Node::Workload(index) => self.thing_of_resource(*index),
            Node::Thing(target) => self.thing_of_target(target),
            Node::Administrator(account) => Thing {
                name: format!("administrator of {}", self.account_name(*account)),
                arn: None,
                kind: "administrator".to_owned(),
                account: Some(account.to_string()),
                known_as: None,
            },
            Node::Raised(index, raise) => self.thing_of_raised(*index, *raise),
        }
    }

    fn thing_of_raised(&self, index: PrincipalIndex, raise: Raise) -> Thing {
        let plain = self.thing_of_principal(index);
        let snapshot = self.world().snapshot();
        let how = match raise {
            Raise::Everything => "with every right that its boundary and the organization leave".to_owned(),
            Raise::NoBoundary => "without its boundary".to_owned(),
            Raise::NoScps => "without service control policies".to_owned(),
            Raise::Group(group) => format!("in {}", self.principal_name(group)),
            Raise::Detached(policy) => format!("without policy/{}", snapshot.policy(policy).name),
            Raise::NoInlineDenies(bearer) if bearer == index => "without its inline denies".to_owned(),
            Raise::NoInlineDenies(group) => {
                format!("without the inline denies of {}", self.principal_name(group))
            }
            Raise::OutOf(group) => format!("out of {}", self.principal_name(group)),
            Raise::ServicesOnly => "by credentials for single services".to_owned(),
            Raise::GitOnly => "by Git".to_owned(),
            Raise::Version(policy, place) => {
                let record = snapshot.policy(policy);
                let version = record.versions.get(place as usize).map_or("", |version| &*version.id);
                format!("with version {version} of policy/{}", record.name)
            }
        };
        Thing { name: format!("{} {how}", plain.name), kind: "raised".to_owned(), ..plain }
    }

    /// The users and roles, or the one outsider, that a node stands for.
    pub(crate) fn members_of_node(&self, node: &Node) -> Vec<Actor> {
        match node {
            Node::Actor(Actor::Principal(index)) | Node::Raised(index, _) => {
                let class = self.world().class_of(*index);
                self.world().class_members(class).iter().map(|member| Actor::Principal(*member)).collect()
            }
            Node::Actor(actor) => vec![actor.clone()],
            Node::Administrator(account) => {
                let admins = self.world().principals_of(*account).iter();
                let admins = admins.filter(|index| self.world().is_admin(**index));
                admins.map(|index| Actor::Principal(*index)).collect()
            }
            Node::Workload(_) | Node::Thing(_) => Vec::new(),
        }
    }
}

/// Adds those that are not there yet.
fn add_new<T>(known: &mut Vec<T>, more: impl IntoIterator<Item = T>, same: impl Fn(&T, &T) -> bool) {
    for one in more {
        if !known.iter().any(|other| same(other, &one)) {
            known.push(one);
        }
    }
}

fn same_statement(one: &Citation, other: &Citation) -> bool {
    one.document == other.document && one.statement == other.statement && one.layer == other.layer
}

/// `reads`, `does s3:GetObject to`.
fn as_relation(access: &str) -> String {
    match Word::parse(access) {
        Some(word) => crate::steps::relation(Some(word)).to_owned(),
        None => "touches".to_owned(),
    }
}

fn sentence(taken: &Taken, from: &Thing, to: &Thing, relation: &str, conditions: &[String]) -> String {
    let (from, to) = (&from.name, &to.name);
    let condition =
        if conditions.is_empty() { String::new() } else { format!(", if {}", conditions.join(" and ")) };
    let how = taken.method.map(|method| lower_first(method.title)).unwrap_or_default();
    match taken.relation {
        Relation::Passes => {
            format!("{from} hands {to} to something new and acts through it: {how}{condition}")
        }
        Relation::Gains => format!("{from} raises its own rights: {how}{condition}"),
        Relation::Becomes if taken.method.is_some_and(|method| method.id != "sts-001") => {
            format!("{from} becomes {to}: {how}{condition}")
        }
        Relation::Controls => format!("{from} controls {to}: {how}{condition}"),
        _ => format!("{from} {relation} {to}{condition}"),
    }
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        // `SAML`, `EC2`: a name keeps its letters.
        Some(first) if !letters.clone().next().is_some_and(char::is_uppercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => text.to_owned(),
    }
}
