//! The decision of one request.

use crate::applicable::Applicable;
use crate::combine::{Outcome, combine, has_identity_side};
use crate::dependency::Dependency;
use crate::matching::PrincipalRule;
use crate::open_question::{Ending, OpenQuestion};
use crate::own_rule::OwnRule;
use crate::plainly_open::is_plainly_open;
use crate::request::Request;
use crate::say::{self, Sayings, StatementRef};
use crate::situation::{Rules, Situation};
use crate::store::PolicyStore;
use crate::tri::Tri;

/// How AWS would decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// It is allowed.
    Allowed,
    /// Nothing allows it. (Where a Deny may match besides, this stays the verdict: the answer is no either way.)
    ImplicitlyDenied,
    /// A Deny statement matches.
    ExplicitlyDenied,
    /// What has not been told or shown decides.
    Depends,
}

/// A verdict, and the first statement that brought it about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// How AWS would decide.
    pub verdict: Verdict,
    /// An Allow statement for [`Verdict::Allowed`], a Deny statement for [`Verdict::ExplicitlyDenied`]. None where no
    /// statement decides: nothing allows, or the caller needs no permission.
    pub because: Option<StatementRef>,
}

/// Decides a request.
///
/// Takes no memory unless an unknown pulls both ways.
pub fn decide(store: &PolicyStore, request: &Request<'_>, applicable: &Applicable<'_>) -> Decision {
    let situation = Situation::of(request, applicable);
    let mut says = Sayings::SILENT;
    ask(store, request, applicable, &situation, &mut says);
    let decision = conclude(&situation, &says, combine(&situation, &says));
    if decision.verdict == Verdict::Depends {
        settle(store, request, applicable, &situation, &says)
    } else {
        decision
    }
}

/// What an open verdict turns on: the smallest set of unknowns that settles every case. Empty for every other verdict.
pub fn depends_on(
    store: &PolicyStore,
    request: &Request<'_>,
    applicable: &Applicable<'_>,
) -> Vec<Dependency> {
    let situation = Situation::of(request, applicable);
    let mut says = Sayings::SILENT;
    ask(store, request, applicable, &situation, &mut says);
    if conclude(&situation, &says, combine(&situation, &says)).verdict != Verdict::Depends {
        return Vec::new();
    }
    match OpenQuestion::new(store, request, applicable, &situation).end() {
        Ending::Settled => Vec::new(),
        Ending::Depends(unknowns) => unknowns,
    }
}

/// Three-valued logic left it open: do the unknowns really decide?
#[cold]
fn settle(
    store: &PolicyStore,
    request: &Request<'_>,
    applicable: &Applicable<'_>,
    situation: &Situation,
    says: &Sayings,
) -> Decision {
    const OPEN: Decision = Decision { verdict: Verdict::Depends, because: None };
    if is_plainly_open(store, request, applicable, situation) {
        return OPEN;
    }
    match OpenQuestion::new(store, request, applicable, situation).settled() {
        Some(Verdict::Allowed) => Decision { verdict: Verdict::Allowed, because: says.allowed_by(situation) },
        Some(verdict) => Decision { verdict, because: None },
        None => OPEN,
    }
}

/// Asks every layer that counts. `says` is [`Sayings::SILENT`]: what a layer denies is held against what stands there.
#[inline]
pub(crate) fn ask(
    store: &PolicyStore,
    request: &Request<'_>,
    applicable: &Applicable<'_>,
    situation: &Situation,
    says: &mut Sayings,
) {
    use say::Say;
    if has_identity_side(situation.kind) {
        say::identity(store, request, applicable.identity, &mut says.identity);
        say::documents(store, request, applicable.boundary, PrincipalRule::Ignored, &mut says.boundary);
        say::session(store, request, applicable.session, &mut says.session);
    } else {
        (says.identity, says.boundary, says.session) = (Say::SILENT, Say::FREE, Say::FREE);
    }
    if situation.under_scps {
        say::scps(store, request, applicable.scps, &mut says.scp);
    } else {
        says.scp = Say::FREE;
    }
    if situation.under_rcps {
        let rule = PrincipalRule::of_rcp(applicable, situation.kind);
        say::rcps(store, request, applicable.rcps, rule, &mut says.rcp);
    } else {
        says.rcp = Say::FREE;
    }
    say::resource(store, request, applicable, &mut says.resource);
    let of_endpoint = PrincipalRule::of_endpoint(applicable, situation.kind);
    say::documents(store, request, applicable.endpoint, of_endpoint, &mut says.endpoint);
}

fn conclude(situation: &Situation, says: &Sayings, outcome: Outcome) -> Decision {
    if outcome.denied == Tri::Yes {
        return Decision { verdict: Verdict::ExplicitlyDenied, because: says.denied_by(situation) };
    }
    match outcome.allowed() {
        Tri::Yes => Decision { verdict: Verdict::Allowed, because: says.allowed_by(situation) },
        Tri::Maybe => Decision { verdict: Verdict::Depends, because: None },
        Tri::No => Decision { verdict: Verdict::ImplicitlyDenied, because: None },
    }
}

impl Sayings {
    /// The first statement that certainly denies.
    fn denied_by(&self, situation: &Situation) -> Option<StatementRef> {
        let layers = [&self.identity, &self.boundary, &self.session, &self.scp, &self.rcp, &self.endpoint];
        let of_resource = (self.resource.deny == Tri::Yes
            && situation.rule_of_its_own != Some(OwnRule::OwnersRoot))
        .then_some(self.resource.denied_by)
        .flatten();
        let first = layers.into_iter().find(|say| say.deny == Tri::Yes).and_then(|say| say.denied_by);
        first.or(of_resource)
    }

    /// The statement that grants; of the two that it takes where both sides have to allow, that of the caller's side.
    fn allowed_by(&self, situation: &Situation) -> Option<StatementRef> {
        let own_side = self.identity.allow.and(self.boundary.allow).and(self.session.allow);
        if matches!(situation.rules, Rules::General | Rules::BothSides) && own_side == Tri::Yes {
            self.identity.allowed_by
        } else {
            self.resource.allowed_by
        }
    }
}
