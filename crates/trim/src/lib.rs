//! What is the smallest policy that still does this?
//!
//! [`minimize`] finds the smallest policy with the same access. [`restrict`] holds policies to requests that have to go on
//! working. Nothing is returned that was not verified: by the prover
//! for every request, and by the engine for each request that has to go on working.

mod by_tag;
mod cloudformation;
mod granted;
mod minimize;
mod named;
mod need;
mod nothing_but;
mod reach;
mod redundant;
mod restrict;
mod size;
mod split;
mod terraform;
mod verify;
mod wildcard;
mod written;

pub use by_tag::ByTag;
pub use cloudformation::{WouldBeRead, cloudformation, refuse_what_would_be_read};
pub use minimize::{Minimal, Refusal, Same, Step, Wanted, is_same, minimize, together};
pub use named::{BadName, Bearer, NamedPolicy};
pub use need::{Need, On};
pub use nothing_but::allow_nothing_but;
pub use reach::Reach;
pub use restrict::{Asked, Kept, Proposal, Unmet, restrict};
pub use size::{Place, characters};
pub use terraform::terraform;
pub use verify::{Replay, Verified, Within};
