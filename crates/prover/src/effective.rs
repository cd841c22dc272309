//! What one caller can do with one thing, through every layer, as a formula over all requests.
//!
//! The rules by which layers are combined are the engine's own ([`clavicle_engine::combine`]), evaluated on formulas
//! instead of on the outcome of one request. What follows from who asks and on what is the same for all requests
//! in question, so it is settled beforehand: keys with a known value are put in their place, principal elements are
//! asked, and actions are sorted by the situation that they bring about.
//!
//! What nobody has shown (a layer, a tag of the caller) is a fact of its own that may hold or not. A request that is found
//! without it is confirmed by the engine's decision with all layers; one that is found only with it is in doubt.

use std::sync::Arc;

use clavicle_engine::{
    Action, Applicable, Circumstances, Context, Documents, Fact, Grants, Hold, Kind, Ladder, Layer, Logic,
    OWNER_KEYS, PolicyId, Principal, Request, Resource, ResourcePolicy, Say, Sayings, Situation,
    StatementRef, Tri, Verdict, combine, decide, hold_in_layer,
};
use clavicle_policy::Effect;

use crate::access::{Access, Formula};
use crate::actions::ActionBits;
use crate::compile::{OpenAction, StatementId};
use crate::dimension::Value;
use crate::doubt::{Doubt, Missing};
use crate::listed::Listed;
use crate::store::{Dimension, DimensionId, Literal, Predicate, Store, small};
use crate::template::{Bind, Reading, Template, Values};

/// The two keys that tell when a request was made, in lower case.
pub(crate) const CLOCK: &str = "aws:currenttime";
pub(crate) const EPOCH: &str = "aws:epochtime";

/// Keys that some sessions bring, and that nobody else has, in lower case.
const OF_SESSIONS: [&str; 2] = ["aws:sourceidentity", "aws:assumedroot"];

/// One caller, one thing, and what bears on requests between them.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Who asks.
    pub caller: &'a Principal,
    /// The thing, with its owner and what is known of it; `*` for actions without resource.
    pub thing: &'a Resource,
    /// The ARNs that are the thing or in it, as an element `Resource` has them. None: its own alone.
    pub within: &'a [String],
    /// The policies that bear on it, by their numbers in this store. Policies of things and RCPs have to be compiled with
    /// `Principals::Required`, the others with `Principals::Ignored`.
    pub applicable: Applicable<'a>,
    /// What the question states of condition keys. What is not stated and does not follow may have any value.
    pub context: &'a Context,
}

/// A [`Subject`], kept.
#[derive(Debug)]
pub(crate) struct Bearing {
    caller: Principal,
    thing: Resource,
    context: Context,
    layers: Layers,
    /// Keys with a known value that stand beside a variable with none: they have that value in every request.
    ties: Vec<(DimensionId, Literal)>,
    /// Every request carries these keys.
    sent: Vec<Literal>,
    /// Every request of this caller carries these, and those of others may not.
    sent_by_caller: Vec<(Box<str>, Literal)>,
}

/// A question with what holds in every request of its subjects.
pub(crate) struct Tied {
    pub(crate) access: Access,
    /// Why a proof of it would be none, though a request that is found is one.
    pub(crate) doubts: Vec<Doubt>,
}

/// [`Applicable`], kept.
#[derive(Debug)]
struct Layers {
    identity: Kept,
    boundary: Kept,
    session: Kept,
    endpoint: Kept,
    scps: KeptLadder,
    rcps: KeptLadder,
    resource: ResourcePolicy,
    circumstances: Circumstances,
}

#[derive(Debug)]
enum Kept {
    None,
    NotSeen,
    Some(Vec<PolicyId>),
    Partly(Vec<PolicyId>),
}

#[derive(Debug)]
enum KeptLadder {
    None,
    NotSeen,
    Levels(Vec<Vec<PolicyId>>),
}

impl Kept {
    fn of(documents: Documents<'_>) -> Self {
        match documents {
            Documents::None => Self::None,
            Documents::NotSeen => Self::NotSeen,
            Documents::Some(policies) => Self::Some(policies.to_vec()),
            Documents::Partly(policies) => Self::Partly(policies.to_vec()),
        }
    }

    fn lent(&self) -> Documents<'_> {
        match self {
            Self::None => Documents::None,
            Self::NotSeen => Documents::NotSeen,
            Self::Some(policies) => Documents::Some(policies),
            Self::Partly(policies) => Documents::Partly(policies),
        }
    }
}

impl KeptLadder {
    fn of(ladder: Ladder<'_>) -> Self {
        match ladder {
            Ladder::None => Self::None,
            Ladder::NotSeen => Self::NotSeen,
            Ladder::Levels(levels) => Self::Levels(levels.iter().map(|level| level.to_vec()).collect()),
        }
    }

    fn rungs(&self) -> Vec<&[PolicyId]> {
        match self {
            Self::Levels(levels) => levels.iter().map(Vec::as_slice).collect(),
            Self::None | Self::NotSeen => Vec::new(),
        }
    }

    fn lent<'l>(&self, rungs: &'l [&'l [PolicyId]]) -> Ladder<'l> {
        match self {
            Self::None => Ladder::None,
            Self::NotSeen => Ladder::NotSeen,
            Self::Levels(_) => Ladder::Levels(rungs),
        }
    }
}

impl Layers {
    fn of(applicable: &Applicable<'_>) -> Self {
        Self {
            identity: Kept::of(applicable.identity),
            boundary: Kept::of(applicable.boundary),
            session: Kept::of(applicable.session),
            endpoint: Kept::of(applicable.endpoint),
            scps: KeptLadder::of(applicable.scps),
            rcps: KeptLadder::of(applicable.rcps),
            resource: applicable.resource,
            circumstances: applicable.circumstances,
        }
    }

    /// Lends the layers as the engine takes them.
    fn lend<T>(&self, then: impl FnOnce(&Applicable<'_>) -> T) -> T {
        let (scps, rcps) = (self.scps.rungs(), self.rcps.rungs());
        then(&Applicable {
            identity: self.identity.lent(),
            boundary: self.boundary.lent(),
            session: self.session.lent(),
            endpoint: self.endpoint.lent(),
            scps: self.scps.lent(&scps),
            rcps: self.rcps.lent(&rcps),
            resource: self.resource,
            circumstances: self.circumstances,
        })
    }
}

/// What is known of a key before any request.
enum Told {
    Is(Fact),
    /// It has a value, or none, that nobody has shown.
    Hidden,
    /// It comes with the request.
    Free,
}

/// What became of a literal.
enum Bound {
    Always,
    Never,
    Still(Literal),
}

impl Logic for Formula {
    fn of(fact: Tri) -> Self {
        match fact {
            Tri::Yes => Self::All(Arc::from([])),
            Tri::No => Self::Either(Arc::from([])),
            // Gets the number of its subject when the formula is done.
            Tri::Maybe => Self::Unseen(Missing::Circumstances, 0),
        }
    }

    fn and(self, other: Self) -> Self {
        match (self.constant(), other.constant()) {
            (Some(false), _) | (_, Some(true)) => self,
            (_, Some(false)) | (Some(true), _) => other,
            _ => Self::All([self, other].into()),
        }
    }

    fn or(self, other: Self) -> Self {
        match (self.constant(), other.constant()) {
            (Some(true), _) | (_, Some(false)) => self,
            (_, Some(true)) | (Some(false), _) => other,
            _ => Self::Either([self, other].into()),
        }
    }

    fn not(self) -> Self {
        match self.constant() {
            Some(constant) => Self::of((!constant).into()),
            None => Self::Not(Arc::new(self)),
        }
    }

    fn agreed(self, other: Self) -> Self {
        let both = self.clone().and(other.clone());
        both.or(self.or(other).and(Self::of(Tri::Maybe)))
    }
}

impl Formula {
    fn constant(&self) -> Option<bool> {
        match self {
            Self::All(parts) if parts.is_empty() => Some(true),
            Self::Either(parts) if parts.is_empty() => Some(false),
            Self::Any(statements) if statements.is_empty() => Some(false),
            _ => None,
        }
    }

    /// The same with facts that nobody has shown told apart from those of other subjects.
    fn numbered(self, number: u32) -> Self {
        match self {
            Self::Unseen(missing, 0) => Self::Unseen(missing, number),
            Self::All(parts) => Self::All(parts.iter().map(|part| part.clone().numbered(number)).collect()),
            Self::Either(parts) => {
                Self::Either(parts.iter().map(|part| part.clone().numbered(number)).collect())
            }
            Self::Not(part) => Self::Not(Arc::new((*part).clone().numbered(number))),
            other => other,
        }
    }

    /// The subjects that it is about, and whether it asks what they cannot do.
    fn subjects(&self, denied: bool, into: &mut Vec<(usize, bool)>) {
        match self {
            Self::Effective(_, subject) => into.push((*subject, denied)),
            Self::All(parts) | Self::Either(parts) => {
                parts.iter().for_each(|part| part.subjects(denied, into));
            }
            Self::Not(part) => part.subjects(!denied, into),
            Self::Any(_) | Self::Holds(_) | Self::Actions(_) | Self::Unseen(..) => {}
        }
    }
}

fn free() -> Say<Formula> {
    Say { allow: Formula::of(Tri::Yes), deny: Formula::of(Tri::No), allowed_by: None, denied_by: None }
}

fn silent() -> Say<Formula> {
    Say { allow: Formula::of(Tri::No), ..free() }
}

impl Store {
    /// What the caller can do with the thing. Of actions, those that the catalogue has: on `*` all of them, on a
    /// thing those that take resources.
    ///
    /// All of `within` has to be one thing as AWS combines policies: a key, a role, a bucket with its objects.
    pub fn effective(&mut self, subject: &Subject<'_>) -> Access {
        let catalog = clavicle_catalog::catalog();
        let mut actions = ActionBits::none(catalog);
        for action in catalog.actions() {
            if subject.thing.is_wildcard() || !catalog.is_wildcard_only(action) {
                actions.insert(action);
            }
        }
        self.effective_of(subject, &actions)
    }

    /// The same of actions that these patterns cover.
    pub fn effective_for(&mut self, subject: &Subject<'_>, patterns: &[&str]) -> Access {
        let catalog = clavicle_catalog::catalog();
        let mut actions = ActionBits::none(catalog);
        for action in patterns.iter().flat_map(|pattern| catalog.expand(pattern)) {
            if subject.thing.is_wildcard() || !catalog.is_wildcard_only(action) {
                actions.insert(action);
            }
        }
        self.effective_of(subject, &actions)
    }

    fn effective_of(&mut self, subject: &Subject<'_>, actions: &ActionBits) -> Access {
        let number = self.bear(subject, subject.context.clone());
        let fresh = small(number) + 1;
        let (told, untold) = self.by_whether_the_owner_is_told(actions);
        let mut ways = self.ways(subject, number, &told);
        if !untold.is_empty() {
            let mut context = subject.context.clone();
            for key in OWNER_KEYS.into_iter().filter(|key| subject.context.stated(key).is_none()) {
                context.set(key, Fact::Unknown);
            }
            let other = self.bear(subject, context);
            ways = ways.or(self.ways(subject, other, &untold));
            let ties = self.bearings.get_mut(other).map(|bearing| std::mem::take(&mut bearing.ties));
            if let Some(bearing) = self.bearings.get_mut(number) {
                bearing.ties.extend(ties.into_iter().flatten());
            }
        }
        let (sent, sent_by_caller) = self.sent(number);
        if let Some(bearing) = self.bearings.get_mut(number) {
            (bearing.sent, bearing.sent_by_caller) = (sent, sent_by_caller);
        }
        let place = self.place(subject);
        let whole = Formula::Holds([place].into()).and(ways).numbered(fresh);
        Access(Formula::Effective(Arc::new(whole), number))
    }

    fn bear(&mut self, subject: &Subject<'_>, context: Context) -> usize {
        self.bearings.push(Bearing {
            caller: subject.caller.clone(),
            thing: subject.thing.clone(),
            context,
            layers: Layers::of(&subject.applicable),
            ties: Vec::new(),
            sent: Vec::new(),
            sent_by_caller: Vec::new(),
        });
        self.bearings.len() - 1
    }

    /// The actions whose requests tell whose the thing is, and those of which that is not sure, where a policy asks.
    fn by_whether_the_owner_is_told(&self, actions: &ActionBits) -> (ActionBits, ActionBits) {
        let catalog = clavicle_catalog::catalog();
        let (mut told, mut untold) = (actions.clone(), ActionBits::none(catalog));
        if self.known_keys().iter().any(|key| OWNER_KEYS.contains(&&**key)) {
            told = ActionBits::none(catalog);
            for id in actions.iter(catalog) {
                let is_told = Action::new(catalog.name(id)).tells_owner();
                if is_told { told.insert(id) } else { untold.insert(id) }
            }
        }
        (told, untold)
    }

    /// When is one of the actions allowed?
    fn ways(&mut self, subject: &Subject<'_>, number: usize, actions: &ActionBits) -> Formula {
        let mut says = self.sayings(subject, number);
        let granted = std::mem::replace(&mut says.resource, nothing());
        let mut ways = Formula::of(Tri::No);
        for (situation, has_policy, actions) in self.situations(subject, actions) {
            says.resource = if has_policy { granted.clone() } else { nothing() };
            let allowed = combine(&situation, &says).allowed();
            ways = ways.or(Formula::Actions(Arc::new(actions)).and(allowed));
        }
        ways
    }

    /// The actions, by the situation that each brings about, and whether the thing has a policy for it.
    fn situations(&self, subject: &Subject<'_>, actions: &ActionBits) -> Vec<(Situation, bool, ActionBits)> {
        let catalog = clavicle_catalog::catalog();
        let mut found: Vec<(Situation, bool, ActionBits)> = Vec::new();
        for id in actions.iter(catalog) {
            let action = Action::new(catalog.name(id));
            let request = Request::derived(subject.caller, &action, subject.thing, subject.context);
            let situation = Situation::of(&request, &subject.applicable);
            let has_policy = subject.applicable.resource_policy(&request) != ResourcePolicy::None;
            match found.iter_mut().find(|(known, policy, _)| (*known, *policy) == (situation, has_policy)) {
                Some((_, _, bits)) => bits.insert(id),
                None => {
                    let mut bits = ActionBits::none(catalog);
                    bits.insert(id);
                    found.push((situation, has_policy, bits));
                }
            }
        }
        found
    }

    fn sayings(&mut self, subject: &Subject<'_>, number: usize) -> Sayings<Formula> {
        let applicable = subject.applicable;
        let without_policy = match applicable.identity {
            Documents::None => silent(),
            seen => self.documents_say(seen, Layer::Identity, number),
        };
        let session = match applicable.session {
            Documents::None if subject.caller.kind() == Kind::FederatedUser => silent(),
            seen => self.documents_say(seen, Layer::Session, number),
        };
        Sayings {
            identity: without_policy,
            boundary: self.documents_say(applicable.boundary, Layer::Boundary, number),
            session,
            scp: self.ladder_says(applicable.scps, Layer::Scp, number),
            rcp: self.ladder_says(applicable.rcps, Layer::Rcp, number),
            resource: self.resource_says(applicable.resource, number),
            endpoint: self.documents_say(applicable.endpoint, Layer::Endpoint, number),
        }
    }

    fn documents_say(&mut self, documents: Documents<'_>, layer: Layer, number: usize) -> Say<Formula> {
        let allows = || Formula::Unseen(Missing::Allows(layer), 0);
        let denies = || Formula::Unseen(Missing::Denies(layer), 0);
        match documents {
            Documents::None => free(),
            Documents::NotSeen => Say { allow: allows(), deny: denies(), ..free() },
            Documents::Some(policies) => self.policies_say(policies, layer, number),
            Documents::Partly(policies) => {
                let seen = self.policies_say(policies, layer, number);
                Say { allow: seen.allow.or(allows()), deny: seen.deny.or(denies()), ..free() }
            }
        }
    }

    fn policies_say(&mut self, policies: &[PolicyId], layer: Layer, number: usize) -> Say<Formula> {
        let (mut allows, mut denies) = (Vec::new(), Vec::new());
        for policy in policies {
            for (into, effect) in [(&mut allows, Effect::Allow), (&mut denies, Effect::Deny)] {
                into.extend(self.bound(*policy, effect, layer, number).into_iter().map(|(id, _)| id));
            }
        }
        Say { allow: Formula::Any(allows.into()), deny: Formula::Any(denies.into()), ..free() }
    }

    fn ladder_says(&mut self, ladder: Ladder<'_>, layer: Layer, number: usize) -> Say<Formula> {
        match ladder {
            Ladder::None => free(),
            Ladder::NotSeen => self.documents_say(Documents::NotSeen, layer, number),
            Ladder::Levels(levels) => levels.iter().fold(free(), |all, level| {
                let own = self.policies_say(level, layer, number);
                Say { allow: all.allow.and(own.allow), deny: all.deny.or(own.deny), ..free() }
            }),
        }
    }

    fn resource_says(&mut self, policy: ResourcePolicy, number: usize) -> Grants<Formula> {
        let layer = Layer::Resource;
        match policy {
            ResourcePolicy::None => nothing(),
            ResourcePolicy::NotSeen => {
                // One fact for each question that is asked of it; that they are of one policy is not used.
                let allows = || Formula::Unseen(Missing::Allows(layer), 0);
                Grants {
                    itself: allows(),
                    behind: allows(),
                    account: allows(),
                    deny: Formula::Unseen(Missing::Denies(layer), 0),
                    public: Formula::of(Tri::Maybe),
                    ..nothing()
                }
            }
            ResourcePolicy::Some(policy) => {
                let allows = self.bound(policy, Effect::Allow, layer, number);
                let denies = self.bound(policy, Effect::Deny, layer, number);
                let named = |has: fn(&Hold) -> bool| {
                    let named = allows.iter().filter(|(_, hold)| has(hold)).map(|(id, _)| *id);
                    Formula::Any(named.collect())
                };
                let public = self.documents.get(policy.index()).is_some_and(|document| document.public);
                Grants {
                    itself: named(|hold| hold.itself),
                    behind: named(|hold| hold.behind),
                    account: named(|hold| hold.account),
                    deny: Formula::Any(denies.iter().map(|(id, _)| *id).collect()),
                    public: Formula::of(public.into()),
                    ..nothing()
                }
            }
        }
    }

    /// The statements of a policy with one effect that take in the caller, as they are for this subject.
    fn bound(
        &mut self,
        policy: PolicyId,
        effect: Effect,
        layer: Layer,
        number: usize,
    ) -> Vec<(StatementId, Hold)> {
        let Some(document) = self.documents.get(policy.index()) else { return Vec::new() };
        let statements = match effect {
            Effect::Allow => Arc::clone(&document.allows),
            Effect::Deny => Arc::clone(&document.denies),
        };
        let mut bound = Vec::new();
        for id in statements.iter() {
            let hold = self.hold(number, self.compiled(*id).at, layer, None);
            if hold.holds == Tri::No {
                continue;
            }
            if let Some(id) = self.bind(*id, hold.holds, layer, number) {
                bound.push((id, hold));
            }
        }
        bound
    }

    /// The statement for this subject; `None` if no request of it matches.
    fn bind(&mut self, id: StatementId, holds: Tri, layer: Layer, number: usize) -> Option<StatementId> {
        let compiled = self.compiled(id).clone();
        let mut literals = Vec::new();
        for literal in compiled.literals.iter() {
            // Whether it has an effect at all the engine was asked, and in which layer.
            let of_resource = self.dimension_of(self.dimension_of_literal(*literal)) == &Dimension::Resource;
            if compiled.lacks_resource && of_resource {
                continue;
            }
            match self.bind_literal(*literal, number) {
                Bound::Always => {}
                Bound::Never => return None,
                Bound::Still(literal) => literals.push(literal),
            }
        }
        if holds == Tri::Maybe {
            let dimension = self.dimension(Dimension::Doubtful(compiled.at, small(number)));
            literals.push(self.literal(dimension, Predicate::Unread));
        }
        literals.sort_unstable();
        literals.dedup();
        let id = StatementId::new(self.statements.len());
        let bound = Some((number, layer));
        let open_action = OpenAction::None;
        self.statements.push(crate::compile::Compiled {
            literals: literals.into(),
            bound,
            open_action,
            ..compiled
        });
        Some(id)
    }

    fn bind_literal(&mut self, literal: Literal, number: usize) -> Bound {
        let dimension = self.dimension_of_literal(literal);
        let kind = self.dimension_of(dimension).clone();
        match &kind {
            // The engine was asked already.
            Dimension::Caller => return Bound::Always,
            Dimension::Key(_) | Dimension::Resource => {}
            // What is not understood may be so of one caller or thing, and not of another.
            Dimension::Unread(..) | Dimension::NotUnderstood(..) => {
                let positive = if literal.is_positive() { literal } else { literal.not() };
                let dimension = self.dimension(Dimension::Veiled(positive, small(number)));
                let veiled = self.literal(dimension, Predicate::Unread);
                return Bound::Still(if literal.is_positive() { veiled } else { veiled.not() });
            }
            _ => return Bound::Still(literal),
        }
        let predicate = self.predicate(literal).clone();
        let list = match &predicate {
            Predicate::Named(list) | Predicate::Key { list, .. } => Some(*list),
            _ => None,
        };
        if self.has_a_set_without_set_operator(&kind, &predicate, number) {
            return Bound::Never;
        }
        let mut varies = false;
        let mut predicate = predicate;
        if let Some(list) = list
            && self.listed(list).has_variables()
        {
            let Some(listed) = self.bind_list(list, number) else {
                // A variable that nobody has shown: whether the whole holds is one such fact.
                let dimension = self.dimension(Dimension::Veiled(literal, small(number)));
                let veiled = self.literal(dimension, Predicate::Unread);
                return Bound::Still(if literal.is_positive() { veiled } else { veiled.not() });
            };
            varies = listed.has_variables();
            let list = self.list(listed);
            predicate = match predicate {
                Predicate::Key { set, complement, absent, .. } => {
                    Predicate::Key { list, set, complement, absent }
                }
                _ => Predicate::Named(list),
            };
        }
        let signed = |found: Literal| if literal.is_positive() { found } else { found.not() };
        let Dimension::Key(name) = &kind else {
            return Bound::Still(signed(self.literal(dimension, predicate)));
        };
        // That it is there is known, though its value is not.
        if matches!(predicate, Predicate::Null) && self.fact(number, name) == Some(Fact::Present) {
            return if literal.is_positive() { Bound::Never } else { Bound::Always };
        }
        match self.told(number, name) {
            Told::Free => {
                let by_the_clock = self.by_the_clock(name, &predicate, number);
                let found = by_the_clock.unwrap_or_else(|| self.literal(dimension, predicate));
                Bound::Still(signed(found))
            }
            Told::Hidden => {
                let dimension = self.dimension(Dimension::Hidden(name.clone(), small(number)));
                Bound::Still(signed(self.literal(dimension, predicate)))
            }
            Told::Is(fact) if varies => {
                let own = signed(self.literal(dimension, predicate));
                match self.tie(dimension, &fact) {
                    Some(tie) => {
                        if let Some(bearing) = self.bearings.get_mut(number)
                            && !bearing.ties.contains(&(dimension, tie))
                        {
                            bearing.ties.push((dimension, tie));
                        }
                        Bound::Still(own)
                    }
                    None => {
                        let dimension = self.dimension(Dimension::Veiled(own, small(number)));
                        let veiled = self.literal(dimension, Predicate::Unread);
                        Bound::Still(signed(veiled))
                    }
                }
            }
            Told::Is(fact) => {
                let value = match fact {
                    Fact::One(text) => Value::One(text),
                    Fact::Many(texts) => Value::Many(texts),
                    Fact::Absent | Fact::Unknown | Fact::Present => Value::Absent,
                };
                let own = signed(self.literal(dimension, predicate));
                if self.key_literal_holds(own, &value, &Values::new()) { Bound::Always } else { Bound::Never }
            }
        }
    }

    /// Is the key known to hold several values where the operator takes one? No such clause holds, negated or not, though its
    /// literal may be the opposite of another. AWS: IAM User Guide, "Single-valued vs. multivalued context keys": those with
    /// several values "require a condition set operator".
    fn has_a_set_without_set_operator(&self, kind: &Dimension, predicate: &Predicate, number: usize) -> bool {
        let (Dimension::Key(name), Predicate::Key { set: None, .. }) = (kind, predicate) else {
            return false;
        };
        matches!(self.told(number, name), Told::Is(Fact::Many(_)))
    }

    /// The list with known values in the place of variables; `None` if one has a value that nobody has shown.
    fn bind_list(&mut self, list: crate::store::ListId, number: usize) -> Option<Listed> {
        let templates = self.listed(list).templates().to_vec();
        let mut bound = Vec::new();
        for template in templates {
            let mut hidden = false;
            let template = template.bind(|variable| match self.told(number, &variable.key) {
                Told::Is(Fact::One(text)) => Bind::Value(text),
                Told::Is(_) => Bind::Nothing,
                Told::Hidden => {
                    hidden = true;
                    Bind::Nothing
                }
                Told::Free => Bind::Still,
            });
            if hidden {
                return None;
            }
            bound.extend(template);
        }
        Some(Listed::Texts(bound.into()))
    }

    /// The literal that says that a key has this value.
    fn tie(&mut self, dimension: DimensionId, fact: &Fact) -> Option<Literal> {
        match fact {
            Fact::Absent => Some(self.literal(dimension, Predicate::Null)),
            Fact::One(text) => {
                let reading = Reading { wildcards: false, variables: false, fold: false };
                let list = self.list(Listed::Texts([Template::of_text(text, reading)].into()));
                let predicate = Predicate::Key { list, set: None, complement: false, absent: false };
                Some(self.literal(dimension, predicate))
            }
            Fact::Many(_) | Fact::Unknown | Fact::Present => None,
        }
    }

    /// What is known of the key for every request of the subject?
    fn told(&self, number: usize, key: &str) -> Told {
        if number >= self.bearings.len() {
            return Told::Hidden;
        }
        match self.fact(number, key) {
            Some(Fact::Present) if !follows(key) => Told::Free,
            Some(Fact::Unknown) if OF_SESSIONS.contains(&key) => Told::Free,
            Some(Fact::Unknown | Fact::Present) => Told::Hidden,
            Some(fact) => Told::Is(fact),
            None if follows(key) => Told::Hidden,
            None => Told::Free,
        }
    }

    /// What the question states of the key, and what follows from who asks on what.
    fn fact(&self, number: usize, key: &str) -> Option<Fact> {
        let bearing = self.bearings.get(number)?;
        let action = Action::new("");
        Request::derived(&bearing.caller, &action, &bearing.thing, &bearing.context).known(key)
    }

    /// The literals that say that a request carries what AWS sends with each, or with each of such a caller, of the keys that
    /// policies speak of.
    fn sent(&mut self, number: usize) -> (Vec<Literal>, Vec<(Box<str>, Literal)>) {
        let catalog = clavicle_catalog::catalog();
        let is_always_sent = |key: &str| {
            let global = catalog.condition_key(key).and_then(|known| known.global);
            global.is_some_and(|global| global.is_in_every_request())
        };
        let is_clock_free = matches!(self.told(number, CLOCK), Told::Free);
        let (mut sent, mut by_caller) = (Vec::new(), Vec::new());
        for mut name in self.known_keys() {
            let always = is_always_sent(&name);
            if !always && self.fact(number, &name) != Some(Fact::Present) {
                continue;
            }
            if &*name == EPOCH && is_clock_free {
                name = CLOCK.into();
            }
            // Elsewhere the question says what it is, or whether it is there.
            if matches!(self.told(number, &name), Told::Free) {
                let dimension = self.dimension(Dimension::Key(name.clone()));
                let literal = self.literal(dimension, Predicate::Null).not();
                if always {
                    sent.push(literal);
                } else {
                    by_caller.push((name, literal));
                }
            }
        }
        (sent, by_caller)
    }

    /// Does a statement that bears on the subject speak of the key?
    fn speaks_of(&self, number: usize, key: DimensionId) -> bool {
        self.statements.iter().any(|statement| {
            statement.bound.is_some_and(|(own, _)| own == number)
                && statement.literals.iter().any(|literal| self.dimension_of_literal(*literal) == key)
        })
    }

    /// A test on `aws:EpochTime` as one on `aws:CurrentTime`: both tell when the request was made. `None`: it is another key,
    /// or it lists what is no time.
    fn by_the_clock(&mut self, key: &str, predicate: &Predicate, number: usize) -> Option<Literal> {
        if key != EPOCH || !matches!(self.told(number, CLOCK), Told::Free) {
            return None;
        }
        let predicate = match predicate {
            Predicate::Key { list, set, complement, absent } => {
                let listed = self.listed(*list).as_dates()?;
                let list = self.list(listed);
                Predicate::Key { list, set: *set, complement: *complement, absent: *absent }
            }
            other => other.clone(),
        };
        let dimension = self.dimension(Dimension::Key(CLOCK.into()));
        Some(self.literal(dimension, predicate))
    }

    /// The literal that says that the resource of the request is the thing, or in it.
    fn place(&mut self, subject: &Subject<'_>) -> Literal {
        let reading = Reading { wildcards: false, variables: false, fold: false };
        let mut templates: Vec<Template> =
            subject.within.iter().filter_map(|pattern| Template::of_resource(pattern, false)).collect();
        if subject.thing.is_wildcard() || subject.within.is_empty() {
            templates = vec![Template::of_text(subject.thing.text(), reading)];
        }
        let list = self.list(Listed::Texts(templates.into()));
        let dimension = self.dimension(Dimension::Resource);
        self.literal(dimension, Predicate::Named(list))
    }

    /// Does the statement hold for the subject's request, or (without one) what does it say of the caller?
    fn hold(&self, number: usize, at: StatementRef, layer: Layer, request: Option<&Request<'_>>) -> Hold {
        const NOT: Hold = Hold { holds: Tri::No, itself: false, behind: false, account: false };
        let Some(bearing) = self.bearings.get(number) else { return NOT };
        let (nothing, nowhere) = (Action::new(""), Context::exact());
        let action = request.map_or(&nothing, |request| request.action);
        let thing =
            request.map_or_else(|| bearing.thing.clone(), |asked| bearing.thing.named(asked.resource.text()));
        let context =
            request.map_or_else(|| nowhere.clone(), |request| self.context_of(bearing, number, request));
        let own = Request::derived(&bearing.caller, action, &thing, &context);
        bearing
            .layers
            .lend(|applicable| hold_in_layer(&self.engine, &own, applicable, at, layer, request.is_some()))
    }

    /// What the request carries, and what the subject's question states. What nobody has shown is unknown.
    fn context_of(&self, bearing: &Bearing, number: usize, request: &Request<'_>) -> Context {
        let mut context = request.context.clone();
        // A request of another caller may carry what those of this one never do.
        for (key, _) in request.context.keys() {
            if self.fact(number, key) == Some(Fact::Absent) {
                context.set(key, Fact::Absent);
            }
        }
        for (key, fact) in bearing.context.keys() {
            // That it is there is no value: the request may have one.
            if *fact != Fact::Present || request.context.stated(key).is_none() {
                context.set(key, fact.clone());
            }
        }
        for key in self.hidden_keys(small(number)) {
            if request.context.stated(&key).is_none() {
                context.set(&key, Fact::Unknown);
            }
        }
        for key in OF_SESSIONS {
            // Somebody of whom no more is known may have a session without it.
            if context.stated(key).is_none() && self.fact(number, key) == Some(Fact::Unknown) {
                context.set(key, Fact::Absent);
            }
        }
        context
    }

    /// Does the statement hold for a request of the subject that it is bound to?
    pub(crate) fn bound_holds(
        &self,
        (number, layer): (usize, Layer),
        at: StatementRef,
        request: &Request<'_>,
    ) -> Tri {
        self.hold(number, at, layer, Some(request)).holds
    }

    /// What the engine decides of the subject's request, with all layers.
    pub(crate) fn decided(&self, number: usize, request: &Request<'_>) -> Tri {
        let Some(bearing) = self.bearings.get(number) else { return Tri::Maybe };
        let thing = bearing.thing.named(request.resource.text());
        let context = self.context_of(bearing, number, request);
        let own = Request::derived(&bearing.caller, request.action, &thing, &context);
        match bearing.layers.lend(|applicable| decide(&self.engine, &own, applicable)).verdict {
            Verdict::Allowed => Tri::Yes,
            Verdict::Depends => Tri::Maybe,
            Verdict::ImplicitlyDenied | Verdict::ExplicitlyDenied => Tri::No,
        }
    }

    /// The question with what holds in every request of its subjects; `None` if no request can be of all of them.
    ///
    /// What requests of one caller always carry, as temporary credentials do `aws:TokenIssueTime`, those of another may lack.
    /// Where it is asked what the first cannot do, requests of the other that lack it count: they are none of the first,
    /// and what the first could do with the key is not known of them.
    pub(crate) fn tied(&self, access: &Access) -> Option<Tied> {
        let mut subjects = Vec::new();
        access.0.subjects(false, &mut subjects);
        let mut ties: Vec<(DimensionId, Literal)> = Vec::new();
        let mut sent: Vec<Literal> = Vec::new();
        let mut doubts = Vec::new();
        for (subject, denied) in &subjects {
            let Some(bearing) = self.bearings.get(*subject) else { continue };
            sent.extend(&bearing.sent);
            for (key, literal) in &bearing.sent_by_caller {
                let may_lack = |(other, _): &(usize, bool)| self.fact(*other, key).is_none();
                if !*denied || !subjects.iter().any(may_lack) {
                    sent.push(*literal);
                } else if self.speaks_of(*subject, self.dimension_of_literal(*literal)) {
                    doubts.push(Doubt::NotSeen(Missing::Key(key.to_string())));
                }
            }
            for (dimension, literal) in &bearing.ties {
                match ties.iter().find(|(other, _)| other == dimension) {
                    Some((_, other)) if other != literal => return None,
                    Some(_) => {}
                    None => ties.push((*dimension, *literal)),
                }
            }
        }
        let mut ties: Vec<Literal> = ties.into_iter().map(|(_, literal)| literal).chain(sent).collect();
        ties.sort_unstable();
        ties.dedup();
        let tied = if ties.is_empty() { access.clone() } else { Access::holds(ties).and(access.clone()) };
        Some(Tied { access: tied, doubts })
    }
}

fn nothing() -> Grants<Formula> {
    let no = || Formula::of(Tri::No);
    Grants {
        itself: no(),
        behind: no(),
        account: no(),
        deny: no(),
        allowed_by: None,
        denied_by: None,
        public: no(),
    }
}

/// Is it a key whose value follows from who asks or on what, so that a request cannot bring another? AWS: IAM User Guide,
/// "AWS global condition context keys", the properties of the principal and of the resource.
fn follows(key: &str) -> bool {
    key.starts_with("aws:principal")
        || key.starts_with("aws:resource")
        || key.contains(":resourcetag/")
        || key.starts_with("s3:buckettag/")
        || matches!(key, "aws:userid" | "aws:username" | "aws:federatedprovider")
}
