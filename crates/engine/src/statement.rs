//! One statement asked by itself, whatever stands beside it.
//!
//! [`decide`](crate::decide) combines layers; a comparison of two documents wants to know of each statement whether it
//! matches a request, and no more.

use crate::applicable::{Applicable, Layer};
use crate::matching::{PrincipalRule, matches};
use crate::named::Form;
use crate::request::Request;
use crate::say::StatementRef;
use crate::store::PolicyStore;
use crate::tri::Tri;
use crate::{Action, Context, Principal, Resource};

/// How a document reads the principal elements of its statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Principals {
    /// Identity policies, boundaries, session policies, SCPs: they have none, and speak of whom they are attached to.
    Ignored,
    /// Resource-based policies: a statement that names nobody matches nobody. The caller has no permissions boundary.
    Required,
}

impl Principals {
    fn rule(self) -> PrincipalRule {
        match self {
            Self::Ignored => PrincipalRule::Ignored,
            Self::Required => PrincipalRule::Required { boundary: Tri::No },
        }
    }
}

/// Does the statement match the request? A statement that is not there does not.
pub fn statement_matches(
    store: &PolicyStore,
    request: &Request<'_>,
    statement: StatementRef,
    principals: Principals,
) -> Tri {
    let row = store.statements(statement.policy).get(statement.statement as usize);
    row.map_or(Tri::No, |row| matches(store, row, request, principals.rule()).holds)
}

/// Does the statement of a resource-based policy take in the caller, whatever else it asks?
pub fn takes_in(store: &PolicyStore, principal: &Principal, statement: StatementRef) -> Tri {
    let Some(row) = store.statements(statement.policy).get(statement.statement as usize) else {
        return Tri::No;
    };
    // Only the caller of the request is looked at.
    let (action, resource, context) = (Action::new(""), Resource::new("*", None), Context::exact());
    let request = Request::exact(principal, &action, &resource, &context);
    Principals::Required.rule().reach(store, row, &request).holds
}

/// Whether a statement of a layer holds, and in which forms its principal element names the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// Does it hold?
    pub holds: Tri,
    /// It names the caller itself, or everyone, or no principals count in the layer.
    pub itself: bool,
    /// It names the role or user behind the caller.
    pub behind: bool,
    /// It names the caller's account.
    pub account: bool,
}

/// Does the statement hold for the request where it stands in this layer? `whole`: or else only what it says of
/// the caller.
pub fn hold_in_layer(
    store: &PolicyStore,
    request: &Request<'_>,
    applicable: &Applicable<'_>,
    statement: StatementRef,
    layer: Layer,
    whole: bool,
) -> Hold {
    let kind = request.principal.kind();
    let rule = match layer {
        Layer::Identity | Layer::Boundary | Layer::Session | Layer::Scp => PrincipalRule::Ignored,
        Layer::Trust | Layer::Resource => PrincipalRule::of_resource(applicable, kind),
        Layer::Rcp => PrincipalRule::of_rcp(applicable, kind),
        Layer::Endpoint => PrincipalRule::of_endpoint(applicable, kind),
    };
    let row = store.statements(statement.policy).get(statement.statement as usize);
    let Some(row) = row else {
        return Hold { holds: Tri::No, itself: false, behind: false, account: false };
    };
    let reach = if whole { matches(store, row, request, rule) } else { rule.reach(store, row, request) };
    let named = |form| reach.forms.has(form);
    Hold {
        holds: reach.holds,
        itself: named(Form::Itself),
        behind: named(Form::Behind),
        account: named(Form::Account),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Applicable, Documents, Verdict, decide};

    #[test]
    fn a_statement_is_asked_without_its_neighbours() {
        let text = r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
            {"Effect": "Deny", "Principal": {"AWS": "111122223333"}, "Action": "*", "Resource": "arn:aws:s3:::b/*"}]}"#;
        let mut store = PolicyStore::new();
        let policy = store.add(&clavicle_policy::parse(text.as_bytes()).policy.expect("a policy"));
        let [own, other] = ["111122223333", "444455556666"].map(|account| {
            Principal::from_arn(&format!("arn:aws:iam::{account}:user/dana")).expect("a caller")
        });
        let (action, resource) = (Action::new("s3:GetObject"), Resource::new("arn:aws:s3:::b/k", None));
        let context = Context::exact();
        let asked = |principal, place, principals| {
            let request = Request::exact(principal, &action, &resource, &context);
            statement_matches(&store, &request, StatementRef { policy, statement: place }, principals)
        };
        assert_eq!(asked(&own, 0, Principals::Ignored), Tri::Yes);
        assert_eq!(asked(&own, 0, Principals::Required), Tri::No);
        assert_eq!(asked(&own, 1, Principals::Required), Tri::Yes);
        assert_eq!(asked(&other, 1, Principals::Required), Tri::No);
        assert_eq!(asked(&other, 1, Principals::Ignored), Tri::Yes);
        assert_eq!(asked(&own, 7, Principals::Ignored), Tri::No);
        let takes = |principal, statement| takes_in(&store, principal, StatementRef { policy, statement });
        assert_eq!((takes(&own, 1), takes(&other, 1), takes(&own, 0)), (Tri::Yes, Tri::No, Tri::No));
    }

    /// An Allow of everything is told at a glance where a document has it: not where it was taken away.
    #[test]
    fn what_was_taken_away_says_nothing_any_more() {
        let everything = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
        let deny = r#"{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}"#;
        let dana = Principal::from_arn("arn:aws:iam::111122223333:user/dana").expect("a caller");
        let (action, resource) =
            (Action::new("s3:GetObject"), Resource::new("arn:aws:s3:::b/k", dana.account()));
        let context = Context::exact();
        for (statements, away, verdict) in [
            (everything.to_owned(), 0, Verdict::ImplicitlyDenied),
            (format!("{deny}, {everything}"), 0, Verdict::Allowed),
            (format!("{deny}, {everything}"), 1, Verdict::ExplicitlyDenied),
            (format!("{everything}, {everything}"), 0, Verdict::Allowed),
        ] {
            let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
            let mut store = PolicyStore::new();
            let policy = store.add(&clavicle_policy::parse(text.as_bytes()).policy.expect("a policy"));
            let rest = store.without(&[StatementRef { policy, statement: away }]);
            let request = Request::exact(&dana, &action, &resource, &context);
            let applicable = Applicable { identity: Documents::Some(&[policy]), ..Applicable::default() };
            assert_eq!(decide(&rest, &request, &applicable).verdict, verdict, "{statements} without {away}");
        }
    }
}
