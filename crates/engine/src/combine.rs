//! From what the layers say to the result.
//!
//! Order does not change the result: any Deny of a layer that counts wins, every ceiling has to allow, and then one
//! path has to grant. Within an account that is the identity path or the resource path; across accounts both sides
//! have to grant. AWS: IAM User Guide, "Policy evaluation logic" and "Cross-account policy evaluation logic".

use crate::principal::Kind;
use crate::say::Sayings;
use crate::situation::{OwnRule, Rules, Situation};
use crate::tri::Tri;

/// What the layers come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Would it be allowed if nothing denied?
    pub(crate) permitted: Tri,
    /// Does a Deny statement match?
    pub(crate) denied: Tri,
}

impl Outcome {
    pub(crate) fn allowed(self) -> Tri {
        self.permitted.and(self.denied.not())
    }
}

/// Combines what the layers say.
#[inline]
pub(crate) fn combine(situation: &Situation, says: &Sayings) -> Outcome {
    let mut policy_deny = says.resource.deny;
    let mut permitted = grant(situation, says).and(situation.root_access);
    match situation.rule_of_its_own {
        Some(OwnRule::NeedsNoPermission) => return Outcome { permitted: Tri::Yes, denied: Tri::No },
        Some(
            OwnRule::CannotBeChanged | OwnRule::RootCannotAssumeRoles | OwnRule::NeedsLongTermCredentials,
        ) => permitted = Tri::No,
        Some(OwnRule::BucketOwnersRoot) => policy_deny = Tri::No,
        None => {}
    }
    let mut denied = policy_deny.or(says.endpoint.deny);
    permitted = permitted.and(says.endpoint.allow);
    if has_identity_side(situation.kind) {
        denied = denied.or(says.identity.deny).or(says.boundary.deny).or(says.session.deny);
    }
    if situation.under_scps {
        denied = denied.or(says.scp.deny);
        permitted = permitted.and(says.scp.allow);
    }
    if situation.under_rcps {
        denied = denied.or(says.rcp.deny);
    }
    Outcome { permitted, denied }
}

/// Do identity policies, boundary and session policies speak for such a caller? The root user has none.
pub(crate) fn has_identity_side(kind: Kind) -> bool {
    matches!(kind, Kind::User | Kind::Role | Kind::Session | Kind::FederatedUser)
}

/// Does a path grant?
fn grant(situation: &Situation, says: &Sayings) -> Tri {
    if !has_identity_side(situation.kind) && situation.kind != Kind::Root {
        // Services, federated and anonymous callers have no identity side: the resource's policy alone grants. Nobody in
        // particular belongs to no account.
        if situation.kind == Kind::Anonymous && !situation.effective_across_accounts {
            return Tri::No;
        }
        let blocked = restricted(situation, says, situation.kind == Kind::Service);
        return says.resource.itself.and(blocked.not());
    }
    // An account id means another account in another partition.
    if situation.other_partition {
        return Tri::No;
    }
    match situation.same_account {
        Tri::Yes => within_account(situation, says),
        Tri::No => across_accounts(situation, says),
        Tri::Maybe => {
            let (same, other) = (within_account(situation, says), across_accounts(situation, says));
            if same == other { same } else { Tri::Maybe }
        }
    }
}

/// Does `RestrictPublicBuckets` keep the caller out? AWS: S3 User Guide, "Blocking public access": with a public policy
/// only AWS services and the owner's account pass.
fn restricted(situation: &Situation, says: &Sayings, passes: bool) -> Tri {
    Tri::from(situation.restrict_public && !passes).and(says.resource.public)
}

fn within_account(situation: &Situation, says: &Sayings) -> Tri {
    let root = situation.kind == Kind::Root;
    let identity = if root { Tri::Yes } else { says.identity.allow };
    let (boundary, session) =
        if root { (Tri::Yes, Tri::Yes) } else { (says.boundary.allow, says.session.allow) };
    let ceilings = boundary.and(session);
    let mut itself = says.resource.itself;
    // AWS, "Update a role trust policy": a user's boundary has to allow sts:AssumeRole even if the policy names the user.
    if situation.rules == Rules::Trust && situation.kind == Kind::User {
        itself = itself.and(boundary);
    }
    let resource_path =
        itself.or(says.resource.behind.and(ceilings)).or(says.resource.account.and(identity).and(ceilings));
    match situation.rules {
        Rules::General => identity.and(ceilings).or(resource_path),
        Rules::Trust => resource_path,
        Rules::KmsKey => resource_path.or(situation.granted),
    }
}

fn across_accounts(situation: &Situation, says: &Sayings) -> Tri {
    if !situation.effective_across_accounts {
        return Tri::No;
    }
    let own_side = match situation.kind {
        Kind::Root => Tri::Yes,
        _ => says.identity.allow.and(says.boundary.allow).and(says.session.allow),
    };
    own_side.and(says.resource.any()).and(restricted(situation, says, false).not()).or(situation.granted)
}
