//! Chains: step after step, from somebody to what they should not reach.

mod closest;
mod cut;
mod goal;
mod last_move;
mod outward;
mod question;
mod ring;
mod search;
mod walked;

pub use closest::Closest;
pub use cut::Cut;
pub use goal::Goal;
pub use question::{Begin, Chain, Chains, Limits};
