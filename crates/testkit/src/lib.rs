//! A second opinion on IAM requests, for tests only.
//!
//! [`slow_decide`] answers one [`Request`] straight from the JSON of its policies. It is written from the
//! documentation of AWS and from nothing else, looks at every statement every time, and shares no code with the
//! engine it is compared with. Numbers in comments (rule 6.3) are those of the evaluation rules.

mod action;
mod answer;
mod arn;
mod caller;
mod case;
mod case_files;
mod ceilings;
mod condition;
mod context;
mod cross_account;
mod date;
mod decide;
mod details;
mod generate;
mod glob;
mod grant;
mod javascript;
mod kms;
mod layers;
mod measured;
mod moto;
mod near;
mod network;
mod number;
mod operators;
mod principals;
mod protected;
mod public_bucket;
mod public_cases;
mod python;
mod random;
mod request;
mod rust_sdk;
mod same_account;
mod scene;
mod shared;
mod statement;
mod strategies;
mod trust;
mod truth;
mod values;
mod variables;
mod workload;

pub use answer::{Answer, Decision};
pub use case::{Account, Ask, Asked, Case, Documents, Endpoint, Group, Question, Resource, Verdict, World};
pub use case_files::{CaseFile, cases};
pub use decide::slow_decide;
pub use details::{AccountDetails, account_details, open_keys};
pub use generate::generate;
pub use javascript::javascript;
pub use measured::said;
pub use moto::Moto;
pub use near::{Pair, generate_pair};
pub use public_cases::{PublicCase, public_cases};
pub use python::python;
pub use random::Random;
pub use request::{EndpointType, Options, Request, Slot};
pub use rust_sdk::rust_sdk;
pub use shared::{NoShared, shared};
pub use strategies::requests;
pub use values::{settle, values_worth_trying};
pub use workload::{Workload, generated_account, generated_organization, generated_sample, generated_trail};
