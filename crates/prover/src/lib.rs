//! Answers about every request at once.
//!
//! The engine decides one request. This crate compares what policies allow: does the new one allow a request that the
//! old one does not, and which; can this ever be allowed; who outside gets in. A "no" comes with a concrete request
//! that the engine has just confirmed; a "yes" is a proof; where neither was found the answer is [`Verdict::Unknown`],
//! with the reasons.
//!
//! ```
//! use clavicle_engine::Principals;
//! use clavicle_prover::{Limits, Store};
//!
//! let read = |text: &str| clavicle_policy::parse(text.as_bytes()).policy.expect("a policy");
//! let old = read(r#"{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"}}"#);
//! let new = read(r#"{"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::a/b/*"}}"#);
//! let mut store = Store::new();
//! let old = store.compile(&old, Principals::Ignored).access();
//! let new = store.compile(&new, Principals::Ignored).access();
//! let verdict = store.implies(&new, &old, Limits::default());
//! assert!(verdict.witness().is_some_and(|request| request.action.starts_with("s3:Get")));
//! ```
//!
//! # How
//!
//! A statement is a *box*: for each dimension of a request (action, resource, caller, each condition key) a set of
//! admitted values. A policy is "some Allow box and no Deny box". A question is a formula of such ([`Access`]), and the
//! answer is whether any request is in it.
//!
//! That is searched like SAT ([`search`]), but its variables are dimensions: a state keeps for each dimension the sets that
//! the value is in and not in, and a choice is the dimension in which to leave a box. Dimensions are independent of each
//! other, so a state can be met exactly if each dimension can be met by itself ([`dimension`]), which is a small
//! question on patterns ([`language`]), or a handful of samples of numbers, dates and addresses ([`listed`]). Actions are
//! looked up in the catalogue and put into classes ([`actions`]).
//!
//! Policy variables tie dimensions together. They are bounded during the search and given values at its end
//! ([`relation`]).
//!
//! # What a request can be
//!
//! Any action on any ARN (or `*`), by any caller, with any keys: which resources and keys an action takes is not
//! looked at, as AWS's own checks of policies do not. Keys that follow from the caller are free. The dimensions'
//! own limits are told in [`dimension`].
//!
//! Over the layers of one caller and one thing ([`effective`]) that is different: actions are those that the catalogue has,
//! resources are the thing, and keys that follow from the caller or the thing are theirs.

mod access;
mod actions;
mod by_itself;
mod callers;
mod compile;
mod count;
mod difference;
mod dimension;
mod doubt;
mod effective;
mod findings;
mod language;
mod listed;
mod pattern;
mod public;
mod questions;
mod relation;
mod search;
mod store;
mod template;
mod witness;
mod words;
mod work;

pub use access::Access;
pub use by_itself::by_itself;
pub use compile::Document;
pub use count::{LONGEST, Magnitude};
pub use difference::{Difference, Part, Region};
pub use doubt::{Doubt, Missing};
pub use effective::Subject;
pub use findings::{Finding, Findings, Label, Labelled};
pub use questions::Verdict;
pub use store::Store;
pub use witness::Witness;
pub use work::{Limit, Limits};
