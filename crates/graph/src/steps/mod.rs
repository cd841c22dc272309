//! Steps: who can get from where to where in one move, by which method, and what it rests on.
//!
//! Methods ([`Method`]) are data, a family a file. Somebody who asks is tried on everything that their documents speak
//! of, and every request is asked of the engine on effective permissions: a step is there only if each of them may be.
//! Equal principals are one node, administrators of an account another, and what somebody has after changing their own
//! rights a third ([`Node::Raised`]).

mod asker;
mod beyond;
mod choice;
mod cognito;
mod empowered;
mod find;
mod free_name;
mod gate;
mod grounds;
mod iam_own_rights;
mod iam_take_over;
mod identity_center;
mod method;
mod node;
mod not_claimed;
mod opening;
mod organization;
mod pass_role;
mod permission_set;
pub use permission_set::permission_set_name;
mod registry;
mod resource_control;
mod runs_as;
mod service_roles;
mod sides;
mod step;
mod step_graph;
mod subject;
mod unlisted;
mod workload;

pub use method::{Ask, Gives, Method, MethodKind, On, Tried, Way};
pub use node::{Node, Raise};
pub use not_claimed::NOT_CLAIMED;
pub use registry::{method, methods};
pub(crate) use step::grade_of;
pub use step::{Grade, PolicyThen, Relation, Step, StepRequest};
pub use step_graph::{NodeId, StepId, Steps};
pub use subject::{Fit, Subject};
