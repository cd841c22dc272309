//! Who can, in this world?
//!
//! A [`World`] is a snapshot with its policies compiled: for every actor and thing it knows the documents that bear on
//! a request, layer by layer, and it asks the engine. Everything it says was decided by the engine on effective
//! permissions; it has no opinion of its own on IAM.

mod access;
mod action_kinds;
mod actor;
mod administrator;
mod alike;
mod asked_together;
mod asked_words;
mod bearer;
mod bearing;
mod becomes;
mod beside_policies;
mod candidates;
mod ceiling;
mod chain;
mod changed;
mod class;
mod concerned;
mod digest;
mod documents;
mod grants;
mod in_use;
mod kind;
mod named;
mod need;
mod not_listed;
mod once;
mod origin;
pub mod outside;
mod part;
mod policy_above;
mod ruling;
mod shareable;
mod shares;
mod side;
mod speaking;
mod steps;
mod things_by_arn;
mod told_apart;
mod touch;
mod world;

pub use access::{Access, How, Reach, ReachWord, Wanted};
pub use actor::{Actor, Target};
pub use bearing::Bearing;
pub use becomes::Becomes;
pub use chain::{Begin, Chain, Chains, Closest, Cut, Goal, Limits};
pub use changed::Changed;
pub use class::ClassId;
pub use in_use::{
    Attachments, Document, DocumentFamily, Given, Idle, Near, PoliciesInUse, Quota, Redundant, Size,
    StatementPlace, Stopped, Task, TaskSign, strength,
};
pub use need::Need;
pub use origin::{Attached, Origin};
pub use ruling::{Ruling, TIMES, Why};
pub use steps::{
    Ask, Fit, Gives, Grade, Method, MethodKind, NOT_CLAIMED, Node, NodeId, On, PolicyThen, Raise, Relation,
    Step, StepId, StepRequest, Steps, Subject, Tried, Way, method, methods, permission_set_name,
};
pub use touch::{AccountTouches, OutsideTouch, Touch, Whose};
pub use world::{Stated, World};
