//! Decides one AWS request as IAM does, and explains the decision.
//!
//! A world's policies are compiled once into a [`PolicyStore`]. A [`Request`] is who asks ([`Principal`]), what for
//! ([`Action`]), on what ([`Resource`]) and in which [`Context`]; [`Applicable`] says which documents of the store bear
//! on it, layer by layer. [`decide`] answers with a [`Verdict`].
//!
//! Nothing here reads a file, knows an account or remembers a request. What has not been told or shown is *unknown*,
//! and where it could turn the answer the verdict is [`Verdict::Depends`], never a silent yes or no.
//!
//! AWS: IAM User Guide, "Policy evaluation logic".

mod across_accounts;
mod action;
mod action_set;
mod address;
mod applicable;
mod arn_pattern;
mod asked_of_caller;
mod beginning;
mod clause;
mod combine;
mod condition;
mod context;
mod decide;
mod decimal;
mod dependency;
mod derive;
mod elements;
mod explain;
mod key;
mod listed;
mod matching;
mod multivalued;
mod named;
mod open_question;
mod own_rule;
mod owner_told;
mod partition;
mod pattern;
mod plainly_open;
mod principal;
mod public;
mod relation;
mod request;
mod resource;
mod say;
mod scope;
mod short_form;
pub mod simulate;
mod situation;
mod sort;
mod statement;
mod store;
mod tri;
mod variable;
mod walk;

pub use action::Action;
pub use address::Range as AddressRange;
pub use applicable::{Applicable, Circumstances, Documents, Ladder, Layer, ResourcePolicy};
pub use asked_of_caller::{AskedOfCaller, CallersAnswers};
pub use clavicle_policy::{AccountId, Instant};
pub use combine::{Logic, Outcome, combine};
pub use condition::{clauses_hold, open_clauses};
pub use context::{Context, Fact, Rest};
pub use decide::{Decision, Verdict, decide, depends_on};
pub use decimal::{Decimal, listed_number};
pub use dependency::Dependency;
pub use elements::{Coverage, Elements, ResourceElementId};
pub use explain::{Explanation, Match, Pin, PinState, Reason, StatementOutcome, explain};
pub use multivalued::is_multivalued;
pub use own_rule::OwnRule;
pub use owner_told::OWNER_KEYS;
pub use principal::{Kind, NotAPrincipal, Principal};
pub use public::{is_narrow_range, is_open_to_anyone};
pub use relation::Relation;
pub use request::Request;
pub use resource::Resource;
pub use say::{Grants, Say, Sayings, StatementRef};
pub use short_form::{in_any_api, resources, write_out};
pub use situation::{Rules, Situation};
pub use statement::{Hold, Principals, hold_in_layer, statement_matches, takes_in};
pub use store::{PolicyId, PolicyStore};
pub use tri::Tri;
