//! What is the smallest policy that still does this?
//!
//! [`minimize`] finds the smallest policy with the same access. Nothing is returned that was not verified: by the prover
//! for every request, and by the engine for each request that has to go on working.

mod cloudformation;
mod minimize;
mod named;
mod redundant;
mod size;
mod split;
mod terraform;
mod wildcard;
mod written;

pub use cloudformation::{WouldBeRead, cloudformation};
pub use minimize::{Minimal, Refusal, Same, Step, Wanted, minimize};
pub use named::{BadName, Bearer, NamedPolicy};
pub use size::{Place, characters};
pub use terraform::terraform;
