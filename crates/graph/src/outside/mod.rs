//! Who comes in from beyond the accounts of the snapshot and their organization, by which door, past which guards.
//!
//! Doors are the trust policies of roles, the policies of things of every kind, the access control lists of buckets, and the
//! lists of whom a thing is shared with. Whether a way is open the engine says, on every layer that stands on this side: the policy of the thing,
//! its denies, resource control policies, S3's block of public access, the key that the thing is encrypted with. The
//! other side, which nobody here has seen, is taken to allow everything: whoever runs it decides.

mod acl;
mod guard;
mod in_doubt;
mod outsider;
mod share;
mod way;
mod ways;

pub use clavicle_catalog::identity_provider::{Breadth, Subjects, is_shared, subjects};
pub use guard::{Guard, GuardKind, Hollow, Strength};
pub use outsider::Outsider;
pub use way::{Door, Gets, Opening, Stopped, Way};
