//! Why the answer is what it is: layer by layer, statement by statement.
//!
//! The pins of a lock: every layer is shown, also the silent ones, and each statement says whether it matched or which
//! of its elements kept it from matching first.

use clavicle_policy::Effect;

use crate::applicable::{Applicable, Documents, Ladder, Layer, ResourcePolicy};
use crate::combine::{combine, has_identity_side};
use crate::decide::{Decision, Verdict, ask, decide, depends_on};
use crate::dependency::Dependency;
use crate::matching::{PrincipalRule, matches};
use crate::named::Form;
use crate::own_rule::OwnRule;
use crate::principal::Kind;
use crate::request::Request;
use crate::say::{Grants, Say, Sayings, StatementRef};
use crate::situation::{Rules, Situation};
use crate::store::{PolicyId, PolicyStore};
use crate::tri::Tri;

/// Why a request is decided as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The decision, the same as that of [`decide`](crate::decide).
    pub decision: Decision,
    /// The smallest set of unknowns that settles an open answer; empty for every other.
    pub depends_on: Vec<Dependency>,
    /// The statements that decide: every Deny that matches, or every Allow that grants.
    pub because: Vec<StatementRef>,
    /// For a no: the layers that would have to change, each set enough by itself and none larger than it need be.
    /// Empty if no change of policies would help.
    pub obstacles: Vec<Vec<Layer>>,
    /// A rule of AWS's own that decides beside or instead of policies.
    pub own_rule: Option<OwnRule>,
    /// Caller and resource are in different partitions, which have no access to each other.
    pub other_partition: bool,
    /// One pin a layer, in the order of [`Layer`]; trust or resource policy share one place.
    pub pins: Vec<Pin>,
}

/// What one layer does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// Which layer.
    pub layer: Layer,
    /// What it does to the request.
    pub state: PinState,
    /// The levels, from 0, of control policies that allow nothing here; empty for other layers.
    pub silent_levels: Vec<usize>,
    /// What became of each of its statements, in the order of the documents.
    pub statements: Vec<StatementOutcome>,
}

/// What a layer does to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PinState {
    /// It lets the request through.
    Turns,
    /// There is no such layer; or it says nothing, and need not.
    NoSuchLayer,
    /// It denies, or would have to allow and does not.
    Stops,
    /// Nobody has shown it.
    NotSeen,
    /// Unknowns decide what it does.
    Depends,
}

/// What became of one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementOutcome {
    /// The document.
    pub policy: PolicyId,
    /// The place of the statement in it, from 0.
    pub statement: usize,
    /// What it would do if it matched; `None` when that could not be read.
    pub effect: Option<Effect>,
    /// Did it match?
    pub outcome: Match,
}

/// Whether a statement matched, and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// It matched. The places, from 0, of the entries that made it so; `None` where the element is absent or negated.
    Matched {
        /// The entry of `Action`.
        action: Option<usize>,
        /// The entry of `Resource`.
        resource: Option<usize>,
        /// The entry of `Principal`; a bare string counts as entry 0.
        principal: Option<usize>,
    },
    /// It did not; this was the first reason.
    NotMatched(Reason),
    /// It may, depending on these.
    Depends(Vec<Dependency>),
}

/// Why a statement did not match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// It does not speak of the action.
    Action,
    /// It does not speak of the resource.
    Resource,
    /// It does not speak of the caller.
    Principal,
    /// This clause of its condition, from 0, does not hold.
    Condition {
        /// The place of the clause.
        clause: usize,
    },
}

/// Decides a request and says why.
pub fn explain(store: &PolicyStore, request: &Request<'_>, applicable: &Applicable<'_>) -> Explanation {
    let situation = Situation::of(request, applicable);
    let mut says = Sayings::SILENT;
    ask(store, request, applicable, &situation, &mut says);
    let decision = decide(store, request, applicable);
    let obstacles = match decision.verdict {
        Verdict::ImplicitlyDenied | Verdict::ExplicitlyDenied => {
            // Policies cannot give what is no policy's to give, so it is not asked for.
            obstacles(&Situation { root_access: Tri::Yes, ..situation }, &says)
        }
        Verdict::Allowed | Verdict::Depends => Vec::new(),
    };
    let explainer =
        Explainer { store, request, applicable, situation: &situation, verdict: decision.verdict };
    let pins = explainer.pins(&says, &obstacles);
    Explanation {
        decision,
        depends_on: depends_on(store, request, applicable),
        because: explainer.because(&pins, &says),
        obstacles,
        own_rule: situation.rule_of_its_own,
        other_partition: situation.other_partition,
        pins,
    }
}

/// The smallest sets of layers that, if they allowed and did not deny, would turn a no into a yes.
fn obstacles(situation: &Situation, says: &Sayings) -> Vec<Vec<Layer>> {
    let resource = situation.resource_layer();
    let layers =
        [Layer::Identity, resource, Layer::Boundary, Layer::Session, Layer::Scp, Layer::Rcp, Layer::Endpoint];
    let mut candidates: Vec<u32> = (1..1 << layers.len()).collect();
    candidates.sort_by_key(|set: &u32| (set.count_ones(), *set));
    let mut found: Vec<u32> = Vec::new();
    for set in candidates {
        let contains_smaller = found.iter().any(|smaller| set & smaller == *smaller);
        if !contains_smaller && combine(situation, &says.with_changed(set)).allowed() == Tri::Yes {
            found.push(set);
        }
    }
    let named = |set: u32| {
        layers.iter().enumerate().filter(move |(bit, _)| set >> bit & 1 == 1).map(|(_, layer)| *layer)
    };
    found.into_iter().map(|set| named(set).collect()).collect()
}

impl Sayings {
    /// The same, if the layers of `set` (bits in the order of `obstacles`) let the request through.
    fn with_changed(&self, set: u32) -> Self {
        let mut says = *self;
        let slots = [
            (0, &mut says.identity),
            (2, &mut says.boundary),
            (3, &mut says.session),
            (4, &mut says.scp),
            (5, &mut says.rcp),
            (6, &mut says.endpoint),
        ];
        for (bit, say) in slots {
            if set >> bit & 1 == 1 {
                *say = Say::FREE;
            }
        }
        if set >> 1 & 1 == 1 {
            says.resource = Grants { itself: Tri::Yes, ..Grants::NONE };
        }
        says
    }
}

struct Explainer<'e> {
    store: &'e PolicyStore,
    request: &'e Request<'e>,
    applicable: &'e Applicable<'e>,
    situation: &'e Situation,
    verdict: Verdict,
}

impl Explainer<'_> {
    fn pins(&self, says: &Sayings, obstacles: &[Vec<Layer>]) -> Vec<Pin> {
        let own_side = has_identity_side(self.situation.kind);
        let resource_layer = self.situation.resource_layer();
        let resource_rule = PrincipalRule::of_resource(self.applicable, self.situation.kind);
        let rcp_rule = PrincipalRule::of_rcp(self.applicable, self.situation.kind);
        let endpoint_rule = PrincipalRule::of_endpoint(self.applicable, self.situation.kind);
        let applicable = self.applicable;
        let documents = |documents: Documents<'_>| match documents {
            Documents::None => (Presence::None, Vec::new()),
            Documents::NotSeen => (Presence::NotSeen, Vec::new()),
            Documents::Some(policies) => (Presence::Seen, policies.to_vec()),
            Documents::Partly(policies) => (Presence::Partly, policies.to_vec()),
        };
        let ladder = |ladder: Ladder<'_>| match ladder {
            Ladder::None => (Presence::None, Vec::new()),
            Ladder::NotSeen => (Presence::NotSeen, Vec::new()),
            Ladder::Levels(levels) => (Presence::Seen, levels.concat()),
        };
        let absent = || (Presence::None, Vec::new());
        let own = |layer: Documents<'_>| if own_side { documents(layer) } else { absent() };
        let resource = match applicable.resource_policy(self.request) {
            ResourcePolicy::None => absent(),
            ResourcePolicy::NotSeen => (Presence::NotSeen, Vec::new()),
            ResourcePolicy::Some(policy) => (Presence::Seen, vec![policy]),
        };
        let given = Tri::from(self.situation.given_by_things);
        let of_resource =
            Say { allow: says.resource.any().and(given), deny: says.resource.deny, ..Say::SILENT };
        let scps = if self.situation.under_scps { ladder(applicable.scps) } else { absent() };
        let rcps = if self.situation.under_rcps { ladder(applicable.rcps) } else { absent() };
        let ignored = PrincipalRule::Ignored;
        let rows = [
            (Layer::Identity, own(applicable.identity), says.identity, ignored),
            (resource_layer, resource, of_resource, resource_rule),
            (Layer::Boundary, own(applicable.boundary), says.boundary, ignored),
            (Layer::Session, own(applicable.session), says.session, ignored),
            (Layer::Scp, scps, says.scp, ignored),
            (Layer::Rcp, rcps, says.rcp, rcp_rule),
            (Layer::Endpoint, documents(applicable.endpoint), says.endpoint, endpoint_rule),
        ];
        rows.into_iter()
            .map(|(layer, (presence, policies), say, rule)| Pin {
                layer,
                state: self.state(layer, presence, say, obstacles),
                silent_levels: if layer == Layer::Scp { self.silent_levels() } else { Vec::new() },
                statements: policies.iter().flat_map(|policy| self.outcomes(*policy, rule)).collect(),
            })
            .collect()
    }

    fn state(&self, layer: Layer, presence: Presence, say: Say, obstacles: &[Vec<Layer>]) -> PinState {
        let in_some = obstacles.iter().any(|set| set.contains(&layer));
        let in_all = !obstacles.is_empty() && obstacles.iter().all(|set| set.contains(&layer));
        let counts = self.verdict != Verdict::Allowed;
        match presence {
            Presence::None if in_all => PinState::Stops,
            Presence::None => PinState::NoSuchLayer,
            Presence::NotSeen => PinState::NotSeen,
            Presence::Seen | Presence::Partly if counts && (say.deny == Tri::Yes || in_some) => {
                PinState::Stops
            }
            Presence::Partly => PinState::NotSeen,
            Presence::Seen if say.allow == Tri::Yes && say.deny == Tri::No => PinState::Turns,
            Presence::Seen if say.allow == Tri::Maybe || say.deny == Tri::Maybe => {
                // An open statement of a layer that cannot turn the answer leaves nothing open.
                if self.verdict == Verdict::Depends { PinState::Depends } else { PinState::NoSuchLayer }
            }
            Presence::Seen => PinState::NoSuchLayer,
        }
    }

    /// The SCP levels where nothing allows.
    fn silent_levels(&self) -> Vec<usize> {
        let (Ladder::Levels(levels), true) = (self.applicable.scps, self.situation.under_scps) else {
            return Vec::new();
        };
        let allows = |level: &[PolicyId]| {
            let mut say = Say::SILENT;
            crate::say::scps(self.store, self.request, Ladder::Levels(&[level]), &mut say);
            say.allow != Tri::No
        };
        levels.iter().enumerate().filter(|(_, level)| !allows(level)).map(|(index, _)| index).collect()
    }

    fn outcomes(&self, policy: PolicyId, rule: PrincipalRule) -> Vec<StatementOutcome> {
        let rows = self.store.statements(policy).iter().enumerate();
        rows.map(|(statement, row)| StatementOutcome {
            policy,
            statement,
            effect: row.effect,
            outcome: self.outcome(
                StatementRef { policy, statement: u32::try_from(statement).unwrap_or(u32::MAX) },
                rule,
            ),
        })
        .collect()
    }

    fn outcome(&self, at: StatementRef, rule: PrincipalRule) -> Match {
        let (store, request) = (self.store, self.request);
        let Some(row) = store.statements(at.policy).get(at.statement as usize) else {
            return Match::NotMatched(Reason::Action);
        };
        if row.faulty && (rule.is_void(row, request) || !store.may_speak_of(row, request.action)) {
            return Match::NotMatched(Reason::Action);
        }
        if row.faulty {
            return Match::Depends(vec![Dependency::Unreadable(at)]);
        }
        let Some(actions) = store.action_set(row).filter(|actions| actions.holds(request.action)) else {
            return Match::NotMatched(Reason::Action);
        };
        if rule.is_void(row, request) {
            return Match::NotMatched(Reason::Resource);
        }
        let mut open = Vec::new();
        let resources = store.resource_set(row);
        match resources.map_or(Tri::Yes, |resources| resources.covers(request)) {
            Tri::No => return Match::NotMatched(Reason::Resource),
            Tri::Maybe => open.extend(resources.iter().flat_map(|set| set.unknown_keys(request))),
            Tri::Yes => {}
        }
        match rule.reach(store, row, request).holds {
            Tri::No => return Match::NotMatched(Reason::Principal),
            Tri::Maybe if rule.is_unread(row) => open.push(Dependency::Unreadable(at)),
            Tri::Maybe => open.push(Dependency::NotSeen(Layer::Boundary)),
            Tri::Yes => {}
        }
        for (clause, number) in store.clause_numbers(row).iter().enumerate() {
            let Some(compiled) = store.clause(*number) else { continue };
            match compiled.holds(request) {
                Tri::No => return Match::NotMatched(Reason::Condition { clause }),
                Tri::Maybe if !compiled.is_understood() => open.push(Dependency::Unreadable(at)),
                Tri::Maybe => open.extend(compiled.unknown_keys(request).into_iter().map(Dependency::Key)),
                Tri::Yes => {}
            }
        }
        if !open.is_empty() {
            open.sort();
            open.dedup();
            return Match::Depends(open);
        }
        let named = store.named(row).filter(|named| !named.negated);
        Match::Matched {
            action: actions.first_match(request.action),
            resource: resources.and_then(|resources| resources.first_match(request)),
            principal: named.and_then(|named| {
                named.entries.iter().position(|entry| {
                    entry.names(request.principal) == named.forms(request.principal).strongest()
                })
            }),
        }
    }

    /// The statements that decide.
    fn because(&self, pins: &[Pin], says: &Sayings) -> Vec<StatementRef> {
        let wanted = match self.verdict {
            Verdict::Allowed => Effect::Allow,
            Verdict::ExplicitlyDenied => Effect::Deny,
            Verdict::ImplicitlyDenied | Verdict::Depends => return Vec::new(),
        };
        if self.situation.rule_of_its_own == Some(OwnRule::NeedsNoPermission) {
            return Vec::new();
        }
        let mut found = Vec::new();
        for pin in pins {
            let of_resource = matches!(pin.layer, Layer::Resource | Layer::Trust);
            if wanted == Effect::Allow && pin.layer != Layer::Identity && !of_resource {
                continue;
            }
            if wanted == Effect::Deny
                && of_resource
                && self.situation.rule_of_its_own == Some(OwnRule::OwnersRoot)
            {
                continue;
            }
            for statement in &pin.statements {
                let at = StatementRef {
                    policy: statement.policy,
                    statement: u32::try_from(statement.statement).unwrap_or(u32::MAX),
                };
                let matched =
                    matches!(statement.outcome, Match::Matched { .. }) && statement.effect == Some(wanted);
                let grants = wanted == Effect::Deny
                    || if of_resource { self.resource_grants(at, says) } else { self.identity_grants(says) };
                if matched && grants {
                    found.push(at);
                }
            }
        }
        found.sort();
        found.dedup();
        found
    }

    /// Do the Allows of identity policies take part in the grant?
    fn identity_grants(&self, says: &Sayings) -> bool {
        if self.situation.same_account == Tri::No {
            return true;
        }
        let ceilings = says.boundary.allow.and(says.session.allow);
        let passes = ceilings == Tri::Yes;
        match self.situation.rules {
            Rules::General | Rules::BothSides => passes,
            Rules::KmsKey | Rules::Trust => passes && says.resource.account == Tri::Yes,
        }
    }

    /// Does this Allow of the resource's policy take part in the grant?
    fn resource_grants(&self, at: StatementRef, says: &Sayings) -> bool {
        let Some(row) = self.store.statements(at.policy).get(at.statement as usize) else { return false };
        let own_side = has_identity_side(self.situation.kind);
        if !self.situation.given_by_things {
            return false;
        }
        if self.situation.same_account == Tri::No || !own_side {
            return true;
        }
        let rule = PrincipalRule::of_resource(self.applicable, self.situation.kind);
        let ceilings = says.boundary.allow.and(says.session.allow) == Tri::Yes;
        let identity = says.identity.allow == Tri::Yes;
        let forms = matches(self.store, row, self.request, rule).forms;
        let itself = self.situation.rules != Rules::Trust
            || self.situation.kind != Kind::User
            || says.boundary.allow == Tri::Yes;
        (forms.has(Form::Itself) && itself)
            || (forms.has(Form::Behind) && ceilings)
            || (forms.has(Form::Account) && ceilings && identity)
    }
}

/// Is a layer there?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    None,
    NotSeen,
    Seen,
    Partly,
}
