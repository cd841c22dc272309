//! From what the layers say to the result.
//!
//! Order does not change the result: any Deny of a layer that counts wins, every ceiling has to allow, and then one
//! path has to grant. Within an account that is the identity path or the resource path; across accounts both sides
//! have to grant. AWS: IAM User Guide, "Policy evaluation logic" and "Cross-account policy evaluation logic".

use crate::own_rule::OwnRule;
use crate::principal::Kind;
use crate::say::Sayings;
use crate::situation::{Rules, Situation};
use crate::tri::Tri;

/// The logic in which layers are combined. The rules are written once: [`Tri`] is the logic of one request, and whoever
/// asks about all requests at once brings formulas.
pub trait Logic: Clone {
    /// A fact that does not turn on policies.
    fn of(fact: Tri) -> Self;
    /// Both hold.
    #[must_use]
    fn and(self, other: Self) -> Self;
    /// At least one holds.
    #[must_use]
    fn or(self, other: Self) -> Self;
    /// It does not hold.
    #[must_use]
    fn not(self) -> Self;
    /// What both say, where they say the same; else it is open.
    #[must_use]
    fn agreed(self, other: Self) -> Self;
}

impl Logic for Tri {
    #[inline]
    fn of(fact: Tri) -> Self {
        fact
    }
    #[inline]
    fn and(self, other: Self) -> Self {
        Self::and(self, other)
    }
    #[inline]
    fn or(self, other: Self) -> Self {
        Self::or(self, other)
    }
    #[inline]
    fn not(self) -> Self {
        Self::not(self)
    }
    #[inline]
    fn agreed(self, other: Self) -> Self {
        if self == other { self } else { Self::Maybe }
    }
}

/// What the layers come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome<L = Tri> {
    /// Would it be allowed if nothing denied?
    pub permitted: L,
    /// Does a Deny statement match?
    pub denied: L,
}

impl<L: Logic> Outcome<L> {
    /// Permitted, and not denied.
    pub fn allowed(self) -> L {
        self.permitted.and(self.denied.not())
    }
}

/// Combines what the layers say.
#[inline]
pub fn combine<L: Logic>(situation: &Situation, says: &Sayings<L>) -> Outcome<L> {
    let mut policy_deny = says.resource.deny.clone();
    let mut permitted = grant(situation, says).and(L::of(situation.root_access));
    match situation.rule_of_its_own {
        Some(OwnRule::NeedsNoPermission) => {
            return Outcome { permitted: L::of(Tri::Yes), denied: L::of(Tri::No) };
        }
        Some(
            OwnRule::CannotBeChanged
            | OwnRule::RootCannotAssumeRoles
            | OwnRule::NeedsLongTermCredentials
            | OwnRule::NeedsCredentials,
        ) => permitted = L::of(Tri::No),
        Some(OwnRule::OwnersRoot) => policy_deny = L::of(Tri::No),
        None => {}
    }
    let mut denied = policy_deny.or(says.endpoint.deny.clone());
    permitted = permitted.and(says.endpoint.allow.clone());
    if has_identity_side(situation.kind) {
        denied = denied
            .or(says.identity.deny.clone())
            .or(says.boundary.deny.clone())
            .or(says.session.deny.clone());
    }
    if situation.under_scps {
        denied = denied.or(says.scp.deny.clone());
        permitted = permitted.and(says.scp.allow.clone());
    }
    if situation.under_rcps {
        denied = denied.or(says.rcp.deny.clone());
    }
    Outcome { permitted, denied }
}

/// Do identity policies, boundary and session policies speak for such a caller? The root user has none.
pub(crate) fn has_identity_side(kind: Kind) -> bool {
    matches!(kind, Kind::User | Kind::Role | Kind::Session | Kind::FederatedUser)
}

/// Does a path grant?
fn grant<L: Logic>(situation: &Situation, says: &Sayings<L>) -> L {
    if !has_identity_side(situation.kind) && situation.kind != Kind::Root {
        // Services, federated and anonymous callers have no identity side: the resource's policy alone grants. Nobody in
        // particular belongs to no account.
        let nobody = situation.kind == Kind::Anonymous && !situation.effective_across_accounts;
        if nobody || !situation.given_by_things {
            return L::of(Tri::No);
        }
        let blocked = restricted(situation, says, situation.kind == Kind::Service);
        return says.resource.itself.clone().and(blocked.not());
    }
    // An account id means another account in another partition.
    if situation.other_partition {
        return L::of(Tri::No);
    }
    match situation.same_account {
        Tri::Yes => within_account(situation, says),
        Tri::No => across_accounts(situation, says),
        Tri::Maybe => within_account(situation, says).agreed(across_accounts(situation, says)),
    }
}

/// Does `RestrictPublicBuckets` keep the caller out? AWS: S3 User Guide, "Blocking public access": with a public policy
/// only AWS services and the owner's account pass.
fn restricted<L: Logic>(situation: &Situation, says: &Sayings<L>, passes: bool) -> L {
    L::of(Tri::from(situation.restrict_public && !passes)).and(says.resource.public.clone())
}

fn within_account<L: Logic>(situation: &Situation, says: &Sayings<L>) -> L {
    let root = situation.kind == Kind::Root;
    let free = || L::of(Tri::Yes);
    let identity = if root { free() } else { says.identity.allow.clone() };
    let (boundary, session) =
        if root { (free(), free()) } else { (says.boundary.allow.clone(), says.session.allow.clone()) };
    let ceilings = boundary.clone().and(session);
    let mut itself = says.resource.itself.clone();
    // AWS, "Update a role trust policy": a user's boundary has to allow sts:AssumeRole even if the policy names the user.
    if situation.rules == Rules::Trust && situation.kind == Kind::User {
        itself = itself.and(boundary);
    }
    let own_path = identity.and(ceilings.clone());
    if !situation.given_by_things {
        return own_path;
    }
    let resource_path = itself.or(says.resource.behind.clone().and(ceilings)).or(says
        .resource
        .account
        .clone()
        .and(own_path.clone()));
    match situation.rules {
        Rules::General => own_path.or(resource_path),
        Rules::BothSides => own_path.and(says.resource.any()),
        Rules::Trust => resource_path,
        Rules::KmsKey => resource_path.or(L::of(situation.granted)),
    }
}

fn across_accounts<L: Logic>(situation: &Situation, says: &Sayings<L>) -> L {
    if !situation.effective_across_accounts {
        return L::of(Tri::No);
    }
    let own_side = match situation.kind {
        Kind::Root => L::of(Tri::Yes),
        _ => says.identity.allow.clone().and(says.boundary.allow.clone()).and(says.session.allow.clone()),
    };
    let let_in = own_side.and(says.resource.any()).and(restricted(situation, says, false).not());
    let_in.or(L::of(situation.granted))
}
