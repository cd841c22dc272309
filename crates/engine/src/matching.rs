//! Does a statement match a request? Action and resource, then principal, then conditions: cheapest first.

use clavicle_policy::Effect;

use crate::applicable::{Applicable, Documents};
use crate::combine::has_identity_side;
use crate::named::{Form, Forms, Named};
use crate::principal::Kind;
use crate::request::Request;
use crate::sort::Sort;
use crate::store::{PolicyStore, StatementRow};
use crate::tri::Tri;

/// Whether, and in which forms, a statement's principal element takes in the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reach {
    pub(crate) holds: Tri,
    pub(crate) forms: Forms,
}

impl Reach {
    const NOBODY: Self = Self { holds: Tri::No, forms: Forms::NONE };
    /// Whoever it is attached to.
    const BEARER: Self = Self { holds: Tri::Yes, forms: Forms::ITSELF };

    /// AWS refuses a document with such a statement, so nobody can tell what it would mean.
    fn unread_if(self, unread: bool) -> Self {
        if unread { Self { holds: self.holds.at_most_maybe(), ..self } } else { self }
    }
}

/// How the layer that a statement stands in reads its principal element.
#[derive(Debug, Clone, Copy)]
pub(crate) enum PrincipalRule {
    /// Identity policies, boundaries, session policies, SCPs: they have none, and each of their statements has to name
    /// resources. AWS: "IAM JSON policy elements: Resource".
    Ignored,
    /// Resource-based policies. `boundary`: does the caller have a permissions boundary?
    Required { boundary: Tri },
    /// Resource control policies: each of their statements has to name resources too.
    Rcp { boundary: Tri },
    /// Policies of a VPC endpoint, a gateway or not.
    Endpoint { boundary: Tri, gateway: bool },
}

impl PrincipalRule {
    pub(crate) fn of_resource(applicable: &Applicable<'_>, kind: Kind) -> Self {
        Self::Required { boundary: has_boundary(applicable, kind) }
    }

    pub(crate) fn of_rcp(applicable: &Applicable<'_>, kind: Kind) -> Self {
        Self::Rcp { boundary: has_boundary(applicable, kind) }
    }

    pub(crate) fn of_endpoint(applicable: &Applicable<'_>, kind: Kind) -> Self {
        let gateway = applicable.circumstances.gateway_endpoint;
        Self::Endpoint { boundary: has_boundary(applicable, kind), gateway }
    }

    /// Does the statement take in the caller?
    #[inline]
    pub(crate) fn reach(self, store: &PolicyStore, row: &StatementRow, request: &Request<'_>) -> Reach {
        match self {
            Self::Ignored => Reach::BEARER.unread_if(row.lacks_resource()),
            _ if self.is_void(row, request) => Reach::NOBODY,
            Self::Required { boundary } | Self::Endpoint { boundary, gateway: false } => {
                reach_of_named(store, row, request, boundary)
            }
            Self::Rcp { boundary } => {
                reach_of_named(store, row, request, boundary).unread_if(row.lacks_resource())
            }
            Self::Endpoint { boundary, gateway: true } => reach_by_gateway(store, row, request, boundary),
        }
    }

    /// Has the statement no effect at all? AWS: KMS API Reference, PutKeyPolicy: "If either of the required Resource or Action
    /// elements are missing from a key policy statement, the policy statement has no effect".
    pub(crate) fn is_void(self, row: &StatementRow, request: &Request<'_>) -> bool {
        let is_incomplete = row.lacks_action || (row.lacks_resource() && !row.faulty);
        matches!(self, Self::Required { .. }) && is_incomplete && request.resource.sort() == Sort::Key
    }

    /// Where it is open whether the statement takes in the caller: is that so because AWS would not take the statement, and
    /// not because a boundary was not seen?
    pub(crate) fn is_unread(self, row: &StatementRow) -> bool {
        match self {
            Self::Ignored => true,
            Self::Rcp { .. } => row.lacks_resource(),
            Self::Required { .. } | Self::Endpoint { .. } => false,
        }
    }
}

/// Does the `Principal` element take in the caller?
fn reach_of_named(store: &PolicyStore, row: &StatementRow, request: &Request<'_>, boundary: Tri) -> Reach {
    // A statement of a resource-based policy that names nobody matches nobody.
    let Some(named) = store.named(row) else { return Reach::NOBODY };
    reach_of_forms(named, named.forms(request.principal), row, request, boundary)
}

/// The same in the policy of a gateway endpoint. AWS: PrivateLink, "Principals for gateway endpoints": an account means "the AWS
/// account root user only".
fn reach_by_gateway(store: &PolicyStore, row: &StatementRow, request: &Request<'_>, boundary: Tri) -> Reach {
    let Some(named) = store.named(row) else { return Reach::NOBODY };
    let mut forms = named.forms(request.principal);
    if request.principal.kind() != Kind::Root && forms.strongest() == Some(Form::Account) {
        forms = Forms::NONE;
    }
    reach_of_forms(named, forms, row, request, boundary)
}

fn reach_of_forms(
    named: &Named,
    forms: Forms,
    row: &StatementRow,
    request: &Request<'_>,
    boundary: Tri,
) -> Reach {
    let nobody = forms.is_empty();
    match (named.negated, row.effect) {
        (false, _) if nobody => Reach::NOBODY,
        (false, _) => Reach { holds: Tri::Yes, forms },
        // Not supported by AWS; were it evaluated, it would allow everyone who is not listed.
        (true, Some(Effect::Allow)) => Reach { holds: nobody.into(), forms: Forms::ITSELF },
        // AWS: "NotPrincipal" with Deny always denies a principal that has a permissions boundary.
        (true, _) if named.exempts(request.principal) => Reach { holds: boundary, forms: Forms::ITSELF },
        (true, _) => Reach { holds: Tri::Yes, forms: Forms::ITSELF },
    }
}

/// Does the caller have a permissions boundary? Only users and roles can.
fn has_boundary(applicable: &Applicable<'_>, kind: Kind) -> Tri {
    match applicable.boundary {
        _ if !has_identity_side(kind) => Tri::No,
        Documents::None => Tri::No,
        Documents::NotSeen => Tri::Maybe,
        Documents::Some(_) | Documents::Partly(_) => Tri::Yes,
    }
}

/// Do action and resource of the statement cover those of the request?
#[inline]
pub(crate) fn covers(store: &PolicyStore, row: &StatementRow, request: &Request<'_>) -> Tri {
    if !row.every_action && !store.action_set(row).is_some_and(|actions| actions.holds(request.action)) {
        return Tri::No;
    }
    if row.every_resource {
        return Tri::Yes;
    }
    store.resource_set(row).map_or(Tri::Yes, |resources| resources.covers(request))
}

/// Do all clauses of the statement hold?
#[inline]
pub(crate) fn conditions_hold(store: &PolicyStore, row: &StatementRow, request: &Request<'_>) -> Tri {
    let mut all = Tri::Yes;
    for number in store.clause_numbers(row) {
        let Some(clause) = store.clause(*number) else { continue };
        all = all.and(clause.holds(request));
        if all == Tri::No {
            break;
        }
    }
    all
}

/// Does the statement match, and in which forms does it name the caller?
#[inline]
pub(crate) fn matches(
    store: &PolicyStore,
    row: &StatementRow,
    request: &Request<'_>,
    rule: PrincipalRule,
) -> Reach {
    if row.always && matches!(rule, PrincipalRule::Ignored) {
        return Reach::BEARER;
    }
    if row.faulty {
        if rule.is_void(row, request) || !store.may_speak_of(row, request.action) {
            return Reach::NOBODY;
        }
        return Reach { holds: Tri::Maybe, forms: Forms::ITSELF };
    }
    let covered = covers(store, row, request);
    if covered == Tri::No {
        return Reach::NOBODY;
    }
    let reach = rule.reach(store, row, request);
    if reach.holds == Tri::No {
        return reach;
    }
    let holds = covered.and(reach.holds).and(conditions_hold(store, row, request));
    Reach { holds, forms: reach.forms }
}
