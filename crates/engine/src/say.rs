//! What each layer says of a request, before the layers are combined.

use clavicle_policy::Effect;

use crate::applicable::{Applicable, Documents, Ladder, ResourcePolicy};
use crate::combine::Logic;
use crate::matching::{PrincipalRule, matches};
use crate::named::Form;
use crate::principal::Kind;
use crate::request::Request;
use crate::store::{PolicyId, PolicyStore};
use crate::tri::Tri;

/// A statement of a [`PolicyStore`]: the document, and the place in it, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StatementRef {
    /// The document.
    pub policy: PolicyId,
    /// The place of the statement in it, from 0.
    pub statement: u32,
}

/// What one layer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Say<L = Tri> {
    /// Does an Allow match?
    pub allow: L,
    /// Does a Deny match?
    pub deny: L,
    /// The first Allow that matches.
    pub allowed_by: Option<StatementRef>,
    /// The first Deny that matches.
    pub denied_by: Option<StatementRef>,
}

impl Say {
    /// No such layer: it restricts nothing.
    pub(crate) const FREE: Self = Self { allow: Tri::Yes, deny: Tri::No, allowed_by: None, denied_by: None };
    /// Neither allows nor denies.
    pub(crate) const SILENT: Self = Self { allow: Tri::No, ..Self::FREE };
    /// Nobody has shown the layer.
    pub(crate) const UNSEEN: Self = Self { allow: Tri::Maybe, deny: Tri::Maybe, ..Self::FREE };
}

/// What the policy of the resource says: allows by the form in which they name the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grants<L = Tri> {
    /// An Allow names the caller itself, or everyone.
    pub itself: L,
    /// An Allow names the role or user behind the caller.
    pub behind: L,
    /// An Allow names the caller's account.
    pub account: L,
    /// A Deny matches.
    pub deny: L,
    /// The Allow that needs least besides.
    pub allowed_by: Option<StatementRef>,
    /// The first Deny that matches.
    pub denied_by: Option<StatementRef>,
    /// Amazon S3 would call the policy public.
    pub public: L,
}

impl Grants {
    pub(crate) const NONE: Self = Self {
        itself: Tri::No,
        behind: Tri::No,
        account: Tri::No,
        deny: Tri::No,
        allowed_by: None,
        denied_by: None,
        public: Tri::No,
    };
    pub(crate) const UNSEEN: Self = Self {
        itself: Tri::Maybe,
        behind: Tri::Maybe,
        account: Tri::Maybe,
        deny: Tri::Maybe,
        public: Tri::Maybe,
        ..Self::NONE
    };
}

impl<L: Logic> Grants<L> {
    /// Does it allow in any form?
    pub fn any(&self) -> L {
        self.itself.clone().or(self.behind.clone()).or(self.account.clone())
    }
}

impl Sayings {
    /// Nothing is allowed, and nothing denied, by any layer.
    pub(crate) const SILENT: Self = Self {
        identity: Say::SILENT,
        boundary: Say::SILENT,
        session: Say::SILENT,
        scp: Say::SILENT,
        rcp: Say::SILENT,
        resource: Grants::NONE,
        endpoint: Say::SILENT,
    };
}

/// What all layers say.
#[derive(Debug, Clone, Copy)]
pub struct Sayings<L = Tri> {
    /// Identity-based policies.
    pub identity: Say<L>,
    /// The permissions boundary.
    pub boundary: Say<L>,
    /// Session policies.
    pub session: Say<L>,
    /// Service control policies.
    pub scp: Say<L>,
    /// Resource control policies of customers only deny.
    pub rcp: Say<L>,
    /// The policy of the resource.
    pub resource: Grants<L>,
    /// VPC endpoint policies.
    pub endpoint: Say<L>,
}

// What layers say is written where it is read: to hand it over would mean to move what has just been written in small pieces,
// for which the processor waits.

/// What the documents of one layer say together.
#[inline]
pub(crate) fn documents(
    store: &PolicyStore,
    request: &Request<'_>,
    documents: Documents<'_>,
    rule: PrincipalRule,
    say: &mut Say,
) {
    match documents {
        Documents::None => *say = Say::FREE,
        Documents::NotSeen => *say = Say::UNSEEN,
        Documents::Some(policies) => {
            (say.allow, say.deny) = policies_say(store, request, policies, rule, say);
        }
        Documents::Partly(policies) => {
            let (allow, deny) = policies_say(store, request, policies, rule, say);
            (say.allow, say.deny) = (allow.or(Tri::Maybe), deny.or(Tri::Maybe));
        }
    }
}

/// What the identity layer says: unlike a ceiling, it allows nothing where it does not exist.
#[inline]
pub(crate) fn identity(store: &PolicyStore, request: &Request<'_>, policies: Documents<'_>, say: &mut Say) {
    match policies {
        Documents::None => *say = Say::SILENT,
        seen => documents(store, request, seen, PrincipalRule::Ignored, say),
    }
}

/// What the session policies say. AWS, "Permissions for GetFederationToken": to a federated-user session nothing is
/// allowed unless a session policy was passed, save what names the session itself.
#[inline]
pub(crate) fn session(store: &PolicyStore, request: &Request<'_>, policies: Documents<'_>, say: &mut Say) {
    match policies {
        Documents::None if request.principal.kind() == Kind::FederatedUser => *say = Say::SILENT,
        seen => documents(store, request, seen, PrincipalRule::Ignored, say),
    }
}

/// Does an Allow of these match, and does a Deny? Puts into `say` which, of a Deny only if it is more certain than what was
/// known of denies, and says nothing else there.
fn policies_say(
    store: &PolicyStore,
    request: &Request<'_>,
    policies: &[PolicyId],
    rule: PrincipalRule,
    say: &mut Say,
) -> (Tri, Tri) {
    let (mut allow, mut deny) = (Tri::No, say.deny);
    let scope = request.action.scope();
    let is_ignored = matches!(rule, PrincipalRule::Ignored);
    for policy in policies {
        let Some(document) = store.policy(*policy) else { continue };
        // Many documents, most of all those of ceilings, allow everything and deny little: a glance tells.
        if let (true, Some(statement)) = (is_ignored && allow != Tri::Yes, document.open()) {
            allow = Tri::Yes;
            say.allowed_by = Some(StatementRef { policy: *policy, statement });
        }
        let may = match allow {
            Tri::Yes => document.may_restrict(scope),
            _ => document.may_speak_of(scope),
        };
        if !may {
            continue;
        }
        for (index, row) in store.speaking_in(document, scope) {
            // A statement that would tell nothing new need not be asked.
            if row.effect == Some(Effect::Allow) && allow == Tri::Yes {
                continue;
            }
            let found = matches(store, row, request, rule).holds;
            if found == Tri::No {
                continue;
            }
            let reference = Some(StatementRef { policy: *policy, statement: index });
            if row.effect != Some(Effect::Deny) && found > allow {
                allow = found;
                say.allowed_by = reference;
            }
            if row.effect != Some(Effect::Allow) && found > deny {
                deny = found;
                say.denied_by = reference;
                if found == Tri::Yes {
                    return (allow, deny);
                }
            }
        }
    }
    (allow, deny)
}

/// What the levels of service control policies say: every level has to allow, any may deny.
#[inline]
pub(crate) fn scps(store: &PolicyStore, request: &Request<'_>, ladder: Ladder<'_>, say: &mut Say) {
    match ladder {
        Ladder::None => *say = Say::FREE,
        Ladder::NotSeen => *say = Say::UNSEEN,
        Ladder::Levels(levels) => {
            say.allow = Tri::Yes;
            for level in levels {
                say.allowed_by = None;
                let (allow, deny) = policies_say(store, request, level, PrincipalRule::Ignored, say);
                say.allow = say.allow.and(allow);
                say.deny = deny;
                if deny == Tri::Yes {
                    break;
                }
            }
        }
    }
}

/// What the levels of resource control policies say. AWS attaches a policy that allows everything at every level, and
/// nobody can detach it: those of customers only deny.
#[inline]
pub(crate) fn rcps(
    store: &PolicyStore,
    request: &Request<'_>,
    ladder: Ladder<'_>,
    rule: PrincipalRule,
    say: &mut Say,
) {
    *say = Say::FREE;
    match ladder {
        Ladder::None => {}
        Ladder::NotSeen => say.deny = Tri::Maybe,
        Ladder::Levels(levels) => {
            for level in levels {
                (_, say.deny) = policies_say(store, request, level, rule, say);
            }
            say.allowed_by = None;
        }
    }
}

/// What the policy of the resource says.
#[inline]
pub(crate) fn resource(
    store: &PolicyStore,
    request: &Request<'_>,
    applicable: &Applicable<'_>,
    grants: &mut Grants,
) {
    *grants = Grants::NONE;
    let policy = match applicable.resource_policy(request) {
        ResourcePolicy::None => return,
        ResourcePolicy::NotSeen => {
            *grants = Grants::UNSEEN;
            return;
        }
        ResourcePolicy::Some(policy) => policy,
    };
    let mut strongest = (Tri::No, None);
    grants.public = store.policy(policy).is_some_and(|row| row.public).into();
    let rule = PrincipalRule::of_resource(applicable, request.principal.kind());
    for (index, row) in store.speaking(policy, request.action) {
        let reach = matches(store, row, request, rule);
        if reach.holds == Tri::No {
            continue;
        }
        let reference = Some(StatementRef { policy, statement: index });
        if row.effect != Some(Effect::Deny) {
            for (form, slot) in [
                (Form::Itself, &mut grants.itself),
                (Form::Behind, &mut grants.behind),
                (Form::Account, &mut grants.account),
            ] {
                if reach.forms.has(form) {
                    *slot = (*slot).or(reach.holds);
                }
            }
            // The strongest is told, and what is certain before what is not.
            let strength = (reach.holds, reach.forms.strongest());
            if strength > strongest {
                (strongest, grants.allowed_by) = (strength, reference);
            }
        }
        if row.effect != Some(Effect::Allow) && reach.holds > grants.deny {
            grants.deny = reach.holds;
            grants.denied_by = reference;
        }
    }
}
