//! The same policies and the same questions, asked of this engine and of Cedar, in one run.
//!
//! Two thousand roles with four documents each, twelve statements in all, of which most are shared: the identity policies
//! of the engine's own bench. A statement becomes a Cedar policy: `Allow` is `permit`, `Deny` is `forbid`, an action
//! pattern is a group of actions, a resource pattern is `like` on the ARN, a condition is a condition. Cedar has no
//! layers, so there are no boundaries and no control policies here; and it goes through all policies that it is given, so
//! it is given those of the role alone. Both answer from what was made ready before, and before the clock starts they must
//! have given the same answers.

mod questions;

use std::collections::{HashMap, HashSet};

use cedar_policy::{
    Authorizer, Context as CedarContext, Decision, Entities, Entity, EntityUid, Policy, PolicyId as CedarId,
    PolicySet, Request as CedarRequest, RestrictedExpression,
};
use divan::Bencher;

use questions::{Document, Ours, QUESTIONS, ROLES, own, question, shared};

fn main() {
    divan::main();
}

fn documents_of(role: usize) -> [Document; 4] {
    [own(role), shared(role % 200), shared(role * 7 % 200), shared(role * 31 % 200)]
}

struct Cedar {
    authorizer: Authorizer,
    roles: Vec<PolicySet>,
    asked: Vec<(usize, CedarRequest, Entities)>,
}

fn uid(kind: &str, name: &str) -> EntityUid {
    format!("{kind}::{name:?}").parse().expect("the bench writes names")
}

impl Cedar {
    fn new() -> Self {
        let roles = (0..ROLES)
            .map(|role| {
                let texts = documents_of(role).into_iter().flat_map(|document| document.cedar);
                let policies = texts.enumerate().map(|(number, text)| {
                    Policy::parse(Some(CedarId::new(format!("p{number}"))), text)
                        .expect("the bench writes policies")
                });
                PolicySet::from_policies(policies).expect("names differ")
            })
            .collect();
        let asked = (0..QUESTIONS)
            .map(question)
            .map(|asked| {
                let (service, name) = asked.action.split_once(':').expect("an action");
                let verb = &name[..name.find(|c: char| c.is_lowercase()).map_or(0, |_| 3)];
                let groups = [format!("{service}:*"), format!("{service}:{verb}*")];
                let action = uid("Action", asked.action);
                let parents: HashSet<EntityUid> = groups.iter().map(|group| uid("Action", group)).collect();
                let thing = uid("Thing", &asked.arn);
                let arn = RestrictedExpression::new_string(asked.arn.clone());
                let entities = Entities::from_entities(
                    [
                        Entity::new(action.clone(), HashMap::new(), parents).expect("an action"),
                        Entity::new(thing.clone(), HashMap::from([("arn".to_owned(), arn)]), HashSet::new())
                            .expect("a thing"),
                    ],
                    None,
                )
                .expect("they differ");
                let context = CedarContext::from_pairs([
                    ("region".to_owned(), RestrictedExpression::new_string(asked.region.to_owned())),
                    ("via".to_owned(), RestrictedExpression::new_bool(false)),
                    ("team".to_owned(), RestrictedExpression::new_string(format!("t{}", asked.role))),
                ])
                .expect("a context");
                let role = uid("Role", &format!("role-{}", asked.role));
                let request = CedarRequest::new(role, action, thing, context, None).expect("a request");
                (asked.role, request, entities)
            })
            .collect();
        Self { authorizer: Authorizer::new(), roles, asked }
    }

    fn allows(&self, number: usize) -> bool {
        let (role, request, entities) = &self.asked[number];
        self.authorizer.is_authorized(request, &self.roles[*role], entities).decision() == Decision::Allow
    }
}

/// Both, which agree on every question, of which some are a yes and some a no.
fn both() -> (Ours, Cedar) {
    let (ours, cedar) = (Ours::new(), Cedar::new());
    for number in 0..QUESTIONS {
        assert_eq!(ours.allows(number), cedar.allows(number), "question {number}");
    }
    let allowed = (0..QUESTIONS).filter(|number| ours.allows(*number)).count();
    assert!((QUESTIONS / 10..QUESTIONS / 2).contains(&allowed), "{allowed}");
    (ours, cedar)
}

/// The time of this divided by two thousand is the time of one decision.
#[divan::bench]
fn two_thousand_decisions_here(bencher: Bencher<'_, '_>) {
    let (ours, _) = both();
    bencher.bench_local(|| (0..QUESTIONS).filter(|number| ours.allows(*number)).count());
}

/// The same.
#[divan::bench]
fn two_thousand_decisions_of_cedar(bencher: Bencher<'_, '_>) {
    let (_, cedar) = both();
    bencher.bench_local(|| (0..QUESTIONS).filter(|number| cedar.allows(*number)).count());
}
