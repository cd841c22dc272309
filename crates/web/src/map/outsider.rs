//! Those who are not of the account, or of no account at all, as shapes.

use std::collections::BTreeMap;

use clavicle_graph::Actor;
use clavicle_policy::AccountId;

use super::atom::{Atom, Facts, KEYS, Key, Member};
use super::page::ShapeKind;
use super::people::People;

/// The atoms of outsiders so far.
#[derive(Debug, Default)]
pub(crate) struct Outsiders {
    atoms: BTreeMap<Who, u32>,
}

/// Who is drawn as one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Everyone,
    /// By name, and the word for its kind.
    Provider(String, &'static str),
    Account(AccountId),
    Other(String),
    /// Another account of the snapshot.
    Ours(AccountId),
}

/// How somebody outside is drawn.
pub(crate) fn kind(actor: &Actor) -> ShapeKind {
    match actor {
        Actor::Everyone => ShapeKind::Everyone,
        Actor::Provider(_) => ShapeKind::Provider,
        Actor::Service(_) => ShapeKind::Service,
        Actor::Principal(_) | Actor::Root(_) => ShapeKind::Stub,
        Actor::OutsideAccount(_) | Actor::Unseen(_) | Actor::CanonicalUser(_) => ShapeKind::Outside,
    }
}

impl Outsiders {
    /// The atom of somebody, made when first needed. Identities of another account that was seen are one stub.
    pub(crate) fn atom(
        &mut self,
        people: &dyn People,
        facts: &mut Facts,
        column: usize,
        actor: &Actor,
    ) -> u32 {
        let world = people.world();
        let key = match actor {
            Actor::Everyone => Who::Everyone,
            Actor::Provider(arn) => {
                let (name, word) = provider(arn);
                Who::Provider(name, word)
            }
            _ => match world.account_of(actor) {
                Some(account) if kind(actor) == ShapeKind::Stub => Who::Ours(account),
                Some(account) => Who::Account(account),
                None => Who::Other(people.actor(actor).name),
            },
        };
        let member = Member::Actor(actor.clone());
        if let Some(at) = self.atoms.get(&key) {
            let atom = &mut facts.atoms[*at as usize];
            if !atom.members.contains(&member) {
                atom.members.push(member);
            }
            return *at;
        }
        let known = people.known(actor);
        let kind = kind(actor);
        let stub = matches!(key, Who::Ours(_));
        let label = match (&key, &known) {
            (Who::Ours(_), _) => None,
            (_, Some(known)) => Some(known.clone()),
            (Who::Everyone, _) => Some("everyone".to_owned()),
            (Who::Provider(name, _), _) => Some(name.clone()),
            (Who::Account(account), _) => Some(account.to_string()),
            (Who::Other(name), _) => Some(name.clone()),
        };
        let sub = match (&key, &known) {
            (Who::Ours(_), _) => None,
            (Who::Everyone, _) => Some("no sign-in".to_owned()),
            (Who::Provider(_, word), _) => Some((*word).to_owned()),
            (_, Some(_)) => Some("known".to_owned()),
            (Who::Account(_), None) => Some("unknown account".to_owned()),
            (Who::Other(_), None) => Some("unknown".to_owned()),
        };
        let mark = people.severity(actor);
        let own = format!("{key:?}");
        let levels = [format!("{kind:?} {}", known.is_some()), format!("{kind:?}"), "outside".to_owned()];
        let own = std::iter::repeat_n(own, KEYS - levels.len());
        let keys = own.chain(levels).map(Key::new).collect();
        let at = facts.add(Atom {
            column,
            kind,
            members: vec![member],
            label,
            sub,
            noun: if stub { "other account".to_owned() } else { noun(kind).to_owned() },
            keys,
            weight: mark.map_or(0, |mark| 2 + mark as u32) + u32::from(kind == ShapeKind::Everyone) * 2,
            known: (kind == ShapeKind::Outside).then_some(known.is_some()),
            mark,
            crown: None,
            account: match key {
                Who::Ours(account) => Some(account),
                _ => None,
            },
            unit: None,
            outside: !stub,
            unseen: false,
        });
        self.atoms.insert(key, at);
        at
    }
}

fn noun(kind: ShapeKind) -> &'static str {
    match kind {
        ShapeKind::Provider => "identity provider",
        ShapeKind::Service => "service",
        _ => "outside account",
    }
}

/// An identity provider for people: its name, and what kind it is.
fn provider(arn: &str) -> (String, &'static str) {
    if let Some((_, name)) = arn.split_once(":saml-provider/") {
        // IAM Identity Center sets up one of these in every account.
        let by_sso = name.starts_with("AWSSSO_");
        return if by_sso { ("Identity Center".to_owned(), "SSO") } else { (name.to_owned(), "SAML") };
    }
    let host = arn.split_once(":oidc-provider/").map_or(arn, |(_, host)| host);
    let name = match host {
        "token.actions.githubusercontent.com" => "GitHub Actions",
        "cognito-identity.amazonaws.com" => "Cognito",
        _ => host,
    };
    (name.to_owned(), "OIDC")
}
